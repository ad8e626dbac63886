"""The tables of a survey: which columns they have and how they are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from rdpscore.files.tables import clean, spell, text_series
from rdpscore.problems import Absent, suggestion
from rdpscore.results import own_copy

FEW = 1_000
"""So many cells are looked at one by one sooner than all at once."""

MAIN = "main"
"""The round whose codings are blind and independent, and count."""

STATES = ("answered", "unclear", "to_discuss", "not_reachable")
UNRECORDED = "unrecorded"
"""The reason of an adjudication whose reason nobody wrote down."""
MODES = ("consensus", "third_coder", "lead", "rule", "unrecorded")


@dataclass(frozen=True)
class TableSpec:
    """Columns of one table. Columns beyond these are kept."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    needed: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return self.required + self.optional

    @property
    def categorical(self) -> tuple[str, ...]:
        """Columns of few distinct values."""
        return tuple(c for c in self.columns if c not in self.text)


SPECS: Mapping[str, TableSpec] = {
    s.name: s
    for s in (
        TableSpec(
            "journals",
            ("journal_id", "title", "publisher"),
            key=("journal_id",),
            text=("title",),
            needed=True,
        ),
        TableSpec(
            "codings",
            ("journal_id", "coder", "item", "answer"),
            ("round", "state", "evidence", "source_url", "coded_on", "confidence", "note", "reading_id"),
            key=("journal_id", "coder", "round", "item"),
            text=("evidence", "note"),
            defaults={"round": MAIN, "state": STATES[0]},
            needed=True,
        ),
        TableSpec(
            "adjudications",
            ("journal_id", "item", "answer"),
            ("reason", "mode", "adjudicated_by", "adjudicated_on", "note", "stale"),
            key=("journal_id", "item"),
            text=("note",),
        ),
        TableSpec("policies", ("policy_id",), ("url", "retrieved_on", "archive_url"), key=("policy_id",)),
        TableSpec(
            "assignments",
            ("journal_id", "coder"),
            ("round",),
            key=("journal_id", "coder", "round"),
            defaults={"round": MAIN},
        ),
        TableSpec(
            "searches",
            ("journal_id", "coder"),
            ("round", "pages", "searched_on", "language", "not_reachable", "note"),
            key=("journal_id", "coder", "round"),
            text=("pages", "note"),
            defaults={"round": MAIN},
        ),
        TableSpec("decisions", ("item",), ("ruling", "decided_by", "decided_on"), text=("ruling",)),
        TableSpec("corrections", ("journal_id",)),
    )
}


def conform(frame: pd.DataFrame, spec: TableSpec, *, renumber: bool = False) -> pd.DataFrame:
    """The table with every column of its spec, in canonical order, extra columns after them.

    Every cell becomes what it would be in a file: the number 1.0 is ``1``, and 1.5 stays ``1.5``; None, NaN, NA and
    blank text are missing, and get the default of a column that has one. Text columns become text and the others
    categoricals. Columns of the table that are the frame's index become columns. The index is the row in a file: one
    that cannot be that (whole numbers from 2 on, each once) becomes 2, 3, …, with `renumber` any.

    Returns
    -------
    DataFrame
        Independent of the given one.

    Raises
    ------
    TypeError
        It is no frame.
    Absent
        A required column is absent; a KeyError and a ValueError.
    ValueError
        A column stands twice, or a cell holds a list.
    """
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"{spec.name} is a {type(frame).__name__}; it must be a DataFrame")
    frame = _named(frame, spec, renumber)
    given = {str(name): frame[name] for name in frame.columns}
    out: dict[str, pd.Series] = {}
    for name in spec.columns:
        if name in given:
            column = read_column(given[name], f"{spec.name}, column '{name}'", text=name in spec.text)
        elif name in spec.required:
            near = suggestion(name, [c for c in frame.columns if c not in spec.columns])
            raise Absent(f"{spec.name} needs a column '{name}'{near}")
        elif name in spec.text:
            column = text_series([None] * len(frame), frame.index)
        else:  # made of numbers: a table may have millions of rows
            nothing = pd.Categorical.from_codes([-1] * len(frame), pd.Index([], dtype=object))
            column = pd.Series(nothing, frame.index)
        out[name] = _fill(column, spec.defaults[name]) if name in spec.defaults else column
    for name in frame.columns.difference(list(out), sort=False):
        out[name] = read_column(given[name], f"{spec.name}, column '{name}'")
    if list(out) == list(given) and all(out[name] is given[name] for name in given):
        return own_copy(frame)  # it was made here
    return pd.DataFrame(out, index=frame.index)


