"""The reports on who codes what, and on how far the coding is: coders, journals, disagreements, and queries."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from rdpscore.report.blocks import Block, Gap, Heading, Note, Sentence, Table, table
from rdpscore.results import records
from rdpscore.survey.assignment import Assignment
from rdpscore.survey.progress import Status
from rdpscore.words import percent, plural

FIRST = 10
"""Queries shown."""
MOST_PAIRS = 8
"""Coders of whom each two have a cell of their own."""


def report_progress(title: str, result: Status) -> Iterator[Block]:
    """Everything on one screen.

    Parameters
    ----------
    title : str
        Of the survey.
    result : Status
    """
    n = result.totals
    yield Heading(title, 1)
    if not n["n_journals"]:
        yield Sentence("No journals yet: list them in journals.csv")
        return
    yield Sentence(
        f"{plural(n['n_journals'], 'journal')}: {n['n_double']:,} coded by two or more, "
        f"{n['n_single']:,} by one, {n['n_none']:,} by none"
        + (f"; {n['n_consensus_only']:,} of these with a consensus only" if n["n_consensus_only"] else "")
    )
    if not len(result.coders):
        known = "No coder's answers are known" if n["n_consensus_only"] else "Nobody has coded anything"
        yield Sentence(f"{known}, and nothing is assigned")
        return
    yield Gap()
    yield _coders(result.coders)
    if n["n_unassigned"]:
        yield Note("Extra: begun without being assigned")
    yield Gap()
    yield Sentence(
        f"Disagreements: {n['n_disagreements']:,}, of these {n['n_adjudicated']:,} adjudicated, "
        f"{n['n_open']:,} open"
        + (f"; {plural(n['n_stale'], 'stale adjudication')}, see rdpscore validate" if n["n_stale"] else "")
    )
    yield from _queries(result)


def _coders(coders: pd.DataFrame) -> Table:
    numbers = ("Journals", "Done", "Begun", "To do", "Missing", "Queries")
    rounds = ("Round",) if coders["round"].nunique() > 1 else ()
    extra = ("Extra",) if coders["n_unassigned"].any() else ()
    rows = []
    for row in records(coders):
        queries = row["n_unclear"] + row["n_to_discuss"] + row["n_not_reachable"]
        counts = [row[f"n_{k}"] for k in ("assigned", "done", "begun", "not_begun", "missing")]
        rows.append(
            (
                row["coder"],
                *([row["round"]] if rounds else []),
                *(f"{c:,}" for c in (*counts, queries)),
                *([f"{row['n_unassigned']:,}"] if extra else []),
                str(row["share"] or 0.0),
                percent(row["share"]),
            )
        )
    heads = ("Coder", *rounds, *numbers, *extra, "Progress", "")
    return table(heads, rows, (*numbers, *extra, ""), ("Progress",))


def _queries(result: Status) -> Iterator[Block]:
    n = result.totals["n_queries_open"]
    if not len(result.queries):
        yield Sentence("Queries to the lead: none")
        return
    yield Sentence(f"Queries to the lead: {n:,} open, {len(result.queries) - n:,} adjudicated")
    if not n:
        return
    keys = ("journal_id", "item", "coder", "state", "answer", "note")
    waiting = records(result.queries[result.queries["adopted"].isna()].head(FIRST))
    yield table(
        ("Journal", "Item", "Coder", "State", "Answer", "Note"),
        [[" ".join((row[k] or "").split()) for k in keys] for row in waiting],
    )
    if n > FIRST:
        yield Sentence(f"… and {n - FIRST:,} more; all with --output status.xlsx")


def report_assignment(result: Assignment, survey: str, *, dry_run: bool) -> Iterator[Block]:
    """The balance of an assignment, and what to do next.

    Parameters
    ----------
    result : Assignment
    survey : str
        The survey, as the next command names it.
    dry_run : bool
        Nothing was to be written.
    """
    settings, pairs = result.settings, result.pairs["policies"]
    yield Sentence(
        f"Round {settings['round']}: {plural(result.n_policies, 'policy')}, {result.n_double:,} doubly coded, "
        f"{result.n_policies - result.n_double:,} by one coder"
    )
    yield _balance(result)
    if len(result.balance) > MOST_PAIRS and len(pairs):
        yield Sentence(f"Each two coders have {pairs.min():,} to {pairs.max():,} policies in common")
    changed = f"{plural(result.n_added, 'row')} added, {result.n_removed:,} removed (seed {settings['seed']})"
    if not result.n_added and not result.n_removed:
        yield Sentence("Nothing was drawn: every journal has its coders in this round; --redraw draws anew")
    elif dry_run:
        yield Sentence(f"{changed}; nothing was written, run it without --dry-run")
    else:
        yield Sentence(f"{changed}; written to assignments.csv")
        yield Sentence(f"Next: rdpscore template {survey} --coder {settings['coders'][0]}")


def _balance(result: Assignment) -> Table:
    rows = records(result.balance)
    names = [row["coder"] for row in rows]
    others = names if len(names) <= MOST_PAIRS else []
    met = {frozenset((r["coder"], r["other"])): f"{r['policies']:,}" for r in records(result.pairs)}
    numbers = ("Policies", "Journals", "Doubly coded", "New", *(f"with {n}" for n in others))
    counts = ("policies", "journals", "doubly_coded", "new_policies")
    cells = [
        (
            row["coder"],
            *(f"{row[c]:,}" for c in counts),
            *(met.get(frozenset((row["coder"], o)), "") for o in others),
        )
        for row in rows
    ]
    return table(("Coder", *numbers), cells, numbers)
