"""Which journals a source names, and what it says of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.files.tables import text_series
from rdpscore.files.yamls import KeyPath
from rdpscore.problems import Batch, suggestion
from rdpscore.published.conditions import Columns, Faults
from rdpscore.published.mapping import Journals, Several, Side
from rdpscore.published.table import Cells, Table, fold
from rdpscore.validation.titles import normalise

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Named:
    """The journals of a source.

    Attributes
    ----------
    frame : DataFrame
        The table journals.csv.
    row, journal : int arrays
        One entry for each journal that a row names: the row of the source, and the position in `frame`.
    first : int array
        The row of the source that names a journal first; −1 for those of side tables.
    shared : bool array
        Rows that name several journals.
    spellings : dict
        Position in `frame` → the titles by which the source calls the journal.
    """

    frame: pd.DataFrame
    row: Indices
    journal: Indices
    first: Indices
    shared: npt.NDArray[np.bool_]
    spellings: Mapping[int, list[str]]


def slug(title: str) -> str:
    """An id made of a title: ``acs-es-and-t-engineering``; blank where no letter is left."""
    text = title.replace("&", " and ").casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if not unicodedata.combining(c))
    return "-".join(re.findall(r"[a-z0-9]+", text))


def split_names(text: str, several: Several | None) -> list[str]:
    """The journals that one cell names."""
    if several is None:
        return [" ".join(text.split())]
    kept: dict[str, str] = {}
    for i, name in enumerate(sorted(several.whole, key=len, reverse=True)):
        marker = f"\x00{i}\x00"
        text, n = re.subn(re.escape(name), marker, text, flags=re.IGNORECASE)
        if n:
            kept[marker] = name
    names = []
    for part in text.split(several.separator):
        whole = part
        for marker, name in kept.items():
            whole = whole.replace(marker, name)
        if whole.strip():
            names.append(" ".join(whole.split()))
    return list(dict.fromkeys(names))


def name_journals(
    table: Table, said: Journals, columns: Columns, tables: Mapping[str, Table], faults: Faults
) -> Named | None:
    """The journals of the answers' source, with what side tables add; None where a column is missing."""
    titles = columns.field(said.title, ("journals", "title"))
    ids = None if said.id is None else columns.field(said.id, ("journals", "id"))
    publishers = None if said.publisher is None else columns.field(said.publisher, ("journals", "publisher"))
    attributes = {n: columns.field(f, ("journals", "attributes", n)) for n, f in said.attributes.items()}
    for side in said.also:
        for name in side.attributes:
            attributes.setdefault(name, Cells.constant(None, len(table)))
    if titles is None or (said.id is not None and ids is None):
        return None
    if said.several is not None and ids is not None:
        what, remedy = "a row that names several journals has no id for each", "take id or several out"
        faults.at("bad_mapping", ("journals", "id"), what=what, remedy=remedy)
        return None
    row, journal, names, spellings = _entries(titles, ids, said)
    counts = np.bincount(row, minlength=len(table))
    unnamed = np.flatnonzero(counts == 0)
    faults.add(table.batches("unnamed_journal", unnamed, said.title.column and table.find(said.title.column)))
    faults.add(_spellings(table, titles, row, journal, names, spellings))
    first = np.zeros(len(names), np.intp)
    first[journal[::-1]] = row[::-1]  # of several rows the first one is kept
    out: dict[str, list[str | None]] = {"journal_id": [], "title": list(names)}
    out["journal_id"] = list(_ids(names, None if ids is None else [ids.text(r) for r in first.tolist()]))
    keyed = {"publisher": publishers, **attributes}
    for name, cells in keyed.items():
        if cells is None:
            out[name] = [None] * len(names)
            continue
        out[name], batches = _of_journals(table, name, cells, row, journal, out["journal_id"], titles)
        faults.add(batches)
    for number, side in enumerate(said.also):
        first = _side(("journals", "also", number), side, out, first, tables, faults)
    frame = pd.DataFrame({k: text_series(v) for k, v in out.items()})
    return Named(frame, row, journal, first, counts > 1, spellings)


