"""Parts of pages: text, figures, tables, links. Text of a survey comes onto a page through here, and as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from rdpscore.figures.drawn import Drawn, frozen
from rdpscore.figures.look import FigureData, bare, page, themed
from rdpscore.files.output import csv_bytes
from rdpscore.files.texts import as_html, as_markdown, plain
from rdpscore.problems import Problems
from rdpscore.words import number

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

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


def show(
    view: View,
    data: FigureData,
    figure: Drawn | go.Figure | Callable[[], Drawn | go.Figure],
    *,
    select: bool = False,
) -> list[Mapping[str, Any]]:
    """A figure with its title, its sentence, its n, a table that says the same, and downloads.

    Parameters
    ----------
    view : View
    data : FigureData
        Its name is used once a page.
    figure : Drawn or Figure, or what makes it
        As `Drawn` where other sessions hold it, too.
    select : bool
        Whether points can be selected.

    Returns
    -------
    list of mappings
        The points selected, each with its ``customdata``.
    """
    heading(data.title)
    if not len(data.frame):
        say(f"There is nothing to show. {data.see}")
        return []
    say(data.see)
    say(data.n, soft=True)
    import plotly.graph_objects as go

    drawn = frozen(figure() if callable(figure) else figure)
    config = {
        "displaylogo": False,
        "responsive": True,
        "modeBarButtonsToRemove": ["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d", "resetScale2d",
                                   "lasso2d", "select2d"],
        "toImageButtonOptions": {"format": picture(), "filename": data.name, "scale": 2},
    }  # fmt: skip
    state = st.plotly_chart(
        go.Figure(themed(bare(drawn.spec()), dark())), theme=None, key=f"figure-{data.name}", config=config,
        alt=plain(f"{data.title} {data.see} The table below holds the same.", 1000),
        on_select="rerun" if select else "ignore", selection_mode="points",
    )  # fmt: skip
    details = st.expander("Table and downloads", key=f"more-{data.name}", on_change="rerun")
    if details.open:
        with details:
            table(data.frame, key=f"table-{data.name}")
            downloads(view, data, drawn)
    return list(state.selection.points) if select and state else []  # type: ignore[union-attr]


def picture() -> str:
    """What the camera above a figure saves: svg or png."""
    return str(st.session_state.get("picture", "svg"))


def downloads(view: View, data: FigureData, drawn: Drawn) -> None:
    """The data of a figure, and the figure as a page of its own; each made when it is asked for."""
    read = view.whole.meta.read_on or "date not recorded"
    more = f"{plain(view.whole.meta.title)}. Policies read: {plain(read)}."
    with st.container(horizontal=True):
        st.download_button(
            "Data (CSV)", lambda: csv_bytes(data.frame), f"{data.name}.csv", "text/csv",
            key=f"csv-{data.name}", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Figure (HTML)", lambda: page(drawn.figure(), data, more).encode(), f"{data.name}.html", "text/html",
            key=f"html-{data.name}", on_click="ignore",
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
    for code, group in problems.by_kind().items():
        cases = group.head(first)
        severity = group.batches[0].kind.severity.value
        heading(f"{severity.capitalize()}: {code} ({len(group):,})")
        for case in cases:
            say(f"{case.place}: {case.what}" if case.place else case.what)
        if len(group) > len(cases):
            say(f"… and {len(group) - len(cases):,} more", soft=True)
        for remedy in dict.fromkeys(c.remedy for c in cases):
            say(f"What to do: {remedy}", soft=True)


def within(low: float | None, high: float | None) -> str:
    """``"0.21 to 0.33"`` or a dash."""
    return "–" if low is None or high is None else f"{number(low)} to {number(high)}"
