"""The page of predictors: the same as ``rdpscore regress`` says, and sentences where there is no model."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dashboard import APP, faults, opened, words
from odd_surveys import ODD
from running import cli

import rdpscore
from rdpscore.files.texts import as_html
from rdpscore.predictors.classics import least_squares
from rdpscore.survey.filters import Filter
from rdpscore.words import number, percent

PARTS = ("what", "rests", "choices", "naive", "where")
SEED = ("--seed", "1")
"""That of the pages."""
SOME = {"publisher": ["ACS", "RSC", "Wiley", "MDPI", "Springer Nature"], "kind": ["journal"], "impact": ["2.."],
        "scheme": ["published"]}  # fmt: skip


def of_command(query: dict[str, list[str]], *more: str) -> Any:
    found, said = Filter.of_query(query, rdpscore.load())
    assert said == []
    run = cli("regress", "--json", *SEED, *found.options(), *more)
    assert run.status == 0
    return run.json()["result"]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", [n for n in ODD if n != "hostile"])
def test_an_odd_survey_gets_a_sentence_and_no_exception(
    part: str, name: str, odd: Callable[[str], Path]
) -> None:
    with opened("predictors", odd(name), {"part": part}) as at:
        assert faults(at) == []
        said = words(at)
        assert "It says nothing on practice" in said
        own = said.partition("scores by Mean of the items.")[2].rpartition("Policy as read on")[0]
        assert own.count("</p>") > 1  # something between what is above and what is below every page


@pytest.mark.parametrize("name", ["one_journal", "one_publisher", "no_answers"])
def test_where_nothing_can_be_estimated_the_page_says_why(name: str, odd: Callable[[str], Path]) -> None:
    with opened("predictors", odd(name)) as at:
        said = words(at)
    assert "There is no model for these journals" in said or "cannot be told" in said or "nothing to" in said


@pytest.mark.parametrize("query", [{}, SOME], ids=["all", "some"])
def test_the_page_says_what_the_command_says(query: dict[str, list[str]]) -> None:
    result = of_command(query)
    with opened("predictors", None, query) as at:
        assert faults(at) == []
        said = words(at)
        heads = [s.value.replace("\\", "").replace("\u2060", "") for s in at.subheader]
    assert result["findings"]
    for finding in result["findings"]:
        assert any(head.endswith(f": {finding['headline']}") for head in heads), finding["headline"]
        for sentence in finding["sentences"]:
            assert as_html(sentence) in said, sentence
    assert f"{number(result['variance']['icc'])}, {number(result['variance']['icc_low'])} to" in said


def test_the_naive_tests_are_those_of_the_command_and_are_not_recommended() -> None:
    rows = of_command({}, "--naive")["naive"]
    with opened("predictors", None, {"part": "naive"}) as at:
        assert faults(at) == []
        said = words(at)
    assert rows
    for row in rows:
        assert as_html(row["test"]) in said
    assert "not to be believed" in said


def test_where_differences_lie_is_what_the_command_finds() -> None:
    query = {"access": ["hybrid"]}
    options = Filter.of_query(query, rdpscore.load())[0].options()
    run = cli("heterogeneity", "--profiles", "--json", *SEED, *options)
    assert run.status == 0
    score = next(r for r in run.json()["result"]["shares"] if r["level"] == "score")
    with opened("predictors", None, query | {"part": "where"}) as at:
        assert faults(at) == []
        said = words(at)
    assert f"{percent(score['share_between'])} of the variance of scores lies between publishers" in said
    assert f"{number(score['icc'])} (95 % interval {number(score['icc_low'])} to" in said


def test_the_three_questions_name_no_predictor() -> None:
    sys.path.insert(0, str(APP))
    from board.pages.predictors import QUESTIONS

    for _, text in QUESTIONS:
        assert not {"open", "access", "hybrid", "impact"} & set(text.lower().replace("?", "").split())


def test_a_naive_test_whose_residuals_cancel_in_every_cluster_has_no_standard_error() -> None:
    """Each publisher's residuals add up to 0, so the cluster-robust variance is 0, and no test."""
    y, x = np.array([0.0, 1.0, 1.0, 2.0] * 3), np.array([0.0, 0.0, 1.0, 1.0] * 3)
    found = least_squares(y, x, np.repeat(["a", "b", "c"], 4), test="OLS, CR1")
    assert (found.reason, found.se) == ("no_residual", None)
