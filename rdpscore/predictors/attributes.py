"""Attributes of a survey's journals as predictors, and the model where none is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from rdpscore.predictors.formula import (
    SCORE,
    Formula,
    ModelError,
    Part,
    parse,
)
from rdpscore.predictors.predictor import (
    Bools,
    Kind,
    Predictor,
    Zeros,
)
from rdpscore.problems import Batch, Problems, suggestion
from rdpscore.survey import Survey

IDENTIFIERS = ("journal_id", "title", "issn_l", "policy_id")
GROUPS = ("publisher",)
MOST_LEVELS = 12
"""A category of more levels than this, and than half of the journals, names journals."""

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_TRUTH = {"true": True, "false": False}


def make_predictor(survey: Survey, part: Part, picked: Bools, zeros: Zeros = "leave_out") -> Predictor:
    """An attribute of some journals as a predictor.

    The reference level of a category is the commonest; of equally common ones the one declared first.

    Raises
    ------
    ModelError
        There is no such column, it names journals or publishers, it is blank everywhere, or a logarithm is
        wanted of something else than numbers.
    InvalidInput
        The column holds numbers and text.
    """
    name = part.attribute
    columns = [str(c) for c in survey.journals.columns]
    if name not in columns:
        if name in survey.codebook.item_ids:
            raise ModelError(f"'{name}' is an item; predictors are columns of journals.csv")
        usable = [c for c in columns if c not in (*IDENTIFIERS, *GROUPS)]
        raise ModelError(
            f"journals.csv has no column '{name}'{suggestion(name, usable)}; it has {', '.join(usable)}"
        )
    if name in GROUPS:
        raise ModelError(
            f"{name} is what journals are compared within and between; how much of the scores lies between "
            "publishers is in every report, and it cannot be a predictor as well"
        )
    spec = survey.attribute_spec(name)
    cells = [None if pd.isna(v) else str(v) for v in survey.journals[name].astype(object)[picked]]
    known = [c for c in cells if c is not None]
    if not known:
        raise ModelError(f"{name} is blank for all of these journals")
    kind = _kind(survey, name, known)
    if part.log2 and kind != "number":
        raise ModelError(f"log2 takes numbers, and {name} holds {_held(kind)}")
    levels = _levels(known, spec.values if spec else None) if kind == "category" else ()
    _refuse_names(name, known, levels)
    spell: dict[Kind, Callable[[str], Any]] = {
        "number": whole_or_float if spec is not None and spec.kind == "integer" else float,
        "boolean": lambda cell: _TRUTH[cell.casefold()],
        "category": str,
    }
    values = np.empty(len(cells), object)
    values[:] = [None if c is None else spell[kind](c) for c in cells]
    positive = [v for v in values if v is not None and v > 0] if part.log2 else []
    shift = min(positive) / 2 if positive and zeros == "half" else 0.0
    if part.log2:
        low = 0 if zeros == "half" else np.nextafter(0, 1)
        values[:] = [None if v is None or v < low else v for v in values]
        if all(v is None for v in values):
            raise ModelError(f"no value of {name} is positive, so it has no logarithm")
    doubt = spec.doubtful if spec else None
    doubtful = np.zeros(len(cells), bool)
    if doubt is not None and doubt in columns:
        doubtful = (
            survey.journals[doubt].astype(object)[picked].astype(str).str.casefold() == "true"
        ).to_numpy()
    return Predictor(
        part,
        kind,
        values,
        levels,
        shift,
        spec.title if spec else None,
        spec.unit if spec else None,
        spec.source if spec else None,
        doubtful,
    )


def whole_or_float(cell: str) -> int | float:
    """A cell of a column of whole numbers, which stays one in every table."""
    number = float(cell)
    return int(number) if number.is_integer() and abs(number) < 2**63 else number


def _held(kind: Kind) -> str:
    return "true and false" if kind == "boolean" else "categories"


def _kind(survey: Survey, name: str, known: list[str]) -> Kind:
    """As declared; else numbers where all are, true and false where all are, else categories."""
    spec = survey.attribute_spec(name)
    if spec is not None and spec.kind != "text":
        declared: dict[str, Kind] = {"number": "number", "integer": "number", "boolean": "boolean"}
        return declared.get(spec.kind, "category")
    if all(c.casefold() in _TRUTH for c in known):
        return "boolean"
    numeric = [is_number(c) for c in known]
    if spec is None and all(numeric):
        return "number"
    if spec is None and sum(numeric) > len(known) / 2:
        column = survey.journals[name].astype(object)
        bad = np.array([not pd.isna(v) and not is_number(str(v)) for v in column])
        fields = {
            "value": column[bad].astype(str).tolist(),
            "expected": "a number, as most of the column is",
            "hint": "",
            "journal": survey.journals["journal_id"][bad].astype(str).tolist(),
        }
        rows = survey.journals.index[bad]
        Problems.of(
            [Batch("impossible_attribute", survey.file("journals"), rows, name, fields=fields)]
        ).raise_errors()
    return "category"


def is_number(text: str) -> bool:
    """Whether a cell is a finite number in plain digits."""
    return bool(_NUMBER.fullmatch(text)) and bool(np.isfinite(float(text)))


def _levels(known: list[str], declared: Sequence[str] | None) -> tuple[str, ...]:
    """The levels that occur, the reference first, then in the declared order, or by name."""
    order = [v for v in declared or sorted(set(known)) if v in set(known)]
    counts = [known.count(v) for v in order]
    first = order[int(np.argmax(counts))]
    return (first, *(v for v in order if v != first))


def _refuse_names(name: str, known: list[str], levels: tuple[str, ...]) -> None:
    n = len(levels)
    if name in IDENTIFIERS or (n > MOST_LEVELS and n > len(known) / 2):
        raise ModelError(
            f"{name} has {len(set(known))} different values for {len(known)} journals: it names journals, and "
            "cannot predict"
        )


DEFAULT = "score ~ log2(impact) + access_model"


def default_model(survey: Survey) -> tuple[Formula, str | None]:
    """The model where none is named, and why it is not the usual one, if so.

    It is ``score ~ log2(impact) + access_model``; where the survey lacks one of these, all attributes that can be
    predictors.

    Raises
    ------
    ModelError
        No attribute can be a predictor.
    """
    columns = [str(c) for c in survey.journals.columns]
    usual = parse(DEFAULT)
    everyone = np.ones(len(survey.journals), bool)
    if all(p.attribute in columns and survey.journals[p.attribute].notna().any() for p in usual.parts):
        return usual, None
    doubts = {a.doubtful for a in survey.meta.attributes.values()}
    parts = []
    for name in columns:
        if name in (*IDENTIFIERS, *GROUPS) or name in doubts:
            continue
        try:
            found = make_predictor(survey, Part(name), everyone)
        except ModelError:
            continue
        if len({v for v in found.values if v is not None}) > 1:
            parts.append(Part(name, log2=name == "impact" and found.kind == "number"))
    if not parts:
        raise ModelError(
            "journals.csv has no attribute that differs between journals, such as impact or access_model, so there "
            "is nothing to compare scores with"
        )
    formula = Formula(SCORE, tuple(parts))
    return formula, f"The survey has not both impact and access_model; the model is {formula}, of all it has."
