"""No timing: how often 95 % intervals of true scores hold the truth in simulated surveys; the table in docs/scoring.md.

Named coders with error matrices of their own for each item (mean accuracy 0.8), the shipped codebook, scores of known
true answers; see `tests/simulated.py`.

    python benchmarks/score_coverage.py               # some four minutes
    python benchmarks/score_coverage.py --surveys 3   # half a minute
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np
from _timing import machine, show
from simulated import coverage

import rdpscore

SETTINGS = ((150, 4, 3), (60, 4, 3), (150, 8, 3), (150, 5, 5))
"""Journals, coders, readings a journal."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Coverage of posterior intervals of scores.")
    parser.add_argument("--surveys", type=int, default=12, help="simulated surveys a setting (default: 12)")
    surveys = parser.parse_args().surveys
    book = rdpscore.load().codebook
    print(machine())
    rows = [
        (
            "journals",
            "coders",
            "readings",
            "surveys",
            "covered, %",
            "mean width",
            "mean error",
            "largest R-hat",
        )
    ]
    for n, coders, readings in SETTINGS:
        found = [
            coverage(book, seed, n=n, readings=readings, n_coders=coders, n_draws=400, n_burn=150)
            for seed in range(surveys)
        ]
        rows.append(
            (
                f"{n}", f"{coders}", f"{readings}", f"{surveys}",
                f"{100 * np.mean([f.covered for f in found]):.1f}",
                f"{np.mean([f.width for f in found]):.3f}",
                f"{np.mean([f.error for f in found]):.3f}",
                f"{max(f.rhat for f in found):.2f}",
            )
        )  # fmt: skip
    show(rows)


if __name__ == "__main__":
    main()
