"""Charts of one journal or publisher beside others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rdpscore.codebook import Scheme
from rdpscore.figures.look import (
    ABSENT,
    HUE,
    INK,
    KINDS,
    PAPER,
    RULE,
    SCALE,
    SOFT,
    STACKED,
    Chart,
    axis,
    escaped,
    labels_axis,
    legend,
    plain_layout,
    row_height,
    wrapped,
)
from rdpscore.heterogeneity.uniform import against_rest, uniformity
from rdpscore.results import records
from rdpscore.scoring.journal import side_by_side
from rdpscore.survey import Survey
from rdpscore.uncertainty import StandingResult
from rdpscore.words import cut, plural

if TYPE_CHECKING:
    import plotly.graph_objects as go

FEW = 5
MOST = 40
"""Publishers that are drawn; the others stand in the table."""
PLACES = {"all": ("all others", SOFT, "line-ns"), "comparable": ("comparable journals", KINDS[1], "diamond"),
          "journal": ("this journal", INK, "circle")}  # fmt: skip
MEANS = {"rest": ("mean of the rest", SOFT, "line-ns"), "own": ("mean of the publisher", HUE[3], "circle")}


# A journal among its peers ------------------------------------------------------------------------------


def place_among_peers(found: StandingResult) -> Chart:
    """Means of the answers' scores by dimension: a row each with the journal, comparable ones, all others."""
    frame = found.dimensions[["dimension", "title", "n_items", "weight", "journal", "comparable", "all"]]
    return Chart(
        name="place-among-peers",
        frame=frame,
        draw=partial(_draw_place, frame),
        n=f"Means of the answers' scores; {found.n_comparable:,} comparable: {found.comparable}; "
        f"{found.n_all:,} others in all.",
    )


def _draw_place(frame: pd.DataFrame) -> go.Figure:
    import plotly.graph_objects as go

    rows, figure = records(frame), go.Figure()
    names = [wrapped(f"{r['title']} ({r['n_items']})", 22) for r in rows]
    for k, row in enumerate(rows):
        ends = [v for key in PLACES if (v := row[key]) is not None]
        if len(ends) > 1:
            figure.add_scatter(x=[min(ends), max(ends)], y=[k, k], mode="lines", hoverinfo="skip",
                               line={"color": RULE, "width": 3}, showlegend=False)  # fmt: skip
    _marks(figure, rows, names, PLACES, height=44)
    return figure


