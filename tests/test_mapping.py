"""Mapping files: what is wrong with one is told at its line, with the nearest name, all at once."""

from __future__ import annotations

import textwrap
from pathlib import Path

import jsonschema
import pytest
import yaml
from mappings import HEAD, WIDE, refused, write_study

from rdpscore.problems import Problem
from rdpscore.published.importing import read_mapping
from rdpscore.published.mapping import Mapping, mapping_schema

STUDY = """
    | Journal       | Policy | Data | Code |
    |---------------|--------|------|------|
    | Alpha Letters | yes    | 1    | 0    |
    | Beta Reviews  | no     |      |      |
"""


def one(problems: list[Problem], code: str) -> Problem:
    (found,) = [p for p in problems if p.code == code]
    return found


def test_a_mapping_is_read_with_its_short_forms(tmp_path: Path) -> None:
    said, _, problems = read_mapping(write_study(tmp_path))
    assert problems.ok
    assert said is not None
    assert said.items["policy"].column == "Policy"
    assert said.sources["main"].file == "study.csv"
    assert said.main == "main"


def test_the_schema_accepts_short_and_long_forms() -> None:
    said = yaml.safe_load(textwrap.dedent(HEAD) + textwrap.dedent(WIDE))
    long = said | {
        "items": {"policy": {"column": "Policy", "values": {"x": "yes"}}},
        "rows": [{"name": "totals", "where": {"Journal": ["Total", "Sum"], "Data": {"blank": True}}}],
        "coders": "Coder",
    }
    for document in (said, long):
        jsonschema.validate(document, mapping_schema())
        Mapping.model_validate(document)
    wrong = said | {"items": {"policy": {"colum": "Policy"}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, mapping_schema())


def test_the_shipped_schema_is_that_of_the_code() -> None:
    import json

    path = Path(__file__).parents[1] / "codebook" / "mapping.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == mapping_schema()


def test_a_field_that_does_not_exist_is_told_at_its_line(tmp_path: Path) -> None:
    found = refused(tmp_path, WIDE.replace("journals: {title", "journals: {titel"), study=STUDY)
    assert {p.code for p in found} == {"bad_field"}
    assert any(p.line == 7 and "journals.titel is not a field" in p.what for p in found)


def test_a_code_without_quotation_marks_is_explained(tmp_path: Path) -> None:
    mapping = WIDE.replace("policy: Policy", "policy: {column: Policy, values: {1: yes}}")
    found = refused(tmp_path, mapping, study=STUDY)
    assert any('put it in quotation marks: "1"' in p.remedy for p in found)


def test_a_column_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    found = one(refused(tmp_path, WIDE.replace("data: Data", "data: Dataa"), study=STUDY), "mapping_column")
    assert found.place.endswith("mapping.yaml, line 9, items.data")
    assert found.what == "the source 'main' has no single column 'Dataa'; nearest: 'Data'"


def test_a_pattern_that_two_headings_fit_names_no_column(tmp_path: Path) -> None:
    study = STUDY.replace("| Code |", "| Data 2 |")
    mapping = WIDE.replace("data: Data, code: Code", 'data: "Data*"') + "    not_asked: [code]\n"
    assert one(refused(tmp_path, mapping, study=study), "mapping_column").value == "Data*"


def test_an_unknown_item_and_an_unknown_option(tmp_path: Path) -> None:
    mapping = WIDE.replace("data: Data", 'dat: Data, data: {column: Data, values: {"1": "9"}}')
    found = refused(tmp_path, mapping, study=STUDY)
    assert one(found, "mapping_item").what == "the codebook has no item 'dat'; nearest: 'data'"
    assert one(found, "mapping_option").what == "'9' is no option of data"


def test_a_value_mapped_twice(tmp_path: Path) -> None:
    mapping = WIDE.replace(
        "data: Data", 'data: {column: Data, values: {"A b": "1", "a  B": "2", c: "1"}, missing: [C]}'
    )
    found = [p for p in refused(tmp_path, mapping, study=STUDY) if p.code == "mapping_twice"]
    assert [p.what for p in found] == [
        "'a B' is mapped twice: to 1 and to 2",
        "'c' is mapped twice: to 1 and to missing",
    ]


def test_an_item_of_the_codebook_that_nothing_answers(tmp_path: Path) -> None:
    found = one(refused(tmp_path, WIDE.replace(", code: Code", ""), study=STUDY), "mapping_gap")
    assert found.what == "no column answers the item 'code'; a column that looks like it: 'Code'"


def test_a_rule_that_concerns_no_row(tmp_path: Path) -> None:
    mapping = WIDE + "    rows: [{name: totals, where: {Journal: Alpha Leters}}]\n"
    found = one(refused(tmp_path, mapping, study=STUDY), "mapping_nothing")
    assert found.what == "the rule 'totals' matches nothing in the source 'main'; nearest: 'Alpha Letters'"


def test_a_source_that_no_file_fits(tmp_path: Path) -> None:
    found = one(refused(tmp_path, WIDE.replace("study.csv", "studdy.csv"), study=STUDY), "source_missing")
    assert found.what == "no file fits 'studdy.csv' of the source 'main'; nearest: 'study.csv'"


def test_numbered_coders_are_slots(tmp_path: Path) -> None:
    found = one(refused(tmp_path, WIDE.replace("{value: ann}", "{number: true}"), study=STUDY), "bad_mapping")
    assert "coders: slots" in found.remedy


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    mapping = (
        WIDE.replace("title: Journal", "title: Jornal").replace("policy: Policy", "policy: Polcy")
        + "    rows: [{name: r, where: {Nothing: x}}]\n    not_asked: [dta]\n"
    )
    codes = [p.code for p in refused(tmp_path, mapping, study=STUDY)]
    assert sorted(codes) == ["mapping_column", "mapping_column", "mapping_column", "mapping_item"]


def test_the_codebook_must_be_there(tmp_path: Path) -> None:
    head = HEAD.replace("codebook.yaml", "material-science")
    found = one(refused(tmp_path, head=head, study=STUDY), "bad_mapping")
    assert "materials-science" in found.what


@pytest.mark.parametrize("text", ["a: &a [*a]", "!!python/object/apply:os.system [ls]", "x: [", "", "- 1"])
def test_hostile_and_broken_yaml_is_a_problem(tmp_path: Path, text: str) -> None:
    path = write_study(tmp_path, study=STUDY)
    path.write_text(text, encoding="utf-8")
    said, _, problems = read_mapping(path)
    assert said is None
    assert not problems.ok
