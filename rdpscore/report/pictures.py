"""Pictures: a chart with its title and what it finds, as a figure of its own, and as a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdpscore.figures.look import Chart, titled

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Picture:
    """A chart as a block of a report.

    Attributes
    ----------
    chart : Chart
    title : str
        What is shown.
    see : str
        What to see: the finding, in a sentence.
    """

    chart: Chart
    title: str
    see: str

    @property
    def name(self) -> str:
        """For files."""
        return self.chart.name

    @property
    def frame(self) -> pd.DataFrame:
        """The data."""
        return self.chart.frame

    @property
    def n(self) -> str:
        """What it rests on, and what its marks mean."""
        return f"{self.chart.n} {self.chart.marks}".strip()

    def figure(self) -> go.Figure:
        """A new figure with its title, its finding and its n on top."""
        return titled(self.chart.draw(), self.name, self.title, self.see, self.n)
