"""One reader a format behind every command: the same cells, whatever program saved them; what is not read is named."""

from __future__ import annotations

import datetime
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from mappings import HEAD, WIDE, write_study
from office import needs_office, resaved
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from running import cli
from spreadsheets import TABLE, changed, ods, packed, saved, strict, xlsb, xlsx
from workbooks import cell_at, edited, filled_completely, make_survey, texts, workbook_of

from rdpscore.coding.read import read_workbook
from rdpscore.problems import InvalidInput, Problem
from rdpscore.published.importing import Published, read_published
from rdpscore.readers import Book, Cell, convert_together, office, read_book
from rdpscore.readers.registry import Reader, UnknownReader, find_reader, names
from rdpscore.survey import load

RECORDED = Path(__file__).parent / "data" / "reading" / "study.xls"
FORMATS = {
    "study.xlsx": xlsx,
    "study.xlsm": xlsx,
    "strict.xlsx": lambda: strict(xlsx()),
    "study.ods": ods,
    "study.xlsb": xlsb,
    "study.xls": RECORDED.read_bytes,
}
PUBLISHERS = HEAD.replace("[publisher, evidence]", "[evidence]")
MAPPING = WIDE.replace("{title: Journal}", "{title: Journal, publisher: Publisher}")
EXPECTED = [
    ("Alpha Letters", "North", "yes"),
    ("Beta Reviews", "South", "no"),
    ("Gamma Reports", "South", "yes"),
]


@pytest.fixture
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where LibreOffice is not installed."""
    monkeypatch.setattr(office, "program", lambda: None)


def study(
    folder: Path, name: str, content: bytes, mapping: str = MAPPING, head: str = PUBLISHERS
) -> Published:
    path = write_study(folder, mapping.replace("study.csv", name), head=head)
    (folder / name).write_bytes(content)
    return read_published(path)


def refusal(folder: Path, name: str, content: bytes, mapping: str = MAPPING) -> list[Problem]:
    with pytest.raises(InvalidInput) as caught:
        study(folder, name, content, mapping)
    return list(caught.value.problems.errors)


def read(content: bytes, name: str) -> Book:
    book, problems = read_book(content, name)
    assert book is not None, list(problems)
    return book


def answers(made: Published) -> list[tuple[str, str, str]]:
    """Journal, publisher and whether it has a policy."""
    table = made.survey.codings
    policy = table[table["item"] == "policy"].set_index("journal_id")["answer"]
    facts = made.survey.journals.set_index("journal_id")
    return [(facts["title"][j], facts["publisher"][j], policy[j]) for j in facts.index]


# What is read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.usefixtures("no_office")
def test_a_published_table_is_the_same_in_every_format(name: str, tmp_path: Path) -> None:
    made = study(tmp_path, name, FORMATS[name]())
    assert answers(made) == EXPECTED
    data = made.survey.codings.query("item == 'data'").set_index("journal_id")["answer"]
    assert data.dropna().to_dict() == {"alpha-letters": "1", "gamma-reports": "2"}
    notes = [p.what for p in made.report.problems if p.code == "values_only"]
    assert bool(notes) == name.endswith((".xls", ".xlsb"))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.usefixtures("no_office")
def test_a_draft_is_made_of_every_format_without_a_warning(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(FORMATS[name]())
    run = cli("import", tmp_path / "draft", "--propose", tmp_path / name)
    assert (run.status, "Warning" in run.err) == (0, False)
    assert "Alpha Letters" not in run.err
    assert 'title: "Journal"' in (tmp_path / "draft" / "mapping.yaml").read_text()


def test_a_file_is_known_by_what_stands_in_it_whatever_its_name(tmp_path: Path) -> None:
    assert read(xlsx(), "study.csv").format == "xlsx"
    assert read(ods(), "study.xlsx").format == "ods"
    assert read(xlsb(), "study").format == "xlsb"
    assert answers(study(tmp_path, "study.csv", xlsx())) == EXPECTED


def test_the_first_sheet_that_is_not_hidden_is_read(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx()))
    lists = book.create_sheet("Lists", 0)
    lists.append(["code", "label"])
    lists.sheet_state = "hidden"
    book.active = 1
    assert answers(study(tmp_path, "study.xlsx", saved(book))) == EXPECTED


def sheets(**rows: list[list[str]]) -> bytes:
    """A workbook whose sheets hold these rows below the heads of the study; ``Notes`` has none."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, own in rows.items():
        page = book.create_sheet(name)
        for row in own if name == "Notes" else [["Journal", "Publisher", "Policy", "Data", "Code"], *own]:
            page.append(row)
    return saved(book)


