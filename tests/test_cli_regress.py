"""``rdpscore regress``: what it prints, what it refuses, and what it says of surveys that cannot answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from running import Run, cli, squeeze
from tables import write_survey

from rdpscore.predictors.regression import regress
from rdpscore.survey import Survey

PAGE = Path(__file__).parents[1] / "docs" / "predictors.md"


@pytest.fixture(scope="module")
def run() -> Run:
    return cli("regress")


# On the shipped survey ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "171 journals with 55 patterns of answers carry the information of about 23 independent ones.",
        "intraclass correlation 0.88, 0.77 to 0.94; 0.69 without Open Journals",
        "open access rather than hybrid: a difference between publishers, not between journals of one publisher",
        "Over all journals +0.070 (0.015 to 0.125): a difference beyond chance.",
        "Among journals of one publisher +0.0005 (−0.031 to 0.032): equivalent to none within ±0.029.",
        "Impact (quartiles 2.82 and 7.71): undecided",
        "Among journals of one publisher +0.011 per doubling (−0.002 to 0.025)",
        "Less than 0.029 counts as none: half of one item, set beforehand.",
        "Left out of models that need it: 1 journal without impact (Batteries & Supercaps).",
        "Access model is marked as doubtful for 16 journals.",
        "Fewer than 4 degrees of freedom, so its interval and p are rough: log2(impact) between.",
        "A score says what a policy demands on paper, not what authors do.",
    ],
)
def test_a_reader_is_led_to_what_holds(run: Run, said: str) -> None:
    assert run.status == 0
    assert squeeze(said) in run.said


@pytest.mark.slow
def test_nothing_is_cut_off_in_a_hundred_columns(run: Run) -> None:
    assert "…" not in run.out
    assert max(map(len, run.out.splitlines())) <= 100
    full = cli("regress", "--full", "--model", "score ~ access_model")
    assert max(map(len, full.out.splitlines())) <= 100
    assert "fractional logit" in full.out
    assert "Access model: as coded by the study." in full.out


def test_naive_tests_are_labelled() -> None:
    run = cli("regress", "--naive", "--model", "score ~ access_model")
    head, _, tests = run.out.partition("not to be believed here")
    assert "ignore that journals of one publisher are alike" in head
    assert re.search(r"one-way ANOVA\s+F = 19.70\s+–\s+<0.001", tests)


def test_naive_tests_are_not_there_unasked(run: Run) -> None:
    assert "ANOVA" not in run.out


@pytest.mark.slow
def test_items_are_printed_with_reasons_for_those_that_have_no_estimate() -> None:
    run = cli(
        "regress", "--item", "code_required", "--item", "code_linting", "--model", "score ~ access_model"
    )
    assert re.search(r"Code sharing\s+open access\s+3\.60", run.out)
    assert squeeze("No estimate for open access: Code linting (there is no finite estimate") in run.said


def test_the_page_shows_what_the_command_prints(run: Run) -> None:
    shown = re.search(r"```console\n\$ rdpscore regress\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert shown is not None
    assert squeeze(shown[1]) == squeeze(run.out)


def test_figures_in_the_text_of_the_page_are_the_command_s(shipped: Survey) -> None:
    text = PAGE.read_text(encoding="utf-8")
    result = regress(shipped, "score ~ access_model", naive=True)
    p = next(c.p for name, c in result.classics if (name, c.test) == ("access_model", "one-way ANOVA"))
    assert p is not None
    mantissa, exponent = f"{p:.1e}".split("e")
    assert f"{mantissa}e{int(exponent)}" in text
    for option in (
        "--model",
        "--journals-only",
        "--cluster",
        "--zeros",
        "--items",
        "--naive",
        "--full",
        "--seed",
    ):
        assert f"`{option}" in text


def test_all_estimates_are_written(tmp_path: Path) -> None:
    target = tmp_path / "estimates.csv"
    run = cli("regress", "--model", "score ~ access_model", "--output", target)
    assert run.status == 0
    table = pd.read_csv(target)
    assert set(table["question"]) == {"between", "within", "pooled"}
    assert set(table["method"]) == {"CR2", "CR3", "WCR", "fractional", "ranks"}
    assert {"low90", "high90", "bound", "verdict", "df", "n_varying", "largest_share"} <= set(table)
    refused = cli("regress", "--output", target)
    assert refused.status == 2
    assert "exists" in refused.err


def test_only_journals_that_are_asked_for() -> None:
    run = cli("regress", "--model", "score ~ access_model", "--journals-only", "kind=journal", "--json")
    assert run.json()["result"]["n_journals"] == 167
    assert run.json()["settings"]["journals_only"] == {"kind": ["journal"]}
    found = cli("regress", "--model", "score ~ access_model", "--journals-only", "kind=journal",
                "--journals-only", "impact=2..10")  # fmt: skip
    assert found.status == 0
    assert squeeze("only kind = journal; impact = 2..10") in squeeze(found.out)


def test_the_journals_asked_for_are_those_of_the_function(shipped: Survey) -> None:
    run = cli("regress", "--journals-only", "kind=journal", "--json").json()["result"]
    body = regress(shipped, where={"kind": "journal"}).body()
    assert run["estimates"] == json.loads(json.dumps(body["estimates"], default=float))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--model", "score ~ impct"], "nearest: 'impact'"),
        (["--model", "scores ~ impact"], "nearest: 'score'"),
        (["--model", "score"], "has not one ~"),
        (["--model", "score ~ title"], "it names journals, and cannot predict"),
        (["--model", "score ~ publisher"], "compared within and between"),
        (["--item", "data_sharng"], "nearest: 'data_sharing'"),
        (["--scheme", "equl"], "nearest: 'equal'"),
        (["--cluster", "planet"], "'planet' is none of"),
        (["--zeros", "drop"], "'drop' is none of"),
        (["--journals-only", "kind"], "is not NAME=VALUE"),
        (["--journals-only", "kind=jurnal"], "nearest: 'journal'"),
        (["--journals-only", "knd=journal"], "nearest: 'kind'"),
        (["--draws", "10"], "999"),
    ],
)
def test_wrong_use_is_told_with_status_2(options: list[str], said: str) -> None:
    run = cli("regress", *options)
    assert run.status == 2
    assert squeeze(said) in run.said.replace("│", "")
    assert run.out == ""
    assert "Traceback" not in run.err


# Surveys that cannot answer -----------------------------------------------------------------------------

Answers = tuple[str, str, str]
SIX = [f"P{i % 6}" for i in range(30)]
HYBRID, OPEN = "hybrid", "open_access"


def survey(
    folder: Path,
    publishers: list[str] = SIX,
    impact: Callable[[int], Any] = lambda i: i + 1,
    access: Callable[[int], str] = lambda i: (HYBRID, OPEN)[i // 6 % 2],
    answers: Callable[[int], Answers] = lambda i: (("yes", "no")[i % 2], str(i % 3), str(i // 4 % 2)),
) -> Path:
    """A folder of one coder's answers."""
    journals = [f"| j{i} | Journal {i} | {p} | {impact(i)} | {access(i)} |" for i, p in enumerate(publishers)]
    codings = [
        f"| j{i} | c1 | {item} | {answer} |"
        for i in range(len(publishers))
        for item, answer in zip(("policy", "data", "code"), answers(i), strict=True)
    ]
    return write_survey(
        folder,
        journals="\n".join(["| journal_id | title | publisher | impact | access_model |", "|-|", *journals]),
        codings="\n".join(["| journal_id | coder | item | answer |", "|-|", *codings]),
        adjudications="| journal_id | item | answer |\n|-|",
    )


