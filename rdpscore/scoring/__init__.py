"""The arithmetic of a score: answers under a scheme, their weights and means, what is missing, bounds.

Uses the codebook and the survey. `answer_values` are answers as numbers, `means` weights and how values are put
together, `scored_rows` the two joined, `scores` the result; `demanded` and `journal` say what single journals ask for.
How far a score moves with coders, weights and rules is `rdpscore.uncertainty`, above the agreement of coders. See
docs/scoring.md.
"""

from rdpscore.scoring.comparison import Comparison, Concordance, compare
from rdpscore.scoring.means import Weights, weights
from rdpscore.scoring.scores import ScoreResult, score

__all__ = ["Comparison", "Concordance", "ScoreResult", "Weights", "compare", "score", "weights"]
