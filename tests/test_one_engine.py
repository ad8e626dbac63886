"""One engine of draws: the same seed and inputs give the same range of every rank, whichever command asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from finding import sheet
from tables import SMALL_CODEBOOK, write_survey

from rdpscore.codebook import Scheme
from rdpscore.scoring.scored_rows import rows
from rdpscore.survey import Survey, load
from rdpscore.uncertainty import (
    Assumptions,
    coder_choices,
    lone_coders,
    measure_uncertainty,
    sensitivity,
)
from rdpscore.uncertainty.doubted import model
from rdpscore.uncertainty.draws import CHUNK

ALONE: dict[str, Any] = {"aggregation": (), "missing": (), "not_applicable": (), "leave_out": False}
"""No rules are doubted."""
RANKS = ["rank_low", "rank_high"]
DOUBTS = pytest.mark.parametrize(
    ("sources", "weights", "ours", "theirs"),
    [
        pytest.param(("weights",), "item", "weights_", "", id="weights"),
        pytest.param(("coder",), "none", "coder_", "all_", id="coder"),
        pytest.param(("coder", "weights"), "item", "both_", "all_", id="both"),
    ],
)


def ranges(table: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Ranges of ranks, a row a journal; blank where there is none."""
    own = table.set_index("journal_id").sort_index()[[f"{prefix}{name}" for name in RANKS]]
    return own.set_axis(RANKS, axis=1).astype("Int64")


