"""Differences of agreement between items, groups of journals, rounds or metrics, from joint resamples of clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rdpscore.agreement.coefficients import CARRIED_BY_FEW_CLUSTERS
from rdpscore.agreement.interval import (
    MOST_DEGENERATE,
    NO_DISAGREEMENT,
    Method,
    check_method,
    finite,
    reasons_of,
)
from rdpscore.agreement.panels import Measure
from rdpscore.agreement.statistics import Floats
from rdpscore.inference import Bootstrap, bootstrap, effective_number, jackknife


@dataclass(frozen=True)
class Difference:
    """The difference of two coefficients of the same clusters, the first less the second.

    Attributes
    ----------
    first, second : str
        Their labels.
    value, low, high : float or None
    reason : str or None
        Why the bounds are None: that of either coefficient, or more than 5 % of resamples are degenerate.
    method : str
    level : float
    n_clusters : int
        Clusters that hold data of either.
    degenerate : float or None
        Share of resamples in which either is undefined.
    n_resamples : int
    """

    first: str
    second: str
    value: float | None
    low: float | None
    high: float | None
    reason: str | None
    method: Method
    level: float
    n_clusters: int
    degenerate: float | None
    n_resamples: int


def difference(
    first: Measure,
    second: Measure,
    *,
    method: Method = "percentile",
    level: float = 0.95,
    n_resamples: int = 10_000,
    seed: int = 0,
) -> Difference:
    """The difference of two coefficients, between items, groups of journals or rounds, from joint resamples.

    Parameters
    ----------
    first, second : Measure
        Of one estimate each, of panels with the same clusters: of two sets of journals, two rounds, two items.
    method, level, n_resamples, seed
        As of `intervals`; the jackknife is on the difference's own scale.

    Raises
    ------
    ValueError
        If the clusters are not the same, or a measure has more than one estimate.

    Notes
    -----
    What both coefficients share, the clusters, is drawn once for both.
    """
    check_method(method, n_resamples)
    if first.panel.labels != second.panel.labels or first.panel.by != second.panel.by:
        raise ValueError("the two panels have other clusters")
    if len(first.labels) != 1 or len(second.labels) != 1:
        raise ValueError("differences are of one estimate and another; pick one with `Measure.pick`")
    width = first.panel.statistics.shape[1]
    statistics = np.concatenate([first.panel.statistics, second.panel.statistics], axis=1)

    def function(rows: Floats) -> Floats:
        return first.function(rows[..., :width]) - second.function(rows[..., width:])

    present = first.present | second.present
    left_out = jackknife(statistics, function, present)
    drawn: Bootstrap | None = None
    if n_resamples:
        drawn = bootstrap(statistics, function, n_resamples, seed, present)
    if method == "jackknife" or drawn is None:
        effective = np.fmin(effective_number(first.minority), effective_number(second.minority))
        bounds = left_out.bounds(level, effective=effective)
        low, high = bounds.low, bounds.high
    else:
        low, high = drawn.bounds(level, method)
    share = None if drawn is None else float(drawn.degenerate[0]) / n_resamples
    reason = value_reason = None
    for one in (first, second):
        alone = jackknife(one.panel.statistics, one.function, one.present)
        found = reasons_of(one, alone, 0, int((one.minority > 0).sum()), None)
        value_reason, reason = value_reason or found[0], reason or found[1]
    if reason == NO_DISAGREEMENT:
        reason = None  # only its own scale is unbounded at 1
    if reason is None and ((share or 0) > MOST_DEGENERATE or np.isnan([low[0], high[0]]).any()):
        reason = CARRIED_BY_FEW_CLUSTERS
    return Difference(
        first=first.labels[0],
        second=second.labels[0],
        value=None if value_reason else finite(left_out.point[0]),
        low=None if reason else finite(low[0]),
        high=None if reason else finite(high[0]),
        reason=reason,
        method=method,
        level=level,
        n_clusters=int(present.sum()),
        degenerate=share,
        n_resamples=n_resamples,
    )
