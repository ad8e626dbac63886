"""Which journals were coded by one reading: those that say so, and those whose codings are identical.

One reading of a policy may have been entered for several journals. Their codings are then no independent
pieces of evidence on how far coders agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.survey.records import positions

if TYPE_CHECKING:
    from rdpscore.survey.model import Survey

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CodingSets:
    """The codings of each coded journal in the main round, as hashes that do not depend on the coders' order.

    Attributes
    ----------
    journal : int array, shape (n_coded,)
        Positions in `Survey.journal_ids`, ascending.
    n_coders : int array, shape (n_coded,)
    publisher : int array, shape (n_coded,)
        One integer a publisher, −1 where there is none.
    answers, readings : uint64 array, shape (n_coded,)
        Equal where the coders' answers, or their readings, are the same; a record without reading_id is a
        reading of its own.
    """

    journal: Ints
    n_coders: Ints
    publisher: Ints
    answers: npt.NDArray[np.uint64]
    readings: npt.NDArray[np.uint64]

    @property
    def identical(self) -> npt.NDArray[np.intp]:
        """One integer a coded journal: equal for journals of one publisher with identical sets of codings.

        −1 for a journal with one coder or without publisher, which is compared with no other.
        """
        several = np.flatnonzero((self.n_coders >= 2) & (self.publisher >= 0))
        key = pd.DataFrame({"publisher": self.publisher, "answers": self.answers, "n": self.n_coders})
        out = np.full(len(self.journal), -1, np.intp)
        out[several] = (
            key.iloc[several].groupby(["publisher", "answers", "n"], sort=False).ngroup().to_numpy()
        )
        return out


def coding_sets(survey: Survey) -> CodingSets:
    """The sets of codings of a survey's main round; see `CodingSets`."""
    records = survey.records
    journal = records.journal[records.main].astype(np.int64)
    start = np.flatnonzero(np.diff(journal, prepend=-1) > 0)
    which = journal[start]
    answers, readings = np.zeros((2, 0), np.uint64)
    if len(start):
        answers = np.add.reduceat(_hash_rows(records.answer[records.main]), start)
        readings = np.add.reduceat(_hash_rows(_readings(survey)[records.main][:, None]), start)
    known = (survey.journals["journal_id"].notna() & ~survey.journals["journal_id"].duplicated()).to_numpy()
    column = survey.journals["publisher"]
    publisher = positions(column, pd.Index(column.cat.categories))[known]
    return CodingSets(
        journal=which,
        n_coders=np.diff(np.append(start, len(journal))),
        publisher=publisher[which].astype(np.int64),
        answers=answers,
        readings=readings,
    )


def possibly_one(sets: CodingSets) -> list[list[int]]:
    """Journals of one publisher with identical codings that no common reading explains.

    Returns
    -------
    list of lists of int
        Positions in `CodingSets.journal`, two or more in each list, in the order of the journals.
    """
    group = sets.identical
    table = pd.DataFrame({"group": group, "reading": sets.readings}).iloc[np.flatnonzero(group >= 0)]
    several = table.groupby("group")["reading"].nunique()
    members: dict[int, list[int]] = {}
    for place, g in enumerate(group.tolist()):
        if g >= 0 and several[g] > 1:
            members.setdefault(g, []).append(place)
    return list(members.values())


def recorded_readings(survey: Survey) -> Ints:
    """One integer a journal: equal where all their coders' readings are recorded as the same.

    Returns
    -------
    int array, shape (n_journals,)
        In the order of `Survey.journal_ids`; a journal that nobody coded has its own.
    """
    sets = coding_sets(survey)
    return _merged(survey, sets, [sets.readings])


def distinct_readings(survey: Survey) -> Ints:
    """The same, with identical sets of codings within a publisher taken as one reading, too.

    What is possibly one reading is then one, so this is the least number of readings that the survey can have.
    """
    sets = coding_sets(survey)
    same = np.where(sets.identical >= 0, sets.identical, -1 - np.arange(len(sets.journal)))
    return _merged(survey, sets, [sets.readings, same])


def _merged(survey: Survey, sets: CodingSets, keys: list[npt.NDArray[np.generic]]) -> Ints:
    """The smallest journal of each group; journals that share any key fall into one group."""
    own = np.arange(len(survey.journal_ids), dtype=np.int64)
    label = sets.journal.copy()
    while True:
        before = label
        for key in keys:
            code = np.unique(key, return_inverse=True)[1].reshape(-1)
            least = np.full(code.max(initial=-1) + 1, len(own), np.int64)
            np.minimum.at(least, code, label)
            label = least[code]
        if np.array_equal(label, before):
            break
    own[sets.journal] = label
    return own


def _hash_rows(rows: npt.NDArray[np.integer]) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of each row, mixed so that sums of hashes do not cancel (splitmix64's finaliser)."""
    weights = np.random.default_rng(0).integers(1, 2**63, rows.shape[1], dtype=np.uint64) | np.uint64(1)
    with np.errstate(over="ignore"):
        x = ((rows.astype(np.int64).astype(np.uint64) + np.uint64(3)) * weights).sum(axis=1, dtype=np.uint64)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)), np.uint64)


def _readings(survey: Survey) -> Ints:
    """One integer a record: equal for records of one reading, its own for a record without reading_id."""
    records = survey.records
    reading = survey.codings["reading_id"].cat.codes.to_numpy()[records.begin].astype(np.int64)
    return np.where(reading >= 0, reading, -2 - np.arange(len(reading)))
