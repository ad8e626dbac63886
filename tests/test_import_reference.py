"""The published data of four studies through the shipped mappings, against what their authors say of them."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from mappings import study

from rdpscore.codebook import load_codebook
from rdpscore.published.importing import Published
from rdpscore.survey import Survey
from rdpscore.survey.records import RESOLVED_BY
from rdpscore.validation.titles import normalise

# Resnik 2019: indicators, one consensus ------------------------------------------------------------------


@pytest.fixture(scope="module")
def resnik(reference: Path) -> Published:
    return study("resnik-2019", reference)


def test_resnik_has_447_journals_that_nobody_coded_once(resnik: Published) -> None:
    report = resnik.report
    assert report.journals["journals"] == 447
    assert report.journals["consensus_only"] == 447
    assert report.journals["one_coder"] == 0
    answered = resnik.survey.resolved.by[resnik.survey.resolved.option >= 0]
    assert set(answered.tolist()) == {RESOLVED_BY.index("consensus_only")}


def test_resnik_44_journals_with_several_ticks_and_one_with_none_are_named(resnik: Published) -> None:
    problems = resnik.report.problems
    several = [p for p in problems if p.code == "several_indicators"]
    assert len(several) == 44
    assert all(p.row for p in several)
    assert len([p for p in problems if p.code == "no_indicator"]) == 1
    assert [p for p in several if "ticked as 2, 0;" in p.what]  # the one journal with two grades
    assert sum("data_sharing_" in p.what for p in several) == 43


# Statistical guidance 2019: coders and consensus ---------------------------------------------------------


@pytest.fixture(scope="module")
def guidance(reference: Path) -> Published:
    return study("statistical-guidance-2019", reference)


def test_guidance_journals_coders_and_rows_are_those_that_the_authors_describe(guidance: Published) -> None:
    found = guidance.report.journals
    assert found["journals"] == 330
    assert found["two_coders"] == 162
    assert found["consensus_only"] == 168
    assert found["one_coder"] == 0
    rows = guidance.report.rows.set_index("what")["rows"]
    assert rows["left out: shared guidelines"] == 20
    assert guidance.survey.journals["impact"].notna().all()


def test_what_is_no_answer_to_a_topic_is_kept_and_counted(guidance: Published) -> None:
    """One coder wrote x under all 20 topics of 12 journals; some cells hold sentences where yes or no is asked."""
    values = guidance.report.values
    crossed = values[values["value"].str.casefold() == "x"]
    assert len(crossed) == 20
    assert set(crossed["cells"]) == {12}
    assert crossed["answer"].replace("", None).isna().all()
    unclear = guidance.survey.codings[guidance.survey.codings["state"] == "unclear"]
    assert len(unclear) == 41
    assert unclear["note"].notna().all()


# Crosas 2018: several studies ------------------------------------------------------------------------------


def test_social_science_studies_are_coders_and_two_of_them_tell_strictness(reference: Path) -> None:
    published = study("social-science-2018", reference)
    found = published.survey.codings.groupby("item", observed=True)["coder"].nunique().to_dict()
    assert found == {"policy": 6, "strictness": 2}
    assert len(published.survey.journals) == 937
    alike = [p for p in published.report.problems if p.code == "same_name" and "titles" in p.what]
    assert len([p for p in alike if "&" in p.what]) == 4  # listed twice, with "and" and with "&"


# Materials science: the raw form and the YAML answers ------------------------------------------------------


@pytest.fixture(scope="module")
def form(reference: Path) -> Published:
    return study("materials-science-form", reference)


@pytest.fixture(scope="module")
def raw_answers(reference: Path) -> Published:
    return study("materials-science-answers", reference)


ITEMS = [i.id for i in load_codebook("materials-science").items if i.closed]


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
    assert alike == 234
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
    alike = 0
    for title in both:
        for answers in theirs[title]:
            if answers in ours[title]:
                alike += 1
                continue
            differs = min(
                ([i for i, a, b in zip(ITEMS, answers, o, strict=True) if a != b] for o in ours[title]),
                key=len,
            )
            row = "retyped: " + ("Frontiers" if title.startswith("frontiersin") else "others")
            causes["timing" if differs == ["data_timing"] else row].add(title)
    assert alike == 158
    assert {cause: len(titles) for cause, titles in causes.items()} == {
        "timing": 8,
        "retyped: Frontiers": 7,
        "retyped: others": 3,
    }
    assert causes["retyped: others"] == {"nature", "natureenergy", "cepapers"}
    assert {p.row for p in form.report.problems if p.code == "row_left_out"} == {10, 11, 12, 48, 73, 82}
