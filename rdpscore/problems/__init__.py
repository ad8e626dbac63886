"""The catalogue of problems: everything that can be wrong in an input, said once.

A rule finds rows; the catalogue says how bad that is, what it means and what to do. Problems are kept as
batches (one kind, one file, many rows), so that three million of them cost no more than the arrays that
hold their rows; sentences are made when somebody reads them.
"""

from rdpscore.problems.catalogue import CATALOGUE, Kind, Severity
from rdpscore.problems.model import Batch, InvalidInput, Problem, Problems
from rdpscore.problems.suggestions import Absent, nearest, suggestion

__all__ = [
    "CATALOGUE",
    "Absent",
    "Batch",
    "InvalidInput",
    "Kind",
    "Problem",
    "Problems",
    "Severity",
    "nearest",
    "suggestion",
]
