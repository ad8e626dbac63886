"""Two visitors never change each other's figures, nor anything else that sessions share."""

from __future__ import annotations

import dataclasses
import hashlib
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import streamlit as st
from dashboard import APP, faults, opened
from pydantic import BaseModel
from streamlit.testing.v1 import AppTest

import rdpscore
from rdpscore.report.pictures import Picture
from rdpscore.report.score_pictures import strips_picture
from rdpscore.report.survey_pictures import side_by_side_picture, uniformity_picture
from rdpscore.survey import Survey

sys.path.insert(0, str(APP))
from board import parts, view
from board.pages import PAGES
from board.view import View, make_view

from rdpscore.survey.filters import Filter

VISITORS = 100
CHANNELS = ("x", "y", "customdata", "text", "marker", "hovertext", "error_x", "name")


@pytest.fixture
def eager() -> Iterator[None]:
    """Threads change places as often as the interpreter can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def drawn_as(figure: dict[str, Any] | go.Figure) -> list[tuple[object, ...]]:
    """Kind and values of every trace of what a page hands to Streamlit, which copies it like this."""
    from plotly.tools import return_figure_from_figure_or_data

    spec = return_figure_from_figure_or_data(figure, validate_figure=True)
    return [(t["type"], *(repr(t.get(c)) for c in CHANNELS)) for t in spec["data"]]


class Shown:
    """Stands for Streamlit: keeps what each thread's page draws."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kept: dict[str, list[list[tuple[object, ...]]]] = {}
        monkeypatch.setattr(parts.st, "plotly_chart", self.plotly_chart)
        monkeypatch.setattr(parts, "heading", lambda text: None)
        monkeypatch.setattr(parts, "say", lambda text, soft=False: None)
        monkeypatch.setattr(parts, "picture_format", lambda: "svg")
        monkeypatch.setattr(parts, "dark", at_night)
        monkeypatch.setattr(parts.st, "expander", lambda *_, **__: Closed())

    def plotly_chart(self, figure: Any, **_: object) -> None:
        self.kept.setdefault(threading.current_thread().name, []).append(drawn_as(figure))


def at_night(name: str = "") -> bool:
    """Whether a visitor's page is dark: that of every second one."""
    return int(name or threading.current_thread().name) % 2 == 0


class Closed:
    open = False


