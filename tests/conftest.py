"""Fixtures of all tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dashboard import chromium, server
from odd_surveys import ODD
from tables import SMALL_CODEBOOK, write_survey

import rdpscore
from rdpscore.survey import Survey

if TYPE_CHECKING:
    from playwright.sync_api import Browser

os.environ.pop(
    "COLUMNS", None
)  # set by whoever runs the tests on several cores; commands would take it for a width

REFERENCE = Path(os.environ.get("RDPSCORE_REFERENCE", Path(__file__).parents[2] / "shared" / "reference"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--hold", action="store_true", help="hold the text of commands anew, see tests/hold.py")


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
