"""Change the arithmetic and the sentences on purpose, one small change at a time, and see whether a test notices.

``python tests/mutate.py --seed 1 --mutants 500`` goes on where it stopped; ``--table`` writes docs/mutation.md.
Each mutant is tried in a copy of the tree, against the tests that run the changed line: those of its room first,
then the others, the fastest before the slow, until one fails. Which test runs which line is measured once a test file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import py_compile
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mutants import MODULES, Mutant, mutants_of, named
from mutation_children import forked, map_lines, run_tests
from mutation_table import HELD, OUTCOMES, latest, write_table

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "mutation.md"
COPIED = (
    "rdpscore",
    "app",
    "codebook",
    "data",
    "docs",
    "tests",
    "benchmarks",
    "README.md",
    "CITATION.cff",
    "CHANGELOG.md",
    "LICENSE",
    "pyproject.toml",
)
LEFT_OUT = (
    "test_structure.py",
    "test_packaging.py",
    "test_docs_commands.py",
    "test_terminals.py",
    "test_hostile_folders.py",
)
"""Tests of the source's form, of the package and of processes: none of a result."""

ROOM_TESTS = {
    "scoring": "scoring means mean_score schemes demands journal_profile profiles instruments",
    "agreement": "agreement agreement_* cli_agreement difficulty figures_agreement",
    "uncertainty": "small_changes_are_noticed spread sensitivity one_engine advise robustness cli_score figures_scores",
    "heterogeneity": "heterogeneity variance_shares patterns figures_heterogeneity",
    "predictors": "regress cli_regress* questions power prediction specification_curve classics model_frame robustness "
    "figures_predictors integer_attributes",
    "comparing": "compare_surveys",
    "inference": "small_changes_are_noticed inference inference_traps sandwich wild_bootstrap permutation verdict "
    "fractional_logit ordered_logit",
    "report": "sentences_follow_data small_changes_are_noticed report agreement_report cli_* heterogeneity figures_*",
    "coding": "workbook_reading adjudication_workbook annotate_damage sentences_follow_data",
    "validation": "validation_*",
    "words": "words small_changes_are_noticed",
    "means": "means mean_score",
    "results": "report python_frames agreement",
    "reproduction": "reproduction",
}
"""A room's own test files, whose tests are tried first."""

PRELOADED = (
    "pytest", "numpy", "pandas", "scipy.stats", "scipy.optimize", "scipy.cluster.hierarchy", "statsmodels.api",
    "statsmodels.miscmodels.ordinal_model", "statsmodels.genmod.generalized_estimating_equations", "sklearn.ensemble",
    "sklearn.linear_model", "sklearn.pipeline", "sklearn.model_selection", "SALib.analyze.sobol", "SALib.sample.sobol",
    "plotly.graph_objects", "plotly.subplots", "plotly.io", "pyarrow.parquet", "pydantic", "typer.testing",
    "rich.table", "rich.markdown", "openpyxl", "xlsxwriter", "yaml", "rapidfuzz", "krippendorff", "re2",
    "defusedxml.ElementTree", "hypothesis", "filelock", "threadpoolctl", "jsonschema",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1, help="of the drawing of mutants (1)")
    parser.add_argument("--mutants", type=int, default=500, help="how many are drawn (500)")
    parser.add_argument("--only", default="", help="only modules whose path begins so, e.g. rdpscore/scoring")
    parser.add_argument(
        "--log", type=Path, default=ROOT / "tests" / "mutants.jsonl", help="where outcomes are appended"
    )
    parser.add_argument(
        "--again", choices=OUTCOMES, action="append", default=[], help="try mutants of this outcome again"
    )
    parser.add_argument(
        "--tests", type=float, default=40.0, metavar="SECONDS", help="tests of so much time a mutant (40)"
    )
    parser.add_argument(
        "--limit",
        type=float,
        default=90.0,
        metavar="SECONDS",
        help="a mutant that takes longer is killed (90)",
    )
    parser.add_argument("--jobs", type=int, default=1, help="mutants at a time (1)")
    parser.add_argument("--nice", type=int, default=15, help="lower the priority by so much (15)")
    parser.add_argument(
        "--held", action="store_true", help="try survivors against held text and the pages' examples"
    )
    parser.add_argument(
        "--named", action="store_true", help="the changes that were once made by hand, instead of drawn ones"
    )
    parser.add_argument("--list", action="store_true", help="print the mutants that are drawn, and end")
    parser.add_argument(
        "--table", action="store_true", help="write docs/mutation.md from the outcomes, and end"
    )
    chosen = parser.parse_args(arguments)
    drawn = list(named(ROOT)) if chosen.named else draw(chosen.seed, chosen.mutants, chosen.only)
    if chosen.list:
        print("\n".join(m.told for m in drawn))
        return 0
    if chosen.table:
        write_table(PAGE, drawn, list(named(ROOT)), chosen.log, chosen.seed)
        return 0
    os.nice(chosen.nice)
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    before = latest(chosen.log)
    if chosen.held:
        todo = [m for m in drawn if before.get(m.id, {}).get("outcome") in ("survived", "not run by a test")]
    else:
        todo = [m for m in drawn if m.id not in before or before[m.id]["outcome"] in chosen.again]
    for start in range(1, chosen.jobs):
        if os.fork() == 0:
            todo, chosen.jobs = todo[start :: chosen.jobs], 0
            break
    else:
        todo = todo[:: max(chosen.jobs, 1)]
    try_all(todo, chosen)
    if chosen.jobs == 0:
        os._exit(0)
    return 0


