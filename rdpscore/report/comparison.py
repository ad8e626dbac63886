"""The report on surveys laid side by side: journals in both, agreement as between two coders, what moved."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from rdpscore.comparing.comparison import Pair, SurveyComparison
from rdpscore.comparing.dates import NOT_DATED, SAME_TIME, Reading
from rdpscore.report.blocks import Block, Gap, Heading, Note, Sentence, Table, table
from rdpscore.report.problems import report_problems
from rdpscore.results import records
from rdpscore.words import between, number, percent, plural

FIRST = 8
"""Near matches and publishers that are shown where not all are asked for."""
WHY = {
    NOT_DATED: "not both surveys say when they read the policies",
    SAME_TIME: "the surveys read the policies at overlapping times",
}


def report_comparison(
    result: SurveyComparison, *, matches: str | None = None, full: bool = False
) -> Iterator[Block]:
    """The surveys, then each pair.

    Parameters
    ----------
    result : SurveyComparison
    matches : str, optional
        The file in which near matches are decided.
    full : bool
        Every difference, every near match and every journal that is in one survey only.
    """
    for survey in result.surveys:
        yield Heading(f"{survey.label}: {survey.title}", 1)
        yield Sentence(
            f"{plural(survey.n_journals, 'journal')}, codebook {survey.codebook}; policies read: {_when(survey)}",
            indent=1,
        )
    if len(result.surveys) > 2:
        yield Sentence(f"{plural(result.n_in_all, 'journal')} of {result.surveys[0].label} in all the others")
    for pair in result.pairs:
        yield Gap()
        yield from _pair(pair, matches, full)
    if matches is None and any(len(p.near) for p in result.pairs):
        yield Gap()
        yield Sentence(
            "Near matches can be confirmed: add --matches FILE.csv, fill in yes or no, run it again"
        )
    yield from report_problems(result.problems)


def _when(survey: Reading) -> str:
    """``coded_on`` and ``read_on`` of a survey, as far as there are any."""
    days = dict.fromkeys((survey.coded_first, survey.coded_last))
    coded = f"coded on {' to '.join(str(d) for d in days)}" if survey.coded_first is not None else None
    return "; ".join(w for w in (coded, survey.read_on) if w) or "not recorded"


def _pair(pair: Pair, matches: str | None, full: bool) -> Iterator[Block]:
    yield Heading(f"{pair.a.label} and {pair.b.label}")
    yield Sentence(matched(pair))
    if len(pair.near):
        tail = f"; decide them in {matches}" if matches is not None else ""
        yield Sentence(f"{len(pair.near):,} near match{'' if len(pair.near) == 1 else 'es'}{tail}")
        for row in records(pair.near if full else pair.near.head(FIRST)):
            yield Sentence(
                f"{row['title_a']} ({row['journal_a']}) ? {row['title_b']} ({row['journal_b']}): {row['why']}",
                indent=1,
            )
    yield Sentence(terms_words(pair))
    left = pair.terms.left_out
    if len(left):
        reasons = left["reason"].str.replace("_", " ").value_counts()
        why = ", ".join(f"{reason}: {n}" for reason, n in reasons.items())
        yield Note(f"{plural(len(left), 'closed item')} not compared ({why})")
    if not pair.counts["n"]:
        yield Sentence("No journal in both surveys has an answer to a shared item; nothing can be compared")
        return
    yield Sentence(_agreement(pair))
    yield Sentence(moved_words(pair))
    yield _items(pair)
    yield from _publishers(pair, full)
    if full:
        yield from _all(pair)


def matched(pair: Pair) -> str:
    """How many journals are in both, and by what they were found to be one."""
    kinds = pair.matches["by"].value_counts().to_dict()
    told = ", ".join(f"{n:,} by {k}" if k != "confirmed" else f"{n:,} confirmed" for k, n in kinds.items())
    return (
        f"{plural(len(pair.matches), 'journal')} in both{f' ({told})' if told else ''}; {len(pair.only_a):,} in "
        f"{pair.a.label} only, {len(pair.only_b):,} in {pair.b.label} only"
    )


def terms_words(pair: Pair) -> str:
    """Which items are shared, and through what."""
    made = pair.terms.translation
    said = f"{plural(len(pair.terms.codebook.items), 'shared item')} of {pair.terms.codebook.id}"
    if made is None:
        return said
    whose = pair.a.label if pair.terms.translated == "a" else pair.b.label
    return f"{said}, {whose} through the crosswalk {made.crosswalk.id}"


def moved_words(pair: Pair) -> str:
    """How many answers differ, in which direction, and whether that is a change."""
    counts, a, b = pair.counts, pair.a.label, pair.b.label
    n, differ = counts["n"], counts["n"] - counts["same"]
    words = f"{counts['stricter']:,} stricter, {counts['looser']:,} looser" + (
        f", {counts['other']:,} other" if counts["other"] else ""
    )
    if pair.later is not None:
        after, before = (b, a) if pair.later == "b" else (a, b)
        return (
            f"{differ:,} of {plural(n, 'answer')} changed or were coded otherwise from {a} to {b} ({words}); "
            f"{after} read the policies after {before}"
        )
    return (
        f"{differ:,} of {plural(n, 'answer')} differ; of {b}, seen from {a}: {words}. These are differences, "
        f"not changes, as {WHY[pair.undated or '']}"
    )


def _agreement(pair: Pair) -> str:
    found = pair.agreement
    bounds = {h.metric: h for h in found.headlines if h.unit == "journal"}

    def told(metric: str, value: float | None) -> str:
        h = bounds[metric]
        none = f"no interval: {(h.reason or '').replace('_', ' ')}"
        return f"{number(value)} ({none if h.low is None or h.high is None else between(h.low, h.high)})"

    return (
        f"Agreement as between two coders: {percent(found.overall.percent)}; alpha "
        f"{told('exact', found.overall.alpha_exact)} by exact answer, {told('score', found.overall.alpha_score)} on "
        f"scores; intervals over {plural(bounds['exact'].n_clusters, found.options.cluster)}"
    )


def _items(pair: Pair) -> Table:
    numbers = ("Journals", "Agree", "Alpha", "Stricter", "Looser", "Other", "Shift")
    rows = [
        (
            row["title"],
            f"{row['n']:,}",
            percent(None if row["differ"] is None else 1 - row["differ"]),
            number(row["alpha"]),
            *(f"{row[k]:,}" if row[k] else "" for k in ("stricter", "looser", "other")),
            number(row["mean_shift"]),
        )
        for row in records(pair.tables()["items"])
    ]
    return table(("Item", *numbers), rows, numbers)


def _publishers(pair: Pair, full: bool) -> Iterator[Block]:
    """Those whose journals differ, and on what most of theirs do."""
    differing = pair.publishers[pair.publishers["n"] > pair.publishers["same"]]
    if not len(differing):
        return
    first = {r["publisher"]: r for r in reversed(records(pair.where))}
    shown = records(differing if full else differing.head(FIRST))
    rows = [
        (
            row["publisher"],
            f"{row['n_journals']:,}",
            percent(row["differ"]),
            f"{row['stricter']:,}",
            f"{row['looser']:,}",
            f"{most['title']} ({most['n'] - most['same']})",
        )
        for row in shown
        for most in (first[row["publisher"]],)
    ]
    numbers = ("Journals", "Differ", "Stricter", "Looser")
    yield table(("Publisher", *numbers, "Most on"), rows, numbers)
    if len(differing) > len(shown):
        yield Sentence(f"… and {plural(len(differing) - len(shown), 'more publisher')}; --full prints all")


def _all(pair: Pair) -> Iterator[Block]:
    """Every option, every difference, every journal that is in one survey only."""
    rows = [
        (
            row["title"],
            row["option"],
            *(
                text
                for end in "ab"
                for text in (f"{row[f'matched_n_{end}']:,}", percent(row[f"matched_share_{end}"]))
            ),
            row["label"],
        )
        for row in records(pair.distributions)
    ]
    yield table(("Item", "Answer", "a", "a %", "b", "b %", "Label"), rows, ("a", "a %", "b", "b %"))
    if len(pair.changes):
        columns = ["title", "item", "a", "b", "direction"]
        yield table(
            ("Journal", "Item", "a", "b", "b is"), pair.changes[columns].astype(str).to_numpy().tolist()
        )
    yield from _only(pair.a.label, pair.only_a)
    yield from _only(pair.b.label, pair.only_b)


def _only(label: str, frame: pd.DataFrame) -> Iterator[Block]:
    if len(frame):
        yield Sentence(f"In {label} only: {'; '.join(map(str, frame['title']))}")
