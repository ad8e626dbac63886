"""Rank tests, mean tests, Fisher of r × c and Yates: of any attribute, by any item or attribute, as scipy and R."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from tables import write_survey
from test_coders_figures import published

from rdpscore.computed import Undefined
from rdpscore.computed.counts import n_codings, n_journals, n_publishers, percent, share
from rdpscore.computed.groups import association, correlation, difference, group_test
from rdpscore.predictors.classics import exact_p
from rdpscore.survey import Survey, load

JOB = np.array([[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]])
"""Job satisfaction by income (Agresti 2002, p. 57): the example of ``fisher.test`` in R, which prints p = 0.7827."""


def two_columns(folder: Path, table: np.ndarray[Any, Any]) -> Survey:
    """A journal a count of the table, its row and its column as attributes."""
    places = [(r, c) for (r, c), n in np.ndenumerate(table) for _ in range(n)]
    rows = [f"j{i},Journal {i},P{i % 7},row {r},column {c}" for i, (r, c) in enumerate(places)]
    write_survey(folder)
    (folder / "journals.csv").write_text("\n".join(["journal_id,title,publisher,row,column", *rows]) + "\n")
    (folder / "codings.csv").write_text("journal_id,coder,item,answer\nj0,c1,policy,no\n")
    return load(folder)


BY: dict[str, Any] = {"attribute": "row", "by": "column"}


def test_fishers_test_of_a_larger_table_is_what_r_prints(tmp_path: Path) -> None:
    survey = two_columns(tmp_path / "job", JOB)
    p = association(survey, **BY, test="fisher", statistic="p")
    assert round(p or 0, 4) == 0.7827
    assert association(survey, **BY, test="fisher", statistic="p_error") == 0
    assert association(survey, **BY, test="fisher", statistic="n") == JOB.sum()
    with pytest.raises(Undefined, match="not two by two"):
        association(survey, **BY, test="fisher")


def test_a_drawn_p_has_a_seed_and_an_error(tmp_path: Path) -> None:
    """R prints 0.7827; the figure of a seed is always the same, that of another lies within its errors."""
    survey = two_columns(tmp_path / "job", JOB)
    drawn: dict[str, Any] = {**BY, "test": "fisher", "method": "monte_carlo", "samples": 20_000}
    p, again, other = (association(survey, **drawn, statistic="p", seed=s) or 0 for s in (4, 4, 5))
    error = association(survey, **drawn, statistic="p_error", seed=4) or 0
    assert p == again != other
    assert error == pytest.approx(np.sqrt(p * (1 - p) / 20_001))
    assert abs(p - 0.7827) < 4 * error
    assert abs(other - 0.7827) < 4 * error


def test_exact_p_is_that_of_scipy_for_two_by_two_and_of_all_tables_counted() -> None:
    rng = np.random.default_rng(1)
    for _ in range(60):
        table = rng.integers(0, 7, (2, 2))
        if min(table.sum(axis=0).min(), table.sum(axis=1).min()) > 0:
            assert exact_p(table) == pytest.approx(scipy.stats.fisher_exact(table).pvalue, rel=1e-9)
    large = np.array([[2000, 1900], [2100, 2200]])
    assert exact_p(large) == pytest.approx(scipy.stats.fisher_exact(large).pvalue, rel=1e-6)
    table = np.array([[3, 0, 2], [1, 4, 0]])  # two rows: the first says all
    law = scipy.stats.multivariate_hypergeom(table.sum(axis=0), 5)
    chances = {(a, b): law.pmf([a, b, 5 - a - b]) for a in range(5) for b in range(5) if 0 <= 5 - a - b <= 2}
    seen = chances[3, 0]
    assert exact_p(table) == pytest.approx(sum(c for c in chances.values() if c <= seen * (1 + 1e-9)))
    assert exact_p(table.T) == pytest.approx(exact_p(table))


def test_a_table_that_is_too_large_for_the_exact_test_names_the_way_out(
    tmp_path: Path,
) -> None:
    survey = two_columns(tmp_path / "large", np.full((6, 6), 9))
    with pytest.raises(ValueError, match="too large for the exact test; give method: monte_carlo"):
        association(survey, **BY, test="fisher", statistic="p")
    drawn = {"test": "fisher", "method": "monte_carlo", "samples": 2000, "statistic": "p"}
    assert published(survey, {"name": "association", **BY, **drawn})[0][0] == 1


def test_chi_square_with_and_without_yates_is_scipys(tmp_path: Path) -> None:
    table = np.array([[12, 5], [3, 9]])
    survey = two_columns(tmp_path / "s", table)
    for yates in (False, True):
        theirs = scipy.stats.chi2_contingency(table, correction=yates)
        assert association(survey, **BY, yates=yates) == pytest.approx(theirs.statistic)
        assert association(survey, **BY, yates=yates, statistic="p") == pytest.approx(theirs.pvalue)
    assert association(survey, **BY, statistic="df") == 1
    assert association(survey, **BY, yates=True) != association(survey, **BY)
    with pytest.raises(ValueError, match="no 'p_error'"):
        association(survey, **BY, statistic="p_error")


def test_an_empty_cell_leaves_a_p_and_no_odds_ratio(tmp_path: Path) -> None:
    survey = two_columns(tmp_path / "s", np.array([[6, 0], [2, 5]]))
    found = published(survey, {"name": "association", **BY, "test": "fisher"})
    assert found == [
        (None, None, "undefined on these data: a cell of the table is empty, so the odds ratio has no bound")
    ]
    theirs = scipy.stats.fisher_exact([[6, 0], [2, 5]]).pvalue
    assert association(survey, **BY, test="fisher", statistic="p") == pytest.approx(theirs)


# Any attribute by any item or attribute -----------------------------------------------------------------

IMPACT = [1.2, 3.4, 0.7, 5.1, 2.2, 2.2, 8.4, 1.9, 4.4, 3.0, 6.1, 0.9]
ARTICLES = [120, 80, 45, 310, 90, 85, 400, 60, 150, 150, 220, 30]
ACCESS = ["open", "hybrid"] * 6
DATA = [0, 1, 0, 2, 1, 0, 2, 0, 1, 2, 2, 0]


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    folder = tmp_path_factory.mktemp("any") / "s"
    write_survey(folder)
    rows = [f"j{i},Journal {i},P{i % 4},{ACCESS[i]},{IMPACT[i]},{ARTICLES[i]}" for i in range(len(IMPACT))]
    codings = [f"j{i},c1,policy,yes\nj{i},c1,data,{d}" for i, d in enumerate(DATA)]
    (folder / "journals.csv").write_text(
        "\n".join(["journal_id,title,publisher,access,impact,articles", *rows]) + "\n"
    )
    (folder / "codings.csv").write_text("\n".join(["journal_id,coder,item,answer", *codings]) + "\n")
    return load(folder)


def split(values: list[float], groups: list[Any]) -> list[list[float]]:
    return [[v for v, g in zip(values, groups, strict=True) if g == own] for own in sorted(set(groups))]


@pytest.mark.parametrize(
    ("method", "theirs"),
    [
        ("pearson", scipy.stats.pearsonr),
        ("spearman", scipy.stats.spearmanr),
        ("kendall", scipy.stats.kendalltau),
    ],
)
@pytest.mark.parametrize(("outcome", "values"), [("articles", ARTICLES), ("data", DATA)])
def test_two_attributes_or_an_attribute_and_an_item_are_correlated(
    survey: Survey, method: Any, theirs: Any, outcome: str, values: list[float]
) -> None:
    expected = theirs(IMPACT, values)
    given: dict[str, Any] = {"attribute": "impact", "outcome": outcome, "method": method}
    assert correlation(survey, **given) == pytest.approx(expected.statistic)
    assert correlation(survey, **given, statistic="p") == pytest.approx(expected.pvalue)
    assert correlation(survey, **given, statistic="n") == 12


@pytest.mark.parametrize(
    ("test", "theirs"),
    [
        ("kruskal_wallis", scipy.stats.kruskal),
        ("anova", scipy.stats.f_oneway),
    ],
)
@pytest.mark.parametrize(("attribute", "groups"), [("data", DATA), ("access", ACCESS)])
def test_an_attribute_differs_between_answers_or_groups(
    survey: Survey, test: Any, theirs: Any, attribute: str, groups: list[Any]
) -> None:
    expected = theirs(*split(IMPACT, groups))
    given: dict[str, Any] = {"attribute": attribute, "outcome": "impact", "test": test}
    assert group_test(survey, **given) == pytest.approx(expected.statistic)
    assert group_test(survey, **given, statistic="p") == pytest.approx(expected.pvalue)
    assert group_test(survey, **given, statistic="df") == len(set(groups)) - 1


def test_two_groups_are_compared_by_u_and_t(survey: Survey) -> None:
    hybrid, opened = split(IMPACT, ACCESS)
    given: dict[str, Any] = {"attribute": "access", "outcome": "impact"}
    for first, x, y in (("open", opened, hybrid), ("hybrid", hybrid, opened)):
        u = scipy.stats.mannwhitneyu(x, y)
        assert group_test(survey, **given, test="mann_whitney", first=first) == u.statistic
        assert group_test(survey, **given, test="mann_whitney", statistic="p", first=first) == pytest.approx(
            u.pvalue
        )
        for test, equal in (("t", True), ("welch", False)):
            expected = scipy.stats.ttest_ind(x, y, equal_var=equal)
            assert group_test(survey, **given, test=test, first=first) == pytest.approx(expected.statistic)  # type: ignore[arg-type]
            assert group_test(survey, **given, test=test, first=first, statistic="p") == pytest.approx(
                expected.pvalue
            )  # type: ignore[arg-type]
            assert group_test(survey, **given, test=test, first=first, statistic="df") == pytest.approx(
                expected.df
            )  # type: ignore[arg-type]
            low = group_test(survey, **given, test=test, first=first, statistic="low")  # type: ignore[arg-type]
            assert low == pytest.approx(expected.confidence_interval().low)
    assert group_test(survey, **given, test="t") == group_test(survey, **given, test="t", first="open")
    found = difference(survey, of={"access": "open"}, outcome="impact")
    assert found == pytest.approx(np.mean(opened) - np.mean(hybrid))


def test_an_item_differs_between_groups_by_the_places_of_its_answers(survey: Survey) -> None:
    hybrid, opened = split(DATA, ACCESS)  # type: ignore[arg-type]
    expected = scipy.stats.mannwhitneyu(opened, hybrid)
    found = group_test(survey, attribute="access", outcome="data", test="mann_whitney", statistic="p")
    assert found == pytest.approx(expected.pvalue)


def test_what_has_no_numbers_is_refused_and_what_does_not_vary_is_null(survey: Survey) -> None:
    with pytest.raises(ValueError, match="'access' is no column of numbers"):
        group_test(survey, attribute="data", outcome="access")
    assert published(
        survey,
        {"name": "group_test", "attribute": "access", "outcome": "policy", "test": "kruskal_wallis"},
        {"name": "group_test", "attribute": "data", "outcome": "impact", "test": "t"},
        {"name": "correlation", "attribute": "policy", "outcome": "impact"},
    ) == [
        (None, None, "undefined on these data: nothing varies"),
        (None, None, "undefined on these data: there are not two groups"),
        (None, None, "undefined on these data: nothing varies"),
    ]


def test_a_level_that_the_codebook_lacks_counts_zero_where_the_entry_says_so(survey: Survey) -> None:
    level: dict[str, Any] = {"data": "3"}
    with pytest.raises(ValueError, match="'3' is no option of data"):
        n_journals(survey, where=level)
    assert n_journals(survey, where=level, lacking="zero") == 0
    assert n_journals(survey, where={"data": ["2", "3"]}, lacking="zero") == DATA.count(2)
    assert n_publishers(survey, where={"access": "gold"}, lacking="zero") == 0
    assert share(survey, where=level, lacking="zero") == 0 == percent(survey, where=level, lacking="zero")
    assert n_codings(survey, item="data", answer="3", lacking="zero") == 0
    with pytest.raises(ValueError, match="'daat' is neither"):
        n_journals(survey, where={"daat": "3"}, lacking="zero")
    assert published(survey, {"name": "n_journals", "where": level, "lacking": "zero"}) == [(0, True, None)]
