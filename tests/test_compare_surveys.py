"""Surveys side by side: matching, agreement as between two coders, what moved, and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from finding import sheet
from running import cli
from tables import SMALL_CODEBOOK, SURVEY_YAML, write_survey

import rdpscore
from rdpscore.codebook import load_codebook
from rdpscore.codebook.crosswalk_store import load_crosswalk
from rdpscore.comparing.comparison import SurveyComparison, compare_surveys, labels
from rdpscore.problems import InvalidInput
from rdpscore.report.gallery import of_comparison
from rdpscore.survey import Survey, load, save
from rdpscore.survey.translation import translate
from rdpscore.validation.issns import issns_in
from rdpscore.validation.matching import Names, match_journals, names


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).where(frame.notna(), None).reset_index(drop=True)


def other(survey: Survey, name: str, **tables: pd.DataFrame) -> Survey:
    """The survey under another id, with other tables."""
    own = {n: plain(getattr(survey, n)) for n in ("journals", "codings", "adjudications")} | tables
    meta = survey.meta.model_copy(update={"id": name})
    return Survey.from_frames(
        survey.codebook, own["journals"], own["codings"], own["adjudications"], meta=meta
    )


def coder(survey: Survey, *names: str) -> Survey:
    """What some coders alone coded, and nothing adjudicated."""
    codings = plain(survey.codings)
    nothing = plain(survey.adjudications).iloc[:0]
    return other(
        survey, "-".join(names), codings=codings[codings["coder"].isin(names)], adjudications=nothing
    )


# A survey and itself ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def itself(shipped: Survey) -> SurveyComparison:
    return compare_surveys(shipped, shipped, resamples=200)


def test_nothing_moved_between_a_survey_and_itself(itself: SurveyComparison) -> None:
    (pair,) = itself.pairs
    assert len(pair.matches) == itself.n_in_all == 171
    assert pair.counts == {"n": 171 * 17, "same": 171 * 17, "stricter": 0, "looser": 0, "other": 0}
    assert len(pair.changes) == len(pair.only_a) == len(pair.only_b) == len(pair.near) == 0
    overall = pair.agreement.overall
    assert (overall.percent, overall.alpha_exact, overall.alpha_score) == (1, 1, 1)
    assert {h.reason for h in pair.agreement.headlines} == {"no_disagreement"}


def test_the_distributions_are_those_of_the_resolved_answers(
    shipped: Survey, itself: SurveyComparison
) -> None:
    table = itself.pairs[0].distributions
    for place, item in enumerate(shipped.codebook.items):
        if item.closed:
            own = table[table["item"] == item.id]
            counts = pd.Series(shipped.resolved.option[:, place]).value_counts()
            assert own["n_a"].tolist() == own["matched_n_b"].tolist()
            assert own["n_a"].tolist() == [int(counts.get(k, 0)) for k in range(len(item.codes))]


def test_two_surveys_of_one_id_are_told_apart(shipped: Survey) -> None:
    assert labels([shipped, other(shipped, "x"), shipped, shipped]) == (
        "materials-science", "x", "materials-science-2", "materials-science-3",
    )  # fmt: skip


# Known changes ------------------------------------------------------------------------------------------


def test_known_changes_are_counted_exactly(shipped: Survey) -> None:
    """Adopted answers are moved up or down by known numbers, on known items of known publishers."""
    rng = np.random.default_rng(7)
    rows: list[dict[str, Any]] = []
    expected: dict[str, tuple[int, int]] = {}
    book = shipped.codebook
    publisher = shipped.journals["publisher"].astype(object).tolist()
    moved_at: dict[str, int] = {}
    for item in book.closed_items:
        place = book.item_ids.index(item.id)
        option = shipped.resolved.option[:, place].copy()
        chosen = rng.choice(171, int(rng.integers(0, 30)), replace=False)
        up = down = 0
        for j in chosen:
            step = 1 if option[j] == 0 or (rng.random() < 0.5 and option[j] < len(item.codes) - 1) else -1
            option[j] += step
            up, down = up + (step > 0), down + (step < 0)
            moved_at[publisher[j]] = moved_at.get(publisher[j], 0) + 1
        expected[item.id] = (up, down)
        rows += [
            {"journal_id": j, "item": item.id, "answer": item.codes[o]}
            for j, o in zip(shipped.journal_ids, option, strict=True)
        ]
    pair = compare_surveys(
        shipped, other(shipped, "later", adjudications=pd.DataFrame(rows)), resamples=0
    ).pairs[0]
    found = pair.items.set_index("item")
    assert {i: (int(r["stricter"]), int(r["looser"])) for i, r in found.iterrows()} == expected
    assert len(pair.changes) == sum(a + b for a, b in expected.values())
    by_publisher = pair.publishers.set_index("publisher")
    differ = (by_publisher["n"] - by_publisher["same"]).to_dict()
    assert {p: n for p, n in differ.items() if n} == moved_at
    assert pair.where["n"].sum() >= len(pair.changes) == (pair.where["n"] - pair.where["same"]).sum()
    up = pair.changes[pair.changes["direction"] == "stricter"]
    assert (up["shift"] > 0).all()


def test_the_shift_is_the_difference_of_the_scores(folder: Path, tmp_path: Path) -> None:
    a = load(folder)
    b = other(a, "b", adjudications=pd.DataFrame([{"journal_id": "alpha", "item": "data", "answer": "0"}]))
    pair = compare_surveys(a, b, resamples=0).pairs[0]
    assert pair.items.set_index("item").loc["data", "mean_shift"] == pytest.approx((0 - 1 + 0) / 2)
    assert pair.changes.to_dict("records") == [
        {"journal_a": "alpha", "journal_b": "alpha", "title": "Alpha Letters", "publisher": "North", "item": "data",
         "a": "2", "b": "0", "direction": "looser", "shift": -1.0}
    ]  # fmt: skip


# Two coders as two surveys ------------------------------------------------------------------------------


def test_two_coders_as_two_surveys_agree_as_the_two_coders_do(shipped: Survey) -> None:
    """The study's coders: every figure of the agreement report on the doubly coded, to the last digit."""
    pair = compare_surveys(coder(shipped, "c1"), coder(shipped, "c2"), resamples=200).pairs[0]
    theirs = rdpscore.measure_agreement(coder(shipped, "c1", "c2"), resamples=200)
    assert pair.agreement.overall == theirs.overall
    assert pair.counts["n"] == 161 * 17 == 2737
    assert pair.counts["same"] / 2737 == pytest.approx(theirs.overall.percent)
    both = zip(pair.agreement.items, theirs.items, strict=True)
    fields = ("n", "percent", "alpha", "alpha_low", "alpha_high", "ac1", "detection", "grading", "reason")
    assert all(getattr(mine, f) == getattr(own, f) for mine, own in both for f in fields)
    ours, own = ([h for h in r.headlines if h.unit == "journal"] for r in (pair.agreement, theirs))
    for mine, his in zip(ours, own, strict=True):
        assert (mine.value, mine.low, mine.high, mine.n_clusters) == pytest.approx(
            (his.value, his.low, his.high, his.n_clusters)
        )


