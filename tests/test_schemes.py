"""Schemes: worked by hand, against other implementations, and what is wrong with one told with place and remedy."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean, geometric_mean, harmonic_mean

import numpy as np
import pandas as pd
import pytest
import yaml
from finding import sheet, the
from hypothesis import given, settings
from hypothesis import strategies as st
from running import cli
from scipy.stats import gmean, hmean
from tables import SMALL_CODEBOOK, write_survey

import rdpscore
from rdpscore.codebook import Codebook, Display, Scheme, load_codebook, read_codebook
from rdpscore.codebook.differences import diff
from rdpscore.problems import InvalidInput
from rdpscore.scoring import ScoreResult, compare, score, weights
from rdpscore.scoring.comparison import concordance
from rdpscore.scoring.means import Weights, mean
from rdpscore.survey import Survey, load

JOURNALS = sheet("journal_id | title | publisher", "alpha | Alpha Letters | North")


def scheme(**fields: object) -> Scheme:
    return Scheme.model_validate({"id": "mine", "title": "Mine"} | fields)


def book_of(**scores: str) -> str:
    """The small codebook with other scores of options: ``data_1="0.2"``."""
    text = SMALL_CODEBOOK
    for key, value in scores.items():
        item, code = key.split("_")
        part = text[text.index(f"- id: {item}\n") :]
        line = re.search(rf'code: "{code}", label: [^,]+, score: ([0-9.]+)', part)
        assert line is not None
        start = text.index(f"- id: {item}\n") + line.start(1)
        text = text[:start] + value + text[start + len(line.group(1)) :]
    return text


def survey_of(tmp_path: Path, *rows: str, codebook: str = SMALL_CODEBOOK) -> Survey:
    """A survey of one journal, each coding ``coder item answer``."""
    codings = sheet("journal_id | coder | item | answer", *(f"alpha | {' | '.join(r.split())}" for r in rows))
    return load(write_survey(tmp_path / "survey", codebook, journals=JOURNALS, codings=codings))


def only(result: ScoreResult) -> pd.Series:
    (row,) = (row for _, row in result.journals.iterrows())
    return row


COMPLETE = ("c1 policy yes", "c1 data 1", "c1 code 1")


# Means, by hand ------------------------------------------------------------------------------------------


def test_a_geometric_scheme_equals_a_hand_calculation(tmp_path: Path) -> None:
    """1, 1/2 and 1/4: the cube root of 1/8 is 1/2."""
    survey = survey_of(tmp_path, *COMPLETE, codebook=book_of(code_1="0.25"))
    found = score(survey, scheme(aggregation="geometric"))
    assert only(found)["score"] == pytest.approx(0.5, abs=1e-15)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"aggregation": "harmonic"}, 3 / (1 + 2 + 4)),
        ({"aggregation": "geometric", "weights": {"data": 2.0}}, (1 * 0.5**2 * 0.25) ** (1 / 4)),
        ({"aggregation": "harmonic", "weights": {"code": 3.0}}, 5 / (1 + 2 + 3 * 4)),
        ({"aggregation": "geometric", "weights": {"code": 0.0}}, 0.5**0.5),
        ({"by": "dimensions", "aggregation": "geometric"}, (0.5**0.5 * 0.25) ** 0.5),
        ({"by": "dimensions", "across": "geometric"}, (0.75 * 0.25) ** 0.5),
        ({"by": "dimensions", "aggregation": "harmonic", "across": "arithmetic"}, (2 / 3 + 0.25) / 2),
        ({"by": "dimensions", "dimension_weights": {"code": 3.0}}, (0.75 + 3 * 0.25) / 4),
        ({"by": "dimensions", "dimension_weights": {"code": 0.0}}, 0.75),
        (
            {"by": "dimensions", "across": "geometric", "dimension_weights": {"data": 2.0}},
            (0.75**2 * 0.25) ** (1 / 3),
        ),
    ],
)
def test_a_mean_of_items_1_one_half_and_one_quarter(
    tmp_path: Path, fields: Mapping[str, object], expected: float
) -> None:
    survey = survey_of(tmp_path, *COMPLETE, codebook=book_of(code_1="0.25"))
    assert only(score(survey, scheme(**fields)))["score"] == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("aggregation", ["geometric", "harmonic"])
def test_one_answer_of_0_makes_a_geometric_or_harmonic_mean_0(tmp_path: Path, aggregation: str) -> None:
    survey = survey_of(tmp_path, "c1 policy yes", "c1 data 2", "c1 code 0")
    assert only(score(survey, scheme(aggregation=aggregation)))["score"] == 0
    without = scheme(aggregation=aggregation, weights={"code": 0.0})
    assert only(score(survey, without))["score"] == 1


some_values = st.lists(st.floats(0.01, 1), min_size=1, max_size=8)


@settings(max_examples=50, deadline=None)
@given(some_values, st.data())
def test_a_mean_is_that_of_scipy_and_of_the_standard_library(
    values: list[float], data: st.DataObject
) -> None:
    weight = data.draw(st.lists(st.floats(0.1, 5), min_size=len(values), max_size=len(values)))
    x, w = np.array([values]), np.array(weight)
    present = np.ones_like(x, bool)
    found = {k: float(mean(x, present, w, k)[0]) for k in ("arithmetic", "geometric", "harmonic")}
    assert found["arithmetic"] == pytest.approx(np.average(values, weights=weight), abs=1e-12)
    assert found["geometric"] == pytest.approx(float(gmean(values, weights=weight)), abs=1e-12)
    assert found["harmonic"] == pytest.approx(float(hmean(values, weights=weight)), abs=1e-12)
    one = np.ones(len(values))
    plain = {k: float(mean(x, present, one, k)[0]) for k in found}
    expected = fmean(values), geometric_mean(values), harmonic_mean(values)
    assert tuple(plain.values()) == pytest.approx(expected, abs=1e-12)
    assert found["harmonic"] <= found["geometric"] + 1e-12 <= found["arithmetic"] + 2e-12


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(st.floats(0, 1), min_size=4, max_size=4), min_size=2, max_size=6),
    st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=2, max_size=6),
    st.sampled_from(["arithmetic", "geometric", "harmonic"]),
    st.integers(0, 1000),
)
def test_many_weights_at_once_are_each_alone(
    rows: list[list[float]], masks: list[list[bool]], kind: str, seed: int
) -> None:
    n = min(len(rows), len(masks))
    values, present = np.array(rows[:n]), np.array(masks[:n])
    draws = np.random.default_rng(seed).gamma(4, size=(3, 4))
    dims = np.random.default_rng(seed + 1).gamma(4, size=(3, 2))
    group = np.array([0, 0, 1, 1])
    many = Weights(draws, group, 1.0, dims, kind, kind)  # type: ignore[arg-type]
    each = [
        Weights(w, group, 1.0, d, kind, kind).combine(values, present)  # type: ignore[arg-type]
        for w, d in zip(draws, dims, strict=True)
    ]
    np.testing.assert_array_equal(many.combine(values, present), np.stack(each))


# Missing items, and items that do not apply --------------------------------------------------------------


@pytest.mark.parametrize(("rule", "expected"), [("exclude", (1 + 1) / 2), ("zero", 2 / 3), ("bounds", None)])
def test_a_missing_item_is_left_out_or_0_or_leaves_bounds_only(
    tmp_path: Path, rule: str, expected: float | None
) -> None:
    found = only(score(survey_of(tmp_path, "c1 policy yes", "c1 code 1"), scheme(missing=rule)))
    assert (found["score_low"], found["score_high"]) == pytest.approx((2 / 3, 1))
    if expected is None:
        assert np.isnan(found["score"])
        assert found["reason"] == "missing_items"
        assert found["rank"] is pd.NA
    else:
        assert found["score"] == pytest.approx(expected)
        assert found["reason"] is None


def test_an_item_of_weight_0_may_be_missing_where_only_bounds_are_given(tmp_path: Path) -> None:
    chosen = scheme(missing="bounds", weights={"data": 0.0})
    assert only(score(survey_of(tmp_path, "c1 policy yes", "c1 code 1"), chosen))["score"] == 1


def test_coders_who_differ_do_not_make_a_missing_item_0(tmp_path: Path) -> None:
    """One says 0.5 and the other 1: counted as 0, the item still is 0.5 at the least."""
    rows = [f"c{k} {a}" for k in (1, 2) for a in ("policy yes", f"data {k}", "code 1")]
    found = only(score(survey_of(tmp_path, *rows), scheme(missing="zero")))
    assert found["score"] == found["score_low"] == pytest.approx(2.5 / 3)


@pytest.mark.parametrize(
    ("minimum", "score_is", "reason"), [(1, 1.0, None), (2, 1.0, None), (3, None, "too_few_items")]
)
def test_fewer_answers_than_the_minimum_are_no_score(
    tmp_path: Path, minimum: int, score_is: float | None, reason: str | None
) -> None:
    survey = survey_of(tmp_path, "c1 policy yes", "c1 code 1")
    found = only(score(survey, scheme(minimum_items=minimum)))
    assert found["reason"] == reason
    assert (None if np.isnan(found["score"]) else found["score"]) == score_is
    assert found["score_low"] == pytest.approx(2 / 3)


def test_a_journal_without_answers_says_so(tmp_path: Path) -> None:
    for rule in ("exclude", "zero", "bounds"):
        found = only(score(survey_of(tmp_path / rule), scheme(missing=rule)))
        assert np.isnan(found["score"])
        assert found["reason"] == "no_answers"


AGAINST = ("c1 policy no", "c1 data 2", "c1 code 1")
"""Answers above the lowest, although there is no policy."""


@pytest.mark.parametrize(("rule", "expected", "counted"), [("keep", 2 / 3, (3, 0)), ("gate", 0.0, (1, 2))])
def test_gated_a_journal_without_policy_gets_0_on_what_needs_one(
    tmp_path: Path, rule: str, expected: float, counted: tuple[int, int]
) -> None:
    found = only(score(survey_of(tmp_path, *AGAINST), scheme(not_applicable=rule)))
    assert found["score"] == pytest.approx(expected)
    assert (found["n_items"], found["n_not_applicable"]) == counted
    assert found["score_low"] == found["score_high"] == found["score"]


def test_gated_a_blank_counts_as_an_answer_against_the_condition_does(tmp_path: Path) -> None:
    """Kept, three answers of 0.5 at the least; gated, what does not apply is at its lowest option: 0.2."""
    book = book_of(data_0="0.2")
    for name, rows in {"blank": AGAINST[:1], "given": AGAINST}.items():
        survey = survey_of(tmp_path / name, *rows, codebook=book)
        assert only(score(survey, scheme(not_applicable="gate")))["score"] == pytest.approx(0.2 / 3)
    assert only(score(survey_of(tmp_path / "kept", AGAINST[0], codebook=book)))["score"] == 0


def test_gating_goes_through_a_chain_of_conditions(tmp_path: Path) -> None:
    """No policy, so no data rule, so nothing on code that needs the data rule, whatever was answered."""
    head, tail = SMALL_CODEBOOK.rsplit('applies_if: {policy: ["yes"]}', 1)
    book = f'{head}applies_if: {{data: ["2"]}}{tail}'
    found = only(score(survey_of(tmp_path, *AGAINST, codebook=book), scheme(not_applicable="gate")))
    assert (found["score"], found["n_not_applicable"]) == (0, 2)


def test_gated_bounds_allow_for_a_condition_that_is_missing(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, "c1 data 2", "c1 code 1")
    found = only(score(survey, scheme(not_applicable="gate")))
    assert (found["score_low"], found["score"], found["score_high"]) == (0, 1, 1)


def test_four_journals_without_policy_score_above_0_and_gated_none(shipped: Survey) -> None:
    """The four that docs name, from the answers alone."""
    place = shipped.codebook.item_ids.index("rdp_exist")
    without = shipped.journal_ids[shipped.resolved.option[:, place] == 0]
    kept = score(shipped).journals.set_index("journal_id")["score"]
    gated = score(shipped, scheme(not_applicable="gate")).journals.set_index("journal_id")["score"]
    above = kept[without][kept[without] > 0]
    assert sorted(above.round(3)) == [0.015, 0.015, 0.044, 0.125]
    assert (gated[without] == 0).all()
    others = kept.index.difference(without)
    pd.testing.assert_series_equal(kept[others], gated[others])


# Display -------------------------------------------------------------------------------------------------

TOP = {
    "Meta-Psychology": ((3, 3, 3, 3, 3, 2, 2, 3, 3, 2), 27),
    "Technology, Mind, and Behavior": ((1, 1, 1, 1, 1, 0, 0, 3, 3, 2), 13),
    "Cancer Cell": ((2, 1, 2, 1, 2, 1, 1, 1, 0, 0), 11),
    "Journal of Economic Psychology": ((1, 2, 1, 2, 2, 0, 0, 1, 1, 0), 10),
    "Nature Genetics": ((1, 1, 1, 1, 2, 1, 1, 1, 0, 0), 9),
}
"""Scores on the ten standards and the Total, as TOP Factor's table prints them (Center for Open Science)."""


