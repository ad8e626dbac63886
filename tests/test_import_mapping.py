"""Published files into surveys: shapes beyond those of the docs, places of problems, shifts, the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from mappings import HEAD, WIDE, adopted, answers, csv_of, decided, made, refused, write_study
from running import cli, contents

import rdpscore
from rdpscore.files import shipped as shipped_path
from rdpscore.problems import InvalidInput
from rdpscore.published.importing import import_published
from rdpscore.survey import load
from rdpscore.survey.records import RESOLVED_BY

STUDY = """
    | Journal       | Policy | Data | Code |
    |---------------|--------|------|------|
    | Alpha Letters | yes    | 1    | 0    |
    | Beta Reviews  | no     |      |      |
"""
RESPONSES = """
    sources: {main: study.csv}
    journals: {title: Journal}
    coders: {column: Coder, consensus: {contains: "/"}}
    answers: {column: "{item}"}
"""


# Reading files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "delimiter", "end"),
    [
        ("utf-8", ",", "\n"),
        ("utf-8-sig", ";", "\r\n"),
        ("utf-16", "\t", "\r\n"),
        ("cp1252", "|", "\n"),
    ],
)
def test_encoding_delimiter_and_line_ends_are_detected(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    text = csv_of(STUDY.replace("Alpha", "Alphä"), delimiter).replace("\n", end)
    survey = made(tmp_path, study=text.encode(encoding)).survey
    assert survey.journals["title"].tolist() == ["Alphä Letters", "Beta Reviews"]
    assert len(survey.codings) == 4


def test_an_encoding_that_is_named_wins(tmp_path: Path) -> None:
    content = csv_of(STUDY.replace("Alpha", "Alphä")).encode("mac_roman")
    mapping = WIDE.replace("main: study.csv", "main: {file: study.csv, encoding: mac_roman}")
    assert made(tmp_path, mapping, study=content).survey.journals["title"][2] == "Alphä Letters"
    wrong = WIDE.replace("main: study.csv", "main: {file: study.csv, encoding: utf-8}")
    (found,) = refused(tmp_path, wrong, study=content)
    assert (found.code, found.file) == ("bad_encoding", "study.csv")


def test_lines_above_the_header_blank_rows_and_equal_headings(tmp_path: Path) -> None:
    text = "A note,,,\n\nJournal,Policy,Data,Data\n\nAlpha Letters,yes,1,0\n , ,,\nBeta Reviews,yes,2,1\n"
    mapping = WIDE.replace("main: study.csv", "main: {file: study.csv, skip: 1}").replace(
        "Code}", "Data (2)}"
    )
    published = made(tmp_path, mapping, study=text.encode())
    assert [a for *_, a in answers(published)] == ["yes", "1", "0", "yes", "2", "1"]
    text = text.replace("Beta Reviews,yes", "Beta Reviews,maybe")
    (found,) = refused(tmp_path, mapping, study=text.encode())
    assert (found.row, found.column) == (7, "B (Policy)")


def test_broken_quotation_marks_are_told_at_their_row(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, study=b'Journal,Policy,Data,Code\n"Alpha" Letters,yes,1,0\n')
    assert (found.code, found.row) == ("broken_quoting", 2)


def test_a_file_that_no_source_takes_is_told(tmp_path: Path) -> None:
    path = write_study(tmp_path, study=STUDY, other=STUDY)
    with pytest.raises(InvalidInput) as caught:
        import_published(tmp_path / "s", path, [tmp_path / "study.csv", tmp_path / "other.csv"])
    assert [p.code for p in caught.value.problems] == ["source_unused"]


@pytest.mark.parametrize("pattern", ["../study.csv", "/etc/passwd", "../*/study.csv"])
def test_no_pattern_leads_out_of_the_folder(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "study.csv").write_text(csv_of(STUDY))
    mapping = WIDE.replace("study.csv", pattern)
    assert [p.code for p in refused(tmp_path / "in" / "side", mapping)] == ["source_missing"]


# Values ---------------------------------------------------------------------------------------------------


def test_every_text_that_is_not_covered_is_told_with_place_and_nearest(tmp_path: Path) -> None:
    study = STUDY.replace("| 1 ", "| Encoraged ").replace("no     |", "perhaps |")
    found = {p.item or p.column: p for p in refused(tmp_path, study=study)}
    assert found["policy"].what.startswith("'perhaps' is no answer to policy that the mapping covers")
    assert (found["policy"].file, found["policy"].row, found["policy"].column) == (
        "study.csv",
        3,
        "B (Policy)",
    )
    assert "nearest: 'Encouraged' (1)" in found["data"].what


def test_a_text_that_stands_often_is_one_problem_with_its_count(tmp_path: Path) -> None:
    study = "| Journal | Policy | Data | Code |\n|-|\n" + "\n".join(
        f"| J{i} | yes | x | 0 |" for i in range(5)
    )
    (found,) = refused(tmp_path, study=study)
    assert found.row == 2
    assert "5 cells, the first here" in found.what


def test_missing_and_answers_are_told_apart(tmp_path: Path) -> None:
    study = STUDY.replace("| 1 ", "| N/A ").replace("| 0 ", "| Not mentioned ")
    mapping = WIDE.replace("data: Data", "data: {column: Data, missing: [N/A]}").replace(
        "code: Code", 'code: {column: Code, values: {Not mentioned: "0"}}'
    )
    assert answers(made(tmp_path, mapping, study=study)) == [
        ("alpha-letters", "ann", "policy", "yes"),
        ("alpha-letters", "ann", "code", "0"),
        ("beta-reviews", "ann", "policy", "no"),
    ]


def test_a_number_whose_label_contradicts_it_is_not_covered(tmp_path: Path) -> None:
    mapping = WIDE.replace("data: Data", "data: {column: Data, lead: number}")
    assert answers(made(tmp_path, mapping, study=STUDY.replace("| 1 ", "| (1) Encouraged ")))[1][3] == "1"
    (found,) = refused(tmp_path, mapping, study=STUDY.replace("| 1 ", "| 1 Required "))
    assert found.value == "1 Required"


def test_what_holds_for_all_items_and_for_one(tmp_path: Path) -> None:
    mapping = WIDE.replace("items: {policy: Policy, data: Data, code: Code}", """answers:
      values: {"+": "1", "-": "0"}
      missing: ["?"]
    items: {policy: {column: Policy, values: {"+": "yes", "-": "no"}}, data: Data, code: Code}""")  # fmt: skip
    study = "| Journal | Policy | Data | Code |\n|-|\n| Alpha | + | - | + |\n| Beta | + | ? | - |"
    assert [a for *_, a in answers(made(tmp_path, mapping, study=study))] == ["yes", "0", "1", "yes", "0"]


def test_an_item_answered_in_some_rows_only(tmp_path: Path) -> None:
    mapping = WIDE.replace("data: Data", 'data: {column: Data, where: {Policy: "yes"}}')
    study = STUDY.replace("no     |      |", "no     | see above |")
    assert [i for _, _, i, _ in answers(made(tmp_path, mapping, study=study))] == [
        "policy",
        "data",
        "code",
        "policy",
    ]


def test_codes_of_values_of_a_pattern_and_the_rest(tmp_path: Path) -> None:
    mapping = WIDE.replace(
        "data: Data", 'data: {column: Data, patterns: [{matches: "(?i)must", to: "2"}], otherwise: "1"}'
    )
    study = STUDY.replace("| 1 ", "| Authors MUST ").replace("no     |     ", "yes | where possible")
    found = answers(made(tmp_path, mapping, study=study), "note")
    assert [(a, n) for _, _, i, a, n in found if i == "data"] == [
        ("2", "Authors MUST"),
        ("1", "where possible"),
    ]


def test_a_pattern_takes_coders_out_of_a_column(tmp_path: Path) -> None:
    """As REDCap names two entries of one record, and the record that was merged of them."""
    mapping = """
        sources: {main: study.csv}
        journals: {title: {column: id, pattern: "^(.*?)(?:--[12])?$"}}
        coders: {column: id, pattern: "--([12])$", otherwise: both, values: {"1": ann, "2": ben}, consensus: both}
        items: {policy: policy, data: data}
        not_asked: [code]
    """
    study = """
        | id       | policy | data |
        |----------|--------|------|
        | alpha--1 | yes    | 1    |
        | alpha--2 | yes    | 2    |
        | alpha    | yes    | 2    |
        | beta--1  | no     |      |
        | beta--2  | yes    | 0    |
    """
    survey = made(tmp_path, mapping, study=study).survey
    given = survey.codings.dropna(subset=["answer"])
    assert sorted(zip(given["journal_id"], given["coder"], given["item"], given["answer"], strict=True)) == [
        ("alpha", "ann", "data", "1"),
        ("alpha", "ann", "policy", "yes"),
        ("alpha", "ben", "data", "2"),
        ("alpha", "ben", "policy", "yes"),
        ("beta", "ann", "policy", "no"),
        ("beta", "ben", "data", "0"),
        ("beta", "ben", "policy", "yes"),
    ]
    assert survey.adjudications[["journal_id", "item", "answer"]].to_numpy().tolist() == [
        ["alpha", "data", "2"]
    ]
    wrong = mapping.replace("--([12])$", "==([12])$")
    found = refused(tmp_path / "n", wrong, study=study)
    assert [p.value for p in found if p.code == "mapping_nothing"] == ["==([12])$"]
    (lone,) = refused(
        tmp_path / "l", mapping.replace("coders: {column: id, ", "coders: {value: ann, "), study=study
    )
    assert "go with column" in lone.what


# Journals and coders --------------------------------------------------------------------------------------


def test_a_row_without_journal_and_one_without_coder(tmp_path: Path) -> None:
    study = """
        | Journal | Coder | policy | data | code |
        |---------|-------|--------|------|------|
        |         | ann   | yes    | 1    | 0    |
        | Alpha   |       | yes    | 1    | 0    |
    """
    found = refused(tmp_path, RESPONSES.replace(', consensus: {contains: "/"}', ""), study=study)
    assert [(p.code, p.row) for p in found] == [("unnamed_journal", 2), ("unnamed_coder", 3)]


def test_titles_are_one_but_for_spelling_and_what_the_mapping_says(tmp_path: Path) -> None:
    study = """
        | Journal         | Coder | policy | data | code |
        |-----------------|-------|--------|------|------|
        | alpha & beta    | ann   | yes    | 1    | 0    |
        | Alpha and Beta  | ben   | yes    | 1    | 0    |
        | A. and B.       | cleo  | yes    | 1    | 0    |
        | AB/x            | a/b   | yes    | 2    | 0    |
    """
    mapping = RESPONSES.replace("{title: Journal}", "{title: Journal, same: {A. and B.: Alpha and Beta}}")
    published = made(tmp_path, mapping, study=study)
    assert published.survey.journals["title"].tolist() == ["Alpha and Beta", "AB/x"]
    notes = [p.value for p in published.report.problems if p.code == "spelled_differently"]
    assert notes == ["alpha & beta", "A. and B."]


def test_two_different_answers_of_one_coder_are_a_problem_and_two_alike_are_one(tmp_path: Path) -> None:
    study = """
        | Journal | Coder | policy | data | code |
        |---------|-------|--------|------|------|
        | Alpha   | ann   | yes    | 1    | 0    |
        | Alpha   | ann   | yes    | 2    | 0    |
        | Alpha   | a/b   | yes    | 2    | 0    |
    """
    (found,) = refused(tmp_path, RESPONSES, study=study)
    assert found.code == "answered_differently"
    assert found.row == 3
    assert "'2' here and with '1' in study.csv, row 2" in found.what
    same = made(
        tmp_path,
        RESPONSES,
        study=study.replace(
            "| 2    | 0    |\n        | Alpha   | a/b", "| 1    | 0    |\n        | Alpha   | a/b"
        ),
    )
    assert [p.code for p in same.report.problems if p.code == "repeated_answers"] == ["repeated_answers"]
    slip = (
        RESPONSES + '    rows: [{name: the second row is by ben, where: {"@row": "3"}, set: {Coder: ben}}]\n'
    )
    assert {c for _, c, _, _ in answers(made(tmp_path, slip, study=study))} == {"ann", "ben"}


def test_a_consensus_is_no_coder(tmp_path: Path) -> None:
    study = """
        | Journal | Coder   | policy | data | code |
        |---------|---------|--------|------|------|
        | Alpha   | ann     | yes    | 1    | 0    |
        | Alpha   | ben     | yes    | 2    | 0    |
        | Alpha   | ann/ben | yes    | 2    | 0    |
        | Beta    | ann/ben | no     |      |      |
    """
    published = made(tmp_path, RESPONSES, study=study)
    assert adopted(published, "reason", "mode", "adjudicated_by") == [
        ("alpha", "data", "2", "unrecorded", "consensus", "ann/ben"),
        ("beta", "policy", "no", "unrecorded", "consensus", "ann/ben"),
    ]
    by = published.survey.resolved.by
    assert [RESOLVED_BY[b] for b in by[0]] == ["agreed", "adjudicated", "agreed"]
    assert RESOLVED_BY[by[1, 0]] == "consensus_only"
    assert published.report.journals["one_coder"] == 0
    assert published.report.journals["consensus_only"] == 1
    codes = {p.code for p in published.report.problems}
    assert "single_coded" not in codes
    assert "missing_journal" not in codes
    (repeats,) = [p for p in published.report.problems if p.code == "consensus_repeats"]
    assert repeats.what.startswith("2 consensus answers")


def test_agreement_is_of_codings_only(tmp_path: Path) -> None:
    study = "| Journal | Coder | policy | data | code |\n|-|\n" + "\n".join(
        f"| J{i:02} | {coder} | {'yes' if i % 3 else 'no'} | {i % 2 if i % 3 else ''} | {0 if i % 3 else ''} |"
        for i in range(30)
        for coder in ("ann", "ben", "ann/ben")
    )
    folder = tmp_path / "s"
    import_published(folder, write_study(tmp_path / "in", RESPONSES, study=study))
    assert len(load(folder).adjudications) == 0
    assert rdpscore.validate(folder).ok


def test_a_journal_id_and_attributes_that_differ(tmp_path: Path) -> None:
    study = """
        | Id | Journal | Coder | Field | policy | data | code |
        |----|---------|-------|-------|--------|------|------|
        | j1 | Alpha   | ann   | p     | yes    | 1    | 0    |
        | j1 | Alpha   | ben   | c     | yes    | 1    | 0    |
        | j2 | Alpha   | a/b   |       | yes    | 1    | 0    |
    """
    mapping = RESPONSES.replace("{title: Journal}", "{title: Journal, id: Id, attributes: {field: Field}}")
    published = made(tmp_path, mapping, study=study)
    assert published.survey.journals["journal_id"].tolist() == ["j1", "j2"]
    (found,) = [p for p in published.report.problems if p.code == "attribute_differs"]
    assert found.row == 3
    assert "'c' here and 'p' in study.csv, row 2" in found.what


def test_an_attribute_that_cannot_be_is_told_at_its_row_of_the_source(tmp_path: Path) -> None:
    study = (
        STUDY.replace("| Code |", "| Code | IF |")
        .replace("| 0    |", "| 0 | high |")
        .replace("|      |      |", "| | | 2 |")
    )
    mapping = WIDE.replace("title: Journal", "title: Journal, attributes: {impact: IF}")
    (found,) = refused(tmp_path, mapping, study=study)
    assert (found.code, found.file, found.row, found.value) == (
        "impossible_attribute",
        "study.csv",
        2,
        "high",
    )


def test_numbers_with_a_decimal_comma(tmp_path: Path) -> None:
    study = "| Journal | Policy | Data | Code | IF |\n|-|\n| Alpha | yes | 1 | 0 | 1.002,5 |"
    mapping = WIDE.replace("title: Journal", "title: Journal, attributes: {impact: IF}")
    (found,) = refused(tmp_path, mapping, study=study)
    assert found.what.startswith("impact is '1.002,5'")
    mapping = mapping.replace("impact: IF", 'impact: {column: IF, decimal: ","}')
    assert made(tmp_path, mapping, study=study).survey.journals["impact"].tolist() == ["1002.5"]


def test_side_tables_that_lack_journals_or_hold_others(tmp_path: Path) -> None:
    side = (
        "| Name | House |\n|-|\n| ALPHA LETTERS | North |\n| Omega Notes | South |\n| Alpha letters | East |"
    )
    mapping = WIDE.replace("main: study.csv", "main: study.csv, list: list.csv").replace(
        "{title: Journal}", "{title: Journal, also: [{source: list, column: Name, publisher: House}]}"
    )
    published = made(tmp_path, mapping, study=STUDY, list=side)
    assert published.survey.journals["publisher"].tolist()[0] == "North"
    codes = {p.code: p for p in published.report.problems}
    assert {"not_joined", "side_rows_unused", "side_row_twice"} <= set(codes)
    assert codes["side_row_twice"].row == 4
    with_all = mapping.replace("publisher: House", "publisher: House, add: true")
    assert (
        "omega-notes"
        in made(tmp_path, with_all, study=STUDY, list=side).survey.journals["journal_id"].tolist()
    )
    (found,) = refused(tmp_path, mapping, study=STUDY, list="| Name | House |\n|-|\n| Omega | X |")
    assert found.code == "mapping_nothing"


# Shifted rows ---------------------------------------------------------------------------------------------

FORM = """
    sources: {main: study.csv}
    journals: {title: Journal}
    coders: {value: ann}
    items:
      policy: {column: Policy, passage: "@next", values: {There is a policy: "yes", There is no policy: "no"}}
      data: {column: Data, passage: "@next"}
      code: {column: Code, passage: "@next"}
