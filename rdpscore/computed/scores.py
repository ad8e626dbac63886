"""Scores, the consistency that Hörmann et al. 2026 print (a share of answers, no coefficient), and how the two go."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from rdpscore.computed.registry import computed_figure
from rdpscore.scoring.scores import journal_scores
from rdpscore.survey import Survey
from rdpscore.survey.selection import Where, select

WORDING = "wording"


@computed_figure
def mean_score(
    survey: Survey,
    *,
    scheme: str | None = None,
    where: Where | None = None,
    unit: Literal["journal", "publisher"] = "journal",
) -> float | None:
    """Mean score of the journals under a scheme, or the mean of their publishers' means.

    None where there is none.
    """
    chosen = select(survey, where)
    scores = pd.Series(journal_scores(survey, scheme)[chosen])
    if unit == "publisher":
        scores = scores.groupby(survey.journals["publisher"].astype(object).to_numpy()[chosen]).mean()
    return None if scores.isna().all() else float(scores.mean())


@computed_figure
def consistency(survey: Survey, *, where: Where | None = None) -> float | None:
    """Share of closed items, over journals, on which all coders gave the same answer text.

    Journals with one coder are left out. Items adjudicated for their wording count as differing although the
    coders chose one option: the study compared the texts of answers. Agreement coefficients do not do this.

    Returns
    -------
    float or None
        0 to 1; None where no journal has two coders.
    """
    closed = np.array([i.closed for i in survey.codebook.items])
    resolved = survey.resolved
    reasons = np.append((survey.adjudications["reason"].astype(object) == WORDING).to_numpy(bool), False)
    same = ~resolved.disagreed & ~reasons[survey.adopted_row]
    double = (resolved.n_answers[:, closed] >= 2).any(axis=1) & select(survey, where)
    if not double.any():
        return None
    return float(same[np.ix_(double, closed)].mean())


@computed_figure
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
