"""Rules on keys and answers: what a row points at must exist, once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.codebook import Item
from rdpscore.problems import Batch, nearest, suggestion
from rdpscore.survey import INVALID, MODES, SPECS, STATES, UNRECORDED, Survey, answer_positions, positions

SUGGESTIONS = 200
"""Nearest names are looked up for this many distinct wrong values at the most."""


def at(frame: pd.DataFrame, where: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
    """Rows in the file of positions in a table."""
    return np.asarray(frame.index.to_numpy()[where])


def cells(column: pd.Series, where: npt.NDArray[np.integer]) -> list[str]:
    """Cells at positions, blank for missing ones."""
    picked = column.iloc[where]
    if isinstance(picked.dtype, pd.CategoricalDtype):  # else all its values become text, for a few cells
        picked = picked.cat.remove_unused_categories()
    return ["" if pd.isna(v) else str(v) for v in picked]


def first_positions(survey: Survey) -> npt.NDArray[np.intp]:
    """Position in the journals table of each journal, in the order of `Survey.journal_ids`."""
    ids = survey.journals["journal_id"]
    return np.flatnonzero((ids.notna() & ~ids.duplicated()).to_numpy())


@dataclass(frozen=True)
class Nearest:
    """Tails of sentences, a suggestion for each value; looked up when somebody reads the sentences.

    One look-up among 100,000 journals takes as long as a whole rule.
    """

    values: Sequence[str]
    known: Iterable[str]
    ndim = 1  # to numpy: one entry a value

    def __getitem__(self, which: slice) -> Nearest:
        return Nearest(self.values[which], self.known)

    def __iter__(self) -> Iterator[str]:
        candidates = list(self.known)
        found = {v: suggestion(v, candidates) for v in list(dict.fromkeys(self.values))[:SUGGESTIONS]}
        return iter([found.get(v, "") for v in self.values])


def repeated(values: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Positions of the values that stand there more than once, which are few or none."""
    ordered = np.sort(values)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    return np.flatnonzero(pd.Index(values).isin(twice)) if len(twice) else np.empty(0, np.intp)


def codebook_hashes(survey: Survey) -> Iterator[Batch]:
    """The codebook must be the one that the survey was made under."""
    named = survey.meta.codebook
    if (named.id, named.version) != (survey.codebook.id, survey.codebook.version):
        there = f"{survey.codebook.id} {survey.codebook.version}"
        fields = {"value": there, "expected": f"{named.id} {named.version}"}
        yield Batch("other_version", "codebook.yaml", fields=fields)
    expected = named.hashes
    if expected is None:
        return
    ours = survey.codebook.hashes
    if ours.coding != expected.coding:
        yield Batch(
            "codebook_changed", "codebook.yaml", fields={"value": ours.coding, "expected": expected.coding}
        )
    for thing in ("scoring", "text"):
        value, wanted = getattr(ours, thing), getattr(expected, thing)
        if value != wanted:
            yield Batch(
                "codebook_edited",
                "codebook.yaml",
                fields={"thing": thing, "value": value, "expected": wanted},
            )


def blank_keys(survey: Survey) -> Iterator[Batch]:
    for name, frame in survey.tables.items():
        for column in SPECS[name].key or SPECS[name].required:
            where = np.flatnonzero(frame[column].isna().to_numpy())
            yield Batch("blank_key", survey.file(name), at(frame, where), column, fields={"value": column})


def unknown_journals(survey: Survey) -> Iterator[Batch]:
    for name in ("codings", "adjudications", "assignments", "searches", "corrections"):
        frame = survey.tables.get(name)
        if frame is None:
            continue
        where = np.flatnonzero((survey.journal_of[name] < 0) & frame["journal_id"].notna().to_numpy())
        if len(where):
            values = cells(frame["journal_id"], where)
            fields = {"value": values, "journal": values, "nearest": Nearest(values, survey.journal_ids)}
            yield Batch("unknown_journal", survey.file(name), at(frame, where), "journal_id", fields=fields)


def unknown_items(survey: Survey) -> Iterator[Batch]:
    known = pd.Index(survey.codebook.item_ids)
    for name in ("codings", "adjudications", "decisions"):
        frame = survey.tables.get(name)
        if frame is None:
            continue
        where = np.flatnonzero((positions(frame["item"], known) < 0) & frame["item"].notna().to_numpy())
        if len(where):
            values = cells(frame["item"], where)
            fields = {"value": values, "item": values, "nearest": Nearest(values, known)}
            yield Batch("unknown_item", survey.file(name), at(frame, where), "item", fields=fields)


