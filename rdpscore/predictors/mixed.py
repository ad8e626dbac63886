"""Random intercepts and random slopes by publisher: a description of how publishers differ, not a test.

A random intercept takes a predictor's slope as the same in every publisher. Where slopes vary, its standard error is
too small by far (DESIGN: a true null is rejected at 20 to 38 % of times), so no p value is given here.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rdpscore.heterogeneity.variance import (
    BOUNDARY,
    NO_REPLICATES,
    NO_VARIATION,
    TOO_FEW_GROUPS,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

NOT_CONVERGED, FEW_VARYING = "not_converged", "few_groups_with_variation"
LEAST_VARYING = 4
"""Groups inside which the predictor varies that a variance of slopes needs at least."""
NEAR_ZERO = 1e-5
"""Smallest eigenvalue of the random effects' covariance, in units of the residual variance, taken as the boundary."""


@dataclass(frozen=True)
class RandomEffects:
    """A mixed model of a number on one predictor.

    Attributes
    ----------
    n, n_groups, n_varying : int
        Journals, groups, and groups inside which the predictor varies.
    intercept : float or None
        Mean of the groups at the predictor's mean.
    slope : float or None
        Mean slope of the groups.
    sd_intercept, sd_slope, sd_residual : float or None
        Standard deviations of the groups' intercepts (at the predictor's mean) and slopes, and of what remains;
        `sd_slope` is null of a random intercept.
    correlation : float or None
        Between intercepts and slopes.
    slope_low, slope_high : float or None
        Range in which about 95 % of groups' slopes lie: mean ± 1.96 standard deviations; no confidence interval.
    reason : str or None
        Why the figures are null: ``too_few_groups``, ``no_replicates``, ``no_variation``,
        ``few_groups_with_variation`` (fewer than 4), ``boundary`` (a variance is estimated as 0), ``not_converged``.
    """

    n: int
    n_groups: int
    n_varying: int
    intercept: float | None = None
    slope: float | None = None
    sd_intercept: float | None = None
    sd_slope: float | None = None
    sd_residual: float | None = None
    correlation: float | None = None
    slope_low: float | None = None
    slope_high: float | None = None
    reason: str | None = None


def random_effects(y: Floats, x: Floats, code: Ints, *, slopes: bool = True) -> RandomEffects:
    """Fit intercepts, and slopes on a predictor, that vary from group to group.

    Parameters
    ----------
    y, x : float arrays, shape (n,)
        Outcome and predictor; journals that lack either take no part.
    code : int array, shape (n,)
        Group of each journal.
    slopes : bool
        Let slopes vary too; else intercepts alone.

    Returns
    -------
    RandomEffects
        Null with a reason where a variance lies at its boundary of 0: statsmodels then returns numbers, among them
        slopes of exactly 0, that look like results.

    Notes
    -----
    ``statsmodels.MixedLM``, restricted maximum likelihood, the predictor centred and in units of its standard deviation
    while fitting.
    """
    keep = np.isfinite(y) & np.isfinite(x)
    y, x = y[keep], x[keep]
    _, code = np.unique(code[keep], return_inverse=True)
    n, groups = len(y), int(code.max(initial=-1)) + 1
    varying = [g for g in range(groups) if np.ptp(x[code == g]) > 0]
    out = RandomEffects(n, groups, len(varying))
    if n < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return replace(out, reason=NO_VARIATION)
    if groups < 2 or groups == n:
        return replace(out, reason=TOO_FEW_GROUPS if groups < 2 else NO_REPLICATES)
    if slopes and len(varying) < LEAST_VARYING:
        return replace(out, reason=FEW_VARYING)
    unit, scale = float(x.std()), float(y.std())
    fit = _fit((y - y.mean()) / scale, (x - x.mean()) / unit, code, slopes)
    if fit is None:
        return replace(out, reason=NOT_CONVERGED)
    covariance = np.asarray(fit.cov_re, float)
    if np.linalg.eigvalsh(covariance).min() < NEAR_ZERO * fit.scale:
        return replace(out, reason=BOUNDARY)
    sd = np.sqrt(np.diag(covariance)) * scale
    slope = float(fit.fe_params[1]) * scale / unit
    found = replace(
        out,
        intercept=float(fit.fe_params[0]) * scale + float(y.mean()),
        slope=slope,
        sd_intercept=float(sd[0]),
        sd_residual=float(np.sqrt(fit.scale)) * scale,
    )
    if not slopes:
        return found
    spread = float(sd[1]) / unit
    return replace(
        found,
        sd_slope=spread,
        correlation=float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])),
        slope_low=slope - 1.959964 * spread,
        slope_high=slope + 1.959964 * spread,
    )


def _fit(y: Floats, x: Floats, code: Ints, slopes: bool) -> Any:
    """The fit of the greatest likelihood among several optimisers' that converged; None where none did."""
    with warnings.catch_warnings():  # of boundaries and of convergence: both are looked at here
        warnings.simplefilter("ignore")
        from statsmodels.regression.mixed_linear_model import MixedLM

        warnings.simplefilter("ignore")  # again: its import sets a filter of its own
        design = np.column_stack([np.ones(len(x)), x])
        model = MixedLM(y, design, code, exog_re=design if slopes else design[:, :1])
        best = None
        for method in ("lbfgs", "bfgs", "powell"):
            try:
                found = model.fit(reml=True, method=method)
            except (np.linalg.LinAlgError, ValueError):
                continue
            if found.converged and np.isfinite(found.llf) and (best is None or found.llf > best.llf + 1e-6):
                best = found
    return best
