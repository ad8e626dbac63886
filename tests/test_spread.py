"""Spread if one coder alone had coded, and with drawn weights: closed forms, enumeration, properties, the survey."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from finding import sheet
from hypothesis import given, settings
from hypothesis import strategies as st
from running import cli
from scipy import stats
from tables import SMALL_CODEBOOK, write_survey

import rdpscore
from rdpscore.codebook import Scheme
from rdpscore.scoring import score
from rdpscore.survey import Survey, load
from rdpscore.uncertainty import (
    coder_choices,
    lone_coders,
    measure_uncertainty,
    spread,
)
from rdpscore.uncertainty.lone_coder import NOT_AN_INTERVAL, moments, quantiles
from rdpscore.uncertainty.tally import STEPS, Tally, ranks

FLAT = SMALL_CODEBOOK.replace('    applies_if: {policy: ["yes"]}\n', "")
"""The small codebook without conditions, so that any answers may meet."""


def survey_of(tmp_path: Path, *rows: str, publisher: str = "North", name: str = "survey") -> Survey:
    """Each row ``journal coder policy data code [reading]``; all journals of one publisher."""
    lines, ids = [], []
    for row in rows:
        journal, coder, policy, data, code, *reading = row.split()
        ids.append(journal)
        for item, answer in (("policy", policy), ("data", data), ("code", code)):
            lines.append(f"{journal} | {coder} | {item} | {answer} | {reading[0] if reading else ''}")
    journals = [f"{j} | Journal {j} | {publisher}" for j in dict.fromkeys(ids)]
    return load(
        write_survey(
            tmp_path / name,
            FLAT,
            journals=sheet("journal_id | title | publisher", *journals),
            codings=sheet("journal_id | coder | item | answer | reading_id", *lines),
        )
    )


def of(table: pd.DataFrame, journal: str) -> pd.Series:
    return table.set_index("journal_id").loc[journal]


# Which coder ------------------------------------------------------------------------------------------------


def test_a_choice_holds_for_all_items_of_a_coder(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, "a c1 yes 2 1", "a c2 no 0 0")
    lone = lone_coders(survey)
    values = lone.values[coder_choices(lone, 200, seed=1)][:, 0]
    assert {tuple(v) for v in values} == {(1.0, 1.0, 1.0), (0.0, 0.0, 0.0)}


def test_every_coder_of_a_journal_is_as_likely_as_the_next(tmp_path: Path) -> None:
    survey = survey_of(
        tmp_path, "a c1 yes 2 1", "a c2 yes 1 1", "a c3 yes 0 1", "b c1 yes 2 1", "b c2 no 0 0"
    )
    chosen = coder_choices(survey, 12_000, seed=3)
    for journal, expected in ((0, [4000] * 3), (1, [6000] * 2)):
        found = np.unique(chosen[:, journal], return_counts=True)[1]
        assert stats.chisquare(found, expected).pvalue > 0.001


def test_journals_of_a_reading_have_one_coder_in_a_draw_and_others_do_not(tmp_path: Path) -> None:
    survey = survey_of(
        tmp_path,
        "a c1 yes 2 1 r1", "a c2 no 0 0 r2", "b c1 yes 2 1 r1", "b c2 no 0 0 r2", "c c1 yes 2 1", "c c2 no 0 0",
    )  # fmt: skip
    lone = lone_coders(survey)
    picked = lone.values[coder_choices(lone, 1000, seed=1)][:, :, 0]
    assert np.array_equal(picked[:, 0], picked[:, 1])
    assert 0.4 < np.mean(picked[:, 0] == picked[:, 2]) < 0.6


def test_possible_readings_are_one_only_where_it_is_asked_for(tmp_path: Path) -> None:
    rows = ["a c1 yes 2 1", "a c2 no 0 0", "b c2 yes 2 1", "b c1 no 0 0"]  # the slots of b are swapped
    survey = survey_of(tmp_path, *rows)
    for possible in (False, True):
        lone = lone_coders(survey, possible=possible)
        picked = lone.values[coder_choices(lone, 1000, seed=1)][:, :, 0]
        assert np.array_equal(picked[:, 0], picked[:, 1]) is possible


def test_the_first_draws_of_many_are_those_of_few(shipped: Survey) -> None:
    lone = lone_coders(shipped)
    assert np.array_equal(coder_choices(lone, 1000, seed=5)[:333], coder_choices(lone, 333, seed=5))
    assert not np.array_equal(coder_choices(lone, 333, seed=6), coder_choices(lone, 333, seed=5))


@pytest.mark.slow
@pytest.mark.parametrize("command", ["spread", "uncertainty"])
def test_one_and_two_processes_give_the_same_bytes(shipped: Survey, command: str) -> None:
    function = {"spread": spread, "uncertainty": measure_uncertainty}[command]
    one, two = (function(shipped, n_draws=1100, seed=2, processes=p).to_json() for p in (1, 2))
    assert one == two


# Spread -----------------------------------------------------------------------------------------------------


def test_with_perfect_agreement_every_width_is_0(tmp_path: Path) -> None:
    rows = [f"{j} {c} yes {k % 3} 1" for k, j in enumerate("abcde") for c in ("c1", "c2", "c3")]
    found = spread(survey_of(tmp_path, *rows), n_draws=500)
    for table in (found.journals, found.publishers):
        assert (table["high"] == table["low"]).all()
        assert (table["sd"] == 0).all()
        assert (table["shift"].abs() < 1e-12).all()
    assert found.mean["sd"] == 0
    assert found.coder_share == 0
    assert found.joint_share is None


def test_of_two_coders_the_range_is_from_the_lower_to_the_higher(tmp_path: Path) -> None:
    found = of(spread(survey_of(tmp_path, "a c1 yes 2 1", "a c2 yes 1 0")).journals, "a")
    assert (found["low"], found["high"]) == (pytest.approx(0.5), pytest.approx(1))
    assert found["coders_mean"] == pytest.approx(0.75)
    assert found["sd"] == pytest.approx(0.25)


def test_a_publisher_is_what_all_choices_of_its_coders_enumerate(tmp_path: Path) -> None:
    rows = [
        "a c1 yes 2 1",
        "a c2 yes 1 0",
        "b c1 yes 0 0",
        "b c2 no 0 0",
        "b c3 yes 2 0",
        "c c1 yes 2 1",
        "c c2 no 0 0",
    ]
    own = [[1, 0.5], [1 / 3, 0, 2 / 3], [1, 0]]
    every = np.array([np.mean(choice) for choice in product(*own)])  # all equally likely
    found = spread(survey_of(tmp_path, *rows), n_draws=20_000, seed=1).publishers.iloc[0]
    assert found["coders_mean"] == pytest.approx(every.mean())
    assert found["sd"] == pytest.approx(every.std(), rel=0.02)
    assert found["low"] == pytest.approx(np.quantile(every, 0.05, method="inverted_cdf"))
    assert found["high"] == pytest.approx(np.quantile(every, 0.95, method="inverted_cdf"))


def test_joint_draws_widen_a_publisher_that_was_read_once_for_all_its_journals(tmp_path: Path) -> None:
    journals = "abcdefghi"
    apart = [f"{j} c1 yes 2 1" for j in journals] + [f"{j} c2 yes 1 0" for j in journals]
    once = [f"{j} c1 yes 2 1 r1" for j in journals] + [f"{j} c2 yes 1 0 r2" for j in journals]
    sd = [
        spread(survey_of(tmp_path, *rows, name=name), n_draws=20_000).publishers["sd"].iloc[0]
        for name, rows in (("apart", apart), ("once", once))
    ]
    assert sd[1] == pytest.approx(0.25, rel=0.01)
    assert sd[1] / sd[0] == pytest.approx(3, rel=0.03)  # the square root of nine independent journals


def test_the_shift_is_the_adjudicated_score_minus_the_coders_mean(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, "a c1 yes 2 1", "a c2 yes 1 1", "b c1 yes 1 1", "b c2 yes 1 1")
    (tmp_path / "survey" / "adjudications.csv").write_text("journal_id,item,answer,reason\na,data,2,\n")
    found = of(spread(load(tmp_path / "survey")).journals, "a")
    assert survey.meta.id
    assert found["score"] == pytest.approx(1)
    assert found["shift"] == pytest.approx(1 - 5.5 / 6)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=6), min_size=1, max_size=5))
def test_quantiles_and_moments_are_those_of_numpy(values: list[list[float]]) -> None:
    most = max(map(len, values))
    padded = np.array([v + [np.nan] * (most - len(v)) for v in values])
    low, high = quantiles(padded)
    mean, sd = moments(padded)
    for k, row in enumerate(values):
        assert low[k] == np.quantile(row, 0.05, method="inverted_cdf")
        assert high[k] == np.quantile(row, 0.95, method="inverted_cdf")
        assert mean[k] == pytest.approx(np.mean(row))
        assert sd[k] == pytest.approx(np.std(row), abs=1e-9)


# Single coders ----------------------------------------------------------------------------------------------


def test_a_journal_with_a_single_coder_borrows_from_the_item_and_says_so(tmp_path: Path) -> None:
    # whoever said 2 on data was met by a 1 in half of the cases; on the other items all agree
    rows = [
        "a c1 yes 2 1",
        "a c2 yes 1 1",
        "b c1 yes 2 1",
        "b c2 yes 1 1",
        "c c1 yes 2 1",
        "c c2 yes 2 1",
        "s c1 yes 2 1",
    ]
    found = of(spread(survey_of(tmp_path, *rows)).journals, "s")
    assert bool(found["borrowed"]) is True
    assert found["low"] == pytest.approx(2.5 / 3)
    assert found["high"] == pytest.approx(1)
    # of those who said 2 (a, b half each; c whole) half were met by 1, and the second coder counts half
    assert found["sd"] == pytest.approx(np.sqrt(0.25 * 0.75) / 6, rel=0.25)


def test_a_borrowed_shift_is_that_of_the_same_answer_elsewhere(tmp_path: Path) -> None:
    rows = ["a c1 yes 2 1", "a c2 yes 1 1", "b c1 yes 2 1", "b c2 yes 1 1", "s c1 yes 2 1"]
    survey_of(tmp_path, *rows)
    (tmp_path / "survey" / "adjudications.csv").write_text(
        "journal_id,item,answer,reason\na,data,1,\nb,data,1,\n"
    )
    found = of(spread(load(tmp_path / "survey")).journals, "s")
    # elsewhere 2 was met by 1 and settled as 1: minus a quarter of an item's step over three items
    assert found["shift"] == pytest.approx((0.5 - 0.75) / 3)
    assert found["coders_mean"] == pytest.approx(found["score"] - found["shift"])


def test_without_anybody_to_borrow_from_there_is_no_spread_but_a_reason(tmp_path: Path) -> None:
    result = spread(survey_of(tmp_path, "a c1 yes 2 1", "b c1 yes 1 0"))
    assert set(result.journals["reason"]) == {"single_coded"}
    assert result.publishers["reason"].iloc[0] == "single_coded"
    body = json.loads(result.to_json())["result"]
    assert body["journals"][0]["sd"] is None
    assert body["mean"]["sd"] is None
    assert body["coder_share"] is None


def test_a_journal_that_nobody_coded_has_no_spread_but_a_reason(tmp_path: Path) -> None:
    survey_of(tmp_path, "a c1 yes 2 1", "a c2 yes 1 0")
    with (tmp_path / "survey" / "journals.csv").open("a") as stream:
        stream.write("z,Journal z,North\n")
    found = measure_uncertainty(load(tmp_path / "survey"), n_draws=300)
    row = of(found.journals, "z")
    assert row["reason"] == "not_coded"
    assert pd.isna(row["both_low"])
    assert pd.isna(row["rank"])


def test_a_survey_without_codings_has_results_without_numbers(tmp_path: Path) -> None:
    survey_of(tmp_path, "a c1 yes 2 1")
    (tmp_path / "survey" / "codings.csv").write_text("journal_id,coder,item,answer\n")
    found = measure_uncertainty(load(tmp_path / "survey"), n_draws=300)
    assert json.loads(found.to_json())["result"]["mean"] == dict.fromkeys(
        ("score", "coders_mean", "shift", "low", "high", "sd")
    )


# What is coders ---------------------------------------------------------------------------------------------


def test_the_coders_share_is_that_of_a_plain_variance_decomposition(shipped: Survey) -> None:
    """pandas alone, from the answers in the file, over the journals with two or more coders.

    The one-way analysis of variance of Shrout and Fleiss (1979), with k₀ of Donner (1986) for unequal numbers.
    """
    book = shipped.codebook
    table = shipped.codings[["journal_id", "coder", "item", "answer"]].astype(str)
    worth = {(i.id, o.code): o.score for i in book.scored_items for o in i.options}
    table = table[table["item"].isin([i.id for i in book.scored_items])]
    table["value"] = [worth[key] for key in zip(table["item"], table["answer"], strict=True)]
    wide = table.pivot_table(index=["journal_id", "coder"], columns="item", values="value", aggfunc="first")
    wide = wide[wide.groupby("journal_id").transform("size") >= 2]

    def within(column: pd.Series) -> float:
        return float(column.groupby("journal_id").var(ddof=0).mean())

    def share(column: pd.Series) -> float:
        groups = column.groupby("journal_id")
        m, n = groups.size(), groups.ngroups
        error = float((column - groups.transform("mean")).pow(2).sum() / (m.sum() - n))
        between = float((m * (groups.mean() - column.mean()) ** 2).sum() / (n - 1))
        k0 = (m.sum() - (m**2).sum() / m.sum()) / (n - 1)
        return error / (error + (between - error) / k0)

    means = wide.mean(axis=1)
    result = spread(shipped, n_draws=100)
    assert result.coder_share == pytest.approx(share(means))
    assert result.coder_share == pytest.approx(0.28, abs=0.005)
    agreed = rdpscore.measure_agreement(shipped).reliability.icc.value
    assert result.coder_share == pytest.approx(1 - agreed)
    items = result.items.set_index("item")
    for item in wide.columns:
        assert items.loc[item, "spread_share"] == pytest.approx(
            within(wide[item]) / 17**2 / within(means), abs=1e-12
        )
        assert items.loc[item, "coder_share"] == pytest.approx(min(1.0, share(wide[item])))
    assert result.joint_share == pytest.approx(1 - items["spread_share"].sum())


def test_the_spread_of_the_survey_is_what_a_plain_loop_draws(shipped: Survey) -> None:
    """The standard library's generator, over the readings that the file names."""
    import random

    own = shipped.codings.drop_duplicates(["journal_id", "coder"])
    lone = lone_coders(shipped)
    assert int(lone.borrowed.sum()) == 10
    chooser = random.Random(4)
    by_row = dict(enumerate(lone.values.mean(axis=1)))
    found = []
    for _ in range(400):
        waits: dict[int, float] = {}
        total = 0.0
        for journal in np.flatnonzero(~lone.borrowed):
            rows = [r for r in lone.rows[journal] if r >= 0]
            for r in rows:
                waits.setdefault(int(lone.reading[r]), chooser.random())
            total += by_row[min(rows, key=lambda r: waits[int(lone.reading[r])])]
        found.append(total / (~lone.borrowed).sum())
    drawn = lone.values.mean(axis=1)[coder_choices(lone, 4000, seed=1)][:, ~lone.borrowed].mean(axis=1)
    assert len(own) == 348
    assert np.mean(found) == pytest.approx(drawn.mean(), abs=0.001)
    assert np.std(found) == pytest.approx(drawn.std(), rel=0.15)


