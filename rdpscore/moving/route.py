"""What becomes of each answer on its way to another codebook. Tables in, tables out.

An answer that the new codebook leaves alone goes through by itself. One whose meaning may have changed goes
only where the recode file sends it; where the file is silent there is a gap, and gaps stop the migration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.codebook import Codebook, Item
from rdpscore.codebook.differences import (
    Change,
    ForCoders,
    codes_of,
    item_changes,
    same_words,
)
from rdpscore.moving.recode import (
    DROP,
    READ_AGAIN,
    WORDS,
    ItemRecode,
    Recode,
)
from rdpscore.problems import Batch

KEPT, RENAMED, RECODED, DROPPED, GAP = "kept", "renamed", "recoded", "dropped", "gap"
ACTIONS = (KEPT, RENAMED, RECODED, READ_AGAIN, DROPPED)
"""What can become of a row; ``read_again`` leaves it blank until a coder has read the policy again."""

_OPTION = ("option", "label")


@dataclass(frozen=True)
class Outcome:
    """What becomes of one answer to one item."""

    action: str
    item: str
    answer: str | None
    why: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Route:
    """The way of one item's answers.

    Attributes
    ----------
    old : Item
        As the old codebook has it.
    new : Item or None
        The item that takes the answers; None where there is none.
    entry : ItemRecode or None
        What the recode file says.
    dropped : bool
        The recode file lets the item go.
    whole : tuple of Change
        Changes of meaning that concern every answer.
    codes : mapping of str to Change
        Changes of meaning that concern one code.
    target : str
        Name of the new codebook, for messages.
    heir : str or None
        A new item that asks the very question, where the recode file sends the answers nowhere.
    """

    old: Item
    new: Item | None
    entry: ItemRecode | None
    dropped: bool
    target: str
    whole: tuple[Change, ...] = ()
    codes: Mapping[str, Change] = field(default_factory=dict)
    heir: str | None = None


def routes(old: Codebook, new: Codebook, recode: Recode) -> dict[str, Route]:
    """The way of every old item, by its id."""
    target = f"{new.id} {new.version}"
    out = {}
    for item in old.items:
        entry = recode.entry(item.id)
        dropped = item.id in recode.drop_items
        name = item.id if entry is None else entry.to or item.id
        if dropped or name not in new.item_ids:
            heirs = (i.id for i in new.items if i.id not in old.item_ids and i.question == item.question)
            out[item.id] = Route(item, None, entry, dropped, target, heir=next(heirs, None))
            continue
        successor = new.item(name)
        found = item_changes(_translated(item, name, recode), successor)
        changes = [c for c in found if c.coders is ForCoders.NEW_MEANING]
        whole = tuple(c for c in changes if c.what not in _OPTION)
        codes = {c.id: c for c in changes if c.what in _OPTION}
        out[item.id] = Route(item, successor, entry, dropped, target, whole, codes)
    return out


def _translated(item: Item, name: str, recode: Recode) -> Item:
    """The old item in the new codebook's names, so that a name alone is no change of ``applies_if``."""
    conditions = {}
    for other, codes in item.applies_if.items():
        entry = recode.entry(other)
        said = {} if entry is None else entry.answers
        named = other if entry is None else entry.to or other
        conditions[named] = [c for c in (said.get(code, code) for code in codes) if c not in WORDS]
    return item.model_copy(update={"id": name, "applies_if": conditions})


def outcome(route: Route, answer: str | None) -> Outcome:
    """What becomes of one answer; a gap where nobody said it."""
    if route.new is None:
        if route.dropped:
            return Outcome(DROPPED, route.old.id, answer)
        return Outcome(GAP, route.old.id, answer, *_no_item(route))
    same_name = KEPT if route.new.id == route.old.id else RENAMED
    if answer is None:
        return Outcome(same_name, route.new.id, None)
    codes = list(dict.fromkeys(codes_of(answer))) if route.old.kind == "multiple" else [answer]
    sent = {code: _sent(route, code) for code in codes}
    ways = [way for way, _ in sent.values()]
    if GAP in ways:
        return Outcome(GAP, route.new.id, answer, *_unsaid(route, codes[ways.index(GAP)]))
    if READ_AGAIN in ways:
        return Outcome(READ_AGAIN, route.new.id, None)
    kept = list(dict.fromkeys(new for way, new in sent.values() if way == KEPT))
    if not kept:
        return Outcome(DROPPED, route.new.id, answer)
    changed = kept != list(sent)
    became = ";".join(kept) if changed else answer
    if not _takes(route.new, became):
        return Outcome(GAP, route.new.id, answer, *_refused(route, answer, became))
    return Outcome(RECODED if changed else same_name, route.new.id, became)


