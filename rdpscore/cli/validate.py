"""``rdpscore validate``."""

from __future__ import annotations

import typer

from rdpscore.cli.common import (
    ForceOption,
    JsonOption,
    OutputOption,
    RawOption,
    StrictOption,
    SurveyArgument,
    check_output,
    console,
    deliver,
    exit_status,
)

EXAMPLE = "Example: rdpscore validate my-survey --output problems.csv"


def command(
    survey: SurveyArgument = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
    strict: StrictOption = False,
) -> None:
    """Check a survey against all rules and tell every problem, with its place and what to do."""
    from rdpscore.validation import validate

    check_output(output, force)
    result = validate(survey)
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        from rdpscore.report.problems import report_validation
        from rdpscore.report.terminal import show

        show(report_validation(result, hint=not output), console())
    raise typer.Exit(exit_status(result.problems, strict))


command.__name__ = "validate"
