"""Workbooks opened, computed anew and saved by LibreOffice hold what was in them, and compute what we wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from filelock import FileLock
from office import needs_office, resaved
from tables import write_survey

from rdpscore.coding import adjudication_workbook, coder_workbook, read_filled
from rdpscore.coding import cells as parse
from rdpscore.coding.adjudication import DECISION, open_cases
from rdpscore.coding.sheet_plan import FIELDS, choice, plan
from rdpscore.survey import Survey, load

pytestmark = [pytest.mark.libreoffice, needs_office]

LONG_LABEL = 'Deposit is required, "and more": ' + "a {long} label, " * 20
CODEBOOK = f"""\
format: 1
id: office
version: "1"
title: All kinds of items
dimensions:
  - {{id: data, title: Data}}
items:
  - id: policy
    number: "1"
    dimension: data
    title: Policy
    question: Is there a policy?
    level: ordinal
    evidence: required
    options:
      - {{code: "no", label: There is none, score: 0}}
      - {{code: "yes", label: There is one, score: 1}}
  - id: data-sharing
    number: "2"
    dimension: data
    title: Data
    question: Must data be shared?
    guidance: |-
      - Code the duty to share.
      - Not the duty to say where data are.
    level: ordinal
    evidence: if_found
    applies_if: {{policy: ["yes"]}}
    options:
      - {{code: "0", label: Not mentioned, score: 0}}
      - {{code: "1", label: "=Encouraged", score: 0.5}}
      - {{code: "2", label: {LONG_LABEL!r}, score: 1}}
  - id: Data-sharing
    dimension: data
    title: Place
    question: Where must data be?
    level: ordinal
    evidence: optional
    applies_if: {{data-sharing: ["1", "2"]}}
    options:
      - {{code: "0", label: Anywhere, score: 0}}
      - {{code: "1", label: In a repository, score: 1}}
  - id: ways
    dimension: data
    title: Ways
    question: Which ways?
    kind: multiple
    scored: false
    evidence: if_found
    options:
      - {{code: rep, label: Repository}}
      - {{code: ask, label: On request}}
  - id: remarks
    dimension: data
    title: Remarks
    question: Anything else?
    kind: open
    scored: false
    evidence: optional
    applies_if: {{policy: ["yes"]}}
schemes:
  - {{id: equal, title: Mean of the items}}
default_scheme: equal
reasons:
  - {{id: interpretation, title: Read differently}}
"""
JOURNALS = """
    | journal_id | title           | publisher | policy_id |
    |------------|-----------------|-----------|-----------|
    | alpha      | Alpha Letters   | North     | p1        |
    | beta       | Beta Reviews    | North     | p2        |
    | gamma      | Gamma Materials | South     | p3        |
    | delta      | Delta Notes     | South     | p4        |
"""
# alpha: complete. beta: what does not apply was answered, passages lack. gamma: partly filled. delta: untouched
CODINGS = """
    | journal_id | coder | item         | answer  | state         | evidence             | source_url            | coded_on   | confidence | note         |
    |------------|-------|--------------|---------|---------------|----------------------|-----------------------|------------|------------|--------------|
    | alpha      | c1    | policy       | yes     | answered      | =1+1 is no formula   | https://example.org/a | 2026-03-16 | high       |              |
    | alpha      | c1    | data-sharing | 2       | unclear       | Zwei\\nZeilen, “ß” 🙂 | https://example.org/b | 2026-03-17 | low        | +1, @home    |
    | alpha      | c1    | Data-sharing | 1       | answered      | 007                  |                       | 1999-12-31 | medium     | -            |
    | alpha      | c1    | ways         | rep;ask | answered      | <b>&amp;</b>         |                       | 2026-03-16 |            |              |
    | alpha      | c1    | remarks      | 1.50    | answered      |                      |                       |            |            | '            |
    | beta       | c1    | policy       | no      | answered      |                      |                       |            |            |              |
    | beta       | c1    | data-sharing | 1       | answered      |                      |                       |            |            |              |
    | beta       | c1    | remarks      | None    | to_discuss    |                      |                       |            |            |              |
    | gamma      | c1    | policy       | yes     | answered      | a passage            |                       |            |            |              |
    | gamma      | c1    | data-sharing | 0       | answered      |                      |                       |            |            |              |
    | gamma      | c1    | ways         | ask     | answered      |                      |                       |            |            |              |
    | delta      | c1    | policy       |         | not_reachable |                      |                       |            |            | page is gone |
    | alpha      | c2    | policy       | no      | answered      | theirs               |                       |            |            |              |
    | gamma      | c2    | policy       | yes     | to_discuss    | theirs too           |                       |            |            |              |
