"""The one form into which every file is read: sheets of cells with places; what a cell is beside its text."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rdpscore.words import is_blank

TEXT, NUMBER, BOOLEAN, DATE, FORMULA, UNCOMPUTED, ERROR, LABEL = (
    "text", "number", "boolean", "date", "formula", "uncomputed", "error", "label",
)  # fmt: skip
"""Kinds of cells. A formula has the value that its program computed last; one that was never computed is blank."""
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 1_048_576, 16_384, 40_000_000
"""Rows and columns that a sheet can have, and cells from the first column to the last filled one that are held."""


class Cell(str):
    """The text of a cell that is more than text; a plain `str` is text and nothing else.

    Attributes
    ----------
    kind : str
        One of `TEXT`, `NUMBER`, `BOOLEAN`, `DATE`, `FORMULA`, `UNCOMPUTED`, `ERROR`, `LABEL`.
    value : object
        The number of a number; the code of a label.
    formula : str
        What a formula says, with its ``=``.
    struck : bool
        Whether the text, or a part of it, is struck out.
    """

    __slots__ = ("formula", "kind", "struck", "value")
    kind: str
    value: Any
    formula: str
    struck: bool

    def __new__(
        cls, text: str, kind: str = TEXT, *, value: Any = None, formula: str = "", struck: bool = False
    ) -> Cell:
        made = super().__new__(cls, text)
        made.kind, made.value, made.formula, made.struck = kind, value, formula, struck
        return made


def spelled(value: Any) -> str:
    """A cell's value as text: whole numbers without point, booleans in capitals as they are shown."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(sep=" ")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return "" if is_blank(text) else text


def cell_of(value: Any) -> str:
    """A value of a program's own types as a cell."""
    if isinstance(value, str):
        return value if isinstance(value, Cell) else spelled(value)
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return Cell(spelled(value), BOOLEAN, value=value)
    if isinstance(value, (int, float)):
        return Cell(spelled(value), NUMBER, value=value)
    if isinstance(value, (datetime.date, datetime.time)):
        return Cell(spelled(value), DATE, value=value)
    return spelled(value)


@dataclass(frozen=True)
class Rows:
    """Rows of a sheet, of which those that hold nothing are not kept; iterating gives all, from row 1."""

    filled: Sequence[tuple[int, list[str]]]

    def __iter__(self) -> Iterator[list[str]]:
        last = 0
        for number, cells in self.filled:
            for _ in range(last + 1, number):
                yield []
            yield cells
            last = number


@dataclass(frozen=True)
class Page:
    """What stands in a sheet.

    Attributes
    ----------
    rows : iterable of lists of str
        Every row from row 1, from the first column on, as long as it holds anything; may be read several times. Text
        files are parsed while they are read, and raise `InvalidInput` where their quotation marks do not pair up.
    heads : tuple of str or None
        Headings, of formats whose columns have names of their own; the first row is then the first record.
    keys : tuple or None
        The key that each record has in its file.
    hidden_rows, hidden_columns : frozenset of int
        As a spreadsheet counts, from 1.
    merged : tuple of str
        Ranges: ``A1:C1``.
    titles : mapping
        Heading → what the column is about, of formats that say it.
    """

    rows: Iterable[list[str]]
    heads: tuple[str, ...] | None = None
    keys: tuple[str | None, ...] | None = None
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """A sheet, parsed when it is asked for; the only one of a file without sheets is called ``""``."""

    name: str
    load: Callable[[], Page]
    hidden: bool = False

    @cached_property
    def page(self) -> Page:
        """What stands in it.

        Raises
        ------
        InvalidInput
            It is damaged, or too much.
        """
        return self.load()


@dataclass(frozen=True)
class Book:
    """A file as it was read.

    Attributes
    ----------
    file : str
        Its name, as in problems.
    format : str
        Name of its reader.
    sheets : tuple of Sheet
    encoding, delimiter : str
        Those that were found in a text file; blank in others.
    foreign : mapping
        Encoding → lines that were read in it, of a file of two encodings: those that were not in the first.
    notes : tuple of str
        What cannot be seen in a file of this format: sentences for people.
    epoch : date
        Day 0 of the numbers that stand for days.
    """

    file: str
    format: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    delimiter: str = ""
    foreign: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    epoch: datetime.date = datetime.date(1899, 12, 30)


@dataclass(frozen=True)
class Options:
    """What is known beforehand of how a file is to be read.

    Attributes
    ----------
    encoding : tuple of str
        Of a text file: none for a guess; several to be tried line by line.
    delimiter : str, optional
    skip : int
        Rows on top that are no part of the table, and say nothing of its delimiter.
    records : str, optional
        Dotted path to the records of a YAML or JSON file.
    labels : bool
        Whether a value that has a label is read as its label.
    converted : mapping
        Digest of a file → the same as ``.xlsx``, of files that another program converted in one go.
    """

    encoding: tuple[str, ...] = ()
    delimiter: str | None = None
    skip: int = 0
    records: str | None = None
    labels: bool = True
    converted: Mapping[str, bytes] = field(default_factory=dict)
