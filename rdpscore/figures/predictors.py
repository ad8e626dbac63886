"""Charts of predictors: scores against an attribute, within and between publishers, and the coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rdpscore.figures.look import (
    HUE,
    INK,
    KINDS,
    RULE,
    Chart,
    axis,
    escaped,
    labels_axis,
    legend,
    plain_layout,
    row_height,
    wrapped,
)
from rdpscore.files.names import slug
from rdpscore.predictors.checks import CheckedResult
from rdpscore.predictors.finding import pick, words
from rdpscore.predictors.predictor import Predictor
from rdpscore.predictors.rows import Question
from rdpscore.results import records
from rdpscore.words import cut, publishers_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

FEW = 5


def counted(result: CheckedResult, n: int | None = None) -> str:
    """``"170 of 171 journals of 17 publishers, scheme equal."``."""
    frame = result.regress.frame
    few = "" if n is None or n == len(frame) else f"{n} of "
    scheme = f", scheme {frame.outcome.scheme}" if frame.outcome.scheme else ""
    return f"{few}{len(frame)} journals of {publishers_of(frame.publishers.n_named, frame.publishers.n_alone)}{scheme}."


# A number -----------------------------------------------------------------------------------------------


def against_number(result: CheckedResult, term: str) -> Chart:
    """Outcome against a number: one row a journal.

    Journals as dots, publishers' means named at the right, and the two slopes.
    """
    frame = result.regress.frame.complete([term])
    predictor, carrier = frame.predictor(term), carrier_within(result, term)
    table = pd.DataFrame(
        {
            "journal_id": frame.journals,
            "title": frame.titles,
            "publisher": pd.Series(frame.publishers.recorded, dtype=object),
            "value": predictor.values.tolist(),
            "outcome": frame.y,
        }
    )
    slopes: dict[Question, float | None] = {
        "within": _slope(result, "within", term),
        "between": _slope(result, "between", term),
    }
    rests_on = carrier[0] if carrier else None
    return Chart(
        name=f"against-{slug(predictor.name)}",
        frame=table,
        draw=partial(_draw_against, table, predictor, frame.outcome.title, slopes, rests_on),
        n=counted(result, len(frame)),
        marks="Thin lines: the slope within publishers, one line each; dashed: between publishers' means."
        + (f" Orange: {rests_on}." if rests_on else ""),
    )


def carrier_within(result: CheckedResult, term: str) -> tuple[str, float | None] | None:
    """Publisher on which the estimate within publishers rests, and what is left without it."""
    found = result.robustness.find("within", term)
    row = found.publishers.carrier
    if row is None or found.point.verdict in ("equivalent", "negligible effect"):
        return None
    return row.left_out, row.estimate


def _draw_against(
    data: pd.DataFrame,
    predictor: Predictor,
    outcome: str,
    slopes: Mapping[Question, float | None],
    rests_on: str | None,
) -> go.Figure:
    import plotly.graph_objects as go

    log = predictor.part.log2
    table = data.assign(x=np.log2(data["value"] + predictor.shift) if log else data["value"])
    table["group"] = table["publisher"].where(table["publisher"].notna(), table["title"])
    means = table.groupby("group")[["x", "outcome"]].mean().sort_values("outcome")
    figure = go.Figure()
    ends = {}
    for publisher, own in table.groupby("group"):
        mine = publisher == rests_on
        colour = KINDS[1] if mine else HUE[2]
        figure.add_scatter(
            x=own["x"], y=own["outcome"], mode="markers",
            marker={"color": colour, "size": 7 if mine else 5, "opacity": 0.85 if mine else 0.45},
            customdata=[
                f"{wrapped(t, 40)}<br>{escaped(str(publisher))}<br>{escaped(predictor.called)} {v:.3g}, score {y:.3f}"
                for t, v, y in zip(own["title"], own["value"], own["outcome"], strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
        centre = means.loc[publisher]
        x = [own["x"].min(), own["x"].max()]
        if slopes["within"] is not None and len(own) > 1:
            y = [centre["outcome"] + slopes["within"] * (v - centre["x"]) for v in x]
            figure.add_scatter(
                x=x,
                y=y,
                mode="lines",
                line={"color": colour, "width": 2.5 if mine else 1.2},
                hoverinfo="skip",
            )
            ends[publisher] = (x[1], y[1])
        else:
            ends[publisher] = (centre["x"], centre["outcome"])
    left, right = float(table["x"].min()), float(table["x"].max())
    pad = 0.04 * (right - left or 1.0)
    if slopes["between"] is not None:
        middle = means.mean()
        span = [float(means["x"].min()), float(means["x"].max())]
        figure.add_scatter(
            x=span, y=[middle["outcome"] + slopes["between"] * (v - middle["x"]) for v in span], mode="lines",
            line={"color": INK, "width": 2, "dash": "dash"}, hoverinfo="skip",
        )  # fmt: skip
    _named_right(figure, ends, right + 2 * pad, 470)
    figure.update_layout(plain_layout(510))
    figure.update_layout(margin={"r": 132})
    step = max(1, int(np.ceil((right - left) / 5)))  # a tick a doubling, or a power of it, as fit a phone
    ticks = np.arange(np.ceil(left / step), np.floor(right / step) + 1) * step if log else None
    figure.update_xaxes(
        axis(range=[left - pad, right + 2 * pad], title_text=_x_title(predictor),
             tickvals=ticks, ticktext=None if ticks is None else [f"{2.0**t:.2g}" for t in ticks], tickangle=0)
    )  # fmt: skip
    figure.update_yaxes(axis(title_text=outcome, tickformat=".1f"))
    return figure


def _x_title(predictor: Predictor) -> str:
    unit = f", {predictor.unit}" if predictor.unit else ""
    return escaped(f"{words(predictor.called)}{unit}{' (log scale)' if predictor.part.log2 else ''}")


def _slope(result: CheckedResult, question: Question, term: str) -> float | None:
    row = pick(result.regress.rows, question, term)
    return None if row is None else row.estimate


def _named_right(figure: go.Figure, ends: dict[Any, tuple[float, float]], at: float, height: int) -> None:
    """Names at the right of their ends, moved apart, each with a thin line to its end."""
    from scipy.optimize import isotonic_regression

    if not ends:
        return
    names = sorted(ends, key=lambda name: ends[name][1])
    y = np.array([ends[name][1] for name in names])
    traces = [np.asarray(t.y, float) for t in figure.data]
    low, high = min(t.min() for t in traces), max(t.max() for t in traces)
    gap = 14 * (high - low or 1.0) / height
    steps = gap * np.arange(len(y))
    placed = isotonic_regression(y - steps).x + steps
    placed -= max(placed[-1] - high, 0.0) if len(placed) * gap < high - low else 0.0
    for name, label in zip(names, placed, strict=True):
        x, end = ends[name]
        figure.add_scatter(
            x=[x, at], y=[end, label], mode="lines", line={"color": RULE, "width": 1}, hoverinfo="skip"
        )
        figure.add_annotation(
            x=at, y=label, text=escaped(cut(str(name), 20)), showarrow=False, xanchor="left", xshift=3,
            font={"size": 10, "color": INK},
        )  # fmt: skip


# Levels -------------------------------------------------------------------------------------------------


def by_level(result: CheckedResult, predictor: Predictor) -> Chart:
    """Mean outcome of each level at each publisher: one row each, publishers by their mean, all journals first.

    A row a publisher, a point a level, joined by a line.
    """
    frame = result.regress.frame.complete([predictor.name])
    own = frame.predictor(predictor.name)
    levels = _level_names(own)
    table = pd.DataFrame(
        {
            "publisher": [frame.publishers.labels[c] for c in frame.publishers.code],
            "level": [_level_name(v) for v in own.values],
            "outcome": frame.y,
        }
    )
    order = table.groupby("publisher")["outcome"].mean().sort_values(ascending=False, kind="stable").index
    parts = [("All journals", table), *((str(p), table[table["publisher"] == p]) for p in order)]
    rows = [
        {"publisher": name, "level": level, "n": len(some), "mean": some["outcome"].mean()}
        for name, part in parts
        for level in levels
        if len(some := part[part["level"] == level])
    ]
    shared = sum(part["level"].nunique() > 1 for _, part in parts[1:])
    means = pd.DataFrame(rows, columns=["publisher", "level", "n", "mean"])
    return Chart(
        name=f"by-{slug(own.name)}",
        frame=means,
        draw=partial(_draw_levels, means, levels, f"mean {frame.outcome.title}"),
        n=f"{counted(result, len(frame))} {shared} of {len(order)} publishers have more than one kind; only they can "
        "tell within publishers.",
        marks=f"Numbers of journals in brackets; open marks: fewer than {FEW}.",
    )


def _level_names(predictor: Predictor) -> list[str]:
    return ["no", "yes"] if predictor.kind == "boolean" else list(predictor.levels)


def _level_name(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, (bool, np.bool_)) else str(value)


def _draw_levels(frame: pd.DataFrame, levels: list[str], outcome: str) -> go.Figure:
    import plotly.graph_objects as go

    rows, figure = records(frame), go.Figure()
    publishers = list(dict.fromkeys(r["publisher"] for r in rows))
    place = {p: k if k == 0 else k + 0.5 for k, p in enumerate(publishers)}
    names = []
    for p in publishers:
        n = sum(r["n"] for r in rows if r["publisher"] == p)
        names.append(wrapped(f"{p} ({n})", 22))
        own = [r["mean"] for r in rows if r["publisher"] == p]
        figure.add_scatter(
            x=[min(own), max(own)], y=[place[p]] * 2, mode="lines", line={"color": RULE, "width": 5},
            hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    for k, level in enumerate(levels):
        some = [r for r in rows if r["level"] == level]
        if not some:
            continue
        colour = (HUE[3], *KINDS[1:])[k % 6]
        figure.add_scatter(
            x=[r["mean"] for r in some], y=[place[r["publisher"]] for r in some], mode="markers",
            name=escaped(words(level)),
            marker={"color": colour, "size": 10,
                    "symbol": ["circle-open" if r["n"] < FEW else "circle" for r in some],
                    "line": {"width": 2, "color": colour}},
            customdata=[
                f"{escaped(r['publisher'])}<br>{escaped(words(level))}: {r['mean']:.3f} ({r['n']})" for r in some
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    tall = max(row_height(names), 24)
    figure.update_layout(plain_layout(tall * (len(names) + 1) + 110), showlegend=True, legend=legend())
    ticks = list(place.values())
    figure.update_yaxes(
        labels_axis(autorange=False, range=[ticks[-1] + 0.6, -0.6], tickvals=ticks, ticktext=names)
    )
    figure.update_xaxes(axis(title_text=escaped(outcome), tickformat=".1f", rangemode="tozero"))
    return figure
