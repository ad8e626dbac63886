"""Figures of a changed scheme: who moves furthest, and how scores shift."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from rdpscore.figures.look import (
    HUE,
    INK,
    SOFT,
    Chart,
    axis,
    escaped,
    labels_axis,
    legend,
    plain_layout,
    row_height,
    wrapped,
)
from rdpscore.results import records
from rdpscore.uncertainty.rank_moves import Moves, movers
from rdpscore.words import signed

if TYPE_CHECKING:
    import plotly.graph_objects as go


def biggest_moves(found: Moves, most: int = 16) -> Chart:
    """Those who gain and lose most places, journals that move together as one row.

    Dumbbells: the rank before, pale, and after, dark; ties as the bar of ranks that they share.
    """
    frame = movers(found, most)
    n = int(found.journals["rank_before"].notna().sum())
    return Chart(
        name="biggest-moves",
        frame=frame,
        draw=partial(_draw_moves, frame),
        n=f"{n:,} journals; {found.n_up:,} gain places, {found.n_down:,} lose some.",
        marks="Shown are the ones that move furthest; journals of one publisher that move alike share a row; 1 is the "
        "highest rank.",
    )


def _draw_moves(frame: pd.DataFrame) -> go.Figure:
    import plotly.graph_objects as go

    rows, figure = records(frame), go.Figure()
    y = [f"{wrapped(_label(r), 26)}<br>{_gain(r)}" for r in rows]
    for when, colour, name in (("before", HUE[1], "Before"), ("after", HUE[4], "After")):
        ends = [(r[f"rank_{when}"], r[f"last_{when}"]) for r in rows]
        figure.add_scatter(
            x=[v for a, b in ends for v in (a, b, None)], y=[v for t in y for v in (t, t, None)], mode="lines",
            line={"color": colour, "width": 6}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
        figure.add_scatter(
            x=[(a + b) / 2 for a, b in ends], y=y, mode="markers", name=name, marker={"size": 11, "color": colour},
            customdata=[_hover(r) for r in rows], hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    for r, label in zip(rows, y, strict=True):
        figure.add_annotation(
            x=(r["rank_after"] + r["last_after"]) / 2, y=label, ax=(r["rank_before"] + r["last_before"]) / 2, ay=label,
            xref="x", yref="y", axref="x", ayref="y", showarrow=True, arrowhead=0, arrowwidth=1.5, arrowcolor=SOFT,
            text="",
        )  # fmt: skip
    figure.update_layout(
        plain_layout(row_height(y) * len(y) + 110), showlegend=True, legend=legend(), hovermode="closest"
    )
    figure.update_yaxes(labels_axis(categoryorder="array", categoryarray=y))
    figure.update_xaxes(
        axis(title_text="rank, the highest on the right", autorange="reversed", zeroline=False)
    )
    return figure


def _label(row: dict[str, Any]) -> str:
    if row["n"] == 1:
        return str(row["title"])
    return f"{row['n']} journals, {row['publisher']}"


def _gain(row: dict[str, Any]) -> str:
    return f"<b>{signed(float(row['gained']), 0)}</b>"


def _hover(row: dict[str, Any]) -> str:
    return (
        f"{escaped(_label(row))}<br>rank {span(row['rank_before'], row['last_before'])} → "
        f"{span(row['rank_after'], row['last_after'])}<br>score {row['score_before']:.3f} → {row['score_after']:.3f}"
    )


def span(first: int | None, last: int | None) -> str:
    """Ranks that tied journals share, as a range; a dash without a rank."""
    if first is None or last is None or pd.isna(first) or pd.isna(last):
        return "–"
    return f"{first:,}" if first == last else f"{first:,}–{last:,}"


# Publishers ---------------------------------------------------------------------------------------------


def publisher_shifts(found: Moves) -> Chart:
    """Each publisher's mean score before and after, the highest after on top; dumbbells."""
    frame = found.publishers
    return Chart(
        name="publisher-shifts",
        frame=frame,
        draw=partial(_draw_shifts, frame),
        n=f"{int(frame['n'].sum()):,} journals of {len(frame)} publishers, those with a score under both schemes.",
    )


def _draw_shifts(frame: pd.DataFrame) -> go.Figure:
    import plotly.graph_objects as go

    rows, figure = records(frame), go.Figure()
    y = [f"{wrapped(str(r['publisher']), 24)} ({r['n']})" for r in rows]
    figure.add_scatter(
        x=[v for r in rows for v in (r["mean_before"], r["mean_after"], None)], y=[v for t in y for v in (t, t, None)],
        mode="lines", line={"color": SOFT, "width": 1.5}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    for when, colour, name in (("before", HUE[1], "Before"), ("after", HUE[4], "After")):
        figure.add_scatter(
            x=[r[f"mean_{when}"] for r in rows], y=y, mode="markers", name=name, marker={"size": 10, "color": colour},
            hovertemplate=f"%{{y}}<br>{name.lower()}: %{{x:.3f}}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(plain_layout(row_height(y) * len(y) + 110), showlegend=True, legend=legend())
    figure.update_yaxes(labels_axis(categoryorder="array", categoryarray=y))
    figure.update_xaxes(
        axis(title_text="mean score", rangemode="tozero", tickfont={"size": 11, "color": INK})
    )
    return figure
