"""The adjudication workbook: what is open, side by side; what was decided, read back and kept."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner
from workbooks import cell_at, edited, found, headings, make_survey, parts_of, put, snapshot, workbook_of

from rdpscore.cli import app
from rdpscore.coding import adjudication_workbook
from rdpscore.coding.adjudication import open_cases
from rdpscore.coding.filled import import_files
from rdpscore.coding.read import read_workbook
from rdpscore.problems import InvalidInput
from rdpscore.survey import load

RUN = CliRunner()
Decisions = Mapping[tuple[str, str], Mapping[str, str]]
"""(journal, item) → heading → text."""

CODINGS = """
    | journal_id | coder  | item   | answer | state   | evidence    |
    |------------|--------|--------|--------|---------|-------------|
    | alpha      | ada    | policy | yes    |         | there it is |
    | alpha      | ada    | data   | 1      |         | p-of-ada    |
    | alpha      | berthe | policy | yes    |         | here too    |
    | alpha      | berthe | data   | 2      |         | p-of-berthe |
    | beta       | ada    | policy | yes    | unclear | perhaps     |
    | beta       | ada    | data   | 1      |         | p           |
    | beta       | berthe | policy | yes    |         | certainly   |
    | beta       | berthe | data   | 1      |         | p           |
    | gamma      | ada    | policy | no     |         |             |
    | gamma      | berthe | policy | no     |         |             |
