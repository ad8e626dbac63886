"""How much room texts need: lines, row heights, and text that was wrapped for YAML joined again."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterator

_TALLEST = 400.0
"""Points; spreadsheet programs allow 409."""
_WRAPPED = (60, 120)
"""Characters: a wrapped line has more than the first and not more than the second."""
_BULLET = re.compile(r"\s*[-*•] ")


def lines(text: str, width: float) -> int:
    """Lines that a text takes in a column of this width, estimated on the safe side.

    A unit of width holds about 1.3 characters of Calibri 10; a line loses half a word at its end.
    """
    if not text:
        return 0
    room = max(4.0, width * 1.3 - 3)
    return sum(max(1, math.ceil(len(line) / room)) for line in text.split("\n"))


def height(n_lines: int, *, least: int = 1, most: int = 30) -> float:
    """Points of a row that shows so many lines."""
    return min(_TALLEST, 12.8 * min(max(n_lines, least), most) + 4)


def paragraphs(text: str) -> Iterator[str]:
    """Paragraphs and list entries, each on one line: the line ends inside them belong to the YAML file.

    Lines are taken to be wrapped if none is long; then a line that is nearly full goes on in the next.
    """
    found = text.strip().split("\n")
    wrapped = max(map(len, found)) <= _WRAPPED[1]
    held: list[str] = []
    for n, line in enumerate(found):
        goes_on = wrapped and n and len(found[n - 1]) > _WRAPPED[0]
        if held and (not goes_on or not line.strip() or _BULLET.match(line)):
            yield " ".join(held)
            held = []
        if line.strip():
            bullet = _BULLET.match(line)
            held.append(f"• {line[bullet.end() :].strip()}" if bullet else line.strip())
    if held:
        yield " ".join(held)


def flowed(text: str | None) -> str:
    """The paragraphs of a text, one a line."""
    return "\n".join(paragraphs(text or ""))


def cut(text: str, length: int) -> str:
    """Text in one line, cut at a word and marked where it is longer."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    head = text[: length - 2]
    return f"{head[: head.rfind(' ')] if ' ' in head[length // 2 :] else head} …"


def message(text: str, length: int = 255) -> str:
    """Text for the box beside a cell, its lines broken: LibreOffice does not break them."""
    return "\n".join(textwrap.wrap(cut(text, length), 46, break_long_words=False))
