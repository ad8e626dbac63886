"""``rdpscore assign``: who codes what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rdpscore.cli.common import JsonOption, console, deliver, own_survey, plural, table, working, wrong

if TYPE_CHECKING:
    from rdpscore.survey.assignment import Assignment

EXAMPLE = "Example: rdpscore assign my-survey --coders c1,c2,c3 --double 30%"
MOST_PAIRS = 8


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
        show(result, folder_name=survey, dry_run=dry_run)


command.__name__ = "assign"


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


def show(result: Assignment, *, folder_name: str, dry_run: bool) -> None:
    """The balance."""
    out = console()
    settings = result.settings
    single = result.n_policies - result.n_double
    policies = "1 policy" if result.n_policies == 1 else f"{result.n_policies:,} policies"
    out.print(
        f"Round {settings['round']}: {policies}, {result.n_double:,} doubly coded, {single:,} by one coder"
    )
    out.print(_balance(result))
    pairs = result.pairs["policies"]
    if len(result.balance) > MOST_PAIRS and len(pairs):
        out.print(f"Each two coders have {pairs.min():,} to {pairs.max():,} policies in common")
    changed = f"{plural(result.n_added, 'row')} added, {result.n_removed:,} removed (seed {settings['seed']})"
    if not result.n_added and not result.n_removed:
        out.print("Nothing was drawn: every journal has its coders in this round; --redraw draws anew")
    elif dry_run:
        out.print(f"{changed}; nothing was written, run it without --dry-run")
    else:
        out.print(f"{changed}; written to assignments.csv")
        out.print(f"Next: rdpscore template {folder_name} --coder {settings['coders'][0]}")


def _balance(result: Assignment) -> object:
    names = result.balance["coder"].tolist()
    others = names if len(names) <= MOST_PAIRS else []
    heads = ["Policies", "Journals", "Doubly coded", "New", *(f"with {n}" for n in others)]
    rows = table("Coder", *heads, right=tuple(heads))
    met = {frozenset((r["coder"], r["other"])): r["policies"] for r in result.pairs.to_dict("records")}
    for row in result.balance.to_dict("records"):
        cells = [row["policies"], row["journals"], row["doubly_coded"], row["new_policies"]]
        pairs = ["" if o == row["coder"] else f"{met[frozenset((row['coder'], o))]:,}" for o in others]
        rows.add_row(row["coder"], *(f"{c:,}" for c in cells), *pairs)
    return rows
