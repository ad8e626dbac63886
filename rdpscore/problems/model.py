"""Problems found in an input, kept as batches, told one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from rdpscore.problems.catalogue import CATALOGUE, Kind, Severity
from rdpscore.words import unseen_named

if TYPE_CHECKING:
    import pandas as pd

PLAIN_FIELDS = ("journal", "coder", "round", "item")
"""Fields of a batch that become columns of their own, so that problems can be filtered by them."""

WHOLE_FIELDS = ("path", "allowed")
"""Fields that are never cut: what stands in a command to be copied, and all that may be chosen."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in an input: where it stands, what stands there, what is wrong, what to do."""

    code: str
    severity: Severity
    place: str
    value: str
    what: str
    remedy: str
    file: str | None = None
    row: int | None = None
    line: int | None = None
    column: str | None = None
    cell: str | None = None
    journal: str | None = None
    coder: str | None = None
    round: str | None = None
    item: str | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.what}; {self.remedy}" if self.place else f"{self.what}; {self.remedy}"


@dataclass(frozen=True)
class Batch:
    """Problems of one kind in one column of one file.

    Parameters
    ----------
    code : str
        Key of `CATALOGUE`.
    file : str or None
        The file, as a user would name it.
    rows : sequence of int, optional
        The row of each problem as a spreadsheet counts (the header is row 1). Without it the batch is one
        problem of the file as a whole.
    column : str, optional
        The column, or a YAML path.
    line : int, optional
        The line of a text file, where rows mean nothing (YAML).
    fields : mapping
        What the kind's sentences need: a scalar for all rows or one value a row.
    cells : sequence of str, optional
        The cell of each problem in a workbook, with its sheet: ``Coding!E14``. It takes the place of the row.
    """

    code: str
    file: str | None = None
    rows: Any = None
    column: str | None = None
    line: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    cells: Any = None

    @property
    def kind(self) -> Kind:
        return CATALOGUE[self.code]

    def __len__(self) -> int:
        return 1 if self.rows is None else len(self.rows)

    def head(self, n: int) -> Batch:
        """The first `n` problems of the batch."""
        if self.rows is None or len(self.rows) <= n:
            return self
        cut = {k: v if np.ndim(v) == 0 else v[:n] for k, v in self.fields.items()}
        cells = None if self.cells is None else self.cells[:n]
        return Batch(self.code, self.file, self.rows[:n], self.column, self.line, cut, cells)

    def _place(self, row: int | None, cell: str | None) -> str:
        if cell:
            return f"{self.file}!{cell}"
        parts = [
            self.file,
            f"line {self.line}" if self.line is not None else None,
            f"row {row}" if row is not None else None,
            (f"column {self.column}" if self.line is None else self.column) if self.column else None,
        ]
        return ", ".join(p for p in parts if p)

    def __iter__(self) -> Iterator[Problem]:
        kind = self.kind
        n = len(self)
        columns = {k: [v] * n if np.ndim(v) == 0 else list(v) for k, v in self.fields.items()}
        rows = [None] * n if self.rows is None else [int(r) for r in self.rows]
        cells = [None] * n if self.cells is None else list(self.cells)
        column = self.column or ""
        for i, row in enumerate(rows):
            values = {k: "" if v[i] is None else str(v[i]) for k, v in columns.items()}
            texts = {"value": "", "column": column} | {k: _shown(k, v) for k, v in values.items()}
            yield Problem(
                code=kind.code,
                severity=kind.severity,
                place=self._place(row, cells[i]),
                value=values.get("value", ""),
                what=kind.what.format_map(texts),
                remedy=kind.remedy.format_map(texts),
                file=self.file,
                row=row,
                line=self.line,
                column=self.column,
                cell=cells[i],
                **{k: values.get(k) or None for k in PLAIN_FIELDS},
            )


_LONGEST = 160


