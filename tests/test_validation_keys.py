"""Keys and answers: what a row points at must exist, once, and be written as the codebook writes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from finding import find, of, place, sheet, the
from tables import SMALL_CODEBOOK, SURVEY_YAML

from rdpscore.codebook import load_codebook

# Unknown names -----------------------------------------------------------------------------------------

UNKNOWN_JOURNAL = {
    "codings": sheet("journal_id | coder | item | answer", "alhpa | c1 | policy | yes"),
    "adjudications": sheet("journal_id | item | answer", "alhpa | policy | yes"),
    "assignments": sheet("journal_id | coder", "alhpa | c1"),
    "corrections": sheet("journal_id", "alhpa"),
}


@pytest.mark.parametrize("table", UNKNOWN_JOURNAL)
def test_a_journal_that_is_not_in_the_list_is_an_error_with_the_nearest_one(
    tmp_path: Path, table: str
) -> None:
    problem = the(find(tmp_path, **{table: UNKNOWN_JOURNAL[table]}), "unknown_journal")
    assert place(problem) == ("error", f"{table}.csv", 2, "journal_id", "alhpa")
    assert problem.journal == "alhpa"
    assert "'alhpa' is not in journals.csv; nearest: 'alpha'" in problem.what
    assert "correct the journal_id" in problem.remedy


@pytest.mark.parametrize("table", UNKNOWN_JOURNAL)
def test_a_journal_of_the_list_is_no_problem(tmp_path: Path, table: str) -> None:
    found = find(tmp_path, **{table: UNKNOWN_JOURNAL[table].replace("alhpa", "alpha")})
    assert not of(found, "unknown_journal")


def test_journals_are_compared_to_the_letter(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        codings="""
            | journal_id | coder | item   | answer |
            |------------|-------|--------|--------|
            | Alpha      | c1    | policy | yes    |
        """,
    )
    assert "nearest: 'alpha'" in the(found, "unknown_journal").what


UNKNOWN_ITEM = {
    "codings": sheet("journal_id | coder | item | answer", "alpha | c1 | polcy | yes"),
    "adjudications": sheet("journal_id | item | answer", "alpha | polcy | yes"),
    "decisions": sheet("item", "polcy"),
}


@pytest.mark.parametrize("table", UNKNOWN_ITEM)
def test_an_item_that_is_not_in_the_codebook_is_an_error_with_the_nearest_one(
    tmp_path: Path, table: str
) -> None:
    problem = the(find(tmp_path, **{table: UNKNOWN_ITEM[table]}), "unknown_item")
    assert place(problem) == ("error", f"{table}.csv", 2, "item", "polcy")
    assert "'polcy' is not in the codebook; nearest: 'policy'" in problem.what
    assert "correct the item" in problem.remedy


@pytest.mark.parametrize("table", UNKNOWN_ITEM)
def test_an_item_of_the_codebook_is_no_problem(tmp_path: Path, table: str) -> None:
    assert not of(find(tmp_path, **{table: UNKNOWN_ITEM[table].replace("polcy", "policy")}), "unknown_item")


def test_an_item_that_looks_like_none_gets_no_suggestion(tmp_path: Path) -> None:
    found = find(tmp_path, decisions=sheet("item", "zzzzzz"))
    assert the(found, "unknown_item").what == "item 'zzzzzz' is not in the codebook"


def coding(item: str, answer: str) -> str:
    """A record of one coding."""
    return sheet("journal_id | coder | item | answer", f"alpha | c1 | {item} | {answer}")


def test_an_answer_that_is_no_option_is_an_error_with_the_nearest_and_all_options(tmp_path: Path) -> None:
    problem = the(find(tmp_path, codings=coding("policy", "yess")), "unknown_option")
    assert place(problem) == ("error", "codings.csv", 2, "answer", "yess")
    assert (problem.journal, problem.coder, problem.round, problem.item) == ("alpha", "c1", "main", "policy")
    assert "'yess' is not an option of policy; nearest: 'yes'" in problem.what
    assert problem.remedy == "use one of no, yes"


def test_an_adopted_answer_that_is_no_option_is_an_error(tmp_path: Path) -> None:
    found = find(tmp_path, adjudications=sheet("journal_id | item | answer", "alpha | data | 7"))
    problem = the(found, "unknown_option")
    assert place(problem) == ("error", "adjudications.csv", 2, "answer", "7")
    assert problem.remedy == "use one of 0, 1, 2"


@pytest.mark.parametrize("answer", ["Required", "required", "REQUIRED"])
def test_an_answer_written_as_its_label_is_led_to_the_code(tmp_path: Path, answer: str) -> None:
    found = find(tmp_path, codings=coding("data", answer))
    assert "nearest: '2' (Required)" in the(found, "unknown_option").what


def test_an_answer_in_other_case_is_led_to_the_code(tmp_path: Path) -> None:
    assert "nearest: 'yes'" in the(find(tmp_path, codings=coding("policy", "YES")), "unknown_option").what


@pytest.mark.parametrize("answer", ["no", "yes"])
def test_every_option_of_an_item_is_an_answer(tmp_path: Path, answer: str) -> None:
    found = find(tmp_path, codings=coding("policy", answer))
    assert not of(found, "unknown_option") + of(found, "shifted_answer")


def test_a_code_that_yaml_or_pandas_might_take_for_missing_is_an_answer(tmp_path: Path) -> None:
    book = SMALL_CODEBOOK.replace('{code: "no", ', '{code: "NA", ')
    found = find(tmp_path, codebook=book, codings=coding("policy", "NA"))
    assert found.ok
    assert not [p for p in of(found, "missing_answer") if p.item == "policy"]


@pytest.mark.parametrize(
    ("item", "answer", "neighbour"),
    [("data", "yes", "policy"), ("code", "2", "data"), ("data", "Silent", "code"), ("policy", "0", "data")],
)
def test_an_answer_of_a_neighbouring_item_is_a_sign_of_a_shifted_row(
    tmp_path: Path, item: str, answer: str, neighbour: str
) -> None:
    found = find(tmp_path, codings=coding(item, answer))
    problem = the(found, "shifted_answer")
    assert place(problem) == ("error", "codings.csv", 2, "answer", answer)
    assert f"not an option of {item}, but of its neighbour {neighbour}" in problem.what
    assert "slipped by a row" in problem.remedy
    assert not of(found, "unknown_option")


def test_an_answer_of_an_item_further_away_is_merely_unknown(tmp_path: Path) -> None:
    found = find(tmp_path, codings=coding("code", "yes"))
    assert the(found, "unknown_option").item == "code"
    assert not of(found, "shifted_answer")


def test_a_label_of_the_item_itself_is_no_sign_of_a_shift(tmp_path: Path) -> None:
    """Both items have an option "Encouraged"; the coder of `code` wrote the label instead of the code."""
    book = SMALL_CODEBOOK.replace("label: Asked for", "label: Encouraged")
    found = find(tmp_path, codebook=book, codings=coding("code", "Encouraged"))
    assert "nearest: '1' (Encouraged)" in the(found, "unknown_option").what
    assert not of(found, "shifted_answer")


MULTIPLE = """\
  - id: where
    dimension: data
    title: Where
    question: Where may data be put?
    kind: multiple
    scored: false
    evidence: optional
    options:
      - {code: repository, label: Repository}
      - {code: supplement, label: Supplement}
  - {id: remark, dimension: data, title: Remark, question: Else?, kind: open, scored: false}
