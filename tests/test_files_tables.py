"""Tables are read with every cell as it stands, by the row a spreadsheet shows, and return when written."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdpscore.files import convert_table, read_table, to_csv_bytes, to_parquet_bytes
from rdpscore.problems import Problem

CELL = st.text(
    st.one_of(
        st.sampled_from([*",;\t|\"'\r\n =+-@é–漢\u2028\u0085\u00a0\ufeff"]),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=8,
)
NAME = st.text(st.sampled_from('abcé,;"=\n '), min_size=1, max_size=5).filter(lambda name: name.strip())


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[str] = CELL) -> pd.DataFrame:
    """Up to five columns of text, with missing cells."""
    names = draw(st.lists(NAME, min_size=1, max_size=5, unique=True))
    row = st.lists(st.none() | cells, min_size=len(names), max_size=len(names))
    return pd.DataFrame(draw(st.lists(row, max_size=6)), columns=names, dtype=object)


def meant(frame: pd.DataFrame) -> list[list[str | None]]:
    """What a table says: line ends are LF, white space is nothing, and nor is a row of it."""
    cells = [
        [
            c.replace("\r\n", "\n").replace("\r", "\n") if isinstance(c, str) and c.strip() else None
            for c in row
        ]
        for row in frame.itertuples(index=False, name=None)
    ]
    return [row for row in cells if any(c is not None for c in row)]


def texts(frame: pd.DataFrame) -> list[list[str | None]]:
    """The cells of a table that was read."""
    return [
        [None if pd.isna(c) else str(c) for c in row]
        for row in frame.astype(object).itertuples(index=False, name=None)
    ]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place for a file, the same for all examples of a property."""
    return tmp_path_factory.mktemp("tables") / "table.csv"


