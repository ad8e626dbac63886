"""How each coder compares with the others who read the same journals; only where coders are persons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rdpscore.survey import Survey

ANONYMOUS_CODERS = "anonymous_coders"


@dataclass(frozen=True)
class CoderProfile:
    """One coder beside those who coded the same journals.

    Attributes
    ----------
    coder : str
    n_journals, n_answers : int
        Journals that another coder coded too, and answers to closed items that another coder gave, too.
    percent : float or None
        Mean share of the other coders of a cell who gave the same answer.
    adopted : float or None
        Share of these answers that are the resolved one, where there is a resolved answer.
    strictness : float or None
        Mean difference between the coder's and the others' answers to ordinal items that enter scores, in shares of the
        way from the lowest to the highest option; above 0: sees more in a policy than the others.
    found_alone, missed : int
        Cells in which this coder alone chose an option above the lowest, or alone chose the lowest one.
    """

    coder: str
    n_journals: int
    n_answers: int
    percent: float | None
    adopted: float | None
    strictness: float | None
    found_alone: int
    missed: int


def coder_profiles(survey: Survey) -> tuple[CoderProfile, ...]:
    """A profile of each coder of the main round, in the order of their codes.

    Only meaningful where coders are persons; under ``coders: slots`` the report gives null with the reason
    ``anonymous_coders`` instead.
    """
    records = survey.records
    main = records.main
    closed = np.flatnonzero([i.closed for i in survey.codebook.items])
    option = records.option[np.ix_(main, closed)].astype(np.int64)
    given = option >= 0
    journal, coder = records.journal[main], records.coder[main]
    n_journals = len(survey.journal_ids)
    top = np.array([len(survey.codebook.items[i].options) - 1 for i in closed])
    ordinal = np.array([survey.codebook.items[i].level == "ordinal" for i in closed])
    ordered = np.array([survey.codebook.items[i].ordered for i in closed])
    level = np.where(given, option / np.maximum(top, 1), 0.0)

    def others(values: np.ndarray) -> np.ndarray:
        """Sum over the other records of the same journal, shape (n_records, n_items)."""
        total = np.zeros((n_journals, len(closed)))
        np.add.at(total, journal, values.astype(float))
        return np.asarray(total[journal] - values)

    n_others = others(given)
    used = given & (n_others > 0)
    same = np.zeros(option.shape)
    for k in range(int(top.max(initial=-1)) + 1):
        here = option == k
        same += np.where(here, others(here), 0.0)
    n_found = others(given & (option > 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(used, same / n_others, 0.0)
        lean = np.where(used & ordered, level - others(level) / n_others, 0.0)
    resolved = survey.resolved.option[:, closed][journal]
    profiles = []
    for k in np.unique(coder[used.any(axis=1)]):
        mine = used & (coder == k)[:, None]
        settled, graded, strict = mine & (resolved >= 0), mine & ordinal, mine & ordered
        profiles.append(
            CoderProfile(
                coder=records.coders[k],
                n_journals=len(np.unique(journal[mine.any(axis=1)])),
                n_answers=int(mine.sum()),
                percent=float(share[mine].mean()),
                adopted=float((option == resolved)[settled].mean()) if settled.any() else None,
                strictness=float(lean[strict].mean()) if strict.any() else None,
                found_alone=int((graded & (option > 0) & (n_found == 0)).sum()),
                missed=int((graded & (option == 0) & (n_found == n_others)).sum()),
            )
        )
    return tuple(sorted(profiles, key=lambda p: p.coder))
