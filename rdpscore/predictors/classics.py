"""The classics: tests that take journals as independent, to reproduce a study and to lay beside what takes them not.

Journals of one publisher share policies, so these tests reject true nulls far too often on surveys of journals. They
are here because studies print them, and carry no verdict.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.survey.aligning import same_rows

Floats = npt.NDArray[np.float64]

IGNORES = "ignores that journals of a publisher are not independent"
FROM_NORMAL = "clustered by publisher, but from the normal distribution: too sure where publishers are few"


@dataclass(frozen=True)
class Classic:
    """One test.

    Attributes
    ----------
    test : str
    n : int
        Units with both values.
    statistic_name : str
        ``r``, ``rho``, ``tau``, ``t``, ``F``, ``H``, ``U``, ``odds ratio``, ``chi2`` or ``z``.
    statistic, p : float or None
        The statistic and its two-sided p value.
    freedom : tuple of float
        Degrees of freedom, where the reference distribution has any.
    estimate, se, low, high : float or None
        Of tests that estimate a difference or a slope: with standard error and 95 % interval.
    label : str
        What the test takes for granted.
    reason : str or None
        Why the figures are null: ``too_few`` (units), ``no_variation`` (a side is constant), ``no_residual`` (nothing
        varies inside groups), ``not_two_groups``, ``not_two_by_two`` (there is no odds ratio), ``no_bound`` (nor one
        with an end), ``too_few_clusters``.
    """

    test: str
    n: int
    statistic_name: str
    statistic: float | None = None
    p: float | None = None
    freedom: tuple[float, ...] = ()
    estimate: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    label: str = IGNORES
    reason: str | None = None


# Two numbers --------------------------------------------------------------------------------------------


def pearson(x: Floats, y: Floats) -> Classic:
    """Pearson's product-moment correlation with p by t(n − 2); ``scipy.stats.pearsonr``."""
    from scipy.stats import pearsonr

    return _correlation("Pearson", "r", pearsonr, x, y)


def spearman(x: Floats, y: Floats) -> Classic:
    """Spearman's rank correlation with p by t(n − 2); ``scipy.stats.spearmanr``."""
    from scipy.stats import spearmanr

    return _correlation("Spearman", "rho", spearmanr, x, y)


def kendall(x: Floats, y: Floats) -> Classic:
    """Kendall's tau-b; ``scipy.stats.kendalltau`` (p exact where few and without ties, else asymptotic)."""
    from scipy.stats import kendalltau

    return replace(_correlation("Kendall", "tau", kendalltau, x, y), freedom=())


def _correlation(name: str, symbol: str, function: Callable[..., Any], x: Floats, y: Floats) -> Classic:
    keep = np.isfinite(x) & np.isfinite(y)
    x, y = x[keep], y[keep]
    empty = Classic(name, len(x), symbol)
    if len(x) < 3:
        return replace(empty, reason="too_few")
    if _constant(x) or _constant(y):
        return replace(empty, reason="no_variation")
    found = function(x, y)
    return replace(
        empty, statistic=float(found.statistic), p=float(found.pvalue), freedom=(float(len(x) - 2),)
    )


# A number between groups --------------------------------------------------------------------------------


def welch(y: Floats, group: npt.NDArray[Any]) -> Classic:
    """Welch's t of two groups, the later label minus the earlier; ``scipy.stats.ttest_ind(equal_var=False)``."""
    return _t("Welch", y, group, equal_variances=False)


def student(y: Floats, group: npt.NDArray[Any]) -> Classic:
    """Student's t of two groups of one variance, the later label minus the earlier; ``scipy.stats.ttest_ind``."""
    return _t("Student", y, group, equal_variances=True)


