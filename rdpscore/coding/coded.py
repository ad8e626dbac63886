"""The rows of a coder's sheet, read into codings; every fault with its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter

from rdpscore.codebook import Codebook
from rdpscore.coding import cells as parse
from rdpscore.coding.cells import formula_in
from rdpscore.coding.grid import Grid
from rdpscore.coding.sheet_plan import FIELDS
from rdpscore.problems import Batch, Problems, suggestion
from rdpscore.readers import Cell
from rdpscore.survey import STATES

Key = tuple[str, str, str, str]
"""Journal, coder, round, item."""
CODING_COLUMNS = ("journal_id", "coder", "round", "item", *FIELDS, "reading_id")


_OTHERS = {
    "journal",
    "topic",
    "question",
    "check",
    "guidance",
    "coder",
    "round",
    "reading_id",
    "publisher",
}
"""Headings of columns that are the workbook's own, or a table's, and hold nothing of a coder's."""


class CoderRows:
    """Reads the rows of one coder's grid."""

    def __init__(
        self, grid: Grid, codebook: Codebook, coder: str, round: str, forms: Mapping[str, list[str]] | None
    ) -> None:
        self.grid, self.codebook, self.coder, self.round, self.forms = grid, codebook, coder, round, forms
        self.items = {i.id: i for i in codebook.items}
        self.folded = {parse.fold(i): i for i in self.items}
        self.faults: dict[str, list[tuple[int, str, dict[str, Any]]]] = {}
        self.answer_cells: dict[Key, tuple[int, str]] = {}
        self._answers: dict[tuple[str, Any], str] = {}

    def fault(self, code: str, row: int, place: str, **fields: Any) -> None:
        self.faults.setdefault(code, []).append((row, place, fields))

    def problems(self) -> Problems:
        batches = []
        for code, found in self.faults.items():
            names = dict.fromkeys(k for _, _, f in found for k in f)
            fields = {k: [f.get(k) for _, _, f in found] for k in names}
            places = [p for _, p, _ in found] if self.grid.sheet else None
            batches.append(Batch(code, self.grid.file, [r for r, _, _ in found], cells=places, fields=fields))
        return Problems.of(batches)

    def codings(self) -> tuple[pd.DataFrame, list[dict[str, str]], Problems]:
        """All answers of the grid, a row a journal and item."""
        out: list[dict[str, str]] = []
        places: list[dict[str, str]] = []
        seen: dict[Key, str] = {}
        for row, cells, item_id, columns in self.records():
            given = dict.fromkeys(FIELDS, "")
            given |= {f: self._cell(row, cells, c, f, item_id) for f, c in columns.items()}
            if not any(given.values()):
                self._remember(row, cells, item_id, columns["answer"])
                continue
            form = self._form(row, cells, next(filter(None, given.values())))
            if form is None:
                continue
            coder, round = self._own(cells, "coder", self.coder), self._own(cells, "round", self.round)
            key = (form, coder, round, item_id)
            place = self.grid.at(row, columns["answer"]) or f"row {row}"
            if key in seen:
                self.fault(
                    "answered_twice",
                    row,
                    place,
                    journal=form,
                    item=item_id,
                    first=seen[key],
                    value=given["answer"],
                )
                continue
            seen[key] = place
            journals = self.forms[form] if self.forms is not None else [form]
            reading = f"{form}:{coder}" if len(journals) > 1 else ""
            state = given["state"] or STATES[0]
            self._remember(row, cells, item_id, columns["answer"])
            for journal in journals:
                out.append(
                    {
                        "journal_id": journal,
                        "coder": coder,
                        "round": round,
                        "item": item_id,
                        **given,
                        "state": state,
                        "reading_id": self._own(cells, "reading_id", reading),
                    }
                )
                places.append({f: self.grid.at(row, c) for f, c in columns.items()} | {"row": str(row)})
        self._extra_columns()
        frame = pd.DataFrame(out, columns=list(CODING_COLUMNS), dtype=object)
        return frame, places, self.problems()

    def _remember(self, row: int, cells: Sequence[Any], item_id: str, column: int) -> None:
        form = parse.plain(self.grid.value(cells, "journal_id")).strip()
        coder, round = self._own(cells, "coder", self.coder), self._own(cells, "round", self.round)
        for journal in self.forms.get(form, ()) if self.forms is not None else [form]:
            self.answer_cells[journal, coder, round, item_id] = (row, self.grid.at(row, column))

    def _own(self, cells: Sequence[Any], field: str, default: str) -> str:
        return parse.plain(self.grid.value(cells, field)).strip() or default

    def records(self) -> Iterator[tuple[int, Sequence[Any], str, dict[str, int]]]:
        """Row, cells, item and field → column of everything that could be answered."""
        columns = self.grid.columns
        if "item" in columns:
            fields = {f: columns[f] for f in FIELDS if f in columns}
            for row, cells in self.grid.rows:
                item = self._item(row, cells, fields)
                if item is not None:
                    yield row, cells, item, fields
        else:
            wide = {
                i: {f: columns[k] for f in FIELDS if (k := i if f == "answer" else f"{i}.{f}") in columns}
                for i in self.items
            }
            for row, cells in self.grid.rows:
                for item, fields in wide.items():
                    yield row, cells, item, fields

    def _filled_text(self, cells: Sequence[Any], fields: Mapping[str, int]) -> str:
        return next((t for c in fields.values() if c < len(cells) and (t := parse.plain(cells[c]))), "")

    def _item(self, row: int, cells: Sequence[Any], fields: Mapping[str, int]) -> str | None:
        text = parse.plain(self.grid.value(cells, "item")).strip()
        found = text if text in self.items else self.folded.get(parse.fold(text))
        if found is None and (filled := self._filled_text(cells, fields)):
            place = self.grid.place(row, "item")
            if text:
                self.fault(
                    "unknown_item", row, place, value=text, item=text, nearest=suggestion(text, self.items)
                )
            else:
                self.fault("blank_row_key", row, place, value=filled, column="item")
        return found

    def _form(self, row: int, cells: Sequence[Any], given: str) -> str | None:
        text = parse.plain(self.grid.value(cells, "journal_id")).strip()
        if self.forms is None and text:
            return text
        if text and self.forms is not None and text in self.forms:
            return text
        place = self.grid.place(row, "journal_id")
        if text:
            self.fault(
                "unknown_form",
                row,
                place,
                value=text,
                journal=text,
                nearest=suggestion(text, self.forms or ()),
            )
        else:
            self.fault("blank_row_key", row, place, value=given, column="journal_id")
        return None

    def _cell(self, row: int, cells: Sequence[Any], column: int, field: str, item_id: str) -> str:
        value = cells[column] if column < len(cells) else ""
        if isinstance(value, Cell) and value.struck:
            place = self.grid.at(row, column)
            self.fault("struck_out", row, place, value=str(value), item=item_id, column=field)
        try:
            if (said := formula_in(value)) is not None:
                raise parse.BadCell("formula_in_cell", value=said)
            match field:
                case "answer":
                    return self._answer(item_id, value)
                case "state":
                    return parse.state(value)
                case "confidence":
                    return parse.confidence(value)
                case "coded_on":
                    return parse.day(value, self.grid.epoch)
                case _:
                    return parse.free_text(value)
        except parse.BadCell as bad:
            self._bad(bad, row, self.grid.at(row, column), field, item_id)
            return ""

    def _answer(self, item_id: str, value: Any) -> str:
        if not isinstance(value, str):
            return parse.answer(self.items[item_id], value)
        key = (item_id, value)
        if key not in self._answers:
            self._answers[key] = parse.answer(self.items[item_id], value)
        return self._answers[key]

    def _bad(self, bad: parse.BadCell, row: int, place: str, field: str, item_id: str) -> None:
        item, extra = self.items[item_id], {}
        if bad.code == "unknown_option":
            labels = {o.label: o.code for o in item.options}
            near = suggestion(bad.fields["value"], [*item.codes, *labels])
            extra = {"nearest": near, "allowed": ", ".join(f"{o.code} – {o.label}" for o in item.options)}
        elif bad.code == "unknown_state":
            extra = {"nearest": suggestion(bad.fields["value"], STATES), "allowed": ", ".join(STATES)}
        self.fault(bad.code, row, place, **bad.fields, item=item_id, column=field, **extra)

    def _extra_columns(self) -> None:
        """Columns that are not read: told of, and an error where one may be a column that is missing."""
        grid = self.grid
        filled = [i for i in grid.extra if parse.fold(grid.heads[i]) not in _OTHERS and self._holds(i)]
        beyond = max((len(c) for _, c in grid.rows), default=0)
        unheaded = [i for i in range(len(grid.heads), beyond) if self._holds(i)]
        if grid.sheet:
            filled += unheaded
        elif unheaded:  # in a CSV a comma too many: all that follows may be in the wrong column
            self._ragged_rows()
        names = [grid.heads[i] if i < len(grid.heads) else "" for i in filled]
        for index, name in zip(filled, names, strict=True):
            place = grid.at(grid.header_row, index)
            self.fault("extra_column", grid.header_row, place, value=name or get_column_letter(index + 1))
        for head in self._missing() if filled and grid.sheet else ():
            near = suggestion(head, names) or f"; perhaps now '{', '.join(filter(None, names))}'"
            self.fault(
                "missing_heading", grid.header_row, grid.at(grid.header_row, 0), value=head, nearest=near
            )

    def _ragged_rows(self) -> None:
        width = len(self.grid.heads)
        for row, cells in self.grid.rows:
            if any(parse.plain(c) for c in cells[width:]):
                self.fault("ragged_row", row, "", value=len(cells), expected=width)

    def _holds(self, index: int) -> bool:
        return any(index < len(c) and parse.plain(c[index]) for _, c in self.grid.rows)

    def _missing(self) -> list[str]:
        """Headings of the coder's columns that are not there."""
        columns = self.grid.columns
        if "item" in columns:
            return [head for field, head in FIELDS.items() if field not in columns]
        keys = (f"{i}.{f}" for i in self.items for f in FIELDS if f != "answer")
        return [key for key in keys if key not in columns]
