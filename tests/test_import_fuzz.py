"""Damaged sources and mappings: each ends in problems, or in a survey that passes every check."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mappings import csv_of, rows_of, write_study
from spreadsheets import ods, xlsb

from rdpscore.files.plain import MAX_SOURCE
from rdpscore.problems import InvalidInput, Problems
from rdpscore.published.importing import import_published, read_published
from rdpscore.published.mapping import SourceSpec
from rdpscore.published.proposal import propose
from rdpscore.published.sources import SourceFile, read_source
from rdpscore.readers import office
from rdpscore.validation import check

MANY = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
STUDY = """
    | Journal       | Coder | policy | data | code | Text   |
    |---------------|-------|--------|------|------|--------|
    | Alpha Letters | ann   | yes    | 1    | 0    | a; "b" |
    | Alpha Letters | ben   | yes    | 2    | 0    | c, d   |
    | Alpha Letters | a/b   | yes    | 2    | 0    |        |
    | Beta Reviews  | a/b   | no     |      |      | ü      |
"""
MAPPING = """
    sources: {main: study.*}
    journals: {title: Journal}
    coders: {column: Coder, consensus: {contains: "/"}}
    answers: {column: "{item}", note: Text}
"""


def as_csv() -> bytes:
    return csv_of(STUDY).encode()


def as_xlsx() -> bytes:
    book = openpyxl.Workbook()
    for row in rows_of(STUDY):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_records() -> list[dict[str, str]]:
    head, *rows = rows_of(STUDY)
    return [dict(zip(head, row, strict=True)) for row in rows]


FORMS: dict[str, Callable[[], bytes]] = {
    "csv": as_csv,
    "xlsx": as_xlsx,
    "ods": lambda: ods(STUDY),
    "xlsb": lambda: xlsb(STUDY),
    "yaml": lambda: yaml.safe_dump(as_records()).encode(),
    "json": lambda: json.dumps(as_records()).encode(),
}


@pytest.fixture(autouse=True)
def _no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program is not started thousands of times."""
    monkeypatch.setattr(office, "program", lambda: None)


def outcome(folder: Path) -> bool:
    """Whether the study is imported; anything but problems and a valid survey fails the test."""
    problems = refusal(lambda: check_survey(folder))
    return problems is None


def check_survey(folder: Path) -> None:
    assert check(read_published(folder / "mapping.yaml").survey).ok


def refusal(task: Callable[[], object]) -> Problems | None:
    """The problems in which a task ends, whole sentences all of them; None where it succeeds."""
    try:
        task()
    except InvalidInput as error:
        found = error.problems
    else:
        return None
    assert found.errors
    assert all(p.what and p.remedy for p in found)
    return found


def damaged(content: bytes, seed: int) -> bytes:
    """A few bytes changed, taken out, doubled or cut off."""
    rng, raw = random.Random(seed), bytearray(content)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(raw)) if raw else 0
        match rng.randrange(6):
            case 0:
                raw[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del raw[at : at + rng.randint(1, 20)]
            case 2:
                raw[at:at] = raw[at : at + rng.randint(1, 30)]
            case 3:
                raw[at:at] = rng.choice(
                    [b'"', b",", b";", b"\n", b"\r", b"\0", b"=1+1", b"\xff", b"\t", b": "]
                )
            case 4:
                del raw[at:]
            case _:
                raw[at : at + 1] = rng.choice([b"{", b"}", b"[", b"&a ", b"*a", b"!!x ", b"'", b"-"])
    return bytes(raw)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_table_in_every_form_gives_the_same_survey(tmp_path: Path, form: str) -> None:
    write_study(tmp_path, MAPPING)
    (tmp_path / f"study.{form}").write_bytes(FORMS[form]())
    survey = read_published(tmp_path / "mapping.yaml").survey
    assert survey.codings["answer"].tolist() == ["yes", "1", "0", "yes", "2", "0"]
    assert survey.adjudications["answer"].tolist() == ["2", "no"]


@pytest.mark.fuzz
@pytest.mark.parametrize("form", FORMS)
@MANY
@given(seed=st.integers(0, 10**9))
def test_a_damaged_source_ends_in_problems_or_in_a_valid_survey(tmp_path: Path, form: str, seed: int) -> None:
    write_study(tmp_path, MAPPING)
    (tmp_path / f"study.{form}").write_bytes(damaged(FORMS[form](), seed))
    outcome(tmp_path)


@pytest.mark.fuzz
@MANY
@given(seed=st.integers(0, 10**9))
def test_a_damaged_mapping_ends_in_problems_or_in_a_valid_survey(tmp_path: Path, seed: int) -> None:
    path = write_study(tmp_path, MAPPING)
    (tmp_path / "study.csv").write_bytes(as_csv())
    path.write_bytes(damaged(path.read_bytes(), seed))
    outcome(tmp_path)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 99)
    | st.sampled_from(["Journal", "policy", "@A", "*", "", "@note", "{coder}", "(a+)+"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["column", "values", "is", "matches", "policy", "ann"]), inner, max_size=3
        )
    ),
    max_leaves=5,
)


