"""Rows whose answers stand under the wrong questions: found, repaired where that is certain, else left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rdpscore.codebook import Codebook
from rdpscore.published.conditions import Faults
from rdpscore.published.mapping import AnswerRules
from rdpscore.published.mapping import Mapping as MappingFile
from rdpscore.published.table import (
    BLANK,
    Cells,
    Table,
    letters,
)
from rdpscore.published.values import UNCOVERED, Reader
from rdpscore.words import listed

MOST_BLANK = 4
"""So many blank cells at the end of a row are tried when split cells are joined again."""

REACH = 3
"""So many columns to either side of its own an answer is looked for."""


@dataclass(frozen=True)
class Repaired:
    """The rows that can be used; how many were repaired, left out, and lost the answers of one coder."""

    table: Table
    rejoined: int
    left_out: int
    coders_left_out: int = 0


@dataclass(frozen=True)
class Slot:
    """The column of a closed item, and what goes with it."""

    position: int
    reader: Reader


@dataclass(frozen=True)
class Group:
    """The columns of one coder, in the order of the row; of all coders where rows tell them apart."""

    coder: str | None
    slots: tuple[Slot, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Shift:
    """The first cell of a row that gives it away."""

    column: str
    what: str


def straighten(
    table: Table,
    mapping: MappingFile,
    codebook: Codebook,
    rules: Mapping[str, tuple[AnswerRules, Reader]],
    faults: Faults,
) -> Repaired:
    """Find rows that run over or are shifted, and repair those in which joining split cells fits every answer.

    Several ways of joining are one where they give the same title, publisher, coder and answers; attributes in which
    they differ are left blank. A row is suspected where text stands beyond the last named column; where a cell is no
    answer to its item and is one to the item beside it; or where an answer to the item stands some columns aside
    instead. Of a row that cannot be repaired nothing is used; where coders have columns of their own, nothing of that
    coder.
    """
    groups = _groups(table, mapping, codebook, rules)
    over = np.zeros(len(table), bool)
    for name in table.beyond:
        over |= table.columns[name].codes >= 0
    if len(groups) > 1 and not over.any():
        return _by_coder(table, groups, faults)
    slots = [s for g in groups for s in g.slots]
    shifts = _shifts(table, slots)
    suspects = np.union1d(np.flatnonzero(over), np.array(sorted(shifts), np.intp)).astype(np.intp)
    if not len(suspects):
        return Repaired(table, 0, 0)
    width = len(table.named)
    named, facts = _telling(table, mapping)
    mended: dict[int, list[str]] = {}
    for row in suspects.tolist():
        cells = [c.text(row) for c in table.columns.values()]
        found = _rejoined(cells, width, slots, named, table.delimiter) if over[row] else None
        if found is None:
            shift = shifts.get(row)
            what = _what(cells, width, bool(over[row]), shift)
            column = None if shift is None else shift.column
            faults.add(table.batches("row_left_out", np.array([row]), column, what=what))
            continue
        ways, start, joined = found
        doubtful = [k for k in facts if len({way[k] for way in ways}) > 1]
        mended[row] = ["" if k in doubtful else text for k, text in enumerate(ways[0])]
        said = f"cells {letters(start)} to {letters(start + joined)} joined again: it ran over by {joined}"
        if doubtful:
            said += (
                f"; {listed([letters(k) for k in doubtful], None)} left blank, as it can be joined otherwise"
            )
        faults.add(table.batches("row_rejoined", np.array([row]), None, what=said))
    left = np.setdiff1d(suspects, list(mended))
    whole = _written(table, mended) if mended else table
    used = np.ones(len(table), bool)
    used[left] = False
    return Repaired(whole.kept(np.flatnonzero(used)), len(mended), len(left))


def _groups(
    table: Table, mapping: MappingFile, codebook: Codebook, rules: Mapping[str, tuple[AnswerRules, Reader]]
) -> list[Group]:
    """The columns of closed items of each coder; nothing is said here of columns that are missing."""
    keys = {name: i for i, name in enumerate(table.columns)}
    out = []
    for coder, token in (mapping.coders.columns or {"": ""}).items():
        slots: list[Slot] = []
        columns: list[str] = []
        for item in codebook.items:
            own, reader = rules[item.id]
            said = mapping.items.get(item.id)
            if item.id in mapping.not_asked or (said is not None and said.indicators):
                continue
            names = [
                table.find(n.replace("{coder}", token)) if n else None
                for n in (own.column, own.passage, own.note)
            ]
            columns += [
                n
                for n, t in zip(names, (own.column, own.passage, own.note), strict=True)
                if n and t and "{coder}" in t
            ]
            if names[0] in keys and item.kind == "single" and not own.where:
                slots.append(Slot(keys[names[0]], reader))
        if table.tabular:
            slots.sort(key=lambda s: s.position)
        out.append(Group(coder or None, tuple(slots), tuple(columns)))
    return out


def _by_coder(table: Table, groups: list[Group], faults: Faults) -> Repaired:
    """Blank the columns of a coder in rows in which they are shifted."""
    changed: dict[str, Cells] = {}
    n = 0
    for group in groups:
        shifts = _shifts(table, list(group.slots))
        if not shifts:
            continue
        rows = np.array(sorted(shifts), np.intp)
        n += len(rows)
        for row in rows.tolist():
            what = f"the answers of coder {group.coder}: {shifts[row].what}"
            faults.add(table.batches("row_left_out", np.array([row]), shifts[row].column, what=what))
        for name in group.columns:
            codes = changed.get(name, table.columns[name]).codes.copy()
            codes[rows] = BLANK
            changed[name] = Cells(codes, table.columns[name].values)
    return Repaired(table.replaced(changed), 0, 0, n)


def _shifts(table: Table, slots: list[Slot]) -> dict[int, Shift]:
    """Row → the first cell that is no answer to its item while an answer stands nearby."""
    keys = list(table.columns)
    around: dict[int, list[Reader]] = {s.position: [] for s in slots}
    for one, other in pairwise(slots):
        around[one.position].append(other.reader)
        around[other.position].append(one.reader)
    own = {s.position: s.reader for s in slots}
    out: dict[int, Shift] = {}
    for slot in slots:
        cells = table.columns[keys[slot.position]]
        used = cells.used
        wrong = [
            n > 0 and slot.reader.read(text).kind == UNCOVERED
            for text, n in zip(cells.values, used, strict=True)
        ]
        for row in np.flatnonzero(np.array([*wrong, False])[cells.codes]).tolist():
            if row in out:
                continue
            text = cells.text(row)
            owner = next((r.item.id for r in around[slot.position] if r.owns(text)), None)
            name = slot.reader.item.id
            if owner is not None:
                what = f"'{_brief(text)}' stands under {name} and is an answer to {owner}"
                out[row] = Shift(keys[slot.position], what)
            elif table.tabular and (aside := _aside(table, keys, slot, own, row)) is not None:
                what = f"the answer to {name} stands in column {letters(aside)} instead of {letters(slot.position)}"
                out[row] = Shift(keys[slot.position], what)
    return out


def _aside(table: Table, keys: list[str], slot: Slot, own: Mapping[int, Reader], row: int) -> int | None:
    """A column near the item's own that holds an answer to it, and no answer to an item of its own."""
    for distance in range(1, REACH + 1):
        for position in (slot.position - distance, slot.position + distance):
            if not 0 <= position < len(keys):
                continue
            text = table.columns[keys[position]].text(row)
            if not text or not slot.reader.owns(text):
                continue
            if position not in own or own[position].read(text).kind == UNCOVERED:
                return position
    return None