def _t(name: str, y: Floats, group: npt.NDArray[Any], *, equal_variances: bool) -> Classic:
    from scipy.stats import ttest_ind

    samples, n = _samples(y, group)
    out = Classic(name, n, "t")
    if len(samples) != 2:
        return replace(out, reason="no_variation" if len(samples) < 2 else "not_two_groups")
    if n < 3 if equal_variances else min(map(len, samples)) < 2:
        return replace(out, reason="too_few")
    if all(map(_constant, samples)):
        return replace(out, reason="no_residual")
    found = ttest_ind(samples[1], samples[0], equal_var=equal_variances)
    interval = found.confidence_interval()
    return replace(
        out,
        statistic=float(found.statistic),
        p=float(found.pvalue),
        freedom=(float(found.df),),
        estimate=float(samples[1].mean() - samples[0].mean()),
        se=float((samples[1].mean() - samples[0].mean()) / found.statistic) if found.statistic else None,
        low=float(interval.low),
        high=float(interval.high),
    )


def anova(y: Floats, group: npt.NDArray[Any]) -> Classic:
    """One-way analysis of variance; ``scipy.stats.f_oneway``."""
    from scipy.stats import f_oneway

    samples, n = _samples(y, group)
    out = Classic("one-way ANOVA", n, "F")
    if len(samples) < 2:
        return replace(out, reason="no_variation")
    if n <= len(samples):
        return replace(out, reason="too_few")
    if all(map(_constant, samples)):
        return replace(out, reason="no_residual")
    found = f_oneway(*samples)
    freedom = (float(len(samples) - 1), float(n - len(samples)))
    return replace(out, statistic=float(found.statistic), p=float(found.pvalue), freedom=freedom)


def kruskal_wallis(y: Floats, group: npt.NDArray[Any]) -> Classic:
    """Kruskal and Wallis' rank test with the correction for ties; ``scipy.stats.kruskal``."""
    from scipy.stats import kruskal

    samples, n = _samples(y, group)
    out = Classic("Kruskal–Wallis", n, "H")
    if len(samples) < 2 or _constant(np.concatenate(samples)):
        return replace(out, reason="no_variation")
    if n < 3:
        return replace(out, reason="too_few")
    found = kruskal(*samples)
    return replace(
        out, statistic=float(found.statistic), p=float(found.pvalue), freedom=(float(len(samples) - 1),)
    )


def mann_whitney(y: Floats, group: npt.NDArray[Any]) -> Classic:
    """Mann and Whitney's U of the later label; ``scipy.stats.mannwhitneyu`` (exact where few and without ties)."""
    from scipy.stats import mannwhitneyu

    samples, n = _samples(y, group)
    out = Classic("Mann–Whitney", n, "U")
    if len(samples) != 2:
        return replace(out, reason="no_variation" if len(samples) < 2 else "not_two_groups")
    if _constant(np.concatenate(samples)):
        return replace(out, reason="no_variation")
    found = mannwhitneyu(samples[1], samples[0], alternative="two-sided")
    return replace(out, statistic=float(found.statistic), p=float(found.pvalue))


