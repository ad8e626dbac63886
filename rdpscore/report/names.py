"""The report on spellings that may be one name: proposals, decisions, and what they change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rdpscore.report.blocks import Block, Sentence, table
from rdpscore.survey.spellings import Spelling
from rdpscore.uncertainty.naming import NamesResult
from rdpscore.words import number, plural

MOST = 40
"""Entries that are shown; all stand in the file."""


def report_names(result: NamesResult, *, dry_run: bool = False) -> Iterator[Block]:
    """Every entry of ``names.yaml``, and what they change.

    Parameters
    ----------
    result : NamesResult
    dry_run : bool
        Nothing was written.
    """
    entries = result.spellings.names
    if not entries:
        yield Sentence("No two names of coders, publishers or titles look alike")
        return
    open_ = [e for e in entries if not e.decided]
    yield from _entries(("Undecided", "Name", "Also", "Why"), open_)
    yield from _entries(("Decided", "Name", "Other spellings", "Why"), [e for e in entries if e.decided])
    heads = ("Coders", "Publishers", "Mean score", "95 %")
    rows = [
        (
            str(r["names"]),
            f"{r['n_coders']:,}",
            f"{r['n_publishers']:,}",
            number(r["mean_score"]),
            "–" if r["low"] != r["low"] else f"{number(r['low'])} to {number(r['high'])}",
        )
        for r in result.effect.to_dict("records")
    ]
    yield table(("Names", *heads), rows, heads)
    added = plural(result.n_new, "proposal")
    if not result.n_new:
        yield Sentence("No new proposals")
    elif dry_run:
        yield Sentence(f"{added} to add; nothing was written, run it without --dry-run")
    else:
        yield Sentence(f"{added} added to names.yaml")
    if open_:
        n = plural(len(open_), "entry")
        yield Sentence(f"{n} of names.yaml undecided: write decided: true where they are one name")


def _entries(heads: tuple[str, ...], entries: Sequence[Spelling]) -> Iterator[Block]:
    if not entries:
        return
    yield table(
        heads,
        [
            (e.thing, e.name, "; ".join(e.also), (e.why or "") if e.same else "told apart")
            for e in entries[:MOST]
        ],
    )
    if len(entries) > MOST:
        yield Sentence(f"… and {len(entries) - MOST:,} more in names.yaml")
