"""``rdpscore merge``: surveys of several teams made one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rdpscore.cli.common import (
    ForceOption,
    JsonOption,
    OutputOption,
    RawOption,
    check_output,
    clean,
    console,
    deliver,
    fail_with,
    plural,
    show_problems,
    table,
)

if TYPE_CHECKING:
    from rdpscore.moving.merging import MergeResult

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
        show(result, out)


command.__name__ = "merge"


def show(result: MergeResult, folder: Path) -> None:
    """What came in, what is there, and what is to be done now."""
    out = console()
    survey = result.survey
    out.print(clean(f"{folder}: {survey.meta.title}"), style="bold")
    names = [s for s in dict.fromkeys(result.counts["survey"]) if s != "merged"]
    rows = table("Rows of", *map(clean, names), "merged", right=(*map(clean, names), "merged"))
    for name, own in result.counts.groupby("table", sort=False):
        n = dict(zip(own["survey"], own["rows"], strict=True))
        rows.add_row(str(name), *(f"{n[s]:,}" if s in n else "" for s in [*names, "merged"]))
    out.print(rows)
    out.print(
        f"{plural(len(survey.journals), 'journal')}, {result.n_shared:,} of them in more than one survey"
        + (
            f"; {plural(result.n_same_adjudications, 'adjudication')} shared and kept once"
            if result.n_same_adjudications
            else ""
        )
    )
    if result.n_open:
        out.print(f"{plural(result.n_open, 'disagreement')} open; rdpscore adjudicate {folder}")
    out.print(f"The surveys as they were: {folder / 'sources' / 'merged'}")
    show_problems(result.problems, out)
