"""A source as a table of text: every cell as it stands, every row with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rdpscore.problems import Batch
from rdpscore.readers import Cell, Sheet
from rdpscore.words import folded, is_blank

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
BLANK = -1


@dataclass(frozen=True)
class Cells:
    """A column: each distinct text once, and its position for every row; `BLANK` where there is none."""

    codes: Ints
    values: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def text(self, row: int) -> str:
        """The cell of a row; blank where there is none."""
        code = self.codes[row]
        return self.values[code] if code >= 0 else ""

    def take(self, rows: npt.NDArray[Any]) -> Cells:
        """The column of some rows, in their order."""
        return Cells(self.codes[rows], self.values)

    def mapped(self, translate: Callable[[str], str | None]) -> Cells:
        """Every distinct text translated once; None and blank become `BLANK`."""
        index: dict[str, int] = {}
        lookup = np.full(len(self.values) + 1, BLANK, np.int32)
        for i, value in enumerate(self.values):
            new = translate(value)
            if new is not None and new.strip():
                lookup[i] = index.setdefault(new, len(index))
        return Cells(lookup[self.codes], tuple(index))

    def where(self, holds: Callable[[str], bool], *, blank: bool = False) -> Bools:
        """Rows whose text satisfies a condition that is asked once for each distinct text."""
        return np.array([*map(holds, self.values), blank], dtype=bool)[self.codes]

    @property
    def used(self) -> npt.NDArray[np.int64]:
        """How many rows hold each value."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))

    @classmethod
    def of(cls, texts: Sequence[str | None]) -> Cells:
        """A column of texts."""
        build = Builder()
        build.extend(texts)
        return build.cells()

    @classmethod
    def constant(cls, text: str | None, n: int) -> Cells:
        """The same text in every row."""
        return cls(np.zeros(n, np.int32) if text else np.full(n, BLANK, np.int32), (text,) if text else ())


class Builder:
    """A column while its file is read: a text is looked at once, however often it stands there."""

    def __init__(self) -> None:
        self.parts: list[Ints] = []
        self.seen: dict[str | None, int] = {None: BLANK}
        self.values: dict[str, int] = {}

    def extend(self, cells: Sequence[str | None]) -> None:
        seen = self.seen
        for cell in dict.fromkeys(cells):
            if cell not in seen and cell is not None:
                clean = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
                seen[cell] = BLANK if is_blank(clean) else self.values.setdefault(clean, len(self.values))
        self.parts.append(np.fromiter(map(seen.__getitem__, cells), np.int32, len(cells)))

    def cells(self) -> Cells:
        codes = np.concatenate(self.parts) if self.parts else np.empty(0, np.int32)
        return Cells(codes, tuple(self.values))


def letters(position: int) -> str:
    """``A`` for 0, ``AA`` for 26: a column as a spreadsheet names it."""
    out = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        out = chr(65 + rest) + out
    return out


@dataclass(frozen=True)
class Mark:
    """A cell of which more is to be told than its text, where its column is used: struck out, or never computed."""

    file: str
    sheet: str
    row: int
    column: str
    letter: str
    cell: Cell