def test_a_third_survey_joins_in_pairs(shipped: Survey) -> None:
    a, b, c = coder(shipped, "c1"), coder(shipped, "c2"), shipped
    result = compare_surveys(a, b, c, resamples=0)
    assert [(p.a.label, p.b.label) for p in result.pairs] == [
        ("c1", "c2"), ("c1", "materials-science"), ("c2", "materials-science"),
    ]  # fmt: skip
    assert result.n_in_all == 171
    alone = compare_surveys(b, c, resamples=0).pairs[0]
    pd.testing.assert_frame_equal(result.pairs[2].items, alone.items)
    table = result.to_frame()
    assert len(table) == 3 * 17
    assert table[["survey_a", "survey_b"]].drop_duplicates().shape == (3, 2)


# Codebooks ----------------------------------------------------------------------------------------------


def test_a_survey_and_its_own_translation_agree_in_full(shipped: Survey) -> None:
    """Through the shipped crosswalk, found by the codebooks' ids, in both directions."""
    away = load_codebook("top-2015")
    made = translate(shipped, load_crosswalk("materials-science-to-top-2015"), away)
    view = made.survey
    pair = compare_surveys(view, shipped, resamples=0).pairs[0]
    assert pair.terms.translated == "b"
    assert [i.id for i in pair.terms.codebook.items] == [
        "data_citation", "data_transparency", "analysis_code_transparency",
    ]  # fmt: skip
    assert pair.counts["n"] == int(made.items["n_told"].sum())
    assert pair.counts["same"] == pair.counts["n"]
    back = compare_surveys(shipped, view, resamples=0).pairs[0]
    assert back.terms.translation is not None
    assert back.terms.translation.crosswalk.id == "top-2015-to-materials-science"
    sharing = back.items.set_index("item").loc["data_sharing"]
    assert sharing["stricter"] == 0
    assert sharing["looser"] == int(np.isin(shipped.resolved.option[:, 1], [1, 2, 3]).sum())


