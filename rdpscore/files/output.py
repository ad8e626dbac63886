"""Files made for people: tables by suffix, never over an existing file, never a live formula."""

from __future__ import annotations

import errno
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rdpscore.files.escaping import NO_XML, neutral, shared
from rdpscore.files.writing import write_bytes_new

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".json", ".parquet", ".xlsx")
XLSX_ROWS = 1_048_575


def write_tables(
    path: Path, tables: Mapping[str, pd.DataFrame], *, json_text: str, force: bool = False, raw: bool = False
) -> None:
    """Write a result by the suffix of `path`.

    Parameters
    ----------
    path : Path
        ``.csv`` and ``.parquet`` hold the first table, ``.xlsx`` one sheet a table, ``.json`` `json_text`.
    tables : mapping of str to DataFrame
        Name → table, the main one first.
    json_text : str
        The whole result.
    force : bool
        Overwrite an existing file.
    raw : bool
        Leave text that a spreadsheet would take for a formula as it is (CSV only).

    Raises
    ------
    ValueError
        Unknown suffix.
    FileExistsError
        See `write_bytes_new`.
    OSError
        A table, or a text in it, is larger than ``.xlsx`` permits.
    """
    write_bytes_new(path, table_bytes(path, tables, json_text=json_text, raw=raw), force=force)


def table_bytes(
    path: Path, tables: Mapping[str, pd.DataFrame], *, json_text: str = "", raw: bool = False
) -> bytes:
    """What `write_tables` writes."""
    first = next(iter(tables.values()))
    match path.suffix.lower():
        case ".csv":
            from rdpscore.files.tables import to_csv_bytes

            return to_csv_bytes(first if raw else spreadsheet_safe(first))
        case ".json":
            return json_text.encode("utf-8", "surrogatepass")
        case ".parquet":
            buffer = io.BytesIO()
            first.to_parquet(buffer, index=False)
            return buffer.getvalue()
        case ".xlsx":
            return xlsx_bytes(tables, str(path))
        case other:
            raise ValueError(
                f"'{other or path.name}' is no format for tables; use one of {', '.join(SUFFIXES)}"
            )


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A table as CSV for people: UTF-8, no text that a spreadsheet would run as a formula."""
    from rdpscore.files.tables import to_csv_bytes

    return to_csv_bytes(spreadsheet_safe(frame))


def spreadsheet_safe(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with every text, heads included, as `neutral` makes it: nothing runs in a spreadsheet."""
    out = frame.copy()
    for name in out.columns[[not _is_number(out[c]) for c in out.columns]]:
        out[name] = [_safe(v) for v in out[name]]
    return out.rename(columns=_safe)


def _safe(value: Any) -> Any:
    return neutral(value) if isinstance(value, str) else value


def _is_number(column: pd.Series) -> bool:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return is_numeric_dtype(column.dtype) or is_bool_dtype(column.dtype)


def xlsx_bytes(tables: Mapping[str, pd.DataFrame], name: str = "the workbook") -> bytes:
    """Tables as a workbook, a sheet a table; text stays text.

    Raises
    ------
    OSError
        A table, or a text in it, is larger than ``.xlsx`` permits; `name` stands in the message.
    """
    import datetime

    import pandas as pd
    import xlsxwriter

    buffer = io.BytesIO()
    # text stays text: no formulas, links or numbers made from strings; a fixed date makes equal bytes
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": datetime.datetime(2026, 1, 1)})
        bold = book.add_format({"bold": True, "bottom": 1})
        for title, frame in tables.items():
            if len(frame) > XLSX_ROWS:
                raise _too_large(name, f"{len(frame):,} rows are more than .xlsx can hold")
            sheet = book.add_worksheet(title[:31])
            sheet.freeze_panes(1, 0)
            for j, column in enumerate(frame.columns):
                _write_text(sheet, (0, j), str(column), bold, (name, str(column)))
                values = frame[column].tolist()
                for i, value in enumerate(values, start=1):
                    if value is None or pd.isna(value):
                        continue
                    if isinstance(value, bool):
                        sheet.write_boolean(i, j, value)
                    elif isinstance(value, (int, float)) and math.isfinite(value):
                        sheet.write_number(i, j, value)
                    else:
                        _write_text(sheet, (i, j), str(value), None, (name, str(column)))
                longest = max([len(str(column)), *(len(str(v)) for v in values[:200])])
                sheet.set_column(j, j, min(longest + 2, 60))
            if len(frame):
                sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)
    return buffer.getvalue()


def _write_text(sheet: Any, at: tuple[int, int], text: str, format: Any, place: tuple[str, str]) -> None:
    name, column = place
    if bad := NO_XML.search(text):
        what = f"holds the character U+{ord(bad[0]):04X}, which .xlsx cannot hold"
        raise _too_large(name, f"row {at[0] + 1}, column {column} {what}")
    if sheet.write_string(*at, shared(text), format) != 0:
        raise _too_large(name, f"row {at[0] + 1}, column {column} is too long for .xlsx")


def _too_large(name: str, what: str) -> OSError:
    return OSError(errno.EFBIG, f"{what}; use .csv or .parquet", name)
