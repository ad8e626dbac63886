"""Pairs of coders, item by item: who differed on what, and how much of it is detection, how much grading."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rdpscore.agreement.alpha import nominal_distance, score_distance
from rdpscore.agreement.coincidences import rating_counts
from rdpscore.agreement.panels import Metric
from rdpscore.agreement.ratings import Floats
from rdpscore.survey import Survey


@dataclass(frozen=True)
class Cells:
    """How often each option of each closed item was chosen, journal by journal, in the main round.

    Attributes
    ----------
    items : int array, shape (n_items,)
        Positions of the closed items in the codebook.
    counts : tuple of float arrays, each of shape (n_journals, n_options)
    """

    items: npt.NDArray[np.intp]
    counts: tuple[Floats, ...]

    def pairable(self, i: int) -> npt.NDArray[np.bool_]:
        """Which journals have two or more answers to the i-th item."""
        return np.asarray(self.counts[i].sum(axis=1) >= 2)


def cells(survey: Survey) -> Cells:
    """The choices of all closed items; see `Cells`."""
    items = np.flatnonzero([i.closed for i in survey.codebook.items])
    return Cells(items, tuple(rating_counts(survey, int(i)) for i in items))


def metric_distances(survey: Survey, data: Cells) -> dict[Metric, list[Floats | None]]:
    """Distance between the options of each item by metric; None for an item that the metric leaves out."""
    entries = [survey.codebook.items[i] for i in data.items]
    return {
        "exact": [nominal_distance(len(e.options)) for e in entries],
        "score": [score_distance(e.scores) if e.scored else None for e in entries],
    }


def pair_shares(counts: Floats) -> Floats:
    """Share of each ordered pair of answers among the pairs of coders, averaged over units.

    Parameters
    ----------
    counts : float array, shape (n_units, n_options)
        Units with fewer than two answers carry no pair and are left out.

    Returns
    -------
    float array, shape (n_options, n_options)
        Symmetric; sums to 1, or to 0 where there is no pair. Its trace is the percent agreement p_a of Gwet
        (2014), chapter 2: every unit weighs the same, however many coders it has.
    """
    m = counts.sum(axis=1)
    use = m >= 2
    if not use.any():
        return np.zeros((counts.shape[1],) * 2)
    x, weight = counts[use], 1.0 / (m[use] * (m[use] - 1.0))
    pairs = x.T @ (x * weight[:, None]) - np.diag(weight @ x)
    return np.asarray(pairs / use.sum())


@dataclass(frozen=True)
class Differences:
    """Where pairs of coders part: on whether there is anything, or on how much.

    Attributes
    ----------
    detection : float or None
        Share of pairs in which one coder chose the lowest option and the other did not.
    grading : float or None
        Share of pairs in which both chose options above the lowest, and different ones.
    both_found : float or None
        Share of pairs in which both chose options above the lowest, equal or not.
    grading_once_found : float or None
        `grading` / `both_found`: how often coders differ once both found something.
    """

    detection: float | None
    grading: float | None
    both_found: float | None
    grading_once_found: float | None


NO_DIFFERENCES = Differences(None, None, None, None)


def differences(shares: Floats) -> Differences:
    """Detection and grading from the shares of pairs; ``1 = agreement + detection + grading``.

    Parameters
    ----------
    shares : float array, shape (n_options, n_options)
        As `pair_shares` gives it, the options in order of strictness.
    """
    if shares.sum() == 0:
        return NO_DIFFERENCES
    both = float(shares[1:, 1:].sum())
    grading = both - float(np.trace(shares[1:, 1:]))
    detection = float(shares[0, 1:].sum() + shares[1:, 0].sum())
    grading = max(0.0, grading)
    return Differences(detection, grading, both, grading / both if both > 0 else None)
