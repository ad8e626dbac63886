"""The report on sensitivity: what moves ranks, item by item, and journal by journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from rdpscore.report.blocks import Block, Gap, Heading, Note, Sentence, Table, table
from rdpscore.results import records
from rdpscore.survey import Survey
from rdpscore.uncertainty import Index, SensitivityResult
from rdpscore.uncertainty.journal_list import always_tied
from rdpscore.words import cut, lower_first, number, percent, plural, span

INPUTS, FIRST, LAST = 10, 16, 4
"""Inputs shown; rows of journals shown at the beginning and at the end."""
BAR = 20
NUMBERS = 58
"""Characters of the numbers of a journal."""
LONGEST, LONGEST_JOURNAL = 36, 24
RULES = {
    "aggregation": "Items put together otherwise",
    "missing": "Rule on missing answers",
    "not_applicable": "Rule on what does not apply",
    "left_out": "One item left out",
    "coder": "One coder alone",
}
NOTHING = {
    "constant": "all journals alike",
    "weight_0": "weight 0",
    "no_rank_changes": "moves no rank",
}


def report_sensitivity(survey: Survey, result: SensitivityResult, *, width: int = 100) -> Iterator[Block]:
    """What moves ranks, item by item, and journal by journal.

    Parameters
    ----------
    survey : Survey
        The one that the result is of.
    result : SensitivityResult
    width : int
        Characters that a row may have; names of journals take what numbers leave.
    """
    yield Heading(survey.meta.title, 1)
    yield Sentence(
        f"{plural(result.structure.n, 'journal')} with a score under '{result.scheme.id}' "
        f"({lower_first(result.scheme.title)})"
    )
    if result.shift is None:
        yield Sentence("No journal has a score, so there is nothing to move; see rdpscore status")
        return
    low, median, high = result.shift
    yield Sentence(
        f"With other weights and rules ranks move by {median:.0f} places on average "
        f"({low:.0f} to {high:.0f} in 90 % of draws)"
    )
    draws, seed = result.settings["draws"], result.settings["seed"]
    yield Note(f"{draws:,} draws, seed {seed}; Sobol indices with 95 % intervals")
    titles = dict(zip(result.items["item"], result.items["title"], strict=True))
    titles |= {d.id: d.title for d in survey.codebook.dimensions}
    for output in result.indices.remainder:
        if output != "mean_score":  # in --json and --output; a table more would bury the ranks
            yield Gap()
            yield from _indices(result, output, titles)
    yield Gap()
    yield _items(result)
    yield from map(Note, _structure(result, titles))
    yield Gap()
    yield _journals(result, width - NUMBERS)
    yield Note(
        "Choices: 5 to 95 % of the ranks with other weights and rules. Coders too: if, besides, one coder alone had "
        "coded. One item less: lowest and highest rank. They are no confidence intervals."
    )


# What moves ranks ---------------------------------------------------------------------------------------


def _indices(result: SensitivityResult, output: str, titles: Mapping[str, str]) -> Iterator[Block]:
    kind, _, journal = output.partition(":")
    head = (
        f"What moves the {kind} of {cut(journal, LONGEST_JOURNAL)}"
        if journal
        else "What moves ranks, all journals"
    )
    remainder = result.indices.remainder[output]
    if remainder is None:
        yield Sentence(f"{head}: nothing, it is the same in every draw")
        return
    found = sorted(result.indices.of(output), key=lambda i: -(i.total or 0))
    rows = [
        (_name(i, titles), *_shares(i), "▪" * round(BAR * max(0.0, i.total or 0.0))) for i in found[:INPUTS]
    ]
    yield table((head, "Alone", "", "With others", "", ""), rows, ("Alone", "With others"))
    left = found[INPUTS:]
    if left:
        most = max(i.total or 0 for i in left)
        yield Note(f"{plural(len(left), 'other input')}: {number(most)} each at most, with others")
    yield Note(f"No input alone: {percent(max(0.0, remainder))} of the variance is what they do together")


def _name(index: Index, titles: Mapping[str, str]) -> str:
    kind, _, what = index.input.partition(":")
    if not what:
        return RULES[kind]
    return f"Weight of {titles[what]}" if kind == "weight" else f"Weight of the dimension {titles[what]}"


def _shares(index: Index) -> tuple[str, str, str, str]:
    return (
        number(index.first),
        f"± {number(index.first_error)}",
        number(index.total),
        f"± {number(index.total_error)}",
    )


# Items --------------------------------------------------------------------------------------------------


def _items(result: SensitivityResult) -> Table:
    columns = ("Weight", "Effect", "Alone", "Rest", "Shift", "Most")
    order = result.items.sort_values("out_mean_shift", ascending=False, kind="stable", na_position="last")
    rows = [
        (
            cut(str(row["title"]), LONGEST),
            percent(row["weight_share"]),
            percent(row["variance_share"]),
            percent(row["eta2"]),
            number(row["item_rest"]),
            number(row["out_mean_shift"], 1),
            number(row["out_largest_shift"], 0),
            NOTHING.get(row["moves_nothing"] or "", ""),
        )
        for row in records(order)
    ]
    return table(("Item", *columns, ""), rows, columns)


def _structure(result: SensitivityResult, titles: Mapping[str, str]) -> Iterator[str]:
    """What the columns of items are, and how items and dimensions hang together."""
    yield "Weight: nominal share. Effect: share of the score's variance. Alone: variance between its answers."
    yield "Rest: correlation with the score of the other items. Shift, most: change of rank without the item."
    if not result.structure.linear:
        yield "The score is no weighted sum here, so its variance has no shares of items."
    matrix = result.structure.dimensions
    names, values = list(matrix.columns), matrix.to_numpy(float)
    pairs = [
        f"{titles[names[a]]} and {titles[names[b]]} {number(float(values[a, b]))}"
        for a, b in combinations(range(len(names)), 2)
    ]
    if pairs:
        shown = "; ".join(pairs[:3]) + (f"; {len(pairs) - 3} more pairs" if len(pairs) > 3 else "")
        yield f"Correlations of dimensions: {shown}."
    shares = result.structure.components["share"].head(3)
    if len(shares):
        text = ", ".join(percent(s) for s in shares)
        yield f"Principal components of the items: {text} of the variance, as description only."


# Journals -----------------------------------------------------------------------------------------------


def _journals(result: SensitivityResult, room: int) -> Table:
    columns = ("Rank", "Median", "Choices", "Coders too", "One item less")
    found = records(always_tied(result))
    head, tail = (found, []) if len(found) <= FIRST + LAST + 1 else (found[:FIRST], found[-LAST:])
    rows = [_row(row, room) for row in head]
    if tail:
        hidden = found[FIRST:-LAST]
        n = plural(sum(len(row["titles"]) for row in hidden), "journal")
        text = f"{n} in {plural(len(hidden), 'row')}: --output"
        rows += [("…", "", "", "", "", text), *(_row(row, room) for row in tail)]
    return table((*columns, "Journals"), rows, columns)


def _row(row: dict[str, Any], room: int) -> tuple[str, ...]:
    titles = row["titles"]
    owners = ", ".join(dict.fromkeys(p or "(no publisher)" for p in row["publishers"]))
    return (
        span(row["rank_first"], row["rank_last"]),
        number(row["rank_median"], 0),
        *(_range(row, ends) for ends in ("rank", "all_rank", "rank_out")),
        cut(titles[0] if len(titles) == 1 else f"{len(titles)} of {owners}", room),
    )


def _range(row: dict[str, Any], ends: str) -> str:
    return span(number(row[f"{ends}_low"], 0), number(row[f"{ends}_high"], 0))
