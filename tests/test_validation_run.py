"""All rules at once, and what `validate` and the problems offer those who read them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from finding import find, sheet
from tables import SURVEY_YAML, write_survey

import rdpscore
from rdpscore.problems import CATALOGUE, Batch, InvalidInput, Problems, Severity
from rdpscore.survey import Survey
from rdpscore.validation import validate

BAD = {
    "journals": """
        | journal_id | title              | publisher | impact |
        |------------|--------------------|-----------|--------|
        | alpha      | Advanced Materials |           | -3     |
        | beta       | Advanced Materails | North     |        |
        | beta       | Gamma Reviews      | North     |        |
    """,
    "codings": """
        | journal_id | coder | item   | answer | state | source_url | coded_on   |
        |------------|-------|--------|--------|-------|------------|------------|
        | alpah      | c1    | policy | yes    |       |            |            |
        | alpha      | c1    | policy | maybe  |       |            |            |
        | alpha      | c1    | data   | yes    | lost  | example    | 2026-02-30 |
        | alpha      | c1    | codee  | 1      |       |            |            |
        | beta       | c1    | policy | no     |       |            |            |
        | beta       | c1    | data   | 2      |       |            |            |
        | beta       | c2    | policy | yes    |       |            |            |
    """,
    "adjudications": """
        | journal_id | item | answer | reason | mode |
        |------------|------|--------|--------|------|
        | beta       | data |        | why    | dice |
    """,
}
FOUND = {
    "unknown_journal",
    "unknown_item",
    "unknown_option",
    "shifted_answer",
    "unknown_state",
    "unknown_reason",
    "unknown_mode",
    "duplicate_key",
    "impossible_attribute",
    "blank_adjudication",
    "missing_answer",
    "bad_url",
    "bad_date",
    "missing_publisher",
    "similar_name",
    "against_applies_if",
    "unresolved_disagreement",
    "single_coded",
}


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    assert set(find(tmp_path, **BAD).counts()) == FOUND


def test_the_order_of_the_rows_changes_no_count(tmp_path: Path) -> None:
    lines = BAD["codings"].strip().splitlines()
    turned = {**BAD, "codings": "\n".join(lines[:2] + lines[:1:-1])}
    assert find(tmp_path / "turned", **turned).counts() == find(tmp_path / "straight", **BAD).counts()


def test_a_survey_with_errors_is_not_ok_and_nothing_is_raised(tmp_path: Path) -> None:
    result = validate(write_survey(tmp_path / "bad", **BAD))
    assert not result.ok
    assert result.body()["valid"] is False


def test_a_good_survey_has_no_error_and_no_warning(folder: Path) -> None:
    result = validate(folder)
    assert result.ok
    assert result.problems.counts() == {"single_coded": 1}


def test_a_loaded_survey_is_checked_as_its_folder_is(folder: Path) -> None:
    assert validate(rdpscore.load(folder)).to_dict() == validate(folder).to_dict()


def test_a_folder_that_is_no_survey_is_a_problem(tmp_path: Path) -> None:
    result = validate(tmp_path)
    assert result.problems.counts() == {"not_a_survey": 1}
    assert result.survey is None


def test_counts_are_of_the_survey(folder: Path) -> None:
    assert validate(folder).counts == {
        "journals": 3,
        "publishers": 2,
        "records": 5,
        "codings": 15,
        "adjudications": 1,
    }


def test_a_survey_without_rows_is_valid(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        journals=sheet("journal_id | title | publisher"),
        codings=sheet("journal_id | coder | item | answer"),
    )
    assert len(found) == 0


@pytest.mark.parametrize("compute", [rdpscore.score, rdpscore.measure_agreement, rdpscore.reproduce])
def test_nothing_is_computed_from_a_survey_with_errors(tmp_path: Path, compute: object) -> None:
    survey = rdpscore.load(write_survey(tmp_path / "bad", **BAD))
    with pytest.raises(InvalidInput) as caught:
        compute(survey)  # type: ignore[operator]
    assert set(caught.value.problems.errors.counts()) <= FOUND
    assert "alpah" in str(caught.value)


def test_survey_yaml_may_be_checked_without_hashes(tmp_path: Path) -> None:
    assert "hashes" not in SURVEY_YAML
    assert find(tmp_path).ok


# Problems ----------------------------------------------------------------------------------------------


@pytest.fixture
def problems(tmp_path: Path) -> Problems:
    return find(tmp_path, **BAD)


def test_iteration_frame_dicts_and_counts_tell_the_same(problems: Problems) -> None:
    told = list(problems)
    frame = problems.to_frame()
    assert (
        len(problems)
        == len(told)
        == len(frame)
        == len(problems.to_dicts())
        == sum(problems.counts().values())
    )
    for column in ("code", "file", "value", "what", "remedy"):
        assert frame[column].tolist() == [getattr(p, column) for p in told]
    assert [None if np.isnan(r) else r for r in frame["row"].astype(float)] == [p.row for p in told]
    assert [d["what"] for d in problems.to_dicts()] == [p.what for p in told]
    assert frame["code"].value_counts().to_dict() == problems.counts()


def test_head_is_the_beginning_of_the_iteration(problems: Problems) -> None:
    told = list(problems)
    for n in range(len(told) + 2):
        assert problems.head(n) == told[:n]


def test_severities_divide_the_problems(problems: Problems) -> None:
    parts = [problems.errors, problems.warnings, problems.notes]
    assert sum(map(len, parts)) == len(problems)
    assert [{p.severity for p in part} for part in parts] == [{s} for s in Severity]


def test_kinds_come_errors_first(problems: Problems) -> None:
    order = [list(Severity).index(CATALOGUE[code].severity) for code in problems.counts()]
    assert order == sorted(order)
    assert list(problems.by_kind()) == list(problems.counts())


def test_a_million_problems_are_cheap_to_count_and_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences are made when somebody reads them, and only for those read."""
    n = 1_000_000
    names = [f"journal {i}" for i in range(n)]
    batch = Batch(
        "missing_publisher", "journals.csv", np.arange(2, n + 2), "publisher", fields={"journal": names}
    )
    problems = Problems.of([batch])
    made: list[str] = []
    monkeypatch.setitem(
        CATALOGUE,
        "missing_publisher",
        _Counting(CATALOGUE["missing_publisher"], made),  # type: ignore[arg-type]
    )
    assert problems.counts() == {"missing_publisher": n}
    assert len(problems.warnings) == n
    assert made == []
    assert [p.journal for p in problems.head(3)] == names[:3]
    assert len(made) == 3


