"""The page of predictors: what scores go with, what that rests on, and what tests that ignore publishers would say."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from board.blocks import one_of, sheet
from board.draws import wanted
from board.parts import heading, say, show
from board.render import render
from board.view import View
from rdpscore.heterogeneity.measured import measure_heterogeneity
from rdpscore.predictors.checks import Check, CheckedResult, checked_regress
from rdpscore.predictors.formula import ModelError
from rdpscore.report.blocks import Heading, Note, Sentence
from rdpscore.report.heterogeneity import heterogeneity_pictures, sentences
from rdpscore.report.pictures import Picture
from rdpscore.report.predictor_pictures import (
    attribute_picture,
    coefficients_picture,
    curve_pictures,
    label_flips_picture,
    leave_one_out_picture,
)
from rdpscore.report.regression_words import (
    bound_line,
    classic_rows,
    doubt_lines,
    few_line,
    left_out_lines,
    variance_lines,
)
from rdpscore.report.regression_words import heading as title_of

PARTS = {
    "what": "What scores go with",
    "rests": "What that rests on",
    "choices": "Other ways to analyse it",
    "naive": "The naive answer",
    "where": "Where the differences lie",
}
QUESTIONS = (
    (
        "Over all journals",
        "Do journals with more of an attribute, or of another kind, score higher? It mixes the next two.",
    ),
    (
        "Among journals of one publisher",
        "Do its journals differ in the same way where the publisher is the same?",
    ),
    (
        "Between publishers",
        "Do publishers whose journals have more of it score higher on average? There are as many units as publishers.",
    ),
)


def page(view: View) -> None:
    """Five parts, one at a time."""
    part = one_of("Part", "part", PARTS, hidden=True)
    if part == "where":
        _where(view)
        return
    try:
        _PAGES[part](view)
    except ModelError as error:
        say(f"There is no model for these journals: {error}")


def _report(view: View, checks: tuple[Check, ...] = (), *, naive: bool = False) -> CheckedResult | None:
    """The report of ``rdpscore regress`` with its default model; None where a large survey waits for a button."""
    if not wanted(view, "-".join(("regress", *checks)), "Estimate"):
        return None
    with st.spinner("Estimating"):
        return view.compute(checked_regress, None, view.scheme, checks=checks, naive=naive, seed=view.seed)


# What scores go with ------------------------------------------------------------------------------------


def _what(view: View) -> None:
    found = _report(view)
    if found is None:
        return
    report = found.regress
    for line in variance_lines(report):
        say(line)
    if report.note:
        say(report.note)
    with st.expander("Three questions that are easily taken for one"):
        sheet([], QUESTIONS, names=True)
    for finding in report.findings:
        title = Heading(f"{title_of(report.frame.predictor(finding.term), finding)}: {finding.headline}")
        render(view, [title, *map(Sentence, finding.sentences)])
    lines = (bound_line(report), *left_out_lines(report), *doubt_lines(report), few_line(report))
    render(view, [Note(line) for line in lines if line])
    for p in report.frame.predictors:
        show(view, view.once(("attribute", p.name), partial(attribute_picture, found, p)))
    for term in report.frame.terms:
        _with_estimates(view, coefficients_picture, found, term.name)


def _with_estimates(
    view: View, make: Callable[[CheckedResult, str], Picture], found: CheckedResult, term: str
) -> None:
    picture = view.once((make.__name__, term), partial(make, found, term))
    if picture.frame["estimate"].notna().any():
        show(view, picture)


# What that rests on -------------------------------------------------------------------------------------


def _rests(view: View) -> None:
    found = _report(view, ("robust",))
    if found is None:
        return
    say(
        "An estimate over some publishers can hang on one of them, and on labels that nobody is sure of. Each is "
        "left out, or turned around, in its turn."
    )
    for term in found.regress.frame.terms:
        for make in (leave_one_out_picture, label_flips_picture):
            _with_estimates(view, make, found, term.name)


def _choices(view: View) -> None:
    found = _report(view, ("specifications",))
    if found is None:
        return
    say(
        "Another scheme, another reading of the impact, other journals: the estimate under each choice, inside one "
        "question, with one joint test of all. No votes are counted."
    )
    terms = [t.name for t in found.regress.frame.terms]
    curves = view.once("curves", lambda: [p for t in terms for p in curve_pictures(found, t)])
    for picture in curves:
        show(view, picture)
    if not curves:
        say("None of these choices can be estimated on these journals.")


# The naive answer ---------------------------------------------------------------------------------------


def _naive(view: View) -> None:
    found = _report(view, naive=True)
    if found is None:
        return
    report = found.regress
    say(
        "Studies often print tests that take every journal as independent. Journals of one publisher share policies, "
        "so these tests count the same policy many times: where nothing is there, they find something far too often. "
        "They are here to be recognised, not to be believed."
    )
    for line in variance_lines(report):
        say(line)
    called = {p.name: p.called for p in report.frame.predictors}
    rows = [(called.get(name, name), *rest) for name, *rest in classic_rows(report)]
    sheet(["Attribute", "Test", "Statistic", "Estimate", "p", "Journals"], rows)
    heading("Beside them, with publishers as what is independent")
    for finding in report.findings:
        say(f"{title_of(report.frame.predictor(finding.term), finding)}: {finding.headline}.")


# Where the differences lie ------------------------------------------------------------------------------


def _where(view: View) -> None:
    if not wanted(view, "heterogeneity", "Compute"):
        return
    with st.spinner("Comparing publishers"):
        found = view.compute(measure_heterogeneity, view.scheme, with_profiles=True, seed=view.seed)
    pictures = view.once("heterogeneity-pictures", lambda: list(heterogeneity_pictures(view.survey, found)))
    counted = Note(
        "Profiles are groups of answer sets, not of journals: a policy that governs many counts once."
    )
    render(view, [*map(Sentence, sentences(found)), *pictures, counted])


_PAGES = {"what": _what, "rests": _rests, "choices": _choices, "naive": _naive}
