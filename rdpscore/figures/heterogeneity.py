"""Figures of heterogeneity: what lies between publishers, and the kinds of policies that there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rdpscore.analysis.heterogeneity import HeterogeneityResult
from rdpscore.analysis.heterogeneity_words import (
    counted,
    groups_word,
    lower,
    profile_sentences,
    sentences,
    some,
)
from rdpscore.analysis.patterns import Patterns
from rdpscore.analysis.profiles import Profiles
from rdpscore.figures.look import (
    HUE,
    INK,
    KINDS,
    RULE,
    SCALE,
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
from rdpscore.inference import clusters
from rdpscore.results import records
from rdpscore.survey import Survey

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


def variance_shares_data(result: HeterogeneityResult) -> FigureData:
    """Shares of variance between groups: the score, the dimensions, and the items, each by value."""
    table = result.shares.dropna(subset="share_between")
    order = table["level"].map({level: k for k, level in enumerate(LEVELS)})
    frame = (
        table.assign(order=order, icc=table["icc"].astype(float))
        .sort_values(["order", "share_between", "id"], ascending=[True, False, True], ignore_index=True)
        .drop(columns="order")
    )
    found = [s for s in sentences(result) if "% of the variance" in s or "cannot be told" in s]
    word = groups_word(result.by)
    return FigureData(
        name="variance-between-publishers" if result.by == "publisher" else "variance-between-groups",
        title=f"How much differs between {word}, how much inside them?",
        see=found[0] if found else "Nothing varies.",
        n=f"{counted(result.n_journals, 'journal')} of {result.n_groups} {groups_word(result.by, result.n_groups)}. "
        f"ICC: the share between {word} at large, with its 95 % interval; pale: where it goes without one of them.",
        frame=frame,
    )


def variance_shares(result: HeterogeneityResult) -> go.Figure:
    """A row a number: the share between groups of these journals, and the intraclass correlation with its interval."""
    import plotly.graph_objects as go

    data = variance_shares_data(result)
    rows, figure = records(data.frame), go.Figure()
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
    figure.update_layout(layout(data, tall * len(rows) + 130), showlegend=True, legend=legend())
    figure.update_yaxes(
        labels_axis(autorange=False, range=[(y[-1] if y else 0) + 0.7, -0.7], tickvals=y, ticktext=names)
    )
    ticks = [0, 0.25, 0.5, 0.75, 1]
    figure.update_xaxes(
        axis(range=[-0.03, 1.03], title_text=f"share between {escaped(groups_word(result.by))}", tickvals=ticks,
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


def policy_profiles_data(survey: Survey, result: HeterogeneityResult) -> FigureData:
    """Answers of each pattern, grouped by profile, the strictest first; no rows without profiles asked for."""
    found = result.profiles
    frame = pd.DataFrame(list(_cells(survey, found)) if found is not None else [], columns=CELLS)
    said = profile_sentences(found) if found is not None else ["Nothing was grouped."]
    see = said[0]
    if found is not None and found.profiles:
        largest = max(found.profiles, key=lambda p: p.n_journals)
        mark = largest.marks[0] if largest.marks else None
        see = f"{len(found.profiles)} kinds of policies; the commonest has {largest.n_journals} of {result.n_journals}"
        see += (
            f" journals ({mark.title.lower()}: {lower(mark.answer)})." if mark is not None else " journals."
        )
    return FigureData(
        name="profiles-of-policies",
        title="Which kinds of policies are there?",
        see=see,
        n=f"{counted(result.n_journals, 'journal')}, {counted(result.n_patterns, 'different set')} of answers, one row "
        "each, with its publishers and their journals; the stronger the colour, the stricter. "
        + " ".join(said[1:2]),
        frame=frame,
    )


CELLS = ["profile", "pattern", "label", "n_journals", "item", "title", "answer", "level"]


def _cells(survey: Survey, found: Profiles) -> Iterator[dict[str, Any]]:
    """One row a pattern and item, in the order of the figure."""
    patterns, levels = found.patterns, found.patterns.levels
    if not patterns.n:
        return
    strict = np.nanmean(levels, axis=1)
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
                    "level": float(levels[p, k]) if option >= 0 else None,
                }


def _owners(survey: Survey, patterns: Patterns, pattern: int) -> str:
    """``"15 IEEE"``, ``"3 ACS, 1 Wiley"``."""
    groups = clusters(survey)
    count = np.bincount(groups.code[patterns.of == pattern], minlength=groups.n)
    order = sorted(np.flatnonzero(count), key=lambda g: (-count[g], groups.labels[g]))
    return some([f"{count[g]} {groups.labels[g]}" for g in order], 2)


def policy_profiles(survey: Survey, result: HeterogeneityResult) -> go.Figure:
    """Heat map of answer patterns by items, from pale (lowest answer) to dark (strictest), a block a profile."""
    import plotly.graph_objects as go

    data = policy_profiles_data(survey, result)
    frame = data.frame
    titles = list(dict.fromkeys(frame["title"]))
    sizes = {} if result.profiles is None else {p.name: p.n_journals for p in result.profiles.profiles}
    rows: list[list[float]] = []
    said: list[list[str | None]] = []
    names: list[str] = []
    blank = [np.nan] * len(titles)
    for name in dict.fromkeys(map(str, frame["profile"])):
        block = frame[frame["profile"] == name]
        if name:
            rows.append(blank)
            said.append([None] * len(titles))
            names.append(f"<b>Profile {name}</b>: {counted(sizes[name], 'journal')}")
        for _, cells in block.groupby("pattern", sort=False):
            rows.append([np.nan if v is None else v for v in cells["level"]])
            said.append(list(cells["answer"]))
            label = str(cells["label"].iloc[0])
            names.append(escaped(label if len(label) <= 30 else f"{label[:29]}…"))
    figure = go.Figure(
        go.Heatmap(
            z=rows, x=titles, y=list(range(len(rows))), colorscale=SCALE, zmin=0, zmax=1, xgap=1, ygap=1,
            showscale=False, customdata=said, hoverongaps=False, text=[[n] * len(titles) for n in names],
            hovertemplate="%{text}<br>%{x}: %{customdata}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(layout(data, 15 * len(rows) + 190))
    figure.update_yaxes(
        labels_axis(tickvals=list(range(len(rows))), ticktext=names, tickfont={"size": 10, "color": INK},
                    autorange=False, range=[len(rows) - 0.5, -0.5])
    )  # fmt: skip
    figure.update_xaxes(
        axis(showgrid=False, tickangle=-90, tickfont={"size": 9, "color": INK}, tickvals=titles)
    )
    return figure
