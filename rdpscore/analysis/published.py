"""The publisher-level correlation that Hörmann et al. 2026 print, as the study computed it."""

from __future__ import annotations

from typing import Literal

import numpy as np

from rdpscore.agreement.consistency import consistency
from rdpscore.results import computable
from rdpscore.scoring.score import journal_scores
from rdpscore.survey import Survey


@computable("consistency_vs_score")
def consistency_vs_score(
    survey: Survey, *, statistic: Literal["n", "r", "p"] = "r", scheme: str | None = None
) -> float | int | None:
    """Correlation of the publishers' consistency with their mean score, every publisher weighing the same.

    One journal or fifteen, floor or not: a publisher is a point. `difficulty` asks the question cell by cell.

    Parameters
    ----------
    survey : Survey
    statistic : {"n", "r", "p"}
        Number of publishers, Pearson's r, or its two-sided p value by t(n − 2).
    scheme : str, optional
        Scheme of the codebook; its default without.

    Returns
    -------
    int, float or None
        None where fewer than three publishers have both figures, or one of the two does not vary.
    """
    scores = journal_scores(survey, scheme)
    column = survey.journals["publisher"].astype(object)
    pairs = []
    for publisher in column.dropna().unique():
        own = scores[(column == publisher).to_numpy()]
        agreed = consistency(survey, where={"publisher": str(publisher)})
        if agreed is not None and not np.isnan(own).all():
            pairs.append((agreed, float(np.nanmean(own))))
    if statistic == "n":
        return len(pairs)
    x, y = np.array(pairs, float).reshape(-1, 2).T
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    r = float(np.corrcoef(x, y)[0, 1])
    if statistic == "r":
        return r
    if abs(r) >= 1:
        return 0.0
    from scipy.special import stdtr

    t = abs(r) * np.sqrt((len(x) - 2) / (1 - r**2))
    return float(2 * stdtr(len(x) - 2, -t))
