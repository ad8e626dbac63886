"""The longer sections of the report on agreement: the score, reasons, confusion, influence, missed provisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rdpscore.agreement import reasons as why
from rdpscore.agreement.words import REASONS, reason
from rdpscore.cli.agreement_words import interval, short
from rdpscore.cli.common import clean, number, percent, plural, table

if TYPE_CHECKING:
    from rich.console import Console

    from rdpscore.agreement import AgreementResult

FIRST = 3


def show_reliability(out: Console, result: AgreementResult) -> None:
    rel = result.reliability
    out.print(f"Reliability of the score (scheme {rel.scheme}), had one coder alone coded", style="bold")
    if rel.reason is not None:
        out.print(f"  undefined: {reason(result, rel.reason)}")
        out.print()
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
        coders = plural(p.coders, "coder") if p.coders is not None else reason(result, p.reason)
        lines.append((f"For {p.target:.2f}, {p.between}", f"{coders} a journal" if p.coders else coders))
    for name, text in lines:
        out.print(f"  {name:<36}{text}")
    out.print()


def _estimate(result: AgreementResult, found: Any) -> str:
    if found.value is None:
        return reason(result, found.reason)
    bounds = interval(found.low, found.high) if found.low is not None else reason(result, found.reason)
    return f"{number(found.value)} ({bounds})"


def show_reasons(out: Console, result: AgreementResult, full: bool) -> None:
    found = result.disagreements
    if not len(found):
        return
    titles = {r.id: r.title for r in result.survey.codebook.reasons} | {"unrecorded": "Not recorded"}
    out.print(
        f"Why coders differed, as adjudicators said ({plural(len(found), 'disagreement')})", style="bold"
    )
    for k, row in enumerate(why.overall(found).to_dict("records"), 1):
        name = clean(short(titles.get(row["reason"], row["reason"]), 58))
        out.print(f"  {k}  {name:<60}{row['n']:>5,}  {percent(row['share']):>5}")
    n = why.agreed_but_adjudicated(result.survey)
    if n:
        out.print(
            f"  Besides, {plural(n, 'answer')} adjudicated although all coders chose one option", style="dim"
        )
    if full:
        for by in ("item", "publisher"):
            _reasons_by(out, result, by)
    out.print()


def _reasons_by(out: Console, result: AgreementResult, by: str) -> None:
    counts = why.reasons(result.disagreements, by)
    known = why.overall(result.disagreements)["reason"].tolist()
    names = {i.id: i.title for i in result.survey.codebook.items}
    heads = ["All", *(f"Reason {k}" for k in range(1, len(known) + 1))]
    rows = table(by.capitalize(), *heads, right=tuple(heads))
    for group, own in counts.groupby(by, sort=False, dropna=False):
        n = dict(zip(own["reason"], own["n"], strict=True))
        cells = [f"{sum(n.values())}", *(f"{n.get(r, 0)}" for r in known)]
        rows.add_row(short(names.get(str(group), str(group))), *cells)
    out.print()
    out.print(rows)


def show_missed(out: Console, result: AgreementResult, full: bool) -> None:
    found = sorted((m for m in result.missed if m.missed is not None), key=lambda m: -(m.missed or 0))
    n_null = len(result.missed) - len(found)
    if not found:
        return
    out.print("Provisions that both coders probably missed: at least", style="bold")
    titles = {i.id: i.title for i in result.survey.codebook.items}
    shown = found if full else found[:FIRST]
    for m in shown:
        n = m.missed or 0.0
        out.print(
            f"  {clean(short(titles[m.item])):<30}{number(n, 1):>6} beside {(m.both or 0) + (m.one or 0):.0f} found "
            f"({percent(m.share)} of all); a single coder finds {percent(m.found_by_one_coder)}"
        )
    if not full and len(found) > len(shown):
        rest = sum(m.missed or 0 for m in found[FIRST:])
        out.print(f"  {plural(len(found) - FIRST, 'other item')}: {number(rest, 1)} together")
    if n_null:
        out.print(
            f"  {plural(n_null, 'item')} without an estimate: both coders found fewer than 10", style="dim"
        )
    out.print(
        "  If coders search independently and all provisions of an item are equally easy to find", style="dim"
    )
    out.print()


def show_confusion(out: Console, result: AgreementResult) -> None:
    out.print("Options most often confused", style="bold")
    titles = {i.id: i.title for i in result.survey.codebook.items}
    for row in result.confusion.sort_values("n", ascending=False, kind="stable").head(10).to_dict("records"):
        item = result.survey.codebook.item(row["item"])
        out.print(
            f"  {clean(short(titles[row['item']])):<30}{row['low']} and {row['high']}: {row['n']:.0f} journals, "
            f"{percent(row['share_of_differences'])} of the item's differences"
        )
        for code in (row["low"], row["high"]):
            out.print(f"      {code}  {clean(short(item.option(code).label, 80))}", style="dim")
    out.print()


def show_influence(out: Console, result: AgreementResult) -> None:
    out.print("Which weigh most: alpha over all items without them (exact, scores)", style="bold")
    for frame in (result.cluster_influence, result.influence):
        for row in frame.head(FIRST).to_dict("records"):
            name = next(iter(row.values()))
            out.print(
                f"  {clean(short(str(name), 60)):<62}{number(row['exact_without'], 3):>7}"
                f"{number(row['score_without'], 3):>8}"
            )
        if result.options.cluster == "journal":
            break
    out.print()


def show_coders(out: Console, result: AgreementResult) -> None:
    if result.coders is None:
        out.print("Coders have no profiles: the survey's coders are slots, not persons", style="dim")
        out.print()
        return
    heads = ("Journals", "Agree", "Adopted", "Strictness", "Found alone", "Missed")
    rows = table("Coder", *heads, right=heads)
    for c in result.coders:
        rows.add_row(
            short(c.coder), f"{c.n_journals}", percent(c.percent), percent(c.adopted), number(c.strictness),
            f"{c.found_alone}", f"{c.missed}",
        )  # fmt: skip
    out.print(rows)
    out.print()


TERMS = {
    "above_lowest": "answer above the lowest",
    "score_of_others": "score of the other items, a tenth more",
    "complexity_of_others": "complexity of the others, a tenth more",
    "more_than_two_coders": "more than two coders",
}


def show_difficulty(out: Console, found: Any) -> None:
    floor = found.floor
    out.print("What makes coding hard?", style="bold")
    out.print(
        f"  Floor: coders differ on {percent(floor.disagreed_lowest)} of {floor.n_lowest:,} cells where the answer is "
        f"the lowest, {percent(floor.disagreed_above)} of {floor.n_above:,} above it"
    )
    heads = ("Odds of differing, within items", "Ratio", "95 % interval", "Jackknife", "Without")
    rows = table(*heads, right=("Ratio", "Without"))
    model = ""
    for t in found.terms:
        if t.term == "more_than_two_coders":
            continue
        if t.model != model:
            model = t.model
            rows.add_row(f"{model}", "", "", "", "")
        bounds = interval(t.low, t.high) if t.reason is None else REASONS.get(t.reason, t.reason)
        rows.add_row(
            f"  {TERMS[t.term]}", number(t.odds_ratio), bounds, interval(t.jackknife_low, t.jackknife_high),
            number(t.without_influential),
        )  # fmt: skip
    out.print(rows)
    out.print(
        f"Jackknife: leaving out one {found.settings['cluster']} at a time. Complexity: share of the journal's other",
        style="dim",
    )
    out.print(
        "items answered between the lowest and the highest option. Without: the journals that weigh",
        style="dim",
    )
    out.print(f"most on the score's ratio: {clean(', '.join(found.influential))}", style="dim")
    strict = next((t for t in found.terms if t.term == "score_of_others" and "complexity" in t.model), None)
    if (
        strict is not None
        and strict.low is not None
        and strict.high is not None
        and strict.low <= 1 <= strict.high
    ):
        out.print("Beyond the floor, no effect of strict or of intricate policies is shown, nor excluded.")
    out.print()
