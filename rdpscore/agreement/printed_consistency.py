"""The consistency that Hörmann et al. 2026 print: a share of answers, not a coefficient of agreement."""

from __future__ import annotations

import numpy as np

from rdpscore.results import computable
from rdpscore.survey import Survey
from rdpscore.survey.selection import Where, select

WORDING = "wording"


@computable("consistency")
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