def answers(survey: Survey) -> Iterator[Batch]:
    """Every answer must be an option of its item; one that fits a neighbour hints at a shifted row."""
    items = survey.codebook.items
    around: dict[str, list[Item]] = {i.id: [] for i in items}
    for one, other in pairwise(items):
        around[one.id].append(other)
        around[other.id].append(one)
    for name in ("codings", "adjudications"):
        frame = survey.tables[name]
        item = positions(frame["item"], pd.Index(survey.codebook.item_ids))
        answer = answer_positions(survey.codebook, survey.distinct_answers, item, frame["answer"])
        where = np.flatnonzero((answer == INVALID) & (item >= 0))
        if not len(where):
            continue
        values = cells(frame["answer"], where)
        wrong = [items[i] for i in item[where]]
        shifts = [_neighbour(v, i, around[i.id]) for v, i in zip(values, wrong, strict=True)]
        for code, picked in (
            ("unknown_option", [k for k, s in enumerate(shifts) if s is None]),
            ("shifted_answer", [k for k, s in enumerate(shifts) if s is not None]),
        ):
            rows = where[picked]
            fields = {
                "value": [values[k] for k in picked],
                "item": [wrong[k].id for k in picked],
                "journal": cells(frame["journal_id"], rows),
                "nearest": [_nearest_option(values[k], wrong[k]) for k in picked],
                "neighbour": [shifts[k] for k in picked],
                "allowed": [", ".join(wrong[k].codes) for k in picked],
            }
            if name == "codings":
                fields |= {"coder": cells(frame["coder"], rows), "round": cells(frame["round"], rows)}
            yield Batch(code, survey.file(name), at(frame, rows), "answer", fields=fields)


def _nearest_option(value: str, item: Item) -> str:
    spelled = {text: option for option in item.options for text in (option.label, option.code)}
    found = nearest(value, spelled)
    return "" if found is None else f"; nearest: '{spelled[found].code}' ({spelled[found].label})"


def _neighbour(value: str, item: Item, around: Sequence[Item]) -> str | None:
    """Id of the neighbouring item that has the value as code or label, if only that one has it."""
    wanted = value.strip().casefold()
    if wanted in {t.casefold() for o in item.options for t in (o.code, o.label)}:
        return None
    for other in around:
        if wanted in {t.casefold() for o in other.options for t in (o.code, o.label)}:
            return other.id
    return None


def vocabularies(survey: Survey) -> Iterator[Batch]:
    """States, reasons and modes are of closed lists; that a reason was not recorded can be said in any survey."""
    reasons = tuple(r.id for r in survey.codebook.reasons)
    for name, column, code, allowed in (
        ("codings", "state", "unknown_state", STATES),
        ("adjudications", "reason", "unknown_reason", reasons),
        ("adjudications", "mode", "unknown_mode", MODES),
    ):
        frame = survey.tables[name]
        taken = [*allowed, UNRECORDED] if column == "reason" and UNRECORDED not in allowed else allowed
        unknown = positions(frame[column], pd.Index(taken, dtype=object)) < 0
        where = np.flatnonzero(unknown & frame[column].notna().to_numpy())
        if len(where):
            values = cells(frame[column], where)
            fields = {
                "value": values,
                "nearest": Nearest(values, allowed),
                "allowed": ", ".join(allowed),
                "journal": cells(frame["journal_id"], where),
                "item": cells(frame["item"], where),
            }
            yield Batch(code, survey.file(name), at(frame, where), column, fields=fields)


def duplicate_keys(survey: Survey) -> Iterator[Batch]:
    for name, frame in survey.tables.items():
        key = SPECS[name].key
        if not key:
            continue
        combined = combine([frame[c] for c in key])
        alike = repeated(combined)
        alike = alike[frame[list(key)].iloc[alike].notna().all(axis=1).to_numpy()]
        _, first, which = np.unique(combined[alike], return_index=True, return_inverse=True)
        again = np.ones(len(alike), bool)
        again[first] = False
        where, original = alike[again], alike[first[which[again]]]
        if not len(where):
            continue
        value = [" / ".join(map(str, row)) for row in frame[list(key)].iloc[where].itertuples(index=False)]
        fields = {
            "value": value,
            "first": at(frame, original),
            "thing": " / ".join(key),
            "journal": cells(frame["journal_id"], where) if "journal_id" in key else None,
        }
        yield Batch("duplicate_key", survey.file(name), at(frame, where), " / ".join(key), fields=fields)


def combine(columns: Sequence[pd.Series]) -> npt.NDArray[np.int64]:
    """One integer a row for the combination of several categorical columns."""
    out = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        out = out * (len(column.cat.categories) + 1) + column.cat.codes.to_numpy() + 1
    return out
