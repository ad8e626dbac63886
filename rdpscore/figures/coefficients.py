"""Charts of coefficients: by question and estimator, without each publisher, with doubtful labels flipped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

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
    labels_axis,
    plain_layout,
    row_height,
    wrapped,
)
from rdpscore.figures.predictors import counted
from rdpscore.files.names import slug
from rdpscore.predictors.checks import CheckedResult
from rdpscore.predictors.finding import plain, signed, words
from rdpscore.predictors.robust import Robust
from rdpscore.predictors.rows import VERDICTS, Question, Row
from rdpscore.results import records
from rdpscore.words import cut, upper_first

if TYPE_CHECKING:
    import plotly.graph_objects as go

SHOWN: tuple[Question, ...] = ("pooled", "within", "between")
QUESTION_WORDS: dict[Question, str] = {
    "pooled": "over all journals",
    "within": "within publishers",
    "between": "between publishers",
}
METHOD_WORDS = {
    "CR2": "least squares, CR2",
    "CR3": "least squares, CR3",
    "WCR": "wild bootstrap",
    "fractional": "fractional logit",
}


# Coefficients -------------------------------------------------------------------------------------------


def coefficients_by_question(result: CheckedResult, term: str) -> Chart:
    """Estimates of a term with 95 % intervals: by question, and in each by estimator.

    A row an estimator under its question, with the band of what counts as none.
    """
    rows = [r for r in result.regress.rows if r.term == term and r.method in METHOD_WORDS]
    scale = next((r.scale for r in rows if r.main), "unit")
    bound = result.regress.frame.bound(term)
    out = []
    for question in SHOWN:
        for r in rows:
            if r.question == question and r.scale == scale and (r.held == "alone" or r.method == "CR2"):
                out.append(_coefficient(r))
    frame = pd.DataFrame(out)
    unit = next((r.unit for r in rows if r.scale == scale), "score")
    title = f"difference of the {result.regress.frame.outcome.title}"
    return Chart(
        name=f"coefficients-{slug(term)}",
        frame=frame,
        draw=partial(_draw_coefficients, frame, bound, title),
        n=f"{counted(result)} {upper_first(unit)}, 95 % intervals.",
        marks=f"Grey: within ±{plain(bound)} a difference counts as none, set beforehand. Estimators are compared "
        "inside a question only.",
    )


def _coefficient(r: Row) -> dict[str, Any]:
    return {
        "question": r.question,
        "estimator": METHOD_WORDS[r.method] + (", others held" if r.held == "together" else ""),
        "main": r.main and r.held == "alone",
        "estimate": r.estimate,
        "low": r.low,
        "high": r.high,
        "p": r.p,
        "bound": r.bound,
        "verdict": r.verdict,
        "reason": r.reason,
        "n": r.n,
    }


def _draw_coefficients(frame: pd.DataFrame, bound: float, title: str) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    names: list[str] = []
    y: list[float] = []
    at = 0.0
    figure.add_vrect(x0=-bound, x1=bound, fillcolor=RULE, opacity=0.55, line_width=0, layer="below")
    figure.add_vline(x=0, line={"color": SOFT, "width": 1})
    for question, own in frame.groupby("question", sort=False):
        names.append(f"<b>{QUESTION_WORDS[question]}</b>")  # type: ignore[index]
        y.append(at)
        word = next((r["verdict"] for r in records(own) if r["main"]), None)
        figure.add_annotation(
            x=1, xref="paper", y=at, text=escaped(VERDICTS.get(word or "", "")), showarrow=False, xanchor="right",
            font={"size": 11, "color": INK},
        )  # fmt: skip
        for r in records(own):
            at += 1
            y.append(at)
            names.append(wrapped(r["estimator"], 24))
            if r["estimate"] is None:
                figure.add_annotation(
                    x=0, y=at, text="not estimated", showarrow=False, xanchor="left", xshift=6,
                    font={"size": 10, "color": SOFT},
                )  # fmt: skip
                continue
            colour = INK if r["main"] else HUE[2]
            if r["low"] is not None:
                figure.add_scatter(
                    x=[r["low"], r["high"]], y=[at, at], mode="lines",
                    line={"color": colour, "width": 3 if r["main"] else 2}, hoverinfo="skip",
                )  # fmt: skip
            interval = "no interval" if r["low"] is None else f"{plain(r['low'])} to {plain(r['high'])}"
            figure.add_scatter(
                x=[r["estimate"]], y=[at], mode="markers", marker={"color": colour, "size": 9 if r["main"] else 7},
                customdata=[f"{signed(r['estimate'])} ({interval})<br>{r['verdict'] or ''}"],
                hovertemplate="%{customdata}<extra></extra>",
            )  # fmt: skip
        at += 1.6
    tall = max(row_height(names), 22)
    figure.update_layout(plain_layout(tall * len(names) + 70))
    figure.update_yaxes(labels_axis(autorange=False, range=[at - 0.9, -0.7], tickvals=y, ticktext=names))
    figure.update_xaxes(axis(title_text=escaped(title)))
    return figure


# Without each publisher, with labels flipped ------------------------------------------------------------

PANELS: tuple[Question, ...] = ("pooled", "within")
"""Between publishers nothing is drawn here: one publisher is one of a handful of rows."""


def leave_one_out(result: CheckedResult, term: str) -> Chart:
    """A coefficient without each publisher, over all journals and within publishers: one row each.

    A panel a question.
    """
    found = [result.robustness.find(q, term) for q in PANELS]
    rows = [_as_it_stands(r, "no publisher") for r in found]
    for r in found:
        rows += [
            {"question": r.question, "label": w.left_out, "n": w.n_journals, "estimate": w.estimate, "low": w.low,
             "high": w.high, "verdict": w.verdict}
            for w in r.publishers.rows
        ]  # fmt: skip
    carriers = {
        r.question: row.left_out
        for r in found
        if (row := r.publishers.carrier) is not None
        and r.point.verdict not in ("equivalent", "negligible effect")
    }
    frame, bound = _ordered(rows), result.regress.frame.bound(term)
    return Chart(
        name=f"leave-one-out-{slug(term)}",
        frame=frame,
        draw=partial(_draw_panels, frame, bound, carriers),
        n=f"{counted(result)} {upper_first(found[0].unit)}, 95 % intervals by CR2;",
        marks=f"orange: what it rests on. {_band(bound)}",
    )


def label_flips(result: CheckedResult, term: str) -> Chart:
    """A coefficient with each doubtful label flipped, and with all: one row each; empty where none is doubtful.

    A panel a question.
    """
    found = [result.robustness.find(q, term) for q in PANELS]
    rows = []
    for r in found:
        if r.flips.reason is not None:
            continue
        rows.append(_as_it_stands(r, "labels as they stand"))
        for label, one in (
            ("all labels flipped", r.flips.together),
            ("without these journals", r.flips.left_out),
        ):
            if one is not None:
                rows.append(_row(r, label, r.flips.n_doubtful, one.estimate, one.low, one.high, one.verdict))
        several = len({f.flipped for f in r.flips.one}) > 2
        for f in r.flips.one:
            label = f"{f.title} → {words(f.flipped)}" if several else f.title
            rows.append(_row(r, label, 1, f.estimate, f.low, f.high, f.verdict))
    frame, bound = _ordered(rows), result.regress.frame.bound(term)
    return Chart(
        name=f"label-flips-{slug(term)}",
        frame=frame,
        draw=partial(_draw_panels, frame, bound, dict.fromkeys(PANELS, "all labels flipped")),
        n=f"{counted(result)} {upper_first(found[0].unit)}, 95 % intervals by CR2.",
        marks=_band(bound),
    )


def _as_it_stands(r: Robust, label: str) -> dict[str, Any]:
    return _row(r, label, 0, r.point.estimate, r.point.low, r.point.high, r.point.verdict)


def _row(
    r: Robust,
    label: str,
    n: int,
    estimate: float | None,
    low: float | None,
    high: float | None,
    verdict: str | None,
) -> dict[str, Any]:
    return {
        "question": r.question, "label": label, "n": n, "estimate": estimate, "low": low, "high": high,
        "verdict": verdict,
    }  # fmt: skip


COLUMNS = ("question", "label", "n", "estimate", "low", "high", "verdict")


def _ordered(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Question by question in the order given."""
    return pd.DataFrame(rows, columns=list(COLUMNS)).sort_values("question", kind="stable", ignore_index=True)


