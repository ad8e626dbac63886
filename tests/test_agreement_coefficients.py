"""Coefficients of agreement: published examples, other implementations, closed forms, invariances."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from rdpscore.agreement import coefficients as co
from rdpscore.agreement.coefficients import Coefficient
from rdpscore.agreement.intraclass import icc
from rdpscore.agreement.ratings import BLOCK, Ratings
from rdpscore.agreement.statistics import Layout, total_statistics, unit_statistics
from rdpscore.agreement.weights import LEVELS, WEIGHTS, agreement_weights, distances

NAN = np.nan

# Worked examples, the numbers alone -----------------------------------------------------------------------

FOUR_OBSERVERS = [
    [1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [None, 5, 5, 5], [None, None, 1, 1], [None, None, 3, None],
]  # fmt: skip
"""Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C; in Gwet (2014) as four raters."""
FIVE = [1, 2, 3, 4, 5]

THREE_CODERS = [
    [None, 1, None], [None, None, None], [None, 2, 2], [None, 1, 1], [None, 3, 3], [3, 3, 4], [4, 4, 4],
    [1, 3, None], [2, None, 2], [1, None, 1], [1, None, 1], [3, None, 3], [3, None, 3],
    [None, None, None], [3, None, 4],
]  # fmt: skip
"""Wikipedia, Krippendorff's alpha, the computational example."""

PATIENTS = [
    "444444", "222555", "233335", "555555", "222444", "113333", "333355", "113334", "114444", "555555",
    "144444", "124444", "222333", "144444", "224445", "333335", "111455", "111112", "224444", "133555",
    "555555", "244444", "224555", "114444", "144445", "222224", "111155", "224444", "133333", "555555",
]  # fmt: skip
"""Fleiss (1971), 30 patients, six psychiatrists each, five diagnoses."""

ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
"""Gwet (2014): two abstractors, 100 pregnancies."""

JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
"""Shrout and Fleiss (1979): six targets, four judges."""


