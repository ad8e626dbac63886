"""What varies a score: one engine of draws for coders, weights and rules; sensitivity to them; where a journal stands.

Uses scores, agreement and the inference over publishers. `draws` are coders, `doubted` is scores as a function of all
that is doubted, `tally` and `counting` count; `ranges`, `choices`, `lone_coder` and `sobol_indices` are what is said of
it, `among_peers` where a journal stands. See docs/how-sure.md.
"""

import warnings
from typing import Any

from rdpscore.uncertainty.alternatives import Assumptions
from rdpscore.uncertainty.among_peers import StandingResult, standing
from rdpscore.uncertainty.choices import SensitivityResult, sensitivity
from rdpscore.uncertainty.draws import LoneCoders, coder_choices, lone_coders
from rdpscore.uncertainty.effective_weights import Structure, structure
from rdpscore.uncertainty.lone_coder import SpreadResult, spread
from rdpscore.uncertainty.ranges import UncertaintyResult, measure_uncertainty
from rdpscore.uncertainty.sobol_indices import Index, Indices, sobol

__all__ = [
    "Assumptions",
    "Index",
    "Indices",
    "LoneCoders",
    "SensitivityResult",
    "SpreadResult",
    "StandingResult",
    "Structure",
    "UncertaintyResult",
    "coder_choices",
    "lone_coders",
    "measure_uncertainty",
    "sensitivity",
    "sobol",
    "spread",
    "standing",
    "structure",
]


def __getattr__(name: str) -> Any:
    if name == "uncertainty":
        warnings.warn("uncertainty is now measure_uncertainty", DeprecationWarning, stacklevel=2)
        return measure_uncertainty
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
