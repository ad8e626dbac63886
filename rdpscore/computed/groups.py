"""Correlations and comparisons of groups as studies print them, which take journals, or publishers, as independent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from rdpscore.computed.picking import Below, Floats, Unit, chosen, labels, numbers
from rdpscore.computed.registry import Undefined, computed_figure
from rdpscore.inference import clusters
from rdpscore.predictors import classics
from rdpscore.problems import suggestion
from rdpscore.survey import Survey
from rdpscore.survey.selection import Where, select

CORRELATIONS: Mapping[str, Callable[[Floats, Floats], classics.Classic]] = {
    "pearson": classics.pearson,
    "spearman": classics.spearman,
    "kendall": classics.kendall,
}
GROUP_TESTS: Mapping[str, Callable[[Floats, npt.NDArray[Any]], classics.Classic]] = {
    "anova": classics.anova,
    "t": classics.student,
    "welch": classics.welch,
    "kruskal_wallis": classics.kruskal_wallis,
    "mann_whitney": classics.mann_whitney,
}


@computed_figure
def correlation(
    survey: Survey,
    *,
    attribute: str,
    outcome: str | None = None,
    method: Literal["pearson", "spearman", "kendall"] = "pearson",
    statistic: Literal["n", "r", "p"] = "r",
    scheme: str | None = None,
    where: Where | None = None,
    without: Where | None = None,
    below: Below | None = None,
) -> float | int | None:
    """Correlation of the journals' scores, or of any numbers, with an attribute of numbers or an ordinal item.

    Parameters
    ----------
    survey : Survey
    attribute : str
        Column of ``journals.csv``, or ordinal item, whose answers count 0, 1, … in the codebook's order.
    outcome : str, optional
        As `attribute`, to correlate with it; the journals' scores without.
    method : {"pearson", "spearman", "kendall"}
        Kendall's is tau-b.
    statistic : {"n", "r", "p"}
        Number of journals that have both, the coefficient, or its two-sided p value.
    scheme : str, optional
        Scheme of the codebook; its default without.
    where, without : mapping, optional
        Journals that take part, and journals that do not, as in `select`.
    below : mapping, optional
        Column of numbers → journals of this number and above, and those without one, do not take part.

    Raises
    ------
    ValueError
        If a name or a value is unknown, or the attribute holds no numbers.
    Undefined
        If fewer than three journals have both, or one of the two does not vary.
    """
    taken = chosen(survey, where, without, below)
    x, y = numbers(survey, attribute, scheme)[taken], numbers(survey, outcome, scheme)[taken]
    return _figure(CORRELATIONS[method](x, y), "statistic" if statistic == "r" else statistic)


@computed_figure
def group_test(
    survey: Survey,
    *,
    attribute: str,
    outcome: str | None = None,
    test: Literal["anova", "t", "welch", "kruskal_wallis", "mann_whitney"] = "anova",
    statistic: Literal["n", "statistic", "p", "df", "df2", "estimate", "low", "high"] = "statistic",
    first: str | None = None,
    unit: Unit = "journal",
    scheme: str | None = None,
    where: Where | None = None,
    without: Where | None = None,
    below: Below | None = None,
) -> float | int | None:
    """Test whether scores, or any numbers, differ between the groups of an attribute or item.

    Parameters
    ----------
    survey : Survey
    attribute : str
        Column of ``journals.csv``, or closed item: the groups.
    outcome : str, optional
        Column of numbers, or ordinal item, whose answers count 0, 1, … in the codebook's order; the scores without.
    test : {"anova", "t", "welch", "kruskal_wallis", "mann_whitney"}
    statistic : {"n", "statistic", "p", "df", "df2", "estimate", "low", "high"}
        ``df2`` is the second degree of freedom of F; the last three are the difference of means of `t` and `welch`
        with its 95 % interval.
    first : str, optional
        The group whose U is printed, or whose mean comes first, of two; that later in the alphabet without.
    unit : {"journal", "publisher"}
        ``publisher``: each publisher's mean is one value; the attribute must be one of publishers.
    scheme, where, without, below
        As for `correlation`.

    Raises
    ------
    ValueError
        If a name or a value is unknown, or the unit is the publisher and the attribute differs inside one.
    Undefined
        If there are too few journals or groups, or nothing varies.
    """
    taken = chosen(survey, where, without, below)
    group, values = labels(survey, attribute)[taken], numbers(survey, outcome, scheme)[taken]
    if unit == "publisher":
        values, group = _by_publisher(survey, attribute, values, group, taken)
    if first is not None:
        known = sorted({g for g in group if g is not None})
        if first not in known:
            raise ValueError(f"'{first}' is no group of {attribute}{suggestion(first, known)}")
        # the tests take the label that is later in the alphabet first
        group = np.array([None if g is None else f"{int(g == first)} {g}" for g in group], object)
    return _figure(GROUP_TESTS[test](values, group), statistic)


@computed_figure
def difference(
    survey: Survey,
    *,
    of: Where,
    outcome: str | None = None,
    statistic: Literal["n", "estimate", "se", "low", "high", "p"] = "estimate",
    clustered: bool = True,
    scheme: str | None = None,
    where: Where | None = None,
    without: Where | None = None,
) -> float | int | None:
    """Mean score, or mean of any numbers, of some journals minus that of the others, by ordinary least squares.

    Parameters
    ----------
    survey : Survey
    of : mapping
        The journals whose mean comes first, as in `select`. Journals in which a named attribute or item is blank take
        no part.
    outcome : str, optional
        As for `group_test`.
    statistic : {"n", "estimate", "se", "low", "high", "p"}
        The difference, its standard error, 95 % interval, and p value.
    clustered : bool
        Standard error clustered by publisher (CR1), interval and p from the normal distribution; else the classical
        ones.
    scheme, where, without
        As for `correlation`.

    Raises
    ------
    ValueError
        If a name or a value is unknown.
    Undefined
        If there are too few journals or publishers, or nothing varies.
    """
    taken = chosen(survey, where, without)
    first = select(survey, of).astype(float)
    for name in of:
        taken &= np.array([v is not None for v in labels(survey, name)], bool)
    cluster = clusters(survey).code[taken] if clustered else None
    values = numbers(survey, outcome, scheme)
    return _figure(classics.least_squares(values[taken], first[taken], cluster), statistic)


@computed_figure
def association(
    survey: Survey,
    *,
    attribute: str,
    by: str,
    test: Literal["chi_square", "fisher"] = "chi_square",
    statistic: Literal["n", "statistic", "p", "df", "p_error"] = "statistic",
    yates: bool = False,
    method: Literal["exact", "monte_carlo"] = "exact",
    samples: Annotated[int, Field(ge=1, le=10_000_000)] = 100_000,
    seed: Annotated[int, Field(ge=0)] = 1,
    where: Where | None = None,
    without: Where | None = None,
    below: Below | None = None,
) -> float | int | None:
    """Test whether two attributes, or closed items, are independent.

    Parameters
    ----------
    survey : Survey
    attribute, by : str
        Columns of ``journals.csv``, or closed items.
    test : {"chi_square", "fisher"}
    statistic : {"n", "statistic", "p", "df", "p_error"}
        The statistic of Fisher's test is the odds ratio of two by two; ``p_error`` the standard error of a p that was
        drawn.
    yates : bool
        Continuity correction of chi-square; it changes tables of two by two only.
    method : {"exact", "monte_carlo"}
        Of Fisher's test: all tables of these totals, which must not be too many; or `samples` drawn ones.
    samples, seed : int
        Of ``monte_carlo``.
    where, without, below
        As for `correlation`.

    Raises
    ------
    ValueError
        If a name or a value is unknown, or a table is too large for the exact test.
    Undefined
        If one of the two does not vary, or an odds ratio does not exist.
    """
    taken = chosen(survey, where, without, below)
    left, right = (labels(survey, name)[taken] for name in (attribute, by))
    if test == "chi_square":
        return _figure(classics.chi_square(left, right, yates=yates), statistic)
    draws = classics.Draws(samples, seed) if method == "monte_carlo" else None
    return _figure(classics.fisher(left, right, draws), statistic)


def _figure(found: classics.Classic, statistic: str) -> float | int:
    """One number of a test; Undefined where it has none."""
    number = {"df": 0, "df2": 1}.get(statistic)
    if number is None:
        value = getattr(found, "se" if statistic == "p_error" else statistic)
    else:
        value = found.freedom[number] if len(found.freedom) > number else None
    if value is not None:
        return value  # type: ignore[no-any-return]
    if found.reason is None:
        raise ValueError(f"{found.test} has no '{statistic}'")
    raise Undefined(found.reason)


def _by_publisher(
    survey: Survey, name: str, values: Floats, group: npt.NDArray[Any], taken: npt.NDArray[np.bool_]
) -> tuple[Floats, npt.NDArray[Any]]:
    """Each publisher's mean and its value of the attribute."""
    table = pd.DataFrame(
        {"publisher": labels(survey, "publisher")[taken], "value": values, "group": group}
    ).dropna(subset=["publisher", "value"])
    owners = table.groupby("publisher", sort=True)
    mixed = owners["group"].nunique()
    if (mixed > 1).any():
        raise ValueError(
            f"'{name}' differs between journals of {mixed.index[mixed > 1][0]}, so it is none of publishers"
        )
    return owners["value"].mean().to_numpy(), owners["group"].first().to_numpy(object)
