"""Sandwich covariances for few clusters: CR2 with its degrees of freedom, and what it is compared with.

The estimate is ``aᵀy``. In cluster g its error is ``a_gᵀu_g``, of which the residuals show a part: where a cluster
pulls the fit towards itself, its residuals are too small. CR2 (Bell and McCaffrey 2002, Survey Methodology 28:169)
multiplies them by ``(I − H_gg)^(−1/2)``, H the projection on the columns, which makes the variance unbiased where
errors are independent and of one variance; CR3 by ``(I − H_gg)^(−1)``, which are the errors of a fit without the
cluster. Of a variance estimated from few unequal clusters the degrees of freedom are fewer than clusters less one:
Satterthwaite's are those of the chi-square that has its mean and variance (Pustejovsky and Tipton 2018, Journal of
Business & Economic Statistics 36:672, sections 2 and 3).

Checked against printed results of the R packages `clubSandwich` and `dfadjust`, `statsmodels`, closed forms and the
formulas in matrices of units by units; see tests/test_sandwich.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from rdpscore.inference.clustering import sum_by
from rdpscore.inference.linear import (
    SINGULAR,
    Contrast,
    Floats,
    LinearFit,
    variation,
)
from rdpscore.inference.student import Student

Kind = Literal["classical", "HC1", "HC2", "HC3", "CR0", "CR1", "CR2", "CR3"]
KINDS: tuple[Kind, ...] = get_args(Kind)

TOO_FEW_CLUSTERS = "too_few_clusters"
CARRIED_BY_FEW = "carried_by_few_clusters"
CLUSTERS_ALIKE = "clusters_alike"
ROUNDING = 1e-8
"""A clustered standard error this small beside the one of independent units is what rounding left of 0."""


@dataclass(frozen=True)
class CoefficientTest(Student):
    """A coefficient with its standard error; see `coefficient_test`.

    Attributes
    ----------
    estimate : float
    se, df : float or None
        Standard error and degrees of freedom of Student's t.
    reason : str or None
        Why there is none: a reason of the fit; ``too_few_clusters``, fewer than 2; ``carried_by_few_clusters``,
        without one cluster the coefficient would not be determined, so nothing shows how it varies over clusters;
        ``clusters_alike``, what clusters say sums to 0 in each, so the standard error would be none.
    kind : str
        Of the standard error; see `covariance`.
    """

    estimate: float
    kind: Kind


@dataclass(frozen=True)
class JointTest:
    """Whether several contrasts are all 0; see `joint_test`.

    Attributes
    ----------
    statistic : float or None
        F.
    df : float
        Of the numerator: the number of contrasts.
    df_denominator, p : float or None
    reason : str or None
        As in `CoefficientTest`; ``too_few_clusters`` also where the clusters allow fewer degrees of freedom than
        there are contrasts.
    """

    statistic: float | None
    df: int
    df_denominator: float | None
    p: float | None
    reason: str | None


def covariance(fitted: LinearFit, kind: Kind = "CR2") -> Floats:
    """Covariance of the coefficients, shape (k, k).

    Parameters
    ----------
    fitted : LinearFit
    kind : str
        ``classical``: ``s² (XᵀX)⁻¹``. ``HC1``, ``HC2``, ``HC3``: each unit on its own (MacKinnon and White 1985,
        Journal of Econometrics 29:305). ``CR0``: clusters, uncorrected. ``CR1``: times
        ``G / (G − 1) · (n − 1) / (n − k)``, as Stata has it, where k counts absorbed groups. ``CR2``: Bell and
        McCaffrey, independent errors of one variance as the working model; where ``I − H_gg`` is singular its
        pseudo-inverse, as for a publisher of one journal within publishers. ``CR3``: ``Σ (β₍g₎ − β)(β₍g₎ − β)ᵀ`` over
        the estimates without each cluster, where they exist, without the factor (G − 1)/G that some give it.

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"a standard error is one of {', '.join(KINDS)}; not '{kind}'")
    # (XᵀX)⁻¹ Xᵀ = r⁻¹ qᵀ
    n, u = fitted.n, fitted.residuals
    inverse = np.linalg.inv(fitted.r)
    if kind == "classical":
        return np.asarray(inverse @ inverse.T * (u @ u) / max(fitted.df_residual, 1))
    if kind.startswith("HC"):
        free = np.maximum(1 - _leverage(fitted), 0.0)
        power = {"HC1": 0.0, "HC2": -0.5, "HC3": -1.0}[kind]
        pieces = fitted.q * (u * _power(free, power))[:, None]
        factor = n / max(fitted.df_residual, 1) if kind == "HC1" else 1.0
    else:
        pieces = sum_by(fitted.q * adjusted(fitted, u[:, None], kind), fitted.cluster, fitted.n_clusters)
        factor = stata_factor(fitted) if kind == "CR1" else 1.0
    half = pieces @ inverse.T
    return np.asarray(factor * half.T @ half)


