"""Workbooks that coders sorted, moved, extended and saved in other programs are read right."""

from __future__ import annotations

import datetime
import html
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tables import rows
from workbooks import (
    cell_at,
    edited,
    filled_completely,
    found,
    make_survey,
    packed,
    part_of_sheet,
    parts_of,
    put,
    texts,
    workbook_of,
)

from rdpscore.coding import Filled, read_filled
from rdpscore.coding.read import read_workbook
from rdpscore.problems import Problems
from rdpscore.survey import load


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    return make_survey(tmp_path / "s")


@pytest.fixture
def blank(survey: Path) -> bytes:
    return workbook_of(survey)


@pytest.fixture
def full(blank: bytes) -> bytes:
    return filled_completely(blank)


def read(content: bytes) -> tuple[Filled | None, Problems]:
    return read_workbook(content, "c1.xlsx")


def answered(blank: bytes, item: str, value: Any) -> tuple[dict[tuple[str, str], str], Problems]:
    """What is read of one cell."""
    filled, problems = read(edited(blank, lambda book: setattr(cell_at(book, "alpha", item), "value", value)))
    return texts(filled), problems


# What a cell says -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["1", " 1 ", "1 – Encouraged", "1 - Encouraged", "1 — Encouraged", "1 − Encouraged", "1  –  ENCOURAGED",
     "Encouraged", "encouraged", "ENCOURAGED ", "\u00a0Encouraged", "1 –\nEncouraged"],
)  # fmt: skip
def test_an_answer_is_read_as_code_label_or_both(blank: bytes, text: str) -> None:
    answers, problems = answered(blank, "data", text)
    assert answers == {("alpha", "data"): "1"}
    assert problems.ok


@pytest.mark.parametrize("value", [1, 1.0])
def test_an_answer_is_read_from_a_number(blank: bytes, value: float) -> None:
    assert answered(blank, "data", value)[0] == {("alpha", "data"): "1"}


def test_a_number_that_is_no_code_is_not_rounded_to_one(blank: bytes) -> None:
    answers, problems = answered(blank, "data", 1.5)
    assert answers == {}
    assert [(p.code, p.value) for p in problems] == [("unknown_option", "1.5")]


def test_a_boolean_is_the_word_that_the_program_shows(blank: bytes) -> None:
    assert answered(blank, "remarks", True)[0] == {("alpha", "remarks"): "TRUE"}
    assert found(answered(blank, "data", False)[1]) == {("unknown_option", "c1.xlsx!Coding!D3")}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("rep; sup", "rep;sup"),
        ("Repository\nSupplement", "rep;sup"),
        ("SUP;rep;sup", "sup;rep"),
        ("On request; or by mail", "ask"),
        ("ask – On request; or by mail", "ask"),
    ],
)
def test_several_answers_are_read_as_codes_and_labels(blank: bytes, text: str, codes: str) -> None:
    assert answered(blank, "places", text)[0] == {("alpha", "places"): codes}


def test_white_space_alone_is_no_answer(blank: bytes) -> None:
    assert answered(blank, "data", " \n\u00a0")[0] == {}


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-16",
        " 2026-03-16 ",
        datetime.date(2026, 3, 16),
        datetime.datetime(2026, 3, 16),
        46_097,
        46_097.0,
        46_097.75,
    ],
)
def test_a_date_is_read_from_text_date_cells_and_serial_numbers(blank: bytes, value: Any) -> None:
    def fill(book: Any) -> None:
        put(cell_at(book, "alpha", "policy"), "no")
        cell = cell_at(book, "alpha", "policy", "Date")
        cell.value = value
        if isinstance(value, (int, float)):
            cell.number_format = "General"

    filled, problems = read(edited(blank, fill))
    assert texts(filled, "coded_on") == {("alpha", "policy"): "2026-03-16"}
    assert list(problems) == []


@pytest.mark.parametrize("text", ["not reachable", "NOT  reachable", "not_reachable"])
def test_a_state_is_read_as_label_or_code(blank: bytes, text: str) -> None:
    filled, _ = read(edited(blank, lambda book: put(cell_at(book, "alpha", "data", "State"), text)))
    assert texts(filled, "state") == {("alpha", "data"): "not_reachable"}


def test_a_state_alone_is_kept(blank: bytes) -> None:
    filled, _ = read(edited(blank, lambda book: put(cell_at(book, "alpha", "data", "State"), "to discuss")))
    assert texts(filled) == {("alpha", "data"): ""}


# What became of the sheet ---------------------------------------------------------------------------------


