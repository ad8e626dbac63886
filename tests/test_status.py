"""How far a survey is: coders, journals, disagreements, queries."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.progress_bar import ProgressBar
from tables import SMALL_CODEBOOK, SURVEY_YAML, write_survey, write_table
from typer.testing import CliRunner

import rdpscore
from rdpscore.cli import app
from rdpscore.problems import InvalidInput, Problems
from rdpscore.report.terminal import bar
from rdpscore.survey import Survey, load, save
from rdpscore.survey.progress import Status, status

RUN = CliRunner()

JOURNALS = """
    | journal_id | title           | publisher |
    |------------|-----------------|-----------|
    | alpha      | Alpha Letters   | North     |
    | beta       | Beta Reviews    | North     |
    | gamma      | Gamma Materials | South     |
    | delta      | Delta Notes     | South     |
"""
CODINGS = """
    | journal_id | coder | round | item   | answer | state         | note            |
    |------------|-------|-------|--------|--------|---------------|-----------------|
    | alpha      | ann   | main  | policy | yes    |               |                 |
    | alpha      | ann   | main  | data   | 2      |               |                 |
    | alpha      | ann   | main  | code   | 1      | to_discuss    | which code?     |
    | alpha      | ben   | main  | policy | yes    |               |                 |
    | alpha      | ben   | main  | data   | 1      | unclear       | two pages       |
    | alpha      | ben   | main  | code   | 0      |               |                 |
    | beta       | ann   | main  | policy | yes    |               |                 |
    | beta       | ann   | main  | data   |        | not_reachable | 404             |
    | gamma      | ben   | main  | policy | no     |               |                 |
    | gamma      | cleo  | main  | policy | no     |               |                 |
    | gamma      | ann   | pilot | policy | yes    | unclear       |                 |
"""
ASSIGNMENTS = """
    | journal_id | coder | round |
    |------------|-------|-------|
    | alpha      | ann   | main  |
    | alpha      | ben   | main  |
    | beta       | ann   | main  |
    | beta       | ben   | main  |
    | gamma      | ben   | main  |
    | delta      | ann   | main  |
"""
ADJUDICATIONS = """
    | journal_id | item | answer | reason         |
    |------------|------|--------|----------------|
    | alpha      | data | 2      | interpretation |
    | gamma      | policy | no   | interpretation |
