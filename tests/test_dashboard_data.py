"""The page of data: what can be taken away is what the results hold, and the commands give the same."""

from __future__ import annotations

import csv
import io
import json
import shlex
import zipfile
from pathlib import Path

import openpyxl
import pytest
from dashboard import faults, opened, words
from odd_surveys import ODD, large
from running import cli

import rdpscore
from rdpscore.files.output import xlsx_bytes
from rdpscore.files.texts import as_html
from rdpscore.report.agreement_pictures import pictures_of_agreement
from rdpscore.report.pages import pictures_zip
from rdpscore.survey import Survey
from rdpscore.survey.citing import cite_survey, cite_tool, command_lines
from rdpscore.survey.filters import Filter
from rdpscore.survey.meta import CodebookRef, SurveyMeta


@pytest.mark.parametrize("name", ODD)
def test_no_exception_for_an_odd_survey(name: str, tmp_path: Path) -> None:
    with opened("data", ODD[name](tmp_path / name)) as at:
        assert faults(at) == []


def test_how_to_cite_and_what_it_was_made_with(shipped: Survey) -> None:
    with opened("data") as at:
        assert faults(at) == []
        said = words(at)
        assert at.code[0].value.splitlines() == command_lines(Filter())
    assert as_html(cite_survey(shipped.meta)) in said
    assert as_html(cite_tool()) in said
    for value in shipped.codebook.hashes.model_dump().values():
        assert value in said


FILTER = Filter(publisher=("ACS", "RSC"), access=("hybrid",), impact=(2.0, 20.0), scheme="published")


def test_the_commands_of_a_filter_give_its_journals(shipped: Survey, tmp_path: Path) -> None:
    """The command is run as it is shown."""
    query: dict[str, str | list[str]] = dict(FILTER.to_query())
    with opened("data", None, query) as at:
        line = next(c for c in at.code[0].value.splitlines() if " score " in c)
    program, *arguments = shlex.split(line)
    assert program == "rdpscore"
    arguments[arguments.index("scores.xlsx")] = str(tmp_path / "scores.xlsx")
    assert cli(*arguments).status == 0
    book = openpyxl.load_workbook(tmp_path / "scores.xlsx")
    heads, *rows = book["journals"].iter_rows(values_only=True)
    expected = rdpscore.score(FILTER.apply(shipped), "published").journals
    assert [r[heads.index("journal_id")] for r in rows] == expected["journal_id"].tolist()
    assert [r[heads.index("score")] for r in rows] == pytest.approx(expected["score"].tolist(), abs=1e-12)


def test_commands_of_other_surveys_and_schemes() -> None:
    lines = command_lines(Filter(publisher=("A & B",)), own_survey=True, own_scheme=True)
    assert lines[0] == "rdpscore validate SURVEY"
    assert shlex.split(lines[1]) == [
        "rdpscore", "score", "SURVEY", "--journals-only", "publisher=A & B", "--scheme", "scheme.yaml", "--output",
        "scores.xlsx",
    ]  # fmt: skip
    assert "--scheme" not in lines[2]


def test_a_survey_without_a_source_is_cited_by_its_title() -> None:
    ref = CodebookRef(id="x", version="1")
    assert cite_survey(SurveyMeta(format=1, id="x", title="X", codebook=ref)) == (
        "X (survey x; no citation is recorded)"
    )


def test_a_workbook_of_tables_holds_text_as_text(shipped: Survey) -> None:
    import pandas as pd

    tables = {"one": pd.DataFrame({"a": ["=1+1", None, "x"], "b": [1.5, float("nan"), 3]})}
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(tables)))
    assert [[c.value for c in row] for row in book["one"]] == [
        ["a", "b"],
        ["=1+1", 1.5],
        [None, None],
        ["x", 3],
    ]
    assert book["one"]["A2"].data_type == "s"


def test_the_figures_of_agreement_in_one_archive(shipped: Survey) -> None:
    found = rdpscore.measure_agreement(shipped)
    pictures = list(pictures_of_agreement(found))
    expected = {p.name: len(p.frame) for p in pictures}
    assert len(expected) == 6
    with zipfile.ZipFile(io.BytesIO(pictures_zip(pictures))) as archive:
        names = archive.namelist()
        assert sorted(names) == sorted(f"{n}.{s}" for n in expected for s in ("csv", "html"))
        for name, rows in expected.items():
            text = archive.read(f"{name}.csv").decode("utf-8-sig")
            assert len(list(csv.reader(io.StringIO(text)))) == rows + 1
            assert b"<title>" in archive.read(f"{name}.html")


def test_json_of_a_result_can_be_read_back(shipped: Survey) -> None:
    found = json.loads(rdpscore.score(shipped).to_json())
    assert len(found["result"]["journals"]) == 171


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", ["agreement", "agreement?what", "agreement?cases", "lab", "codebook", "data", "upload"]
)
def test_ten_thousand_journals_are_borne(path: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    base = tmp_path_factory.getbasetemp() / "large"
    folder = base if base.exists() else large(base)
    page, _, part = path.partition("?")
    with opened(page, folder, {"part": part} if part else {}) as at:
        assert faults(at) == []
        assert "10,000 journals" in words(at)
