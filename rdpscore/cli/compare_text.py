"""What ``rdpscore compare`` prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rdpscore.cli.common import clean, console, number, percent, plural, show_problems, table
from rdpscore.comparing.words import matched, moved_words, terms_words

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from rdpscore.comparing.comparison import Pair, SurveyComparison
    from rdpscore.comparing.dates import Reading

FIRST = 8


def show(result: SurveyComparison, *, matches: Path | None = None, full: bool = False) -> None:
    """The surveys, then each pair."""
    out = console()
    for reading in result.surveys:
        out.print(clean(f"{reading.label}: {reading.title}"), style="bold")
        out.print(
            clean(
                f"  {plural(reading.n_journals, 'journal')}, codebook {reading.codebook}; "
                f"policies read: {_when(reading)}"
            )
        )
    if len(result.surveys) > 2:
        out.print(
            f"{plural(result.n_in_all, 'journal')} of {clean(result.surveys[0].label)} in all the others"
        )
    for pair in result.pairs:
        out.print()
        _pair(pair, out, matches=matches, full=full)
    if any(len(p.near) for p in result.pairs) and matches is None:
        out.print()
        out.print("Near matches can be confirmed: add --matches FILE.csv, fill in yes or no, run it again")
    show_problems(result.problems, out)


def _when(reading: Reading) -> str:
    """``coded_on`` and ``read_on`` of a survey, as far as there are any."""
    words = []
    if reading.coded_first is not None:
        same = reading.coded_first == reading.coded_last
        words.append(f"coded on {reading.coded_first}" + ("" if same else f" to {reading.coded_last}"))
    if reading.read_on:
        words.append(reading.read_on)
    return "; ".join(words) or "not recorded"


def _pair(pair: Pair, out: Console, *, matches: Path | None, full: bool) -> None:
    a, b = clean(pair.a.label), clean(pair.b.label)
    out.print(f"{a} and {b}", style="bold")
    out.print(clean(matched(pair)))
    if len(pair.near):
        tail = f"; decide them in {matches}" if matches is not None else ""
        out.print(f"{len(pair.near):,} near match{'' if len(pair.near) == 1 else 'es'}{tail}")
        for row in pair.near.head(len(pair.near) if full else FIRST).to_dict("records"):
            out.print(
                clean(
                    f"  {row['title_a']} ({row['journal_a']}) ? {row['title_b']} ({row['journal_b']}): {row['why']}"
                )
            )
    _terms(pair, out)
    if not pair.counts["n"]:
        out.print("No journal in both surveys has an answer to a shared item; nothing can be compared")
        return
    _agreement(pair, out)
    _moved(pair, out)
    _items(pair, out)
    _publishers(pair, out, full=full)
    if full:
        _full(pair, out)


def _terms(pair: Pair, out: Console) -> None:
    out.print(clean(terms_words(pair)))
    left = pair.terms.left_out
    if len(left):
        out.print(
            f"{plural(len(left), 'closed item')} not compared "
            f"({', '.join(f'{k}: {v}' for k, v in left['reason'].str.replace('_', ' ').value_counts().items())})",
            style="dim",
        )


def _agreement(pair: Pair, out: Console) -> None:
    overall = pair.agreement.overall
    bounds = {h.metric: h for h in pair.agreement.headlines if h.unit == "journal"}

    def told(metric: str, value: float | None) -> str:
        h = bounds[metric]
        if h.low is None or h.high is None:
            return f"{number(value)} (no interval: {(h.reason or '').replace('_', ' ')})"
        return f"{number(value)} ({number(h.low)} to {number(h.high)})"

    out.print(
        f"Agreement as between two coders: {percent(overall.percent)}; alpha {told('exact', overall.alpha_exact)} by "
        f"exact answer, {told('score', overall.alpha_score)} on scores; intervals over "
        f"{plural(bounds['exact'].n_clusters, pair.agreement.options.cluster)}"
    )


def _moved(pair: Pair, out: Console) -> None:
    out.print(clean(moved_words(pair)))


def _items(pair: Pair, out: Console) -> None:
    rows = table(
        "Item", "Journals", "Agree", "Alpha", "Stricter", "Looser", "Other", "Shift",
        right=("Journals", "Agree", "Alpha", "Stricter", "Looser", "Other", "Shift"),
    )  # fmt: skip
    for row in pair.tables()["items"].to_dict("records"):
        differ = row["differ"]
        rows.add_row(
            str(row["title"]),
            f"{row['n']:,}",
            percent(None if differ is None or differ != differ else 1 - differ),
            number(row["alpha"]),
            *(f"{row[k]:,}" if row[k] else "" for k in ("stricter", "looser", "other")),
            number(row["mean_shift"]),
        )
    out.print(rows)


def _publishers(pair: Pair, out: Console, *, full: bool) -> None:
    differing = pair.publishers[pair.publishers["n"] > pair.publishers["same"]]
    if not len(differing):
        return
    rows = table(
        "Publisher", "Journals", "Differ", "Stricter", "Looser", "Most on",
        right=("Journals", "Differ", "Stricter", "Looser"),
    )  # fmt: skip
    shown = differing if full else differing.head(FIRST)
    for row in shown.to_dict("records"):
        own = pair.where[pair.where["publisher"] == row["publisher"]].head(1)
        most = ", ".join(f"{r['title']} ({r['n'] - r['same']})" for r in own.to_dict("records"))
        rows.add_row(
            str(row["publisher"]), f"{row['n_journals']:,}", percent(row["differ"]),
            f"{row['stricter']:,}", f"{row['looser']:,}", most,
        )  # fmt: skip
    out.print(rows)
    if len(differing) > len(shown):
        out.print(f"… and {plural(len(differing) - len(shown), 'more publisher')}; --full prints all")


def _full(pair: Pair, out: Console) -> None:
    rows = table(
        "Item", "Answer", "a", "a %", "b", "b %", "Label", right=("a", "a %", "b", "b %"),
    )  # fmt: skip
    for row in pair.distributions.to_dict("records"):
        shares = (row[f"matched_share_{end}"] for end in "ab")
        first, second = (percent(None if s != s else s) for s in shares)  # no answer at all: NaN
        rows.add_row(
            str(row["title"]), str(row["option"]), f"{row['matched_n_a']:,}", first,
            f"{row['matched_n_b']:,}", second, str(row["label"]),
        )  # fmt: skip
    out.print(rows)
    if len(pair.changes):
        rows = table("Journal", "Item", "a", "b", "b is")
        for row in pair.changes.to_dict("records"):
            rows.add_row(*(str(row[k]) for k in ("title", "item", "a", "b", "direction")))
        out.print(rows)
    for label, frame in ((pair.a.label, pair.only_a), (pair.b.label, pair.only_b)):
        _only(label, frame, out)


def _only(label: str, frame: pd.DataFrame, out: Console) -> None:
    if len(frame):
        out.print(clean(f"In {label} only: " + "; ".join(str(t) for t in frame["title"])))
