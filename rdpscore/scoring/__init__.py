"""Open-research-data scores under a scheme: of journals and publishers."""

from rdpscore.codebook.weights import Weights, weights
from rdpscore.scoring.alternatives import Assumptions
from rdpscore.scoring.compare import Comparison, Concordance, compare
from rdpscore.scoring.draws import LoneCoders, coder_choices, lone_coders
from rdpscore.scoring.score import ScoreResult, score
from rdpscore.scoring.sensitivity import SensitivityResult, sensitivity
from rdpscore.scoring.sobol import Index, Indices, sobol
from rdpscore.scoring.spread import SpreadResult, spread
from rdpscore.scoring.standing import StandingResult, standing
from rdpscore.scoring.structure import Structure, structure
from rdpscore.scoring.uncertainty import UncertaintyResult, uncertainty

__all__ = [
    "Assumptions",
    "Comparison",
    "Concordance",
    "Index",
    "Indices",
    "LoneCoders",
    "ScoreResult",
    "SensitivityResult",
    "SpreadResult",
    "StandingResult",
    "Structure",
    "UncertaintyResult",
    "Weights",
    "coder_choices",
    "compare",
    "lone_coders",
    "score",
    "sensitivity",
    "sobol",
    "spread",
    "standing",
    "structure",
    "uncertainty",
    "weights",
]
