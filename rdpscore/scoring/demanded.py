"""What is demanded, what is asked for, what is absent: where the resolved answers stand on each item's own scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.codebook import Codebook, Item
from rdpscore.problems import Problems
from rdpscore.results import Result, records, versions
from rdpscore.survey import Survey
from rdpscore.validation import check

LEVELS = ("strictest", "between", "lowest", "missing")
"""The strictest option of the item, one in between, its lowest option, no answer."""
GRADED = 3
"""An item of fewer options says whether there is something, and not whether it is demanded."""


@dataclass(frozen=True)
class DemandsResult(Result):
    """What the journals demand; see `demands`.

    Attributes
    ----------
    items : DataFrame
        One row a closed item with an order, in the order of the codebook: item, title, dimension, graded; n_strictest,
        n_between, n_lowest, n_missing; strictest, lowest (the labels of these options).
    n_journals, n_answered : int
        Journals, and those with an answer to a graded item.
    n_demanding : int
        Journals that have the strictest option of at least one graded item: one of three options or more.
    """

    items: pd.DataFrame
    n_journals: int
    n_answered: int
    n_demanding: int

    @property
    def share_demanding(self) -> float | None:
        """Of the journals with an answer; None where there are none."""
        return self.n_demanding / self.n_answered if self.n_answered else None

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"items": self.items}

    def body(self) -> Any:
        return {
            "n_journals": self.n_journals,
            "n_answered": self.n_answered,
            "n_demanding": self.n_demanding,
            "share_demanding": self.share_demanding,
            "items": records(self.items),
        }


def demands(survey: Survey) -> DemandsResult:
    """Count on each item who is strictest, who is in between, and of whom nothing is asked.

    Items have a strictest option where they are ordinal and enter scores; the others are left out.

    Parameters
    ----------
    survey : Survey

    Raises
    ------
    InvalidInput
        If the survey has errors.

    Examples
    --------
    >>> import rdpscore
    >>> found = demands(rdpscore.load())
    >>> found.n_answered
    171
    """
    problems: Problems = check(survey)
    problems.raise_errors()
    level, items = levels(survey)
    graded = np.array([len(i.options) >= GRADED for i in items], bool)
    rows = []
    for k, item in enumerate(items):
        counts = np.bincount(level[:, k], minlength=len(LEVELS))
        rows.append(
            {"item": item.id, "title": item.title, "dimension": item.dimension, "graded": bool(graded[k])}
            | {f"n_{name}": int(n) for name, n in zip(LEVELS, counts, strict=True)}
            | {"strictest": item.options[-1].label, "lowest": item.options[0].label}
        )
    columns = ["item", "title", "dimension", "graded", *(f"n_{n}" for n in LEVELS), "strictest", "lowest"]
    settings = {**survey.settings, "graded": GRADED, "versions": versions()}
    of_graded = level[:, graded]
    return DemandsResult(
        settings,
        problems,
        pd.DataFrame(rows, columns=columns),
        len(level),
        int((of_graded != LEVELS.index("missing")).any(axis=1).sum()),
        int((of_graded == LEVELS.index("strictest")).any(axis=1).sum()),
    )


def levels(survey: Survey) -> tuple[npt.NDArray[np.int8], list[Item]]:
    """Position in `LEVELS` of each journal's resolved answers, shape (n_journals, n_items), and the items."""
    book = survey.codebook
    items = [i for i in book.closed_items if i.ordered]
    out = np.full((len(survey.journal_ids), len(items)), LEVELS.index("missing"), np.int8)
    for k, item in enumerate(items):
        option = survey.resolved.option[:, book.item_ids.index(item.id)]
        place = np.full(len(item.options) + 1, LEVELS.index("between"), np.int8)
        place[[0, -2, -1]] = [LEVELS.index(name) for name in ("lowest", "strictest", "missing")]
        out[:, k] = place[np.where(option >= 0, option, -1)]
    return out, items


def option_counts(survey: Survey) -> pd.DataFrame:
    """How many journals have each option of each closed item.

    Returns
    -------
    DataFrame
        item, title, dimension; answer, label (None for no answer), n, share (of all journals); strictness, 0 for the
        least strict option to 1 for the strictest, None where the options have no order. Strictest first; items with
        most journals at their strictest option first.
    """
    book: Codebook = survey.codebook
    total = len(survey.journal_ids)
    blocks = []
    for item in book.closed_items:
        option = survey.resolved.option[:, book.item_ids.index(item.id)]
        n = np.bincount(np.where(option >= 0, option, len(item.options)), minlength=len(item.options) + 1)
        order = np.arange(len(item.options))[:: -1 if item.ordered else 1]
        rows = [
            {
                "item": item.id,
                "title": item.title,
                "dimension": item.dimension,
                "answer": item.codes[k],
                "label": item.options[k].label,
                "n": int(n[k]),
                "share": float(n[k] / total) if total else None,
                "strictness": item.strictness(k),
            }
            for k in order.tolist()
        ]
        if n[-1]:
            blank = {"answer": None, "label": None, "n": int(n[-1]), "strictness": None}
            rows.append(rows[0] | blank | {"share": float(n[-1] / total)})
        blocks.append((-n[order[0]] if item.ordered else 1, rows))
    blocks.sort(key=lambda block: block[0])
    columns = ["item", "title", "dimension", "answer", "label", "n", "share", "strictness"]
    return pd.DataFrame([row for _, rows in blocks for row in rows], columns=columns)
