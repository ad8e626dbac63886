"""Charts of what the journals ask for: each item's answers, and what is demanded, in between, and absent."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from rdpscore.figures.look import (
    ABSENT,
    HUE,
    INK,
    PAPER,
    RULE,
    STACKED,
    Chart,
    axis,
    escaped,
    labels_axis,
    legend,
    option_colour,
    plain_layout,
    row_height,
    wrapped,
)
from rdpscore.results import records
from rdpscore.scoring.demanded import LEVELS, DemandsResult, option_counts
from rdpscore.survey import Survey
from rdpscore.words import cut

if TYPE_CHECKING:
    import plotly.graph_objects as go

WORDS = {
    "strictest": "strictest option",
    "between": "something in between",
    "lowest": "lowest option",
    "missing": "no answer",
}
COLOURS = {"strictest": HUE[4], "between": HUE[1], "lowest": ABSENT, "missing": PAPER}
MOST_LABEL = 60


def levels_of_demand(found: DemandsResult) -> Chart:
    """How many journals are at the strictest option of each item, in between, and at the lowest.

    Stacked bars; most journals at the strictest option first.
    """
    wide = found.items.sort_values(["n_strictest", "n_between"], ascending=False, kind="stable")
    rows = [
        {"item": r["item"], "title": r["title"], "dimension": r["dimension"], "level": level, "n": r[f"n_{level}"],
         "share": r[f"n_{level}"] / found.n_journals if found.n_journals else None,
         "option": r.get(level) if level in ("strictest", "lowest") else None}
        for r in records(wide)
        for level in LEVELS
    ]  # fmt: skip
    columns = ["item", "title", "dimension", "level", "n", "share", "option"]
    frame = pd.DataFrame(rows, columns=columns)
    return Chart(
        name="demanded-encouraged-absent",
        frame=frame,
        draw=partial(_draw_levels, frame),
        n=f"{found.n_journals:,} journals, resolved answers.",
        marks="The strictest option of an item is its highest demand, the lowest mostly that nothing is said; what "
        "lies between is asked for in part, or encouraged.",
    )


def _draw_levels(frame: pd.DataFrame) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    items = list(dict.fromkeys(frame["item"]))
    names = _names(frame)
    for level in LEVELS:
        own = frame[frame["level"] == level]
        if not own["n"].sum():
            continue
        rows = records(own)
        figure.add_bar(
            x=own["share"], y=[names[i] for i in own["item"]], orientation="h", name=WORDS[level],
            text=[str(r["n"]) if r["n"] else "" for r in rows], textposition="inside", insidetextanchor="middle",
            textfont={"color": PAPER if level == "strictest" else INK, "size": 11},
            textangle=0, marker={"color": COLOURS[level], "line": {"color": RULE, "width": 0.5}},
            customdata=[escaped(_said(r, WORDS[level])) for r in rows],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    _bars(figure, [names[i] for i in items])
    return figure


def _said(row: dict[str, object], level: str) -> str:
    option = f" ({row['option']})" if row.get("option") else ""
    return (
        f"{row['title']}: {level}{option}, {row['n']} journals, {100 * float(str(row['share'] or 0)):.0f} %"
    )


def _names(frame: pd.DataFrame) -> dict[str, str]:
    return {i: wrapped(t, 24) for i, t in zip(frame["item"], frame["title"], strict=True)}


def _bars(figure: go.Figure, order: list[str]) -> None:
    figure.update_layout(
        plain_layout(max(row_height(order), 26) * len(order) + 120), **STACKED, legend=legend()
    )
    figure.update_yaxes(labels_axis(categoryorder="array", categoryarray=order))
    figure.update_xaxes(axis(range=[0, 1], tickformat=".0%", title_text="share of the journals surveyed"))


def item_answers(survey: Survey) -> Chart:
    """How many journals have each option of each item: stacked bars, from the strictest to the lowest."""
    frame = option_counts(survey)
    return Chart(
        name="answers-by-item",
        frame=frame,
        draw=partial(_draw_answers, frame),
        n=f"{len(survey.journal_ids):,} journals, resolved answers;",
        marks="strictest option on the left; the option's words on pointing and in the table.",
    )


def _draw_answers(frame: pd.DataFrame) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    names = _names(frame)
    order = [names[i] for i in dict.fromkeys(frame["item"])]
    nth = frame.groupby("item", sort=False).cumcount().to_numpy()
    for k in range(int(nth.max()) + 1 if len(nth) else 0):
        rows = records(frame[nth == k])
        colours = [PAPER if r["label"] is None else option_colour(r["strictness"], k) for r in rows]
        figure.add_bar(
            x=[r["share"] or 0 for r in rows], y=[names[r["item"]] for r in rows], orientation="h",
            text=[str(r["n"]) if r["n"] else "" for r in rows], textposition="inside", insidetextanchor="middle",
            textangle=0, textfont={"color": [PAPER if c in HUE[2:] else INK for c in colours], "size": 11},
            marker={"color": colours, "line": {"color": PAPER, "width": 0.8}},
            customdata=[
                "<br>".join([wrapped(r["title"], 50), wrapped(cut(r["label"] or "no answer", MOST_LABEL), 50),
                             f"{r['n']} journals, {100 * (r['share'] or 0):.0f} %"])
                for r in rows
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    _bars(figure, order)
    return figure.update_layout(showlegend=False)