def _band(bound: float) -> str:
    return f"Grey: within ±{plain(bound)} a difference counts as none."


def _draw_panels(frame: pd.DataFrame, bound: float, marked: Mapping[Question, str]) -> go.Figure:
    """The questions side by side, the same rows in both, ordered by the first."""
    from plotly.subplots import make_subplots

    names = list(dict.fromkeys(frame.sort_values("estimate", ascending=False)["label"]))
    first = [n for n in ("no publisher", "labels as they stand", "all labels flipped", "without these journals")
             if n in names]  # fmt: skip
    names = [*first, *(n for n in names if n not in first)]
    place = {name: k if name in first else k + 0.5 for k, name in enumerate(names)}
    figure = make_subplots(
        rows=1, cols=len(PANELS), shared_yaxes=True, horizontal_spacing=0.04,
        subplot_titles=[QUESTION_WORDS[q] for q in PANELS],
    )  # fmt: skip
    ends = [v for c in ("low", "high", "estimate") for v in frame[c].dropna()]
    reach = [min([*ends, -bound]), max([*ends, bound])]
    pad = 0.04 * (reach[1] - reach[0])
    for column, question in enumerate(PANELS, start=1):
        where: dict[str, Any] = {"row": 1, "col": column}
        under = where | {"exclude_empty_subplots": False}
        own = records(frame[frame["question"] == question])
        figure.add_vrect(
            x0=-bound, x1=bound, fillcolor=RULE, opacity=0.55, line_width=0, layer="below", **under
        )
        figure.add_vline(x=0, line={"color": SOFT, "width": 1}, **under)
        point = next((r["estimate"] for r in own if r["label"] == names[0]), None) if names else None
        if point is not None:
            figure.add_vline(x=point, line={"color": HUE[2], "width": 1, "dash": "dot"}, **under)
        for r in own:
            y = place[r["label"]]
            colour = INK if r["label"] == names[0] else HUE[2]
            if r["label"] == marked.get(question):
                colour = KINDS[1]
            if r["estimate"] is None:
                continue
            if r["low"] is not None:
                figure.add_scatter(
                    x=[r["low"], r["high"]], y=[y, y], mode="lines", line={"color": colour, "width": 2},
                    hoverinfo="skip", **where,
                )  # fmt: skip
            figure.add_scatter(
                x=[r["estimate"]], y=[y], mode="markers", marker={"color": colour, "size": 8},
                customdata=[f"{wrapped(r['label'], 40)}<br>{signed(r['estimate'])}<br>{r['verdict'] or ''}"],
                hovertemplate="%{customdata}<extra></extra>", **where,
            )  # fmt: skip
    shown = [wrapped(cut(n, 40), 22) for n in names]
    tall = max(row_height(shown), 22)
    figure.update_layout(plain_layout(tall * len(names) + 80, top=64))
    for note in figure.layout.annotations[: len(PANELS)]:
        note.update(font={"size": 12, "color": INK}, yshift=4)
    figure.update_yaxes(
        labels_axis(
            autorange=False, range=[len(names) + 0.1, -0.7], tickvals=list(place.values()), ticktext=shown
        )
    )
    figure.update_xaxes(axis(range=[reach[0] - pad, reach[1] + pad], nticks=5, tickangle=0))
    return figure
