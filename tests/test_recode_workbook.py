"""The workbook of what must be read again after a survey moved to another codebook."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner
from workbooks import CODEBOOK, cell_at, complete_survey, edited, put, texts, workbook_of

from rdpscore.cli import app
from rdpscore.coding.filled import import_files
from rdpscore.coding.read import read_workbook
from rdpscore.moving import migrate, recode_list
from rdpscore.survey import load

RUN = CliRunner()
SAID = """
from: {id: small, version: "1"}
to: {id: small, version: "2"}
items:
  - {item: data, answers: {"1": read_again}}
  - {item: places, keep_as_is: true, review: true}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A survey in which c1 must read the answers on data again, and may review those on places."""
    out = complete_survey(tmp_path / "s")
    version, label = 'version: "1"', "label: Encouraged"
    assert version in CODEBOOK
    assert label in CODEBOOK
    (tmp_path / "new.yaml").write_text(
        CODEBOOK.replace(version, 'version: "2"').replace(label, "label: Asked for politely")
    )
    (tmp_path / "recode.yaml").write_text(SAID)
    migrate(out, tmp_path / "new.yaml", tmp_path / "recode.yaml")
    return out


def recode_workbook(folder: Path, **options: object) -> bytes:
    return workbook_of(folder, recode=recode_list(load(folder)), **options)


@pytest.mark.parametrize(("layout", "cell"), [("long", "D3"), ("wide", "J3")])
def test_it_lists_what_to_read_again_and_leads_there(folder: Path, layout: str, cell: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(recode_workbook(folder, layout=layout)))
    page = book["Read again"]
    said = [[c.value for c in (row[0], row[3], row[4])] for row in page.iter_rows(min_row=2)]
    assert said[:2] == [
        ["Alpha Letters", "1", "answer anew"],
        ["Alpha Letters", "rep;sup", "does the answer still hold?"],
    ]
    assert len(said) == 6
    assert page["B2"].hyperlink.location == f"Coding!{cell}"
    assert cell_at(book, "alpha", "data").coordinate == cell
    assert book["Coding"][cell].value is None
    assert cell_at(book, "alpha", "policy").value == "yes – There is one"


def test_journals_with_nothing_to_read_again_are_left_out(folder: Path) -> None:
    first = edited(recode_workbook(folder), lambda b: answer(b, "alpha"))
    (folder.parent / "c1.xlsx").write_bytes(first)
    import_files(folder, [folder.parent / "c1.xlsx"])
    listed = recode_list(load(folder))
    again = listed[listed["why"] == "read_again"]
    assert list(again["journal_id"]) == ["beta", "gamma"]
    filled, problems = read_workbook(workbook_of(folder, recode=again), "c1.xlsx")
    assert problems.ok
    assert {journal for journal, _ in texts(filled)} == {"beta", "gamma"}


def answer(book: openpyxl.Workbook, journal: str) -> None:
    put(cell_at(book, journal, "data"), "1 – Asked for politely")
    put(cell_at(book, journal, "data", "State"), None)


def test_an_answer_read_again_is_in_no_doubt_any_more(folder: Path) -> None:
    (folder.parent / "c1.xlsx").write_bytes(edited(recode_workbook(folder), lambda b: answer(b, "alpha")))
    import_files(folder, [folder.parent / "c1.xlsx"])
    codings = load(folder).codings
    (row,) = codings[(codings["journal_id"] == "alpha") & (codings["item"] == "data")].to_dict("records")
    assert (row["answer"], row["state"]) == ("1", "answered")


def test_the_command_writes_it_and_says_who_has_nothing_to_read(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "again.xlsx"
    done = RUN.invoke(app, ["template", str(folder), "--coder", "c1", "--recode", "-o", str(out)])
    assert (done.exit_code, "3 forms" in done.stderr) == (0, True)
    assert "Read again" in openpyxl.load_workbook(out).sheetnames
    none = RUN.invoke(
        app, ["template", str(folder), "--coder", "c2", "--recode", "-o", str(tmp_path / "2.xlsx")]
    )
    assert none.exit_code == 2
    assert "nothing to read again" in none.stderr
    assert not (tmp_path / "2.xlsx").exists()


def test_a_common_workbook_has_no_such_sheet(folder: Path) -> None:
    assert "Read again" not in openpyxl.load_workbook(io.BytesIO(workbook_of(folder))).sheetnames
