"""Least squares with few clusters: standard errors, degrees of freedom, and what cannot be estimated."""

from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from chick_weights import chick_weights
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_clusters import SIZES, Data, clustered

from rdpscore.inference import (
    KINDS,
    Kind,
    LinearFit,
    coefficient_test,
    covariance,
    fit,
    joint_test,
    variation,
)
from rdpscore.inference.linear import COLLINEAR, EXACT_FIT, NO_VARIATION, NO_VARIATION_WITHIN, TOO_FEW_UNITS
from rdpscore.inference.sandwich import CARRIED_BY_FEW, TOO_FEW_CLUSTERS, satterthwaite

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import statsmodels.api as sm
    from scipy import stats

Floats = npt.NDArray[np.float64]

# Published ----------------------------------------------------------------------------------------------


def test_the_covariance_is_that_which_clubsandwich_prints() -> None:
    """R package clubSandwich 0.7.0, reference/vcovCR.lm: ``weight ~ Time + Diet:Time``, clusters are chicks."""
    weight, day, diet, chick = chick_weights()
    assert len(weight) == 578
    x = np.column_stack([np.ones(578), day, day[:, None] * diet[:, 1:]])
    printed = [
        [3.9317840, -0.7851508, -0.2560762, -0.0750498, 0.2695861],
        [-0.7851508, 0.4360726, -0.3314209, -0.3436398, -0.3665016],
        [-0.2560762, -0.3314209, 1.3680862, 0.3475327, 0.3482061],
        [-0.0750498, -0.3436398, 0.3475327, 1.1195632, 0.3483146],
        [0.2695861, -0.3665016, 0.3482061, 0.3483146, 0.5416587],
    ]
    np.testing.assert_allclose(covariance(fit(weight, x, chick), "CR2"), printed, atol=5.1e-8)


@pytest.mark.parametrize("absorbed", [True, False])
def test_within_clusters_it_is_that_which_clubsandwich_prints(absorbed: bool) -> None:
    """reference/vcovCR.lm_robust: ``weight ~ Time:Diet`` with an intercept a chick."""
    weight, day, diet, chick = chick_weights()
    x = day[:, None] * diet
    if absorbed:
        fitted = fit(weight, x, chick, absorb=chick)
    else:
        dummies = (np.array(chick)[:, None] == sorted(set(chick))).astype(float)
        fitted = fit(weight, np.column_stack([x, dummies]), chick)
    printed = np.diag([0.5644892, 1.638116, 1.249162, 0.4523152])
    np.testing.assert_allclose(covariance(fitted, "CR2")[:4, :4], printed, atol=5.1e-7)


def test_degrees_of_freedom_and_intervals_are_those_that_clubsandwich_prints() -> None:
    """reference/coef_test, conf_int and linear_contrast: slopes of four diets, compared with each other."""
    weight, day, diet, chick = chick_weights()
    fitted = fit(weight, np.column_stack([diet, day[:, None] * diet]), chick)
    printed = {  # estimate, standard error, degrees of freedom, 95 % interval
        (1, 0): (1.77, 1.49, 18.8, -1.349, 4.88),
        (2, 0): (4.58, 1.35, 18.8, 1.751, 7.41),
        (3, 0): (2.87, 1.01, 18.3, 0.757, 4.99),
        (2, 1): (2.81, 1.70, 18.0, -0.756, 6.38),
        (3, 1): (1.11, 1.44, 17.9, -1.925, 4.14),
        (3, 2): (-1.71, 1.30, 17.9, -4.441, 1.02),
    }
    p = {(1, 0): 0.2497, (2, 0): 0.0031, (3, 0): 0.0105}
    wide = {(1, 0): (-2.4946, 6.03), (2, 0): (0.7115, 8.45), (3, 0): (-0.0237, 5.77)}
    for (one, other), values in printed.items():
        weights = np.zeros(8)
        weights[4 + one], weights[4 + other] = 1, -1
        found = coefficient_test(fitted, weights)
        interval = found.interval()
        assert interval is not None
        for value, expected in zip((found.estimate, found.se, found.df, *interval), values, strict=True):
            assert f"{value:.3g}" == f"{expected:.3g}" or value == pytest.approx(expected, abs=5e-4)
        if (one, other) in p:
            assert found.p() == pytest.approx(p[one, other], abs=5e-5)
            assert found.interval(0.99) == pytest.approx(wide[one, other], abs=6e-3)


