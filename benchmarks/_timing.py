"""What the benchmarks share: whole processes timed in turn, peak memory, a word on the machine."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

__all__ = ["byte_compiled", "child", "in_turn", "machine", "median", "peak_memory", "resident", "show"]

Command = Sequence[str]


@contextmanager
def byte_compiled() -> Iterator[dict[str, str]]:
    """An environment in which children keep compiled modules, in a folder of its own that goes away."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")}
    with tempfile.TemporaryDirectory(prefix="rdpscore-benchmark-") as folder:
        yield environment | {"PYTHONPYCACHEPREFIX": folder}


def in_turn(
    commands: Mapping[str, Command], runs: int, environment: Mapping[str, str]
) -> dict[str, list[float]]:
    """Seconds of each run of each command; the commands take turns, so that a busy spell hits them all.

    A first run of each, which compiles the modules and fills the disk cache, does not count.
    """
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, env=dict(environment), stdout=subprocess.DEVNULL, check=True)
            if turn:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def child(script: str, *arguments: object) -> dict[str, Any]:
    """Run a script's task in a process of its own; it prints one JSON object."""
    command = [sys.executable, script, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return dict(json.loads(done.stdout))


def resident() -> float:
    """Megabytes of memory that this process holds now (its peak so far where the system does not tell)."""
    return _status("VmRSS") or peak_memory()


def peak_memory(*, reset: bool = False) -> float:
    """The most megabytes that this process has held: since the last reset on Linux, else since its start."""
    if reset:
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    if sys.platform == "win32":
        return float("nan")
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    return _status("VmHWM") or peak


def _status(field: str) -> float:
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1e3 for line in lines if line.startswith(f"{field}:")), 0.0)


def machine() -> str:
    """``"2 cores, Linux x86_64; Python 3.11.7, numpy 2.4.6, pandas 3.1.1"``."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas", "pydantic", "typer"))
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}; "
        f"Python {platform.python_version()}, {packages}"
    )


def show(rows: Sequence[Sequence[str]]) -> None:
    """Print rows as columns, the first to the left and the others to the right."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        cells = [
            c.ljust(w) if k == 0 else c.rjust(w) for k, (c, w) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