def _brief(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"


def _what(cells: list[str], width: int, over: bool, shift: Shift | None) -> str:
    parts = []
    if over:
        n = sum(bool(c) for c in cells[width:])
        last = max(i for i, c in enumerate(cells) if c)
        parts.append(
            f"it runs over the last named column {letters(width - 1)} to {letters(last)} "
            f"({n} cell{'' if n == 1 else 's'})"
        )
    if shift is not None:
        parts.append(shift.what)
    return "; ".join(parts)


def _telling(table: Table, mapping: MappingFile) -> tuple[set[int], list[int]]:
    """Positions of the columns that say whose answers a row holds, and of those with other facts on a journal."""
    keys = {name: i for i, name in enumerate(table.columns)}

    def position(column: str | None) -> int | None:
        found = table.find(column) if column else None
        return keys.get(found) if found else None

    said = mapping.journals
    who = [f.column for f in (said.title, said.id, said.publisher) if f is not None]
    named = {position(c) for c in (*who, mapping.coders.column)}
    facts = [position(spec.column) for spec in said.attributes.values()]
    return {p for p in named if p is not None}, [p for p in facts if p is not None]


def _rejoined(
    cells: list[str], width: int, slots: list[Slot], named: set[int], delimiter: str
) -> tuple[list[list[str]], int, int] | None:
    """The row with one run of cells joined again, where every answer then fits; None where that is not certain.

    Several ways that give the same answers and names are one: they differ in which remark a text belongs to. All are
    given, the first one first, with the run of cells that it joins.
    """
    last = max(i for i, c in enumerate(cells) if c)
    answers = {s.position for s in slots}
    for extra in range(last - width + 1, last - width + 2 + MOST_BLANK):
        ways: list[tuple[list[str], int, int]] = []
        for start in range(width):
            if start in answers or not cells[start] or start + extra >= len(cells):
                continue
            run = cells[start : start + extra + 1]
            if not run[-1] or any(t and s.reader.owns(t) for t in run for s in slots):
                continue  # an answer is no part of a text
            row = [*cells[:start], _joined(run, delimiter), *cells[start + extra + 1 :]]
            row = (row + [""] * width)[:width]
            if _all_fit(row, slots):
                ways.append((row, start, extra))
        if ways:
            told = {tuple(row[k] for k in sorted(answers | named)) for row, _, _ in ways}
            return ([row for row, _, _ in ways], *ways[0][1:]) if len(told) == 1 else None
    return None


def _joined(run: list[str], delimiter: str) -> str:
    """A text that was split at the delimiter, with the blank that stands behind a comma in a sentence."""
    text = ""
    for part in filter(None, run):
        number = text[-1:].isdigit() and part[:1].isdigit()
        between = ", " if delimiter == "," and not number else delimiter or ";"
        text = f"{text}{between}{part}" if text else part
    return text


def _all_fit(row: list[str], slots: list[Slot]) -> bool:
    """Whether every closed item has an answer of its own, or a blank, and at least one has an answer."""
    texts = [(row[s.position], s.reader) for s in slots]
    return any(t for t, _ in texts) and all(not t or r.fits(t) for t, r in texts)


def _written(table: Table, mended: Mapping[int, list[str]]) -> Table:
    """The table with the cells of some rows replaced; what stood beyond the last column is empty there."""
    rows: npt.NDArray[np.intp] = np.array(list(mended), np.intp)
    changed: dict[str, Cells] = {}
    for position, (name, cells) in enumerate(table.columns.items()):
        texts = [row[position] if position < len(row) else "" for row in mended.values()]
        index = {v: i for i, v in enumerate(cells.values)}
        codes = cells.codes.copy()
        codes[rows] = [index.setdefault(t, len(index)) if t else BLANK for t in texts]
        changed[name] = Cells(codes, tuple(index))
    return table.replaced(changed)
