"""``rdpscore names``: spellings of one name, proposed, decided by people, applied when a survey is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rdpscore.cli.common import (
    ForceOption,
    JsonOption,
    OutputOption,
    RawOption,
    check_output,
    clean,
    console,
    deliver,
    fail_with,
    own_survey,
    plural,
    table,
    working,
)

if TYPE_CHECKING:
    from rdpscore.uncertainty.naming import NamesResult

EXAMPLE = "Example: rdpscore names my-survey"
MOST = 40


def command(
    survey: Annotated[str, typer.Argument(help="Survey folder.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the proposals and write nothing.")
    ] = False,
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
) -> None:
    """Propose spellings of coders, publishers and titles that may be one name; tell what decisions change.

    Proposals go into names.yaml of the survey, undecided. Write decided: true at those that are one, and same: false
    as well at those that are not. What is decided applies whenever the survey is read; the tables stay as they are. Run
    it again at any time: decisions stay, new proposals are added.
    """
    from rdpscore.problems import InvalidInput
    from rdpscore.uncertainty.naming import name_spellings

    check_output(output, force)
    folder = own_survey(survey)
    if not folder.is_dir():
        raise typer.BadParameter(f"there is no survey folder {folder}", param_hint="SURVEY")
    try:
        with working("comparing names"):
            result = name_spellings(folder, dry_run=dry_run)
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json)) from None
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        show(result, dry_run=dry_run)


command.__name__ = "names"


def show(result: NamesResult, *, dry_run: bool) -> None:
    """Every entry, and what they change."""
    from rdpscore.words import number

    out = console()
    entries = result.spellings.names
    if not entries:
        out.print("No two names of coders, publishers or titles look alike")
        return
    for title, own in (
        ("Undecided", [e for e in entries if not e.decided]),
        ("Decided", [e for e in entries if e.decided]),
    ):
        if own:
            rows = table(title, "Name", "Also" if title == "Undecided" else "Other spellings", "Why")
            for e in own[:MOST]:
                why = (e.why or "") if e.same else "told apart"
                rows.add_row(e.thing, clean(e.name), clean("; ".join(e.also)), clean(why))
            out.print(rows)
            if len(own) > MOST:
                out.print(f"… and {len(own) - MOST:,} more in names.yaml")
    heads = ("Coders", "Publishers", "Mean score", "95 %")
    rows = table("Names", *heads, right=heads)
    for r in result.effect.to_dict("records"):
        bounds = "–" if r["low"] != r["low"] else f"{number(r['low'])} to {number(r['high'])}"
        mean = "–" if r["mean_score"] != r["mean_score"] else number(r["mean_score"])
        rows.add_row(r["names"], f"{r['n_coders']:,}", f"{r['n_publishers']:,}", mean, bounds)
    out.print(rows)
    n = sum(not e.decided for e in entries)
    added = plural(result.n_new, "proposal")
    out.print(
        (
            f"{added} to add; nothing was written, run it without --dry-run"
            if dry_run
            else f"{added} added to names.yaml"
        )
        if result.n_new
        else "No new proposals"
    )
    if n:
        out.print(
            f"{plural(n, 'entry')} of names.yaml undecided: write decided: true where they are one name"
        )
