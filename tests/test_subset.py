"""A survey restricted to some journals, and the filter that lives in an address."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_surveys import policies
from running import cli

import rdpscore
from rdpscore.agreement.report import measure_agreement
from rdpscore.survey import Survey
from rdpscore.survey.filters import Filter, values_of
from rdpscore.survey.selection import select
from rdpscore.survey.subsets import (
    parse_conditions,
    parse_range,
    restricted,
    satisfying,
    spell_range,
    subset,
)


def test_all_tables_hold_the_same_journals(shipped: Survey) -> None:
    found = subset(shipped, select(shipped, {"publisher": "ACS"}))
    ids = set(found.journals["journal_id"])
    assert len(ids) == 15
    for name in ("codings", "adjudications"):
        table, whole = getattr(found, name), getattr(shipped, name)
        assert set(table["journal_id"]) <= ids
        assert len(table) == whole["journal_id"].isin(ids).sum()
        assert table.index.isin(whole.index).all()  # the numbers of the rows in the file


def test_policies_are_those_of_the_journals_that_stay(tmp_path: Path) -> None:
    whole = rdpscore.load(policies(tmp_path / "policies"))
    found = subset(whole, np.arange(9) < 4)
    assert found.policies is not None
    assert found.policies["policy_id"].tolist() == ["p0", "p1"]
    assert rdpscore.validate(found).problems.ok


def test_scores_of_the_journals_that_stay_are_the_same(shipped: Survey) -> None:
    whole = rdpscore.score(shipped).journals.set_index("journal_id")["score"]
    found = rdpscore.score(restricted(shipped, {"access_model": ["hybrid"]})).journals.set_index("journal_id")
    assert len(found) == (shipped.journals["access_model"] == "hybrid").sum()
    assert np.array_equal(found["score"], whole[found.index])


def test_agreement_of_a_subset_is_that_of_a_survey_of_these_journals_alone(shipped: Survey) -> None:
    part = subset(shipped, select(shipped, {"publisher": ["RSC", "MDPI", "IOP", "APS", "Wiley"]}))
    alone = Survey.from_frames(
        shipped.codebook, part.journals, part.codings, part.adjudications, meta=shipped.meta
    )
    assert measure_agreement(part).headlines == measure_agreement(alone).headlines


def test_no_journal_may_stay_and_all_may(shipped: Survey) -> None:
    n = len(shipped.journal_ids)
    assert len(subset(shipped, np.zeros(n, bool)).journals) == 0
    assert len(subset(shipped, np.ones(n, bool)).codings) == len(shipped.codings)
    assert restricted(shipped, {}) is shipped


def test_a_mask_of_another_length_is_refused(shipped: Survey) -> None:
    with pytest.raises(ValueError, match="a mask of 171 journals"):
        subset(shipped, np.ones(3, bool))


def test_the_settings_say_what_the_journals_were_chosen_by(shipped: Survey) -> None:
    found = restricted(shipped, {"publisher": ["ACS"], "impact": (2.0, None)})
    said = rdpscore.score(found).settings["journals_only"]
    assert said == {"publisher": ["ACS"], "impact": [2.0, None]}
    again = restricted(found, {"access_model": ["hybrid"]})
    assert set(again.settings["journals_only"]) == {"publisher", "impact", "access_model"}
    assert "journals_only" not in shipped.settings


def test_a_range_leaves_out_journals_whose_number_is_not_recorded(folder: Path) -> None:
    survey = rdpscore.load(folder)  # impact 2.5, 10, and none
    assert satisfying(survey, {"impact": (0.0, None)}).tolist() == [True, True, False]
    assert satisfying(survey, {"impact": (2.5, 9.9)}).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("text", "bounds"),
    [("2..10", (2.0, 10.0)), ("..10", (None, 10.0)), ("2.5..", (2.5, None)), ("3..3", (3, 3))],
)
def test_a_range_is_read_and_spelled(text: str, bounds: tuple[float | None, float | None]) -> None:
    assert parse_range(text) == bounds
    assert parse_range(spell_range(bounds)) == bounds


@pytest.mark.parametrize("text", ["", "..", "2", "10..2", "a..b", "1..2..3", "nan..1", "..inf"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"range|begins"):
        parse_range(text)


def test_conditions_of_the_command_line(shipped: Survey) -> None:
    texts = ["publisher=ACS,RSC", "publisher=IOP", "impact=2..", "data_sharing=4"]
    assert parse_conditions(shipped, texts) == {
        "publisher": ["ACS", "RSC", "IOP"],
        "impact": (2.0, None),
        "data_sharing": ["4"],
    }


@pytest.mark.parametrize(
    "text", ["publisher", "=ACS", "publisher=", "impact=10..2", "publisher=Nobody", "colour=red"]
)
def test_a_condition_that_is_none_is_wrong_use(text: str) -> None:
    found = cli("score", "--journals-only", text)
    assert found.status == 2
    assert "--journals-only" in found.said


def test_no_journal_left_is_wrong_use() -> None:
    assert "nojournalsatisfiesallofit" in cli("score", "--journals-only", "impact=5000..").said


def test_an_error_in_a_journal_that_is_left_out_is_still_one(folder: Path) -> None:
    with (folder / "codings.csv").open("a", encoding="utf-8") as stream:
        stream.write("gamma,c2,policy,maybe\n")
    assert cli("score", folder, "--journals-only", "publisher=North").status == 1


@pytest.mark.parametrize("command", ["score", "agreement"])
def test_the_commands_take_the_same_option(command: str) -> None:
    found = cli(command, "--json", "--journals-only", "publisher=RSC,ACS")
    assert found.status == 0
    assert found.json()["settings"]["journals_only"] == {"publisher": ["RSC", "ACS"]}


# The filter in an address -------------------------------------------------------------------------------

SHIPPED = rdpscore.load()


@settings(max_examples=60, deadline=None)
@given(
    publisher=st.lists(st.sampled_from(values_of(SHIPPED, "publisher")), unique=True, max_size=4),
    access=st.lists(st.sampled_from(values_of(SHIPPED, "access_model")), unique=True),
    kind=st.lists(st.sampled_from(values_of(SHIPPED, "kind")), unique=True),
    ends=st.none() | st.tuples(st.none() | st.integers(0, 20), st.none() | st.integers(21, 90)),
    scheme=st.none() | st.sampled_from(["published", "by-dimension"]),
)
def test_a_filter_survives_its_address_and_is_that_of_the_command_line(
    publisher: list[str],
    access: list[str],
    kind: list[str],
    ends: tuple[float | None, float | None] | None,
    scheme: str | None,
) -> None:
    impact = None if ends is None or ends == (None, None) else ends
    made = Filter(tuple(publisher), tuple(access), tuple(kind), impact, scheme)
    again, said = Filter.of_query(made.to_query(), SHIPPED)
    assert (again, said) == (made, [])
    options = made.options()
    texts = [o for k, o in enumerate(options) if k and options[k - 1] == "--journals-only"]
    ids = made.apply(SHIPPED).journals["journal_id"].tolist()
    assert restricted(SHIPPED, parse_conditions(SHIPPED, texts)).journals["journal_id"].tolist() == ids


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["publisher", "access", "kind", "impact", "scheme", "x"]), st.lists(st.text())
    )
)
def test_no_address_breaks_the_filter(query: dict[str, list[str]]) -> None:
    found, said = Filter.of_query(query, SHIPPED)
    found.apply(SHIPPED)
    assert all(s.endswith((".", "used.")) for s in said)


def test_the_default_scheme_is_no_filter(shipped: Survey) -> None:
    assert Filter.of_query({"scheme": [shipped.codebook.default_scheme]}, shipped)[0] == Filter()