def rewritten(
    content: bytes, change: Callable[[list[list[Any]]], list[list[Any]]], sheet: str = "Coding"
) -> bytes:
    """A workbook whose sheet holds other rows, each value where `change` puts it."""

    def rewrite(book: Any) -> None:
        page = book[sheet]
        after = change([[c.value for c in row] for row in page.iter_rows()])
        page.delete_rows(1, page.max_row)
        for r, line in enumerate(after, start=1):
            for c, value in enumerate(line, start=1):
                if value is not None:
                    put(page.cell(r, c), value)

    return edited(content, rewrite)


CHANGES: dict[str, Callable[[list[list[Any]]], list[list[Any]]]] = {
    "rows sorted": lambda table: [table[0], *sorted(table[1:], key=lambda row: str(row[3]))],
    "rows reversed": lambda table: [table[0], *reversed(table[1:])],
    "columns reversed": lambda table: [list(reversed(row)) for row in table],
    "key columns first": lambda table: [[*row[-2:], *row[:-2]] for row in table],
    "an empty column between": lambda table: [[*row[:3], None, *row[3:]] for row in table],
    "blank rows between": lambda table: [line for row in table for line in (row, [])],
    "rows above the header": lambda table: [["My survey"], [], ["Answer carefully", "Note"], *table],
    "cells missing at the end": lambda table: [[*row[-2:], *row[:10]] for row in table],
    "headings in capitals": lambda table: [[str(h).upper() for h in table[0]], *table[1:]],
}


@pytest.mark.parametrize("name", CHANGES)
def test_answers_are_found_wherever_they_went(full: bytes, name: str) -> None:
    before, _ = read(full)
    after, problems = read(rewritten(full, CHANGES[name]))
    assert list(problems) == []
    for field in ("answer", "state", "evidence", "source_url", "coded_on", "note"):
        assert texts(after, field) == texts(before, field)


def test_an_extra_column_is_a_note_and_changes_nothing(full: bytes) -> None:
    def extend(book: Any) -> None:
        put(book["Coding"]["P1"], "My own thoughts")
        put(book["Coding"]["P4"], "I wonder")

    after, problems = read(edited(full, extend))
    assert texts(after) == texts(read(full)[0])
    assert [(p.code, p.severity, p.place, p.value) for p in problems] == [
        ("extra_column", "note", "c1.xlsx!Coding!P1", "My own thoughts")
    ]


def test_text_under_no_heading_is_told_of(full: bytes) -> None:
    _, problems = read(edited(full, lambda book: put(book["Coding"]["P4"], "I wonder")))
    assert [(p.code, p.place) for p in problems] == [("extra_column", "c1.xlsx!Coding!P1")]


def test_an_extra_column_that_is_empty_is_nothing(full: bytes) -> None:
    _, problems = read(edited(full, lambda book: put(book["Coding"]["P1"], "For later")))
    assert list(problems) == []


def test_a_renamed_sheet_is_a_note(full: bytes) -> None:
    after, problems = read(edited(full, lambda book: setattr(book["Coding"], "title", "Kodierung")))
    assert texts(after) == texts(read(full)[0])
    assert [(p.code, p.severity, p.value) for p in problems] == [("renamed_sheet", "note", "Kodierung")]


def test_a_copy_of_the_sheet_is_told_of(full: bytes) -> None:
    after, problems = read(edited(full, lambda book: book.copy_worksheet(book["Coding"])))
    assert texts(after) == texts(read(full)[0])
    assert [(p.code, p.severity, p.value) for p in problems] == [("second_sheet", "warning", "Coding Copy")]


@pytest.mark.parametrize("sheet", ["Guide", "Progress", "Lists"])
def test_sheets_that_hold_no_answers_may_go(full: bytes, sheet: str) -> None:
    after, problems = read(edited(full, lambda book: book.remove(book[sheet])))
    assert texts(after) == texts(read(full)[0])
    assert list(problems) == []


def test_hidden_and_filtered_rows_are_read(full: bytes) -> None:
    def hide(book: Any) -> None:
        for row in range(3, 9):
            book["Coding"].row_dimensions[row].hidden = True

    assert texts(read(edited(full, hide))[0]) == texts(read(full)[0])


def test_a_partly_filled_workbook_is_read_as_far_as_it_is(blank: bytes) -> None:
    def fill(book: Any) -> None:
        put(cell_at(book, "gamma", "policy"), "no")
        put(cell_at(book, "gamma", "remarks"), "Line one\nline two")

    filled, problems = read(edited(blank, fill))
    assert texts(filled) == {("gamma", "policy"): "no", ("gamma", "remarks"): "Line one\nline two"}
    assert list(problems) == []