@dataclass(frozen=True)
class Table:
    """All rows of one source.

    Attributes
    ----------
    name : str
        Name of the source.
    columns : mapping
        Heading → cells, in the order of the file.
    beyond : tuple of str
        Headings of the columns behind the last one that has a heading of its own.
    files, sheets : tuple of str
        Names of the files and of the sheets that rows come from; a sheet is blank where there is none.
    file, sheet : int arrays
        Position in `files` and `sheets` of every row.
    row : int array
        Its row as a spreadsheet counts; the number of its record in YAML and JSON.
    tabular : bool
        Whether a row of the table is a line of a file, so that columns have letters.
    extra : mapping
        ``@file`` and the like → cells, made when asked for.
    marks : tuple of Mark
        Cells that are struck out or were never computed.
    delimiter : str
        Of a text file; blank of others, and where several differ.
    beside : tuple of (str, Sheet)
        The other sheets of its files.
    sources : Cells, optional
        Which source a row is of, where several are read as one table.
    orders : mapping
        (file, sheet) → its columns in their order there, where that is another than that of `columns`.
    """

    name: str
    columns: Mapping[str, Cells]
    beyond: tuple[str, ...]
    files: tuple[str, ...]
    sheets: tuple[str, ...]
    file: Ints
    sheet: Ints
    row: Ints
    tabular: bool = True
    keys: Cells | None = None
    extra: dict[str, Cells] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()
    delimiter: str = ""
    beside: tuple[tuple[str, Sheet], ...] = ()
    sources: Cells | None = None
    orders: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.row)

    @property
    def named(self) -> list[str]:
        """Headings of columns that have one."""
        return [c for c in self.columns if c not in self.beyond]

    @property
    def places(self) -> set[tuple[str, str]]:
        """Each file with each of its sheets that rows come from."""
        pairs = {*zip(self.file.tolist(), self.sheet.tolist(), strict=True)}
        return {(self.files[f], self.sheets[s]) for f, s in pairs}

    def cells(self, key: str) -> Cells:
        """A column by the key that `find` gave."""
        if key in self.columns:
            return self.columns[key]
        if key not in self.extra:
            self.extra[key] = self._special(key)
        return self.extra[key]

    def _special(self, key: str) -> Cells:
        if key == "@row":
            return Cells.of([str(r) for r in self.row])
        if key == "@sheet":
            return Cells.of(self.sheets).take(self.sheet)
        if key == "@key" and self.keys is not None:
            return self.keys
        if key == "@source":
            return self.sources or Cells.constant(self.name, len(self))
        parts = [f.replace("\\", "/").rstrip("/").split("/") for f in self.files]
        texts = [p[-1].rsplit(".", 1)[0] if key == "@file" else p[-2] if len(p) > 1 else "" for p in parts]
        return Cells.of(texts).take(self.file)

    def find(self, name: str) -> str | None:
        """The key of a column: by its heading, by ``@`` and its letters, or by a pattern that one heading fits.

        Letter case and runs of blanks do not matter where no heading is the name itself.
        """
        if name in self.columns or name in SPECIAL:
            return name
        if self.tabular and (found := re.fullmatch(r"@([A-Z]{1,3})", name)):
            position = 0
            for letter in found[1]:
                position = position * 26 + ord(letter) - 64
            keys = list(self.columns)
            return keys[position - 1] if position <= len(keys) else None
        wanted = fold(name)
        alike = [c for c in self.columns if fold(c) == wanted]
        if not alike and "*" in name:
            alike = [c for c in self.columns if _fits(wanted.split("*"), fold(c))]
        return alike[0] if len(alike) == 1 else None

    def right_of(self, key: str) -> str | None:
        """The column to the right."""
        keys = list(self.columns)
        at = keys.index(key) + 1 if key in self.columns else len(keys)
        return keys[at] if at < len(keys) else None

    def where_is(self, row: int) -> str:
        """``form.csv, row 12``."""
        file, sheet, number = self.files[self.file[row]], self.sheets[self.sheet[row]], self.row[row]
        place = f"{file}, sheet {sheet}" if sheet else file
        return f"{place}, row {number}" if self.tabular or number > 1 else place

    def batches(
        self, code: str, rows: npt.NDArray[Any], column: str | None, /, **fields: Any
    ) -> Iterator[Batch]:
        """Problems at some rows, one batch a file; a field is one value for all, or one a row."""
        rows = np.asarray(rows, np.intp)
        for number in np.unique(self.file[rows]):
            picked = np.flatnonzero(self.file[rows] == number)
            at = rows[picked]
            chosen = {
                k: [v[i] for i in picked] if isinstance(v, list) and len(v) == len(rows) else v
                for k, v in fields.items()
            }
            name = self.files[number]
            if not self.tabular:
                alone = len(at) == 1 and not (self.row[self.file == number] > 1).any()
                if alone:  # the file is one record, which has no number
                    chosen = {k: v[0] if isinstance(v, list) else v for k, v in chosen.items()}
                yield Batch(
                    code, name, None if alone else [int(r) for r in self.row[at]], column, fields=chosen
                )
                continue
            cells = None
            if any(self.sheets[s] for s in self.sheet[at]):
                cells = [
                    f"{self.sheets[s]}!{self._letter(column, name, self.sheets[s])}{r}"
                    for s, r in zip(self.sheet[at], self.row[at], strict=True)
                ]
            shown = self._shown(column, name)
            yield Batch(code, name, [int(r) for r in self.row[at]], shown, cells=cells, fields=chosen)

    def _letter(self, column: str | None, file: str, sheet: str) -> str:
        """Where a column stands in a file, which need not be where it stands in another of the same source."""
        order = self.orders.get((file, sheet)) or tuple(self.columns)
        return letters(order.index(column)) if column is not None and column in order else ""

    def _shown(self, column: str | None, file: str) -> str | None:
        """A column for people: short headings as they are, long ones with their letters."""
        if column is None or column not in self.columns or not self.tabular:
            return column
        text = column if len(column) <= 40 else f"{column[:39]}…"
        sheet = next((s for f, s in self.orders if f == file), "")
        return f"{self._letter(column, file, sheet)} ({text})"

    def renamed(self, names: Mapping[str, str]) -> Table:
        """The table with other headings for some columns."""
        columns = {names.get(c, c): cells for c, cells in self.columns.items()}
        orders = {place: tuple(names.get(c, c) for c in order) for place, order in self.orders.items()}
        beyond = tuple(names.get(c, c) for c in self.beyond)
        marks = tuple(replace(m, column=names.get(m.column, m.column)) for m in self.marks)
        return replace(self, columns=columns, orders=orders, beyond=beyond, marks=marks)

    def replaced(self, changed: Mapping[str, Cells]) -> Table:
        """The table with some columns changed."""
        return self._with({c: changed.get(c, cells) for c, cells in self.columns.items()}, slice(None))

    def kept(self, rows: npt.NDArray[Any]) -> Table:
        """The table of some rows, in their order."""
        return self._with({c: cells.take(rows) for c, cells in self.columns.items()}, rows)

    def _with(self, columns: dict[str, Cells], rows: Any) -> Table:
        return Table(
            self.name,
            columns,
            self.beyond,
            self.files,
            self.sheets,
            self.file[rows],
            self.sheet[rows],
            self.row[rows],
            self.tabular,
            None if self.keys is None else self.keys.take(rows),
            marks=self.marks,
            delimiter=self.delimiter,
            sources=None if self.sources is None else self.sources.take(rows),
            orders=self.orders,
        )


