"""Spellings of one name: told by validate, proposed by ``names``, decided by people, applied when a survey is read."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from finding import find, of, place, the
from running import cli
from tables import write_survey

import rdpscore
from rdpscore.files.own_names import is_own
from rdpscore.problems import InvalidInput
from rdpscore.published.importing import import_published
from rdpscore.survey import load, save
from rdpscore.uncertainty.naming import name_spellings
from rdpscore.validation.names import alike

JOURNALS = """
    | journal_id | title          | publisher           |
    |------------|----------------|---------------------|
    | a          | Alpha Letters  | Taylor & Francis    |
    | b          | Beta Reviews   | taylor and  Francis |
    | c          | Gamma Reports  | Elsevier            |
    | d          | Delta Notes    | Elsevir             |
    | e          | Epsilon Papers | Taylor & Francis    |
"""
CODINGS = """
    | journal_id | coder | item   | answer |
    |------------|-------|--------|--------|
    | a          | Ana   | policy | no     |
    | b          | ana   | policy | yes    |
    | c          | Ana   | policy | no     |
    | d          | ben   | policy | yes    |
    | e          | Ana   | policy | no     |
"""


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    return write_survey(tmp_path / "s", journals=JOURNALS, codings=CODINGS)


def pairs(*names: str) -> list[tuple[str, str, str]]:
    return [(names[p.first], names[p.second], p.code) for p in alike(names)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Springer Nature", "springer nature"),
        ("Springer Nature", "Springer\u00a0Nature"),
        ("Springer Nature", "Springer  Nature "),
        ("Springer Nature", "Spring\u00ader Nature"),
        ("Springer Nature", "\ufeffSpringer\u200b Nature"),
        ("O'Reilly", "O\u2019Reilly"),
        ("Wiley-VCH", "Wiley\u2013VCH"),
        ("Taylor & Francis", "Taylor and Francis"),
        ("Müller", "Mu\u0308ller"),
        ("Société", "Societe"),
        ("ana", "Ana"),
        ("ACS", "acs"),
    ],
)
def test_names_that_are_one_after_folding(one: str, other: str) -> None:
    assert pairs(one, other) == [(one, other, "same_name")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Elsevier", "Elsevir"),
        ("Elsevier", "Elsveier"),
        ("Royal Society of Chemistry", "The Royal Society of Chemistry"),
        ("The Institute of Physics (UK)", "Institute of Physics"),
        ("Springer", "Springer (BMC)"),
        ("Springer", "Springer [Nature Portfolio]"),
    ],
)
def test_names_that_are_near(one: str, other: str) -> None:
    assert pairs(one, other) == [(one, other, "similar_name")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ACS", "APS"),
        ("ACS", "The ACS"),
        ("IEEE", "IEE"),
        ("UNESCO", "UNISCO"),
        ("coder1", "coder2"),
        ("1-1", "11"),
        ("Part A", "Part B"),
        ("Springer (BMC)", "Springer (Nature)"),
        ("Geology", "Ecology"),
        ("…", "?"),
    ],
)
def test_names_that_are_two(one: str, other: str) -> None:
    assert pairs(one, other) == []


def test_ids_of_coders_that_differ_in_the_last_letter_are_two(tmp_path: Path) -> None:
    codings = CODINGS.replace("| Ana   |", "| codera |").replace("| ana   |", "| coderb |")
    found = find(tmp_path, journals=JOURNALS, codings=codings)
    assert not [p for p in found if p.column == "coder"]


def test_validate_tells_each_spelling_once_at_its_first_row(survey: Path) -> None:
    found = rdpscore.validate(survey).problems
    assert [place(p) for p in of(found, "same_name")] == [
        ("warning", "codings.csv", 3, "coder", "ana"),
        ("warning", "journals.csv", 3, "publisher", "taylor and  Francis"),
    ]
    near = the(found, "similar_name")
    assert place(near) == ("warning", "journals.csv", 5, "publisher", "Elsevir")
    assert near.what == "publishers 'Elsevir' and 'Elsevier' (row 4) are told apart by one letter"


def test_one_title_twice_is_told(tmp_path: Path) -> None:
    found = find(tmp_path, journals=JOURNALS.replace("Epsilon Papers", "Alpha Letters "), codings=CODINGS)
    assert place(the(of(found, "same_name").__class__(p for p in found if p.column == "title"), "same_name")) == (
        "warning", "journals.csv", 6, "title", "Alpha Letters",
    )  # fmt: skip


def test_coders_that_are_slots_are_not_compared(tmp_path: Path) -> None:
    from tables import SURVEY_YAML

    found = find(tmp_path, survey_yaml=SURVEY_YAML + "coders: slots\n", journals=JOURNALS, codings=CODINGS)
    assert not [p for p in found if p.column == "coder"]


# names.yaml ---------------------------------------------------------------------------------------------


def decide(folder: Path, name: str, **said: bool) -> None:
    content = yaml.safe_load((folder / "names.yaml").read_text(encoding="utf-8"))
    next(e for e in content["names"] if e["name"] == name).update(said)
    (folder / "names.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def test_proposals_are_undecided_and_change_nothing(survey: Path) -> None:
    result = name_spellings(survey)
    assert [(e.thing, e.name, e.also, e.decided) for e in result.spellings.names] == [
        ("coder", "Ana", ["ana"], False),
        ("publisher", "Taylor & Francis", ["taylor and  Francis"], False),
        ("publisher", "Elsevier", ["Elsevir"], False),
    ]
    assert load(survey).journals["publisher"].nunique() == 4
    assert result.effect["n_publishers"].tolist() == [4, 4, 2]
    assert result.effect["n_coders"].tolist() == [3, 3, 2]


def test_what_is_decided_applies_and_the_tables_stay(survey: Path) -> None:
    before = {n: (survey / n).read_bytes() for n in ("journals.csv", "codings.csv")}
    name_spellings(survey)
    decide(survey, "Ana", decided=True)
    decide(survey, "Elsevier", decided=True)
    read = load(survey)
    assert set(read.codings["coder"]) == {"Ana", "ben"}
    assert read.journals["publisher"].nunique() == 3
    assert load(survey, as_filed=True).journals["publisher"].nunique() == 4
    assert {n: (survey / n).read_bytes() for n in before} == before
    found = rdpscore.validate(survey)
    assert [p.what for p in of(found.problems, "names_joined")] == [
        "spellings of coders that are read as another name: 1",
        "spellings of publishers that are read as another name: 1",
    ]
    assert rdpscore.score(read).settings["names"] == {"coder": 1, "publisher": 1}
    assert (
        "Names: 1 spelling of coders and 1 spelling of publishers read as another name"
        in cli("score", survey).out
    )


def test_a_rerun_keeps_decisions_and_adds_what_is_new(survey: Path) -> None:
    name_spellings(survey)
    decide(survey, "Ana", decided=True)
    decide(survey, "Elsevier", decided=True, same=False)
    there = (survey / "names.yaml").read_bytes()
    assert name_spellings(survey).n_new == 0
    assert (survey / "names.yaml").read_bytes() == there
    journals = (survey / "journals.csv").read_text(encoding="utf-8")
    (survey / "journals.csv").write_text(journals + "f,Zeta,ELSEVIER\n", encoding="utf-8")
    result = name_spellings(survey)
    assert result.n_new == 1
    assert result.spellings.names[-1].also == ["ELSEVIER"]
    assert [e.decided for e in result.spellings.names] == [True, False, True, False]


def test_names_that_were_told_apart_are_no_warning(survey: Path) -> None:
    name_spellings(survey)
    decide(survey, "Elsevier", decided=True, same=False)
    assert not of(rdpscore.validate(survey).problems, "similar_name")
    assert load(survey).journals["publisher"].nunique() == 4


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("format: 1\nnames:\n- {thing: journal, name: A, also: [B]}\n", 3, "names.0.thing"),
        ("format: 1\nnames:\n- {thing: coder, name: A, also: []}\n", 3, "names.0.also"),
        ("format: 1\nnames:\n- {thing: coder, name: A, also: [B], decided: yes please}\n", 3, "names.0.decided"),
        ("format: 1\nnames:\n- {thing: coder, name: A, also: [A], decided: true}\n", 3, "read as itself"),
        (
            "format: 1\nnames:\n- {thing: coder, name: A, also: [B], decided: true}\n"
            "- {thing: coder, name: C, also: [B], decided: true}\n", 4, "'B' is to be read as 'C' and as 'A'",
        ),
        (
            "format: 1\nnames:\n- {thing: coder, name: A, also: [B], decided: true}\n"
            "- {thing: coder, name: B, also: [C], decided: true}\n", 4, "'B' is itself to be read as 'A'",
        ),
    ],
)  # fmt: skip
def test_a_fault_of_names_yaml_has_its_line(survey: Path, text: str, line: int, said: str) -> None:
    (survey / "names.yaml").write_text(text, encoding="utf-8")
    (problem,) = rdpscore.validate(survey).problems.errors
    assert (problem.file, problem.line) == ("names.yaml", line)
    assert said in problem.what
    assert cli("names", survey).status == 1


def test_names_yaml_is_a_file_of_the_surveys_own() -> None:
    assert is_own("names.yaml")


def test_the_command_tells_what_decisions_change(survey: Path) -> None:
    dry = cli("names", survey, "--dry-run")
    assert dry.status == 0
    assert not (survey / "names.yaml").exists()
    run = cli("names", survey)
    assert run.status == 0
    assert "3 proposals added to names.yaml" in run.out
    assert "if all were one" in run.out
    assert cli("names", "materials-science").status == 2


def test_the_command_lists_what_is_open_and_what_is_decided(survey: Path) -> None:
    cli("names", survey)
    decide(survey, "Elsevier", decided=True)
    said = cli("names", survey).out
    open_, decided = said[: said.index("Decided ")], said[said.index("Decided ") : said.index("Names ")]
    assert "Elsevir" not in open_
    assert "Elsevir" in decided
    assert "taylor and" in open_
    assert "taylor and" not in decided
    assert "2 entries of names.yaml undecided" in said
    assert "No new proposals" in said


def test_a_survey_that_is_saved_elsewhere_holds_the_decided_names(survey: Path, tmp_path: Path) -> None:
    name_spellings(survey)
    decide(survey, "Elsevier", decided=True)
    save(load(survey), tmp_path / "other")
    assert load(tmp_path / "other").journals["publisher"].nunique() == 3


def test_the_shipped_survey_has_no_two_names_that_are_alike() -> None:
    counts = rdpscore.validate().problems.counts()
    assert not {"same_name", "similar_name", "repeated_issn", "placeholder_issn"} & set(counts)


ALIKE = """\
format: 1
id: alike
version: "1"
title: Labels that a reader may take for one
dimensions: [{id: d, title: D}]
items:
  - id: lab
    dimension: d
    title: Lab
    question: Q?
    level: nominal
    evidence: optional
    options:
      - {code: a, label: In the guide, score: 0}
      - {code: A, label: IN the guide, score: 1}
      - {code: b, label: Nowhere, score: 0}
