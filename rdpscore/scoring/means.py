"""A scheme as arrays, and the one formula by which answers become a score."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rdpscore.codebook.models import Codebook, Scheme
from rdpscore.means import ARITHMETIC, find_mean

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
SMALLEST = 1e-300
"""What a positive value counts at least where 0 makes a mean 0: next to 0 its inverse would be infinite."""


@dataclass(frozen=True)
class Weights:
    """A scheme, applied to a codebook.

    The weights may have leading axes: one set of weights a draw.

    Attributes
    ----------
    item : float array, shape (…, n_scored)
        Weight of each scored item.
    group : int array, shape (n_scored,)
        The item's group: its dimension, or 0 for all.
    scale : float
        What the weighted mean is multiplied by: 1, or sum of weights / divisor.
    dimension : float array, shape (…, n_groups)
        Weight of each group.
    inside, across : str
        Names of the mean over the items of a group, and over the groups; see `rdpscore.means`.
    """

    item: Floats
    group: npt.NDArray[np.intp]
    scale: float
    dimension: Floats
    inside: str = ARITHMETIC
    across: str = ARITHMETIC

    def combine(self, values: Floats, present: Bools) -> Floats:
        """The score of each row of values.

        Parameters
        ----------
        values : float array, shape (…, n_rows, n_scored)
            Scores of answers, 0 to 1; anything where there is none.
        present : bool array, shape (…, n_rows, n_scored)
            Which answers count.

        Returns
        -------
        float array, shape (…, n_rows)
            Weighted mean of those present, within groups and then over the groups that have any, times
            `scale`; NaN where nothing of weight is present. The leading axes are those of the weights and of
            the values, broadcast.
        """
        n_groups = self.dimension.shape[-1]
        if n_groups == 1:
            return mean(values, present, self.item, self.inside) * self.scale
        parts = np.stack([self.part(values, present, g) for g in range(n_groups)], axis=-2)
        parts = parts.swapaxes(-1, -2)  # seen by rows, but in memory by groups: sums run down rows
        there = ~np.isnan(parts)
        return mean(np.where(there, parts, 0.0), there, self.dimension, self.across) * self.scale

    def part(self, values: Floats, present: Bools, group: int) -> Floats:
        """The mean of one group for each row of values, shapes as in `combine`."""
        own = np.flatnonzero(self.group == group)
        return mean(values[..., own], present[..., own], self.item[..., own], self.inside)


@dataclass(frozen=True)
class Average:
    """See `rdpscore.means.Average`."""

    present: Bools
    weight: Floats

    @cached_property
    def total(self) -> Floats:
        """Sum of the weights of what is present, shape (…, n_rows) or (…, 1)."""
        if self.present.all():
            return np.asarray(self.weight.sum(axis=-1)[..., None])
        return _dot(self.present.astype(float), self.weight)

    def __call__(self, values: Floats, /) -> Floats:
        return _divide(_dot(np.where(self.present, values, 0.0), self.weight), self.total)


def mean(values: Floats, present: Bools, weight: Floats, kind: str = ARITHMETIC) -> Floats:
    """Weighted mean of what is present.

    Parameters
    ----------
    values : float array, shape (…, n_rows, n)
        Not negative.
    present : bool array, shape (…, n_rows, n)
    weight : float array, shape (…, n)
    kind : str
        Name of a mean; `rdpscore.means` has them, with their formulas.

    Returns
    -------
    float array, shape (…, n_rows)
        NaN where nothing of weight is present. Identical rows have identical means, to the last bit.

    Raises
    ------
    UnknownMean
        If there is no such mean.
    """
    chosen, average = find_mean(kind), Average(present, weight)
    if not chosen.zero:
        out = chosen.function(values if present.all() else np.where(present, values, 1.0), average)
        return out if (average.total > 0).all() else np.where(average.total > 0, out, np.nan)
    safe = np.where(present & (values > 0), values, 1.0)
    out = chosen.function(np.maximum(safe, SMALLEST), average)
    zero = _dot((present & (values <= 0)).astype(float), weight) > 0
    return np.where(zero, 0.0, np.where(average.total > 0, out, np.nan))


def _dot(values: Floats, weight: Floats) -> Floats:
    """Sums over the items; not by BLAS, whose last bit depends on where a row lies."""
    return np.asarray(np.einsum("...ji,...i->...j", values, weight), float)


def _divide(a: Floats, b: Floats) -> Floats:
    """Quotients; NaN where the divisor is 0."""
    if (b > 0).all():
        return np.asarray(a / b, float)
    out: Floats = np.full(np.broadcast_shapes(a.shape, b.shape), np.nan)
    np.divide(a, b, out=out, where=b > 0)
    return out


def weights(scheme: Scheme, codebook: Codebook) -> Weights:
    """The arrays of a scheme that fits a codebook, for its scored items in their order."""
    items = codebook.scored_items
    item = np.array([scheme.weights.get(i.id, 1.0) for i in items], float)
    dimensions = [d.id for d in codebook.dimensions]
    by_dimension = scheme.by == "dimensions"
    group = np.array([dimensions.index(i.dimension) if by_dimension else 0 for i in items], dtype=np.intp)
    dimension = [scheme.dimension_weights.get(d, 1.0) for d in dimensions] if by_dimension else [1.0]
    scale = 1.0 if scheme.divisor is None else float(item.sum()) / scheme.divisor
    across = scheme.across or scheme.aggregation
    return Weights(item, group, scale, np.array(dimension, float), scheme.aggregation, across)
