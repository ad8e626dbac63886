"""Choosing journals: by a list of titles, which a search narrows where there are many; the choice is in the address."""

from __future__ import annotations

import streamlit as st

from board.parts import say
from board.view import View
from rdpscore.files.texts import plain

MANY = 2_000
OFFERED = 200
MOST_OTHERS = 3


def titles_of(view: View) -> dict[str, str]:
    """Id → title of all journals, in the order of the survey."""
    return view.once("titles", lambda: _titles(view))


def _titles(view: View) -> dict[str, str]:
    table = view.survey.journals
    pairs = zip(table["journal_id"].astype(str), table["title"].astype(str), strict=True)
    return {journal: plain(title, 100) for journal, title in pairs}


def choose_journal(view: View) -> str | None:
    """The journal of the address or of the list; both then say the same."""
    titles, state = titles_of(view), st.session_state
    asked = st.query_params.get("journal")
    if asked and asked != state.get("journal_asked"):
        if asked in titles:
            state["journal_chosen"] = asked
        else:
            st.info("The address names a journal that this survey does not have; choose one from the list.")
            state["journal_chosen"] = None
    elif not asked and state.get("journal_asked") in titles:
        state.setdefault("journal_chosen", state["journal_asked"])
    if state.get("journal_chosen") not in titles:
        state["journal_chosen"] = None
    options = offered(view, "Search the journal's title", "journal_search", [state["journal_chosen"]])
    chosen = st.selectbox(
        "Journal", options, key="journal_chosen", format_func=lambda j: titles[j], placeholder="Choose a journal",
        index=None,
    )  # fmt: skip
    if chosen is None:
        st.query_params.pop("journal", None)
    elif chosen != asked:
        st.query_params["journal"] = chosen
    state["journal_asked"] = chosen
    return str(chosen) if chosen is not None else None


def choose_others(view: View, journal: str) -> list[str]:
    """Up to three journals beside it, as the address says with ``with=``."""
    titles, state = titles_of(view), st.session_state
    asked = [j for j in st.query_params.get_all("with") if j in titles and j != journal][:MOST_OTHERS]
    if "with_asked" not in state or (asked and asked != state["with_asked"]):
        state["journal_others"] = asked
    now = [j for j in state.get("journal_others", []) if j in titles and j != journal]
    state["journal_others"] = now
    options = [j for j in offered(view, "Search titles to compare", "others_search", now) if j != journal]
    chosen = st.multiselect(
        "Beside it", options, key="journal_others", format_func=lambda j: titles[j],
        max_selections=MOST_OTHERS, placeholder="Choose journals",
    )  # fmt: skip
    if chosen:
        st.query_params["with"] = chosen
    else:
        st.query_params.pop("with", None)
    state["with_asked"] = chosen
    return list(chosen)


def offered(view: View, label: str, key: str, kept: list[str | None]) -> list[str]:
    """The journals that a list offers: all, or of many those that a search finds, and always those that are chosen."""
    titles = titles_of(view)
    if len(titles) <= MANY:
        return sorted(titles, key=lambda j: titles[j].casefold())
    wanted = st.text_input(label, key=key, max_chars=200).strip().casefold()
    found = [j for j, title in titles.items() if wanted in title.casefold()]
    if len(found) > OFFERED:
        say(f"The first {OFFERED} of {len(found):,} are in the list; search to narrow it.", soft=True)
    return list(dict.fromkeys([*(j for j in kept if j), *found[:OFFERED]]))
