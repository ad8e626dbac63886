"""Ordered logit of one item's answers with clustered standard errors, and p adjusted over many items."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from rdpscore.inference.clustering import sum_by
from rdpscore.inference.linear import NO_VARIATION, codes, fit, variation
from rdpscore.inference.logit import LARGEST, NOT_ESTIMABLE, WORST_CONDITION
from rdpscore.inference.sandwich import CARRIED_BY_FEW, CLUSTERS_ALIKE, TOO_FEW_CLUSTERS
from rdpscore.inference.student import Student

Method = Literal["holm", "bh"]
LEFT_BY_SOLVER = 1e-5
"""A clustered standard error this small beside the one of independent units is 0, but for the solver's tolerance."""


@dataclass(frozen=True)
class OrderedEffect(Student):
    """The coefficient of one column in an ordered logit; see `ordered_logit`.

    Attributes
    ----------
    estimate : float or None
        Log odds of an answer above any given one, per unit of the column.
    se, df : float or None
        Clustered, times ``G / (G − 1)``; clusters less one.
    reason : str or None
        ``no_variation`` (answers all equal, or the column is constant), ``collinear``, ``not_estimable`` (separation,
        or no convergence), ``too_few_clusters`` (fewer than 2), ``carried_by_few_clusters`` (one),
        ``clusters_alike`` (what clusters say sums to 0 in each, so the standard error is none).
    n, n_clusters : int
    """

    n: int
    n_clusters: int


def ordered_logit(
    y: npt.ArrayLike,
    x: npt.ArrayLike,
    cluster: npt.ArrayLike,
    of: int | str,
    *,
    names: Sequence[str] | None = None,
) -> OrderedEffect:
    """The log odds ratio of a column for answers in order.

    Parameters
    ----------
    y : array, shape (n,)
        Answers as numbers in their order; only the order counts.
    x : array, shape (n, k)
        Columns without an intercept: the thresholds between answers take its place.
    cluster, names
        As in `fit`.
    of : int or str
        Position or name of the column.

    Raises
    ------
    ValueError
        As in `fit`, or if there is no such column.

    Notes
    -----
    Proportional odds (McCullagh 1980, Journal of the Royal Statistical Society B 42:109) by `statsmodels`'s
    ``OrderedModel``; the covariance is the sandwich of its scores summed over clusters. With two answers it is a
    logistic regression. The sandwich is not corrected for a cluster's own pull, so with few clusters p is somewhat too
    small: it serves to sort items, not to set verdicts.
    """
    y, x = np.asarray(y, float), np.asarray(x, float)
    given = tuple(names) if names is not None else tuple(f"x{j}" for j in range(x.shape[1]))
    intercept = np.column_stack([np.ones(len(y)), x])
    linear = fit(y, intercept, cluster, names=("", *given))
    wanted = of if isinstance(of, str) else given[of] if 0 <= of < len(given) else None
    if wanted is None or wanted not in given:
        raise ValueError(f"no column '{of}' among {', '.join(given)}")
    n, n_clusters = linear.n, linear.n_clusters
    reason = next((d.reason for d in linear.dropped if d.name == wanted), None)
    if reason is None and np.ptp(y) == 0:
        reason = NO_VARIATION
    if reason is None and n_clusters < 2:
        reason = TOO_FEW_CLUSTERS
    if reason is None and variation(linear, wanted).rests_on < 2:
        reason = CARRIED_BY_FEW
    if reason is not None:
        return OrderedEffect(None, None, None, reason, n, n_clusters)
    kept = linear.names[1:]
    columns = x[:, [given.index(name) for name in kept]]
    size = columns.std(axis=0)
    found = _slopes(codes(y)[0], (columns - columns.mean(axis=0)) / size, linear.cluster, n_clusters)
    if found is None:
        return OrderedEffect(None, None, None, NOT_ESTIMABLE, n, n_clusters)
    k = kept.index(wanted)
    beta, error = (float(v[k] / size[k]) for v in found)
    if error == 0:
        return OrderedEffect(beta, None, None, CLUSTERS_ALIKE, n, n_clusters)
    return OrderedEffect(beta, error, float(n_clusters - 1), None, n, n_clusters)


def _slopes(
    y: npt.NDArray[np.intp], x: npt.NDArray[np.float64], cluster: npt.NDArray[np.intp], n_clusters: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None:
    """Slopes, and standard errors (0 where the solver left no more of them); None without a finite solution."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what they tell is looked at below
        from statsmodels.miscmodels.ordinal_model import OrderedModel

        model = OrderedModel(y, x, distr="logit")
        try:
            done = model.fit(method="bfgs", maxiter=500, gtol=1e-6, disp=False, skip_hessian=True)
            beta = np.asarray(done.params, float)
            information = -np.asarray(model.hessian(beta))
            scores = np.asarray(model.score_obs(beta))
        except (np.linalg.LinAlgError, ValueError):
            return None
    k = x.shape[1]
    if not done.mle_retvals["converged"] or not np.isfinite(beta).all() or np.abs(beta[:k]).max() > LARGEST:
        return None
    if not np.isfinite(information).all() or np.linalg.cond(information) > WORST_CONDITION:
        return None
    steps = np.linalg.solve(information, sum_by(scores, cluster, n_clusters).T)
    variance = n_clusters / (n_clusters - 1) * (steps[:k] ** 2).sum(axis=1)
    error, naive = np.sqrt(variance), np.sqrt(np.diag(np.linalg.inv(information)))[:k]
    return beta[:k], np.where(error > LEFT_BY_SOLVER * naive, error, 0.0)


def adjust(p: Sequence[float | None], method: Method = "holm") -> list[float | None]:
    """p of several tests, adjusted; None stays None and does not count.

    Parameters
    ----------
    p : sequence of float or None
    method : {"holm", "bh"}
        ``holm``: the chance of any false finding (Holm 1979, Scandinavian Journal of Statistics 6:65). ``bh``: the
        expected share of false findings (Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B
        57:289).

    Raises
    ------
    ValueError
        If the method is neither.

    Examples
    --------
    >>> adjust([0.01, None, 0.04], "holm")
    [0.02, None, 0.04]
    """
    if method not in ("holm", "bh"):
        raise ValueError(f"p is adjusted by holm or bh; not by '{method}'")
    known = [value for value in p if value is not None]
    if not known:
        return [None] * len(p)
    from statsmodels.stats.multitest import multipletests

    done = iter(multipletests(known, method="holm" if method == "holm" else "fdr_bh")[1].tolist())
    return [None if value is None else float(next(done)) for value in p]
