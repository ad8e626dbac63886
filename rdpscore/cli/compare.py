"""``rdpscore compare``: surveys side by side."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rdpscore.cli.common import (
    ForceOption,
    Made,
    RawOption,
    delivers,
    one_of,
    tells_cases,
    working,
)

if TYPE_CHECKING:
    from rdpscore.codebook.crosswalk import Crosswalk
    from rdpscore.comparing.comparison import Said, SurveyComparison
    from rdpscore.survey import Survey

EXAMPLE = "Example: rdpscore compare my-survey their-survey --matches near-matches.csv"
CLUSTERS = ("publisher", "policy", "journal")


@tells_cases(20)
@partial(delivers, strict=False)
def command(
    surveys: Annotated[
        list[str],
        typer.Argument(
            metavar="A B [C…]",
            help="Two surveys or more, each a folder or the id of a shipped one; the first is what others "
            "are held against.",
        ),
    ],
    crosswalk: Annotated[
        list[str] | None,
        typer.Option(
            "--crosswalk",
            metavar="NAME|FILE",
            help="Crosswalk between the codebooks; shipped ones are found without. Can be repeated.",
        ),
    ] = None,
    matches: Annotated[
        Path | None,
        typer.Option(
            "--matches",
            metavar="FILE",
            help="CSV of near matches: read if it is there, else written, to be filled in with yes or no.",
        ),
    ] = None,
    cluster: Annotated[
        str,
        typer.Option(
            metavar="|".join(CLUSTERS), help="What is independent of each other: the clusters of intervals."
        ),
    ] = "publisher",
    resamples: Annotated[int, typer.Option(min=0, help="Resamples of clusters.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the resamples.")] = 0,
    figures: Annotated[
        Path | None,
        typer.Option("--figures", metavar="DIR", help="Draw distributions and what moved, one page each."),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Print every difference and every unmatched journal.")
    ] = False,
    force: ForceOption = False,
    raw: RawOption = False,
) -> Made:
    """Lay surveys side by side: journals in both, agreement as between two coders, and what moved.

    Journals are the same by ISSN, else by title. Items are shared under one codebook, or through a crosswalk. Resolved
    answers are compared; policy is not practice, and a difference is a change only where the dates say so.
    """
    from rdpscore.comparing.comparison import compare_surveys
    from rdpscore.report.comparison import report_comparison
    from rdpscore.survey import load
    from rdpscore.validation import check

    if len(surveys) < 2:
        raise typer.BadParameter("name two surveys or more", param_hint="A B [C…]")
    one_of(cluster, CLUSTERS, "--cluster")
    if matches is not None and (matches.suffix.lower() != ".csv" or matches.is_dir()):
        raise typer.BadParameter(f"'{matches.name}' is no .csv file", param_hint="--matches")
    if matches is not None and not matches.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {matches.parent}", param_hint="--matches")
    if figures is not None and figures.exists() and not figures.is_dir():
        raise typer.BadParameter(f"{figures} is no folder", param_hint="--figures")
    with working("comparing"):
        loaded = [load(name) for name in surveys]
        for survey in loaded:
            check(survey).raise_errors()
        result = compare_surveys(
            *loaded,
            crosswalks=_crosswalks(crosswalk or [], loaded),
            said=_said(matches, loaded),
            cluster=cluster,  # type: ignore[arg-type]
            resamples=resamples,
            seed=seed,
        )
    if matches is not None and not matches.exists():
        _write_near(result, matches)
    if figures is not None:
        _draw(result, figures, force=force, raw=raw)
    decided = None if matches is None else str(matches)
    return Made(result, lambda: report_comparison(result, matches=decided, full=full))


def _crosswalks(wanted: list[str], surveys: list[Survey]) -> list[Crosswalk]:
    """The crosswalks named, each checked against the codebooks of the surveys that it is between."""
    from rdpscore.codebook.crosswalk_store import find_crosswalk, read_crosswalk
    from rdpscore.problems import InvalidInput, Problems

    books = {s.codebook.id: s.codebook for s in surveys}
    out, problems = [], Problems()
    for name in wanted:
        try:
            path = find_crosswalk(name)
        except InvalidInput as error:
            problems += error.problems
            continue
        found, told = read_crosswalk(path, books=books)
        problems += told
        if found is not None and not {found.source.id, found.target.id} <= set(books):
            raise typer.BadParameter(
                f"'{found.id}' leads from {found.source.id} to {found.target.id}; the surveys are under "
                f"{', '.join(books)}",
                param_hint="--crosswalk",
            )
        if found is not None:
            out.append(found)
    problems.raise_errors()
    return out


def _said(matches: Path | None, surveys: list[Survey]) -> Said:
    """What the file of near matches says, if it is there."""
    from rdpscore.comparing.comparison import labels
    from rdpscore.validation.matching import names, read_near_matches

    if matches is None or not matches.exists():
        return []
    known = dict(zip(labels(surveys), map(names, surveys), strict=True))
    said, problems = read_near_matches(matches, known)
    problems.raise_errors()
    return said


def _write_near(result: SurveyComparison, path: Path) -> None:
    from rdpscore.files import write_tables

    table = result.near_matches()
    write_tables(path, {"near_matches": table}, json_text="")
    typer.echo(f"wrote {path}: {len(table)} near matches to confirm", err=True)


def _draw(result: SurveyComparison, folder: Path, *, force: bool, raw: bool) -> None:
    from rdpscore.report.gallery import of_comparison
    from rdpscore.report.pages import write_pictures

    more = "; ".join(
        f"{r.title}: policies read {r.read_on or 'on days not recorded'}" for r in result.surveys
    )
    try:
        written = write_pictures(list(of_comparison(result)), folder, f"{more}.", force=force, raw=raw)
    except FileExistsError as error:
        raise typer.BadParameter(
            f"{error.filename} exists; name another folder, or add --force", param_hint="--figures"
        ) from None
    for path in written:
        typer.echo(f"wrote {path}, {path.with_suffix('.csv').name}", err=True)
