"""Intervals of agreement: published ones, the rule of few clusters, differences, coverage in simulation."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import krippendorff
import numpy as np
import pandas as pd
import pytest
from tables import SMALL_CODEBOOK, write_survey

from rdpscore.agreement.coefficients import gwet_ac, krippendorff_alpha
from rdpscore.agreement.differences import difference
from rdpscore.agreement.interval import (
    Interval,
    alpha_interval,
    from_log_scale,
    intervals,
    log_scale,
    panel,
    panel_of,
)
from rdpscore.agreement.ratings import Ratings
from rdpscore.inference import By, jackknife
from rdpscore.survey import Survey, load


def alpha_intervals(survey: Survey, by: By = "publisher", **options: Any) -> tuple[Interval, ...]:
    """Alpha of each closed item at its level of measurement."""
    return intervals(panel(survey, by).alphas(), **options)


def stratified_interval(
    survey: Survey,
    metric: Any = "exact",
    by: By = "publisher",
    *,
    items: list[str] | None = None,
    journals: Any = None,
    **options: Any,
) -> Interval:
    """Alpha over items."""
    return intervals(panel(survey, by, journals=journals).stratified(metric, items), **options)[0]


FOUR_OBSERVERS = [
    [1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [None, 5, 5, 5], [None, None, 1, 1], [None, None, 3, None],
]  # fmt: skip
"""Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C."""
FIVE = [1, 2, 3, 4, 5]

# Published ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "low", "high"), [("nominal", 0.417, 1.0), ("nominal", 0.412, 1.0), ("ordinal", 0.43, 1.0)]
)
def test_resampled_units_give_the_known_bounds(level: Any, low: float, high: float) -> None:
    """R's ``icr`` prints .417 and 1 from 1,000 resamples of units; the others are from 10,000."""
    found = alpha_interval(FOUR_OBSERVERS, FIVE, level=level, method="percentile", n_resamples=10_000)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.03)


def test_unit_resampling_gives_the_reference_bounds(reference: Path) -> None:
    content = json.loads((reference / "agreement_vectors.json").read_text(encoding="utf-8"))
    for entry in content["bootstrap_reference"]:
        found = alpha_interval(
            FOUR_OBSERVERS, FIVE, level=entry["level"], method="percentile", n_resamples=10_000
        )
        (bounds,) = [v for k, v in entry["ci95"].items() if k.startswith("unit resampling")]
        assert (found.low, found.high) == pytest.approx(tuple(bounds), abs=0.03)


INFLUENCE = [0.023, -0.047, 0.03, 0.03, 0.023, -0.114, 0.043, -0.043, 0.023, 0.033, 0.014, 0.0]
"""Alpha less alpha without each unit; −.114 of the sixth stands in the tests of R's ``krippendorffsalpha``."""


def test_influence_of_units_to_the_printed_decimals() -> None:
    measure = panel_of(Ratings.from_labels(FOUR_OBSERVERS, FIVE)).alphas()
    found = jackknife(measure.panel.statistics, measure.function)
    assert (found.point - found.without)[:, 0] == pytest.approx(INFLUENCE, abs=5e-4)
    interval = alpha_interval(FOUR_OBSERVERS, FIVE)
    assert interval.value is not None
    assert [interval.value - w for w in interval.without if w is not None] == pytest.approx(
        INFLUENCE[:11], abs=5e-4
    )
    assert interval.clusters == tuple(map(str, range(11)))  # the twelfth has one rating


def test_alpha_without_each_coder_to_the_printed_decimals(reference: Path) -> None:
    content = json.loads((reference / "agreement_vectors.json").read_text(encoding="utf-8"))
    printed = {e["id"]: e for e in content["influence"]}
    assert printed["influence_4obs_nominal_units"]["expected"] == INFLUENCE
    table = np.array([[np.nan if v is None else v for v in unit] for unit in FOUR_OBSERVERS])
    found = [krippendorff_alpha(np.delete(table, k, axis=1), FIVE).value for k in range(4)]
    assert found == pytest.approx(printed["leave_one_coder_out_4obs_nominal"]["expected"], abs=5e-4)


# On the shipped survey, against other programs ------------------------------------------------------------


def wide(survey: Survey, item: str) -> pd.DataFrame:
    """Journals × coders of an item from the file."""
    assert survey.path is not None
    table = pd.read_csv(survey.path / "codings.csv", dtype={"answer": float})
    table = table[table["item"] == item]
    return table.pivot_table(index="journal_id", columns="coder", values="answer").reindex(survey.journal_ids)


