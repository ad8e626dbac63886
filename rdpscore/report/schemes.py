"""The report on several schemes side by side: their means, how alike their orders are, and who moves most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rdpscore.report.blocks import Block, Gap, Heading, Note, Sentence, Table, table
from rdpscore.results import records
from rdpscore.scoring.comparison import Comparison, most_moved, n_moved
from rdpscore.survey import Survey
from rdpscore.words import cut, journals_of, number, plural, with_publisher

ROWS = 20
SHORTEST, ALL_HEADS = 8, 60
"""Characters of the name of a scheme above its column: what the schemes share, and the least."""
LEAST_LABEL, CELL = 20, 12
"""Characters that the name of a journal has at least, and those of a score with its rank."""
REASONS = {
    "too_few_journals": "fewer than two journals have both scores",
    "no_variation": "all scores are equal",
}


def report_schemes(survey: Survey, result: Comparison, *, width: int = 100) -> Iterator[Block]:
    """Schemes, how alike their orders are, and the journals that move most.

    Parameters
    ----------
    survey : Survey
        The one that the result is of.
    result : Comparison
    width : int
        Characters that a row may have; names of journals take what numbers leave.
    """
    first = result.names[0]
    yield Heading(survey.meta.title, 1)
    yield Sentence(f"{plural(len(result.journals), 'journal')} under {plural(len(result.names), 'scheme')}")
    yield Gap()
    yield _schemes(result)
    yield Gap()
    yield _pairs(result)
    for pair in result.pairs:
        if pair.reason:
            yield Sentence(f"{pair.first} and {pair.second}: no correlation, since {REASONS[pair.reason]}")
    yield Gap()
    rows = records(most_moved(result, ROWS))
    if not rows:
        yield Sentence(f"No journal has another rank than under {first}")
        return
    yield _journals(result.names, rows, width)
    left = n_moved(result) - sum(row["alike"] for row in rows)
    more = f"; {left} more move" if left > 0 else ""
    yield Note(f"↑ and ↓: places gained and lost against {first}{more}; all with --output ranks.csv")


def _schemes(result: Comparison) -> Table:
    rows = [
        (name, number(r.mean), f"{int(r.journals['score'].notna().sum())}", r.scheme.title)
        for name, r in zip(result.names, result.results, strict=True)
    ]
    return table(("Scheme", "Mean", "Journals", ""), rows, ("Mean", "Journals"))


def _pairs(result: Comparison) -> Table:
    columns = ("Spearman", "Kendall", "Moved", "Mean shift", "Largest")
    rows = [
        (
            f"{pair.first} and {pair.second}",
            number(pair.spearman, 3),
            number(pair.kendall, 3),
            f"{pair.n_moved} of {pair.n}",
            number(pair.mean_shift, 1),
            number(pair.largest_shift, 0),
        )
        for pair in result.pairs
    ]
    return table(("Two schemes", *columns), rows, columns)


def _journals(names: Sequence[str], rows: Sequence[dict[str, Any]], width: int) -> Table:
    heads = [cut(n, max(SHORTEST, ALL_HEADS // len(names))) for n in names]
    room = max(LEAST_LABEL, width - sum(max(len(h), CELL) + 2 for h in heads) - 2)
    cells = [(cut(_label(row), room), *(_cell(row, name, names) for name in names)) for row in rows]
    return table(("Journals that move most", *heads), cells, heads)


def _label(row: dict[str, Any]) -> str:
    """A journal with its publisher, or ``"7 journals of Frontiers"`` where these move alike."""
    if row["alike"] > 1:
        return journals_of(row["alike"], row["publisher"])
    return with_publisher(row["title"], row["publisher"])


def _cell(row: dict[str, Any], name: str, names: Sequence[str]) -> str:
    """``"0.41  12 ↑3"``."""
    rank = row[f"rank_{name}"]
    if rank is None:
        return "–"
    text = f"{number(row[f'score_{name}'])} {rank:>4}"
    if name == names[0]:
        return text
    change = row[f"change_{name}"]
    if change is None:
        return f"{text}     "
    arrow = "↑" if change > 0 else "↓" if change < 0 else " "
    return f"{text} {arrow}{abs(change) or '':<3}"
