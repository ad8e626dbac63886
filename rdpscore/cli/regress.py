"""``rdpscore regress``."""

from __future__ import annotations

from itertools import chain
from typing import Annotated

import typer

from rdpscore.cli.common import (
    JournalsOption,
    Made,
    SchemeOption,
    SurveyArgument,
    check_scheme,
    delivers,
    one_of,
    only_journals,
    working,
    wrong,
)

EXAMPLE = 'Example: rdpscore regress --model "score ~ log2(impact) + access_model" --scheme published'

CLUSTERS = ("publisher", "policy", "reading", "journal")
ZEROS = ("leave-out", "half")


@delivers
def command(
    survey: SurveyArgument = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="FORMULA",
            help="Outcome (score, or an item) ~ columns of journals.csv joined by +; log2() of a number.",
            show_default="score ~ log2(impact) + access_model",
        ),
    ] = None,
    scheme: SchemeOption = None,
    cluster: Annotated[
        str, typer.Option(metavar="|".join(CLUSTERS), help="What is independent of each other.")
    ] = "publisher",
    journals_only: JournalsOption = None,
    zeros: Annotated[
        str,
        typer.Option(
            metavar="|".join(ZEROS),
            help="What log2() does with zero: leave out, or add half the smallest value.",
        ),
    ] = "leave-out",
    item: Annotated[
        list[str] | None,
        typer.Option("--item", metavar="ITEM", help="Add this item against the predictors; can be repeated."),
    ] = None,
    items: Annotated[bool, typer.Option("--items", help="Add every item against the predictors.")] = False,
    naive: Annotated[
        bool,
        typer.Option("--naive", help="Add tests that take journals as independent, as studies print them."),
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the wild bootstrap and of permutations.")] = 0,
    draws: Annotated[
        int | None,
        typer.Option(
            min=999,
            help="Draws of the wild bootstrap, where not all signs are enumerated.",
            show_default="99,999 up to 17 publishers, which enumerates them; 9,999 beyond",
        ),
    ] = None,
    robust: Annotated[
        bool,
        typer.Option(
            "--robust", help="Add what each estimate rests on: publishers, journals, labels, coders."
        ),
    ] = False,
    specifications: Annotated[
        bool, typer.Option("--specifications", help="Add specification curves, with one joint test each.")
    ] = False,
    power: Annotated[
        bool, typer.Option("--power", help="Add the effects that the design can find or exclude.")
    ] = False,
    predict: Annotated[
        bool,
        typer.Option(
            "--predict", help="Add how well publishers are predicted that were held out; takes a minute."
        ),
    ] = False,
    full: Annotated[
        bool,
        typer.Option("--full", help="Add every estimator, how slopes vary by publisher, and all of these."),
    ] = False,
) -> Made:
    """Ask whether attributes of journals go with their scores, where publishers are what is independent.

    Three questions with answers of their own: between publishers, among journals of one publisher, and over all
    journals. Each with an interval that holds at few clusters, and a verdict against a bound set beforehand.
    """
    from rdpscore.predictors.checks import CHECKS, checked_regress
    from rdpscore.predictors.formula import ModelError
    from rdpscore.predictors.items import ordered_items
    from rdpscore.report.regression import report_regression
    from rdpscore.report.regression_checks import report_checks
    from rdpscore.survey import load

    wanted = (robust, specifications, power, predict)
    one_of(cluster, CLUSTERS, "--cluster")
    one_of(zeros, ZEROS, "--zeros")
    loaded = only_journals(load(survey), journals_only)
    chosen = check_scheme(scheme, loaded)
    with working("estimating"), wrong(errors=(ModelError,)):
        result = checked_regress(
            loaded,
            model,
            chosen,
            checks=[c for c, on in zip(CHECKS, wanted, strict=True) if on or full],
            cluster=cluster,  # type: ignore[arg-type]
            zeros=zeros.replace("-", "_"),  # type: ignore[arg-type]
            items=ordered_items(loaded) if items else item or (),
            naive=naive,
            slopes=full,
            n_draws=draws,
            seed=seed,
        )
    return Made(
        result, lambda: chain(report_regression(loaded, result.regress, full=full), report_checks(result))
    )


command.__name__ = "regress"
