"""Sensitivity: Sobol indices against closed forms, draws against loops and enumeration, structure against others."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from finding import sheet
from rich.cells import cell_len
from running import cli
from scipy import stats
from sklearn.decomposition import PCA
from tables import SMALL_CODEBOOK, write_survey

import rdpscore
from rdpscore.codebook import Scheme
from rdpscore.scoring import score
from rdpscore.survey import Survey, load
from rdpscore.uncertainty import (
    Assumptions,
    Index,
    SensitivityResult,
    sensitivity,
    sobol,
    structure,
)
from rdpscore.uncertainty.alternatives import forms
from rdpscore.uncertainty.choices import left_out
from rdpscore.uncertainty.doubted import Draws, Model, model
from rdpscore.uncertainty.draws import CHUNK
from rdpscore.uncertainty.effective_weights import correlation_ratio, principal_components, weight_shares

NO_RULES = {"aggregation": (), "missing": (), "not_applicable": (), "leave_out": False}
JUST_WEIGHTS = Assumptions(aggregation=(), missing=(), not_applicable=(), leave_out=False, coder=False)


def scheme(**fields: object) -> Scheme:
    return Scheme.model_validate({"id": "mine", "title": "Mine"} | fields)


def drawn_of(made: Model, n: int) -> Draws:
    """The first n draws without coders, chunk by chunk."""
    parts = [made.random(chunk) for chunk in range(-(-n // CHUNK))]
    level = {name: np.concatenate([p.level[name] for p in parts])[:n] for name in parts[0].level}
    return Draws(np.concatenate([p.factor for p in parts])[:n], level, None)


def by_input(found: tuple[Index, ...]) -> dict[str, Index]:
    return {i.input: i for i in found}


# Sobol indices against closed forms ----------------------------------------------------------------------


def test_indices_of_the_ishigami_function_are_its_closed_form() -> None:
    """Ishigami and Homma 1990 with a = 7, b = 0.1; variances as in Saltelli et al. 2008."""
    a, b = 7.0, 0.1

    def function(u: np.ndarray) -> dict[str, np.ndarray]:
        x = -np.pi + 2 * np.pi * u
        return {"y": np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])}

    v1, v2 = 0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8
    v13 = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = v1 + v2 + v13
    found = sobol(function, ["x1", "x2", "x3"], base=4096)
    indices = by_input(found.of("y"))
    for name, first, total in (
        ("x1", v1 / whole, (v1 + v13) / whole),
        ("x2", v2 / whole, v2 / whole),
        ("x3", 0.0, v13 / whole),
    ):
        index = indices[name]
        assert index.first == pytest.approx(first, abs=max(0.02, 1.5 * (index.first_error or 0)))
        assert index.total == pytest.approx(total, abs=max(0.02, 1.5 * (index.total_error or 0)))
    assert found.remainder["y"] == pytest.approx(v13 / whole, abs=0.03)


def test_indices_of_a_linear_model_are_shares_of_its_variance() -> None:
    """y = Σ c x with independent x: first and total are c² var(x) / Σ; nothing remains."""
    c = np.array([3.0, 2.0, 1.0, 0.0])
    found = sobol(lambda u: {"y": u @ c}, list("abcd"), base=1024)
    indices = by_input(found.of("y"))
    for name, share in zip("abcd", c**2 / (c**2).sum(), strict=True):
        assert indices[name].first == pytest.approx(share, abs=0.02)
        assert indices[name].total == pytest.approx(share, abs=0.02)
    assert (indices["d"].first, indices["d"].total) == (0, 0)
    assert found.remainder["y"] == pytest.approx(0, abs=0.02)


def test_an_output_that_never_changes_has_no_indices_and_a_reason() -> None:
    found = sobol(lambda u: {"y": np.ones(len(u))}, ["a"], base=4)
    (index,) = found.of("y")
    assert (index.first, index.total, index.reason) == (None, None, "no_variation")
    assert found.remainder == {"y": None}


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_indices_and_intervals_0_too(seed: int) -> None:
    one, two = (sobol(lambda u: {"y": u @ np.array([2.0, 1.0])}, ["a", "b"], 32, seed) for _ in range(2))
    assert one == two


def test_a_sample_too_small_to_vary_has_no_index_of_0() -> None:
    found = sobol(lambda u: {"y": (u[:, 0] > 0.9999).astype(float)}, ["a", "b"], base=2)
    assert {i.reason for i in found.indices} == {"no_variation"}


@pytest.mark.parametrize(("inputs", "base"), [((), 4), (("a",), 3), (("a",), 1), (("a",), 0)])
def test_a_sample_that_cannot_be_is_refused(inputs: tuple[str, ...], base: int) -> None:
    with pytest.raises(ValueError, match=r"no input|power of 2"):
        sobol(lambda u: {"y": u[:, 0]}, inputs, base=base)


# The model -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    """Six journals of two publishers: two answered alike, one without policy and answers against it, one in part."""
    answers = {
        "a": ("yes", "2", "1"),
        "b": ("yes", "2", "1"),
        "c": ("yes", "1", "0"),
        "d": ("no", "2", "1"),
        "e": ("yes", "", "1"),
        "f": ("yes", "0", "0"),
    }
    rows = [
        f"{j} | c{k} | {item} | {answer}"
        for j, given in answers.items()
        for k in (1, 2)
        for item, answer in zip(("policy", "data", "code"), given, strict=True)
    ]
    return load(
        write_survey(
            tmp_path_factory.mktemp("small") / "s",
            SMALL_CODEBOOK,
            journals=sheet(
                "journal_id | title | publisher",
                *(f"{j} | {j.upper()} Letters | P{ord(j) % 2}" for j in answers),
            ),
            codings=sheet("journal_id | coder | item | answer", *rows),
        )
    )


def scores_of(survey: Survey, chosen: Scheme) -> list[float]:
    found = score(survey, chosen).journals.set_index("journal_id")["score"]
    return found.loc[list(survey.journal_ids)].tolist()


def test_every_alternative_is_the_score_of_a_scheme_that_says_so(small: Survey) -> None:
    """All 4 forms × 2 rules × 2 rules × (no item or one of three left out), each against `score`."""
    assumed = Assumptions(
        weights="none", aggregation=("items", "dimensions", "geometric", "harmonic"), coder=False
    )
    made = model(small, scheme(), assumed)
    assert [(i.name, i.levels) for i in made.inputs] == [
        ("aggregation", ("items", "dimensions", "geometric", "harmonic")),
        ("missing", ("exclude", "zero")),
        ("not_applicable", ("keep", "gate")),
        ("left_out", ("none", "policy", "data", "code")),
    ]
    levels = list(product(*(range(len(i.levels)) for i in made.inputs)))
    sizes = np.array([len(i.levels) for i in made.inputs])
    found = made.scores(made.quantiles((np.array(levels) + 0.5) / sizes))
    for level, scores in zip(levels, found, strict=True):
        form, missing, gate, out = (i.levels[k] for i, k in zip(made.inputs, level, strict=True))
        fields: dict[str, object] = {"missing": missing, "not_applicable": gate}
        if form != "items":
            fields |= {"by": "dimensions"}
        if form in ("geometric", "harmonic"):
            fields |= {"across": form}
        if out != "none":
            fields |= {"weights": {out: 0.0}}
            if out == "code" and form != "items":  # the only item of its dimension
                fields |= {"dimension_weights": {"code": 0.0}}
        expected = scores_of(small, scheme(**fields))
        assert scores.tolist() == pytest.approx(expected, nan_ok=True, abs=1e-12), (form, missing, gate, out)


@pytest.mark.parametrize("how", ["random", "quantiles"])
def test_weights_are_gamma_with_the_schemes_weight_as_mean_and_the_variation_stated(
    small: Survey, how: str
) -> None:
    made = model(small, scheme(weights={"data": 3.0}), replace(JUST_WEIGHTS, cv=0.4))
    uniform = np.random.default_rng(5).random((40_000, 3))
    draws = drawn_of(made, 40_000) if how == "random" else made.quantiles(uniform)
    drawn = made.drawn(draws, made.forms[0]).item
    assert drawn.mean(axis=0) == pytest.approx([1, 3, 1], rel=0.01)
    assert drawn.std(axis=0) / drawn.mean(axis=0) == pytest.approx([0.4] * 3, rel=0.02)
    assert stats.kstest(drawn[:, 0], stats.gamma(1 / 0.4**2, scale=0.4**2).cdf).pvalue > 0.01
    assert abs(np.corrcoef(drawn.T)[0, 1:]).max() < 0.02


def test_scores_of_drawn_weights_are_weighted_averages(small: Survey) -> None:
    made = model(small, scheme(), JUST_WEIGHTS)
    draws = made.random(0, 50)
    drawn = made.drawn(draws, made.forms[0]).item
    values = np.array([[1, 1, 1], [1, 1, 1], [1, 0.5, 0], [0, 1, 1], [1, 0, 1], [1, 0, 0]])
    present = np.ones_like(values, bool)
    present[4, 1] = False
    for w, scores in zip(drawn, made.scores(draws), strict=True):
        expected = [np.average(v[p], weights=w[p]) for v, p in zip(values, present, strict=True)]
        assert scores.tolist() == pytest.approx(expected, abs=1e-12)


def test_one_weight_a_dimension_moves_its_items_together(small: Survey) -> None:
    made = model(small, scheme(), replace(JUST_WEIGHTS, weights="dimension"))
    assert [i.name for i in made.inputs] == ["dimension:data", "dimension:code"]
    drawn = made.drawn(made.random(0, 9), made.forms[0]).item
    np.testing.assert_allclose(drawn[:, 0], drawn[:, 1])
    assert (np.abs(drawn[:, 1] - drawn[:, 2]) > 1e-6).all()


def test_a_scheme_by_dimensions_doubts_both_its_items_and_its_dimensions(small: Survey) -> None:
    made = model(small, scheme(by="dimensions"), JUST_WEIGHTS)
    assert [i.name for i in made.inputs][-2:] == ["dimension:data", "dimension:code"]
    drawn = made.drawn(made.quantiles(np.full((1, 5), 0.9)), made.forms[0])
    assert drawn.dimension[0, 0] > 1
    assert drawn.item[0, 0] == pytest.approx(drawn.dimension[0, 0])


def test_the_schemes_own_form_comes_first_and_is_no_alternative_to_itself() -> None:
    assert [f.name for f in forms(scheme(), ("items", "dimensions"))] == ["items", "dimensions"]
    assert [f.name for f in forms(scheme(by="dimensions"), ("items", "dimensions"))] == [
        "dimensions",
        "items",
    ]
    assert [f.name for f in forms(scheme(by="dimensions", across="harmonic"), ())] == ["harmonic"]
    assert [f.name for f in forms(scheme(aggregation="geometric"), ("items",))] == ["scheme", "items"]


@pytest.mark.parametrize(
    "fields",
    [
        {"cv": 0.0},
        {"cv": -1.0},
        {"cv": float("nan")},
        {"weights": "both"},
        {"aggregation": ("median",)},
        {"missing": ("x",)},
    ],
)
def test_assumptions_that_cannot_be_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"coefficient of variation|is one of"):
        Assumptions(**fields)  # type: ignore[arg-type]


# Draws ---------------------------------------------------------------------------------------------------


def test_journals_with_the_same_answers_are_tied_in_every_draw(shipped: Survey) -> None:
    made = model(shipped, shipped.codebook.scheme(), Assumptions(coder=False))
    found = made.scores(made.random(3))
    places = [shipped.codebook.item_ids.index(i.id) for i in shipped.codebook.scored_items]
    _, pattern = np.unique(shipped.resolved.option[:, places], axis=0, return_inverse=True)
    pattern = pattern.reshape(-1)
    assert pattern.max() + 1 == 55
    for p in range(55):
        same = found[:, pattern == p]
        assert (same == same[:, :1]).all()


def pandas_ranks(made: Model, draws: Draws) -> np.ndarray:
    return np.stack([pd.Series(s).round(12).rank(method="min", ascending=False) for s in made.scores(draws)])


def test_ranges_of_ranks_are_those_of_a_plain_loop(shipped: Survey) -> None:
    """The same weights, ranked by pandas and cut by numpy's quantile."""
    found = sensitivity(shipped, assumed=replace(JUST_WEIGHTS, cv=0.5), n_draws=300, base=2, seed=4)
    made = model(shipped, shipped.codebook.scheme(), JUST_WEIGHTS, seed=4)
    rank = pandas_ranks(made, drawn_of(made, 300))
    low, median, high = np.quantile(rank, (0.05, 0.5, 0.95), axis=0, method="inverted_cdf")
    ours = found.journals.set_index("journal_id").loc[list(shipped.journal_ids)]
    assert ours["rank_low"].tolist() == low.tolist()
    assert ours["rank_median"].tolist() == median.tolist()
    assert ours["rank_high"].tolist() == high.tolist()
    base = pd.Series(made.base).round(12).rank(method="min", ascending=False).to_numpy()
    shift = np.abs(rank - base).mean(axis=1)
    assert found.shift == pytest.approx(tuple(np.quantile(shift, (0.05, 0.5, 0.95))))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_with_one_and_with_two_processes(shipped: Survey) -> None:
    one, two = (
        sensitivity(shipped, n_draws=1200, base=8, seed=7, journals=["nature"], processes=p).to_json()
        for p in (1, 2)
    )
    assert one == two