def top_codebook() -> Codebook:
    """Ten standards of levels 0–3, the last of 0–2; the display factor is the highest Total, 29."""
    levels = [3] * 9 + [2]
    items = [
        {
            "id": f"s{k}",
            "dimension": "top",
            "title": f"Standard {k}",
            "question": "Which level?",
            "level": "ordinal",
            "options": [{"code": str(n), "label": f"Level {n}", "score": n / most} for n in range(most + 1)],
        }
        for k, most in enumerate(levels)
    ]
    total = {
        "id": "total",
        "title": "Sum of the levels",
        "weights": {f"s{k}": float(most) for k, most in enumerate(levels)},
        "weights_sum": 29.0,
        "display": {"name": "Total", "factor": 29.0},
    }
    return Codebook.model_validate(
        {
            "format": 1,
            "id": "top",
            "version": "1",
            "title": "TOP Factor",
            "dimensions": [{"id": "top", "title": "TOP"}],
            "items": items,
            "schemes": [total],
            "default_scheme": "total",
        }
    )


def top_survey(rows: Mapping[str, tuple[int, ...]]) -> Survey:
    book = top_codebook()
    codings = [(j, "c1", f"s{k}", str(n)) for j, levels in rows.items() for k, n in enumerate(levels)]
    return Survey.from_frames(
        book,
        pd.DataFrame(
            {"journal_id": [f"j{i}" for i in range(len(rows))], "title": list(rows), "publisher": "P"}
        ),
        pd.DataFrame(
            [(f"j{list(rows).index(j)}", *rest) for j, *rest in codings],
            columns=["journal_id", "coder", "item", "answer"],
        ),
    )


