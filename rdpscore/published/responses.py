"""Rows of a source into answers: who answered what, in arrays, each distinct text decided once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rdpscore.codebook import Item
from rdpscore.files.yamls import KeyPath
from rdpscore.published.conditions import Columns, Faults, regular
from rdpscore.published.mapping import NOTE, AnswerRules, Coders
from rdpscore.published.table import (
    BLANK,
    Cells,
    Ints,
    Table,
    fold,
)
from rdpscore.published.values import (
    ANSWER,
    MISSING,
    SEVERAL,
    UNCOVERED,
    Outcome,
    Reader,
)

Indices = npt.NDArray[np.intp]


class Pool:
    """Texts by number, each once."""

    def __init__(self) -> None:
        self.index: dict[str, int] = {}

    def put(self, text: str | None) -> int:
        return self.index.setdefault(text, len(self.index)) if text else BLANK

    def all(self, cells: Cells) -> Ints:
        """The number of every row's text."""
        lookup = np.array([*map(self.put, cells.values), BLANK], np.int32)
        return lookup[cells.codes]

    @property
    def texts(self) -> list[str]:
        return list(self.index)


@dataclass
class Pieces:
    """Answers as they are found: one entry a row of the source, a coder and an item."""

    coder: Pool = field(default_factory=Pool)
    answer: Pool = field(default_factory=Pool)
    text: Pool = field(default_factory=Pool)
    parts: list[dict[str, npt.NDArray[np.int32]]] = field(default_factory=list)
    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """(item, text of the source, answer) → cells."""
    undecided: int = 0
    """Answers that were agreed on, and are not there."""

    def add(self, **arrays: npt.NDArray[np.int32]) -> None:
        self.parts.append(arrays)

    def joined(self) -> dict[str, npt.NDArray[np.int32]]:
        """All parts one after the other."""
        names = ("row", "coder", "item", "answer", "note", "passage", "url", "unclear", "adopted", "reason")
        empty = np.empty(0, np.int32)
        return {n: np.concatenate([p[n] for p in self.parts]) if self.parts else empty for n in names}


@dataclass(frozen=True)
class Voice:
    """Whose answers some columns hold.

    Attributes
    ----------
    token : str or None
        What stands for {coder} in names of columns.
    name : str or None
        The coder, where one coder answers in all rows.
    cells : Cells or None
        The coder of each row, where a column says it.
    """

    token: str | None = None
    name: str | None = None
    cells: Cells | None = None


def voices(coders: Coders, columns: Columns, faults: Faults) -> list[Voice]:
    """Whose answers the source holds, and where."""
    ways = [coders.column is not None, coders.value is not None, bool(coders.columns)]
    if sum(ways) + (coders.number and not any(ways)) != 1:
        what = "coders need exactly one of column, value, columns and number"
        faults.at("bad_mapping", ("coders",), what=what, remedy="say where the coder of an answer is named")
        return []
    if coders.column is None and (coders.pattern or coders.otherwise):
        faults.at(
            "bad_mapping", ("coders",), what="pattern and otherwise go with column", remedy="name the column"
        )
        return []
    spelled = {fold(k): v for k, v in coders.values.items()}
    if coders.columns:
        return [Voice(token, name) for name, token in coders.columns.items()]
    if coders.column is not None:
        cells = columns.cells(coders.column, ("coders", "column"))
        pattern = regular(coders.pattern, ("coders", "pattern"), faults)
        if cells is None:
            return []
        found = cells if pattern is None else cells.mapped(lambda v: pattern.search(v) or coders.otherwise)
        if pattern is not None and not any(map(pattern.search, cells.values)):
            where = f"column '{coders.column}'"
            path = ("coders", "pattern")
            faults.at("mapping_nothing", path, thing="pattern", value=coders.pattern, where=where, nearest="")
        return [Voice(cells=found.mapped(lambda v: spelled.get(fold(v), v)))]
    return [Voice(name=coders.value)]


def named(template: str, voice: Voice) -> str:
    return template if voice.token is None else template.replace("{coder}", voice.token)


def said_at(faults: Faults, path: KeyPath, name: str) -> KeyPath:
    """Where the mapping file says something of an item: there, or under answers."""
    for place in ((*path, name), path, ("answers", name)):
        if place in faults.document.lines:
            return place
    return ("answers",)


def companion(
    name: str,
    template: str | None,
    key: str,
    voice: Voice,
    columns: Columns,
    faults: Faults,
    path: KeyPath,
) -> Cells | None:
    """The column that goes with an answer's column."""
    if template is None:
        return None
    place = said_at(faults, path, "source_url" if name == "url" else name)
    if template == "@next":
        right = columns.table.right_of(key)
        if right is None:
            faults.at("mapping_column", place, value=template, source=columns.table.name, nearest="")
            return None
        columns.used.add(right)
        return columns.table.cells(right)
    return columns.cells(named(template, voice), place)


