"""What the terminal and the dashboard say of predictors in the same words."""

from __future__ import annotations

from collections.abc import Iterator

from rdpscore.heterogeneity.variance import WHY
from rdpscore.predictors.finding import (
    Finding,
    plain,
    signed,
    why,
    words,
)
from rdpscore.predictors.predictor import Predictor
from rdpscore.predictors.regression import RegressResult
from rdpscore.words import ALONE, cut, number, p_value, percent, plural, publishers_of, upper_first

MOST_NAMES = 5


def model_line(result: RegressResult) -> str:
    """Model, scheme, journals."""
    frame = result.frame
    scheme = f", scheme {frame.outcome.scheme}" if frame.outcome.scheme else ""
    where = {**frame.settings.get("journals_only", {}), **frame.settings["where"]}
    only = f", only {'; '.join(f'{k} = {_listed(v)}' for k, v in where.items())}" if where else ""
    return (
        f"{frame.settings['model']}{scheme}; {plural(len(frame), 'journal')} of "
        f"{publishers_of(frame.publishers.n_named, frame.publishers.n_alone)}{only}"
        + (f"; {ALONE}" if frame.publishers.n_alone else "")
    )


def _listed(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    if all(isinstance(v, str) for v in value):
        return " or ".join(value)
    low, high = value  # a range of numbers; None is no bound
    return f"{'' if low is None else f'{low:g}'}..{'' if high is None else f'{high:g}'}"


def variance_lines(result: RegressResult) -> Iterator[str]:
    """How much lies between publishers, and how much journals say."""
    shares, frame = result.shares, result.frame
    thing = "scores" if frame.outcome.kind == "score" else "answers"
    if not len(frame):
        yield f"No journal has {'a score' if thing == 'scores' else 'an answer'}, so there is nothing to compare."
        return
    if shares.eta2 is None:
        yield f"How much of the {thing} lies between publishers cannot be told: {WHY.get(shares.reason or '', '')}."
        return
    said = f"{percent(shares.eta2)} of what differs in the {thing} lies between publishers"
    if shares.icc is not None:
        said += f" (intraclass correlation {number(shares.icc)}, {number(shares.icc_low)} to {number(shares.icc_high)}"
        if shares.without_low is not None and shares.without_low_group is not None:
            said += (
                f"; {number(shares.without_low)} without {frame.publishers.labels[shares.without_low_group]}"
            )
        said += ")"
    yield f"{said}."
    if shares.effective_n is not None and shares.effective_n < len(frame):
        yield (
            f"{plural(len(frame), 'journal')} with {plural(result.n_patterns, 'pattern')} of answers carry the "
            f"information of about {shares.effective_n:.0f} independent ones."
        )


def slope_lines(result: RegressResult) -> Iterator[str]:
    """How slopes vary from publisher to publisher."""
    for name, found in result.slopes.items():
        term = short_term(result, name, 30)
        if found.slope is None:
            yield f"How the slope of {term} varies over publishers cannot be told ({_NO_SLOPES[found.reason or '']})."
        else:
            yield (
                f"Slopes of {term} in single publishers: {plain(found.slope)} on average, about 95 % of them between "
                f"{plain(found.slope_low)} and {plain(found.slope_high)} (random slopes; a description, no test)."
            )


_NO_SLOPES = {
    "too_few_groups": "there is one publisher",
    "no_replicates": "every publisher has one journal",
    "no_variation": "nothing varies",
    "few_groups_with_variation": "it varies within fewer than four",
    "boundary": "the fit lies at its boundary, where slopes do not vary",
    "not_converged": "the fit does not converge",
}


def bound_line(result: RegressResult) -> str:
    """What counts as none."""
    frame = result.frame
    bounds = {(frame.bound(p.attribute), frame.bounds[p.attribute]) for p in frame.predictors}
    thing = "item" if frame.outcome.kind == "score" else "step of the item"
    if len(bounds) == 1:
        ((bound, items),) = bounds
        return f"Less than {plain(bound)} counts as none: {_share(items)} {thing}, set beforehand."
    parts = [f"{plain(frame.bound(p.attribute))} for {p.called}" for p in frame.predictors]
    return f"What counts as none was set beforehand: less than {', '.join(parts)}."


def _share(items: float) -> str:
    return "half of one" if items == 0.5 else f"{items:g}"


def left_out_lines(result: RegressResult) -> Iterator[str]:
    """Which journals some models lack, and why."""
    frame = result.frame
    groups: dict[tuple[str, str], list[str]] = {}
    for lack in frame.left_out:
        groups.setdefault((lack.attribute, lack.reason), []).append(lack.title)
    for (attribute, reason), titles in groups.items():
        what = {
            "no_outcome": "without a score"
            if frame.outcome.kind == "score"
            else f"without an answer to {attribute}",
            "missing": f"without {attribute}",
            "not_positive": f"whose {attribute} is not positive and has no logarithm",
        }[reason]
        of = "" if reason == "no_outcome" else " of models that need it"
        named = ", ".join(titles[:MOST_NAMES]) + (" and others" if len(titles) > MOST_NAMES else "")
        yield f"Left out{of}: {plural(len(titles), 'journal')} {what} ({named})."
    for p in frame.predictors:
        if p.shift:
            yield f"To {p.attribute} {p.shift:.3g}, half of its smallest positive value, was added before log2."


def doubt_lines(result: RegressResult) -> Iterator[str]:
    """Which attributes are doubtful."""
    for p in result.frame.predictors:
        n = int((p.doubtful & ~p.missing).sum())
        if n:
            yield f"{upper_first(p.called)} is marked as doubtful for {plural(n, 'journal')}."


def source_lines(result: RegressResult) -> Iterator[str]:
    """Where attributes come from, as the survey says."""
    for p in result.frame.predictors:
        if p.source:
            unit = f" ({p.unit})" if p.unit else ""
            yield f"{upper_first(p.called)}{unit}: {p.source}."


def few_line(result: RegressResult) -> str:
    """A warning where degrees of freedom are below 4."""
    few = dict.fromkeys(
        f"{short_term(result, r.term, 30)} {r.question}"
        for r in result.rows
        if r.few and r.method == "CR2" and r.held == "alone"
    )
    if not few:
        return ""
    return f"Fewer than 4 degrees of freedom, so its interval and p are rough: {', '.join(few)}."


def clusters_line(result: RegressResult) -> str:
    """What is independent, where it is not publishers."""
    frame = result.frame
    if frame.clusters.by == "publisher":
        return ""
    things = "policies" if frame.clusters.by == "policy" else f"{frame.clusters.by}s"
    return (
        f"Taken as independent: {frame.clusters.n} {things}, as was asked for. Journals of one publisher are often "
        "alike beyond that, and intervals are then too narrow."
    )


def short_term(result: RegressResult, name: str, longest: int) -> str:
    """A term in a table: the level of a category, ``log2(impact)``, or the attribute."""
    predictor = result.frame.predictor(name)
    level = name.partition("=")[2] if predictor.kind == "category" else ""
    return cut(words(level or name), longest)


def heading(predictor: Predictor, finding: Finding) -> str:
    """``"Access model, open access rather than hybrid"``."""
    name = upper_first(predictor.called)
    if predictor.kind == "category":
        return f"{words(name)}, {finding.label}"
    if predictor.kind == "number" and predictor.quartiles is not None:
        low, high = predictor.quartiles
        return f"{words(name)} (quartiles {low:.3g} and {high:.3g})"
    return words(name)


def legend(result: RegressResult) -> str:
    """What the table holds."""
    unit = "score" if result.frame.outcome.kind == "score" else "item's score"
    per = " log2: per doubling." if any(p.part.log2 for p in result.frame.predictors) else ""
    return f"Estimates are differences of the {unit}; intervals are at 95 %, here and in brackets above.{per}"


def item_reasons(result: RegressResult) -> Iterator[str]:
    """Why some items have no odds ratio."""
    groups: dict[tuple[str, str], list[str]] = {}
    for row in result.items:
        if row.reason is not None:
            groups.setdefault((row.term, row.reason), []).append(row.title)
    for (term, reason), titles in groups.items():
        yield f"No estimate for {short_term(result, term, 30)}: {', '.join(titles)} ({why(reason)})."


def classic_rows(result: RegressResult) -> list[tuple[str, str, str, str, str, str]]:
    """Predictor, test, statistic, estimate, p and n of each test that takes journals as independent."""
    return [
        (
            cut(name, 30),
            test.test,
            f"{test.statistic_name} = {number(test.statistic)}" if test.reason is None else test.reason,
            signed(test.estimate),
            p_value(test.p),
            f"{test.n:,}",
        )
        for name, test in result.classics
    ]