def test_left_out_items_are_told(shipped: Survey) -> None:
    view = translate(
        shipped, load_crosswalk("materials-science-to-top-2025"), load_codebook("top-2025")
    ).survey
    left = compare_surveys(view, shipped, resamples=0).pairs[0].terms.left_out
    assert set(left["reason"]) == {"no_counterpart"}
    assert {"study_protocol", "data_licenses"} <= set(left["item"])


def test_versions_of_one_codebook_share_the_items_that_read_the_same(folder: Path, tmp_path: Path) -> None:
    text = SMALL_CODEBOOK.replace("label: Encouraged", "label: Expected").replace(
        'version: "1"', 'version: "2"'
    )
    second = tmp_path / "second"
    write_survey(
        second,
        text,
        SURVEY_YAML.replace('version: "1"', 'version: "2"').replace("id: small\n", "id: second\n"),
        journals=sheet("journal_id | title | publisher", "x | The Alpha-Letters | North"),
        codings=sheet(
            "journal_id | coder | item | answer", "x | c1 | policy | no", "x | c1 | data | 1", "x | c1 | code | 1",
        ),
    )  # fmt: skip
    pair = compare_surveys(load(folder), load(second), resamples=0).pairs[0]
    assert [i.id for i in pair.terms.codebook.items] == ["policy", "code"]
    assert pair.terms.left_out.to_dict("records") == [
        {"codebook": "small", "item": "data", "title": "Data", "reason": "differs_between_codebooks"}
    ]
    assert pair.counts == {"n": 2, "same": 1, "stricter": 0, "looser": 1, "other": 0}


def test_without_a_crosswalk_it_is_told_which_there_are(folder: Path, shipped: Survey) -> None:
    with pytest.raises(InvalidInput, match="no crosswalk between") as told:
        compare_surveys(load(folder), shipped)
    (problem,) = told.value.problems
    assert "top-2015-to-materials-science" in problem.remedy


# Journals -----------------------------------------------------------------------------------------------


def of(*rows: tuple[str, str, str]) -> Names:
    frame = pd.DataFrame(rows, columns=["journal_id", "title", "issn_l"]).assign(publisher="P")
    frame["issn_l"] = frame["issn_l"].replace("", None)
    codings = pd.DataFrame(columns=["journal_id", "coder", "item", "answer"], dtype=object)
    book = load_codebook("materials-science")
    return names(Survey.from_frames(book, frame, codings))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (("a", "Nature", "0028-0836"), ("x", "Nature (London)", "00280836"), "issn"),
        (("a", "Cell & Tissue", ""), ("x", "The Cell and Tissue", ""), "title"),
        (("a", "Physica", "0028-0836"), ("x", "Physica", ""), "title"),
        (("a", "Physica", "0028-0836"), ("x", "Physica", "1476-4687"), "titles equal, ISSNs differ"),
        (("a", "Acta Materialia", ""), ("x", "Acta Materiala", ""), "titles alike"),
        (("a", "Small", ""), ("x", "Small: Nano and Micro", ""), "titles equal but for an addition"),
        (("a", "Langmuir", ""), ("a", "Wear", ""), "the same journal_id"),
        (("a", "Langmuir", ""), ("x", "Wear", ""), None),
        (("a", "Part A", ""), ("x", "Part B", ""), None),
    ],
)
def test_journals_match_by_issn_then_by_title(
    a: tuple[str, str, str], b: tuple[str, str, str], expected: str | None
) -> None:
    found = match_journals(of(a), of(b))
    told = [m.by for m in found.matches] + [n.why for n in found.near]
    assert told == ([] if expected is None else [expected])


