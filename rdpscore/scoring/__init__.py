"""Open-research-data scores under a scheme: of journals and publishers."""

from rdpscore.scoring.score import ScoreResult, score
from rdpscore.scoring.weights import Weights, weights

__all__ = ["ScoreResult", "Weights", "score", "weights"]