@pytest.mark.parametrize(
    ("level", "printed"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_krippendorffs_four_observers(level: Any, printed: float) -> None:
    """Krippendorff (2011), section C, with categories of which none is left out."""
    assert co.krippendorff_alpha(FOUR_OBSERVERS, FIVE, level=level).value == pytest.approx(printed, abs=5e-4)


@pytest.mark.parametrize(("level", "printed"), [("nominal", 0.691), ("interval", 0.811)])
def test_alpha_of_wikipedias_three_coders(level: Any, printed: float) -> None:
    assert co.krippendorff_alpha(THREE_CODERS, [1, 2, 3, 4], level=level).value == pytest.approx(
        printed, abs=5e-4
    )


@pytest.mark.parametrize(
    ("coefficient", "printed"),
    [
        (co.gwet_ac, 0.77544),
        (co.fleiss_kappa, 0.76117),
        (co.brennan_prediger, 0.77273),
        (co.krippendorff_alpha, 0.74342),
    ],
)
def test_coefficients_of_gwets_four_raters(coefficient: Callable[..., Coefficient], printed: float) -> None:
    """Gwet (2014), as ``irrCAC`` for R prints them: a unit with one rating counts in how common categories are."""
    assert coefficient(FOUR_OBSERVERS, FIVE).value == pytest.approx(printed, abs=1e-5)


def test_agreement_and_chance_of_gwets_four_raters() -> None:
    """p_a and p_e as ``irrCAC`` for R prints them."""
    found = co.gwet_ac(FOUR_OBSERVERS, FIVE)
    assert found.observed is not None
    assert found.expected is not None
    assert (1 - found.observed, 1 - found.expected) == pytest.approx((0.8181818, 0.1903212), abs=1e-7)
    assert co.percent_agreement(FOUR_OBSERVERS, FIVE).value == pytest.approx(0.8181818, abs=1e-7)
    assert found.n_units == 11


@pytest.mark.parametrize(
    ("weights", "printed", "within"),
    [("quadratic", 0.914, 1e-3), ("ratio", 0.857, 1e-3), ("identity", 0.77544, 1e-5)],
)
def test_weighted_coefficients_of_gwets_four_raters(weights: Any, printed: float, within: float) -> None:
    """AgreeStat's figures, as the tests of ``irrCAC`` for Python give them."""
    assert co.gwet_ac(FOUR_OBSERVERS, FIVE, weights=weights).value == pytest.approx(printed, abs=within)


@pytest.mark.parametrize(
    ("coefficient", "printed"),
    [
        (co.cohen_kappa, 0.7964094),
        (co.conger_kappa, 0.7964094),
        (co.scott_pi, 0.7962397),
        (co.fleiss_kappa, 0.7962397),
        (co.krippendorff_alpha, 0.7972585),
        (co.bangdiwala_b, 0.8059604),
    ],
)
def test_coefficients_of_gwets_abstractors(coefficient: Callable[..., Coefficient], printed: float) -> None:
    """Gwet (2014), as ``irrCAC`` for R prints them; Conger's kappa of two is Cohen's, Fleiss's is Scott's pi."""
    assert coefficient(Ratings.from_table(ABSTRACTORS)).value == pytest.approx(printed, abs=1e-6)


def test_kappa_of_fleiss_patients() -> None:
    """Fleiss (1971), .430; R's ``irr`` prints 0.4302445."""
    found = co.fleiss_kappa([list(p) for p in PATIENTS], list("12345"))
    assert found.value == pytest.approx(0.4302445, abs=1e-6)
    assert found.expected == pytest.approx(1 - 0.2201, abs=2e-4)  # printed from rounded shares


def test_kappas_of_cohens_diagnoses() -> None:
    """Cohen (1960), .492; Cohen (1968), .348 with his weights of disagreement."""
    table = Ratings.from_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    assert co.cohen_kappa(table).value == pytest.approx(0.492, abs=5e-4)
    weights = [[0, 1, 3], [1, 0, 6], [3, 6, 0]]
    assert co.cohen_kappa(table, distance=weights).value == pytest.approx(0.348, abs=5e-4)


@pytest.mark.parametrize(
    ("model", "average", "printed"),
    [(1, False, 0.17), (2, False, 0.29), (3, False, 0.71), (1, True, 0.44), (2, True, 0.62), (3, True, 0.91)],
)
def test_intraclass_correlations_of_shrout_and_fleiss(model: Any, average: bool, printed: float) -> None:
    """Shrout and Fleiss (1979), table 4."""
    assert icc(JUDGES, model, average=average).value == pytest.approx(printed, abs=0.006)


# All reference vectors ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def vectors(reference: Path) -> dict[str, dict[str, Any]]:
    content = json.loads((reference / "agreement_vectors.json").read_text(encoding="utf-8"))
    every = {v["id"]: v for v in content["vectors"]}
    return {k: {**every[v["data_ref"]], **v} if "data_ref" in v else v for k, v in every.items()}


def ratings_of(vector: dict[str, Any]) -> Ratings:
    if vector["format"] == "contingency":
        return Ratings.from_table(vector["table"])
    if vector["format"] == "counts_units_x_categories":
        return Ratings.from_counts(vector["counts"])
    return Ratings.from_labels(vector["data"], vector["categories"])


def computed(name: str, ratings: Ratings, vector: dict[str, Any]) -> float | None:
    weights, distance = vector.get("weights", "identity"), vector.get("disagreement_weights")
    if name.startswith("icc"):
        return icc(ratings, int(name[3]), average=name.endswith("k")).value  # type: ignore[arg-type]
    if name == "krippendorff_alpha":
        return co.krippendorff_alpha(ratings, level=vector.get("level", "nominal"), distance=distance).value
    if name in ("gwet_ac1", "gwet_ac2"):
        return co.gwet_ac(ratings, weights=weights).value
    if name in ("cohen_kappa", "cohen_weighted_kappa"):
        return co.cohen_kappa(ratings, weights=weights, distance=distance).value
    found: float | None = getattr(co, name)(ratings).value
    return found


def test_every_reference_vector_is_met(vectors: dict[str, dict[str, Any]]) -> None:
    unlike = {}
    for name, vector in vectors.items():
        found = computed(vector["coefficient"], ratings_of(vector), vector)
        if found is None or abs(found - vector["expected"]) > vector["tolerance"]:
            unlike[name] = (found, vector["expected"])
    assert unlike == {}
    assert len(vectors) >= 54


def test_figures_printed_beside_the_vectors_are_met(vectors: dict[str, dict[str, Any]]) -> None:
    others = {"scott_pi": co.scott_pi, "S": co.brennan_prediger, "randolph_kappa": co.randolph_kappa}
    met = 0
    for vector in vectors.values():
        for name, printed in vector.get("also", {}).items():
            if name in others:
                met += 1
                assert others[name](ratings_of(vector)).value == pytest.approx(printed, abs=1e-3)
    assert met >= 6


def test_a_category_that_nobody_used_changes_weighted_kappa(vectors: dict[str, dict[str, Any]]) -> None:
    """The printed values with and without it: R's ``irr`` drops it, the codebook does not."""
    data = vectors["irr_anxiety_r2r3_linear"]["data"]
    whole = [1, 2, 3, 4, 5, 6]
    assert co.cohen_kappa(data, whole, weights="linear").value == pytest.approx(0.12621359223300976)
    assert co.cohen_kappa(data, whole, weights="quadratic").value == pytest.approx(0.22979797979797978)


# Undefined ------------------------------------------------------------------------------------------------

CHANCE_FROM_RATINGS = (co.krippendorff_alpha, co.fleiss_kappa, co.scott_pi, co.conger_kappa, co.cohen_kappa)
EVERY = (*CHANCE_FROM_RATINGS, co.gwet_ac, co.brennan_prediger, co.randolph_kappa, co.bangdiwala_b)


@pytest.mark.parametrize("coefficient", [*CHANCE_FROM_RATINGS, co.bangdiwala_b])
@pytest.mark.parametrize("categories", [[1], [0, 1]])
def test_one_category_throughout_is_no_variation(
    coefficient: Callable[..., Coefficient], categories: list[int]
) -> None:
    found = coefficient([[1, 1]] * 10, categories)
    assert (found.value, found.reason, found.n_units) == (None, "no_variation", 10)
    assert co.percent_agreement([[1, 1]] * 10, categories).value == 1


@pytest.mark.parametrize("coefficient", [co.gwet_ac, co.brennan_prediger, co.randolph_kappa])
def test_one_category_of_several_is_agreement_where_chance_does_not_come_from_ratings_alone(
    coefficient: Callable[..., Coefficient],
) -> None:
    """By their formulas: chance agreement is 0, or 1/q; with a single category it is 1."""
    assert coefficient([[1, 1]] * 10, [0, 1]).value == 1
    only = coefficient([[1, 1]] * 10, [1])
    assert (only.value, only.reason) == (None, "no_variation")


@pytest.mark.parametrize("coefficient", [*EVERY, co.percent_agreement])
@pytest.mark.parametrize("data", [[[1, None], [None, 0], [1, None]], [[None, None]], np.zeros((0, 2))])
def test_no_unit_rated_twice_is_no_pairable_units(coefficient: Callable[..., Coefficient], data: Any) -> None:
    found = coefficient(data, [0, 1])
    assert (found.value, found.reason, found.n_units) == (None, "no_pairable_units", 0)


def test_unequal_numbers_of_ratings_have_a_fleiss_kappa() -> None:
    """Two pairable units of three: one agrees, one does not; shares (1 + 1 + 1/2)/3 and 1/6."""
    found = co.fleiss_kappa(Ratings.from_counts([[2, 0], [1, 0], [1, 1]]))
    assert found.n_units == 2
    assert found.value == pytest.approx(1 - 0.5 / (2 * 5 / 6 * 1 / 6))


def test_text_categories_keep_the_given_order() -> None:
    """As numbers 1, 2, 10 in this order, not as sorted text: ``krippendorff`` on their places."""
    data = [["10", "2"], ["2", "2"], ["1", "10"]]
    places = [[2, 1], [1, 1], [0, 2]]
    theirs = krippendorff.alpha(
        np.array(places, float).T, value_domain=[0, 1, 2], level_of_measurement="ordinal"
    )
    found = co.krippendorff_alpha(data, ["1", "2", "10"], level="ordinal").value
    assert found == pytest.approx(theirs, abs=1e-12)
    assert found != pytest.approx(co.krippendorff_alpha(data, ["1", "10", "2"], level="ordinal").value)


@pytest.mark.parametrize("coefficient", [co.conger_kappa, co.cohen_kappa, co.bangdiwala_b])
def test_coefficients_of_persons_do_not_exist_of_slots(coefficient: Callable[..., Coefficient]) -> None:
    slots = Ratings.from_labels([[1, 2], [2, 2], [1, 1]], [1, 2], persons=False)
    assert coefficient(slots).reason == "anonymous_coders"
    assert coefficient(Ratings.from_counts([[2, 0], [1, 1]])).reason == "anonymous_coders"
    assert coefficient(Ratings.from_labels([[1, 2], [2, 2], [1, 1]], [1, 2])).value is not None


def test_intraclass_correlations_of_persons_do_not_exist_of_slots() -> None:
    slots = Ratings.from_labels(JUDGES, range(1, 11), persons=False)
    assert [icc(slots, m).reason for m in (1, 2, 3)] == [None, "anonymous_coders", "anonymous_coders"]  # type: ignore[arg-type]
    assert icc(slots, 1).value == icc(JUDGES, 1).value
    counted = Ratings.from_counts(slots.counts, range(1, 11))
    assert icc(counted, 1).value == pytest.approx(icc(JUDGES, 1).value)


@pytest.mark.parametrize("model", [1, 2, 3])
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ([[1, None], [None, 2]], "no_pairable_units"),
        ([[1, 2]], "too_few_units"),
        ([[3, 3], [3, 3], [3, 3]], "no_variation"),
        ([[0.1, 0.1], [0.1, 0.1], [0.1, 0.1]], "no_variation"),
    ],
)
def test_undefined_intraclass_correlations_have_a_reason(model: Any, data: Any, reason: str) -> None:
    found = icc(data, model)
    assert (found.value, found.reason) == (None, reason)


