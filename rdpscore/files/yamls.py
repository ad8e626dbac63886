"""YAML read as data only: plain tags, no duplicate keys, no bombs, and the line of every entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from rdpscore.problems import Batch, Problems

KeyPath = tuple[str | int, ...]

MAX_BYTES = 20_000_000
MAX_NODES = 500_000
MAX_DEPTH = 50

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class YamlDocument:
    """The content of a YAML file, and where each entry stands."""

    file: str
    data: Any
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int | None:
        """Line of the entry, or of the nearest enclosing one that has a line."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None


def read_yaml(path: Path, label: str | None = None) -> tuple[YamlDocument | None, Problems]:
    """Read a YAML file.

    Parameters
    ----------
    path : Path
        The file.
    label : str, optional
        Its name in problems; the path as given otherwise.

    Returns
    -------
    document : YamlDocument or None
        None where a problem is an error.
    problems : Problems
        Unreadable, empty, not UTF-8, too large, unparsable, duplicate keys.
    """
    name = label or str(path)
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        return None, Problems.one("unreadable_file", name, value=error.strerror or str(error))
    if size > MAX_BYTES:
        return None, Problems.one("yaml_too_large", name, value=f"is {size / 1e6:,.0f} MB long")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, Problems.one(
            "not_utf8",
            name,
            line=raw.count(b"\n", 0, error.start) + 1,
            path=path,
            byte=f"0x{raw[error.start]:02X}",
            position=error.start,
            looks_like="cp1252",
        )
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> tuple[YamlDocument | None, Problems]:
    """Parse YAML text; see `read_yaml`."""
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return None, Problems.one("empty_file", name)
        excess = _excess(root)
        if excess:
            return None, Problems.one("yaml_too_large", name, value=excess)
        builder = _Builder(loader, name)
        data = builder.build(root, ())
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        line = mark.line + 1 if mark is not None else None
        return None, Problems.one("bad_yaml", name, line=line, value=what)
    except RecursionError:
        return None, Problems.one("yaml_too_large", name, value="nests too deeply")
    finally:
        loader.dispose()
    problems = Problems.of(builder.duplicates)
    return (YamlDocument(name, data, builder.lines) if problems.ok else None), problems


def _excess(root: yaml.Node) -> str | None:
    """What is excessive once all aliases are expanded, found without expanding them."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: yaml.Node, depth: int) -> int:
        if depth > MAX_DEPTH:
            raise RecursionError
        key = id(node)
        if key in open_nodes:
            raise RecursionError
        if key not in sizes:
            open_nodes.add(key)
            total = 1
            if isinstance(node, yaml.SequenceNode):
                total += sum(size(child, depth + 1) for child in node.value)
            elif isinstance(node, yaml.MappingNode):
                total += sum(size(k, depth + 1) + size(v, depth + 1) for k, v in node.value)
            open_nodes.discard(key)
            sizes[key] = total
        return sizes[key]

    total = size(root, 0)
    return f"expands to {total:,} entries" if total > MAX_NODES else None


class _Builder:
    """Builds plain data from nodes and remembers the line of every key path."""

    def __init__(self, loader: Any, name: str) -> None:
        self.loader = loader
        self.name = name
        self.lines: dict[KeyPath, int] = {}
        self.duplicates: list[Batch] = []

    def build(self, node: yaml.Node, path: KeyPath) -> Any:
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, i)) for i, child in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        # construct_object applies the safe loader's tags only: !!python/… raises ConstructorError
        return self.loader.construct_object(node)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[Any, Any]:
        out: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key is a list or a mapping", key_node.start_mark
                )
            key = self.loader.construct_object(key_node)
            line = key_node.start_mark.line + 1
            if key in out:
                where = ".".join(map(str, (*path, key)))
                self.duplicates.append(
                    Batch("yaml_duplicate_key", self.name, None, where, line, {"value": key})
                )
            out[key] = self.build(value_node, (*path, key))
            self.lines[(*path, key)] = line
        return out