def test_a_display_factor_gives_the_totals_of_top_factor_exactly() -> None:
    found = score(top_survey({title: levels for title, (levels, _) in TOP.items()}))
    assert found.journals.set_index("title")["display"].to_dict() == {
        t: total for t, (_, total) in TOP.items()
    }


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 3)] * 9, st.integers(0, 2)), min_size=1, max_size=20))
def test_any_total_is_the_sum_to_the_last_digit(rows: list[tuple[int, ...]]) -> None:
    found = score(top_survey({f"T{i}": levels for i, levels in enumerate(rows)})).journals
    expected = {f"T{i}": sum(levels) for i, levels in enumerate(rows)}
    assert found.set_index("title")["display"].to_dict() == expected
    display = top_codebook().schemes[0].display
    assert display is not None
    assert [display.text(s) for s in found["score"]] == [str(expected[t]) for t in found["title"]]


def test_a_display_is_printed_with_its_decimals_and_a_dash_for_none() -> None:
    display = Display(name="Percent", factor=100.0, decimals=1)
    assert [display.text(v) for v in (0.5, 1 / 3, None, float("nan"))] == ["50.0", "33.3", "–", "–"]


# What is wrong with a scheme -----------------------------------------------------------------------------


def faults(tmp_path: Path, text: str) -> list[tuple[str, str]]:
    """Place and sentence with remedy of what is wrong with a scheme file."""
    path = tmp_path / "mine.yaml"
    path.write_text(f"codebook: small\nid: mine\ntitle: Mine\n{text}", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        score(survey_of(tmp_path, *COMPLETE), path)
    for problem in caught.value.problems:
        assert problem.remedy
    return [(p.place.removeprefix(f"{path}, "), f"{p.what}; {p.remedy}") for p in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("weights: {data: 2}\nweights_sum: 1", "line 5", "add up to 4, not to 1"),
        ("weights: {data: 2}\nweights_sum: 1", "line 5", "2 are not named and weigh 1"),
        (
            "by: dimensions\ndimension_weights: {data: .5, code: .6}\nweights_sum: 1",
            "line 6",
            "add up to 1.1",
        ),
        ("dimension_weights: {data: 2}", "line 4", "does not go by dimensions; add by: dimensions"),
        ("across: geometric", "line 4", "does not go by dimensions"),
        ("by: dimensions\ndimension_weights: {dta: 1}", "line 5", "no dimension 'dta'; nearest: 'data'"),
        ("by: dimensions\ndimension_weights: {data: -1}", "line 5", "greater than or equal to 0"),
        ("by: dimensions\ndimension_weights: {data: 0, code: 0}", "line 5", "every dimension weight 0"),
        ("by: dimensions\nweights: {code: 0}", "line 4", "'code' has no weighted item"),
        ("by: dimensions\nweights: {code: 0}", "line 4", "write dimension_weights: {code: 0}"),
        ("minimum_items: 4", "line 4", "asks for 4 items and weights 3, so no journal can have a score"),
        ("weights: {data: 0}\nminimum_items: 3", "line 5", "write a number of at most 2"),
        ("minimum_items: 0", "line 4", "greater than or equal to 1"),
        ("divisor: 4\naggregation: geometric", "line 4", "has a divisor and a geometric mean"),
        ("aggregation: median", "line 4", "'arithmetic', 'geometric' or 'harmonic'"),
        ("missing: guess", "line 4", "'exclude', 'zero' or 'bounds'"),
        ("not_applicable: drop", "line 4", "'keep' or 'gate'"),
        ("display: {name: Total}", "line 4", "factor is missing"),
        ("display: {name: Total, factor: -1}", "line 4", "greater than 0"),
        ("display: {name: Total, factor: 29, digits: 2}", "line 4", "not a field of this format"),
        ("weights_sum: .nan", "line 4", "finite"),
    ],
)
def test_a_fault_of_a_scheme_has_its_line_and_a_remedy(
    tmp_path: Path, text: str, place: str, says: str
) -> None:
    found = faults(tmp_path, text)
    assert [w for p, w in found if p.startswith(place) and says in w], found