@pytest.mark.fuzz
@MANY
@given(data=st.data())
def test_a_mapping_of_other_content_ends_in_problems_or_in_a_valid_survey(
    tmp_path: Path, data: st.DataObject
) -> None:
    path = write_study(tmp_path, MAPPING)
    (tmp_path / "study.csv").write_bytes(as_csv())
    said = yaml.safe_load(path.read_text())
    for _ in range(data.draw(st.integers(1, 3))):
        part = data.draw(
            st.sampled_from(["sources", "rows", "journals", "coders", "answers", "items", "not_asked"])
        )
        inner = said.get(part)
        if isinstance(inner, dict) and data.draw(st.booleans()):
            inner[
                data.draw(
                    st.sampled_from(
                        ["column", "main", "title", "several", "where", "number", "data", "also", "same"]
                    )
                )
            ] = data.draw(VALUES)
        else:
            said[part] = data.draw(VALUES)
    path.write_text(yaml.safe_dump(said))
    outcome(tmp_path)


CELLS = st.sampled_from(
    ["", "yes", "no", "0", "1", "2", "Required", "Silent", "ann", "a/b", "x", "NA", "Alpha Letters", "=1"]
) | st.text(max_size=8)


@pytest.mark.fuzz
@MANY
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=9), max_size=8))
def test_any_table_of_cells_ends_in_problems_or_in_what_its_cells_say(
    tmp_path: Path, rows: list[list[str]]
) -> None:
    """An answer that is imported stands in a row of its journal, as that item's cell; shifted rows aside."""
    import csv

    write_study(tmp_path, MAPPING)
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["Journal", "Coder", "policy", "data", "code", "Text"], *rows])
    try:
        (tmp_path / "study.csv").write_bytes(out.getvalue().encode())
    except UnicodeEncodeError:
        return
    if not outcome(tmp_path):
        return
    survey = read_published(tmp_path / "mapping.yaml").survey
    words = {o.label.casefold(): o.code for i in survey.codebook.items for o in i.options}
    said = {
        (i, words.get(cell.strip().casefold(), cell.strip()).casefold())
        for row in rows
        for cell in row
        for i in ("policy", "data", "code")
    }
    coded = survey.codings.dropna(subset=["answer"])
    assert {(i, a.casefold()) for i, a in zip(coded["item"], coded["answer"], strict=True)} <= said


@pytest.mark.fuzz
@pytest.mark.parametrize("form", FORMS)
@settings(MANY, max_examples=40)
@given(seed=st.integers(0, 10**9))
def test_a_proposal_for_a_damaged_source_ends_in_problems_or_in_two_files(
    tmp_path_factory: pytest.TempPathFactory, form: str, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("p")
    (folder / f"study.{form}").write_bytes(damaged(FORMS[form](), seed))
    if refusal(lambda: propose(folder / "draft", [folder / f"study.{form}"])) is None:
        for name in ("mapping.yaml", "codebook.yaml"):
            assert isinstance(yaml.safe_load((folder / "draft" / name).read_text(encoding="utf-8")), dict)


# Hostile files --------------------------------------------------------------------------------------------


def source(tmp_path: Path, name: str, content: bytes) -> list[str]:
    """Codes of the problems of one file."""
    (tmp_path / name).write_bytes(content)
    table, problems = read_source("main", SourceSpec(file=name), [SourceFile(tmp_path / name, name)])
    assert table is None
    return [p.code for p in problems]


def test_bombs_are_refused_unread(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    assert source(tmp_path, "bomb.xlsx", out.getvalue()) == ["bad_workbook"]
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9)
    )
    assert source(tmp_path, "bomb.yaml", laughs.encode()) == ["yaml_too_large"]
    assert source(tmp_path, "deep.json", b"[" * 100_000) == ["bad_json"]
    assert source(tmp_path, "deep2.json", b"[" * 500 + b"]" * 500) == ["bad_json"]
    assert source(tmp_path, "tag.yaml", b"!!python/object/apply:os.system [ls]") == ["bad_yaml"]


def test_a_cell_without_end_and_a_binary_file_are_refused(tmp_path: Path) -> None:
    assert source(tmp_path, "long.csv", b'a,b\n"' + b"x" * 3_000_000 + b'",1\n') == ["cell_too_long"]
    assert source(tmp_path, "nul.csv", b"a,b\n\0,1\n") == ["binary_content"]
    assert source(tmp_path, "wide.csv", b"a,b\n" + b"," * 20_000 + b"\n") == ["unreadable_file"]


def test_a_file_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as stream:
        stream.truncate(MAX_SOURCE + 1)
    _, problems = read_source("main", SourceSpec(file="huge.csv"), [SourceFile(path, "huge.csv")])
    assert [p.code for p in problems] == ["file_too_large"]


def test_a_link_out_of_the_folder_is_no_source(tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_bytes(as_csv())
    folder = tmp_path / "in"
    write_study(folder, MAPPING)
    (folder / "study.csv").symlink_to(outside)
    assert not outcome(folder)


def test_titles_and_file_names_lead_to_no_path(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write_study(folder, MAPPING, study=STUDY.replace("Alpha Letters", "../../evil"))
    import_published(tmp_path / "s", folder / "mapping.yaml")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "s"]
    assert all(p.resolve().is_relative_to((tmp_path / "s").resolve()) for p in (tmp_path / "s").rglob("*"))
