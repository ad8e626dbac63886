"""The tables of a survey: which columns they have and how they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from rdpscore.files.tables import text_series

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


def conform(frame: pd.DataFrame, spec: TableSpec) -> pd.DataFrame:
    """The table with every column of its spec, in canonical order, extra columns after them.

    Text columns become text and the others categoricals; blank cells of a column with a default get it.
    """
    out: dict[str, pd.Series] = {}
    for name in spec.columns:
        if name in frame.columns:
            column = frame[name]
        elif name in spec.optional and name in spec.text:
            column = text_series([None] * len(frame), frame.index)
        elif name in spec.optional:  # made of numbers: a table may have millions of rows
            nothing = pd.Categorical.from_codes([-1] * len(frame), pd.Index([], dtype=object))
            column = pd.Series(nothing, frame.index)
        else:
            raise KeyError(f"{spec.name} needs a column '{name}'")
        if name in spec.defaults:
            column = _fill(column, spec.defaults[name])
        if name in spec.categorical and not isinstance(column.dtype, pd.CategoricalDtype):
            column = _blank_to_missing(column).astype("category")
        out[name] = column
    extra = {c: frame[c] for c in frame.columns if c not in out}
    return pd.DataFrame(out | extra, index=frame.index)


def _fill(column: pd.Series, value: str) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        if not column.isna().any():
            return column
        if value not in column.cat.categories:
            column = column.cat.add_categories([value])
        return column.fillna(value)
    filled = _blank_to_missing(column)
    return filled.where(filled.notna(), value).astype("category")


def _blank_to_missing(column: pd.Series) -> pd.Series:
    cells = [None if pd.isna(v) or str(v).strip() == "" else str(v) for v in column]
    return text_series(cells, column.index)