ALPHA, BETA = ["Alpha", "North", "yes", "1", "0"], ["Beta", "South", "no", "0", "0"]


@pytest.mark.parametrize(
    ("said", "titles", "not_read"),
    [
        ("[Two, One]", ["Beta", "Alpha"], [("Notes", "3 cells")]),
        ("[T*, O*]", ["Beta", "Alpha"], [("Notes", "3 cells")]),
        ("'[OT]*'", ["Alpha", "Beta"], [("Notes", "3 cells")]),
        ("One", ["Alpha"], [("Two", "10 cells"), ("Notes", "3 cells")]),
    ],
)
def test_a_source_takes_the_sheets_it_names_and_the_others_are_told(
    said: str, titles: list[str], not_read: list[tuple[str, str]], tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(sheets(One=[ALPHA], Two=[BETA], Notes=[["a", "b"], ["", "c"]])))
    book.create_sheet("Empty")
    text = MAPPING.replace("study.csv", f"{{file: study.xlsx, sheet: {said}}}")
    made = study(tmp_path, "study.xlsx", saved(book), text)
    assert made.survey.journals["title"].tolist() == titles
    told = [p for p in made.report.problems if p.code == "sheet_not_read"]
    assert [(p.value, re.search(r"\((.*)\)", p.what)[1]) for p in told] == not_read  # type: ignore[index]


def test_a_sheet_that_another_source_reads_is_not_told_and_a_hidden_one_is(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(sheets(One=[ALPHA], Side=[ALPHA], Lists=[BETA])))
    book["Lists"].sheet_state = "hidden"
    text = MAPPING.replace(
        "study.csv", "{file: study.xlsx, sheet: One}, side: {file: study.xlsx, sheet: Side}"
    )
    made = study(tmp_path, "study.xlsx", saved(book), text)
    (told,) = [p for p in made.report.problems if p.code == "sheet_not_read"]
    assert "the sheet 'Lists' (hidden, 10 cells)" in told.what


def test_a_sheet_of_the_list_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    text = MAPPING.replace("study.csv", "{file: study.xlsx, sheet: [One, Tow]}")
    (problem,) = refusal(tmp_path, "study.xlsx", sheets(One=[ALPHA], Two=[BETA]), text)
    assert (problem.code, problem.value) == ("source_sheet", "Tow")
    assert "'Two'" in problem.what


def test_a_reader_tells_what_is_hidden_merged_and_where_cells_stand() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["B3"], sheet["C3"], sheet["D5"] = "text", 2.5, datetime.date(2024, 5, 31)
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.merge_cells("B3:B4")
    page = read(saved(book), "a.xlsx").sheets[0].page
    assert list(page.rows) == [[], [], ["", "text", "2.5"], [], ["", "", "", "2024-05-31"]]
    kinds = [[getattr(c, "kind", "text") for c in row] for row in page.rows]
    assert (kinds[2][2], kinds[4][3]) == ("number", "date")
    assert (page.hidden_rows, page.hidden_columns, page.merged) == ({5}, {3}, ("B3:B4",))