schemes:
"""
WITH_OTHER_KINDS = SMALL_CODEBOOK.replace("schemes:\n", MULTIPLE)


@pytest.mark.parametrize("answer", ["repository", "repository;supplement"])
def test_a_multiple_item_takes_several_of_its_options(tmp_path: Path, answer: str) -> None:
    assert find(tmp_path, codebook=WITH_OTHER_KINDS, codings=coding("where", answer)).ok


def test_a_multiple_item_refuses_a_part_that_is_no_option(tmp_path: Path) -> None:
    found = find(tmp_path, codebook=WITH_OTHER_KINDS, codings=coding("where", "repository;attic"))
    problem = the(found, "unknown_option")
    assert problem.value == "repository;attic"
    assert problem.remedy == "use one of repository, supplement"


def test_an_open_item_takes_any_text(tmp_path: Path) -> None:
    assert find(
        tmp_path, codebook=WITH_OTHER_KINDS, codings=coding("remark", "crystal structures; spectra")
    ).ok


# Closed lists ------------------------------------------------------------------------------------------


def test_an_unknown_state_is_an_error_with_the_nearest_and_all_states(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        codings="""
            | journal_id | coder | item   | answer | state    |
            |------------|-------|--------|--------|----------|
            | alpha      | c1    | policy | yes    |          |
            | alpha      | c1    | data   | 2      | unclaer  |
            | alpha      | c1    | code   | 1      | answered |
        """,
    )
    problem = the(found, "unknown_state")
    assert place(problem) == ("error", "codings.csv", 3, "state", "unclaer")
    assert (problem.journal, problem.item) == ("alpha", "data")
    assert "'unclaer' is not a state; nearest: 'unclear'" in problem.what
    assert problem.remedy == "use one of answered, unclear, to_discuss, not_reachable"


DISAGREEMENT = """
    | journal_id | coder | item   | answer |
    |------------|-------|--------|--------|
    | alpha      | c1    | policy | yes    |
    | alpha      | c1    | data   | 0      |
    | alpha      | c1    | code   | 1      |
    | alpha      | c2    | policy | yes    |
    | alpha      | c2    | data   | 2      |
    | alpha      | c2    | code   | 1      |
