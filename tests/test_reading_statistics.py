"""Data of SPSS and Stata, JSON and YAML: labels of values, codes for no answer, days, names of columns."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from mappings import HEAD, WIDE, write_study
from running import cli

from rdpscore.problems import InvalidInput, Problem
from rdpscore.published.importing import Published, read_published
from rdpscore.readers import Book, Cell, Options, read_book
from rdpscore.readers import statistical as module

FRAME = pd.DataFrame(
    {
        "journal": ["Alpha Letters", "Beta Reviews", "Gamma Reports"],
        "policy": [2.0, 1.0, 2.0],
        "data": [1.0, 99.0, 2.0],
        "code": [0.0, float("nan"), 1.0],
        "impact": [2.5, 1.0, float("nan")],
    }
)
LABELS = {
    "policy": {1: "no", 2: "yes"},
    "data": {0: "Not mentioned", 1: "Encouraged", 2: "Required", 99: "Not applicable"},
}
TITLES = ["Name of the journal", "Is there a policy?", "", "", "Impact factor"]
MAPPING = """
    sources: {main: {file: study.FORM, missing: [Not applicable]}}
    journals: {title: journal, attributes: {impact: impact}}
    coders: {value: ann}
    items: {policy: policy, data: data, code: code}
"""
FORMS = ["sav", "zsav", "dta"]


def written(folder: Path, form: str, frame: pd.DataFrame = FRAME, **more: Any) -> bytes:
    path = folder / f"made.{form}"
    common = {"variable_value_labels": LABELS, "column_labels": TITLES} | more
    if form == "dta":
        pyreadstat.write_dta(frame, path, version=15, **common)
    else:
        pyreadstat.write_sav(frame, path, compress=form == "zsav", **common)
    return path.read_bytes()


def study(folder: Path, name: str, content: bytes, mapping: str) -> Published:
    path = write_study(folder, mapping, head=HEAD)
    (folder / name).write_bytes(content)
    return read_published(path)


def read(content: bytes, name: str, **options: Any) -> Book:
    book, problems = read_book(content, name, Options(**options))
    assert book is not None, list(problems)
    return book


def errors(folder: Path, name: str, content: bytes, mapping: str) -> list[Problem]:
    with pytest.raises(InvalidInput) as caught:
        study(folder, name, content, mapping)
    return list(caught.value.problems.errors)


@pytest.mark.parametrize("form", FORMS)
def test_values_are_read_as_their_labels(form: str, tmp_path: Path) -> None:
    made = study(tmp_path, f"study.{form}", written(tmp_path, form), MAPPING.replace("FORM", form))
    table = made.survey.codings.pivot_table(
        index="journal_id", columns="item", values="answer", aggfunc="first", observed=True
    )
    assert table["policy"].to_dict() == {"alpha-letters": "yes", "beta-reviews": "no", "gamma-reports": "yes"}
    assert table["data"].dropna().to_dict() == {"alpha-letters": "1", "gamma-reports": "2"}
    assert table["code"].dropna().to_dict() == {"alpha-letters": "0", "gamma-reports": "1"}
    assert made.survey.journals["impact"].fillna("").tolist() == ["2.5", "1", ""]


@pytest.mark.parametrize("form", FORMS)
def test_their_codes_are_read_where_the_mapping_says_so(form: str, tmp_path: Path) -> None:
    content = written(tmp_path, form)
    (row, *_) = read(content, f"a.{form}").sheets[0].page.rows
    (codes, *_) = read(content, f"a.{form}", labels=False).sheets[0].page.rows
    assert (row, codes) == (
        ["Alpha Letters", "yes", "Encouraged", "0", "2.5"],
        ["Alpha Letters", "2", "1", "0", "2.5"],
    )
    assert isinstance(row[1], Cell)
    assert (row[1].kind, row[1].value) == ("label", 2)
    mapping = """
        sources: {main: {file: study.FORM, labels: false, missing: ["99"]}}
        journals: {title: journal}
        coders: {value: ann}
        items: {policy: {column: policy, values: {"1": "no", "2": "yes"}}, data: data, code: code}
    """.replace("FORM", form)
    made = study(tmp_path, f"study.{form}", content, mapping)
    assert made.survey.codings.query("item == 'policy'")["answer"].tolist() == ["yes", "no", "yes"]


@pytest.mark.parametrize("form", FORMS)
def test_a_reader_tells_headings_titles_and_rows_by_their_number(form: str, tmp_path: Path) -> None:
    page = read(written(tmp_path, form), f"a.{form}").sheets[0].page
    assert page.heads == tuple(FRAME.columns)
    assert page.titles["policy"] == "Is there a policy?"
    wrong = FRAME.assign(policy=[2.0, 1.0, 7.0])
    mapping = MAPPING.replace("FORM", form)
    (problem,) = errors(tmp_path, f"study.{form}", written(tmp_path, form, wrong), mapping)
    assert (problem.code, problem.value, problem.row) == ("value_not_covered", "7", 3)


def test_a_code_that_means_no_answer_is_not_lost(tmp_path: Path) -> None:
    """SPSS marks it as missing, and would show a blank where coders chose "not applicable"."""
    content = written(tmp_path, "sav", missing_ranges={"data": [99]})
    values = [row[2] for row in read(content, "a.sav").sheets[0].page.rows]
    assert values == ["Encouraged", "Not applicable", "Required"]


@pytest.mark.parametrize("form", ["sav", "dta"])
def test_days_are_days(form: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "day": [datetime.date(2024, 5, 31), None]})
    content = written(tmp_path, form, frame, variable_value_labels={}, column_labels=["", ""])
    assert [r[1] for r in read(content, f"a.{form}").sheets[0].page.rows] == ["2024-05-31", ""]


@pytest.mark.parametrize("form", FORMS)
def test_they_are_known_by_what_stands_in_them_and_drafted(form: str, tmp_path: Path) -> None:
    content = written(tmp_path, form)
    assert read(content, "study.csv").format == ("dta" if form == "dta" else "sav")
    (tmp_path / f"study.{form}").write_bytes(content)
    assert cli("import", tmp_path / "draft", "--propose", tmp_path / f"study.{form}").status == 0
    assert "policy" in (tmp_path / "draft" / "mapping.yaml").read_text()


@pytest.mark.parametrize("form", ["sav", "dta"])
@pytest.mark.parametrize("at", [30, 200, -40])
def test_a_damaged_file_is_told(form: str, at: int, tmp_path: Path) -> None:
    content = written(tmp_path, form)[:at]
    found = errors(tmp_path, f"study.{form}", content, MAPPING.replace("FORM", form))
    assert {p.code for p in found} <= {"bad_workbook", "bad_encoding", "mapping_column"}


def test_more_cells_than_can_be_held_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_CELLS", 10)
    for form in FORMS:
        (problem,) = errors(tmp_path, f"study.{form}", written(tmp_path, form), MAPPING.replace("FORM", form))
        assert problem.code == "bad_workbook"
        assert "more" in problem.what


def test_without_the_package_that_reads_them_the_command_to_install_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = written(tmp_path, "sav")
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    (problem,) = errors(tmp_path, "study.sav", content, MAPPING.replace("FORM", "sav"))
    assert "pip install pyreadstat" in problem.remedy


def test_a_coders_file_is_none_of_these(tmp_path: Path) -> None:
    (tmp_path / "c1.sav").write_bytes(written(tmp_path, "sav"))
    run = cli("check", tmp_path / "c1.sav", "--json")
    assert [p["code"] for p in run.json()["problems"]] == ["bad_workbook"]


@pytest.mark.parametrize("form", ["json", "yaml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "cp1252"])
def test_records_are_read_in_any_encoding(form: str, encoding: str, tmp_path: Path) -> None:
    data = [{"Journal": "Ölmühle", "Policy": "yes", "Data": 1, "Code": None}]
    text = json.dumps(data, ensure_ascii=False, indent=1)
    made = study(tmp_path, f"study.{form}", text.encode(encoding), WIDE.replace("csv", form))
    assert made.survey.journals["title"].tolist() == ["Ölmühle"]
    assert made.survey.codings.set_index("item")["answer"].dropna().to_dict() == {
        "policy": "yes",
        "data": "1",
    }
