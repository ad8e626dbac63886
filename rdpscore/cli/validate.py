"""``rdpscore validate``."""

from __future__ import annotations

import typer

from rdpscore.cli.common import (
    FIRST_OF_KIND,
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
    plural,
    show_problems,
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
        out = console()
        if result.survey is not None:
            c = result.counts
            out.print(
                f"{result.survey.meta.title}: "
                f"{plural(c['journals'], 'journal')}, {plural(c['publishers'], 'publisher')}, "
                f"{plural(c['records'], 'coder record')}, {plural(c['codings'], 'coding')}, "
                f"{plural(c['adjudications'], 'adjudication')}",
                style="bold",
            )
        show_problems(result.problems, out, first=FIRST_OF_KIND)
        body = result.body()
        out.print(
            f"{plural(body['errors'], 'error')}, {plural(body['warnings'], 'warning')}, "
            f"{plural(body['notes'], 'note')}"
            + ("" if output else "; all of them with --output problems.csv" if len(result.problems) else ""),
            style="bold",
        )
    raise typer.Exit(exit_status(result.problems, strict))


command.__name__ = "validate"
