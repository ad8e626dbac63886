"""Statistics of ratings that add up over units, and the coefficients that are functions of them.

A row of statistics stands for one unit, for a cluster of units or for all: it is a sum. Every coefficient of
exchangeable coders is ``1 − D_o / D_e``, observed over expected disagreement, and both follow from one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import numpy.typing as npt

from rdpscore.agreement.ratings import Ratings
from rdpscore.agreement.weights import WeightName, agreement_weights

Floats = npt.NDArray[np.float64]
Pair = tuple[Floats, Floats]
"""Observed and expected disagreement, NaN where there is nothing to compute them from."""


@dataclass(frozen=True)
class Layout:
    """Where in a row of statistics of q categories what stands.

    A pair is two different categories c < k, of which there are t = q(q − 1)/2. In this order:

    - ``coincidences`` (t): sum over pairable units of r_c r_k / (r − 1), r_c how many coders chose c, r how many
      rated: the cells of Krippendorff's coincidence matrix above the diagonal;
    - ``totals`` (q): ratings of pairable units in each category, whole numbers;
    - ``pair_shares`` (t): sum over pairable units of r_c r_k / (r (r − 1));
    - ``n_pairable`` (1): units with two or more ratings;
    - ``shares`` (q): sum over rated units of r_c / r.
    """

    q: int

    @property
    def t(self) -> int:
        """Number of pairs of categories."""
        return self.q * (self.q - 1) // 2

    @property
    def size(self) -> int:
        """Number of statistics."""
        return 2 * self.t + 2 * self.q + 1

    @cached_property
    def pairs(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Row and column of each pair."""
        return np.triu_indices(self.q, 1)

    @property
    def coincidences(self) -> slice:
        """Statistics of coincidences."""
        return slice(0, self.t)

    @property
    def totals(self) -> slice:
        """Statistics of totals."""
        return slice(self.t, self.t + self.q)

    @property
    def pair_shares(self) -> slice:
        """Statistics of shares of pairs."""
        return slice(self.t + self.q, 2 * self.t + self.q)

    @property
    def n_pairable(self) -> int:
        """Statistic of the number of pairable units."""
        return 2 * self.t + self.q

    @property
    def shares(self) -> slice:
        """Statistics of shares of categories."""
        return slice(self.n_pairable + 1, self.size)

    def of_pairs(self, matrix: npt.ArrayLike) -> Floats:
        """The values of a matrix of categories × categories for each pair."""
        return np.asarray(matrix, float)[self.pairs]


def unit_statistics(counts: Floats) -> Floats:
    """The statistics of each unit, shape (n_units, `Layout.size`).

    Parameters
    ----------
    counts : float array, shape (n_units, n_categories)
        How many coders put each unit into each category; units with one or no rating may be among them.
    """
    layout = Layout(counts.shape[1])
    rated, pairable, per_rating, per_pair = _ratings_of(counts)
    rows, columns = layout.pairs
    products = counts[:, rows] * counts[:, columns]
    out = np.empty((len(counts), layout.size))
    out[:, layout.coincidences] = products * (per_pair * rated)[:, None]
    out[:, layout.totals] = counts * pairable[:, None]
    out[:, layout.pair_shares] = products * per_pair[:, None]
    out[:, layout.n_pairable] = pairable
    out[:, layout.shares] = counts * per_rating[:, None]
    return out


def total_statistics(ratings: Ratings) -> Floats:
    """The sum of `unit_statistics` over all units, by matrix products and without a row a unit."""
    layout = Layout(ratings.n_categories)
    out = np.zeros(layout.size)
    for counts, often in ratings.patterns():
        rated, pairable, per_rating, per_pair = _ratings_of(counts)
        per_pair *= often
        out[layout.coincidences] += layout.of_pairs(counts.T @ (counts * (per_pair * rated)[:, None]))
        out[layout.totals] += (pairable * often) @ counts
        out[layout.pair_shares] += layout.of_pairs(counts.T @ (counts * per_pair[:, None]))
        out[layout.n_pairable] += pairable @ often
        out[layout.shares] += (per_rating * often) @ counts
    return out


