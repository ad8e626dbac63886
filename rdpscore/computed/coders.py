"""How coders agree, as studies print it: percent, kappas, alpha, counts, Kendall's W.

The coefficients are those of `rdpscore.agreement`. A unit is a journal on an item: several items are pooled.
"""

from __future__ import annotations

from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt

from rdpscore.agreement import coefficients
from rdpscore.agreement.coefficients import Coefficient
from rdpscore.agreement.coincidences import ratings_of
from rdpscore.agreement.ratings import Floats, Ratings
from rdpscore.agreement.weights import Level
from rdpscore.computed.registry import Undefined, computed_figure
from rdpscore.survey import Survey
from rdpscore.survey.selection import Where, all_known, select
from rdpscore.survey.tables import MAIN

Items = str | list[str] | None
"""A closed item, or several whose answers are pooled; all closed items without."""
Statistic = Literal["value", "n"]


@computed_figure
def percent_agreement(
    survey: Survey,
    *,
    item: Items = None,
    coders: list[str] | None = None,
    kind: Literal["pairs", "all"] = "pairs",
    out_of: Literal[1, 100] = 100,
    statistic: Statistic = "value",
    complete: bool = False,
    where: Where | None = None,
    round: str = MAIN,
) -> float | int | None:
    """Percentage of answers on which coders agree, of an item or several, of two coders or all.

    Parameters
    ----------
    survey : Survey
    item : str or list of str, optional
        A closed item, or several, whose answers are pooled; all closed items without.
    coders : list of str, optional
        Whose answers to take; those of all coders without.
    kind : {"pairs", "all"}
        Of more than two coders: the mean over answers of the share of agreeing pairs; or the share of answers on which
        all are of one opinion.
    out_of : {1, 100}
        100 for percent, 1 for a share.
    statistic : {"value", "n"}
        The figure, or the number of answers, journal by item, that two coders or more gave.
    complete : bool
        Only answers that each of the coders gave.
    where : mapping, optional
        Journals that take part, as in `select`.
    round : str

    Raises
    ------
    ValueError
        A name occurs nowhere.
    Undefined
        Nothing was coded twice.
    """
    ratings, _ = _ratings(survey, item, coders, complete, where, round)
    if kind == "pairs":
        found = _taken(coefficients.percent_agreement(ratings), statistic)
    else:
        found = _taken(_all_alike(ratings), statistic)
    return found if statistic == "n" else out_of * found


@computed_figure
def n_agreement(
    survey: Survey,
    *,
    kind: Literal["full", "partial", "none", "any"],
    unit: Literal["answer", "journal"] = "answer",
    item: Items = None,
    coders: list[str] | None = None,
    complete: bool = False,
    where: Where | None = None,
    round: str = MAIN,
) -> int:
    """Number of answers, or of journals, on which coders agree in full, in part, or not at all.

    Parameters
    ----------
    survey : Survey
    kind : {"full", "partial", "none", "any"}
        All of one opinion; some, not all; no two. ``any``: everything that was coded twice.
    unit : {"answer", "journal"}
        An answer is a journal on an item: two of three coders of one opinion agree in part, and two coders never.
        A journal is agreed on in full where all its answers are, and not at all where none is in full.
    item, coders, complete, where, round
        As of `percent_agreement`.
    """
    ratings, n_items = _ratings(survey, item, coders, complete, where, round)
    double = ratings.counts.sum(axis=1) >= 2
    most = ratings.counts.max(axis=1)
    full = double & (most == ratings.counts.sum(axis=1))
    none = double & (most < 2)
    if unit == "journal":
        twice, alike = (v.reshape(n_items, -1).sum(axis=0) for v in (double, full))
        double, full, none = twice > 0, (twice > 0) & (alike == twice), (twice > 0) & (alike == 0)
    return int({"full": full, "none": none, "partial": double & ~full & ~none, "any": double}[kind].sum())


