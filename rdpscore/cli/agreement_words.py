"""Words and numbers that the sections of the report on agreement share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdpscore.cli.common import number

if TYPE_CHECKING:
    from rdpscore.agreement import AgreementResult

REASONS = {
    "no_pairable_units": "no journal has two answers",
    "no_variation": "one option, always",
    "carried_by_few_clusters": "rests on too few {clusters}",
    "no_disagreement": "no disagreement",
    "too_few_groups": "too few publishers",
    "not_positive": "no number of coders is enough",
    "too_few_clusters": "fewer than five {clusters}",
    "not_estimable": "no finite estimate",
}

LONGEST = 28


def reason(result: AgreementResult, code: str | None) -> str:
    """A reason code in words."""
    return REASONS.get(code or "", code or "").format(clusters=clusters(result, 2))


def clusters(result: AgreementResult, n: int) -> str:
    """What clusters are, in the singular or the plural."""
    name = result.options.cluster
    return name if n == 1 else {"policy": "policies"}.get(name, f"{name}s")


def interval(low: float | None, high: float | None) -> str:
    """``"0.20 to 0.50"``."""
    return "–" if low is None or high is None else f"{number(low)} to {number(high)}"


def short(text: str, longest: int = LONGEST) -> str:
    """Text cut to a length."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
