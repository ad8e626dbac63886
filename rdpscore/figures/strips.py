"""Scores of journals by publisher: a strip each, journals of one score as one mark with their number."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from rdpscore.figures.look import (
    HUE,
    INK,
    PAPER,
    RULE,
    Chart,
    axis,
    escaped,
    labels_axis,
    plain_layout,
    row_height,
    wrapped,
)
from rdpscore.results import records
from rdpscore.scoring import ScoreResult
from rdpscore.uncertainty import SpreadResult
from rdpscore.uncertainty.among_peers import NO_PUBLISHER

if TYPE_CHECKING:
    import plotly.graph_objects as go

FEW = 5
MOST = 40
"""Publishers that are drawn; the others stand in the table."""
TITLES = 6
TIE_DECIMALS = 12


def score_strips(result: ScoreResult, apart: SpreadResult | None = None) -> Chart:
    """A row a publisher: its journals' scores, their mean, and what one coder alone would have made of it.

    Parameters
    ----------
    result : ScoreResult
    apart : SpreadResult, optional
        Of the same survey and scheme: what one coder alone would have made of the publishers' means. Without it no
        ranges are drawn, and the data say so.
    """
    journals = result.journals.dropna(subset="score")
    scored = result.publishers.dropna(subset="mean")
    about = pd.DataFrame(
        {"publisher": _names(scored["publisher"]), "n_journals": scored["n_scored"], "mean": scored["mean"]}
    )
    if apart is None:
        about = about.assign(low=None, high=None, reason="not_drawn")
    else:
        ranges = apart.publishers[["low", "high", "reason"]].set_index(_names(apart.publishers["publisher"]))
        about = about.join(ranges[~ranges.index.duplicated()], on="publisher")
    groups = (
        pd.DataFrame(
            {
                "publisher": _names(journals["publisher"]),
                "score": journals["score"].round(TIE_DECIMALS),
                "journals": journals["title"].astype(str),
                "journal_ids": journals["journal_id"].astype(str),
            }
        )
        .groupby(["publisher", "score"], sort=True)
        .agg(n=("journals", "size"), journals=("journals", "; ".join), journal_ids=("journal_ids", "; ".join))
    )
    frame = about.merge(groups.reset_index(), on="publisher", how="left", sort=False)
    columns = [
        "publisher",
        "n_journals",
        "mean",
        "low",
        "high",
        "reason",
        "score",
        "n",
        "journals",
        "journal_ids",
    ]
    n_publishers = int((about["publisher"] != NO_PUBLISHER).sum())
    ranges_are = (
        "Bars: 5 to 95 % of the means that one coder alone would have given, no interval of the adjudicated score."
        if apart is not None
        else "Ranges are not drawn yet."
    )
    frame = frame[columns]
    return Chart(
        name="scores-by-publisher",
        frame=frame,
        draw=partial(_draw, frame),
        n=f"{len(journals):,} journals of {n_publishers} publishers, numbers in brackets, ordered by mean; open: fewer "
        f"than {FEW} journals.",
        marks=f"A mark is a score, its number the journals that share it. {ranges_are}"
        + (f" The {MOST} publishers with most journals are drawn." if n_publishers > MOST else ""),
    )


def _names(column: pd.Series) -> pd.Series:
    return column.astype(object).where(column.notna(), NO_PUBLISHER)


def _draw(data: pd.DataFrame) -> go.Figure:
    import plotly.graph_objects as go

    drawn = list(data.drop_duplicates("publisher").nlargest(MOST, "n_journals")["publisher"])
    frame = data[data["publisher"].isin(drawn)]
    heads = records(frame.drop_duplicates("publisher"))
    place = {r["publisher"]: k for k, r in enumerate(heads)}
    names = [wrapped(f"{r['publisher']} ({r['n_journals']})", 22) for r in heads]
    tall = max(row_height(names), 32)
    figure = go.Figure()
    x: list[float | None] = []
    y: list[float | None] = []
    for k, row in enumerate(heads):
        if row["low"] is not None:
            x += [row["low"], row["high"], None]
            y += [k, k, None]
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": RULE, "width": 11}, hoverinfo="skip", name="one coder alone"
    )
    rows = records(frame)
    figure.add_scatter(
        x=[r["score"] for r in rows], y=[place[r["publisher"]] for r in rows], mode="markers+text",
        text=[str(r["n"]) if r["n"] > 1 else "" for r in rows], textfont={"size": 9, "color": PAPER},
        marker={"size": [_size(r["n"]) for r in rows], "color": HUE[2], "opacity": 1,
                "line": {"color": PAPER, "width": 1}},
        customdata=[[r["journal_ids"], _titles(r)] for r in rows], name="journals",
        hovertemplate="%{customdata[1]}<br>score %{x:.3f}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[r["mean"] for r in heads], y=[k + 12 / tall for k in range(len(heads))], mode="markers", name="mean",
        marker={"symbol": ["triangle-up-open" if r["n_journals"] < FEW else "triangle-up" for r in heads],
                "size": 9, "color": INK},
        customdata=[_mean(r) for r in heads], hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(plain_layout(tall * len(heads) + 80))
    figure.update_yaxes(
        labels_axis(
            autorange=False, range=[len(heads) - 0.3, -0.6], tickvals=list(range(len(heads))), ticktext=names
        )
    )
    top = max([1.0, *(r["score"] for r in rows)])
    figure.update_xaxes(
        axis(range=[-0.03, top + 0.03], title_text="score (triangles: means)", tickformat=".1f")
    )
    return figure


def _size(n: int) -> float:
    return 8.0 if n == 1 else min(11.0 + 2.5 * math.sqrt(n - 1), 24.0)


def _titles(row: dict[str, Any]) -> str:
    titles = str(row["journals"]).split("; ")
    shown = [wrapped(t, 50) for t in titles[:TITLES]]
    more = [f"and {len(titles) - TITLES} more"] if len(titles) > TITLES else []
    return "<br>".join([f"<b>{escaped(row['publisher'])}</b>", *shown, *more])


def _mean(row: dict[str, Any]) -> str:
    bounds = (
        f"one coder alone: {row['low']:.2f} to {row['high']:.2f}"
        if row["low"] is not None
        else f"no range: {row['reason'] or 'coded once'}"
    )
    return f"{escaped(row['publisher'])}: mean {row['mean']:.3f}<br>{escaped(bounds)}"
