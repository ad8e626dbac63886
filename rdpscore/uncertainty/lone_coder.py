"""What the scores would have been, had one coder alone coded.

This is the spread of a coding that was not adjudicated. It is no interval of the adjudicated score: how far a second
adjudication would land from the first, two codings and one adjudication cannot tell. The shift from the coders' mean
to the adjudicated score stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.agreement.intraclass import icc
from rdpscore.arguments import Count, checked
from rdpscore.codebook import Codebook, Scheme
from rdpscore.inference import Clusters, clusters, sum_by
from rdpscore.results import Result, records, versions
from rdpscore.scoring.means import weights
from rdpscore.scoring.scored_rows import resolved_rows, row_scores, the_scheme
from rdpscore.survey import Survey
from rdpscore.uncertainty.draws import (
    IMAGINED,
    LoneCoders,
    in_chunks,
    lone_coders,
)
from rdpscore.validation import check

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

LOW, HIGH = 0.05, 0.95
NOT_AN_INTERVAL = (
    "The spread is what one coder alone would have given, 5 to 95 %; "
    "it is not an interval of the adjudicated score, whose shift from the coders' mean stands beside it."
)


@dataclass(frozen=True)
class SpreadResult(Result):
    """Spread of a survey's scores if one coder alone had coded; see `spread`.

    Attributes
    ----------
    scheme : Scheme
    journals : DataFrame
        One row a journal in the order of the survey: journal_id, title, publisher; score (resolved), coders_mean,
        shift; low, high, sd; n_coders, borrowed; reason why there is no spread.
    publishers : DataFrame
        One row a publisher, by score: n_journals, n_readings, n_borrowed; score, coders_mean, shift, low, high, sd;
        reason.
    items : DataFrame
        One row a scored item, by share of the spread: coder_share (as below, of the item alone), spread_share (of the
        score's spread, with this item alone left to one coder), shift.
    mean : dict
        Of all journals: score, coders_mean, shift, low, high, sd.
    coder_share : float or None
        Of the variance of a lone coder's scores, what is coders and not journals: 1 − ICC(1), over the journals with
        two coders or more. The coders of a journal stand for all who might have coded it.
    joint_share : float or None
        Of the spread, what no item has alone: coders are stricter or laxer on several items together.
    """

    scheme: Scheme
    journals: pd.DataFrame
    publishers: pd.DataFrame
    items: pd.DataFrame
    mean: dict[str, float | None]
    coder_share: float | None
    joint_share: float | None

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"journals": self.journals, "publishers": self.publishers, "items": self.items}

    def body(self) -> Any:
        return {
            "scheme": self.scheme.id,
            "meaning": NOT_AN_INTERVAL,
            "mean": self.mean,
            "coder_share": self.coder_share,
            "joint_share": self.joint_share,
            **{name: records(table) for name, table in self.tables().items()},
        }


@checked
def spread(
    survey: Survey,
    scheme: Scheme | str | Path | None = None,
    *,
    n_draws: Count = 10_000,
    seed: int = 1,
    possible: bool = False,
    processes: int = 1,
) -> SpreadResult:
    """Spread of journals, publishers and the mean if one coder alone had coded.

    Parameters
    ----------
    survey : Survey
    scheme : Scheme, str or Path, optional
        As for `score`.
    n_draws, seed : int
        Of the draws for publishers and the mean; a journal's spread is counted exactly.
    possible : bool
        Take journals of one publisher with identical codings as read once.
    processes : int
        Of no influence on the result.

    Raises
    ------
    InvalidInput
        If the survey has errors, or the scheme is unknown or does not fit the codebook.

    Notes
    -----
    ``low`` and ``high`` are the smallest scores that at least 5 and 95 % of the draws do not exceed. Of two coders they
    are the lower and the higher. The coders' mean is over all journals that were coded, the shift over those that have
    a score, too. Journals with a single coder borrow a second, see `lone_coders`, and are marked.

    Checked against: enumeration of all choices on small surveys, and the variance of a mean of independent choices.
    """
    problems = check(survey)
    problems.raise_errors()
    chosen = the_scheme(survey, scheme)
    lone = lone_coders(survey, possible=possible, seed=seed)
    of_row = row_scores(survey.codebook, chosen, lone.option)
    resolved = resolved_rows(survey, chosen).scores(weights(chosen, survey.codebook))
    journals = _journals(lone, of_row, resolved, chosen)
    groups = clusters(survey)
    means = np.concatenate(
        [
            np.zeros((0, groups.n + 1)),
            *in_chunks(partial(_means, lone, of_row, groups, seed), n_draws, processes),
        ]
    )
    publishers = _publishers(survey, lone, groups, journals, means)
    items, coder_share, joint_share = _items(lone, chosen, of_row)
    settings = survey.settings | {
        "scheme": chosen.model_dump(exclude_none=True),
        "n_draws": n_draws,
        "seed": seed,
        "possible_readings_as_one": possible,
        "imagined": IMAGINED,
        "versions": versions(),
    }
    overall = _overall(journals, means[:, -1])
    return SpreadResult(
        settings, problems, chosen, journals, publishers, items, overall, coder_share, joint_share
    )


# Journals -----------------------------------------------------------------------------------------------


def possible_scores(lone: LoneCoders, of_row: Floats) -> Floats:
    """Scores that each journal has with one coder or another, each as likely as the next.

    Returns
    -------
    float array, shape (n_journals, most)
        NaN where a journal has no more. A borrowed second coder stands with all his imagined readings, the first as
        often.
    """
    own = np.where(lone.rows >= 0, of_row[np.maximum(lone.rows, 0)] if len(of_row) else np.nan, np.nan)
    single = np.flatnonzero(lone.borrowed)
    out = np.full((len(own), max(own.shape[1], 2 * IMAGINED if len(single) else 0)), np.nan)
    out[:, : own.shape[1]] = own
    if len(single):
        out[single, :IMAGINED] = own[single, :1]
        out[single, IMAGINED : 2 * IMAGINED] = of_row[lone.imagined[single, None] + np.arange(IMAGINED)]
    return out


def quantiles(values: Floats, shares: tuple[float, ...] = (LOW, HIGH)) -> list[Floats]:
    """The smallest value of each row that at least a share of its values does not exceed; NaN are left out."""
    ordered = np.sort(values, axis=1)
    n = (~np.isnan(values)).sum(axis=1)
    out = []
    for share in shares:
        place = np.maximum(np.ceil(share * n - 1e-9).astype(np.intp) - 1, 0)
        out.append(ordered[np.arange(len(n)), place] if ordered.shape[1] else np.full(len(n), np.nan))
    return out


def moments(values: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each row over what is not NaN; NaN where there is nothing.

    Of equal values the deviation is 0, to the last bit.
    """
    there = ~np.isnan(values)
    n = there.sum(axis=1)
    of = np.maximum(n, 1)
    lowest = np.min(values, axis=1, where=there, initial=np.inf)
    same = lowest == np.max(values, axis=1, where=there, initial=-np.inf)
    mean = np.where(same, lowest, np.where(there, values, 0.0).sum(axis=1) / of)
    off = np.where(there, values - mean[:, None], 0.0)
    sd = np.sqrt((off**2).sum(axis=1) / of)
    return np.where(n > 0, mean, np.nan), np.where(n > 0, sd, np.nan)


def _journals(lone: LoneCoders, of_row: Floats, resolved: Floats, scheme: Scheme) -> pd.DataFrame:
    survey = lone.survey
    found = possible_scores(lone, of_row)
    mean, sd = moments(found)
    low, high = quantiles(found)
    shift = resolved - mean
    single = lone.borrowed
    shift[single] = _borrowed_shift(lone, scheme, np.flatnonzero(single))
    mean[single] = resolved[single] - shift[single]
    alone = (lone.n_coders == 1) & ~single
    for column in (mean, sd, low, high, shift):
        column[alone] = np.nan
    table = survey.journals.drop_duplicates("journal_id").dropna(subset="journal_id").reset_index(drop=True)
    return pd.DataFrame(
        {
            "journal_id": survey.journal_ids,
            "title": table["title"].astype(object),
            "publisher": table["publisher"].astype(object),
            "score": resolved,
            "coders_mean": mean,
            "shift": shift,
            "low": low,
            "high": high,
            "sd": sd,
            "n_coders": lone.n_coders,
            "borrowed": single,
            "reason": pd.Series(
                [
                    "not_coded" if n == 0 else "single_coded" if a else None
                    for n, a in zip(lone.n_coders, alone, strict=True)
                ],
                dtype=object,
            ),
        }
    )


def _borrowed_shift(lone: LoneCoders, scheme: Scheme, journals: Ints) -> Floats:
    """Adjudicated minus coders' mean, as other journals show it for the answers of a single coder.

    The score is taken at the expected scores of the answers, so it is exact for an arithmetic mean.
    """
    codebook = lone.survey.codebook
    if not len(journals):
        return np.zeros(0)
    option = lone.option[lone.rows[journals, 0]]
    expected = []
    for share in (lone.donors.adopted, lone.donors.other):
        values = np.zeros((len(journals), len(codebook.scored_items)))
        for column, item in enumerate(codebook.scored_items):
            place = codebook.item_ids.index(item.id)
            scores, own = np.asarray(item.scores), np.maximum(option[:, place], 0)
            told = share[place, own, : len(scores)]
            values[:, column] = np.where(told.sum(axis=1) > 0, told @ scores, scores[own])
        expected.append(values)
    adopted, other = expected
    own_values = lone.values[lone.rows[journals, 0]]
    mean = (own_values + other) / 2
    moved = [row_scores(codebook, scheme, option, values=v) for v in (adopted, mean)]
    return moved[0] - moved[1]


# Publishers and the mean --------------------------------------------------------------------------------


def _means(lone: LoneCoders, of_row: Floats, groups: Clusters, seed: int, index: int, n: int) -> Floats:
    """Mean scores of publishers, and of all journals last, in each draw of a chunk."""
    scores = of_row[lone.chunk(index, n, seed)].T if len(of_row) else np.full((len(lone.rows), n), np.nan)
    return group_means(np.where(lone.n_coders[:, None] > 0, scores, np.nan), groups)


def group_means(scores: Floats, groups: Clusters) -> Floats:
    """Means over the journals that have a score: shape (n_draws, n_groups + 1), that of all last.

    Parameters
    ----------
    scores : float array, shape (n_journals, n_draws)
        NaN where there is none.
    groups : Clusters
    """
    there = ~np.isnan(scores)
    total = sum_by(np.where(there, scores, 0.0), groups.code, groups.n)
    n = sum_by(there.astype(float), groups.code, groups.n)
    total, n = (np.concatenate([a, a.sum(axis=0, keepdims=True)]) for a in (total, n))
    return np.asarray(np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)).T


