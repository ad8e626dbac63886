"""Only an ordinal item that enters scores has stricter options, wherever one is called stricter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from finding import sheet
from running import cli
from tables import write_survey

from rdpscore.agreement.profiles import coder_profiles
from rdpscore.comparing.comparison import compare_surveys
from rdpscore.figures import comparison, demanded
from rdpscore.figures.heterogeneity import policy_profiles
from rdpscore.figures.look import ABSENT, HUE, KINDS, option_colour
from rdpscore.heterogeneity import measure_heterogeneity
from rdpscore.heterogeneity.kinds import Mark
from rdpscore.heterogeneity.patterns import answer_patterns
from rdpscore.report.heterogeneity import mark_sentence
from rdpscore.scoring.demanded import demands, option_counts
from rdpscore.scoring.journal import side_by_side
from rdpscore.survey import Survey, load
from rdpscore.uncertainty import standing

BOOK = """\
format: 1
id: kinds
version: "1"
title: Kinds and grades
dimensions: [{id: d, title: D}]
items:
  - {id: licence, dimension: d, title: Licence, question: Which?, level: nominal, evidence: optional,
     options: [{code: own, label: Own terms, score: 0}, {code: pd, label: Public domain, score: 1}]}
  - {id: rounds, dimension: d, title: Rounds, question: How many?, level: ordinal, scored: false, evidence: optional,
     options: [{code: "1", label: One round}, {code: "2", label: Two rounds}]}
  - {id: data, dimension: d, title: Data, question: Shared?, level: ordinal, evidence: optional,
     options: [{code: "0", label: Silent, score: 0}, {code: "1", label: Asked for, score: 0.5},
               {code: "2", label: Demanded, score: 1}]}
  - {id: code, dimension: d, title: Code, question: Shared?, level: ordinal, evidence: optional,
     applies_if: {data: ["1", "2"]},
     options: [{code: "0", label: No word on code, score: 0}, {code: "1", label: Code is welcome, score: 0.5},
               {code: "2", label: Code is demanded, score: 1}]}
schemes: [{id: equal, title: Mean}]
default_scheme: equal
"""
ITEMS = ("licence", "rounds", "data", "code")


def survey(folder: Path, **coders: dict[str, str]) -> Survey:
    """Coders' answers to `ITEMS`, journal by journal; a dash for none."""
    rows = [
        f"{journal} | {coder} | {item} | {'' if answer == '-' else answer}"
        for coder, answers in coders.items()
        for journal, given in answers.items()
        for item, answer in zip(ITEMS, given.split(), strict=True)
    ]
    names = dict.fromkeys(j for answers in coders.values() for j in answers)
    journals = sheet("journal_id | title | publisher", *(f"{j} | {j.upper()} | P{j}" for j in names))
    meta = f'format: 1\nid: {folder.name}\ntitle: Kinds\ncodebook: {{id: kinds, version: "1"}}\n'
    codings = sheet("journal_id | coder | item | answer", *rows)
    return load(write_survey(folder, BOOK, meta, journals=journals, codings=codings))


@pytest.fixture
def two(tmp_path: Path) -> tuple[Survey, Survey]:
    """The same two journals; the second survey has the later option of every item of the first journal."""
    first = survey(tmp_path / "first", c1={"a": "own 1 1 1", "b": "own 2 2 2"})
    return first, survey(tmp_path / "second", c1={"a": "pd 2 2 2", "b": "own 2 2 2"})


def test_items_without_grades_that_score_have_no_order(two: tuple[Survey, Survey]) -> None:
    items = two[0].codebook.items
    assert [i.ordered for i in items] == [False, False, True, True]
    assert [i.strictness(1) for i in items] == [None, None, 0.5, 0.5]
    assert items[2].strictness(-1) is None


def test_demands_leave_them_out_and_their_options_are_kinds(two: tuple[Survey, Survey]) -> None:
    assert list(demands(two[0]).items["item"]) == ["data", "code"]
    found = option_counts(two[0])
    assert set(found.loc[found["strictness"].isna(), "item"]) == {"licence", "rounds"}
    assert list(found.loc[found["item"] == "licence", "answer"]) == ["own", "pd"]
    assert list(found.loc[found["item"] == "data", "answer"]) == ["2", "1", "0"]
    bars = demanded.item_answers(two[0]).draw().data
    colours = {y: c for bar in bars[:1] for y, c in zip(bar.y, bar.marker.color, strict=True)}
    assert sorted(colours.values()) == sorted([KINDS[0]] * 2 + [HUE[4]] * 2)


def test_journals_side_by_side_show_no_grade_of_them(two: tuple[Survey, Survey]) -> None:
    found = side_by_side(two[0], ["a", "b"]).set_index(["item", "journal_id"])["strictness"]
    assert found.loc[["licence", "rounds"]].isna().all()
    assert found.loc["data"].tolist() == [0.5, 1.0]


