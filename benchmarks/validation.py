"""How long the rules take on a survey of 100,000 journals, against two other ways to write the same rules.

Measured: the rules alone, on tables that are in memory, each in a process of its own and on a survey object
that has computed nothing yet. The survey is generated (`_survey.py`): 100,000 journals of 2,000 publishers,
the shipped codebook's 19 items, two coders each, 3.8 million codings, about a fifth of the closed answers
differing and nearly all of those adjudicated, faults of some thirty kinds. All ways must find the same number
of problems of each kind, or the benchmark stops.

- `rdpscore.validation.check`
- a plain pandas script (`peers/pandas_rules.py`): aim, rdpscore takes at most 2 times as long.
- row by row, a strict pydantic model for each row and dicts across rows (`peers/pydantic_rules.py`): aim,
  rdpscore is at least 20 times faster. Timed on a survey of a twentieth of the journals and multiplied by 20,
  which the output says; ``--full`` times all.

Ratios are of processor time, which other work on the machine disturbs less than the time on the wall; both are
printed. All three run on one core.

Besides: the memory that each takes at its peak, over what the loaded tables take; how rdpscore's time grows
with the number of journals; and rows per second of loading the survey from Parquet and from CSV, against bare
`pandas.read_parquet` and `pandas.read_csv` of the same files.

    python benchmarks/validation.py                      # some 10 minutes
    python benchmarks/validation.py --journals 2000      # half a minute
    python benchmarks/validation.py --full --runs 1
    python benchmarks/validation.py --keep DIR           # generate into DIR, or use what is there
"""

from __future__ import annotations

import argparse
import gc
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from _timing import child, machine, median, peak_memory, resident, show

WARM = 100
"""Size of the survey on which each process warms up."""
SAMPLE = 20
"""Row by row is timed on one of so many journals."""

WAYS = ("rdpscore", "pandas", "pydantic")
TITLES = {
    "rdpscore": "rdpscore.validation.check",
    "pandas": "pandas script",
    "pydantic": "pydantic, row by row",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description="The rules of validation against the same rules in other styles."
    )
    parser.add_argument("--journals", type=int, default=100_000, help="size of the survey (default: 100,000)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, the median counts (default: 3)")
    parser.add_argument("--full", action="store_true", help="row by row on all journals, not on a twentieth")
    parser.add_argument("--seed", type=int, default=1, help="seed of the generated survey")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="generate the surveys into DIR and keep them"
    )
    parser.add_argument("--task", nargs=2, help=argparse.SUPPRESS)  # what a child process does, and on what
    arguments = parser.parse_args()
    if arguments.task:
        print(json.dumps(TASKS[arguments.task[0]](Path(arguments.task[1]))))
    elif arguments.keep:
        measure(arguments, arguments.keep)
    else:
        with tempfile.TemporaryDirectory(prefix="rdpscore-benchmark-") as folder:
            measure(arguments, Path(folder))


