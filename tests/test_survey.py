"""Surveys as integers: records, resolved answers, conditions; from frames, from folders and back."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tables import SMALL_CODEBOOK, SURVEY_YAML, write_survey

import rdpscore
from rdpscore.codebook import Codebook, load_codebook
from rdpscore.survey import (
    INVALID,
    MISSING,
    RESOLVED_BY,
    Survey,
    applicable,
    load,
    save,
    store,
)
from rdpscore.survey.selection import select

JOURNALS = """
    | journal_id | title           | publisher | access_model | society_publisher | impact |
    |------------|-----------------|-----------|--------------|-------------------|--------|
    | alpha      | Alpha Letters   | North     | open_access  | TRUE              | 2.50   |
    | beta       | Beta Reviews    | North     | hybrid       | false             |        |
    | gamma      | Gamma Materials | South     | hybrid       |                   | 1e1    |
    | delta      | Delta Physics   |           |              |                   | 0.1    |
"""
CODINGS = """
    | journal_id | coder | round | item   | answer |
    |------------|-------|-------|--------|--------|
    | alpha      | c1    |       | policy | yes    |
    | alpha      | c1    |       | data   | 2      |
    | alpha      | c1    |       | code   | 0      |
    | beta       | c2    | main  | policy | yes    |
    | beta       | c2    | main  | data   |        |
    | alpha      | c2    |       | data   | 1      |
    | alpha      | c2    |       | policy | yes    |
    | alpha      | c2    |       | code   | 1      |
    | alpha      | c3    |       | policy | yes    |
    | alpha      | c3    |       | data   | 2      |
    | alpha      | c1    | pilot | code   | 1      |
    | beta       | c1    | third | data   | 2      |
