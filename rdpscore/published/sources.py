"""The files of a source, read by `rdpscore.readers`, into one table with headings."""

from __future__ import annotations

import fnmatch
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from rdpscore.files import file_problem, read_plain
from rdpscore.files.plain import MAX_FILES, MAX_SOURCE
from rdpscore.problems import Batch, InvalidInput, Problems, suggestion
from rdpscore.published.mapping import SourceSpec
from rdpscore.published.table import (
    Builder,
    Cells,
    Mark,
    Table,
    fold,
    letters,
    stacked,
)
from rdpscore.readers import (
    Book,
    Cell,
    Options,
    Page,
    Rows,
    Sheet,
    convert_together,
    read_book,
    suffixes,
)
from rdpscore.readers.container import unharmed
from rdpscore.readers.model import UNCOMPUTED
from rdpscore.words import is_blank, meant, plural

_CHUNK = 2_000
"""Rows that are held as lists at a time: few enough for a processor's cache."""
_MAX_COLUMNS = 16_384
_TOP = 60
"""Rows that are looked at for titles above the header."""


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


def converted(files: Sequence[SourceFile]) -> dict[str, bytes]:
    """Of several files those that another program has to convert, in one start of it."""
    texts = suffixes("text")

    def contents() -> Iterator[bytes]:
        for file in files:
            if PurePosixPath(file.name.casefold()).suffix not in texts:
                with suppress(OSError):  # told when the file is read
                    yield file.content()

    return convert_together(contents()) if len(files) > 1 else {}


def read_source(
    name: str, spec: SourceSpec, files: Sequence[SourceFile], converted: Mapping[str, bytes] | None = None
) -> tuple[Table | None, Problems]:
    """The table of one source, and all that is wrong with its files."""
    options = Options(
        tuple(spec.encoding or ()), spec.delimiter, spec.skip, spec.records, spec.labels, converted or {}
    )
    parts: list[Table] = []
    beside: list[tuple[str, Sheet]] = []
    problems = Problems()
    for file in files:
        try:
            content = file.content()
        except OSError as error:
            problems += file_problem(error, file.name)
            continue
        book, faults = read_book(content, file.name, options, spec.format)
        problems += faults
        if book is None:
            continue
        del content
        try:
            wanted = _wanted(spec, book)
            beside += [(book.file, s) for s in book.sheets if s not in wanted]
            for sheet in wanted:
                skip, told = _above(spec, sheet, book.file)
                problems += told
                parts.append(_table(name, spec, book, sheet, skip))
        except InvalidInput as error:
            problems += error.problems
    if not problems.ok or not parts:
        return None, problems
    table = replace(stacked(name, parts), beside=tuple(beside))
    if spec.missing:
        blank = set(map(fold, spec.missing))
        table = table.replaced(
            {k: c.mapped(lambda v: None if fold(v) in blank else v) for k, c in table.columns.items()}
        )
    return table, problems


def _wanted(spec: SourceSpec, book: Book) -> Sequence[Sheet]:
    """The sheets that a source takes: those that fit its patterns in turn, the first that is not hidden without."""
    if len(book.sheets) == 1 and not book.sheets[0].name:
        return book.sheets
    if not spec.sheet:
        return [s for s in book.sheets if not s.hidden][:1] or list(book.sheets[:1])
    found: list[Sheet] = []
    for pattern in spec.sheet:
        fitting = [s for s in book.sheets if fnmatch.fnmatchcase(s.name.casefold(), pattern.casefold())]
        if not fitting:
            near = suggestion(pattern, [s.name for s in book.sheets])
            Problems.one("source_sheet", book.file, value=pattern, nearest=near).raise_errors()
        found += [s for s in fitting if s not in found]
    return found


def unread(tables: Iterable[Table]) -> Problems:
    """A note on every sheet that holds something and that no source reads, in files of which another is read."""
    tables = list(tables)
    read = {pair for t in tables for pair in t.places}
    batches: dict[tuple[str, str], Batch] = {}
    for file, sheet in (pair for t in tables for pair in t.beside):
        if (file, sheet.name) in read or (file, sheet.name) in batches:
            continue
        try:
            n = sum(not is_blank(cell) for cells in sheet.page.rows for cell in cells)
        except InvalidInput:  # nobody asks for what stands there
            n = 0
        if n:
            seen = ("hidden, " if sheet.hidden else "") + plural(n, "cell")
            batches[file, sheet.name] = Batch("sheet_not_read", file, fields={"value": sheet.name, "n": seen})
    return Problems.of(list(batches.values()))


_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
_MAX_MERGED = 1_000_000


def _unmerged(page: Page) -> Iterable[list[str]]:
    """Merged cells hold their text in every one of them, as people read them."""
    if not page.merged:
        return page.rows
    by_number = {n: list(cells) for n, cells in enumerate(page.rows, 1) if cells}
    filled = 0
    for spec in page.merged:
        found = _RANGE.fullmatch(spec)
        if found is None or not by_number:
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
    return Rows(sorted(by_number.items()))


