"""What the terminal and the dashboard say of two surveys in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdpscore.words import plural

if TYPE_CHECKING:
    from rdpscore.comparing.comparison import Pair

WHY = {
    "dates_not_recorded": "not both surveys say when they read the policies",
    "read_at_the_same_time": "the surveys read the policies at overlapping times",
}


def matched(pair: Pair) -> str:
    """How many journals are in both, and by what they were found to be one."""
    kinds = pair.matches["by"].value_counts().to_dict()
    told = ", ".join(f"{n:,} by {k}" if k != "confirmed" else f"{n:,} confirmed" for k, n in kinds.items())
    return (
        f"{plural(len(pair.matches), 'journal')} in both{f' ({told})' if told else ''}; {len(pair.only_a):,} in "
        f"{pair.a.label} only, {len(pair.only_b):,} in {pair.b.label} only"
    )


def terms_words(pair: Pair) -> str:
    """Which items are shared, and through what."""
    made = pair.terms.translation
    said = f"{plural(len(pair.terms.codebook.items), 'shared item')} of {pair.terms.codebook.id}"
    if made is None:
        return said
    whose = pair.a.label if pair.terms.translated == "a" else pair.b.label
    return f"{said}, {whose} through the crosswalk {made.crosswalk.id}"


def moved_words(pair: Pair) -> str:
    """How many answers differ, in which direction, and whether that is a change."""
    counts, a, b = pair.counts, pair.a.label, pair.b.label
    n, differ = counts["n"], counts["n"] - counts["same"]
    words = f"{counts['stricter']:,} stricter, {counts['looser']:,} looser" + (
        f", {counts['other']:,} other" if counts["other"] else ""
    )
    if pair.later is not None:
        after, before = (b, a) if pair.later == "b" else (a, b)
        return (
            f"{differ:,} of {plural(n, 'answer')} changed or were coded otherwise from {a} to {b} ({words}); "
            f"{after} read the policies after {before}"
        )
    return (
        f"{differ:,} of {plural(n, 'answer')} differ; of {b}, seen from {a}: {words}. These are differences, "
        f"not changes, as {WHY[pair.undated or '']}"
    )
