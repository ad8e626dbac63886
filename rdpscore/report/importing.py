"""The reports on what came into a survey: coders' files, and published data sets through a mapping."""

from __future__ import annotations

from collections.abc import Iterator

from rdpscore.coding.filled import ImportResult
from rdpscore.published.report import ImportReport
from rdpscore.report.blocks import Block, Sentence, table
from rdpscore.report.problems import report_problems
from rdpscore.words import plural

JOURNALS = {
    "one_coder": "by one coder",
    "two_coders": "by two coders",
    "more_coders": "by more coders",
    "consensus_only": "as a consensus only",
    "no_answers": "without any answer",
}


def report_filled(result: ImportResult, *, dry_run: bool) -> Iterator[Block]:
    """What filled files brought, each with its counts.

    Parameters
    ----------
    result : ImportResult
    dry_run : bool
        Nothing was to be written.
    """
    yield from report_problems(result.problems)
    heads = ("Added", "Completed", "Replaced", "Unchanged")
    rows = [
        (name, *(f"{n:,}" for n in (c.added, c.completed, c.replaced, c.unchanged)))
        for name, c in result.counts.items()
    ]
    yield table(("File", *heads), rows, heads)
    nothing = "dry run: nothing was written" if dry_run else "nothing new: the survey is as it was"
    yield Sentence("imported" if result.written else nothing)


def report_import(report: ImportReport) -> Iterator[Block]:
    """What became of the rows of each source, how many journals there are, and what was read as an answer."""
    yield from report_problems(report.problems)
    rows = [(source, f"{n:,}", what, first) for source, what, n, first in report.rows.itertuples(index=False)]
    yield table(("Source", "Rows", "What became of them", "First"), rows, ("Rows",))
    found = report.journals
    parts = [f"{found[k]:,} {words}" for k, words in JOURNALS.items() if found[k]]
    yield Sentence(f"{plural(found['journals'], 'journal')}: {', '.join(parts)}")
    n_cells = int(report.values["cells"].sum())
    yield Sentence(
        f"{plural(len(report.values), 'text')} in {plural(n_cells, 'cell')} read as answers; --json lists them"
    )
    if report.merges:
        titles = plural(len(report.merges), "title")
        yield Sentence(f"{titles} look like another one; --merges FILE writes a proposal")
    written = report.folder is not None
    yield Sentence(f"imported into {report.folder}" if written else "dry run: nothing was written")
