"""Several schemes side by side: scores, ranks, how far journals move, and how alike the orders are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.codebook import Scheme
from rdpscore.problems import Problems
from rdpscore.results import Result, records, versions
from rdpscore.scoring.scored_rows import the_scheme
from rdpscore.scoring.scores import TIE_DECIMALS, ScoreResult, score
from rdpscore.survey import Survey

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Concordance:
    """How alike two orders of the same journals are.

    Attributes
    ----------
    first, second : str
        Names of the schemes.
    n : int
        Journals that have a score under both.
    spearman : float or None
        Pearson's correlation of the ranks, ties at their mean rank; −1 to 1.
    kendall : float or None
        Kendall's tau-b, which allows for ties; −1 to 1.
    mean_shift, largest_shift : float or None
        Mean and largest change of rank, without sign.
    n_moved : int
        Journals whose rank changes.
    reason : str or None
        Why the correlations are None: ``too_few_journals`` (fewer than 2) or ``no_variation``.
    """

    first: str
    second: str
    n: int
    spearman: float | None
    kendall: float | None
    mean_shift: float | None
    largest_shift: int | None
    n_moved: int
    reason: str | None


@dataclass(frozen=True)
class Comparison(Result):
    """Scores of a survey under several schemes; see `compare`.

    Attributes
    ----------
    results : tuple of ScoreResult
        One a scheme, as asked for.
    names : tuple of str
        Names of the schemes, each once.
    journals : DataFrame
        One row a journal, in the order of the first scheme: journal_id, title, publisher; ``score_<name>`` and
        ``rank_<name>`` of each scheme; ``change_<name>`` of the others: places gained against the first.
    pairs : tuple of Concordance
        Every two schemes.
    """

    results: tuple[ScoreResult, ...]
    names: tuple[str, ...]
    journals: pd.DataFrame
    pairs: tuple[Concordance, ...]

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"journals": self.journals, "schemes": pd.DataFrame([vars(p) for p in self.pairs])}

    def body(self) -> Any:
        return {
            "schemes": [
                {"name": n, "title": r.scheme.title, "mean": r.mean}
                for n, r in zip(self.names, self.results, strict=True)
            ],
            "pairs": [vars(p) for p in self.pairs],
            "journals": records(self.journals),
        }


@checked
def compare(survey: Survey, schemes: Sequence[Scheme | str | Path | None]) -> Comparison:
    """Score a survey under several schemes.

    Parameters
    ----------
    survey : Survey
    schemes : sequence of Scheme, str, Path or None
        At least two; None is the codebook's default. The first is the one that others are compared with.

    Raises
    ------
    InvalidInput
        If the survey has errors, or a scheme is unknown or does not fit the codebook.
    ValueError
        If there are fewer than two schemes.

    Examples
    --------
    >>> import rdpscore
    >>> found = compare(rdpscore.load(), ["equal", "published"])
    >>> found.pairs[0].spearman, found.pairs[0].n_moved
    (1.0, 0)
    """
    if len(schemes) < 2:
        raise ValueError("a comparison needs two schemes or more")
    chosen = [the_scheme(survey, s) for s in schemes]
    names = _names([s.id for s in chosen])
    results = tuple(score(survey, s) for s in chosen)
    first = results[0].journals
    journals = first[["journal_id", "title", "publisher"]].copy()
    tables = [r.journals.set_index("journal_id").loc[first["journal_id"]] for r in results]
    for name, table in zip(names, tables, strict=True):
        journals[f"score_{name}"] = table["score"].to_numpy(float)
        journals[f"rank_{name}"] = table["rank"].array
    for name in names[1:]:
        journals[f"change_{name}"] = journals[f"rank_{names[0]}"] - journals[f"rank_{name}"]
    pairs = tuple(
        concordance(a, b, journals[f"score_{a}"].to_numpy(float), journals[f"score_{b}"].to_numpy(float))
        for a, b in combinations(names, 2)
    )
    settings = {
        **survey.settings,
        "schemes": [s.model_dump(exclude_none=True) for s in chosen],
        "versions": versions(),
    }
    batches = {id(b): b for r in results for b in r.problems.batches}
    unique = {repr((b.code, b.file, b.column, list(b.fields.items()))): b for b in batches.values()}
    return Comparison(settings, Problems.of(unique.values()), results, names, journals, pairs)


def _names(ids: Sequence[str]) -> tuple[str, ...]:
    """The ids; a repeated one gets a number."""
    return tuple(i if ids[:k].count(i) == 0 else f"{i}-{ids[:k].count(i) + 1}" for k, i in enumerate(ids))


def concordance(first: str, second: str, a: Floats, b: Floats) -> Concordance:
    """How alike two sets of scores order the same journals.

    Scores that agree to `TIE_DECIMALS` are tied. Spearman's rho and Kendall's tau-b are scipy's.

    Parameters
    ----------
    first, second : str
        Their names.
    a, b : float arrays, shape (n_journals,)
        NaN without a score; such journals are left out.
    """
    from scipy.stats import kendalltau, rankdata, spearmanr

    both = ~(np.isnan(a) | np.isnan(b))
    x, y = np.round(a[both], TIE_DECIMALS), np.round(b[both], TIE_DECIMALS)
    n = int(both.sum())
    shift = np.abs(rankdata(-x, method="min") - rankdata(-y, method="min"))
    reason = "too_few_journals" if n < 2 else None
    if n >= 2 and (np.ptp(x) == 0 or np.ptp(y) == 0):
        reason = "no_variation"
    rho = None if reason else min(1.0, float(spearmanr(x, y).statistic))
    tau = None if reason else min(1.0, float(kendalltau(x, y).statistic))
    return Concordance(
        first,
        second,
        n,
        rho,
        tau,
        float(shift.mean()) if n else None,
        int(shift.max()) if n else None,
        int((shift > 0).sum()),
        reason,
    )


# Who moves ----------------------------------------------------------------------------------------------


def n_moved(result: Comparison) -> int:
    """Journals that have another rank under any scheme than under the first."""
    return int((_changes(result).fillna(0) != 0).any(axis=1).sum())


def most_moved(result: Comparison, most: int = 20) -> pd.DataFrame:
    """The journals whose rank changes most under any scheme, in the order of the first one.

    Returns
    -------
    DataFrame
        Rows of `Comparison.journals`, at most `most`, of journals of one publisher with the same scores only the first;
        with ``alike``, how many these are.
    """
    largest = _changes(result).abs().max(axis=1).astype(float).fillna(0.0)
    moved = result.journals[largest > 0].assign(largest=largest[largest > 0])
    same = ["publisher", *(f"score_{n}" for n in result.names)]
    moved["alike"] = moved.groupby(same, dropna=False, sort=False)["title"].transform("size")
    first = moved.loc[~moved.duplicated(same)]
    return first.sort_values("largest", ascending=False, kind="stable").iloc[:most].sort_index()


def _changes(result: Comparison) -> pd.DataFrame:
    return result.journals[[f"change_{n}" for n in result.names[1:]]]