def test_three_persons_have_no_cohens_kappa_and_no_scotts_pi() -> None:
    three = [[1, 2, 1], [2, 2, 2]]
    assert co.cohen_kappa(three, [1, 2]).reason == "not_two_coders"
    assert co.scott_pi(three, [1, 2]).reason == "not_two_coders"
    with_nobody = [[1, None, 1], [2, None, 2], [1, None, 2]]
    assert co.cohen_kappa(with_nobody, [1, 2]).value == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: co.krippendorff_alpha([[1, 3]], [1, 2]), "3 is none of the categories"),
        (lambda: co.krippendorff_alpha(np.array([[1.0, 2.5]]), [1, 2]), "2.5.* is none of the categories"),
        (lambda: co.krippendorff_alpha(np.array([[0, 1]]), [1, 2]), "0.* is none of the categories"),
        (lambda: co.krippendorff_alpha([["a", "b"]], ["a"]), "'b' is none"),
        (lambda: co.krippendorff_alpha([[1, 1]], [1, 1]), "twice"),
        (lambda: co.krippendorff_alpha([[1, 1]], []), "no categories"),
        (lambda: co.krippendorff_alpha([[1, 1]]), "give the categories"),
        (lambda: co.krippendorff_alpha([1, 1], [1, 2]), "units × coders"),
        (lambda: co.krippendorff_alpha([["a", "b"]], ["a", "b"], level="interval"), "numbers"),
        (lambda: co.krippendorff_alpha([[1, 2]], [1, 2], level="odd"), "levels of measurement"),  # type: ignore[arg-type]
        (lambda: co.krippendorff_alpha([[1, 2]], [1, 2], distance=[[0, 1], [2, 0]]), "symmetric"),
        (lambda: co.krippendorff_alpha([[1, 2]], [1, 2], distance=[[0, -1], [-1, 0]]), "not negative"),
        (lambda: co.krippendorff_alpha([[1, 2]], [1, 2], distance=[[0]]), "2 × 2"),
        (lambda: co.gwet_ac([[1, 2]], [1, 2], weights="odd"), "weights are identity"),
        (lambda: co.gwet_ac([[1, 2]], [1, 2], weights=[[0, 1], [1, 0]]), "1 on the diagonal"),
        (lambda: co.gwet_ac([[-1, 2]], [-1, 2], weights="ratio"), "not negative"),
        (lambda: Ratings.from_counts([[1, 0.5]]), "whole numbers"),
        (lambda: Ratings.from_counts([[1, 2]], [1]), "1 categories for 2"),
        (lambda: Ratings.from_table([[1, 2]]), "square"),
        (lambda: Ratings.from_table([[1, -1], [0, 0]]), "whole numbers"),
        (lambda: icc([["a", "b"]]), "numbers"),
        (lambda: icc(JUDGES, 4), "models are 1, 2 and 3"),  # type: ignore[arg-type]
        (lambda: co.fleiss_kappa(Ratings.from_counts([[1, 1]]), [3, 4]), "categories of their own"),
    ],
)
def test_wrong_use_says_what_is_wrong(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


# Other implementations ------------------------------------------------------------------------------------


def random_design(seed: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], Any]:
    """Units × coders with missing ratings, categories of which some may be unused, and a level."""
    rng = np.random.default_rng(seed)
    level = LEVELS[seed % 4]
    q, coders, units = rng.integers(2, 8), rng.integers(2, 7), rng.integers(2, 40)
    values = np.arange(1.0, q + 1) if rng.random() < 0.5 else np.sort(rng.choice(50, q, replace=False) / 4)
    used = rng.permutation(q)[: rng.integers(2, q + 1)]
    truth = rng.choice(used, units)
    noise = rng.choice(used, (units, coders))
    codes = np.where(rng.random((units, coders)) < rng.random(), truth[:, None], noise)
    data = values[codes]
    data[rng.random((units, coders)) < rng.choice([0, 0.1, 0.5])] = NAN
    return data, values, level


