"""Small changes of a module's code, each as a pair of places in its syntax tree: what `tests/mutate.py` tries."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOMS = (
    "scoring",
    "agreement",
    "uncertainty",
    "heterogeneity",
    "predictors",
    "comparing",
    "inference",
    "report",
    "validation",
)
MODULES = (
    *(f"rdpscore/{room}/*.py" for room in ROOMS),
    *(f"rdpscore/coding/{name}.py" for name in ("lacks", "check")),
    *(f"rdpscore/{name}.py" for name in ("words", "means", "results", "reproduction")),
)

BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
OPPOSITE = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
PAIRS = [
    ("min", "max"),
    ("idxmin", "idxmax"),
    ("argmin", "argmax"),
    ("minimum", "maximum"),
    ("median", "mean"),
    ("any", "all"),
    ("floor", "ceil"),
    ("head", "tail"),
    ("nsmallest", "nlargest"),
]
TWINS = {a: b for pair in PAIRS for a, b in (pair, pair[::-1])}
SORTS = {"sorted": "reverse", "sort": "reverse", "sort_values": "ascending", "sort_index": "ascending"}


@dataclass(frozen=True)
class Mutant:
    """One small change: where it is, what it was and what it becomes.

    Attributes
    ----------
    id : str
        Module, number of the node in its tree and name of the change; the same as long as the module is.
    lines : pair of int
        First and last line of the statement up to the change, by which the tests that run it are found.
    """

    module: str
    line: int
    node: int
    change: str
    was: str
    becomes: str
    lines: tuple[int, int]

    @property
    def id(self) -> str:
        return f"{self.module}:{self.line}:{self.node}:{self.change}" + (
            f":{self.becomes}" if self.node < 0 else ""
        )

    @property
    def told(self) -> str:
        return f"{self.module}:{self.line} {self.was} → {self.becomes}"

    @property
    def record(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "module": self.module,
            "line": self.line,
            "was": self.was,
            "becomes": self.becomes,
        }

    def source(self, whole: str) -> str:
        """The module's code with this change in it."""
        if self.node < 0:
            return whole.replace(self.was, self.becomes, 1)
        tree = ast.parse(whole)
        changed(list(ast.walk(tree))[self.node], self.change)
        return ast.unparse(ast.fix_missing_locations(tree))


NAMED = (
    ("report/heterogeneity.py", '(-(r["sd"] or 0), r["group"])', '((r["sd"] or 0), r["group"])'),
    ("coding/lacks.py", "_is(item, 0, answer)", "_is(item, len(item.codes) - 1, answer)"),
    ("coding/lacks.py", "answer == item.codes[0]", "answer == item.codes[-1]"),
    ("uncertainty/among_peers.py", "conditions.pop(0)", "conditions.pop()"),
    ("uncertainty/among_peers.py", "chosen.sum() >= FEW", "chosen.sum() > FEW"),
    ("report/score_pictures.py", '_low"]).median()', '_low"]).max()'),
    ("report/score_pictures.py", "diff().median()", "diff().max()"),
    ("report/score_pictures.py", "np.median(width)", "np.max(width)"),
    ("agreement/items.py", "HIGH_PERCENT, LOW_PERCENT = 0.8, 0.7", "HIGH_PERCENT, LOW_PERCENT = 0.8, 0.75"),
    ("agreement/items.py", "percent < LOW_PERCENT", "percent <= LOW_PERCENT"),
    ("inference/verdicts.py", "df < LEAST_DF", "df <= LEAST_DF"),
)
"""Changes made by hand that once no test noticed: module, code, and what it becomes."""


def named(root: Path) -> Iterator[Mutant]:
    """The changes that were once made by hand."""
    for module, was, becomes in NAMED:
        text = (root / "rdpscore" / module).read_text(encoding="utf-8")
        line = text[: text.index(was)].count("\n") + 1
        yield Mutant(f"rdpscore/{module}", line, -1, "by hand", was, becomes, (line, line))


