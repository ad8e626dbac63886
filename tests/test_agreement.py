"""Agreement: published worked examples, another implementation, invariances, and the shipped survey."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from finding import sheet
from tables import SMALL_CODEBOOK, write_survey

import rdpscore
from rdpscore.agreement import AgreementResult
from rdpscore.agreement.alpha import (
    Level,
    item_alpha,
    nominal_distance,
    score_distance,
    stratified_alpha,
    undefined,
)
from rdpscore.agreement.coefficients import percent_agreement as percent_of
from rdpscore.agreement.coincidences import (
    Choices,
    coincidence_matrix,
    expected_matrix,
    rating_counts,
)
from rdpscore.agreement.ratings import Ratings
from rdpscore.agreement.report import ItemAgreement
from rdpscore.codebook import load_codebook
from rdpscore.survey import Survey, load

Matrix = npt.NDArray[np.float64]
"""Units × coders: the position of the answer, NaN where there is none."""


def choices_of(matrix: Matrix, n_options: int) -> Choices:
    """Count a matrix of answers, unit by unit."""
    counts = np.array([[np.sum(unit == k) for k in range(n_options)] for unit in matrix], float)
    pairable = counts.sum(axis=1) >= 2
    return Choices(counts.reshape(-1, n_options)[pairable], np.flatnonzero(pairable))


def percent_agreement(counts: Matrix) -> float:
    """Percent agreement of units × options, each a count of coders."""
    found = percent_of(Ratings.from_counts(counts)).value
    assert found is not None
    return found


# Published worked examples -----------------------------------------------------------------------------

VECTORS = (
    "kripp2011_4obs_nominal",
    "kripp2011_4obs_ordinal",
    "kripp2011_4obs_interval",
    "wikipedia_3coder_nominal",
    "wikipedia_3coder_interval",
    "wikipedia_3coder_ordinal",
    "kripp1980_p139_nominal",
    "kripp2004_p224_binary",
    "kripp2011_B_ben_gerry",
    "kripp2018_p306_binary",
    "freelon2010_r2_02",
    "freelon2010_r3_01",
    "freelon2010_r3_03",
    "one_disagreement_zero",
    "gwet_raw4_krippendorff",
    "abstractors_alpha",
)


@pytest.fixture(scope="module")
def vectors(reference: Path) -> dict[str, dict[str, Any]]:
    """Published worked examples of alpha at the nominal, ordinal and interval level."""
    content = json.loads((reference / "agreement_vectors.json").read_text(encoding="utf-8"))
    every = {v["id"]: v for v in content["vectors"]}
    for vector in every.values():
        if "data_ref" in vector:
            source = every[vector["data_ref"]]
            vector |= {k: source[k] for k in ("data", "level", "categories") if k in source}
    return {
        k: v
        for k, v in every.items()
        if v["coefficient"] == "krippendorff_alpha" and v.get("level") in ("nominal", "ordinal", "interval")
    }


def data_of(vector: dict[str, Any]) -> tuple[Matrix, list[Any]]:
    """Matrix and categories of a vector: units × coders as given, or a table of two coders written out."""
    if vector["format"] == "contingency":
        n = len(vector["table"])
        pairs = [(r, c) for r in range(n) for c in range(n) for _ in range(vector["table"][r][c])]
        return np.array(pairs, float), list(range(n))
    categories = vector["categories"]
    position = {value: float(k) for k, value in enumerate(categories)} | {None: np.nan}
    return np.array([[position[v] for v in unit] for unit in vector["data"]]), categories


def test_every_vector_of_alpha_is_used(vectors: dict[str, dict[str, Any]]) -> None:
    assert set(VECTORS) == set(vectors)


@pytest.mark.parametrize("name", VECTORS)
def test_alpha_is_the_published_one(vectors: dict[str, dict[str, Any]], name: str) -> None:
    vector = vectors[name]
    matrix, categories = data_of(vector)
    data = choices_of(matrix, len(categories))
    if vector["level"] == "interval":
        found = stratified_alpha([data], [score_distance([float(c) for c in categories])])
    else:
        found = item_alpha(data, vector["level"])
    assert found == pytest.approx(vector["expected"], abs=vector["tolerance"])


@pytest.mark.parametrize(
    "name", [v for v in VECTORS if v not in ("kripp2011_4obs_ordinal", "wikipedia_3coder_ordinal")]
)
def test_our_own_alpha_is_the_published_one(vectors: dict[str, dict[str, Any]], name: str) -> None:
    """The matrices of coincidences, not the package `krippendorff`."""
    vector = vectors[name]
    matrix, categories = data_of(vector)
    data = choices_of(matrix, len(categories))
    distance = (
        nominal_distance(len(categories))
        if vector["level"] == "nominal"
        else score_distance([float(c) for c in categories])
    )
    found = stratified_alpha([data], [distance])
    assert found == pytest.approx(vector["expected"], abs=vector["tolerance"])


def test_percent_agreement_is_gwets_p_a(reference: Path) -> None:
    """Gwet 2014, four raters and twelve subjects: p_a = 0.8181818; two raters: share on the diagonal."""
    content = json.loads((reference / "agreement_vectors.json").read_text(encoding="utf-8"))
    every = {v["id"]: v for v in content["vectors"]}
    matrix, categories = data_of(every["kripp2011_4obs_nominal"])
    found = percent_agreement(choices_of(matrix, len(categories)).counts)
    assert found == pytest.approx(every["gwet_raw4_ac1"]["also"]["pa"], abs=1e-7)


def test_percent_agreement_of_two_coders_is_the_share_on_the_diagonal(reference: Path) -> None:
    """DKPro's fixtures of R irrCAC 1.4 give p_a of each table."""
    content = json.loads((reference / "agreement_vectors.json").read_text(encoding="utf-8"))
    used = 0
    for vector in content["vectors"]:
        if (
            vector["format"] == "contingency"
            and vector.get("weights") == "identity"
            and "pa" in vector["also"]
        ):
            matrix, categories = data_of(vector)
            found = percent_agreement(choices_of(matrix, len(categories)).counts)
            assert found == pytest.approx(vector["also"]["pa"], abs=1e-6)
            used += 1
    assert used >= 2