SPECIAL = ("@file", "@folder", "@sheet", "@row", "@key", "@source")
"""Columns that every table has: what a row comes from."""

fold = folded
"""Texts are compared with letter case, blanks, dashes and what is invisible aside."""


def _fits(parts: Sequence[str], text: str) -> bool:
    """Whether a text is the parts in their order with anything between: each taken where it first stands."""
    first, *middle, last = parts
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def stacked(name: str, parts: Iterable[Table]) -> Table:
    """Tables one below the other; a column that a part lacks is blank there."""
    tables = list(parts)
    if len(tables) == 1:
        return tables[0]
    columns: dict[str, list[Cells]] = {}
    keys = list(dict.fromkeys(c for t in tables for c in t.columns))
    for key in keys:
        columns[key] = [t.columns[key] if key in t.columns else Cells.constant(None, len(t)) for t in tables]
    files = list(dict.fromkeys(f for t in tables for f in t.files))
    sheets = list(dict.fromkeys(s for t in tables for s in t.sheets))
    named = {c for t in tables for c in t.named}
    return Table(
        name,
        {k: _joined(v) for k, v in columns.items()},
        tuple(k for k in keys if k not in named),
        tuple(files),
        tuple(sheets),
        np.concatenate([np.array([files.index(f) for f in t.files], np.int32)[t.file] for t in tables]),
        np.concatenate([np.array([sheets.index(s) for s in t.sheets], np.int32)[t.sheet] for t in tables]),
        np.concatenate([t.row for t in tables]),
        all(t.tabular for t in tables),
        _joined([t.keys for t in tables if t.keys is not None])
        if all(t.keys is not None for t in tables)
        else None,
        marks=tuple(m for t in tables for m in t.marks),
        delimiter=tables[0].delimiter if len({t.delimiter for t in tables}) == 1 else "",
        sources=_joined([Cells.constant(t.name, len(t)) for t in tables]),
        orders={
            p: o for t in tables for p, o in (t.orders or dict.fromkeys(t.places, tuple(t.columns))).items()
        },
    )


def _joined(parts: Sequence[Cells]) -> Cells:
    index: dict[str, int] = {}
    codes = []
    for part in parts:
        lookup = np.array([index.setdefault(v, len(index)) for v in part.values] + [BLANK], np.int32)
        codes.append(lookup[part.codes])
    return Cells(np.concatenate(codes), tuple(index))
