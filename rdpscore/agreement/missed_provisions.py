"""How many provisions all coders probably missed, from how often one found what the other did not."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from rdpscore.agreement.pairs import Cells
from rdpscore.survey import Survey

LEAST_FOUND_BY_BOTH = 10
"""With fewer provisions that both coders found, the estimate is null."""

TOO_FEW_FOUND_BY_BOTH = "too_few_found_by_both"
NO_ORDER = "no_order"

ASSUMPTION = (
    "Coders search independently, and every provision of an item is equally easy to find; provisions that are "
    "harder to find than others make the estimate too low. Only provisions that adjudication upheld count as "
    "found."
)


@dataclass(frozen=True)
class Missed:
    """Provisions of one item that both coders of a journal probably missed.

    Attributes
    ----------
    item : str
    both, one : float
        Journals in which both coders, or only one of them, found a provision that the resolved answer upholds.
        With more than two coders a journal counts by the shares of its pairs of coders.
    overturned : int
        Journals in which some coder found a provision that the resolved answer denies.
    missed : float or None
        Estimated journals with a provision that neither coder found: at least this many.
    share : float or None
        ``missed / (both + one + missed)``: of the journals that have the provision.
    found_by_one_coder : float or None
        Estimated share of such provisions that a single coder finds, ``2 both / (2 both + one)``.
    reason : str or None
        Why `missed` is null: ``too_few_found_by_both`` (fewer than 10), or ``no_order`` for a nominal item,
        whose first option does not say that there is nothing.
    """

    item: str
    both: float | None
    one: float | None
    overturned: int | None
    missed: float | None
    share: float | None
    found_by_one_coder: float | None
    reason: str | None


def missed(survey: Survey, data: Cells) -> tuple[Missed, ...]:
    """Estimate for each closed item how many provisions both coders missed.

    Notes
    -----
    Two searches of the same journals, as in capture and recapture. Which coder is the first carries no
    meaning, so both have one probability of finding: the estimate is ``one² / (4 both)``. It is also the lower
    bound of Chao (1987, Biometrics 43:783) for two occasions, which holds where provisions differ in how easy
    they are to find.
    """
    return tuple(_item(survey, data, i) for i in range(len(data.items)))


def _item(survey: Survey, data: Cells, i: int) -> Missed:
    place = data.items[i]
    item = survey.codebook.items[place]
    if item.level != "ordinal":
        return Missed(item.id, None, None, None, None, None, None, NO_ORDER)
    use = data.pairable(i)
    counts, resolved = data.counts[i][use], survey.resolved.option[use, place]
    m, found = counts.sum(axis=1), counts[:, 1:].sum(axis=1)
    pairs = m * (m - 1) / 2
    upheld = resolved > 0
    both = float((found * (found - 1) / 2 / pairs)[upheld].sum())
    one = float((found * (m - found) / pairs)[upheld].sum())
    overturned = int(((found > 0) & (resolved == 0)).sum())
    if both < LEAST_FOUND_BY_BOTH:
        return Missed(item.id, both, one, overturned, None, None, None, TOO_FEW_FOUND_BY_BOTH)
    hidden = one**2 / (4 * both)
    return Missed(
        item=item.id,
        both=both,
        one=one,
        overturned=overturned,
        missed=hidden,
        share=hidden / (both + one + hidden),
        found_by_one_coder=2 * both / (2 * both + one),
        reason=None,
    )


def missed_table(found: tuple[Missed, ...]) -> pd.DataFrame:
    """One row an item, the largest estimate first."""
    table = pd.DataFrame([asdict(m) for m in found], columns=list(Missed.__dataclass_fields__))
    number = pd.to_numeric(table["missed"]).fillna(-1.0).to_numpy(float)
    return table.iloc[np.argsort(-number, kind="stable")].reset_index(drop=True)
