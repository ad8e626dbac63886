"""The statistics of several items side by side, summed by cluster: what every interval is computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.agreement import statistics as sums
from rdpscore.agreement.alpha import score_distance
from rdpscore.agreement.coincidences import rating_counts
from rdpscore.agreement.ratings import Ratings
from rdpscore.agreement.statistics import Floats, Layout, Pair, unit_statistics, weight_matrix
from rdpscore.agreement.weights import Level, WeightName, distances
from rdpscore.arguments import checked
from rdpscore.inference import By, Clusters, clusters, sum_by
from rdpscore.inference.leaving_out import Function
from rdpscore.problems import Absent, suggestion
from rdpscore.survey import Survey
from rdpscore.survey.subsets import journals_meant
from rdpscore.survey.tables import MAIN

Metric = Literal["exact", "score"]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Entry:
    """One item of a panel.

    Attributes
    ----------
    item : str
        Its id.
    level : str
        Its level of measurement.
    values : float array, shape (n_categories,)
        Its categories as numbers, for interval and ratio distances and for weights.
    scores : float array, shape (n_categories,), or None
        Scores of its options, where it is scored.
    layout : Layout
    at : slice
        Where its statistics stand in a row of the panel.
    units, minority : int arrays
        Positions of its pairable units, and of those with another answer than the commonest.
    """

    item: str
    level: Level
    values: Floats
    scores: Floats | None
    layout: Layout
    at: slice
    units: Ints
    minority: Ints


@dataclass(frozen=True, eq=False)
class Measure:
    """Some coefficients of a panel, to be estimated together.

    Attributes
    ----------
    panel : Panel
    labels : tuple of str
        One an estimate: the item's id, or the name of the stratified figure.
    parts : tuple of tuple of int
        The entries of the panel that each estimate is made of.
    function : callable
        Rows of the panel's statistics, shape (…, n_statistics), to estimates, shape (…, n_estimates).
    """

    panel: Panel
    labels: tuple[str, ...]
    parts: tuple[tuple[int, ...], ...]
    function: Function

    def pick(self, label: str) -> Measure:
        """The measure of one of the estimates.

        Raises
        ------
        KeyError
            If there is none of this label.
        """
        if label not in self.labels:
            raise KeyError(label)
        k = self.labels.index(label)
        return Measure(
            self.panel, (label,), (self.parts[k],), lambda rows: self.function(rows)[..., k : k + 1]
        )

    @property
    def present(self) -> npt.NDArray[np.bool_]:
        """Which clusters hold pairable units of each estimate, shape (n_clusters, n_estimates)."""
        rows = self.panel.statistics
        return self._summed([rows[:, e.at][:, e.layout.n_pairable] for e in self.panel.entries]) > 0

    @property
    def minority(self) -> Floats:
        """How many ratings of each cluster are another than the item's commonest, same shape."""
        columns = []
        for entry in self.panel.entries:
            totals = self.panel.statistics[:, entry.at][:, entry.layout.totals]
            columns.append(totals.sum(axis=1) - totals[:, np.argmax(totals.sum(axis=0))])
        return self._summed(columns)

    def _summed(self, by_entry: list[Floats]) -> Floats:
        out = np.zeros((self.panel.n_clusters, len(self.parts)))
        for k, part in enumerate(self.parts):
            for i in part:
                out[:, k] += by_entry[i]
        return out


@dataclass(frozen=True, eq=False)
class Panel:
    """Statistics of items, summed by cluster; make one with `panel` or `panel_of`.

    Attributes
    ----------
    entries : tuple of Entry
    statistics : float array, shape (n_clusters, n_statistics)
    labels : tuple of str
        Names of the clusters.
    by : str
        What the clusters are.
    units : tuple of str
        Names of the units.
    """

    entries: tuple[Entry, ...]
    statistics: Floats
    labels: tuple[str, ...]
    by: str
    units: tuple[str, ...]

    @property
    def n_clusters(self) -> int:
        """Number of clusters, with data or without."""
        return len(self.labels)

    def alphas(self, level: Level | None = None) -> Measure:
        """Krippendorff's alpha of each item, at its own level of measurement or at another."""
        each = [distances(level or e.level, e.values) for e in self.entries]

        def function(rows: Floats) -> Floats:
            found = [
                sums.coefficient(*sums.alpha_disagreement(rows[..., e.at], e.layout, d))
                for e, d in zip(self.entries, each, strict=True)
            ]
            return _side_by_side(found, rows)

        return self._of_each(function)

    def gwet(self, weights: WeightName = "identity") -> Measure:
        """Gwet's AC1 of each item, or AC2 with weights."""
        each = [weight_matrix(weights, e.values) for e in self.entries]

        def function(rows: Floats) -> Floats:
            found = [
                sums.coefficient(*sums.gwet_disagreement(rows[..., e.at], e.layout, w))
                for e, w in zip(self.entries, each, strict=True)
            ]
            return _side_by_side(found, rows)

        return self._of_each(function)

    def percents(self) -> Measure:
        """Percent agreement of each item."""

        def function(rows: Floats) -> Floats:
            found = [
                1 - sums.observed_disagreement(rows[..., e.at], e.layout, np.eye(e.layout.q))
                for e in self.entries
            ]
            return _side_by_side(found, rows)

        return self._of_each(function)

    def stratified(
        self, metric: Metric, items: Sequence[str] | None = None, label: str | None = None
    ) -> Measure:
        """Alpha over items, ``1 − Σ D_o / Σ D_e``; see `rdpscore.agreement.alpha.stratified_alpha`.

        Parameters
        ----------
        metric : {"exact", "score"}
            By exact answer; or the interval metric on the options' scores, of scored items only.
        items : sequence of str, optional
            Ids of the items over which to sum; all without.
        label : str, optional
            Name of the estimate; the metric without.
        """
        part = tuple(
            i
            for i, e in enumerate(self.entries)
            if (items is None or e.item in items) and (metric == "exact" or e.scores is not None)
        )

        def function(rows: Floats) -> Floats:
            observed, expected = self.disagreement(rows, metric, part)
            return sums.coefficient(observed.sum(axis=-1), expected.sum(axis=-1))[..., None]

        return Measure(self, (label or metric,), (part,), function)

    def disagreement(self, rows: Floats, metric: Metric, part: Sequence[int]) -> Pair:
        """Observed and expected disagreement of some entries, 0 where an item has no pairable units.

        Distances run from 0 to 1. The last axis is that of the entries.
        """
        observed, expected = np.zeros((2, *rows.shape[:-1], len(part)))
        for k, i in enumerate(part):
            e = self.entries[i]
            if metric == "score":
                apart = score_distance([] if e.scores is None else e.scores.tolist())
            else:
                apart = 1.0 - np.eye(e.layout.q)
            pair = sums.alpha_disagreement(rows[..., e.at], e.layout, apart)
            observed[..., k], expected[..., k] = (np.nan_to_num(p, nan=0.0) for p in pair)
        return observed, expected

    def _of_each(self, function: Function) -> Measure:
        return Measure(
            self, tuple(e.item for e in self.entries), tuple((i,) for i in range(len(self.entries))), function
        )