@computed_figure
def cohen_kappa(
    survey: Survey,
    *,
    item: Items = None,
    coders: list[str] | None = None,
    weights: Literal["none", "linear", "quadratic"] = "none",
    options: Literal["codebook", "observed"] = "codebook",
    statistic: Statistic = "value",
    where: Where | None = None,
    round: str = MAIN,
) -> float | int | None:
    """Cohen's kappa of two coders, on what both answered.

    Parameters
    ----------
    survey : Survey
    item, where, round
        As of `percent_agreement`; with weights, items must have the same options.
    coders : list of two str, optional
        May be left out where there are two.
    weights : {"none", "linear", "quadratic"}
        How near two options are by their places in the list. R's ``irr`` calls them unweighted, equal, squared.
    options : {"codebook", "observed"}
        Whose places: of all the codebook's options; or of those that the two chose, as scikit-learn and ``irr`` do,
        which changes weighted kappas where an option between was never chosen.
    statistic : {"value", "n"}

    Raises
    ------
    ValueError
        A name occurs nowhere, coders are not two, or the items have different options.
    Undefined
        Nobody knows who coded, nothing was coded by both, or nothing varies.
    """
    if coders is not None and len(coders) != 2:
        raise ValueError("Cohen's kappa is of two coders")
    ratings, _ = _ratings(survey, item, coders, False, where, round, same=weights != "none")
    return _taken(_cohen(ratings, weights, options), statistic)


@computed_figure
def light_kappa(
    survey: Survey,
    *,
    item: Items = None,
    coders: list[str] | None = None,
    weights: Literal["none", "linear", "quadratic"] = "none",
    options: Literal["codebook", "observed"] = "codebook",
    statistic: Literal["value", "n", "pairs"] = "value",
    complete: bool = False,
    where: Where | None = None,
    round: str = MAIN,
) -> float | int | None:
    """Light's kappa: the mean of Cohen's over the pairs of coders that answered something both.

    Parameters
    ----------
    survey : Survey
    item, coders, complete, where, round
        As of `percent_agreement`; with weights, items must have the same options.
    weights, options
        As of `cohen_kappa`.
    statistic : {"value", "n", "pairs"}
        The figure, the number of answers that two coders or more gave, or of pairs of coders.

    Raises
    ------
    Undefined
        Also where the kappa of one pair is undefined for want of variation: it is not left out of the mean.
    """
    ratings, _ = _ratings(survey, item, coders, complete, where, round, same=weights != "none")
    if not ratings.persons:
        raise Undefined(coefficients.ANONYMOUS_CODERS)
    if statistic == "n":
        return int((ratings.counts.sum(axis=1) >= 2).sum())
    codes = _codes(ratings)
    pairs = [codes[:, list(pair)] for pair in combinations(range(codes.shape[1]), 2)]
    pairs = [pair for pair in pairs if (pair >= 0).all(axis=1).any()]
    if statistic == "pairs":
        return len(pairs)
    if not pairs:
        raise Undefined(coefficients.NO_PAIRABLE_UNITS)
    each = [_cohen(Ratings(ratings.categories, codes=pair), weights, options) for pair in pairs]
    return float(np.mean([_taken(found, "value") for found in each]))


@computed_figure
def fleiss_kappa(
    survey: Survey,
    *,
    item: Items = None,
    coders: list[str] | None = None,
    statistic: Statistic = "value",
    complete: bool = False,
    where: Where | None = None,
    round: str = MAIN,
) -> float | int | None:
    """Fleiss' kappa of any number of coders, who may be others from journal to journal (Scott's pi of two).

    Parameters are those of `percent_agreement`. Not every answer need have as many coders; Fleiss (1971) has as many
    throughout, as with ``complete: true``.
    """
    ratings, _ = _ratings(survey, item, coders, complete, where, round)
    return _taken(coefficients.fleiss_kappa(ratings), statistic)