def draw(seed: int, n: int, only: str = "") -> list[Mutant]:
    """The mutants of a seed, in the order in which they are tried: the first 100 of 500 are those of 100."""
    paths = sorted(
        p for name in MODULES for p in ROOT.glob(name) if str(p.relative_to(ROOT)).startswith(only)
    )
    found = [m for path in paths for m in mutants_of(path, str(path.relative_to(ROOT)))]
    random.Random(seed).shuffle(found)
    return found[:n]


def try_all(todo: Sequence[Mutant], chosen: argparse.Namespace) -> None:
    """Try mutants in a copy of the tree, and append what became of each."""
    if not todo:
        print("nothing to try")
        return
    with tempfile.TemporaryDirectory(prefix="rdpscore-mutants-") as name:
        copy = copied(Path(name) / "tree")
        os.chdir(copy)
        os.environ["PYTHONPATH"] = str(copy)
        sys.path[:] = [
            str(copy),
            str(copy / "tests"),
            *(p for p in sys.path if Path(p or ".").resolve() != ROOT / "tests"),
        ]
        for module in PRELOADED:
            __import__(module)
        lines = measured(copy, held=chosen.held)
        commit, started, killed = described(), time.monotonic(), 0
        for i, mutant in enumerate(todo, 1):
            record = {**mutant.record, "commit": commit, **tried(mutant, copy, lines, chosen)}
            with chosen.log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(record, ensure_ascii=False) + "\n")
            killed += record["outcome"] not in ("survived", "not run by a test")
            left = (time.monotonic() - started) / i * (len(todo) - i) / 60
            print(
                f"{i}/{len(todo)} ({killed / i:.0%} killed, {left:.0f} min left) {record['outcome']}: {mutant.told}",
                flush=True,
            )


def copied(to: Path) -> Path:
    """A copy of the tree, compiled so that a changed source is always read anew."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, to / name)
    for path in (to / "rdpscore").rglob("*.py"):
        py_compile.compile(str(path), invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    return to


def described() -> str:
    """The commit of the package's code, and whether it was changed since."""
    commit = git("log", "-1", "--format=%h", "--", "rdpscore")
    return f"{commit} and changes" if git("status", "--porcelain", "rdpscore") else commit


def git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], check=True, cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()


