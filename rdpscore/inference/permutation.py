"""Permutation tests of ranks that keep to the question: within clusters, or between them.

No distribution is assumed, and no order of magnitude: ranks. For a predictor of units the ranks are centred within
clusters and shuffled within clusters; centred, so that what differs between clusters is no evidence and the mean of the
statistic is 0. For a predictor of clusters the mean ranks of clusters are shuffled over clusters.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, permutations, product
from math import comb, factorial, prod

import numpy as np
import numpy.typing as npt

from rdpscore.inference.linear import NO_VARIATION, NO_VARIATION_WITHIN, RELATIVE, Floats, codes, demean
from rdpscore.inference.sandwich import TOO_FEW_CLUSTERS

N_DRAWS = 9_999
EXACT = 50_000
"""As many arrangements are all looked at; of more, some are drawn."""
LEAST_CLUSTERS = 4
"""Fewer have at most six arrangements between them, too few to reject anything at 5 %."""
CHUNK = 1 << 20
"""Random numbers at a time."""
TIE = 1e-9


@dataclass(frozen=True)
class PermutationTest:
    """A rank correlation with its permutation p; see `permutation_test`.

    Attributes
    ----------
    statistic : float or None
        Correlation of the ranks, −1 to 1: centred within clusters, or of the means of clusters.
    p : float or None
        Two-sided: the share of arrangements whose correlation is at least as far from 0, of which the data are one.
    n_arrangements : int
        Looked at, the data among them.
    exact : bool
        Whether these are all.
    seed : int or None
        None where all are looked at.
    reason : str or None
        ``no_variation`` (predictor or outcomes all equal), ``no_variation_within`` (in every cluster),
        ``too_few_clusters`` (for a predictor of clusters, fewer than 4).
    """

    statistic: float | None
    p: float | None
    n_arrangements: int
    exact: bool
    seed: int | None
    reason: str | None


def permutation_test(
    y: npt.ArrayLike,
    x: npt.ArrayLike,
    cluster: npt.ArrayLike,
    *,
    between: bool,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> PermutationTest:
    """Whether ranks of an outcome go with those of a predictor, within clusters or between them.

    Parameters
    ----------
    y, x : arrays, shape (n,)
        Ranked over all units, ties sharing their mean rank.
    cluster : array, shape (n,)
    between : bool
        Whether cluster means are compared, shuffled over clusters; else units, shuffled within clusters.
    n_draws, seed : int
        Random arrangements where not all are looked at.

    Raises
    ------
    ValueError
        If the shapes differ, there are no units, or a value is not finite.

    Notes
    -----
    Of m random arrangements with b as far out, ``p = (b + 1) / (m + 1)`` (Phipson and Smyth 2010, Statistical
    Applications in Genetics and Molecular Biology 9:39). Within clusters it supposes that a cluster's units are
    exchangeable where the predictor does nothing; between them, that clusters are, small ones and large.
    """
    from scipy.stats import rankdata

    y, x = np.asarray(y, float), np.asarray(x, float)
    code, n = codes(cluster)
    if y.ndim != 1 or not len(y) or not len(y) == len(x) == len(code):
        raise ValueError("y, x and cluster have one value a unit")
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise ValueError("y and x are finite numbers")
    if np.ptp(y) == 0 or np.ptp(x) == 0:
        return _none(NO_VARIATION)
    ranks = np.column_stack([rankdata(y), rankdata(x)])
    inside = demean(ranks, code, n)
    if between:
        if n < LEAST_CLUSTERS:
            return _none(TOO_FEW_CLUSTERS)
        means = (ranks - inside)[np.unique(code, return_index=True)[1]]
        code, n, inside = np.zeros(n, np.intp), 1, means - means.mean(axis=0)
    length = np.linalg.norm(inside, axis=0)
    if (length <= RELATIVE * np.linalg.norm(ranks, axis=0)).any():
        return _none(NO_VARIATION if between else NO_VARIATION_WITHIN)
    inside = inside / length
    found = float(inside[:, 0] @ inside[:, 1])
    pieces = [inside[code == g] for g in range(n)]
    exact = prod(_number(piece) for piece in pieces) <= EXACT
    sums = _all(pieces) if exact else _drawn(pieces, n_draws, seed, found)
    p = float(np.mean(np.abs(sums) >= abs(found) * (1 - TIE) - TIE))
    return PermutationTest(found, p, len(sums), exact, None if exact else seed, None)


def _number(piece: Floats) -> int:
    """Arrangements of a piece's predictor that need to be looked at: of two values, which units have the rarer."""
    values = np.unique(piece[:, 1])
    if len(values) == 1:
        return 1
    return (
        comb(len(piece), int((piece[:, 1] == values[0]).sum())) if len(values) == 2 else factorial(len(piece))
    )


def _all(pieces: list[Floats]) -> Floats:
    """The statistic in every arrangement: sums over pieces of what each can be."""
    each = []
    for piece in pieces:
        y, x = piece.T
        values = np.unique(x)
        if len(values) == 1:
            each.append([float(y @ x)])
        elif len(values) == 2:
            low = int((x == values[0]).sum())
            rest, step = values[1] * y.sum(), values[0] - values[1]
            each.append(
                [float(rest + step * y[list(chosen)].sum()) for chosen in combinations(range(len(y)), low)]
            )
        else:
            each.append([float(y @ x[list(order)]) for order in permutations(range(len(y)))])
    return np.array([sum(parts) for parts in product(*each)])


def _drawn(pieces: list[Floats], n_draws: int, seed: int, found: float) -> Floats:
    """The statistic in random arrangements, after that of the data."""
    generator = np.random.default_rng(seed)
    sums = np.zeros(n_draws)
    for piece in pieces:
        size = len(piece)
        if size == 1:
            continue
        chunk = max(1, CHUNK // size)
        for start in range(0, n_draws, chunk):
            part = sums[start : start + chunk]
            order = generator.random((len(part), size)).argsort(axis=1)
            part += piece[:, 1][order] @ piece[:, 0]
    return np.append(found, sums)


def _none(reason: str) -> PermutationTest:
    return PermutationTest(None, None, 0, False, None, reason)
