"""``rdpscore advise``: where a journal stands."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from rdpscore.cli.common import (
    Made,
    SchemeOption,
    SurveyArgument,
    check_scheme,
    delivers,
)

EXAMPLE = "Example: rdpscore advise scientific-reports"


@partial(delivers, strict=False)
def command(
    journal: Annotated[str, typer.Argument(metavar="JOURNAL", help="Id or title of a journal.")],
    survey: SurveyArgument = None,
    scheme: SchemeOption = None,
) -> Made:
    """Show where a journal stands: its answers, how common stricter ones are, and who has them.

    Item by item beside its publisher and comparable journals, the most common stricter practice first; then what the
    score weighs by design, and what it does not tell apart.
    """
    from rdpscore.problems import InvalidInput
    from rdpscore.report.standing import report_standing
    from rdpscore.scoring.journal import find_journal
    from rdpscore.survey import load
    from rdpscore.uncertainty.among_peers import standing

    loaded = load(survey)
    chosen = check_scheme(scheme, loaded)
    try:
        find_journal(loaded, journal)
    except InvalidInput as error:
        raise typer.BadParameter(next(iter(error.problems)).what, param_hint="JOURNAL") from None
    result = standing(loaded, journal, chosen)
    return Made(result, lambda: report_standing(result, loaded.meta.read_on))
