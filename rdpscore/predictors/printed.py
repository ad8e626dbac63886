"""Correlations and group comparisons as studies print them, which take journals, or publishers, as independent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.agreement.printed_consistency import consistency
from rdpscore.inference import clusters
from rdpscore.predictors import classics
from rdpscore.problems import suggestion
from rdpscore.results import computable
from rdpscore.scoring.scores import journal_scores
from rdpscore.survey import Survey
from rdpscore.survey.selection import Where, select

Floats = npt.NDArray[np.float64]
Unit = Literal["journal", "publisher"]
Below = Mapping[str, float | int]
"""Column of numbers → the bound that a journal must lie below."""


@computable("consistency_vs_score")
def consistency_vs_score(
    survey: Survey, *, statistic: Literal["n", "r", "p"] = "r", scheme: str | None = None
) -> float | int | None:
    """Correlation of the publishers' consistency with their mean score, every publisher weighing the same.

    One journal or fifteen, floor or not: a publisher is a point. `difficulty` asks the question cell by cell.

    Parameters
    ----------
    survey : Survey
    statistic : {"n", "r", "p"}
        Number of publishers, Pearson's r, or its two-sided p value by t(n − 2).
    scheme : str, optional
        Scheme of the codebook; its default without.

    Returns
    -------
    int, float or None
        None where fewer than three publishers have both figures, or one of the two does not vary.
    """
    scores = journal_scores(survey, scheme)
    column = survey.journals["publisher"].astype(object)
    pairs = []
    for publisher in column.dropna().unique():
        own = scores[(column == publisher).to_numpy()]
        agreed = consistency(survey, where={"publisher": str(publisher)})
        if agreed is not None and not np.isnan(own).all():
            pairs.append((agreed, float(np.nanmean(own))))
    if statistic == "n":
        return len(pairs)
    x, y = np.array(pairs, float).reshape(-1, 2).T
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    r = float(np.corrcoef(x, y)[0, 1])
    if statistic == "r":
        return r
    if abs(r) >= 1:
        return 0.0
    from scipy.special import stdtr

    t = abs(r) * np.sqrt((len(x) - 2) / (1 - r**2))
    return float(2 * stdtr(len(x) - 2, -t))


# Tests of scores against attributes ------------------------------------------------------------------------

TESTS: Mapping[str, Callable[[npt.NDArray[Any], npt.NDArray[Any]], classics.Classic]] = {
    "anova": classics.anova,
    "welch": classics.welch,
    "kruskal_wallis": classics.kruskal_wallis,
    "mann_whitney": classics.mann_whitney,
    "chi_square": classics.chi_square,
    "fisher": classics.fisher,
}


def _figure(found: classics.Classic, statistic: str) -> float | int | None:
    value: float | int | None = getattr(found, statistic)
    return value


@computable("correlation")
def correlation(
    survey: Survey,
    *,
    attribute: str,
    method: Literal["pearson", "spearman"] = "pearson",
    statistic: Literal["n", "r", "p"] = "r",
    scheme: str | None = None,
    where: Where | None = None,
    without: Where | None = None,
    below: Below | None = None,
) -> float | int | None:
    """Correlation of the journals' scores with an attribute of numbers.

    Parameters
    ----------
    survey : Survey
    attribute : str
        Column of ``journals.csv``.
    method : {"pearson", "spearman"}
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
    """
    chosen = _chosen(survey, where, without, below)
    test = classics.pearson if method == "pearson" else classics.spearman
    found = test(_numbers(survey, attribute)[chosen], journal_scores(survey, scheme)[chosen])
    return _figure(found, "statistic" if statistic == "r" else statistic)


@computable("group_test")
def group_test(
    survey: Survey,
    *,
    attribute: str,
    test: Literal["anova", "welch", "kruskal_wallis", "mann_whitney"] = "anova",
    statistic: Literal["n", "statistic", "p"] = "statistic",
    unit: Unit = "journal",
    scheme: str | None = None,
    where: Where | None = None,
    without: Where | None = None,
) -> float | int | None:
    """Test whether scores differ between the groups of an attribute.

    Parameters
    ----------
    survey : Survey
    attribute : str
        Column of ``journals.csv``, or closed item.
    test : {"anova", "welch", "kruskal_wallis", "mann_whitney"}
    statistic : {"n", "statistic", "p"}
    unit : {"journal", "publisher"}
        ``publisher``: each publisher's mean score is one value; the attribute must be one of publishers.
    scheme, where, without
        As for `correlation`.

    Raises
    ------
    ValueError
        If a name or a value is unknown, or the unit is the publisher and the attribute differs inside one.
    """
    chosen = _chosen(survey, where, without, None)
    group, scores = _labels(survey, attribute)[chosen], journal_scores(survey, scheme)[chosen]
    if unit == "publisher":
        scores, group = _by_publisher(survey, attribute, scores, group, chosen)
    return _figure(TESTS[test](scores, group), statistic)


@computable("difference")
def difference(
    survey: Survey,
    *,
    of: Where,
    statistic: Literal["n", "estimate", "se", "low", "high", "p"] = "estimate",
    clustered: bool = True,
    scheme: str | None = None,
    where: Where | None = None,
    without: Where | None = None,
) -> float | int | None:
    """Mean score of some journals minus that of the others, by ordinary least squares.

    Parameters
    ----------
    survey : Survey
    of : mapping
        The journals whose mean comes first, as in `select`. Journals in which a named attribute or item is blank take
        no part.
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
    """
    chosen = _chosen(survey, where, without, None)
    first = select(survey, of).astype(float)
    for name in of:
        chosen &= np.array([v is not None for v in _labels(survey, name)], bool)
    cluster = clusters(survey).code[chosen] if clustered else None
    found = classics.least_squares(journal_scores(survey, scheme)[chosen], first[chosen], cluster)
    return _figure(found, statistic)


@computable("association")
def association(
    survey: Survey,
    *,
    attribute: str,
    by: str,
    test: Literal["chi_square", "fisher"] = "chi_square",
    statistic: Literal["n", "statistic", "p"] = "statistic",
    where: Where | None = None,
    without: Where | None = None,
) -> float | int | None:
    """Test whether two attributes, or closed items, are independent.

    Parameters
    ----------
    survey : Survey
    attribute, by : str
        Columns of ``journals.csv``, or closed items.
    test : {"chi_square", "fisher"}
        Fisher's exact test is of two by two only; its statistic is the odds ratio.
    statistic : {"n", "statistic", "p"}
    where, without
        As for `correlation`.

    Raises
    ------
    ValueError
        If a name or a value is unknown.
    """
    chosen = _chosen(survey, where, without, None)
    left, right = (_labels(survey, name)[chosen] for name in (attribute, by))
    return _figure(TESTS[test](left, right), statistic)


def _chosen(
    survey: Survey, where: Where | None, without: Where | None, below: Below | None
) -> npt.NDArray[np.bool_]:
    chosen = select(survey, where)
    if without:
        chosen &= ~select(survey, without)
    for name, bound in (below or {}).items():
        with np.errstate(invalid="ignore"):
            chosen &= _numbers(survey, name) < bound
    return chosen


def _numbers(survey: Survey, name: str) -> Floats:
    """A column of numbers in the order of the journals, NaN where it is blank."""
    _known(survey, name, items=False)
    column = survey.journals[name].astype(object)
    found = pd.to_numeric(column, errors="coerce").to_numpy(float)
    wrong = column[column.notna() & np.isnan(found)]
    if len(wrong):
        raise ValueError(f"'{name}' is no column of numbers: '{wrong.iloc[0]}'")
    return np.asarray(found)


def _labels(survey: Survey, name: str) -> npt.NDArray[Any]:
    """A column, or the codes of a closed item's resolved answers, None where it is blank."""
    _known(survey, name, items=True)
    if name in survey.codebook.item_ids:
        place = survey.codebook.item_ids.index(name)
        item = survey.codebook.items[place]
        if not item.closed:
            raise ValueError(f"item '{name}' is {item.kind}; only closed items have groups")
        codes = [item.codes[o] if o >= 0 else None for o in survey.resolved.option[:, place]]
        return np.array(codes, dtype=object)
    return np.array([None if pd.isna(v) else str(v) for v in survey.journals[name].astype(object)], object)


def _known(survey: Survey, name: str, *, items: bool) -> None:
    known = [*map(str, survey.journals.columns), *(survey.codebook.item_ids if items else ())]
    if name not in known:
        also = " nor an item" if items else ""
        raise ValueError(f"'{name}' is no column of journals.csv{also}{suggestion(name, known)}")


def _by_publisher(
    survey: Survey, name: str, scores: Floats, group: npt.NDArray[Any], chosen: npt.NDArray[np.bool_]
) -> tuple[Floats, npt.NDArray[Any]]:
    """Each publisher's mean score and its value of the attribute."""
    table = pd.DataFrame(
        {"publisher": _labels(survey, "publisher")[chosen], "score": scores, "group": group}
    ).dropna(subset=["publisher", "score"])
    owners = table.groupby("publisher", sort=True)
    mixed = owners["group"].nunique()
    if (mixed > 1).any():
        raise ValueError(
            f"'{name}' differs between journals of {mixed.index[mixed > 1][0]}, so it is none of publishers"
        )
    return owners["score"].mean().to_numpy(), owners["group"].first().to_numpy(object)
