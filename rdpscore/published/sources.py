"""Files into tables: CSV of any encoding and delimiter, workbooks, YAML, JSON. Nothing read is executed."""

from __future__ import annotations

import csv
import fnmatch
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from rdpscore.files import file_problem, read_plain
from rdpscore.files.plain import MAX_FILES, MAX_SOURCE
from rdpscore.files.tables import MAX_CELL
from rdpscore.problems import Problems, suggestion
from rdpscore.published.decoding import decoded, detect_delimiter
from rdpscore.published.mapping import SourceSpec
from rdpscore.published.records import read_records
from rdpscore.published.table import (
    Builder,
    Cells,
    Table,
    fold,
    letters,
    stacked,
)
from rdpscore.words import meant

_CHUNK = 2_000
"""Rows that are held as lists at a time: few enough for a processor's cache."""
_MAX_COLUMNS = 16_384


@dataclass(frozen=True)
class SourceFile:
    """A file that the user named, or that lies in a folder that the user named.

    Attributes
    ----------
    path : Path
    name : str
        As it is called in problems: its path in the folder that was named.
    folder : str
        The name of that folder; patterns may begin with it.
    """

    path: Path
    name: str
    folder: str = ""

    def content(self) -> bytes:
        return read_plain(self.path, MAX_SOURCE)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content()).hexdigest()


def candidates(named: Sequence[Path], beside: Path) -> tuple[list[SourceFile], Problems]:
    """The files that sources may take: those named, those in folders named, else those beside the mapping file."""
    out: dict[Path, SourceFile] = {}
    problems = Problems()
    for path in named or [beside]:
        if path.is_dir():
            found = (p for p in sorted(path.rglob("*")) if p.is_file() and not _hidden(p.relative_to(path)))
            for n, file in enumerate(found):
                if n == MAX_FILES:
                    problems += Problems.one(
                        "unreadable_file", str(path), value=f"the folder holds more than {MAX_FILES:,} files"
                    )
                    break
                inside = file.resolve().is_relative_to(path.resolve())  # a link may lead out of the folder
                if inside:
                    name = file.relative_to(path).as_posix()
                    out.setdefault(file.resolve(), SourceFile(file, meant(name), meant(path.resolve().name)))
        elif path.exists():  # or something else that is there: to be told of when it is read
            out.setdefault(path.resolve(), SourceFile(path, meant(path.name)))
        else:
            problems += Problems.one("unreadable_file", str(path), value="there is no such file")
    return list(out.values()), problems


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def fits(pattern: str, file: SourceFile) -> bool:
    """Whether a file is meant by a pattern: its whole name, or its last parts."""
    if ".." in PurePosixPath(pattern).parts:
        return False
    wanted = pattern.casefold().removeprefix("./").split("/")
    parts = f"{file.folder}/{file.name}".casefold().split("/")
    if len(wanted) > len(parts):
        return False
    return all(fnmatch.fnmatchcase(p, w) for p, w in zip(parts[-len(wanted) :], wanted, strict=True))


def read_source(name: str, spec: SourceSpec, files: Sequence[SourceFile]) -> tuple[Table | None, Problems]:
    """The table of one source, and all that is wrong with its files."""
    parts: list[Table] = []
    problems = Problems()
    for file in files:
        try:
            content = file.content()
        except OSError as error:
            problems += file_problem(error, file.name)
            continue
        found, faults = _read(name, spec, file.name, content)
        problems += faults
        parts.extend(found)
    if not problems.ok or not parts:
        return None, problems
    table = stacked(name, parts)
    if spec.missing:
        blank = set(map(fold, spec.missing))
        table = table.replaced(
            {k: c.mapped(lambda v: None if fold(v) in blank else v) for k, c in table.columns.items()}
        )
    return table, problems


