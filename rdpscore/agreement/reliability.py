"""Reliability of the score: how much of what sets journals apart is the journals, how much the coder."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rdpscore.agreement.ratings import Floats
from rdpscore.codebook import Scheme
from rdpscore.inference import Clusters, jackknife, sum_by
from rdpscore.scoring.scored_rows import row_scores
from rdpscore.survey import Survey

TARGET = 0.80

NO_PAIRABLE_UNITS = "no_pairable_units"
NO_VARIATION = "no_variation"
TOO_FEW_GROUPS = "too_few_groups"
NOT_POSITIVE = "not_positive"


@dataclass(frozen=True)
class Estimate:
    """A coefficient with its interval; null with a reason."""

    value: float | None
    low: float | None
    high: float | None
    reason: str | None = None


@dataclass(frozen=True)
class Plan:
    """Coders a journal that would be needed for a reliability of the coders' mean score.

    Attributes
    ----------
    between : {"all journals", "journals of one publisher"}
        Which journals are to be told apart.
    one_coder : float or None
        Reliability of a single coder's score.
    coders : int or None
        ``⌈target (1 − r) / (r (1 − target))⌉``, by Spearman and Brown.
    target : float
    reason : str or None
        ``not_positive`` where r is not above 0: no number of coders is enough.
    """

    between: str
    one_coder: float | None
    coders: int | None
    target: float
    reason: str | None


@dataclass(frozen=True)
class ScoreReliability:
    """Reliability of scores computed from the answers of one coder alone.

    Attributes
    ----------
    scheme : str
    n_journals, n_scores : int
        Journals that two or more coders scored, and their scores.
    coders_per_journal : float or None
        k₀ of the analysis of variance, near the mean number of coders.
    icc : Estimate
        ICC(1): one coder's score.
    icc_mean : Estimate
        The mean of the k₀ coders' scores, by Spearman and Brown.
    icc_within : Estimate
        ICC(1) among the journals of one publisher: journal variance / (journal + coder variance).
    error : float or None
        Standard error of measurement of one coder's score, in scores (0 to 1): √ of the variance between coders.
    error_mean : float or None
        Of the mean of k₀ coders.
    variance_publisher, variance_journal, variance_coder : float or None
        Nested components of single coders' scores: between publishers, between journals of a publisher, between
        coders of a journal; estimates below 0 are given as they are.
    plans : tuple of Plan
    reason : str or None
        Why all is null.
    """

    scheme: str
    n_journals: int
    n_scores: int
    coders_per_journal: float | None
    icc: Estimate
    icc_mean: Estimate
    icc_within: Estimate
    error: float | None
    error_mean: float | None
    variance_publisher: float | None
    variance_journal: float | None
    variance_coder: float | None
    plans: tuple[Plan, ...]
    reason: str | None


def single_coder_scores(survey: Survey, scheme: Scheme) -> tuple[npt.NDArray[np.int64], Floats]:
    """The score that each record of the main round would give its journal, had that coder been the only one.

    Returns
    -------
    journal : int array, shape (n_scores,)
        Positions in `Survey.journal_ids`, ascending; of journals with two or more scores.
    score : float array, shape (n_scores,)
    """
    records = survey.records
    score = row_scores(survey.codebook, scheme, records.option[records.main])
    journal = records.journal[records.main].astype(np.int64)
    scored = ~np.isnan(score)
    several = np.bincount(journal[scored], minlength=len(survey.journal_ids)) >= 2
    use = scored & several[journal]
    return journal[use], score[use]


def score_reliability(survey: Survey, scheme: Scheme, by: Clusters, publishers: Clusters) -> ScoreReliability:
    """Reliability of the score under a scheme.

    Parameters
    ----------
    survey : Survey
    scheme : Scheme
    by : Clusters
        Of the intervals of `icc` and `icc_mean`.
    publishers : Clusters
        The upper level of the nested variance; also the clusters of the interval of `icc_within`.

    Notes
    -----
    ICC(1) by one-way analysis of variance with unequal numbers of coders (Shrout and Fleiss 1979, Psychological
    Bulletin 86:420; k₀ of Snedecor and Cochran). Nested components by the method of moments (Searle, Casella and
    McCulloch 1992, Variance Components, chapter 3). Coders are taken as exchangeable, so that differences between
    persons count as error. Intervals by the delete-one-cluster jackknife with t on −ln(1 − ICC).
    """
    journal, score = single_coder_scores(survey, scheme)
    if len(score) == 0:
        return _nothing(scheme, NO_PAIRABLE_UNITS)
    sums = _journal_sums(journal, score)
    which = sums.journal
    clustered = sum_by(sums.one_way(), by.code[which], by.n)
    nested = sums.nested(publishers.code[which])
    one = _one_way(clustered.sum(axis=0))
    if not np.isfinite(one).all():
        return _nothing(scheme, NO_VARIATION)
    components = _components(nested.sum(axis=0))
    k0, variance = float(one[1]), float(one[2])
    icc = _interval(clustered, lambda s: _one_way(s)[..., :1])
    within = _interval(nested, lambda s: _within(_components(s))[..., None])
    if within.value is None:
        within = Estimate(None, None, None, TOO_FEW_GROUPS)
    mean = Estimate(_stepped(icc.value, k0), _stepped(icc.low, k0), _stepped(icc.high, k0), icc.reason)
    if mean.low is None or mean.high is None:
        mean = Estimate(mean.value, None, None, icc.reason or TOO_FEW_GROUPS)
    known = bool(np.isfinite(components).all())
    return ScoreReliability(
        scheme=scheme.id,
        n_journals=len(which),
        n_scores=len(score),
        coders_per_journal=k0,
        icc=icc,
        icc_mean=mean,
        icc_within=within,
        error=math.sqrt(variance),
        error_mean=math.sqrt(variance / k0),
        variance_publisher=float(components[0]) if known else None,
        variance_journal=float(components[1]) if known else None,
        variance_coder=float(components[2]) if known else variance,
        plans=(plan("all journals", icc.value), plan("journals of one publisher", within.value)),
        reason=None,
    )


def plan(between: str, one_coder: float | None, target: float = TARGET) -> Plan:
    """How many coders a journal a reliability takes; see `Plan`."""
    if one_coder is None:
        return Plan(between, None, None, target, TOO_FEW_GROUPS)
    if one_coder <= 0:
        return Plan(between, one_coder, None, target, NOT_POSITIVE)
    needed = target * (1 - one_coder) / (one_coder * (1 - target))
    return Plan(between, one_coder, max(1, math.ceil(needed - 1e-9)), target, None)


@dataclass(frozen=True)
class _Sums:
    """Of the scores of each journal: number, sum, squares within, in the order of `journal`."""

    journal: npt.NDArray[np.int64]
    n: Floats
    total: Floats
    within: Floats

    def one_way(self) -> Floats:
        """Statistics that add up over journals: journals, scores, scores², sum, squares of means, squares within."""
        return np.column_stack(
            [np.ones(len(self.n)), self.n, self.n**2, self.total, self.total**2 / self.n, self.within]
        )

    def nested(self, publisher: npt.NDArray[np.intp]) -> Floats:
        """The same and more, which add up over publishers only, one row a publisher."""
        code = np.unique(publisher, return_inverse=True)[1].reshape(-1)
        sums = sum_by(self.one_way(), code, int(code.max()) + 1)
        scores, squares, total = sums[:, 1], sums[:, 2], sums[:, 3]
        extra = np.column_stack([np.ones(len(sums)), scores**2, total**2 / scores, squares / scores])
        return np.hstack([sums, extra])


def _journal_sums(journal: npt.NDArray[np.int64], score: Floats) -> _Sums:
    which, code = np.unique(journal, return_inverse=True)
    code = code.reshape(-1)
    n = np.bincount(code).astype(float)
    total = np.bincount(code, score).astype(float)
    within = np.bincount(code, (score - (total / n)[code]) ** 2).astype(float)
    return _Sums(which, n, total, within)


def _one_way(s: Floats) -> Floats:
    """ICC(1), k₀ and the mean square within, from sums over journals."""
    journals, scores, squares, total, between, within = np.moveaxis(s[..., :6], -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        k0 = (scores - squares / scores) / (journals - 1)
        ms_between = (between - total**2 / scores) / (journals - 1)
        ms_within = within / (scores - journals)
        icc = (ms_between - ms_within) / (ms_between + (k0 - 1) * ms_within)
    return np.stack([icc, k0, ms_within], axis=-1)


def _components(s: Floats) -> Floats:
    """Variance between publishers, journals and coders, from sums over publishers."""
    journals, scores, squares, total, journal_means, within, groups, group_squares, group_means, ratio = (
        np.moveaxis(s, -1, 0)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        coder = within / (scores - journals)
        k1 = (scores - ratio) / (journals - groups)
        journal = ((journal_means - group_means) / (journals - groups) - coder) / k1
        k2 = (ratio - squares / scores) / (groups - 1)
        k3 = (scores - group_squares / scores) / (groups - 1)
        publisher = ((group_means - total**2 / scores) / (groups - 1) - k2 * journal - coder) / k3
    return np.stack([publisher, journal, coder], axis=-1)


def _within(components: Floats) -> Floats:
    journal, coder = components[..., 1], components[..., 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(journal / (journal + coder))


def _interval(statistics: Floats, function: Callable[[Floats], Floats]) -> Estimate:
    left = jackknife(statistics, function, statistics[:, :1] > 0)
    value = float(left.point[0])
    if not math.isfinite(value):
        return Estimate(None, None, None, NO_VARIATION)
    bounds = left.bounds(scale=lambda x: -np.log1p(-x), inverse=lambda y: -np.expm1(-y))
    low, high = float(bounds.low[0]), float(bounds.high[0])
    if not (math.isfinite(low) and math.isfinite(high)):
        return Estimate(value, None, None, TOO_FEW_GROUPS)
    return Estimate(value, low, high)


def _stepped(r: float | None, k: float) -> float | None:
    """Reliability of the mean of k coders (Spearman and Brown); None below −1/(k − 1), which no ICC can be."""
    return None if r is None or 1 + (k - 1) * r <= 0 else k * r / (1 + (k - 1) * r)


def _nothing(scheme: Scheme, reason: str) -> ScoreReliability:
    none = Estimate(None, None, None, reason)
    return ScoreReliability(scheme.id, 0, 0, None, none, none, none, *(None,) * 5, (), reason)
