"""What every command prints, whole, in a terminal of 80 columns and in a pipe, is what is held under tests/held.

Where a change of the text is meant: ``python tests/hold.py``, and read the diff.
"""

from __future__ import annotations

import difflib
import io
import json
import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
from held_commands import EVERY, FULL, HELD, NOT_HELD, NOT_TEXT, SURVEYS, WORDS, Held, prepare
from running import Run, cli, commands

CASES = [
    pytest.param(
        survey, held, id=f"{survey}-{held.name}", marks=[] if survey in held.quick else [pytest.mark.slow]
    )
    for held in EVERY
    for survey in held.on
]
PIPE, TERMINAL = "pipe", "terminal"


class Terminal(io.StringIO):
    """Takes text as a terminal would, one without colours."""

    def isatty(self) -> bool:
        return True


def run(arguments: list[str], where: str) -> Run:
    """A command's text in a pipe, or in a terminal of 80 columns."""
    if where == PIPE:
        return cli(*arguments)
    with patch.dict(os.environ, {"COLUMNS": "80", "TERM": "dumb", "NO_COLOR": "1"}):
        return cli(*arguments, out=Terminal())


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function that writes what the command lines on a survey name, once."""
    folder = tmp_path_factory.mktemp("held")

    @cache
    def make(survey: str) -> Path:
        (folder / survey).mkdir()
        prepare(survey, folder / survey)
        return folder / survey

    return make


def text_of(held: Held, source: Path, folder: Path) -> str:
    """All that the command lines print, each under its own line; in 80 columns only where that differs."""
    piped = narrow = list(texts(held, source, folder, PIPE))
    if held.narrow:
        narrow = list(texts(held, source, folder, TERMINAL))
    return "".join(
        f"$ rdpscore {line}\n{wide}\n" + ("" if slim == wide else f"In 80 columns:\n{slim}\n")
        for (line, wide), (_, slim) in zip(piped, narrow, strict=True)
    )


def texts(held: Held, source: Path, folder: Path, where: str) -> Iterator[tuple[str, str]]:
    """Each command line with its text, in a folder of their own."""
    place = Path(shutil.copytree(source, folder / where))
    os.chdir(place)
    words = json.loads((place / WORDS).read_text(encoding="utf-8"))
    for line in held.before:
        assert run(shlex.split(line), PIPE).status == 0, line
    for line in (given.format_map(words) for given in held.lines):
        found = run(shlex.split(line), where)
        text = found.out + (f"To standard error:\n{found.err}" if found.err else "")
        yield line, normal(text + (f"Exit status {found.status}\n" if found.status else ""), folder)


def normal(text: str, folder: Path) -> str:
    """Without what differs from run to run, folders and today; without blanks at the ends of lines."""
    for today in {date.today(), datetime.now(UTC).date()}:
        text = text.replace(str(today), "TODAY")
    text = text.replace(str(folder), "FOLDER")
    text = re.sub(r"(?m)^(Usage: .*|Try '.*' for help\.)\n", "", text)  # typer's words
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


@pytest.mark.parametrize(("survey", "held"), CASES)
def test_a_command_prints_what_is_held(
    survey: str,
    held: Held,
    prepared: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = HELD / survey / f"{held.name}.txt"
    now = text_of(held, prepared(survey), tmp_path)
    if request.config.getoption("--hold"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(now, encoding="utf-8")
        return
    then = path.read_text(encoding="utf-8") if path.exists() else ""
    diff = difflib.unified_diff(then.splitlines(), now.splitlines(), "held", "now", lineterm="", n=2)
    assert now == then, "\n".join(["if this is meant, run python tests/hold.py", *diff])


def test_nothing_is_held_that_no_command_line_gives() -> None:
    wanted = {f"{survey}/{held.name}.txt" for held in EVERY for survey in held.on}
    assert {p.relative_to(HELD).as_posix() for p in HELD.rglob("*") if p.is_file()} == wanted


def held_lines(path: tuple[str, ...]) -> list[list[str]]:
    lines = [shlex.split(line) for held in EVERY for line in (*held.lines, *held.before)]
    return [line for line in lines if tuple(line[: len(path)]) == path]


@pytest.mark.parametrize("path", [path for path, _ in commands()], ids=" ".join)
def test_every_command_is_held(path: tuple[str, ...]) -> None:
    assert bool(held_lines(path)) is (" ".join(path) not in NOT_HELD)


@pytest.mark.parametrize(
    ("path", "option"),
    [
        pytest.param(path, p.opts, id=f"{' '.join(path)} {p.opts[0]}")
        for path, command in commands()
        for p in command.params
        if p.param_type_name == "option" and " ".join(path) not in NOT_HELD and not NOT_TEXT & set(p.opts)
    ],
)
def test_every_option_that_changes_the_text_is_held(path: tuple[str, ...], option: list[str]) -> None:
    assert [line for line in held_lines(path) if set(option) & set(line)]


def test_the_surveys_are_the_odd_ones_and_the_shipped_one() -> None:
    assert FULL in SURVEYS
    assert len(SURVEYS) >= 5
