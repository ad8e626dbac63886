"""Pasting from a page: cells stay the coder's, spills are found, nothing else can be pasted over."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from workbooks import cell_at, edited, make_survey, parts_of, put, workbook_of

from rdpscore.coding.read import read_workbook


def told(content: bytes, *codes: str) -> list[tuple[str, str, str]]:
    """Code, cell and value of each problem of these kinds."""
    _, problems = read_workbook(content, "c1.xlsx")
    return [(p.code, (p.cell or "").rpartition("!")[2], p.value) for p in problems if p.code in codes]


def with_passages(content: bytes, cells: dict[str, str]) -> bytes:
    def change(book: Any) -> None:
        for place, text in cells.items():
            put(book["Coding"][place], text)

    return edited(content, change)


@pytest.fixture
def blank(tmp_path: Path) -> bytes:
    return workbook_of(make_survey(tmp_path / "s"))


SPILL = ("spilled_passage", "passage_without_answer")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # below an answered row
        ({"D2": "yes", "F2": "a", "F3": "b"}, [("spilled_passage", "F2", "F3:F3")]),
        # nothing is answered yet: the first passage lacks its answer, the others are no passages of theirs
        (
            {"F2": "a", "F3": "b", "F4": "c"},
            [("spilled_passage", "F2", "F3:F4"), ("passage_without_answer", "F2", "a")],
        ),
        # each row has its answer, or a state
        ({"D2": "yes", "F2": "a", "D3": "1", "F3": "b"}, []),
        ({"D2": "yes", "F2": "a", "E3": "unclear", "F3": "b"}, []),
        # an address of its own beside it: somebody works on that row
        ({"D2": "yes", "F2": "a", "F3": "b", "G3": "https://x.example"}, []),
        # a gap
        ({"D2": "yes", "F2": "a", "F4": "c"}, [("passage_without_answer", "F4", "c")]),
        # two spills
        (
            {"D2": "yes", "F2": "a", "F3": "b", "D4": "rep", "F4": "c", "F5": "d", "F6": "e"},
            [("spilled_passage", "F2", "F3:F3"), ("spilled_passage", "F4", "F5:F6")],
        ),
    ],
)
def test_spills_are_told_by_their_range(
    blank: bytes, cells: dict[str, str], expected: list[tuple[str, str, str]]
) -> None:
    assert told(with_passages(blank, cells), *SPILL) == expected


def test_what_to_join_is_told_in_its_order(blank: bytes) -> None:
    content = with_passages(blank, {"D2": "yes", "F2": "one", "F3": "two", "F4": "three"})
    (problem,) = [p for p in read_workbook(content, "c1.xlsx")[1] if p.code == "spilled_passage"]
    assert "(one two three)" in problem.remedy


def test_a_spill_of_the_wide_layout_goes_to_the_next_journals(tmp_path: Path) -> None:
    content = workbook_of(make_survey(tmp_path / "s"), layout="wide")

    def change(book: Any) -> None:
        put(cell_at(book, "alpha", "data"), "1")
        for journal in ("alpha", "beta", "gamma"):
            put(cell_at(book, journal, "data", "evidence"), journal)

    found = told(edited(content, change), *SPILL)
    assert [(code, value) for code, _, value in found] == [("spilled_passage", found[0][2])]
    first, _, last = found[0][2].partition(":")
    assert (first[-1], last[-1], first[:-1]) == ("4", "5", last[:-1])


@pytest.mark.parametrize(
    "text", ["<p>must</p>", "share&nbsp;data", 'see <a href="x">here</a>', "&ldquo;must&rdquo;"]
)
def test_markup_is_told(blank: bytes, text: str) -> None:
    assert [c for c, _, _ in told(with_passages(blank, {"D2": "yes", "F2": text}), "markup_in_cell")]


@pytest.mark.parametrize("text", ["p < 0.05 and q > 3", "a <b", "R&D; data", "x <- y", "AT&T"])
def test_signs_are_no_markup(blank: bytes, text: str) -> None:
    assert not told(with_passages(blank, {"D2": "yes", "F2": text}), "markup_in_cell")


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_a_cell_that_loses_its_format_is_still_the_coders(tmp_path: Path, layout: str) -> None:
    """LibreOffice gives a cell into which HTML is pasted the workbook's default format (seen in a window of 7.4).

    So it stays open, text, wrapped and pale yellow; words that came with the workbook, and what lies outside the
    table, stay closed.
    """
    content = workbook_of(make_survey(tmp_path / "s"), layout=layout)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        (last,) = [d for d in sheet.column_dimensions.values() if d.max == 16_384]
        assert all(d.protection.locked for d in sheet.column_dimensions.values()), sheet.title
        assert last.number_format == "General"
        assert sheet.dimensions.count("XFD") == 0, sheet.title
    styles = parts_of(content)["xl/styles.xml"].decode()
    for part in ("cellStyleXfs", "cellXfs"):
        default = styles[styles.index(f"<{part} ") :].partition("</xf>")[0]
        assert re.search(r'numFmtId="49".*wrapText="1".*<protection locked="0"', default), part
        (fill,) = re.findall(r'fillId="(\d+)"', default)
        fills = re.findall(r"<fill>.*?</fill>", styles)
        assert "FFFFFDF2" in fills[int(fill)]


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_lists_offer_and_never_stop(tmp_path: Path, layout: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(make_survey(tmp_path / "s"), layout=layout)))
    rules = [r for sheet in book.worksheets for r in sheet.data_validations.dataValidation]
    assert rules
    assert not [r for r in rules if r.showErrorMessage]
