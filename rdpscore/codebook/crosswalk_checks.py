"""Everything in a crosswalk that does not fit its two codebooks, told at once with line and nearest match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np

from rdpscore.codebook.crosswalk import Crosswalk, Derived, Silent, matching
from rdpscore.codebook.models import Codebook
from rdpscore.codebook.parsing import Fault, Faults
from rdpscore.files.yamls import KeyPath, YamlDocument
from rdpscore.problems import Problems

MOST_COMBINATIONS = 1_000_000
"""So many combinations of answers may the rules of one item tell apart; all are looked at."""

FAULTS = Faults("bad_crosswalk", "crosswalk")
_bad, _unknown = FAULTS.bad, FAULTS.unknown


def check_crosswalk(
    crosswalk: Crosswalk, source: Codebook, target: Codebook, document: YamlDocument | None = None
) -> Problems:
    """Faults of a crosswalk against the codebooks that it is between.

    Items and options exist; the rules of an item cover every combination of answers, and none of them is idle;
    every item of both codebooks is spoken of once, be it as one without a counterpart.

    Parameters
    ----------
    crosswalk : Crosswalk
    source, target : Codebook
    document : YamlDocument, optional
        Where it stands, for the lines.
    """
    faults = [
        *_books(crosswalk, source, target),
        *(f for k, d in enumerate(crosswalk.items) for f in _derived(("items", k), d, source, target)),
        *_complete(crosswalk, source, target),
    ]
    return FAULTS.problems(faults, document)


def _books(crosswalk: Crosswalk, source: Codebook, target: Codebook) -> Iterator[Fault]:
    for key, meant, book in (("from", crosswalk.source, source), ("to", crosswalk.target, target)):
        if meant.id != book.id:
            yield _bad(
                (key,),
                f"the crosswalk is written {key} {meant}, the codebook is {book.id} {book.version}",
                "use a crosswalk that was written between these two codebooks",
                str(meant),
            )
        elif meant.version != book.version:
            fields = {"value": str(meant), "expected": f"{book.id} {book.version}", "direction": key}
            yield (key,), "crosswalk_version", fields


def _derived(here: KeyPath, derived: Derived, source: Codebook, target: Codebook) -> Iterator[Fault]:
    options: Sequence[str] | None = None
    if derived.item not in target.item_ids:
        yield _unknown((*here, "item"), "item", derived.item, target.item_ids, target)
    elif not target.item(derived.item).closed:
        yield _bad(
            (*here, "item"),
            f"item '{derived.item}' is {target.item(derived.item).kind}, and rules give one option",
            "name it under no_counterpart, to",
            derived.item,
        )
    else:
        options = target.item(derived.item).codes
    fine = True
    for k, rule in enumerate(derived.rules):
        path: KeyPath = (*here, "rules", k)
        for item, codes in rule.when.items():
            for fault in _condition((*path, "when", item), item, codes, source):
                fine = False
                yield fault
        if rule.answer is not None and options is not None and rule.answer not in options:
            yield _unknown((*path, "answer"), f"option of {derived.item},", rule.answer, options, target)
    if fine:
        yield from _covered(here, derived, source)


def _condition(path: KeyPath, item: str, codes: list[str], source: Codebook) -> Iterator[Fault]:
    if item not in source.item_ids:
        yield _unknown(path, "item", item, source.item_ids, source)
    elif not source.item(item).closed:
        yield _bad(
            path, f"item '{item}' is {source.item(item).kind} and has no single answer", "name a closed item"
        )
    elif not codes:
        yield _bad(path, f"no answer to '{item}' is named", "list the answers, or take the condition out")
    else:
        for code in codes:
            if code not in source.item(item).codes:
                yield _unknown(path, f"option of {item},", code, source.item(item).codes, source)


def _covered(here: KeyPath, derived: Derived, source: Codebook) -> Iterator[Fault]:
    """Every combination of answers meets a rule, and every rule meets one that no earlier rule took."""
    sources = derived.sources
    shape = [len(source.item(s).codes) for s in sources]
    if prod(shape) > MOST_COMBINATIONS:
        yield _bad(
            (*here, "rules"),
            f"the rules of '{derived.item}' tell {prod(shape):,} combinations of answers apart",
            f"look at fewer items; at most {MOST_COMBINATIONS:,} combinations are checked",
        )
        return
    open_ = np.ones(shape, bool)
    for k, rule in enumerate(derived.rules):
        held = matching(rule, sources, source)
        if not (held & open_).any():
            yield _bad(
                (*here, "rules", k),
                f"rule {k + 1} of '{derived.item}' never decides, as earlier rules take all that it holds for",
                "move it up, or delete it",
            )
        open_ &= ~held
    if open_.any():
        first = np.argwhere(open_)[0]
        case = ", ".join(
            f"{s} is {source.item(s).codes[int(c)]}" for s, c in zip(sources, first, strict=True)
        )
        yield _bad(
            (*here, "rules"),
            f"no rule of '{derived.item}' holds where {case}"
            + (f", and in {int(open_.sum()) - 1:,} more combinations" if open_.sum() > 1 else ""),
            "add a rule; one without `when` holds for all that is left, and answer: null says that "
            "nothing corresponds",
        )


def _complete(crosswalk: Crosswalk, source: Codebook, target: Codebook) -> Iterator[Fault]:
    """Each item of both codebooks is spoken of, and once."""
    derived = [d.item for d in crosswalk.items]
    for k, item in enumerate(derived):
        if item in derived[:k]:
            yield _bad(
                ("items", k, "item"), f"item '{item}' is there twice", "put its rules into one entry", item
            )
    used = list(dict.fromkeys(s for d in crosswalk.items for s in d.sources))
    silent = crosswalk.no_counterpart
    yield from _silent("from", silent.source, used, source, "a rule looks at it")
    yield from _silent("to", silent.target, derived, target, "it has rules")


def _silent(
    key: str, silent: list[Silent], spoken: Sequence[str], book: Codebook, but: str
) -> Iterator[Fault]:
    here: KeyPath = ("no_counterpart", key)
    named = [s.item for s in silent]
    for k, item in enumerate(named):
        if item not in book.item_ids:
            yield _unknown((*here, k, "item"), "item", item, book.item_ids, book)
        elif item in spoken:
            yield _bad(
                (*here, k, "item"), f"'{item}' is said to have no counterpart, but {but}", "keep one", item
            )
        elif item in named[:k]:
            yield _bad((*here, k, "item"), f"item '{item}' is there twice", "delete one of the two", item)
    forgotten = [i for i in book.item_ids if i not in spoken and i not in named]
    if forgotten:
        yield _bad(
            here if silent else ("items",),
            f"the crosswalk does not say what becomes of {', '.join(forgotten)} of {book.id}",
            f"give rules, or name each under no_counterpart, {key}, with a note",
            ", ".join(forgotten),
        )
