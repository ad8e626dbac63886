"""Rows that run over because a text was split: joined again only where every way of joining says the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from mappings import HEAD, made

from rdpscore.problems import Problem
from rdpscore.published.importing import Published

MAPPING = """
    sources: {main: study.csv}
    journals: {title: Journal, publisher: Publisher, attributes: {read_when: Read, field: Field}}
    coders: {column: Coder}
    items: {policy: {column: Policy, note: Note}, data: Data}
    not_asked: [code]
"""
HEADER = "Coder,Journal,Publisher,Read,Field,Policy,Note,Data\n"


def study(folder: Path, *rows: str, delimiter: str = ",") -> Published:
    text = HEADER.replace(",", delimiter) + "".join(
        f"{row}\n" for row in (*rows, PLAIN.replace(",", delimiter))
    )
    return made(
        folder, MAPPING, head=HEAD.replace("[publisher, evidence]", "[evidence]"), study=text.encode()
    )


PLAIN = "ann,Alpha,North,May,Physics,yes,fine,2"


def told(published: Published, code: str) -> list[Problem]:
    return [p for p in published.report.problems if p.code == code]


def journals(published: Published) -> list[str]:
    return sorted(published.survey.journals["title"])


@pytest.mark.parametrize(
    "row",
    [
        "ann,Delta, Journal of,South,May,Physics,yes,a note,2",
        "ann,Delta,South, Sons,May,Physics,yes,a note,2",
        "Miller, Ann,Delta,South,May,Physics,yes,a note,2",
    ],
)
def test_a_comma_in_a_name_leaves_the_row_out_and_names_it(row: str, tmp_path: Path) -> None:
    """A title, a publisher or a coder that does not exist is worse than a row to be entered again."""
    published = study(tmp_path, row)
    assert journals(published) == ["Alpha"]
    assert set(published.survey.codings["coder"]) == {"ann"}
    assert [p.row for p in told(published, "row_left_out")] == [2]
    assert told(published, "row_rejoined") == []


def test_a_comma_in_a_remark_is_put_back_as_it_was(tmp_path: Path) -> None:
    published = study(tmp_path, "ann,Delta,South,May,Physics,yes,shared, in part, by 2,5 of all,2")
    table = published.survey.codings
    (note,) = table[(table["journal_id"] == "delta") & (table["item"] == "policy")]["note"]
    assert note == "shared, in part, by 2,5 of all"
    (found,) = told(published, "row_rejoined")
    assert found.row == 2


def test_semicolons_split_in_a_file_of_semicolons_stay_semicolons(tmp_path: Path) -> None:
    published = study(tmp_path, "ann;Delta;South;May;Physics;yes;shared;in part, of all;2", delimiter=";")
    table = published.survey.codings
    (note,) = table[(table["journal_id"] == "delta") & (table["item"] == "policy")]["note"]
    assert note == "shared;in part, of all"


def test_facts_in_which_ways_differ_are_left_blank_and_told(tmp_path: Path) -> None:
    lone = MAPPING.replace("publisher: Publisher, ", "").replace("column: Coder", "value: ann")
    text = "Policy,Data,Journal,Read,Field\nyes,2,Alpha,May,Physics\n"
    ordered = lone.replace("note: Note", "note: Field")
    same = "Journal,Policy,Data,Read,Field\nAlpha,yes,2,May,Physics\nDelta,yes,2,Fri, 11 May,Physics\n"
    assert journals(made(tmp_path / "a", ordered, study=text.encode())) == ["Alpha"]
    published = made(tmp_path / "b", ordered, study=same.encode())
    facts = published.survey.journals.set_index("journal_id").loc["delta"]
    assert facts["read_when"] != facts["read_when"]
    assert facts["field"] != facts["field"]
    (found,) = told(published, "row_rejoined")
    assert "D and E left blank" in found.what
