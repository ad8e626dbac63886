"""Any codings of any valid codebook, written into a workbook and read back, are the same."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import cell_at, edited, make_survey, put, texts, workbook_of

from rdpscore.codebook import Codebook
from rdpscore.coding.read import read_workbook
from rdpscore.coding.sheet_plan import FIELDS, STATE_LABELS, choice
from rdpscore.problems import InvalidInput, Problem, Problems
from rdpscore.survey import Survey, load
from rdpscore.words import is_blank

JOURNALS = pd.DataFrame(
    {"journal_id": ["alpha", "beta"], "title": ["Alpha", "Beta"], "publisher": ["North", "South"]}
)
KEY = ["journal_id", "item"]
MANY = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)

# Any text that a cell can hold and that is not blank; some that programs are known to change are made often
CELL = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from(
    "\n\t"
)
TRICKY = st.sampled_from(
    ["=1+1", "+1", "-1", "@x", "'quoted", "_x0041_", "x005F_", "_x005F_x0041_", "_x0041_x0042_",
     "<r><t>run</t></r>", "_x000D_", "a\nb\tc", " a ", "\u00a0x", "TRUE", "1.0", "007", "1e5", "2026-03-16",
     "#REF! in a text", "#NAME?", "N/A", "None", "–", "a;b", '"', "<b>&amp;</b>", "\U0001f600"]
)  # fmt: skip
TEXT = (TRICKY | st.text(CELL, min_size=1, max_size=60)).filter(lambda t: not is_blank(t))
LABEL = (TRICKY | st.text(CELL, min_size=1, max_size=300)).filter(lambda t: not is_blank(t))
CODE = st.text(st.sampled_from("ABab019_-"), min_size=1, max_size=4)
DAY = st.dates(datetime.date(1990, 1, 1), datetime.date(2026, 1, 1)).map(datetime.date.isoformat)


@st.composite
def codebooks(draw: st.DrawFn, label: st.SearchStrategy[str] = LABEL) -> Codebook:
    """Codebooks of one to six items of all kinds; ids, codes and labels may differ in case alone."""
    ids = draw(st.lists(CODE.filter(lambda c: c not in ("a-b",)), min_size=1, max_size=6, unique=True))
    items: list[dict[str, Any]] = []
    for n, item_id in enumerate(ids):
        kind = draw(st.sampled_from(["single", "single", "multiple", "open"]))
        item: dict[str, Any] = {
            "id": item_id, "dimension": "d", "title": f"Item {n}", "question": draw(label), "kind": kind,
            "scored": False, "evidence": draw(st.sampled_from(["required", "if_found", "optional"])),
        }  # fmt: skip
        if kind != "open":
            codes = draw(st.lists(CODE, min_size=2, max_size=5, unique=True))
            labels = draw(st.lists(label, min_size=len(codes), max_size=len(codes), unique=True))
            if draw(st.booleans()) and labels[0].upper() not in labels:
                labels[1] = labels[0].upper()
            item["options"] = [{"code": c, "label": t} for c, t in zip(codes, labels, strict=True)]
        if kind == "single":
            item["level"] = draw(st.sampled_from(["nominal", "ordinal"]))
        earlier = [i for i in items if i["kind"] == "single"]
        if earlier and draw(st.booleans()):
            other = draw(st.sampled_from(earlier))
            allowed = draw(
                st.lists(st.sampled_from([o["code"] for o in other["options"]]), min_size=1, unique=True)
            )
            item["applies_if"] = {other["id"]: allowed}
        items.append(item)
    scored = {"id": "zz", "dimension": "d", "title": "Z", "question": "Z?", "level": "nominal",
              "options": [{"code": c, "label": c, "score": 0.5} for c in "yn"]}  # fmt: skip
    return Codebook.model_validate(
        {"format": 1, "id": "any", "version": "1", "title": "Any", "dimensions": [{"id": "d", "title": "D"}],
         "items": [*items, scored], "schemes": [{"id": "s", "title": "S"}], "default_scheme": "s"}
    )  # fmt: skip


@st.composite
def codings(draw: st.DrawFn, codebook: Codebook) -> pd.DataFrame:
    """What one coder may have answered; rows of which something is filled in."""
    rows = []
    for journal in JOURNALS["journal_id"]:
        for item in codebook.items:
            if item.kind == "open":
                answer = draw(st.none() | TEXT)
            elif item.kind == "single":
                answer = draw(st.none() | st.sampled_from(item.codes))
            else:
                chosen = draw(st.lists(st.sampled_from(item.codes), unique=True))
                answer = ";".join(chosen) or None
            row = {
                "journal_id": journal,
                "coder": "c1",
                "item": item.id,
                "answer": answer,
                "state": draw(st.sampled_from(list(STATE_LABELS))),
                "evidence": draw(st.none() | TEXT),
                "source_url": draw(st.none() | TEXT),
                "coded_on": draw(st.none() | DAY),
                "confidence": draw(st.none() | st.sampled_from(["low", "medium", "high"])),
                "note": draw(st.none() | TEXT),
            }
            if draw(st.booleans()) or answer is not None:
                rows.append(row)
    names = ["journal_id", "coder", "item", *FIELDS]
    return pd.DataFrame(rows, columns=names, dtype=object)


def same(given: pd.DataFrame, read: pd.DataFrame) -> None:
    """The fields of all rows are equal, character by character."""
    blank = given.astype(object).where(given.notna(), "").sort_values(KEY)[[*KEY, *FIELDS]]
    back = read.sort_values(KEY)[[*KEY, *FIELDS]]
    assert back.to_dict("records") == blank.to_dict("records")


def wrong(problems: Problems) -> list[Problem]:
    """But for a text like <b>, which is kept and told."""
    return [p for p in problems if p.code != "markup_in_cell"]


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["long", "wide"])
@given(data=st.data())
@MANY
def test_answers_that_the_survey_holds_are_read_back_the_same(layout: str, data: st.DataObject) -> None:
    codebook = data.draw(codebooks())
    answers = data.draw(codings(codebook))
    survey = Survey.from_frames(codebook, JOURNALS, answers)
    filled, problems = read_workbook(workbook_of(survey, layout=layout), "c1.xlsx")
    assert wrong(problems) == []
    assert filled is not None
    same(answers, filled.codings)


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["long", "wide"])
@given(data=st.data())
@settings(MANY, max_examples=20)
def test_answers_that_a_coder_fills_in_are_read_back_the_same(layout: str, data: st.DataObject) -> None:
    # openpyxl, which plays the coder here, deletes every "x005F_" of a workbook that it opens
    codebook = data.draw(codebooks(LABEL.filter(lambda t: "_x" not in t and "x005F_" not in t)))
    answers = data.draw(codings(codebook))
    empty = Survey.from_frames(codebook, JOURNALS, answers.iloc[:0])

    def fill(book: Any) -> None:
        for row in answers.astype(object).where(answers.notna(), None).to_dict("records"):
            item = codebook.item(row["item"])
            for field, head in FIELDS.items():
                text = row[field]
                if text is not None:
                    if field == "answer" and item.kind == "single":
                        text = choice(item, text)
                    text = STATE_LABELS[text] if field == "state" else text
                    heading = head if layout == "long" or field == "answer" else field
                    put(cell_at(book, row["journal_id"], item.id, heading), escaped(text))

    filled, problems = read_workbook(edited(workbook_of(empty, layout=layout), fill), "c1.xlsx")
    assert wrong(problems) == []
    assert filled is not None
    same(answers, filled.codings)


def escaped(text: str) -> str:
    """As spreadsheet programs write a text that reads like an escape; openpyxl does not."""
    return re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)


@given(data=st.data())
@settings(MANY, max_examples=6)
def test_the_same_input_gives_the_same_bytes(data: st.DataObject) -> None:
    codebook = data.draw(codebooks())
    answers = data.draw(codings(codebook))
    one, other = (
        workbook_of(Survey.from_frames(codebook, JOURNALS.copy(), answers.copy())) for _ in range(2)
    )
    assert one == other


def coded(tmp_path: Path, passage: str) -> Survey:
    """A survey with one coding that has this passage."""
    survey = load(make_survey(tmp_path / "s"))
    row = {"journal_id": "alpha", "coder": "c1", "item": "data", "answer": "1", "evidence": passage}
    return Survey.from_frames(survey.codebook, survey.journals, pd.DataFrame([row]))


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_a_passage_of_32767_characters_is_kept(tmp_path: Path, layout: str) -> None:
    passage = ("ü=\n" * 11_000)[:32_766] + "."
    filled, problems = read_workbook(workbook_of(coded(tmp_path, passage), layout=layout), "c1.xlsx")
    assert problems.ok
    assert texts(filled, "evidence")["alpha", "data"] == passage


def test_a_passage_of_32768_characters_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        workbook_of(coded(tmp_path, "x" * 32_768))
    problem = next(iter(caught.value.problems))
    assert (problem.code, problem.place) == ("unwritable_text", "c1.xlsx!Coding!F3")
    assert "32,768 characters" in problem.what


def test_a_passage_is_measured_as_spreadsheet_programs_count(tmp_path: Path) -> None:
    """An emoji counts as two; a cell with 16,384 of them would be cut."""
    with pytest.raises(InvalidInput, match="32,768 characters"):
        workbook_of(coded(tmp_path, "\U0001f600" * 16_384))
    filled, _ = read_workbook(workbook_of(coded(tmp_path / "b", "\U0001f600" * 16_383)), "c1.xlsx")
    assert texts(filled, "evidence")["alpha", "data"] == "\U0001f600" * 16_383


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_a_character_that_xml_forbids_is_a_problem_on_writing(tmp_path: Path, character: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        workbook_of(coded(tmp_path, f"a{character}b"))
    problem = next(iter(caught.value.problems))
    assert (problem.code, problem.place) == ("unwritable_text", "c1.xlsx!Coding!F3")
    assert f"U+{ord(character):04X}" in problem.what


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_a_character_that_xml_forbids_is_a_problem_on_reading(tmp_path: Path, character: str) -> None:
    """Spreadsheet programs write such a character as an escape."""
    content = edited(
        workbook_of(make_survey(tmp_path / "s")),
        lambda book: put(cell_at(book, "alpha", "data", "Note"), f"a_x{ord(character):04X}_b"),
    )
    _, problems = read_workbook(content, "c1.xlsx")
    assert [(p.code, p.place, p.value) for p in problems] == [
        ("forbidden_character", "c1.xlsx!Coding!J3", f"U+{ord(character):04X}")
    ]


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_one_form_of_a_policy_is_entered_for_each_of_its_journals(tmp_path: Path, layout: str) -> None:
    content = workbook_of(make_survey(tmp_path / "s"), layout=layout, same_policy=True)
    content = edited(content, lambda book: put(cell_at(book, "policy:p1", "data"), "2 – Required"))
    filled, _ = read_workbook(content, "c1.xlsx")
    assert texts(filled) == {("alpha", "data"): "2", ("beta", "data"): "2"}
    assert set(texts(filled, "reading_id").values()) == {"policy:p1:c1"}


def test_a_form_of_one_journal_has_no_reading_id(tmp_path: Path) -> None:
    content = workbook_of(make_survey(tmp_path / "s"), same_policy=True)
    content = edited(content, lambda book: put(cell_at(book, "gamma", "data"), "2 – Required"))
    filled, _ = read_workbook(content, "c1.xlsx")
    assert texts(filled, "reading_id") == {("gamma", "data"): ""}


def test_a_form_of_a_thousand_journals_can_be_written(tmp_path: Path) -> None:
    survey = load(make_survey(tmp_path / "s"))
    journals = pd.DataFrame(
        [(f"j{n}", f"A journal with a long title, number {n}", "North", "p") for n in range(1000)],
        columns=["journal_id", "title", "publisher", "policy_id"],
    )
    large = Survey.from_frames(survey.codebook, journals, survey.codings)
    content = workbook_of(large, same_policy=True)
    content = edited(content, lambda book: put(cell_at(book, "policy:p", "data"), "2"))
    filled, _ = read_workbook(content, "c1.xlsx")
    assert len(texts(filled)) == 1000


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_a_workbook_holds_nothing_of_another_coder(tmp_path: Path, layout: str) -> None:
    folder = make_survey(
        tmp_path / "s",
        """
        | journal_id | coder    | item | answer | evidence       | source_url             | note        | reading_id |
        |------------|----------|------|--------|----------------|------------------------|-------------|------------|
        | alpha      | c1       | data | 1      | mine-marker    |                        |             |            |
        | alpha      | hidden-2 | data | 2      | secret-passage | https://secret.example | secret-note | secret-id  |
        """,
        assignments="""
        | journal_id | coder    |
        |------------|----------|
        | alpha      | c1       |
        | alpha      | hidden-2 |
        """,
    )
    content = workbook_of(folder, layout=layout)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        everything = b"".join(archive.read(n) for n in archive.namelist())
    assert b"mine-marker" in everything
    assert [m for m in (b"secret", b"hidden-2") if m in everything] == []


def test_a_workbook_without_any_answer_reads_as_empty(tmp_path: Path) -> None:
    filled, problems = read_workbook(workbook_of(make_survey(tmp_path / "s")), "c1.xlsx")
    assert texts(filled) == {}
    assert list(problems) == []