def by_kind(traces: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Without colours, which a dark page has of its own."""
    marker = 1 + CHANNELS.index("marker")
    return [t[:marker] + t[marker + 1 :] for t in traces]


@pytest.fixture
def looked_at(shipped: Survey) -> View:
    return make_view(shipped, False, Filter(), {})


def figures_of(looked_at: View) -> list[Picture]:
    """Figures as pages ask for them: bars, points with error bars, a heat map."""
    result, apart = looked_at.compute(rdpscore.score), looked_at.compute(rdpscore.spread)
    return [
        looked_at.compute(uniformity_picture),
        looked_at.once("strips", lambda: strips_picture(result, apart)),
        looked_at.compute(side_by_side_picture, ["jacs", "nature"]),
    ]


def test_a_hundred_renderings_at_once_are_each_as_a_lone_one(
    looked_at: View, monkeypatch: pytest.MonkeyPatch, eager: None
) -> None:
    figures, shown = figures_of(looked_at), Shown(monkeypatch)
    lone = [drawn_as(go.Figure(p.chart.spec())) for p in figures]
    assert {t[0] for f in lone for t in f} >= {"bar", "scatter"}
    said: list[BaseException] = []
    together = threading.Barrier(VISITORS)

    def visit() -> None:
        together.wait()
        try:
            for seen in figures_of(looked_at):
                parts.show(looked_at, seen)
        except Exception as error:
            said.append(error)

    threads = [threading.Thread(target=visit, name=str(n)) for n in range(VISITORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == []
    assert len(shown.kept) == VISITORS
    for name, seen in shown.kept.items():
        if at_night(name):
            assert [by_kind(f) for f in seen] == [by_kind(f) for f in lone]
        else:
            assert seen == lone


def test_what_is_shared_of_a_figure_cannot_be_changed(looked_at: View) -> None:
    kept = looked_at.compute(uniformity_picture)
    assert looked_at.compute(uniformity_picture) is kept
    with pytest.raises(AttributeError):
        kept.chart = None  # type: ignore[misc, assignment]
    mine = kept.chart.spec()
    mine["data"][0].pop("type")
    mine["layout"].clear()
    again = kept.chart.spec()
    assert again["data"][0]["type"] == "bar"
    assert again == uniformity_picture(looked_at.survey).chart.spec()


# Whole pages --------------------------------------------------------------------------------------------


def charts(at: AppTest) -> list[str]:
    """What the browser is sent of the figures of a page."""
    return [chart.proto.spec for chart in at.get("plotly_chart")]


NORTH, SOUTH = {"publisher": "ACS", "scheme": "published"}, {"publisher": ["Wiley", "RSC"], "scheme": "equal"}


@pytest.mark.parametrize("name", ["overview", "publishers"])
def test_two_sessions_that_take_turns_see_each_their_own_figures(name: str) -> None:
    alone = []
    for query in (NORTH, SOUTH):
        st.cache_resource.clear()
        with opened(name, None, query) as at:
            alone.append(charts(at))
    assert len(alone[0]) > 1
    assert alone[0] != alone[1]
    st.cache_resource.clear()
    with opened(name, None, NORTH) as one, opened(name, None, SOUTH) as other:
        for _ in range(2):
            assert [charts(one.run()), charts(other.run())] == alone
            assert faults(one) == faults(other) == []


def mark(value: Any) -> str:
    """What a value holds: of results the fields, of frames the cells; not what is derived and kept."""
    return hashlib.sha256(repr(held(value)).encode()).hexdigest()


def held(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return {str(c): (str(value[c].dtype), value[c].tolist()) for c in value.columns}, value.index.tolist()
    if isinstance(value, pd.Series | pd.Index):
        return str(value.dtype), value.tolist()
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.tolist()
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    if dataclasses.is_dataclass(value):
        return [held(getattr(value, f.name)) for f in dataclasses.fields(value)]
    if isinstance(value, Mapping):
        return [(held(k), held(v)) for k, v in value.items()]
    if isinstance(value, list | tuple):
        return [held(v) for v in value]
    if value is None or isinstance(
        value, str | int | float | bytes | set | frozenset | Path | Enum | np.generic
    ):
        return value
    return sorted((k, held(v)) for k, v in vars(value).items())


def test_the_mark_of_what_is_shared_tells_one_changed_cell() -> None:
    result = rdpscore.score(rdpscore.load())
    before = mark(result)
    result.to_frame()
    assert mark(result) == before
    journals = result.journals
    journals.iloc[3, journals.columns.get_loc("score")] = 0.5
    assert mark(result) == before  # tables are handed out as copies
    assert mark(dataclasses.replace(result, journals=journals)) != before


@pytest.mark.slow
def test_no_page_changes_what_sessions_share(monkeypatch: pytest.MonkeyPatch) -> None:
    shared: dict[tuple[str, ...], Any] = {}
    taken: dict[tuple[str, ...], str] = {}

    def remember(key: tuple[str, ...], make: Callable[[], Any]) -> Any:
        if key not in shared:
            shared[key] = make()
            taken[key] = mark(shared[key])
        return shared[key]

    monkeypatch.setattr(view, "_shared", remember)
    for _ in range(2):
        for entry in PAGES:
            with opened(entry.name, None, {"publisher": "ACS"}) as at:
                assert faults(at) == []
    assert len(shared) > 15
    assert [key for key, value in shared.items() if mark(value) != taken[key]] == []
