"""Intervals of agreement coefficients over clusters, and when there are none.

The default is the delete-one-cluster jackknife with Student's t on −ln(1 − α), on which alpha is nearly symmetric and
which keeps the upper bound below 1. What alpha rests on are the answers other than the commonest; the degrees of
freedom are one less than the effective number of clusters that hold them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.agreement.coefficients import (
    CARRIED_BY_FEW_CLUSTERS,
    NO_PAIRABLE_UNITS,
    NO_VARIATION,
    Data,
    as_ratings,
)
from rdpscore.agreement.panels import (
    Measure,
    Panel,
    panel,
    panel_of,
)
from rdpscore.agreement.statistics import Floats
from rdpscore.agreement.weights import Level
from rdpscore.inference import Jackknife, bootstrap, effective_number, jackknife
from rdpscore.survey.aligning import same_rows

Method = Literal["jackknife", "percentile", "bca"]

FEW_CLUSTERS = 5
"""With minority answers in fewer clusters than this, a coefficient rests on these clusters alone."""
MOST_DEGENERATE = 0.05
"""With more than this share of resamples in which it is undefined, a coefficient has no interval."""
TENTATIVE, RELIABLE = 0.667, 0.80
"""Krippendorff's limits for tentative conclusions and for reliable data."""
LEAST = -1.0
"""No lower bound is below it: two coders who always differ have an alpha of −1 at worst."""
NO_DISAGREEMENT = "no_disagreement"


@dataclass(frozen=True)
class Interval:
    """A coefficient with its interval, and what both rest on.

    Attributes
    ----------
    label : str
        The item, or the name of the figure.
    value : float or None
        The point estimate.
    value_reason : str or None
        Why it is None: ``no_pairable_units``, ``no_variation``, ``carried_by_few_clusters`` where it is undefined
        without one cluster.
    low, high : float or None
        The bounds.
    reason : str or None
        Why the bounds are None: the reason of the value; ``carried_by_few_clusters`` where fewer than five clusters
        hold another answer than the commonest, the value without one cluster is undefined or infinite on the scale of
        the interval, or more than 5 % of resamples are degenerate; ``no_disagreement`` where the value is 1.
    method : str
        ``jackknife``, ``percentile`` or ``bca``.
    level : float
        Two-sided confidence.
    by : str
        What the clusters are.
    n_units, n_clusters : int
        Units with two or more ratings, and their clusters.
    n_minority, n_minority_clusters : int
        Those of them that hold another answer than the commonest of an item.
    effective_clusters : float
        Effective number of clusters by how many such answers each holds.
    confidence_tentative, confidence_reliable : float or None
        One-sided confidence, by the jackknife, that the true value is at least 0.667, and 0.80: no probability.
    degenerate : float or None
        Share of resamples in which the coefficient is undefined.
    n_resamples : int
    carriers : tuple of str
        The units with another answer than the commonest, where these are why something is None.
    clusters : tuple of str
        Names of the clusters that hold data.
    without : tuple of float or None
        The coefficient without each of these clusters.
    """

    label: str
    value: float | None
    value_reason: str | None
    low: float | None
    high: float | None
    reason: str | None
    method: Method
    level: float
    by: str
    n_units: int
    n_clusters: int
    n_minority: int
    n_minority_clusters: int
    effective_clusters: float
    confidence_tentative: float | None
    confidence_reliable: float | None
    degenerate: float | None
    n_resamples: int
    carriers: tuple[str, ...]
    clusters: tuple[str, ...]
    without: tuple[float | None, ...]


