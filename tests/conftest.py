"""Fixtures of all tests."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer.main
from dashboard import chromium, server
from odd_surveys import ODD
from tables import SMALL_CODEBOOK, write_survey

import rdpscore
from rdpscore.files import shipped as shipped_path
from rdpscore.survey import Survey, save

if TYPE_CHECKING:
    from playwright.sync_api import Browser

os.environ.pop(
    "COLUMNS", None
)  # set by whoever runs the tests on several cores; commands would take it for a width

RECODE = """
from: {id: materials-science, version: "1.0.0"}
to: {id: materials-science, version: "2.0.0"}
items:
  - {item: data_fair, keep_as_is: true}
"""

REFERENCE = Path(os.environ.get("RDPSCORE_REFERENCE", Path(__file__).parents[2] / "shared" / "reference"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--hold", action="store_true", help="hold the text of commands anew, see tests/hold.py")


def pytest_configure() -> None:
    """Commands are made of their functions once a process, not once a call: an eighth of the time of a small one."""
    typer.main.get_command = cache(typer.main.get_command)


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay until the end: nothing that the garbage collector need look at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of published studies' data; tests that need it are skipped where a clone has none."""
    if not REFERENCE.is_dir():
        pytest.skip("no reference data here (RDPSCORE_REFERENCE)")
    return REFERENCE


@pytest.fixture(scope="session")
def shipped() -> Survey:
    """The shipped survey."""
    return rdpscore.load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small valid survey: three journals of two publishers, two coders, the codebook of `tables`."""
    return write_survey(
        tmp_path / "small",
        SMALL_CODEBOOK,
        journals="""
            | journal_id | title            | publisher | access_model | impact |
            |------------|------------------|-----------|--------------|--------|
            | alpha      | Alpha Letters    | North     | open_access  | 2.5    |
            | beta       | Beta Reviews     | North     | hybrid       | 10     |
            | gamma      | Gamma Materials  | South     | hybrid       |        |
        """,
        codings="""
            | journal_id | coder | item   | answer |
            |------------|-------|--------|--------|
            | alpha      | c1    | policy | yes    |
            | alpha      | c1    | data   | 2      |
            | alpha      | c1    | code   | 1      |
            | alpha      | c2    | policy | yes    |
            | alpha      | c2    | data   | 1      |
            | alpha      | c2    | code   | 1      |
            | beta       | c1    | policy | yes    |
            | beta       | c1    | data   | 1      |
            | beta       | c1    | code   | 0      |
            | beta       | c2    | policy | yes    |
            | beta       | c2    | data   | 1      |
            | beta       | c2    | code   | 0      |
            | gamma      | c1    | policy | no     |
            | gamma      | c1    | data   |        |
            | gamma      | c1    | code   |        |
        """,
        adjudications="""
            | journal_id | item | answer | reason         |
            |------------|------|--------|----------------|
            | alpha      | data | 2      | interpretation |
        """,
    )


@pytest.fixture(scope="session")
def workplace_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `workplace` copies."""
    place = tmp_path_factory.mktemp("workplace")
    few = rdpscore.load()
    journals = few.journals.head(5)
    kept = {
        name: frame[frame["journal_id"].isin(journals["journal_id"])]
        for name, frame in (("codings", few.codings), ("adjudications", few.adjudications))
    }
    save(replace(few, journals=journals, **kept), place / "my-survey")
    theirs = few.meta.model_copy(update={"id": "theirs"})
    save(replace(few, journals=journals, meta=theirs, **kept), place / "their-survey")
    shutil.copy(shipped_path("codebook", "materials-science.yaml"), place / "my-codebook.yaml")
    book = (place / "my-codebook.yaml").read_text(encoding="utf-8")
    assert 'version: "1.0.0"' in book
    (place / "codebook-2.yaml").write_text(
        book.replace('version: "1.0.0"', 'version: "2.0.0"'), encoding="utf-8"
    )
    (place / "recode.yaml").write_text(RECODE, encoding="utf-8")
    return place


@pytest.fixture
def workplace(workplace_made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the examples name, where the test stands: a survey and a codebook of the user's own."""
    place = Path(shutil.copytree(workplace_made, tmp_path / "workplace"))
    monkeypatch.chdir(place)
    return place


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, for the tests that are marked ``browser``."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def dashboard() -> Iterator[str]:
    """The address of a dashboard of the shipped survey, one for all tests of a process."""
    with server() as address:
        yield address


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function that makes an odd survey by its name, once."""
    folder, made = tmp_path_factory.mktemp("odd"), dict[str, Path]()

    def make(name: str) -> Path:
        if name not in made:
            made[name] = ODD[name](folder / name)
        return made[name]

    return make


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With RDPSCORE_NO_SKIPS, as `.ci/run` sets it where the reference data are, a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("RDPSCORE_NO_SKIPS") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
