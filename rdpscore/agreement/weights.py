"""How near two categories are: agreement weights of Gwet, and Krippendorff's distances."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

WeightName = Literal["identity", "linear", "quadratic", "ordinal", "ratio", "radical", "bipolar"]
WEIGHTS: tuple[WeightName, ...] = get_args(WeightName)
Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS: tuple[Level, ...] = get_args(Level)


def agreement_weights(name: WeightName, values: Floats) -> Floats:
    """Agreement weights of pairs of categories.

    Parameters
    ----------
    name : {"identity", "linear", "quadratic", "ordinal", "ratio", "radical", "bipolar"}
    values : float array, shape (n_categories,)
        The categories as numbers, in their order. ``identity`` and ``ordinal`` use the order alone.

    Returns
    -------
    float array, shape (n_categories, n_categories)
        1 on the diagonal, 0 for the categories that lie farthest apart.

    Raises
    ------
    ValueError
        If the name is unknown; or for ``ratio``, if a value is negative.

    Notes
    -----
    Gwet, Handbook of Inter-Rater Reliability (4th ed. 2014), chapter 3. ``ordinal`` counts the pairs of categories
    between two categories; it is not Krippendorff's ordinal metric, which uses how often each was chosen.

    Checked against ``irrCAC`` for R, through printed coefficients.
    """
    if name not in WEIGHTS:
        raise ValueError(f"weights are {', '.join(WEIGHTS)}; not '{name}'")
    q = len(values)
    if name == "identity" or q == 1:
        return np.eye(q)
    rank = np.arange(q, dtype=float)
    gap, total = np.abs(np.subtract.outer(values, values)), np.add.outer(values, values)
    least, most = values.min(), values.max()
    if name == "ordinal":
        between = np.abs(np.subtract.outer(rank, rank))
        far = between * (between + 1) / 2
    elif name == "linear":
        far = gap
    elif name == "quadratic":
        far = gap**2
    elif name == "radical":
        far = np.sqrt(gap)
    elif name == "ratio":
        if least < 0:
            raise ValueError("ratio weights need categories that are not negative")
        far = np.divide(gap, total, out=np.zeros((q, q)), where=total > 0) ** 2
    else:
        room = (total - 2 * least) * (2 * most - total)
        far = np.divide(gap**2, room, out=np.zeros((q, q)), where=gap > 0)
    return np.asarray(1 - far / far.max())


def distances(level: Level, values: Floats) -> Floats | None:
    """Krippendorff's squared distances between categories; None for ordinal, which depends on the totals.

    Parameters
    ----------
    level : {"nominal", "ordinal", "interval", "ratio"}
    values : float array, shape (n_categories,)

    Raises
    ------
    ValueError
        If the level is unknown.

    Notes
    -----
    Krippendorff, Content Analysis (4th ed. 2018), section 12.3.4. Ratio: ((c − k)/(c + k))², 0 where c + k is 0.
    """
    if level not in LEVELS:
        raise ValueError(f"levels of measurement are {', '.join(LEVELS)}; not '{level}'")
    if level == "ordinal":
        return None
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    gap, total = np.subtract.outer(values, values), np.add.outer(values, values)
    if level == "interval":
        return np.asarray(gap**2)
    return np.asarray(np.divide(gap, total, out=np.zeros_like(gap), where=total != 0) ** 2)


def check_distance(distance: npt.ArrayLike, n_categories: int) -> Floats:
    """A given distance as an array.

    Raises
    ------
    ValueError
        If it is not square with a row a category, symmetric, 0 on the diagonal, finite and nowhere negative.
    """
    array = np.asarray(distance, float)
    if array.shape != (n_categories, n_categories):
        raise ValueError(f"distances are {n_categories} × {n_categories}, a row a category")
    if not np.all(np.isfinite(array)) or np.any(array < 0):
        raise ValueError("distances are finite and not negative")
    if np.any(np.diag(array) != 0) or not np.array_equal(array, array.T):
        raise ValueError("distances are symmetric and 0 on the diagonal")
    return array