def measure(arguments: argparse.Namespace, folder: Path) -> None:
    n = arguments.journals
    sample = n if arguments.full else max(20, n // SAMPLE)
    sizes = sorted({n, sample, n // 10, n // 100, WARM} - {0})
    surveys = {k: generate(folder / f"{k}", k, arguments.seed) for k in sizes}
    print(machine())
    describe(surveys[n])
    found: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
    for _ in range(arguments.runs):
        for way in WAYS:
            survey = surveys[sample if way == "pydantic" else n]
            found[way].append(run(way, survey))
            expect_equal(way, found[way][-1]["counts"], survey)
    print("All three find the same number of problems of each kind.\n")
    report(found, sample, n)
    growth({k: surveys[k] for k in sizes if k in (n // 100, n // 10, n)}, arguments.runs)
    loading(folder, surveys[n], n, arguments)


def generate(folder: Path, n: int, seed: int) -> Path:
    from _survey import write_survey

    if not folder.exists():
        write_survey(folder, n, seed)
    return folder


OURS_ALONE = {
    "impossible_attribute", "placeholder_issn", "repeated_issn", "same_name", "similar_name", "similar_titles",
}  # fmt: skip
"""Kinds about ISSNs and names: the others look at titles only, and at the form of an ISSN."""
_expected: dict[Path, dict[str, int]] = {}


def expect_equal(way: str, counts: dict[str, int], survey: Path) -> None:
    """Stop where one way finds other problems than rdpscore."""
    if survey not in _expected:
        _expected[survey] = counts if way == "rdpscore" else run("rdpscore", survey)["counts"]
    ours = _expected[survey]
    both = {k: (ours.get(k, 0), counts.get(k, 0)) for k in ours | counts}
    unlike = {kind: (a, b) for kind, (a, b) in both.items() if a != b and kind not in OURS_ALONE}
    if unlike:
        raise SystemExit(f"{way} finds other problems than rdpscore (kind: rdpscore's, {way}'s): {unlike}")


# Telling ------------------------------------------------------------------------------------------------


def describe(survey: Path) -> None:
    fact = child(__file__, "--task", "facts", survey)
    print(
        f"{fact['journals']:,} journals of {fact['publishers']:,} publishers, {fact['codings']:,} codings, "
        f"{fact['adjudications']:,} adjudications;\nthe coders differ on {fact['differ']:.0%} of the answers; "
        f"{fact['problems']:,} problems of {fact['kinds']} kinds"
    )


def report(found: Mapping[str, list[dict[str, Any]]], sample: int, n: int) -> None:
    rows = [
        ("rules on tables in memory", "seconds", "processor", "times rdpscore", "MB over the tables", "aim")
    ]
    aims = {"rdpscore": "", "pandas": "at least 0.5", "pydantic": "at least 20"}
    busy = {}
    for way, runs in found.items():
        factor = n / sample if way == "pydantic" else 1
        note = f" ({sample:,} journals × {factor:.0f})" if factor != 1 else ""
        seconds = factor * median([r["seconds"] for r in runs])
        busy[way] = factor * median([r["processor"] for r in runs])
        memory = median([r["peak"] - r["loaded"] for r in runs])
        held = f"{memory:,.0f}" + (" (of the sample)" if note else "")
        ratio = f"{busy[way] / busy['rdpscore']:.1f}"
        rows.append((TITLES[way] + note, f"{seconds:.2f}", f"{busy[way]:.2f}", ratio, held, aims[way]))
    show(rows)
    share = busy["rdpscore"] / busy["pandas"]
    print(f"\nrdpscore takes {share:.2f} times as long as the pandas script (aim: at most 2)")


def growth(surveys: Mapping[int, Path], runs: int) -> None:
    print()
    rows = [("journals", "processor seconds", "microseconds a journal")]
    for n, survey in surveys.items():
        took = median([run("rdpscore", survey)["processor"] for _ in range(runs)])
        rows.append((f"{n:,}", f"{took:.3f}", f"{1e6 * took / n:.0f}"))
    show(rows)


def loading(folder: Path, parquet: Path, n: int, arguments: argparse.Namespace) -> None:
    csv = folder / f"{n}-csv"
    if not csv.exists():
        to_csv(parquet, csv)
    print()
    rows = [("loading all tables", "rows a second", "bare pandas", "times as long")]
    for name, survey in (("Parquet", parquet), ("CSV", csv)):
        turns = [
            (child(__file__, "--task", t, survey)) for _ in range(arguments.runs) for t in ("load", "read")
        ]
        ours, theirs = (median([t["seconds"] for t in turns[k::2]]) for k in (0, 1))
        count = turns[0]["rows"]
        rows.append((name, f"{count / ours:,.0f}", f"{count / theirs:,.0f}", f"{ours / theirs:.1f}"))
    show(rows)


def to_csv(parquet: Path, folder: Path) -> None:
    import shutil

    import pandas as pd

    folder.mkdir()
    for path in parquet.iterdir():
        if path.suffix == ".parquet":
            pd.read_parquet(path).to_csv(folder / f"{path.stem}.csv", index=False, lineterminator="\n")
        else:
            shutil.copy(path, folder)


# Tasks, each in a process of its own --------------------------------------------------------------------


def run(way: str, survey: Path) -> dict[str, Any]:
    return child(__file__, "--task", way, survey)


def by_rdpscore(survey: Any) -> Callable[[], dict[str, int]]:
    from rdpscore.validation import check

    return lambda: check(survey).counts()


def by_pandas(survey: Any) -> Callable[[], dict[str, int]]:
    from peers import pandas_rules

    tables = survey.tables
    return lambda: {k: len(v) for k, v in pandas_rules.check(tables, survey.codebook).items()}


def by_pydantic(survey: Any) -> Callable[[], dict[str, int]]:
    from peers import pydantic_rules

    tables = {
        name: frame.astype(object).where(frame.notna(), None).to_dict("records")
        for name, frame in survey.tables.items()
    }
    return lambda: {k: len(v) for k, v in pydantic_rules.check(tables, survey.codebook).items()}


def timed(prepare: Callable[[Any], Callable[[], dict[str, int]]]) -> Callable[[Path], dict[str, Any]]:
    """Load, warm up on a small survey, and time the rules."""

    def task(folder: Path) -> dict[str, Any]:
        import rdpscore

        prepare(rdpscore.load(folder.parent / f"{WARM}"))()
        work = prepare(rdpscore.load(folder))
        gc.collect()
        loaded = resident()
        peak_memory(reset=True)
        start, busy = time.perf_counter(), time.process_time()
        counts = work()
        seconds, busy = time.perf_counter() - start, time.process_time() - busy
        return {
            "seconds": seconds,
            "processor": busy,
            "loaded": loaded,
            "peak": peak_memory(),
            "counts": counts,
        }

    return task


def facts(folder: Path) -> dict[str, Any]:
    import rdpscore
    from rdpscore.validation import check

    survey = rdpscore.load(folder)
    resolved = survey.resolved
    closed = [i.closed for i in survey.codebook.items]
    double = (resolved.n_answers >= 2)[:, closed]
    counts = check(survey).counts()
    return {
        "journals": len(survey.journals),
        "publishers": int(survey.journals["publisher"].nunique()),
        "codings": len(survey.codings),
        "adjudications": len(survey.adjudications),
        "differ": float(resolved.disagreed[:, closed][double].mean()),
        "problems": sum(counts.values()),
        "kinds": len(counts),
    }


def load(folder: Path) -> dict[str, Any]:
    """All of the survey as rdpscore loads it."""
    import rdpscore

    rdpscore.load()  # imports, warm
    start = time.perf_counter()
    survey = rdpscore.load(folder)
    return {"seconds": time.perf_counter() - start, "rows": sum(map(len, survey.tables.values()))}


def read(folder: Path) -> dict[str, Any]:
    """The same files by pandas alone, every cell text."""
    import pandas as pd
    import pyarrow.parquet  # noqa: F401  (what read_parquet would import inside the timing)

    start = time.perf_counter()
    rows = 0
    for path in sorted(folder.iterdir()):
        if path.suffix == ".csv":
            rows += len(pd.read_csv(path, dtype=str, keep_default_na=False))
        elif path.suffix == ".parquet":
            rows += len(pd.read_parquet(path))
    return {"seconds": time.perf_counter() - start, "rows": rows}


TASKS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "rdpscore": timed(by_rdpscore),
    "pandas": timed(by_pandas),
    "pydantic": timed(by_pydantic),
    "facts": facts,
    "load": load,
    "read": read,
}

if __name__ == "__main__":
    main()
