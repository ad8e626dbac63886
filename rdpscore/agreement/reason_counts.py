"""Why coders differed: the reasons that adjudicators gave."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rdpscore.survey import Survey

UNRECORDED = "unrecorded"


def disagreements(survey: Survey) -> pd.DataFrame:
    """One row a disagreement on a closed item: journal_id, item, dimension, publisher, reason, adjudicated.

    The reason is that of the adjudication; ``unrecorded`` where none was given or nobody adjudicated.
    """
    closed = np.array([i.closed for i in survey.codebook.items])
    journal, item = np.nonzero(survey.resolved.disagreed & closed)
    adopted = survey.adopted_row[journal, item]
    reason = np.append(survey.adjudications["reason"].astype(object).to_numpy(), [None])[adopted]
    publisher = _by_journal(survey, "publisher")
    return pd.DataFrame(
        {
            "journal_id": survey.journal_ids[journal],
            "item": np.array(survey.codebook.item_ids, object)[item],
            "dimension": np.array([i.dimension for i in survey.codebook.items], object)[item],
            "publisher": publisher[journal],
            "reason": [r if isinstance(r, str) else UNRECORDED for r in reason],
            "adjudicated": adopted >= 0,
        }
    )


def reasons(found: pd.DataFrame, by: str) -> pd.DataFrame:
    """Number of disagreements by reason and by a column of `disagreements`.

    Parameters
    ----------
    found : DataFrame
        As `disagreements` gives it.
    by : {"item", "publisher", "dimension"}

    Returns
    -------
    DataFrame
        `by`, reason, n, share (of the disagreements of the row's group), commonest first.
    """
    named = found.assign(**{by: found[by].astype(object).where(found[by].notna(), None)})
    counts = named.groupby([by, "reason"], dropna=False, sort=True).size().rename("n").reset_index()
    total = counts.groupby(by, dropna=False)["n"].transform("sum")
    counts["share"] = counts["n"] / total
    order = pd.DataFrame({"total": total, "n": counts["n"]})
    return counts.loc[order.sort_values(["total", "n"], ascending=False, kind="stable").index].reset_index(
        drop=True
    )


def overall(found: pd.DataFrame) -> pd.DataFrame:
    """Number and share of disagreements by reason, commonest first."""
    counts = found["reason"].value_counts(sort=True)
    return pd.DataFrame(
        {
            "reason": counts.index.astype(object),
            "n": counts.to_numpy(),
            "share": counts.to_numpy() / len(found),
        }
        if len(found)
        else {"reason": [], "n": [], "share": []}
    )


def agreed_but_adjudicated(survey: Survey) -> int:
    """Closed items that were adjudicated although all coders chose one option, for instance for the wording."""
    closed = np.array([i.closed for i in survey.codebook.items])
    resolved = survey.resolved
    agreed = (resolved.n_answers >= 2) & ~resolved.disagreed
    return int((closed & agreed & (survey.adopted_row >= 0)).sum())


def _by_journal(survey: Survey, column: str) -> np.ndarray:
    """A text column in the order of `Survey.journal_ids`, None where it is blank."""
    ids = survey.journals["journal_id"]
    first = (ids.notna() & ~ids.duplicated()).to_numpy()
    cells = survey.journals[column].astype(object)[first]
    return np.array([v if isinstance(v, str) else None for v in cells], object)