def test_searches_are_entered_for_each_journal_of_a_form(survey: Path) -> None:
    def fill(book: Any) -> None:
        page = book["Search"]
        heads = {c.value: c.column for c in page[1]}
        row = next(r for r in range(2, 9) if page.cell(r, heads["form"]).value == "policy:p1")
        put(page.cell(row, heads["Pages opened"]), "https://one.example\nhttps://two.example")
        page.cell(row, heads["Date"]).value = datetime.date(2026, 3, 16)

    filled, problems = read(edited(workbook_of(survey, same_policy=True), fill))
    assert list(problems) == []
    assert filled is not None
    found_there = filled.searches[["journal_id", "coder", "pages", "searched_on"]].to_dict("records")
    pages = "https://one.example\nhttps://two.example"
    assert found_there == [
        {"journal_id": j, "coder": "c1", "pages": pages, "searched_on": "2026-03-16"}
        for j in ("alpha", "beta")
    ]


# What other programs write --------------------------------------------------------------------------------


def with_cell(content: bytes, reference: str, xml: str) -> bytes:
    """The Coding sheet with one cell written as this XML."""
    name = part_of_sheet(content, "Coding")
    parts = parts_of(content)
    sheet, n = re.subn(
        rf'<c r="{reference}"[^>]*?(/>|>.*?</c>)', lambda _: xml, parts[name].decode(), count=1
    )
    assert n == 1
    return packed(parts | {name: sheet.encode()})


def test_inline_strings_are_read(blank: bytes) -> None:
    cell = '<c r="D3" t="inlineStr"><is><t>2 – Required</t></is></c>'
    assert texts(read(with_cell(blank, "D3", cell))[0]) == {("alpha", "data"): "2"}


def test_inline_strings_of_several_runs_are_read(blank: bytes) -> None:
    runs = "<r><t>2 – </t></r><r><rPr><b/></rPr><t>Required</t></r>"
    cell = f'<c r="D3" t="inlineStr"><is>{runs}</is></c>'
    assert texts(read(with_cell(blank, "D3", cell))[0]) == {("alpha", "data"): "2"}


def test_escapes_of_inline_strings_are_undone_once(blank: bytes) -> None:
    cell = '<c r="D5" t="inlineStr"><is><t>_x005F_x0041_ and _x0041_</t></is></c>'
    assert texts(read(with_cell(blank, "D5", cell))[0]) == {("alpha", "remarks"): "_x0041_ and A"}


def test_texts_without_the_shared_table_are_read(blank: bytes) -> None:
    cell = '<c r="D5" t="str"><v>as a formula gives it, without one</v></c>'
    assert texts(read(with_cell(blank, "D5", cell))[0]) == {
        ("alpha", "remarks"): "as a formula gives it, without one"
    }


def with_shared(content: bytes, reference: str, si: str) -> bytes:
    """The Coding sheet with one cell that shows a further shared string."""
    parts = parts_of(content)
    strings = parts["xl/sharedStrings.xml"].decode()
    index = strings.count("<si>") + strings.count("<si ")
    parts["xl/sharedStrings.xml"] = strings.replace("</sst>", f"<si>{si}</si></sst>").encode()
    return with_cell(packed(parts), reference, f'<c r="{reference}" t="s"><v>{index}</v></c>')


def test_shared_strings_with_rich_text_are_read_whole(blank: bytes) -> None:
    si = "<r><t>2 </t></r><r><rPr><i/></rPr><t xml:space='preserve'>– Required</t></r>"
    assert texts(read(with_shared(blank, "D3", si))[0]) == {("alpha", "data"): "2"}


def test_readings_of_japanese_texts_are_not_part_of_them(blank: bytes) -> None:
    si = "<t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh>"
    assert texts(read(with_shared(blank, "D5", si))[0]) == {("alpha", "remarks"): "東京"}


def test_escapes_are_not_read_across_runs(blank: bytes) -> None:
    si = "<r><t>_x00</t></r><r><t>41_</t></r>"
    assert texts(read(with_shared(blank, "D5", si))[0]) == {("alpha", "remarks"): "_x0041_"}


def test_carriage_returns_become_line_feeds(blank: bytes) -> None:
    si = "<t>one_x000D_\ntwo</t>"
    assert texts(read(with_shared(blank, "D5", si))[0]) == {("alpha", "remarks"): "one\ntwo"}