PUBLISHER_COLUMNS = (
    *("publisher", "n_journals", "n_readings", "n_borrowed"),
    *("score", "coders_mean", "shift", "low", "high", "sd", "reason"),
)


def _publishers(
    survey: Survey, lone: LoneCoders, groups: Clusters, journals: pd.DataFrame, means: Floats
) -> pd.DataFrame:
    named = range(groups.n_named)
    low, high = quantiles(means.T)
    sd = moments(means.T)[1]
    rows = []
    for k in named:
        own = journals[groups.code == k]
        known = own[own["coders_mean"].notna()]
        readings = lone.reading[lone.rows[groups.code == k][lone.rows[groups.code == k] >= 0]]
        none = not len(known)
        rows.append(
            {
                "publisher": groups.labels[k],
                "n_journals": len(own),
                "n_readings": len(np.unique(readings)),
                "n_borrowed": int(own["borrowed"].sum()),
                "score": own["score"].mean(),
                "coders_mean": known["coders_mean"].mean() if len(known) else None,
                "shift": known["shift"].mean() if len(known) else None,
                "low": None if none else low[k],
                "high": None if none else high[k],
                "sd": None if none else sd[k],
                "reason": None if len(known) else (own["reason"].dropna().iloc[0] if len(own) else None),
            }
        )
    out = pd.DataFrame(rows, columns=list(PUBLISHER_COLUMNS))
    return out.sort_values("score", ascending=False, kind="stable", ignore_index=True)


