"""Agreement item by item and over all items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from rdpscore.agreement import alpha as alphas
from rdpscore.agreement.coincidences import Choices, choices, percent_agreement
from rdpscore.problems import Problems
from rdpscore.results import Result, versions
from rdpscore.survey import Survey, positions
from rdpscore.validation import check

FEW_CLUSTERS = 5
"""With minority answers in fewer clusters than this, a coefficient rests on these clusters alone."""


@dataclass(frozen=True)
class ItemAgreement:
    """Agreement on one item.

    Attributes
    ----------
    item, title, dimension, level : str
    n : int
        Pairable journals: those with two or more answers.
    percent : float or None
        Mean share of agreeing pairs of coders, 0 to 1.
    commonest : str or None
        Code of the commonest answer.
    commonest_share : float or None
        Its share of all pairable answers.
    alpha : float or None
        Krippendorff's alpha at the item's level of measurement: `alpha_nominal` or `alpha_ordinal`.
    alpha_nominal, alpha_ordinal : float or None
        Ordinal only for ordinal items.
    reason : str or None
        Why alpha is null: ``no_pairable_units``, ``no_variation``, or ``carried_by_few_clusters`` where all
        answers other than the commonest come from one publisher, so that alpha without it is undefined.
    n_minority, n_minority_publishers : int
        Journals, and publishers, in which somebody gave another answer than the commonest.
    caution : str or None
        ``carried_by_few_clusters`` where alpha is given although these publishers are fewer than five.
    """

    item: str
    title: str
    dimension: str
    level: str | None
    n: int
    percent: float | None
    commonest: str | None
    commonest_share: float | None
    alpha: float | None
    alpha_nominal: float | None
    alpha_ordinal: float | None
    reason: str | None
    n_minority: int
    n_minority_publishers: int
    caution: str | None


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
    """Agreement of a survey's coders; see `agreement`."""

    overall: OverallAgreement
    items: tuple[ItemAgreement, ...]

    def tables(self) -> dict[str, pd.DataFrame]:
        return {
            "items": pd.DataFrame([asdict(i) for i in self.items]),
            "overall": pd.DataFrame([asdict(self.overall)]),
        }

    def body(self) -> Any:
        return {"overall": asdict(self.overall), "items": [asdict(i) for i in self.items]}


def agreement(survey: Survey) -> AgreementResult:
    """Measure how far independent coders agree.

    Only blind codings of the main round count; adjudicated answers never do.

    Parameters
    ----------
    survey : Survey

    Returns
    -------
    AgreementResult
        ``items``, one `ItemAgreement` a closed item in the codebook's order; ``overall``, the two headlines.

    Raises
    ------
    InvalidInput
        If the survey has errors.

    Examples
    --------
    >>> import rdpscore
    >>> round(rdpscore.agreement(rdpscore.load()).overall.alpha_exact, 3)
    0.364
    """
    problems = check(survey)
    problems.raise_errors()
    return measure(survey, problems)


def measure(survey: Survey, problems: Problems) -> AgreementResult:
    """`agreement` of a survey that was checked."""
    places = [i for i, item in enumerate(survey.codebook.items) if item.closed]
    data = {i: choices(survey, i) for i in places}
    clusters = _clusters(survey)
    items = tuple(_item(survey, i, data[i], clusters) for i in places)
    settings = {**survey.settings, "round": "main", "cluster": "publisher", "versions": versions()}
    return AgreementResult(settings, problems, _overall(survey, data, items), items)


def _clusters(survey: Survey) -> np.ndarray:
    """One integer a journal for its publisher; a journal without publisher is its own."""
    column = survey.journals["publisher"]
    code = positions(column, pd.Index(column.cat.categories))
    return np.where(code >= 0, code, -1 - np.arange(len(code)))


def _item(survey: Survey, place: int, data: Choices, clusters: np.ndarray) -> ItemAgreement:
    item = survey.codebook.items[place]
    reason = alphas.undefined(data)
    commonest = int(np.argmax(data.totals)) if data.n_units else None
    minority = np.zeros(0, np.intp)
    if commonest is not None:
        minority = data.units[data.counts[:, commonest] < data.counts.sum(axis=1)]
    n_clusters = len(np.unique(clusters[minority]))
    if reason is None and n_clusters < 2:
        reason = alphas.CARRIED_BY_FEW_CLUSTERS
    values: dict[str, float | None] = {"nominal": None, "ordinal": None}
    if reason is None:
        values["nominal"] = alphas.item_alpha(data, "nominal")
        if item.level == "ordinal":
            values["ordinal"] = alphas.item_alpha(data, "ordinal")
    few = reason is None and n_clusters < FEW_CLUSTERS
    return ItemAgreement(
        item=item.id,
        title=item.title,
        dimension=item.dimension,
        level=item.level,
        n=data.n_units,
        percent=percent_agreement(data.counts) if data.n_units else None,
        commonest=None if commonest is None else item.codes[commonest],
        commonest_share=None if commonest is None else float(data.totals[commonest] / data.totals.sum()),
        alpha=values[item.level or "nominal"],
        alpha_nominal=values["nominal"],
        alpha_ordinal=values["ordinal"],
        reason=reason,
        n_minority=len(minority),
        n_minority_publishers=n_clusters,
        caution=alphas.CARRIED_BY_FEW_CLUSTERS if few else None,
    )


def _overall(survey: Survey, data: Mapping[int, Choices], items: Sequence[ItemAgreement]) -> OverallAgreement:
    entries = survey.codebook.items
    scored = {i: d for i, d in data.items() if entries[i].scored}
    exact = alphas.stratified_alpha(
        list(data.values()), [alphas.nominal_distance(len(entries[i].options)) for i in data]
    )
    score = alphas.stratified_alpha(
        list(scored.values()), [alphas.score_distance(entries[i].scores) for i in scored]
    )
    percents = [i.percent for i in items if i.percent is not None]
    records = survey.records
    coders = np.bincount(records.journal[records.main], minlength=len(survey.journal_ids))
    reason = None
    if exact is None or score is None:
        reason = alphas.NO_VARIATION if percents else alphas.NO_PAIRABLE_UNITS
    return OverallAgreement(
        n_journals=int((coders >= 2).sum()),
        n_single_coded=int((coders == 1).sum()),
        n_items=len(items),
        percent=float(np.mean(percents)) if percents else None,
        alpha_exact=exact,
        alpha_score=score,
        reason=reason,
    )