def ramp(n: int) -> Floats:
    return np.arange(1.0, n + 1)


def test_degrees_of_freedom_are_those_that_dfadjust_prints() -> None:
    """R package dfadjust 1.1.0, tests/testthat/test-hc2-check.R: y = 1…10, x = sin(1…10), sin(2…11)."""
    x = np.column_stack([np.ones(10), np.sin(ramp(10)), np.sin(ramp(10) + 1)])
    fitted = fit(ramp(10), x, np.arange(10))
    found = [coefficient_test(fitted, k).df for k in range(3)]
    np.testing.assert_allclose(found, [4.94624731, 3.90754737, 4.77265484], atol=1e-8)


@pytest.fixture
def stata() -> tuple[Floats, Floats, npt.NDArray[np.intp]]:
    """R package dfadjust, tests/testthat/test-clustering.R, whose figures are of Stata's regress."""
    y = np.concatenate([np.cos(np.arange(10)), np.tan(ramp(10))])
    x = np.concatenate([np.sin(ramp(10)), np.sin(ramp(10) + 1)])
    return y, np.column_stack([np.ones(20), x]), np.tile([2, 1, 3, 2, 2, 3, 3, 1, 1, 2], 2)


def test_clustered_errors_are_those_of_stata(stata: tuple[Floats, Floats, npt.NDArray[np.intp]]) -> None:
    y, x, cluster = stata
    fitted = fit(y, x, cluster)
    np.testing.assert_allclose(fitted.beta, [-0.4456202905, 0.3241183110], atol=1e-10)
    found = [coefficient_test(fitted, k, "CR1").se for k in (0, 1)]
    np.testing.assert_allclose(found, [0.4827602183, 0.1814501834], atol=1e-10)


def test_cr2_is_that_of_dfadjust(stata: tuple[Floats, Floats, npt.NDArray[np.intp]]) -> None:
    """Printed is CR2 times t(0.975, df) / 1.96 with df of Imbens and Kolesár, which are printed, too."""
    y, x, cluster = stata
    printed = np.array([1.053441197, 0.533126248])
    df = np.array([2.001430933, 1.783242385])
    se = printed * stats.norm.ppf(0.975) / stats.t.ppf(0.975, df)
    found = [coefficient_test(fit(y, x, cluster), k, "CR2").se for k in (0, 1)]
    np.testing.assert_allclose(found, se, atol=1e-9)


def test_errors_of_single_units_are_those_of_stata(
    stata: tuple[Floats, Floats, npt.NDArray[np.intp]],
) -> None:
    y, x, _ = stata
    fitted = fit(y, x, np.arange(20))
    expected: dict[Kind, list[float]] = {
        "HC1": [0.4278077455, 0.4392155956],
        "HC2": [0.4227339762, 0.4421048122],
        "CR2": [0.4227339762, 0.4421048122],
    }
    for kind, values in expected.items():
        np.testing.assert_allclose([coefficient_test(fitted, k, kind).se for k in (0, 1)], values, atol=1e-9)
    df = [coefficient_test(fitted, k).df for k in (0, 1)]
    np.testing.assert_allclose(df, [17.6142349, 12.10389102], atol=1e-7)


def test_a_cluster_that_is_fitted_exactly_has_the_pseudo_inverse_as_in_dfadjust() -> None:
    """The same test file: intercepts of clusters, x varies in two of three; "x 1.71 0.3501 0.3705 2.4 1 0.1362"."""
    x = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 1.0])
    cluster = np.repeat([1, 2, 3], [6, 2, 2])
    for fitted in (
        fit(np.tan(ramp(10)), x[:, None], cluster, absorb=cluster),
        fit(np.tan(ramp(10)), np.column_stack([x, cluster[:, None] == [1, 2, 3]]), cluster),
    ):
        found = coefficient_test(fitted, 0)
        assert found.se is not None
        assert round(found.estimate, 2) == 1.71
        assert coefficient_test(fitted, 0, "CR1").se == pytest.approx(0.3501, abs=5e-5)
        assert found.se == pytest.approx(0.3705, abs=5e-5)
        assert found.df == pytest.approx(1.0)
        assert found.p() == pytest.approx(0.1362, abs=5e-5)


