"""``rdpscore merge``: surveys of several teams made one."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from rdpscore.cli.common import (
    Made,
    delivers,
    tells_cases,
    wrong,
)

EXAMPLE = "Example: rdpscore merge both my-survey their-survey"
ALL = 1000


@tells_cases(ALL)
@partial(delivers, strict=False)
def command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder, or an empty one.")],
    surveys: Annotated[list[str], typer.Argument(metavar="A B…", help="Survey folders, two or more.")],
    title: Annotated[
        str | None,
        typer.Option("--title", help="Title of the merged survey.", show_default="the titles of A, B, …"),
    ] = None,
) -> Made:
    """Make one survey of several that were coded under the same codebook.

    Coders get the survey's id before their names, journals are matched by ISSN and title, and every row says where
    it came from. What contradicts is told, all at once, and nothing is written. --output writes which journal became
    which.
    """
    from rdpscore.moving.merging import merge
    from rdpscore.report.moving import report_merge

    if len(surveys) < 2:
        raise typer.BadParameter("name two surveys or more", param_hint="A B…")
    with wrong("OUT"):
        result = merge(out, surveys, title=title)
    return Made(result, lambda: report_merge(result, out))
