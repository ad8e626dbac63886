"""What surveys say: what makes coding hard, what scores go with, what differs inside and between surveys."""

from rdpscore.analysis.checks import CheckedResult, checked_regress
from rdpscore.analysis.classics import Classic, naive
from rdpscore.analysis.comparison import SurveyComparison, compare_surveys
from rdpscore.analysis.difficulty import DifficultyResult, difficulty
from rdpscore.analysis.formula import ModelError
from rdpscore.analysis.frame import ModelFrame, model_frame
from rdpscore.analysis.heterogeneity import HeterogeneityResult, heterogeneity
from rdpscore.analysis.prediction import Prediction, predict
from rdpscore.analysis.profiles import Profiles, profiles
from rdpscore.analysis.published import consistency_vs_score
from rdpscore.analysis.questions import design, estimate
from rdpscore.analysis.regress import RegressResult, regress
from rdpscore.analysis.robustness import RobustnessResult, robustness
from rdpscore.analysis.rows import Row
from rdpscore.analysis.specification import SpecificationResult, specification_curves
from rdpscore.analysis.variance import VarianceShares, variance_shares

__all__ = [
    "CheckedResult",
    "Classic",
    "DifficultyResult",
    "HeterogeneityResult",
    "ModelError",
    "ModelFrame",
    "Prediction",
    "Profiles",
    "RegressResult",
    "RobustnessResult",
    "Row",
    "SpecificationResult",
    "SurveyComparison",
    "VarianceShares",
    "checked_regress",
    "compare_surveys",
    "consistency_vs_score",
    "design",
    "difficulty",
    "estimate",
    "heterogeneity",
    "model_frame",
    "naive",
    "predict",
    "profiles",
    "regress",
    "robustness",
    "specification_curves",
    "variance_shares",
]
