"""Tables as text: CSV (UTF-8, RFC 4180) and Parquet, every cell kept as it stands, every fault named."""

from __future__ import annotations

import codecs
import csv
import io
import math
import os
import shlex
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.files.delimited import DELIMITERS, split_text
from rdpscore.files.encodings import Decoded, Undecodable, decode, foreign_lines, guess_encoding
from rdpscore.files.plain import MAX_TABLE, file_problem, open_plain
from rdpscore.problems import Batch, InvalidInput, Problems, suggestion

MAX_CELL = 2_000_000
"""Longest cell or line, in characters; Excel allows 32,767 in a cell."""

MAX_COLUMNS = 16_384
"""As many as a spreadsheet has."""

_CHUNK = 100_000
_BLOCK = 1 << 20
_SAMPLE = 20_000_000
"""Bytes from which an encoding is guessed."""
MAX_CELLS = 250_000_000
"""Cells of a Parquet file; 3.8 million codings have 50 million."""
_SMALL_CELLS, _CELLS_A_BYTE = 10_000_000, 100
MAX_TEXT = 8_000_000_000
_SMALL_TEXT, _TEXT_A_BYTE = 100_000_000, 1_000
"""Characters of a column of text of which a Parquet file keeps each once, and characters for one byte of the file."""


class _Fault(Exception):
    """A fault that ends the reading of one file."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems


def read_table(
    path: Path,
    *,
    required: Collection[str] = (),
    categorical: Collection[str] = (),
    label: str | None = None,
) -> tuple[pd.DataFrame | None, Problems]:
    """Read a ``.csv`` or ``.parquet`` file with every cell as text.

    Parameters
    ----------
    path : Path
        The file; the suffix decides the format.
    required : collection of str
        Columns that must be there; others are kept as they are.
    categorical : collection of str
        Columns of few distinct values, read as pandas categoricals.
    label : str, optional
        The name of the file in problems; the path as given otherwise.

    Returns
    -------
    table : DataFrame or None
        One row a record, blank cells missing; the index is the row of the file as a spreadsheet counts it
        (the header is row 1). None where a problem is an error.
    problems : Problems
        All faults of structure, each with its row or column.
    """
    name = label or str(path)
    try:
        if path.suffix == ".parquet":
            frame = _read_parquet(path, name, required, categorical)
        else:
            frame = _read_csv(path, name, required, categorical)
    except _Fault as fault:
        return None, fault.problems
    except OSError as error:
        return None, file_problem(error, name)
    return frame, Problems()


def _column_faults(columns: Sequence[str], required: Collection[str], name: str, row: int | None) -> Problems:
    """Columns that are missing, and names that stand twice."""
    rows, spare = None if row is None else [row], [c for c in columns if c not in required]
    twice = [c for c, n in Counter(columns).items() if n > 1 and c.strip()]
    return Problems.of(
        [Batch("duplicate_column", name, rows, None, None, {"value": c}) for c in twice]
        + [
            Batch("missing_column", name, rows, None, None, {"value": c, "nearest": suggestion(c, spare)})
            for c in required
            if c not in columns
        ]
    )


def _refuse_width(n: int, name: str) -> None:
    if n > MAX_COLUMNS:
        raise _Fault(Problems.one("too_many_columns", name, value=f"{n:,}", most=f"{MAX_COLUMNS:,}"))


# CSV --------------------------------------------------------------------------------------------------


def _read_csv(path: Path, name: str, required: Collection[str], categorical: Collection[str]) -> pd.DataFrame:
    try:
        with io.TextIOWrapper(open_plain(path, MAX_TABLE), encoding="utf-8-sig", newline="") as stream:
            _check_delimiter(stream, required, path, name)
            records = _records(stream, name)
            row, header = next(records, (1, []))
            if not any(map(str.strip, header)):
                raise _Fault(Problems.one("empty_file", name))
            _refuse_width(len(header), name)
            header = list(map(_lf, header))
            return _collect(records, header, name, categorical, _column_faults(header, required, name, row))
    except UnicodeError:
        raise _Fault(_encoding_problem(path, name)) from None


def _check_delimiter(stream: io.TextIOWrapper, required: Collection[str], path: Path, name: str) -> None:
    """End the reading where another delimiter than the comma makes more sense of the header."""
    try:
        row, line = next(((i, t) for i, t in enumerate(_lines(stream), 1) if t.strip()), (1, ""))
        cells = {d: next(csv.reader([line], delimiter=d), []) for d in (",", *DELIMITERS)}
    except (csv.Error, _LineTooLong):
        cells = {}  # no header at all: to be told by whoever reads the records
    stream.seek(0)
    found = {delimiter: len(set(required).intersection(names)) for delimiter, names in cells.items()}
    for delimiter, spoken in DELIMITERS.items():
        if found and found[delimiter] > found[","]:
            where = shlex.quote(str(path))
            raise _Fault(Problems.one("wrong_delimiter", name, row=row, value=spoken, path=where))


def _records(stream: io.TextIOBase, name: str) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of each record; blank lines count as rows and are passed over."""
    reader = csv.reader(_lines(stream), strict=True)
    limit = csv.field_size_limit(MAX_CELL)
    row = 0
    try:
        for cells in reader:
            row += 1
            if cells:
                yield row, cells
    except (csv.Error, _LineTooLong) as error:
        if isinstance(error, _LineTooLong) or "field larger" in str(error):
            problem = Problems.one("cell_too_long", name, row=row + 1, value=f"{MAX_CELL:,}")
        elif "NUL" in str(error):
            problem = Problems.one("binary_content", name, row=row + 1)
        else:
            problem = Problems.one("broken_quoting", name, row=row + 1, value=str(error))
        raise _Fault(problem) from None
    finally:
        csv.field_size_limit(limit)


