"""Published figures: those of the shipped survey, how numbers compare, what a bad published.yaml ends in."""

from __future__ import annotations

import json
import shutil
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
import yaml
from finding import sheet
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import write_survey

from rdpscore.computed import Undefined
from rdpscore.computed.counts import (
    attribute_statistic,
    n_codings,
    n_journals,
    n_overlap,
    n_publishers,
    percent,
    share,
)
from rdpscore.computed.groups import association, correlation, difference, group_test
from rdpscore.computed.scores import consistency, mean_score
from rdpscore.problems import InvalidInput, Problem
from rdpscore.reproduction import Comparison, Reproduction, equal_as_printed, reproduce, summary
from rdpscore.survey import Survey, load

# The shipped survey ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(shipped: Survey) -> Reproduction:
    return reproduce(shipped)


@pytest.fixture(scope="module")
def by_id(published: Reproduction) -> dict[str, Comparison]:
    return {c.figure: c for c in published.comparisons}


@pytest.fixture(scope="module")
def printed(reference: Path) -> dict[str, str]:
    """Key path → number as it stands in the reference's file, text and all."""
    text = (reference / "materials-science" / "published.json").read_text(encoding="utf-8")
    return dict(leaves(json.loads(text, parse_float=Number, parse_int=Number)))


class Number(str):
    """A number of a JSON file, as it is written there."""


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Key paths and numbers of a JSON tree."""
    if isinstance(value, Number):
        yield path, str(value)
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from leaves(child, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for i, child in enumerate(value):
            yield from leaves(child, f"{path}.{i}")


def test_the_figures_are_the_numbers_of_the_reference(
    by_id: dict[str, Comparison], printed: dict[str, str]
) -> None:
    assert {c.figure: c.printed for c in by_id.values()} == printed


@pytest.mark.parametrize(
    ("group", "n"),
    [
        ("journals", 1),
        ("publishers", 1),
        ("journals_per_publisher", 17),
        ("answer_shares", 22),
        ("publisher_mean_score", 17),
        ("publisher_consistency", 17),
        ("publisher_consistency_vs_mean_score", 3),
        ("impact_vs_score", 3),
        ("impact_vs_score_without_impact_75_and_above", 3),
        ("access_vs_score", 9),
        ("society_vs_publisher_mean_score", 4),
    ],
)
def test_every_figure_of_the_study_is_equal(by_id: dict[str, Comparison], group: str, n: int) -> None:
    found = [c for f, c in by_id.items() if f == group or f.startswith(f"{group}.")]
    assert len(found) == n
    assert all(c.equal for c in found)


def test_no_figure_of_the_shipped_survey_differs(published: Reproduction) -> None:
    counts = summary(published.comparisons)
    assert counts == {"equal": 97, "different": 0, "not computed": 0}


def test_the_study_left_two_journals_out_that_have_an_impact(shipped: Survey) -> None:
    """The reference's note; with them r is another, so the match is no accident of rounding."""
    assert correlation(shipped, attribute="impact", statistic="n") == 170
    r = correlation(shipped, attribute="impact", scheme="published")
    assert r is not None
    assert not equal_as_printed(r, "0.1747")
    left = {"journal_id": ["chemistry-a-european-journal", "batteries-and-supercaps"]}
    r = correlation(shipped, attribute="impact", scheme="published", without=left)
    assert r is not None
    assert equal_as_printed(r, "0.1747")


def test_the_consistency_of_the_whole_survey_is_that_of_the_study(shipped: Survey) -> None:
    """2,087 of 2,737 answers on the 161 journals with two or more coders (codebook_facts.md)."""
    assert consistency(shipped) == pytest.approx(2087 / 2737, abs=1e-12)


