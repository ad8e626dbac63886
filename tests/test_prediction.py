"""Predictions of publishers that were held out: against a loop by hand, and on data whose truth is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f_oneway, kstest
from sklearn.linear_model import LinearRegression

from rdpscore.predictors.frame import model_frame
from rdpscore.predictors.prediction import (
    FOLDS,
    _folds,
    eta_squared,
    predict,
    predict_frame,
    shuffled,
)
from rdpscore.survey import Survey

Data = tuple[np.ndarray, pd.DataFrame, np.ndarray]


def made(seed: int, effect: float = 0.0, publishers: int = 9, size: int = 10, between: float = 1.0) -> Data:
    """Publishers with levels of their own, and one number that has an effect, beside one that has none."""
    rng = np.random.default_rng(seed)
    code = np.repeat(np.arange(publishers), rng.integers(1, 2 * size, publishers))
    x = pd.DataFrame(
        {"a": rng.normal(size=len(code)), "b": rng.choice(["u", "v", "w"], len(code)).astype(object)}
    )
    y = between * rng.normal(size=publishers)[code] + rng.normal(size=len(code)) + effect * x["a"].to_numpy()
    return y, x, np.array([f"P{k}" for k in code], object)


def linear(found: Any) -> Any:
    return next(m for m in found.models if m.model == "linear")


def test_it_is_what_a_loop_over_publishers_with_linear_regression_finds() -> None:
    y, x, publisher = made(3, 0.5)
    design = np.column_stack([x["a"], pd.get_dummies(x["b"]).to_numpy(float)])
    residual, base = 0.0, 0.0
    for name in np.unique(publisher):
        out = publisher == name
        model = LinearRegression().fit(design[~out], y[~out])
        residual += ((y[out] - model.predict(design[out])) ** 2).sum()
        base += ((y[out] - y[~out].mean()) ** 2).sum()
    found = predict(y, x, publisher, models=("linear",), n_permutations=9)
    assert linear(found).r2 == pytest.approx(1 - residual / base, abs=1e-12)
    assert linear(found).in_sample == pytest.approx(LinearRegression().fit(design, y).score(design, y))


def test_a_signal_that_is_there_is_found_by_both_models() -> None:
    y, x, publisher = made(1, 1.5, between=0.3)
    found = predict(y, x, publisher, n_permutations=199, n_boosted=9)
    for model in found.models:
        assert model.r2 > 0.4
        assert model.p == pytest.approx(1 / (1 + model.n_permutations))
        assert model.null_high < model.r2


def test_publishers_alone_are_no_signal_for_a_publisher_not_seen() -> None:
    """A predictor that is nothing but noise, and a large share of variance between publishers."""
    y, x, publisher = made(2, 0.0, between=2.0)
    found = predict(y, x, publisher, n_permutations=99, n_boosted=1)
    assert found.publisher_eta2 > 0.6
    for model in found.models:
        assert model.r2 < 0.05


@pytest.mark.slow
def test_p_is_uniform_where_there_is_nothing() -> None:
    """A journal-level and a publisher-level predictor without effect; Kolmogorov and Smirnov's test of 120 p."""
    p = []
    for seed in range(120):
        y, x, publisher = made(seed, 0.0)
        level = np.random.default_rng([seed, 1]).normal(size=17)
        x = x.assign(c=level[[int(name[1:]) for name in publisher]])
        p.append(linear(predict(y, x, publisher, models=("linear",), n_permutations=99, seed=seed)).p)
    assert kstest(p, "uniform").pvalue > 0.01
    assert 0 < np.mean(np.array(p) <= 0.1) < 0.2


def test_no_publisher_is_ever_split() -> None:
    rng = np.random.default_rng(0)
    for n in (3, FOLDS, FOLDS + 1, 57):
        code = rng.permutation(np.repeat(np.arange(n), rng.integers(1, 9, n)))
        folds = _folds(code)
        assert len(folds) == min(n, FOLDS)
        tested = np.concatenate([test for _, test in folds])
        np.testing.assert_array_equal(np.sort(tested), np.arange(len(code)))
        for train, test in folds:
            assert not set(code[train]) & set(code[test])


def test_shuffled_outcomes_keep_publishers_means_and_what_differs_within() -> None:
    y, _, publisher = made(5)
    code = pd.factorize(publisher)[0]
    mean = pd.Series(y).groupby(code).mean().to_numpy()
    for drawn in shuffled(y, code, 20, seed=1):
        again = pd.Series(drawn).groupby(code).mean().to_numpy()
        np.testing.assert_allclose(np.sort(again), np.sort(mean))
        for k in np.unique(code):
            np.testing.assert_allclose(
                np.sort(drawn[code == k] - again[k]), np.sort(y[code == k] - mean[k]), atol=1e-12
            )
    assert eta_squared(drawn, code) is not None


def test_eta_squared_is_that_of_the_analysis_of_variance() -> None:
    y, _, publisher = made(7)
    groups = [y[publisher == name] for name in np.unique(publisher)]
    f, between, within = f_oneway(*groups).statistic, len(groups) - 1, len(y) - len(groups)
    expected = f * between / (f * between + within)
    assert eta_squared(y, pd.factorize(publisher)[0]) == pytest.approx(expected)


def test_missing_values_are_counted_and_used() -> None:
    y, x, publisher = made(4, 1.0)
    x.loc[:4, "a"] = np.nan
    x.loc[5:6, "b"] = None
    y[-1] = np.nan
    found = predict(y, x, publisher, models=("linear",), n_permutations=9)
    assert found.missing == {"a": 5, "b": 2}
    assert (found.n, found.n_left_out) == (len(y) - 1, 1)
    assert linear(found).r2 is not None


@pytest.mark.parametrize(
    ("publishers", "change", "reason"),
    [
        (2, {}, "too_few_clusters"),
        (1, {}, "too_few_clusters"),
        (6, {"y": 0.25}, "no_variation"),
        (6, {"a": 1.0, "b": "u"}, "constant_predictor"),
    ],
)
def test_what_cannot_be_told_has_a_reason_and_no_figure(
    publishers: int, change: dict[str, Any], reason: str
) -> None:
    y, x, publisher = made(1, 1.0, publishers)
    for name, value in change.items():
        if name == "y":
            y[:] = value
        else:
            x[name] = value
    for model in predict(y, x, publisher, n_permutations=9, n_boosted=2).models:
        assert (model.r2, model.p, model.in_sample, model.reason) == (None, None, None, reason)


def test_few_journals_are_too_few_for_trees_and_fewer_for_a_line() -> None:
    y, x, publisher = made(1, 1.0, 4, 3)
    some = np.unique(publisher, return_index=True)[1]
    found = predict(y[some], x.iloc[some], publisher[some], n_permutations=9)
    assert {m.reason for m in found.models} == {"too_few_rows"}


def test_the_same_seed_gives_the_same_result(shipped: Survey) -> None:
    frame = model_frame(shipped)
    first, second, other = (
        predict_frame(frame, models=("linear",), n_permutations=99, seed=s) for s in (1, 1, 2)
    )
    assert first.body() == second.body()
    assert first.models != other.models


def test_on_the_shipped_survey_attributes_tell_little_of_a_new_publisher(shipped: Survey) -> None:
    found = predict_frame(model_frame(shipped), models=("linear",), n_permutations=199)
    assert found.publisher_eta2 == pytest.approx(0.75, abs=0.005)
    assert 0 < linear(found).r2 < 0.15
    assert found.n_folds == 17
    assert found.missing == {"log2(impact)": 1, "access_model": 0}
