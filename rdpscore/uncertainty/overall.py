"""The mean score of a survey with its interval: how far it would move with other publishers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rdpscore.codebook import Scheme
from rdpscore.inference import By, clusters, jackknife, sum_by
from rdpscore.inference.design_effects import design_effect_of_mean, effective_n
from rdpscore.scoring.means import weights
from rdpscore.scoring.scored_rows import resolved_rows, the_scheme
from rdpscore.survey import Survey

Floats = npt.NDArray[np.float64]

FEW_CLUSTERS = 5
NO_SCORES, TOO_FEW_CLUSTERS = "no_scores", "too_few_clusters"


@dataclass(frozen=True)
class MeanScore:
    """The mean score; see `mean_score`.

    Attributes
    ----------
    value, low, high : float or None
        The mean over journals, and its interval of 95 %.
    reason : str or None
        Why there is no interval: ``no_scores``, ``too_few_clusters`` (fewer than five).
    n_journals : int
        Journals with a score.
    n_clusters : int
    cluster : str
    design_effect, effective_n : float or None
        Variance of the mean when clusters are independent, over that when journals are; and how many independent
        journals would say as much. None where there is no interval.
    """

    value: float | None
    low: float | None
    high: float | None
    reason: str | None
    n_journals: int
    n_clusters: int
    cluster: By
    design_effect: float | None
    effective_n: float | None


def mean_score(
    survey: Survey, scheme: Scheme | str | Path | None = None, *, cluster: By = "publisher"
) -> MeanScore:
    """Mean score of the journals, with the interval of a delete-one-cluster jackknife.

    Parameters
    ----------
    survey : Survey
    scheme : Scheme, str or Path, optional
        As for `score`.
    cluster : {"publisher", "policy", "reading", "journal"}
        What is independent of each other.

    Notes
    -----
    The mean is the ratio of two sums over clusters, scores and journals; the interval is by t(G − 1), cut at 0 and 1.
    Journals of a publisher are not independent: the design effect is that of `design_effect_of_mean`, as everywhere.

    Checked against: leaving clusters out one by one; with one journal a cluster, the textbook interval of a mean.

    Examples
    --------
    >>> import rdpscore
    >>> round(mean_score(rdpscore.load()).value, 3)
    0.27
    """
    chosen = the_scheme(survey, scheme)
    scores = resolved_rows(survey, chosen).scores(weights(chosen, survey.codebook))
    known = ~np.isnan(scores)
    groups = clusters(survey, cluster)
    code = np.unique(groups.code[known], return_inverse=True)[1].reshape(-1)
    n, n_clusters = int(known.sum()), int(code.max()) + 1 if known.any() else 0
    if not n:
        return MeanScore(None, None, None, NO_SCORES, 0, 0, cluster, None, None)
    columns = np.stack([scores[known], np.ones(n)], axis=1)
    value = float(scores[known].mean())
    if n_clusters < 2:
        return MeanScore(value, None, None, TOO_FEW_CLUSTERS, n, n_clusters, cluster, None, None)
    left = jackknife(sum_by(columns, code, n_clusters), _ratio)
    effect = design_effect_of_mean(scores[known], code)
    low = high = reason = None
    if n_clusters < FEW_CLUSTERS:
        reason = TOO_FEW_CLUSTERS
        effect = None  # a ratio of variances from so few is mostly chance
    else:
        bounds = left.bounds()
        low, high = max(0.0, float(bounds.low[0])), min(1.0, float(bounds.high[0]))
    return MeanScore(value, low, high, reason, n, n_clusters, cluster, effect, effective_n(n, effect))


def _ratio(sums: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(sums[..., :1] / sums[..., 1:])