"""  # noqa: E501
CHECKS = {
    "alpha": ["", "", "", "", ""],
    "beta": ["passage missing", "does not apply", "answer missing", "", "does not apply"],
    "gamma": ["", "", "", "passage missing", ""],
    "delta": ["", "answer missing", "answer missing", "", ""],
}


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    folder = tmp_path_factory.mktemp("office") / "survey"
    return load(write_survey(folder, CODEBOOK, journals=JOURNALS, codings=CODINGS))


@pytest.fixture(scope="module")
def made(
    survey: Survey, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> dict[str, tuple[Path, Path]]:
    """Kind → the workbook that we wrote, and as LibreOffice saved it; one run for all tests and workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "libreoffice"
    folder.mkdir(exist_ok=True)
    carried = {("alpha", "policy"): {"answer": "yes", "reason": "interpretation", "ruling": "=yes\nit is"}}
    books = {
        "long": coder_workbook(plan(survey, "c1")),
        "wide": coder_workbook(plan(survey, "c1", layout="wide")),
        "adjudication": adjudication_workbook(survey, open_cases(survey), carried=carried),
    }
    ours = [folder / f"{kind}.xlsx" for kind in books]
    with FileLock(folder / "lock"):
        if not (folder / "resaved").exists():
            for path, content in zip(ours, books.values(), strict=True):
                path.write_bytes(content)
            resaved(ours, folder)
    return {kind: (path, folder / "resaved" / path.name) for kind, path in zip(books, ours, strict=True)}


def opened(path: Path, *, values: bool = True) -> Any:
    return openpyxl.load_workbook(path, data_only=values)


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_what_was_filled_in_comes_back(
    survey: Survey, made: dict[str, tuple[Path, Path]], layout: str
) -> None:
    filled, problems = read_filled(made[layout][1])
    assert filled is not None
    assert {b.code for b in problems.batches} <= {"missing_answer", "markup_in_cell"}
    columns = ["journal_id", "coder", "round", "item", *FIELDS]
    mine = survey.codings[survey.codings["coder"] == "c1"].astype(object)
    expected = mine.where(mine.notna(), "")[columns]
    order = ["journal_id", "item"]
    read = filled.codings[columns].sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(read, expected.sort_values(order, ignore_index=True), check_dtype=False)


def checks_of(book: Any, layout: str) -> dict[str, list[str]]:
    """Journal → what each item's check says."""
    coding = book["Coding"]
    if layout == "wide":
        journals = [r[1].value for r in coding.iter_rows(min_row=3) if r[1].value]
        rows = book["Checks"].iter_rows(max_col=5, max_row=len(journals), values_only=True)
        return {j: [v or "" for v in row] for j, row in zip(journals, rows, strict=True)}
    heads = [c.value for c in coding[1]]
    check, key = heads.index("Check"), heads.index("journal_id")
    out: dict[str, list[str]] = {}
    for row in coding.iter_rows(min_row=2, values_only=True):
        if row[key]:
            out.setdefault(row[key], []).append(row[check] or "")
    return out


