"""Charts: data, drawing, n and what marks mean, one function each; titles and findings are given in `report`."""

from rdpscore.figures.look import Chart

__all__ = ["Chart"]
