"""Titles and findings of the charts of surveys side by side."""

from __future__ import annotations

from rdpscore.comparing.comparison import Pair
from rdpscore.figures import comparison
from rdpscore.report.pictures import Picture


def answers_picture(pair: Pair) -> Picture:
    """How two surveys answer the shared items."""
    items = pair.items[pair.items["n"] > 0]
    most = items.sort_values("differ", ascending=False, kind="stable").iloc[0]
    see = "No journal has another answer."
    if most["differ"] > 0:
        see = (
            f"They part most on {str(most['title']).lower()}: {100 * most['differ']:.0f} % of the journals have "
            "another answer."
        )
    return Picture(comparison.distributions(pair), "How do the surveys answer the shared items?", see)


def moved_picture(pair: Pair) -> Picture:
    """Where the second survey's answers are stricter, and where looser."""
    counts = pair.counts
    verb = "changed or were coded otherwise" if pair.later else "differ"
    return Picture(
        comparison.moved_answers(pair),
        "Where does B demand more, where less?" if pair.later is None else "What moved between A and B?",
        f"{counts['n'] - counts['same']:,} of {counts['n']:,} answers {verb}: {counts['stricter']:,} stricter in B, "
        f"{counts['looser']:,} looser.",
    )
