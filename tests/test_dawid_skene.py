"""Dawid and Skene's model: where it is identified, what it finds, and how often its intervals hold the truth."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import coverage, simulate

from rdpscore.codebook import Codebook
from rdpscore.scoring import PosteriorResult, posterior
from rdpscore.scoring.dawid_skene import Readings, gibbs, potential_scale_reduction, shortest
from rdpscore.survey import Survey

# Where it is not identified ---------------------------------------------------------------------------------


def test_under_two_anonymous_coders_there_is_no_posterior_but_a_reason(shipped: Survey) -> None:
    result = posterior(shipped)
    assert result.reason == "anonymous_coders"
    body = json.loads(result.to_json())["result"]
    assert body["reason"] == "anonymous_coders"
    assert all(row["mean"] is None and row["low"] is None for row in body["journals"])


def test_two_readings_a_journal_are_too_few(shipped: Survey) -> None:
    survey, _ = simulate(shipped.codebook, n=30, readings=2, seed=1)
    assert posterior(survey).reason == "fewer_than_three_readings"


def test_few_journals_are_too_few(shipped: Survey) -> None:
    survey, _ = simulate(shipped.codebook, n=12, readings=3, seed=1)
    assert posterior(survey).reason == "too_few_units"


def test_journals_with_fewer_readings_are_left_out_with_reason(shipped: Survey) -> None:
    survey, _ = simulate(shipped.codebook, n=30, readings=3, seed=1)
    first = survey.codings["journal_id"].astype(str) == "j000"
    coder = survey.codings["coder"].astype(str)
    one = coder[first].unique()[0]
    fewer = Survey.from_frames(
        survey.codebook,
        survey.journals.astype(object),
        survey.codings[~(first & (coder == one))].astype(object),
    )
    found = posterior(fewer, n_draws=20, n_burn=5, n_chains=1).journals.set_index("journal_id")
    assert found.loc["j000", "reason"] == "fewer_than_three_readings"
    assert pd.isna(found.loc["j000", "mean"])
    assert found.drop("j000")["mean"].notna().all()


# What it finds ----------------------------------------------------------------------------------------------


def of_one_item(answers: list[list[int]], n_options: int = 2) -> Readings:
    """Units with the answers of coders 0, 1, … to one item."""
    unit = np.repeat(np.arange(len(answers)), [len(a) for a in answers])
    coder = np.concatenate([np.arange(len(a)) for a in answers])
    given = np.concatenate(answers)[:, None]
    return Readings(unit, coder, given, np.array([n_options]), len(answers), int(coder.max()) + 1)


@pytest.mark.slow
@pytest.mark.parametrize("accuracy", [0.6, 0.8, 0.95])
@pytest.mark.parametrize(
    ("answers", "n_options"), [([0, 0], 2), ([0, 0, 0], 3), ([0, 0, 1], 2), ([0, 0, 1], 4)]
)
def test_under_a_stated_accuracy_one_unit_is_bayes_theorem(
    accuracy: float, answers: list[int], n_options: int
) -> None:
    """With one unit and a symmetric prior of the shares, the prior of each answer is equal: a closed form."""
    likely = np.array([
        np.prod([accuracy if a == t else (1 - accuracy) / (n_options - 1) for a in answers]) for t in range(n_options)
    ])  # fmt: skip
    expected = likely / likely.sum()
    truth, _ = gibbs(of_one_item([answers], n_options), 20_000, 200, np.random.SeedSequence(1), accuracy)
    found = np.bincount(truth[:, 0, 0], minlength=n_options) / len(truth)
    assert found == pytest.approx(expected, abs=0.025)


def test_a_careless_coder_is_found_out_and_outvoted() -> None:
    generator = np.random.default_rng(3)
    truth = generator.integers(0, 2, 300)
    careful = [np.where(generator.random(300) < 0.97, truth, 1 - truth) for _ in range(2)]
    careless = generator.integers(0, 2, 300)
    readings = of_one_item([list(row) for row in np.stack([*careful, careless], axis=1)])
    found, right = gibbs(readings, 500, 200, np.random.SeedSequence(1))
    assert np.mean(found[:, :, 0].mean(axis=0).round() == truth) > 0.96
    assert right[:2, 0].min() > 0.9
    assert right[2, 0] < 0.65


def test_where_all_coders_agree_the_posterior_sits_on_their_answers(shipped: Survey) -> None:
    survey, truth = simulate(shipped.codebook, n=40, readings=3, seed=2, right=1.0)
    result = posterior(survey, n_draws=200, n_burn=100)
    assert result.journals["sd"].max() < 0.03
    assert result.journals["mean"].to_numpy() == pytest.approx(truth, abs=0.03)


def test_journals_read_together_are_one_unit(shipped: Survey) -> None:
    survey, _ = simulate(shipped.codebook, n=25, readings=3, seed=4)
    codings = survey.codings.astype(object)
    codings["reading_id"] = codings["journal_id"] + codings["coder"]
    twin = codings[codings["journal_id"] == "j000"].assign(journal_id="twin")
    journals = pd.concat(
        [
            survey.journals.astype(object),
            pd.DataFrame({"journal_id": ["twin"], "title": ["Twin"], "publisher": ["P"]}),
        ]
    )
    both = Survey.from_frames(survey.codebook, journals, pd.concat([codings, twin]))
    alone = Survey.from_frames(survey.codebook, survey.journals.astype(object), codings)
    few = {"n_draws": 50, "n_burn": 20, "n_chains": 1}
    found = posterior(both, **few).journals.set_index("journal_id")  # type: ignore[arg-type]
    assert found.loc["twin", "mean"] == found.loc["j000", "mean"]
    again = posterior(alone, **few).journals.set_index("journal_id")  # type: ignore[arg-type]
    assert np.allclose(found.drop("twin")["mean"], again["mean"], atol=0)  # the twin adds no evidence


def test_stated_accuracies_are_varied_for_anonymous_coders(shipped: Survey) -> None:
    result = posterior(shipped, accuracies=(0.7, 0.9), n_draws=60, n_burn=20, n_chains=1)
    assert result.reason is None
    table = result.journals
    assert set(table["accuracy"]) == {0.7, 0.9}
    assert len(table) == 2 * 171
    wide = table.pivot_table(index="journal_id", columns="accuracy", values="sd")
    assert wide[0.7].mean() > 1.2 * wide[0.9].mean()


@pytest.mark.parametrize("accuracy", [0.0, 1.0, -1.0])
def test_an_impossible_accuracy_is_refused(shipped: Survey, accuracy: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        posterior(shipped, accuracies=(accuracy,))


def test_the_same_seed_gives_the_same_bytes(shipped: Survey) -> None:
    survey, _ = simulate(shipped.codebook, n=22, readings=3, seed=5)

    def run(seed: int) -> PosteriorResult:
        return posterior(survey, n_draws=40, n_burn=10, seed=seed)

    assert run(1).to_json() == run(1).to_json()
    assert run(1).to_json() != run(2).to_json()


# Parts ------------------------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=1, max_size=40))
def test_the_shortest_interval_holds_its_share_and_none_is_shorter(values: list[int]) -> None:
    draws = np.array(values, float)[:, None]
    (low,), (high,) = shortest(draws)
    assert np.mean((draws >= low) & (draws <= high)) >= 0.95
    for a in np.unique(draws):
        for b in np.unique(draws):
            if np.mean((draws >= a) & (draws <= b)) >= 0.95:
                assert b - a >= high - low


def test_chains_that_tell_the_same_have_a_reduction_of_one_and_others_have_not() -> None:
    generator = np.random.default_rng(0)
    same = generator.normal(size=(2, 4000, 3))
    assert potential_scale_reduction(same) == pytest.approx(1, abs=0.01)
    apart = same + np.array([0, 3])[:, None, None]
    # chains at 0 and 3 with variance 1: the variance between is 4.5, and R is the root of 1 + 4.5
    assert potential_scale_reduction(apart) == pytest.approx(np.sqrt(5.5), rel=0.03)


# Coverage ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_intervals_hold_the_known_truth_in_93_to_97_percent(shipped: Survey) -> None:
    """Named coders, three readings a journal, error matrices drawn anew for each coder and item."""
    book: Codebook = shipped.codebook
    found = [coverage(book, seed=seed, n_draws=400, n_burn=150) for seed in range(12)]
    assert 0.93 <= np.mean([f.covered for f in found]) <= 0.97
    assert max(f.rhat for f in found) < 1.2
