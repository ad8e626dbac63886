"""What changed from one codebook to another: for coders, for scores, and for the answers at hand."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from rdpscore.codebook.models import Codebook, Dimension, Framework, Item, Reason, Scheme
from rdpscore.problems import Problems
from rdpscore.results import Result, versions

if TYPE_CHECKING:
    import pandas as pd

_T = TypeVar("_T", Dimension, Framework, Reason, Scheme)


class ForCoders(enum.StrEnum):
    """What a change asks of coders, least first."""

    NONE = "none"
    """Coders do not see it."""
    CLARIFICATION = "clarification"
    """Wording, guidance, titles, the rule on passages: old answers stand."""
    NEW_OPTION = "new option"
    """Old answers stand, but some might be the new option now."""
    NEW_MEANING = "new meaning"
    """An old answer may not mean the same now; somebody has to say what becomes of it."""
    NEW_ITEM = "new item"
    """Nobody has answered it yet."""
    REMOVED_ITEM = "removed item"
    """Its answers have no place any more."""


@dataclass(frozen=True)
class Change:
    """One difference between two codebooks.

    Attributes
    ----------
    item : str or None
        The item that it concerns; None for the codebook as a whole.
    what : str
        What differs: item, option, label, question, guidance, order, applies_if, score, scheme, …
    id : str
        Of which: an option's code, or the id of an item, scheme, dimension, framework or reason.
    coders : ForCoders
    scores : bool
        The score of an answer that was already given can change, under some scheme of the codebook.
    old, new : str or None
        Before and after; None where there was, or is, nothing.
    journals, codings : int or None
        Journals and codings that it touches; None where no survey was given, or no coding can be touched.
    """

    item: str | None
    what: str
    id: str
    coders: ForCoders
    scores: bool
    old: str | None
    new: str | None
    journals: int | None = None
    codings: int | None = None

    @property
    def change(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"


@dataclass(frozen=True)
class CodebookDiff(Result):
    """What `diff` found.

    Attributes
    ----------
    old, new : Codebook
    changes : tuple of Change
        The codebook as a whole first, then item by item in the order of `new`, removed items last.
    """

    old: Codebook
    new: Codebook
    changes: tuple[Change, ...]

    def tables(self) -> dict[str, pd.DataFrame]:
        import pandas as pd

        names = ["item", "what", "id", "change", "coders", "scores", "old", "new", "journals", "codings"]
        rows = [[getattr(c, n) for n in names] for c in self.changes]
        frame = pd.DataFrame(rows, columns=names).astype({"journals": "Int64", "codings": "Int64"})
        frame["coders"] = [c.coders.value for c in self.changes]
        frame["scores"] = [score_word(c) for c in self.changes]
        return {"changes": frame}

    def body(self) -> Any:
        from rdpscore.results import records

        return {"counts": self.counts(), "scores_change": any(c.scores for c in self.changes)} | {
            "changes": records(self.to_frame())
        }

    def counts(self) -> dict[str, int]:
        """Number of changes of each kind for coders, those that occur."""
        found = [c.coders for c in self.changes]
        return {kind.value: found.count(kind) for kind in ForCoders if kind in found}


def score_word(change: Change) -> str:
    """What a change does to scores, in words."""
    return "scores change" if change.scores else "none"


def diff(old: Codebook, new: Codebook, codings: pd.DataFrame | None = None) -> CodebookDiff:
    """Compare two codebooks.

    Items, schemes, dimensions, frameworks and reasons are matched by id, options by code. A changed label of
    a code is a `new meaning`, as no machine can tell that it is none, except where the two differ in case,
    white space or a final full stop only. So are a removed option, another order of ordinal options, another
    kind, level or ``applies_if``. An item's question and all guidance are wording.

    Parameters
    ----------
    old, new : Codebook
    codings : DataFrame, optional
        The codings of a survey made under `old`; with them each change says how many journals and codings it
        touches, in all rounds.

    Returns
    -------
    CodebookDiff

    Examples
    --------
    >>> from rdpscore.codebook import load_codebook
    >>> book = load_codebook("materials-science")
    >>> diff(book, book).changes
    ()
    """
    changes = [*_whole(old, new), *_items(old, new)]
    if codings is not None:
        count = _counter(codings)
        changes = [count(c) for c in changes]
    settings = {"old": identity(old), "new": identity(new), "versions": versions()}
    return CodebookDiff(settings, Problems(), old, new, tuple(changes))


def identity(codebook: Codebook) -> dict[str, Any]:
    """Id, version and hashes of a codebook."""
    return {"id": codebook.id, "version": codebook.version, "hashes": codebook.hashes.model_dump()}


# The codebook as a whole ------------------------------------------------------------------------------


def _whole(old: Codebook, new: Codebook) -> Iterator[Change]:
    for name in ("title", "description", "language", "licence", "source"):
        coders = ForCoders.CLARIFICATION if name == "description" else ForCoders.NONE
        yield from _field(None, name, old.id, coders, False, getattr(old, name), getattr(new, name))
    yield from _entries("dimension", old.dimensions, new.dimensions, _dimension)
    yield from _entries("framework", old.frameworks, new.frameworks, _framework)
    yield from _entries("reason", old.reasons, new.reasons, _reason)
    yield from _entries("scheme", old.schemes, new.schemes, _scheme)
    yield from _field(
        None, "default scheme", old.id, ForCoders.NONE, True, old.default_scheme, new.default_scheme
    )


def _dimension(old: Dimension | None, new: Dimension | None) -> Iterator[Change]:
    yield from _texts("dimension", old, new, ForCoders.CLARIFICATION)


def _framework(old: Framework | None, new: Framework | None) -> Iterator[Change]:
    some = old or new
    assert some is not None
    yield from _field(None, "framework", some.id, ForCoders.NONE, False, _spell(old), _spell(new))


def _reason(old: Reason | None, new: Reason | None) -> Iterator[Change]:
    if old is None or new is None:
        coders = ForCoders.NEW_OPTION if old is None else ForCoders.NEW_MEANING
        yield from _presence("reason", old, new, coders, False)
    else:
        yield from _texts("reason", old, new, ForCoders.CLARIFICATION)


def _scheme(old: Scheme | None, new: Scheme | None) -> Iterator[Change]:
    if old is None or new is None:
        yield from _presence("scheme", old, new, ForCoders.NONE, new is None)
        return
    for name in Scheme.model_fields:
        if name == "id":
            continue
        scores = name not in ("title", "description", "weights_sum", "display")
        what = "scheme" if name == "title" else f"scheme's {name}"
        before, after = getattr(old, name), getattr(new, name)
        yield from _field(None, what, old.id, ForCoders.NONE, scores, before, after)


def _texts(
    thing: str, old: Dimension | Reason | None, new: Dimension | Reason | None, coders: ForCoders
) -> Iterator[Change]:
    if old is None or new is None:
        yield from _presence(thing, old, new, coders, False)
        return
    yield from _field(None, thing, old.id, coders, False, old.title, new.title)
    yield from _field(None, f"{thing}'s description", old.id, coders, False, old.description, new.description)


def _presence(
    thing: str,
    old: Dimension | Reason | Scheme | None,
    new: Dimension | Reason | Scheme | None,
    coders: ForCoders,
    scores: bool,
) -> Iterator[Change]:
    some = old or new
    assert some is not None
    before, after = (None if e is None else e.title for e in (old, new))
    yield Change(None, thing, some.id, coders, scores, before, after)


def _entries(
    thing: str,
    old: Sequence[_T],
    new: Sequence[_T],
    compare: Callable[[_T | None, _T | None], Iterator[Change]],
) -> Iterator[Change]:
    """Changes of all entries of a list with ids, and of their order."""
    before: dict[str, _T] = {e.id: e for e in old}
    after: dict[str, _T] = {e.id: e for e in new}
    for key in dict.fromkeys([*after, *before]):
        yield from compare(before.get(key), after.get(key))
    yield from _order(None, f"order of {thing}s", "", list(before), list(after), ForCoders.NONE)


def _order(
    item: str | None, what: str, name: str, old: list[str], new: list[str], coders: ForCoders
) -> Iterator[Change]:
    """A change of the order of what both lists have."""
    before, after = [k for k in old if k in new], [k for k in new if k in old]
    if before != after:
        yield Change(item, what, name, coders, False, ", ".join(before), ", ".join(after))


# Items ------------------------------------------------------------------------------------------------


def _items(old: Codebook, new: Codebook) -> Iterator[Change]:
    before = {i.id: i for i in old.items}
    by_dimension = any(s.by == "dimensions" for s in old.schemes)
    by_rule = any(s.not_applicable == "gate" or s.missing != "exclude" for s in old.schemes)
    yield from _order(
        None, "order of items", "", list(old.item_ids), list(new.item_ids), ForCoders.CLARIFICATION
    )
    for item in new.items:
        if item.id in before:
            yield from item_changes(before[item.id], item, by_dimension=by_dimension, by_rule=by_rule)
        else:
            yield Change(item.id, "item", item.id, ForCoders.NEW_ITEM, item.scored, None, item.question)
    for item in old.items:
        if item.id not in new.item_ids:
            yield Change(item.id, "item", item.id, ForCoders.REMOVED_ITEM, item.scored, item.question, None)


def item_changes(
    old: Item, new: Item, *, by_dimension: bool = True, by_rule: bool = True
) -> Iterator[Change]:
    """What changed in one item; the changes carry the id of `new`.

    Parameters
    ----------
    old, new : Item
        Their ids may differ: the same question under a new name.
    by_dimension : bool
        A scheme averages over dimensions, so that another dimension means other scores.
    by_rule : bool
        A scheme scores an item that does not apply, or is missing, so that another ``applies_if`` means other
        scores.
    """
    scored = old.scored or new.scored
    meaning, wording, none = ForCoders.NEW_MEANING, ForCoders.CLARIFICATION, ForCoders.NONE
    same_rule = _sets(old.applies_if) == _sets(new.applies_if)
    effects: Mapping[str, tuple[ForCoders, bool]] = {
        "title": (wording, False),
        "number": (wording, False),
        "question": (wording, False),
        "guidance": (wording, False),
        "kind": (meaning, scored),
        "level": (meaning, False),
        "applies_if": (wording if same_rule else meaning, scored and by_rule and not same_rule),
        "evidence": (wording, False),
        "dimension": (none, scored and by_dimension),
        "scored": (none, scored),
        "maps_to": (none, False),
    }
    for name, (coders, scores) in effects.items():
        yield from _field(new.id, name, new.id, coders, scores, getattr(old, name), getattr(new, name))
    yield from _options(old, new)


def _sets(conditions: Mapping[str, list[str]]) -> dict[str, set[str]]:
    return {item: set(codes) for item, codes in conditions.items()}


def _options(old: Item, new: Item) -> Iterator[Change]:
    scored = old.scored and new.scored
    for option in new.options:
        if option.code not in old.codes:
            yield Change(new.id, "option", option.code, ForCoders.NEW_OPTION, False, None, option.label)
            continue
        before = old.option(option.code)
        coders = ForCoders.CLARIFICATION if same_words(before.label, option.label) else ForCoders.NEW_MEANING
        yield from _field(new.id, "label", option.code, coders, False, before.label, option.label)
        yield from _field(new.id, "score", option.code, ForCoders.NONE, scored, before.score, option.score)
        yield from _field(
            new.id,
            "option's guidance",
            option.code,
            ForCoders.CLARIFICATION,
            False,
            before.guidance,
            option.guidance,
        )
    for option in old.options:
        if option.code not in new.codes:
            yield Change(new.id, "option", option.code, ForCoders.NEW_MEANING, old.scored, option.label, None)
    ordinal = "ordinal" in (old.level, new.level)
    coders = ForCoders.NEW_MEANING if ordinal else ForCoders.CLARIFICATION
    yield from _order(new.id, "order of options", new.id, list(old.codes), list(new.codes), coders)


def same_words(one: str, other: str) -> bool:
    """Two labels differ in case, white space or a final full stop at most."""
    return _bare(one) == _bare(other)


def _bare(label: str) -> str:
    return " ".join(label.split()).removesuffix(".").casefold()


def _field(
    item: str | None, what: str, name: str, coders: ForCoders, scores: bool, old: Any, new: Any
) -> Iterator[Change]:
    if old != new:
        yield Change(item, what, name, coders, scores, _spell(old), _spell(new))


def _spell(value: Any) -> str | None:
    """Text of a field; None where it holds nothing."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        parts = (f"{k}: {', '.join(v) if isinstance(v, list) else v}" for k, v in value.items())
        return "; ".join(parts) or None
    if hasattr(value, "model_dump"):
        return _spell(value.model_dump(exclude_none=True))
    return None if value is None else f"{value:g}" if isinstance(value, float) else str(value)


