"""A sheet or a CSV as rows of cells with places: headings found wherever they went."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.utils import get_column_letter

from rdpscore.coding.cells import fold, plain
from rdpscore.coding.container import unescaped
from rdpscore.files.tables import convert_table
from rdpscore.problems import Batch, Problems, suggestion

HEADER_ROWS = 40
"""The headings are looked for in this many rows from the top."""
MAX_ROWS, MAX_CELLS = 1_048_576, 40_000_000
"""Rows that a sheet can have, and cells from the first column to the last filled one that are held."""


_ERRORS = {"#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
"""What a CSV holds where a formula failed; a workbook says of a cell that it is an error."""


class Formula(str):
    """The text of a formula cell, or its error: never an answer."""

    __slots__ = ()


@dataclass(frozen=True)
class Grid:
    """Rows of a sheet below its headings.

    Attributes
    ----------
    file, sheet : str
        `sheet` is blank for a CSV file.
    columns : mapping
        Field → index of its column.
    rows : list
        (row number, cells).
    extra : sequence of int
        Indices of columns with a heading that no field has.
    heads : sequence of str
    header_row : int
    """

    file: str
    sheet: str
    columns: Mapping[str, int]
    rows: Sequence[tuple[int, Sequence[Any]]]
    extra: Sequence[int]
    heads: Sequence[str]
    header_row: int

    def value(self, cells: Sequence[Any], field: str) -> Any:
        """The cell of a field, None where the row is shorter."""
        column = self.columns.get(field)
        return cells[column] if column is not None and column < len(cells) else None

    def place(self, row: int, field: str) -> str:
        """``Coding!E14``, or ``row 14`` of a CSV."""
        return self.at(row, self.columns[field]) if field in self.columns else self.at(row, 0)

    def at(self, row: int, column: int) -> str:
        return f"{self.sheet}!{get_column_letter(column + 1)}{row}" if self.sheet else ""


def sheet_rows(sheet: Any, *, cached: bool = False) -> Iterator[tuple[int, list[Any]]]:
    """Row number and values of the rows of a streamed openpyxl sheet that hold any; formulas as `Formula`.

    With `cached` a formula is the value that its program computed last; it is never computed here.

    Raises
    ------
    ValueError
        Rows or cells stand in an order in which openpyxl would drop some, or are too many.
    """
    from openpyxl.worksheet._reader import WorkSheetParser

    book, last, held = sheet.parent, 0, 0
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
            data_only=cached,
        )
        for number, cells in parser.parse():
            if not last < number <= MAX_ROWS:
                raise ValueError("rows out of order")
            last = number
            filled = {c["column"]: _value(c) for c in cells if c["value"] is not None}
            if not filled:
                continue
            if len(filled) < sum(c["value"] is not None for c in cells):
                raise ValueError("two cells in one place")
            width = max(filled)
            held += width
            if held > MAX_CELLS:
                raise ValueError("too many cells")
            yield number, [filled.get(k) for k in range(1, width + 1)]


def _value(cell: Mapping[str, Any]) -> Any:
    value = cell["value"]
    if cell["data_type"] in ("f", "e"):
        return Formula(getattr(value, "text", value))
    return unescaped(value) if type(value) is str else value  # a text in the cell itself


def csv_rows(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    """Row number and cells of a CSV in any encoding and with any delimiter."""
    converted, _, _ = convert_table(content)
    limit = csv.field_size_limit(2_000_000)
    try:
        text = io.StringIO(converted.decode("utf-8"), newline="")
        for number, cells in enumerate(csv.reader(text, strict=True), start=1):
            yield number, [Formula(c) if c in _ERRORS else c for c in cells]
    finally:
        csv.field_size_limit(limit)


def find_grid(
    rows: Iterator[tuple[int, list[Any]]],
    *,
    file: str,
    sheet: str,
    fields: Mapping[str, str],
    required: Sequence[str],
) -> tuple[Grid | None, Problems]:
    """Find the headings and give the rows below.

    Parameters
    ----------
    rows : iterator
        Row number and values.
    file, sheet : str
        For places.
    fields : mapping
        Heading, as it is or in folded form → field.
    required : sequence of str
        Fields without which nothing can be read.

    Returns
    -------
    grid : Grid or None
        None where no row has at least two of the required headings, or one is missing or double.
    problems : Problems
    """
    best: tuple[int, int, list[Any]] | None = None
    held: list[tuple[int, list[Any]]] = []
    for number, values in rows:
        held.append((number, values))
        if number > HEADER_ROWS:
            break
        named = {field for v in values if isinstance(v, str) and (field := _field(fields, v))}
        score = sum(f in named for f in required) * 1000 + len(named)
        if named and (best is None or score > best[0]):
            best = (score, number, values)
    if best is None or best[0] < 1000:
        return None, Problems()
    _, header_row, head_cells = best
    heads = [plain(v) for v in head_cells]
    columns: dict[str, int] = {}
    extra: list[int] = []
    batches: list[Batch] = []
    for index, head in enumerate(heads):
        field = _field(fields, head)
        where = f"{sheet}!{get_column_letter(index + 1)}{header_row}" if sheet else None
        if field is None:
            if head:
                extra.append(index)
        elif field in columns:
            batches.append(
                Batch("duplicate_heading", file, [header_row], cells=[where], fields={"value": head})
            )
        else:
            columns[field] = index
    spoken = {f: h for h, f in reversed(list(fields.items()))}
    for field in required:
        if field not in columns:
            near = suggestion(spoken[field], [heads[i] for i in extra])
            cells = [f"{sheet}!{header_row}:{header_row}"] if sheet else None
            batches.append(
                Batch(
                    "missing_heading",
                    file,
                    [header_row],
                    cells=cells,
                    fields={"value": spoken[field], "nearest": near},
                )
            )
    problems = Problems.of(batches)
    if not problems.ok:
        return None, problems
    below = [(n, v) for n, v in held if n > header_row]
    below.extend(rows)
    return Grid(file, sheet, columns, below, extra, heads, header_row), problems


def _field(fields: Mapping[str, str], head: str) -> str | None:
    """The field of a heading; as it is before in folded form, as ids can differ in case alone."""
    return fields.get(head) or fields.get(fold(head))