# Other implementations ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_estimates_and_uncorrected_errors_are_those_of_statsmodels(seed: int) -> None:
    data = clustered(seed)
    fitted = fit(data.y, data.pooled, data.cluster)
    model = sm.OLS(data.y, data.pooled)
    np.testing.assert_allclose(fitted.beta, model.fit().params)
    np.testing.assert_allclose(fitted.residuals, model.fit().resid, atol=1e-12)
    kinds: dict[Kind, str] = {"classical": "nonrobust", "HC1": "HC1", "HC2": "HC2", "HC3": "HC3"}
    for kind, name in kinds.items():
        np.testing.assert_allclose(
            covariance(fitted, kind), model.fit(cov_type=name).cov_params(), atol=1e-14
        )
    groups = {"groups": data.cluster}
    for kind, corrected in (("CR0", False), ("CR1", True)):
        other = model.fit(cov_type="cluster", cov_kwds=groups | {"use_correction": corrected})
        np.testing.assert_allclose(covariance(fitted, kind), other.cov_params(), atol=1e-14)  # type: ignore[arg-type]


# The formulas as they are written, in matrices of units by units ----------------------------------------


def power(a: Floats, exponent: float) -> Floats:
    values, vectors = np.linalg.eigh(a)
    some = values > 1e-9
    return np.asarray((vectors * np.where(some, np.where(some, values, 1.0) ** exponent, 0.0)) @ vectors.T)


def naive(x: Floats, residuals: Floats, cluster: Floats, exponent: float) -> tuple[Floats, list[Floats]]:
    """Covariance by Bell and McCaffrey, and of every cluster (I − H)ᵀ_g A_g X_g (XᵀX)⁻¹, units by columns."""
    inverse = np.linalg.inv(x.T @ x)
    hat = np.eye(len(x)) - x @ inverse @ x.T
    total, parts = np.zeros_like(inverse), []
    for g in np.unique(cluster):
        own = cluster == g
        adjust = power(hat[np.ix_(own, own)], exponent)
        score = x[own].T @ adjust @ residuals[own]
        total += inverse @ np.outer(score, score) @ inverse
        parts.append(hat[:, own] @ adjust @ x[own] @ inverse)
    return total, parts


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("kind", "exponent"), [("CR2", -0.5), ("CR3", -1.0)])
def test_cr2_and_cr3_are_the_formulas(kind: Kind, exponent: float, seed: int) -> None:
    data = clustered(seed)
    fitted = fit(data.y, data.pooled, data.cluster)
    expected, _ = naive(data.pooled, fitted.residuals, data.cluster, exponent)
    np.testing.assert_allclose(covariance(fitted, kind), expected, atol=1e-13)


@pytest.mark.parametrize("seed", range(3))
def test_degrees_of_freedom_are_the_formula(seed: int) -> None:
    data = clustered(seed)
    fitted = fit(data.y, data.pooled, data.cluster)
    _, parts = naive(data.pooled, fitted.residuals, data.cluster, -0.5)
    for weights in (*np.eye(4), np.array([1.0, -2.0, 0.5, 0.0])):
        g = np.column_stack([part @ weights for part in parts])
        values = np.linalg.eigvalsh(g.T @ g)
        assert satterthwaite(fitted, weights) == pytest.approx(values.sum() ** 2 / (values**2).sum())


