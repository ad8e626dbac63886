"""Krippendorff's alpha of counted choices: of one item, and over several items at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from rdpscore.agreement.coefficients import (
    CARRIED_BY_FEW_CLUSTERS,
    NO_PAIRABLE_UNITS,
    NO_VARIATION,
    krippendorff_alpha,
)
from rdpscore.agreement.coincidences import Choices
from rdpscore.agreement.ratings import Floats, Ratings
from rdpscore.agreement.statistics import Layout, alpha_disagreement, unit_statistics

Level = Literal["nominal", "ordinal"]


def undefined(data: Choices) -> str | None:
    """Why alpha is not defined on these choices, or None where it is."""
    if data.n_units == 0:
        return NO_PAIRABLE_UNITS
    return NO_VARIATION if np.count_nonzero(data.totals) < 2 else None


def item_alpha(data: Choices, level: Level) -> float | None:
    """Krippendorff's alpha of one item; None where it is undefined (see `undefined`).

    Parameters
    ----------
    data : Choices
        All options of the codebook count as categories, in their order.
    level : {"nominal", "ordinal"}
        Level of measurement.

    Returns
    -------
    float or None
        At most 1; 0 is chance, negative is systematic disagreement.
    """
    return krippendorff_alpha(Ratings.from_counts(data.counts), level=level).value


def stratified_alpha(items: Sequence[Choices], distances: Sequence[Floats]) -> float | None:
    """Alpha over several items: one minus the sum of observed over the sum of expected disagreements.

    Items weigh the same, whatever the number of their options and of their units; each stays its own stratum,
    so that knowing how common an option is in one item says nothing on another. It is not a mean of alphas.

    Parameters
    ----------
    items : sequence of Choices
    distances : sequence of float arrays, shape (n_options, n_options)
        Distance between options, 0 on the diagonal, 1 between the lowest and the highest option.

    Returns
    -------
    float or None
        None where no item has a pairable unit or no item varies.

    Notes
    -----
    ``1 − Σ D_o / Σ D_e`` with D_o and D_e of each item as in Krippendorff (2018), chapter 12.
    """
    observed = expected = 0.0
    for data, distance in zip(items, distances, strict=True):
        if data.n_units == 0:
            continue
        layout = Layout(data.counts.shape[1])
        pair = alpha_disagreement(unit_statistics(data.counts).sum(axis=0), layout, distance)
        observed, expected = observed + float(pair[0]), expected + float(pair[1])
    return None if expected == 0 else 1.0 - observed / expected


def nominal_distance(n_options: int) -> Floats:
    """0 for the same option, 1 for another."""
    return 1.0 - np.eye(n_options)


def score_distance(scores: Sequence[float]) -> Floats:
    """Squared difference of the options' scores, 1 between the lowest and the highest score.

    The interval metric on the values that enter the score; all 0 where the scores do not differ.
    """
    values = np.asarray(scores, float)
    span = np.ptp(values) if len(values) else 0.0
    return (
        np.asarray(np.subtract.outer(values, values) ** 2 / span**2)
        if span > 0
        else np.zeros((len(values),) * 2)
    )


__all__ = [
    "CARRIED_BY_FEW_CLUSTERS",
    "NO_PAIRABLE_UNITS",
    "NO_VARIATION",
    "item_alpha",
    "nominal_distance",
    "score_distance",
    "stratified_alpha",
    "undefined",
]
