"""A survey restricted to some of its journals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.survey.model import Survey
from rdpscore.survey.selection import select
from rdpscore.survey.tables import SPECS

Bools = npt.NDArray[np.bool_]
Range = tuple[float | None, float | None]
"""From and to, both included; None is no bound."""
Conditions = Mapping[str, list[str] | Range]
"""Column of ``journals.csv``, or item → the values, any of which a journal must have, or the range of a number."""


def subset(survey: Survey, mask: Bools, only: Mapping[str, Any] | None = None) -> Survey:
    """The survey with some of its journals, and what belongs to them.

    Codings, adjudications, assignments, searches and corrections are those of the journals that stay, policies those
    that govern one of them; decisions are of items, and stay. Rows keep their numbers in the file.

    Parameters
    ----------
    survey : Survey
    mask : bool array, shape (n_journals,)
        Which stay, in the order of `Survey.journal_ids`.
    only : mapping, optional
        What the settings of results say of the choice, as ``journals_only``.

    Raises
    ------
    ValueError
        The mask has another shape.

    Examples
    --------
    >>> import rdpscore
    >>> whole = rdpscore.load()
    >>> len(subset(whole, select(whole, {"publisher": "ACS"})).journals)
    15
    """
    if mask.shape != (len(survey.journal_ids),):
        raise ValueError(f"a mask of {len(survey.journal_ids)} journals, not of shape {mask.shape}")
    keep = np.append(mask, False)  # −1, an unknown journal, is the last
    place = pd.Index(survey.journal_ids).get_indexer(pd.Index(survey.journals["journal_id"].astype(object)))
    tables: dict[str, pd.DataFrame] = {"journals": survey.journals[keep[place]]}
    for name, journal in survey.journal_of.items():
        tables[name] = getattr(survey, name)[keep[journal]]
    if survey.policies is not None and "policy_id" in survey.journals:
        used = tables["journals"]["policy_id"].dropna().astype(object).unique()
        tables["policies"] = survey.policies[survey.policies["policy_id"].isin(used).to_numpy()]
    tables = {name: frame for name, frame in tables.items() if name in SPECS}
    said = dict(only) if only is not None else {"n_journals": int(mask.sum())}
    return replace(survey, journals_only=(dict(survey.journals_only or {}) | said), **tables)  # type: ignore[arg-type]


def satisfying(survey: Survey, conditions: Conditions) -> Bools:
    """Which journals satisfy all conditions.

    A journal whose number is not recorded lies in no range.

    Returns
    -------
    bool array, shape (n_journals,)

    Raises
    ------
    ValueError
        A name is neither a column nor an item, a value occurs nowhere, or a range is of a column without numbers.
    """
    chosen = np.ones(len(survey.journal_ids), bool)
    for name, wanted in conditions.items():
        if isinstance(wanted, list):
            chosen &= select(survey, {name: wanted})
            continue
        if not is_number(survey, name):
            raise ValueError(f"'{name}' is no column of numbers, so it has no range")
        values = survey.attribute(name).to_numpy(float, na_value=np.nan)
        low, high = wanted
        with np.errstate(invalid="ignore"):
            inside = (values >= (-np.inf if low is None else low)) & (
                values <= (np.inf if high is None else high)
            )
        chosen &= inside
    return chosen


def is_number(survey: Survey, name: str) -> bool:
    """Whether a column of the journals is declared to hold numbers."""
    spec = survey.attribute_spec(name) if name in survey.journals.columns else None
    return spec is not None and spec.kind in ("number", "integer")


def parse_conditions(survey: Survey, texts: Iterable[str]) -> Conditions:
    """Conditions as they are written on the command line.

    Parameters
    ----------
    survey : Survey
    texts : iterable of str
        ``NAME=VALUE[,VALUE]``, or ``NAME=LOW..HIGH`` of a number, where either end may be left out. A value that
        itself holds a comma is taken as a whole where it occurs. The same name again adds values.

    Raises
    ------
    ValueError
        A text has another form.
    """
    out: dict[str, list[str] | Range] = {}
    for text in texts:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not (name and sign and value):
            raise ValueError(f"'{text}' is not NAME=VALUE[,VALUE] or NAME=LOW..HIGH")
        if is_number(survey, name) and ".." in value:
            out[name] = parse_range(value)
            continue
        known = set()
        if name in survey.journals.columns:
            known = set(survey.journals[name].dropna().astype(str))
        values = [value] if value in known else [v.strip() for v in value.split(",") if v.strip()]
        before = out.get(name, [])
        out[name] = [*(before if isinstance(before, list) else []), *values]
    return out


def parse_range(text: str) -> Range:
    """``"2..10"``, ``"..10"`` and ``"2.."`` as a range.

    Raises
    ------
    ValueError
        It is none, or its ends are in the wrong order.
    """
    ends = text.split("..")
    try:
        low, high = (float(e) if e.strip() else None for e in ends)
    except ValueError:
        raise ValueError(f"'{text}' is no range of numbers, such as 2..10") from None
    if (low is None and high is None) or any(e is not None and not np.isfinite(e) for e in (low, high)):
        raise ValueError(f"'{text}' is no range of numbers, such as 2..10")
    if low is not None and high is not None and low > high:
        raise ValueError(f"'{text}' begins above its end")
    return low, high


def spell_range(bounds: Range) -> str:
    """A range as `parse_range` reads it."""
    return "..".join("" if e is None else f"{e:g}" for e in bounds)


def restricted(survey: Survey, conditions: Conditions) -> Survey:
    """The survey's journals that satisfy all conditions; the survey itself where there are none.

    Raises
    ------
    ValueError
        As for `satisfying`.
    """
    if not conditions:
        return survey
    said = {name: list(wanted) for name, wanted in conditions.items()}
    return subset(survey, satisfying(survey, conditions), said)