def test_a_dimension_of_weight_0_may_be_empty(tmp_path: Path) -> None:
    chosen = tmp_path / "mine.yaml"
    chosen.write_text(
        "codebook: small\nid: mine\ntitle: Mine\nby: dimensions\nweights: {code: 0}\ndimension_weights: {code: 0}\n"
    )
    assert only(score(survey_of(tmp_path, *COMPLETE), chosen))["score"] == pytest.approx(0.75)


def test_a_scheme_in_the_codebook_is_checked_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "codebook.yaml"
    path.write_text(SMALL_CODEBOOK.replace("title: Mean of the items}", "title: M, weights_sum: 4}"))
    _, problems = read_codebook(path)
    assert "line 40" in the(problems, "bad_codebook").place
    assert "add up to 3, not to 4" in the(problems, "bad_codebook").what


def test_weights_that_add_up_to_what_is_said_pass(tmp_path: Path) -> None:
    path = tmp_path / "codebook.yaml"
    extra = "  - {id: tenths, title: T, weights: {policy: 0.1, data: 0.2, code: 0.7}, weights_sum: 1}\n"
    path.write_text(SMALL_CODEBOOK.replace("default_scheme", f"{extra}default_scheme"))
    assert load_codebook(path).scheme("tenths").weights_sum == 1


