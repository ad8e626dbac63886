"""``rdpscore check``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rdpscore.cli.common import (
    ForceOption,
    JsonOption,
    OutputOption,
    RawOption,
    StrictOption,
    check_output,
    console,
    deliver,
    exit_status,
    fail_with,
    new_file,
    plural,
    show_problems,
    working,
)

EXAMPLE = "Example: rdpscore check c1.xlsx --annotate c1-checked.xlsx"


def command(
    file: Annotated[Path, typer.Argument(help="A filled workbook, or a CSV with --survey.")],
    survey: Annotated[
        str | None,
        typer.Option("--survey", metavar="SURVEY", help="The survey of a CSV, which carries no codebook."),
    ] = None,
    annotate: Annotated[
        Path | None,
        typer.Option(
            "--annotate", metavar="FILE", help="Write a copy of the workbook with the problems as comments."
        ),
    ] = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
    strict: StrictOption = False,
) -> None:
    """Check a filled workbook: every problem with its cell, what stands there, and what to do."""
    from rdpscore.coding.annotate import annotated
    from rdpscore.coding.check import check_file
    from rdpscore.files import write_bytes_new
    from rdpscore.files.writing import named
    from rdpscore.problems import InvalidInput
    from rdpscore.readers import find_reader
    from rdpscore.survey import load

    check_output(output, force)
    target = None if annotate is None else new_file(annotate, force)
    try:
        with working(f"reading {file.name}"):
            result = check_file(file, None if survey is None else load(survey))
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json)) from None
    if target is not None:
        if result.filled is not None and find_reader(result.filled.format).kind == "workbook":
            try:
                with named(target):  # openpyxl writes to the disk before we do
                    copy = annotated(result.filled.content, result.problems)
            except InvalidInput as error:
                raise typer.Exit(fail_with(error, as_json=as_json)) from None
            write_bytes_new(target, copy, force=force)
            print(f"wrote {target}", file=sys.stderr)
        else:
            print(f"{target} was not written: {file.name} is no workbook that can be copied", file=sys.stderr)
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        out = console()
        if result.filled is not None:
            figures = ", ".join(f"{n:,} {what}" for what, n in result.counts.items())
            out.print(f"{result.filled.name}: {figures}", style="bold")
        show_problems(result.problems, out, first=10)
        body = result.problems
        out.print(
            f"{plural(len(body.errors), 'error')}, {plural(len(body.warnings), 'warning')}, "
            f"{plural(len(body.notes), 'note')}",
            style="bold",
        )
    raise typer.Exit(exit_status(result.problems, strict))


command.__name__ = "check"