def pairable(data: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    use = (~np.isnan(data)).sum(axis=1) >= 2
    seen = data[use]
    return np.asarray(seen[~np.isnan(seen)])


def test_alpha_is_that_of_the_package_krippendorff_on_1000_random_designs() -> None:
    """Levels, missing ratings, two to six coders, unused categories; equal to 1e-12."""
    compared, seed, worst = 0, 0, 0.0
    while compared < 1000:
        data, values, level = random_design(seed)
        seed += 1
        found = co.krippendorff_alpha(data, values.tolist(), level=level)
        if len(np.unique(pairable(data))) < 2:
            assert found.value is None
            continue
        theirs = krippendorff.alpha(data.T, value_domain=values, level_of_measurement=level)
        assert found.value is not None
        worst = max(worst, abs(found.value - theirs))
        compared += 1
    assert worst < 1e-12


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([None, "linear", "quadratic"]))
def test_cohens_kappa_is_that_of_scikit_learn(seed: int, weights: Any) -> None:
    rng = np.random.default_rng(seed)
    q = int(rng.integers(2, 6))
    pairs = rng.integers(0, q, (30, 2))
    pairs[:10, 1] = pairs[:10, 0]
    theirs = cohen_kappa_score(*pairs.T, labels=range(q), weights=weights)
    found = co.cohen_kappa(pairs, range(q), weights=weights or "identity").value
    assert found == pytest.approx(theirs, abs=1e-12)