# Weights ----------------------------------------------------------------------------------------------------

TWO = {"id": "two", "title": "Two items", "weights": {"code": 0.0}}


def test_two_gamma_weights_make_a_beta_distributed_score(tmp_path: Path) -> None:
    """Normalised gammas of shape 4 (coefficient of variation 0.5) are Beta(4, 4): scipy's quantiles, sd 1/6."""
    survey = survey_of(tmp_path, "a c1 yes 0 1", "a c2 yes 0 1", "b c1 yes 2 0", "b c2 yes 2 0")
    found = of(
        measure_uncertainty(survey, Scheme.model_validate(TWO), ("weights",), n_draws=40_000).journals, "a"
    )
    beta = stats.beta(4, 4)
    assert found["weights_sd"] == pytest.approx(1 / 6, rel=0.02)
    assert found["weights_low"] == pytest.approx(beta.ppf(0.05), abs=0.005)
    assert found["weights_high"] == pytest.approx(beta.ppf(0.95), abs=0.005)


def test_an_item_of_weight_0_moves_nothing(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, "a c1 yes 2 1", "a c2 yes 2 0", "b c1 no 0 1", "b c2 no 0 0")
    found = measure_uncertainty(survey, Scheme.model_validate(TWO), n_draws=300).journals
    assert (found[["coder_sd", "weights_sd", "both_sd"]].to_numpy() == 0).all()
    assert list(of(found, "a")[["both_rank_low", "both_rank_high"]]) == [1, 1]


