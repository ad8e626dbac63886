"""``rdpscore sensitivity``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from rdpscore.cli.common import (
    JournalsOption,
    Made,
    SchemeOption,
    SeedOption,
    SurveyArgument,
    check_scheme,
    console,
    delivers,
    only_journals,
    working,
    wrong,
)
from rdpscore.means import ARITHMETIC, SHIPPED

WAYS = ", ".join(["items", "dimensions", *(name for name in SHIPPED if name != ARITHMETIC)])
EXAMPLE = "Example: rdpscore sensitivity my-survey --draws 500 --base 16 --output sensitivity.xlsx"


@delivers
def command(
    survey: SurveyArgument = None,
    scheme: SchemeOption = None,
    draws: Annotated[int, typer.Option(min=1, help="Draws behind the ranges of ranks.")] = 10_000,
    seed: SeedOption = 1,
    weights: Annotated[
        str,
        typer.Option(
            metavar="item|dimension|none", help="One uncertain weight an item, or a dimension, or none."
        ),
    ] = "item",
    cv: Annotated[
        float, typer.Option(help="Coefficient of variation of each weight, around that of the scheme.")
    ] = 0.5,
    aggregation: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WAY",
            help=f"Way of putting items together, beside the scheme's own: {WAYS}; "
            "can be given several times.",
            show_default="items, dimensions",
        ),
    ] = None,
    journal: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Journal whose score and rank are explained, too; can be given several times."
        ),
    ] = None,
    base: Annotated[
        int, typer.Option(metavar="N", help="Base sample of the Sobol indices, a power of 2.")
    ] = 1024,
    processes: Annotated[int, typer.Option(min=1, help="Of no influence on what comes out.")] = 1,
    one_reading: Annotated[
        bool,
        typer.Option(
            "--one-reading", help="Take journals of a publisher with identical codings as read once."
        ),
    ] = False,
    journals_only: JournalsOption = None,
) -> Made:
    """Show how far scores and ranks depend on weights, rules, single items and single coders.

    Ranks that other choices lead to, Sobol indices of each choice, effective weights of the items, and how items and
    dimensions hang together.
    """
    from rdpscore.report.sensitivity import report_sensitivity
    from rdpscore.survey import load
    from rdpscore.uncertainty import Assumptions, sensitivity

    ways = {} if aggregation is None else {"aggregation": tuple(aggregation)}
    given: Any = {"weights": weights, "cv": cv, "possible": one_reading, **ways}
    with wrong():
        assumed = Assumptions(**given)
    loaded = only_journals(load(survey), journals_only)
    chosen = check_scheme(scheme, loaded)
    with working("Drawing weights, rules and coders"), wrong():
        result = sensitivity(
            loaded,
            chosen,
            assumed,
            n_draws=draws,
            base=base,
            seed=seed,
            journals=journal or (),
            processes=processes,
        )
    return Made(result, lambda: report_sensitivity(loaded, result, width=console().width))


command.__name__ = "sensitivity"
