"""What ``rdpscore score --uncertainty`` prints: how sure one can be of a score and of a rank."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rdpscore.cli.common import clean, console, deliver, exit_status, number, plural, table, working

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from rich.table import Table

    from rdpscore.codebook import Scheme
    from rdpscore.survey import Survey
    from rdpscore.uncertainty.ranges import UncertaintyResult

ROWS = 16
TITLES = {"coder": "One coder", "weights": "Weights", "both": "Both"}

UncertaintyOption = Annotated[
    str | None,
    typer.Option(
        "--uncertainty",
        metavar="coder,weights",
        help="How far scores and ranks move if one coder alone had coded, if weights are drawn, or both.",
    ),
]
DrawsOption = Annotated[int, typer.Option("--draws", min=100, help="Draws for --uncertainty.")]
SeedOption = Annotated[
    int, typer.Option("--seed", min=0, help="Of the draws; the same seed, the same bytes.")
]
ProcessesOption = Annotated[
    int, typer.Option("--processes", min=1, help="For --uncertainty; of no influence on what comes out.")
]
OneReadingOption = Annotated[
    bool,
    typer.Option(
        "--one-reading",
        help="With --uncertainty: take journals of a publisher with identical codings as read once.",
    ),
]


def sources_of(text: str) -> tuple[Any, ...]:
    """The doubts named in an option.

    Raises
    ------
    typer.BadParameter
        Wrong use, exit status 2.
    """
    names = tuple(dict.fromkeys(n.strip() for n in text.split(",") if n.strip()))
    wrong = [n for n in names if n not in ("coder", "weights")]
    if wrong or not names:
        raise typer.BadParameter(
            f"'{wrong[0] if wrong else text}' is neither coder nor weights", param_hint="--uncertainty"
        )
    return names


def run(
    survey: Survey,
    scheme: Scheme,
    text: str,
    draws: int,
    seed: int,
    processes: int,
    one_reading: bool,
    as_json: bool,
    output: Path | None,
    force: bool,
    raw: bool,
    strict: bool,
) -> int:
    """Compute, print or write; the exit status."""
    from rdpscore.uncertainty.ranges import measure_uncertainty

    sources = sources_of(text)
    with working(f"{draws:,} draws"):
        result = measure_uncertainty(
            survey, scheme, sources, n_draws=draws, seed=seed, processes=processes, possible=one_reading
        )
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        show(survey, result)
    return exit_status(result.problems, strict)


def show(survey: Survey, result: UncertaintyResult) -> None:
    """Publishers, journals, and what the ranges mean."""
    out = console()
    mean = result.spread.mean
    settings = result.settings
    out.print(clean(survey.meta.title), style="bold")
    out.print(
        f"{plural(len(result.journals), 'journal')}, mean score {number(mean['score'])} of 1 "
        f"({result.scheme.title[0].lower()}{result.scheme.title[1:]}), {settings['n_draws']:,} draws, "
        f"seed {settings['seed']}"
    )
    out.print("Ranges are from 5 to 95 % of the draws", style="dim")
    out.print()
    out.print(_publishers(result))
    out.print()
    out.print(_journals(result, out.width))
    out.print()
    for line in _notes(result):
        out.print(textwrap.fill(clean(line), 98))


def _publishers(result: UncertaintyResult) -> Table:
    names = [TITLES[s] for s in result.sources]
    shares = {"coder": "Coder %", "weights": "Wts %"} if "both" in result.sources else {}
    right = ("n", "Score", "Shift", "Rank", *shares.values())
    out = table("Publisher", "n", "Score", "Shift", *names, "Rank", *shares.values(), right=right)
    last = result.sources[-1]
    for row in result.publishers.to_dict("records"):
        known = row["reason"] is None
        out.add_row(
            str(row["publisher"])[:19],
            f"{row['n_journals']}{'*' if row['n_borrowed'] else ''}",
            number(row["score"]),
            _signed(row["shift"]),
            *(_range(row[f"{s}_low"], row[f"{s}_high"]) for s in result.sources),
            _ranks(row[f"{last}_rank_low"], row[f"{last}_rank_high"]),
            *(_percent(row[f"{s}_share"]) if known else "–" for s in shares),
        )
    return out


def _journals(result: UncertaintyResult, width: int) -> Table:
    """Journals of one score in a row: the widest range of each kind among them."""
    names = [TITLES[s] for s in result.sources]
    out = table(
        "Rank",
        "Score",
        *names,
        *[f"Rank, {n.lower()}" for n in names[-1:]],
        "Journals",
        right=("Rank", "Score"),
    )
    groups = [g for _, g in result.journals.groupby("rank", sort=True)]
    head = groups if len(groups) <= ROWS else groups[: ROWS - 4]
    tail = [] if len(groups) <= ROWS else groups[-3:]
    left = width - 18 - 13 * len(names) - 13
    for group in head:
        out.add_row(*_row(group, result.sources, left))
    if tail:
        hidden = groups[len(head) : -3]
        n = plural(sum(len(g) for g in hidden), "journal")
        out.add_row("…", "", *[""] * len(names), "", f"{n} in {plural(len(hidden), 'row')}")
        for group in tail:
            out.add_row(*_row(group, result.sources, left))
    return out


def _row(group: pd.DataFrame, sources: tuple[str, ...], width: int) -> list[str]:
    first, last = int(group["rank"].iloc[0]), int(group["rank"].iloc[0]) + len(group) - 1
    ranges = [_range(group[f"{s}_low"].min(), group[f"{s}_high"].max()) for s in sources]
    s = sources[-1]
    names = ", ".join(str(t) for t in group["title"])
    many = f"{len(group)}: " if len(group) > 1 else ""
    return [
        f"{first}" if first == last else f"{first}–{last}",
        number(group["score"].iloc[0]),
        *ranges,
        _ranks(group[f"{s}_rank_low"].min(), group[f"{s}_rank_high"].max()),
        (many + names)[: max(width, 12)],
    ]


def _notes(result: UncertaintyResult) -> list[str]:
    apart = result.spread
    lines = []
    if "coder" in result.sources:
        lines.append(
            "One coder: what one coder alone would have given. It is not an interval of the score, which was "
            "adjudicated; Shift is the score minus the coders' mean."
        )
        if apart.coder_share is not None:
            first = ", ".join(str(t) for t in apart.items.dropna(subset="spread_share")["title"].head(3))
            lines.append(
                f"Of the variance of a lone coder's scores, {100 * apart.coder_share:.0f} % is coders, the rest "
                f"journals; the items that make most of it: {first}."
            )
        n = int(result.journals["borrowed"].sum())
        if n:
            lines.append(
                f"* {plural(n, 'journal')} with a single coder: spread and shift are borrowed, item by item, from the "
                "journals with several."
            )
        none = result.journals["reason"].dropna()
        if len(none):
            counts = ", ".join(f"{k} {v}" for k, v in none.value_counts().items())
            lines.append(f"Without spread: {plural(len(none), 'journal')} ({counts})")
    if "weights" in result.sources:
        lines.append(
            "Coder % and Wts %: what each contributes to the variance under both. "
            "Weights: each drawn from a gamma distribution around the scheme's, coefficient of variation "
            f"{result.settings['cv']}."
        )
    return lines


def _range(low: float, high: float) -> str:
    return "–" if low != low or low is None else f"{low:.2f}–{high:.2f}"


def _ranks(low: float, high: float) -> str:
    if low != low or low is None:
        return "–"
    return f"{low:.0f}" if low == high else f"{low:.0f}–{high:.0f}"


def _signed(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:+.2f}".replace("-", "−")


def _percent(share: float) -> str:
    return "–" if share != share else f"{100 * share:.0f}"
