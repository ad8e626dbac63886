"""What a cell says: answers by code or label, states, dates, text; whatever program saved it."""

from __future__ import annotations

import datetime
import re
from typing import Any

from rdpscore.codebook import Item
from rdpscore.codebook.checks import as_number
from rdpscore.coding.sheet_plan import CONFIDENCE, STATE_LABELS, choice
from rdpscore.words import folded

fold = folded
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FIRST_DAY, _LAST_DAY = 32_874, 73_051
"""Serial numbers of 1990-01-01 and of 2100-01-01 in the 1900 system of spreadsheet programs."""


class BadCell(ValueError):
    """A cell that cannot be read; the code and fields of the problem."""

    def __init__(self, code: str, **fields: str) -> None:
        self.code = code
        self.fields = fields
        super().__init__(code)


def plain(value: Any) -> str:
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
    return "" if not text.strip() else text


def free_text(value: Any) -> str:
    """Text as it is."""
    text = plain(value)
    forbidden = _FORBIDDEN.search(text)
    if forbidden is not None:
        raise BadCell("forbidden_character", value=f"U+{ord(forbidden[0]):04X}")
    return text


def answer(item: Item, value: Any) -> str:
    """The code of an answer given as code, label or list entry, in any case and spacing.

    Raises
    ------
    BadCell
        The text is none of the item's options, or could be two of them.
    """
    text = free_text(value)
    if not text or item.kind == "open":
        return text
    if isinstance(value, (int, float)) and not isinstance(value, bool) and _several_numbers(item, value):
        raise BadCell("unknown_option", value=text)  # a program read 01 as 1, or 1E2 as 100
    if item.kind == "multiple":
        parts = [p for p in re.split(r"[;\n]", text) if p.strip()]
        try:
            return ";".join(dict.fromkeys(_code(item, p, text) for p in parts))
        except BadCell:  # or one label that holds a semicolon
            return _code(item, text, text)
    return _code(item, text, text)


def _several_numbers(item: Item, value: float) -> bool:
    """Whether a number may be several of the codes."""
    return sum(as_number(c) == value for c in item.codes) > 1


def _code(item: Item, part: str, whole: str) -> str:
    wanted = part.strip()
    if wanted in item.codes:
        return wanted
    exact = [c for c in item.codes if wanted in (choice(item, c).strip(), item.option(c).label.strip())]
    if len(exact) == 1:
        return exact[0]
    folded = fold(wanted)
    for spelled in (lambda c: choice(item, c), lambda c: c, lambda c: item.option(c).label):
        found = [c for c in item.codes if fold(spelled(c)) == folded]
        if len(found) == 1:
            return found[0]
    raise BadCell("unknown_option", value=whole)


def state(value: Any) -> str:
    """The code of a state given as code or label."""
    text = free_text(value)
    if not text:
        return ""
    folded = fold(text).replace("_", " ")
    for code, label in STATE_LABELS.items():
        if folded == fold(label):
            return code
    raise BadCell("unknown_state", value=text)


def confidence(value: Any) -> str:
    """One of low, medium, high."""
    text = free_text(value)
    if text and fold(text) not in CONFIDENCE:
        raise BadCell("unknown_confidence", value=text)
    return fold(text)


def day(value: Any) -> str:
    """An ISO date of a date cell, a serial number, or text; what is no date stays as it is, to be told of."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number and _FIRST_DAY <= value < _LAST_DAY:
        return (datetime.date(1899, 12, 30) + datetime.timedelta(days=int(value))).isoformat()
    return free_text(value).strip()
