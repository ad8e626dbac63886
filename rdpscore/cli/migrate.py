"""``rdpscore migrate``: a survey under another codebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rdpscore.cli.common import (
    ForceOption,
    JsonOption,
    OutputOption,
    RawOption,
    check_output,
    console,
    deliver,
    fail_with,
    own_survey,
    plural,
    table,
)

if TYPE_CHECKING:
    from rich.console import Console

    from rdpscore.moving import MigrationResult

EXAMPLE = "Example: rdpscore migrate my-survey --to codebook-2.yaml --recode recode.yaml --dry-run"
ALL = 1000


def command(
    survey: Annotated[str, typer.Argument(metavar="SURVEY", help="Survey folder.")],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="CODEBOOK",
            help="The new codebook: id of a shipped one, a YAML file, or a survey folder.",
        ),
    ],
    recode: Annotated[
        Path | None,
        typer.Option(
            "--recode",
            metavar="FILE",
            help="YAML file that says what becomes of answers whose meaning changed.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would happen, and write nothing.")
    ] = False,
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
) -> None:
    """Move a survey to another codebook, every answer explicitly.

    Answers whose meaning may have changed need an entry in the recode file; what it does not cover is told,
    and nothing is written. Replaced rows stay under sources/migrations. --output writes what changed.
    """
    from rdpscore.moving import migrate
    from rdpscore.problems import InvalidInput

    check_output(output, force)
    folder = own_survey(survey)
    try:
        result = migrate(folder, to, recode, dry_run=dry_run)
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json, first=ALL)) from None
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        show(result)


command.__name__ = "migrate"


def show(result: MigrationResult) -> None:
    """What became of the answers, item by item, and what is to be done now."""
    out, new = console(), f"{result.new.id} {result.new.version}"
    if result.already:
        out.print(f"{result.survey.meta.id} is under {new} already; nothing changed", style="bold")
        return
    would = "would move" if result.dry_run else "moved"
    out.print(
        f"{result.survey.meta.id} {would} from {result.old.id} {result.old.version} to {new}", style="bold"
    )
    for name, counts in result.counts.items():
        told = ", ".join(f"{n:,} {action.replace('_', ' ')}" for action, n in counts.items() if n)
        out.print(f"{name}: {told or 'none'}")
    if len(result.changes):
        out.print()
        _changes(result, out)
    out.print()
    todo = result.to_read["why"].value_counts()
    for why, what in (("read_again", "to be read again"), ("review", "to be reviewed")):
        if n := int(todo.get(why, 0)):
            n_journals = result.to_read.loc[result.to_read["why"] == why, "journal_id"].nunique()
            out.print(f"{plural(n, 'coding')} of {plural(n_journals, 'journal')} {what}")
    if len(todo):
        out.print("Their workbooks: rdpscore template SURVEY --coder CODER --recode")
    if result.dry_run:
        out.print("Nothing was written; run it without --dry-run")
    else:
        out.print(f"Old codebook and replaced rows: {result.folder}")


def _changes(result: MigrationResult, out: Console) -> None:
    rows = table("Item", "Answer", "Becomes", "Codings", "Adjudications", right=("Codings", "Adjudications"))
    frame = result.changes.fillna("")
    keys = ["item", "to_item", "old", "new", "action"]
    counts = frame.groupby([*keys, "table"], sort=False).size().unstack("table", fill_value=0)
    for key, row in zip(counts.index, counts.to_dict("records"), strict=True):
        item, to_item, old, new, action = map(str, key)
        becomes = new if action in ("renamed", "recoded") else action.replace("_", " ")
        name = item if item == to_item else f"{item} → {to_item}"
        codings, adjudications = (row.get(t, 0) for t in ("codings", "adjudications"))
        rows.add_row(name, old or "(blank)", becomes or "(blank)", f"{codings:,}", f"{adjudications:,}")
    out.print(rows)
