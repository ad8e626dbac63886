"""``rdpscore check``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rdpscore.cli.common import (
    ForceOption,
    Made,
    delivers,
    new_file,
    working,
)

EXAMPLE = "Example: rdpscore check c1.xlsx --annotate c1-checked.xlsx"


@delivers
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
    force: ForceOption = False,
) -> Made:
    """Check a filled workbook: every problem with its cell, what stands there, and what to do."""
    from rdpscore.coding.annotate import annotated
    from rdpscore.coding.check import check_file
    from rdpscore.files import write_bytes_new
    from rdpscore.files.writing import named
    from rdpscore.readers import find_reader
    from rdpscore.report.problems import report_check
    from rdpscore.survey import load

    target = None if annotate is None else new_file(annotate, force)
    with working(f"reading {file.name}"):
        result = check_file(file, None if survey is None else load(survey))
    if target is not None:
        if result.filled is not None and find_reader(result.filled.format).kind == "workbook":
            with named(target):  # openpyxl writes to the disk before we do
                copy = annotated(result.filled.content, result.problems)
            write_bytes_new(target, copy, force=force)
            print(f"wrote {target}", file=sys.stderr)
        else:
            print(f"{target} was not written: {file.name} is no workbook that can be copied", file=sys.stderr)
    return Made(result, lambda: report_check(result))
