"""What surveys say: what makes coding hard, what scores go with, what differs inside and between surveys."""

from rdpscore.analysis.classics import Classic, naive
from rdpscore.analysis.comparison import SurveyComparison, compare_surveys
from rdpscore.analysis.difficulty import DifficultyResult, difficulty
from rdpscore.analysis.formula import ModelError
from rdpscore.analysis.frame import ModelFrame, model_frame
from rdpscore.analysis.heterogeneity import HeterogeneityResult, heterogeneity
from rdpscore.analysis.profiles import Profiles, profiles
from rdpscore.analysis.published import consistency_vs_score
from rdpscore.analysis.questions import coefficient, design, estimate
from rdpscore.analysis.regress import RegressResult, regress
from rdpscore.analysis.rows import Row
from rdpscore.analysis.variance import VarianceShares, variance_shares

__all__ = [
    "Classic",
    "DifficultyResult",
    "HeterogeneityResult",
    "ModelError",
    "ModelFrame",
    "Profiles",
    "RegressResult",
    "Row",
    "SurveyComparison",
    "VarianceShares",
    "coefficient",
    "compare_surveys",
    "consistency_vs_score",
    "design",
    "difficulty",
    "estimate",
    "heterogeneity",
    "model_frame",
    "naive",
    "profiles",
    "regress",
    "variance_shares",
]
