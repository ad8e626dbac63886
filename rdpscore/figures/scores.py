"""Charts of scores and ranks with their uncertainty: journals and publishers, in order, ties in one row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

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
from rdpscore.results import records
from rdpscore.uncertainty import UncertaintyResult
from rdpscore.uncertainty.journal_list import by_rank
from rdpscore.words import cut, span

if TYPE_CHECKING:
    import plotly.graph_objects as go

SOURCES = {
    "both": ("both", RULE, 9, 0.0),
    "weights": ("other weights", KINDS[1], 3, 0.17),
    "coder": ("one coder alone", HUE[3], 3, -0.17),
}
"""What a range is, its colour, its thickness, and how far above its row it stands."""
FEW = 5


def _means(result: UncertaintyResult) -> str:
    """What the ranges are, in a sentence."""
    words = []
    if "coder" in result.sources:
        words.append("one coder alone is no interval of the adjudicated score")
    n = int(result.journals["borrowed"].sum())
    if n and "coder" in result.sources:
        words.append(f"{n} journals with one coder (*) borrow a second")
    return (
        f"Ranges from 5 to 95 % of {result.settings['n_draws']:,} draws; " + "; ".join(words) + "."
        if words
        else ""
    )


# Journals -----------------------------------------------------------------------------------------------


def journal_scores(result: UncertaintyResult) -> Chart:
    """Score of each journal with what one coder, other weights, and both would make of it.

    One row a score, the highest first.
    """
    frame = _rows(result)
    names = [_name(r) for r in records(frame)]
    return Chart(
        name="scores-of-journals",
        frame=frame,
        draw=partial(_ranges, frame, names, result.sources, 19),
        n=f"{int(frame['n'].sum())} journals in {len(frame)} rows;",
        marks=f"journals of one score share a row and its widest range. {_means(result)}".strip(),
    )


def _rows(result: UncertaintyResult) -> pd.DataFrame:
    frame = by_rank(result)
    if not len(frame):
        return frame
    titles, owners = frame.pop("titles"), frame.pop("publishers")
    frame.insert(2, "label", [_label(t, o) for t, o in zip(titles, owners, strict=True)])
    return frame.assign(journals=titles.map("; ".join))


def _label(titles: tuple[str, ...], owners: tuple[str | None, ...]) -> str:
    """``"7 of Frontiers"``, or the title of the only one."""
    if len(titles) == 1:
        return cut(titles[0], 26)
    if len(set(owners)) == 1:
        return f"{len(titles)} of {owners[0] or 'no publisher'}"
    return f"{len(titles)} of {len(set(owners))} publishers"


def _name(row: dict[str, Any]) -> str:
    return f"{_rank(row)}  {escaped(row['label'])}{'*' if row['n_borrowed'] else ''}"


def _rank(row: dict[str, Any]) -> str:
    return span(row["rank_first"], row["rank_last"])


# Publishers ---------------------------------------------------------------------------------------------


def publisher_scores(result: UncertaintyResult) -> Chart:
    """Mean scores of publishers with their ranges, the highest first."""
    frame = result.publishers.dropna(subset="score").reset_index(drop=True)
    few = int((frame["n_journals"] < FEW).sum())
    names = [
        wrapped(f"{r['publisher']} ({r['n_journals']}{'*' if r['n_borrowed'] else ''})", 22)
        for r in records(frame)
    ]
    return Chart(
        name="scores-of-publishers",
        frame=frame,
        draw=partial(_ranges, frame, names, result.sources, None),
        n=f"{len(result.journals)} journals of {len(frame)} publishers, numbers in brackets;",
        marks=f"open marks: fewer than {FEW} journals ({few}). {_means(result)}".strip(),
    )


def _ranges(
    frame: pd.DataFrame, names: Sequence[str], sources: Sequence[str], height: int | None
) -> go.Figure:
    """A row each: the score as a dot, a line for each source of doubt."""
    import plotly.graph_objects as go

    rows, figure = records(frame), go.Figure()
    for source, (words, colour, width, up) in SOURCES.items():
        if source not in sources:
            continue
        x: list[float | None] = []
        y: list[float | None] = []
        said: list[str | None] = []
        for k, row in enumerate(rows):
            low, high = row[f"{source}_low"], row[f"{source}_high"]
            if low is None:
                continue
            x += [low, high, None]
            y += [k - up, k - up, None]
            said += [f"{names[k]}<br>{words}: {low:.2f} to {high:.2f}"] * 2 + [None]
        figure.add_scatter(
            x=x, y=y, mode="lines", name=words, line={"color": colour, "width": width}, customdata=said,
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    few = [row.get("n_journals", FEW) < FEW for row in rows]
    figure.add_scatter(
        x=[r["score"] for r in rows], y=list(range(len(rows))), mode="markers", name="score",
        marker={"color": INK, "size": 6, "symbol": ["circle-open" if f else "circle" for f in few],
                "line": {"width": 1.5}},
        customdata=[f"{n}<br>score {r['score']:.3f}" for n, r in zip(names, rows, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    tall = height or max(row_height(names), 26)
    figure.update_layout(plain_layout(tall * len(rows) + 110), showlegend=True, legend=legend())
    figure.update_yaxes(
        labels_axis(
            autorange=False, range=[len(rows) - 0.4, -0.6], tickvals=list(range(len(rows))), ticktext=names
        )
    )
    top = max([1.0, *(r["score"] for r in rows)])
    figure.update_xaxes(axis(range=[-0.02, top + 0.02], title_text="score", side="bottom", tickformat=".1f"))
    return figure


# Ranks --------------------------------------------------------------------------------------------------


def rank_ranges(result: UncertaintyResult) -> Chart:
    """Rank of each journal, and from where to where it moves; one row a score."""
    chart, frame = journal_scores(result), _rows(result)
    return Chart(
        name="ranks-of-journals",
        frame=frame,
        draw=partial(_draw_ranks, frame, result.sources),
        n=chart.n,
        marks=chart.marks,
    )


def _draw_ranks(frame: pd.DataFrame, sources: Sequence[str]) -> go.Figure:
    import plotly.graph_objects as go

    rows, figure, last = records(frame), go.Figure(), sources[-1]
    names = [_name(r) for r in rows]
    y = list(range(len(rows)))
    for source in [s for s in SOURCES if s in sources]:
        words, colour, width, up = SOURCES[source]
        x: list[float | None] = []
        at: list[float | None] = []
        for k, row in enumerate(rows):
            if row[f"{source}_rank_low"] is not None:
                x += [row[f"{source}_rank_low"], row[f"{source}_rank_high"], None]
                at += [k - up, k - up, None]
        figure.add_scatter(
            x=x, y=at, mode="lines", name=words, line={"color": colour, "width": width}, hoverinfo="skip"
        )
    figure.add_scatter(
        x=[r["rank_first"] for r in rows], y=y, mode="markers", name="rank of the score",
        marker={"color": INK, "size": 6},
        customdata=[
            f"{n}<br>{SOURCES[last][0]}: rank {r[f'{last}_rank_low'] or 0:.0f} to {r[f'{last}_rank_high'] or 0:.0f}"
            for n, r in zip(names, rows, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(plain_layout(19 * len(rows) + 110), showlegend=True, legend=legend())
    figure.update_yaxes(
        labels_axis(autorange=False, range=[len(rows) - 0.4, -0.6], tickvals=y, ticktext=names)
    )
    n = int(frame["n"].sum())
    figure.update_xaxes(axis(range=[0, n + 1], title_text="rank, 1 the highest score"))
    return figure