def test_fleiss_kappa_is_that_of_statsmodels() -> None:
    """Complete designs, which are all that ``statsmodels`` takes."""
    from statsmodels.stats.inter_rater import fleiss_kappa

    rng = np.random.default_rng(0)
    for _ in range(50):
        counts = rng.multinomial(5, rng.dirichlet(np.ones(4)), 12)
        for ours, method in ((co.fleiss_kappa, "fleiss"), (co.randolph_kappa, "randolph")):
            theirs = fleiss_kappa(counts, method=method)
            assert ours(Ratings.from_counts(counts)).value == pytest.approx(theirs, abs=1e-12)


def test_double_coded_journals_of_another_study_fed_in_from_python(reference: Path) -> None:
    """Hardwicke et al. 2019: 162 journals with two coders; scikit-learn's kappa, ``krippendorff``'s alpha."""
    path = reference / "statistical-guidance-2019" / "data_coding.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [r for r in csv.DictReader(stream) if "/" not in r["Choose coder initials"]]
    answers: dict[str, list[dict[str, str]]] = {}
    for (
        row
    ) in rows:  # the first coder's stands before the second's; of one journal both bear the same initials
        name = row["Enter journal name:"].strip().upper()
        if not name.startswith("SHARED"):
            answers.setdefault(name, []).append(row)
    double = [both for both in answers.values() if len(both) == 2]
    assert len(double) == 162
    compared = 0
    for item in (c for c in rows[0] if c.startswith(("Is any guidance", "Does the journal"))):
        given = [[row[item].strip().upper() for row in both] for both in double]
        data = [[v if v in ("YES", "NO") else None for v in pair] for pair in given]
        complete = [pair for pair in data if None not in pair]
        numbers = [[NAN if v is None else float(v == "YES") for v in pair] for pair in data]
        kappa, alpha = co.cohen_kappa(data, ["NO", "YES"]), co.krippendorff_alpha(data, ["NO", "YES"])
        if len({v for pair in complete for v in pair}) < 2:
            assert kappa.value is alpha.value is None
            continue
        assert kappa.n_units == alpha.n_units == len(complete)
        assert kappa.value == pytest.approx(cohen_kappa_score(*zip(*complete, strict=True)), abs=1e-12)
        theirs = krippendorff.alpha(np.array(numbers).T, level_of_measurement="nominal")
        assert alpha.value == pytest.approx(theirs, abs=1e-12)
        compared += 1
    assert compared >= 15