"""


def adjudication(column: str, value: str) -> str:
    """An adjudication of the disagreement with one more column."""
    return sheet(f"journal_id | item | answer | {column}", f"alpha | data | 2 | {value}")


def test_an_unknown_reason_is_an_error_with_the_nearest_and_all_reasons(tmp_path: Path) -> None:
    found = find(tmp_path, codings=DISAGREEMENT, adjudications=adjudication("reason", "interpretaton"))
    problem = the(found, "unknown_reason")
    assert place(problem) == ("error", "adjudications.csv", 2, "reason", "interpretaton")
    assert (problem.journal, problem.item) == ("alpha", "data")
    assert "not a reason of the codebook; nearest: 'interpretation'" in problem.what
    assert problem.remedy == "use one of interpretation, wording"


def test_an_unknown_mode_is_an_error_with_the_nearest_and_all_modes(tmp_path: Path) -> None:
    found = find(tmp_path, codings=DISAGREEMENT, adjudications=adjudication("mode", "concensus"))
    problem = the(found, "unknown_mode")
    assert place(problem) == ("error", "adjudications.csv", 2, "mode", "concensus")
    assert "nearest: 'consensus'" in problem.what
    assert problem.remedy == "use one of consensus, third_coder, lead, rule, unrecorded"


@pytest.mark.parametrize(
    ("column", "value"), [("reason", "interpretation"), ("reason", ""), ("mode", "rule"), ("mode", "")]
)
def test_a_listed_or_blank_reason_or_mode_is_no_problem(tmp_path: Path, column: str, value: str) -> None:
    assert not find(tmp_path, codings=DISAGREEMENT, adjudications=adjudication(column, value)).errors


# Keys --------------------------------------------------------------------------------------------------

TWICE = {
    "journals": (
        sheet("journal_id | title | publisher", "alpha | A | N", "beta | B | N", "alpha | C | S"),
        "journal_id",
        "alpha",
    ),
    "codings": (
        sheet(
            "journal_id | coder | item | answer",
            "alpha | c1 | policy | yes",
            "alpha | c1 | data | 1",
            "alpha | c1 | policy | no",
        ),
        "journal_id / coder / round / item",
        "alpha / c1 / main / policy",
    ),
    "adjudications": (
        sheet(
            "journal_id | item | answer", "alpha | policy | yes", "alpha | data | 1", "alpha | policy | no"
        ),
        "journal_id / item",
        "alpha / policy",
    ),
    "assignments": (
        sheet("journal_id | coder", "alpha | c1", "alpha | c2", "alpha | c1"),
        "journal_id / coder / round",
        "alpha / c1 / main",
    ),
    "policies": (sheet("policy_id", "p1", "p2", "p1"), "policy_id", "p1"),
}


@pytest.mark.parametrize("table", TWICE)
def test_a_key_that_stands_twice_is_an_error_that_names_the_first_row(tmp_path: Path, table: str) -> None:
    rows, column, value = TWICE[table]
    problem = the(find(tmp_path, **{table: rows}), "duplicate_key")
    assert place(problem) == ("error", f"{table}.csv", 4, column, value)
    assert f"stands in row 2: {value}" in problem.what
    assert "delete one of the two rows" in problem.remedy


def test_a_key_that_stands_three_times_is_two_problems(tmp_path: Path) -> None:
    found = find(tmp_path, assignments=sheet("journal_id | coder", "alpha | c1", "alpha | c1", "alpha | c1"))
    assert [(p.row, "row 2" in p.what) for p in of(found, "duplicate_key")] == [(3, True), (4, True)]


def test_a_coder_may_code_an_item_again_in_another_round(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        codings="""
            | journal_id | coder | round  | item   | answer |
            |------------|-------|--------|--------|--------|
            | alpha      | c1    | main   | policy | no     |
            | alpha      | c1    | recode | policy | no     |
        """,
    )
    assert not of(found, "duplicate_key")


def test_a_blank_round_is_the_main_round(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        codings="""
            | journal_id | coder | round | item   | answer |
            |------------|-------|-------|--------|--------|
            | alpha      | c1    | main  | policy | no     |
            | alpha      | c1    |       | policy | no     |
        """,
    )
    assert the(found, "duplicate_key").row == 3


BLANK = {
    ("journals", "journal_id"): sheet("journal_id | title | publisher", "alpha | A | N", " | B | N "),
    ("codings", "journal_id"): sheet(
        "journal_id | coder | item | answer", "alpha | c1 | policy | no", " | c1 | policy | no "
    ),
    ("codings", "coder"): sheet(
        "journal_id | coder | item | answer", "alpha | c1 | policy | no", "alpha | | policy | no"
    ),
    ("codings", "item"): sheet(
        "journal_id | coder | item | answer", "alpha | c1 | policy | no", "alpha | c1 | | no"
    ),
    ("adjudications", "journal_id"): sheet(
        "journal_id | item | answer", "beta | policy | no", " | policy | no "
    ),
    ("adjudications", "item"): sheet("journal_id | item | answer", "beta | policy | no", "beta | | no"),
    ("assignments", "coder"): sheet("journal_id | coder", "alpha | c1", " alpha | "),
    ("policies", "policy_id"): sheet("policy_id | url", " p | ", " | https://example.org "),
    ("decisions", "item"): sheet("item | ruling", "policy | A ruling", " | Another "),
    ("corrections", "journal_id"): sheet("journal_id | text", "alpha | A text", " | Another "),
}


@pytest.mark.parametrize(("table", "column"), BLANK)
def test_a_blank_key_is_an_error_and_nothing_else(tmp_path: Path, table: str, column: str) -> None:
    found = find(tmp_path, **{table: BLANK[table, column]})
    problem = the(found, "blank_key")
    assert place(problem) == ("error", f"{table}.csv", 3, column, column)
    assert f"the column '{column}' is blank" in problem.what
    assert "fill it in, or delete the row" in problem.remedy
    assert len(found.errors) == 1


def test_a_row_that_points_at_nothing_known_ends_in_problems_and_not_in_a_crash(tmp_path: Path) -> None:
    found = find(tmp_path, codings=coding("polcy", "yes"))
    assert [p.code for p in found.errors] == ["unknown_item"]
    assert {p.row for p in of(found, "missing_answer")} == {2}


def test_a_record_of_nobody_ends_in_a_problem_and_not_in_a_crash(tmp_path: Path) -> None:
    found = find(tmp_path, codings=sheet("journal_id | coder | item | answer", "alpha | | policy | yes"))
    assert [p.code for p in found.errors] == ["blank_key"]


# The codebook ------------------------------------------------------------------------------------------


def survey_yaml_with_hashes(tmp_path: Path) -> str:
    (tmp_path / "original.yaml").write_text(SMALL_CODEBOOK, encoding="utf-8")
    hashes = load_codebook(tmp_path / "original.yaml").hashes.model_dump()
    return SURVEY_YAML.replace('version: "1"}', f'version: "1", hashes: {hashes}}}')


def test_a_codebook_with_the_recorded_hashes_is_no_problem(tmp_path: Path) -> None:
    found = find(tmp_path, SMALL_CODEBOOK, survey_yaml_with_hashes(tmp_path))
    assert not of(found, "codebook_changed") + of(found, "codebook_edited")


def test_a_codebook_without_recorded_hashes_is_no_problem(tmp_path: Path) -> None:
    found = find(tmp_path, SMALL_CODEBOOK.replace("label: Required", "label: Demanded"))
    assert not of(found, "codebook_changed") + of(found, "codebook_edited")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("label: Required", "label: Demanded"),
        ('{code: "2", label: Required, score: 1}', '{code: "3", label: Required, score: 1}'),
        ("level: ordinal", "level: nominal"),
        ("evidence: optional", "evidence: required"),
        ('applies_if: {policy: ["yes"]}', 'applies_if: {policy: ["no", "yes"]}'),
    ],
    ids=["label", "code", "level", "evidence", "condition"],
)
def test_a_change_in_what_coders_decide_by_is_a_warning(tmp_path: Path, old: str, new: str) -> None:
    problem = the(
        find(tmp_path, SMALL_CODEBOOK.replace(old, new), survey_yaml_with_hashes(tmp_path)),
        "codebook_changed",
    )
    assert (problem.severity.value, problem.file) == ("warning", "codebook.yaml")
    assert f"the coding hash is {problem.value}, survey.yaml says" in problem.what
    assert "restore the codebook" in problem.remedy


@pytest.mark.parametrize(
    ("old", "new", "thing"),
    [
        ("score: 0.5", "score: 0.4", "scoring"),
        ("title: Mean of the items}", "title: Mean of the items, weights: {code: 2}}", "scoring"),
        ("Must data be shared?", "Do data have to be shared?", "text"),
        ("title: Mean of the items", "title: The mean", "text"),
        ("title: Read differently", "title: Understood differently", "text"),
    ],
)
def test_a_change_in_scores_or_texts_alone_is_a_note(tmp_path: Path, old: str, new: str, thing: str) -> None:
    found = find(tmp_path, SMALL_CODEBOOK.replace(old, new), survey_yaml_with_hashes(tmp_path))
    problem = the(found, "codebook_edited")
    assert (problem.severity.value, problem.file) == ("note", "codebook.yaml")
    assert f"the {thing} hash is" in problem.what
    assert "nothing, if the change is meant" in problem.remedy
    assert not of(found, "codebook_changed")


@pytest.mark.parametrize(("old", "new"), [('version: "1"}', 'version: "2"}'), ("{id: small", "{id: large")])
def test_a_survey_that_names_another_codebook_or_version_is_a_warning(
    tmp_path: Path, old: str, new: str
) -> None:
    found = find(tmp_path, survey_yaml=SURVEY_YAML.replace(old, new))
    problem = the(found, "other_version")
    assert place(problem) == ("warning", "codebook.yaml", None, None, "small 1")
    assert "codebook.yaml is small 1, survey.yaml says" in problem.what
    assert "correct codebook in survey.yaml" in problem.remedy


def test_a_survey_that_names_its_codebook_is_no_problem(tmp_path: Path) -> None:
    assert not of(find(tmp_path), "other_version")
