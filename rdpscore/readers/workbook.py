"""Excel's workbooks (.xlsx, .xlsm without macros, Strict Open XML), by openpyxl on parts that were checked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Set
from datetime import date
from typing import Any

from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

from rdpscore.readers.container import checked_zip, silent, unharmed
from rdpscore.readers.model import (
    ERROR,
    FORMULA,
    MAX_CELLS,
    MAX_ROWS,
    TEXT,
    UNCOMPUTED,
    Book,
    Cell,
    Options,
    Page,
    Rows,
    Sheet,
    cell_of,
    spelled,
)

MAIN = "xl/workbook.xml"
_EPOCH_1904 = date(1904, 1, 1)
_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL = (
    (b"spreadsheetml/", b"spreadsheetml/2006/"),
    (b"officeDocument/", b"officeDocument/2006/"),
    (b"drawingml/", b"drawingml/2006/"),
)
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_NO = ("0", "false", "off", "none")


def read_workbook(content: bytes, name: str, options: Options) -> Book:
    """The sheets of a workbook, of which each is parsed when it is asked for."""
    del options
    return unharmed(lambda: _read(content, name), name)


def _read(content: bytes, name: str) -> Book:
    import defusedxml  # noqa: F401  (openpyxl parses with it where it is there)
    import openpyxl

    archive = checked_zip(content, MAIN)
    if _STRICT in archive.read(MAIN):
        content = transitional(archive)
        archive = zipfile.ZipFile(io.BytesIO(content))
    with silent():
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        strings, struck = _shared_strings(archive), _struck_styles(archive)
    sheets = tuple(
        Sheet(s.title, _loader(s, strings, struck, name), s.sheet_state != "visible") for s in book.worksheets
    )
    if book.epoch.year == _EPOCH_1904.year:
        return Book(name, "xlsx", sheets, epoch=_EPOCH_1904)
    return Book(name, "xlsx", sheets)


def transitional(archive: zipfile.ZipFile) -> bytes:
    """A workbook in the Strict form of Open XML (ISO/IEC 29500) in the form that every program reads: other names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for entry in archive.infolist():
            part = archive.read(entry)
            if entry.filename.endswith((".xml", ".rels")):
                for strict, usual in _TRANSITIONAL:
                    part = part.replace(_STRICT + strict, b"http://schemas.openxmlformats.org/" + usual)
            made.writestr(entry.filename, part)
    return out.getvalue()


# Sheets -------------------------------------------------------------------------------------------------


def _loader(sheet: Any, strings: list[str] | None, struck: Set[int], name: str) -> Callable[[], Page]:
    def load() -> Page:
        with silent():
            return unharmed(lambda: _page(sheet, strings, struck), name)

    return load