def test_opendocument_is_read_with_its_repeats_blanks_notes_and_hidden_parts() -> None:
    twice, wide = ' table:number-columns-repeated="2"', ' table:number-columns-spanned="2"'
    words = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
    said = (
        'two<text:s text:c="2"/>blanks<text:line-break/>and <text:span text:style-name="x">a span</text:span>'
    )
    rows = (
        '<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        f"<table:table-row>{words.format(twice, 'twice')}"
        f"{words.format(wide, said)}<table:covered-table-cell/></table:table-row>"
        '<table:table-row table:visibility="filter">'
        '<table:table-cell office:value-type="date" office:date-value="2024-05-31"><text:p>31.05.24</text:p>'
        "</table:table-cell>"
        '<table:table-cell office:value-type="percentage" office:value="0.5"><text:p>50%</text:p></table:table-cell>'
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>WAHR</text:p>'
        "</table:table-cell>"
        '<table:table-cell table:formula="of:=[.A1]+1" office:value-type="float" office:value="3"/>'
        '<table:table-cell table:formula="of:=[.A1]+1"/>'
        '<table:table-cell table:style-name="gone" office:value-type="string"><office:annotation>'
        "<text:p>a remark</text:p></office:annotation><text:p>struck</text:p></table:table-cell></table:table-row>"
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
    )
    styles = (
        '<style:style style:name="hid" style:family="table"><style:table-properties table:display="false"/>'
        '</style:style><style:style style:name="gone" style:family="table-cell">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    )
    more = '<table:table table:name="old" table:style-name="hid"/>'
    book = read(ods(rows=rows, styles=styles, more=more), "a.ods")
    assert [(s.name, s.hidden) for s in book.sheets] == [("study", False), ("old", True)]
    page = book.sheets[0].page
    *blank, text, values = page.rows
    assert (blank, text) == ([[], []], ["twice", "twice", "two  blanks\nand a span"])
    assert values == ["2024-05-31", "0.5", "TRUE", "3", "", "struck"]
    kinds = [(c.kind, c.formula, c.struck) for c in values if isinstance(c, Cell)][3:]
    assert kinds == [("formula", "=[.A1]+1", False), ("uncomputed", "=[.A1]+1", False), ("text", "", True)]
    assert (page.hidden_rows, page.hidden_columns, page.merged) == ({4}, {2, 3}, ("C3:D3",))


def test_a_sheet_that_says_it_is_full_of_copies_is_refused() -> None:
    said = 'table:number-columns-repeated="16384" office:value-type="string"'
    cell = f"<table:table-cell {said}><text:p>x</text:p></table:table-cell>"
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    book, problems = read_book(ods(rows=rows), "a.ods")
    assert book is None
    assert [p.code for p in problems] == ["bad_workbook"]


@pytest.mark.usefixtures("no_office")
def test_addresses_of_an_old_workbook_do_not_shift_where_its_first_rows_are_blank() -> None:
    book = read(RECORDED.read_bytes(), "study.xls")
    assert [(s.name, s.hidden) for s in book.sheets] == [("Codes", True), ("study", False)]
    rows = list(book.sheets[1].page.rows)
    assert rows[:2] == [[], []]
    assert rows[3] == ["", "Alpha Letters", "North", "yes", "1", "0", "2024-05-31"]


@needs_office
@pytest.mark.libreoffice
def test_libreoffice_shows_what_is_hidden_and_computed_and_is_started_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    starts: list[list[str]] = []
    run = office._run
    monkeypatch.setattr(
        office, "_run", lambda command, seconds: (starts.append(command), run(command, seconds))
    )
    old, new = RECORDED.read_bytes(), xlsb()
    made = convert_together([old, new, xlsx(), b"a,b\n"])
    assert (len(made), len(starts)) == (2, 1)
    page = read(old, "study.xls").sheets[1].page
    assert (page.hidden_rows, page.hidden_columns) == ({5}, {7})
    total = list(page.rows)[5][4]
    assert (total, getattr(total, "kind", ""), getattr(total, "formula", "")) == ("2", "formula", "=1+1")
    assert getattr(list(page.rows)[3][2], "struck", False)
    assert list(read(new, "a.xlsb").sheets[0].page.rows)[1] == ["Alpha Letters", "North", "yes", "1", "0"]


@needs_office
@pytest.mark.libreoffice
def test_a_program_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nsleep 600\n")
    slow.chmod(0o755)
    monkeypatch.setattr(office, "program", lambda: str(slow))
    monkeypatch.setattr(office, "_START", 0)
    monkeypatch.setattr(office, "_EACH", 0.2)
    book = read(RECORDED.read_bytes(), "study.xls")
    assert len(book.notes) == 1


# Days, formulas, what is struck out ---------------------------------------------------------------------------


@pytest.mark.parametrize("system", ["1900", "1904"])
def test_days_are_read_in_the_system_of_their_workbook(system: str) -> None:
    book = openpyxl.Workbook()
    if system == "1904":
        book.epoch = CALENDAR_MAC_1904
    book.worksheets[0].append([datetime.date(2024, 5, 31)])
    page = read(saved(book), "a.xlsx").sheets[0].page
    assert list(page.rows) == [["2024-05-31"]]


@pytest.mark.parametrize(("system", "serial"), [("1900", 45_443), ("1904", 43_981)])
def test_a_day_that_became_a_number_is_read_in_the_system_of_its_workbook(
    system: str, serial: int, tmp_path: Path
) -> None:
    def number(book: openpyxl.Workbook) -> None:
        cell = cell_at(book, "alpha", "policy", "Date")
        if system == "1904":
            book.epoch = CALENDAR_MAC_1904
        cell.value, cell.number_format = serial, "General"

    content = edited(filled_completely(workbook_of(make_survey(tmp_path / "s"))), number)
    filled, problems = read_workbook(content, "c1.xlsx")
    assert filled is not None, list(problems)
    assert texts(filled, "coded_on")["alpha", "policy"] == "2024-05-31"


def test_a_formula_that_was_never_computed_is_told_with_its_cell(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx()))
    sheet = book.worksheets[0]
    sheet["C3"], sheet["G1"], sheet["G2"] = '=IF(TRUE,"yes","no")', "Spare", "=1+1"
    (problem,) = refusal(tmp_path, "study.xlsx", saved(book))
    assert (problem.code, problem.place) == ("never_computed", "study.xlsx!Sheet!C3")
    assert "=IF(TRUE" in problem.what
    assert "save it" in problem.remedy


