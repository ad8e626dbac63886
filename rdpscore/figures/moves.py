"""Figures of a changed scheme: who moves furthest, and how scores shift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from rdpscore.figures.look import (
    HUE,
    INK,
    SOFT,
    FigureData,
    axis,
    escaped,
    labels_axis,
    layout,
    legend,
    row_height,
    wrapped,
)
from rdpscore.results import records
from rdpscore.scoring.moves import Moves, movers

if TYPE_CHECKING:
    import plotly.graph_objects as go


def biggest_moves_data(found: Moves, most: int = 16) -> FigureData:
    """Those who gain and lose most places, journals that move together as one row."""
    frame = movers(found, most)
    n = int(found.journals["rank_before"].notna().sum())
    see = "No journal changes its place."
    if len(frame):
        first, last = frame.iloc[0], frame.iloc[-1]
        parts = []
        if first["gained"] > 0:
            parts.append(f"{_who(first)} gain{_s(first)} most: {_places(first['gained'])}")
        if last["gained"] < 0:
            parts.append(f"{_who(last)} lose{_s(last)} most: {_places(-last['gained'])}")
        see = f"{'; '.join(parts)}."
    return FigureData(
        name="biggest-moves",
        title="Who gains and who loses places",
        see=see,
        n=f"{n:,} journals; {found.n_up:,} gain places, {found.n_down:,} lose some. Shown are the ones that move "
        "furthest; journals of one publisher that move alike share a row; 1 is the highest rank.",
        frame=frame,
    )


def _who(row: pd.Series) -> str:
    return str(row["title"]) if row["n"] == 1 else f"{row['n']} journals of {row['publisher']}"


def _s(row: pd.Series) -> str:
    return "s" if row["n"] == 1 else ""


def _places(n: int) -> str:
    return f"{n:,} place{'' if n == 1 else 's'}"


def biggest_moves(found: Moves, most: int = 16) -> go.Figure:
    """Dumbbells: the rank before, pale, and after, dark; ties as the bar of ranks that they share."""
    import plotly.graph_objects as go

    data = biggest_moves_data(found, most)
    rows, figure = records(data.frame), go.Figure()
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
        layout(data, row_height(y) * len(y) + 110), showlegend=True, legend=legend(), hovermode="closest"
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
    return f"<b>{signed(row['gained'], ',')}</b>"


def signed(value: float, form: str = ".3f") -> str:
    """A change with its sign, a true minus."""
    return f"{value:+{form}}".replace("-", "−")


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


def publisher_shifts_data(found: Moves) -> FigureData:
    """Each publisher's mean score before and after, the highest after on top."""
    frame = found.publishers
    see = "No publisher has a journal with a score."
    if len(frame):
        most = frame.iloc[frame["change"].abs().to_numpy().argmax()]
        moved = int((frame["gained"] != 0).sum())
        see = (
            f"The mean of {most['publisher']} changes most ({signed(most['change'])}); {moved} of {len(frame)} "
            "publishers change their place."
            if most["change"]
            else "No publisher's mean changes."
        )
    return FigureData(
        name="publisher-shifts",
        title="Publishers' mean scores before and after",
        see=see,
        n=f"{int(frame['n'].sum()):,} journals of {len(frame)} publishers, those with a score under both schemes.",
        frame=frame,
    )


def publisher_shifts(found: Moves) -> go.Figure:
    """Dumbbells of mean scores."""
    import plotly.graph_objects as go

    data = publisher_shifts_data(found)
    rows, figure = records(data.frame), go.Figure()
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
    figure.update_layout(layout(data, row_height(y) * len(y) + 110), showlegend=True, legend=legend())
    figure.update_yaxes(labels_axis(categoryorder="array", categoryarray=y))
    figure.update_xaxes(
        axis(title_text="mean score", rangemode="tozero", tickfont={"size": 11, "color": INK})
    )
    return figure
