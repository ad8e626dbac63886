"""``rdpscore agreement``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from rdpscore.cli.common import (
    ForceOption,
    JsonOption,
    OutputOption,
    RawOption,
    StrictOption,
    SurveyArgument,
    check_output,
    console,
    deliver,
    exit_status,
    fail_with,
    number,
    percent,
    plural,
    table,
)

if TYPE_CHECKING:
    from rdpscore.agreement import AgreementResult

EXAMPLE = "Example: rdpscore agreement my-survey --output agreement.xlsx"

REASONS = {
    "no_pairable_units": "no journal has two answers",
    "no_variation": "one option, always",
    "carried_by_few_clusters": "undefined without one publisher",
}


def command(
    survey: SurveyArgument = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
    strict: StrictOption = False,
) -> None:
    """Measure how far independent coders agree, item by item and over all items.

    Percent agreement and Krippendorff's alpha of the blind codings of the main round; adjudicated answers
    never count.
    """
    from rdpscore.agreement import agreement
    from rdpscore.problems import InvalidInput
    from rdpscore.survey import load

    check_output(output, force)
    try:
        result = agreement(load(survey))
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json)) from None
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        show(result)
    raise typer.Exit(exit_status(result.problems, strict))


command.__name__ = "agreement"


def show(result: AgreementResult) -> None:
    """Headlines, then a row an item, best agreement first."""
    out, total = console(), result.overall
    out.print(
        f"{plural(total.n_journals, 'journal')} with two or more coders, "
        f"{plural(total.n_items, 'closed item')}; "
        f"{plural(total.n_single_coded, 'journal')} with one coder left out",
        style="bold",
    )
    if total.alpha_exact is None or total.alpha_score is None:
        out.print(f"Alpha over all items is undefined: {REASONS[total.reason or 'no_variation']}")
    else:
        out.print(
            f"Alpha over all items: {number(total.alpha_exact)} by exact answer, "
            f"{number(total.alpha_score)} on the scores; "
            f"mean agreement {percent(total.percent)}"
        )
        out.print("1 is perfect, 0 is chance; 0.80 is reliable, 0.667 the least for tentative conclusions")
    out.print()
    rows = table("Item", "n", "Agree", "Commonest", "Alpha", "Level", "", right=("n", "Agree", "Alpha"))
    for item in sorted(result.items, key=lambda i: (i.alpha is None, -(i.alpha or 0))):
        share = "" if item.commonest is None else f"{item.commonest} in {percent(item.commonest_share)}"
        remark = REASONS[item.reason] if item.reason else ""
        if item.caution:
            remark = f"rests on {plural(item.n_minority_clusters, 'publisher')} only"
        rows.add_row(
            item.title,
            f"{item.n}",
            percent(item.percent),
            share,
            number(item.alpha),
            item.level or "",
            remark,
        )
    out.print(rows)
