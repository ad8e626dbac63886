"""A catalogue of damaged workbooks and CSV files: each is told of with its cell, and nothing is written."""

from __future__ import annotations

import datetime
import io
import json
import re
import struct
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from tables import write_table
from typer.testing import CliRunner
from workbooks import (
    Parts,
    complete_survey,
    edited,
    found,
    make_survey,
    packed,
    part_of_sheet,
    parts_of,
    put,
    snapshot,
    texts,
    workbook_of,
)

from rdpscore.cli import app
from rdpscore.coding import read_filled
from rdpscore.coding.check import check_file
from rdpscore.coding.read import read_workbook
from rdpscore.problems import CATALOGUE, Severity
from rdpscore.survey import load

RUN = CliRunner()
LATER = (datetime.date.today() + datetime.timedelta(days=400)).isoformat()


@dataclass(frozen=True)
class Damage:
    """One way to damage a complete workbook, and all that must be said of it.

    Attributes
    ----------
    name : str
    apply : function
        Bytes of the complete workbook → bytes of the damaged one.
    expected : tuple of str
        ``"code | place | value"`` of each problem; the value where it matters.
    """

    name: str
    apply: Callable[[bytes], bytes]
    expected: tuple[str, ...]


CASES: list[Damage] = []


def case(name: str, *expected: str, apply: Callable[[bytes], bytes]) -> None:
    CASES.append(Damage(name, apply, expected))


def cells(name: str, *expected: str, **values: Any) -> None:
    """Cells of the coding sheet that hold something else."""

    def change(book: Any) -> None:
        for reference, value in values.items():
            book["Coding"][reference].value = value

    case(name, *expected, apply=lambda content: edited(content, change))


def book(name: str, *expected: str, change: Callable[[Any], object]) -> None:
    case(name, *expected, apply=lambda content: edited(content, change))


def parts(name: str, *expected: str, change: Callable[[Parts], object]) -> None:
    """Parts of the file that are not as they were."""

    def apply(content: bytes) -> bytes:
        there = parts_of(content)
        change(there)
        return packed(there)

    case(name, *expected, apply=apply)


def xml(name: str, pattern: str, replacement: str, *expected: str, sheet: str = "Coding") -> None:
    """The XML of a sheet with the first match replaced."""

    def apply(content: bytes) -> bytes:
        part = part_of_sheet(content, sheet)
        there = parts_of(content)
        text, n = re.subn(pattern, lambda _: replacement, there[part].decode(), count=1, flags=re.DOTALL)
        assert n == 1, pattern
        return packed(there | {part: text.encode()})

    case(name, *expected, apply=apply)


BROKEN = "bad_workbook | c1.xlsx"
FOREIGN = "foreign_format | c1.xlsx"

# The sheet: alpha in rows 2 to 5, beta in 6 to 9, gamma in 10 to 13; D is the answer, E the state, F the passage,
# G the address, H the date, I the confidence, J the note, M the journal_id, N the item.

# Answers that are none
cells("misspelt option", "unknown_option | c1.xlsx!Coding!D3 | Encuraged", D3="Encuraged")
cells("option of the neighbouring item", "unknown_option | c1.xlsx!Coding!D3 | yes – There is one", D3="yes – There is one")  # fmt: skip
cells("number that is no code", "unknown_option | c1.xlsx!Coding!D3 | 7", D3=7)
cells("truth value", "unknown_option | c1.xlsx!Coding!D3 | TRUE", D3=True)
cells("date that a program made of an answer", "unknown_option | c1.xlsx!Coding!D3 | 2026-01-02", D3=datetime.date(2026, 1, 2))  # fmt: skip
cells("two answers to an item that takes one", "unknown_option | c1.xlsx!Coding!D3 | 1; 2", D3="1; 2")
cells("one wrong answer of several", "unknown_option | c1.xlsx!Coding!D4 | rep; nowhere", D4="rep; nowhere")
cells("answers pasted over a column", "unknown_option | c1.xlsx!Coding!D3 | ok", "unknown_option | c1.xlsx!Coding!D7 | ok", D3="ok", D5="ok", D7="ok")  # fmt: skip
cells("unknown state", "unknown_state | c1.xlsx!Coding!E3 | done", E3="done")
cells("unknown confidence", "unknown_confidence | c1.xlsx!Coding!I3 | quite", I3="quite")
cells("answer deleted", "missing_answer | c1.xlsx!Coding!D3", D3=None)
cells("passage deleted", "missing_evidence | c1.xlsx!Coding!F3", F3=None)
cells("answer against another", "against_applies_if | c1.xlsx!Coding!D3", D2="no – There is none")

