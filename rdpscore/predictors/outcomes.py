"""Outcomes of models: a journal's score, or its answer to one item, with the bound under which an effect is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from rdpscore.codebook import Codebook, Item, Scheme
from rdpscore.predictors.formula import SCORE, ModelError
from rdpscore.problems import suggestion
from rdpscore.scoring.means import weights
from rdpscore.scoring.scores import journal_scores
from rdpscore.survey import Survey

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """What a model is about.

    Attributes
    ----------
    name : str
        ``score``, or the item's id.
    kind : {"score", "item"}
    title : str
        "score", or the item's title.
    scheme : str or None
        Id of the scheme; None of an item.
    step : float
        What one item can move the outcome: the score's whole range divided by the number of items, the mean of
        what each moves it from its lowest to its highest option; of an item the mean distance of neighbouring
        options.
    n_items : int
        Items that enter it.
    levels : tuple of float
        Of an item: the scores of its options, in their order; empty of a score.
    """

    name: str
    kind: Literal["score", "item"]
    title: str
    scheme: str | None
    step: float
    n_items: int
    levels: tuple[float, ...] = ()

    @property
    def unit(self) -> str:
        """Of a difference: "score" or "of the item's range"."""
        return "score" if self.kind == "score" else "score of the item"


def score_step(scheme: Scheme, codebook: Codebook) -> tuple[float, int]:
    """What one item moves a score from its lowest to its highest option, on average, and of how many items.

    Under a scheme of equal weights it is exactly what each item moves: 1/17 of 17 items.
    """
    used = weights(scheme, codebook)
    ends = np.array([[min(i.scores), max(i.scores)] for i in codebook.scored_items], float).T
    low, high = used.combine(ends, np.ones(ends.shape, bool))
    inside = used.item * used.dimension[used.group]
    n = int((inside > 0).sum())
    return float(high - low) / n, n


def score_outcome(survey: Survey, scheme: Scheme) -> tuple[Outcome, Floats]:
    """The score under a scheme; NaN where a journal has none."""
    step, n = score_step(scheme, survey.codebook)
    return Outcome(SCORE, "score", SCORE, scheme.id, step, n), journal_scores(survey, scheme)


def item_outcome(survey: Survey, name: str) -> tuple[Outcome, Floats]:
    """The resolved answer to an item as the score of its option; NaN where there is none.

    An ordinal item that is not scored counts its options from 0 to 1 in equal steps.

    Raises
    ------
    ModelError
        There is no such item, or its options have no order.
    """
    ids = survey.codebook.item_ids
    if name not in ids:
        known = [SCORE, *ids]
        raise ModelError(f"'{name}' is neither '{SCORE}' nor an item{suggestion(name, known)}")
    item = survey.codebook.items[ids.index(name)]
    levels = item_levels(item)
    option = survey.resolved.option[:, ids.index(name)].astype(int)
    values = np.where(option >= 0, np.array(levels)[np.maximum(option, 0)], np.nan)
    step = (max(levels) - min(levels)) / (len(levels) - 1)
    return Outcome(name, "item", item.title, None, step, 1, levels), values


def item_levels(item: Item) -> tuple[float, ...]:
    """The options of an item as numbers, in their order.

    Raises
    ------
    ModelError
        Its options have no order, or it has no closed list of them.
    """
    if not item.closed or len(item.options) < 2:
        raise ModelError(f"item '{item.id}' is {item.kind}: a model needs one answer out of an ordered list")
    if item.scores:
        return item.scores
    if item.level != "ordinal":
        raise ModelError(f"the options of item '{item.id}' have no order, so no model can say more or less")
    return tuple(np.linspace(0, 1, len(item.options)).tolist())
