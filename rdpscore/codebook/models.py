"""The instrument's models: strict, frozen, hashed."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from rdpscore.arguments import of_kind
from rdpscore.codebook.checks import cross_check
from rdpscore.means import ARITHMETIC, SHIPPED, UnknownMean, find_mean, names
from rdpscore.problems import Absent, InvalidInput, Problems, suggestion

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
"""An option's code, or an id: what stands in tables, so no blanks, commas or accents."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "is blank")
    return text


Text = Annotated[str, AfterValidator(_not_blank)]


class Model(BaseModel):
    """Base of the instrument's models: nothing unknown, nothing converted, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Source(Model):
    """Where an instrument or a survey comes from."""

    citation: Text
    url: Text | None = None
    doi: Text | None = None
    note: Text | None = None


class Dimension(Model):
    """A group of items that is scored and shown together."""

    id: Code
    title: Text
    description: Text | None = None


class Framework(Model):
    """A framework that items can be mapped to, with the terms that the mappings use."""

    id: Code
    title: Text
    citation: Text
    url: Text | None = None
    terms: dict[Code, Text] = Field(min_length=1)


class Option(Model):
    """One permitted answer."""

    code: Code = Field(description="What stands in codings.csv; unique in the item; quoted in YAML.")
    label: Text = Field(description="What coders and readers see.")
    score: float | None = Field(
        default=None,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Share of full strictness, 0 to 1; needed where the item is scored.",
    )
    guidance: Text | None = None


class Item(Model):
    """One question of the instrument."""

    id: Code
    number: Text | None = Field(default=None, description="The question's number in the source's form.")
    dimension: Code
    title: Text = Field(max_length=40, description="A short name for table heads.")
    question: Text
    guidance: Text | None = Field(default=None, description="How to decide.")
    kind: Literal["single", "multiple", "open"] = "single"
    level: Literal["nominal", "ordinal"] | None = Field(
        default=None, description="Level of measurement; ordinal options stand in order of strictness."
    )
    scored: bool = Field(
        default=True, description="Whether it enters scores; false where kind is not single."
    )
    evidence: Literal["required", "if_found", "optional"] = Field(
        "if_found",
        description="Whether a passage must support the answer; if_found: above the lowest option.",
    )
    applies_if: dict[Code, list[Code]] = Field(
        default_factory=dict, description="Item → answers under which this item applies; all must hold."
    )
    options: list[Option] = Field(default_factory=list)
    maps_to: dict[Code, list[Code]] = Field(default_factory=dict, description="Framework → its terms.")

    @model_validator(mode="before")
    @classmethod
    def _only_closed_items_score(cls, raw: Any) -> Any:
        """What is not said of an open or multiple item is that it enters no score."""
        if isinstance(raw, dict) and raw.get("kind", "single") != "single":
            return {"scored": False, **raw}
        return raw

    @property
    def closed(self) -> bool:
        """One answer out of a list: what agreement and scores are computed from."""
        return self.kind == "single"

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The options' codes in their order."""
        return tuple(o.code for o in self.options)

    @cached_property
    def scores(self) -> tuple[float, ...]:
        """The options' scores in their order; empty where the item is not scored."""
        return tuple(o.score for o in self.options if o.score is not None) if self.scored else ()

    @cached_property
    def ordered(self) -> bool:
        """Whether a later option is a stricter one: the item is ordinal and enters scores.

        Options of a nominal item are kinds, whatever they score, and those of an item that enters no score say how a
        thing is done, not how much is asked.
        """
        return self.closed and self.level == "ordinal" and self.scored and len(self.options) > 1

    def strictness(self, option: int) -> float | None:
        """How strict an option is, by its position: 0 the least strict to 1 the strictest; None without an order."""
        return option / (len(self.options) - 1) if self.ordered and option >= 0 else None

    def option(self, code: str) -> Option:
        """The option of a code.

        Raises
        ------
        KeyError
            If the item has no such option.
        """
        for option in self.options:
            if option.code == code:
                return option
        raise Absent(f"item '{self.id}' has no option '{code}'{suggestion(str(code), self.codes)}")

    def canonical(self, answer: str) -> str:
        """One spelling of an answer: answers that say the same have the same.

        The codes of a multiple item are a set, so they stand in the order of the codebook, each once; blanks of an
        open answer are folded. What is no answer to the item stays as it is.
        """
        if self.kind == "open":
            return " ".join(answer.split())
        chosen = set(answer.split(";"))
        if self.kind == "multiple" and chosen <= set(self.codes):
            return ";".join(c for c in self.codes if c in chosen)
        return answer

    def says(self, answer: str | None) -> str | None:
        """An answer in words, whatever the kind of the item: what people are shown instead of codes.

        Parameters
        ----------
        answer : str or None
            As in ``codings.csv``.

        Returns
        -------
        str or None
            The label of a single item's option; those of a multiple item's options in the order of the codebook,
            joined by semicolons; the text of an open item. What is no answer to the item stays as it is.

        Examples
        --------
        >>> from rdpscore.codebook import load_codebook
        >>> load_codebook("top-2015").item("data_transparency").says("0")
        'Not mentioned, or sharing is encouraged'
        """
        if answer is None or self.kind == "open":
            return answer
        codes = self.canonical(answer).split(";") if self.kind == "multiple" else [answer]
        labels = {o.code: o.label for o in self.options}
        return "; ".join(labels[c] for c in codes) if labels.keys() >= set(codes) else answer


Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _known_mean(name: str) -> str:
    try:
        find_mean(name)
    except UnknownMean:
        *first, last = (f"'{n}'" for n in names())
        raise PydanticCustomError(
            "unknown_mean",
            "Input should be {means}{nearest}",
            {"means": f"{', '.join(first)} or {last}", "nearest": suggestion(name, names())},
        ) from None
    return name


