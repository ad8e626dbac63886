"""How items and dimensions hang together under a scheme: a description, not a test of the score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.codebook import Codebook, Scheme
from rdpscore.means import find_mean
from rdpscore.results import records
from rdpscore.scoring.means import (
    Bools,
    Floats,
    Weights,
    weights,
)
from rdpscore.scoring.scored_rows import Rows, resolved_rows, the_scheme
from rdpscore.survey import Survey

COMPONENTS = 3
"""Principal components whose loadings are given."""


@dataclass(frozen=True)
class Structure:
    """Items and dimensions of a survey under a scheme; see `structure`.

    Attributes
    ----------
    items : DataFrame
        One row a scored item: item, title, dimension; ``weight_share``, its nominal share of the weights;
        ``variance_share``, its share of the score's variance; ``r``, its correlation with the score; ``eta2``, the
        share of the score's variance between its answers; ``item_rest``, its correlation with the score of the other
        items; ``sd`` of its scores; ``constant``, all journals have one score; ``loading_1`` … of the components.
    dimensions : DataFrame
        Correlations of the dimensions' means; the index and the columns are their ids.
    components : DataFrame
        One row a principal component of the items' correlations: ``eigenvalue``, ``share``, ``cumulated``.
    n : int
        Journals with a score.
    n_complete : int
        Of these, with an answer to every item: what the components rest on.
    linear : bool
        The score is a weighted sum of the items, so that shares of its variance add up to 1.
    """

    items: pd.DataFrame
    dimensions: pd.DataFrame
    components: pd.DataFrame
    n: int
    n_complete: int
    linear: bool

    def body(self) -> Any:
        """Plain lists and numbers."""
        return {
            "n": self.n,
            "n_complete": self.n_complete,
            "linear": self.linear,
            "items": records(self.items),
            "dimensions": {
                str(k): {str(j): v for j, v in row.items()} for k, row in self.dimensions.iterrows()
            },
            "components": records(self.components),
        }


@checked
def structure(survey: Survey, scheme: Scheme | str | Path | None = None) -> Structure:
    """Correlations, effective weights and principal components of the items.

    Parameters
    ----------
    survey : Survey
    scheme : Scheme, str or Path, optional
        A scheme, the id of one of the codebook's, or a YAML file; the codebook's default without.

    Notes
    -----
    ``variance_share`` is a·cov(x, y) / var(y) with the item's coefficient a in the score; the shares add up to 1. It is
    NaN where the score is no weighted sum: another mean than the arithmetic one, or missing answers. ``eta2`` is the
    correlation ratio Var(E[y | x]) / Var(y) of Paruolo, Saisana and Saltelli 2013 (doi
    10.1111/j.1467-985X.2012.01059.x); items that go together share theirs, so these do not add up. Correlations with
    an item that all journals answer alike are undefined: NaN here, null in JSON. Journals of one policy count one by
    one, as in the score's own mean. A score that is defined by its items is not tested by their correlations; so there
    is no Cronbach's alpha.

    Checked against: numpy's corrcoef, pandas' groupby, and scikit-learn's PCA.
    """
    scheme = the_scheme(survey, scheme)
    codebook, every = survey.codebook, resolved_rows(survey, scheme)
    used = weights(scheme, codebook)
    y = every.scores(used)
    scored = np.flatnonzero(~np.isnan(y))
    x = np.where(every.answers.present, every.answers.values, np.nan)[scored]
    y = y[scored]
    linear = all(find_mean(name).additive for name in (used.inside, used.across)) and not np.isnan(x).any()
    share = weight_shares(used)
    rest = _rest(every, used)[:, scored]
    table = pd.DataFrame(
        {
            "item": [i.id for i in codebook.scored_items],
            "title": [i.title for i in codebook.scored_items],
            "dimension": [i.dimension for i in codebook.scored_items],
            "weight_share": share,
            "variance_share": _variance_shares(x, y, share * used.scale) if linear else np.nan,
            "r": [correlation(column, y) for column in x.T],
            "eta2": [correlation_ratio(column, y) for column in x.T],
            "item_rest": [correlation(column, other) for column, other in zip(x.T, rest, strict=True)],
            "sd": [_sd(column) for column in x.T],
            "constant": [_sd(column) == 0 for column in x.T],
        }
    )
    complete = x[~np.isnan(x).any(axis=1)]
    loadings, components = principal_components(complete)
    for k in range(COMPONENTS):
        table[f"loading_{k + 1}"] = loadings[:, k] if k < loadings.shape[1] else np.nan
    dimensions = _dimensions(codebook, every, used)[:, scored]
    names = [d.id for d in codebook.dimensions]
    matrix = pd.DataFrame([[correlation(a, b) for b in dimensions] for a in dimensions], names, names)
    return Structure(table, matrix, components, len(scored), len(complete), linear)


def weight_shares(used: Weights) -> Floats:
    """Nominal share of each item in the score of a journal that has an answer to every item; they add up to 1."""
    inside = np.array([used.item[used.group == g].sum() for g in range(len(used.dimension))])
    with_weight = used.dimension * (inside > 0)
    of_group = np.divide(with_weight, inside, out=np.zeros_like(inside), where=inside > 0) / with_weight.sum()
    return np.asarray(used.item * of_group[used.group], float)


def correlation(x: Floats, y: Floats) -> float:
    """Pearson's correlation over what both have; NaN where one of them does not vary."""
    both = ~(np.isnan(x) | np.isnan(y))
    a, b = x[both], y[both]
    if len(a) < 2 or np.ptp(a) < 1e-12 or np.ptp(b) < 1e-12:
        return float("nan")
    a, b = a - a.mean(), b - b.mean()
    return float(np.clip((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()), -1, 1))


