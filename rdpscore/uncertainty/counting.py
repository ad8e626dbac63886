"""Many draws of a model, in one process or in several: scores and ranks counted, outputs for the Sobol indices."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

import numpy as np

from rdpscore.scoring.means import Floats
from rdpscore.uncertainty.doubted import Draws, Ints, Model
from rdpscore.uncertainty.draws import CHUNK
from rdpscore.uncertainty.processes import pool
from rdpscore.uncertainty.tally import Tally, ranks

TOGETHER = 2
"""Chunks of draws that are scored at a time: with many rules few draws have the same, and calls cost."""
PIECE = 500
"""Evaluations of the model made at a time for the Sobol indices."""
SHIFT, MEAN = "mean_rank_shift", "mean_score"
"""Outputs of the survey: mean over journals of |rank − rank under the scheme|, and of the score."""


class Pool:
    """Chunks of work on a model, here or in several processes; results come in the order of the chunks."""

    def __init__(self, made: Model, processes: int) -> None:
        self.made, self.processes, self.executor, self.stack = made, processes, None, ExitStack()
        if processes > 1:
            self.executor = self.stack.enter_context(pool(processes, _take, (made,)))

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def map(self, work: Any, *arguments: Sequence[Any]) -> Any:
        """``work(model, *one of each of the arguments)`` for all of them."""
        if self.executor is None:
            return map(partial(work, self.made), *arguments)
        return self.executor.map(partial(_given, work), *arguments)


_model: list[Model] = []


def _take(made: Model) -> None:
    _model[:] = [made]


def _given(work: Any, *arguments: Any) -> Any:
    return work(_model[0], *arguments)


def count_all(pool: Pool, n_draws: int, *, coder: bool) -> tuple[Tally, tuple[float, float, float] | None]:
    """Distributions of each journal's score and rank, and 5 %, median and 95 % of the mean shift of ranks."""
    work = portions(n_draws, pool.processes)
    parts = list(pool.map(count_draws, work, [n_draws] * len(work), [coder] * len(work)))
    tally = parts[0][0].merge(p[0] for p in parts[1:])
    shift = np.concatenate([p[1] for p in parts])
    shift = shift[~np.isnan(shift)]
    if not len(shift):
        return tally, None
    low, median, high = np.quantile(shift, (0.05, 0.5, 0.95))
    return tally, (float(low), float(median), float(high))


def portions(n_draws: int, processes: int) -> list[range]:
    """Numbers of chunks in pieces of work; of no influence on what is counted, but for one process one is quickest."""
    n_chunks = -(-n_draws // CHUNK)
    size = -(-n_chunks // (8 if processes > 1 else 1))
    size += -size % TOGETHER
    return [range(s, min(s + size, n_chunks)) for s in range(0, n_chunks, size)]


def count_draws(made: Model, chunks: range, n_draws: int, coder: bool = True) -> tuple[Tally, Floats]:
    """Count scores and ranks over some chunks of draws.

    Parameters
    ----------
    made : Model
    chunks : range
        Numbers of the chunks, each of `CHUNK` draws but the last.
    n_draws : int
        Of all chunks.
    coder : bool
        Whether the coder is drawn, too, where the model has that input.

    Returns
    -------
    tally : Tally
        Of the units that have a score; see `Model.units`.
    shift : float array, shape (n_draws of these chunks,)
        Mean over journals of |rank − rank under the scheme|.
    """
    made = made if coder else made.resolved_only
    unit = Units(made)
    tally = Tally(unit.base, max(1.0, made.used.scale), unit.counts)
    shifts = [np.zeros(0)]
    for at in range(chunks.start, chunks.stop, TOGETHER):
        some = range(at, min(at + TOGETHER, chunks.stop))
        draws = Draws.joined([made.random(chunk, min(CHUNK, n_draws - chunk * CHUNK)) for chunk in some])
        scores = np.take(made.unit_scores(draws), unit.known, axis=1)
        rank = tally.add(at, scores)
        shifts.append(unit.shift(scores, rank))
    return tally, np.concatenate(shifts)


class Units:
    """The units of a model that have a score, how many journals each stands for, and their ranks in the scheme."""

    def __init__(self, made: Model) -> None:
        first, of = made.units
        self.known: Ints = np.flatnonzero(made.known[first])
        self.counts: Ints = np.bincount(of, minlength=len(first))[self.known]
        self.base: Floats = made.base[first][self.known]
        self.rank = ranks(self.base[None, :], self.counts)

    def shift(self, scores: Floats, rank: Ints) -> Floats:
        """Mean over journals of the change of rank without sign, shape (n_draws,); NaN where none has a score."""
        moved = np.abs(rank - self.rank).astype(float)  # whole numbers, so that sums are exact in any order
        there = ~np.isnan(scores)
        if there.all() and len(self.counts):
            return np.asarray(moved @ self.counts.astype(float) / self.counts.sum(), float)
        n = there @ self.counts
        out = np.full(len(scores), np.nan)
        np.divide(np.where(there, moved, 0.0) @ self.counts.astype(float), n, out=out, where=n > 0)
        return out


def of_journals(made: Model, tally: Tally) -> dict[str, Floats]:
    """What was counted of units, for each journal; NaN where it has no score under the scheme itself."""
    first, of = made.units
    known = Units(made).known
    out = {}
    for name, values in tally.summary().items():
        wide = np.full(len(first), np.nan)
        wide[known] = values
        out[name] = wide[of]
    return out


def outputs(pool: Pool, places: list[int], ids: tuple[str, ...], u: Floats) -> dict[str, Floats]:
    """All outputs of a sample, for the Sobol indices."""
    pieces = [u[at : at + PIECE] for at in range(0, len(u), PIECE)]
    found = list(pool.map(_of_survey, pieces, [places] * len(pieces), [ids] * len(pieces)))
    return {name: np.concatenate([f[name] for f in found]) for name in found[0]}


def _of_survey(made: Model, u: Floats, places: list[int], ids: tuple[str, ...]) -> dict[str, Floats]:
    unit, of = Units(made), made.units[1]
    every = made.unit_scores(made.quantiles(u))
    scores = every[:, unit.known]
    rank = ranks(scores, unit.counts)
    there = ~np.isnan(scores)
    total = np.where(there, scores, 0.0) @ unit.counts.astype(float)
    out = {
        SHIFT: np.nan_to_num(unit.shift(scores, rank)),
        MEAN: total / np.maximum(there @ unit.counts, 1),
    }
    for place, name in zip(places, ids, strict=True):
        column = every[:, of[place]]
        at = np.flatnonzero(unit.known == of[place])
        out[f"score:{name}"] = np.nan_to_num(column)
        own = rank[:, at[0]] if len(at) else np.zeros(len(u))
        out[f"rank:{name}"] = np.where(np.isnan(column), 0.0, own)
    return out
