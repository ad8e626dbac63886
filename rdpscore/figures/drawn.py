"""Figures as text, for places where several readers hold one figure at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Drawn:
    """A figure as JSON.

    Plotly changes a figure while it copies it: it takes the kind out of each trace and puts it back, so that a second
    thread sees bars as points, or fails. Text cannot be changed, and everyone who asks gets a copy of their own.

    Attributes
    ----------
    text : str
    """

    text: str

    @classmethod
    def of(cls, figure: go.Figure) -> Drawn:
        """Of a figure that no one else has."""
        return cls(figure.to_json())

    def spec(self) -> dict[str, Any]:
        """The figure as plotly's dictionary of it."""
        spec: dict[str, Any] = json.loads(self.text)
        return spec

    def figure(self) -> go.Figure:
        """The figure."""
        import plotly.graph_objects as go

        return go.Figure(self.spec())


def frozen(value: Any) -> Any:
    """What may be shared instead of `value`: a figure as `Drawn`, all else as it is, which readers leave alone."""
    return Drawn.of(value) if hasattr(value, "to_plotly_json") else value
