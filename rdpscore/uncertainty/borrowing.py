"""What journals with several coders tell of those with one: how a second coder answers, and what is adopted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rdpscore.survey import MISSING, Survey

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Donors:
    """Item by item, what goes with one coder's answer.

    Attributes
    ----------
    other : float array, shape (n_items, n_options, n_options)
        Share of each answer of another coder (last axis) where one coder gave an answer (middle axis); 0 throughout
        where nobody gave it.
    adopted : float array, shape (n_items, n_options, n_options)
        Share of each resolved answer where one coder gave an answer.
    n_units : int
        Distinct sets of readings with two or more coders that were counted, each with weight 1.
    """

    other: Floats
    adopted: Floats
    n_units: int

    def second(self, option: npt.NDArray[np.int16], chance: Floats) -> npt.NDArray[np.int16]:
        """Answers of a second coder, drawn; the coder's own where nobody else ever gave that answer.

        Parameters
        ----------
        option : int16 array, shape (n_rows, n_items)
            One coder's answers.
        chance : float array, shape (n_rows, n_items)
            Uniform between 0 and 1.
        """
        out = option.copy()
        steps = np.cumsum(self.other, axis=2)
        for item in range(option.shape[1]):
            own = np.flatnonzero(option[:, item] >= 0)
            own = own[steps[item, option[own, item], -1] > 0]
            above = (
                chance[own, item, None] * steps[item, option[own, item], -1:]
                >= steps[item, option[own, item]]
            )
            out[own, item] = above.sum(axis=1)
        return out

    def known(self, option: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
        """Whether other journals tell what goes with each answer; same shape as `option`."""
        told = self.other.sum(axis=2) > 0
        return np.asarray(told[np.arange(option.shape[1]), np.maximum(option, 0)] & (option >= 0))


def donors(survey: Survey, rows: Ints, option: npt.NDArray[np.int16], reading: Ints) -> Donors:
    """Count how second coders answer, and what is adopted, in the journals with several coders.

    Parameters
    ----------
    survey : Survey
    rows : int array, shape (n_journals, most)
        Rows of `option` of each journal, −1 where it has no more.
    option : int16 array, shape (n_rows, n_items)
    reading : int array, shape (n_rows,)
        Journals with the same readings count once.
    """
    n_items = len(survey.codebook.items)
    n_options = max(len(i.options) for i in survey.codebook.items) or 1
    other = np.zeros((n_items, n_options, n_options))
    adopted = np.zeros_like(other)
    several = np.flatnonzero((rows >= 0).sum(axis=1) >= 2)
    labels = np.sort(np.where(rows[several] >= 0, reading[np.maximum(rows[several], 0)], -1), axis=1)
    first = np.unique(labels, axis=0, return_index=True)[1] if len(several) else several
    units = several[np.sort(first)]
    given = np.where(
        rows[units, :, None] >= 0, option[np.maximum(rows[units], 0)], MISSING
    )  # unit, coder, item
    m = (given >= 0).sum(axis=1)
    resolved = survey.resolved.option[units]
    items = np.broadcast_to(np.arange(n_items), m.shape)
    for k in range(given.shape[1]):
        one = given[:, k]
        use = (one >= 0) & (resolved >= 0) & (m >= 2)
        np.add.at(adopted, (items[use], one[use], resolved[use]), 1 / m[use])
        for h in range(given.shape[1]):
            if h == k:
                continue
            use = (one >= 0) & (given[:, h] >= 0)
            np.add.at(other, (items[use], one[use], given[:, h][use]), 1 / (m * np.maximum(m - 1, 1))[use])
    return Donors(_shares(other), _shares(adopted), len(units))


def _shares(counts: Floats) -> Floats:
    total = counts.sum(axis=2, keepdims=True)
    return np.asarray(np.divide(counts, total, out=np.zeros_like(counts), where=total > 0))
