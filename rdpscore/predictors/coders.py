"""How far a coefficient moves if one coder alone had coded each journal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rdpscore.codebook import Scheme
from rdpscore.predictors.frame import ModelFrame
from rdpscore.predictors.questions import design
from rdpscore.predictors.refits import used
from rdpscore.predictors.rows import Held, Question
from rdpscore.scoring.scored_rows import row_scores
from rdpscore.survey import Survey
from rdpscore.uncertainty.draws import coder_choices, lone_coders

Floats = npt.NDArray[np.float64]

LOW, HIGH = 0.05, 0.95
A_RANGE = (
    "A range of estimates, not Rubin's variance: a lone coder's answers are no draws of adjudicated ones."
)


@dataclass(frozen=True)
class CoderRange:
    """A coefficient over draws of who alone codes each journal.

    Attributes
    ----------
    low, median, high : float or None
        5, 50 and 95 % of the draws.
    n_draws : int
    n_borrowed : int
        Journals of the model with a single coder, who borrow a second.
    reason : str or None
        ``not_a_score``: the outcome is an item; ``single_coders``: no journal has two; ``not_estimable``.
    """

    low: float | None
    median: float | None
    high: float | None
    n_draws: int
    n_borrowed: int
    reason: str | None


@dataclass(frozen=True, eq=False)
class CoderScores:
    """Scores in each draw, shape (n_draws, n_journals), NaN where nobody answered; see `coder_scores`."""

    scores: Floats
    borrowed: npt.NDArray[np.bool_]
    journals: tuple[str, ...]
    several: bool


def coder_scores(survey: Survey, scheme: Scheme, *, n_draws: int = 1_000, seed: int = 1) -> CoderScores:
    """Scores if one coder alone had coded, drawn jointly over a coder's items and a reading's journals.

    Parameters
    ----------
    survey : Survey
    scheme : Scheme
    n_draws, seed : int
        See `rdpscore.uncertainty.draws.coder_choices`.
    """
    lone = lone_coders(survey, seed=seed)
    of_row = row_scores(survey.codebook, scheme, lone.option)
    choices = coder_choices(lone, n_draws, seed)
    scores = (
        np.where(choices >= 0, of_row[np.maximum(choices, 0)], np.nan)
        if len(of_row)
        else np.full(choices.shape, np.nan)
    )
    return CoderScores(
        scores, lone.borrowed, tuple(map(str, survey.journal_ids)), bool((lone.n_coders > 1).any())
    )


def coder_range(
    frame: ModelFrame, drawn: CoderScores, question: Question, term: str, *, held: Held = "alone"
) -> CoderRange:
    """The range of a coefficient over `coder_scores` of the frame's scheme.

    Notes
    -----
    A least-squares estimate is ``aᵀy``, so all draws are one product. A journal without an answer in a draw keeps its
    score.
    """
    own = used(frame, term, held)
    place = {j: k for k, j in enumerate(drawn.journals)}
    columns = np.array([place[j] for j in own.journals], np.intp)
    n_borrowed = int(drawn.borrowed[columns].sum()) if len(columns) else 0
    reason = None
    if frame.outcome.kind != "score":
        reason = "not_a_score"
    elif not drawn.several:
        reason = "single_coders"
    weights = None if reason else journal_weights(own, question, term)
    if weights is None:
        return CoderRange(None, None, None, len(drawn.scores), n_borrowed, reason or "not_estimable")
    scores = drawn.scores[:, columns]
    found = np.where(np.isnan(scores), own.y, scores) @ weights
    low, median, high = np.quantile(found, (LOW, 0.5, HIGH)).tolist()
    return CoderRange(low, median, high, len(found), n_borrowed, None)


def journal_weights(own: ModelFrame, question: Question, term: str) -> Floats | None:
    """The weights of journals with which a least-squares coefficient is ``aᵀy``; None where it cannot be estimated.

    Parameters
    ----------
    own : ModelFrame
        Complete, see `rdpscore.predictors.refits.used`.
    question : {"between", "within", "pooled"}
    term : str
    """
    if not len(own):
        return None
    name = own.predictor(term).name
    fitted = design(own, question, [*(p.name for p in own.predictors if p.name != name), name]).fit()
    if term not in fitted.names:
        return None
    a = fitted.direction(term)
    if question != "between":
        return a
    code = own.publishers.code
    return np.asarray((a / np.bincount(code))[code])
