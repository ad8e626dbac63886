"""One test of many specifications: are all of their coefficients 0?

Specifications share their journals, so their estimates are dependent, and counting how many are significant says
little. Under the null the residuals of every specification are resampled with the same weights of clusters, and the
median of their t is compared with the data's (Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4:1208, who
resample units; here whole clusters, as in `rdpscore.inference.wild`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rdpscore.inference import coefficient_test, sum_by
from rdpscore.inference.linear import ENOUGH, LinearFit, demean, variation
from rdpscore.inference.wild import WEBB, WEBB_BELOW

Floats = npt.NDArray[np.float64]

N_DRAWS = 9_999
TIE = 1e-9


@dataclass(frozen=True, eq=False)
class Member:
    """A coefficient that takes part in a joint test.

    Attributes
    ----------
    fitted : LinearFit
    term : str
        Its name in the fit; a larger value means more of the same thing in every member.
    labels : tuple of str
        Of the fit's clusters; the same label is the same cluster in every member.
    """

    fitted: LinearFit
    term: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Joint:
    """Whether all coefficients are 0; see `median_test`.

    Attributes
    ----------
    median_t : float or None
        Of the members, with CR1 standard errors.
    p : float or None
        Two-sided: the share of draws, the data among them, whose median t is at least as far from 0.
    null_low, null_high : float or None
        2.5 and 97.5 % of the median t where there is no effect.
    n_members, n_clusters, n_draws : int
        Members that take part, clusters of any, draws with the data's own.
    enumerated : bool
    reason : str or None
        ``no_members``: no coefficient is carried by three clusters or more.
    """

    median_t: float | None
    p: float | None
    null_low: float | None
    null_high: float | None
    n_members: int
    n_clusters: int
    n_draws: int
    enumerated: bool
    reason: str | None


FAR = 1e300
"""Stands for an infinite t where one is laid beside another."""


def median_test(members: Sequence[Member], *, n_draws: int = N_DRAWS, seed: int = 1) -> Joint:
    """Test that the coefficients of all specifications are 0.

    Parameters
    ----------
    members : sequence of Member
        Those without a standard error, or that fewer than three clusters carry, take no part.
    n_draws, seed : int
        Of the weights: signs, enumerated where there are no more than `n_draws`; Webb's six values with fewer than 10
        clusters.

    Notes
    -----
    The estimate is ``aᵀy`` and the residuals under the null are ``u + a β / aᵀa``. Multiplied by weights w of the
    clusters they give numerator and scores of the CR1 variance as products of w with matrices of clusters by clusters,
    one a member; factors of CR1 are the same in all draws and cancel.

    Checked against refits of every draw; see tests/test_specification_curve.py.
    """
    some = [m for m in members if _sure(m) and variation(m.fitted, m.term).rests_on >= ENOUGH]
    names = sorted({label for m in some for label in m.labels})
    if not some:
        return Joint(None, None, None, None, 0, len(names), 0, False, "no_members")
    weights, enumerated = draw_weights(len(names), n_draws, seed)
    place = {name: k for k, name in enumerate(names)}
    t = np.array([_t(m, weights[:, [place[label] for label in m.labels]]) for m in some])
    median = np.median(np.clip(t, -FAR, FAR), axis=0)  # of two infinite ones of either sign 0, not nothing
    found = float(median[0])
    p = float(np.mean(np.abs(median) >= abs(found) * (1 - TIE)))
    low, high = np.quantile(np.concatenate([median, -median]), (0.025, 0.975)).tolist()
    return Joint(found, p, low, high, len(some), len(names), len(weights), enumerated, None)


def _sure(member: Member) -> bool:
    """Whether there is a standard error: a reason of the fit, or clusters that all say the same, leave none."""
    return coefficient_test(member.fitted, member.term, "CR1").reason is None


def draw_weights(n_clusters: int, n_draws: int, seed: int) -> tuple[Floats, bool]:
    """Weights of clusters, shape (1 + n_draws, n_clusters), the first all ones; and whether these are all there are."""
    if n_clusters >= WEBB_BELOW and n_clusters <= 62 and 1 << (n_clusters - 1) <= n_draws:
        bits = np.arange(1 << (n_clusters - 1))[:, None] >> np.arange(n_clusters - 1) & 1
        return np.column_stack([np.ones(len(bits)), 1.0 - 2 * bits]), True
    rng = np.random.default_rng(seed)
    if n_clusters < WEBB_BELOW:
        drawn = WEBB[rng.integers(0, 6, (n_draws, n_clusters))]
    else:
        drawn = 1.0 - 2 * rng.integers(0, 2, (n_draws, n_clusters))
    return np.vstack([np.ones(n_clusters), drawn]), False


def _t(member: Member, weights: Floats) -> Floats:
    """t of a member in every draw, up to the factor of CR1; shape (n_draws,)."""
    fitted = member.fitted
    a = fitted.direction(member.term)
    estimate = float(fitted.contrast(member.term) @ fitted.beta)
    under = fitted.residuals + a * estimate / (a @ a)
    n = fitted.n_clusters
    each = np.zeros((fitted.n, n))
    each[np.arange(fitted.n), fitted.cluster] = under
    left = demean(each, fitted.groups, fitted.n_absorbed)
    left = left - fitted.q @ (fitted.q.T @ left)
    scores = weights @ sum_by(a[:, None] * left, fitted.cluster, n).T
    size = np.sqrt((scores**2).sum(axis=1))
    top = weights @ (a @ each)
    # no spread at all in a draw: as far from 0 as can be, as in the wild bootstrap of one coefficient
    return np.asarray(np.divide(top, size, out=np.copysign(np.inf, top), where=size > TIE * abs(estimate)))
