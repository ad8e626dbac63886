"""Bytes into text: the encoding and the delimiter of a published file."""

from __future__ import annotations

import csv
import io

from rdpscore.files.tables import DELIMITERS, guess_encoding
from rdpscore.problems import Problems
from rdpscore.published.mapping import SourceSpec


def decoded(spec: SourceSpec, file: str, content: bytes) -> tuple[str, Problems]:
    """The text of a file, in the encoding named or detected."""
    encoding = spec.encoding or guess_encoding(content)
    try:
        text = content.decode(encoding)
    except (UnicodeError, LookupError) as error:
        return "", Problems.one("bad_encoding", file, value=encoding, what=str(error))
    if "\0" in text:
        return "", Problems.one("binary_content", file)
    return text.removeprefix("\ufeff"), Problems()


def detect_delimiter(text: str) -> str:
    """The delimiter under which most of the first records are as wide as the header, and that is wide."""
    sample = text[:200_000]
    scores: dict[str, tuple[int, int]] = {}
    for delimiter in (",", *DELIMITERS):
        try:
            rows = [
                r
                for _, r in zip(
                    range(50), csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), strict=False
                )
            ]
        except csv.Error:
            continue
        width = len(rows[0]) if rows else 0
        scores[delimiter] = ((width - 1) * sum(len(r) == width for r in rows), width)
    return max(scores, key=lambda d: scores[d], default=",")
