"""The models of ``survey.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from rdpscore.codebook import Code, Hashes, Model, Source, Text


class CodebookRef(Model):
    """The codebook that a survey was made under."""

    id: Code
    version: Text
    hashes: Hashes | None = None


class Attribute(Model):
    """What a column of ``journals.csv`` may hold."""

    kind: Literal["number", "integer", "boolean", "category", "text", "issn"]
    title: Text | None = None
    unit: Text | None = None
    source: Text | None = None
    minimum: float | None = None
    maximum: float | None = None
    values: list[Text] | None = Field(default=None, description="Permitted values of a category.")
    doubtful: Code | None = Field(
        default=None, description="Boolean column that marks doubtful values of this one."
    )


Items = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class EquivalenceBounds(Model):
    """How large a difference counts as none, stated before looking.

    The unit is items: what one item moves the score from its lowest to its highest option.
    """

    items: Items = Field(default=0.5, description="For every attribute that is not named.")
    attributes: dict[Code, Items] = Field(default_factory=dict, description="Attribute → its own bound.")


class SurveyMeta(Model):
    """The content of ``survey.yaml``."""

    format: Literal[1]
    id: Code
    title: Text
    description: Text | None = None
    codebook: CodebookRef
    coders: Literal["persons", "slots"] = Field(
        default="persons", description="slots: coder c1 of one journal need not be c1 of another."
    )
    not_recorded: list[Code] = Field(
        default_factory=list, description="Columns of codings.csv, items, or publisher."
    )
    frame: Text | None = Field(default=None, description="How the journals were chosen.")
    read_on: Text | None = Field(default=None, description="When the policies were read.")
    licence: Text | None = None
    source: Source | None = None
    contact: Text | None = None
    attributes: dict[Code, Attribute] = Field(default_factory=dict)
    equivalence_bounds: EquivalenceBounds | None = None


KNOWN_ATTRIBUTES: Mapping[str, Attribute] = {
    "issn_l": Attribute(kind="issn"),
    "access_model": Attribute(kind="category", values=["open_access", "hybrid", "subscription"]),
    "society_publisher": Attribute(kind="boolean"),
    "impact": Attribute(kind="number", minimum=0),
    "year": Attribute(kind="integer", minimum=1500, maximum=2100),
}
"""Attributes that mean the same in every survey; ``survey.yaml`` may say otherwise."""