# Pastes
cells("passage without an answer", "passage_without_answer | c1.xlsx!Coding!F3 | Data must be shared.", "missing_answer | c1.xlsx!Coding!D3", F2=None, D3=None, F3="Data must be shared.", G3=None, H3=None)  # fmt: skip
cells("passage that spilled over two rows", "spilled_passage | c1.xlsx!Coding!F2 | F3:F4", "missing_answer | c1.xlsx!Coding!D3", D3=None, G3=None, H3=None, D4=None, G4=None, H4=None)  # fmt: skip
cells("source of a page", "markup_in_cell | c1.xlsx!Coding!F3 | <p>", F3="<p>Data must be shared.</p>")
cells("question typed over", "changed_cell | c1.xlsx!Coding!C3 | Must code be shared?", C3="Must code be shared?")  # fmt: skip
cells("words below the table", "outside_table | c1.xlsx!Coding!A15 | to do", A15="to do")

# Dates and addresses
cells("date in another order", "bad_date | c1.xlsx!Coding!H3 | 01/02/2026", H3="01/02/2026")
cells("day that never was", "bad_date | c1.xlsx!Coding!H3 | 2026-02-30", H3="2026-02-30")
cells("date in words", "bad_date | c1.xlsx!Coding!H3 | last week", H3="last week")
cells("date to come", f"bad_date | c1.xlsx!Coding!H3 | {LATER}", H3=LATER)
cells("number that is no date", "bad_date | c1.xlsx!Coding!H3 | 1900-01-12", H3=12)
cells("date with the time of day", "bad_date | c1.xlsx!Coding!H3 | 2026-03-16 10:30:00", H3=datetime.datetime(2026, 3, 16, 10, 30))  # fmt: skip
cells("address without a scheme", "bad_url | c1.xlsx!Coding!G3 | example.org/policy", G3="example.org/policy")
cells(
    "address of a local file",
    "bad_url | c1.xlsx!Coding!G3 | file:///C:/policy.html",
    G3="file:///C:/policy.html",
)

# Formulas
cells("formula in an answer", "formula_in_cell | c1.xlsx!Coding!D3 | =D2", D3="=D2")  # fmt: skip
cells("formula in a passage", '''formula_in_cell | c1.xlsx!Coding!F3 | =HYPERLINK("https://x.example","here")''', F3='=HYPERLINK("https://x.example","here")')  # fmt: skip
cells(
    "array formula", "formula_in_cell | c1.xlsx!Coding!D5 | =SUM(A1:A2)", D5=ArrayFormula("D5", "=SUM(A1:A2)")
)
cells("error value", "formula_in_cell | c1.xlsx!Coding!D5 | #REF!", D5="#REF!")
cells(
    "formula in a key",
    "unknown_form | c1.xlsx!Coding!M3 | =M2",
    "missing_answer | c1.xlsx!Coding!D2",
    M3="=M2",
)

