"""The mapping file: how a published survey's files become a survey, said in YAML."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from rdpscore.codebook import Code, Model, Source, Text
from rdpscore.published.expressions import LONGEST_EXPRESSION
from rdpscore.readers.registry import SHIPPED, find_reader
from rdpscore.survey import Attribute

NOTE = "@note"
"""In place of a code: the text is no answer and is kept as a note, and the coding is marked unclear."""

Target = Annotated[str, Field(pattern=rf"^({NOTE}|[A-Za-z0-9_-]+)$")]
"""A code, or `NOTE`."""

Word = Annotated[str, Field(max_length=2_000)]
"""Text of the source, which may be blank."""


class Short(Model):
    """A model that may be written as one text or one list, which is its first field."""

    shorthand: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _written_short(cls, raw: Any) -> Any:
        return {cls.shorthand: raw} if isinstance(raw, (str, list)) else raw

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """An editor must accept the short form, too."""
        whole = handler.resolve_ref_schema(handler(schema))
        properties = whole.get("properties", {})
        short = {k: v for k, v in properties.get(cls.shorthand, {}).items() if k not in ("title", "default")}
        if short.get("type") == "array":
            short = {"anyOf": [{"type": "string"}, short]}
        return {"anyOf": [short, whole]}


class Condition(Short):
    """When a cell counts; all that is said must hold. A text or a list alone means ``is``."""

    shorthand = "among"

    among: list[Word] | None = Field(default=None, alias="is", description="The cell is one of these.")
    other: list[Word] | None = Field(default=None, alias="not", description="The cell is none of these.")
    begins: list[Text] | None = Field(default=None, description="The cell begins with one of these.")
    contains: list[Text] | None = Field(default=None, description="The cell contains one of these.")
    matches: Text | None = Field(
        default=None, max_length=LONGEST_EXPRESSION, description="A regular expression is found in the cell."
    )
    blank: bool | None = Field(default=None, description="Whether the cell is blank.")

    @model_validator(mode="before")
    @classmethod
    def _written_short(cls, raw: Any) -> Any:
        if isinstance(raw, (str, list)):
            raw = {"is": raw}
        if not isinstance(raw, dict):
            return raw
        listed = ("is", "not", "begins", "contains")
        return {k: [v] if k in listed and isinstance(v, str) else v for k, v in raw.items()}


Where = dict[Text, Condition]
"""Column → condition; all must hold."""


_TEXT = {"type": "string", "minLength": 1}
Texts = Annotated[
    list[Text],
    Field(min_length=1),
    BeforeValidator(lambda said: [said] if isinstance(said, str) else said),
    WithJsonSchema({"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}),
]
"""A text, or a list of texts."""


class SourceSpec(Short):
    """Files that are read as one table: every cell as text, every row with its place."""

    shorthand = "file"

    file: Text = Field(
        description="Name of the file, or a pattern such as answers/*.yaml; its rows follow each other."
    )
    format: Text | None = Field(
        default=None,
        description="By what stands in the file, and its suffix, where absent.",
        json_schema_extra={"examples": list(SHIPPED)},
    )
    encoding: Annotated[Texts, Field(max_length=2)] | None = Field(
        default=None,
        description="Of a text file; detected where absent. Two are tried line by line: [utf-8, cp1252].",
    )
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        default=None, description="Of a CSV file; detected where absent."
    )
    sheet: Texts | None = Field(
        default=None,
        description="Sheet of a workbook, a pattern such as coder_*, or a list of both, read one below the other; the "
        "first that is not hidden where absent.",
    )
    labels: bool = Field(
        default=True, description="Of .sav and .dta: whether values that have labels are read as these."
    )
    skip: int = Field(default=0, ge=0, le=1000, description="Rows above the header.")
    header_rows: int = Field(
        default=1, ge=1, le=5, description="Rows of the header; their texts are joined by ' / '."
    )
    records: Text | None = Field(
        default=None,
        description="YAML or JSON: dotted path to the list or mapping whose entries are the rows; "
        "* stands for any one step. Without it each file is a row, or each entry of a list.",
    )
    missing: list[Word] = Field(default_factory=list, description="Cells that mean blank, in every column.")
    columns: dict[Text, Text] = Field(
        default_factory=dict,
        description="A heading of this source → what it is called in the rest of this file, as in other tables of "
        "answers.",
    )

    @field_validator("format")
    @classmethod
    def _known_format(cls, said: str | None) -> str | None:
        if said is not None:
            find_reader(said)
        return said


class RowRule(Model):
    """Rows that are left out, or cells that are corrected; named, so that the report can count them."""

    name: Text
    where: Where = Field(min_length=1)
    source: Text | None = Field(default=None, description="The source; that of the answers where absent.")
    set: dict[Text, Word | None] | None = Field(
        default=None, description="Column → what its cell shall be; the rows are left out where absent."
    )
    why: Text | None = None


class FieldSpec(Short):
    """Where a text comes from: a column, or one value for all rows. A text alone is a column."""

    shorthand = "column"

    column: Text | None = None
    value: Text | None = None
    values: dict[Text, Text] = Field(
        default_factory=dict, description="Cell → text; a trailing * stands for any rest."
    )
    pattern: Text | None = Field(
        default=None,
        max_length=LONGEST_EXPRESSION,
        description="Regular expression; the text is its first group, blank where it is not found.",
    )
    decimal: Literal[",", "."] | None = Field(
        default=None,
        description="Of numbers: what stands before their decimals; the other mark is taken out.",
    )
    missing: list[Word] = Field(default_factory=list, description="Cells that mean blank.")


class Several(Short):
    """How several journals are named in one cell."""

    shorthand = "separator"

    separator: Text
    whole: list[Text] = Field(
        default_factory=list, description="Names that hold the separator and stay whole."
    )


class Side(Model):
    """A side table: what else is known of journals."""

    source: Text
    by: Literal["title", "issn_l", "journal_id"] = Field(
        default="title", description="What journals are recognised by; titles but for case and punctuation."
    )
    column: Text = Field(description="The side table's column with that.")
    title: FieldSpec | None = Field(default=None, description="The title of a journal that is added.")
    publisher: FieldSpec | None = None
    attributes: dict[Code, FieldSpec] = Field(default_factory=dict)
    add: bool = Field(default=False, description="Journals that have no answers are added.")


class Journals(Model):
    """Which journals there are, and what is known of them."""

    title: FieldSpec
    id: FieldSpec | None = Field(default=None, description="Made from the title where absent.")
    publisher: FieldSpec | None = None
    attributes: dict[Code, FieldSpec] = Field(
        default_factory=dict, description="Column of journals.csv → where it comes from."
    )
    several: Several | None = Field(
        default=None, description="Separator of several journals in a cell; they share one reading."
    )
    same: dict[Text, Text] = Field(
        default_factory=dict, description="A spelling in the source → the title it means."
    )
    also: list[Side] = Field(default_factory=list, description="Side tables.")


class Coders(Short):
    """Whose answers a row, or a column, holds."""

    shorthand = "column"

    column: Text | None = Field(default=None, description="Column that names the coder of a row.")
    value: Text | None = Field(default=None, description="One coder of all rows.")
    columns: dict[Text, Text] = Field(
        default_factory=dict, description="Coder → what stands for {coder} in the names of columns."
    )
    number: bool = Field(
        default=False,
        description="Number the rows of each journal: c1, c2, … (the survey's coders are slots).",
    )
    pattern: Text | None = Field(
        default=None,
        max_length=LONGEST_EXPRESSION,
        description="Of column: a regular expression; what its first group finds names the coder.",
    )
    otherwise: Text | None = Field(
        default=None,
        description="The coder of rows in which the pattern is not found; without, they have none.",
    )
    values: dict[Text, Text] = Field(
        default_factory=dict, description="A spelling in the source, or what the pattern found → coder."
    )
    consensus: Condition | None = Field(
        default=None, description="Which coders are no coder but what several agreed on, after the fact."
    )


class Pattern(Model):
    """A regular expression and the option it means."""

    matches: Text = Field(max_length=LONGEST_EXPRESSION)
    to: Target


class AnswerRules(Model):
    """How cells become answers. What ``answers`` says holds for every item that does not say otherwise."""

    column: Text | None = Field(
        default=None, description="Column with the answer; {item} and {coder} stand for their ids."
    )
    passage: Text | None = Field(
        default=None, description="Column with the passage; @next is the one to the right of the answer."
    )
    note: Text | None = Field(default=None, description="Column with a remark.")
    source_url: Text | None = Field(default=None, description="Column with the address of the policy.")
    values: dict[Text, Target] = Field(
        default_factory=dict,
        description="Cell → code; @note where it is no answer and is kept as a note. A trailing * stands for "
        "any rest, which is kept as note. Codes and labels of the codebook need no entry.",
    )
    patterns: list[Pattern] = Field(
        default_factory=list,
        description="Regular expressions, tried in order after values; the cell is kept.",
    )
    lead: Literal["number", "code"] | None = Field(
        default=None,
        description="The cell begins with a number, or a code of the codebook, and its text follows.",
    )
    otherwise: Target | None = Field(
        default=None, description="What every other text means, or @note; the text is kept as note."
    )
    missing: list[Word] = Field(default_factory=list, description="Cells that are no answer.")
    no_passage: list[Word] = Field(default_factory=list, description="Cells that are no passage.")
    split: Text | None = Field(default=None, description="Separator of several answers in one cell.")
    take: Literal["highest", "lowest", "first"] | None = Field(
        default=None, description="Which of several answers to an item that takes one; reported."
    )
    where: Where = Field(default_factory=dict, description="The rows in which the column answers the item.")
    adopted: Text | None = Field(default=None, description="Column with the answer that was agreed on.")
    adopted_is: Literal["answer", "coder"] = Field(
        default="answer",
        description="Whether that column holds the answer, or which coder's answer it is (as in coders.columns).",
    )
    reason: Text | None = Field(default=None, description="Column with the reason why coders differed.")
    reasons: dict[Text, Code] = Field(default_factory=dict, description="Cell → reason of the codebook.")


class ItemMap(AnswerRules, Short):
    """How one item is answered. A text alone is its column."""

    shorthand = "column"

    coders: list[Text] = Field(
        default_factory=list,
        description="Columns a coder: those who have columns of this item; all where absent.",
    )
    called: list[Text] = Field(
        default_factory=list, description="Long tables: what the item is called in the column of items."
    )
    indicators: dict[Code, Text] = Field(
        default_factory=dict, description="Code → column that is ticked for it, the one that wins first."
    )
    qualifiers: list[Text] = Field(
        default_factory=list,
        description="Columns that may be ticked beside an indicator and never decide; reported, kept as note.",
    )
    ticked: list[Text] = Field(
        default_factory=lambda: ["1", "x", "yes", "true"], description="Cells that tick an indicator."
    )
    none: Code | None = Field(default=None, description="The answer where no indicator is ticked.")


class Labels(Model):
    """A side table that says what values mean: a row a value."""

    source: Text
    value: Text = Field(description="The side table's column with what stands in the answers' cells.")
    label: Text = Field(description="Its column with what that means; read like a cell of the answers.")
    item: Text | None = Field(
        default=None, description="Its column that names the item, or the answers' column; all items without."
    )


class Answers(AnswerRules):
    """Where answers stand, and what holds for all items."""

    source: Texts | None = Field(
        default=None,
        description="The source of the answers, or several that are read as one table, one below the other: the column "
        "@source says which a row is of. The first source where absent.",
    )
    item: Text | None = Field(
        default=None, description="Long tables, a row an answer: the column that names the item."
    )
    ignore: list[Text] = Field(
        default_factory=list, description="Long tables: names of items that are not imported."
    )
    labels: Labels | None = Field(default=None, description="A side table of value labels.")
    round: Text | None = Field(default=None, description="Column that names the round; main where absent.")
    coded_on: Text | None = Field(default=None, description="Column with the day of the reading.")


class SurveyInfo(Model):
    """What goes into ``survey.yaml``."""

    id: Code
    title: Text
    description: Text | None = None
    coders: Literal["persons", "slots"] = "persons"
    not_recorded: list[Code] = Field(default_factory=list)
    frame: Text | None = None
    read_on: Text | None = None
    licence: Text | None = None
    source: Source | None = None
    contact: Text | None = None
    attributes: dict[Code, Attribute] = Field(default_factory=dict)


class Mapping(Model):
    """A mapping file."""

    format: Literal[1] = Field(description="Version of this file format.")
    codebook: Text = Field(description="Id of a shipped codebook, or a path relative to this file.")
    undecided: list[Text] = Field(
        default_factory=list,
        description="What nobody has decided yet, as a draft lists it: nothing is imported while a line is left.",
    )
    survey: SurveyInfo
    published: Text | None = Field(
        default=None,
        description="The study's printed figures, a path relative to this file: put into the survey's folder as "
        "published.yaml, for rdpscore reproduce.",
    )
    sources: dict[Code, SourceSpec] = Field(min_length=1, description="Name → files.")
    rows: list[RowRule] = Field(default_factory=list, description="Applied in order.")
    journals: Journals
    coders: Coders
    answers: Answers = Answers()
    items: dict[Code, ItemMap] = Field(default_factory=dict)
    not_asked: list[Code] = Field(
        default_factory=list, description="Items of the codebook that the source does not answer."
    )

    @property
    def answered(self) -> list[str]:
        """The sources of the answers."""
        return self.answers.source or [next(iter(self.sources))]

    @property
    def main(self) -> str:
        """What the table of all answers is called."""
        return " + ".join(self.answered)


def mapping_schema() -> dict[str, Any]:
    """JSON Schema of mapping files, for editors."""
    schema = Mapping.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "rdpscore mapping file, format 1",
    }
