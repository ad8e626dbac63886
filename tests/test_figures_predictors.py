"""Figures of predictors: what they show is what was estimated, and what they say is the report's verdict."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from finding import sheet
from tables import SMALL_CODEBOOK, write_survey

from rdpscore.figures import coefficients, predictors, specifications
from rdpscore.predictors.checks import CheckedResult, checked_regress
from rdpscore.predictors.finding import pick
from rdpscore.report import predictor_pictures as told
from rdpscore.report.gallery import of_predictors
from rdpscore.report.pages import page, write_pictures
from rdpscore.report.pictures import Picture
from rdpscore.survey import Survey, load

IMPACT, ACCESS = "log2(impact)", "access_model=open_access"
NAMES = [
    "against-impact",
    "by-access-model",
    "coefficients-impact",
    "leave-one-out-impact",
    "specification-curve-impact-pooled",
    "specification-curve-impact-within",
    "coefficients-access-model-open-access",
    "leave-one-out-access-model-open-access",
    "label-flips-access-model-open-access",
    "specification-curve-access-model-open-access-pooled",
    "specification-curve-access-model-open-access-within",
]


@pytest.fixture(scope="module")
def result(shipped: Survey) -> CheckedResult:
    return checked_regress(shipped, checks=("specifications",))


@pytest.fixture(scope="module")
def gallery(result: CheckedResult) -> list[Picture]:
    """Of the brief result, whose figures are those of the command but for verdicts."""
    return list(told.pictures_of_predictors(result))


def lines(figure: Any) -> set[tuple[float, float]]:
    """Intervals that are drawn."""
    return {(round(t.x[0], 9), round(t.x[1], 9)) for t in figure.data if t.mode == "lines" and len(t.x) == 2}


def test_every_figure_says_what_is_shown_what_to_see_and_its_n(gallery: list[Picture]) -> None:
    assert sorted(data.name for data in gallery) == sorted(NAMES)
    for data in gallery:
        assert data.title
        assert not data.title.endswith(".")
        assert data.see.endswith(".")
        assert "171 journals" in data.n
        assert len(data.frame)
        assert data.figure().layout.meta["see"] == data.see
        assert re.fullmatch(r"[a-z-]+", data.name)


def test_sentences_are_those_of_the_report(result: CheckedResult) -> None:
    finding = {f.term: f for f in result.regress.findings}
    for term in (IMPACT, ACCESS):
        assert finding[term].headline in told.coefficients_picture(result, term).see
        assert told.leave_one_out_picture(result, term).see in finding[term].sentences
    assert told.label_flips_picture(result, ACCESS).see in finding[ACCESS].sentences
    by_level = told.attribute_picture(result, result.regress.frame.predictor(ACCESS))
    assert finding[ACCESS].headline in by_level.see


def test_another_verdict_is_another_sentence(shipped: Survey) -> None:
    """Of five publishers; nothing in a figure's sentence is written down beforehand."""
    other = checked_regress(
        shipped, "score ~ access_model", where={"publisher": ["ACS", "IOP", "Optica", "RSC", "Wiley"]}
    )
    see = told.coefficients_picture(other, ACCESS).see
    assert other.regress.findings[0].headline in see
    assert "a difference between publishers, not between journals of one publisher" not in see


# What is drawn --------------------------------------------------------------------------------------------


def test_journals_stand_at_their_impact_and_score(shipped: Survey, result: CheckedResult) -> None:
    chart = predictors.against_number(result, IMPACT)
    frame = chart.frame
    journals = shipped.journals.set_index("journal_id")
    assert len(frame) == 170
    assert frame["value"].to_list() == pytest.approx(
        journals.loc[frame["journal_id"], "impact"].astype(float).to_list()
    )
    figure = chart.draw()
    x = np.concatenate([t.x for t in figure.data if t.mode == "markers"])
    np.testing.assert_allclose(np.sort(x), np.sort(np.log2(frame["value"])))
    names = {a.text for a in figure.layout.annotations}
    assert names >= {"Springer Nature", "MDPI", "Open Journals", "Taylor &amp; Francis"}


def test_lines_within_publishers_have_the_slope_of_the_report(result: CheckedResult) -> None:
    row = pick(result.regress.rows, "within", IMPACT)
    assert row is not None
    figure = predictors.against_number(result, IMPACT).draw()
    slopes = [
        (t.y[1] - t.y[0]) / (t.x[1] - t.x[0])
        for t in figure.data
        if t.mode == "lines" and t.line.dash is None and t.line.width > 1
    ]
    assert len(slopes) == 15  # two publishers have one journal
    np.testing.assert_allclose(slopes, row.estimate)


