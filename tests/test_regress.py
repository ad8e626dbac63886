"""The whole report: what it leads a reader to on the shipped survey, what it holds, what it repeats."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from running import process
from scipy.stats import f_oneway
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.stats.multitest import multipletests

import rdpscore
from rdpscore.predictors import ModelError, RegressResult, Row
from rdpscore.predictors.finding import pick
from rdpscore.predictors.items import FEW_CLUSTERS, ordered_items
from rdpscore.survey import Survey

IMPACT, ACCESS = "log2(impact)", "access_model=open_access"


@pytest.fixture(scope="module")
def result(shipped: Survey) -> RegressResult:
    return rdpscore.regress(shipped, items=ordered_items(shipped), naive=True)


def found(result: RegressResult, question: str, term: str, scale: str = "unit") -> Row:
    row = pick(result.rows, question, term, scale=scale)  # type: ignore[arg-type]
    assert row is not None
    return row


# What a reader is led to --------------------------------------------------------------------------------


def test_journals_carry_the_information_of_about_23(result: RegressResult) -> None:
    assert result.shares.effective_n == pytest.approx(23, abs=0.5)
    assert result.n_patterns == 55


def test_the_variance_lies_between_publishers(result: RegressResult) -> None:
    shares = result.shares
    assert shares.eta2 == pytest.approx(0.75, abs=0.005)
    assert (shares.icc, shares.icc_low, shares.icc_high) == pytest.approx((0.88, 0.77, 0.94), abs=0.005)
    assert shares.without_low == pytest.approx(0.69, abs=0.005)
    assert shares.without_low_group is not None
    assert result.frame.publishers.labels[shares.without_low_group] == "Open Journals"


def test_open_access_is_a_difference_between_publishers(result: RegressResult) -> None:
    pooled, within = found(result, "pooled", ACCESS), found(result, "within", ACCESS)
    assert (pooled.estimate, pooled.verdict) == (pytest.approx(0.070, abs=0.0005), "effect")
    assert (within.estimate, within.verdict) == (pytest.approx(0.0005, abs=0.00005), "equivalent")
    assert within.bound == pytest.approx(0.03, abs=0.001)
    assert within.low90 is not None
    assert within.high90 is not None
    assert -within.bound < within.low90 < within.high90 < within.bound
    finding = next(f for f in result.findings if f.term == ACCESS)
    assert finding.headline == "a difference between publishers, not between journals of one publisher"


def test_impact_is_undecided_within_publishers(result: RegressResult) -> None:
    assert found(result, "within", IMPACT).estimate == pytest.approx(0.011, abs=0.0005)
    assert found(result, "within", IMPACT, "iqr").verdict == "inconclusive"
    finding = next(f for f in result.findings if f.term == IMPACT)
    assert (finding.headline, set(finding.verdicts.values())) == ("undecided", {"inconclusive"})


def test_under_the_published_scheme_it_is_the_study_s_difference(shipped: Survey) -> None:
    result = rdpscore.regress(shipped, "score ~ access_model", "published")
    assert found(result, "pooled", ACCESS).estimate == pytest.approx(0.0625156, abs=5e-8)
    assert {r.scheme for r in result.rows} == {"published"}
    assert {r.held for r in result.rows} == {"alone"}


def test_the_naive_test_is_the_study_s_and_says_what_it_ignores(result: RegressResult) -> None:
    tests = {(name, c.test): c for name, c in result.classics}
    anova = tests["access_model", "one-way ANOVA"]
    table = result.frame.to_frame()
    groups = [g["score"].to_numpy() for _, g in table.groupby(ACCESS)]
    peer = f_oneway(*groups)
    assert (anova.statistic, anova.p) == pytest.approx((peer.statistic, peer.pvalue))
    assert anova.p == pytest.approx(1.6e-5, abs=5e-7)
    assert "not independent" in anova.label


# Single items -------------------------------------------------------------------------------------------


def test_an_item_s_odds_ratio_is_that_of_statsmodels(result: RegressResult, shipped: Survey) -> None:
    place = shipped.codebook.item_ids.index("code_required")
    y = shipped.resolved.option[:, place].astype(int)
    x = (shipped.attribute("access_model") == "open_access").to_numpy(float)[:, None]
    peer = OrderedModel(y, x, distr="logit").fit(method="bfgs", disp=False)
    (row,) = [r for r in result.items if (r.item, r.term) == ("code_required", ACCESS)]
    assert row.odds_ratio == pytest.approx(np.exp(peer.params[0]), rel=1e-4)


def test_p_is_adjusted_over_the_items_of_a_term(result: RegressResult) -> None:
    for term in (IMPACT, ACCESS):
        own = [r for r in result.items if r.term == term and r.p is not None]
        assert len(own) > 5
        for method, name in (("holm", "p_holm"), ("fdr_bh", "p_bh")):
            peer = multipletests([r.p for r in own], method=method)[1]
            np.testing.assert_allclose([getattr(r, name) for r in own], peer)


def test_items_that_a_predictor_separates_or_few_publishers_hold_have_no_odds(
    result: RegressResult, shipped: Survey
) -> None:
    reasons = {(r.item, r.term): r.reason for r in result.items if r.reason}
    assert set(reasons.values()) == {"not_estimable", "few_other_answers"}
    for (item, _), reason in reasons.items():
        option = shipped.resolved.option[:, shipped.codebook.item_ids.index(item)]
        other = option != np.bincount(option).argmax()
        publishers = shipped.journals["publisher"].astype(str)[other].nunique()
        if reason == "few_other_answers":
            assert publishers < FEW_CLUSTERS
        else:  # only journals of one access model have the other answers
            assert shipped.attribute("access_model").to_numpy()[other].tolist().count("hybrid") in (
                0,
                other.sum(),
            )
    assert all((r.odds_ratio is None) == (r.reason is not None) for r in result.items)


def test_an_unknown_item_is_told(shipped: Survey) -> None:
    with pytest.raises(ModelError, match="'data_sharng' is no item; nearest: 'data_sharing'"):
        rdpscore.regress(shipped, items=["data_sharng"])


def test_an_item_as_outcome_has_its_ordered_logit_too(shipped: Survey) -> None:
    result = rdpscore.regress(shipped, "code_required ~ access_model", n_draws=999)
    assert [r.item for r in result.items] == ["code_required"]
    assert {r.outcome for r in result.rows} == {"code_required"}
    assert {r.scheme for r in result.rows} == {None}


# The result ---------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes(shipped: Survey) -> None:
    one, two = (rdpscore.regress(shipped, "score ~ access_model", seed=3).to_json() for _ in range(2))
    assert one == two


def test_json_holds_all_and_no_undefined_number(result: RegressResult) -> None:
    read = json.loads(result.to_json())
    assert set(read) == {"result", "settings", "problems"}
    assert len(read["result"]["estimates"]) == len(result.rows)
    assert read["result"]["left_out"] == [
        {
            "journal": "batteries-and-supercaps",
            "title": "Batteries & Supercaps",
            "attribute": "impact",
            "reason": "missing",
            "value": None,
        }
    ]
    assert read["settings"]["model"] == "score ~ log2(impact) + access_model"
    assert {"statsmodels", "scikit-learn"} <= set(read["settings"]["versions"])
    (access,) = [p for p in read["result"]["predictors"] if p["attribute"] == "access_model"]
    assert (access["reference"], access["n_doubtful"], access["source"]) == (
        "hybrid",
        16,
        "as coded by the study",
    )


def test_tables_have_a_row_an_estimate(result: RegressResult) -> None:
    tables = result.tables()
    assert list(tables) == ["estimates", "items", "naive", "predictors", "left_out", "journals"]
    assert len(result.to_frame()) == len(result.rows)
    assert tables["estimates"]["main"].sum() == 2 * 3 * 2  # terms, questions, alone and together


def test_slopes_by_publisher_are_given_on_demand(shipped: Survey) -> None:
    result = rdpscore.regress(shipped, "score ~ access_model", slopes=True)
    (slope,) = result.slopes.values()
    assert slope.n_varying == 11
    assert slope.reason is None or slope.slope is None


def test_versions_do_not_load_what_they_name() -> None:
    code = "import sys, rdpscore.results as r; r.versions(); print(*sys.modules)"
    loaded = process(sys.executable, "-c", code).out.split()
    assert "rdpscore.results" in loaded
    assert not {"statsmodels", "sklearn", "pandas"} & set(loaded)


# Another survey -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_published_survey_from_a_user_s_folder(tmp_path: Path, reference: Path) -> None:
    from resnik import write_folder
    from running import cli

    table = next((reference / "resnik-2019").glob("*.csv"))
    folder = write_folder(tmp_path / "resnik", table)
    model = "score ~ log2(impact) + access_model + discipline"
    run = cli("regress", folder, "--model", model, "--draws", 999, "--json")
    assert run.status == 0
    read = run.json()["result"]
    assert (read["n_journals"], read["n_publishers"]) == (447, 174)
    assert {r["attribute"]: r["n_missing"] for r in read["predictors"]} == {
        "impact": 2,
        "access_model": 0,
        "discipline": 0,
    }
    assert len(read["left_out"]) == 2
    pooled = {r["term"]: r for r in read["estimates"] if (r["question"], r["held"]) == ("pooled", "together")}
    assert len(pooled) == 6  # impact, access, four of five disciplines
    # against numpy, from the folder's own tables
    survey = rdpscore.load(folder)
    frame = rdpscore.predictors.model_frame(survey, model).complete().to_frame()
    x = np.column_stack([np.ones(len(frame)), *(frame[t] for t in pooled)])
    beta = np.linalg.lstsq(x, frame["score"].to_numpy(), rcond=None)[0]
    rows = [
        r
        for r in read["estimates"]
        if (r["question"], r["held"], r["scale"]) == ("pooled", "together", "unit")
    ]
    for term, value in zip(pooled, beta[1:], strict=True):
        (row,) = [r for r in rows if (r["term"], r["method"]) == (term, "CR2")]
        assert row["estimate"] == pytest.approx(value, rel=1e-6)
