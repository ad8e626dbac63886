"""``rdpscore validate``, ``agreement``, ``reproduce`` and ``codebook``: what they print, write and return."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
import yaml
from finding import sheet
from rich.cells import cell_len
from running import Run, cli
from tables import SMALL_CODEBOOK, write_survey

import rdpscore
from rdpscore.files import shipped as shipped_path

WIDTH = 100


def fits(text: str) -> None:
    """No line is wider than a piped page, and no cell was cut."""
    assert max(cell_len(line) for line in text.splitlines()) <= WIDTH
    assert "…" not in text


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """Five errors of one kind, and a warning."""
    return write_survey(
        tmp_path / "bad",
        journals=sheet("journal_id | title | publisher", "alpha | Alpha Letters |"),
        codings=sheet("journal_id | coder | item | answer", *(f"j{i} | c1 | policy | no" for i in range(5))),
    )


# validate ----------------------------------------------------------------------------------------------


def test_validate_tells_each_kind_with_its_count_first_cases_and_remedy(bad: Path) -> None:
    found = cli("validate", bad)
    assert found.status == 1
    lines = [line.strip() for line in found.out.splitlines()]
    kind = next(i for i, line in enumerate(lines) if "unknown_journal" in line)
    assert lines[kind].split() == ["error", "unknown_journal:", "5"]
    assert lines[kind + 1].startswith(
        "codings.csv, row 2, column journal_id: journal 'j0' is not in journals.csv"
    )
    assert lines[kind + 4] == "… and 2 more"
    assert lines[kind + 5].startswith("→ correct the journal_id")
    assert lines[-1].startswith("5 errors, 1 warning, 1 note")


def test_validate_writes_all_problems(bad: Path, tmp_path: Path) -> None:
    cli("validate", bad, "--output", tmp_path / "problems.csv")
    frame = pd.read_csv(tmp_path / "problems.csv")
    assert len(frame) == 7
    assert frame["code"].value_counts()["unknown_journal"] == 5
    assert frame[frame["code"] == "unknown_journal"]["row"].tolist() == [2, 3, 4, 5, 6]


def test_validate_as_json_has_counts_and_problems(bad: Path) -> None:
    found = cli("validate", bad, "--json")
    assert found.status == 1
    body = json.loads(found.out)
    assert body["result"]["valid"] is False
    assert (body["result"]["errors"], body["result"]["warnings"], body["result"]["notes"]) == (5, 1, 1)
    assert len(body["problems"]) == 7


def test_validate_of_the_shipped_survey_is_fine_and_strict_is_not() -> None:
    found = cli("validate")
    assert found.status == 0
    assert "0 errors, 23 warnings, 41 notes" in found.out
    assert cli("validate", "--strict").status == 1


def test_validate_of_a_good_survey_is_fine_when_strict(folder: Path) -> None:
    assert cli("validate", folder, "--strict").status == 0


@pytest.mark.parametrize("arguments", [["nowhere"], ["."]])
def test_a_folder_that_is_no_survey_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    found = cli("validate", *arguments)
    assert found.status == 1
    assert "there is no survey.yaml" in found.out + found.err


# reproduce ---------------------------------------------------------------------------------------------


def test_reproduce_lays_the_figures_side_by_side() -> None:
    found = cli("reproduce")
    assert found.status == 0
    assert "publisher_mean_score.MDPI" in found.out
    assert "97 equal, 0 different, 0 not computed" in " ".join(found.out.split())


PUBLISHED = """\
format: 1
source: {citation: Doe 2026}
figures:
  - {figure: journals, printed: "3", compute: {name: n_journals}}
  - {figure: practice, printed: "0.12", compute: null, pending: not in the survey, note: Counted by hand.}
