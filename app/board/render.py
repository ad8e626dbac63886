"""Blocks of reports on a page: the same words that the terminal shows, each block with the part that fits it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from board.blocks import sheet
from board.parts import heading, say, show
from board.view import View
from rdpscore.report.blocks import Block, Facts, Gap, Heading, Note, ProblemKind, Sentence, Table
from rdpscore.report.pictures import Picture


def render(view: View, blocks: Iterable[Block | Picture]) -> None:
    """Show blocks one below the other.

    Parameters
    ----------
    view : View
    blocks : iterable of blocks and pictures
        A `Gap` is left out, as pages set their own distances. The page's title is its own, so a heading of any
        level is one below it.
    """
    for block in blocks:
        match block:
            case Heading(text):
                heading(text)
            case Sentence(text):
                say(text)
            case Note(text):
                say(text, soft=True)
            case Facts(rows):
                sheet([], rows, names=True)
            case Table(heads, rows):
                sheet(heads, rows)
            case ProblemKind(severity, code, n, cases):
                say(f"{severity} {code}: {n:,}")
                sheet(["What is wrong", "What to do"], cases)
                if block.more is not None:
                    say(block.more, soft=True)
            case Picture():
                show(view, block)
            case Gap():
                pass
            case _:
                assert_never(block)
