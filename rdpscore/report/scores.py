"""The report on scores: publishers with the places of their journals, journals by rank, and what scores rest on."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from rdpscore.agreement import AgreementResult
from rdpscore.codebook import Display
from rdpscore.report.blocks import Block, Gap, Heading, Note, Sentence, Table, table
from rdpscore.results import records
from rdpscore.scoring import ScoreResult
from rdpscore.scoring.scores import tied_groups
from rdpscore.survey import Survey
from rdpscore.words import (
    ALONE,
    cut,
    journals_of,
    listed,
    lower_first,
    number,
    percent,
    plural,
    publishers_of,
    span,
    with_publisher,
)

MOST_PUBLISHERS = 20
LONGEST_PUBLISHER = 30
STRIP, LEAST_STRIP = 41, 11
"""Places of a strip, and the fewest that still tell anything."""
AROUND = 12
"""Lines of the report beside the rows of its two tables."""


def report_scores(
    survey: Survey, result: ScoreResult, agreement: AgreementResult, *, width: int = 100, lines: int = 40
) -> Iterator[Block]:
    """Publishers and journals in the order of their scores, on one screen.

    Parameters
    ----------
    survey : Survey
        The one that the result is of.
    result : ScoreResult
    agreement : AgreementResult
        Of the coders whose answers these are.
    width : int
        Characters that a row may have; strips and names take what numbers leave.
    lines : int
        Lines of the screen; rows of journals take what publishers leave.
    """
    yield Heading(survey.meta.title, 1)
    if result.mean is None:
        yield Sentence(_nothing(survey, result))
        return
    n_publishers = int(result.publishers["publisher"].notna().sum())
    n_alone = int(result.journals["publisher"].isna().sum())
    yield Sentence(
        f"{plural(len(result.journals), 'journal')}, {publishers_of(n_publishers, n_alone)}, "
        f"mean score {number(result.mean)} of 1 ({lower_first(result.scheme.title)})"
    )
    yield Gap()
    places = _places(result, width)
    yield _publishers(result, places)
    if places:
        yield Note("Each mark stands for journals at that score: · one, o two to four, O five or more")
    yield Gap()
    yield _journals(result, lines - min(len(result.publishers), MOST_PUBLISHERS) - AROUND, width)
    yield Gap()
    yield Sentence(_agreement(agreement))
    yield from map(Sentence, (*_missing(result), *_warnings(result)))


def _nothing(survey: Survey, result: ScoreResult) -> str:
    """Why there is no score at all."""
    if not len(result.journals):
        return "No journals yet, so there is nothing to score: list them in journals.csv"
    n = plural(len(result.journals), "journal")
    if not any(item.scored for item in survey.codebook.items):
        return f"{n}, and no item is scored, so there is nothing to score; see scored in the codebook"
    return f"{n}, and no answers yet, so there is nothing to score; see rdpscore status"


# Publishers ---------------------------------------------------------------------------------------------


def _publishers(result: ScoreResult, places: int) -> Table:
    scores = result.journals["score"].groupby(_publisher_names(result.journals)).agg(list)
    names = _publisher_names(result.publishers)
    axis = ("0" + "0.5".center(places - 2) + "1",) if places else ()
    rows: list[tuple[str, ...]] = [
        (
            cut(name, LONGEST_PUBLISHER),
            f"{row['n_journals']}",
            number(row["mean"]),
            span(number(row["min"]), number(row["max"])),
            *((strip(scores[name], places),) if places else ()),
        )
        for name, row in zip(names[:MOST_PUBLISHERS], records(result.publishers), strict=False)
    ]
    if len(names) > MOST_PUBLISHERS:
        rows.append((f"… {len(names) - MOST_PUBLISHERS} more",))
    return table(("Publisher", "Journals", "Mean", "Range", *axis), rows, ("Journals", "Mean"))


def _publisher_names(frame: pd.DataFrame) -> list[str]:
    return [p if isinstance(p, str) else "(no publisher)" for p in frame["publisher"]]


def _places(result: ScoreResult, width: int) -> int:
    """How many places strips have beside the other columns; 0 where there is no room for any."""
    names = ("Publisher", *_publisher_names(result.publishers)[:MOST_PUBLISHERS])
    room = width - min(max(map(len, names)), LONGEST_PUBLISHER) - len("  Journals  0.00  0.00–0.00  ")
    return min(room, STRIP) if room >= LEAST_STRIP else 0


def strip(scores: list[float], places: int = STRIP) -> str:
    """Where the journals of a publisher lie between 0 and 1: · one, o two to four, O five and more."""
    counts = [0] * places
    for value in scores:
        if value == value:
            counts[min(places - 1, max(0, round(value * (places - 1))))] += 1
    return "".join("O" if n >= 5 else "o" if n >= 2 else "·" if n == 1 else " " for n in counts).rstrip()


# Journals -----------------------------------------------------------------------------------------------


def _journals(result: ScoreResult, most: int, width: int) -> Table:
    """Ties in a row; of more rows than `most`, the first and the last two."""
    display = result.scheme.display
    shown = (display.name,) if display else ()
    room = width - 18 - (max(8, len(display.name)) + 2 if display else 0)
    groups = tied_groups(result.journals)
    head, tail = (groups, []) if len(groups) <= most else (groups[: most - 3], groups[-2:])
    rows = [_row(group, room, display) for group in head]
    if tail:
        hidden = groups[len(head) : -len(tail)]
        n = plural(sum(map(len, hidden)), "journal")
        text = f"{n} in {plural(len(hidden), 'row')}; all with --output scores.csv"
        rows += [("…", "", *[""] * len(shown), text), *(_row(group, room, display) for group in tail)]
    return table(("Rank", "Score", *shown, "Journals"), rows, ("Rank", "Score", *shown))


def _row(group: pd.DataFrame, room: int, display: Display | None) -> tuple[str, ...]:
    first = records(group.head(1))[0]
    shown = (display.text(first["score"]),) if display else ()
    rank = first["rank"]
    if rank is None:
        return "–", "–", *shown, _names(group, room)
    return span(rank, rank + len(group) - 1), number(first["score"]), *shown, _names(group, room)


def _names(group: pd.DataFrame, room: int) -> str:
    """``"16 journals of Frontiers, one policy: Frontiers in …, …"``, cut to the room."""
    titles = [str(t) for t in group["title"]]
    owners = [p if isinstance(p, str) else None for p in group["publisher"]]
    named = [with_publisher(t, o) for t, o in zip(titles, owners, strict=True)]
    if len(group) == 1:
        text = named[0]
    elif len(set(owners)) > 1:
        text = f"{len(group)} journals: {', '.join(named)}"
    else:
        one = "policy_id" in group and group["policy_id"].notna().all() and len(set(group["policy_id"])) == 1
        text = f"{journals_of(len(group), owners[0])}{', one policy' if one else ''}: {', '.join(titles)}"
    return cut(text, room)


# What scores rest on ------------------------------------------------------------------------------------


def _agreement(result: AgreementResult) -> str:
    """How far the coders agree whose answers these are."""
    found = result.overall
    if found.percent is None:
        return "Agreement: no journal has two coders, so it cannot be measured"
    return (
        f"Agreement: {percent(found.percent)} between two coders ({plural(found.n_journals, 'journal')}); "
        f"alpha {number(found.alpha_exact)} by exact answer, {number(found.alpha_score)} on scores"
    )


def _missing(result: ScoreResult) -> Iterator[str]:
    missing = result.journals["n_missing"]
    if missing.any():
        n_journals = plural(int((missing > 0).sum()), "journal")
        rule = {"zero": " counted as 0", "bounds": ", which leave no score"}.get(result.scheme.missing, "")
        yield (
            f"Missing: {plural(int(missing.sum()), 'answer')} of {n_journals}{rule}; "
            "--output has bounds of their scores"
        )


def _warnings(result: ScoreResult) -> Iterator[str]:
    joined: dict[str, int] = result.settings.get("names", {})
    if joined:
        names = listed([f"{plural(n, 'spelling')} of {thing}s" for thing, n in joined.items()])
        yield f"Names: {names} read as another name, as names.yaml decides"
    counts = result.problems.warnings.counts()
    if counts:
        kinds = ", ".join(f"{n:,} {code}" for code, n in counts.items())
        alone = f"; {ALONE}" if "missing_publisher" in counts else ""
        yield f"Warnings: {kinds}; see rdpscore validate{alone}"