def test_coincidences_are_those_of_the_working_paper() -> None:
    """Krippendorff 2011, section C: the coincidence matrix of the four observers, printed there."""
    units = [
        (1, 1, 1), (2, 2, 3, 2), (3, 3, 3, 3), (3, 3, 3, 3), (2, 2, 2, 2), (1, 2, 3, 4), (4, 4, 4, 4),
        (1, 1, 2, 1), (2, 2, 2, 2), (5, 5, 5), (1, 1), (3,),
    ]  # fmt: skip
    matrix = np.array([[*(v - 1 for v in u), *[np.nan] * (4 - len(u))] for u in units])
    data = choices_of(matrix, 5)
    printed = [
        [7, 4 / 3, 1 / 3, 1 / 3, 0],
        [4 / 3, 10, 4 / 3, 1 / 3, 0],
        [1 / 3, 4 / 3, 8, 1 / 3, 0],
        [1 / 3, 1 / 3, 1 / 3, 4, 0],
        [0, 0, 0, 0, 3],
    ]
    np.testing.assert_allclose(coincidence_matrix(data.counts), printed, atol=1e-12)
    assert data.totals.tolist() == [9, 13, 10, 5, 3]


# Edge cases --------------------------------------------------------------------------------------------


def test_coders_who_always_choose_one_option_have_no_alpha() -> None:
    data = choices_of(np.ones((10, 2)), 2)
    assert undefined(data) == "no_variation"
    assert item_alpha(data, "nominal") is None
    assert stratified_alpha([data], [nominal_distance(2)]) is None
    assert percent_agreement(data.counts) == 1.0


def test_coders_who_never_meet_have_no_alpha() -> None:
    data = choices_of(np.array([[1, np.nan], [np.nan, 0], [1, np.nan]]), 2)
    assert undefined(data) == "no_pairable_units"
    assert item_alpha(data, "ordinal") is None
    assert stratified_alpha([data], [nominal_distance(2)]) is None


