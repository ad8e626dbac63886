"""The page of two surveys: nothing without a survey of one's own, else what ``compare-surveys`` finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from dashboard import faults, opened, words
from odd_surveys import ODD

import rdpscore
from rdpscore.codebook import load_codebook
from rdpscore.codebook.crosswalk_store import load_crosswalk
from rdpscore.comparing.comparison import compare_surveys
from rdpscore.files.texts import as_html
from rdpscore.report.comparison import matched, moved_words, terms_words
from rdpscore.survey import Survey
from rdpscore.survey.filters import Filter
from rdpscore.survey.translation import translate
from rdpscore.words import number, percent


def one_coder(survey: Survey, name: str) -> Survey:
    """The survey as its first coder alone filled it, under another id."""
    codings = survey.codings[survey.codings["coder"] == survey.codings["coder"].iloc[0]]
    meta = survey.meta.model_copy(update={"id": name, "title": "What one coder read"})
    return Survey.from_frames(survey.codebook, survey.journals, codings, meta=meta)


@pytest.fixture(scope="module")
def coder(shipped: Survey) -> Survey:
    return one_coder(Filter(publisher=("ACS", "RSC", "IOP")).apply(shipped), "one-coder")


@pytest.fixture(scope="module")
def top(coder: Survey) -> Survey:
    """The same under TOP 2015, through the shipped crosswalk."""
    made = translate(coder, load_crosswalk("materials-science-to-top-2015"), load_codebook("top-2015"))
    return made.survey


def test_without_a_survey_of_ones_own_the_page_says_how_to_bring_one() -> None:
    with opened("compare") as at:
        assert faults(at) == []
        assert "Bring a survey of your own" in words(at)
        assert not at.metric


@pytest.mark.parametrize("which", ["coder", "top"])
def test_the_page_says_what_the_comparison_finds(
    which: str, shipped: Survey, request: pytest.FixtureRequest
) -> None:
    own = request.getfixturevalue(which)
    (pair,) = compare_surveys(shipped, own).pairs
    heads = {h.metric: h for h in pair.agreement.headlines if h.unit == "journal"}
    with opened("compare") as at:
        at.session_state["own_survey"] = own
        at.run()
        assert faults(at) == []
        said, shown = words(at), {m.label: m.value for m in at.metric}
        table = next(d.value for d in at.dataframe if "direction" in d.value)
    for text in (matched(pair), terms_words(pair), moved_words(pair)):
        assert as_html(text) in said
    assert shown == {
        "Same answer": percent(pair.agreement.overall.percent),
        "Alpha on the scores": number(heads["score"].value),
        "Alpha by exact answer": number(heads["exact"].value),
    }
    assert len(table) == len(pair.changes) == pair.counts["n"] - pair.counts["same"]
    assert len(pair.changes)
    assert ("crosswalk" in said) == (which == "top")


@pytest.mark.parametrize("name", ODD)
def test_an_odd_survey_gets_a_sentence_and_no_exception(name: str, tmp_path: Path) -> None:
    own = rdpscore.load(ODD[name](tmp_path / name))
    with opened("compare") as at:
        at.session_state["own_survey"] = own
        at.run()
        assert faults(at) == []
        assert "It says nothing on practice" in words(at)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_survey_is_laid_beside_itself(name: str, tmp_path: Path) -> None:
    folder = ODD[name](tmp_path / name)
    with opened("compare", folder) as at:
        at.session_state["own_survey"] = rdpscore.load(folder)
        at.run()
        assert faults(at) == []
        said = words(at)
        assert "in both" in said


def test_a_survey_without_a_crosswalk_is_told_why_it_cannot_be_compared(tmp_path: Path) -> None:
    own = rdpscore.load(ODD["no_impact"](tmp_path / "other"))
    with opened("compare") as at:
        at.session_state["own_survey"] = own
        at.run()
        assert faults(at) == []
        assert "crosswalk" in words(at).replace("\\", "")
        assert not at.metric