def test_the_joint_test_is_the_formula() -> None:
    """Pustejovsky and Tipton 2018, section 3.2, with the variance of every entry of the matrix written out."""
    data = clustered(4)
    fitted = fit(data.y, data.pooled, data.cluster)
    v, parts = naive(data.pooled, fitted.residuals, data.cluster, -0.5)
    c = np.eye(4)[:3]
    vectors = np.array([part @ c.T for part in parts])  # clusters, units, contrasts
    root = power(np.einsum("gis,git->st", vectors, vectors), -0.5)
    vectors = vectors @ root
    spread = 0.0
    for s in range(3):
        for t in range(3):
            # eᵀ M e with M the sum of outer products, of which the variance is tr(M M + M Mᵀ)
            m = np.einsum("gi,gj->ij", vectors[:, :, s], vectors[:, :, t])
            spread += np.trace(m @ m) + np.trace(m @ m.T)
    eta = 3 * 4 / spread
    estimate = c @ fitted.beta
    f = (eta - 2) / (3 * eta) * estimate @ np.linalg.solve(c @ v @ c.T, estimate)
    found = joint_test(fitted, [0, 1, 2])
    assert found.statistic == pytest.approx(f)
    assert found.df_denominator == pytest.approx(eta - 2)
    assert found.p == pytest.approx(stats.f.sf(f, 3, eta - 2))


def test_the_joint_test_of_one_coefficient_is_its_t_test() -> None:
    data = clustered(5)
    fitted = fit(data.y, data.pooled, data.cluster)
    one = coefficient_test(fitted, 1)
    joint = joint_test(fitted, [1])
    assert one.se is not None
    assert joint.statistic == pytest.approx((one.estimate / one.se) ** 2)
    assert joint.df_denominator == pytest.approx(one.df)
    assert joint.p == pytest.approx(one.p())


def test_cr3_is_the_sum_over_fits_without_each_cluster() -> None:
    data = clustered(6)
    fitted = fit(data.y, data.pooled, data.cluster)
    without = [
        np.linalg.lstsq(data.pooled[data.cluster != g], data.y[data.cluster != g])[0] for g in range(17)
    ]
    away = np.array(without) - fitted.beta
    np.testing.assert_allclose(covariance(fitted, "CR3"), away.T @ away, rtol=1e-9)


# Closed forms -------------------------------------------------------------------------------------------


def test_with_clusters_of_one_unit_cr_is_hc() -> None:
    data = clustered(1)
    fitted = fit(data.y, data.pooled, np.arange(len(data.y)))
    np.testing.assert_allclose(covariance(fitted, "CR2"), covariance(fitted, "HC2"))
    np.testing.assert_allclose(covariance(fitted, "CR3"), covariance(fitted, "HC3"))


def test_two_groups_of_equal_clusters_are_the_t_test_of_their_means() -> None:
    """With as many clusters in either group, of one size: pooled t, G − 2 degrees of freedom."""
    rng = np.random.default_rng(2)
    cluster = np.repeat(np.arange(10), 6)
    x = (cluster < 5).astype(float)
    y = rng.normal(size=10)[cluster] + rng.normal(size=60)
    found = coefficient_test(fit(y, np.column_stack([x, np.ones(60)]), cluster), 0)
    means = y.reshape(10, 6).mean(axis=1)
    expected = stats.ttest_ind(means[:5], means[5:])
    assert found.df == pytest.approx(8.0)
    assert found.p() == pytest.approx(expected.pvalue)
    np.testing.assert_allclose(found.interval(0.9), tuple(expected.confidence_interval(0.9)))


def test_two_groups_of_different_size_are_welch_with_the_degrees_of_freedom_of_equal_variances() -> None:
    """Of 3 and 9 clusters the variance of CR2 is s₁²/3 + s₂²/9; its degrees of freedom suppose s₁ = s₂."""
    rng = np.random.default_rng(3)
    cluster = np.repeat(np.arange(12), 4)
    y = rng.normal(size=12)[cluster] + rng.normal(size=48)
    x = (cluster < 3).astype(float)
    found = coefficient_test(fit(y, np.column_stack([x, np.ones(48)]), cluster), 0)
    means = y.reshape(12, 4).mean(axis=1)
    assert found.se == pytest.approx(np.sqrt(means[:3].var(ddof=1) / 3 + means[3:].var(ddof=1) / 9))
    assert found.df == pytest.approx((1 / 3 + 1 / 9) ** 2 / (1 / 9 / 2 + 1 / 81 / 8))


