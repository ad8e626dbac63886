"""The report on printed figures that were computed again."""

from __future__ import annotations

from collections.abc import Iterator

from rdpscore.computed import table_of_figures
from rdpscore.report.blocks import Block, Gap, Heading, Note, table
from rdpscore.reproduction import Comparison, Reproduction, summary


def report_reproduction(result: Reproduction, *, different: bool = False) -> Iterator[Block]:
    """Each figure beside what was printed, notes, and how many are equal.

    Parameters
    ----------
    result : Reproduction
    different : bool
        Only figures that are not equal.
    """
    shown = [c for c in result.comparisons if not (different and c.equal)]
    if shown:
        yield table(("Figure", "Printed", "Ours", "Equal"), map(_row, shown), ("Printed", "Ours"))
        yield Gap()
    noted = [c for c in shown if c.note]
    yield from (Note(f"* {c.figure}: {c.note}") for c in noted)
    if noted:
        yield Gap()
    counts = ", ".join(f"{n} {what}" for what, n in summary(result.comparisons).items())
    yield Heading(f"{result.source.citation}: {counts}", 1)


def report_figures() -> Iterator[Block]:
    """What can be computed: name, arguments, and what comes out."""
    heads = ("Name", "Arguments (! must be there)", "Value")
    yield table(heads, ((name, ", ".join(given), value) for name, given, value in table_of_figures()))


def _row(figure: Comparison) -> tuple[str, ...]:
    ours = "" if figure.ours is None else f"{figure.ours:.10g}"
    equal = figure.reason or "" if figure.equal is None else "yes" if figure.equal else "no"
    return figure.figure, figure.printed, ours, f"{equal}*" if figure.note else equal
