"""The command line on a terminal, a pipe or a file of any encoding, in this process, for tests."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from running import cli, contents
from test_cli_help import EVERY

from rdpscore.cli import main
from rdpscore.survey import load
from rdpscore.words import UNSEEN

COMMANDS = [path for path in EVERY if path != ("dashboard",)]
"""All that are registered; the dashboard runs until it is stopped, and has tests of its own."""
NAMES = [" ".join(path) for path in COMMANDS]
STYLE = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\x1b\[[0-9]*[AK]|\r")
"""Colours and weights; what a moving bar needs."""
OBEYED = re.compile(rf"(?!\n)[{UNSEEN}]")
PYTHON = [sys.executable, "-m", "rdpscore"]


class Wire(io.TextIOWrapper):
    """A text stream into memory, or into `raw`, as Python makes one of a descriptor."""

    def __init__(
        self, encoding: str = "utf-8", *, terminal: bool = False, raw: io.IOBase | None = None
    ) -> None:
        self.held = raw if raw is not None else io.BytesIO()
        self.terminal = terminal
        super().__init__(self.held, encoding=encoding)  # type: ignore[type-var]

    def isatty(self) -> bool:
        return self.terminal


@dataclass(frozen=True)
class Shown:
    """What a command sent, byte by byte."""

    status: int
    out: bytes
    err: bytes


def run(words: Sequence[object], encoding: str = "utf-8", *, terminal: bool = False) -> Shown:
    """Run ``rdpscore`` with standard output and error of this encoding."""
    out, err = Wire(encoding, terminal=terminal), Wire(encoding, terminal=terminal)
    status = run_on(words, out, err)
    out.flush()
    err.flush()
    return Shown(status, out.held.getvalue(), err.held.getvalue())  # type: ignore[attr-defined]


def run_on(words: Sequence[object], out: io.TextIOBase, err: io.TextIOBase) -> int:
    """Run ``rdpscore`` on these streams; the exit status."""
    with (
        patch.object(sys, "argv", ["rdpscore", *map(str, words)]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as leave:
            return int(str(leave.code or 0))
    return 0


def example(path: tuple[str, ...], folder: Path) -> list[str]:
    """The example of a command's help, ready to be run in a `workplace`, on its small survey where it names none."""
    if path == ("init",):
        shutil.rmtree(folder / "my-survey")
    if path[0] in ("check", "import"):
        make_workbooks(folder)
    text = EVERY[path].removeprefix("Example: rdpscore ").partition(">")[0]
    words = shlex.split(text)
    if path[0] in ("score", "regress", "advise", "heterogeneity"):
        words.append("my-survey")
    if path == ("advise",):
        words[1] = load("my-survey").journals["journal_id"].iloc[0]
    if path == ("figures",):
        words += ["--only", "agreement"]
    return words


def seen(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder with its bytes, but for locks."""
    return {
        name: content for name, content in contents(folder).items() if not name.endswith(".rdpscore-lock")
    }


MADE: dict[str, bytes] = {}
"""The workbooks of a `workplace`, made once."""


def make_workbooks(folder: Path) -> None:
    """Those that `check` and `import` read, unless they are there."""
    for coder in ("c1", "c2"):
        file = folder / f"{coder}.xlsx"
        if not file.exists() and coder not in MADE:
            assert cli("template", folder / "my-survey", "--coder", coder, "--output", file).status == 0
            MADE[coder] = file.read_bytes()
        elif not file.exists():
            file.write_bytes(MADE[coder])


@contextmanager
def left() -> Iterator[io.TextIOWrapper]:
    """A pipe whose reader has left."""
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w", encoding="utf-8")
    try:
        yield stream
    finally:
        try:
            stream.close()
        except BrokenPipeError:
            os.close(writer)


def interruptible() -> None:
    """For `preexec_fn`: Ctrl-C as a shell gives it to a command in the foreground, whatever the tests run in."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def started(words: Sequence[object], **options: object) -> subprocess.Popen[str]:
    """A process of its own, the first of its group, as a shell starts it."""
    return subprocess.Popen(
        [*PYTHON, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=interruptible,  # noqa: PLW1509 (no threads here)
        start_new_session=True,
        **options,  # type: ignore[call-overload]
    )