def test_the_same_seed_gives_the_same_bytes_on_a_small_survey_and_another_seed_others(small: Survey) -> None:
    found = [
        sensitivity(small, n_draws=1100, base=4, seed=s, processes=p).to_json()
        for s, p in ((1, 1), (1, 2), (2, 1))
    ]
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_without_any_doubt_nothing_moves(small: Survey) -> None:
    found = sensitivity(small, assumed=replace(JUST_WEIGHTS, weights="none"), n_draws=20, base=4)
    assert found.inputs == ()
    assert found.indices.indices == ()
    assert found.shift == (0, 0, 0)
    assert (found.journals["rank_low"] == found.journals["rank"]).all()
    assert (found.journals["rank_high"] == found.journals["rank"]).all()


def test_a_survey_without_answers_has_no_ranges(tmp_path: Path) -> None:
    folder = write_survey(
        tmp_path / "s",
        journals=sheet("journal_id | title | publisher", "a | A | P"),
        codings=sheet("journal_id | coder | item | answer"),
    )
    found = sensitivity(load(folder), n_draws=10, base=4)
    assert found.shift is None
    assert found.indices.indices == ()
    assert found.journals["rank"].isna().all()
    assert json.loads(found.to_json())["result"]["mean_rank_shift"] is None
    assert "nothing to move" in cli("sensitivity", folder, "--draws", "10", "--base", "4").out


