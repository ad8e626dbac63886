"""``rdpscore names``: spellings of one name, proposed, decided by people, applied when a survey is read."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from rdpscore.cli.common import Made, delivers, own_survey, working

EXAMPLE = "Example: rdpscore names my-survey"


@partial(delivers, strict=False)
def command(
    survey: Annotated[str, typer.Argument(help="Survey folder.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the proposals and write nothing.")
    ] = False,
) -> Made:
    """Propose spellings of coders, publishers and titles that may be one name; tell what decisions change.

    Proposals go into names.yaml of the survey, undecided. Write decided: true at those that are one, and same: false
    as well at those that are not. What is decided applies whenever the survey is read; the tables stay as they are. Run
    it again at any time: decisions stay, new proposals are added.
    """
    from rdpscore.report.names import report_names
    from rdpscore.uncertainty.naming import name_spellings

    folder = own_survey(survey)
    if not folder.is_dir():
        raise typer.BadParameter(f"there is no survey folder {folder}", param_hint="SURVEY")
    with working("comparing names"):
        result = name_spellings(folder, dry_run=dry_run)
    return Made(result, lambda: report_names(result, dry_run=dry_run))
