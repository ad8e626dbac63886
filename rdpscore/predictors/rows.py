"""Rows of estimates: one coefficient in one question by one estimator, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from rdpscore.inference.verdicts import LEAST_DF, Verdict
from rdpscore.predictors.outcomes import Outcome
from rdpscore.predictors.predictor import Predictor, Term

Question = Literal["between", "within", "pooled"]
QUESTIONS: tuple[Question, ...] = get_args(Question)

Held = Literal["alone", "together"]
"""A predictor alone, on all journals that have it; or beside the model's others, on the journals that have all."""

Scale = Literal["unit", "iqr"]

Estimator = Literal["CR2", "CR3", "WCR", "fractional", "ranks"]
ESTIMATORS: tuple[Estimator, ...] = get_args(Estimator)
MAIN: Estimator = "CR2"

SE_KINDS: dict[Estimator, tuple[str, str]] = {
    "CR2": ("least squares", "CR2, Satterthwaite's t"),
    "CR3": ("least squares", "CR3, t(G − 1)"),
    "WCR": ("least squares", "wild cluster bootstrap"),
    "fractional": ("fractional logit, average marginal effect", "GEE, bias-reduced, t(G − 1)"),
    "ranks": ("ranks", "permutation"),
}


@dataclass(frozen=True)
class Row:
    """One estimate of one coefficient; null with a reason where it cannot be had.

    Attributes
    ----------
    question : {"between", "within", "pooled"}
    term, predictor, label : str
        Of the coefficient, see `Term`.
    held : {"alone", "together"}
    scale : {"unit", "iqr"}
        Per unit of the predictor (a doubling, one level rather than the reference), or over the interquartile range
        that a number has among the journals.
    outcome, scheme : str
        ``scheme`` is None for an item.
    unit : str
        "score per doubling of impact".
    estimator, se_kind : str
        In words.
    method : {"CR2", "CR3", "WCR", "fractional", "ranks"}
    main : bool
        The row to read: CR2, and of a number's two scales the wider, on which the bound is the harder to keep.
    estimate, se, df, p : float or None
        `p` is two-sided, of no effect. The bootstrap has neither `se` nor `df`.
    low, high : float or None
        95 % interval.
    low90, high90 : float or None
        90 % interval: where it lies within plus and minus the bound, the effect is equivalent to none at 5 %.
    bound : float or None
        What counts as none, on the row's scale, stated beforehand.
    verdict, verdict_reason : str or None
        Of the coefficient in this question, by CR2 and the wild bootstrap together; the same in all its rows of one
        scale, whatever their estimator.
    reason : str or None
        Why the row has no estimate, of `REASONS`.
    n : int
        Rows of the regression: journals, or publishers where the question is between.
    n_clusters, n_varying : int
        Clusters, and those in which the predictor varies once all else is held.
    largest, largest_share : str or None, float or None
        The cluster that carries most of the coefficient, and its share of the predictor's variation.
    few : bool
        Degrees of freedom are below 4.
    """

    question: Question
    term: str
    predictor: str
    label: str
    held: Held
    scale: Scale
    outcome: str
    scheme: str | None
    unit: str
    estimator: str
    se_kind: str
    method: Estimator
    main: bool
    estimate: float | None
    se: float | None
    df: float | None
    p: float | None
    low: float | None
    high: float | None
    low90: float | None
    high90: float | None
    bound: float | None
    verdict: str | None
    verdict_reason: str | None
    reason: str | None
    n: int
    n_clusters: int
    n_varying: int | None
    largest: str | None
    largest_share: float | None
    few: bool


Interval = tuple[float, float]


