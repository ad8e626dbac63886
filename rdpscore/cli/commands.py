"""The commands."""

from __future__ import annotations

from typing import Annotated

import typer

from rdpscore.cli import (
    adjudicate,
    advise,
    agreement,
    assign,
    check,
    codebook,
    compare,
    convert,
    dashboard,
    figures,
    heterogeneity,
    import_,
    init,
    merge,
    migrate,
    names,
    regress,
    reproduce,
    score,
    sensitivity,
    status,
    template,
    validate,
)
from rdpscore.cli.helping import Command, Group

app = typer.Typer(
    name="rdpscore",
    cls=Group,
    help="Surveys of journals' research data policies: validate codings, measure agreement, score journals.",
    epilog="Begin with: rdpscore score",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"rdpscore {version('rdpscore')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


for module in (
    score,
    sensitivity,
    regress,
    advise,
    validate,
    agreement,
    heterogeneity,
    figures,
    dashboard,
    reproduce,
    compare,
    init,
    assign,
    template,
    check,
    import_,
    status,
    adjudicate,
    names,
    migrate,
    merge,
    convert,
):
    name = module.__name__.rpartition(".")[2].rstrip("_")
    app.command(name, epilog=module.EXAMPLE, cls=Command)(module.command)
app.add_typer(codebook.app, name="codebook")
