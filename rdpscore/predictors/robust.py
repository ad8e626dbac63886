"""What an estimate rests on: single publishers, single journals, doubtful labels, the coder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from rdpscore.arguments import checked
from rdpscore.codebook import Scheme
from rdpscore.inference import By, clusters
from rdpscore.predictors.coders import (
    A_RANGE,
    CoderRange,
    coder_range,
    coder_scores,
)
from rdpscore.predictors.flips import Flips, flip_labels
from rdpscore.predictors.formula import Formula
from rdpscore.predictors.frame import ModelFrame, model_frame
from rdpscore.predictors.influence import LeaveOut, leave_out_groups, leave_out_journals
from rdpscore.predictors.predictor import Zeros
from rdpscore.predictors.refits import N_DRAWS, Refit, refit
from rdpscore.predictors.rows import (
    QUESTIONS,
    Held,
    Question,
    unit,
)
from rdpscore.results import Result, records, stacked
from rdpscore.survey import Survey
from rdpscore.survey.selection import Where

Depth = Literal["brief", "full"]

CODER_DRAWS = 1_000


@dataclass(frozen=True)
class Robust:
    """One coefficient in one question, and what it rests on.

    Attributes
    ----------
    question, term, label, unit, held
        Of the coefficient.
    point : Refit
        As it stands, with its verdict.
    publishers : LeaveOut
    policies : LeaveOut or None
        None where every policy governs one journal, or none is recorded.
    journals : LeaveOut
    flips : Flips
    coders : CoderRange
    """

    question: Question
    term: str
    label: str
    unit: str
    held: Held
    point: Refit
    publishers: LeaveOut
    policies: LeaveOut | None
    journals: LeaveOut
    flips: Flips
    coders: CoderRange

    def row(self) -> dict[str, Any]:
        """One row of the summary."""
        carrier, together, most = self.publishers.carrier, self.flips.together, self.flips.combinations
        five = self.journals.together
        return {
            "question": self.question,
            "term": self.term,
            "held": self.held,
            "unit": self.unit,
            "estimate": self.point.estimate,
            "low": self.point.low,
            "high": self.point.high,
            "verdict": self.point.verdict,
            "reason": self.point.reason,
            "without_publisher_low": self.publishers.low,
            "without_publisher_high": self.publishers.high,
            "rests_on": carrier.left_out if carrier else None,
            "without_it": carrier.estimate if carrier else None,
            "publishers_that_change_verdict": _changed(self.publishers, self.point),
            "without_journal_low": self.journals.low,
            "without_journal_high": self.journals.high,
            "without_five_journals": five.estimate if five else None,
            "n_doubtful": self.flips.n_doubtful,
            "one_label_flipped_low": min(
                (f.estimate for f in self.flips.one if f.estimate is not None), default=None
            ),
            "one_label_flipped_high": max(
                (f.estimate for f in self.flips.one if f.estimate is not None), default=None
            ),
            "all_labels_flipped": together.estimate if together else None,
            "verdict_all_flipped": together.verdict if together else None,
            "any_labels_flipped_low": most[0] if most else None,
            "any_labels_flipped_high": most[1] if most else None,
            "labels_that_change_verdict": self.flips.changed,
            "one_coder_low": self.coders.low,
            "one_coder_high": self.coders.high,
        }


def _changed(found: LeaveOut, point: Refit) -> int | None:
    """How many that are left out change the verdict; None where no verdict was asked for."""
    asked = [r.verdict for r in found.rows if r.verdict is not None]
    return sum(word != point.verdict for word in asked) if asked else None


@dataclass(frozen=True)
class RobustnessResult(Result):
    """What the coefficients of a model rest on; see `robustness`.

    Attributes
    ----------
    depth : {"brief", "full"}
    rows : tuple of Robust
    """

    depth: Depth
    rows: tuple[Robust, ...]

    def find(self, question: Question, term: str, held: Held = "alone") -> Robust:
        """The row of a coefficient.

        Raises
        ------
        KeyError
            There is none.
        """
        for row in self.rows:
            if (row.question, row.term, row.held) == (question, term, held):
                return row
        raise KeyError((question, term, held))

    def tables(self) -> dict[str, pd.DataFrame]:
        out = {"robustness": pd.DataFrame([r.row() for r in self.rows])}
        parts: dict[str, list[tuple[Robust, LeaveOut | Flips]]] = {
            "without_publisher": [(r, r.publishers) for r in self.rows],
            "without_policy": [(r, r.policies) for r in self.rows if r.policies is not None],
            "without_journal": [(r, r.journals) for r in self.rows],
            "flipped": [(r, r.flips) for r in self.rows],
        }
        for name, own in parts.items():
            found = stacked([part.to_frame().assign(question=r.question, term=r.term) for r, part in own])
            if len(found):
                out[name] = found
        return out

    def body(self) -> Any:
        return {
            "depth": self.depth,
            "coders": A_RANGE,
            **{name: records(table) for name, table in self.tables().items()},
        }


@checked
def robustness(
    survey: Survey,
    model: str | Formula | None = None,
    scheme: Scheme | str | None = None,
    *,
    where: Where | None = None,
    cluster: By = "publisher",
    zeros: Zeros = "leave_out",
    depth: Depth = "full",
    coder_draws: int = CODER_DRAWS,
    n_draws: int = N_DRAWS,
    seed: int = 1,
) -> RobustnessResult:
    """Ask of every coefficient and question whether one publisher, journal, label or coder makes it.

    Parameters
    ----------
    survey, model, scheme, where, cluster, zeros
        As in `model_frame`.
    depth : {"brief", "full"}
        ``brief`` asks for verdicts with all doubtful labels flipped only; ``full`` with each publisher left out and
        each label flipped, too, and draws coders.
    coder_draws : int
        Draws of who alone codes each journal.
    n_draws, seed : int
        Of the wild bootstrap where not all signs are enumerated; the seed also of the coder draws.

    Raises
    ------
    ModelError, InvalidInput
        As in `model_frame`.
    """
    frame = model_frame(survey, model, scheme, where, cluster, zeros=zeros)
    return frame_robustness(survey, frame, depth=depth, coder_draws=coder_draws, n_draws=n_draws, seed=seed)


def frame_robustness(
    survey: Survey,
    frame: ModelFrame,
    *,
    depth: Depth = "full",
    questions: Sequence[Question] = QUESTIONS,
    coder_draws: int = CODER_DRAWS,
    n_draws: int = N_DRAWS,
    seed: int = 1,
    step: Callable[[], None] | None = None,
) -> RobustnessResult:
    """`robustness` of a frame that is there.

    Parameters
    ----------
    survey : Survey
        That the frame is of.
    frame : ModelFrame
    depth, coder_draws, n_draws, seed
        As in `robustness`.
    questions : sequence of str
    step : callable, optional
        Called after each coefficient of each question.
    """
    full = depth == "full"
    drawn = None
    if full and frame.outcome.kind == "score":
        scheme = Scheme.model_validate(frame.settings["scheme"])
        drawn = coder_scores(survey, scheme, n_draws=coder_draws, seed=seed)
    policies = _policies(survey, frame)
    rows: list[Robust] = []
    for term in frame.terms:
        for question in questions:
            options: dict[str, Any] = {"n_draws": n_draws, "seed": seed}
            coders = CoderRange(None, None, None, 0, 0, "not_a_score" if full else "not_asked")
            if drawn is not None:
                coders = coder_range(frame, drawn, question, term.name)
            point = refit(frame, question, term.name, verdicts=True, **options)
            asked: Literal["all", "together"] = "all" if full else "together"
            rows.append(
                Robust(
                    question,
                    term.name,
                    term.label,
                    unit(frame.outcome, frame.predictor(term.name), "unit"),
                    "alone",
                    point,
                    leave_out_groups(frame, question, term.name, verdicts=full, **options),
                    None
                    if policies is None
                    else leave_out_groups(frame, question, term.name, "policy", policies, **options),
                    leave_out_journals(frame, question, term.name, verdicts=full, **options),
                    flip_labels(frame, question, term.name, verdicts=asked, point=point, **options),
                    coders,
                )
            )
            if step is not None:
                step()
    settings = {
        **frame.settings,
        "depth": depth,
        "coder_draws": coder_draws,
        "n_draws": n_draws,
        "seed": seed,
    }
    return RobustnessResult(settings, frame.problems, depth, tuple(rows))


def _policies(survey: Survey, frame: ModelFrame) -> list[str] | None:
    """Policy of each journal of the frame; None where no policy is recorded that governs several."""
    found = clusters(survey, "policy")
    if found.n == len(survey.journal_ids):
        return None
    of = dict(zip(map(str, survey.journal_ids), found.code, strict=True))
    return [found.labels[of[j]] for j in frame.journals]
