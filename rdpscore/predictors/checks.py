"""The report on predictors with what puts it to the test: robustness, other specifications, power, prediction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import pandas as pd

from rdpscore.arguments import checked
from rdpscore.codebook import Scheme
from rdpscore.inference import By
from rdpscore.predictors.finding import findings
from rdpscore.predictors.formula import Formula
from rdpscore.predictors.least_effects import Power, power, power_table
from rdpscore.predictors.prediction import Prediction, predict_frame
from rdpscore.predictors.predictor import Zeros
from rdpscore.predictors.regression import RegressResult, regress
from rdpscore.predictors.robust import RobustnessResult, frame_robustness
from rdpscore.predictors.robust_words import sentences
from rdpscore.predictors.specification import SpecificationResult, frame_curves
from rdpscore.results import Result
from rdpscore.survey import Survey
from rdpscore.survey.selection import Where

Check = Literal["robust", "specifications", "power", "predict"]
CHECKS: tuple[Check, ...] = get_args(Check)


@dataclass(frozen=True)
class CheckedResult(Result):
    """The report on predictors and its checks; see `checked_regress`.

    Attributes
    ----------
    regress : RegressResult
        Its findings end with what they rest on.
    robustness : RobustnessResult
        In brief, unless ``robust`` was asked for.
    curves : SpecificationResult or None
    powers : tuple of Power
        Empty where they were not asked for.
    prediction : Prediction or None
    """

    regress: RegressResult
    robustness: RobustnessResult
    curves: SpecificationResult | None
    powers: tuple[Power, ...]
    prediction: Prediction | None

    def tables(self) -> dict[str, pd.DataFrame]:
        out = dict(self.regress.tables()) | self.robustness.tables()
        if self.curves is not None:
            out |= self.curves.tables()
        if self.powers:
            out["power"] = power_table(self.powers)
        if self.prediction is not None:
            out["prediction"] = self.prediction.to_frame()
        return out

    def body(self) -> Any:
        return {
            **self.regress.body(),
            "robustness": self.robustness.body(),
            "specifications": None if self.curves is None else self.curves.body(),
            "power": [p.row() | {"sentence": p.sentence} for p in self.powers],
            "prediction": None if self.prediction is None else self.prediction.body(),
        }


@checked
def checked_regress(
    survey: Survey,
    model: str | Formula | None = None,
    scheme: Scheme | str | None = None,
    *,
    checks: Collection[Check] = (),
    where: Where | None = None,
    cluster: By = "publisher",
    zeros: Zeros = "leave_out",
    items: Sequence[str] = (),
    naive: bool = False,
    slopes: bool = False,
    n_draws: int | None = None,
    seed: int = 0,
) -> CheckedResult:
    """`regress`, and what its estimates rest on.

    Parameters
    ----------
    survey, model, scheme, where, cluster, zeros, items, naive, slopes, n_draws, seed
        As in `regress`; the seed serves all checks.
    checks : collection of {"robust", "specifications", "power", "predict"}
        What is wanted beside the brief look at single publishers and doubtful labels.

    Raises
    ------
    ModelError, InvalidInput
        As in `regress`.
    """
    found = regress(
        survey, model, scheme, where=where, cluster=cluster, zeros=zeros, items=items, naive=naive, slopes=slopes,
        n_draws=n_draws, seed=seed,
    )  # fmt: skip
    frame = found.frame
    robust = frame_robustness(survey, frame, depth="full" if "robust" in checks else "brief", seed=seed)
    beside: Mapping[str, Sequence[str]] = sentences(robust.rows, brief=True)
    return CheckedResult(
        settings={**found.settings, "checks": sorted(checks)},
        problems=found.problems,
        regress=replace(found, findings=findings(found.rows, beside)),
        robustness=robust,
        curves=frame_curves(survey, frame, seed=seed) if "specifications" in checks else None,
        powers=power(frame, found.rows) if "power" in checks else (),
        prediction=predict_frame(frame, seed=seed) if "predict" in checks else None,
    )