def _marks(
    figure: go.Figure,
    rows: list[dict[str, Any]],
    names: list[str],
    kinds: dict[str, tuple[str, str, str]],
    *,
    height: int,
) -> None:
    """A row each with a mark of each kind, on the scale of answers' scores; a line stands for many journals."""
    for key, (words, colour, symbol) in kinds.items():
        size, line = (14, 3) if symbol == "line-ns" else (11, 1)
        figure.add_scatter(
            x=[r[key] for r in rows], y=list(range(len(rows))), mode="markers", name=words,
            marker={"color": colour, "size": size, "symbol": symbol, "line": {"width": line, "color": colour}},
            hovertemplate=f"%{{y}}: {words} %{{x:.2f}}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(plain_layout(height * max(len(rows), 1) + 110), showlegend=True, legend=legend())
    figure.update_yaxes(
        labels_axis(
            autorange=False, range=[len(rows) - 0.4, -0.6], tickvals=list(range(len(rows))), ticktext=names
        )
    )
    figure.update_xaxes(axis(range=[-0.03, 1.03], title_text="mean of the answers' scores", tickformat=".1f"))


# Journals side by side ----------------------------------------------------------------------------------


def side_by_side_answers(survey: Survey, journals: Sequence[str]) -> Chart:
    """Resolved answers of some journals, one row an item and journal.

    Items by journals, from pale (lowest option) to dark (strictest).
    """
    frame = side_by_side(survey, journals)
    return Chart(
        name="journals-side-by-side",
        frame=frame,
        draw=partial(_draw_side_by_side, frame),
        n=f"{plural(frame['journal_id'].nunique(), 'journal')}, resolved answers;",
        marks="the stronger the colour, the stricter.",
    )


def _draw_side_by_side(frame: pd.DataFrame) -> go.Figure:
    import plotly.graph_objects as go

    ids, items = list(dict.fromkeys(frame["journal_id"])), list(dict.fromkeys(frame["item"]))
    title = dict(zip(frame["item"], frame["title"], strict=True))
    name = dict(zip(frame["journal_id"], frame["journal"], strict=True))
    row, column = (
        pd.Index(k).get_indexer(pd.Index(frame[c])) for k, c in ((items, "item"), (ids, "journal_id"))
    )
    z, said = np.full((len(items), len(ids)), np.nan), np.full((len(items), len(ids)), "", object)
    z[row, column] = frame["strictness"].astype(float)
    said[row, column] = [wrapped(r["label"] or "no answer", 40) for r in records(frame)]
    figure = go.Figure(
        go.Heatmap(
            z=z, x=list(range(len(ids))), y=list(range(len(items))), colorscale=SCALE, zmin=0, zmax=1, xgap=3, ygap=2,
            showscale=False, customdata=said, hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    names = [wrapped(title[i], 22) for i in items]
    heads = [wrapped(cut(name[j], 60), 14) for j in ids]
    room = 14 * max(h.count("<br>") + 1 for h in heads)
    figure.update_layout(plain_layout(max(row_height(names), 24) * len(items) + 40 + room))
    figure.update_yaxes(
        labels_axis(
            autorange=False, range=[len(items) - 0.5, -0.5], tickvals=list(range(len(items))), ticktext=names
        )
    )
    figure.update_xaxes(
        axis(showgrid=False, tickvals=list(range(len(ids))), ticktext=heads, tickangle=0,
             tickfont={"size": 11, "color": INK})
    )  # fmt: skip
    return figure


# Publishers ---------------------------------------------------------------------------------------------


def uniformity_bars(survey: Survey) -> Chart:
    """How many journals of each publisher share its commonest answers, and the others."""
    frame = uniformity(survey)
    return Chart(
        name="uniformity-of-publishers",
        frame=frame,
        draw=partial(_draw_uniformity, frame),
        n=f"{int(frame['n_journals'].sum()):,} journals; a publisher's different sets of answers add up to "
        f"{int(frame['n_patterns'].sum()):,} (in brackets: different sets, of journals).",
        marks="First part of a bar: journals that share the publisher's commonest answers to all closed items."
        + (f" The {MOST} publishers with most journals are drawn." if len(frame) > MOST else ""),
    )


def _draw_uniformity(frame: pd.DataFrame) -> go.Figure:
    import plotly.graph_objects as go

    keep = set(frame.nlargest(MOST, "n_journals")["publisher"])
    rows = [r for r in records(frame) if r["publisher"] in keep]
    names = [wrapped(f"{r['publisher']} ({r['n_patterns']} of {r['n_journals']})", 26) for r in rows]
    figure = go.Figure()
    for words, colour, values in (
        ("commonest answers", HUE[3], [r["n_largest"] for r in rows]),
        ("other answers", ABSENT, [r["n_journals"] - r["n_largest"] for r in rows]),
    ):
        figure.add_bar(
            x=values, y=names, orientation="h", name=words, marker={"color": colour},
            text=[str(v) if v else "" for v in values], textposition="inside", insidetextanchor="middle", textangle=0,
            textfont={"color": PAPER if colour == HUE[3] else INK, "size": 11},
            customdata=[_uniform(r) for r in rows], hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        plain_layout(max(row_height(names), 26) * len(rows) + 120), **STACKED, legend=legend()
    )
    figure.update_yaxes(labels_axis(categoryorder="array", categoryarray=names))
    figure.update_xaxes(axis(title_text="journals"))
    return figure


def _uniform(row: dict[str, Any]) -> str:
    return (
        f"{escaped(row['publisher'])}<br>{row['n_patterns']} different sets of answers among {row['n_journals']}"
        f"<br>one answer on {row['n_items_same']} of {row['n_items']} items"
    )


def publisher_against_rest(survey: Survey, publisher: str, scheme: Scheme | str | None = None) -> Chart:
    """Mean score of each item: a row each with the publisher's journals, their range, and the mean of all others."""
    frame = against_rest(survey, publisher, scheme)
    n = int(frame["n_own"].max()) if len(frame) else 0
    few = f"; fewer than {FEW} journals, so a hint at most" if n < FEW else ""
    return Chart(
        name="publisher-against-rest",
        frame=frame,
        draw=partial(_draw_against_rest, frame),
        n=f"{n} journals of the publisher and {int(frame['n_rest'].max()) if len(frame) else 0:,} others{few};",
        marks="mean of the answers' scores; bars reach from the lowest to the highest of its journals, not a doubt.",
    )


def _draw_against_rest(frame: pd.DataFrame) -> go.Figure:
    import plotly.graph_objects as go

    rows, figure = records(frame), go.Figure()
    names = [wrapped(r["title"], 24) for r in rows]
    x: list[float | None] = []
    y: list[float | None] = []
    for k, row in enumerate(rows):
        if row["own"] is not None:
            x += [row["low"], row["high"], None]
            y += [k, k, None]
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": RULE, "width": 8}, hoverinfo="skip", showlegend=False
    )
    _marks(figure, rows, names, MEANS, height=28)
    return figure
