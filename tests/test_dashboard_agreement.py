"""The page of agreement: what it says is what the result says, down to each disagreement."""

from __future__ import annotations

from pathlib import Path

import pytest
from dashboard import asked, faults, opened, words
from odd_surveys import ODD, single_coded
from tables import write_survey

import rdpscore
from rdpscore.agreement.case_list import adopted_of, cases, codings_of
from rdpscore.agreement.reason_counts import disagreements
from rdpscore.files.texts import as_html
from rdpscore.report.agreement import ledger_rows
from rdpscore.survey import Survey

PARTS = ("how", "what", "cases")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_the_shipped_survey_opens(part: str) -> None:
    with opened("agreement", None, {"part": part}) as at:
        assert faults(at) == []
        assert "It says nothing on practice" in words(at)
        at.run()
        assert faults(at) == []


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", ODD)
def test_no_part_shows_an_exception_for_an_odd_survey(part: str, name: str, tmp_path: Path) -> None:
    with opened("agreement", ODD[name](tmp_path / name), {"part": part}) as at:
        assert faults(at) == []
        assert "It says nothing on practice" in words(at)


def test_the_figures_are_those_of_the_result(shipped: Survey) -> None:
    found = rdpscore.measure_agreement(shipped)
    with opened("agreement") as at:
        shown = {m.label: m.value for m in at.metric}
        said = words(at)
    overall = found.overall
    assert shown["Alpha on the scores"] == f"{overall.alpha_score:.2f}"
    assert shown["Alpha by exact answer"] == f"{overall.alpha_exact:.2f}"
    assert overall.percent is not None
    assert shown["Same answer"] == f"{100 * overall.percent:.0f} %"
    for name, text in ledger_rows(found):
        assert as_html(name) in said
        assert as_html(text) in said


def test_single_coded_journals_have_a_sentence_and_no_figure(tmp_path: Path) -> None:
    with opened("agreement", single_coded(tmp_path / "s")) as at:
        assert faults(at) == []
        assert "No journal here was coded by two or more coders" in words(at)
        assert len(at.metric) == 0


def test_the_filter_of_the_address_holds_here() -> None:
    part = rdpscore.load()
    n = (disagreements(part)["publisher"] == "ACS").sum()
    with opened("agreement", None, {"part": "cases", "publisher": "ACS"}) as at:
        assert f"{n} of {n} disagreements" in words(at)


# The disagreements themselves ---------------------------------------------------------------------------


def test_the_address_chooses_disagreements_and_tells_what_was_chosen(shipped: Survey) -> None:
    every = cases(shipped)
    query: dict[str, str | list[str]] = {
        "part": "cases", "item": ["data_timing", "code_docs"], "reason": "evidence_missed", "on": "detection",
    }  # fmt: skip
    own = every[every["item"].isin(query["item"]) & (every["reason"] == "evidence_missed")]
    own = own[own["kind"] == "detection"]
    with opened("agreement", None, query) as at:
        assert at.multiselect(key="choice_item").value == query["item"]
        assert f"{len(own)} of {len(every)} disagreements" in words(at)
        at.multiselect(key="choice_item").set_value([]).run()
        assert "item" not in at.query_params
        own = every[(every["kind"] == "detection") & (every["reason"] == "evidence_missed")]
        assert f"{len(own)} of {len(every)} disagreements" in words(at)
        at.multiselect(key="choice_on").set_value(["grading"]).run()
        assert asked(at, "on") == ["grading"]


def test_what_the_address_does_not_know_is_left_out() -> None:
    with opened("agreement", None, {"part": "<script>", "item": "none"}) as at:
        assert faults(at) == []
        assert at.radio(key="choice_part").value == "how"


TWO = """
    | journal_id | coder | item   | answer | evidence       | source_url          | note |
    |------------|-------|--------|--------|----------------|---------------------|------|
    | alpha      | ann   | policy | yes    | We ask authors | https://example.org | n1   |
    | alpha      | bob   | policy | yes    |                |                     |      |
    | alpha      | ann   | data   | 0      |                |                     |      |
    | alpha      | bob   | data   | 2      | Data must be   | javascript:alert(1) |      |
    | alpha      | ann   | code   | 0      |                |                     |      |
    | alpha      | bob   | code   | 1      |                |                     |      |
    | beta       | ann   | policy | yes    |                |                     |      |
    | beta       | bob   | policy | yes    |                |                     |      |
    | beta       | ann   | data   | 1      |                |                     |      |
    | beta       | bob   | data   | 2      |                |                     |      |
    | beta       | ann   | code   | 1      |                |                     |      |
    | beta       | bob   | code   | 1      |                |                     |      |
"""


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Two journals, two persons, three disagreements, one of them settled."""
    return write_survey(
        tmp_path / "two",
        journals="""
            | journal_id | title | publisher |
            |------------|-------|-----------|
            | alpha      | Alpha | North     |
            | beta       | Beta  | South     |
        """,
        codings=TWO,
        adjudications="""
            | journal_id | item | answer | reason         | mode      | adjudicated_by | note     |
            |------------|------|--------|----------------|-----------|----------------|----------|
            | alpha      | data | 2      | interpretation | consensus | cleo           | page two |
        """,
    )


def test_cases_by_hand(two: Path) -> None:
    """Three disagreements, counted off the table above."""
    found = cases(rdpscore.load(two))
    rows = found[["journal_id", "item", "kind", "answers", "coders", "adopted", "reason", "steps"]]
    assert rows.astype(object).where(rows.notna(), None).to_numpy().tolist() == [
        ["alpha", "data", "detection", "0 / 2", "ann, bob", "2", "interpretation", 2],
        ["alpha", "code", "detection", "0 / 1", "ann, bob", None, "unrecorded", 1],
        ["beta", "data", "grading", "1 / 2", "ann, bob", None, "unrecorded", 1],
    ]


def test_kinds_of_cases_are_those_of_the_report(shipped: Survey) -> None:
    """Of two coders, a pair that differs on detection is one case; sums over items are equal."""
    survey = shipped
    found = cases(survey)
    assert len(found) == len(disagreements(survey))
    from rdpscore.agreement.pairs import cells, pair_shares

    data = cells(survey)
    for k, place in enumerate(data.items):
        two_coders = data.counts[k].sum(axis=1) == 2
        shares = pair_shares(data.counts[k][two_coders]) * two_coders.sum()
        item = survey.codebook.items[place].id
        journals = set(survey.journal_ids[two_coders])
        own = found[(found["item"] == item) & found["journal_id"].isin(journals)]
        assert (own["kind"] == "detection").sum() == pytest.approx(2 * shares[0, 1:].sum())


def test_what_was_said_of_one(two: Path) -> None:
    survey = rdpscore.load(two)
    said = codings_of(survey, "alpha", "data")
    assert said[["coder", "answer", "label", "evidence"]].to_numpy().tolist() == [
        ["ann", "0", "Not mentioned", None],
        ["bob", "2", "Required", "Data must be"],
    ]
    adopted = adopted_of(survey, "alpha", "data")
    assert adopted is not None
    assert (adopted["label"], adopted["adjudicated_by"]) == ("Required", "cleo")
    assert adopted_of(survey, "beta", "data") is None


def test_persons_can_be_chosen(two: Path) -> None:
    with opened("agreement", two, {"part": "cases"}) as at:
        assert at.multiselect(key="choice_coders").options == ["ann, bob"]
        assert "3 of 3 disagreements" in words(at)
