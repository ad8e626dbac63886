"""Variance between and within groups: closed forms, published data, statsmodels, and coverage by simulation."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdpscore.heterogeneity import variance
from rdpscore.heterogeneity.variance import Likelihood, intraclass, variance_shares
from rdpscore.inference import clusters
from rdpscore.inference.design_effects import design_effect_of_mean
from rdpscore.predictors.mixed import BOUNDARY, FEW_VARYING, random_effects
from rdpscore.scoring.scores import journal_scores
from rdpscore.survey import Survey

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import statsmodels.api as sm
    from statsmodels.regression.mixed_linear_model import MixedLM

# Shrout and Fleiss 1979, Psychological Bulletin 86:420, table 2: six targets, four judges
SHROUT_FLEISS = np.array([9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7], float)
TARGET = np.repeat(np.arange(6), 4)

# Davies 1947, Statistical Methods in Research and Production: yield of six batches (lme4's data `Dyestuff`)
DYESTUFF = np.array(
    [1545, 1440, 1440, 1520, 1580, 1540, 1555, 1490, 1560, 1495, 1595, 1550, 1605, 1510, 1560, 1445, 1440, 1595, 1465,
     1545, 1595, 1630, 1515, 1635, 1625, 1520, 1455, 1450, 1480, 1445], float
)  # fmt: skip
BATCH = np.repeat(np.arange(6), 5)


def drawn(seed: int, sizes: list[int], icc: float) -> tuple[np.ndarray, np.ndarray]:
    """A sample of the one-way random model with total variance 1."""
    rng = np.random.default_rng(seed)
    code = np.repeat(np.arange(len(sizes)), sizes)
    group = rng.normal(0, np.sqrt(icc), len(sizes))[code]
    return group + rng.normal(0, np.sqrt(1 - icc), len(code)), code


def mixed(y: np.ndarray, code: np.ndarray) -> tuple[float, float]:
    """ICC and restricted log-likelihood by statsmodels."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fits = [
            MixedLM(y, np.ones((len(y), 1)), code).fit(reml=True, method=m)
            for m in ("lbfgs", "powell", "bfgs")
        ]
    fit = max((f for f in fits if np.isfinite(f.llf)), key=lambda f: f.llf)
    between = float(np.asarray(fit.cov_re)[0, 0])
    return between / (between + fit.scale), float(fit.llf)


# Published data ----------------------------------------------------------------------------------------


def test_the_icc_of_shrout_and_fleiss() -> None:
    """They print ICC(1,1) = .17; in balanced data REML equals the mean squares where above 0."""
    found = variance_shares(SHROUT_FLEISS, TARGET)
    assert found.icc_anova == pytest.approx(0.166, abs=5e-4)
    assert found.icc == pytest.approx(found.icc_anova, abs=1e-6)


def test_the_variance_components_of_dyestuff() -> None:
    """lme4 prints, by REML, standard deviations of 42.001 for batches and 49.510 for the residual."""
    found = variance_shares(DYESTUFF, BATCH)
    assert found.icc == pytest.approx(42.001**2 / (42.001**2 + 49.510**2), abs=1e-4)
    assert found.sd_within == pytest.approx(49.510, abs=1e-3)  # balanced: the same as by mean squares


def test_agreement_measures_the_same_icc_of_raters() -> None:
    from rdpscore.agreement.intraclass import icc

    expected = icc(SHROUT_FLEISS.reshape(6, 4), 1).value
    assert variance_shares(SHROUT_FLEISS, TARGET).icc_anova == pytest.approx(expected)


# Closed forms ------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(3, 12), st.integers(2, 9), st.floats(0, 0.95))
def test_in_balanced_data_reml_equals_the_mean_squares_or_is_null(
    seed: int, groups: int, size: int, icc: float
) -> None:
    y, code = drawn(seed, [size] * groups, icc)
    found = variance_shares(y, code)
    assert found.icc_anova is not None
    if found.icc_anova > 1e-5:
        assert found.icc == pytest.approx(found.icc_anova, abs=1e-5)
        assert found.icc_low is not None
        assert found.icc_low <= found.icc <= found.icc_high  # type: ignore[operator]
    elif found.icc_anova < -1e-5:
        assert (found.icc, found.icc_low, found.icc_high, found.reason) == (
            None,
            None,
            None,
            variance.BOUNDARY,
        )


def test_eta_squared_is_the_r_squared_of_a_dummy_regression() -> None:
    y, code = drawn(4, [1, 3, 8, 2, 6], 0.4)
    dummies = (code[:, None] == np.arange(5)).astype(float)
    assert variance_shares(y, code).eta2 == pytest.approx(sm.OLS(y, dummies).fit().rsquared)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.floats(-50, 50), st.floats(0.01, 100))