def test_a_journal_without_score_has_no_ranges_and_disturbs_no_other(tmp_path: Path) -> None:
    rows = ["a | c1 | policy | yes", "a | c1 | data | 1", "a | c1 | code | 1", "b | c1 | policy | no"]
    journals = sheet("journal_id | title | publisher", "a | A | P", "b | B | P", "z | Z | P")
    folder = write_survey(
        tmp_path / "s", journals=journals, codings=sheet("journal_id | coder | item | answer", *rows)
    )
    found = sensitivity(load(folder), n_draws=50, base=4).journals.set_index("journal_id")
    assert found.loc["z", ["rank", "rank_low", "all_rank_high", "rank_out_low"]].isna().all()
    assert found.loc["a", "rank_high"] == 1
    assert found.loc["b", "rank_low"] == 2


# Which items matter --------------------------------------------------------------------------------------


def test_an_item_of_weight_0_has_a_sobol_index_of_0_and_is_told(shipped: Survey) -> None:
    chosen = scheme(weights={"data_timing": 0.0})
    assumed = Assumptions(coder=False)
    found = sensitivity(shipped, chosen, assumed, n_draws=50, base=128, journals=["nature"])
    for output in ("mean_rank_shift", "mean_score", "score:nature", "rank:nature"):
        index = by_input(found.indices.of(output))["weight:data_timing"]
        assert index.first == pytest.approx(0, abs=(index.first_error or 0) + 1e-12)
        assert index.total == pytest.approx(0, abs=(index.total_error or 0) + 1e-12)
    item = found.items.set_index("item").loc["data_timing"]
    assert item["moves_nothing"] == "weight_0"
    assert (item["weight_share"], item["variance_share"], item["out_mean_shift"]) == (0, 0, 0)
    weighty = by_input(
        sensitivity(shipped, None, assumed, n_draws=50, base=128).indices.of("mean_rank_shift")
    )
    assert (weighty["weight:data_timing"].total or 0) > 0.05