class _Counting:
    """A kind that notes whenever a sentence is made of it."""

    def __init__(self, kind: object, made: list[str]) -> None:
        self._kind, self._made = kind, made

    def __getattr__(self, name: str) -> object:
        value = getattr(self._kind, name)
        if name == "what":
            made = self._made

            class Sentence(str):
                def format_map(self, mapping: object) -> str:
                    made.append("sentence")
                    return str(self).format_map(mapping)  # type: ignore[arg-type]

            return Sentence(value)
        return value


def test_a_long_value_is_shortened_in_the_sentence_and_whole_in_the_problem() -> None:
    text = "word " * 100
    (problem,) = Problems.one("unknown_journal", "codings.csv", row=2, value=text, nearest="")
    assert problem.value == text
    assert len(problem.what) < 250
    assert "…" in problem.what


def test_braces_in_a_value_are_text(tmp_path: Path) -> None:
    found = find(
        tmp_path, codings=sheet("journal_id | coder | item | answer", "{alpha} {0} | c1 | policy | no")
    )
    assert "'{alpha} {0}' is not in journals.csv" in next(iter(found)).what


def test_the_error_that_is_raised_tells_ten_problems_and_how_many_more() -> None:
    fields = {"value": [f"j{i}" for i in range(25)], "nearest": ""}
    problems = Problems.of(
        [Batch("unknown_journal", "codings.csv", range(2, 27), "journal_id", fields=fields)]
    )
    with pytest.raises(InvalidInput) as caught:
        problems.raise_errors()
    assert str(caught.value).count("is not in journals.csv") == 10
    assert str(caught.value).endswith("… and 15 more")


def test_notes_and_warnings_raise_nothing() -> None:
    Problems.one("single_coded", journal="alpha").raise_errors()
    Problems.one("missing_publisher", journal="alpha").raise_errors()


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_kind_says_what_is_wrong_and_what_to_do(code: str) -> None:
    kind = CATALOGUE[code]
    assert kind.code == code
    assert kind.meaning[-1] in ".?"
    assert not kind.what.endswith(".")
    assert kind.remedy


def test_every_problem_of_a_bad_survey_is_one_finished_sentence(problems: Problems) -> None:
    for problem in problems:
        assert re.fullmatch(r"[^{}\n]+", str(problem)), problem
        assert problem.place in str(problem)


def test_the_result_is_json(tmp_path: Path) -> None:
    result = json.loads(validate(write_survey(tmp_path / "bad", **BAD)).to_json())
    assert set(result) == {"result", "settings", "problems"}
    assert result["result"]["kinds"] == {
        code: sum(p["code"] == code for p in result["problems"]) for code in result["result"]["kinds"]
    }


def test_no_rule_is_silent_on_a_survey_of_frames(tmp_path: Path) -> None:
    """Frames carry no file; the rows are counted as the file that would be written counts them."""
    loaded = rdpscore.load(write_survey(tmp_path / "bad", **BAD))
    plain = {n: f.astype(object).reset_index(drop=True) for n, f in loaded.tables.items()}
    survey = Survey.from_frames(loaded.codebook, meta=loaded.meta, **plain)
    assert validate(survey).problems.to_dicts() == validate(loaded).problems.to_dicts()
