"""What each item contributes to a score that is a weighted arithmetic mean."""

from __future__ import annotations

import numpy as np

from rdpscore.codebook import Scheme
from rdpscore.means import find_mean
from rdpscore.scoring.means import Floats, weights
from rdpscore.scoring.scored_rows import resolved_rows
from rdpscore.survey import Survey


def contributions(survey: Survey, scheme: Scheme) -> Floats | None:
    """What each item adds to the score of each journal.

    Parameters
    ----------
    survey : Survey
    scheme : Scheme

    Returns
    -------
    float array, shape (n_journals, n_scored), or None
        They add up to the score where nothing is missing; NaN for a journal without a score. None where a mean
        is no sum, such as the geometric one.
    """
    if not all(find_mean(name).additive for name in (scheme.aggregation, scheme.across) if name):
        return None
    used, found = weights(scheme, survey.codebook), resolved_rows(survey, scheme)
    present, values = found.answers.present, found.answers.values
    share = np.zeros(present.shape)
    groups = np.zeros((len(present), used.dimension.shape[-1]))
    for group in np.unique(used.group):
        inside = np.where(used.group == group, used.item, 0.0) * present
        total = inside.sum(axis=1, keepdims=True)
        share += np.divide(inside, total, out=np.zeros_like(inside), where=total > 0)
        groups[:, group] = np.where(total[:, 0] > 0, used.dimension[group], 0.0)
    total = groups.sum(axis=1, keepdims=True)
    groups = np.divide(groups, total, out=np.zeros_like(groups), where=total > 0)
    out = share * groups[:, used.group] * np.where(present, values, 0.0) * used.scale
    return np.where(np.isnan(found.scores(used))[:, None], np.nan, out)
