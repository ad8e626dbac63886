"""Names of coders, publishers and journals that are one in other words, or so near that they may be one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rdpscore.problems import Batch
from rdpscore.survey import Survey
from rdpscore.survey.spellings import COLUMNS, Spelling, Spellings, Thing
from rdpscore.validation.keys import at, cells
from rdpscore.validation.titles import LONG_WORD, normalise, one_slip_apart

SAME, NEAR = "same_name", "similar_name"
ACRONYM = 7
"""A single word of so many capitals at the most is an acronym, in which every letter counts."""

_LEADING_THE = re.compile(r"^the (?=\S)")
_BRACKETS = re.compile(r"\s*[(\[（][^()\[\]（）]*[)\]）]\s*$")
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_BLANKS = re.compile(r" +")
_IDLE = re.compile(r"(?<!\d) | (?!\d)")
_ACRONYM = re.compile(rf"[^\W\d_a-z]{{1,{ACRONYM}}}")


@dataclass(frozen=True)
class Alike:
    """Two names, as positions in what was compared, the earlier one first."""

    first: int
    second: int
    code: str
    why: str


def alike(names: Sequence[str], *, last_letter: bool = True) -> list[Alike]:
    """Pairs of distinct names that are one after folding, or near.

    Parameters
    ----------
    names : sequence of str
        Each once.
    last_letter : bool
        Whether another last letter may be a slip; ids of coders are told apart by it.

    Returns
    -------
    list of Alike
        `SAME`: equal but for case, accents, blanks, invisible characters, punctuation and "&" for "and". `NEAR`, in
        names of six letters and more that are no acronyms: equal but for a leading "The" or an addition in brackets,
        or one slip apart (see `rdpscore.validation.titles`). Each name is paired with the first of its kind.

    Notes
    -----
    Names are grouped by their folded forms and by hashes of shortened ones, so that the cost is linear.
    """
    words = folded(names)
    keys = keys_of(words)
    first: dict[str, int] = {}
    pairs: list[Alike] = []
    for i, key in enumerate(keys):
        if key and first.setdefault(key, i) != i:
            pairs.append(Alike(first[key], i, SAME, "one after folding"))
    own = [i for key, i in first.items() if _long(key) and not _acronym(names[i])]
    whole = {keys[i]: i for i in own}
    met: set[tuple[int, int]] = set()

    def near(a: int, b: int | None, why: str) -> None:
        if b is not None and a != b and (pair := (min(a, b), max(a, b))) not in met:
            met.add(pair)
            pairs.append(Alike(*pair, NEAR, why))

    bare = [_LEADING_THE.sub("", words[i]) for i in own]
    bare_keys = keys_of(bare)
    for i, key in zip(own, bare_keys, strict=True):
        if key != keys[i]:
            near(i, whole.get(key), 'a leading "The"')
    added = [i for i in own if names[i].rstrip()[-1:] in (")", "]", "）")]
    cut = [_LEADING_THE.sub("", w) for w in folded([_BRACKETS.sub("", names[i]) for i in added])]
    for i, key in zip(added, keys_of(cut), strict=True):
        if _long(key):
            near(i, whole.get(key, whole.get(f"the{key}")), "an addition in brackets")
    for a, b in one_slip_apart(bare, bare_keys):
        if last_letter or bare_keys[a][:-1] != bare_keys[b][:-1]:
            near(own[a], own[b], "one letter")
    return sorted(pairs, key=lambda p: (p.second, p.first))


def folded(names: Sequence[str]) -> list[str]:
    """The words of each name, with blanks between; a capital inside a word begins another (coderA)."""
    if not names:
        return []
    text = "\n".join([n.replace("\n", " ") for n in names])
    text = "\n".join(normalise(_CAMEL.sub(" ", text).split("\n"), the=False))
    return [words.strip() for words in _BLANKS.sub(" ", text).split("\n")]


def keys_of(words: Sequence[str]) -> list[str]:
    """Folded names without blanks, but for those between two numbers: 1 1 is not 11."""
    return _IDLE.sub("", "\n".join(words)).split("\n") if words else []


def _long(key: str) -> bool:
    return len(key) >= LONG_WORD and (key.isalpha() or sum(map(str.isalpha, key)) >= LONG_WORD)


def _acronym(name: str) -> bool:
    return _ACRONYM.fullmatch(name.strip()) is not None


# Of a survey -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """Where a name stands first."""

    table: str
    column: str
    position: int


def places(survey: Survey, thing: Thing) -> dict[str, _Place]:
    """Every distinct name of a thing, and where it stands first."""
    out: dict[str, _Place] = {}
    for table, columns in COLUMNS[thing].items():
        frame = survey.tables.get(table)
        for column in columns if frame is not None else ():
            code, values = pd.factorize(frame[column].astype(object))  # type: ignore[index]
            where = np.full(len(values), -1)
            back = np.arange(len(code) - 1, -1, -1)
            back = back[code[back] >= 0]
            where[code[back]] = back
            for value, position in zip(values, where, strict=True):
                out.setdefault(str(value), _Place(table, column, int(position)))
    return out


def found(survey: Survey, thing: Thing) -> tuple[dict[str, _Place], list[Alike]]:
    """Names of a thing, and their pairs that are alike and that nobody decided to be two."""
    there = places(survey, thing)
    names = list(there)
    pairs = alike(names, last_letter=thing != "coder")
    apart = survey.spellings.apart(thing) if survey.spellings is not None else set()
    return there, [p for p in pairs if frozenset((names[p.first], names[p.second])) not in apart]


def similar(survey: Survey) -> Iterator[Batch]:
    """Coders, publishers and titles that are one after folding, or near; titles that stand twice."""
    if survey.meta.coders == "persons":
        yield from _of("coder", survey)
    if "publisher" not in survey.meta.not_recorded:
        yield from _of("publisher", survey)
    yield from _of("title", survey)
    frame = survey.journals
    titles = frame["title"].astype(object)
    again = np.flatnonzero((titles.duplicated() & titles.notna()).to_numpy())
    first = dict(zip(titles[::-1], np.arange(len(frame))[::-1], strict=True))
    yield _batch(
        SAME, "title", survey, "journals", "title", [(int(first[titles.iloc[k]]), int(k)) for k in again]
    )


def _of(thing: Thing, survey: Survey) -> Iterator[Batch]:
    there, pairs = found(survey, thing)
    where = list(there.values())
    names = list(there)
    kinds = dict.fromkeys((p.code, where[p.second].table, where[p.second].column) for p in pairs)
    for code, table, column in kinds:
        own = [
            p
            for p in pairs
            if (p.code, where[p.second].table, where[p.second].column) == (code, table, column)
        ]
        frame = survey.tables[table]
        rows = np.array([where[p.second].position for p in own])
        firsts = [where[p.first] for p in own]
        fields = {
            "thing": f"{thing}s",
            "value": [names[p.second] for p in own],
            "other": [names[p.first] for p in own],
            "first": [int(survey.tables[f.table].index[f.position]) for f in firsts],
            "why": [p.why for p in own],
            "journal": cells(frame["journal_id"], rows),
        }
        yield Batch(code, survey.file(table), at(frame, rows), column, fields=fields)


def _batch(
    code: str, thing: str, survey: Survey, table: str, column: str, pairs: Sequence[tuple[int, int]]
) -> Batch:
    frame = survey.tables[table]
    first, second = (np.array([p[k] for p in pairs], int) for k in (0, 1))
    fields = {
        "thing": f"{thing}s",
        "value": cells(frame[column], second),
        "other": cells(frame[column], first),
        "first": at(frame, first),
        "why": "to the letter",
        "journal": cells(frame["journal_id"], second),
    }
    return Batch(code, survey.file(table), at(frame, second), column, fields=fields)


def joined(survey: Survey) -> Iterator[Batch]:
    """That names are read as ``names.yaml`` decides: told with every result."""
    counts = survey.spellings.counts() if survey.spellings is not None else {}
    for thing, n in counts.items():
        yield Batch("names_joined", "names.yaml", fields={"value": n, "thing": f"{thing}s"})


def propose(survey: Survey, before: Spellings | None) -> Spellings:
    """What ``names.yaml`` says, with every pair of names that it does not speak of yet, undecided.

    Names that are one after folding stand in one entry; the spelling of most rows is the one that is to count.
    """
    kept = before if before is not None else Spellings(format=1)
    new: list[Spelling] = []
    things: tuple[Thing, ...] = ("coder", "publisher", "title")
    for thing in things:
        if thing == "coder" and survey.meta.coders != "persons":
            continue
        there, pairs = found(survey, thing)
        names, known = list(there), kept.known(thing)
        groups: dict[tuple[int, str], list[int]] = {}
        for p in pairs:
            groups.setdefault((p.first, p.code if p.code == SAME else f"{p.why} {p.second}"), []).append(
                p.second
            )
        counts = _counts(survey, thing)
        for (first, _), others in groups.items():
            own = sorted([first, *others], key=lambda k: -counts.get(names[k], 0))  # stable: ties by order
            name, also = names[own[0]], [names[k] for k in own[1:]]
            also = [a for a in also if frozenset((name, a)) not in known]
            why = next(p.why for p in pairs if p.first == first and p.second in others)
            if also:
                new.append(Spelling(thing=thing, name=name, also=also, why=why))
    return Spellings(format=1, names=[*kept.names, *new])


def _counts(survey: Survey, thing: Thing) -> dict[str, int]:
    """Name → rows that have it."""
    out: dict[str, int] = {}
    for table, columns in COLUMNS[thing].items():
        frame = survey.tables.get(table)
        for column in columns if frame is not None else ():
            for name, n in frame[column].value_counts().items():  # type: ignore[index]
                out[str(name)] = out.get(str(name), 0) + int(n)
    return out
