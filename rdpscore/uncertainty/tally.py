"""Distributions of scores and of ranks over draws, counted chunk by chunk in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rdpscore.scoring.scores import TIE_DECIMALS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

STEPS = 2000
"""Scores are counted in steps of 1/2000, and ranks exactly up to 2000 units, else in steps of n/2000."""


@dataclass(eq=False)
class Tally:
    """Counts of scores and of ranks; what is counted in any order or in any number of processes is the same.

    Attributes
    ----------
    centre : float array, shape (n_units,)
        From which deviations are summed, so that a unit which never moves has the deviation 0.
    top : float
        Highest possible score.
    counts : int array, shape (n_units,), or None
        How many journals each unit stands for, which take as many ranks; 1 without.
    """

    centre: Floats
    top: float
    counts: Ints | None = None

    def __post_init__(self) -> None:
        n = len(self.centre)
        ranked = n if self.counts is None else int(self.counts.sum())
        self._step = max(1, -(-ranked // STEPS))
        self._scores = np.zeros((n, STEPS + 1), np.uint32)
        self._ranks = np.zeros((n, ranked // self._step + 1), np.uint32)
        self._sums: list[tuple[int, Floats, Floats]] = []

    def add(self, index: int, scores: Floats) -> Ints:
        """Count a chunk of draws.

        Parameters
        ----------
        index : int
            Number of the chunk.
        scores : float array, shape (n_draws, n_units)
            NaN where a unit has none.

        Returns
        -------
        int array, shape (n_draws, n_units)
            The ranks in each draw; see `ranks`.
        """
        there = ~np.isnan(scores)
        off = np.where(there, scores - self.centre, 0.0)
        self._sums.append((index, off.sum(axis=0), (off**2).sum(axis=0)))
        known = np.where(there, scores, 0.0)
        place = np.minimum(np.rint(known * (STEPS / self.top)).astype(np.intp), STEPS)
        _count(self._scores, place, there)
        rank = ranks(scores, self.counts)
        _count(self._ranks, (rank - 1) // self._step, there)
        return rank

    def merge(self, others: Iterable[Tally]) -> Tally:
        """This tally and others of the same units in one."""
        for other in others:
            self._scores += other._scores
            self._ranks += other._ranks
            self._sums += other._sums
        return self

    def summary(self, shares: tuple[float, ...] = (0.05, 0.95)) -> dict[str, Floats]:
        """What the draws show of each unit; NaN where it has no score.

        Returns
        -------
        dict
            ``mean``, ``sd``, ``low``, ``high`` of the score; ``rank_median``, ``rank_low``, ``rank_high``, 1 the
            highest score.
        """
        n = self._scores.sum(axis=1)
        of = np.maximum(n, 1)
        order = sorted(self._sums, key=lambda part: part[0])  # sums of floats depend on their order
        total, squares = (sum((part[k] for part in order), np.zeros(len(n))) for k in (1, 2))
        off = total / of
        sd = np.sqrt(np.maximum(squares / of - off**2, 0.0))
        sd[sd < 1e-9] = 0.0
        mean = self.centre + off
        low, high = (_quantile(self._scores, share) * (self.top / STEPS) for share in shares)
        low, high = (np.where(sd == 0, mean, bound) for bound in (low, high))
        median, rank_low, rank_high = (
            _quantile(self._ranks, share) * self._step + 1 for share in (0.5, *shares)
        )
        found = {"mean": mean, "sd": sd, "low": low, "high": high}
        found |= {"rank_median": median, "rank_low": rank_low, "rank_high": rank_high}
        return {name: np.where(n > 0, values, np.nan) for name, values in found.items()}


def ranks(scores: Floats, counts: Ints | None = None) -> Ints:
    """Ranks in each draw, 1 the highest; equal scores share the first of their ranks.

    Parameters
    ----------
    scores : float array, shape (n_draws, n_units)
        NaN where a unit has none; it ranks last.
    counts : int array, shape (n_units,), optional
        How many journals each unit stands for; 1 without.
    """
    there = ~np.isnan(scores)
    known = scores if there.all() else np.where(there, scores, -1e6)
    keys = np.rint(known * -(10.0**TIE_DECIMALS)).astype(np.int64)
    order = np.argsort(keys, axis=1)
    before: Ints = np.arange(keys.shape[1])
    if counts is not None:
        own = counts[order]
        before = np.cumsum(own, axis=1) - own
    order += (np.arange(len(keys)) * keys.shape[1])[:, None]  # places in the flat array
    ordered = keys.reshape(-1)[order]
    first = ordered[:, 1:] != ordered[:, :-1]
    places = np.broadcast_to(before, keys.shape).astype(np.intp)
    places[:, 1:] *= first
    np.maximum.accumulate(places, axis=1, out=places)
    places += 1
    out = np.empty(keys.shape, np.intp)
    out.reshape(-1)[order] = places
    return out


def _count(counts: npt.NDArray[np.uint32], place: Ints, there: npt.NDArray[np.bool_]) -> None:
    """Add the draws of each unit, shape (n_draws, n_units), to its row of counts."""
    flat = counts.reshape(-1)
    at = (place + counts.shape[1] * np.arange(len(counts)))[there]
    if 4 * at.size > flat.size:
        flat += np.bincount(at, minlength=flat.size).astype(np.uint32)
    else:
        np.add.at(flat, at, np.uint32(1))


def _quantile(counts: npt.NDArray[np.uint32], share: float) -> Floats:
    """The first column by which at least a share of each row's counts is reached."""
    steps = np.cumsum(counts, axis=1, dtype=np.int64)
    wanted = np.maximum(np.ceil(share * steps[:, -1] - 1e-9), 1)
    return np.asarray((steps < wanted[:, None]).sum(axis=1), float)