def test_a_scheme_that_leaves_a_journal_without_items_is_told(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, "c1 policy no")
    found = score(survey, scheme(weights={"policy": 0.0}))
    assert only(found)["reason"] == "nothing_counts"
    problem = the(found.problems, "scheme_without_items")
    assert problem.severity.value == "warning"
    assert (problem.file, problem.row, problem.journal) == ("journals.csv", 2, "alpha")
    assert "'alpha' counts under the scheme 'mine'" in problem.what
    assert "not_applicable: gate" in problem.remedy
    gated = score(survey, scheme(weights={"policy": 0.0}, not_applicable="gate"))
    assert only(gated)["score"] == 0
    assert not [p for p in gated.problems if p.code == "scheme_without_items"]


# Fingerprints --------------------------------------------------------------------------------------------


def test_the_fingerprints_of_the_shipped_codebook_are_those_of_its_survey(shipped: Survey) -> None:
    assert shipped.meta.codebook.hashes == shipped.codebook.hashes
    assert shipped.codebook.hashes.scoring == "274604dff9c276d8"


DEFAULTS = {
    "dimension_weights": {},
    "weights_sum": None,
    "aggregation": "arithmetic",
    "across": None,
    "minimum_items": 1,
    "missing": "exclude",
    "not_applicable": "keep",
    "display": None,
}
OTHERS = {
    "dimension_weights": {"data": 2.0},
    "weights_sum": 2.0,
    "aggregation": "harmonic",
    "across": "geometric",
    "minimum_items": 2,
    "missing": "zero",
    "not_applicable": "gate",
    "display": {"name": "Sum", "factor": 3.0},
}


