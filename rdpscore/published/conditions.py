"""Columns, conditions and rules of a mapping on the tables of its sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rdpscore.files.yamls import KeyPath, YamlDocument
from rdpscore.problems import Batch, Problems, suggestion
from rdpscore.published.expressions import (
    Allowance,
    Expression,
    Refused,
    Unfinished,
    compiled,
)
from rdpscore.published.mapping import (
    Condition,
    FieldSpec,
    RowRule,
    Where,
)
from rdpscore.published.table import (
    Bools,
    Cells,
    Table,
    fold,
)


@dataclass
class Faults:
    """Problems of a mapping and of its sources while they are collected; each at its line."""

    document: YamlDocument
    batches: list[Batch] = field(default_factory=list)
    allowance: Allowance = field(default_factory=Allowance)

    def at(self, code: str, path: KeyPath, **fields: object) -> None:
        """A problem of the mapping file."""
        name, line = ".".join(map(str, path)), self.document.line(path)
        self.batches.append(Batch(code, self.document.file, None, name, line, fields))

    def add(self, batches: Iterable[Batch]) -> None:
        """Problems of a source."""
        self.batches.extend(batches)

    def unfinished(self, stopped: Unfinished, tables: Iterable[Table]) -> None:
        """An expression that was not done with a text: told at the first cell that holds the text."""
        value, why, place = stopped.expression, stopped.why, ".".join(map(str, stopped.path))
        mapping = self.document.file
        for table in tables:
            for column, cells in table.columns.items():
                rows = np.flatnonzero(cells.where(lambda text: stopped.text in text))[:1]
                if len(rows):
                    self.add(
                        table.batches(
                            "pattern_unfinished",
                            rows,
                            column,
                            value=value,
                            mapping=mapping,
                            place=place,
                            why=why,
                        )
                    )
                    return
        self.at("pattern_unfinished", stopped.path, value=value, mapping=mapping, place=place, why=why)

    @property
    def problems(self) -> Problems:
        return Problems.of(self.batches)


@dataclass
class Columns:
    """Finds columns of a table and remembers which were asked for."""

    table: Table
    faults: Faults
    used: set[str] = field(default_factory=set)

    def key(self, name: str, path: KeyPath) -> str | None:
        """The key of a column; None, and a problem at its line, where there is none."""
        found = self.table.find(name)
        if found is None:
            near = suggestion(name, self.table.named)
            self.faults.at("mapping_column", path, value=name, source=self.table.name, nearest=near)
        else:
            self.used.add(found)
        return found

    def cells(self, name: str, path: KeyPath) -> Cells | None:
        """The cells of a column."""
        key = self.key(name, path)
        return None if key is None else self.table.cells(key)

    def field(self, spec: FieldSpec, path: KeyPath) -> Cells | None:
        """The texts of a field; None where its column is missing."""
        if (spec.column is None) == (spec.value is None):
            remedy = "name a column, or give a value"
            what = f"{'.'.join(map(str, path))} needs either column or value"
            self.faults.at("bad_mapping", path, what=what, remedy=remedy)
            return None
        if spec.value is not None:
            return Cells.constant(spec.value, len(self.table))
        assert spec.column is not None
        cells = self.cells(spec.column, (*path, "column") if ("column") in _written(self, path) else path)
        pattern = regular(spec.pattern, (*path, "pattern"), self.faults)
        if cells is None:
            return None
        return cells.mapped(_translation(spec, pattern, self.faults, path))

    def where(self, where: Where, path: KeyPath) -> Bools:
        """Rows in which all conditions hold; none where a column is missing."""
        out = np.ones(len(self.table), bool)
        for name, condition in where.items():
            cells = self.cells(name, (*path, name))
            test = holds(condition, (*path, name), self.faults)
            if cells is None or test is None:
                return np.zeros(len(self.table), bool)
            out &= cells.where(test, blank=test(""))
        return out


def _written(columns: Columns, path: KeyPath) -> Mapping[str, object]:
    """What the mapping file says at a path, where that is a mapping."""
    node = columns.faults.document.data
    for step in path:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return {}
    return node if isinstance(node, dict) else {}


def _translation(
    spec: FieldSpec, pattern: Expression | None, faults: Faults, path: KeyPath
) -> Callable[[str], str | None]:
    words = spoken(spec.values, (*path, "values"), faults)
    prefixes = _prefixes(spec.values)
    missing = set(map(fold, spec.missing))

    def translate(text: str) -> str | None:
        folded = fold(text)
        if folded in words:
            return words[folded]
        if folded in missing:
            return None
        for prefix, value in prefixes:
            if folded.startswith(prefix):
                return value
        if pattern is not None:
            found = pattern.search(text)
            if not found:
                return None
            text = found
        if spec.decimal is not None:
            text = text.replace("." if spec.decimal == "," else ",", "").replace(",", ".")
        return text

    return translate


def _prefixes(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """Entries with a trailing *, the longest first."""
    found = [(fold(k[:-1]), v) for k, v in values.items() if k.endswith("*") and len(k) > 1]
    return sorted(found, key=lambda pair: -len(pair[0]))


def spoken(values: Mapping[str, str], path: KeyPath, faults: Faults) -> dict[str, str]:
    """Entries by folded text; two of one text with different targets are a problem."""
    out: dict[str, str] = {}
    for key, value in values.items():
        folded = fold(key)
        if out.setdefault(folded, value) != value:
            faults.at("mapping_twice", (*path, key), value=key, first=out[folded], second=value)
    return out


def regular(pattern: str | None, path: KeyPath, faults: Faults) -> Expression | None:
    """A regular expression that ends; None, and a problem, for any other."""
    if pattern is None:
        return None
    try:
        return compiled(pattern, path, faults.allowance)
    except Refused as error:
        what = f"the regular expression '{pattern}' {error}"
        remedy = "write it without, or shorter; values and several patterns may do the same"
        faults.at("bad_mapping", path, what=what, remedy=remedy, value=pattern)
        return None


def holds(condition: Condition, path: KeyPath, faults: Faults) -> Callable[[str], bool] | None:
    """A condition as a function of a cell's text; None where it cannot be read."""
    tests: list[Callable[[str], bool]] = []
    if condition.among is not None:
        among = set(map(fold, condition.among))
        tests.append(lambda text: fold(text) in among)
    if condition.other is not None:
        other = set(map(fold, condition.other))
        tests.append(lambda text: fold(text) not in other)
    if condition.begins is not None:
        begins = tuple(map(fold, condition.begins))
        tests.append(lambda text: fold(text).startswith(begins))
    if condition.contains is not None:
        contains = list(map(fold, condition.contains))
        tests.append(lambda text: any(c in fold(text) for c in contains))
    if condition.matches is not None:
        pattern = regular(condition.matches, (*path, "matches"), faults)
        if pattern is None:
            return None
        tests.append(lambda text: bool(text) and pattern.search(text) is not None)
    if condition.blank is not None:
        wanted = condition.blank
        tests.append(lambda text: (not text.strip()) == wanted)
    if not tests:
        faults.at(
            "bad_mapping",
            path,
            what="the condition says nothing",
            remedy="say is, not, begins, contains, matches or blank",
        )
        return None
    return lambda text: all(test(text) for test in tests)


