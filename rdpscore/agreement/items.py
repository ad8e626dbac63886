"""Agreement item by item and dimension by dimension."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from rdpscore.agreement.alpha import Level, item_alpha
from rdpscore.agreement.coefficients import CARRIED_BY_FEW_CLUSTERS
from rdpscore.agreement.coincidences import Choices, ratings_of
from rdpscore.agreement.counted import (
    METRICS,
    Headline,
    Options,
    headline,
)
from rdpscore.agreement.interval import (
    RELIABLE,
    TENTATIVE,
    Interval,
    intervals,
)
from rdpscore.agreement.item_coefficients import coefficients_of, names
from rdpscore.agreement.pairs import NO_DIFFERENCES, Cells, differences, pair_shares
from rdpscore.agreement.panels import panel
from rdpscore.agreement.ratings import Floats
from rdpscore.codebook import Item
from rdpscore.survey import Survey

HIGH_PERCENT, LOW_PERCENT = 0.8, 0.7


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
    alpha_low, alpha_high : float or None
        Its 95 % interval.
    interval_reason : str or None
        Why there are no bounds: `reason`; ``carried_by_few_clusters``; ``no_disagreement`` where alpha is 1.
    alpha_nominal, alpha_ordinal : float or None
        Ordinal only for ordinal items.
    reason : str or None
        Why alpha is null: ``no_pairable_units``, ``no_variation``, or ``carried_by_few_clusters`` where all
        answers other than the commonest come from one cluster, so that alpha without it is undefined.
    n_minority, n_minority_clusters : int
        Journals, and clusters, in which somebody gave another answer than the commonest.
    caution : str or None
        ``carried_by_few_clusters`` where alpha is given, but rests on too few clusters for an interval.
    carriers : tuple of str
        The journals with another answer than the commonest, where `reason` or `caution` speaks of them.
    n_clusters : int
    effective_clusters : float
        Of as many clusters, holding as many other answers each, as much would be known.
    confidence_tentative, confidence_reliable : float or None
        One-sided confidence that alpha is at least 0.667, and 0.80.
    degenerate : float or None
        Share of resamples in which alpha is undefined.
    coefficients : dict
        Other coefficients, each an attribute and a column of its own: those of
        `rdpscore.agreement.item_coefficients.REPORTED`.
    detection, grading, both_found, grading_once_found : float or None
        Where pairs of coders part, see `Differences`; ordinal items only.
    remark : str or None
        In a sentence, why alpha and percent agreement part ways, where they do.
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
    alpha_low: float | None
    alpha_high: float | None
    interval_reason: str | None
    alpha_nominal: float | None
    alpha_ordinal: float | None
    reason: str | None
    n_minority: int
    n_minority_clusters: int
    caution: str | None
    carriers: tuple[str, ...]
    n_clusters: int
    effective_clusters: float
    confidence_tentative: float | None
    confidence_reliable: float | None
    degenerate: float | None
    coefficients: dict[str, Any]
    detection: float | None
    grading: float | None
    both_found: float | None
    grading_once_found: float | None
    remark: str | None

    def __getattr__(self, name: str) -> Any:
        if name in (found := self.__dict__.get("coefficients", {})):
            return found[name]
        raise AttributeError(f"'{type(self).__name__}' has no attribute '{name}'")

    @classmethod
    def names(cls) -> list[str]:
        """Of all figures, in their order."""
        return [n for f in fields(cls) for n in (names() if f.name == "coefficients" else [f.name])]

    def row(self) -> dict[str, Any]:
        """Every figure by its name."""
        return {name: getattr(self, name) for name in self.names()}


@dataclass(frozen=True)
class DimensionAgreement:
    """Agreement on the items of one dimension.

    Attributes
    ----------
    dimension, title : str
    n_items : int
        Closed items.
    percent, detection, grading : float or None
        Means over the items.
    exact, score : Headline
        Alpha over the dimension's items by both metrics.
    """

    dimension: str
    title: str
    n_items: int
    percent: float | None
    detection: float | None
    grading: float | None
    exact: Headline
    score: Headline


def item_agreements(survey: Survey, data: Cells, options: Options) -> tuple[ItemAgreement, ...]:
    """Agreement on each closed item, in the order of the codebook."""
    found = panel(survey, options.cluster)
    made = intervals(found.alphas(), method=options.method, n_resamples=options.resamples, seed=options.seed)
    return tuple(_item(survey, data, k, interval) for k, interval in enumerate(made))


def _item(survey: Survey, data: Cells, k: int, interval: Interval) -> ItemAgreement:
    place = int(data.items[k])
    item, counts = survey.codebook.items[place], data.counts[k]
    use = data.pairable(k)
    totals = counts[use].sum(axis=0)
    commonest = int(np.argmax(totals)) if use.any() else None
    share = None if commonest is None else float(totals[commonest] / totals.sum())
    shares = pair_shares(counts)
    percent = float(np.trace(shares)) if use.any() else None
    part = differences(shares) if item.level == "ordinal" else NO_DIFFERENCES
    defined = interval.value is not None
    levels: tuple[Level, ...] = ("nominal", "ordinal") if item.level == "ordinal" else ("nominal",)
    chosen = Choices(counts[use], np.flatnonzero(use))
    alphas = {level: item_alpha(chosen, level) if defined else None for level in levels}
    return ItemAgreement(
        item=item.id,
        title=item.title,
        dimension=item.dimension,
        level=item.level,
        n=int(use.sum()),
        percent=percent,
        commonest=None if commonest is None else item.codes[commonest],
        commonest_share=share,
        alpha=alphas[levels[-1]],
        alpha_low=interval.low,
        alpha_high=interval.high,
        interval_reason=interval.reason,
        alpha_nominal=alphas["nominal"],
        alpha_ordinal=alphas.get("ordinal"),
        reason=interval.value_reason,
        n_minority=interval.n_minority,
        n_minority_clusters=interval.n_minority_clusters,
        caution=CARRIED_BY_FEW_CLUSTERS if defined and interval.reason == CARRIED_BY_FEW_CLUSTERS else None,
        carriers=interval.carriers,
        n_clusters=interval.n_clusters,
        effective_clusters=interval.effective_clusters,
        confidence_tentative=interval.confidence_tentative,
        confidence_reliable=interval.confidence_reliable,
        degenerate=interval.degenerate,
        coefficients=coefficients_of(ratings_of(survey, place, use), item.level),
        detection=part.detection,
        grading=part.grading,
        both_found=part.both_found,
        grading_once_found=part.grading_once_found,
        remark=None if percent is None else remark(item, interval, totals, shares),
    )


def remark(item: Item, found: Interval, totals: Floats, shares: Floats) -> str | None:
    """A sentence where alpha and percent agreement part ways, else None.

    Parameters
    ----------
    item : Item
    found : Interval
        Its alpha.
    totals : float array, shape (n_options,)
        Pairable answers.
    shares : float array, shape (n_options, n_options)
        Of pairs, as `pair_shares` gives them.
    """
    n, top, percent = int(totals.sum()), int(totals.max()), float(np.trace(shares))
    if np.count_nonzero(totals) < 2:
        return None
    code = item.codes[int(np.argmax(totals))]
    chance = f"chance gives {100 * float((totals * (totals - 1)).sum() / (n * (n - 1))):.0f} %"
    if found.value is None:
        return f"no alpha, as all answers but {code} come from one {found.by}; {chance}"
    if percent >= HIGH_PERCENT and found.value < TENTATIVE:
        return f"{100 * percent:.0f} % says little: {top:,} of {n:,} answers are {code}; {chance}"
    if percent < LOW_PERCENT and found.value >= TENTATIVE:
        step = 2 * float(np.trace(shares, 1)) / (1 - percent)
        return f"{100 * percent:.0f} % says too little: {chance}, and {100 * step:.0f} % of differences are one step"
    return None


def dimension_agreements(
    survey: Survey, items: tuple[ItemAgreement, ...], options: Options
) -> tuple[DimensionAgreement, ...]:
    """Agreement on each dimension that has closed items, in the order of the codebook."""
    found = panel(survey, options.cluster)
    out = []
    for dimension in survey.codebook.dimensions:
        own = [i for i in items if i.dimension == dimension.id]
        if not own:
            continue
        names = [i.item for i in own]
        exact, score = (headline(found.stratified(m, names), m, "journal", options) for m in METRICS)
        out.append(
            DimensionAgreement(
                dimension=dimension.id,
                title=dimension.title,
                n_items=len(own),
                percent=mean([i.percent for i in own]),
                detection=mean([i.detection for i in own]),
                grading=mean([i.grading for i in own]),
                exact=exact,
                score=score,
            )
        )
    return tuple(out)


def mean(values: list[float | None]) -> float | None:
    """Mean of those that are there."""
    known = [v for v in values if v is not None]
    return float(np.mean(known)) if known else None


def standing(low: float | None, high: float | None) -> str:
    """Where an interval stands to Krippendorff's limits: ``below``, ``reaches``, ``reliable`` or ``open``."""
    if low is None or high is None:
        return "open"
    if high < TENTATIVE:
        return "below"
    if low >= RELIABLE:
        return "reliable"
    return "reaches" if low >= TENTATIVE else "open"