MeanName = Annotated[
    str, AfterValidator(_known_mean), WithJsonSchema({"enum": list(SHIPPED), "type": "string"})
]
"""The name of a mean; the schema lists those of this package, whatever else is installed."""


class Display(Model):
    """Another spelling of a score for people: the score times a factor, under a name of its own."""

    name: Text = Field(max_length=20, description="What the number is called, for example Total.")
    factor: Positive = Field(description="What the score is multiplied by.")
    decimals: int = Field(default=0, ge=0, le=6, description="Decimals that are shown.")

    def of(self, score: float) -> float:
        """The number that is shown for a score, rounded to its decimals."""
        return round(score * self.factor, self.decimals)

    def text(self, score: float | None) -> str:
        """The number as it is printed; a dash for none."""
        return "–" if score is None or score != score else f"{self.of(score):.{self.decimals}f}"


class Scheme(Model):
    """A way to make one score, 0 to 1, of a journal's answers.

    The score is a weighted mean of the scores of the answers; with ``by: dimensions`` a mean is taken in each
    dimension first, and then over the dimensions. What stands at its default enters no fingerprint, so a field
    that comes later changes none.
    """

    id: Code
    title: Text
    description: Text | None = None
    by: Literal["items", "dimensions"] = "items"
    weights: dict[Code, Weight] = Field(default_factory=dict, description="Item → weight; 1 where not named.")
    divisor: Positive | None = Field(
        default=None, description="What the weighted sum is divided by; the sum of the weights where absent."
    )
    dimension_weights: dict[Code, Weight] = Field(
        default_factory=dict,
        description="Dimension → weight; 1 where not named; only with by: dimensions.",
    )
    weights_sum: Positive | None = Field(
        default=None,
        description="What the weights must add up to, so that a slip is told: those of the items, or with "
        "by: dimensions those of the dimensions.",
    )
    aggregation: MeanName = Field(default=ARITHMETIC, description="The mean over items.")
    across: MeanName | None = Field(
        default=None, description="The mean over dimensions; that over items where absent."
    )
    minimum_items: int = Field(
        default=1, ge=1, description="A journal with fewer answers of weight has no score."
    )
    missing: Literal["exclude", "zero", "bounds"] = Field(
        default="exclude",
        description="A missing answer is left out, counts 0, or leaves the journal with bounds and no score.",
    )
    not_applicable: Literal["keep", "gate"] = Field(
        default="keep",
        description="keep: a given answer counts even against applies_if; gate: an item that does not apply "
        "counts as its lowest option, answered or not.",
    )
    display: Display | None = Field(default=None, description="Another number to print, such as a sum.")

    @property
    def fingerprint(self) -> dict[str, Any]:
        """What scores are made of: the first fields always, later ones where they differ from the default."""
        dump = self.model_dump(exclude={"title", "description", "codebook"})
        default = {name: field.default for name, field in Scheme.model_fields.items()}
        default["dimension_weights"] = {}
        first = ("id", "by", "weights", "divisor")
        return {name: value for name, value in dump.items() if name in first or value != default[name]}


