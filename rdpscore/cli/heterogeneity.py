"""``rdpscore heterogeneity``."""

from __future__ import annotations

from typing import Annotated

import typer

from rdpscore.cli.common import (
    JournalsOption,
    Made,
    SchemeOption,
    SurveyArgument,
    check_by,
    check_scheme,
    delivers,
    only_journals,
    working,
)

EXAMPLE = "Example: rdpscore heterogeneity --profiles --output shares.csv"


@delivers
def command(
    survey: SurveyArgument = None,
    by: Annotated[
        str, typer.Option(metavar="COLUMN", help="Column of journals.csv that makes the groups.")
    ] = "publisher",
    profiles: Annotated[
        bool, typer.Option("--profiles", help="Group sets of answers into kinds of policies.")
    ] = False,
    scheme: SchemeOption = None,
    journals_only: JournalsOption = None,
    resamples: Annotated[int, typer.Option(min=50, help="Draws of publishers behind the profiles.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of these draws.")] = 1,
) -> Made:
    """Tell how far journals of one publisher are alike, and how far publishers differ.

    Shares of variance between publishers and inside them, of the score, its dimensions and its items; sets of answers
    of each publisher; how many independent journals the survey is worth. With --profiles, kinds of policies: what marks
    each, and who has it.
    """
    from rdpscore.survey import load

    loaded = only_journals(load(survey), journals_only)
    check_by(loaded, by)
    chosen = check_scheme(scheme, loaded)
    from rdpscore.heterogeneity.measured import measure_heterogeneity
    from rdpscore.report.heterogeneity import report_heterogeneity

    with working("heterogeneity"):
        result = measure_heterogeneity(
            loaded, chosen, by=by, with_profiles=profiles, n_resamples=resamples, seed=seed
        )
    return Made(result, lambda: report_heterogeneity(loaded, result))
