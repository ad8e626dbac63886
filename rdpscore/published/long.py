"""Long tables: a row an answer, one column for the item and one for the answer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rdpscore.codebook import Codebook
from rdpscore.problems import nearest, suggestion
from rdpscore.published.conditions import Columns, Faults
from rdpscore.published.mapping import AnswerRules
from rdpscore.published.mapping import Mapping as MappingFile
from rdpscore.published.responses import (
    Pieces,
    Voice,
    add_answers,
    companion,
)
from rdpscore.published.table import BLANK, fold
from rdpscore.published.values import Reader


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
        meant = names.get(fold(text))
        if meant is not None:
            item_of[code] = codebook.item_ids.index(meant)
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
                name: companion(name, template, key, voice, columns, faults, ("items", item.id))
                for name, template in (("passage", own.passage), ("note", own.note), ("url", own.source_url))
            }
            answer = columns.table.cells(key)
            add_answers(pieces, number, reader, own, answer, rows, key, voice, beside, columns, faults)
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
        for own in (item.id, item.number, item.title):
            if own:
                names.setdefault(fold(own), item.id)
    return names
