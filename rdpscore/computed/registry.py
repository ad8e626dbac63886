"""The one registry of computed figures: name, function, and the model of what an entry may ask of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model

from rdpscore.problems import suggestion
from rdpscore.survey import Survey

Value = float | int | None
"""What a figure is; None where it is undefined on these data and no more is known."""

REASONS = {
    "no_pairable_units": "no journal was coded twice",
    "no_variation": "nothing varies",
    "no_residual": "nothing varies inside the groups",
    "anonymous_coders": "the coders are slots, so it is not known who they are",
    "not_two_coders": "there are not two coders; name two",
    "not_two_groups": "there are not two groups",
    "not_two_by_two": "the table is not two by two",
    "too_few": "there are too few journals",
    "too_few_clusters": "there are too few publishers",
    "too_few_coders": "there are not two coders",
    "no_bound": "a cell of the table is empty, so the odds ratio has no bound",
}
"""Why a figure is undefined, in words."""


class Undefined(Exception):
    """A figure is undefined on these data; `code` is one of `REASONS`."""

    def __init__(self, code: str) -> None:
        super().__init__(REASONS[code])
        self.code = code


F = TypeVar("F", bound=Callable[..., Value])
_FIGURES: dict[str, ComputedFigure] = {}


@dataclass(frozen=True)
class ComputedFigure:
    """A function of a survey by which a printed figure can be computed again.

    Attributes
    ----------
    name : str
        As an entry of ``published.yaml`` calls it.
    function : callable
        Takes the survey, then keywords; gives the figure.
    """

    name: str
    function: Callable[..., Value]

    @property
    def value(self) -> str:
        """What the figure is: the first sentence of the function's documentation."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0].replace("``", "`").rstrip(".")

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """The model of the arguments: the keywords of the function, strictly as annotated."""
        hints = get_type_hints(self.function, include_extras=True)
        fields: dict[str, Any] = {
            p.name: (hints[p.name], ... if p.default is p.empty else p.default)
            for p in inspect.signature(self.function).parameters.values()
            if p.kind is p.KEYWORD_ONLY
        }
        config = ConfigDict(strict=True, extra="forbid", frozen=True, protected_namespaces=())
        return create_model(self.name, __config__=config, **fields)

    def compute(self, survey: Survey, arguments: Mapping[str, Any]) -> Value:
        """The figure of a survey.

        Raises
        ------
        ValueError
            An argument is unknown or not what it must be (pydantic's ValidationError is one), or a name in it
            occurs nowhere.
        Undefined
            The figure has no value on these data.
        """
        allowed = self.arguments.model_fields
        for name in arguments:
            if name not in allowed:
                raise ValueError(
                    f"{self.name} takes no '{name}'{suggestion(name, allowed)}; it takes {', '.join(allowed)}"
                )
        checked = self.arguments(**arguments)
        return self.function(survey, **{name: getattr(checked, name) for name in allowed})

    def choices(self, argument: str) -> tuple[Any, ...]:
        """What an argument may be, where that is a list of words or numbers; what it is where left out, first."""
        found: list[Any] = []
        pending = [self.arguments.model_fields[argument].annotation]
        while pending:
            kind = pending.pop(0)
            if get_origin(kind) is not None and str(get_origin(kind)).endswith("Literal"):
                found += get_args(kind)
            elif not isinstance(kind, type):
                pending += [a for a in get_args(kind) if a is not type(None)]
        default = self.arguments.model_fields[argument].default
        return tuple(sorted(found, key=lambda choice: choice != default))


def computed_figure(function: F) -> F:
    """Register a function, under its own name, as a figure that ``published.yaml`` may ask for.

    It takes the survey first. Its keyword-only parameters are what an entry may give; their annotations, the check.
    """
    _FIGURES[function.__name__] = ComputedFigure(function.__name__, function)
    return function


def computed_figures() -> Mapping[str, ComputedFigure]:
    """Name → figure, of everything that can be computed."""
    return _FIGURES


def find(name: str) -> ComputedFigure:
    """The figure of a name; a ValueError that names the nearest where there is none."""
    if name not in _FIGURES:
        raise ValueError(f"there is nothing to compute named '{name}'{suggestion(name, _FIGURES)}")
    return _FIGURES[name]


def table_of_figures() -> list[tuple[str, list[str], str]]:
    """Of each figure its name, its arguments with their choices (``!`` after those it needs), and its value."""
    return [
        (
            figure.name,
            [
                f"{name}{'!' if field.is_required() else ''}"
                + (f" ({', '.join(map(_shown, c))})" if (c := figure.choices(name)) else "")
                for name, field in figure.arguments.model_fields.items()
            ],
            figure.value,
        )
        for figure in _FIGURES.values()
    ]


def markdown() -> str:
    """`table_of_figures` as the table of docs/reproduce.md."""
    rows = ["| `name` | arguments | value |", "|---|---|---|"]
    for name, arguments, value in table_of_figures():
        told = []
        for argument in arguments:
            own, _, choices = argument.partition(" (")
            bold = "**" if own.endswith("!") else ""
            words = ", ".join(f"`{c}`" for c in choices.rstrip(")").split(", ") if c)
            told.append(f"{bold}`{own.rstrip('!')}`{bold}" + (f" ({words})" if words else ""))
        rows.append(f"| `{name}` | {', '.join(told)} | {value} |")
    return "\n".join(rows) + "\n"


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