def test_one_dissent_among_unanimous_answers_is_chance() -> None:
    """krippendorff issue 11: alpha is exactly 0, not a bug."""
    matrix = np.zeros((5, 5))
    matrix[4, 3] = 1
    assert item_alpha(choices_of(matrix, 2), "nominal") == pytest.approx(0, abs=1e-12)


def test_systematic_disagreement_is_negative() -> None:
    assert item_alpha(choices_of(np.array([[0.0, 1.0]] * 6), 2), "nominal") == pytest.approx(
        -0.8333, abs=1e-4
    )


def test_codes_are_ordered_as_the_codebook_orders_them(tmp_path: Path) -> None:
    """Sorted as text, 10 stands between 1 and 2; the ordinal alpha would be another one."""
    book = SMALL_CODEBOOK.replace(
        '{code: "2", label: Required, score: 1}',
        '{code: "2", label: More, score: 0.6}\n      - {code: "10", label: Required, score: 1}',
    )
    rows = [("a", "1", "1"), ("b", "10", "2"), ("c", "2", "2"), ("d", "10", "10"), ("e", "0", "1")]
    survey = load(
        write_survey(
            tmp_path / "s",
            book,
            journals=sheet("journal_id | title | publisher", *(f"{r[0]} | {r[0]} | P{r[0]}" for r in rows)),
            codings=sheet(
                "journal_id | coder | item | answer",
                *(f"{r[0]} | c{k} | data | {r[k]}" for r in rows for k in (1, 2)),
            ),
        )
    )
    place = {"0": 0, "1": 1, "2": 2, "10": 3}
    expected = krippendorff.alpha(
        [[place[r[1]] for r in rows], [place[r[2]] for r in rows]], level_of_measurement="ordinal"
    )
    item = rdpscore.measure_agreement(survey).items[1]
    assert item.alpha_ordinal == pytest.approx(expected, abs=1e-12)


# Another implementation --------------------------------------------------------------------------------


def random_design(seed: int) -> tuple[Matrix, int]:
    """Answers of 2 to 6 coders to up to 40 units; some missing, some options perhaps never chosen."""
    rng = np.random.default_rng(seed)
    n_options = int(rng.integers(2, 8))
    used = int(rng.integers(2, n_options + 1))
    truth = rng.integers(0, used, rng.integers(4, 40))
    matrix = np.repeat(truth[:, None], rng.integers(2, 7), axis=1).astype(float)
    noise = rng.random(matrix.shape) < rng.random()
    matrix[noise] = rng.integers(0, used, noise.sum())
    matrix[rng.random(matrix.shape) < rng.choice([0, 0.1, 0.5])] = np.nan
    return matrix, n_options


DESIGNS = [d for d in map(random_design, range(330)) if undefined(choices_of(*d)) is None][:300]


def test_there_are_three_hundred_designs() -> None:
    assert len(DESIGNS) == 300
    assert {len(m[0]) for m, _ in DESIGNS} == {2, 3, 4, 5, 6}
    assert sum(bool(np.isnan(m).any()) for m, _ in DESIGNS) > 100
    assert sum(len(np.unique(m[~np.isnan(m)])) < n for m, n in DESIGNS) > 50


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_alpha_of_an_item_is_that_of_krippendorff_on_the_raw_answers(level: Level) -> None:
    for matrix, n_options in DESIGNS:
        theirs = krippendorff.alpha(matrix.T, level_of_measurement=level, value_domain=list(range(n_options)))
        assert item_alpha(choices_of(matrix, n_options), level) == pytest.approx(theirs, abs=1e-12)


def test_stratified_alpha_of_one_item_is_its_alpha() -> None:
    for matrix, n_options in DESIGNS:
        theirs = krippendorff.alpha(matrix.T, level_of_measurement="nominal")
        found = stratified_alpha([choices_of(matrix, n_options)], [nominal_distance(n_options)])
        assert found == pytest.approx(theirs, abs=1e-12)