class _LineTooLong(Exception):
    pass


def _lines(stream: io.TextIOBase) -> Iterator[str]:
    # readline with a bound: a file that is one endless line never comes into memory whole
    while line := stream.readline(MAX_CELL):
        if len(line) == MAX_CELL and not line.endswith(("\n", "\r")):
            raise _LineTooLong
        if "\0" in line:
            raise csv.Error("NUL")
        yield line


def _collect(
    records: Iterator[tuple[int, list[str]]],
    header: list[str],
    name: str,
    categorical: Collection[str],
    faults: Problems,
) -> pd.DataFrame:
    """The table, or all faults of its rows behind those that its header has."""
    width = len(header)
    columns = [_Coded() if c in categorical else _Plain() for c in header]
    rows: list[int] = []
    ragged: list[tuple[int, int]] = []
    chunk: list[list[str]] = []
    broken = Problems()

    def flush() -> None:
        for column, cells in zip(columns, zip(*chunk, strict=True), strict=False):
            column.extend(cells)
        chunk.clear()

    try:
        for row, cells in records:
            if not any(map(str.strip, cells)):
                continue
            if len(cells) != width:
                ragged.append((row, len(cells)))
                continue
            rows.append(row)
            chunk.append(cells)
            if len(chunk) == _CHUNK:
                flush()
    except _Fault as fault:
        broken = fault.problems
    flush()
    if ragged:
        fields = {"value": [n for _, n in ragged], "expected": width}
        faults += Problems.of([Batch("ragged_row", name, [r for r, _ in ragged], None, None, fields)])
    faults += broken
    # a spreadsheet saves empty columns at the right, too: neither a name nor anything in them
    kept = [(c, column) for c, column in zip(header, columns, strict=True) if c.strip() or not column.empty]
    if sum(not c.strip() for c, _ in kept) > 1:
        faults += Problems.one("duplicate_column", name, value="")
    if not faults.ok:
        raise _Fault(faults)
    first_to_last = len(rows) == 0 or (rows[0] == 2 and rows[-1] == len(rows) + 1)
    index = pd.RangeIndex(2, len(rows) + 2) if first_to_last else pd.Index(rows)
    return pd.DataFrame({c: column.series(index) for c, column in kept}, index=index)


class _Plain:
    """A column of free text."""

    def __init__(self) -> None:
        self.cells: list[str | None] = []

    def extend(self, cells: Sequence[str]) -> None:
        self.cells.extend(clean(c) for c in cells)

    @property
    def empty(self) -> bool:
        return all(c is None for c in self.cells)

    def series(self, index: pd.Index) -> pd.Series:
        return text_series(self.cells, index)


class _Coded:
    """A column of few distinct values: one integer a cell while reading."""

    def __init__(self) -> None:
        self.codes: list[npt.NDArray[np.int32]] = []
        self.seen: dict[str, int] = {}
        self.values: dict[str, int] = {}

    def extend(self, cells: Sequence[str]) -> None:
        seen = self.seen
        for cell in dict.fromkeys(cells):  # in the order of the file, so that equal files make equal tables
            if cell in seen:
                continue
            word = clean(cell)
            seen[cell] = -1 if word is None else self.values.setdefault(word, len(self.values))
        self.codes.append(np.fromiter(map(seen.__getitem__, cells), np.int32, len(cells)))

    @property
    def empty(self) -> bool:
        return not self.values

    def series(self, index: pd.Index) -> pd.Series:
        codes = np.concatenate(self.codes) if self.codes else np.empty(0, np.int32)
        categories = pd.Index(list(self.values), dtype=object if not self.values else None)
        return pd.Series(pd.Categorical.from_codes(codes, categories), index=index)