def add_answers(
    pieces: Pieces,
    number: int,
    reader: Reader,
    own: AnswerRules,
    cells: Cells,
    rows: Indices,
    key: str,
    voice: Voice,
    beside: Mapping[str, Cells | None],
    columns: Columns,
    faults: Faults,
) -> None:
    """Answers of some rows to one item."""
    codes = cells.codes[rows]
    used = np.bincount(codes[codes >= 0], minlength=len(cells.values))
    outcomes = [reader.read(v) if n else Outcome(MISSING) for v, n in zip(cells.values, used, strict=True)]
    tell(reader, outcomes, used, cells, rows, key, columns.table, faults)
    _count(pieces, reader.item, cells.values, outcomes, used)
    answer = np.array([*(pieces.answer.put(o.answer) for o in outcomes), BLANK], np.int32)[codes]
    rest = np.array([*(pieces.text.put(o.note) for o in outcomes), BLANK], np.int32)[codes]
    unclear = np.array([*(o.unclear for o in outcomes), False], np.int32)[codes]
    silent = set(map(fold, own.no_passage))
    passage = texts_of(pieces, beside.get("passage"), rows, silent)
    note = _both(pieces, rest, texts_of(pieces, beside.get("note"), rows, set()))
    url, more = _addresses(pieces, beside.get("url"), rows)
    note = _both(pieces, note, more)
    there = (answer >= 0) | (passage >= 0) | (note >= 0)
    keep(
        pieces,
        number,
        voice,
        rows[there],
        answer[there],
        note[there],
        passage[there],
        url[there],
        unclear[there],
    )


def keep(
    pieces: Pieces,
    number: int,
    voice: Voice,
    rows: Indices,
    answer: Ints,
    note: Ints,
    passage: Ints,
    url: Ints,
    unclear: Ints,
) -> None:
    n = len(rows)
    if voice.cells is not None:
        coder = pieces.coder.all(voice.cells)[rows]
    else:
        coder = np.full(n, pieces.coder.put(voice.name), np.int32)
    pieces.add(
        row=rows.astype(np.int32),
        coder=coder,
        item=np.full(n, number, np.int32),
        answer=answer,
        note=note,
        passage=passage,
        url=url,
        unclear=unclear,
        adopted=np.zeros(n, np.int32),
        reason=np.full(n, BLANK, np.int32),
    )


def texts_of(pieces: Pieces, cells: Cells | None, rows: Indices, silent: set[str]) -> Ints:
    if cells is None:
        return np.full(len(rows), BLANK, np.int32)
    wanted = Cells(cells.codes[rows], cells.values)
    return pieces.text.all(wanted.mapped(lambda v: None if fold(v) in silent else v) if silent else wanted)


def _addresses(pieces: Pieces, cells: Cells | None, rows: Indices) -> tuple[Ints, Ints]:
    """The first address of a cell; the whole cell as a remark where it holds more than that."""
    if cells is None:
        nothing = np.full(len(rows), BLANK, np.int32)
        return nothing, nothing

    def first(text: str) -> str:
        words = text.split()
        return next((w for w in words if w.startswith(("http://", "https://"))), text)

    wanted = Cells(cells.codes[rows], cells.values)
    rest = wanted.mapped(lambda t: None if first(t) == t else t)
    return pieces.text.all(wanted.mapped(first)), pieces.text.all(rest)


def _both(pieces: Pieces, one: Ints, other: Ints) -> Ints:
    """Two remarks as one."""
    out = np.where(one >= 0, one, other)
    two = np.flatnonzero((one >= 0) & (other >= 0) & (one != other))
    if len(two):
        texts = pieces.text.texts
        out[two] = [pieces.text.put(f"{texts[one[i]]}\n{texts[other[i]]}") for i in two]
    return out


def tell(
    reader: Reader,
    outcomes: list[Outcome],
    used: npt.NDArray[np.int64],
    cells: Cells,
    rows: Indices,
    key: str,
    table: Table,
    faults: Faults,
) -> None:
    """Every text that is not covered, or that holds several answers, at its first place."""
    told = [i for i, o in enumerate(outcomes) if used[i] and (o.kind in (UNCOVERED, SEVERAL) or o.chosen)]
    if not told:
        return
    at = _first(cells, rows, told)
    item = reader.item.id
    for i in told:
        text, row, outcome = cells.values[i], np.array([at[i]]), outcomes[i]
        count = "1 cell" if used[i] == 1 else f"{used[i]:,} cells, the first here"
        if outcome.kind == UNCOVERED:
            near = reader.suggestion(text)
            faults.add(
                table.batches("value_not_covered", row, key, value=text, item=item, nearest=near, count=count)
            )
        elif outcome.kind == SEVERAL:
            faults.add(table.batches("several_answers", row, key, value=text, item=item, count=count))
        else:
            faults.add(
                table.batches(
                    "chosen_answer", row, key, value=text, item=item, adopted=outcome.answer, count=count
                )
            )


def _first(cells: Cells, rows: Indices, wanted: list[int]) -> dict[int, int]:
    """The first row that holds each of some values."""
    codes = cells.codes[rows]
    return {i: int(rows[np.argmax(codes == i)]) for i in wanted}


def _count(
    pieces: Pieces, item: Item, values: tuple[str, ...], outcomes: list[Outcome], used: npt.NDArray[np.int64]
) -> None:
    if item.kind == "open":
        return
    for value, outcome, n in zip(values, outcomes, used, strict=True):
        if n and outcome.kind in (ANSWER, MISSING):
            key = (item.id, value, NOTE if outcome.unclear else outcome.answer or "")
            pieces.counts[key] = pieces.counts.get(key, 0) + int(n)
