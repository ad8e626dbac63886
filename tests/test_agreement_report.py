"""The report on agreement: what it counts, what it concludes, and where it is null."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from pathlib import Path

import krippendorff
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from finding import sheet
from hypothesis import given
from hypothesis import strategies as st
from running import cli
from tables import SMALL_CODEBOOK, SURVEY_YAML, write_survey

import rdpscore
from rdpscore.agreement import AgreementResult
from rdpscore.agreement.coefficients import randolph_kappa
from rdpscore.agreement.counted import one_a_reading
from rdpscore.agreement.item_coefficients import REPORTED, Reported
from rdpscore.agreement.items import standing
from rdpscore.agreement.pairs import differences, pair_shares
from rdpscore.agreement.reliability import ScoreReliability, plan, single_coder_scores
from rdpscore.survey import Survey, distinct_readings, load, recorded_readings

Answers = dict[str, str]


@pytest.fixture(scope="module")
def report(shipped: Survey) -> AgreementResult:
    return rdpscore.measure_agreement(shipped)


@pytest.fixture(scope="module")
def files(shipped: Survey) -> pd.DataFrame:
    """The codings and the journals' publishers, from the files by pandas alone."""
    assert shipped.path is not None
    codings = pd.read_csv(shipped.path / "codings.csv", dtype=str)
    return codings.merge(pd.read_csv(shipped.path / "journals.csv", dtype=str)[["journal_id", "publisher"]])


def make(
    folder: Path,
    answers: Answers,
    publishers: dict[str, str] | None = None,
    codebook: str = SMALL_CODEBOOK,
    item: str = "data",
    separator: str = "",
    yaml: str = SURVEY_YAML,
    adjudications: str | None = None,
) -> Survey:
    """A survey of one item; the answers of a journal's coders stand side by side."""
    owners = {j: f"P{j}" for j in answers} | (publishers or {})
    rows = [
        f"{j} | c{k} | {item} | {a}"
        for j, row in answers.items()
        for k, a in enumerate(row.split(separator) if separator else row, 1)
    ]
    more = {} if adjudications is None else {"adjudications": adjudications}
    return load(
        write_survey(
            folder,
            codebook,
            yaml,
            journals=sheet("journal_id | title | publisher", *(f"{j} | {j} | {owners[j]}" for j in answers)),
            codings=sheet("journal_id | coder | item | answer", *rows),
            **more,
        )
    )


def without(survey: Survey, journals: set[str]) -> Survey:
    """The survey without some journals."""
    return Survey.from_frames(
        survey.codebook,
        survey.journals[~survey.journals["journal_id"].isin(journals)],
        survey.codings[~survey.codings["journal_id"].isin(journals)],
        survey.adjudications[~survey.adjudications["journal_id"].isin(journals)],
        meta=survey.meta,
    )


# The ledger --------------------------------------------------------------------------------------------


def test_the_ledger_counts_what_the_files_hold(report: AgreementResult, files: pd.DataFrame) -> None:
    led = report.ledger
    coders = files.groupby("journal_id")["coder"].nunique()
    double = coders.index[coders >= 2]
    own = files[files["journal_id"].isin(double)]
    assert (led.n_journals, led.n_double, led.n_single) == (171, len(double), int((coders == 1).sum()))
    assert led.n_records == coders[double].sum() == 338
    assert led.n_publishers == own["publisher"].nunique() == 17
    assert led.n_policies is None
    readings = own.assign(r=own["reading_id"].fillna(own["journal_id"] + own["coder"]))
    sets = readings.groupby("journal_id")["r"].agg(frozenset)
    assert led.n_readings == sets.nunique()


def test_identical_codings_within_a_publisher_are_counted_as_possibly_one(
    report: AgreementResult, files: pd.DataFrame
) -> None:
    """Sets of answer vectors from the files; a reading that is recorded joins what it joins."""
    coders = files.groupby("journal_id")["coder"].nunique()
    own = files[files["journal_id"].isin(coders.index[coders >= 2])]
    key = ["publisher", "journal_id", "coder"]
    wide = own.pivot_table(index=key, columns="item", values="answer", aggfunc="first")
    rows = wide.fillna("").agg("|".join, axis=1)
    patterns = rows.groupby(["publisher", "journal_id"]).agg(lambda p: tuple(sorted(p)))
    groups = patterns.reset_index().groupby(["publisher", 0])["journal_id"].size()
    assert report.ledger.n_distinct_readings == len(groups)
    notes = [p for p in report.problems if p.code == "possibly_one_reading"]
    assert report.ledger.n_possibly_one == len(notes) == 19


