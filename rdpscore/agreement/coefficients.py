"""Coefficients of agreement for ratings in any program: units × coders, missing ratings, explicit categories.

Coders are exchangeable in `krippendorff_alpha`, `gwet_ac`, `brennan_prediger`, `fleiss_kappa`, `randolph_kappa`,
`scott_pi` and `percent_agreement`; `conger_kappa`, `cohen_kappa` and `bangdiwala_b` compare persons. What is undefined
is None with a reason, never NaN, 0 or 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.agreement import statistics as sums
from rdpscore.agreement.ratings import Floats, Ratings
from rdpscore.agreement.statistics import Layout, Pair, weight_matrix
from rdpscore.agreement.weights import Level, WeightName, check_distance, distances

NO_VARIATION = "no_variation"
NO_PAIRABLE_UNITS = "no_pairable_units"
CARRIED_BY_FEW_CLUSTERS = "carried_by_few_clusters"
ANONYMOUS_CODERS = "anonymous_coders"
NOT_TWO_CODERS = "not_two_coders"

Data = Ratings | npt.ArrayLike | pd.DataFrame
Weights = WeightName | npt.ArrayLike


@dataclass(frozen=True)
class Coefficient:
    """A coefficient of agreement.

    Attributes
    ----------
    value : float or None
        1 where coders always agree, 0 where as often as by chance, negative where less.
    reason : str or None
        Why the value is None: ``no_pairable_units`` (no unit has two ratings), ``no_variation`` (no disagreement is
        expected by chance, so that none could be observed), ``anonymous_coders`` (it is not known who rated, and the
        coefficient compares persons), ``not_two_coders``.
    n_units : int
        Units with two or more ratings.
    observed, expected : float or None
        Observed disagreement and that expected by chance; ``value`` is 1 − observed / expected. With agreement
        weights, percent agreement is 1 − observed. None where the coefficient is not made of them.
    """

    value: float | None
    reason: str | None
    n_units: int
    observed: float | None = None
    expected: float | None = None


def as_ratings(data: Data, categories: Sequence[Any] | None) -> Ratings:
    """Ratings as they are, or from labels and their categories.

    Raises
    ------
    ValueError
        If labels come without categories, or `Ratings` with others than theirs.
    """
    if isinstance(data, Ratings):
        if categories is not None and tuple(categories) != data.categories:
            raise ValueError("these ratings have categories of their own")
        return data
    if categories is None:
        raise ValueError("give the categories: all that were permitted, in their order")
    return Ratings.from_labels(data, categories)


def percent_agreement(
    data: Data, categories: Sequence[Any] | None = None, *, weights: Weights = "identity"
) -> Coefficient:
    """Mean over units of the share of agreeing pairs of coders, 0 to 1; see `gwet_ac` for the parameters.

    Notes
    -----
    Gwet, Handbook of Inter-Rater Reliability (4th ed. 2014), chapter 2 (p_a).
    """
    ratings = as_ratings(data, categories)
    layout, statistics = _statistics(ratings)
    n = int(statistics[layout.n_pairable])
    if n == 0:
        return Coefficient(None, NO_PAIRABLE_UNITS, 0)
    observed = float(sums.observed_disagreement(statistics, layout, weight_matrix(weights, ratings.values)))
    return Coefficient(1 - observed, None, n, observed)


def krippendorff_alpha(
    data: Data,
    categories: Sequence[Any] | None = None,
    *,
    level: Level = "nominal",
    distance: npt.ArrayLike | None = None,
) -> Coefficient:
    """Krippendorff's alpha.

    Parameters
    ----------
    data : Ratings or array_like, shape (n_units, n_coders)
        Labels, None or NaN where missing.
    categories : sequence
        All permitted categories in their order, from the codebook; not needed with `Ratings`.
    level : {"nominal", "ordinal", "interval", "ratio"}
        Level of measurement; interval and ratio need categories that are numbers.
    distance : array_like, shape (n_categories, n_categories), optional
        Distances of categories, used as they are instead of those of `level`: the squares are yours to take.

    Returns
    -------
    Coefficient
        At most 1. Units with one rating do not count.

    Raises
    ------
    ValueError
        If a rating is no category, the level is unknown or needs numbers, or the distance is none.

    Notes
    -----
    Krippendorff, Content Analysis: An Introduction to Its Methodology (4th ed. 2018), chapter 12. Checked against the
    worked examples of Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, and the package `krippendorff`.

    Examples
    --------
    >>> krippendorff_alpha([[1, 1], [1, 2], [2, 2], [2, None]], categories=[1, 2]).value
    0.4444444444444444
    """
    ratings = as_ratings(data, categories)
    if distance is not None:
        apart: Floats | None = check_distance(distance, ratings.n_categories)
    else:
        if level in ("interval", "ratio") and not ratings.numeric:
            raise ValueError(f"the {level} level needs categories that are numbers")
        apart = distances(level, ratings.values)
    layout, statistics = _statistics(ratings)
    return _made(statistics, layout, sums.alpha_disagreement(statistics, layout, apart))


def gwet_ac(
    data: Data, categories: Sequence[Any] | None = None, *, weights: Weights = "identity"
) -> Coefficient:
    """Gwet's AC1 (identity weights) or AC2 (others).

    Parameters
    ----------
    data : Ratings or array_like, shape (n_units, n_coders)
        Labels, None or NaN where missing.
    categories : sequence
        All permitted categories in their order, from the codebook; not needed with `Ratings`.
    weights : str or array_like, shape (n_categories, n_categories)
        ``identity``, ``linear``, ``quadratic``, ``ordinal``, ``ratio``, ``radical``, ``bipolar``, or agreement
        weights from 0 to 1. Categories that are no numbers count as 1, 2, …

    Returns
    -------
    Coefficient
        At most 1. Defined where all ratings are one category, if there are others: then it is 1. Units with one
        rating count in how common a category is.

    Raises
    ------
    ValueError
        If a rating is no category, or the weights are unknown or none.

    Notes
    -----
    Gwet (2008), British Journal of Mathematical and Statistical Psychology 61: 29; Gwet, Handbook of Inter-Rater
    Reliability (4th ed. 2014), chapters 4 and 5. Checked against the book's examples as printed by ``irrCAC`` for R.
    """
    return _weighted(data, categories, weights, sums.gwet_disagreement)


def brennan_prediger(
    data: Data, categories: Sequence[Any] | None = None, *, weights: Weights = "identity"
) -> Coefficient:
    """The coefficient of Brennan and Prediger: chance takes every category as often; parameters as of `gwet_ac`.

    Notes
    -----
    Brennan and Prediger (1981), Educational and Psychological Measurement 41: 687; weighted and with missing ratings
    as in Gwet (2014), chapters 4 and 5. Checked against the book's examples as printed by ``irrCAC`` for R.
    """
    return _weighted(data, categories, weights, sums.uniform_disagreement)


def randolph_kappa(data: Data, categories: Sequence[Any] | None = None) -> Coefficient:
    """Randolph's free-marginal kappa: `brennan_prediger` without weights, under the name it has for many coders.

    Notes
    -----
    Randolph (2005), Free-marginal multirater kappa. Checked against Randolph's online calculator.
    """
    return brennan_prediger(data, categories)


def fleiss_kappa(
    data: Data, categories: Sequence[Any] | None = None, *, weights: Weights = "identity"
) -> Coefficient:
    """Fleiss' kappa, also weighted and with unequal numbers of ratings; parameters as of `gwet_ac`.

    Notes
    -----
    Fleiss (1971), Psychological Bulletin 76: 378; with missing ratings as in Gwet (2014), chapters 2 and 4. Checked
    against Fleiss's example and ``irrCAC`` for R.
    """
    return _weighted(data, categories, weights, sums.fleiss_disagreement)


def scott_pi(
    data: Data, categories: Sequence[Any] | None = None, *, weights: Weights = "identity"
) -> Coefficient:
    """Scott's pi of two coders on the units that both rated; they need not be the same two throughout.

    Returns
    -------
    Coefficient
        None with reason ``not_two_coders`` where a unit has three or more ratings.

    Notes
    -----
    Scott (1955), Public Opinion Quarterly 19: 321. Checked against Gwet (2014) and Zwick (1988).
    """
    ratings = as_ratings(data, categories)
    rated = [block.sum(axis=1) for block in ratings.blocks()]
    if any((r > 2).any() for r in rated):
        return Coefficient(None, NOT_TWO_CODERS, int(sum((r >= 2).sum() for r in rated)))
    both = Ratings(ratings.categories, given=ratings.counts[ratings.counts.sum(axis=1) == 2])
    return _weighted(both, None, weights, sums.fleiss_disagreement)


def conger_kappa(
    data: Data, categories: Sequence[Any] | None = None, *, weights: Weights = "identity"
) -> Coefficient:
    """Conger's kappa: Cohen's for any number of coders, who are the same persons throughout.

    Parameters are those of `gwet_ac`; None with reason ``anonymous_coders`` where it is not known who rated.

    Notes
    -----
    Conger (1980), Psychological Bulletin 88: 322; weighted and with missing ratings as in Gwet (2014), chapters 2, 4
    and 5: ``p_e = Σ w_ck (p̄_c p̄_k − s²_ck / r)``, p̄ the mean over the r coders of their own shares of categories and
    s² the covariance of these shares. With two coders and no missing ratings it is Cohen's kappa, against which it is
    checked.
    """
    ratings = as_ratings(data, categories)
    layout, statistics = _statistics(ratings)
    n = int(statistics[layout.n_pairable])
    if ratings.codes is None or not ratings.persons:
        return Coefficient(None, ANONYMOUS_CODERS, n)
    if n == 0:
        return Coefficient(None, NO_PAIRABLE_UNITS, 0)
    matrix = weight_matrix(weights, ratings.values)
    given = np.array([np.bincount(c[c >= 0], minlength=layout.q) for c in ratings.codes.T], float)
    given = given[given.any(axis=1)]  # who rated nothing is no coder
    share = given / given.sum(axis=1, keepdims=True)
    r = len(share)
    # Σ_c≠k over ordered pairs of different coders of p_gc p_hk: what is expected of two of them
    mean = share.sum(axis=0)
    product = (np.outer(mean, mean) - share.T @ share) / (r * (r - 1))
    observed = sums.observed_disagreement(statistics, layout, matrix)
    return _made(statistics, layout, (observed, np.asarray((product * (1 - matrix)).sum())))


def cohen_kappa(
    data: Data,
    categories: Sequence[Any] | None = None,
    *,
    weights: Weights = "identity",
    distance: npt.ArrayLike | None = None,
) -> Coefficient:
    """Cohen's kappa of two persons, also weighted, on the units that both rated.

    Parameters
    ----------
    data, categories
        As of `gwet_ac`.
    weights : str or array_like
        As of `gwet_ac`, but on the places of the categories in their list, 1, 2, …, whatever their values: that is
        how weighted kappa is defined and how R's ``irr`` and scikit-learn have it.
    distance : array_like, shape (n_categories, n_categories), optional
        Disagreement weights, 0 on the diagonal, instead of `weights`.

    Returns
    -------
    Coefficient
        None with reason ``anonymous_coders`` where it is not known who rated, ``not_two_coders`` where there are
        not two.

    Notes
    -----
    Cohen (1960), Educational and Psychological Measurement 20: 37; Cohen (1968), Psychological Bulletin 70: 213.
    Checked against Cohen's examples, SAS and R's ``irr`` as printed, and scikit-learn.
    """
    ratings = as_ratings(data, categories)
    table = _table(ratings)
    if isinstance(table, Coefficient):
        return table
    if distance is not None:
        apart = check_distance(distance, ratings.n_categories)
    else:
        apart = 1 - weight_matrix(weights, np.arange(1.0, ratings.n_categories + 1))
    n = int(table.sum())
    share = table / n
    observed = float((share * apart).sum())
    expected = float((np.outer(share.sum(axis=1), share.sum(axis=0)) * apart).sum())
    if expected <= 0:
        return Coefficient(None, NO_VARIATION, n, observed, expected)
    return Coefficient(1 - observed / expected, None, n, observed, expected)


def bangdiwala_b(data: Data, categories: Sequence[Any] | None = None) -> Coefficient:
    """Bangdiwala's B of two persons: of the rectangles that their marginal totals span, the share they agree on.

    Returns
    -------
    Coefficient
        0 to 1. None with reason ``no_variation`` where all ratings are one category or no category was used by both.

    Notes
    -----
    ``Σ n_cc² / Σ n_c+ n_+c``: Bangdiwala (1985), A graphical test for observer agreement, Proceedings of the
    International Statistical Institute 1: 307. Checked against ``irrCAC`` for R as printed.
    """
    table = _table(as_ratings(data, categories))
    if isinstance(table, Coefficient):
        return table
    n = int(table.sum())
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    area = float(rows @ columns)
    if area == 0 or np.count_nonzero(rows + columns) < 2:
        return Coefficient(None, NO_VARIATION, n)
    return Coefficient(float((np.diag(table) ** 2).sum() / area), None, n)


def _statistics(ratings: Ratings) -> tuple[Layout, Floats]:
    layout = Layout(ratings.n_categories)
    return layout, sums.total_statistics(ratings)


def _weighted(
    data: Data, categories: Sequence[Any] | None, weights: Weights, disagreement: Any
) -> Coefficient:
    ratings = as_ratings(data, categories)
    layout, statistics = _statistics(ratings)
    matrix = weight_matrix(weights, ratings.values)
    return _made(statistics, layout, disagreement(statistics, layout, matrix))


def _made(statistics: Floats, layout: Layout, pair: Pair) -> Coefficient:
    """The coefficient of one row of statistics."""
    n = int(statistics[layout.n_pairable])
    if n == 0:
        return Coefficient(None, NO_PAIRABLE_UNITS, 0)
    observed, expected = map(float, pair)
    # rounding may leave 1e-17 of an expected disagreement that is none
    if not expected > 1e-14:
        return Coefficient(
            None, NO_VARIATION, n, observed, max(expected, 0.0) if expected == expected else None
        )
    return Coefficient(1 - observed / expected, None, n, observed, expected)


def _table(ratings: Ratings) -> Floats | Coefficient:
    """The contingency table of two persons on the units that both rated, or why there is none."""
    if ratings.codes is None or not ratings.persons:
        n = sum(int((block.sum(axis=1) >= 2).sum()) for block in ratings.blocks())
        return Coefficient(None, ANONYMOUS_CODERS, n)
    codes = ratings.codes[:, (ratings.codes >= 0).any(axis=0)]  # who rated nothing is no coder
    if codes.shape[1] > 2:
        return Coefficient(None, NOT_TWO_CODERS, int(((codes >= 0).sum(axis=1) >= 2).sum()))
    both = (codes >= 0).all(axis=1)
    if codes.shape[1] < 2 or not both.any():
        return Coefficient(None, NO_PAIRABLE_UNITS, 0)
    q = ratings.n_categories
    cell = codes[both, 0].astype(np.intp) * q + codes[both, 1]
    return np.bincount(cell, minlength=q * q).reshape(q, q).astype(float)
