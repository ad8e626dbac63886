"""Picking journals by attributes and resolved answers, and counting them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

from rdpscore.arguments import checked
from rdpscore.files.tables import spell
from rdpscore.problems import suggestion
from rdpscore.results import computable
from rdpscore.survey.model import Survey
from rdpscore.survey.records import MISSING
from rdpscore.survey.tables import MAIN

Where = Mapping[str, str | bool | int | float | list[str]]
"""Attribute or item → the value, or the list of values, that a journal must have; all must hold.

Any collection of values does; text is one value, never its letters.
"""


@checked
def select(survey: Survey, where: Where | None = None) -> npt.NDArray[np.bool_]:
    """Which journals satisfy all conditions.

    Parameters
    ----------
    survey : Survey
    where : mapping, optional
        Column of ``journals.csv`` → value; item → code of the resolved answer; a list means any of these.

    Returns
    -------
    bool array, shape (n_journals,)
        In the order of `Survey.journal_ids`.

    Raises
    ------
    ValueError
        A name is neither a column nor an item, or a value occurs nowhere.
    """
    chosen = np.ones(len(survey.journal_ids), bool)
    for name, wanted in (where or {}).items():
        chosen &= _matches(survey, name, values_of(wanted, name))
    return chosen


def values_of(wanted: Any, name: str) -> list[str]:
    """What is asked of a column or an item as texts: one value, or each of a collection.

    Raises
    ------
    ValueError
        Nothing (None, NaN) is no value, nor is a mapping.
    """
    if isinstance(wanted, Mapping):
        raise ValueError(f"of '{name}' a value or a list of values is asked, not {wanted!r}")
    one = isinstance(wanted, (str, bytes)) or not isinstance(wanted, Iterable)
    values = (
        [wanted] if one else sorted(wanted, key=str) if isinstance(wanted, (set, frozenset)) else [*wanted]
    )
    for value in values:
        if not pd.api.types.is_scalar(value) or pd.isna(value):
            raise ValueError(f"of '{name}' a value or a list of values is asked; {value!r} is no value")
    return [str(v).lower() if isinstance(v, (bool, np.bool_)) else spell(v) for v in values]


def _matches(survey: Survey, name: str, values: list[str]) -> npt.NDArray[np.bool_]:
    if name in survey.codebook.item_ids:
        place, chosen = _options(survey, name, values)
        return np.isin(survey.resolved.option[:, place], chosen)
    known_name(survey, name)
    cells = survey.journals.drop_duplicates("journal_id").dropna(subset="journal_id")[name].astype(object)
    spec = survey.attribute_spec(name)
    if spec is not None and spec.kind == "boolean":  # TRUE is true
        cells, values = cells.str.casefold(), [v.casefold() for v in values]
    _all_known(values, [str(v) for v in cells.dropna().unique()], f"value of {name}")
    return cells.isin(values).to_numpy(bool)


def known_name(survey: Survey, name: str) -> None:
    """Raise a ValueError that names the nearest where a name is neither a column of the journals nor an item."""
    known = [*survey.journals.columns, *survey.codebook.item_ids]
    if name not in known:
        raise ValueError(
            f"'{name}' is neither a column of journals.csv nor an item{suggestion(str(name), known)}"
        )


def _options(survey: Survey, name: str, values: list[str]) -> tuple[int, list[int]]:
    """Positions of a closed item in the codebook, and of the answers among its options."""
    _all_known([name], survey.codebook.item_ids, "item")
    place = survey.codebook.item_ids.index(name)
    item = survey.codebook.items[place]
    if not item.closed:
        raise ValueError(f"item '{name}' is {item.kind}; only closed items can be picked by")
    _all_known(values, item.codes, f"option of {name}")
    return place, [item.codes.index(v) for v in values]


def _all_known(values: Iterable[str], known: Collection[str], thing: str) -> None:
    for value in values:
        if value not in known:
            raise ValueError(f"'{value}' is no {thing}{suggestion(value, known)}")


@computable("n_journals")
def n_journals(survey: Survey, *, where: Where | None = None) -> int:
    """Number of journals."""
    return int(select(survey, where).sum())


@computable("n_publishers")
def n_publishers(survey: Survey, *, where: Where | None = None) -> int:
    """Number of publishers of the journals."""
    return int(survey.journals["publisher"][select(survey, where)].nunique())


@computable("share")
def share(survey: Survey, *, where: Where, among: Where | None = None) -> float | None:
    """Share of the journals `among` that satisfy `where`; None where there are none."""
    base = select(survey, among)
    return float((select(survey, where) & base).sum() / base.sum()) if base.any() else None


@computable("percent")
def percent(survey: Survey, *, where: Where, among: Where | None = None) -> float | None:
    """100 times `share`, for figures printed in percent; None where there are no journals."""
    found = share(survey, where=where, among=among)
    return None if found is None else 100 * found


@computable("attribute_statistic")
def attribute_statistic(
    survey: Survey,
    *,
    attribute: str,
    statistic: Literal["n", "mean", "sd_population", "sd", "min", "max", "median"],
    where: Where | None = None,
) -> float | int | None:
    """A statistic of a numeric column of ``journals.csv``; blank cells do not count.

    Parameters
    ----------
    survey : Survey
    attribute : str
        A column whose kind is number or integer.
    statistic : str
        ``sd`` divides by n - 1, ``sd_population`` by n.
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
    _all_known([attribute], list(survey.journals.columns), "column of journals.csv")
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


@computable("n_codings")
def n_codings(survey: Survey, *, item: str, answer: str, coder: str | None = None, round: str = MAIN) -> int:
    """Number of codings in which a coder, or any coder, gave this answer to a closed item.

    Parameters
    ----------
    survey : Survey
    item, answer : str
        A closed item and the code of one of its options.
    coder : str, optional
        All coders without.
    round : str

    Raises
    ------
    ValueError
        The item, answer, coder or round occurs nowhere.
    """
    place, (option,) = _options(survey, item, [answer])
    records = survey.records
    _all_known([round], records.rounds, "round")
    found = (records.option[:, place] == option) & (records.journal >= 0)
    found &= records.round == records.rounds.index(round)
    if coder is not None:
        _all_known([coder], records.coders, "coder")
        found &= records.coder == records.coders.index(coder)
    return int(found.sum())


@computable("n_overlap")
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
    place, chosen = _options(survey, item, [] if answer is None else [answer])
    if others is not None and survey.codebook.items[place].level != "ordinal":
        raise ValueError(f"item '{item}' is not ordinal, so no answer is above another")
    records = survey.records
    _all_known([coder], records.coders, "coder")
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