def test_readings_that_share_a_journal_or_its_codings_are_merged_through(tmp_path: Path) -> None:
    """a and b share a recorded reading, b and c their codings: three journals, one distinct reading."""
    codings = sheet(
        "journal_id | coder | item | answer | reading_id",
        *(
            f"{j} | c{k} | data | {v} | {r}"
            for j, v, r in (("a", 0, "r"), ("b", 1, "r"), ("c", 1, ""))
            for k in (1, 2)
        ),
    )
    survey = load(
        write_survey(
            tmp_path / "s",
            journals=sheet("journal_id | title | publisher", *(f"{j} | {j} | P" for j in "abc")),
            codings=codings,
        )
    )
    assert len(np.unique(recorded_readings(survey))) == 2
    assert len(np.unique(distinct_readings(survey))) == 1


def test_journals_of_clusters_of_their_own_have_a_design_effect_of_one(shipped: Survey) -> None:
    led = rdpscore.measure_agreement(shipped, cluster="journal").ledger
    assert led.design_effect_exact == pytest.approx(1)
    assert led.effective_n_score == pytest.approx(161)
    assert led.caution == "finer_than_publishers"


def test_copies_of_journals_multiply_the_design_effect_and_not_the_effective_n(tmp_path: Path) -> None:
    """Five copies of each of sixty publishers' one journal carry what sixty journals do: the effect is about five."""
    rng = np.random.default_rng(4)
    once = {f"p{g}": f"{rng.integers(3)}{rng.integers(3)}" if g % 2 else f"{g % 3}" * 2 for g in range(60)}
    five = {f"{p}x{i}": row for p, row in once.items() for i in range(5)}
    survey = make(tmp_path / "s", five, {j: j.split("x")[0] for j in five})
    led = rdpscore.measure_agreement(survey).ledger
    assert led.design_effect_exact == pytest.approx(5, rel=0.2)
    assert led.effective_n_exact == pytest.approx(60, rel=0.2)
    assert led.n_distinct_readings == 60


def test_what_is_not_recorded_is_cautioned_against(shipped: Survey, report: AgreementResult) -> None:
    assert rdpscore.measure_agreement(shipped, cluster="policy").ledger.caution == "not_recorded"
    assert report.ledger.caution is None


# Headlines ---------------------------------------------------------------------------------------------


def test_both_headlines_of_the_shipped_survey_lie_below_the_limit(report: AgreementResult) -> None:
    values = {(h.metric, h.unit): h for h in report.headlines}
    assert values["exact", "journal"].value == pytest.approx(0.364, abs=0.0005)
    assert values["score", "journal"].value == pytest.approx(0.501, abs=0.0005)
    for h in values.values():
        assert h.low is not None
        assert h.high is not None
        assert h.low < (h.value or 0) < h.high < 0.667
        assert h.confidence_tentative is not None
        assert h.confidence_tentative < 0.025
        assert standing(h.low, h.high) == "below"


def test_one_unit_a_distinct_reading_is_the_survey_of_one_journal_of_each(
    shipped: Survey, report: AgreementResult
) -> None:
    chosen = one_a_reading(shipped)
    rest = set(shipped.journal_ids[~chosen])
    alone = rdpscore.measure_agreement(without(shipped, rest))
    wanted = [h for h in report.headlines if h.unit == "distinct reading"]
    assert [h.n_units for h in wanted] == [66, 66]
    assert [h.value for h in wanted] == pytest.approx(
        [alone.overall.alpha_exact, alone.overall.alpha_score], abs=1e-12
    )


