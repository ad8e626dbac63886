"""Blocks for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, assert_never

from rdpscore.report.blocks import Block, Facts, Gap, Heading, Note, ProblemKind, Sentence, Table
from rdpscore.words import visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table as RichTable

STEP = 2
"""Columns of one step of indentation."""
BAR = 20
MARKS = ("→ ", "− ", "+ ", "* ")
"""What a line may begin with."""
CASE = 4
"""Steps before a case of a kind of problem."""
SEVERITIES = {"error": "bold red", "warning": "yellow", "note": "dim"}


def show(blocks: Iterable[Block], out: Console) -> None:
    """Print blocks one below the other.

    Parameters
    ----------
    blocks : iterable of blocks
    out : Console
        One that prints text as it is, without markup.
    """
    from rich.padding import Padding

    for block in blocks:
        match block:
            case Heading(text):
                out.print(visible(text), style="bold")
            case Sentence(text, indent, strong):
                _indented(text, indent, "bold" if strong else "", out)
            case Note(text, indent):
                _indented(text, indent, "dim", out)
            case Facts(rows, indent):
                width = max((len(name) for name, _ in rows), default=0) + 2
                for name, text in rows:
                    out.print(
                        Padding(visible(f"{name:<{width}}{text}"), (0, 0, 0, indent * STEP), expand=False)
                    )
            case Table():
                out.print(_rich(block, out.is_terminal))
            case ProblemKind():
                _problems(block, out)
            case Gap():
                out.print()
            case _:
                assert_never(block)


def _indented(text: str, indent: int, style: str, out: Console) -> None:
    """Lines below the first stand under the text, not under a mark before it."""
    from rich.text import Text

    told = visible(text)
    mark = told[:2] if told[:2] in MARKS else ""
    first = " " * (indent * STEP) + mark
    if not first:
        out.print(told, style=style)
        return
    lines = Text(told.removeprefix(mark)).wrap(out, max(out.width - len(first), 1))
    for k, line in enumerate(lines):
        out.print(f"{' ' * len(first) if k else first}{line.plain}", style=style)


def _problems(kind: ProblemKind, out: Console) -> None:
    """A remedy stands at its case, or once at the end, unbroken: it may hold a command to be copied."""
    out.print(f"{kind.severity:<8}{kind.code}: {kind.n:,}", style=SEVERITIES[kind.severity])
    several = len(kind.remedies) > 1
    for text, remedy in kind.cases:
        _indented(text, CASE, "", out)
        if several:
            out.print(f"{' ' * CASE * STEP}→ {visible(remedy)}", soft_wrap=True)
    if kind.more is not None:
        _indented(kind.more, CASE, "", out)
    for remedy in () if several else kind.remedies:
        out.print(f"{' ' * CASE * STEP}→ {visible(remedy)}", soft_wrap=True)


def _rich(found: Table, in_terminal: bool) -> RichTable:
    """Without borders; where the page is narrow, text is broken, not cut, and numbers stay whole."""
    from rich.table import Table as RichTable

    out = RichTable(
        box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", show_header=any(found.heads)
    )
    for head in found.heads:
        numbers = head in found.numbers
        out.add_column(
            visible(head), justify="right" if numbers else "left", no_wrap=numbers, overflow="fold"
        )
    for row in found.rows:
        cells: list[RenderableType] = [
            bar(float(cell), in_terminal) if head in found.bars else visible(cell)
            for head, cell in zip(found.heads, row, strict=True)
        ]
        out.add_row(*cells)
    return out


def bar(share: float, in_terminal: bool) -> RenderableType:
    """A share as a bar: rich's in a terminal, plain text where the output is piped; full only where all is there."""
    if not in_terminal:
        full = int(share * BAR)
        return "#" * full + "." * (BAR - full)
    from rich.progress_bar import ProgressBar

    return ProgressBar(total=1.0, completed=share, width=BAR, complete_style="blue", finished_style="blue")
