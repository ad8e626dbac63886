"""The wild cluster bootstrap without refits, against refits; intervals by inversion; when there is none."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_clusters import SIZES, clustered

from rdpscore.inference import WildBootstrap, coefficient_test, fit, wild_bootstrap
from rdpscore.inference.linear import NO_VARIATION
from rdpscore.inference.sandwich import CARRIED_BY_FEW, TOO_FEW_CLUSTERS
from rdpscore.inference.wild import WEBB

Floats = npt.NDArray[np.float64]


def by_refits(y: Floats, x: Floats, cluster: Floats, null: float, values: Floats) -> float:
    """p of the first coefficient from a regression of its own for every vector of weights, by the book.

    The null is imposed by regressing ``y − null x₁`` on the other columns; t is that of CR1.
    """

    def t(outcome: Floats) -> float:
        inverse = np.linalg.inv(x.T @ x)
        beta = inverse @ x.T @ outcome
        u = outcome - x @ beta
        score = np.array([x[cluster == g].T @ u[cluster == g] for g in np.unique(cluster)])
        groups, n, k = len(score), *x.shape
        v = groups / (groups - 1) * (n - 1) / (n - k) * inverse @ score.T @ score @ inverse
        return float((beta[0] - null) / np.sqrt(v[0, 0]))

    others = x[:, 1:]
    rest = y - null * x[:, 0]
    under = others @ np.linalg.lstsq(others, rest)[0]
    residuals = rest - under
    labels, code = np.unique(cluster, return_inverse=True)
    drawn = [
        t(null * x[:, 0] + under + residuals * np.array(w)[code]) for w in product(values, repeat=len(labels))
    ]
    return float(np.mean(np.abs(drawn) >= abs(t(y)) * (1 - 1e-9)))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("null", [0.0, 0.4, -1.5])
def test_all_signs_are_as_refits_of_each(seed: int, null: float) -> None:
    data = clustered(seed, (5, 3, 8, 1, 6, 4, 7))
    x = data.pooled[:, [0, 1, 3]]
    found = wild_bootstrap(fit(data.y, x, data.cluster), 0, weights="rademacher")
    assert (found.n_draws, found.enumerated, found.seed) == (64, True, None)
    assert found.p(null) == by_refits(data.y, x, data.cluster, null, np.array([-1.0, 1.0]))


@pytest.mark.parametrize("seed", range(2))
def test_all_of_webbs_weights_are_as_refits_of_each(seed: int) -> None:
    data = clustered(seed, (5, 3, 8, 6))
    x = data.pooled[:, [0, 3]]
    found = wild_bootstrap(fit(data.y, x, data.cluster), 0)
    assert (found.weights, found.n_draws, found.enumerated) == ("webb", 6**4 // 2, True)
    assert found.p(0.2) == by_refits(data.y, x, data.cluster, 0.2, WEBB)


def test_webbs_weights_have_mean_0_and_variance_1() -> None:
    assert WEBB.mean() == pytest.approx(0)
    assert (WEBB**2).mean() == pytest.approx(1)


@pytest.mark.parametrize("which", ["clusters", "across"])
def test_absorbed_groups_are_as_columns_of_their_own(which: str) -> None:
    data = clustered(3, (5, 3, 8, 1, 6, 4, 7))
    groups = data.cluster if which == "clusters" else np.arange(len(data.y)) % 3
    dummies = (groups[:, None] == np.unique(groups)).astype(float)
    absorbed = fit(data.y, data.x[:, :2], data.cluster, absorb=groups)
    found = wild_bootstrap(absorbed, 0, weights="rademacher")
    x = np.column_stack([data.x[:, :2], dummies])
    for null in (0.0, 0.5):
        assert found.p(null) == by_refits(data.y, x, data.cluster, null, np.array([-1.0, 1.0]))


def test_clusters_without_variation_are_left_out_of_the_enumeration() -> None:
    data = clustered(4)
    whole = wild_bootstrap(fit(data.y, data.x[:, :1], data.cluster, absorb=data.cluster), 0)
    assert (whole.n_clusters, whole.n_draws) == (15, 1 << 14)
    lone = np.isin(data.cluster, np.flatnonzero(np.array(SIZES) == 1))
    part = fit(data.y[~lone], data.x[~lone, :1], data.cluster[~lone], absorb=data.cluster[~lone])
    assert wild_bootstrap(part, 0).p(0.1) == whole.p(0.1)


def test_a_contrast_is_as_the_coefficient_of_other_columns() -> None:
    """a + b of columns x, z is the coefficient of x where the columns are x and z − x."""
    data = clustered(5, (5, 3, 8, 2, 6, 4, 7))
    one = wild_bootstrap(fit(data.y, data.pooled, data.cluster), [1, 1, 0, 0])
    x = data.pooled.copy()
    x[:, 1] -= x[:, 0]
    other = wild_bootstrap(fit(data.y, x, data.cluster), 0)
    assert one.estimate == pytest.approx(other.estimate)
    assert (one.p(), one.p(1.0)) == (other.p(), other.p(1.0))


# Intervals ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found() -> WildBootstrap:
    data = clustered(6)
    return wild_bootstrap(fit(data.y, data.pooled, data.cluster), 0)


def test_the_signs_of_17_clusters_are_enumerated(found: WildBootstrap) -> None:
    assert (found.weights, found.n_draws, found.enumerated) == ("rademacher", 1 << 16, True)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_at_the_ends_of_an_interval_p_is_one_less_the_level(found: WildBootstrap, level: float) -> None:
    interval = found.interval(level)
    assert interval is not None
    for end, outward in zip(interval, (-1, 1), strict=True):
        inside, outside = found.p(end - 1e-6 * outward), found.p(end + 1e-6 * outward)
        assert inside is not None
        assert outside is not None
        # steps of 1/65,536, of which a few may fall together
        assert inside == pytest.approx(1 - level, abs=2e-4)
        assert outside <= 1 - level < inside + 1e-12


def test_wider_levels_hold_narrower_ones_and_all_hold_the_estimate(found: WildBootstrap) -> None:
    assert found.p(found.estimate) == 1
    last = (found.estimate, found.estimate)
    for level in (0.5, 0.9, 0.95, 0.99):
        interval = found.interval(level)
        assert interval is not None
        assert interval[0] < last[0] <= found.estimate <= last[1] < interval[1]
        last = interval


def test_with_few_signs_p_never_falls_so_low_that_there_is_an_interval() -> None:
    data = clustered(7, (4, 5, 3, 6))
    fitted = fit(data.y, data.pooled[:, [0, 3]], data.cluster)
    signs = wild_bootstrap(fitted, 0, weights="rademacher")
    assert (signs.n_draws, signs.interval(0.95)) == (8, None)
    lowest = signs.p(1e9)
    assert lowest is not None
    assert lowest >= 1 / 8
    assert signs.interval(0.5) is not None


def test_with_many_clusters_it_comes_near_to_students_t() -> None:
    """One column of units in 80 equal clusters: t(79) with CR1."""
    data = clustered(8, (6,) * 80)
    fitted = fit(data.y, data.pooled[:, [0, 3]], data.cluster)
    wild, student = (
        wild_bootstrap(fitted, 0, n_draws=19_999).interval(),
        coefficient_test(fitted, 0, "CR1").interval(),
    )
    assert wild is not None
    assert student is not None
    np.testing.assert_allclose(wild, student, atol=0.15 * (student[1] - student[0]))


# Draws --------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_draws_and_another_about_the_same_p() -> None:
    data = clustered(9, (*SIZES, 4, 5, 6))
    fitted = fit(data.y, data.pooled, data.cluster)
    one, again, other = (wild_bootstrap(fitted, 1, n_draws=19_999, seed=s) for s in (1, 1, 2))
    assert (one.n_draws, one.enumerated, one.seed) == (20_000, False, 1)
    assert one.p() == again.p() != other.p()
    assert one.interval() == again.interval()
    assert one.p() == pytest.approx(other.p(), abs=0.02)


def test_drawn_signs_come_near_to_all_of_them() -> None:
    data = clustered(6)
    fitted = fit(data.y, data.pooled, data.cluster)
    everything, some = wild_bootstrap(fitted, 0), wild_bootstrap(fitted, 0, n_draws=30_000)
    assert some.enumerated is False
    assert some.p() == pytest.approx(everything.p(), abs=0.015)


def test_a_drawn_p_counts_the_data_as_one_of_the_draws() -> None:
    data = clustered(6)
    found = wild_bootstrap(fit(data.y + 1e3 * data.x[:, 0], data.pooled, data.cluster), 0, n_draws=99)
    assert found.p() == 1 / 100


@given(seed=st.integers(0, 10**6), scale=st.sampled_from([1e-6, 0.1, 1e4]), null=st.floats(-2, 2))
@settings(max_examples=25, deadline=None)
def test_units_of_measurement_do_not_matter(seed: int, scale: float, null: float) -> None:
    data = clustered(seed, (5, 4, 1, 7, 3, 6))
    x = data.pooled[:, [0, 1, 3]]
    one = wild_bootstrap(fit(data.y, x, data.cluster), 0, weights="rademacher")
    other = wild_bootstrap(fit(scale * data.y + 5, x * [2, 3, 1], data.cluster), 0, weights="rademacher")
    assert other.estimate == pytest.approx(one.estimate * scale / 2)
    assert other.p(null * scale / 2) == one.p(null)


# None ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("treated", [1, 2, 6, 7])
def test_where_one_or_two_clusters_carry_the_coefficient_there_is_none(treated: int) -> None:
    data = clustered(10, (5,) * 8)
    x = np.column_stack([data.cluster < treated, np.ones(40)])
    found = wild_bootstrap(fit(data.y, x, data.cluster), 0)
    assert (found.reason, found.p(), found.interval(), found.n_draws) == (CARRIED_BY_FEW, None, None, 0)


def test_with_three_such_clusters_there_is_one() -> None:
    data = clustered(10, (5,) * 8)
    x = np.column_stack([data.cluster < 3, np.ones(40)])
    assert wild_bootstrap(fit(data.y, x, data.cluster), 0).p() is not None


def test_two_clusters_and_equal_outcomes_have_none() -> None:
    data = clustered(11, (5, 6))
    assert wild_bootstrap(fit(data.y, data.pooled[:, [0, 3]], data.cluster), 0).reason == TOO_FEW_CLUSTERS
    data = clustered(11)
    assert wild_bootstrap(fit(np.ones(len(data.y)), data.pooled, data.cluster), 0).reason == NO_VARIATION


def test_a_level_is_between_0_and_1(found: WildBootstrap) -> None:
    with pytest.raises(ValueError, match="level"):
        found.interval(95)
