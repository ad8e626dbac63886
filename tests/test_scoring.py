"""Scores: worked by hand on a small codebook, properties on random surveys, the shipped survey."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from finding import sheet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import SMALL_CODEBOOK, write_survey

import rdpscore
from rdpscore.codebook import Codebook, Scheme, load_codebook
from rdpscore.problems import InvalidInput
from rdpscore.scoring import ScoreResult, score, weights
from rdpscore.survey import Survey, load

JOURNALS = sheet(
    "journal_id | title | publisher", "alpha | Alpha Letters | North", "beta | Beta Reviews | South"
)


def survey_of(tmp_path: Path, *rows: str, codebook: str = SMALL_CODEBOOK, **tables: str) -> Survey:
    """A survey of codings, each ``journal coder item answer``."""
    codings = sheet("journal_id | coder | item | answer", *(" | ".join(r.split(" ")) for r in rows))
    return load(
        write_survey(tmp_path / "survey", codebook, **({"journals": JOURNALS} | tables), codings=codings)
    )


def row(result: ScoreResult, journal: str = "alpha") -> pd.Series:
    return result.journals.set_index("journal_id").loc[journal]


COMPLETE = ("alpha c1 policy yes", "alpha c1 data 1", "alpha c1 code 1")
"""Scores 1, 0.5 and 1; policy and data are of the dimension data, code of the dimension code."""


# Worked by hand ----------------------------------------------------------------------------------------


def test_the_default_scheme_is_the_mean_of_the_items(tmp_path: Path) -> None:
    found = score(survey_of(tmp_path, *COMPLETE))
    assert found.scheme.id == "equal"
    assert row(found)["score"] == pytest.approx((1 + 0.5 + 1) / 3)


def test_by_dimension_is_the_mean_of_the_dimensions_means(tmp_path: Path) -> None:
    found = score(survey_of(tmp_path, *COMPLETE), "by-dimension")
    assert row(found)["score"] == pytest.approx(((1 + 0.5) / 2 + 1) / 2)


def scheme(**fields: object) -> Scheme:
    return Scheme.model_validate({"id": "mine", "title": "Mine"} | fields)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 2.5 / 3),
        ({"weights": {"data": 4.0}}, (1 + 4 * 0.5 + 1) / 6),
        ({"weights": {"data": 0.0}}, 1.0),
        ({"weights": {"policy": 0.0, "code": 0.0}}, 0.5),
        ({"weights": {"data": 0.25, "policy": 0.25, "code": 0.25}}, 2.5 / 3),
        ({"divisor": 5.0}, 2.5 / 5),
        ({"divisor": 10.0, "weights": {"data": 4.0}}, 4 / 10),
        ({"by": "dimensions", "weights": {"data": 3.0}}, ((1 + 3 * 0.5) / 4 + 1) / 2),
        ({"by": "dimensions", "weights": {"code": 7.0}}, (0.75 + 1) / 2),
    ],
    ids=[
        "equal",
        "weight",
        "weight 0",
        "one item",
        "same weights",
        "divisor",
        "both",
        "within",
        "one in dimension",
    ],
)
def test_a_scheme_weights_items_and_divides(
    tmp_path: Path, fields: Mapping[str, object], expected: float
) -> None:
    found = score(survey_of(tmp_path, *COMPLETE), scheme(**fields))
    assert row(found)["score"] == pytest.approx(expected)


def test_items_that_do_not_apply_are_left_out_and_counted(tmp_path: Path) -> None:
    found = row(score(survey_of(tmp_path, "alpha c1 policy no")))
    assert (found["score"], found["score_low"], found["score_high"]) == (0, 0, 0)
    assert (found["n_items"], found["n_missing"], found["n_not_applicable"]) == (1, 0, 2)


def test_a_missing_item_is_not_zero_and_is_bounded_by_all_options(tmp_path: Path) -> None:
    found = row(score(survey_of(tmp_path, "alpha c1 policy yes", "alpha c1 code 0")))
    assert found["score"] == pytest.approx(1 / 2)
    assert (found["score_low"], found["score_high"]) == pytest.approx((1 / 3, 2 / 3))
    assert (found["n_items"], found["n_missing"], found["n_not_applicable"]) == (2, 1, 0)


def test_an_unresolved_disagreement_is_bounded_by_the_coders_answers(tmp_path: Path) -> None:
    found = row(
        score(survey_of(tmp_path, *COMPLETE, "alpha c2 policy yes", "alpha c2 data 2", "alpha c2 code 1"))
    )
    assert (found["score_low"], found["score_high"]) == pytest.approx((2.5 / 3, 3 / 3))
    assert found["score"] == 1
    assert found["n_missing"] == 1


def test_a_score_never_lies_outside_what_the_coders_answered(tmp_path: Path) -> None:
    """The others' mean is (1 + 0) / 2; with data at 0.9 or 1 the score is (1 + 0 + 0.9) / 3 at the least."""
    book = SMALL_CODEBOOK.replace(
        '{code: "1", label: Encouraged, score: 0.5}', '{code: "1", label: E, score: 0.9}'
    )
    rows = [f"alpha c{k} {a}" for k in (1, 2) for a in ("policy yes", f"data {k}", "code 0")]
    found = row(score(survey_of(tmp_path, *rows, codebook=book)))
    assert found["score_low"] == pytest.approx((1 + 0 + 0.9) / 3)
    assert found["score"] == found["score_low"]


