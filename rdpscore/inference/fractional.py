"""Fractional logit: scores between 0 and 1 as they are, with few clusters, told as an average marginal effect.

The mean of the score is a logistic function of the predictors (Papke and Wooldridge 1996, Journal of Applied
Econometrics 11:619); nothing else is assumed of its distribution. Fitted as generalised estimating equations with
independence working correlation; the covariance is clustered and bias-reduced (Mancl and DeRouen 2001, Biometrics
57:126), which leaves out a cluster's own pull as CR3 does, with t(G − 1). Effects are in points of the score, by the
delta method, so that they can be laid beside those of least squares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rdpscore.inference.linear import NO_VARIATION, Floats, Ints, LinearFit, codes, fit, variation
from rdpscore.inference.logit import NOT_ESTIMABLE, cluster_steps, maximum_likelihood, probability
from rdpscore.inference.sandwich import CARRIED_BY_FEW, TOO_FEW_CLUSTERS
from rdpscore.inference.student import Student


@dataclass(frozen=True)
class MarginalEffect(Student):
    """The average marginal effect of one column; see `fractional_logit`.

    Attributes
    ----------
    estimate : float or None
        Mean over units of the change in the expected score: from 0 to 1 for a column of zeros and ones, per unit (the
        derivative) else.
    se, df : float or None
        By the delta method from bias-reduced clustered covariance; clusters less one.
    reason : str or None
        ``no_variation`` (outcomes all equal, or the column is constant, in groups where groups are absorbed),
        ``collinear``, ``not_estimable`` (separation, or no convergence), ``too_few_clusters`` (fewer than 2),
        ``carried_by_few_clusters`` (one).
    log_odds, log_odds_se : float or None
        The coefficient.
    n, n_clusters : int
        Units and clusters that are used: absorbed groups whose outcomes are all 0 or all 1 say nothing and are left
        out.
    """

    log_odds: float | None
    log_odds_se: float | None
    n: int
    n_clusters: int


def fractional_logit(
    y: npt.ArrayLike,
    x: npt.ArrayLike,
    cluster: npt.ArrayLike,
    of: int | str,
    *,
    names: Sequence[str] | None = None,
    absorb: npt.ArrayLike | None = None,
) -> MarginalEffect:
    """The average marginal effect of a column on an outcome between 0 and 1.

    Parameters
    ----------
    y : array, shape (n,)
        From 0 to 1.
    x, cluster, names, absorb
        As in `fit`.
    of : int or str
        Position or name of the column.

    Raises
    ------
    ValueError
        As in `fit`, if an outcome is not within 0 and 1, or there is no such column.

    Notes
    -----
    With absorbed groups that are clusters (or parts of them) a group's intercept follows from the coefficients, so
    only these are left out with their cluster: the columns are then centred within groups by the weights of the fit.
    Checked against ``bias_reduced`` of `statsmodels`'s generalised estimating equations and numeric derivatives; see
    tests/test_fractional_logit.py.
    """
    y, x = np.asarray(y, float), np.asarray(x, float)
    if y.size and not (y.min() >= 0 and y.max() <= 1):
        raise ValueError("outcomes are between 0 and 1")
    groups = None if absorb is None else codes(absorb)[0]
    code = codes(cluster)[0]
    if groups is not None and len(groups) == len(y):
        mean = np.bincount(groups, y) / np.bincount(groups)
        keep = (mean > 0)[groups] & (mean < 1)[groups]
        if not keep.any():
            return _none(NO_VARIATION, 0, 0)
        y, x, code, groups = y[keep], x[keep], code[keep], codes(groups[keep])[0]
    linear = fit(y, x, code, names=names, absorb=groups)
    given = tuple(names) if names is not None else tuple(f"x{j}" for j in range(x.shape[1]))
    wanted = of if isinstance(of, str) else given[of] if 0 <= of < len(given) else None
    if wanted is None or wanted not in given:
        raise ValueError(f"no column '{of}' among {', '.join(given)}")
    reason = next((d.reason for d in linear.dropped if d.name == wanted), None)
    if reason is None and linear.reason == NO_VARIATION:
        reason = NO_VARIATION
    if reason is None and linear.n_clusters < 2:
        reason = TOO_FEW_CLUSTERS
    if reason is None and variation(linear, wanted).rests_on < 2:
        reason = CARRIED_BY_FEW
    if reason is not None:
        return _none(reason, linear.n, linear.n_clusters)
    columns = x[:, [given.index(name) for name in linear.names]]
    return _effect(y, columns, linear, linear.names.index(wanted))


def _effect(y: Floats, x: Floats, linear: LinearFit, k: int) -> MarginalEffect:
    n, n_clusters, groups = linear.n, linear.n_clusters, linear.groups
    # orthogonal columns of mean square 1, so that one rule tells in any units which coefficients run to infinity
    design = unit = np.sqrt(n) * linear.q
    if groups is not None:
        design = np.column_stack([unit, groups[:, None] == np.arange(linear.n_absorbed)])
    gamma = maximum_likelihood(design, y)
    if gamma is None:
        return _none(NOT_ESTIMABLE, n, n_clusters)
    p = probability(design @ gamma)
    if groups is not None:
        unit, x_inside = (_centred(columns, p * (1 - p), groups) for columns in (unit, x))
    else:
        x_inside = x
    back = np.sqrt(n) * np.linalg.inv(linear.r)
    steps = cluster_steps(unit, y, linear.cluster, p) @ back.T
    if not np.isfinite(steps).all():
        return _none(CARRIED_BY_FEW, n, n_clusters)
    beta = float(back[k] @ gamma[: len(back)])
    effect, slope = _average(x[:, k], x_inside, design @ gamma, beta, k)
    return MarginalEffect(
        estimate=effect,
        se=float(np.linalg.norm(steps @ slope)),
        df=float(n_clusters - 1),
        reason=None,
        log_odds=beta,
        log_odds_se=float(np.linalg.norm(steps[:, k])),
        n=n,
        n_clusters=n_clusters,
    )


def _centred(columns: Floats, weight: Floats, groups: Ints) -> Floats:
    """Columns less their weighted means of groups: how the linear predictor moves, the groups' intercepts following."""
    total = np.bincount(groups, weight)
    means = np.column_stack([np.bincount(groups, weight * c) / total for c in columns.T])
    return np.asarray(columns - means[groups])


def _average(column: Floats, inside: Floats, log_odds: Floats, beta: float, k: int) -> tuple[float, Floats]:
    """Average marginal effect of column k, and its derivatives by the coefficients."""
    if not np.isin(column, (0.0, 1.0)).all():
        p = probability(log_odds)
        density = p * (1 - p)
        slope = beta * ((density * (1 - 2 * p))[:, None] * inside).mean(axis=0)
        slope[k] += density.mean()
        return float(beta * density.mean()), slope
    total, slope = 0.0, np.zeros(inside.shape[1])
    for sign, value in ((1.0, 1.0), (-1.0, 0.0)):
        p = probability(log_odds + (value - column) * beta)
        moved = inside.copy()
        moved[:, k] += value - column
        total += sign * float(p.mean())
        slope += sign * ((p * (1 - p))[:, None] * moved).mean(axis=0)
    return total, slope


def _none(reason: str, n: int, n_clusters: int) -> MarginalEffect:
    return MarginalEffect(None, None, None, reason, None, None, n, n_clusters)
