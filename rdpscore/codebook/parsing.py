"""YAML documents into models; what a model refuses becomes problems with a line and a remedy."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from rdpscore.files.yamls import KeyPath, YamlDocument
from rdpscore.problems import Batch, Problems, suggestion

M = TypeVar("M", bound=BaseModel)


def parse_model(model: type[M], document: YamlDocument) -> tuple[M | None, Problems]:
    """Validate a YAML document against a model; each fault is a problem with its line and path."""
    try:
        return model.model_validate(document.data), Problems()
    except ValidationError as error:
        return None, Problems.of(
            _field_problem(document, tuple(e["loc"]), e["type"], e["msg"], e["input"])
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
    "string_too_long": "shorten it",
    "too_short": "list at least one",
    "blank": "fill it in, or delete the line",
}


def _field_problem(document: YamlDocument, path: KeyPath, kind: str, message: str, value: Any) -> Batch:
    if path and path[-1] == "[key]":
        path = path[:-1]
    shown = ".".join(map(str, path)) or "the file"
    what = f"{_named(document, path)}{shown}: {message[0].lower()}{message[1:]}"
    remedy = _REMEDIES.get(kind, "correct it; the fields are described in docs/codebook.md")
    if kind == "missing":
        what = f"{_named(document, path)}{shown} is missing"
    elif kind == "extra_forbidden":
        what = f"{_named(document, path)}{shown} is not a field of this format"
        remedy = f"{remedy}{_like(document, path)}"
    elif kind == "string_type" and isinstance(value, (bool, int, float)):
        read_as = "a boolean" if isinstance(value, bool) else "a number"
        what = f"{_named(document, path)}{shown} was read as {read_as} ({value}), and must be text"
        remedy = 'put it in quotation marks, for example "no" or "0"'
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


def _like(document: YamlDocument, path: KeyPath) -> str:
    known: set[str] = {
        "level",
        "guidance",
        "evidence",
        "applies_if",
        "maps_to",
        "options",
        "kind",
        "scored",
        "score",
        "dimension",
        "question",
        "title",
        "label",
        "code",
        "description",
        "weights",
        "divisor",
        "by",
    }
    return suggestion(str(path[-1]), known)
