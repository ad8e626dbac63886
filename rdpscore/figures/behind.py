"""Charts of what is behind a score: items, answers, dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.codebook import Codebook, Dimension, Scheme
from rdpscore.figures.look import (
    HUE,
    INK,
    KINDS,
    RULE,
    SCALE,
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
from rdpscore.inference import clusters
from rdpscore.results import records
from rdpscore.scoring.item_parts import contributions as parts_of
from rdpscore.scoring.means import weights
from rdpscore.scoring.scored_rows import resolved_rows, the_scheme
from rdpscore.survey import Survey
from rdpscore.words import cut

if TYPE_CHECKING:
    import plotly.graph_objects as go

FEW = 5
MOST = 40
"""Publishers that are drawn; the others stand in the table."""


def _titles(survey: Survey) -> pd.DataFrame:
    table = survey.journals.drop_duplicates("journal_id").dropna(subset="journal_id").reset_index(drop=True)
    return pd.DataFrame({c: table[c].astype(object) for c in ("journal_id", "title", "publisher")})


# Item contributions -------------------------------------------------------------------------------------


@checked
def item_contributions(survey: Survey, scheme: Scheme | str | None = None) -> Chart:
    """What each item adds to the mean score of each publisher; no rows where the score is no sum.

    Stacked bars: one piece an item, coloured by dimension.
    """
    chosen = the_scheme(survey, scheme)
    groups, book = clusters(survey), survey.codebook
    added = parts_of(survey, chosen)
    rows = []
    for k, label in enumerate(groups.labels[: groups.n_named]):
        own = groups.code == k
        if added is None or np.isnan(added[own]).all():
            continue
        mean = np.nanmean(added[own], axis=0)
        for item, value in zip(book.scored_items, mean, strict=True):
            rows.append(
                {"publisher": label, "n": int(own.sum()), "item": item.id, "title": item.title,
                 "dimension": item.dimension, "contribution": float(value), "score": float(mean.sum())}
            )  # fmt: skip
    columns = ["publisher", "n", "item", "title", "dimension", "contribution", "score"]
    frame = pd.DataFrame(rows, columns=columns).sort_values(
        "score", ascending=False, kind="stable", ignore_index=True
    )
    return Chart(
        name="contributions-of-items",
        frame=frame,
        draw=partial(_draw_contributions, frame, book),
        n=f"Mean over {len(survey.journal_ids)} journals, numbers in brackets;",
        marks=f"{chosen.title[0].lower()}{chosen.title[1:]}; one piece an item, its name on pointing.",
    )


def _draw_contributions(frame: pd.DataFrame, book: Codebook) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    names = {p: wrapped(f"{p} ({n})", 22) for p, n in zip(frame["publisher"], frame["n"], strict=True)}
    for k, dimension in enumerate(book.dimensions):
        items = [i for i in book.scored_items if i.dimension == dimension.id]
        for nth, item in enumerate(items):
            own = frame[frame["item"] == item.id]
            figure.add_bar(
                x=own["contribution"], y=[names[p] for p in own["publisher"]], orientation="h",
                name=escaped(dimension.title), legendgroup=dimension.id, showlegend=nth == 0,
                marker={"color": KINDS[k % len(KINDS)], "line": {"color": "#ffffff", "width": 1}},
                customdata=[item.title] * len(own),
                hovertemplate="%{y}<br>%{customdata}: %{x:.3f}<extra></extra>",
            )  # fmt: skip
    order = list(names.values())
    figure.update_layout(
        plain_layout(max(row_height(order), 24) * len(order) + 110), **STACKED, legend=legend()
    )
    figure.update_yaxes(labels_axis(categoryorder="array", categoryarray=order))
    figure.update_xaxes(axis(title_text="mean score", rangemode="tozero", tickformat=".1f"))
    return figure


# Journals by items --------------------------------------------------------------------------------------


@checked
def answers_of_journals(survey: Survey, scheme: Scheme | str | None = None) -> Chart:
    """The score of each answer: one row a set of answers, the highest score first.

    A heat map of journals by items, from pale (lowest answer) to dark (strictest).
    """
    chosen = the_scheme(survey, scheme)
    book = survey.codebook
    places = [book.item_ids.index(i.id) for i in book.scored_items]
    option = survey.resolved.option[:, places]
    scores = resolved_rows(survey, chosen).scores(weights(chosen, book))
    titles = _titles(survey)
    titles["pattern"] = np.unique(option, axis=0, return_inverse=True)[1].reshape(-1)
    titles["score"] = scores
    rows = []
    titles["owner"] = clusters(survey).code
    for _, group in titles.groupby(["pattern", "owner"], sort=False):
        j = int(group.index[0])
        label = (
            str(group["title"].iloc[0])
            if len(group) == 1
            else f"{len(group)} of {group['publisher'].iloc[0]}"
        )
        for column, item in enumerate(book.scored_items):
            o = int(option[j, column])
            rows.append(
                {"label": label, "n": len(group), "row": j, "score": scores[j], "item": item.id, "title": item.title,
                 "answer": item.codes[o] if o >= 0 else None, "answer_label": item.options[o].label if o >= 0 else None,
                 "answer_score": item.scores[o] if o >= 0 else None,
                 "journals": "; ".join(str(t) for t in group["title"])}
            )  # fmt: skip
    frame = pd.DataFrame(rows).sort_values("score", ascending=False, kind="stable", ignore_index=True)
    return Chart(
        name="answers-of-journals",
        frame=frame,
        draw=partial(_draw_answers, frame, [i.title for i in book.scored_items]),
        n=f"{len(titles)} journals in {frame['row'].nunique()} rows: journals of a publisher with the same answers "
        "share one.",
    )


def _draw_answers(frame: pd.DataFrame, items: Sequence[str]) -> go.Figure:
    import plotly.graph_objects as go

    rows = list(dict.fromkeys(frame["row"]))
    places = (
        pd.Index(rows).get_indexer(pd.Index(frame["row"])),
        pd.Index(items).get_indexer(pd.Index(frame["title"])),
    )
    wide, said = np.full((len(rows), len(items)), np.nan), np.full((len(rows), len(items)), None, object)
    wide[places], said[places] = frame["answer_score"].astype(float), frame["answer_label"]
    label = frame.drop_duplicates("row").set_index("row").loc[rows, "label"]
    names = [escaped(cut(t, 30)) for t in label]
    figure = go.Figure(
        go.Heatmap(
            z=wide, x=items, y=list(range(len(rows))), colorscale=SCALE, zmin=0, zmax=1, xgap=1, ygap=1,
            showscale=False, customdata=said,
            hovertemplate="%{text}<br>%{x}: %{customdata}<extra></extra>",
            text=[[n] * len(items) for n in names],
        )
    )  # fmt: skip
    figure.update_layout(plain_layout(15 * len(rows) + 190))
    figure.update_yaxes(
        labels_axis(tickvals=list(range(len(rows))), ticktext=names, tickfont={"size": 10, "color": INK},
                    autorange=False, range=[len(rows) - 0.5, -0.5])
    )  # fmt: skip
    figure.update_xaxes(
        axis(showgrid=False, tickangle=-90, tickfont={"size": 9, "color": INK}, tickvals=items)
    )
    return figure


# Publisher profiles -------------------------------------------------------------------------------------


@checked
def publisher_profiles(survey: Survey, scheme: Scheme | str | None = None) -> Chart:
    """Mean of each dimension by publisher, with the lowest and highest of its journals.

    Small multiples: a panel a dimension, a row a publisher.
    """
    chosen = the_scheme(survey, scheme)
    book, groups = survey.codebook, clusters(survey)
    found = resolved_rows(survey, chosen)
    scores = found.scores(weights(chosen, book))
    rows = []
    for dimension in book.dimensions:
        own = np.array([i.dimension == dimension.id for i in book.scored_items])
        if not own.any():
            continue
        present, values = found.answers.present[:, own], found.answers.values[:, own]
        n = present.sum(axis=1)
        total = np.where(present, values, 0.0).sum(axis=1)
        mean = np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)
        for k, label in enumerate(groups.labels[: groups.n_named]):
            inside = (groups.code == k) & ~np.isnan(mean)
            if inside.any():
                rows.append(
                    {"publisher": label, "n": int(inside.sum()), "dimension": dimension.id, "title": dimension.title,
                     "n_items": int(own.sum()), "mean": float(mean[inside].mean()), "min": float(mean[inside].min()),
                     "max": float(mean[inside].max()), "score": float(np.nanmean(scores[groups.code == k]))}
                )  # fmt: skip
    columns = ["publisher", "n", "dimension", "title", "n_items", "mean", "min", "max", "score"]
    frame = pd.DataFrame(rows, columns=columns).sort_values(
        "score", ascending=False, kind="stable", ignore_index=True
    )
    return Chart(
        name="profiles-of-publishers",
        frame=frame,
        draw=partial(_draw_profiles, frame, book.dimensions),
        n=f"Dots: mean of the answers' scores; lines: from the lowest to the highest journal, not a doubt; "
        f"{len(survey.journal_ids)} journals, numbers in brackets; open: fewer than {FEW}.",
        marks=f"The {MOST} publishers with most journals are drawn."
        if frame["publisher"].nunique() > MOST
        else "",
    )


def _draw_profiles(data: pd.DataFrame, every: Sequence[Dimension]) -> go.Figure:
    from plotly.subplots import make_subplots

    counts = data.groupby("publisher", sort=False)["n"].max()
    frame = data[data["publisher"].isin(counts.astype(int).nlargest(MOST).index)]
    dimensions = [d for d in every if d.id in set(frame["dimension"])]
    names = {
        p: wrapped(f"{p} ({n})", 20) for p, n in frame.groupby("publisher", sort=False)["n"].max().items()
    }
    figure = make_subplots(
        rows=1, cols=max(len(dimensions), 1), shared_yaxes=True, horizontal_spacing=0.05,
        subplot_titles=[
            f"{escaped(d.title)}<br>({n} item{'' if n == 1 else 's'})"
            for d in dimensions
            for n in [int(frame.loc[frame["dimension"] == d.id, "n_items"].iloc[0])]
        ] or None,
    )  # fmt: skip
    for k, dimension in enumerate(dimensions, 1):
        rows = records(frame[frame["dimension"] == dimension.id])
        several = [r for r in rows if r["n"] > 1]
        figure.add_scatter(
            x=[v for r in several for v in (r["min"], r["max"], None)],
            y=[v for r in several for v in (names[r["publisher"]], names[r["publisher"]], None)],
            mode="lines", row=1, col=k, hoverinfo="skip", line={"color": RULE, "width": 5},
        )  # fmt: skip
        figure.add_scatter(
            x=[r["mean"] for r in rows], y=[names[r["publisher"]] for r in rows], mode="markers", row=1, col=k,
            marker={"color": HUE[3], "size": 9, "line": {"width": 2, "color": HUE[3]},
                    "symbol": ["circle" if r["n"] >= FEW else "circle-open" for r in rows]},
            customdata=[
                f"{escaped(r['publisher'])}<br>{escaped(r['title'])} {r['mean']:.2f}, {r['min']:.2f} to {r['max']:.2f}"
                for r in rows
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    order = list(names.values())
    figure.update_layout(plain_layout(max(row_height(order), 24) * len(order) + 110, top=40))
    figure.update_annotations(font={"size": 12, "color": INK})
    figure.update_yaxes(labels_axis(categoryorder="array", categoryarray=order))
    figure.update_xaxes(axis(range=[-0.12, 1.12], tickvals=[0, 0.5, 1], tickangle=0))
    return figure
