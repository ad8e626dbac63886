"""Four words from two tests and a bound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from simulated_clusters import clustered

from rdpscore.inference import Verdict, coefficient_test, decide, fit, verdict, wild_bootstrap
from rdpscore.inference.sandwich import CARRIED_BY_FEW
from rdpscore.inference.verdict import FEW_DEGREES_OF_FREEDOM, METHODS_DISAGREE, UNDECIDED

INSIDE, ACROSS, BEYOND = (-0.01, 0.02), (-0.01, 0.05), (0.04, 0.2)
SMALL = (0.005, 0.02)


@pytest.mark.parametrize(
    ("p", "narrow", "df", "word", "reason"),
    [
        ((0.01, 0.02), (BEYOND, BEYOND), 9.0, "effect", None),
        ((0.01, 0.02), (ACROSS, ACROSS), 9.0, "effect", None),
        ((0.01, 0.02), (SMALL, SMALL), 9.0, "negligible effect", None),
        ((0.4, 0.5), (INSIDE, INSIDE), 9.0, "equivalent", None),
        ((0.4, 0.5), (ACROSS, ACROSS), 9.0, "inconclusive", UNDECIDED),
        ((0.05, 0.05), (BEYOND, BEYOND), 9.0, "effect", None),
        ((0.053, 0.0026), (BEYOND, BEYOND), 9.0, "inconclusive", METHODS_DISAGREE),
        ((0.01, 0.2), (BEYOND, ACROSS), 9.0, "inconclusive", METHODS_DISAGREE),
        ((0.4, 0.5), (INSIDE, ACROSS), 9.0, "inconclusive", METHODS_DISAGREE),
        ((0.4, 0.5), (INSIDE, None), 9.0, "inconclusive", METHODS_DISAGREE),
        ((0.01, 0.02), (BEYOND, BEYOND), 3.9, "inconclusive", FEW_DEGREES_OF_FREEDOM),
        ((0.4, 0.5), (INSIDE, INSIDE), 3.9, "inconclusive", FEW_DEGREES_OF_FREEDOM),
    ],
)
def test_the_rule(p: object, narrow: object, df: float, word: str, reason: str | None) -> None:
    assert decide(p=p, narrow=narrow, df=df, bound=0.03) == Verdict(word, reason)  # type: ignore[arg-type]


def test_without_a_bound_nothing_is_equivalent_or_negligible() -> None:
    assert decide(p=(0.01, 0.02), narrow=(SMALL, SMALL), df=9, bound=None).word == "effect"
    assert decide(p=(0.4, 0.5), narrow=(INSIDE, INSIDE), df=9, bound=None) == Verdict(
        "inconclusive", UNDECIDED
    )


@pytest.mark.parametrize("bound", [0.0, -0.1, float("nan")])
def test_a_bound_is_above_0(bound: float) -> None:
    with pytest.raises(ValueError, match="bound"):
        decide(p=(0.4, 0.5), narrow=(INSIDE, INSIDE), df=9, bound=bound)


def test_from_fits_to_words() -> None:
    """One column with an effect of 1 and one with none, beside a scatter of 0.3."""
    rng = np.random.default_rng(1)
    data = clustered(1)
    x = np.column_stack([rng.normal(size=(len(data.y), 2)), np.ones(len(data.y))])
    y = x[:, 0] + 0.3 * rng.normal(size=len(data.y))
    fitted = fit(y, x, data.cluster)
    words = [
        verdict(coefficient_test(fitted, k), wild_bootstrap(fitted, k), bound).word
        for k, bound in ((0, 0.2), (0, 2.0), (1, 0.2), (1, 0.001))
    ]
    assert words == ["effect", "negligible effect", "equivalent", "inconclusive"]


def test_the_reason_of_a_method_that_gives_nothing_is_that_of_the_verdict() -> None:
    data = clustered(2)
    x = np.column_stack([data.cluster == 0, np.ones(len(data.y))])
    fitted = fit(data.y, x, data.cluster)
    found = verdict(coefficient_test(fitted, 0), wild_bootstrap(fitted, 0), 0.1)
    assert found == Verdict("inconclusive", CARRIED_BY_FEW)


# Size ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("k", range(12))
def test_what_sets_verdicts_finds_no_effect_where_there_is_none(
    k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The simulation of benchmarks/inference_size.py with fewer runs: 3 to 8 %, give or take three errors of its own.

    Where CR2 has fewer than 4 degrees of freedom the verdict keeps silent.
    """
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
    from inference_size import DESIGNS, SET_VERDICTS, size

    runs = 300
    found = size(DESIGNS[k], runs, seed=7)
    slack = 3 * np.sqrt(0.05 * 0.95 / runs)
    if found["df"] < 4:
        assert found["verdict"] == 0
        return
    for method in SET_VERDICTS:
        assert found[method] <= 0.08 + slack, (DESIGNS[k].name, method)
    assert found["CR2"] >= 0.03 - slack
    assert found["WCR"] >= 0.03 - slack
