"""What contradicts itself: conditions, disagreements, adjudications, readings."""

from __future__ import annotations

from pathlib import Path

import pytest
from finding import find, of, place, sheet, the
from tables import SMALL_CODEBOOK

# Conditions --------------------------------------------------------------------------------------------


def record(**answers: str) -> str:
    """The record of alpha by c1."""
    return sheet(
        "journal_id | coder | item | answer", *(f"alpha | c1 | {item} | {a}" for item, a in answers.items())
    )


def test_answers_above_the_lowest_to_items_that_do_not_apply_are_one_warning_a_record(tmp_path: Path) -> None:
    found = find(tmp_path, codings=record(policy="no", data="2", code="1"))
    problem = the(found, "against_applies_if")
    assert place(problem) == ("warning", "codings.csv", 3, "answer", "data = 2, code = 1")
    assert (problem.journal, problem.coder, problem.round) == ("alpha", "c1", "main")
    assert problem.what == "c1 coded alpha with policy = no, yet answered data = 2, code = 1"
    assert problem.remedy == "check the record: either policy = no or these answers are wrong"


@pytest.mark.parametrize(
    "answers",
    [
        {"policy": "yes", "data": "2", "code": "1"},
        {"policy": "no", "data": "0", "code": "0"},
        {"policy": "no"},
        {"policy": "", "data": "2", "code": "1"},
    ],
    ids=["applies", "the lowest option says nothing", "blank", "the condition is merely missing"],
)
def test_a_record_in_keeping_with_the_conditions_is_no_problem(
    tmp_path: Path, answers: dict[str, str]
) -> None:
    found = find(tmp_path, codings=record(**answers))
    assert not of(found, "against_applies_if") + of(found, "adopted_against_applies_if")


def test_a_record_of_another_round_is_held_to_the_conditions(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        codings="""
            | journal_id | coder | round | item   | answer |
            |------------|-------|-------|--------|--------|
            | alpha      | c1    | pilot | policy | no     |
            | alpha      | c1    | pilot | data   | 1      |
        """,
    )
    assert the(found, "against_applies_if").round == "pilot"
    assert not of(found, "adopted_against_applies_if")


def test_resolved_answers_against_a_condition_are_a_warning_at_the_journal(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        codings="""
            | journal_id | coder | item   | answer |
            |------------|-------|--------|--------|
            | beta       | c1    | policy | no     |
            | beta       | c1    | data   |        |
            | beta       | c2    | policy | yes    |
            | beta       | c2    | data   | 1      |
            | beta       | c2    | code   | 0      |
        """,
        adjudications=sheet("journal_id | item | answer", "beta | policy | no"),
    )
    problem = the(found, "adopted_against_applies_if")
    assert place(problem) == ("warning", "journals.csv", 3, "journal_id", "data = 1")
    assert problem.journal == "beta"
    assert problem.what == "beta is resolved with policy = no, yet with data = 1"
    assert "adjudicate one of these items anew" in problem.remedy
    assert not of(found, "against_applies_if")


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


def test_what_depends_on_an_item_that_does_not_apply_does_not_apply(tmp_path: Path) -> None:
    found = find(tmp_path, CHAIN, codings=record(policy="no", timing="1"))
    assert the(found, "against_applies_if").value == "timing = 1"
    assert not of(found, "missing_answer")


def test_an_answer_given_against_a_condition_counts_for_the_items_that_depend_on_it(tmp_path: Path) -> None:
    found = find(tmp_path, CHAIN, codings=record(policy="no", data="1", timing="1"))
    assert the(found, "against_applies_if").value == "data = 1"


def test_a_condition_that_excludes_is_named_and_not_the_one_before_it(tmp_path: Path) -> None:
    found = find(tmp_path, CHAIN, codings=record(policy="yes", data="0", code="0", timing="1"))
    assert the(found, "against_applies_if").what == "c1 coded alpha with data = 0, yet answered timing = 1"


TWO_CONDITIONS = SMALL_CODEBOOK.replace(
    'applies_if: {policy: ["yes"]}\n    options:\n      - {code: "0", label: Silent',
    'applies_if: {policy: ["yes"], data: ["1", "2"]}\n    options:\n      - {code: "0", label: Silent',
)