def test_an_adjudicated_answer_counts_as_it_stands(tmp_path: Path) -> None:
    rows = (*COMPLETE, "alpha c2 policy yes", "alpha c2 data 2", "alpha c2 code 1")
    found = row(
        score(
            survey_of(tmp_path, *rows, adjudications=sheet("journal_id | item | answer", "alpha | data | 0"))
        )
    )
    assert found["score"] == found["score_low"] == found["score_high"] == pytest.approx(2 / 3)
    assert found["n_missing"] == 0


def test_with_a_divisor_a_missing_item_is_taken_as_the_mean_of_the_others(tmp_path: Path) -> None:
    """Sum over the divisor where all is there; so a missing item must not lower the score as a 0 would."""
    found = row(score(survey_of(tmp_path, "alpha c1 policy yes", "alpha c1 code 1"), scheme(divisor=5.0)))
    assert found["score"] == pytest.approx(3 / 5)
    assert (found["score_low"], found["score_high"]) == pytest.approx((2 / 5, 3 / 5))


def test_a_dimension_without_answers_is_left_out_and_bounded(tmp_path: Path) -> None:
    found = row(score(survey_of(tmp_path, "alpha c1 policy yes", "alpha c1 data 1"), "by-dimension"))
    assert found["score"] == pytest.approx(0.75)
    assert (found["score_low"], found["score_high"]) == pytest.approx((0.375, 0.875))


def test_a_journal_whose_answers_weigh_nothing_has_no_score(tmp_path: Path) -> None:
    found = row(score(survey_of(tmp_path, "alpha c1 policy yes"), scheme(weights={"policy": 0.0})))
    assert np.isnan(found["score"])
    assert found["n_items"] == 1
    assert (found["score_low"], found["score_high"]) == (0, 1)


def test_items_that_are_not_scored_take_no_part(tmp_path: Path) -> None:
    book = SMALL_CODEBOOK.replace("    title: Policy\n", "    title: Policy\n    scored: false\n")
    found = row(score(survey_of(tmp_path, *COMPLETE, codebook=book)))
    assert found["score"] == pytest.approx(0.75)
    assert found["n_items"] == 2


@pytest.mark.parametrize(
    ("rows", "adjudications", "expected"),
    [
        (COMPLETE, (), "single 3"),
        (("alpha c1 policy no", "alpha c2 policy no"), (), "agreed 1"),
        ((*COMPLETE, "alpha c2 policy yes", "alpha c2 code 0"), (), "single 1, agreed 1"),
        (
            (*COMPLETE, "alpha c2 policy yes", "alpha c2 code 0"),
            ("alpha | code | 0",),
            "single 1, agreed 1, adjudicated 1",
        ),
        ((), ("alpha | policy | yes", "alpha | data | 2"), "consensus_only 2"),
        ((), (), "none"),
    ],
)
def test_resolved_by_counts_how_the_answers_came_about(
    tmp_path: Path, rows: tuple[str, ...], adjudications: tuple[str, ...], expected: str
) -> None:
    adopted = sheet("journal_id | item | answer", *adjudications)
    assert row(score(survey_of(tmp_path, *rows, adjudications=adopted)))["resolved_by"] == expected