def _shown(name: str, text: str) -> str:
    """One line that fits a message: the value itself stays whole in ``Problem.value``."""
    if name in WHOLE_FIELDS:
        return text
    text = unseen_named(" ".join(text.split()))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


@dataclass(frozen=True)
class Problems:
    """All problems found, in the order of the rules; iterating yields `Problem` objects."""

    batches: tuple[Batch, ...] = ()

    @classmethod
    def of(cls, batches: Iterable[Batch]) -> Problems:
        """Collect batches; empty ones are left out."""
        return cls(tuple(b for b in batches if len(b)))

    @classmethod
    def one(
        cls,
        code: str,
        file: str | None = None,
        *,
        column: str | None = None,
        row: int | None = None,
        line: int | None = None,
        **fields: Any,
    ) -> Problems:
        """A single problem."""
        return cls((Batch(code, file, None if row is None else [row], column, line, fields),))

    def __len__(self) -> int:
        return sum(len(b) for b in self.batches)

    def __iter__(self) -> Iterator[Problem]:
        for batch in self.batches:
            yield from batch

    def __add__(self, other: Problems) -> Problems:
        return Problems(self.batches + other.batches)

    def only(self, severity: Severity) -> Problems:
        """Those of one severity."""
        return Problems(tuple(b for b in self.batches if b.kind.severity is severity))

    def only_codes(self, *codes: str) -> Problems:
        """Those of some kinds."""
        return Problems(tuple(b for b in self.batches if b.code in codes))

    @property
    def errors(self) -> Problems:
        return self.only(Severity.ERROR)

    @property
    def warnings(self) -> Problems:
        return self.only(Severity.WARNING)

    @property
    def notes(self) -> Problems:
        return self.only(Severity.NOTE)

    def counts(self) -> dict[str, int]:
        """Number of problems of each kind, errors first, then in the order found."""
        out: dict[str, int] = {}
        for severity in Severity:
            for batch in self.only(severity).batches:
                out[batch.code] = out.get(batch.code, 0) + len(batch)
        return out

    def by_kind(self) -> dict[str, Problems]:
        """The problems of each kind, in the order of `counts`."""
        return {code: Problems(tuple(b for b in self.batches if b.code == code)) for code in self.counts()}

    def head(self, n: int) -> list[Problem]:
        """The first `n` problems; cheap however many there are."""
        out: list[Problem] = []
        for batch in self.batches:
            if len(out) >= n:
                break
            out.extend(batch.head(n - len(out)))
        return out

    def to_frame(self) -> pd.DataFrame:
        """One row a problem: severity, code, its place, what it concerns, value, what is wrong, remedy."""
        import pandas as pd

        names = [
            "severity",
            "code",
            "file",
            "row",
            "line",
            "column",
            "cell",
            *PLAIN_FIELDS,
            "value",
            "what",
            "remedy",
        ]
        frame = pd.DataFrame([[getattr(p, n) for n in names] for p in self], columns=names)
        return frame.astype({"row": "Int64", "line": "Int64"})

    def to_dicts(self) -> list[dict[str, Any]]:
        """One JSON-ready object a problem; absent fields are left out."""
        names = (
            "code",
            "severity",
            "place",
            "file",
            "row",
            "column",
            *PLAIN_FIELDS,
            "value",
            "what",
            "remedy",
        )
        found = ({n: getattr(p, n) for n in names} for p in self)
        return [{n: v for n, v in d.items() if v is not None} for d in found]

    def raise_errors(self) -> None:
        """Raise `InvalidInput` if any problem is an error."""
        if self.errors.batches:
            raise InvalidInput(self)

    @cached_property
    def ok(self) -> bool:
        """True where no problem is an error."""
        return not self.errors.batches


class InvalidInput(ValueError):
    """Input that cannot be used; ``problems`` says all that is wrong with it."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        errors = problems.errors
        lines = [str(p) for p in errors.head(10)]
        more = len(errors) - len(lines)
        if more > 0:
            lines.append(f"… and {more:,} more")
        super().__init__("\n".join(lines))
