"""The draft of a mapping: what each table and column of a deposit probably is, and what is left to decide."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from mappings import csv_of, decided
from running import cli

from rdpscore.published.deposit import two_lines
from rdpscore.survey import load

JOURNALS = [f"Annals of {name}" for name in ("Alloys", "Bonds", "Crystals", "Dyes", "Enamels", "Foams")]


def workbook(sheets: dict[str, list[list[Any]]], hidden: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
        page.sheet_state = "hidden" if name in hidden else "visible"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def drafted(
    tmp_path: Path, content: bytes | str, name: str = "study.csv"
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The mapping and the codebook of a draft."""
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else csv_of(content).encode())
    run = cli("import", tmp_path / "draft", "--propose", tmp_path / name)
    assert run.status == 0, run.err
    mapping, codebook = (
        yaml.safe_load((tmp_path / "draft" / f"{n}.yaml").read_text(encoding="utf-8"))
        for n in ("mapping", "codebook")
    )
    return mapping, codebook


def rows(*columns: list[Any]) -> str:
    """A Markdown table whose first row is its header."""
    lines = [" | ".join(map(str, row)) for row in zip(*columns, strict=True)]
    return "\n".join(f"| {line} |" for line in [lines[0], *lines[1:]]).replace("\n", "\n|-|\n", 1)


DEPOSIT = {
    "Coding": [
        ["Survey of policies, 2024"],
        ["Journal", "Policies", None, None, "Who"],
        [None, "Data", "Code", "Ethics", None],
        *(
            [
                j,
                ("0 - none", "1 - encouraged", "2 - required")[k % 3],
                ("yes", "no")[k % 2],
                "yes" if k else "no",
                c,
            ]
            for k, j in enumerate(JOURNALS)
            for c in ("AB", "CD")
        ),
        ["Total", 20, 10, 10],
        ["Note: read in spring"],
    ],
    "Impact": [["Title", "JIF"], *([j, 1.5 + k] for k, j in enumerate(JOURNALS))],
    "Levels": [["value", "meaning"], ["0 - none", "-"], ["1 - encouraged", "soft"], ["2 - required", "hard"]],
    "Columns": [["column", "is"], ["Policies / Data", "a"], ["Policies / Code", "b"], ["Who", "c"]],
    "Scratch": [["a", "b"], [1, 2]],
    "Empty": [],
}


def test_every_sheet_of_a_deposit_has_its_role_and_the_draft_imports_once_it_is_decided(
    tmp_path: Path,
) -> None:
    mapping, codebook = drafted(tmp_path, workbook(DEPOSIT, hidden=("Scratch",)), "study.xlsx")
    text = (tmp_path / "draft" / "mapping.yaml").read_text(encoding="utf-8")
    assert mapping["sources"] == {
        "study_Coding": {"file": "study.xlsx", "sheet": "Coding", "skip": 1, "header_rows": 2},
        "study_Impact": {"file": "study.xlsx", "sheet": "Impact"},
    }
    said = "\n".join(mapping["undecided"])
    assert "sheet 'Impact' of study.xlsx: a side table of journals" in said
    assert "sheet 'Levels' of study.xlsx: a list of labels?" in said
    assert "sheet 'Columns' of study.xlsx: what the columns mean?" in said
    assert "# sheet 'Scratch' of study.xlsx, which is hidden: not read" in text
    assert "# sheet 'Empty' of study.xlsx, in which no table was found: not read" in text
    assert mapping["rows"][0]["where"] == {"Journal": ["Total", "Note: read in spring"]}
    assert mapping["coders"] == {"column": "Who"}
    assert set(mapping["items"]) == {"policies_data", "policies_code", "policies_ethics"}
    (data, *_) = codebook["items"]
    assert (data["level"], data["scored"]) == ("ordinal", False)
    assert data["options"] == [
        {"code": "0", "label": "none"},
        {"code": "1", "label": "encouraged"},
        {"code": "2", "label": "required"},
    ]
    path = tmp_path / "draft" / "mapping.yaml"
    refused = cli("import", tmp_path / "s", "--mapping", path, tmp_path / "study.xlsx", "--json")
    assert refused.status == 1
    problems = refused.json()["problems"]
    assert [p["value"] for p in problems if p["code"] == "undecided"] == mapping["undecided"]
    assert not (tmp_path / "s").exists()
    assert cli("import", tmp_path / "s", "--mapping", decided(path), tmp_path / "study.xlsx").status == 0
    survey = load(tmp_path / "s")
    assert survey.journals["title"].tolist() == JOURNALS
    assert survey.codings.query("item == 'policies_data'")["answer"].tolist() == [
        str(k % 3) for k in range(6) for _ in "ab"
    ]
    assert "no item is scored" in cli("score", tmp_path / "s").out


def test_no_score_is_guessed(tmp_path: Path) -> None:
    study = rows(["Journal", *JOURNALS], ["Data", 0, 1, 2, 0, 1, 2], ["Code", *["yes", "no"] * 3])
    _, codebook = drafted(tmp_path, study)
    assert [i["scored"] for i in codebook["items"]] == [False, False]
    assert not any("score" in option for i in codebook["items"] for option in i["options"])


