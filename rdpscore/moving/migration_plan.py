"""A survey's answers under another codebook: moved explicitly, none lost. Nothing is read or written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.codebook import Codebook
from rdpscore.codebook.differences import identity
from rdpscore.files.tables import text_series
from rdpscore.moving.recode import READ_AGAIN, Recode, check_recode
from rdpscore.moving.rereading import (
    CHANGE_COLUMNS,
    NOTE,
    REVIEW,
    TO_DISCUSS,
    again,
    reviews,
)
from rdpscore.moving.route import (
    ACTIONS,
    DROPPED,
    GAP,
    KEPT,
    Route,
    Routed,
    count,
    route_rows,
    routes,
)
from rdpscore.problems import Batch, Problems, nearest
from rdpscore.results import Result, versions
from rdpscore.survey import SPECS, CodebookRef, Survey, SurveyMeta, conform
from rdpscore.validation.run import check


@dataclass(frozen=True)
class MigrationResult(Result):
    """What `migrate` did, or would do.

    Attributes
    ----------
    survey : Survey
        The survey under the new codebook.
    old, new : Codebook
    changes : DataFrame
        One row a coding or adjudication that changed, or is to be reviewed: table, journal_id, coder, round,
        item, to_item, old, new, action (renamed, recoded, read_again, dropped, review).
    counts : mapping
        ``codings`` and ``adjudications`` → action → number of rows.
    replaced : mapping of str to DataFrame
        The rows that changed, as they were.
    folder : str or None
        Where under the survey they are kept; None where nothing was, or would be, written.
    already : bool
        The survey was under this codebook before.
    dry_run : bool
    """

    survey: Survey = field(repr=False)
    old: Codebook = field(repr=False)
    new: Codebook = field(repr=False)
    changes: pd.DataFrame = field(repr=False)
    counts: Mapping[str, Mapping[str, int]]
    replaced: Mapping[str, pd.DataFrame] = field(repr=False)
    folder: str | None = None
    already: bool = False
    dry_run: bool = False

    @cached_property
    def to_read(self) -> pd.DataFrame:
        """What coders must read again or may review; see `recode_list`."""
        listed = self.changes[self.changes["action"] == REVIEW]
        return pd.concat([again(self.survey), reviews(listed)], ignore_index=True)

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"changes": self.changes, "to_read": self.to_read}

    def body(self) -> Any:
        return {
            "migrated": not (self.already or self.dry_run),
            "already": self.already,
            "dry_run": self.dry_run,
            "from": identity(self.old),
            "to": identity(self.new),
            "counts": {name: dict(found) for name, found in self.counts.items()},
            "read_again": int((self.to_read["why"] == READ_AGAIN).sum()),
            "review": int((self.to_read["why"] == REVIEW).sum()),
            "sources": self.folder,
        }


@checked
def plan(survey: Survey, codebook: Codebook, recode: Recode | None = None) -> MigrationResult:
    """A survey's answers under another codebook.

    Parameters
    ----------
    survey : Survey
        Without errors.
    codebook : Codebook
        The new one.
    recode : Recode, optional
        What the recode file says.

    Returns
    -------
    MigrationResult
        An answer that is to be read again is blank, in state ``to_discuss``, with the old answer in its note;
        its adjudication is among the replaced rows.

    Raises
    ------
    InvalidInput
        The survey has errors, the recode does not fit, or does not say what becomes of some answers.
    """
    check(survey).raise_errors()
    old, said = survey.codebook, recode or Recode.empty(survey.codebook, codebook)
    check_recode(said, old, codebook).raise_errors()
    ways = routes(old, codebook, said)
    routed = {n: route_rows(getattr(survey, n), ways, survey.file(n)) for n in ("codings", "adjudications")}
    gaps = [
        *_books(survey, codebook),
        *_told_once(routed["codings"].gaps, routed["adjudications"].gaps),
        *_uncovered(survey, codebook, said, ways, routed["adjudications"]),
    ]
    Problems.of(gaps).raise_errors()
    tables = {
        "codings": _codings(survey, codebook, routed["codings"]),
        "adjudications": _adjudications(survey, codebook, said, routed),
    }
    if survey.decisions is not None:
        tables["decisions"] = _decisions(survey.decisions, ways)
    moved = replace(
        survey,
        meta=_meta(survey, codebook, ways),
        codebook=codebook,
        **cast(Any, {name: frame for name, (frame, changed) in tables.items() if changed.any()}),
    )
    check(moved).raise_errors()
    replaced = {n: getattr(survey, n)[changed] for n, (_, changed) in tables.items() if changed.any()}
    return make_result(survey, moved, replaced, routed, [e.item for e in said.items if e.review])


def make_result(
    survey: Survey,
    moved: Survey,
    replaced: Mapping[str, pd.DataFrame],
    routed: Mapping[str, Routed] | None = None,
    reviewed: Sequence[str] = (),
) -> MigrationResult:
    found = routed or {}
    listed = [_listed(n, getattr(survey, n), r, reviewed) for n, r in found.items()]
    changes = pd.concat(listed, ignore_index=True) if listed else pd.DataFrame(columns=CHANGE_COLUMNS)
    counts = {name: {a: int((r.action == a).sum()) for a in ACTIONS} for name, r in found.items()}
    settings = {**moved.settings, "from": identity(survey.codebook), "versions": versions()}
    return MigrationResult(
        settings, check(moved), moved, survey.codebook, moved.codebook, changes, counts, replaced
    )


def _listed(name: str, frame: pd.DataFrame, found: Routed, reviewed: Sequence[str]) -> pd.DataFrame:
    """The rows of a table that change; then, of the codings, those to be reviewed."""
    stays = np.isin(found.action, [READ_AGAIN, DROPPED], invert=True)
    review = stays & frame["item"].isin(reviewed).to_numpy() & frame["answer"].notna().to_numpy()
    parts: list[tuple[npt.NDArray[np.intp], str | None]] = [(np.flatnonzero(found.action != KEPT), None)]
    if name == "codings":
        parts.append((np.flatnonzero(review), REVIEW))
    out = []
    for rows, action in parts:
        part = frame.iloc[rows]
        blank: list[str | None] = [None] * len(rows)
        columns: dict[str, Any] = {c: part[c].astype(object) if c in part else blank for c in CHANGE_COLUMNS}
        new = found.answer[rows]
        new[np.isin(found.action[rows], [READ_AGAIN, DROPPED])] = None
        columns |= {
            "table": name,
            "to_item": found.item[rows],
            "old": part["answer"].astype(object),
            "new": new,
            "action": found.action[rows] if action is None else action,
        }
        text = pd.DataFrame(columns, index=part.index, columns=CHANGE_COLUMNS).astype(object)
        out.append(text.where(text.notna(), None))
    return pd.concat(out, ignore_index=True)


# Tables under the new codebook ------------------------------------------------------------------------

Table = tuple[pd.DataFrame, npt.NDArray[np.bool_]]
"""The new table, and which rows of the old one are not in it as they were."""


def _codings(survey: Survey, codebook: Codebook, found: Routed) -> Table:
    old, again = survey.codings, found.action == READ_AGAIN
    frame = _with(old, item=found.item, answer=found.answer)
    if again.any():
        rows = np.flatnonzero(again)
        state, note = (old[c].astype(object).to_numpy(copy=True) for c in ("state", "note"))
        state[rows] = TO_DISCUSS
        before = f"{survey.codebook.id} {survey.codebook.version}"
        for row, was in zip(rows, old["answer"].astype(object).iloc[rows], strict=True):
            line = f"{NOTE}{codebook.id} {codebook.version}; the answer under {before} was {_short(was)}"
            note[row] = line if pd.isna(note[row]) else f"{note[row]}\n{line}"
        frame = _with(frame, state=state).assign(note=text_series(list(note), old.index))
    return _settled(frame[found.action != DROPPED], "codings"), found.action != KEPT


def _adjudications(survey: Survey, codebook: Codebook, recode: Recode, routed: Mapping[str, Routed]) -> Table:
    """Those that stay; stale where an answer that they settled does not."""
    old, found = survey.adjudications, routed["adjudications"]
    stays = np.isin(found.action, [READ_AGAIN, DROPPED], invert=True)
    reason = old["reason"].astype(object)
    renamed = reason.isin([a for a, b in recode.reasons.items() if a != b]).to_numpy()
    unsettled = _unsettled(survey, routed) & stays & old["stale"].isna().to_numpy()
    stale = old["stale"].astype(object).to_numpy(copy=True)
    stale[unsettled] = f"answers to be read again under {codebook.id} {codebook.version}"
    reasons = [recode.reasons.get(r, r) for r in reason]
    frame = _with(old, item=found.item, answer=found.answer, reason=reasons, stale=stale)
    return _settled(frame[stays], "adjudications"), (found.action != KEPT) | renamed | unsettled


def _unsettled(survey: Survey, routed: Mapping[str, Routed]) -> npt.NDArray[np.bool_]:
    """Which adjudications settle a coding that is to be read again, or goes."""
    gone = np.isin(routed["codings"].action, [READ_AGAIN, DROPPED])
    pairs = pd.MultiIndex.from_frame(survey.codings.loc[gone, ["journal_id", "item"]].astype(object))
    ours = pd.MultiIndex.from_frame(survey.adjudications[["journal_id", "item"]].astype(object))
    return np.asarray(ours.isin(pairs), bool)


def _decisions(old: pd.DataFrame, ways: Mapping[str, Route]) -> Table:
    """Rulings follow their item."""
    names = _names(ways)
    item = old["item"].astype(object)
    became = np.array([names.get(i) for i in item], dtype=object)
    kept = np.array([n is not None for n in became], bool)
    changed = ~kept | (became != item.to_numpy())
    return _settled(_with(old, item=became)[kept], "decisions"), changed


def _names(ways: Mapping[str, Route]) -> dict[str, str]:
    """Old id → new id of the items that go on."""
    return {name: way.new.id for name, way in ways.items() if way.new is not None}


def _with(frame: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """The table with other values in categorical columns."""
    series = {n: pd.Series(pd.Categorical(v), index=frame.index) for n, v in columns.items()}
    return frame.assign(**series)


def _settled(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    return conform(frame.set_axis(pd.RangeIndex(2, len(frame) + 2), axis=0), SPECS[name])


def _meta(survey: Survey, codebook: Codebook, ways: Mapping[str, Route]) -> SurveyMeta:
    old, names = survey.meta, _names(ways)
    hashes = None if old.codebook.hashes is None else codebook.hashes
    ref = CodebookRef(id=codebook.id, version=codebook.version, hashes=hashes)
    listed = [names.get(n) if n in ways else n for n in old.not_recorded]
    return old.model_copy(update={"codebook": ref, "not_recorded": [n for n in listed if n is not None]})


def _short(answer: Any) -> str:
    text = " ".join(str(answer).split())
    return f"'{text}'" if len(text) <= 200 else f"'{text[:199]}…'"


# Gaps that no single answer shows ---------------------------------------------------------------------


def _gap(file: str, what: str, remedy: str, value: str = "", item: str | None = None) -> Batch:
    return Batch("recode_gap", file, fields={"what": what, "remedy": remedy, "value": value, "item": item})


def _books(survey: Survey, codebook: Codebook) -> Iterator[Batch]:
    """Both codebooks must be what they say they are."""
    old, meant = survey.codebook, survey.meta.codebook
    if meant.hashes is not None and meant.hashes.coding != old.hashes.coding:
        yield _gap(
            "codebook.yaml",
            f"the codebook was edited after coding: its coding hash is {old.hashes.coding}, "
            f"survey.yaml says {meant.hashes.coding}",
            "restore the codebook that the answers were given under",
            old.hashes.coding,
        )
    if (old.id, old.version) == (
        codebook.id,
        codebook.version,
    ) and old.hashes.coding != codebook.hashes.coding:
        yield _gap(
            "codebook.yaml",
            f"both codebooks call themselves {old.id} {old.version}, and their items, labels or rules differ",
            "raise the version of the new codebook",
            old.version,
        )


def _told_once(*gaps: Mapping[tuple[str, str], Batch]) -> Iterator[Batch]:
    """Gaps of several tables, each where it comes first, in the order of the rows."""
    told: set[tuple[str, str]] = set()
    for found in gaps:
        new = {said: gap for said, gap in found.items() if said not in told}
        yield from sorted(new.values(), key=lambda gap: int(gap.rows[0]))
        told |= set(new)


def _uncovered(
    survey: Survey, codebook: Codebook, recode: Recode, ways: Mapping[str, Route], adjudged: Routed
) -> Iterator[Batch]:
    """New items that nobody acknowledged, and reasons that are gone."""
    came = set(_names(ways).values())
    left = [name for name, way in ways.items() if way.new is None]
    for item in codebook.item_ids:
        if item not in came and item not in recode.new_items:
            like = next((n for n in left if ways[n].heir == item), None) or nearest(item, left)
            or_else = f"; or under items: {{item: {like}, to: {item}}}, if it is that" if like else ""
            yield _gap(
                "codebook.yaml",
                f"{codebook.id} {codebook.version} has a new item '{item}', which nobody has answered",
                f"name it under new_items, to be coded{or_else}",
                item,
                item,
            )
    stays = np.isin(adjudged.action, [READ_AGAIN, DROPPED, GAP], invert=True)
    used = survey.adjudications["reason"].astype(object)[stays].dropna()
    after = [r.id for r in codebook.reasons]
    for reason, rows in used.groupby(used):
        if recode.reasons.get(str(reason), reason) not in after:
            yield _gap(
                survey.file("adjudications"),
                f"reason '{reason}' is gone; {count(len(rows), 'row')}",
                f'under reasons: {{"{reason}": …}}, with one of {", ".join(after) or "none"}',
                str(reason),
            )
