"""Coders' workbooks of many journals: written, read, checked, imported.

Run all of it (about ten minutes, 3 GB)::

    python benchmarks/workbooks.py

or a part, in less::

    python benchmarks/workbooks.py --sizes 100 1000 --parts write read

Each measurement is made in a process of its own and gives its CPU seconds and peak memory. Ratios compare
with loops that call XlsxWriter or openpyxl and nothing else:

* writing: every call that our workbook makes of XlsxWriter is recorded and made again, in a plain loop, with the
  same texts, formats, formulas and rules; the files must be equal to the byte;
* reading: openpyxl's read-only rows of the sheets that we read (Coding, Search and the hidden one), values thrown
  away. openpyxl parses with defusedxml in both cases.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

SIZES = (100, 1_000, 10_000)
PARTS = ("shipped", "write", "read", "import")
SHEETS_READ = ("Coding", "Search", "_rdpscore")
CODER = "c1"


# Surveys ------------------------------------------------------------------------------------------------


def survey_of(n_journals: int, *, answered: bool) -> Any:
    """The shipped survey (0 journals) or a generated one under its codebook; `answered`: coded by one coder."""
    import numpy as np
    import pandas as pd

    import rdpscore
    from rdpscore.survey import Survey

    shipped = rdpscore.load()
    items = shipped.codebook.items
    if n_journals == 0:
        journals = shipped.journals
    else:
        ids = [f"journal-{k:05d}" for k in range(n_journals)]
        titles = [
            f"International Journal of Subject {k}: Methods and Applications" for k in range(n_journals)
        ]
        publishers = [f"Publisher {k // 20}" for k in range(n_journals)]
        journals = pd.DataFrame({"journal_id": ids, "title": titles, "publisher": publishers})
    rng = np.random.default_rng(1)
    rows = []
    for n, journal in enumerate(journals["journal_id"] if answered else ()):
        draws = rng.random(len(items))
        excluded = draws[0] < 0.1  # no policy: nothing else applies
        for i, item in enumerate(items):
            low, high = (0, 1) if i == 0 and excluded else (1 if i == 0 else 0, len(item.codes))
            code = item.codes[low + int(draws[i] * (high - low))] if item.closed else "Zenodo, Dryad"
            if i == 0 or not excluded:
                passage = f"Authors of journal {n} are asked, in section {i}, to make their data available."
                rows.append((journal, CODER, item.id, code, passage, f"https://p.org/{n}", "2026-03-04"))
    names = ["journal_id", "coder", "item", "answer", "evidence", "source_url", "coded_on"]
    return Survey.from_frames(shipped.codebook, journals, pd.DataFrame(rows, columns=names, dtype=object))


def workbook_of(survey: Any) -> bytes:
    from rdpscore.coding import coder_workbook
    from rdpscore.coding.sheet_plan import plan

    return coder_workbook(plan(survey, CODER), "c1.xlsx")


# Measurements: each in its own process -----------------------------------------------------------------


def write(n: int, _: Path) -> dict[str, Any]:
    survey = survey_of(n, answered=False)
    seconds, content = timed(lambda: workbook_of(survey))
    return {"seconds": seconds, "bytes": len(content)}


def write_bare(n: int, _: Path) -> dict[str, Any]:
    """XlsxWriter as it is, then with our class of sheets, which leaves formulas as they are."""
    survey = survey_of(n, answered=False)
    calls, content = recorded(lambda: workbook_of(survey))
    seconds = []
    for same_sheets in (False, True):
        book, rest = bound(calls, same_sheets)
        gc.collect()
        gc.freeze()  # the record is no part of what is measured
        taken, again = timed(partial(replayed, book, rest))
        seconds.append(taken)
        if again != content:
            raise SystemExit("the bare loop writes another file")
        del book, rest, again
        gc.unfreeze()
    cells = sum(1 for _, name, *_ in calls if name.startswith("write"))
    return {"seconds": seconds[0], "same": seconds[1], "cells": cells}


def read(n: int, folder: Path) -> dict[str, Any]:
    from rdpscore.coding.read import read_workbook

    content = filled_file(n, folder).read_bytes()
    seconds, (filled, problems) = timed(lambda: read_workbook(content, "c1.xlsx"))
    assert filled is not None, list(problems)
    return {"seconds": seconds, "codings": len(filled.codings)}


def check(n: int, folder: Path) -> dict[str, Any]:
    from rdpscore.coding.check import check_file

    path = filled_file(n, folder)
    seconds, result = timed(lambda: check_file(path))
    assert result.ok, result.problems.head(3)
    return {"seconds": seconds, "problems": len(result.problems)}


def read_bare(n: int, folder: Path) -> dict[str, Any]:
    import openpyxl

    path = filled_file(n, folder)

    def loop() -> int:
        book = openpyxl.load_workbook(path, read_only=True)
        cells = 0
        for name in SHEETS_READ:
            for row in book[name].iter_rows(values_only=True):
                cells += len(row)
        return cells

    seconds, cells = timed(loop)
    return {"seconds": seconds, "cells": cells}


def import_(n: int, folder: Path) -> dict[str, Any]:
    """Into a survey with the same journals and no codings."""
    from rdpscore.coding.filled import import_files
    from rdpscore.survey.store import save

    with tempfile.TemporaryDirectory(dir=folder) as target:
        save(survey_of(n, answered=False), target)
        path = filled_file(n, folder)
        seconds, result = timed(lambda: import_files(target, [path]))
    return {"seconds": seconds, "added": result.counts[path.name].added}


def prepare(n: int, folder: Path) -> dict[str, Any]:
    """Write the filled workbook that the others read."""
    content = workbook_of(survey_of(n, answered=True))
    filled_file(n, folder).write_bytes(content)
    return {"seconds": 0.0, "bytes": len(content)}


TASKS: dict[str, Callable[[int, Path], dict[str, Any]]] = {
    f.__name__.strip("_"): f for f in (write, write_bare, read, read_bare, check, import_, prepare)
}


def filled_file(n: int, folder: Path) -> Path:
    return folder / f"filled-{n}.xlsx"


def timed(what: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds, which other programs on the machine change little, and the result."""
    gc.collect()
    start = time.process_time()
    result = what()
    return time.process_time() - start, result


