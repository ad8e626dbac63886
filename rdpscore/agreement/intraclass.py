"""Intraclass correlations: how much of the variance of single ratings, or of their mean, lies between units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from rdpscore.agreement.coefficients import ANONYMOUS_CODERS, NO_PAIRABLE_UNITS, NO_VARIATION
from rdpscore.agreement.ratings import Floats, Ratings

Model = Literal[1, 2, 3]
TOO_FEW_UNITS = "too_few_units"


@dataclass(frozen=True)
class IntraclassCorrelation:
    """An intraclass correlation.

    Attributes
    ----------
    value : float or None
        At most 1.
    reason : str or None
        Why the value is None: ``no_pairable_units``, ``too_few_units`` (fewer than two), ``no_variation``,
        ``anonymous_coders`` (the second and the third compare persons).
    n_units : int
        Units that count: for the first, those with two or more ratings; for the others, those that all rated.
    n_coders : float
        Ratings a unit, to which the average applies; where they are unequal, their mean less what their spread costs.
    between, within, error, coders : float or None
        Mean squares: between units, within units; of the residual, and between coders (second and third only).
    """

    value: float | None
    reason: str | None
    n_units: int
    n_coders: float = 0.0
    between: float | None = None
    within: float | None = None
    error: float | None = None
    coders: float | None = None


def icc(
    data: Ratings | Floats | Sequence[Any] | pd.DataFrame,
    model: Model = 1,
    *,
    average: bool = False,
    persons: bool = True,
) -> IntraclassCorrelation:
    """Intraclass correlation of a single rating, or of the mean of as many as there are.

    Parameters
    ----------
    data : Ratings or array_like, shape (n_units, n_coders)
        Numbers, None or NaN where missing.
    model : {1, 2, 3}
        1: coders of one unit are no others than those of another in name only, or are not known (one-way).
        2: all units have the same coders, who stand for others (two-way random, absolute agreement).
        3: all units have the same coders, and only they are of interest (two-way mixed, consistency).
    average : bool
        Of the mean of the coders instead of a single one.
    persons : bool
        Whether a column is one person throughout; without, models 2 and 3 do not exist.

    Returns
    -------
    IntraclassCorrelation
        For models 2 and 3 units that lack a rating are left out; for model 1 those with fewer than two.

    Raises
    ------
    ValueError
        If ratings are no numbers, or the model is none of these.

    Notes
    -----
    Shrout and Fleiss (1979), Psychological Bulletin 86: 420; with unequal numbers of ratings the estimator of the
    analysis of variance, with ``k₀ = (N − Σ m² / N) / (n − 1)`` ratings a unit (Donner 1986, International Statistical
    Review 54: 67). Checked against the example of Shrout and Fleiss.
    """
    if model not in (1, 2, 3):
        raise ValueError(f"models are 1, 2 and 3; not {model!r}")
    values = _numbers(data)
    anonymous = isinstance(data, Ratings) and (data.codes is None or not data.persons)
    return (
        _one_way(values, average)
        if model == 1
        else _two_way(values, model, average, persons and not anonymous)
    )


def _numbers(data: Any) -> Floats:
    """Units × coders as numbers, NaN where there is none."""
    if not isinstance(data, Ratings):
        table = data.to_numpy() if isinstance(data, pd.DataFrame) else data
        try:
            values = np.array(table, float)
        except (TypeError, ValueError):
            raise ValueError("an intraclass correlation needs ratings that are numbers") from None
        if values.ndim != 2:
            raise ValueError(f"ratings are units × coders; this has {values.ndim} dimensions")
        return values
    if not data.numeric:
        raise ValueError("an intraclass correlation needs categories that are numbers")
    if data.codes is not None:
        return np.where(data.codes >= 0, data.values[data.codes], np.nan)
    rated = data.counts.sum(axis=1).astype(int)
    out = np.full((len(rated), int(rated.max(initial=0))), np.nan)
    out[np.arange(out.shape[1]) < rated[:, None]] = np.repeat(
        np.tile(data.values, len(rated)), data.counts.astype(int).ravel()
    )
    return out


def _one_way(values: Floats, average: bool) -> IntraclassCorrelation:
    present = ~np.isnan(values)
    use = present.sum(axis=1) >= 2
    given, values = present[use], np.where(present[use], values[use], 0.0)
    n = len(values)
    if n < 2:
        return IntraclassCorrelation(None, TOO_FEW_UNITS if n else NO_PAIRABLE_UNITS, n)
    m = given.sum(axis=1).astype(float)
    total = m.sum()
    values = np.where(given, values - values[0, np.argmax(given[0])], 0.0)  # equal ratings become exact zeros
    centred = np.where(given, values - values.sum() / total, 0.0)
    mean = centred.sum(axis=1) / m
    between = float((m * mean**2).sum() / (n - 1))
    within = float((np.where(given, centred - mean[:, None], 0.0) ** 2).sum() / (total - n))
    k = float((total - (m**2).sum() / total) / (n - 1))
    value = _ratio(between - within, between if average else between + (k - 1) * within, between + within)
    return IntraclassCorrelation(value, _why(value), n, k, between, within)


def _two_way(values: Floats, model: Model, average: bool, persons: bool) -> IntraclassCorrelation:
    values = values[:, ~np.isnan(values).all(axis=0)]  # who rated nothing is no coder
    k = values.shape[1]
    complete = values[~np.isnan(values).any(axis=1)] if k >= 2 else values[:0]
    n = len(complete)
    if not persons:
        return IntraclassCorrelation(None, ANONYMOUS_CODERS, n)
    if n < 2:
        return IntraclassCorrelation(None, TOO_FEW_UNITS if n else NO_PAIRABLE_UNITS, n)
    centred = complete - complete[0, 0]  # equal ratings become exact zeros
    centred -= centred.mean()
    unit, coder = centred.mean(axis=1, keepdims=True), centred.mean(axis=0, keepdims=True)
    between = float(k * (unit**2).sum() / (n - 1))
    coders = float(n * (coder**2).sum() / (k - 1))
    error = float(((centred - unit - coder) ** 2).sum() / ((n - 1) * (k - 1)))
    within = float(((centred - unit) ** 2).sum() / (n * (k - 1)))
    if model == 2:
        below = (
            between + (coders - error) / n
            if average
            else between + (k - 1) * error + k * (coders - error) / n
        )
    else:
        below = between if average else between + (k - 1) * error
    value = _ratio(between - error, below, between + within)
    return IntraclassCorrelation(value, _why(value), n, float(k), between, within, error, coders)


def _ratio(above: float, below: float, scale: float) -> float | None:
    """Above over below, None where below is nothing but rounding."""
    return above / below if below > 1e-12 * scale else None


def _why(value: float | None) -> str | None:
    return NO_VARIATION if value is None else None
