"""Kappas, alpha, percent, counts and Kendall's W as studies print them, against other programs and printed examples."""

from __future__ import annotations

import itertools
import warnings
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np
import pytest
import scipy.stats
import yaml
from sklearn.metrics import cohen_kappa_score
from tables import write_survey

from rdpscore.computed import Undefined
from rdpscore.computed.coders import (
    cohen_kappa,
    fleiss_kappa,
    kendall_w,
    krippendorff_alpha,
    light_kappa,
    n_agreement,
    percent_agreement,
)
from rdpscore.reproduction import reproduce
from rdpscore.survey import Survey, load

with warnings.catch_warnings():  # its import warns of pandas' own future
    warnings.simplefilter("ignore")
    from statsmodels.stats import inter_rater

DIAGNOSES = """
    444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445
    333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555
"""
"""Fleiss (1971): 30 patients, six psychiatrists, five diagnoses; `diagnoses` of R's irr."""

ANXIETY = "332 361 344 464 523 542 221 346 531 231 221 632 133 533 221 221 113 233 432 342"
"""`anxiety` of R's irr: 20 persons, three raters, six levels."""

RANKS = "112 653 366 225 544 431"
"""Six subjects ranked by three raters: an example of `KendallW` of R's DescTools, as printed."""


def survey_of(
    folder: Path, matrix: str, levels: int = 6, *, coders: str = "persons", items: int = 1
) -> Survey:
    """A journal a word, a coder a figure, 0 for none; with several items the journals are shared out among them."""
    words = matrix.split()
    rows = ["journal_id,coder,item,answer"]
    per = len(words) // items
    for n, word in enumerate(words):
        rows += [
            f"j{n % per},r{c},level{n // per},{level}" for c, level in enumerate(word, 1) if level != "0"
        ]
    entries = "".join(
        f"  - id: level{i}\n    dimension: d\n    title: Level {i}\n    question: Which level?\n"
        "    level: ordinal\n    evidence: optional\n    options:\n"
        + "".join(
            f'      - {{code: "{k}", label: Level {k}, score: {(k - 1) / (levels - 1)}}}\n'
            for k in range(1, levels + 1)
        )
        for i in range(items)
    )
    codebook = (
        'format: 1\nid: levels\nversion: "1"\ntitle: Levels\ndimensions: [{id: d, title: D}]\nitems:\n'
        + entries
        + "schemes: [{id: equal, title: Mean}]\ndefault_scheme: equal\n"
    )
    about = (
        f'format: 1\nid: levels\ntitle: Levels\ncoders: {coders}\ncodebook: {{id: levels, version: "1"}}\n'
    )
    write_survey(folder, codebook, about)
    journals = ["journal_id,title,publisher", *(f"j{n},Journal {n},P{n % 3}" for n in range(per))]
    (folder / "journals.csv").write_text("\n".join(journals) + "\n")
    (folder / "codings.csv").write_text("\n".join(rows) + "\n")
    return load(folder)


