"""A survey restricted to some of its journals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.survey.aligning import mask_of
from rdpscore.survey.model import Survey
from rdpscore.survey.selection import known_name, select, values_of
from rdpscore.survey.tables import SPECS

Bools = npt.NDArray[np.bool_]
Range = tuple[float | None, float | None]
"""From and to, both included; None is no bound."""
Conditions = Mapping[str, Any]
"""Column of ``journals.csv``, or item → the value, or the values, any of which a journal must have, or the range of a
number: ``{"publisher": "ACS"}``, ``{"publisher": ["ACS", "RSC"], "impact": (2, None)}``."""


@checked
def subset(
    survey: Survey, mask: Bools | pd.Series | Sequence[bool], only: Mapping[str, Any] | None = None
) -> Survey:
    """The survey with some of its journals, and what belongs to them.

    Codings, adjudications, assignments, searches and corrections are those of the journals that stay, policies those
    that govern one of them; decisions are of items, and stay. Rows keep their numbers in the file.

    Parameters
    ----------
    survey : Survey
    mask : Series or bool array, shape (n_journals,)
        Which stay. A Series goes by its index, in any order: ids of journals, or the rows of ``survey.journals``. An
        array or a list goes by position, in the order of `Survey.journal_ids`.
    only : mapping, optional
        What the settings of results say of the choice, as ``journals_only``.

    Raises
    ------
    ValueError
        The mask has another shape, holds anything but true and false, or has an index that tells no journals.

    Examples
    --------
    >>> import rdpscore
    >>> whole = rdpscore.load()
    >>> len(subset(whole, select(whole, {"publisher": "ACS"})).journals)
    15
    >>> scores = rdpscore.score(whole).journals.set_index("journal_id")["score"]
    >>> len(subset(whole, scores > 0.5).journals)
    5
    """
    mask = journals_meant(survey, mask)
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


def journals_meant(survey: Survey, mask: Bools | pd.Series | Sequence[bool]) -> Bools:
    """A mask of journals in the order of `Survey.journal_ids`; see `subset`."""
    rows = survey.journals.index
    return mask_of(mask, survey.journal_ids, rows if len(rows) == len(survey.journal_ids) else None)


@checked
def satisfying(survey: Survey, conditions: Conditions) -> Bools:
    """Which journals satisfy all conditions.

    Of a column of numbers, a tuple of two numbers or None is a range; every other collection holds values. A journal
    whose number is not recorded lies in no range.

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
        known_name(survey, name)
        bounds = _range_of(survey, name, wanted)
        if bounds is None:
            chosen &= select(survey, {name: wanted})
            continue
        low, high = bounds
        column = survey.attribute(name)
        once = column[~column.index.duplicated() & column.index.notna()]
        values = once.to_numpy(float, na_value=np.nan)
        with np.errstate(invalid="ignore"):
            inside = (values >= (-np.inf if low is None else low)) & (
                values <= (np.inf if high is None else high)
            )
        chosen &= inside
    return chosen


def _range_of(survey: Survey, name: str, wanted: Any) -> Range | None:
    """The range that is asked of a column, or None where values are."""
    if isinstance(wanted, (range, slice)):
        raise ValueError(f"a range of '{name}' is a pair (low, high), both included, not {wanted!r}")
    if not isinstance(wanted, tuple) or len(wanted) != 2:
        return None
    if not is_number(survey, name):
        if all(isinstance(v, str) for v in wanted):
            return None
        raise ValueError(f"'{name}' is no column of numbers, so it has no range")
    for end in wanted:
        if end is not None and (isinstance(end, (str, bool)) or not np.isreal(end) or not np.isfinite(end)):
            raise ValueError(f"a range of '{name}' is (low, high) of numbers or None, not {wanted!r}")
    low, high = (None if end is None else float(end) for end in wanted)
    if low is not None and high is not None and low > high:
        raise ValueError(f"the range {wanted!r} of '{name}' begins above its end")
    return low, high


def is_number(survey: Survey, name: str) -> bool:
    """Whether a column of the journals is declared to hold numbers."""
    spec = survey.attribute_spec(name) if name in survey.journals.columns else None
    return spec is not None and spec.kind in ("number", "integer")


@checked
def parse_conditions(survey: Survey, texts: str | Iterable[str]) -> dict[str, list[str] | Range]:
    """Conditions as they are written on the command line.

    Parameters
    ----------
    survey : Survey
    texts : str or iterable of str
        ``NAME=VALUE[,VALUE]``, or ``NAME=LOW..HIGH`` of a number, where either end may be left out. A value that
        itself holds a comma is taken as a whole where it occurs. The same name again adds values.

    Raises
    ------
    ValueError
        A text has another form.
    """
    out: dict[str, list[str] | Range] = {}
    for text in [texts] if isinstance(texts, str) else texts:
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


@checked
def restricted(survey: Survey, conditions: Conditions) -> Survey:
    """The survey's journals that satisfy all conditions; the survey itself where there are none.

    Raises
    ------
    ValueError
        As for `satisfying`.
    """
    chosen = satisfying(survey, conditions)
    if not conditions:
        return survey
    said = {
        name: values_of(wanted, name) if (bounds := _range_of(survey, name, wanted)) is None else list(bounds)
        for name, wanted in conditions.items()
    }
    return subset(survey, chosen, said)
