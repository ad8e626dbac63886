"""The page of agreement: what the figures rest on, how far coders agree, on what they differ, and each disagreement."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from board.blocks import any_of, one_of, sheet
from board.parts import heading, link, save, say, show, table, within
from board.render import render
from board.view import View
from rdpscore.agreement.case_list import (
    DETECTION,
    GRADING,
    OTHER,
    adopted_of,
    cases,
    codings_of,
)
from rdpscore.agreement.report import AgreementResult
from rdpscore.agreement.report import measure_agreement as agreement_of
from rdpscore.report import agreement_pictures as pictures
from rdpscore.report.agreement import ledger_rows
from rdpscore.report.agreement_words import reason, verdict
from rdpscore.report.blocks import Facts, Heading
from rdpscore.report.pictures import Picture
from rdpscore.words import number, percent

PARTS = {
    "how": "How far coders agree",
    "what": "On what they differ",
    "cases": "The disagreements themselves",
}
KINDS = {
    DETECTION: "Whether there is a rule",
    GRADING: "How strict it is",
    OTHER: "Options without an order",
}


def page(view: View) -> None:
    """Three parts, one at a time."""
    found = view.compute(agreement_of)
    if not found.ledger.n_double:
        say(
            "No journal here was coded by two or more coders, so agreement cannot be told. A score of a single coder's "
            "answers comes without a sign of how far another coder would have answered the same."
        )
        return
    part = one_of("Part", "part", PARTS, hidden=True)
    {"how": _how, "what": _what, "cases": _cases}[part](view, found)


def _how(view: View, found: AgreementResult) -> None:
    heads = {h.metric: h for h in found.headlines if h.unit == "journal"}
    columns = st.columns(3)
    for column, metric, words in (
        (columns[0], "score", "Alpha on the scores"),
        (columns[1], "exact", "Alpha by exact answer"),
    ):
        own = heads[metric]
        column.metric(words, number(own.value))
        column.caption(
            within(own.low, own.high) if own.reason is None else f"no interval: {reason(found, own.reason)}"
        )
    columns[2].metric("Same answer", percent(found.overall.percent))
    columns[2].caption("of pairs of coders, mean of the items; says nothing of chance")
    if heads["exact"].value is not None and heads["score"].value is not None:
        say(verdict(heads["exact"], heads["score"]))
    say(
        "Alpha is Krippendorff's: 1 is perfect, 0 is chance; 0.80 is reliable, 0.667 the least for tentative "
        "conclusions. On the scores counts how far answers lie apart, and is what enters the score.",
        soft=True,
    )
    render(view, [Heading("What these figures rest on"), Facts(tuple(ledger_rows(found)))])
    _pictures(view, found, pictures.forest, pictures.heat_map)


def _what(view: View, found: AgreementResult) -> None:
    _pictures(
        view,
        found,
        pictures.detection,
        partial(pictures.confusion, columns=2),
        partial(pictures.reasons, by="item"),
        partial(pictures.reasons, by="publisher"),
    )


def _pictures(view: View, found: AgreementResult, *wanted: Callable[[AgreementResult], Picture]) -> None:
    for k, make in enumerate(wanted):
        picture = view.once(f"agreement-{view_part(make)}-{k}", partial(make, found))
        show(view, picture)


def view_part(make: Callable[[AgreementResult], Picture]) -> str:
    """The name under which a picture is kept."""
    return make.func.__name__ if isinstance(make, partial) else make.__name__


# The disagreements themselves ---------------------------------------------------------------------------


def _cases(view: View, found: AgreementResult) -> None:
    every = view.compute(cases)
    if not len(every):
        say("The coders of these journals chose the same options everywhere.")
        return
    book = view.survey.codebook
    left, right = st.columns(2)
    with left:
        items = any_of("Item", "item", {i.id: i.title for i in book.items if i.id in set(every["item"])})
        reasons = any_of("Reason", "reason", dict(zip(every["reason"], every["reason_title"], strict=True)))
    with right:
        there = set(every["kind"])
        kinds = any_of("Differed on", "on", {k: t for k, t in KINDS.items() if k in there})
        coders = []
        if view.survey.meta.coders == "persons":
            coders = any_of("Coders", "coders", {c: c for c in sorted(set(every["coders"]))})
        else:
            say("Coders are anonymous slots here, so there is no choice of who.", soft=True)
        say("Publishers are chosen in the filter.", soft=True)
    chosen = every
    for column, wanted in (("item", items), ("reason", reasons), ("kind", kinds), ("coders", coders)):
        if wanted:
            chosen = chosen[chosen[column].isin(wanted)]
    say(
        f"{len(chosen):,} of {len(every):,} disagreements, the widest apart first. Choose a row to see what was said."
    )
    if not len(chosen):
        say("No disagreement passes this choice; take something out of it.")
        return
    shown = chosen[
        ["title", "item_title", "answers", "adopted", "kind", "reason_title", "publisher", "steps"]
    ]
    heads = {"title": "Journal", "publisher": "Publisher", "item_title": "Item", "answers": "Answers",
             "adopted": "Adopted", "reason_title": "Reason", "kind": "Differed on", "steps": "Steps apart"}  # fmt: skip
    rows = table(
        shown.assign(kind=chosen["kind"].map(KINDS)),
        key="cases",
        names=heads,
        config={"title": st.column_config.TextColumn("Journal", width="medium")},
        select=True,
        height=360,
    )
    save(chosen, "disagreements")
    for row in rows[:1]:
        if row < len(chosen):
            one = chosen.iloc[row]
            _case(view, str(one["journal_id"]), str(one["item"]), str(one["title"]))


def _case(view: View, journal: str, item: str, title: str) -> None:
    entry = view.survey.codebook.item(item)
    heading(f"{title}: {entry.title}")
    say(entry.question)
    said = codings_of(view.survey, journal, item)
    columns = [c for c in ("coder", "round", "answer", "label", "evidence", "source_url", "coded_on", "note")
               if c in said and said[c].notna().any()]  # fmt: skip
    heads = {"label": "meaning", "evidence": "passage", "source_url": "source", "coded_on": "read on"}
    sheet(
        [heads.get(c, c).capitalize() for c in columns],
        said[columns].to_numpy().tolist(),
        links=[k for k, c in enumerate(columns) if c == "source_url"],
    )
    if "evidence" not in columns:
        say("No passage is recorded for these answers.", soft=True)
    adopted = adopted_of(view.survey, journal, item)
    if adopted is None:
        say("Nobody settled this: the item counts as missing in the score, bounded by the coders' answers.")
    else:
        reasons = {r.id: r.title for r in view.survey.codebook.reasons}
        facts = [
            ("Adopted", f"{adopted.get('answer', '')} – {adopted['label']}"),
            ("Reason", reasons.get(adopted.get("reason", ""), adopted.get("reason", "not recorded"))),
            *((words, adopted[name]) for name, words in (("mode", "How"), ("adjudicated_by", "By"),
              ("adjudicated_on", "On"), ("note", "Note")) if adopted.get(name, "unrecorded") != "unrecorded"),
        ]  # fmt: skip
        sheet([], facts, names=True)
    link(view, "journal", f"All answers of {title}", journal=journal)
