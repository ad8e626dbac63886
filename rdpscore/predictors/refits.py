"""A coefficient estimated again on a changed frame: without a publisher, with a label flipped, under another filter."""

from __future__ import annotations

from dataclasses import dataclass

from rdpscore.predictors.frame import ModelFrame
from rdpscore.predictors.questions import estimate
from rdpscore.predictors.rows import Estimator, Held, Question

BRIEF: tuple[Estimator, ...] = ("CR2",)
FULL: tuple[Estimator, ...] = ("CR2", "WCR")
N_DRAWS = 9_999
"""Of the wild bootstrap of a refit, where not all signs are enumerated."""


@dataclass(frozen=True)
class Refit:
    """One coefficient, estimated again.

    Attributes
    ----------
    estimate, low, high : float or None
        Per unit of the predictor, with the 95 % interval of CR2.
    verdict : str or None
        Of the row to read (over the interquartile range of a number where that is the wider); None where the
        bootstrap was not asked.
    reason : str or None
        Why there is no estimate, or no interval.
    """

    estimate: float | None
    low: float | None
    high: float | None
    verdict: str | None
    reason: str | None


def refit(
    frame: ModelFrame,
    question: Question,
    term: str,
    held: Held = "alone",
    *,
    verdicts: bool = False,
    n_draws: int = N_DRAWS,
    seed: int = 1,
) -> Refit:
    """Estimate a coefficient of a frame.

    Parameters
    ----------
    frame : ModelFrame
    question : {"between", "within", "pooled"}
    term : str
    held : {"alone", "together"}
    verdicts : bool
        Ask the wild bootstrap, too: it takes most of the time.
    n_draws, seed : int
        Of the bootstrap.
    """
    methods = FULL if verdicts else BRIEF
    rows = estimate(frame, question, term, held=held, methods=methods, n_draws=n_draws, seed=seed)
    unit = next(r for r in rows if r.method == "CR2" and r.scale == "unit")
    main = next((r for r in rows if r.main), unit)
    return Refit(unit.estimate, unit.low, unit.high, main.verdict if verdicts else None, unit.reason)


def used(frame: ModelFrame, term: str, held: Held = "alone") -> ModelFrame:
    """The journals that a coefficient rests on: those with its predictor, or with all of the model's."""
    return frame.complete([term] if held == "alone" else None)
