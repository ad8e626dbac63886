"""The delete-one-cluster jackknife, with Student's t on a scale where estimates are nearly symmetric.

Clusters are few and of unequal size, so two things that many units would make small are corrected: the bias that the
jackknife finds, and the degrees of freedom, which follow from the effective number of clusters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Function = Callable[[Floats], Floats]
"""Statistics, shape (…, n_statistics) → estimates, shape (…, n_estimates), NaN where undefined."""


@dataclass(frozen=True, eq=False)
class Bounds:
    """Confidence bounds of several estimates, NaN where undefined.

    Attributes
    ----------
    low, high : float arrays, shape (n_estimates,)
    confidence : float array, shape (n_thresholds, n_estimates)
        One-sided confidence that the true value is at least each threshold: the level of the one-sided interval
        that begins at the threshold.
    """

    low: Floats
    high: Floats
    confidence: Floats


@dataclass(frozen=True, eq=False)
class Jackknife:
    """Estimates, and the same without each cluster.

    Attributes
    ----------
    point : float array, shape (n_estimates,)
    without : float array, shape (n_clusters, n_estimates)
        The estimates when one cluster is left out.
    present : bool array, shape (n_clusters, n_estimates)
        Which clusters hold data of each estimate; the others do not count.
    """

    point: Floats
    without: Floats
    present: npt.NDArray[np.bool_]

    @property
    def n_clusters(self) -> npt.NDArray[np.intp]:
        """Number of clusters that hold data of each estimate."""
        return np.asarray(self.present.sum(axis=0))

    def on(self, scale: Function) -> tuple[Floats, Floats]:
        """The estimates on a scale, corrected for bias, and their standard errors; not finite where undefined.

        Notes
        -----
        With the G clusters that hold data, θ₍g₎ the estimate without one and θ̄ their mean: ``θ̂ − (G − 1)(θ̄ − θ̂)`` and
        ``sqrt((G − 1)/G Σ (θ₍g₎ − θ̄)²)`` (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapters 10
        and 11).
        """
        n = self.n_clusters
        with np.errstate(divide="ignore", invalid="ignore"):
            point, values = scale(self.point), np.where(self.present, scale(self.without), 0.0)
            mean = values.sum(axis=0) / n
            away = np.where(self.present, values - mean, 0.0)
            return point - (n - 1) * (mean - point), np.sqrt((n - 1) / n * (away**2).sum(axis=0))

    def standard_error(self, scale: Function | None = None) -> Floats:
        """Standard error of each estimate on a scale, NaN or infinite where it is undefined; see `on`."""
        return self.on(scale or _identity)[1]

    def bounds(
        self,
        level: float = 0.95,
        thresholds: tuple[float, ...] = (),
        *,
        scale: Function | None = None,
        inverse: Function | None = None,
        effective: Floats | None = None,
    ) -> Bounds:
        """Bounds by Student's t.

        Parameters
        ----------
        level : float
            Two-sided confidence, between 0 and 1.
        thresholds : tuple of float
            Values of which the one-sided confidence is wanted.
        scale, inverse : callables, optional
            An increasing transformation on which the interval is symmetric, and its inverse; the estimate's own
            scale without.
        effective : float array, shape (n_estimates,), optional
            Effective number of clusters, of which the degrees of freedom are one less, at least 1; their number
            without.
        """
        from scipy.special import stdtr, stdtrit  # late: what computes no interval need not load it

        scale, inverse = scale or _identity, inverse or _identity
        number = self.n_clusters.astype(float) if effective is None else np.fmin(effective, self.n_clusters)
        freedom = np.fmax(number - 1, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            centre, error = self.on(scale)
            error = np.where((self.n_clusters > 1) & np.isfinite(error), error, np.nan)
            reach = stdtrit(freedom, (1 + level) / 2) * error
            limits = scale(np.asarray(thresholds, float))[:, None]
            confidence = stdtr(freedom, (centre - limits) / error)
            return Bounds(inverse(centre - reach), inverse(centre + reach), np.asarray(confidence))


def effective_number(weights: Floats) -> Floats:
    """Effective number of clusters, ``(Σ w)² / Σ w²``: of as many equal ones would as much be known.

    Parameters
    ----------
    weights : float array, shape (n_clusters, n_estimates)
        How much of what an estimate rests on lies in each cluster.

    Returns
    -------
    float array, shape (n_estimates,)
        From 1 to n_clusters; 0 where all weights are 0.

    Notes
    -----
    Kish (1965), Survey Sampling, section 11.7, of clusters as of units.
    """
    squares = (weights**2).sum(axis=0)
    return np.asarray(
        np.divide(weights.sum(axis=0) ** 2, squares, out=np.zeros_like(squares), where=squares > 0)
    )


def jackknife(
    statistics: Floats, function: Function, present: npt.NDArray[np.bool_] | None = None
) -> Jackknife:
    """Estimates from sums of clusters, and the same without each of them.

    Parameters
    ----------
    statistics : float array, shape (n_clusters, n_statistics)
        Additive: the sum over clusters is the statistic of the whole.
    function : callable
        Statistics, shape (…, n_statistics), to estimates, shape (…, n_estimates).
    present : bool array, shape (n_clusters, n_estimates), optional
        Which clusters hold data of each estimate; all without.
    """
    point = function(statistics.sum(axis=0))
    without = function(leave_one_out(statistics))
    if present is None:
        present = np.ones(without.shape, bool)
    return Jackknife(point, without, present)


def leave_one_out(statistics: Floats) -> Floats:
    """The sums without each cluster, shape (n_clusters, n_statistics).

    Differences that are nothing but rounding become 0, so that an estimate that is undefined without a cluster is
    seen to be.
    """
    total = statistics.sum(axis=0)
    out = total - statistics
    out[np.abs(out) <= 1e-12 * np.abs(statistics).sum(axis=0)] = 0.0
    return np.asarray(out)


def _identity(values: Floats) -> Floats:
    return values
