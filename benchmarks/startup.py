"""How long the command line takes to start, as a multiple of what it cannot do without.

Measured: whole processes, from start to exit.

- ``rdpscore --help`` against ``python -c "import typer"``: aim, at most 4 times it.
- ``rdpscore score`` on the shipped survey (load, validate, agreement, scores, print) against
  ``python -c "import pandas"``: aim, at most 3 times it.

The four take turns; the median of the runs counts; a first run, which compiles the modules, does not.

    python benchmarks/startup.py                    # 15 runs of each
    python benchmarks/startup.py --runs 3           # a quick look
    python benchmarks/startup.py --imports          # besides, which packages the imports cost
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from _timing import byte_compiled, in_turn, machine, median, show

HELP, SCORE = "rdpscore --help", "rdpscore score"
TYPER, PANDAS = "import typer", "import pandas"
AIMS = ((HELP, TYPER, 4), (SCORE, PANDAS, 3))


def main() -> None:
    parser = argparse.ArgumentParser(description="Start-up of the command line, as ratios.")
    parser.add_argument("--runs", type=int, default=15, help="runs of each command (default: 15)")
    parser.add_argument("--imports", action="store_true", help="list what the imports cost, by package")
    arguments = parser.parse_args()
    commands = {
        HELP: [*rdpscore(), "--help"],
        TYPER: [sys.executable, "-c", TYPER],
        SCORE: [*rdpscore(), "score"],
        PANDAS: [sys.executable, "-c", PANDAS],
    }
    with byte_compiled() as environment:
        seconds = in_turn(commands, arguments.runs, environment)
        print(machine())
        print(f"medians of {arguments.runs} runs, in turn; seconds from start to exit\n")
        rows = [("command", "seconds", "against", "seconds", "ratio", "aim")]
        for ours, theirs, aim in AIMS:
            a, b = median(seconds[ours]), median(seconds[theirs])
            rows.append((ours, f"{a:.2f}", theirs, f"{b:.2f}", f"{a / b:.2f}", f"at most {aim}"))
        show(rows)
        if arguments.imports:
            for name in (HELP, SCORE):
                print(f"\n{name}: milliseconds of its imports, by package")
                show([(package, f"{ms:.0f}") for package, ms in imports(commands[name], environment)])


def rdpscore() -> list[str]:
    """The installed command, or the module where there is none beside this Python."""
    script = shutil.which("rdpscore", path=str(Path(sys.executable).parent))
    return [sys.executable, "-m", "rdpscore"] if script is None else [sys.executable, script]


_LINE = re.compile(r"import time: +(\d+) \| +\d+ \| +(\w+)")


def imports(command: list[str], environment: Mapping[str, str], n: int = 12) -> list[tuple[str, float]]:
    """The packages whose modules take longest to import, each without what it imports in turn."""
    timed = [command[0], "-X", "importtime", *command[1:]]
    done = subprocess.run(timed, env=dict(environment), capture_output=True, text=True, check=True)
    total: Counter[str] = Counter()
    for microseconds, package in _LINE.findall(done.stderr):
        total["standard library" if package.lstrip("_") in STANDARD else package] += int(microseconds)
    return [(package, value / 1000) for package, value in total.most_common(n)]


STANDARD = {name.lstrip("_") for name in sys.stdlib_module_names}

if __name__ == "__main__":
    main()
