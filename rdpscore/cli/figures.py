"""``rdpscore figures``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rdpscore.cli.common import (
    ForceOption,
    JournalsOption,
    RawOption,
    SchemeOption,
    SurveyArgument,
    check_by,
    check_scheme,
    one_of,
    only_journals,
    working,
)

EXAMPLE = "Example: rdpscore figures my-survey --output figures"
PARTS = ("agreement", "scores", "heterogeneity", "predictors")


def command(
    survey: SurveyArgument = None,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="Folder to write to; made where it is not there."),
    ] = Path("figures"),
    by: Annotated[
        str,
        typer.Option(
            metavar="COLUMN", help="Groups of agreement and of heterogeneity: a column of journals.csv."
        ),
    ] = "publisher",
    only: Annotated[
        str | None,
        typer.Option(metavar="|".join(PARTS), help="One part of the figures.", show_default="all"),
    ] = None,
    scheme: SchemeOption = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Of the draws behind all figures but those of agreement.")
    ] = 1,
    journals_only: JournalsOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
) -> None:
    """Draw agreement, scores, heterogeneity and predictors: one self-contained HTML page a figure, data beside it.

    Alpha with intervals next to percent agreement, detection and grading, items by publishers, confused options, and
    reasons for disagreement; scores and ranks with their uncertainty, contributions of items, answers, profiles of
    publishers, schemes side by side, and which choice moves what; variance between publishers and inside them, and
    kinds of policies; scores against impact and access model, coefficients, what they rest on, specification curves.
    """
    from rdpscore.survey import load

    if only is not None:
        one_of(only, PARTS, "--only")
    if output.exists() and not output.is_dir():
        raise typer.BadParameter(f"{output} is no folder", param_hint="--output")
    loaded = only_journals(load(survey), journals_only)
    check_by(loaded, by)
    from rdpscore.report.gallery import PARTS as MAKERS
    from rdpscore.report.pages import write_pictures
    from rdpscore.survey.citing import source_line

    chosen = check_scheme(scheme, loaded)
    with working("figures"):
        found = [
            picture
            for part in ([only] if only else PARTS)
            for picture in MAKERS[part](loaded, chosen, by=by, seed=seed)
        ]

    try:
        written = write_pictures(found, output, source_line(loaded.meta), force=force, raw=raw)
    except FileExistsError as error:
        raise typer.BadParameter(
            f"{error.filename} exists; name another folder, or add --force", param_hint="--output"
        ) from None
    for path in written:
        typer.echo(f"wrote {path}, {path.with_suffix('.csv').name}")
