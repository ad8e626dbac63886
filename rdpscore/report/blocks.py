"""The pieces that reports are made of. Text in them is plain text: each way out escapes it as it must."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """What the blocks below are about.

    Attributes
    ----------
    text : str
    level : int
        1 for the report, 2 for its sections, 3 inside them.
    """

    text: str
    level: int = 2


@dataclass(frozen=True)
class Sentence:
    """One sentence or a few, to be read by themselves.

    Attributes
    ----------
    text : str
    indent : int
        Steps to the right, for what explains the block above.
    strong : bool
        Whether it is the one to read if only one is read.
    """

    text: str
    indent: int = 0
    strong: bool = False


@dataclass(frozen=True)
class Note:
    """What explains a table or limits a sentence: read second.

    Attributes
    ----------
    text : str
    indent : int
        As for `Sentence`.
    """

    text: str
    indent: int = 0


@dataclass(frozen=True)
class Facts:
    """Names with what is said of each, one a line.

    Attributes
    ----------
    rows : tuple of (str, str)
    indent : int
        As for `Sentence`.
    """

    rows: tuple[tuple[str, str], ...]
    indent: int = 0


@dataclass(frozen=True)
class Table:
    """A small table that is read as text; make it with `table`.

    Attributes
    ----------
    heads : tuple of str
    rows : tuple of tuples of str
        One cell a head.
    numbers : frozenset of str
        Heads of columns that hold numbers, which align at the right.
    bars : frozenset of str
        Heads of columns that hold shares, 0 to 1, which are drawn.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[str] = frozenset()
    bars: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ProblemKind:
    """Problems of one kind; see `rdpscore.report.problems`.

    Attributes
    ----------
    severity, code : str
    n : int
        How many there are.
    cases : tuple of (str, str)
        The first of them: the place and what is wrong, and what to do.
    """

    severity: str
    code: str
    n: int
    cases: tuple[tuple[str, str], ...]

    @property
    def more(self) -> str | None:
        """That there are more of them than `cases`."""
        return f"… and {self.n - len(self.cases):,} more" if self.n > len(self.cases) else None

    @property
    def remedies(self) -> list[str]:
        """What to do, each once."""
        return list(dict.fromkeys(remedy for _, remedy in self.cases))


@dataclass(frozen=True)
class Gap:
    """Air between two blocks; ways out that set their own distances leave it out."""


Block = Heading | Sentence | Note | Facts | Table | ProblemKind | Gap


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    numbers: Collection[str] = (),
    bars: Collection[str] = (),
) -> Table:
    """A table.

    Parameters
    ----------
    heads : sequence of str
    rows : iterable of sequences of str
        A row that is shorter than the heads is blank at its end.
    numbers : collection of str
        Heads of the columns that align at the right.
    bars : collection of str
        Heads of the columns whose shares are drawn.

    Raises
    ------
    ValueError
        A row is longer than the heads, or `numbers` or `bars` name no head.
    """
    if lost := {*numbers, *bars} - set(heads):
        raise ValueError(f"no column is headed {', '.join(sorted(lost))}")
    full = []
    for row in rows:
        if len(row) > len(heads):
            raise ValueError(f"a row of {len(row)} cells under {len(heads)} heads")
        full.append((*row, *[""] * (len(heads) - len(row))))
    return Table(tuple(heads), tuple(full), frozenset(numbers), frozenset(bars))