def mutants_of(path: Path, name: str) -> Iterator[Mutant]:
    """Every change of a module, in the order of its tree; strings, annotations, decorators and errors left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    statements: dict[ast.AST, ast.stmt] = {}
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):  # parents before children
        if isinstance(node, ast.stmt):
            statements[node] = node
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.stmt) and node in statements:
                statements[child] = statements[node]
            elif child not in statements and isinstance(child, ast.stmt):
                statements[child] = child
        skipped.update(n for part in left_out(node) for n in ast.walk(part))
    whole = list(ast.walk(tree))
    for number, node in enumerate(whole):
        if node in skipped or node not in statements:
            continue
        for change in changes(node):
            statement = statements[node]
            before = ast.unparse(node)
            becomes = ast.unparse(changed(copy.deepcopy(node), change))
            if before != becomes:
                last = max(getattr(node, "end_lineno", statement.lineno), statement.lineno)
                line = getattr(node, "lineno", statement.lineno)
                yield Mutant(name, line, number, change, before, becomes, (min(statement.lineno, line), last))


def left_out(node: ast.AST) -> Iterator[ast.AST]:
    """Parts of a node in which nothing is changed: what is no result, or a kind of value and not a value."""
    if isinstance(node, ast.Raise):
        yield node
    if isinstance(node, (ast.AnnAssign, ast.arg)) and node.annotation:
        yield node.annotation
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield from node.decorator_list
    if isinstance(node, ast.FunctionDef) and node.returns:
        yield node.returns
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal":
        yield node
    if isinstance(node, ast.FormattedValue) and node.format_spec:
        yield node.format_spec


def changes(node: ast.AST) -> Iterator[str]:
    """Names of the changes that a node takes."""
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            if type(op) in BOUNDARY:
                yield f"boundary {i}"
            if type(op) in OPPOSITE:
                yield f"opposite {i}"
    elif isinstance(node, ast.BoolOp):
        yield "and/or"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield "sign"
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        if not any(
            isinstance(p, (ast.JoinedStr, ast.List, ast.Tuple, ast.ListComp)) or is_text(p)
            for p in (node.left, node.right)
        ):
            yield "arithmetic"
    elif isinstance(node, ast.Call):
        if called(node) in TWINS:
            yield "twin"
        if called(node) in SORTS:
            yield "order"
    elif isinstance(node, ast.Subscript) and position(node) in (0, -1):
        yield "end"
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield "more"
        if type(node.value) is int and node.value > 1:
            yield "less"


def changed(node: Any, change: str) -> ast.AST:
    """A node after a change of it."""
    kind, _, at = change.partition(" ")
    match kind:
        case "boundary" | "opposite":
            table = BOUNDARY if kind == "boundary" else OPPOSITE
            node.ops[int(at)] = table[type(node.ops[int(at)])]()
        case "and/or":
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case "sign":
            node.op = ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()
            if isinstance(node.op, ast.Not):
                node.operand = ast.UnaryOp(ast.Not(), node.operand)
        case "arithmetic":
            node.op = ARITHMETIC[type(node.op)]()
        case "twin":
            if isinstance(node.func, ast.Name):
                node.func.id = TWINS[node.func.id]
            else:
                node.func.attr = TWINS[node.func.attr]
        case "order":
            reverse(node, SORTS[called(node)])
        case "end":
            node.slice = ast.Constant(-1) if position(node) == 0 else ast.Constant(0)
        case "more":
            node.value = node.value + 1 if isinstance(node.value, int) else round(node.value * 1.1, 12) or 0.1
        case "less":
            node.value -= 1
    return node


def reverse(node: ast.Call, word: str) -> None:
    """Turn an order round: the word's value, or the word where it is left to its default."""
    for keyword in node.keywords:
        if keyword.arg == word:
            if isinstance(keyword.value, (ast.List, ast.Tuple)):
                keyword.value.elts = [ast.UnaryOp(ast.Not(), e) for e in keyword.value.elts]
            else:
                keyword.value = ast.UnaryOp(ast.Not(), keyword.value)
            return
    node.keywords.append(ast.keyword(word, ast.Constant(word == "reverse")))


def called(node: ast.Call) -> str:
    return getattr(node.func, "id", None) or getattr(node.func, "attr", "")


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def position(node: ast.Subscript) -> int | None:
    try:
        value = ast.literal_eval(node.slice)
    except ValueError:
        return None
    return value if type(value) is int else None
