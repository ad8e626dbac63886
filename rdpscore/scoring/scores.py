"""Scores of journals and of publishers, with what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.codebook import Scheme
from rdpscore.problems import Batch, Problems
from rdpscore.results import Result, records, versions
from rdpscore.scoring.answer_values import (
    extent,
    point,
    resolved_answers,
    scored_places,
)
from rdpscore.scoring.means import weights
from rdpscore.scoring.scored_rows import the_scheme
from rdpscore.survey import RESOLVED_BY, Survey
from rdpscore.validation import check

Floats = npt.NDArray[np.float64]

TIE_DECIMALS = 12
"""Scores that agree to this many decimals are one score: sums of thirds differ by the order of addition."""


@dataclass(frozen=True)
class ScoreResult(Result):
    """Scores of a survey under one scheme; see `score`.

    Attributes
    ----------
    scheme : Scheme
    journals : DataFrame
        One row a journal, by rank: journal_id, title, publisher; score, score_low, score_high; n_items,
        n_missing, n_not_applicable; resolved_by; rank, tied; reason (of `NO_SCORE`, where there is no score);
        display, where the scheme has one; then the other attributes of the survey.
    publishers : DataFrame
        One row a publisher, by mean: n_journals, n_scored, mean, mean_low, mean_high, sd, min, median, max.
    mean, mean_low, mean_high : float or None
        Of all journals that have a score.
    beside : mapping
        What others put beside the mean in JSON, as plain values: the command line adds ``agreement``.
    """

    scheme: Scheme
    journals: pd.DataFrame
    publishers: pd.DataFrame
    mean: float | None
    mean_low: float | None
    mean_high: float | None
    beside: Mapping[str, Any] = field(default_factory=dict)

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"journals": self.journals, "publishers": self.publishers}

    def body(self) -> Any:
        return {
            "scheme": self.scheme.id,
            "n_journals": len(self.journals),
            "n_publishers": int(self.publishers["publisher"].notna().sum()),
            "mean": self.mean,
            "mean_low": self.mean_low,
            "mean_high": self.mean_high,
            **self.beside,
            "publishers": records(self.publishers),
            "journals": records(self.journals),
        }


@checked
def score(survey: Survey, scheme: Scheme | str | Path | None = None) -> ScoreResult:
    """Score every journal of a survey.

    A journal's score is the weighted mean of the scores of its resolved answers, as the scheme says. Unless the
    scheme says otherwise, items that do not apply are left out, and a missing item is never taken as 0: it is
    left out of the score, counted, and bounded by ``score_low`` and ``score_high``, which take the lowest and
    the highest of its coders' answers, or of all options where there is none. Where the other items' mean lies
    outside these bounds, the score is the nearer bound: two coders who differ between 0.75 and 1 do not make
    it 0.2.

    Parameters
    ----------
    survey : Survey
    scheme : Scheme, str or Path, optional
        A scheme, the id of one of the codebook's, or a YAML file; the codebook's default without.

    Raises
    ------
    InvalidInput
        If the survey has errors, or the scheme is unknown or does not fit the codebook.

    Examples
    --------
    >>> import rdpscore
    >>> result = rdpscore.score(rdpscore.load())
    >>> result.journals["journal_id"].iloc[0], int(result.journals["rank"].iloc[0])
    ('journal-of-open-source-software', 1)
    """
    problems = check(survey)
    problems.raise_errors()
    chosen = the_scheme(survey, scheme)
    journals = _journals(survey, chosen)
    problems = problems + _left_without_items(survey, chosen, journals)
    publishers = _publishers(journals)
    settings = {**survey.settings, "scheme": chosen.model_dump(exclude_none=True), "versions": versions()}
    mean, low, high = (
        None if np.isnan(v) else float(v)
        for v in _of_scored(journals)[["score", "score_low", "score_high"]].mean()
    )
    return ScoreResult(settings, problems, chosen, journals, publishers, mean, low, high)


def tied_groups(journals: pd.DataFrame) -> list[pd.DataFrame]:
    """Journals of one rank together, in order; those without a score last."""
    return [group for _, group in journals.groupby("rank", sort=True, dropna=False)]


def journal_scores(survey: Survey, scheme: Scheme | str | None = None) -> Floats:
    """The score of each journal in the order of `Survey.journal_ids`; NaN where it has none."""
    chosen = the_scheme(survey, scheme)
    return _scores(survey, chosen)["score"].to_numpy()


NO_SCORE = ("no_answers", "nothing_counts", "too_few_items", "missing_items")
"""Why a journal has no score: nothing is answered; what is answered has no weight, or does not apply; fewer
answers than the scheme asks for; an answer is missing and the scheme gives bounds only."""


def _scores(survey: Survey, scheme: Scheme) -> pd.DataFrame:
    """Score, bounds and numbers of items of each journal, in the order of `Survey.journal_ids`."""
    used = weights(scheme, survey.codebook)
    found = resolved_answers(survey, scheme.not_applicable)
    score = point(used, found, scheme.missing, scheme.minimum_items)
    low, high = extent(used, found)
    places = scored_places(survey.codebook)
    answered = (survey.resolved.option[:, places] >= 0).any(axis=1)
    counts = ~np.isnan(used.combine(found.values, found.present))
    enough = ~np.isnan(point(used, found, "exclude", scheme.minimum_items))
    reason = np.select([~answered, ~counts, ~enough, np.isnan(score)], NO_SCORE, "")
    return pd.DataFrame(
        {
            "score": np.where(answered, score, np.nan),
            "score_low": low,
            "score_high": high,
            "n_items": found.given.sum(axis=1),
            "n_missing": found.missing.sum(axis=1),
            "n_not_applicable": found.lapsed.sum(axis=1),
            "resolved_by": _resolved_by(survey.resolved.by[:, places]),
            "reason": pd.Series([r or None for r in reason], dtype=object),
        }
    )


def ranks(scores: pd.Series) -> pd.Series:
    """Rank of each score, 1 the highest; scores that agree to `TIE_DECIMALS` share the first of their ranks."""
    return scores.round(TIE_DECIMALS).rank(method="min", ascending=False)


def _journals(survey: Survey, scheme: Scheme) -> pd.DataFrame:
    table = survey.journals.reset_index(drop=True)
    own = pd.DataFrame(
        {
            "journal_id": survey.journal_ids,
            "title": table["title"].astype(object),
            "publisher": table["publisher"].astype(object),
        }
    ).join(_scores(survey, scheme))
    reason = own.pop("reason")
    rank = ranks(own["score"])
    own["rank"] = rank.astype("Int64")
    sharing = rank.map(rank.value_counts())
    own["tied"] = (sharing - 1).astype("Int64")
    own["reason"] = reason
    if scheme.display is not None:
        own["display"] = [np.nan if np.isnan(s) else scheme.display.of(s) for s in own["score"]]
    for column in table.columns.drop(["journal_id", "title", "publisher"]):
        own[column] = survey.attribute(str(column)).array
    return own.sort_values(["rank", "publisher", "title"], na_position="last", ignore_index=True)


def _left_without_items(survey: Survey, scheme: Scheme, journals: pd.DataFrame) -> Problems:
    """Journals that have answers and of which none counts under the scheme."""
    left = set(journals.loc[journals["reason"] == "nothing_counts", "journal_id"])
    if not left:
        return Problems()
    column = survey.journals["journal_id"]
    rows = column.index[column.isin(left)]
    ids = column[rows].astype(object).tolist()
    file = survey.file("journals")
    return Problems.of(
        [
            Batch(
                "scheme_without_items", file, rows, fields={"scheme": scheme.id, "value": ids, "journal": ids}
            )
        ]
    )


def _resolved_by(by: npt.NDArray[np.int8]) -> list[str]:
    """``"agreed 13, adjudicated 4"`` for each journal, commonest first."""
    counts = np.stack([(by == k).sum(axis=1) for k in range(1, len(RESOLVED_BY))], axis=1)
    patterns, which = np.unique(counts, axis=0, return_inverse=True)
    texts = []
    for pattern in patterns:
        parts = sorted(
            ((int(n), name) for n, name in zip(pattern, RESOLVED_BY[1:], strict=True) if n),
            key=lambda p: -p[0],
        )
        texts.append(", ".join(f"{name} {n}" for n, name in parts) or "none")
    return [texts[k] for k in which.reshape(-1)]


def _of_scored(journals: pd.DataFrame) -> pd.DataFrame:
    """Without the bounds of journals that have no score: a mean and its bounds are of the same journals."""
    bounds = ["score_low", "score_high"]
    return journals.assign(**{b: journals[b].where(journals["score"].notna()) for b in bounds})


def _publishers(journals: pd.DataFrame) -> pd.DataFrame:
    groups = _of_scored(journals).groupby("publisher", dropna=False, sort=True)
    table = groups.agg(
        n_journals=("score", "size"),
        n_scored=("score", "count"),
        mean=("score", "mean"),
        mean_low=("score_low", "mean"),
        mean_high=("score_high", "mean"),
        sd=("score", "std"),
        min=("score", "min"),
        median=("score", "median"),
        max=("score", "max"),
    )
    return table.reset_index().sort_values(
        "mean", ascending=False, kind="stable", na_position="last", ignore_index=True
    )
