"""What pasting does to a coding sheet: passages that spilled over rows, markup, changed words, text outside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl.utils import get_column_letter

from rdpscore.codebook import Codebook
from rdpscore.coding import cells as parse
from rdpscore.coding.coded import CoderRows
from rdpscore.coding.grid import Grid
from rdpscore.coding.layout import flowed
from rdpscore.coding.sheet_plan import FIELDS
from rdpscore.coding.sheets import topic
from rdpscore.problems import Batch, Problems

_MARKUP = re.compile(
    r"</?(?:a|b|body|br|div|em|font|h[1-6]|html|i|li|meta|ol|p|span|strong|sub|sup|table|td|tr|u|ul)\b[^<>]*>"
    r"|&(?:nbsp|amp|lt|gt|quot|[lr][sd]quo|[mn]dash|hellip|#\d{2,5});",
    re.IGNORECASE,
)
_SHOWN = 60
"""Characters of a text in a problem."""
_BESIDE = tuple(f for f in FIELDS if f != "evidence")
"""What a coder fills in beside a passage; a row that was coded has something there."""


def pasting_problems(reader: CoderRows) -> Problems:
    """What a paste did to the sheet that a reader has read.

    A passage copied from a page fills a cell a paragraph, so its end lies beside the next questions.
    """
    grid = reader.grid
    if not grid.sheet:
        return Problems()
    records = list(reader.records())
    found = [*_spilled(grid, records), *_markup(grid, records)]
    if "item" in grid.columns:
        found += [*_changed(grid, reader.codebook), *_outside(grid)]
    return Problems.of(
        Batch(code, grid.file, [row], cells=[place], fields=fields) for code, row, place, fields in found
    )


Record = tuple[int, Sequence[Any], str, Mapping[str, int]]
"""Row, its cells, item, and field → column."""
Found = tuple[str, int, str, dict[str, Any]]
"""Kind of problem, row, place, fields."""


def _text(cells: Sequence[Any], column: int | None) -> str:
    return "" if column is None or column >= len(cells) else parse.plain(cells[column]).strip()


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _spilled(grid: Grid, records: Sequence[Record]) -> Iterator[Found]:
    """Passages beside nothing: those right below another passage are a spill, others lack their answer."""
    passages: dict[int, dict[int, tuple[str, bool]]] = {}
    for row, cells, _, fields in records:
        column = fields.get("evidence")
        if column is not None and (text := _text(cells, column)):
            alone = not any(_text(cells, fields.get(f)) for f in _BESIDE)
            passages.setdefault(column, {})[row] = text, alone
    for column, texts in passages.items():
        for row, (text, alone) in texts.items():
            if not alone:
                if row + 1 not in texts or not texts[row + 1][1]:
                    continue
                first = row
            elif row - 1 in texts:
                continue  # told of with the passage above
            else:
                first = row
            last = first
            while last + 1 in texts and texts[last + 1][1]:
                last += 1
            place = grid.at(first, column)
            if last > first:
                letter = get_column_letter(column + 1)
                joined = " ".join(texts[r][0] for r in range(first, last + 1))
                yield (
                    "spilled_passage",
                    first,
                    place,
                    {
                        "value": f"{letter}{first + 1}:{letter}{last}",
                        "first": f"{letter}{first}",
                        "joined": _shown(joined),
                    },
                )
            if alone:
                yield "passage_without_answer", row, place, {"value": _shown(text)}


def _markup(grid: Grid, records: Sequence[Record]) -> Iterator[Found]:
    for row, cells, _, fields in records:
        for column in fields.values():
            text = _text(cells, column)
            if found := _MARKUP.search(text):
                yield "markup_in_cell", row, grid.at(row, column), {"value": found[0]}


def _changed(grid: Grid, codebook: Codebook) -> Iterator[Found]:
    """Words of the sheet's own that are others now: whoever answered may have read another question."""
    items = {i.id: i for i in codebook.items}
    heads = {parse.fold(h): k for k, h in enumerate(grid.heads)}
    for row, cells in grid.rows:
        item = items.get(parse.plain(grid.value(cells, "item")).strip())
        if item is None:
            continue
        own = {"topic": topic(item), "question": item.question, "guidance": flowed(item.guidance)}
        for head, text in own.items():
            column = heads.get(head)
            there = _text(cells, column)
            if column is not None and there.split() != text.split():
                fields = {"value": _shown(there) or "nothing", "expected": _shown(text) or "nothing"}
                yield "changed_cell", row, grid.at(row, column), fields


def _outside(grid: Grid) -> Iterator[Found]:
    """Text in rows that are no row of the table: its keys and the coder's cells are blank."""
    kept = {k for f, k in grid.columns.items() if f in FIELDS or f in ("item", "journal_id")}
    for row, cells in grid.rows:
        if any(_text(cells, k) for k in kept):
            continue
        for column in range(min(len(cells), len(grid.heads))):
            if text := _text(cells, column):
                yield "outside_table", row, grid.at(row, column), {"value": _shown(text)}
