"""The unclustered classics: equal to scipy, to statsmodels' printed formulas and to textbooks; null with a reason."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from rdpscore.predictors import classics
from rdpscore.predictors.classics import Classic, naive

# Student 1908, Biometrika 6:1, table of additional hours of sleep (R's dataset `sleep`)
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
SLEEP = np.array(FIRST + SECOND)
DRUG = np.array(["1"] * 10 + ["2"] * 10, dtype=object)

# Anscombe 1973, American Statistician 27:17, first set
ANSCOMBE_X = np.array([10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5], float)
ANSCOMBE_Y = np.array([8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68])


def by_name(rows: tuple[Classic, ...]) -> dict[str, Classic]:
    return {r.test: r for r in rows}


def test_welch_is_that_of_students_sleep_data() -> None:
    """As R documents it: t.test(extra ~ group): t = −1.8608, df = 17.776, p = 0.07939, −3.3654832 to 0.2054832."""
    found = classics.welch(SLEEP, DRUG)
    assert found.statistic == pytest.approx(1.8608, abs=5e-5)
    assert found.freedom[0] == pytest.approx(17.776, abs=5e-4)
    assert found.p == pytest.approx(0.07939, abs=5e-6)
    assert (found.low, found.high) == pytest.approx((-0.2054832, 3.3654832), abs=5e-8)
    assert found.estimate == pytest.approx(1.58)
    assert found.se == pytest.approx(1.58 / 1.8608, abs=1e-4)


def test_pearson_and_least_squares_are_those_of_anscombe() -> None:
    """Anscombe 1973: r² 0.667, slope 0.5, its standard error 0.118, t 4.24."""
    r = classics.pearson(ANSCOMBE_X, ANSCOMBE_Y)
    line = classics.least_squares(ANSCOMBE_Y, ANSCOMBE_X)
    assert r.statistic is not None
    assert line.se is not None
    assert line.statistic is not None
    assert round(r.statistic**2, 3) == 0.667
    assert round(line.estimate or 0, 3) == 0.500
    assert round(line.se, 3) == 0.118
    assert round(line.statistic, 2) == 4.24
    assert r.p == pytest.approx(line.p)  # the same test


def test_fisher_is_that_of_the_lady_tasting_tea() -> None:
    """Fisher 1935, The Design of Experiments, chapter 2: three of four right, two-sided p 34/70."""
    told = np.array(["milk"] * 4 + ["tea"] * 4, object)
    true = np.array(["milk"] * 3 + ["tea"] + ["milk"] + ["tea"] * 3, object)
    found = classics.fisher(told, true)
    assert found.p == pytest.approx(34 / 70)
    assert found.statistic == pytest.approx(9)


def test_chi_square_of_two_by_two_is_n_times_phi_squared() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 2, 80), rng.integers(0, 2, 80)
    found = classics.chi_square(a.astype(str).astype(object), b.astype(str).astype(object))
    assert found.statistic == pytest.approx(80 * np.corrcoef(a, b)[0, 1] ** 2)
    assert found.freedom == (1.0,)


def test_anova_of_two_groups_is_the_square_of_students_t() -> None:
    found = classics.anova(SLEEP, DRUG)
    student = stats.ttest_ind(FIRST, SECOND)
    assert found.statistic == pytest.approx(student.statistic**2)
    assert found.p == pytest.approx(student.pvalue)
    assert found.freedom == (1.0, 18.0)


def test_ranks_are_scipys() -> None:
    found = by_name(naive(SLEEP, DRUG))
    expected = stats.mannwhitneyu(SECOND, FIRST)
    assert (found["Mann–Whitney"].statistic, found["Mann–Whitney"].p) == (expected.statistic, expected.pvalue)
    expected = stats.kruskal(FIRST, SECOND)
    assert (found["Kruskal–Wallis"].statistic, found["Kruskal–Wallis"].p) == tuple(expected)
    rho = classics.spearman(ANSCOMBE_X, ANSCOMBE_Y)
    pearson_of_ranks = stats.pearsonr(stats.rankdata(ANSCOMBE_X), stats.rankdata(ANSCOMBE_Y))
    assert rho.statistic == pytest.approx(pearson_of_ranks.statistic)


def test_clustered_least_squares_is_the_formula_of_cr1() -> None:
    """Liang and Zeger 1986 with G/(G − 1) · (n − 1)/(n − k), written out; normal interval."""
    rng = np.random.default_rng(3)
    cluster = np.repeat(np.arange(7), rng.integers(1, 9, 7))
    x = (rng.random(len(cluster)) > 0.5).astype(float)
    y = rng.normal(size=len(cluster)) + rng.normal(size=7)[cluster]
    found = classics.least_squares(y, x, cluster.astype(str).astype(object))
    design = np.column_stack([np.ones(len(x)), x])
    bread = np.linalg.inv(design.T @ design)
    error = y - design @ bread @ design.T @ y
    sums = np.array([design[cluster == g].T @ error[cluster == g] for g in range(7)])
    n = len(y)
    variance = bread @ (sums.T @ sums) @ bread * 7 / 6 * (n - 1) / (n - 2)
    assert found.se == pytest.approx(math.sqrt(variance[1, 1]))
    assert found.estimate == pytest.approx(y[x == 1].mean() - y[x == 0].mean())
    assert found.high == pytest.approx(found.estimate + stats.norm.ppf(0.975) * found.se)  # type: ignore[operator]
    assert found.p == pytest.approx(2 * stats.norm.sf(abs(found.statistic or 0)))
    assert found.label == classics.FROM_NORMAL


# Which apply -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "predictor", "cluster", "tests"),
    [
        (SLEEP, np.arange(20.0), None, ["Pearson", "Spearman", "OLS"]),
        (SLEEP, np.arange(20.0), DRUG, ["Pearson", "Spearman", "OLS", "OLS, CR1"]),
        (SLEEP, DRUG, DRUG, ["Welch", "one-way ANOVA", "Kruskal–Wallis", "Mann–Whitney", "OLS", "OLS, CR1"]),
        (SLEEP, np.array(list("abcd") * 5, object), None, ["one-way ANOVA", "Kruskal–Wallis"]),
        (DRUG, np.array(["a", "b"] * 10, object), None, ["chi-square", "Fisher exact"]),
        (DRUG, np.array(list("abcd") * 5, object), None, ["chi-square"]),
        (DRUG, SLEEP, None, ["Welch", "one-way ANOVA", "Kruskal–Wallis", "Mann–Whitney", "OLS"]),
    ],
)
def test_what_applies_follows_from_what_the_values_are(
    outcome: np.ndarray, predictor: np.ndarray, cluster: np.ndarray | None, tests: list[str]
) -> None:
    found = naive(outcome, predictor, cluster)
    assert [r.test for r in found] == tests
    labels = {classics.FROM_NORMAL if "CR1" in r.test else classics.IGNORES for r in found}
    assert {r.label for r in found} == labels


def test_missing_values_take_no_part_and_are_counted_out() -> None:
    y = np.append(SLEEP, [np.nan, 3.0])
    group = np.append(DRUG, ["1", None])
    for with_missing, without in zip(naive(y, group), naive(SLEEP, DRUG), strict=True):
        assert with_missing == without
        assert with_missing.n == 20


# Undefined ---------------------------------------------------------------------------------------------

TWO = np.array(["a", "a", "b", "b"], object)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (classics.pearson(np.array([1.0, 2.0]), np.array([1.0, 2.0])), "too_few"),
        (classics.pearson(np.full(4, 0.1), np.arange(4.0)), "no_variation"),
        (classics.spearman(np.arange(4.0), np.full(4, 0.1)), "no_variation"),
        (classics.pearson(np.array([np.inf, 1, 2]), np.arange(3.0)), "too_few"),
        (classics.welch(np.arange(4.0), np.array(["a"] * 4, object)), "no_variation"),
        (classics.welch(np.arange(3.0), np.array(["a", "b", "c"], object)), "not_two_groups"),
        (classics.welch(np.arange(3.0), np.array(["a", "a", "b"], object)), "too_few"),
        (classics.welch(np.array([1.0, 1, 2, 2]), TWO), "no_residual"),
        (classics.anova(np.array([1.0, 1, 2, 2]), TWO), "no_residual"),
        (classics.anova(np.arange(2.0), np.array(["a", "b"], object)), "too_few"),
        (classics.kruskal_wallis(np.ones(4), TWO), "no_variation"),
        (classics.kruskal_wallis(np.array([]), np.array([], object)), "no_variation"),
        (classics.mann_whitney(np.ones(4), TWO), "no_variation"),
        (classics.least_squares(np.arange(4.0), np.array([0.0, 0, 1, 1]), np.zeros(4)), "too_few_clusters"),
        (classics.least_squares(np.arange(4.0), np.arange(4.0)), "no_residual"),
        (classics.least_squares(np.arange(4.0), np.ones(4)), "no_variation"),
        (classics.chi_square(TWO, np.array(["x"] * 4, object)), "no_variation"),
        (classics.fisher(TWO, np.array(["x"] * 4, object)), "no_variation"),
    ],
)
def test_what_is_undefined_is_null_with_a_reason(found: Classic, reason: str) -> None:
    assert found.reason == reason
    numbers = (found.statistic, found.p, found.estimate, found.se, found.low, found.high)
    assert all(v is None for v in numbers)


def test_a_larger_table_has_a_p_of_fisher_and_no_odds_ratio() -> None:
    """Of x, x, y and z group a has x and y, two ways of six; no table has more, so p is 1."""
    found = classics.fisher(TWO, np.array(list("xyzx"), object))
    assert (found.statistic, found.reason, found.p) == (None, "not_two_by_two", pytest.approx(1))
