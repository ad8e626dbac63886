"""Picking journals by attributes and resolved answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.files.tables import spell
from rdpscore.problems import suggestion
from rdpscore.survey.model import Survey

Where = Mapping[str, str | bool | int | float | list[str]]
"""Attribute or item → the value, or the list of values, that a journal must have; all must hold.

Any collection of values does; text is one value, never its letters.
"""


@checked
def select(
    survey: Survey, where: Where | None = None, *, lacking: Literal["refused", "zero"] = "refused"
) -> npt.NDArray[np.bool_]:
    """Which journals satisfy all conditions.

    Parameters
    ----------
    survey : Survey
    where : mapping, optional
        Column of ``journals.csv`` → value; item → code of the resolved answer; a list means any of these.
    lacking : {"refused", "zero"}
        A value that occurs nowhere, or is no option of the codebook, is an error; or no journal has it.

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
        chosen &= _matches(survey, name, values_of(wanted, name), lacking == "zero")
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


def _matches(survey: Survey, name: str, values: list[str], lacking: bool) -> npt.NDArray[np.bool_]:
    if name in survey.codebook.item_ids:
        place, chosen = options_of(survey, name, values, lacking=lacking)
        return np.isin(survey.resolved.option[:, place], chosen)
    known_name(survey, name)
    cells = survey.journals.drop_duplicates("journal_id").dropna(subset="journal_id")[name].astype(object)
    spec = survey.attribute_spec(name)
    if spec is not None and spec.kind == "boolean":  # TRUE is true
        cells, values = cells.str.casefold(), [v.casefold() for v in values]
    if not lacking:
        all_known(values, [str(v) for v in cells.dropna().unique()], f"value of {name}")
    return cells.isin(values).to_numpy(bool)


def known_name(survey: Survey, name: str) -> None:
    """Raise a ValueError that names the nearest where a name is neither a column of the journals nor an item."""
    known = [*survey.journals.columns, *survey.codebook.item_ids]
    if name not in known:
        raise ValueError(
            f"'{name}' is neither a column of journals.csv nor an item{suggestion(str(name), known)}"
        )


def options_of(
    survey: Survey, name: str, values: list[str], *, lacking: bool = False
) -> tuple[int, list[int]]:
    """Positions of a closed item in the codebook, and of the answers among its options.

    Raises
    ------
    ValueError
        There is no such closed item, or, unless `lacking`, an answer is none of its options.
    """
    all_known([name], survey.codebook.item_ids, "item")
    place = survey.codebook.item_ids.index(name)
    item = survey.codebook.items[place]
    if not item.closed:
        raise ValueError(f"item '{name}' is {item.kind}; only closed items can be picked by")
    if not lacking:
        all_known(values, item.codes, f"option of {name}")
    return place, [item.codes.index(v) for v in values if v in item.codes]


def all_known(values: Iterable[str], known: Collection[str], thing: str) -> None:
    """Raise a ValueError that names the nearest where a value is none of the known ones."""
    for value in values:
        if value not in known:
            raise ValueError(f"'{value}' is no {thing}{suggestion(value, known)}")
