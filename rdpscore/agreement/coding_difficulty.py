"""What makes coding hard: on which cells coders differ, the floor first.

Where a policy says nothing, two coders agree on the lowest option without effort. A survey of mostly silent
policies therefore looks reliable, and strict policies look hard to code. The models here put that floor first,
compare cells of one item only, and ask of the journal's *other* items how strict and how intricate its policy is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.inference import By, clusters
from rdpscore.inference.logit import Fit, logit_fits, maximum_likelihood
from rdpscore.results import Result, records, versions
from rdpscore.survey import Survey
from rdpscore.validation import check

Floats = npt.NDArray[np.float64]

ABOVE, STRICT, INTRICATE, MORE = (
    "above_lowest",
    "score_of_others",
    "complexity_of_others",
    "more_than_two_coders",
)
STEP = 0.1
"""Of the two shares among the terms: their odds ratios are per tenth."""

MODELS: dict[str, tuple[str, ...]] = {
    "floor": (ABOVE,),
    "strictness without the floor": (STRICT,),
    "floor and strictness": (ABOVE, STRICT),
    "floor, strictness and complexity": (ABOVE, STRICT, INTRICATE),
}
FULL = "floor, strictness and complexity"

FEW_CLUSTERS = 5
N_INFLUENTIAL = 5

ESTIMATOR = (
    "Logistic regression of disagreement, one intercept an item, by generalised estimating equations with "
    "independence working correlation; standard errors clustered, bias-reduced (Mancl and DeRouen 2001), with "
    "t(G − 1). Beside it the delete-one-cluster jackknife with the same t."
)


@dataclass(frozen=True)
class Floor:
    """How often coders differ where the resolved answer is the lowest option, and where it is above."""

    n_lowest: int
    disagreed_lowest: float | None
    n_above: int
    disagreed_above: float | None


@dataclass(frozen=True)
class Term:
    """One coefficient of one model.

    Attributes
    ----------
    model, term : str
    odds_ratio, low, high : float or None
        Of disagreement; per tenth for `score_of_others` and `complexity_of_others`. 95 % interval from
        bias-reduced clustered standard errors with t(G − 1).
    p : float or None
        Two-sided, of no effect, by the same.
    jackknife_low, jackknife_high : float or None
        95 % interval by leaving out one cluster at a time.
    points : float or None
        Average difference in the probability of disagreement that the term makes: above the lowest option or not;
        one tenth more.
    leave_out_low, leave_out_high : float or None
        Smallest and largest odds ratio when one cluster is left out.
    without_influential : float or None
        Odds ratio without the most influential journals, see `DifficultyResult.influential`.
    n_cells, n_clusters : int
    reason : str or None
        Why the figures are null: ``too_few_clusters`` (fewer than 5), ``no_variation`` (coders differ on no item,
        or the term is constant), ``not_estimable`` (separation).
    """

    model: str
    term: str
    odds_ratio: float | None
    low: float | None
    high: float | None
    p: float | None
    jackknife_low: float | None
    jackknife_high: float | None
    points: float | None
    leave_out_low: float | None
    leave_out_high: float | None
    without_influential: float | None
    n_cells: int
    n_clusters: int
    reason: str | None


@dataclass(frozen=True)
class DifficultyResult(Result):
    """What makes coding hard; see `difficulty`.

    Attributes
    ----------
    floor : Floor
    terms : tuple of Term
    items : DataFrame
        Per item: n, share on which coders differ, at the lowest option and above it.
    influential : tuple of str
        Journals whose removal moves the coefficient of `score_of_others` most, in the full model.
    dropped : tuple of str
        Items left out of the models: on which coders differ nowhere or everywhere, or at one cluster only.
    """

    floor: Floor
    terms: tuple[Term, ...]
    items: pd.DataFrame
    influential: tuple[str, ...]
    dropped: tuple[str, ...]

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"terms": pd.DataFrame([asdict(t) for t in self.terms]), "items": self.items}

    def body(self) -> Any:
        return {
            "estimator": ESTIMATOR,
            "floor": asdict(self.floor),
            "terms": [asdict(t) for t in self.terms],
            "items": records(self.items),
            "influential": list(self.influential),
            "dropped": list(self.dropped),
        }


def cell_table(survey: Survey) -> pd.DataFrame:
    """One row a cell: a journal and an ordinal item with two or more answers and a resolved one.

    Returns
    -------
    DataFrame
        journal, item (positions); disagreed; above_lowest (the resolved answer is); score_of_others (mean score of
        the journal's resolved answers to other scored items); complexity_of_others (share of its other items of
        three options and more whose resolved answer lies strictly between the lowest and the highest: neither
        silent nor unconditional); more_than_two_coders. Shares are 0 to 1; NaN where no other item is resolved.
    """
    entries, resolved = survey.codebook.items, survey.resolved
    option = resolved.option.astype(int)
    there = option >= 0
    top = np.array([len(e.options) - 1 for e in entries])
    scored = there & np.array([e.closed and e.scored for e in entries])
    score = np.zeros(option.shape)
    for k, entry in enumerate(entries):
        if entry.closed and entry.scored:
            score[:, k] = np.where(there[:, k], np.asarray(entry.scores)[np.maximum(option[:, k], 0)], 0.0)
    graded = there & np.array([e.closed and e.level == "ordinal" and len(e.options) > 2 for e in entries])
    between = graded & (option > 0) & (option < top)
    use = there & (resolved.n_answers >= 2)
    use &= np.array([e.closed and e.level == "ordinal" for e in entries])
    journal, item = np.nonzero(use)
    return pd.DataFrame(
        {
            "journal": journal,
            "item": item,
            "disagreed": resolved.disagreed[use],
            ABOVE: option[use] > 0,
            STRICT: _mean_of_others(np.where(scored, score, 0.0), scored)[use],
            INTRICATE: _mean_of_others(between.astype(float), graded)[use],
            MORE: resolved.n_answers[use] > 2,
        }
    )


def _mean_of_others(values: Floats, present: npt.NDArray[np.bool_]) -> Floats:
    """For each cell the mean over the other present cells of its row, NaN where there is none."""
    n = present.sum(axis=1, keepdims=True) - present
    total = values.sum(axis=1, keepdims=True) - values
    return np.asarray(np.divide(total, n, out=np.full(values.shape, np.nan), where=n > 0))


@checked
def difficulty(survey: Survey, *, cluster: By = "publisher") -> DifficultyResult:
    """Ask on which cells coders differ, and whether strict or intricate policies are harder to code.

    Parameters
    ----------
    survey : Survey
    cluster : {"publisher", "policy", "reading", "journal"}
        What is independent of each other.

    Raises
    ------
    InvalidInput
        If the survey has errors.

    Notes
    -----
    A cell is a journal and an ordinal item. Generalised estimating equations: Liang and Zeger 1986, Biometrika
    73:13; bias-reduced covariance: Mancl and DeRouen 2001, Biometrics 57:126. Influence on a coefficient is the
    one-step change of leaving out a journal (Pregibon 1981, Annals of Statistics 9:705). All this describes
    where coders differed; the resolved answer is known only afterwards and partly follows from the differences:
    where both chose the lowest option, it is the lowest.

    Examples
    --------
    >>> import rdpscore
    >>> floor = difficulty(rdpscore.load()).floor
    >>> round(floor.disagreed_lowest, 2), round(floor.disagreed_above, 2)
    (0.11, 0.4)
    """
    problems = check(survey)
    problems.raise_errors()
    groups = clusters(survey, cluster)
    cells = cell_table(survey)
    cells["cluster"] = groups.code[cells["journal"]]
    floor = _floor(cells)
    usable, dropped = _usable(cells)
    reason = None
    if not len(usable):
        reason = "no_variation"
    elif usable["cluster"].nunique() < FEW_CLUSTERS:
        reason = "too_few_clusters"
    extra = [MORE] if len(usable) and usable[MORE].nunique() > 1 else []
    terms: list[Term] = []
    influential: npt.NDArray[np.intp] = np.zeros(0, np.intp)
    if reason is None:
        fits = {name: _fit(usable, (*wanted, *extra)) for name, wanted in MODELS.items()}
        influential = _influential(fits[FULL], usable)
        rest = usable[~usable["journal"].isin(influential)]
        again = {name: _point(rest, (*wanted, *extra)) for name, wanted in MODELS.items()}
        for name, fit in fits.items():
            terms += _terms(name, fit, again[name], usable)
    else:
        n = (len(usable), int(usable["cluster"].nunique()))
        terms = [Term(m, t, *(None,) * 10, *n, reason) for m, wanted in MODELS.items() for t in wanted]
    settings = {**survey.settings, "cluster": cluster, "versions": versions()}
    return DifficultyResult(
        settings=settings,
        problems=problems,
        floor=floor,
        terms=tuple(terms),
        items=_items(survey, cells),
        influential=tuple(str(survey.journal_ids[j]) for j in influential),
        dropped=tuple(survey.codebook.item_ids[i] for i in dropped),
    )


def _floor(cells: pd.DataFrame) -> Floor:
    def share(rows: pd.DataFrame) -> tuple[int, float | None]:
        return len(rows), float(rows["disagreed"].mean()) if len(rows) else None

    return Floor(*share(cells[~cells[ABOVE]]), *share(cells[cells[ABOVE]]))


def _items(survey: Survey, cells: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for place, own in cells.groupby("item"):
        floor, entry = _floor(own), survey.codebook.items[int(str(place))]
        rows.append(
            {
                "item": entry.id,
                "title": entry.title,
                "n": len(own),
                "disagreed": float(own["disagreed"].mean()),
            }
            | asdict(floor)
        )
    columns = ["item", "title", "n", "disagreed", *Floor.__dataclass_fields__]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("disagreed", ascending=False, kind="stable", ignore_index=True)


def _usable(cells: pd.DataFrame) -> tuple[pd.DataFrame, Sequence[int]]:
    """The cells that can inform a model, and the items left out.

    An item on which coders never differ, or always, tells nothing on what differs within items; nor does one
    whose rare outcome comes from one cluster only: without that cluster its intercept is infinite.
    """
    complete = cells.dropna(subset=[STRICT, INTRICATE])
    keep: list[int] = []
    dropped: list[int] = []
    for place, own in complete.groupby("item"):
        n = [own.loc[own["disagreed"] == outcome, "cluster"].nunique() for outcome in (True, False)]
        (keep if min(n) >= 2 else dropped).append(int(str(place)))
    missing = sorted(set(cells["item"]) - set(keep) - set(dropped))
    return complete[complete["item"].isin(keep)].reset_index(drop=True), dropped + missing


def _design(cells: pd.DataFrame, wanted: Sequence[str]) -> Floats:
    """Columns of the terms, per tenth for shares, then one indicator an item."""
    terms = [cells[t].to_numpy(float) / (STEP if t in (STRICT, INTRICATE) else 1.0) for t in wanted]
    items = cells["item"].to_numpy()[:, None] == np.unique(cells["item"])
    return np.column_stack([*terms, items.astype(float)])


def _fit(cells: pd.DataFrame, wanted: Sequence[str]) -> Fit:
    return logit_fits(
        _design(cells, wanted),
        cells["disagreed"].to_numpy(float),
        cells["cluster"].to_numpy(),
        names=tuple(wanted),
    )


def _point(cells: pd.DataFrame, wanted: Sequence[str]) -> dict[str, float]:
    """Coefficients alone, of the items on which coders still differ."""
    share = cells.groupby("item")["disagreed"].transform("mean")
    varied = cells[(share > 0) & (share < 1)]
    used = [t for t in wanted if varied[t].nunique() > 1]
    if not used:
        return {}
    found = maximum_likelihood(_design(varied, used), varied["disagreed"].to_numpy(float))
    return {} if found is None else dict(zip(used, found[: len(used)].tolist(), strict=True))


def _influential(fit: Fit, cells: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Journals in the order of how far leaving them out moves the coefficient of the other items' score."""
    if fit.influence is None:
        return np.zeros(0, np.intp)
    change = pd.Series(fit.influence[:, fit.names.index(STRICT)]).groupby(cells["journal"].to_numpy()).sum()
    order = np.argsort(-change.abs().to_numpy(), kind="stable")
    return np.asarray(change.index.to_numpy()[order[:N_INFLUENTIAL]], np.intp)


def _terms(model: str, fit: Fit, again: dict[str, float], cells: pd.DataFrame) -> list[Term]:
    def ratio(value: float | None) -> float | None:
        return None if value is None or not np.isfinite(value) else float(np.exp(value))

    out = []
    for k, term in enumerate(fit.names):
        if fit.reason is not None or fit.estimate is None:
            out.append(Term(model, term, *(None,) * 10, len(cells), fit.n_clusters, fit.reason))
            continue
        without = fit.without[:, k][np.isfinite(fit.without[:, k])]
        out.append(
            Term(
                model=model,
                term=term,
                odds_ratio=ratio(fit.estimate[k]),
                low=ratio(fit.low[k]),
                high=ratio(fit.high[k]),
                p=float(fit.p[k]) if np.isfinite(fit.p[k]) else None,
                jackknife_low=ratio(fit.jackknife_low[k]),
                jackknife_high=ratio(fit.jackknife_high[k]),
                points=float(fit.points[k]),
                leave_out_low=ratio(float(without.min())) if len(without) else None,
                leave_out_high=ratio(float(without.max())) if len(without) else None,
                without_influential=ratio(again.get(term)),
                n_cells=len(cells),
                n_clusters=fit.n_clusters,
                reason=None,
            )
        )
    return out