# The calls of XlsxWriter, recorded and repeated ---------------------------------------------------------

Call = tuple[int, str, tuple[Any, ...], dict[str, Any]]
"""Sheet (−1 the book), method, arguments; a format stands as its `_Ref`."""


class _Ref(int):
    """A format's position among the formats of the book."""


def recorded(make: Callable[[], bytes]) -> tuple[list[Call], bytes]:
    """All calls that `make` makes of XlsxWriter's sheets and book, and what it makes."""
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    calls: list[Call] = []
    positions: dict[int, int] = {}
    depth = 0

    def plain(value: Any) -> Any:
        if isinstance(value, Format):
            return _Ref(positions[id(value)])
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        return value

    def wrapped(name: str, method: Any) -> Any:
        @wraps(method)
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            nonlocal depth
            outermost = depth == 0 and name != "__init__"
            if outermost:
                sheet = self.index if isinstance(self, Worksheet) else -1
                given = () if name == "add_worksheet" else tuple(plain(a) for a in args)
                calls.append((sheet, name, given or args[:1], {k: plain(v) for k, v in kwargs.items()}))
            depth += 1
            try:
                result = method(self, *args, **kwargs)
            finally:
                depth -= 1
            if outermost and name == "add_format":
                positions[id(result)] = len(positions)
            return result

        return call

    saved = []
    for owner in (Worksheet, Workbook):
        names = [n for n in vars(owner) if not n.startswith("_") and callable(getattr(owner, n))]
        if owner is Workbook:
            names = ["__init__", "add_format", "add_worksheet", "define_name", "set_properties", "set_size"]
        for name in names:
            saved.append((owner, name, vars(owner)[name]))
            setattr(owner, name, wrapped(name, vars(owner)[name]))
    try:
        return calls, make()
    finally:
        for owner, name, method in saved:
            setattr(owner, name, method)


def bound(calls: list[Call], same_sheets: bool) -> tuple[Any, list[tuple[Any, Any, Any]]]:
    """A new book with its sheets and formats, and what remains to be called."""
    import xlsxwriter

    from rdpscore.coding import style

    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": dict(style._PASTED),
    }
    book = xlsxwriter.Workbook(io.BytesIO(), options)
    book.default_format_properties = {}
    formats = [book.add_format(*args) for _, name, args, _ in calls if name == "add_format"]
    kind = style._Sheet if same_sheets else None
    sheets = [book.add_worksheet(*args, kind) for _, name, args, _ in calls if name == "add_worksheet"]
    outside = [c for c in calls if c[1] == "set_column" and c[2][:2] == (0, style.LAST_COLUMN)]
    for sheet, _, args, _ in outside:  # what a sheet is made with
        sheets[sheet].set_column(*_real(args, formats))
        sheets[sheet].dim_colmin = sheets[sheet].dim_colmax = None
    return book, [
        (getattr(book if sheet < 0 else sheets[sheet], name), _real(args, formats), _real(kwargs, formats))
        for sheet, name, args, kwargs in calls
        if name not in ("add_format", "add_worksheet") and (sheet, name, args, kwargs) not in outside
    ]