def test_shares_do_not_depend_on_unit_origin_and_order(seed: int, shift: float, unit: float) -> None:
    y, code = drawn(seed, [1, 3, 8, 2, 6, 1], 0.5)
    order = np.random.default_rng(seed).permutation(len(y))
    one, other = variance_shares(y, code), variance_shares((shift + unit * y)[order], (code * 7 + 3)[order])
    assert (one.icc is None) == (other.icc is None)
    for name in ("eta2", "icc", "icc_low", "icc_high", "icc_anova", "without_low", "effective_n"):
        a, b = getattr(one, name), getattr(other, name)
        if a is not None and b is not None:
            assert a == pytest.approx(b, abs=2e-5)


def test_copies_of_journals_do_not_change_what_is_said() -> None:
    """With every journal of a cluster alike the effective n is about the number of clusters."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=12)
    code = np.repeat(np.arange(12), 10)
    effect = design_effect_of_mean(values[code], code)
    assert effect == pytest.approx(
        10 * (119 / 120) * 12 / 11
    )  # each estimate of a variance has its own n − 1


def test_the_design_effect_is_that_of_an_intercept_in_statsmodels() -> None:
    y, code = drawn(5, [1, 4, 9, 3, 5], 0.6)
    model = sm.OLS(y, np.ones(len(y)))
    clustered = model.fit(cov_type="cluster", cov_kwds={"groups": code}).bse[0]
    assert design_effect_of_mean(y, code) == pytest.approx((clustered / model.fit().bse[0]) ** 2)


# statsmodels -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("sizes", [[1, 3, 8, 2, 6, 15], [15, 14, 11, 6, 9, 7, 15, 9, 1, 1], [2, 2, 2, 30]])
def test_the_fit_is_that_of_mixedlm_where_that_finds_the_maximum(seed: int, sizes: list[int]) -> None:
    y, code = drawn(seed, sizes, 0.5)
    found, (icc, llf) = intraclass(y, code), mixed(y, code)
    if found.value is None:
        assert icc < 1e-3
        return
    assert found.value == pytest.approx(icc, abs=2e-4)
    size = np.bincount(code).astype(float)
    mean = np.bincount(code, y) / size
    data = Likelihood(size, mean, float(((y - mean[code]) ** 2).sum()))
    free = len(y) - 1
    constant = free * (1 + np.log(2 * np.pi) - np.log(free))
    assert -(float(data.deviance(np.array(found.value))) + constant) / 2 >= llf - 1e-6


def test_mixedlm_can_stop_at_0_where_the_likelihood_is_greater_elsewhere() -> None:
    """The trap of DESIGN section 5: its default optimiser says it converged, with an ICC of exactly 0."""
    y, code = drawn(7, [1, 3, 8, 2, 6, 15], 0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stuck = MixedLM(y, np.ones((len(y), 1)), code).fit(reml=True, method="lbfgs")
    assert stuck.converged
    assert np.asarray(stuck.cov_re)[0, 0] == 0
    assert intraclass(y, code).value == pytest.approx(0.4856, abs=1e-3)
    x = np.random.default_rng(1).normal(size=len(y))
    ours = random_effects(y, x, code, slopes=False)
    assert ours.reason is None
    assert (ours.sd_intercept or 0) > 0.1


def test_the_shipped_survey(shipped: Survey) -> None:
    """The figures that DESIGN and issue name; the ICC beside statsmodels' own."""
    scores, groups = journal_scores(shipped, "equal"), clusters(shipped)
    found = variance_shares(scores, groups.code)
    assert found.eta2 == pytest.approx(0.75, abs=0.005)
    assert (found.icc, found.icc_low, found.icc_high) == pytest.approx((0.88, 0.77, 0.94), abs=0.005)
    assert found.icc == pytest.approx(mixed(scores, groups.code)[0], abs=1e-4)
    assert found.without_low == pytest.approx(0.69, abs=0.005)
    assert found.without_low_group is not None
    assert groups.labels[found.without_low_group] == "Open Journals"
    assert found.effective_n == pytest.approx(23, abs=0.5)
    assert (found.n, found.n_groups, found.n_single) == (171, 17, 2)


# The interval ------------------------------------------------------------------------------------------


