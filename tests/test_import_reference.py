"""The published data of four studies through mapping files, against what their authors say of them."""

from __future__ import annotations

import csv
import string
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

from rdpscore.importing.published import Published, read_published
from rdpscore.survey import Survey
from rdpscore.survey.records import RESOLVED_BY
from rdpscore.validation.titles import normalise

YES_NO = [{"code": "no", "label": "No", "score": 0}, {"code": "yes", "label": "Yes", "score": 1}]


def book(items: list[dict[str, object]]) -> dict[str, object]:
    """A codebook of some items; questions and labels do not matter here."""
    common = {"dimension": "d", "level": "nominal", "evidence": "optional"}
    return {
        "format": 1,
        "id": "test",
        "version": "1",
        "title": "Test",
        "dimensions": [{"id": "d", "title": "D"}],
        "items": [{**common, "title": str(i["id"])[:40], "question": str(i["id"]), **i} for i in items],
        "schemes": [{"id": "equal", "title": "Mean"}],
        "default_scheme": "equal",
    }


def study(
    folder: Path, codebook: dict[str, object] | None, mapping: dict[str, object], *sources: Path
) -> Published:
    folder.mkdir(exist_ok=True)
    if codebook is not None:
        (folder / "codebook.yaml").write_text(yaml.safe_dump(codebook), encoding="utf-8")
    said = {"format": 1, "codebook": "codebook.yaml", **mapping}
    (folder / "mapping.yaml").write_text(
        yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    return read_published(folder / "mapping.yaml", sources)


def counts(survey: Survey, item: str) -> dict[str, int]:
    """Option → number of journals whose resolved answer it is."""
    place = survey.codebook.item_ids.index(item)
    codes = survey.codebook.items[place].codes
    return dict(Counter(codes[o] for o in survey.resolved.option[:, place] if o >= 0))


# Resnik 2019: indicators, one consensus ------------------------------------------------------------------


def head_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return next(csv.reader(stream))


@pytest.fixture(scope="module")
def resnik(
    reference: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Published, list[str], list[str]]:
    (path,) = (reference / "resnik-2019").glob("*.csv")
    head = head_of(path)
    grades, binary = head[7:15], [*head[7:26], *head[28:31]]
    options = [{"code": g, "label": g, "score": i / 7} for i, g in enumerate(reversed(grades))]
    items = [{"id": b, "options": YES_NO} for b in binary]
    mapping = {
        "survey": {"id": "resnik", "title": "Resnik"},
        "sources": {"main": {"file": path.name, "missing": ["NA"]}},
        "journals": {
            "title": "Name",
            "publisher": "publisher",
            "attributes": {"impact": "ImpactFactor", "science": "TypeofScience"},
        },
        "coders": {"value": "authors", "consensus": "authors"},
        "answers": {"column": "{item}", "values": {"0": "no", "1": "yes"}},
        "items": {"grade": {"indicators": {g: g for g in grades}}},
    }
    mapping["survey"]["attributes"] = {"science": {"kind": "text"}}  # type: ignore[index]
    made = study(
        tmp_path_factory.mktemp("resnik"), book([{"id": "grade", "options": options}, *items]), mapping, path
    )
    return made, grades, binary


def test_resnik_has_447_journals_that_nobody_coded_once(
    resnik: tuple[Published, list[str], list[str]],
) -> None:
    report = resnik[0].report
    assert report.journals["journals"] == 447
    assert report.journals["consensus_only"] == 447
    assert report.journals["one_coder"] == 0
    assert set(resnik[0].survey.resolved.by[:, 1].tolist()) == {RESOLVED_BY.index("consensus_only")}


def test_resnik_44_journals_with_several_grades_and_one_with_none_are_named(
    resnik: tuple[Published, list[str], list[str]],
) -> None:
    problems = resnik[0].report.problems
    several = [p for p in problems if p.code == "several_indicators"]
    assert len(several) == 44
    assert all(p.row for p in several)
    assert len([p for p in problems if p.code == "no_indicator"]) == 1


def test_resnik_printed_counts_come_out_of_the_indicators(
    resnik: tuple[Published, list[str], list[str]], reference: Path
) -> None:
    survey, _, binary = resnik[0].survey, *resnik[1:]
    with (reference / "published_figures.csv").open(encoding="utf-8") as stream:
        printed = {
            r["quantity"]: r["printed"] for r in csv.DictReader(stream) if r["folder"] == "resnik-2019"
        }
    checked = 0
    for item in binary:
        if f"n yes {item}" in printed:
            assert counts(survey, item).get("yes", 0) == int(printed[f"n yes {item}"]), item
            checked += 1
    assert checked >= 20
    science = survey.journals["science"].value_counts()
    assert {k: int(printed[f"n discipline {k}"]) for k in "BCMPS"} == science.to_dict()


# Statistical guidance 2019: coders and consensus ---------------------------------------------------------


def letter(position: int) -> str:
    return string.ascii_uppercase[position] if position < 26 else "A" + string.ascii_uppercase[position - 26]


GUIDANCE = [f"topic{n:02}" for n in range(1, 21)]


@pytest.fixture(scope="module")
def guidance(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Published:
    folder = reference / "statistical-guidance-2019"
    own = [
        {"code": "no", "label": "No", "score": 0},
        {"code": "scattered", "label": "Here and there", "score": 0.5},
        {"code": "section", "label": "A section", "score": 1},
    ]
    given = {"any": ["yes"]}
    items: list[dict[str, object]] = [
        {"id": "any", "options": YES_NO},
        {"id": "external", "options": YES_NO, "applies_if": given},
        {"id": "own", "options": own, "applies_if": given},
        *({"id": t, "options": YES_NO, "applies_if": {"own": ["scattered", "section"]}} for t in GUIDANCE),
    ]
    mapping = {
        "survey": {"id": "guidance", "title": "Guidance", "not_recorded": ["publisher"]},
        "sources": {
            "main": {"file": "data_coding.csv", "missing": ["NA"]},
            "list": {"file": "data_journals.csv", "missing": ["NA"]},
        },
        "rows": [
            {"name": "shared guidelines", "where": {"@B": {"begins": "SHARED:"}}},
            {
                "name": "the second row of one coder is the second coder's",
                "where": {"@B": {"begins": "Frontiers in Ecology"}, "@row": "486"},
                "set": {"@A": "TH"},
            },
        ],
        "journals": {
            "title": "@B",
            "also": [
                {
                    "source": "list",
                    "column": "Full Journal Title",
                    "attributes": {"impact": "Journal Impact Factor", "field": "ESI_field"},
                }
            ],
        },
        "coders": {"column": "@A", "consensus": {"contains": "/"}},
        "answers": {"missing": ["x"], "otherwise": "@note"},
        "items": {
            "any": "@C",
            "external": "@D",
            "own": {"column": "@F", "values": {"Yes - there is a*": "section", "Yes - but*": "scattered"}},
            **{t: {"column": f"@{letter(6 + 2 * i)}", "passage": "@next"} for i, t in enumerate(GUIDANCE)},
        },
    }
    mapping["survey"]["attributes"] = {"field": {"kind": "text"}}  # type: ignore[index]
    return study(tmp_path_factory.mktemp("guidance"), book(items), mapping, folder)


def test_guidance_journals_coders_and_rows_are_those_that_the_authors_describe(guidance: Published) -> None:
    found = guidance.report.journals
    assert found["journals"] == 330
    assert found["two_coders"] == 162
    assert found["consensus_only"] == 168
    assert found["one_coder"] == 0
    rows = guidance.report.rows.set_index("what")["rows"]
    assert rows["left out: shared guidelines"] == 20
    assert guidance.survey.journals["impact"].notna().all()


def test_guidance_printed_counts_of_journals(guidance: Published, reference: Path) -> None:
    """The headline: 160 of 330 provide guidance (the authors' supplement C)."""
    assert counts(guidance.survey, "any")["yes"] == 160
    with (reference / "published_figures.csv").open(encoding="utf-8") as stream:
        printed = {
            r["quantity"]: int(r["printed"])
            for r in csv.DictReader(stream)
            if r["quantity"].startswith("n journals |")
        }
    shown = counts(guidance.survey, "topic20")["yes"]
    assert shown == printed["n journals | categorisation of continuous data"]


# Crosas 2018: several studies ------------------------------------------------------------------------------

STUDIES = ("gleditsch", "gherghina", "zenkmoltgen", "sturges", "vlaeminck", "crosas")


def test_social_science_studies_are_coders_of_one_item(reference: Path, tmp_path: Path) -> None:
    mapping = {
        "survey": {"id": "social", "title": "Social science"},
        "sources": {"main": {"file": "studycomparison.tsv", "missing": ["NA"]}},
        "journals": {
            "title": "journaltitle",
            "publisher": "crosaspublisher",
            "attributes": {"impact": "crosasimpactfactor"},
        },
        "coders": {"columns": {s: s for s in STUDIES}},
        "answers": {"column": "{coder}haspolicy", "values": {"0": "no", "1": "yes"}},
    }
    published = study(
        tmp_path, book([{"id": "policy", "options": YES_NO}]), mapping, reference / "social-science-2018"
    )
    survey = published.survey
    with (reference / "published_figures.csv").open(encoding="utf-8") as stream:
        printed = {
            r["quantity"]: int(r["printed"]) for r in csv.DictReader(stream) if "haspolicy=" in r["quantity"]
        }
    answers = survey.codings.groupby(["coder", "answer"], observed=True).size()
    code = {"0": "no", "1": "yes"}
    for quantity, n in printed.items():
        name, _, value = quantity.removeprefix("n ").partition("haspolicy=")
        if value in code:
            assert answers[name, code[value]] == n, quantity
    assert len(survey.journals) == 937 - len(
        {p.value for p in published.report.problems if p.code == "spelled_differently"}
    )


# Materials science: the raw form and the YAML answers ------------------------------------------------------

OPTIONS = {
    "rdp_exist": {
        "Research Data Policy (RDP) does not exists.": "0",
        "Research Data Policy (RDP) exists.": "1",
    },
    "data_sharing": {
        "Data sharing encouraged*": "0",
        "Data sharing only with editors*": "1",
        "Data sharing required but not publicly*": "2",
        "Public data sharing required only*": "3",
        "Public data sharing of all data required.": "4",
    },
    "data_fair": {
        "Public data sharing on a FAIR repository not*": "0",
        "Public data sharing on a FAIR repository encouraged.": "1",
        "Public data sharing on a FAIR repository required only*": "2",
        "Public data sharing of all data on a FAIR*": "3",
    },
    "data_availability": {
        "Not mentioned in the RDP.": "0",
        "Mentioned in the RDP but optional.": "1",
        "Required according to the RDP.": "2",
    },
    "data_citability": {
        "No mention of DOIs*": "0",
        "DOIs or other persistent identifiers rec*": "1",
        "DOIs or other persistent identifiers req*": "2",
    },
    "data_timing": {
        "Timing of data*": "0",
        "Required data must be available after an*": "1",
        "Required data must be available after off*": "2",
        "Required data must be available prior to off*": "3",
        "Required data must be available prior to rev*": "4",
    },
    "data_sharing_method": {
        "No data sharing method*": "0",
        "Data is shared upon request*": "1",
        "Multiple data sharing*": "2",
        "Data sharing in supplementary*": "3",
        "Public online repositories*": "4",
    },
    "data_licenses": {"No mention of data/code*": "0", "Explicit mention*": "1", "Open access license*": "2"},
    "data_referee": {
        "Data sharing policy not*": "0",
        "Data sharing policy mentioned*": "1",
        "Additional data or code referee*": "3",
    },
    "code_required": {
        "Code sharing not*": "0",
        "Code sharing encouraged*": "1",
        "Code sharing required*": "2",
    },
    "code_reproducibility": {
        "No mention of dependencies*": "0",
        "Journal policies encourage/recommend stating all*": "1",
        "Journal policies require stating all*": "2",
    },
    "code_versioning": {
        "No mention of a persistent*": "0",
        "Journal policies encourage/recommend a pers*": "1",
        "Journal policies require a pers*": "2",
    },
    "code_quality": {
        "The journal policies do not mention any code*": "0",
        "Not mention any code*": "0",
        "The journal policies encourage/recommend certain*": "1",
        "The journal policies require c*": "2",
    },
    "code_autotest": {"No mention of automatic*": "0"},
    "code_docs": {
        "No mention of standards for code doc*": "0",
        "The journal policies encourage/recommend standards for code doc*": "1",
        "The journal policies require standards for code doc*": "2",
    },
    "code_linting": {"No mention of linting*": "0", "The journal policies encourage/recommend lint*": "1"},
    "code_development": {
        "No mention of standards for code dev*": "0",
        "The journal policies encourage/recommend standards for code dev*": "1",
        "The journal policies require standards for code dev*": "2",
    },
}

ITEMS = list(OPTIONS)
FORM = dict(zip(ITEMS, [4 + 2 * i for i in range(9)] + [24 + 2 * i for i in range(8)], strict=True))
REASONS = {
    "Language understanding": "interpretation",
    "difficulty in matching information and question": "interpretation",
    "Selected answer is better interpretation of RDP.": "interpretation",
    "Text not found": "evidence_missed",
    "Text missing": "evidence_missed",
    "Missed text.": "evidence_missed",
    "Text missing and language understanding": "evidence_missed_and_interpretation",
    "Same answer but different wording.": "wording",
    "Inconsistent formatting.": "wording",
}


@pytest.fixture(scope="module")
def form(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Published:
    mapping = {
        "codebook": "materials-science",
        "survey": {"id": "form", "title": "Form", "coders": "slots"},
        "sources": {"main": "survey_form.csv"},
        "journals": {"title": "@C", "publisher": "@B", "several": ","},
        "coders": {"number": True},
        "answers": {"no_passage": ["no text", "no text.", "n.a.", "na", "-"], "source_url": "@D"},
        "items": {
            **{i: {"column": f"@{letter(FORM[i])}", "passage": "@next", "values": OPTIONS[i]} for i in ITEMS},
            "data_recommended": "@W",
            "data_required": "@X",
        },
    }
    path = reference / "materials-science" / "raw" / "survey_form.csv"
    return study(tmp_path_factory.mktemp("form"), None, mapping, path)


@pytest.fixture(scope="module")
def raw_answers(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Published:
    mapping = {
        "codebook": "materials-science",
        "survey": {"id": "answers", "title": "Answers", "coders": "slots"},
        "sources": {"main": "answers/*/*.yaml"},
        "journals": {"title": "@file", "publisher": "@folder"},
        "coders": {"columns": {"c1": "0", "c2": "1"}},
        "answers": {
            "column": "{item}.{coder}.text",
            "passage": "{item}.{coder}.explanation",
            "adopted": "{item}.correct_answer",
            "adopted_is": "coder",
            "reason": "{item}.discrepancy_reason",
            "reasons": REASONS,
        },
        "items": {i: {"values": OPTIONS[i]} for i in ITEMS},
    }
    path = reference / "materials-science" / "raw"
    return study(tmp_path_factory.mktemp("answers"), None, mapping, path)


def records(survey: Survey) -> dict[str, list[tuple[str, ...]]]:
    """Normalised title → the answers of each of its records to the closed items."""
    places = [survey.codebook.item_ids.index(i) for i in ITEMS]
    titles = [k.replace(" ", "") for k in normalise([t.replace("_", " ") for t in survey.journals["title"]])]
    out: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for journal, option in zip(survey.records.journal, survey.records.option, strict=True):
        codes = (survey.codebook.items[p].codes[option[p]] if option[p] >= 0 else "" for p in places)
        out[titles[journal]].append(tuple(codes))
    return out


def test_every_row_of_the_form_that_runs_over_is_named(form: Published, reference: Path) -> None:
    path = reference / "materials-science" / "raw" / "survey_form.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    width = max(i for i, h in enumerate(rows[0]) if h.strip()) + 1
    over = {n for n, r in enumerate(rows[1:], start=2) if any(c.strip() for c in r[width:])}
    named = {p.row for p in form.report.problems if p.code in ("row_left_out", "row_rejoined")}
    assert len(over) == 40
    assert over <= named
    told = form.report.rows.set_index("what")["rows"]
    assert told["read"] == 123
    assert told["used"] + told["left out: answers stand under the wrong questions"] == 123


def compared(ours: Survey, shipped: Survey) -> tuple[int, list[tuple[str, dict[str, tuple[str, str]]]]]:
    """Records of the shipped survey's journals that it has alike, and those that differ, with the items."""
    theirs = records(shipped)
    alike, differing = 0, []
    for title, found in records(ours).items():
        for answers in found if title in theirs else ():
            if answers in theirs[title]:
                alike += 1
                continue
            best = min(theirs[title], key=lambda t: sum(a != b for a, b in zip(t, answers, strict=True)))
            differs = {i: (a, b) for i, a, b in zip(ITEMS, answers, best, strict=True) if a != b}
            differing.append((title, differs))
    return alike, differing


def test_what_is_used_of_the_form_is_what_the_shipped_survey_has(form: Published, shipped: Survey) -> None:
    """One answer of 226 records was changed by the authors between the snapshot and the publication."""
    alike, differing = compared(form.survey, shipped)
    assert alike >= 220
    assert differing == [("natureenergy", {"data_timing": ("2", "3")})]


def test_the_yaml_answers_are_those_of_the_shipped_survey_but_for_the_later_edits(
    raw_answers: Published, shipped: Survey
) -> None:
    """Differences by cause: the timing of seven Springer Nature journals and one record of Nature were edited later."""
    alike, differing = compared(raw_answers.survey, shipped)
    assert alike == 168
    later = [d for _, d in differing if set(d) == {"data_timing"}]
    assert len(later) == 7
    assert {tuple(d["data_timing"]) for d in later} == {("3", "2")}
    (other,) = [(t, set(d)) for t, d in differing if set(d) != {"data_timing"}]
    assert other == ("nature", {"data_sharing", "data_licenses", "code_required"})


def test_the_shifted_coder_of_seven_wiley_journals_is_left_out_and_named(raw_answers: Published) -> None:
    """In the form the row ran over; in the YAML files each later answer stands under the question before."""
    found = [p for p in raw_answers.report.problems if p.code == "row_left_out"]
    assert len(found) == 7
    assert {str(p.file).split("/")[1] for p in found} == {"Wiley"}
    assert all("coder c2" in p.what for p in found)


def test_form_and_yaml_answers_differ_where_a_row_was_left_out_or_an_answer_edited(
    form: Published, raw_answers: Published
) -> None:
    """Three causes.

    Rows 48, 73 and 82 of the form cannot be repaired (Frontiers; Nature, Nature Energy), and the authors typed
    them in anew; the timing of Springer Nature was edited; ce/papers was read by one coder more.
    """
    ours, theirs = records(form.survey), records(raw_answers.survey)
    both = ours.keys() & theirs.keys()
    assert len(both) > 90
    causes: dict[str, set[str]] = defaultdict(set)
    for title in both:
        for answers in theirs[title]:
            if not all(answers) or answers in ours[title]:
                continue
            differs = min(
                (
                    [i for i, a, b in zip(ITEMS, answers, other, strict=True) if a != b]
                    for other in ours[title]
                ),
                key=len,
            )
            causes["timing" if differs == ["data_timing"] else "other"].add(title)
    assert len(causes["timing"]) == 8
    assert {t for t in causes["other"] if not t.startswith("frontiersin")} == {
        "nature",
        "natureenergy",
        "cepapers",
    }
    assert {p.row for p in form.report.problems if p.code == "row_left_out"} == {10, 11, 12, 48, 73, 82}
