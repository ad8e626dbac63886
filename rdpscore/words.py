"""Numbers and counts as people read them, in the terminal, on pages and in reports."""

from __future__ import annotations


def percent(share: float | None) -> str:
    """``"77 %"``."""
    return "–" if share is None else f"{100 * share:.0f} %"


def number(value: float | None, decimals: int = 2) -> str:
    """A number or a dash; a true minus sign, and none before zero."""
    if value is None or value != value:
        return "–"
    return f"{value:z.{decimals}f}".replace("-", "−")


def plural(n: int, thing: str) -> str:
    """``"1 journal"``, ``"171 journals"``."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}"