def test_two_surveys_differ_on_them_without_a_direction(two: tuple[Survey, Survey]) -> None:
    pair = compare_surveys(*two, resamples=0).pairs[0]
    assert pair.counts == {"n": 8, "same": 4, "stricter": 2, "looser": 0, "other": 2}
    rows = pair.items.set_index("item")
    assert rows["other"].to_dict() == {"licence": 1, "rounds": 1, "data": 0, "code": 0}
    assert rows.loc["licence", "mean_shift"] == 0.5
    chart = comparison.distributions(pair)
    assert "kinds without an order" in chart.marks
    drawn = {bar.hovertemplate.split("<br>")[1].split(":")[0]: bar.marker.color for bar in chart.draw().data}
    assert (drawn["Own terms"], drawn["Public domain"], drawn["Demanded"]) == (KINDS[0], KINDS[1], HUE[4])


def test_the_parts_of_a_bar_stand_one_after_the_other(two: tuple[Survey, Survey]) -> None:
    bars = comparison.distributions(compare_surveys(*two, resamples=0).pairs[0]).draw().data
    parts = [
        (b.base[0] if isinstance(b.base, tuple) else b.base, b.x[0])
        for b in bars
        if "Data, A" in b.hovertemplate
    ]
    assert parts == [(0.0, 0.5), (0.5, 0.5)]


def test_kinds_of_policies_are_ordered_by_grades_only(tmp_path: Path) -> None:
    found = answer_patterns(survey(tmp_path / "s", c1={"a": "pd 2 0 0", "b": "own 1 2 2", "c": "pd 2 - -"}))
    told = {tuple(o): s for o, s in zip(found.option.tolist(), found.strictness.tolist(), strict=True)}
    assert (told[1, 1, 0, 0], told[0, 0, 2, 2]) == (0.0, 1.0)
    assert np.isnan(told[1, 1, -1, -1])


def test_a_profile_is_not_stricter_on_kinds() -> None:
    mark = Mark("licence", "Licence", 0.5, "Public domain", 9, 10, "Public domain", 4, 10, False)
    assert mark_sentence(mark) == "Licence: public domain (9 of 10); elsewhere public domain (4 of 10)"
    graded = Mark("data", "Data", 0.5, "Demanded", 9, 10, "Demanded", 4, 10, True)
    assert "stricter on the whole than elsewhere" in mark_sentence(graded)


def test_the_profiles_chart_shows_kinds_in_grey(tmp_path: Path) -> None:
    made = survey(tmp_path / "s", c1={"a": "pd 2 0 0", "b": "own 1 2 2"})
    chart = policy_profiles(made, measure_heterogeneity(made, with_profiles=True, n_resamples=50))
    graded, kinds = chart.draw().data
    assert "grey: options without an order" in chart.marks
    assert {c for _, c in kinds.colorscale} == {ABSENT}
    assert np.isfinite(np.array(graded.z, float)).sum() == np.isfinite(np.array(kinds.z, float)).sum() == 4


def test_a_coder_is_not_stricter_by_another_kind(tmp_path: Path) -> None:
    made = survey(
        tmp_path / "s", c1={"a": "pd 2 1 1", "b": "pd 2 2 1"}, c2={"a": "own 1 1 1", "b": "own 1 2 1"}
    )
    assert [p.strictness for p in coder_profiles(made)] == [0.0, 0.0]
    made = survey(tmp_path / "t", c1={"a": "own 1 2 1"}, c2={"a": "own 1 1 1"})
    assert [p.strictness for p in coder_profiles(made)] == [0.25, -0.25]


def test_an_answer_against_its_condition_is_no_reason_for_advice(tmp_path: Path) -> None:
    made = survey(tmp_path / "s", c1={"a": "own 1 0 1", "b": "pd 2 2 2", "c": "pd 2 2 2"})
    row = standing(made, "a").items.set_index("item").loc["code"]
    assert (row["state"], bool(row["applies"]), row["n_stricter_all"]) == ("answered", False, 0)
    said = cli("advise", "a", tmp_path / "s").out
    assert "Does not apply to this journal: Code" in said
    assert "Stricter options exist" not in said
    assert "Without an order of strictness: Licence, Rounds" in said
    assert "Public domain" not in said
    assert "Two rounds" not in said


def test_colours_of_options() -> None:
    assert [option_colour(s, 0) for s in (0.0, 0.2, 0.5, 1.0)] == [ABSENT, HUE[0], HUE[2], HUE[4]]
    assert [option_colour(None, n) for n in (1, 7)] == [KINDS[1], KINDS[1]]
