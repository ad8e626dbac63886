"""What rows of estimates say, in sentences: one finding a term, drawn from its verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rdpscore.predictors.rows import (
    QUESTIONS,
    REASONS,
    Estimator,
    Held,
    Question,
    Row,
    Scale,
)


@dataclass(frozen=True)
class Finding:
    """What is to be taken away of one term.

    Attributes
    ----------
    term, predictor, label : str
    headline : str
        One sentence without numbers.
    sentences : tuple of str
        The estimates behind it, with intervals.
    verdicts : mapping
        Question → verdict of the main row.
    """

    term: str
    predictor: str
    label: str
    headline: str
    sentences: tuple[str, ...]
    verdicts: Mapping[str, str | None]


def pick(
    rows: Sequence[Row],
    question: Question,
    term: str,
    method: Estimator = "CR2",
    held: Held = "alone",
    scale: Scale = "unit",
) -> Row | None:
    """The row of a question, a term, an estimator and a scale; None where there is none."""
    wanted = (question, term, method, held, scale)
    return next((r for r in rows if (r.question, r.term, r.method, r.held, r.scale) == wanted), None)


def main_row(rows: Sequence[Row], question: Question, term: str, held: Held = "alone") -> Row | None:
    """The row whose verdict counts."""
    own = [r for r in rows if (r.question, r.term, r.held) == (question, term, held)]
    return next((r for r in own if r.main), own[0] if own else None)


def findings(rows: Sequence[Row], beside: Mapping[str, Sequence[str]] | None = None) -> tuple[Finding, ...]:
    """One finding a term, in the order of the rows.

    Parameters
    ----------
    rows : sequence of Row
    beside : mapping, optional
        Term → further sentences, for example of what happens without one publisher.
    """
    terms = dict.fromkeys(r.term for r in rows)
    return tuple(_finding(rows, term, (beside or {}).get(term, ())) for term in terms)


def _finding(rows: Sequence[Row], term: str, more: Sequence[str]) -> Finding:
    first = next(r for r in rows if r.term == term)
    main = {q: row for q in QUESTIONS if (row := main_row(rows, q, term)) is not None}
    reasons = {r.reason for r in main.values()}
    if len(reasons) == 1 and reasons != {None}:
        sentences = [f"In none of the three questions: {why(reasons.pop())}."]
    else:
        sentences = [s for q in ORDER if q in main for s in _sentences(rows, q, term)]
    sentences += [s for s in (_together(rows, term, main),) if s]
    return Finding(
        term=term,
        predictor=first.predictor,
        label=words(first.label),
        headline=_headline({q: r.verdict for q, r in main.items()}, main),
        sentences=(*sentences, *more),
        verdicts={q: r.verdict for q, r in main.items()},
    )


ORDER: tuple[Question, ...] = ("pooled", "within", "between")
"""In which the questions are told: what studies print first, then what is behind it."""

NONE = ("equivalent", "negligible effect")


def _headline(verdict: Mapping[Question, str | None], main: Mapping[Question, Row]) -> str:
    """The answer in one sentence, from the verdicts within publishers and over all journals."""
    within, pooled, between = (verdict.get(q) for q in ("within", "pooled", "between"))
    if all(row.estimate is None for row in main.values()):
        return "cannot be estimated"
    direction = {q: "more" if (row.estimate or 0) > 0 else "less" for q, row in main.items()}
    if within == "effect":
        return f"{direction['within']} among journals of one publisher"
    if main["within"].estimate is None and main["within"].reason == "no_variation_within":
        if between == "effect":
            return f"{direction['between']} between publishers; within them it does not vary"
        return "within publishers it does not vary, and between them nothing is decided"
    if pooled == "effect" and within == "negligible effect":
        return f"{direction['pooled']} over all journals; among those of one publisher too little to matter"
    if pooled == "effect" and within == "equivalent":
        return "a difference between publishers, not between journals of one publisher"
    if pooled == "effect":
        return f"{direction['pooled']} over all journals; whether within publishers is undecided"
    if within in NONE:
        return "no difference that matters among journals of one publisher"
    if between == "effect":
        return f"{direction['between']} between publishers; among journals of one publisher undecided"
    return "undecided"


_OPENING: Mapping[Question, str] = {
    "pooled": "Over all journals",
    "within": "Among journals of one publisher",
    "between": "Between publishers' means",
}


def _sentences(rows: Sequence[Row], question: Question, term: str) -> list[str]:
    row, wide = pick(rows, question, term), pick(rows, question, term, scale="iqr")
    if row is None:
        return []
    opening = _OPENING[question]
    if row.estimate is None:
        return [f"{opening} it cannot be estimated: {why(row.reason)}."]
    per = row.unit.partition(" per ")[2].partition(" of ")[0]
    said = f"{opening} {signed(row.estimate)}{per and f' per {per}'} ({interval(row)})"
    if wide is not None and wide.estimate is not None:
        said += f", {signed(wide.estimate)} between the quartiles ({interval(wide)})"
    return [f"{said}: {_verdict(wide or row, rows)}."]


def _verdict(row: Row, rows: Sequence[Row]) -> str:
    bound = "" if row.bound is None else f" within ±{plain(row.bound)}"
    match row.verdict:
        case "effect":
            return "a difference beyond chance"
        case "equivalent":
            return f"equivalent to none{bound}"
        case "negligible effect":
            return f"a difference beyond chance, and too small to matter,{bound}"
        case None:
            return "no verdict"
    if row.verdict_reason == "methods_disagree":
        wild = pick(rows, row.question, row.term, "WCR", row.held, row.scale)
        if (
            wild is not None
            and row.p is not None
            and wild.p is not None
            and (row.p <= 0.05) != (wild.p <= 0.05)
        ):
            return f"inconclusive, as the methods disagree (p = {p_text(row.p)} by CR2, {p_text(wild.p)} by bootstrap)"
    if row.verdict_reason in (None, "undecided"):
        return "undecided"
    return f"inconclusive, {why(row.verdict_reason)}"


def _together(rows: Sequence[Row], term: str, main: Mapping[Question, Row]) -> str:
    """Whether holding the other predictors changes a verdict; silence where there are none."""
    held = {q: row for q in QUESTIONS if (row := main_row(rows, q, term, "together")) is not None}
    if not held or all(row.estimate is None for row in (*held.values(), *main.values())):
        return ""
    changed = [q for q in held if q in main and held[q].verdict != main[q].verdict]
    if not changed:
        return "With the other predictors held, the verdicts are the same."
    parts = [f"{held[q].verdict} {_WHERE[q]}" for q in changed]
    return f"With the other predictors held: {', '.join(parts)}."


_WHERE: Mapping[Question, str] = {
    "pooled": "over all journals",
    "within": "within publishers",
    "between": "between publishers",
}


# Words and numbers ----------------------------------------------------------------------------------------


def words(label: str) -> str:
    """A label as people write it: ``open access rather than hybrid``."""
    return label.replace("_", " ")


def why(code: str | None, clusters: str = "publishers") -> str:
    """A reason in words; `clusters` is what they are, in the plural."""
    return REASONS.get(code or "", code or "unknown").format(clusters=clusters)


def plain(value: float | None) -> str:
    """Three decimals, four below a thousandth; a true minus sign."""
    if value is None:
        return "–"
    if abs(value) < 0.00005:
        return "0"
    decimals = 3 if abs(value) >= 0.00095 else 4
    return f"{value:z.{decimals}f}".replace("-", "−")


def signed(value: float | None) -> str:
    """With its sign: ``+0.070``."""
    text = plain(value)
    return f"+{text}" if value is not None and value > 0 and text != "0" else text


def interval(row: Row) -> str:
    """``"0.015 to 0.125"``."""
    if row.low is None or row.high is None:
        return "no interval"
    return f"{plain(row.low)} to {plain(row.high)}"


def p_text(p: float | None) -> str:
    """Two significant digits, ``< 0.001`` below."""
    if p is None:
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"