def test_two_weights_that_are_alike_bear_the_same_share_of_a_journals_score(small: Survey) -> None:
    """The score of c is D/2/(D + C) with D and C alike in distribution: both weights bear the same."""
    assumed = replace(JUST_WEIGHTS, weights="dimension")
    chosen = scheme(dimension_weights={"code": 1.0}, by="dimensions", weights={"policy": 0.0})
    found = sensitivity(small, chosen, assumed, n_draws=10, base=512, journals=["c"])
    indices = by_input(found.indices.of("score:c"))
    assert (indices["dimension:data"].total or 0) > 0.3
    assert (indices["dimension:code"].total or 0) > 0.3
    assert indices["dimension:data"].total == pytest.approx(indices["dimension:code"].total, abs=0.08)


def test_with_coders_who_agree_the_coder_moves_nothing(small: Survey) -> None:
    found = sensitivity(small, n_draws=50, base=64)
    index = by_input(found.indices.of("mean_rank_shift"))["coder"]
    assert (index.first, index.total) == (0, 0)
    assert (found.journals["all_rank_low"] == found.journals["rank_low"]).all()


def test_leaving_an_item_out_is_the_scheme_without_it(shipped: Survey) -> None:
    made = model(shipped, shipped.codebook.scheme(), JUST_WEIGHTS)
    found = left_out(made)
    for k in (0, 5, 8):
        item = shipped.codebook.scored_items[k].id
        expected = scores_of(shipped, scheme(weights={item: 0.0}))
        assert found[k].tolist() == pytest.approx(expected, abs=1e-12)


