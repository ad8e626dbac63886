"""Rows whose answers stand under the wrong questions: found, repaired where that is certain, else left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rdpscore.codebook import Codebook
from rdpscore.importing.conditions import Faults
from rdpscore.importing.mapping import AnswerRules, Mapping as MappingFile
from rdpscore.importing.table import Bools, Cells, Table, letters
from rdpscore.importing.values import Reader

MOST_BLANK = 4
"""So many blank cells at the end of a row are tried when split cells are joined again."""


@dataclass(frozen=True)
class Repaired:
    """The rows that can be used, and how many were repaired and left out."""

    table: Table
    rejoined: int
    left_out: int


@dataclass(frozen=True)
class Slot:
    """The column of a closed item, by its position in the row."""

    position: int
    reader: Reader


def straighten(
    table: Table,
    mapping: MappingFile,
    codebook: Codebook,
    rules: Mapping[str, tuple[AnswerRules, Reader]],
    faults: Faults,
) -> Repaired:
    """Find rows that run over or are shifted, and repair those in which joining split cells fits every answer.

    A row is suspected where text stands beyond the last named column, or where an answer is none of its own
    item and is one of a neighbouring item. Of those that cannot be repaired nothing is used.
    """
    if not table.tabular:
        return Repaired(table, 0, 0)
    slots = _slots(table, mapping, codebook, rules)
    over = np.zeros(len(table), bool)
    for name in table.beyond:
        over |= table.columns[name].codes >= 0
    shifted, where = _shifted(table, slots)
    suspects = np.flatnonzero(over | shifted)
    if not len(suspects):
        return Repaired(table, 0, 0)
    width = len(table.named)
    grid = {int(r): [c.text(r) for c in table.columns.values()] for r in suspects}
    mended: dict[int, list[str]] = {}
    for row in suspects:
        cells = grid[int(row)]
        found = _rejoined(cells, width, slots) if over[row] else None
        what = _what(cells, width, over[row], where.get(int(row)), table)
        if found is None:
            faults.add(table.batches("row_left_out", np.array([row]), where.get(int(row), (None, ""))[0], what=what))
            continue
        mended[int(row)], start, joined = found
        said = f"cells {letters(start)} to {letters(start + joined)} joined again: it ran over by {joined}"
        faults.add(table.batches("row_rejoined", np.array([row]), None, what=said))
    left = np.setdiff1d(suspects, list(mended))
    whole = _written(table, mended) if mended else table
    return Repaired(whole.kept(np.setdiff1d(np.arange(len(table)), left)), len(mended), len(left))


def _slots(
    table: Table, mapping: MappingFile, codebook: Codebook, rules: Mapping[str, tuple[AnswerRules, Reader]]
) -> list[Slot]:
    """The columns of closed items, in the order of the row."""
    keys = {name: i for i, name in enumerate(table.columns)}
    out = []
    for item in codebook.items:
        own, reader = rules[item.id]
        said = mapping.items.get(item.id)
        if own.column is None or item.kind == "open" or own.where or (said is not None and said.indicators):
            continue
        if item.id in mapping.not_asked:
            continue
        for token in mapping.coders.columns.values() or [""]:
            key = table.find(own.column.replace("{coder}", token) if token else own.column)
            if key in keys:
                out.append(Slot(keys[key], reader))
    return sorted(out, key=lambda s: s.position)


def _shifted(table: Table, slots: list[Slot]) -> tuple[Bools, dict[int, tuple[str, str]]]:
    """Rows with an answer that is none of its item and is one of an item beside it; and the first such cell."""
    keys = list(table.columns)
    out = np.zeros(len(table), bool)
    where: dict[int, tuple[str, str]] = {}
    around: dict[int, list[Reader]] = {s.position: [] for s in slots}
    for one, other in pairwise(slots):
        around[one.position].append(other.reader)
        around[other.position].append(one.reader)
    for slot in slots:
        cells = table.columns[keys[slot.position]]

        def suspect(text: str, slot: Slot = slot) -> bool:
            if slot.reader.read(text).kind != "uncovered":
                return False
            return any(r.owns(text) for r in around[slot.position])

        wrong = cells.where(suspect)
        for row in np.flatnonzero(wrong & ~out):
            text = cells.text(row)
            owner = next(r.item.id for r in around[slot.position] if r.owns(text))
            where[int(row)] = (
                keys[slot.position],
                f"'{_brief(text)}' stands under {slot.reader.item.id} and is an answer to {owner}",
            )
        out |= wrong
    return out, where


def _brief(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"


def _what(cells: list[str], width: int, over: bool, shift: tuple[str, str] | None, table: Table) -> str:
    parts = []
    if over:
        n = sum(bool(c) for c in cells[width:])
        last = max(i for i, c in enumerate(cells) if c)
        parts.append(
            f"it runs over the last named column {letters(width - 1)} to {letters(last)} "
            f"({n} cell{'' if n == 1 else 's'})"
        )
    if shift is not None:
        parts.append(shift[1])
    return "; ".join(parts)


def _rejoined(cells: list[str], width: int, slots: list[Slot]) -> tuple[list[str], int, int] | None:
    """The row with one run of cells joined again, where every answer then fits; None where none or several do.

    Several ways that give the same answers are one: they differ in which remark a text belongs to.
    """
    last = max(i for i, c in enumerate(cells) if c)
    answers = {s.position for s in slots}
    ways: list[tuple[list[str], int, int]] = []
    for extra in range(last - width + 1, last - width + 2 + MOST_BLANK):
        for start in range(width):
            if start in answers or not cells[start] or start + extra >= len(cells):
                continue
            run = cells[start : start + extra + 1]
            row = [*cells[:start], ";".join(c for c in run if c), *cells[start + extra + 1 :]]
            row = (row + [""] * width)[:width]
            if all(not row[s.position] or s.reader.fits(row[s.position]) for s in slots):
                ways.append((row, start, extra))
        if ways:
            break
    if not ways:
        return None
    told = {tuple(row[s.position] for s in slots) for row, _, _ in ways}
    return ways[0] if len(told) == 1 else None


def _written(table: Table, mended: Mapping[int, list[str]]) -> Table:
    """The table with the cells of some rows replaced; what stood beyond the last column is empty there."""
    rows = np.array(list(mended), np.intp)
    changed: dict[str, Cells] = {}
    for position, (name, cells) in enumerate(table.columns.items()):
        texts = [row[position] if position < len(row) else "" for row in mended.values()]
        index = {v: i for i, v in enumerate(cells.values)}
        codes = cells.codes.copy()
        codes[rows] = [index.setdefault(t, len(index)) if t else -1 for t in texts]
        changed[name] = Cells(codes, tuple(index))
    return table.replaced(changed)
