"""What a cell says: answers by code or label, states, dates, text; whatever program saved it."""

from __future__ import annotations

import datetime
import re
from typing import Any

from rdpscore.codebook import Item
from rdpscore.codebook.checks import as_number
from rdpscore.coding.sheet_plan import CONFIDENCE, STATE_LABELS, choice
from rdpscore.readers import Cell
from rdpscore.readers.model import ERROR, FORMULA, UNCOMPUTED, spelled
from rdpscore.words import folded

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
EPOCH = datetime.date(1899, 12, 30)
"""Day 0 in the 1900 system of spreadsheet programs."""
_FIRST_DAY, _LAST_DAY, _DAYS = datetime.date(1990, 1, 1), datetime.date(2100, 1, 1), 100_000


class BadCell(ValueError):
    """A cell that cannot be read; the code and fields of the problem."""

    def __init__(self, code: str, **fields: str) -> None:
        self.code = code
        self.fields = fields
        super().__init__(code)


fold = folded
"""Texts are compared with letter case, blanks, dashes and what is invisible aside."""


def formula_in(value: Any) -> str | None:
    """What a formula says, or its error; None of any other cell. It is never an answer, whatever its value."""
    if isinstance(value, Cell) and value.kind in (FORMULA, UNCOMPUTED, ERROR):
        return value.formula or str(value)
    return None


def plain(value: Any) -> str:
    """A cell's value as text, of a formula what it says."""
    return formula_in(value) or spelled(value)


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
    for spell in (lambda c: choice(item, c), lambda c: c, lambda c: item.option(c).label):
        found = [c for c in item.codes if fold(spell(c)) == folded]
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


def day(value: Any, epoch: datetime.date = EPOCH) -> str:
    """An ISO date of a date cell, a serial number, or text; what is no date stays as it is, to be told of.

    Text is read where its form leaves no doubt which number is the month: a year first, a month by its English name,
    dots, which only those write who write the day first, or a number above 12. 3/4/2026 stays as it is.

    Parameters
    ----------
    value : object
    epoch : date
        Day 0 of the workbook's numbers.
    """
    serial = getattr(value, "value", value)
    if isinstance(serial, (int, float)) and not isinstance(serial, bool) and abs(serial) < _DAYS:
        found = epoch + datetime.timedelta(days=int(serial))
        if _FIRST_DAY <= found < _LAST_DAY:
            return found.isoformat()
    text = free_text(value).strip()
    return _day_in_words(text) or text


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "(?P<name>jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|"
    "nov(ember)?|dec(ember)?)"
)
_D, _M, _Y, _TH = r"(?P<d>\d{1,2})", r"(?P<m>\d{1,2})", r"(?P<y>\d{4})", "(st|nd|rd|th)?"
_DAYS_WRITTEN = [
    re.compile(form, re.ASCII | re.IGNORECASE)
    for form in (
        r"(?P<y>\d{4})(?P<by>[/.])(?P<m>\d\d)(?P=by)(?P<d>\d\d)",
        rf"{_D}\. ?{_M}\. ?{_Y}",
        rf"{_D}{_TH}\.?[ -]{_MONTH}[.,]?[ -]{_Y}",
        rf"{_MONTH}\.? {_D}{_TH},? {_Y}",
        rf"{_D}(?P<by>[-/]){_M}(?P=by){_Y}",
    )
]


def _day_in_words(text: str) -> str | None:
    """An ISO date of a day as people write it; None of what is none, or may be two days."""
    found = next(filter(None, (form.fullmatch(text) for form in _DAYS_WRITTEN)), None)
    if found is None:
        return None
    part = found.groupdict()
    d, y = int(part["d"]), int(part["y"])
    m = _MONTHS.index(part["name"][:3].lower()) + 1 if part.get("name") else int(part["m"])
    if found.re is _DAYS_WRITTEN[-1] and d != m:  # the one form in which either may be the month
        if max(d, m) <= 12:
            return None
        d, m = max(d, m), min(d, m)
    try:
        return datetime.date(y, m, d).isoformat()
    except ValueError:
        return None
