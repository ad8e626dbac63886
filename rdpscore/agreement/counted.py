"""What the figures rest on: journals, policies, readings, publishers, and how much they are worth together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rdpscore.agreement.influential import without_each_journal
from rdpscore.agreement.interval import Method, intervals, log_scale
from rdpscore.agreement.pairs import Cells, metric_distances
from rdpscore.agreement.panels import Measure, Metric, panel
from rdpscore.inference import By, Jackknife, clusters, jackknife
from rdpscore.inference.design_effects import design_effect, effective_n
from rdpscore.survey import Survey, coding_sets, distinct_readings, possibly_one, recorded_readings

METRICS: tuple[Metric, ...] = ("exact", "score")
JOURNAL, READING = "journal", "distinct reading"
NOT_RECORDED, FINER_THAN_PUBLISHERS = "not_recorded", "finer_than_publishers"
NO_PUBLISHERS = "journals_without_publisher"


@dataclass(frozen=True)
class Options:
    """How intervals are made.

    Attributes
    ----------
    cluster : {"publisher", "policy", "reading", "journal"}
        What is independent of each other.
    method : {"jackknife", "percentile", "bca"}
    resamples, seed : int
        Of the cluster bootstrap, which also counts degenerate draws.
    own_alpha : bool
        Give groups an alpha of their own, too.
    by : str
        Column of ``journals.csv`` by which journals are grouped.
    """

    cluster: By = "publisher"
    method: Method = "jackknife"
    resamples: int = 2000
    seed: int = 0
    own_alpha: bool = False
    by: str = "publisher"


@dataclass(frozen=True)
class Ledger:
    """What the figures of agreement rest on.

    Attributes
    ----------
    n_journals, n_double, n_single, n_uncoded : int
        Journals; those with two or more coders in the main round, which alone count; with one; with none.
    n_consensus_only : int
        Those among `n_uncoded` of which a consensus is known; they are not coded once.
    n_records : int
        Coders' records of the double-coded journals.
    n_policies : int or None
        Policies of the double-coded journals; None where none is recorded.
    n_readings : int
        Readings as recorded; without reading_id every journal is one of its own.
    n_distinct_readings : int
        With identical codings within a publisher taken as one: the least that there can be.
    n_possibly_one, n_possibly_one_journals : int
        Groups of journals with identical codings that no reading_id explains, and the journals in them. They are
        flagged, and not merged but in the figures with one unit a distinct reading.
    n_publishers : int
        A journal without one is its own.
    cluster : str
    n_clusters : int
    caution : str or None
        ``not_recorded`` where nothing is recorded by which to cluster, so that every journal is its own;
        ``finer_than_publishers`` where clusters are more than publishers: intervals are then too narrow as far as
        publishers' journals share policies or readings.
    design_effect_exact, design_effect_score : float or None
        Variance of the alpha over all items when clusters are independent, over that when journals are: by exact
        answer and on the scores, by the jackknife, on −ln(1 − α).
    effective_n_exact, effective_n_score : float or None
        `n_double` / design effect: independent journals that would say as much.
    """

    n_journals: int
    n_double: int
    n_single: int
    n_uncoded: int
    n_consensus_only: int
    n_records: int
    n_policies: int | None
    n_readings: int
    n_distinct_readings: int
    n_possibly_one: int
    n_possibly_one_journals: int
    n_publishers: int
    n_without_publisher: int
    cluster: str
    n_clusters: int
    caution: str | None
    design_effect_exact: float | None
    design_effect_score: float | None
    effective_n_exact: float | None
    effective_n_score: float | None


@dataclass(frozen=True)
class Headline:
    """Alpha over all items, each item its own stratum, with its interval.

    Attributes
    ----------
    metric : {"exact", "score"}
        By exact answer (nominal); or the interval metric on the options' scores, of scored items.
    unit : {"journal", "distinct reading"}
        What counts once. A distinct reading counts by its first journal.
    n_units : int
    value, low, high : float or None
    reason : str or None
        Why the bounds are null, see `rdpscore.agreement.interval.Interval`.
    n_clusters : int
    confidence_tentative, confidence_reliable : float or None
        One-sided confidence that alpha is at least 0.667, and 0.80; no probability.
    degenerate : float or None
        Share of resamples in which it is undefined.
    """

    metric: str
    unit: str
    n_units: int
    value: float | None
    low: float | None
    high: float | None
    reason: str | None
    n_clusters: int
    confidence_tentative: float | None
    confidence_reliable: float | None
    degenerate: float | None


def double_coded(survey: Survey) -> npt.NDArray[np.bool_]:
    """Which journals have two or more coders' records in the main round."""
    records = survey.records
    return np.bincount(records.journal[records.main], minlength=len(survey.journal_ids)) >= 2


