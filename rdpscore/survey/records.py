"""Answers as integers: one row a coder's record, one column an item; and the answers that count.

Validation, agreement and scoring compute on these arrays; the text tables stay for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.codebook import Codebook
from rdpscore.survey.tables import MAIN

if TYPE_CHECKING:
    from rdpscore.survey.model import Survey

MISSING, INVALID = -1, -2

_A = TypeVar("_A", bound=np.ndarray[Any, Any])


def sealed(array: _A) -> _A:
    """The array, which nobody can write to any more: it is computed once and shared."""
    array.setflags(write=False)
    return array


class _Sealed:
    """Base of records of arrays that are computed once and shared."""

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                sealed(value)


@dataclass(frozen=True)
class Records(_Sealed):
    """The codings as integers.

    Attributes
    ----------
    option : int16 array, shape (n_records, n_items)
        Position of the answer among the item's options; 0 for any answer to an open or multiple item, which is no
        option; `MISSING` where there is none, `INVALID` where it is no option.
    answer : int32 array, shape (n_records, n_items)
        Position of the answer in `Survey.distinct_answers`: as `option` for a closed item; equal for a multiple item
        where the options are the same, for an open one where the words are.
    row : int32 array, shape (n_records, n_items)
        Position of the coding in `Survey.codings`, −1 where there is none. Of two codings with one key the
        last counts; validation refuses them.
    journal, coder, round : int32 arrays, shape (n_records,)
        Positions in `Survey.journal_ids`, `coders` and `rounds`; the journal is −1 where it is unknown, and
        where the coder is blank: such a record counts nowhere.
    of_row, item_of_row : int32 arrays, shape (n_codings,)
        The record and the item of each coding; item −1 where it is unknown.
    coders, rounds : tuple of str
    """

    option: npt.NDArray[np.int16]
    answer: npt.NDArray[np.int32]
    row: npt.NDArray[np.int32]
    journal: npt.NDArray[np.int32]
    coder: npt.NDArray[np.int32]
    round: npt.NDArray[np.int32]
    of_row: npt.NDArray[np.int32]
    item_of_row: npt.NDArray[np.int32]
    coders: tuple[str, ...]
    rounds: tuple[str, ...]

    @cached_property
    def begin(self) -> npt.NDArray[np.intp]:
        """Position in `Survey.codings` of the first coding of each record."""
        out = np.zeros(len(self.journal), np.intp)
        out[self.of_row[::-1]] = np.arange(len(self.of_row))[::-1]  # of several rows the last one is kept
        return sealed(out)

    @cached_property
    def main(self) -> npt.NDArray[np.intp]:
        """Positions of the records of the main round whose journal is known, sorted by journal."""
        wanted = self.rounds.index(MAIN) if MAIN in self.rounds else -2
        found = np.flatnonzero((self.round == wanted) & (self.journal >= 0))
        return sealed(found[np.argsort(self.journal[found], kind="stable")])


def positions(column: pd.Series, known: pd.Index) -> npt.NDArray[np.int32]:
    """Position of each cell in `known`; −1 for unknown and for missing cells."""
    lookup = np.append(known.get_indexer(column.cat.categories), -1).astype(np.int32)
    return lookup[column.cat.codes.to_numpy()]


def distinct_answers(
    codebook: Codebook, *columns: tuple[npt.NDArray[np.int32], pd.Series]
) -> tuple[tuple[str, ...], ...]:
    """The answers to each item, each once.

    Parameters
    ----------
    codebook : Codebook
    *columns : pairs of an int array and a categorical Series
        The item (position in the codebook, −1 where it is unknown) and the text of each answer.

    Returns
    -------
    tuple of tuples of str
        One an item: the codes of a closed item; the sets of codes given to a multiple one, each in the order of the
        codebook; the texts given to an open one, as they were first spelled.
    """
    found: list[dict[str, str]] = [{} for _ in codebook.items]
    for item, answer in columns:
        code, texts = answer.cat.codes.to_numpy(), answer.cat.categories
        for i, entry in enumerate(codebook.items):
            if entry.closed:
                continue
            for text in map(str, texts[pd.unique(code[(item == i) & (code >= 0)])]):
                if entry.kind == "open" or set(entry.codes).issuperset(text.split(";")):
                    found[i].setdefault(entry.canonical(text), text)
    return tuple(
        entry.codes if entry.closed else tuple(own if entry.kind == "multiple" else own.values())
        for entry, own in zip(codebook.items, found, strict=True)
    )


def answer_positions(
    codebook: Codebook,
    known: tuple[tuple[str, ...], ...],
    item: npt.NDArray[np.int32],
    answer: pd.Series,
) -> npt.NDArray[np.int32]:
    """Position of each answer among the `distinct_answers` of its item; see `Records.answer`."""
    categories = answer.cat.categories
    table = np.full((len(codebook.items) + 1, len(categories) + 1), INVALID, np.int32)
    for i, entry in enumerate(codebook.items):
        if entry.closed:
            found = categories.get_indexer(pd.Index(entry.codes))
            table[i, found[found >= 0]] = np.flatnonzero(found >= 0)
        elif known[i]:
            place = {entry.canonical(text): k for k, text in enumerate(known[i])}
            table[i, :-1] = [place.get(entry.canonical(str(text)), INVALID) for text in categories]
    table[:, -1] = MISSING
    return table[item, answer.cat.codes.to_numpy()]


def as_options(codebook: Codebook, answer: npt.NDArray[np.int32]) -> npt.NDArray[np.int16]:
    """Positions of answers as positions of options, the items along the last axis; see `Records.option`."""
    closed = np.array([i.closed for i in codebook.items], bool)
    return np.where(closed, answer, np.minimum(answer, 0)).astype(np.int16)


def make_records(survey: Survey) -> Records:
    table = survey.codings
    item = positions(table["item"], pd.Index(survey.codebook.item_ids))
    answer = answer_positions(survey.codebook, survey.distinct_answers, item, table["answer"])
    n_coders = len(table["coder"].cat.categories) + 1
    n_rounds = len(table["round"].cat.categories) + 1
    key = table["journal_id"].cat.codes.to_numpy().astype(np.int64) + 1
    key = (
        (key * n_coders + table["coder"].cat.codes.to_numpy() + 1) * n_rounds
        + table["round"].cat.codes.to_numpy()
        + 1
    )
    of_row, keys = pd.factorize(key)
    n_items = len(survey.codebook.items)
    # an unknown item, −1, falls into a last column, which is cut off
    answers = np.full((len(keys), n_items + 1), MISSING, np.int32)
    rows = np.full((len(keys), n_items + 1), -1, np.int32)
    answers[of_row, item] = answer
    rows[of_row, item] = np.arange(len(item), dtype=np.int32)
    rest, round_ = np.divmod(keys, n_rounds)
    coder = rest % n_coders
    journal = np.full(len(keys), -1, np.int32)
    journal[of_row] = survey.journal_of["codings"]
    answers = np.ascontiguousarray(answers[:, :-1])
    return Records(
        option=as_options(survey.codebook, answers),
        answer=answers,
        row=np.ascontiguousarray(rows[:, :-1]),
        journal=np.where(coder > 0, journal, np.int32(-1)),
        coder=(coder - 1).astype(np.int32),
        round=(round_ - 1).astype(np.int32),
        of_row=of_row.astype(np.int32),
        item_of_row=item,
        coders=tuple(map(str, table["coder"].cat.categories)),
        rounds=tuple(map(str, table["round"].cat.categories)),
    )


def applicable(codebook: Codebook, option: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
    """Whether each item applies, given the other answers of its row.

    Parameters
    ----------
    codebook : Codebook
    option : int16 array, shape (n_rows, n_items)
        Positions of answers, as in `Records.option` or `Resolved.option`.

    Returns
    -------
    bool array, shape (n_rows, n_items)
        False where a condition is answered otherwise than ``applies_if`` allows, or is blank because it does
        not apply itself. A condition that is merely missing excludes nothing.
    """
    out = np.ones(option.shape, bool)
    holds: dict[tuple[str, ...], npt.NDArray[np.bool_]] = {}
    place = {item_id: i for i, item_id in enumerate(codebook.item_ids)}
    for i, item in enumerate(codebook.items):  # conditions stand before the items that depend on them
        for other, allowed in item.applies_if.items():
            condition = (other, *allowed)
            if condition not in holds:
                j = place[other]
                permitted = np.isin(codebook.items[j].codes, allowed)
                given = option[:, j]
                holds[condition] = np.where(given >= 0, permitted[np.maximum(given, 0)], out[:, j])
            out[:, i] &= holds[condition]
    return out


RESOLVED_BY = ("none", "single", "agreed", "adjudicated", "consensus_only")
"""How an answer was resolved; `Resolved.by` holds positions in this list."""


@dataclass(frozen=True)
class Resolved(_Sealed):
    """The one answer that counts for each journal and item, and what it rests on.

    All arrays have the shape (n_journals, n_items); journals in the order of `Survey.journal_ids`.

    Attributes
    ----------
    answer : int32
        The adjudicated answer; else the one on which all coders agree; else a single coder's; else `MISSING`; as in
        `Records.answer`.
    option : int16
        The same as in `Records.option`.
    by : int8
        Position in `RESOLVED_BY`.
    n_answers : int16
        Number of coders of the main round who answered.
    lowest, highest : int32
        Lowest and highest position among the coders' answers (as in `Records.answer`), `MISSING` where there is none.
    adopted_given : bool
        The adjudicated answer is one that a coder gave.
    """

    answer: npt.NDArray[np.int32]
    option: npt.NDArray[np.int16]
    by: npt.NDArray[np.int8]
    n_answers: npt.NDArray[np.int16]
    lowest: npt.NDArray[np.int32]
    highest: npt.NDArray[np.int32]
    adopted_given: npt.NDArray[np.bool_]

    @property
    def disagreed(self) -> npt.NDArray[np.bool_]:
        """Coders gave different answers."""
        return np.not_equal(self.lowest, self.highest)


def make_resolved(survey: Survey) -> Resolved:
    """Resolve every answer of a survey; see `Resolved`."""
    records, adopted = survey.records, survey.adopted_answer
    n_answers = np.zeros(adopted.shape, np.int16)
    lowest = np.full(adopted.shape, MISSING, np.int32)
    highest = lowest.copy()
    given = np.zeros(adopted.shape, bool)
    journals = records.journal[records.main]
    nth = np.arange(len(journals)) - np.searchsorted(journals, journals)
    for k in range(nth.max(initial=-1) + 1):  # the first record of every journal, then the second, …
        row = records.main[nth == k]
        journal, answer = records.journal[row], records.answer[row]
        answered, low = answer >= 0, lowest[journal]
        n_answers[journal] += answered
        lowest[journal] = np.where(answered & ((low == MISSING) | (answer < low)), answer, low)
        highest[journal] = np.maximum(highest[journal], np.where(answered, answer, MISSING))
        given[journal] |= answered & (answer == adopted[journal])
    agreed = (n_answers > 0) & (lowest == highest)
    answers = np.where(adopted >= 0, adopted, np.where(agreed, lowest, MISSING)).astype(np.int32)
    coded = (n_answers > 0).any(axis=1, keepdims=True)
    by = np.select(
        [(adopted >= 0) & coded, adopted >= 0, agreed & (n_answers > 1), agreed],
        [RESOLVED_BY.index(name) for name in ("adjudicated", "consensus_only", "agreed", "single")],
        RESOLVED_BY.index("none"),
    ).astype(np.int8)
    option = as_options(survey.codebook, answers)
    return Resolved(answers, option, by, n_answers, lowest, highest, given)


def doubtful(survey: Survey) -> npt.NDArray[np.bool_]:
    """Journal and item that a coder of the main round marked unclear or to be discussed.

    Returns
    -------
    bool array, shape (n_journals, n_items)
    """
    out = np.zeros(survey.adopted_row.shape, bool)
    records = survey.records
    rows = np.flatnonzero(survey.codings["state"].isin(["unclear", "to_discuss"]).to_numpy())
    record, item = records.of_row[rows], records.item_of_row[rows]
    known = (item >= 0) & np.isin(record, records.main)
    out[records.journal[record[known]], item[known]] = True
    return out


def unanswered(survey: Survey) -> npt.NDArray[np.bool_]:
    """Closed items without an answer in a record that was begun, where they apply and are recorded at all.

    Returns
    -------
    bool array, shape (n_records, n_items)
    """
    option, items = survey.records.option, survey.codebook.items
    wanted = np.array([i.closed and i.id not in survey.meta.not_recorded for i in items])
    return np.asarray((option == MISSING) & wanted & applicable(survey.codebook, option))


def marked_stale(survey: Survey) -> npt.NDArray[np.bool_]:
    """Adjudications that an import marked as stale, because it replaced answers that they settled.

    Returns
    -------
    bool array, shape (n_journals, n_items)
    """
    marked = np.append(survey.adjudications["stale"].notna().to_numpy(bool), False)
    return np.asarray(marked[survey.adopted_row])


def wording_only(survey: Survey) -> npt.NDArray[np.bool_]:
    """Adjudications of wording: of closed items on which all coders chose the option that was adopted.

    Returns
    -------
    bool array, shape (n_journals, n_items)
    """
    reason = (survey.adjudications["reason"].astype(object) == "wording").to_numpy(bool)
    same = survey.adopted == survey.resolved.lowest
    return np.asarray(_adjudicated_agreement(survey) & np.append(reason, False)[survey.adopted_row] & same)


def stale(survey: Survey) -> npt.NDArray[np.bool_]:
    """Adjudications of closed items that settle a disagreement which the codings no longer show.

    Either an import marked them, or all coders agree and neither wording nor doubt was the reason.

    Returns
    -------
    bool array, shape (n_journals, n_items)
    """
    closed = np.array([i.closed for i in survey.codebook.items])
    marked = marked_stale(survey) & (survey.adopted >= 0) & closed
    return np.asarray(marked | (_adjudicated_agreement(survey) & ~wording_only(survey) & ~doubtful(survey)))


def _adjudicated_agreement(survey: Survey) -> npt.NDArray[np.bool_]:
    """Closed items that were adjudicated and on which two or more coders agree."""
    closed = (survey.adopted >= 0) & np.array([i.closed for i in survey.codebook.items])
    return np.asarray(closed & (survey.resolved.n_answers >= 2) & ~survey.resolved.disagreed)