def file_format(spec: SourceSpec, name: str) -> str:
    """What a file is read as."""
    suffixes = {".xlsx": "xlsx", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
    return spec.format or suffixes.get(PurePosixPath(name.casefold()).suffix, "csv")


def _read(name: str, spec: SourceSpec, file: str, content: bytes) -> tuple[list[Table], Problems]:
    form = file_format(spec, file)
    if form == "xlsx":
        return _workbook(name, spec, file, content)
    if form in ("yaml", "json"):
        table, problems = read_records(name, spec, file, content, form)
        return [] if table is None else [table], problems
    table, problems = _csv(name, spec, file, content)
    return [] if table is None else [table], problems


# CSV --------------------------------------------------------------------------------------------------


def _csv(name: str, spec: SourceSpec, file: str, content: bytes) -> tuple[Table | None, Problems]:
    text, problems = decoded(spec, file, content)
    if not problems.ok:
        return None, problems
    if not text.strip():
        return None, Problems.one("empty_file", file)
    delimiter = spec.delimiter or detect_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    del text
    limit = csv.field_size_limit(MAX_CELL)
    try:
        return _table(name, spec, file, "", reader)
    except csv.Error as error:
        code = "cell_too_long" if "field larger" in str(error) else "broken_quoting"
        value = f"{MAX_CELL:,}" if code == "cell_too_long" else str(error)
        return None, Problems.one(code, file, row=reader.line_num, value=value)
    finally:
        csv.field_size_limit(limit)


# Workbooks --------------------------------------------------------------------------------------------


def _workbook(name: str, spec: SourceSpec, file: str, content: bytes) -> tuple[list[Table], Problems]:
    from rdpscore.coding.container import silent

    with silent():
        return _sheets(name, spec, file, content)


def _sheets(name: str, spec: SourceSpec, file: str, content: bytes) -> tuple[list[Table], Problems]:
    from rdpscore.coding.cells import plain
    from rdpscore.coding.container import damage, open_container
    from rdpscore.coding.grid import sheet_rows

    container, problems = open_container(content, file)
    if container is None:
        return [], problems
    sheets = container.book.worksheets
    wanted = (
        [s for s in sheets if fnmatch.fnmatchcase(s.title.casefold(), spec.sheet.casefold())]
        if spec.sheet
        else sheets[:1]
    )
    if not wanted:
        near = suggestion(spec.sheet or "", [s.title for s in sheets])
        return [], Problems.one("source_sheet", file, value=spec.sheet or "", nearest=near)
    tables: list[Table] = []
    for sheet in wanted:
        merged = container.merged.get(sheet.title, [])
        try:
            numbered = [(n, [plain(v) for v in cells]) for n, cells in sheet_rows(sheet, cached=True)]
            rows = _every(_unmerged(numbered, merged))
            table, found = _table(name, spec, file, sheet.title, rows, bool(merged))
        except Exception as error:  # what zlib, openpyxl and XML parsers raise on damaged parts
            return [], Problems.one("bad_workbook", file, value=damage(error))
        problems += found
        if table is not None:
            tables.append(table)
    return tables, problems


def _every(numbered: list[tuple[int, list[str]]]) -> Iterator[list[str]]:
    """All rows from the first, those between that hold nothing as well."""
    last = 0
    for number, cells in numbered:
        for _ in range(last + 1, number):
            yield []
        yield cells
        last = number


_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
_MAX_MERGED = 1_000_000


def _unmerged(rows: list[tuple[int, list[str]]], merged: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Merged cells hold their text in every one of them, as people read them."""
    if not merged:
        return rows
    by_number = dict(rows)
    filled = 0
    for spec in merged:
        found = _RANGE.fullmatch(spec)
        if found is None:
            continue
        left, right = (_position(found[i]) for i in (1, 3))
        top, bottom = int(found[2]), int(found[4])
        text = (by_number.get(top) or [])[left : left + 1]
        if not text or not text[0]:
            continue
        for number in range(top, min(bottom, max(by_number)) + 1):
            cells = by_number.setdefault(number, [])
            cells.extend([""] * (right + 1 - len(cells)))
            cells[left : right + 1] = [text[0]] * (right + 1 - left)
            filled += right + 1 - left
            if filled > _MAX_MERGED:
                raise ValueError("merged cells")
    return sorted(by_number.items())


def _position(name: str) -> int:
    position = 0
    for letter in name:
        position = position * 26 + ord(letter) - 64
    return position - 1


# Both -------------------------------------------------------------------------------------------------


def _table(
    name: str,
    spec: SourceSpec,
    file: str,
    sheet: str,
    rows: Iterator[list[str]],
    merges_told: bool = False,
) -> tuple[Table | None, Problems]:
    """Rows of cells, from row 1, below a header."""
    head: list[list[str]] = []
    above = 0
    for cells in rows:
        above += 1
        if above <= spec.skip or not any(map(str.strip, cells)):
            continue
        head.append(cells)
        if len(head) == spec.header_rows:
            break
    names = headings(head, merges_told)
    if not any(names):
        return None, Problems.one("empty_file", file)
    width = max(i for i, n in enumerate(names) if n) + 1
    builders = [Builder() for _ in names]
    n = 0
    while chunk := list(islice(rows, _CHUNK)):
        widths = set(map(len, chunk))
        if max(widths) > _MAX_COLUMNS:
            return None, Problems.one("unreadable_file", file, value=f"a row has {max(widths):,} cells")
        while len(builders) < max(widths):  # a row runs over
            builders.append(Builder())
            builders[-1].extend([None] * n)
        if widths != {len(builders)}:
            chunk = [c + [""] * (len(builders) - len(c)) for c in chunk]
        for builder, texts in zip(builders, zip(*chunk, strict=True), strict=True):
            builder.extend(texts)
        n += len(chunk)
    columns: dict[str, Cells] = {}
    beyond: list[str] = []
    for position, builder in enumerate(builders):
        heading = names[position] if position < len(names) else ""
        key = _unique(heading or f"@{letters(position)}", columns)
        columns[key] = builder.cells()
        if position >= width:
            beyond.append(key)
    place = np.zeros(n, np.int32)
    row = np.arange(above + 1, above + n + 1, dtype=np.int32)
    table = Table(name, columns, tuple(beyond), (file,), (sheet,), place, place, row)
    filled = np.zeros(n, bool)
    for column in columns.values():
        filled |= column.codes >= 0
    return (table if filled.all() else table.kept(np.flatnonzero(filled))), Problems()


def headings(head: Sequence[Sequence[str]], merges_told: bool = False) -> list[str]:
    """The heading of each column; of several header rows a merged one stands above all its columns."""
    width = max(map(len, head), default=0)
    levels: list[list[str]] = []
    for depth, cells in enumerate(head):
        texts = [" ".join(c.split()) for c in cells] + [""] * (width - len(cells))
        if depth < len(head) - 1 and not merges_told:
            for i in range(1, width):  # a merged cell is saved as its text and blanks
                same_above = all(level[i] == level[i - 1] for level in levels)
                texts[i] = texts[i] or (texts[i - 1] if same_above else "")
        levels.append(texts)
    out = []
    for column in zip(*levels, strict=True):
        out.append(" / ".join(dict.fromkeys(t for t in column if t)))
    return out


def _unique(name: str, taken: Mapping[str, Any]) -> str:
    """A heading that stands there again is told apart by its number."""
    number, out = 1, name
    while out in taken:
        number += 1
        out = f"{name} ({number})"
    return out