@pytest.mark.parametrize(("data", "against"), [("0", True), ("1", False), ("2", False)])
def test_all_conditions_of_an_item_must_hold(tmp_path: Path, data: str, against: bool) -> None:
    found = find(tmp_path, TWO_CONDITIONS, codings=record(policy="yes", data=data, code="1"))
    assert bool(of(found, "against_applies_if")) == against


def test_of_several_conditions_only_those_that_exclude_are_named(tmp_path: Path) -> None:
    found = find(tmp_path, TWO_CONDITIONS, codings=record(policy="yes", data="0", code="1"))
    assert the(found, "against_applies_if").what == "c1 coded alpha with data = 0, yet answered code = 1"


def test_any_answer_to_an_open_item_that_does_not_apply_is_against_the_condition(tmp_path: Path) -> None:
    book = SMALL_CODEBOOK.replace(
        "schemes:\n",
        """\
  - id: remark
    dimension: data
    title: Remark
    question: Else?
    kind: open
    scored: false
    evidence: optional
    applies_if: {policy: ["yes"]}
schemes:
""",
    )
    found = find(tmp_path, book, codings=record(policy="no", remark="spectra"))
    assert the(found, "against_applies_if").value == "remark = an answer"


# Disagreements and adjudications -----------------------------------------------------------------------


def codings(*answers: str) -> str:
    """Records of alpha, c1, c2, …; each gives the answer to `data`, agrees on the rest."""
    rows = [
        f"alpha | c{k} | {item} | {answer}"
        for k, a in enumerate(answers, 1)
        for item, answer in (("policy", "yes"), ("data", a), ("code", "1"))
    ]
    return sheet("journal_id | coder | item | answer", *rows)


def adopted(answer: str, reason: str = "interpretation", item: str = "data") -> str:
    """An adjudication of alpha in the third row."""
    return sheet(
        "journal_id | item | answer | reason",
        "gamma | policy | no |",
        f"alpha | {item} | {answer} | {reason}",
    )


ABOUT_ADJUDICATIONS = (
    "unresolved_disagreement",
    "blank_adjudication",
    "stale_adjudication",
    "novel_adjudication",
    "wording_adjudication",
    "adjudication_without_codings",
)


def codes_about_adjudications(found: object) -> list[str]:
    return [p.code for p in found if p.code in ABOUT_ADJUDICATIONS]  # type: ignore[attr-defined]


def test_a_disagreement_that_nobody_adjudicated_is_a_warning_at_the_journal(tmp_path: Path) -> None:
    found = find(tmp_path, codings=codings("0", "2"))
    problem = the(found, "unresolved_disagreement")
    assert place(problem) == ("warning", "journals.csv", 2, "journal_id", "c1: 0, c2: 2")
    assert (problem.journal, problem.item) == ("alpha", "data")
    assert problem.what == "the coders of alpha differ on data (c1: 0, c2: 2) and nobody adjudicated"
    assert problem.remedy == "adjudicate it"


def test_a_disagreement_names_all_coders_who_answered(tmp_path: Path) -> None:
    found = find(tmp_path, codings=codings("0", "", "2", "0"))
    assert the(found, "unresolved_disagreement").value == "c1: 0, c3: 2, c4: 0"


@pytest.mark.parametrize(
    ("answers", "sheet"),
    [
        (("1", "1"), None),
        (("0", "2"), adopted("2")),
        (("0", "1", "2"), adopted("1")),
        (("1", ""), None),
    ],
    ids=["agreed", "adjudicated", "three coders, adjudicated", "one blank"],
)
def test_agreement_and_adjudicated_disagreement_are_no_problem(
    tmp_path: Path, answers: tuple[str, ...], sheet: str | None
) -> None:
    found = find(tmp_path, codings=codings(*answers), **({} if sheet is None else {"adjudications": sheet}))
    assert codes_about_adjudications(found) == []


def test_answers_of_other_rounds_make_no_disagreement(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        codings="""
            | journal_id | coder | round  | item   | answer |
            |------------|-------|--------|--------|--------|
            | alpha      | c1    | main   | policy | no     |
            | alpha      | c1    | recode | policy | yes    |
            | alpha      | c2    | third  | policy | yes    |
        """,
    )
    assert codes_about_adjudications(found) == []


