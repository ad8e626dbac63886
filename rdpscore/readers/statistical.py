"""Data of statistics programs (.sav of SPSS, .dta of Stata), with the labels of their values, by pyreadstat."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from rdpscore.files.archive import Refused
from rdpscore.problems import InvalidInput, Problems
from rdpscore.readers.container import MAX_FILE, too_long, unharmed
from rdpscore.readers.model import (
    LABEL,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    Book,
    Cell,
    Options,
    Page,
    Sheet,
    cell_of,
    spelled,
)

_SAV = (b"$FL2", b"$FL3")
_DTA, _DTA_END = b"<stata_dta>", b"</stata_dta>"
_VERSIONS = range(102, 116)
"""First byte of Stata's files before version 13."""
MAX_TEXT = 2_000_000_000
"""Bytes of all cells as they are held, of which a compressed file may say many in few."""


def is_sav(content: bytes) -> bool:
    """Whether it is a file of SPSS or PSPP."""
    return content.startswith(_SAV)


def is_dta(content: bytes) -> bool:
    """Whether it is a file of Stata."""
    if content.startswith(_DTA):
        return True
    return len(content) > 100 and content[0] in _VERSIONS and content[1] in (1, 2) and content[2:4] == b"\1\0"


def read_sav(content: bytes, name: str, options: Options) -> Book:
    """The cases of a ``.sav`` file."""
    return _read(content, name, options, "sav")


def read_dta(content: bytes, name: str, options: Options) -> Book:
    """The observations of a ``.dta`` file."""
    return _read(content, name, options, "dta")


def _read(content: bytes, name: str, options: Options, form: str) -> Book:
    try:
        import pyreadstat
    except ImportError:
        way = "install what reads it: pip install pyreadstat"
        raise InvalidInput(Problems.one("foreign_format", name, value=f"a .{form} file", what=way)) from None
    if len(content) > MAX_FILE:
        raise InvalidInput(Problems.one("bad_workbook", name, value=too_long(len(content))))
    encoding = options.encoding[0] if options.encoding else None
    reader = {"sav": pyreadstat.read_sav, "dta": pyreadstat.read_dta}[form]

    def task() -> Book:
        if content.startswith(_DTA) and not content.rstrip(b"\0\r\n ").endswith(_DTA_END):
            raise Refused("is damaged or cut off")  # its labels stand at its end
        _, about = reader(io.BytesIO(content), metadataonly=True, encoding=encoding)
        most = _most_rows(about)
        columns, about = reader(
            io.BytesIO(content),
            encoding=encoding,
            user_missing=True,  # a code for "no answer" is told as what it says
            output_format="dict",
            row_limit=most + 1,
        )
        labels = about.variable_value_labels if options.labels else {}
        heads = tuple(about.column_names)
        cells = [[_cell(v, labels.get(head, {})) for v in columns[head]] for head in heads]
        rows = [list(row) for row in zip(*cells, strict=True)]
        if len(rows) > most:
            raise Refused("holds more cells than are read")
        titles = {h: t for h, t in about.column_names_to_labels.items() if t}
        page = Page(rows, heads, titles=titles)
        return Book(name, form, (Sheet("", lambda: page),), about.file_encoding or "")

    try:
        return unharmed(task, name)
    except InvalidInput as error:
        (told,) = list(error.problems)
        if "UnicodeDecode" in told.what or "Readstat" in told.what:
            _refuse_encoding(content, name, encoding, reader)
        raise


def _refuse_encoding(content: bytes, name: str, encoding: str | None, reader: Any) -> None:
    """Say so where another encoding would have been read; a file of old carries none, or a wrong one."""
    try:
        reader(io.BytesIO(content), encoding="WINDOWS-1252", row_limit=1)
    except Exception:  # it is damaged in other ways
        return
    what = "its texts are of another encoding than it says"
    raise InvalidInput(Problems.one("bad_encoding", name, value=encoding or "UTF-8", what=what)) from None


def _most_rows(about: Any) -> int:
    """So many rows can be held."""
    n = about.number_columns
    if n > MAX_COLUMNS:
        raise Refused(f"has {n:,} variables; at most {MAX_COLUMNS:,} are read")
    width = sum(about.variable_storage_width.values())
    most = min(MAX_ROWS, MAX_CELLS // max(n, 1), MAX_TEXT // max(width, 1))
    if (about.number_rows or 0) > most:
        raise Refused(f"holds {about.number_rows:,} rows, more than are read")
    return int(most)


def _cell(value: Any, labels: Mapping[Any, str]) -> str:
    value = value.item() if hasattr(value, "item") else value
    if value in labels:
        return Cell(spelled(labels[value]), LABEL, value=value)
    return cell_of(value)
