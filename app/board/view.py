"""What a page is given: the survey under the filter, the scheme, and a memory for what was computed."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import streamlit as st

import rdpscore
from rdpscore.codebook import Scheme
from rdpscore.survey import Survey
from rdpscore.survey.filters import Filter

Out = TypeVar("Out")

SURVEY = "RDPSCORE_DASHBOARD_SURVEY"
"""Environment variable by which the command names the survey."""
SEED = 1
LARGE = 2_000
"""With more journals than this, draws are made when a button is pressed."""
REMEMBERED, REMEMBERED_OWN = 160, 48
_OWN, _MEMORY, _SCHEME = "own_survey", "own_memory", "own_scheme"


@dataclass(frozen=True)
class View:
    """What a page looks at.

    Attributes
    ----------
    survey : Survey
        The journals that pass the filter; at least one, but on pages that are shown without.
    whole : Survey
        All journals.
    filter : Filter
    scheme : Scheme
        The codebook's one that is chosen, or the one that the visitor made.
    seed : int
    own : bool
        Whether the survey is the visitor's own, which no other session may see.
    source : str
        By which name the served survey was asked for.
    pages : mapping
        Name → page, for links.
    """

    survey: Survey
    whole: Survey
    filter: Filter
    scheme: Scheme
    seed: int
    own: bool
    source: str
    pages: Mapping[str, Any]

    @property
    def large(self) -> bool:
        """Whether expensive things wait for a button."""
        return len(self.survey.journals) > LARGE

    def compute(self, function: Callable[..., Out], *arguments: Any, **options: Any) -> Out:
        """``function(view.survey, *arguments, **options)``, once for this survey and filter.

        Arguments stand in the key by their ``repr``: names, numbers, schemes, and no results. What is returned is
        shared with other sessions (unless the survey is the visitor's own): it must not be changed. Of a picture
        each reader takes a figure of its own.
        """
        key = (function.__module__, function.__qualname__, repr(arguments), repr(sorted(options.items())))
        return self.once(key, lambda: function(self.survey, *arguments, **options))

    def once(self, key: object, make: Callable[[], Out]) -> Out:
        """What `make` returns, once for this survey, filter, scheme and seed, and this key."""
        whose = (self.source, *_key(self.filter), self.scheme.model_dump_json(), str(self.seed), repr(key))
        return _remember(self.own, whose, make)

    def everything(self) -> View:
        """The same with all journals: what is asked of one of them is not a matter of the filter."""
        return replace(self, survey=self.whole, filter=Filter(scheme=self.filter.scheme))

    def query(self, **more: str | list[str]) -> dict[str, list[str]]:
        """The filter as parameters of an address, and more of them."""
        return self.filter.to_query() | {k: [v] if isinstance(v, str) else v for k, v in more.items()}


def _key(chosen: Filter) -> tuple[str, ...]:
    return (json.dumps(dict(chosen.conditions())),)


def _remember(own: bool, key: tuple[str, ...], make: Callable[[], Out]) -> Out:
    """From the session's memory for a visitor's own survey, else from the memory of all sessions."""
    if not own:
        return _shared(key, make)  # type: ignore[no-any-return]
    memory = st.session_state.setdefault(_MEMORY, OrderedDict())
    if key not in memory:
        memory[key] = make()
        while len(memory) > REMEMBERED_OWN:
            memory.popitem(last=False)
    memory.move_to_end(key)
    return memory[key]  # type: ignore[no-any-return]


@st.cache_resource(max_entries=REMEMBERED, show_spinner=False)
def _shared(key: tuple[str, ...], _make: Callable[[], Any]) -> Any:
    return _make()


@st.cache_resource(show_spinner="Reading the survey")
def served(name: str | None) -> Survey:
    """The survey that the command was started with.

    Raises
    ------
    InvalidInput
        If it has errors.
    """
    survey = rdpscore.load(name)
    from rdpscore.validation import check

    check(survey).raise_errors()
    return survey


def survey_in_use() -> tuple[Survey, bool]:
    """The survey that this session looks at, and whether it is the visitor's own."""
    own = st.session_state.get(_OWN)
    return (own, True) if own is not None else (served_survey(), False)


def served_survey() -> Survey:
    """The survey that the command was started with, whatever this session looks at."""
    return served(os.environ.get(SURVEY) or None)


def use_own(survey: Survey | None) -> None:
    """Look at a survey of the visitor's, or (None) at the served one again; in this session only."""
    for name in (_OWN, _MEMORY, _SCHEME):
        st.session_state.pop(name, None)
    if survey is not None:
        st.session_state[_OWN] = survey


def use_scheme(scheme: Scheme | None) -> None:
    """Score by a scheme of the visitor's, or (None) by the one of the filter again; in this session only."""
    st.session_state.pop(_SCHEME, None)
    if scheme is not None:
        st.session_state[_SCHEME] = scheme


def own_scheme() -> Scheme | None:
    """The scheme that the visitor made, if one is in use."""
    return st.session_state.get(_SCHEME)


def make_view(whole: Survey, own: bool, chosen: Filter, pages: Mapping[str, Any], seed: int = SEED) -> View:
    """The view of a filter; the survey under it is made once."""
    scheme = own_scheme() or whole.codebook.scheme(chosen.scheme)
    source = os.environ.get(SURVEY, "")
    restricted = whole
    if chosen.conditions():
        restricted = _remember(own, (source, "survey", *_key(chosen)), lambda: chosen.apply(whole))
    return View(restricted, whole, chosen, scheme, seed, own, source, pages)
