"""Charts of surveys side by side: answers to the shared items, and what differs in which direction."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from rdpscore.comparing.comparison import Pair
from rdpscore.figures.look import (
    HUE,
    INK,
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
from rdpscore.files.names import safe_name
from rdpscore.results import records

if TYPE_CHECKING:
    import plotly.graph_objects as go

LEAST_TEXT = 0.06
"""A part of a bar that is smaller carries no number."""


def _name(kind: str, pair: Pair) -> str:
    labels = (re.sub(r"[\W_]+", "-", r.label).strip("-") for r in (pair.a, pair.b))
    return safe_name("-".join([kind, *labels]))


def _who(pair: Pair) -> str:
    return f"A: {pair.a.label}, B: {pair.b.label}; {len(pair.matches)} journals in both."


# Distributions ------------------------------------------------------------------------------------------


def distributions(pair: Pair) -> Chart:
    """Shares of the answers to each shared item among the journals of both surveys, one row a part of a bar.

    Two stacked bars an item, the first survey above the second.
    """
    frame = pair.distributions
    rows: list[dict[str, Any]] = []
    for item, own in frame.groupby("item", sort=False):
        parts, entry = records(own), pair.terms.codebook.item(str(item))
        for letter, end in (("A", "a"), ("B", "b")):
            for k, part in enumerate(parts):
                rows.append(
                    {
                        "item": item,
                        "title": part["title"],
                        "survey": letter,
                        "option": part["option"],
                        "label": part["label"],
                        "strictness": entry.strictness(k),
                        "n": part[f"matched_n_{end}"],
                        "share": part[f"matched_share_{end}"],
                    }
                )
    parts_of_bars = pd.DataFrame(rows)
    return Chart(
        name=_name("answers-side-by-side", pair),
        frame=parts_of_bars,
        draw=partial(_draw_distributions, parts_of_bars),
        n=_who(pair),
        marks="The stronger the colour, the stricter the answer; kinds without an order have colours by turns."
        if any(r["strictness"] is None for r in rows)
        else "The stronger the colour, the stricter the answer.",
    )


def _draw_distributions(frame: pd.DataFrame) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    items = list(dict.fromkeys(frame["item"]))
    titles = dict(zip(frame["item"], frame["title"], strict=True))
    y = {(item, s): 2.6 * k + at for k, item in enumerate(items) for s, at in (("A", 0.0), ("B", 1.0))}
    before = dict.fromkeys(y, 0.0)
    nth = frame.groupby(["item", "survey"], sort=False).cumcount()
    for row, k in zip(records(frame), nth, strict=True):
        if not row["share"]:
            continue
        place, colour = (row["item"], row["survey"]), option_colour(row["strictness"], k)
        figure.add_bar(
            x=[row["share"]], y=[y[place]], orientation="h", width=0.9,
            base=before[place], marker={"color": colour, "line": {"color": "white", "width": 1}},
            text=str(row["n"]) if row["share"] >= LEAST_TEXT else "", textposition="inside", insidetextanchor="middle",
            textfont={"size": 10, "color": "white" if colour in HUE[2:] else INK}, textangle=0,
            hovertemplate=f"{escaped(row['title'])}, {row['survey']}<br>{escaped(row['label'])}: {row['n']}, "
            f"{100 * row['share']:.0f} %<extra></extra>",
        )  # fmt: skip
        before[place] += row["share"]
    names = {i: wrapped(titles[i], 24) for i in items}
    ticks = [(p, f"{names[i]}  A" if s == "A" else "B") for (i, s), p in y.items()]
    figure.update_layout(plain_layout(52 * len(items) + 90), barmode="overlay")
    figure.update_yaxes(
        labels_axis(
            autorange=False,
            range=[2.6 * len(items) - 1, -0.8],
            tickvals=[t for t, _ in ticks],
            ticktext=[w for _, w in ticks],
        )
    )
    figure.update_xaxes(axis(range=[0, 1.005], tickformat=".0%", title_text="share of the journals in both"))
    return figure


# What moved ---------------------------------------------------------------------------------------------


def moved_answers(pair: Pair) -> Chart:
    """Journals whose answer is stricter, looser or another in the second survey, one row an item.

    Bars to the right for stricter, to the left for looser, items that differ most on top.
    """
    frame = pair.items[["item", "title", "n", "same", "stricter", "looser", "other", "mean_shift"]]
    order = (frame["n"] - frame["same"]).sort_values(ascending=False, kind="stable").index
    frame = frame.loc[order].reset_index(drop=True)
    return Chart(
        name=_name("what-moved", pair),
        frame=frame,
        draw=partial(_draw_moved, frame),
        n=_who(pair),
        marks="" if pair.later else "Differences, not changes: the dates do not tell.",
    )


def _draw_moved(frame: pd.DataFrame) -> go.Figure:
    import plotly.graph_objects as go

    rows, figure = records(frame), go.Figure()
    names = [wrapped(f"{r['title']} ({r['n']})", 30) for r in rows]
    y = list(range(len(rows)))
    for key, words, colour, sign in (
        ("looser", "looser in B", HUE[1], -1),
        ("stricter", "stricter in B", HUE[3], 1),
        ("other", "another answer", RULE, 1),
    ):
        if key == "other" and not frame["other"].any():
            continue
        figure.add_bar(
            x=[sign * r[key] for r in rows], y=y, orientation="h", name=words, marker={"color": colour},
            text=[str(r[key]) if r[key] else "" for r in rows], textposition="outside", cliponaxis=False,
            textfont={"size": 10, "color": INK},
            customdata=[f"{n}<br>{words}: {r[key]} of {r['n']}" for n, r in zip(names, rows, strict=True)],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    top = max([1, *(r["stricter"] + r["other"] for r in rows), *(r["looser"] for r in rows)])
    figure.update_layout(plain_layout(max(row_height(names), 24) * len(rows) + 110) | STACKED)
    figure.update_layout(barmode="relative", legend=legend())
    figure.update_yaxes(
        labels_axis(autorange=False, range=[len(rows) - 0.4, -0.6], tickvals=y, ticktext=names)
    )
    step = 10 ** (len(str(top)) - 1)
    ticks = [k for k in range(-top, top + 1) if k % step == 0]
    figure.update_xaxes(
        axis(
            range=[-1.15 * top, 1.15 * top], tickvals=ticks, ticktext=[str(abs(t)) for t in ticks],
            title_text="journals", zeroline=True, zerolinecolor=INK,
        )
    )  # fmt: skip
    return figure
