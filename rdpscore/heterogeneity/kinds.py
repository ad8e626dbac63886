"""Profiles: kinds of policies, as clusters of answer patterns that hold whichever publishers were surveyed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from rdpscore.arguments import Count, checked
from rdpscore.heterogeneity.patterns import (
    Bools,
    Floats,
    Ints,
    Patterns,
    answer_patterns,
    average_linkage,
    cut,
    pattern_distances,
    silhouette,
)
from rdpscore.inference import clusters
from rdpscore.survey import Survey

MOST, LEAST_PATTERNS, LEAST_PUBLISHERS, MOST_PATTERNS = 10, 4, 3, 2000
STABLE = 0.75
"""Mean Jaccard index above which Hennig (2007) takes a cluster for stable."""
MARKS, LEAST_MARK = 3, 0.2

WHY = {
    "few_patterns": "fewer than 4 different sets of answers leave nothing to group",
    "few_publishers": "with fewer than 3 publishers nobody can tell whether profiles would hold for others",
    "many_patterns": "more than 2,000 different sets of answers are not grouped",
    "none_stable": "no number of profiles is stable",
}
"""Why there are no profiles."""


@dataclass(frozen=True)
class Number:
    """One number of clusters.

    Attributes
    ----------
    n_clusters, n_shared : int
        Clusters, and those of several patterns and several publishers: the others set odd policies apart.
    silhouette : float or None
        Mean silhouette width, −1 to 1.
    jaccard : float or None
        Of the least stable cluster, the mean Jaccard index with its like when publishers are resampled.
    without : float or None
        The same when one publisher at a time is left out.
    stable : bool
        `jaccard` is at least 0.75.
    """

    n_clusters: int
    n_shared: int
    silhouette: float | None
    jaccard: float | None
    without: float | None
    stable: bool


@dataclass(frozen=True)
class Mark:
    """An item whose answers set a profile apart.

    Attributes
    ----------
    item, title : str
    difference : float
        Mean of the profile's patterns minus that of the others, in shares of the way from the lowest to the highest
        option; of a nominal item the difference of the shares that give the profile's commonest answer.
    answer, n, n_known : str and int
        Commonest answer of the profile's journals, how many give it, and how many have one.
    other, n_other, n_other_known : str and int
        The same of all other journals.
    ordered : bool
        Whether a later option of the item is a stricter one.
    """

    item: str
    title: str
    difference: float
    answer: str
    n: int
    n_known: int
    other: str
    n_other: int
    n_other_known: int
    ordered: bool


@dataclass(frozen=True)
class Profile:
    """One cluster of patterns.

    Attributes
    ----------
    name : str
        A letter, A the strictest.
    patterns : tuple of int
        Positions in `Patterns.option`.
    n_journals : int
    publishers : tuple of (str, int, int)
        Publisher, its journals here, and all of its journals; most journals first.
    strictness : float or None
        Mean over patterns and items of the way from the lowest to the highest option, 0 to 1; of items that are ordinal
        and scored, None where there are none.
    jaccard, without : float or None
        Stability when publishers are resampled, and when one is left out at a time.
    marks : tuple of Mark
        What sets it apart, the largest difference first.
    """

    name: str
    patterns: tuple[int, ...]
    n_journals: int
    publishers: tuple[tuple[str, int, int], ...]
    strictness: float | None
    jaccard: float | None
    without: float | None
    marks: tuple[Mark, ...]

    @property
    def shared(self) -> bool:
        """Several patterns of several publishers: a kind of policy, not one that stands alone."""
        return len(self.patterns) > 1 and len(self.publishers) > 1


@dataclass(frozen=True, eq=False)
class Profiles:
    """Kinds of policies; see `profiles`.

    Attributes
    ----------
    patterns : Patterns
    numbers : tuple of Number
        Every number of clusters that was tried.
    n_clusters : int or None
        The one chosen.
    profiles : tuple of Profile
        The strictest first; none where there is a reason.
    reason : str or None
        Of `WHY`.
    n_resamples, seed : int
    """

    patterns: Patterns
    numbers: tuple[Number, ...]
    n_clusters: int | None
    profiles: tuple[Profile, ...]
    reason: str | None
    n_resamples: int
    seed: int

    @property
    def chosen(self) -> Number | None:
        """The chosen number with its measures."""
        return next((n for n in self.numbers if n.n_clusters == self.n_clusters), None)

    def to_frame(self) -> pd.DataFrame:
        """One row a profile and publisher."""
        rows = [
            {"profile": p.name, "publisher": name, "n_journals": n, "of": total, "n_patterns": len(p.patterns),
             "strictness": p.strictness, "jaccard": p.jaccard, "without": p.without}
            for p in self.profiles
            for name, n, total in p.publishers
        ]  # fmt: skip
        columns = [
            "profile",
            "publisher",
            "n_journals",
            "of",
            "n_patterns",
            "strictness",
            "jaccard",
            "without",
        ]
        return pd.DataFrame(rows, columns=columns)

    def body(self) -> dict[str, Any]:
        """Plain lists and numbers."""
        return {
            "n_patterns": self.patterns.n,
            "n_clusters": self.n_clusters,
            "reason": self.reason,
            "numbers": [asdict(n) for n in self.numbers],
            "profiles": [asdict(p) | {"shared": p.shared} for p in self.profiles],
        }


@checked
def profiles(survey: Survey, *, n_resamples: Count = 1000, seed: int = 1) -> Profiles:
    """Group the answer patterns of a survey into kinds of policies.

    Of all numbers of clusters from 2 to 10 that one is taken whose silhouette is greatest among those that are stable
    and of which two clusters at least hold several patterns of several publishers; none where there is none.

    Parameters
    ----------
    survey : Survey
        Its resolved answers to closed items count; journals without any take no part.
    n_resamples : int
        Draws of as many publishers as there are, with replacement.
    seed : int
        Of these draws.

    Notes
    -----
    Gower's distance on the codebook's scale, average linkage, silhouette (Rousseeuw 1987, Journal of Computational and
    Applied Mathematics 20:53). Stability as in Hennig 2007, Computational Statistics and Data Analysis 52:258, but
    what is resampled are publishers: in each draw its patterns are clustered again, and each cluster is compared with
    the most alike of the new ones by the Jaccard index; draws without any of its patterns do not count.
    """
    found = answer_patterns(survey)
    groups = clusters(survey)
    has = np.zeros((groups.n, found.n), bool)
    there = found.of >= 0
    has[groups.code[there], found.of[there]] = True
    has = has[has.any(axis=1)]
    reason = None
    if found.n < LEAST_PATTERNS:
        reason = "few_patterns"
    elif found.n > MOST_PATTERNS:
        reason = "many_patterns"
    elif len(has) < LEAST_PUBLISHERS:
        reason = "few_publishers"
    if reason is not None:
        return Profiles(found, (), None, (), reason, n_resamples, seed)
    distances = pattern_distances(found)
    tree = average_linkage(distances)
    tried = {k: cut(tree, k) for k in range(2, min(MOST, found.n - 1) + 1)}
    tried = {k: labels for k, labels in tried.items() if labels.max() + 1 == k}  # ties can skip a number
    rng = np.random.default_rng(seed)
    draws = [_any(has[rng.integers(0, len(has), len(has))]) for _ in range(n_resamples)]
    left = [_any(np.delete(has, g, axis=0)) for g in range(len(has))]
    drawn = _stability(distances, tried, draws)
    without = _stability(distances, tried, left)
    numbers = []
    for k, labels in tried.items():
        least = None if np.isnan(drawn[k]).any() else float(drawn[k].min())
        left_least = None if np.isnan(without[k]).any() else float(without[k].min())
        n_shared = sum(
            (labels == c).sum() > 1 and has[:, labels == c].any(axis=1).sum() > 1 for c in range(k)
        )
        stable = least is not None and least >= STABLE
        wide = silhouette(distances, labels)
        numbers.append(Number(k, int(n_shared), wide, least, left_least, stable))
    fit = [n for n in numbers if n.stable and n.n_shared >= 2 and n.silhouette is not None]
    if not fit:
        return Profiles(found, tuple(numbers), None, (), "none_stable", n_resamples, seed)
    best = max(fit, key=lambda n: (n.silhouette or 0.0, -n.n_clusters)).n_clusters
    made = _described(survey, found, tried[best], drawn[best], without[best])
    return Profiles(found, tuple(numbers), best, made, None, n_resamples, seed)


def _any(has: Bools) -> Bools:
    """The patterns that any of the publishers has."""
    return np.asarray(has.any(axis=0))


def _stability(distances: Floats, tried: dict[int, Ints], samples: list[Bools]) -> dict[int, Floats]:
    """Mean Jaccard index of each cluster with its like over samples of the patterns, NaN where in none of them."""
    jaccard: dict[int, list[Floats]] = {k: [] for k in tried}
    for present in samples:
        rows = np.flatnonzero(present)
        if len(rows) < 2:
            continue
        tree = average_linkage(distances[np.ix_(rows, rows)])
        for k, labels in tried.items():
            again, own = cut(tree, min(k, len(rows))), labels[rows]
            both = np.zeros((k, int(again.max()) + 1))
            np.add.at(both, (own, again), 1)
            size = both.sum(axis=1)
            union = size[:, None] + both.sum(axis=0) - both
            jaccard[k].append(np.where(size > 0, (both / union).max(axis=1), np.nan))
    means = {}
    for k, values in jaccard.items():
        stacked = np.array(values).reshape(-1, k)
        n = np.isfinite(stacked).sum(axis=0)
        means[k] = np.divide(np.nansum(stacked, axis=0), n, out=np.full(k, np.nan), where=n > 0)
    return means


def _described(
    survey: Survey, found: Patterns, labels: Ints, drawn: Floats, without: Floats
) -> tuple[Profile, ...]:
    groups = clusters(survey)
    strict = [_mean(found.strictness[labels == c]) for c in range(len(drawn))]
    order = sorted(range(len(drawn)), key=lambda c: (strict[c] is None, -(strict[c] or 0.0)))
    total = np.bincount(groups.code, minlength=groups.n)
    out = []
    for k, c in enumerate(order):
        own = (found.of >= 0) & (labels[found.of] == c)
        count = np.bincount(groups.code[own], minlength=groups.n)
        members = sorted(np.flatnonzero(count), key=lambda g: (-count[g], groups.labels[g]))
        out.append(
            Profile(
                name="ABCDEFGHIJ"[k],
                patterns=tuple(np.flatnonzero(labels == c).tolist()),
                n_journals=int(own.sum()),
                publishers=tuple((groups.labels[g], int(count[g]), int(total[g])) for g in members),
                strictness=strict[c],
                jaccard=None if np.isnan(drawn[c]) else float(drawn[c]),
                without=None if np.isnan(without[c]) else float(without[c]),
                marks=_marks(survey, found, labels == c),
            )
        )
    return tuple(out)


def _mean(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def _marks(survey: Survey, found: Patterns, own: Bools) -> tuple[Mark, ...]:
    """The items on which the patterns of a cluster differ most from the others."""
    times = np.bincount(found.of[found.of >= 0], minlength=found.n)
    levels, out = found.levels, []
    for k, item_id in enumerate(found.items):
        here, rest = (own & (found.option[:, k] >= 0)), (~own & (found.option[:, k] >= 0))
        if not (here.any() and rest.any()):
            continue
        counts, others = (
            np.bincount(found.option[who, k], times[who], minlength=found.top[k] + 1) for who in (here, rest)
        )
        common, other = int(counts.argmax()), int(others.argmax())
        if found.nominal[k]:
            apart = float((found.option[here, k] == common).mean() - (found.option[rest, k] == common).mean())
        else:
            apart = float(levels[here, k].mean() - levels[rest, k].mean())
        if abs(apart) < LEAST_MARK:
            continue
        item = survey.codebook.items[survey.codebook.item_ids.index(item_id)]
        out.append(
            Mark(item_id, item.title, apart, item.options[common].label, int(counts[common]), int(counts.sum()),
                 item.options[other].label, int(others[other]), int(others.sum()), item.ordered)
        )  # fmt: skip
    return tuple(sorted(out, key=lambda m: (-abs(m.difference), m.item))[:MARKS])
