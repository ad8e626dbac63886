"""Journals in a table for people: score, spread, range of ranks, and what is known of them; by policy and rank, too."""

from __future__ import annotations

from typing import Any

import pandas as pd

from rdpscore.scoring.scores import ScoreResult, tied_groups
from rdpscore.uncertainty.choices import SensitivityResult
from rdpscore.uncertainty.ranges import UncertaintyResult

SHOWN = ("policy_id", "access_model", "impact", "kind")
JOIN = "; "


def listing(result: ScoreResult, doubt: UncertaintyResult | None = None) -> pd.DataFrame:
    """One row a journal, the highest score first.

    Parameters
    ----------
    result : ScoreResult
    doubt : UncertaintyResult, optional
        Of the same survey and scheme, with the coders' doubt; without it the columns of ranges are left out.

    Returns
    -------
    DataFrame
        journal_id, title, publisher, score; low, high (what one coder alone would have given, 5 to 95 %); rank,
        rank_low, rank_high (the same of ranks); n_missing; and policy_id, access_model, impact, kind where recorded.
    """
    table = result.journals
    extra = [c for c in SHOWN if c in table and table[c].notna().any()]
    out = table[["journal_id", "title", "publisher", "score", "rank", "n_missing", *extra]]
    if doubt is None:
        return out
    ranges = doubt.journals.set_index("journal_id")[
        ["coder_low", "coder_high", "coder_rank_low", "coder_rank_high"]
    ].set_axis(["low", "high", "rank_low", "rank_high"], axis=1)
    out = out.join(ranges, on="journal_id")
    order = [
        "journal_id",
        "title",
        "publisher",
        "score",
        "low",
        "high",
        "rank",
        "rank_low",
        "rank_high",
        "n_missing",
    ]
    return out[[*order, *extra]]


def by_policy(table: pd.DataFrame) -> pd.DataFrame:
    """Journals of one policy in one row.

    Parameters
    ----------
    table : DataFrame
        As `listing` gives it. A journal without a policy is a row of its own.

    Returns
    -------
    DataFrame
        policy_id, n_journals, title (of the first journal), journals, journal_ids, publisher, and of the numbers the
        lowest and the highest: score_low, score_high; rank, rank_last. The highest score first.
    """
    policy = (
        table["policy_id"].astype(object)
        if "policy_id" in table
        else pd.Series(None, table.index, dtype=object)
    )
    key = policy.where(policy.notna(), "\0" + table["journal_id"].astype(str))
    groups = table.assign(policy_id=policy).groupby(key, sort=False)
    out = groups.agg(
        policy_id=("policy_id", "first"),
        n_journals=("journal_id", "size"),
        title=("title", "first"),
        publisher=(
            "publisher",
            lambda names: JOIN.join(dict.fromkeys(str(n) for n in names.dropna())) or None,
        ),
        score_low=("score", "min"),
        score_high=("score", "max"),
        rank=("rank", "min"),
        rank_last=("rank", "max"),
        journals=("title", lambda titles: JOIN.join(map(str, titles))),
        journal_ids=("journal_id", lambda ids: JOIN.join(map(str, ids))),
    )
    return out.reset_index(drop=True)


def matching(table: pd.DataFrame, text: str) -> pd.DataFrame:
    """Rows whose title, publisher or id holds the text, in any case; all rows without a text."""
    wanted = text.strip().casefold()
    if not wanted:
        return table
    columns = [c for c in ("title", "journals", "publisher", "journal_id", "policy_id") if c in table]
    hits = pd.Series(False, table.index)
    for column in columns:
        hits |= pd.Series([wanted in str(v).casefold() for v in table[column]], table.index)
    return table[hits]


# Journals that share a rank -----------------------------------------------------------------------------


def by_rank(result: UncertaintyResult) -> pd.DataFrame:
    """Journals of one score in one row, with the widest range of each kind among them.

    Returns
    -------
    DataFrame
        rank_first, rank_last, titles and publishers (tuples; None for none), n, score, n_borrowed; for each source its
        ``_low``, ``_high``, ``_rank_low``, ``_rank_median`` (the median of them), ``_rank_high``. Journals without a
        score are left out.
    """
    table = result.journals.dropna(subset="score")
    return pd.DataFrame([_by_rank(g, result.sources) for g in tied_groups(table)])


def _by_rank(group: pd.DataFrame, sources: tuple[str, ...]) -> dict[str, Any]:
    first = int(group["rank"].iloc[0])
    out: dict[str, Any] = {
        "rank_first": first,
        "rank_last": first + len(group) - 1,
        "titles": _titles(group),
        "publishers": tuple(p if isinstance(p, str) else None for p in group["publisher"]),
        "n": len(group),
        "score": float(group["score"].iloc[0]),
        "n_borrowed": int(group["borrowed"].sum()),
    }
    for source in sources:
        out[f"{source}_low"] = group[f"{source}_low"].min()
        out[f"{source}_high"] = group[f"{source}_high"].max()
        out[f"{source}_rank_low"] = group[f"{source}_rank_low"].min()
        out[f"{source}_rank_median"] = group[f"{source}_rank_median"].median()
        out[f"{source}_rank_high"] = group[f"{source}_rank_high"].max()
    return out


def always_tied(result: SensitivityResult) -> pd.DataFrame:
    """Journals that share a rank in the scheme and their ranges under other choices, in one row.

    Returns
    -------
    DataFrame
        rank_first, rank_last (of all that share the rank), rank_median, titles and publishers (tuples), and lowest and
        highest of the ranks ``rank_low``, ``rank_high``; ``all_rank_low``, ``all_rank_high``; ``rank_out_low``,
        ``rank_out_high``. Journals without a rank are left out.
    """
    keys = ["rank", "rank_median", "rank_low", "rank_high", "rank_out_low", "rank_out_high"]
    ranked = result.journals[result.journals["rank"].notna()]
    rows = []
    for _, group in ranked.groupby(keys, sort=True):
        first = group.iloc[0]
        rows.append(
            {
                "rank_first": int(first["rank"]),
                "rank_last": int(first["rank"] + first["tied"]),
                "titles": _titles(group),
                "publishers": tuple(p if isinstance(p, str) else None for p in group["publisher"]),
                **{name: first[name] for name in keys[1:]},
                "all_rank_low": group["all_rank_low"].min(),
                "all_rank_high": group["all_rank_high"].max(),
            }
        )
    return pd.DataFrame(rows)


def _titles(group: pd.DataFrame) -> tuple[str, ...]:
    return tuple(str(t) for t in group["title"])