def test_levels_are_means_of_each_publisher(result: CheckedResult) -> None:
    data = predictors.by_level(result, result.regress.frame.predictor(ACCESS))
    table = result.regress.frame.to_frame()
    rows = data.frame.set_index(["publisher", "level"])
    for (publisher, is_open), own in table.groupby(["publisher", ACCESS]):
        row = rows.loc[(publisher, "open_access" if is_open else "hybrid")]
        assert (row["mean"], row["n"]) == (pytest.approx(own["score"].mean()), len(own))
    pair = rows.loc["All journals", "mean"]
    assert pair["open_access"] - pair["hybrid"] == pytest.approx(0.0699, abs=5e-5)
    assert "11 of 17 publishers have more than one kind" in data.n


def test_coefficients_are_drawn_with_their_intervals_by_question(result: CheckedResult) -> None:
    data = coefficients.coefficients_by_question(result, ACCESS)
    assert list(dict.fromkeys(data.frame["question"])) == ["pooled", "within", "between"]
    assert data.frame["main"].sum() == 3
    drawn = lines(data.draw())
    known = data.frame.dropna(subset="low")
    assert {(round(r.low, 9), round(r.high, 9)) for r in known.itertuples()} == drawn  # type: ignore[arg-type]
    words = {a.text for a in data.draw().layout.annotations}
    assert words >= {"a difference beyond chance", "equivalent to none", "undecided"}


@pytest.mark.parametrize("kind", ["leave_one_out", "label_flips"])
def test_refits_are_drawn_in_both_panels(result: CheckedResult, kind: str) -> None:
    data = getattr(coefficients, kind)(result, ACCESS)
    figure = data.draw()
    marks = sorted(t.x[0] for t in figure.data if t.mode == "markers")
    np.testing.assert_allclose(marks, np.sort(data.frame["estimate"].astype(float)))
    n = 1 + (17 if kind == "leave_one_out" else 18)
    assert data.frame["question"].value_counts().to_dict() == {"pooled": n, "within": n}
    # the band of what counts as none is in both
    assert sum(s.type == "rect" for s in figure.layout.shapes) == 2


def test_the_curve_shows_each_specification_and_its_choices(result: CheckedResult) -> None:
    curve = specifications.find_curve(result, "within", IMPACT)
    assert curve is not None
    figure = specifications.specification_curve(result, curve).draw()
    (points,) = [t for t in figure.data if t.mode == "markers" and t.customdata is not None]
    assert list(points.y) == [s.estimate for s in curve.specifications]
    below = [t for t in figure.data if t.mode == "markers" and t.customdata is None]
    frame = curve.to_frame()
    assert sum(len(t.x) for t in below) == len(frame) * 5  # five choices, each with one level a specification
    assert curve.sentence() == told.curve_picture(result, curve).see


# Pages ----------------------------------------------------------------------------------------------------


def test_pages_load_nothing_from_elsewhere(gallery: list[Picture]) -> None:
    for data in gallery[:3]:
        text = page(data)
        assert not re.search(r"""<(?:script|link|img)[^>]+(?:src|href)\s*=\s*["']?(?:https?:)?//""", text)
        assert f'href="{data.name}.csv"' in text


def test_a_survey_without_attributes_has_no_such_figures(tmp_path: Path) -> None:
    survey = load(
        write_survey(
            tmp_path / "s",
            journals=sheet("journal_id | title | publisher", *(f"{n} | {n} | P{n}" for n in "abcd")),
            codings=sheet("journal_id | coder | item | answer", *(f"{n} | c1 | data | 1" for n in "abcd")),
        )
    )  # fmt: skip
    assert list(of_predictors(survey, survey.codebook.scheme(), by="publisher", seed=1)) == []


def test_names_of_a_survey_are_text_and_no_markup(tmp_path: Path) -> None:
    n = 12
    colours = ("blue", "<i>red</i>", "<i>red</i>")
    evil = "<img src=x onerror=alert(1)>"
    survey = load(
        write_survey(
            tmp_path / "s",
            SMALL_CODEBOOK,
            journals=sheet(
                "journal_id | title | publisher | colour | size",
                *(f"j{k} | {evil}{k} | <b>P{k % 4}</b> | {colours[k % 3]} | {1 + k}" for k in range(n)),
            ),
            codings=sheet(
                "journal_id | coder | item | answer",
                *(f"j{k} | c1 | data | {(k * k // 3) % 3}" for k in range(n)),
            ),
        )
    )
    found = list(of_predictors(survey, survey.codebook.scheme(), by="publisher", seed=1))
    assert found
    for path in write_pictures(found, tmp_path / "figures"):
        text = path.read_text(encoding="utf-8")
        outside = re.sub(r"<script.*?</script>", "", text, flags=re.S)
        inside = text[text.rindex("Plotly.newPlot") :]
        for mark in ("<img", "<b>P", "<i>red"):
            assert mark not in outside
            assert mark not in inside
            assert mark.replace("<", "\\u003c").replace(">", "\\u003e") not in inside
