"""Clusters, the jackknife and the bootstrap: closed forms, another implementation, simulations with known truth."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tables import SMALL_CODEBOOK, write_survey

from rdpscore.inference import (
    bootstrap,
    clusters,
    effective_number,
    jackknife,
    leave_one_out,
    resample,
    sum_by,
)
from rdpscore.survey import Survey, load

Floats = npt.NDArray[np.float64]


def mean(rows: Floats) -> Floats:
    """The mean of units from their number and sum."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(rows[..., 1:] / rows[..., :1])


def counted(values: Floats) -> Floats:
    """Each unit its own cluster: one, and its value."""
    return np.column_stack([np.ones(len(values)), values])


# Clusters -------------------------------------------------------------------------------------------------


def test_the_shipped_survey_has_its_clusters(shipped: Survey) -> None:
    """17 publishers and 171 journals, as Hörmann et al. 2026 print; no policies are recorded."""
    assert {by: clusters(shipped, by).n for by in ("publisher", "policy", "journal")} == {  # type: ignore[arg-type]
        "publisher": 17,
        "policy": 171,
        "journal": 171,
    }
    found = clusters(shipped, "publisher")
    names = np.array(found.labels)[found.code]
    assert names.tolist() == shipped.journals["publisher"].astype(str).tolist()


@pytest.fixture
def grouped(tmp_path: Path) -> Survey:
    folder = write_survey(
        tmp_path / "grouped",
        SMALL_CODEBOOK,
        journals="""
            | journal_id | title | publisher | policy_id |
            |------------|-------|-----------|-----------|
            | a          | Alpha | North     | p1        |
            | b          | Beta  |           | p1        |
            | c          | Gamma | South     |           |
            | d          | Delta | North     | p2        |
            | e          | Eps   |           |           |
        """,
        policies="""
            | policy_id |
            |-----------|
            | p1        |
            | p2        |
        """,
        codings="""
            | journal_id | coder | item   | answer | reading_id |
            |------------|-------|--------|--------|------------|
            | a          | c1    | policy | no     | r1         |
            | a          | c2    | policy | no     | r2         |
            | b          | c1    | policy | no     | r1         |
            | b          | c2    | policy | no     | r2         |
            | c          | c1    | policy | no     | r1         |
            | c          | c2    | policy | no     | r3         |
            | d          | c1    | policy | no     |            |
        """,
    )
    return load(folder)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("publisher", {"North": "ad", "South": "c", "no publisher (b)": "b", "no publisher (e)": "e"}),
        ("policy", {"p1": "ab", "p2": "d", "no policy (c)": "c", "no policy (e)": "e"}),
        ("reading", {"a": "ab", "c": "c", "d": "d", "e": "e"}),
        ("journal", {"a": "a", "b": "b", "c": "c", "d": "d", "e": "e"}),
    ],
)
def test_a_journal_of_which_nothing_is_recorded_is_a_cluster_of_its_own(
    grouped: Survey, by: Any, expected: dict[str, str]
) -> None:
    found = clusters(grouped, by)
    members = {label: "".join(grouped.journal_ids[found.code == k]) for k, label in enumerate(found.labels)}
    assert members == expected
    assert found.by == by


def test_other_clusters_are_refused(shipped: Survey) -> None:
    with pytest.raises(ValueError, match="publisher, policy, reading, journal; not by 'country'"):
        clusters(shipped, "country")  # type: ignore[arg-type]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_sums_by_cluster_are_those_of_a_loop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, code = rng.normal(size=(30, 3)), rng.integers(0, 8, 30)
    expected = [values[code == k].sum(axis=0) for k in range(9)]
    np.testing.assert_allclose(sum_by(values, code, 9), expected, atol=1e-12)
    assert sum_by(values[:0], code[:0], 4).tolist() == np.zeros((4, 3)).tolist()


# The jackknife --------------------------------------------------------------------------------------------


def test_the_jackknife_of_a_mean_is_its_textbook_interval() -> None:
    """Standard error s/√n and Student's t; scipy's one-sample interval and its one-sided test."""
    values = np.random.default_rng(1).normal(2, 3, 12)
    found = jackknife(counted(values), mean)
    theirs = stats.ttest_1samp(values, 1.5, alternative="greater")
    interval = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    bounds = found.bounds(0.9, (1.5,))
    assert found.standard_error()[0] == pytest.approx(stats.sem(values))
    assert (bounds.low[0], bounds.high[0]) == pytest.approx(tuple(interval))
    assert bounds.confidence[0, 0] == pytest.approx(1 - theirs.pvalue)


def test_the_jackknife_takes_the_bias_out_of_a_plug_in_variance() -> None:
    """Its correction of Σ(x − x̄)²/n is exactly Σ(x − x̄)²/(n − 1) (Efron and Tibshirani 1993, chapter 10)."""
    values = np.random.default_rng(2).exponential(size=9)
    rows = np.column_stack([np.ones(9), values, values**2])

    def variance(rows: Floats) -> Floats:
        n, x, xx = rows[..., 0], rows[..., 1], rows[..., 2]
        return np.asarray(xx / n - (x / n) ** 2)[..., None]

    centre, _ = jackknife(rows, variance).on(lambda v: v)
    assert centre[0] == pytest.approx(values.var(ddof=1))