def test_an_adjudication_without_an_answer_is_an_error(tmp_path: Path) -> None:
    found = find(tmp_path, codings=codings("0", "2"), adjudications=adopted(""))
    problem = the(found, "blank_adjudication")
    assert place(problem) == ("error", "adjudications.csv", 3, "answer", "")
    assert (problem.journal, problem.item) == ("alpha", "data")
    assert problem.what == "alpha / data has no adopted answer"
    assert "fill in the answer" in problem.remedy


@pytest.mark.parametrize("reason", ["interpretation", ""])
@pytest.mark.parametrize("answer", ["1", "2"])
def test_an_adjudication_of_what_the_coders_agree_on_is_stale(
    tmp_path: Path, answer: str, reason: str
) -> None:
    found = find(tmp_path, codings=codings("1", "1"), adjudications=adopted(answer, reason))
    problem = the(found, "stale_adjudication")
    assert place(problem) == ("warning", "adjudications.csv", 3, "answer", answer)
    assert (problem.journal, problem.item) == ("alpha", "data")
    since = "but the codings are no longer those that it settled (c1: 1, c2: 1)"
    assert problem.what == f"alpha / data is adjudicated to '{answer}', {since}"
    assert "delete it if it is out of date" in problem.remedy
    assert codes_about_adjudications(found) == ["stale_adjudication"]


def test_an_adopted_answer_that_no_coder_gave_is_a_note(tmp_path: Path) -> None:
    found = find(tmp_path, codings=codings("0", "2"), adjudications=adopted("1"))
    problem = the(found, "novel_adjudication")
    assert place(problem) == ("note", "adjudications.csv", 3, "answer", "1")
    assert problem.what == "alpha / data: the adopted answer '1' was given by no coder (c1: 0, c2: 2)"
    assert "if the adjudicators meant it" in problem.remedy
    assert codes_about_adjudications(found) == ["novel_adjudication"]


def test_another_answer_than_the_single_coders_is_a_note(tmp_path: Path) -> None:
    found = find(tmp_path, codings=codings("0"), adjudications=adopted("1"))
    assert codes_about_adjudications(found) == ["novel_adjudication"]


def test_an_adjudication_that_confirms_a_single_coder_is_no_problem(tmp_path: Path) -> None:
    assert codes_about_adjudications(find(tmp_path, codings=codings("0"), adjudications=adopted("0"))) == []


def test_an_adjudication_of_wording_is_a_note(tmp_path: Path) -> None:
    found = find(tmp_path, codings=codings("1", "1"), adjudications=adopted("1", "wording"))
    problem = the(found, "wording_adjudication")
    assert place(problem) == ("note", "adjudications.csv", 3, "answer", "1")
    assert problem.what == "alpha / data: the coders agree on '1', the adjudication is about wording"
    assert "agreement coefficients count it as agreement" in problem.remedy
    assert codes_about_adjudications(found) == ["wording_adjudication"]


def test_an_adjudication_of_wording_that_changes_the_answer_is_stale(tmp_path: Path) -> None:
    found = find(tmp_path, codings=codings("1", "1"), adjudications=adopted("2", "wording"))
    assert codes_about_adjudications(found) == ["stale_adjudication"]


def test_an_adjudication_of_an_item_that_no_coder_answered_is_a_warning(tmp_path: Path) -> None:
    found = find(tmp_path, codings=codings("", ""), adjudications=adopted("1"))
    problem = the(found, "adjudication_without_codings")
    assert place(problem) == ("warning", "adjudications.csv", 3, "answer", "1")
    assert problem.what == "alpha / data is adjudicated, but no coder answered it"
    assert "the adopted answer counts" in problem.remedy


def test_the_shipped_survey_is_stale_nowhere(tmp_path: Path) -> None:
    """The study's adjudications were made on these very codings (reference README, materials-science)."""
    from rdpscore import validate

    assert "stale_adjudication" not in validate().problems.counts()


# Readings ----------------------------------------------------------------------------------------------