def measured(copy: Path, *, held: bool) -> dict[str, dict[str, Any]]:
    """Which tests of each file run which lines, measured where the file or the package changed since."""
    kept = ROOT / ".mutation"
    kept.mkdir(exist_ok=True)
    (kept / ".gitignore").write_text("*\n", encoding="utf-8")
    package = digest(sorted((ROOT / "rdpscore").rglob("*.py")))
    out = {}
    files = [copy / "tests" / h for h in HELD] if held else own_files(copy)
    for i, path in enumerate(files, 1):
        place = kept / f"{path.stem}-{digest([path], package)}.json"
        if not place.exists():
            print(f"measuring {i}/{len(files)} {path.name}", flush=True)
            forked(lambda path=path, place=place: map_lines(path, copy, place), limit=1_800)
        if place.exists():
            out[path.name] = json.loads(place.read_text(encoding="utf-8"))
    return out


def own_files(copy: Path) -> list[Path]:
    names = [f"test_{n}.py" for group in ROOM_TESTS.values() for n in group.split()]
    found = {p for n in names for p in (copy / "tests").glob(n)}
    return sorted(p for p in found if p.name not in (*LEFT_OUT, *HELD))


def digest(paths: Iterable[Path], *more: str) -> str:
    made = hashlib.sha256("".join(more).encode())
    for path in paths:
        made.update(path.read_bytes())
    return made.hexdigest()[:16]


def tried(
    mutant: Mutant, copy: Path, lines: dict[str, dict[str, Any]], chosen: argparse.Namespace
) -> dict[str, Any]:
    """What became of a mutant, by which test, after how long."""
    plan, n, of = planned(mutant, lines, chosen.tests)
    if not plan:
        return {"outcome": "not run by a test"}
    place = copy / mutant.module
    whole = place.read_text(encoding="utf-8")
    started = time.monotonic()
    try:
        place.write_text(mutant.source(whole), encoding="utf-8")
        said = forked(lambda: run_tests(copy, plan), limit=chosen.limit)
    finally:
        place.write_text(whole, encoding="utf-8")
    out = {"seconds": round(time.monotonic() - started, 1), "tests": n, "of": of}
    if said is None:
        return {"outcome": "killed by time", **out}
    if said == "":
        return {"outcome": "survived", **out}
    return {"outcome": "killed by held text" if chosen.held else "killed", "by": said, **out}


def planned(
    mutant: Mutant, lines: dict[str, dict[str, Any]], budget: float
) -> tuple[list[tuple[str, list[str]]], int, int]:
    """Files with the tests to run, the room's own and the fastest first; how many tests, of how many."""
    groups = []
    for name, found in lines.items():
        tests = running(mutant, found)
        if tests:
            tests.sort(key=lambda t: found["seconds"][t])
            groups.append((name, tests, sum(found["seconds"][t] for t in tests)))
    room = mutant.module.split("/")[1].removesuffix(".py")
    own = {p for n in ROOM_TESTS.get(room, "").split() for p in lines if Path(p).match(f"test_{n}.py")}
    groups.sort(key=lambda g: (g[0] not in own, g[2] / len(g[1])))
    plan, spent, n = [], 0.0, 0
    for name, tests, _ in groups:
        chosen: list[str] = []
        for test in tests:
            seconds = lines[name]["seconds"][test]
            if spent + seconds <= budget or not (plan or chosen):
                chosen.append(test)
                spent += seconds
        if chosen:
            plan.append((name, chosen))
            n += len(chosen)
    return plan, n, sum(len(g[1]) for g in groups)


def running(mutant: Mutant, found: dict[str, Any]) -> list[str]:
    """The tests of a file that run a mutant's lines; all that run the module where it is run on import."""
    module = found["lines"].get(mutant.module, {})
    at = set(of_lines(module, mutant.lines))
    if at == {-1}:
        at = {i for line in module.values() for i in line}
    return [found["tests"][i] for i in sorted(at - {-1})]


def of_lines(module: dict[str, list[int]], lines: Sequence[int]) -> Iterator[int]:
    for line in range(lines[0], lines[1] + 1):
        yield from module.get(str(line), ())


if __name__ == "__main__":
    sys.exit(main())
