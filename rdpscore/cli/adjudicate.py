"""``rdpscore adjudicate``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rdpscore.cli.common import ForceOption, new_file, plural, working

EXAMPLE = "Example: rdpscore adjudicate my-survey --blind"


def command(
    survey: Annotated[str, typer.Argument(help="Survey folder.")],
    blind: Annotated[bool, typer.Option("--blind", help="Hide which coder gave which answer.")] = False,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write.")] = Path(
        "adjudication.xlsx"
    ),
    force: ForceOption = False,
) -> None:
    """Write the adjudication workbook: disagreements and unclear items, answers and passages side by side.

    With --force an adjudication workbook that is there is written anew, and what was filled in is carried over.
    """
    from rdpscore.coding.adjudicated import carried_over
    from rdpscore.coding.adjudication import adjudication_workbook, open_cases
    from rdpscore.files import write_bytes_new
    from rdpscore.survey import load
    from rdpscore.validation import check

    path = new_file(output, force)
    with working(f"writing {path.name}"):
        loaded = load(survey)
        check(loaded).raise_errors()
        carried = carried_over(path, loaded) if path.exists() else {}
        cases = open_cases(loaded, carried)
        content = adjudication_workbook(loaded, cases, blind=blind, carried=carried, name=path.name)
    if not cases:
        print("nothing to adjudicate: no disagreement and no unclear item is open", file=sys.stderr)
        return
    write_bytes_new(path, content, force=force)
    kept = sum((c.journal, c.item) in carried for c in cases)
    print(
        f"{path}: {plural(len(cases), 'case')} to adjudicate" + (f", {kept:,} carried over" if kept else ""),
        file=sys.stderr,
    )