def test_the_answer_shares_of_an_item_add_up(by_id: dict[str, Comparison]) -> None:
    totals: dict[str, float] = {}
    for figure, found in by_id.items():
        if figure.startswith("answer_shares."):
            item = figure.split(".")[1]
            totals[item] = totals.get(item, 0) + float(found.ours or 0)
    assert totals == pytest.approx(dict.fromkeys(totals, 1.0))


def test_a_wrong_printed_number_is_shown_as_different(shipped: Survey, tmp_path: Path) -> None:
    assert shipped.path is not None
    folder = tmp_path / "copy"
    shutil.copytree(shipped.path, folder)
    text = (folder / "published.yaml").read_text(encoding="utf-8")
    wrong = text.replace('printed: "0.02339181"', 'printed: "0.02339182"', 1)
    (folder / "published.yaml").write_text(wrong, encoding="utf-8")
    result = reproduce(load(folder))
    (different,) = [c for c in result.comparisons if c.equal is False]
    assert (different.figure, different.printed) == ("answer_shares.rdp_exist.0", "0.02339182")
    assert different.ours == pytest.approx(4 / 171)
    assert summary(result.comparisons)["different"] == 1


def test_the_result_is_json_and_a_table(published: Reproduction) -> None:
    body = json.loads(published.to_json())["result"]
    frame = published.to_frame()
    assert len(body) == len(frame) == len(published.comparisons)
    assert frame["printed"].tolist() == [b["printed"] for b in body]
    assert all("ours" in b and "equal" in b for b in body)


# Numbers as printed ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "printed", "expected"),
    [
        (0.175, "0.175", True),
        (0.17549, "0.175", True),
        (0.17551, "0.175", False),
        (0.17451, "0.175", True),
        (0.17449, "0.175", False),
        (0.5, "0.50", True),
        (0.504, "0.50", True),
        (0.506, "0.50", False),
        (0.506, "0.5", True),
        (171, "171", True),
        (172, "171", False),
        (171.4, "171", True),
        (1.6281e-05, "1.628e-05", True),
        (1.6286e-05, "1.628e-05", False),
        (1.6281e-04, "1.628e-05", False),
        (0.00001628, "1.628e-05", True),
        (1349.0, "1.3e3", True),
        (1351.0, "1.3e3", False),
        (-0.009, "-0.009", True),
        (0.009, "-0.009", False),
        (0.0, "0.000", True),
        (0.0004, "0.000", True),
        (0.0006, "0.000", False),
        (100, "100", True),
    ],
)
def test_a_number_is_compared_at_the_printed_digits(ours: float, printed: str, expected: bool) -> None:
    assert equal_as_printed(ours, printed) is expected


@pytest.mark.parametrize(
    ("ours", "printed"),
    [(0.125, "0.12"), (0.125, "0.13"), (0.375, "0.38"), (2.5, "2"), (2.5, "3"), (0.15, "0.2"), (0.15, "0.1")],
)
def test_half_a_unit_may_have_been_rounded_either_way(ours: float, printed: str) -> None:
    """Half up, half to even, and binary fractions that lie a hair beside the half."""
    assert equal_as_printed(ours, printed)


@pytest.mark.parametrize(
    ("ours", "printed", "digits", "expected"),
    [
        (0.21221, "0.21221052631578943", {"decimals": 5}, True),
        (0.21222, "0.21221052631578943", {"decimals": 5}, False),
        (171.2, "171", {"decimals": 0}, True),
        (1.62849e-05, "1.628e-05", {"significant": 4}, True),
        (1.63e-05, "1.628e-05", {"significant": 3}, True),
        (1.64e-05, "1.628e-05", {"significant": 3}, False),
        (1249.0, "1200", {"significant": 2}, True),
        (1251.0, "1200", {"significant": 2}, False),
        (0.0004, "0.000", {"significant": 2}, True),
        (0.4, "0.000", {"significant": 2}, False),
    ],
)
def test_the_precision_of_the_comparison_can_be_given(
    ours: float, printed: str, digits: dict[str, int], expected: bool
) -> None:
    assert equal_as_printed(ours, printed, **digits) is expected