@pytest.mark.parametrize("field", DEFAULTS)
def test_a_field_at_its_default_enters_no_fingerprint_and_another_value_enters(field: str) -> None:
    plain = scheme(by="dimensions")
    assert scheme(by="dimensions", **{field: DEFAULTS[field]}).fingerprint == plain.fingerprint
    assert scheme(by="dimensions", **{field: OTHERS[field]}).fingerprint != plain.fingerprint
    assert set(DEFAULTS) == set(Scheme.model_fields) - {
        "id",
        "title",
        "description",
        "by",
        "weights",
        "divisor",
    }


# The command ---------------------------------------------------------------------------------------------


def test_the_shipped_survey_under_a_geometric_scheme_by_pandas_alone(shipped: Survey, tmp_path: Path) -> None:
    """Arithmetic inside the dimensions and geometric across, from the resolved answers, by scipy."""
    path = tmp_path / "geo.yaml"
    path.write_text(
        "codebook: materials-science\nid: geo\ntitle: Geometric\nby: dimensions\nacross: geometric\n"
    )
    book = shipped.codebook
    option = pd.DataFrame(shipped.resolved.option, shipped.journal_ids, list(book.item_ids))
    points = pd.DataFrame(
        {i.id: np.take(i.scores, option[i.id]) for i in book.scored_items}, index=shipped.journal_ids
    )
    parts = points.T.groupby({i.id: i.dimension for i in book.scored_items}).mean().T
    with np.errstate(divide="ignore"):
        expected = pd.Series(gmean(parts, axis=1), parts.index)
    found = score(shipped, path).journals.set_index("journal_id")["score"]
    assert found.to_dict() == pytest.approx(expected.to_dict(), abs=1e-12)


def test_weights_of_a_flat_scheme_have_one_group(shipped: Survey) -> None:
    used = weights(rdpscore.load_codebook("materials-science").scheme("equal"), shipped.codebook)
    assert used.dimension.tolist() == [1.0]
    assert set(used.group) == {0}


def test_a_scheme_with_a_display_prints_it(tmp_path: Path) -> None:
    path = tmp_path / "sum.yaml"
    path.write_text(
        "codebook: materials-science\nid: sum\ntitle: Sum\ndisplay: {name: Points, factor: 17, decimals: 2}\n"
    )
    found = cli("score", "--scheme", path)
    assert found.status == 0
    (line,) = [line for line in found.out.splitlines() if "Journal of Open Source Software" in line]
    assert line.split()[:3] == ["1", "0.85", "14.46"]
    assert "Points" in found.out


# Several schemes side by side ----------------------------------------------------------------------------


def test_a_comparison_has_the_ranks_of_each_scheme_and_places_gained(shipped: Survey) -> None:
    found = compare(shipped, ["equal", "by-dimension"]).journals.set_index("journal_id")
    one, two = (score(shipped, s).journals.set_index("journal_id") for s in ("equal", "by-dimension"))
    assert found["rank_by-dimension"].to_dict() == two["rank"].to_dict()
    assert found["score_equal"].to_dict() == one["score"].to_dict()
    best = (one["rank"] - two["rank"].loc[one.index]).idxmax()
    assert found.loc[best, "change_by-dimension"] == one.loc[best, "rank"] - two.loc[best, "rank"] > 0