"""


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    return write_survey(
        tmp_path / "coded",
        journals=JOURNALS,
        codings=CODINGS,
        assignments=ASSIGNMENTS,
        adjudications=ADJUDICATIONS,
    )


def row(frame: pd.DataFrame, **where: str) -> dict[str, object]:
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return dict(frame.iloc[0])


def test_coders_against_their_assignments(coded: Path) -> None:
    found = status(load(coded)).coders
    assert found[["round", "coder"]].to_numpy().tolist() == [
        ["main", "ann"],
        ["main", "ben"],
        ["main", "cleo"],
        ["pilot", "ann"],
    ]
    ann = row(found, round="main", coder="ann")
    assert [ann[f"n_{k}"] for k in ("assigned", "done", "begun", "not_begun")] == [3, 1, 1, 1]
    assert [ann[f"n_{k}"] for k in ("missing", "unclear", "to_discuss", "not_reachable")] == [2, 0, 1, 1]
    assert ann["share"] == pytest.approx(1 / 3)
    ben = row(found, coder="ben")
    assert [ben[f"n_{k}"] for k in ("assigned", "done", "begun", "not_begun", "unclear")] == [3, 2, 0, 1, 1]
    cleo = row(found, coder="cleo")
    assert [cleo[f"n_{k}"] for k in ("assigned", "done", "unassigned")] == [0, 0, 1]
    assert np.isnan(float(str(cleo["share"])))


def test_a_round_without_assignments_is_what_is_there(coded: Path) -> None:
    pilot = row(status(load(coded)).coders, round="pilot")
    assert [pilot[f"n_{k}"] for k in ("assigned", "begun", "not_begun", "missing")] == [1, 1, 0, 2]
    (coded / "assignments.csv").unlink()
    main = status(load(coded)).coders
    assert main.loc[main["round"] == "main", "n_assigned"].tolist() == [2, 2, 1]
    assert main["n_not_begun"].sum() == main["n_unassigned"].sum() == 0


def test_journals(coded: Path) -> None:
    found = status(load(coded)).journals
    alpha = row(found, journal_id="alpha")
    assert (alpha["n_assigned"], alpha["n_done"], alpha["coded"], alpha["complete"]) == (2, 2, "double", True)
    assert (alpha["n_disagreements"], alpha["n_adjudicated"], alpha["n_open"]) == (2, 1, 1)
    assert alpha["n_queries"] == 1  # the other one, on data, is adjudicated
    beta = row(found, journal_id="beta")
    assert (beta["n_begun"], beta["n_done"], beta["coded"], beta["complete"]) == (1, 0, "none", False)
    assert (beta["n_missing"], beta["n_queries"]) == (2, 1)
    gamma = row(found, journal_id="gamma")  # not applicable items are not missing; cleo was not asked
    assert (gamma["n_assigned"], gamma["n_done"], gamma["n_stale"]) == (1, 2, 1)
    assert gamma["complete"]
    delta = row(found, journal_id="delta")
    assert (delta["n_assigned"], delta["n_begun"], delta["complete"]) == (1, 0, False)


def test_queries_to_the_lead_are_one_list(coded: Path) -> None:
    found = status(load(coded)).queries
    assert found[["journal_id", "item", "coder", "state", "answer", "note"]].to_numpy().tolist() == [
        ["alpha", "code", "ann", "to_discuss", "1", "which code?"],
        ["beta", "data", "ann", "not_reachable", None, "404"],
        ["gamma", "policy", "ann", "unclear", "yes", None],
        ["alpha", "data", "ben", "unclear", "1", "two pages"],
    ]
    assert found["adopted"].tolist() == [None, None, None, "2"]
    assert found["title"].tolist() == ["Alpha Letters", "Beta Reviews", "Gamma Materials", "Alpha Letters"]


def test_totals_agree_with_the_tables_and_with_validation(coded: Path) -> None:
    survey = load(coded)
    found = status(survey)
    counts = rdpscore.validate(survey).problems.counts()
    assert found.totals["n_missing"] == counts["missing_answer"]
    assert found.totals["n_not_begun"] == counts["missing_record"]
    assert found.totals["n_open"] == counts["unresolved_disagreement"]
    assert found.totals["n_stale"] == counts["stale_adjudication"]
    assert found.totals["n_queries"] == 4
    assert found.totals["n_queries_open"] == 3
    assert found.totals["n_complete"] == 2
    assert (found.totals["n_none"], found.totals["n_single"], found.totals["n_double"]) == (2, 0, 2)


def test_a_marked_adjudication_is_open_again(coded: Path) -> None:
    survey = load(coded)
    table = survey.adjudications.astype(object)
    table["stale"] = ["answers replaced", None]
    marked = Survey.from_frames(
        survey.codebook, survey.journals, survey.codings, table, assignments=survey.assignments
    )
    alpha = row(status(marked).journals, journal_id="alpha")
    assert (alpha["n_adjudicated"], alpha["n_open"], alpha["n_stale"]) == (0, 2, 1)
    assert status(marked).totals["n_queries_open"] == 4


def test_items_that_are_not_recorded_are_not_missing(coded: Path) -> None:
    (coded / "survey.yaml").write_text(SURVEY_YAML + "not_recorded: [data, code]\n")
    found = status(load(coded))
    assert found.totals["n_missing"] == 0
    assert row(found.journals, journal_id="beta")["n_done"] == 1


def test_the_shipped_survey_is_done(shipped: Survey) -> None:
    found = status(shipped)
    assert found.totals["n_assigned"] == found.totals["n_done"] == 348
    assert (found.totals["n_single"], found.totals["n_double"]) == (10, 161)
    assert (found.totals["n_disagreements"], found.totals["n_open"]) == (644, 0)
    assert len(found.queries) == 0


def test_errors_of_validation_are_raised(shipped: Survey) -> None:
    with pytest.raises(InvalidInput):
        status(shipped, Problems.one("missing_file", "journals.csv", value="journals.csv"))


def test_nothing_coded_and_nothing_there() -> None:
    codebook = rdpscore.load().codebook
    empty = pd.DataFrame(columns=["journal_id", "coder", "item", "answer"], dtype=object)
    journals = pd.DataFrame([["a", "A", "P"]], columns=["journal_id", "title", "publisher"], dtype=object)
    for table in (journals, journals[:0]):
        found = status(Survey.from_frames(codebook, table, empty))
        assert isinstance(found, Status)
        assert len(found.coders) == len(found.queries) == 0
        assert found.totals["n_journals"] == found.totals["n_none"] == len(table)
        json.loads(found.to_json())


# The command --------------------------------------------------------------------------------------------


def test_the_command_prints_all_of_it_on_plain_lines(coded: Path) -> None:
    result = RUN.invoke(app, ["status", str(coded)])
    assert result.exit_code == 0, result.output
    text = result.output
    assert "4 journals: 2 coded by two or more, 0 by one, 2 by none" in text
    assert "######.............." in text
    assert "33 %" in text
    assert "Disagreements: 2, of these 1 adjudicated, 1 open; 1 stale adjudication" in text
    assert "Queries to the lead: 3 open, 1 adjudicated" in text
    assert "which code?" in text
    assert "\x1b" not in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_json_and_files(coded: Path, tmp_path: Path) -> None:
    result = RUN.invoke(app, ["status", str(coded), "--json"])
    document = json.loads(result.stdout)
    assert set(document) == {"result", "settings", "problems"}
    assert document["result"]["queries"][0]["adopted"] is None
    assert document["result"]["coders"][2]["share"] is None
    for suffix in ("csv", "xlsx", "parquet", "json"):
        path = tmp_path / f"status.{suffix}"
        assert RUN.invoke(app, ["status", str(coded), "--output", str(path)]).exit_code == 0
        assert path.stat().st_size > 0
    assert RUN.invoke(app, ["status", str(coded), "--output", str(tmp_path / "status.csv")]).exit_code == 2


def test_a_survey_with_errors_exits_with_1(coded: Path) -> None:
    write_table(
        coded / "assignments.csv",
        """
        | journal_id | coder |
        |------------|-------|
        | omega      | ann   |
        """,
    )
    result = RUN.invoke(app, ["status", str(coded)])
    assert result.exit_code == 1
    assert "unknown_journal" in result.output
    assert RUN.invoke(app, ["status", str(coded / "none")]).exit_code == 1


def test_assigned_only(tmp_path: Path) -> None:
    folder = write_survey(
        tmp_path / "s",
        SMALL_CODEBOOK,
        journals=JOURNALS,
        codings="""
            | journal_id | coder | item | answer |
            |------------|-------|------|--------|
        """,
        assignments=ASSIGNMENTS,
    )
    found = status(load(folder))
    assert found.totals["n_assigned"] == found.totals["n_not_begun"] == 6
    assert RUN.invoke(app, ["status", str(folder)]).exit_code == 0


def test_bars() -> None:
    assert [bar(s, False) for s in (0, 0.5, 0.999, 1)] == [
        "." * 20,
        "#" * 10 + "." * 10,
        "#" * 19 + ".",
        "#" * 20,
    ]
    drawn = bar(0.5, True)
    assert isinstance(drawn, ProgressBar)
    assert drawn.completed == 0.5


def test_it_survives_a_save(coded: Path, tmp_path: Path) -> None:
    one = status(load(coded))
    save(load(coded), tmp_path / "copy")
    other = status(load(tmp_path / "copy"))
    assert one.body() == other.body()