def test_journals_with_the_same_answers_stay_tied_under_all_weights(shipped: Survey) -> None:
    found = measure_uncertainty(shipped, sources=("weights",), n_draws=1000).journals
    frontiers = found[found["publisher"] == "Frontiers"]
    assert len(frontiers) == 7
    assert len(frontiers[["weights_low", "weights_rank_low", "weights_rank_high"]].drop_duplicates()) == 1


def test_with_perfect_agreement_the_weights_make_all_of_the_variance(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, "a c1 yes 0 1", "a c2 yes 0 1", "b c1 yes 1 0", "b c2 yes 1 0")
    found = measure_uncertainty(survey, n_draws=1000).journals
    assert (found["coder_share"] == 0).all()
    assert found["weights_share"].to_numpy() == pytest.approx(1)


def test_coder_weights_and_interaction_make_up_the_whole(shipped: Survey) -> None:
    found = measure_uncertainty(shipped, n_draws=5000).publishers
    parts = found[["coder_share", "weights_share", "interaction_share"]]
    assert parts.sum(axis=1).to_numpy() == pytest.approx(1)
    assert (found["interaction_share"] > -0.05).all()


def test_scores_and_ranks_beside_the_ranges_are_those_of_score(shipped: Survey) -> None:
    plain = score(shipped).journals.set_index("journal_id")
    found = measure_uncertainty(shipped, n_draws=300).journals.set_index("journal_id")
    assert found["score"].to_numpy() == pytest.approx(plain.loc[found.index, "score"].to_numpy())
    assert (found["rank"] == plain.loc[found.index, "rank"]).all()
    assert (found["tied"] == plain.loc[found.index, "tied"]).all()


