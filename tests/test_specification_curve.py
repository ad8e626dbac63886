"""Specification curves: each estimate is a known one, the joint test is that of refits, and holds its size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import binomtest

from rdpscore.inference import fit, wild_bootstrap
from rdpscore.predictors.finding import pick
from rdpscore.predictors.frame import ModelFrame, model_frame
from rdpscore.predictors.joint import Member, draw_weights, median_test
from rdpscore.predictors.questions import estimate
from rdpscore.predictors.specification import (
    Curve,
    SpecificationResult,
    coded,
    frame_curves,
)
from rdpscore.scoring.scores import journal_scores
from rdpscore.survey import Survey

IMPACT, ACCESS = "log2(impact)", "access_model=open_access"


@pytest.fixture(scope="module")
def frame(shipped: Survey) -> ModelFrame:
    return model_frame(shipped)


@pytest.fixture(scope="module")
def result(shipped: Survey, frame: ModelFrame) -> SpecificationResult:
    return frame_curves(shipped, frame, questions=("within", "pooled"), n_draws=499)


def curve(result: SpecificationResult, question: str, term: str) -> Curve:
    return next(c for c in result.curves if (c.question, c.term) == (question, term))


# The joint test -----------------------------------------------------------------------------------------


def members(
    seed: int, groups: int = 11, effect: float = 0.0, *, absorb: bool = True, n: int = 5
) -> list[Member]:
    """Ways to code one noisy predictor against noisy versions of one outcome; unequal clusters."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(groups), rng.integers(1, 14, groups))
    x = rng.normal(size=groups)[cluster] + rng.normal(size=len(cluster))
    slope = effect + 0.4 * rng.normal(size=groups)[cluster]  # slopes that vary by cluster, around the effect
    y = rng.normal(size=groups)[cluster] + slope * x + rng.normal(size=len(cluster))
    out = []
    for k in range(n):
        keep = rng.random(len(x)) < (1.0 if k == 0 else 0.85)
        z = np.sign(x) * np.abs(x) ** (0.5 + 0.25 * k)
        columns = z[keep, None] if absorb else np.column_stack([np.ones(keep.sum()), z[keep]])
        own = y[keep] + 0.3 * rng.normal(size=keep.sum())
        fitted = fit(
            own, columns, cluster[keep], names=("z",) if absorb else ("one", "z"),
            absorb=cluster[keep] if absorb else None,
        )  # fmt: skip
        out.append(Member(fitted, "z", tuple(f"P{g}" for g in np.unique(cluster[keep]))))
    return out


@pytest.mark.parametrize("absorb", [True, False])
def test_of_one_specification_it_is_the_wild_cluster_bootstrap(absorb: bool) -> None:
    """All signs are enumerated in both, so p is one number; that bootstrap is itself tested against refits."""
    (one,) = members(1, effect=0.6, absorb=absorb, n=1)
    found = median_test([one], n_draws=1 << 10)
    assert found.enumerated
    assert found.p == pytest.approx(wild_bootstrap(one.fitted, "z", weights="rademacher").p(), abs=0.003)


@pytest.mark.parametrize("absorb", [True, False])
def test_medians_are_those_of_refits_by_statsmodels(absorb: bool) -> None:
    """Every draw of every member refitted with dummies and cluster-robust errors."""
    some = members(2, groups=10, effect=0.3, absorb=absorb, n=3)
    names = sorted({label for m in some for label in m.labels})
    weights, _ = draw_weights(len(names), 6, seed=3)
    drawn = []
    for m in some:
        a, beta = m.fitted.direction("z"), float(m.fitted.contrast("z") @ m.fitted.beta)
        cluster = m.fitted.cluster
        design = m.fitted.x
        if absorb:
            design = np.column_stack([design, cluster[:, None] == np.arange(cluster.max() + 1)]).astype(float)
        under = m.fitted.residuals + a * beta / (a @ a)
        place = [names.index(label) for label in m.labels]
        column = m.fitted.names.index("z")
        row = []
        for w in weights:
            peer = sm.OLS(under * w[place][cluster], design).fit(
                cov_type="cluster", cov_kwds={"groups": cluster}
            )
            scale = np.sqrt(peer.cov_params()[column, column])
            free = (
                (len(cluster) - design.shape[1]) / (len(cluster) - 1) * (cluster.max()) / (cluster.max() + 1)
            )
            row.append(peer.params[column] / (scale * np.sqrt(free)))
        drawn.append(row)
    median = np.median(drawn, axis=0)
    found = median_test(some, n_draws=6, seed=3)
    assert found.median_t == pytest.approx(median[0])
    assert found.p == pytest.approx(np.mean(np.abs(median) >= abs(median[0]) * (1 - 1e-9)))


def test_specifications_that_few_publishers_carry_take_no_part() -> None:
    good = members(1, n=2)
    cluster = np.repeat(np.arange(5), 4)
    x = (cluster == 2).astype(float) * np.arange(20)
    y = np.random.default_rng(0).normal(size=20)
    lone = Member(fit(y, x[:, None], cluster, names=("z",), absorb=cluster), "z", tuple("abcde"))
    assert median_test([lone]).reason == "no_members"
    assert median_test([*good, lone], n_draws=99).n_members == 2
    assert median_test([]).p is None


