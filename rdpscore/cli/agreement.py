"""``rdpscore agreement``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rdpscore.cli.common import (
    ForceOption,
    JournalsOption,
    Made,
    RawOption,
    SurveyArgument,
    check_by,
    check_output,
    delivers,
    one_of,
    only_journals,
)

EXAMPLE = "Example: rdpscore agreement my-survey --output agreement.xlsx"

CLUSTERS = ("publisher", "policy", "reading", "journal")
METHODS = ("jackknife", "percentile", "bca")


@delivers
def command(
    survey: SurveyArgument = None,
    cluster: Annotated[
        str,
        typer.Option(
            metavar="|".join(CLUSTERS), help="What is independent of each other: the clusters of intervals."
        ),
    ] = "publisher",
    by: Annotated[
        str,
        typer.Option(metavar="COLUMN", help="Compare groups of journals by this column of journals.csv."),
    ] = "publisher",
    method: Annotated[
        str, typer.Option(metavar="|".join(METHODS), help="How intervals are made.")
    ] = "jackknife",
    resamples: Annotated[int, typer.Option(min=0, help="Resamples of clusters.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the resamples.")] = 0,
    own_alpha: Annotated[
        bool, typer.Option("--own-alpha", help="Show an alpha of each group's own; see the manual first.")
    ] = False,
    difficulty: Annotated[
        bool, typer.Option("--difficulty", help="Add what makes coding hard: on which cells coders differ.")
    ] = False,
    diagnosis: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write every cell with its answers, used or not, and why: .csv, .xlsx, …"
        ),
    ] = None,
    full: Annotated[
        bool,
        typer.Option("--full", help="Print all: reasons, confusion, missed provisions, influence, coders."),
    ] = False,
    journals_only: JournalsOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
) -> Made:
    """Measure how far independent coders agree, and how sure that is.

    Krippendorff's alpha with intervals over publishers, item by item and over all items, and what lies behind it:
    from the blind codings of the main round; adjudicated answers never count.
    """
    from rdpscore.agreement.report import measure_agreement, with_more
    from rdpscore.files import write_tables
    from rdpscore.report.agreement import report_agreement
    from rdpscore.survey import load

    check_output(diagnosis, force, "--diagnosis")
    one_of(cluster, CLUSTERS, "--cluster")
    one_of(method, METHODS, "--method")
    if method != "jackknife" and resamples == 0:
        raise typer.BadParameter("a bootstrap needs resamples", param_hint="--resamples")
    loaded = only_journals(load(survey), journals_only)
    result = measure_agreement(
        loaded,
        cluster=cluster,  # type: ignore[arg-type]
        method=method,  # type: ignore[arg-type]
        resamples=resamples,
        seed=seed,
        own_alpha=own_alpha,
        by=check_by(loaded, by),
    )
    if difficulty:
        from rdpscore.agreement import difficulty as hard

        result = with_more(result, difficulty=hard(loaded, cluster=cluster))  # type: ignore[arg-type]
    if diagnosis is not None:
        from rdpscore.results import dump_json, records

        table = result.diagnosis()
        text = dump_json(records(table)) if diagnosis.suffix.lower() == ".json" else ""
        write_tables(diagnosis, {"diagnosis": table}, json_text=text, force=force, raw=raw)
        typer.echo(f"wrote {diagnosis}", err=True)
    return Made(result, lambda: report_agreement(result, full=full))