def test_the_mean_of_equal_clusters_has_one_degree_of_freedom_less() -> None:
    rng = np.random.default_rng(4)
    cluster = np.repeat(np.arange(7), 5)
    found = coefficient_test(fit(rng.normal(size=35), np.ones((35, 1)), cluster), 0)
    assert found.df == pytest.approx(6.0)


# Absorbed groups ----------------------------------------------------------------------------------------


def pair(data: Data, groups: npt.NDArray[np.intp]) -> tuple[LinearFit, LinearFit]:
    """The same fit with groups absorbed, and with a column for each of them."""
    dummies = (groups[:, None] == np.unique(groups)).astype(float)
    absorbed = fit(data.y, data.x[:, :2], data.cluster, absorb=groups)
    return absorbed, fit(data.y, np.column_stack([data.x[:, :2], dummies]), data.cluster)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("which", ["clusters", "finer", "across"])
def test_absorbing_groups_changes_nothing(kind: Kind, which: str) -> None:
    """Groups that are the clusters (Pustejovsky and Tipton 2018, theorem 2), parts of them, or run across them."""
    data = clustered(7)
    unit = np.arange(len(data.y))
    groups = {"clusters": data.cluster, "finer": 2 * data.cluster + unit % 2, "across": unit % 4}[which]
    absorbed, explicit = pair(data, groups)
    for k in (0, 1):
        one, other = coefficient_test(absorbed, k, kind), coefficient_test(explicit, k, kind)
        assert one.estimate == pytest.approx(other.estimate)
        assert one.se == pytest.approx(other.se)
        assert one.df == pytest.approx(other.df)
    assert joint_test(absorbed, [0, 1]).p == pytest.approx(joint_test(explicit, [0, 1]).p)
    assert variation(absorbed, 0).largest_share == pytest.approx(variation(explicit, 0).largest_share)


def test_a_cluster_of_one_unit_adds_nothing_within_clusters() -> None:
    data = clustered(8)
    lone = np.isin(data.cluster, np.flatnonzero(np.array(SIZES) == 1))
    whole = fit(data.y, data.x[:, :1], data.cluster, absorb=data.cluster)
    part = fit(data.y[~lone], data.x[~lone, :1], data.cluster[~lone], absorb=data.cluster[~lone])
    one, other = coefficient_test(whole, 0), coefficient_test(part, 0)
    assert (one.estimate, one.se, one.df) == pytest.approx((other.estimate, other.se, other.df))
    assert (variation(whole, 0).n_clusters, whole.n_clusters) == (15, 17)


# What cannot be estimated -------------------------------------------------------------------------------


def test_columns_without_a_coefficient_are_named_with_the_reason() -> None:
    data = clustered(9)
    x = np.column_stack(
        [np.ones(len(data.y)), data.x, data.x[:, 0] + 2 * data.x[:, 1], np.full(len(data.y), 3)]
    )
    fitted = fit(data.y, x, data.cluster, names=("one", "a", "b", "c", "sum", "three"))
    assert fitted.names == ("one", "a", "b", "c")
    assert [(d.name, d.reason) for d in fitted.dropped] == [("sum", COLLINEAR), ("three", NO_VARIATION)]
    within = fit(data.y, x, data.cluster, names=("one", "a", "b", "c", "sum", "three"), absorb=data.cluster)
    assert [(d.name, d.reason) for d in within.dropped] == [
        ("one", NO_VARIATION),
        ("c", NO_VARIATION_WITHIN),
        ("sum", COLLINEAR),
        ("three", NO_VARIATION),
    ]
    with pytest.raises(ValueError, match="no coefficient 'c'"):
        within.contrast("c")


