"""``rdpscore import``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rdpscore.cli.common import (
    JsonOption,
    console,
    fail_with,
    own_survey,
    plural,
    show_problems,
    table,
    working,
)

EXAMPLE = "Example: rdpscore import my-survey c1.xlsx c2.xlsx"


def command(
    survey: Annotated[str, typer.Argument(help="Survey folder.")],
    files: Annotated[
        list[Path], typer.Argument(help="Filled workbooks of coders or adjudicators, or CSV files.")
    ],
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Take answers that contradict the survey; old ones go to sources/."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would happen; write nothing.")
    ] = False,
    by: Annotated[
        str | None, typer.Option("--by", help="Who imports, for the log.", show_default="user name")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Import filled workbooks into a survey: all of them or none.

    Importing a file twice changes nothing; a partly filled file is fine. The files are kept under sources/.
    """
    from rdpscore.importing.filled import import_files
    from rdpscore.problems import InvalidInput

    folder = own_survey(survey)
    try:
        with working(f"importing {files[0].name if len(files) == 1 else plural(len(files), 'file')}"):
            result = import_files(folder, files, replace_answers=replace, dry_run=dry_run, imported_by=by)
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json)) from None
    if as_json:
        typer.echo(result.to_json(), nl=False)
        return
    out = console()
    show_problems(result.problems, out)
    columns = ("Added", "Completed", "Replaced", "Unchanged")
    rows = table("File", *columns, right=columns)
    for name, c in result.counts.items():
        rows.add_row(name, *(f"{n:,}" for n in (c.added, c.completed, c.replaced, c.unchanged)))
    out.print(rows)
    out.print(
        "imported"
        if result.written
        else "dry run: nothing was written"
        if dry_run
        else "nothing new: the survey is as it was"
    )


command.__name__ = "import"
