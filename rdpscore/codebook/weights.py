"""A scheme as arrays, and the one formula by which answers become a score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rdpscore.codebook.models import Codebook, Scheme

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """A scheme, applied to a codebook.

    Attributes
    ----------
    item : float array, shape (n_scored,)
        Weight of each scored item.
    group : int array, shape (n_scored,)
        The item's group: its dimension, or 0 for all.
    scale : float
        What the weighted mean is multiplied by: 1, or sum of weights / divisor.
    """

    item: Floats
    group: npt.NDArray[np.intp]
    scale: float

    def combine(self, values: Floats, present: npt.NDArray[np.bool_]) -> Floats:
        """The score of each row of values.

        Parameters
        ----------
        values : float array, shape (n_rows, n_scored)
            Scores of answers, 0 to 1; anything where there is none.
        present : bool array, shape (n_rows, n_scored)
            Which answers count.

        Returns
        -------
        float array, shape (n_rows,)
            Weighted mean of those present, within groups and then over the groups that have any, times
            `scale`; NaN where nothing of weight is present.
        """
        total = np.zeros(len(values))
        n_groups = np.zeros(len(values))
        for group in np.unique(self.group):
            inside = np.where(self.group == group, self.item, 0.0)
            weight = present @ inside
            has = weight > 0
            part = np.where(present, values, 0.0) @ inside
            total[has] += part[has] / weight[has]
            n_groups[has] += 1
        out = np.full(len(values), np.nan)
        np.divide(total, n_groups, out=out, where=n_groups > 0)
        return out * self.scale


def weights(scheme: Scheme, codebook: Codebook) -> Weights:
    """The arrays of a scheme for the scored items of a codebook, in their order."""
    items = codebook.scored_items
    item = np.array([scheme.weights.get(i.id, 1.0) for i in items], float)
    dimensions = [d.id for d in codebook.dimensions]
    by_dimension = scheme.by == "dimensions"
    group = np.array([dimensions.index(i.dimension) if by_dimension else 0 for i in items], dtype=np.intp)
    return Weights(item, group, 1.0 if scheme.divisor is None else float(item.sum()) / scheme.divisor)