CASES: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "one publisher": ({"publishers": ["North"] * 12}, [], "with fewer than three publishers nothing shows"),
    "two publishers": (
        {"publishers": ["North", "South"] * 8},
        [],
        "with fewer than three publishers nothing shows",
    ),
    "constant": ({"access": lambda _: HYBRID}, [], "it is the same for all journals"),
    "predictor equal to publisher": (
        {"access": lambda i: (HYBRID, OPEN)[i % 6 > 2]},
        ["--model", "score ~ access_model"],
        "Among journals of one publisher it cannot be estimated: it does not vary within any publisher",
    ),
    "all scores equal": (
        {"answers": lambda _: ("yes", "1", "1")},
        [],
        "the outcome is the same for all journals",
    ),
    "perfect separation": (
        {"answers": lambda i: ("yes", "2", "1") if i // 6 % 2 else ("no", "0", "0")},
        ["--model", "policy ~ access_model"],
        "there is no finite estimate: the predictor separates the outcomes",
    ),
    "perfect fit": (
        {"answers": lambda i: ("yes", "2", "1") if i // 6 % 2 else ("no", "0", "0")},
        ["--model", "score ~ access_model"],
        "the model fits without any residual",
    ),
    "fewer journals than parameters": (
        {"publishers": ["A", "B", "C"]},
        [],
        "it rests on one or two publishers",
    ),
    "one journal a publisher": (
        {"publishers": [f"P{i}" for i in range(12)]},
        [],
        "it does not vary within any publisher",
    ),
    "no answers": (
        {"answers": lambda _: ("", "", "")},
        [],
        "No journal has a score, so there is nothing to compare",
    ),
    "zeros": (
        {"impact": lambda i: i % 5},
        [],
        "6 journals whose impact is not positive and has no logarithm (Journal 0, Journal 5, Journal 10, Journal "
        "15, Journal 20 and others)",
    ),
    "zeros, half added": (
        {"impact": lambda i: i % 5},
        ["--zeros", "half"],
        "To impact 0.5, half of its smallest positive value, was added before log2",
    ),
    "other clusters": ({}, ["--cluster", "journal"], "Taken as independent: 30 journals, as was asked for"),
}

NUMBER = re.compile(r"[+−]?\d\.\d{3}")


@pytest.mark.parametrize("case", CASES)
def test_a_survey_that_cannot_answer_is_told_why(tmp_path: Path, case: str) -> None:
    made, options, said = CASES[case]
    run = cli("regress", survey(tmp_path / "survey", **made), *options)
    assert (run.status, run.err) == (0, "")
    assert squeeze(said) in run.said


@pytest.mark.parametrize(
    "case", ["one publisher", "two publishers", "all scores equal", "no answers", "perfect fit"]
)
def test_nothing_looks_like_a_result_where_there_is_none(tmp_path: Path, case: str) -> None:
    made, options, _ = CASES[case]
    folder = survey(tmp_path / "survey", **made)
    for more in ([], ["--full", "--naive", "--items"]):
        run = cli("regress", folder, *options, *more)
        estimates = run.out.partition("Less than")[0].partition("Single items")[0].partition("Tests that")[0]
        assert not NUMBER.search(estimates)
    read = cli("regress", folder, *options, "--json").json()["result"]
    numbers = ("estimate", "se", "df", "p", "low", "high", "low90", "high90")
    assert {row[n] for row in read["estimates"] for n in numbers} == {None}
    assert all(row["reason"] for row in read["estimates"])


@pytest.mark.parametrize("bad", ["high", "inf", "-1"])
def test_text_and_infinity_among_numbers_are_errors_of_the_survey(tmp_path: Path, bad: str) -> None:
    run = cli("regress", survey(tmp_path / "survey", impact=lambda i: bad if i == 3 else i + 1))
    assert run.status == 1
    assert run.out == ""
    assert squeeze(f"journals.csv, row 5, column impact: impact is '{bad}'") in run.said


def test_a_survey_without_impact_and_access_is_modelled_by_what_it_has(folder: Path) -> None:
    table = pd.read_csv(folder / "journals.csv", dtype=str).drop(columns=["access_model"])
    table.to_csv(folder / "journals.csv", index=False)
    run = cli("regress", folder)
    assert run.status == 0
    assert (
        squeeze("The survey has not both impact and access_model; the model is score ~ log2(impact)")
        in run.said
    )
    table.drop(columns=["impact"]).to_csv(folder / "journals.csv", index=False)
    run = cli("regress", folder)
    assert run.status == 2
    assert squeeze("no attribute that differs between journals") in run.said.replace("│", "")