def test_stratified_alpha_on_scores_of_one_item_is_its_interval_alpha() -> None:
    for seed, (matrix, n_options) in enumerate(DESIGNS):
        scores = np.sort(np.random.default_rng(seed).random(n_options))
        scores[[0, -1]] = 0, 1
        values = np.where(np.isnan(matrix), np.nan, scores[np.nan_to_num(matrix).astype(int)])
        theirs = krippendorff.alpha(values.T, level_of_measurement="interval")
        found = stratified_alpha([choices_of(matrix, n_options)], [score_distance(scores.tolist())])
        assert found == pytest.approx(theirs, abs=1e-12)


def test_percent_agreement_of_two_coders_is_the_share_of_units_on_which_they_agree() -> None:
    for matrix, n_options in DESIGNS:
        pair = matrix[:, :2][~np.isnan(matrix[:, :2]).any(axis=1)]
        if len(pair):
            found = percent_agreement(choices_of(pair, n_options).counts)
            assert found == pytest.approx((pair[:, 0] == pair[:, 1]).mean(), abs=1e-12)


def test_percent_agreement_is_the_mean_over_units_of_agreeing_pairs() -> None:
    for matrix, n_options in DESIGNS[:60]:
        shares = []
        for unit in matrix:
            given = unit[~np.isnan(unit)]
            if len(given) >= 2:
                agree = [a == b for i, a in enumerate(given) for b in given[i + 1 :]]
                shares.append(np.mean(agree))
        assert percent_agreement(choices_of(matrix, n_options).counts) == pytest.approx(
            np.mean(shares), abs=1e-12
        )


# Invariances -------------------------------------------------------------------------------------------