def test_at_the_bounds_the_deviance_is_higher_by_the_quantile_of_chi_square() -> None:
    y, code = drawn(2, [4, 7, 3, 9, 5, 6, 8], 0.5)
    found = intraclass(y, code)
    size = np.bincount(code).astype(float)
    mean = np.bincount(code, y) / size
    data = Likelihood(size, mean, float(((y - mean[code]) ** 2).sum()))
    assert found.value is not None
    for bound in (found.low, found.high):
        assert bound is not None
        rise = data.deviance(np.array(bound)) - data.deviance(np.array(found.value))
        assert float(rise) == pytest.approx(3.841459, abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("icc", [0.3, 0.7, 0.9])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(icc: float) -> None:
    """2,000 samples of the shipped survey's sizes: 93 to 97 % of intervals hold the truth."""
    sizes = [15, 14, 11, 6, 1, 9, 7, 15, 9, 15, 1, 9, 9, 9, 11, 15, 15]
    held = []
    for seed in range(2000):
        found = intraclass(*drawn(seed, sizes, icc))
        if found.value is not None:
            held.append(found.low <= icc <= found.high)  # type: ignore[operator]
    assert len(held) > 1990
    assert 0.93 <= np.mean(held) <= 0.97


# Undefined ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "code", "reason"),
    [
        ([], [], variance.NO_VARIATION),
        ([0.3], [0], variance.NO_VARIATION),
        ([0.1 + 0.2, 0.3, 0.3], [0, 1, 1], variance.NO_VARIATION),
        ([0.1, 0.2, 0.3], [4, 4, 4], variance.TOO_FEW_GROUPS),
        ([0.1, 0.2, 0.3], [0, 1, 2], variance.NO_REPLICATES),
        ([0.1, 0.1, 0.3, 0.3], [0, 0, 1, 1], variance.NONE_WITHIN),
        ([0.1, 0.3, 0.1, 0.3], [0, 0, 1, 1], variance.BOUNDARY),
        ([0.1, np.nan, 0.1, np.nan], [0, 0, 1, 1], variance.NO_VARIATION),
    ],
)
def test_what_is_undefined_is_null_with_a_reason(values: list[float], code: list[int], reason: str) -> None:
    found = variance_shares(np.array(values, float), np.array(code, np.intp))
    assert found.reason == reason
    assert reason in variance.WHY
    assert (found.icc, found.icc_low, found.icc_high) == (None, None, None)


# Random effects ----------------------------------------------------------------------------------------


def test_random_slopes_are_recovered() -> None:
    rng = np.random.default_rng(7)
    code = np.repeat(np.arange(40), 25)
    x = rng.normal(3, 2, len(code))
    y = (
        1
        + 0.5 * x
        + rng.normal(0, 1, 40)[code]
        + rng.normal(0, 0.4, 40)[code] * (x - 3)
        + rng.normal(size=len(x))
    )
    found = random_effects(y, x, code)
    assert found.reason is None
    assert found.slope == pytest.approx(0.5, abs=0.2)
    assert found.sd_slope == pytest.approx(0.4, abs=0.12)
    assert found.sd_intercept == pytest.approx(1, abs=0.3)
    assert found.sd_residual == pytest.approx(1, abs=0.08)
    assert found.intercept == pytest.approx(2.5, abs=0.5)


def test_a_random_intercept_without_a_slope_is_the_one_way_model() -> None:
    y, code = drawn(11, [4, 7, 3, 9, 5, 6, 8, 12], 0.6)
    x = np.random.default_rng(0).normal(size=len(y))
    found, alone = random_effects(y, x, code, slopes=False), intraclass(y, code)
    assert found.sd_intercept is not None
    assert found.sd_residual is not None
    icc = found.sd_intercept**2 / (found.sd_intercept**2 + found.sd_residual**2)
    assert icc == pytest.approx(alone.value, abs=0.05)  # x explains nothing
    assert found.sd_slope is None


def test_a_variance_of_slopes_at_its_boundary_is_null() -> None:
    """All slopes the same to the last digit, residuals balanced: the variance of slopes is estimated as 0."""
    code = np.repeat(np.arange(6), 8)
    x = np.tile(np.array([0.0, 0, 1, 1, 2, 2, 3, 3]), 6)
    y = x + np.arange(6)[code] + np.tile([-1.0, 1.0], 24)
    found = random_effects(y, x, code)
    assert found.reason == BOUNDARY
    assert (found.slope, found.sd_slope, found.slope_low) == (None, None, None)


def test_slopes_need_groups_inside_which_the_predictor_varies() -> None:
    y, code = drawn(3, [5] * 8, 0.5)
    found = random_effects(y, (code > 3).astype(float), code)
    assert (found.reason, found.n_varying) == (FEW_VARYING, 0)
