"""Agreement between independent codings, never computed on adjudicated answers.

Coefficients (`coefficients`, `alpha`, `coincidences`, `weights`) of ratings (`ratings`, `panels`), their intervals over
clusters (`interval`), what they rest on (`counted`), items, publishers, coders, disagreements, what makes coding
hard (`coding_difficulty`); `report` joins them. Uses `scoring` for scores of options, `inference` for clusters. See
docs/agreement.md.
"""

import warnings
from typing import Any

from rdpscore.agreement.coding_difficulty import DifficultyResult, difficulty
from rdpscore.agreement.report import AgreementResult, measure_agreement

__all__ = ["AgreementResult", "DifficultyResult", "difficulty", "measure_agreement"]


def __getattr__(name: str) -> Any:
    if name == "agreement":
        warnings.warn("agreement is now measure_agreement", DeprecationWarning, stacklevel=2)
        return measure_agreement
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
