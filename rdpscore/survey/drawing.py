"""The draw behind `rdpscore.survey.assignment`: policies, teams of coders, and loads kept even."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.survey.model import Survey
from rdpscore.survey.records import positions

Ints = npt.NDArray[np.int64]

COMBINATIONS = 1000
"""Up to this many combinations of equally loaded coders are all compared; beyond, coders join one by one."""

WINDOW = 8
"""With this many policies drawn before, a policy may exchange coders so that pairs become more even."""


class Desk:
    """Policies, who has them, and how many everybody has.

    Attributes
    ----------
    names : list of str
        Coders; the first `n_coders` are those among whom to draw.
    unit : int array, shape (n_journals,)
        Policy of each journal.
    stratum : int array, shape (n_units,)
        Publisher of each policy.
    held : list of lists of int, one a journal
        Coders whose rows stay.
    team : list of lists of int, one a unit
        Coders who have the policy, so far.
    open : set of int
        Units that are drawn.
    size : dict
        Unit → number of coders that it was drawn for.
    """

    def __init__(
        self,
        survey: Survey,
        before: pd.DataFrame,
        coders: Sequence[str],
        others: Sequence[str],
        round: str,
        redraw: bool,
    ) -> None:
        self.names = list(dict.fromkeys([*coders, *others]))
        self.n_coders = len(coders)
        self.unit, self.stratum, self.publishers = units(survey)
        self.members: list[list[int]] = [[] for _ in self.stratum]
        for journal, unit in enumerate(self.unit.tolist()):
            self.members[unit].append(journal)
        self.begun = self._begun(survey, round)
        assigned = self._assigned(survey, before, round)
        self.held = (
            [[c for c in a if c in b] for a, b in zip(assigned, self.begun, strict=True)]
            if redraw
            else assigned
        )
        self.redraw = redraw
        self.team: list[list[int]] = []
        self.open: set[int] = set()
        for unit, journals in enumerate(self.members):
            taken = [] if redraw else [tuple(self.held[j]) for j in journals if self.held[j]]
            if taken:  # a journal that was added goes where its policy is: to the commonest set of coders
                self.team.append(list(Counter(taken).most_common(1)[0][0]))
            else:
                begun = Counter(c for j in journals for c in self.begun[j])
                self.team.append([c for c, _ in begun.most_common()])
                self.open.add(unit)
        self.size: dict[int, int] = {}
        self.drawn: dict[int, list[int]] = {}
        self.recent: deque[int] = deque(maxlen=WINDOW)
        self._count()

    def _begun(self, survey: Survey, round: str) -> list[list[int]]:
        found, place = survey.records, {name: i for i, name in enumerate(self.names)}
        wanted = found.rounds.index(round) if round in found.rounds else -2
        coder = [place[c] for c in found.coders]
        out: list[list[int]] = [[] for _ in self.unit]
        for r in np.flatnonzero((found.round == wanted) & (found.journal >= 0) & (found.coder >= 0)):
            out[found.journal[r]].append(coder[found.coder[r]])
        return out

    def _assigned(self, survey: Survey, before: pd.DataFrame, round: str) -> list[list[int]]:
        out: list[list[int]] = [[] for _ in self.unit]
        journal = positions(before["journal_id"], survey.journal_ids)
        coder = positions(before["coder"], pd.Index(self.names, dtype=object))
        for r in np.flatnonzero((before["round"] == round).to_numpy() & (journal >= 0) & (coder >= 0)):
            out[journal[r]].append(int(coder[r]))
        return out

    def _count(self) -> None:
        n = len(self.names)
        self.load = np.zeros(n, np.int64)
        self.journals = np.zeros(n, np.int64)
        self.of_stratum = np.zeros((len(self.publishers), n), np.int64)
        self.pairs = [[0] * n for _ in range(n)]
        for unit, team in enumerate(self.team):
            self._enter(unit, team, [])

    def _enter(self, unit: int, new: Iterable[int], team: Iterable[int]) -> None:
        """Count a policy's new coders; `team` has it already."""
        together = list(team)
        for coder in new:
            self.load[coder] += 1
            self.of_stratum[self.stratum[unit], coder] += 1
            self.journals[coder] += len(self.members[unit])
            for other in together:
                self.pairs[coder][other] += 1
                self.pairs[other][coder] += 1
            together.append(coder)

    def draw(self, rng: np.random.Generator, unit: int, size: int) -> None:
        """Complete the team of a policy to `size` coders."""
        self.size[unit], team = size, self.team[unit]
        if (wanted := size - len(team)) > 0:
            new = self._choose(rng, unit, wanted)
            self._enter(unit, new, team)
            self.team[unit] = team + new
            self.drawn[unit] = new
            self._mix(unit)
            self.recent.append(unit)

    def _mix(self, unit: int) -> None:
        """Exchange coders with policies drawn shortly before, where that makes pairs more even."""
        for other in self.recent:
            while (swap := self._best_swap(unit, other)) is not None:
                self._swap(unit, other, *swap)

    def _best_swap(self, one: int, other: int) -> tuple[int, int] | None:
        """The coders to exchange between two policies so that the squared numbers of pairs fall most.

        Loads stay as even as they are: between publishers only coders change places who have equally many
        policies over all, and each more of the publisher that they leave.
        """
        first, second, pairs = self.team[one], self.team[other], self.pairs
        p, q = int(self.stratum[one]), int(self.stratum[other])
        best, found = 0, None
        a, b = [c for c in first if c not in second], [c for c in second if c not in first]
        for x in self.drawn[one]:
            if x in second:
                continue
            for y in self.drawn[other]:
                if y in first:
                    continue
                if p != q and not self._may_change(x, y, p, q):
                    continue
                px, py = pairs[x], pairs[y]
                gain = sum(px[t] - py[t] - 1 for t in a if t != x) + sum(
                    py[t] - px[t] - 1 for t in b if t != y
                )
                if gain > best:
                    best, found = gain, (x, y)
        return found

    def _may_change(self, x: int, y: int, p: int, q: int) -> bool:
        own = self.of_stratum
        return bool(self.load[x] == self.load[y] and own[p, x] > own[p, y] and own[q, y] > own[q, x])

    def _swap(self, one: int, other: int, x: int, y: int) -> None:
        for unit, old, new in ((one, x, y), (other, y, x)):
            team = self.team[unit]
            for mate in team:
                if mate != old:
                    for c, n in ((old, -1), (new, 1)):
                        self.pairs[c][mate] += n
                        self.pairs[mate][c] += n
            self.team[unit] = [new if c == old else c for c in team]
            self.drawn[unit] = [new if c == old else c for c in self.drawn[unit]]
            for c, n in ((old, -1), (new, 1)):
                self.of_stratum[self.stratum[unit], c] += n
                self.journals[c] += n * len(self.members[unit])

    def _choose(self, rng: np.random.Generator, unit: int, wanted: int) -> list[int]:
        team = self.team[unit]
        free = np.array([c for c in range(self.n_coders) if c not in team], np.intp)
        own, load = self.of_stratum[self.stratum[unit], free], self.load[free]
        if len(free) <= wanted:
            return [int(c) for c in free]
        key = own * (int(load.max()) + 1) + load
        last = np.partition(key, wanted - 1)[wanted - 1]
        sure, tied = free[key < last], free[key == last]
        return [*sure.tolist(), *self._least_met(rng, [*team, *sure.tolist()], tied, wanted - len(sure))]

    def _least_met(
        self, rng: np.random.Generator, team: list[int], tied: npt.NDArray[np.intp], wanted: int
    ) -> list[int]:
        """Of equally loaded coders those who met the team, and each other, least often."""
        if len(tied) == wanted:
            return [int(c) for c in tied]
        pairs = np.array([self.pairs[c] for c in tied])
        met = pairs[:, team].sum(axis=1)
        if math.comb(len(tied), wanted) > COMBINATIONS:
            return self._one_by_one(rng, tied, met, wanted)
        choices = _combinations(len(tied), wanted)
        cost = met[choices].sum(axis=1)
        for a, b in combinations(range(wanted), 2):
            cost += pairs[choices[:, a], tied[choices[:, b]]]
        best = np.flatnonzero(cost == cost.min())
        weight = self.journals[tied[choices[best]]].sum(axis=1)
        best = best[weight == weight.min()]
        return [int(c) for c in tied[choices[best[rng.integers(len(best))]]]]

    def _one_by_one(
        self, rng: np.random.Generator, tied: npt.NDArray[np.intp], met: Ints, wanted: int
    ) -> list[int]:
        left, met, out = tied, met.copy(), []
        for _ in range(wanted):
            order = np.lexsort((rng.random(len(left)), self.journals[left], met))
            coder = int(left[order[0]])
            out.append(coder)
            keep = left != coder
            left, met = left[keep], met[keep] + np.array(self.pairs[coder])[left[keep]]
        return out

    def coders_of(self, journal: int) -> list[int]:
        """Coders of a journal: those who stay, else those who began it and its policy's team."""
        if self.held[journal] and not self.redraw:
            return self.held[journal]
        unit = int(self.unit[journal])
        out, team = list(self.begun[journal]), self.team[unit]
        limit = self.size.get(unit, len(self.names))
        for coder in team:  # of a policy that more have begun than are asked for, nobody gets more journals
            if coder not in out and len(out) < limit:
                out.append(coder)
        return out


