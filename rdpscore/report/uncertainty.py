"""The report on how sure scores and ranks are: publishers, journals, and what their ranges mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rdpscore.report.blocks import Block, Gap, Heading, Note, Sentence, Table, table
from rdpscore.results import records
from rdpscore.survey import Survey
from rdpscore.uncertainty import UncertaintyResult
from rdpscore.uncertainty.journal_list import by_rank
from rdpscore.words import between, cut, lower_first, number, plural, signed, span

ROWS, LAST = 16, 3
"""Rows of journals, and those of them that show the end where there are more."""
LONGEST_PUBLISHER, LEAST_NAMES = 19, 12
TITLES = {"coder": "One coder", "weights": "Weights", "both": "Both"}


def report_uncertainty(survey: Survey, result: UncertaintyResult, *, width: int = 100) -> Iterator[Block]:
    """Publishers, journals, and what the ranges mean.

    Parameters
    ----------
    survey : Survey
        The one that the result is of.
    result : UncertaintyResult
    width : int
        Characters that a row may have; names of journals take what numbers leave.
    """
    settings = result.settings
    yield Heading(survey.meta.title, 1)
    yield Sentence(
        f"{plural(len(result.journals), 'journal')}, mean score {number(result.spread.mean['score'])} of 1 "
        f"({lower_first(result.scheme.title)}), {settings['n_draws']:,} draws, seed {settings['seed']}"
    )
    yield Note("Ranges are from 5 to 95 % of the draws")
    yield Gap()
    yield _publishers(result)
    yield Gap()
    yield _journals(result, width)
    yield Gap()
    yield from map(Sentence, _meaning(result))


def _publishers(result: UncertaintyResult) -> Table:
    shares = {"coder": "Coder %", "weights": "Wts %"} if "both" in result.sources else {}
    last = result.sources[-1]
    rows = [
        (
            cut(str(row["publisher"]), LONGEST_PUBLISHER),
            f"{row['n_journals']}{'*' if row['n_borrowed'] else ''}",
            number(row["score"]),
            signed(row["shift"], 2),
            *(_range(row, s) for s in result.sources),
            _ranks(row, last),
            *(_share(None if row["reason"] else row[f"{s}_share"]) for s in shares),
        )
        for row in records(result.publishers)
    ]
    names = [TITLES[s] for s in result.sources]
    right = ("n", "Score", "Shift", "Rank", *shares.values())
    return table(("Publisher", "n", "Score", "Shift", *names, "Rank", *shares.values()), rows, right)


def _journals(result: UncertaintyResult, width: int) -> Table:
    """Journals of one score in a row: the widest range of each kind among them."""
    names = [TITLES[s] for s in result.sources]
    room = max(width - 31 - 13 * len(names), LEAST_NAMES)
    found = records(by_rank(result))
    head, tail = (found, []) if len(found) <= ROWS else (found[: ROWS - LAST - 1], found[-LAST:])
    rows = [_row(row, result.sources, room) for row in head]
    if tail:
        hidden = found[len(head) : -LAST]
        text = f"{plural(sum(r['n'] for r in hidden), 'journal')} in {plural(len(hidden), 'row')}"
        rows += [("…", "", *[""] * len(names), "", text), *(_row(row, result.sources, room) for row in tail)]
    heads = ("Rank", "Score", *names, f"Rank, {names[-1].lower()}", "Journals")
    return table(heads, rows, ("Rank", "Score"))


def _row(row: dict[str, Any], sources: tuple[str, ...], room: int) -> tuple[str, ...]:
    last = sources[-1]
    many = f"{row['n']}: " if row["n"] > 1 else ""
    return (
        span(row["rank_first"], row["rank_last"]),
        number(row["score"]),
        *(_range(row, s) for s in sources),
        _ranks(row, last),
        cut(many + ", ".join(row["titles"]), room),
    )


def _range(row: dict[str, Any], source: str) -> str:
    return between(row[f"{source}_low"], row[f"{source}_high"], to="–")


def _ranks(row: dict[str, Any], source: str) -> str:
    return span(number(row[f"{source}_rank_low"], 0), number(row[f"{source}_rank_high"], 0))


def _share(share: float | None) -> str:
    return number(None if share is None else 100 * share, 0)


def _meaning(result: UncertaintyResult) -> Iterator[str]:
    """What the ranges are, and what they are not."""
    if "coder" in result.sources:
        yield from _coder(result)
    if "weights" in result.sources:
        yield (
            "Coder % and Wts %: what each contributes to the variance under both. "
            "Weights: each drawn from a gamma distribution around the scheme's, coefficient of variation "
            f"{result.settings['cv']}."
        )


def _coder(result: UncertaintyResult) -> Iterator[str]:
    apart = result.spread
    yield (
        "One coder: what one coder alone would have given. It is not an interval of the score, which was "
        "adjudicated; Shift is the score minus the coders' mean."
    )
    if apart.coder_share is not None:
        first = ", ".join(str(t) for t in apart.items.dropna(subset="spread_share")["title"].head(3))
        yield (
            f"Of the variance of a lone coder's scores, {100 * apart.coder_share:.0f} % is coders, the rest "
            f"journals; the items that make most of it: {first}."
        )
    n = int(result.journals["borrowed"].sum())
    if n:
        yield (
            f"* {plural(n, 'journal')} with a single coder: spread and shift are borrowed, item by item, from the "
            "journals with several."
        )
    none = result.journals["reason"].dropna()
    if len(none):
        counts = ", ".join(f"{k} {v}" for k, v in none.value_counts().items())
        yield f"Without spread: {plural(len(none), 'journal')} ({counts})"
