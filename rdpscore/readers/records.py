"""YAML and JSON into tables: what is nested becomes columns with dotted names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rdpscore.files.encodings import Decoded
from rdpscore.files.yamls import MAX_DEPTH, MAX_NODES, parse_yaml
from rdpscore.problems import Problems, suggestion
from rdpscore.readers.delimited import decoded
from rdpscore.readers.model import Book, Options, Page, Sheet

MAX_COLUMNS = 10_000


def read_yaml_records(content: bytes, name: str, options: Options) -> Book:
    """The records of a YAML file."""
    found = decoded(content, name, options)
    document, problems = parse_yaml(found.text, name)
    problems.raise_errors()
    return _book("yaml", None if document is None else document.data, name, found, options)


def read_json_records(content: bytes, name: str, options: Options) -> Book:
    """The records of a JSON file."""
    found = decoded(content, name, options)
    data, problems = _json(found.text, name)
    problems.raise_errors()
    return _book("json", data, name, found, options)


def _book(form: str, data: Any, file: str, text: Decoded, options: Options) -> Book:
    found, problems = _records(data, options.records, file)
    problems.raise_errors()
    rows: list[dict[str, str]] = []
    for _, record in found:
        flat: dict[str, str] = {}
        _flatten(record, "", flat)
        rows.append(flat)
    names = tuple(dict.fromkeys(c for flat in rows for c in flat))
    if not names:
        Problems.one("empty_file", file).raise_errors()
    if len(names) > MAX_COLUMNS:
        what = f"its records have {len(names):,} fields"
        Problems.one("unreadable_file", file, value=what).raise_errors()
    keys = tuple(key for key, _ in found)
    page = Page([[flat.get(c, "") for c in names] for flat in rows], names, keys)
    return Book(file, form, (Sheet("", lambda: page),), text.encoding, foreign=text.foreign)


def _json(text: str, file: str) -> tuple[Any, Problems]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        what = getattr(error, "msg", "it nests too deeply")
        return None, Problems.one("bad_json", file, line=line, value=what)
    if _depth(data) > MAX_DEPTH:
        return None, Problems.one("bad_json", file, value=f"it nests more than {MAX_DEPTH} levels deep")
    return data, Problems()


def _depth(data: Any) -> int:
    """Levels of nesting, counted without recursion; one more than allowed ends the count."""
    level, depth = [data], 0
    while level and depth <= MAX_DEPTH:
        depth += 1
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return depth


def _records(data: Any, path: str | None, file: str) -> tuple[list[tuple[str | None, Any]], Problems]:
    """The entries that are rows, each with the key it has in its mapping."""
    nodes: list[tuple[str | None, Any]] = [(None, data)]
    for step in path.split(".") if path else ():
        below: list[tuple[str | None, Any]] = []
        for _, node in nodes:
            entries = dict(_entries(node))
            if step == "*":
                below.extend(entries.items())
            elif step in entries:
                below.append((step, entries[step]))
        if not below:
            there = [k for _, node in nodes for k, _ in _entries(node)]
            return [], Problems.one("source_records", file, value=path or "", nearest=suggestion(step, there))
        nodes = below
    if path:  # what the path leads to is a list or a mapping of rows
        return [entry for _, node in nodes for entry in _entries(node)], Problems()
    if isinstance(data, list):
        return list(_entries(data)), Problems()
    return [(None, data)], Problems()


def _entries(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        yield from ((str(k), v) for k, v in node.items())
    elif isinstance(node, list):
        yield from ((str(i), v) for i, v in enumerate(node))


def _flatten(node: Any, prefix: str, out: dict[str, str]) -> None:
    """Nested entries by dotted names; a list of plain values is one cell, separated by semicolons."""
    if isinstance(node, list) and all(not isinstance(v, (dict, list)) for v in node):
        out[prefix or "value"] = ";".join(map(spelled, node))
    elif isinstance(node, (dict, list)):
        for key, child in _entries(node):
            _flatten(child, f"{prefix}.{key}" if prefix else key, out)
            if len(out) > MAX_NODES:
                return
    else:
        out[prefix or "value"] = spelled(node)


def spelled(value: Any) -> str:
    """A plain value as text; nothing, and what is no number, are blank."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
