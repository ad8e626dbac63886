"""The look of all workbooks: formats, widths, one hue, no red and green."""

from __future__ import annotations

import datetime
import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from rdpscore.files.escaping import shared
from rdpscore.problems import InvalidInput, Problems

CREATED = datetime.datetime(2026, 1, 1)
"""Written into every file, so that the same input gives the same bytes."""

INK, FAINT, PAPER, QUIET, EDGE = "#1F2933", "#5F6B76", "#FFFFFF", "#F4F6F8", "#C9D1D9"
BAND = "#E9EEF4"
"""Behind headings within a sheet."""
HEAD, ENTRY, MISSING, EVIDENCE, AGAINST = "#1F4E79", "#FFFDF2", "#CFE2F3", "#F6DFA4", "#E1CFEC"
UNKNOWN = "#F2BFAE"
_FONT = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "top"}
_EDGES = {"border": 1, "border_color": EDGE}
_ENTRY = {**_EDGES, "locked": False, "bg_color": ENTRY}
_PASTED = {**_FONT, **_ENTRY, "num_format": 49, "text_wrap": True}
"""The workbook's default: LibreOffice gives it to a cell into which a passage is pasted from a page.

So it is that of the coder's cells, which stay open, and text; 49 is the number of the format "text" itself.
"""
_NOT_PASTED = {"locked": True, "num_format": "General", "text_wrap": False, "bg_color": PAPER, "border": 0}
"""What all other cells have instead."""
LAST_COLUMN = 16_383
_HEAD = {"text_wrap": True, "valign": "vcenter", "border": 1, "border_color": EDGE}
LONGEST = 32_767
"""Characters that a cell holds."""
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 does not allow."""


class _Sheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A sheet whose formulas are written as they are.

    XlsxWriter looks for thirty newer functions in each formula, which takes most of the time that a template
    takes, and would change a label that reads like one of them. None is used here.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


@dataclass(frozen=True)
class Looks:
    """The formats of a row's cells; the coder's own are unlocked."""

    entry: Any
    """Text that no program reinterprets."""
    day: Any
    fixed: Any
    strong: Any
    faint: Any
    link: Any
    key: Any


@dataclass
class Book:
    """An XlsxWriter workbook with named formats, checked writes, and bytes at the end."""

    name: str
    footer: str = ""
    """What stands at the left below each printed page."""
    buffer: io.BytesIO = field(default_factory=io.BytesIO)

    def __post_init__(self) -> None:
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": dict(_PASTED),
        }
        self.book = xlsxwriter.Workbook(self.buffer, options)
        self.book.default_format_properties = {}  # what rules of colour add is their colour alone
        self.book.set_properties({"created": CREATED, "comments": "Written by rdpscore"})
        self.book.set_size(2400, 1400)
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._tints: dict[str, Any] = {}

    def sheet(self, name: str) -> Any:
        sheet = self.book.add_worksheet(name, _Sheet)
        sheet.xls_strmax = 10 * LONGEST  # `text` measures what is shown, not its markup
        sheet.set_column(0, LAST_COLUMN, None, self.outside)
        sheet.dim_colmin = sheet.dim_colmax = None  # such columns are no content
        return sheet

    def format(self, **properties: Any) -> Any:
        """A format, made once."""
        key = tuple(sorted((_FONT | _NOT_PASTED | properties).items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(dict(key))
        return self._formats[key]

    # Each is looked up once: there are millions of cells

    @cached_property
    def outside(self) -> Any:
        """Of cells that hold nothing: closed, so that no paste reaches over the end of a table."""
        return self.format()

    @cached_property
    def head(self) -> Any:
        return self.format(**_HEAD, bg_color=HEAD, font_color=PAPER, bold=True)

    @cached_property
    def subhead(self) -> Any:
        """A heading under another one."""
        return self.format(**_HEAD, bg_color=BAND)

    @cached_property
    def key_head(self) -> Any:
        """The heading of a column that only programs need."""
        return self.format(**_HEAD, bg_color=QUIET, font_color=FAINT, font_size=8)

    @cached_property
    def rows(self) -> Looks:
        """The formats of a row."""
        return self._looks()

    @cached_property
    def first_rows(self) -> Looks:
        """The formats of the first row of a journal: with a line above."""
        return self._looks(top=2, top_color=HEAD)

    def _looks(self, **edge: Any) -> Looks:
        grid = {**_EDGES, **edge}
        entry = {**_ENTRY, **grid}
        fixed = {"text_wrap": True, "bg_color": QUIET, **grid}
        return Looks(
            entry=self.format(**{**_PASTED, **edge}),
            day=self.format(num_format="yyyy-mm-dd", **entry),
            fixed=self.format(**fixed),
            strong=self.format(bold=True, **fixed),
            faint=self.format(font_color=FAINT, **fixed),
            link=self.format(font_color=HEAD, underline=1, **fixed),
            key=self.format(font_color=FAINT, font_size=8, bg_color=QUIET, **grid),
        )

    def text(self, sheet: Any, row: int, column: int, value: str, format: Any = None) -> None:
        """Write text as text, or raise `InvalidInput` where a cell cannot hold it."""
        if (length := units(value)) > LONGEST:
            self._refuse(
                sheet,
                row,
                column,
                f"{value[:40]}…",
                f"is {length:,} characters long; a cell holds {LONGEST:,}",
            )
        bad = _NOT_XML.search(value)
        if bad is not None:
            self._refuse(
                sheet,
                row,
                column,
                value,
                f"holds the character U+{ord(bad[0]):04X}, which no workbook can hold",
            )
        if value == "":
            sheet.write_blank(row, column, None, format)
        elif sheet.write_string(row, column, shared(value), format) != 0:
            raise ValueError(f"{sheet.get_name()}, row {row + 1}: the text could not be written")

    def _refuse(self, sheet: Any, row: int, column: int, value: str, what: str) -> None:
        place = f"{sheet.get_name()}!{cell(row, column)}"
        raise InvalidInput(Problems.one("unwritable_text", f"{self.name}!{place}", value=value, what=what))

    def link(self, sheet: Any, row: int, column: int, text: str, place: str, format: Any) -> None:
        """Text that leads to a cell of this workbook."""
        if sheet.write_url(row, column, f"internal:{place}", format, shared(text)) != 0:
            raise ValueError(f"{sheet.get_name()}, row {row + 1}: the link was not written")

    def tint(self, color: str) -> Any:
        """The background that a conditional format gives."""
        if color not in self._tints:
            self._tints[color] = self.book.add_format({"bg_color": color})
        return self._tints[color]

    def rule(self, sheet: Any, *where: Any, **options: Any) -> None:
        """A data validation or conditional format; XlsxWriter returns −2 where it drops one.

        A list offers and never stops: codes and labels may be typed, and `rdpscore check` decides.
        """
        if "validate" in options:
            options["show_error"] = False
        method = sheet.data_validation if "validate" in options else sheet.conditional_format
        if method(*where, options) not in (0, None):
            raise ValueError(f"{sheet.get_name()}: the rule {options} was not written")

    def name_range(self, name: str, cells: str) -> None:
        """A defined name, for drop-down lists and formulas."""
        if self.book.define_name(name, f"={cells}") not in (0, None):
            raise ValueError(f"the name {name} was not defined")

    def finish(self) -> bytes:
        self.book.close()
        return self.buffer.getvalue()


def units(text: str) -> int:
    """Length of a text as spreadsheet programs count: an emoji is two."""
    if len(text) <= LONGEST // 2 or text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cell(row: int, column: int) -> str:
    """``E14`` for row 13 and column 4."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(row, column))
