"""The page of commands, from the command line: ``python docs/generate_commands.py > docs/commands.md``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from rdpscore.cli import app

HEADER = """\
<!-- Made by docs/generate_commands.py from the commands themselves; do not edit by hand. -->
# Commands

Every command with its arguments, options and defaults, as `--help` prints them. What a command is for and how its
output is read stand on the pages that [index.md](index.md) lists. Options with a value take it as the next word; one
without a default changes nothing where it is left out. Exit statuses stand in [problems.md](problems.md).
"""


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that call it, the members of groups included."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def render() -> str:
    """The whole content of docs/commands.md."""
    every = list(commands(get_command(app)))
    titles = [f"rdpscore {' '.join(path)}" for path, _ in every]
    first = [command.help.partition("\n\n")[0].replace("\n", " ") for _, command in every]
    listed = [f"| [`{t}`](#{t.replace(' ', '-')}) | {_cell(f)} |" for t, f in zip(titles, first, strict=True)]
    sections = [_section(title, command) for title, (_, command) in zip(titles, every, strict=True)]
    return "\n".join([HEADER, "| command | what it does |", "|---|---|", *listed, *sections])


def _section(title: str, command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    rows = [f"| {_named(p)} | {_default(p)} | {_cell(p.help)} |" for p in (*arguments, *options)]
    usage = " ".join([title, *(["[OPTIONS]"] if options else []), *map(_usage, arguments)])
    example = command.epilog.removeprefix("Example: ")
    parts = [
        f"\n## {title}\n",
        re.sub(r"(?<!\S)(--[a-z-]+)", r"`\1`", command.help).strip(),
        f"\n`{usage}`\n",
        *(["| argument, option | default | what it is |", "|---|---|---|", *rows, ""] if rows else []),
        f"Example: `{example}`",
    ]
    return "\n".join(parts)


def _usage(argument: Any) -> str:
    name = (argument.metavar or argument.name.upper()).rstrip("…") + ("" if argument.nargs == 1 else "…")
    return name if argument.required else f"[{name}]"


def _named(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return _code(_usage(parameter).strip("[]"))
    value = "" if parameter.is_flag else f" {_value(parameter)}"
    return ", ".join(_code(f"{name}{value}" if name.startswith("--") else name) for name in parameter.opts)


def _value(option: Any) -> str:
    number = isinstance(option.default, int | float)
    return str(option.metavar or ("N" if number else option.name.upper()))


def _default(parameter: Any) -> str:
    if parameter.required:
        return "must be given"
    if isinstance(parameter.show_default, str):
        return _cell(parameter.show_default)
    without = parameter.default is None or parameter.default is False
    return "" if without else _code(str(parameter.default))


def _code(text: str) -> str:
    return f"`{_cell(text)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.buffer.write(f"{render()}\n".encode())
