"""What puts the report on predictors to the test, printed below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdpscore.analysis.findings import p_text, signed, words
from rdpscore.analysis.regress_words import short, short_term
from rdpscore.analysis.robustness_words import sentences
from rdpscore.cli.common import clean, console, number, percent, table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from rdpscore.analysis.checks import CheckedResult
    from rdpscore.analysis.prediction import Prediction

WHY = {
    "too_few_clusters": "there are fewer than 3 publishers, so none can be held out",
    "no_variation": "all outcomes are alike",
    "constant_predictor": "no attribute differs between journals",
    "too_few_rows": "there are too few journals",
}


def show_checks(result: CheckedResult) -> None:
    """Print the checks that were asked for."""
    out = console()
    if result.robustness.depth == "full":
        _title(out, "What the estimates rest on")
        for term, said in sentences(result.robustness.rows).items():
            _paragraphs(out, short_term(result.regress, term, 40), said)
    if result.curves is not None:
        _title(
            out, "Specification curves: one question in all the ways that are as good; no votes are counted"
        )
        for term in dict.fromkeys(c.term for c in result.curves.curves):
            own = [c for c in result.curves.curves if c.term == term]
            _paragraphs(out, short_term(result.regress, term, 40), [c.sentence() for c in own])
        out.print(_choices(result))
    if result.powers:
        _title(out, "Power: what this design can show")
        for p in (p for p in result.powers if p.held == "alone"):
            _paragraphs(out, None, [p.sentence])
    if result.prediction is not None:
        _title(out, "Prediction of publishers that were held out")
        _prediction(out, result.prediction)


def _title(out: Console, text: str) -> None:
    out.print()
    out.print(text, style="bold")


def _paragraphs(out: Console, heading: str | None, said: list[str]) -> None:
    from rich.padding import Padding

    if heading is not None:
        out.print(clean(heading))
    for sentence in said:
        out.print(Padding(clean(sentence), (0, 0, 0, 2), expand=False))


def _choices(result: CheckedResult) -> Table:
    """Median estimates by each choice, within publishers and over all journals."""
    out = table("Median by choice", "", "Predictor", "pooled", "within", right=("pooled", "within"))
    assert result.curves is not None
    found = result.curves.tables()["choices"]
    for (choice, level, term), own in found.groupby(["choice", "level", "term"], sort=False):
        medians = own.set_index("question")["median"]
        out.add_row(
            str(choice),
            short(words(str(level)), 30),
            short_term(result.regress, str(term), 20),
            signed(medians.get("pooled")),
            signed(medians.get("within")),
        )
    return out


def _prediction(out: Console, found: Prediction) -> None:
    rows = table(
        "Model", "R²", "p", "null, median", "null, 95 %", "R² in sample", right=("R²", "p", "null, median")
    )
    for m in found.models:
        if m.reason is not None:
            out.print(f"{m.model}: no figure, as {WHY[m.reason]}.")
            continue
        rows.add_row(
            m.model,
            number(m.r2, 3),
            p_text(m.p),
            number(m.null_median, 3),
            number(m.null_high, 3),
            number(m.in_sample, 3),
        )
    if rows.row_count:
        out.print(rows)
    for line in prediction_lines(found):
        out.print(clean(line))


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
