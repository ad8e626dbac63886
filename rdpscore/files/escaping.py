"""Text that stays text: what is written so that no spreadsheet program takes it for a formula or for markup."""

from __future__ import annotations

import html
import re

_NUMBER = re.compile(r"\s*(?:[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|-)\s*")
"""A number, or a dash alone: begins with a sign, and is none's formula."""
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
"""What a formula begins with, in the widths in which East Asian programs take it, too."""
_LINES = "\n\v\f\r\x1c-\x1e\x85\u2028\u2029"
_UNSEEN = (
    "\x00-\x08\x0e-\x1b\x1f \x7f-\x84\x86-\xa0\xad\u061c\u115f\u1160\u1680\u180e\u2000-\u200f\u202a-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
"""Blanks and characters without width, which a program may drop before it looks at a cell."""
_BEGINS = re.compile(f"(?:^(?='*[\t\r])|(?:^|[,;|\"\t{_LINES}])(?=['{_UNSEEN}]*[{_SIGNS}]))")
"""Where a cell begins, in this file or where another locale would split it, that would run or is marked already."""

_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_MISREAD = re.compile(r"\A<r>.*</r>\Z|_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_", re.DOTALL)
"""Texts that XlsxWriter would write as markup, or of which it escapes only every other escape."""
NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""What no XML can hold, also not escaped."""


def neutral(text: str) -> str:
    """A text with ``'`` wherever a spreadsheet would begin to read a formula.

    That is at its start, and after a comma, semicolon, tab, vertical bar, quotation mark or line end, since programs
    of another locale split a CSV file there; blanks before the sign do not count. A number or a lone dash stays.

    Notes
    -----
    What is put in can be taken out: each ``'`` that stands at such a place, with nothing but blanks and further ``'``
    between it and the sign. A text that holds one there already gets a second one.
    """
    return _BEGINS.sub(lambda found: found[0] if _plain(text, found) else f"{found[0]}'", text)


def _plain(text: str, found: re.Match[str]) -> bool:
    """Whether what begins here is a number or a dash, up to where whoever split here would split again."""
    if found.end() == 0:
        return _NUMBER.fullmatch(text) is not None
    end = re.search(f"[{_LINES}{found[0]}]", text[found.end() :]) if found[0] in ",;|\t" else None
    # a program that drops blank lines at the start of a cell takes all that follows for one formula
    return _NUMBER.fullmatch(text, found.end(), found.end() + end.start() if end else len(text)) is not None


def shared(text: str) -> str:
    """A text as XlsxWriter takes it: as it is, or where it would not arrive so as markup that was escaped here."""
    if not _MISREAD.search(text):
        return text
    escaped = html.escape(_ESCAPE.sub("_x005F_", text), quote=False).replace("_", "&#95;")
    return f'<r><t xml:space="preserve">{escaped}</t></r>'