@pytest.mark.parametrize("item", ["data_timing", "data_sharing_method", "code_reproducibility"])
def test_alpha_without_each_publisher_is_krippendorffs_on_the_other_rows(shipped: Survey, item: str) -> None:
    publishers = shipped.journals["publisher"].astype(str).to_numpy()
    table = wide(shipped, item)
    (found,) = [i for i in alpha_intervals(shipped, n_resamples=0) if i.label == item]
    level = shipped.codebook.item(item).level
    for name, value in zip(found.clusters, found.without, strict=True):
        rest = table[publishers != name].to_numpy().T
        assert value == pytest.approx(krippendorff.alpha(rest, level_of_measurement=level), abs=1e-12)


def test_the_interval_is_the_jackknife_written_out(shipped: Survey) -> None:
    """From alphas by ``krippendorff`` without each publisher, by the formulas in docs/agreement.md."""
    from scipy import stats

    publishers = shipped.journals["publisher"].astype(str).to_numpy()
    table = wide(shipped, "data_timing")

    def alpha(rows: pd.DataFrame) -> float:
        return float(krippendorff.alpha(rows.to_numpy().T, level_of_measurement="ordinal"))

    pairable = table[table.notna().sum(axis=1) >= 2]
    commonest = pairable.melt()["value"].value_counts().index[0]
    other = (pairable.notna() & (pairable != commonest)).sum(axis=1).to_numpy()
    names = pd.Series(publishers, table.index)[pairable.index].to_numpy()
    held = pd.Series(other).groupby(names).sum()
    theta = -np.log(1 - alpha(table))
    without = np.array([-np.log(1 - alpha(table[publishers != p])) for p in np.unique(names)])
    g = len(without)
    centre = g * theta - (g - 1) * without.mean()
    error = np.sqrt((g - 1) / g * ((without - without.mean()) ** 2).sum())
    freedom = held.sum() ** 2 / (held**2).sum() - 1
    reach = stats.t.ppf(0.975, freedom) * error
    (found,) = [i for i in alpha_intervals(shipped) if i.label == "data_timing"]
    assert (found.low, found.high) == pytest.approx(
        (1 - np.exp(-(centre - reach)), 1 - np.exp(-(centre + reach))), abs=1e-9
    )
    assert found.effective_clusters == pytest.approx(freedom + 1)
    expected = [stats.t.cdf((centre + np.log(1 - limit)) / error, freedom) for limit in (0.667, 0.8)]
    assert [found.confidence_tentative, found.confidence_reliable] == pytest.approx(expected, abs=1e-9)


def test_the_headlines_of_the_shipped_survey_are_not_near_two_thirds(shipped: Survey) -> None:
    """The maintainers' points; resampling journals as if they were independent is far too narrow."""
    for metric, point in (("exact", 0.364), ("score", 0.501)):
        found = stratified_interval(shipped, metric)  # type: ignore[arg-type]
        journals = stratified_interval(shipped, metric, "journal")  # type: ignore[arg-type]
        assert found.value == pytest.approx(point, abs=5e-4)
        assert (found.n_units, found.n_clusters) == (161, 17)
        assert found.high is not None
        assert found.low is not None
        assert journals.high is not None
        assert journals.low is not None
        assert found.low < point < found.high < 0.667
        assert found.confidence_tentative is not None
        assert found.confidence_tentative < 0.025
        assert found.high - found.low > 2 * (journals.high - journals.low)


def test_automatic_tests_have_no_alpha_because_one_journal_carries_it(shipped: Survey) -> None:
    found = {i.label: i for i in alpha_intervals(shipped)}
    tests = found["code_autotest"]
    assert (tests.value, tests.low, tests.high) == (None, None, None)
    assert tests.value_reason == tests.reason == "carried_by_few_clusters"
    assert tests.carriers == ("journal-of-open-source-software",)
    for by in ("policy", "reading", "journal"):
        (again,) = [i for i in alpha_intervals(shipped, by) if i.label == "code_autotest"]
        assert again.value_reason == "carried_by_few_clusters"


def test_items_with_rare_answers_of_few_publishers_have_a_point_and_no_interval(shipped: Survey) -> None:
    for found in alpha_intervals(shipped):
        assert (found.low is None) == (found.reason is not None) == (found.confidence_reliable is None)
        if found.n_minority_clusters < 5:
            assert found.reason == "carried_by_few_clusters"
            assert len(found.carriers) == found.n_minority
        if found.low is not None and found.high is not None and found.value is not None:
            assert -1 <= found.low < found.value < found.high < 1


# The rule of few clusters ---------------------------------------------------------------------------------


