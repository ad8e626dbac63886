"""Which coder alone codes: draws that are joint over the items of a coder and the journals of a reading.

What is drawn are integers, rows of a table of answers: whatever is computed of a row is computed once, and looked up.

Everything that is drawn, here and in `doubted`, comes in chunks from streams of its own, see `stream`.
So the same seed gives the same coders and the same weights whatever else is doubted beside them, how many draws there
are, and on however many processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.survey import Survey, distinct_readings
from rdpscore.uncertainty.borrowing import Donors, donors
from rdpscore.uncertainty.processes import pool

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Out = TypeVar("Out")

CHUNK = 250
"""Draws made at a time."""
IMAGINED = 32
"""Imagined second readings of a journal that has one."""
CODERS, IMAGINATION, WEIGHTS, RULES = (), (1,), (2,), (3,)
"""Streams: which coder codes alone, answers of imagined readings, weights, and rules (one each)."""


def stream(seed: int, chunk: int, what: tuple[int, ...]) -> np.random.Generator:
    """The generator of one chunk of draws of one kind."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(chunk, *what)))


@dataclass(frozen=True, eq=False)
class Readers:
    """Whose answers each journal could have, as rows of a table of answers.

    Attributes
    ----------
    rows : int array, shape (n_journals, most)
        Rows of each journal's records, −1 where it has no more. Imagined readings are not among them.
    reading : int array, shape (n_rows,)
        Equal for rows of one reading: one choice for all of its journals.
    imagined : int array, shape (n_journals,)
        Row of the first of a journal's `IMAGINED` imagined readings; −1 where it has several coders, or none, or
        where no other journal has two from whom to borrow.
    """

    rows: Ints
    reading: Ints
    imagined: Ints

    @cached_property
    def n_coders(self) -> Ints:
        """Number of coders of each journal."""
        return np.asarray((self.rows >= 0).sum(axis=1))

    @cached_property
    def borrowed(self) -> npt.NDArray[np.bool_]:
        """Journals with a single coder, who borrow a second."""
        return np.asarray(self.imagined >= 0)

    @cached_property
    def doubtful(self) -> npt.NDArray[np.bool_]:
        """Journals of which another coder could have coded: those with several, and those who borrow a second."""
        return (self.n_coders > 1) | self.borrowed

    def chunk(self, index: int, n: int, seed: int, journals: Ints | None = None) -> Ints:
        """The draws of one chunk, of all journals or of some; see `coder_choices`.

        The coders of a journal race: every reading gets a waiting time, and the first to arrive codes alone. So
        each coder of a journal is as likely as the other, and a reading wins in all of its journals together
        where they have the same readings.
        """
        generator = stream(seed, index, CODERS)
        n_readings = int(self.reading.max(initial=-1)) + 1
        rows = self.rows if journals is None else self.rows[journals]
        out = np.repeat(rows[:, :1], n, axis=1)
        if not n_readings:
            return np.ascontiguousarray(out.T)
        waiting = generator.random((n_readings, CHUNK), dtype=np.float32)[:, :n]
        best = waiting[self.reading[np.maximum(rows[:, 0], 0)]]  # of no account where there is no record
        for k in range(1, rows.shape[1]):
            there = rows[:, k] >= 0
            time = waiting[self.reading[np.maximum(rows[:, k], 0)]]
            sooner = (time < best) & there[:, None]
            np.copyto(out, rows[:, k, None], where=sooner)
            if k + 1 < rows.shape[1]:
                np.copyto(best, time, where=sooner)
        readings = self._borrowing
        if len(readings):
            imagined = self.imagined if journals is None else self.imagined[journals]
            single = np.flatnonzero(imagined >= 0)
            reading = self.reading[rows[single, 0]]
            which = generator.integers(0, IMAGINED, (len(readings), CHUNK))[:, :n]
            which = which[np.searchsorted(readings, reading)]
            out[single] = np.where(waiting[reading] < 0.5, imagined[single, None] + which, out[single])
        return np.ascontiguousarray(out.T)

    @cached_property
    def _borrowing(self) -> Ints:
        """Readings of the journals that borrow a second."""
        return np.unique(self.reading[self.rows[self.borrowed, 0]])

    def mean_over(self, of_row: Floats) -> Floats:
        """Mean over what one coder or another gives, shape (n_draws, n_journals); NaN where there is nothing.

        Parameters
        ----------
        of_row : float array, shape (n_draws, n_rows)
        """
        there = ~np.isnan(of_row)
        total, n = (
            np.asarray(self._coders @ a.T).T for a in (np.where(there, of_row, 0.0), there.astype(float))
        )
        return np.asarray(np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0))

    @cached_property
    def _coders(self) -> Any:
        """Weights of the rows of each journal, sparse; all imagined readings weigh as one coder."""
        from scipy.sparse import csr_array

        journal, nth = np.nonzero(self.rows >= 0)
        single = np.flatnonzero(self.borrowed)
        row = np.concatenate(
            [self.rows[journal, nth], (self.imagined[single, None] + np.arange(IMAGINED)).ravel()]
        )
        weight = np.concatenate([np.ones(len(journal)), np.full(len(single) * IMAGINED, 1 / IMAGINED)])
        to = np.concatenate([journal, np.repeat(single, IMAGINED)])
        return csr_array((weight, (to, row)), shape=(len(self.rows), len(self.reading)))


