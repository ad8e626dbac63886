"""The report on agreement: what it rests on, the headlines, items, dimensions, groups; then the longer sections."""

from __future__ import annotations

from collections.abc import Iterator

from rdpscore.agreement import AgreementResult
from rdpscore.agreement.counted import Headline
from rdpscore.agreement.interval import RELIABLE, TENTATIVE
from rdpscore.agreement.item_coefficients import REPORTED
from rdpscore.agreement.items import ItemAgreement
from rdpscore.report.agreement_sections import (
    coders,
    coding_difficulty,
    confused,
    influential,
    missed,
    reasons,
    reliability,
)
from rdpscore.report.agreement_words import CAUTIONS, clusters, reason, verdict
from rdpscore.report.blocks import Block, Facts, Gap, Heading, Note, Sentence, Table, table
from rdpscore.words import between, cut, number, percent, plural

MOST_GROUPS = 20
FEW_JOURNALS = 5
LONGEST = 28


def report_agreement(result: AgreementResult, *, full: bool = False) -> Iterator[Block]:
    """The ledger, the headlines, a table of items, then short sections.

    Parameters
    ----------
    result : AgreementResult
    full : bool
        Also the long ones: reasons by item and publisher, confusion, influence, coders.
    """
    yield Heading(f"Agreement of coders: {result.survey.meta.title}", 1)
    yield Facts(tuple(ledger_rows(result)))
    yield Gap()
    if result.overall.alpha_exact is None or result.overall.alpha_score is None:
        yield Sentence(f"Alpha over all items is undefined: {reason(result, result.overall.reason)}")
        yield Gap()
        yield from _items(result)
        return
    yield from _headlines(result)
    yield from _items(result)
    yield _dimensions(result)
    yield Gap()
    yield from _groups(result)
    yield from reliability(result)
    yield from reasons(result, full)
    if full:
        yield from confused(result)
        yield from influential(result)
        yield from coders(result)
    yield from missed(result, full)
    if "difficulty" in result.more:
        yield from coding_difficulty(result.more["difficulty"])
    rest = "" if full else "--full adds reasons by item, confusion, influence; "
    hard = "" if "difficulty" in result.more else "--difficulty where coding is hard; "
    yield Note(f"{rest}{hard}--diagnosis FILE the cells behind all figures")


def ledger_rows(result: AgreementResult) -> list[tuple[str, str]]:
    """What the figures rest on: name and sentence."""
    led = result.ledger
    journals = (
        f"{led.n_journals:,}: {led.n_double:,} with two or more coders, {led.n_single:,} with one, left out"
    )
    if led.n_consensus_only:
        journals += f", {led.n_consensus_only:,} with a consensus only"
    if rest := led.n_uncoded - led.n_consensus_only:
        journals += f", {rest:,} not coded"
    readings = f"{led.n_readings:,} as recorded"
    if led.n_possibly_one:
        groups = plural(led.n_possibly_one, "group")
        readings += (
            f"; {led.n_distinct_readings:,} if identical codings within a publisher are one ({groups})"
        )
    over = "" if led.cluster == "publisher" else f"; intervals over {led.n_clusters:,} by {led.cluster}"
    n_alone = led.n_without_publisher
    alone = f"; {plural(n_alone, 'journal')} without one" if n_alone else ""
    rows = [
        ("Journals", journals),
        ("Policies", "not recorded" if led.n_policies is None else f"{led.n_policies:,}"),
        ("Readings", readings),
        ("Publishers", f"{led.n_publishers:,}{alone}{over}"),
    ]
    if led.effective_n_exact is not None and led.effective_n_score is not None:
        rows.append(
            (
                "Worth",
                f"{led.effective_n_exact:.0f} independent journals by exact answer, {led.effective_n_score:.0f} on "
                f"scores (design effect {led.design_effect_exact:.1f}, {led.design_effect_score:.1f})",
            )
        )
    if led.caution:
        rows.append(("Caution", CAUTIONS[led.caution].format(cluster=led.cluster)))
    return rows


def _headlines(result: AgreementResult) -> Iterator[Block]:
    found = {(h.metric, h.unit): h for h in result.headlines}
    total = result.overall
    yield Sentence(
        f"Alpha over all {plural(total.n_items, 'item')}: {number(total.alpha_exact)} by exact answer, "
        f"{number(total.alpha_score)} on the scores; mean agreement {percent(total.percent)}",
        strong=True,
    )
    units = ("journal", "distinct reading")
    yield table(
        ("", "one unit a journal", "one unit a distinct reading"),
        [
            (name, *(_headline(result, found[metric, unit]) for unit in units))
            for metric, name in (("exact", "by exact answer"), ("score", "on the scores"))
        ],
    )
    yield Sentence(verdict(found["exact", "journal"], found["score", "journal"]))
    yield Note(
        f"1 is perfect, 0 is chance; {RELIABLE:.2f} is reliable, {TENTATIVE} the least for tentative conclusions"
    )
    yield Gap()