def _entries(
    titles: Cells, ids: Cells | None, said: Journals
) -> tuple[Indices, Indices, list[str], dict[int, list[str]]]:
    """Row and journal of every naming, the journals' titles, and how the source spells them."""
    same = {fold(k): v for k, v in said.same.items()}
    named = [[(n, same.get(fold(n), n)) for n in split_names(t, said.several)] for t in titles.values]
    flat = [title for pairs in named for _, title in pairs]
    keys = iter(_keys("title", flat))
    keyed = [[(spelled, title, next(keys)) for spelled, title in pairs] for pairs in named]
    order = [c for c in pd.unique(titles.codes) if c >= 0]
    index: dict[str, int] = {}
    names: list[str] = []
    spellings: dict[int, list[str]] = {}
    meant = set(said.same.values())
    of_value: list[list[int]] = [[] for _ in titles.values]
    if ids is not None:
        rows = np.flatnonzero((ids.codes >= 0) & (titles.codes >= 0))
        _codes, position, inverse = np.unique(ids.codes[rows], return_index=True, return_inverse=True)
        rank = np.argsort(np.argsort(position))
        by_first = rows[np.sort(position)]
        names = [keyed[titles.codes[r]][0][1] if keyed[titles.codes[r]] else "" for r in by_first]
        return rows, rank[inverse].astype(np.intp), names, {i: [n] for i, n in enumerate(names)}
    for code in order:
        for spelled, title, key in keyed[code]:
            place = index.setdefault(key or fold(title), len(index))
            if place == len(names):
                names.append(title)
            elif title in meant or (names[place].islower() and not title.islower()):
                names[place] = title
            spellings.setdefault(place, [])
            if spelled not in spellings[place]:
                spellings[place].append(spelled)
            if place not in of_value[code]:
                of_value[code].append(place)
    lengths = np.array([len(v) for v in of_value] + [0], np.intp)
    starts = np.concatenate([[0], np.cumsum(lengths)])[:-1].astype(np.intp)
    pool = np.array([p for v in of_value for p in v], np.intp)
    n = lengths[titles.codes]
    row = np.repeat(np.arange(len(titles)), n)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(n) - n, n)
    journal = pool[starts[titles.codes[row]] + offset] if len(row) else np.empty(0, np.intp)
    return row, journal, names, spellings


def _spellings(
    table: Table,
    titles: Cells,
    row: Indices,
    journal: Indices,
    names: list[str],
    spellings: Mapping[int, list[str]],
) -> list[Batch]:
    """A note for every spelling that is read as another one."""
    out: list[Batch] = []
    for place, spelled in spellings.items():
        for other in spelled:
            if other != names[place]:
                at = row[journal == place]
                texts = [titles.text(r) for r in at]
                first = next(
                    (r for r, t in zip(at, texts, strict=True) if other in " ".join(t.split())), at[0]
                )
                out += table.batches(
                    "spelled_differently", np.array([first]), None, value=other, expected=names[place]
                )
    return out


def _ids(names: list[str], given: list[str] | None) -> list[str]:
    """Ids of journals, each once: those given, or made from titles."""
    taken: set[str] = set()
    bases = ((given[i] if given else slug(name)) or f"journal-{i + 1}" for i, name in enumerate(names))
    return [_free(base, taken) for base in bases]


def _free(base: str, taken: set[str]) -> str:
    """The id, or the id with the first number that makes it one of its own."""
    number, found = 1, base
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    taken.add(found)
    return found


def _of_journals(
    table: Table,
    name: str,
    cells: Cells,
    row: Indices,
    journal: Indices,
    ids: list[str | None],
    titles: Cells,
) -> tuple[list[str | None], list[Batch]]:
    """The first value that the rows of each journal hold, and every row that says another."""
    codes = cells.codes[row]
    filled = np.flatnonzero(codes >= 0)
    first = np.full(len(ids), -1, np.intp)
    first[journal[filled[::-1]]] = filled[::-1]
    values = [cells.text(row[f]) if f >= 0 else None for f in first]
    differs = filled[codes[filled] != codes[first[journal[filled]]]]
    pairs = pd.DataFrame({"journal": journal[differs], "code": codes[differs]})
    differs = differs[~pairs.duplicated().to_numpy()]
    batches = list(
        table.batches(
            "attribute_differs",
            row[differs],
            None,
            attribute=name,
            value=[cells.text(r) for r in row[differs]],
            expected=[values[j] for j in journal[differs]],
            journal=[ids[j] for j in journal[differs]],
            first=[table.where_is(row[first[j]]) for j in journal[differs]],
        )
    )
    return values, batches


