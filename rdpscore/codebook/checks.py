"""Faults between the parts of a codebook: what one field alone cannot tell.

The checks work on raw data, so that these faults and those of single fields come at once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rdpscore.files.yamls import KeyPath
from rdpscore.means import ARITHMETIC, find_mean
from rdpscore.problems import CATALOGUE, Batch, Severity, suggestion


@dataclass(frozen=True)
class Fault:
    path: KeyPath
    code: str
    fields: Mapping[str, Any]

    @property
    def is_error(self) -> bool:
        """False for what is only worth a warning."""
        return CATALOGUE[self.code].severity is Severity.ERROR

    def batch(self, file: str | None, line: int | None = None) -> Batch:
        return Batch(self.code, file, None, ".".join(map(str, self.path)), line, self.fields)


def _dicts(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    if isinstance(value, list):
        yield from ((i, v) for i, v in enumerate(value) if isinstance(v, dict))


def _texts(value: Any) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, (list, dict)) else []


def cross_check(raw: Any) -> Iterator[Fault]:
    """All faults between the parts of a raw codebook."""
    if not isinstance(raw, dict):
        return
    lists = {
        "dimension": "dimensions",
        "item": "items",
        "scheme": "schemes",
        "reason": "reasons",
        "framework": "frameworks",
    }
    ids: dict[str, list[str]] = {}
    for thing, key in lists.items():
        ids[thing] = []
        for i, entry in _dicts(raw.get(key)):
            if not isinstance(entry.get("id"), str):
                continue
            if entry["id"] in ids[thing]:
                yield Fault((key, i, "id"), "duplicate_id", {"thing": thing, "value": entry["id"]})
            ids[thing].append(entry["id"])
    codes = {
        e["id"]: [o["code"] for _, o in _dicts(e.get("options")) if isinstance(o.get("code"), str)]
        for _, e in _dicts(raw.get("items"))
        if isinstance(e.get("id"), str)
    }
    terms = {
        e["id"]: _texts(e.get("terms"))
        for _, e in _dicts(raw.get("frameworks"))
        if isinstance(e.get("id"), str)
    }
    for i, item in _dicts(raw.get("items")):
        yield from _check_item(i, item, ids, codes, terms, [entry for _, entry in _dicts(raw.get("items"))])
    for i, scheme in _dicts(raw.get("schemes")):
        yield from check_scheme(("schemes", i), scheme, raw)
    default = raw.get("default_scheme")
    if isinstance(default, str) and default not in ids["scheme"]:
        yield _unknown(("default_scheme",), "scheme", default, ids["scheme"])


def _unknown(path: KeyPath, thing: str, value: str, known: Sequence[str]) -> Fault:
    return Fault(
        path, "unknown_reference", {"thing": thing, "value": value, "nearest": suggestion(value, known)}
    )


def _bad(path: KeyPath, what: str, remedy: str, value: Any = "") -> Fault:
    return Fault(path, "bad_codebook", {"what": what, "remedy": remedy, "value": value})


def _check_item(
    i: int,
    item: dict[str, Any],
    ids: Mapping[str, list[str]],
    codes: Mapping[str, list[str]],
    terms: Mapping[Any, list[str]],
    items: Sequence[dict[str, Any]],
) -> Iterator[Fault]:
    here: KeyPath = ("items", i)
    name = item.get("id")
    dimension = item.get("dimension")
    if isinstance(dimension, str) and dimension not in ids["dimension"]:
        yield _unknown((*here, "dimension"), "dimension", dimension, ids["dimension"])
    options = list(_dicts(item.get("options")))
    for field in ("code", "label"):
        values = [o.get(field) for _, o in options]
        for j, value in enumerate(values):
            if isinstance(value, str) and value in values[:j]:
                yield Fault(
                    (*here, "options", j, field), "duplicate_id", {"thing": f"option {field}", "value": value}
                )
    yield from _codes_alike((*here, "options"), [o.get("code") for _, o in options])
    kind = item.get("kind", "single")
    if kind == "open" and options:
        yield _bad(
            (*here, "options"),
            f"item '{name}' is open and lists options",
            "delete the options, or make it kind: single",
        )
    if kind in ("single", "multiple") and len(options) < 2:
        yield _bad(
            (*here, "options"),
            f"item '{name}' has fewer than two options",
            "list all permitted answers, or make it kind: open",
        )
    if kind == "single" and item.get("level") is None:
        yield _bad(
            (*here, "level"),
            f"item '{name}' has no level of measurement",
            "add level: ordinal (options in order of strictness) or level: nominal",
        )
    if kind == "single" and item.get("scored", True) is True:
        for j, option in options:
            if option.get("score") is None:
                yield _bad(
                    (*here, "options", j, "score"),
                    f"item '{name}' is scored and option '{option.get('code')}' has no score",
                    "give it a score between 0 and 1, or set scored: false on the item",
                )
    if kind != "single" and item.get("scored", kind == "single") is True:
        yield _bad(
            (*here, "scored"), f"item '{name}' is {kind} and cannot enter a score", "set scored: false"
        )
    scores = [s for _, o in options if isinstance(s := o.get("score"), (int, float))]
    if item.get("level") == "ordinal" and scores != sorted(scores):
        yield _bad(
            (*here, "options"),
            f"item '{name}' is ordinal, but its scores do not rise from option to option",
            "put the options in order of strictness, or make it level: nominal",
        )
    not_single = {
        i["id"] for i in items if isinstance(i.get("id"), str) and i.get("kind", "single") != "single"
    }
    conditions = item.get("applies_if")
    for other, allowed in conditions.items() if isinstance(conditions, dict) else ():
        path: KeyPath = (*here, "applies_if", other)
        if other == name:
            yield _bad(path, f"item '{name}' applies only if it is answered itself", "name another item")
        elif isinstance(other, str) and other not in codes:
            yield _unknown(path, "item", other, list(codes))
        elif (
            isinstance(other, str)
            and isinstance(name, str)
            and ids["item"].index(other) > ids["item"].index(name)
        ):
            yield _bad(
                path,
                f"item '{name}' depends on '{other}', which comes after it",
                "move the item that decides before those that depend on it",
            )
        elif other in not_single:
            yield _bad(
                path, f"item '{name}' depends on '{other}', which has no single answer", "name a single item"
            )
        else:
            for code in _texts(allowed):
                if code not in codes[other]:
                    yield _unknown(path, f"option of {other},", code, codes[other])
    mapping = item.get("maps_to")
    for framework, named in mapping.items() if isinstance(mapping, dict) else ():
        if framework not in terms:
            yield _unknown((*here, "maps_to", framework), "framework", str(framework), ids["framework"])
            continue
        for j, term in enumerate(_texts(named)):
            if term not in terms[framework]:
                yield _unknown(
                    (*here, "maps_to", framework, j), f"term of {framework},", term, terms[framework]
                )


def _codes_alike(here: KeyPath, codes: Sequence[Any]) -> Iterator[Fault]:
    """Codes that letter case alone tells apart, or that spreadsheet programs turn into one number."""
    first: dict[Any, str] = {}
    for j, code in enumerate(codes):
        if not isinstance(code, str):
            continue
        number = as_number(code)
        for key, why in ((code.casefold(), "letter case only"), (number, "how a number is written only")):
            if key is not None and (other := first.setdefault(key, code)) != code:
                yield Fault((*here, j, "code"), "codes_alike", {"value": code, "other": other, "why": why})
                break


def as_number(code: str) -> float | None:
    """The number that a spreadsheet program makes of a code (01 is 1, 1E2 is 100), or None."""
    return float(code) if re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", code, re.ASCII) else None


def check_scheme(path: KeyPath, scheme: dict[str, Any], codebook: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of a scheme against the items of a (raw) codebook."""
    items = [i for _, i in _dicts(codebook.get("items")) if isinstance(i.get("id"), str)]
    scored = [i["id"] for i in items if i.get("kind", "single") == "single" and i.get("scored", True) is True]
    name = scheme.get("id")
    weights = _numbers(scheme.get("weights"))
    for item in weights:
        if item in scored or not isinstance(item, str):
            continue
        if any(i["id"] == item for i in items):
            yield _bad(
                (*path, "weights", item),
                f"scheme '{name}' weights '{item}', which is not scored",
                "take it out, or set scored: true on the item",
            )
        else:
            yield _unknown((*path, "weights", item), "item", item, scored)
    heavy = [i for i in scored if weights.get(i, 1) != 0]
    if scored and not heavy:
        yield _bad(
            (*path, "weights"),
            f"scheme '{name}' gives every item weight 0",
            "give at least one item a weight above 0",
        )
    by_dimension = scheme.get("by") == "dimensions"
    if by_dimension:
        yield from _check_dimensions(path, scheme, codebook, items, heavy)
    else:
        yield from _check_flat(path, scheme)
    yield from _check_sum(path, scheme, codebook, scored)
    if scheme.get("divisor") is not None and not _additive(scheme.get("aggregation", ARITHMETIC)):
        yield _bad(
            (*path, "divisor"),
            f"scheme '{name}' has a divisor and a {scheme['aggregation']} mean",
            "delete the divisor; only a sum can be divided by another number",
        )
    least = scheme.get("minimum_items")
    if isinstance(least, int) and heavy and least > len(heavy):
        yield _bad(
            (*path, "minimum_items"),
            f"scheme '{name}' asks for {least} items and weights {len(heavy)}, so no journal can have a score",
            f"write a number of at most {len(heavy)}",
            least,
        )


