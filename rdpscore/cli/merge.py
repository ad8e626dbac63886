"""``rdpscore merge``: surveys of several teams made one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rdpscore.cli.common import (
    ForceOption,
    JsonOption,
    OutputOption,
    RawOption,
    check_output,
    console,
    deliver,
    fail_with,
)

EXAMPLE = "Example: rdpscore merge both my-survey their-survey"
ALL = 1000


def command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder, or an empty one.")],
    surveys: Annotated[list[str], typer.Argument(metavar="A B…", help="Survey folders, two or more.")],
    title: Annotated[
        str | None,
        typer.Option("--title", help="Title of the merged survey.", show_default="the titles of A, B, …"),
    ] = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
) -> None:
    """Make one survey of several that were coded under the same codebook.

    Coders get the survey's id before their names, journals are matched by ISSN and title, and every row says where
    it came from. What contradicts is told, all at once, and nothing is written. --output writes which journal became
    which.
    """
    from rdpscore.moving.merging import merge
    from rdpscore.problems import InvalidInput

    check_output(output, force)
    if len(surveys) < 2:
        raise typer.BadParameter("name two surveys or more", param_hint="A B…")
    try:
        result = merge(out, surveys, title=title)
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json, first=ALL)) from None
    except (FileExistsError, ValueError) as error:
        raise typer.BadParameter(str(error), param_hint="OUT") from None
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        from rdpscore.report.moving import report_merge
        from rdpscore.report.terminal import show

        show(report_merge(result, out), console())


command.__name__ = "merge"
