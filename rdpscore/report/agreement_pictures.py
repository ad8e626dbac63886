"""Titles and findings of the charts of agreement."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rdpscore.agreement import AgreementResult
from rdpscore.agreement import reason_counts as why
from rdpscore.agreement.interval import TENTATIVE
from rdpscore.figures import agreement as drawn
from rdpscore.figures import disagreement as apart
from rdpscore.report.pictures import Picture
from rdpscore.words import lower_first


def pictures_of_agreement(result: AgreementResult) -> Iterator[Picture]:
    """The charts that have any data, the headline first."""
    for make in (
        forest,
        detection,
        heat_map,
        confusion,
        partial(reasons, by="item"),
        partial(reasons, by="publisher"),
    ):
        picture = make(result)
        if len(picture.frame):
            yield picture


def forest(result: AgreementResult) -> Picture:
    """Alpha of each item with its interval, next to percent agreement."""
    reached = sum((i.alpha or 0) >= TENTATIVE for i in result.items)
    n_with = sum(i.alpha is not None for i in result.items)
    return Picture(
        drawn.forest(result),
        "Krippendorff's alpha and percent agreement, item by item",
        f"{reached} of {n_with} items reach {TENTATIVE} with their estimate; where one answer is rare, percent "
        "agreement is high and alpha low.",
    )


def heat_map(result: AgreementResult) -> Picture:
    """Where coders differ, by item and group of journals."""
    return Picture(
        drawn.heat_map(result),
        f"Where coders differ: item by {result.options.by.replace('_', ' ')}",
        "Where one reading was entered for many journals, a cell is all or nothing: a strong colour need not be many "
        "differences.",
    )


def detection(result: AgreementResult) -> Picture:
    """Whether coders differ on there being a rule, or on how strict it is."""
    chart = drawn.detection(result)
    found, graded = float(chart.frame["detection"].sum()), float(chart.frame["grading"].sum())
    see = "Coders differ nowhere."
    if found + graded > 0:
        see = (
            f"{100 * found / (found + graded):.0f} % of all differences are over whether there is anything at all, the "
            "rest over how strict it is; the first call for better search, the others for clearer options."
        )
    return Picture(chart, "Do coders differ on whether there is a rule, or on how strict it is?", see)


def confusion(result: AgreementResult, columns: int = 3) -> Picture:
    """Which options are taken for each other, a panel an item."""
    chart = apart.confusion(result, columns)
    frame = chart.frame
    most = frame[frame["low"] != frame["high"]].sort_values("journals", ascending=False, kind="stable")
    see = "Coders never chose different options."
    if len(most) and most["journals"].iloc[0] > 0:
        top = most.iloc[0]
        see = (
            f"The most confused pair: options {top['low']} and {top['high']} of '{top['title']}', in "
            f"{top['journals']:.0f} journals; on the diagonal, in grey, coders agreed."
        )
    return Picture(chart, "Which options coders confuse", see)


def reasons(result: AgreementResult, by: apart.By = "item") -> Picture:
    """Why coders differed, as adjudicators said."""
    chart = apart.reasons(result, by)
    overall = why.overall(result.disagreements)
    see = "Coders differed nowhere."
    if len(overall):
        top = overall.iloc[0]
        titles = dict(zip(chart.frame["reason"], chart.frame["reason_title"], strict=True))
        see = (
            f"Most often: {lower_first(titles[top['reason']])} ({100 * top['share']:.0f} %). What was missed calls for "
            "search, what was read differently for a clearer codebook."
        )
    return Picture(chart, f"Why coders differed, by {by}", see)
