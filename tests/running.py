"""The command line, in this process and in one of its own, for tests."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from typer.main import get_command

from rdpscore.cli import app, main

WITHOUT_PRIVILEGE = """\
import ctypes, os, sys
if os.geteuid() == 0:  # root without these may read and write what its owner may, and no more
    CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if ctypes.CDLL(None, use_errno=True).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
            sys.exit(f"cannot drop capability {capability}: {os.strerror(ctypes.get_errno())}")
os.execv(sys.argv[1], sys.argv[1:])
"""


@dataclass(frozen=True)
class Run:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that was printed, without white space: lines are broken to fit a terminal."""
        return squeeze(self.out + self.err)

    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


def squeeze(text: str) -> str:
    return "".join(text.split())


def cli(*arguments: object, out: io.StringIO | None = None) -> Run:
    """Run ``rdpscore`` with these arguments in this process, from its entry point on."""
    out, err = out or io.StringIO(), io.StringIO()
    status: object = 0
    with (
        patch.object(sys, "argv", ["rdpscore", *map(str, arguments)]),
        patch.object(sys.modules["__main__"], "__package__", ""),  # else usage would name pytest
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as leave:
            status = leave.code
    return Run(int(str(status or 0)), out.getvalue(), err.getvalue())


def process(*command: object, privileged: bool = True, cwd: Path | None = None, **environment: str) -> Run:
    """Run a command in a process of its own; without privilege it is refused what a user is refused."""
    words = [str(c) for c in command]
    if not privileged:
        words = [sys.executable, "-c", WITHOUT_PRIVILEGE, *words]
    done = subprocess.run(
        words,
        check=False,
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def commands(group: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that is registered, with the words that call it; the members of groups, not the groups."""
    for name, command in (group or get_command(app)).commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def contents(folder: Path) -> Mapping[str, bytes | None]:
    """Every file below a folder with its bytes; None for a folder."""
    return {
        str(p.relative_to(folder)): None if p.is_dir() else p.read_bytes() for p in sorted(folder.rglob("*"))
    }
