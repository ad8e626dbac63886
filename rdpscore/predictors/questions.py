"""Three questions that one model can be asked, and the rows of estimates that answer them.

*Between*: do publishers whose journals have more of something score higher? One row a publisher, its means, each
publisher once. *Within*: do journals of one publisher that have more of it score higher? Every publisher has an
intercept of its own. *Pooled*: do journals that have more of it score higher, wherever that comes from? A
description, a mixture of the two others. Their coefficients are different quantities, and estimators are compared
inside one question only.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from rdpscore.inference import sum_by
from rdpscore.inference.fractional import fractional_logit
from rdpscore.inference.linear import NO_VARIATION, LinearFit, fit, variation
from rdpscore.inference.permutation import permutation_test
from rdpscore.inference.sandwich import (
    CARRIED_BY_FEW,
    TOO_FEW_CLUSTERS,
    CoefficientTest,
    coefficient_test,
)
from rdpscore.inference.verdicts import Verdict, decide
from rdpscore.inference.wild import N_DRAWS, WildBootstrap, wild_bootstrap
from rdpscore.predictors.frame import ModelFrame
from rdpscore.predictors.predictor import Floats, Term
from rdpscore.predictors.rows import (
    ESTIMATORS,
    Estimator,
    Held,
    Piece,
    Place,
    Question,
    Row,
)

Ints = npt.NDArray[np.intp]

INTERCEPT = "(intercept)"
LEAST_CLUSTERS = 3
"""With one cluster or two, of all or of those that a coefficient rests on, no interval means what it says."""


@dataclass(frozen=True, eq=False)
class Design:
    """The arrays of one question.

    Attributes
    ----------
    question : {"between", "within", "pooled"}
    y : float array, shape (n,)
    x : float array, shape (n, k)
        With an intercept first, unless publishers are absorbed.
    names : tuple of str
        `INTERCEPT` and the terms' names.
    cluster : int array, shape (n,)
    labels : tuple of str
        Of the clusters.
    absorb : int array, shape (n,), or None
        Publisher of each journal, where the question is within.
    n_journals : int
    """

    question: Question
    y: Floats
    x: Floats = field(repr=False)
    names: tuple[str, ...]
    cluster: Ints = field(repr=False)
    labels: tuple[str, ...]
    absorb: Ints | None = field(repr=False)
    n_journals: int

    def fit(self) -> LinearFit:
        """Least squares; see `rdpscore.inference.linear.fit`."""
        return fit(self.y, self.x, self.cluster, names=self.names, absorb=self.absorb)


def design(frame: ModelFrame, question: Question, predictors: Sequence[str] | None = None) -> Design:
    """The arrays of one question.

    Parameters
    ----------
    frame : ModelFrame
    question : {"between", "within", "pooled"}
    predictors : sequence of str, optional
        Predictors, attributes or terms, whose columns stand in this order; all of the model without. Journals that
        lack one of them are left out.

    Raises
    ------
    ValueError
        No journal has all predictors.
    """
    own = frame.complete(predictors)
    if not len(own):
        raise ValueError("no journal has a value of every predictor")
    x, terms = own.columns()
    y, groups, n = own.y, own.publishers, len(own)
    names = tuple(t.name for t in terms)
    if question == "within":
        return Design(question, y, x, names, own.clusters.code, own.clusters.labels, groups.code, n)
    cluster, labels = own.clusters.code, own.clusters.labels
    if question == "between":
        size = np.bincount(groups.code, minlength=groups.n)[:, None]
        means = sum_by(np.column_stack([y, x]), groups.code, groups.n) / size
        y, x, cluster, labels = means[:, 0], means[:, 1:], np.arange(groups.n), groups.labels
    x = np.column_stack([np.ones(len(y)), x])
    return Design(question, y, x, (INTERCEPT, *names), cluster, labels, None, n)


def _predictors(frame: ModelFrame, term: str, held: Held) -> list[str]:
    """The term's predictor comes last: of columns that are combinations of each other, it is the one dropped."""
    own = frame.predictor(term).name
    others = [] if held == "alone" else [p.name for p in frame.predictors if p.name != own]
    return [*others, own]


