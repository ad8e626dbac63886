"""Small rules whose change by one step no other test noticed; `tests/mutate.py` finds such rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import rdpscore
from rdpscore.inference import fractional_logit
from rdpscore.inference.wild import N_DRAWN, N_DRAWS, usual_draws
from rdpscore.report.heterogeneity import members
from rdpscore.uncertainty.effective_weights import correlation_ratio, weight_shares
from rdpscore.uncertainty.rank_moves import moves
from rdpscore.words import between, number


@dataclass
class Weights:
    """Of items, of the groups that they are in, and of each group."""

    item: Any
    group: Any
    dimension: Any
    scale: Any = field(default_factory=lambda: np.ones(3))


def test_signs_are_enumerated_up_to_17_clusters() -> None:
    drawn = {n: usual_draws(n) for n in (3, 16, 17, 18, 19, 174)}
    assert drawn == {3: N_DRAWS, 16: N_DRAWS, 17: N_DRAWS, 18: N_DRAWN, 19: N_DRAWN, 174: N_DRAWN}


def test_two_journals_have_a_correlation_ratio_and_one_has_none() -> None:
    assert correlation_ratio(np.array([0.0, 1.0]), np.array([0.2, 0.6])) == pytest.approx(1.0)
    assert np.isnan(correlation_ratio(np.array([0.0]), np.array([0.2])))


def test_a_dimension_whose_items_weigh_nothing_has_no_share() -> None:
    used = Weights(np.array([1.0, 3.0, 0.0]), np.array([0, 0, 1]), np.array([1.0, 1.0]))
    assert weight_shares(used).tolist() == pytest.approx([0.25, 0.75, 0.0])  # type: ignore[arg-type]


@pytest.mark.parametrize("of", [2, 3, -1, "z"])
def test_a_column_that_is_not_there_is_told_with_those_that_are(of: int | str) -> None:
    rng = np.random.default_rng(1)
    x = np.column_stack([rng.normal(size=40), np.ones(40)])
    with pytest.raises(ValueError, match=f"no column '{of}' among x0, x1"):
        fractional_logit(rng.random(40), x, np.repeat(np.arange(8), 5), of=of)


def test_all_is_said_of_several_journals_and_of_a_publisher_that_is_whole() -> None:
    profile: Any = SimpleNamespace(publishers=(("North", 9, 9), ("South", 6, 11), ("East", 1, 1)))
    assert members(profile) == "North (all 9), South (6 of 11) and East (1)"


def test_who_keeps_a_place_neither_gains_nor_loses() -> None:
    survey = rdpscore.load()
    same = survey.codebook.scheme()
    still = moves(survey, same, same)
    assert (still.n_up, still.n_down) == (0, 0)
    other = survey.codebook.scheme("by-dimension")
    forth, back = moves(survey, same, other), moves(survey, other, same)
    assert (forth.n_up, forth.n_down) == (back.n_down, back.n_up)
    assert 0 < forth.n_up + forth.n_down <= len(survey.journal_ids)


@pytest.mark.parametrize(("decimals", "shown"), [(0, "1"), (1, "1.2"), (2, "1.23"), (3, "1.235")])
def test_numbers_have_the_decimals_that_are_asked_for(decimals: int, shown: str) -> None:
    assert number(1.2346, decimals) == shown
    assert between(0.1, 1.2346, decimals) == f"{0.1:.{decimals}f} to {shown}"
    assert (number(1.2346), between(0.1, 1.2346)) == ("1.23", "0.10 to 1.23")