# Closed forms and the two ways to add up ------------------------------------------------------------------


def test_weights_are_those_of_gwets_formulas() -> None:
    """Gwet (2014), chapter 3, on categories 1 to 4, by hand for a pair of neighbours and of the ends."""
    values = np.arange(1.0, 5)
    expected = {
        "identity": (0, 0),
        "linear": (1 - 1 / 3, 0),
        "quadratic": (1 - 1 / 9, 0),
        "ordinal": (1 - 1 / 6, 0),
        "radical": (1 - np.sqrt(1 / 3), 0),
        "ratio": (1 - (1 / 3) ** 2 / (3 / 5) ** 2, 0),
        "bipolar": (1 - 1 / (1 * 5), 0),
    }
    for name in WEIGHTS:
        found = agreement_weights(name, values)
        assert (found[0, 1], found[0, 3]) == pytest.approx(expected[name]), name
        assert np.array_equal(np.diag(found), np.ones(4)), name
        assert np.allclose(found, found.T), name


def test_brennan_prediger_with_weights_by_hand() -> None:
    """Three categories, linear: T_w = 3 + 4/2 = 5, p_e = 5/9; of four units two agree and two are neighbours."""
    data = [[1, 1], [3, 3], [1, 2], [2, 3]]
    found = co.brennan_prediger(data, [1, 2, 3], weights="linear").value
    assert found == pytest.approx((0.75 - 5 / 9) / (1 - 5 / 9))


def test_scotts_pi_by_hand() -> None:
    """p_a = 3/5; of ten ratings six are 1: p_e = .36 + .16."""
    assert co.scott_pi([[1, 1], [1, 1], [2, 2], [1, 2], [2, 1]], [1, 2]).value == pytest.approx(0.08 / 0.48)


def test_congers_kappa_is_chance_between_pairs_of_coders() -> None:
    """The definition, pair by pair: the mean over pairs of coders of what Cohen would expect of them."""
    rng = np.random.default_rng(3)
    codes = rng.integers(0, 3, (25, 4))
    shares = np.array([np.bincount(c, minlength=3) / 25 for c in codes.T])
    chance = np.mean([shares[a] @ shares[b] for a, b in combinations(range(4), 2)])
    agreed = np.mean([np.mean(codes[:, a] == codes[:, b]) for a, b in combinations(range(4), 2)])
    assert co.conger_kappa(codes, range(3)).value == pytest.approx((agreed - chance) / (1 - chance))


def test_congers_kappa_with_missing_ratings_is_the_formula_with_the_variance_of_shares() -> None:
    """Gwet (2014): p_e = Σ p̄² − Σ s² / r, each coder's shares over what he rated."""
    rng = np.random.default_rng(4)
    codes = rng.integers(0, 3, (40, 4)).astype(float)
    codes[rng.random(codes.shape) < 0.3] = NAN
    shares = np.array([[np.mean(c[~np.isnan(c)] == k) for k in range(3)] for c in codes.T])
    chance = (shares.mean(axis=0) ** 2 - shares.var(axis=0, ddof=1) / 4).sum()
    agreed = 1 - co.conger_kappa(codes, range(3)).observed  # type: ignore[operator]
    assert agreed == pytest.approx(co.percent_agreement(codes, range(3)).value)
    assert co.conger_kappa(codes, range(3)).value == pytest.approx((agreed - chance) / (1 - chance))


def test_bangdiwalas_b_of_perfect_agreement_and_of_none() -> None:
    assert co.bangdiwala_b(Ratings.from_table([[5, 0], [0, 5]])).value == 1
    assert co.bangdiwala_b(Ratings.from_table([[0, 5], [5, 0]])).value == 0
    assert co.bangdiwala_b(Ratings.from_table([[0, 5], [0, 0]])).reason == "no_variation"


