"""``rdpscore agreement`` and ``rdpscore figures``: what they print, write and return."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from finding import sheet
from rich.cells import cell_len
from running import Run, cli
from tables import write_survey

import rdpscore

WIDTH = 100


def fits(text: str) -> None:
    """No line is wider than a piped page, and no cell was cut."""
    assert max(cell_len(line) for line in text.splitlines()) <= WIDTH
    assert "…" not in text


def line_of(text: str, start: str) -> str:
    """The first line that begins with some text."""
    return next(line for line in text.splitlines() if line.startswith(start))


@pytest.fixture(scope="module")
def printed() -> Run:
    """What ``rdpscore agreement`` prints of the shipped survey."""
    return cli("agreement")


@pytest.fixture(scope="module")
def full() -> Run:
    """The same with all sections."""
    return cli("agreement", "--full", "--difficulty", "--own-alpha")


@pytest.fixture(scope="module")
def as_json() -> Any:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    return json.loads(cli("agreement", "--difficulty", "--json").out, parse_constant=refuse)


# For people --------------------------------------------------------------------------------------------


def test_it_fits_a_page_and_cuts_nothing(printed: Run, full: Run) -> None:
    assert printed.status == full.status == 0
    assert printed.err == ""
    fits(printed.out)
    fits(full.out)


def test_the_ledger_comes_first_and_then_the_headlines(printed: Run) -> None:
    said = printed.out
    assert (
        line_of(said, "Journals")
        .split(maxsplit=1)[1]
        .startswith("171: 161 with two or more coders, 10 with one")
    )
    order = [
        said.index(t) for t in ("Journals ", "Readings ", "Publishers ", "Worth ", "Alpha over all", "Item ")
    ]
    assert order == sorted(order)


def test_it_shows_every_item_and_both_headlines(shipped: rdpscore.Survey, printed: Run) -> None:
    assert "0.36 by exact answer, 0.50 on the scores" in printed.out
    assert "n = 161 journals on each item" in printed.out
    table = printed.out[printed.out.index("Item ") :]
    for item in shipped.codebook.closed_items:
        assert "%" in line_of(table, item.title)


def test_it_says_that_neither_headline_is_near_the_limit(printed: Run) -> None:
    assert "Neither is near 0.667" in printed.out


def test_it_shows_a_dash_and_a_reason_where_alpha_is_null(shipped: rdpscore.Survey, printed: Run) -> None:
    title = shipped.codebook.item("code_autotest").title
    line = line_of(printed.out, title)
    assert "–" in line
    assert "1 publisher only" in line
    assert "1.00 " not in line.split("–")[0]
    assert "nan" not in printed.out.casefold()
    assert f"{title}: no alpha, as all answers but 0 come from one publisher" in printed.out


def test_it_says_in_words_where_alpha_and_percent_part_ways(printed: Run) -> None:
    assert "Code linting: 99 % says little: 336 of 338 answers are 0; chance gives 99 %" in printed.out


def test_a_publisher_is_relative_to_the_survey_and_gets_no_alpha_of_its_own(printed: Run, full: Run) -> None:
    head = line_of(printed.out, "Publisher  ")
    assert head.split()[-2:] == ["Exact", "Scores"]
    assert "No verdict on" in printed.out
    assert "Own exact" in full.out


def test_the_long_sections_come_with_full_only(printed: Run, full: Run) -> None:
    for section in ("Options most often confused", "Which weigh most", "Reason 1"):
        assert section in full.out
        assert section not in printed.out


def test_slots_have_no_profiles_and_that_is_said(full: Run) -> None:
    assert "slots, not persons" in full.out


def test_persons_have_profiles(folder: Path) -> None:
    said = cli("agreement", folder, "--full").out
    head = line_of(said, "Coder ")
    assert "Strictness" in head
    assert line_of(said, "c1 ")
    assert line_of(said, "c2 ")


def test_difficulty_tells_the_floor_first(full: Run) -> None:
    said = full.out[full.out.index("What makes coding hard?") :]
    assert (
        "coders differ on 11 % of 1,568 cells where the answer is the lowest, 40 % of 1,169 above it" in said
    )


def test_agreement_of_single_coders_says_so(tmp_path: Path) -> None:
    folder = write_survey(
        tmp_path / "s",
        journals=sheet("journal_id | title | publisher", "a | A Letters | P"),
        codings=sheet("journal_id | coder | item | answer", "a | c1 | policy | no"),
    )
    for options in ([], ["--full", "--difficulty"], ["--json"]):
        found = cli("agreement", folder, *options)
        assert found.status == 0
    found = cli("agreement", folder)
    fits(found.out)
    assert "undefined: no journal has two answers" in found.out


def test_a_survey_without_codings_is_no_traceback(tmp_path: Path) -> None:
    folder = write_survey(
        tmp_path / "s",
        journals=sheet("journal_id | title | publisher", "a | A Letters | P"),
        codings="| journal_id | coder | item | answer |\n|-|-|-|-|",
    )
    for options in ([], ["--full", "--difficulty"], ["--json"]):
        found = cli("agreement", folder, *options)
        assert found.status == 0, found.err


def test_clusters_that_are_not_recorded_are_cautioned_against() -> None:
    said = cli("agreement", "--cluster", "policy").out
    assert "no policy is recorded" in line_of(said, "Caution")


def test_another_column_groups_the_journals() -> None:
    said = cli("agreement", "--by", "access_model").out
    assert line_of(said, "hybrid").split()[1:3] == ["99", "45"]


# For programs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_it_writes_a_row_an_item(tmp_path: Path, shipped: rdpscore.Survey, suffix: str) -> None:
    path = tmp_path / f"agreement.{suffix}"
    assert cli("agreement", "--output", path).status == 0
    read = {
        "csv": pd.read_csv,
        "xlsx": partial(pd.read_excel, engine="openpyxl"),
        "parquet": pd.read_parquet,
    }[suffix]
    frame = read(path)
    assert frame["item"].tolist() == [i.id for i in shipped.codebook.closed_items]
    expected = [i.alpha for i in rdpscore.measure_agreement(shipped).items]
    assert frame["alpha"].astype(float).tolist() == pytest.approx(
        [float("nan") if a is None else a for a in expected], nan_ok=True
    )


def test_a_workbook_holds_a_sheet_a_section(tmp_path: Path) -> None:
    path = tmp_path / "agreement.xlsx"
    assert cli("agreement", "--output", path, "--difficulty").status == 0
    sheets = pd.read_excel(path, sheet_name=None, engine="openpyxl")
    assert {"items", "ledger", "headlines", "groups", "reasons", "missed", "influence", "difficulty"} <= set(
        sheets
    )
    assert len(sheets["headlines"]) == 4


def test_json_carries_all(as_json: Any) -> None:
    assert set(as_json) == {"result", "settings", "problems"}
    assert {
        "overall", "ledger", "headlines", "items", "dimensions", "groups", "reliability", "reasons", "influence",
        "coders", "confusion", "missed", "difficulty",
    } == set(as_json["result"])  # fmt: skip
    assert as_json["result"]["coders"] == {"reason": "anonymous_coders", "profiles": None}
    assert as_json["settings"]["seed"] == 0
    assert as_json["settings"]["resamples"] == 2000


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, again = (cli("agreement", "--json", "--seed", "7", "--resamples", "50").out for _ in range(2))
    assert first == again


def test_the_method_changes_the_bounds_and_not_the_values() -> None:
    body = {
        m: cli("agreement", "--json", "--method", m, "--resamples", "200").json()["result"]["headlines"]
        for m in ("jackknife", "percentile", "bca")
    }
    assert len({tuple(h["value"] for h in found) for found in body.values()}) == 1
    assert len({tuple(h["low"] for h in found) for found in body.values()}) == 3


def test_the_diagnosis_is_a_row_a_journal_and_item(tmp_path: Path, shipped: rdpscore.Survey) -> None:
    path = tmp_path / "cells.csv"
    found = cli("agreement", "--diagnosis", path)
    assert found.status == 0
    assert f"wrote {path}" in found.err
    frame = pd.read_csv(path)
    assert len(frame) == 171 * len(shipped.codebook.items)
    assert frame["used"].sum() == 161 * 17
    assert set(frame.loc[~frame["used"], "why"]) == {"one answer", "not a closed item"}


@pytest.mark.parametrize(
    "options",
    [
        ["--cluster", "continent"],
        ["--method", "guess"],
        ["--by", "colour"],
        ["--method", "bca", "--resamples", "0"],
        ["--diagnosis", "cells.docx"],
    ],
)
def test_wrong_use_ends_with_status_2_and_says_which_option(options: list[str]) -> None:
    found = cli("agreement", *options)
    assert found.status == 2
    assert found.out == ""
    assert options[-2] in found.err


def test_no_file_is_overwritten_without_force(tmp_path: Path) -> None:
    path = tmp_path / "cells.csv"
    path.write_text("mine")
    assert cli("agreement", "--diagnosis", path).status == 2
    assert path.read_text() == "mine"
    assert cli("agreement", "--diagnosis", path, "--force").status == 0
    assert path.read_text() != "mine"


# rdpscore figures --------------------------------------------------------------------------------------


def test_figures_writes_pages_with_their_data_beside(tmp_path: Path) -> None:
    found = cli("figures", "--only", "agreement", "--output", tmp_path / "new" / "figures")
    assert found.status == 0, found.err
    pages = sorted(p.stem for p in (tmp_path / "new" / "figures").glob("*.html"))
    data = sorted(p.stem for p in (tmp_path / "new" / "figures").glob("*.csv"))
    assert pages == data
    assert len(pages) == 6
    for name in pages:
        assert f"{name}.html" in found.out


def test_figures_overwrites_nothing_without_force(tmp_path: Path, folder: Path) -> None:
    target = tmp_path / "figures"
    target.mkdir()
    (target / "alpha-by-item.csv").write_text("mine")
    found = cli("figures", folder, "--output", target)
    assert found.status == 2
    assert (
        "alpha-by-item.csv exists" in " ".join(found.err.replace("│", " ").split()) or "exists" in found.err
    )
    assert [p.name for p in target.iterdir()] == ["alpha-by-item.csv"]
    assert cli("figures", folder, "--output", target, "--force").status == 0
    assert (target / "alpha-by-item.csv").read_text() != "mine"


def test_figures_of_a_bad_survey_are_refused(tmp_path: Path) -> None:
    folder = write_survey(
        tmp_path / "bad",
        journals=sheet("journal_id | title | publisher", "a | A Letters | P"),
        codings=sheet("journal_id | coder | item | answer", "zeta | c1 | policy | no"),
    )
    found = cli("figures", folder, "--output", tmp_path / "figures")
    assert found.status == 1
    assert not (tmp_path / "figures").exists()