def one_a_reading(survey: Survey) -> npt.NDArray[np.bool_]:
    """The first double-coded journal of each distinct reading."""
    double = np.flatnonzero(double_coded(survey))
    _, first = np.unique(distinct_readings(survey)[double], return_index=True)
    out = np.zeros(len(survey.journal_ids), bool)
    out[double[first]] = True
    return out


def ledger(survey: Survey, data: Cells, options: Options) -> Ledger:
    """Count what the figures rest on; see `Ledger`."""
    records = survey.records
    n_coders = np.bincount(records.journal[records.main], minlength=len(survey.journal_ids))
    double = n_coders >= 2
    sets = coding_sets(survey)
    groups = possibly_one(sets)
    by = clusters(survey, options.cluster)
    known = survey.journals["journal_id"]
    first = (known.notna() & ~known.duplicated()).to_numpy()
    n_policies = None
    if "policy_id" in survey.journals and survey.journals["policy_id"].notna().any():
        n_policies = int(survey.journals["policy_id"][first][double].nunique())
    effects: dict[str, float | None] = {
        m: alpha_design_effect(survey, data, m, options.cluster) for m in METRICS
    }
    n = int(double.sum())

    publishers = clusters(survey)
    owners = np.unique(publishers.code[double])
    n_publishers = int((owners < publishers.n_named).sum())
    n_clusters = len(np.unique(by.code[double]))
    return Ledger(
        n_journals=len(n_coders),
        n_double=n,
        n_single=int((n_coders == 1).sum()),
        n_uncoded=int((n_coders == 0).sum()),
        n_consensus_only=int(((n_coders == 0) & (survey.adopted >= 0).any(axis=1)).sum()),
        n_records=int(n_coders[double].sum()),
        n_policies=n_policies,
        n_readings=len(np.unique(recorded_readings(survey)[double])),
        n_distinct_readings=len(np.unique(distinct_readings(survey)[double])),
        n_possibly_one=len(groups),
        n_possibly_one_journals=sum(map(len, groups)),
        n_publishers=n_publishers,
        n_without_publisher=len(owners) - n_publishers,
        cluster=options.cluster,
        n_clusters=n_clusters,
        caution=_caution(survey, options.cluster, n_clusters, len(owners)),
        design_effect_exact=effects["exact"],
        design_effect_score=effects["score"],
        effective_n_exact=effective_n(n, effects["exact"]),
        effective_n_score=effective_n(n, effects["score"]),
    )


def _caution(survey: Survey, cluster: By, n_clusters: int, n_owners: int) -> str | None:
    columns = {
        "publisher": survey.journals.get("publisher"),
        "policy": survey.journals.get("policy_id"),
        "reading": survey.codings["reading_id"],
    }
    column = columns.get(cluster)
    if cluster in columns and (column is None or column.isna().all()):
        return NOT_RECORDED
    if n_clusters > n_owners:
        return FINER_THAN_PUBLISHERS
    publisher = survey.journals["publisher"]
    return NO_PUBLISHERS if cluster == "publisher" and publisher.isna().any() else None


def alpha_design_effect(survey: Survey, data: Cells, metric: Metric, by: By) -> float | None:
    """How many times larger the variance of alpha is than if journals were independent.

    Returns
    -------
    float or None
        None where either variance is undefined or 0.

    Notes
    -----
    The ratio of two delete-one-group jackknife variances on −ln(1 − α), as Kish's design effect is one of two
    variances (Survey Sampling 1965, section 8.2).
    """
    measure = panel(survey, by).stratified(metric)
    clustered = _variance(jackknife(measure.panel.statistics, measure.function, measure.present))
    alone = _variance(without_each_journal(data, metric_distances(survey, data)[metric]))
    return design_effect(clustered, alone)


def _variance(left: Jackknife) -> float:
    return float(left.standard_error(log_scale)[0] ** 2)


def headlines(survey: Survey, options: Options) -> tuple[Headline, ...]:
    """Alpha over all items by both metrics, with one unit a journal and with one unit a distinct reading."""
    out = []
    for unit, chosen in ((JOURNAL, None), (READING, one_a_reading(survey))):
        found = panel(survey, options.cluster, journals=chosen)
        for metric in METRICS:
            out.append(headline(found.stratified(metric), metric, unit, options))
    return tuple(out)


def headline(measure: Measure, metric: Metric, unit: str, options: Options) -> Headline:
    """One headline; its value stands even where the interval does not."""
    (interval,) = intervals(measure, method=options.method, n_resamples=options.resamples, seed=options.seed)
    point = float(measure.function(measure.panel.statistics.sum(axis=0))[0])
    return Headline(
        metric=metric,
        unit=unit,
        n_units=interval.n_units,
        value=point if np.isfinite(point) else None,
        low=interval.low,
        high=interval.high,
        reason=interval.reason,
        n_clusters=interval.n_clusters,
        confidence_tentative=interval.confidence_tentative,
        confidence_reliable=interval.confidence_reliable,
        degenerate=interval.degenerate,
    )
