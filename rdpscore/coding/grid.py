"""A sheet or a CSV as rows of cells with places: headings found wherever they went."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from rdpscore.coding.cells import EPOCH, fold, plain
from rdpscore.problems import Batch, Problems, suggestion
from rdpscore.readers import Book, Cell, Page
from rdpscore.readers.model import ERROR

HEADER_ROWS = 40
"""The headings are looked for in this many rows from the top."""
_ERRORS = {"#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
"""What a CSV holds where a formula failed; a workbook says of a cell that it is an error."""


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
    epoch : date
        Day 0 of the numbers that stand for days.
    """

    file: str
    sheet: str
    columns: Mapping[str, int]
    rows: Sequence[tuple[int, Sequence[str]]]
    extra: Sequence[int]
    heads: Sequence[str]
    header_row: int
    epoch: datetime.date = EPOCH

    def value(self, cells: Sequence[str], field: str) -> str:
        """The cell of a field, blank where the row is shorter."""
        column = self.columns.get(field)
        return cells[column] if column is not None and column < len(cells) else ""

    def place(self, row: int, field: str) -> str:
        """``Coding!E14``, or ``row 14`` of a CSV."""
        return self.at(row, self.columns[field]) if field in self.columns else self.at(row, 0)

    def at(self, row: int, column: int) -> str:
        return f"{self.sheet}!{get_column_letter(column + 1)}{row}" if self.sheet else ""


def page_rows(page: Page) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of the rows of a sheet that hold any."""
    return ((number, cells) for number, cells in enumerate(page.rows, start=1) if cells)


def text_rows(book: Book) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of a text file, in which errors of formulas are told by what they say."""
    for number, cells in enumerate(book.sheets[0].page.rows, start=1):
        yield number, [Cell(c, ERROR, formula=c) if c in _ERRORS else c for c in cells]


def find_grid(
    rows: Iterator[tuple[int, list[str]]],
    *,
    file: str,
    sheet: str,
    fields: Mapping[str, str],
    required: Sequence[str],
    epoch: datetime.date = EPOCH,
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
    epoch : date
        Day 0 of the numbers that stand for days.

    Returns
    -------
    grid : Grid or None
        None where no row has at least two of the required headings, or one is missing or double.
    problems : Problems
    """
    best: tuple[int, int, list[str]] | None = None
    held: list[tuple[int, list[str]]] = []
    for number, values in rows:
        held.append((number, values))
        if number > HEADER_ROWS:
            break
        named = {field for v in values if (field := _field(fields, v))}
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
    return Grid(file, sheet, columns, below, extra, heads, header_row, epoch), problems


def _field(fields: Mapping[str, str], head: str) -> str | None:
    """The field of a heading; as it is before in folded form, as ids can differ in case alone."""
    return fields.get(head) or fields.get(fold(head))
