"""Clustered data for the tests of `rdpscore.inference`: unequal clusters, columns of units and of clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SIZES = (15, 14, 11, 6, 1, 9, 7, 15, 9, 15, 1, 9, 9, 9, 11, 15, 15)
"""Journals of each publisher of the shipped survey."""


@dataclass(frozen=True, eq=False)
class Data:
    """An outcome, three columns (of units, of units, of clusters) and clusters."""

    y: Floats
    x: Floats
    cluster: npt.NDArray[np.intp]

    @property
    def pooled(self) -> Floats:
        """The columns and an intercept."""
        return np.column_stack([self.x, np.ones(len(self.y))])

    @property
    def dummies(self) -> Floats:
        """A column of zeros and ones for every cluster."""
        return (self.cluster[:, None] == np.unique(self.cluster)).astype(float)


def clustered(seed: int = 0, sizes: tuple[int, ...] = SIZES) -> Data:
    """Data with effects of clusters, drawn from a seed, in no order of clusters."""
    rng = np.random.default_rng(seed)
    n = len(sizes)
    cluster = rng.permutation(np.repeat(np.arange(n), sizes))
    x = np.column_stack(
        [
            rng.normal(size=len(cluster)) + rng.normal(size=n)[cluster],
            rng.normal(size=len(cluster)) ** 2,
            rng.permutation(np.arange(n) % 2)[cluster].astype(float),
        ]
    )
    y = 0.3 * x[:, 0] + rng.normal(size=n)[cluster] + rng.normal(size=len(cluster)) * (1 + x[:, 1])
    return Data(y, x, cluster)
