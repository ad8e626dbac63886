"""Rows of a source into answers: who answered what, in arrays, each distinct text decided once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rdpscore.codebook import Codebook, Item
from rdpscore.files.yamls import KeyPath
from rdpscore.importing.conditions import Columns, Faults
from rdpscore.importing.mapping import NOTE, AnswerRules, Coders, ItemMap
from rdpscore.importing.mapping import Mapping as MappingFile
from rdpscore.importing.table import BLANK, Bools, Cells, Ints, Table, fold
from rdpscore.importing.values import ANSWER, MISSING, SEVERAL, UNCOVERED, Outcome, Reader
from rdpscore.problems import nearest, suggestion

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
    spelled = {fold(k): v for k, v in coders.values.items()}
    if coders.columns:
        return [Voice(token, name) for name, token in coders.columns.items()]
    if coders.column is not None:
        cells = columns.cells(coders.column, ("coders", "column"))
        return [] if cells is None else [Voice(cells=cells.mapped(lambda v: spelled.get(fold(v), v)))]
    return [Voice(name=coders.value)]


def read_wide(
    mapping: MappingFile,
    codebook: Codebook,
    rules: Mapping[str, tuple[AnswerRules, Reader]],
    columns: Columns,
    faults: Faults,
    who: list[Voice],
) -> Pieces:
    """A column an item: every row holds the answers of one coder, or of several in columns of their own."""
    pieces = Pieces()
    gaps: list[Item] = []
    for number, item in enumerate(codebook.items):
        said = mapping.items.get(item.id, ItemMap())
        own, reader = rules[item.id]
        path: KeyPath = ("items", item.id)
        if item.id in mapping.not_asked:
            if item.id in mapping.items:
                what = f"item '{item.id}' is mapped and also named under not_asked"
                faults.at("bad_mapping", path, what=what, remedy="keep one of the two")
            continue
        if said.indicators:
            _indicators(pieces, number, item, said, own, columns, faults, who)
            continue
        if own.column is None:
            gaps.append(item)
            continue
        wanted = columns.where(own.where, (*path, "where")) if own.where else None
        for voice in who:
            _column(pieces, number, reader, own, voice, columns, faults, path, wanted)
        if own.adopted is not None:
            _adopted(pieces, number, reader, own, mapping.coders, columns, faults, path)
    _gaps(gaps, columns, faults)
    return pieces


def _gaps(gaps: list[Item], columns: Columns, faults: Faults) -> None:
    """Items of the codebook that nothing answers."""
    spare = [c for c in columns.table.named if c not in columns.used]
    for item in gaps:
        found = nearest(item.id, spare) or nearest(item.title, spare)
        near = "" if found is None else f"; a column that looks like it: '{found}'"
        faults.at("mapping_gap", ("items",), value=item.id, nearest=near)


def _named(template: str, voice: Voice) -> str:
    return template if voice.token is None else template.replace("{coder}", voice.token)


def _column(
    pieces: Pieces,
    number: int,
    reader: Reader,
    own: AnswerRules,
    voice: Voice,
    columns: Columns,
    faults: Faults,
    path: KeyPath,
    wanted: Bools | None,
) -> None:
    """The answers of one column, or of one coder's."""
    assert own.column is not None
    place = _said_at(faults, path, "column")
    key = columns.key(_named(own.column, voice), place)
    if key is None:
        return
    cells = columns.table.cells(key)
    rows = np.arange(len(cells)) if wanted is None else np.flatnonzero(wanted)
    beside = {
        name: _beside(name, template, key, voice, columns, faults, path)
        for name, template in (("passage", own.passage), ("note", own.note), ("url", own.source_url))
    }
    _answers(pieces, number, reader, own, cells, rows, key, voice, beside, columns, faults)


def _said_at(faults: Faults, path: KeyPath, name: str) -> KeyPath:
    """Where the mapping file says something of an item: there, or under answers."""
    for place in ((*path, name), path, ("answers", name)):
        if place in faults.document.lines:
            return place
    return ("answers",)