class SchemeFile(Scheme):
    """A scheme in a file of its own: as in a codebook, plus the id of the codebook it is meant for."""

    codebook: Code


class Reason(Model):
    """Why two coders differed."""

    id: Code
    title: Text
    description: Text | None = None


class Hashes(Model):
    """Fingerprints of a codebook (SHA-256, first 16 hex digits).

    ``coding`` covers what coders decide by (items, codes, labels, rules), ``scoring`` what scores are made
    of (scores, schemes), ``text`` the rest.
    """

    coding: str
    scoring: str
    text: str


class Codebook(Model):
    """A survey's instrument."""

    format: Literal[1] = Field(description="Version of this file format.")
    id: Code
    version: Text
    title: Text
    description: Text | None = None
    language: Text = "en"
    licence: Text | None = None
    source: Source | None = None
    dimensions: list[Dimension] = Field(min_length=1)
    frameworks: list[Framework] = Field(default_factory=list)
    items: list[Item] = Field(min_length=1)
    schemes: list[Scheme] = Field(min_length=1)
    default_scheme: Code
    reasons: list[Reason] = Field(default_factory=list)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        faults = [f for f in cross_check(self.model_dump()) if f.is_error]
        if faults:
            first = faults[0]
            raise PydanticCustomError(
                "cross_check", "{message}", {"message": str(next(iter(first.batch("")))).strip()}
            )
        return self

    # Reading it ---------------------------------------------------------------------------------------

    @cached_property
    def closed_items(self) -> tuple[Item, ...]:
        """Items with one answer out of a list, in order."""
        return tuple(i for i in self.items if i.closed)

    @cached_property
    def scored_items(self) -> tuple[Item, ...]:
        """Closed items that enter scores, in order."""
        return tuple(i for i in self.closed_items if i.scored)

    @cached_property
    def item_ids(self) -> tuple[str, ...]:
        """Ids of all items, in order."""
        return tuple(i.id for i in self.items)

    @cached_property
    def _by_id(self) -> dict[str, Item]:
        return {i.id: i for i in self.items}

    def item(self, item_id: str) -> Item:
        """The item of an id.

        Raises
        ------
        KeyError
            If there is none.
        """
        if item_id not in self.item_ids:
            raise Absent(f"there is no item '{item_id}'{suggestion(str(item_id), self.item_ids)}")
        return self._by_id[item_id]

    def scheme(self, scheme_id: str | None = None) -> Scheme:
        """The scheme of an id, the default one without.

        Raises
        ------
        InvalidInput
            If there is none; the problem names the nearest.
        """
        of_kind(scheme_id, str | None, "scheme")
        wanted = scheme_id or self.default_scheme
        for scheme in self.schemes:
            if scheme.id == wanted:
                return scheme
        ids = [s.id for s in self.schemes]
        raise InvalidInput(
            Problems.one(
                "unknown_reference",
                None,
                thing="scheme",
                value=wanted,
                nearest=suggestion(wanted, ids) or f"; there are {', '.join(ids)}",
            )
        )

    @cached_property
    def hashes(self) -> Hashes:
        """The three fingerprints; see `Hashes`."""
        coding = [
            [i.id, i.kind, i.level, i.evidence, i.applies_if, [[o.code, o.label] for o in i.options]]
            for i in self.items
        ]
        scoring = {
            "items": [[i.id, i.dimension, i.scored, [o.score for o in i.options]] for i in self.items],
            "schemes": [s.fingerprint for s in self.schemes],
            "default": self.default_scheme,
        }
        text = self.model_dump(exclude={"items", "schemes", "default_scheme"})
        text["items"] = [
            [i.number, i.title, i.question, i.guidance, i.maps_to, [o.guidance for o in i.options]]
            for i in self.items
        ]
        text["schemes"] = [[s.title, s.description] for s in self.schemes]
        return Hashes(coding=_digest(coding), scoring=_digest(scoring), text=_digest(text))


def _digest(value: Any) -> str:
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()[:16]


def json_schema() -> dict[str, Any]:
    """JSON Schema of a codebook file, for editors and for programs in other languages."""
    schema = Codebook.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "rdpscore codebook, format 1",
    }
