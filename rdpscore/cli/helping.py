"""What all commands share as commands: help with its styling, options as the text that they are meant to be."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer
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
        """Run it; in a locale that cannot read what was typed, text is UTF-8, and names of files stay as they are.

        What is wrong with the input is told here, whatever the command: as JSON where it has ``--json``, and as many
        cases of each kind as `tells_cases` said.
        """
        for parameter in self.params:
            if parameter.param_type_name == "option":
                ctx.params[parameter.name] = _meant(ctx.params.get(parameter.name))
        try:
            return super().invoke(ctx)
        except Exception as error:
            if "rdpscore.problems" not in sys.modules:  # it brings numpy, which wrong use has no use for
                raise
            from rdpscore.cli.common import fail_with
            from rdpscore.files.plain import NotPlain, file_problem
            from rdpscore.problems import InvalidInput

            if isinstance(error, NotPlain):
                error = InvalidInput(file_problem(error, str(error.filename)))
            if not isinstance(error, InvalidInput):
                raise
            first = getattr(self.callback, "first", None)
            status = fail_with(error, as_json=ctx.params.get("as_json", False), first=first)
            raise typer.Exit(status) from None


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
