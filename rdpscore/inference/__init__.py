"""Uncertainty where journals are not independent: clusters, the jackknife and the bootstrap over clusters.

What is resampled are sums: every statistic adds up over units, so a cluster is the sum of its units, leaving one
out is a subtraction, and a resample is a weighted sum of clusters.
"""

from rdpscore.inference.bootstrap import Bootstrap, bootstrap, resample
from rdpscore.inference.clusters import BY, By, Clusters, clusters, sum_by
from rdpscore.inference.jackknife import Bounds, Jackknife, effective_number, jackknife, leave_one_out

__all__ = [
    "BY",
    "Bootstrap",
    "Bounds",
    "By",
    "Clusters",
    "Jackknife",
    "bootstrap",
    "clusters",
    "effective_number",
    "jackknife",
    "leave_one_out",
    "resample",
    "sum_by",
]
