"""The report on agreement: everything that the codings of a survey say on how far coders agree."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from rdpscore.agreement import reason_counts as why
from rdpscore.agreement.alpha import (
    NO_PAIRABLE_UNITS,
    NO_VARIATION,
    nominal_distance,
    score_distance,
    stratified_alpha,
)
from rdpscore.agreement.coincidences import Choices
from rdpscore.agreement.confusion_matrix import confusion
from rdpscore.agreement.counted import (
    Headline,
    Ledger,
    Options,
    headlines,
    ledger,
)
from rdpscore.agreement.diagnosed import diagnosis
from rdpscore.agreement.influential import influence
from rdpscore.agreement.interval import Method
from rdpscore.agreement.items import (
    DimensionAgreement,
    ItemAgreement,
    dimension_agreements,
    item_agreements,
    mean,
)
from rdpscore.agreement.missed_provisions import (
    ASSUMPTION,
    Missed,
    missed,
    missed_table,
)
from rdpscore.agreement.pairs import Cells, cells, pair_shares
from rdpscore.agreement.profiles import ANONYMOUS_CODERS, CoderProfile, coder_profiles
from rdpscore.agreement.publishers import GroupAgreement, groups, membership
from rdpscore.agreement.reliability import ScoreReliability, score_reliability
from rdpscore.arguments import checked
from rdpscore.inference import By, clusters
from rdpscore.problems import Problems
from rdpscore.results import Result, records, versions
from rdpscore.survey import Survey, distinct_readings
from rdpscore.validation import check


@dataclass(frozen=True)
class OverallAgreement:
    """Agreement over all closed items, each its own stratum.

    Attributes
    ----------
    n_journals : int
        Journals with two or more coders.
    n_single_coded : int
        Journals with one coder; they carry no information on agreement.
    n_items : int
        Closed items.
    percent : float or None
        Mean of the items' percent agreement.
    alpha_exact : float or None
        Stratified alpha by exact answer (nominal).
    alpha_score : float or None
        Stratified alpha in the interval metric on the options' scores: what enters the score. Scored items
        only.
    reason : str or None
        Why the alphas are null.
    """

    n_journals: int
    n_single_coded: int
    n_items: int
    percent: float | None
    alpha_exact: float | None
    alpha_score: float | None
    reason: str | None


@dataclass(frozen=True)
class AgreementResult(Result):
    """Agreement of a survey's coders; see `agreement`. What is not looked at is not computed.

    Attributes
    ----------
    survey : Survey
    options : Options
    more : mapping
        Name → further results that were asked for with the report, such as what makes coding hard.
    """

    survey: Survey = field(repr=False)
    options: Options
    more: Mapping[str, Result] = field(default_factory=dict)

    @cached_property
    def _cells(self) -> Cells:
        return cells(self.survey)

    @cached_property
    def overall(self) -> OverallAgreement:
        """The two headlines and the percent agreement, as numbers."""
        return _overall(self.survey, self._cells)

    @cached_property
    def ledger(self) -> Ledger:
        """What the figures rest on."""
        return ledger(self.survey, self._cells, self.options)

    @cached_property
    def headlines(self) -> tuple[Headline, ...]:
        """Alpha over all items with intervals; by both metrics, with one unit a journal and a distinct reading."""
        return headlines(self.survey, self.options)

    @cached_property
    def items(self) -> tuple[ItemAgreement, ...]:
        """One a closed item, in the order of the codebook."""
        return item_agreements(self.survey, self._cells, self.options)

    @cached_property
    def dimensions(self) -> tuple[DimensionAgreement, ...]:
        """One a dimension with closed items."""
        return dimension_agreements(self.survey, self.items, self.options)

    @cached_property
    def groups(self) -> tuple[GroupAgreement, ...]:
        """Each publisher, or each group by another column, relative to the survey's chance, the best first."""
        labels, code = membership(self.survey, self.options.by)
        readings = distinct_readings(self.survey)
        return groups(self.survey, self._cells, labels, code, readings, own_alpha=self.options.own_alpha)

    @cached_property
    def reliability(self) -> ScoreReliability:
        """Reliability of the score under the codebook's default scheme."""
        by = clusters(self.survey, self.options.cluster)
        return score_reliability(self.survey, self.survey.codebook.scheme(), by, clusters(self.survey))

    @cached_property
    def disagreements(self) -> pd.DataFrame:
        """One row a disagreement, with its reason."""
        return why.disagreements(self.survey)

    @cached_property
    def influence(self) -> pd.DataFrame:
        """Both headlines without each journal, the largest change first."""
        return influence(self.survey, self._cells, "journal")

    @cached_property
    def cluster_influence(self) -> pd.DataFrame:
        """Both headlines without each cluster, the largest change first."""
        return influence(self.survey, self._cells, self.options.cluster)

    @cached_property
    def coders(self) -> tuple[CoderProfile, ...] | None:
        """A profile of each coder; None where coders are slots and no persons."""
        return coder_profiles(self.survey) if self.survey.meta.coders == "persons" else None

    @cached_property
    def confusion(self) -> pd.DataFrame:
        """Which options were given for one journal, item by item."""
        return confusion(self.survey, self._cells)

    @cached_property
    def missed(self) -> tuple[Missed, ...]:
        """Provisions that both coders probably missed, item by item."""
        return missed(self.survey, self._cells)

    def diagnosis(self) -> pd.DataFrame:
        """The table from which the figures are computed: each journal and item, used or not, and why."""
        return diagnosis(
            self.survey, clusters(self.survey, self.options.cluster), distinct_readings(self.survey)
        )

    def tables(self) -> dict[str, pd.DataFrame]:
        found = {
            "items": _frame(self.items, ItemAgreement.names()),
            "overall": pd.DataFrame([asdict(self.overall)]),
            "ledger": pd.DataFrame([asdict(self.ledger)]),
            "headlines": _frame(self.headlines, Headline),
            "dimensions": _dimensions(self.dimensions),
            "groups": _frame(self.groups, GroupAgreement),
            "reasons": why.reasons(self.disagreements, "item"),
            "reasons_by_publisher": why.reasons(self.disagreements, "publisher"),
            "confusion": self.confusion,
            "missed": missed_table(self.missed),
            "influence": self.influence,
            "coders": _frame(self.coders or (), CoderProfile),
        }
        for name, result in self.more.items():
            found |= {
                name if k == 0 else f"{name}_{t}": f for k, (t, f) in enumerate(result.tables().items())
            }
        return found

    def body(self) -> Any:
        found = self.disagreements
        return {
            "overall": asdict(self.overall),
            "ledger": asdict(self.ledger),
            "headlines": [asdict(h) for h in self.headlines],
            "items": [i.row() for i in self.items],
            "dimensions": [asdict(d) for d in self.dimensions],
            "groups": {"by": self.options.by, "groups": [asdict(g) for g in self.groups]},
            "reliability": asdict(self.reliability),
            "reasons": {
                "n_disagreements": len(found),
                "n_agreed_but_adjudicated": why.agreed_but_adjudicated(self.survey),
                "overall": records(why.overall(found)),
                "items": records(why.reasons(found, "item")),
                "publishers": records(why.reasons(found, "publisher")),
            },
            "influence": {
                "journals": records(self.influence),
                self.options.cluster: records(self.cluster_influence),
            },
            "coders": {
                "reason": ANONYMOUS_CODERS if self.coders is None else None,
                "profiles": None if self.coders is None else [asdict(c) for c in self.coders],
            },
            "confusion": records(self.confusion),
            "missed": {"assumption": ASSUMPTION, "items": [asdict(m) for m in self.missed]},
        } | {name: result.body() for name, result in self.more.items()}