def stata_factor(fitted: LinearFit) -> float:
    """``G / (G − 1) · (n − 1) / (n − k)`` of CR1."""
    groups = fitted.n_clusters
    return groups / max(groups - 1, 1) * (fitted.n - 1) / max(fitted.df_residual, 1)


def coefficient_test(fitted: LinearFit, of: Contrast, kind: Kind = "CR2") -> CoefficientTest:
    """Estimate, standard error and degrees of freedom of a coefficient or contrast.

    Parameters
    ----------
    fitted : LinearFit
    of : int, str or weights
        Position or name of a coefficient, or a contrast.
    kind : str
        See `covariance`. Degrees of freedom are Satterthwaite's with ``CR2``, clusters less one with the other
        clustered ones, units less parameters else.
    """
    weights = fitted.contrast(of)
    estimate = float(weights @ fitted.beta)
    reason = fitted.reason or (_few(fitted, weights) if kind.startswith("CR") else None)
    if reason:
        return CoefficientTest(estimate, None, None, reason, kind)
    se = float(np.sqrt(weights @ covariance(fitted, kind) @ weights))
    if kind.startswith("CR") and se <= ROUNDING * np.sqrt(
        weights @ covariance(fitted, "classical") @ weights
    ):
        return CoefficientTest(estimate, None, None, CLUSTERS_ALIKE, kind)
    df: float = fitted.n_clusters - 1 if kind.startswith("CR") else fitted.df_residual
    if kind == "CR2":
        df = satterthwaite(fitted, weights)
    return CoefficientTest(estimate, se, float(df), None, kind)


def satterthwaite(fitted: LinearFit, of: Contrast) -> float:
    """Degrees of freedom of the CR2 variance of a contrast: ``(Σ P_gg)² / Σ P_gh²``.

    P is the covariance of what the clusters add to the variance's root under the working model (Bell and McCaffrey
    2002; Pustejovsky and Tipton 2018, equation 11, with the identity as working covariance).
    """
    own, loads = _pieces(fitted, fitted.contrast(of)[None])
    d, load = own[0, 0], loads[0]
    square = (load**2).sum(axis=1)
    total = (d**2).sum() - 2 * (d * square).sum() + ((load.T @ load) ** 2).sum()
    return float((d - square).sum() ** 2 / total)


def joint_test(fitted: LinearFit, of: Sequence[Contrast]) -> JointTest:
    """Whether several coefficients or contrasts are all 0, by CR2 and the approximate Hotelling test.

    With q contrasts and Wald statistic Q, ``(η − q + 1) / (η q) Q`` follows F(q, η − q + 1); η matches the total
    variance of the CR2 matrix to that of a Wishart matrix (AHZ in Pustejovsky and Tipton 2018, section 3.2; HTZ in
    `clubSandwich`). For one contrast it is the t test of `coefficient_test`.

    Raises
    ------
    ValueError
        If there is no contrast, or one is a combination of others.
    """
    weights = np.array([fitted.contrast(c) for c in of]).reshape(len(of), len(fitted.names))
    q = len(weights)
    if q == 0 or np.linalg.matrix_rank(weights) < q:
        raise ValueError("contrasts are at least one, none a combination of others")
    reason = fitted.reason or next(filter(None, (_few(fitted, w) for w in weights)), None)
    if reason:
        return JointTest(None, q, None, None, reason)
    eta = q * (q + 1) / _spread(fitted, weights)
    if eta - q + 1 <= 0:
        return JointTest(None, q, None, None, TOO_FEW_CLUSTERS)
    from scipy.special import fdtrc

    estimate = weights @ fitted.beta
    wald = estimate @ np.linalg.solve(weights @ covariance(fitted, "CR2") @ weights.T, estimate)
    f = float((eta - q + 1) / (eta * q) * wald)
    return JointTest(f, q, float(eta - q + 1), float(fdtrc(q, eta - q + 1, f)), None)


