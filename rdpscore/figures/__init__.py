"""Figures, one function each, as plotly figures; with the data that each shows as a `FigureData`."""

from rdpscore.figures.agreement import detection, forest, heat_map
from rdpscore.figures.disagreement import confusion, reasons
from rdpscore.figures.look import FigureData
from rdpscore.figures.write import figures, write_figures

__all__ = [
    "FigureData",
    "confusion",
    "detection",
    "figures",
    "forest",
    "heat_map",
    "reasons",
    "write_figures",
]
