"""Import of a published survey by a mapping file, against ``pandas.read_csv`` and ``replace`` of the same file.

Run all of it (about three minutes, 3 GB)::

    python benchmarks/importing.py

or a small one, in seconds::

    python benchmarks/importing.py --quick

The file is a long CSV, a row an answer: 100,000 journals, 17 items, answers as the labels of the shipped codebook.
Both sides run in a process of their own; seconds are CPU seconds. What pandas does not do is part of our time: journals
and their ids, every text checked, all rules of validation. Writing the survey's folder is told apart.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from pathlib import Path

from _timing import child, machine, peak_memory, show

JOURNALS, QUICK = 100_000, 2_000
MAPPING = """\
format: 1
codebook: materials-science
survey: {id: long, title: Long, not_recorded: [evidence]}
sources: {main: long.csv}
journals: {title: Journal, publisher: Publisher}
coders: Coder
answers: {item: Question, column: Answer}
not_asked: [data_recommended, data_required]
"""


def write_source(folder: Path, n: int) -> None:
    """The long CSV and its mapping; answers are drawn, and every journal has a policy."""
    import numpy as np

    from rdpscore.codebook import load_codebook

    rng = np.random.default_rng(1)
    items = [i for i in load_codebook("materials-science").items if i.closed]
    drawn = {i.id: rng.integers(len(i.options), size=n) for i in items}
    drawn["rdp_exist"][:] = 1
    with (folder / "long.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["Journal", "Publisher", "Coder", "Question", "Answer"])
        for j in range(n):
            title, publisher = f"Journal {j:06d} of Studies", f"Publisher {j % 500}"
            writer.writerows([title, publisher, "ann", i.id, i.options[drawn[i.id][j]].label] for i in items)
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")


def ours(folder: Path) -> dict[str, float]:
    """Seconds of reading into a survey, and of writing it; peak memory."""
    from rdpscore.published.importing import read_published
    from rdpscore.survey import save

    start = time.process_time()
    made = read_published(folder / "mapping.yaml", [folder / "long.csv"])
    read = time.process_time()
    save(made.survey, folder / "survey")
    return {
        "seconds": read - start,
        "writing": time.process_time() - read,
        "memory": peak_memory(),
        "codings": len(made.survey.codings),
    }


def plain(folder: Path) -> dict[str, float]:
    """Seconds of ``read_csv`` and ``replace``; peak memory."""
    import pandas as pd

    from rdpscore.codebook import load_codebook

    labels = {o.label: o.code for i in load_codebook("materials-science").items for o in i.options}
    start = time.process_time()
    frame = pd.read_csv(folder / "long.csv", dtype=str, keep_default_na=False)
    frame["Answer"] = frame["Answer"].replace(labels)
    return {"seconds": time.process_time() - start, "memory": peak_memory(), "codings": len(frame)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} journals")
    parser.add_argument("--task", choices=["ours", "plain"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.task:
        print(json.dumps({"ours": ours, "plain": plain}[options.task](options.folder)))
        return
    n = QUICK if options.quick else JOURNALS
    print(machine())
    with tempfile.TemporaryDirectory(prefix="rdpscore-benchmark-") as name:
        folder = Path(name)
        write_source(folder, n)
        size = (folder / "long.csv").stat().st_size / 1e6
        found = {t: child(__file__, "--task", t, "--folder", folder) for t in ("plain", "ours")}
    print(f"{n:,} journals, {found['ours']['codings']:,} answers, {size:,.0f} MB\n")
    rows = [["", "seconds", "ratio", "peak MB"]]
    for task, label in (
        ("plain", "pandas.read_csv + replace"),
        ("ours", "rdpscore import, read and checked"),
    ):
        ratio = found[task]["seconds"] / found["plain"]["seconds"]
        rows.append([label, f"{found[task]['seconds']:.1f}", f"{ratio:.1f}", f"{found[task]['memory']:,.0f}"])
    rows.append(["writing the survey's folder", f"{found['ours']['writing']:.1f}", "", ""])
    show(rows)
    if not options.quick and found["ours"]["seconds"] > 3 * found["plain"]["seconds"]:
        sys.exit("slower than three times pandas")


if __name__ == "__main__":
    main()