# Ranks and publishers ----------------------------------------------------------------------------------

MANY = sheet(
    "journal_id | title | publisher | impact | field",
    "a | A Letters | North | 1.5 | physics",
    "b | B Letters | North | | physics",
    "c | C Letters | South | 3 |",
    "d | D Letters | South | 4 | chemistry",
    "e | E Letters | | 5 |",
    "f | F Letters | West | 6 |",
)


def answers(**by_journal: str) -> list[str]:
    """One coder's answers to policy, data and code, side by side: ``y21``."""
    return [
        f"{journal} c1 {item} {'yes' if a == 'y' else 'no' if a == 'n' else a}"
        for journal, given_answers in by_journal.items()
        for item, a in zip(("policy", "data", "code"), given_answers, strict=False)
    ]


@pytest.fixture
def ranked(tmp_path: Path) -> ScoreResult:
    """a 5/6, b 5/6 otherwise answered, c 2/3, d 1, e 2/3; f has no answers."""
    rows = answers(a="y11", b="y11", c="y01", d="y21", e="y20")
    return score(survey_of(tmp_path, *rows, journals=MANY))


def test_rank_1_is_the_highest_and_ties_share_it(ranked: ScoreResult) -> None:
    found = ranked.journals.set_index("journal_id")["rank"]
    assert found.drop("f").to_dict() == {"d": 1, "a": 2, "b": 2, "c": 4, "e": 4}


def test_tied_counts_the_others(ranked: ScoreResult) -> None:
    found = ranked.journals.set_index("journal_id")["tied"]
    assert found.drop("f").to_dict() == {"d": 0, "a": 1, "b": 1, "c": 1, "e": 1}


def test_journals_stand_in_the_order_of_their_ranks(ranked: ScoreResult) -> None:
    assert ranked.journals["journal_id"].tolist() == ["d", "a", "b", "c", "e", "f"]


def test_a_journal_without_answers_has_neither_score_nor_rank(ranked: ScoreResult) -> None:
    found = row(ranked, "f")
    assert np.isnan(found["score"])
    assert found["rank"] is pd.NA
    assert found["tied"] is pd.NA
    assert (found["n_items"], found["n_missing"]) == (0, 3)


def test_sums_in_another_order_are_ties(tmp_path: Path) -> None:
    """0.1 + 0.7 + 0.3 and 0.3 + 0.1 + 0.7 differ in the last bit."""
    assert 0.1 + 0.7 + 0.3 != 0.3 + 0.1 + 0.7
    options = "".join(
        f"      - {{code: o{i}, label: L{i}, score: {s}}}\n" for i, s in enumerate((0, 0.1, 0.3, 0.7, 1))
    )
    items = "".join(
        f"  - id: i{k}\n    dimension: d\n    title: I{k}\n    question: Q?\n    level: ordinal\n"
        f"    evidence: optional\n    options:\n{options}"
        for k in range(3)
    )
    book = (
        f'format: 1\nid: s\nversion: "1"\ntitle: T\ndimensions: [{{id: d, title: D}}]\nitems:\n{items}'
        "schemes: [{id: equal, title: Mean}]\ndefault_scheme: equal\n"
    )
    rows = [f"alpha c1 i{k} o{a}" for k, a in enumerate("132")] + [
        f"beta c1 i{k} o{a}" for k, a in enumerate("213")
    ]
    found = score(survey_of(tmp_path, *rows, codebook=book)).journals
    assert found["score"].nunique() == 2
    assert found["rank"].tolist() == [1, 1]
    assert found["tied"].tolist() == [1, 1]


def test_attributes_come_along_in_their_own_types(ranked: ScoreResult) -> None:
    found = ranked.journals.set_index("journal_id")
    assert found["impact"].drop("b").to_dict() == {"a": 1.5, "c": 3, "d": 4, "e": 5, "f": 6}
    assert np.isnan(found.loc["b", "impact"])
    assert found.loc["d", "field"] == "chemistry"