@pytest.mark.parametrize(
    ("y", "x", "cluster", "reason"),
    [
        pytest.param([1.0, 1, 1, 1], [1.0, 2, 3, 5], [0, 0, 1, 1], NO_VARIATION, id="outcomes all equal"),
        pytest.param([1.0, 2], [1.0, 3], [0, 1], TOO_FEW_UNITS, id="as many parameters as units"),
        pytest.param([2.0, 4, 6, 8], [1.0, 2, 3, 4], [0, 0, 1, 1], EXACT_FIT, id="an exact fit"),
        pytest.param([2.0, 4, 7, 8], [1.0, 2, 3, 4], [0, 0, 0, 0], TOO_FEW_CLUSTERS, id="one cluster"),
        pytest.param(
            [2.0, 4, 7, 8, 1], [0.0, 0, 0, 0, 1], [0, 0, 1, 1, 2], CARRIED_BY_FEW, id="one of a kind"
        ),
    ],
)
def test_without_a_standard_error_there_is_a_reason(
    y: list[float], x: list[float], cluster: list[int], reason: str
) -> None:
    fitted = fit(y, np.column_stack([x, np.ones(len(x))]), cluster)
    found = coefficient_test(fitted, 0)
    assert (found.se, found.df, found.p(), found.interval(), found.reason) == (None, None, None, None, reason)
    assert joint_test(fitted, [0]).reason == reason
    assert joint_test(fitted, [0]).p is None


def test_a_joint_test_of_more_contrasts_than_the_clusters_allow_is_none() -> None:
    data = clustered(10, (4, 4, 4))
    fitted = fit(data.y, np.column_stack([data.x[:, :2], np.ones(12)]), data.cluster)
    assert joint_test(fitted, [0, 1, 2]).reason == TOO_FEW_CLUSTERS


@pytest.mark.parametrize(
    "call",
    [
        lambda d: fit(d.y[1:], d.x, d.cluster),
        lambda d: fit(d.y, d.x[:, 0], d.cluster),
        lambda d: fit(np.where(d.y > 1, np.inf, d.y), d.x, d.cluster),
        lambda d: fit(d.y, d.x, d.cluster, names=("a",)),
        lambda d: fit(d.y[:0], d.x[:0], d.cluster[:0]),
        lambda d: fit(d.y, d.x, d.cluster, absorb=d.cluster[1:]),
        lambda d: fit(d.y, d.x, d.cluster).contrast(3),
        lambda d: fit(d.y, d.x, d.cluster).contrast([0, 0, 0]),
        lambda d: covariance(fit(d.y, d.x, d.cluster), "CR9"),
        lambda d: joint_test(fit(d.y, d.x, d.cluster), [0, 0]),
        lambda d: coefficient_test(fit(d.y, d.x, d.cluster), 0).interval(1.0),
    ],
)
def test_wrong_use_is_a_value_error(call: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        call(clustered(11))  # type: ignore[operator]


# Which clusters carry a coefficient ---------------------------------------------------------------------


def test_a_coefficient_rests_on_the_clusters_without_which_it_is_not_determined() -> None:
    cluster = np.repeat(np.arange(8), 3)
    for treated in (1, 2, 3, 4, 6, 7):
        x = np.column_stack([(cluster < treated).astype(float), np.ones(24)])
        fitted = fit(np.arange(24.0) ** 2, x, cluster)
        assert variation(fitted, 0).rests_on == min(treated, 8 - treated, 3)


@pytest.mark.parametrize("seed", range(4))
def test_what_a_coefficient_rests_on_is_found_by_leaving_clusters_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(6), 4)
    x = np.column_stack([(rng.random((24, 2)) < 0.5) * (rng.random((6, 2)) < 0.5)[cluster], np.ones(24)])
    fitted = fit(rng.normal(size=24), x, cluster, names=("a", "b", "c"))
    for name in fitted.names:
        least = 3
        for n in (2, 1):
            for out in combinations(range(6), n):
                keep = ~np.isin(cluster, out)
                part = fit(np.arange(keep.sum()) ** 2.0, fitted.x[keep], cluster[keep], names=fitted.names)
                order = [*(m for m in fitted.names if m != name), name]
                last = fit(
                    np.arange(keep.sum()) ** 2.0,
                    fitted.x[keep][:, [fitted.names.index(m) for m in order]],
                    cluster[keep],
                    names=order,
                )
                if name not in last.names:
                    least = n
                assert set(part.names) <= set(fitted.names)
        assert variation(fitted, name).rests_on == least


