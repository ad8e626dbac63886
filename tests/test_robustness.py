"""What estimates rest on: every refit against statsmodels, every edge with a sentence."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from finding import sheet
from statsmodels.stats.outliers_influence import OLSInfluence
from tables import SMALL_CODEBOOK, write_survey

from rdpscore.predictors.coders import coder_range, coder_scores
from rdpscore.predictors.flips import flip_labels
from rdpscore.predictors.frame import ModelFrame, model_frame
from rdpscore.predictors.influence import leave_out_groups, leave_out_journals
from rdpscore.predictors.questions import estimate
from rdpscore.predictors.robust import Robust, frame_robustness, robustness
from rdpscore.predictors.robust_words import sentences
from rdpscore.predictors.rows import QUESTIONS, Question
from rdpscore.scoring.scored_rows import the_scheme
from rdpscore.survey import Survey, load

IMPACT, ACCESS = "log2(impact)", "access_model=open_access"
FORMULA = {"pooled": "y ~ x", "within": "y ~ x + C(publisher)"}


@pytest.fixture(scope="module")
def frame(shipped: Survey) -> ModelFrame:
    return model_frame(shipped)


@pytest.fixture(scope="module")
def brief(shipped: Survey, frame: ModelFrame) -> tuple[Robust, ...]:
    return frame_robustness(shipped, frame, depth="brief").rows


def table_of(frame: ModelFrame, term: str) -> pd.DataFrame:
    return (
        frame.to_frame().rename(columns={"score": "y", term: "x"}).dropna(subset="x").reset_index(drop=True)
    )


def coefficient(frame: ModelFrame, question: Question, term: str, held: Any = "alone") -> float | None:
    """The least-squares coefficient of a frame."""
    return estimate(frame, question, term, held=held, methods=["CR2"])[0].estimate


def peer(table: pd.DataFrame, question: Question) -> float:
    """The coefficient by statsmodels; between publishers of their means."""
    if question == "between":
        table = table.groupby("publisher", as_index=False)[["y", "x"]].mean()
    return float(smf.ols(FORMULA.get(question, "y ~ x"), table).fit().params["x"])


# Publishers and journals --------------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("term", [IMPACT, ACCESS])
def test_without_a_publisher_is_a_refit_by_statsmodels(
    frame: ModelFrame, question: Question, term: str
) -> None:
    table = table_of(frame, term)
    found = leave_out_groups(frame, question, term)
    assert len(found.rows) == 17
    for row in found.rows:
        rest = table[table["publisher"] != row.left_out]
        assert row.estimate == pytest.approx(peer(rest, question), abs=1e-10)
        assert row.n_journals == len(frame.to_frame()) - (frame.to_frame()["publisher"] != row.left_out).sum()
    known = [r.estimate for r in found.rows if r.estimate is not None]
    assert (found.low, found.high) == (min(known), max(known))


@pytest.mark.parametrize("question", ["pooled", "within"])
def test_without_a_journal_is_case_deletion_by_statsmodels(frame: ModelFrame, question: Question) -> None:
    table = table_of(frame, IMPACT)
    if (
        question == "within"
    ):  # a publisher's only journal changes nothing, and leaves statsmodels a column of zeros
        table = table[table.groupby("publisher")["y"].transform("size") > 1].reset_index(drop=True)
    fitted = smf.ols(FORMULA[question], table).fit()
    place = list(fitted.params.index).index("x")
    change = -OLSInfluence(fitted).dfbeta[:, place]
    expected = dict(zip(table["journal_id"], change, strict=True))
    found = {r.left_out: r.change for r in leave_out_journals(frame, question, IMPACT).rows}
    assert len(found) == 170
    for journal, value in found.items():
        assert value == pytest.approx(expected.get(journal, 0.0), abs=1e-12)


@pytest.mark.parametrize("question", QUESTIONS)
def test_without_a_journal_is_a_refit(frame: ModelFrame, question: Question) -> None:
    own = frame.complete([ACCESS])
    found = {r.left_out: r.estimate for r in leave_out_journals(frame, question, ACCESS).rows}
    for i in range(0, len(own), 9):
        again = coefficient(own.subset(np.arange(len(own)) != i), question, ACCESS)
        assert found[own.journals[i]] == pytest.approx(again, abs=1e-12)


def test_the_most_influential_are_left_out_together(frame: ModelFrame) -> None:
    found = leave_out_journals(frame, "within", IMPACT)
    most = {r.left_out for r in found.rows[:5]}
    table = table_of(frame, IMPACT)
    assert found.together is not None
    assert found.together.estimate == pytest.approx(peer(table[~table["journal_id"].isin(most)], "within"))
    changes = [abs(r.change or 0) for r in found.rows]
    assert changes == sorted(changes, reverse=True)


def test_a_journal_alone_at_its_publisher_changes_nothing_within(frame: ModelFrame) -> None:
    found = leave_out_groups(frame, "within", IMPACT)
    alone = {r.left_out: r.change for r in found.rows if r.n_journals == 1}
    assert alone == {"CODATA": 0.0, "Open Journals": 0.0}


# Doubtful labels ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
def test_flips_are_refits_by_statsmodels(frame: ModelFrame, question: Question) -> None:
    table = table_of(frame, ACCESS)
    doubtful = frame.predictor(ACCESS).doubtful
    found = flip_labels(frame, question, ACCESS)
    assert found.n_doubtful == doubtful.sum() == 16
    for flip in found.one:
        own = table.copy()
        own.loc[own["journal_id"] == flip.journal, "x"] = 1 - own.loc[own["journal_id"] == flip.journal, "x"]
        assert flip.estimate == pytest.approx(peer(own, question), abs=1e-10)
        assert {flip.stands, flip.flipped} == {"open_access", "hybrid"}
    own = table.assign(x=np.where(doubtful, 1 - table["x"], table["x"]))
    assert found.together is not None
    assert found.together.estimate == pytest.approx(peer(own, question), abs=1e-10)
    assert found.left_out is not None
    assert found.left_out.estimate == pytest.approx(peer(table[~doubtful], question), abs=1e-10)


@pytest.mark.parametrize("question", QUESTIONS)
def test_all_combinations_are_those_of_a_loop(frame: ModelFrame, question: Question) -> None:
    some = np.zeros(len(frame), bool)
    some[np.flatnonzero(frame.predictor(ACCESS).doubtful)[:4]] = True
    predictors = frame.predictors
    less = [
        type(p)(**{f: getattr(p, f) for f in p.__dataclass_fields__} | {"doubtful": some}) for p in predictors
    ]
    own = type(frame)(
        **{f: getattr(frame, f) for f in frame.__dataclass_fields__} | {"predictors": tuple(less)}
    )
    found = flip_labels(own, question, ACCESS, held="together")
    complete = own.complete()
    values = complete.predictor(ACCESS).values
    places = np.flatnonzero(complete.predictor(ACCESS).doubtful)
    other = {"open_access": "hybrid", "hybrid": "open_access"}
    estimates = []
    for chosen in product((False, True), repeat=4):
        changed = values.copy()
        for place, flip in zip(places, chosen, strict=True):
            changed[place] = other[values[place]] if flip else values[place]
        estimates.append(
            coefficient(complete.with_attribute("access_model", changed), question, ACCESS, "together")
        )
    assert found.combinations == pytest.approx((min(estimates), max(estimates)), abs=1e-10)  # type: ignore[type-var]
    assert found.combinations is not None
    assert found.combinations[0] <= (found.point.estimate or 0) <= found.combinations[1]


def test_without_doubtful_labels_there_is_a_reason(frame: ModelFrame) -> None:
    found = flip_labels(frame, "pooled", IMPACT)
    assert (found.reason, found.one, found.together, found.changed) == ("no_doubtful_labels", (), None, None)


# Coders -------------------------------------------------------------------------------------------------


def test_the_range_over_coders_is_that_of_refits(shipped: Survey, frame: ModelFrame) -> None:
    drawn = coder_scores(shipped, the_scheme(shipped, None), n_draws=25)
    for question in QUESTIONS:
        table = table_of(frame, ACCESS)
        estimates = [peer(table.assign(y=scores), question) for scores in drawn.scores]
        found = coder_range(frame, drawn, question, ACCESS)
        expected = np.quantile(estimates, (0.05, 0.5, 0.95))
        assert (found.low, found.median, found.high) == pytest.approx(tuple(expected), abs=1e-10)


def test_coders_who_agree_leave_no_range(tmp_path: Path) -> None:
    survey = small(tmp_path, coders=("c1", "c2"))
    drawn = coder_scores(survey, the_scheme(survey, None), n_draws=20)
    own = model_frame(survey, "score ~ access_model")
    found = coder_range(own, drawn, "pooled", ACCESS)
    assert found.low == found.high == pytest.approx(coefficient(own, "pooled", ACCESS))


def test_single_coders_and_items_have_no_range(tmp_path: Path) -> None:
    survey = small(tmp_path, coders=("c1",))
    drawn = coder_scores(survey, the_scheme(survey, None), n_draws=5)
    assert coder_range(model_frame(survey), drawn, "pooled", ACCESS).reason == "single_coders"
    item = model_frame(survey, "data ~ access_model")
    assert coder_range(item, drawn, "pooled", ACCESS).reason == "not_a_score"


# What a reader is told ----------------------------------------------------------------------------------


def test_the_slope_of_impact_rests_on_one_publisher(brief: tuple[Robust, ...]) -> None:
    pooled = next(r for r in brief if (r.question, r.term) == ("pooled", IMPACT))
    carrier = pooled.publishers.carrier
    assert carrier is not None
    assert (carrier.left_out, carrier.estimate) == ("Springer Nature", pytest.approx(0.005, abs=0.0005))
    told = sentences(brief, brief=True)[IMPACT]
    assert len(told) == 1
    assert "it rests on one publisher, Springer Nature" in told[0]
    assert "0.005 (without Springer Nature)" in told[0]


def test_the_difference_of_open_access_weakens_when_labels_are_flipped(brief: tuple[Robust, ...]) -> None:
    pooled = next(r for r in brief if (r.question, r.term) == ("pooled", ACCESS))
    assert pooled.flips.point.verdict == "effect"
    assert pooled.flips.together is not None
    assert pooled.flips.together.verdict == "inconclusive"
    assert (pooled.flips.together.estimate or 1) < (pooled.point.estimate or 0)
    told = sentences(brief, brief=True)[ACCESS]
    assert len(told) == 2
    assert "16 doubtful labels" in told[1]
    assert "it weakens" in told[1]


@pytest.mark.slow
def test_in_full_every_refit_has_a_verdict(shipped: Survey) -> None:
    found = robustness(shipped, coder_draws=100)
    for row in found.rows:
        assert all(w.verdict is not None for w in row.publishers.rows)
        assert all(f.verdict is not None for f in row.flips.one)
        assert row.coders.low is not None
    assert set(found.tables()) == {"robustness", "without_publisher", "without_journal", "flipped"}
    assert found.to_json() == robustness(shipped, coder_draws=100).to_json()
    told = sentences(found.rows)[ACCESS]
    assert any("had one coder alone coded" in s for s in told)
    assert any("no longer a difference beyond chance without MDPI" in s for s in told)


# Edges --------------------------------------------------------------------------------------------------


def small(
    folder: Path,
    *,
    publishers: str = "AABBCCDD",
    coders: tuple[str, ...] = ("c1", "c2"),
    more: str = "",
    **change: Any,
) -> Survey:
    """Journals of some publishers, answers from their number, access model by turns."""
    n = len(publishers)
    access = change.get("access", ["hybrid" if k % 3 else "open_access" for k in range(n)])
    impact = change.get("impact", [f"{1 + (7 * k) % 5}" for k in range(n)])
    answers = change.get("answers", [(k * k + k // 4) % 3 for k in range(n)])
    codings = [
        f"j{k} | {c} | {item} | {answers[k] if item == 'data' else 'yes'}"
        for k in range(n)
        for c in coders
        for item in ("policy", "data")
    ]
    yaml = (
        "format: 1\nid: small\ntitle: A small survey\ncodebook: {id: small, version: '1'}\n"
        "attributes:\n  access_model: {kind: category, values: [open_access, hybrid]"
        f"{', doubtful: doubt' if change.get('doubt') else ''}}}\n"
    )
    head = "journal_id | title | publisher | access_model | impact"
    rows = [f"j{k} | J{k} | {p} | {access[k]} | {impact[k]}" for k, p in enumerate(publishers)]
    if change.get("doubt"):
        head += " | doubt"
        rows = [f"{r} | {'true' if k in change['doubt'] else 'false'}" for k, r in enumerate(rows)]
    return load(
        write_survey(
            folder / "s", SMALL_CODEBOOK, yaml, journals=sheet(head, *rows),
            codings=sheet("journal_id | coder | item | answer", *codings),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("case", "change"),
    [
        ("one publisher", {"publishers": "AAAAAA"}),
        ("two publishers", {"publishers": "AAABBB"}),
        ("each journal its own publisher", {"publishers": "ABCDEF"}),
        ("all scores equal", {"answers": [1] * 8}),
        ("a constant predictor", {"access": ["hybrid"] * 8}),
        ("no impact", {"impact": [""] * 8}),
        ("impact equal", {"impact": ["2"] * 8}),
        ("every label doubtful", {"doubt": set(range(8))}),
        ("one label doubtful", {"doubt": {2}}),
        ("two journals", {"publishers": "AB"}),
    ],
)
def test_edges_give_reasons_and_sentences(tmp_path: Path, case: str, change: dict[str, Any]) -> None:
    survey = small(tmp_path, **change)
    model = "score ~ access_model" if case == "no impact" else "score ~ log2(impact) + access_model"
    found = robustness(survey, model, depth="full", coder_draws=20, n_draws=99)
    found.to_json()
    for row in found.rows:
        if row.point.estimate is None:
            assert row.point.reason
            assert row.publishers.low is None
            assert row.journals.low is None
            assert row.flips.low is None or row.flips.n_doubtful
        for value in row.row().values():
            assert value is None or not isinstance(value, float) or np.isfinite(value)
    for told in (*sentences(found.rows).values(), *sentences(found.rows, brief=True).values()):
        for sentence in told:
            assert sentence.endswith(".")
            assert "nan" not in sentence
            assert "None" not in sentence


def test_policies_are_left_out_where_they_govern_several(tmp_path: Path) -> None:
    survey = small(tmp_path, publishers="AABBCCDDEEFF")
    journals = survey.journals.assign(policy_id=list("pppqqqrrrsss"))
    own = Survey.from_frames(survey.codebook, journals, survey.codings)
    found = frame_robustness(own, model_frame(own, "score ~ access_model"), depth="brief")
    policies = found.rows[-1].policies  # pooled
    assert policies is not None
    assert {r.left_out for r in policies.rows} == set("pqrs")
    assert "without_policy" in found.tables()