def both(
    survey: Survey, scheme: Any, sources: Any, weights: Any, n: int = 700, seed: int = 1, **more: Any
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Journals of ``score --uncertainty`` and of ``sensitivity`` under the same doubts."""
    assumed = Assumptions(weights=weights, coder="coder" in sources, **ALONE, **more)
    return (
        measure_uncertainty(survey, scheme, sources, n_draws=n, seed=seed, **more).journals,
        sensitivity(survey, scheme, assumed, n_draws=n, seed=seed, base=2).journals,
    )


@DOUBTS
@pytest.mark.parametrize("scheme", ["equal", "by-dimension"])
def test_both_commands_give_one_range_of_every_rank(
    shipped: Survey, scheme: str, sources: Any, weights: Any, ours: str, theirs: str
) -> None:
    one, other = both(shipped, scheme, sources, weights)
    pd.testing.assert_frame_equal(ranges(one, ours), ranges(other, theirs))
    assert (ranges(one, ours)["rank_low"] < ranges(one, ours)["rank_high"]).sum() > 120


def test_so_do_other_seeds_and_readings_that_were_possibly_one(shipped: Survey) -> None:
    one, other = both(shipped, "equal", ("coder", "weights"), "item", seed=5, possible=True)
    pd.testing.assert_frame_equal(ranges(one, "both_"), ranges(other, "all_"))
    first, _ = both(shipped, "equal", ("coder", "weights"), "item", seed=1, possible=True)
    assert not ranges(one, "both_").equals(ranges(first, "both_"))


def test_what_is_doubted_beside_it_does_not_change_the_draws_of_an_input(shipped: Survey) -> None:
    scheme = shipped.codebook.scheme()
    alone = model(shipped, scheme, Assumptions(coder=False, **ALONE), seed=3).random(2)
    every = model(shipped, scheme, Assumptions(), seed=3)
    drawn = every.random(2)
    np.testing.assert_array_equal(drawn.factor, alone.factor)
    fewer = model(shipped, scheme, Assumptions(missing=(), coder=False), seed=3).random(2)
    np.testing.assert_array_equal(drawn.level["left_out"], fewer.level["left_out"])
    assert drawn.coder is not None
    chosen = coder_choices(lone_coders(shipped, seed=3), 3 * CHUNK, seed=3)[2 * CHUNK :]
    np.testing.assert_array_equal(drawn.coder, chosen[:, every.units[0]])
    few = every.random(2, 10)
    np.testing.assert_array_equal(few.factor, drawn.factor[:10])
    np.testing.assert_array_equal(few.coder, drawn.coder[:10])


@pytest.mark.parametrize("possible", [False, True])
def test_what_is_counted_once_has_one_score_in_every_draw(shipped: Survey, possible: bool) -> None:
    """Units against every journal scored by itself from the row of the coder who was drawn."""
    scheme = shipped.codebook.scheme()
    made = model(shipped, scheme, Assumptions(possible=possible, **ALONE), seed=1)
    lone = lone_coders(shipped, possible=possible, seed=1)
    chosen = coder_choices(lone, CHUNK, seed=1)
    used = made.drawn(made.random(0), made.forms[0])
    plain = rows(shipped.codebook, scheme, lone.option).scores(used)
    expected = np.take_along_axis(plain, chosen, axis=1)
    np.testing.assert_allclose(made.scores(made.random(0)), expected, atol=1e-12)
    assert len(made.units[0]) < 171


# Journals that nobody else could have coded -----------------------------------------------------------------


def survey_of(tmp_path: Path, *rows: str) -> Survey:
    """A survey of the journals a to f, each coding ``journal coder policy data code``."""
    names = [r.split() for r in rows]
    return load(
        write_survey(
            tmp_path / "s",
            SMALL_CODEBOOK,
            journals=sheet("journal_id | title | publisher", *(f"{j} | {j} | P{j}" for j in "abcdef")),
            codings=sheet(
                "journal_id | coder | item | answer",
                *(
                    f"{j} | {c} | {item} | {answer}"
                    for j, c, *given in names
                    for item, answer in zip(("policy", "data", "code"), given, strict=True)
                ),
            ),
        )
    )


ONE_CODER = [f"{j} c1 yes {k} {code}" for j, k, code in zip("abcdef", "210210", "110010", strict=True)]


@DOUBTS
def test_with_one_coder_each_there_is_no_range_over_coders(
    tmp_path: Path, sources: Any, weights: Any, ours: str, theirs: str
) -> None:
    one, other = both(survey_of(tmp_path, *ONE_CODER), None, sources, weights)
    pd.testing.assert_frame_equal(ranges(one, ours), ranges(other, theirs))
    assert ranges(one, ours).isna().to_numpy().all() == (ours != "weights_")


def test_journals_that_nobody_coded_have_no_range(tmp_path: Path) -> None:
    second = [r.replace(" c1 yes 2", " c2 yes 1").replace(" c1 ", " c2 ") for r in ONE_CODER[:5]]
    survey = survey_of(tmp_path, *ONE_CODER[:5], *second)
    one, other = both(survey, None, ("coder", "weights"), "item")
    for prefix, name in (("weights_", ""), ("both_", "all_")):
        pd.testing.assert_frame_equal(ranges(one, prefix), ranges(other, name))
        assert ranges(one, prefix).isna().all(axis=1).tolist() == [False] * 5 + [True]


def test_a_journal_without_a_score_has_no_rank_and_takes_none_from_others(tmp_path: Path) -> None:
    """Its coders alone would have scores; but a range of ranks beside no rank says nothing."""
    coded = [
        "a c1 yes 2 1", "a c2 yes 2 1", "b c1 yes 2 0", "b c2 yes 0 0", "c c1 no 0 0", "c c2 no 0 0",
    ]  # fmt: skip
    scheme = Scheme.model_validate({"id": "s", "title": "S", "missing": "bounds"})
    one, other = both(survey_of(tmp_path, *coded), scheme, ("coder", "weights"), "item")
    assert one.set_index("journal_id").loc["b", "score"] != one.set_index("journal_id").loc["b", "score"]
    pd.testing.assert_frame_equal(ranges(one, "both_"), ranges(other, "all_"))
    found = ranges(one, "both_")
    assert found.loc[["b", "d"]].isna().to_numpy().all()
    assert found.loc["a"].tolist() == [1, 1]
    assert found.loc["c"].tolist() == [2, 2]
