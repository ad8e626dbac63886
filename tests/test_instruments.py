"""The ready instruments: facts of the frameworks, guidance throughout, and the whole way to a score on day one."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from running import cli

import rdpscore
from rdpscore.codebook import Codebook, find_codebook, load_codebook

INSTRUMENTS = ("top-2015", "top-2025", "rda-2020")
FRAMEWORK = {"top-2015": "top2015", "top-2025": "top2025", "rda-2020": "rda"}


@pytest.fixture(params=INSTRUMENTS)
def book(request: pytest.FixtureRequest) -> Codebook:
    return load_codebook(str(request.param))


# Facts --------------------------------------------------------------------------------------------------


def test_top_2015_has_the_standards_and_levels_of_the_guidelines_and_of_top_factor() -> None:
    """Nosek et al. 2015: eight standards of level 0 to 3; TOP Factor adds publication bias (3) and badges (2)."""
    book = load_codebook("top-2015")
    highest = {i.id: int(i.codes[-1]) for i in book.items}
    assert list(highest.values()) == [3] * 9 + [2]
    assert list(highest)[:8] == [
        "data_citation", "data_transparency", "analysis_code_transparency", "materials_transparency",
        "design_and_analysis_reporting", "study_preregistration", "analysis_plan_preregistration", "replication",
    ]  # fmt: skip
    for item in book.items:
        assert list(item.codes) == [str(k) for k in range(highest[item.id] + 1)]
        assert list(item.scores) == pytest.approx([k / highest[item.id] for k in range(highest[item.id] + 1)])
    total = book.scheme("total")
    assert {i.id: total.weights[i.id] for i in book.items} == highest
    assert total.display is not None
    assert total.display.factor == sum(highest.values()) == 29


def test_top_2025_has_seven_research_practices_of_three_levels_and_two_of_verification() -> None:
    book = load_codebook("top-2025")
    practices = [i for i in book.closed_items if i.dimension != "verification"]
    assert [i.id for i in practices] == [
        "study_registration", "study_protocol", "analysis_plan", "materials", "data", "analytic_code",
        "reporting_transparency",
    ]  # fmt: skip
    assert {i.codes for i in practices} == {("0", "1", "2", "3")}
    assert [i.id for i in book.closed_items if i.dimension == "verification"] == [
        "results_transparency",
        "computational_reproducibility",
    ]
    studies = book.item("verification_studies")
    assert studies.kind == "multiple"
    assert {"replication", "registered_report", "multiverse", "many_analysts"} <= set(studies.codes)


def test_rda_2020_has_the_14_features() -> None:
    book = load_codebook("rda-2020")
    (rda,) = (f for f in load_codebook("materials-science").frameworks if f.id == "rda")
    assert [i.id for i in book.items] == list(rda.terms)
    assert len(book.items) == 14


# Completeness -------------------------------------------------------------------------------------------


def test_it_passes_the_check_and_names_its_version(book: Codebook) -> None:
    run = cli("codebook", "check", book.id)
    assert run.status == 0
    assert "no problems" in run.out
    assert book.source is not None
    assert re.search(r"20\d\d", book.source.citation)
    assert book.id.rpartition("-")[2] in book.source.citation + (book.source.note or "")


def test_every_item_has_guidance_a_rule_on_evidence_and_options_in_order(book: Codebook) -> None:
    for item in book.items:
        assert item.guidance is not None, item.id
        assert len(item.guidance.split()) >= 20, item.id
        assert item.evidence == "if_found"
        if item.closed:
            assert item.level == "ordinal"
            assert (item.scores[0], item.scores[-1]) == (0, 1)
            assert len(set(item.scores)) == len(item.scores)


def test_every_term_of_its_framework_has_an_item(book: Codebook) -> None:
    own = FRAMEWORK[book.id]
    (framework,) = (f for f in book.frameworks if f.id == own)
    mapped = {t for i in book.items for t in i.maps_to.get(own, [])}
    assert mapped == set(framework.terms)


def test_the_same_reasons_serve_as_in_the_first_codebook(book: Codebook) -> None:
    assert [r.id for r in book.reasons] == [r.id for r in load_codebook("materials-science").reasons]


# Day one ------------------------------------------------------------------------------------------------

JOURNALS = """\
journal_id,title,publisher
first,First Letters,North
second,Second Reviews,North
third,Third Materials,South
"""


def filled(path: Path, answer: dict[tuple[str, str], str]) -> Path:
    """A coder's workbook with answers chosen from its lists, each with a passage."""
    book = openpyxl.load_workbook(path)
    page = book["Coding"]
    heads = {c.value: c.column for c in page[1]}
    for row in range(2, page.max_row + 1):
        key = (page.cell(row, heads["journal_id"]).value, page.cell(row, heads["item"]).value)
        page.cell(row, heads["Answer"]).value = answer[key]
        page.cell(row, heads["Passage"]).value = "as the policy says"
        page.cell(row, heads["Source URL"]).value = "https://example.org/policy"
    out = path.with_name(f"{path.stem}-filled.xlsx")
    book.save(out)
    return out


def test_from_init_to_a_score_with_two_coders(
    book: Codebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli("init", "day-one", "--codebook", book.id).status == 0
    assert Path("day-one/codebook.yaml").read_bytes() == find_codebook(book.id).read_bytes()
    Path("day-one/journals.csv").write_text(JOURNALS)
    assert cli("assign", "day-one", "--coders", "ann,ben", "--per-journal", "2").status == 0
    last = {i.id: i.options[-1] for i in book.items}
    lowest = {i.id: i.options[0] for i in book.items}
    differs = ("third", book.items[0].id)
    for coder in ("ann", "ben"):
        made = cli("template", "day-one", "--coder", coder, "--output", f"{coder}.xlsx")
        assert made.status == 0, made.said
        cells = {}
        for journal in ("first", "second", "third"):
            for item in book.items:
                option = last[item.id] if journal == "first" else lowest[item.id]
                if (journal, item.id) == differs and coder == "ben":
                    option = item.options[1]
                cells[journal, item.id] = option.label
        told = cli("import", "day-one", filled(Path(f"{coder}.xlsx"), cells))
        assert told.status == 0, told.said
    survey = rdpscore.load("day-one")
    assert rdpscore.measure_agreement(survey).overall.n_journals == 3
    assert int(survey.resolved.disagreed.sum()) == 1
    result = rdpscore.score(survey).journals.set_index("journal_id")
    assert result.loc["first", "score"] == pytest.approx(1)
    assert result.loc["second", "score"] == pytest.approx(0)
    assert result.loc["third", "score_high"] > result.loc["third", "score_low"] == pytest.approx(0)
    if book.id == "top-2015":
        assert result.loc["first", "display"] == 29
        assert result.loc["third", "display"] == 0
    assert isinstance(result, pd.DataFrame)
