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
    clean,
    console,
    deliver,
    fail_with,
    table,
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
    from rdpscore.problems import InvalidInput
    from rdpscore.reproduction import published_schema, reproduce, summary
    from rdpscore.results import dump_json
    from rdpscore.survey import load

    if what:
        write_json(dump_json(published_schema())) if as_json else _list()
        return
    check_output(output, force)
    try:
        result = reproduce(load(survey))
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json)) from None
    counts = summary(result.comparisons)
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        out = console()
        rows = table("Figure", "Printed", "Ours", "Equal", right=("Printed", "Ours"))
        shown = [c for c in result.comparisons if not (different and c.equal)]
        for c in shown:
            ours = "" if c.ours is None else f"{c.ours:.10g}"
            word = c.reason if c.equal is None else "yes" if c.equal else "no"
            rows.add_row(c.figure, c.printed, ours, f"{word}*" if c.note else word)
        if shown:
            out.print(rows)
            out.print()
        for c in shown:
            if c.note:
                out.print(clean(f"* {c.figure}: {c.note}"), style="dim")
        if any(c.note for c in shown):
            out.print()
        out.print(
            f"{result.source.citation}: " + ", ".join(f"{n} {what}" for what, n in counts.items()),
            style="bold",
        )
    raise typer.Exit(int(strict and counts["different"] > 0))


def _list() -> None:
    from rdpscore.computed import table_of_figures

    rows = table("Name", "Arguments (! must be there)", "Value")
    for name, arguments, value in table_of_figures():
        rows.add_row(name, ", ".join(arguments), value)
    console().print(rows)


command.__name__ = "reproduce"
