"""What surveys say: what makes coding hard, and what differs between surveys."""

from rdpscore.analysis.comparison import SurveyComparison, compare_surveys
from rdpscore.analysis.difficulty import DifficultyResult, difficulty
from rdpscore.analysis.published import consistency_vs_score

__all__ = ["DifficultyResult", "SurveyComparison", "compare_surveys", "consistency_vs_score", "difficulty"]
