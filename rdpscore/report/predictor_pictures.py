"""Titles and findings of the charts of predictors."""

from __future__ import annotations

from collections.abc import Iterator

from rdpscore.figures import coefficients, predictors, specifications
from rdpscore.predictors.checks import CheckedResult
from rdpscore.predictors.finding import (
    Finding,
    pick,
    signed,
    words,
)
from rdpscore.predictors.predictor import Predictor
from rdpscore.predictors.robust_words import sentences
from rdpscore.predictors.specification import Curve
from rdpscore.report.pictures import Picture
from rdpscore.words import upper_first

WITHIN = "Among journals of one publisher"
"""So the sentence of a finding begins on what a journal can act on."""


def pictures_of_predictors(result: CheckedResult) -> Iterator[Picture]:
    """The charts that have any estimate: of each attribute, of each coefficient, and what these rest on."""
    frame = result.regress.frame
    yield from (attribute_picture(result, p) for p in frame.predictors)
    for term in (t.name for t in frame.terms):
        for make in (coefficients_picture, leave_one_out_picture, label_flips_picture):
            picture = make(result, term)
            if picture.frame["estimate"].notna().any():
                yield picture
        yield from curve_pictures(result, term)


def attribute_picture(result: CheckedResult, predictor: Predictor) -> Picture:
    """Scores against a number, or by level."""
    if predictor.kind == "number":
        return against_number_picture(result, predictor.name)
    own = result.regress.frame.complete([predictor.name]).predictor(predictor.name)
    return Picture(
        predictors.by_level(result, predictor),
        f"{upper_first(words(own.called))}, publisher by publisher",
        " ".join(headline(result, t.name) for t in own.terms),
    )


def against_number_picture(result: CheckedResult, term: str) -> Picture:
    """Scores against a number, with the slopes within and between publishers."""
    frame = result.regress.frame
    row, carrier = pick(result.regress.rows, "within", term), predictors.carrier_within(result, term)
    see = headline(result, term)
    if row is not None and row.estimate is not None:
        per = row.unit.partition(" per ")[2]
        see = f"{see[:-1]} ({signed(row.estimate)} per {per} within publishers"
        see += f", {signed(carrier[1])} without {carrier[0]})." if carrier else ")."
    called = words(frame.predictor(term).called)
    score = frame.outcome.kind == "score"
    return Picture(
        predictors.against_number(result, term),
        f"Do journals with more {called} score higher?" if score else f"{called} and {frame.outcome.title}",
        see,
    )


def coefficients_picture(result: CheckedResult, term: str) -> Picture:
    """Estimates of a term by question and estimator."""
    found = _finding(result, term)
    return Picture(
        coefficients.coefficients_by_question(result, term),
        f"{_called(result, term).capitalize()}: three questions, three answers",
        " ".join([headline(result, term), *(t for t in found.sentences if t.startswith(WITHIN))]),
    )


def leave_one_out_picture(result: CheckedResult, term: str) -> Picture:
    """A coefficient without each publisher."""
    return Picture(
        coefficients.leave_one_out(result, term),
        f"{upper_first(_called(result, term))} without one publisher",
        _told(result, term, "Whichever publisher"),
    )


def label_flips_picture(result: CheckedResult, term: str) -> Picture:
    """A coefficient with doubtful labels flipped."""
    return Picture(
        coefficients.label_flips(result, term),
        f"{upper_first(_called(result, term))} when doubtful labels are flipped",
        _told(result, term, "With the "),
    )


def curve_pictures(result: CheckedResult, term: str) -> Iterator[Picture]:
    """The specification curves of a term that have any estimate."""
    for question in coefficients.PANELS:
        curve = specifications.find_curve(result, question, term)
        if curve is not None and curve.n:
            yield curve_picture(result, curve)


def curve_picture(result: CheckedResult, curve: Curve) -> Picture:
    """One question in all the ways that are as good."""
    return Picture(
        specifications.specification_curve(result, curve),
        f"{upper_first(_called(result, curve.term))} {coefficients.QUESTION_WORDS[curve.question]}, in all ways that "
        "are as good",
        curve.sentence(),
    )


def headline(result: CheckedResult, term: str) -> str:
    """``"Open access rather than hybrid: a difference between publishers, not …"``."""
    found, predictor = _finding(result, term), result.regress.frame.predictor(term)
    return (
        f"{upper_first(found.label if predictor.kind == 'category' else predictor.called)}: {found.headline}."
    )


def _finding(result: CheckedResult, term: str) -> Finding:
    return next(f for f in result.regress.findings if f.term == term)


def _called(result: CheckedResult, term: str) -> str:
    predictor = result.regress.frame.predictor(term)
    return words(_finding(result, term).label if predictor.kind == "category" else predictor.called)


def _told(result: CheckedResult, term: str, opening: str) -> str:
    """The sentence of the report that begins so, or the headline."""
    told = sentences(result.robustness.rows, brief=True)[term]
    return next((s for s in told if s.startswith(opening)), headline(result, term))
