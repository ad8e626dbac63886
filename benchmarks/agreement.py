"""How long agreement takes, against the package `krippendorff`, and how the cost grows.

Measured in one run, on one core (the threads of linear algebra are held to one):

- the joint cluster bootstrap of the alphas of 17 items of the shipped survey, 10,000 resamples of its 171 journals,
  against a loop that resamples the journals and calls ``krippendorff.alpha(value_counts=…)`` for each item. The loop is
  timed on fewer resamples and multiplied, which the output says. Both must give the same distribution: the standard
  deviations of the resampled alphas are compared. Aim: at least 100 times faster.
- alpha of a million units with two coders and five categories, a tenth of the ratings missing, against
  ``krippendorff.alpha(reliability_data=…)`` on the same array. Both must agree to 1e-12. Peak memory is what each
  allocates on top of the data (tracemalloc). Aims: at least 30 times faster, at most a tenth of the memory.
- cost against units, 10³ to 10⁶ (aim: near linear), and against resamples (aim: linear).

Seconds are the least of several runs: other work on the machine only ever adds.

    python benchmarks/agreement.py            # under a minute
    python benchmarks/agreement.py --quick    # some seconds, smaller sizes
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable
from typing import Any

import krippendorff
import numpy as np
import numpy.typing as npt
from _timing import machine, show

import rdpscore
from rdpscore.agreement.coefficients import krippendorff_alpha
from rdpscore.agreement.panels import Panel, panel
from rdpscore.inference import bootstrap

CATEGORIES = [1, 2, 3, 4, 5]
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}


def main() -> None:
    parser = argparse.ArgumentParser(description="Agreement against the package krippendorff.")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, some seconds")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if not ONE_THREAD.items() <= os.environ.items():  # what numpy reads when it is loaded
        raise SystemExit(
            subprocess.run(
                [sys.executable, *sys.argv], env={**os.environ, **ONE_THREAD}, check=False
            ).returncode
        )
    n_resamples, n_loop, n_units = (2000, 5, 100_000) if arguments.quick else (10_000, 40, 1_000_000)
    print(machine(), "\n")
    resampling(n_resamples, n_loop, arguments.seed)
    points(n_units, arguments.seed)
    by_units(n_units, arguments.seed)
    by_resamples(n_resamples, arguments.seed)


def least(work: Callable[[], Any], runs: int = 5) -> tuple[float, Any]:
    """The least seconds of several runs, and what the work returns."""
    seconds, found = [], None
    for _ in range(runs):
        gc.collect()
        start = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - start)
    return min(seconds), found


def allocated(work: Callable[[], Any]) -> float:
    """The most megabytes that the work holds at once."""
    gc.collect()
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


# The bootstrap ------------------------------------------------------------------------------------------


def resampling(n_resamples: int, n_loop: int, seed: int) -> None:
    survey = rdpscore.load()
    made, found = least(lambda: panel(survey, "journal"))
    measure = found.alphas()
    ours, drawn = least(
        lambda: bootstrap(found.statistics, measure.function, n_resamples, seed, measure.present)
    )
    looped, draws = least(lambda: loop(survey, found, n_loop, seed), runs=2)
    theirs = looped * n_resamples / n_loop
    spread = [np.nanmean(np.nanstd(d, axis=0)) for d in (drawn.draws, draws)]
    if abs(spread[0] / spread[1] - 1) > 0.3:
        raise SystemExit(f"the two bootstraps spread differently: {spread}")
    n_items, n_journals = len(found.entries), len(found.units)
    show(
        [
            (
                f"{n_resamples:,} resamples × {n_items} items × {n_journals} journals",
                "seconds",
                "times",
                "aim",
            ),
            ("rdpscore.inference.resampling", f"{ours:.2f}", "1", ""),
            (
                f"loop over krippendorff.alpha ({n_loop} resamples × {n_resamples / n_loop:,.0f})",
                f"{theirs:.1f}",
                f"{theirs / ours:.0f}",
                "at least 100",
            ),
        ]
    )
    print(f"besides, once: {made:.2f} s for the statistics of all items from the survey\n")


def loop(survey: rdpscore.Survey, found: Panel, n: int, seed: int) -> npt.NDArray[np.float64]:
    """The same by a loop: resampled rows of counts, one call an item."""
    from rdpscore.agreement.coincidences import ratings_of

    ids = survey.codebook.item_ids
    counts = [ratings_of(survey, ids.index(e.item)).counts for e in found.entries]
    levels = [e.level for e in found.entries]
    generator, n_journals = np.random.default_rng(seed), len(found.units)
    out = np.full((n, len(counts)), np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of draws without variation it warns
        for r in range(n):
            drawn = generator.integers(0, n_journals, n_journals)
            for k, (table, level) in enumerate(zip(counts, levels, strict=True)):
                out[r, k] = krippendorff.alpha(value_counts=table[drawn], level_of_measurement=level)
    return out


# One alpha of many units --------------------------------------------------------------------------------


def generated(n: int, seed: int) -> npt.NDArray[np.float64]:
    """Units × two coders, who agree on about seven in ten; a tenth of the ratings missing."""
    generator = np.random.default_rng(seed)
    truth = generator.choice(CATEGORIES, n, p=(0.5, 0.2, 0.15, 0.1, 0.05))
    guess = generator.choice(CATEGORIES, (n, 2))
    data = np.where(generator.random((n, 2)) < 0.7, truth[:, None], guess).astype(float)
    data[generator.random((n, 2)) < 0.1] = np.nan
    return data


def points(n: int, seed: int) -> None:
    data = generated(n, seed)
    turned = np.ascontiguousarray(data.T)  # coders × units, as the package takes it
    rows = [(f"alpha of {n:,} units", "seconds", "times", "aim", "peak MB", "times", "aim")]
    for level in ("nominal", "ordinal"):

        def ours(level: Any = level) -> float | None:
            return krippendorff_alpha(data, CATEGORIES, level=level).value

        def theirs(level: Any = level) -> float:
            return float(krippendorff.alpha(reliability_data=turned, level_of_measurement=level))

        (fast, mine), (slow, other) = least(ours, 9), least(theirs, 3)
        if mine is None or abs(mine - other) > 1e-12:
            raise SystemExit(f"the two alphas differ: {mine}, {other}")
        lean, fat = allocated(ours), allocated(theirs)
        rows.append((f"rdpscore, {level}", f"{fast:.4f}", "1", "", f"{lean:.1f}", "1", ""))
        rows.append(
            (
                f"krippendorff, {level}",
                f"{slow:.3f}",
                f"{slow / fast:.0f}",
                "at least 30",
                f"{fat:.0f}",
                f"{fat / lean:.0f}",
                "at least 10",
            )
        )
    show(rows)
    print("both agree to 1e-12; memory over the data, which both are given\n")


# Growth -------------------------------------------------------------------------------------------------


def by_units(most: int, seed: int) -> None:
    rows = [("units", "seconds of one alpha", "nanoseconds a unit")]
    for n in (10**3, 10**4, 10**5, 10**6):
        if n <= most:
            data = generated(n, seed)
            took, _ = least(lambda data=data: krippendorff_alpha(data, CATEGORIES, level="ordinal"), 9)
            rows.append((f"{n:,}", f"{took:.5f}", f"{1e9 * took / n:.0f}"))
    show(rows)
    print()


def by_resamples(most: int, seed: int) -> None:
    survey = rdpscore.load()
    rows = [
        (
            "resamples of 17 items",
            "by 171 journals: seconds",
            "µs each",
            "by 17 publishers: seconds",
            "µs each",
        )
    ]
    found = [panel(survey, "journal"), panel(survey, "publisher")]
    for n in (most // 10, most // 3, most, 3 * most, 10 * most):
        cells = []
        for one in found:
            function = one.alphas().function
            took, _ = least(lambda one=one, f=function, n=n: bootstrap(one.statistics, f, n, seed), 3)
            cells += [f"{took:.3f}", f"{1e6 * took / n:.1f}"]
        rows.append((f"{n:,}", *cells))
    show(rows)


if __name__ == "__main__":
    main()
