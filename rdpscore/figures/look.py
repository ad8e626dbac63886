"""The look that all charts share: colours, layout, captions; and what a chart is."""

from __future__ import annotations

import html
import json
import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rdpscore.files.texts import plain

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

INK, SOFT, RULE, PAPER = "#1f2933", "#66727f", "#d9dee4", "#ffffff"
ABSENT = "#e6e9ed"
"""Where there is nothing, or nothing to see."""
HUE = ("#deebf7", "#9ecae1", "#4292c6", "#2171b5", "#084594")
"""One hue from light to dark, safe for colour-blind readers: more of what the figure is about."""
SCALE = [(0.0, "#f4f6f8"), (0.15, HUE[0]), (0.4, HUE[1]), (0.65, HUE[2]), (0.85, HUE[3]), (1.0, HUE[4])]
KINDS = ("#2171b5", "#e69f00", "#56b4e9", "#999999", "#b07aa1", "#d9dee4")
"""Kinds without order (Okabe and Ito's colours, without red and green)."""
NIGHT = {
    INK: "#e8ecf1", SOFT: "#a3afbc", RULE: "#39424d", PAPER: "#0e1117", ABSENT: "#262e38", SCALE[0][1]: "#1a212a",
    KINDS[2]: "#2c5f8a", HUE[0]: "#16324f", HUE[1]: "#1f5488", HUE[2]: "#3d86c6", HUE[3]: "#72b1e4", HUE[4]: "#cde5f8",
}  # fmt: skip
"""Each colour's counterpart on a dark page: what stood out by being dark stands out by being light."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
SIZE = 12
LONGEST = 160
"""Characters of a label."""


@dataclass(frozen=True)
class Chart:
    """What is drawn of a result; `rdpscore.report.pictures` gives it its title and its finding.

    Attributes
    ----------
    name : str
        For files: letters and hyphens.
    frame : DataFrame
        The data, one row a mark.
    draw : function
        Makes the figure, without a title; a new one at each call, so that nobody changes another's.
    n : str
        What it rests on.
    marks : str
        What its marks and bars mean.
    """

    name: str
    frame: pd.DataFrame
    draw: Callable[[], go.Figure]
    n: str
    marks: str = ""

    @cached_property
    def text(self) -> str:
        """The figure as JSON, drawn once for all who hold the chart.

        Plotly changes a figure while it copies it: it takes the kind out of each trace and puts it back, so that a
        second thread sees bars as points, or fails. Text cannot be changed.
        """
        return str(self.draw().to_json())

    def spec(self) -> dict[str, Any]:
        """The figure as plotly's dictionary of it, a copy of the caller's own."""
        spec: dict[str, Any] = json.loads(self.text)
        return spec


def plain_layout(height: int, *, top: int = 12, **more: Any) -> dict[str, Any]:
    """Layout of a chart; more room on top (40) where panels have titles of their own."""
    return {
        "template": "none",
        "font": {"family": FONT, "size": SIZE, "color": INK},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "height": height + top,
        "margin": {"l": 10, "r": 18, "t": top, "b": 44},
        "hoverlabel": {"font": {"family": FONT, "size": SIZE}},
        "showlegend": False,
    } | more


def titled(figure: go.Figure, name: str, title: str, see: str, n: str) -> go.Figure:
    """A chart's figure with its title, its sentence and its n on top, for where nothing else says them.

    Lines are broken so that they fit a phone as well as a page.
    """
    broken = wrapped(title, 42)
    lines = [escaped(line) for line in textwrap.wrap(f"{see} {n}", 62)]
    top = 56 + 20 * (broken.count("<br>") + 1) + 15 * len(lines)
    height = figure.layout.height + top - figure.layout.margin.t
    head = {
        "text": broken,
        "subtitle": {"text": "<br>".join(lines), "font": {"size": 11, "color": SOFT}},
        "x": 0.02,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": 22},
        "font": {"size": 16},
    }
    meta = {"name": name, "title": title, "see": see, "n": n}
    return figure.update_layout(title=head, margin={"t": top}, height=height, meta=meta)


def wrapped(text: str, width: int = 18) -> str:
    """A label in lines, escaped; of a text that is too long for a label, its beginning."""
    lines = textwrap.wrap(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…", width)
    return "<br>".join(escaped(line) for line in lines) or " "


def escaped(text: str) -> str:
    """Text of a survey for plotly, which would take some of it for markup; as `plain` has it."""
    return html.escape(plain(text), quote=False)


def row_height(labels: Sequence[str]) -> int:
    """Pixels that a row needs for the longest of its labels."""
    return 8 + 14 * max((label.count("<br>") + 1 for label in labels), default=1)


def option_colour(strictness: float | None, nth: int) -> str:
    """The colour of an option: the lowest pale grey, others from light to dark; kinds without order by turns."""
    if strictness is None or strictness != strictness:
        return KINDS[nth % len(KINDS)]
    return HUE[max(math.ceil(strictness * len(HUE)) - 1, 0)] if strictness else ABSENT


def axis(**more: Any) -> dict[str, Any]:
    """An axis with a thin grid and no line."""
    return {
        "showline": False,
        "zeroline": False,
        "gridcolor": RULE,
        "gridwidth": 1,
        "tickfont": {"size": 11, "color": SOFT},
        "title": {"font": {"size": 11, "color": SOFT}, "standoff": 6},
        "automargin": True,
        "fixedrange": True,
    } | more


def labels_axis(**more: Any) -> dict[str, Any]:
    """The axis of names, on the left, first name on top."""
    return axis(showgrid=False, autorange="reversed", tickfont={"size": 11, "color": INK}, ticks="") | more


STACKED: dict[str, Any] = {
    "barmode": "stack",
    "bargap": 0.25,
    "showlegend": True,
    "uniformtext": {"minsize": 9, "mode": "hide"},
}
"""Of stacked bars: numbers that do not fit are left out, not shrunk."""


def legend() -> dict[str, Any]:
    """A legend below the chart, which cannot be clicked."""
    place = {"x": 0, "xanchor": "left", "xref": "container", "y": 0, "yanchor": "bottom", "yref": "container"}
    still = {"itemclick": False, "itemdoubleclick": False, "traceorder": "normal"}
    return {"orientation": "h", "font": {"size": 11}, **place, **still}


def themed(spec: dict[str, Any], dark: bool) -> dict[str, Any]:
    """A figure's dictionary in the colours of a dark page, or as it is; the only place that knows the two."""
    out: dict[str, Any] = _recoloured(spec) if dark else spec
    return out


def _recoloured(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _recoloured(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_recoloured(v) for v in value]
    if isinstance(value, str):
        return NIGHT.get(value.lower(), value)
    return value