@dataclass(frozen=True)
class Piece:
    """What one estimator says of a coefficient, per unit of the predictor."""

    estimate: float | None = None
    se: float | None = None
    df: float | None = None
    p: float | None = None
    wide: Interval | None = None
    narrow: Interval | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Place:
    """Which coefficient it is, and what it rests on: what all its rows have in common."""

    question: Question
    term: Term
    predictor: Predictor
    held: Held
    outcome: Outcome
    bound: float | None
    n: int
    n_clusters: int
    n_varying: int | None = None
    largest: str | None = None
    largest_share: float | None = None

    @property
    def scales(self) -> dict[Scale, float]:
        """Scale → units that it covers."""
        scales: dict[Scale, float] = {"unit": 1.0}
        if reach := self.predictor.reach:
            scales["iqr"] = reach
        return scales

    def row(
        self, method: Estimator, piece: Piece, scale: Scale = "unit", found: Verdict | None = None
    ) -> Row:
        """A row of the table."""
        by = self.scales[scale]
        estimator, se_kind = SE_KINDS[method]
        few = piece.df is not None and piece.df < LEAST_DF
        return Row(
            question=self.question,
            term=self.term.name,
            predictor=self.predictor.attribute,
            label=self.term.label,
            held=self.held,
            scale=scale,
            outcome=self.outcome.name,
            scheme=self.outcome.scheme,
            unit=unit(self.outcome, self.predictor, scale) if method != "ranks" else "rank",
            estimator=estimator,
            se_kind=se_kind,
            method=method,
            main=method == MAIN and scale == max(self.scales, key=self.scales.__getitem__),
            estimate=_times(piece.estimate, by),
            se=_times(piece.se, by),
            df=piece.df,
            p=piece.p,
            low=_times(piece.wide and piece.wide[0], by),
            high=_times(piece.wide and piece.wide[1], by),
            low90=_times(piece.narrow and piece.narrow[0], by),
            high90=_times(piece.narrow and piece.narrow[1], by),
            bound=None if method == "ranks" else self.bound,
            verdict=None if found is None else found.word,
            verdict_reason=None if found is None else found.reason,
            reason=piece.reason,
            n=self.n,
            n_clusters=self.n_clusters,
            n_varying=self.n_varying,
            largest=self.largest,
            largest_share=self.largest_share,
            few=few,
        )


def _times(value: float | None, by: float) -> float | None:
    return None if value is None else value * by


def unit(outcome: Outcome, predictor: Predictor, scale: Scale) -> str:
    """``"score per doubling of impact"``."""
    if predictor.kind != "number":
        return outcome.unit
    if scale == "iqr" and predictor.quartiles is not None:
        low, high = predictor.quartiles
        return f"{outcome.unit} between the quartiles of {predictor.called}, {low:.3g} and {high:.3g}"
    what = f"doubling of {predictor.called}" if predictor.part.log2 else f"one more of {predictor.called}"
    return f"{outcome.unit} per {what}"


VERDICTS = {
    "effect": "a difference beyond chance",
    "negligible effect": "a negligible difference",
    "equivalent": "equivalent to none",
    "inconclusive": "undecided",
}
"""What a verdict says, in a few words."""
REASONS: dict[str, str] = {
    "no_values": "no journal has a value of every predictor",
    "no_variation": "it is the same for all journals",
    "no_variation_within": "it does not vary within any publisher",
    "no_variation_between": "publishers do not differ in it",
    "collinear": "it follows from the other predictors",
    "outcome_constant": "the outcome is the same for all journals",
    "outcome_constant_within": "journals of one publisher all have the same outcome",
    "outcome_constant_between": "publishers do not differ in the outcome",
    "too_few_units": "there are no more rows than parameters",
    "exact_fit": "the model fits without any residual, so nothing shows how sure it is",
    "too_few_clusters": "with fewer than three {clusters} nothing shows what differs between them anyway",
    "carried_by_few_clusters": "it rests on one or two {clusters}, so nothing shows what differs between them anyway",
    "clusters_alike": "all {clusters} say the same of it, so nothing shows how sure it is",
    "not_estimable": "there is no finite estimate: the predictor separates the outcomes",
    "not_a_share": "the outcome is not between 0 and 1",
    "absorbed_across_clusters": "a publisher's journals lie in several {clusters}",
    "few_other_answers": "fewer than 5 {clusters} have another answer than the commonest",
    "few_degrees_of_freedom": "fewer than 4 degrees of freedom",
    "methods_disagree": "CR2 and the wild bootstrap disagree",
    "undecided": "the interval holds both none and more than the bound",
}
"""Why a row has no estimate, or a verdict is inconclusive."""