@dataclass(frozen=True, eq=False)
class LoneCoders(Readers):
    """The answers that each journal could have, had one of its coders coded alone.

    Attributes
    ----------
    survey : Survey
    option : int16 array, shape (n_rows, n_items)
        Answers as positions among the options of each item of the codebook, `MISSING` where there is none. A row is
        one coder's record, or an imagined second reading of a journal that has one only.
    donors : Donors
        From whom a journal with a single coder borrows.
    """

    survey: Survey
    option: npt.NDArray[np.int16]
    donors: Donors

    @cached_property
    def patterns(self) -> tuple[npt.NDArray[np.int16], Ints]:
        """The different rows of answers, shape (n_patterns, n_items), and which of them each row has."""
        found, which = np.unique(self.option, axis=0, return_inverse=True)
        return found, which.reshape(-1)

    @cached_property
    def values(self) -> Floats:
        """Scores of the answers to the scored items, shape (n_rows, n_scored); 0 where there is none."""
        out = np.zeros(self.answered.shape)
        items = self.survey.codebook.scored_items
        for column, (place, item) in enumerate(zip(self._places, items, strict=True)):
            out[:, column] = np.asarray(item.scores)[np.maximum(self.option[:, place], 0)]
        return np.where(self.answered, out, 0.0)

    @cached_property
    def answered(self) -> npt.NDArray[np.bool_]:
        """Whether there is an answer to each scored item, shape (n_rows, n_scored)."""
        return self.option[:, self._places] >= 0

    @property
    def _places(self) -> list[int]:
        codebook = self.survey.codebook
        return [codebook.item_ids.index(i.id) for i in codebook.scored_items]


@checked
def lone_coders(survey: Survey, *, possible: bool = False, seed: int = 0) -> LoneCoders:
    """The table of answers from which `coder_choices` chooses.

    Parameters
    ----------
    survey : Survey
    possible : bool
        Take journals of one publisher with identical codings as read once, where no reading_id says so.
    seed : int
        Of the imagined readings.

    Notes
    -----
    A journal with a single coder borrows a second: item by item, his answer is drawn from what the second coders of
    other journals answered where the first gave the same answer as here (`donors`). Items are drawn independently.
    """
    records = survey.records
    main = records.main
    option = records.option[main]
    journal = records.journal[main].astype(np.intp)
    reading = _readings(survey, possible)
    n = len(survey.journal_ids)
    nth = np.arange(len(main)) - np.searchsorted(journal, journal)
    rows = np.full((n, int(nth.max(initial=0)) + 1), -1, np.intp)
    rows[journal, nth] = np.arange(len(main))
    found = donors(survey, rows, option, reading)
    single = np.flatnonzero((rows >= 0).sum(axis=1) == 1) if found.n_units else np.zeros(0, np.intp)
    own = rows[single, 0] if len(single) else single
    several, of = np.unique(
        reading[own], return_inverse=True
    )  # journals of one reading share its second reader
    generator = stream(seed, 0, IMAGINATION)
    chance = generator.random((len(several), IMAGINED, option.shape[1]))
    drawn = found.second(np.repeat(option[own], IMAGINED, axis=0), chance[of].reshape(-1, option.shape[1]))
    imagined = np.full(n, -1, np.intp)
    imagined[single] = len(option) + IMAGINED * np.arange(len(single))
    return LoneCoders(
        survey=survey,
        option=np.concatenate([option, drawn.astype(np.int16)]),
        rows=rows,
        reading=np.concatenate([reading, np.repeat(reading[own], IMAGINED)]).astype(np.intp),
        imagined=imagined,
        donors=found,
    )