def clustered(*groups: list[list[int]]) -> tuple[list[list[int]], list[int]]:
    """Ratings and the cluster of each unit."""
    return [u for g in groups for u in g], [k for k, g in enumerate(groups) for _ in g]


ZERO = [[0, 0], [0, 0], [0, 0]]
MIXED = [[0, 0], [1, 1], [0, 1]]
EVEN = [[0, 0], [1, 1]]


@pytest.mark.parametrize(
    ("groups", "value_reason", "reason"),
    [
        ([MIXED] * 6, None, None),
        ([MIXED] * 5 + [ZERO] * 3, None, None),
        ([MIXED] * 4 + [ZERO] * 4, None, "carried_by_few_clusters"),
        ([MIXED, *[ZERO] * 7], "carried_by_few_clusters", "carried_by_few_clusters"),
        ([MIXED], "carried_by_few_clusters", "carried_by_few_clusters"),
        ([ZERO] * 8, "no_variation", "no_variation"),
        ([[[0, -1]]] * 8, "no_pairable_units", "no_pairable_units"),
        ([EVEN] * 8, None, "no_disagreement"),
        # all disagreement in one cluster: without it alpha is 1, infinite on the scale
        ([*[EVEN] * 7, MIXED], None, "carried_by_few_clusters"),
    ],
)
@pytest.mark.parametrize("method", ["jackknife", "percentile", "bca"])
def test_what_carries_a_coefficient_decides_whether_it_has_an_interval(
    groups: list[list[list[int]]], value_reason: str | None, reason: str | None, method: Any
) -> None:
    data, code = clustered(*groups)
    labels = [[None if v < 0 else v for v in unit] for unit in data]
    found = alpha_interval(labels, [0, 1], clusters=code, method=method, n_resamples=400)
    assert (found.value_reason, found.reason) == (value_reason, reason)
    assert (found.value is None) == (value_reason is not None)
    assert (found.low is None) == (found.high is None) == (reason is not None)
    if reason == "carried_by_few_clusters":
        assert found.carriers == tuple(str(i) for i, u in enumerate(data) if max(u) == 1)


def test_a_cluster_that_alone_holds_the_commonest_answer_carries_alpha_too() -> None:
    """Outside it there is one other answer only: without it nothing varies, though 0 is the rarer answer's mirror."""
    data, code = clustered([[0, 0]] * 20 + [[0, 1]], *[[[1, 1]]] * 6)
    found = alpha_interval(data, [0, 1], clusters=code)
    assert found.value_reason == "carried_by_few_clusters"
    assert found.n_minority_clusters == 7


def test_too_many_degenerate_resamples_leave_no_interval() -> None:
    """Five of 40 clusters hold the rarer answer, each little: (35/40)^40 = 0.5 % lack it; of five in 5,000, e^−5."""
    data, code = clustered(*[MIXED] * 5, *[ZERO] * 35)
    assert alpha_interval(data, [0, 1], clusters=code).reason is None
    one_sided = [[[0, 1]]] * 5 + [[[0, 0]]] * 35
    data, code = clustered(*one_sided)
    found = alpha_interval(data, [0, 1], clusters=code)
    assert found.degenerate is not None
    assert found.degenerate < 0.05


def test_without_resamples_degenerate_draws_are_not_known_and_not_needed() -> None:
    found = alpha_interval(FOUR_OBSERVERS, FIVE, n_resamples=0)
    assert found.degenerate is None
    assert found.low == alpha_interval(FOUR_OBSERVERS, FIVE).low
    with pytest.raises(ValueError, match="needs resamples"):
        alpha_interval(FOUR_OBSERVERS, FIVE, method="bca", n_resamples=0)
    with pytest.raises(ValueError, match="methods are"):
        alpha_interval(FOUR_OBSERVERS, FIVE, method="exact")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="12 units"):
        alpha_interval(FOUR_OBSERVERS, FIVE, clusters=[1, 2])


def test_the_scale_of_the_interval_has_an_inverse() -> None:
    values = np.array([-3.0, 0, 0.5, 0.999])
    assert from_log_scale(log_scale(values)) == pytest.approx(values)
    assert log_scale(np.array(1.0)) == np.inf


# Differences ----------------------------------------------------------------------------------------------


def test_a_coefficient_does_not_differ_from_itself(shipped: Survey) -> None:
    measure = panel(shipped).stratified("exact")
    for method in ("percentile", "jackknife"):
        found = difference(measure, measure, method=method, n_resamples=200)  # type: ignore[arg-type]
        assert (found.value, found.low, found.high) == pytest.approx((0, 0, 0), abs=1e-12)