def test_one_way_intraclass_correlation_of_unequal_numbers_is_the_analysis_of_variance() -> None:
    """Mean squares from scipy's F, k₀ by its formula."""
    from scipy.stats import f_oneway

    groups = [[1.0, 2.0], [4.0, 5.0, 4.5], [7.0, 6.0], [3.0, 1.0, 2.0, 2.5]]
    data = [g + [NAN] * (4 - len(g)) for g in groups]
    found = icc(data, 1)
    sizes = np.array([len(g) for g in groups], float)
    k = (sizes.sum() - (sizes**2).sum() / sizes.sum()) / 3
    ratio = f_oneway(*groups).statistic
    assert found.value == pytest.approx((ratio - 1) / (ratio + k - 1))
    assert icc(data, 1, average=True).value == pytest.approx((ratio - 1) / ratio)
    assert found.n_coders == pytest.approx(k)


def test_statistics_of_all_units_are_the_sums_of_those_of_each() -> None:
    rng = np.random.default_rng(5)
    codes = rng.integers(-1, 4, (500, 3))
    data = np.where(codes < 0, NAN, codes)
    ratings = Ratings.from_labels(data, range(4))
    by_unit = unit_statistics(ratings.counts)
    assert by_unit.shape == (500, Layout(4).size)
    np.testing.assert_allclose(total_statistics(ratings), by_unit.sum(axis=0), atol=1e-9)
    counted = Ratings.from_counts(ratings.counts, range(4))  # not by pattern
    np.testing.assert_allclose(total_statistics(counted), by_unit.sum(axis=0), atol=1e-9)


@pytest.mark.parametrize("coders", [2, 9])
def test_more_units_than_a_block_holds_are_all_counted(coders: int) -> None:
    """By patterns of ratings where these are few, and unit by unit where they are not."""
    n = 2 * BLOCK + 7
    rng = np.random.default_rng(6)
    data = rng.integers(1, 6, (n, coders)).astype(float)
    data[rng.random(data.shape) < 0.2] = NAN
    found = co.krippendorff_alpha(data, FIVE, level="ordinal").value
    theirs = krippendorff.alpha(data.T, value_domain=FIVE, level_of_measurement="ordinal")
    assert found == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("kind", ["int8", "uint8", "int64", "float32", "object"])
def test_ratings_of_any_kind_of_number_are_the_same(kind: str) -> None:
    data = np.array([[1, 2], [2, 2], [3, 1], [3, 3]])
    expected = co.krippendorff_alpha(data.astype(float), [1, 2, 3], level="interval").value
    assert co.krippendorff_alpha(data.astype(kind), [1, 2, 3], level="interval").value == expected
    with pytest.raises(ValueError, match="none of the categories"):
        co.krippendorff_alpha(np.array([[1, 100]]).astype(kind), [1, 2, 3])


# Properties -----------------------------------------------------------------------------------------------

SEEDS = st.integers(0, 2**32 - 1)


def drawn(seed: int, q: int = 4) -> npt.NDArray[np.float64]:
    """Categories 1 to q, some missing; two of them occur in pairable units."""
    rng = np.random.default_rng(seed)
    data = rng.integers(1, q + 1, (15, 4)).astype(float)
    data[rng.random(data.shape) < 0.25] = NAN
    data[0], data[1] = 1, 2
    return data


