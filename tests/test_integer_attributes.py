"""An attribute of whole numbers stays whole in every output, also where some are missing."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from running import cli
from tables import write_survey

import rdpscore
from rdpscore.computed.counts import attribute_statistic
from rdpscore.figures.predictors import against_number
from rdpscore.predictors.checks import checked_regress
from rdpscore.survey.filters import Filter
from rdpscore.survey.subsets import restricted
from rdpscore.uncertainty.journal_list import listing

YAML = """\
format: 1
id: small
title: A small survey
codebook: {id: small, version: "1"}
not_recorded: [evidence]
attributes:
  volumes: {kind: integer}
  impact: {kind: integer}
"""
SPELT = ["5", "7.0", "", "2e3", "+8", "9"]
"""As a cell may hold a whole number; blank is missing."""
WHOLE = [5, 7, None, 2000, 8, 9]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    journals = "| journal_id | title | publisher | volumes | year | impact |\n|---|---|---|---|---|---|\n"
    codings = "| journal_id | coder | item | answer |\n|---|---|---|---|\n"
    for i in range(18):
        year = "" if i == 7 else 1990 + i
        title = f"Title {'abcdefghijklmnopqr'[i] * 3}"
        journals += f"| j{i:02d} | {title} | P{i % 6} | {SPELT[i % 6]} | {year} | {i} |\n"
        for coder in ("c1", "c2"):
            codings += f"| j{i:02d} | {coder} | policy | yes |\n| j{i:02d} | {coder} | data | {i % 3} |\n"
            codings += f"| j{i:02d} | {coder} | code | {i // 2 % 2} |\n"
    return write_survey(tmp_path / "survey", survey_yaml=YAML, journals=journals, codings=codings)


def test_the_column_itself_is_of_whole_numbers(folder: Path) -> None:
    survey = rdpscore.load(folder)
    column = survey.attribute("volumes")
    assert str(column.dtype) == "Int64"
    assert [None if pd.isna(v) else v for v in column[:6]] == WHOLE
    assert str(survey.attribute("year").dtype) == "Int64"


def test_whole_numbers_beyond_64_bits_are_numbers_still(folder: Path) -> None:
    table = folder / "journals.csv"
    table.write_text(table.read_text().replace(",2e3,", ",1e30,"))
    assert rdpscore.load(folder).attribute("volumes").max() == 1e30
    table.write_text(table.read_text().replace(",1e30,", ",9007199254740993,"))
    assert rdpscore.load(folder).attribute("volumes").max() == 9007199254740993


def test_every_format_of_the_scores(folder: Path, tmp_path: Path) -> None:
    for suffix in ("csv", "json", "xlsx", "parquet"):
        assert cli("score", folder, "--output", tmp_path / f"s.{suffix}").status == 0
    by_id = sorted(
        csv.DictReader(io.StringIO((tmp_path / "s.csv").read_text())), key=lambda r: r["journal_id"]
    )
    assert [r["volumes"] for r in by_id[:6]] == ["5", "7", "", "2000", "8", "9"]
    assert by_id[7]["year"] == ""
    assert by_id[8]["year"] == "1998"
    for text in ((tmp_path / "s.json").read_text(), cli("score", folder, "--json").out):
        found = sorted(json.loads(text)["result"]["journals"], key=lambda r: r["journal_id"])
        assert [repr(r["volumes"]) for r in found[:6]] == list(map(repr, WHOLE))
    frame = pd.read_parquet(tmp_path / "s.parquet").sort_values("journal_id")
    assert str(frame["volumes"].dtype) == "Int64"
    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx").worksheets[0]
    head = [c.value for c in sheet[1]]
    cells = {r[0]: r[head.index("volumes")] for r in sheet.iter_rows(min_row=2, values_only=True)}
    assert [repr(cells[f"j{i:02d}"]) for i in range(6)] == list(map(repr, WHOLE))


def test_models_and_figures(folder: Path, tmp_path: Path) -> None:
    survey = rdpscore.load(folder)
    found = checked_regress(survey, "score ~ volumes + year", checks=("robust",))
    assert str(found.regress.tables()["journals"]["volumes"].dtype) == "Int64"
    assert found.regress.frame.y.dtype == float
    values = against_number(found, "volumes").frame["value"].tolist()
    assert set(map(type, values)) == {int}


def test_what_the_dashboard_and_advise_show(folder: Path) -> None:
    survey = rdpscore.load(folder)
    shown = listing(rdpscore.score(survey), None)
    assert str(shown["impact"].dtype) == "Int64"
    said = cli("advise", "j07", folder, "--json").json()["result"]
    assert '"impact": 7,' in json.dumps(said)


def test_ranges_and_statistics_still_hold(folder: Path) -> None:
    survey = rdpscore.load(folder)
    assert len(restricted(survey, {"volumes": (7, 9)}).journals) == 9
    assert len(restricted(survey, {"year": (None, 1997)}).journals) == 7  # one is missing
    assert len(Filter(impact=(2.0, 5.5)).apply(survey).journals) == 4
    assert repr(attribute_statistic(survey, attribute="volumes", statistic="max")) == "2000"
    assert attribute_statistic(survey, attribute="year", statistic="median") == 1999.0