# Counting ---------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 1.0]), min_size=4, max_size=4),
        min_size=1,
        max_size=5,
    )
)
def test_ranks_are_those_of_scipy(draws: list[list[float]]) -> None:
    values = np.array(draws)
    assert np.array_equal(ranks(values), stats.rankdata(-values, method="min", axis=1))


def test_a_tally_counts_what_numpy_sees_in_any_order() -> None:
    values = np.random.default_rng(0).beta(2, 3, (1000, 7))
    forth, back = (Tally(values[0], 1.0) for _ in range(2))
    chunks = list(enumerate(np.split(values, 10)))
    for index, chunk in chunks:
        forth.add(index, chunk)
    for index, chunk in reversed(chunks):
        back.add(index, chunk)
    one, other = forth.summary(), back.summary()
    assert all(np.array_equal(one[k], other[k]) for k in one)
    assert one["mean"] == pytest.approx(values.mean(axis=0))
    assert one["sd"] == pytest.approx(values.std(axis=0))
    assert one["low"] == pytest.approx(
        np.quantile(values, 0.05, axis=0, method="inverted_cdf"), abs=1 / STEPS
    )
    exact = np.quantile(ranks(values), [0.5, 0.95], axis=0, method="inverted_cdf")
    assert np.array_equal(np.stack([one["rank_median"], one["rank_high"]]), exact)


