"""The table of TOP Factor becomes a survey whose scheme gives the registry's own Total."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from running import cli

import rdpscore
from rdpscore.codebook import load_codebook
from rdpscore.survey import Survey, load

STANDARDS = (
    "Data citation", "Data transparency", "Analysis code transparency", "Materials transparency",
    "Design & analysis reporting guidelines", "Study preregistration", "Analysis plan preregistration", "Replication",
    "Registered reports & publication bias", "Open science badges",
)  # fmt: skip
"""As the header of the registry's table names them, in its order."""
HEADER = [
    "Journal", "Issn", "Publisher", "Society", "Author guideline url",
    *(f"{s} {what}" for s in STANDARDS for what in ("score", "justification")), "Total",
]  # fmt: skip
FACTS = (
    ("Meta-Psychology", "2003-2714", "3 3 3 3 3 2 2 3 3 2", 27),
    ("Technology, Mind, and Behavior", "2689-0208", "1 1 1 1 1 0 0 3 3 2", 13),
    ("Cancer Cell", "1535-6108", "2 1 2 1 2 1 1 1 0 0", 11),
    ("Journal of Economic Psychology", "0167-4870", "1 2 1 2 2 0 0 1 1 0", 10),
    ("Nature Genetics", "1546-1718", "1 1 1 1 2 1 1 1 0 0", 9),
)
"""Five rows of the registry: title, ISSN, scores in the order of the header, and its Total."""


def row(title: str, issn: str, scores: list[str], total: object, publisher: str = "") -> list[object]:
    cells = [c for k, s in enumerate(scores) for c in (s, f"Because of {STANDARDS[k]}." if s else "")]
    return [title, issn, publisher, "", "https://example.org/guide", *cells, total]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """UTF-8 with byte-order mark; a leading blank, an empty ISSN, empty publishers; a row with blank scores."""
    rows = [row(t, i, s.split(), n, "P" if k < 2 else "") for k, (t, i, s, n) in enumerate(FACTS)]
    rows[2][0] = f" {rows[2][0]}"
    rows[3][1] = ""
    rows.append(row("Half Rated", "", ["1", "", "2", "", "0", "0", "0", "1", "0", ""], 4))
    path = tmp_path / "top-factor.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *rows])
    return path


@pytest.fixture
def survey(table: Path, tmp_path: Path) -> Survey:
    run = cli("import", tmp_path / "tf", "--mapping", "top-factor", table)
    assert run.status == 0, run.said
    return load(tmp_path / "tf")


def test_the_facts_are_those_of_the_reference(reference: Path) -> None:
    text = (reference / "frameworks.md").read_text(encoding="utf-8")
    for title, issn, scores, total in FACTS:
        assert f"| {title} | {issn} | {scores} | {total} |" in text
    assert all(s in text for s in STANDARDS)


def test_the_total_of_the_registry_is_what_the_scheme_gives(survey: Survey) -> None:
    assert rdpscore.validate(survey).ok
    found = rdpscore.score(survey).journals.set_index("title")
    for title, _, scores, total in FACTS:
        assert found.loc[title, "display"] == total == sum(map(int, scores.split()))
    # the registry's own column stands beside it, and a blank score counts 0 in both
    assert found["display"].tolist() == found["total"].astype(float).tolist()


def test_scores_and_reasons_are_in_place(survey: Survey) -> None:
    book = load_codebook("top-2015")
    codings = survey.codings.astype(object)
    for title, _, scores, _ in FACTS:
        (journal,) = survey.journals.loc[survey.journals["title"] == title, "journal_id"]
        own = codings[codings["journal_id"] == journal].set_index("item")
        assert own.loc[list(book.item_ids), "answer"].tolist() == scores.split()
        assert own.loc["replication", "evidence"] == "Because of Replication."
        assert own.loc["publication_bias", "evidence"] == "Because of Registered reports & publication bias."
        assert set(own["source_url"]) == {"https://example.org/guide"}


def test_blanks_are_missing_and_bound_the_total(survey: Survey) -> None:
    half = rdpscore.score(survey).journals.set_index("title").loc["Half Rated"]
    assert (half["n_items"], half["n_missing"], half["display"]) == (7, 3, 4)
    assert round(29 * half["score_low"]) == 4
    assert round(29 * half["score_high"]) == 4 + 3 + 3 + 2
    complete = rdpscore.score(survey, "complete").journals.set_index("title").loc["Half Rated"]
    assert pd.isna(complete["score"])
    assert complete["reason"] == "missing_items"


def test_what_is_empty_is_no_error(survey: Survey) -> None:
    journals = survey.journals.astype(object).set_index("title")
    assert "Cancer Cell" in journals.index  # without its leading blank
    assert pd.isna(journals.loc["Journal of Economic Psychology", "issn"])
    assert pd.isna(journals.loc["Nature Genetics", "publisher"])
    assert {"missing_publisher", "missing_answer", "single_coded"} <= set(
        rdpscore.validate(survey).problems.counts()
    )
    assert rdpscore.measure_agreement(survey).overall.reason == "no_pairable_units"


def test_the_eight_standards_alone(survey: Survey) -> None:
    found = rdpscore.score(survey, "standards").journals.set_index("title")["display"]
    for title, _, scores, _ in FACTS:
        assert found[title] == sum(map(int, scores.split()[:8]))


def test_new_codings_are_held_against_the_registry(survey: Survey, tmp_path: Path) -> None:
    """A former user codes two of its journals again, under the same instrument, and compares."""
    folder = tmp_path / "again"
    assert cli("init", folder, "--codebook", "top-2015").status == 0
    (folder / "journals.csv").write_text(
        "journal_id,title,publisher,issn\ncc,Cancer cell,CP,1535-6108\nmp,Meta Psychology,,\n"
    )
    ids = load_codebook("top-2015").item_ids
    scores = {"cc": FACTS[2][2].split(), "mp": FACTS[0][2].split()}
    scores["cc"][1] = "2"  # was 1
    scores["mp"][0] = "1"  # was 3
    rows = [f"{j},ann,{i},{s}" for j, own in scores.items() for i, s in zip(ids, own, strict=True)]
    (folder / "codings.csv").write_text("\n".join(["journal_id,coder,item,answer", *rows, ""]))
    run = cli("compare", tmp_path / "tf", folder, "--json")
    assert run.status == 0, run.said
    pair = run.json()["result"]["pairs"][0]
    assert {m["title_a"]: m["by"] for m in pair["matches"]} == {
        "Cancer Cell": "issn",
        "Meta-Psychology": "title",
    }
    assert pair["moved"] == {"n": 20, "same": 18, "stricter": 1, "looser": 1, "other": 0}


def test_a_mapping_that_is_not_shipped_is_told_with_the_nearest(table: Path, tmp_path: Path) -> None:
    run = cli("import", tmp_path / "tf", "--mapping", "top-faktor", table)
    assert run.status == 1
    assert "nearest:'top-factor'" in run.said
