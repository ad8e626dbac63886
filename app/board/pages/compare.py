"""The page of two surveys laid side by side: the one that is served, and the visitor's own."""

from __future__ import annotations

import streamlit as st

from board.blocks import sheet
from board.parts import heading, link, problems_shown, save, say, show, table
from board.view import View, served_survey
from rdpscore.comparing.comparison import Pair, compare_surveys
from rdpscore.problems import InvalidInput
from rdpscore.report.comparison import matched, moved_words, terms_words
from rdpscore.report.comparison_pictures import answers_picture, moved_picture
from rdpscore.words import number, percent


def page(view: View) -> None:
    """Journals in both, agreement as between two coders, what moved."""
    if not view.own:
        say(
            "Bring a survey of your own whose journals overlap with these, to see the two side by side: which journals "
            "are in both, how far the two agree, and what is stricter in one of them."
        )
        say(
            "Both may have been coded under one codebook, or under two between which there is a crosswalk: from the "
            "materials-science codebook to TOP 2015, TOP 2025 and the RDA features, and back."
        )
        link(view, "upload", "Your own survey")
        return
    try:
        with st.spinner("Comparing"):
            result = view.once("compare", lambda: compare_surveys(served_survey(), view.survey))
    except InvalidInput as error:
        problems_shown(error.problems)
        return
    _pair(view, result.pairs[0])


def _pair(view: View, pair: Pair) -> None:
    heading(f"{pair.a.label} and {pair.b.label}")
    say(f"{matched(pair)}.")
    say(f"{terms_words(pair)}.")
    if len(pair.near):
        say("These may be the same journal under two names; they are not counted as one:")
        sheet(["Here", "There", "Why"], pair.near[["title_a", "title_b", "why"]].to_numpy().tolist())
    if not pair.counts["n"]:
        say("No journal in both surveys has an answer to a shared item, so nothing can be compared.")
        return
    heads = {h.metric: h for h in pair.agreement.headlines if h.unit == "journal"}
    first, second, third = st.columns(3)
    first.metric("Same answer", percent(pair.agreement.overall.percent))
    second.metric("Alpha on the scores", number(heads["score"].value))
    third.metric("Alpha by exact answer", number(heads["exact"].value))
    say(f"{moved_words(pair)}.")
    show(view, answers_picture(pair))
    show(view, moved_picture(pair))
    heading("Each difference")
    if len(pair.changes):
        table(pair.changes, key="changes", height=360)
        save(pair.changes, "differences")
    else:
        say("The two surveys give the same answers wherever both have one.")