def estimate(
    frame: ModelFrame,
    question: Question,
    term: str,
    *,
    held: Held = "alone",
    methods: Collection[Estimator] = ESTIMATORS,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> tuple[Row, ...]:
    """All rows of one coefficient in one question.

    Parameters
    ----------
    frame : ModelFrame
    question : {"between", "within", "pooled"}
    term : str
        Name of a term, as in `ModelFrame.terms`.
    held : {"alone", "together"}
        The predictor alone, on all journals that have it; or with all others of the model, on the journals that have
        all of them.
    methods : collection of str
        Of `ESTIMATORS`; the verdict needs CR2 and WCR, and is null where one of them is not among them.
    n_draws, seed : int
        Of the wild bootstrap, where not all vectors of weights are enumerated, and of permutations.

    Returns
    -------
    tuple of Row
        First those per unit, the main one first; then, for a number, the same over its interquartile range.

    Raises
    ------
    KeyError
        There is no such term.

    Notes
    -----
    CR2 is read because its intervals hold at few clusters of unequal size, see `rdpscore.inference.sandwich`; the
    verdict asks the wild bootstrap too. Between publishers each is a cluster of its own, so CR2 is HC2. Ranks are
    compared within or between publishers, of one predictor alone: no arrangement of pooled journals is as likely as
    another.
    """
    target, predictor = frame.term(term), frame.predictor(term)
    place = Place(
        question, target, predictor, held, frame.outcome, frame.bound(term), len(frame), frame.clusters.n
    )
    used = [m for m in ESTIMATORS if m in methods]
    try:
        arrays = design(frame, question, _predictors(frame, term, held))
    except ValueError:
        return _nothing(place, used, "no_values")
    found = arrays.fit()
    place = replace(place, n=found.n, n_clusters=found.n_clusters)
    reason = why_not(found, term, question)
    if reason is not None:
        return _nothing(place, used, reason)
    carried = variation(found, term)
    place = replace(
        place,
        n_varying=carried.n_clusters,
        largest=arrays.labels[carried.largest],
        largest_share=carried.largest_share,
    )
    if carried.rests_on < LEAST_CLUSTERS:
        return _nothing(place, used, CARRIED_BY_FEW)
    cr2 = coefficient_test(found, term, "CR2")
    wild = wild_bootstrap(found, term, n_draws=n_draws, seed=seed) if "WCR" in used else None
    pieces: dict[Estimator, Piece] = {}
    for method in used:
        if method in ("CR2", "CR3"):
            pieces[method] = _by_t(cr2 if method == "CR2" else coefficient_test(found, term, "CR3"))
        elif method == "WCR" and wild is not None:
            pieces[method] = _by_bootstrap(wild)
        elif method == "fractional":
            pieces[method] = _fractional(arrays, term)
    if "ranks" in used and held == "alone" and question != "pooled":
        pieces["ranks"] = _ranks(frame, question, target, seed)
    return tuple(
        place.row(m, piece, scale, _verdict(pieces.get("CR2"), pieces.get("WCR"), place.bound, by))
        for scale, by in place.scales.items()
        for m, piece in pieces.items()
        if scale == "unit" or m != "ranks"
    )


def _verdict(cr2: Piece | None, wild: Piece | None, bound: float | None, by: float) -> Verdict | None:
    """As `rdpscore.inference.verdicts.verdict`, of intervals that are there already; None without both."""
    if cr2 is None or wild is None:
        return None
    if cr2.p is None or wild.p is None or cr2.df is None:
        return Verdict("inconclusive", cr2.reason or wild.reason)
    within = None if bound is None else bound / by
    return decide(p=(cr2.p, wild.p), narrow=(cr2.narrow, wild.narrow), df=cr2.df, bound=within)


def why_not(found: LinearFit, term: str, question: Question) -> str | None:
    """Why a coefficient cannot be estimated; None where it can."""
    if found.n_clusters < LEAST_CLUSTERS:
        return TOO_FEW_CLUSTERS
    for column in found.dropped:
        if column.name == term:
            return (
                "no_variation_between"
                if question == "between" and column.reason == NO_VARIATION
                else column.reason
            )
    if found.reason == NO_VARIATION:
        return {"between": "outcome_constant_between", "within": "outcome_constant_within"}.get(
            question, "outcome_constant"
        )
    return found.reason


def _nothing(place: Place, methods: Sequence[Estimator], reason: str) -> tuple[Row, ...]:
    return tuple(place.row(m, Piece(reason=reason), "unit", Verdict("inconclusive", reason)) for m in methods)


def _by_t(test: CoefficientTest) -> Piece:
    if test.reason is not None:
        return Piece(reason=test.reason)
    return Piece(test.estimate, test.se, test.df, test.p(), test.interval(), test.interval(0.9))


def _by_bootstrap(wild: WildBootstrap) -> Piece:
    if wild.reason is not None:
        return Piece(reason=wild.reason)
    return Piece(wild.estimate, None, None, wild.p(), wild.interval(), wild.interval(0.9))


def _fractional(arrays: Design, term: str) -> Piece:
    """The average marginal effect of a fractional logit; a reason where the outcome is no share."""
    if not (arrays.y.min() >= 0 and arrays.y.max() <= 1):
        return Piece(reason="not_a_share")
    if arrays.absorb is not None and not _nested(arrays.absorb, arrays.cluster):
        return Piece(reason="absorbed_across_clusters")
    names, x = arrays.names, arrays.x
    found = fractional_logit(arrays.y, x, arrays.cluster, term, names=names, absorb=arrays.absorb)
    if found.reason is not None or found.estimate is None:
        return Piece(reason=found.reason)
    return Piece(found.estimate, found.se, found.df, found.p(), found.interval(), found.interval(0.9))


def _nested(inner: Ints, outer: Ints) -> bool:
    """Whether every group lies in one cluster."""
    return len(np.unique(np.column_stack([inner, outer]), axis=0)) == len(np.unique(inner))


def _ranks(frame: ModelFrame, question: Question, term: Term, seed: int) -> Piece:
    """Correlation of ranks with its permutation p; of a category, among journals of the level and the reference."""
    own = frame.complete([term.name])
    predictor = own.predictor(term.name)
    if predictor.kind == "category":
        column = predictor.columns[:, [t.name for t in predictor.terms].index(term.name)]
        own = own.subset((column == 1) | (predictor.values == predictor.levels[0]))
    x = own.columns()[0][:, [t.name for t in own.terms].index(term.name)]
    found = permutation_test(own.y, x, own.publishers.code, between=question == "between", seed=seed)
    return Piece(estimate=found.statistic, p=found.p, reason=found.reason)
