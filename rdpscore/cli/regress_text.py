"""The report of ``rdpscore regress``: words first, numbers second."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rdpscore.analysis.findings import ORDER, pick, plain, signed, why
from rdpscore.analysis.regress_words import (
    bound_line,
    classic_rows,
    clusters_line,
    doubt_lines,
    few_line,
    heading,
    item_reasons,
    left_out_lines,
    legend,
    model_line,
    p_value,
    short,
    short_term,
    slope_lines,
    source_lines,
    variance_lines,
)
from rdpscore.cli.common import clean, console, number, percent, table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from rdpscore.analysis.findings import Finding
    from rdpscore.analysis.regress import RegressResult
    from rdpscore.analysis.rows import Question
    from rdpscore.survey import Survey

INDENT = 2


def show(survey: Survey, result: RegressResult, *, full: bool = False) -> None:
    """Print the report."""
    out = console()
    out.print(clean(survey.meta.title), style="bold")
    out.print(clean(model_line(result)))
    if result.note:
        out.print(clean(result.note))
    out.print()
    for line in variance_lines(result):
        out.print(clean(line))
    for finding in result.findings:
        _finding(out, result, finding)
    if any(row.estimate is not None for row in result.rows):
        out.print()
        out.print(_main_table(result))
        out.print(clean(legend(result)), style="dim")
    if full:
        for question in ORDER:
            out.print()
            out.print(_TITLES[question], style="bold")
            out.print(_full_table(result, question))
        out.print("Beside a coefficient: its verdict, and the cluster that carries most of it.", style="dim")
        out.print()
        for line in slope_lines(result):
            out.print(clean(line))
    if result.items:
        out.print()
        out.print("Single items, over all journals: odds of a further answer", style="bold")
        out.print(_items(result))
        out.print("p is adjusted over the items, predictor by predictor (Holm; BH).", style="dim")
        for line in item_reasons(result):
            out.print(clean(line), style="dim")
    if result.classics:
        out.print()
        out.print(
            "Tests that ignore that journals of one publisher are alike: not to be believed here",
            style="bold",
        )
        out.print(_classics(result))
    out.print()
    for line in _notes(result, full):
        out.print(clean(line))


def _finding(out: Console, result: RegressResult, finding: Finding) -> None:
    from rich.padding import Padding

    out.print()
    predictor = result.frame.predictor(finding.term)
    out.print(clean(f"{heading(predictor, finding)}: {finding.headline}"), style="bold")
    for sentence in finding.sentences:
        out.print(Padding(clean(sentence), (0, 0, 0, INDENT), expand=False))


def _notes(result: RegressResult, full: bool) -> Iterator[str]:
    yield bound_line(result)
    yield from left_out_lines(result)
    yield from doubt_lines(result)
    if full:
        yield from source_lines(result)
    if line := few_line(result):
        yield line
    if line := clusters_line(result):
        yield line
    if any(row.estimate is not None for row in result.rows):
        more = "the other tables" if full else "p boot and the models of --full"
        yield f"Read one row a question, by CR2; {more} check it, and are no further tests."
    yield "A score says what a policy demands on paper, not what authors do."


# Tables -------------------------------------------------------------------------------------------------

_TITLES: dict[Question, str] = {
    "between": "Between publishers: one row a publisher, each counts once",
    "within": "Within publishers: every publisher has a level of its own",
    "pooled": "Over all journals: a mixture of the two, a description",
}


def _main_table(result: RegressResult) -> Table:
    together = len(result.frame.predictors) > 1
    extra = ("Others held",) if together else ()
    out = table(
        *("Predictor", "Question", "Estimate", "95 % interval", *extra, "df", "p", "p boot", "n"),
        right=("Estimate", *extra, "df", "p", "p boot", "n"),
    )
    for finding in result.findings:
        for question in ORDER:
            row = pick(result.rows, question, finding.term)
            if row is None:
                continue
            wild = pick(result.rows, question, finding.term, "WCR")
            held = pick(result.rows, question, finding.term, held="together")
            out.add_row(
                short_term(result, finding.term, 20),
                question,
                signed(row.estimate),
                _range(row.low, row.high),
                *([signed(held.estimate if held else None)] if together else []),
                number(row.df, 1),
                p_value(row.p),
                p_value(wild.p if wild else None),
                f"{row.n}",
            )
    return out


def _full_table(result: RegressResult, question: Question) -> Table:
    """Every estimator, under the coefficient that it estimates."""
    out = table(
        *("Coefficient", "Estimate", "95 % interval", "90 % interval", "df", "p"),
        right=("Estimate", "df", "p"),
    )
    last, null = None, False
    for row in (r for r in result.rows if r.question == question):
        if (row.term, row.held, row.scale) != last:
            last = (row.term, row.held, row.scale)
            parts = [
                short_term(result, row.term, 24),
                *(["quartiles"] if row.scale == "iqr" else []),
                *(["others held"] if row.held == "together" else []),
            ]
            carrier = "" if row.largest is None else f"{short(row.largest, 12)} {percent(row.largest_share)}"
            null = all(
                r.estimate is None
                for r in result.rows
                if (r.question, r.term, r.held) == (question, *last[:2])
            )
            out.add_row(
                ", ".join(parts), "–" if null else "", why(row.reason) if null else row.verdict or "", carrier
            )
        if null:
            continue
        out.add_row(
            f"  {_METHODS[row.method]}",
            signed(row.estimate),
            why(row.reason) if row.estimate is None else _range(row.low, row.high),
            _range(row.low90, row.high90),
            number(row.df, 1),
            p_value(row.p),
        )
    return out


_METHODS = {
    "CR2": "CR2",
    "CR3": "CR3",
    "WCR": "bootstrap",
    "fractional": "fractional logit",
    "ranks": "ranks",
}


def _items(result: RegressResult) -> Table:
    out = table(
        "Item",
        "Predictor",
        "Odds ratio",
        "95 % interval",
        "p",
        "Holm",
        "BH",
        right=("Odds ratio", "p", "Holm", "BH"),
    )
    for row in result.items:
        out.add_row(
            short(row.title, 26),
            short_term(result, row.term, 14),
            number(row.odds_ratio),
            "–" if row.odds_ratio is None else f"{number(row.low)} to {number(row.high)}",
            p_value(row.p),
            p_value(row.p_holm),
            p_value(row.p_bh),
        )
    return out


def _classics(result: RegressResult) -> Table:
    out = table(
        "Predictor", "Test", "Statistic", "Estimate", "p", "n", right=("Statistic", "Estimate", "p", "n")
    )
    for row in classic_rows(result):
        out.add_row(*row)
    return out


def _range(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{plain(low)} to {plain(high)}"
