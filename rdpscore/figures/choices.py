"""Charts of the choices behind a score: schemes side by side, and what each choice moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from rdpscore.figures.look import (
    HUE,
    INK,
    RULE,
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
from rdpscore.scoring import Comparison

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from rdpscore.uncertainty.choices import SensitivityResult

MOVES = 2
"""Places from which on a line is drawn strong."""


def scheme_slopes(result: Comparison) -> Chart:
    """Ranks of publishers' mean scores under each scheme.

    Slopes: a line a publisher, a column a scheme, named at both ends.
    """
    rows = []
    for name, scored in zip(result.names, result.results, strict=True):
        table = scored.publishers.dropna(subset=["publisher", "mean"])
        rank = table["mean"].round(12).rank(method="min", ascending=False)
        for row, place in zip(table.to_dict("records"), rank, strict=True):
            rows.append(
                {"scheme": name, "title": scored.scheme.title, "publisher": row["publisher"], "n": row["n_journals"],
                 "mean": row["mean"], "rank": int(place)}
            )  # fmt: skip
    frame = pd.DataFrame(rows, columns=["scheme", "title", "publisher", "n", "mean", "rank"])
    return Chart(
        name="schemes",
        frame=frame,
        draw=partial(_draw_schemes, frame, result.names),
        n=f"{len(result.journals)} journals of {frame['publisher'].nunique()} publishers, ranked by mean score.",
    )


def rank_spans(frame: pd.DataFrame) -> pd.Series:
    """Publisher → places between its best and its worst rank under the schemes of `scheme_slopes`."""
    return frame.groupby("publisher")["rank"].agg(lambda r: r.max() - r.min())


def _draw_schemes(frame: pd.DataFrame, names: Sequence[str]) -> go.Figure:
    import plotly.graph_objects as go

    figure, span = go.Figure(), rank_spans(frame)
    places = {name: k for k, name in enumerate(names)}
    seen: dict[tuple[int, int], int] = {}
    for publisher, own in sorted(frame.groupby("publisher", sort=False), key=lambda part: span[part[0]]):
        strong = span[publisher] >= MOVES
        x = [places[s] for s in own["scheme"]]
        figure.add_scatter(
            x=x, y=own["rank"], mode="lines+markers",
            line={"color": HUE[3] if strong else RULE, "width": 2.5 if strong else 1.5},
            marker={"size": 7, "color": HUE[3] if strong else SOFT}, cliponaxis=False,
            customdata=[f"{escaped(str(publisher))}<br>{escaped(r['scheme'])}: rank {r['rank']}, mean {r['mean']:.2f}"
                        for r in records(own)],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
        for end, anchor in ((0, "right"), (len(x) - 1, "left")):
            at = (x[end], int(own["rank"].iloc[end]))
            seen[at] = seen.get(at, 0) + 1
            figure.add_annotation(
                x=at[0], y=at[1] + 0.55 * (seen[at] - 1), text=escaped(str(publisher)), showarrow=False, xanchor=anchor,
                xshift=-8 if anchor == "right" else 8, font={"size": 11, "color": INK if strong else SOFT},
            )  # fmt: skip
    n = len(names)
    figure.update_layout(plain_layout(24 * len(span) + 90, top=52))
    figure.update_xaxes(
        axis(showgrid=False, range=[0, max(n - 1, 1)], automargin=False, showticklabels=False)
    )
    for name, k in places.items():
        figure.add_annotation(
            x=k, y=1, yref="paper", yanchor="bottom", text=wrapped(name, 10), showarrow=False,
            font={"size": 10, "color": INK},
        )  # fmt: skip
    figure.update_yaxes(
        axis(autorange=False, range=[len(span) + 0.8, 0.2], showgrid=False, showticklabels=False)
    )
    figure.layout.margin.update(l=118, r=118)
    return figure


def sobol_bars(result: SensitivityResult, output: str = "mean_rank_shift") -> Chart:
    """First-order and total Sobol indices of one output, the largest total first.

    Bars: share of the variance that a choice bears alone, and with all others.
    """
    rows = [
        {"input": i.input, "first": i.first, "first_error": i.first_error, "total": i.total,
         "total_error": i.total_error, "reason": i.reason}
        for i in sorted(result.indices.of(output), key=lambda i: -(i.total or 0))
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["input", "first", "first_error", "total", "total_error", "reason"])
    return Chart(
        name=f"choices-behind-{output.replace('_', '-').replace(':', '-')}",
        frame=frame,
        draw=partial(_draw_sobol, frame, dict(zip(result.items["item"], result.items["title"], strict=True))),
        n=f"Sobol indices, base sample {result.indices.base:,};",
        marks="lines: 95 % intervals; shares need not add up.",
    )


def input_name(name: str, titles: Mapping[str, str]) -> str:
    """``"Weight: Data sharing"`` for ``weight:data_sharing``."""
    kind, _, of = name.partition(":")
    words = {"coder": "Which coder", "left_out": "Item left out", "missing": "Missing answers",
             "not_applicable": "Items that do not apply", "aggregation": "Items or dimensions",
             "weight": "Weight", "dimension": "Weight of dimension"}  # fmt: skip
    return f"{words.get(kind, kind)}: {titles.get(of, of)}" if of else words.get(kind, kind)


def _draw_sobol(frame: pd.DataFrame, titles: Mapping[str, str]) -> go.Figure:
    import plotly.graph_objects as go

    rows, figure = records(frame), go.Figure()
    y = [wrapped(input_name(str(r["input"]), titles), 30) for r in rows]
    for name, words, colour, at in (
        ("first", "alone", HUE[3], -0.4),
        ("total", "with all others", HUE[1], 0.0),
    ):
        figure.add_bar(
            x=[r[name] for r in rows], y=y, orientation="h", name=words, marker={"color": colour},
            width=0.4, offset=at,
            error_x={"type": "data", "array": [r[f"{name}_error"] or 0 for r in rows], "thickness": 1.2, "width": 3,
                     "color": INK},
            hovertemplate=f"%{{y}}<br>{words}: %{{x:.2f}}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        plain_layout(max(row_height(y), 30) * len(y) + 110),
        barmode="overlay",
        showlegend=True,
        legend=legend(),
    )
    figure.update_yaxes(labels_axis(categoryorder="array", categoryarray=y))
    figure.update_xaxes(axis(title_text="share of the variance", rangemode="tozero"))
    return figure
