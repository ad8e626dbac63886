"""Figures of what is behind a score: items, answers, dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rdpscore.codebook import Scheme
from rdpscore.codebook.weights import weights
from rdpscore.figures.look import (
    HUE,
    INK,
    KINDS,
    RULE,
    SCALE,
    STACKED,
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
from rdpscore.scoring.contributions import contributions as parts_of
from rdpscore.survey import Survey
from rdpscore.survey.rows import resolved_rows, the_scheme
from rdpscore.words import plural

if TYPE_CHECKING:
    import plotly.graph_objects as go

FEW = 5
MOST = 40
"""Publishers that are drawn; the others stand in the table."""


def _titles(survey: Survey) -> pd.DataFrame:
    table = survey.journals.drop_duplicates("journal_id").dropna(subset="journal_id").reset_index(drop=True)
    return pd.DataFrame({c: table[c].astype(object) for c in ("journal_id", "title", "publisher")})


# Item contributions -------------------------------------------------------------------------------------


def contributions_data(survey: Survey, scheme: Scheme | str | None = None) -> FigureData:
    """What each item adds to the mean score of each publisher; no rows where the score is no sum."""
    chosen = the_scheme(survey, scheme)
    groups, book = clusters(survey), survey.codebook
    added = parts_of(survey, chosen)
    rows = []
    for k, label in enumerate(groups.labels):
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
    see = "Nothing is scored."
    if len(frame) and frame["contribution"].sum() > 0:
        alone = len(set(groups.labels[groups.n - groups.n_alone :]) & set(frame["publisher"]))
        n = len(frame["publisher"].unique()) - alone
        share = frame.groupby("dimension")["contribution"].sum() / frame["contribution"].sum()
        count = {d.id: sum(i.dimension == d.id for i in book.scored_items) for d in book.dimensions}
        title = {d.id: d.title.lower() for d in book.dimensions}
        words = [
            f"{100 * share[d]:.0f} % from {count[d]} item{'' if count[d] == 1 else 's'} on {title[d]}"
            for d in count
            if d in share.index
        ]
        whose = f"{n} publishers" + (f" and {plural(alone, 'journal')} without one" if alone else "")
        see = f"What {whose} score comes to {', '.join(words)}."
    return FigureData(
        name="contributions-of-items",
        title="Which items make the score of each publisher?",
        see=see,
        n=f"Mean over {len(survey.journal_ids)} journals, numbers in brackets; "
        f"{chosen.title[0].lower()}{chosen.title[1:]}; one piece an item, its name on pointing.",
        frame=frame,
    )


def contributions(survey: Survey, scheme: Scheme | str | None = None) -> go.Figure:
    """Stacked bars: one piece an item, coloured by dimension."""
    import plotly.graph_objects as go

    data = contributions_data(survey, scheme)
    frame, figure = data.frame, go.Figure()
    names = {p: wrapped(f"{p} ({n})", 22) for p, n in zip(frame["publisher"], frame["n"], strict=True)}
    for k, dimension in enumerate(survey.codebook.dimensions):
        items = [i for i in survey.codebook.scored_items if i.dimension == dimension.id]
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
        layout(data, max(row_height(order), 24) * len(order) + 110), **STACKED, legend=legend()
    )
    figure.update_yaxes(labels_axis(categoryorder="array", categoryarray=order))
    figure.update_xaxes(axis(title_text="mean score", rangemode="tozero", tickformat=".1f"))
    return figure


# Journals by items --------------------------------------------------------------------------------------


def answers_data(survey: Survey, scheme: Scheme | str | None = None) -> FigureData:
    """The score of each answer: one row a set of answers, the highest score first."""
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
    given = frame[frame["answer_score"].notna()]
    none = given.loc[given["answer_score"] == 0, "n"].sum() / max(given["n"].sum(), 1)
    return FigureData(
        name="answers-of-journals",
        title="What do the journals ask for?",
        see=f"{100 * none:.0f} % of all answers score 0; the darker, the stricter.",
        n=f"{len(titles)} journals in {frame['row'].nunique()} rows: journals of a publisher with the same answers "
        "share one.",
        frame=frame,
    )


def answers(survey: Survey, scheme: Scheme | str | None = None) -> go.Figure:
    """Heat map of journals by items, from pale (lowest answer) to dark (strictest)."""
    import plotly.graph_objects as go

    data = answers_data(survey, scheme)
    frame = data.frame
    items = [i.title for i in survey.codebook.scored_items]
    rows = list(dict.fromkeys(frame["row"]))
    places = (
        pd.Index(rows).get_indexer(pd.Index(frame["row"])),
        pd.Index(items).get_indexer(pd.Index(frame["title"])),
    )
    wide, said = np.full((len(rows), len(items)), np.nan), np.full((len(rows), len(items)), None, object)
    wide[places], said[places] = frame["answer_score"].astype(float), frame["answer_label"]
    label = frame.drop_duplicates("row").set_index("row").loc[rows, "label"]
    names = [escaped(t if len(t) <= 30 else f"{t[:29]}…") for t in label]
    figure = go.Figure(
        go.Heatmap(
            z=wide, x=items, y=list(range(len(rows))), colorscale=SCALE, zmin=0, zmax=1, xgap=1, ygap=1,
            showscale=False, customdata=said,
            hovertemplate="%{text}<br>%{x}: %{customdata}<extra></extra>",
            text=[[n] * len(items) for n in names],
        )
    )  # fmt: skip
    figure.update_layout(layout(data, 15 * len(rows) + 190))
    figure.update_yaxes(
        labels_axis(tickvals=list(range(len(rows))), ticktext=names, tickfont={"size": 10, "color": INK},
                    autorange=False, range=[len(rows) - 0.5, -0.5])
    )  # fmt: skip
    figure.update_xaxes(
        axis(showgrid=False, tickangle=-90, tickfont={"size": 9, "color": INK}, tickvals=items)
    )
    return figure


# Publisher profiles -------------------------------------------------------------------------------------


def profiles_data(survey: Survey, scheme: Scheme | str | None = None) -> FigureData:
    """Mean of each dimension by publisher, with the lowest and highest of its journals."""
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
        for k, label in enumerate(groups.labels):
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
    means = frame.groupby("title", sort=False)["mean"].mean().sort_values(ascending=False)
    see = "Nothing is scored."
    if len(means):
        see = f"Publishers ask most on {str(means.index[0]).lower()} (mean {means.iloc[0]:.2f})"
        see += (
            f" and least on {str(means.index[-1]).lower()} ({means.iloc[-1]:.2f})." if len(means) > 1 else "."
        )
    return FigureData(
        name="profiles-of-publishers",
        title="On what are publishers strict?",
        see=see,
        n=f"Dots: mean of the answers' scores; lines: from the lowest to the highest journal, not a doubt; "
        f"{len(survey.journal_ids)} journals, numbers in brackets; open: fewer than {FEW}."
        + (
            f" The {MOST} publishers with most journals are drawn."
            if frame["publisher"].nunique() > MOST
            else ""
        ),
        frame=frame,
    )


def profiles(survey: Survey, scheme: Scheme | str | None = None) -> go.Figure:
    """Small multiples: a panel a dimension, a row a publisher."""
    from plotly.subplots import make_subplots

    data = profiles_data(survey, scheme)
    counts = data.frame.groupby("publisher", sort=False)["n"].max()
    frame = data.frame[data.frame["publisher"].isin(counts.astype(int).nlargest(MOST).index)]
    dimensions = [d for d in survey.codebook.dimensions if d.id in set(frame["dimension"])]
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
    figure.update_layout(layout(data, max(row_height(order), 24) * len(order) + 110))
    figure.update_annotations(font={"size": 12, "color": INK})
    figure.layout.margin.t += 24
    figure.update_yaxes(labels_axis(categoryorder="array", categoryarray=order))
    figure.update_xaxes(axis(range=[-0.12, 1.12], tickvals=[0, 0.5, 1], tickangle=0))
    return figure
