"""``rdpscore score``: the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

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
    clean,
    console,
    deliver,
    exit_status,
    fail_with,
    number,
    only_journals,
    percent,
    plural,
    table,
)
from rdpscore.cli.uncertain import (
    DrawsOption,
    OneReadingOption,
    ProcessesOption,
    SeedOption,
    UncertaintyOption,
    run,
    sources_of,
)
from rdpscore.words import ALONE, listed, publishers_of

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from rich.table import Table

    from rdpscore.agreement import AgreementResult
    from rdpscore.codebook import Display, Scheme
    from rdpscore.scoring import ScoreResult
    from rdpscore.survey import Survey

EXAMPLE = "Example: rdpscore score --scheme published --output scores.csv"
HEIGHT = 40
STRIP, LEAST_STRIP = 41, 11


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
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
    strict: StrictOption = False,
    doubts: UncertaintyOption = None,
    draws: DrawsOption = 10_000,
    seed: SeedOption = 1,
    processes: ProcessesOption = 1,
    one_reading: OneReadingOption = False,
) -> None:
    """Validate a survey and score its journals.

    Prints publishers and journals in the order of their scores; --output writes every journal with its
    attributes. With --compare it prints how journals move under other schemes, and how alike the orders are; with
    --uncertainty how far scores and ranks move with the coder and with the weights.
    """
    from dataclasses import replace

    from rdpscore.agreement.report import measure
    from rdpscore.problems import InvalidInput
    from rdpscore.scoring import score
    from rdpscore.survey import load

    check_output(output, force)
    if compare and doubts is not None:
        raise typer.BadParameter("goes with one scheme, so not with --compare", param_hint="--uncertainty")
    if doubts is not None:
        sources_of(doubts)
    try:
        loaded = only_journals(load(survey), journals_only)
        chosen = check_scheme(scheme, loaded)
        if compare:
            others = [check_scheme(name, loaded, "--compare") for name in compare]
            raise typer.Exit(_compare(loaded, [chosen, *others], as_json, output, force, raw, strict))
        if doubts is not None:
            raise typer.Exit(
                run(
                    loaded,
                    chosen,
                    doubts,
                    draws,
                    seed,
                    processes,
                    one_reading,
                    as_json,
                    output,
                    force,
                    raw,
                    strict,
                )
            )
        result = score(loaded, chosen)
        agreement = measure(loaded, result.problems)
        result = replace(result, beside={"agreement": agreement.body()["overall"]})
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json)) from None
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        show(loaded, result, agreement)
    raise typer.Exit(exit_status(result.problems, strict))


command.__name__ = "score"


def _compare(
    survey: Survey,
    schemes: list[Scheme],
    as_json: bool,
    output: Path | None,
    force: bool,
    raw: bool,
    strict: bool,
) -> int:
    """Several schemes side by side; the exit status."""
    from rdpscore.cli.comparison import show_comparison
    from rdpscore.scoring import compare

    result = compare(survey, schemes)
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        show_comparison(survey, result)
    return exit_status(result.problems, strict)


def show(survey: Survey, result: ScoreResult, agreement: AgreementResult) -> None:
    """The scores on one screen."""
    out = console()
    n_publishers = int(result.publishers["publisher"].notna().sum())
    n_alone = int(result.journals["publisher"].isna().sum())
    out.print(clean(survey.meta.title), style="bold")
    if result.mean is None:
        out.print(_nothing(result))
        return
    out.print(
        f"{plural(len(result.journals), 'journal')}, {publishers_of(n_publishers, n_alone)}, "
        f"mean score {number(result.mean)} of 1 ({result.scheme.title[0].lower()}{result.scheme.title[1:]})"
    )
    out.print()
    marks = _marks(result, out.width)
    out.print(_publishers(result, marks))
    if marks:
        out.print(
            "Each mark stands for journals at that score: · one, o two to four, O five or more", style="dim"
        )
    out.print()
    out.print(_journals(result, HEIGHT - min(len(result.publishers), MOST_PUBLISHERS) - 12, out.width))
    out.print()
    out.print(_agreement_line(agreement))
    for line in (_missing_line(result), _warning_line(result)):
        if line:
            out.print(line)


def _nothing(result: ScoreResult) -> str:
    """Why there is no score at all."""
    if not len(result.journals):
        return "No journals yet, so there is nothing to score: list them in journals.csv"
    return (
        f"{plural(len(result.journals), 'journal')}, and no answers yet, so there is nothing to score; "
        "see rdpscore status"
    )


MOST_PUBLISHERS = 20
LONGEST_PUBLISHER = 30


def _marks(result: ScoreResult, width: int) -> int:
    """How many places the strips have beside the other columns; 0 where there is no room for any."""
    names = _publisher_names(result.publishers)[:MOST_PUBLISHERS]
    room = (
        width
        - min(max(map(len, ("Publisher", *names))), LONGEST_PUBLISHER)
        - len("  Journals  0.00  0.00–0.00  ")
    )
    return min(room, STRIP) if room >= LEAST_STRIP else 0


def _publishers(result: ScoreResult, marks: int) -> Table:
    out = table("Publisher", "Journals", "Mean", "Range", *_axis(marks), right=("Journals", "Mean"))
    scores = result.journals["score"].groupby(_publisher_names(result.journals)).agg(list)
    names = _publisher_names(result.publishers)
    for name, row in zip(names[:MOST_PUBLISHERS], result.publishers.to_dict("records"), strict=False):
        low, high = number(row["min"]), number(row["max"])
        spread = low if low == high else f"{low}–{high}"
        short = name if len(name) <= LONGEST_PUBLISHER else f"{name[: LONGEST_PUBLISHER - 1]}…"
        out.add_row(short, f"{row['n_journals']}", number(row["mean"]), spread, *strip(scores[name], marks))
    if len(names) > MOST_PUBLISHERS:
        out.add_row(f"… {len(names) - MOST_PUBLISHERS} more")
    return out


def _publisher_names(frame: pd.DataFrame) -> list[str]:
    return [p if isinstance(p, str) else "(no publisher)" for p in frame["publisher"]]


def _axis(marks: int) -> tuple[str, ...]:
    return ("0" + "0.5".center(marks - 2) + "1",) if marks else ()


def strip(scores: list[float], marks: int) -> tuple[str, ...]:
    """Where the journals of a publisher lie between 0 and 1: · one, o two to four, O five and more.

    One cell of a row, or none where there is no room for marks.
    """
    if not marks:
        return ()
    counts = [0] * marks
    for value in scores:
        if value == value:
            counts[min(marks - 1, max(0, round(value * (marks - 1))))] += 1
    return ("".join("O" if n >= 5 else "o" if n >= 2 else "·" if n == 1 else " " for n in counts).rstrip(),)


def _journals(result: ScoreResult, lines: int, width: int) -> Table:
    display = result.scheme.display
    shown = (display.name,) if display else ()
    out = table("Rank", "Score", *shown, "Journals", right=("Rank", "Score", *shown))
    room = width - 18 - (max(8, len(display.name)) + 2 if display else 0)
    groups = tied_groups(result.journals)
    tail = 2 if len(groups) > lines else 0
    head = len(groups) if tail == 0 else lines - tail - 1
    for group in groups[:head]:
        out.add_row(*_group_row(group, room, display))
    if tail:
        hidden = groups[head:-tail]
        out.add_row(
            "…",
            "",
            *([""] * len(shown)),
            f"{plural(sum(len(g) for g in hidden), 'journal')} in {plural(len(hidden), 'row')}; "
            "all with --output scores.csv",
        )
        for group in groups[-tail:]:
            out.add_row(*_group_row(group, room, display))
    return out


def tied_groups(journals: pd.DataFrame) -> list[pd.DataFrame]:
    """Journals of one rank together, in order; those without a score last."""
    return [g for _, g in journals.groupby("rank", sort=True)] + (
        [g] if len(g := journals[journals["rank"].isna()]) else []
    )


def _group_row(group: pd.DataFrame, width: int, display: Display | None = None) -> tuple[str, ...]:
    first = group.iloc[0]
    shown = (display.text(first["score"]),) if display else ()
    if not group["rank"].notna().iloc[0]:
        return "–", "–", *shown, _names(group, width)
    rank, last = int(first["rank"]), int(first["rank"]) + len(group) - 1
    places = f"{rank}" if last == rank else f"{rank}–{last}"
    return places, number(first["score"]), *shown, _names(group, width)


def _names(group: pd.DataFrame, width: int) -> str:
    """``"16 journals of Frontiers, one policy: Frontiers in …, …"``, cut to the width."""
    titles, owners = [str(t) for t in group["title"]], _publisher_names(group)
    if len(set(owners)) > 1:
        text = f"{len(group)} journals: " + ", ".join(
            f"{t} ({o})" for t, o in zip(titles, owners, strict=True)
        )
    elif len(group) == 1:
        text = f"{titles[0]} ({owners[0]})"
    else:
        one = "policy_id" in group and group["policy_id"].notna().all() and len(set(group["policy_id"])) == 1
        text = f"{len(group)} journals of {owners[0]}{', one policy' if one else ''}: {', '.join(titles)}"
    return text if len(text) <= width else text[: width - 1] + "…"


def _agreement_line(agreement: AgreementResult) -> str:
    found = agreement.overall
    if found.percent is None:
        return "Agreement: no journal has two coders, so it cannot be measured"
    return (
        f"Agreement: {percent(found.percent)} between two coders ({plural(found.n_journals, 'journal')}); "
        f"alpha {number(found.alpha_exact)} by exact answer, {number(found.alpha_score)} on scores"
    )


def _missing_line(result: ScoreResult) -> str:
    missing = result.journals["n_missing"]
    if not missing.any():
        return ""
    n_journals = plural(int((missing > 0).sum()), "journal")
    rule = {"zero": " counted as 0", "bounds": ", which leave no score"}.get(result.scheme.missing, "")
    return (
        f"Missing: {plural(int(missing.sum()), 'answer')} of {n_journals}{rule}; "
        "--output has bounds of their scores"
    )


def _warning_line(result: ScoreResult) -> str:
    counts: dict[str, Any] = result.problems.warnings.counts()
    joined: dict[str, int] = result.settings.get("names", {})
    names = listed([plural(n, "spelling") + f" of {thing}s" for thing, n in joined.items()])
    said = f"Names: {names} read as another name, as names.yaml decides" if joined else ""
    if not counts:
        return said
    kinds = ", ".join(f"{n:,} {code}" for code, n in counts.items())
    alone = f"; {ALONE}" if "missing_publisher" in counts else ""
    return "\n".join(filter(None, [said, f"Warnings: {kinds}; see rdpscore validate{alone}"]))