def test_publishers_are_means_of_their_journals(ranked: ScoreResult) -> None:
    found = ranked.publishers.fillna({"publisher": "nobody"}).set_index("publisher")
    assert found["n_journals"].to_dict() == {"North": 2, "South": 2, "nobody": 1, "West": 1}
    assert found["n_scored"].to_dict() == {"North": 2, "South": 2, "nobody": 1, "West": 0}
    assert found["mean"].drop("West").to_dict() == pytest.approx(
        {"North": 5 / 6, "South": 5 / 6, "nobody": 2 / 3}
    )
    south = found.loc["South"]
    assert (south["min"], south["median"], south["max"]) == pytest.approx((2 / 3, 5 / 6, 1))
    assert south["sd"] == pytest.approx(np.sqrt(2) / 6)
    assert found.loc["West", ["mean", "mean_low", "mean_high"]].isna().all()


def test_publishers_stand_in_the_order_of_their_means_those_without_last(ranked: ScoreResult) -> None:
    assert ranked.publishers["publisher"].fillna("nobody").tolist() == ["North", "South", "nobody", "West"]


def test_a_mean_and_its_bounds_are_of_the_same_journals(ranked: ScoreResult) -> None:
    """The bounds 0 and 1 of f, which has no score, must not enter."""
    assert (
        ranked.mean == ranked.mean_low == ranked.mean_high == pytest.approx((5 / 6 * 2 + 2 / 3 * 2 + 1) / 5)
    )


def test_json_has_null_and_no_nan(ranked: ScoreResult) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    content = json.loads(ranked.to_json(), parse_constant=refuse)
    last = content["result"]["journals"][-1]
    assert (last["journal_id"], last["score"], last["rank"], last["tied"]) == ("f", None, None, None)
    assert content["result"]["publishers"][-1]["mean"] is None
    assert content["settings"]["scheme"]["id"] == "equal"


def test_a_survey_without_a_score_has_no_mean(tmp_path: Path) -> None:
    found = score(survey_of(tmp_path))
    assert (found.mean, found.mean_low, found.mean_high) == (None, None, None)
    assert found.journals["rank"].isna().all()


def test_a_survey_without_journals_is_scored_to_nothing(tmp_path: Path) -> None:
    found = score(survey_of(tmp_path, journals=sheet("journal_id | title | publisher")))
    assert len(found.journals) == len(found.publishers) == 0
    assert found.mean is None


# Schemes -----------------------------------------------------------------------------------------------


def scheme_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(f"id: mine\ntitle: Mine\n{text}", encoding="utf-8")
    return path


def test_a_scheme_file_scores(tmp_path: Path) -> None:
    path = scheme_file(tmp_path, "codebook: small\nweights: {data: 4}\n")
    found = score(survey_of(tmp_path, *COMPLETE), path)
    assert row(found)["score"] == pytest.approx(4 / 6)
    assert found.to_dict()["settings"]["scheme"]["weights"] == {"data": 4}


@pytest.mark.parametrize(
    ("text", "code", "line", "what"),
    [
        ("codebook: small\nweights: {dta: 1}", "unknown_reference", 4, "no item 'dta'; nearest: 'data'"),
        ("codebook: small\nweights:\n  code: 1\n  data: -1", "bad_field", 6, "greater than or equal to 0"),
        ("codebook: small\nweights: {policy: 0, data: 0, code: 0}", "bad_codebook", 4, "every item weight 0"),
        ("codebook: smal", "wrong_codebook", 3, "for codebook 'smal', the survey uses 'small'"),
        ("title2: x\ncodebook: small", "bad_field", 3, "title2 is not a field of this format"),
        ("weights: {data: 1}", "bad_field", 1, "codebook is missing"),
        ("codebook: small\ndivisor: 0", "bad_field", 4, "greater than 0"),
        ("codebook: small\ndivisor: .inf", "bad_field", 4, "finite"),
        ("codebook: small\nweights: {data: .nan}", "bad_field", 4, "weights.data"),
        ("codebook: small\nby: dimensions\ndivisor: 3", "bad_codebook", 5, "divisor and goes by dimensions"),
    ],
)
def test_a_faulty_scheme_file_is_a_problem_with_place_and_remedy(
    tmp_path: Path, text: str, code: str, line: int, what: str
) -> None:
    path = scheme_file(tmp_path, text)
    with pytest.raises(InvalidInput) as caught:
        score(survey_of(tmp_path, *COMPLETE), path)
    found = [p for p in caught.value.problems if p.code == code]
    assert len(found) == 1
    assert f"{path}, line {line}" in found[0].place
    assert what in found[0].what
    assert found[0].remedy