@cache
def _combinations(n: int, k: int) -> Ints:
    return np.array(list(combinations(range(n), k)), np.int64)


def units(survey: Survey) -> tuple[Ints, Ints, list[str | None]]:
    """What is assigned as one: policies, and journals without one.

    Returns
    -------
    unit : int array, shape (n_journals,)
        The policy of each journal, in the order of `Survey.journal_ids`.
    stratum : int array, shape (n_units,)
        Position of the publisher of each policy's first journal.
    publishers : list of str or None
        None for journals without publisher.
    """
    ids = survey.journals["journal_id"]
    table = survey.journals[(ids.notna() & ~ids.duplicated()).to_numpy()]
    n = len(table)
    policy = np.full(n, -1, np.int64)
    if "policy_id" in table:
        policy = pd.factorize(table["policy_id"].astype(object))[0].astype(np.int64)
    unit = pd.factorize(np.where(policy >= 0, policy, n + np.arange(n)))[0].astype(np.int64)
    _, first = np.unique(unit, return_index=True)
    publisher = table["publisher"].astype(object)
    code, names = pd.factorize(publisher.where(publisher.notna(), None), use_na_sentinel=False)
    known = [None if pd.isna(v) else str(v) for v in names]
    return unit, code[first].astype(np.int64), known