"""
HEADER = "Journal,Policy,Text,Data,Text,Code,Text\n"


def test_a_text_that_was_split_is_joined_again_where_every_answer_then_fits(tmp_path: Path) -> None:
    text = HEADER + "Alpha,There is one,first, second,Encouraged,a,Silent,b\nBeta,There is no policy,,,,,\n"
    published = made(tmp_path, FORM, study=text.encode())
    assert answers(published, "evidence")[:3] == [
        ("alpha", "ann", "policy", "yes", "first, second"),
        ("alpha", "ann", "data", "1", "a"),
        ("alpha", "ann", "code", "0", "b"),
    ]
    (found,) = [p for p in published.report.problems if p.code == "row_rejoined"]
    assert (found.file, found.row) == ("study.csv", 2)
    assert "cells C to D joined again" in found.what


def test_a_row_that_cannot_be_repaired_is_left_out_and_named(tmp_path: Path) -> None:
    text = HEADER + "Alpha,There is one,x,Silent,a,Silent,b,c,d\nBeta,There is no policy,,,,,\n"
    published = made(tmp_path, FORM, study=text.encode())
    assert {j for j, *_ in answers(published)} == {"beta"}
    (found,) = [p for p in published.report.problems if p.code == "row_left_out"]
    assert found.row == 2
    assert "runs over the last named column G to I (2 cells)" in found.what
    assert "left out: answers stand under the wrong questions" in published.report.rows["what"].tolist()


def test_answers_under_the_next_question_are_found_though_nothing_runs_over(tmp_path: Path) -> None:
    text = HEADER + "Alpha,There is one,x,Silent,a,,\nBeta,There is one,,Required,,Silent,\n"
    published = made(tmp_path, FORM, study=text.encode())
    (found,) = [p for p in published.report.problems if p.code == "row_left_out"]
    assert "'Silent' stands under data and is an answer to code" in found.what
    assert {j for j, *_ in answers(published)} == {"beta"}


def test_answers_some_columns_aside_are_found(tmp_path: Path) -> None:
    text = HEADER + "Alpha,a link,There is one,a,Required,b,Silent\nBeta,There is one,,Required,,Silent,\n"
    published = made(tmp_path, FORM, study=text.encode())
    (found,) = [p for p in published.report.problems if p.code == "row_left_out"]
    assert "the answer to policy stands in column C instead of B" in found.what


def test_a_stray_cell_can_be_blanked_by_a_rule(tmp_path: Path) -> None:
    text = HEADER + "Alpha,There is one,x,Required,a,Silent,b,stray\n"
    mapping = FORM + '    rows: [{name: stray remark, where: {"@H": stray}, set: {"@H": null}}]\n'
    published = made(tmp_path, mapping, study=text.encode())
    assert len(answers(published)) == 3
    assert "corrected: stray remark" in published.report.rows["what"].tolist()


def test_of_columns_a_coder_only_the_shifted_coder_is_left_out(tmp_path: Path) -> None:
    mapping = """
        sources: {main: study.csv}
        journals: {title: Journal}
        coders: {columns: {ann: A, ben: B}}
        answers: {column: "{item}_{coder}"}
    """
    study = """
        | Journal | policy_A | data_A   | code_A | policy_B | data_B | code_B |
        |---------|----------|----------|--------|----------|--------|--------|
        | Alpha   | yes      | Required | Silent | yes      | Silent |        |
    """
    published = made(tmp_path, mapping, study=study)
    assert {c for _, c, _, _ in answers(published)} == {"ann"}
    (found,) = [p for p in published.report.problems if p.code == "row_left_out"]
    assert "the answers of coder ben" in found.what


# The command ----------------------------------------------------------------------------------------------


def test_the_survey_is_whole_and_keeps_what_it_was_made_of(tmp_path: Path) -> None:
    path = write_study(tmp_path / "in", study=STUDY)
    run = cli("import", tmp_path / "s", "--mapping", path, tmp_path / "in" / "study.csv")
    assert run.status == 0, run.out + run.err
    assert "2 journals: 2 by one coder" in run.out
    survey = load(tmp_path / "s")
    assert survey.meta.codebook.hashes == survey.codebook.hashes
    assert (tmp_path / "s" / "codebook.yaml").read_bytes() == (tmp_path / "in" / "codebook.yaml").read_bytes()
    kept = {p.name.partition("-")[2] for p in (tmp_path / "s" / "sources").iterdir() if "-" in p.name}
    assert kept == {"study.csv", "mapping.yaml", "report.json"}
    report = json.loads((tmp_path / "s" / "sources" / "import-report.json").read_text())
    assert report["result"]["journals"]["journals"] == 2
    assert (tmp_path / "s" / "sources" / "log.csv").read_text().count("\n") == 3


def test_nothing_is_written_on_errors_and_on_a_dry_run(tmp_path: Path) -> None:
    path = write_study(tmp_path / "in", study=STUDY.replace("| 1 ", "| what? "))
    run = cli("import", tmp_path / "s", "--mapping", path, "--json")
    assert run.status == 1
    assert [p["code"] for p in json.loads(run.out)["problems"]] == ["value_not_covered"]
    write_study(tmp_path / "in", study=STUDY)
    run = cli("import", tmp_path / "s", "--mapping", path, "--dry-run")
    assert run.status == 0
    assert "nothing was written" in run.out
    assert not (tmp_path / "s").exists()


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    path = write_study(tmp_path / "in", study=STUDY)
    before = contents(tmp_path / "in")
    assert cli("import", tmp_path / "in", "--mapping", path).status == 2
    assert contents(tmp_path / "in") == before
    assert cli("import", shipped_path("data") / "new", "--mapping", path).status == 2


def test_wrong_use(tmp_path: Path) -> None:
    path = write_study(tmp_path / "in", study=STUDY)
    assert cli("import", tmp_path / "s").status == 2
    assert cli("import", tmp_path / "s", "--mapping", path, "--propose").status == 2
    assert cli("import", tmp_path / "s", "--propose").status == 2
    assert cli("import", tmp_path / "s", "--merges", tmp_path / "m.yaml", tmp_path / "x.csv").status == 2


def test_titles_that_look_alike_are_proposed_for_merging(tmp_path: Path) -> None:
    study = STUDY.replace("Beta Reviews ", "Alpha Leters ")
    path = write_study(tmp_path / "in", study=study)
    run = cli("import", tmp_path / "s", "--mapping", path, "--merges", tmp_path / "m.yaml")
    assert run.status == 0
    assert yaml.safe_load((tmp_path / "m.yaml").read_text()) == {"same": {"Alpha Leters": "Alpha Letters"}}


def test_the_same_files_make_the_same_survey(tmp_path: Path) -> None:
    path = write_study(tmp_path / "in", study=STUDY)
    for name in ("a", "b"):
        import_published(tmp_path / name, path)
    one, two = contents(tmp_path / "a"), contents(tmp_path / "b")
    assert {k: v for k, v in one.items() if k != "sources/log.csv"} == {
        k: v for k, v in two.items() if k != "sources/log.csv"
    }


@pytest.mark.parametrize("shape", ["wide", "long", "coders"])
def test_a_proposal_runs_as_it_is(tmp_path: Path, shape: str) -> None:
    study = {
        "wide": "| Journal | Publisher | Policy | Data |\n|-|\n"
        + "\n".join(
            f"| Journal {i} | P{i % 3} | {('yes', 'no')[i % 2]} | {('a', 'b', 'c')[i % 3]} |"
            for i in range(12)
        ),
        "long": "| Journal | Coder | Item | Answer |\n|-|\n"
        + "\n".join(
            f"| Journal {i} | {c} | {q} | {('yes', 'no')[(i + len(q)) % 2]} |"
            for i in range(9)
            for c in ("ann", "ben")
            for q in ("policy", "data sharing")
        ),
        "coders": "| Journal | policy_A | policy_B | data_A | data_B |\n|-|\n"
        + "\n".join(
            f"| Journal {i} | {('yes', 'no')[i % 2]} | yes | {i % 3} | {(i + 1) % 3} |" for i in range(12)
        ),
    }[shape]
    (tmp_path / "study.csv").write_text(csv_of(study))
    run = cli("import", tmp_path / "draft", "--propose", tmp_path / "study.csv")
    assert run.status == 0, run.err
    run = cli(
        "import",
        tmp_path / "s",
        "--mapping",
        decided(tmp_path / "draft" / "mapping.yaml"),
        tmp_path / "study.csv",
    )
    assert run.status == 0, run.err
    survey = load(tmp_path / "s")
    assert len(survey.journals) == {"wide": 12, "long": 9, "coders": 12}[shape]
    assert len(survey.codings) == {"wide": 24, "long": 36, "coders": 48}[shape]
    assert len(survey.records.coders) == {"wide": 1, "long": 2, "coders": 2}[shape]


def test_without_publishers_a_survey_says_so_once(tmp_path: Path) -> None:
    published = made(tmp_path, study=STUDY)
    assert "missing_publisher" not in {p.code for p in published.report.problems}
    said = made(tmp_path, head=HEAD.replace("publisher, ", ""), study=STUDY)
    assert sum(p.code == "missing_publisher" for p in said.report.problems) == 2


def test_figures_that_are_nowhere_and_coders_without_columns_are_told(tmp_path: Path) -> None:
    head = HEAD + "    published: figures.yaml\n"
    (first,) = refused(tmp_path / "figures", head=head, study=STUDY)
    assert "there is no file 'figures.yaml'" in first.what
    wide = """
        sources: {main: study.csv}
        journals: {title: Journal}
        coders: {columns: {ann: A, ben: B}}
        answers: {column: "{item}_{coder}"}
        items: {data: {coders: [anna]}}
        not_asked: [policy, code]
    """
    study = "| Journal | data_A | data_B |\n|-|\n| J | 1 | 2 |"
    found = refused(tmp_path / "coders", wide, study=study)
    assert any("'anna' is not under coders: columns" in p.what and "'ann'" in p.what for p in found)


# Several tables of answers ---------------------------------------------------------------------------------------

TWO = """
    sources:
      ann: ann.csv
      ben: {file: ben.csv, columns: {Zeitschrift: Journal, "Data?": Data}}
      final: final.csv
    journals: {title: Journal}
    coders: {column: "@source", consensus: final}
    answers: {source: [ann, ben, final]}
    items: {policy: Policy, data: Data}
    not_asked: [code]
