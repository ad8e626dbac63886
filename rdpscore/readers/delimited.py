"""Tables as text (.csv, .tsv, .txt): any encoding that can be told, any delimiter, a first line that names it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from rdpscore.files.delimited import split_text
from rdpscore.files.encodings import Decoded, Undecodable, decode
from rdpscore.files.tables import MAX_CELL
from rdpscore.problems import InvalidInput, Problems
from rdpscore.readers.model import Book, Options, Page, Sheet


def decoded(content: bytes, name: str, options: Options) -> Decoded:
    """The text of a file, in the encoding named or detected.

    Raises
    ------
    InvalidInput
    """
    try:
        found = decode(content, options.encoding)
    except Undecodable as error:
        binary = not options.encoding and b"\0" in content
        raise InvalidInput(Problems.one("binary_content", name) if binary else error.problems(name)) from None
    if (at := found.text.find("\0")) >= 0:
        row = found.text.count("\n", 0, at) + 1
        raise InvalidInput(Problems.one("binary_content", name, row=row))
    return found


def read_delimited(content: bytes, name: str, options: Options) -> Book:
    """A text file as one sheet without a name, whose rows are parsed while they are read."""
    found = decoded(content, name, options)
    delimiter, text = split_text(found.text, options.skip, options.delimiter)
    page = Page(_Lines(text, delimiter, name))
    return Book(name, "csv", (Sheet("", lambda: page),), found.encoding, delimiter, foreign=found.foreign)


@dataclass(frozen=True)
class _Lines:
    """Rows of a text; blank lines are rows, too."""

    text: str
    delimiter: str
    name: str

    def __iter__(self) -> Iterator[list[str]]:
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter, strict=True)
        limit = csv.field_size_limit(MAX_CELL)
        try:
            yield from reader
        except csv.Error as error:
            long = "field larger" in str(error)
            code, value = ("cell_too_long", f"{MAX_CELL:,}") if long else ("broken_quoting", str(error))
            raise InvalidInput(Problems.one(code, self.name, row=reader.line_num, value=value)) from None
        finally:
            csv.field_size_limit(limit)