@checked
def measure_agreement(
    survey: Survey,
    *,
    cluster: By = "publisher",
    method: Method = "jackknife",
    resamples: int = 2000,
    seed: int = 0,
    own_alpha: bool = False,
    by: str = "publisher",
) -> AgreementResult:
    """Measure how far independent coders agree.

    Only blind codings of the main round count; adjudicated answers never do.

    Parameters
    ----------
    survey : Survey
    cluster : {"publisher", "policy", "reading", "journal"}
        What is independent of each other; of the intervals.
    method : {"jackknife", "percentile", "bca"}
        Of the intervals.
    resamples, seed : int
        Of the cluster bootstrap, which also counts in how many draws a figure is undefined.
    own_alpha : bool
        Give groups an alpha of their own, too; it says more on how alike their policies are than on coders.
    by : str
        Column of ``journals.csv`` by which journals are grouped.

    Returns
    -------
    AgreementResult
        ``ledger``, ``headlines``, ``items``, ``dimensions``, ``groups``, ``reliability`` and more.

    Raises
    ------
    InvalidInput
        If the survey has errors.
    ValueError
        If an option is none of those named.

    Examples
    --------
    >>> import rdpscore
    >>> result = rdpscore.measure_agreement(rdpscore.load())
    >>> [(h.metric, round(h.value, 3), h.high < 0.667) for h in result.headlines[:2]]
    [('exact', 0.364, True), ('score', 0.501, True)]
    """
    problems = check(survey)
    problems.raise_errors()
    clusters(survey, cluster)  # an unknown name is refused here, not where a figure is first looked at
    membership(survey, by)
    return measure(survey, problems, Options(cluster, method, resamples, seed, own_alpha, by))


