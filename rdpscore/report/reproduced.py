"""The report on printed figures that were computed again."""

from __future__ import annotations

from collections.abc import Iterator

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


def _row(figure: Comparison) -> tuple[str, ...]:
    ours = "" if figure.ours is None else f"{figure.ours:.10g}"
    equal = figure.reason or "" if figure.equal is None else "yes" if figure.equal else "no"
    return figure.figure, figure.printed, ours, f"{equal}*" if figure.note else equal
