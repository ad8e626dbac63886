"""Ordered logit of single items, and p adjusted over items."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pytest
from simulated_clusters import Data, clustered

from rdpscore.inference import adjust, ordered_logit
from rdpscore.inference.linear import COLLINEAR, NO_VARIATION
from rdpscore.inference.logit import NOT_ESTIMABLE, logit_fits
from rdpscore.inference.sandwich import CARRIED_BY_FEW, TOO_FEW_CLUSTERS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import statsmodels.api as sm
    from scipy import stats
    from statsmodels.miscmodels.ordinal_model import OrderedModel

Floats = npt.NDArray[np.float64]


def graded(seed: int = 0, cuts: tuple[float, ...] = (-0.5, 1.0)) -> Data:
    """Data whose outcome is a grade from 0."""
    data = clustered(seed)
    return Data(np.searchsorted(cuts, data.y).astype(float), data.x, data.cluster)


@pytest.mark.parametrize("seed", range(2))
def test_estimates_and_errors_are_those_of_statsmodels(seed: int) -> None:
    data = graded(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = OrderedModel(data.y.astype(int), data.x, distr="logit").fit(
            method="bfgs", disp=False, cov_type="cluster", cov_kwds={"groups": data.cluster}
        )
    for k in range(3):
        found = ordered_logit(data.y, data.x, data.cluster, k)
        assert found.estimate == pytest.approx(other.params[k], rel=1e-4)
        # statsmodels multiplies by (n − 1) / (n − k), too
        n, parameters = len(data.y), 5
        assert found.se == pytest.approx(other.bse[k] / np.sqrt((n - 1) / (n - parameters)), rel=1e-3)


def test_p_is_of_t_with_clusters_less_one() -> None:
    data = graded(2)
    found = ordered_logit(data.y, data.x, data.cluster, 0)
    assert found.estimate is not None
    assert found.se is not None
    assert found.p() == pytest.approx(2 * stats.t.sf(abs(found.estimate / found.se), 16))


def test_two_grades_are_a_logistic_regression() -> None:
    data = graded(3, (0.3,))
    found = ordered_logit(data.y, data.x[:, :1], data.cluster, 0)
    other = sm.Logit(data.y, data.pooled[:, [0, 3]]).fit(
        disp=False, cov_type="cluster", cov_kwds={"groups": data.cluster}
    )
    assert found.estimate == pytest.approx(other.params[0], rel=1e-4)
    assert logit_fits(data.pooled[:, [0, 3]], data.y, data.cluster, names=("x",)).estimate[
        0
    ] == pytest.approx(found.estimate, rel=1e-4)  # type: ignore[index]
    n = len(data.y)
    assert found.se == pytest.approx(other.bse[0] / np.sqrt((n - 1) / (n - 2)), rel=1e-3)


def test_only_the_order_of_grades_counts_and_units_do_not() -> None:
    data = graded(4)
    one = ordered_logit(data.y, data.x, data.cluster, "a", names=("a", "b", "c"))
    moved = ordered_logit(data.y**3 - 5, data.x * [1e4, 1, 1] + 3, data.cluster, 0)
    turned = ordered_logit(-data.y, data.x, data.cluster, 0)
    for other, factor in ((moved, 1e-4), (turned, -1.0)):
        assert one.estimate is not None
        assert one.se is not None
        assert other.estimate == pytest.approx(one.estimate * factor, rel=1e-3)
        assert other.se == pytest.approx(one.se * abs(factor), rel=1e-3)


BLOCKS, UNIT = np.repeat(np.arange(6), 5), np.arange(30.0)


@pytest.mark.parametrize(
    ("y", "x", "cluster", "reason"),
    [
        pytest.param(UNIT // 10, UNIT, BLOCKS, NOT_ESTIMABLE, id="separation"),
        pytest.param(UNIT * 0, UNIT, BLOCKS, NO_VARIATION, id="answers all equal"),
        pytest.param(UNIT % 3, UNIT * 0 + 2, BLOCKS, NO_VARIATION, id="a constant predictor"),
        pytest.param(UNIT % 3, UNIT, BLOCKS * 0, TOO_FEW_CLUSTERS, id="one cluster"),
        pytest.param(UNIT % 3, BLOCKS == 4, BLOCKS, CARRIED_BY_FEW, id="one cluster has it"),
    ],
)
def test_without_an_estimate_there_is_a_reason(y: Floats, x: Floats, cluster: Floats, reason: str) -> None:
    found = ordered_logit(y, np.asarray(x, float)[:, None], cluster, 0)
    assert (found.estimate, found.se, found.p(), found.reason) == (None, None, None, reason)


def test_a_combination_of_columns_before_it_has_no_coefficient() -> None:
    data = graded(5)
    x = np.column_stack([data.x, data.x[:, 0] + 1])
    assert ordered_logit(data.y, x, data.cluster, 3).reason == COLLINEAR
    with pytest.raises(ValueError, match="no column '4'"):
        ordered_logit(data.y, x, data.cluster, 4)


# Adjusted p ---------------------------------------------------------------------------------------------


def test_adjusted_p_by_hand() -> None:
    p = [0.01, 0.04, 0.03, 0.005]
    np.testing.assert_allclose(np.array(adjust(p, "holm"), float), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(np.array(adjust(p, "bh"), float), [0.02, 0.04, 0.04, 0.02])


def test_items_without_p_do_not_count() -> None:
    assert adjust([None, 0.02, None, 0.5], "holm") == [None, 0.04, None, 0.5]
    assert adjust([None], "bh") == [None]
    assert adjust([]) == []
    with pytest.raises(ValueError, match="bonferroni"):
        adjust([0.1], "bonferroni")  # type: ignore[arg-type]


def test_clusters_that_all_say_the_same_show_no_standard_error() -> None:
    y, x, cluster = (
        np.tile([0.0, 1, 1, 0, 1, 1], 6),
        np.tile([0.0, 0, 0, 1, 1, 1], 6),
        np.repeat(np.arange(6), 6),
    )
    y[5::6] = 2
    found = ordered_logit(y, x[:, None], cluster, 0)
    assert found.estimate is not None
    assert (found.se, found.reason, found.p(), found.interval()) == (None, "clusters_alike", None, None)
