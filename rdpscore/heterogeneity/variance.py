"""How much of what differs between journals is a difference between their publishers.

The one-way random model, by restricted maximum likelihood with the ratio of the two variances profiled: given the
ratio all else has a closed form, so the fit is a search in one dimension that cannot get stuck on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rdpscore.inference.design_effects import design_effect_of_mean, effective_n

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

TOO_FEW_GROUPS, NO_REPLICATES, NO_VARIATION, NONE_WITHIN, BOUNDARY = (
    "too_few_groups",
    "no_replicates",
    "no_variation",
    "none_within",
    "boundary",
)
WHY = {
    TOO_FEW_GROUPS: "there is one group only",
    NO_REPLICATES: "every group has one journal only",
    NO_VARIATION: "nothing differs between journals",
    NONE_WITHIN: "nothing differs inside groups",
    BOUNDARY: "journals of a group are no more alike than others, so the fit lies at its boundary",
}
"""Why an intraclass correlation is null."""

GRID = 1 - np.geomspace(1.0, 1e-6, 100)
"""Intraclass correlations between which the maximum is sought, finer towards 1."""
MOST_LEFT_OUT = 300
"""Groups up to which each is left out once; of more, one hardly moves anything."""


@dataclass(frozen=True)
class Likelihood:
    """What the restricted likelihood of the one-way random model needs of the data.

    Attributes
    ----------
    size, mean : float arrays, shape (n_groups,)
    within : float
        Sum of squares inside groups.
    """

    size: Floats
    mean: Floats
    within: float

    def deviance(self, icc: Floats) -> Floats:
        """Minus twice the restricted log-likelihood, maximised over mean and total variance, without constants.

        Parameters
        ----------
        icc : float array, any shape
            From 0 to below 1.

        Notes
        -----
        With λ = ρ/(1 − ρ) and w = n/(1 + nλ): ``(N − 1) log Q + Σ log(1 + nλ) + log Σ w``, where Q is the sum of
        squares inside groups plus ``Σ w (ȳ − μ)²``, and μ the mean of the ȳ weighted by w (Searle, Casella and
        McCulloch 1992, Variance Components, section 3.8).
        """
        ratio = (np.asarray(icc) / (1 - np.asarray(icc)))[..., None]
        weight = self.size / (1 + self.size * ratio)
        total = weight.sum(axis=-1)
        centre = (weight * self.mean).sum(axis=-1) / total
        spread = self.within + (weight * (self.mean - centre[..., None]) ** 2).sum(axis=-1)
        n = self.size.sum()
        return np.asarray((n - 1) * np.log(spread) + np.log1p(self.size * ratio).sum(axis=-1) + np.log(total))


@dataclass(frozen=True)
class Icc:
    """An intraclass correlation by restricted maximum likelihood.

    Attributes
    ----------
    value, low, high : float or None
        With the profile likelihood interval.
    reason : str or None
        Of `WHY`.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class VarianceShares:
    """How a number varies between groups and inside them; see `variance_shares`.

    Attributes
    ----------
    n, n_groups, n_single : int
        Journals, groups, and groups with one journal.
    mean : float or None
    sd_between : float or None
        Standard deviation of the groups' means, each group once.
    sd_within : float or None
        Pooled standard deviation inside groups.
    eta2 : float or None
        Share of the sum of squares between groups, of these journals, 0 to 1. It rises with the number of groups alone.
    icc, icc_low, icc_high : float or None
        Intraclass correlation by restricted maximum likelihood with the 95 % profile likelihood interval: of groups at
        large, of which these are a sample.
    icc_anova : float or None
        The same by mean squares, at most 1; below 0 where journals of a group are less alike than others.
    reason : str or None
        Why `icc` is null: of `WHY`.
    without_low, without_high : float or None
        Smallest and largest ICC when one group is left out, and which that is; null of more than 300 groups.
    without_low_group, without_high_group : int or None
        Code of that group.
    n_undefined_without : int
        Groups without which the ICC is null.
    design_effect, effective_n : float or None
        Of the mean; independent journals that would say as much.
    """

    n: int
    n_groups: int
    n_single: int
    mean: float | None = None
    sd_between: float | None = None
    sd_within: float | None = None
    eta2: float | None = None
    icc: float | None = None
    icc_low: float | None = None
    icc_high: float | None = None
    icc_anova: float | None = None
    reason: str | None = None
    without_low: float | None = None
    without_low_group: int | None = None
    without_high: float | None = None
    without_high_group: int | None = None
    n_undefined_without: int = 0
    design_effect: float | None = None
    effective_n: float | None = None


