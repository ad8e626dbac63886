"""Workbooks as files: refused before they are parsed if they are not what they claim, or too much.

Nothing in a workbook is executed. Parsing is by openpyxl with defusedxml, on sizes that were checked.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import Any

from rdpscore.files.archive import (
    Limits,
    Refused,
    blocks,
    encrypted,
    name_there_twice,
    refuse_excess,
)
from rdpscore.files.archive import too_long as longer_than
from rdpscore.problems import Batch, Problems

MAX_FILE = 100_000_000
MAX_UNPACKED = 600_000_000
MAX_RATIO = 200
"""Bytes unpacked for one packed; sheets of repeated text reach about 60."""
_LIMITS = Limits(MAX_FILE, MAX_UNPACKED, MAX_RATIO)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Container:
    """A workbook that may be parsed."""

    book: Any
    merged: dict[str, list[str]]
    """Sheet title → merged ranges; openpyxl's streaming mode does not tell them."""


class PlainText(str):
    """A text of the workbook whose escapes are undone already."""

    __slots__ = ()


@contextmanager
def silent() -> Iterator[None]:
    """Without openpyxl's warnings of all that it does not keep, and what it prints; also a decorator.

    It goes around all that is read, since openpyxl reads sheets when their rows are asked for.
    """
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def open_container(content: bytes, name: str) -> tuple[Container | None, Problems]:
    """Check and open the bytes of an ``.xlsx`` file."""
    refusal = _refusal(content)
    if refusal is None:
        try:
            with silent():
                return _open(content), Problems()
        except Exception as error:  # zlib, zipfile, openpyxl and XML parsers each have their own types
            refusal = damage(error)
    return None, Problems.of([Batch("bad_workbook", name, fields={"value": refusal})])


def damage(error: Exception) -> str:
    """What is said of a file that cannot be parsed."""
    return f"is damaged ({type(error).__name__})"


def too_long(size: int) -> str:
    """What is said of a file that is not read for its size."""
    return longer_than(size, _LIMITS)


def _refusal(content: bytes) -> str | None:
    """Why a file is refused unread, or None."""
    if len(content) > MAX_FILE:
        return too_long(len(content))
    if content[:8] == _OLE:
        return "is encrypted, or an old .xls file; save it as .xlsx without a password"
    if content[:4] != b"PK\x03\x04":
        return "is no .xlsx file"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        return f"is damaged or cut off ({error})"
    names = {e.filename for e in entries}
    try:
        refuse_excess(entries, _LIMITS, "coder's workbook")
    except Refused as error:
        return str(error)
    if encrypted(entries):
        return "is encrypted; save it without a password"
    if any("vbaproject" in n.casefold() for n in names):
        return "contains macros; save it as .xlsx"
    if any(n.startswith("xl/externalLinks/") for n in names):
        return "links to other files; break the links (Data, Edit Links) and save it again"
    if "xl/workbook.xml" not in names:
        return "is no .xlsx workbook; save it in a spreadsheet program as .xlsx"
    if twice := name_there_twice(entries):
        return f"is damaged: it holds two parts called {twice}"
    return None


_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref=["']([A-Z0-9:]+)["']""")


def _open(content: bytes) -> Container:
    import defusedxml  # noqa: F401  (openpyxl parses with it where it is there)
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        merged = {e.filename: _scanned(archive, e) for e in archive.infolist()}
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        strings = _shared_strings(archive)
    for sheet in book.worksheets:
        if strings is not None:
            setattr(sheet, "_shared_strings", strings)  # noqa: B010  (no public way)
    return Container(
        book, {s.title: merged.get(getattr(s, "_worksheet_path", ""), []) for s in book.worksheets}
    )


def _scanned(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> list[str]:
    """Unpack a part in blocks: it must be as long as the directory says. Its merged ranges, if it is a sheet.

    Raises
    ------
    ValueError
        It is longer, so that whoever reads it whole would unpack more than was allowed.
    """
    sheet = entry.filename.startswith("xl/worksheets/")
    found: dict[str, None] = {}
    tail = b""
    for block in blocks(archive, entry, MAX_UNPACKED):
        if sheet:  # blocks overlap by more than a tag
            text = tail + block
            found.update(dict.fromkeys(m.decode() for m in _MERGED.findall(text)))
            tail = text[-200:]
    return list(found)


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> PlainText:
    """A text with the escapes of ECMA-376 (ST_Xstring) undone in one pass."""
    return PlainText(_ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text)


def _shared_strings(archive: zipfile.ZipFile) -> list[PlainText] | None:
    """The texts that the cells of a workbook share.

    openpyxl 3.1 deletes every ``x005F_`` instead, which changes a text that holds it.
    """
    from defusedxml.ElementTree import iterparse

    name = next((n for n in archive.namelist() if n.casefold() == "xl/sharedstrings.xml"), None)
    if name is None:
        return None
    out: list[PlainText] = []
    parts: list[str] = []
    phonetic = 0
    with archive.open(name) as stream:
        for event, element in iterparse(stream, events=("start", "end")):
            tag = element.tag.rpartition("}")[2]
            if tag == "rPh":
                phonetic += 1 if event == "start" else -1
            elif event == "end" and tag == "t" and not phonetic:
                parts.append(unescaped(element.text or ""))
            elif event == "end" and tag == "si":
                out.append(PlainText("".join(parts)))
                parts.clear()
                element.clear()
    return out
