"""The report on predictors: words first, numbers second."""

from __future__ import annotations

from collections.abc import Iterator

from rdpscore.predictors.finding import (
    ORDER,
    Finding,
    pick,
    plain,
    signed,
    why,
)
from rdpscore.predictors.regression import RegressResult
from rdpscore.predictors.rows import Question
from rdpscore.report.blocks import Block, Gap, Heading, Note, Sentence, Table, table
from rdpscore.report.regression_words import (
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
    short_term,
    slope_lines,
    source_lines,
    variance_lines,
)
from rdpscore.survey import Survey
from rdpscore.words import cut, number, p_value, percent


def report_regression(survey: Survey, result: RegressResult, *, full: bool = False) -> Iterator[Block]:
    """What goes with the outcome: findings in words, one table, and with `full` every estimator.

    Parameters
    ----------
    survey : Survey
        The one that the result is of.
    result : RegressResult
    full : bool
    """
    yield Heading(survey.meta.title, 1)
    yield Sentence(model_line(result))
    if result.note:
        yield Sentence(result.note)
    yield Gap()
    yield from map(Sentence, variance_lines(result))
    for finding in result.findings:
        yield Gap()
        yield from _finding(result, finding)
    if any(row.estimate is not None for row in result.rows):
        yield Gap()
        yield _main_table(result)
        yield Note(legend(result))
    if full:
        for question in ORDER:
            yield Gap()
            yield Heading(_TITLES[question])
            yield _full_table(result, question)
        yield Note("Beside a coefficient: its verdict, and the cluster that carries most of it.")
        yield Gap()
        yield from map(Sentence, slope_lines(result))
    if result.items:
        yield Gap()
        yield Heading("Single items, over all journals: odds of a further answer")
        yield _items(result)
        yield Note("p is adjusted over the items, predictor by predictor (Holm; BH).")
        yield from map(Note, item_reasons(result))
    if result.classics:
        yield Gap()
        yield Heading("Tests that ignore that journals of one publisher are alike: not to be believed here")
        yield _classics(result)
    yield Gap()
    yield from map(Sentence, _notes(result, full))


def _finding(result: RegressResult, finding: Finding) -> Iterator[Block]:
    predictor = result.frame.predictor(finding.term)
    yield Heading(f"{heading(predictor, finding)}: {finding.headline}", 3)
    yield from (Sentence(sentence, indent=1) for sentence in finding.sentences)


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
    rows = []
    for finding in result.findings:
        for question in ORDER:
            row = pick(result.rows, question, finding.term)
            if row is None:
                continue
            wild = pick(result.rows, question, finding.term, "WCR")
            held = pick(result.rows, question, finding.term, held="together")
            rows.append(
                (
                    short_term(result, finding.term, 20),
                    question,
                    signed(row.estimate),
                    _range(row.low, row.high),
                    *((signed(held.estimate if held else None),) if together else ()),
                    number(row.df, 1),
                    p_value(row.p),
                    p_value(wild.p if wild else None),
                    f"{row.n}",
                )
            )
    heads = ("Predictor", "Question", "Estimate", "95 % interval", *extra, "df", "p", "p boot", "n")
    return table(heads, rows, ("Estimate", *extra, "df", "p", "p boot", "n"))


def _full_table(result: RegressResult, question: Question) -> Table:
    """Every estimator, under the coefficient that it estimates."""
    rows: list[tuple[str, ...]] = []
    last, null = None, False
    for row in (r for r in result.rows if r.question == question):
        if (row.term, row.held, row.scale) != last:
            last = (row.term, row.held, row.scale)
            parts = [
                short_term(result, row.term, 24),
                *(["quartiles"] if row.scale == "iqr" else []),
                *(["others held"] if row.held == "together" else []),
            ]
            carrier = "" if row.largest is None else f"{cut(row.largest, 12)} {percent(row.largest_share)}"
            null = all(
                r.estimate is None
                for r in result.rows
                if (r.question, r.term, r.held) == (question, *last[:2])
            )
            rows.append(
                (
                    ", ".join(parts),
                    "–" if null else "",
                    why(row.reason) if null else row.verdict or "",
                    carrier,
                )
            )
        if null:
            continue
        rows.append(
            (
                f"  {_METHODS[row.method]}",
                signed(row.estimate),
                why(row.reason) if row.estimate is None else _range(row.low, row.high),
                _range(row.low90, row.high90),
                number(row.df, 1),
                p_value(row.p),
            )
        )
    heads = ("Coefficient", "Estimate", "95 % interval", "90 % interval", "df", "p")
    return table(heads, rows, ("Estimate", "df", "p"))


_METHODS = {
    "CR2": "CR2",
    "CR3": "CR3",
    "WCR": "bootstrap",
    "fractional": "fractional logit",
    "ranks": "ranks",
}


def _items(result: RegressResult) -> Table:
    numbers = ("Odds ratio", "p", "Holm", "BH")
    rows = [
        (
            cut(row.title, 26),
            short_term(result, row.term, 14),
            number(row.odds_ratio),
            "–" if row.odds_ratio is None else f"{number(row.low)} to {number(row.high)}",
            p_value(row.p),
            p_value(row.p_holm),
            p_value(row.p_bh),
        )
        for row in result.items
    ]
    return table(("Item", "Predictor", "Odds ratio", "95 % interval", "p", "Holm", "BH"), rows, numbers)


def _classics(result: RegressResult) -> Table:
    heads = ("Predictor", "Test", "Statistic", "Estimate", "p", "n")
    return table(heads, classic_rows(result), heads[2:])


def _range(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{plain(low)} to {plain(high)}"
