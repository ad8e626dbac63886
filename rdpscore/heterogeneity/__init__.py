"""How far journals of one publisher are alike and publishers differ: shares of variance, kinds of policies.

`variance` holds the one-way random model, `patterns` and `kinds` the clustering of distinct rows of answers, `uniform`
the publishers one by one, `measured` the result. Uses `inference` and `scoring`. See
docs/heterogeneity.md.
"""

import warnings
from typing import Any

from rdpscore.heterogeneity.kinds import Profiles, profiles
from rdpscore.heterogeneity.measured import HeterogeneityResult, measure_heterogeneity
from rdpscore.heterogeneity.variance import VarianceShares, variance_shares

__all__ = [
    "HeterogeneityResult",
    "Profiles",
    "VarianceShares",
    "measure_heterogeneity",
    "profiles",
    "variance_shares",
]


def __getattr__(name: str) -> Any:
    if name == "heterogeneity":
        warnings.warn("heterogeneity is now measure_heterogeneity", DeprecationWarning, stacklevel=2)
        return measure_heterogeneity
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
