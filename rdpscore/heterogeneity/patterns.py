"""Answer patterns: the different rows of answers, how far they lie apart, and what falls into one cluster.

Journals of one publisher share a policy, and so a row of answers. Clusters of journals would find the publishers'
sizes; clusters of the different rows find kinds of policies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rdpscore.survey import Survey

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Patterns:
    """The different rows of answers to the closed items of a survey.

    Attributes
    ----------
    items : tuple of str
        Ids of the closed items.
    option : int array, shape (n_patterns, n_items)
        Position of each answer, −1 where there is none.
    top : int array, shape (n_items,)
        Position of the last option.
    nominal, ordered : bool array, shape (n_items,)
        Whether answers are the same or not, no more; whether a later option is a stricter one.
    of : int array, shape (n_journals,)
        Pattern of each journal, −1 where it has no answer at all.
    """

    items: tuple[str, ...]
    option: Ints
    top: Ints
    nominal: Bools
    ordered: Bools
    of: Ints

    @property
    def n(self) -> int:
        """Number of patterns."""
        return len(self.option)

    @property
    def levels(self) -> Floats:
        """Answers as shares of the way from the first option to the last, NaN where missing."""
        return np.where(self.option >= 0, self.option / np.maximum(self.top, 1), np.nan)

    @property
    def strictness(self) -> Floats:
        """Mean level of each pattern over its answers to items with an order of strictness, NaN without any."""
        there = self.ordered & (self.option >= 0)
        n = there.sum(axis=1)
        total = np.where(there, self.levels, 0.0).sum(axis=1)
        return np.asarray(np.divide(total, n, out=np.full(self.n, np.nan), where=n > 0))


def answer_patterns(survey: Survey) -> Patterns:
    """The patterns of a survey's resolved answers, sorted by their answers: the journals' order has no part in it."""
    book = survey.codebook
    closed = [k for k, item in enumerate(book.items) if item.closed]
    option = survey.resolved.option[:, closed].astype(np.intp)
    answered = (option >= 0).any(axis=1)
    of = np.full(len(option), -1, np.intp)
    rows = option[:0]
    if answered.any():
        rows, which = np.unique(option[answered], axis=0, return_inverse=True)
        of[answered] = which.reshape(-1)  # numpy 2.0 gives it the shape of a column
    return Patterns(
        items=tuple(book.items[k].id for k in closed),
        option=rows,
        top=np.array([len(book.items[k].options) - 1 for k in closed], np.intp),
        nominal=np.array([book.items[k].level == "nominal" for k in closed], bool),
        ordered=np.array([book.items[k].ordered for k in closed], bool),
        of=of,
    )


def gower(values: Floats, span: Floats, nominal: Bools) -> Floats:
    """Gower's distance between rows of answers of any level.

    Parameters
    ----------
    values : float array, shape (n, n_items)
        NaN where missing.
    span : float array, shape (n_items,)
        Distance between lowest and highest value of each item; items of span 0 say nothing and are left out.
    nominal : bool array, shape (n_items,)
        Items on which answers are the same or not; on the others |a − b| / span counts.

    Returns
    -------
    float array, shape (n, n)
        The mean over the items that both rows have, 0 to 1; NaN where they have none in common.

    Notes
    -----
    Gower 1971, Biometrics 27:857, ordinal items by their rank (Kaufman and Rousseeuw 1990). Checked against R's
    ``cluster::daisy``.
    """
    total, count = np.zeros((len(values),) * 2), np.zeros((len(values),) * 2)
    for column, width, same in zip(values.T, span, nominal, strict=True):
        if not width > 0:
            continue
        apart = np.abs(column[:, None] - column)
        there = np.isfinite(apart)
        total += np.where(there, (apart > 0).astype(float) if same else apart / width, 0.0)
        count += there
    return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))


def pattern_distances(patterns: Patterns) -> Floats:
    """Gower's distances between patterns, on the scale of the codebook's options, not of those observed.

    Two patterns without a common item, which nothing can be said of, are as far apart as patterns are on average.
    """
    values = np.where(patterns.option >= 0, patterns.option, np.nan)
    found = gower(values, patterns.top.astype(float), patterns.nominal)
    unknown = np.isnan(found)
    if unknown.any():
        known = found[~unknown & ~np.eye(len(found), dtype=bool)]
        found[unknown] = known.mean() if len(known) else 0.0
    return found


def average_linkage(distances: Floats) -> Floats:
    """The tree of hierarchical average linkage, as scipy gives it.

    Parameters
    ----------
    distances : float array, shape (n, n)
        n of two and more.
    """
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    return np.asarray(linkage(squareform(distances, checks=False), method="average"))


def cut(tree: Floats, n_clusters: int) -> Ints:
    """Clusters of a tree.

    Returns
    -------
    int array, shape (n,)
        0 and more, in the order in which clusters first appear. Ties can leave fewer clusters than asked for.
    """
    from scipy.cluster.hierarchy import fcluster

    labels = fcluster(tree, n_clusters, criterion="maxclust").tolist()
    first = {label: k for k, label in enumerate(dict.fromkeys(labels))}
    return np.array([first[label] for label in labels], np.intp)


def silhouette(distances: Floats, labels: Ints) -> float | None:
    """Mean silhouette width (Rousseeuw 1987), −1 to 1; None of one cluster, or where each pattern is its own."""
    n = len(np.unique(labels))
    if not 2 <= n < len(labels):
        return None
    from sklearn.metrics import silhouette_score

    square = distances.copy()
    np.fill_diagonal(square, 0.0)
    return float(silhouette_score(square, labels, metric="precomputed"))
