"""What surveys say: what makes coding hard."""

from rdpscore.analysis.difficulty import DifficultyResult, difficulty
from rdpscore.analysis.published import consistency_vs_score

__all__ = ["DifficultyResult", "consistency_vs_score", "difficulty"]