def _readings(survey: Survey, possible: bool) -> Ints:
    """One integer a record of the main round: equal for records of one reading, 0 and upwards."""
    records = survey.records
    main = records.main
    recorded = survey.codings["reading_id"].cat.codes.to_numpy()[records.begin][main].astype(np.intp)
    label = np.where(recorded >= 0, recorded, recorded.max(initial=-1) + 1 + np.arange(len(main)))
    label = np.unique(label, return_inverse=True)[1].reshape(-1)
    if not possible or not len(main):
        return label
    # the same answers in journals that were possibly read once, the first with the first where a journal has them twice
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    content = np.unique(records.answer[main], axis=0, return_inverse=True)[1].reshape(-1)
    journal = records.journal[main]
    key = pd.DataFrame({"group": distinct_readings(survey)[journal], "content": content, "journal": journal})
    key["nth"] = key.groupby(["journal", "content"]).cumcount()
    same = key.groupby(["group", "content", "nth"]).ngroup().to_numpy()
    n = int(label.max()) + 1
    edges = coo_array((np.ones(len(main)), (label, n + same)), shape=(n + len(main), n + len(main)))
    return np.asarray(connected_components(edges, directed=False)[1][label], np.intp)


@checked
def coder_choices(
    lone: LoneCoders | Survey, n_draws: int = 10_000, seed: int = 0, *, processes: int = 1
) -> Ints:
    """Draw which coder alone codes each journal.

    Parameters
    ----------
    lone : LoneCoders or Survey
    n_draws, seed : int
        The same seed gives the same draws, the first of many and all of few.
    processes : int
        On how many processes; of no influence on the draws.

    Returns
    -------
    int array, shape (n_draws, n_journals)
        Rows of `LoneCoders.option`, `values` and `answered`; −1 for a journal that nobody coded. ``values[choices]``
        has the shape (n_draws, n_journals, n_scored).

    Notes
    -----
    One choice holds for all items of a coder, and for all journals of a reading: a publisher that was read once for
    all of its journals stays with one coder in a draw. Journals without reading_id are one reading each.

    Examples
    --------
    >>> import rdpscore
    >>> coder_choices(rdpscore.load(), 100).shape
    (100, 171)
    """
    table = lone if isinstance(lone, LoneCoders) else lone_coders(lone, seed=seed)
    found = list(in_chunks(partial(_chunk, table, seed), n_draws, processes))
    return np.concatenate(found) if found else np.zeros((0, len(table.rows)), np.intp)


def _chunk(table: LoneCoders, seed: int, index: int, n: int) -> Ints:
    return table.chunk(index, n, seed)


def in_chunks(work: Callable[[int, int], Out], n_draws: int, processes: int = 1) -> Iterator[Out]:
    """What ``work(index of the chunk, number of draws in it)`` returns for each chunk, in order.

    Parameters
    ----------
    work : callable
        Must not depend on anything but its arguments; for several processes it must be picklable.
    n_draws : int
    processes : int
    """
    sizes = [min(CHUNK, n_draws - at) for at in range(0, n_draws, CHUNK)]
    if processes <= 1 or len(sizes) < 2:
        yield from map(work, range(len(sizes)), sizes)
        return
    with pool(processes) as workers:
        yield from workers.map(work, range(len(sizes)), sizes)