def least_squares(
    y: Floats, x: Floats, cluster: npt.NDArray[Any] | None = None, *, test: str = "OLS"
) -> Classic:
    """Slope of an ordinary least squares line, or the difference of two groups coded 0 and 1.

    Parameters
    ----------
    y, x : float arrays, shape (n,)
    cluster : array, shape (n,), optional
        With it the standard error is cluster-robust (CR1), and p and interval come from the normal distribution, as
        statsmodels does by default and many studies print; without it they are the classical ones, by t(n − 2).
    test : str
        Name of the test in the result.

    Notes
    -----
    ``statsmodels.OLS``. CR1 multiplies by G/(G − 1) · (n − 1)/(n − 2).
    """
    keep = np.isfinite(y) & np.isfinite(x)
    y, x = y[keep], x[keep]
    clustered = cluster is not None
    out = Classic(test, len(y), "z" if clustered else "t", label=FROM_NORMAL if clustered else IGNORES)
    if len(y) < 3:
        return replace(out, reason="too_few")
    if _constant(x) or _constant(y):
        return replace(out, reason="no_variation")
    with warnings.catch_warnings():  # its import warns of pandas' own future
        warnings.simplefilter("ignore")
        from statsmodels.regression.linear_model import OLS

    model = OLS(y, np.column_stack([np.ones(len(x)), x]))
    plain = model.fit()
    if plain.ssr <= 1e-12 * plain.centered_tss:
        return replace(out, reason="no_residual")
    if cluster is not None:
        code = pd.factorize(pd.Series(cluster, dtype=object)[keep])[0]
        if len(np.unique(code)) < 2:
            return replace(out, reason="too_few_clusters")
        usual = float(plain.bse[1]) ** 2
        plain = model.fit(cov_type="cluster", cov_kwds={"groups": code}, use_t=False)
        if plain.cov_params()[1, 1] <= 1e-12 * usual:  # residuals add up to nothing in every cluster
            return replace(out, reason="no_residual")
    with np.errstate(invalid="ignore"):  # the variance of the intercept alone may be a rounded 0 below 0
        low, high = plain.conf_int()[1]
    return replace(
        out,
        statistic=float(plain.tvalues[1]),
        p=float(plain.pvalues[1]),
        freedom=() if clustered else (float(len(y) - 2),),
        estimate=float(plain.params[1]),
        se=float(plain.bse[1]),
        low=float(low),
        high=float(high),
    )


# Two classifications ------------------------------------------------------------------------------------


def chi_square(a: npt.NDArray[Any], b: npt.NDArray[Any], *, yates: bool = False) -> Classic:
    """Pearson's chi-square of two classifications; ``scipy.stats.chi2_contingency``.

    `yates` moves the counts of a two-by-two table half a unit towards those expected; larger tables stay.
    """
    from scipy.stats import chi2_contingency

    table, n = _cross(a, b)
    out = Classic("chi-square", n, "chi2")
    if min(table.shape) < 2:
        return replace(out, reason="no_variation")
    found = chi2_contingency(table, correction=yates)
    return replace(out, statistic=float(found.statistic), p=float(found.pvalue), freedom=(float(found.dof),))


@dataclass(frozen=True)
class Draws:
    """How often, and from which seed, tables are drawn."""

    samples: int
    seed: int


def fisher(a: npt.NDArray[Any], b: npt.NDArray[Any], draws: Draws | None = None) -> Classic:
    """Fisher's exact test of two classifications (Freeman and Halton's for more than two by two).

    Parameters
    ----------
    a, b : arrays, shape (n,)
    draws : Draws, optional
        Draw tables of the same totals instead of counting all of them: ``scipy.stats.fisher_exact``, whose p is that of
        ``simulate.p.value`` in R, (1 + tables as rare) / (1 + samples).

    Returns
    -------
    Classic
        p; its standard error in `se`, 0 where it is exact; the odds ratio of two by two as statistic.

    Raises
    ------
    ValueError
        There are more tables of these totals than can be counted, or `draws` is of no sample.
    """
    from scipy.stats import MonteCarloMethod, fisher_exact

    table, n = _cross(a, b)
    out = Classic("Fisher exact", n, "odds ratio")
    if min(table.shape) < 2:
        return replace(out, reason="no_variation")
    if draws is not None:
        if draws.samples < 1:
            raise ValueError("samples is a whole number from 1")
        method = MonteCarloMethod(n_resamples=draws.samples, batch=10_000, rng=draws.seed)
        p = float(fisher_exact(table, method=method).pvalue)
        out = replace(out, p=p, se=float(np.sqrt(p * (1 - p) / (draws.samples + 1))))
    elif table.shape == (2, 2):
        out = replace(out, p=float(fisher_exact(table).pvalue), se=0.0)
    else:
        out = replace(out, p=exact_p(table), se=0.0)
    if table.shape != (2, 2):
        return replace(out, reason="not_two_by_two")
    ratio = float(fisher_exact(table).statistic)
    return replace(out, statistic=ratio) if np.isfinite(ratio) else replace(out, reason="no_bound")


