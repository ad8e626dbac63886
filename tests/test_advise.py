"""Where a journal stands: counts against pandas, the order, who is comparable, what the score does not tell apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from finding import sheet
from running import cli
from tables import SMALL_CODEBOOK, write_survey

from rdpscore.problems import InvalidInput
from rdpscore.survey import Survey, load
from rdpscore.uncertainty import standing

JOURNAL = "scientific-reports"


def adopted(survey: Survey) -> pd.DataFrame:
    """Resolved answers, journals by items, with the journals' facts; by pandas from the arrays' codes."""
    items = survey.codebook.closed_items
    places = [survey.codebook.item_ids.index(i.id) for i in items]
    option = pd.DataFrame(survey.resolved.option[:, places], survey.journal_ids, [i.id for i in items])
    return survey.journals.astype(object).set_index("journal_id").join(option)


def own_third(impact: pd.Series, journal: str) -> pd.Series:
    """Thirds by pandas' own quantiles."""
    third = pd.qcut(impact.astype(float), 3, labels=False)
    return third == third[journal]


def test_comparable_are_other_publishers_journals_of_the_same_access_and_third_of_impact(
    shipped: Survey,
) -> None:
    table = adopted(shipped)
    me = table.loc[JOURNAL]
    expected = table[
        (table["publisher"] != me["publisher"])
        & (table["access_model"] == me["access_model"])
        & own_third(table["impact"], JOURNAL)
    ]
    found = standing(shipped, JOURNAL)
    assert found.n_comparable == len(expected) == 19
    assert found.n_publisher == 10
    assert found.n_all == 170
    assert "other publishers" in found.comparable
    assert "open access" in found.comparable
    assert "third of impact" in found.comparable
    for row in found.items.itertuples():
        stricter = expected[row.item] > me[row.item]
        assert row.n_stricter_comparable == stricter.sum()
        assert (
            row.n_stricter_publisher
            == (table.drop(JOURNAL).query("publisher == 'Springer Nature'")[row.item] > me[row.item]).sum()
        )


def test_items_stand_by_how_common_the_stricter_practice_is_and_not_by_points(shipped: Survey) -> None:
    share = standing(shipped, "jacs").items["share_stricter"].dropna().to_numpy()
    assert len(share) > 10
    assert (np.diff(share) <= 0).all()
    points = standing(shipped, "jacs").items["score"].to_numpy()
    assert not (np.diff(points) >= 0).all()


def test_only_the_codebooks_options_and_the_surveys_journals_are_named(shipped: Survey) -> None:
    found = standing(shipped, JOURNAL)
    labels = {(i.id, o.code): o.label for i in shipped.codebook.closed_items for o in i.options}
    titles = set(shipped.journals["title"].astype(str))
    publishers = set(shipped.journals["publisher"].astype(str))
    for row in found.practices.itertuples():
        assert labels[row.item, row.code] == row.label
        assert {t for t in row.examples.split("; ") if t} <= titles
        assert {w.rpartition(" ")[0] for w in row.who.split(", ") if w} <= publishers
        assert sum(int(w.rpartition(" ")[2]) for w in row.who.split(", ") if w) == row.n_all


def test_every_practice_is_stricter_than_the_journals_own(shipped: Survey) -> None:
    own = adopted(shipped).loc[JOURNAL]
    for row in standing(shipped, JOURNAL).practices.itertuples():
        assert shipped.codebook.item(row.item).codes.index(row.code) > own[row.item]


def test_a_title_in_any_case_is_found(shipped: Survey) -> None:
    assert standing(shipped, " SCIENTIFIC reports ").journal["journal_id"] == JOURNAL


def test_an_unknown_journal_names_the_nearest(shipped: Survey) -> None:
    with pytest.raises(InvalidInput, match="nearest: 'Scientific Reports'"):
        standing(shipped, "Scientific Report")
    with pytest.raises(InvalidInput, match="nearest: 'scientific-reports'"):
        standing(shipped, "scientific-report")


def test_a_title_that_several_have_names_their_ids(tmp_path: Path) -> None:
    journals = sheet("journal_id | title | publisher", "a | Same | North", "b | Same | South")
    survey = small(tmp_path, journals, "a c1 policy yes", "b c1 policy no")
    with pytest.raises(InvalidInput, match="with this title there are a, b"):
        standing(survey, "same")


