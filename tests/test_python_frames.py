"""Frames of a survey from Python: read as files are, never changed in place, replaced by any that make sense."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import SMALL_CODEBOOK

import rdpscore
from rdpscore.codebook import Codebook
from rdpscore.survey import Survey

ERRORS = (TypeError, ValueError)
FRAMES = ("journals", "codings", "adjudications")

# Frames --------------------------------------------------------------------------------------------------


@pytest.fixture
def survey(folder: Path) -> Survey:
    return rdpscore.load(folder)


def rebuilt(survey: Survey) -> Survey:
    return Survey.from_frames(survey.codebook, *(getattr(survey, n) for n in FRAMES), meta=survey.meta)


def results(survey: Survey) -> list[str]:
    said = [rdpscore.score(survey), rdpscore.validate(survey)]
    return [result.to_json() for result in said]


def assign_column(frame: pd.DataFrame) -> None:
    frame["answer"] = "0"


def assign_cell(frame: pd.DataFrame) -> None:
    frame.loc[frame.index[0], "answer"] = "no"


def assign_position(frame: pd.DataFrame) -> None:
    frame.iloc[0, 3] = "no"


def drop_rows(frame: pd.DataFrame) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the keyword, in pandas 3.1
        frame.drop(index=frame.index[:5], inplace=True)  # noqa: PD002


def drop_column(frame: pd.DataFrame) -> None:
    del frame["answer"]


def add_column(frame: pd.DataFrame) -> None:
    frame.insert(0, "more", 1)


def rename(frame: pd.DataFrame) -> None:
    frame.columns = [str(c).upper() for c in frame.columns]


def renumber(frame: pd.DataFrame) -> None:
    frame.index = pd.RangeIndex(len(frame))


CHANGES = (assign_column, assign_cell, assign_position, drop_rows, drop_column, add_column, rename, renumber)


@pytest.mark.parametrize("change", CHANGES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("first", [False, True], ids=["before", "after"])
def test_a_frame_that_is_changed_in_place_changes_no_survey(survey: Survey, change: Any, first: bool) -> None:
    expected = results(rebuilt(survey))
    if first:
        assert results(survey)  # all is computed once, and cached
    frame = survey.codings
    change(frame)
    assert not frame.equals(survey.codings)
    assert results(survey) == results(rebuilt(survey)) == expected


def test_nor_does_one_that_a_survey_was_made_of(survey: Survey) -> None:
    frames = {name: getattr(survey, name) for name in FRAMES}
    made = Survey.from_frames(survey.codebook, **frames, meta=survey.meta)
    again = dataclasses.replace(made, **frames)
    for frame in frames.values():
        frame.loc[frame.index[0], "journal_id"] = frame["journal_id"].iloc[-1]
    assert results(made) == results(again) == results(survey)


def test_a_change_to_a_frame_that_nobody_keeps_changes_nothing_and_pandas_3_warns(survey: Survey) -> None:
    before = survey.codings["answer"].tolist()
    warned = pytest.warns(pd.errors.ChainedAssignmentError) if pd.__version__ >= "3" else nullcontext()
    with warned:
        survey.codings["answer"] = "0"
    assert survey.codings["answer"].tolist() == before


def test_the_changed_frame_makes_another_survey(survey: Survey) -> None:
    frame = survey.codings
    frame.loc[(frame["journal_id"] == "beta") & (frame["item"] == "code"), "answer"] = "1"
    changed = dataclasses.replace(survey, codings=frame)
    of = [rdpscore.score(s).journals.set_index("journal_id")["score"] for s in (survey, changed)]
    assert of[1]["beta"] == pytest.approx(of[0]["beta"] + 1 / 3)
    assert results(changed) == results(rebuilt(changed))


def test_a_survey_and_its_arrays_cannot_be_written_to(survey: Survey) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        survey.journals = survey.journals  # type: ignore[misc]
    for array in (
        survey.resolved.option,
        survey.records.option,
        survey.adopted,
        survey.journal_of["codings"],
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_frames_of_results_are_the_callers_own(survey: Survey) -> None:
    found = rdpscore.score(survey)
    said = found.to_json()
    for frame in (found.journals, found.publishers, found.to_frame(), *found.tables().values()):
        frame.iloc[:, 0] = frame.iloc[::-1, 0].to_numpy()
        frame["more"] = 1
    assert found.to_json() == said
    agreed = rdpscore.measure_agreement(survey)
    said = agreed.to_json()
    for frame in agreed.tables().values():
        frame["more"] = 1
    assert agreed.to_json() == said
    assert "more" not in agreed.to_frame()


# Replaced frames -----------------------------------------------------------------------------------------


def joined(survey: Survey) -> pd.DataFrame:
    more = pd.DataFrame({"journal_id": ["gamma", "alpha", "beta"], "works": [3.0, 7.0, np.nan]})
    return survey.journals.merge(more, on="journal_id")


REPLACED: dict[str, Callable[[Survey], dict[str, pd.DataFrame]]] = {
    "joined columns": lambda s: {"journals": joined(s)},
    "objects": lambda s: {n: getattr(s, n).astype(object) for n in FRAMES},
    "another index": lambda s: {n: getattr(s, n).reset_index(drop=True) for n in FRAMES},
    "twice the index": lambda s: {"codings": s.codings.set_index(pd.Index([7] * len(s.codings)))},
    "ids as index": lambda s: {"journals": s.journals.set_index("journal_id")},
    "keys as index": lambda s: {"codings": s.codings.set_index(["journal_id", "coder", "item"])},
    "only what is required": lambda s: {"codings": s.codings[["journal_id", "coder", "item", "answer"]]},
    "blank for missing": lambda s: {"codings": s.codings.astype(object).where(s.codings.notna(), " ")},
}


@pytest.mark.parametrize("case", REPLACED)
def test_a_survey_with_another_frame_works(survey: Survey, case: str, tmp_path: Path) -> None:
    changed = dataclasses.replace(survey, **REPLACED[case](survey))
    assert rdpscore.validate(changed).ok
    of = [rdpscore.score(s).journals.set_index("journal_id")["score"] for s in (survey, changed)]
    assert of[1][of[0].index].equals(of[0])
    assert rdpscore.measure_agreement(changed).headlines == rdpscore.measure_agreement(survey).headlines
    if "journals" in changed.tables and "works" in changed.journals:
        assert changed.attribute("works").isna().tolist() == [False, True, False]
        assert changed.journals["works"].dropna().tolist() == ["7", "3"]
    again = rdpscore.load(rdpscore.save(changed, tmp_path / "again").path)
    for name in FRAMES:
        same = getattr(again, name).astype(object), getattr(changed, name).astype(object)
        pd.testing.assert_frame_equal(*same, check_index_type=False)


BROKEN: dict[str, tuple[Callable[[Survey], dict[str, Any]], str]] = {
    "a column less": (
        lambda s: {"codings": s.codings.drop(columns="answer")},
        "codings needs a column 'answer'",
    ),
    "a column renamed": (
        lambda s: {"codings": s.codings.rename(columns={"answer": "answers"})},
        "needs a column 'answer'; nearest: 'answers'",
    ),
    "a column twice": (
        lambda s: {"journals": pd.concat([s.journals, s.journals[["title"]]], axis=1)},
        "'title' twice",
    ),
    "a list in a cell": (
        lambda s: {"codings": s.codings.astype(object).assign(answer=[["a", "b"]] * len(s.codings))},
        "joined by ';'",
    ),
    "no frame": (lambda s: {"codings": "codings.csv"}, "codings is a str; it must be a DataFrame"),
    "nothing": (lambda s: {"journals": None}, "journals is a NoneType"),
    "a column": (lambda s: {"journals": s.journals["journal_id"]}, "journals is a Series"),
    "a name for the codebook": (lambda s: {"codebook": "small"}, "load_codebook"),
    "a dict for the description": (lambda s: {"meta": {"id": "x"}}, "meta is a dict"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_frame_that_cannot_be_is_refused_at_once(survey: Survey, case: str) -> None:
    fields, words = BROKEN[case]
    with pytest.raises(ERRORS, match=words):
        dataclasses.replace(survey, **fields(survey))


# Cells ---------------------------------------------------------------------------------------------------

ONES = [1, 1.0, "1", np.int8(1), np.float32(1), np.float64(1), Fraction(1)]
NOTHING = [None, np.nan, pd.NA, pd.NaT, "", "  ", float("nan")]


@pytest.fixture(scope="session")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Codebook:
    """A codebook whose options are numbers throughout."""
    text = SMALL_CODEBOOK.replace('"no"', '"0"').replace('"yes"', '"1"')
    place = tmp_path_factory.mktemp("numbered") / "codebook.yaml"
    place.write_text(text, encoding="utf-8")
    return rdpscore.load_codebook(place)


def of_cells(book: Codebook, answers: list[Any], dtype: Any = object, journal: Any = "a") -> Survey:
    journals = pd.DataFrame({"journal_id": [journal], "title": "A", "publisher": "P"})
    codings = pd.DataFrame(
        {"journal_id": journal, "coder": [f"c{k}" for k in range(len(answers))], "item": "data"}
    )
    return Survey.from_frames(book, journals, codings.assign(answer=pd.Series(answers, dtype=dtype)))


@settings(max_examples=60, deadline=None)
@given(answers=st.lists(st.sampled_from([*ONES, *NOTHING]), min_size=1, max_size=8))
def test_a_whole_number_is_a_code_and_nothing_is_missing(numbered: Codebook, answers: list[Any]) -> None:
    read = of_cells(numbered, answers).codings["answer"]
    assert read.dropna().tolist() == ["1"] * sum(any(a is one for one in ONES) for a in answers)
    assert read.isna().tolist() == [not any(a is one for one in ONES) for a in answers]


@pytest.mark.parametrize(
    "dtype", ["float64", "Float64", "Int64", "object", "category", "string", "float32", "int64[pyarrow]"]
)
def test_every_dtype_of_numbers_is_read_alike(numbered: Codebook, dtype: str) -> None:
    cells: list[Any] = ["0", None, "2"] if dtype == "string" else [0, None, 2]
    survey = of_cells(numbered, cells, dtype)
    read = survey.codings["answer"]
    assert [None if pd.isna(v) else v for v in read] == ["0", None, "2"]
    assert not rdpscore.validate(survey).problems.errors


@pytest.mark.parametrize("answer", [1.5, "1.0", True, -1.5, np.inf, "1.5"])
def test_what_is_no_option_is_told_by_validate(numbered: Codebook, answer: Any) -> None:
    found = rdpscore.validate(of_cells(numbered, [answer, 1])).problems.errors
    assert len(found) == 1
    assert str(answer) in str(next(iter(found)))


def test_true_is_not_the_number_beside_it(numbered: Codebook) -> None:
    assert of_cells(numbered, [1, True, 1.0]).codings["answer"].tolist() == ["1", "True", "1"]


@pytest.mark.parametrize("journal", [7, 7.0, "7", np.int64(7)])
def test_ids_that_are_numbers_find_each_other(numbered: Codebook, journal: Any) -> None:
    journals = pd.DataFrame(
        {"journal_id": [7.0], "title": "A", "publisher": "P", "since": pd.Timestamp("2020-01-01")}
    )
    codings = pd.DataFrame({"journal_id": [journal], "coder": [1], "item": ["data"], "answer": [2.0]})
    survey = Survey.from_frames(numbered, journals, codings)
    assert rdpscore.validate(survey).ok
    assert survey.journal_ids.tolist() == ["7"]
    assert survey.records.coders == ("1",)
    assert survey.journals["since"].tolist() == ["2020-01-01"]


def test_a_save_is_read_as_the_same_survey(numbered: Codebook, tmp_path: Path) -> None:
    made = of_cells(numbered, [0, 1.0, "2", None, " ", "1.5"], journal=12)
    again = rdpscore.load(rdpscore.save(made, tmp_path / "s").path)
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(again, name).astype(object), getattr(made, name).astype(object))
