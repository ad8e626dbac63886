"""``rdpscore migrate``: a survey under another codebook."""

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
    own_survey,
)

EXAMPLE = "Example: rdpscore migrate my-survey --to codebook-2.yaml --recode recode.yaml --dry-run"
ALL = 1000


def command(
    survey: Annotated[str, typer.Argument(metavar="SURVEY", help="Survey folder.")],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="CODEBOOK",
            help="The new codebook: id of a shipped one, a YAML file, or a survey folder.",
        ),
    ],
    recode: Annotated[
        Path | None,
        typer.Option(
            "--recode",
            metavar="FILE",
            help="YAML file that says what becomes of answers whose meaning changed.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would happen, and write nothing.")
    ] = False,
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
) -> None:
    """Move a survey to another codebook, every answer explicitly.

    Answers whose meaning may have changed need an entry in the recode file; what it does not cover is told,
    and nothing is written. Replaced rows stay under sources/migrations. --output writes what changed.
    """
    from rdpscore.moving import migrate
    from rdpscore.problems import InvalidInput

    check_output(output, force)
    folder = own_survey(survey)
    try:
        result = migrate(folder, to, recode, dry_run=dry_run)
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json, first=ALL)) from None
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        from rdpscore.report.moving import report_migration
        from rdpscore.report.terminal import show

        show(report_migration(result), console())


command.__name__ = "migrate"
