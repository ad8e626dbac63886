"""How small an effect the design could find, and how small a bound it could show to hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.inference.verdicts import LEAST_DF
from rdpscore.predictors.finding import plain, words
from rdpscore.predictors.frame import ModelFrame
from rdpscore.predictors.rows import Question, Row

Floats = npt.NDArray[np.float64]

ALPHA = 0.05
POWER = 0.8
N_QUANTILES = 20_000


@dataclass(frozen=True)
class Power:
    """What one coefficient's design can show.

    Attributes
    ----------
    question, term, label, held, unit
        Of the coefficient.
    se, df : float or None
        CR2 with Satterthwaite's degrees of freedom.
    detectable : float or None
        Smallest true effect that a two-sided t test at 5 % finds in 80 % of surveys of this design.
    provable : float or None
        Smallest bound within which a true effect of 0 is shown to lie, by two one-sided tests at 5 %, in 80 % of them.
    excluded : float or None
        Effects larger than this, either way, the 95 % interval of this survey excludes.
    shown : float or None
        Smallest bound within which this survey shows the effect to lie: the far end of its 90 % interval.
    bound : float or None
        What counts as none, as stated beforehand.
    step : float
        What one item moves the outcome.
    reason : str or None
        Why there is nothing.
    """

    question: Question
    term: str
    label: str
    held: str
    unit: str
    se: float | None
    df: float | None
    detectable: float | None
    provable: float | None
    excluded: float | None
    shown: float | None
    bound: float | None
    step: float
    reason: str | None

    def items(self, value: float | None) -> float | None:
        """A difference of the outcome in items, each from its lowest to its highest option."""
        return None if value is None else value / self.step

    @property
    def sentence(self) -> str:
        """In words."""
        opening = f"{_OPENING[self.question]}, {self.label}"
        if self.detectable is None or self.provable is None:
            return f"{opening}: nothing can be said of power, as there is no standard error."
        said = (
            f"{opening}: an effect of {_both(self, self.detectable)} would be found in 80 % of such surveys; "
            f"where there is none, that it is below {_both(self, self.provable)} could be shown"
        )
        if self.bound is not None:
            inside = "within" if self.provable <= self.bound else "wider than"
            said += f", which is {inside} the bound of {plain(self.bound)}"
        said += f". This survey excludes more than {_both(self, self.excluded)} either way."
        if self.df is not None and self.df < LEAST_DF:
            said += " With fewer than 4 degrees of freedom this is rough."
        return said

    def row(self) -> dict[str, Any]:
        """As one row of a table, with effects in items beside those in the outcome's unit."""
        own = asdict(self)
        return own | {
            f"{k}_items": self.items(own[k]) for k in ("detectable", "provable", "excluded", "shown")
        }


_OPENING = {
    "pooled": "Over all journals",
    "within": "Among journals of one publisher",
    "between": "Between publishers' means",
}


def _both(power: Power, value: float | None) -> str:
    items = power.items(value)
    return "–" if value is None or items is None else f"{plain(value)} ({items:.2g} items)"


def power(frame: ModelFrame, rows: Sequence[Row]) -> tuple[Power, ...]:
    """Power of every coefficient, from its rows by CR2.

    Parameters
    ----------
    frame : ModelFrame
    rows : sequence of Row
        As from `questions.estimate`; the main row of each coefficient is used, so that effects are on
        the scale on which verdicts are given.

    Notes
    -----
    The standard error that this survey shows is taken for the true one. It is a property of the design and of how much
    scores vary, not of the effect found; the power to find the effect that was found would only restate its p (Hoenig
    and Heisey 2001, American Statistician 55:19).
    """
    return tuple(_power(frame, r) for r in rows if r.main)


def _power(frame: ModelFrame, row: Row) -> Power:
    what = words(row.label) if row.scale == "unit" else row.unit
    place = (row.question, row.term, what, row.held, row.unit)
    step = frame.outcome.step
    if row.se is None or row.df is None or not row.se > 0:
        return Power(*place, row.se, row.df, None, None, None, None, row.bound, step, row.reason or "no_se")
    return Power(
        *place,
        row.se,
        row.df,
        detectable(row.df) * row.se,
        provable(row.df) * row.se,
        _far(row.low, row.high),
        _far(row.low90, row.high90),
        row.bound,
        step,
        None,
    )


def _far(low: float | None, high: float | None) -> float | None:
    return None if low is None or high is None else max(abs(low), abs(high))


def power_table(found: Sequence[Power]) -> pd.DataFrame:
    """One row a coefficient."""
    return pd.DataFrame([p.row() for p in found])


# In standard errors ---------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def detectable(df: float, *, alpha: float = ALPHA, power: float = POWER) -> float:
    """Smallest effect, in standard errors, that a two-sided t test finds with a given power.

    Parameters
    ----------
    df : float
        Above 0.
    alpha, power : float
        Between 0 and 1, `power` above `alpha`.

    Notes
    -----
    It rejects where ``|Z + δ| > t S`` with Z standard normal and S² a chi-square over its degrees of freedom, so the
    power is ``E Φ(δ − t S) + Φ(−δ − t S)``: noncentral t, integrated over quantiles of S, which stays finite where
    libraries' noncentral t does not. Checked against statsmodels' TTestPower, and against simulation.
    """
    from scipy.special import ndtr
    from scipy.stats import t as student

    reach = float(student.ppf(1 - alpha / 2, df)) * _spread(df)
    return _smallest(lambda delta: float((ndtr(delta - reach) + ndtr(-delta - reach)).mean()) - power)


@lru_cache(maxsize=256)
def provable(df: float, *, alpha: float = ALPHA, power: float = POWER) -> float:
    """Smallest bound, in standard errors, within which two one-sided t tests show an effect of 0 with a given power.

    Parameters
    ----------
    df : float
        Above 0.
    alpha, power : float

    Notes
    -----
    Both reject where ``|Z| ≤ δ − t S`` with Z standard normal and S² a chi-square over its degrees of freedom, so the
    power is ``E max(2 Φ(δ − t S) − 1, 0)`` (Phillips 1990, Journal of Pharmacokinetics and Biopharmaceutics 18:137),
    integrated over quantiles of S. With many degrees of freedom it is ``z₀.₉₅ + z₀.₉₀``.
    """
    from scipy.special import ndtr
    from scipy.stats import t as student

    reach = float(student.ppf(1 - alpha, df)) * _spread(df)
    return _smallest(lambda delta: float(np.maximum(2 * ndtr(delta - reach) - 1, 0).mean()) - power)


def _spread(df: float) -> Floats:
    """Quantiles of S, the square root of a chi-square over its degrees of freedom."""
    from scipy.special import chdtri

    share = (np.arange(N_QUANTILES) + 0.5) / N_QUANTILES
    return np.asarray(np.sqrt(chdtri(df, 1 - share) / df))


def _smallest(lacking: Callable[[float], float]) -> float:
    """Where an increasing function of an effect in standard errors crosses 0."""
    from scipy.optimize import brentq

    high = 4.0
    while lacking(high) < 0:
        high *= 1.5
    return float(brentq(lacking, 0.0, high, xtol=1e-10))
