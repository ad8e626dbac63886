"""From two tests and a bound to one of four words.

An effect is told only where two methods that err in different ways, CR2 with Satterthwaite's degrees of freedom and
the wild cluster bootstrap, both show it; that there is none worth speaking of, only where the interval lies within a
bound that was stated beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rdpscore.inference.sandwich import CoefficientTest
from rdpscore.inference.student import LEVEL
from rdpscore.inference.wild import WildBootstrap

Word = Literal["effect", "negligible effect", "equivalent", "inconclusive"]
Interval = tuple[float, float]

METHODS_DISAGREE = "methods_disagree"
FEW_DEGREES_OF_FREEDOM = "few_degrees_of_freedom"
UNDECIDED = "undecided"

LEAST_DF = 4.0
"""Below, Satterthwaite's approximation is too rough (Bell and McCaffrey 2002; Pustejovsky and Tipton 2018)."""


@dataclass(frozen=True)
class Verdict:
    """What the data say about a coefficient.

    Attributes
    ----------
    word : {"effect", "negligible effect", "equivalent", "inconclusive"}
    reason : str or None
        Why it is inconclusive: ``undecided``, the interval holds both no effect and one beyond the bound (or no bound
        was stated); ``methods_disagree``, one method shows what the other does not; ``few_degrees_of_freedom``, CR2
        has fewer than 4; or the reason for which a method gives nothing.
    """

    word: Word
    reason: str | None = None


def verdict(cr2: CoefficientTest, wild: WildBootstrap, bound: float | None) -> Verdict:
    """The verdict on a coefficient being 0.

    Parameters
    ----------
    cr2 : CoefficientTest
        Of kind ``CR2``.
    wild : WildBootstrap
        Of the same coefficient.
    bound : float or None
        Largest effect either way that does not matter, in the coefficient's unit, above 0; without one there are
        only ``effect`` and ``inconclusive``.
    """
    reason = cr2.reason or wild.reason
    p_cr2, p_wild = cr2.p(), wild.p()
    if reason or p_cr2 is None or p_wild is None or cr2.df is None:
        return Verdict("inconclusive", reason)
    return decide(
        p=(p_cr2, p_wild),
        narrow=(cr2.interval(2 * LEVEL - 1), wild.interval(2 * LEVEL - 1)),
        df=cr2.df,
        bound=bound,
    )


def decide(
    *,
    p: tuple[float, float],
    narrow: tuple[Interval | None, Interval | None],
    df: float,
    bound: float | None,
) -> Verdict:
    """The rule itself, on numbers.

    Parameters
    ----------
    p : pair of float
        Of no effect, by CR2 and by the wild bootstrap; significant is at most 0.05.
    narrow : pair of intervals
        At 90 %, whose lying within the bound is two one-sided tests at 5 % (Schuirmann 1987, Journal of
        Pharmacokinetics and Biopharmaceutics 15:657); None does not lie within.
    df : float
        Of CR2.
    bound : float or None

    Raises
    ------
    ValueError
        If the bound is not above 0.

    Examples
    --------
    >>> decide(p=(0.01, 0.02), narrow=((0.05, 0.2), (0.04, 0.2)), df=9, bound=0.03).word
    'effect'
    >>> decide(p=(0.8, 0.7), narrow=((-0.01, 0.02), (-0.02, 0.02)), df=9, bound=0.03).word
    'equivalent'
    >>> decide(p=(0.053, 0.0026), narrow=((0.01, 0.2), (0.05, 0.2)), df=9, bound=0.03).reason
    'methods_disagree'
    """
    if bound is not None and not bound > 0:
        raise ValueError("a bound is above 0")
    if df < LEAST_DF:
        return Verdict("inconclusive", FEW_DEGREES_OF_FREEDOM)
    significant = [value <= 1 - LEVEL for value in p]
    within = [bound is not None and i is not None and -bound < i[0] and i[1] < bound for i in narrow]
    if len(set(significant)) > 1 or len(set(within)) > 1:
        return Verdict("inconclusive", METHODS_DISAGREE)
    if significant[0]:
        return Verdict("negligible effect" if within[0] else "effect")
    return Verdict("equivalent") if within[0] else Verdict("inconclusive", UNDECIDED)
