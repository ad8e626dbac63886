"""What all commands share as commands: help with its styling, options as the text that they are meant to be."""

from __future__ import annotations

import os
from typing import Any

from typer.core import TyperCommand, TyperGroup

from rdpscore.cli.terminal import styled
from rdpscore.words import meant


class Command(TyperCommand):
    """A command."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the tool's own text, which keeps its styling on a terminal."""
        with styled():
            super().format_help(ctx, formatter)

    def invoke(self, ctx: Any) -> Any:
        """Run it; in a locale that cannot read what was typed, text is UTF-8, and names of files stay as they are."""
        for parameter in self.params:
            if parameter.param_type_name == "option":
                ctx.params[parameter.name] = _meant(ctx.params.get(parameter.name))
        return super().invoke(ctx)


class Group(TyperGroup):
    """A group of commands."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """As for `Command`."""
        with styled():
            super().format_help(ctx, formatter)


def _meant(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(map(_meant, value))
    if not isinstance(value, str) or value.isascii() or os.path.exists(value):
        return value
    return meant(value)