def test_what_people_said_goes_first_and_no_journal_matches_twice() -> None:
    a = of(("a", "Nature", "0028-0836"), ("b", "Wear", ""))
    b = of(("x", "Nature", "0028-0836"), ("y", "Nature Reviews", ""))
    assert [(m.a, m.b, m.by) for m in match_journals(a, b, [("a", "y", True)]).matches] == [
        (0, 1, "confirmed")
    ]
    assert match_journals(a, b, [("a", "x", False)]).matches == ()


def test_a_title_that_stands_twice_decides_nothing() -> None:
    a = of(("a", "Nature", ""), ("b", "Nature", ""))
    assert match_journals(a, of(("x", "Nature", ""))).matches == ()


def test_several_issns_of_a_cell_are_read() -> None:
    assert issns_in("1535-6108; 18783686, 2049-3630x") == ["1535-6108", "1878-3686"]
    assert issns_in(None) == []


# Dates --------------------------------------------------------------------------------------------------


def dated(tmp_path: Path, name: str, read_on: str = "", coded_on: str = "") -> Survey:
    text = SURVEY_YAML.replace("id: small\n", f"id: {name}\n", 1)
    if read_on:
        text += f'read_on: "{read_on}"\n'
    rows = [f"a | c1 | policy | yes | {coded_on}", f"a | c1 | data | 1 | {coded_on}", "a | c1 | code | 0 |"]
    return load(
        write_survey(
            tmp_path / name,
            survey_yaml=text,
            journals=sheet("journal_id | title | publisher", "a | A | P"),
            codings=sheet("journal_id | coder | item | answer | coded_on", *rows),
        )
    )


def test_a_difference_is_a_change_only_where_the_dates_say_so(tmp_path: Path) -> None:
    early = dated(tmp_path, "early", read_on="2021-03-01 to 2021-05-31")
    late = dated(tmp_path, "late", coded_on="2024-06-01")
    between = dated(tmp_path, "between", read_on="2021-05-01 to 2024-01-01")
    undated = dated(tmp_path, "undated", read_on="in spring 2019")
    for a, b, later, undecided in (
        (early, late, "b", None),
        (late, early, "a", None),
        (early, between, None, "read_at_the_same_time"),
        (early, undated, None, "dates_not_recorded"),
    ):
        pair = compare_surveys(a, b, resamples=0).pairs[0]
        assert (pair.later, pair.undated) == (later, undecided)
    run = cli("compare", tmp_path / "early", tmp_path / "late", "--resamples", "0")
    assert "latereadthepoliciesafterearly" in run.said
    assert "codedon2024-06-01" in run.said
    assert "not changes" not in run.out
    assert "notchanges" in cli("compare", tmp_path / "early", tmp_path / "undated").said


# The command --------------------------------------------------------------------------------------------