def all_alphas(matrix: Matrix, n_options: int) -> list[float | None]:
    """Nominal, ordinal, stratified nominal, stratified on equidistant scores, and percent agreement."""
    data = choices_of(matrix, n_options)
    return [
        item_alpha(data, "nominal"),
        item_alpha(data, "ordinal"),
        stratified_alpha([data], [nominal_distance(n_options)]),
        stratified_alpha([data], [score_distance(list(range(n_options)))]),
        percent_agreement(data.counts),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_units_and_coders_changes_nothing(seed: int) -> None:
    matrix, n_options = DESIGNS[seed]
    rng = np.random.default_rng(seed)
    shuffled = np.array([rng.permutation(unit) for unit in rng.permutation(matrix)])
    assert all_alphas(shuffled, n_options) == pytest.approx(all_alphas(matrix, n_options), abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_a_unit_with_one_answer_changes_nothing(seed: int) -> None:
    matrix, n_options = DESIGNS[seed]
    lonely = np.full((1, matrix.shape[1]), np.nan)
    lonely[0, 0] = 1
    more = np.concatenate([matrix, lonely])
    assert all_alphas(more, n_options) == pytest.approx(all_alphas(matrix, n_options), abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_the_names_of_the_options_change_no_nominal_alpha(seed: int) -> None:
    matrix, n_options = DESIGNS[seed]
    names = np.random.default_rng(seed).permutation(n_options).astype(float)
    renamed = np.where(np.isnan(matrix), np.nan, names[np.nan_to_num(matrix).astype(int)])
    before, after = all_alphas(matrix, n_options), all_alphas(renamed, n_options)
    assert [after[i] for i in (0, 2, 4)] == pytest.approx([before[i] for i in (0, 2, 4)], abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_options_that_nobody_chose_change_no_ordinal_alpha(seed: int) -> None:
    """A monotone recoding: the codes 0, 1, 2, … become 1, 4, 9, … of a longer list."""
    matrix, n_options = DESIGNS[seed]
    stretched = (matrix + 1) ** 2
    long = (n_options + 1) ** 2
    found = item_alpha(choices_of(stretched, long), "ordinal")
    assert found == pytest.approx(item_alpha(choices_of(matrix, n_options), "ordinal"), abs=1e-12)


def test_ordinal_alpha_is_the_same_from_either_end() -> None:
    for matrix, n_options in DESIGNS[:60]:
        turned = item_alpha(choices_of(n_options - 1 - matrix, n_options), "ordinal")
        assert turned == pytest.approx(item_alpha(choices_of(matrix, n_options), "ordinal"), abs=1e-12)


@pytest.mark.parametrize(("factor", "shift"), [(0.5, 0.0), (0.25, 0.75), (-1.0, 1.0)])
def test_affine_scores_have_the_same_distances(factor: float, shift: float) -> None:
    scores = np.array([0, 0.33, 0.66, 1])
    np.testing.assert_allclose(
        score_distance((factor * scores + shift).tolist()), score_distance(scores.tolist())
    )


def test_distances_are_zero_for_one_option_and_one_between_the_ends() -> None:
    distance = score_distance([0, 0.33, 0.66, 1])
    assert np.diag(distance).tolist() == [0] * 4
    assert distance[0, 3] == distance[3, 0] == 1
    assert distance[0, 1] == pytest.approx(0.33**2)


def test_scores_that_do_not_differ_have_no_distance() -> None:
    assert score_distance([0.5, 0.5, 0.5]).tolist() == [[0.0] * 3] * 3


def test_expected_coincidences_have_the_margins_of_the_observed_ones() -> None:
    for matrix, n_options in DESIGNS[:60]:
        data = choices_of(matrix, n_options)
        for pairs in (coincidence_matrix(data.counts), expected_matrix(data.totals)):
            np.testing.assert_allclose(pairs.sum(axis=0), data.totals, atol=1e-9)
            np.testing.assert_allclose(pairs, pairs.T, atol=1e-12)


def test_alpha_over_items_is_no_mean_of_alphas() -> None:
    """One item of perfect and one of chance agreement, the second rarely varied: worked by hand.

    Item 1: 4 units, options evenly split, no disagreement: D_o = 0, D_e = 4/7 (8 answers, 2·4·4 / (8·7)).
    Item 2: 4 units, one dissent: D_o = 2/8, D_e = 2·1·7 / (8·7) = 1/4; its own alpha is 0.
    """
    one = choices_of(np.array([[0.0, 0], [0, 0], [1, 1], [1, 1]]), 2)
    two = choices_of(np.array([[0.0, 0], [0, 0], [0, 0], [0, 1]]), 2)
    both = stratified_alpha([one, two], [nominal_distance(2)] * 2)
    assert both == pytest.approx(1 - (1 / 4) / (4 / 7 + 1 / 4), abs=1e-12)
    assert (item_alpha(one, "nominal"), item_alpha(two, "nominal")) == pytest.approx((1, 0), abs=1e-12)
    assert both != pytest.approx(0.5, abs=0.1)


def test_items_weigh_the_same_however_many_units_they_have() -> None:
    matrix = np.array([[0.0, 0], [0, 1], [1, 1], [1, 1]])
    few, many = choices_of(matrix, 2), choices_of(np.tile(matrix, (50, 1)), 2)
    d = [nominal_distance(2)]
    alone = [stratified_alpha([x], d) for x in (few, many)]
    together = stratified_alpha([few, many], d * 2)
    assert together == pytest.approx(np.mean([a for a in alone if a is not None]), abs=0.01)


def test_an_item_without_pairs_or_variation_adds_nothing() -> None:
    data = choices_of(np.array([[0.0, 0], [0, 1], [1, 1]]), 2)
    constant = choices_of(np.zeros((5, 2)), 2)
    nothing = choices_of(np.array([[0, np.nan]]), 2)
    d = nominal_distance(2)
    assert stratified_alpha([constant, data, nothing], [d] * 3) == stratified_alpha([data], [d])


# Surveys -----------------------------------------------------------------------------------------------

JOURNALS = """
    | journal_id | title           | publisher |
    |------------|-----------------|-----------|
    | alpha      | Alpha Letters   | North     |
    | beta       | Beta Reviews    | South     |
    | gamma      | Gamma Materials | West      |
    | delta      | Delta Physics   |           |
"""


def survey_of(tmp_path: Path, codings: str, **tables: str) -> Survey:
    return load(write_survey(tmp_path / "survey", **({"journals": JOURNALS} | tables), codings=codings))


def item(result: AgreementResult, name: str) -> ItemAgreement:
    (found,) = [i for i in result.items if i.item == name]
    return found


ANSWERS = {"alpha": "00", "beta": "01", "gamma": "22", "delta": "11"}


def codings(answers: dict[str, str], name: str = "data", round_: str = "") -> list[str]:
    """One row a coder; the answers of a journal stand side by side."""
    return [
        f"{journal} | c{k} | {round_} | {name} | {a}"
        for journal, row in answers.items()
        for k, a in enumerate(row, 1)
    ]


def table(*rows: str) -> str:
    return sheet("journal_id | coder | round | item | answer", *rows)


def test_an_item_tells_what_its_alpha_rests_on(tmp_path: Path) -> None:
    found = item(rdpscore.measure_agreement(survey_of(tmp_path, table(*codings(ANSWERS)))), "data")
    assert (found.n, found.percent) == (4, 0.75)
    assert (found.commonest, found.commonest_share) == ("0", 3 / 8)
    assert (
        found.alpha
        == found.alpha_ordinal
        == pytest.approx(
            krippendorff.alpha([[0, 0, 2, 1], [0, 1, 2, 1]], level_of_measurement="ordinal"), abs=1e-12
        )
    )
    assert found.alpha_nominal == pytest.approx(
        krippendorff.alpha([[0, 0, 2, 1], [0, 1, 2, 1]], level_of_measurement="nominal"), abs=1e-12
    )
    assert (found.n_minority, found.n_minority_clusters) == (3, 3)
    assert (found.reason, found.caution) == (None, "carried_by_few_clusters")


def test_a_nominal_item_has_no_ordinal_alpha(tmp_path: Path) -> None:
    book = SMALL_CODEBOOK.replace("level: ordinal", "level: nominal")
    folder = write_survey(tmp_path / "s", book, journals=JOURNALS, codings=table(*codings(ANSWERS)))
    found = item(rdpscore.measure_agreement(load(folder)), "data")
    assert found.alpha_ordinal is None
    assert found.alpha == found.alpha_nominal is not None


def test_an_item_that_all_always_answer_alike_is_null_with_a_reason(tmp_path: Path) -> None:
    found = item(
        rdpscore.measure_agreement(survey_of(tmp_path, table(*codings(dict.fromkeys(ANSWERS, "00"))))), "data"
    )
    assert (found.alpha, found.reason, found.percent) == (None, "no_variation", 1.0)


def test_an_item_without_two_answers_is_null_with_a_reason(tmp_path: Path) -> None:
    result = rdpscore.measure_agreement(survey_of(tmp_path, table(*codings(dict.fromkeys(ANSWERS, "0")))))
    found = item(result, "data")
    assert (found.alpha, found.reason, found.percent, found.n) == (None, "no_pairable_units", None, 0)
    assert (found.commonest, found.commonest_share) == (None, None)


def test_an_item_that_varies_at_one_publisher_alone_is_null_with_a_reason(tmp_path: Path) -> None:
    answers = {"alpha": "11", "beta": "00", "gamma": "00", "delta": "00"}
    found = item(rdpscore.measure_agreement(survey_of(tmp_path, table(*codings(answers)))), "data")
    assert (found.alpha, found.alpha_nominal, found.reason) == (None, None, "carried_by_few_clusters")
    assert (found.percent, found.n_minority_clusters) == (1.0, 1)


def test_journals_without_publisher_are_publishers_of_their_own(tmp_path: Path) -> None:
    nobodys = JOURNALS.replace("North", "     ").replace("South", "     ")
    answers = {"alpha": "11", "beta": "11", "gamma": "00", "delta": "00"}
    found = item(
        rdpscore.measure_agreement(survey_of(tmp_path, table(*codings(answers)), journals=nobodys)), "data"
    )
    assert found.n_minority_clusters == 2


def test_five_publishers_are_no_longer_few(tmp_path: Path) -> None:
    names = "abcdefghijk"
    journals = sheet("journal_id | title | publisher", *(f"{n} | {n} | P{n}" for n in names))
    answers = {n: "11" if k < 5 else "00" for k, n in enumerate(names)}
    found = item(
        rdpscore.measure_agreement(survey_of(tmp_path, table(*codings(answers)), journals=journals)), "data"
    )
    assert (found.n_minority_clusters, found.caution, found.alpha) == (5, None, 1.0)


def test_journals_with_one_coder_are_counted_and_left_out(tmp_path: Path) -> None:
    answers = {**ANSWERS, "delta": "1"}
    overall = rdpscore.measure_agreement(survey_of(tmp_path, table(*codings(answers)))).overall
    assert (overall.n_journals, overall.n_single_coded, overall.n_items) == (3, 1, 3)


def test_other_rounds_never_count(tmp_path: Path) -> None:
    alone = survey_of(tmp_path / "a", table(*codings(ANSWERS)))
    more = survey_of(
        tmp_path / "b",
        table(
            *codings(dict.fromkeys(ANSWERS, "20"), round_="pilot"),
            *codings(ANSWERS),
            *codings(dict.fromkeys(ANSWERS, "0212"), round_="third"),
        ),
    )
    assert rdpscore.measure_agreement(more).body() == rdpscore.measure_agreement(alone).body()


AFTER_ADJUDICATION = ("reasons", "missed", "coders")
"""Sections of the report that are about adjudicated answers."""


def test_adjudicated_answers_never_count(tmp_path: Path) -> None:
    alone = survey_of(tmp_path / "a", table(*codings(ANSWERS)))
    adjudicated = survey_of(
        tmp_path / "b",
        table(*codings(ANSWERS)),
        adjudications=sheet("journal_id | item | answer", "beta | data | 2", "alpha | code | 1"),
    )
    with_, without = (
        {k: v for k, v in rdpscore.measure_agreement(s).body().items() if k not in AFTER_ADJUDICATION}
        for s in (adjudicated, alone)
    )
    assert "headlines" in with_
    assert with_ == without


def test_the_order_of_the_rows_changes_nothing(tmp_path: Path) -> None:
    rows = [*codings(ANSWERS), *codings({"alpha": "101", "beta": "11", "gamma": "0 1"}, "code")]
    straight = survey_of(tmp_path / "a", table(*rows))
    turned = survey_of(tmp_path / "b", table(*rows[::-1]))
    assert rdpscore.measure_agreement(turned).body() == rdpscore.measure_agreement(straight).body()


def test_the_score_metric_is_of_scored_items_alone(tmp_path: Path) -> None:
    rows = [*codings(ANSWERS), *codings({"alpha": "10", "beta": "01", "gamma": "00", "delta": "11"}, "code")]
    book = SMALL_CODEBOOK.replace("    title: Code\n", "    title: Code\n    scored: false\n").replace(
        "  - {id: by-dimension, title: Mean of the dimension means, by: dimensions}\n", ""
    )
    folder = write_survey(tmp_path / "s", book, journals=JOURNALS, codings=table(*rows))
    overall = rdpscore.measure_agreement(load(folder)).overall
    scores = np.array([[0, 0, 1, 0.5], [0, 0.5, 1, 0.5]])
    assert overall.alpha_score == pytest.approx(
        krippendorff.alpha(scores, level_of_measurement="interval"), abs=1e-12
    )
    assert overall.n_items == 3
    assert overall.alpha_exact != overall.alpha_score


def test_a_survey_without_double_coding_has_no_headline(tmp_path: Path) -> None:
    overall = rdpscore.measure_agreement(
        survey_of(tmp_path, table(*codings(dict.fromkeys(ANSWERS, "0"))))
    ).overall
    assert (overall.alpha_exact, overall.alpha_score, overall.percent) == (None, None, None)
    assert overall.reason == "no_pairable_units"


def test_a_survey_without_variation_has_no_headline(tmp_path: Path) -> None:
    overall = rdpscore.measure_agreement(
        survey_of(tmp_path, table(*codings(dict.fromkeys(ANSWERS, "00"))))
    ).overall
    assert (overall.alpha_exact, overall.alpha_score, overall.percent) == (None, None, 1.0)
    assert overall.reason == "no_variation"


def test_a_selection_of_journals_is_counted_as_a_survey_of_them_would_be(shipped: Survey) -> None:
    use = (shipped.journals["publisher"] == "MDPI").to_numpy()
    chosen, every = rating_counts(shipped, 3, use), rating_counts(shipped, 3)
    np.testing.assert_array_equal(chosen[use], every[use])
    assert every[~use].any()
    assert not chosen[~use].any()


# The shipped survey ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(shipped: Survey) -> AgreementResult:
    return rdpscore.measure_agreement(shipped)


def test_the_headlines_of_the_shipped_survey(published: AgreementResult) -> None:
    """The maintainers' figures; the test below computes both from the file, pair by pair."""
    overall = published.overall
    assert (overall.n_journals, overall.n_single_coded, overall.n_items) == (161, 10, 17)
    assert overall.alpha_exact == pytest.approx(0.364, abs=0.0005)
    assert overall.alpha_score == pytest.approx(0.501, abs=0.0005)


def test_one_item_of_the_shipped_survey_is_carried_by_one_publisher(published: AgreementResult) -> None:
    null = [i for i in published.items if i.alpha is None]
    assert [(i.item, i.reason) for i in null] == [("code_autotest", "carried_by_few_clusters")]


def test_every_alpha_of_the_shipped_survey_is_krippendorffs_on_its_file(
    shipped: Survey, published: AgreementResult
) -> None:
    """From codings.csv by pandas alone: nothing of ours between the file and the package."""
    assert shipped.path is not None
    table = pd.read_csv(shipped.path / "codings.csv", dtype={"answer": float})
    for name, rows in table.groupby("item"):
        found = item(published, str(name))
        if found.alpha is None:
            continue
        wide = rows.pivot_table(index="coder", columns="journal_id", values="answer").to_numpy()
        for level, ours in (("ordinal", found.alpha_ordinal), ("nominal", found.alpha_nominal)):
            assert ours == pytest.approx(krippendorff.alpha(wide, level_of_measurement=level), abs=1e-12)


def test_the_headlines_are_sums_over_items_of_disagreements_from_the_file(
    shipped: Survey, published: AgreementResult
) -> None:
    """Observed and expected disagreement pair by pair, in plain Python; scores from the codebook."""
    assert shipped.path is not None
    table = pd.read_csv(shipped.path / "codings.csv", dtype=str)
    book = load_codebook("materials-science")
    sums = {"exact": [0.0, 0.0], "score": [0.0, 0.0]}
    for name, rows in table.groupby("item"):
        scores = dict(zip(book.item(str(name)).codes, book.item(str(name)).scores, strict=True))
        units = [list(u) for _, u in rows.groupby("journal_id")["answer"] if len(u) >= 2]
        every = [a for u in units for a in u]
        n = len(every)
        share = {a: every.count(a) for a in set(every)}
        for metric, far in (
            ("exact", lambda a, b: float(a != b)),
            ("score", lambda a, b, s=scores: (s[a] - s[b]) ** 2),
        ):
            within = [sum(far(a, b) for a in u for b in u) / (len(u) - 1) for u in units]
            sums[metric][0] += sum(within) / n
            sums[metric][1] += sum(share[a] * share[b] * far(a, b) for a in share for b in share) / (
                n * (n - 1)
            )
    exact, score = (1 - observed / expected for observed, expected in sums.values())
    assert published.overall.alpha_exact == pytest.approx(exact, abs=1e-12)
    assert published.overall.alpha_score == pytest.approx(score, abs=1e-12)


def test_percent_agreement_of_the_shipped_survey_is_a_mean_over_items(published: AgreementResult) -> None:
    percents = [i.percent for i in published.items if i.percent is not None]
    assert published.overall.percent == pytest.approx(sum(percents) / 17, abs=1e-12)


def test_the_result_is_json_without_nan(published: AgreementResult) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    result = json.loads(published.to_json(), parse_constant=refuse)
    assert set(result) == {"result", "settings", "problems"}
    assert next(i for i in result["result"]["items"] if i["item"] == "code_autotest")["alpha"] is None


def test_a_survey_with_errors_has_no_agreement(tmp_path: Path) -> None:
    with pytest.raises(rdpscore.InvalidInput):
        rdpscore.measure_agreement(survey_of(tmp_path, table("omega | c1 | | data | 1")))
