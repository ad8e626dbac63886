"""Predictors: attributes of the journals as columns of a model, with their names, units and doubts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from rdpscore.predictors.formula import Part

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]

Kind = Literal["number", "boolean", "category"]
Zeros = Literal["leave_out", "half"]
"""What log2 does with zero: the journal is left out, or half the smallest positive value is added to all."""


@dataclass(frozen=True)
class Term:
    """One column of a model.

    Attributes
    ----------
    name : str
        As rows of results carry it: ``log2(impact)``, ``society_publisher``, ``access_model=open_access``.
    predictor : str
        Name of the predictor that it belongs to.
    label : str
        In words: "open_access rather than hybrid", "a doubling of impact".
    """

    name: str
    predictor: str
    label: str


@dataclass(frozen=True, eq=False)
class Predictor:
    """An attribute of the journals, ready for a model.

    Attributes
    ----------
    part : Part
        Attribute and transformation, as in the formula.
    kind : {"number", "boolean", "category"}
    values : object array, shape (n_journals,)
        float (int of whole numbers), bool or str; None where missing, or where the logarithm does not exist.
    levels : tuple of str
        Of a category: the reference level first. They stay when journals are left out.
    shift : float
        What is added before the logarithm is taken; 0 unless `Zeros` is ``half``.
    title, unit, source : str or None
        As ``survey.yaml`` has them.
    doubtful : bool array, shape (n_journals,)
        Values that the survey marks as doubtful.
    """

    part: Part
    kind: Kind
    values: Objects
    levels: tuple[str, ...]
    shift: float
    title: str | None
    unit: str | None
    source: str | None
    doubtful: Bools

    @property
    def name(self) -> str:
        return self.part.name

    @property
    def attribute(self) -> str:
        return self.part.attribute

    @property
    def whole(self) -> bool:
        """Whether it holds whole numbers as they were recorded."""
        known = [v for v in self.values if v is not None]
        return not self.part.log2 and bool(known) and all(type(v) is int for v in known)

    @property
    def called(self) -> str:
        """What people call it: the title in the middle of a sentence, or the attribute's name."""
        return self.attribute if self.title is None else self.title[0].lower() + self.title[1:]

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The columns, in order."""
        if len(self.levels) == 1:  # a constant has a row that says so
            return (Term(self.name, self.name, f"{self.levels[0]} everywhere"),)
        if self.kind == "category":
            return tuple(
                Term(f"{self.name}={level}", self.name, f"{level} rather than {self.levels[0]}")
                for level in self.levels[1:]
            )
        if self.kind == "boolean":
            return (Term(self.name, self.name, f"{self.called}: yes rather than no"),)
        what = f"a doubling of {self.called}" if self.part.log2 else f"one more of {self.called}"
        return (Term(self.name, self.name, what),)

    @cached_property
    def columns(self) -> Floats:
        """Shape (n_journals, n_terms); NaN where missing."""
        missing = self.missing
        if self.kind == "category":
            others = self.levels[1:] or (None,)
            out = np.stack([self.values == level for level in others], axis=1).astype(float)
        else:
            out = np.array([np.nan if v is None else float(v) for v in self.values])[:, None]
            if self.part.log2:
                out = np.log2(out + self.shift, where=~missing[:, None], out=np.full(out.shape, np.nan))
        out[missing] = np.nan
        return out

    @property
    def missing(self) -> Bools:
        return np.array([v is None for v in self.values], bool)

    @property
    def quartiles(self) -> tuple[float, float] | None:
        """Observed quartiles of a number, before the logarithm; None for other kinds."""
        known = [float(v) for v in self.values if v is not None] if self.kind == "number" else []
        if not known:
            return None
        low, high = np.quantile(known, [0.25, 0.75])
        return float(low), float(high)

    @property
    def reach(self) -> float | None:
        """The interquartile range on the scale of the column; None where there is none."""
        if self.quartiles is None:
            return None
        low, high = (q + self.shift for q in self.quartiles)
        return math.log2(high / low) if self.part.log2 else high - low

    def with_values(self, values: Sequence[Any] | Objects) -> Predictor:
        """The same predictor of other values, on the same levels, with the same shift.

        Raises
        ------
        ValueError
            A level that the category does not have.
        """
        new = np.empty(len(values), object)
        new[:] = [_plain(v, self.kind) for v in values]
        unknown = (
            sorted({v for v in new if v is not None} - set(self.levels)) if self.kind == "category" else []
        )
        if unknown:
            raise ValueError(f"'{unknown[0]}' is no level of {self.attribute}")
        if self.part.log2:
            new[:] = [None if v is not None and v + self.shift <= 0 else v for v in new]
        return replace(self, values=new)

    def subset(self, mask: Bools) -> Predictor:
        return replace(self, values=self.values[mask], doubtful=self.doubtful[mask])


def _plain(value: Any, kind: Kind) -> Any:
    if value is None or value != value or str(value) == "<NA>":
        return None
    return {"number": float, "boolean": bool, "category": str}[kind](value)