def test_groups_of_journals_are_compared_over_the_same_publishers(shipped: Survey) -> None:
    """The point is the difference of two surveys' alphas; publishers with journals in both are drawn once."""
    open_access = (shipped.journals["access_model"] == "open_access").to_numpy()
    first, second = (panel(shipped, journals=j).stratified("score") for j in (open_access, ~open_access))
    found = difference(first, second, n_resamples=2000)
    alone = [
        stratified_interval(shipped, "score", journals=j, n_resamples=0).value
        for j in (open_access, ~open_access)
    ]
    assert found.value == pytest.approx(alone[0] - alone[1])  # type: ignore[operator]
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high  # type: ignore[operator]
    mirrored = difference(second, first, n_resamples=2000)
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low), abs=1e-9)


def test_the_metrics_differ_by_more_than_their_intervals_apart_suggest(shipped: Survey) -> None:
    """Joint draws: alpha on scores and by exact answer move together."""
    both = panel(shipped)
    found = difference(both.stratified("score"), both.stratified("exact"), n_resamples=2000)
    alone = stratified_interval(shipped, "score", method="percentile")
    assert found.low is not None
    assert found.high is not None
    assert alone.low is not None
    assert alone.high is not None
    assert found.low > 0
    assert found.high - found.low < alone.high - alone.low


def test_a_coefficient_without_interval_has_no_difference_either(shipped: Survey) -> None:
    alphas = panel(shipped).alphas()
    found = difference(alphas.pick("data_timing"), alphas.pick("code_autotest"), n_resamples=200)
    assert (found.value, found.low, found.reason) == (None, None, "carried_by_few_clusters")
    few = difference(alphas.pick("data_timing"), alphas.pick("code_docs"), n_resamples=200)
    assert few.value is not None
    assert (few.low, few.reason) == (None, "carried_by_few_clusters")
    with pytest.raises(KeyError):
        alphas.pick("nothing")
    with pytest.raises(ValueError, match="pick one"):
        difference(alphas, alphas)
    with pytest.raises(ValueError, match="other clusters"):
        difference(alphas.pick("data_timing"), panel(shipped, "journal").alphas().pick("data_timing"))


def test_rounds_are_compared(tmp_path: Path) -> None:
    """A second round in which the coders agree on all journals; by hand, the difference is 1 less the first's alpha."""
    answers = ["no no", "yes yes", "no yes", "yes yes", "no no", "yes no"]
    rows = []
    for j, pair in enumerate(answers):
        first, second = pair.split()
        for name, given in (("main", (first, second)), ("recode", (first, first))):
            rows += [f"| j{j} | c{k} | {name} | policy | {a} |" for k, a in enumerate(given, 1)]
    folder = write_survey(
        tmp_path / "rounds",
        SMALL_CODEBOOK,
        journals="| journal_id | title | publisher |\n|-|-|-|\n"
        + "\n".join(f"| j{j} | T{j} | P |" for j in range(6)),
        codings="| journal_id | coder | round | item | answer |\n|-|-|-|-|-|\n" + "\n".join(rows),
    )
    survey = load(folder)
    first, second = (panel(survey, "journal", items=["policy"], round=r).alphas() for r in ("main", "recode"))
    found = difference(second, first, n_resamples=500)
    data = [[a == "yes" for a in pair.split()] for pair in answers]
    theirs = krippendorff.alpha(np.array(data, float).T, level_of_measurement="ordinal")
    assert found.value == pytest.approx(1 - theirs)


# Panels ---------------------------------------------------------------------------------------------------


def test_points_of_a_panel_are_those_of_the_functions_on_ratings(shipped: Survey) -> None:
    from rdpscore.agreement.coincidences import ratings_of

    whole = panel(shipped)
    totals = whole.statistics.sum(axis=0)
    acs, alphas, shares = (
        m.function(totals) for m in (whole.gwet(), whole.alphas("nominal"), whole.percents())
    )
    for k, entry in enumerate(whole.entries):
        ratings = ratings_of(shipped, shipped.codebook.item_ids.index(entry.item))
        ac = gwet_ac(ratings)
        assert acs[k] == pytest.approx(ac.value)
        assert shares[k] == pytest.approx(1 - ac.observed)  # type: ignore[operator]
        assert alphas[k] == pytest.approx(krippendorff_alpha(ratings).value, abs=1e-12)
        assert not ratings.persons