def clean(cell: str) -> str | None:
    """Blank is missing; line ends become LF; all else stays."""
    if not cell or cell.isspace():
        return None
    return _lf(cell) if "\r" in cell else cell


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def text_series(cells: Sequence[str | None], index: pd.Index | None = None) -> pd.Series:
    """Text with missing cells (NaN), in the dtype that the installed pandas gives to text."""
    if pd.__version__ >= "3":
        return pd.Series(list(cells), index=index, dtype="str")
    return pd.Series([np.nan if c is None else c for c in cells], index=index, dtype=object)


def _encoding_problem(path: Path, name: str) -> Problems:
    position, line, byte, sample = _first_foreign(path)
    looks_like = guess_encoding(sample) or "no encoding that can be told"
    if not looks_like.startswith("utf-16") and b"\0" in sample:
        return Problems.one("binary_content", name)
    return Problems.one(
        "not_utf8",
        name,
        line=line,
        byte=f"0x{byte:02X}",
        position=position,
        looks_like=looks_like,
        path=shlex.quote(str(path)),
    )


def _first_foreign(path: Path) -> tuple[int, int, int, bytes]:
    """Position, line and value of the first byte that is not UTF-8, and the beginning of the file, or all of it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    before, line, sample, found = 0, 1, bytearray(), (0, 1, 0)
    with open_plain(path, MAX_TABLE) as stream:
        while True:
            block = stream.read(_BLOCK)
            if len(sample) < _SAMPLE:
                sample += block
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:  # its object begins with what was left of the block before
                start = before + len(block) - len(error.object) + error.start
                at = line + error.object.count(b"\n", 0, error.start)
                found = start, at, error.object[error.start]
                break
            if not block:
                break
            before += len(block)
            line += block.count(b"\n")
        while len(sample) < _SAMPLE and (block := stream.read(_BLOCK)):
            sample += block
    if len(sample) >= _SAMPLE:  # it may end inside a letter
        del sample[sample.rfind(b"\n") + 1 :]
    return *found, bytes(sample)


def convert_text(raw: bytes, *, encoding: str | None = None) -> tuple[bytes, str]:
    """Text of any encoding → UTF-8, nothing else changed; and the encoding, guessed where not given.

    Raises
    ------
    Undecodable
        If the bytes are not of that encoding, there is none of that name, or it cannot be told.
    """
    found = decode(raw, named_encodings(encoding))
    return found.text.encode("utf-8"), _told(found)


def convert_table(
    raw: bytes, *, encoding: str | None = None, delimiter: str | None = None
) -> tuple[bytes, str, str]:
    """CSV bytes of any encoding and delimiter → UTF-8 with commas, cells unchanged but for LF line ends.

    A first line that names the delimiter (``sep=;``) is left out.

    Parameters
    ----------
    raw : bytes
        The file as it is.
    encoding, delimiter : str, optional
        Guessed from the bytes where not given. Two encodings, ``utf-8,cp1252``, are tried line by line.

    Returns
    -------
    converted : bytes
    encoding, delimiter : str
        What was used.

    Raises
    ------
    Undecodable
        If the bytes are not of that encoding, there is none of that name, or it cannot be told.
    csv.Error
        If the quotation marks do not pair up.
    """
    found = decode(raw, named_encodings(encoding))
    if "\0" in found.text:
        raise Undecodable("binary_content")
    delimiter, text = split_text(found.text, 0, delimiter)
    if text is not found.text:  # a line that named the delimiter, of which the end is left
        text = text[2:] if text[:2] == "\r\n" else text[1:]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    limit = csv.field_size_limit(MAX_CELL)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        writer.writerows(map(_lf, row) for row in rows)
    finally:
        csv.field_size_limit(limit)
    return out.getvalue().encode("utf-8"), _told(found), delimiter


def named_encodings(said: str | None) -> tuple[str, ...]:
    """``utf-8,cp1252`` as two encodings."""
    return tuple(part.strip() for part in (said or "").split(",") if part.strip())


def _told(found: Decoded) -> str:
    """The encodings, with the lines that were read in another than the first."""
    lines = "; ".join(f"{n} as {name}: {which}" for name, n, which in foreign_lines(found))
    return f"{found.encoding} ({lines})" if lines else found.encoding


# Parquet ----------------------------------------------------------------------------------------------


def _read_parquet(
    path: Path, name: str, required: Collection[str], categorical: Collection[str]
) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with open_plain(path, MAX_TABLE) as stream:
            size = os.fstat(stream.fileno()).st_size
            heads = pq.ParquetFile(stream)
            _refuse_width(heads.metadata.num_columns, name)
            _refuse_cells(heads.metadata, size)
            # each distinct text once, so that a small file stays small
            texts = [
                f.name
                for f in heads.schema_arrow
                if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)
            ]
            frame = pq.ParquetFile(stream, read_dictionary=texts).read().to_pandas()
        if frame.index.names != [None]:  # written with its key as the index
            frame = frame.reset_index()
        frame = frame.set_axis([str(c) for c in frame.columns], axis=1)
        frame = frame.set_axis(pd.RangeIndex(2, len(frame) + 2), axis=0)
        _column_faults(list(frame.columns), required, name, None).raise_errors()
        ready: pd.DataFrame = frame.assign(**{c: _as_text(frame[c], c in categorical, size) for c in frame})
        return ready
    except InvalidInput as error:
        raise _Fault(error.problems) from None
    except _Fault:
        raise
    except Exception as error:  # pyarrow raises a dozen types for damaged files, pandas TypeError for lists
        if isinstance(error, OSError) and error.errno is not None:
            raise
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _Fault(Problems.one("bad_parquet", name, value=reason)) from None


def _refuse_cells(metadata: Any, size: int) -> None:
    """Refuse a file that says in few bytes what would fill the memory."""
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    cells = sum(g.column(j).num_values for g in groups for j in range(g.num_columns))
    if cells > MAX_CELLS or cells > max(_SMALL_CELLS, _CELLS_A_BYTE * size):
        raise ValueError(f"it would unpack to {cells:,} cells from {size:,} bytes, which no survey does")
    if (unpacked := sum(g.total_byte_size for g in groups)) > MAX_TABLE:
        raise ValueError(f"it would unpack to {unpacked / 1e6:,.0f} MB, which no survey does")


def _as_text(column: pd.Series, categorical: bool, size: int) -> pd.Series:
    coded = column if isinstance(column.dtype, pd.CategoricalDtype) else column.astype("category")
    cleaned = [clean(spell(c)) for c in coded.cat.categories]
    values = {c: i for i, c in enumerate(dict.fromkeys(c for c in cleaned if c is not None))}
    lookup = np.array([-1 if c is None else values[c] for c in cleaned] + [-1], dtype=np.int32)
    codes = lookup[coded.cat.codes.to_numpy()]
    if categorical:
        categories = pd.Index(list(values), dtype=object if not values else None)
        return pd.Series(pd.Categorical.from_codes(codes, categories), index=column.index)
    lengths = np.array([*map(len, values), 0], dtype=np.int64)
    long = int(lengths[codes].sum())
    if long > MAX_TEXT or long > max(_SMALL_TEXT, _TEXT_A_BYTE * size):
        raise ValueError(f"column {column.name} would unpack to {long:,} characters from {size:,} bytes")
    words = np.array([*values, None], dtype=object)
    return text_series(list(words[codes]), column.index)


def spell(value: Any) -> str:
    """Text of a cell that came as a number or a date, as it stands in files: 1.0 is ``1``."""
    if isinstance(value, (float, np.floating, Decimal)):
        return str(int(value)) if math.isfinite(value) and value == int(value) else str(value)
    if isinstance(value, datetime) and value == datetime(
        value.year, value.month, value.day, tzinfo=value.tzinfo
    ):
        return value.date().isoformat()
    return str(value)


# Writing ----------------------------------------------------------------------------------------------


def to_csv_bytes(frame: pd.DataFrame) -> bytes:
    """CSV of a table of text: UTF-8, LF, quoted where needed, blank for missing, no index."""
    text = frame.to_csv(index=False, lineterminator="\n")
    if "\r" in text:  # left unquoted by the writer, and a line end to every reader
        lf = frame.rename(columns=_lf).astype(object).map(lambda c: _lf(c) if isinstance(c, str) else c)
        text = lf.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8")


def to_parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Parquet of a table (zstd), no index."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()