def measure(survey: Survey, problems: Problems, options: Options | None = None) -> AgreementResult:
    """`agreement` of a survey that was checked."""
    options = options or Options()
    settings = {
        **survey.settings,
        "round": "main",
        **asdict(options),
        "scheme": survey.codebook.scheme().id,
        "versions": versions(),
    }
    return AgreementResult(settings, problems, survey, options)


def with_more(result: AgreementResult, **more: Result) -> AgreementResult:
    """The report with further results beside it, which its tables and its JSON then carry."""
    return dataclasses.replace(result, more={**result.more, **more})


def _overall(survey: Survey, data: Cells) -> OverallAgreement:
    entries = [survey.codebook.items[i] for i in data.items]
    chosen = [
        Choices(c[u], np.flatnonzero(u)) for k, c in enumerate(data.counts) for u in (data.pairable(k),)
    ]
    exact = stratified_alpha(chosen, [nominal_distance(len(e.options)) for e in entries])
    scored = [(c, score_distance(e.scores)) for c, e in zip(chosen, entries, strict=True) if e.scored]
    score = stratified_alpha([c for c, _ in scored], [d for _, d in scored])
    percents = [
        float(np.trace(pair_shares(counts))) if data.pairable(k).any() else None
        for k, counts in enumerate(data.counts)
    ]
    percent = mean(percents)
    recs = survey.records
    coders = np.bincount(recs.journal[recs.main], minlength=len(survey.journal_ids))
    reason = None
    if exact is None or score is None:
        reason = NO_VARIATION if percent is not None else NO_PAIRABLE_UNITS
    return OverallAgreement(
        n_journals=int((coders >= 2).sum()),
        n_single_coded=int((coders == 1).sum()),
        n_items=len(data.items),
        percent=percent,
        alpha_exact=exact,
        alpha_score=score,
        reason=reason,
    )


def _frame(rows: tuple[Any, ...], kind: type | list[str]) -> pd.DataFrame:
    """One row a dataclass, its fields or the named figures; tuples of text in one cell."""
    names = kind if isinstance(kind, list) else [f.name for f in dataclasses.fields(kind)]
    cells_ = [[_cell(getattr(r, name)) for name in names] for r in rows]
    return pd.DataFrame(cells_, columns=names)


def _cell(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, tuple) else value


def _dimensions(rows: tuple[DimensionAgreement, ...]) -> pd.DataFrame:
    out = []
    for d in rows:
        row = {k: getattr(d, k) for k in ("dimension", "title", "n_items", "percent", "detection", "grading")}
        for name, found in (("exact", d.exact), ("score", d.score)):
            row |= {f"alpha_{name}": found.value, f"{name}_low": found.low, f"{name}_high": found.high}
        out.append(row)
    return pd.DataFrame(out)