def test_markup_in_a_text_is_text(blank: bytes) -> None:
    text = "<r><t>1</t></r> & <b>"
    assert texts(read(with_shared(blank, "D5", f"<t>{html.escape(text)}</t>"))[0]) == {
        ("alpha", "remarks"): text
    }


def test_a_sheet_saved_without_cell_references_is_read(full: bytes) -> None:
    """Cells without r follow each other."""
    name = part_of_sheet(full, "Coding")
    parts = parts_of(full)
    sheet = re.sub(r'(<c) r="[A-Z]+\d+"', r"\1", parts[name].decode())
    assert texts(read(packed(parts | {name: sheet.encode()}))[0]) == texts(read(full)[0])


def test_warnings_of_the_parser_do_not_reach_coders(full: bytes) -> None:
    """Excel saves drop-down lists in an extension of which openpyxl warns."""
    name = part_of_sheet(full, "Coding")
    parts = parts_of(full)
    extension = '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    sheet = parts[name].decode().replace("</worksheet>", extension)
    assert list(read(packed(parts | {name: sheet.encode()}))[1]) == []


# CSV ------------------------------------------------------------------------------------------------------

TABLE = """
    | journal_id | coder | item   | answer         | evidence        | coded_on   |
    |------------|-------|--------|----------------|-----------------|------------|
    | alpha      | c1    | policy | There is one   | „Übermäßig“     | 2026-03-16 |
    | alpha      | c1    | data   | 1 – Encouraged | Two\\nlines; ok | 2026-03-16 |
"""


def csv_file(
    folder: Path, encoding: str = "utf-8", delimiter: str = ",", end: str = "\n", table: str = TABLE
) -> Path:
    """A CSV as a program exports it."""
    path = folder / "c1.csv"
    lines = [
        delimiter.join(f'"{c}"' if set(c) & set(f"{delimiter}\n") else c for c in row) for row in rows(table)
    ]
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path


@pytest.mark.parametrize(
    ("encoding", "delimiter", "end"),
    [
        ("utf-8", ",", "\n"),
        ("utf-8-sig", ",", "\r\n"),
        ("cp1252", ";", "\r\n"),
        ("utf-16", "\t", "\r\n"),
    ],
)
def test_a_csv_is_read_in_any_encoding_and_with_any_delimiter(
    survey: Path, tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    filled, problems = read_filled(csv_file(tmp_path, encoding, delimiter, end), load(survey))
    assert list(problems) == []
    assert texts(filled) == {("alpha", "policy"): "yes", ("alpha", "data"): "1"}
    assert texts(filled, "evidence")["alpha", "policy"] == "„Übermäßig“"
    assert texts(filled, "evidence")["alpha", "data"] == "Two\nlines; ok"


def test_a_csv_may_hold_several_coders(survey: Path, tmp_path: Path) -> None:
    table = """
        | journal_id | coder | round | item | answer |
        |------------|-------|-------|------|--------|
        | alpha      | c1    |       | data | 1      |
        | alpha      | c2    |       | data | 2      |
        | alpha      | c2    | pilot | data | 0      |
    """
    filled, problems = read_filled(csv_file(tmp_path, table=table), load(survey))
    assert list(problems) == []
    assert filled is not None
    assert filled.codings[["coder", "round", "answer"]].to_numpy().tolist() == [
        ["c1", "main", "1"],
        ["c2", "main", "2"],
        ["c2", "pilot", "0"],
    ]


def test_a_leading_equals_sign_in_a_csv_is_text(survey: Path, tmp_path: Path) -> None:
    table = """
        | journal_id | coder | item    | answer |
        |------------|-------|---------|--------|
        | alpha      | c1    | remarks | =1+1   |
    """
    filled, _ = read_filled(csv_file(tmp_path, table=table), load(survey))
    assert texts(filled) == {("alpha", "remarks"): "=1+1"}


def test_a_workbook_written_by_openpyxl_alone_is_read(full: bytes) -> None:
    """As other libraries write it: nothing of the first file but its cells."""
    source = openpyxl.load_workbook(io.BytesIO(full))
    copy = openpyxl.Workbook()
    copy.remove(copy.active)
    for page in source:
        sheet = copy.create_sheet(page.title)
        for row in page.iter_rows():
            for cell in row:
                if cell.value is not None and type(cell).__name__ != "MergedCell":
                    sheet[cell.coordinate].value = cell.value
                    sheet[cell.coordinate].data_type = cell.data_type
    out = io.BytesIO()
    copy.save(out)
    filled, problems = read(out.getvalue())
    assert list(problems) == []
    assert texts(filled) == texts(read(full)[0])
