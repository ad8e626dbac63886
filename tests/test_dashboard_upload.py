"""The visitor's own survey: checked, told of, shown in one session only, refused where it is an attack."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from dashboard import faults, opened, words
from odd_surveys import ODD
from streamlit.testing.v1 import AppTest
from test_archive import ATTACKS, zip_of, zipped
from workbooks import CODEBOOK, cell_at, edited, filled_completely, make_survey, put, workbook_of

import rdpscore
from rdpscore.coding.annotate import SUMMARY, annotated
from rdpscore.coding.gathered import gather
from rdpscore.files.texts import as_html
from rdpscore.validation import validate

ZIP = "application/zip"
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def upload(at: AppTest, *files: tuple[str, bytes, str]) -> AppTest:
    return at.file_uploader(key="upload_files").set_value(list(files)).run()


def labels(at: AppTest) -> list[str]:
    return [b.label for b in at.button]


# Zipped folders -----------------------------------------------------------------------------------------


def test_a_good_survey_is_shown_on_all_pages_of_this_session_and_of_no_other(folder: Path) -> None:
    with opened("upload") as at:
        assert "171 journals" in words(at)
        upload(at, ("mine.zip", zip_of(folder, "mine/"), ZIP))
        assert faults(at) == []
        assert "It can be shown" in words(at)
        at.button(key="upload_use").click().run()
        assert faults(at) == []
        assert "A small survey: 3 journals" in words(at)
        assert "only this session sees it" in words(at)
        with opened("upload") as other:
            assert "171 journals" in words(other)
            assert "only this session sees it" not in words(other).replace("shown in this session", "")
        at.button(key="leave_own").click().run()
        assert faults(at) == []
        assert "171 journals" in words(at)


def test_a_merged_survey_packed_by_windows_is_shown(folder: Path) -> None:
    """Names with backslashes, and the surveys that it was made of inside."""
    files = [p.relative_to(folder) for p in folder.rglob("*") if p.is_file()]
    packed = {"\\".join(("mine", *p.parts)): (folder / p).read_bytes() for p in files}
    packed |= {name.replace("mine\\", "mine\\sources\\merged\\a\\"): text for name, text in packed.items()}
    with opened("upload") as at:
        upload(at, ("mine.zip", zipped(packed), ZIP))
        assert faults(at) == []
        assert "It can be shown" in words(at)


@pytest.mark.parametrize(
    "page", ["overview", "journals", "publishers", "agreement", "lab", "codebook", "data"]
)
def test_another_page_shows_the_survey_of_the_session(page: str, folder: Path) -> None:
    from rdpscore.survey.zipped import read_zipped

    survey, _ = read_zipped(zip_of(folder))
    with opened("upload") as before:
        upload(before, ("mine.zip", zip_of(folder), ZIP))
        before.button(key="upload_use").click().run()
        own = before.session_state["own_survey"]
    assert own.meta == (survey and survey.meta)
    with opened(page) as at:
        at.session_state["own_survey"] = own
        at.run()
        assert faults(at) == []
        assert "A small survey" in words(at)
        assert "only this session sees it" in words(at)


def test_the_filter_of_the_other_survey_does_not_stay(folder: Path) -> None:
    with opened("upload", None, {"publisher": "ACS", "scheme": "by-dimension"}) as at:
        upload(at, ("mine.zip", zip_of(folder), ZIP))
        at.button(key="upload_use").click().run()
        assert faults(at) == []
        assert "A small survey: 3 journals" in words(at)
        assert "publisher" not in at.query_params


def test_all_problems_of_a_broken_survey_are_told_as_validate_tells_them(folder: Path) -> None:
    text = (folder / "codings.csv").read_text(encoding="utf-8")
    (folder / "codings.csv").write_text(
        text.replace("alpha,c1,data,2", "alpha,c1,data,7").replace("beta,c1,code,0", "bta,c1,code,0")
    )
    expected = validate(folder).problems
    assert not expected.ok
    with opened("upload") as at:
        upload(at, ("mine.zip", zip_of(folder), ZIP))
        assert faults(at) == []
        said = words(at)
        assert "It cannot be shown yet" in said
        assert "upload_use" not in [b.key for b in at.button]
        for problem in expected:
            for part in (problem.place, problem.what, problem.remedy):
                assert as_html(part) in said, part
        assert "own_survey" not in at.session_state


def test_problems_of_structure_come_all_at_once(folder: Path) -> None:
    (folder / "journals.csv").write_text("journal,title\na,b\n")
    (folder / "survey.yaml").write_text("format: 1\nid: [\n")
    with opened("upload") as at:
        upload(at, ("mine.zip", zip_of(folder), ZIP))
        assert faults(at) == []
        assert "bad_yaml" in words(at).replace("\\", "")
        assert "missing_column" in words(at).replace("\\", "")


SOME = (
    "up",
    "absolute",
    "a symbolic link",
    "ten thousand files",
    "a bomb",
    "encrypted",
    "a text",
    "no survey",
)


@pytest.mark.parametrize("name", SOME)
def test_an_attack_is_refused_by_a_sentence_on_the_page(name: str) -> None:
    content, said = ATTACKS[name]
    with opened("upload") as at:
        upload(at, ("mine.zip", content, ZIP))
        assert faults(at) == []
        assert as_html(said) in words(at)
        assert "It cannot be shown yet" in words(at)


def test_a_name_that_is_markup_or_a_path_is_text(folder: Path) -> None:
    name = "../../<img src=x onerror=alert(1)>**b**.zip"
    with opened("upload") as at:
        upload(at, (name, b"no archive", ZIP))
        assert faults(at) == []
        assert "<img" not in words(at)
        assert as_html("is no zip archive") in words(at)


@pytest.mark.parametrize("name", ["one_journal", "single_coded", "no_impact", "hostile", "no_publisher"])
def test_an_odd_survey_can_be_uploaded(name: str, tmp_path: Path) -> None:
    with opened("upload") as at:
        upload(at, ("mine.zip", zip_of(ODD[name](tmp_path / name)), ZIP))
        assert faults(at) == []
        at.button(key="upload_use").click().run()
        assert faults(at) == []


def test_two_archives_or_a_mixture_are_not_guessed_at(folder: Path) -> None:
    content = zip_of(folder)
    with opened("upload") as at:
        upload(at, ("a.zip", content, ZIP), ("b.zip", content, ZIP))
        assert faults(at) == []
        assert "Choose one .zip" in words(at)


# Workbooks ----------------------------------------------------------------------------------------------


@pytest.fixture
def books(tmp_path: Path) -> dict[str, bytes]:
    """Two coders' workbooks of one survey, complete."""
    folder = make_survey(tmp_path / "s")
    second = {"policy": "yes – There is one", "data": "2 – Required", "places": "rep", "remarks": "None."}
    return {
        "c1.xlsx": filled_completely(workbook_of(folder, "c1")),
        "c2.xlsx": filled_completely(workbook_of(folder, "c2"), second),
    }


