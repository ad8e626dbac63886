"""Within and between publishers: scores, dimensions, items, policies and answer patterns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.arguments import Count, checked
from rdpscore.codebook import Scheme
from rdpscore.heterogeneity.kinds import Profiles, profiles
from rdpscore.heterogeneity.patterns import Patterns, answer_patterns
from rdpscore.heterogeneity.variance import VarianceShares, variance_shares
from rdpscore.inference.clustering import Clusters, clusters, clusters_of
from rdpscore.inference.design_effects import design_effect_of_mean, effective_n
from rdpscore.results import Result, records, versions
from rdpscore.scoring.means import weights
from rdpscore.scoring.scored_rows import resolved_rows, the_scheme
from rdpscore.survey import Survey
from rdpscore.validation import check

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

NOMINAL = "nominal"


@dataclass(frozen=True)
class HeterogeneityResult(Result):
    """What differs between publishers, and what inside them; see `heterogeneity`.

    Attributes
    ----------
    by : str
        Column of the journals that makes the groups.
    shares : DataFrame
        One row a number: ``level`` (score, dimension, item), ``id``, ``title``; ``measure``: ``score`` (scores of
        options), ``option`` (positions of options, of ordinal items that are not scored) or ``answer`` (nominal
        items); the fields of `VarianceShares`, with ``share_between`` for eta squared, or for nominal items Goodman
        and Kruskal's tau; ``n_mixed``: groups inside which journals differ; names of the groups in
        ``without_low_group`` and ``without_high_group``.
    groups : DataFrame
        One row a group, by mean score: ``group``, ``n_journals``, ``n_policies``, ``n_patterns``, ``n_commonest``
        (journals with its commonest pattern), ``items_alike`` of ``n_items`` (on which all its journals agree),
        ``mean``, ``sd``, ``min``, ``max`` of the score.
    n_journals, n_groups, n_patterns, n_shared : int
        Journals with answers, their groups, patterns, and patterns that several groups have.
    n_policies : int or None
        None where none is recorded.
    effective_n : float or None
        Independent journals that would say as much on the mean score, publishers being what is independent, whatever
        the groups are.
    profiles : Profiles or None
        Where they were asked for.
    """

    by: str
    scheme: Scheme
    shares: pd.DataFrame
    groups: pd.DataFrame
    n_journals: int
    n_groups: int
    n_alone: int
    n_patterns: int
    n_shared: int
    n_policies: int | None
    effective_n: float | None
    profiles: Profiles | None

    @property
    def score(self) -> dict[str, Any]:
        """The row of the score."""
        return records(self.shares.head(1))[0]

    def tables(self) -> dict[str, pd.DataFrame]:
        out = {"shares": self.shares, "groups": self.groups}
        return out if self.profiles is None else out | {"profiles": self.profiles.to_frame()}

    def body(self) -> Any:
        return {
            "by": self.by,
            "scheme": self.scheme.id,
            "n_journals": self.n_journals,
            "n_groups": self.n_groups,
            "n_alone": self.n_alone,
            "n_patterns": self.n_patterns,
            "n_shared": self.n_shared,
            "n_policies": self.n_policies,
            "effective_n": self.effective_n,
            "shares": records(self.shares),
            "groups": records(self.groups),
            "profiles": None if self.profiles is None else self.profiles.body(),
        }


@checked
def measure_heterogeneity(
    survey: Survey,
    scheme: Scheme | str | Path | None = None,
    *,
    by: str = "publisher",
    with_profiles: bool = False,
    n_resamples: Count = 1000,
    seed: int = 1,
) -> HeterogeneityResult:
    """How far journals of one publisher are alike, and how far publishers differ.

    Parameters
    ----------
    survey : Survey
    scheme : Scheme, str or Path, optional
        As for `score`.
    by : str
        Column of ``journals.csv`` that makes the groups; a journal without a value is a group of its own.
    with_profiles : bool
        Group answer patterns into kinds of policies, too; see `profiles`.
    n_resamples, seed : int
        Of the profiles.

    Raises
    ------
    InvalidInput
        If the survey has errors, or the scheme is unknown or does not fit the codebook.
    KeyError
        If there is no such column.

    Notes
    -----
    Nominal items: Goodman and Kruskal's tau, one minus the mean Gini impurity inside groups over that of all
    (Light and Margolin 1971, Journal of the American Statistical Association 66:534), which is to them what eta
    squared is to numbers.

    Examples
    --------
    >>> import rdpscore
    >>> found = measure_heterogeneity(rdpscore.load())
    >>> round(found.score["share_between"], 2), round(found.score["effective_n"])
    (0.75, 23)
    """
    problems = check(survey)
    problems.raise_errors()
    chosen, groups, patterns = the_scheme(survey, scheme), clusters_of(survey, by), answer_patterns(survey)
    answered = patterns.of >= 0
    there = np.unique(groups.code[answered])
    rows = list(_shares(survey, chosen, groups, patterns))
    settings = {**survey.settings, "scheme": chosen.model_dump(exclude_none=True), "by": by}
    made = None
    if with_profiles:
        settings |= {"seed": seed, "n_resamples": n_resamples}
        made = profiles(survey, n_resamples=n_resamples, seed=seed)
    pairs = np.unique(np.column_stack([patterns.of, groups.code])[answered], axis=0)
    score = resolved_rows(survey, chosen).scores(weights(chosen, survey.codebook))
    scored, owner = np.isfinite(score), clusters(survey).code
    policy = _policies(survey)
    return HeterogeneityResult(
        settings={**settings, "versions": versions()},
        problems=problems,
        by=by,
        scheme=chosen,
        shares=pd.DataFrame(rows),
        groups=_groups(groups, patterns, score, policy),
        n_journals=int(answered.sum()),
        n_groups=len(there[there < groups.n_named]),
        n_alone=len(there[there >= groups.n_named]),
        n_patterns=patterns.n,
        n_shared=int((np.bincount(pairs[:, 0]) > 1).sum()) if len(pairs) else 0,
        n_policies=None if policy is None else len(np.unique(policy[answered])),
        effective_n=effective_n(int(scored.sum()), design_effect_of_mean(score[scored], owner[scored])),
        profiles=made,
    )


# Shares -------------------------------------------------------------------------------------------------


def _shares(survey: Survey, scheme: Scheme, groups: Clusters, patterns: Patterns) -> Iterator[dict[str, Any]]:
    book = survey.codebook
    used = weights(scheme, book)
    found = resolved_rows(survey, scheme)
    yield _row("score", scheme.id, "Score", "score", found.scores(used), groups)
    for dimension in book.dimensions:
        own = np.array([i.dimension == dimension.id for i in book.scored_items], bool)
        weight = np.where(found.answers.present, used.item, 0.0)[:, own]
        total = weight.sum(axis=1)
        summed = (weight * np.where(found.answers.present, found.answers.values, 0.0)[:, own]).sum(axis=1)
        if own.any():
            mean = np.divide(summed, total, out=np.full(len(total), np.nan), where=total > 0)
            yield _row("dimension", dimension.id, dimension.title, "score", mean, groups)
    all_options = (
        np.where(patterns.of[:, None] >= 0, patterns.option[patterns.of], -1) if patterns.n else None
    )
    for k, item_id in enumerate(patterns.items):
        item = book.items[book.item_ids.index(item_id)]
        option = np.full(len(patterns.of), -1) if all_options is None else all_options[:, k]
        if item.level == NOMINAL:
            yield _nominal(item.id, item.title, option, groups)
            continue
        scale = (
            np.asarray(item.scores)
            if item.scored
            else np.arange(patterns.top[k] + 1) / max(patterns.top[k], 1)
        )
        values = np.where(option >= 0, scale[np.maximum(option, 0)], np.nan)
        yield _row("item", item.id, item.title, "score" if item.scored else "option", values, groups)


def _row(level: str, key: str, title: str, measure: str, values: Floats, groups: Clusters) -> dict[str, Any]:
    found = variance_shares(values, groups.code)
    out = {"level": level, "id": key, "title": title, "measure": measure} | vars(found)
    out["share_between"] = out.pop("eta2")
    for end in ("without_low_group", "without_high_group"):
        out[end] = None if out[end] is None else groups.labels[out[end]]
    there = np.isfinite(values)
    own = pd.Series(values[there]).groupby(groups.code[there])
    return out | {"by_chance": _by_chance(found), "n_mixed": int((own.max() - own.min() > 1e-12).sum())}


def _by_chance(found: VarianceShares) -> float | None:
    """Mean of eta squared, and of tau, over all ways of dealing the journals to groups of these sizes."""
    return (found.n_groups - 1) / (found.n - 1) if found.n > 1 else None


def _nominal(key: str, title: str, option: Ints, groups: Clusters) -> dict[str, Any]:
    """Goodman and Kruskal's tau in the place of eta squared; a nominal answer has no mean and no ICC."""
    there = option >= 0
    table = pd.crosstab(groups.code[there], option[there]).to_numpy(float)
    n, size = table.sum(), table.sum(axis=1)
    base = VarianceShares(int(n), len(size), int((size == 1).sum()), reason=NOMINAL)
    out = {"level": "item", "id": key, "title": title, "measure": "answer"} | vars(base)
    del out["eta2"]
    mixed = int(((table > 0).sum(axis=1) > 1).sum())
    return out | {"share_between": _tau(table), "by_chance": _by_chance(base), "n_mixed": mixed}


