"""Which journals, and which clusters, weigh most: both headlines without each of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rdpscore.agreement.ledger import METRICS
from rdpscore.agreement.panel import panel
from rdpscore.inference import By, jackknife
from rdpscore.survey import Survey


def influence(survey: Survey, by: By) -> pd.DataFrame:
    """How alpha over all items changes when one journal, or one cluster, is left out.

    Parameters
    ----------
    survey : Survey
    by : {"publisher", "policy", "reading", "journal"}
        What is left out.

    Returns
    -------
    DataFrame
        Named like `by` (``journal_id`` for journals), n_journals, then for both metrics ``…_without`` and
        ``…_influence``: alpha less alpha without it, above 0 where it raises alpha. Largest change first.
    """
    found = panel(survey, by)
    table: dict[str, object] = {}
    used = np.zeros(found.n_clusters, bool)
    for metric in METRICS:
        measure = found.stratified(metric)
        left = jackknife(found.statistics, measure.function, measure.present)
        used |= measure.present[:, 0]
        without = np.where(left.present[:, 0], left.without[:, 0], np.nan)
        table |= {f"{metric}_without": without, f"{metric}_influence": left.point[0] - without}
    at = [e.at.start + e.layout.n_pairable for e in found.entries]
    members = found.statistics[:, at].max(axis=1).astype(int) if at else np.zeros(found.n_clusters, int)
    name = "journal_id" if by == "journal" else by
    frame = pd.DataFrame({name: np.array(found.labels, object), "n_journals": members} | table)[used]
    size = frame[[f"{m}_influence" for m in METRICS]].abs().max(axis=1).fillna(np.inf)
    return frame.iloc[np.argsort(-size.to_numpy(), kind="stable")].reset_index(drop=True)