def _beside(
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
    place = _said_at(faults, path, "source_url" if name == "url" else name)
    if template == "@next":
        right = columns.table.right_of(key)
        if right is None:
            faults.at("mapping_column", place, value=template, source=columns.table.name, nearest="")
            return None
        columns.used.add(right)
        return columns.table.cells(right)
    return columns.cells(_named(template, voice), place)


def _answers(
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
    _tell(reader, outcomes, used, cells, rows, key, columns.table, faults)
    _count(pieces, reader.item, cells.values, outcomes, used)
    answer = np.array([*(pieces.answer.put(o.answer) for o in outcomes), BLANK], np.int32)[codes]
    rest = np.array([*(pieces.text.put(o.note) for o in outcomes), BLANK], np.int32)[codes]
    unclear = np.array([*(o.unclear for o in outcomes), False], np.int32)[codes]
    silent = set(map(fold, own.no_passage))
    passage = _texts(pieces, beside.get("passage"), rows, silent)
    note = _both(pieces, rest, _texts(pieces, beside.get("note"), rows, set()))
    url = _texts(pieces, beside.get("url"), rows, set())
    there = (answer >= 0) | (passage >= 0) | (note >= 0)
    _keep(
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


def _keep(
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


def _texts(pieces: Pieces, cells: Cells | None, rows: Indices, silent: set[str]) -> Ints:
    if cells is None:
        return np.full(len(rows), BLANK, np.int32)
    wanted = Cells(cells.codes[rows], cells.values)
    return pieces.text.all(wanted.mapped(lambda v: None if fold(v) in silent else v) if silent else wanted)


def _both(pieces: Pieces, one: Ints, other: Ints) -> Ints:
    """Two remarks as one."""
    out = np.where(one >= 0, one, other)
    two = np.flatnonzero((one >= 0) & (other >= 0) & (one != other))
    if len(two):
        texts = pieces.text.texts
        out[two] = [pieces.text.put(f"{texts[one[i]]}\n{texts[other[i]]}") for i in two]
    return out


def _tell(
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
        count = f"1 cell" if used[i] == 1 else f"{used[i]:,} cells, the first here"
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


# Indicators -------------------------------------------------------------------------------------------


def _indicators(
    pieces: Pieces,
    number: int,
    item: Item,
    said: ItemMap,
    own: AnswerRules,
    columns: Columns,
    faults: Faults,
    who: list[Voice],
) -> None:
    """A graded item from columns that are ticked, in order of precedence; conflicts are reported."""
    ticks = set(map(fold, said.ticked))
    codes = list(said.indicators)
    path: KeyPath = ("items", item.id, "indicators")
    if item.kind == "open":
        faults.at("bad_mapping", path, what=f"item '{item.id}' is open", remedy="give it a column")
        return
    for voice in who:
        found = [columns.cells(_named(c, voice), (*path, code)) for code, c in said.indicators.items()]
        if any(f is None for f in found) or any(c not in item.codes for c in codes):
            continue
        ticked = np.stack([f.where(lambda v: fold(v) in ticks) for f in found if f is not None], axis=1)
        filled = np.stack([f.codes >= 0 for f in found if f is not None], axis=1).any(axis=1)
        n = ticked.sum(axis=1)
        first = np.argmax(ticked, axis=1)
        rows = np.flatnonzero(filled) if said.none is not None else np.flatnonzero(n > 0)
        table = columns.table
        several, nothing = np.flatnonzero(n > 1), np.flatnonzero((n == 0) & filled)
        spoken = [", ".join(c for c, t in zip(codes, row, strict=True) if t) for row in ticked[several]]
        if item.kind == "multiple":
            order = sorted(range(len(codes)), key=lambda k: item.codes.index(codes[k]))
            texts = [";".join(codes[k] for k in order if row[k]) or said.none for row in ticked[rows]]
        else:
            faults.add(
                table.batches(
                    "several_indicators",
                    several,
                    None,
                    item=item.id,
                    value=spoken,
                    adopted=[codes[k] for k in first[several]],
                )
            )
            texts = [codes[k] if m else said.none for k, m in zip(first[rows], n[rows], strict=True)]
        if said.none is None and item.kind != "multiple":
            faults.add(table.batches("no_indicator", nothing, None, item=item.id))
        answer = np.array([pieces.answer.put(t) for t in texts], np.int32)
        notes = np.full(len(table), BLANK, np.int32)
        if item.kind != "multiple":
            notes[several] = [pieces.text.put(f"ticked: {s}") for s in spoken]
        for text, count in zip(*np.unique(np.array(texts, dtype=str), return_counts=True), strict=True):
            pieces.counts[item.id, "(indicators)", str(text)] = int(count)
        none = np.full(len(rows), BLANK, np.int32)
        passage = (
            none
            if own.passage is None
            else _texts(
                pieces, columns.cells(_named(own.passage, voice), ("items", item.id, "passage")), rows, set()
            )
        )
        _keep(pieces, number, voice, rows, answer, notes[rows], passage, none, np.zeros(len(rows), np.int32))


# Answers that were agreed on --------------------------------------------------------------------------


def _adopted(
    pieces: Pieces,
    number: int,
    reader: Reader,
    own: AnswerRules,
    coders: Coders,
    columns: Columns,
    faults: Faults,
    path: KeyPath,
) -> None:
    """The column with the answer that was agreed on: as an answer, or as the coder who was right."""
    assert own.adopted is not None and own.column is not None
    key = columns.key(own.adopted, _said_at(faults, path, "adopted"))
    if key is None:
        return
    table, cells = columns.table, columns.table.cells(key)
    reasons = None
    if own.reason is not None:
        reasons = columns.cells(own.reason, _said_at(faults, path, "reason"))
    if own.adopted_is == "coder":
        picked: list[str | None] = [None] * len(table)
        tokens = set(coders.columns.values())
        for code, token in enumerate(cells.values):
            rows = np.flatnonzero(cells.codes == code)
            if fold(token) in reader.missing or not len(rows):
                continue
            if token not in tokens:
                near = suggestion(token, tokens)
                faults.add(
                    table.batches(
                        "value_not_covered",
                        rows[:1],
                        key,
                        value=token,
                        item=reader.item.id,
                        nearest=near,
                        count=f"{len(rows)} cells",
                    )
                )
                continue
            theirs = columns.cells(_named(own.column, Voice(token)), path)
            if theirs is not None:
                for r in rows:
                    picked[r] = theirs.text(r) or None
                    pieces.undecided += picked[r] is None
        cells = Cells.of(picked)
    rows = np.flatnonzero(cells.codes >= 0)
    codes = cells.codes[rows]
    outcomes = [reader.read(v) for v in cells.values]
    used = cells.used
    _tell(reader, outcomes, used, cells, rows, key, table, faults)
    answer = np.array([*(pieces.answer.put(o.answer) for o in outcomes), BLANK], np.int32)[codes]
    reason = np.full(len(rows), BLANK, np.int32)
    if reasons is not None:
        spelled = {fold(k): v for k, v in own.reasons.items()}
        for code, text in enumerate(reasons.values):
            at = rows[reasons.codes[rows] == code]
            if len(at) and fold(text) not in spelled and fold(text) not in reader.missing:
                near = suggestion(text, own.reasons)
                faults.add(
                    table.batches(
                        "value_not_covered",
                        at[:1],
                        own.reason,
                        value=text,
                        item="reasons",
                        nearest=near,
                        count=f"{len(at)} cells",
                    )
                )
        reason = pieces.text.all(reasons.mapped(lambda v: spelled.get(fold(v))))[rows]
    kept = answer >= 0
    n = int(kept.sum())
    blank = np.full(n, BLANK, np.int32)
    pieces.add(
        row=rows[kept].astype(np.int32),
        coder=blank,
        item=np.full(n, number, np.int32),
        answer=answer[kept],
        note=blank,
        passage=blank,
        url=blank,
        unclear=np.zeros(n, np.int32),
        adopted=np.ones(n, np.int32),
        reason=reason[kept],
    )


# Long tables ------------------------------------------------------------------------------------------


def read_long(
    mapping: MappingFile,
    codebook: Codebook,
    rules: Mapping[str, tuple[AnswerRules, Reader]],
    columns: Columns,
    faults: Faults,
    who: list[Voice],
) -> Pieces:
    """A row an answer: one column names the item, another holds the answer."""
    pieces = Pieces()
    said = mapping.answers
    assert said.item is not None
    cells = columns.cells(said.item, ("answers", "item"))
    if said.column is None:
        what, remedy = "a long table needs the column of the answers", "name it under answers: column"
        faults.at("bad_mapping", ("answers",), what=what, remedy=remedy)
    if said.column is None or cells is None:
        return pieces
    names = called(codebook, mapping, faults)
    ignored = set(map(fold, said.ignore))
    item_of = np.full(len(cells.values) + 1, BLANK, np.int32)
    for code, text in enumerate(cells.values):
        item = names.get(fold(text))
        if item is not None:
            item_of[code] = codebook.item_ids.index(item)
        elif fold(text) not in ignored and (n := int((cells.codes == code).sum())):
            found = nearest(text, names)
            near = "" if found is None else f"; nearest: '{found}' ({names[found]})"
            row = np.flatnonzero(cells.codes == code)[:1]
            key = columns.table.find(said.item)
            faults.add(
                columns.table.batches(
                    "value_not_covered",
                    row,
                    key,
                    value=text,
                    item="the column of items",
                    nearest=near,
                    count=f"{n:,} rows",
                )
            )
    items = item_of[cells.codes]
    order = np.argsort(items, kind="stable")
    bounds = np.searchsorted(items[order], np.arange(len(codebook.items) + 1))
    for number, item in enumerate(codebook.items):
        rows = order[bounds[number] : bounds[number + 1]]
        own, reader = rules[item.id]
        if item.id in mapping.not_asked:
            continue
        if not len(rows):
            near = suggestion(item.id, cells.values)
            faults.at("mapping_gap", ("items",), value=item.id, nearest=near)
            continue
        key = columns.key(own.column or said.column, ("answers", "column"))
        if key is None:
            return pieces
        for voice in who:
            beside = {
                name: _beside(name, template, key, voice, columns, faults, ("items", item.id))
                for name, template in (("passage", own.passage), ("note", own.note), ("url", own.source_url))
            }
            answer = columns.table.cells(key)
            _answers(pieces, number, reader, own, answer, rows, key, voice, beside, columns, faults)
    return pieces


def called(codebook: Codebook, mapping: MappingFile, faults: Faults) -> dict[str, str]:
    """What items are called in a long table: as the mapping says, by id, number or title."""
    names: dict[str, str] = {}
    for item_id, said in mapping.items.items():
        for i, name in enumerate(said.called):
            if names.setdefault(fold(name), item_id) != item_id:
                faults.at(
                    "mapping_twice",
                    ("items", item_id, "called", i),
                    value=name,
                    first=names[fold(name)],
                    second=item_id,
                )
    for item in codebook.items:
        for name in (item.id, item.number, item.title):
            if name:
                names.setdefault(fold(name), item.id)
    return names


def consensus_rows(coders: Coders, texts: list[str], faults: Faults) -> npt.NDArray[np.bool_]:
    """Which coders are no coder but a consensus, one entry a coder and one for none."""
    from rdpscore.importing.conditions import holds

    if coders.consensus is None:
        return np.zeros(len(texts) + 1, bool)
    test = holds(coders.consensus, ("coders", "consensus"), faults)
    found = [test is not None and test(t) for t in texts]
    if test is not None and texts and not any(found):
        wanted = [*(coders.consensus.among or ()), *(coders.consensus.begins or ())]
        near = suggestion(wanted[0], texts) if wanted else f"; coders are {', '.join(texts[:8])}"
        faults.at(
            "mapping_nothing",
            ("coders", "consensus"),
            thing="consensus",
            value=", ".join(wanted) or coders.consensus.matches or "",
            where="the coders",
            nearest=near,
        )
    return np.array([*found, False])


__all__ = ["Pieces", "Pool", "Voice", "consensus_rows", "read_long", "read_wide", "voices"]
