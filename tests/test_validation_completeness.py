"""What is not there: answers, records, passages, coders."""

from __future__ import annotations

from pathlib import Path

import pytest
from finding import find, of, place, sheet, the
from tables import SMALL_CODEBOOK, SURVEY_YAML

# Answers -----------------------------------------------------------------------------------------------


def record(*codings: str, columns: str = "item | answer") -> str:
    """The record of alpha by c1, each coding as the end of a row."""
    return sheet(f"journal_id | coder | {columns}", *(f"alpha | c1 | {c}" for c in codings))


def test_a_blank_cell_of_a_record_is_a_warning_at_its_row(tmp_path: Path) -> None:
    found = find(tmp_path, codings=record("policy | yes", "data |", "code | 1"))
    problem = the(found, "missing_answer")
    assert place(problem) == ("warning", "codings.csv", 3, "answer", "")
    assert (problem.journal, problem.coder, problem.round, problem.item) == ("alpha", "c1", "main", "data")
    assert problem.what == "coder c1 left data of alpha blank (main round)"
    assert "fill in the answer" in problem.remedy


def test_a_row_that_is_absent_is_a_warning_at_the_row_where_the_record_begins(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        codings="""
            | journal_id | coder | item   | answer |
            |------------|-------|--------|--------|
            | beta       | c1    | policy | no     |
            | alpha      | c1    | code   | 1      |
            | alpha      | c1    | policy | yes    |
        """,
    )
    problem = the(found, "missing_answer")
    assert (problem.journal, problem.item, problem.row) == ("alpha", "data", 3)


@pytest.mark.parametrize("blank", ["", "N/A", "   "])
def test_blank_and_white_space_are_missing_and_na_is_an_answer(tmp_path: Path, blank: str) -> None:
    found = find(tmp_path, codings=record("policy | yes", f"data | {blank}", "code | 1"))
    assert bool(of(found, "missing_answer")) == (blank.strip() == "")
    assert bool(of(found, "unknown_option")) == (blank.strip() != "")


def test_a_complete_record_lacks_nothing(tmp_path: Path) -> None:
    assert not of(find(tmp_path), "missing_answer")


def test_items_that_do_not_apply_are_not_missing(tmp_path: Path) -> None:
    assert not of(find(tmp_path, codings=record("policy | no", "data |")), "missing_answer")


def test_items_whose_condition_is_missing_are_missing_too(tmp_path: Path) -> None:
    found = find(tmp_path, codings=record("policy |", "data | 1"))
    assert [p.item for p in of(found, "missing_answer")] == ["policy", "code"]


def test_every_round_is_checked(tmp_path: Path) -> None:
    found = find(
        tmp_path, codings=record("pilot | policy | yes", "pilot | data | 1", columns="round | item | answer")
    )
    problem = the(found, "missing_answer")
    assert (problem.round, problem.item) == ("pilot", "code")


OPEN = SMALL_CODEBOOK.replace(
    "schemes:\n",
    """\
  - {id: remark, dimension: data, title: Remark, question: Else?, kind: open, scored: false, evidence: RULE}
schemes:
""".replace("RULE", "optional"),
)


def test_open_items_may_be_left_blank(tmp_path: Path) -> None:
    found = find(tmp_path, OPEN, codings=record("policy | yes", "data | 1", "code | 1", "remark |"))
    assert not of(found, "missing_answer")


def test_items_that_the_survey_did_not_record_are_not_missing(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        survey_yaml=f"{SURVEY_YAML}not_recorded: [code]\n",
        codings=record("policy | yes", "data | 1"),
    )
    assert not of(found, "missing_answer")


# Records -----------------------------------------------------------------------------------------------


def test_an_assigned_record_that_nobody_began_is_a_warning(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        assignments="""
            | journal_id | coder | round |
            |------------|-------|-------|
            | alpha      | c1    |       |
            | alpha      | c2    |       |
            | alpha      | c1    | third |
        """,
    )
    first, second = of(found, "missing_record")
    assert place(first) == ("warning", "assignments.csv", 3, None, "")
    assert (first.journal, first.coder, first.round) == ("alpha", "c2", "main")
    assert first.what == "coder c2 has not coded alpha (main round)"
    assert "code it, or correct assignments.csv" in first.remedy
    assert (second.row, second.coder, second.round) == (4, "c1", "third")


def test_a_record_that_was_begun_is_not_missing(tmp_path: Path) -> None:
    found = find(tmp_path, assignments=sheet("journal_id | coder | round", "alpha | c1 | main"))
    assert not of(found, "missing_record")


def test_without_assignments_no_record_is_missing(tmp_path: Path) -> None:
    assert not of(find(tmp_path), "missing_record")


# Passages ----------------------------------------------------------------------------------------------


def asking(rule: str) -> str:
    """The codebook, with a rule on evidence for the item `data`."""
    before, after = SMALL_CODEBOOK.split("  - id: data\n    dimension", 1)
    return f"{before}  - id: data\n    dimension{after.replace('evidence: optional', f'evidence: {rule}', 1)}"


