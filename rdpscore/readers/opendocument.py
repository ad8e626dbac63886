"""OpenDocument spreadsheets (.ods), by their XML on parts that were checked (OASIS OpenDocument 1.3, part 3)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rdpscore.files.archive import Refused
from rdpscore.readers.container import checked_zip, unharmed
from rdpscore.readers.model import (
    BOOLEAN,
    DATE,
    ERROR,
    FORMULA,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    NUMBER,
    TEXT,
    UNCOMPUTED,
    Book,
    Cell,
    Options,
    Page,
    Rows,
    Sheet,
    spelled,
)
from rdpscore.readers.signatures import parts_of, zip_mimetype

MAIN = "content.xml"
_URN = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _OFFICE, _TEXT, _STYLE = (f"{{{_URN}{n}:1.0}}" for n in ("table", "office", "text", "style"))
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_NUMBERS = ("float", "percentage", "currency")
_FAILED = ("#", "Err:")
_BESIDE = {f"{_OFFICE}annotation", f"{_TEXT}note", f"{_TABLE}shapes", f"{_TEXT}ruby-text"}
"""What stands in a cell and is none of its text."""


def is_ods(content: bytes) -> bool:
    """Whether it is a spreadsheet of OpenDocument."""
    if MAIN not in parts_of(content):
        return False
    kind = zip_mimetype(content)
    return "opendocument.spreadsheet" in kind or not kind


def read_ods(content: bytes, name: str, options: Options) -> Book:
    """The sheets of an ``.ods`` file."""
    del options
    return unharmed(lambda: _read(content, name), name)


def _read(content: bytes, name: str) -> Book:
    archive = checked_zip(content, MAIN)
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read(
        "META-INF/manifest.xml"
    ):
        raise Refused("is encrypted; save it without a password")
    sheets = tuple(
        Sheet(title, lambda page=page: page, hidden)  # type: ignore[misc]
        for title, page, hidden in _Sheets(archive).read()
    )
    if not sheets:
        raise Refused("is no spreadsheet")
    return Book(name, "ods", sheets)


@dataclass
class _Open:
    """A sheet while it is read."""

    title: str
    hidden: bool
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    row: int = 0
    column: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[str] = field(default_factory=list)

    def page(self) -> Page:
        return Page(
            Rows(self.rows),
            None,
            None,
            frozenset(self.hidden_rows),
            frozenset(self.hidden_columns),
            tuple(self.merged),
        )


class _Sheets:
    """Reads the sheets of a document in one pass over its content."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.unseen: set[str] = set()
        """Styles of tables that are not shown."""
        self.struck: set[str] = set()
        """Styles whose text is struck out."""
        self.held = 0

    def read(self) -> Iterator[tuple[str, Page, bool]]:
        from defusedxml.ElementTree import iterparse

        self._styles()
        sheet: _Open | None = None
        depth = 0
        with self.archive.open(MAIN) as stream:
            for event, element in iterparse(stream, events=("start", "end")):
                tag = element.tag
                if tag == f"{_TABLE}table":
                    depth += 1 if event == "start" else -1
                    if event == "start" and depth == 1:
                        title = element.get(f"{_TABLE}name", "")
                        sheet = _Open(title, element.get(f"{_TABLE}style-name") in self.unseen)
                    elif depth == 0 and sheet is not None:
                        yield sheet.title, sheet.page(), sheet.hidden
                        sheet = None
                        element.clear()
                elif event == "start":
                    continue
                elif tag == f"{_STYLE}style":
                    self._style(element)
                elif depth != 1 or sheet is None:  # a table in a cell
                    continue
                elif tag == f"{_TABLE}table-column":
                    self._column(sheet, element)
                elif tag == f"{_TABLE}table-row":
                    self._row(sheet, element)
                    element.clear()

    def _styles(self) -> None:
        """Named styles, which stand in a part of their own."""
        from defusedxml.ElementTree import iterparse

        if "styles.xml" in self.archive.namelist():
            with self.archive.open("styles.xml") as stream:
                for _, element in iterparse(stream):
                    if element.tag == f"{_STYLE}style":
                        self._style(element)

    def _style(self, element: Any) -> None:
        name = element.get(f"{_STYLE}name", "")
        for child in element:
            if child.tag == f"{_STYLE}table-properties" and child.get(f"{_TABLE}display") == "false":
                self.unseen.add(name)
            line = child.get(f"{_STYLE}text-line-through-style") or child.get(
                f"{_STYLE}text-line-through-type"
            )
            if child.tag == f"{_STYLE}text-properties" and line not in (None, "none"):
                self.struck.add(name)

    def _column(self, sheet: _Open, element: Any) -> None:
        n = _count(element, "columns", MAX_COLUMNS)
        if element.get(f"{_TABLE}visibility", "visible") != "visible":
            last = min(sheet.column + n, MAX_COLUMNS)
            sheet.hidden_columns.update(range(sheet.column + 1, last + 1))
        sheet.column += n

    def _row(self, sheet: _Open, element: Any) -> None:
        n = _count(element, "rows", MAX_ROWS)
        first = sheet.row + 1
        sheet.row += n
        if element.get(f"{_TABLE}visibility", "visible") != "visible":
            sheet.hidden_rows.update(range(first, min(sheet.row, MAX_ROWS) + 1))
        filled: dict[int, str] = {}
        column = 0
        for child in element:
            if child.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                continue
            times = _count(child, "columns", MAX_COLUMNS)
            cell = self._cell(child)
            if cell or (isinstance(cell, Cell) and cell.kind != TEXT):
                if column + times > MAX_COLUMNS:
                    raise ValueError("too many columns")
                filled.update(dict.fromkeys(range(column, column + times), cell))
            self._merge(sheet, child, first, column)
            column += times
        if not filled:
            return
        width = max(filled) + 1
        self.held += width * n
        if sheet.row > MAX_ROWS or self.held > MAX_CELLS:
            raise ValueError("too many cells")
        cells = [filled.get(k, "") for k in range(width)]
        sheet.rows += [(first + k, list(cells)) for k in range(n)]

    def _merge(self, sheet: _Open, element: Any, row: int, column: int) -> None:
        across = int(element.get(f"{_TABLE}number-columns-spanned", 1))
        down = int(element.get(f"{_TABLE}number-rows-spanned", 1))
        if across > 1 or down > 1:
            first, last = f"{_letters(column)}{row}", f"{_letters(column + across - 1)}{row + down - 1}"
            sheet.merged.append(f"{first}:{last}")

    def _cell(self, element: Any) -> str:
        said = element.get(f"{_TABLE}formula")
        kind = element.get(f"{_OFFICE}value-type")
        if said is None and kind is None and len(element) == 0:
            return ""
        struck = element.get(f"{_TABLE}style-name") in self.struck
        paragraphs = [c for c in element if c.tag == f"{_TEXT}p"]
        text = "\n".join("".join(_letters_of(p)) for p in paragraphs)
        struck |= any(s.get(f"{_TEXT}style-name") in self.struck for p in paragraphs for s in p.iter())
        value: Any = None
        found = TEXT
        if kind in _NUMBERS:
            found, value = NUMBER, float(element.get(f"{_OFFICE}value"))
            value = int(value) if value.is_integer() else value
            text = spelled(value)
        elif kind == "boolean":
            found, value = BOOLEAN, element.get(f"{_OFFICE}boolean-value") == "true"
            text = spelled(value)
        elif kind == "date":
            found = DATE
            text = element.get(f"{_OFFICE}date-value", text).removesuffix("T00:00:00").replace("T", " ")
        elif kind == "string":
            text = element.get(f"{_OFFICE}string-value", text)
        text = spelled(text)
        failed = element.get(f"{_CALC}value-type") == "error" or (said and text.startswith(_FAILED))
        if failed:
            return Cell(text, ERROR, formula=_formula(said) or text, struck=struck)
        if said is not None:
            computed = kind is not None or paragraphs
            found = FORMULA if computed else UNCOMPUTED
            return Cell(text, found, value=value, formula=_formula(said), struck=struck)
        if found == TEXT and not struck:
            return text
        return Cell(text, found, value=value, struck=struck and bool(text))


def _formula(said: str | None) -> str:
    """``=A1`` of ``of:=[.A1]``."""
    return "" if said is None else said[said.find("=") :] if "=" in said else f"={said}"


def _count(element: Any, what: str, most: int) -> int:
    """How often it stands there."""
    said = int(element.get(f"{_TABLE}number-{what}-repeated", 1))
    if said < 1:
        raise ValueError("repeated less than once")
    return min(said, most)


def _letters_of(element: Any) -> Iterator[str]:
    """The text of a paragraph, with the blanks and line ends that are written as elements."""
    yield element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            yield " " * min(int(child.get(f"{_TEXT}c", 1)), 32_767)
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag not in _BESIDE:
            yield from _letters_of(child)
        yield child.tail or ""


def _letters(position: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(min(position, MAX_COLUMNS - 1) + 1))