def _spread(fitted: LinearFit, weights: Floats) -> float:
    """Variances of all entries of the CR2 matrix of contrasts, summed, once its expectation is made the identity."""
    own, loads = _pieces(fitted, weights)
    values, vectors = np.linalg.eigh(own.sum(axis=2) - np.einsum("sgc,tgc->st", loads, loads))
    own, loads = _pieces(fitted, vectors / np.sqrt(values) @ vectors.T @ weights)
    inner = np.einsum("sgc,tgc->stg", loads, loads)
    cross = np.einsum("sgc,tgd->stcd", loads, loads)
    # Σ_gh (Σ_s p_sgᵀ p_sh)²
    d, square = np.einsum("ssg->g", own), np.einsum("ssg->g", inner)
    total = (d**2).sum() - 2 * (d * square).sum() + (cross**2).sum()
    # Σ_st Σ_gh (p_sgᵀ p_th)(p_tgᵀ p_sh)
    total += (own**2).sum() - 2 * (own * inner).sum() + np.einsum("stcd,tscd->", cross, cross)
    return float(total)


def adjusted(fitted: LinearFit, values: Floats, kind: Kind) -> Floats:
    """Rows of values, shape (n, m), times ``(I − H_gg)^(−1/2)`` of their cluster for CR2, ``^(−1)`` for CR3.

    ``H_gg = U Uᵀ`` with as many columns as parameters in the cluster, so the power of a matrix of units by units is
    ``I + W ((1 − s²)^p − 1) Wᵀ`` with the singular vectors W and values s of U.
    """
    power = {"CR2": -0.5, "CR3": -1.0}.get(kind, 0.0)
    if power == 0.0:
        return values
    out = values.copy()
    order = np.argsort(fitted.cluster, kind="stable")
    bounds = np.cumsum(np.bincount(fitted.cluster, minlength=fitted.n_clusters))[:-1]
    size = None if fitted.groups is None else np.bincount(fitted.groups)
    for own in np.split(order, bounds):
        u = fitted.q[own]
        if fitted.groups is not None and size is not None:
            present, place = np.unique(fitted.groups[own], return_inverse=True)
            u = np.column_stack([(place[:, None] == np.arange(len(present))) / np.sqrt(size[present]), u])
        w, s, _ = np.linalg.svd(u, full_matrices=False)
        scale = _power(1 - s**2, power) - 1
        out[own] += w @ (scale[:, None] * (w.T @ values[own]))
    return out


def _power(free: Floats, power: float) -> Floats:
    """Powers, 0 where nothing is left: the pseudo-inverse."""
    some = free > SINGULAR
    return np.where(some, np.where(some, free, 1.0) ** power, 0.0)


def _leverage(fitted: LinearFit) -> Floats:
    leverage = (fitted.q**2).sum(axis=1)
    if fitted.groups is not None:
        leverage = leverage + 1 / np.bincount(fitted.groups)[fitted.groups]
    return np.asarray(leverage)


def _pieces(fitted: LinearFit, weights: Floats) -> tuple[Floats, Floats]:
    """What makes up the covariances of the clusters' contributions, without a matrix of clusters by clusters.

    With ``p_sg = (I − H)ᵀ_g A_g a_sg`` of contrast s and cluster g, ``p_sgᵀ p_th`` is ``d_stg − l_sgᵀ l_tg`` where g is
    h, else ``− l_sgᵀ l_th``.

    Returns
    -------
    d : float array, shape (m, m, n_clusters)
    l : float array, shape (m, n_clusters, c)
    """
    m, n = len(weights), fitted.n_clusters
    a = adjusted(fitted, fitted.q @ np.linalg.solve(fitted.r.T, weights.T), "CR2")
    loads = np.array([sum_by(fitted.q * a[:, s : s + 1], fitted.cluster, n) for s in range(m)])
    if fitted.groups is not None and not _nested(fitted):
        # of groups within clusters the sums are 0: a is centred
        size = np.bincount(fitted.groups)
        cells = np.zeros((m, n, len(size)))
        for s in range(m):
            np.add.at(cells[s], (fitted.cluster, fitted.groups), a[:, s])
        loads = np.concatenate([loads, cells / np.sqrt(size)], axis=2)
    own = np.empty((m, m, n))
    for s in range(m):
        for t in range(m):
            own[s, t] = np.bincount(fitted.cluster, a[:, s] * a[:, t], minlength=n)
    return own, loads


def _nested(fitted: LinearFit) -> bool:
    """Whether every absorbed group lies in one cluster."""
    pairs = np.unique(np.column_stack([fitted.groups, fitted.cluster]), axis=0)  # type: ignore[list-item]
    return len(pairs) == fitted.n_absorbed


def _few(fitted: LinearFit, weights: Floats) -> str | None:
    if fitted.n_clusters < 2:
        return TOO_FEW_CLUSTERS
    return CARRIED_BY_FEW if variation(fitted, weights).rests_on < 2 else None
