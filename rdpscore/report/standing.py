"""The report on where a journal stands: stricter practices and who has them, what the score weighs, what it hides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rdpscore.report.blocks import Block, Gap, Heading, Note, Sentence, table
from rdpscore.results import records
from rdpscore.uncertainty.among_peers import StandingResult
from rdpscore.words import lower_first, number, percent, plural, span

MOST_PUBLISHERS = 4
TITLE = 30
"""Places of the title of an item before its counts."""


def report_standing(result: StandingResult, read_on: str | None) -> Iterator[Block]:
    """The standing on two screens.

    Parameters
    ----------
    result : StandingResult
    read_on : str or None
        When the survey's policies were read, in its words.
    """
    own = result.journal
    yield Heading(str(own["title"]), 1)
    facts = [own["publisher"], (own["access_model"] or "").replace("_", " ") or None]
    if own["impact"] is not None:
        impact = own["impact"]
        facts.append(f"impact {impact}" if isinstance(impact, int) else f"impact {impact:.3g}")
    yield Sentence(", ".join(f for f in facts if f))
    if own["score"] is not None:
        rank = span(own["rank"], own["rank_last"])
        title = lower_first(result.scheme.title)
        yield Sentence(f"Score {number(own['score'])} of 1 ({title}), rank {rank} of {own['n_scored']}")
    yield Sentence(f"Comparable: {plural(result.n_comparable, 'journal')}, {result.comparable}")
    yield Note(f"Policies read: {read_on or 'date not recorded'}. A policy is not what authors do.")
    yield Gap()
    yield from _items(result)
    yield from _weights(result)
    yield from _warts(result)


def _items(result: StandingResult) -> Iterator[Block]:
    rows = records(result.items)
    stricter = [r for r in rows if r["n_stricter_all"]]
    unknown = [
        r for r in rows if r["ordered"] and r["applies"] and not (r["strictest"] or r["n_stricter_all"])
    ]
    yield Heading("Stricter practices, the most common among comparable journals first")
    yield Note("Journals with a stricter answer: comparable / own publisher / all others")
    practices = records(result.practices)
    for row in stricter:
        yield Gap()
        yield from _item(row, [p for p in practices if p["item"] == row["item"] and p["n_all"]])
    yield Gap()
    for words, group in (
        ("Strictest option already", [r for r in rows if r["strictest"]]),
        ("Stricter options exist, and no journal of the survey has one", unknown),
        ("Does not apply to this journal", [r for r in rows if r["ordered"] and not r["applies"]]),
        ("Without an order of strictness", [r for r in rows if not r["ordered"]]),
    ):
        if group:
            yield Sentence(f"{words}: {', '.join(r['title'] for r in group)}")
    yield Gap()


def _item(row: dict[str, Any], practices: list[dict[str, Any]]) -> Iterator[Block]:
    """An item's counts, the answer, and each stricter option that somebody has."""
    counts = " / ".join(
        f"{row[f'n_stricter_{k}']} of {row[f'n_answered_{k}']}" for k in ("comparable", "publisher", "all")
    )
    yield Sentence(f"{row['title']:<{TITLE}}  {counts}", strong=bool(row["n_stricter_comparable"]))
    yield Sentence(f"now: {row['label'] if row['state'] == 'answered' else 'not answered'}", indent=1)
    for p in practices:
        n = plural(p["n_comparable"], "comparable journal")
        who = f"{n}, {p['n_all']} in all ({_short(p['who'])}); for example {p['examples']}"
        yield Sentence(f"→ {p['label']}: {who}", indent=1)


def _short(who: str) -> str:
    parts = who.split(", ")
    left = len(parts) - MOST_PUBLISHERS
    return ", ".join(parts[:MOST_PUBLISHERS]) + (f", {left} more" if left > 0 else "")


def _weights(result: StandingResult) -> Iterator[Block]:
    yield Heading("What the score weighs by design")
    means = ("Journal", "Comparable", "All")
    rows = [
        (
            row["title"],
            f"{row['n_items']}",
            percent(row["weight"]),
            *(number(row[c]) for c in ("journal", "comparable", "all")),
        )
        for row in records(result.dimensions)
    ]
    yield table(("Dimension", "Items", "Weight", *means), rows, ("Items", "Weight", *means))
    yield Note("Means of the options' scores. The order of the items above has nothing to do with points.")
    yield Gap()


def _warts(result: StandingResult) -> Iterator[Block]:
    rows = records(result.warts)
    if not rows:
        return
    yield Heading("What the score does not tell apart")
    low = [r for r in rows if r["wart"] in ("lowest_answer", "does_not_apply")]
    if len(low) == 2:
        yield Sentence(
            f"{low[0]['title']}: '{low[0]['label']}' ({plural(low[0]['n'], 'journal')}) and no such rule at all "
            f"({low[1]['label']}; {plural(low[1]['n'], 'journal')}) both score {number(low[0]['score_kept'])}."
        )
    against = [r for r in rows if r["wart"] == "scores_against_applies_if"]
    if against:
        yield Sentence(
            f"{plural(len(against), 'journal')} to which items do not apply score by answers given all the same; "
            "gated, without these answers:"
        )
        yield table(
            ("Journal", "Score", "Gated"),
            [(r["title"], number(r["score_kept"], 3), number(r["score_gated"], 3)) for r in against],
            ("Score", "Gated"),
        )
