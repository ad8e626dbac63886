"""Open-research-data scores under a scheme: of journals and publishers."""

from rdpscore.codebook.weights import Weights, weights
from rdpscore.scoring.compare import Comparison, Concordance, compare
from rdpscore.scoring.score import ScoreResult, score

__all__ = ["Comparison", "Concordance", "ScoreResult", "Weights", "compare", "score", "weights"]