def replayed(book: Any, calls: list[tuple[Any, Any, Any]]) -> bytes:
    """The bare loop."""
    for method, args, kwargs in calls:
        method(*args, **kwargs)
    book.close()
    content: bytes = book.filename.getvalue()
    return content


def _real(value: Any, formats: list[Any]) -> Any:
    if type(value) is _Ref:
        return formats[value]
    if type(value) is dict:
        return {k: _real(v, formats) for k, v in value.items()} if value else _NONE
    return tuple(_real(v, formats) for v in value) if type(value) is tuple else value


_NONE: dict[str, Any] = {}


# The run ------------------------------------------------------------------------------------------------


def measure(task: str, n: int, folder: Path) -> dict[str, Any]:
    """The median of three runs of a task in new processes; of the largest sizes one run."""
    runs = []
    for _ in range(3 if n <= 1_000 and task != "prepare" else 1):
        command = [sys.executable, __file__, "--task", task, str(n), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{task} of {n}: {done.stderr}")
        runs.append(json.loads(done.stdout))
    first: dict[str, Any] = runs[0]
    return first | {k: statistics.median(r[k] for r in runs) for k in first if isinstance(first[k], float)}


def run_task(task: str, n: int, folder: Path) -> None:
    import openpyxl  # noqa: F401  (imports are no part of what is measured)
    import rapidfuzz  # noqa: F401
    import xlsxwriter  # noqa: F401

    found = TASKS[task](n, folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # kB on Linux
    print(json.dumps(found | {"peak": peak}))


def row(what: str, n: int, seconds: float, ratio: float | None, peak: float | None, more: str = "") -> None:
    times = "" if ratio is None else f"{ratio:5.2f} ×"
    memory = "" if peak is None else f"{peak:7,.0f} MB"
    print(f"{what:44} {n:7,} {seconds:9.2f} s {times:8} {memory:11} {more}", flush=True)


def write_part(n: int, folder: Path) -> None:
    ours = measure("write", n, folder)
    bare = measure("write_bare", n, folder)
    size = n or 171
    row("write the template", size, ours["seconds"], None, ours["peak"], f"{ours['bytes'] / 1e6:.1f} MB file")
    row("  XlsxWriter loop, same bytes", size, bare["seconds"], ours["seconds"] / bare["seconds"], None,
        f"{bare['cells']:,} cells")  # fmt: skip
    row("  … that leaves formulas as they are", size, bare["same"], ours["seconds"] / bare["same"], None)


def read_part(n: int, folder: Path) -> None:
    bare = measure("read_bare", n, folder)
    row(
        "openpyxl loop over a filled workbook",
        n,
        bare["seconds"],
        None,
        bare["peak"],
        f"{bare['cells']:,} cells",
    )
    for task, what in (("read", "read_workbook"), ("check", "check_file")):
        ours = measure(task, n, folder)
        row(f"  {what}", n, ours["seconds"], ours["seconds"] / bare["seconds"], ours["peak"])


def import_part(n: int, folder: Path) -> None:
    ours = measure("import", n, folder)
    row("import_files into an empty survey", n, ours["seconds"], None, ours["peak"],
        f"{ours['added']:,} codings; {1e3 * ours['seconds'] / n:.1f} ms a journal")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="journals")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--task", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        run_task(given.task[0], int(given.task[1]), Path(given.task[2]))
        return
    print(f"{'':44} {'journals':>8} {'CPU time':>10} {'ours to it':>10} {'peak memory':>11}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "shipped" in given.parts:
            write_part(0, folder)
        for n in given.sizes:
            if "write" in given.parts:
                write_part(n, folder)
            if {"read", "import"} & set(given.parts):
                measure("prepare", n, folder)
            if "read" in given.parts:
                read_part(n, folder)
            if "import" in given.parts:
                import_part(n, folder)


if __name__ == "__main__":
    main()
