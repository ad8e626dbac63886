"""Wide tables: a column an item, of one coder or of several in columns of their own; indicators."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rdpscore.codebook import Codebook, Item
from rdpscore.files.yamls import KeyPath
from rdpscore.problems import nearest, suggestion
from rdpscore.published.adopted import add_adopted
from rdpscore.published.conditions import Columns, Faults
from rdpscore.published.mapping import AnswerRules, ItemMap
from rdpscore.published.mapping import Mapping as MappingFile
from rdpscore.published.responses import (
    Pieces,
    Voice,
    add_answers,
    companion,
    keep,
    named,
    said_at,
    texts_of,
)
from rdpscore.published.table import BLANK, Bools, fold
from rdpscore.published.values import Reader


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
            asked = _asked(said, who, mapping, faults, path)
            _indicators(pieces, number, item, said, own, columns, faults, asked)
            continue
        if own.column is None:
            gaps.append(item)
            continue
        wanted = columns.where(own.where, (*path, "where")) if own.where else None
        for voice in _asked(said, who, mapping, faults, path):
            _column(pieces, number, reader, own, voice, columns, faults, path, wanted)
        if own.adopted is not None:
            add_adopted(pieces, number, reader, own, mapping.coders, columns, faults, path)
    _gaps(gaps, columns, faults)
    return pieces


def _asked(
    said: ItemMap, who: list[Voice], mapping: MappingFile, faults: Faults, path: KeyPath
) -> list[Voice]:
    """Those who have columns of an item."""
    if not said.coders:
        return who
    known = mapping.coders.columns
    for i, name in enumerate(said.coders):
        if name not in known:
            what = f"'{name}' is not under coders: columns{suggestion(name, known)}"
            faults.at("bad_mapping", (*path, "coders", i), what=what, remedy="correct the name")
    return [voice for voice in who if voice.name in said.coders]


def _gaps(gaps: list[Item], columns: Columns, faults: Faults) -> None:
    """Items of the codebook that nothing answers."""
    spare = [c for c in columns.table.named if c not in columns.used]
    for item in gaps:
        found = nearest(item.id, spare) or nearest(item.title, spare)
        near = "" if found is None else f"; a column that looks like it: '{found}'"
        faults.at("mapping_gap", ("items",), value=item.id, nearest=near)


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
    place = said_at(faults, path, "column")
    key = columns.key(named(own.column, voice), place)
    if key is None:
        return
    cells = columns.table.cells(key)
    rows = np.arange(len(cells)) if wanted is None else np.flatnonzero(wanted)
    beside = {
        name: companion(name, template, key, voice, columns, faults, path)
        for name, template in (("passage", own.passage), ("note", own.note), ("url", own.source_url))
    }
    add_answers(pieces, number, reader, own, cells, rows, key, voice, beside, columns, faults)


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
        found = [columns.cells(named(c, voice), (*path, code)) for code, c in said.indicators.items()]
        if any(f is None for f in found) or any(c not in item.codes for c in codes):
            continue
        beside = [
            columns.cells(named(c, voice), (*path[:-1], "qualifiers", i))
            for i, c in enumerate(said.qualifiers)
        ]
        if any(f is None for f in beside):
            continue
        ticked = np.stack([f.where(lambda v: fold(v) in ticks) for f in found if f is not None], axis=1)
        filled = np.stack([f.codes >= 0 for f in found if f is not None], axis=1).any(axis=1)
        n = ticked.sum(axis=1)
        first = np.argmax(ticked, axis=1)
        rows = np.flatnonzero(filled) if said.none is not None else np.flatnonzero(n > 0)
        table = columns.table
        marks = np.stack(
            [*ticked.T, *(f.where(lambda v: fold(v) in ticks) for f in beside if f is not None)], axis=1
        )
        several = np.flatnonzero((n > 0) & (marks.sum(axis=1) > 1))
        nothing = np.flatnonzero((n == 0) & filled)
        names = [*codes, *said.qualifiers]
        spoken = [", ".join(c for c, t in zip(names, row, strict=True) if t) for row in marks[several]]
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
            else texts_of(
                pieces, columns.cells(named(own.passage, voice), ("items", item.id, "passage")), rows, set()
            )
        )
        keep(pieces, number, voice, rows, answer, notes[rows], passage, none, np.zeros(len(rows), np.int32))