def test_intervals_over_journals_are_far_narrower_than_over_publishers(
    shipped: Survey, report: AgreementResult
) -> None:
    narrow = rdpscore.measure_agreement(shipped, cluster="journal").headlines[0]
    wide = report.headlines[0]
    assert (wide.high or 0) - (wide.low or 0) > 2 * ((narrow.high or 0) - (narrow.low or 0))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.1, 0.5, "below"),
        (0.5, 0.7, "open"),
        (0.7, 0.9, "reaches"),
        (0.81, 0.9, "reliable"),
        (None, None, "open"),
    ],
)
def test_where_an_interval_stands(low: float | None, high: float | None, expected: str) -> None:
    assert standing(low, high) == expected


def test_options_that_do_not_exist_are_refused(shipped: Survey) -> None:
    with pytest.raises(ValueError, match="publisher, policy"):
        rdpscore.measure_agreement(shipped, cluster="continent")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"no column 'publishr'.*publisher"):
        rdpscore.measure_agreement(shipped, by="publishr")


# Items and dimensions ----------------------------------------------------------------------------------


def test_code_autotest_is_null_with_the_reason_and_the_journal_that_carries_it(
    report: AgreementResult,
) -> None:
    (found,) = [i for i in report.items if i.item == "code_autotest"]
    assert (found.alpha, found.alpha_low, found.alpha_high) == (None, None, None)
    assert (found.reason, found.interval_reason) == ("carried_by_few_clusters", "carried_by_few_clusters")
    assert found.carriers == ("journal-of-open-source-software",)
    assert found.remark is not None
    assert found.remark.startswith("no alpha")


def test_every_interval_holds_its_alpha_or_says_why_there_is_none(report: AgreementResult) -> None:
    for i in report.items:
        if i.interval_reason is None:
            assert i.alpha_low is not None
            assert i.alpha_high is not None
            assert i.alpha_low <= (i.alpha or 0) <= i.alpha_high <= 1
        else:
            assert i.alpha_low is None
            assert i.n_minority_clusters < 5
            assert i.caution == (None if i.alpha is None else "carried_by_few_clusters")


def test_gwets_ac1_of_two_options_is_its_closed_form(tmp_path: Path) -> None:
    """Gwet 2008: p_e = 2π(1 − π) for two options; here p_a = 3/4 and π = 5/8."""
    survey = make(tmp_path / "s", {"a": "11", "b": "11", "c": "01", "d": "00"}, item="code")
    found = rdpscore.measure_agreement(survey).items[2]
    expected = 2 * 5 / 8 * 3 / 8
    assert found.ac1 == pytest.approx((3 / 4 - expected) / (1 - expected))
    assert found.brennan_prediger == pytest.approx((3 / 4 - 1 / 2) / (1 - 1 / 2))
    assert found.fleiss == pytest.approx((3 / 4 - (1 - expected)) / expected)


