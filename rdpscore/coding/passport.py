"""What a workbook knows of itself, in a hidden sheet: survey, coder, forms, and the codebook it carries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field, ValidationError

from rdpscore.codebook import Codebook, Model
from rdpscore.codebook.parsing import parse_model
from rdpscore.coding.style import Book
from rdpscore.files.yamls import parse_yaml

SHEET = "_rdpscore"
_CHUNK = 15_000
"""Characters; one can be two of those that a spreadsheet program counts."""


class Passport(Model):
    """Content of the hidden sheet."""

    format: Literal[1] = 1
    kind: Literal["coder", "adjudication"]
    survey: str
    title: str
    coder: str | None = None
    round: str = "main"
    layout: Literal["long", "wide"] = "long"
    coding_hash: str
    not_recorded: list[str] = Field(default_factory=list)
    forms: dict[str, list[str]]
    journals: dict[str, list[str]]


def write_passport(book: Book, passport: Passport, codebook: Codebook, codebook_yaml: str) -> None:
    """Add the hidden sheet: a line of JSON, the codebook's YAML, both in pieces that cells can hold; their seal."""
    sheet = book.sheet(SHEET)
    sheet.very_hidden()
    sheet.protect()
    said = passport.model_dump_json()
    for column, text in enumerate((said, codebook_yaml, _seal(said, codebook_yaml))):
        for row, start in enumerate(range(0, len(text), _CHUNK)):
            # marked, so that no piece begins or ends in a blank that a program may trim
            book.text(sheet, row, column, f"[{text[start : start + _CHUNK]}]")


def read_passport(rows: Iterable[tuple[Any, ...]]) -> tuple[Passport, Codebook] | None:
    """Read the hidden sheet; None where it is damaged."""
    pieces: list[list[str]] = [[], [], []]
    for row in rows:
        for column, value in enumerate(row[:3]):
            if isinstance(value, str):
                pieces[column].append(value.strip()[1:-1])
    text, yaml_text, seal = ("".join(p) for p in pieces)
    if seal != _seal(text, yaml_text):
        return None
    try:
        passport = Passport.model_validate_json(text)
    except ValidationError:
        return None
    document, problems = parse_yaml(yaml_text, "codebook")
    if document is None or not problems.ok:
        return None
    codebook, problems = parse_model(Codebook, document)
    if codebook is None or codebook.hashes.coding != passport.coding_hash:
        return None
    return passport, codebook


def _seal(*texts: str) -> str:
    """A digest that shows an edit, whatever a program does to blanks and line ends."""
    return hashlib.sha256("\0".join("".join(t.split()) for t in texts).encode("utf-8", "replace")).hexdigest()
