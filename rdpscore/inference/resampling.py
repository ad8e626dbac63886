"""The cluster bootstrap: clusters are drawn with replacement, for all statistics jointly, in one matrix product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from rdpscore.inference.leaving_out import Floats, Function, jackknife

Method = Literal["percentile", "bca"]

CHUNK_BYTES = 1 << 24
"""Resamples are made in chunks whose weights and sums take about this much."""


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Estimates of all resamples, joint over the estimates of a row; NaN where a draw is degenerate.

    Attributes
    ----------
    draws : float array, shape (n_resamples, n_estimates)
    point : float array, shape (n_estimates,)
        Of the data themselves.
    acceleration : float array, shape (n_estimates,)
        Of BCa, from the jackknife over clusters.
    """

    draws: Floats
    point: Floats
    acceleration: Floats

    @property
    def n_resamples(self) -> int:
        """Number of resamples, degenerate ones too."""
        return len(self.draws)

    @property
    def degenerate(self) -> npt.NDArray[np.intp]:
        """Number of draws in which each estimate is undefined."""
        return np.asarray(np.isnan(self.draws).sum(axis=0))

    def bounds(self, level: float = 0.95, method: Method = "percentile") -> tuple[Floats, Floats]:
        """Lower and upper bounds, NaN where undefined; degenerate draws are left out.

        Parameters
        ----------
        level : float
            Two-sided confidence, between 0 and 1.
        method : {"percentile", "bca"}
            Percentiles of the draws; or bias-corrected and accelerated (Efron 1987, Journal of the American
            Statistical Association 82: 171), where the acceleration comes from the jackknife over clusters.
        """
        tails = (1 - level) / 2, (1 + level) / 2
        low, high = np.full((2, self.draws.shape[1]), np.nan)
        for k, column in enumerate(self.draws.T):
            values = column[~np.isnan(column)]
            if len(values) and not np.isnan(self.point[k]):
                shares = tails if method == "percentile" else self._bca(values, k, tails)
                if not np.isnan(shares).any():
                    low[k], high[k] = np.quantile(values, shares)
        return low, high

    def _bca(self, values: Floats, k: int, tails: tuple[float, float]) -> tuple[float, float]:
        """Shares at which to cut the draws; ties with the point count half."""
        from scipy.special import ndtr, ndtri

        below = np.mean(values < self.point[k]) + np.mean(values == self.point[k]) / 2
        if not 0 < below < 1 or np.isnan(self.acceleration[k]):
            return np.nan, np.nan
        bias = ndtri(below)
        moved = bias + ndtri(np.array(tails))
        low, high = ndtr(bias + moved / (1 - self.acceleration[k] * moved))
        return float(low), float(high)


def bootstrap(
    statistics: Floats,
    function: Function,
    n_resamples: int = 10_000,
    seed: int = 0,
    present: npt.NDArray[np.bool_] | None = None,
) -> Bootstrap:
    """Estimates from resamples of clusters.

    Parameters
    ----------
    statistics : float array, shape (n_clusters, n_statistics)
        Additive: the sum over clusters is the statistic of the whole.
    function : callable
        Statistics, shape (…, n_statistics), to estimates, shape (…, n_estimates); all estimates come from the same
        draws, so that their differences may be taken draw by draw.
    n_resamples, seed : int
        The same seed gives the same draws.
    present : bool array, shape (n_clusters, n_estimates), optional
        Which clusters hold data of each estimate; all without.

    Notes
    -----
    Memory does not grow with the resamples but for the estimates that are returned.
    """
    left_out = jackknife(statistics, function, present)
    draws = np.empty((n_resamples, len(left_out.point)))
    at = 0
    for sums in resample(statistics, n_resamples, seed):
        draws[at : at + len(sums)] = function(sums)
        at += len(sums)
    return Bootstrap(draws, left_out.point, _acceleration(left_out.without, left_out.present))


def resample(statistics: Floats, n_resamples: int, seed: int) -> Iterator[Floats]:
    """Sums of resampled clusters, chunk by chunk, each of shape (n_in_chunk, n_statistics).

    Every resample draws as many clusters as there are, with replacement.
    """
    generator = np.random.default_rng(seed)
    n_clusters, n_statistics = statistics.shape
    size = max(1, CHUNK_BYTES // (8 * (n_clusters + n_statistics + 1)))
    for start in range(0, n_resamples, size):
        n = min(size, n_resamples - start)
        drawn = generator.integers(0, max(n_clusters, 1), (n, n_clusters))
        cell = drawn + n_clusters * np.arange(n)[:, None]
        weights = np.bincount(cell.ravel(), minlength=n * n_clusters).reshape(n, n_clusters)
        # zeros stay exact zeros: nothing is subtracted here
        yield weights.astype(float) @ statistics


def _acceleration(without: Floats, present: npt.NDArray[np.bool_]) -> Floats:
    """A sixth of the skewness of the estimates without one cluster (Efron and Tibshirani 1993, 14.15)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(present, without, 0.0)
        away = np.where(present, values.sum(axis=0) / present.sum(axis=0) - values, 0.0)
        spread = 6 * (away**2).sum(axis=0) ** 1.5
        return np.asarray(
            np.divide((away**3).sum(axis=0), spread, out=np.zeros_like(spread), where=spread != 0)
        )