def _headline(result: AgreementResult, found: Headline) -> str:
    bounds = between(found.low, found.high) if found.reason is None else reason(result, found.reason)
    return f"{number(found.value)} ({bounds}), n = {found.n_units:,}"


def _items(result: AgreementResult) -> Iterator[Block]:
    sizes = {i.n for i in result.items}
    n = ("n",) if len(sizes) > 1 else ()
    also = {name: kind.heading for name, kind in REPORTED.items() if kind.heading}
    heads = ("Item", *n, "Agree", "Commonest", "Alpha", "95 % interval", *also.values(), "Detect", "Grade")
    rows = [
        (
            cut(item.title, LONGEST),
            *((f"{item.n}",) if n else ()),
            percent(item.percent),
            "" if item.commonest is None else f"{cut(item.commonest, 6)}: {percent(item.commonest_share)}",
            number(item.alpha),
            between(item.alpha_low, item.alpha_high) if item.interval_reason is None else _why(result, item),
            *(number(item.coefficients[name]) for name in also),
            percent(item.detection),
            percent(item.grading),
        )
        for item in sorted(result.items, key=lambda i: (i.alpha is None, -(i.alpha or 0)))
    ]
    yield table(heads, rows, {*heads} - {"Item", "Commonest", "95 % interval"})
    if len(sizes) == 1:
        yield Note(f"n = {sizes.pop():,} journals on each item")
    yield Note(
        "Detect: one coder found nothing, the other something; Grade: both did, and graded it differently; AC2 with "
        "ordinal weights; intervals over clusters, not over journals"
    )
    remarks = [i for i in result.items if i.remark]
    if remarks:
        yield Gap()
        yield Heading("Where alpha and percent agreement part ways")
        yield from (Sentence(f"{cut(i.title, LONGEST)}: {i.remark}", indent=1) for i in remarks)
    yield Gap()


SHORT = {
    "no_pairable_units": "no two answers",
    "no_variation": "one option only",
    "no_disagreement": "no disagreement",
}


def _why(result: AgreementResult, item: ItemAgreement) -> str:
    """Why an item has no interval, in a few letters."""
    n = item.n_minority_clusters
    return SHORT.get(item.interval_reason or "", f"{n} {clusters(result, n)} only")


def _dimensions(result: AgreementResult) -> Table:
    heads = (
        "Dimension",
        "Items",
        "Agree",
        "Exact",
        "95 % interval",
        "Scores",
        "95 % interval ",
        "Detect",
        "Grade",
    )
    rows = [
        (
            cut(d.title, 20),
            f"{d.n_items}",
            percent(d.percent),
            number(d.exact.value),
            between(d.exact.low, d.exact.high),
            number(d.score.value),
            between(d.score.low, d.score.high),
            percent(d.detection),
            percent(d.grading),
        )
        for d in result.dimensions
    ]
    return table(heads, rows, ("Items", "Agree", "Exact", "Scores", "Detect", "Grade"))


def _groups(result: AgreementResult) -> Iterator[Block]:
    by, own = result.options.by, result.options.own_alpha
    more = ("Own exact", "Own scores") if own else ()
    heads = ("Journals", "Readings", "Agree", "Detect", "Grade", "Exact", "Scores", *more)
    rows = [
        (
            cut(g.group, 24) + (" *" if g.n_journals < FEW_JOURNALS else ""),
            f"{g.n_journals}",
            f"{g.n_readings}",
            percent(g.percent),
            percent(g.detection),
            percent(g.grading),
            number(g.relative_exact),
            number(g.relative_score),
            *((number(g.own_exact), number(g.own_score)) if own else ()),
        )
        for g in result.groups[:MOST_GROUPS]
    ]
    yield table(("Publisher" if by == "publisher" else cut(by, 20), *heads), rows, heads)
    if len(result.groups) > MOST_GROUPS:
        yield Sentence(f"… {len(result.groups) - MOST_GROUPS} more with --output")
    yield Note(
        "Exact, Scores: 1 − disagreement there / disagreement by chance in the whole survey. No verdict on anybody: "
        f"one reading entered for many journals counts as often. * fewer than {FEW_JOURNALS} journals"
    )
    if own:
        yield Note("Own: alpha within the group; it falls where policies are alike, whatever the coders did")
    yield Gap()
