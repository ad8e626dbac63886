"""Figures of coefficients: by question and estimator, without each publisher, with doubtful labels flipped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from rdpscore.analysis.checks import CheckedResult
from rdpscore.analysis.findings import plain, signed, words
from rdpscore.analysis.robustness import Robust
from rdpscore.analysis.robustness_words import VERDICTS, sentences
from rdpscore.analysis.rows import Question, Row
from rdpscore.figures.look import (
    HUE,
    INK,
    KINDS,
    RULE,
    SOFT,
    FigureData,
    axis,
    escaped,
    labels_axis,
    layout,
    row_height,
    wrapped,
)
from rdpscore.figures.predictors import counted, finding_of, headline
from rdpscore.files.names import slug
from rdpscore.results import records

if TYPE_CHECKING:
    import plotly.graph_objects as go

SHOWN: tuple[Question, ...] = ("pooled", "within", "between")
QUESTION_WORDS: dict[Question, str] = {
    "pooled": "over all journals",
    "within": "within publishers",
    "between": "between publishers",
}
WITHIN = "Among journals of one publisher"
"""So the sentence of a finding begins on what a journal can act on."""
METHOD_WORDS = {
    "CR2": "least squares, CR2",
    "CR3": "least squares, CR3",
    "WCR": "wild bootstrap",
    "fractional": "fractional logit",
}


# Coefficients -------------------------------------------------------------------------------------------


def coefficients_data(result: CheckedResult, term: str) -> FigureData:
    """Estimates of a term with 95 % intervals: by question, and in each by estimator."""
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
    found = finding_of(result, term)
    name = found.label if result.regress.frame.predictor(term).kind == "category" else ""
    return FigureData(
        name=f"coefficients-{slug(term)}",
        title=f"{words(name or result.regress.frame.predictor(term).called).capitalize()}: three questions, "
        "three answers",
        see=" ".join([headline(result, term), *(t for t in found.sentences if t.startswith(WITHIN))]),
        n=f"{counted(result)} {unit[0].upper()}{unit[1:]}, 95 % intervals. Grey: within ±{plain(bound)} a difference "
        "counts as none, set beforehand. Estimators are compared inside a question only.",
        frame=frame,
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


def coefficients(result: CheckedResult, term: str) -> go.Figure:
    """A row an estimator under its question, with the band of what counts as none."""
    import plotly.graph_objects as go

    data = coefficients_data(result, term)
    figure, bound = go.Figure(), result.regress.frame.bound(term)
    names: list[str] = []
    y: list[float] = []
    at = 0.0
    figure.add_vrect(x0=-bound, x1=bound, fillcolor=RULE, opacity=0.55, line_width=0, layer="below")
    figure.add_vline(x=0, line={"color": SOFT, "width": 1})
    for question, own in data.frame.groupby("question", sort=False):
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
    figure.update_layout(layout(data, tall * len(names) + 70))
    figure.update_yaxes(labels_axis(autorange=False, range=[at - 0.9, -0.7], tickvals=y, ticktext=names))
    figure.update_xaxes(axis(title_text=escaped(f"difference of the {result.regress.frame.outcome.title}")))
    return figure


# Without each publisher, with labels flipped ------------------------------------------------------------

PANELS: tuple[Question, ...] = ("pooled", "within")
"""Between publishers nothing is drawn here: one publisher is one of a handful of rows."""


def leave_one_out_data(result: CheckedResult, term: str) -> FigureData:
    """A coefficient without each publisher, over all journals and within publishers: one row each."""
    found = [result.robustness.find(q, term) for q in PANELS]
    rows = [_as_it_stands(r, "no publisher") for r in found]
    for r in found:
        rows += [
            {"question": r.question, "label": w.left_out, "n": w.n_journals, "estimate": w.estimate, "low": w.low,
             "high": w.high, "verdict": w.verdict}
            for w in r.publishers.rows
        ]  # fmt: skip
    return FigureData(
        name=f"leave-one-out-{slug(term)}",
        title=f"{_named(result, term)} without one publisher",
        see=_said(result, term, "Whichever publisher"),
        n=f"{counted(result)} {_unit(found)}, 95 % intervals by CR2; orange: what it rests on. {_band(result, term)}",
        frame=_ordered(rows),
    )


def leave_one_out(result: CheckedResult, term: str) -> go.Figure:
    """A row a publisher that is left out, a panel a question."""
    carriers = {}
    for q in PANELS:
        found = result.robustness.find(q, term)
        row = found.publishers.carrier
        if row is not None and found.point.verdict not in ("equivalent", "negligible effect"):
            carriers[q] = row.left_out
    return _panels(result, term, leave_one_out_data(result, term), carriers)


def label_flips_data(result: CheckedResult, term: str) -> FigureData:
    """A coefficient with each doubtful label flipped, and with all: one row each; empty where none is doubtful."""
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
    return FigureData(
        name=f"label-flips-{slug(term)}",
        title=f"{_named(result, term)} when doubtful labels are flipped",
        see=_said(result, term, "With the "),
        n=f"{counted(result)} {_unit(found)}, 95 % intervals by CR2. {_band(result, term)}",
        frame=_ordered(rows),
    )


def label_flips(result: CheckedResult, term: str) -> go.Figure:
    """A row a label that is flipped, a panel a question."""
    return _panels(result, term, label_flips_data(result, term), dict.fromkeys(PANELS, "all labels flipped"))


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


def _named(result: CheckedResult, term: str) -> str:
    predictor = result.regress.frame.predictor(term)
    name = words(finding_of(result, term).label if predictor.kind == "category" else predictor.called)
    return f"{name[0].upper()}{name[1:]}"


def _said(result: CheckedResult, term: str, opening: str) -> str:
    """The sentence of the report that begins so, or the headline."""
    told = sentences(result.robustness.rows, brief=True)[term]
    return next((s for s in told if s.startswith(opening)), headline(result, term))


def _unit(found: Sequence[Robust]) -> str:
    unit = found[0].unit
    return f"{unit[0].upper()}{unit[1:]}"


def _band(result: CheckedResult, term: str) -> str:
    return f"Grey: within ±{plain(result.regress.frame.bound(term))} a difference counts as none."


def _panels(result: CheckedResult, term: str, data: FigureData, marked: dict[Question, str]) -> go.Figure:
    """The questions side by side, the same rows in both, ordered by the first."""
    from plotly.subplots import make_subplots

    names = list(dict.fromkeys(data.frame.sort_values("estimate", ascending=False)["label"]))
    first = [n for n in ("no publisher", "labels as they stand", "all labels flipped", "without these journals")
             if n in names]  # fmt: skip
    names = [*first, *(n for n in names if n not in first)]
    place = {name: k if name in first else k + 0.5 for k, name in enumerate(names)}
    figure = make_subplots(
        rows=1, cols=len(PANELS), shared_yaxes=True, horizontal_spacing=0.04,
        subplot_titles=[QUESTION_WORDS[q] for q in PANELS],
    )  # fmt: skip
    bound = result.regress.frame.bound(term)
    ends = [v for c in ("low", "high", "estimate") for v in data.frame[c].dropna()]
    reach = [min([*ends, -bound]), max([*ends, bound])]
    pad = 0.04 * (reach[1] - reach[0])
    for column, question in enumerate(PANELS, start=1):
        where: dict[str, Any] = {"row": 1, "col": column}
        under = where | {"exclude_empty_subplots": False}
        own = records(data.frame[data.frame["question"] == question])
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
    shown = [wrapped(n if len(n) <= 40 else f"{n[:39]}…", 22) for n in names]
    tall = max(row_height(shown), 22)
    figure.update_layout(layout(data, tall * len(names) + 80))
    for note in figure.layout.annotations[: len(PANELS)]:
        note.update(font={"size": 12, "color": INK}, yshift=4)
    figure.update_layout(margin={"t": figure.layout.margin.t + 24}, height=figure.layout.height + 24)
    figure.update_yaxes(
        labels_axis(
            autorange=False, range=[len(names) + 0.1, -0.7], tickvals=list(place.values()), ticktext=shown
        )
    )
    figure.update_xaxes(axis(range=[reach[0] - pad, reach[1] + pad], nticks=5, tickangle=0))
    return figure
