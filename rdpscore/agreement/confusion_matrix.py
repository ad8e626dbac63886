"""Which options coders confuse."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rdpscore.agreement.pairs import Cells, pair_shares
from rdpscore.survey import Survey

COLUMNS = ["item", "low", "high", "n", "share", "share_of_differences"]


def confusion(survey: Survey, data: Cells) -> pd.DataFrame:
    """How often each pair of different options was given for one journal.

    Returns
    -------
    DataFrame
        item, low, high (codes, in the order of the codebook), n (journals; with more than two coders a journal
        counts by the shares of its pairs), share (of the item's pairs), share_of_differences (of the item's
        differing pairs). Commonest first within an item; pairs that nobody gave are left out.
    """
    rows = []
    for i, place in enumerate(data.items):
        item, shares, n = survey.codebook.items[place], pair_shares(data.counts[i]), data.pairable(i).sum()
        off = shares + shares.T
        differing = np.triu(off, 1).sum()
        low, high = np.nonzero(np.triu(off, 1) > 0)
        order = np.argsort(-off[low, high], kind="stable")
        for a, b in zip(low[order], high[order], strict=True):
            share = float(off[a, b])
            rows.append((item.id, item.codes[a], item.codes[b], share * n, share, share / differing))
    return pd.DataFrame(rows, columns=COLUMNS)