def test_an_unknown_scheme_is_a_problem_with_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="there is no scheme 'equl'; nearest: 'equal'"):
        score(survey_of(tmp_path, *COMPLETE), "equl")


def test_a_scheme_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none\.yaml"):
        score(survey_of(tmp_path, *COMPLETE), tmp_path / "none.yaml")


def test_a_survey_with_errors_has_no_scores(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="omega"):
        score(survey_of(tmp_path, "omega c1 policy yes"))


# Properties --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Codebook:
    path = tmp_path_factory.mktemp("book") / "small.yaml"
    path.write_text(SMALL_CODEBOOK, encoding="utf-8")
    return load_codebook(path)


CODES = {"policy": ("no", "yes"), "data": ("0", "1", "2"), "code": ("0", "1")}
IDS = "abcdefghijklmnop"


def frames(
    records: Mapping[tuple[str, str], Mapping[str, str]], ids: str = IDS
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Journals, and codings of records: journal and coder → item → answer."""
    journals = pd.DataFrame(
        {"journal_id": list(ids), "title": list(ids), "publisher": [f"P{ord(i) % 2}" for i in ids]}
    )
    rows = [
        (j, c, i, a)
        for (j, c), given_answers in records.items()
        if j in ids
        for i, a in given_answers.items()
    ]
    return journals, pd.DataFrame(rows, columns=["journal_id", "coder", "item", "answer"], dtype=object)


some_answers = st.fixed_dictionaries(
    {}, optional={item: st.sampled_from(codes) for item, codes in CODES.items()}
)
some_records = st.dictionaries(
    st.tuples(st.sampled_from(IDS), st.sampled_from(["c1", "c2", "c3"])), some_answers, min_size=10
)
schemes = st.one_of(
    st.builds(
        scheme,
        weights=st.fixed_dictionaries(
            {}, optional={i: st.sampled_from([0.0, 0.5, 1.0, 3.0]) for i in ("data", "code")}
        ),
        divisor=st.sampled_from([None, 10.0]),
    ),
    st.builds(scheme, by=st.just("dimensions")),
)
examples = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
"""Few, as each is a survey of up to sixteen journals and three coders."""


def scores_of(result: ScoreResult) -> dict[str, float]:
    return result.journals.set_index("journal_id")["score"].to_dict()


@examples
@given(some_records, schemes)
def test_a_score_lies_within_its_bounds_and_these_between_0_and_1(
    book: Codebook, records: dict[tuple[str, str], dict[str, str]], chosen: Scheme
) -> None:
    found = score(Survey.from_frames(book, *frames(records)), chosen).journals
    scored = found[found["score"].notna()]
    assert (scored["score"] >= scored["score_low"]).all()
    assert (scored["score"] <= scored["score_high"]).all()
    assert (found["score_low"].dropna() >= 0).all()
    assert (found["score_high"].dropna() <= 1).all()
    complete = scored[scored["n_missing"] == 0]
    assert (complete["score_low"] == complete["score_high"]).all()


@examples
@given(some_records, schemes, st.permutations(IDS))
def test_the_order_of_journals_and_codings_changes_nothing(
    book: Codebook, records: dict[tuple[str, str], dict[str, str]], chosen: Scheme, order: list[str]
) -> None:
    straight = score(Survey.from_frames(book, *frames(records)), chosen)
    shuffled = {
        k: dict(reversed(records[k].items()))
        for k in sorted(records, key=lambda k: (order.index(k[0]), k[1]))
    }
    turned = score(Survey.from_frames(book, *frames(shuffled, "".join(order))), chosen)
    columns = ["journal_id", "score", "score_low", "score_high", "rank", "tied", "n_items", "resolved_by"]
    pd.testing.assert_frame_equal(straight.journals[columns], turned.journals[columns])
    pd.testing.assert_frame_equal(straight.publishers, turned.publishers)


@examples
@given(some_records, schemes, st.sets(st.sampled_from(IDS), min_size=1))
def test_a_sample_never_rescales(
    book: Codebook, records: dict[tuple[str, str], dict[str, str]], chosen: Scheme, kept: set[str]
) -> None:
    every = scores_of(score(Survey.from_frames(book, *frames(records)), chosen))
    some = scores_of(score(Survey.from_frames(book, *frames(records, "".join(sorted(kept)))), chosen))
    assert some == pytest.approx({j: every[j] for j in kept}, nan_ok=True, abs=0)


@examples
@given(schemes)
def test_a_stricter_answer_never_lowers_a_complete_score(book: Codebook, chosen: Scheme) -> None:
    """All patterns of answers, each a journal; every pair of patterns one step apart."""
    patterns = list(product(*(range(len(codes)) for codes in CODES.values())))
    ids = "".join(chr(ord("a") + k) for k in range(len(patterns)))
    records = {
        (journal, "c1"): {i: CODES[i][p] for i, p in zip(CODES, pattern, strict=True)}
        for journal, pattern in zip(ids, patterns, strict=True)
    }
    found = scores_of(score(Survey.from_frames(book, *frames(records, ids)), chosen))
    of = {pattern: found[journal] for journal, pattern in zip(ids, patterns, strict=True)}
    for pattern in patterns:
        for k in range(3):
            stricter = (*pattern[:k], pattern[k] + 1, *pattern[k + 1 :])
            if stricter in of:
                assert of[stricter] >= of[pattern]


@examples
@given(
    st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=5),
    st.lists(st.booleans(), min_size=3, max_size=3),
    st.lists(st.sampled_from([0.0, 0.5, 2.0]), min_size=3, max_size=3),
)
def test_a_combination_is_numpys_weighted_average_of_what_is_present(
    book: Codebook, rows: list[list[float]], present: list[bool], given_weights: list[float]
) -> None:
    values, mask = np.array(rows), np.tile(present, (len(rows), 1))
    used = weights(scheme(weights=dict(zip(CODES, given_weights, strict=True))), book)
    found = used.combine(values, mask)
    effective = np.array(given_weights) * present
    if effective.sum() == 0:
        assert np.isnan(found).all()
    else:
        np.testing.assert_allclose(found, np.average(values, axis=1, weights=effective), atol=1e-12)


# The shipped survey ------------------------------------------------------------------------------------


def test_the_two_schemes_of_the_shipped_survey_differ_by_19_over_17(shipped: Survey) -> None:
    """The study divided the sum of 17 closed items by 19, as its two open questions count in the divisor."""
    equal, published = (scores_of(score(shipped, name)) for name in ("equal", "published"))
    assert {j: s * 17 / 19 for j, s in equal.items()} == pytest.approx(published, abs=1e-12)


def test_the_scheme_changes_no_rank_where_it_only_rescales(shipped: Survey) -> None:
    equal, published = (score(shipped, name).journals for name in ("equal", "published"))
    pd.testing.assert_frame_equal(
        equal[["journal_id", "rank", "tied"]], published[["journal_id", "rank", "tied"]]
    )


def test_every_score_of_the_shipped_survey_is_the_mean_over_the_studys_final_answers(
    shipped: Survey, reference: Path
) -> None:
    """By pandas alone from the reference's final answers and the options' scores of the codebook."""
    final = pd.read_csv(reference / "materials-science" / "final_answers.csv", dtype=str)
    points = {(i.id, o.code): o.score for i in shipped.codebook.closed_items for o in i.options}
    final["score"] = [points[r.item, r.final] for r in final.itertuples()]
    expected = final.groupby("journal_id")["score"].mean().to_dict()
    assert scores_of(score(shipped)) == pytest.approx(expected, abs=1e-12)


def test_publishers_of_the_shipped_survey_are_means_of_its_journals(shipped: Survey) -> None:
    found = score(shipped)
    expected = found.journals.groupby("publisher")["score"].mean()
    assert found.publishers.set_index("publisher")["mean"].to_dict() == pytest.approx(expected.to_dict())
    assert found.publishers["n_journals"].sum() == 171
    assert found.mean == pytest.approx(found.journals["score"].mean())


def test_nothing_is_missing_in_the_shipped_survey(shipped: Survey) -> None:
    found = score(shipped).journals
    assert found["n_missing"].sum() == 0
    assert (found["score_low"] == found["score_high"]).all()
    assert ((found["n_items"] + found["n_not_applicable"]) == 17).all()


def test_the_public_function_is_this_one() -> None:
    assert rdpscore.score is score
