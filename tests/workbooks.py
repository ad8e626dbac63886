"""Workbooks in tests: a small survey, its workbook, and hands that fill, edit and break it."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
from running import contents
from tables import write_survey

from rdpscore.coding import Filled, coder_workbook
from rdpscore.coding.sheet_plan import plan
from rdpscore.problems import Problems
from rdpscore.survey import Survey, load

CODEBOOK = """\
format: 1
id: small
version: "1"
title: A small codebook
dimensions:
  - {id: data, title: Data}
items:
  - id: policy
    dimension: data
    title: Policy
    question: Is there a policy?
    level: ordinal
    evidence: optional
    options:
      - {code: "no", label: There is none, score: 0}
      - {code: "yes", label: There is one, score: 1}
  - id: data
    dimension: data
    title: Data
    question: Must data be shared?
    level: ordinal
    evidence: if_found
    applies_if: {policy: ["yes"]}
    options:
      - {code: "0", label: Not mentioned, score: 0}
      - {code: "1", label: Encouraged, score: 0.5}
      - {code: "2", label: Required, score: 1}
  - id: places
    dimension: data
    title: Places
    question: Where to?
    kind: multiple
    scored: false
    evidence: optional
    options:
      - {code: rep, label: Repository}
      - {code: sup, label: Supplement}
      - {code: ask, label: On request; or by mail}
  - id: remarks
    dimension: data
    title: Remarks
    question: Anything else?
    kind: open
    scored: false
    evidence: optional
schemes:
  - {id: equal, title: Mean of the items}
default_scheme: equal
reasons:
  - {id: interpretation, title: Read differently}
  - {id: wording, title: Worded differently}
"""
JOURNALS = """
    | journal_id | title           | publisher | policy_id |
    |------------|-----------------|-----------|-----------|
    | alpha      | Alpha Letters   | North     | p1        |
    | beta       | Beta Reviews    | North     | p1        |
    | gamma      | Gamma Materials | South     | p2        |
"""
NO_CODINGS = """
    | journal_id | coder | item | answer |
    |------------|-------|------|--------|
"""
ANSWERS = {"policy": "yes – There is one", "data": "1 – Encouraged", "places": "rep;sup", "remarks": "None."}
"""What a coder may enter for each item, in the words of the drop-down lists."""
CODES = {"policy": "yes", "data": "1", "places": "rep;sup", "remarks": "None."}
"""The same as codes."""

Parts = dict[str, bytes]


def make_survey(folder: Path, codings: str = NO_CODINGS, **tables: str) -> Path:
    """A survey of three journals and four items; nothing is coded unless `codings` says so."""
    return write_survey(folder, CODEBOOK, journals=JOURNALS, codings=codings, **tables)


MADE: dict[tuple[object, ...], bytes] = {}
"""Workbooks by the bytes of the survey's files and by what else was asked: most tests begin with the same."""


def workbook_of(survey: Path | Survey, coder: str = "c1", **options: Any) -> bytes:
    """The workbook that `rdpscore template` writes."""
    if isinstance(survey, Survey):
        return coder_workbook(plan(survey, coder, **options), f"{coder}.xlsx")
    key = (*contents(survey).items(), coder, repr(options))
    if key not in MADE:
        MADE[key] = workbook_of(load(survey), coder, **options)
    return MADE[key]


def edited(content: bytes, change: Callable[[Any], object]) -> bytes:
    """A workbook opened in openpyxl, changed and saved."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parts_of(content: bytes) -> Parts:
    """Name → bytes of the parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {n: archive.read(n) for n in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A workbook of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def part_of_sheet(content: bytes, title: str) -> str:
    """Name of the part that holds a sheet."""
    parts = parts_of(content)
    book, rels = parts["xl/workbook.xml"].decode(), parts["xl/_rels/workbook.xml.rels"].decode()
    found = re.search(rf'<sheet [^>]*name="{title}"[^>]*r:id="(\w+)"', book)
    assert found
    target = re.search(rf'<Relationship [^>]*Id="{found[1]}"[^>]*/>', rels)
    assert target
    path = re.search(r'Target="/?([^"]+)"', target[0])
    assert path
    return path[1] if path[1].startswith("xl/") else f"xl/{path[1]}"


def headings(sheet: Any) -> tuple[int, dict[str, int]]:
    """Row of the keys of a sheet, and heading → column."""
    for row in sheet.iter_rows(max_row=10):
        names = {str(c.value): c.column for c in row if c.value is not None}
        if "journal_id" in names:
            return row[0].row, names
    raise AssertionError(f"{sheet.title} has no journal_id")


def cell_at(book: Any, journal: str, item: str, heading: str = "Answer", sheet: str = "Coding") -> Any:
    """The cell of a journal, an item and a heading, in either layout."""
    page = book[sheet]
    head, columns = headings(page)
    for row in range(head + 1, page.max_row + 1):
        if page.cell(row, columns["journal_id"]).value != journal:
            continue
        if "item" not in columns:
            return page.cell(row, columns[item if heading == "Answer" else f"{item}.{heading}"])
        if page.cell(row, columns["item"]).value == item:
            return page.cell(row, columns[heading])
    raise AssertionError(f"no row for {journal} / {item}")


def put(cell: Any, value: Any) -> None:
    """Enter a value as a person types it into a text cell: nothing becomes a formula."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def filled_completely(content: bytes, answers: Mapping[str, str] = ANSWERS) -> bytes:
    """A long workbook with an answer in each row, and all that is asked for beside it."""

    def fill(book: Any) -> None:
        page = book["Coding"]
        head, columns = headings(page)
        for row in range(head + 1, page.max_row + 1):
            put(page.cell(row, columns["Answer"]), answers[page.cell(row, columns["item"]).value])
            put(page.cell(row, columns["Passage"]), "Authors are encouraged to share data.")
            put(page.cell(row, columns["Source URL"]), "https://example.org/policy")
            put(page.cell(row, columns["Date"]), "2026-03-16")

    return edited(content, fill)


def complete_survey(folder: Path) -> Path:
    """A survey in which c1 answered everything, with all that is asked for beside it."""
    beside = "| Authors are encouraged to share. | https://example.org/policy | 2026-03-16 |"
    lines = [f"| {j} | c1 | {i} | {a} {beside}" for j in ("alpha", "beta", "gamma") for i, a in CODES.items()]
    head = "| journal_id | coder | item | answer | evidence | source_url | coded_on |"
    return make_survey(folder, "\n".join([head, "|--|--|--|--|--|--|--|", *lines]))


def texts(filled: Filled | None, field: str = "answer") -> dict[tuple[str, str], str]:
    """(journal, item) → text of a field of what was read."""
    assert filled is not None
    rows = filled.codings.to_dict("records")
    return {(r["journal_id"], r["item"]): r[field] for r in rows}


def found(problems: Problems) -> set[tuple[str, str]]:
    """Code and place of each problem."""
    return {(p.code, p.place) for p in problems}


def snapshot(folder: Path) -> dict[str, str]:
    """Hash of each file of a folder, without the lock."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != ".rdpscore-lock"
    }
