"""Specification curves: one question asked in all the ways that are as good, side by side, with one joint test.

A curve stays inside one question, between, within or pooled, since these are different quantities. Every estimate is
brought to one scale, the difference in score from the lower to the upper quartile of the predictor. No specification
has a vote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.codebook import Scheme
from rdpscore.inference import By
from rdpscore.inference.sandwich import coefficient_test
from rdpscore.predictors.finding import p_text, plain, signed
from rdpscore.predictors.formula import Formula, Part
from rdpscore.predictors.frame import ModelFrame, model_frame
from rdpscore.predictors.joint import (
    N_DRAWS,
    Joint,
    Member,
    median_test,
)
from rdpscore.predictors.predictor import Predictor, Zeros
from rdpscore.predictors.questions import Design, design, why_not
from rdpscore.predictors.rows import QUESTIONS, Question, unit
from rdpscore.results import Result, records, stacked
from rdpscore.scoring.scores import journal_scores
from rdpscore.survey import Survey
from rdpscore.survey.selection import Where, select

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

Coding = Literal["log2", "raw", "rank", "half", "levels"]
EVERYONE, KEPT, LEFT_OUT, ALONE = "all journals", "kept", "left out", "alone"
FENCE = 1.5
"""Outlying is beyond so many interquartile ranges from the quartiles (Tukey 1977), on the scale of the model."""
CHOICES = ("scheme", "coding", "held", "journals", "doubtful")

_WHERE: Mapping[Question, str] = {
    "between": "between publishers' means",
    "within": "within publishers",
    "pooled": "over all journals",
}

CODINGS: Mapping[Coding, str] = {
    "log2": "logarithm",
    "raw": "as it is",
    "rank": "ranks",
    "half": "above the median or not",
    "levels": "levels",
}


@dataclass(frozen=True)
class Specification:
    """One way to ask the question, and its answer.

    Attributes
    ----------
    scheme, coding, held, journals, doubtful : str
        The choices: scheme of the score (the item's id of an item), `CODINGS` of the predictor, what is held beside it,
        which journals, and whether journals of doubtful labels are kept.
    estimate, low, high : float or None
        From the lower to the upper quartile of a number, or of one level rather than the reference; 95 % by CR2.
    t, df : float or None
    n, n_clusters : int
    reason : str or None
        Why there is none.
    """

    scheme: str
    coding: Coding
    held: str
    journals: str
    doubtful: str
    estimate: float | None
    low: float | None
    high: float | None
    t: float | None
    df: float | None
    n: int
    n_clusters: int
    reason: str | None


@dataclass(frozen=True)
class Curve:
    """All specifications of one coefficient in one question.

    Attributes
    ----------
    question : {"between", "within", "pooled"}
    term, predictor, label, unit : str
    specifications : tuple of Specification
        By estimate, the lowest first; those without one last.
    median, low, high : float or None
        Of the estimates: median, smallest, largest.
    joint : Joint
        Of all being 0.
    bound : float
        What counts as none, in the outcome's unit.
    """

    question: Question
    term: str
    predictor: str
    label: str
    unit: str
    specifications: tuple[Specification, ...]
    median: float | None
    low: float | None
    high: float | None
    joint: Joint
    bound: float

    @property
    def n(self) -> int:
        """Specifications that have an estimate."""
        return sum(s.estimate is not None for s in self.specifications)

    def sentence(self) -> str:
        """Median, range and the joint test, in words."""
        opening = f"{self.n} specifications {_WHERE[self.question]}"
        if self.median is None or self.low is None or self.high is None:
            return (
                f"None of {len(self.specifications)} specifications {_WHERE[self.question]} can be estimated."
            )
        said = (
            f"{opening}: median {signed(self.median)} ({plain(self.low)} to {plain(self.high)}) {self.unit}"
        )
        if self.joint.p is None:
            return f"{said}; no joint test, as too few publishers carry them."
        return f"{said}; one joint test that there is none in any: p = {p_text(self.joint.p)}."

    def to_frame(self) -> pd.DataFrame:
        """One row a specification."""
        table = pd.DataFrame(
            [asdict(s) for s in self.specifications], columns=list(Specification.__dataclass_fields__)
        )
        table.insert(0, "question", self.question)
        table.insert(1, "term", self.term)
        return table

    def by_choice(self) -> pd.DataFrame:
        """Median estimate for each level of each choice that has several: what moves the answer."""
        table, rows = self.to_frame().dropna(subset="estimate"), []
        for choice in CHOICES:
            if table[choice].nunique() > 1:
                for level, own in table.groupby(choice, sort=False):
                    rows.append(
                        {"choice": choice, "level": level, "n": len(own), "median": own["estimate"].median()}
                    )
        return pd.DataFrame(rows, columns=["choice", "level", "n", "median"])


@dataclass(frozen=True)
class SpecificationResult(Result):
    """Specification curves; see `specification_curves`.

    Attributes
    ----------
    curves : tuple of Curve
        One for each coefficient in each question.
    """

    curves: tuple[Curve, ...]

    def tables(self) -> dict[str, pd.DataFrame]:
        keys = [{"question": c.question, "term": c.term} for c in self.curves]
        summary = [
            key | {"unit": c.unit, "n": c.n, "median": c.median, "low": c.low, "high": c.high, "bound": c.bound}
            | {f"joint_{k}": v for k, v in asdict(c.joint).items()}
            for key, c in zip(keys, self.curves, strict=True)
        ]  # fmt: skip
        choices = [c.by_choice().assign(**key) for key, c in zip(keys, self.curves, strict=True)]
        return {
            "curves": pd.DataFrame(summary),
            "specifications": stacked([c.to_frame() for c in self.curves]),
            "choices": stacked(choices),
        }

    def body(self) -> Any:
        tables = {name: records(table) for name, table in self.tables().items()}
        return {"sentences": [c.sentence() for c in self.curves], **tables}


@checked
def specification_curves(
    survey: Survey,
    model: str | Formula | None = None,
    scheme: Scheme | str | None = None,
    *,
    where: Where | None = None,
    cluster: By = "publisher",
    zeros: Zeros = "leave_out",
    n_draws: int = N_DRAWS,
    seed: int = 1,
) -> SpecificationResult:
    """Specification curves of every coefficient of a model, one a question.

    Parameters
    ----------
    survey, model, scheme, where, cluster, zeros
        As in `model_frame`.
    n_draws, seed : int
        Of the joint test.

    Raises
    ------
    ModelError, InvalidInput
        As in `model_frame`.
    """
    frame = model_frame(survey, model, scheme, where, cluster, zeros=zeros)
    return frame_curves(survey, frame, n_draws=n_draws, seed=seed)


def frame_curves(
    survey: Survey,
    frame: ModelFrame,
    *,
    questions: Sequence[Question] = QUESTIONS,
    n_draws: int = N_DRAWS,
    seed: int = 1,
    step: Callable[[], None] | None = None,
) -> SpecificationResult:
    """`specification_curves` of a frame that is there; `step` is called after each curve."""
    curves = []
    outcomes, filters = _outcomes(survey, frame), _filters(survey, frame)
    for term in frame.terms:
        for question in questions:
            curves.append(_curve(frame, question, term.name, outcomes, filters, n_draws, seed))
            if step is not None:
                step()
    settings = {**frame.settings, "n_draws": n_draws, "seed": seed, "outlying": FENCE}
    return SpecificationResult(settings, frame.problems, tuple(curves))


# The choices --------------------------------------------------------------------------------------------


def _outcomes(survey: Survey, frame: ModelFrame) -> dict[str, Floats]:
    """Scores of the frame's journals under every scheme of the codebook and its own; of an item its one outcome."""
    if frame.outcome.kind != "score":
        return {frame.outcome.name: frame.y}
    own = Scheme.model_validate(frame.settings["scheme"])
    schemes = [own, *(s for s in survey.codebook.schemes if s.id != own.id)]
    place = {str(j): k for k, j in enumerate(survey.journal_ids)}
    rows = np.array([place[j] for j in frame.journals], np.intp)
    return {s.id: journal_scores(survey, s)[rows] for s in schemes}


def _filters(survey: Survey, frame: ModelFrame) -> dict[str, Bools]:
    """Which journals: all; those that are journals, where some are not; those of no outlying number."""
    found = {EVERYONE: np.ones(len(frame), bool)}
    if "kind" in survey.journals.columns and (survey.journals["kind"].astype(object) == "journal").any():
        place = {str(j): k for k, j in enumerate(survey.journal_ids)}
        chosen = select(survey, {"kind": "journal"})[[place[j] for j in frame.journals]]
        found["journals proper"] = chosen
    for p in frame.predictors:
        if p.kind == "number":
            values = p.columns[:, 0]
            if not np.isfinite(values).any():
                continue
            low, high = np.nanquantile(values, (0.25, 0.75))
            reach = FENCE * (high - low)
            outlying = (values < low - reach) | (values > high + reach)
            found[f"without outlying {p.called}"] = ~outlying
    return {name: mask for name, mask in found.items() if name == EVERYONE or not mask.all()}


def _codings(p: Predictor) -> tuple[Coding, ...]:
    if p.kind != "number":
        return ("levels",)
    known = [float(v) + p.shift for v in p.values if v is not None]
    return ("log2", "rank", "raw", "half") if known and min(known) > 0 else ("raw", "rank", "half")


def coded(p: Predictor, coding: Coding) -> tuple[Predictor, float]:
    """A predictor in another coding, and how many of its units there are from the lower to the upper quartile.

    The two halves' middles are the quartiles, so belonging to the upper half is one of its units; ranks are shares of
    the journals, of which a half lie between the quartiles.
    """
    if coding == "levels" or p.quartiles is None:
        return p, 1.0
    low, high = (q + p.shift for q in p.quartiles)
    if coding == "log2":
        return replace(p, part=Part(p.attribute, log2=True)), float(np.log2(high / low)) if low > 0 else 1.0
    plain = replace(p, part=Part(p.attribute))
    if coding == "raw":
        return plain, high - low
    from scipy.stats import rankdata

    there = ~p.missing
    known = p.values[there].astype(float)
    values = np.full(len(p.values), None, object)
    if coding == "rank":
        values[there] = (rankdata(known) / max(len(known), 1)).tolist()
        return replace(plain, values=values), 0.5
    values[there] = (known > np.median(known)).tolist() if len(known) else []
    return replace(plain, values=values, kind="boolean"), 1.0


def _curve(
    frame: ModelFrame,
    question: Question,
    term: str,
    outcomes: Mapping[str, Floats],
    filters: Mapping[str, Bools],
    n_draws: int,
    seed: int,
) -> Curve:
    target, predictor = frame.term(term), frame.predictor(term)
    others = tuple(p for p in frame.predictors if p is not predictor)
    found: list[Specification] = []
    members: list[Member] = []
    for held in ((), others) if others else ((),):
        models = replace(frame, predictors=(*held, predictor))
        known = ~np.any([p.missing for p in models.predictors], axis=0)
        doubt = np.any([p.doubtful for p in models.predictors], axis=0) & known
        for scheme, y in outcomes.items():
            for journals, chosen in filters.items():
                for doubtful in (KEPT, LEFT_OUT) if doubt.any() else (KEPT,):
                    mask = known & chosen & np.isfinite(y) & ~(doubt & (doubtful == LEFT_OUT))
                    for coding in _codings(predictor):
                        way = (scheme, coding, _held(held), journals, doubtful)
                        made = _asked(models, question, term, coding, y, mask)
                        found.append(_answered(way, made, int(mask.sum()), predictor))
                        if made is not None and found[-1].estimate is not None:
                            arrays, name, _ = made
                            members.append(Member(arrays.fit(), name, arrays.labels))
    known_ones = sorted((s for s in found if s.estimate is not None), key=lambda s: s.estimate or 0.0)
    values = [s.estimate for s in known_ones if s.estimate is not None]
    return Curve(
        question=question,
        term=term,
        predictor=predictor.attribute,
        label=target.label,
        unit=unit(frame.outcome, predictor, "iqr"),
        specifications=(*known_ones, *(s for s in found if s.estimate is None)),
        median=float(np.median(values)) if values else None,
        low=values[0] if values else None,
        high=values[-1] if values else None,
        joint=median_test(members, n_draws=n_draws, seed=seed),
        bound=frame.bound(term),
    )


def _held(held: Sequence[Predictor]) -> str:
    return f"with {', '.join(p.called for p in held)}" if held else ALONE


def _asked(
    models: ModelFrame, question: Question, term: str, coding: Coding, y: Floats, mask: Bools
) -> tuple[Design, str, float] | None:
    """The arrays of a specification, its term's name and the units of its scale; None where no journal is left."""
    if not mask.any():
        return None
    own = models.subset(mask).with_outcome(y[mask])
    old = own.predictor(term)
    new, _ = coded(old, coding)
    _, units = coded(models.predictor(term), coding)  # one scale for the whole curve
    own = replace(own, predictors=tuple(new if p is old else p for p in own.predictors))
    name = term if coding == "levels" else new.terms[0].name
    return design(own, question), name, units


def _answered(
    way: tuple[str, Coding, str, str, str],
    made: tuple[Design, str, float] | None,
    n: int,
    predictor: Predictor,
) -> Specification:
    if made is None:
        return Specification(*way, None, None, None, None, None, 0, 0, "no_values")
    arrays, name, units = made
    fitted = arrays.fit()
    n_clusters = fitted.n_clusters
    reason = why_not(fitted, name, arrays.question)
    if reason is not None:
        return Specification(*way, None, None, None, None, None, n, n_clusters, reason)
    test = coefficient_test(fitted, name, "CR2")
    interval = test.interval()
    low, high = (None, None) if interval is None else (interval[0] * units, interval[1] * units)
    t = None if not test.se else test.estimate / test.se
    return Specification(*way, test.estimate * units, low, high, t, test.df, n, n_clusters, test.reason)
