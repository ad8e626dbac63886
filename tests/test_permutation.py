"""Permutation of ranks within clusters and between them."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_clusters import SIZES, clustered

from rdpscore.inference import permutation_test
from rdpscore.inference.linear import NO_VARIATION, NO_VARIATION_WITHIN
from rdpscore.inference.sandwich import TOO_FEW_CLUSTERS


def test_within_one_cluster_it_is_the_exact_test_of_spearmans_correlation() -> None:
    from scipy.stats import spearmanr

    rng = np.random.default_rng(1)
    y, x = rng.normal(size=(2, 7))
    found = permutation_test(y, x, np.zeros(7), between=False)
    rho = spearmanr(x, y).statistic
    others = [spearmanr(x, y[list(order)]).statistic for order in permutations(range(7))]
    assert found.statistic == pytest.approx(rho)
    assert (found.exact, found.n_arrangements, found.seed) == (True, 5040, None)
    assert found.p == pytest.approx(np.mean(np.abs(others) >= abs(rho) - 1e-9))


def test_between_clusters_of_one_unit_it_is_the_same_test() -> None:
    rng = np.random.default_rng(2)
    y, x = rng.normal(size=(2, 7))
    one = permutation_test(y, x, np.zeros(7), between=False)
    other = permutation_test(y, x, np.arange(7), between=True)
    assert other.statistic == pytest.approx(one.statistic)
    assert other.p == one.p


def test_two_groups_of_clusters_are_the_rank_sum_test() -> None:
    """With a predictor of two values only who has the rarer one is arranged: Mann–Whitney, exact."""
    from scipy.stats import mannwhitneyu

    rng = np.random.default_rng(3)
    y, x = rng.normal(size=13), (np.arange(13) < 5).astype(float)
    found = permutation_test(y, x, np.arange(13), between=True)
    assert found.n_arrangements == 1287
    assert found.p == pytest.approx(mannwhitneyu(y[:5], y[5:], method="exact").pvalue)


def test_within_clusters_every_arrangement_is_looked_at_by_hand() -> None:
    from scipy.stats import rankdata

    y = np.array([3.0, 1, 2, 9, 7, 8, 8])
    x = np.array([1.0, 0, 0, 5, 6, 4, 4])
    cluster = np.array([0, 0, 0, 1, 1, 1, 1])

    def centred(values: np.ndarray) -> np.ndarray:
        ranks = rankdata(values)
        return ranks - (np.bincount(cluster, ranks) / np.bincount(cluster))[cluster]

    a, b = centred(y), centred(x)
    sums = [
        a[:3] @ b[:3][list(one)] + a[3:] @ b[3:][list(other)]
        for one in permutations(range(3))
        for other in permutations(range(4))
    ]
    found = permutation_test(y, x, cluster, between=False)
    assert found.p == pytest.approx(np.mean(np.abs(sums) >= abs(a @ b) - 1e-9))
    assert np.mean(sums) == pytest.approx(0)


def test_differences_between_clusters_are_no_evidence_within_them() -> None:
    """Clusters that lie far apart in both, and nothing within them: a correlation of all units, none within."""
    rng = np.random.default_rng(4)
    cluster = np.repeat(np.arange(17), SIZES)
    y, x = 100 * cluster + rng.normal(size=(2, len(cluster)))
    found = permutation_test(y, x, cluster, between=False)
    assert found.statistic == pytest.approx(0, abs=0.25)
    assert found.p is not None
    assert found.p > 0.01
    level = permutation_test(cluster + 0.0, x, cluster, between=False)
    assert (level.p, level.reason) == (None, NO_VARIATION_WITHIN)


def test_random_arrangements_come_near_to_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    y, x, cluster = rng.normal(size=12), rng.normal(size=12), np.repeat(np.arange(4), 3)
    everything = permutation_test(y, x, cluster, between=False)
    assert (everything.exact, everything.n_arrangements) == (True, 6**4)
    monkeypatch.setattr("rdpscore.inference.permutation.EXACT", 0)
    some = permutation_test(y, x, cluster, between=False, n_draws=20_000, seed=3)
    assert (some.exact, some.n_arrangements, some.seed) == (False, 20_001, 3)
    assert some.p == pytest.approx(everything.p, abs=0.015)


def test_a_drawn_p_counts_the_data_as_one_of_the_arrangements() -> None:
    data = clustered(6)
    found = permutation_test(data.x[:, 0], data.x[:, 0], data.cluster, between=False, n_draws=199, seed=1)
    assert found.p == 1 / 200
    assert found == permutation_test(
        data.x[:, 0], data.x[:, 0], data.cluster, between=False, n_draws=199, seed=1
    )


def test_where_nothing_depends_on_anything_p_is_uniform() -> None:
    rng = np.random.default_rng(7)
    cluster = np.repeat(np.arange(17), SIZES)
    small = {True: 0, False: 0}
    for run in range(300):
        y = rng.normal(size=len(cluster)) + 2 * rng.normal(size=17)[cluster]
        unit, own = rng.normal(size=len(cluster)), rng.normal(size=17)[cluster]
        for between, x in ((False, unit), (True, own)):
            p = permutation_test(y, x, cluster, between=between, n_draws=199, seed=run).p
            assert p is not None
            small[between] += p <= 0.1
    assert 15 <= small[False] <= 46
    assert 15 <= small[True] <= 46


@given(seed=st.integers(0, 10**6), between=st.booleans())
@settings(max_examples=15, deadline=None)
def test_only_order_counts(seed: int, between: bool) -> None:
    data = clustered(seed, (3, 2, 4, 1, 3))
    one = permutation_test(data.y, data.x[:, 0], data.cluster, between=between)
    other = permutation_test(np.exp(data.y), data.x[:, 0] ** 3, data.cluster, between=between)
    turned = permutation_test(-data.y, data.x[:, 0], data.cluster, between=between)
    assert one.p == other.p == turned.p
    assert turned.statistic == pytest.approx(-one.statistic)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("y", "x", "between", "reason"),
    [
        ([1.0, 1, 1, 1], [1.0, 2, 3, 4], False, NO_VARIATION),
        ([1.0, 2, 3, 4], [2.0, 2, 2, 2], True, NO_VARIATION),
        ([1.0, 2, 3, 4], [1.0, 1, 2, 2], False, NO_VARIATION_WITHIN),
        ([1.0, 2, 3, 4], [1.0, 1, 2, 2], True, TOO_FEW_CLUSTERS),
    ],
)
def test_without_p_there_is_a_reason(y: list[float], x: list[float], between: bool, reason: str) -> None:
    found = permutation_test(y, x, [0, 0, 1, 1], between=between)
    assert (found.statistic, found.p, found.reason) == (None, None, reason)


def test_wrong_use_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="one value a unit"):
        permutation_test([1, 2], [1], [0, 0], between=False)
    with pytest.raises(ValueError, match="finite"):
        permutation_test([1, np.nan], [1, 2], [0, 0], between=False)
