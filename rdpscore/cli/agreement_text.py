"""The report on agreement for people, at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdpscore.agreement.intervals import RELIABLE, TENTATIVE
from rdpscore.agreement.words import clusters, ledger_rows, reason, verdict
from rdpscore.cli.agreement_details import (
    show_coders,
    show_confusion,
    show_difficulty,
    show_influence,
    show_missed,
    show_reasons,
    show_reliability,
)
from rdpscore.cli.agreement_words import interval, short
from rdpscore.cli.common import clean, console, number, percent, plural, table

if TYPE_CHECKING:
    from rich.console import Console

    from rdpscore.agreement import AgreementResult
    from rdpscore.agreement.items import ItemAgreement
    from rdpscore.agreement.ledger import Headline

MOST_GROUPS = 20
FEW_JOURNALS = 5


def show(result: AgreementResult, *, full: bool = False) -> None:
    """The ledger, the headlines, a table of items, then short sections; the long ones only with `full`."""
    out = console()
    _ledger(out, result)
    if result.overall.alpha_exact is None or result.overall.alpha_score is None:
        out.print(f"Alpha over all items is undefined: {reason(result, result.overall.reason)}")
        out.print()
        _items(out, result)
        return
    _headlines(out, result)
    _items(out, result)
    _dimensions(out, result)
    _groups(out, result)
    show_reliability(out, result)
    show_reasons(out, result, full)
    if full:
        show_confusion(out, result)
        show_influence(out, result)
        show_coders(out, result)
    show_missed(out, result, full)
    if "difficulty" in result.more:
        show_difficulty(out, result.more["difficulty"])
    rest = "" if full else "--full adds reasons by item, confusion, influence; "
    hard = "" if "difficulty" in result.more else "--difficulty where coding is hard; "
    out.print(f"{rest}{hard}--diagnosis FILE the cells behind all figures", style="dim")


def _ledger(out: Console, result: AgreementResult) -> None:
    out.print(f"Agreement of coders: {clean(result.survey.meta.title)}", style="bold")
    for name, text in ledger_rows(result):
        out.print(f"{name:<11}{text}")
    out.print()


def _headlines(out: Console, result: AgreementResult) -> None:
    found = {(h.metric, h.unit): h for h in result.headlines}
    total = result.overall
    out.print(
        f"Alpha over all {plural(total.n_items, 'item')}: {number(total.alpha_exact)} by exact answer, "
        f"{number(total.alpha_score)} on the scores; mean agreement {percent(total.percent)}",
        style="bold",
    )
    rows = table("", "one unit a journal", "one unit a distinct reading")
    for metric, name in (("exact", "by exact answer"), ("score", "on the scores")):
        rows.add_row(name, *(_headline(result, found[metric, u]) for u in ("journal", "distinct reading")))
    out.print(rows)
    out.print(verdict(found["exact", "journal"], found["score", "journal"]))
    out.print(
        f"1 is perfect, 0 is chance; {RELIABLE:.2f} is reliable, {TENTATIVE} the least for tentative conclusions",
        style="dim",
    )
    out.print()


def _headline(result: AgreementResult, found: Headline) -> str:
    bounds = interval(found.low, found.high) if found.reason is None else reason(result, found.reason)
    return f"{number(found.value)} ({bounds}), n = {found.n_units:,}"


def _items(out: Console, result: AgreementResult) -> None:
    sizes = {i.n for i in result.items}
    heads = ["n"] if len(sizes) > 1 else []
    heads += ["Agree", "Alpha", "AC1", "AC2", "Detect", "Grade"]
    columns = [*heads[:-5], "Commonest", "Alpha", "95 % interval", *heads[-4:]]
    rows = table("Item", *columns, right=tuple(heads))
    for item in sorted(result.items, key=lambda i: (i.alpha is None, -(i.alpha or 0))):
        common = (
            "" if item.commonest is None else f"{short(item.commonest, 6)}: {percent(item.commonest_share)}"
        )
        bounds = interval(item.alpha_low, item.alpha_high)
        if item.interval_reason is not None:
            bounds = _why(result, item)
        cells = [f"{item.n}"] if len(sizes) > 1 else []
        cells += [
            percent(item.percent),
            common,
            number(item.alpha),
            bounds,
            number(item.ac1),
            number(item.ac2),
        ]
        rows.add_row(short(item.title), *cells, percent(item.detection), percent(item.grading))
    out.print(rows)
    if len(sizes) == 1:
        out.print(f"n = {sizes.pop():,} journals on each item", style="dim")
    out.print(
        "Detect: one coder found nothing, the other something; Grade: both did, and graded it", style="dim"
    )
    out.print(
        "differently; AC2 with ordinal weights; intervals over clusters, not over journals", style="dim"
    )
    remarks = [i for i in result.items if i.remark]
    if remarks:
        out.print()
        out.print("Where alpha and percent agreement part ways", style="bold")
        for item in remarks:
            out.print(f"  {clean(short(item.title))}: {item.remark}")
    out.print()


SHORT = {
    "no_pairable_units": "no two answers",
    "no_variation": "one option only",
    "no_disagreement": "no disagreement",
}


def _why(result: AgreementResult, item: ItemAgreement) -> str:
    """Why an item has no interval, in a few letters."""
    n = item.n_minority_clusters
    return SHORT.get(item.interval_reason or "", f"{n} {clusters(result, n)} only")


def _dimensions(out: Console, result: AgreementResult) -> None:
    heads = ("Items", "Agree", "Exact", "Scores", "Detect", "Grade")
    rows = table(
        "Dimension", "Items", "Agree", "Exact", "95 % interval", "Scores", "95 % interval ", "Detect", "Grade",
        right=heads,
    )  # fmt: skip
    for d in result.dimensions:
        rows.add_row(
            short(d.title, 20),
            f"{d.n_items}",
            percent(d.percent),
            number(d.exact.value),
            interval(d.exact.low, d.exact.high),
            number(d.score.value),
            interval(d.score.low, d.score.high),
            percent(d.detection),
            percent(d.grading),
        )
    out.print(rows)
    out.print()


def _groups(out: Console, result: AgreementResult) -> None:
    by = result.options.by
    own = result.options.own_alpha
    name = "Publisher" if by == "publisher" else short(by, 20)
    heads = ["Journals", "Readings", "Agree", "Detect", "Grade", "Exact", "Scores"]
    heads += ["Own exact", "Own scores"] if own else []
    rows = table(name, *heads, right=tuple(heads))
    for g in result.groups[:MOST_GROUPS]:
        cells = [
            f"{g.n_journals}",
            f"{g.n_readings}",
            percent(g.percent),
            percent(g.detection),
            percent(g.grading),
        ]
        cells += [number(g.relative_exact), number(g.relative_score)]
        cells += [number(g.own_exact), number(g.own_score)] if own else []
        few = " *" if g.n_journals < FEW_JOURNALS else ""
        rows.add_row(short(g.group, 24) + few, *cells)
    out.print(rows)
    if len(result.groups) > MOST_GROUPS:
        out.print(f"… {len(result.groups) - MOST_GROUPS} more with --output")
    out.print(
        "Exact, Scores: 1 − disagreement there / disagreement by chance in the whole survey. No", style="dim"
    )
    out.print(
        "verdict on anybody: one reading entered for many journals counts as often. * fewer than", style="dim"
    )
    out.print(f"{FEW_JOURNALS} journals", style="dim")
    if own:
        out.print(
            "Own: alpha within the group; it falls where policies are alike, whatever the coders did",
            style="dim",
        )
    out.print()