def read(path: Path, content: bytes | str, **options: tuple[str, ...]) -> pd.DataFrame:
    """The table that is read from this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    frame, problems = read_table(path, **options)
    assert frame is not None, [str(p) for p in problems]
    assert len(problems) == 0
    return frame


def problems_of(path: Path, content: bytes | str, **options: tuple[str, ...]) -> list[Problem]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    frame, problems = read_table(path, label=path.name, **options)
    assert frame is None
    return list(problems)


# There and back -----------------------------------------------------------------------------------------


@given(table=tables(), data=st.data())
@settings(deadline=None)
def test_csv_returns_every_table(file: Path, table: pd.DataFrame, data: st.DataObject) -> None:
    categorical = tuple(data.draw(st.lists(st.sampled_from(list(table.columns)), unique=True)))
    back = read(file, to_csv_bytes(table), categorical=categorical)
    assert list(back.columns) == list(table.columns)
    assert texts(back) == meant(table)
    assert [c for c in back if isinstance(back[c].dtype, pd.CategoricalDtype)] == [
        c for c in table if c in categorical
    ]


@given(table=tables(), data=st.data())
@settings(deadline=None)
def test_parquet_returns_every_table(file: Path, table: pd.DataFrame, data: st.DataObject) -> None:
    categorical = tuple(data.draw(st.lists(st.sampled_from(list(table.columns)), unique=True)))
    back = read(file.with_suffix(".parquet"), to_parquet_bytes(table), categorical=categorical)
    assert list(back.columns) == list(table.columns)
    assert [row for row in texts(back) if any(c is not None for c in row)] == meant(table)


@given(table=tables())
@settings(deadline=None)
def test_csv_is_written_as_rfc_4180_says(table: pd.DataFrame) -> None:
    text = to_csv_bytes(table).decode("utf-8")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in rows} == {len(table.columns)}
    assert len(rows) == len(table) + 1
    assert "\r" not in text


@given(
    table=tables(st.text(st.characters(codec="cp1252", exclude_characters="\0"), max_size=6)),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
@settings(deadline=None)
def test_convert_makes_any_encoding_and_delimiter_readable(
    file: Path, table: pd.DataFrame, encoding: str, delimiter: str
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(
        [list(table.columns), *([c or "" for c in row] for row in table.itertuples(index=False, name=None))]
    )
    converted, _, _ = convert_table(out.getvalue().encode(encoding), encoding=encoding, delimiter=delimiter)
    back = read(file, converted)
    assert list(back.columns) == list(table.columns)
    assert texts(back) == meant(table)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_convert_guesses_encoding_and_delimiter(file: Path, encoding: str, delimiter: str) -> None:
    raw = f'id{delimiter}title\r\n1{delimiter}"Zeitschrift für A{delimiter} B"\r\n'.encode(encoding)
    assert texts(read(file, convert_table(raw)[0])) == [["1", f"Zeitschrift für A{delimiter} B"]]


def test_convert_takes_cells_as_long_as_reading_does(file: Path) -> None:
    converted, _, _ = convert_table(b"id;text\n1;" + b"x" * 200_000)
    assert texts(read(file, converted)) == [["1", "x" * 200_000]]


# Rows and columns ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("a,b\n1,2\n3,4\n", [2, 3], id="one after the other"),
        pytest.param("a,b\n1,2\n\n\n3,4\n", [2, 5], id="blank lines count"),
        pytest.param("a,b\n1,2\n,\n3,4\n", [2, 4], id="rows of commas count"),
        pytest.param('a,b\n1,"2\n2\n2"\n3,4\n', [2, 3], id="a cell of three lines is one row"),
        pytest.param('"a\na",b\n1,2\n', [2], id="a head of two lines is one row"),
        pytest.param("\n\na,b\n1,2\n", [4], id="blank lines before the header"),
        pytest.param("a,b\r\n1,2\r\n\r\n3,4\r\n", [2, 4], id="CRLF"),
        pytest.param("a,b\r1,2\r3,4\r", [2, 3], id="CR"),
        pytest.param("a,b\n", [], id="a header alone"),
    ],
)
def test_the_index_is_the_row_a_spreadsheet_shows(tmp_path: Path, text: str, rows: list[int]) -> None:
    assert list(read(tmp_path / "t.csv", text).index) == rows


def test_a_fault_behind_blank_lines_and_long_cells_has_its_row(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path / "t.csv", 'a,b\n\n1,"2\n2"\n\n1,2,3\n')
    assert (problem.code, problem.row) == ("ragged_row", 5)


def test_nothing_is_taken_for_missing_but_blanks(tmp_path: Path) -> None:
    words = ["N/A", "NA", "None", "null", "nan", "NaN", "-", "0", "False", "#N/A"]
    frame = read(tmp_path / "t.csv", "a,b\n" + "".join(f"{w},1\n" for w in words))
    assert list(frame["a"]) == words


def test_nothing_is_taken_for_a_number_or_a_date(tmp_path: Path) -> None:
    assert texts(read(tmp_path / "t.csv", "a,b,c,d\n007,1e3,1.50,2026-03-16\n")) == [
        ["007", "1e3", "1.50", "2026-03-16"]
    ]


def test_a_required_column_that_is_missing_names_the_nearest_spare_one(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path / "t.csv", "jurnal_id,item\na,b\n", required=("journal_id", "item"))
    assert str(problem) == (
        "t.csv, row 1: the column 'journal_id' is missing; nearest: 'jurnal_id'; "
        "add the column, or correct its name in the header"
    )


def test_extra_columns_keep_their_place(tmp_path: Path) -> None:
    frame = read(tmp_path / "t.csv", "x,journal_id,y\n1,a,2\n", required=("journal_id",))
    assert list(frame.columns) == ["x", "journal_id", "y"]


def test_columns_without_name_and_content_are_left_out(tmp_path: Path) -> None:
    assert list(read(tmp_path / "t.csv", "a,,b,,\n1,,2,, \n").columns) == ["a", "b"]


def test_a_column_without_a_name_keeps_its_content(tmp_path: Path) -> None:
    frame = read(tmp_path / "t.csv", "a,,\n1,note,\n")
    assert texts(frame) == [["1", "note"]]


def test_two_columns_without_a_name_are_not_laid_over_each_other(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path / "t.csv", "a,,\n1,note,another\n")
    assert problem.code == "duplicate_column"


@pytest.mark.parametrize(
    ("delimiter", "spoken"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")]
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_another_delimiter_is_recognised_by_the_required_columns(
    tmp_path: Path, delimiter: str, spoken: str, quote: str
) -> None:
    header = delimiter.join(f"{quote}{c}{quote}" for c in ("journal_id", "note, if any", "item"))
    (problem,) = problems_of(tmp_path / "t.csv", f"{header}\n", required=("journal_id", "item"))
    assert (problem.code, problem.value) == ("wrong_delimiter", spoken)


def test_a_head_with_a_line_break_is_no_delimiter_fault(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path / "t.csv", '"a;b\nc",d\n1,2\n', required=("item",))
    assert problem.code == "missing_column"


@pytest.mark.parametrize("header", ["," * 100_000, ",".join(map(str, range(100_000)))])
def test_a_header_of_very_many_columns_takes_little_time(tmp_path: Path, header: str) -> None:
    start = time.process_time()
    problems_of(tmp_path / "t.csv", header, required=("item",))
    assert time.process_time() - start < 10


def test_reading_leaves_the_limit_of_the_csv_module_alone(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    read(tmp_path / "t.csv", "a\n1\n")
    problems_of(tmp_path / "t.csv", 'a\n"1\n')
    assert csv.field_size_limit() == before


# Parquet ------------------------------------------------------------------------------------------------


def test_parquet_of_numbers_dates_and_truth_is_read_as_text(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "whole": [5, 6],
            "float": [2.0, 2.5],
            "gap": [1.0, None],
            "day": pd.to_datetime(["2026-03-16", "2026-03-17"]),
            "truth": [True, False],
        }
    )
    assert texts(read(tmp_path / "t.parquet", to_parquet_bytes(frame))) == [
        ["5", "2", "1", "2026-03-16", "True"],
        ["6", "2.5", None, "2026-03-17", "False"],
    ]


def test_parquet_written_with_its_key_as_index_has_it_as_column(tmp_path: Path) -> None:
    frame = pd.DataFrame({"journal_id": ["a"], "title": ["A"]}).set_index("journal_id")
    frame.to_parquet(tmp_path / "t.parquet")
    back, _ = read_table(tmp_path / "t.parquet", required=("journal_id", "title"))
    assert back is not None
    assert texts(back) == [["a", "A"]]


def test_parquet_of_lists_is_refused(tmp_path: Path) -> None:
    content = to_parquet_bytes(pd.DataFrame({"a": [["nested"], ["lists"]]}))
    (problem,) = problems_of(tmp_path / "t.parquet", content)
    assert problem.code == "bad_parquet"


def test_parquet_without_a_required_column_is_refused(tmp_path: Path) -> None:
    content = to_parquet_bytes(pd.DataFrame({"jurnal_id": ["a"]}))
    (problem,) = problems_of(tmp_path / "t.parquet", content, required=("journal_id",))
    assert str(problem).startswith("t.parquet: the column 'journal_id' is missing; nearest: 'jurnal_id'")
