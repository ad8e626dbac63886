"""The longer sections of the report on agreement: the score, reasons, confusion, influence, missed provisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rdpscore.agreement import AgreementResult
from rdpscore.agreement import reason_counts as why
from rdpscore.report.agreement_words import REASONS, reason
from rdpscore.report.blocks import Block, Facts, Gap, Heading, Note, Sentence, table
from rdpscore.words import between, cut, number, percent, plural

FIRST = 3
LONGEST = 28


def reliability(result: AgreementResult) -> Iterator[Block]:
    """How reliable a score is, had one coder alone coded, and how many coders would be enough."""
    rel = result.reliability
    yield Heading(f"Reliability of the score (scheme {rel.scheme}), had one coder alone coded")
    if rel.reason is not None:
        yield Sentence(f"undefined: {reason(result, rel.reason)}", indent=1)
        yield Gap()
        return
    k = number(rel.coders_per_journal, 1)
    lines = [
        ("ICC(1), one coder", _estimate(result, rel.icc)),
        (f"ICC of the mean of {k} coders", _estimate(result, rel.icc_mean)),
        ("ICC(1) within publishers", _estimate(result, rel.icc_within)),
        (
            "Standard error of measurement",
            f"{number(rel.error, 3)} of a score from 0 to 1; of the mean of {k} coders {number(rel.error_mean, 3)}",
        ),
    ]
    parts = [rel.variance_publisher, rel.variance_journal, rel.variance_coder]
    if all(p is not None for p in parts):
        total = sum(max(p, 0.0) for p in parts if p is not None)
        shares = [percent(max(p, 0.0) / total) if p is not None and total else "–" for p in parts]
        lines.append(
            ("Variance of scores", f"publishers {shares[0]}, their journals {shares[1]}, coders {shares[2]}")
        )
    for p in rel.plans:
        enough = (
            f"{plural(p.coders, 'coder')} a journal" if p.coders is not None else reason(result, p.reason)
        )
        lines.append((f"For {p.target:.2f}, {p.between}", enough))
    yield Facts(tuple(lines), indent=1)
    yield Gap()


def _estimate(result: AgreementResult, found: Any) -> str:
    if found.value is None:
        return reason(result, found.reason)
    bounds = between(found.low, found.high) if found.low is not None else reason(result, found.reason)
    return f"{number(found.value)} ({bounds})"


def reasons(result: AgreementResult, full: bool) -> Iterator[Block]:
    """Why coders differed, as adjudicators said; by item and publisher with `full`."""
    found = result.disagreements
    if not len(found):
        return
    titles = {r.id: r.title for r in result.survey.codebook.reasons} | {"unrecorded": "Not recorded"}
    yield Heading(f"Why coders differed, as adjudicators said ({plural(len(found), 'disagreement')})")
    counts = why.overall(found).to_dict("records")
    yield table(
        ("", "Reason", "Disagreements", "Share"),
        [
            (
                f"{k}",
                cut(titles.get(row["reason"], row["reason"]), 58),
                f"{row['n']:,}",
                percent(row["share"]),
            )
            for k, row in enumerate(counts, 1)
        ],
        ("Disagreements", "Share"),
    )
    n = why.agreed_but_adjudicated(result.survey)
    if n:
        yield Note(f"Besides, {plural(n, 'answer')} adjudicated although all coders chose one option")
    if full:
        for by in ("item", "publisher"):
            yield Gap()
            yield _reasons_by(result, by)
    yield Gap()


def _reasons_by(result: AgreementResult, by: str) -> Block:
    counts = why.reasons(result.disagreements, by)
    known = why.overall(result.disagreements)["reason"].tolist()
    names = {i.id: i.title for i in result.survey.codebook.items}
    heads = ("All", *(f"Reason {k}" for k in range(1, len(known) + 1)))
    rows = []
    for group, own in counts.groupby(by, sort=False, dropna=False):
        n = dict(zip(own["reason"], own["n"], strict=True))
        called = "no publisher" if group is None or group != group else names.get(str(group), str(group))
        name = cut(called, LONGEST)
        rows.append((name, f"{sum(n.values())}", *(f"{n.get(r, 0)}" for r in known)))
    return table((by.capitalize(), *heads), rows, heads)


def missed(result: AgreementResult, full: bool) -> Iterator[Block]:
    """How many provisions both coders probably missed."""
    found = sorted((m for m in result.missed if m.missed is not None), key=lambda m: -(m.missed or 0))
    n_null = len(result.missed) - len(found)
    if not found:
        return
    yield Heading("Provisions that both coders probably missed: at least")
    titles = {i.id: i.title for i in result.survey.codebook.items}
    shown = found if full else found[:FIRST]
    yield Facts(
        tuple(
            (
                cut(titles[m.item], LONGEST),
                f"{number(m.missed or 0.0, 1):>6} beside {(m.both or 0) + (m.one or 0):.0f} found "
                f"({percent(m.share)} of all); a single coder finds {percent(m.found_by_one_coder)}",
            )
            for m in shown
        ),
        indent=1,
    )
    if len(found) > len(shown):
        rest = sum(m.missed or 0 for m in found[FIRST:])
        yield Sentence(f"{plural(len(found) - FIRST, 'other item')}: {number(rest, 1)} together", indent=1)
    if n_null:
        yield Note(f"{plural(n_null, 'item')} without an estimate: both coders found fewer than 10", indent=1)
    yield Note(
        "If coders search independently and all provisions of an item are equally easy to find", indent=1
    )
    yield Gap()


def confused(result: AgreementResult) -> Iterator[Block]:
    """Which options are taken for each other."""
    yield Heading("Options most often confused")
    titles = {i.id: i.title for i in result.survey.codebook.items}
    for row in result.confusion.sort_values("n", ascending=False, kind="stable").head(10).to_dict("records"):
        item = result.survey.codebook.item(row["item"])
        yield Sentence(
            f"{cut(titles[row['item']], LONGEST)}: {row['low']} and {row['high']}: {row['n']:.0f} journals, "
            f"{percent(row['share_of_differences'])} of the item's differences",
            indent=1,
        )
        for code in (row["low"], row["high"]):
            yield Note(f"{code}  {cut(item.option(code).label, 80)}", indent=3)
    yield Gap()


def influential(result: AgreementResult) -> Iterator[Block]:
    """Which clusters and journals weigh most."""
    yield Heading("Which weigh most: alpha over all items without them")
    rows = []
    for frame in (result.cluster_influence, result.influence):
        for row in frame.head(FIRST).to_dict("records"):
            name = str(next(iter(row.values())))
            rows.append((cut(name, 60), number(row["exact_without"], 3), number(row["score_without"], 3)))
        if result.options.cluster == "journal":
            break
    yield table(("Without", "Exact", "Scores"), rows, ("Exact", "Scores"))
    yield Gap()


def coders(result: AgreementResult) -> Iterator[Block]:
    """What marks each coder, where coders are persons."""
    if result.coders is None:
        yield Note("Coders have no profiles: the survey's coders are slots, not persons")
        yield Gap()
        return
    heads = ("Journals", "Agree", "Adopted", "Strictness", "Found alone", "Missed")
    rows = [
        (
            cut(c.coder, LONGEST),
            f"{c.n_journals}",
            percent(c.percent),
            percent(c.adopted),
            number(c.strictness),
            f"{c.found_alone}",
            f"{c.missed}",
        )
        for c in result.coders
    ]
    yield table(("Coder", *heads), rows, heads)
    yield Gap()


TERMS = {
    "above_lowest": "answer above the lowest",
    "score_of_others": "score of the other items, a tenth more",
    "complexity_of_others": "complexity of the others, a tenth more",
    "more_than_two_coders": "more than two coders",
}


def coding_difficulty(found: Any) -> Iterator[Block]:
    """What makes coding hard."""
    floor = found.floor
    yield Heading("What makes coding hard?")
    yield Sentence(
        f"Floor: coders differ on {percent(floor.disagreed_lowest)} of {floor.n_lowest:,} cells where the answer is "
        f"the lowest, {percent(floor.disagreed_above)} of {floor.n_above:,} above it",
        indent=1,
    )
    rows: list[tuple[str, ...]] = []
    model = ""
    for t in found.terms:
        if t.term == "more_than_two_coders":
            continue
        if t.model != model:
            model = t.model
            rows.append((model,))
        bounds = between(t.low, t.high) if t.reason is None else REASONS.get(t.reason, t.reason)
        rows.append(
            (
                f"  {TERMS[t.term]}",
                number(t.odds_ratio),
                bounds,
                between(t.jackknife_low, t.jackknife_high),
                number(t.without_influential),
            )
        )
    yield table(
        ("Odds of differing, within items", "Ratio", "95 % interval", "Jackknife", "Without"),
        rows,
        ("Ratio", "Without"),
    )
    yield Note(
        f"Jackknife: leaving out one {found.settings['cluster']} at a time. Complexity: share of the journal's other "
        "items answered between the lowest and the highest option. Without: the journals that weigh most on the "
        f"score's ratio: {', '.join(found.influential)}"
    )
    strict = next((t for t in found.terms if t.term == "score_of_others" and "complexity" in t.model), None)
    if (
        strict is not None
        and strict.low is not None
        and strict.high is not None
        and strict.low <= 1 <= strict.high
    ):
        yield Sentence(
            "Beyond the floor, no effect of strict or of intricate policies is shown, nor excluded."
        )
    yield Gap()