MOST_STEPS = 300_000_000
"""As many comparisons as `exact_p` makes of partial tables: some seconds."""
MOST_TABLES = 3_000_000
"""As many partial tables as it keeps at once: some hundred megabytes."""
TOO_LARGE = "the table is too large for the exact test; give method: monte_carlo"


def exact_p(table: npt.NDArray[np.int64]) -> float:
    """Probability of all tables with these totals that are no more probable than this one.

    Column by column; partial tables that leave the same totals and are as probable are one (the nodes of the network
    of Mehta and Patel 1983), and the last two columns, the largest, follow from what is left. scipy has no exact test
    of larger tables; checked against ``fisher.test`` of R.

    Raises
    ------
    ValueError
        It would take more than `MOST_STEPS` or `MOST_TABLES`.
    """
    from scipy.special import gammaln

    table = table.T if table.shape[0] > table.shape[1] else table
    rows, columns = table.sum(axis=1), np.sort(table.sum(axis=0))
    logs = gammaln(np.arange(table.sum() + 1) + 1.0)  # of factorials
    if np.log2(rows + 1.0).sum() > 62:  # what is left would not be one number
        raise ValueError(TOO_LARGE)
    radix = np.append(1, np.cumprod(rows[:-1] + 1))
    left, log, many = rows[None, :], np.zeros(1), np.ones(1)
    for total in columns[:-2]:
        parts = _parts(int(total), rows, len(left))
        found = [(np.flatnonzero((left >= part).all(axis=1)), part) for part in parts]
        if sum(len(at) for at, _ in found) > MOST_TABLES:
            raise ValueError(TOO_LARGE)
        log = np.concatenate([log[at] - logs[part].sum() for at, part in found])
        many = np.concatenate([many[at] for at, _ in found])
        left = np.concatenate([left[at] - part for at, part in found])
        code = left @ radix
        order = np.lexsort((log, code))
        left, log, many, code = left[order], log[order], many[order], code[order]
        new = np.append(True, (np.diff(code) != 0) | (np.diff(log) > 1e-10))
        left, log, many = left[new], log[new], np.add.reduceat(many, np.flatnonzero(new))
    _, starts = np.unique(left @ radix, return_index=True)
    nodes, bounds = left[starts], np.append(starts, len(left))
    parts = _parts(int(columns[-2]), rows, len(nodes))
    constant = logs[rows].sum() + logs[columns].sum() - logs[table.sum()]
    most = -logs[table].sum() + 1e-7  # equal but for rounding is equal
    chance = 0.0
    for node, start, end in zip(nodes, bounds[:-1], bounds[1:], strict=True):
        fit = parts[(parts <= node).all(axis=1)]
        last = np.sort(-logs[fit].sum(axis=1) - logs[node - fit].sum(axis=1))
        below = np.append(0.0, np.cumsum(np.exp(last - last[-1])))
        here = slice(start, end)
        taken = below[np.searchsorted(last, most - log[here], side="right")]
        chance += float((many[here] * np.exp(log[here] + last[-1] + constant) * taken).sum())
    return min(1.0, chance)


def _parts(total: int, most: npt.NDArray[np.int64], times: int) -> npt.NDArray[np.int64]:
    """All ways to lay a total into places that hold so many at most, shape (n_ways, n_places)."""
    partial = np.zeros((1, 0), np.int64)
    for room in most[:-1]:
        here = np.arange(min(total, int(room)) + 1)
        n = len(partial) * len(here)
        if n > MOST_TABLES or n * times > MOST_STEPS:
            raise ValueError(TOO_LARGE)
        partial = np.column_stack([np.repeat(partial, len(here), axis=0), np.tile(here, len(partial))])
        partial = partial[partial.sum(axis=1) <= total]
    last = total - partial.sum(axis=1)
    return np.asarray(np.column_stack([partial, last])[last <= most[-1]])


