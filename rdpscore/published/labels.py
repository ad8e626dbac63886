"""Side tables of value labels: what the codes in the answers' cells mean."""

from __future__ import annotations

from collections.abc import Mapping

from rdpscore.codebook import Codebook
from rdpscore.files.yamls import KeyPath
from rdpscore.problems import suggestion
from rdpscore.published.conditions import Columns, Faults
from rdpscore.published.mapping import AnswerRules
from rdpscore.published.mapping import Mapping as MappingFile
from rdpscore.published.table import Table, fold
from rdpscore.published.values import Reader


def take_labels(
    mapping: MappingFile,
    codebook: Codebook,
    rules: Mapping[str, tuple[AnswerRules, Reader]],
    tables: Mapping[str, Table],
    faults: Faults,
) -> None:
    """Give every reader the labels of its item's values."""
    said = mapping.answers.labels
    if said is None:
        return
    path: KeyPath = ("answers", "labels")
    if said.source not in tables:
        what = f"there is no source '{said.source}'{suggestion(said.source, tables)}"
        faults.at("bad_mapping", (*path, "source"), what=what, remedy="correct the name")
        return
    columns = Columns(tables[said.source], faults)
    values = columns.cells(said.value, (*path, "value"))
    labels = columns.cells(said.label, (*path, "label"))
    items = None if said.item is None else columns.cells(said.item, (*path, "item"))
    if values is None or labels is None or (said.item is not None and items is None):
        return
    called: dict[str, list[str]] = {}
    for item in codebook.items:
        names = [item.id, item.number, item.title, rules[item.id][0].column]
        entry = mapping.items.get(item.id)
        names += entry.called if entry is not None else []
        for name in {fold(n) for n in names if n}:
            called.setdefault(name, []).append(item.id)
    taken = False
    for row in range(len(values)):
        value, label = values.text(row), labels.text(row)
        meant = list(rules) if items is None else called.get(fold(items.text(row)), [])
        for item_id in meant if value and label else ():
            rules[item_id][1].labelled.setdefault(fold(value), label)
            taken = True
    if not taken:
        near = "" if items is None else suggestion(items.text(0) if len(items) else "", called)
        faults.at(
            "mapping_nothing",
            path,
            thing="the side table",
            value=said.source,
            where="the items",
            nearest=near,
        )