@pytest.mark.parametrize("layout", ["long", "wide"])
@pytest.mark.parametrize("by", ["us", "LibreOffice"])
def test_formulas_compute_what_is_expected(made: dict[str, tuple[Path, Path]], layout: str, by: str) -> None:
    book = opened(made[layout][by == "LibreOffice"])
    assert checks_of(book, layout) == CHECKS
    progress = [row[2:5] for row in book["Progress"].iter_rows(min_row=2, max_row=6, values_only=True)]
    assert progress == [(3, 2, 2), (0, 0, 0), (1, 1, 2), (0, 1, 0), (2, 0, 0)]


@pytest.mark.parametrize("by", ["us", "LibreOffice"])
def test_answers_typed_as_codes_count(survey: Survey, tmp_path: Path, by: str) -> None:
    """A code typed over the list is an answer to the formulas, as it is to the reader."""
    path = tmp_path / "typed.xlsx"
    book = openpyxl.load_workbook(_written(tmp_path / "c1.xlsx", coder_workbook(plan(survey, "c2"))))
    coding = book["Coding"]
    for row, answer in ((2, "no"), (3, 0), (4, "1"), (7, "YES"), (8, 2)):
        coding.cell(row, 4).value = answer
    book.save(path)
    if by == "us":
        filled, problems = read_filled(path)
        assert problems.ok
        assert filled is not None
        given = filled.codings.set_index(["journal_id", "item"])["answer"]
        assert given["alpha", "data-sharing"] == "0"
        return
    (again,) = resaved([path], tmp_path)
    computed = checks_of(opened(again), "long")
    assert computed["alpha"] == ["", "", "does not apply", "", ""]
    assert computed["beta"][:3] == ["passage missing", "passage missing", "answer missing"]


TYPED = (
    "", "no", "NO", " yes ", "yes – There is one", "yes - There is one", "There is one", "there  is none",
    "yes\u00a0– There is one", "nope", "yes – There is", "There", "0", 0, 1, "1", "2", 2.0, "3", "=Encouraged",
    "yes; no",
)  # fmt: skip
"""What somebody may type or paste into a cell with a list."""


def test_what_is_coloured_as_unknown_is_what_the_reader_refuses(survey: Survey, tmp_path: Path) -> None:
    """The rule of colour is computed by LibreOffice for each text, and compared with the reader's word."""
    book = openpyxl.load_workbook(_written(tmp_path / "c1.xlsx", coder_workbook(plan(survey, "c2"))))
    criteria = {}
    for entry in book["Coding"].conditional_formatting:
        for rule in entry.rules:
            if rule.type == "expression" and "known_" in rule.formula[0]:
                criteria[str(entry.sqref).split()[0]] = rule.formula[0]
    items = dict(zip((f"D{row}" for row in range(2, 7)), survey.codebook.items, strict=True))
    closed = {cell: item for cell, item in items.items() if item.closed}
    assert criteria.keys() == closed.keys()
    sheet = book.create_sheet("Tried")
    for row, text in enumerate(TYPED, start=1):
        sheet.cell(row, 1).value = text
        sheet.cell(row, 1).data_type = "n" if isinstance(text, (int, float)) else "s"
        for column, cell in enumerate(closed, start=2):
            sheet.cell(row, column).value = f"={criteria[cell].replace(cell, f'$A{row}')}"
    path = tmp_path / "tried.xlsx"
    book.save(path)
    (again,) = resaved([path], tmp_path)
    found = opened(again)["Tried"]
    for row, text in enumerate(TYPED, start=1):
        for column, item in enumerate(closed.values(), start=2):
            refused = False
            try:
                parse.answer(item, text)
            except parse.BadCell:
                refused = True
            assert bool(found.cell(row, column).value) is refused, (item.id, text)


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", ["long", "wide", "adjudication"])
def test_drop_downs_offer_every_option(survey: Survey, made: dict[str, tuple[Path, Path]], kind: str) -> None:
    """Each closed item's cells take their list from the hidden sheet, labels of any length included."""
    sheet_name = "Adjudication" if kind == "adjudication" else "Coding"
    for path in made[kind]:
        book = opened(path)
        names = {n.casefold(): d.attr_text for n, d in book.defined_names.items()}
        offered: dict[tuple[str, ...], int] = {}
        for rule in book[sheet_name].data_validations.dataValidation:
            if rule.type != "list" or str(rule.formula1).casefold() not in names:
                continue
            title, _, cells = names[str(rule.formula1).casefold()].partition("!")
            options = tuple(str(c[0].value) for c in book[title.strip("$'")][cells.replace("$", "")])
            offered[options] = offered.get(options, 0) + sum(r.size["rows"] for r in rule.sqref.ranges)
        closed = [i for i in survey.codebook.items if i.closed]
        if kind == "adjudication":
            closed = [survey.codebook.item(i) for i in dict.fromkeys(c.item for c in open_cases(survey))]
            closed = [i for i in closed if i.closed]
        lists = {tuple(choice(i, c) for c in i.codes) for i in closed}
        assert lists <= offered.keys()
        if kind != "adjudication":
            assert all(offered[options] == 4 for options in lists)
            assert any(len(label) > 255 for options in lists for label in options)


