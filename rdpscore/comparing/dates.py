"""When surveys read their policies, and which came after which."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from rdpscore.survey import Survey

NOT_DATED, SAME_TIME = "dates_not_recorded", "read_at_the_same_time"
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


@dataclass(frozen=True)
class Reading:
    """When a survey read its policies, as far as it says.

    Attributes
    ----------
    label : str
        The survey's id, with a number where two have the same.
    title, codebook : str
    n_journals : int
    read_on : str or None
        In the words of ``survey.yaml``.
    coded_first, coded_last : str or None
        Earliest and latest day in ``coded_on`` of the main round.
    first, last : str or None
        What a comparison over time goes by: the days of the codings, else those that ``read_on`` names.
    """

    label: str
    title: str
    codebook: str
    n_journals: int
    read_on: str | None
    coded_first: str | None
    coded_last: str | None
    first: str | None
    last: str | None


def reading(survey: Survey, label: str) -> Reading:
    """When a survey read its policies; see `Reading`."""
    recs = survey.records
    main = np.isin(recs.of_row, recs.main)
    days = [str(d) for d in survey.codings.loc[main, "coded_on"].dropna().unique() if _DAY.fullmatch(str(d))]
    said = _DAY.findall(survey.meta.read_on or "")
    known = days or said
    return Reading(
        label=label,
        title=survey.meta.title,
        codebook=f"{survey.codebook.id} {survey.codebook.version}",
        n_journals=len(survey.journal_ids),
        read_on=survey.meta.read_on,
        coded_first=min(days, default=None),
        coded_last=max(days, default=None),
        first=min(known, default=None),
        last=max(known, default=None),
    )


def later(a: Reading, b: Reading) -> tuple[str | None, str | None]:
    """Which of the two came after the other, or why that cannot be said."""
    if a.first is None or a.last is None or b.first is None or b.last is None:
        return None, NOT_DATED
    if b.first > a.last:
        return "b", None
    return ("a", None) if a.first > b.last else (None, SAME_TIME)
