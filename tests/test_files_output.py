"""Files for people: four formats, no live formula, no file overwritten, equal bytes for equal input."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from defusedxml import ElementTree
from hypothesis import example, given, settings
from hypothesis import strategies as st
from running import cli, contents, process

from rdpscore.files import spreadsheet_safe, write_bytes_new, write_tables
from rdpscore.files.output import csv_bytes
from rdpscore.readers.workbook import unescaped

SUFFIXES = (".csv", ".json", ".parquet", ".xlsx")
DANGEROUS = ["=1+1", "+1+A1", "-A1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")']
HARMLESS = [
    "a=1",
    "1-2",
    "a@b",
    "'1",
    " ",
    "-",
    "a - b",
    "-1e-3",
    "é",
    "007",
    "-1.5",
    "+2",
    "2026-03-16",
    "https://example.org",
]


@pytest.fixture
def table() -> pd.DataFrame:
    words = [*DANGEROUS, *HARMLESS]
    return pd.DataFrame(
        {
            "text": words,
            "=head": [None, *words[1:]],
            "kind": pd.Categorical(words),
            "number": [-0.5, None, *range(len(words) - 2)],
            "whole": pd.array([-1, None, *range(len(words) - 2)], dtype="Int64"),
            "truth": [True] * len(words),
        }
    )


def write(path: Path, table: pd.DataFrame, *, raw: bool = False) -> Path:
    write_tables(path, {"main": table, "other": table.head(1)}, json_text='{"a": 1}', raw=raw)
    return path


def csv_rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))


# Formulas -----------------------------------------------------------------------------------------------


def test_csv_holds_no_text_that_a_spreadsheet_would_run(tmp_path: Path, table: pd.DataFrame) -> None:
    header, *rows = csv_rows(write(tmp_path / "t.csv", table))
    texts = [cell for row in rows for cell in row[:3]]
    assert {t[0] for t in [*header, *texts] if t.startswith(("=", "@", "\t"))} == set()
    marked = ["'=1+1", "'+1+A1", "'-A1", "'@SUM(A1)", "'\t'=1", '\'=HYPERLINK("http://x")']
    assert [row[0] for row in rows] == [*marked, *HARMLESS]
    assert header == ["text", "'=head", "kind", "number", "whole", "truth"]


NEUTRAL = {
    "a;=1+1": "a;'=1+1",
    "x\t=cmd|' /C calc'!A0": "x\t'=cmd|' /C calc'!A0",
    "one\n=1\u2028+a": "one\n'=1\u2028'+a",
    'said "=1"': 'said "\'=1"',
    "a, +1+A1": "a,' +1+A1",
    "a|@SUM(A1)": "a|'@SUM(A1)",
    "＝1": "'＝1",
    "＋1": "'＋1",
    "－1": "'－1",
    "＠a": "'＠a",
    " \u00a0\u200b\ufeff=1": "' \u00a0\u200b\ufeff=1",
    "\x01=1": "'\x01=1",
    "\tname": "'\tname",
    "\rname": "'\rname",
    "'=1": "''=1",
    "' -a": "'' -a",
    "-1.5": "-1.5",
    " -1.5 ": " -1.5 ",
    "-1;-2;+3e-4": "'-1;-2;+3e-4",
    "1;-2;-3": "1;-2;-3",
    "1;-2|=3": "1;'-2|'=3",
    "a, -, b": "a, -, b",
    "-": "-",
    "--": "'--",
    "- not said": "'- not said",
    "a - b; c = d": "a - b; c = d",
    "2018-05-01": "2018-05-01",
    "it's =": "it's =",
}


@pytest.mark.parametrize("text", NEUTRAL)
def test_text_is_marked_wherever_another_locale_would_begin_a_formula(text: str) -> None:
    made = spreadsheet_safe(pd.DataFrame({text: [text]}))
    assert list(made.columns) == [NEUTRAL[text]]
    assert made.iloc[0, 0] == NEUTRAL[text]


SIGNS = "=+-@＝＋－＠"
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|-")
UNSEEN = " \u00a0\u200b\x01"
CELLS = st.text(st.sampled_from([*SIGNS, *",;\t|\"'\n\r", *UNSEEN, "a", "1", "."]), max_size=8)


@settings(max_examples=500, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=4), CELLS, st.sampled_from(",;\t|"))
@example(["\n-\r1"], "", ",")
def test_no_locale_splits_a_formula_off(cells: list[str], head: str, delimiter: str) -> None:
    """However the bytes are split at a delimiter and at line ends, with quotation marks or without."""
    made = csv_bytes(pd.DataFrame({head: cells})).decode("utf-8")
    split = [re.split(f'[{re.escape(delimiter)}"]', line) for line in made.splitlines()]
    split += list(csv.reader(io.StringIO(made, newline=""), delimiter=delimiter))
    for cell in (c.strip(f'{UNSEEN}\t\r\n"') for row in split for c in row):
        assert not cell.startswith(tuple(SIGNS)) or NUMBER.fullmatch(cell), (cell, made)


@settings(max_examples=500, deadline=None)
@given(CELLS)
def test_what_was_put_in_can_be_taken_out(text: str) -> None:
    """By the rule that docs/scoring.md states."""
    begins = r"""(^|[,;|"\t\n\r])'(?=[' \u00a0\u200b\x01]*[=+\-@＝＋－＠])|^'(?='*[\t\r])"""
    marked = spreadsheet_safe(pd.DataFrame({"a": [text]})).iloc[0, 0]
    assert re.sub(begins, r"\1", marked) == text


def test_texts_that_the_writer_of_workbooks_would_take_for_markup(tmp_path: Path) -> None:
    texts = ["<r><t>bold</t></r>", "<r></r>", "_x0041_", "_x0041_x0042_", "{=1}", "=1", "internal:A1"]
    sheet = openpyxl.load_workbook(write(tmp_path / "t.xlsx", pd.DataFrame({t: [t] for t in texts})))["main"]
    content = zipfile.ZipFile(tmp_path / "t.xlsx").read("xl/sharedStrings.xml").decode()
    found = [unescaped("".join(si.itertext())) for si in ElementTree.fromstring(content)]
    assert found == texts
    assert {c.data_type for row in sheet.iter_rows() for c in row} == {"s"}


def test_what_no_workbook_holds_is_told_or_written_as_text(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"row 2, column a holds the character U\+FFFF"):
        write(tmp_path / "t.xlsx", pd.DataFrame({"a": ["b\uffff"]}))
    sheet = openpyxl.load_workbook(write(tmp_path / "u.xlsx", pd.DataFrame({"a": [float("inf"), 1.5]})))[
        "main"
    ]
    assert [c.value for c in sheet["A"]] == ["a", "inf", 1.5]


def test_csv_holds_no_carriage_return_that_a_reader_would_take_for_a_line_end(tmp_path: Path) -> None:
    table = pd.DataFrame({"a": ["\r=1", "b\rc"], "d": ["e", "f"]})
    assert csv_rows(write(tmp_path / "t.csv", table)) == [["a", "d"], ["'\n'=1", "e"], ["b\nc", "f"]]


def test_csv_keeps_negative_numbers_numbers(tmp_path: Path, table: pd.DataFrame) -> None:
    rows = csv_rows(write(tmp_path / "t.csv", table))
    assert rows[1][3:] == ["-0.5", "-1", "True"]


def test_raw_csv_keeps_every_text(tmp_path: Path, table: pd.DataFrame) -> None:
    header, *rows = csv_rows(write(tmp_path / "t.csv", table, raw=True))
    assert header == list(table.columns)
    assert [row[0] for row in rows] == [*DANGEROUS, *HARMLESS]


def test_neutralising_leaves_the_table_itself_alone(table: pd.DataFrame) -> None:
    before = table.copy(deep=True)
    spreadsheet_safe(table)
    pd.testing.assert_frame_equal(table, before)


def test_xlsx_cells_are_the_texts_as_strings(tmp_path: Path, table: pd.DataFrame) -> None:
    sheet = openpyxl.load_workbook(write(tmp_path / "t.xlsx", table))["main"]
    cells = [sheet.cell(i, 1) for i in range(2, len(table) + 2)]
    assert {c.data_type for c in cells} == {"s"}
    assert [c.value for c in cells] == list(table["text"])
    assert {c.data_type for row in sheet.iter_rows() for c in row} <= {"s", "n", "b"}
    assert not [c for row in sheet.iter_rows() for c in row if c.hyperlink]


def test_xlsx_keeps_numbers_truth_and_gaps(tmp_path: Path, table: pd.DataFrame) -> None:
    sheet = openpyxl.load_workbook(write(tmp_path / "t.xlsx", table))["main"]
    first, second = list(sheet.iter_rows(min_row=2, max_row=3, values_only=True))
    assert first[1:] == (None, "=1+1", -0.5, -1, True)
    assert second[3:] == (None, None, True)


def test_xlsx_has_a_sheet_a_table(tmp_path: Path, table: pd.DataFrame) -> None:
    assert openpyxl.load_workbook(write(tmp_path / "t.xlsx", table)).sheetnames == ["main", "other"]


def test_parquet_keeps_texts_and_types(tmp_path: Path, table: pd.DataFrame) -> None:
    back = pd.read_parquet(write(tmp_path / "t.parquet", table))
    pd.testing.assert_frame_equal(back, table, check_dtype=False, check_categorical=False)


def test_json_is_the_text_given(tmp_path: Path, table: pd.DataFrame) -> None:
    assert write(tmp_path / "t.json", table).read_text() == '{"a": 1}'


def test_another_suffix_is_refused(tmp_path: Path, table: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match=r"'.ods' is no format for tables; use one of .csv, .json"):
        write(tmp_path / "t.ods", table)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_upper_case_suffix_is_the_same_format(tmp_path: Path, table: pd.DataFrame, suffix: str) -> None:
    lower, upper = write(tmp_path / f"a{suffix}", table), write(tmp_path / f"b{suffix.upper()}", table)
    assert lower.read_bytes() == upper.read_bytes()


# Overwriting --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_existing_file_is_not_overwritten(tmp_path: Path, table: pd.DataFrame, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    path.write_text("precious")
    with pytest.raises(FileExistsError, match="add --force"):
        write(path, table)
    assert contents(tmp_path) == {f"t{suffix}": b"precious"}


def test_force_overwrites(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("old")
    write_bytes_new(tmp_path / "t", b"new", force=True)
    assert contents(tmp_path) == {"t": b"new"}


@pytest.mark.parametrize("verb", ["score", "validate", "agreement", "reproduce"])
def test_a_command_refuses_an_existing_output_before_it_works(tmp_path: Path, verb: str) -> None:
    (tmp_path / "t.csv").write_text("precious")
    run = cli(verb, "--output", tmp_path / "t.csv")
    assert run.status == 2
    assert "--force" in run.err
    assert contents(tmp_path) == {"t.csv": b"precious"}


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "t").write_text("old")
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_bytes_new(tmp_path / "t", b"new", force=True)
    assert contents(tmp_path) == {"t": b"old"}


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    write_bytes_new(tmp_path / "ours", b"")
    (tmp_path / "any").touch()
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "any").stat().st_mode


# Limits of .xlsx ----------------------------------------------------------------------------------------


def test_a_text_too_long_for_xlsx_is_told_and_nothing_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"row 3, column a is too long for .xlsx; use .csv or .parquet"):
        write(tmp_path / "t.xlsx", pd.DataFrame({"a": ["x", "x" * 32_768]}))
    assert contents(tmp_path) == {}