def test_a_formula_in_a_row_that_is_left_out_is_no_fault(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx()))
    book.worksheets[0].append(["Total", None, "=COUNTA(C2:C4)"])
    rule = MAPPING.replace("coders:", "rows: [{name: totals, where: {Journal: Total}}]\n    coders:")
    assert answers(study(tmp_path, "study.xlsx", saved(book), rule)) == EXPECTED


def test_a_formula_that_gives_no_text_was_computed(tmp_path: Path) -> None:
    content = changed(
        xlsx(TABLE.replace("| yes    | 2    |", "| yes    | 7777 |")),
        lambda part: re.sub(rb't="n"><v>7777</v>', b't="str"><f>IF(1,"")</f><v></v>', part),
    )
    assert answers(study(tmp_path, "study.xlsx", content)) == EXPECTED
    (row,) = (r for r in read(content, "a.xlsx").sheets[0].page.rows if r[:1] == ["Gamma Reports"])
    assert (row[3], getattr(row[3], "kind", "")) == ("", "formula")


def test_text_that_is_struck_out_is_told(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx()))
    sheet = book.worksheets[0]
    sheet["B2"].font = Font(strike=True)
    sheet["B3"] = CellRichText("South", TextBlock(InlineFont(strike=True), "ern"))
    made = study(tmp_path, "study.xlsx", saved(book))
    told = [(p.place, p.severity.value) for p in made.report.problems if p.code == "struck_out"]
    assert told == [("study.xlsx!Sheet!B2", "warning"), ("study.xlsx!Sheet!B3", "warning")]


# What is not read --------------------------------------------------------------------------------------------

FOREIGN = {
    "study.fods": (b'<?xml version="1.0"?><office:document xmlns:office="x"/>', ".ods or .xlsx"),
    "study.html": (b"<!DOCTYPE html><html><table><tr><td>a</td></tr></table></html>", "save it as .xlsx"),
    "page.xls": (b"\n<html><body><table></table></body></html>", "named .xls"),
    "study.pdf": (b"%PDF-1.7\n", "PDF"),
    "notes.docx": (packed({"word/document.xml": "<w/>"}), "text document"),
    "study.rds": (b"\x1f\x8b\x08\0\0\0", "unpack"),
    "study.zip": (packed({"study.csv": "a,b"}), "zip archive"),
    "study.numbers": (packed({"Index/Document.iwa": "x"}), "Export To"),
    "locked.xlsx": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(900),
        "without a password",
    ),
    "study.parquet": (b"PAR1\0\0", "export it as .csv"),
    "named.xlsx": (b"Journal,Policy\nAlpha,yes\n", "rename it to .csv"),
}  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_not_read_is_named_with_the_way_out(name: str, tmp_path: Path) -> None:
    content, said = FOREIGN[name]
    (problem,) = refusal(tmp_path, name, content)
    assert problem.code == "foreign_format"
    assert said in f"{problem.what}; {problem.remedy}"
    (tmp_path / name).write_bytes(content)
    for command in (["check", tmp_path / name], ["import", tmp_path / "draft", "--propose", tmp_path / name]):
        run = cli(*command, "--json") if command[0] == "check" else cli(*command)
        assert run.status == 1
        assert "is empty" not in run.out + run.err
        assert "NUL" not in run.out + run.err
    assert not (tmp_path / "draft").exists()


def test_a_workbook_with_macros_is_refused_whatever_its_name(tmp_path: Path) -> None:
    book = io.BytesIO(xlsx())
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xcc\x61")
    (problem,) = refusal(tmp_path, "study.xlsm", book.getvalue())
    assert "macros" in problem.what


# Readers of other packages ---------------------------------------------------------------------------------------

MODULE = """
from rdpscore.readers import Book, Page, Reader, Sheet

def read(content, name, options):
    rows = [line.split("::") for line in content.decode().splitlines()]
    return Book(name, "colons", (Sheet("", lambda: Page(rows)),), "utf-8")

def fail(content, name, options):
    raise KeyError("x")

colons = Reader("colons", (".colons",), read, words="a table with colons")
failing = Reader("failing", (".failing",), fail)
other = colons
nothing = 3
"""