# Rows and their keys
cells("journal overwritten with another", "answered_twice | c1.xlsx!Coding!D7 | 1", "missing_answer | c1.xlsx!Coding!D6", M7="alpha")  # fmt: skip
cells("journal of another coder's workbook", "unknown_form | c1.xlsx!Coding!M7 | delta", "missing_answer | c1.xlsx!Coding!D6", M7="delta")  # fmt: skip
cells(
    "misspelt journal",
    "unknown_form | c1.xlsx!Coding!M7 | betta",
    "missing_answer | c1.xlsx!Coding!D6",
    M7="betta",
)
cells("journal deleted, answers left", "blank_row_key | c1.xlsx!Coding!M7", "missing_answer | c1.xlsx!Coding!D6", M7=None)  # fmt: skip
cells("item overwritten with another", "answered_twice | c1.xlsx!Coding!D5 | None.", "changed_cell | c1.xlsx!Coding!B4 | Places", "changed_cell | c1.xlsx!Coding!C4 | Where to?", N4="remarks")  # fmt: skip
cells(
    "unknown item",
    "unknown_item | c1.xlsx!Coding!N3 | datta",
    "missing_answer | c1.xlsx!Coding!D2",
    N3="datta",
)
cells(
    "item deleted, answers left",
    "blank_row_key | c1.xlsx!Coding!N3",
    "missing_answer | c1.xlsx!Coding!D2",
    N3=None,
)


def paste_row(there: Any) -> None:
    """Row 3 once more, below all others."""
    for column in range(1, 15):
        put(there["Coding"].cell(20, column), there["Coding"].cell(3, column).value)


book("row pasted twice", "answered_twice | c1.xlsx!Coding!D20 | 1", change=paste_row)
book("merged cells", "merged_cells | c1.xlsx!Coding!D2:D4 | D2:D4", "missing_answer | c1.xlsx!Coding!D3", change=lambda b: b["Coding"].merge_cells("D2:D4"))  # fmt: skip

# Columns
book("column journal_id deleted", "missing_heading | c1.xlsx!Coding!1:1 | journal_id", change=lambda b: b["Coding"].delete_cols(13))  # fmt: skip
book(
    "column item deleted",
    "missing_heading | c1.xlsx!Coding!1:1 | item",
    change=lambda b: b["Coding"].delete_cols(14),
)
book("column Answer deleted", "missing_heading | c1.xlsx!Coding!1:1 | answer", change=lambda b: b["Coding"].delete_cols(4))  # fmt: skip
book("both keys deleted", "missing_heading | c1.xlsx!Coding!1:1 | item", change=lambda b: b["Coding"].delete_cols(13, 2))  # fmt: skip
cells("heading Answer renamed", "missing_heading | c1.xlsx!Coding!1:1 | answer", D1="Antwort")
cells("heading Passage renamed", "extra_column | c1.xlsx!Coding!F1 | Quote", "missing_heading | c1.xlsx!Coding!A1 | Passage", "missing_evidence | c1.xlsx!Coding!D3", F1="Quote")  # fmt: skip
cells("heading twice", "duplicate_heading | c1.xlsx!Coding!P1 | Answer", P1="Answer")
cells("heading deleted", "missing_heading | c1.xlsx!Coding!1:1 | journal_id", M1=None)
book("header row deleted", "missing_sheet | c1.xlsx | Coding", change=lambda b: b["Coding"].delete_rows(1))

# Sheets
book("sheet Coding deleted", "missing_sheet | c1.xlsx | Coding", change=lambda b: b.remove(b["Coding"]))
book("sheet Search deleted", "missing_search | c1.xlsx | Search", change=lambda b: b.remove(b["Search"]))
book("hidden sheet deleted", "missing_sheet | c1.xlsx | _rdpscore", change=lambda b: b.remove(b["_rdpscore"]))
book(
    "copy of the sheet",
    "second_sheet | c1.xlsx | Coding Copy",
    change=lambda b: b.copy_worksheet(b["Coding"]),
)


def replace_hidden(old: str, new: str) -> Callable[[Any], None]:
    """Find and replace over the whole workbook, hidden sheets too."""

    def change(there: Any) -> None:
        cell = there["_rdpscore"]["A1"]
        assert old in cell.value
        cell.value = cell.value.replace(old, new)

    return change


book("hidden sheet: another coder", BROKEN, change=replace_hidden('"c1"', '"c2"'))
book("hidden sheet: another journal", BROKEN, change=replace_hidden('"gamma"', '"delta"'))
book("hidden sheet: cut off", BROKEN, change=lambda b: setattr(b["_rdpscore"]["B1"], "value", "[format: 1]"))


