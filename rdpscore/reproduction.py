"""Published figures beside our own: what a study printed, computed again from its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Self

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from rdpscore.arguments import checked
from rdpscore.codebook import Model, Source, Text, parse_model
from rdpscore.computed import Undefined, computed_figures, find
from rdpscore.files import Folder, YamlDocument, read_settled, read_yaml
from rdpscore.problems import Batch, InvalidInput, Problems
from rdpscore.results import Result, versions
from rdpscore.survey import Survey
from rdpscore.validation import check


class Computation(BaseModel):
    """What to compute: a registered name and its arguments."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    name: Text

    @property
    def arguments(self) -> dict[str, Any]:
        return dict(self.__pydantic_extra__ or {})


class Figure(Model):
    """One printed figure."""

    figure: Text = Field(description="A stable, dotted id.")
    printed: Text = Field(
        description="The figure as it was printed; text, so that zeros and exponents survive."
    )
    decimals: int | None = Field(
        default=None, ge=0, le=17, description="Decimals to compare; those printed where absent."
    )
    significant: int | None = Field(default=None, ge=1, le=17, description="Significant digits to compare.")
    compute: Computation | None = Field(description="How to compute it; null where that is not possible yet.")
    pending: Text | None = Field(default=None, description="Why compute is null.")
    note: Text | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not _is_number(self.printed):
            raise PydanticCustomError("printed", "printed is no number")
        if (self.compute is None) != (self.pending is not None):
            raise PydanticCustomError(
                "pending", "a figure has either compute or, where that is null, pending: why"
            )
        if self.decimals is not None and self.significant is not None:
            raise PydanticCustomError("digits", "a figure has decimals or significant, not both")
        return self


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()  # Decimal also takes NaN and Infinity
    except InvalidOperation:
        return False


class Published(Model):
    """The content of ``published.yaml``."""

    format: Literal[1]
    source: Source
    figures: list[Figure] = Field(min_length=1)


def published_schema() -> dict[str, Any]:
    """The JSON Schema of ``published.yaml``, with the arguments of everything that can be computed."""
    schema = Published.model_json_schema()
    entries = []
    for name, figure in computed_figures().items():
        entry = figure.arguments.model_json_schema()
        entry["properties"] = {"name": {"const": name}, **entry.get("properties", {})}
        entry["required"] = ["name", *entry.get("required", [])]
        entries.append({**entry, "description": f"{figure.value}."})
    schema["$defs"]["Computation"] = {"oneOf": entries}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "published.yaml of a survey",
    }


@dataclass(frozen=True)
class Comparison:
    """A printed figure beside ours.

    Attributes
    ----------
    figure, printed : str
    ours : int, float or None
    equal : bool or None
        Equal at the printed precision; None where ours is None.
    reason : str or None
        Why `equal` is None.
    note : str or None
    """

    figure: str
    printed: str
    ours: float | int | None
    equal: bool | None
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Reproduction(Result):
    """All comparisons of a survey; see `reproduce`."""

    source: Source
    comparisons: tuple[Comparison, ...]

    def tables(self) -> dict[str, pd.DataFrame]:
        columns = {name: [getattr(c, name) for c in self.comparisons] for name in Comparison.__annotations__}
        return {"figures": pd.DataFrame(columns, dtype=object)}  # object: 171 stays 171

    def body(self) -> Any:
        return [
            {k: v for k, v in vars(c).items() if v is not None or k in ("ours", "equal")}
            for c in self.comparisons
        ]


