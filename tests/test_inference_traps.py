"""Traps of other tools that the analysis of predictors has to walk around."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from rdpscore.inference import coefficient_test, fit

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import statsmodels.api as sm


@pytest.mark.parametrize("seed", range(4))
def test_at_the_boundary_mixed_models_of_statsmodels_lose_coefficients_of_clusters(seed: int) -> None:
    """statsmodels issue 10239: below a variance of 1e-10 between clusters it is 0, or what rounding makes of it.

    Here clusters do not differ but for the effect of 2, so that any estimate is exactly 2, and a fit says that it has
    converged. While that is open a fit at the boundary is null and a random intercept sets no verdict.
    """
    cluster = np.repeat(np.arange(12), 6)
    x = np.column_stack([cluster % 2, np.ones(72)]).astype(float)
    noise = np.random.default_rng(seed).normal(size=72)
    y = 2 * x[:, 0] + noise - (np.bincount(cluster, noise) / 6)[cluster]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = sm.MixedLM(y, x, cluster)
        inside, singular = model.get_fe_params(np.array([[1e-8]]), np.empty(0))
        boundary, lost = model.get_fe_params(np.array([[1e-11]]), np.empty(0))
        found = model.fit(method="lbfgs")
    assert (singular, lost) == (False, True)
    assert inside[0] == pytest.approx(2.0)
    assert abs(boundary[0] - 2) > 0.1
    assert found.converged
    assert found.cov_re[0, 0] < 1e-10
    assert abs(found.fe_params[0] - 2) > 0.1
    assert coefficient_test(fit(y, x, cluster), 0).estimate == pytest.approx(2.0)


def test_a_random_intercept_finds_effects_where_slopes_of_publishers_differ_around_0() -> None:
    """A tenth and more of the draws at 5 %, where CR2 finds about as many as it should; 80 draws of each."""
    cluster = np.repeat(np.arange(12), 10)
    random, cr2 = 0, 0
    for seed in range(80):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=120)
        y = rng.normal(size=12)[cluster] + rng.normal(size=12)[cluster] * x + rng.normal(size=120)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            random += sm.MixedLM(y, np.column_stack([x, np.ones(120)]), cluster).fit().pvalues[0] <= 0.05
        p = coefficient_test(fit(y, x[:, None], cluster, absorb=cluster), 0).p()
        assert p is not None
        cr2 += p <= 0.05
    assert random >= 20
    assert cr2 <= 10