@computed_figure
def krippendorff_alpha(
    survey: Survey,
    *,
    item: Items = None,
    coders: list[str] | None = None,
    level: Level | None = None,
    statistic: Statistic = "value",
    complete: bool = False,
    where: Where | None = None,
    round: str = MAIN,
) -> float | int | None:
    """Krippendorff's alpha of any number of coders, at the level of the item or another.

    Parameters
    ----------
    survey : Survey
    item, coders, statistic, complete, where, round
        As of `percent_agreement`; at another level than nominal, items must have the same options.
    level : {"nominal", "ordinal", "interval", "ratio"}, optional
        That of the item, or nominal where items are pooled, without. Interval and ratio take the codes as numbers.
    """
    places = _places(survey, item)
    level = level or (survey.codebook.items[places[0]].level if len(places) == 1 else None) or "nominal"
    ratings, _ = _ratings(survey, item, coders, complete, where, round, same=level != "nominal")
    if level in ("interval", "ratio"):
        try:
            ratings = Ratings(tuple(float(str(c)) for c in ratings.categories), codes=_codes(ratings))
        except ValueError:
            raise ValueError(f"the {level} level needs codes that are numbers") from None
    return _taken(coefficients.krippendorff_alpha(ratings, level=level), statistic)


@computed_figure
def kendall_w(
    survey: Survey,
    *,
    item: str | list[str],
    coders: list[str] | None = None,
    ties: bool = True,
    statistic: Literal["w", "n", "chi2", "df", "p"] = "w",
    where: Where | None = None,
    round: str = MAIN,
) -> float | int | None:
    """Kendall's coefficient of concordance W: how alike the coders rank the journals by an ordinal item.

    Parameters
    ----------
    survey : Survey
    item, coders, where, round
        As of `percent_agreement`. Only journals count that each of the coders answered.
    ties : bool
        Corrected for ties, which answers of few options are full of; else not, as ``correct = FALSE`` in R's ``irr``.
    statistic : {"w", "n", "chi2", "df", "p"}
        W, the journals, and the test of Friedman: ``m (n − 1) W`` with n − 1 degrees of freedom.

    Raises
    ------
    ValueError
        A name occurs nowhere, or an item is not ordinal.
    Undefined
        There are not two coders or two journals, nobody knows who coded, or nothing varies.

    Notes
    -----
    ``W = (12 Σ R² − 3 m² n (n + 1)²) / (m² (n³ − n) − m Σ (t³ − t))``, R the sums of ranks, t the numbers of ties:
    Kendall, Rank Correlation Methods (1948). Checked against ``irr`` and ``DescTools`` as printed, and
    ``scipy.stats.friedmanchisquare``.
    """
    from scipy.stats import chi2, rankdata

    for place in _places(survey, item):
        if survey.codebook.items[place].level != "ordinal":
            raise ValueError(
                f"item '{survey.codebook.items[place].id}' is not ordinal, so nothing is ranked by it"
            )
    ratings, _ = _ratings(survey, item, coders, True, where, round, same=True)
    if not ratings.persons:
        raise Undefined(coefficients.ANONYMOUS_CODERS)
    codes = _codes(ratings)
    codes = codes[(codes >= 0).sum(axis=1) >= max(2, codes.shape[1])]
    n, m = codes.shape
    if statistic == "n":
        return int(n)
    if m < 2:
        raise Undefined("too_few_coders")
    if n < 2:
        raise Undefined("too_few")
    tied = sum(int((t**3 - t).sum()) for t in (np.unique(c, return_counts=True)[1] for c in codes.T))
    most = m**2 * (n**3 - n) - (m * tied if ties else 0)
    if most == 0 or tied == m * (n**3 - n):
        raise Undefined(coefficients.NO_VARIATION)
    sums = np.asarray(rankdata(codes, axis=0)).sum(axis=1)
    w = float((12 * (sums**2).sum() - 3 * m**2 * n * (n + 1) ** 2) / most)
    test = m * (n - 1) * w
    figures: dict[str, float | int] = {"w": w, "chi2": test, "df": n - 1, "p": float(chi2.sf(test, n - 1))}
    return figures[statistic]


