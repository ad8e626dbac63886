"""What ``rdpscore score --compare`` prints: several schemes side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdpscore.cli.common import clean, console, number, plural, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from rich.table import Table

    from rdpscore.scoring.comparison import Comparison
    from rdpscore.survey import Survey

ROWS = 20
REASONS = {
    "too_few_journals": "fewer than two journals have both scores",
    "no_variation": "all scores are equal",
}


def show_comparison(survey: Survey, result: Comparison) -> None:
    """Schemes, how alike their orders are, and the journals that move most."""
    out = console()
    first = result.names[0]
    out.print(clean(survey.meta.title), style="bold")
    out.print(f"{plural(len(result.journals), 'journal')} under {plural(len(result.names), 'scheme')}")
    out.print()
    out.print(_schemes(result))
    out.print()
    out.print(_pairs(result))
    for pair in result.pairs:
        if pair.reason:
            out.print(f"{pair.first} and {pair.second}: no correlation, since {REASONS[pair.reason]}")
    out.print()
    moved = _most_moved(result)
    if moved.empty:
        out.print(f"No journal has another rank than under {first}")
        return
    out.print(_journals(result, moved, out.width))
    left = _n_moved(result) - int(moved["alike"].sum())
    more = f"; {left} more move" if left > 0 else ""
    out.print(
        f"↑ and ↓: places gained and lost against {first}{more}; all with --output ranks.csv", style="dim"
    )


def _n_moved(result: Comparison) -> int:
    changes = result.journals[[f"change_{n}" for n in result.names[1:]]]
    return int((changes.fillna(0) != 0).any(axis=1).sum())


def _schemes(result: Comparison) -> Table:
    out = table("Scheme", "Mean", "Journals", "", right=("Mean", "Journals"))
    for name, r in zip(result.names, result.results, strict=True):
        out.add_row(name, number(r.mean), f"{int(r.journals['score'].notna().sum())}", r.scheme.title)
    return out


def _pairs(result: Comparison) -> Table:
    columns = ("Spearman", "Kendall", "Moved", "Mean shift", "Largest")
    out = table("Two schemes", *columns, right=columns)
    for pair in result.pairs:
        out.add_row(
            f"{pair.first} and {pair.second}",
            number(pair.spearman, 3),
            number(pair.kendall, 3),
            f"{pair.n_moved} of {pair.n}",
            number(pair.mean_shift, 1),
            "–" if pair.largest_shift is None else f"{pair.largest_shift}",
        )
    return out


def _most_moved(result: Comparison) -> pd.DataFrame:
    """The journals that move most under any of the schemes, in the order of the first; alike ones in one row."""
    changes = result.journals[[f"change_{n}" for n in result.names[1:]]]
    most = changes.abs().max(axis=1).astype(float).fillna(0.0)
    moved = result.journals[most > 0].assign(most=most[most > 0])
    scores = [f"score_{n}" for n in result.names]
    alike = moved.groupby(["publisher", *scores], dropna=False, sort=False)
    moved["alike"] = alike["title"].transform("size")
    first = moved.loc[~moved.duplicated(["publisher", *scores])]
    return first.sort_values("most", ascending=False, kind="stable").iloc[:ROWS].sort_index()


def _journals(result: Comparison, moved: pd.DataFrame, width: int) -> Table:
    names = result.names
    heads = [_short(n, len(names)) for n in names]
    out = table("Journals that move most", *heads, right=tuple(heads))
    room = max(20, width - sum(max(len(h), 12) + 2 for h in heads) - 2)
    for _, row in moved.iterrows():
        title = _label(row)
        cells = [_cell(row, name, names) for name in names]
        out.add_row(title if len(title) <= room else f"{title[: room - 1]}…", *cells)
    return out


def _short(name: str, n: int) -> str:
    most = max(8, 60 // n)
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _label(row: pd.Series) -> str:
    """A journal with its publisher, or ``"7 journals of Frontiers"`` where these move alike."""
    owner = str(row["publisher"]) if isinstance(row["publisher"], str) else "(no publisher)"
    if row["alike"] > 1:
        return f"{row['alike']} journals of {owner}"
    return f"{row['title']} ({owner})"


def _cell(row: pd.Series, name: str, names: Sequence[str]) -> str:
    """``"0.41  12 ↑3"``."""
    rank = row[f"rank_{name}"]
    if rank != rank or str(rank) == "<NA>":
        return "–"
    text = f"{number(row[f'score_{name}'])} {int(rank):>4}"
    if name == names[0]:
        return text
    change = row[f"change_{name}"]
    if str(change) == "<NA>":
        return f"{text}     "
    arrow = "↑" if change > 0 else "↓" if change < 0 else " "
    return f"{text} {arrow}{abs(int(change)) or '':<3}"