def _page(sheet: Any, strings: list[str] | None, struck: Set[int]) -> Page:
    """What stands in a streamed openpyxl sheet.

    Raises
    ------
    ValueError
        Rows or cells stand in an order in which openpyxl would drop some, or are too many.
    """
    book = sheet.parent
    with sheet._get_source() as source:
        parser = _Parser(
            source,
            strings if strings is not None else sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        parser.struck = struck
        filled = list(_rows(parser))
    hidden = (c for c in parser.column_dimensions.values() if _is_on(c.get("hidden")))
    columns = frozenset(k for c in hidden for k in range(int(c["min"]), min(int(c["max"]), 16_384) + 1))
    ranges = parser.merged_cells.mergeCell if parser.merged_cells is not None else ()
    merged = tuple(dict.fromkeys(str(r.ref) for r in ranges))
    return Page(Rows(filled), None, None, frozenset(parser.hidden), columns, merged)


def _rows(parser: _Parser) -> Iterator[tuple[int, list[str]]]:
    last = held = 0
    for number, cells in parser.parse():
        if not last < number <= MAX_ROWS:
            raise ValueError("rows out of order")
        last = number
        filled = {c["column"]: c["value"] for c in cells}
        if not filled:
            continue
        if len(filled) < len(cells):
            raise ValueError("two cells in one place")
        width = max(filled)
        held += width
        if held > MAX_CELLS:
            raise ValueError("too many cells")
        yield number, [filled.get(k, "") for k in range(1, width + 1)]


class _Parser(WorkSheetParser):
    """openpyxl's parser of one sheet, which gives cells as `Cell` and passes over those that hold nothing."""

    struck: Set[int] = frozenset()

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.hidden: set[int] = set()

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        number = row.get("r")
        if _is_on(row.get("hidden")):
            self.hidden.add(int(float(number)) if number else self.row_counter + 1)
        for key in set(row.attrib) - {"r"}:  # not kept: a million formatted rows that hold nothing
            del row.attrib[key]
        # cells that are formatted and hold nothing are not looked at, where the others say where they stand
        if len(row) and all(cell.get("r") for cell in row):
            row[:] = [cell for cell in row if len(cell)]
        at, cells = super().parse_row(row)
        return at, [c for c in cells if c["value"] or getattr(c["value"], "kind", TEXT) != TEXT]

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        value = cell["value"]
        written = element.find(FORMULA_TAG)
        if written is None and value is None:
            return cell
        crossed = cell["style_id"] in self.struck or _crossed(element)
        if type(value) is str:  # a text in the cell itself
            value = unescaped(value)
        if written is not None:
            blank = element.get("t") == "str" and element.find(VALUE_TAG) is not None
            kind = FORMULA if value is not None or blank else UNCOMPUTED
            kind = ERROR if cell["data_type"] == "e" else kind
            cell["value"] = Cell(
                spelled(value), kind, value=value, formula=self._said(element), struck=crossed
            )
        elif cell["data_type"] == "e":
            cell["value"] = Cell(str(value), ERROR, formula=str(value), struck=crossed)
        else:
            text = cell_of(value)
            if crossed and text:
                kind, held = (text.kind, text.value) if isinstance(text, Cell) else (TEXT, None)
                text = Cell(text, kind, value=held, struck=True)
            cell["value"] = text
        return cell

    def _said(self, element: Any) -> str:
        try:
            said = self.parse_formula(element)  # type: ignore[no-untyped-call]
        except Exception:  # of a formula that is shared and cannot be moved to this cell
            return "="
        return str(getattr(said, "text", None) or said)


def _is_on(said: str | None) -> bool:
    return said is not None and said.casefold() not in _NO


def _crossed(element: Any) -> bool:
    """Whether a part of the text in the cell itself is struck out."""
    return len(element) > 0 and any(_is_on(s.get("val", "1")) for s in element.iter(f"{_SPACE}strike"))


# Texts and styles that cells share ------------------------------------------------------------------------------

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """A text with the escapes of ECMA-376 (ST_Xstring) undone in one pass."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def _shared_strings(archive: zipfile.ZipFile) -> list[str] | None:
    """The texts that the cells of a workbook share; those of which a part is struck out as `Cell`.

    openpyxl 3.1 deletes every ``x005F_`` instead of undoing escapes, which changes a text that holds it.
    """
    from defusedxml.ElementTree import iterparse

    name = next((n for n in archive.namelist() if n.casefold() == "xl/sharedstrings.xml"), None)
    if name is None:
        return None
    out: list[str] = []
    parts: list[str] = []
    phonetic, crossed = 0, False
    with archive.open(name) as stream:
        for event, element in iterparse(stream, events=("start", "end")):
            tag = element.tag.rpartition("}")[2]
            if tag == "rPh":
                phonetic += 1 if event == "start" else -1
            elif event == "end" and tag == "t" and not phonetic:
                parts.append(unescaped(element.text or ""))
            elif event == "end" and tag == "strike":
                crossed |= _is_on(element.get("val", "1"))
            elif event == "end" and tag == "si":
                text = spelled("".join(parts))
                # marked as a text whose escapes are undone, whether or not it is struck out
                out.append(Cell(text, TEXT, struck=crossed))
                parts.clear()
                crossed = False
                element.clear()
    return out


def _struck_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Numbers of the formats of cells whose font is struck out."""
    from defusedxml.ElementTree import fromstring

    name = next((n for n in archive.namelist() if n.casefold() == "xl/styles.xml"), None)
    if name is None:
        return frozenset()
    root = fromstring(archive.read(name))
    fonts = root.find(f"{_SPACE}fonts")
    crossed = {
        i
        for i, font in enumerate(() if fonts is None else fonts.findall(f"{_SPACE}font"))
        if (strike := font.find(f"{_SPACE}strike")) is not None and _is_on(strike.get("val", "1"))
    }
    formats = root.find(f"{_SPACE}cellXfs")
    return frozenset(
        i
        for i, entry in enumerate(() if formats is None else formats)
        if int(entry.get("fontId", 0)) in crossed
    )
