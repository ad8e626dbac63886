"""Fractional logit: estimates and errors of statsmodels where it is right, t instead of z, and when there is none."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_clusters import SIZES, Data, clustered

from rdpscore.inference import coefficient_test, fit, fractional_logit
from rdpscore.inference.linear import COLLINEAR, NO_VARIATION, NO_VARIATION_WITHIN
from rdpscore.inference.logit import NOT_ESTIMABLE
from rdpscore.inference.sandwich import CARRIED_BY_FEW, TOO_FEW_CLUSTERS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import statsmodels.api as sm
    from scipy import stats

Floats = npt.NDArray[np.float64]


def shares(seed: int = 0, sizes: tuple[int, ...] = SIZES) -> Data:
    """Data whose outcome is between 0 and 1."""
    data = clustered(seed, sizes)
    return Data(1 / (1 + np.exp(-0.5 * data.y)), data.x, data.cluster)


def gee(y: Floats, x: Floats, cluster: npt.NDArray[np.intp]) -> object:
    """Bias-reduced fit of statsmodels."""
    family, structure = sm.families.Binomial(), sm.cov_struct.Independence()
    order = np.argsort(cluster, kind="stable")
    model = sm.GEE(y[order], x[order], groups=cluster[order], family=family, cov_struct=structure)
    return model.fit(cov_type="bias_reduced")


@pytest.mark.parametrize("seed", range(3))
def test_log_odds_and_errors_are_those_of_statsmodels(seed: int) -> None:
    data = shares(seed)
    other = gee(data.y, data.pooled, data.cluster)
    for k in range(3):
        found = fractional_logit(data.y, data.pooled, data.cluster, k)
        assert found.log_odds == pytest.approx(other.params[k])  # type: ignore[attr-defined]
        assert found.log_odds_se == pytest.approx(other.bse[k], rel=1e-6)  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(2))
def test_marginal_effects_are_those_of_statsmodels(seed: int) -> None:
    """``get_margeff`` of its GLM for the estimate; its GEE covariance and numeric derivatives for the error."""
    data = shares(seed)
    x = data.pooled
    glm = sm.GLM(data.y, x, family=sm.families.Binomial()).fit()
    other = gee(data.y, x, data.cluster)

    def effect(beta: Floats, k: int) -> float:
        p = 1 / (1 + np.exp(-x @ beta))
        if k < 2:
            return float(np.mean(p * (1 - p)) * beta[k])
        one, zero = x.copy(), x.copy()
        one[:, k], zero[:, k] = 1, 0
        return float(np.mean(1 / (1 + np.exp(-one @ beta)) - 1 / (1 + np.exp(-zero @ beta))))

    for k in range(3):
        found = fractional_logit(data.y, x, data.cluster, k)
        assert found.estimate == pytest.approx(effect(glm.params, k))
        step = np.eye(4) * 1e-5
        slope = np.array([effect(glm.params + s, k) - effect(glm.params - s, k) for s in step]) / 2e-5
        error = np.sqrt(slope @ other.cov_params() @ slope)  # type: ignore[attr-defined]
        assert found.se == pytest.approx(error, rel=1e-5)


def test_p_is_of_t_with_clusters_less_one_not_of_z_as_statsmodels_prints() -> None:
    """The trap: its GEE prints z, which with 6 clusters makes p several times too small."""
    data = shares(4, (9, 4, 8, 6, 7, 5))
    x = data.pooled[:, [0, 3]]
    found = fractional_logit(data.y, x, data.cluster, 0)
    other = gee(data.y, x, data.cluster)
    assert found.estimate is not None
    assert found.se is not None
    assert found.log_odds is not None
    assert found.log_odds_se is not None
    assert found.df == 5
    assert found.p() == pytest.approx(2 * stats.t.sf(abs(found.estimate / found.se), 5))
    assert other.pvalues[0] == pytest.approx(  # type: ignore[attr-defined]
        2 * stats.norm.sf(abs(found.log_odds / found.log_odds_se))
    )
    assert found.p() > 2 * other.pvalues[0]  # type: ignore[attr-defined, operator]


def test_absorbed_groups_have_the_log_odds_of_columns_of_their_own() -> None:
    data = shares(5)
    found = fractional_logit(data.y, data.x[:, :2], data.cluster, 0, absorb=data.cluster)
    glm = sm.GLM(data.y, np.column_stack([data.x[:, :2], data.dummies]), family=sm.families.Binomial()).fit()
    assert found.log_odds == pytest.approx(glm.params[0])
    p = glm.fittedvalues
    assert found.estimate == pytest.approx(glm.params[0] * np.mean(p * (1 - p)))


def test_the_error_within_groups_is_that_of_fits_without_each_cluster() -> None:
    """To first order: many clusters, of which one is left out at a time."""
    data = shares(6, (6,) * 60)
    found = fractional_logit(data.y, data.x[:, :1], data.cluster, 0, absorb=data.cluster)
    without = []
    for g in range(60):
        keep = data.cluster != g
        part = fractional_logit(
            data.y[keep], data.x[keep, :1], data.cluster[keep], 0, absorb=data.cluster[keep]
        )
        without.append(part.log_odds)
    assert found.log_odds is not None
    away = np.array(without, float) - found.log_odds
    assert found.log_odds_se == pytest.approx(np.sqrt((away**2).sum()), rel=0.02)


def test_where_scores_are_near_a_half_it_is_least_squares() -> None:
    data = clustered(7)
    y = 0.5 + 0.002 * data.y
    found = fractional_logit(y, data.x[:, :2], data.cluster, 0, absorb=data.cluster)
    linear = coefficient_test(fit(y, data.x[:, :2], data.cluster, absorb=data.cluster), 0, "CR3")
    assert found.estimate == pytest.approx(linear.estimate, rel=1e-3)
    assert found.se == pytest.approx(linear.se, rel=1e-3)


@given(seed=st.integers(0, 10**6), scale=st.sampled_from([1e-5, 0.3, 1e4]), shift=st.floats(-50, 50))
@settings(max_examples=20, deadline=None)
def test_units_of_measurement_do_not_matter(seed: int, scale: float, shift: float) -> None:
    data = shares(seed, (8, 5, 9, 6, 7))
    x = data.pooled[:, [0, 3]]
    one = fractional_logit(data.y, x, data.cluster, 0)
    moved = np.column_stack([scale * (x[:, 0] + shift), x[:, 1]])
    other = fractional_logit(1 - data.y, moved, data.cluster, 0)
    assert one.estimate is not None
    assert one.se is not None
    assert other.estimate == pytest.approx(-one.estimate / scale, rel=1e-4)
    assert other.se == pytest.approx(one.se / scale, rel=1e-4)


def test_groups_at_a_bound_say_nothing_about_slopes_and_are_left_out() -> None:
    data = shares(8)
    y = np.where(data.cluster == 0, 0.0, np.where(data.cluster == 1, 1.0, data.y))
    found = fractional_logit(y, data.x[:, :1], data.cluster, 0, absorb=data.cluster)
    keep = data.cluster > 1
    part = fractional_logit(y[keep], data.x[keep, :1], data.cluster[keep], 0, absorb=data.cluster[keep])
    assert found == part
    assert (found.n, found.n_clusters) == (sum(SIZES[2:]), 15)


BLOCKS = np.repeat(np.arange(6), 5)
UNIT = np.arange(30)
ONES = np.ones(30)


@pytest.mark.parametrize(
    ("y", "x", "cluster", "absorb", "reason"),
    [
        pytest.param(UNIT >= 15, UNIT - 14.5, BLOCKS, None, NOT_ESTIMABLE, id="separation"),
        pytest.param(ONES * 0.3, UNIT, BLOCKS, None, NO_VARIATION, id="scores all equal"),
        pytest.param(ONES, UNIT, BLOCKS, BLOCKS, NO_VARIATION, id="scores all 1, within"),
        pytest.param(UNIT / 40, 7 * ONES, BLOCKS, None, NO_VARIATION, id="a constant predictor"),
        pytest.param(UNIT / 40, BLOCKS, BLOCKS, BLOCKS, NO_VARIATION_WITHIN, id="constant within groups"),
        pytest.param(UNIT % 7 / 9, UNIT % 3, 0 * BLOCKS, None, TOO_FEW_CLUSTERS, id="one cluster"),
        pytest.param(UNIT % 7 / 9, BLOCKS == 2, BLOCKS, None, CARRIED_BY_FEW, id="one cluster has it"),
    ],
)
def test_without_an_estimate_there_is_a_reason(
    y: Floats, x: Floats, cluster: Floats, absorb: Floats | None, reason: str
) -> None:
    columns = np.column_stack([ONES, x] if absorb is None else [x])
    found = fractional_logit(y, columns, cluster, columns.shape[1] - 1, absorb=absorb)
    assert (found.estimate, found.se, found.p(), found.interval()) == (None, None, None, None)
    assert found.reason == reason


def test_a_combination_of_columns_before_it_has_no_effect_of_its_own() -> None:
    data = shares(9)
    x = np.column_stack([data.pooled, 2 * data.x[:, 0] - 1])
    assert fractional_logit(data.y, x, data.cluster, 4).reason == COLLINEAR
    assert fractional_logit(data.y, x, data.cluster, 0) == fractional_logit(data.y, x[:, :4], data.cluster, 0)


def test_wrong_use_is_a_value_error() -> None:
    data = shares(10)
    with pytest.raises(ValueError, match="between 0 and 1"):
        fractional_logit(data.y + 1, data.pooled, data.cluster, 0)
    with pytest.raises(ValueError, match="no column 'z'"):
        fractional_logit(data.y, data.pooled, data.cluster, "z")
