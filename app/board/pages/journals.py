"""The page of all journals."""

from __future__ import annotations

from typing import Literal

import streamlit as st

import rdpscore
from board.draws import doubt_of
from board.parts import link, save, say, table
from board.view import View
from rdpscore.uncertainty.journal_list import by_policy, listing, matching

HEADS = {
    "title": "Journal",
    "journals": "Journals",
    "publisher": "Publisher",
    "access_model": "Access",
    "impact": "Impact",
    "kind": "Kind",
    "policy_id": "Policy",
    "n_journals": "Journals of the policy",
    "n_missing": "Answers missing",
}
FIGURES = {
    "score": "Score",
    "low": "Spread from",
    "high": "to",
    "score_low": "Lowest score",
    "score_high": "Highest score",
}
RANKS = {"rank": "Rank", "rank_low": "Rank from", "rank_high": "Rank to", "rank_last": "Last rank"}
WIDE: dict[str, Literal["medium", "large"]] = {"title": "medium", "journals": "large"}


def page(view: View) -> None:
    """A table that can be searched and sorted; a row leads to its journal."""
    result = view.compute(rdpscore.score, view.scheme)
    doubt = doubt_of(view)
    rows = view.once(("listing", doubt is None), lambda: listing(result, doubt))
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    wanted = left.text_input("Search", placeholder="Title or publisher", key="journals_search", max_chars=200)
    grouped = False
    if "policy_id" in rows:
        grouped = right.toggle("One row a policy", key="journals_grouped")
    found = matching(by_policy(rows) if grouped else rows, wanted)
    if not len(found):
        say("No journal has this in its title, publisher or policy.")
        return
    things = "policies" if grouped else "journals"
    say(f"{len(found):,} {things}; select a row to look at its journal, a head to sort.", soft=True)
    hidden = {"journal_ids", "journal_id"} | ({"rank"} if "rank_low" in found else set())
    if "n_missing" in found and not found["n_missing"].any():
        hidden.add("n_missing")
    first = [c for c in ("title", "journals", "score") if c in found]  # on a phone the score is in sight
    shown = found[[*first, *(c for c in found if c not in hidden and c not in first)]]
    config = {c: st.column_config.NumberColumn(h, format="%.3f") for c, h in FIGURES.items() if c in shown}
    config |= {c: st.column_config.NumberColumn(h, format="%.0f") for c, h in RANKS.items() if c in shown}
    config |= {c: st.column_config.TextColumn(HEADS[c], width=w) for c, w in WIDE.items() if c in shown}
    if "impact" in shown:
        decimals = 1 if shown["impact"].dtype.kind == "f" else 0  # a survey may declare whole numbers
        config["impact"] = st.column_config.NumberColumn("Impact", format=f"%.{decimals}f")
    chosen = table(shown, key="journals-table", names=HEADS, config=config, select=True, height=520)
    for row in chosen[:1]:
        _links(view, found, row, grouped)
    if doubt is not None:
        say(
            "Spread and ranks from, to: 5 to 95 % of what one coder alone would have given. It is not an interval of "
            "the adjudicated score. Rank 1 is the highest score; ties share a rank.",
            soft=True,
        )
    else:
        say("Rank 1 is the highest score; ties share a rank.", soft=True)
    save(found, "journals")


def _links(view: View, found: object, row: int, grouped: bool) -> None:
    chosen = found.iloc[row]  # type: ignore[attr-defined]
    if not grouped:
        link(view, "journal", f"Look at {chosen['title']}", journal=str(chosen["journal_id"]))
        return
    pairs = zip(chosen["journal_ids"].split("; "), chosen["journals"].split("; "), strict=False)
    for journal, title in list(pairs)[:20]:
        link(view, "journal", f"Look at {title}", journal=journal)
