"""The specification curve: every estimate of one question in order, and below it what was chosen for each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rdpscore.figures.look import (
    HUE,
    INK,
    KINDS,
    RULE,
    SOFT,
    Chart,
    axis,
    escaped,
    plain_layout,
    row_height,
    wrapped,
)
from rdpscore.files.names import slug
from rdpscore.predictors.checks import CheckedResult
from rdpscore.predictors.finding import plain, signed, words
from rdpscore.predictors.rows import Question
from rdpscore.predictors.specification import CHOICES, CODINGS, Curve
from rdpscore.results import records
from rdpscore.words import publishers_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

ABOVE = 280
"""Pixels of the curve itself."""
CHOICE_WORDS = {
    "scheme": "scheme",
    "coding": "coding",
    "held": "beside it",
    "journals": "journals",
    "doubtful": "doubtful labels",
}


def find_curve(result: CheckedResult, question: Question, term: str) -> Curve | None:
    """The curve of a coefficient; None where curves were not asked for."""
    curves = () if result.curves is None else result.curves.curves
    return next((c for c in curves if (c.question, c.term) == (question, term)), None)


def specification_curve(result: CheckedResult, curve: Curve) -> Chart:
    """One row a specification that has an estimate, the lowest first.

    Estimates with intervals above, a dot for each choice below.
    """
    journals = result.regress.frame
    frame = curve.to_frame().dropna(subset="estimate").reset_index(drop=True)
    lost = len(curve.specifications) - curve.n
    few = f" {lost} specifications have no estimate." if lost else ""
    return Chart(
        name=f"specification-curve-{slug(curve.term)}-{curve.question}",
        frame=frame,
        draw=partial(_draw, frame, curve, f"difference of the {journals.outcome.title}"),
        n=f"{len(journals)} journals of {publishers_of(journals.publishers.n_named, journals.publishers.n_alone)}.",
        marks="95 % intervals by CR2; specifications share their journals, so none has a vote. Grey: within "
        f"±{plain(curve.bound)} a difference counts as none.{few}",
    )


def _draw(frame: pd.DataFrame, curve: Curve, title: str) -> go.Figure:
    from plotly.subplots import make_subplots

    levels = _levels(frame)
    names = [wrapped(f"{CHOICE_WORDS[c]}: {_word(c, level)}", 24) for c, level in levels]
    below = max(row_height(names), 20) * len(levels) + 10
    share = below / (ABOVE + below)
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.03, row_heights=[1 - share, share]
    )
    x = np.arange(len(frame))
    top: dict[str, Any] = {"row": 1, "col": 1}
    under = top | {"exclude_empty_subplots": False}
    figure.add_hrect(
        y0=-curve.bound, y1=curve.bound, fillcolor=RULE, opacity=0.55, line_width=0, layer="below", **under
    )
    figure.add_hline(y=0, line={"color": SOFT, "width": 1}, **under)
    there = frame["low"].notna()
    lines_x = [v for k in x[there] for v in (k, k, None)]
    lines_y = [v for low, high in frame.loc[there, ["low", "high"]].to_numpy() for v in (low, high, None)]
    figure.add_scatter(
        x=lines_x, y=lines_y, mode="lines", line={"color": HUE[1], "width": 1.5}, hoverinfo="skip", **top
    )
    said = [
        "<br>".join(
            [signed(r["estimate"]), *(f"{CHOICE_WORDS[c]}: {escaped(_word(c, r[c]))}" for c in CHOICES)]
        )
        for r in records(frame)
    ]
    figure.add_scatter(
        x=x, y=frame["estimate"], mode="markers", marker={"color": HUE[4], "size": 5}, customdata=said,
        hovertemplate="%{customdata}<extra></extra>", **top,
    )  # fmt: skip
    if curve.median is not None:
        figure.add_hline(y=curve.median, line={"color": KINDS[1], "width": 1.5}, **top)
        figure.add_annotation(
            x=0, y=curve.median, text=f"median {signed(curve.median)}", showarrow=False, xanchor="left",
            yanchor="bottom", font={"size": 11, "color": "#9a6700"}, **top,
        )  # fmt: skip
    for k, (choice, level) in enumerate(levels):
        at = x[(frame[choice] == level).to_numpy()]
        figure.add_scatter(
            x=at, y=np.full(len(at), k), mode="markers", hoverinfo="skip", row=2, col=1,
            marker={"color": INK, "size": 4, "symbol": "line-ns", "line": {"width": 1.2, "color": INK}},
        )  # fmt: skip
    figure.update_layout(plain_layout(ABOVE + below + 30))
    figure.update_yaxes(axis(title_text=wrapped(title, 30)), row=1, col=1)
    figure.update_yaxes(
        axis(autorange=False, range=[len(levels) - 0.4, -0.6], tickvals=list(range(len(levels))), ticktext=names,
             tickfont={"size": 11, "color": INK}),
        row=2, col=1,
    )  # fmt: skip
    bare = axis(showgrid=False, showticklabels=False, range=[-1, len(frame)])
    figure.update_xaxes(bare)
    figure.update_xaxes(title_text=f"{len(frame)} specifications, by estimate", row=2, col=1)
    return figure


def _levels(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """Choices that have several levels, and these."""
    return [
        (choice, level)
        for choice in CHOICES
        if frame[choice].nunique() > 1
        for level in dict.fromkeys(sorted(frame[choice]))
    ]


def _word(choice: str, level: str) -> str:
    return CODINGS.get(level, level) if choice == "coding" else words(level)  # type: ignore[call-overload]