"""
ADJUDICATIONS = """
    | journal_id | item   | answer |
    |------------|--------|--------|
    | alpha      | data   | 0      |
    | gamma      | policy | no     |
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three coders and three rounds; adjudicated, single-coded, consensus-only and uncoded journals."""
    return write_survey(tmp_path / "survey", journals=JOURNALS, codings=CODINGS, adjudications=ADJUDICATIONS)


@pytest.fixture
def survey(folder: Path) -> Survey:
    return load(folder)


@pytest.fixture
def codebook(survey: Survey) -> Codebook:
    return survey.codebook


# Records -----------------------------------------------------------------------------------------------


def test_a_record_is_a_coders_answers_on_one_journal_in_one_round(survey: Survey) -> None:
    found = survey.records
    names = [
        (survey.journal_ids[j], found.coders[c], found.rounds[r])
        for j, c, r in zip(found.journal, found.coder, found.round, strict=True)
    ]
    assert names == [
        ("alpha", "c1", "main"),
        ("beta", "c2", "main"),
        ("alpha", "c2", "main"),
        ("alpha", "c3", "main"),
        ("alpha", "c1", "pilot"),
        ("beta", "c1", "third"),
    ]
    assert found.option.tolist() == [[1, 2, 0], [1, -1, -1], [1, 1, 1], [1, 2, -1], [-1, -1, 1], [-1, 2, -1]]


def test_every_answer_knows_its_row(survey: Survey) -> None:
    found = survey.records
    for record, item in zip(*np.nonzero(found.row >= 0), strict=True):
        row = survey.codings.iloc[found.row[record, item]]
        assert row["item"] == survey.codebook.item_ids[item]
        assert row["coder"] == found.coders[found.coder[record]]


def test_main_records_are_those_of_the_main_round_by_journal(survey: Survey) -> None:
    found = survey.records
    assert {found.rounds[r] for r in found.round[found.main]} == {"main"}
    assert found.journal[found.main].tolist() == [0, 0, 0, 1]


def test_a_survey_without_a_main_round_has_no_main_records(codebook: Codebook) -> None:
    codings = pd.DataFrame(
        {"journal_id": ["a"], "coder": ["c1"], "round": ["pilot"], "item": ["policy"], "answer": ["no"]}
    )
    survey = Survey.from_frames(codebook, frame_of("a"), codings)
    assert len(survey.records.main) == 0
    assert survey.resolved.option.tolist() == [[MISSING] * 3]


def test_what_is_no_option_is_invalid_and_what_is_nowhere_is_left_out(codebook: Codebook) -> None:
    codings = pd.DataFrame(
        [("a", "c1", "policy", "perhaps"), ("x", "c1", "policy", "yes"), ("a", "c1", "polcy", "yes")],
        columns=["journal_id", "coder", "item", "answer"],
    )
    survey = Survey.from_frames(codebook, frame_of("a"), codings)
    assert survey.records.option.tolist() == [[INVALID, MISSING, MISSING], [1, MISSING, MISSING]]
    assert survey.records.journal.tolist() == [0, -1]
    assert survey.records.item_of_row.tolist() == [0, 0, -1]


def frame_of(*ids: str) -> pd.DataFrame:
    """Journals of one publisher."""
    return pd.DataFrame({"journal_id": ids, "title": ids, "publisher": "P"})


# Resolved answers --------------------------------------------------------------------------------------


def by_name(survey: Survey) -> dict[str, list[str]]:
    """Journal → how each of its answers was resolved."""
    names = [[RESOLVED_BY[k] for k in row] for row in survey.resolved.by]
    return dict(zip(survey.journal_ids, names, strict=True))


def test_resolved_answers_are_adjudicated_agreed_or_of_a_single_coder(survey: Survey) -> None:
    """Worked by hand: alpha's code is an open disagreement; beta's data is blank in the main round."""
    assert survey.resolved.option.tolist() == [
        [1, 0, MISSING],
        [1, MISSING, MISSING],
        [0, MISSING, MISSING],
        [MISSING, MISSING, MISSING],
    ]
    assert by_name(survey) == {
        "alpha": ["agreed", "adjudicated", "none"],
        "beta": ["single", "none", "none"],
        "gamma": ["consensus_only", "none", "none"],
        "delta": ["none", "none", "none"],
    }


def test_resolution_knows_what_the_coders_answered(survey: Survey) -> None:
    found = survey.resolved
    assert found.n_answers[0].tolist() == [3, 3, 2]
    assert found.lowest[0].tolist() == [1, 1, 0]
    assert found.highest[0].tolist() == [1, 2, 1]
    assert found.disagreed[0].tolist() == [False, True, True]
    assert not found.adopted_given.any()


def test_other_rounds_change_no_resolved_answer(survey: Survey) -> None:
    main = survey.codings[survey.codings["round"] == "main"].astype(object)
    alone = Survey.from_frames(
        survey.codebook,
        survey.journals.astype(object),
        main,
        survey.adjudications.astype(object),
    )
    for name in ("option", "by", "n_answers", "lowest", "highest"):
        np.testing.assert_array_equal(getattr(survey.resolved, name), getattr(alone.resolved, name))


def test_an_adjudication_wins_over_agreement(codebook: Codebook) -> None:
    codings = pd.DataFrame(
        {"journal_id": ["a", "a"], "coder": ["c1", "c2"], "item": ["data"] * 2, "answer": ["1"] * 2}
    )
    adjudications = pd.DataFrame({"journal_id": ["a"], "item": ["data"], "answer": ["2"]})
    survey = Survey.from_frames(codebook, frame_of("a"), codings, adjudications)
    assert survey.resolved.option[0, 1] == 2
    assert by_name(survey)["a"][1] == "adjudicated"


def test_an_item_settled_without_codings_of_a_coded_journal_is_adjudicated(codebook: Codebook) -> None:
    codings = pd.DataFrame({"journal_id": ["a"], "coder": ["c1"], "item": ["policy"], "answer": ["yes"]})
    adjudications = pd.DataFrame({"journal_id": ["a"], "item": ["data"], "answer": ["2"]})
    survey = Survey.from_frames(codebook, frame_of("a"), codings, adjudications)
    assert by_name(survey)["a"] == ["single", "adjudicated", "none"]


def test_three_of_four_coders_do_not_outvote_the_fourth(codebook: Codebook) -> None:
    codings = pd.DataFrame(
        [("a", f"c{k}", "data", answer) for k, answer in enumerate("1112")],
        columns=["journal_id", "coder", "item", "answer"],
    )
    assert Survey.from_frames(codebook, frame_of("a"), codings).resolved.option[0, 1] == MISSING


# Conditions --------------------------------------------------------------------------------------------

CHAIN = SMALL_CODEBOOK.replace(
    "schemes:\n",
    """\
  - id: timing
    dimension: data
    title: Timing
    question: When must data be shared?
    level: ordinal
    evidence: optional
    applies_if: {data: ["1", "2"]}
    options:
      - {code: "0", label: Any time, score: 0}
      - {code: "1", label: On publication, score: 1}
