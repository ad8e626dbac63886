"""``rdpscore template``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rdpscore.cli.common import ForceOption, new_file, one_of, plural, working, wrong

EXAMPLE = "Example: rdpscore template my-survey --coder c1 --same-policy"


def command(
    survey: Annotated[str, typer.Argument(help="Survey folder.")],
    coder: Annotated[str, typer.Option("--coder", help="Whose workbook.")],
    round: Annotated[str, typer.Option("--round", help="Round of coding.")] = "main",
    layout: Annotated[
        str, typer.Option("--layout", help="long: a row an answer; wide: a row a journal.")
    ] = "long",
    same_policy: Annotated[
        bool, typer.Option("--same-policy", help="One form for all journals of a policy.")
    ] = False,
    recode: Annotated[
        bool, typer.Option("--recode", help="Only journals with something to read again after `migrate`.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write.", show_default="CODER.xlsx"),
    ] = None,
    force: ForceOption = False,
) -> None:
    """Write a coder's workbook: the journals assigned to one coder, with drop-downs, guidance and checks.

    It holds what this coder answered before, and nobody else's answers. Without assignments it holds all
    journals.
    """
    from rdpscore.coding import coder_workbook
    from rdpscore.coding.sheet_plan import plan
    from rdpscore.files import write_bytes_new
    from rdpscore.files.names import safe_name
    from rdpscore.moving import recode_list
    from rdpscore.survey import load
    from rdpscore.validation import check

    one_of(layout, ("long", "wide"), "--layout")
    path = new_file(output or Path(safe_name(coder, ".xlsx")), force)
    with working(f"writing {path.name}"), wrong("--coder"):
        loaded = load(survey)
        check(loaded).raise_errors()
        planned = plan(
            loaded,
            coder,
            round=round,
            layout="wide" if layout == "wide" else "long",
            same_policy=same_policy,
            recode=recode_list(loaded) if recode else None,
        )
        content = coder_workbook(planned, path.name)
    write_bytes_new(path, content, force=force)
    print(
        f"{path}: {plural(len(planned.forms), 'form')} of {plural(len(planned.items), 'item')} for coder {coder}",
        file=sys.stderr,
    )