def test_correlations_of_schemes_are_those_of_pandas(shipped: Survey) -> None:
    (pair,) = compare(shipped, ["equal", "by-dimension"]).pairs
    one, two = (
        score(shipped, s).journals.set_index("journal_id")["score"].round(12)
        for s in ("equal", "by-dimension")
    )
    assert pair.spearman == pytest.approx(one.rank().corr(two.rank().loc[one.index]), abs=1e-12)
    assert pair.kendall == pytest.approx(one.corr(two.loc[one.index], method="kendall"), abs=1e-12)
    assert pair.n == 171


def test_kendalls_tau_b_of_a_hand_calculation() -> None:
    """1 2 2 4 against 1 3 2 2: 3 concordant, 1 discordant, one tie each of 6 pairs: (3 − 1) / 5."""
    found = concordance("a", "b", np.array([0.1, 0.2, 0.2, 0.4]), np.array([0.1, 0.3, 0.2, 0.2]))
    assert found.kendall == pytest.approx((3 - 1) / 5)
    assert (found.n, found.n_moved) == (4, 2)


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ([0.5], [0.5], "too_few_journals"),
        ([], [], "too_few_journals"),
        ([0.5, 0.5], [0.1, 0.2], "no_variation"),
    ],
)
def test_correlations_that_are_undefined_are_null_with_a_reason(
    a: list[float], b: list[float], reason: str
) -> None:
    found = concordance("a", "b", np.array(a), np.array(b))
    assert (found.spearman, found.kendall, found.reason) == (None, None, reason)


def test_journals_without_a_score_take_no_part_in_a_correlation() -> None:
    a, b = np.array([0.1, 0.2, np.nan, 0.4]), np.array([0.1, 0.3, 0.2, np.nan])
    found = concordance("a", "b", a, b)
    assert found.n == 2
    assert found.spearman == pytest.approx(1)


def test_one_scheme_is_no_comparison(shipped: Survey) -> None:
    with pytest.raises(ValueError, match="two schemes"):
        compare(shipped, ["equal"])


def test_the_command_sets_schemes_side_by_side_at_100_columns(tmp_path: Path) -> None:
    path = tmp_path / "geo.yaml"
    path.write_text(
        "codebook: materials-science\nid: geo\ntitle: Geometric\nby: dimensions\nacross: geometric\n"
    )
    found = cli("score", "--scheme", "by-dimension", "--compare", "equal", "--compare", path)
    assert found.status == 0
    assert max(map(len, found.out.splitlines())) <= 100
    assert "by-dimension and equal" in found.out
    assert "0.918" in found.out
    again = cli("score", "--compare", "equal", "--output", tmp_path / "same.csv")
    assert "No journal has another rank" in again.out
    assert list(pd.read_csv(tmp_path / "same.csv").columns[3:]) == [
        *("score_equal", "rank_equal", "score_equal-2", "rank_equal-2", "change_equal-2")
    ]


def test_an_unknown_scheme_to_compare_with_is_wrong_use() -> None:
    found = cli("score", "--compare", "publshed")
    assert found.status == 2
    assert "nearest:'published'" in found.said.replace("│", "")
    assert "--compare" in found.err


# What a change of a scheme means -------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "value"), OTHERS.items())
def test_a_change_of_a_scheme_is_told_and_whether_it_touches_scores(field: str, value: object) -> None:
    raw = yaml.safe_load(SMALL_CODEBOOK)
    raw["schemes"][1] |= {field: value}
    (change,) = diff(
        Codebook.model_validate(yaml.safe_load(SMALL_CODEBOOK)), Codebook.model_validate(raw)
    ).changes
    touches = field not in ("weights_sum", "display")
    assert (change.what, change.id, change.scores) == (f"scheme's {field}", "by-dimension", touches)


@pytest.mark.parametrize("rule", ["keep", "gate"])
def test_another_condition_touches_scores_where_a_scheme_gates(rule: str) -> None:
    raw = yaml.safe_load(SMALL_CODEBOOK)
    raw["schemes"][0] |= {"not_applicable": rule}
    new = copy.deepcopy(raw)
    del new["items"][1]["applies_if"]
    (change,) = diff(Codebook.model_validate(raw), Codebook.model_validate(new)).changes
    assert (change.item, change.what, change.scores) == ("data", "applies_if", rule == "gate")