def _sent(route: Route, code: str) -> tuple[str, str]:
    """`KEPT` and the new code; or `READ_AGAIN`, `DROP`, or `GAP` where nobody said it."""
    entry, closed = route.entry, route.old.kind != "open"
    if entry is not None:
        if closed and code in entry.answers:
            wanted = entry.answers[code]
            return (wanted, "") if wanted in WORDS else (KEPT, wanted)
        if entry.others:
            return entry.others, ""
        if entry.keep_as_is:
            return KEPT, code
    return (GAP, "") if route.whole or code in route.codes else (KEPT, code)


def _takes(item: Item, answer: str) -> bool:
    if item.kind == "open":
        return True
    codes = codes_of(answer) if item.kind == "multiple" else [answer]
    return set(codes) <= set(item.codes)


# Gaps, in words ---------------------------------------------------------------------------------------


def _no_item(route: Route) -> tuple[str, str]:
    name = route.old.id
    return (
        f"{route.target} has no item '{name}'",
        f"under items: {{item: {name}, to: {route.heir or '…'}}}, or name it under drop_items",
    )


def _unsaid(route: Route, code: str) -> tuple[str, str]:
    name = route.old.id
    if route.whole:
        parts = (f"{c.what} was {_brief(c.old)}, now {_brief(c.new)}" for c in route.whole)
        return (
            f"{name} changed its meaning: {'; '.join(parts)}",
            f"under items: {{item: {name}, keep_as_is: true}} if answers stand, "
            f"else others: {READ_AGAIN}, or answers: code by code",
        )
    change = route.codes[code]
    assert route.new is not None
    heirs = [o.code for o in route.new.options if same_words(o.label, change.old or "")]
    if change.new is None:
        what = f"option '{code}' of {name} ({_brief(change.old)}) is gone"
    else:
        what = f"option '{code}' of {name} was '{_brief(change.old)}' and is '{_brief(change.new)}'"
    wanted = f'"{heirs[0]}"' if heirs else "…" if change.new is None else f'"{code}"'
    return what, (
        f'under items: {{item: {name}, answers: {{"{code}": {wanted}}}}}, with a new code, '
        f"{READ_AGAIN} or {DROP}"
    )


def _refused(route: Route, answer: str, became: str) -> tuple[str, str]:
    fate = "stays" if answer == became else f"becomes '{became}'"
    return (
        f"answer '{answer}' of {route.old.id} {fate}, which {route.target} does not take",
        f"say what becomes of it under items: a code of the new item, {READ_AGAIN} or {DROP}",
    )


def _brief(text: str | None) -> str:
    if text is None:
        return "not given"
    return text if len(text) <= 40 else f"{text[:39]}…"


# Tables -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Routed:
    """What becomes of each row of a table: arrays of one entry a row."""

    action: npt.NDArray[np.object_]
    item: npt.NDArray[np.object_]
    answer: npt.NDArray[np.object_]
    gaps: Mapping[tuple[str, str], Batch]


def route_rows(frame: pd.DataFrame, ways: Mapping[str, Route], file: str) -> Routed:
    """Send every row of codings or adjudications on its way.

    Each distinct answer is decided once, however many rows hold it.
    """
    items, answers = frame["item"].cat.categories, frame["answer"].cat.categories
    width = len(answers) + 1
    key = frame["item"].cat.codes.to_numpy().astype(np.int64) * width
    distinct, inverse = np.unique(key + frame["answer"].cat.codes.to_numpy() + 1, return_inverse=True)
    found = []
    for pair in distinct.tolist():
        item, answer = divmod(pair, width)
        found.append(outcome(ways[str(items[item])], str(answers[answer - 1]) if answer else None))
    parts = ([getattr(o, name) for o in found] for name in ("action", "item", "answer"))
    action, item_, answer_ = (np.array([*p, None], dtype=object)[:-1][inverse] for p in parts)
    return Routed(action, item_, answer_, dict(_gaps(frame, found, inverse, file)))


def _gaps(
    frame: pd.DataFrame, found: list[Outcome], inverse: npt.NDArray[np.intp], file: str
) -> Iterator[tuple[tuple[str, str], Batch]]:
    """One problem for each reason and remedy, at its first row, with how much it holds up."""
    texts: dict[tuple[str, str], list[int]] = {}
    for i, end in enumerate(found):
        if end.action == GAP:
            texts.setdefault((end.why, end.remedy), []).append(i)
    for (why, remedy), outcomes in texts.items():
        rows = np.flatnonzero(np.isin(inverse, outcomes))
        journals = frame["journal_id"].iloc[rows].nunique()
        reach = f"; {count(len(rows), 'row')} of {count(journals, 'journal')}"
        row = int(frame.index[rows[0]])
        value, item = (str(frame[c].iloc[rows[0]]) for c in ("answer", "item"))
        fields = {"what": why + reach, "remedy": remedy, "value": value, "item": item}
        yield (why, remedy), Batch("recode_gap", file, [row], "answer", fields=fields)


def count(n: int, thing: str) -> str:
    """``"1 row"``, ``"3 rows"``."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}"
