"""Journals in a table for people: score, spread, range of ranks, and what is known of them; by policy, too."""

from __future__ import annotations

import pandas as pd

from rdpscore.scoring.scores import ScoreResult
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