def _additive(mean: Any) -> bool:
    """Whether a mean is a weighted sum; what is no mean is told as such."""
    try:
        return find_mean(mean).additive if isinstance(mean, str) else True
    except ValueError:
        return True


def _numbers(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _check_flat(path: KeyPath, scheme: dict[str, Any]) -> Iterator[Fault]:
    """What has a meaning with ``by: dimensions`` only."""
    for field, there in (
        ("dimension_weights", bool(scheme.get("dimension_weights"))),
        ("across", scheme.get("across") is not None),
    ):
        if there:
            yield _bad(
                (*path, field),
                f"scheme '{scheme.get('id')}' has {field} and does not go by dimensions",
                f"add by: dimensions, or delete {field}",
            )


def _check_dimensions(
    path: KeyPath,
    scheme: dict[str, Any],
    codebook: Mapping[str, Any],
    items: Sequence[dict[str, Any]],
    heavy: Sequence[str],
) -> Iterator[Fault]:
    """Faults of a scheme that takes a mean in each dimension first."""
    name = scheme.get("id")
    if scheme.get("divisor") is not None:
        yield _bad(
            (*path, "divisor"),
            f"scheme '{name}' has a divisor and goes by dimensions",
            "delete one of the two",
        )
    known = [d["id"] for _, d in _dicts(codebook.get("dimensions")) if isinstance(d.get("id"), str)]
    weights = _numbers(scheme.get("dimension_weights"))
    for dimension in weights:
        if isinstance(dimension, str) and dimension not in known:
            yield _unknown((*path, "dimension_weights", dimension), "dimension", dimension, known)
    counted = [d for d in known if weights.get(d, 1) != 0]
    if known and not counted:
        yield _bad(
            (*path, "dimension_weights"),
            f"scheme '{name}' gives every dimension weight 0",
            "give at least one dimension a weight above 0",
        )
    for dimension in counted:
        inside = {i["id"] for i in items if i.get("dimension") == dimension}
        if heavy and not inside & set(heavy):
            yield _bad(
                (*path, "by"),
                f"scheme '{name}' goes by dimensions, and '{dimension}' has no weighted item",
                f"add an item to the dimension, weight one, or write dimension_weights: {{{dimension}: 0}}",
            )


def _check_sum(
    path: KeyPath, scheme: dict[str, Any], codebook: Mapping[str, Any], scored: Sequence[str]
) -> Iterator[Fault]:
    """Weights that do not add up to what the scheme says."""
    wanted = scheme.get("weights_sum")
    if not isinstance(wanted, (int, float)) or isinstance(wanted, bool):
        return
    if scheme.get("by") == "dimensions":
        field, thing = "dimension_weights", "dimensions"
        named = [d["id"] for _, d in _dicts(codebook.get("dimensions")) if isinstance(d.get("id"), str)]
    else:
        field, thing, named = "weights", "items", list(scored)
    weights = _numbers(scheme.get(field))
    values = [weights.get(n, 1) for n in named]
    if not all(isinstance(v, (int, float)) for v in values):
        return  # told as a fault of the field
    total = math.fsum(values)
    if not math.isclose(total, wanted, rel_tol=1e-9):
        silent = [n for n in named if n not in weights]
        tail = f"; {len(silent)} are not named and weigh 1" if silent else ""
        yield _bad(
            (*path, "weights_sum"),
            f"the weights of the {thing} in scheme '{scheme.get('id')}' add up to {total:g}, not to {wanted:g}",
            f"correct a weight, or weights_sum{tail}",
            wanted,
        )
