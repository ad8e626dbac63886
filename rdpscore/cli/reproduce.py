"""``rdpscore reproduce``."""

from __future__ import annotations

from typing import Annotated

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
)
from rdpscore.cli.terminal import write_json

EXAMPLE = "Example: rdpscore reproduce --different --output figures.csv"


def command(
    survey: SurveyArgument = None,
    different: Annotated[
        bool, typer.Option("--different", help="Show only figures that are not equal.")
    ] = False,
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
    strict: StrictOption = False,
    what: Annotated[
        bool,
        typer.Option(
            "--list", help="Print what can be computed, with its arguments; --json: as JSON Schema."
        ),
    ] = False,
) -> None:
    """Compute the figures that a study printed again, and lay ours beside them.

    Equal means: ours, rounded to the printed digits, is the printed figure. --strict exits with 1 where one
    differs.
    """
    from rdpscore.report.terminal import show
    from rdpscore.reproduction import published_schema, reproduce, summary
    from rdpscore.results import dump_json
    from rdpscore.survey import load

    if what:
        from rdpscore.report.reproduced import report_figures

        write_json(dump_json(published_schema())) if as_json else show(report_figures(), console())
        return
    check_output(output, force)
    result = reproduce(load(survey))
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        from rdpscore.report.reproduced import report_reproduction

        show(report_reproduction(result, different=different), console())
    raise typer.Exit(int(strict and summary(result.comparisons)["different"] > 0))