# What it touches --------------------------------------------------------------------------------------


def _counter(codings: pd.DataFrame) -> Callable[[Change], Change]:
    """A function that fills in how many journals and codings a change touches."""
    answered = codings[codings["answer"].notna()]
    items, answers = answered["item"], answered["answer"]
    n_coded = int(answered["journal_id"].nunique())

    def count(change: Change) -> Change:
        if change.item is None:
            return change
        if change.coders is ForCoders.NEW_ITEM:
            return replace(change, journals=n_coded, codings=0)
        touched = (items == change.item).to_numpy()
        if change.what in ("option", "label", "score", "option's guidance") and change.old is not None:
            holding = [a for a in answers[touched].unique() if change.id in codes_of(str(a))]
            touched = touched & answers.isin(holding).to_numpy()
        journals = int(answered["journal_id"][touched].nunique())
        return replace(change, journals=journals, codings=int(touched.sum()))

    return count


def codes_of(answer: str) -> list[str]:
    """The codes in an answer: one, or those of a multiple item."""
    return answer.split(";")


# Telling it -------------------------------------------------------------------------------------------


def excerpts(old: str | None, new: str | None, width: int) -> tuple[str | None, str | None]:
    """Both texts in one line of `width` characters, cut to where they begin to differ.

    Examples
    --------
    >>> excerpts("a long beginning, then this", "a long beginning, then that", 20)
    ('… then this', '… then that')
    """
    one, other = (None if t is None else " ".join(t.split()) for t in (old, new))
    if one is None or other is None or max(len(one), len(other)) <= width:
        return _cut(one, width), _cut(other, width)
    words, others = re.findall(r"\S+\s*", one), re.findall(r"\S+\s*", other)
    same = _common(words, others)
    start = max(0, same - 1)
    lead = "… " if start else ""
    return _cut(lead + "".join(words[start:]), width), _cut(lead + "".join(others[start:]), width)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    pairs: Iterable[tuple[str, str]] = zip(one, other, strict=False)
    for n, (a, b) in enumerate(pairs):
        if a.strip() != b.strip():
            return n
    return min(len(one), len(other))


def _cut(text: str | None, width: int) -> str | None:
    return text if text is None or len(text) <= width else text[: width - 1] + "…"