@checked
def reproduce(survey: Survey) -> Reproduction:
    """Compute every figure of the survey's ``published.yaml`` again.

    Parameters
    ----------
    survey : Survey
        Loaded from a folder that holds ``published.yaml``.

    Raises
    ------
    InvalidInput
        If the survey has errors, or ``published.yaml`` is absent, malformed, or names what does not exist.

    Examples
    --------
    >>> import rdpscore
    >>> result = rdpscore.reproduce(rdpscore.load())
    >>> [c.equal for c in result.comparisons[:2]]
    [True, True]
    """
    problems = check(survey)
    problems.raise_errors()
    published, document = _read(survey)
    faults: list[Batch] = []
    comparisons = []
    for i, figure in enumerate(published.figures):
        try:
            comparisons.append(_compared(survey, figure))
        except (ValueError, TypeError) as error:
            what, remedy = (
                f"{figure.figure}: {_reason(error)}",
                "correct its compute; docs/reproduce.md lists what there is",
            )
            line = document.line(("figures", i, "compute"))
            faults.append(
                Batch("bad_field", document.file, line=line, fields={"what": what, "remedy": remedy})
            )
    Problems.of(faults).raise_errors()
    settings = {**survey.settings, "versions": versions()}
    return Reproduction(settings, problems, published.source, tuple(comparisons))


def _read(survey: Survey) -> tuple[Published, YamlDocument]:
    if survey.path is None:
        raise InvalidInput(Problems.one("nothing_published", "published.yaml"))
    document, problems = read_settled(survey.path, _document)
    problems.raise_errors()
    assert document is not None
    published, problems = parse_model(Published, document)
    problems.raise_errors()
    assert published is not None
    ids = [f.figure for f in published.figures]
    Problems.of(
        Batch(
            "duplicate_id",
            document.file,
            line=document.line(("figures", i, "figure")),
            fields={"thing": "figure", "value": name},
        )
        for i, name in enumerate(ids)
        if name in ids[:i]
    ).raise_errors()
    return published, document


def _document(folder: Folder) -> tuple[YamlDocument | None, Problems]:
    path = folder.find("published.yaml")
    if path is None:
        return None, Problems.one("nothing_published", "published.yaml")
    return read_yaml(path, "published.yaml")


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False)[:2]
        )
    if isinstance(error, InvalidInput):
        return "; ".join(p.what for p in error.problems.errors.head(2))
    return str(error)


def _compared(survey: Survey, figure: Figure) -> Comparison:
    ours, reason = None, figure.pending
    if figure.compute is not None:
        reason = "undefined on these data"
        try:
            ours = find(figure.compute.name).compute(survey, figure.compute.arguments)
        except Undefined as error:
            reason = f"{reason}: {error}"
    if ours is None:
        return Comparison(figure.figure, figure.printed, None, None, reason, figure.note)
    equal = equal_as_printed(ours, figure.printed, decimals=figure.decimals, significant=figure.significant)
    return Comparison(figure.figure, figure.printed, ours, equal, None, figure.note)


def equal_as_printed(
    ours: float, printed: str, *, decimals: int | None = None, significant: int | None = None
) -> bool:
    """Whether a number, rounded as the printed one was, is the printed one.

    Parameters
    ----------
    ours : float
    printed : str
        A decimal number, possibly with an exponent.
    decimals, significant : int, optional
        The precision to compare at; the digits of `printed` without.

    Returns
    -------
    bool
        True where the two lie within half a unit of the last digit compared.

    Examples
    --------
    >>> equal_as_printed(0.17549, "0.175"), equal_as_printed(0.1756, "0.175")
    (True, False)
    """
    shown = Decimal(printed)
    last = shown.as_tuple().exponent
    if significant is not None and shown:
        exponent = shown.adjusted() - significant + 1
    elif decimals is not None:
        exponent = -decimals
    else:
        exponent = last if isinstance(last, int) else 0
    half = Decimal(5).scaleb(exponent - 1)
    return abs(Decimal(float(ours)) - shown) <= half * (1 + Decimal("1e-9"))


def summary(comparisons: tuple[Comparison, ...]) -> Mapping[str, int]:
    """How many figures are equal, different, and not computed."""
    equal = sum(c.equal is True for c in comparisons)
    different = sum(c.equal is False for c in comparisons)
    return {"equal": equal, "different": different, "not computed": len(comparisons) - equal - different}
