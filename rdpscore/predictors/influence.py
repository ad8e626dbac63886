"""What a coefficient rests on: it is estimated without each publisher, policy and journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.predictors.frame import ModelFrame
from rdpscore.predictors.questions import design
from rdpscore.predictors.refits import (
    N_DRAWS,
    Refit,
    refit,
    used,
)
from rdpscore.predictors.rows import Held, Question

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

By = Literal["publisher", "policy", "journal"]

CARRIES = 1 / 3
"""A coefficient rests on what, left out, takes more than this share of it away."""
N_INFLUENTIAL = 5
FREE = 1e-10
"""Of a residual's variance: below, a journal is fitted exactly and its removal changes nothing."""


@dataclass(frozen=True)
class Without:
    """A coefficient without some journals.

    Attributes
    ----------
    left_out : str
        Publisher, policy or journal.
    n_journals : int
        That were left out.
    estimate, change : float or None
        Without them, and how far that is from the estimate of all; None where it cannot be estimated without them.
    low, high : float or None
        95 % interval by CR2, where it was asked for.
    verdict : str or None
        See `Refit`.
    """

    left_out: str
    n_journals: int
    estimate: float | None
    change: float | None
    low: float | None = None
    high: float | None = None
    verdict: str | None = None


@dataclass(frozen=True)
class LeaveOut:
    """A coefficient without each of several groups of journals.

    Attributes
    ----------
    by : {"publisher", "policy", "journal"}
    point : float or None
        The estimate of all.
    rows : tuple of Without
        What changes it most first; what it cannot be estimated without before all.
    low, high : float or None
        Smallest and largest estimate; None where there is none.
    together : Refit or None
        Of journals: without the five most influential.
    reason : str or None
        Why there are no rows: ``too_few_clusters`` (fewer than two groups), or why there is no estimate of all.
    """

    by: By
    point: float | None
    rows: tuple[Without, ...]
    low: float | None
    high: float | None
    together: Refit | None = None
    reason: str | None = None

    @property
    def first(self) -> Without | None:
        """What changes the estimate most; None where nothing does."""
        row = self.rows[0] if self.rows else None
        return None if row is None or row.change == 0 else row

    @property
    def carrier(self) -> Without | None:
        """What the coefficient rests on: without it less than two thirds of it are left, or it turns its sign.

        None where it rests on no single one. An estimate near nothing turns its sign easily.
        """
        if self.point is None or self.point == 0 or not self.rows:
            return None
        lost = [r for r in self.rows if r.estimate is None]
        if lost:
            return lost[0]
        row = min(self.rows, key=lambda r: (r.estimate or 0.0) / (self.point or 1.0))
        return row if (row.estimate or 0.0) / self.point < 1 - CARRIES else None

    def to_frame(self) -> pd.DataFrame:
        """One row each."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(Without.__dataclass_fields__))


def leave_out_groups(
    frame: ModelFrame,
    question: Question,
    term: str,
    by: By = "publisher",
    labels: Sequence[str] | None = None,
    *,
    held: Held = "alone",
    verdicts: bool = False,
    n_draws: int = N_DRAWS,
    seed: int = 1,
) -> LeaveOut:
    """Estimate a coefficient without each publisher, or without each of other groups.

    Parameters
    ----------
    frame : ModelFrame
    question : {"between", "within", "pooled"}
    term : str
    by : {"publisher", "policy", "journal"}
    labels : sequence of str, optional
        Group of each journal of the frame; its publisher without.
    held, verdicts, n_draws, seed
        See `refit`. A group is left out once, of all steps: publishers' means and what is held are those of the rest.
    """
    of = frame.publishers
    groups = np.array(labels if labels is not None else [of.labels[c] for c in of.code], object)
    point = refit(frame, question, term, held)
    names = list(dict.fromkeys(groups[_rows(frame, term, held)]))
    if point.estimate is None or len(names) < 2:
        return LeaveOut(by, point.estimate, (), None, None, None, point.reason or "too_few_clusters")
    rows = []
    for name in names:
        mask = groups != name
        found = refit(frame.subset(mask), question, term, held, verdicts=verdicts, n_draws=n_draws, seed=seed)
        change = None if found.estimate is None else found.estimate - point.estimate
        rows.append(
            Without(
                str(name), int((~mask).sum()), found.estimate, change, found.low, found.high, found.verdict
            )
        )
    return _ordered(by, point.estimate, rows)


def _rows(frame: ModelFrame, term: str, held: Held) -> Ints:
    """Positions of the journals that a coefficient rests on."""
    own = set(used(frame, term, held).journals)
    return np.flatnonzero([j in own for j in frame.journals])


def _ordered(by: By, point: float, rows: list[Without]) -> LeaveOut:
    size = max(abs(point), 1e-300)
    # what is nothing but rounding is no change
    rows = [
        replace(r, change=0.0, estimate=point)
        if r.change is not None and abs(r.change) <= 1e-12 * size
        else r
        for r in rows
    ]
    rows.sort(key=lambda r: (r.change is not None, -abs(r.change or 0.0), r.left_out))
    known = [r.estimate for r in rows if r.estimate is not None]
    return LeaveOut(by, point, tuple(rows), min(known, default=None), max(known, default=None))


def leave_out_journals(
    frame: ModelFrame,
    question: Question,
    term: str,
    *,
    held: Held = "alone",
    verdicts: bool = False,
    n_draws: int = N_DRAWS,
    seed: int = 1,
) -> LeaveOut:
    """Estimate a coefficient without each journal, and without the five that change it most.

    Notes
    -----
    Pooled and within publishers by the closed form of case deletion, ``−a_i e_i / (1 − h_i)`` with the estimate
    ``aᵀy`` (Belsley, Kuh and Welsch 1980, Regression Diagnostics, 2.1); between publishers by fits to the
    changed means.
    """
    own = used(frame, term, held)
    point = refit(own, question, term, held)
    if point.estimate is None:
        return LeaveOut("journal", None, (), None, None, None, point.reason)
    change = _between(own, term) if question == "between" else _deletion(own, question, term)
    rows = [
        Without(
            name, 1, None if np.isnan(d) else point.estimate + float(d), None if np.isnan(d) else float(d)
        )
        for name, d in zip(own.journals, change, strict=True)
    ]
    found = _ordered("journal", point.estimate, rows)
    most = {r.left_out for r in found.rows[:N_INFLUENTIAL] if r.change != 0}
    keep = np.array([j not in most for j in own.journals])
    if not most or not keep.any():
        return found
    rest = refit(own.subset(keep), question, term, held, verdicts=verdicts, n_draws=n_draws, seed=seed)
    return replace(found, together=rest)


def _deletion(own: ModelFrame, question: Question, term: str) -> Floats:
    """Change of a coefficient without each journal; NaN where it is not determined without it."""
    fitted = design(own, question, _last(own, term)).fit()
    leverage = (fitted.q**2).sum(axis=1)
    if fitted.groups is not None:
        leverage = leverage + 1 / np.bincount(fitted.groups)[fitted.groups]
    a, free = fitted.direction(term), 1 - leverage
    some = free > FREE
    out = np.where(some, -a * fitted.residuals / np.where(some, free, 1.0), 0.0)
    # fitted exactly, and part of the coefficient: without it there is none
    return np.asarray(np.where(~some & (np.abs(a) > FREE), np.nan, out))


def _between(own: ModelFrame, term: str) -> Floats:
    """The same of publishers' means, which lose one journal each time."""
    arrays = design(own, "pooled", _last(own, term))
    values, code = np.column_stack([arrays.y, arrays.x]), own.publishers.code
    size = np.bincount(code)
    total = np.zeros((len(size), values.shape[1]))
    np.add.at(total, code, values)
    place = arrays.names.index(term)

    def solve(means: Floats) -> float:
        beta, _, rank, _ = np.linalg.lstsq(means[:, 1:], means[:, 0], rcond=None)
        return float(beta[place]) if rank == means.shape[1] - 1 else np.nan

    means = total / size[:, None]
    point, out = solve(means), np.empty(len(values))
    for i, g in enumerate(code):
        changed = np.delete(means, g, axis=0) if size[g] == 1 else means.copy()
        if size[g] > 1:
            changed[g] = (total[g] - values[i]) / (size[g] - 1)
        out[i] = solve(changed) - point
    return out


def _last(own: ModelFrame, term: str) -> list[str]:
    """The term's predictor after the others, as in `rdpscore.predictors.questions.estimate`."""
    name = own.predictor(term).name
    return [*(p.name for p in own.predictors if p.name != name), name]
