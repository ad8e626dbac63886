"""What scores go with: attributes of journals and publishers, between publishers, within them and over all.

The frame of a model (`formula`, `predictor`, `frame`, `outcomes`, `attributes`), its coefficients by question
(`questions`, `rows`), the result (`regression`) and what it rests on (`robust`, `influence`, `flips`, `coders`,
`specification`, `joint`, `least_effects`, `prediction`); beside them the tests that studies print (`classics`). Uses
`inference` for every interval and test, `scoring` for what is explained, `heterogeneity` for shares of variance.
See docs/predictors.md and docs/robustness.md.
"""

from rdpscore.predictors.checks import CheckedResult, checked_regress
from rdpscore.predictors.classics import Classic, naive
from rdpscore.predictors.formula import ModelError
from rdpscore.predictors.frame import ModelFrame, model_frame
from rdpscore.predictors.prediction import Prediction, predict
from rdpscore.predictors.questions import design, estimate
from rdpscore.predictors.regression import RegressResult, regress
from rdpscore.predictors.robust import RobustnessResult, robustness
from rdpscore.predictors.rows import Row
from rdpscore.predictors.specification import SpecificationResult, specification_curves

__all__ = [
    "CheckedResult",
    "Classic",
    "ModelError",
    "ModelFrame",
    "Prediction",
    "RegressResult",
    "RobustnessResult",
    "Row",
    "SpecificationResult",
    "checked_regress",
    "design",
    "estimate",
    "model_frame",
    "naive",
    "predict",
    "regress",
    "robustness",
    "specification_curves",
]
