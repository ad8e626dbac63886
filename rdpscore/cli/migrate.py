"""``rdpscore migrate``: a survey under another codebook."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from rdpscore.cli.common import (
    Made,
    delivers,
    own_survey,
    tells_cases,
)

EXAMPLE = "Example: rdpscore migrate my-survey --to codebook-2.yaml --recode recode.yaml --dry-run"
ALL = 1000


@tells_cases(ALL)
@partial(delivers, strict=False)
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
) -> Made:
    """Move a survey to another codebook, every answer explicitly.

    Answers whose meaning may have changed need an entry in the recode file; what it does not cover is told,
    and nothing is written. Replaced rows stay under sources/migrations. --output writes what changed.
    """
    from rdpscore.moving import migrate
    from rdpscore.report.moving import report_migration

    result = migrate(own_survey(survey), to, recode, dry_run=dry_run)
    return Made(result, lambda: report_migration(result))
