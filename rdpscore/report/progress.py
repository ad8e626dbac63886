"""The report on how far the coding is: coders, journals, disagreements, and the queries to the lead."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from rdpscore.report.blocks import Block, Gap, Heading, Note, Sentence, Table, table
from rdpscore.results import records
from rdpscore.survey.progress import Status
from rdpscore.words import percent, plural

FIRST = 10
"""Queries shown."""


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