schemes:
""",
)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([1, 2, 1, 1], [True, True, True, True]),
        ([0, -1, -1, -1], [True, False, False, False]),
        ([1, 0, 1, -1], [True, True, True, False]),
        ([-1, -1, -1, -1], [True, True, True, True]),
        ([-1, 0, -1, -1], [True, True, True, False]),
        ([0, 2, -1, -1], [True, False, False, True]),
    ],
    ids=["all", "no policy", "no data", "nothing known", "policy not known", "answered against"],
)
def test_an_item_applies_unless_a_condition_is_answered_otherwise(
    tmp_path: Path, answers: list[int], expected: list[bool]
) -> None:
    (tmp_path / "chain.yaml").write_text(CHAIN, encoding="utf-8")
    book = load_codebook(tmp_path / "chain.yaml")
    assert applicable(book, np.array([answers], np.int16))[0].tolist() == expected


# Attributes --------------------------------------------------------------------------------------------


def test_attributes_have_their_own_types(survey: Survey) -> None:
    impact = survey.attribute("impact")
    assert impact.index.tolist() == ["alpha", "beta", "gamma", "delta"]
    assert impact.isna().tolist() == [False, True, False, False]
    assert impact.dropna().tolist() == [2.5, 10.0, 0.1]
    assert survey.attribute("society_publisher").tolist() == [True, False, pd.NA, pd.NA]
    assert survey.attribute("access_model").fillna("").tolist() == ["open_access", "hybrid", "hybrid", ""]


def test_numbers_are_read_as_python_reads_them(shipped: Survey) -> None:
    text = shipped.journals.set_index("journal_id")["impact"].dropna().astype(str)
    assert shipped.attribute("impact").dropna().tolist() == [float(t) for t in text]


def test_an_attribute_that_is_not_there_is_a_key_error(survey: Survey) -> None:
    with pytest.raises(KeyError):
        survey.attribute("colour")


# Selections --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (None, ["alpha", "beta", "gamma", "delta"]),
        ({}, ["alpha", "beta", "gamma", "delta"]),
        ({"publisher": "North"}, ["alpha", "beta"]),
        ({"publisher": ["North", "South"]}, ["alpha", "beta", "gamma"]),
        ({"policy": "yes"}, ["alpha", "beta"]),
        ({"data": "0"}, ["alpha"]),
        ({"data": 0}, ["alpha"]),
        ({"policy": ["yes", "no"], "access_model": "hybrid"}, ["beta", "gamma"]),
        ({"code": ["0", "1"]}, []),
        ({"impact": "2.50"}, ["alpha"]),
        ({"society_publisher": False}, ["beta"]),
    ],
)
def test_journals_are_picked_by_attributes_and_resolved_answers(
    survey: Survey, where: dict[str, object] | None, expected: list[str]
) -> None:
    assert survey.journal_ids[select(survey, where)].tolist() == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (
            {"publsher": "North"},
            "'publsher' is neither a column of journals.csv nor an item; nearest: 'publisher'",
        ),
        ({"publisher": "Nort"}, "'Nort' is no value of publisher; nearest: 'North'"),
        ({"impact": 2.5}, "'2.5' is no value of impact; nearest: '2.50'"),
        ({"policy": "yess"}, "'yess' is no option of policy; nearest: 'yes'"),
        ({"publisher": ["North", "Soth"]}, "'Soth' is no value of publisher; nearest: 'South'"),
    ],
)
def test_a_selection_by_what_is_not_there_is_refused(
    survey: Survey, where: dict[str, str | bool | int | float | list[str]], message: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        select(survey, where)


# Frames and folders ------------------------------------------------------------------------------------


def same(one: Survey, other: Survey) -> None:
    """All of two surveys is equal but their place."""
    assert (one.meta, one.codebook, list(one.tables)) == (other.meta, other.codebook, list(other.tables))
    for name, frame in one.tables.items():
        theirs = other.tables[name]
        assert list(frame.columns) == list(theirs.columns)
        pd.testing.assert_frame_equal(
            frame.astype(object), theirs.astype(object), check_column_type=False, check_index_type=False
        )
    for array in ("option", "by", "n_answers"):
        np.testing.assert_array_equal(getattr(one.resolved, array), getattr(other.resolved, array))


def test_a_survey_from_frames_is_the_one_that_is_loaded(folder: Path, survey: Survey) -> None:
    frames = {p.stem: pd.read_csv(p, dtype=str) for p in folder.glob("*.csv")}
    same(Survey.from_frames(survey.codebook, meta=survey.meta, **frames), survey)


def test_frames_may_have_any_index_and_any_dtype(survey: Survey) -> None:
    frames = {n: f.astype(object).set_index(pd.Index(range(len(f), 0, -1))) for n, f in survey.tables.items()}
    same(Survey.from_frames(survey.codebook, meta=survey.meta, **frames), survey)


def test_frames_without_description_make_a_survey_named_after_its_codebook(survey: Survey) -> None:
    made = Survey.from_frames(survey.codebook, survey.journals, survey.codings)
    assert (made.meta.id, made.meta.title) == ("small", "A small codebook")
    assert len(made.adjudications) == 0
    assert rdpscore.validate(made).ok


def test_a_frame_that_lacks_a_column_is_refused(survey: Survey) -> None:
    with pytest.raises(KeyError, match="codings needs a column 'answer'"):
        Survey.from_frames(survey.codebook, survey.journals, survey.codings.drop(columns="answer"))


COMMENTED = f"# Written by hand.\n{SURVEY_YAML}# The end.\n"


@pytest.fixture
def rich(tmp_path: Path) -> Survey:
    """A survey with every table, columns of its own, and text that tests a writer."""
    folder = write_survey(
        tmp_path / "rich",
        SMALL_CODEBOOK + "# Checked twice.\n",
        COMMENTED,
        journals="""
            | journal_id | title                  | publisher | field   |
            |------------|------------------------|-----------|---------|
            | alpha      | Zeitschrift für "Alles", neu | Nörd, Süd | NA      |
            | beta       | =1+1                   | North     | None    |
            | gamma      | 材料科学               | North     |         |
        """,
        codings="""
            | journal_id | coder | item   | answer | evidence                   | mood |
            |------------|-------|--------|--------|----------------------------|------|
            | alpha      | c1    | policy | yes    | "Data must\\nbe shared," it says. | good |
            | alpha      | c1    | data   | 1      |                            |      |
        """,
        adjudications="| journal_id | item | answer | weight |\n|-|-|-|-|\n| beta | policy | no | 0.50 |",
        policies="| policy_id | url | language |\n|-|-|-|\n| p1 | https://example.org | de |",
        assignments="| journal_id | coder |\n|-|-|\n| alpha | c1 |",
        decisions="| item | ruling |\n|-|-|\n| data | On request is no sharing |",
        corrections="| journal_id | text |\n|-|-|\n| alpha | They disagree |",
    )
    (folder / "sources").mkdir()
    (folder / "sources" / "form.csv").write_text("as it was", encoding="utf-8")
    return load(folder)


def test_a_saved_survey_is_the_one_that_is_loaded_again(rich: Survey, tmp_path: Path) -> None:
    save(rich, tmp_path / "copy")
    same(load(tmp_path / "copy"), rich)


def test_a_large_table_is_saved_as_parquet_and_loaded_again(
    rich: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PARQUET_ROWS", 1)
    save(rich, tmp_path / "copy")
    assert {p.name for p in (tmp_path / "copy").glob("*.parquet")} == {"journals.parquet", "codings.parquet"}
    assert not (tmp_path / "copy" / "codings.csv").exists()
    same(load(tmp_path / "copy"), rich)


def test_a_table_that_becomes_large_or_small_again_stands_there_once(
    rich: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "copy"
    save(rich, target)
    with monkeypatch.context() as patch:
        patch.setattr(store, "PARQUET_ROWS", 1)
        save(load(target), target)
    same(load(target), rich)
    save(load(target), target)
    assert not list(target.glob("*.parquet"))
    same(load(target), rich)


def test_saving_in_place_changes_no_byte_of_what_was_saved_before(rich: Survey, tmp_path: Path) -> None:
    save(rich, tmp_path / "copy")
    before = {p.name: p.read_bytes() for p in (tmp_path / "copy").iterdir() if p.is_file()}
    save(load(tmp_path / "copy"), tmp_path / "copy")
    assert {p.name: p.read_bytes() for p in (tmp_path / "copy").iterdir() if p.is_file()} == before


def test_comments_of_yaml_files_are_kept(rich: Survey, tmp_path: Path) -> None:
    save(rich, tmp_path / "copy")
    assert (tmp_path / "copy" / "survey.yaml").read_text(encoding="utf-8") == COMMENTED
    assert (tmp_path / "copy" / "codebook.yaml").read_text(encoding="utf-8").endswith("# Checked twice.\n")


def test_other_files_of_the_folder_stay(rich: Survey) -> None:
    assert rich.path is not None
    save(rich, rich.path)
    assert (rich.path / "sources" / "form.csv").read_text(encoding="utf-8") == "as it was"


def test_a_survey_of_frames_is_saved_with_its_description_and_codebook(
    survey: Survey, tmp_path: Path
) -> None:
    made = Survey.from_frames(survey.codebook, survey.journals, survey.codings, survey.adjudications)
    saved = save(made, tmp_path / "made")
    assert saved.path == tmp_path / "made"
    same(load(tmp_path / "made"), made)