def test_a_coefficient_is_one_entry_of_the_registry(shipped: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bennett's S, added here, stands in the table, in JSON, as attribute, and as a printed column."""
    kind = Reported(randolph_kappa, "S", ordinal=True, reason=True)
    monkeypatch.setitem(REPORTED, "bennett", kind)
    first, *others = shipped.codebook.items
    items = (first.model_copy(update={"level": "nominal"}), *others)
    codebook = shipped.codebook.model_copy(update={"items": items})
    found = rdpscore.measure_agreement(replace(shipped, codebook=codebook))
    table = found.tables()["items"].set_index("item")
    ordinal = {i.id for i in others}
    for item, entry in zip(found.items, found.body()["items"], strict=True):
        expected = item.brennan_prediger if item.item in ordinal else None
        assert item.bennett == entry["bennett"] == expected
        assert entry["bennett_reason"] is None
        assert pd.isna(table.loc[item.item, "bennett"]) == (expected is None)
    assert list(table.columns).index("bennett") == list(table.columns).index("conger_reason") + 1
    printed = cli("agreement").out
    assert re.search(r"AC1 +AC2 +S +Detect", printed)


def test_conger_is_null_for_slots_and_given_for_persons(report: AgreementResult, tmp_path: Path) -> None:
    assert {(i.conger, i.conger_reason) for i in report.items} == {(None, "anonymous_coders")}
    persons = rdpscore.measure_agreement(
        make(tmp_path / "s", {"a": "00", "b": "01", "c": "22", "d": "11"})
    ).items[1]
    both = [[0, 0, 2, 1], [0, 1, 2, 1]]
    agree, chance = (
        0.75,
        sum(np.mean(np.array(both[0]) == k) * np.mean(np.array(both[1]) == k) for k in range(3)),
    )
    assert persons.conger == pytest.approx((agree - chance) / (1 - chance))  # of two coders it is Cohen's


def test_an_alpha_of_a_dimension_of_one_item_is_that_items(report: AgreementResult) -> None:
    (dimension,) = [d for d in report.dimensions if d.n_items == 1]
    (item,) = [i for i in report.items if i.dimension == dimension.dimension]
    assert dimension.exact.value == pytest.approx(item.alpha_nominal, abs=1e-12)
    assert dimension.percent == item.percent


def test_the_alpha_of_a_dimension_is_of_its_items_alone(shipped: Survey, report: AgreementResult) -> None:
    """By hand from the items' disagreements with the package krippendorff's expected one: 1 − ΣD_o/ΣD_e."""
    for d in report.dimensions:
        observed = expected = 0.0
        for i in (i for i in report.items if i.dimension == d.dimension):
            codes = shipped.codebook.item(i.item).codes
            own = shipped.codings[(shipped.codings["item"] == i.item)]
            units = [list(u) for _, u in own.groupby("journal_id", observed=True)["answer"] if len(u) >= 2]
            every = [a for u in units for a in u]
            n = len(every)
            observed += (
                sum(sum(a != b for a, b in itertools.permutations(u, 2)) / (len(u) - 1) for u in units) / n
            )
            counts = np.array([every.count(c) for c in codes])
            expected += (n * n - (counts**2).sum()) / (n * (n - 1))
        assert d.exact.value == pytest.approx(1 - observed / expected, abs=1e-12)


# Detection and grading ---------------------------------------------------------------------------------


def test_agreement_detection_and_grading_are_all_there_is(report: AgreementResult) -> None:
    for i in report.items:
        assert (i.percent or 0) + (i.detection or 0) + (i.grading or 0) == pytest.approx(1)


def test_detection_and_grading_by_hand() -> None:
    """Four units of two coders: both nothing; one nothing and one something; 1 against 2; both 2."""
    found = differences(pair_shares(np.array([[2, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 2]], float)))
    assert (found.detection, found.grading, found.both_found, found.grading_once_found) == (
        0.25,
        0.25,
        0.5,
        0.5,
    )


def test_a_unit_of_three_coders_counts_once() -> None:
    """0, 0 and 1: one of three pairs agrees, two differ on whether there is anything."""
    shares = pair_shares(np.array([[2.0, 1.0]]))
    assert np.trace(shares) == pytest.approx(1 / 3)
    assert differences(shares).detection == pytest.approx(2 / 3)


def test_two_options_leave_nothing_to_grade(report: AgreementResult) -> None:
    assert [i.grading for i in report.items if i.item == "rdp_exist"] == [0]


def test_a_nominal_item_has_no_lowest_option(tmp_path: Path) -> None:
    book = SMALL_CODEBOOK.replace("level: ordinal", "level: nominal")
    found = rdpscore.measure_agreement(make(tmp_path / "s", {"a": "00", "b": "01", "c": "22"}, codebook=book))
    assert (found.items[1].detection, found.items[1].grading, found.items[1].ac2) == (None, None, None)
    assert found.missed[1].reason == "no_order"


# Publishers --------------------------------------------------------------------------------------------


def test_relative_agreement_averages_to_the_alpha_of_the_survey(
    report: AgreementResult, files: pd.DataFrame
) -> None:
    """Σ D_o of the groups, weighted by their answers, is D_o of the survey: so are 1 − D_o/D_e."""
    answers = files[files["item"] == "rdp_exist"].groupby("journal_id")["publisher"].agg(["first", "size"])
    weight = answers[answers["size"] >= 2].groupby("first")["size"].sum()
    for name, total in (("exact", report.overall.alpha_exact), ("score", report.overall.alpha_score)):
        relative = {g.group: getattr(g, f"relative_{name}") for g in report.groups}
        assert sum(weight[p] * relative[p] for p in relative) / weight.sum() == pytest.approx(
            total, abs=1e-12
        )


def test_a_publisher_has_no_alpha_of_its_own_unless_asked_for(
    shipped: Survey, report: AgreementResult
) -> None:
    assert {g.own_exact for g in report.groups} == {None}
    asked = {g.group: g for g in rdpscore.measure_agreement(shipped, own_alpha=True).groups}
    assert asked["IEEE"].own_exact is None  # one reading, entered for fifteen journals
    only = rdpscore.measure_agreement(
        without(shipped, set(shipped.journals.query("publisher != 'Wiley'")["journal_id"]))
    )
    assert asked["Wiley"].own_exact == pytest.approx(only.overall.alpha_exact, abs=1e-12)


def test_a_publisher_whose_policies_are_alike_is_not_punished_for_it(report: AgreementResult) -> None:
    """IEEE's coders agree on 88 %; an alpha of its own would be −0.93."""
    (found,) = [g for g in report.groups if g.group == "IEEE"]
    assert found.percent == pytest.approx(0.882, abs=0.001)
    assert found.relative_exact == pytest.approx(0.67, abs=0.01)
    assert (found.n_journals, found.n_readings) == (15, 1)


# Reliability -------------------------------------------------------------------------------------------


def scale(n: int) -> str:
    """A codebook of one item with options 0 to n − 1, scored evenly from 0 to 1."""
    options = "\n".join(
        f'      - {{code: "{k}", label: Level {k}, score: {k / (n - 1):.12g}}}' for k in range(n)
    )
    return (
        'format: 1\nid: small\nversion: "1"\ntitle: A scale\ndimensions:\n  - {id: data, title: Data}\nitems:\n'
        "  - id: data\n    dimension: data\n    title: Data\n    question: How much?\n    level: ordinal\n"
        f"    evidence: optional\n    options:\n{options}\nschemes:\n  - {{id: equal, title: Mean of the items}}\n"
        "default_scheme: equal\n"
    )


def reliability(
    folder: Path, scores: dict[str, list[int]], publishers: dict[str, str], n: int
) -> ScoreReliability:
    rows = {j: ",".join(map(str, row)) for j, row in scores.items()}
    return rdpscore.measure_agreement(make(folder, rows, publishers, scale(n), separator=",")).reliability


def test_icc_is_that_of_shrout_and_fleiss(tmp_path: Path) -> None:
    """Shrout and Fleiss 1979, table 2: six targets, four judges; ICC(1,1) = 0.17, ICC(1,4) = 0.44."""
    table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    scores = {f"j{k}": row for k, row in enumerate(table)}
    found = reliability(tmp_path / "s", scores, {}, 11)
    assert found.icc.value == pytest.approx(0.17, abs=0.005)
    assert found.icc_mean.value == pytest.approx(0.44, abs=0.005)
    assert found.coders_per_journal == pytest.approx(4)
    assert found.error == pytest.approx(np.sqrt(6.26) / 10, abs=0.0005)  # their within-targets mean square


def test_nested_variances_are_those_of_hendersons_method(tmp_path: Path) -> None:
    """Henderson's method 1 (Searle, Linear Models, 1971, ch. 10): sums of squares equated with what they expect.

    Solved here from traces of projections, of an unbalanced design with fewer and more coders and journals.
    """
    owners = dict(zip("abcdefghi", "NNNSSWWWW", strict=True))
    table = [[2, 5], [9, 7, 8], [4, 4], [1, 3, 2, 0], [6, 5], [12, 9], [10, 14, 11], [15, 12], [13, 13, 9]]
    found = reliability(tmp_path / "s", dict(zip(owners, table, strict=True)), owners, 16)

    y = np.concatenate([np.array(row) / 15 for row in table])
    journal = np.repeat(np.eye(9), [len(row) for row in table], axis=0)
    publisher = journal @ np.array([[p == q for q in "NSW"] for p in owners.values()], dtype=float)
    ones = np.ones((len(y), 1))

    def onto(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(x @ np.linalg.pinv(x))

    forms = [onto(publisher) - onto(ones), onto(journal) - onto(publisher), np.eye(len(y)) - onto(journal)]
    expected = [[np.trace(f @ z @ z.T) for z in (publisher, journal, np.eye(len(y)))] for f in forms]
    between, within, coder = np.linalg.solve(expected, [y @ f @ y for f in forms])
    assert found.variance_publisher == pytest.approx(between, rel=1e-9)
    assert found.variance_journal == pytest.approx(within, rel=1e-9)
    assert found.variance_coder == pytest.approx(coder, rel=1e-9)


def test_nested_variance_is_recovered(tmp_path: Path) -> None:
    """Known truth: 0.02 between publishers, 0.005 between their journals, 0.01 between coders; unequal sizes."""
    rng = np.random.default_rng(11)
    scores: dict[str, list[int]] = {}
    owners: dict[str, str] = {}
    for p in range(150):
        level = 0.5 + rng.normal(scale=np.sqrt(0.02))
        for i in range(int(rng.integers(1, 9))):
            own = level + rng.normal(scale=np.sqrt(0.005))
            coders = own + rng.normal(scale=np.sqrt(0.01), size=int(rng.integers(2, 4)))
            scores[f"p{p}j{i}"] = np.clip(np.rint(coders * 200), 0, 200).astype(int).tolist()
            owners[f"p{p}j{i}"] = f"p{p}"
    found = reliability(tmp_path / "s", scores, owners, 201)
    assert found.variance_publisher == pytest.approx(0.02, rel=0.25)
    assert found.variance_journal == pytest.approx(0.005, rel=0.25)
    assert found.variance_coder == pytest.approx(0.01, rel=0.15)
    assert found.icc_within.low is not None
    assert found.icc_within.high is not None
    assert found.icc_within.low < 1 / 3 < found.icc_within.high
    assert [p.coders for p in found.plans][1] == pytest.approx(8, abs=2)  # 0.8 (1 − 1/3) / (1/3 · 0.2)


def test_within_publishers_scores_are_far_less_reliable(report: AgreementResult) -> None:
    rel = report.reliability
    assert rel.n_journals == 161
    assert rel.n_scores == 338
    assert (rel.icc_within.value or 0) < (rel.icc.low or 0) < (rel.icc.value or 0)
    between, within = rel.plans
    assert (between.coders or 0) < (within.coders or 0)


def test_the_same_scores_everywhere_have_no_reliability(tmp_path: Path) -> None:
    found = rdpscore.measure_agreement(make(tmp_path / "s", {"a": "11", "b": "11", "c": "11"})).reliability
    assert (found.reason, found.icc.value) == ("no_variation", None)


@given(st.floats(0.01, 0.99))
def test_the_coders_planned_are_the_fewest_that_are_enough(r: float) -> None:
    """Spearman and Brown: the mean of k coders has the reliability k r / (1 + (k − 1) r)."""
    k = plan("all journals", r).coders
    assert k is not None
    assert k * r / (1 + (k - 1) * r) >= 0.8 - 1e-9
    assert k == 1 or (k - 1) * r / (1 + (k - 2) * r) < 0.8 + 1e-9


def test_no_number_of_coders_makes_up_for_no_reliability() -> None:
    assert (plan("all journals", 0.0).coders, plan("all journals", 0.0).reason) == (None, "not_positive")


# Reasons, influence, profiles, confusion, missed -------------------------------------------------------


def test_reasons_are_those_of_the_file(report: AgreementResult, shipped: Survey, files: pd.DataFrame) -> None:
    assert shipped.path is not None
    differing = files.groupby(["journal_id", "item"])["answer"].nunique().gt(1)
    adopted = pd.read_csv(shipped.path / "adjudications.csv", dtype=str).set_index(["journal_id", "item"])[
        "reason"
    ]
    expected = adopted.reindex(differing[differing].index).value_counts().to_dict()
    body = report.body()["reasons"]
    assert {r["reason"]: r["n"] for r in body["overall"]} == expected
    assert (
        sum(r["n"] for r in body["items"])
        == sum(r["n"] for r in body["publishers"])
        == sum(expected.values())
    )
    assert body["n_agreed_but_adjudicated"] == len(adopted) - differing.sum() == 6


def test_a_disagreement_that_nobody_settled_has_no_recorded_reason(tmp_path: Path) -> None:
    found = rdpscore.measure_agreement(make(tmp_path / "s", {"a": "01", "b": "00"})).disagreements
    assert found[["journal_id", "reason", "adjudicated"]].to_numpy().tolist() == [["a", "unrecorded", False]]


def test_influence_is_what_leaving_the_journal_out_changes(shipped: Survey, report: AgreementResult) -> None:
    for row in report.influence.head(2).to_dict("records"):
        rest = rdpscore.measure_agreement(without(shipped, {row["journal_id"]})).overall
        assert row["exact_without"] == pytest.approx(rest.alpha_exact, abs=1e-12)
        assert row["score_influence"] == pytest.approx(
            (report.overall.alpha_score or 0) - (rest.alpha_score or 0)
        )
    sizes = report.influence[["exact_influence", "score_influence"]].abs().max(axis=1)
    assert sizes.is_monotonic_decreasing
    assert len(report.influence) == 161


def test_slots_have_no_profiles(report: AgreementResult) -> None:
    assert report.coders is None
    assert report.body()["coders"]["reason"] == "anonymous_coders"


def test_a_profile_by_hand(tmp_path: Path) -> None:
    """c1 answers 0, 1, 2, 1 where c2 answers 0, 0, 1, 1; adjudication sides with c2 on b and with c1 on c."""
    survey = make(
        tmp_path / "s",
        {"a": "00", "b": "10", "c": "21", "d": "11"},
        adjudications=sheet("journal_id | item | answer", "b | data | 0", "c | data | 2"),
    )
    coders = rdpscore.measure_agreement(survey).coders
    assert coders is not None
    one, two = coders
    assert (one.coder, one.n_journals, one.n_answers, one.percent, one.adopted) == ("c1", 4, 4, 0.5, 0.75)
    assert one.strictness == -(two.strictness or 0) == pytest.approx((0.5 + 0.5) / 4)
    assert (one.found_alone, one.missed, two.found_alone, two.missed) == (1, 0, 0, 1)


def test_confusion_is_a_cross_table_of_two_coders(report: AgreementResult, files: pd.DataFrame) -> None:
    pairs = files[files["item"] == "data_timing"].groupby("journal_id")["answer"].agg(list)
    two = pairs[pairs.map(len) == 2].map(lambda a: tuple(sorted(a)))
    more = pairs[pairs.map(len) > 2].map(lambda a: [tuple(sorted(p)) for p in itertools.combinations(a, 2)])
    for row in report.confusion[report.confusion["item"] == "data_timing"].to_dict("records"):
        pair = (row["low"], row["high"])
        expected = (two == pair).sum() + sum(np.mean([p == pair for p in own]) for own in more)
        assert row["n"] == pytest.approx(expected)


def test_missed_provisions_are_those_of_capture_and_recapture(tmp_path: Path) -> None:
    """One hundred provisions, each found with probability 0.7: 49 by both, 42 by one, 9 by none are expected."""
    answers = {f"j{k}": "11" if k < 49 else "10" if k < 70 else "01" if k < 91 else "00" for k in range(130)}
    settled = sheet("journal_id | item | answer", *(f"j{k} | code | 1" for k in range(49, 91)))
    found = rdpscore.measure_agreement(
        make(tmp_path / "s", answers, item="code", adjudications=settled)
    ).missed[2]
    assert (found.both, found.one, found.overturned) == (49, 42, 0)
    assert found.missed == pytest.approx(9)
    assert found.share == pytest.approx(0.09)
    assert found.found_by_one_coder == pytest.approx(0.7)


def test_what_adjudication_denies_was_no_provision(tmp_path: Path) -> None:
    answers = {f"j{k}": "11" if k < 12 else "10" for k in range(20)}
    settled = sheet("journal_id | item | answer", *(f"j{k} | code | {int(k < 16)}" for k in range(12, 20)))
    found = rdpscore.measure_agreement(
        make(tmp_path / "s", answers, item="code", adjudications=settled)
    ).missed[2]
    assert (found.both, found.one, found.overturned) == (12, 4, 4)


def test_missed_provisions_are_null_where_both_found_fewer_than_ten(
    tmp_path: Path, report: AgreementResult
) -> None:
    answers = {f"j{k}": "11" if k < 9 else "00" for k in range(20)}
    found = rdpscore.measure_agreement(make(tmp_path / "s", answers, item="code")).missed[2]
    assert (found.missed, found.reason) == (None, "too_few_found_by_both")
    for m in report.missed:
        assert (m.missed is None) == ((m.both or 0) < 10)


def test_the_estimate_of_missed_provisions_is_near_the_truth_when_simulated() -> None:
    """Independent coders of one probability: mean over 400 surveys of 200 provisions found with 0.6 by each."""
    rng = np.random.default_rng(3)
    found = rng.random((400, 200, 2)) < 0.6
    both, one = found.all(axis=2).sum(axis=1), (found.sum(axis=2) == 1).sum(axis=1)
    truth = (~found.any(axis=2)).sum(axis=1)
    assert np.mean(one**2 / (4 * both)) == pytest.approx(truth.mean(), rel=0.05)


# Diagnosis and output ----------------------------------------------------------------------------------


def test_percent_agreement_can_be_computed_again_from_the_diagnosis(report: AgreementResult) -> None:
    table = report.diagnosis()
    used = table[table["used"]]

    def share(cell: str) -> float:
        codes = [a.split(": ")[1] for a in cell.split("; ")]
        return float(np.mean([a == b for a, b in itertools.combinations(codes, 2)]))

    again = used["answers"].map(share).groupby(used["item"]).mean()
    for i in report.items:
        assert again[i.item] == pytest.approx(i.percent, abs=1e-12)


def test_alpha_can_be_computed_again_from_the_diagnosis(report: AgreementResult, shipped: Survey) -> None:
    table = report.diagnosis()
    for i in report.items:
        if i.alpha is None:
            continue
        own = table[(table["item"] == i.item) & table["used"]]["answers"]
        units = [[float(a.split(": ")[1]) for a in cell.split("; ")] for cell in own]
        matrix = np.array([u + [np.nan] * (4 - len(u)) for u in units])
        assert i.alpha == pytest.approx(
            krippendorff.alpha(matrix.T, level_of_measurement="ordinal"), abs=1e-12
        )


def test_each_cell_says_whether_it_was_used_and_why(tmp_path: Path) -> None:
    survey = make(tmp_path / "s", {"a": "00", "b": "1"})
    table = rdpscore.measure_agreement(survey).diagnosis().set_index(["journal_id", "item"])
    assert table.loc[("a", "data"), ["used", "why"]].tolist() == [True, "two or more answers"]
    assert table.loc[("b", "data"), ["used", "why"]].tolist() == [False, "one answer"]
    assert table.loc[("b", "code"), ["used", "why"]].tolist() == [False, "no answer"]
    assert table.loc[("a", "data"), "answers"] == "c1: 0; c2: 0"


def test_json_has_no_nan_and_the_settings_to_make_it_again(report: AgreementResult) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    found = json.loads(report.to_json(), parse_constant=refuse)
    settings = found["settings"]
    assert (settings["cluster"], settings["method"], settings["resamples"], settings["seed"]) == (
        "publisher", "jackknife", 2000, 0,
    )  # fmt: skip
    assert "scipy" in settings["versions"]


def test_every_table_can_be_written(report: AgreementResult) -> None:
    for name, frame in report.tables().items():
        assert len(frame.columns), name
        assert not frame.map(lambda v: isinstance(v, (tuple, list, dict))).any(axis=None), name


def test_reliability_is_of_the_score_that_the_scheme_gives(tmp_path: Path) -> None:
    """By hand: with gating, what stands against a policy that is not there counts as the lowest option."""
    book = SMALL_CODEBOOK.replace("title: Mean of the items}", "title: Gated, not_applicable: gate}")
    assert book != SMALL_CODEBOOK
    codings = """
        | journal_id | coder | item   | answer |
        |------------|-------|--------|--------|
        | alpha      | c1    | policy | no     |
        | alpha      | c1    | data   | 2      |
        | alpha      | c1    | code   | 1      |
        | alpha      | c2    | policy | yes    |
        | alpha      | c2    | data   | 2      |
        | alpha      | c2    | code   | 1      |
    """
    journals = "| journal_id | title | publisher |\n|--|--|--|\n| alpha | Alpha | North |"
    survey = load(write_survey(tmp_path / "s", book, journals=journals, codings=codings))
    assert single_coder_scores(survey, survey.codebook.scheme())[1].tolist() == [0.0, 1.0]