def _overall(journals: pd.DataFrame, draws: Floats) -> dict[str, float | None]:
    known = journals[journals["coders_mean"].notna()]
    (low,), (high,) = quantiles(draws[None, :])
    sd = moments(draws[None, :])[1][0]
    found = {"score": journals["score"].mean()} | {c: known[c].mean() for c in ("coders_mean", "shift")}
    found |= (
        {"low": low, "high": high, "sd": sd} if len(known) else dict.fromkeys(("low", "high", "sd"), np.nan)
    )
    return {k: None if np.isnan(v) else float(v) for k, v in found.items()}


# Items --------------------------------------------------------------------------------------------------


def _items(
    lone: LoneCoders, scheme: Scheme, of_row: Floats
) -> tuple[pd.DataFrame, float | None, float | None]:
    """What the coders of a journal make of the variance, item by item, over the journals with two or more."""
    codebook, resolved = lone.survey.codebook, lone.survey.resolved.option
    several = np.flatnonzero(lone.n_coders >= 2)
    rows = lone.rows[several]
    scores = _picked(of_row, rows)
    total = _within(scores)
    own: list[dict[str, Any]] = []
    for column, item in enumerate(codebook.scored_items):
        place = codebook.item_ids.index(item.id)
        given = np.where(lone.answered[:, column], lone.values[:, column], np.nan)
        picked = _picked(given, rows)
        adopted = _option_scores(codebook, place, resolved[several, place])
        own.append(
            {
                "item": item.id,
                "title": item.title,
                "dimension": item.dimension,
                "coder_share": _coder_share(picked),
                "spread_share": _alone(lone, scheme, rows, several, place) / total if total > 0 else None,
                "shift": _nanmean(adopted - moments(picked)[0]),
            }
        )
    items = pd.DataFrame(own).sort_values("spread_share", ascending=False, kind="stable", ignore_index=True)
    shares = None if not total > 0 else float(1 - sum(r["spread_share"] or 0.0 for r in own))
    return items, _coder_share(scores), shares


