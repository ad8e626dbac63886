"""Student's t of an estimate that has a standard error and degrees of freedom."""

from __future__ import annotations

from dataclasses import dataclass

LEVEL = 0.95


@dataclass(frozen=True)
class Student:
    """An estimate with what Student's t needs; nothing that would look like a result where there is none.

    Attributes
    ----------
    estimate : float or None
    se, df : float or None
        Standard error and degrees of freedom.
    reason : str or None
        Why there is no standard error, and where `estimate` is None no estimate either.
    """

    estimate: float | None
    se: float | None
    df: float | None
    reason: str | None

    def p(self, null: float = 0.0) -> float | None:
        """Two-sided p of a value; None where the standard error is 0, which shows nothing."""
        if self.estimate is None or not self.se or self.df is None:
            return None
        from scipy.special import stdtr

        return float(2 * stdtr(self.df, -abs(self.estimate - null) / self.se))

    def interval(self, level: float = LEVEL) -> tuple[float, float] | None:
        """Two-sided confidence interval.

        Raises
        ------
        ValueError
            If the level is not between 0 and 1.
        """
        if not 0 < level < 1:
            raise ValueError("a level is between 0 and 1")
        if self.estimate is None or self.se is None or self.df is None:
            return None
        from scipy.special import stdtrit

        reach = float(stdtrit(self.df, (1 + level) / 2)) * self.se
        return self.estimate - reach, self.estimate + reach
