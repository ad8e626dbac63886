"""``rdpscore heterogeneity``."""

from __future__ import annotations

from typing import Annotated

import typer

from rdpscore.cli.common import (
    ForceOption,
    JournalsOption,
    JsonOption,
    OutputOption,
    RawOption,
    SchemeOption,
    StrictOption,
    SurveyArgument,
    check_output,
    check_scheme,
    console,
    deliver,
    exit_status,
    fail_with,
    only_journals,
    working,
)

EXAMPLE = "Example: rdpscore heterogeneity --profiles --output shares.csv"


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
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
    strict: StrictOption = False,
) -> None:
    """Tell how far journals of one publisher are alike, and how far publishers differ.

    Shares of variance between publishers and inside them, of the score, its dimensions and its items; sets of answers
    of each publisher; how many independent journals the survey is worth. With --profiles, kinds of policies: what marks
    each, and who has it.
    """
    from rdpscore.problems import InvalidInput
    from rdpscore.survey import load

    check_output(output, force)
    try:
        loaded = only_journals(load(survey), journals_only)
        if by not in loaded.journals.columns:
            known = ", ".join(map(str, loaded.journals.columns))
            raise typer.BadParameter(f"journals.csv has no column '{by}'; it has {known}", param_hint="--by")
        from rdpscore.heterogeneity.measured import measure_heterogeneity

        chosen = check_scheme(scheme, loaded)
        with working("heterogeneity"):
            result = measure_heterogeneity(
                loaded, chosen, by=by, with_profiles=profiles, n_resamples=resamples, seed=seed
            )
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json)) from None
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        from rdpscore.report.heterogeneity import report_heterogeneity
        from rdpscore.report.terminal import show

        show(report_heterogeneity(loaded, result), console())
    raise typer.Exit(exit_status(result.problems, strict))


command.__name__ = "heterogeneity"
