"""Between, within, pooled: each coefficient against other implementations, and every reason for having none."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy.stats import rankdata

from rdpscore.inference import coefficient_test, covariance, fit
from rdpscore.predictors import (
    ModelFrame,
    Row,
    design,
    estimate,
    model_frame,
)
from rdpscore.predictors.attributes import DEFAULT
from rdpscore.predictors.finding import findings, pick
from rdpscore.predictors.questions import INTERCEPT, LEAST_CLUSTERS
from rdpscore.predictors.rows import QUESTIONS, REASONS, Question
from rdpscore.survey import Survey

IMPACT, ACCESS = "log2(impact)", "access_model=open_access"
POINTS = ("CR2",)


@pytest.fixture(scope="module")
def frame(shipped: Survey) -> ModelFrame:
    return model_frame(shipped, DEFAULT)


@pytest.fixture(scope="module")
def table(frame: ModelFrame) -> pd.DataFrame:
    return frame.to_frame().rename(columns={"score": "y", IMPACT: "impact", ACCESS: "access"})


@pytest.fixture(scope="module")
def rows(frame: ModelFrame) -> list[Row]:
    return [
        row
        for question in QUESTIONS
        for term in (IMPACT, ACCESS)
        for held in ("alone", "together")
        for row in estimate(frame, question, term, held=held)  # type: ignore[arg-type]
    ]


def found(rows: list[Row], question: Question, term: str, method: Any = "CR2", **more: Any) -> Row:
    row = pick(rows, question, term, method, **more)
    assert row is not None
    return row


# Against other implementations --------------------------------------------------------------------------


MODELS = {
    ("pooled", "alone", ACCESS): ("y ~ access", "access"),
    ("pooled", "alone", IMPACT): ("y ~ impact", "impact"),
    ("pooled", "together", ACCESS): ("y ~ impact + access", "access"),
    ("within", "alone", ACCESS): ("y ~ access + C(publisher)", "access"),
    ("within", "alone", IMPACT): ("y ~ impact + C(publisher)", "impact"),
    ("within", "together", IMPACT): ("y ~ impact + access + C(publisher)", "impact"),
}


@pytest.mark.parametrize(("key", "model"), MODELS.items(), ids="-".join)
def test_coefficients_and_cr1_are_those_of_statsmodels(
    frame: ModelFrame, table: pd.DataFrame, rows: list[Row], key: tuple[Any, ...], model: tuple[str, str]
) -> None:
    question, held, term = key
    used = table.dropna(subset=[v for v in ("impact", "access") if v in model[0]])
    groups = pd.factorize(used["publisher"])[0]
    peer = smf.ols(model[0], used).fit(cov_type="cluster", cov_kwds={"groups": groups})
    row = found(rows, question, term, held=held)
    assert row.estimate == pytest.approx(peer.params[model[1]], rel=1e-9)
    assert row.n == len(used)
    names = [term] if held == "alone" else [IMPACT, ACCESS]
    own = design(frame, question, names).fit()
    place = own.names.index(term)
    assert np.sqrt(covariance(own, "CR1")[place, place]) == pytest.approx(peer.bse[model[1]], rel=1e-8)


def test_within_is_the_regression_with_a_dummy_for_every_publisher(
    frame: ModelFrame, rows: list[Row]
) -> None:
    arrays = design(frame, "within", [ACCESS])
    dummies = np.eye(arrays.cluster.max() + 1)[arrays.cluster]
    names = (*arrays.names, *(f"publisher {g}" for g in range(dummies.shape[1])))
    full = fit(arrays.y, np.column_stack([arrays.x, dummies]), arrays.cluster, names=names)
    for kind in ("CR2", "CR3"):
        peer, row = coefficient_test(full, ACCESS, kind), found(rows, "within", ACCESS, kind)
        assert (row.estimate, row.se, row.df) == pytest.approx((peer.estimate, peer.se, peer.df), rel=1e-7)


def test_between_is_the_regression_of_17_means_with_hc2(table: pd.DataFrame, rows: list[Row]) -> None:
    # each publisher is a cluster of its own: CR2 is then HC2, and CR3 is HC3 (MacKinnon and White 1985)
    means = table.groupby("publisher")[["y", "access"]].mean()
    row = found(rows, "between", ACCESS)
    for kind in ("HC2", "HC3"):
        peer = smf.ols("y ~ access", means).fit(cov_type=kind)
        own = found(rows, "between", ACCESS, kind.replace("HC", "CR"))
        assert (own.estimate, own.se) == pytest.approx((peer.params["access"], peer.bse["access"]), rel=1e-9)
    assert (row.n, row.n_clusters) == (17, 17)


def test_pooled_access_is_the_printed_difference(shipped: Survey, reference: Path) -> None:
    printed = json.loads((reference / "materials-science" / "published.json").read_text())["access_vs_score"]
    frame = model_frame(shipped, "score ~ access_model", "published")
    assert estimate(frame, "pooled", ACCESS, methods=["CR2"])[0].estimate == pytest.approx(
        printed["ols_difference"], abs=5e-8
    )
    own = design(frame, "pooled").fit()
    place = own.names.index(ACCESS)
    assert np.sqrt(covariance(own, "CR1")[place, place]) == pytest.approx(
        printed["publisher_clustered_se"], abs=5e-4
    )


def test_the_fractional_logit_is_that_of_statsmodels(table: pd.DataFrame, rows: list[Row]) -> None:
    # Papke and Wooldridge's quasi-likelihood is a binomial GLM on shares; the effect is averaged by hand
    with np.errstate(all="ignore"):
        peer = sm.GLM(table["y"], sm.add_constant(table["access"]), family=sm.families.Binomial()).fit()
    ends = [peer.predict(np.array([[1.0, x]])).item() for x in (0.0, 1.0)]
    assert found(rows, "pooled", ACCESS, "fractional").estimate == pytest.approx(ends[1] - ends[0], rel=1e-6)


def test_ranks_within_publishers_are_correlated_after_centring(table: pd.DataFrame, rows: list[Row]) -> None:
    ranks = pd.DataFrame({"y": rankdata(table["y"]), "x": rankdata(table["access"])})
    centred = ranks - ranks.groupby(table["publisher"]).transform("mean")
    assert found(rows, "within", ACCESS, "ranks").estimate == pytest.approx(centred.corr().loc["y", "x"])


# What rows hold -----------------------------------------------------------------------------------------


def test_the_interquartile_range_is_the_unit_times_its_doublings(
    shipped: Survey, frame: ModelFrame, rows: list[Row]
) -> None:
    low, high = np.nanquantile(shipped.attribute("impact").to_numpy(float), [0.25, 0.75])
    reach = np.log2(high / low)
    for method in ("CR2", "CR3", "WCR", "fractional"):
        unit, wide = (found(rows, "within", IMPACT, method, scale=s) for s in ("unit", "iqr"))
        assert unit.estimate is not None
        assert unit.low is not None
        assert (wide.estimate, wide.low) == pytest.approx((reach * unit.estimate, reach * unit.low))
        assert (wide.p, wide.df, wide.bound) == (unit.p, unit.df, unit.bound)
    assert found(rows, "within", IMPACT).unit == "score per doubling of impact"
    assert (
        found(rows, "within", IMPACT, scale="iqr").unit
        == "score between the quartiles of impact, 2.82 and 7.71"
    )


def test_one_row_a_question_is_the_main_one(rows: list[Row]) -> None:
    main = [(r.question, r.term, r.method, r.scale) for r in rows if r.main and r.held == "alone"]
    assert main == [
        (q, term, "CR2", scale) for q in QUESTIONS for term, scale in ((IMPACT, "iqr"), (ACCESS, "unit"))
    ]  # 1.45 doublings lie between the quartiles, so that scale is the wider


def test_estimators_of_one_question_share_its_verdict(rows: list[Row]) -> None:
    seen: dict[tuple[str, ...], set[tuple[str | None, str | None]]] = {}
    for r in rows:
        seen.setdefault((r.question, r.term, r.held, r.scale), set()).add((r.verdict, r.verdict_reason))
    assert {len(v) for v in seen.values()} == {1}


def test_clusters_that_carry_a_coefficient_are_counted(frame: ModelFrame, rows: list[Row]) -> None:
    row = found(rows, "within", ACCESS)
    mixed = frame.to_frame().groupby("publisher")[ACCESS].nunique().gt(1).sum()
    assert (row.n_varying, row.n_clusters) == (mixed, 17)
    # a publisher's share of the centred predictor's sum of squares
    x = frame.to_frame().set_index("publisher")[ACCESS]
    squares = ((x - x.groupby(level=0).mean()) ** 2).groupby(level=0).sum()
    assert (row.largest, row.largest_share) == (
        squares.idxmax(),
        pytest.approx(squares.max() / squares.sum()),
    )


def test_few_degrees_of_freedom_are_marked(rows: list[Row]) -> None:
    row = found(rows, "between", IMPACT)
    assert row.df is not None
    assert row.df < 4
    assert (row.few, row.verdict, row.verdict_reason) == (True, "inconclusive", "few_degrees_of_freedom")


def test_a_linear_change_of_the_outcome_is_one_of_the_estimate(frame: ModelFrame, rows: list[Row]) -> None:
    (other,) = estimate(frame.with_outcome(3 - 2 * frame.y), "within", ACCESS, methods=POINTS)
    row = found(rows, "within", ACCESS)
    assert row.estimate is not None
    assert row.se is not None
    assert (other.estimate, other.se, other.df) == pytest.approx((-2 * row.estimate, 2 * row.se, row.df))
    assert other.verdict is None  # it takes the bootstrap as well


def test_the_order_of_journals_is_of_no_account(frame: ModelFrame, rows: list[Row]) -> None:
    order = np.random.default_rng(4).permutation(len(frame))
    mixed = replace(
        frame,
        y=frame.y[order],
        predictors=tuple(
            replace(p, values=p.values[order], doubtful=p.doubtful[order]) for p in frame.predictors
        ),
        publishers=replace(frame.publishers, code=frame.publishers.code[order]),
        clusters=replace(frame.clusters, code=frame.clusters.code[order]),
    )
    (row,) = estimate(mixed, "within", ACCESS, methods=POINTS)
    peer = found(rows, "within", ACCESS)
    assert (row.estimate, row.se, row.df) == pytest.approx((peer.estimate, peer.se, peer.df), rel=1e-8)


def test_the_same_seed_gives_the_same_rows(frame: ModelFrame) -> None:
    one, two = (estimate(frame, "within", ACCESS, seed=7) for _ in range(2))
    assert [asdict(r) for r in one] == [asdict(r) for r in two]


def test_without_one_publisher(frame: ModelFrame) -> None:
    name = frame.publishers.labels.index("Springer Nature")
    rest = frame.subset(frame.publishers.code != name)
    assert estimate(rest, "pooled", IMPACT, methods=["CR2"])[0].estimate == pytest.approx(0.005, abs=0.0005)
    assert estimate(frame, "pooled", IMPACT, methods=["CR2"])[0].estimate == pytest.approx(0.011, abs=0.0005)


# What cannot be estimated -------------------------------------------------------------------------------


def simple(
    x: Any, publishers: Any, y: Any = None, frame: ModelFrame | None = None, **more: Any
) -> ModelFrame:
    """A frame of one number and as many journals, on the pattern of a frame of the shipped survey."""
    assert frame is not None
    n = len(publishers)
    y = np.random.default_rng(1).random(n) if y is None else np.asarray(y, float)
    labels, code = np.unique(np.asarray(publishers), return_inverse=True)
    groups = replace(frame.publishers, code=code, labels=tuple(map(str, labels)))
    number = frame.predictor("impact")
    part = replace(number.part, log2=False)
    values = np.empty(n, object)
    values[:] = [None if v is None else float(v) for v in x]
    predictor = replace(number, part=part, values=values, doubtful=np.zeros(n, bool))
    ids = tuple(f"j{i}" for i in range(n))
    return replace(
        frame, y=y, predictors=(predictor,), journals=ids, titles=ids, publishers=groups, clusters=groups
    )


SIX = [g for g in range(6) for _ in range(4)]
VARIED = [(7 * i) % 11 for i in range(24)]
CASES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "one publisher": (
        {"x": VARIED, "publishers": [0] * 24},
        dict.fromkeys(QUESTIONS, "too_few_clusters"),
    ),
    "two publishers": (
        {"x": VARIED, "publishers": [0, 1] * 12},
        dict.fromkeys(QUESTIONS, "too_few_clusters"),
    ),
    "constant predictor": (
        {"x": [3] * 24, "publishers": SIX},
        {"pooled": "no_variation", "within": "no_variation", "between": "no_variation_between"},
    ),
    "predictor of publishers": ({"x": SIX, "publishers": SIX}, {"within": "no_variation_within"}),
    "outcomes all equal": (
        {"x": VARIED, "publishers": SIX, "y": [0.25] * 24},
        {
            "pooled": "outcome_constant",
            "within": "outcome_constant_within",
            "between": "outcome_constant_between",
        },
    ),
    "outcomes of publishers": (
        {"x": VARIED, "publishers": SIX, "y": [g / 10 for g in SIX]},
        {"within": "outcome_constant_within"},
    ),
    "outcome is the predictor": (
        {"x": VARIED, "publishers": SIX, "y": [v / 20 for v in VARIED]},
        dict.fromkeys(QUESTIONS, "exact_fit"),
    ),
    "two journals at two publishers differ": (
        {"x": [1, 0, 0, 0, 1] + [0] * 19, "publishers": SIX},
        dict.fromkeys(QUESTIONS, "carried_by_few_clusters"),
    ),
    "one journal a publisher": (
        {"x": VARIED, "publishers": range(24)},
        {"within": "no_variation_within"},
    ),
    "no values": ({"x": [None] * 24, "publishers": SIX}, dict.fromkeys(QUESTIONS, "no_values")),
    "three journals": (
        {"x": [1, 2, 4], "publishers": [0, 1, 2]},
        {
            "pooled": "carried_by_few_clusters",
            "within": "no_variation_within",
            "between": "carried_by_few_clusters",
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_estimated_is_null_with_a_reason(frame: ModelFrame, case: str) -> None:
    made, reasons = CASES[case]
    own = simple(**made, frame=frame)
    for question in QUESTIONS:
        rows = estimate(own, question, "impact", n_draws=999)
        assert rows
        if question in reasons:
            for row in rows:
                numbers = (row.estimate, row.se, row.df, row.p, row.low, row.high, row.low90, row.high90)
                assert numbers == (None,) * 8
                assert (row.reason, row.verdict) == (reasons[question], "inconclusive")
        else:
            assert all(r.estimate is not None for r in rows if r.method == "CR2")


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_estimated_has_a_sentence_without_a_number(frame: ModelFrame, case: str) -> None:
    made, reasons = CASES[case]
    own = simple(**made, frame=frame)
    (finding,) = findings([r for q in QUESTIONS for r in estimate(own, q, "impact", n_draws=999)])
    if len(reasons) == 3:
        assert finding.headline == "cannot be estimated"
        assert not any(c.isdigit() for c in " ".join(finding.sentences))
    else:
        assert any("cannot be estimated" in s for s in finding.sentences)


def test_a_column_that_follows_from_the_others_is_told(frame: ModelFrame) -> None:
    impact = frame.predictor("impact")
    twin = replace(impact, part=replace(impact.part, attribute="twin"))
    own = replace(frame, predictors=(impact, twin), bounds={"impact": 0.5, "twin": 0.5})
    for question in QUESTIONS:
        (row,) = estimate(own, question, "log2(twin)", held="together", methods=POINTS)
        assert (row.estimate, row.reason) == (None, "collinear")


def test_an_outcome_that_is_no_share_has_no_fractional_logit(frame: ModelFrame) -> None:
    rows = estimate(frame.with_outcome(frame.y + 1), "pooled", ACCESS, methods=("CR2", "fractional"))
    assert [r.reason for r in rows] == [None, "not_a_share"]


def test_every_reason_that_a_row_can_have_has_words(frame: ModelFrame) -> None:
    used = {r for _, reasons in CASES.values() for r in reasons.values()}
    assert used <= set(REASONS)
    assert LEAST_CLUSTERS == 3
    assert design(frame, "pooled").names[0] == INTERCEPT
