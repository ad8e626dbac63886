"""What is doubted behind a score: alternatives to a scheme, each choice one independent input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from rdpscore.arguments import fit_fields
from rdpscore.codebook import Codebook, Scheme
from rdpscore.means import ARITHMETIC, names
from rdpscore.problems import suggestion
from rdpscore.scoring.answer_values import Missing, NotApplicable

Rules = tuple[Missing, NotApplicable]
RULES = ("aggregation", "missing", "not_applicable", "left_out")
"""Inputs that are rules, in their order."""


def aggregations() -> tuple[str, ...]:
    """Mean of the items; mean of the dimensions' means; and every other mean of the dimensions' means."""
    return ("items", "dimensions", *(name for name in names() if name != ARITHMETIC))


Varied = Literal["item", "dimension", "none"]
Kind = Literal["weight", "rule", "coder"]


@dataclass(frozen=True)
class Assumptions:
    """What is doubted, and how far.

    Attributes
    ----------
    weights : {"item", "dimension", "none"}
        One gamma variable an item, and one a dimension where the scheme weights dimensions, too; one a dimension only
        (in a flat scheme all of its items move together); or the scheme's weights.
    cv : float
        Coefficient of variation of each gamma variable, whose mean is the scheme's weight; its shape is 1/cv².
        0.5, the default, leaves two thirds of the weights between half and one and a half times the scheme's.
    aggregation : tuple of str
        Of `aggregations`: ``items``, ``dimensions``, or the name of a mean over the dimensions, inside of which items
        have the arithmetic one.
    missing, not_applicable : tuple of str
        Like `aggregation` alternatives beside the scheme's own, equally likely.
    leave_out : bool
        Leave one item out, or none: all equally likely.
    coder : bool
        One coder alone, in place of the resolved answers; drawn jointly, and one single input.
    possible : bool
        Take journals of one publisher with identical codings as read once.
    """

    weights: Varied = "item"
    cv: float = 0.5
    aggregation: tuple[str, ...] = ("items", "dimensions")
    missing: tuple[Missing, ...] = ("exclude", "zero")
    not_applicable: tuple[NotApplicable, ...] = ("keep", "gate")
    leave_out: bool = True
    coder: bool = True
    possible: bool = False

    def __post_init__(self) -> None:
        fit_fields(self)
        if not (np.isfinite(self.cv) and self.cv > 0):
            raise ValueError(f"a coefficient of variation is greater than 0, not {self.cv}")
        known = aggregations()
        for value in self.aggregation:
            if value not in known:
                raise ValueError(
                    f"aggregation is one of {', '.join(known)}; not '{value}'{suggestion(value, known)}"
                )


@dataclass(frozen=True)
class Input:
    """One independent input.

    Attributes
    ----------
    name : str
        ``weight:<item>``, ``dimension:<dimension>``, ``aggregation``, ``missing``, ``not_applicable``,
        ``left_out`` or ``coder``.
    kind : {"weight", "rule", "coder"}
    levels : tuple of str
        What it chooses from, equally likely; empty for a weight and for the coder.
    """

    name: str
    kind: Kind
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """How items are put together."""

    name: str
    by_dimension: bool
    inside: str
    across: str


def forms(scheme: Scheme, others: tuple[str, ...]) -> tuple[Form, ...]:
    """The scheme's own way of putting items together, and the others that differ from it."""
    known = {
        "items": Form("items", False, ARITHMETIC, ARITHMETIC),
        "dimensions": Form("dimensions", True, ARITHMETIC, ARITHMETIC),
        **{name: Form(name, True, ARITHMETIC, name) for name in names() if name != ARITHMETIC},
    }
    by = scheme.by == "dimensions"
    across = (scheme.across or scheme.aggregation) if by else scheme.aggregation
    own = Form("scheme", by, scheme.aggregation, across)
    own = next((f for f in known.values() if replace(f, name="scheme") == own), own)
    return (own, *(known[o] for o in others if known[o] != own))


def inputs_of(
    codebook: Codebook,
    assumed: Assumptions,
    used: tuple[Form, ...],
    missing: tuple[str, ...],
    gates: tuple[str, ...],
    coder: bool,
) -> Iterator[Input]:
    """All inputs that have a choice: the weights, then the rules, and the coder last."""
    if assumed.weights == "item":
        yield from (Input(f"weight:{i.id}", "weight") for i in codebook.scored_items)
    if assumed.weights == "dimension" or (assumed.weights == "item" and used[0].by_dimension):
        yield from (Input(f"dimension:{d.id}", "weight") for d in codebook.dimensions)
    left_out = ("none", *(i.id for i in codebook.scored_items)) if assumed.leave_out else ()
    levels = zip(RULES, (tuple(f.name for f in used), missing, gates, left_out), strict=True)
    yield from (Input(name, "rule", given) for name, given in levels if len(given) > 1)
    if coder:
        yield Input("coder", "coder")
