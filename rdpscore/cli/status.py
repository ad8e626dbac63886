"""``rdpscore status``: how far the coding is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    percent,
    plural,
    table,
)

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from rdpscore.survey.progress import Status

EXAMPLE = "Example: rdpscore status my-survey --output status.xlsx"
BAR = 20
FIRST = 10


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
        show(loaded.meta.title, result)


command.__name__ = "status"


def show(title: str, result: Status) -> None:
    """Everything on one screen."""
    out, n = console(), result.totals
    out.print(title, style="bold")
    if not n["n_journals"]:
        out.print("No journals yet: list them in journals.csv")
        return
    out.print(
        f"{plural(n['n_journals'], 'journal')}: {n['n_double']:,} coded by two or more, "
        f"{n['n_single']:,} by one, {n['n_none']:,} by none"
        + (f"; {n['n_consensus_only']:,} of these with a consensus only" if n["n_consensus_only"] else "")
    )
    if not len(result.coders):
        known = "No coder's answers are known" if n["n_consensus_only"] else "Nobody has coded anything"
        out.print(f"{known}, and nothing is assigned")
        return
    out.print()
    out.print(_coders(result.coders, out))
    if n["n_unassigned"]:
        out.print("Extra: begun without being assigned", style="dim")
    out.print()
    out.print(
        f"Disagreements: {n['n_disagreements']:,}, of these {n['n_adjudicated']:,} adjudicated, "
        f"{n['n_open']:,} open"
        + (f"; {plural(n['n_stale'], 'stale adjudication')}, see rdpscore validate" if n["n_stale"] else "")
    )
    _queries(result.queries, out)


def _coders(coders: pd.DataFrame, out: Console) -> Any:
    numbers = ("Journals", "Done", "Begun", "To do", "Missing", "Queries")
    rounds = coders["round"].nunique() > 1
    extra = bool(coders["n_unassigned"].sum())
    heads = [
        "Coder",
        *(["Round"] if rounds else []),
        *numbers,
        *(["Extra"] if extra else []),
        "Progress",
        "",
    ]
    rows = table(*heads, right=(*numbers, "Extra", ""))
    for row in coders.to_dict("records"):
        queries = row["n_unclear"] + row["n_to_discuss"] + row["n_not_reachable"]
        cells = [row[f"n_{k}"] for k in ("assigned", "done", "begun", "not_begun", "missing")]
        share = None if row["share"] != row["share"] else float(row["share"])
        rows.add_row(
            str(row["coder"]),
            *([str(row["round"])] if rounds else []),
            *(f"{c:,}" for c in (*cells, queries)),
            *([f"{row['n_unassigned']:,}"] if extra else []),
            bar(share or 0.0, out),
            percent(share),
        )
    return rows


def bar(share: float, out: Console) -> Any:
    """A progress bar: rich's in a terminal, plain text where the output is piped."""
    if not out.is_terminal:
        full = int(share * BAR)
        return "#" * full + "." * (BAR - full)
    from rich.progress_bar import ProgressBar

    return ProgressBar(total=1.0, completed=share, width=BAR, complete_style="blue", finished_style="blue")


def _queries(queries: pd.DataFrame, out: Console) -> None:
    waiting = queries[queries["adopted"].isna()]
    if not len(queries):
        out.print("Queries to the lead: none")
        return
    out.print(f"Queries to the lead: {len(waiting):,} open, {len(queries) - len(waiting):,} adjudicated")
    if not len(waiting):
        return
    rows = table("Journal", "Item", "Coder", "State", "Answer", "Note")
    for row in waiting.head(FIRST).to_dict("records"):
        keys = ("journal_id", "item", "coder", "state", "answer", "note")
        rows.add_row(*(" ".join(str(row[k]).split()) if isinstance(row[k], str) else "" for k in keys))
    out.print(rows)
    if len(waiting) > FIRST:
        out.print(f"… and {len(waiting) - FIRST:,} more; all with --output status.xlsx")
