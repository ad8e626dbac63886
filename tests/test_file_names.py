"""Names of files made of what a survey calls things stay in their folder and are names on every system."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import cli, contents

from rdpscore.figures import Chart
from rdpscore.files import write_bytes_new
from rdpscore.files.names import LONGEST, distinct, safe_file_name, safe_name, slug
from rdpscore.report.pages import write_pictures
from rdpscore.report.pictures import Picture

PLAIN = ["c1", "Ann", "Müller", "Иван", "a b", "a.b", "x_y-z", "山田", "console", "com", "nullable"]
HASHED = {
    "../../x": "x-", "/etc/passwd": "etc-passwd-",
    "C:\\x": "C--x-", "..": "unnamed-", "": "unnamed-", ".hidden": "hidden-",
    "-rf": "rf-", "a\nb": "a b-", "a\x1b[2Jb": "a [2Jb-", "x. ": "x-", "x.": "x-", " x": "x-", "a  b": "a b-",
    "CON": "CON-", "nul": "nul-", "aux.txt": "aux-", "COM1": "COM1-", "lpt9.tar.gz": "lpt9-", "a\u202excod": "a xcod-",
    "what?": "what-", "a|b*c": "a-b-c-", "e\u0301": "é-", "\ud800": "unnamed-", "~x": "x-",
}  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_what_can_be_a_name_is_the_name(text: str) -> None:
    assert safe_name(text, ".xlsx") == f"{text}.xlsx"


@pytest.mark.parametrize("text", HASHED)
def test_what_cannot_is_made_one_and_told_apart_by_its_hash(text: str) -> None:
    assert re.fullmatch(rf"{re.escape(HASHED[text])}[0-9a-f]{{8}}\.xlsx", safe_name(text, ".xlsx"))


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_becomes_a_name_on_every_system(one: str, other: str) -> None:
    name = safe_name(one, ".xlsx")
    assert len(name.encode()) <= LONGEST
    assert not re.search(r'[\x00-\x1f\x7f<>:"/\\|?*]', name)
    assert name[0] not in ".- ~"
    assert name[-1] not in ". "
    assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)", name)
    assert Path("folder", name).resolve().parent == Path("folder").resolve()
    assert (name == safe_name(other, ".xlsx")) == (one == other)


def test_a_long_name_is_cut_between_characters_and_keeps_its_suffix() -> None:
    assert safe_name("é" * 300, ".xlsx").endswith(".xlsx")
    assert safe_name("é" * 300) != safe_name("é" * 301)
    assert safe_file_name(f"{'x' * 250}.csv").endswith(".csv")
    assert safe_file_name("form (1).csv") == "form (1).csv"
    assert safe_file_name("..\\form.csv").startswith("form-")


def test_slugs_of_terms() -> None:
    terms = ["log2(impact)", "access_model=open_access", "impact_2", "Größe", "!"]
    assert [slug(t) for t in terms[:4]] == ["impact", "access-model-open-access", "impact-2", "größe"]
    assert slug("!").startswith("term")


def test_names_that_fold_to_one_file_are_numbered() -> None:
    found = distinct(["a", "A", "b", "a", "a-2", "é", "e\u0301"])
    assert found == ["a", "A-2", "b", "a-3", "a-2-2", "é", "e\u0301-2"]


def test_two_figures_of_one_name_are_two_files(tmp_path: Path) -> None:
    table = pd.DataFrame({"a": [1]})
    bare = go.Figure(layout={"height": 300, "margin": {"t": 0, "b": 0}})
    charts = [Chart(n, table, lambda: bare, "3 journals.") for n in ("x", "X")]
    write_pictures([Picture(c, "A title", "What to see.") for c in charts], tmp_path)
    assert sorted(contents(tmp_path)) == ["X-2.csv", "X-2.html", "x.csv", "x.html"]


@pytest.mark.parametrize("coder", ["../../x", "/tmp/x", "..\\x", "CON", "-c1", "a" * 240])
def test_the_workbook_of_any_coder_stays_in_the_folder(
    coder: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codings = folder / "codings.csv"
    codings.write_text(codings.read_text().replace(",c1,", f",{coder},"))
    here = tmp_path / "a" / "b"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    before = sorted(p for p in tmp_path.rglob("*") if p.is_file())
    run = cli("template", folder, f"--coder={coder}")
    assert run.status == 0, run.err
    (made,) = here.iterdir()
    assert made.name == safe_name(coder, ".xlsx")
    assert sorted(p for p in tmp_path.rglob("*") if p.is_file()) == sorted([*before, made])


def test_a_file_of_a_long_name_can_be_written(tmp_path: Path) -> None:
    name = "x" * 251 + ".csv"
    write_bytes_new(tmp_path / name, b"a")
    assert contents(tmp_path) == {name: b"a"}
