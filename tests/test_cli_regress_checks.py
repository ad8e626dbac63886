"""``rdpscore regress --robust --specifications --power --predict``: what each adds, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from finding import sheet
from running import Run, cli, squeeze
from tables import SMALL_CODEBOOK, write_survey

MODEL = ("--model", "score ~ access_model")


@pytest.fixture(scope="module")
def run() -> Run:
    return cli("regress", *MODEL, "--specifications", "--power")


def test_the_default_report_tells_of_publishers_and_labels_and_no_more() -> None:
    run = cli("regress", *MODEL)
    assert run.status == 0
    assert (
        squeeze("Whichever publisher is left out: over all journals 0.055 (without MDPI) to 0.078")
        in run.said
    )
    assert squeeze("undecided instead of a difference beyond chance, as it weakens") in run.said
    for title in ("What the estimates rest on", "Specification curves", "Power", "Prediction"):
        assert squeeze(title) not in run.said


@pytest.mark.parametrize(
    "said",
    [
        "Specification curves: one question in all the ways that are as good; no votes are counted",
        "12 specifications within publishers: median",
        "one joint test that there is none in any",
        "Power: what this design can show",
        "an effect of 0.044 (0.75 items) would be found in 80 % of such surveys",
    ],
)
def test_what_is_asked_for_is_added(run: Run, said: str) -> None:
    assert run.status == 0
    assert squeeze(said) in run.said


def test_programs_get_every_check_as_tables_and_json(tmp_path: Path) -> None:
    run = cli("regress", *MODEL, "--power", "--specifications", "--json", "--output", tmp_path / "all.xlsx")
    assert run.status == 0
    told = json.loads(run.out)["result"]
    assert {p["question"] for p in told["power"]} == {"between", "within", "pooled"}
    assert told["prediction"] is None
    assert len(told["specifications"]["curves"]) == 3
    assert told["robustness"]["depth"] == "brief"
    with pd.ExcelFile(tmp_path / "all.xlsx", engine="openpyxl") as book:
        sheets = book.sheet_names
    assert {"estimates", "robustness", "without_publisher", "flipped", "curves", "power"} <= {
        str(s) for s in sheets
    }


@pytest.mark.parametrize("publishers", ["AAAAAA", "AAABBB", "ABCDEF"])
def test_small_surveys_get_sentences_for_every_check(tmp_path: Path, publishers: str) -> None:
    survey = write_survey(
        tmp_path / "s",
        SMALL_CODEBOOK,
        journals=sheet(
            "journal_id | title | publisher | size",
            *(f"j{k} | J{k} | {p} | {1 + k * k % 5}" for k, p in enumerate(publishers)),
        ),
        codings=sheet(
            "journal_id | coder | item | answer", *(f"j{k} | c1 | data | {k * k % 3}" for k in range(6))
        ),
    )
    run = cli("regress", survey, "--full", "--draws", "999")
    assert run.status == 0
    assert "nan" not in run.out
    assert "Prediction of publishers that were held out" in run.out
    if len(set(publishers)) < 3:
        assert squeeze("there are fewer than 3 publishers, so none can be held out") in run.said
