"""``names.yaml``: spellings of coders, publishers and titles that are one, decided by people, applied when loading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from rdpscore.codebook import Model, Text, parse_model
from rdpscore.files import Folder
from rdpscore.files.plain import MAX_YAML
from rdpscore.files.yamls import parse_yaml
from rdpscore.problems import Batch, Problems

FILE = "names.yaml"
MOST = 20_000
"""So many entries and so many spellings of one at the most: a file of more was not written by people."""

Thing = Literal["coder", "publisher", "title"]
COLUMNS: Mapping[Thing, Mapping[str, tuple[str, ...]]] = {
    "coder": {
        "codings": ("coder",),
        "assignments": ("coder",),
        "searches": ("coder",),
        "adjudications": ("adjudicated_by",),
    },
    "publisher": {"journals": ("publisher",)},
    "title": {"journals": ("title",)},
}
"""Where names of each thing stand: table → columns."""


class Spelling(Model):
    """Spellings that are one name, or are said not to be."""

    thing: Thing
    name: Text = Field(description="The spelling that counts.")
    also: list[Text] = Field(min_length=1, max_length=MOST, description="The others, to the letter.")
    why: Text | None = Field(default=None, description="Why they were proposed.")
    same: bool = Field(default=True, description="false: they are told apart, and nobody is warned again.")
    decided: bool = Field(default=False, description="true: a person has decided; nothing else applies.")


class Spellings(Model):
    """The content of ``names.yaml``."""

    format: Literal[1]
    names: list[Spelling] = Field(default_factory=list, max_length=MOST)

    def joined(self, thing: Thing) -> dict[str, str]:
        """Spelling → the name that was decided for it."""
        decided = [e for e in self.names if e.thing == thing and e.decided and e.same]
        return {other: e.name for e in decided for other in e.also}

    def counts(self) -> dict[str, int]:
        """Thing → spellings that are read as another; things of which there are none are left out."""
        return {thing: n for thing in COLUMNS if (n := len(self.joined(thing)))}

    def known(self, thing: Thing) -> set[frozenset[str]]:
        """Pairs of spellings that an entry speaks of."""
        return {p for e in self.names if e.thing == thing for p in _pairs(e)}

    def apart(self, thing: Thing) -> set[frozenset[str]]:
        """Pairs of spellings that were decided to be two names."""
        told = [e for e in self.names if e.thing == thing and e.decided and not e.same]
        return {p for e in told for p in _pairs(e)}


def _pairs(entry: Spelling) -> set[frozenset[str]]:
    return {frozenset((entry.name, other)) for other in entry.also}


def read_spellings(folder: Folder) -> tuple[Spellings | None, Problems]:
    """The decided names of a survey's folder; None where there is no such file or it has a fault."""
    raw = folder.read(FILE, MAX_YAML)
    if raw is None:
        return None, Problems()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte, place = f"0x{raw[error.start]:02X}", error.start
        encoding = "another encoding"
        return None, Problems.one("not_utf8", FILE, byte=byte, position=place, looks_like=encoding, path=FILE)
    document, problems = parse_yaml(text, FILE)
    if document is None:
        return None, problems
    found, more = parse_model(Spellings, document)
    problems += more
    if found is not None:
        problems += Problems.of(
            Batch("bad_field", FILE, None, None, document.line(("names", k)),
                  {"what": what, "remedy": remedy, "value": value})
            for k, what, remedy, value in _contradictions(found.names)
        )  # fmt: skip
    return (found if problems.ok else None), problems


def _contradictions(entries: Sequence[Spelling]) -> list[tuple[int, str, str, str]]:
    """Decisions that cannot all hold: entry, what is wrong, what to do, the spelling."""
    out = []
    target: dict[tuple[str, str], str] = {}
    for k, entry in enumerate(entries):
        if not (entry.decided and entry.same):
            continue
        for other in entry.also:
            key = (entry.thing, other)
            if other == entry.name:
                out.append((k, f"names.{k}: '{other}' is to be read as itself", "delete it from also", other))
            elif target.setdefault(key, entry.name) != entry.name:
                what = f"names.{k}: '{other}' is to be read as '{entry.name}' and as '{target[key]}'"
                out.append((k, what, "keep one of the two", other))
    for k, entry in enumerate(entries):
        if entry.decided and entry.same and (entry.thing, entry.name) in target:
            further = target[entry.thing, entry.name]
            if further != entry.name:
                what = f"names.{k}: '{entry.name}' is itself to be read as '{further}'"
                out.append((k, what, f"write name: {further} here, too", entry.name))
    return out


def apply(spellings: Spellings, tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables with decided names in the place of their other spellings."""
    out = dict(tables)
    for thing, places in COLUMNS.items():
        to = spellings.joined(thing)
        for table, columns in places.items() if to else ():
            for column in columns:
                if table in out and column in out[table]:
                    out[table] = out[table].assign(**{column: _replaced(out[table][column], to)})
    return out


def _replaced(column: pd.Series, to: Mapping[str, str]) -> pd.Series:
    """A column of text with names replaced; one look a distinct value."""
    code, values = pd.factorize(column.astype(object))
    names = np.array([*(to.get(v, v) for v in values), None], object)
    return pd.Series(names[code], column.index, dtype=object)


def dump_spellings(spellings: Spellings) -> bytes:
    """The file, with what a person is to do at its head."""
    import yaml

    head = (
        "# Spellings of coders, publishers and titles that may be one name. Nothing applies until it is decided:\n"
        "#   decided: true                read every spelling under `also` as `name`; the tables stay as they are\n"
        "#   same: false, decided: true   they are different names, and nobody is warned of them again\n"
    )
    content: dict[str, Any] = {"format": 1, "names": [_entry(e) for e in spellings.names]}
    return (head + str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100))).encode(
        "utf-8"
    )


def _entry(entry: Spelling) -> dict[str, Any]:
    left_out = ({"why"} if entry.why is None else set()) | ({"same"} if entry.same else set())
    return entry.model_dump(mode="json", exclude=left_out)
