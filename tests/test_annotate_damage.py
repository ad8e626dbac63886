"""A workbook of damaged styles is annotated all the same, or told of: never a traceback, never another answer."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from running import cli
from workbooks import cell_at, edited, filled_completely, make_survey, packed, parts_of, put, workbook_of

from rdpscore.coding.annotate import SUMMARY, annotated
from rdpscore.coding.check import check_workbook

STYLES = "xl/styles.xml"
SHEET = "xl/worksheets/sheet3.xml"


def gone(tag: str) -> Callable[[str], str]:
    return lambda text: re.sub(rf"<{tag}\b.*?</{tag}>|<{tag}\b[^>]*/>", "", text, flags=re.DOTALL)


def set_to(attribute: str, value: str) -> Callable[[str], str]:
    return lambda text: re.sub(rf' {attribute}="[^"]*"', f' {attribute}="{value}"', text)


DAMAGE: dict[str, tuple[str, Callable[[str], str] | None]] = {
    "no styles": (STYLES, None),
    "empty styles": (STYLES, lambda _: ""),
    "styles cut off": (STYLES, lambda text: text[: len(text) // 2]),
    "styles of another kind": (STYLES, lambda _: "<a/>"),
    "styles without namespace": (STYLES, lambda text: re.sub(r' xmlns="[^"]*"', "", text)),
    **{f"no {tag}": (STYLES, gone(tag)) for tag in ("fonts", "fills", "borders", "cellXfs", "cellStyleXfs", "dxfs",
                                                    "cellStyles", "numFmts")},
    **{f"{a} {v}": (STYLES, set_to(a, v)) for a in ("fontId", "fillId", "borderId", "numFmtId", "xfId")
       for v in ("999", "-1", "x")},
    "a colour that is none": (STYLES, set_to("rgb", "zzz")),
    "a pattern that is none": (STYLES, set_to("patternType", "tartan")),
    "an alignment that is none": (STYLES, set_to("vertical", "sideways")),
    "no theme": ("xl/theme/theme1.xml", None),
    **{f"cells of style {v}": (SHEET, set_to("s", v)) for v in ("9999", "-7", "x")},
    "rules of style 999": (SHEET, set_to("dxfId", "999")),
    "a width that is none": (SHEET, set_to("width", "wide")),
    "a height that is none": (SHEET, set_to("ht", "tall")),
    "a link to nowhere": (SHEET, lambda text: re.sub(r'<hyperlink ref="[^"]+"', '<hyperlink ref="??"', text)),
    "names of a sheet that is not there": ("xl/workbook.xml", set_to("localSheetId", "77")),
}  # fmt: skip


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A filled workbook with an answer that is none, and with one that looks like a formula."""
    content = filled_completely(workbook_of(make_survey(tmp_path_factory.mktemp("styles") / "survey")))
    return edited(content, lambda b: put(cell_at(b, "beta", "data"), "sometimes"))


def damaged(content: bytes, name: str) -> bytes:
    part, change = DAMAGE[name]
    parts = dict(parts_of(content))
    before = parts.pop(part)
    if change is not None:
        parts[part] = change(before.decode()).encode()
    return packed(parts)


@pytest.mark.parametrize("name", DAMAGE)
def test_a_workbook_of_damaged_styles_is_annotated_or_told_of(
    broken: bytes, name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = check_workbook(broken, "c1.xlsx")
    checked = check_workbook(damaged(broken, name), "c1.xlsx")
    assert whole.filled is not None
    if checked.filled is None:
        assert {p.code for p in checked.problems.errors} == {"bad_workbook"}
        return
    copy = annotated(checked.filled.content, checked.problems)
    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert book.sheetnames[0] == SUMMARY
    cell = next(p.cell for p in checked.problems.errors if p.value == "sometimes")
    sheet, _, at = str(cell).rpartition("!")
    assert book[sheet][at].comment is not None
    again = check_workbook(copy, "c1.xlsx")
    assert again.filled is not None
    pd.testing.assert_frame_equal(again.filled.codings, whole.filled.codings)
    assert capfd.readouterr() == ("", "")  # openpyxl warns of some of it, and prints some


@pytest.mark.parametrize("name", ["no styles", "no cellXfs", "cells of style 9999", "a width that is none"])
def test_check_annotate_of_damaged_styles_on_the_command_line(
    broken: bytes, name: str, tmp_path: Path
) -> None:
    (tmp_path / "c1.xlsx").write_bytes(damaged(broken, name))
    run = cli("check", tmp_path / "c1.xlsx", "--annotate", tmp_path / "copy.xlsx", "--json")
    assert run.status == 1
    assert run.json()["problems"]
    assert SUMMARY in openpyxl.load_workbook(tmp_path / "copy.xlsx").sheetnames
