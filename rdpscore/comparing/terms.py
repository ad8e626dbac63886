"""Two surveys in the same terms: items that both answer, and their answers side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.codebook import Codebook, Item
from rdpscore.codebook.crosswalk import Crosswalk
from rdpscore.codebook.crosswalk_checks import check_crosswalk
from rdpscore.codebook.crosswalk_store import load_crosswalk, shipped_crosswalks
from rdpscore.problems import InvalidInput, Problems
from rdpscore.survey import Survey
from rdpscore.survey.records import MISSING
from rdpscore.survey.translation import Translation, translate

Options = npt.NDArray[np.int16]
DIFFERS, ONE_ONLY, NOT_TOLD = "differs_between_codebooks", "in_one_codebook_only", "no_counterpart"


@dataclass(frozen=True)
class Terms:
    """What two surveys can be compared on.

    Attributes
    ----------
    codebook : Codebook
        The shared items, all closed, in the order of the codebook that they stand in.
    a, b : int16 array, shape (n_journals of the survey, n_items)
        Resolved answers as positions among the options; `MISSING` where there is none.
    translation : Translation or None
        Of the survey that went through a crosswalk.
    translated : {"a", "b"} or None
        Which of the two that is.
    left_out : DataFrame
        One row a closed item that cannot be compared: codebook, item, title, reason.
    problems : Problems
    """

    codebook: Codebook
    a: Options
    b: Options
    translation: Translation | None
    translated: str | None
    left_out: pd.DataFrame
    problems: Problems = field(default_factory=Problems)


def common_terms(a: Survey, b: Survey, crosswalks: Sequence[Crosswalk] = ()) -> Terms:
    """Bring two surveys into the same terms.

    Under one codebook the items are compared that read the same in both versions. Under two, the second survey
    goes through a crosswalk to the codebook of the first, or, where there is none, the first to that of the second;
    crosswalks that are given go before shipped ones.

    Parameters
    ----------
    a, b : Survey
    crosswalks : sequence of Crosswalk

    Raises
    ------
    InvalidInput
        There is no crosswalk between the two, or it does not fit.
    """
    if a.codebook.id == b.codebook.id:
        return _same(a, b)
    found = [(x.source.id, x.target.id) for x in crosswalks]
    for source, target, which in ((b, a, "b"), (a, b, "a")):
        wanted = (source.codebook.id, target.codebook.id)
        if wanted in found:
            return _through(crosswalks[found.index(wanted)], a, b, which)
    for source, target, which in ((b, a, "b"), (a, b, "a")):
        name = f"{source.codebook.id}-to-{target.codebook.id}"
        if name in shipped_crosswalks():
            loaded = load_crosswalk(name, source.codebook, target.codebook)
            return _through(loaded, a, b, which)
    raise InvalidInput(
        Problems.one(
            "no_crosswalk",
            value=b.codebook.id,
            expected=a.codebook.id,
            shipped=", ".join(shipped_crosswalks()),
        )
    )


def _same(a: Survey, b: Survey) -> Terms:
    ours, theirs = ({i.id: i for i in s.codebook.closed_items} for s in (a, b))
    shared = [i for i in ours if i in theirs and _reads_same(ours[i], theirs[i])]
    left = [
        {
            "codebook": (a if i in ours else b).codebook.id,
            "item": i,
            "title": (ours.get(i) or theirs[i]).title,
            "reason": DIFFERS if i in ours and i in theirs else ONE_ONLY,
        }
        for i in dict.fromkeys([*ours, *theirs])
        if i not in shared
    ]
    _some(shared, a, b)
    return Terms(
        reduced(a.codebook, shared),
        _columns(a.codebook, a.resolved.option, shared),
        _columns(b.codebook, b.resolved.option, shared),
        None,
        None,
        _left(left),
    )


def _reads_same(one: Item, other: Item) -> bool:
    """Same scale, by the options' codes and labels; the wording of question and guidance may differ."""
    options = [[(o.code, " ".join(o.label.split())) for o in i.options] for i in (one, other)]
    return one.level == other.level and options[0] == options[1]


def _through(crosswalk: Crosswalk, a: Survey, b: Survey, which: str) -> Terms:
    source, target = (a, b) if which == "a" else (b, a)
    problems = check_crosswalk(crosswalk, source.codebook, target.codebook)
    problems.raise_errors()
    made = translate(source, crosswalk, target.codebook, problems)
    book = target.codebook
    derived = {d.item for d in crosswalk.items}
    shared = [i.id for i in book.closed_items if i.id in derived]
    notes = {s.item: s.note for s in crosswalk.no_counterpart.source}
    left = [
        {"codebook": source.codebook.id, "item": i.id, "title": i.title, "reason": NOT_TOLD}
        for i in source.codebook.closed_items
        if i.id in notes
    ] + [
        {"codebook": book.id, "item": i.id, "title": i.title, "reason": NOT_TOLD}
        for i in book.closed_items
        if i.id not in derived
    ]
    _some(shared, a, b)
    told = _columns(book, made.option, shared)
    own = _columns(book, target.resolved.option, shared)
    first, second = (told, own) if which == "a" else (own, told)
    return Terms(reduced(book, shared), first, second, made, which, _left(left), problems)


def _some(shared: list[str], a: Survey, b: Survey) -> None:
    if not shared:
        raise InvalidInput(
            Problems.one("nothing_shared", value=f"{a.codebook.id} {a.codebook.version}",
                         expected=f"{b.codebook.id} {b.codebook.version}")
        )  # fmt: skip


def _columns(book: Codebook, option: Options, shared: list[str]) -> Options:
    places = [book.item_ids.index(i) for i in shared]
    return np.maximum(option[:, places], np.int16(MISSING))


def _left(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["codebook", "item", "title", "reason"])


def reduced(book: Codebook, items: list[str]) -> Codebook:
    """A codebook of some items of another one, without conditions between them, and with their mean as its scheme."""
    raw = book.model_dump()
    raw["items"] = [i | {"applies_if": {}, "maps_to": {}} for i in raw["items"] if i["id"] in items]
    used = {i["dimension"] for i in raw["items"]}
    raw["dimensions"] = [d for d in raw["dimensions"] if d["id"] in used]
    raw["schemes"] = [{"id": "shared", "title": "Mean of the shared items"}]
    raw["default_scheme"] = "shared"
    raw["frameworks"] = []
    return Codebook.model_validate(raw)
