"""Crosswalks: the items of one codebook in terms of another, by rules that people wrote and gave reasons for."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from rdpscore.codebook.models import Code, Codebook, Model, Text

NO_COUNTERPART, UNDETERMINED = -3, -1
"""In the table of an item: the rules say that nothing corresponds; answers are missing that decide."""


class BookId(Model):
    """A codebook, named by id and version."""

    id: Code
    version: Text

    def __str__(self) -> str:
        return f"{self.id} {self.version}"


class Rule(Model):
    """One judgement: under these answers, that answer."""

    when: dict[Code, list[Code]] = Field(
        default_factory=dict, description="Item → answers; all must hold. Always, where absent."
    )
    answer: Code | None = Field(description="Option of the item; null where none corresponds.")
    note: Text | None = None


class Derived(Model):
    """How an item of the codebook that is written `to` follows from answers under the other one."""

    item: Code
    note: Text = Field(description="Why, and what is lost.")
    rules: list[Rule] = Field(min_length=1, description="The first that holds decides.")

    @property
    def sources(self) -> tuple[str, ...]:
        """The items that the rules look at, in the order in which they name them."""
        return tuple(dict.fromkeys(item for rule in self.rules for item in rule.when))


class Silent(Model):
    """An item that has no counterpart, and why."""

    item: Code
    note: Text


class NoCounterpart(Model):
    """Items of either codebook that the other one does not speak of."""

    source: list[Silent] = Field(default_factory=list, alias="from")
    target: list[Silent] = Field(default_factory=list, alias="to")


class Crosswalk(Model):
    """The content of a crosswalk file."""

    format: Literal[1]
    id: Code
    title: Text
    source: BookId = Field(alias="from")
    target: BookId = Field(alias="to")
    note: Text | None = None
    items: list[Derived] = Field(min_length=1)
    no_counterpart: NoCounterpart = Field(default_factory=NoCounterpart)


def option_table(derived: Derived, source: Codebook, target: Codebook) -> npt.NDArray[np.int16]:
    """The answer to an item for every combination of answers that its rules look at.

    Parameters
    ----------
    derived : Derived
        Checked against both codebooks, see `rdpscore.codebook.crosswalk_store.read_crosswalk`.
    source, target : Codebook

    Returns
    -------
    int16 array, shape (n_1 + 1, …, n_k + 1)
        One axis a source item, in the order of `Derived.sources`: its options, and a missing answer as the last
        (so that −1 is its index). Positions among the options of the item; `NO_COUNTERPART` where the rules say
        so; `UNDETERMINED` where the answers that are missing would make a difference.

    Notes
    -----
    A missing answer is taken to be each of the options in turn. Only what holds for all of them is told, so a
    crosswalk never guesses (van Fraassen's supervaluation).
    """
    sources = [source.item(i) for i in derived.sources]
    codes = target.item(derived.item).codes
    table = np.full([len(s.codes) for s in sources], UNDETERMINED, np.int16)
    for rule in reversed(derived.rules):
        where = matching(rule, derived.sources, source)
        table[where] = NO_COUNTERPART if rule.answer is None else codes.index(rule.answer)
    for axis in range(table.ndim):
        first = np.take(table, [0], axis)
        same = (table == first).all(axis=axis, keepdims=True)
        table = np.concatenate([table, np.where(same, first, np.int16(UNDETERMINED))], axis)
    return table


def matching(rule: Rule, sources: tuple[str, ...], source: Codebook) -> npt.NDArray[np.bool_]:
    """Under which combinations of answers a rule holds, shape (n_1, …, n_k)."""
    shape = [len(source.item(s).codes) for s in sources]
    out = np.ones(shape, bool)
    for axis, item in enumerate(sources):
        if item in rule.when:
            held = np.isin(source.item(item).codes, rule.when[item])
            out &= held.reshape([-1 if a == axis else 1 for a in range(len(sources))])
    return out
