"""The wild cluster bootstrap of t with the null imposed, for few clusters, without refits.

The residuals of the fit under the null keep their sizes and their dependence within clusters; each cluster's are
multiplied by one random weight of mean 0 and variance 1. Student's t of the data is compared with that of the
resampled outcomes (WCR: Cameron, Gelbach and Miller 2008, Review of Economics and Statistics 90:414; Roodman,
Nielsen, MacKinnon and Webb 2019, Stata Journal 19:4).

The estimate is ``aᵀy``, and the residuals under the null that it is r are ``u + δ a`` with
``δ = (estimate − r) / aᵀa``. With weights w of the clusters, the resampled estimate less r is ``n₀ + n₁ δ`` and the sum
of squares in its CR1 variance ``v₀ + 2 v₁ δ + v₂ δ²``: five numbers a draw, products of w with matrices of clusters by
clusters, serve every null value. The factor of CR1 cancels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt

from rdpscore.inference.clustering import sum_by
from rdpscore.inference.linear import ENOUGH, Contrast, Floats, LinearFit, variation
from rdpscore.inference.sandwich import CARRIED_BY_FEW, TOO_FEW_CLUSTERS
from rdpscore.inference.student import LEVEL

Weights = Literal["rademacher", "webb"]
Vectors = npt.NDArray[np.float64] | npt.NDArray[np.int8]

N_DRAWS, N_DRAWN = 99_999, 9_999
"""Vectors that are looked at: all of them up to here, else so many drawn, as `usual_draws` has it."""
WEBB_BELOW = 10
"""Signs of nine clusters give 256 values of t, so p moves in steps of 0.004 and more; Webb's weights give more."""
WEBB = np.sqrt([0.5, 1.0, 1.5])
WEBB = np.concatenate([-WEBB, WEBB])
"""Webb (2023, Canadian Journal of Economics 56:839): six weights of equal probability."""
CHUNK = 8192
ROUNDING = 1e-12
TIE = 1e-9
"""Relative; a draw that is the data again ties with them up to rounding."""


@dataclass(frozen=True, eq=False)
class WildBootstrap:
    """Draws of the wild cluster bootstrap of one coefficient; see `wild_bootstrap`.

    Attributes
    ----------
    estimate : float
    weights : {"rademacher", "webb"}
    n_draws : int
        Vectors of weights, of which one is all ones: the data themselves.
    enumerated : bool
        Whether these are all vectors there are, so that p is exact and no seed matters.
    n_clusters : int
        Clusters whose weight makes a difference.
    seed : int or None
        None where all are enumerated.
    reason : str or None
        Why there is neither p nor interval: a reason of the fit; ``too_few_clusters``, fewer than 3;
        ``carried_by_few_clusters``, one or two clusters without which the coefficient would not be determined: with
        so few the test hardly ever rejects (MacKinnon and Webb 2017, Journal of Applied Econometrics 32:233).
    """

    estimate: float
    weights: Weights
    n_draws: int
    enumerated: bool
    n_clusters: int
    seed: int | None
    reason: str | None
    _draws: Floats = field(repr=False)  # n0, n1, v0, v1, v2 of each draw
    _squares: float = field(repr=False)  # aᵀa
    _variance: float = field(repr=False)  # Σ (a_gᵀu_g)², of the data

    def p(self, null: float = 0.0) -> float | None:
        """Two-sided p of a value: the share of draws, the data among them, whose ``|t|`` is at least the data's."""
        if self.reason is not None:
            return None
        n0, n1, v0, v1, v2 = self._draws
        delta = (self.estimate - null) / self._squares
        if delta == 0:
            return 1.0
        # |t*| ≥ |t| with both sides multiplied by the variances, which may be 0
        drawn = (n0 + delta * n1) ** 2 * self._variance
        found = (delta * self._squares) ** 2 * (v0 + delta * (2 * v1 + delta * v2))
        return float(np.mean(drawn >= found * (1 - TIE)))

    def interval(self, level: float = LEVEL) -> tuple[float, float] | None:
        """The values whose p is above ``1 − level``.

        Each end is where p falls to ``1 − level`` on the way out from the estimate. None where there is no p, or where
        so few draws differ that p never falls so low.

        Raises
        ------
        ValueError
            If the level is not between 0 and 1.
        """
        if not 0 < level < 1:
            raise ValueError("a level is between 0 and 1")
        if self.reason is not None:
            return None
        low, high = self._end(-1.0, 1 - level), self._end(1.0, 1 - level)
        return None if low is None or high is None else (low, high)

    def _end(self, side: float, alpha: float) -> float | None:
        inside, step = 0.0, float(np.sqrt(self._variance))
        for _ in range(40):
            outside = inside + step
            if self._p(side * outside) <= alpha:
                break
            inside, step = outside, 2 * step
        else:
            return None
        while outside - inside > 1e-10 * outside:
            middle = (inside + outside) / 2
            if self._p(side * middle) <= alpha:
                outside = middle
            else:
                inside = middle
        return self.estimate + side * inside

    def _p(self, away: float) -> float:
        p = self.p(self.estimate + away)
        return 1.0 if p is None else p


def usual_draws(n_clusters: int) -> int:
    """Draws where none are asked for: enough to enumerate the signs of up to 17 clusters, a tenth where they are drawn.

    With 174 publishers and 99,999 draws a report takes minutes, and p changes in the third decimal.
    """
    return N_DRAWS if 2.0 ** (n_clusters - 1) <= N_DRAWS + 1 else N_DRAWN


