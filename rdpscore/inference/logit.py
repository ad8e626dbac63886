"""Logistic regression on clustered cells: the estimate, two kinds of interval, what each cluster and cell does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

NOT_ESTIMABLE = "not_estimable"
LARGEST = 20.0
"""A coefficient beyond this is on its way to infinity: the data are separated."""
MOST_REFITS = 100
WORST_CONDITION = 1e12
"""Of an information matrix; beyond it some coefficient is not determined."""


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients of the named terms, which are the first columns of the design, as log odds.

    Attributes
    ----------
    names : tuple of str
    estimate, low, high, p : float arrays, shape (n_terms,), or None
        Maximum likelihood; 95 % bounds and p by bias-reduced clustered covariance and t(G − 1).
    jackknife_low, jackknife_high : float arrays
        95 % bounds by leaving out one cluster at a time, t(G − 1).
    points : float array
        Average over cells of the change in probability when the term rises by 1 from where it is, or for a term of
        zeros and ones when it is 1 instead of 0.
    without : float array, shape (n_clusters, n_terms)
        Estimates without each cluster, NaN where they do not exist; with more than `MOST_REFITS` clusters by one
        step from the estimate instead of a fit of their own.
    influence : float array, shape (n_cells, n_terms)
        One-step change of each estimate that a cell makes.
    n_clusters : int
    reason : str or None
        ``not_estimable`` where maximum likelihood has no finite solution.
    """

    names: tuple[str, ...]
    estimate: Floats | None
    low: Floats
    high: Floats
    p: Floats
    jackknife_low: Floats
    jackknife_high: Floats
    points: Floats
    without: Floats
    influence: Floats | None
    n_clusters: int
    reason: str | None


def logit_fits(
    design: Floats, outcome: Floats, cluster: npt.NDArray[np.integer], *, names: tuple[str, ...]
) -> Fit:
    """Fit a logistic regression whose cells are clustered.

    Parameters
    ----------
    design : float array, shape (n_cells, n_columns)
        The terms of interest first, then indicators of which each cell has exactly one.
    outcome : float array, shape (n_cells,)
        0 or 1.
    cluster : int array, shape (n_cells,)
    names : tuple of str
        Of the terms of interest.

    Notes
    -----
    Maximum likelihood is what generalised estimating equations give with independence working correlation; for
    the covariance see `cluster_steps`.
    """
    labels = np.unique(cluster)
    n = len(names)
    beta = maximum_likelihood(design, outcome)
    if beta is None:
        none = np.full(n, np.nan)
        empty = np.full((len(labels), n), np.nan)
        return Fit(names, None, *(none,) * 6, empty, None, len(labels), NOT_ESTIMABLE)
    from scipy.special import stdtr, stdtrit

    freedom = len(labels) - 1.0
    reach = float(stdtrit(freedom, 0.975))
    steps = cluster_steps(design, outcome, cluster, probability(design @ beta))[:, :n]
    error = np.sqrt((steps**2).sum(axis=0))
    if len(labels) > MOST_REFITS:
        without = beta[:n] - steps
    else:
        without = np.array([_without(design, outcome, cluster != g, n) for g in labels])
    usual = np.sqrt((len(labels) - 1) / len(labels) * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    estimate = beta[:n]
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stdtr(freedom, -np.abs(estimate / error))
    return Fit(
        names=names,
        estimate=estimate,
        low=estimate - reach * error,
        high=estimate + reach * error,
        p=p,
        jackknife_low=estimate - reach * usual,
        jackknife_high=estimate + reach * usual,
        points=np.array([_points(design, beta, k) for k in range(n)]),
        without=without,
        influence=_influence(design, outcome, beta)[:, :n],
        n_clusters=len(labels),
        reason=None,
    )


def maximum_likelihood(design: Floats, outcome: Floats) -> Floats | None:
    """Coefficients of a logistic regression, None where they are not finite or not unique.

    Iteratively reweighted least squares (McCullagh and Nelder 1989, Generalized Linear Models, section 4.4).
    Checked against `statsmodels`.
    """
    beta = np.zeros(design.shape[1])
    for _ in range(50):
        p = probability(design @ beta)
        information = design.T @ (design * (p * (1 - p))[:, None])
        try:
            step = np.linalg.solve(information, design.T @ (outcome - p))
        except np.linalg.LinAlgError:
            return None
        beta = beta + step
        if not np.isfinite(beta).all() or np.abs(beta).max() > LARGEST:
            return None
        if np.abs(step).max() < 1e-10:
            return beta if np.linalg.cond(information) < WORST_CONDITION else None
    return None


def probability(log_odds: Floats) -> Floats:
    """The logistic function, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(log_odds / 2)))


def cluster_steps(
    design: Floats, outcome: Floats, cluster: npt.NDArray[np.integer], expected: Floats
) -> Floats:
    """What each cluster adds to the coefficients: ``(I − I_g)⁻¹ s_g``, I the information and s_g its score.

    Less this step a coefficient is, to first order, that without the cluster.

    Parameters
    ----------
    design, outcome, cluster
        As above; outcomes may be any share.
    expected : float array, shape (n_cells,)
        Of the outcomes, by the fit.

    Returns
    -------
    float array, shape (n_clusters, n_columns)
        NaN for a cluster without which a coefficient is not determined.

    Notes
    -----
    The sums of their squares are the variances of Mancl and DeRouen (2001, Biometrics 57:126) with independence
    working correlation. Checked against ``bias_reduced`` of `statsmodels`'s generalised estimating equations.
    """
    weight, residual = expected * (1 - expected), outcome - expected
    information = design.T @ (design * weight[:, None])
    order = np.argsort(cluster, kind="stable")
    start = np.flatnonzero(np.diff(cluster[order], prepend=cluster[order[0]] - 1))
    steps = np.full((len(start), design.shape[1]), np.nan)
    for k, own in enumerate(np.split(order, start[1:])):
        x = design[own]
        rest = information - x.T @ (x * weight[own, None])
        if np.linalg.cond(rest) <= WORST_CONDITION:
            steps[k] = np.linalg.solve(rest, x.T @ residual[own])
    return steps


def _without(design: Floats, outcome: Floats, keep: npt.NDArray[np.bool_], n: int) -> Floats:
    """Estimates from some of the cells; an indicator without both outcomes goes, with its cells."""
    x, y = design[keep], outcome[keep]
    indicators = x[:, n:]
    with np.errstate(invalid="ignore"):
        share = (indicators * y[:, None]).sum(axis=0) / indicators.sum(axis=0)
    varied = (share > 0) & (share < 1)
    rows = indicators[:, varied].any(axis=1)
    beta = maximum_likelihood(np.hstack([x[rows, :n], indicators[np.ix_(rows, varied)]]), y[rows])
    return np.full(n, np.nan) if beta is None else beta[:n]


def _points(design: Floats, beta: Floats, k: int) -> float:
    """Average change in probability that a term makes."""
    column = design[:, k]
    rest = design @ beta - column * beta[k]
    binary = np.isin(column, (0.0, 1.0)).all()
    low, high = (np.zeros(len(column)), np.ones(len(column))) if binary else (column, column + 1.0)
    return float((probability(rest + high * beta[k]) - probability(rest + low * beta[k])).mean())


def _influence(design: Floats, outcome: Floats, beta: Floats) -> Floats:
    """What each cell adds to the last step of the fit; summed over a journal, what leaving it out would undo."""
    p = probability(design @ beta)
    information = design.T @ (design * (p * (1 - p))[:, None])
    return np.asarray(np.linalg.solve(information, (design * (outcome - p)[:, None]).T).T)