@pytest.fixture(scope="module")
def result(shipped: Survey) -> SensitivityResult:
    return sensitivity(shipped, n_draws=500, base=16)


def test_shifts_without_an_item_are_those_of_pandas_and_scipy(
    shipped: Survey, result: SensitivityResult
) -> None:
    ids = list(shipped.journal_ids)
    base = score(shipped).journals.set_index("journal_id").loc[ids]
    other = score(shipped, scheme(weights={"data_timing": 0.0})).journals.set_index("journal_id").loc[ids]
    item = result.items.set_index("item").loc["data_timing"]
    shift = (base["rank"] - other["rank"]).abs()
    assert item["out_mean_shift"] == pytest.approx(float(shift.mean()))
    assert item["out_largest_shift"] == shift.max()
    assert item["out_moved"] == (shift > 0).sum()
    x, y = base["score"].round(12), other["score"].round(12)
    assert item["out_spearman"] == pytest.approx(stats.spearmanr(x, y).statistic)
    assert item["out_kendall"] == pytest.approx(stats.kendalltau(x, y).statistic)


def test_items_that_move_no_rank_are_named(result: SensitivityResult) -> None:
    named = result.items.set_index("item")["moves_nothing"].dropna()
    assert named.to_dict() == {"code_autotest": "no_rank_changes", "code_linting": "no_rank_changes"}


def test_ranks_with_one_item_less_enclose_those_of_each_item(
    shipped: Survey, result: SensitivityResult
) -> None:
    ids = list(shipped.journal_ids)
    every = pd.DataFrame(
        {
            i.id: score(shipped, scheme(weights={i.id: 0.0}))
            .journals.set_index("journal_id")
            .loc[ids, "rank"]
            for i in shipped.codebook.scored_items
        }
    )
    ours = result.journals.set_index("journal_id").loc[ids]
    assert ours["rank_out_low"].tolist() == every.min(axis=1).tolist()
    assert ours["rank_out_high"].tolist() == every.max(axis=1).tolist()


