"""``rdpscore figures``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rdpscore.cli.common import ForceOption, RawOption, SurveyArgument, fail_with

EXAMPLE = "Example: rdpscore figures my-survey --output figures"


def command(
    survey: SurveyArgument = None,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="Folder to write to; made where it is not there."),
    ] = Path("figures"),
    by: Annotated[
        str, typer.Option(metavar="COLUMN", help="Groups of the heat map: a column of journals.csv.")
    ] = "publisher",
    force: ForceOption = False,
    raw: RawOption = False,
) -> None:
    """Draw how far coders agree: one self-contained HTML file a figure, its data as CSV beside it.

    Alpha with intervals next to percent agreement, detection and grading, items by publishers, confused options, and
    reasons for disagreement.
    """
    from rdpscore.agreement.report import agreement
    from rdpscore.problems import InvalidInput
    from rdpscore.survey import load

    if output.exists() and not output.is_dir():
        raise typer.BadParameter(f"{output} is no folder", param_hint="--output")
    try:
        loaded = load(survey)
        if by not in loaded.journals.columns:
            known = ", ".join(map(str, loaded.journals.columns))
            raise typer.BadParameter(f"journals.csv has no column '{by}'; it has {known}", param_hint="--by")
        result = agreement(loaded, by=by)
    except InvalidInput as error:
        raise typer.Exit(fail_with(error)) from None
    from rdpscore.figures import write_figures

    try:
        written = write_figures(result, output, force=force, raw=raw)
    except FileExistsError as error:
        raise typer.BadParameter(
            f"{error.filename} exists; name another folder, or add --force", param_hint="--output"
        ) from None
    for path in written:
        typer.echo(f"wrote {path}, {path.with_suffix('.csv').name}")


command.__name__ = "figures"
