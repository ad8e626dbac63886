"""The mean score and its interval over publishers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from odd_surveys import no_answers, one_publisher
from scipy import stats

import rdpscore
from rdpscore.inference import clusters
from rdpscore.survey import Survey
from rdpscore.uncertainty.overall import mean_score


def test_the_mean_is_that_of_the_scores(shipped: Survey) -> None:
    assert mean_score(shipped).value == pytest.approx(rdpscore.score(shipped).mean, abs=1e-12)


def test_with_a_journal_a_cluster_it_is_the_textbook_interval_of_a_mean(shipped: Survey) -> None:
    scores = rdpscore.score(shipped).journals["score"].to_numpy()
    low, high = stats.t.interval(0.95, len(scores) - 1, scores.mean(), stats.sem(scores))
    found = mean_score(shipped, cluster="journal")
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)
    assert found.design_effect == pytest.approx(1)
    assert found.effective_n == pytest.approx(171)


def test_over_publishers_it_is_what_leaving_them_out_one_by_one_gives(shipped: Survey) -> None:
    """The formula of Efron and Tibshirani 1993, chapter 11, by a loop."""
    code = clusters(shipped).code
    scores = rdpscore.score(shipped).journals.set_index("journal_id")["score"][shipped.journal_ids].to_numpy()
    left = np.array([scores[code != k].mean() for k in range(17)])
    error = np.sqrt(16 / 17 * ((left - left.mean()) ** 2).sum())
    centre = scores.mean() - 16 * (left.mean() - scores.mean())
    reach = stats.t.ppf(0.975, 16) * error
    found = mean_score(shipped)
    assert (found.low, found.high) == pytest.approx((centre - reach, centre + reach), abs=1e-12)


def test_what_journals_carry_is_the_same_figure_everywhere(shipped: Survey) -> None:
    """The standard error CR1 of an intercept by statsmodels, over the one that takes journals as independent."""
    scores = rdpscore.score(shipped).journals.set_index("journal_id")["score"][shipped.journal_ids].to_numpy()
    of = {"groups": clusters(shipped).code, "use_correction": True}
    fitted = sm.OLS(scores, np.ones((171, 1))).fit(cov_type="cluster", cov_kwds=of)
    found = mean_score(shipped)
    assert found.design_effect == pytest.approx(fitted.bse[0] ** 2 / stats.sem(scores) ** 2, rel=1e-9)
    assert found.effective_n == pytest.approx(rdpscore.measure_heterogeneity(shipped).effective_n, rel=1e-12)


def test_publishers_make_it_wider_than_journals_would(shipped: Survey) -> None:
    of_publishers, of_journals = mean_score(shipped), mean_score(shipped, cluster="journal")
    assert of_publishers.high - of_publishers.low > 2 * (of_journals.high - of_journals.low)


def test_of_one_publisher_there_is_no_interval(tmp_path: Path) -> None:
    found = mean_score(rdpscore.load(one_publisher(tmp_path / "one")))
    assert found.value is not None
    assert (found.low, found.high, found.reason, found.effective_n) == (None, None, "too_few_clusters", None)


def test_of_nothing_there_is_nothing(tmp_path: Path) -> None:
    found = mean_score(rdpscore.load(no_answers(tmp_path / "none")))
    assert (found.value, found.low, found.reason, found.n_journals) == (None, None, "no_scores", 0)