def search(column: str, value: Any, key: str | None = None) -> Callable[[Any], None]:
    def change(there: Any) -> None:
        page = there["Search"]
        heads = {c.value: c.column for c in page[1]}
        page.cell(2, heads[column]).value = value
        if key is not None:
            page.cell(2, heads["form"]).value = key

    return change


book("search: formula", "formula_in_cell | search:Pages opened | =1", change=search("Pages opened", "=1"))
book("search: date in words", "bad_date | search:Date | yesterday", change=search("Date", "yesterday"))
book(
    "search: unknown journal", "unknown_form | search:form | delta", change=search("Language", "en", "delta")
)


def search_twice(there: Any) -> None:
    page = there["Search"]
    heads = {c.value: c.column for c in page[1]}
    for row in (2, 3):
        page.cell(row, heads["Language"]).value = "en"
        page.cell(row, heads["form"]).value = "alpha"


book("search: two rows for one journal", "answered_twice | search:form:3 | en", change=search_twice)
book("search: key column renamed", "missing_heading | c1.xlsx!Search!1:1 | form", change=lambda b: [setattr(c, "value", "x") for c in b["Search"][1] if c.value == "form"])  # fmt: skip

# Characters and lengths
cells("control character", "forbidden_character | c1.xlsx!Coding!J3 | U+0007", J3="a_x0007_b")
cells("half a character", "forbidden_character | c1.xlsx!Coding!J3 | U+D83D", J3="a_xD83D_b")

# Files that are none, or not to be opened
case("empty file", BROKEN, apply=lambda content: b"")
case("text file", FOREIGN, apply=lambda content: b"journal_id,item\n")
case(
    "old document, or encrypted",
    FOREIGN,
    apply=lambda content: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000),
)
case("cut off in the middle", BROKEN, apply=lambda content: content[: len(content) // 2])
case("cut off at the end", BROKEN, apply=lambda content: content[:-10])
case("a byte in the middle lost", BROKEN, apply=lambda content: content[:3000] + content[3001:])
case("zip of something else", BROKEN, apply=lambda content: packed({"readme.txt": b"hello"}))
case("open document", BROKEN, apply=lambda content: packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}))  # fmt: skip
parts("no workbook part", BROKEN, change=lambda p: p.pop("xl/workbook.xml"))
parts("no list of types", BROKEN, change=lambda p: p.pop("[Content_Types].xml"))
parts("no shared strings", BROKEN, change=lambda p: p.pop("xl/sharedStrings.xml"))
parts("macros", BROKEN, change=lambda p: p.update({"xl/vbaProject.bin": b"\xcc\x61"}))
parts(
    "links to other files", BROKEN, change=lambda p: p.update({"xl/externalLinks/externalLink1.xml": b"<x/>"})
)
xml("shared string that is not there", r'(?<=<c r="D3")[^>]*t="s"><v>\d+</v>', ' t="s"><v>999999</v>', BROKEN)
xml("unbalanced XML", r"</row>", "", BROKEN)
xml("no closing tag", r"</sheetData>.*", "", BROKEN)
xml("two cells in one place", r'<c r="G3"', '<c r="F3"', BROKEN)
xml("rows in disorder", r'<row r="4"', '<row r="2"', BROKEN)
xml("row beyond the last", r'<row r="13"', '<row r="99999999"', BROKEN)
xml(
    "entity bomb",
    r"<worksheet",
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet',
    BROKEN,
)
xml(
    "external entity",
    r"<worksheet",
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet',
    BROKEN,
)


def twice(content: bytes) -> bytes:
    """Two parts of one name: programs differ in which they read."""
    out = io.BytesIO(content)
    name = part_of_sheet(content, "Coding")
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(name, parts_of(content)[name])
    return out.getvalue()


