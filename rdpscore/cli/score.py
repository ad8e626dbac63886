"""``rdpscore score``: the main job."""

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
    one_of,
    only_journals,
    working,
)

EXAMPLE = "Example: rdpscore score --scheme published --output scores.csv"

DOUBTS = ("coder", "weights")


@delivers
def command(
    survey: SurveyArgument = None,
    scheme: SchemeOption = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            "--compare", metavar="NAME|FILE", help="Another scheme beside it; can be given several times."
        ),
    ] = None,
    journals_only: JournalsOption = None,
    doubts: Annotated[
        str | None,
        typer.Option(
            "--uncertainty",
            metavar=",".join(DOUBTS),
            help="How far scores and ranks move if one coder alone had coded, if weights are drawn, or both.",
        ),
    ] = None,
    draws: Annotated[int, typer.Option("--draws", min=100, help="Draws for --uncertainty.")] = 10_000,
    seed: SeedOption = 1,
    processes: Annotated[
        int, typer.Option("--processes", min=1, help="For --uncertainty; of no influence on what comes out.")
    ] = 1,
    one_reading: Annotated[
        bool,
        typer.Option(
            "--one-reading",
            help="With --uncertainty: take journals of a publisher with identical codings as read once.",
        ),
    ] = False,
) -> Made:
    """Validate a survey and score its journals.

    Prints publishers and journals in the order of their scores; --output writes every journal with its
    attributes. With --compare it prints how journals move under other schemes, and how alike the orders are; with
    --uncertainty how far scores and ranks move with the coder and with the weights.
    """
    from rdpscore.survey import load

    if compare and doubts is not None:
        raise typer.BadParameter("goes with one scheme, so not with --compare", param_hint="--uncertainty")
    sources = () if doubts is None else _sources(doubts)
    loaded = only_journals(load(survey), journals_only)
    chosen = check_scheme(scheme, loaded)
    if compare:
        return _compared(loaded, [chosen, *(check_scheme(name, loaded, "--compare") for name in compare)])
    if not sources:
        return _scored(loaded, chosen)
    from rdpscore.report.uncertainty import report_uncertainty
    from rdpscore.uncertainty import measure_uncertainty

    with working(f"{draws:,} draws"):
        result = measure_uncertainty(
            loaded, chosen, sources, n_draws=draws, seed=seed, processes=processes, possible=one_reading
        )
    return Made(result, lambda: report_uncertainty(loaded, result, width=console().width))


command.__name__ = "score"


def _sources(text: str) -> tuple[Any, ...]:
    """The doubts named in an option; `typer.BadParameter` where one of them is none."""
    names = dict.fromkeys(n.strip() for n in text.split(",") if n.strip())
    return tuple(one_of(name, DOUBTS, "--uncertainty") for name in names or [text])


def _scored(survey: Any, scheme: Any) -> Made:
    from dataclasses import replace

    from rdpscore.agreement.report import measure
    from rdpscore.report.scores import report_scores
    from rdpscore.scoring import score

    result = score(survey, scheme)
    agreement = measure(survey, result.problems)
    result = replace(result, beside={"agreement": agreement.body()["overall"]})
    return Made(result, lambda: report_scores(survey, result, agreement, width=console().width))


def _compared(survey: Any, schemes: list[Any]) -> Made:
    from rdpscore.report.schemes import report_schemes
    from rdpscore.scoring import compare

    result = compare(survey, schemes)
    return Made(result, lambda: report_schemes(survey, result, width=console().width))
