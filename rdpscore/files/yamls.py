"""YAML read as data only: plain tags, no duplicate keys, no bombs, and the line of every entry."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from rdpscore.files.encodings import guess_encoding
from rdpscore.files.plain import MAX_YAML, TooLarge, file_problem, read_plain
from rdpscore.problems import Batch, Problems

KeyPath = tuple[str | int, ...]

MAX_NODES = 500_000
MAX_DEPTH = 50
TOO_DEEP = f"nests more than {MAX_DEPTH} levels deep"
_LONG = 100
"""So many characters of a text count as a further entry, so that repeated long texts are bounded, too."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class YamlDocument:
    """The content of a YAML file, where each entry stands, and how values that are no text are written."""

    file: str
    data: Any
    lines: dict[KeyPath, int] = field(default_factory=dict)
    spelled: dict[KeyPath, str] = field(default_factory=dict)

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
        raw = read_plain(path, MAX_YAML)
    except OSError as error:
        if isinstance(error, TooLarge):
            return None, Problems.one("yaml_too_large", name, value=f"is {error.value}")
        return None, file_problem(error, name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, Problems.one(
            "not_utf8",
            name,
            line=raw.count(b"\n", 0, error.start) + 1,
            path=shlex.quote(str(path)),
            byte=f"0x{raw[error.start]:02X}",
            position=error.start,
            looks_like=guess_encoding(raw) or "no encoding that can be told",
        )
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> tuple[YamlDocument | None, Problems]:
    """Parse YAML text; see `read_yaml`."""
    try:
        if excess := _excess(text):
            return None, Problems.one("yaml_too_large", name, line=excess[0], value=excess[1])
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            if root is None:
                return None, Problems.one("empty_file", name)
            builder = _Builder(loader, name)
            data = builder.build(root, ())
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        line, what = _explain(error, text)
        if "nesting depth" in what:  # newer libyaml gives up before its events tell
            return None, Problems.one("yaml_too_large", name, line=line, value=TOO_DEEP)
        return None, Problems.one("bad_yaml", name, line=line, value=what)
    problems = Problems.of(builder.duplicates)
    return (YamlDocument(name, data, builder.lines, builder.spelled) if problems.ok else None), problems


def _excess(text: str) -> tuple[int, str] | None:
    """Where and what would be excessive once all aliases are expanded, told from the parser's events.

    Nothing is built here and nothing recurses: composing a deep document overflows the stack of the C parser.
    """
    measured: dict[str | None, tuple[int, int]] = {}  # anchor → entries, and levels below it
    anchors: list[str | None] = []
    entries, levels = [0], [0]
    for event in yaml.parse(text, Loader=_Loader):
        anchor, size, height = getattr(event, "anchor", None), 0, 0
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        if isinstance(event, yaml.CollectionStartEvent):
            anchors.append(anchor)
            entries.append(1)
            levels.append(0)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size, height = anchors.pop(), entries.pop(), levels.pop() + 1
        elif isinstance(event, yaml.AliasEvent):
            if anchor in anchors:
                return line, f"contains itself (*{anchor})"
            size, height = measured.get(anchor, (0, 0))
        elif isinstance(event, yaml.ScalarEvent):
            size = 1 + len(event.value) // _LONG
        if anchor is not None:
            measured[anchor] = size, height
        entries[-1] += size
        levels[-1] = max(levels[-1], height)
        if entries[-1] > MAX_NODES:
            return line, f"expands to more than {MAX_NODES:,} entries"
        if len(anchors) + height > MAX_DEPTH:
            return line, TOO_DEEP
    return None


def _explain(error: yaml.YAMLError, text: str) -> tuple[int | None, str]:
    """Line and sentence of an error of the parser."""
    if isinstance(error, yaml.reader.ReaderError):  # its position counts the bytes of UTF-8
        line = text.encode("utf-8", "surrogatepass").count(b"\n", 0, error.position) + 1
        return line, f"the character U+{error.character:04X} is not allowed"
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    if mark is None:
        return None, what
    here = text.splitlines()[mark.line : mark.line + 1]
    if here and "\t" in here[0][: len(here[0]) - len(here[0].lstrip())]:
        what = "the line is indented by a tab; YAML takes blanks only"
    return mark.line + 1, what


class _Builder:
    """Builds plain data from nodes and remembers the line of every key path."""

    def __init__(self, loader: Any, name: str) -> None:
        self.loader = loader
        self.name = name
        self.lines: dict[KeyPath, int] = {}
        self.spelled: dict[KeyPath, str] = {}
        self.duplicates: list[Batch] = []

    def build(self, node: yaml.Node, path: KeyPath) -> Any:
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            value = self._scalar(node)
            if not isinstance(value, str):
                self.spelled[path] = node.value
            return value
        if node.tag not in _PLAIN:
            raise _refuse(node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return [self.build(child, (*path, i)) for i, child in enumerate(node.value)]

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        if node.tag not in self.loader.yaml_constructors:
            raise _refuse(node)
        try:
            return self.loader.construct_object(node)
        except yaml.YAMLError:
            raise
        except Exception:  # month 13, !!bool maybe, …: the safe constructors raise whatever comes
            what = f"'{node.value[:40]}' is no {node.tag.rpartition(':')[2]}"
            raise yaml.constructor.ConstructorError(None, None, what, node.start_mark) from None

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[Any, Any]:
        out: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key is a list or a mapping", key_node.start_mark
                )
            key = self._scalar(key_node)
            line = key_node.start_mark.line + 1
            if key in out:
                where = ".".join(map(str, (*path, key)))
                self.duplicates.append(
                    Batch("yaml_duplicate_key", self.name, None, where, line, {"value": key})
                )
            out[key] = self.build(value_node, (*path, key))
            self.lines[(*path, key)] = line
        return out


_PLAIN = ("tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")


def _refuse(node: yaml.Node) -> yaml.YAMLError:
    what = f"the tag '{node.tag}' is refused; only plain text, numbers, lists and mappings are read"
    if node.tag == "tag:yaml.org,2002:merge":
        what = "'<<' is refused; write the entries out"
    return yaml.constructor.ConstructorError(None, None, what, node.start_mark)


def replace_texts(text: str, old: Any, new: Any) -> str | None:
    """YAML text with the scalars replaced in which two contents differ, and every comment kept.

    Parameters
    ----------
    text : str
        The file.
    old, new : plain data
        What it says, and what it shall say.

    Returns
    -------
    str or None
        None where they differ in more than texts. The caller checks that the result says what it shall.
    """
    differing = _differing(old, new, ())
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if differing is None or root is None:
        return None
    spans = []
    for path, value in differing.items():
        node: Any = root
        for key in path:
            node = _child(node, key)
        if not isinstance(node, yaml.ScalarNode) or node.start_mark.index == node.end_mark.index:
            return None
        spans.append((node.start_mark.index, node.end_mark.index, json.dumps(value, ensure_ascii=False)))
    for start, end, written in sorted(spans, reverse=True):
        text = text[:start] + written + text[end:]
    return text


def _child(node: Any, key: str | int) -> Any:
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int):
        return node.value[key]
    if isinstance(node, yaml.MappingNode):
        return next((v for k, v in node.value if k.value == key), None)
    return None


def _differing(old: Any, new: Any, path: KeyPath) -> dict[KeyPath, str] | None:
    """Path → new text of every scalar that differs; None where something else does."""
    if old == new:
        return {}
    pairs: list[tuple[str | int, Any, Any]]
    if isinstance(old, dict) and isinstance(new, dict) and list(old) == list(new):
        pairs = [(key, old[key], new[key]) for key in old]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = [(i, a, b) for i, (a, b) in enumerate(zip(old, new, strict=True))]
    else:
        return {path: new} if isinstance(old, str) and isinstance(new, str) else None
    out: dict[KeyPath, str] = {}
    for key, one, other in pairs:
        found = _differing(one, other, (*path, key))
        if found is None:
            return None
        out |= found
    return out