@pytest.mark.parametrize(
    ("header", "texts", "coder"),
    [
        ("Coder", ["ann", "ben"], "Coder"),
        ("Coder", ["ann", "ann"], None),  # one value throughout is no coder
        ("Round", ["first", "second"], "Round"),  # by repetition: its texts differ in all rows of a journal
        ("Round", ["first", "first"], None),
        ("Email Address", ["a@x.org", "b@x.org"], "Email Address"),
    ],
)
def test_who_coded_is_found_by_heading_or_by_repetition(
    header: str, texts: list[str], coder: str | None, tmp_path: Path
) -> None:
    twice = [j for j in JOURNALS for _ in "ab"]
    mapping, _ = drafted(
        tmp_path,
        rows(["Journal", *twice], [header, *texts * 6], ["Data", *[0, 0, 1, 1, 2, 2] * 2]),
    )
    assert mapping["coders"].get("column") == coder
    assert set(mapping["items"]) == {"data"}


@pytest.mark.parametrize(
    ("header", "texts"),
    [
        ("Second reader", ["TB", "MM", "TB/MM"]),
        ("Checked by", ["Tess", "Mo", "Tess"]),
        ("Timestamp", ["2024/01/02", "2024/01/03", "2024/01/02"]),
        ("record_id", ["1", "2", "1"]),
        ("policies_complete", ["Complete", "Incomplete", "Complete"]),
    ],
)
def test_initials_and_what_programs_add_are_no_questions(
    header: str, texts: list[str], tmp_path: Path
) -> None:
    study = rows(["Journal", *JOURNALS], [header, *texts * 2], ["Data", *["YES", "NO"] * 3])
    mapping, _ = drafted(tmp_path, study)
    assert set(mapping["items"]) == {"data"}


def test_levels_are_taken_where_every_text_has_a_number_of_its_own(tmp_path: Path) -> None:
    study = rows(
        ["Journal", *JOURNALS],
        ["Data", *["10: must", "2: may", "2: may"] * 2],
        ["Code", *["1 may", "1 must", "1 must"] * 2],
    )
    mapping, codebook = drafted(tmp_path, study)
    data, code = codebook["items"]
    assert data["options"] == [{"code": "2", "label": "may"}, {"code": "10", "label": "must"}]
    assert mapping["items"]["data"]["values"] == {"2: may": "2", "10: must": "10"}
    assert (data["level"], code["level"]) == ("ordinal", "nominal")


@pytest.mark.parametrize(("ends", "adjudicated"), [(["--1", "--2", ""], 6), (["--1", "--2"], 0)])
def test_entries_of_one_record_are_coders_of_one_journal(
    ends: list[str], adjudicated: int, tmp_path: Path
) -> None:
    records = [f"{j}{end}" for j in JOURNALS for end in ends]
    study = rows(["record_id", *records], ["data", *["1", "2", "2"][: len(ends)] * 6])
    mapping, _ = drafted(tmp_path, study)
    said = "coders: records that end in --1 and --2 are two entries of one journal"
    assert [d.partition(", and")[0] for d in mapping["undecided"] if d.startswith("coders")] == [said]
    path = decided(tmp_path / "draft" / "mapping.yaml")
    found = cli("import", tmp_path / "s", "--mapping", path, tmp_path / "study.csv")
    assert found.status == 0, found.err
    survey = load(tmp_path / "s")
    assert survey.journals["title"].tolist() == JOURNALS
    assert survey.codings.groupby("coder", observed=True)["answer"].agg(list).to_dict() == {
        "1": ["1"] * 6,
        "2": ["2"] * 6,
    }
    assert survey.adjudications["answer"].tolist() == ["2"] * adjudicated


def test_a_last_journal_that_stands_with_answers_is_no_note(tmp_path: Path) -> None:
    study = rows(["Journal", *JOURNALS[:5], "Keys"], ["Data", *[0, 1] * 3], ["Code", *["yes", "no"] * 3])
    mapping, _ = drafted(tmp_path, study)
    assert "rows" not in mapping


GROUPS = ["Journal", "Data", "", "", "Code"]
PARTS = ["", "asked", "where", "when", ""]


@pytest.mark.parametrize(
    ("upper", "lower", "below", "found"),
    [
        (GROUPS, PARTS, [["A", "yes", "web", "now", "no"], ["B", "no", "mail", "soon", "yes"]], True),
        (GROUPS, ["", "yes", "web", "now", ""], [["A", "yes", "web", "now", "no"]] * 2, False),  # an answer
        (GROUPS, ["", "1", "2", "3", ""], [["A", "yes", "web", "now", "no"]] * 2, False),  # numbers
        (
            ["Journal", "Data", "Code", "Ethics", "Access"],
            PARTS,
            [["A", "a", "b", "c", "d"]] * 2,
            False,
        ),  # no gaps
        (GROUPS, PARTS, [["A", "yes", "web", "now", "no"]], False),  # too little to tell
    ],
)
def test_a_header_of_two_lines_has_gaps_that_words_fill(
    upper: list[str], lower: list[str], below: list[list[str]], found: bool
) -> None:
    assert two_lines([upper, lower, *below]) == found