# What the score weighs, and does not tell apart -------------------------------------------------------------


def test_what_the_score_weighs_by_design_is_told(shipped: Survey) -> None:
    table = standing(shipped, JOURNAL).dimensions.set_index("dimension")
    assert table["n_items"].to_dict() == {"data": 8, "refereeing": 1, "code": 8}
    assert table["weight"].to_dict() == pytest.approx({"data": 8 / 17, "refereeing": 1 / 17, "code": 8 / 17})
    by = standing(shipped, JOURNAL, "by-dimension").dimensions.set_index("dimension")
    assert by["weight"].to_numpy() == pytest.approx(1 / 3)


def test_journals_without_a_policy_that_score_are_told_with_and_without_gating(shipped: Survey) -> None:
    """The four scores stand in the survey's own answers: sums of option scores over 17."""
    warts = standing(shipped, JOURNAL).warts
    found = warts[warts["wart"] == "scores_against_applies_if"].set_index("title")
    assert found["score_kept"].round(3).to_dict() == {
        "ChemRxiv": 0.125,
        "Journal of Asian Ceramic Societies": 0.044,
        "IOP Conference Series: Materials Science and Engineering": 0.015,
        "Molecular Crystals and Liquid Crystals": 0.015,
    }
    assert (found["score_gated"] == 0).all()


def test_encouragement_and_no_policy_are_told_to_score_alike(shipped: Survey) -> None:
    warts = standing(shipped, JOURNAL).warts.set_index("wart")
    low, none = warts.loc["lowest_answer"], warts.loc["does_not_apply"]
    assert low["item"] == none["item"] == "data_sharing"
    assert "encouraged" in low["label"]
    assert low["score_kept"] == none["score_kept"] == 0
    table = adopted(shipped)
    assert low["n"] == ((table["data_sharing"] == 0) & (table["rdp_exist"] == 1)).sum()
    assert none["n"] == ((table["data_sharing"] == 0) & (table["rdp_exist"] == 0)).sum()


# Small surveys ----------------------------------------------------------------------------------------------


def small(tmp_path: Path, journals: str, *rows: str) -> Survey:
    codings = sheet("journal_id | coder | item | answer", *(" | ".join(r.split()) for r in rows))
    return load(write_survey(tmp_path / "survey", SMALL_CODEBOOK, journals=journals, codings=codings))


def test_without_impact_and_access_all_other_publishers_are_comparable(tmp_path: Path) -> None:
    journals = sheet(
        "journal_id | title | publisher", "a | A | North", "b | B | South", "c | C | North", "d | D |"
    )
    found = standing(small(tmp_path, journals, "a c1 policy no", "b c1 policy yes", "d c1 policy yes"), "a")
    assert found.comparable == "journals of other publishers"
    assert found.n_comparable == 2
    assert found.n_publisher == 1
    first = found.items.iloc[0]
    assert (first["item"], first["n_stricter_comparable"], first["share_stricter"]) == ("policy", 2, 1.0)


def test_a_journal_without_answers_stands_against_everything_above_the_lowest(tmp_path: Path) -> None:
    journals = sheet("journal_id | title | publisher", "a | A | North", "b | B | South")
    found = standing(small(tmp_path, journals, "b c1 policy yes", "b c1 data 1"), "a")
    assert found.journal["score"] is None
    assert found.journal["rank"] is None
    row = found.items.set_index("item").loc["data"]
    assert row["answer"] is None
    assert row["n_stricter_all"] == 1
    assert cli("advise", "a", tmp_path / "survey").status == 0


def test_the_strictest_answer_has_no_stricter_one(tmp_path: Path) -> None:
    journals = sheet("journal_id | title | publisher", "a | A | North", "b | B | South")
    found = standing(
        small(tmp_path, journals, "a c1 policy yes", "a c1 data 2", "b c1 policy yes", "b c1 data 1"), "a"
    )
    row = found.items.set_index("item").loc["data"]
    assert bool(row["strictest"]) is True
    assert pd.isna(row["share_stricter"])
    assert "data" not in set(found.practices["item"])