@dataclass(frozen=True)
class RuleUse:
    """What a rule did: how many rows it concerned, and the first of them."""

    name: str
    source: str
    rows: int
    first: str
    left_out: bool
    why: str | None


def apply_rules(
    tables: dict[str, Table], rules: list[RowRule], answered: Sequence[str], faults: Faults
) -> tuple[dict[str, Table], list[RuleUse], dict[str, set[str]]]:
    """Apply the rules on rows in their order.

    Returns
    -------
    tables : dict
        Without the rows that rules leave out, and with cells corrected.
    uses : list of RuleUse
    asked : dict
        Source → columns that rules look at.
    """
    tables, uses, main = dict(tables), [], " + ".join(answered)
    asked: dict[str, set[str]] = {name: set() for name in tables}
    for number, rule in enumerate(rules):
        path: KeyPath = ("rows", number)
        name = rule.source or main
        if name in answered:
            name = main
        if name not in tables:
            faults.at(
                "bad_mapping",
                (*path, "source"),
                what=f"there is no source '{name}'{suggestion(name, tables)}",
                remedy="correct the name",
            )
            continue
        columns = Columns(tables[name], faults)
        before = len(faults.batches)
        matched = columns.where(rule.where, (*path, "where"))
        if rule.source in answered:
            matched &= tables[name].cells("@source").where(rule.source.__eq__)
        where = np.flatnonzero(matched)
        changes = {
            key: text
            for column, text in (rule.set or {}).items()
            if (key := columns.key(column, (*path, "set", column))) is not None
        }
        asked[name] |= columns.used
        if len(faults.batches) > before:
            continue
        table = tables[name]
        if not len(where):
            near = _nearest_value(rule.where, columns)
            faults.at(
                "mapping_nothing",
                path,
                thing="the rule",
                value=rule.name,
                where=f"the source '{name}'",
                nearest=near,
            )
            continue
        if rule.set is None:
            tables[name] = table.kept(np.flatnonzero(~matched))
        else:
            tables[name] = table.replaced({k: written(table.cells(k), where, v) for k, v in changes.items()})
        uses.append(
            RuleUse(rule.name, name, len(where), table.where_is(where[0]), rule.set is None, rule.why)
        )
    return tables, uses, asked


def written(cells: Cells, rows: npt.NDArray[np.intp], text: str | None) -> Cells:
    """The column with one text in some rows."""
    values, codes = cells.values, cells.codes.copy()
    code = -1
    if text is not None and text.strip():
        if text not in values:
            values = (*values, text)
        code = values.index(text)
    codes[rows] = code
    return Cells(codes, values)


def _nearest_value(where: Where, columns: Columns) -> str:
    """The value of the first compared column that looks like what was asked for."""
    for name, condition in where.items():
        wanted = [*(condition.among or ()), *(condition.begins or ())]
        cells = columns.cells(name, ())
        if wanted and cells is not None:
            return suggestion(wanted[0], cells.values[:5000])
    return ""
