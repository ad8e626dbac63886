"""Agreement at one publisher, measured against what chance would do in the whole survey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.agreement.coincidences import coincidence_matrix, expected_matrix
from rdpscore.agreement.pairs import Cells, differences, metric_distances, pair_shares
from rdpscore.agreement.ratings import Floats
from rdpscore.problems import suggestion
from rdpscore.survey import Survey

NO_PAIRABLE_UNITS = "no_pairable_units"
NO_VALUE = "(none)"


@dataclass(frozen=True)
class GroupAgreement:
    """Agreement on the journals of one publisher.

    Attributes
    ----------
    group : str
    n_journals : int
        Journals with two or more coders.
    n_readings : int
        Distinct readings among them, identical codings taken as one.
    percent : float or None
        Mean over the items of the share of agreeing pairs of coders.
    detection, grading : float or None
        The rest of the pairs: one coder found nothing; both found something and graded it differently. Ordinal
        items only.
    relative_exact, relative_score : float or None
        ``1 − D_o(group) / D_e(survey)``, by exact answer and on the scores: how much better than chance in the
        survey. A group whose policies are all alike is not punished for it, as by an alpha of its own.
    own_exact, own_score : float or None
        Stratified alpha within the group, only where asked for and where there are two readings. It falls where
        the group's answers vary little, whatever the coders did; no verdict on a group follows from it.
    reason : str or None
        Why the figures are null.
    """

    group: str
    n_journals: int
    n_readings: int
    percent: float | None
    detection: float | None
    grading: float | None
    relative_exact: float | None
    relative_score: float | None
    own_exact: float | None
    own_score: float | None
    reason: str | None


def groups(
    survey: Survey,
    data: Cells,
    labels: Sequence[str],
    code: npt.NDArray[np.intp],
    readings: npt.NDArray[np.int64],
    *,
    own_alpha: bool = False,
) -> tuple[GroupAgreement, ...]:
    """Agreement of each group of journals, the best relative agreement first.

    Parameters
    ----------
    survey : Survey
    data : Cells
    labels : sequence of str
        Names of the groups.
    code : int array, shape (n_journals,)
        Which group each journal belongs to, as a position in `labels`.
    readings : int array, shape (n_journals,)
        One integer a distinct reading.
    own_alpha : bool
        Give `own_exact` and `own_score`, too.
    """
    metrics = metric_distances(survey, data)
    chance = {name: _expected(data.counts, d) for name, d in metrics.items()}
    double = np.any([data.pairable(i) for i in range(len(data.items))], axis=0)
    out = []
    for k, label in enumerate(labels):
        inside = code == k
        own = tuple(counts[inside] for counts in data.counts)
        n = int((double & inside).sum())
        if n == 0:
            out.append(GroupAgreement(label, 0, 0, *(None,) * 7, NO_PAIRABLE_UNITS))
            continue
        shares = [pair_shares(c) for c in own]
        present = [s for s in shares if s.sum() > 0]
        ordinal = [
            differences(s)
            for s, place in zip(shares, data.items, strict=True)
            if s.sum() > 0 and survey.codebook.items[place].level == "ordinal"
        ]
        observed = {name: _observed(own, d) for name, d in metrics.items()}
        n_readings = len(np.unique(readings[double & inside]))
        alone = {
            name: _ratio(observed[name], _expected(own, d)) if own_alpha and n_readings > 1 else None
            for name, d in metrics.items()
        }
        out.append(
            GroupAgreement(
                group=label,
                n_journals=n,
                n_readings=n_readings,
                percent=float(np.mean([np.trace(s) for s in present])),
                detection=_mean([d.detection for d in ordinal]),
                grading=_mean([d.grading for d in ordinal]),
                relative_exact=_ratio(observed["exact"], chance["exact"]),
                relative_score=_ratio(observed["score"], chance["score"]),
                own_exact=alone["exact"],
                own_score=alone["score"],
                reason=None,
            )
        )
    return tuple(sorted(out, key=lambda g: (g.relative_exact is None, -(g.relative_exact or 0), g.group)))


def membership(survey: Survey, column: str) -> tuple[tuple[str, ...], npt.NDArray[np.intp]]:
    """Groups of journals by a column of ``journals.csv``; those with a blank cell are one group.

    Raises
    ------
    ValueError
        If there is no such column.
    """
    table = survey.journals
    if column not in table:
        raise ValueError(f"journals.csv has no column '{column}'{suggestion(column, list(table.columns))}")
    first = (table["journal_id"].notna() & ~table["journal_id"].duplicated()).to_numpy()
    values = [NO_VALUE if pd.isna(v) else str(v) for v in table[column].astype(object)[first]]
    labels, code = np.unique(np.array(values, object), return_inverse=True)
    return tuple(labels.tolist()), code.reshape(-1)


def _observed(counts: tuple[Floats, ...], distances: list[Floats | None]) -> Floats:
    """Observed disagreement D_o of each item, NaN where there is no pair."""
    out = np.full(len(counts), np.nan)
    for i, (c, d) in enumerate(zip(counts, distances, strict=True)):
        use = c[c.sum(axis=1) >= 2]
        if d is not None and len(use):
            out[i] = (coincidence_matrix(use) * d).sum() / use.sum()
    return out


def _expected(counts: tuple[Floats, ...], distances: list[Floats | None]) -> Floats:
    """Disagreement expected by chance D_e of each item, NaN where there is no pair."""
    out = np.full(len(counts), np.nan)
    for i, (c, d) in enumerate(zip(counts, distances, strict=True)):
        use = c[c.sum(axis=1) >= 2]
        if d is not None and len(use):
            totals = use.sum(axis=0)
            out[i] = (expected_matrix(totals) * d).sum() / totals.sum()
    return out


def _ratio(observed: Floats, expected: Floats) -> float | None:
    """One minus the ratio of the sums over the items that both have."""
    use = ~np.isnan(observed) & ~np.isnan(expected)
    chance = expected[use].sum()
    return float(1.0 - observed[use].sum() / chance) if chance > 0 else None


def _mean(values: list[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return float(np.mean(known)) if known else None