"""
TABLES = {
    "ann": "| Journal | Policy | Data |\n|-|\n| Alpha | yes | 1 |\n| Beta | no | 0 |\n| Gamma | yes | 2 |",
    "ben": "| Data? | Zeitschrift | Policy |\n|-|\n| 2 | Alpha | yes |\n| 0 | Beta | no |",
    "final": "| Journal | Policy | Data |\n|-|\n| Alpha | yes | 2 |\n| Beta | no | 0 |",
}


def test_two_coders_and_the_final_decisions_come_from_three_files(tmp_path: Path) -> None:
    published = made(tmp_path, TWO, **TABLES)
    survey = published.survey
    given = sorted(
        survey.codings[["journal_id", "coder", "item", "answer"]].itertuples(index=False, name=None)
    )
    assert given == [
        ("alpha", "ann", "data", "1"),
        ("alpha", "ann", "policy", "yes"),
        ("alpha", "ben", "data", "2"),
        ("alpha", "ben", "policy", "yes"),
        ("beta", "ann", "data", "0"),
        ("beta", "ann", "policy", "no"),
        ("beta", "ben", "data", "0"),
        ("beta", "ben", "policy", "no"),
        ("gamma", "ann", "data", "2"),
        ("gamma", "ann", "policy", "yes"),
    ]
    decided = survey.adjudications[["journal_id", "item", "answer"]].itertuples(index=False, name=None)
    assert list(decided) == [("alpha", "data", "2")]  # where coders agreed, the decision says what they said
    assert "stale" not in {p.code for p in published.report.problems}
    read = published.report.rows.set_index(["source", "what"])["rows"]
    assert read.to_dict() == {
        ("ann", "read"): 3,
        ("ben", "read"): 2,
        ("final", "read"): 2,
        ("ann + ben + final", "used"): 7,
    }


def test_a_problem_of_one_of_several_tables_names_its_file_and_the_letter_that_its_column_has_there(
    tmp_path: Path,
) -> None:
    wrong = TABLES | {
        "ben": TABLES["ben"].replace("| 2 |", "| seven |"),
        "ann": TABLES["ann"].replace("| 2 |", "| eight |"),
    }
    found = refused(tmp_path, TWO, **wrong)
    assert [(p.file, p.row, p.column, p.value) for p in found] == [
        ("ann.csv", 4, "C (Data)", "eight"),
        ("ben.csv", 2, "A (Data)", "seven"),
    ]


def test_a_rule_on_one_of_several_tables_leaves_the_others_alone(tmp_path: Path) -> None:
    rule = "rows:\n      - {name: once, source: ben, where: {Journal: Alpha}}\n    journals: {title: Journal}"
    published = made(tmp_path, TWO.replace("journals: {title: Journal}", rule), **TABLES)
    who = published.survey.codings.query("journal_id == 'alpha'")["coder"]
    assert set(who) == {"ann"}
    (use,) = published.report.rows.query("what == 'left out: once'").to_dict("records")
    assert (use["rows"], use["first"]) == (1, "ben.csv, row 2")


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        (
            "[ann, ben, final]",
            "[ann, bne, final]",
            "bad_mapping",
            "there is no source 'bne'; nearest: 'ben'",
        ),
        ("Zeitschrift: Journal", "Zeitschrift: Data", "bad_mapping", "two columns 'Data'"),
        ("Zeitschrift: Journal", "Zietschrift: Journal", "mapping_column", "Zeitschrift"),
        ("Zeitschrift: Journal", "Zeitschrift: Policy", "bad_mapping", "two columns 'Policy'"),
    ],
)
def test_what_is_wrong_with_several_tables_is_told(
    old: str, new: str, code: str, said: str, tmp_path: Path
) -> None:
    found = refused(tmp_path, TWO.replace(old, new), **TABLES)
    assert any(p.code == code and said in f"{p.what}" for p in found), found


@given(cut=st.integers(1, 5), order=st.permutations(range(6)))
@settings(max_examples=25, deadline=None)
def test_a_table_cut_in_two_gives_the_same_survey(
    cut: int, order: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = [f"| Journal {k} | {('yes', 'no')[k % 2]} | {k % 3} |" for k in order]
    head = "| Journal | Policy | Data |\n|-|\n"
    whole = TWO.replace('coders: {column: "@source", consensus: final}', "coders: {value: ann}")
    one = whole[: whole.index("      ben:")] + whole[whole.index("    journals:") :].replace(
        "[ann, ben, final]", "ann"
    )
    two = whole.replace(
        'ben: {file: ben.csv, columns: {Zeitschrift: Journal, "Data?": Data}}', "ben: ben.csv"
    )
    two = two.replace("      final: final.csv\n", "").replace(", final]", "]")
    tables = {"ann": head + "\n".join(rows[:cut]), "ben": head + "\n".join(rows[cut:])}
    first = made(tmp_path_factory.mktemp("one"), one, ann=head + "\n".join(rows)).survey
    second = made(tmp_path_factory.mktemp("two"), two, **tables).survey
    assert first.journals.equals(second.journals)
    assert first.codings.equals(second.codings)
