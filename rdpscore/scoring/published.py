"""Published figures that are scores."""

from __future__ import annotations

import numpy as np

from rdpscore.results import computable
from rdpscore.scoring.score import journal_scores
from rdpscore.survey import Survey
from rdpscore.survey.selection import Where, select


@computable("mean_score")
def mean_score(survey: Survey, *, scheme: str | None = None, where: Where | None = None) -> float | None:
    """Mean score of the journals under a scheme; None where none has a score."""
    scores = journal_scores(survey, scheme)[select(survey, where)]
    return None if np.isnan(scores).all() else float(np.nanmean(scores))
