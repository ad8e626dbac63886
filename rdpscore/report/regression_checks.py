"""What puts the report on predictors to the test: left out, done otherwise, foretold."""

from __future__ import annotations

from collections.abc import Iterator

from rdpscore.predictors.checks import CheckedResult
from rdpscore.predictors.finding import p_text, signed, words
from rdpscore.predictors.prediction import Prediction
from rdpscore.predictors.robust_words import sentences
from rdpscore.report.blocks import Block, Gap, Heading, Sentence, Table, table
from rdpscore.report.regression_words import short_term
from rdpscore.words import cut, number, percent

WHY = {
    "too_few_clusters": "there are fewer than 3 publishers, so none can be held out",
    "no_variation": "all outcomes are alike",
    "constant_predictor": "no attribute differs between journals",
    "too_few_rows": "there are too few journals",
}


def report_checks(result: CheckedResult) -> Iterator[Block]:
    """The checks that were asked for, to stand below the report."""
    if result.robustness.depth == "full":
        yield from _titled("What the estimates rest on")
        for term, said in sentences(result.robustness.rows).items():
            yield Sentence(short_term(result.regress, term, 40))
            yield from (Sentence(s, indent=1) for s in said)
    if result.curves is not None:
        yield from _titled(
            "Specification curves: one question in all the ways that are as good; no votes are counted"
        )
        for term in dict.fromkeys(c.term for c in result.curves.curves):
            yield Sentence(short_term(result.regress, term, 40))
            yield from (Sentence(c.sentence(), indent=1) for c in result.curves.curves if c.term == term)
        yield _choices(result)
    if result.powers:
        yield from _titled("Power: what this design can show")
        yield from (Sentence(p.sentence, indent=1) for p in result.powers if p.held == "alone")
    if result.prediction is not None:
        yield from _titled("Prediction of publishers that were held out")
        yield from _prediction(result.prediction)


def _titled(text: str) -> Iterator[Block]:
    yield Gap()
    yield Heading(text)


def _choices(result: CheckedResult) -> Table:
    """Median estimates by each choice, within publishers and over all journals."""
    assert result.curves is not None
    found = result.curves.tables()["choices"]
    rows = []
    for (choice, level, term), own in found.groupby(["choice", "level", "term"], sort=False):
        medians = own.set_index("question")["median"]
        rows.append(
            (
                str(choice),
                cut(words(str(level)), 30),
                short_term(result.regress, str(term), 20),
                signed(medians.get("pooled")),
                signed(medians.get("within")),
            )
        )
    return table(("Median by choice", "", "Predictor", "pooled", "within"), rows, ("pooled", "within"))


def _prediction(found: Prediction) -> Iterator[Block]:
    rows = []
    for m in found.models:
        if m.reason is not None:
            yield Sentence(f"{m.model}: no figure, as {WHY[m.reason]}.")
            continue
        rows.append(
            (
                m.model,
                number(m.r2, 3),
                p_text(m.p),
                number(m.null_median, 3),
                number(m.null_high, 3),
                number(m.in_sample, 3),
            )
        )
    if rows:
        heads = ("Model", "R²", "p", "null, median", "null, 95 %", "R² in sample")
        yield table(heads, rows, ("R²", "p", "null, median"))
    yield from map(Sentence, prediction_lines(found))


def prediction_lines(found: Prediction) -> list[str]:
    """What the table says, in words."""
    said = []
    known = [m for m in found.models if m.r2 is not None]
    for m in known:
        low = (m.r2 or 0.0) <= 0
        better = (
            "no better than the training mean" if low else f"{percent(m.r2)} better than the training mean"
        )
        chance = "" if m.p is None else f" (p = {p_text(m.p)} against publishers shuffled)"
        said.append(f"{m.model.capitalize()}: {better} for a publisher that it has not seen{chance}.")
    if known and found.publisher_eta2 is not None:
        said.append(
            f"Publisher alone explains {percent(found.publisher_eta2)} of the variance in the sample, which cannot be "
            "carried to another publisher."
        )
    for name, n in found.missing.items():
        if n and known:
            said.append(
                f"{n} missing of {name}: the median of the publishers in training, with a mark; or a level."
            )
    return said