def correlation_ratio(x: Floats, y: Floats) -> float:
    """Share of y's variance between the values of x; NaN where one of them does not vary."""
    both = ~(np.isnan(x) | np.isnan(y))
    a, b = x[both], y[both]
    if len(a) < 2 or np.ptp(a) < 1e-12 or np.ptp(b) < 1e-12:
        return float("nan")
    of = np.unique(np.round(a, 12), return_inverse=True)[1].reshape(-1)
    n = np.bincount(of)
    means = np.bincount(of, b) / n
    return float((n * (means - b.mean()) ** 2).sum() / ((b - b.mean()) ** 2).sum())


def _variance_shares(x: Floats, y: Floats, coefficient: Floats) -> Floats:
    off = y - y.mean() if len(y) else y
    whole = (off * off).sum()
    if len(y) < 2 or np.ptp(y) < 1e-12:
        return np.full(x.shape[1], np.nan)
    return np.asarray(coefficient * ((x - x.mean(axis=0)) * off[:, None]).sum(axis=0) / whole)


def _sd(column: Floats) -> float:
    known = column[~np.isnan(column)]
    if not len(known):
        return float("nan")
    return 0.0 if np.ptp(known) < 1e-12 else float(known.std(ddof=1))


def _rest(every: Rows, used: Weights) -> Floats:
    """The score without each item in turn, shape (n_scored, n_journals)."""
    n = len(used.item)
    without = np.where(np.eye(n, dtype=bool), 0.0, used.item)
    return every.scores(
        replace(used, item=without, dimension=np.broadcast_to(used.dimension, (n, len(used.dimension))))
    )


def _dimensions(codebook: Codebook, every: Rows, used: Weights) -> Floats:
    """Weighted mean of the items of each dimension, shape (n_dimensions, n_journals)."""
    names = [d.id for d in codebook.dimensions]
    group = np.array([names.index(i.dimension) for i in codebook.scored_items], np.intp)
    apart = replace(used, group=group, dimension=np.ones(len(names)))
    return np.stack([apart.part(every.answers.values, every.answers.present, g) for g in range(len(names))])


def principal_components(x: Floats) -> tuple[Floats, pd.DataFrame]:
    """Principal components of the correlations of the columns that vary.

    Parameters
    ----------
    x : float array, shape (n_journals, n_items)
        Without missing values.

    Returns
    -------
    loadings : float array, shape (n_items, n_components)
        Correlations of items with components; NaN for an item that does not vary. The largest of a component is
        positive.
    components : DataFrame
        eigenvalue, share, cumulated; empty with fewer than three journals or two items that vary.
    """
    varies: Bools = np.array([len(c) > 2 and np.ptp(c) > 1e-12 for c in x.T], bool)
    empty = pd.DataFrame({c: pd.Series(dtype=float) for c in ("eigenvalue", "share", "cumulated")})
    if varies.sum() < 2:
        return np.full((x.shape[1], 0), np.nan), empty
    z = x[:, varies]
    z = (z - z.mean(axis=0)) / z.std(axis=0)
    values, vectors = np.linalg.eigh(z.T @ z / len(z))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    found = vectors * np.sqrt(values)
    sign = np.sign(found[np.abs(found).argmax(axis=0), np.arange(found.shape[1])])
    loadings = np.full((x.shape[1], found.shape[1]), np.nan)
    loadings[varies] = found * np.where(sign == 0, 1, sign)
    share = values / values.sum()
    table = pd.DataFrame({"eigenvalue": values, "share": share, "cumulated": np.cumsum(share)})
    return np.asarray(np.round(loadings, 12), float), table.round(12)
