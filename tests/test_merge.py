"""Surveys of several teams made one: nothing lost, provenance on every row, contradictions named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from finding import sheet
from running import cli, contents
from tables import SMALL_CODEBOOK, SURVEY_YAML, write_survey

import rdpscore
from rdpscore.moving.merging import merge
from rdpscore.problems import InvalidInput
from rdpscore.survey import Survey, load, save

JOURNALS = sheet(
    "journal_id | title | publisher | issn_l | impact",
    "alpha | Alpha Letters | North | 0028-0836 | 2.5",
    "beta | Beta Reviews | North | | ",
)
CODINGS = sheet(
    "journal_id | coder | item | answer | reading_id",
    "alpha | c1 | policy | yes | r1", "alpha | c1 | data | 2 | r1", "alpha | c1 | code | 1 | r1",
    "alpha | c2 | policy | yes | ", "alpha | c2 | data | 1 | ", "alpha | c2 | code | 1 | ",
    "beta | c1 | policy | no | r1",
)  # fmt: skip
ADJUDICATIONS = sheet("journal_id | item | answer | reason", "alpha | data | 2 | interpretation")
OTHER_JOURNALS = sheet(
    "journal_id | title | publisher | issn_l | impact",
    "a-letters | The Alpha Letters | North | 0028-0836 | 2.50",
    "gamma | Gamma Materials | South | | 7",
)
OTHER_CODINGS = sheet(
    "journal_id | coder | item | answer | reading_id",
    "a-letters | c1 | policy | yes | r1", "a-letters | c1 | data | 2 | r1", "a-letters | c1 | code | 0 | r1",
    "gamma | c1 | policy | no | r1",
)  # fmt: skip

Team = Callable[..., Path]


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """Writes a team's survey under an id."""

    def write(name: str, *, codebook: str = SMALL_CODEBOOK, extra: str = "", **tables: str) -> Path:
        yaml = SURVEY_YAML.replace("id: small\n", f"id: {name}\n", 1) + extra
        return write_survey(tmp_path / name, codebook, yaml, **tables)

    return write


@pytest.fixture
def teams(team: Team) -> tuple[Path, Path]:
    """Two teams with one journal in common under two ids."""
    return (
        team("north", journals=JOURNALS, codings=CODINGS, adjudications=ADJUDICATIONS),
        team("south", journals=OTHER_JOURNALS, codings=OTHER_CODINGS),
    )


def problems(*surveys: Path, out: Path) -> dict[str, list[str]]:
    """What merging them is told, by kind; nothing is written."""
    with pytest.raises(InvalidInput) as told:
        merge(out, surveys)
    assert not out.exists()
    found: dict[str, list[str]] = {}
    for p in told.value.problems.errors:
        found.setdefault(p.code, []).append(p.what)
    return found


# What comes out -----------------------------------------------------------------------------------------


def test_count_in_is_count_out_and_coders_are_told_apart(teams: tuple[Path, Path], tmp_path: Path) -> None:
    result = merge(tmp_path / "all", teams)
    merged = load(tmp_path / "all")
    assert len(merged.codings) == 7 + 4
    assert len(merged.journals) == 2 + 2 - 1
    assert set(merged.records.coders) == {"north.c1", "north.c2", "south.c1"}
    assert set(merged.codings["reading_id"].dropna()) == {"north.r1", "south.r1"}
    assert merged.codings["merged_from"].value_counts().to_dict() == {"north": 7, "south": 4}
    assert result.n_shared == 1
    assert result.journals.to_dict("records")[2] == {
        "survey": "south", "journal_id": "a-letters", "merged_id": "alpha", "by": "issn",
    }  # fmt: skip
    row = merged.journals.set_index("journal_id").loc["alpha"]
    assert (row["title"], row["impact"], row["merged_from"]) == ("Alpha Letters", "2.5", "north;south")


def test_every_answer_is_the_one_that_was_given(teams: tuple[Path, Path], tmp_path: Path) -> None:
    merge(tmp_path / "all", teams)
    merged = pd.read_csv(tmp_path / "all" / "codings.csv", dtype=str)
    same = {"a-letters": "alpha"}
    for folder in teams:
        own = pd.read_csv(folder / "codings.csv", dtype=str)
        own["journal_id"] = own["journal_id"].replace(same)
        own["coder"] = folder.name + "." + own["coder"]
        keys = ["journal_id", "coder", "item"]
        found = merged.merge(own, on=keys, how="inner", suffixes=("", "_own"))
        assert len(found) == len(own)
        assert (found["answer"] == found["answer_own"]).all()