# Structure -----------------------------------------------------------------------------------------------


def points(survey: Survey) -> pd.DataFrame:
    option = pd.DataFrame(survey.resolved.option, survey.journal_ids, list(survey.codebook.item_ids))
    return pd.DataFrame({i.id: np.take(i.scores, option[i.id]) for i in survey.codebook.scored_items})


def test_shares_of_the_variance_add_up_to_1_and_are_covariances(shipped: Survey) -> None:
    x = points(shipped)
    y = x.mean(axis=1)
    found = structure(shipped, shipped.codebook.scheme()).items.set_index("item")
    assert found["variance_share"].sum() == pytest.approx(1)
    expected = x.apply(lambda c: c.cov(y)) / 17 / y.var()
    assert found["variance_share"].to_dict() == pytest.approx(expected.to_dict())
    assert found["r"].to_dict() == pytest.approx(x.corrwith(y).to_dict())


def test_shares_add_up_under_dimensions_and_a_divisor_too(shipped: Survey) -> None:
    for name in ("by-dimension", "published"):
        found = structure(shipped, shipped.codebook.scheme(name))
        assert found.linear
        assert found.items["variance_share"].sum() == pytest.approx(1)
        assert found.items["weight_share"].sum() == pytest.approx(1)


def test_a_score_that_is_no_weighted_sum_has_no_shares(shipped: Survey, small: Survey) -> None:
    geometric = structure(shipped, scheme(by="dimensions", across="geometric"))
    assert not geometric.linear
    assert geometric.items["variance_share"].isna().all()
    assert not structure(small, scheme()).linear


def test_correlations_with_the_rest_and_ratios_are_those_of_pandas(shipped: Survey) -> None:
    x = points(shipped)
    y = x.mean(axis=1)
    found = structure(shipped, shipped.codebook.scheme()).items.set_index("item")
    for item in x:
        rest = x.drop(columns=item).mean(axis=1)
        assert found.loc[item, "item_rest"] == pytest.approx(x[item].corr(rest))
        between = (y.groupby(x[item]).transform("mean") - y.mean()).pow(2).sum()
        assert found.loc[item, "eta2"] == pytest.approx(between / (y - y.mean()).pow(2).sum())


def test_dimensions_correlate_as_their_means_do(shipped: Survey) -> None:
    x = points(shipped)
    means = x.T.groupby({i.id: i.dimension for i in shipped.codebook.scored_items}).mean().T
    found = structure(shipped, shipped.codebook.scheme()).dimensions
    pd.testing.assert_frame_equal(found, means.corr().loc[found.index, found.columns], check_names=False)


def test_components_are_those_of_scikit_learn(shipped: Survey) -> None:
    x = points(shipped).to_numpy()
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    other = PCA().fit(z)
    loadings, table = principal_components(x)
    np.testing.assert_allclose(table["share"], other.explained_variance_ratio_, atol=1e-9)
    assert table["eigenvalue"].sum() == pytest.approx(17)
    expected = other.components_[:3].T * np.sqrt(table["eigenvalue"].to_numpy()[:3])
    np.testing.assert_allclose(np.abs(loadings[:, :3]), np.abs(expected), atol=1e-9)


def test_an_item_that_all_answer_alike_has_no_correlation_and_moves_nothing(tmp_path: Path) -> None:
    rows = [
        f"{j} | c1 | {item} | {answer}"
        for j, given in {"a": "y20", "b": "y10", "c": "y00"}.items()
        for item, answer in zip(("policy", "data", "code"), ("yes", *given[1:]), strict=True)
    ]
    journals = sheet("journal_id | title | publisher", *(f"{j} | {j} | P" for j in "abc"))
    survey = load(
        write_survey(
            tmp_path / "s", journals=journals, codings=sheet("journal_id | coder | item | answer", *rows)
        )
    )
    found = sensitivity(survey, n_draws=20, base=4)
    items = found.items.set_index("item")
    assert np.isnan(items.loc["policy", "r"])
    assert items["moves_nothing"].to_dict() == {"policy": "constant", "data": None, "code": "constant"}
    content = json.loads(found.to_json(), parse_constant=pytest.fail)
    assert content["result"]["items"][0]["r"] is None
    assert len(found.structure.components) == 0


