"""Schemes made from others: changed, checked, spelled as a file, and as a line that fits an address."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, get_args

from rdpscore.arguments import of_kind
from rdpscore.codebook.checks import check_scheme
from rdpscore.codebook.models import Codebook, Model, Scheme, SchemeFile
from rdpscore.codebook.parsing import parse_model
from rdpscore.files.yamls import YamlDocument, parse_yaml
from rdpscore.means import names
from rdpscore.problems import Batch, Problems

CHOICES = ("by", "aggregation", "missing", "not_applicable")
"""Fields of a scheme that have a list of values; see `choices`."""
HEAVIEST = 1_000.0
"""The largest weight that a line of an address may give."""
MAX_TEXT = 1_000_000
"""Characters of a scheme's file; the longest codebook's scheme has a few thousand."""
STEPS = 100
"""Steps of a control of weights."""
LONGEST_LINE = 1_500
"""Characters of a line of `spell_changes` that go into an address."""
_ENDING = "-edited"


def choices(field: str) -> tuple[str, ...]:
    """The values of one of the fields `CHOICES`."""
    if field == "aggregation":
        return names()
    return tuple(get_args(Scheme.model_fields[field].annotation))


def parse_scheme(text: str, name: str, codebook: Codebook) -> tuple[Scheme | None, Problems]:
    """A scheme from the text of a scheme file, checked against a codebook.

    Parameters
    ----------
    text : str
        YAML: a scheme as in a codebook, plus ``codebook``, the codebook's id.
    name : str
        What the file is called in problems.
    codebook : Codebook

    Returns
    -------
    scheme : Scheme or None
        None where a problem is an error.
    problems : Problems
        All at once, each with its line.
    """
    if len(text) > MAX_TEXT:
        return None, Problems.one("yaml_too_large", name, value=f"is {len(text) / 1e6:,.0f} MB long")
    document, problems = parse_yaml(text, name)
    if document is None:
        return None, problems
    scheme, found = scheme_of(document, codebook)
    return scheme, problems + found


def scheme_of(document: YamlDocument, codebook: Codebook) -> tuple[Scheme | None, Problems]:
    """The scheme of a YAML document; see `parse_scheme`."""
    scheme, found = parse_model(SchemeFile, document)
    raw = document.data if isinstance(document.data, dict) else {}
    faults = [
        f.batch(document.file, document.line(f.path)) for f in check_scheme((), raw, codebook.model_dump())
    ]
    meant = raw.get("codebook")
    if isinstance(meant, str) and meant != codebook.id:
        faults.append(
            Batch(
                "wrong_codebook",
                document.file,
                None,
                "codebook",
                document.line(("codebook",)),
                {"value": meant, "expected": codebook.id},
            )
        )
    problems = found + Problems.of(faults)
    if scheme is None or not problems.ok:
        return None, problems
    return Scheme.model_validate(scheme.model_dump(exclude={"codebook"})), problems


def fitting(scheme: Scheme, codebook: Codebook) -> Scheme:
    """The scheme, once it has passed the checks of a scheme file: whoever made it, and however.

    Raises
    ------
    TypeError
        It is no scheme.
    InvalidInput
        A field or a value that schemes do not have, an unknown item or dimension, weights that do not add up to what
        the scheme says, and whatever else is told of a file; all at once, with the nearest names.
    """
    of_kind(scheme, Scheme, "scheme")
    of_kind(codebook, Codebook, "codebook")
    raw = {k: _plain(v) for k, v in vars(scheme).items()}  # also what model_copy put there unchecked
    raw.setdefault("codebook", codebook.id)
    name = raw.get("id") if isinstance(raw.get("id"), str) else "scheme"
    found, problems = scheme_of(YamlDocument(f"scheme '{name}'", raw), codebook)
    problems.raise_errors()
    assert found is not None
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return {k: _plain(v) for k, v in vars(value).items()}
    return dict(value) if isinstance(value, Mapping) else value


def scheme_text(scheme: Scheme, codebook: Codebook) -> str:
    """A scheme as a file that `rdpscore score --scheme FILE` reads; what stands at its default is left out."""
    import yaml

    content = {"codebook": codebook.id} | scheme.model_dump(mode="json", exclude_defaults=True)
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100))


# Changed schemes ----------------------------------------------------------------------------------------


def edited(base: Scheme, codebook: Codebook, **changes: Any) -> tuple[Scheme | None, Problems]:
    """A scheme with some of its fields changed, as a scheme of its own.

    A divisor, a sum that the weights must have and another spelling of the score hold for the weights they were made
    for: they go as soon as anything changes. A dimension all of whose items weigh 0 weighs 0, and has no part in a mean
    over dimensions. Weights of 1 are left out, as they are the default.

    Parameters
    ----------
    base : Scheme
    codebook : Codebook
    **changes
        Fields of `Scheme`; ``weights`` and ``dimension_weights`` name all that is not 1.

    Returns
    -------
    scheme : Scheme or None
        `base` itself where nothing differs; None where a problem is an error.
    problems : Problems
        As for a scheme in a file.
    """
    raw = base.model_dump(exclude_none=True) | changes
    for field in ("weights", "dimension_weights"):
        raw[field] = {k: float(v) for k, v in raw.get(field, {}).items() if v != 1}
    raw["across"] = None if raw["by"] == "items" else raw.get("across")
    if raw["by"] == "items":
        raw["dimension_weights"] = {}
    else:
        raw["dimension_weights"] |= dict.fromkeys(_weightless(raw["weights"], codebook), 0.0)
    if all(_same(raw.get(name), getattr(base, name), name) for name in changes):
        return base, Problems()
    for field in ("divisor", "weights_sum", "display", "description", "across"):
        if raw.get(field) is None or field in ("divisor", "weights_sum", "display", "description"):
            raw.pop(field, None)
    if "id" not in changes and not base.id.endswith(_ENDING):
        raw["id"] = f"{base.id}{_ENDING}"
    if "title" not in changes and raw["id"] != base.id:
        raw["title"] = f"{base.title}, changed"
    faults = [f.batch(None) for f in check_scheme((), raw, codebook.model_dump())]
    if faults:
        return None, Problems.of(faults)
    return Scheme.model_validate(raw), Problems()


def _weightless(weights: Mapping[str, float], codebook: Codebook) -> list[str]:
    """Dimensions none of whose scored items weighs anything."""
    heavy = {i.dimension for i in codebook.scored_items if weights.get(i.id, 1.0) > 0}
    return [d.id for d in codebook.dimensions if d.id not in heavy]


def _same(new: Any, old: Any, field: str) -> bool:
    if field in ("weights", "dimension_weights"):
        return {k: v for k, v in new.items() if v != 1} == {k: v for k, v in old.items() if v != 1}
    return bool(new == old)


def weight_range(scheme: Scheme) -> tuple[float, float]:
    """How far a control of weights has to reach, and in which steps: to five times the usual weight at least."""
    top = float(math.ceil(max([5.0, *scheme.weights.values(), *scheme.dimension_weights.values()])))
    return top, top / STEPS


def same_scores(one: Scheme, other: Scheme) -> bool:
    """Whether two schemes give every journal the same score, whatever they are called and shown as."""
    texts = {"id", "title", "description", "display", "weights_sum"}
    a, b = one.model_dump(exclude=texts), other.model_dump(exclude=texts)
    for field in ("weights", "dimension_weights"):
        for fields in (a, b):
            fields[field] = {k: v for k, v in fields[field].items() if v != 1}
    return bool(a == b)


# A line that fits an address ----------------------------------------------------------------------------

_PART = re.compile(r"(?P<kind>[.@]?)(?P<name>[A-Za-z0-9_-]+)=(?P<value>[A-Za-z0-9.-]+)")


def spell_changes(scheme: Scheme, base: Scheme, codebook: Codebook) -> str:
    """How a scheme differs from another in weights and rules, in one line: ``item=2~@dimension=0~.by=items``.

    Text is left out; `parse_changes` reads it.
    """
    items, dimensions = [i.id for i in codebook.scored_items], [d.id for d in codebook.dimensions]
    parts = [
        f"{mark}{name}={new:g}"
        for mark, names, own, old in (
            ("", items, scheme.weights, base.weights),
            ("@", dimensions, scheme.dimension_weights, base.dimension_weights),
        )
        for name in names
        if (new := own.get(name, 1.0)) != old.get(name, 1.0)
    ]
    parts += [
        f".{field}={getattr(scheme, field)}"
        for field in CHOICES
        if getattr(scheme, field) != getattr(base, field)
    ]
    if scheme.minimum_items != base.minimum_items:
        parts.append(f".minimum_items={scheme.minimum_items}")
    return "~".join(parts)


def parse_changes(line: str, base: Scheme, codebook: Codebook) -> tuple[dict[str, Any], list[str]]:
    """Changes for `edited` from a line of `spell_changes`, and a sentence on every part that means nothing here."""
    items, dimensions = {i.id for i in codebook.scored_items}, {d.id for d in codebook.dimensions}
    weights, of_dimension = dict(base.weights), dict(base.dimension_weights)
    out: dict[str, Any] = {}
    said = []
    for part in line.split("~") if line else []:
        match = _PART.fullmatch(part)
        kind, name, value = match.group("kind", "name", "value") if match else ("", "", "")
        number = _weight(value)
        if kind == "" and name in items and number is not None:
            weights[name] = number
        elif kind == "@" and name in dimensions and number is not None:
            of_dimension[name] = number
        elif kind == "." and name in CHOICES and value in choices(name):
            out[name] = value
        elif kind == "." and name == "minimum_items" and value.isdigit() and 1 <= int(value) <= len(items):
            out[name] = int(value)
        else:
            said.append(f"“{part[:60]}” changes nothing in this scheme; it was ignored.")
    if weights != base.weights:
        out["weights"] = weights
    if of_dimension != base.dimension_weights:
        out["dimension_weights"] = of_dimension
    return out, said


def _weight(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if 0 <= number <= HEAVIEST else None
