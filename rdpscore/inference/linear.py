"""Least squares on arrays: estimates, columns that have none, and which clusters carry a coefficient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rdpscore.inference.clustering import sum_by

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Contrast = int | str | Sequence[float] | Floats
"""A coefficient by its position or name, or weights of all coefficients of a fit."""

NO_VARIATION, NO_VARIATION_WITHIN, COLLINEAR = "no_variation", "no_variation_within", "collinear"
TOO_FEW_UNITS, EXACT_FIT = "too_few_units", "exact_fit"

RELATIVE = 1e-9
"""A column of which no more than this is left, after those before it, is a combination of them."""
SINGULAR = 1e-10
"""Information below this share of the whole is none."""
ENOUGH = 3
"""Clusters that a coefficient rests on are counted up to here."""


@dataclass(frozen=True)
class Dropped:
    """A column that has no coefficient.

    Attributes
    ----------
    name : str
    reason : str
        ``no_variation``: it is constant. ``no_variation_within``: it is constant within every absorbed group.
        ``collinear``: it is a combination of columns before it.
    """

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class LinearFit:
    """A least-squares fit; see `fit`.

    Attributes
    ----------
    names : tuple of str
        Of the columns that have a coefficient, in the order given.
    beta : float array, shape (k,)
    residuals : float array, shape (n,)
    dropped : tuple of Dropped
        The columns that have none, and why.
    x : float array, shape (n, k)
        The columns that have a coefficient, without the means of the absorbed groups.
    q, r : float arrays, shapes (n, k) and (k, k)
        ``x = q r``, q orthonormal, r upper triangular.
    cluster : int array, shape (n,)
        From 0 to n_clusters − 1, in the sorted order of the labels given.
    groups : int array, shape (n,), or None
        The absorbed groups, from 0.
    n, n_clusters, n_absorbed : int
        Units, clusters, absorbed groups.
    reason : str or None
        Why no standard error can be had: ``too_few_units`` (no more units than parameters), ``no_variation`` (all
        outcomes equal, within groups where groups are absorbed), ``exact_fit`` (no residual is left). The
        coefficients then stand, and say nothing about uncertainty.
    """

    names: tuple[str, ...]
    beta: Floats
    residuals: Floats
    dropped: tuple[Dropped, ...]
    x: Floats
    q: Floats
    r: Floats
    cluster: Ints
    groups: Ints | None
    n: int
    n_clusters: int
    n_absorbed: int
    reason: str | None

    @property
    def rank(self) -> int:
        """Number of parameters, those of absorbed groups too."""
        return len(self.names) + self.n_absorbed

    @property
    def df_residual(self) -> int:
        """Units less parameters."""
        return self.n - self.rank

    def contrast(self, of: Contrast) -> Floats:
        """Weights of the coefficients, shape (k,).

        Raises
        ------
        ValueError
            If the fit has no coefficient of that name or position, or the weights are not as many as coefficients.
        """
        if isinstance(of, str):
            if of not in self.names:
                raise ValueError(f"no coefficient '{of}' among {', '.join(self.names) or 'none'}")
            of = self.names.index(of)
        if isinstance(of, (int, np.integer)):
            if not 0 <= of < len(self.names):
                raise ValueError(f"no coefficient {of} among {len(self.names)}")
            return np.asarray(np.eye(len(self.names))[of])
        weights = np.asarray(of, float)
        if weights.shape != self.beta.shape or not weights.any():
            raise ValueError(f"a contrast is {len(self.names)} weights, not all 0")
        return weights

    def direction(self, of: Contrast) -> Floats:
        """``a``, shape (n,), with which the estimate is ``aᵀy``.

        For a coefficient it is its column, less what the other columns explain, divided by its sum of squares.
        """
        return np.asarray(self.q @ np.linalg.solve(self.r.T, self.contrast(of)))


@dataclass(frozen=True)
class Variation:
    """Which clusters carry a coefficient.

    Attributes
    ----------
    n_clusters : int
        Clusters in which its column varies once the other columns are taken out; others contribute nothing.
    largest : int
        The cluster that carries most, as numbered in the fit.
    largest_share : float
        Its share of the variation, 0 to 1.
    effective : float
        ``1 / Σ share²``: of as many equal clusters the variation would be spread as widely.
    rests_on : int
        The fewest clusters without which the coefficient is not determined, counted up to 3. For a predictor of
        clusters with two values, the number of clusters that have the rarer one.
    """

    n_clusters: int
    largest: int
    largest_share: float
    effective: float
    rests_on: int


def fit(
    y: npt.ArrayLike,
    x: npt.ArrayLike,
    cluster: npt.ArrayLike,
    *,
    names: Sequence[str] | None = None,
    absorb: npt.ArrayLike | None = None,
) -> LinearFit:
    """Ordinary least squares with clusters.

    Parameters
    ----------
    y : array, shape (n,)
    x : array, shape (n, k)
        Columns of the design, the intercept among them where one is wanted (none beside absorbed groups).
    cluster : array, shape (n,)
        Labels of any kind.
    names : sequence of str, optional
        Of the columns; x0, x1, … without.
    absorb : array, shape (n,), optional
        Groups with an intercept each (the *within* estimator). The result is that of a column of zeros and ones
        for every group, in all that follows too; only their coefficients are not computed.

    Raises
    ------
    ValueError
        If the shapes do not fit, there are no units, or a value is not finite.
    """
    y, x = np.asarray(y, float), np.asarray(x, float)
    n, k = x.shape if x.ndim == 2 else (-1, 0)
    names = tuple(f"x{j}" for j in range(k)) if names is None else tuple(names)
    code, n_clusters = codes(cluster)
    if y.shape != (n,) or code.shape != (n,) or len(names) != k or n == 0:
        raise ValueError("y and cluster have one value a row of x, names one a column, and there is a row")
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise ValueError("y and x are finite numbers")
    groups, n_groups = (None, 0) if absorb is None else codes(absorb)
    if groups is not None and groups.shape != (n,):
        raise ValueError("absorb has one value a row of x")
    inside = demean(np.column_stack([y, x]), groups, n_groups)
    kept, dropped = _independent(x, inside[:, 1:], names, absorbed=groups is not None)
    columns = inside[:, 1:][:, kept]
    q, r = np.linalg.qr(columns)
    beta = np.linalg.solve(r, q.T @ inside[:, 0])
    residuals = inside[:, 0] - columns @ beta
    residuals = demean(residuals - q @ (q.T @ residuals), groups, n_groups)
    # two passes: what is left is orthogonal to the columns up to rounding of its own size
    reason = _reason(n - len(kept) - n_groups, y, inside[:, 0], residuals)
    chosen = tuple(names[j] for j in kept)
    return LinearFit(
        chosen, beta, residuals, dropped, columns, q, r, code, groups, n, n_clusters, n_groups, reason
    )


def demean(values: Floats, groups: Ints | None, n_groups: int) -> Floats:
    """Values, shape (n,) or (n, m), less the mean of their group; as they are where there are no groups."""
    if groups is None:
        return values
    columns = values.reshape(len(values), -1)
    size = np.bincount(groups, minlength=n_groups)[:, None]
    return np.asarray((columns - (sum_by(columns, groups, n_groups) / size)[groups]).reshape(values.shape))


def variation(fitted: LinearFit, of: Contrast) -> Variation:
    """Which clusters carry a coefficient or contrast."""
    a = fitted.direction(of)
    each = np.bincount(fitted.cluster, a**2, minlength=fitted.n_clusters)
    share = each / each.sum()
    largest = int(np.argmax(share))
    return Variation(
        n_clusters=int((share > SINGULAR).sum()),
        largest=largest,
        largest_share=float(share[largest]),
        effective=float(1 / (share**2).sum()),
        rests_on=_rests_on(fitted, of),
    )


def _rests_on(fitted: LinearFit, of: Contrast) -> int:
    """The fewest clusters without which a contrast is not determined: 1, 2, or 3 for three and more.

    With orthonormal columns q the information is the identity, and that of some clusters is subtracted from it. A
    contrast is lost where a direction without information is part of it.
    """
    k, n = len(fitted.names), fitted.n_clusters
    # within nested groups the columns without a cluster are those columns, demeaned as before
    products = (fitted.q[:, :, None] * fitted.q[:, None, :]).reshape(fitted.n, k * k)
    own = sum_by(products, fitted.cluster, n).reshape(n, k, k)
    weights = np.asarray(np.linalg.solve(fitted.r.T, fitted.contrast(of)))
    weights /= np.linalg.norm(weights)
    if n == 1 or _lost(np.eye(k) - own, weights):
        return 1
    most = np.linalg.eigvalsh(own)[:, -1]
    for first in range(n - 1):
        # two clusters that between them hold all information in some direction
        partner = first + 1 + np.flatnonzero(most[first] + most[first + 1 :] > 0.99)
        if n == 2 or _lost(np.eye(k) - own[first] - own[partner], weights):
            return 2
    return ENOUGH


def _lost(information: Floats, weights: Floats) -> bool:
    """Whether some of the matrices, shape (m, k, k), do not determine the contrast."""
    values, vectors = np.linalg.eigh(information)
    overlap = np.einsum("mij,i->mj", vectors, weights) ** 2
    return bool(((values < SINGULAR) & (overlap > SINGULAR)).any())


def codes(labels: npt.ArrayLike) -> tuple[Ints, int]:
    """Numbers from 0 in the sorted order of the labels, and how many there are."""
    found, code = np.unique(np.asarray(labels), return_inverse=True)
    return code.reshape(-1), len(found)


def _independent(
    given: Floats, inside: Floats, names: tuple[str, ...], *, absorbed: bool
) -> tuple[list[int], tuple[Dropped, ...]]:
    """Positions of columns that are no combination of those before them, and the others with the reason."""
    kept: list[int] = []
    dropped: list[Dropped] = []
    basis = np.zeros((len(given), 0))
    for j, name in enumerate(names):
        column = inside[:, j]
        size = np.linalg.norm(given[:, j])
        constant = np.ptp(given[:, j]) <= RELATIVE * np.abs(given[:, j]).max()
        if absorbed and np.linalg.norm(column) <= RELATIVE * size:
            dropped.append(Dropped(name, NO_VARIATION if constant else NO_VARIATION_WITHIN))
            continue
        left = column - basis @ (basis.T @ column)
        left = left - basis @ (basis.T @ left)
        length = np.linalg.norm(left)
        if length <= RELATIVE * size:
            dropped.append(Dropped(name, NO_VARIATION if constant else COLLINEAR))
            continue
        kept.append(j)
        basis = np.column_stack([basis, left / length])
    return kept, tuple(dropped)


def _reason(freedom: int, given: Floats, inside: Floats, residuals: Floats) -> str | None:
    size = np.linalg.norm(given)
    if np.ptp(given) <= RELATIVE * np.abs(given).max() or np.linalg.norm(inside) <= RELATIVE * size:
        return NO_VARIATION
    if freedom <= 0:
        return TOO_FEW_UNITS
    return EXACT_FIT if np.linalg.norm(residuals) <= RELATIVE * np.linalg.norm(inside) else None