@pytest.fixture
def colons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package on the path that adds readers, as pip leaves it."""
    folder = tmp_path / "site"
    info = folder / "extra_readers-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "extra_readers.py").write_text(MODULE, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: extra-readers\nVersion: 1.0\n")
    entries = "colons = extra_readers:colons\nfailing = extra_readers:failing\ncsv = extra_readers:nothing\n"
    (info / "entry_points.txt").write_text(f"[rdpscore.readers]\n{entries}")
    monkeypatch.syspath_prepend(folder)
    yield
    sys.modules.pop("extra_readers", None)


@pytest.mark.usefixtures("colons")
def test_a_format_of_a_package_that_is_installed_is_read_as_any_other(tmp_path: Path) -> None:
    assert names() == ("csv", "xlsx", "ods", "xls", "xlsb", "sav", "dta", "yaml", "json", "colons", "failing")
    text = b"Journal::Publisher::Policy::Data::Code\nAlpha Letters::North::yes::1::0\n"
    assert answers(study(tmp_path / "a", "study.colons", text)) == EXPECTED[:1]
    spoken = MAPPING.replace("study.csv", "{file: study.txt, format: colons}")
    assert answers(study(tmp_path / "b", "study.txt", text, spoken)) == EXPECTED[:1]
    (tmp_path / "study.colons").write_bytes(text)
    assert cli("import", tmp_path / "draft", "--propose", tmp_path / "study.colons").status == 0


@pytest.mark.usefixtures("colons")
def test_a_reader_of_another_package_that_fails_is_a_problem(tmp_path: Path) -> None:
    (problem,) = refusal(tmp_path, "study.failing", b"a")
    assert problem.code == "bad_workbook"
    assert "KeyError" in problem.what
    assert find_reader("csv").suffixes == (".csv", ".tsv", ".txt")  # ours are not replaced


def test_an_unknown_format_has_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownReader, match="nearest: 'xlsx'"):
        find_reader("xslx")
    wrong = MAPPING.replace("study.csv", "{file: study.csv, format: xslx}")
    (problem,) = refusal(tmp_path, "other.csv", b"", wrong)
    assert "xlsx" in problem.what
    with pytest.raises(ValueError, match="lower-case"):
        Reader("A b", (), find_reader("csv").read)


# Coders' workbooks -----------------------------------------------------------------------------------------------


def checked(path: Path) -> dict[str, Any]:
    run = cli("check", path, "--json")
    assert "Traceback" not in run.err
    return run.json()


@pytest.mark.parametrize("name", ["c1.xlsx", "c1.xlsm", "strict.xlsx"])
def test_a_coders_workbook_may_be_saved_in_another_form(name: str, tmp_path: Path) -> None:
    content = filled_completely(workbook_of(make_survey(tmp_path / "s")))
    path = tmp_path / name
    path.write_bytes(strict(content) if name.startswith("strict") else content)
    found = checked(path)["result"]
    assert (found["valid"], found["filled"]["answers"]) == (True, 12)
    assert cli("import", tmp_path / "s", path).status == 0


@needs_office
@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_a_coders_workbook_may_come_from_any_spreadsheet_program(kind: str, tmp_path: Path) -> None:
    survey = make_survey(tmp_path / "s")
    given = tmp_path / "c1.xlsx"
    given.write_bytes(filled_completely(workbook_of(survey)))
    (path,) = resaved([given], tmp_path, kind)
    found = checked(path)["result"]
    assert (found["valid"], found["filled"]["answers"]) == (True, 12)
    run = cli("check", path, "--annotate", tmp_path / "checked.xlsx")
    assert run.status == 0
    assert "Coding" in openpyxl.load_workbook(tmp_path / "checked.xlsx").sheetnames
    assert cli("import", survey, path).status == 0
    assert len(load(survey).codings) == 12


def test_text_that_a_coder_struck_out_is_told_with_its_cell(tmp_path: Path) -> None:
    def strike(book: openpyxl.Workbook) -> None:
        cell_at(book, "alpha", "policy", "Passage").value = CellRichText(
            "data ", TextBlock(InlineFont(strike=True), "must"), " may be shared"
        )

    content = edited(filled_completely(workbook_of(make_survey(tmp_path / "s"))), strike)
    filled, problems = read_workbook(content, "c1.xlsx")
    assert texts(filled, "evidence")["alpha", "policy"] == "data must may be shared"
    (told,) = (p for p in problems if p.code == "struck_out")
    assert told.cell is not None
    assert told.cell.startswith("Coding!")
    assert "data must may be shared" in told.what
