"""Text into rows of cells: the delimiter, the line that names it, and what stands above the table."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import islice

DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_NAMED = re.compile(r'\ufeff?"?sep=(?:([^\r\n])(?:"?\1*))?"?[ ,;|\t]*(\r\n|\r|\n|\Z)', re.IGNORECASE)
_SAMPLE, _ROWS = 200_000, 50
WHOLE = 3
"""Power of the share of rows that are as wide as most are: a delimiter is one in every row."""


def named_delimiter(text: str) -> tuple[str | None, str]:
    """The delimiter that the first line names (``sep=;``); the text with that line blank: rows stay where they are."""
    found = _NAMED.match(text)
    if found is None:
        return None, text
    return found[1], found[2] + text[found.end() :]


def split_text(text: str, skip: int = 0, delimiter: str | None = None) -> tuple[str, str]:
    """The delimiter of a text, and the text without a first line that names it (which is left blank).

    What that line says holds where it makes columns of the first row that is not blank.

    Parameters
    ----------
    text : str
    skip : int
        Rows on top that say nothing of the delimiter.
    delimiter : str, optional
        The one that the user named.
    """
    named, rest = named_delimiter(text)
    if delimiter is not None:
        return delimiter, rest
    if named is not None and named in next(
        (line for line in rest[:_SAMPLE].splitlines() if line.strip()), ""
    ):
        return named, rest
    return detect_delimiter(rest, skip), rest


def detect_delimiter(text: str, skip: int = 0) -> str:
    """The delimiter under which most of the first records are equally wide, and that wide.

    Parameters
    ----------
    text : str
    skip : int
        Rows on top that say nothing.
    """
    sample = text[:_SAMPLE]
    scores: dict[str, float] = {}
    for delimiter in (",", *DELIMITERS):
        limit = csv.field_size_limit(_SAMPLE + 1)
        try:
            reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
            rows = [r for r in islice(reader, skip, skip + _ROWS) if any(map(str.strip, r))]
        except csv.Error:
            continue
        finally:
            csv.field_size_limit(limit)
        widths = Counter(map(len, rows))
        scores[delimiter] = max(((w - 1) * (n / len(rows)) ** WHOLE for w, n in widths.items()), default=0.0)
    return max(scores, key=lambda d: scores[d], default=",")
