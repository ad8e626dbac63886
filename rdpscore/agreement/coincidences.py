"""What every agreement coefficient is made of: how often each option was chosen, unit by unit.

A unit is a journal. The categories and their order come from the codebook, never from what was observed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rdpscore.agreement.ratings import Floats, Ratings
from rdpscore.survey import Survey
from rdpscore.survey.tables import MAIN


@dataclass(frozen=True)
class Choices:
    """How many coders of each unit chose each option of one item.

    Attributes
    ----------
    counts : float array, shape (n_units, n_options)
        Units with at least two answers: those that are pairable.
    units : int array, shape (n_units,)
        Position of each unit in `Survey.journal_ids`.
    """

    counts: Floats
    units: npt.NDArray[np.intp]

    @property
    def n_units(self) -> int:
        """Number of pairable units."""
        return len(self.units)

    @property
    def totals(self) -> Floats:
        """Number of pairable answers of each option, shape (n_options,)."""
        return np.asarray(self.counts.sum(axis=0))


def rating_counts(
    survey: Survey, item: int, journals: npt.NDArray[np.bool_] | None = None, round: str = MAIN
) -> Floats:
    """How many coders of each journal chose each option in a round, shape (n_journals, n_options).

    Parameters are those of `ratings_of`.
    """
    row = _records_of(survey, item, round)
    journal, option = survey.records.journal[row], survey.records.option[row, item]
    n_options, n_journals = len(survey.codebook.items[item].options), len(survey.journal_ids)
    cell = journal.astype(np.int64) * n_options + option
    counts = np.bincount(cell, minlength=n_journals * n_options).reshape(-1, n_options).astype(float)
    if journals is not None:
        counts[~journals] = 0
    return counts


def _records_of(survey: Survey, item: int, round: str) -> npt.NDArray[np.intp]:
    """Positions of the records of a round that answer an item for a known journal."""
    records = survey.records
    wanted = records.rounds.index(round) if round in records.rounds else -2
    return np.flatnonzero((records.round == wanted) & (records.journal >= 0) & (records.option[:, item] >= 0))


def ratings_of(
    survey: Survey, item: int, journals: npt.NDArray[np.bool_] | None = None, round: str = MAIN
) -> Ratings:
    """All ratings of an item in a round, a row a journal, a column a coder; those of slots are no persons.

    Parameters
    ----------
    survey : Survey
    item : int
        Position of a closed item in the codebook.
    journals : bool array, shape (n_journals,), optional
        Which journals to use; the others have no ratings. All without.
    round : str
    """
    records = survey.records
    entry = survey.codebook.items[item]
    codes = np.full((len(survey.journal_ids), len(records.coders)), -1, np.int16, order="F")
    row = _records_of(survey, item, round)
    codes[records.journal[row], records.coder[row]] = records.option[row, item]
    if journals is not None:
        codes[~journals] = -1
    return Ratings(entry.codes, codes=codes, persons=survey.meta.coders == "persons")


def coincidence_matrix(counts: Floats) -> Floats:
    """Krippendorff's coincidence matrix of the observed values.

    Parameters
    ----------
    counts : float array, shape (n_units, n_options)
        Each unit with at least two answers.

    Returns
    -------
    float array, shape (n_options, n_options)
        Symmetric; row sums are the numbers of pairable answers. Each ordered pair of answers to a unit of m
        answers counts 1/(m − 1).

    Notes
    -----
    Krippendorff, Content Analysis (4th ed. 2018), chapter 12.
    """
    weight = 1.0 / (counts.sum(axis=1) - 1.0)
    pairs = counts.T @ (counts * weight[:, None])
    return np.asarray(pairs - np.diag((counts * weight[:, None]).sum(axis=0)))


def expected_matrix(totals: Floats) -> Floats:
    """Coincidences expected by chance from the totals of the options, shape (n_options, n_options)."""
    n = totals.sum()
    return np.asarray((np.outer(totals, totals) - np.diag(totals)) / (n - 1.0))