schemes: [{id: equal, title: Mean}]
default_scheme: equal
"""


def test_codes_and_labels_are_read_to_the_letter_before_anything_is_folded(tmp_path: Path) -> None:
    """After a report on labels that a tool took for one, so that agreement was too high (dkpro-statistics, 50)."""
    (tmp_path / "codebook.yaml").write_text(ALIKE)
    (tmp_path / "mapping.yaml").write_text(
        "format: 1\ncodebook: codebook.yaml\nsurvey: {id: x, title: X, not_recorded: [publisher]}\n"
        "sources: {main: study.csv}\njournals: {title: Journal}\ncoders: Coder\nitems: {lab: Lab}\n"
    )
    rows = [
        "Alpha,ann,a",
        "Alpha,ben,A",
        "Beta,ann,In the guide",
        "Beta,ben,IN the guide",
        "Gamma,ann,NOWHERE",
    ]
    (tmp_path / "study.csv").write_text("\n".join(["Journal,Coder,Lab", *rows]))
    import_published(tmp_path / "s", tmp_path / "mapping.yaml", [tmp_path / "study.csv"])
    codings = load(tmp_path / "s").codings
    assert codings["answer"].tolist() == ["a", "A", "a", "A", "b"]
    (tmp_path / "study.csv").write_text("Journal,Coder,Lab\nAlpha,ann,in the guide\n")
    with pytest.raises(InvalidInput) as caught:
        import_published(tmp_path / "t", tmp_path / "mapping.yaml", [tmp_path / "study.csv"])
    assert [p.code for p in caught.value.problems.errors] == ["value_not_covered"]


def test_what_a_mapping_says_of_a_text_goes_before_the_code_that_it_is(tmp_path: Path) -> None:
    (tmp_path / "codebook.yaml").write_text(ALIKE)
    (tmp_path / "mapping.yaml").write_text(
        "format: 1\ncodebook: codebook.yaml\nsurvey: {id: x, title: X, not_recorded: [publisher]}\n"
        "sources: {main: study.csv}\njournals: {title: Journal}\ncoders: Coder\n"
        "items: {lab: {column: Lab, values: {a: b, Nowhere: A}, missing: [In The Guide]}}\n"
    )
    rows = ["Alpha,ann,a", "Beta,ann,A", "Gamma,ann,Nowhere", "Delta,ann,In The Guide"]
    (tmp_path / "study.csv").write_text("\n".join(["Journal,Coder,Lab", *rows]))
    import_published(tmp_path / "s", tmp_path / "mapping.yaml", [tmp_path / "study.csv"])
    found = load(tmp_path / "s").codings.set_index("journal_id")["answer"]
    assert found.to_dict() == {"alpha": "b", "beta": "A", "gamma": "A"}