def test_the_merged_survey_is_valid_and_scores(teams: tuple[Path, Path], tmp_path: Path) -> None:
    run = cli("merge", tmp_path / "all", *teams)
    assert run.status == 0, run.said
    assert "1 of them in more than one survey" in " ".join(run.out.split())
    assert cli("validate", tmp_path / "all").status == 0
    survey = load(tmp_path / "all")
    assert survey.meta.id == "all"
    assert rdpscore.score(survey).journals["score"].notna().all()
    assert "1 disagreement open" in " ".join(run.out.split())  # on code, between the teams


def test_the_folders_are_kept_as_they_were(teams: tuple[Path, Path], tmp_path: Path) -> None:
    (teams[1] / "sources").mkdir()
    (teams[1] / "sources" / "note.txt").write_text("kept")
    merge(tmp_path / "all", teams)
    for folder in teams:
        before = {k: v for k, v in contents(folder).items() if not k.startswith(".")}
        assert contents(tmp_path / "all" / "sources" / "merged" / folder.name) == before


def test_the_shipped_survey_cut_in_two_comes_back_whole(shipped: Survey, tmp_path: Path) -> None:
    """Publishers of the one half, of the other, and of both: the same resolved answers and scores."""
    publishers = sorted(shipped.journals["publisher"].unique())
    for name, keep in (("one", publishers[:9]), ("two", publishers[7:])):
        journals = shipped.journals.astype(object).reset_index(drop=True)
        journals = journals[journals["publisher"].isin(keep)]
        inside = set(journals["journal_id"])
        parts = [
            t[t["journal_id"].isin(inside)].astype(object).reset_index(drop=True)
            for t in (shipped.codings, shipped.adjudications)
        ]
        meta = shipped.meta.model_copy(update={"id": name})
        save(Survey.from_frames(shipped.codebook, journals, *parts, meta=meta), tmp_path / name)
    result = merge(tmp_path / "all", [tmp_path / "one", tmp_path / "two"])
    merged = load(tmp_path / "all")
    shared = shipped.journals["publisher"].isin(publishers[7:9])
    assert result.n_shared == int(shared.sum())
    counts = {(r["table"], r["survey"]): r["rows"] for r in result.counts.to_dict("records")}
    assert counts["codings", "merged"] == counts["codings", "one"] + counts["codings", "two"]
    assert counts["adjudications", "merged"] == len(shipped.adjudications)
    assert result.n_same_adjudications == (
        counts["adjudications", "one"] + counts["adjudications", "two"] - len(shipped.adjudications)
    )
    assert merged.meta.coders == "slots"
    order = merged.journal_ids.get_indexer(shipped.journal_ids)
    assert (merged.resolved.option[order] == shipped.resolved.option).all()


# What does not go together ------------------------------------------------------------------------------


def test_another_coding_hash_is_refused_and_told_what_differs(team: Team, tmp_path: Path) -> None:
    a = team("a", journals=JOURNALS, codings=CODINGS)
    b = team(
        "b",
        codebook=SMALL_CODEBOOK.replace("label: Encouraged", "label: Expected"),
        journals=OTHER_JOURNALS,
        codings=OTHER_CODINGS,
    )
    (what,) = problems(a, b, out=tmp_path / "all")["other_instrument"]
    assert "data: label changed" in what


def test_other_scores_are_a_note_and_the_first_codebook_holds(team: Team, tmp_path: Path) -> None:
    a = team("a", journals=JOURNALS, codings=CODINGS)
    text = SMALL_CODEBOOK.replace("label: Encouraged, score: 0.5", "label: Encouraged, score: 0.4")
    b = team("b", codebook=text, journals=OTHER_JOURNALS, codings=OTHER_CODINGS)
    result = merge(tmp_path / "all", [a, b])
    assert [p.code for p in result.problems] == ["first_codebook"]
    assert (tmp_path / "all" / "codebook.yaml").read_bytes() == (a / "codebook.yaml").read_bytes()


def test_one_id_for_two_surveys_is_refused(teams: tuple[Path, Path], tmp_path: Path) -> None:
    assert problems(teams[0], teams[0], out=tmp_path / "all") == {
        "same_survey_id": ["2 of the surveys have the id 'north'"]
    }