def wild_bootstrap(
    fitted: LinearFit,
    of: Contrast,
    *,
    n_draws: int = N_DRAWS,
    seed: int = 0,
    weights: Weights | None = None,
) -> WildBootstrap:
    """The restricted wild cluster bootstrap of a coefficient or contrast.

    Parameters
    ----------
    fitted : LinearFit
    of : int, str or weights
        Position or name of a coefficient, or a contrast.
    n_draws, seed : int
        Random vectors of weights beside the data themselves, unless all there are (half of them, see below) are no
        more: then these are enumerated. With the default that is so up to 17 clusters.
    weights : {"rademacher", "webb"}, optional
        Signs, or Webb's six values. Without: signs, and Webb's with fewer than 10 clusters.

    Notes
    -----
    A vector and its opposite give the same ``|t|``, so half of all vectors are enumerated. Clusters whose weight makes
    no difference (those in which the column does not vary, within publishers) are left out first. Checked against
    refits of each vector of signs; see tests/test_wild_bootstrap.py.
    """
    a = fitted.direction(of)
    squares, estimate = float(a @ a), float(fitted.contrast(of) @ fitted.beta)
    scale = np.sqrt(np.array([fitted.residuals @ fitted.residuals, squares]) * squares)
    signs, spread = _matrices(fitted, a)
    signs, spread = _cleared(signs, scale[:, None]), _cleared(spread, scale[:, None, None])
    matters = (np.abs(spread).max(axis=(0, 1)) > 0) | (np.abs(signs).max(axis=0) > 0)
    signs, spread = signs[:, matters], spread[:, :, matters]
    n = int(matters.sum())
    kind: Weights = weights or ("webb" if n < WEBB_BELOW else "rademacher")
    reason = fitted.reason
    if reason is None and fitted.n_clusters < ENOUGH:
        reason = TOO_FEW_CLUSTERS
    if reason is None and variation(fitted, of).rests_on < ENOUGH:
        reason = CARRIED_BY_FEW
    if reason is not None:
        return WildBootstrap(
            estimate, kind, 0, False, n, None, reason, np.zeros((5, 0)), squares, float("nan")
        )
    enumerated = (2.0 if kind == "rademacher" else 6.0) ** n / 2 <= n_draws + 1
    vectors = _all(kind, n) if enumerated else drawn(kind, n, n_draws, seed)
    draws = np.empty((5, len(vectors)))
    for start in range(0, len(vectors), CHUNK):
        part = vectors[start : start + CHUNK].astype(float)
        # nothing but rounding is nothing, else far from the estimate the data would not tie with themselves
        draws[:2, start : start + CHUNK] = _cleared(signs @ part.T, scale[:, None])
        first, second = (_cleared(part @ m.T, s) for m, s in zip(spread, scale, strict=True))
        for k, (one, other) in enumerate(((first, first), (first, second), (second, second)), start=2):
            draws[k, start : start + CHUNK] = np.einsum("ij,ij->i", one, other)
    variance = float((signs[0] ** 2).sum())
    used = None if enumerated else seed
    return WildBootstrap(estimate, kind, len(vectors), enumerated, n, used, None, draws, squares, variance)


def _matrices(fitted: LinearFit, a: Floats) -> tuple[Floats, Floats]:
    """Of the residuals and of a: scores of clusters, shape (2, G), and what weights add to scores, shape (2, G, G)."""
    code, n = fitted.cluster, fitted.n_clusters
    reach = sum_by(fitted.q * a[:, None], code, n)
    scores: list[Floats] = []
    spread: list[Floats] = []
    for u in (fitted.residuals, a):
        own = np.asarray(np.bincount(code, a * u, minlength=n), float)
        pulled = reach @ sum_by(fitted.q * u[:, None], code, n).T
        if fitted.groups is not None:
            size = np.bincount(fitted.groups)
            cells = np.zeros((2, n, len(size)))
            for cell, values in zip(cells, (a, u), strict=True):
                np.add.at(cell, (code, fitted.groups), values)
            pulled = pulled + (cells[0] / size) @ cells[1].T
        scores.append(own)
        spread.append(np.diag(own) - pulled)
    return np.array(scores), np.array(spread)


def _cleared(values: Floats, scale: Floats) -> Floats:
    """Values, with 0 for what is rounding beside their scale."""
    return np.where(np.abs(values) <= ROUNDING * scale, 0.0, values)


def _all(kind: Weights, n: int) -> Vectors:
    """All vectors of weights, one of a vector and its opposite."""
    if kind == "webb":
        vectors = np.array(list(product(WEBB, repeat=n)))
        return np.asarray(vectors[vectors[:, 0] > 0])
    bits = (np.arange(1 << (n - 1))[:, None] >> np.arange(n - 1)) & 1
    return np.asarray(np.column_stack([np.ones(len(bits)), 1 - 2 * bits]).astype(np.int8))


def drawn(kind: Weights, n: int, n_draws: int, seed: int) -> Vectors:
    """Random vectors after the one of all ones."""
    generator = np.random.default_rng(seed)
    if kind == "webb":
        return np.vstack([np.ones(n), WEBB[generator.integers(0, 6, (n_draws, n))]])
    signs = 1 - 2 * generator.integers(0, 2, (n_draws, n), dtype=np.int8)
    return np.vstack([np.ones(n, np.int8), signs])
