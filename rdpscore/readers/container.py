"""Workbooks as files: refused before they are parsed if they are not what they claim, or too much.

Nothing in a workbook is executed. Parsing is by openpyxl with defusedxml, on sizes that were checked.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TypeVar

from rdpscore.files.archive import (
    Limits,
    Refused,
    blocks,
    encrypted,
    name_there_twice,
    refuse_excess,
)
from rdpscore.files.archive import too_long as longer_than
from rdpscore.problems import Batch, InvalidInput, Problems

MAX_FILE = 100_000_000
MAX_UNPACKED = 600_000_000
MAX_RATIO = 200
"""Bytes unpacked for one packed; sheets of repeated text reach about 60."""
_LIMITS = Limits(MAX_FILE, MAX_UNPACKED, MAX_RATIO)


@contextmanager
def silent() -> Iterator[None]:
    """Without openpyxl's warnings of all that it does not keep, and what it prints; also a decorator.

    It goes around all that is read, since openpyxl reads sheets when their rows are asked for.
    """
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def checked_zip(content: bytes, main: str) -> zipfile.ZipFile:
    """A workbook's archive, of which every part was unpacked once, in blocks, and is as long as it says.

    Parameters
    ----------
    content : bytes
    main : str
        The part without which it is no workbook of this format.

    Raises
    ------
    Refused
        It is damaged, too much, encrypted, has macros or links, or has no such part.
    """
    if (refusal := _refusal(content, main)) is not None:
        raise Refused(refusal)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        for entry in archive.infolist():
            for _ in blocks(archive, entry, MAX_UNPACKED):
                pass
    except Exception as error:  # zlib and zipfile each have their own types
        raise Refused(damage(error)) from None
    return archive


_T = TypeVar("_T")


def unharmed(task: Callable[[], _T], name: str) -> _T:
    """What a task gives, of a file that it parses.

    Raises
    ------
    InvalidInput
        It cannot be parsed; what zlib, openpyxl and XML parsers raise on damaged parts has any type.
    """
    try:
        return task()
    except InvalidInput:
        raise
    except Exception as error:
        said = str(error) if isinstance(error, Refused) else damage(error)
        raise InvalidInput(Problems.of([Batch("bad_workbook", name, fields={"value": said})])) from None


def damage(error: Exception) -> str:
    """What is said of a file that cannot be parsed."""
    return f"is damaged ({type(error).__name__})"


def too_long(size: int) -> str:
    """What is said of a file that is not read for its size."""
    return longer_than(size, _LIMITS)


def _refusal(content: bytes, main: str) -> str | None:
    """Why a file is refused unread, or None."""
    if len(content) > MAX_FILE:
        return too_long(len(content))
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
    if main not in names:
        return "is no .xlsx workbook; save it in a spreadsheet program as .xlsx"
    if twice := name_there_twice(entries):
        return f"is damaged: it holds two parts called {twice}"
    return None