def test_contradictions_come_at_once_with_both_surveys(team: Team, tmp_path: Path) -> None:
    a = team("a", journals=JOURNALS, codings=CODINGS, adjudications=ADJUDICATIONS)
    b = team(
        "b",
        journals=sheet(
            "journal_id | title | publisher | issn_l | impact",
            "alpha | Alpha Letters | East | 0028-0836 | 3",
            "beta | Quite Another | North | | ",
        ),
        codings=sheet("journal_id | coder | item | answer", "alpha | x | data | 1", "alpha | y | data | 2"),
        adjudications=sheet("journal_id | item | answer", "alpha | data | 1"),
    )
    found = problems(a, b, out=tmp_path / "all")
    assert found == {
        "attribute_conflict": [
            "publisher of alpha is 'East' in b and 'North' in a",
            "impact of alpha is '3' in b and '2.5' in a",
        ],
        "journal_clash": ["'beta' is 'Quite Another' in b and 'Beta Reviews' in a"],
        "adjudication_conflict": ["alpha / data is adjudicated to '1' in b and to '2' in a"],
    }


def test_policies_of_one_id_and_two_publishers_are_refused(team: Team, tmp_path: Path) -> None:
    def one(name: str, publisher: str, url: str) -> Path:
        return team(
            name,
            journals=sheet(
                "journal_id | title | publisher | policy_id", f"{name} | Of {name} | {publisher} | p1"
            ),
            codings=sheet("journal_id | coder | item | answer", f"{name} | c | policy | no"),
            policies=sheet("policy_id | url", f"p1 | {url}"),
        )

    a, b = one("aa", "North", "https://n.example.org"), one("bb", "South", "https://s.example.org")
    found = problems(a, b, out=tmp_path / "all")
    assert found["policy_clash"] == ["policy 'p1' is of South in bb and of North in aa"]
    assert found["attribute_conflict"] == [
        "url of p1 is 'https://s.example.org' in bb and 'https://n.example.org' in aa"
    ]
    c = one("cc", "North", "https://n.example.org")
    assert merge(tmp_path / "fine", [a, c]).survey.policies is not None


def test_an_adjudication_that_both_made_stands_once(team: Team, tmp_path: Path) -> None:
    a = team("a", journals=JOURNALS, codings=CODINGS, adjudications=ADJUDICATIONS)
    b = team("b", journals=JOURNALS, codings=CODINGS, adjudications=ADJUDICATIONS)
    result = merge(tmp_path / "all", [a, b])
    assert result.n_same_adjudications == 1
    assert result.survey.adjudications[["answer", "merged_from"]].to_dict("records") == [
        {"answer": "2", "merged_from": "a;b"}
    ]
    assert len(result.survey.codings) == 14


def test_persons_and_slots_make_slots(team: Team, tmp_path: Path) -> None:
    a = team("a", journals=JOURNALS, codings=CODINGS)
    b = team("b", extra="coders: slots\n", journals=OTHER_JOURNALS, codings=OTHER_CODINGS)
    result = merge(tmp_path / "all", [a, b])
    assert result.survey.meta.coders == "slots"
    assert [p.code for p in result.problems] == ["mixed_coders"]


def test_a_survey_with_errors_is_named_by_its_id(
    team: Team, teams: tuple[Path, Path], tmp_path: Path
) -> None:
    broken = team("broken", journals=JOURNALS, codings=CODINGS.replace("c2 | data | 1", "c2 | data | 9"))
    with pytest.raises(InvalidInput) as told:
        merge(tmp_path / "all", [teams[1], broken])
    (problem,) = told.value.problems.errors
    assert (problem.code, problem.file) == ("unknown_option", "broken/codings.csv")


def test_wrong_use_is_told_and_nothing_is_overwritten(teams: tuple[Path, Path], tmp_path: Path) -> None:
    assert cli("merge", tmp_path / "all", teams[0]).status == 2
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "mine.txt").write_text("x")
    run = cli("merge", tmp_path / "all", *teams)
    assert run.status == 2
    assert "notempty" in run.said.replace("│", "")
    assert contents(tmp_path / "all") == {"mine.txt": b"x"}
    run = cli("merge", tmp_path / "new", teams[0], teams[0], "--json")
    assert run.status == 1
    assert run.json()["problems"][0]["code"] == "same_survey_id"
    run = cli("merge", tmp_path / "new", *teams, "--output", tmp_path / "map.csv")
    assert run.status == 0
    assert pd.read_csv(tmp_path / "map.csv").columns.tolist() == ["survey", "journal_id", "merged_id", "by"]


def test_merged_surveys_merge_again(team: Team, teams: tuple[Path, Path], tmp_path: Path) -> None:
    merge(tmp_path / "first", teams)
    third = team("third", journals=JOURNALS, codings=CODINGS)
    result = merge(tmp_path / "all", [tmp_path / "first", third])
    assert len(result.survey.codings) == 11 + 7
    assert {"first.north.c1", "third.c1"} <= set(result.survey.records.coders)
    assert "first/south" in set(result.survey.codings["merged_from"])
