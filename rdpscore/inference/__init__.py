"""Uncertainty where journals are not independent: arrays and clusters in, frozen results out.

Resampling of clusters (`clusters`, `jackknife`, `bootstrap`): what is resampled are sums: every statistic adds up over
units, so a cluster is the sum of its units, leaving one out is a subtraction, and a resample is a weighted sum of
clusters.

Coefficients with few clusters: `linear` (least squares, absorbed groups, which clusters carry a coefficient),
`sandwich` (CR2 with Satterthwaite's degrees of freedom, CR1, CR3, HC; joint tests), `wild` (the wild cluster bootstrap
with p of any value and intervals), `verdict` (what the two say together). Beside them `fractional` (logit of a score,
as average marginal effect), `ordered` (logit of one item, p adjusted over items), `permutation` (of ranks). `logit` is
the logistic regression below `fractional` and the analysis of what makes coding hard, `student` Student's t. See
docs/inference.md.
"""

from rdpscore.inference.clustering import (
    BY,
    By,
    Clusters,
    clusters,
    sum_by,
)
from rdpscore.inference.fractional import MarginalEffect, fractional_logit
from rdpscore.inference.leaving_out import (
    Bounds,
    Jackknife,
    effective_number,
    jackknife,
    leave_one_out,
)
from rdpscore.inference.linear import Dropped, LinearFit, Variation, fit, variation
from rdpscore.inference.ordered import OrderedEffect, adjust, ordered_logit
from rdpscore.inference.permutation import PermutationTest, permutation_test
from rdpscore.inference.resampling import Bootstrap, bootstrap, resample
from rdpscore.inference.sandwich import (
    KINDS,
    CoefficientTest,
    JointTest,
    Kind,
    coefficient_test,
    covariance,
    joint_test,
)
from rdpscore.inference.verdicts import Verdict, decide, verdict
from rdpscore.inference.wild import WildBootstrap, wild_bootstrap

__all__ = [
    "BY",
    "KINDS",
    "Bootstrap",
    "Bounds",
    "By",
    "Clusters",
    "CoefficientTest",
    "Dropped",
    "Jackknife",
    "JointTest",
    "Kind",
    "LinearFit",
    "MarginalEffect",
    "OrderedEffect",
    "PermutationTest",
    "Variation",
    "Verdict",
    "WildBootstrap",
    "adjust",
    "bootstrap",
    "clusters",
    "coefficient_test",
    "covariance",
    "decide",
    "effective_number",
    "fit",
    "fractional_logit",
    "jackknife",
    "joint_test",
    "leave_one_out",
    "ordered_logit",
    "permutation_test",
    "resample",
    "sum_by",
    "variation",
    "verdict",
    "wild_bootstrap",
]
