"""Open-research-data scores under a scheme: of journals and publishers."""

from rdpscore.codebook.weights import Weights, weights
from rdpscore.scoring.score import ScoreResult, score

__all__ = ["ScoreResult", "Weights", "score", "weights"]