@settings(max_examples=200, deadline=None)
@given(st.floats(-1e6, 1e6), st.integers(0, 9))
def test_a_number_equals_itself_as_python_prints_it(number: float, decimals: int) -> None:
    assert equal_as_printed(number, f"{number:.{decimals}f}")
    assert equal_as_printed(number, f"{number:.{decimals}e}")


@settings(max_examples=200, deadline=None)
@given(st.integers(-(10**6), 10**6), st.integers(0, 6), st.integers(1, 50))
def test_a_number_that_is_off_by_a_unit_or_more_is_different(number: int, decimals: int, off: int) -> None:
    printed = f"{number / 10**decimals:.{decimals}f}"
    assert not equal_as_printed((number + off) / 10**decimals, printed)


# What can be computed ----------------------------------------------------------------------------------

JOURNALS = sheet(
    "journal_id | title | publisher | access_model",
    "alpha | Alpha Letters | North | open_access",
    "beta | Beta Reviews | North | hybrid",
    "gamma | Gamma Materials | South | hybrid",
    "delta | Delta Physics | South | hybrid",
)
CODINGS = """
    | journal_id | coder | item   | answer |
    |------------|-------|--------|--------|
    | alpha      | c1    | policy | yes    |
    | alpha      | c1    | data   | 2      |
    | alpha      | c1    | code   | 1      |
    | alpha      | c2    | policy | yes    |
    | alpha      | c2    | data   | 1      |
    | alpha      | c2    | code   | 1      |
    | beta       | c1    | policy | yes    |
    | beta       | c1    | data   | 1      |
    | beta       | c1    | code   | 0      |
    | beta       | c2    | policy | yes    |
    | beta       | c2    | data   | 1      |
    | beta       | c2    | code   | 0      |
    | gamma      | c1    | policy | no     |
    | delta      | c1    | policy | yes    |
    | delta      | c1    | data   | 2      |
    | delta      | c1    | code   | 0      |
"""
ADJUDICATIONS = sheet(
    "journal_id | item | answer | reason", "alpha | data | 2 | interpretation", "beta | code | 0 | wording"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two journals of two coders, one disagreement, one adjudication of wording; two of one coder."""
    return write_survey(tmp_path / "survey", journals=JOURNALS, codings=CODINGS, adjudications=ADJUDICATIONS)


@pytest.fixture
def survey(folder: Path) -> Survey:
    return load(folder)


def test_consistency_counts_wording_as_a_difference_and_leaves_single_coders_out(survey: Survey) -> None:
    """Alpha: 2 of 3 alike; beta: 3 of 3 alike, one worded in two ways; gamma and delta have one coder."""
    assert consistency(survey) == pytest.approx((2 + 2) / 6)
    assert consistency(survey, where={"access_model": "open_access"}) == pytest.approx(2 / 3)


def test_consistency_of_single_coded_journals_is_undefined(survey: Survey) -> None:
    assert consistency(survey, where={"publisher": "South"}) is None


def test_wording_counts_in_consistency_and_not_in_agreement(survey: Survey) -> None:
    from rdpscore import measure_agreement

    assert measure_agreement(survey).overall.percent == pytest.approx((1 + 0.5 + 1) / 3)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (None, 4),
        ({"publisher": "North"}, 2),
        ({"publisher": ["North", "South"]}, 4),
        ({"policy": "yes"}, 3),
        ({"data": ["1", "2"], "access_model": "hybrid"}, 2),
        ({"data": 2}, 2),
    ],
)
def test_journals_are_counted_by_attribute_item_and_list(
    survey: Survey, where: dict[str, Any] | None, expected: int
) -> None:
    assert n_journals(survey, where=where) == expected


def test_publishers_are_counted(survey: Survey) -> None:
    assert n_publishers(survey) == 2
    assert n_publishers(survey, where={"policy": "no"}) == 1


def test_a_share_is_among_those_that_are_asked_about(survey: Survey) -> None:
    assert share(survey, where={"policy": "yes"}) == 3 / 4
    assert share(survey, where={"policy": "yes"}, among={"publisher": "South"}) == 1 / 2
    assert share(survey, where={"data": "2"}, among={"policy": ["yes"], "access_model": "hybrid"}) == 1 / 2


def test_a_share_among_nobody_is_undefined(survey: Survey) -> None:
    assert share(survey, where={"policy": "yes"}, among={"data": "0"}) is None


def test_a_percentage_is_100_times_the_share(survey: Survey) -> None:
    assert percent(survey, where={"policy": "yes"}) == 75
    assert percent(survey, where={"policy": "yes"}, among={"publisher": "South"}) == 50
    assert percent(survey, where={"policy": "yes"}, among={"data": "0"}) is None


def with_impact(tmp_path: Path, *impact: str) -> Survey:
    head, _, *rows = JOURNALS.strip().splitlines()
    lines = [f"{head} impact |", "| - |", *(f"{r} {v} |" for r, v in zip(rows, impact, strict=True))]
    place = tmp_path / "with-impact"
    return load(write_survey(place, journals="\n".join(lines), codings=CODINGS))


def test_statistics_of_a_column_are_those_of_the_standard_library(tmp_path: Path) -> None:
    survey = with_impact(tmp_path, "2.5", "10", "", "4.75")
    values = [2.5, 10, 4.75]
    theirs = {
        "n": 3,
        "mean": statistics.fmean(values),
        "sd": statistics.stdev(values),
        "sd_population": statistics.pstdev(values),
        "min": 2.5,
        "max": 10,
        "median": statistics.median(values),
    }
    ours = {s: attribute_statistic(survey, attribute="impact", statistic=s) for s in theirs}  # type: ignore[arg-type]
    assert ours == pytest.approx(theirs, rel=1e-12)
    north = {"publisher": "North"}
    assert attribute_statistic(survey, attribute="impact", statistic="mean", where=north) == 6.25


def test_statistics_of_too_few_cells_are_undefined(tmp_path: Path) -> None:
    survey = with_impact(tmp_path, "2.5", "10", "", "4.75")
    one, none = {"title": "Delta Physics"}, {"title": "Gamma Materials"}
    assert attribute_statistic(survey, attribute="impact", statistic="sd", where=one) is None
    assert attribute_statistic(survey, attribute="impact", statistic="sd_population", where=one) == 0
    assert attribute_statistic(survey, attribute="impact", statistic="mean", where=none) is None
    assert attribute_statistic(survey, attribute="impact", statistic="n", where=none) == 0


def test_statistics_of_what_is_no_number_are_refused(survey: Survey) -> None:
    with pytest.raises(ValueError, match="'publisher' holds no numbers"):
        attribute_statistic(survey, attribute="publisher", statistic="mean")
    with pytest.raises(ValueError, match=r"'publishr' is no column of journals\.csv; nearest: 'publisher'"):
        attribute_statistic(survey, attribute="publishr", statistic="mean")


def test_codings_are_counted_by_answer_and_coder(survey: Survey) -> None:
    """The answers to data: c1 gave 2, 1, 2 and c2 gave 1, 1."""
    assert n_codings(survey, item="data", answer="1") == 3
    assert n_codings(survey, item="data", answer="1", coder="c2") == 2
    assert n_codings(survey, item="data", answer="2", coder="c2") == 0
    with pytest.raises(ValueError, match="'c3' is no coder"):
        n_codings(survey, item="data", answer="1", coder="c3")
    with pytest.raises(ValueError, match="'daat' is no item; nearest: 'data'"):
        n_codings(survey, item="daat", answer="1")
    with pytest.raises(ValueError, match="'other' is no round"):
        n_codings(survey, item="data", answer="1", round="other")


@pytest.mark.parametrize(
    ("coder", "arguments", "expected"),
    [
        ("c1", {}, 2),
        ("c1", {"answer": "1"}, 1),
        ("c1", {"others": "below"}, 1),
        ("c1", {"others": "equal"}, 1),
        ("c1", {"others": "above"}, 0),
        ("c1", {"others": "not_above"}, 2),
        ("c2", {"others": "above"}, 1),
        ("c2", {"others": "not_above"}, 1),
        ("c2", {"answer": "2", "others": "above"}, 0),
    ],
)
def test_an_overlap_is_where_another_coder_answered_too(
    survey: Survey, coder: str, arguments: dict[str, Any], expected: int
) -> None:
    """The answers to data: alpha 2 and 1, beta 1 and 1; gamma and delta have one coder."""
    assert n_overlap(survey, item="data", coder=coder, **arguments) == expected


def test_a_mean_score_is_of_the_journals_picked_under_the_scheme(survey: Survey) -> None:
    """Alpha 1, beta 0.5, gamma 0, delta 2/3; by dimension alpha 1, beta 0.375, gamma 0, delta 0.5."""
    assert mean_score(survey) == pytest.approx((1 + 0.5 + 0 + 2 / 3) / 4)
    assert mean_score(survey, where={"publisher": "North"}) == pytest.approx(0.75)
    assert mean_score(survey, scheme="by-dimension", where={"publisher": "North"}) == pytest.approx(
        (1 + 0.375) / 2
    )


def test_a_mean_score_of_no_journal_is_undefined(survey: Survey) -> None:
    assert mean_score(survey, where={"data": "0"}) is None


def test_a_mean_of_publishers_means_weighs_each_publisher_the_same(survey: Survey) -> None:
    """North 0.75; South 0 and 2/3. A publisher with more journals does not weigh more."""
    assert mean_score(survey, unit="publisher") == pytest.approx((0.75 + 1 / 3) / 2)
    picked = {"journal_id": ["alpha", "gamma", "delta"]}
    assert mean_score(survey, unit="publisher", where=picked) == pytest.approx((1 + 1 / 3) / 2)
    assert mean_score(survey, where=picked) == pytest.approx((1 + 0 + 2 / 3) / 3)


def test_a_difference_is_that_of_the_means(survey: Survey) -> None:
    """Open access: alpha 1; hybrid 0.5, 0, 2/3."""
    of: dict[str, Any] = {"access_model": "open_access"}
    assert difference(survey, of=of) == pytest.approx(1 - (0.5 + 0 + 2 / 3) / 3)
    assert difference(survey, of=of, statistic="n") == 4
    with pytest.raises(Undefined, match="nothing varies"):
        difference(survey, of=of, without={"journal_id": "alpha"})
    plain = difference(survey, of=of, clustered=False, statistic="p")
    expected = scipy.stats.ttest_ind([1], [0.5, 0, 2 / 3]).pvalue
    assert plain == pytest.approx(expected)


def test_a_test_of_groups_and_of_two_classifications_is_scipys(survey: Survey) -> None:
    groups = [1.0, 0.5], [0.0, 2 / 3]
    assert group_test(survey, attribute="publisher") == pytest.approx(scipy.stats.f_oneway(*groups).statistic)
    assert group_test(survey, attribute="publisher", test="kruskal_wallis", statistic="p") == pytest.approx(
        scipy.stats.kruskal(*groups).pvalue
    )
    # data: alpha 2, beta 1, delta 2; gamma has no answer and takes no part
    assert group_test(survey, attribute="data", statistic="n") == 3
    assert association(survey, attribute="data", by="publisher", statistic="n") == 3
    expected = scipy.stats.fisher_exact([[1, 2], [0, 1]]).pvalue
    assert association(
        survey, attribute="policy", by="access_model", test="fisher", statistic="p"
    ) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("compute", "what"),
    [
        ({"name": "correlation", "attribute": "impct"}, "'impct' is no column of journals.csv"),
        ({"name": "correlation", "attribute": "access_model"}, "no column of numbers: 'open_access'"),
        ({"name": "group_test", "attribute": "polcy"}, "nor an item; nearest: 'policy'"),
        ({"name": "group_test", "attribute": "access_model", "unit": "publisher"}, "differs between journals of North"),
        ({"name": "group_test", "attribute": "publisher", "test": "u"}, "test"),
        ({"name": "correlation", "attribute": "publisher", "below": {"policy": 3}}, "'policy' is no column"),
        ({"name": "group_test", "attribute": "publisher", "first": "Nort"}, "no group of publisher; nearest: 'North'"),
        ({"name": "difference"}, "of"),
        ({"name": "difference", "of": {"policy": "maybe"}}, "no option of policy"),
        ({"name": "correlation", "attribute": "publisher", "below": {"imp": 3}}, "'imp' is no column"),
    ],
)  # fmt: skip
def test_a_test_that_cannot_be_is_a_problem_of_its_figure(
    folder: Path, compute: dict[str, Any], what: str
) -> None:
    publish(folder, {"compute": compute, "figure": "some.figure", "printed": "1"})
    (problem,) = faults(folder)
    assert what in problem.what


# published.yaml ----------------------------------------------------------------------------------------


def publish(folder: Path, *figures: dict[str, Any]) -> None:
    """Write published.yaml, the figures first."""
    content = {"figures": list(figures), "format": 1, "source": {"citation": "Doe 2026"}}
    text = yaml.safe_dump(content, sort_keys=False)
    (folder / "published.yaml").write_text(text, encoding="utf-8")


def test_figures_are_computed_and_compared(folder: Path) -> None:
    publish(
        folder,
        {"figure": "n", "printed": "4", "compute": {"name": "n_journals"}},
        {"figure": "share.yes", "printed": "0.8", "compute": {"name": "share", "where": {"policy": "yes"}}},
        {
            "figure": "wrong",
            "printed": "3",
            "compute": {"name": "n_publishers"},
            "note": "They count one twice.",
        },
        {"figure": "later", "printed": "0.05", "compute": None, "pending": "needs what is not there"},
        {
            "figure": "void",
            "printed": "0.1",
            "compute": {"name": "consistency", "where": {"publisher": "South"}},
        },
    )
    result = reproduce(load(folder))
    assert [(c.figure, c.ours, c.equal, c.reason, c.note) for c in result.comparisons] == [
        ("n", 4, True, None, None),
        ("share.yes", 0.75, True, None, None),
        ("wrong", 2, False, None, "They count one twice."),
        ("later", None, None, "needs what is not there", None),
        ("void", None, None, "undefined on these data", None),
    ]
    assert summary(result.comparisons) == {"equal": 2, "different": 1, "not computed": 2}
    assert result.source.citation == "Doe 2026"


def faults(folder: Path) -> list[Problem]:
    with pytest.raises(InvalidInput) as caught:
        reproduce(load(folder))
    return list(caught.value.problems.errors)


@pytest.mark.parametrize(
    ("compute", "what"),
    [
        ({"name": "n_journal"}, "nothing to compute named 'n_journal'; nearest: 'n_journals'"),
        ({"name": "n_journals", "were": {}}, "n_journals takes no 'were'; nearest: 'where'; it takes where"),
        ({"name": "n_journals", "survey": "x"}, "n_journals takes no 'survey'"),
        (
            {"name": "n_journals", "where": {"publsher": "N"}},
            "'publsher' is neither a column of journals.csv",
        ),
        ({"name": "n_journals", "where": {"publsher": "N"}}, "nor an item; nearest: 'publisher'"),
        ({"name": "n_journals", "where": {"publisher": "Nort"}}, "no value of publisher; nearest: 'North'"),
        ({"name": "n_journals", "where": {"policy": "yess"}}, "no option of policy; nearest: 'yes'"),
        ({"name": "share"}, "where"),
        ({"name": "share", "where": "policy"}, "where"),
        ({"name": "mean_score", "scheme": "equl"}, "there is no scheme 'equl'; nearest: 'equal'"),
        ({"name": "mean_score", "scheme": 3}, "scheme"),
    ],
)
def test_a_computation_that_cannot_be_is_a_problem_of_its_figure(
    folder: Path, compute: dict[str, Any], what: str
) -> None:
    publish(folder, {"compute": compute, "figure": "some.figure", "printed": "1"})
    (problem,) = faults(folder)
    assert problem.code == "bad_field"
    assert problem.place == "published.yaml, line 2"
    assert problem.what.startswith("some.figure: ")
    assert what in problem.what
    assert problem.remedy


@pytest.mark.parametrize(
    ("figure", "what"),
    [
        ({"printed": "about 3"}, "printed is no number"),
        ({"printed": "NaN"}, "printed is no number"),
        ({"printed": "Infinity"}, "printed is no number"),
        ({"printed": "1,234"}, "printed is no number"),
        ({"printed": 4}, "must be text"),
        ({"compute": None}, "either compute or, where that is null, pending"),
        ({"pending": "not yet"}, "either compute or, where that is null, pending"),
        ({"decimals": 1, "significant": 2}, "decimals or significant, not both"),
        ({"decimal": 1}, "decimal is not a field"),
        ({"decimals": -1}, "greater than or equal to 0"),
        ({"compute": {"where": {}}}, "compute.name is missing"),
    ],
)
def test_a_malformed_figure_is_a_problem_with_its_line(
    folder: Path, figure: dict[str, Any], what: str
) -> None:
    publish(folder, {"figure": "some.figure", "printed": "4", "compute": {"name": "n_journals"}} | figure)
    problem = faults(folder)[0]
    assert problem.place.startswith("published.yaml, line ")
    assert what in problem.what
    assert problem.remedy


def test_all_bad_figures_are_told_at_once(folder: Path) -> None:
    publish(
        folder,
        {"figure": "one", "printed": "1", "compute": {"name": "nothing"}},
        {"figure": "good", "printed": "4", "compute": {"name": "n_journals"}},
        {"figure": "two", "printed": "1", "compute": {"name": "n_journals", "where": {"colour": "red"}}},
    )
    assert [p.what.split(":")[0] for p in faults(folder)] == ["one", "two"]


def test_a_figure_id_that_stands_twice_is_a_problem(folder: Path) -> None:
    entry = {"figure": "n", "printed": "4", "compute": {"name": "n_journals"}}
    publish(folder, entry, entry)
    (problem,) = faults(folder)
    assert (problem.code, problem.value) == ("duplicate_id", "n")


def test_a_survey_without_published_figures_is_a_problem(folder: Path) -> None:
    (problem,) = faults(folder)
    assert problem.file == "published.yaml"
    assert "docs/reproduce.md" in problem.remedy


def test_a_survey_that_was_never_in_a_folder_has_no_published_figures(survey: Survey) -> None:
    made = Survey.from_frames(survey.codebook, survey.journals, survey.codings)
    with pytest.raises(InvalidInput):
        reproduce(made)


def test_a_survey_with_errors_reproduces_nothing(tmp_path: Path) -> None:
    rows = sheet("journal_id | coder | item | answer", "omega | c1 | policy | yes")
    folder = write_survey(tmp_path / "bad", journals=JOURNALS, codings=rows)
    publish(folder, {"figure": "n", "printed": "4", "compute": {"name": "n_journals"}})
    assert [p.code for p in faults(folder)] == ["unknown_journal"]


def test_ours_is_a_plain_number(published: Reproduction) -> None:
    assert {type(c.ours) for c in published.comparisons} == {int, float}
    assert not any(isinstance(c.ours, np.generic) for c in published.comparisons)
