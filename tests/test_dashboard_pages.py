"""Each page of the dashboard, run in this process by Streamlit's own test harness."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from dashboard import faults, opened, words
from odd_surveys import HOSTILE, ODD, hostile, large, policies
from running import cli

import rdpscore
from rdpscore.agreement.report import measure_agreement
from rdpscore.uncertainty.overall import mean_score

MINE = ("overview", "journals", "journal", "publishers")


@pytest.mark.parametrize("page", MINE)
def test_a_page_of_the_shipped_survey_opens_and_says_what_it_rests_on(page: str) -> None:
    with opened(page) as at:
        assert faults(at) == []
        assert "171 journals" in words(at)
        assert "It says nothing on practice" in words(at)
        at.run()
        assert faults(at) == []


@pytest.mark.parametrize("page", MINE)
@pytest.mark.parametrize("name", ODD)
def test_no_page_shows_an_exception_for_an_odd_survey(
    page: str, name: str, odd: Callable[[str], Path]
) -> None:
    query = {"journal": "j0", "with": ["j1", "j2"]} if page == "journal" else {}
    with opened(page, odd(name), query) as at:
        assert faults(at) == []
        assert "It says nothing on practice" in words(at)


@pytest.mark.slow
@pytest.mark.parametrize("page", MINE)
def test_no_page_shows_an_exception_for_ten_thousand_journals(
    page: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = tmp_path_factory.getbasetemp() / "large"
    folder = base if base.exists() else large(base)
    query = {"journal": "jacs-3", "with": ["nature-1"]} if page == "journal" else {}
    with opened(page, folder, query) as at:
        assert faults(at) == []
        assert "10,000 journals" in words(at)


# Filters ------------------------------------------------------------------------------------------------


def test_the_address_filters_and_the_widgets_show_it() -> None:
    query = {"publisher": ["ACS", "RSC"], "access": "hybrid", "impact": "2..10", "scheme": "published"}
    with opened("overview", None, query) as at:
        assert at.multiselect(key="filter_publisher").value == ["ACS", "RSC"]
        assert at.multiselect(key="filter_access").value == ["hybrid"]
        assert (at.number_input(key="filter_from").value, at.number_input(key="filter_to").value) == (
            2.0,
            10.0,
        )
        assert at.selectbox(key="filter_scheme").value == "published"
        assert "of 171 journals" in words(at)


def test_the_widgets_write_the_address() -> None:
    with opened("overview") as at:
        at.multiselect(key="filter_publisher").set_value(["IOP"]).run()
        assert faults(at) == []
        assert at.query_params["publisher"] in ("IOP", ["IOP"])
        assert "9 of 171 journals" in words(at)
        at.multiselect(key="filter_publisher").set_value([]).run()
        assert "publisher" not in at.query_params


def test_what_means_nothing_in_the_address_is_ignored_with_a_sentence() -> None:
    query = {"publisher": "Nobody", "impact": "ten", "scheme": "best", "kind": "journal"}
    with opened("overview", None, query) as at:
        said = " ".join(e.value for e in at.info).replace("\\", "")
        assert "No journal has the publisher “Nobody”" in said
        assert "“ten” is no range of impact" in said
        assert "no scheme “best”" in said
        assert "of 171 journals" in words(at)
        assert "publisher" not in at.query_params


@pytest.mark.parametrize("page", ["overview", "journals", "publishers"])
def test_an_empty_result_says_so(page: str) -> None:
    with opened(page, None, {"impact": "500..", "publisher": "ACS"}) as at:
        assert faults(at) == []
        assert any("No journal passes this filter" in e.value for e in at.info)
        at.button[0].click().run()
        assert "171 journals" in words(at)


# The same figures as the command line -------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"publisher": ["ACS", "RSC", "IOP", "Wiley", "MDPI"], "access": "hybrid"},
        {"scheme": "by-dimension"},
    ],
    ids=["all", "hybrid of five", "by dimension"],
)
def test_the_figures_of_the_overview_are_those_of_the_command_line(query: dict[str, str | list[str]]) -> None:
    from rdpscore.survey.filters import Filter

    listed = {k: v if isinstance(v, list) else [v] for k, v in query.items()}
    options = Filter.of_query(listed, rdpscore.load())[0].options()
    scored = cli("score", "--json", *options).json()["result"]
    without_scheme = [o for k, o in enumerate(options) if "--scheme" not in options[max(k - 1, 0) : k + 1]]
    agreed = cli("agreement", "--json", *without_scheme).json()["result"]["headlines"][1]
    with opened("overview", None, query) as at:
        shown = {m.label: m.value for m in at.metric}
    assert shown["Journals"] == f"{scored['n_journals']:,}"
    assert shown["Publishers"] == str(scored["n_publishers"])
    assert shown["Mean score"] == f"{scored['mean']:.2f}"
    assert shown["Agreement (alpha)"] == f"{agreed['value']:.2f}"


def test_the_table_of_journals_is_that_of_the_command_line() -> None:
    journals = cli("score", "--json", "--journals-only", "publisher=RSC").json()["result"]["journals"]
    with opened("journals", None, {"publisher": "RSC"}) as at:
        shown = at.dataframe[0].value
    assert shown["title"].tolist() == [j["title"] for j in journals]
    assert shown["score"].tolist() == pytest.approx([j["score"] for j in journals])


def test_the_overview_tells_the_interval_and_what_it_is_over() -> None:
    survey = rdpscore.load()
    mean, alpha = mean_score(survey), measure_agreement(survey).headlines[1]
    with opened("overview") as at:
        said = words(at)
    assert f"{mean.low:.2f} to {mean.high:.2f}, over publishers" in said
    assert f"{alpha.low:.2f} to {alpha.high:.2f}" in said
    assert f"about {mean.effective_n:.0f} independent journals" in said


# Journals -----------------------------------------------------------------------------------------------


def test_a_deep_link_shows_its_journal_whatever_the_filter() -> None:
    with opened("journal", None, {"journal": "jacs", "publisher": "RSC"}) as at:
        assert faults(at) == []
        assert "Journal of the American Chemical Society" in words(at)
        assert at.selectbox(key="journal_chosen").value == "jacs"


def test_an_unknown_journal_in_the_address_is_told() -> None:
    with opened("journal", None, {"journal": "../../etc/passwd"}) as at:
        assert faults(at) == []
        assert any("does not have" in e.value for e in at.info)


def test_what_each_coder_said_stands_beside_what_counts() -> None:
    survey = rdpscore.load()
    own = survey.codings[(survey.codings["journal_id"] == "acs-omega")]
    with opened("journal", None, {"journal": "acs-omega"}) as at:
        table = next(d.value for d in at.dataframe if "resolved_by" in d.value)
    for coder in own["coder"].unique():
        said = own[own["coder"] == coder].set_index("item")["answer"]
        labels = [survey.codebook.item(i).option(said[i]).label for i in said.index]
        assert [v for v in table[coder] if v is not None and v == v] == labels
    assert "The same passage was read differently" in set(table["reason"].dropna())


def test_up_to_three_journals_stand_beside_one() -> None:
    query = {"journal": "jacs", "with": ["nature", "acs-omega", "nothing", "polymers", "sensors"]}
    with opened("journal", None, query) as at:
        assert faults(at) == []
        assert at.multiselect(key="journal_others").value == ["nature", "acs-omega", "polymers"]
        assert "the same answer on" in words(at)


def test_the_search_finds_titles_and_publishers() -> None:
    with opened("journals") as at:
        at.text_input(key="journals_search").set_value("optica").run()
        found = at.dataframe[0].value
        assert set(found["publisher"]) == {"Optica", "Elsevier"}  # of Elsevier one title has it
        assert all(
            "optica" in f"{t} {p}".casefold() for t, p in zip(found["title"], found["publisher"], strict=True)
        )
        at.text_input(key="journals_search").set_value("no such title").run()
        assert "No journal has this" in words(at)


def test_journals_of_one_policy_share_a_row(tmp_path: Path) -> None:
    with opened("journals", policies(tmp_path / "policies")) as at:
        assert len(at.dataframe[0].value) == 9
        at.toggle(key="journals_grouped").set_value(True).run()
        assert faults(at) == []
        assert sorted(at.dataframe[0].value["n_journals"]) == [3, 3, 3]


# Publishers ---------------------------------------------------------------------------------------------


def test_a_publisher_is_set_against_the_rest() -> None:
    with opened("publishers", None, {"of": "Frontiers"}) as at:
        assert at.selectbox(key="publisher_chosen").value == "Frontiers"
        at.selectbox(key="publisher_chosen").set_value("IEEE").run()
        assert faults(at) == []
        assert any("IEEE against the rest" in s.value for s in at.subheader)


# A survey of the visitor's own --------------------------------------------------------------------------


def test_a_survey_of_ones_own_is_seen_by_no_other_session(odd: Callable[[str], Path]) -> None:
    own = rdpscore.load(odd("no_adjudications"))
    with opened("overview") as mine, opened("overview") as theirs:
        mine.session_state["own_survey"] = own
        mine.run()
        assert faults(mine) == []
        assert "only this session sees it" in words(mine)
        assert {m.label: m.value for m in mine.metric}["Journals"] == "12"
        theirs.run()
        assert {m.label: m.value for m in theirs.metric}["Journals"] == "171"
        assert "only this session sees it" not in words(theirs)
        with opened("overview") as third:
            assert "only this session sees it" not in words(third)


def test_nothing_of_a_survey_of_ones_own_enters_the_memory_of_all(
    odd: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened("overview") as at:
        import board.view

        def refuse(key: object, make: object) -> object:
            raise AssertionError(f"{key} would be seen by all")

        at.session_state["own_survey"] = rdpscore.load(odd("one_publisher"))
        monkeypatch.setattr(board.view, "_shared", refuse)
        at.run()
        assert faults(at) == []
        at.multiselect(key="filter_access").set_value(["hybrid"]).run()
        assert faults(at) == []
        assert "4 of 8 journals" in words(at)


# Hostile text -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", MINE)
def test_hostile_names_reach_no_place_that_would_run_them(page: str, tmp_path: Path) -> None:
    query = {"journal": "j0", "with": ["j1", "j2", "j5"]} if page == "journal" else {}
    with opened(page, hostile(tmp_path / "hostile"), query) as at:
        assert faults(at) == []
        html = [e.proto.body for e in at.get("html")]
        read = [
            e.value for kind in ("markdown", "subheader", "title", "caption", "info") for e in at.get(kind)
        ]
    assert not [h for h in html if "<script" in h or "<img" in h or "<b>" in h]
    assert not [m for m in read if re.search(r"(?<!\\)(<script|<img|\]\(java|\*\*bold)|\u202e", m)]
    assert max(map(len, [*html, *read])) < 4000
    assert HOSTILE["long"] not in " ".join(html)
