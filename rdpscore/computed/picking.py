"""Which journals a figure is of, and their numbers and groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.problems import suggestion
from rdpscore.scoring.scores import journal_scores
from rdpscore.survey import Survey
from rdpscore.survey.selection import Where, all_known, select

Floats = npt.NDArray[np.float64]
Unit = Literal["journal", "publisher"]
Lacking = Literal["refused", "zero"]
"""Whether a value that occurs nowhere is an error, or no journal has it."""
Below = Mapping[str, float | int]
"""Column of numbers → the bound that a journal must lie below."""


def chosen(
    survey: Survey, where: Where | None, without: Where | None = None, below: Below | None = None
) -> npt.NDArray[np.bool_]:
    """Which journals take part: all that satisfy `where` and not `without`, and lie below all bounds."""
    out = select(survey, where)
    if without:
        out &= ~select(survey, without)
    for name, bound in (below or {}).items():
        with np.errstate(invalid="ignore"):
            out &= column_of_numbers(survey, name) < bound
    return out


def numbers(survey: Survey, name: str | None, scheme: str | None) -> Floats:
    """The journals' scores, a column of numbers, or the places 0, 1, … of the answers to an ordinal item.

    NaN where a journal has none.
    """
    if name is None:
        return journal_scores(survey, scheme)
    if name in survey.codebook.item_ids:
        place = survey.codebook.item_ids.index(name)
        item = survey.codebook.items[place]
        if not item.closed or item.level != "ordinal":
            raise ValueError(f"item '{name}' has no order of options, so its answers are no numbers")
        option = survey.resolved.option[:, place]
        return np.where(option >= 0, option, np.nan).astype(float)
    return column_of_numbers(survey, name)


def column_of_numbers(survey: Survey, name: str) -> Floats:
    """A column of numbers in the order of the journals, NaN where it is blank."""
    all_known([name], [*map(str, survey.journals.columns)], "column of journals.csv")
    column = survey.journals[name].astype(object)
    found = pd.to_numeric(column, errors="coerce").to_numpy(float)
    wrong = column[column.notna() & np.isnan(found)]
    if len(wrong):
        raise ValueError(f"'{name}' is no column of numbers: '{wrong.iloc[0]}'")
    return np.asarray(found)


def labels(survey: Survey, name: str) -> npt.NDArray[Any]:
    """A column, or the codes of a closed item's resolved answers, None where it is blank."""
    _known(survey, name)
    if name in survey.codebook.item_ids:
        place = survey.codebook.item_ids.index(name)
        item = survey.codebook.items[place]
        if not item.closed:
            raise ValueError(f"item '{name}' is {item.kind}; only closed items have groups")
        codes = [item.codes[o] if o >= 0 else None for o in survey.resolved.option[:, place]]
        return np.array(codes, dtype=object)
    return np.array([None if pd.isna(v) else str(v) for v in survey.journals[name].astype(object)], object)


def _known(survey: Survey, name: str) -> None:
    known = [*map(str, survey.journals.columns), *survey.codebook.item_ids]
    if name not in known:
        raise ValueError(f"'{name}' is no column of journals.csv nor an item{suggestion(name, known)}")