def _side_by_side(found: list[Floats], rows: Floats) -> Floats:
    return np.stack(found, axis=-1) if found else np.zeros((*rows.shape[:-1], 0))


@checked
def panel(
    survey: Survey,
    by: By | Clusters = "publisher",
    *,
    items: Sequence[str] | None = None,
    journals: npt.NDArray[np.bool_] | pd.Series | None = None,
    round: str = MAIN,
) -> Panel:
    """The panel of a survey's closed items.

    Parameters
    ----------
    survey : Survey
    by : {"publisher", "policy", "reading", "journal"} or Clusters
        What is resampled and left out.
    items : sequence of str, optional
        Ids of closed items; all without.
    journals : Series or bool array, shape (n_journals,), optional
        Which journals to use, as for `rdpscore.survey.subsets.subset`; all without.
    round : str
        Whose codings count.

    Raises
    ------
    ValueError
        There is no such item or round, an item is not closed, or `journals` tells no journals.
    """
    found = clusters(survey, by) if isinstance(by, str) else by
    closed = {item.id: i for i, item in enumerate(survey.codebook.items) if item.closed}
    for name in items or ():
        if name not in closed:
            raise Absent(f"there is no closed item '{name}'{suggestion(name, closed)}")
    if round not in (MAIN, *survey.records.rounds):
        raise Absent(f"there is no round '{round}'{suggestion(round, survey.records.rounds)}")
    chosen = list(closed.values()) if items is None else [closed[name] for name in items]
    mask = None if journals is None else journals_meant(survey, journals)
    ids, levels, scores, ratings = [], [], [], []
    for place in chosen:
        item = survey.codebook.items[place]
        ids.append(item.id)
        levels.append(item.level or "nominal")
        scores.append(np.array(item.scores) if item.scores else None)
        counts = rating_counts(survey, place, mask, round)
        ratings.append(Ratings(item.codes, given=counts, persons=False))
    names = tuple(map(str, survey.journal_ids))
    return _panel(ids, levels, scores, ratings, found.code, found.labels, found.by, names)


def panel_of(
    ratings: Ratings, level: Level = "nominal", code: npt.ArrayLike | None = None, name: str = "ratings"
) -> Panel:
    """The panel of one set of ratings, as of another program's data.

    Parameters
    ----------
    ratings : Ratings
    level : {"nominal", "ordinal", "interval", "ratio"}
    code : array_like, shape (n_units,), optional
        Cluster of each unit, by number or name; each is its own without.
    name : str
        Label of the estimates.
    """
    units = tuple(map(str, range(ratings.n_units)))
    if code is None:
        return _panel([name], [level], [None], [ratings], np.arange(len(units)), units, "unit", units)
    if pd.isna(np.asarray(code, object)).any():
        raise ValueError("a cluster is missing; name each, or give None for units that are their own")
    labels, place = np.unique(np.asarray(code), return_inverse=True)
    if place.shape != (ratings.n_units,):
        raise ValueError(f"{ratings.n_units} units, clusters of shape {place.shape}")
    return _panel([name], [level], [None], [ratings], place, tuple(map(str, labels)), "cluster", units)


def _panel(
    ids: Sequence[str],
    levels: Sequence[Level],
    scores: Sequence[Floats | None],
    ratings: Sequence[Ratings],
    code: Ints,
    labels: tuple[str, ...],
    by: str,
    units: tuple[str, ...],
) -> Panel:
    entries, columns, start = [], [], 0
    for item, level, score, given in zip(ids, levels, scores, ratings, strict=True):
        layout = Layout(given.n_categories)
        counts = given.counts
        columns.append(sum_by(unit_statistics(counts), code, len(labels)))
        pairable = np.flatnonzero(counts.sum(axis=1) >= 2)
        commonest = np.argmax(counts[pairable].sum(axis=0))
        other = counts[pairable].sum(axis=1) > counts[pairable, commonest]
        at = slice(start, start + layout.size)
        entries.append(Entry(item, level, given.values, score, layout, at, pairable, pairable[other]))
        start = at.stop
    statistics = np.concatenate(columns, axis=1) if columns else np.zeros((len(labels), 0))
    return Panel(tuple(entries), statistics, labels, by, units)
