"""What makes coding hard: the floor, the models, and the study's own correlation."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from finding import sheet
from tables import write_survey

import rdpscore
from rdpscore.agreement import DifficultyResult, difficulty
from rdpscore.agreement.coding_difficulty import (
    ABOVE,
    INTRICATE,
    STRICT,
    cell_table,
)
from rdpscore.computed.scores import consistency_vs_score
from rdpscore.inference.logit import cluster_steps, logit_fits, maximum_likelihood, probability
from rdpscore.scoring.scores import journal_scores
from rdpscore.survey import Survey, load

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import statsmodels.api as sm


@pytest.fixture(scope="module")
def found(shipped: Survey) -> DifficultyResult:
    return difficulty(shipped)


# The floor ---------------------------------------------------------------------------------------------


def test_the_floor_is_counted_from_the_files(shipped: Survey, found: DifficultyResult) -> None:
    """By pandas alone: the adopted answer of an adjudication, else the one that all coders gave."""
    assert shipped.path is not None
    codings = pd.read_csv(shipped.path / "codings.csv", dtype=str)
    adopted = pd.read_csv(shipped.path / "adjudications.csv", dtype=str)
    groups = codings.groupby(["journal_id", "item"])["answer"]
    table = pd.DataFrame({"n": groups.size(), "kinds": groups.nunique(), "answer": groups.first()})
    table = table[table["n"] >= 2]
    decided = adopted.set_index(["journal_id", "item"])["answer"]
    table["answer"] = decided.reindex(table.index).fillna(table["answer"])
    lowest = table["answer"] == "0"
    assert found.floor.n_lowest == lowest.sum() == 1568
    assert found.floor.n_above == (~lowest).sum() == 1169
    assert found.floor.disagreed_lowest == pytest.approx((table["kinds"] > 1)[lowest].mean())
    assert found.floor.disagreed_above == pytest.approx((table["kinds"] > 1)[~lowest].mean())
    assert (round(found.floor.disagreed_lowest or 0, 2), round(found.floor.disagreed_above or 0, 2)) == (
        0.11,
        0.40,
    )


def test_strictness_without_the_floor_looks_larger_than_with_it(found: DifficultyResult) -> None:
    ratio = {t.model: t.odds_ratio for t in found.terms if t.term == STRICT}
    assert ratio["strictness without the floor"] > ratio["floor and strictness"] > 1  # type: ignore[operator]


def test_nothing_but_the_floor_is_shown_on_the_shipped_survey(found: DifficultyResult) -> None:
    for t in found.terms:
        assert t.low is not None
        assert t.high is not None
        assert (t.low > 1) == (t.term == ABOVE), t


def test_the_most_influential_journals_are_named_and_left_out(
    found: DifficultyResult, shipped: Survey
) -> None:
    assert len(found.influential) == 5
    assert set(found.influential) <= set(shipped.journal_ids)
    for t in found.terms:
        assert t.without_influential not in (None, t.odds_ratio)


def test_an_item_that_one_cluster_carries_is_left_out_of_the_models(found: DifficultyResult) -> None:
    assert found.dropped == ("code_autotest",)
    assert "code_autotest" in set(found.items["item"])


# Cells -------------------------------------------------------------------------------------------------


def test_the_score_of_the_others_leaves_the_item_itself_out(shipped: Survey) -> None:
    cells = cell_table(shipped)
    total = journal_scores(shipped)
    items = shipped.codebook.items
    for k in (0, 5, 700, 2000):
        row = cells.iloc[k]
        journal, item = int(row["journal"]), int(row["item"])
        own = items[item].scores[shipped.resolved.option[journal, item]]
        assert row[STRICT] == pytest.approx((17 * total[journal] - own) / 16)


def test_complexity_is_the_share_of_other_answers_strictly_between(tmp_path: Path) -> None:
    """Items of two options cannot be in between and do not count; here only `data` has three."""
    rows = [
        f"a | c{k} | {i} | {v}" for k in (1, 2) for i, v in (("policy", "yes"), ("data", "1"), ("code", "0"))
    ]
    survey = load(
        write_survey(
            tmp_path / "s",
            journals=sheet("journal_id | title | publisher", "a | A | P"),
            codings=sheet("journal_id | coder | item | answer", *rows),
        )
    )
    cells = cell_table(survey).set_index("item")[INTRICATE]
    assert cells[0] == cells[2] == 1.0
    assert np.isnan(cells[1])


# Models ------------------------------------------------------------------------------------------------


def simulated(
    seed: int, n_clusters: int = 12, slope: float = 0.8
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(n_clusters), rng.integers(20, 60, n_clusters))
    x = rng.normal(size=len(cluster)) + rng.normal(size=n_clusters)[cluster]
    item = rng.integers(0, 4, len(cluster))
    odds = (
        slope * x + np.array([-1.0, -0.3, 0.2, 0.6])[item] + rng.normal(scale=0.5, size=n_clusters)[cluster]
    )
    y = (rng.random(len(cluster)) < 1 / (1 + np.exp(-odds))).astype(float)
    return np.column_stack([x, item[:, None] == np.arange(4)]).astype(float), y, cluster


@pytest.mark.parametrize("seed", range(5))
def test_estimates_and_errors_are_those_of_statsmodels(seed: int) -> None:
    """Its generalised estimating equations, independence working correlation, bias-reduced covariance."""
    design, y, cluster = simulated(seed)
    beta = maximum_likelihood(design, y)
    assert beta is not None
    model = sm.GEE(
        y, design, groups=cluster, family=sm.families.Binomial(), cov_struct=sm.cov_struct.Independence()
    ).fit(cov_type="bias_reduced")
    np.testing.assert_allclose(beta, model.params, atol=1e-7)
    steps = cluster_steps(design, y, cluster, probability(design @ beta))
    np.testing.assert_allclose(np.sqrt((steps**2).sum(axis=0)), model.bse, rtol=1e-6)


def test_estimates_without_a_cluster_are_those_of_statsmodels_without_it() -> None:
    design, y, cluster = simulated(3)
    fit = logit_fits(design, y, cluster, names=("x",))
    for g in (0, 5, 11):
        keep = cluster != g
        other = sm.GLM(y[keep], design[keep], family=sm.families.Binomial()).fit()
        assert fit.without[g, 0] == pytest.approx(other.params[0], abs=1e-7)


def test_with_many_clusters_one_step_stands_for_a_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    design, y, cluster = simulated(5, n_clusters=60)
    fitted = logit_fits(design, y, cluster, names=("x",))
    monkeypatch.setattr("rdpscore.inference.logit.MOST_REFITS", 10)
    stepped = logit_fits(design, y, cluster, names=("x",))
    assert not np.array_equal(fitted.without, stepped.without)
    np.testing.assert_allclose(fitted.without, stepped.without, atol=0.005)
    assert fitted.jackknife_low[0] == pytest.approx(stepped.jackknife_low[0], rel=0.05)


def test_intervals_cover_a_known_slope() -> None:
    """The slope of the cells' own model is a little below the clusters', since their effects are averaged over."""
    inside = narrow = 0
    for seed in range(60):
        design, y, cluster = simulated(100 + seed, slope=0.0)
        fit = logit_fits(design, y, cluster, names=("x",))
        inside += fit.low[0] < 0 < fit.high[0]
        narrow += fit.jackknife_low[0] < 0 < fit.jackknife_high[0]
    assert inside >= 53
    assert narrow >= 53


def test_influence_is_near_the_change_that_leaving_out_makes() -> None:
    design, y, cluster = simulated(8)
    fit = logit_fits(design, y, cluster, names=("x",))
    assert fit.estimate is not None
    assert fit.influence is not None
    k = int(np.argmax(np.abs(fit.influence[:, 0])))
    keep = np.arange(len(y)) != k
    other = maximum_likelihood(design[keep], y[keep])
    assert other is not None
    assert fit.estimate[0] - other[0] == pytest.approx(fit.influence[k, 0], rel=0.15)


def test_separated_data_have_no_estimate() -> None:
    x = np.arange(20.0)
    design = np.column_stack([x, np.ones(20)])
    y = (x > 9).astype(float)
    assert maximum_likelihood(design, y) is None
    fit = logit_fits(design, y, np.arange(20) % 5, names=("x",))
    assert fit.reason == "not_estimable"


def test_few_clusters_are_null_with_a_reason(folder: Path) -> None:
    result = difficulty(load(folder))
    assert {t.reason for t in result.terms} <= {"too_few_clusters", "no_variation"}
    assert all(t.odds_ratio is None for t in result.terms)
    assert result.to_json()


# The study's correlation -------------------------------------------------------------------------------


def test_the_correlation_is_the_printed_one(shipped: Survey) -> None:
    """Hörmann et al. 2026: r = −0.615, p = 0.009, n = 17."""
    found = {s: consistency_vs_score(shipped, statistic=s, scheme="published") for s in ("n", "r", "p")}  # type: ignore[arg-type]
    assert found["n"] == 17
    assert found["r"] == pytest.approx(-0.615, abs=0.0005)
    assert found["p"] == pytest.approx(0.009, abs=0.0005)


def test_the_correlation_is_that_of_scipy_on_the_printed_means(shipped: Survey, reference: Path) -> None:
    import json

    from scipy.stats import pearsonr

    printed = json.loads((reference / "materials-science" / "published.json").read_text(encoding="utf-8"))
    names = sorted(printed["publisher_mean_score"])
    theirs = pearsonr(
        [printed["publisher_consistency"][n] for n in names],
        [printed["publisher_mean_score"][n] for n in names],
    )
    assert consistency_vs_score(shipped, statistic="r", scheme="published") == pytest.approx(
        theirs.statistic, abs=1e-9
    )
    assert consistency_vs_score(shipped, statistic="p", scheme="published") == pytest.approx(
        theirs.pvalue, abs=1e-9
    )


def test_two_publishers_have_no_correlation(folder: Path) -> None:
    survey = load(folder)
    assert consistency_vs_score(survey, statistic="r") is None
    assert consistency_vs_score(survey, statistic="n") == 1


def test_it_is_public(shipped: Survey) -> None:
    assert rdpscore.difficulty is difficulty
