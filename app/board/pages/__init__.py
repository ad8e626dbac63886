"""The pages. A page is a module here with ``page(view)``; one line in `PAGES` adds it to the navigation.

A page takes all it shows from `board.view.View.compute` (a public function of rdpscore on the filtered survey, once)
and puts it on the page through `board.parts`: `show` for a figure, `table` for a table, `say` and `heading` for text,
`link` for another page. These show text of a survey as text; nothing of a survey goes to Streamlit's own functions but
through `rdpscore.files.texts.as_markdown`. The shell writes the title, the filter's sentence and the last line.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A page of the dashboard.

    Attributes
    ----------
    name : str
        Its module here, and its path in the address.
    title : str
    hidden : bool
        Reached from other pages and by its address only.
    unfiltered : bool
        Shown also where no journal passes the filter.
    """

    name: str
    title: str
    hidden: bool = False
    unfiltered: bool = False


PAGES: tuple[Entry, ...] = (
    Entry("overview", "Overview"),
    Entry("journals", "Journals"),
    Entry("journal", "One journal", hidden=True, unfiltered=True),
    Entry("publishers", "Publishers"),
    Entry("agreement", "Agreement"),
    Entry("predictors", "Predictors"),
    Entry("lab", "Scoring lab"),
    Entry("codebook", "Codebook", unfiltered=True),
    Entry("data", "Data"),
    Entry("compare", "Compare surveys", unfiltered=True),
    Entry("upload", "Your own survey", unfiltered=True),
)
