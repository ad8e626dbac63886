"""Workbooks for tests: a sheet as a Markdown table, in each of the formats that are read."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from html import escape

import openpyxl
from mappings import rows_of

TABLE = """
    | Journal       | Publisher | Policy | Data | Code |
    |---------------|-----------|--------|------|------|
    | Alpha Letters | North     | yes    | 1    | 0    |
    | Beta Reviews  | South     | no     |      |      |
    | Gamma Reports | South     | yes    | 2    | 1    |
"""
_STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_URN = "urn:oasis:names:tc:opendocument:xmlns"


def xlsx(sheet: str = TABLE, title: str = "Sheet") -> bytes:
    """As openpyxl saves it; whole numbers are numbers."""
    book = openpyxl.Workbook()
    book.worksheets[0].title = title
    for row in rows_of(sheet):
        book.worksheets[0].append([int(c) if c.isdigit() else c or None for c in row])
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def strict(content: bytes) -> bytes:
    """A workbook in the Strict form: the same parts under other names of their vocabularies."""
    return changed(content, lambda part: replaced(part, _STRICT))


def replaced(part: bytes, words: Mapping[bytes, bytes]) -> bytes:
    for old, new in words.items():
        part = part.replace(old, new)
    return part


def changed(content: bytes, change: object) -> bytes:
    """Every part of an archive through a function."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)))  # type: ignore[operator]
    return out.getvalue()


def ods(sheet: str = TABLE, *, rows: str | None = None, styles: str = "", more: str = "") -> bytes:
    """An OpenDocument spreadsheet of one sheet, ``study``.

    Parameters
    ----------
    sheet : str
        A Markdown table; whole numbers are numbers.
    rows : str, optional
        Its rows as XML, in place of the table.
    styles, more : str
        Automatic styles, and sheets after the first, as XML.
    """
    body = "".join(_row(row) for row in rows_of(sheet)) if rows is None else rows
    spaces = " ".join(f'xmlns:{n}="{_URN}:{n}:1.0"' for n in ("office", "table", "text", "style", "fo"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.3">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="study">{body}</table:table>{more}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return packed({"mimetype": _ODS, "content.xml": content})


def _row(cells: list[str]) -> str:
    return f"<table:table-row>{''.join(map(_cell, cells))}</table:table-row>"


def _cell(text: str) -> str:
    if not text:
        return "<table:table-cell/>"
    kind = f'"float" office:value="{text}"' if text.isdigit() else '"string"'
    return f"<table:table-cell office:value-type={kind}><text:p>{escape(text)}</text:p></table:table-cell>"


def packed(parts: Mapping[str, str]) -> bytes:
    """An archive of texts; the first part is not packed, as OpenDocument wants its kind."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, text, kind)
    return out.getvalue()


# Binary workbooks ([MS-XLSB]): records of a kind, a length and bytes -----------------------------------------------

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    '<Override PartName="/xl/worksheets/sheet1.bin" ContentType="application/vnd.ms-excel.worksheet"/></Types>'
)
_RELATED = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" '
    'Target="{}"/></Relationships>'
)
_BOOK, _BOOK_END, _BUNDLE, _BUNDLE_END, _SHEET_NAME = 131, 132, 143, 144, 156
_SHEET, _SHEET_END, _SIZE, _DATA, _DATA_END, _ROW, _REAL, _WORDS = 129, 130, 148, 145, 146, 0, 5, 6


def xlsb(sheet: str = TABLE, title: str = "study") -> bytes:
    """A binary workbook with one sheet; whole numbers are numbers."""
    rows = rows_of(sheet)
    width = max(map(len, rows))
    name = _record(_SHEET_NAME, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(title))
    book = _record(_BOOK) + _record(_BUNDLE) + name + _record(_BUNDLE_END) + _record(_BOOK_END)
    data = [
        _record(_SHEET),
        _record(_SIZE, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)),
        _record(_DATA),
    ]
    for number, cells in enumerate(rows):
        head = struct.pack("<IIHBBBIII", number, 0, 300, 0, 0, 0, 1, 0, width - 1)
        data.append(_record(_ROW, head))
        for column, text in enumerate(cells):
            at = struct.pack("<II", column, 0)
            if text.isdigit():
                data.append(_record(_REAL, at + struct.pack("<d", float(text))))
            elif text:
                data.append(_record(_WORDS, at + _wide(text)))
    data += [_record(_DATA_END), _record(_SHEET_END)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATED.format("officeDocument", "xl/workbook.bin"))
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", _RELATED.format("worksheet", "worksheets/sheet1.bin"))
        archive.writestr("xl/worksheets/sheet1.bin", b"".join(data))
    return out.getvalue()


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, content: bytes = b"") -> bytes:
    return _number(kind) + _number(len(content)) + content


def _number(value: int) -> bytes:
    """Seven bits a byte, the lowest first; of a kind above 127 the two bytes as they stand."""
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)