def log_scale(values: Floats) -> Floats:
    """−ln(1 − α): the scale of the interval; infinite for 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(-np.log1p(-np.asarray(values)))


def from_log_scale(values: Floats) -> Floats:
    """α from −ln(1 − α)."""
    return np.asarray(-np.expm1(-values))


def intervals(
    measure: Measure,
    *,
    method: Method = "jackknife",
    level: float = 0.95,
    n_resamples: int = 2000,
    seed: int = 0,
) -> tuple[Interval, ...]:
    """Intervals of some coefficients of a panel, estimated together.

    Parameters
    ----------
    measure : Measure
        For example ``panel(survey).alphas()`` or ``panel(survey).stratified("exact")``.
    method : {"jackknife", "percentile", "bca"}
        The jackknife by Student's t on −ln(1 − α); or bounds of the cluster bootstrap.
    level : float
        Two-sided confidence.
    n_resamples, seed : int
        Of the bootstrap, which also counts degenerate resamples; 0 does without.

    Returns
    -------
    tuple of Interval
        One an estimate of the measure.

    Raises
    ------
    ValueError
        If the method is unknown, or a bootstrap has no resamples.

    Notes
    -----
    The standard error is that of the jackknife over clusters: of the independent pieces, where journals of one
    publisher are not. The interval is centred on the estimate that the jackknife corrects for bias: chance
    agreement is taken from the same few clusters, which makes alpha a little too low. The coverage of the methods
    is tabulated in ``docs/agreement.md`` and made by ``benchmarks/agreement_coverage.py``.
    """
    check_method(method, n_resamples)
    statistics, present = measure.panel.statistics, measure.present
    left_out = jackknife(statistics, measure.function, present)
    drawn = None
    if n_resamples:
        drawn = bootstrap(statistics, measure.function, n_resamples, seed, present)
    minority = measure.minority
    effective = effective_number(minority)
    t = left_out.bounds(
        level, (TENTATIVE, RELIABLE), scale=log_scale, inverse=from_log_scale, effective=effective
    )
    if method == "jackknife" or drawn is None:
        low, high = t.low, t.high
    else:
        low, high = drawn.bounds(level, method)
    low = np.maximum(low, np.fmin(LEAST, left_out.point))
    in_minority = (minority > 0).sum(axis=0)
    degenerate = None if drawn is None else drawn.degenerate / n_resamples
    out = []
    for k, label in enumerate(measure.labels):
        share = None if degenerate is None else float(degenerate[k])
        value_reason, reason = reasons_of(measure, left_out, k, int(in_minority[k]), share)
        if reason is None and np.isnan([low[k], high[k]]).any():
            reason = CARRIED_BY_FEW_CLUSTERS
        units, other = _units(measure, k)
        names = measure.panel.units
        holds = present[:, k]
        carried = CARRIED_BY_FEW_CLUSTERS in (value_reason, reason)
        out.append(
            Interval(
                label=label,
                value=None if value_reason else finite(left_out.point[k]),
                value_reason=value_reason,
                low=None if reason else finite(low[k]),
                high=None if reason else finite(high[k]),
                reason=reason,
                method=method,
                level=level,
                by=measure.panel.by,
                n_units=len(units),
                n_clusters=int(holds.sum()),
                n_minority=len(other),
                n_minority_clusters=int(in_minority[k]),
                effective_clusters=float(effective[k]),
                confidence_tentative=None if reason else finite(t.confidence[0, k]),
                confidence_reliable=None if reason else finite(t.confidence[1, k]),
                degenerate=share,
                n_resamples=n_resamples,
                carriers=tuple(names[u] for u in other) if carried else (),
                clusters=tuple(np.array(measure.panel.labels, object)[holds].tolist()),
                without=tuple(finite(v) for v in left_out.without[holds, k]),
            )
        )
    return tuple(out)


def alpha_interval(
    data: Data,
    categories: Sequence[Any] | None = None,
    *,
    level: Level = "nominal",
    clusters: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    method: Method = "jackknife",
    n_resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Krippendorff's alpha of ratings of any program, with its interval.

    Parameters
    ----------
    data, categories, level
        As of `krippendorff_alpha`.
    clusters : array_like, shape (n_units,), optional
        Cluster of each unit, by number or name; each unit is its own without.
    confidence : float
        Two-sided.
    method, n_resamples, seed
        As of `intervals`.
    """
    if clusters is not None and isinstance(data, (pd.DataFrame, pd.Series)):
        same_rows(data=data, clusters=clusters)
    measure = panel_of(as_ratings(data, categories), level, clusters, "alpha").alphas()
    return intervals(measure, method=method, level=confidence, n_resamples=n_resamples, seed=seed)[0]


def reasons_of(
    measure: Measure, left_out: Jackknife, k: int, n_minority_clusters: int, degenerate: float | None
) -> tuple[str | None, str | None]:
    """Why an estimate has no value, and why it has no bounds: the one rule of what carries a coefficient."""
    holds, point = left_out.present[:, k], left_out.point[k]
    if not holds.any():
        return NO_PAIRABLE_UNITS, NO_PAIRABLE_UNITS
    if np.isnan(point):
        return NO_VARIATION, NO_VARIATION
    if np.isnan(left_out.without[holds, k]).any():
        return CARRIED_BY_FEW_CLUSTERS, CARRIED_BY_FEW_CLUSTERS
    if point >= 1:
        return None, NO_DISAGREEMENT
    few = n_minority_clusters < FEW_CLUSTERS
    if few or (degenerate or 0) > MOST_DEGENERATE or (left_out.without[holds, k] >= 1).any():
        return None, CARRIED_BY_FEW_CLUSTERS
    return None, None


def _units(measure: Measure, k: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Positions of the pairable units of an estimate, and of those in the minority on some item."""
    entries = [measure.panel.entries[i] for i in measure.parts[k]]
    empty = np.zeros(0, np.intp)
    return (
        np.unique(np.concatenate([empty, *(e.units for e in entries)])),
        np.unique(np.concatenate([empty, *(e.minority for e in entries)])),
    )


def check_method(method: Method, n_resamples: int) -> None:
    """Refuse an unknown method, and a bootstrap without resamples."""
    if method not in ("jackknife", "percentile", "bca"):
        raise ValueError(f"methods are jackknife, percentile and bca; not '{method}'")
    if method != "jackknife" and n_resamples < 1:
        raise ValueError("a bootstrap needs resamples")


def finite(value: Any) -> float | None:
    """The number, None where it is none."""
    return float(value) if np.isfinite(value) else None


__all__ = [
    "Interval",
    "Panel",
    "alpha_interval",
    "intervals",
    "panel",
    "panel_of",
]