def _alone(lone: LoneCoders, scheme: Scheme, rows: Ints, journals: Ints, place: int) -> float:
    """Spread of the score where one item alone is left to one coder, and the others are as resolved."""
    resolved = lone.survey.resolved.option[journals]
    n, most = rows.shape
    option = np.repeat(resolved, most, axis=0)
    given = lone.option[np.maximum(rows, 0).reshape(-1), place]
    option[:, place] = given
    scores = row_scores(lone.survey.codebook, scheme, option).reshape(n, most)
    return _within(np.where(rows >= 0, scores, np.nan))


def _picked(of_row: Floats, rows: Ints) -> Floats:
    return np.where(rows >= 0, of_row[np.maximum(rows, 0)], np.nan) if len(of_row) else np.zeros((0, 1))


def _within(values: Floats) -> float:
    """Mean over the journals of the variance between a journal's coders."""
    return _nanmean(moments(values)[1] ** 2) or 0.0


def _coder_share(values: Floats) -> float | None:
    """What coders make of the variance of a lone coder's scores: 1 − ICC(1), as in the agreement report."""
    found = icc(values).value
    return None if found is None else min(1.0, 1.0 - found)


def _option_scores(codebook: Codebook, place: int, option: npt.NDArray[np.int16]) -> Floats:
    scores = np.asarray(codebook.items[place].scores)
    return np.where(option >= 0, scores[np.maximum(option, 0)], np.nan)


def _nanmean(values: Floats) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None
