"""Help: the tool's own text, printed by typer with its styling."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from rdpscore.cli.terminal import styled


class Command(TyperCommand):
    """A command whose help keeps its styling on a terminal."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        with styled():
            super().format_help(ctx, formatter)


class Group(TyperGroup):
    """The same for a group of commands."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        with styled():
            super().format_help(ctx, formatter)
