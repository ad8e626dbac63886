"""What puts predictors to the test: time of each check on the shipped survey, and how it grows with journals.

Processor seconds in one process that has loaded all; medians of some runs. Surveys of other sizes are resampled from
the shipped one by whole publishers, with names of their own, so that publishers stay as large as they are.

    python benchmarks/predictors.py
    python benchmarks/predictors.py --quick
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import replace

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from _timing import machine, median, show

import rdpscore
from rdpscore.inference import Clusters
from rdpscore.predictors.checks import CHECKS, checked_regress
from rdpscore.predictors.frame import ModelFrame, model_frame
from rdpscore.predictors.influence import leave_out_groups, leave_out_journals
from rdpscore.predictors.prediction import predict_frame
from rdpscore.predictors.robust import frame_robustness
from rdpscore.predictors.rows import QUESTIONS
from rdpscore.predictors.specification import frame_curves


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="one run of what takes seconds")
    quick = parser.parse_args().quick
    print(machine())
    survey = rdpscore.load()
    frame = model_frame(survey)
    parts: dict[str, Callable[[], object]] = {
        "whole default report": lambda: checked_regress(survey),
        "of it: single publishers, labels, in brief": lambda: frame_robustness(survey, frame, depth="brief"),
        "--robust": lambda: frame_robustness(survey, frame),
        "--specifications": lambda: frame_curves(survey, frame),
        "--predict, linear, 999 permutations": lambda: predict_frame(frame, models=("linear",)),
        "--predict, boosted, 9 permutations": lambda: predict_frame(frame, models=("boosted",), n_boosted=9),
    }
    if not quick:
        parts["--predict, boosted, 99 permutations"] = lambda: predict_frame(frame, models=("boosted",))
        parts["--full, without slopes"] = lambda: checked_regress(survey, checks=CHECKS)
    print(f"\n{len(frame)} journals of {frame.publishers.n} publishers, seconds")
    show([(name, f"{timed(work, 1 if quick else 3):.2f}") for name, work in parts.items()])

    print("\nthree questions of impact, without each publisher and each journal")
    rows = [("journals", "publishers", "without publishers, s", "without journals, s")]
    for n in (171, 1_000) if quick else (171, 1_000, 10_000):
        large = resampled(frame, n)
        seconds = [
            timed(lambda f=f, big=large: all_questions(f, big), 1)
            for f in (leave_out_groups, leave_out_journals)
        ]
        rows.append((f"{len(large):,}", f"{large.publishers.n}", *(f"{s:.2f}" for s in seconds)))
    show(rows)


def all_questions(work: Callable[..., object], frame: ModelFrame) -> None:
    for question in QUESTIONS:
        work(frame, question, "log2(impact)")


def resampled(frame: ModelFrame, n: int, seed: int = 1) -> ModelFrame:
    """A frame of about as many journals: whole publishers drawn with replacement, each under a name of its own."""
    rng = np.random.default_rng(seed)
    code, places, own = frame.publishers.code, [], []
    while sum(map(len, places)) < n:
        rows = np.flatnonzero(code == rng.integers(frame.publishers.n))
        own.append(np.full(len(rows), len(places)))
        places.append(rows)
    rows, of = np.concatenate(places), np.concatenate(own)
    groups = Clusters(of, tuple(f"P{k}" for k in range(len(places))), "publisher")
    return replace(
        frame,
        y=frame.y[rows] + rng.normal(0, 0.01, len(rows)),
        predictors=tuple(
            replace(p, values=p.values[rows], doubtful=p.doubtful[rows]) for p in frame.predictors
        ),
        journals=tuple(f"j{k}" for k in range(len(rows))),
        titles=tuple(f"J{k}" for k in range(len(rows))),
        publishers=groups,
        clusters=groups,
    )


def timed(work: Callable[[], object], runs: int) -> float:
    """Processor seconds, the median of some runs."""
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return median(seconds)


if __name__ == "__main__":
    main()
