"""Power: closed forms, statsmodels, and simulation of the very tests that it is about."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student
from statsmodels.stats.power import TTestPower

from rdpscore.inference import coefficient_test, fit
from rdpscore.predictors.frame import model_frame
from rdpscore.predictors.least_effects import (
    detectable,
    power,
    power_table,
    provable,
)
from rdpscore.predictors.questions import estimate
from rdpscore.survey import Survey


@pytest.mark.parametrize("df", [3, 4.5, 9, 16, 200])
@pytest.mark.parametrize("wanted", [0.5, 0.8, 0.95])
def test_the_detectable_effect_has_the_power_that_statsmodels_finds(df: float, wanted: float) -> None:
    effect = detectable(df, power=wanted)
    peer = TTestPower().power(effect / np.sqrt(df + 1), df + 1, 0.05, df=df)
    assert peer == pytest.approx(wanted, abs=2e-4)


def test_with_many_degrees_of_freedom_both_are_sums_of_normal_quantiles() -> None:
    assert detectable(1e6) == pytest.approx(norm.ppf(0.975) + norm.ppf(0.8), abs=1e-3)
    assert provable(1e6) == pytest.approx(norm.ppf(0.95) + norm.ppf(0.9), abs=1e-3)
    assert [detectable(df) for df in (3, 6, 12)] == sorted(
        (detectable(df) for df in (3, 6, 12)), reverse=True
    )


def test_in_a_balanced_design_it_is_the_t_test_of_cluster_means() -> None:
    """Two arms of G/2 equal clusters: CR2 is the t test of their means, with G − 2 degrees of freedom."""
    rng = np.random.default_rng(1)
    groups, size = 12, 5
    cluster = np.repeat(np.arange(groups), size)
    arm = (cluster % 2).astype(float)
    y = rng.normal(size=groups)[cluster] + rng.normal(size=groups * size)
    test = coefficient_test(
        fit(y, np.column_stack([np.ones(len(y)), arm]), cluster, names=("one", "arm")), "arm"
    )
    means = y.reshape(groups, size).mean(axis=1)
    spread = (means[0::2].var(ddof=1) + means[1::2].var(ddof=1)) / (groups / 2)
    assert test.df == pytest.approx(groups - 2)
    assert test.se == pytest.approx(np.sqrt(spread))
    reach = student.ppf(0.975, groups - 2)
    lower = detectable(test.df)
    # t quantiles alone, the usual approximation, are near it
    assert lower == pytest.approx(reach + student.ppf(0.8, groups - 2), abs=0.06)


@pytest.mark.slow
@pytest.mark.parametrize("df", [5, 15])
def test_simulated_tests_have_the_power_promised(df: int) -> None:
    rng = np.random.default_rng(df)
    z, s = rng.normal(size=1_000_000), np.sqrt(rng.chisquare(df, 1_000_000) / df)
    found = np.abs(z + detectable(df)) > student.ppf(0.975, df) * s
    assert found.mean() == pytest.approx(0.8, abs=0.002)
    shown = np.abs(z) + student.ppf(0.95, df) * s < provable(df)
    assert shown.mean() == pytest.approx(0.8, abs=0.002)


def test_on_the_shipped_survey_it_is_on_the_scale_of_the_verdict(shipped: Survey) -> None:
    frame = model_frame(shipped)
    rows = [
        r
        for q in ("pooled", "within")
        for t in frame.terms
        for r in estimate(frame, q, t.name, methods=("CR2",))
    ]  # type: ignore[arg-type]
    found = power(frame, rows)
    assert len(found) == 4
    for p in found:
        row = next(r for r in rows if r.main and (r.question, r.term) == (p.question, p.term))
        assert row.se is not None
        assert row.df is not None
        assert p.detectable == pytest.approx(detectable(row.df) * row.se)
        assert p.provable == pytest.approx(provable(row.df) * row.se)
        assert p.shown == pytest.approx(max(abs(row.low90 or 0), abs(row.high90 or 0)))
        assert p.items(p.shown) == pytest.approx((p.shown or 0) * 17)
        assert p.sentence.endswith(".")
        assert "80 %" in p.sentence
    # the within difference of open access was shown to be below the bound: so is `shown`
    access = next(p for p in found if p.question == "within" and "access" in p.term)
    assert access.shown is not None
    assert access.bound is not None
    assert access.shown < access.bound
    assert set(power_table(found)) >= {"detectable", "detectable_items", "provable", "shown", "bound"}


def test_without_a_standard_error_there_is_a_sentence_and_no_figure(shipped: Survey) -> None:
    frame = model_frame(shipped, "score ~ society_publisher")
    rows = estimate(frame, "within", frame.terms[0].name, methods=("CR2",))
    (found,) = power(frame, rows)
    if found.se is None:
        assert (found.detectable, found.provable, found.excluded, found.shown) == (None, None, None, None)
        assert "no standard error" in found.sentence
    else:
        pytest.fail("society_publisher is a property of publishers")
