"""Crosswalks: what the shipped ones say, what a faulty one is told, and what becomes of a survey."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from finding import of, sheet, the
from hypothesis import given, settings
from hypothesis import strategies as st
from running import cli
from tables import SMALL_CODEBOOK, write_survey

import rdpscore
from rdpscore.codebook import Codebook, load_codebook
from rdpscore.codebook.crosswalk import NO_COUNTERPART, UNDETERMINED, Crosswalk, Derived, option_table
from rdpscore.codebook.crosswalk_store import load_crosswalk, read_crosswalk, shipped_crosswalks
from rdpscore.problems import InvalidInput, Problems
from rdpscore.survey import Survey, load
from rdpscore.survey.translation import translate, translate_options

OTHERS = ("top-2015", "top-2025", "rda-2020")
DIRECTIONS = [name for o in OTHERS for name in (f"materials-science-to-{o}", f"{o}-to-materials-science")]


@cache
def read(name: str) -> tuple[Crosswalk, Codebook, Codebook]:
    """A shipped crosswalk between its codebooks."""
    crosswalk = load_crosswalk(name)
    return crosswalk, load_codebook(crosswalk.source.id), load_codebook(crosswalk.target.id)


def by_hand(derived: Derived, answers: dict[str, str]) -> str | None:
    """The first rule that holds, read as a person reads it."""
    for rule in derived.rules:
        if all(answers[item] in codes for item, codes in rule.when.items()):
            return rule.answer
    raise AssertionError(f"no rule of {derived.item} holds for {answers}")


# The shipped ones ---------------------------------------------------------------------------------------


def test_all_directions_are_shipped() -> None:
    assert sorted(shipped_crosswalks()) == sorted(DIRECTIONS)


@pytest.mark.parametrize("name", DIRECTIONS)
def test_a_shipped_crosswalk_is_sound_and_speaks_of_every_item(name: str) -> None:
    crosswalk, problems = read_crosswalk(shipped_crosswalks()[name])
    assert list(problems) == []
    assert crosswalk is not None
    _, source, target = read(name)
    used = {s for d in crosswalk.items for s in d.sources}
    assert used | {s.item for s in crosswalk.no_counterpart.source} == set(source.item_ids)
    assert {d.item for d in crosswalk.items} | {s.item for s in crosswalk.no_counterpart.target} == set(
        target.item_ids
    )
    assert all(len(entry.note.split()) >= 2 for entry in crosswalk.items)


@pytest.mark.parametrize("name", DIRECTIONS)
def test_the_table_is_what_a_person_reads_from_the_rules(name: str) -> None:
    crosswalk, source, target = read(name)
    for derived in crosswalk.items:
        table = option_table(derived, source, target)
        codes = [source.item(s).codes for s in derived.sources]
        for place in product(*(range(len(c)) for c in codes)):
            answers = {s: c[k] for s, c, k in zip(derived.sources, codes, place, strict=True)}
            told = by_hand(derived, answers)
            found = int(table[place])
            assert (None if found == NO_COUNTERPART else target.item(derived.item).codes[found]) == told


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(DIRECTIONS), st.data())
def test_a_missing_answer_is_taken_as_each_of_its_options(name: str, data: st.DataObject) -> None:
    """Told is only what holds for all completions: supervaluation, here by brute force."""
    crosswalk, source, target = read(name)
    derived = data.draw(st.sampled_from(crosswalk.items))
    codes = [source.item(s).codes for s in derived.sources]
    place = [data.draw(st.integers(-1, len(c) - 1)) for c in codes]
    table = option_table(derived, source, target)
    completed = product(*(range(len(c)) if p < 0 else (p,) for c, p in zip(codes, place, strict=True)))
    values = {int(table[full]) for full in completed}
    assert int(table[tuple(place)]) == (values.pop() if len(values) == 1 else UNDETERMINED)


def coherent(other: str, answers: dict[str, str]) -> bool:
    """The RDA instrument has listed kinds covered where all data, or listed kinds in repositories, are compulsory."""
    covered = answers.get("mandatory_sharing_all") == "2" or answers.get("data_repositories") in ("2", "3")
    return other != "rda-2020" or not covered or answers["mandatory_sharing_specific"] == "1"


@pytest.mark.parametrize("other", OTHERS)
def test_there_and_back_never_makes_an_answer_stricter(other: str) -> None:
    """To the materials-science codebook and back: the answer itself, a laxer one or none, for all that can be coded."""
    home, away = load_codebook("materials-science"), load_codebook(other)
    there = load_crosswalk(f"{other}-to-materials-science")
    back = load_crosswalk(f"materials-science-to-{other}")
    used = list(dict.fromkeys(s for d in there.items for s in d.sources))
    grid = [
        place
        for place in product(*(range(len(away.item(u).codes)) for u in used))
        if coherent(other, {u: away.item(u).codes[k] for u, k in zip(used, place, strict=True)})
    ]
    option = np.full((len(grid), len(away.items)), -1, np.int16)
    option[:, [away.item_ids.index(u) for u in used]] = grid
    out = translate_options(back, home, away, translate_options(there, away, home, option))
    told = (out >= 0) & (option >= 0)
    assert told.any(axis=0).sum() >= 2
    assert (out[told] <= option[told]).all()
    assert (out[told] == option[told]).mean() >= 0.5


# A faulty one -------------------------------------------------------------------------------------------

SOUND = """\
format: 1
id: small-to-other
title: From small to other
from: {id: small, version: "1"}
to: {id: other, version: "1"}
items:
  - item: openness
    note: Both ask whether data are to be shared.
    rules:
      - {when: {data: ["2"], code: ["1"]}, answer: high}
      - {when: {data: ["1", "2"]}, answer: low}
      - {answer: null, note: The other codebook has no word for it.}