def order(rng: np.random.Generator, desk: Desk, per_journal: int, double: float) -> Iterator[tuple[int, int]]:
    """The open policies with their numbers of coders: publishers in random order, doubly coded ones first."""
    of_stratum: list[list[int]] = [[] for _ in desk.publishers]
    for unit, stratum in enumerate(desk.stratum.tolist()):
        of_stratum[stratum].append(unit)
    quota = quotas(rng, [len(u) for u in of_stratum], double)
    for stratum in rng.permutation(len(of_stratum)).tolist():
        mixed = rng.permutation(of_stratum[stratum]).tolist()
        twice = [u for u in mixed if u in desk.open and len(desk.team[u]) > 1]
        fresh = [u for u in mixed if u in desk.open and len(desk.team[u]) < 2]
        have = len(twice) + sum(u not in desk.open and len(desk.team[u]) > 1 for u in mixed)
        n = max(0, quota[stratum] - have)
        yield from ((u, per_journal) for u in [*twice, *fresh[:n]])
        yield from ((u, 1) for u in fresh[n:])


def quotas(rng: np.random.Generator, sizes: Sequence[int], share: float) -> list[int]:
    """A share of each stratum, in whole numbers that add up to the share of all (largest remainder).

    Half a policy counts as one. Ties of remainders are broken at random.
    """
    exact = Fraction(share).limit_denominator(1_000_000)
    total = math.floor(exact * sum(sizes) + Fraction(1, 2))
    out = [math.floor(exact * n) for n in sizes]
    remainder = [exact * n - q for n, q in zip(sizes, out, strict=True)]
    tie = rng.random(len(sizes))
    for stratum in sorted(range(len(sizes)), key=lambda s: (-remainder[s], tie[s]))[: total - sum(out)]:
        out[stratum] += 1
    return out
