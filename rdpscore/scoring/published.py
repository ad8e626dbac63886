"""Published figures that are scores."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from rdpscore.results import computable
from rdpscore.scoring.scores import journal_scores
from rdpscore.survey import Survey
from rdpscore.survey.selection import Where, select


@computable("mean_score")
def mean_score(
    survey: Survey,
    *,
    scheme: str | None = None,
    where: Where | None = None,
    unit: Literal["journal", "publisher"] = "journal",
) -> float | None:
    """Mean score of the journals under a scheme, or the mean of their publishers' means; None where there is none."""
    chosen = select(survey, where)
    scores = pd.Series(journal_scores(survey, scheme)[chosen])
    if unit == "publisher":
        scores = scores.groupby(survey.journals["publisher"].astype(object).to_numpy()[chosen]).mean()
    return None if scores.isna().all() else float(scores.mean())
