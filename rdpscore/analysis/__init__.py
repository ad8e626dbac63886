"""What surveys say: what makes coding hard, and what scores go with."""

from rdpscore.analysis.difficulty import DifficultyResult, difficulty
from rdpscore.analysis.formula import ModelError
from rdpscore.analysis.frame import ModelFrame, model_frame
from rdpscore.analysis.published import consistency_vs_score
from rdpscore.analysis.questions import coefficient, design, estimate
from rdpscore.analysis.regress import RegressResult, regress
from rdpscore.analysis.rows import Row

__all__ = [
    "DifficultyResult",
    "ModelError",
    "ModelFrame",
    "RegressResult",
    "Row",
    "coefficient",
    "consistency_vs_score",
    "design",
    "difficulty",
    "estimate",
    "model_frame",
    "regress",
]