# At the command line ----------------------------------------------------------------------------------------


def test_the_command_prints_practices_weights_and_warts() -> None:
    run = cli("advise", "ChemRxiv")
    assert run.status == 0
    for words in (
        "Stricter practices",
        "What the score weighs by design",
        "What the score does not tell apart",
    ):
        assert words in run.out
    assert "Comparable: 14 journals" in run.out
    assert max(map(len, run.out.splitlines())) <= 100


def test_the_commands_json_holds_all_tables() -> None:
    body = cli("advise", JOURNAL, "--json").json()["result"]
    assert set(body) >= {"journal", "comparable", "items", "practices", "dimensions", "warts"}
    assert len(body["items"]) == 17


def test_an_unknown_journal_is_wrong_use() -> None:
    run = cli("advise", "no-such-thing-at-all")
    assert run.status == 2
    assert "thereisnojournal" in run.said


def test_control_characters_of_a_survey_do_not_reach_the_terminal(tmp_path: Path) -> None:
    journals = sheet("journal_id | title | publisher", "a | \x1b[31mRed | North", "b | B | South")
    small(tmp_path, journals, "a c1 policy no", "b c1 policy yes")
    assert "\x1b" not in cli("advise", "a", tmp_path / "survey").out


# Items without an order, items that do not apply, blanks ---------------------------------------------------------

NOMINAL = """\
format: 1
id: nominal
version: "1"
title: Ways and sizes
dimensions: [{id: d, title: D}]
items:
  - {id: method, dimension: d, title: Method, question: How?, level: nominal, scored: false, evidence: optional,
     options: [{code: a, label: Repository}, {code: b, label: Journal hosted}, {code: c, label: On request}]}
  - {id: size, dimension: d, title: Size, question: Limit?, level: ordinal, evidence: optional,
     applies_if: {method: [b]}, options: [{code: x, label: None, score: 0}, {code: y, label: Limit, score: 1}]}
  - {id: data, dimension: d, title: Data, question: Data?, level: ordinal, evidence: optional,
     options: [{code: "0", label: Not, score: 0}, {code: "1", label: Demanded, score: 1}]}
schemes: [{id: equal, title: Mean}]
default_scheme: equal
"""


def ways(tmp_path: Path) -> Path:
    journals = sheet(
        "journal_id | title | publisher", "a | Alpha | P", "b | Beta | Q", "c | Gamma | ", "d | Delta |"
    )
    codings = sheet(
        "journal_id | coder | item | answer",
        *("a | ann | method | a", "a | ann | data | ", "b | ann | method | b", "b | ann | size | y"),
        *("b | ann | data | 1", "c | ann | method | c", "c | ann | data | 1", "d | ann | data | 1"),
    )
    meta = 'format: 1\nid: ways\ntitle: Ways\ncodebook: {id: nominal, version: "1"}\n'
    return write_survey(tmp_path / "ways", NOMINAL, meta, journals=journals, codings=codings)


def test_no_option_of_an_item_without_an_order_is_stricter(tmp_path: Path) -> None:
    found = standing(load(ways(tmp_path)), "a")
    row = found.items.set_index("item").loc["method"]
    assert (row["label"], bool(row["ordered"]), bool(row["strictest"])) == ("Repository", False, False)
    assert (row["n_stricter_all"], row["n_answered_all"]) == (0, 2)
    assert "method" not in set(found.practices["item"])


def test_nothing_is_stricter_of_an_item_that_does_not_apply(tmp_path: Path) -> None:
    found = standing(load(ways(tmp_path)), "a")
    row = found.items.set_index("item").loc["size"]
    assert (row["state"], row["n_stricter_all"]) == ("not_applicable", 0)
    assert "size" not in set(found.practices["item"])
    said = cli("advise", "a", tmp_path / "ways").out
    assert "Does not apply to this journal: Size" in said
    assert "Without an order of strictness: Method" in said


def test_a_blank_is_said_to_be_not_answered_and_journals_without_publisher_are_no_publishers(
    tmp_path: Path,
) -> None:
    said = cli("advise", "a", ways(tmp_path)).out
    assert "now: not answered" in said
    assert "nan" not in said
    assert "no publisher 2, Q 1" in said
