"""The page of publishers."""

from __future__ import annotations

import streamlit as st

from board.parts import say, show
from board.view import View
from rdpscore.files.texts import plain
from rdpscore.report.survey_pictures import against_rest_picture, profiles_picture, uniformity_picture
from rdpscore.survey.filters import values_of


def page(view: View) -> None:
    """Profiles by dimension, how uniform a publisher's journals are, and one publisher against the rest."""
    show(view, view.compute(profiles_picture, view.scheme))
    show(view, view.compute(uniformity_picture))
    names = values_of(view.survey, "publisher")
    if not names:
        say("No publisher is recorded.")
        return
    if st.session_state.get("publisher_chosen") not in names:
        asked = st.query_params.get("of")
        st.session_state["publisher_chosen"] = asked if asked in names else names[0]
    chosen = st.selectbox(
        "Publisher to look at", names, key="publisher_chosen", format_func=lambda p: plain(p, 100)
    )
    st.query_params["of"] = chosen
    show(view, view.compute(against_rest_picture, chosen, view.scheme))