# At the command line ----------------------------------------------------------------------------------------


def test_the_command_says_that_the_spread_is_no_interval() -> None:
    run = cli("score", "--uncertainty", "coder,weights", "--draws", 300)
    assert run.status == 0
    assert "Itisnotanintervalofthescore" in run.said
    assert "10journalswithasinglecoder" in run.said


def test_the_commands_json_repeats_itself_byte_for_byte() -> None:
    first, second = (
        cli("score", "--uncertainty", "coder,weights", "--draws", 600, "--json", "--processes", p)
        for p in (1, 2)
    )
    assert first.out == second.out
    body = first.json()["result"]
    assert body["meaning"] == NOT_AN_INTERVAL


def test_an_unknown_doubt_is_wrong_use() -> None:
    run = cli("score", "--uncertainty", "coder,luck")
    assert run.status == 2
    assert "'luck'isnoneofcoder,weights" in run.said


def test_doubts_and_a_comparison_of_schemes_do_not_go_together() -> None:
    assert cli("score", "--uncertainty", "coder", "--compare", "published").status == 2


@pytest.mark.parametrize(("sources", "cv"), [(("luck",), 0.5), ((), 0.5), (("coder",), 0.0)])
def test_impossible_arguments_are_refused(shipped: Survey, sources: tuple[str, ...], cv: float) -> None:
    with pytest.raises(ValueError, match=r"sources are|coefficient"):
        measure_uncertainty(shipped, None, sources, cv=cv)  # type: ignore[arg-type]