# All that apply -----------------------------------------------------------------------------------------


def naive(
    outcome: npt.NDArray[Any], predictor: npt.NDArray[Any], cluster: npt.NDArray[Any] | None = None
) -> tuple[Classic, ...]:
    """All classics that apply to an outcome and a predictor.

    Parameters
    ----------
    outcome, predictor : arrays, shape (n,)
        Numbers, missing as NaN; or categories (text, truth), missing as None, NaN or NA. Categories are ordered by
        their text.
    cluster : array, shape (n,), optional
        Publisher of each unit; adds the slope or difference with the CR1 standard error.

    Returns
    -------
    tuple of Classic
        Numbers with numbers: Pearson, Spearman, least squares. Numbers with categories: one-way ANOVA,
        Kruskal–Wallis; of two categories also Welch, Mann–Whitney, least squares. Categories with categories:
        chi-square, and Fisher of two by two.

    Raises
    ------
    ValueError
        The arguments have different lengths, or columns of frames among them different indexes.

    Examples
    --------
    >>> rows = naive(np.array([0.1, 0.2, 0.4, 0.3]), np.array(["a", "a", "b", "b"], object))
    >>> [row.test for row in rows]
    ['Welch', 'one-way ANOVA', 'Kruskal–Wallis', 'Mann–Whitney', 'OLS']
    """
    same_rows(outcome=outcome, predictor=predictor, **({} if cluster is None else {"cluster": cluster}))
    y, x = _typed(outcome), _typed(predictor)
    if y.dtype == object and x.dtype == object:
        table, _ = _cross(y, x)
        both = (chi_square(y, x),)
        return (*both, fisher(y, x)) if table.shape == (2, 2) else both
    if y.dtype == object:  # a test of groups is one of the number between the categories of the other
        return naive(x, y, cluster)
    if x.dtype != object:
        return (pearson(x, y), spearman(x, y), *_lines(y, x, cluster))
    labels = sorted({str(v) for v, number in zip(x, y, strict=True) if v is not None and np.isfinite(number)})
    if len(labels) != 2:
        return (anova(y, x), kruskal_wallis(y, x))
    coded = np.array([np.nan if v is None else float(str(v) == labels[1]) for v in x])
    return (welch(y, x), anova(y, x), kruskal_wallis(y, x), mann_whitney(y, x), *_lines(y, coded, cluster))


def _lines(y: Floats, x: Floats, cluster: npt.NDArray[Any] | None) -> Iterable[Classic]:
    yield least_squares(y, x)
    if cluster is not None:
        yield least_squares(y, x, cluster, test="OLS, CR1")


def _typed(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Floats, or objects with None for missing; truth values are categories."""
    array = pd.Series(values)
    if pd.api.types.is_bool_dtype(array) or not pd.api.types.is_numeric_dtype(array):
        return np.array([None if pd.isna(v) else v for v in array], dtype=object)
    return np.asarray(array.to_numpy(float, na_value=np.nan))


def _samples(y: Floats, group: npt.NDArray[Any]) -> tuple[list[Floats], int]:
    """The values of each group, in the order of the labels' text, and how many there are."""
    labels = np.array(["" if g is None or pd.isna(g) else str(g) for g in group], dtype=object)
    there = np.isfinite(y) & (labels != "")
    out = [y[there & (labels == label)] for label in sorted(set(labels[there]))]
    return out, int(there.sum())


def _cross(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], int]:
    """The table of counts of two classifications."""
    left, right = (pd.Series([None if pd.isna(v) else str(v) for v in s], dtype=object) for s in (a, b))
    table = pd.crosstab(left, right).to_numpy(np.int64)
    return table, int(table.sum())


def _constant(values: Floats) -> bool:
    """Whether nothing varies but rounding: means of equal numbers differ in the last digit."""
    return len(values) == 0 or bool(np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max())))
