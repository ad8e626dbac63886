"""Charts of disagreement: which options coders confuse, and why they differed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from rdpscore.agreement import AgreementResult
from rdpscore.agreement import reason_counts as why
from rdpscore.agreement.pairs import cells, pair_shares
from rdpscore.figures.look import (
    ABSENT,
    INK,
    KINDS,
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

if TYPE_CHECKING:
    import plotly.graph_objects as go

By = Literal["item", "publisher"]
MOST_REASONS = 5


# Confusion ----------------------------------------------------------------------------------------------


def confusion(result: AgreementResult, columns: int = 3) -> Chart:
    """Journals by the pair of options that their coders chose.

    A triangle an item: rows and columns are options, cells the journals for which both were chosen.
    """
    survey, data, rows = result.survey, cells(result.survey), []
    for k, place in enumerate(data.items):
        item, n = survey.codebook.items[place], int(data.pairable(k).sum())
        shares = pair_shares(data.counts[k])
        both = shares + shares.T - np.diag(np.diag(shares))
        for high in range(len(item.codes)):
            for low in range(high + 1):
                rows.append(
                    {
                        "item": item.id,
                        "title": item.title,
                        "low": item.codes[low],
                        "high": item.codes[high],
                        "low_label": item.options[low].label,
                        "high_label": item.options[high].label,
                        "journals": float(both[low, high] * n),
                        "share": float(both[low, high]),
                    }
                )
    frame = pd.DataFrame(rows)
    order = sorted(result.items, key=lambda i: (i.percent is None, i.percent or 0))
    return Chart(
        name="confusion-of-options",
        frame=frame,
        draw=partial(_draw_confusion, frame, {i.item: i.title for i in order}, columns),
        n=f"{result.ledger.n_double:,} journals;",
        marks="numbers are journals, in those with more than two coders by shares.",
    )


def _draw_confusion(frame: pd.DataFrame, titles: Mapping[str, str], columns: int) -> go.Figure:
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    items = list(titles)
    n_rows = -(-len(items) // columns) if items else 1
    figure = make_subplots(
        rows=n_rows, cols=columns, subplot_titles=[wrapped(titles[i]) for i in items],
        horizontal_spacing=0.08, vertical_spacing=min(0.5, 64 / (190 * n_rows)),
    )  # fmt: skip
    top = max(frame.loc[frame["low"] != frame["high"], "journals"].max(), 1.0)
    for k, item in enumerate(items):
        own = frame[frame["item"] == item]
        codes = list(dict.fromkeys(own["high"]))
        z = own.pivot_table(index="high", columns="low", values="journals", sort=False).reindex(
            codes, columns=codes
        )
        values = z.to_numpy()
        diagonal = np.eye(len(codes), dtype=bool)
        text = [["" if np.isnan(v) or v < 0.5 else f"{v:.0f}" for v in row] for row in values]
        place = {"row": k // columns + 1, "col": k % columns + 1}
        figure.add_heatmap(
            z=np.where(diagonal, 0.0, np.nan), x=codes, y=codes, colorscale=[(0, ABSENT), (1, ABSENT)], showscale=False,
            text=text, texttemplate="%{text}", textfont={"size": 10, "color": SOFT}, xgap=1, ygap=1, hoverinfo="skip",
            **place,
        )  # fmt: skip
        figure.add_trace(
            go.Heatmap(
                z=np.where(diagonal, np.nan, values), x=codes, y=codes, colorscale=SCALE, zmin=0, zmax=top,
                showscale=False, text=text, texttemplate="%{text}", textfont={"size": 10}, xgap=1, ygap=1,
                hovertemplate=f"{escaped(titles[item])}<br>%{{x}} and %{{y}}: %{{z:.1f}} journals<extra></extra>",
            ),
            **place,
        )  # fmt: skip
    figure.update_layout(plain_layout(190 * n_rows + 20, top=40))
    figure.update_annotations(font={"size": 11, "color": INK})
    figure.update_xaxes(axis(showgrid=False, type="category", tickfont={"size": 10, "color": SOFT}))
    figure.update_yaxes(
        axis(showgrid=False, type="category", autorange="reversed", tickfont={"size": 10, "color": SOFT})
    )
    return figure


# Reasons ------------------------------------------------------------------------------------------------


def reasons(result: AgreementResult, by: By = "item") -> Chart:
    """Disagreements by reason and by item or publisher.

    Stacked bars, a colour a reason, the longest bar on top.
    """
    counts = why.reasons(result.disagreements, by)
    titles = {i.id: i.title for i in result.survey.codebook.items}
    reasons = {r.id: r.title for r in result.survey.codebook.reasons} | {why.UNRECORDED: "Not recorded"}
    frame = counts.assign(
        label=["no publisher" if pd.isna(v) else titles.get(str(v), str(v)) for v in counts[by]],
        reason_title=[reasons.get(str(r), str(r)) for r in counts["reason"]],
    )
    order = why.overall(result.disagreements)["reason"].tolist()
    return Chart(
        name=f"reasons-by-{by}",
        frame=frame,
        draw=partial(_draw_reasons, frame, order),
        n=f"{len(result.disagreements):,} disagreements, with the reason that the adjudicator gave.",
    )


def _draw_reasons(frame: pd.DataFrame, order: Sequence[str]) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    labels = list(dict.fromkeys(frame["label"]))
    y = [wrapped(t) for t in labels]
    shown = order[:MOST_REASONS]
    for k, reason in enumerate([*shown, None] if len(order) > len(shown) else shown):
        own = frame[frame["reason"] == reason] if reason else frame[~frame["reason"].isin(shown)]
        n = own.groupby("label")["n"].sum().reindex(labels).fillna(0)
        name = own["reason_title"].iloc[0] if reason else "Other reasons"
        figure.add_bar(
            x=n, y=y, orientation="h", name=wrapped(name, 44), marker={"color": KINDS[k]},
            text=[f"{v:.0f}" if v >= 5 else "" for v in n], textposition="inside", insidetextanchor="middle",
            textangle=0, textfont={"size": 10},
            hovertemplate=f"%{{y}}<br>{escaped(name)}: %{{x}}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(plain_layout(row_height(y) * len(y) + 150), **STACKED, legend=legend())
    figure.update_yaxes(labels_axis(categoryorder="array", categoryarray=y))
    figure.update_xaxes(axis(title_text="disagreements", rangemode="tozero"))
    return figure