"""


@pytest.fixture
def different(folder: Path) -> tuple[Run, Path]:
    """What ``rdpscore reproduce --different --output FILE`` prints, and the file."""
    (folder / "published.yaml").write_text(PUBLISHED, encoding="utf-8")
    path = folder / "figures.csv"
    return cli("reproduce", folder, "--different", "--output", path), path


def test_reproduce_different_leaves_out_what_is_equal(different: tuple[Run, Path]) -> None:
    said = different[0].out
    assert "practice" in said
    assert "* practice: Counted by hand." in said
    assert "journals" not in said


def test_reproduce_different_shows_no_table_where_all_are_equal() -> None:
    assert "Printed" not in cli("reproduce", "--different").out


def test_reproduce_is_strict_about_figures_that_differ(folder: Path) -> None:
    entry = '{{figure: journals, printed: "{}", compute: {{name: n_journals}}}}'
    path = folder / "published.yaml"
    text = "format: 1\nsource: {{citation: Doe 2026}}\nfigures: [{}]\n"
    path.write_text(text.format(entry.format(3)), encoding="utf-8")
    assert cli("reproduce", folder, "--strict").status == 0
    path.write_text(text.format(entry.format(4)), encoding="utf-8")
    assert cli("reproduce", folder).status == 0
    found = cli("reproduce", folder, "--strict", "--different")
    assert found.status == 1
    (line,) = [line for line in found.out.splitlines() if line.split()[-1:] == ["no"]]
    assert line.split() == ["journals", "4", "3", "no"]


def test_reproduce_writes_all_figures_even_so(different: tuple[Run, Path]) -> None:
    assert different[0].status == 0
    frame = pd.read_csv(different[1], dtype=str)
    assert frame["figure"].tolist() == ["journals", "practice"]
    assert frame["printed"].tolist() == ["3", "0.12"]


def test_reproduce_as_json_has_null_for_what_is_not_computed(different: tuple[Run, Path]) -> None:
    assert different[0].status == 0
    folder = different[1].parent
    figures = {f["figure"]: f for f in json.loads(cli("reproduce", folder, "--json").out)["result"]}
    assert figures["journals"]["ours"] == 3
    assert (figures["practice"]["ours"], figures["practice"]["equal"]) == (None, None)


def test_reproduce_without_published_figures_is_bad_input(folder: Path) -> None:
    found = cli("reproduce", folder)
    assert found.status == 1
    assert "published.yaml" in found.err


# codebook ----------------------------------------------------------------------------------------------


def test_codebook_show_prints_every_item_and_option(shipped: rdpscore.Survey) -> None:
    said = "".join(cli("codebook", "show").out.split())
    for item in shipped.codebook.items:
        assert item.id in said
        for option in item.options:
            assert "".join(option.label.split()) in said


def test_codebook_show_of_an_item_prints_its_guidance(shipped: rdpscore.Survey) -> None:
    item = shipped.codebook.item("data_sharing")
    said = "".join(cli("codebook", "show", "--item", "data_sharing").out.split())
    assert "".join((item.guidance or "").split()) in said
    assert all("".join(o.label.split()) in said for o in item.options)


def test_codebook_show_of_an_unknown_item_is_wrong_use() -> None:
    found = cli("codebook", "show", "--item", "data_sharin")
    assert found.status == 2
    assert "nearest:'data_sharing'" in found.said.replace("│", "")


def test_codebook_show_takes_a_file_or_a_survey(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "own.yaml").write_text(SMALL_CODEBOOK, encoding="utf-8")
    assert cli("codebook", "show", tmp_path / "own.yaml").out == cli("codebook", "show", folder).out
    assert "A small codebook" in cli("codebook", "show", folder).out


def test_codebook_show_as_json_is_the_codebook(shipped: rdpscore.Survey) -> None:
    found = json.loads(cli("codebook", "show", "--json").out)
    assert set(found) == {"result", "settings", "problems"}
    assert [i["id"] for i in found["result"]["items"]] == list(shipped.codebook.item_ids)
    assert found["settings"]["hashes"] == shipped.codebook.hashes.model_dump()


def test_codebook_check_of_a_good_file_prints_its_hashes(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(SMALL_CODEBOOK, encoding="utf-8")
    found = cli("codebook", "check", tmp_path / "own.yaml")
    hashes = rdpscore.load_codebook(tmp_path / "own.yaml").hashes
    assert found.status == 0
    assert "no problems" in found.out
    for value in (hashes.coding, hashes.scoring, hashes.text):
        assert value in found.out


def test_codebook_check_of_a_bad_file_tells_every_problem_with_its_line(tmp_path: Path) -> None:
    text = SMALL_CODEBOOK.replace("level: ordinal", "levl: ordinal", 1).replace(
        "default_scheme: equal", "default_scheme: eqal"
    )
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    found = cli("codebook", "check", tmp_path / "own.yaml")
    assert found.status == 1
    line = text.splitlines().index("    levl: ordinal") + 1
    assert f"line{line}" in found.said
    assert "nearest:'level'" in found.said
    assert "nearest:'equal'" in found.said


def test_codebook_check_as_json_has_the_problems(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(SMALL_CODEBOOK.replace("score: 0.5", "score: 1.5"), encoding="utf-8")
    found = cli("codebook", "check", tmp_path / "own.yaml", "--json")
    body = json.loads(found.out)
    assert (found.status, body["result"]["valid"]) == (1, False)
    assert body["problems"]


def test_an_unknown_codebook_is_bad_input_with_the_nearest_one() -> None:
    found = cli("codebook", "check", "material-science")
    assert found.status == 1
    assert "nearest: 'materials-science'" in found.err


def test_codebook_schema_accepts_the_shipped_codebook() -> None:
    """The JSON Schema against jsonschema, another implementation of the standard."""
    schema = json.loads(cli("codebook", "schema").out)
    text = shipped_path("codebook", "materials-science.yaml").read_text(encoding="utf-8")
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(text), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text.replace("level: ordinal", "level: ordinl", 1)), schema)


# Delivery ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        "score",
        "sensitivity",
        "agreement",
        "heterogeneity",
        "regress",
        "advise alpha",
        "validate",
        "reproduce",
    ],
)
def test_a_file_that_would_be_overwritten_is_refused_before_any_work(command: str, tmp_path: Path) -> None:
    path = tmp_path / "found.csv"
    path.write_text("precious", encoding="utf-8")
    run = cli(
        *command.split(), tmp_path / "no-survey", "--output", path
    )  # of a survey that could not be read
    assert run.status == 2
    assert "add --force" in run.err
    assert path.read_text(encoding="utf-8") == "precious"
