"""The reports on surveys that were changed as a whole: moved to another codebook, made one of several."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rdpscore.moving import MigrationResult
from rdpscore.moving.merging import MergeResult
from rdpscore.report.blocks import Block, Gap, Heading, Sentence, Table, table
from rdpscore.report.problems import report_problems
from rdpscore.words import plural

WHY = {"read_again": "to be read again", "review": "to be reviewed"}


def report_migration(result: MigrationResult) -> Iterator[Block]:
    """What became of the answers, item by item, and what is to be done now."""
    new = f"{result.new.id} {result.new.version}"
    if result.already:
        yield Heading(f"{result.survey.meta.id} is under {new} already; nothing changed", 1)
        return
    would = "would move" if result.dry_run else "moved"
    old = f"{result.old.id} {result.old.version}"
    yield Heading(f"{result.survey.meta.id} {would} from {old} to {new}", 1)
    for name, counts in result.counts.items():
        told = ", ".join(f"{n:,} {action.replace('_', ' ')}" for action, n in counts.items() if n)
        yield Sentence(f"{name}: {told or 'none'}")
    if len(result.changes):
        yield Gap()
        yield _changes(result)
    yield Gap()
    for why, words in WHY.items():
        own = result.to_read[result.to_read["why"] == why]
        if len(own):
            n_journals = int(own["journal_id"].nunique())
            yield Sentence(f"{plural(len(own), 'coding')} of {plural(n_journals, 'journal')} {words}")
    if len(result.to_read):
        yield Sentence("Their workbooks: rdpscore template SURVEY --coder CODER --recode")
    if result.dry_run:
        yield Sentence("Nothing was written; run it without --dry-run")
    else:
        yield Sentence(f"Old codebook and replaced rows: {result.folder}")


def _changes(result: MigrationResult) -> Table:
    keys = ["item", "to_item", "old", "new", "action"]
    groups = result.changes.fillna("").groupby([*keys, "table"], sort=False)
    counts = groups.size().unstack("table", fill_value=0)
    rows = []
    for key, row in zip(counts.index, counts.to_dict("records"), strict=True):
        item, to_item, old, new, action = map(str, key)
        becomes = new if action in ("renamed", "recoded") else action.replace("_", " ")
        name = item if item == to_item else f"{item} → {to_item}"
        cells = (f"{row.get(t, 0):,}" for t in ("codings", "adjudications"))
        rows.append((name, old or "(blank)", becomes or "(blank)", *cells))
    numbers = ("Codings", "Adjudications")
    return table(("Item", "Answer", "Becomes", *numbers), rows, numbers)


def report_merge(result: MergeResult, folder: Path) -> Iterator[Block]:
    """What came in, what is there, and what is to be done now.

    Parameters
    ----------
    result : MergeResult
    folder : Path
        Of the merged survey.
    """
    yield Heading(f"{folder}: {result.survey.meta.title}", 1)
    names = [s for s in dict.fromkeys(result.counts["survey"]) if s != "merged"] + ["merged"]
    rows = []
    for name, own in result.counts.groupby("table", sort=False):
        n = dict(zip(own["survey"], own["rows"], strict=True))
        rows.append((str(name), *(f"{n[s]:,}" if s in n else "" for s in names)))
    yield table(("Rows of", *names), rows, names)
    same = plural(result.n_same_adjudications, "adjudication")
    yield Sentence(
        f"{plural(len(result.survey.journals), 'journal')}, {result.n_shared:,} of them in more than one survey"
        + (f"; {same} shared and kept once" if result.n_same_adjudications else "")
    )
    if result.n_open:
        yield Sentence(f"{plural(result.n_open, 'disagreement')} open; rdpscore adjudicate {folder}")
    yield Sentence(f"The surveys as they were: {folder / 'sources' / 'merged'}")
    yield from report_problems(result.problems)
