"""Excel's binary workbooks (.xls, .xlsb): through LibreOffice where it is installed, else values by calamine."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from rdpscore.files.archive import Refused
from rdpscore.problems import InvalidInput
from rdpscore.readers import office
from rdpscore.readers.container import MAX_FILE, checked_zip, too_long, unharmed
from rdpscore.readers.model import MAX_CELLS, Book, Options, Page, Rows, Sheet, cell_of
from rdpscore.readers.signatures import is_ole, ole_holds, parts_of
from rdpscore.readers.workbook import read_workbook

BINARY = "xl/workbook.bin"
UNSEEN = "formulas, errors, struck-out text and hidden rows cannot be seen in this format without LibreOffice"


def is_xls(content: bytes) -> bool:
    """Whether it is a workbook as Excel wrote them until 2003."""
    return (
        is_ole(content)
        and (ole_holds(content, "Workbook") or ole_holds(content, "Book"))
        and not ole_holds(content, "EncryptedPackage")
    )


def is_xlsb(content: bytes) -> bool:
    """Whether it is a binary workbook of today."""
    return BINARY in parts_of(content)


def digest(content: bytes) -> str:
    """The key of a file in `Options.converted`."""
    return hashlib.sha256(content).hexdigest()


def converted(contents: Sequence[bytes]) -> dict[str, bytes]:
    """Files as ``.xlsx``, by their digests, in one start of LibreOffice; without those that could not be converted."""
    fit = [c for c in contents if _refusal(c) is None]
    made = office.as_xlsx([(".xls" if is_ole(c) else ".xlsb", c) for c in fit])
    return {digest(c): m for c, m in zip(fit, made, strict=True) if m is not None}


def _refusal(content: bytes) -> str | None:
    """Why a file is given to no other program."""
    try:
        if len(content) > MAX_FILE:
            raise Refused(too_long(len(content)))
        if not is_ole(content):
            checked_zip(content, BINARY)
    except Refused as error:
        return str(error)
    return None


def read_xls(content: bytes, name: str, options: Options) -> Book:
    """The sheets of an ``.xls`` file."""
    return _read(content, name, options, "xls")


def read_xlsb(content: bytes, name: str, options: Options) -> Book:
    """The sheets of an ``.xlsb`` file."""
    return _read(content, name, options, "xlsb")


def _read(content: bytes, name: str, options: Options, form: str) -> Book:
    def task() -> Book:
        if (refusal := _refusal(content)) is not None:
            raise Refused(refusal)
        made = options.converted or converted([content])
        if (usual := made.get(digest(content))) is not None:
            try:
                return replace(read_workbook(usual, name, options), format=form)
            except InvalidInput:
                pass
        return _values(content, name, form)

    return unharmed(task, name)


def _values(content: bytes, name: str, form: str) -> Book:
    """The values of cells, by a program that sees nothing else."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except calamine.PasswordError:
        raise Refused("is encrypted; save it without a password") from None
    kinds = calamine.SheetTypeEnum.WorkSheet
    sheets = tuple(
        Sheet(s.name, _loader(book, s.name, name), s.visible != calamine.SheetVisibleEnum.Visible)
        for s in book.sheets_metadata
        if s.typ == kinds
    )
    return Book(name, form, sheets, notes=(UNSEEN,))


def _loader(book: Any, sheet: str, name: str) -> Callable[[], Page]:
    def load() -> Page:
        found = book.get_sheet_by_name(sheet)
        if found.total_height * found.total_width > MAX_CELLS:
            raise ValueError("too many cells")
        # with the empty area above and to the left, or addresses would shift
        rows = enumerate(found.to_python(skip_empty_area=False), start=1)
        filled = [(number, cells) for number, row in rows if any(cells := [cell_of(v) for v in row])]
        return Page(Rows([(number, _cut(cells)) for number, cells in filled]))

    return lambda: unharmed(load, name)


def _cut(cells: list[str]) -> list[str]:
    """Without the blank cells at the end."""
    last = max(i for i, cell in enumerate(cells) if cell)
    return cells[: last + 1]