def variance_shares(values: Floats, code: Ints) -> VarianceShares:
    """Split the variance of a number into what lies between groups and what lies inside them.

    Parameters
    ----------
    values : float array, shape (n_journals,)
        NaN where missing, which takes no part.
    code : int array, shape (n_journals,)
        Group of each journal.

    Notes
    -----
    ANOVA estimator: ``(MSB − MSW) / (MSB + (n₀ − 1) MSW)``, n₀ = (N − Σn²/N)/(G − 1) (Donner and Koval 1980, Biometrics
    36:19); in balanced data it equals the restricted maximum likelihood estimate where that is above 0. Checked against
    statsmodels' MixedLM and the data of Shrout and Fleiss 1979.

    Examples
    --------
    >>> shares = variance_shares(np.array([1.0, 2, 5, 6, 9, 10]), np.array([0, 0, 1, 1, 2, 2]))
    >>> round(shares.icc, 3), round(shares.eta2, 3)
    (0.969, 0.977)
    """
    keep = np.isfinite(values)
    y = values[keep]
    present, code = np.unique(code[keep], return_inverse=True)
    n, groups = len(y), len(present)
    size = np.bincount(code, minlength=groups)
    base = VarianceShares(n, groups, int((size == 1).sum()), float(y.mean()) if n else None)
    icc = intraclass(y, code)
    if groups < 2 or n == groups or icc.reason == NO_VARIATION:
        return replace(base, reason=icc.reason)
    means = np.bincount(code, y) / size
    within = float(((y - means[code]) ** 2).sum())
    between = float((size * (means - y.mean()) ** 2).sum())
    msb, msw = between / (groups - 1), within / (n - groups)
    n0 = (n - float((size**2).sum()) / n) / (groups - 1)
    left = [
        intraclass(y[code != g], code[code != g], None)
        for g in range(groups if 2 < groups <= MOST_LEFT_OUT else 0)
    ]
    there = {g: found.value for g, found in enumerate(left) if found.value is not None}
    low, high = (
        (min(there, key=there.__getitem__), max(there, key=there.__getitem__)) if there else (None, None)
    )
    effect = design_effect_of_mean(y, code)
    return replace(
        base,
        sd_between=float(means.std(ddof=1)),
        sd_within=float(np.sqrt(msw)),
        eta2=between / (between + within),
        icc=icc.value,
        icc_low=icc.low,
        icc_high=icc.high,
        icc_anova=(msb - msw) / (msb + (n0 - 1) * msw),
        reason=icc.reason,
        without_low=None if low is None else there[low],
        without_low_group=None if low is None else int(present[low]),
        without_high=None if high is None else there[high],
        without_high_group=None if high is None else int(present[high]),
        n_undefined_without=len(left) - len(there),
        design_effect=effect,
        effective_n=effective_n(n, effect),
    )


def intraclass(values: Floats, code: Ints, level: float | None = 0.95) -> Icc:
    """Intraclass correlation of the one-way random model by restricted maximum likelihood.

    Parameters
    ----------
    values : float array, shape (n,)
        Finite.
    code : int array, shape (n,)
        Group of each unit, 0 and more.
    level : float or None
        Of the interval; None for no interval.

    Returns
    -------
    Icc
        Null where the maximum lies at 0: 0 would look like a measurement of none. The interval holds all values whose
        deviance exceeds the least by no more than the quantile of chi-square with one degree of freedom.
    """
    from scipy.optimize import brentq, minimize_scalar
    from scipy.stats import chi2

    _, code = np.unique(code, return_inverse=True)
    n, groups = len(values), int(code.max(initial=-1)) + 1
    spread = float(np.ptp(values)) if n else 0.0
    if n < 2 or spread <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return Icc(None, reason=NO_VARIATION)
    if groups < 2:
        return Icc(None, reason=TOO_FEW_GROUPS)
    if groups == n:
        return Icc(None, reason=NO_REPLICATES)
    y = (values - values.mean()) / spread  # an ICC does not depend on origin and unit
    size = np.bincount(code).astype(float)
    mean = np.bincount(code, y) / size
    within = float(((y - mean[code]) ** 2).sum())
    if within <= 1e-20 * n:
        return Icc(None, reason=NONE_WITHIN)
    data = Likelihood(size, mean, within)

    def deviance(icc: float) -> float:
        return float(data.deviance(np.array(icc)))

    found = data.deviance(GRID)
    k = int(found.argmin())
    if k == len(GRID) - 1:
        return Icc(None, reason=NONE_WITHIN)
    bounds = (GRID[max(k - 1, 0)], GRID[k + 1])
    best = minimize_scalar(deviance, bounds=bounds, method="bounded", options={"xatol": 1e-12})
    least, value = float(best.fun), float(best.x)
    if found[0] <= least + 1e-10 or value < 1e-7:
        return Icc(None, reason=BOUNDARY)
    if level is None:
        return Icc(value)
    limit = least + float(chi2.ppf(level, 1))

    def beyond(icc: float) -> float:
        return deviance(icc) - limit

    low = 0.0 if beyond(0.0) <= 0 else float(brentq(beyond, 0.0, value))
    top = 1 - 1e-12
    high = 1.0 if beyond(top) <= 0 else float(brentq(beyond, value, top))
    return Icc(value, low, high)