def _places(survey: Survey, item: Items) -> list[int]:
    """Positions of closed items in the codebook."""
    items = survey.codebook.items
    if item is None:
        closed = [i for i, entry in enumerate(items) if entry.closed]
        if not closed:
            raise ValueError("the codebook has no closed items")
        return closed
    names = [item] if isinstance(item, str) else item
    if not names or len(set(names)) < len(names):
        raise ValueError("item names one item, or several different ones")
    all_known(names, survey.codebook.item_ids, "item")
    places = [survey.codebook.item_ids.index(name) for name in names]
    for place in places:
        if not items[place].closed:
            raise ValueError(
                f"item '{items[place].id}' is {items[place].kind}; only closed items have options"
            )
    return places


def _ratings(
    survey: Survey,
    item: Items,
    coders: list[str] | None,
    complete: bool,
    where: Where | None,
    round: str,
    *,
    same: bool = False,
) -> tuple[Ratings, int]:
    """The ratings of all units, item after item, a row a journal; and the number of items."""
    known, places = survey.records.coders, _places(survey, item)
    all_known([round], (MAIN, *survey.records.rounds), "round")
    if coders is not None:
        all_known(coders, known, "coder")
        if len(set(coders)) < len(coders) or len(coders) < 2:
            raise ValueError("coders are two or more different ones")
    columns = [known.index(c) for c in coders] if coders is not None else list(range(len(known)))
    journals = select(survey, where)
    each = [ratings_of(survey, place, journals, round) for place in places]
    if same and len({r.categories for r in each}) > 1:
        raise ValueError("the items have different options, so there is no one order of them")
    categories = tuple(dict.fromkeys(c for r in each for c in r.categories))
    blocks = []
    for ratings in each:
        place_of = np.array([*(categories.index(c) for c in ratings.categories), -1], np.int16)
        blocks.append(place_of[_codes(ratings)[:, columns]])
    codes = np.concatenate(blocks)
    if coders is None:
        codes = codes[:, (codes >= 0).any(axis=0)]  # who answered none of it is no coder of it
    given = (codes >= 0).sum(axis=1)
    needed = (
        max(2, codes.shape[1]) if complete else 2
    )  # as in `rdpscore agreement`, a lone answer counts nowhere
    codes[given < needed] = -1
    return Ratings(categories, codes=codes, persons=survey.meta.coders == "persons"), len(places)


def _codes(ratings: Ratings) -> npt.NDArray[np.int16]:
    assert ratings.codes is not None  # made of codes, all of them
    return ratings.codes.astype(np.int16, copy=False)


def _cohen(ratings: Ratings, weights: str, options: str) -> Coefficient:
    name: Literal["identity", "linear", "quadratic"] = {  # type: ignore[assignment]
        "none": "identity", "linear": "linear", "quadratic": "quadratic"
    }[weights]  # fmt: skip
    if options == "codebook" or not ratings.persons:
        return coefficients.cohen_kappa(ratings, weights=name)
    codes = _codes(ratings)
    both = codes[(codes >= 0).sum(axis=1) >= 2]
    used, place = np.unique(np.where(both >= 0, both, -1), return_inverse=True)
    place = place.reshape(both.shape) - int(bool(len(used)) and used[0] == -1)
    kept = [ratings.categories[i] for i in used if i >= 0]
    if not kept:
        return Coefficient(None, coefficients.NO_PAIRABLE_UNITS, 0)
    return coefficients.cohen_kappa(Ratings(tuple(kept), codes=place.astype(np.int16)), weights=name)


def _all_alike(ratings: Ratings) -> Coefficient:
    """Share of the units of two and more ratings on which all are alike."""
    given: Floats = ratings.counts[ratings.counts.sum(axis=1) >= 2]
    if not len(given):
        return Coefficient(None, coefficients.NO_PAIRABLE_UNITS, 0)
    return Coefficient(float((given.max(axis=1) == given.sum(axis=1)).mean()), None, len(given))


def _taken(found: Coefficient, statistic: str) -> float | int:
    if statistic == "n":
        return found.n_units
    if found.value is None:
        raise Undefined(found.reason or coefficients.NO_VARIATION)
    return found.value
