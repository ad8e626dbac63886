"""What was right about reading stays right: no word of a library, days and NA as they stand, blank rows in bounds."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from mappings import HEAD, WIDE, made, write_study
from running import cli, process
from spreadsheets import changed, saved, xlsx
from workbooks import cell_at, edited, filled_completely, make_survey, texts, workbook_of

from rdpscore.coding import cells as parse
from rdpscore.coding.read import read_workbook
from rdpscore.readers import read_book
from rdpscore.readers import workbook as module
from rdpscore.survey.zipped import read_zipped

CODINGS = "| journal_id | coder | item | answer |\n|-|-|-|-|\n| alpha | c1 | policy | yes |"
LISTED = b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
"""A drop-down list from another sheet, as Excel saves it; openpyxl warns of it."""


def warned_of(content: bytes) -> bytes:
    return changed(content, lambda part: part.replace(b"</worksheet>", LISTED))


def test_no_warning_of_a_library_reaches_the_terminal(tmp_path: Path) -> None:
    content = warned_of(xlsx())
    with pytest.warns(UserWarning, match="Data Validation"):
        list(openpyxl.load_workbook(io.BytesIO(content)).worksheets)
    write_study(tmp_path, WIDE.replace("csv", "xlsx"), head=HEAD)
    (tmp_path / "study.xlsx").write_bytes(content)
    for way in (["--mapping", tmp_path / "mapping.yaml", "--dry-run"], ["--propose"]):
        run = process(
            sys.executable, "-m", "rdpscore", "import", tmp_path / "new", *way, tmp_path / "study.xlsx"
        )
        assert (run.status, "Warning" in run.err, "site-packages" in run.err) == (0, False, False)


@pytest.mark.parametrize(
    "text", ["NA", "N/A", "None", "null", "nan", "-", "NULL", "TRUE", "1e3", "0012", "1.50"]
)
def test_texts_that_other_programs_take_for_nothing_are_kept(text: str, tmp_path: Path) -> None:
    study = f"| Journal | Policy | Data | Code | Note |\n|-|-|-|-|-|\n| {text} | yes | 1 | 0 | {text} |"
    mapping = WIDE.replace("code: Code}", "code: {column: Code, note: Note}}")
    survey = made(tmp_path, mapping, study=study).survey
    assert survey.journals["title"].tolist() == [text]
    assert text in survey.codings["note"].tolist()


@pytest.mark.parametrize(
    "written",
    [
        "2024",
        "2024-05",
        "05/2024",
        "May 2024",
        "2024-5-3",
        "2024-05-31 23:59",
        "3/4/2024",
        "4-3-2024",
        "31.2.2024",
        "5.31.2024",
        "13/13/2024",
        "31.5.24",
        "31. Mayday 2024",
    ],
)
def test_a_day_that_is_none_is_kept_as_written_and_told(written: str, tmp_path: Path) -> None:
    content = edited(
        filled_completely(workbook_of(make_survey(tmp_path / "s"))),
        lambda book: setattr(cell_at(book, "alpha", "policy", "Date"), "value", written),
    )
    (tmp_path / "c1.xlsx").write_bytes(content)
    found = cli("check", tmp_path / "c1.xlsx", "--json").json()["problems"]
    assert [(p["code"], p["value"]) for p in found] == [("bad_date", written)]
    filled, _ = read_workbook(content, "c1.xlsx")
    assert texts(filled, "coded_on")["alpha", "policy"] == written


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("31.5.2024", "2024-05-31"),
        ("4.3.2024", "2024-03-04"),  # dots are written by those who write the day first
        ("04. 03. 2024", "2024-03-04"),
        ("20 Nov 2024", "2024-11-20"),
        ("3rd of", None),
        ("3rd September 2024", "2024-09-03"),
        ("20-Nov-2024", "2024-11-20"),
        ("SEPT. 3, 2024", "2024-09-03"),
        ("November 20th 2024", "2024-11-20"),
        ("11/20/2024", "2024-11-20"),
        ("20/11/2024", "2024-11-20"),
        ("7/7/2024", "2024-07-07"),
        ("2024/03/04", "2024-03-04"),
    ],
)
def test_a_day_is_read_as_people_write_it(written: str, day: str | None) -> None:
    assert parse.day(written) == (day or written)


def test_formatted_blank_cells_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet of which whole columns were formatted has a million rows with cells that hold nothing."""
    rows = "".join(
        f'<row r="{r}" s="1" ht="15">' + f'<c r="A{r}" s="0"/>' + "</row>" for r in range(10, 3_000)
    )
    last = '<row r="3000"><c r="B3000" t="inlineStr"><is><t>end</t></is></c></row></sheetData>'
    content = changed(xlsx(), lambda part: part.replace(b"</sheetData>", (rows + last).encode()))
    looked_at: list[int] = []
    parse = module._Parser.parse_cell

    def counted(self: module._Parser, element: object) -> dict[str, object]:
        looked_at.append(1)
        return parse(self, element)

    monkeypatch.setattr(module._Parser, "parse_cell", counted)
    book, _ = read_book(content, "a.xlsx")
    assert book is not None
    *above, end = book.sheets[0].page.rows
    assert (end, len(above)) == (["", "end"], 2999)
    assert len(looked_at) < 30


@pytest.mark.parametrize("system", ["Windows", "Mac"])
def test_a_zip_of_any_system_is_read(system: str, tmp_path: Path) -> None:
    folder = make_survey(tmp_path / "s", CODINGS)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(p for p in folder.iterdir() if p.is_file()):
            entry = zipfile.ZipInfo("x")
            entry.filename = f"s\\{path.name}" if system == "Windows" else f"s/{path.name}"
            archive.writestr(entry, path.read_bytes())
            if system == "Mac":
                archive.writestr(f"__MACOSX/s/._{path.name}", b"\0\5\x16\7")
                archive.writestr(f"s/._{path.name}", b"\0\5\x16\7")
    survey, problems = read_zipped(out.getvalue())
    assert survey is not None, list(problems)
    assert len(survey.journal_ids) > 0


def test_the_private_names_of_openpyxl_that_are_used_are_there() -> None:
    """`pyproject.toml` bounds openpyxl from above for these."""
    from openpyxl.worksheet._reader import WorkSheetParser

    text = Path(module.__file__).read_text(encoding="utf-8")
    for name in re.findall(r"parser\.(\w+)|super\(\)\.(\w+)\(", text):
        assert hasattr(WorkSheetParser(None, []), name[0] or name[1]) or name[0] in ("struck", "hidden")
    book = openpyxl.load_workbook(io.BytesIO(saved(openpyxl.Workbook())), read_only=True)
    assert all(hasattr(book, n) for n in ("_date_formats", "_timedelta_formats", "epoch"))
    assert all(hasattr(book.worksheets[0], n) for n in ("_get_source", "_shared_strings"))
