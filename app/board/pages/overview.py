"""The page of the whole survey."""

from __future__ import annotations

import streamlit as st

import rdpscore
from board.draws import spread_of
from board.parts import heading, link, say, show, within
from board.view import View
from rdpscore.agreement.report import measure_agreement as agreement_of
from rdpscore.computed.counts import n_publishers
from rdpscore.report.score_pictures import strips_picture
from rdpscore.report.survey_pictures import demands_picture, item_answers_picture, profiles_picture
from rdpscore.scoring.demanded import demands
from rdpscore.uncertainty.overall import mean_score
from rdpscore.words import number, percent


def page(view: View) -> None:
    """The survey in five figures; scores by publisher; each item's answers; what is demanded, encouraged, absent."""
    _five(view)
    result, apart = view.compute(rdpscore.score, view.scheme), spread_of(view)
    strips = view.once(("strips", apart is None), lambda: strips_picture(result, apart))
    chosen = show(view, strips, select=True)
    for point in chosen[:1]:
        _selected(view, str(point["customdata"][0]).split("; "))
    for picture_of in (demands_picture, item_answers_picture):
        show(view, view.compute(picture_of))
    show(view, view.compute(profiles_picture, view.scheme))


def _five(view: View) -> None:
    mean = view.compute(mean_score, view.scheme)
    agreement = view.compute(agreement_of)
    found = view.compute(demands)
    alpha = view.once("headlines", lambda: agreement.headlines[1])
    publishers = view.compute(n_publishers)
    first, second, third, fourth, fifth = st.columns(5)
    first.metric("Journals", f"{len(view.survey.journals):,}")
    second.metric("Publishers", f"{publishers:,}")
    third.metric("Agreement (alpha)", number(alpha.value))
    fourth.metric("Mean score", number(mean.value))
    fifth.metric("Demand in full", percent(found.share_demanding))
    first.caption(f"of {len(view.whole.journals):,} surveyed")
    second.caption(
        f"they carry the information of about {mean.effective_n:.0f} independent journals"
        if mean.effective_n is not None
        else "too few, or too alike, to tell what they carry"
    )
    third.caption(_interval(alpha.low, alpha.high, alpha.reason) + ", on the scores of the answers")
    fourth.caption(_interval(mean.low, mean.high, mean.reason) + ", over publishers")
    fifth.caption(f"{found.n_demanding:,} of {found.n_answered:,} have the strictest option of a graded item")


def _interval(low: float | None, high: float | None, reason: str | None) -> str:
    return (
        within(low, high)
        if low is not None
        else f"no interval ({str(reason or 'undefined').replace('_', ' ')})"
    )


def _selected(view: View, ids: list[str]) -> None:
    heading("The journals of this mark" if len(ids) > 1 else "The journal of this mark")
    titles = dict(zip(view.survey.journals["journal_id"], view.survey.journals["title"], strict=True))
    for journal in ids[:20]:
        link(view, "journal", titles.get(journal, journal), journal=journal)
    if len(ids) > 20:
        say(f"and {len(ids) - 20} more; the table holds them all", soft=True)
