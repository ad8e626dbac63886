"""Doubtful labels of an attribute flipped, one at a time, together, and in every combination."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from rdpscore.predictors.frame import ModelFrame
from rdpscore.predictors.predictor import Predictor
from rdpscore.predictors.questions import design
from rdpscore.predictors.refits import (
    N_DRAWS,
    Refit,
    refit,
    used,
)
from rdpscore.predictors.rows import Held, Question

MOST = 16
"""Of so many doubtful labels all combinations are computed: 65,536."""


@dataclass(frozen=True)
class Flip:
    """A coefficient with one doubtful label changed.

    Attributes
    ----------
    journal, title : str
    stands, flipped : str
        The label as it stands, and what it was changed to.
    estimate, change, low, high, verdict
        As in `rdpscore.predictors.influence.Without`.
    """

    journal: str
    title: str
    stands: str
    flipped: str
    estimate: float | None
    change: float | None
    low: float | None
    high: float | None
    verdict: str | None


@dataclass(frozen=True)
class Flips:
    """What doubtful labels make of a coefficient.

    Attributes
    ----------
    attribute : str
    n_doubtful : int
        Journals of the model whose label is marked as doubtful.
    point : Refit
        As the labels stand.
    one : tuple of Flip
        One label changed at a time, what changes the estimate most first.
    together : Refit or None
        All changed at once; None where a category has more than two levels, and no label has one opposite.
    left_out : Refit or None
        Without the journals of doubtful labels.
    low, high : float or None
        Smallest and largest estimate of all that were computed.
    combinations : tuple of float, or None
        Smallest and largest estimate over every combination of flips; None beyond 16 labels or two levels.
    reason : str or None
        Why there is nothing: ``no_doubtful_labels``, or ``no_opposite``, for a number, which has none.
    """

    attribute: str
    n_doubtful: int
    point: Refit
    one: tuple[Flip, ...]
    together: Refit | None
    left_out: Refit | None
    low: float | None
    high: float | None
    combinations: tuple[float, float] | None
    reason: str | None

    @property
    def changed(self) -> int | None:
        """How many labels change the verdict, one at a time; None where no verdict was asked for."""
        if self.point.verdict is None or any(f.verdict is None for f in self.one):
            return None
        return sum(f.verdict != self.point.verdict for f in self.one)

    def to_frame(self) -> pd.DataFrame:
        """One row a flip."""
        return pd.DataFrame([asdict(f) for f in self.one], columns=list(Flip.__dataclass_fields__))


def flip_labels(
    frame: ModelFrame,
    question: Question,
    term: str,
    *,
    held: Held = "alone",
    verdicts: Literal["none", "together", "all"] = "none",
    n_draws: int = N_DRAWS,
    seed: int = 1,
    point: Refit | None = None,
) -> Flips:
    """Change the doubtful labels of a term's predictor.

    Parameters
    ----------
    frame : ModelFrame
    question : {"between", "within", "pooled"}
    term : str
    held, n_draws, seed
        See `refit`.
    verdicts : {"none", "together", "all"}
        Of which changes the wild bootstrap is asked; ``together`` is all labels at once and none.
    point : Refit, optional
        The estimate as the labels stand, where it is known.

    Notes
    -----
    True becomes false, and a level the other one; of more than two levels a label is changed to each of the others.
    Combinations are exact: with the other columns taken out by the projection M the estimate is
    ``xᵀMy / xᵀMx``, and every flip adds a fixed column to x.
    """
    own = used(frame, term, held)
    predictor = own.predictor(term)
    doubtful = np.flatnonzero(predictor.doubtful & ~predictor.missing)

    def again(changed: ModelFrame, whole: bool = True) -> Refit:
        ask = verdicts == "all" or (verdicts == "together" and whole)
        return refit(changed, question, term, held, verdicts=ask, n_draws=n_draws, seed=seed)

    point = again(own) if point is None else point

    if not len(doubtful):
        return Flips(predictor.attribute, 0, point, (), None, None, None, None, None, "no_doubtful_labels")
    keep = np.ones(len(own), bool)
    keep[doubtful] = False
    left_out = again(own.subset(keep)) if keep.any() else None
    if predictor.kind == "number":
        n = len(doubtful)
        return Flips(predictor.attribute, n, point, (), None, left_out, None, None, None, "no_opposite")
    one = []
    for i in doubtful:
        for label in _others(predictor, predictor.values[i]):
            found = again(_changed(own, predictor, {int(i): label}), whole=False)
            one.append(
                Flip(
                    own.journals[i],
                    own.titles[i],
                    str(predictor.values[i]),
                    str(label),
                    found.estimate,
                    _less(found.estimate, point.estimate),
                    found.low,
                    found.high,
                    found.verdict,
                )
            )
    one.sort(key=lambda f: (f.change is not None, -abs(f.change or 0.0), f.journal))
    together, combinations = None, None
    if len(_levels(predictor)) == 2:
        opposite = {int(i): _others(predictor, predictor.values[i])[0] for i in doubtful}
        together = again(_changed(own, predictor, opposite))
        if len(doubtful) <= MOST:
            combinations = _combinations(own, question, term, predictor, opposite)
    whole = [r.estimate for r in (together, left_out) if r is not None]
    known = [e for e in (*(f.estimate for f in one), *whole) if e is not None]
    low, high = min(known, default=None), max(known, default=None)
    return Flips(
        predictor.attribute,
        len(doubtful),
        point,
        tuple(one),
        together,
        left_out,
        low,
        high,
        combinations,
        None,
    )


def _levels(predictor: Predictor) -> tuple[Any, ...]:
    return (False, True) if predictor.kind == "boolean" else predictor.levels


def _others(predictor: Predictor, value: Any) -> tuple[Any, ...]:
    return tuple(level for level in _levels(predictor) if level != value)


def _changed(own: ModelFrame, predictor: Predictor, labels: dict[int, Any]) -> ModelFrame:
    values = predictor.values.copy()
    for place, label in labels.items():
        values[place] = label
    return own.with_attribute(predictor.name, values)


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _combinations(
    own: ModelFrame, question: Question, term: str, predictor: Predictor, opposite: dict[int, Any]
) -> tuple[float, float] | None:
    """Smallest and largest least-squares estimate over all combinations of flips."""
    order = [*(p.name for p in own.predictors if p.name != predictor.name), predictor.name]
    base = design(own, question, order)
    place = base.names.index(term)
    x = base.x[:, place]
    moves = [
        design(_changed(own, predictor, {i: label}), question, order).x[:, place] - x
        for i, label in opposite.items()
    ]
    others = np.delete(base.x, place, axis=1)
    if base.absorb is not None:
        others = np.column_stack([others, base.absorb[:, None] == np.arange(base.absorb.max() + 1)])
    q = np.linalg.svd(others, full_matrices=False)
    basis = q[0][:, q[1] > 1e-10 * q[1].max(initial=0.0)]
    inside = np.column_stack([base.y, x, *moves])
    inside = inside - basis @ (basis.T @ inside)
    y, x, d = inside[:, 0], inside[:, 1], inside[:, 2:]
    chosen = (np.arange(1 << len(moves))[:, None] >> np.arange(len(moves)) & 1).astype(float)
    top = x @ y + chosen @ (d.T @ y)
    bottom = x @ x + 2 * chosen @ (d.T @ x) + np.einsum("ij,ij->i", chosen @ (d.T @ d), chosen)
    there = bottom > 1e-9 * float(base.x[:, place] @ base.x[:, place] + 1)
    if not there.any():
        return None
    found = top[there] / bottom[there]
    return float(found.min()), float(found.max())
