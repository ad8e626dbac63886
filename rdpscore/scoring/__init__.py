"""Open-research-data scores under a scheme: of journals and publishers."""

from rdpscore.codebook.weights import Weights, weights
from rdpscore.scoring.compare import Comparison, Concordance, compare
from rdpscore.scoring.dawid_skene import PosteriorResult, posterior
from rdpscore.scoring.draws import LoneCoders, coder_choices, lone_coders
from rdpscore.scoring.score import ScoreResult, score
from rdpscore.scoring.spread import SpreadResult, spread
from rdpscore.scoring.standing import StandingResult, standing
from rdpscore.scoring.uncertainty import UncertaintyResult, uncertainty

__all__ = [
    "Comparison",
    "Concordance",
    "LoneCoders",
    "PosteriorResult",
    "ScoreResult",
    "SpreadResult",
    "StandingResult",
    "UncertaintyResult",
    "Weights",
    "coder_choices",
    "compare",
    "lone_coders",
    "posterior",
    "score",
    "spread",
    "standing",
    "uncertainty",
    "weights",
]
