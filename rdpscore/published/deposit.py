"""All tables of a deposit, each sheet of each file, and what each probably is: for a first mapping."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rdpscore.files import file_problem
from rdpscore.problems import InvalidInput, Problems
from rdpscore.published.mapping import SourceSpec
from rdpscore.published.sources import SourceFile, read_source, titles
from rdpscore.published.table import Table
from rdpscore.readers import Options, Sheet, read_book
from rdpscore.words import folded, is_blank

ANSWERS, SIDE, CODEBOOK, LABELS, UNKNOWN = (
    "answers, too: of a second coder, or the final decisions?",
    "a side table of journals (journals: also:)?",
    "what the columns mean?",
    "a list of labels?",
    "not known",
)
READ = (ANSWERS, SIDE)
"""Roles whose tables a draft reads."""

_RECORDS = (".yaml", ".yml", ".json")
_NUMBER = re.compile(r"[-+]?[\d.,]+ ?%?")
_LOOKED_AT = 20


@dataclass(frozen=True)
class Part:
    """A table of the deposit: a file, or a sheet of a workbook with several."""

    name: str
    spec: SourceSpec
    table: Table
    lone: bool
    """It is all that its file holds."""


def parts(
    files: Sequence[SourceFile], converted: Mapping[str, bytes]
) -> tuple[list[Part], list[str], Problems]:
    """Every table that can be read, what cannot be or is hidden, and the problems of files that yield nothing."""
    out: list[Part] = []
    unread: list[str] = []
    problems = Problems()
    taken: set[str] = set()
    records = [f for f in files if Path(f.name).suffix.casefold() in _RECORDS]
    if len(records) > 1:
        table, found = read_source("records", SourceSpec(file=_pattern(records)), records, converted)
        problems += found
        if table is not None:
            out.append(Part(_name("records", taken), SourceSpec(file=_pattern(records)), table, lone=True))
    for file in files:
        if len(records) > 1 and file in records:
            continue
        sheets, found = _sheets(file, converted)
        problems += found
        seen = [s for s in sheets if not s.hidden]
        unread += [f"sheet '{s.name}' of {file.name}, which is hidden" for s in sheets if s.hidden and seen]
        several = len(seen) > 1
        read = 0
        faults = Problems()
        for sheet in seen or sheets[:1]:
            spec = _spec(file, sheet, several)
            stem = Path(file.name).stem + (f" {sheet.name}" if several else "")
            table, found = read_source("", spec, [file], converted)
            if table is None or not (len(table) or not several):
                faults += found
                if several:
                    unread.append(f"sheet '{sheet.name}' of {file.name}, in which no table was found")
                continue
            read += 1
            out.append(Part(_name(stem, taken), spec, table, lone=not several))
        problems += faults if not read else Problems()
    return out, unread, problems


def _pattern(records: Sequence[SourceFile]) -> str:
    """Of files that hold a journal each."""
    depth = max(f.name.count("/") for f in records)
    return "/".join(["*"] * depth) + ("/" if depth else "") + f"*{Path(records[0].name).suffix}"


def _name(stem: str, taken: set[str]) -> str:
    base = "_".join(re.findall(r"[A-Za-z0-9]+", stem))[:30] or "source"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    taken.add(name)
    return name


def _sheets(file: SourceFile, converted: Mapping[str, bytes]) -> tuple[Sequence[Sheet], Problems]:
    try:
        content = file.content()
    except OSError as error:
        return (), file_problem(error, file.name)
    book, problems = read_book(content, file.name, Options(converted=converted))
    return ((), problems) if book is None else (book.sheets, Problems())


def _spec(file: SourceFile, sheet: Sheet, several: bool) -> SourceSpec:
    said: dict[str, object] = {"file": file.name}
    if several:
        said["sheet"] = glob.escape(sheet.name)
    try:
        page = sheet.page
    except InvalidInput:  # told by who reads it
        return SourceSpec.model_validate(said)
    if page.heads is None:
        top = titles(page.rows)
        if two_lines([c for c in islice(page.rows, top + _LOOKED_AT) if not all(map(is_blank, c))][top:]):
            said["header_rows"] = 2
            if top:
                said["skip"] = top
    return SourceSpec.model_validate(said)


def two_lines(rows: Sequence[Sequence[str]]) -> bool:
    """True where the header takes two rows: groups of columns above, and what each column is below.

    The upper one has gaps which the lower one fills, with words that stand nowhere further down.
    """
    if len(rows) < 4:
        return False
    width = max(map(len, rows))
    upper, lower, *below = ([*map(str.strip, r), *[""] * (width - len(r))] for r in rows)
    gaps = [i for i in range(1, width) if not upper[i] and lower[i]]
    words = [t for t in lower if t]
    return (
        len(gaps) >= max(2, width // 4)
        and sum(map(bool, upper)) >= 2
        and not any(_NUMBER.fullmatch(t) for t in words)
        and not any(lower[i] and lower[i] in {r[i] for r in below} for i in range(width))
        and all(upper[i] or lower[i] for i in range(width) if any(r[i] for r in below))
    )


def roles(main: Part, title: str | None, found: Sequence[Part]) -> Iterator[tuple[Part, str]]:
    """What every table but the main one probably is."""
    heads = set(map(folded, main.table.named))
    journals = _texts(main.table, title) if title in main.table.columns else set()
    answers = {t for n in main.table.named if n != title for t in _texts(main.table, n)}
    for part in found:
        if part is main:
            continue
        own = set(map(folded, part.table.named))
        columns = [_texts(part.table, n) for n in part.table.named]
        if len(own & heads) >= 0.6 * len(heads) or (
            title in part.table.columns and len(own & heads) >= 0.6 * len(own) and len(own) > 2
        ):
            yield part, ANSWERS
        elif any(len(c & heads) >= max(2, 0.4 * len(heads)) for c in columns):
            yield part, CODEBOOK
        elif journals and any(len(c & journals) >= 0.5 * len(c) > 0 and len(c) > 1 for c in columns):
            yield part, SIDE
        elif len(part.table.named) <= 4 and any(
            len(c & answers) >= max(2, 0.5 * len(c)) for c in columns if c
        ):
            yield part, LABELS
        else:
            yield part, UNKNOWN


def _texts(table: Table, column: str | None) -> set[str]:
    cells = table.columns[column or ""]
    return {folded(v) for v, n in zip(cells.values, cells.used, strict=True) if n}
