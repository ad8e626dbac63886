"""How much less a clustered sample says than one of as many independent units."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


def design_effect(clustered: float, alone: float) -> float | None:
    """Ratio of two variances of one estimate: with independent clusters, and with independent units.

    Returns
    -------
    float or None
        None where either is undefined or 0.

    Notes
    -----
    Kish 1965, Survey Sampling, section 8.2.
    """
    if not (np.isfinite(clustered) and np.isfinite(alone) and alone > 0 and clustered > 0):
        return None
    return float(clustered / alone)


def effective_n(n: int, effect: float | None) -> float | None:
    """Independent units that would say as much: ``n / effect``."""
    return None if effect is None else n / effect


def design_effect_of_mean(values: Floats, code: Ints) -> float | None:
    """Design effect of a mean.

    Parameters
    ----------
    values : float array, shape (n,)
        Finite.
    code : int array, shape (n,)
        Cluster of each unit, 0 and more.

    Returns
    -------
    float or None
        None with fewer than two clusters, or where nothing varies.

    Notes
    -----
    With e = y − ȳ: ``G/(G − 1) Σ_g (Σ e)² / n²`` over ``Σ e² / (n − 1) / n``, the linearised variance of a mean of
    clusters of unequal size (Cochran 1977, Sampling Techniques, section 9A.3), which is the square of the standard
    error CR1 of an intercept. Checked against statsmodels.
    """
    _, code = np.unique(code, return_inverse=True)
    n, groups = len(values), int(code.max(initial=-1)) + 1
    if groups < 2 or np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return None
    error = values - values.mean()
    sums = np.bincount(code, error)
    clustered = groups / (groups - 1) * float(sums @ sums) / n**2
    return design_effect(clustered, float(error @ error) / (n - 1) / n)
