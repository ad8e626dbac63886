"""Figures of agreement: what they say, what they show, and the pages they stand on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from finding import sheet
from tables import SMALL_CODEBOOK, write_survey

import rdpscore
from rdpscore.agreement import AgreementResult
from rdpscore.figures.agreement import detection, forest, heat_map
from rdpscore.figures.disagreement import confusion, reasons
from rdpscore.figures.look import HUE
from rdpscore.report.agreement_pictures import pictures_of_agreement
from rdpscore.report.pages import page, write_pictures
from rdpscore.survey import Survey, load


@pytest.fixture(scope="module")
def result(shipped: Survey) -> AgreementResult:
    return rdpscore.measure_agreement(shipped)


def every(result: AgreementResult) -> list[tuple[Any, Any]]:
    return [(p, p.figure()) for p in pictures_of_agreement(result)]


def written(result: AgreementResult, folder: Path) -> list[Path]:
    return write_pictures(list(pictures_of_agreement(result)), folder)


def test_each_figure_has_a_title_a_sentence_its_n_and_data(result: AgreementResult) -> None:
    found = every(result)
    assert len({data.name for data, _ in found}) == 6
    for data, figure in found:
        assert data.title
        assert not data.title.endswith(".")
        assert data.see.endswith(".")
        assert re.search(r"\d", data.n)
        assert len(data.frame)
        shown = re.sub(r"<br>", " ", figure.layout.title.text + " " + figure.layout.title.subtitle.text)
        for words in (data.title, data.see, data.n):
            assert words.replace("&", "&amp;") in shown


def test_the_forest_plot_shows_every_interval_and_a_note_where_there_is_none(result: AgreementResult) -> None:
    chart = forest(result)
    figure, frame = chart.draw(), chart.frame
    lines = [t for t in figure.data if t.mode == "lines"]
    assert len(lines) == frame["low"].notna().sum() > 10
    for trace in lines:
        low, high = trace.x
        assert ((frame["low"] == low) & (frame["high"] == high)).any()
    names = list(figure.layout.yaxis.categoryarray)
    noted = [n for n in names if "span" in n]
    assert len(noted) == frame["low"].isna().sum() > 0
    (null,) = [n for n in names if n.startswith("Automatic tests")]
    assert "no alpha: 1 publisher only" in null
    marks = [t.y[0] for t in figure.data if t.mode == "markers" and t.xaxis == "x"]
    assert null not in marks
    assert len(marks) == len(frame) - 1


def test_marks_are_ordered_by_value_headlines_first(result: AgreementResult) -> None:
    frame = forest(result).frame
    assert frame["kind"].tolist()[:2] == ["headline", "headline"]
    alphas = frame["alpha"].iloc[2:].dropna().astype(float)
    assert alphas.is_monotonic_decreasing
    assert pd.isna(frame["alpha"].iloc[-1])


def test_the_heat_map_holds_the_share_of_differing_journals(shipped: Survey, result: AgreementResult) -> None:
    """IEEE's coders, two a journal: shares counted from the file by pandas."""
    assert shipped.path is not None
    frame = heat_map(result).frame
    table = pd.read_csv(shipped.path / "codings.csv", dtype=str).merge(
        pd.read_csv(shipped.path / "journals.csv")[["journal_id", "publisher"]]
    )
    own = table[table["publisher"] == "IEEE"].groupby(["item", "journal_id"])["answer"].nunique().gt(1)
    expected = own.groupby("item").mean()
    shown = frame[frame["group"] == "IEEE"].set_index("item")["disagreement"]
    for item, share in shown.items():
        assert share == pytest.approx(expected[item])


def test_detection_grading_and_agreement_fill_the_bar(result: AgreementResult) -> None:
    frame = detection(result).frame
    total = frame["agreement"] + frame["detection"] + frame["grading"]
    np.testing.assert_allclose(total.to_numpy(float), 1)


def test_confused_journals_add_up_to_those_with_two_answers(result: AgreementResult) -> None:
    sums = confusion(result).frame.groupby("item")["journals"].sum()
    np.testing.assert_allclose(sums.to_numpy(float), 161)


@pytest.mark.parametrize("by", ["item", "publisher"])
def test_reasons_add_up_to_the_disagreements(result: AgreementResult, by: Any) -> None:
    assert reasons(result, by).frame["n"].sum() == 644


def test_a_page_is_self_contained_and_leads_to_its_data(result: AgreementResult, tmp_path: Path) -> None:
    (path, *_) = written(result, tmp_path)
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"""<(?:script|link|img)[^>]+(?:src|href)\s*=\s*["']?(?:https?:)?//""", text)
    assert f'href="{path.stem}.csv"' in text
    assert 'name="viewport"' in text
    data = pd.read_csv(path.with_suffix(".csv"))
    assert data["alpha"].astype(float).tolist() == pytest.approx(
        forest(result).frame["alpha"].astype(float).tolist(), nan_ok=True
    )


def test_the_same_report_gives_the_same_bytes(result: AgreementResult) -> None:
    first, again = (next(pictures_of_agreement(result)) for _ in range(2))
    assert page(first) == page(again)


def test_titles_of_a_survey_are_text_and_no_markup(tmp_path: Path) -> None:
    book = SMALL_CODEBOOK.replace(
        "title: Data\n    question", 'title: "<img src=x onerror=alert(1)>"\n    question'
    )
    assert "onerror" in book
    names = "abcdef"
    survey = load(
        write_survey(
            tmp_path / "s",
            book,
            journals=sheet("journal_id | title | publisher", *(f"{n} | {n} | <b>P{n}</b>" for n in names)),
            codings=sheet(
                "journal_id | coder | item | answer",
                *(f"{n} | c{k} | data | {(i * k) % 3}" for i, n in enumerate(names) for k in (1, 2)),
            ),
        )
    )
    for path in written(rdpscore.measure_agreement(survey), tmp_path / "figures"):
        text = path.read_text(encoding="utf-8")
        outside = re.sub(r"<script.*?</script>", "", text, flags=re.S)
        assert "<img" not in outside
        inside = text[text.rindex("Plotly.newPlot") :]
        for mark in ("<img", "<b>P"):
            assert mark not in inside
            assert mark.replace("<", "\\u003c").replace(">", "\\u003e") not in inside


def test_strictness_goes_from_light_to_dark() -> None:
    def luminance(colour: str) -> float:
        r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    values = [luminance(c) for c in HUE]
    assert values == sorted(values, reverse=True)