def test_the_jackknife_is_that_of_scipy_free_loops() -> None:
    """A ratio, recomputed without each cluster."""
    rng = np.random.default_rng(3)
    rows = rng.uniform(1, 2, (7, 2))
    found = jackknife(rows, lambda r: r[..., :1] / r[..., 1:])
    loop = [np.delete(rows, g, axis=0).sum(axis=0) for g in range(7)]
    ratios = np.array([a / b for a, b in loop])
    np.testing.assert_allclose(found.without[:, 0], ratios, atol=1e-14)
    assert found.standard_error()[0] == pytest.approx(np.sqrt(6 / 7 * ((ratios - ratios.mean()) ** 2).sum()))


def test_clusters_without_data_do_not_count() -> None:
    values = np.random.default_rng(4).normal(size=8)
    rows = np.vstack([counted(values), np.zeros((3, 2))])
    present = np.arange(11)[:, None] < 8
    for found, expected in zip(
        jackknife(rows, mean, present).on(lambda v: v),
        jackknife(counted(values), mean).on(lambda v: v),
        strict=True,
    ):
        assert found == pytest.approx(expected)
    ours = jackknife(rows, mean, present).bounds()
    assert (ours.low[0], ours.high[0]) == pytest.approx(
        tuple(stats.ttest_1samp(values, 0).confidence_interval())
    )


def test_one_cluster_has_no_bounds() -> None:
    bounds = jackknife(np.array([[2.0, 3.0]]), mean).bounds(thresholds=(0.5,))
    assert np.isnan([bounds.low[0], bounds.high[0], bounds.confidence[0, 0]]).all()


def test_what_is_left_without_a_cluster_is_exactly_nothing_where_it_is_nothing() -> None:
    """Sums of thirds that only one cluster holds, subtracted, leave no rounding."""
    rows = np.zeros((4, 2))
    rows[:, 0] = 1
    rows[2, 1] = sum([1 / 3] * 7)
    rows[3, 1] = 0
    left = leave_one_out(rows + np.array([[0, 0], [0, 0], [0, 0.1], [0, 0]]))
    assert left[2, 1] == 0
    assert left[0, 1] > 0


def test_effective_number_of_clusters() -> None:
    """Kish: equal ones count in full, one that holds all counts as one."""
    weights = np.array([[5.0, 9, 0, 3], [5, 0, 0, 1], [5, 0, 0, 0]])
    assert effective_number(weights).tolist() == [3, 1, 0, pytest.approx(16 / 10)]


# The bootstrap --------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_draws_and_another_other_ones() -> None:
    rows = counted(np.random.default_rng(5).normal(size=20))
    first, again, other = (bootstrap(rows, mean, 500, seed).draws for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_every_resample_draws_as_many_clusters_as_there_are() -> None:
    drawn = np.concatenate(list(resample(np.eye(6), 3000, 0)))
    assert set(drawn.sum(axis=1)) == {6.0}
    # each count is binomial: mean 1, variance 1 − 1/6
    assert drawn.mean(axis=0) == pytest.approx(np.ones(6), abs=0.08)
    assert drawn.var(axis=0) == pytest.approx(np.full(6, 5 / 6), abs=0.12)


def test_chunks_do_not_change_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = counted(np.random.default_rng(6).normal(size=10))
    whole = bootstrap(rows, mean, 1000, 3).draws
    monkeypatch.setattr(sys.modules["rdpscore.inference.resampling"], "CHUNK_BYTES", 8 * 13 * 7)
    assert len(list(resample(rows, 1000, 3))) == 143
    np.testing.assert_allclose(bootstrap(rows, mean, 1000, 3).draws, whole, atol=1e-14)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_bounds_are_those_of_scipys_bootstrap(method: Any) -> None:
    """The variance of skewed data, each unit a cluster; scipy resamples units itself."""
    values = np.random.default_rng(7).exponential(size=40)
    rows = np.column_stack([np.ones(40), values, values**2])

    def variance(rows: Floats) -> Floats:
        n, x, xx = rows[..., 0], rows[..., 1], rows[..., 2]
        return np.asarray(xx / n - (x / n) ** 2)[..., None]

    low, high = bootstrap(rows, variance, 20_000, 1).bounds(method=method)
    theirs = stats.bootstrap(
        (values,), np.var, n_resamples=20_000, method=method, random_state=2
    ).confidence_interval
    assert (low[0], high[0]) == pytest.approx(tuple(theirs), abs=0.05)


def test_draws_in_which_an_estimate_is_undefined_are_counted_and_left_out() -> None:
    """Of five clusters one holds the unit: (4/5)^5 of the resamples lack it."""
    rows = np.array([[1.0, 2.0]] + [[0.0, 0.0]] * 4)
    found = bootstrap(rows, mean, 20_000, 0)
    assert found.degenerate[0] / found.n_resamples == pytest.approx(0.8**5, abs=0.01)
    assert found.bounds()[0][0] == pytest.approx(2)
    nothing = bootstrap(np.zeros((5, 2)), mean, 100, 0)
    assert nothing.degenerate[0] == 100
    assert np.isnan(nothing.bounds()).all()


def test_estimates_of_one_row_come_from_the_same_draws() -> None:
    values = np.random.default_rng(8).normal(size=15)
    rows = np.column_stack([np.ones(15), values, values + 1])
    draws = bootstrap(rows, mean, 300, 0).draws
    np.testing.assert_allclose(draws[:, 1] - draws[:, 0], 1, atol=1e-12)


def test_memory_does_not_grow_with_the_resamples() -> None:
    import tracemalloc

    rows = counted(np.random.default_rng(9).normal(size=200))
    peaks = []
    for n in (20_000, 80_000):
        tracemalloc.start()
        for _ in resample(rows, n, 0):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]