def _ratings_of(counts: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """For each unit: r; whether r ≥ 2; 1/r; 1/(r (r − 1)), 0 where this is not defined."""
    rated = counts.sum(axis=1)
    pairable = (rated >= 2).astype(float)
    per_rating = np.where(rated > 0, 1 / np.maximum(rated, 1), 0.0)
    per_pair = pairable * per_rating / np.maximum(rated - 1, 1)
    return rated, pairable, per_rating, per_pair


def coefficient(observed: Floats, expected: Floats) -> Floats:
    """``1 − D_o / D_e``; NaN where nothing is expected, so that nothing could be observed."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(expected > 0, 1 - observed / expected, np.nan))


def alpha_disagreement(statistics: Floats, layout: Layout, distance: Floats | None) -> Pair:
    """Krippendorff's observed and expected disagreement.

    Parameters
    ----------
    statistics : float array, shape (…, `Layout.size`)
    layout : Layout
    distance : float array, shape (n_categories, n_categories), or None
        Distances, or None for the ordinal metric, which is made from the totals of each row of statistics.

    Notes
    -----
    Krippendorff, Content Analysis (4th ed. 2018), chapter 12. His ordinal distance of c and k, the ratings between
    them with half of those in either, is the distance of their midranks, squared.
    """
    rows, columns = layout.pairs
    totals = statistics[..., layout.totals]
    coincidences = statistics[..., layout.coincidences]
    n = totals.sum(axis=-1)
    products = totals[..., rows] * totals[..., columns]
    if distance is None:
        midrank = np.cumsum(totals, axis=-1) - totals / 2
        apart = (midrank[..., rows] - midrank[..., columns]) ** 2
        observed = (coincidences * apart).sum(axis=-1)
        expected = (products * apart).sum(axis=-1)
    else:
        apart = layout.of_pairs(distance)
        observed, expected = coincidences @ apart, products @ apart
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(2 * observed / n), np.asarray(2 * expected / (n * (n - 1)))


def observed_disagreement(statistics: Floats, layout: Layout, weights: Floats) -> Floats:
    """One minus the weighted percent agreement: the mean over pairable units of their pairs' disagreement.

    Notes
    -----
    Gwet, Handbook of Inter-Rater Reliability (4th ed. 2014), chapter 4 (1 − p_a).
    """
    apart = layout.of_pairs(1 - weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        n = statistics[..., layout.n_pairable]
        return np.asarray(2 * (statistics[..., layout.pair_shares] @ apart) / n)


def category_shares(statistics: Floats, layout: Layout) -> Floats:
    """Mean over rated units of the share of their ratings in each category (Gwet's π_k)."""
    shares = statistics[..., layout.shares]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def gwet_disagreement(statistics: Floats, layout: Layout, weights: Floats) -> Pair:
    """Of AC1 (identity weights) and AC2: ``p_e = T_w / (q (q − 1)) Σ π_k (1 − π_k)``, T_w the sum of weights."""
    observed = observed_disagreement(statistics, layout, weights)
    share = category_shares(statistics, layout)
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.divide(weights.sum(), layout.q * (layout.q - 1))
        expected = 1 - factor * (share * (1 - share)).sum(axis=-1)
    return observed, np.asarray(expected)


def uniform_disagreement(statistics: Floats, layout: Layout, weights: Floats) -> Pair:
    """Of Brennan and Prediger: every category is as likely as another, ``p_e = T_w / q²``."""
    observed = observed_disagreement(statistics, layout, weights)
    return observed, np.full(observed.shape, 1 - weights.sum() / layout.q**2)


def fleiss_disagreement(statistics: Floats, layout: Layout, weights: Floats) -> Pair:
    """Of Fleiss, Scott for two coders: ``p_e = Σ w_ck π_c π_k``."""
    observed = observed_disagreement(statistics, layout, weights)
    share = category_shares(statistics, layout)
    rows, columns = layout.pairs
    expected = 2 * ((share[..., rows] * share[..., columns]) @ layout.of_pairs(1 - weights))
    return observed, np.asarray(expected)


def weight_matrix(weights: WeightName | npt.ArrayLike, values: Floats) -> Floats:
    """Weights by name, or as given.

    Raises
    ------
    ValueError
        If the name is unknown, or given weights are not symmetric, 1 on the diagonal and from 0 to 1.
    """
    if isinstance(weights, str):
        return agreement_weights(cast(WeightName, weights), values)
    array = np.asarray(weights, float)
    if array.shape != (len(values), len(values)) or not np.array_equal(array, array.T):
        raise ValueError(f"weights are {len(values)} × {len(values)}, symmetric")
    if np.any(np.diag(array) != 1) or not np.all((array >= 0) & (array <= 1)):
        raise ValueError("weights are 1 on the diagonal and from 0 to 1")
    return array