def answered(answer: str, passage: str) -> str:
    """A record with an answer to `data` and its passage."""
    return record(
        "policy | yes |", f"data | {answer} | {passage}", "code | 1 |", columns="item | answer | evidence"
    )


@pytest.mark.parametrize(("rule", "answer"), [("required", "0"), ("required", "2"), ("if_found", "1")])
def test_an_answer_without_the_passage_that_its_item_asks_for_is_a_warning(
    tmp_path: Path, rule: str, answer: str
) -> None:
    problem = the(find(tmp_path, asking(rule), codings=answered(answer, "")), "missing_evidence")
    assert place(problem) == ("warning", "codings.csv", 3, "evidence", "")
    assert (problem.journal, problem.coder, problem.round, problem.item) == ("alpha", "c1", "main", "data")
    assert problem.what == "data of alpha by c1 has no passage"
    assert "copy the passage" in problem.remedy


@pytest.mark.parametrize(
    ("rule", "answer", "passage"),
    [
        ("required", "0", "The journal says nothing on data."),
        ("if_found", "0", ""),
        ("if_found", "1", "Authors are encouraged to share data."),
        ("optional", "2", ""),
        ("required", "", ""),
    ],
)
def test_a_passage_is_wanted_only_where_the_rule_says_so(
    tmp_path: Path, rule: str, answer: str, passage: str
) -> None:
    assert not of(find(tmp_path, asking(rule), codings=answered(answer, passage)), "missing_evidence")


@pytest.mark.parametrize(("rule", "wanted"), [("required", 1), ("if_found", 1), ("optional", 0)])
def test_an_answer_to_an_open_item_says_that_something_was_found(
    tmp_path: Path, rule: str, wanted: int
) -> None:
    book = OPEN.replace("scored: false, evidence: optional", f"scored: false, evidence: {rule}")
    found = find(tmp_path, book, codings=record("policy | yes", "data | 1", "code | 1", "remark | spectra"))
    assert len(of(found, "missing_evidence")) == wanted


def test_a_survey_that_records_no_passages_gets_one_note(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        asking("required"),
        f"{SURVEY_YAML}not_recorded: [evidence]\n",
        codings="""
            | journal_id | coder | item   | answer |
            |------------|-------|--------|--------|
            | alpha      | c1    | policy | yes    |
            | alpha      | c1    | data   | 1      |
            | alpha      | c1    | code   | 1      |
            | beta       | c1    | policy | yes    |
            | beta       | c1    | data   | 1      |
            | beta       | c1    | code   | 1      |
        """,
    )
    problem = the(found, "not_recorded")
    assert place(problem) == ("note", "survey.yaml", None, "not_recorded", "evidence")
    assert problem.what == "evidence is not recorded in this survey"
    assert not of(found, "missing_evidence")


def test_each_thing_that_is_not_recorded_gets_its_note(tmp_path: Path) -> None:
    found = find(tmp_path, survey_yaml=f"{SURVEY_YAML}not_recorded: [source_url, code]\n")
    assert [(p.value, p.item or None) for p in of(found, "not_recorded")] == [
        ("source_url", None),
        ("code", "code"),
    ]


def test_what_cannot_be_recorded_at_all_is_an_error(tmp_path: Path) -> None:
    found = find(tmp_path, survey_yaml=f"{SURVEY_YAML}not_recorded: [evidnce]\n")
    problem = the(found, "unknown_reference")
    assert place(problem) == ("error", "survey.yaml", None, "not_recorded", "evidnce")
    assert "there is no column or item 'evidnce'; nearest: 'evidence'" in problem.what


# Coders ------------------------------------------------------------------------------------------------


def test_a_journal_that_nobody_coded_is_a_note(tmp_path: Path) -> None:
    problem = of(find(tmp_path), "missing_journal")[0]
    assert place(problem) == ("note", "journals.csv", 3, "journal_id", "")
    assert problem.what == "beta has no codings"
    assert "code it, or take it out of journals.csv" in problem.remedy


def test_a_journal_known_by_its_adopted_answers_alone_is_not_missing(tmp_path: Path) -> None:
    found = find(tmp_path, adjudications=sheet("journal_id | item | answer", "beta | policy | no"))
    assert [p.journal for p in of(found, "missing_journal")] == ["gamma"]
    assert not of(found, "adjudication_without_codings")


def test_a_journal_with_one_coder_is_a_note(tmp_path: Path) -> None:
    problem = the(find(tmp_path), "single_coded")
    assert place(problem) == ("note", "journals.csv", 2, "journal_id", "")
    assert problem.what == "alpha has one coder"
    assert "nothing, if meant" in problem.remedy


def test_a_journal_with_two_coders_is_not_single_coded(tmp_path: Path) -> None:
    both = sheet("journal_id | coder | item | answer", "alpha | c1 | policy | no", "alpha | c2 | policy | no")
    assert not of(find(tmp_path, codings=both), "single_coded")


def test_another_round_makes_no_second_coder(tmp_path: Path) -> None:
    both = sheet(
        "journal_id | coder | round | item | answer",
        "alpha | c1 | main | policy | no",
        "alpha | c2 | third | policy | no",
    )
    assert the(find(tmp_path, codings=both), "single_coded").journal == "alpha"
