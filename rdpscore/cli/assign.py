"""``rdpscore assign``: who codes what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rdpscore.cli.common import JsonOption, console, deliver, own_survey, working, wrong

if TYPE_CHECKING:
    from rdpscore.survey.assignment import Assignment

EXAMPLE = "Example: rdpscore assign my-survey --coders c1,c2,c3 --double 30%"


def command(
    survey: Annotated[str, typer.Argument(help="Survey folder.")],
    coders: Annotated[str, typer.Option("--coders", metavar="NAMES", help="Coders, separated by commas.")],
    per_journal: Annotated[
        int, typer.Option("--per-journal", metavar="N", help="Coders of a doubly coded journal.")
    ] = 2,
    double: Annotated[
        str,
        typer.Option(
            "--double",
            metavar="SHARE",
            help="Share of the policies that are doubly coded; the others get one coder.",
        ),
    ] = "100%",
    round: Annotated[str, typer.Option("--round", metavar="NAME", help="Round of coding.")] = "main",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same assignments.")] = 1,
    redraw: Annotated[
        bool, typer.Option("--redraw", help="Draw anew what nobody has begun; what is begun stays.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the balance and write nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Assign journals to coders at random: evenly, by policy, within publishers.

    Journals of one policy go to the same coders. Journals that have coders keep them: run it again when
    journals were added. What was begun never moves. The result is assignments.csv.
    """
    from rdpscore.survey import load
    from rdpscore.survey.assignment import assign, save_assignment
    from rdpscore.validation import check

    folder = own_survey(survey)
    if not folder.is_dir():
        raise typer.BadParameter(f"there is no survey folder {folder}", param_hint="SURVEY")
    names, share = [c.strip() for c in coders.split(",")], parse_share(double)

    def draw() -> Assignment:
        loaded = load(folder)
        return assign(
            loaded,
            names,
            per_journal=per_journal,
            double=share,
            round=round,
            seed=seed,
            redraw=redraw,
            problems=check(loaded),
        )

    load(folder)  # a folder that is no survey gets no lock file
    with working("assigning"), wrong():
        result = draw() if dry_run else save_assignment(folder, draw)
    if not deliver(result, as_json=as_json, output=None, force=False):
        from rdpscore.report.progress import report_assignment
        from rdpscore.report.terminal import show

        show(report_assignment(result, survey, dry_run=dry_run), console())


def parse_share(text: str) -> float:
    """``"30%"`` or ``"0.3"``.

    Raises
    ------
    typer.BadParameter
        It is no share between 0 and 100 %, or might be meant either way.
    """
    from fractions import Fraction

    number, percent, rest = text.strip().replace(",", ".").partition("%")
    try:
        value = Fraction(number.strip()) / (100 if percent else 1)
    except (ValueError, ZeroDivisionError):
        value = Fraction(-1)
    if rest or not 0 <= value <= 1 or "/" in number:
        raise typer.BadParameter(f"'{text}' is no share from 0% to 100%; write 30%", param_hint="--double")
    if not percent and value == 1:
        raise typer.BadParameter(f"'{text}' may mean 1% or 100%; write which", param_hint="--double")
    return float(value)