no_counterpart:
  from:
    - {item: policy, note: Not asked.}
  to:
    - {item: remarks, note: An open item.}
"""
OTHER = """\
format: 1
id: other
version: "1"
title: Another codebook
dimensions:
  - {id: d, title: D}
items:
  - id: openness
    dimension: d
    title: Openness
    question: How open?
    level: ordinal
    evidence: optional
    options:
      - {code: low, label: Low, score: 0}
      - {code: high, label: High, score: 1}
  - {id: remarks, dimension: d, title: Remarks, question: What else?, kind: open}
schemes:
  - {id: equal, title: Mean}
default_scheme: equal
"""


@pytest.fixture
def files(tmp_path: Path) -> Callable[[str], tuple[Crosswalk | None, Problems]]:
    """Reads a crosswalk text between the small codebook and another."""
    (tmp_path / "small.yaml").write_text(SMALL_CODEBOOK)
    (tmp_path / "other.yaml").write_text(OTHER)

    def read(text: str) -> tuple[Crosswalk | None, Problems]:
        path = tmp_path / "walk.yaml"
        path.write_text(text, encoding="utf-8")
        return read_crosswalk(
            path, load_codebook(tmp_path / "small.yaml"), load_codebook(tmp_path / "other.yaml")
        )

    return read


Read = Callable[[str], tuple[Crosswalk | None, Problems]]


def test_a_sound_one_is_read(files: Read) -> None:
    crosswalk, problems = files(SOUND)
    assert list(problems) == []
    assert crosswalk is not None
    assert crosswalk.items[0].sources == ("data", "code")


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("openness\n", "opennes\n", 7, "other 1 has no item 'opennes'; nearest: 'openness'"),
        ("item: openness", "item: remarks", 7, "item 'remarks' is open, and rules give one option"),
        ("{data: [\"2\"], code", "{dat: [\"2\"], code", 10, "small 1 has no item 'dat'; nearest: 'data'"),
        ('code: ["1"]', 'code: ["3"]', 10, "small 1 has no option of code, '3'"),
        ('code: ["1"]', "code: []", 10, "no answer to 'code' is named"),
        ("answer: high", "answer: hihg", 10, "other 1 has no option of openness, 'hihg'; nearest: 'high'"),
        ("      - {answer: null, note: The other codebook has no word for it.}\n", "", 9,
         "no rule of 'openness' holds where data is 0, code is 0, and in 1 more combinations"),
        ('when: {data: ["1", "2"]}', 'when: {data: ["0", "1", "2"]}', 12, "rule 3 of 'openness' never decides"),
        ("    - {item: policy, note: Not asked.}\n", "    - {item: data, note: Not asked.}\n", 15,
         "'data' is said to have no counterpart, but a rule looks at it"),
        ("    - {item: policy, note: Not asked.}\n", "    - {item: polcy, note: Not asked.}\n", 15,
         "small 1 has no item 'polcy'; nearest: 'policy'"),
        ("  to:\n    - {item: remarks, note: An open item.}\n", "", 6,
         "the crosswalk does not say what becomes of remarks of other"),
        ("to: {id: other", "to: {id: third", 5, "the crosswalk is written to third 1, the codebook is other 1"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line_and_the_nearest_match(
    files: Read, old: str, new: str, line: int, what: str
) -> None:
    assert old in SOUND
    crosswalk, problems = files(SOUND.replace(old, new, 1))
    assert crosswalk is None
    found = [p for p in of(problems, "bad_crosswalk") if what in p.what]
    assert len(found) == 1, [str(p) for p in problems]
    assert found[0].line == line
    assert found[0].remedy


def test_all_faults_come_at_once(files: Read) -> None:
    text = SOUND.replace("answer: high", "answer: hihg").replace("item: policy", "item: polcy")
    _, problems = files(text)
    assert (
        len(of(problems, "bad_crosswalk")) == 3
    )  # the answer, the item, and policy of which nothing is said


def test_another_version_is_a_note(files: Read) -> None:
    crosswalk, problems = files(
        SOUND.replace('from: {id: small, version: "1"}', 'from: {id: small, version: "0"}')
    )
    assert crosswalk is not None
    assert the(problems, "crosswalk_version").severity.value == "note"


def test_an_answer_must_be_given_even_if_it_is_null(files: Read) -> None:
    _, problems = files(SOUND.replace("answer: null, note", "note"))
    assert "answer is missing" in the(problems, "bad_field").what


def test_a_name_that_is_not_shipped_is_told_with_the_nearest() -> None:
    with pytest.raises(InvalidInput, match="nearest: 'materials-science-to-top-2015'"):
        load_crosswalk("materials-science-to-top2015")


# A survey -----------------------------------------------------------------------------------------------


def test_what_a_survey_becomes_is_counted_from_its_files(shipped: Survey) -> None:
    """By pandas alone: the adopted answer, else the one that all coders gave, through two of the rules."""
    assert shipped.path is not None
    codings = pd.read_csv(shipped.path / "codings.csv", dtype=str)
    adopted = pd.read_csv(shipped.path / "adjudications.csv", dtype=str)
    agreed = codings.groupby(["journal_id", "item"])["answer"].first()
    resolved = adopted.set_index(["journal_id", "item"])["answer"].combine_first(agreed).unstack("item")  # noqa: PD010
    public = resolved["data_sharing"] == "4"
    kept = (resolved["data_fair"] == "3") | resolved["data_sharing_method"].isin(["4", "5"])
    stated = resolved["data_availability"] == "2"
    expected = np.select([public & kept, public, stated], [2, -1, 1], 0)
    made = translate(shipped, load_crosswalk("materials-science-to-top-2015"), load_codebook("top-2015"))
    place = made.survey.codebook.item_ids.index("data_transparency")
    found = pd.Series(made.option[:, place].astype(int), shipped.journal_ids)
    assert found.sort_index().tolist() == pd.Series(expected, resolved.index).sort_index().tolist()
    assert made.survey.resolved.option[:, place].tolist() == made.option[:, place].tolist()
    lost = made.lost.set_index("item")
    assert lost.loc["data_licenses", "n_journals"] == 171
    assert lost.loc["data_licenses", "n_codings"] == (codings["item"] == "data_licenses").sum()


def test_the_view_is_a_valid_survey_that_can_be_scored_and_saved(tmp_path: Path) -> None:
    run = cli(
        "codebook", "crosswalk", "materials-science-to-top-2015", "--survey", "materials-science",
        "--save", tmp_path / "view", "--json",
    )  # fmt: skip
    assert run.status == 0, run.said
    told = {i["item"]: i for i in run.json()["result"]["items"]}
    assert told["analysis_code_transparency"]["n_told"] == 171
    view = load(tmp_path / "view")
    assert rdpscore.validate(view).ok
    assert view.codebook == load_codebook("top-2015")
    assert len(rdpscore.measure_agreement(view).overall.__dict__)
    assert rdpscore.measure_agreement(view).overall.n_journals == 161


def test_a_journal_without_a_policy_asks_nothing_under_the_other_codebook(tmp_path: Path) -> None:
    """Items that do not apply are blank at home, and "nothing there" elsewhere; merely missing ones stay open."""
    codings = sheet("journal_id | coder | item | answer", "a | c1 | policy | no", "b | c1 | policy | yes")
    journals = sheet("journal_id | title | publisher", "a | A | P", "b | B | P")
    survey = load(write_survey(tmp_path / "s", journals=journals, codings=codings))
    rules = [
        {"when": {"data": ["2"], "code": ["1"]}, "answer": "high"},
        {"when": {"data": ["1", "2"]}, "answer": "high"},
    ]
    raw = yaml.safe_load(SOUND)
    raw["items"][0]["rules"] = [*rules, {"answer": "low"}]
    walk = Crosswalk.model_validate(raw)
    (tmp_path / "other.yaml").write_text(OTHER)
    made = translate(survey, walk, load_codebook(tmp_path / "other.yaml"))
    assert made.option[:, 0].tolist() == [0, -1]


def test_the_command_prints_the_rules_and_refuses_what_makes_no_sense(tmp_path: Path) -> None:
    run = cli("codebook", "crosswalk", "top-2025-to-materials-science")
    assert run.status == 0
    assert "no counterpart  otherwise" in run.out
    assert cli("codebook", "crosswalk", "top-2025-to-materials-science", "--save", tmp_path / "x").status == 2
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(SOUND)  # its codebooks are not shipped
    run = cli("codebook", "crosswalk", faulty)
    assert run.status == 1
    assert "thereisnocodebook'small'" in run.said
    (tmp_path / "small.yaml").write_text(SMALL_CODEBOOK)
    (tmp_path / "other.yaml").write_text(OTHER)
    run = cli(
        "codebook", "crosswalk", faulty, "--from", tmp_path / "small.yaml", "--to", tmp_path / "other.yaml"
    )
    assert run.status == 0, run.said