def test_nominal_shares_are_those_of_the_formula(shipped: Survey) -> None:
    from rdpscore.scoring import weights

    book = shipped.codebook
    flat = weight_shares(weights(scheme(weights={"data_timing": 3.0}), book))
    assert flat == pytest.approx([3 / 19 if i.id == "data_timing" else 1 / 19 for i in book.scored_items])
    by = weight_shares(weights(scheme(by="dimensions", dimension_weights={"code": 2.0}), book))
    expected = {"data": 1 / 4 / 8, "refereeing": 1 / 4, "code": 2 / 4 / 8}
    assert by == pytest.approx([expected[i.dimension] for i in book.scored_items])


def test_a_correlation_ratio_is_the_r2_of_a_regression_on_groups() -> None:
    """Against scipy's one-way analysis of variance: F = (eta²/(k−1)) / ((1−eta²)/(n−k))."""
    rng = np.random.default_rng(1)
    x = np.repeat([0.0, 0.5, 1.0], 20)
    y = x + rng.normal(size=60)
    f = stats.f_oneway(*(y[x == v] for v in (0.0, 0.5, 1.0))).statistic
    eta2 = correlation_ratio(x, y)
    assert (eta2 / 2) / ((1 - eta2) / 57) == pytest.approx(f)


# The command ---------------------------------------------------------------------------------------------


def test_the_command_is_readable_at_100_columns(tmp_path: Path) -> None:
    found = cli("sensitivity", "--draws", 300, "--base", 8, "--journal", "nature")
    lines = found.out.splitlines()
    assert found.status == 0, found.err
    assert max(cell_len(line) for line in lines) <= 100
    assert sum("…" in line for line in lines) <= 6
    for words in (
        "What moves ranks",
        "What moves the rank of nature",
        "Timing of availability",
        "no confidence intervals",
    ):
        assert any(words in line for line in lines), words


def test_json_has_settings_that_make_it_again(small: Survey) -> None:
    assert small.path is not None
    found = cli(
        "sensitivity", small.path, "--draws", 50, "--base", 4, "--seed", 9, "--weights", "dimension", "--json"
    )
    content = found.json()
    assert content["settings"]["assumptions"]["weights"] == "dimension"
    assert (content["settings"]["draws"], content["settings"]["base"], content["settings"]["seed"]) == (
        50,
        4,
        9,
    )
    assert {"SALib", "numpy"} <= set(content["settings"]["versions"])
    again = cli(
        "sensitivity", small.path, "--draws", 50, "--base", 4, "--seed", 9, "--weights", "dimension", "--json"
    )
    assert again.out == found.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--journal", "nture"], "nearest:'nature'"),
        (["--cv", "0"], "greaterthan0"),
        (["--base", "100"], "powerof2"),
        (["--weights", "some"], "item,dimension,none"),
        (["--aggregation", "median"], "items,dimensions,geometric,harmonic"),
        (["--scheme", "equl"], "nearest:'equal'"),
        (["--draws", "0"], "'--draws'"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], says: str) -> None:
    found = cli("sensitivity", "--draws", 10, "--base", 4, *arguments)
    assert found.status == 2
    assert says in found.said.replace("│", "")


def test_output_has_every_table(tmp_path: Path, small: Survey) -> None:
    path = tmp_path / "s.xlsx"
    assert small.path is not None
    assert cli("sensitivity", small.path, "--draws", 50, "--base", 4, "--output", path).status == 0
    sheets = pd.read_excel(path, sheet_name=None, engine="openpyxl")
    assert list(sheets) == ["journals", "items", "indices", "dimensions", "components"]
    assert len(sheets["journals"]) == 6


def test_the_public_function_is_this_one() -> None:
    assert rdpscore.sensitivity is sensitivity
