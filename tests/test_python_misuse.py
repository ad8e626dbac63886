"""Calls from Python that look right and are not: each has the right result, or an error at the call that helps."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_type_hints

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rdpscore
from rdpscore.agreement.coefficients import krippendorff_alpha
from rdpscore.agreement.interval import alpha_interval
from rdpscore.agreement.panels import panel
from rdpscore.arguments import Count, checked
from rdpscore.codebook import Scheme, load_scheme
from rdpscore.codebook.models import SchemeFile
from rdpscore.figures.behind import item_contributions
from rdpscore.heterogeneity import profiles
from rdpscore.inference.clustering import clusters_of
from rdpscore.predictors import (
    checked_regress,
    model_frame,
    naive,
    predict,
)
from rdpscore.problems import InvalidInput
from rdpscore.scoring import compare
from rdpscore.scoring.scored_rows import resolved_rows
from rdpscore.survey import Survey
from rdpscore.survey.selection import select
from rdpscore.survey.subsets import (
    parse_conditions,
    restricted,
    satisfying,
    subset,
)
from rdpscore.uncertainty import Assumptions, lone_coders, structure
from rdpscore.uncertainty.doubted import model
from rdpscore.uncertainty.rank_moves import moves

ERRORS = (TypeError, ValueError)

Call = Callable[[Survey], Any]


# What every room takes -----------------------------------------------------------------------------------

REFUSED: dict[str, tuple[Call, str]] = {
    # something else for a survey
    "a name for a survey": (
        lambda s: rdpscore.score("materials-science"),
        r"rdpscore\.load\('materials-science'\)",
    ),
    "a path for a survey": (lambda s: rdpscore.score(Path("data")), r"rdpscore\.load\('data'\)"),
    "a frame for a survey": (lambda s: rdpscore.measure_agreement(s.journals), "survey is a DataFrame"),
    "a scheme before the survey": (lambda s: rdpscore.score("equal", s), "survey is a str"),
    "coders before the survey": (lambda s: rdpscore.assign(["anna"], s), "survey is a list"),
    "a journal before the survey": (lambda s: rdpscore.standing("nature", s), "survey is a str"),
    "a survey for a journal": (lambda s: rdpscore.standing(s, s), "journal is a Survey"),
    "conditions before the survey": (lambda s: restricted({"publisher": "ACS"}, s), "survey is a dict"),
    "a mask before the survey": (lambda s: subset(np.ones(171, bool), s), "survey is a ndarray"),
    "surveys as one list": (lambda s: rdpscore.compare_surveys([s, s]), "surveys is a list"),
    "surveys for folders": (lambda s: rdpscore.merge("x", [s, s]), "must be a str or a Path"),
    "folders before the target": (lambda s: rdpscore.merge(["a", "b"], "x"), "out is a list"),
    "a folder before the survey": (lambda s: rdpscore.save("folder", s), "survey is a str"),
    "a survey for a folder": (lambda s: rdpscore.save(s, s), "folder is a Survey"),
    "a survey for a codebook": (rdpscore.load_codebook, "name is a Survey"),
    "a number for a survey": (lambda s: rdpscore.validate(5), r"survey is an int \(5\)"),
    "a name for a codebook": (lambda s: Survey.from_frames("small", *two(s)), "load_codebook"),
    "frames in another order": (lambda s: Survey.from_frames(*two(s), s.codebook), "codebook is a DataFrame"),
    "codings for journals": (
        lambda s: Survey.from_frames(s.codebook, s.codings, s.journals),
        "column 'title'",
    ),
    "a dict for a frame": (lambda s: Survey.from_frames(s.codebook, {}, s.codings), "journals is a dict"),
    "a table that there is not": (
        lambda s: Survey.from_frames(s.codebook, *two(s), assignment=s.codings),
        "nearest: 'assignments'",
    ),
    # one of a few
    "a misspelt cluster": (
        lambda s: rdpscore.measure_agreement(s, cluster="publishers"),
        "nearest: 'publisher'",
    ),
    "a misspelt method": (lambda s: rdpscore.measure_agreement(s, method="jacknife"), "nearest: 'jackknife'"),
    "a misspelt rule on zeros": (lambda s: rdpscore.regress(s, zeros="leave"), "nearest: 'leave_out'"),
    "a misspelt depth": (lambda s: rdpscore.robustness(s, depth="ful"), "nearest: 'full'"),
    "a misspelt check": (lambda s: checked_regress(s, checks=["robusst"]), "nearest: 'robust'"),
    "a misspelt source": (lambda s: rdpscore.measure_uncertainty(s, sources=("coders",)), "nearest: 'coder'"),
    "a misspelt assumption": (lambda s: Assumptions(aggregation="geometrc"), "nearest: 'geometric'"),
    "a misspelt argument": (
        lambda s: rdpscore.measure_agreement(s, clusters="policy"),
        r"agreement\(\).*'clusters'",
    ),
    # names
    "a misspelt scheme": (lambda s: rdpscore.score(s, "eqal"), "nearest: 'equal'"),
    "a number for a scheme": (lambda s: rdpscore.score(s, 5), r"scheme is an int \(5\)"),
    "a misspelt column": (lambda s: rdpscore.measure_heterogeneity(s, by="publishr"), "nearest: 'publisher'"),
    "a misspelt group": (lambda s: clusters_of(s, "acess_model"), "nearest: 'access_model'"),
    "a misspelt attribute": (lambda s: s.attribute("impct"), "nearest: 'impact'"),
    "a misspelt item": (lambda s: s.codebook.item("data_shring"), "nearest: 'data_sharing'"),
    "a misspelt option": (lambda s: s.codebook.item("rdp_exist").option("11"), "has no option '11'"),
    "a misspelt term": (lambda s: model_frame(s).term("log2(impct)"), r"nearest: 'log2\(impact\)'"),
    "a misspelt predictor": (lambda s: model_frame(s).predictor("acess_model"), "nearest: 'access_model'"),
    "a misspelt item of many": (
        lambda s: rdpscore.regress(s, items="data_shring"),
        "nearest: 'data_sharing'",
    ),
    "a misspelt journal of many": (lambda s: rdpscore.sensitivity(s, journals="natur"), "nearest: 'nature'"),
    # numbers and truths
    "no draws": (lambda s: rdpscore.spread(s, n_draws=0), "n_draws is 0; it must be 1 or more"),
    "draws that are no number": (
        lambda s: rdpscore.measure_uncertainty(s, n_draws="100"),
        "must be a whole number",
    ),
    "half a draw": (lambda s: rdpscore.spread(s, n_draws=0.5), "must be a whole number"),
    "a word for a truth": (lambda s: rdpscore.spread(s, possible="false"), "must be True or False"),
    # conditions
    "text for conditions": (lambda s: restricted(s, "publisher=ACS"), r"\{name: value\}"),
    "texts for conditions": (lambda s: restricted(s, ["publisher=ACS"]), r"\{name: value\}"),
    "text for where": (lambda s: rdpscore.regress(s, where="publisher=ACS"), r"\{name: value\}"),
    "an unknown name": (lambda s: restricted(s, {"publsher": "ACS"}), "nearest: 'publisher'"),
    "an unknown value": (lambda s: restricted(s, {"publisher": "AC"}), "nearest: 'ACS'"),
    "an unknown value of many": (lambda s: restricted(s, {"publisher": {"ACS", "RSCC"}}), "nearest: 'RSC'"),
    "an unknown option": (lambda s: restricted(s, {"data_sharing": 77}), "'77' is no option of data_sharing"),
    "a value that is none": (lambda s: restricted(s, {"publisher": None}), "None is no value"),
    "values that are none": (lambda s: restricted(s, {"publisher": ["ACS", np.nan]}), "nan is no value"),
    "lists in a list": (lambda s: restricted(s, {"publisher": [["ACS"]]}), "is no value"),
    "a mapping of values": (lambda s: restricted(s, {"publisher": {"ACS": True}}), "a value or a list"),
    "a range of text": (lambda s: restricted(s, {"publisher": (1, 2)}), "no column of numbers"),
    "a range from its end": (lambda s: restricted(s, {"impact": (10, 2)}), "begins above its end"),
    "a range without an end": (lambda s: restricted(s, {"impact": (np.nan, 2)}), r"\(low, high\)"),
    "a range in words": (lambda s: restricted(s, {"impact": ("2", "10")}), r"\(low, high\)"),
    "Python's range": (lambda s: restricted(s, {"impact": range(2, 10)}), r"\(low, high\)"),
    # arrays of other journals
    "outcomes of other rows": (
        lambda s: model_frame(s).with_outcome(pd.Series(np.arange(171.0))),
        "says nothing of journals",
    ),
    "a mask of positions": (lambda s: model_frame(s).subset([0, 1, 2]), "a mask of 171 journals"),
    "ratings of sorted units": (
        lambda s: alpha_interval(
            pd.DataFrame([[1, 1], [1, 2], [2, 2]]),
            [1, 2],
            clusters=pd.Series(["a", "b", "c"], index=[2, 1, 0]),
        ),
        "the rows of clusters",
    ),
    "a cluster that is missing": (
        lambda s: alpha_interval([[1, 1], [1, 2]], [1, 2], clusters=["a", None]),
        "a cluster is missing",
    ),
    "text for categories": (lambda s: krippendorff_alpha([["a", "b"]], "ab"), "categories are a list"),
    "a panel of a sorted table": (
        lambda s: panel(s, journals=rdpscore.score(s).journals["score"] > 0.5),
        "says nothing of journals",
    ),
    "a panel of a misspelt item": (lambda s: panel(s, items="data_shring"), "nearest: 'data_sharing'"),
    "a panel of a misspelt round": (lambda s: panel(s, round="mian"), "nearest: 'main'"),
    "columns of different frames": (
        lambda s: naive(s.attribute("impact"), s.attribute("impact").sort_values()),
        "the rows of predictor",
    ),
    "an outcome that is sorted": (
        lambda s: predict(
            s.attribute("impact").sort_values(), pd.DataFrame({"x": s.attribute("impact")}), [0] * 171
        ),
        "the rows of predictors",
    ),
}


def two(survey: Survey) -> tuple[Any, Any]:
    return survey.journals, survey.codings


@pytest.mark.parametrize("case", REFUSED)
def test_a_slip_is_told_at_the_call(shipped: Survey, case: str) -> None:
    call, words = REFUSED[case]
    with pytest.raises(ERRORS, match=words) as caught:
        call(shipped)
    assert "\n" not in str(caught.value)


SAME: dict[str, tuple[Call, Call]] = {
    "one coder of one": (
        lambda s: rdpscore.assign(s, "anna", per_journal=1).table.to_dict(),
        lambda s: rdpscore.assign(s, ["anna"], per_journal=1).table.to_dict(),
    ),
    "one source": (
        lambda s: rdpscore.measure_uncertainty(s, sources="coder", n_draws=50).journals.to_dict(),
        lambda s: rdpscore.measure_uncertainty(s, sources=("coder",), n_draws=50).journals.to_dict(),
    ),
    "draws in scientific notation": (
        lambda s: rdpscore.spread(s, n_draws=1e2).to_json(),
        lambda s: rdpscore.spread(s, n_draws=100).to_json(),
    ),
    "numpy's number of draws": (
        lambda s: rdpscore.spread(s, n_draws=np.int64(100)).to_json(),
        lambda s: rdpscore.spread(s, n_draws=100).to_json(),
    ),
    "schemes of an index": (
        lambda s: compare(s, pd.Index(["equal", "published"])).to_json(),
        lambda s: compare(s, ["equal", "published"]).to_json(),
    ),
    "a scheme by its name": (
        lambda s: structure(s, "published").body(),
        lambda s: structure(s, s.codebook.scheme("published")).body(),
    ),
    "one rule of an assumption": (
        lambda s: Assumptions(aggregation="geometric"),
        lambda s: Assumptions(aggregation=("geometric",)),
    ),
    "one condition of the command line": (
        lambda s: parse_conditions(s, "publisher=ACS,RSC"),
        lambda s: parse_conditions(s, ["publisher=ACS,RSC"]),
    ),
    "one item": (
        lambda s: rdpscore.regress(s, "score ~ impact", items="data_sharing", n_draws=99).to_json(),
        lambda s: rdpscore.regress(s, "score ~ impact", items=["data_sharing"], n_draws=99).to_json(),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_plain_means_the_same(shipped: Survey, case: str) -> None:
    plain, proper = SAME[case]
    assert plain(shipped) == proper(shipped)


SURVEY_FIRST = [
    name
    for name in rdpscore.__all__
    if name != "validate"
    and callable(getattr(rdpscore, name))
    and inspect.isfunction(getattr(rdpscore, name))
    and next(iter(inspect.signature(getattr(rdpscore, name)).parameters.values())).annotation == "Survey"
]


@pytest.mark.parametrize("name", SURVEY_FIRST)
def test_no_public_function_takes_anything_for_a_survey(name: str) -> None:
    function = getattr(rdpscore, name)
    rest = [None] * sum(
        p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD
        for p in list(inspect.signature(function).parameters.values())[1:]
    )
    for wrong in ("materials-science", Path("data"), pd.DataFrame(), None, 5):
        with pytest.raises(TypeError, match="must be a Survey"):
            function(wrong, *rest)


@pytest.mark.parametrize("call", [profiles, lone_coders, item_contributions, structure, model_frame])
def test_nor_do_the_rooms(call: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match=r"rdpscore\.load\('x'\) makes one"):
        call("x")


def test_all_annotations_that_are_checked_can_be_read() -> None:
    found = 0
    for module in pkgutil.walk_packages(rdpscore.__path__, "rdpscore."):
        if "__main__" in module.name or "_shipped" in module.name:
            continue
        for function in vars(importlib.import_module(module.name)).values():
            whole = getattr(function, "__wrapped__", None)
            if getattr(function, "__module__", "") == module.name and all(
                map(inspect.isfunction, (function, whole))
            ):
                given = {k: v for k, v in inspect.get_annotations(whole).items() if k != "return"}
                get_type_hints(SimpleNamespace(__annotations__=given), whole.__globals__)
                found += 1
    assert found > 35


def test_the_check_knows_what_may_be_and_what_may_not() -> None:
    @checked
    def call(
        n: Count, share: float, names: tuple[str, ...] = (), *, sure: bool = False, path: Path | None = None
    ) -> Any:
        return n, share, names, sure, path

    assert call(3.0, 1, "abc", sure=np.True_) == (3, 1.0, ("abc",), True, None)
    assert call(np.int8(3), np.float32(0.5), {"b", "a"})[1:3] == (0.5, ("a", "b"))
    assert call(1, 0.5, pd.Series(["x", "y"]))[2] == ("x", "y")
    assert call(1, 0.5, (n for n in "xy"))[2] == ("x", "y")
    assert call.__name__ == "call"
    for wrong in (
        (0, 1.0),
        (True, 1.0),
        ("3", 1.0),
        (1, None),
        (1, 1.0, [3]),
        (1, 1.0, {"a": 1}),
        (float("inf"), 1.0),
    ):
        with pytest.raises(ERRORS):
            call(*wrong)
    with pytest.raises(TypeError, match="path is a str"):
        call(1, 1.0, path="x")


# Masks ---------------------------------------------------------------------------------------------------


def acs(survey: Survey) -> set[str]:
    return set(survey.journals.loc[survey.journals["publisher"] == "ACS", "journal_id"])


def ids(survey: Survey) -> set[str]:
    return set(survey.journals["journal_id"])


def test_a_mask_of_a_sorted_table_is_refused_with_what_to_do(shipped: Survey) -> None:
    table = rdpscore.score(shipped).journals
    with pytest.raises(ValueError, match=r"set_index\('journal_id'\)"):
        subset(shipped, table["publisher"] == "ACS")
    by_id = table.set_index("journal_id")
    assert ids(subset(shipped, by_id["publisher"] == "ACS")) == acs(shipped)
    assert len(acs(shipped)) == 15


MASKS: dict[str, Callable[[Survey], Any]] = {
    "array": lambda s: (s.journals["publisher"] == "ACS").to_numpy(),
    "list": lambda s: (s.journals["publisher"] == "ACS").tolist(),
    "objects": lambda s: (s.journals["publisher"] == "ACS").to_numpy(object),
    "rows": lambda s: s.journals["publisher"] == "ACS",
    "rows, sorted": lambda s: s.journals.sort_values("title")["publisher"] == "ACS",
    "ids": lambda s: s.journals.set_index("journal_id")["publisher"] == "ACS",
    "ids, no name": lambda s: (s.journals.set_index("journal_id")["publisher"] == "ACS").rename_axis(None)[
        ::-1
    ],
    "attribute": lambda s: s.attribute("publisher").sort_values() == "ACS",
    "nullable": lambda s: (s.attribute("publisher") == "ACS").astype("boolean").sort_index(),
    "selection": lambda s: select(s, {"publisher": "ACS"}),
    "ids of an index": lambda s: s.journal_ids.isin(acs(s)),
}


@pytest.mark.parametrize("case", MASKS)
def test_a_mask_picks_the_journals_that_it_means(shipped: Survey, case: str) -> None:
    assert ids(subset(shipped, MASKS[case](shipped))) == acs(shipped)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(171)), data=st.data())
def test_a_mask_by_journal_does_not_depend_on_its_order(order: list[int], data: st.DataObject) -> None:
    survey = WHOLE
    chosen = data.draw(st.lists(st.booleans(), min_size=171, max_size=171))
    mask = pd.Series(chosen, index=pd.Index(survey.journal_ids, name="journal_id")).iloc[order]
    assert ids(subset(survey, mask)) == set(survey.journal_ids[np.array(chosen)])


WHOLE = rdpscore.load()


BAD_MASKS: dict[str, tuple[Callable[[Survey], Any], str]] = {
    "positions": (lambda s: np.arange(171), "true or false"),
    "zeros and ones": (lambda s: np.zeros(171, int), "true or false"),
    "ids": (lambda s: list(s.journal_ids), r"journal_ids\.isin"),
    "missing": (lambda s: np.array([True] * 170 + [np.nan], object), "1 are missing"),
    "nullable": (
        lambda s: (s.attribute("impact") > 3).astype("boolean").where(s.attribute("impact") > 1),
        "missing",
    ),
    "short": (lambda s: np.ones(3, bool), "a mask of 171 journals"),
    "short by id": (lambda s: (s.attribute("publisher") == "ACS").iloc[:9], "nothing of 162 of 171 journals"),
    "unknown id": (
        lambda s: (s.attribute("publisher") == "ACS").rename({"nature": "natur"}),
        "nearest: 'nature'",
    ),
    "twice": (lambda s: pd.concat([s.attribute("publisher")] * 2) == "ACS", "stands twice"),
    "reset": (lambda s: s.journals.reset_index(drop=True)["publisher"] == "ACS", "says nothing of journals"),
    "frame": (lambda s: s.journals[["publisher"]] == "ACS", "not a DataFrame"),
    "one": (lambda s: True, "a mask of 171 journals"),
    "ragged": (lambda s: [[True], [True, False]], "a mask of 171 journals"),
}


@pytest.mark.parametrize("case", BAD_MASKS)
def test_a_mask_that_tells_no_journals_is_refused(shipped: Survey, case: str) -> None:
    mask, words = BAD_MASKS[case]
    with pytest.raises(ValueError, match=words):
        subset(shipped, mask(shipped))


def test_a_panel_goes_by_journal_too(shipped: Survey) -> None:
    free = shipped.attribute("access_model") == "open_access"
    found = [
        panel(shipped, journals=j).statistics.tolist() for j in (free.to_numpy(), free, free.sort_values())
    ]
    assert found[0] == found[1] == found[2]


def test_a_model_frame_goes_by_journal_too(shipped: Survey) -> None:
    frame = model_frame(shipped)
    of = pd.Series(frame.y, index=list(frame.journals))
    assert frame.with_outcome(of.sort_values()).y.tolist() == frame.y.tolist()
    assert set(frame.subset(of.sort_values() > 0.5).journals) == set(of.index[of > 0.5])
    doubted = frame.with_attribute("impact", shipped.attribute("impact")[list(frame.journals)].sort_index())
    before, after = (f.predictor("impact").columns for f in (frame, doubted))
    assert np.array_equal(before, after, equal_nan=True)


# Conditions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted",
    [
        "ACS",
        ["ACS"],
        ("ACS",),
        {"ACS"},
        frozenset({"ACS"}),
        pd.Index(["ACS"]),
        pd.Series(["ACS"]),
        np.array(["ACS"]),
    ],
    ids=lambda w: type(w).__name__,
)
def test_a_value_is_an_equality_however_it_is_given(shipped: Survey, wanted: Any) -> None:
    found = restricted(shipped, {"publisher": wanted})
    assert ids(found) == acs(shipped)
    assert found.settings["journals_only"] == {"publisher": ["ACS"]}
    assert select(shipped, {"publisher": wanted}).sum() == 15
    assert '"ACS"' in rdpscore.score(found).to_json()


def test_several_values_are_any_of_them(shipped: Survey) -> None:
    of = shipped.attribute("publisher")
    for wanted in (("ACS", "RSC"), {"RSC", "ACS"}, (v for v in ("ACS", "RSC")), {"ACS": 1, "RSC": 2}.keys()):
        assert ids(restricted(shipped, {"publisher": wanted})) == set(of.index[of.isin(["ACS", "RSC"])])


def test_numbers_and_truths_are_values(shipped: Survey) -> None:
    wanted = restricted(shipped, {"data_sharing": "4"})
    for four in (4, 4.0, np.int64(4), [4], [4.0]):
        assert ids(restricted(shipped, {"data_sharing": four})) == ids(wanted)
    society = shipped.attribute("society_publisher").fillna(False)
    assert ids(restricted(shipped, {"society_publisher": True})) == set(society.index[society])
    of = shipped.attribute("impact")
    assert ids(restricted(shipped, {"impact": (2, None)})) == set(of.index[of >= 2])
    assert ids(restricted(shipped, {"impact": (np.float64(2), np.int64(10))})) == set(
        of.index[of.between(2, 10)]
    )
    highest = str(shipped.journals["impact"].dropna().iloc[0])
    assert satisfying(shipped, {"impact": highest}).any()


# Schemes -------------------------------------------------------------------------------------------------

SCHEMES: dict[str, tuple[dict[str, Any], str]] = {
    "item": ({"weights": {"data_shring": 2.0}}, "nearest: 'data_sharing'"),
    "dimension": ({"by": "dimensions", "dimension_weights": {"dta": 2.0}}, "nearest: 'data'"),
    "sum": ({"weights": {"data_sharing": 2.0}, "weights_sum": 1.0}, "add up to 18, not to 1"),
    "nothing": ({"weights": {}, "minimum_items": 99}, "asks for 99 items"),
    "flat with dimensions": ({"dimension_weights": {"data": 2.0}}, "add by: dimensions"),
}
UNCHECKED: dict[str, tuple[dict[str, Any], str]] = {
    "mean": ({"aggregation": "geometrc"}, "aggregation: input should be 'arithmetic', 'geometric'"),
    "across": ({"by": "dimensions", "across": "harmonc"}, "across"),
    "by": ({"by": "item"}, "'items' or 'dimensions'"),
    "missing": ({"missing": "exlcude"}, "'exclude', 'zero'"),
    "field": ({"weigths": {"data_sharing": 2.0}}, "nearest: 'weights'"),
    "weight": ({"weights": {"data_sharing": -1.0}}, "greater than or equal to 0"),
    "word": ({"weights": {"data_sharing": "2"}}, "valid number"),
    "display": ({"display": {"name": "x"}}, "display.factor is missing"),
}
TAKERS: dict[str, Callable[[Survey, Scheme], Any]] = {
    "score": rdpscore.score,
    "compare": lambda s, x: compare(s, ["equal", x]),
    "sensitivity": lambda s, x: rdpscore.sensitivity(s, x, n_draws=10, base=2),
    "regress": lambda s, x: rdpscore.regress(s, scheme=x, n_draws=9),
    "robustness": lambda s, x: rdpscore.robustness(s, scheme=x, n_draws=9),
    "curves": lambda s, x: rdpscore.specification_curves(s, scheme=x, n_draws=9),
    "frame": lambda s, x: model_frame(s, scheme=x),
    "spread": lambda s, x: rdpscore.spread(s, x, n_draws=10),
    "uncertainty": lambda s, x: rdpscore.measure_uncertainty(s, x, n_draws=10),
    "standing": lambda s, x: rdpscore.standing(s, "nature", x),
    "heterogeneity": rdpscore.measure_heterogeneity,
    "structure": structure,
    "lab": lambda s, x: moves(s, s.codebook.scheme(), x),
    "lab, before": lambda s, x: moves(s, x, s.codebook.scheme()),
    "model": model,
    "rows": resolved_rows,
    "figure": item_contributions,
    "load": lambda s, x: load_scheme(x, s.codebook),
}


@pytest.mark.parametrize("case", SCHEMES)
def test_a_scheme_made_in_python_passes_the_checks_of_a_file(shipped: Survey, case: str) -> None:
    fields, words = SCHEMES[case]
    with pytest.raises(InvalidInput, match=words):
        rdpscore.score(shipped, Scheme(id="mine", title="Mine", **fields))


@pytest.mark.parametrize("case", UNCHECKED)
def test_so_does_one_that_was_copied_with_changes(shipped: Survey, case: str) -> None:
    fields, words = UNCHECKED[case]
    with pytest.raises(InvalidInput, match=words):
        rdpscore.score(shipped, shipped.codebook.scheme().model_copy(update=fields))


@pytest.mark.parametrize("taker", TAKERS)
def test_every_room_that_takes_a_scheme_checks_it(shipped: Survey, taker: str) -> None:
    with pytest.raises(InvalidInput, match="nearest: 'data_sharing'"):
        TAKERS[taker](shipped, Scheme(id="mine", title="Mine", weights={"data_shring": 2.0}))


def test_all_faults_of_a_scheme_are_told_at_once(shipped: Survey) -> None:
    mine = Scheme(id="mine", title="Mine", weights={"data_shring": 2.0, "rdp_exst": 1.0}, weights_sum=3.0)
    with pytest.raises(InvalidInput) as caught:
        rdpscore.score(shipped, mine)
    assert len(caught.value.problems.errors) == 3


def test_a_codebooks_own_scheme_that_was_changed_in_place_is_checked(shipped: Survey) -> None:
    book = shipped.codebook.model_copy(deep=True)
    book.scheme("equal").weights["data_shring"] = 2.0
    with pytest.raises(InvalidInput, match="nearest: 'data_sharing'"):
        rdpscore.score(dataclasses.replace(shipped, codebook=book), "equal")


def test_a_scheme_of_another_codebook_is_refused(shipped: Survey) -> None:
    mine = SchemeFile(id="mine", title="Mine", codebook="resnik-2019")
    with pytest.raises(InvalidInput, match="resnik-2019"):
        rdpscore.score(shipped, mine)


@pytest.mark.parametrize("scheme", ["equal", "published", "by-dimension"])
def test_the_codebooks_schemes_pass_as_they_are(shipped: Survey, scheme: str) -> None:
    own = shipped.codebook.scheme(scheme)
    assert load_scheme(own, shipped.codebook) == own
    assert rdpscore.score(shipped, own).mean == rdpscore.score(shipped, scheme).mean
