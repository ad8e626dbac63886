"""The page of one journal, reached by ``?journal=ID``; several of them are compared."""

from __future__ import annotations

import streamlit as st

import rdpscore
from board.choose import choose_journal, choose_others, titles_of
from board.parts import heading, link, say, show, table
from board.view import View
from rdpscore.files.texts import safe_address
from rdpscore.report.survey_pictures import place_picture, side_by_side_picture
from rdpscore.scoring.journal import evidence_of, journal_answers
from rdpscore.uncertainty import StandingResult
from rdpscore.words import number, span

HEADS = {
    "title": "Item",
    "label": "Answer that counts",
    "resolved_by": "How it was settled",
    "reason": "Why they differed",
    "note": "Note of the adjudication",
}
EVIDENCE = {"title": "Item", "label": "Answer", "source_url": "Address", "coded_on": "Coded on"}


def page(filtered: View) -> None:
    """A journal's answers with what coders said, its place among its peers, and others beside it."""
    view = filtered.everything()
    if not len(view.survey.journals):
        say("This survey has no journals yet.")
        return
    journal = choose_journal(view)
    if journal is None:
        say("Choose a journal above, or select one in the table of journals.")
        link(filtered, "journals", "All journals")
        return
    found = view.compute(rdpscore.standing, journal, view.scheme)
    _facts(found)
    show(view, view.once(("place", journal), lambda: place_picture(found)))
    _answers(view, journal, found)
    _evidence(view, journal)
    _stricter(found)
    _compare(view, journal)


def _facts(found: StandingResult) -> None:
    facts = found.journal
    heading(facts["title"] or facts["journal_id"])
    words = [facts["publisher"] or "no publisher", (facts["access_model"] or "").replace("_", " ")]
    if facts["impact"] is not None:
        words.append(f"impact {number(facts['impact'], 0 if isinstance(facts['impact'], int) else 1)}")
    say("; ".join(w for w in words if w), soft=True)
    first, second, third = st.columns(3)
    first.metric("Score", number(facts["score"]))
    rank, last = facts["rank"], facts["rank_last"]
    places = "–" if rank is None else span(rank, last)
    second.metric(f"Rank of {facts['n_scored']:,}", places)
    third.metric("Other journals of its publisher", f"{found.n_publisher:,}")


def _answers(view: View, journal: str, found: StandingResult) -> None:
    rows = view.compute(journal_answers, journal)
    heading("Its answers, and what each coder said")
    n = len(rows[rows["differed"]])
    say(
        f"The coders differed on {n} of {len(rows)} items."
        if n
        else "No item has answers of two coders that differ."
    )
    settled = ["resolved_by", *(c for c in ("reason", "note") if rows[c].notna().any()), "score"]
    known = {
        "item",
        "title",
        "dimension",
        "answer",
        "label",
        "score",
        "resolved_by",
        "differed",
        "reason",
        "note",
    }
    shown = rows[["title", "label", *(c for c in rows if c not in known), *settled]]
    table(
        shown, key="answers-table", names=HEADS, height=min(38 + 35 * len(rows), 640),
        config={"score": st.column_config.NumberColumn("Score", format="%.2f")},
    )  # fmt: skip


def _evidence(view: View, journal: str) -> None:
    heading("Passages and notes")
    rows = view.compute(evidence_of, journal)
    if not len(rows):
        say("No passages, addresses or notes are recorded for this journal.", soft=True)
        return
    shown = rows.drop(columns=["item", *(c for c in rows if not rows[c].notna().any())])
    table(shown, key="evidence-table", names=EVIDENCE)
    addresses = dict.fromkeys(a for a in map(safe_address, rows["source_url"]) if a)
    for address in list(addresses)[:5]:
        st.link_button(address if len(address) <= 80 else f"{address[:79]}…", address)


def _stricter(found: StandingResult) -> None:
    heading("What comparable journals ask for beyond it")
    rows = found.items[found.items["n_stricter_comparable"] > 0]
    if not len(rows):
        say("No comparable journal is stricter on any item.")
        return
    say(f"Comparable are {found.comparable} ({found.n_comparable:,}).", soft=True)
    rows = rows.assign(label=rows["label"].where(rows["state"] == "answered", "not answered"))
    table(
        rows[["title", "label", "n_stricter_comparable", "n_answered_comparable", "share_stricter"]],
        key="stricter-table",
        names={"title": "Item", "label": "Its answer", "n_stricter_comparable": "Stricter",
               "n_answered_comparable": "of comparable"},
        config={"share_stricter": st.column_config.NumberColumn("Share", format="percent")},
    )  # fmt: skip


def _compare(view: View, journal: str) -> None:
    heading("Compare")
    others = choose_others(view, journal)
    if not others:
        say("Choose up to three journals to set beside this one.", soft=True)
        return
    chosen = (journal, *others)
    show(view, view.compute(side_by_side_picture, chosen))
    names = titles_of(view)
    for other in others:
        link(view, "journal", f"Look at {names[other]}", journal=other)
