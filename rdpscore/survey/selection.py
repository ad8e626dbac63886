"""Picking journals by attributes and resolved answers, and counting them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.problems import suggestion
from rdpscore.results import computable
from rdpscore.survey.model import Survey

Where = Mapping[str, str | bool | int | float | list[str]]
"""Attribute or item → the value, or the list of values, that a journal must have; all must hold."""


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
        values = [_spell(v) for v in (wanted if isinstance(wanted, list) else [wanted])]
        chosen &= _matches(survey, name, values)
    return chosen


def _spell(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _matches(survey: Survey, name: str, values: list[str]) -> npt.NDArray[np.bool_]:
    if name in survey.codebook.item_ids:
        place = survey.codebook.item_ids.index(name)
        item = survey.codebook.items[place]
        if not item.closed:
            raise ValueError(f"item '{name}' is {item.kind}; only closed items can be picked by")
        _all_known(values, item.codes, f"option of {name}")
        return np.isin(survey.resolved.option[:, place], [item.codes.index(v) for v in values])
    if name in survey.journals.columns:
        cells = survey.journals[name].astype(object)
        _all_known(values, [str(v) for v in pd.unique(cells.dropna())], f"value of {name}")
        return cells.isin(values).to_numpy()
    known = [*survey.journals.columns, *survey.codebook.item_ids]
    raise ValueError(f"'{name}' is neither a column of journals.csv nor an item{suggestion(name, known)}")


def _all_known(values: list[str], known: list[str] | tuple[str, ...], thing: str) -> None:
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
