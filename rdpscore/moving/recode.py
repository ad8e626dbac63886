"""The recode file: what becomes of the answers of one codebook under another, said by people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from rdpscore.codebook import Code, Codebook, Item, Model, Text
from rdpscore.codebook.parsing import Fault, Faults, read_model
from rdpscore.files.yamls import KeyPath, YamlDocument
from rdpscore.problems import Problems

FAULTS = Faults("bad_recode", "recode")
_bad, _unknown = FAULTS.bad, FAULTS.unknown

READ_AGAIN, DROP = "read_again", "drop"
WORDS = (READ_AGAIN, DROP)
"""What may stand in place of a new code."""


class CodebookId(Model):
    """A codebook, named by id and version."""

    id: Code
    version: Text

    def __str__(self) -> str:
        return f"{self.id} {self.version}"


class ItemRecode(Model):
    """What becomes of the answers to one item."""

    item: Code = Field(description="Id in the old codebook.")
    to: Code | None = Field(default=None, description="Id in the new codebook; the same where absent.")
    answers: dict[Code, Code] = Field(
        default_factory=dict, description="Old code → new code, read_again or drop; codes in quotes."
    )
    others: Literal["read_again", "drop"] | None = Field(
        default=None, description="What becomes of answers that `answers` does not name."
    )
    keep_as_is: bool = Field(default=False, description="Answers that `answers` does not name stay.")
    review: bool = Field(default=False, description="List the answers that stay as to be reviewed.")
    note: Text | None = None


class Recode(Model):
    """A recode file."""

    format: Literal[1] = 1
    old: CodebookId = Field(alias="from")
    new: CodebookId = Field(alias="to")
    items: list[ItemRecode] = Field(default_factory=list)
    drop_items: list[Code] = Field(default_factory=list, description="Old items whose answers go.")
    new_items: list[Code] = Field(default_factory=list, description="New items that are to be coded.")
    reasons: dict[Code, Code] = Field(
        default_factory=dict, description="Old reason of adjudications → new reason."
    )
    note: Text | None = None

    def entry(self, item: str) -> ItemRecode | None:
        """What the file says on an old item."""
        return next((e for e in self.items if e.item == item), None)

    @classmethod
    def empty(cls, old: Codebook, new: Codebook) -> Recode:
        """The file that says nothing."""
        ids = ({"id": b.id, "version": b.version} for b in (old, new))
        return cls.model_validate(dict(zip(("from", "to"), ids, strict=True)))


def read_recode(path: Path, old: Codebook, new: Codebook) -> tuple[Recode | None, Problems]:
    """Read a recode file and check it against both codebooks.

    Returns
    -------
    recode : Recode or None
        None where a problem is an error.
    problems : Problems
        Each with file and line; all at once.
    """
    return read_model(path, Recode, lambda recode, document: check_recode(recode, old, new, document))


def check_recode(
    recode: Recode, old: Codebook, new: Codebook, document: YamlDocument | None = None
) -> Problems:
    """Everything in a recode file that does not fit the two codebooks."""
    faults = [
        *_codebooks(recode, old, new),
        *(f for i, e in enumerate(recode.items) for f in _entry(("items", i), e, old, new)),
        *_targets(recode, old, new),
        *_lists(recode, old, new),
    ]
    return FAULTS.problems(faults, document)


def _codebooks(recode: Recode, old: Codebook, new: Codebook) -> Iterator[Fault]:
    for key, meant, book, whose in (
        ("from", recode.old, old, "the survey's codebook"),
        ("to", recode.new, new, "the codebook to migrate to"),
    ):
        if (meant.id, meant.version) != (book.id, book.version):
            yield _bad(
                (key,),
                f"the file is written {key} {meant}, {whose} is {book.id} {book.version}",
                "use the recode file that was written for these two codebooks",
                str(meant),
            )


def _entry(here: KeyPath, entry: ItemRecode, old: Codebook, new: Codebook) -> Iterator[Fault]:
    target = entry.to or entry.item
    known = entry.item in old.item_ids
    if not known:
        yield _unknown((*here, "item"), "item", entry.item, old.item_ids, old)
    if target not in new.item_ids:
        key = "item" if entry.to is None else "to"
        yield _unknown((*here, key), "item", target, new.item_ids, new)
    if entry.keep_as_is and entry.others:
        yield _bad(
            (*here, "others"),
            f"item '{entry.item}' has both keep_as_is and others",
            "keep one of the two",
        )
    if known and entry.answers and old.item(entry.item).kind == "open":
        yield _bad(
            (*here, "answers"),
            f"item '{entry.item}' is open, so its answers have no codes",
            "use keep_as_is: true, others: read_again or others: drop",
        )
    elif known and target in new.item_ids:
        yield from _answers((*here, "answers"), entry, old.item(entry.item), new.item(target), (old, new))


def _answers(
    here: KeyPath, entry: ItemRecode, old: Item, new: Item, books: tuple[Codebook, Codebook]
) -> Iterator[Fault]:
    for code, wanted in entry.answers.items():
        if code not in old.codes:
            yield _unknown((*here, code), f"option of {old.id},", code, old.codes, books[0])
        if wanted in WORDS and wanted in new.codes:
            yield _bad(
                (*here, code),
                f"'{wanted}' is an option of {new.id} as well as a word of this format",
                "give the option another code in the new codebook",
                wanted,
            )
        elif wanted not in WORDS and new.kind != "open" and wanted not in new.codes:
            yield _unknown((*here, code), f"option of {new.id},", wanted, new.codes, books[1])


def _targets(recode: Recode, old: Codebook, new: Codebook) -> Iterator[Fault]:
    """Each old item is named once, and no two become one."""
    named = [e.item for e in recode.items]
    for i, entry in enumerate(recode.items):
        if entry.item in named[:i]:
            yield _bad(
                ("items", i, "item"), f"item '{entry.item}' is there twice", "make it one entry", entry.item
            )
    gone = {*named, *recode.drop_items}
    taken = {i: i for i in old.item_ids if i in new.item_ids and i not in gone}
    for i, entry in enumerate(recode.items):
        target = entry.to or entry.item
        if taken.setdefault(target, entry.item) != entry.item:
            yield _bad(
                ("items", i, "to"),
                f"'{entry.item}' and '{taken[target]}' would both become '{target}'",
                "let one of them go: name it under drop_items",
                target,
            )


def _lists(recode: Recode, old: Codebook, new: Codebook) -> Iterator[Fault]:
    named = [e.item for e in recode.items]
    for i, item in enumerate(recode.drop_items):
        here: KeyPath = ("drop_items", i)
        if item not in old.item_ids:
            yield _unknown(here, "item", item, old.item_ids, old)
        elif item in named:
            yield _bad(here, f"item '{item}' is recoded and dropped", "keep one of the two", item)
    came = {e.to or e.item for e in recode.items}
    stayed = {i for i in old.item_ids if i not in named and i not in recode.drop_items}
    for i, item in enumerate(recode.new_items):
        here = ("new_items", i)
        if item not in new.item_ids:
            yield _unknown(here, "item", item, new.item_ids, new)
        elif item in came or item in stayed:
            yield _bad(
                here,
                f"item '{item}' is not new: it has the answers of an old item",
                "take it out of new_items",
                item,
            )
    before, after = [r.id for r in old.reasons], [r.id for r in new.reasons]
    for code, wanted in recode.reasons.items():
        if code not in before:
            yield _unknown(("reasons", code), "reason", code, before, old)
        if wanted not in after:
            yield _unknown(("reasons", code), "reason", wanted, after, new)