@pytest.fixture
def two(folder: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The small survey, and another of two of its journals, one of them misspelt, and a journal of its own."""
    second = write_survey(
        tmp_path / "second",
        survey_yaml=SURVEY_YAML.replace("id: small\n", "id: second\n", 1),
        journals=sheet(
            "journal_id | title | publisher", "al | Alpha Letters | North", "ga | Gamma Materals | South",
            "de | Delta | East",
        ),
        codings=sheet(
            "journal_id | coder | item | answer", "al | x | policy | yes", "al | x | data | 1", "al | x | code | 1",
            "ga | x | policy | yes", "de | x | policy | no",
        ),
    )  # fmt: skip
    return folder, second


def test_near_matches_are_written_then_read(two: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "near.csv"
    run = cli("compare", *two, "--matches", path, "--json")
    assert run.status == 0, run.said
    assert "1nearmatchestoconfirm" in run.said
    assert run.json()["result"]["pairs"][0]["n_matched"] == 1
    table = pd.read_csv(path, dtype=str)
    assert table.to_dict("records") == [
        {"survey_a": "small", "journal_a": "gamma", "title_a": "Gamma Materials", "survey_b": "second",
         "journal_b": "ga", "title_b": "Gamma Materals", "why": "titles alike", "same": np.nan}
    ]  # fmt: skip
    table.assign(same="yes").to_csv(path, index=False)
    again = cli("compare", *two, "--matches", path, "--json").json()["result"]["pairs"][0]
    assert [m["by"] for m in again["matches"]] == ["title", "confirmed"]
    assert again["near_matches"] == []
    table.assign(same="no").to_csv(path, index=False)
    last = cli("compare", *two, "--matches", path, "--json").json()["result"]["pairs"][0]
    assert (last["n_matched"], last["near_matches"]) == (1, [])


def test_a_faulty_file_of_matches_is_told_all_at_once(two: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "near.csv"
    path.write_text(
        "survey_a,journal_a,survey_b,journal_b,same\nsmal,gamma,second,ga,yes\n"
        "small,gama,second,ga,yes\nsmall,gamma,second,ga,perhaps\n"
    )
    run = cli("compare", *two, "--matches", path, "--json")
    assert run.status == 1
    found = [(p["row"], p["column"], p["value"]) for p in run.json()["problems"]]
    assert sorted(found) == [(2, "survey_a", "smal"), (3, "journal_a", "gama"), (4, "same", "perhaps")]
    assert "nearest: 'gamma'" in json.dumps(run.json())


def test_json_output_and_text_tell_the_same(two: tuple[Path, Path], tmp_path: Path) -> None:
    run = cli("compare", *two, "--json", "--output", tmp_path / "x.xlsx")
    assert run.status == 0
    pair = run.json()["result"]["pairs"][0]
    assert pair["moved"] == {"n": 3, "same": 2, "stricter": 0, "looser": 1, "other": 0}
    assert [j["journal_id"] for j in pair["only_a"]] == ["beta", "gamma"]
    assert [j["journal_id"] for j in pair["only_b"]] == ["ga", "de"]
    sheets = pd.read_excel(tmp_path / "x.xlsx", sheet_name=None, engine="openpyxl")
    assert {"items", "changes", "matches", "only_a", "distributions", "surveys"} <= set(sheets)
    text = cli("compare", *two, "--full")
    assert "1journalinboth(1bytitle)" in text.said
    assert "Gamma Materials (gamma) ? Gamma Materals (ga): titles alike" in text.out
    assert "1of3answersdiffer" in text.said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("one",), "name two surveys or more"),
        (("a", "b", "--cluster", "reading"), "'reading' is none of"),
        (("a", "b", "--matches", "x.txt"), "is no .csv file"),
    ],
)
def test_wrong_use_is_told(arguments: tuple[str, ...], said: str) -> None:
    run = cli("compare", *arguments)
    assert run.status == 2
    assert "".join(said.split()) in run.said.replace("│", "")


def test_bad_input_has_no_traceback(two: tuple[Path, Path], tmp_path: Path) -> None:
    run = cli("compare", two[0], tmp_path / "nowhere")
    assert run.status == 1
    assert "there is no survey.yaml" in " ".join(run.err.split())
    run = cli("compare", two[0], "materials-science")
    assert run.status == 1
    assert "nocrosswalkbetween" in run.said
    run = cli("compare", two[0], two[1], "--crosswalk", "materials-science-to-top2015")
    assert run.status == 1
    assert "nearest:'materials-science-to-top-2015'" in run.said
    run = cli("compare", two[0], two[1], "--crosswalk", "materials-science-to-top-2015")
    assert run.status == 2
    assert "thesurveysareundersmall" in run.said.replace("│", "")


def test_no_journal_in_common_is_no_crash(folder: Path, tmp_path: Path) -> None:
    second = write_survey(
        tmp_path / "second",
        journals=sheet("journal_id | title | publisher", "de | Delta | East"),
        codings=sheet("journal_id | coder | item | answer", "de | x | policy | no"),
    )
    run = cli("compare", folder, second)
    assert run.status == 0, run.said
    assert "nothingcanbecompared" in run.said
    assert cli("compare", folder, second, "--json").json()["result"]["pairs"][0]["overall"]["percent"] is None


def test_a_crosswalk_of_ones_own(folder: Path, tmp_path: Path) -> None:
    """Two codebooks that are not shipped, and a file between them."""
    text = SMALL_CODEBOOK.replace("id: small", "id: big", 1)
    big = write_survey(
        tmp_path / "big",
        text,
        "format: 1\nid: big\ntitle: Big\ncodebook: {id: big, version: '1'}\n",
        journals=sheet("journal_id | title | publisher", "alpha | Alpha Letters | North"),
        codings=sheet("journal_id | coder | item | answer", "alpha | x | data | 2"),
    )
    ids = ("policy", "code")
    walk = {
        "format": 1, "id": "big-to-small", "title": "T", "from": {"id": "big", "version": "1"},
        "to": {"id": "small", "version": "1"},
        "items": [{"item": "data", "note": "The same.", "rules": [
            {"when": {"data": [c]}, "answer": c} for c in ("0", "1", "2")]}],
        "no_counterpart": {k: [{"item": i, "note": "Not compared."} for i in ids] for k in ("from", "to")},
    }  # fmt: skip
    path = tmp_path / "walk.yaml"
    path.write_text(yaml.safe_dump(walk))
    run = cli("compare", folder, big, "--crosswalk", path, "--json")
    assert run.status == 0, run.said
    assert run.json()["result"]["pairs"][0]["moved"]["same"] == 1


# A published survey -------------------------------------------------------------------------------------

GRADES = ("none", "mentioned", "encouraged", "req_noeffct_pub", "req_pub")
"""The grades of Resnik et al. 2019 from the least to the most strict, as the columns of their file name them."""


def grade_codebook() -> dict[str, Any]:
    options = [{"code": g, "label": g, "score": k / 4} for k, g in enumerate(GRADES)]
    item = {"id": "grade", "dimension": "d", "title": "Grade", "question": "How strict?", "level": "ordinal",
            "evidence": "optional", "options": options}  # fmt: skip
    return {
        "format": 1, "id": "grades", "version": "1", "title": "Grades", "items": [item],
        "dimensions": [{"id": "d", "title": "D"}], "schemes": [{"id": "equal", "title": "Mean"}],
        "default_scheme": "equal",
    }  # fmt: skip


def grade_crosswalk() -> dict[str, Any]:
    """Any grade above none is a policy; what is required of whom, the grades do not tell."""
    book = load_codebook("materials-science")
    told = {"rdp_exist", "data_sharing"}
    return {
        "format": 1, "id": "grades-to-materials-science", "title": "T", "from": {"id": "grades", "version": "1"},
        "to": {"id": "materials-science", "version": "1.0.0"},
        "items": [
            {"item": "rdp_exist", "note": "Any grade.",
             "rules": [{"when": {"grade": ["none"]}, "answer": "0"}, {"answer": "1"}]},
            {"item": "data_sharing", "note": "Required grades may be any duty.",
             "rules": [{"when": {"grade": list(GRADES[:3])}, "answer": "0"}, {"answer": None}]},
        ],
        "no_counterpart": {"to": [{"item": i, "note": "Not asked."} for i in book.item_ids if i not in told]},
    }  # fmt: skip


def test_the_shipped_survey_beside_a_published_one(shipped: Survey, reference: Path, tmp_path: Path) -> None:
    """Resnik et al. 2019 through a mapping file and a crosswalk; expected figures by pandas from the raw file."""
    (source,) = (reference / "resnik-2019").glob("*.csv")
    mapping = {
        "format": 1, "codebook": "grades.yaml",
        "survey": {"id": "resnik", "title": "Resnik et al. 2019", "read_on": "2018"}, "sources": {"data": source.name},
        "journals": {"title": "Name", "publisher": "publisher"}, "coders": {"value": "consensus"},
        "items": {"grade": {"indicators": {g: f"data_sharing_{g}" for g in reversed(GRADES)}}},
    }  # fmt: skip
    for name, content in (("grades", grade_codebook()), ("mapping", mapping), ("walk", grade_crosswalk())):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    run = cli("import", tmp_path / "resnik", "--mapping", tmp_path / "mapping.yaml", source)
    assert run.status == 0, run.said
    run = cli(
        "compare", "materials-science", tmp_path / "resnik", "--crosswalk", tmp_path / "walk.yaml", "--json",
    )  # fmt: skip
    assert run.status == 0, run.said
    pair = run.json()["result"]["pairs"][0]
    raw = pd.read_csv(source, dtype=str, encoding="utf-8-sig")
    raw["title"] = (
        raw["Name"].str.casefold().str.replace("&", "and").str.replace(r"\s+", " ", regex=True).str.strip()
    )
    ours = shipped.journals.astype({"title": str})
    ours["key"] = ours["title"].str.casefold().str.replace("&", "and")
    both = ours.merge(raw, left_on="key", right_on="title")
    assert sorted(m["title_a"] for m in pair["matches"]) == sorted(both["title_x"])
    assert len(both) == 5
    assert pair["undated"] == "dates_not_recorded"
    place = shipped.journal_ids.get_indexer(pd.Index(both["journal_id"].astype(object)))
    exist = shipped.resolved.option[place, 0]
    theirs = np.where(both[[f"data_sharing_{g}" for g in GRADES[1:]]].eq("1").any(axis=1), 1, 0)
    found = {i["item"]: i for i in pair["items"]}
    assert found["rdp_exist"]["n"] == 5
    assert found["rdp_exist"]["same"] == int((exist == theirs).sum())
    assert found["rdp_exist"]["looser"] == int((theirs < exist).sum())
    assert len(pair["only_a"]) == 171 - 5
    assert len(pair["only_b"]) == 447 - 5


# Figures ------------------------------------------------------------------------------------------------


def test_the_figures_show_what_was_counted(shipped: Survey, tmp_path: Path) -> None:
    a, b = coder(shipped, "c1"), coder(shipped, "c2")
    result = compare_surveys(a, b, resamples=0)
    side, moved = of_comparison(result)
    counts = side.frame.groupby(["item", "survey"])["n"].sum()
    assert counts["data_sharing", "A"] == 171
    assert counts["data_sharing", "B"] == 161
    figure = side.figure()
    assert sum(float(bar.x[0]) for bar in figure.data) == pytest.approx(2 * 17)
    assert moved.frame["stricter"].sum() == result.pairs[0].counts["stricter"]
    bars = {bar.name: sum(abs(x) for x in bar.x) for bar in moved.figure().data}
    assert bars == {
        "looser in B": result.pairs[0].counts["looser"],
        "stricter in B": result.pairs[0].counts["stricter"],
    }
    save(a, tmp_path / "a")
    save(b, tmp_path / "b")
    run = cli("compare", tmp_path / "a", tmp_path / "b", "--figures", tmp_path / "f", "--resamples", "0")
    assert run.status == 0, run.said
    assert sorted(p.name for p in (tmp_path / "f").iterdir()) == [
        "answers-side-by-side-c1-c2.csv", "answers-side-by-side-c1-c2.html",
        "what-moved-c1-c2.csv", "what-moved-c1-c2.html",
    ]  # fmt: skip
    assert cli("compare", tmp_path / "a", tmp_path / "b", "--figures", tmp_path / "f").status == 2


def test_it_is_public(shipped: Survey) -> None:
    assert rdpscore.compare_surveys is compare_surveys
