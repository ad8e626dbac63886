"""``rdpscore score``: one screen for people, one contract for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import openpyxl
import pandas as pd
import pytest
from finding import sheet
from rich.cells import cell_len
from running import Run, cli
from tables import write_survey

import rdpscore

HEIGHT, WIDTH = 40, 100


def one_screen(found: Run) -> list[str]:
    """The lines printed; no more than a screen, none wider than it, nothing on standard error."""
    lines = found.out.splitlines()
    assert found.status == 0, found.err
    assert found.err == ""
    assert len(lines) <= HEIGHT
    assert max(cell_len(line) for line in lines) <= WIDTH
    assert "\x1b" not in found.out
    return lines


def strict_json(text: str) -> Any:
    """JSON as the standard has it: NaN and Infinity are refused."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


# Surveys -----------------------------------------------------------------------------------------------


def survey(
    folder: Path,
    n_journals: int,
    n_publishers: int,
    coders: Iterable[str] = ("c1", "c2"),
    title: str = "Journal {}",
) -> Path:
    """Journals of publishers in turn, answered so that scores differ and some coders disagree."""
    coders = tuple(coders)
    journals = [f"j{i} | {title.format(i)} | Publisher {i % n_publishers:02}" for i in range(n_journals)]
    codings = [
        f"j{i} | {c} | {item} | {answer}"
        for i in range(n_journals)
        for k, c in enumerate(coders)
        for item, answer in (("policy", "yes"), ("data", (i + k * (i % 5 == 0)) % 3), ("code", i // 3 % 2))
    ]
    return write_survey(
        folder,
        journals=sheet("journal_id | title | publisher", *journals),
        codings=sheet("journal_id | coder | item | answer", *codings),
    )


@pytest.fixture(scope="module")
def shown() -> Run:
    """What ``rdpscore score`` prints of the shipped survey."""
    return cli("score")


# For people --------------------------------------------------------------------------------------------


def test_the_shipped_survey_fits_one_screen(shown: Run) -> None:
    lines = one_screen(shown)
    assert lines[0] == "Research data policies of 171 materials-science journals"
    assert "171 journals, 17 publishers" in lines[1]


def test_all_publishers_of_the_shipped_survey_are_shown_in_the_order_of_their_means(
    shipped: rdpscore.Survey, shown: Run
) -> None:
    expected = rdpscore.score(shipped).publishers["publisher"].tolist()
    lines = one_screen(shown)
    head = next(i for i, line in enumerate(lines) if line.startswith("Publisher"))
    assert [line[:20].strip() for line in lines[head + 1 : head + 18]] == [p[:20].strip() for p in expected]


def test_it_shows_the_agreement_that_the_scores_rest_on(shown: Run) -> None:
    (line,) = [line for line in one_screen(shown) if line.startswith("Agreement")]
    assert "161 journals" in line
    assert "0.36" in line
    assert "0.50" in line


def test_warnings_are_counted_and_led_to_validate(shown: Run) -> None:
    (line,) = [line for line in one_screen(shown) if line.startswith("Warnings")]
    assert "19 against_applies_if" in line
    assert "rdpscore validate" in line


@pytest.mark.parametrize(
    ("n_journals", "n_publishers", "coders"),
    [
        (120, 60, ("c1", "c2")),
        (60, 60, ("c1", "c2")),
        (50, 1, ("c1", "c2")),
        (1, 1, ("c1", "c2")),
        (30, 3, ("c1",)),
    ],
    ids=["60 publishers", "60 single journals", "one publisher", "one journal", "no double coding"],
)
def test_any_survey_fits_one_screen(
    tmp_path: Path, n_journals: int, n_publishers: int, coders: tuple[str, ...]
) -> None:
    lines = one_screen(cli("score", survey(tmp_path / "s", n_journals, n_publishers, coders)))
    assert lines[1].startswith(f"{n_journals} journal")
    assert any(line.startswith("Agreement") for line in lines)


def test_without_double_coding_agreement_is_said_to_be_unmeasured(tmp_path: Path) -> None:
    lines = one_screen(cli("score", survey(tmp_path / "s", 9, 3, ("c1",))))
    assert "Agreement: no journal has two coders, so it cannot be measured" in lines


def test_a_survey_without_journals_fits_one_screen(tmp_path: Path) -> None:
    folder = write_survey(
        tmp_path / "s",
        journals=sheet("journal_id | title | publisher"),
        codings=sheet("journal_id | coder | item | answer"),
    )
    assert (
        one_screen(cli("score", folder))[-1]
        == "No journals yet, so there is nothing to score: list them in journals.csv"
    )


def test_journals_without_score_or_publisher_are_shown(tmp_path: Path) -> None:
    folder = write_survey(
        tmp_path / "s",
        journals=sheet("journal_id | title | publisher", "a | A Letters | ", "b | B Letters | North"),
        codings=sheet("journal_id | coder | item | answer", "a | c1 | policy | no"),
    )
    lines = one_screen(cli("score", folder))
    assert any("(no publisher)" in line for line in lines)
    assert any("B Letters (North)" in line and "–" in line for line in lines)


TITLES = {
    "umlauts": "Zeitschrift für Kristallographie – Neue Stoffe {}",
    "wide": "材料科学と工学の研究に関する国際学術雑誌の長い題名 {} 番目の巻と号と頁とその続きのまた長い題名",
    "long": "Proceedings of the International Symposium on Very Long Names of Journals, Volume {} of Many",
    "markup": "[bold red]Journal[/bold red] {} [/] [link=x]",
    "right to left": "مجلة علوم المواد {}",
}


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_titles_of_any_script_are_shown_as_they_are(tmp_path: Path, title: str) -> None:
    lines = one_screen(cli("score", survey(tmp_path / "s", 7, 7, title=title)))
    assert any(title.split(" {}")[0][:20] in line for line in lines)


def test_a_long_publisher_does_not_push_the_figures_out(tmp_path: Path) -> None:
    folder = write_survey(
        tmp_path / "s",
        journals=sheet("journal_id | title | publisher", f"a | A Letters | {'The Publishing House ' * 8}"),
        codings=sheet("journal_id | coder | item | answer", "a | c1 | policy | yes", "a | c1 | data | 1"),
    )
    lines = one_screen(cli("score", folder))
    assert any("0.75" in line for line in lines if line.startswith("The Publishing House"))


def test_an_escape_sequence_in_a_title_does_not_reach_the_terminal(tmp_path: Path) -> None:
    """What is read is data: a title must not clear the screen or forge lines (CWE-150)."""
    found = cli("score", survey(tmp_path / "s", 3, 3, title="\x1b[2J\x1b]0;owned\x07Journal {}"))
    assert "\x1b" not in found.out
    assert "\x07" not in found.out


def test_another_scheme_is_named_and_used() -> None:
    line = one_screen(cli("score", "--scheme", "published"))[1]
    assert "sum of the closed items divided by 19" in line


def test_a_scheme_file_is_used(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "codebook: materials-science\nid: mine\ntitle: Only linting\nweights: {code_linting: 3}\n",
        encoding="utf-8",
    )
    assert "only linting" in one_screen(cli("score", "--scheme", path))[1]


# For programs ------------------------------------------------------------------------------------------


def test_json_holds_result_settings_and_problems(shipped: rdpscore.Survey) -> None:
    found = strict_json(cli("score", "--json").out)
    assert list(found) == ["result", "settings", "problems"]
    assert found["result"]["scheme"] == "equal"
    assert len(found["result"]["journals"]) == found["result"]["n_journals"] == 171
    assert found["result"]["mean"] == pytest.approx(rdpscore.score(shipped).mean)
    assert found["settings"]["codebook"]["hashes"] == shipped.codebook.hashes.model_dump()
    assert {"python", "numpy", "pandas"} <= set(found["settings"]["versions"])
    assert {p["code"] for p in found["problems"]} >= {"against_applies_if", "single_coded"}


def test_json_of_undefined_values_is_null(tmp_path: Path) -> None:
    folder = write_survey(
        tmp_path / "s",
        journals=sheet(
            "journal_id | title | publisher | impact", "a | A Letters | |", "b | B Letters | North |"
        ),
        codings=sheet("journal_id | coder | item | answer", "a | c1 | policy | no"),
    )
    found = strict_json(cli("score", folder, "--json").out)["result"]
    assert (found["journals"][1]["score"], found["journals"][1]["rank"]) == (None, None)
    assert found["journals"][0]["impact"] is None
    assert found["agreement"]["alpha_exact"] is None


def test_json_of_bad_input_has_its_problems_and_no_result(tmp_path: Path) -> None:
    folder = write_survey(
        tmp_path / "s",
        journals=sheet("journal_id | title | publisher", "a | A | P"),
        codings=sheet("journal_id | coder | item | answer", "b | c1 | policy | no"),
    )
    found = cli("score", folder, "--json")
    assert found.status == 1
    content = strict_json(found.out)
    assert content["result"] is None
    assert [p["code"] for p in content["problems"] if p["severity"] == "error"] == ["unknown_journal"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet", "json"])
def test_the_same_input_gives_the_same_bytes(tmp_path: Path, folder: Path, suffix: str) -> None:
    for name in ("one", "two"):
        cli("score", folder, "--output", tmp_path / f"{name}.{suffix}")
    assert (tmp_path / f"one.{suffix}").read_bytes() == (tmp_path / f"two.{suffix}").read_bytes()


def read_back(path: Path) -> pd.DataFrame:
    match path.suffix:
        case ".csv":
            return pd.read_csv(path, keep_default_na=False, na_values=[""])
        case ".xlsx":
            return pd.read_excel(path, keep_default_na=False, na_values=[""], engine="openpyxl")
        case ".parquet":
            return pd.read_parquet(path)
        case _:
            return pd.DataFrame(strict_json(path.read_text(encoding="utf-8"))["result"]["journals"])


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet", "json"])
def test_output_holds_every_journal_with_its_attributes(
    tmp_path: Path, shipped: rdpscore.Survey, suffix: str
) -> None:
    path = tmp_path / f"scores.{suffix}"
    found = cli("score", "--output", path)
    assert found.status == 0
    ours, written = rdpscore.score(shipped).journals, read_back(path)
    assert len(written) == 171
    assert list(written.columns) == list(ours.columns)
    assert {"impact", "access_model", "society_publisher", "kind"} <= set(written.columns)
    for column in ours.columns:
        expected, there = ours[column].tolist(), written[column].tolist()
        if pd.api.types.is_float_dtype(ours[column]):
            assert there == pytest.approx(expected, nan_ok=True, rel=1e-12), column
        else:
            with_none = [[None if pd.isna(v) else v for v in side] for side in (there, expected)]
            assert with_none[0] == with_none[1], column


def test_xlsx_has_a_sheet_of_publishers(tmp_path: Path, folder: Path) -> None:
    cli("score", folder, "--output", tmp_path / "scores.xlsx")
    book = openpyxl.load_workbook(tmp_path / "scores.xlsx")
    assert book.sheetnames == ["journals", "publishers"]
    assert book["publishers"].max_row == 3


def test_output_and_the_screen_come_together(tmp_path: Path, folder: Path) -> None:
    found = cli("score", folder, "--output", tmp_path / "scores.csv")
    assert "3 journals" in found.out
    assert found.err == f"wrote {tmp_path / 'scores.csv'}\n"


def test_json_and_output_come_together(tmp_path: Path, folder: Path) -> None:
    found = cli("score", folder, "--json", "--output", tmp_path / "scores.json")
    assert strict_json(found.out) == strict_json((tmp_path / "scores.json").read_text(encoding="utf-8"))


# Wrong use ---------------------------------------------------------------------------------------------


def test_an_existing_file_is_overwritten_with_force_only(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("precious", encoding="utf-8")
    refused = cli("score", folder, "--output", path)
    assert refused.status == 2
    assert "add --force" in refused.err
    assert path.read_text(encoding="utf-8") == "precious"
    assert cli("score", folder, "--output", path, "--force").status == 0
    assert "precious" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--scheme", "publshed"], "nearest: 'published'"),
        (["--scheme", "nonsense"], "equal, published, by-dimension"),
        (["--output", "scores.ods"], ".csv, .json, .parquet, .xlsx"),
        (["--output", "scores"], ".csv, .json, .parquet, .xlsx"),
        (["--output", "nowhere/scores.csv"], "there is no folder"),
    ],
)
def test_what_cannot_be_is_wrong_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    found = cli("score", *arguments)
    assert found.status == 2
    assert "".join(says.split()) in found.said.replace("│", "")
    assert not list(tmp_path.iterdir())


def test_a_faulty_scheme_file_is_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "codebook: materials-science\nid: mine\ntitle: Mine\nweights: {code_lint: 3}\n", encoding="utf-8"
    )
    found = cli("score", "--scheme", path)
    assert found.status == 1
    assert "nearest: 'code_linting'" in found.err


def test_warnings_are_errors_when_strict_and_the_scores_are_printed_all_the_same(shown: Run) -> None:
    strict = cli("score", "--strict")
    assert (shown.status, strict.status) == (0, 1)
    assert strict.out == shown.out


def test_notes_are_no_errors_when_strict(folder: Path) -> None:
    assert cli("score", folder, "--strict").status == 0


# Text that would run -----------------------------------------------------------------------------------

FORMULA = '=HYPERLINK("http://evil.example","Click")'


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    return survey(tmp_path / "hostile", 2, 2, title=FORMULA + "{}")


def test_a_formula_in_a_title_is_text_in_csv(hostile: Path, tmp_path: Path) -> None:
    cli("score", hostile, "--output", tmp_path / "scores.csv")
    assert all(t.startswith("'=HYPERLINK(") for t in read_back(tmp_path / "scores.csv")["title"])


def test_raw_csv_leaves_titles_as_they_are(hostile: Path, tmp_path: Path) -> None:
    cli("score", hostile, "--output", tmp_path / "scores.csv", "--raw")
    assert all(t.startswith(FORMULA) for t in read_back(tmp_path / "scores.csv")["title"])


@pytest.mark.parametrize("start", ["=1+1", "+1+1", "-1+1", "@SUM(1)"])
def test_everything_that_begins_a_formula_is_prefixed(tmp_path: Path, start: str) -> None:
    folder = survey(tmp_path / "s", 1, 1, title=start + " {}")
    cli("score", folder, "--output", tmp_path / "scores.csv")
    assert read_back(tmp_path / "scores.csv")["title"].tolist() == [f"'{start} 0"]


def test_negative_numbers_stay_numbers(tmp_path: Path) -> None:
    folder = write_survey(
        tmp_path / "s",
        survey_yaml=(
            'format: 1\nid: s\ntitle: T\ncodebook: {id: small, version: "1"}\n'
            "attributes: {change: {kind: number}}\n"
        ),
        journals=sheet("journal_id | title | publisher | change", "a | A Letters | P | -1.5"),
        codings=sheet("journal_id | coder | item | answer", "a | c1 | policy | no"),
    )
    cli("score", folder, "--output", tmp_path / "scores.csv")
    assert read_back(tmp_path / "scores.csv")["change"].tolist() == [-1.5]


def test_a_formula_in_a_title_is_a_string_in_xlsx(hostile: Path, tmp_path: Path) -> None:
    cli("score", hostile, "--output", tmp_path / "scores.xlsx")
    sheets = openpyxl.load_workbook(tmp_path / "scores.xlsx")
    cells = [cell for s in sheets for row in s.iter_rows() for cell in row]
    assert not [c for c in cells if c.data_type == "f"]
    assert {c.value for c in cells if str(c.value).startswith("=")} == {FORMULA + "0", FORMULA + "1"}
    assert not [c for c in cells if c.hyperlink]


def test_unicode_titles_are_written_as_they_are(tmp_path: Path) -> None:
    folder = survey(tmp_path / "s", 1, 1, title="Zeitschrift für 材料 №{}, “neu”")
    for suffix in ("csv", "xlsx", "parquet", "json"):
        cli("score", folder, "--output", tmp_path / f"scores.{suffix}")
        assert read_back(tmp_path / f"scores.{suffix}")["title"].tolist() == [
            "Zeitschrift für 材料 №0, “neu”"
        ]


# Pipes -------------------------------------------------------------------------------------------------


def test_a_reader_that_leaves_early_is_no_error() -> None:
    """As in ``rdpscore score --json | head -1``."""
    with Popen([sys.executable, "-m", "rdpscore", "score", "--json"], stdout=PIPE, stderr=PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == b"{\n"
        running.stdout.close()
        said = running.stderr.read().decode()
    assert "Traceback" not in said
    assert "Exception" not in said
    assert "BrokenPipe" not in said
