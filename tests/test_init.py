"""New surveys: complete, commented, valid, and never over something."""

from __future__ import annotations

from pathlib import Path

import pytest
from tables import SMALL_CODEBOOK
from typer.testing import CliRunner

import rdpscore
from rdpscore.cli import app
from rdpscore.files import shipped
from rdpscore.files.writing import native
from rdpscore.survey import SurveyMeta
from rdpscore.survey.creation import create, survey_yaml

RUN = CliRunner()


def run(*arguments: str | Path) -> tuple[int, str]:
    result = RUN.invoke(app, [str(a) for a in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_a_new_survey_is_whole_and_valid(tmp_path: Path) -> None:
    folder = tmp_path / "my-survey"
    status, printed = run("init", folder, "--codebook", "materials-science")
    assert status == 0, printed
    assert "Next:" in printed
    assert "rdpscore assign" in printed
    assert {p.name for p in folder.iterdir() if not p.name.startswith(".")} == {
        "survey.yaml",
        "codebook.yaml",
        "journals.csv",
        "codings.csv",
        "adjudications.csv",
    }
    assert (folder / "codebook.yaml").read_bytes() == shipped(
        "codebook", "materials-science.yaml"
    ).read_bytes()
    assert (
        folder / "journals.csv"
    ).read_text() == "journal_id,title,publisher,policy_id,issn_l,access_model,impact\n"
    assert (folder / "codings.csv").read_text().startswith("journal_id,coder,round,item,answer,state,")
    assert "# contact:" in (folder / "survey.yaml").read_text()
    survey = rdpscore.load(folder)
    assert survey.meta.id == survey.meta.title == "my-survey"
    assert survey.meta.codebook.hashes == survey.codebook.hashes
    assert survey.meta.coders == "persons"
    assert len(rdpscore.validate(folder).problems) == 0


@pytest.mark.parametrize("verb", ["validate", "score", "agreement", "status"])
@pytest.mark.parametrize("as_json", [False, True])
def test_every_reading_verb_takes_an_empty_survey(tmp_path: Path, verb: str, as_json: bool) -> None:
    create(tmp_path / "new", "materials-science")
    status, printed = run(verb, tmp_path / "new", *(["--json"] if as_json else []))
    assert status == 0
    assert printed.strip()
    if verb == "score" and not as_json:
        assert "No journals yet, so there is nothing to score: list them in journals.csv" in printed


@pytest.mark.parametrize("verb", ["validate", "score", "agreement", "status"])
def test_every_reading_verb_takes_a_survey_without_codings(tmp_path: Path, verb: str) -> None:
    create(tmp_path / "new", "materials-science")
    with (tmp_path / "new" / "journals.csv").open("a") as stream:
        stream.write("a,Alpha Letters,North,,,,\nb,Reviews of Beta,,,,,\n")
    status, printed = run(verb, tmp_path / "new")
    assert status == 0
    if verb == "score":
        assert "2 journals, and no answers yet, so there is nothing to score" in printed


def test_a_journal_without_codings_does_not_stop_the_scores(folder: Path) -> None:
    with (folder / "journals.csv").open("a") as stream:
        stream.write("delta,Delta Notes,South,,\n")
    status, printed = run("score", folder)
    assert status == 0
    assert "Delta Notes" in printed


def test_a_codebook_from_a_file_keeps_its_bytes(tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    book.write_bytes(b"# a remark\r\n" + SMALL_CODEBOOK.replace("\n", "\r\n").encode())
    survey = create(tmp_path / "s", book, coders="slots", title='Ünïcode: "quoted" # and more')
    assert (tmp_path / "s" / "codebook.yaml").read_bytes() == book.read_bytes()
    assert survey.meta.title == 'Ünïcode: "quoted" # and more'
    assert survey.meta.coders == "slots"
    other = create(tmp_path / "t", tmp_path / "s")  # a survey's folder names its codebook
    assert other.codebook == survey.codebook


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("my survey", "my-survey"), ("Überblick", "berblick"), ("…", "survey"), ("a.b", "a-b")],
)
def test_ids_are_made_of_folder_names(tmp_path: Path, name: str, wanted: str) -> None:
    survey = create(tmp_path / native(name), "materials-science")
    assert survey.meta.id == wanted
    assert survey.meta.title == name


def test_commented_entries_are_entries(tmp_path: Path) -> None:
    """Every suggested line, its # taken away, is one that a survey may have."""
    import yaml

    text = survey_yaml("x", rdpscore.load().codebook, "persons", None)
    entries = [line for line in text.splitlines() if line.startswith("# ") and ": " in line + " "]
    wanted = [
        line
        for line in entries
        if line[2:].split(":")[0].strip() in SurveyMeta.model_fields or line.startswith("#   ")
    ]
    active = "\n".join(line.removeprefix("# ") if line in wanted else line for line in text.splitlines())
    meta = SurveyMeta.model_validate(yaml.safe_load(active))
    assert meta.contact
    assert meta.attributes["country"].kind == "text"
    assert meta.source is not None


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("init", tmp_path / "empty", "--codebook", "materials-science")[0] == 0


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("full", "file"):
        status, printed = run("init", tmp_path / name, "--codebook", "materials-science")
        assert status == 2
        assert "name a new folder" in " ".join(printed.replace("│", " ").split())
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["notes.txt"]
    assert run("init", tmp_path / "new", "--codebook", "materials-science")[0] == 0
    assert run("init", tmp_path / "new", "--codebook", "materials-science")[0] == 2


@pytest.mark.parametrize("kind", ["data", "codebook"])
def test_nothing_is_made_among_the_shipped(kind: str) -> None:
    target = shipped(kind, "new-survey")  # type: ignore[arg-type]
    assert run("init", target, "--codebook", "materials-science")[0] == 2
    assert not target.exists()


def test_wrong_use_and_bad_codebooks(tmp_path: Path) -> None:
    target = tmp_path / "s"
    status, printed = run("init", target, "--codebook", "material-science")
    assert status == 2
    assert "materials-science" in printed
    assert run("init", target, "--codebook", "materials-science", "--coders", "people")[0] == 2
    assert run("init", target, "--codebook", "materials-science", "--title", " ")[0] == 2
    assert run("init", target)[0] == 2
    bad = tmp_path / "bad.yaml"
    bad.write_text(SMALL_CODEBOOK.replace("default_scheme: equal", "default_scheme: none"))
    status, printed = run("init", target, "--codebook", bad)
    assert status == 1
    assert "unknown_reference" in printed
    assert not target.exists()
