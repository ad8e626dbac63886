"""Words and numbers that the sections of the report on agreement share."""

from __future__ import annotations

from rdpscore.cli.common import number

LONGEST = 28


def interval(low: float | None, high: float | None) -> str:
    """``"0.20 to 0.50"``."""
    return "–" if low is None or high is None else f"{number(low)} to {number(high)}"


def short(text: str, longest: int = LONGEST) -> str:
    """Text cut to a length."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