@pytest.mark.parametrize("kind", ["long", "wide", "adjudication"])
def test_only_the_cells_to_be_filled_are_unlocked(made: dict[str, tuple[Path, Path]], kind: str) -> None:
    for path in made[kind]:
        book = opened(path)
        for sheet in book.worksheets:
            assert sheet.protection.sheet, sheet.title
            found = {c.column for row in sheet.iter_rows() for c in row if not c.protection.locked}
            if (kind, sheet.title) == ("long", "Coding"):
                assert found == set(range(4, 11))
            elif (kind, sheet.title) == ("wide", "Coding"):
                assert found == set(range(3, 3 + 5 * 7))
            elif sheet.title == "Search":
                assert found == set(range(3, 8))
            elif sheet.title == "Adjudication":
                assert found == {
                    c.column for c in sheet[1]
                    if c.value in DECISION.values()
                }  # fmt: skip
            else:
                assert not found, sheet.title


@pytest.mark.parametrize(
    ("kind", "sheet", "least"),
    [
        ("long", "Coding", 5),
        ("wide", "Coding", 10),
        ("adjudication", "Adjudication", 3),
        ("long", "Progress", 3),
    ],
)
def test_colours_survive(made: dict[str, tuple[Path, Path]], kind: str, sheet: str, least: int) -> None:
    for path in made[kind]:
        rules = [r for rules in opened(path)[sheet].conditional_formatting for r in rules.rules]
        assert len(rules) >= least
        assert all(r.dxf.fill.bgColor.rgb not in (None, "00000000") for r in rules)


def test_adjudication_comes_back(made: dict[str, tuple[Path, Path]]) -> None:
    filled, _ = read_filled(made["adjudication"][1])
    assert filled is not None
    begun = filled.begun["alpha", "policy"]
    assert (begun["answer"], begun["reason"], begun["ruling"]) == ("yes", "interpretation", "=yes\nit is")
    assert len(filled.begun) == 1


def test_no_error_values_anywhere(made: dict[str, tuple[Path, Path]]) -> None:
    for _, path in made.values():
        for sheet in opened(path).worksheets:
            wrong = [c.coordinate for row in sheet.iter_rows() for c in row if c.data_type == "e"]
            assert not wrong, sheet.title


def test_same_input_gives_the_same_bytes(survey: Survey) -> None:
    for options in ({}, {"layout": "wide"}, {"same_policy": True}):
        assert coder_workbook(plan(survey, "c1", **options)) == coder_workbook(plan(survey, "c1", **options))


def test_no_other_coders_answers(survey: Survey, made: dict[str, tuple[Path, Path]]) -> None:
    for kind in ("long", "wide"):
        book = opened(made[kind][0])
        values = [str(v) for s in book.worksheets for row in s.iter_rows(values_only=True) for v in row if v]
        assert not any("theirs" in v for v in values)
