"""Arguments of public functions, checked against their annotations: a slip is told at the call."""

from __future__ import annotations

import functools
import inspect
import math
import numbers
import os
import reprlib
import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from rdpscore.problems.suggestions import suggestion

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class AtLeast:
    """Annotation: the lowest number that is taken."""

    lowest: int


Count = Annotated[int, AtLeast(1)]
"""A number of draws, resamples or steps: 1 or more."""

_MADE_BY = {
    "Survey": "rdpscore.load(folder) or rdpscore.Survey.from_frames(…) makes one",
    "Codebook": "rdpscore.load_codebook(name) makes one",
    "SurveyMeta": "rdpscore.load(name).meta is one",
    "Mapping": "write {name: value}",
}
_SEVERAL = (Sequence, Collection, Iterable, tuple, list)


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """A function whose arguments are checked against its annotations at every call.

    - A class: an instance of it; whole floats are taken for integers, numpy's numbers for Python's.
    - ``Literal``: one of its values; the nearest is named.
    - ``Sequence[str]``, ``tuple[str, ...]``, … of any element: a lone element is a sequence of one, never its letters;
      a set, an index, a column or a generator becomes a tuple.
    - ``Mapping``: any mapping. ``Count``: 1 or more.
    - Whatever else is annotated passes.

    Raises
    ------
    TypeError
        At the call: an argument of another kind, with what is expected and what makes one.
    ValueError
        At the call: a value that is none of a few, or a number out of range.
    """
    signature = inspect.signature(function)

    @functools.cache
    def hints() -> dict[str, Any]:  # at the first call, when all modules are there
        given = {k: v for k, v in inspect.get_annotations(function).items() if k != "return"}
        names = getattr(function, "__globals__", {})
        return get_type_hints(types.SimpleNamespace(__annotations__=given), names, include_extras=True)

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{function.__name__}(): {error}") from None
        for name, value in bound.arguments.items():
            parameter, hint = signature.parameters[name], hints().get(name, Any)
            if parameter.kind is parameter.VAR_POSITIONAL:
                bound.arguments[name] = tuple(_fitting(v, hint, name) for v in value)
            elif parameter.kind is not parameter.VAR_KEYWORD:
                bound.arguments[name] = _fitting(value, hint, name)
        return function(*bound.args, **bound.kwargs)

    return call


def fit_fields(instance: Any) -> None:
    """Check the fields of a frozen dataclass as `checked` does arguments; for its ``__post_init__``."""
    for name, hint in get_type_hints(type(instance), include_extras=True).items():
        object.__setattr__(instance, name, _fitting(getattr(instance, name), hint, name))


def of_kind(value: object, kind: type | types.UnionType, name: str) -> None:
    """Raise a TypeError that says what is expected, and what makes one, unless a value is of a kind."""
    if not isinstance(value, kind):
        raise _wrong(value, kind, name)


class WrongKind(TypeError):
    """A value of another kind; alternatives of a union may still fit."""


def _fitting(value: Any, hint: Any, name: str) -> Any:
    """The value, made fit where that is plain; else an error."""
    origin: Any = get_origin(hint)
    if hint is Any or isinstance(hint, TypeVar):
        return value
    if origin is Annotated:
        return _in_range(_fitting(value, get_args(hint)[0], name), hint, name)
    if origin in (Union, types.UnionType):
        return _any_of(value, hint, name)
    if origin is Literal:
        return _one_of(value, get_args(hint), name)
    if origin in _SEVERAL and (origin is not tuple or get_args(hint)[-1:] == (...,)):
        return _several(value, hint, name)
    return _plain(value, Mapping if origin is Mapping else origin or hint, name)


def _is_several(hint: Any) -> bool:
    origin: Any = get_origin(hint)
    return origin in _SEVERAL


def _any_of(value: Any, hint: Any, name: str) -> Any:
    errors = []
    for arm in sorted(get_args(hint), key=_is_several):  # several only where it is not one
        try:
            return _fitting(value, arm, name)
        except WrongKind:
            continue
        except (TypeError, ValueError) as error:  # the right kind, and a wrong value
            errors.append(error)
    raise errors[0] if errors else _wrong(value, hint, name)