def encrypted(content: bytes) -> bytes:
    """The directory says that the first part is encrypted."""
    out = bytearray(content)
    out[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(out)


def declared(content: bytes, name: str, size: int) -> bytes:
    """A zip directory that declares another unpacked size of a part."""
    out, start = bytearray(content), 0
    while (start := content.find(b"PK\x01\x02", start)) >= 0:
        length = struct.unpack_from("<H", content, start + 28)[0]
        if content[start + 46 : start + 46 + length] == name.encode():
            struct.pack_into("<I", out, start + 24, size)
        start += 4
    return bytes(out)


case("two parts of one name", BROKEN, apply=twice)
case("encrypted part", BROKEN, apply=encrypted)
case("size that is less than declared", BROKEN, apply=lambda c: declared(c, "xl/styles.xml", 10))
case("size that is more than any", BROKEN, apply=lambda c: declared(c, "xl/styles.xml", 0xFFFF_0000))


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A workbook with all answers and nothing to complain of."""
    return workbook_of(complete_survey(tmp_path_factory.mktemp("complete") / "s"))


def places_of(expected: str, content: bytes) -> tuple[str, str, str | None]:
    """Code, place and value; columns of the search sheet by their headings."""
    code, place, *value = [t.strip() for t in expected.split(" | ", 2)]
    if place.startswith("search:"):
        _, heading, *row = place.split(":")
        page = openpyxl.load_workbook(io.BytesIO(content))["Search"]
        letter = next(c.column_letter for c in page[1] if c.value == heading)
        place = f"c1.xlsx!Search!{letter}{row[0] if row else 2}"
    return code, place, value[0] if value else None


def test_the_undamaged_workbook_has_no_problem(complete: bytes) -> None:
    _, problems = read_workbook(complete, "c1.xlsx")
    assert list(problems) == []


def test_the_catalogue_is_long_enough() -> None:
    assert len({c.name for c in CASES}) == len(CASES) >= 45


@pytest.mark.parametrize("damage", CASES, ids=lambda d: d.name)
def test_damage_is_told_of_at_its_place(damage: Damage, complete: bytes, tmp_path: Path) -> None:
    file = tmp_path / "c1.xlsx"
    file.write_bytes(damage.apply(complete))
    done = RUN.invoke(app, ["check", str(file), "--json"])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert done.exit_code == int(is_severe(damage))
    told = {(p["code"], p["place"]): p["value"] for p in json.loads(done.stdout)["problems"]}
    expected = [places_of(e, complete) for e in damage.expected]
    for code, place, value in expected:
        assert (code, place) in told
        assert value is None or value == told[code, place]
    assert told.keys() - {(code, place) for code, place, _ in expected} <= accompanying(damage)


def is_severe(damage: Damage) -> bool:
    """One of the problems is an error."""
    return any(CATALOGUE[e.split(" | ")[0]].severity is Severity.ERROR for e in damage.expected)


def accompanying(damage: Damage) -> set[tuple[str, str]]:
    """What follows from some damage in more cells than are worth listing."""
    if damage.name == "heading Passage renamed":
        return {("missing_evidence", f"c1.xlsx!Coding!D{row}") for row in (7, 11)}
    return set()


@pytest.mark.slow
@pytest.mark.parametrize("damage", CASES, ids=lambda d: d.name)
def test_of_a_damaged_file_nothing_is_written(damage: Damage, complete: bytes, tmp_path: Path) -> None:
    file, folder = tmp_path / "c1.xlsx", make_survey(tmp_path / "s")
    file.write_bytes(damage.apply(complete))
    severe, before = is_severe(damage), snapshot(folder)
    imported = RUN.invoke(app, ["import", str(folder), str(file)])
    assert imported.exception is None or isinstance(imported.exception, SystemExit)
    assert imported.exit_code == int(severe)
    assert (snapshot(folder) == before) is severe


def test_the_nearest_option_is_named(complete: bytes) -> None:
    content = edited(complete, lambda b: put(b["Coding"]["D3"], "Encuraged"))
    problem = next(iter(read_workbook(content, "c1.xlsx")[1]))
    assert "nearest: 'Encouraged'" in problem.what
    assert problem.remedy == "use one of 0 – Not mentioned, 1 – Encouraged, 2 – Required"


def test_the_nearest_heading_is_named(complete: bytes) -> None:
    content = edited(complete, lambda b: put(b["Coding"]["F1"], "Pasage"))
    told = [p.what for p in read_workbook(content, "c1.xlsx")[1] if p.code == "missing_heading"]
    assert told == ["the column 'Passage' is missing; nearest: 'Pasage'"]


def test_all_problems_of_a_file_come_at_once(complete: bytes) -> None:
    def change(there: Any) -> None:
        page = there["Coding"]
        for reference, value in {
            "D3": "Encuraged", "E4": "done", "I5": "quite", "F6": "=1", "M7": "delta", "N8": "wher", "J10": "a_x0007_b",
            "H11": "yesterday",
        }.items():  # fmt: skip
            page[reference].value = value
        page.merge_cells("A2:A3")

    _, problems = read_workbook(edited(complete, change), "c1.xlsx")
    assert found(problems) == {
        ("unknown_option", "c1.xlsx!Coding!D3"),
        ("unknown_state", "c1.xlsx!Coding!E4"),
        ("unknown_confidence", "c1.xlsx!Coding!I5"),
        ("formula_in_cell", "c1.xlsx!Coding!F6"),
        ("unknown_form", "c1.xlsx!Coding!M7"),
        ("unknown_item", "c1.xlsx!Coding!N8"),
        ("forbidden_character", "c1.xlsx!Coding!J10"),
        ("merged_cells", "c1.xlsx!Coding!A2:A3"),
    }


def test_what_is_no_date_is_kept_as_it_was_typed(complete: bytes) -> None:
    content = edited(complete, lambda b: put(b["Coding"]["H3"], "spring 2026"))
    assert texts(read_workbook(content, "c1.xlsx")[0], "coded_on")["alpha", "data"] == "spring 2026"


def test_answers_can_be_pasted_over_the_rules(complete: bytes) -> None:
    """A paste brings its own formats and no drop-down; what it says counts."""

    def change(there: Any) -> None:
        there["Coding"].data_validations.dataValidation = []
        put(there["Coding"]["D3"], "required")

    filled, problems = read_workbook(edited(complete, change), "c1.xlsx")
    assert list(problems) == []
    assert texts(filled)["alpha", "data"] == "2"


def test_names_that_leave_the_folder_write_nothing(complete: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "c1.xlsx"
    file.parent.mkdir(parents=True)
    file.write_bytes(
        packed(parts_of(complete) | {"../../escaped.txt": b"x", "/tmp/escaped-rdpscore.txt": b"x"})
    )
    read_filled(file)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a", "b", "c1.xlsx"]
    assert not Path("/tmp/escaped-rdpscore.txt").exists()


def test_a_folder_or_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.xlsx"):
        _, problems = read_filled(path)
        assert [p.code for p in problems] == ["unreadable_file"]


# Sheets that claim to be large ----------------------------------------------------------------------------


def sheet_with(complete: bytes, pattern: str, replacement: str) -> bytes:
    part = part_of_sheet(complete, "Coding")
    there = parts_of(complete)
    text, n = re.subn(pattern, lambda _: replacement, there[part].decode(), count=1)
    assert n == 1
    return packed(there | {part: text.encode()})


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        ('<dimension ref="[^"]*"/>', '<dimension ref="A1:XFD1048576"/>'),
        ('<dimension ref="[^"]*"/>', '<dimension ref="A1:A1"/>'),
        ("</sheetData>", '<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'),
        ("</sheetData>", "".join(f'<row r="{r}"><c r="A{r}" s="1"/></row>' for r in range(100, 100_100)) + "</sheetData>"),
    ],
    ids=["dimension of all cells", "dimension of one cell", "format of the last cell", "100,000 formatted rows"],
)  # fmt: skip
def test_cells_without_content_cost_and_change_nothing(
    complete: bytes, pattern: str, replacement: str
) -> None:
    filled, problems = read_workbook(sheet_with(complete, pattern, replacement), "c1.xlsx")
    assert list(problems) == []
    assert len(texts(filled)) == 12


def test_a_text_in_the_last_cell_is_told_of(complete: bytes) -> None:
    last = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    _, problems = read_workbook(sheet_with(complete, "</sheetData>", last), "c1.xlsx")
    assert found(problems) == {("extra_column", "c1.xlsx!Coding!XFD1")}


def bomb(complete: bytes, name: str, filler: bytes, megabytes: int, size: int | None = None) -> bytes:
    """A workbook with a part of so many megabytes, that the directory may say to be smaller."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part, content in parts_of(complete).items():
            if part != name:
                archive.writestr(part, content)
        with archive.open(name, "w") as stream:
            stream.write(parts_of(complete)[name])
            block = filler * ((1 << 20) // len(filler))
            for _ in range(megabytes):
                stream.write(block)
    return out.getvalue() if size is None else declared(out.getvalue(), name, size)


READ_BOUNDED = """
    import resource, sys
    from pathlib import Path
    from rdpscore.coding import read_filled
    limit = 1_500_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    filled, problems = read_filled(Path(sys.argv[1]))
    # ru_maxrss would count what the process was forked from
    peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024
    print([p.code for p in problems], "MemoryError" in str(list(problems)), peak < 600)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs RLIMIT_AS")
@pytest.mark.parametrize(
    ("part", "filler", "megabytes", "size"),
    [
        ("xl/worksheets/sheet3.xml", b" ", 1000, None),
        ("xl/worksheets/sheet3.xml", bytes(1), 1000, None),
        ("xl/worksheets/sheet3.xml", b" ", 1000, 5000),
        ("xl/styles.xml", b" ", 1000, 5000),
        ("xl/sharedStrings.xml", b"<si/>", 300, None),
        ("xl/media/image1.png", bytes(1), 1000, 5000),
    ],
    ids=["spaces", "zeros", "sheet that lies", "styles that lie", "empty texts", "picture that lies"],
)
def test_a_bomb_is_refused_in_bounded_memory(
    complete: bytes, tmp_path: Path, part: str, filler: bytes, megabytes: int, size: int | None
) -> None:
    there = parts_of(complete) | {"xl/media/image1.png": b"png"}
    file = tmp_path / "c1.xlsx"
    file.write_bytes(bomb(packed(there), part, filler, megabytes, size))
    command = [sys.executable, "-c", textwrap.dedent(READ_BOUNDED), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    assert done.stdout.strip() == "['bad_workbook'] False True"


def test_a_file_longer_than_any_workbook_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "c1.xlsx"
    with file.open("wb") as stream:
        stream.truncate(5_000_000_000)  # sparse
    _, problems = read_filled(file)
    assert [(p.code, "5,000 MB" in p.value) for p in problems] == [("bad_workbook", True)]


# Import: files of something else --------------------------------------------------------------------------


def imported(folder: Path, *files: Path) -> str:
    """What `import` says when it refuses; the folder must be as it was."""
    before = snapshot(folder)
    done = RUN.invoke(app, ["import", str(folder), *map(str, files)])
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert snapshot(folder) == before
    return " ".join(done.output.split())


def test_a_workbook_of_another_codebook_is_refused(complete: bytes, tmp_path: Path) -> None:
    folder = make_survey(tmp_path / "s")
    book_file = folder / "codebook.yaml"
    book_file.write_text(book_file.read_text().replace("label: Encouraged", "label: Recommended"))
    (tmp_path / "c1.xlsx").write_bytes(complete)
    assert "other_codebook" in imported(folder, tmp_path / "c1.xlsx")


def test_a_workbook_of_another_survey_is_refused(complete: bytes, tmp_path: Path) -> None:
    folder = make_survey(tmp_path / "s")
    meta = folder / "survey.yaml"
    meta.write_text(meta.read_text().replace("id: small\n", "id: other\n", 1))
    (tmp_path / "c1.xlsx").write_bytes(complete)
    assert "of survey 'small', not of 'other'" in imported(folder, tmp_path / "c1.xlsx")


def test_a_journal_that_the_survey_dropped_is_refused_with_its_cell(complete: bytes, tmp_path: Path) -> None:
    folder = make_survey(tmp_path / "s")
    journals = folder / "journals.csv"
    journals.write_text("".join(line for line in journals.read_text().splitlines(True) if "beta" not in line))
    (tmp_path / "c1.xlsx").write_bytes(complete)
    said = imported(folder, tmp_path / "c1.xlsx")
    assert "c1.xlsx!Coding!D6: journal 'beta' is not in journals.csv" in said


def test_one_bad_file_of_several_keeps_all_out(complete: bytes, tmp_path: Path) -> None:
    folder = make_survey(tmp_path / "s")
    (tmp_path / "c1.xlsx").write_bytes(complete)
    (tmp_path / "c2.xlsx").write_bytes(complete[:-10])
    assert "c2.xlsx" in imported(folder, tmp_path / "c1.xlsx", tmp_path / "c2.xlsx")


# CSV ------------------------------------------------------------------------------------------------------

GOOD = """
    | journal_id | coder | item   | answer | evidence | coded_on   |
    |------------|-------|--------|--------|----------|------------|
    | alpha      | c1    | policy | yes    |          | 2026-03-16 |
    | alpha      | c1    | data   | 1      | p        | 2026-03-16 |
"""

CSV_CASES: dict[str, tuple[Callable[[bytes], bytes], tuple[str, ...]]] = {
    "misspelt option": (lambda c: c.replace(b"data,1", b"data,Requird"), ("unknown_option | c1.csv, row 3 | Requird",)),
    "unknown journal": (lambda c: c.replace(b"alpha,c1,data", b"alfa,c1,data"), ("unknown_journal | c1.csv, row 3, column journal_id | alfa", "missing_answer | c1.csv, row 2, column answer")),
    "unknown item": (lambda c: c.replace(b"c1,data", b"c1,datas"), ("unknown_item | c1.csv, row 3 | datas", "missing_answer | c1.csv, row 2, column answer")),
    "coder blank": (lambda c: c.replace(b"alpha,c1,data", b"alpha,,data"), ("blank_key | c1.csv, row 3, column coder", "missing_answer | c1.csv, row 2, column answer")),
    "row twice": (lambda c: c + c.splitlines(True)[2], ("answered_twice | c1.csv, row 4 | 1",)),
    "heading renamed": (lambda c: c.replace(b"answer,", b"antwort,"), ("missing_heading | c1.csv, row 1 | answer",)),
    "heading twice": (lambda c: c.replace(b"evidence", b"answer"), ("duplicate_heading | c1.csv, row 1 | answer",)),
    "quotation mark never closed": (lambda c: c.replace(b",p,", b',"p,'), ("broken_quoting | c1.csv, row 3",)),
    "comma too many": (lambda c: c.replace(b",p,", b",p, q,"), ("ragged_row | c1.csv, row 3 | 7", "bad_date | c1.csv, row 3, column coded_on | q")),
    "empty": (lambda c: b"", ("missing_heading | c1.csv",)),
    "binary": (lambda c: bytes(range(256)) * 20, ("binary_content | c1.csv",)),
    "NUL in a cell": (lambda c: c.replace(b",p,", b",p\x00q,"), ("binary_content | c1.csv, row 3",)),
    "workbook named .csv": (lambda c: packed({"xl/workbook.xml": b"<x/>"}), ("bad_workbook | c1.csv",)),
}  # fmt: skip


@pytest.mark.parametrize("name", CSV_CASES)
def test_a_damaged_csv_is_told_of_at_its_row(name: str, tmp_path: Path) -> None:
    damage, expected = CSV_CASES[name]
    folder, file = make_survey(tmp_path / "s"), tmp_path / "c1.csv"
    write_table(file, GOOD)
    file.write_bytes(damage(file.read_bytes()))
    problems = check_file(file, load(folder)).problems
    wanted = [places_of(e, b"") for e in expected]
    assert found(problems) == {(code, place) for code, place, _ in wanted}
    for code, place, value in wanted:
        assert value is None or value in {p.value for p in problems if (p.code, p.place) == (code, place)}
    imported(folder, file)


def test_a_csv_without_its_survey_is_told_so(tmp_path: Path) -> None:
    write_table(tmp_path / "c1.csv", GOOD)
    done = RUN.invoke(app, ["check", str(tmp_path / "c1.csv")])
    assert done.exit_code == 1
    assert "name the survey: rdpscore check FILE --survey SURVEY" in " ".join(done.output.split())
