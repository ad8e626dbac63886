"""Single items against attributes of journals: an ordered logit each, with p adjusted over the items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rdpscore.inference.ordered import adjust, ordered_logit
from rdpscore.predictors.formula import ModelError
from rdpscore.predictors.frame import ModelFrame
from rdpscore.predictors.outcomes import item_levels, item_outcome
from rdpscore.predictors.predictor import Floats
from rdpscore.problems import suggestion
from rdpscore.survey import Survey

FEW_CLUSTERS = 5
"""Where fewer hold another answer than the commonest, what an item goes with rests on these few."""


@dataclass(frozen=True)
class ItemRow:
    """One item and one term.

    Attributes
    ----------
    item, title, term, predictor, label : str
    odds_ratio, low, high : float or None
        Of an answer further up than any given one, per unit of the predictor, which stands alone; 95 % interval from
        clustered standard errors with t(G − 1).
    p, p_holm, p_bh : float or None
        Two-sided; adjusted over the items that have one, term by term: the chance of any false finding held at 5 %
        (Holm), or the expected share of false ones (Benjamini and Hochberg).
    n, n_clusters : int
    reason : str or None
        Of `rdpscore.predictors.rows.REASONS`.
    """

    item: str
    title: str
    term: str
    predictor: str
    label: str
    odds_ratio: float | None
    low: float | None
    high: float | None
    p: float | None
    p_holm: float | None
    p_bh: float | None
    n: int
    n_clusters: int
    reason: str | None


def ordered_items(survey: Survey) -> tuple[str, ...]:
    """Ids of the items that can be an outcome: one answer out of an ordered list."""
    out = []
    for item in survey.codebook.items:
        try:
            item_levels(item)
        except ModelError:
            continue
        out.append(item.id)
    return tuple(out)


def check_items(survey: Survey, names: Sequence[str]) -> tuple[str, ...]:
    """The items of these names.

    Raises
    ------
    ModelError
        There is no such item, or it has no order.
    """
    for name in names:
        if name not in survey.codebook.item_ids:
            raise ModelError(f"'{name}' is no item{suggestion(name, survey.codebook.item_ids)}")
        item_levels(survey.codebook.items[survey.codebook.item_ids.index(name)])
    return tuple(dict.fromkeys(names))


def item_rows(survey: Survey, frame: ModelFrame, names: Sequence[str]) -> tuple[ItemRow, ...]:
    """Every item against every term of a frame.

    Parameters
    ----------
    survey : Survey
        That the frame was made of.
    frame : ModelFrame
        Its journals and predictors are used; its own outcome is not.
    names : sequence of str
        Items.

    Notes
    -----
    The question is pooled, so a description: an ordered logit with an intercept a publisher is not consistent where
    publishers have few journals. Its clustered standard errors are somewhat too small with few clusters; the rows sort
    items, and set no verdict.
    """
    place = {j: i for i, j in enumerate(survey.journal_ids)}
    own = np.array([place[j] for j in frame.journals], np.intp)
    rows: list[ItemRow] = []
    for term in frame.terms:
        of_term = []
        for name in names:
            outcome, values = item_outcome(survey, name)
            answered = ~np.isnan(values[own])
            used = frame.subset(answered).with_outcome(values[own][answered], outcome).complete([term.name])
            of_term.append(_row(used, term.name))
        holm, bh = (adjust([r.p for r in of_term], method) for method in ("holm", "bh"))
        rows += [replace(r, p_holm=h, p_bh=b) for r, h, b in zip(of_term, holm, bh, strict=True)]
    return tuple(rows)


def _row(frame: ModelFrame, name: str) -> ItemRow:
    term = frame.term(name)
    empty = ItemRow(
        frame.outcome.name,
        frame.outcome.title,
        name,
        frame.predictor(name).attribute,
        term.label,
        *(None,) * 6,
        len(frame),
        frame.clusters.n,
        None,
    )
    if not len(frame):
        return replace(empty, reason="no_values")
    if np.ptp(frame.y) == 0:
        return replace(empty, reason="outcome_constant")
    x, terms = frame.columns()
    column = x[:, [t.name for t in terms].index(name)]
    if _separated(frame.y, column):
        return replace(empty, reason="not_estimable")
    values, counts = np.unique(frame.y, return_counts=True)
    if len(np.unique(frame.clusters.code[frame.y != values[counts.argmax()]])) < FEW_CLUSTERS:
        return replace(empty, reason="few_other_answers")
    found = ordered_logit(frame.y, x, frame.clusters.code, name, names=[t.name for t in terms])
    interval = found.interval()
    if found.reason is not None or found.estimate is None or interval is None:
        return replace(empty, reason=found.reason)
    ratio, low, high = np.exp([found.estimate, *interval])
    return replace(empty, odds_ratio=float(ratio), low=float(low), high=float(high), p=found.p())


def _separated(y: Floats, x: Floats) -> bool:
    """Whether answers never fall where a varying column rises, or never rise: the estimate is then infinite."""
    if np.ptp(x) == 0:
        return False
    cuts = np.unique(y)[:-1]
    up = all(x[y <= c].max() <= x[y > c].min() for c in cuts)
    return up or all(x[y <= c].min() >= x[y > c].max() for c in cuts)