def _side(
    path: KeyPath,
    side: Side,
    out: dict[str, list[str | None]],
    first: Indices,
    tables: Mapping[str, Table],
    faults: Faults,
) -> Indices:
    """Join a side table; the journals' first rows, with those that it adds."""
    if side.source not in tables:
        what = f"there is no source '{side.source}'{suggestion(side.source, tables)}"
        faults.at("bad_mapping", (*path, "source"), what=what, remedy="correct the name")
        return first
    table = tables[side.source]
    columns = Columns(table, faults)
    keys = columns.cells(side.column, (*path, "column"))
    fields = {n: columns.field(f, (*path, "attributes", n)) for n, f in side.attributes.items()}
    if side.publisher is not None:
        fields["publisher"] = columns.field(side.publisher, (*path, "publisher"))
    titles = (
        columns.field(side.title, (*path, "title")) if side.title else (keys if side.by == "title" else None)
    )
    if keys is None or any(f is None for f in fields.values()):
        return first
    if side.by not in out:
        remedy = f"name it under journals: attributes: {side.by}"
        faults.at("bad_mapping", (*path, "by"), what=f"the journals have no {side.by}", remedy=remedy)
        return first
    theirs = _keys(side.by, list(keys.values))
    place: dict[str, int] = {}
    twice: list[int] = []
    for row, code in enumerate(keys.codes):
        if code >= 0 and place.setdefault(theirs[code], row) != row:
            twice.append(row)
    faults.add(
        table.batches("side_row_twice", np.array(twice, np.intp), None, value=[keys.text(r) for r in twice])
    )
    ours = _keys(side.by, [v or "" for v in out[side.by]])
    rows = [place.get(k, -1) if k else -1 for k in ours]
    for name, cells in fields.items():
        assert cells is not None
        column = out.setdefault(name, [None] * len(rows))
        for i, row in enumerate(rows):
            if row >= 0 and column[i] is None:
                column[i] = cells.text(row) or None
    lacking = [i for i, row in enumerate(rows) if row < 0]
    spare = [r for k, r in place.items() if r not in set(rows)]
    if lacking and len(lacking) == len(rows):
        near = suggestion(out[side.by][0] or "", keys.values)
        faults.at(
            "mapping_nothing",
            path,
            thing="the side table",
            value=side.source,
            where="the journals",
            nearest=near,
        )
    elif lacking:
        name = out[side.by][lacking[0]] or out["title"][lacking[0]] or ""
        near = suggestion(name, [keys.text(r) for r in spare])
        faults.at(
            "not_joined", path, source=side.source, n=len(lacking), of=len(rows), value=name, nearest=near
        )
    if not spare:
        return first
    if not side.add or titles is None:
        value = keys.text(spare[0])
        faults.at("side_rows_unused", path, source=side.source, n=len(spare), of=len(place), value=value)
        return first
    taken = {i for i in out["journal_id"] if i}
    for row in spare:
        for name, column in out.items():
            added = fields.get(name)
            column.append((added.text(row) or None) if added is not None else None)
        out["title"][-1] = titles.text(row)
        out[side.by][-1] = keys.text(row)
        base = out["journal_id"][-1] or slug(titles.text(row)) or f"journal-{len(taken) + 1}"
        out["journal_id"][-1] = _free(base, taken)
    return np.append(first, np.full(len(spare), -1, np.intp))


def _keys(by: str, values: list[str]) -> list[str]:
    """What journals are compared by."""
    if by == "title":
        return [k.replace(" ", "") for k in normalise(values)] if values else []
    if by == "issn_l":
        return [re.sub(r"[^0-9X]", "", v.upper()) for v in values]
    return values
