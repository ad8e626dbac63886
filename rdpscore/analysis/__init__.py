"""What surveys say: what makes coding hard, what differs between publishers and inside them."""

from rdpscore.analysis.classics import Classic, naive
from rdpscore.analysis.difficulty import DifficultyResult, difficulty
from rdpscore.analysis.heterogeneity import HeterogeneityResult, heterogeneity
from rdpscore.analysis.profiles import Profiles, profiles
from rdpscore.analysis.published import consistency_vs_score
from rdpscore.analysis.variance import VarianceShares, variance_shares

__all__ = [
    "Classic",
    "DifficultyResult",
    "HeterogeneityResult",
    "Profiles",
    "VarianceShares",
    "consistency_vs_score",
    "difficulty",
    "heterogeneity",
    "naive",
    "profiles",
    "variance_shares",
]
