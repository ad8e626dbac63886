"""Counts and shares of journals and codings, and statistics of their attributes."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

from rdpscore.computed.picking import Lacking
from rdpscore.computed.registry import computed_figure
from rdpscore.survey import Survey
from rdpscore.survey.records import MISSING
from rdpscore.survey.selection import Where, all_known, options_of, select
from rdpscore.survey.tables import MAIN


@computed_figure
def n_journals(survey: Survey, *, where: Where | None = None, lacking: Lacking = "refused") -> int:
    """Number of journals."""
    return int(select(survey, where, lacking=lacking).sum())


@computed_figure
def n_publishers(survey: Survey, *, where: Where | None = None, lacking: Lacking = "refused") -> int:
    """Number of publishers of the journals."""
    return int(survey.journals["publisher"][select(survey, where, lacking=lacking)].nunique())


@computed_figure
def share(
    survey: Survey, *, where: Where, among: Where | None = None, lacking: Lacking = "refused"
) -> float | None:
    """Share of the journals `among` (all without) that satisfy `where`, 0 to 1.

    None where there are none.
    """
    base = select(survey, among)
    return float((select(survey, where, lacking=lacking) & base).sum() / base.sum()) if base.any() else None


@computed_figure
def percent(
    survey: Survey, *, where: Where, among: Where | None = None, lacking: Lacking = "refused"
) -> float | None:
    """100 times `share`, for figures printed in percent.

    None where there are no journals.
    """
    found = share(survey, where=where, among=among, lacking=lacking)
    return None if found is None else 100 * found


@computed_figure
def attribute_statistic(
    survey: Survey,
    *,
    attribute: str,
    statistic: Literal["n", "mean", "sd_population", "sd", "min", "max", "median"],
    where: Where | None = None,
) -> float | int | None:
    """A statistic of a numeric column of ``journals.csv``; `sd` divides by n − 1, `sd_population` by n.

    Parameters
    ----------
    survey : Survey
    attribute : str
        A column whose kind is number or integer.
    statistic : str
        Of the cells that are filled.
    where : mapping, optional
        The journals to take; all without.

    Returns
    -------
    float or int, in units of the column
        None where too few cells are filled: none, or one for ``sd``.

    Raises
    ------
    ValueError
        There is no such column, or it does not hold numbers.
    """
    all_known([attribute], list(survey.journals.columns), "column of journals.csv")
    column = survey.attribute(attribute)
    if not is_numeric_dtype(column.dtype) or is_bool_dtype(column.dtype):
        raise ValueError(f"column '{attribute}' holds no numbers; declare it as a number in survey.yaml")
    values = column[select(survey, where)].dropna().to_numpy(float)
    if statistic == "n":
        return len(values)
    if len(values) < (2 if statistic == "sd" else 1):
        return None
    if statistic in ("sd", "sd_population"):
        return float(values.std(ddof=1 if statistic == "sd" else 0))
    found = float(getattr(np, statistic)(values))
    return int(found) if statistic in ("min", "max") and is_integer_dtype(column.dtype) else found


@computed_figure
def n_codings(
    survey: Survey,
    *,
    item: str,
    answer: str,
    coder: str | None = None,
    round: str = MAIN,
    lacking: Lacking = "refused",
) -> int:
    """Number of codings in which a coder, or any coder, gave this answer to a closed item.

    Parameters
    ----------
    survey : Survey
    item, answer : str
        A closed item and the code of one of its options.
    coder : str, optional
        All coders without.
    round : str
    lacking : {"refused", "zero"}
        An answer that the codebook lacks is an error, or nobody gave it.

    Raises
    ------
    ValueError
        The item, answer, coder or round occurs nowhere.
    """
    place, options = options_of(survey, item, [answer], lacking=lacking == "zero")
    records = survey.records
    all_known([round], (MAIN, *records.rounds), "round")
    found = np.isin(records.option[:, place], options) & (records.journal >= 0)
    found &= records.round == (records.rounds.index(round) if round in records.rounds else MISSING)
    if coder is not None:
        all_known([coder], records.coders, "coder")
        found &= records.coder == records.coders.index(coder)
    return int(found.sum())


@computed_figure
def n_overlap(
    survey: Survey,
    *,
    item: str,
    coder: str,
    answer: str | None = None,
    others: Literal["above", "equal", "below", "not_above"] | None = None,
) -> int:
    """Number of journals for which a coder and at least one other answered an item, in the main round.

    Where each coder stands for a study, this is the overlap of one study with all the others.

    Parameters
    ----------
    survey : Survey
    item : str
        A closed item; ordinal where `others` is given.
    coder : str
    answer : str, optional
        Only journals to which the coder gave this answer.
    others : str, optional
        Only journals where the highest answer of the other coders is above, equal to, below, or not above
        that of the coder.

    Raises
    ------
    ValueError
        The item, answer or coder occurs nowhere, or the item has no order to compare by.
    """
    place, chosen = options_of(survey, item, [] if answer is None else [answer])
    if others is not None and survey.codebook.items[place].level != "ordinal":
        raise ValueError(f"item '{item}' is not ordinal, so no answer is above another")
    records = survey.records
    all_known([coder], records.coders, "coder")
    main = records.main
    given, journal = records.option[main, place], records.journal[main]
    own = records.coder[main] == records.coders.index(coder)
    mine, highest = np.full((2, len(survey.journal_ids)), MISSING, np.int16)
    np.maximum.at(mine, journal[own], given[own])
    np.maximum.at(highest, journal[~own], given[~own])
    found = (mine >= 0) & (highest >= 0)
    if answer is not None:
        found &= np.isin(mine, chosen)
    if others is not None:
        found &= {
            "above": highest > mine,
            "equal": highest == mine,
            "below": highest < mine,
            "not_above": highest <= mine,
        }[others]
    return int(found.sum())
