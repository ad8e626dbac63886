"""Clusters: which journals belong together, because one policy, one publisher or one reading stands behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.problems import Absent, suggestion
from rdpscore.survey import Survey, recorded_readings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

By = Literal["publisher", "policy", "reading", "journal"]
BY: tuple[By, ...] = get_args(By)


@dataclass(frozen=True, eq=False)
class Clusters:
    """Which cluster each journal belongs to.

    Attributes
    ----------
    code : int array, shape (n_journals,)
        Position in `labels`, in the order of `Survey.journal_ids`.
    labels : tuple of str
        Names of the clusters. A journal of which the column says nothing is a cluster of its own and lends it no name:
        ``"no publisher (beta)"``.
    by : str
        Of `BY`; or the column of the journals, see `clusters_of`.
    n_alone : int
        How many clusters, the last ones, are journals of which the column says nothing.
    """

    code: Ints
    labels: tuple[str, ...]
    by: str
    n_alone: int = 0

    @property
    def n(self) -> int:
        """Number of clusters."""
        return len(self.labels)

    @property
    def n_named(self) -> int:
        """Number of clusters that the column names: publishers, not journals without one."""
        return self.n - self.n_alone

    @property
    def recorded(self) -> list[str | None]:
        """What the column says of each journal; None for those of which it says nothing."""
        names = [*self.labels[: self.n_named], *[None] * self.n_alone]
        return [names[k] for k in self.code]


def clusters(survey: Survey, by: By = "publisher") -> Clusters:
    """The clusters of a survey's journals.

    Parameters
    ----------
    survey : Survey
    by : {"publisher", "policy", "reading", "journal"}
        ``policy`` is the column policy_id of the journals; ``reading`` joins journals whose coders' readings are
        all recorded as the same. A journal of which nothing is recorded is a cluster of its own.

    Raises
    ------
    ValueError
        If `by` is none of these.

    Examples
    --------
    >>> import rdpscore
    >>> clusters(rdpscore.load()).n
    17
    """
    if by not in BY:
        raise ValueError(f"clusters are by {', '.join(BY)}; not by '{by}'")
    ids = [str(i) for i in survey.journal_ids]
    if by == "journal":
        return Clusters(np.arange(len(ids)), tuple(ids), by)
    if by == "reading":
        found, code = np.unique(recorded_readings(survey), return_inverse=True)
        return Clusters(code.reshape(-1), tuple(ids[i] for i in found), by)
    return _by_column(survey, "publisher" if by == "publisher" else "policy_id", ids, by)


def clusters_of(survey: Survey, column: str) -> Clusters:
    """The groups of any column of ``journals.csv``; a journal without a value is a group of its own.

    Raises
    ------
    KeyError
        If there is no such column.
    """
    if column not in survey.journals:
        raise Absent(
            f"journals.csv has no column '{column}'{suggestion(str(column), survey.journals.columns)}"
        )
    return _by_column(survey, column, [str(i) for i in survey.journal_ids], column)


def _by_column(survey: Survey, name: str, ids: list[str], by: str) -> Clusters:
    """Clusters by a column of the journals; named ones first, in the order in which they appear."""
    table = survey.journals
    first = (table["journal_id"].notna() & ~table["journal_id"].duplicated()).to_numpy()
    if name not in table:
        return Clusters(np.arange(len(ids)), tuple(f"no {by} ({i})" for i in ids), by, len(ids))
    code, names = pd.factorize(
        table[name].astype(object)[first]
    )  # in the order of appearance, −1 where missing
    alone = np.flatnonzero(code < 0)
    code[alone] = len(names) + np.arange(len(alone))
    return Clusters(code, (*map(str, names), *(f"no {by} ({ids[j]})" for j in alone)), by, len(alone))


def sum_by(values: Floats, code: Ints, n: int) -> Floats:
    """Sums of the rows of each cluster.

    Parameters
    ----------
    values : float array, shape (n_units, n_statistics)
    code : int array, shape (n_units,)
        Cluster of each unit, 0 to n − 1.
    n : int
        Number of clusters.

    Returns
    -------
    float array, shape (n, n_statistics)
    """
    out = np.zeros((n, values.shape[1]))
    if len(code) == 0:
        return out
    order = np.argsort(code, kind="stable")
    start = np.flatnonzero(np.diff(code[order], prepend=-1) > 0)
    out[code[order[start]]] = np.add.reduceat(values[order], start, axis=0)
    return out
