"""How uniform the journals of a publisher are, and how a publisher differs from the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rdpscore.codebook import Scheme
from rdpscore.inference import clusters
from rdpscore.scoring.scored_rows import resolved_rows, the_scheme
from rdpscore.survey import Survey


def uniformity(survey: Survey) -> pd.DataFrame:
    """Distinct patterns of answers among the journals of each publisher.

    Two journals have one pattern where their resolved answers to all closed items are the same.

    Returns
    -------
    DataFrame
        One row a publisher, the most uniform first: publisher, n_journals, n_patterns, n_largest (journals of the
        commonest pattern), share_largest; n_items_same (items on which all its journals have one answer), n_items;
        journals (titles of the commonest pattern). Journals without a publisher are left out.
    """
    groups, book = clusters(survey), survey.codebook
    closed = np.array([i.closed for i in book.items], bool)
    option = survey.resolved.option[:, closed]
    pattern = np.unique(option, axis=0, return_inverse=True)[1].reshape(-1)
    table = survey.journals.drop_duplicates("journal_id").dropna(subset="journal_id")
    titles = table["title"].astype(object).to_numpy()
    order = np.argsort(groups.code, kind="stable")
    cuts = np.flatnonzero(np.diff(groups.code[order], prepend=-1))
    rows = []
    for own in np.split(order, cuts[1:]):
        if not len(own) or groups.code[own[0]] >= groups.n_named:
            continue
        found, count = np.unique(pattern[own], return_counts=True)
        most = found[int(count.argmax())]
        same = int((option[own] == option[own[0]]).all(axis=0).sum())
        rows.append(
            {
                "publisher": groups.labels[groups.code[own[0]]],
                "n_journals": len(own),
                "n_patterns": len(found),
                "n_largest": int(count.max()),
                "share_largest": float(count.max() / len(own)),
                "n_items_same": same,
                "n_items": int(closed.sum()),
                "journals": "; ".join(str(t) for t in titles[own[pattern[own] == most]]),
            }
        )
    columns = [
        "publisher",
        "n_journals",
        "n_patterns",
        "n_largest",
        "share_largest",
        "n_items_same",
        "n_items",
    ]
    return pd.DataFrame(rows, columns=[*columns, "journals"]).sort_values(
        ["share_largest", "n_journals"], ascending=False, kind="stable", ignore_index=True
    )


def against_rest(survey: Survey, publisher: str, scheme: Scheme | str | None = None) -> pd.DataFrame:
    """Mean score of each item of a publisher's journals, beside that of all other journals.

    Parameters
    ----------
    survey : Survey
    publisher : str
    scheme : Scheme or str, optional
        As for `score`; it says which answers count.

    Returns
    -------
    DataFrame
        One row a scored item, the largest difference first: item, title, dimension; own, n_own, low and high (of its
        journals); rest, n_rest; difference. Means are None where nobody answered.

    Raises
    ------
    ValueError
        There is no such publisher.
    """
    chosen = the_scheme(survey, scheme)
    groups, book = clusters(survey), survey.codebook
    if publisher not in groups.labels[: groups.n_named]:
        raise ValueError(f"no journal has the publisher '{publisher}'")
    own = groups.code == groups.labels.index(publisher)
    answers = resolved_rows(survey, chosen).answers
    values = np.where(answers.present, answers.values, np.nan)
    rows = []
    for k, item in enumerate(book.scored_items):
        mine, theirs = (v[~np.isnan(v)] for v in (values[own, k], values[~own, k]))
        rows.append(
            {
                "item": item.id,
                "title": item.title,
                "dimension": item.dimension,
                "own": float(mine.mean()) if len(mine) else None,
                "n_own": len(mine),
                "low": float(mine.min()) if len(mine) else None,
                "high": float(mine.max()) if len(mine) else None,
                "rest": float(theirs.mean()) if len(theirs) else None,
                "n_rest": len(theirs),
                "difference": float(mine.mean() - theirs.mean()) if len(mine) and len(theirs) else None,
            }
        )
    columns = ["item", "title", "dimension", "own", "n_own", "low", "high", "rest", "n_rest", "difference"]
    out = pd.DataFrame(rows, columns=columns)
    order = (
        out["difference"].astype(float).sort_values(ascending=False, kind="stable", na_position="last").index
    )
    return out.loc[order].reset_index(drop=True)
