"""Two thousand broken workbooks: each ends in problems, or in what a plain reading of the cells gives."""

from __future__ import annotations

import html
import io
import re
import warnings
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import complete_survey, packed, part_of_sheet, parts_of, texts, workbook_of

from rdpscore.coding.read import read_workbook

pytestmark = pytest.mark.fuzz
MANY = settings(
    max_examples=500,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
LIKELY = [
    "xl/sharedStrings.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "[Content_Types].xml",
]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 50_000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.sampled_from(
        ["1", "yes", "rep;sup", "2 – Required", "alpha", "data", "journal_id", "Answer", "=1", "#REF!"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
)


@pytest.fixture(scope="session")
def complete(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return workbook_of(complete_survey(tmp_path_factory.mktemp("fuzz") / "s"))


def plain_answers(content: bytes) -> dict[tuple[str, str], Any] | None:
    """(journal, item) → content of the answer cell, by openpyxl alone; None where it cannot tell."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
            for page in book:
                page.reset_dimensions()
                rows = [[*row] for row in page.iter_rows(values_only=True)]
                heads = next((r for r in rows[:10] if {"journal_id", "item", "Answer"} <= set(r)), None)
                if heads is not None:
                    break
            columns = [heads.index(h) for h in ("journal_id", "item", "Answer")]
            padded = ([*row, *[None] * 20] for row in rows[rows.index(heads) + 1 :])
            picked = ([row[c] for c in columns] for row in padded)
            out = {(str(j).strip(), str(i).strip()): a for j, i, a in picked if a is not None}
        except Exception:
            return None
        return out


def check(content: bytes) -> None:
    """Problems, or what the cells say; never an exception."""
    filled, problems = read_workbook(content, "c1.xlsx")
    assert str(list(problems)) is not None  # every message can be made
    if not problems.ok or filled is None:
        assert len(problems.errors)
        return
    cells = plain_answers(content)
    if cells is None:
        return
    answers = {k: a for k, a in texts(filled).items() if a}
    for key, answer in answers.items():
        assert says(cells[key], answer), (key, cells[key], answer)
    written = {k for k, v in cells.items() if str(v).strip()}
    assert written == set(answers)


def says(cell: Any, answer: str) -> bool:
    """The content of a cell is the answer as code, as label or as both."""
    labels = {
        "yes": "There is one",
        "no": "There is none",
        "0": "Not mentioned",
        "1": "Encouraged",
        "2": "Required",
    }
    labels |= {"rep": "Repository", "sup": "Supplement", "ask": "On request; or by mail"}
    text = " ".join(str(cell).split()).casefold()
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == int(cell):
        text = str(int(cell))
    forms = {answer, labels.get(answer, answer), f"{answer} – {labels.get(answer)}"}
    parts = ";".join(sorted(p.strip() for p in text.split(";")))
    codes = ";".join(sorted(c.casefold() for c in answer.split(";")))
    return (
        text in {" ".join(f.split()).casefold() for f in forms}
        or parts == codes
        or date_or_truth(cell, answer)
    )


def date_or_truth(cell: Any, answer: str) -> bool:
    """Dates and truth values stand as text in an open answer."""
    return not isinstance(cell, str) and str(cell).removesuffix(" 00:00:00").casefold() == answer.casefold()


@st.composite
def mutations(draw: st.DrawFn) -> list[tuple[str, float, int]]:
    """Kind, place as a share of the length, byte."""
    one = st.tuples(
        st.sampled_from(["flip", "delete", "insert", "digit"]),
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 255),
    )
    return draw(st.lists(one, min_size=1, max_size=3))


def mutated(content: bytes, changes: list[tuple[str, float, int]]) -> bytes:
    out = bytearray(content)
    for kind, share, byte in changes:
        place = int(share * len(out))
        if kind == "flip":
            out[place] ^= 1 << byte % 8
        elif kind == "delete":
            del out[place : place + 1 + byte % 8]
        elif kind == "insert":
            out[place:place] = bytes([byte])
        else:  # a number in the XML that is another number, or a letter that is a digit
            out[place] = 48 + byte % 10
    return bytes(out)


@given(changes=mutations())
@MANY
def test_bytes_of_the_coding_sheet_are_changed(
    complete: bytes, changes: list[tuple[str, float, int]]
) -> None:
    name, parts = part_of_sheet(complete, "Coding"), parts_of(complete)
    check(packed(parts | {name: mutated(parts[name], changes)}))


@given(part=st.sampled_from(LIKELY), changes=mutations())
@MANY
def test_bytes_of_other_parts_are_changed(
    complete: bytes, part: str, changes: list[tuple[str, float, int]]
) -> None:
    parts = parts_of(complete)
    check(packed(parts | {part: mutated(parts[part], changes)}))


@given(changes=mutations())
@MANY
def test_bytes_of_the_file_are_changed(complete: bytes, changes: list[tuple[str, float, int]]) -> None:
    check(mutated(complete, changes))


@given(
    cells=st.dictionaries(
        st.tuples(st.sampled_from("ABCDEFGHIJKLMN"), st.integers(1, 13)), VALUES, min_size=1, max_size=6
    )
)
@MANY
def test_cells_are_changed(complete: bytes, cells: dict[tuple[str, int], Any]) -> None:
    name, parts = part_of_sheet(complete, "Coding"), parts_of(complete)
    sheet = parts[name].decode()
    for (column, row), value in cells.items():
        new = cell(f"{column}{row}", value)
        sheet = re.sub(rf'<c r="{column}{row}"[^>]*?(/>|>.*?</c>)', new.replace("\\", r"\\"), sheet)
    check(packed(parts | {name: sheet.encode()}))


def cell(reference: str, value: Any) -> str:
    """A cell as spreadsheet programs write it."""
    if value is None:
        return f'<c r="{reference}"/>'
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{reference}"><v>{value!r}</v></c>'
    if value == "=1":
        return f'<c r="{reference}"><f>1</f><v>1</v></c>'
    if value == "#REF!":
        return f'<c r="{reference}" t="e"><v>#REF!</v></c>'
    text = html.escape(str(value))
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
