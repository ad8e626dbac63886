"""Figures of heterogeneity: what lies between publishers, and the kinds of policies that there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rdpscore.figures.look import (
    ABSENT,
    HUE,
    INK,
    KINDS,
    RULE,
    SCALE,
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
from rdpscore.heterogeneity.kinds import Profiles
from rdpscore.heterogeneity.measured import HeterogeneityResult
from rdpscore.heterogeneity.patterns import Patterns
from rdpscore.inference import clusters
from rdpscore.results import records
from rdpscore.survey import Survey
from rdpscore.words import cut, groups_word, listed, plural

if TYPE_CHECKING:
    import plotly.graph_objects as go

LEVELS = ("score", "dimension", "item")
NO_INTERVAL = {
    "too_few_groups": "one group only",
    "no_replicates": "one journal a group",
    "none_within": "alike inside all: no interval",
    "boundary": "no more alike inside: no interval",
    "nominal": "kinds, not grades: no interval",
}
"""Why a point has no interval, on the figure."""


# Shares of variance -------------------------------------------------------------------------------------


def variance_shares(result: HeterogeneityResult) -> Chart:
    """Shares of variance between groups: the score, the dimensions, and the items, each by value.

    A row a number: the share between groups of these journals, and the intraclass correlation with its interval.
    """
    table = result.shares.dropna(subset="share_between")
    order = table["level"].map({level: k for k, level in enumerate(LEVELS)})
    frame = (
        table.assign(order=order, icc=table["icc"].astype(float))
        .sort_values(["order", "share_between", "id"], ascending=[True, False, True], ignore_index=True)
        .drop(columns="order")
    )
    several = groups_word(result.by)
    return Chart(
        name="variance-between-publishers" if result.by == "publisher" else "variance-between-groups",
        frame=frame,
        draw=partial(_draw_shares, frame, several),
        n=f"{plural(result.n_journals, 'journal')} of {result.n_groups} {groups_word(result.by, result.n_groups)}"
        + (f" and {plural(result.n_alone, 'journal')} without one." if result.n_alone else "."),
        marks=f"ICC: the share between {several} at large, with its 95 % interval; pale: where it goes without one of "
        "them.",
    )


def _draw_shares(frame: pd.DataFrame, several: str) -> go.Figure:
    import plotly.graph_objects as go

    rows, figure = records(frame), go.Figure()
    y = _rows_with_gaps([r["level"] for r in rows])
    names = [wrapped(r["title"], 24) for r in rows]
    for words, ends, colour, width in (
        ("ICC without one group", ("without_low", "without_high"), RULE, 10),
        ("95 % interval", ("icc_low", "icc_high"), HUE[3], 2),
    ):
        x: list[float | None] = []
        at: list[float | None] = []
        for place, row in zip(y, rows, strict=True):
            if row[ends[0]] is not None:
                x += [row[ends[0]], row[ends[1]], None]
                at += [place, place, None]
        figure.add_scatter(
            x=x, y=at, mode="lines", name=words, line={"color": colour, "width": width}, hoverinfo="skip"
        )
    there = [(place, r) for place, r in zip(y, rows, strict=True) if r["icc"] is not None]
    figure.add_scatter(
        x=[r["icc"] for _, r in there], y=[place for place, _ in there], mode="markers", name="ICC",
        marker={"color": HUE[3], "size": 8}, customdata=[_said(r) for _, r in there],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[r["share_between"] for r in rows], y=y, mode="markers", name="share of these journals' variance",
        marker={"color": KINDS[1], "size": 9, "symbol": "diamond-open", "line": {"width": 2}},
        customdata=[f"{escaped(r['title'])}<br>{100 * r['share_between']:.0f} % between" for r in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    for place, row in zip(y, rows, strict=True):
        if row["reason"] in NO_INTERVAL:
            right = row["share_between"] > 0.5
            figure.add_annotation(
                x=row["share_between"], y=place, text=NO_INTERVAL[row["reason"]], showarrow=False,
                xanchor="right" if right else "left", xshift=-10 if right else 10, font={"size": 10, "color": SOFT},
            )  # fmt: skip
    tall = max(row_height(names), 24)
    figure.update_layout(plain_layout(tall * len(rows) + 130), showlegend=True, legend=legend())
    figure.update_yaxes(
        labels_axis(autorange=False, range=[(y[-1] if y else 0) + 0.7, -0.7], tickvals=y, ticktext=names)
    )
    ticks = [0, 0.25, 0.5, 0.75, 1]
    figure.update_xaxes(
        axis(range=[-0.03, 1.03], title_text=f"share between {escaped(several)}", tickvals=ticks,
             ticktext=[f"{100 * tick:.0f} %" for tick in ticks], tickangle=0)
    )  # fmt: skip
    return figure


def _rows_with_gaps(levels: list[str]) -> list[float]:
    """Places of rows, half a row more where the level changes."""
    out: list[float] = []
    for k, level in enumerate(levels):
        out.append(0.0 if k == 0 else out[-1] + (1.0 if level == levels[k - 1] else 1.6))
    return out


def _said(row: dict[str, Any]) -> str:
    text = f"{escaped(row['title'])}<br>ICC {row['icc']:.2f}, {row['icc_low']:.2f} to {row['icc_high']:.2f}"
    if row["without_low"] is not None:
        text += f"<br>without {escaped(row['without_low_group'])} {row['without_low']:.2f}"
    return text


# Profiles -----------------------------------------------------------------------------------------------


def policy_profiles(survey: Survey, result: HeterogeneityResult) -> Chart:
    """Answers of each pattern, grouped by profile, the strictest first; no rows without profiles asked for.

    A heat map of patterns by items, from pale (lowest answer) to dark (strictest), a block a profile.
    """
    found = result.profiles
    frame = pd.DataFrame(list(_cells(survey, found)) if found is not None else [], columns=CELLS)
    sizes = {} if found is None else {p.name: p.n_journals for p in found.profiles}
    return Chart(
        name="profiles-of-policies",
        frame=frame,
        draw=partial(_draw_profiles, frame, sizes),
        n=f"{plural(result.n_journals, 'journal')}, {plural(result.n_patterns, 'different set')} of answers, one row "
        "each, with its publishers and their journals;",
        marks="the stronger the colour, the stricter"
        + ("; grey: options without an order." if _kinds(frame).any() else "."),
    )


def _kinds(frame: pd.DataFrame) -> pd.Series[bool]:
    """Whether a cell has an answer, and no place between lowest and strictest."""
    return frame["answer"].notna() & frame["level"].isna()


CELLS = ["profile", "pattern", "label", "n_journals", "item", "title", "answer", "level"]


def _cells(survey: Survey, found: Profiles) -> Iterator[dict[str, Any]]:
    """One row a pattern and item, in the order of the figure."""
    patterns, levels = found.patterns, found.patterns.levels
    if not patterns.n:
        return
    strict = np.nan_to_num(patterns.strictness)
    groups = [(p.name, p.patterns) for p in found.profiles] or [("", tuple(range(patterns.n)))]
    items = [survey.codebook.items[survey.codebook.item_ids.index(i)] for i in patterns.items]
    times = np.bincount(patterns.of[patterns.of >= 0], minlength=patterns.n)
    for name, members in groups:
        for p in sorted(members, key=lambda p: (-strict[p], p)):
            label = _owners(survey, patterns, p)
            for k, item in enumerate(items):
                option = int(patterns.option[p, k])
                yield {
                    "profile": name,
                    "pattern": p,
                    "label": label,
                    "n_journals": int(times[p]),
                    "item": item.id,
                    "title": item.title,
                    "answer": item.options[option].label if option >= 0 else None,
                    "level": float(levels[p, k]) if option >= 0 and item.ordered else None,
                }


def _owners(survey: Survey, patterns: Patterns, pattern: int) -> str:
    """``"15 IEEE"``, ``"3 ACS, 1 Wiley"``."""
    groups = clusters(survey)
    count = np.bincount(groups.code[patterns.of == pattern], minlength=groups.n)
    order = sorted(np.flatnonzero(count), key=lambda g: (-count[g], groups.labels[g]))
    return listed([f"{count[g]} {groups.labels[g]}" for g in order], 2)


def _draw_profiles(frame: pd.DataFrame, sizes: Mapping[str, int]) -> go.Figure:
    import plotly.graph_objects as go

    titles = list(dict.fromkeys(frame["title"]))
    rows: list[list[float]] = []
    kinds: list[list[float]] = []
    said: list[list[str | None]] = []
    names: list[str] = []
    blank = [np.nan] * len(titles)
    for name in dict.fromkeys(map(str, frame["profile"])):
        block = frame[frame["profile"] == name]
        if name:
            rows.append(blank)
            kinds.append(blank)
            said.append([None] * len(titles))
            names.append(f"<b>Profile {name}</b>: {plural(sizes[name], 'journal')}")
        for _, cells in block.groupby("pattern", sort=False):
            rows.append([np.nan if v is None else v for v in cells["level"]])
            kinds.append([0.0 if kind else np.nan for kind in _kinds(cells)])
            said.append(list(cells["answer"]))
            label = str(cells["label"].iloc[0])
            names.append(escaped(cut(label, 30)))
    figure = go.Figure()
    for z, colours in ((rows, SCALE), (kinds, [(0, ABSENT), (1, ABSENT)])):
        figure.add_heatmap(
            z=z, x=titles, y=list(range(len(rows))), colorscale=colours, zmin=0, zmax=1, xgap=1, ygap=1,
            showscale=False, customdata=said, hoverongaps=False, text=[[n] * len(titles) for n in names],
            hovertemplate="%{text}<br>%{x}: %{customdata}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(plain_layout(15 * len(rows) + 190))
    figure.update_yaxes(
        labels_axis(tickvals=list(range(len(rows))), ticktext=names, tickfont={"size": 10, "color": INK},
                    autorange=False, range=[len(rows) - 0.5, -0.5])
    )  # fmt: skip
    figure.update_xaxes(
        axis(showgrid=False, tickangle=-90, tickfont={"size": 9, "color": INK}, tickvals=titles)
    )
    return figure
