"""Charts of agreement: alpha and percent, item by publisher, detection and grading."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rdpscore.agreement import AgreementResult
from rdpscore.agreement.interval import RELIABLE, TENTATIVE
from rdpscore.agreement.pairs import cells, pair_shares
from rdpscore.figures.look import (
    ABSENT,
    HUE,
    INK,
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
from rdpscore.results import records
from rdpscore.words import things

if TYPE_CHECKING:
    import plotly.graph_objects as go


# Forest plot --------------------------------------------------------------------------------------------


def forest(result: AgreementResult) -> Chart:
    """Alpha with its interval next to percent agreement: the headlines, then the items, the highest alpha first."""
    led = result.ledger
    rows = [
        {
            "label": f"All items, {'by exact answer' if h.metric == 'exact' else 'on scores'}",
            "item": None,
            "kind": "headline",
            "alpha": h.value,
            "low": h.low,
            "high": h.high,
            "reason": h.reason,
            "percent": result.overall.percent,
            "n": h.n_units,
            "clusters_with_other_answers": None,
        }
        for h in result.headlines
        if h.unit == "journal"
    ]
    rows += [
        {
            "label": i.title,
            "item": i.item,
            "kind": "item",
            "alpha": i.alpha,
            "low": i.alpha_low,
            "high": i.alpha_high,
            "reason": i.interval_reason,
            "percent": i.percent,
            "n": i.n,
            "clusters_with_other_answers": i.n_minority_clusters,
        }
        for i in sorted(result.items, key=lambda i: (i.alpha is None, -(i.alpha or 0)))
    ]
    frame = pd.DataFrame(rows)
    return Chart(
        name="alpha-by-item",
        frame=frame,
        draw=partial(_draw_forest, frame, result.options.cluster),
        n=f"{led.n_double:,} journals with two or more coders, {led.n_clusters:,} clusters by {led.cluster};",
        marks=f"95 % intervals; dotted: {TENTATIVE} and {RELIABLE:.2f}; open marks: too few clusters hold another "
        "answer for an interval.",
    )


def _draw_forest(frame: pd.DataFrame, cluster: str) -> go.Figure:
    from plotly.subplots import make_subplots

    rows = records(frame)
    figure = make_subplots(
        rows=1, cols=2, shared_yaxes=True, column_widths=[0.68, 0.32], horizontal_spacing=0.06
    )
    y = [wrapped(str(row["label"])) + _note(row, cluster) for row in rows]
    for name, row in zip(y, rows, strict=True):
        strong = row["kind"] == "headline"
        colour = INK if strong else HUE[3]
        bounded = row["low"] is not None
        if bounded:
            figure.add_scatter(
                x=[row["low"], row["high"]], y=[name] * 2, mode="lines", row=1, col=1,
                line={"color": colour, "width": 4 if strong else 2.5}, hoverinfo="skip",
            )  # fmt: skip
        if row["alpha"] is not None:
            said = f"{escaped(row['label'])}<br>alpha {row['alpha']:.2f}"
            said += f", {row['low']:.2f} to {row['high']:.2f}" if bounded else ""
            figure.add_scatter(
                x=[row["alpha"]], y=[name], mode="markers", row=1, col=1,
                marker={
                    "symbol": "diamond" if strong else "circle" if bounded else "circle-open",
                    "size": 11 if strong else 9, "color": colour, "line": {"width": 2, "color": colour},
                },
                hovertemplate=f"{said}<br>n = {row['n']}<extra></extra>",
            )  # fmt: skip
        if row["percent"] is not None:
            figure.add_scatter(
                x=[row["percent"]], y=[name], mode="markers+text", row=1, col=2,
                marker={"size": 9, "color": INK if strong else SOFT, "symbol": "diamond" if strong else "circle"},
                text=[f"{100 * row['percent']:.0f}"], textposition="middle left",
                textfont={"size": 10, "color": SOFT},
                hovertemplate=f"{escaped(row['label'])}<br>{100 * row['percent']:.1f} % agreement<extra></extra>",
            )  # fmt: skip
    for limit in (TENTATIVE, RELIABLE):
        figure.add_vline(x=limit, line={"color": SOFT, "width": 1, "dash": "dot"}, row=1, col=1)
    figure.add_vline(x=0, line={"color": SOFT, "width": 1}, row=1, col=1)
    figure.update_layout(plain_layout(row_height(y) * len(y) + 60))
    figure.update_yaxes(labels_axis(categoryorder="array", categoryarray=y))
    ticks, words = [-1, 0, TENTATIVE, 1], ["−1", "0", f"{TENTATIVE}"[1:], "1"]
    figure.update_xaxes(axis(range=[-1.08, 1.05], tickvals=ticks, ticktext=words, tickangle=0), row=1, col=1)
    shares = axis(range=[0, 1.06], tickvals=[0.5, 1], ticktext=["50", "100"], tickangle=0)
    figure.update_xaxes(shares, row=1, col=2)
    figure.update_xaxes(title_text="alpha", row=1, col=1)
    figure.update_xaxes(title_text="agree, %", row=1, col=2)
    return figure


def _note(row: dict[str, Any], cluster: str) -> str:
    """A line below a name: why there is no interval, or no mark at all."""
    if row["reason"] is None:
        return ""
    n = row["clusters_with_other_answers"]
    words = {
        "no_disagreement": "no disagreement",
        "no_variation": "one option only",
        "no_pairable_units": "no two answers",
    }
    few = "too few clusters" if n is None else f"{n:.0f} {things(int(n), cluster)} only"
    text = words.get(row["reason"], few)
    text = f"no alpha: {text}" if row["alpha"] is None else text
    return f'<br><span style="color:{SOFT};font-size:10px">{text}</span>'


# Heat map -----------------------------------------------------------------------------------------------


def heat_map(result: AgreementResult) -> Chart:
    """Share of disagreeing pairs of coders; items from the most to the least, groups from the best to the worst."""
    survey, groups = result.survey, [g for g in result.groups if g.n_journals]
    data = cells(survey)
    column = _groups_of(result)
    rows = []
    for k, place in enumerate(data.items):
        item = survey.codebook.items[place]
        for g in groups:
            own = data.counts[k][column == g.group]
            n = int((own.sum(axis=1) >= 2).sum())
            share = float(1 - np.trace(pair_shares(own))) if n else None
            rows.append(
                {"item": item.id, "title": item.title, "group": g.group, "n": n, "disagreement": share}
            )
    by = result.options.by
    frame = pd.DataFrame(rows)
    return Chart(
        name=f"disagreement-by-item-and-{by.replace('_', '-')}",
        frame=frame,
        draw=partial(_draw_heat_map, frame, {g.group: g.n_journals for g in result.groups}),
        n=f"{result.ledger.n_double:,} journals with two or more coders;",
        marks="% of pairs of coders that differ; no colour: none, the strongest: all.",
    )


def _groups_of(result: AgreementResult) -> np.ndarray:
    from rdpscore.agreement.publishers import membership

    labels, code = membership(result.survey, result.options.by)
    return np.array(labels, object)[code]


def _draw_heat_map(frame: pd.DataFrame, n: Mapping[str, int]) -> go.Figure:
    import plotly.graph_objects as go

    wide = frame.pivot_table(index="title", columns="group", values="disagreement", sort=False, dropna=False)
    size = frame.pivot_table(index="title", columns="group", values="n", sort=False, dropna=False)
    order = np.argsort(-wide.mean(axis=1).fillna(-1.0).to_numpy(), kind="stable")
    wide, size = wide.iloc[order], size.iloc[order]
    z = wide.to_numpy()
    text = [["" if np.isnan(v) or v < 0.005 or v > 0.995 else f"{100 * v:.0f}" for v in row] for row in z]
    figure = go.Figure(
        go.Heatmap(
            z=z, x=[f"{escaped(c)} ({n[c]})" for c in wide.columns], y=[wrapped(t) for t in wide.index],
            colorscale=SCALE, zmin=0, zmax=1, xgap=1, ygap=1, showscale=False, text=text, texttemplate="%{text}",
            textfont={"size": 9}, customdata=size.to_numpy(),
            hovertemplate="%{y}<br>%{x}<br>%{z:.0%} of pairs differ, %{customdata} journals<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(plain_layout(30 * len(wide) + 130))
    figure.update_yaxes(labels_axis())
    figure.update_xaxes(
        axis(
            showgrid=False,
            tickangle=-90,
            tickfont={"size": 10, "color": INK},
            title_text="in brackets: journals",
        )
    )
    return figure


# Detection and grading ----------------------------------------------------------------------------------


def detection(result: AgreementResult) -> Chart:
    """Agreement, differences of detection and of grading, item by item; ordinal items only.

    Stacked bars: one coder found nothing, both found something and graded it differently, agreement.
    """
    rows = [
        {
            "item": i.item,
            "label": i.title,
            "n": i.n,
            "agreement": i.percent,
            "detection": i.detection,
            "grading": i.grading,
        }
        for i in sorted(result.items, key=lambda i: i.percent or 0)
        if i.detection is not None
    ]
    frame = pd.DataFrame(rows, columns=["item", "label", "n", "agreement", "detection", "grading"])
    return Chart(
        name="detection-and-grading",
        frame=frame,
        draw=partial(_draw_detection, frame),
        n=f"{result.ledger.n_double:,} journals;",
        marks="shares of pairs of coders on items whose options have an order.",
    )


def _draw_detection(frame: pd.DataFrame) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    y = [wrapped(t) for t in frame["label"]]
    parts = (
        ("detection", "One coder found nothing", HUE[3]),
        ("grading", "Both found it, graded it differently", HUE[1]),
        ("agreement", "Agreement", ABSENT),
    )
    for name, words, colour in parts:
        share = frame[name].to_numpy(float)
        figure.add_bar(
            x=share, y=y, orientation="h", name=words, marker={"color": colour},
            text=[f"{100 * v:.0f}" if v >= 0.035 else "" for v in share], textposition="inside", textangle=0,
            insidetextanchor="middle", textfont={"size": 10},
            hovertemplate=f"%{{y}}<br>{words}: %{{x:.1%}}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(plain_layout(row_height(y) * len(y) + 130), **STACKED, legend=legend())
    figure.update_yaxes(labels_axis(categoryorder="array", categoryarray=y))
    figure.update_xaxes(
        axis(
            range=[0, 1], tickvals=[0, 0.5, 1], ticktext=["0", "50", "100"], title_text="% of pairs of coders"
        )
    )
    return figure
