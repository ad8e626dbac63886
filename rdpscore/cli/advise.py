"""``rdpscore advise``: where a journal stands."""

from __future__ import annotations

from typing import Annotated

import typer

from rdpscore.cli.common import (
    ForceOption,
    JsonOption,
    OutputOption,
    RawOption,
    SchemeOption,
    SurveyArgument,
    check_output,
    check_scheme,
    console,
    deliver,
    fail_with,
)

EXAMPLE = "Example: rdpscore advise scientific-reports"


def command(
    journal: Annotated[str, typer.Argument(metavar="JOURNAL", help="Id or title of a journal.")],
    survey: SurveyArgument = None,
    scheme: SchemeOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
) -> None:
    """Show where a journal stands: its answers, how common stricter ones are, and who has them.

    Item by item beside its publisher and comparable journals, the most common stricter practice first; then what the
    score weighs by design, and what it does not tell apart.
    """
    from rdpscore.problems import InvalidInput
    from rdpscore.scoring.journal import find_journal
    from rdpscore.survey import load
    from rdpscore.uncertainty.among_peers import standing

    check_output(output, force)
    try:
        loaded = load(survey)
        chosen = check_scheme(scheme, loaded)
        try:
            find_journal(loaded, journal)
        except InvalidInput as error:
            raise typer.BadParameter(next(iter(error.problems)).what, param_hint="JOURNAL") from None
        result = standing(loaded, journal, chosen)
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json)) from None
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        from rdpscore.report.standing import report_standing
        from rdpscore.report.terminal import show

        show(report_standing(result, loaded.meta.read_on), console())


command.__name__ = "advise"
