"""What `tests/mutate.py` does in processes of their own: tests run on a changed tree, lines measured."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

USUAL = ["-q", "-n", "0", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]


def forked(work: Callable[[], str], limit: float) -> str | None:
    """What a function gives in a forked process; None where it takes longer and is ended, with all that it started."""
    with tempfile.NamedTemporaryFile("r", suffix=".txt", encoding="utf-8") as answer:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.setsid()
                quiet = os.open(os.devnull, os.O_RDWR)
                for stream in (0, 1, 2):
                    os.dup2(quiet, stream)
                Path(answer.name).write_text(work() or "", encoding="utf-8")
                status = 0
            finally:
                os._exit(status)
        until = time.monotonic() + limit
        pause = 0.01
        while not (done := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < until:
            time.sleep(pause)
            pause = min(pause * 1.5, 0.2)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        if not done[0]:
            os.waitpid(child, 0)
            return None
        said = Path(answer.name).read_text(encoding="utf-8")
        return said if done[1] == 0 else said or "(the tests' process ended)"


class Chosen:
    """Of a file's tests only those chosen, in their order; the first that fails is kept."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.order = {test: i for i, test in enumerate(tests)}
        self.failed = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((i for i in items if i.nodeid in self.order), key=lambda i: self.order[i.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.failed:
            self.failed = f"{report.nodeid} (on import)"


def run_tests(copy: Path, plan: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Run tests file after file; the first that fails, or nothing."""
    sys.dont_write_bytecode = True
    for name, tests in plan:
        chosen = Chosen(tests)
        done = pytest.main(["-x", *USUAL, str(copy / "tests" / name)], plugins=[chosen])
        if chosen.failed or done not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            return chosen.failed or f"tests/{name} ({done!s})"
    return ""


class Measured:
    """Seconds and lines of each test that passes."""

    def __init__(self, cover: Any) -> None:
        self.cover = cover
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        self.cover.switch_context(item.nodeid)
        started = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - started
            self.cover.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.failed.add(report.nodeid)


def map_lines(path: Path, copy: Path, to: Path) -> str:
    """Run a test file and write which of its tests ran which lines of the package."""
    import coverage

    sys.dont_write_bytecode = False  # tests are compiled once, for every run on a changed tree
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    cover = coverage.Coverage(data_file=None, include=[str(copy / "rdpscore" / "*")], config_file=False)
    cover.start()
    found = Measured(cover)
    pytest.main([*USUAL, str(path)], plugins=[found])
    cover.stop()
    data = cover.get_data()
    tests = [t for t in found.seconds if t not in found.failed]
    number = {test: i for i, test in enumerate(tests)} | {"": -1}
    lines = {
        str(Path(file).relative_to(copy)): {
            line: at
            for line, contexts in data.contexts_by_lineno(file).items()
            if (at := sorted(number[c] for c in contexts if c in number))
        }
        for file in data.measured_files()
    }
    made = {"tests": tests, "seconds": {t: round(found.seconds[t], 3) for t in tests}, "lines": lines}
    partial = to.with_suffix(".part")
    partial.write_text(json.dumps(made), encoding="utf-8")
    partial.replace(to)
    return ""
