"""Parts of pages: text, figures, tables, links. Text of a survey comes onto a page through here, and as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from rdpscore.figures.look import themed
from rdpscore.files.output import csv_bytes
from rdpscore.files.texts import as_html, as_markdown, plain
from rdpscore.problems import Problems
from rdpscore.report.pages import page
from rdpscore.report.pictures import Picture
from rdpscore.report.problems import report_problems
from rdpscore.survey.citing import source_line
from rdpscore.words import number

if TYPE_CHECKING:
    import pandas as pd

    from board.view import View

STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 3rem; max-width: 72rem; }
h1 { font-size: 2rem !important; padding-bottom: 0 !important; }
h3 { font-size: 1.25rem !important; padding-bottom: 0.2rem !important; }
.soft { opacity: 0.75; font-size: 0.9rem; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] * { color: inherit !important; }
[data-testid="stCaptionContainer"] { opacity: 0.78 !important; }
.said { max-width: 46rem; overflow-wrap: anywhere; margin: 0 0 0.4rem; }
[data-testid="stDataFrame"] button[aria-label="Download as CSV"] { display: none; }
[data-testid="stMetricValue"] { font-size: 1.7rem; }
</style>"""
"""Streamlit's own tables lose their download, which would write text that a spreadsheet runs as a formula; its captions
are darker than it makes them, whose contrast with the page is below 4.5 to 1."""
CELL = 300


def dark() -> bool:
    """Whether the visitor's theme is dark."""
    return st.context.theme.type == "dark"


def say(text: str, *, soft: bool = False) -> None:
    """A paragraph of text, shown as it is."""
    st.html(f'<p class="said{" soft" if soft else ""}">{as_html(text)}</p>')


def heading(text: str) -> None:
    """A heading below the page's title."""
    st.subheader(as_markdown(text, 200), anchor=False)


def show(view: View, picture: Picture, *, select: bool = False) -> list[Mapping[str, Any]]:
    """A picture with its title, its sentence, its n, a table that says the same, and downloads.

    Parameters
    ----------
    view : View
    picture : Picture
        Its name is used once a page.
    select : bool
        Whether points can be selected.

    Returns
    -------
    list of mappings
        The points selected, each with its ``customdata``.
    """
    heading(picture.title)
    if not len(picture.frame):
        say(f"There is nothing to show. {picture.see}")
        return []
    say(picture.see)
    say(picture.n, soft=True)
    import plotly.graph_objects as go

    config = {
        "displaylogo": False,
        "responsive": True,
        "modeBarButtonsToRemove": ["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d", "resetScale2d",
                                   "lasso2d", "select2d"],
        "toImageButtonOptions": {"format": picture_format(), "filename": picture.name, "scale": 2},
    }  # fmt: skip
    state = st.plotly_chart(
        go.Figure(themed(picture.chart.spec(), dark())), theme=None, key=f"figure-{picture.name}", config=config,
        alt=plain(f"{picture.title} {picture.see} The table below holds the same.", 1000),
        on_select="rerun" if select else "ignore", selection_mode="points",
    )  # fmt: skip
    details = st.expander("Table and downloads", key=f"more-{picture.name}", on_change="rerun")
    if details.open:
        with details:
            table(picture.frame, key=f"table-{picture.name}")
            downloads(view, picture)
    return list(state.selection.points) if select and state else []  # type: ignore[union-attr]


def picture_format() -> str:
    """What the camera above a figure saves: svg or png."""
    return str(st.session_state.get("picture", "svg"))


def downloads(view: View, picture: Picture) -> None:
    """The data of a picture, and the picture as a page of its own; each made when it is asked for."""
    more = plain(source_line(view.whole.meta))
    with st.container(horizontal=True):
        st.download_button(
            "Data (CSV)", lambda: csv_bytes(picture.frame), f"{picture.name}.csv", "text/csv",
            key=f"csv-{picture.name}", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Figure (HTML)", lambda: page(picture, more).encode(), f"{picture.name}.html", "text/html",
            key=f"html-{picture.name}", on_click="ignore",
        )  # fmt: skip
    st.caption("SVG or PNG: the camera that appears above the figure on pointing at it.")


def table(
    frame: pd.DataFrame,
    *,
    key: str,
    names: Mapping[str, str] | None = None,
    config: Mapping[str, Any] | None = None,
    rows: Sequence[int] | None = None,
    select: bool = False,
    height: int | None = None,
) -> list[int]:
    """A table that can be sorted and searched; text in it is text.

    Parameters
    ----------
    frame : DataFrame
    key : str
    names : mapping, optional
        Column → its head; without, its name with blanks for underscores.
    config : mapping, optional
        Column → Streamlit's configuration, for numbers.
    select : bool
        Whether a row can be selected.

    Returns
    -------
    list of int
        Positions of the selected rows.
    """
    shown = frame.copy()
    heads = {c: (names or {}).get(c, str(c).replace("_", " ")) for c in frame.columns}
    for column in shown.columns:
        if shown[column].dtype == object or str(shown[column].dtype) in ("category", "string", "str"):
            shown[column] = [
                v if v is None or isinstance(v, bool) else plain(v, CELL) for v in cells(shown[column])
            ]
    configured = {c: heads[c] for c in shown.columns} | dict(config or {})
    state = st.dataframe(
        shown, key=key, hide_index=True, column_config=configured, width="stretch",
        height=height or "auto",
        placeholder="–", on_select="rerun" if select else "ignore", selection_mode="single-row",
    )  # fmt: skip
    return list(state.selection.rows) if select else []  # type: ignore[union-attr]


def cells(column: pd.Series) -> list[Any]:
    """Values with None for missing."""
    return [
        None if missing else v for v, missing in zip(column.tolist(), column.isna().tolist(), strict=True)
    ]


def save(frame: pd.DataFrame, name: str, label: str = "Table (CSV)") -> None:
    """A button that downloads a table."""
    st.download_button(
        label, lambda: csv_bytes(frame), f"{name}.csv", "text/csv", key=f"csv-{name}", on_click="ignore"
    )


def link(view: View, page_name: str, label: str, **query: str | list[str]) -> None:
    """A link to another page under the same filter."""
    st.page_link(view.pages[page_name], label=as_markdown(label, 120), query_params=view.query(**query))


def problems_shown(problems: Problems, first: int = 3) -> None:
    """Problems as the command ``check`` tells them: each kind with its count, its first cases and the remedy."""
    for kind in report_problems(problems, first):
        heading(f"{kind.severity.capitalize()}: {kind.code} ({kind.n:,})")
        for text, _ in kind.cases:
            say(text)
        if kind.more is not None:
            say(kind.more, soft=True)
        for remedy in kind.remedies:
            say(f"What to do: {remedy}", soft=True)


def within(low: float | None, high: float | None) -> str:
    """``"0.21 to 0.33"`` or a dash."""
    return "–" if low is None or high is None else f"{number(low)} to {number(high)}"
