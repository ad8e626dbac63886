"""A copy of a checked workbook with its problems as comments and colour, for coders without a terminal."""

from __future__ import annotations

import io
from typing import Any

from rdpscore.coding.cells import formula_in
from rdpscore.coding.grid import page_rows
from rdpscore.coding.layout import height, lines
from rdpscore.coding.style import (
    AGAINST,
    EVIDENCE,
    HEAD,
    PAPER,
)
from rdpscore.problems import Problems, Severity
from rdpscore.readers import Cell, read_book
from rdpscore.readers.container import silent
from rdpscore.readers.model import BOOLEAN, NUMBER

_LONGEST = 2_000
SUMMARY = "Problems"
_HEADS = ("Severity", "Place", "Value", "What is wrong", "What to do")
_WIDTHS = {"A": 10, "B": 18, "C": 26, "D": 62, "E": 62}


@silent()
def annotated(content: bytes, problems: Problems) -> bytes:
    """The workbook with a comment in each cell that has a problem, and a sheet that lists all.

    Parameters
    ----------
    content : bytes
        A workbook that could be opened.
    problems : Problems
        With their cells, as `check_file` gives them.

    Returns
    -------
    bytes
        A copy to look at and to mend; answers are as they were. Where styles, widths or links are so damaged that the
        workbook cannot be copied with them, the copy holds what stands in the cells, without.

    Raises
    ------
    InvalidInput
        The cells cannot be read either.
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content))
        return _annotated(book if book.worksheets else _plain_copy(content), problems)
    except Exception:  # whatever a damaged style, width, rule or link makes openpyxl raise
        return _annotated(_plain_copy(content), problems)


def _plain_copy(content: bytes) -> Any:
    """A workbook with the sheets and what stands in their cells."""
    import openpyxl
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    read, found = read_book(content, "the workbook")
    found.raise_errors()
    assert read is not None
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for sheet in read.sheets:
        own = book.create_sheet(sheet.name)
        own.sheet_state = "hidden" if sheet.hidden else "visible"
        for row, values in page_rows(sheet.page):
            for column, value in enumerate(values, start=1):
                if not value and not isinstance(value, Cell):
                    continue
                entry = own.cell(row, column)
                if isinstance(value, Cell) and value.kind in (NUMBER, BOOLEAN):
                    entry.value = value.value
                    continue
                entry.value = ILLEGAL_CHARACTERS_RE.sub("", formula_in(value) or value)
                entry.data_type, entry.number_format = "s", "@"
    return book


def _annotated(book: Any, problems: Problems) -> bytes:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    fills = {
        Severity.ERROR: PatternFill("solid", start_color=AGAINST[1:]),
        Severity.WARNING: PatternFill("solid", start_color=EVIDENCE[1:]),
    }
    texts: dict[tuple[str, str], list[str]] = {}
    worst: dict[tuple[str, str], Severity] = {}
    for problem in problems:
        sheet, _, cell = (problem.cell or "").rpartition("!")
        if sheet in book.sheetnames and cell and ":" not in cell:
            key = (sheet, cell)
            texts.setdefault(key, []).append(f"{problem.severity.value}: {problem.what}. {problem.remedy}.")
            worst.setdefault(key, problem.severity)
            if problem.severity is Severity.ERROR:
                worst[key] = Severity.ERROR
    for (sheet, name), told in texts.items():
        cell = book[sheet][name]
        if type(cell).__name__ == "MergedCell":
            continue
        note = Comment("\n".join(told)[:_LONGEST], "rdpscore check")
        note.width, note.height = 360, 40 + 40 * len(told)
        cell.comment = note
        if worst[sheet, name] in fills:
            cell.fill = fills[worst[sheet, name]]
    _summary(book, problems)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _summary(book: Any, problems: Problems) -> None:
    """A sheet in front that lists all problems, each with a link to its cell."""
    from openpyxl.styles import Alignment, Font, PatternFill

    if SUMMARY in book.sheetnames:
        del book[SUMMARY]
    sheets = set(book.sheetnames)
    sheet = book.create_sheet(SUMMARY, 0)
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    wrapped = Alignment(wrap_text=True, vertical="top")
    shown = ((p.severity.value, p.cell or p.place, p.value, p.what, p.remedy) for p in problems)
    for row, values in enumerate([_HEADS, *shown], start=1):
        for column, value in enumerate(values, start=1):
            entry = sheet.cell(row, column)
            entry.value = value[:32_000]
            entry.data_type = "s"  # a value that begins with = stays text
            entry.alignment = wrapped
            entry.font = Font(name="Calibri", size=10)
            if row == 1:
                entry.font = Font(name="Calibri", size=10, bold=True, color=PAPER[1:])
                entry.fill = PatternFill("solid", start_color=HEAD[1:])
        place = sheet.cell(row, 2)
        if values[1].partition("!")[0] in sheets:
            place.hyperlink = f"#{values[1]}"
            place.font = Font(name="Calibri", size=10, underline="single", color=HEAD[1:])
        longest = max(lines(text, width) for text, width in zip(values, _WIDTHS.values(), strict=True))
        sheet.row_dimensions[row].height = height(longest, most=12)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:E{max(sheet.max_row, 1)}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    book.active = 0