@pytest.mark.slow
def test_the_joint_test_holds_its_size_where_slopes_vary_by_publisher() -> None:
    """400 surveys without an effect: rejections at 5 % are no more than 5 % allows; with one they are many."""
    null = [median_test(members(s, groups=14), n_draws=199, seed=s).p or 0 for s in range(400)]
    rejected = int(np.sum(np.array(null) <= 0.05))
    assert binomtest(rejected, 400, 0.05).pvalue > 0.001
    power = [median_test(members(s, groups=14, effect=0.5), n_draws=199, seed=s).p or 0 for s in range(60)]
    assert np.mean(np.array(power) <= 0.05) > 0.5


# The curve ----------------------------------------------------------------------------------------------


def test_a_curve_is_every_combination_of_choices_once(result: SpecificationResult) -> None:
    # schemes × codings × journals × (alone, or beside access model with doubtful labels kept or left out)
    assert len(curve(result, "within", IMPACT).specifications) == 3 * 4 * 3 * 3
    # schemes × journals × (alone, beside impact) × doubtful labels kept or left out
    assert len(curve(result, "pooled", ACCESS).specifications) == 3 * 3 * 2 * 2
    for c in result.curves:
        ways = [(s.scheme, s.coding, s.held, s.journals, s.doubtful) for s in c.specifications]
        assert len(set(ways)) == len(ways)
        values = [s.estimate for s in c.specifications if s.estimate is not None]
        assert values == sorted(values)
        assert (c.low, c.median, c.high) == (values[0], pytest.approx(np.median(values)), values[-1])
        assert c.n == c.joint.n_members == len(values)


@pytest.mark.parametrize("term", [IMPACT, ACCESS])
def test_the_report_s_own_estimates_are_among_them(
    frame: ModelFrame, result: SpecificationResult, term: str
) -> None:
    for held in ("alone", "together"):
        rows = estimate(frame, "within", term, held=held, methods=("CR2",))  # type: ignore[arg-type]
        row = pick(rows, "within", term, held=held, scale="iqr" if term == IMPACT else "unit")  # type: ignore[arg-type]
        assert row is not None
        same = [
            s for s in curve(result, "within", term).specifications
            if (s.scheme, s.journals, s.doubtful) == ("equal", "all journals", "kept")
            and s.coding in ("log2", "levels") and (s.held == "alone") == (held == "alone")
        ]  # fmt: skip
        assert len(same) == 1
        assert (same[0].estimate, same[0].low, same[0].high) == pytest.approx(
            (row.estimate, row.low, row.high)
        )
        assert same[0].n == row.n


def test_codings_are_scaled_from_quartile_to_quartile(frame: ModelFrame) -> None:
    """An outcome that is exactly one coding of the predictor differs by its own interquartile range."""
    p = frame.predictor(IMPACT)
    known = np.array([float(v) for v in p.values if v is not None])
    low, high = np.quantile(known, [0.25, 0.75])
    for coding, expected in (
        ("log2", np.log2(high / low)),
        ("raw", high - low),
        ("rank", 0.5),
        ("half", 1.0),
    ):
        new, units = coded(p, coding)  # type: ignore[arg-type]
        assert units == pytest.approx(expected)
        column = new.columns[:, 0]
        there = np.isfinite(column)
        if coding == "rank":
            assert np.quantile(column[there], 0.75) - np.quantile(column[there], 0.25) == pytest.approx(
                0.5, abs=0.01
            )
        if coding == "half":
            assert column[there].mean() == pytest.approx(0.5, abs=0.01)


def test_schemes_are_those_of_the_codebook(
    shipped: Survey, frame: ModelFrame, result: SpecificationResult
) -> None:
    found = curve(result, "pooled", ACCESS)
    assert {s.scheme for s in found.specifications} == {s.id for s in shipped.codebook.schemes}
    for scheme in ("published", "by-dimension"):
        y = journal_scores(shipped, scheme)
        access = frame.predictor(ACCESS).columns[:, 0] == 1
        (own,) = [
            s for s in found.specifications
            if (s.scheme, s.held, s.journals, s.doubtful) == (scheme, "alone", "all journals", "kept")
        ]  # fmt: skip
        assert own.estimate == pytest.approx(y[access].mean() - y[~access].mean())


def test_words_say_median_range_and_one_test_and_count_no_votes(result: SpecificationResult) -> None:
    for c in result.curves:
        told = c.sentence()
        assert told.endswith(".")
        assert "median" in told
        assert "one joint test" in told
        assert "significant" not in told
    assert set(result.tables()) == {"curves", "specifications", "choices"}
    choices = curve(result, "pooled", ACCESS).by_choice()
    assert set(choices["choice"]) == {"scheme", "held", "journals", "doubtful"}


def test_an_item_has_one_outcome_and_an_impossible_question_none(shipped: Survey) -> None:
    item = shipped.codebook.scored_items[0].id
    own = model_frame(shipped, f"{item} ~ society_publisher")
    found = frame_curves(shipped, own, questions=("within",), n_draws=99).curves[0]
    assert {s.scheme for s in found.specifications} == {item}
    assert found.median is None
    assert found.joint.reason == "no_members"
    assert "can be estimated" in found.sentence()
    assert all(s.reason for s in found.specifications)


def test_the_same_seed_gives_the_same_curve(shipped: Survey, frame: ModelFrame) -> None:
    own = replace(frame, predictors=frame.predictors[1:])
    one, two, other = (
        frame_curves(shipped, own, questions=("within",), n_draws=199, seed=s) for s in (1, 1, 5)
    )
    assert one.to_json() == two.to_json()
    assert one.curves[0].joint.p != other.curves[0].joint.p
