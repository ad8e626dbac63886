"""What is around every page: navigation, filters, the sentences above and below."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any

import streamlit as st

from board.pages import PAGES, Entry
from board.parts import STYLE, problems_shown, say
from board.view import make_view, own_scheme, survey_in_use, use_own, use_scheme
from rdpscore.files.texts import as_markdown, plain
from rdpscore.problems import InvalidInput
from rdpscore.survey import Survey
from rdpscore.survey.filters import COLUMNS, NAMES, Filter, values_of
from rdpscore.survey.subsets import is_number

_ASKED = "filter_asked"
LABELS = {"publisher": "Publisher", "access": "Access model", "kind": "Kind"}


BY_HAND = (
    "This was not started by rdpscore dashboard: it asks for no token, so that every user of this computer can look "
    "at it and upload to it."
)


def main(first: str = PAGES[0].name, *, by_hand: bool = False) -> None:
    """The whole script; `first` is the page of the bare address, and `by_hand` says that nothing guards it."""
    st.set_page_config("Research data policies", layout="wide", initial_sidebar_state="auto")
    st.html(STYLE)
    try:
        whole, own = survey_in_use()
    except InvalidInput as error:
        st.header("This survey cannot be shown", anchor=False)
        problems_shown(error.problems)
        return
    pages = {e.name: _page(e, e.name == first) for e in PAGES}
    begin = next(e for e in PAGES if e.name == first)
    # the first page is that of the bare address; this one answers to its name, too
    again = st.Page(partial(_run, begin), title=begin.title, url_path=begin.name, visibility="hidden")
    chosen = st.navigation([*pages.values(), again])
    entry = begin if chosen is again else next(e for e in PAGES if pages[e.name] is chosen)
    found, said = filters(whole)
    view = make_view(whole, own, found, pages)
    st.title(entry.title, anchor=False)
    if by_hand:
        st.warning(BY_HAND)
    for sentence in said:
        st.info(as_markdown(sentence))
    above(view)
    if len(view.survey.journals) or entry.unfiltered:
        import_module(f"board.pages.{entry.name}").page(view)
    else:
        nobody(view)
    below(view)


def _page(entry: Entry, first: bool) -> Any:
    return st.Page(
        partial(_run, entry),
        title=entry.title,
        url_path=f"{entry.name}-first" if first else entry.name,
        default=first,
        visibility="hidden" if entry.hidden else "visible",
    )


def _run(entry: Entry) -> None:
    """Pages are run by `main`, which knows the view; the navigation only says which."""


def filters(whole: Survey) -> tuple[Filter, list[str]]:
    """The filter, from the address where that says something new, else from the widgets; both then say the same."""
    state, said = st.session_state, list[str]()
    asked = {name: st.query_params.get_all(name) for name in NAMES if name in st.query_params}
    if _ASKED not in state or (asked and asked != state[_ASKED]):
        found, said = Filter.of_query(asked, whole)
        for name in COLUMNS:
            state[f"filter_{name}"] = list(getattr(found, name))
        low, high = found.impact or (None, None)
        state["filter_from"], state["filter_to"] = low, high
        state["filter_scheme"] = found.scheme or whole.codebook.default_scheme
    with st.sidebar:
        found = _widgets(whole)
        st.radio(
            "The camera above a figure saves",
            ("svg", "png"),
            key="picture",
            horizontal=True,
            format_func=str.upper,
        )
    wanted = found.to_query()
    for name in NAMES:
        if name in wanted:
            if wanted[name] != st.query_params.get_all(name):
                st.query_params[name] = wanted[name]
        elif name in st.query_params:
            del st.query_params[name]
    state[_ASKED] = wanted
    return found, said


def _widgets(whole: Survey) -> Filter:
    picked: dict[str, Any] = {}
    st.subheader("Filter", anchor=False)
    for name, column in COLUMNS.items():
        options = values_of(whole, column)
        if len(options) > 1:
            state = st.session_state
            state[f"filter_{name}"] = [v for v in state.get(f"filter_{name}", []) if v in options]
            picked[name] = tuple(
                st.multiselect(
                    LABELS[name], options, key=f"filter_{name}", placeholder="All", format_func=_label
                )
            )
    if is_number(whole, "impact") and whole.journals["impact"].notna().any():
        left, right = st.columns(2)
        low = left.number_input(
            "Impact from", value=None, min_value=0.0, key="filter_from", placeholder="any"
        )
        high = right.number_input("to", value=None, min_value=0.0, key="filter_to", placeholder="any")
        if low is not None and high is not None and low > high:
            st.caption("The impact begins above its end, so it is not filtered by.")
        elif low is not None or high is not None:
            picked["impact"] = (low, high)
    titles = {s.id: s.title for s in whole.codebook.schemes}
    made = own_scheme()
    if st.session_state.get("filter_scheme") not in titles:
        st.session_state["filter_scheme"] = whole.codebook.default_scheme
    scheme = st.selectbox(
        "Scheme", list(titles), key="filter_scheme", format_func=lambda s: plain(titles[s], 60),
        disabled=made is not None,
    )  # fmt: skip
    if made is not None:
        st.caption("Scores follow the scheme that was made in the scoring lab.")
        st.button("Back to the codebook's scheme", on_click=use_scheme, args=(None,))
    if any(picked.values()):
        st.button("Clear the filter", on_click=_clear)
    return Filter(**picked, scheme=None if scheme == whole.codebook.default_scheme else scheme)


def _label(value: str) -> str:
    return plain(value, 60).replace("_", " ")


def _clear() -> None:
    for name in COLUMNS:
        st.session_state[f"filter_{name}"] = []
    st.session_state["filter_from"] = st.session_state["filter_to"] = None


def above(view: Any) -> None:
    """Which survey, how many of its journals, under which scheme."""
    n, of = len(view.survey.journals), len(view.whole.journals)
    all_of = f"{of:,} journals" if n == of else f"{n:,} of {of:,} journals"
    title = plain(view.whole.meta.title, 200)
    say(f"{title}: {all_of}; scores by {plain(view.scheme.title, 80)}.", soft=True)
    if view.own:
        with st.container(border=True):
            say("This is your own survey: only this session sees it, and it is kept nowhere.")
            st.button("Back to the survey that is served", on_click=leave_own, key="leave_own")


def enter_own(survey: Survey) -> None:
    """Look at a survey of the visitor's; the filter of another one says nothing of it."""
    _clear()
    st.session_state.pop("filter_scheme", None)
    use_own(survey)


def leave_own() -> None:
    """Look at the served survey again."""
    _clear()
    st.session_state.pop("filter_scheme", None)
    use_own(None)


def nobody(view: Any) -> None:
    """Where nothing is left."""
    if len(view.whole.journals):
        st.info("No journal passes this filter. Choose more values in it, or clear it.")
    else:
        st.info("This survey has no journals yet: list them in journals.csv.")


def below(view: Any) -> None:
    """When the policies were read, and what that does not say."""
    st.divider()
    read = plain(view.whole.meta.read_on, 200) or "date not recorded"
    say(
        f"Policy as read on: {read}. It says nothing on practice. Shares are of the journals surveyed.",
        soft=True,
    )