def _one_of(value: Any, choices: tuple[Any, ...], name: str) -> Any:
    if any(value is c or (type(value) is type(c) and value == c) for c in choices):
        return value
    said = f"{name} is one of {', '.join(map(str, choices))}; not {value!r}"
    if not any(isinstance(value, type(c)) for c in choices):
        raise WrongKind(said)
    raise ValueError(said + (suggestion(value, [str(c) for c in choices]) if isinstance(value, str) else ""))


def _several(value: Any, hint: Any, name: str) -> Any:
    element = get_args(hint)[0] if get_args(hint) else Any
    entry = f"{name} {'are' if name.endswith('s') else 'holds'} several, and each"
    if isinstance(value, (list, tuple)):
        fit = [_fitting(v, element, entry) for v in value]
        return fit if isinstance(value, list) and get_origin(hint) is not tuple else tuple(fit)
    try:
        return (_fitting(value, element, entry),) if element is not Any else value
    except WrongKind:
        pass
    if isinstance(value, Mapping) or not isinstance(value, Iterable) or type(value).__name__ == "DataFrame":
        raise _wrong(value, hint, name)
    values = sorted(value, key=str) if isinstance(value, (set, frozenset)) else list(value)
    return tuple(_fitting(v, element, entry) for v in values)


def _plain(value: Any, kind: Any, name: str) -> Any:
    if kind is None or kind is type(None):
        if value is None:
            return None
    elif kind is bool:
        if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
            return bool(value)
    elif kind in (int, float):
        if isinstance(value, numbers.Real) and not isinstance(value, bool):
            number = value if isinstance(value, int) else float(value)
            if kind is float or (math.isfinite(number) and number == int(number)):
                return kind(number)
    elif kind is Path:
        if isinstance(value, os.PathLike):
            return value
    elif not isinstance(kind, type) or kind.__module__.startswith("numpy") or isinstance(value, kind):
        return value
    raise _wrong(value, kind, name)


def _in_range(value: Any, hint: Any, name: str) -> Any:
    for bound in get_args(hint)[1:]:
        if isinstance(bound, AtLeast) and value < bound.lowest:
            raise ValueError(f"{name} is {value}; it must be {bound.lowest} or more")
    return value


def _wrong(value: object, hint: Any, name: str) -> WrongKind:
    wanted = _kinds(hint)
    made = _MADE_BY.get(next((w for w in wanted if w != "None"), ""), "")
    if "Survey" in wanted and "str" not in wanted and isinstance(value, (str, os.PathLike)):
        made = f"rdpscore.load({os.fspath(value)!r}) makes one"
    tail = f"; {made}" if made else ""
    return WrongKind(f"{name} is {_a(value)}; it must be {_listed([_article(w) for w in wanted])}{tail}")


def _kinds(hint: Any) -> list[str]:
    if get_origin(hint) in (Union, types.UnionType):
        return [k for arm in get_args(hint) for k in _kinds(arm)]
    if get_origin(hint) is Annotated:
        return _kinds(get_args(hint)[0])
    if get_origin(hint) is Literal:
        return [repr(c) for c in get_args(hint)]
    if get_origin(hint) in _SEVERAL:
        return [f"list of {' or '.join(_kinds(get_args(hint)[0]))}"]
    known = {int: "whole number", float: "number", bool: "True or False", type(None): "None"}
    kind: Any = get_origin(hint) or hint
    return [str(known.get(kind) or getattr(kind, "__name__", kind))]


def _a(value: object) -> str:
    shown = "None" if value is None else _article(type(value).__name__)
    return f"{shown} ({reprlib.repr(value)})" if isinstance(value, (str, int, float)) else shown


def _article(word: str) -> str:
    if word in ("None", "True or False") or word.startswith("'"):
        return word
    return f"{'an' if word[0].lower() in 'aeio' else 'a'} {word}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
