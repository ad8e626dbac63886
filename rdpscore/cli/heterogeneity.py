"""``rdpscore heterogeneity``."""

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
    working,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table

    from rdpscore.analysis.heterogeneity import HeterogeneityResult
    from rdpscore.analysis.profiles import Profiles
    from rdpscore.survey import Survey

EXAMPLE = "Example: rdpscore heterogeneity --profiles --output shares.csv"
MOST_GROUPS = 20
LONGEST = 30


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
        from rdpscore.analysis.heterogeneity import heterogeneity

        chosen = check_scheme(scheme, loaded)
        with working("heterogeneity"):
            result = heterogeneity(
                loaded, chosen, by=by, with_profiles=profiles, n_resamples=resamples, seed=seed
            )
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json)) from None
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        show(loaded, result)
    raise typer.Exit(exit_status(result.problems, strict))


command.__name__ = "heterogeneity"


def show(survey: Survey, result: HeterogeneityResult) -> None:
    """What differs, on one screen, ending in sentences."""
    from rdpscore.analysis.heterogeneity_words import groups_word, sentences

    out = console()
    out.print(clean(survey.meta.title), style="bold")
    if result.n_journals:
        out.print(
            f"{plural(result.n_journals, 'journal')}, {result.n_groups:,} {groups_word(result.by, result.n_groups)}; "
            f"{result.scheme.title[0].lower()}{result.scheme.title[1:]}"
        )
        out.print()
        out.print(_groups(result))
        out.print()
        out.print(_shares(result))
        out.print(
            "Between: share of the variance of these journals. ICC: the same of publishers at large, with its 95 % "
            "interval, and how far it moves when one group is left out. Inside: standard deviation inside groups.",
            style="dim",
        )
        out.print()
    if result.profiles is not None:
        _show_profiles(result.profiles, out)
        out.print()
    for sentence in sentences(result):
        out.print(clean(sentence))


def _short(text: Any) -> str:
    text = str(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _groups(result: HeterogeneityResult) -> Table:
    head = "Publisher" if result.by == "publisher" else result.by
    policies = ("Policies",) if result.n_policies is not None else ()
    right = ("Journals", *policies, "Answer sets", "Commonest", "Items alike", "Mean", "SD", "Range")
    out = table(head, *right, right=right)
    for row in result.groups.head(MOST_GROUPS).to_dict("records"):
        low, high = number(row["min"]), number(row["max"])
        out.add_row(
            _short(row["group"]),
            f"{row['n_journals']}",
            *((f"{row['n_policies']}",) if policies else ()),
            f"{row['n_patterns']}",
            f"{row['n_commonest']}",
            f"{row['items_alike']:.0f}/{row['n_items']}" if row["n_answered"] > 1 else "–",
            number(row["mean"]),
            number(row["sd"]),
            low if low == high else f"{low}–{high}",
        )
    if len(result.groups) > MOST_GROUPS:
        out.add_row(f"… {len(result.groups) - MOST_GROUPS} more; all with --json")
    return out


def _shares(result: HeterogeneityResult) -> Table:
    right = ("Between", "ICC", "95 %", "Without one", "Inside")
    out = table("Of the differences in", *right, "", right=right)
    from rdpscore.results import records

    level = "score"
    for row in records(result.shares):
        if row["level"] != level:
            out.add_row("")
            level = row["level"]
        interval = "" if row["icc_low"] is None else f"{number(row['icc_low'])}–{number(row['icc_high'])}"
        without = (
            ""
            if row["without_low"] is None
            else f"{number(row['without_low'])}–{number(row['without_high'])}"
        )
        out.add_row(
            row["title"],
            percent(row["share_between"]),
            number(row["icc"]),
            interval,
            without,
            number(row["sd_within"]),
            WORDS.get(row["reason"] or "", ""),
        )
    return out


WORDS = {
    "too_few_groups": "one group only",
    "no_replicates": "one journal a group",
    "no_variation": "one answer only",
    "none_within": "alike inside all",
    "boundary": "no more alike inside",
    "nominal": "kinds, not grades",
}


def _indented(text: str) -> Padding:
    from rich.padding import Padding

    return Padding(clean(text), (0, 0, 0, 3), expand=False)


def _show_profiles(found: Profiles, out: Console) -> None:
    from rdpscore.analysis.heterogeneity_words import mark_sentence, members, profile_sentences

    out.print("Profiles", style="bold")
    for profile in found.profiles:
        head = f"{plural(profile.n_journals, 'journal')}, {plural(len(profile.patterns), 'set')} of answers"
        if profile.jaccard is not None:
            head += f", stability {profile.jaccard:.2f}"
        out.print()
        out.print(clean(f"{profile.name}  {head}"), style="bold")
        out.print(_indented(members(profile)))
        for mark in profile.marks:
            out.print(_indented(mark_sentence(mark)))
    if found.profiles:
        out.print()
    for sentence in profile_sentences(found):
        out.print(clean(sentence))