def test_workbooks_together_are_a_survey(books: dict[str, bytes]) -> None:
    found = gather(books)
    assert list(found.problems.errors) == []
    survey = found.survey
    assert survey is not None
    assert survey.meta.id == "small"
    assert list(survey.journal_ids) == ["alpha", "beta", "gamma"]
    assert len(survey.codings) == 2 * 3 * 4
    agreement = rdpscore.measure_agreement(survey)
    percent = {i.item: i.percent for i in agreement.items}
    assert percent == {"policy": 1.0, "data": 0.0}


def test_workbooks_of_two_surveys_are_no_survey(books: dict[str, bytes], tmp_path: Path) -> None:
    from tables import SURVEY_YAML, write_survey
    from workbooks import JOURNALS, NO_CODINGS

    other = write_survey(
        tmp_path / "o", CODEBOOK.replace("label: Encouraged", "label: Wished"),
        SURVEY_YAML.replace("id: small\ntitle", "id: other\ntitle"), journals=JOURNALS, codings=NO_CODINGS,
    )  # fmt: skip
    found = gather(books | {"c3.xlsx": workbook_of(other, "c3")})
    assert found.survey is None
    assert {p.code for p in found.problems.errors} == {"other_survey", "other_codebook"}


def test_one_coder_twice_with_other_answers_is_told_with_its_cell(books: dict[str, bytes]) -> None:
    twice = edited(books["c1.xlsx"], lambda b: put(cell_at(b, "alpha", "data"), "2 – Required"))
    found = gather({"c1.xlsx": books["c1.xlsx"], "again.xlsx": twice})
    assert found.survey is None
    assert any((p.cell or "").startswith("Coding!") for p in found.problems.errors)


def test_good_workbooks_are_shown(books: dict[str, bytes]) -> None:
    with opened("upload") as at:
        upload(at, *((n, c, SHEETS) for n, c in books.items()))
        assert faults(at) == []
        assert "It can be shown" in words(at)
        at.button(key="upload_use").click().run()
        assert faults(at) == []
        assert "Workbooks of the survey small: 3 journals" in words(at)


def test_a_broken_workbook_is_told_of_to_the_cell_and_offered_back(books: dict[str, bytes]) -> None:
    broken = edited(books["c1.xlsx"], lambda b: put(cell_at(b, "beta", "data"), "sometimes"))
    found = gather({"c1.xlsx": broken})
    problem = next(p for p in found.problems.errors)
    assert problem.cell is not None
    with opened("upload") as at:
        upload(at, ("c1.xlsx", broken, SHEETS))
        assert faults(at) == []
        said = words(at)
        assert "It cannot be shown yet" in said
        assert as_html(problem.cell) in said
        assert as_html(problem.remedy) in said
        assert "upload_annotated_0" in [d.key for d in at.get("download_button")]
    book = openpyxl.load_workbook(io.BytesIO(annotated(broken, found.problems)))
    assert SUMMARY in book.sheetnames


def test_what_is_no_workbook_is_refused() -> None:
    with opened("upload") as at:
        upload(at, ("c1.xlsx", b"PK\x03\x04 nothing", SHEETS))
        assert faults(at) == []
        assert "It cannot be shown yet" in words(at)
