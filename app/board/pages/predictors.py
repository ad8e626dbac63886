"""The page of predictors: what scores go with, what that rests on, and what tests that ignore publishers would say."""

from __future__ import annotations

from functools import partial

import streamlit as st

from board.blocks import one_of, sheet
from board.draws import wanted
from board.parts import heading, say, show
from board.view import View
from rdpscore.analysis.checks import Check, CheckedResult, checked_regress
from rdpscore.analysis.formula import ModelError
from rdpscore.analysis.heterogeneity import heterogeneity
from rdpscore.analysis.regress_words import (
    bound_line,
    classic_rows,
    doubt_lines,
    few_line,
    left_out_lines,
    variance_lines,
)
from rdpscore.analysis.regress_words import heading as title_of
from rdpscore.figures import coefficients, predictors, specifications
from rdpscore.report.heterogeneity import heterogeneity_pictures, sentences

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
        heading(f"{title_of(report.frame.predictor(finding.term), finding)}: {finding.headline}")
        for sentence in finding.sentences:
            say(sentence)
    say(bound_line(report), soft=True)
    for line in (*left_out_lines(report), *doubt_lines(report), few_line(report)):
        if line:
            say(line, soft=True)
    for p in report.frame.predictors:
        if p.kind == "number":
            _figure(view, f"against-{p.name}", partial(predictors.against_number_data, found, p.name),
                    partial(predictors.against_number, found, p.name))  # fmt: skip
        else:
            _figure(view, f"levels-{p.name}", partial(predictors.by_level_data, found, p),
                    partial(predictors.by_level, found, p))  # fmt: skip
    for term in report.frame.terms:
        _figure(view, f"coefficients-{term.name}", partial(coefficients.coefficients_data, found, term.name),
                partial(coefficients.coefficients, found, term.name))  # fmt: skip


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
        for name, data_of, figure_of in (
            ("without", coefficients.leave_one_out_data, coefficients.leave_one_out),
            ("labels", coefficients.label_flips_data, coefficients.label_flips),
        ):
            data = view.once((name, term.name, "data"), partial(data_of, found, term.name))
            if data.frame["estimate"].notna().any():
                show(view, data, partial(view.once, (name, term.name), partial(figure_of, found, term.name)))


def _choices(view: View) -> None:
    found = _report(view, ("specifications",))
    if found is None:
        return
    say(
        "Another scheme, another reading of the impact, other journals: the estimate under each choice, inside one "
        "question, with one joint test of all. No votes are counted."
    )
    drawn = 0
    for term in found.regress.frame.terms:
        for question in coefficients.PANELS:
            curve = specifications.find_curve(found, question, term.name)
            if curve is not None and curve.n:
                drawn += 1
                _figure(view, f"curve-{question}-{term.name}",
                        partial(specifications.specification_curve_data, found, curve),
                        partial(specifications.specification_curve, found, curve))  # fmt: skip
    if not drawn:
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
        found = view.compute(heterogeneity, view.scheme, with_profiles=True, seed=view.seed)
    for sentence in sentences(found):
        say(sentence)
    for picture in view.once(
        "heterogeneity-pictures", lambda: list(heterogeneity_pictures(view.survey, found))
    ):
        show(view, picture, picture.figure)
    say(
        "Profiles are groups of answer sets, not of journals: a policy that governs many counts once.",
        soft=True,
    )


def _figure(view: View, name: str, data_of: partial, figure_of: partial) -> None:  # type: ignore[type-arg]
    """A figure that has any data."""
    data = view.once((name, "data"), data_of)
    if len(data.frame):
        show(view, data, partial(view.once, name, figure_of))


_PAGES = {"what": _what, "rests": _rests, "choices": _choices, "naive": _naive}
