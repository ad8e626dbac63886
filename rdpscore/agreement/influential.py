"""Which journals, and which clusters, weigh most: both headlines without each of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rdpscore.agreement.pairs import Cells, metric_distances
from rdpscore.agreement.panels import panel
from rdpscore.agreement.ratings import Floats
from rdpscore.inference import By, Jackknife, jackknife
from rdpscore.survey import Survey


def without_each_journal(data: Cells, distances: Sequence[Floats | None]) -> Jackknife:
    """Alpha over all items, and the same without each journal; memory of one item's counts.

    Parameters
    ----------
    data : Cells
    distances : sequence of float arrays or None
        Distance between the options of each item; None for an item that does not count.

    Notes
    -----
    With δ fixed, leaving out the counts x of a journal of m answers takes xᵀδx/(m − 1) from the sum behind D_o,
    and 2xᵀδN − xᵀδx from NᵀδN behind D_e, N being the totals.
    """
    n_journals = len(data.counts[0]) if data.counts else 0
    observed, expected = np.zeros((2, n_journals + 1))  # the last one leaves out nothing
    present = np.zeros(n_journals, bool)
    for k, distance in enumerate(distances):
        if distance is None:
            continue
        use = data.pairable(k)
        present |= use
        x = np.vstack([np.where(use[:, None], data.counts[k], 0.0), np.zeros(data.counts[k].shape[1])])
        m, totals = x.sum(axis=1), x.sum(axis=0)
        apart = x @ distance
        own = (apart * x).sum(axis=1)
        share = own / np.maximum(m - 1, 1)
        left = totals.sum() - m
        observed += np.where(left > 0, (share.sum() - share) / np.maximum(left, 1), 0.0)
        pairs = totals @ distance @ totals - 2 * apart @ totals + own
        pairs[pairs < 1e-9] = 0.0  # whole numbers times distances: less is rounding
        expected += np.where(left > 1, pairs / np.maximum(left * (left - 1), 1), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = np.where(expected > 0, 1 - observed / expected, np.nan)
    return Jackknife(alpha[-1:], alpha[:-1, None], present[:, None])


def influence(survey: Survey, data: Cells, by: By) -> pd.DataFrame:
    """How alpha over all items changes when one journal, or one cluster, is left out.

    Parameters
    ----------
    survey : Survey
    data : Cells
    by : {"publisher", "policy", "reading", "journal"}
        What is left out.

    Returns
    -------
    DataFrame
        Named like `by` (``journal_id`` for journals), n_journals, then for both metrics ``…_without`` and
        ``…_influence``: alpha less alpha without it, above 0 where it raises alpha. Largest change first.
    """
    distances = metric_distances(survey, data)
    double = np.any([data.pairable(k) for k in range(len(data.items))], axis=0)
    if by == "journal":
        labels, members = [str(j) for j in survey.journal_ids], double.astype(int)
        found = {m: without_each_journal(data, d) for m, d in distances.items()}
    else:
        sums = panel(survey, by)
        at = [e.at.start + e.layout.n_pairable for e in sums.entries]
        labels = list(sums.labels)
        members = sums.statistics[:, at].max(axis=1, initial=0).astype(int)
        found = {}
        for metric in distances:
            measure = sums.stratified(metric)
            found[metric] = jackknife(sums.statistics, measure.function, measure.present)
    table: dict[str, object] = {"journal_id" if by == "journal" else by: np.array(labels, object)}
    table["n_journals"] = members
    used = np.zeros(len(labels), bool)
    for metric, left in found.items():
        used |= left.present[:, 0]
        without = np.where(left.present[:, 0], left.without[:, 0], np.nan)
        table |= {f"{metric}_without": without, f"{metric}_influence": left.point[0] - without}
    frame = pd.DataFrame(table)[used]
    size = frame[[f"{m}_influence" for m in distances]].abs().max(axis=1).fillna(np.inf)
    return frame.iloc[np.argsort(-size.to_numpy(), kind="stable")].reset_index(drop=True)
