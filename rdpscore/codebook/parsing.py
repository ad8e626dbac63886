"""YAML documents into models; what a model refuses becomes problems with a line and a remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from rdpscore.codebook.models import Codebook
from rdpscore.files.yamls import KeyPath, YamlDocument, read_yaml
from rdpscore.problems import Batch, Problems, suggestion

M = TypeVar("M", bound=BaseModel)
Fault = tuple[KeyPath, str, dict[str, Any]]
"""Where in a file, the kind of problem, its fields."""


def read_model(
    path: Path, model: type[M], check: Callable[[M, YamlDocument], Problems]
) -> tuple[M | None, Problems]:
    """Read a YAML file as a model, and check what it says.

    Parameters
    ----------
    path : Path
    model : type
    check : callable
        What is wrong with a model that could be read; the document tells lines.

    Returns
    -------
    found : model or None
        None where a problem is an error.
    problems : Problems
        Each with file and line; all at once.
    """
    document, problems = read_yaml(path)
    if document is None:
        return None, problems
    found, told = parse_model(model, document)
    problems += told
    if found is not None:
        problems += check(found, document)
    return (found if problems.ok else None), problems


@dataclass(frozen=True)
class Faults:
    """Faults of a file that is written against codebooks: where in it, and what is wrong.

    Attributes
    ----------
    code : str
        Kind of the problem where a fault names none.
    name : str
        The file in problems, where there is no document.
    """

    code: str
    name: str

    def bad(self, path: KeyPath, what: str, remedy: str, value: Any = "") -> Fault:
        """A fault in words."""
        return path, self.code, {"what": what, "remedy": remedy, "value": value}

    def unknown(self, path: KeyPath, thing: str, value: str, known: Iterable[str], book: Codebook) -> Fault:
        """A name that a codebook does not have."""
        what = f"{book.id} {book.version} has no {thing} '{value}'{suggestion(value, known)}"
        return self.bad(path, what, "correct the name, or take the entry out", value)

    def problems(self, faults: Iterable[Fault], document: YamlDocument | None) -> Problems:
        """The faults as problems, with lines where there is a document."""
        return Problems.of(
            Batch(
                code,
                document.file if document else self.name,
                None,
                ".".join(map(str, path)),
                document.line(path) if document else None,
                fields,
            )
            for path, code, fields in faults
        )


def parse_model(model: type[M], document: YamlDocument) -> tuple[M | None, Problems]:
    """Validate a YAML document against a model; each fault is a problem with its line and path."""
    try:
        return model.model_validate(document.data), Problems()
    except ValidationError as error:
        return None, Problems.of(
            _field_problem(model, document, tuple(e["loc"]), e["type"], e["msg"], e["input"])
            for e in error.errors(include_url=False)
            if e["type"] != "cross_check"
        )


_REMEDIES = {
    "missing": "add it",
    "extra_forbidden": "delete it, or correct its name",
    "string_pattern_mismatch": "use letters, digits, '_' and '-' only",
    "greater_than_equal": "write a number within the range",
    "less_than_equal": "write a number within the range",
    "literal_error": "use one of the values named",
    "unknown_mean": "use one of the values named",
    "string_too_long": "shorten it",
    "too_short": "list at least one",
    "blank": "fill it in, or delete the line",
}

_READ_AS: dict[Any, str] = {
    bool: "a boolean",
    (int, float): "a number",
    date: "a date",
    type(None): "nothing",
    object: "no text",
}


def _field_problem(
    model: type[BaseModel], document: YamlDocument, path: KeyPath, kind: str, message: str, value: Any
) -> Batch:
    is_key = bool(path) and path[-1] == "[key]"
    if is_key:
        path = path[:-1]
    shown = ".".join(map(str, path)) or "the file"
    what = f"{_named(document, path)}{shown}: {message[0].lower()}{message[1:]}"
    remedy = _REMEDIES.get(
        kind, "correct it; `rdpscore codebook schema` and docs/codebook.md describe the fields"
    )
    if kind == "missing":
        what = f"{_named(document, path)}{shown} is missing"
    elif kind == "extra_forbidden":
        what = f"{_named(document, path)}{shown} is not a field of this format"
        remedy = f"{remedy}{suggestion(str(path[-1]), _fields_beside(model, path))}"
    elif kind == "string_type" and (is_key or path in document.spelled):
        written = str(value) if is_key else document.spelled[path]
        read_as = next(name for types, name in _READ_AS.items() if isinstance(value, types))
        what = (
            f"{_named(document, path)}{shown} was read as {read_as} ({written or 'blank'}), and must be text"
        )
        remedy = f'put it in quotation marks: "{written}"' if written else _REMEDIES["blank"]
        value = written
    elif kind != "missing" and value is not None and not isinstance(value, (dict, list)):
        what += f" (it is {value!r})"
    return Batch(
        "bad_field",
        document.file,
        None,
        None,
        document.line(path),
        {"what": what, "remedy": remedy, "value": "" if isinstance(value, (dict, list)) else value},
    )


def _named(document: YamlDocument, path: KeyPath) -> str:
    """``"item 'data_fair', "`` for a path inside an item, so that nobody has to count list entries."""
    if (
        len(path) >= 2
        and path[0] in ("items", "schemes", "dimensions", "reasons")
        and isinstance(path[1], int)
    ):
        entry = document.data[path[0]][path[1]]
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            return f"{str(path[0])[:-1]} '{entry['id']}', "
    return ""


def _fields_beside(model: type[BaseModel], path: KeyPath) -> list[str]:
    """The fields that the model has where the last step of the path stands."""
    for step in path[:-1]:
        field = model.model_fields.get(str(step))
        model = (field and _model_in(field.annotation)) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation such as ``list[Item]`` or ``Source | None`` holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