def test_shares_of_variation_are_those_of_the_column_less_the_others() -> None:
    data = clustered(12)
    fitted = fit(data.y, data.pooled, data.cluster)
    others = data.pooled[:, [1, 2, 3]]
    left = data.x[:, 0] - others @ np.linalg.lstsq(others, data.x[:, 0])[0]
    share = np.bincount(data.cluster, left**2) / (left**2).sum()
    found = variation(fitted, 0)
    assert (found.largest, found.largest_share) == (np.argmax(share), pytest.approx(share.max()))
    assert found.effective == pytest.approx(1 / (share**2).sum())


# Properties ---------------------------------------------------------------------------------------------


@given(
    seed=st.integers(0, 10**6),
    scale=st.sampled_from([1e-6, 0.01, 3.0, 1e5]),
    shift=st.floats(-100, 100),
    kind=st.sampled_from(KINDS),
)
@settings(max_examples=40, deadline=None)
def test_units_of_measurement_do_not_matter(seed: int, scale: float, shift: float, kind: Kind) -> None:
    """Scaled and shifted outcomes and columns, columns mixed with each other, units and labels in another order."""
    data = clustered(seed, (5, 4, 1, 7, 3, 6))
    one = coefficient_test(fit(data.y, data.pooled, data.cluster), 0, kind)
    order = np.random.default_rng(seed).permutation(len(data.y))
    x = data.pooled.copy()
    x[:, 0] = scale * (x[:, 0] + shift)  # a shift of many units would round the data themselves
    x[:, 1] = x[:, 1] + 2 * x[:, 2] - x[:, 3]
    labels = np.array([f"publisher {9 - g}" for g in data.cluster])
    other = coefficient_test(fit(7 * data.y[order] - shift, x[order], labels[order]), 0, kind)
    assert one.se is not None
    assert other.se is not None
    assert other.estimate * scale / 7 == pytest.approx(one.estimate, rel=1e-6, abs=1e-6 * one.se)
    assert other.se * scale / 7 == pytest.approx(one.se, rel=1e-6)
    assert other.df == pytest.approx(one.df, rel=1e-6)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_degrees_of_freedom_are_at_most_clusters_that_vary_less_one(seed: int) -> None:
    data = clustered(seed, (5, 4, 1, 7, 3, 6, 2, 2))
    fitted = fit(data.y, data.x[:, :2], data.cluster, absorb=data.cluster)
    for k in (0, 1):
        df = coefficient_test(fitted, k).df
        assert df is not None
        assert 1 - 1e-9 <= df <= variation(fitted, k).n_clusters - 1 + 1e-9


def test_the_variance_is_unbiased_where_the_working_model_holds() -> None:
    """CR2 on average the true variance, CR0 below it: 1,000 draws of independent errors."""
    data = clustered(13)
    rng = np.random.default_rng(14)
    x = data.pooled
    truth = np.linalg.inv(x.T @ x)[0, 0]
    found = dict.fromkeys(("CR0", "CR2"), 0.0)
    for _ in range(1000):
        fitted = fit(rng.normal(size=len(x)), x, data.cluster)
        for kind in found:
            found[kind] += covariance(fitted, kind)[0, 0] / truth / 1000  # type: ignore[arg-type]
    assert found["CR2"] == pytest.approx(1, abs=0.05)
    assert found["CR0"] < 0.92


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR2", "CR3"])
def test_clusters_that_all_say_the_same_show_no_standard_error(kind: str) -> None:
    """Six clusters whose two units differ by the same amount: what is left of 0 is rounding, not certainty."""
    y, x, cluster = np.tile([0.1, 0.4, 0.5, 0.2], 6), np.tile([0.0, 0, 1, 1], 6), np.repeat(np.arange(6), 4)
    found = coefficient_test(fit(y, np.column_stack([x, np.ones(24)]), cluster), 0, kind)  # type: ignore[arg-type]
    assert found.estimate == pytest.approx(0.1)
    assert (found.se, found.df, found.reason) == (None, None, "clusters_alike")
    assert found.p() is None
    free = coefficient_test(fit(y, np.column_stack([x, np.ones(24)]), cluster), 0, "classical")
    assert free.se is not None
    assert free.se > 0.01
