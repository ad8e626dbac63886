"""``rdpscore status``: how far the coding is."""

from __future__ import annotations

import typer

from rdpscore.cli.common import (
    ForceOption,
    JsonOption,
    OutputOption,
    RawOption,
    SurveyArgument,
    check_output,
    console,
    deliver,
    fail_with,
)

EXAMPLE = "Example: rdpscore status my-survey --output status.xlsx"


def command(
    survey: SurveyArgument = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
) -> None:
    """Tell how far the coding is: coders, journals, disagreements, and the queries to the lead.

    --output writes the coders to .csv, and coders, journals and queries to .xlsx or .json.
    """
    from rdpscore.problems import InvalidInput
    from rdpscore.survey import load
    from rdpscore.survey.progress import status
    from rdpscore.validation import check

    check_output(output, force)
    try:
        loaded = load(survey)
        result = status(loaded, check(loaded))
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json)) from None
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        from rdpscore.report.progress import report_progress
        from rdpscore.report.terminal import show

        show(report_progress(loaded.meta.title, result), console())


command.__name__ = "status"