def every_value(data: npt.NDArray[np.float64], categories: list[float]) -> list[float | None]:
    exchangeable = [co.krippendorff_alpha(data, categories, level=level).value for level in LEVELS]
    for weights in WEIGHTS:
        for coefficient in (co.gwet_ac, co.brennan_prediger, co.fleiss_kappa, co.conger_kappa):
            exchangeable.append(coefficient(data, categories, weights=weights).value)
    return [*exchangeable, *(icc(data, m, average=a).value for m in (1, 2, 3) for a in (False, True))]  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_the_order_of_coders_and_units_does_not_matter(seed: int) -> None:
    data, rng = drawn(seed), np.random.default_rng(seed)
    turned = data[rng.permutation(len(data))][:, rng.permutation(data.shape[1])]
    assert every_value(turned, [1, 2, 3, 4]) == pytest.approx(every_value(data, [1, 2, 3, 4]), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_relabelling_changes_no_nominal_coefficient(seed: int) -> None:
    data, rng = drawn(seed), np.random.default_rng(seed)
    names = rng.permutation(["w", "x", "y", "z"])
    labels = [[None if np.isnan(v) else names[int(v) - 1] for v in unit] for unit in data]
    coefficients = (co.krippendorff_alpha, co.gwet_ac, co.brennan_prediger, co.fleiss_kappa, co.conger_kappa)
    for coefficient in coefficients:
        found = coefficient(labels, ["w", "x", "y", "z"]).value
        assert found == pytest.approx(coefficient(data, [1, 2, 3, 4]).value, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_monotone_recoding_changes_no_ordinal_coefficient(seed: int) -> None:
    data, rng = drawn(seed), np.random.default_rng(seed)
    values = np.cumsum(rng.random(4) + 0.01)
    recoded = np.where(np.isnan(data), NAN, values[np.nan_to_num(data, nan=1).astype(int) - 1])
    before, after = [1, 2, 3, 4], values.tolist()
    for first, second in (
        (
            co.krippendorff_alpha(data, before, level="ordinal"),
            co.krippendorff_alpha(recoded, after, level="ordinal"),
        ),
        (co.gwet_ac(data, before, weights="ordinal"), co.gwet_ac(recoded, after, weights="ordinal")),
    ):
        assert second.value == pytest.approx(first.value, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.floats(0.01, 100), st.floats(-100, 100))
def test_a_x_plus_b_changes_no_interval_coefficient(seed: int, a: float, b: float) -> None:
    data = drawn(seed)
    values = [a * v + b for v in (1, 2, 3, 4)]
    recoded = np.where(np.isnan(data), NAN, np.array(values)[np.nan_to_num(data, nan=1).astype(int) - 1])
    found = co.krippendorff_alpha(recoded, values, level="interval").value
    assert found == pytest.approx(co.krippendorff_alpha(data, [1, 2, 3, 4], level="interval").value, abs=1e-9)
    assert icc(recoded, 1).value == pytest.approx(icc(data, 1).value, abs=1e-7)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(1, 4), st.integers(0, 3))
def test_a_unit_with_one_rating_changes_no_alpha(seed: int, category: int, coder: int) -> None:
    data = drawn(seed)
    single = np.full(4, NAN)
    single[coder] = category
    more = np.vstack([data, single, np.full(4, NAN)])
    for level in LEVELS:
        before = co.krippendorff_alpha(data, [1, 2, 3, 4], level=level)
        assert co.krippendorff_alpha(more, [1, 2, 3, 4], level=level) == before


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_ac2_with_identity_weights_is_ac1(seed: int) -> None:
    """AC1 from Gwet (2008), written out: chance from Σ π (1 − π) / (q − 1)."""
    data = drawn(seed)
    rated = data[(~np.isnan(data)).any(axis=1)]
    share = np.mean(
        [[np.nanmean(np.where(np.isnan(u), NAN, u == k)) for k in FIVE[:4]] for u in rated], axis=0
    )
    chance = (share * (1 - share)).sum() / 3
    agreed = co.percent_agreement(data, [1, 2, 3, 4]).value
    assert agreed is not None
    for weights in ("identity", np.eye(4)):
        found = co.gwet_ac(data, [1, 2, 3, 4], weights=weights).value
        assert found == pytest.approx((agreed - chance) / (1 - chance), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_a_given_distance_is_that_of_its_level(seed: int) -> None:
    data = drawn(seed)
    for level in ("nominal", "interval", "ratio"):
        apart = distances(level, np.arange(1.0, 5))  # type: ignore[arg-type]
        assert apart is not None
        found = co.krippendorff_alpha(data, [1, 2, 3, 4], distance=apart)
        assert found == co.krippendorff_alpha(data, [1, 2, 3, 4], level=level)  # type: ignore[arg-type]
        scaled = co.krippendorff_alpha(data, [1, 2, 3, 4], distance=7 * apart).value
        assert scaled == pytest.approx(found.value, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_no_coefficient_is_above_one_and_agreement_is_one_throughout(seed: int) -> None:
    data = drawn(seed)
    values = [v for v in every_value(data, [1, 2, 3, 4]) if v is not None]
    assert max(values) <= 1 + 1e-12
    same = np.repeat(np.nan_to_num(data[:, :1], nan=1), 4, axis=1)
    assert every_value(same, [1, 2, 3, 4]) == pytest.approx([1.0] * len(every_value(same, [1, 2, 3, 4])))