def test_more_rows_than_xlsx_holds_are_told_and_nothing_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"1,048,576 rows are more than .xlsx can hold"):
        write(tmp_path / "t.xlsx", pd.DataFrame({"a": [1]}).iloc[[0] * 1_048_576])
    assert contents(tmp_path) == {}


def test_a_command_tells_a_text_too_long_for_xlsx_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    codings = folder / "codings.csv"
    codings.write_text(codings.read_text().replace("alpha,c1,data,2", f"alpha,c1,data,{'2' * 40_000}"))
    run = cli("validate", folder, "--output", tmp_path / "t.xlsx")
    assert run.status == 1
    assert "is too long for .xlsx; use .csv or .parquet" in run.err
    assert not (tmp_path / "t.xlsx").exists()


# Every command, every format ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("verb", ["score", "validate", "agreement", "reproduce"])
def test_every_command_writes_every_format(tmp_path: Path, verb: str, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    run = cli(verb, "--json", "--output", path)
    assert run.status == 0
    match suffix:
        case ".csv":
            assert len({len(row) for row in csv_rows(path)}) == 1
        case ".json":
            assert json.loads(path.read_text()) == run.json()
        case ".parquet":
            assert len(pd.read_parquet(path))
        case ".xlsx":
            assert openpyxl.load_workbook(path).active.max_row > 1


WRITE_ALL = """\
import sys
from rdpscore.cli import main
for suffix in (".csv", ".json", ".parquet", ".xlsx"):
    sys.argv[1:] = ["score", "--output", "t" + suffix]
    try:
        main()
    except SystemExit as leave:
        assert leave.code == 0
"""


@pytest.mark.slow
def test_equal_input_makes_equal_bytes_in_processes_of_different_hash_seeds(tmp_path: Path) -> None:
    found = []
    for seed in ("1", "2"):
        where = tmp_path / seed
        where.mkdir()
        assert process(sys.executable, "-c", WRITE_ALL, cwd=where, PYTHONHASHSEED=seed).status == 0
        found.append(contents(where))
    assert list(found[0]) == [f"t{s}" for s in SUFFIXES]
    assert found[0] == found[1]
