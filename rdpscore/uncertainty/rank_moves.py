"""What another scheme changes: scores and ranks before and after, and who moves furthest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.codebook import Scheme
from rdpscore.problems import Problems
from rdpscore.results import Result, records, versions
from rdpscore.scoring.answer_values import NotApplicable
from rdpscore.scoring.comparison import Concordance, concordance
from rdpscore.scoring.means import weights
from rdpscore.scoring.scored_rows import Rows, resolved_rows, the_scheme
from rdpscore.scoring.scores import ranks
from rdpscore.survey import Survey

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ready:
    """The answers of a survey, ready for any scheme; made once, so that a change of weights is quick.

    Attributes
    ----------
    survey : Survey
    base : Scheme
        Any scheme of the codebook.
    rows : mapping
        Rule on items that do not apply → the answers under it.
    """

    survey: Survey
    base: Scheme
    rows: dict[NotApplicable, Rows]

    def scores(self, scheme: Scheme) -> Floats:
        """The score of each journal under a scheme, in the order of `Survey.journal_ids`; NaN without one."""
        own = replace(self.rows[scheme.not_applicable], scheme=scheme)
        return own.scores(weights(scheme, self.survey.codebook))


def ready(survey: Survey) -> Ready:
    """The answers of a survey, ready for any scheme."""
    base = survey.codebook.scheme()
    rules: tuple[NotApplicable, ...] = ("keep", "gate")
    rows = {r: resolved_rows(survey, base.model_copy(update={"not_applicable": r})) for r in rules}
    return Ready(survey, base, rows)


@dataclass(frozen=True)
class Moves(Result):
    """Scores and ranks under two schemes; see `moves`.

    Attributes
    ----------
    before, after : Scheme
    journals : DataFrame
        One row a journal, by rank under the second scheme: journal_id, title, publisher; ``score_before``,
        ``score_after``, ``change``; ``rank_before`` to ``last_before`` and ``rank_after`` to ``last_after``, the ranks
        that it shares with those tied with it; ``gained``, places up (lost ones are negative), from first rank to
        first rank.
    publishers : DataFrame
        One row a publisher, by the second mean: n (journals with both scores), ``mean_before``, ``mean_after``,
        ``change``, ``rank_before``, ``rank_after``, ``gained``.
    mean_before, mean_after : float or None
        Of the journals that have a score.
    n_before, n_after : int
        Journals that have a score.
    n_up, n_down : int
        Journals that gain and that lose places.
    concordance : Concordance
        How alike the two orders are.
    """

    before: Scheme
    after: Scheme
    journals: pd.DataFrame
    publishers: pd.DataFrame
    mean_before: float | None
    mean_after: float | None
    n_before: int
    n_after: int
    n_up: int
    n_down: int
    concordance: Concordance

    @property
    def n_moved(self) -> int:
        """Journals whose rank is another."""
        return self.n_up + self.n_down

    @property
    def n_lost(self) -> int:
        """Journals that had a score and have none."""
        return int((self.journals["score_before"].notna() & self.journals["score_after"].isna()).sum())

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"journals": self.journals, "publishers": self.publishers}

    def body(self) -> Any:
        return {
            "before": self.before.id,
            "after": self.after.id,
            "mean_before": self.mean_before,
            "mean_after": self.mean_after,
            "concordance": vars(self.concordance),
            "publishers": records(self.publishers),
            "journals": records(self.journals),
        }


def moves(made: Ready | Survey, before: Scheme, after: Scheme) -> Moves:
    """What changes for whom when one scheme takes the place of another.

    Parameters
    ----------
    made : Ready or Survey
        `ready` of the survey, where several schemes are tried on it.
    before, after : Scheme
        Each fits the codebook; `rdpscore.codebook.schemes.edited` sees to it.

    Notes
    -----
    Checked against: `rdpscore.scoring.comparison`, which scores each scheme from the start.

    Examples
    --------
    >>> import rdpscore
    >>> survey = rdpscore.load()
    >>> book = survey.codebook
    >>> found = moves(survey, book.scheme("equal"), book.scheme("by-dimension"))
    >>> found.n_up, found.n_down, round(found.concordance.kendall, 2)
    (54, 69, 0.83)
    """
    prepared = made if isinstance(made, Ready) else ready(made)
    survey = prepared.survey
    before, after = the_scheme(survey, before), the_scheme(survey, after)
    old, new = prepared.scores(before), prepared.scores(after)
    table = survey.journals.drop_duplicates("journal_id").dropna(subset=["journal_id"])
    frame = pd.DataFrame(
        {
            "journal_id": survey.journal_ids,
            "title": table["title"].astype(object).to_numpy(),
            "publisher": table["publisher"].astype(object).to_numpy(),
            "score_before": old,
            "score_after": new,
            "change": new - old,
        }
    )
    for when in ("before", "after"):
        first = ranks(frame[f"score_{when}"])
        frame[f"rank_{when}"] = first.astype("Int64")
        frame[f"last_{when}"] = (first + first.map(first.value_counts()) - 1).astype("Int64")
    frame["gained"] = frame["rank_before"] - frame["rank_after"]
    gained = frame["gained"].to_numpy(float, na_value=np.nan)
    settings = {
        **survey.settings,
        "schemes": [s.model_dump(exclude_none=True) for s in (before, after)],
        "versions": versions(),
    }
    return Moves(
        settings, Problems(), before, after,
        frame.sort_values(["rank_after", "publisher", "title"], na_position="last", ignore_index=True),
        _publishers(frame),
        _mean(old), _mean(new), int((~np.isnan(old)).sum()), int((~np.isnan(new)).sum()),
        int((gained > 0).sum()), int((gained < 0).sum()),
        concordance("before", "after", old, new),
    )  # fmt: skip


def _mean(scores: Floats) -> float | None:
    known = scores[~np.isnan(scores)]
    return float(known.mean()) if len(known) else None


def _publishers(frame: pd.DataFrame) -> pd.DataFrame:
    both = frame.dropna(subset=["publisher", "score_before", "score_after"])
    out = both.groupby("publisher", sort=True).agg(
        n=("score_after", "size"), mean_before=("score_before", "mean"), mean_after=("score_after", "mean")
    )
    out["change"] = out["mean_after"] - out["mean_before"]
    for when in ("before", "after"):
        out[f"rank_{when}"] = ranks(out[f"mean_{when}"]).astype("Int64")
    out["gained"] = out["rank_before"] - out["rank_after"]
    return out.reset_index().sort_values(["rank_after", "publisher"], ignore_index=True)


# Who moves furthest -------------------------------------------------------------------------------------


def movers(found: Moves, most: int = 16) -> pd.DataFrame:
    """Those who gain and lose most places, journals of one publisher that move alike as one row.

    Parameters
    ----------
    found : Moves
    most : int
        Rows.

    Returns
    -------
    DataFrame
        n, title (of its first journal), publisher, ``rank_before`` to ``last_before``, ``rank_after`` to
        ``last_after``, ``score_before``, ``score_after``, ``gained``; the greatest gain first, the greatest loss last.
        Half the rows at most are gains and half losses, as far as there are as many.
    """
    keys = ["publisher", "rank_before", "last_before", "rank_after", "last_after", "gained"]
    moved = found.journals[found.journals["gained"].fillna(0) != 0]
    alone = moved["journal_id"].where(moved["publisher"].isna())  # journals without a publisher share no row
    groups = moved.assign(alone=alone).groupby([*keys, "alone"], dropna=False, sort=False).agg(
        n=("title", "size"), title=("title", "first"), score_before=("score_before", "first"),
        score_after=("score_after", "first"),
    ).reset_index()  # fmt: skip
    groups = groups.sort_values(["gained", "rank_after"], ascending=[False, True], ignore_index=True)
    up, down = groups[groups["gained"] > 0], groups[groups["gained"] < 0]
    half = most // 2
    n_up = min(len(up), max(half, most - len(down)))
    n_down = min(len(down), most - n_up)
    out = pd.concat([up.head(n_up), down.tail(n_down)], ignore_index=True)
    return out[["n", "title", *keys[:5], "score_before", "score_after", "gained"]]