"""
DECIDED = {
    ("alpha", "data"): {
        "Adopted answer": "2 – Required",
        "Reason": "interpretation",
        "Mode": "consensus",
        "Adjudicator": "lead",
        "Date": "2026-03-16",
        "Note": "Said in the FAQ.",
    }
}


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """Alpha's data is answered differently, beta's policy unclear; all else is agreed."""
    return make_survey(tmp_path / "s", CODINGS)


def written(folder: Path, *, blind: bool = False) -> bytes:
    loaded = load(folder)
    return adjudication_workbook(loaded, open_cases(loaded), blind=blind)


def decided(content: bytes, decisions: Decisions) -> bytes:
    """The workbook with these cells filled in."""

    def fill(book: Any) -> None:
        for (journal, item), fields in decisions.items():
            for heading, text in fields.items():
                put(cell_at(book, journal, item, heading, sheet="Adjudication"), text)

    return edited(content, fill)


def file_of(folder: Path, decisions: Decisions, name: str = "adjudication.xlsx") -> Path:
    """An adjudication workbook beside the survey, filled in."""
    path = folder.parent / name
    path.write_bytes(decided(written(folder), decisions))
    return path


def cases_in(content: bytes) -> list[tuple[str, str]]:
    """Journal and item of each row."""
    page = openpyxl.load_workbook(io.BytesIO(content))["Adjudication"]
    head, columns = headings(page)
    rows = range(head + 1, page.max_row + 1)
    return [(page.cell(r, columns["journal_id"]).value, page.cell(r, columns["item"]).value) for r in rows]


def adopted(folder: Path) -> list[tuple[str, ...]]:
    """Rows of adjudications.csv: journal, item, answer, reason, mode, adjudicator, date, note."""
    table = load(folder).adjudications.astype(object)
    return [tuple(r) for r in table.where(table.notna(), "").drop(columns="stale").to_numpy().tolist()]


def adjudicate(folder: Path, *options: str) -> tuple[Path, int, str]:
    """Run the command; the file, the exit status and what was said."""
    path = folder.parent / "adjudication.xlsx"
    done = RUN.invoke(app, ["adjudicate", str(folder), "-o", str(path), *options])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return path, done.exit_code, " ".join(done.output.split())


# What it holds --------------------------------------------------------------------------------------------


def test_cases_are_disagreements_and_unclear_items_only(survey: Path) -> None:
    assert cases_in(written(survey)) == [("alpha", "data"), ("beta", "policy")]


def test_what_is_adjudicated_is_no_case(survey: Path) -> None:
    import_files(survey, [file_of(survey, DECIDED)])
    assert cases_in(written(survey)) == [("beta", "policy")]


def test_answers_and_passages_of_all_coders_stand_side_by_side(survey: Path) -> None:
    page = openpyxl.load_workbook(io.BytesIO(written(survey)))["Adjudication"]
    row = [str(c.value) for c in page[cell_row(page, "alpha")]]
    for text in ("ada", "1 – Encouraged", "p-of-ada", "berthe", "2 – Required", "p-of-berthe"):
        assert text in row


def cell_row(page: Any, journal: str) -> int:
    head, columns = headings(page)
    return next(r for r in range(head + 1, 99) if page.cell(r, columns["journal_id"]).value == journal)


def test_blind_names_no_coder_anywhere(survey: Path) -> None:
    named = b"".join(parts_of(written(survey)).values())
    blind = b"".join(parts_of(written(survey, blind=True)).values())
    assert all(marker in named for marker in (b"p-of-ada", b">berthe<"))
    assert b"p-of-berthe" in blind
    assert b">ada<" not in blind
    assert b">berthe<" not in blind


def test_the_same_survey_gives_the_same_bytes(survey: Path) -> None:
    assert written(survey) == written(survey)
    assert written(survey, blind=True) == written(survey, blind=True)


def test_a_passage_too_long_for_its_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    long = "x" * 32_000
    codings = CODINGS.replace("| p-of-ada    |", f"| {long} |").replace("| state   |", "| note |")
    codings = codings.replace("| 1      |         |", f"| 1      | {long} |")
    page = openpyxl.load_workbook(io.BytesIO(written(make_survey(tmp_path / "s", codings))))["Adjudication"]
    longest = max((str(c.value) for row in page.iter_rows() for c in row), key=len)
    assert longest.endswith("… (cut: the rest is in codings.csv)")
    assert len(longest) <= 32_767


def test_nothing_to_adjudicate_writes_no_file(tmp_path: Path) -> None:
    path, status, said = adjudicate(make_survey(tmp_path / "s"))
    assert (status, path.exists()) == (0, False)
    assert "nothing to adjudicate" in said


# What is read ---------------------------------------------------------------------------------------------


def test_a_decision_is_adopted_and_the_originals_stay(survey: Path) -> None:
    before = (survey / "codings.csv").read_bytes()
    import_files(survey, [file_of(survey, DECIDED)])
    assert adopted(survey) == [
        ("alpha", "data", "2", "interpretation", "consensus", "lead", "2026-03-16", "Said in the FAQ.")
    ]
    assert (survey / "codings.csv").read_bytes() == before


def test_an_option_that_no_coder_gave_can_be_adopted(survey: Path) -> None:
    decisions = {("alpha", "data"): DECIDED["alpha", "data"] | {"Adopted answer": "0 – Not mentioned"}}
    import_files(survey, [file_of(survey, decisions)])
    assert adopted(survey)[0][2] == "0"


@pytest.mark.parametrize(
    ("heading", "text", "code"),
    [
        ("Reason", "wording", "wording"),
        ("Reason", "Worded differently", "wording"),
        ("Reason", "WORDED  DIFFERENTLY", "wording"),
        ("Mode", "third_coder", "third_coder"),
        ("Mode", "Third coder", "third_coder"),
    ],
)
def test_reasons_and_modes_are_read_by_id_and_title(survey: Path, heading: str, text: str, code: str) -> None:
    decisions = {("alpha", "data"): DECIDED["alpha", "data"] | {heading: text}}
    import_files(survey, [file_of(survey, decisions)])
    assert code in adopted(survey)[0]


@pytest.mark.parametrize(
    ("heading", "text", "code"),
    [
        ("Adopted answer", "Requird", "unknown_option"),
        ("Adopted answer", "=A1", "unknown_option"),
        ("Reason", "whim", "unknown_reason"),
        ("Mode", "dice", "unknown_mode"),
        ("Date", "last week", "bad_date"),
    ],
)
def test_a_faulty_cell_is_told_of_at_its_place(survey: Path, heading: str, text: str, code: str) -> None:
    content = decided(written(survey), {("alpha", "data"): DECIDED["alpha", "data"] | {heading: text}})
    where = cell_at(openpyxl.load_workbook(io.BytesIO(content)), "alpha", "data", heading, "Adjudication")
    _, problems = read_workbook(content, "a.xlsx")
    assert (code, f"a.xlsx!Adjudication!{where.coordinate}") in found(problems)


def test_what_remains_is_told(survey: Path) -> None:
    result = import_files(survey, [file_of(survey, DECIDED)])
    told = [(p.code, p.journal, p.item) for p in result.problems if p.code == "not_adjudicated"]
    assert told == [("not_adjudicated", "beta", "policy")]


def test_an_unfinished_row_is_told_of_and_stays_open(survey: Path) -> None:
    begun = {("alpha", "data"): {"Adopted answer": "2", "Note": "I think"}}
    result = import_files(survey, [file_of(survey, begun)])
    told = [(p.code, p.value) for p in result.problems if p.code == "incomplete_adjudication"]
    assert told == [("incomplete_adjudication", "reason, adjudicator")]
    assert adopted(survey) == []
    assert ("alpha", "data") in cases_in(written(survey))


def test_a_codebook_without_reasons_asks_for_none(tmp_path: Path) -> None:
    folder = make_survey(tmp_path / "s", CODINGS)
    text = (folder / "codebook.yaml").read_text()
    (folder / "codebook.yaml").write_text(text[: text.index("reasons:")])
    import_files(
        folder, [file_of(folder, {("alpha", "data"): {"Adopted answer": "2", "Adjudicator": "lead"}})]
    )
    assert adopted(folder)[0][:3] == ("alpha", "data", "2")


def test_a_row_pasted_twice_is_told_of(survey: Path) -> None:
    def paste(book: Any) -> None:
        page = book["Adjudication"]
        source = cell_row(page, "alpha")
        for column in range(1, page.max_column + 1):
            put(page.cell(30, column), page.cell(source, column).value)

    _, problems = read_workbook(edited(decided(written(survey), DECIDED), paste), "a.xlsx")
    assert [p.code for p in problems.errors] == ["answered_twice"]


def test_a_row_of_another_survey_is_told_of(survey: Path) -> None:
    def rename(book: Any) -> None:
        cell_at(book, "alpha", "data", "journal_id", "Adjudication").value = "delta"

    _, problems = read_workbook(edited(decided(written(survey), DECIDED), rename), "a.xlsx")
    assert [(p.code, p.value) for p in problems.errors] == [("unknown_form", "delta/data")]


def test_importing_it_twice_changes_not_a_byte(survey: Path) -> None:
    file = file_of(survey, DECIDED)
    import_files(survey, [file])
    before = snapshot(survey)
    assert not import_files(survey, [file]).written
    assert snapshot(survey) == before


def test_another_decision_is_refused_without_replace(survey: Path) -> None:
    first = file_of(survey, DECIDED)
    other = {("alpha", "data"): DECIDED["alpha", "data"] | {"Adopted answer": "1"}}
    second = file_of(survey, other, "second.xlsx")
    import_files(survey, [first])
    with pytest.raises(InvalidInput, match="answer is '1' here and '2' in the survey"):
        import_files(survey, [second])
    import_files(survey, [second], replace_answers=True)
    assert adopted(survey)[0][2] == "1"


# Rulings --------------------------------------------------------------------------------------------------

RULED = {("alpha", "data"): DECIDED["alpha", "data"] | {"Ruling for the guide": "FAQ pages count as policy."}}


def test_a_ruling_goes_to_the_decisions_once(survey: Path) -> None:
    first = file_of(survey, RULED)
    both = dict(RULED) | {("beta", "policy"): {"Ruling for the guide": "A draft is no policy."}}
    second = file_of(survey, both, "second.xlsx")
    import_files(survey, [first])
    import_files(survey, [second])
    table = load(survey).decisions
    assert table is not None
    assert table[["item", "ruling"]].astype(object).to_numpy().tolist() == [
        ["data", "FAQ pages count as policy."],
        ["policy", "A draft is no policy."],
    ]


def test_a_ruling_stands_in_the_next_guide(survey: Path) -> None:
    import_files(survey, [file_of(survey, RULED)])
    guide = openpyxl.load_workbook(io.BytesIO(workbook_of(survey, "ada")))["Guide"]
    everything = "\n".join(str(c.value) for row in guide.iter_rows() for c in row if c.value)
    assert "FAQ pages count as policy." in everything


# Again ----------------------------------------------------------------------------------------------------


def test_an_existing_file_is_not_overwritten(survey: Path) -> None:
    path = file_of(survey, DECIDED)
    before = path.read_bytes()
    _, status, _ = adjudicate(survey)
    assert status == 2
    assert path.read_bytes() == before


def carried(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    """What is filled in, blank fields left out."""
    filled, _ = read_workbook(path.read_bytes(), path.name)
    assert filled is not None
    return {k: {f: t for f, t in fields.items() if t} for k, fields in filled.begun.items()}


def test_force_carries_over_what_is_filled_in_finished_or_not(survey: Path) -> None:
    decisions = dict(RULED) | {("beta", "policy"): {"Note": "ask the lead", "Date": "soon"}}
    path = file_of(survey, decisions)
    before = carried(path)
    _, status, said = adjudicate(survey, "--force")
    assert status == 0
    assert "2 carried over" in said
    assert carried(path) == before
    assert before["beta", "policy"] == {"note": "ask the lead", "adjudicated_on": "soon"}


def test_force_keeps_a_decision_whose_disagreement_went_away(survey: Path) -> None:
    path = file_of(survey, DECIDED)
    before = carried(path)
    codings = survey / "codings.csv"
    codings.write_text(codings.read_text().replace("alpha,berthe,data,2", "alpha,berthe,data,1"))
    assert ("alpha", "data") not in [(c.journal, c.item) for c in open_cases(load(survey))]
    adjudicate(survey, "--force")
    assert carried(path) == before


def test_force_leaves_out_what_the_survey_has(survey: Path) -> None:
    path = file_of(survey, RULED)
    import_files(survey, [path])
    adjudicate(survey, "--force")
    assert cases_in(path.read_bytes()) == [("beta", "policy")]


def test_force_refuses_the_workbook_of_another_survey(survey: Path, tmp_path: Path) -> None:
    path = file_of(survey, DECIDED)
    before = path.read_bytes()
    meta = survey / "survey.yaml"
    meta.write_text(meta.read_text().replace("id: small\n", "id: other\n", 1))
    _, status, said = adjudicate(survey, "--force")
    assert status == 1
    assert "of survey 'small', not of 'other'" in said
    assert path.read_bytes() == before


def test_force_refuses_a_file_that_it_cannot_read(survey: Path) -> None:
    path = survey.parent / "adjudication.xlsx"
    path.write_bytes(b"not a workbook")
    _, status, _ = adjudicate(survey, "--force")
    assert (status, path.read_bytes()) == (1, b"not a workbook")


# Stale ----------------------------------------------------------------------------------------------------


@pytest.fixture
def stale(survey: Path) -> Path:
    """A survey whose decision on alpha's data lost its ground: ada now answers 0."""
    import_files(survey, [file_of(survey, DECIDED)])
    changed = edited(workbook_of(survey, "ada"), lambda book: put(cell_at(book, "alpha", "data"), "0"))
    (survey.parent / "ada.xlsx").write_bytes(changed)
    import_files(survey, [survey.parent / "ada.xlsx"], replace_answers=True)
    return survey


def test_a_stale_decision_is_a_case_again(stale: Path) -> None:
    assert ("alpha", "data") in cases_in(written(stale))


def test_a_stale_decision_can_be_confirmed(stale: Path) -> None:
    import_files(stale, [file_of(stale, DECIDED, "again.xlsx")])
    assert load(stale).adjudications["stale"].isna().all()
    assert ("alpha", "data") not in cases_in(written(stale))


def test_a_stale_decision_can_be_changed_without_replace(stale: Path) -> None:
    other = {("alpha", "data"): DECIDED["alpha", "data"] | {"Adopted answer": "1"}}
    import_files(stale, [file_of(stale, other, "again.xlsx")])
    assert adopted(stale)[0][2] == "1"
    assert load(stale).adjudications["stale"].isna().all()


def test_the_old_file_confirms_nothing(stale: Path) -> None:
    before = snapshot(stale)
    import_files(stale, [stale.parent / "adjudication.xlsx"])
    assert snapshot(stale) == before