def array(matrix: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array([[int(c) for c in word] for word in matrix.split()])


@pytest.fixture(scope="module")
def diagnoses(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return survey_of(tmp_path_factory.mktemp("d") / "s", DIAGNOSES, 5)


@pytest.fixture(scope="module")
def anxiety(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return survey_of(tmp_path_factory.mktemp("a") / "s", ANXIETY)


FIRST = ["r1", "r2"]
THREE = ["r1", "r2", "r3"]


# What R prints ------------------------------------------------------------------------------------------


def test_kappas_of_the_diagnoses_are_those_that_irr_prints(diagnoses: Survey) -> None:
    """kappa2, kappam.fleiss, kappam.light and agree of R's irr on its data `diagnoses`."""
    assert round(cohen_kappa(diagnoses, coders=FIRST) or 0, 3) == 0.651
    assert round(cohen_kappa(diagnoses, coders=FIRST, weights="linear") or 0, 3) == 0.633
    assert round(cohen_kappa(diagnoses, coders=FIRST, weights="quadratic") or 0, 3) == 0.655
    assert round(fleiss_kappa(diagnoses) or 0, 7) == 0.4302445
    assert round(fleiss_kappa(diagnoses, coders=THREE) or 0, 3) == 0.534
    assert round(light_kappa(diagnoses) or 0, 3) == 0.459
    assert round(light_kappa(diagnoses, coders=THREE) or 0, 3) == 0.555
    assert round(percent_agreement(diagnoses, kind="all") or 0, 1) == 16.7
    assert light_kappa(diagnoses, statistic="pairs") == 15
    assert cohen_kappa(diagnoses, coders=FIRST, statistic="n") == 30


def test_weighted_kappa_of_anxiety_is_what_irr_prints_where_options_are_those_seen(anxiety: Survey) -> None:
    """kappa2(anxiety[, 2:3], "equal") leaves the fifth level out, which neither rater chose; the codebook has it."""
    last = ["r2", "r3"]
    assert cohen_kappa(anxiety, coders=last) == pytest.approx(-0.006289308, abs=1e-9)
    observed = cohen_kappa(anxiety, coders=last, weights="linear", options="observed")
    assert observed == pytest.approx(0.1459075, abs=1e-7)
    assert cohen_kappa(anxiety, coders=last, weights="linear") == pytest.approx(0.12621359, abs=1e-8)


def test_kendalls_w_is_what_irr_and_desctools_print(anxiety: Survey, tmp_path: Path) -> None:
    """kendall(anxiety, TRUE): Wt = 0.54, Chisq(19) = 30.8; KendallW(ratings, test = TRUE) of six ranked subjects."""
    assert round(kendall_w(anxiety, item="level0") or 0, 2) == 0.54
    assert round(kendall_w(anxiety, item="level0", statistic="chi2") or 0, 1) == 30.8
    assert kendall_w(anxiety, item="level0", statistic="df") == 19
    ranked = survey_of(tmp_path / "ranks", RANKS)
    for ties in (True, False):  # there are none
        assert round(kendall_w(ranked, item="level0", ties=ties) or 0, 6) == 0.568254
    assert round(kendall_w(ranked, item="level0", statistic="chi2") or 0, 4) == 8.5238
    assert round(kendall_w(ranked, item="level0", statistic="p") or 0, 4) == 0.1296


# What other programs give -------------------------------------------------------------------------------


def test_kappas_are_those_of_scikit_learn_and_statsmodels(diagnoses: Survey, anxiety: Survey) -> None:
    for survey, data, levels in ((diagnoses, array(DIAGNOSES), 5), (anxiety, array(ANXIETY), 6)):
        for a, b in itertools.combinations(range(3), 2):
            pair = [f"r{a + 1}", f"r{b + 1}"]
            for ours, theirs in (("none", None), ("linear", "linear"), ("quadratic", "quadratic")):
                for options, labels in (("codebook", list(range(1, levels + 1))), ("observed", None)):
                    found = cohen_kappa(survey, coders=pair, weights=ours, options=options)  # type: ignore[arg-type]
                    expected = cohen_kappa_score(data[:, a], data[:, b], weights=theirs, labels=labels)
                    assert found == pytest.approx(expected, abs=1e-12), (pair, ours, options)
        counts, _ = inter_rater.aggregate_raters(data)
        assert fleiss_kappa(survey) == pytest.approx(inter_rater.fleiss_kappa(counts), abs=1e-12)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_alpha_is_that_of_krippendorff(anxiety: Survey, level: Any) -> None:
    expected = krippendorff.alpha(
        array(ANXIETY).T.astype(float), level_of_measurement=level, value_domain=[1, 2, 3, 4, 5, 6]
    )
    assert krippendorff_alpha(anxiety, item="level0", level=level) == pytest.approx(expected, abs=1e-12)


def test_the_level_of_alpha_is_that_of_the_item_and_nominal_of_pooled_ones(tmp_path: Path) -> None:
    survey = survey_of(tmp_path / "two", ANXIETY, items=2)
    ordinal = krippendorff_alpha(survey, item="level0", level="ordinal")
    assert krippendorff_alpha(survey, item="level0") == ordinal
    assert krippendorff_alpha(survey) == krippendorff_alpha(survey, level="nominal") != ordinal


def test_w_is_that_of_friedmans_test_in_scipy(anxiety: Survey) -> None:
    theirs = scipy.stats.friedmanchisquare(*array(ANXIETY))
    assert kendall_w(anxiety, item="level0", statistic="chi2") == pytest.approx(theirs.statistic, rel=1e-12)
    assert kendall_w(anxiety, item="level0", statistic="p") == pytest.approx(theirs.pvalue, rel=1e-9)
    assert (kendall_w(anxiety, item="level0", ties=False) or 1) < (kendall_w(anxiety, item="level0") or 0)


# Counts, items, pairs -----------------------------------------------------------------------------------

MIXED = "111 112 123 110 120 300 222 212 233 330"
"""Of three coders 2 alike, 3 alike by two, 1 by none; of two coders 2 alike, 1 unlike; 1 of a lone coder."""


def test_agreement_is_counted_in_full_in_part_and_none(tmp_path: Path) -> None:
    survey = survey_of(tmp_path / "s", MIXED, 3)
    counts = {kind: n_agreement(survey, kind=kind) for kind in ("full", "partial", "none", "any")}  # type: ignore[arg-type]
    assert counts == {"full": 4, "partial": 3, "none": 2, "any": 9}
    assert n_agreement(survey, kind="any", complete=True) == 6
    assert n_agreement(survey, kind="full", coders=["r1", "r2"]) == 5
    assert n_agreement(survey, kind="partial", coders=["r1", "r2"]) == 0
    assert percent_agreement(survey, kind="all") == pytest.approx(100 * 4 / 9)
    assert percent_agreement(survey) == pytest.approx(100 * (4 + 3 * (1 / 3)) / 9)
    assert percent_agreement(survey, coders=["r1", "r2"], out_of=1) == pytest.approx(5 / 9)
    assert percent_agreement(survey, statistic="n") == 9


def test_journals_are_agreed_on_by_their_items(tmp_path: Path) -> None:
    """Two items: journal 0 agreed on both, 1 on one, 2 on none, 3 on the only one coded twice, 4 coded once."""
    survey = survey_of(tmp_path / "s", "11 11 12 22 10 33 12 21 10 10", 3, items=2)
    counts = {
        kind: n_agreement(survey, kind=kind, unit="journal") for kind in ("full", "partial", "none", "any")
    }  # type: ignore[arg-type]
    assert counts == {"full": 2, "partial": 1, "none": 1, "any": 4}
    assert percent_agreement(survey, item="level0") == pytest.approx(75)
    assert percent_agreement(survey, item=["level0", "level1"]) == percent_agreement(survey)
    assert percent_agreement(survey, where={"publisher": "P0"}, statistic="n") == 3


def test_several_items_are_pooled_into_one_kappa(tmp_path: Path, anxiety: Survey) -> None:
    pooled = survey_of(tmp_path / "s", ANXIETY, items=2)
    for weights in ("none", "linear"):
        whole = cohen_kappa(anxiety, coders=FIRST, weights=weights)  # type: ignore[arg-type]
        assert cohen_kappa(pooled, coders=FIRST, weights=weights) == pytest.approx(whole)  # type: ignore[arg-type]


def test_weights_need_one_order_of_options(shipped: Survey) -> None:
    with pytest.raises(ValueError, match="different options"):
        light_kappa(shipped, weights="linear")
    with pytest.raises(ValueError, match="'nobody' is no coder"):
        light_kappa(shipped, coders=["nobody", "c1"])
    with pytest.raises(ValueError, match="no item"):
        percent_agreement(shipped, item="data_sharin")


def test_the_figures_of_the_shipped_survey_are_those_of_agreement(shipped: Survey) -> None:
    from rdpscore import measure_agreement

    found = measure_agreement(shipped)
    for entry in found.items:
        percent = percent_agreement(shipped, item=entry.item, out_of=1)
        assert percent == pytest.approx(entry.percent, abs=1e-12)
        assert percent_agreement(shipped, item=entry.item, statistic="n") == entry.n
        if entry.alpha is not None:
            assert fleiss_kappa(shipped, item=entry.item) == pytest.approx(entry.fleiss, abs=1e-12)
            assert krippendorff_alpha(shipped, item=entry.item) == pytest.approx(entry.alpha, abs=1e-12)


def test_the_answers_that_the_study_counts_as_agreeing(shipped: Survey) -> None:
    """2,093 of 2,737 on the 161 journals with two coders or more (codebook_facts.md)."""
    assert n_agreement(shipped, kind="full") == 2093
    assert n_agreement(shipped, kind="any") == 2737
    assert n_agreement(shipped, kind="any", unit="journal") == 161
    assert percent_agreement(shipped, kind="all", out_of=1) == pytest.approx(2093 / 2737)


# What is undefined --------------------------------------------------------------------------------------


def published(survey: Survey, *computations: dict[str, Any]) -> list[tuple[Any, Any, str | None]]:
    assert survey.path is not None
    figures = [{"figure": f"f{i}", "printed": "0", "compute": c} for i, c in enumerate(computations)]
    text = yaml.safe_dump({"format": 1, "source": {"citation": "Doe 2026"}, "figures": figures})
    (survey.path / "published.yaml").write_text(text)
    return [(c.ours, c.equal, c.reason) for c in reproduce(load(survey.path)).comparisons]


NAMES = ("cohen_kappa", "light_kappa", "fleiss_kappa", "krippendorff_alpha")
VOID = "undefined on these data: "


def test_where_nothing_varies_a_coefficient_is_null_and_says_so(tmp_path: Path) -> None:
    """One answer throughout: other programs give 0, 1, NaN or a traceback."""
    survey = survey_of(tmp_path / "s", "11 11 11 11 11", 3)
    found = published(survey, *({"name": name} for name in NAMES), {"name": "kendall_w", "item": "level0"})
    assert found == [(None, None, VOID + "nothing varies")] * 5
    assert percent_agreement(survey) == 100


def test_where_nothing_was_coded_twice_a_coefficient_is_null_and_says_so(tmp_path: Path) -> None:
    survey = survey_of(tmp_path / "s", "10 01 20 02 10", 3)
    found = published(survey, *({"name": name} for name in (*NAMES, "percent_agreement")))
    assert found == [(None, None, VOID + "no journal was coded twice")] * 5
    assert published(survey, {"name": "n_agreement", "kind": "any"}) == [(0, True, None)]


def test_a_lone_coder_ranks_and_agrees_with_nobody(tmp_path: Path) -> None:
    survey = survey_of(tmp_path / "s", "1 2 3 1", 3)
    assert kendall_w(survey, item="level0", statistic="n") == 0
    assert percent_agreement(survey, complete=True, statistic="n") == 0
    void = VOID + "there are not two coders"
    assert published(survey, {"name": "kendall_w", "item": "level0"}) == [(None, None, void)]


def test_a_lone_dissent_gives_an_alpha_of_zero(tmp_path: Path) -> None:
    """Five coders, five units, one disagreement."""
    survey = survey_of(tmp_path / "s", "33333 33330 33033 33033 33313", 3)
    assert krippendorff_alpha(survey, level="nominal") == pytest.approx(0, abs=1e-12)


def test_order_is_that_of_the_codebook(tmp_path: Path) -> None:
    """low < medium < high: ordinal alpha .5898 (krippendorff with its value domain), Cohen's kappa .1176."""
    survey = survey_of(tmp_path / "s", "12 33 23 11 32", 3)
    assert round(krippendorff_alpha(survey) or 0, 4) == 0.5898
    assert round(cohen_kappa(survey) or 0, 4) == 0.1176


def test_slots_are_no_persons_and_three_coders_no_pair(tmp_path: Path, diagnoses: Survey) -> None:
    slots = survey_of(tmp_path / "s", "12 33 23 11 32", 3, coders="slots")
    item = {"item": "level0"}
    persons = ({"name": "cohen_kappa"}, {"name": "light_kappa"}, {"name": "kendall_w", **item})
    words = VOID + "the coders are slots, so it is not known who they are"
    assert published(slots, *persons) == [(None, None, words)] * 3
    assert fleiss_kappa(slots) is not None
    with pytest.raises(Undefined, match="name two"):
        cohen_kappa(diagnoses)
    with pytest.raises(ValueError, match="two coders"):
        cohen_kappa(diagnoses, coders=THREE)


def test_lights_mean_leaves_no_undefined_pair_out(tmp_path: Path) -> None:
    """The first two coders always agree on one answer: their kappa is undefined, and so is the mean."""
    survey = survey_of(tmp_path / "s", "112 111 113 112", 3)
    with pytest.raises(Undefined, match="nothing varies"):
        light_kappa(survey)