def _named(frame: pd.DataFrame, spec: TableSpec, renumber: bool) -> pd.DataFrame:
    """The frame with names for its columns, each once, and the rows of a file as its index."""
    inside = [n for n in frame.index.names if n in spec.columns and n not in frame.columns]
    if inside:
        frame = frame.reset_index(inside)
    names = [str(c) for c in frame.columns]
    twice = [n for n, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"{spec.name} has the column '{twice[0]}' twice; rename or drop one")
    index = frame.index
    if renumber or not (_integers(index) and index.is_unique and index.min() >= 2):
        index = pd.RangeIndex(2, len(frame) + 2)
    if names == list(frame.columns) and index is frame.index and index.name is None:
        return frame
    return frame.set_axis(names, axis=1).set_axis(index.rename(None), axis=0)


def _integers(index: pd.Index) -> bool:
    return index.nlevels == 1 and len(index) > 0 and pd.api.types.is_integer_dtype(index.dtype)


def _fill(column: pd.Series, value: str) -> pd.Series:
    if not column.isna().any():
        return column
    if value not in column.cat.categories:
        column = column.cat.add_categories([value])
    return column.fillna(value)


# Cells --------------------------------------------------------------------------------------------------


def read_column(column: pd.Series, place: str, text: bool | None = None) -> pd.Series:
    """A column of any dtype as a file would hold it.

    Parameters
    ----------
    column : Series
    place : str
        What it is called in an error.
    text : bool, optional
        Whether it becomes text or a categorical; as it is without.

    Raises
    ------
    ValueError
        A cell holds a list, a tuple or another collection.
    """
    coded = isinstance(column.dtype, pd.CategoricalDtype)
    text = not coded if text is None else text
    if coded and not text and all(type(c) is str and clean(c) == c for c in column.cat.categories):
        return column
    if _is_text(column):
        words = column
    elif _one_kind(column):
        codes, distinct = pd.factorize(column)
        table = np.array([*(_word(v, place) for v in distinct), None], object)
        words = text_series(list(table[codes]), column.index)
    else:  # of cells that are equal and yet not the same, such as 1 and True
        words = text_series([_word(v, place) for v in column], column.index)
    return words if text else words.astype("category")


def _is_text(column: pd.Series) -> bool:
    """Whether all cells are missing or text that is neither blank nor broken by carriage returns."""
    if column.dtype == "str" and pd.__version__ >= "3":
        words = column.dropna()
        if len(words) <= FEW:
            return all(clean(v) == v for v in words)
        dirty = (
            words.str.isspace().any() or (words == "").any() or words.str.contains("\r", regex=False).any()
        )
        return not bool(dirty)
    return column.dtype == object and all(
        clean(v) == v if type(v) is str else type(v) is float and v != v for v in column
    )


def _one_kind(column: pd.Series) -> bool:
    return column.dtype != object or pd.api.types.infer_dtype(column, skipna=True) == "string"


def _word(value: Any, place: str) -> str | None:
    if isinstance(value, (list, tuple, set, frozenset, dict, np.ndarray, pd.Series, pd.Index)):
        raise ValueError(f"{place} holds {value!r}; a cell is one text, and several codes are joined by ';'")
    return None if pd.isna(value) else clean(spell(value))