@pytest.mark.parametrize("metric", ["exact", "score"])
def test_alpha_over_some_items_is_that_of_their_counts(shipped: Survey, metric: Any) -> None:
    """Pair by pair within journals and over all, in plain loops, on the items of one dimension."""
    items = [
        i for i in shipped.codebook.closed_items if i.dimension == shipped.codebook.closed_items[-1].dimension
    ]
    observed = expected = 0.0
    for item in items:
        table = wide(shipped, item.id)
        place = {float(code): k for k, code in enumerate(item.codes)}
        units = [[place[v] for v in row if v == v] for row in table.to_numpy()]
        units = [u for u in units if len(u) >= 2]
        answers = np.concatenate(units)
        scores = np.array(item.scores)
        far = {
            "exact": 1 - np.eye(len(scores)),
            "score": np.subtract.outer(scores, scores) ** 2 / np.ptp(scores) ** 2,
        }[metric]
        n = len(answers)
        observed += sum(far[a, b] / (len(u) - 1) for u in units for a in u for b in u) / n
        expected += far[np.ix_(answers, answers)].sum() / (n * (n - 1))
    found = stratified_interval(shipped, metric, items=[i.id for i in items], n_resamples=0)
    assert found.value == pytest.approx(1 - observed / expected, abs=1e-12)


def test_intervals_of_other_coefficients_than_alpha(shipped: Survey) -> None:
    """AC1 stays defined where one publisher alone holds the rarer answers, and still has no interval there."""
    found = {i.label: i for i in intervals(panel(shipped).gwet(), n_resamples=200)}
    assert found["code_autotest"].value is not None
    assert found["code_autotest"].reason == "carried_by_few_clusters"
    timing = found["data_timing"]
    assert timing.low is not None
    assert timing.value is not None
    assert timing.high is not None
    assert timing.low < timing.value < timing.high


def test_a_survey_without_items_or_codings_or_journals_has_no_intervals(tmp_path: Path) -> None:
    none = "| journal_id | coder | item | answer |\n|-|-|-|-|"
    for name, journals in (("some", "\n| a | A | P |"), ("none", "")):
        table = "| journal_id | title | publisher |\n|-|-|-|" + journals
        survey = load(write_survey(tmp_path / name, SMALL_CODEBOOK, journals=table, codings=none))
        found = [*alpha_intervals(survey, n_resamples=10), stratified_interval(survey, n_resamples=10)]
        assert {(i.value, i.low, i.reason) for i in found} == {(None, None, "no_pairable_units")}
        assert intervals(panel(survey, items=[]).alphas(), n_resamples=10) == ()
        assert stratified_interval(survey, items=[], n_resamples=10).reason == "no_pairable_units"


def test_coders_of_a_panel_may_be_many(shipped: Survey) -> None:
    """Counts come from the records, not from a matrix of journals × coders; both say the same."""
    from rdpscore.agreement.coincidences import rating_counts, ratings_of

    for place in (0, 3):
        np.testing.assert_array_equal(rating_counts(shipped, place), ratings_of(shipped, place).counts)


# Coverage -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def simulation() -> ModuleType:
    """The script whose table stands in docs/agreement.md."""
    folder = Path(__file__).parents[1] / "benchmarks"
    spec = importlib.util.spec_from_file_location("agreement_coverage", folder / "agreement_coverage.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["agreement_coverage"] = module
    sys.path.insert(0, str(folder))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(folder))
    return module


def test_the_simulated_survey_has_the_shares_and_the_clusters_it_says(simulation: ModuleType) -> None:
    design = simulation.DESIGNS[3]
    answers = simulation.draw(design, 300, np.random.default_rng(0))
    assert answers.shape == (300, sum(simulation.SIZES), 2, 1)
    shares = np.bincount(answers.ravel(), minlength=3) / answers.size
    assert shares == pytest.approx(design.items[0], abs=0.02)
    same = (answers[:, :-1] == answers[:, 1:]).all(axis=(2, 3)).mean()
    own = simulation.draw(simulation.DESIGNS[2], 300, np.random.default_rng(0))
    assert same > (own[:, :-1] == own[:, 1:]).all(axis=(2, 3)).mean() + 0.05


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1, 2, 3, 6, 7])
def test_the_default_interval_holds_the_true_alpha_as_often_as_it_says(
    simulation: ModuleType, number: int
) -> None:
    """One and seventeen items, own and shared policies; 92 to 97 %, less what 400 surveys leave to chance (2 s.e.)."""
    found = simulation.coverage(simulation.DESIGNS[number], 400, 200, seed=11)
    assert 0.92 - 0.025 <= found.covered["jackknife"] <= 0.97 + 0.02
    assert found.covered["journals"] < found.covered["jackknife"]
    assert found.covered["percentile"] < found.covered["jackknife"]