JOURNALS = """
    | journal_id | title           | publisher |
    |------------|-----------------|-----------|
    | gamma      | Gamma Materials | South     |
    | alpha      | Alpha Letters   | North     |
    | beta       | Beta Reviews    | North     |
    | delta      | Delta Physics   | North     |
"""


def two_journals(
    second: str = "beta",
    first_coder: str = "c1",
    second_coder: str = "c2",
    readings: tuple[str, ...] = ("",) * 4,
) -> str:
    """Alpha and another journal with the same two answers, by coders in either order."""
    rows = [
        ("alpha", "c1", "no", readings[0]),
        ("alpha", "c2", "yes", readings[1]),
        (second, first_coder, "no", readings[2]),
        (second, second_coder, "yes", readings[3]),
    ]
    return sheet(
        "journal_id | coder | item | answer | reading_id",
        *(f"{j} | {c} | policy | {a} | {r}" for j, c, a, r in rows),
    )


def test_identical_codings_of_journals_of_one_publisher_are_one_note(tmp_path: Path) -> None:
    problem = the(find(tmp_path, journals=JOURNALS, codings=two_journals()), "possibly_one_reading")
    assert place(problem) == ("note", "journals.csv", 3, "journal_id", "alpha, beta")
    assert problem.what == "2 journals of North have identical codings by 2 coders (alpha, beta)"
    assert "give them one reading_id per coder" in problem.remedy


def test_the_order_of_the_coders_does_not_matter(tmp_path: Path) -> None:
    found = find(tmp_path, journals=JOURNALS, codings=two_journals(first_coder="c2", second_coder="c1"))
    assert the(found, "possibly_one_reading").value == "alpha, beta"


def test_journals_of_different_publishers_may_be_coded_alike(tmp_path: Path) -> None:
    assert not of(find(tmp_path, journals=JOURNALS, codings=two_journals("gamma")), "possibly_one_reading")


def test_journals_without_publisher_are_not_taken_for_siblings(tmp_path: Path) -> None:
    nobodys = JOURNALS.replace("North", "     ")
    assert not of(find(tmp_path, journals=nobodys, codings=two_journals()), "possibly_one_reading")


def test_a_common_reading_explains_identical_codings(tmp_path: Path) -> None:
    found = find(tmp_path, journals=JOURNALS, codings=two_journals(readings=("r1", "r2", "r1", "r2")))
    assert not of(found, "possibly_one_reading")


@pytest.mark.parametrize(
    "readings",
    [("r1", "r2", "r3", "r4"), ("r1", "r2", "r1", "r3"), ("r1", "r2", "r1", ""), ("r1", "", "r1", "")],
)
def test_other_or_half_given_readings_explain_nothing(tmp_path: Path, readings: tuple[str, ...]) -> None:
    found = find(tmp_path, journals=JOURNALS, codings=two_journals(readings=readings))
    assert the(found, "possibly_one_reading").value == "alpha, beta"


def test_a_single_coders_identical_codings_are_no_sign(tmp_path: Path) -> None:
    single = sheet(
        "journal_id | coder | item | answer", "alpha | c1 | policy | no", "beta | c1 | policy | no"
    )
    assert not of(find(tmp_path, journals=JOURNALS, codings=single), "possibly_one_reading")


def test_one_answer_of_one_coder_tells_two_journals_apart(tmp_path: Path) -> None:
    other = two_journals().replace("| beta | c2 | policy | yes |", "| beta | c2 | policy | no |")
    assert other != two_journals()
    assert not of(find(tmp_path, journals=JOURNALS, codings=other), "possibly_one_reading")


def test_the_same_answers_in_other_company_tell_two_journals_apart(tmp_path: Path) -> None:
    """c1 and c2 of beta swap one answer: each answer is as frequent as before, the records differ."""
    swapped = """
        | journal_id | coder | item | answer |
        |------------|-------|------|--------|
        | alpha      | c1    | data | 0      |
        | alpha      | c1    | code | 0      |
        | alpha      | c2    | data | 1      |
        | alpha      | c2    | code | 1      |
        | beta       | c1    | data | 0      |
        | beta       | c1    | code | 1      |
        | beta       | c2    | data | 1      |
        | beta       | c2    | code | 0      |
    """
    assert not of(find(tmp_path, journals=JOURNALS, codings=swapped), "possibly_one_reading")
