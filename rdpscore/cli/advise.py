"""``rdpscore advise``: where a journal stands."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rdpscore.cli.common import (
    ForceOption,
    JsonOption,
    OutputOption,
    RawOption,
    SchemeOption,
    SurveyArgument,
    check_output,
    check_scheme,
    clean,
    console,
    deliver,
    fail_with,
    number,
    plural,
    table,
)

if TYPE_CHECKING:
    from rich.console import Console

    from rdpscore.uncertainty.among_peers import StandingResult

EXAMPLE = "Example: rdpscore advise scientific-reports"


def command(
    journal: Annotated[str, typer.Argument(metavar="JOURNAL", help="Id or title of a journal.")],
    survey: SurveyArgument = None,
    scheme: SchemeOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
) -> None:
    """Show where a journal stands: its answers, how common stricter ones are, and who has them.

    Item by item beside its publisher and comparable journals, the most common stricter practice first; then what the
    score weighs by design, and what it does not tell apart.
    """
    from rdpscore.problems import InvalidInput
    from rdpscore.scoring.journal import find_journal
    from rdpscore.survey import load
    from rdpscore.uncertainty.among_peers import standing

    check_output(output, force)
    try:
        loaded = load(survey)
        chosen = check_scheme(scheme, loaded)
        try:
            find_journal(loaded, journal)
        except InvalidInput as error:
            raise typer.BadParameter(next(iter(error.problems)).what, param_hint="JOURNAL") from None
        result = standing(loaded, journal, chosen)
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json)) from None
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        show(result, loaded.meta.read_on)


command.__name__ = "advise"


def show(result: StandingResult, read_on: str | None) -> None:
    """The standing on two screens."""
    out = console()
    own = result.journal
    out.print(clean(str(own["title"])), style="bold")
    facts = [own["publisher"], (own["access_model"] or "").replace("_", " ") or None]
    if own["impact"] is not None:
        impact = own["impact"]
        facts.append(f"impact {impact}" if isinstance(impact, int) else f"impact {impact:.3g}")
    out.print(clean(", ".join(f for f in facts if f)))
    if own["score"] is not None:
        rank = f"{own['rank']}" if own["rank"] == own["rank_last"] else f"{own['rank']}–{own['rank_last']}"
        title = result.scheme.title[0].lower() + result.scheme.title[1:]
        out.print(f"Score {number(own['score'])} of 1 ({title}), rank {rank} of {own['n_scored']}")
    out.print(_wrapped(f"Comparable: {plural(result.n_comparable, 'journal')}, {result.comparable}"))
    out.print(
        _wrapped(f"Policies read: {read_on or 'date not recorded'}. A policy is not what authors do."),
        style="dim",
    )
    out.print()
    _items(out, result)
    _weights(out, result)
    _warts(out, result)


def _items(out: Console, result: StandingResult) -> None:
    rows = result.items.to_dict("records")
    open_rows = [r for r in rows if r["n_stricter_all"]]
    lapsed = [r for r in rows if r["ordered"] and r["state"] == "not_applicable"]
    unknown = [
        r for r in rows if r["ordered"] and r not in lapsed and not r["strictest"] and r not in open_rows
    ]
    out.print("Stricter practices, the most common among comparable journals first", style="bold")
    out.print("Journals with a stricter answer: comparable / own publisher / all others", style="dim")
    for row in open_rows:
        out.print()
        counts = " / ".join(
            f"{row[f'n_stricter_{k}']} of {row[f'n_answered_{k}']}"
            for k in ("comparable", "publisher", "all")
        )
        line = f"{row['title']:<32}{counts}"
        out.print(clean(line), style="bold" if row["n_stricter_comparable"] else None)
        now = row["label"] if row["state"] == "answered" else "not answered"
        out.print(_wrapped(f"now: {now}", "  "))
        for p in result.practices[result.practices["item"] == row["item"]].to_dict("records"):
            if p["n_all"]:
                n = plural(p["n_comparable"], "comparable journal")
                who = f"{n}, {p['n_all']} in all ({_short(p['who'])}); for example {p['examples']}"
                out.print(_wrapped(f"{p['label']}: {who}", "  → "))
    out.print()
    for words, group in (
        ("Strictest option already", [r for r in rows if r["strictest"]]),
        ("Stricter options exist, and no journal of the survey has one", unknown),
        ("Does not apply to this journal", lapsed),
        ("Without an order of strictness", [r for r in rows if not r["ordered"]]),
    ):
        if group:
            out.print(_wrapped(f"{words}: {', '.join(r['title'] for r in group)}"))
    out.print()


def _weights(out: Console, result: StandingResult) -> None:
    out.print("What the score weighs by design", style="bold")
    means = ("Journal", "Comparable", "All")
    shown = table("Dimension", "Items", "Weight", *means, right=("Items", "Weight", *means))
    for row in result.dimensions.to_dict("records"):
        shown.add_row(
            row["title"], f"{row['n_items']}", f"{100 * row['weight']:.0f} %",
            *(_number(row[c]) for c in ("journal", "comparable", "all")),
        )  # fmt: skip
    out.print(shown)
    out.print(
        _wrapped("Means of the options' scores. The order of the items above has nothing to do with points."),
        style="dim",
    )
    out.print()


def _warts(out: Console, result: StandingResult) -> None:
    rows = result.warts.to_dict("records")
    if not rows:
        return
    out.print("What the score does not tell apart", style="bold")
    low = [r for r in rows if r["wart"] in ("lowest_answer", "does_not_apply")]
    if len(low) == 2:
        out.print(
            _wrapped(
                f"{low[0]['title']}: '{low[0]['label']}' ({plural(low[0]['n'], 'journal')}) and no such rule at all "
                f"({low[1]['label']}; {plural(low[1]['n'], 'journal')}) both score {number(low[0]['score_kept'])}."
            )
        )
    against = [r for r in rows if r["wart"] == "scores_against_applies_if"]
    if against:
        n = plural(len(against), "journal")
        text = (
            "to which items do not apply score by answers given all the same; gated, without these answers:"
        )
        out.print(_wrapped(f"{n} {text}"))
        shown = table("Journal", "Score", "Gated", right=("Score", "Gated"))
        for row in against:
            shown.add_row(row["title"], _number(row["score_kept"], 3), _number(row["score_gated"], 3))
        out.print(shown)


def _short(who: str, most: int = 4) -> str:
    parts = who.split(", ")
    return ", ".join(parts[:most]) + (f", {len(parts) - most} more" if len(parts) > most else "")


def _number(value: Any, decimals: int = 2) -> str:
    return "–" if value is None or value != value else f"{value:.{decimals}f}"


def _wrapped(text: str, lead: str = "") -> str:
    return textwrap.fill(
        clean(text), 98, initial_indent=lead, subsequent_indent=" " * max(len(lead), 0) if lead else ""
    )