def _position(name: str) -> int:
    position = 0
    for letter in name:
        position = position * 26 + ord(letter) - 64
    return position - 1


# Tables -----------------------------------------------------------------------------------------------


def _table(name: str, spec: SourceSpec, book: Book, sheet: Sheet, skip: int) -> Table:
    """The rows of a sheet below its header.

    Raises
    ------
    InvalidInput
    """
    page = sheet.page
    rows = iter(unharmed(lambda: _unmerged(page), book.file))
    if page.heads is None:
        heads, above = _header(spec, skip, rows, bool(page.merged))
    else:
        heads, above = list(page.heads), 0
    if not any(heads):
        Problems.one("empty_file", book.file).raise_errors()
    width = max(i for i, n in enumerate(heads) if n) + 1
    builders = [Builder() for _ in heads]
    marks: list[tuple[int, int, Cell]] = []
    n = 0
    while chunk := list(islice(rows, _CHUNK)):
        widths = set(map(len, chunk))
        if max(widths) > _MAX_COLUMNS:
            what = f"a row has {max(widths):,} cells"
            Problems.one("unreadable_file", book.file, value=what).raise_errors()
        while len(builders) < max(widths):  # a row runs over
            builders.append(Builder())
            builders[-1].extend([None] * n)
        if widths != {len(builders)}:
            chunk = [c + [""] * (len(builders) - len(c)) for c in chunk]
        for builder, texts in zip(builders, zip(*chunk, strict=True), strict=True):
            builder.extend(texts)
        if sheet.name:
            marks += [
                (n + i, k, cell)
                for i, cells in enumerate(chunk)
                for k, cell in enumerate(cells)
                if isinstance(cell, Cell) and (cell.struck or cell.kind == UNCOMPUTED)
            ]
        n += len(chunk)
    columns: dict[str, Cells] = {}
    beyond: list[str] = []
    for position, builder in enumerate(builders):
        heading = heads[position] if position < len(heads) else ""
        key = _unique(heading or f"@{letters(position)}", columns)
        columns[key] = builder.cells()
        if position >= width:
            beyond.append(key)
    place = np.zeros(n, np.int32)
    row = np.arange(above + 1, above + n + 1, dtype=np.int32)
    table = Table(
        name,
        columns,
        tuple(beyond),
        (book.file,),
        (sheet.name,),
        place,
        place,
        row,
        tabular=page.heads is None,
        keys=None if page.keys is None else Cells.of(page.keys),
        delimiter=book.delimiter,
        marks=_marks(marks, list(columns), above + 1, book.file, sheet.name),
    )
    if not table.tabular:
        return table
    filled = np.zeros(n, bool)
    for column in columns.values():
        filled |= column.codes >= 0
    filled[[i for i, _, cell in marks if cell.kind == UNCOMPUTED]] = True
    return table if filled.all() else table.kept(np.flatnonzero(filled))


def _marks(
    found: Sequence[tuple[int, int, Cell]], keys: Sequence[str], first: int, file: str, sheet: str
) -> tuple[Mark, ...]:
    return tuple(Mark(file, sheet, first + i, keys[k], letters(k), cell) for i, k, cell in found)


def _header(
    spec: SourceSpec, skip: int, rows: Iterator[list[str]], merges_told: bool
) -> tuple[list[str], int]:
    """The headings, and the number of the last row that they take."""
    head: list[list[str]] = []
    above = 0
    for cells in rows:
        above += 1
        if above <= skip or all(map(is_blank, cells)):
            continue
        head.append(cells)
        if len(head) == spec.header_rows:
            break
    return headings(head, merges_told), above


def _above(spec: SourceSpec, sheet: Sheet, file: str) -> tuple[int, Problems]:
    """How many rows on top are no part of the table; a note where the mapping does not say it."""
    if sheet.page.heads is not None or spec.header_rows > 1 or "skip" in spec.model_fields_set:
        return spec.skip, Problems()
    skip = titles(sheet.page.rows)
    texts = [cells[0] for cells in islice(sheet.page.rows, skip) if cells and not is_blank(cells[0])]
    if not texts:
        return skip, Problems()
    cells = [f"{sheet.name}!A1"] if sheet.name else None
    told = Batch("title_rows", file, [1], cells=cells, fields={"value": texts[0], "n": plural(skip, "row")})
    return skip, Problems.of([told])


def titles(rows: Iterable[list[str]]) -> int:
    """How many rows on top are titles, or blank, where the mapping says nothing of them.

    A title is a text in the first cell alone, above rows that hold more.
    """
    filled = [[bool(c) and not is_blank(c) for c in cells] for cells in islice(rows, _TOP)]
    if sum(sum(cells) > 1 for cells in filled) * 2 <= sum(any(cells) for cells in filled):
        return 0
    first = next((i for i, cells in enumerate(filled) if sum(cells) > 1), 0)
    title = all(not any(cells[1:]) for cells in filled[:first])
    return first if title else 0


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
