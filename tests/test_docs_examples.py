"""Every example of README and docs is run, page by page, and prints what stands below it."""

from __future__ import annotations

import contextlib
import doctest
import io
import shlex
import subprocess
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pages import PAGES, ROOT, Block, blocks, commands_of, shows
from running import cli

RUN = {"console", "sh", "python"}
DATA = {"yaml", "csv", "json", "toml"}
SLOW = {"comparing.md", "heterogeneity.md", "migrate.md", "predictors.md", "robustness.md", "scoring.md"}
"""Pages whose examples take more than some seconds."""
ELSEWHERE = {"importing.md": "tests/test_import_docs.py runs each example by its files"}
"""Pages whose files are those of examples that another test runs."""


def page_cases() -> list[Any]:
    return [
        pytest.param(path, id=path.name, marks=[pytest.mark.slow] if path.name in SLOW else [])
        for path in PAGES
        if any(blocks(path))
    ]


class Reader:
    """Reads a page as a user would who types everything, in a folder beside the shipped data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, Any] = {"__name__": "page"}
        for name in ("data", "codebook"):
            (folder / name).symlink_to(ROOT / name)

    def read(self, block: Block) -> None:
        marks, kind = block.marks, block.info.partition(" ")[0]
        for line in marks.get("run first", "").replace("; ", "\n").splitlines():
            self.command(line)
        if "file" in marks:
            path = self.folder / marks["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif "output of" in marks:
            self.compare(block.text, self.command(marks["output of"], may_fail=True), block)
        elif "not run" not in marks and kind == "python":
            self.python(block)
        elif "not run" not in marks and kind in RUN:
            for command, shown in commands_of(block):
                printed = self.command(command, may_fail=bool(shown))
                if shown:
                    self.compare(shown, printed, block)

    def compare(self, shown: str, printed: str, block: Block) -> None:
        parts = shows(shown, printed)
        assert parts is None, (
            f"{block.page}, line {block.line}: not printed:\n{parts}\n--- printed:\n{printed}"
        )

    def command(self, text: str, *, may_fail: bool = False) -> str:
        """What a command prints; ``rdpscore`` in this process, all else by the shell."""
        words = shlex.split(text, comments=True)
        if not words:
            return ""
        if words[0] == "page":
            for block in blocks(ROOT / "docs" / words[1]):
                if "file" in block.marks:
                    self.read(block)
            return ""
        if words[0] == "rdpscore" and not {"|", ">", "&&"} & set(words):
            found = cli(*words[1:])
            assert may_fail or found.status == 0, f"{text}{found.err}"
            return found.out + found.err
        done = subprocess.run(
            ["bash", "-c", text], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{text}{done.stderr}"
        return done.stdout

    def python(self, block: Block) -> None:
        """Statements, or a session whose answers are compared."""
        if ">>>" not in block.text:
            with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
                exec(compile(block.text, block.page, "exec"), self.names)
            return
        session = doctest.DocTestParser().get_doctest(
            block.text, self.names, block.page, block.page, block.line
        )
        said = io.StringIO()
        runner = doctest.DocTestRunner(verbose=False)
        runner.run(session, out=said.write, clear_globs=False)
        self.names = session.globs
        assert not runner.summarize(verbose=False).failed, said.getvalue()


@pytest.mark.parametrize("path", page_cases())
def test_a_page_shows_what_its_examples_print(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    reader = Reader(tmp_path)
    for block in blocks(path):
        reader.read(block)


def test_what_is_not_run_says_why() -> None:
    silent = []
    for path in PAGES:
        for block in blocks(path):
            kind = block.info.partition(" ")[0]
            example = path.name in ELSEWHERE and " " in block.info
            if kind not in RUN | {"toml"} and not block.marks and not example:
                silent.append(f"{path.name}, line {block.line}: {block.info}")
            assert kind in RUN | DATA | {"text", "r"}, f"{path.name}, line {block.line}: {block.info!r}"
    assert silent == []


def test_most_blocks_are_run() -> None:
    kinds = Counter("not run" in b.marks for path in PAGES for b in blocks(path) if b.info in RUN)
    assert kinds[False] > 3 * kinds[True]
    reasons = [b.marks["not run"] for path in PAGES for b in blocks(path) if "not run" in b.marks]
    assert all(len(reason) > 5 for reason in reasons)


def test_an_example_that_prints_something_else_is_seen() -> None:
    printed = "one\ntwo 2.5\nthree\nfour\n"
    assert shows(printed, printed) is None
    assert shows("one\n…\nfour\n", printed) is None
    assert shows("…\ntwo …\n…\n", printed) is None
    assert shows("one\n", printed) is not None
    assert shows("one\n…\nthree\n", printed) is not None
    assert shows("…\nfour\nfive\n", printed) == "four\nfive"
    assert shows("…\nfour\n…\nthree\n…\n", printed) is not None
    assert shows("one\ntwo 2.6\n…\n", printed) == "one\ntwo 2.6"