def _tau(table: Floats) -> float | None:
    """Goodman and Kruskal's tau of answers (columns) by groups; None of one group, one answer, or single journals."""
    n, size = table.sum(), table.sum(axis=1)
    if len(size) < 2 or len(size) == n or table.shape[1] < 2:
        return None
    whole = 1 - ((table.sum(axis=0) / n) ** 2).sum()
    inside = (size / n) @ (1 - ((table / size[:, None]) ** 2).sum(axis=1))
    return float(1 - inside / whole)


# Groups -------------------------------------------------------------------------------------------------


def _policies(survey: Survey) -> Ints | None:
    """The policy of each journal, one of its own where none is named; None where none is recorded at all."""
    if "policy_id" not in survey.journals or survey.journals["policy_id"].isna().all():
        return None
    return clusters_of(survey, "policy_id").code


def _groups(groups: Clusters, patterns: Patterns, score: Floats, policy: Ints | None) -> pd.DataFrame:
    rows = []
    for g in range(groups.n_named):  # a journal without a group is none
        own = (groups.code == g) & (patterns.of >= 0)
        there, scores = patterns.of[own], score[own & np.isfinite(score)]
        option = patterns.option[there]
        _, count = np.unique(there, return_counts=True)
        n = len(there)
        rows.append(
            {
                "group": groups.labels[g],
                "n_journals": int((groups.code == g).sum()),
                "n_answered": n,
                "n_policies": None if policy is None else len(np.unique(policy[groups.code == g])),
                "n_patterns": len(count),
                "n_commonest": int(count.max(initial=0)),
                "items_alike": int((option == option[:1]).all(axis=0).sum()) if n else None,
                "n_items": len(patterns.items),
                "mean": float(scores.mean()) if len(scores) else None,
                "sd": _sd(scores),
                "min": float(scores.min()) if len(scores) else None,
                "max": float(scores.max()) if len(scores) else None,
            }
        )
    table = pd.DataFrame(rows, columns=GROUP_COLUMNS)
    return table.sort_values(
        ["mean", "group"], ascending=[False, True], na_position="last", ignore_index=True
    )


def _sd(scores: Floats) -> float | None:
    """Standard deviation, 0 where scores differ by rounding only; None of fewer than two."""
    if len(scores) < 2:
        return None
    return 0.0 if np.ptp(scores) <= 1e-12 else float(scores.std(ddof=1))


GROUP_COLUMNS = [
    "group", "n_journals", "n_answered", "n_policies", "n_patterns", "n_commonest", "items_alike", "n_items", "mean",
    "sd", "min", "max",
]  # fmt: skip
