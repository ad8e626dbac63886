"""The wild cluster bootstrap against a loop over statsmodels refits, and how its cost grows.

*against a loop*: score on impact (log2) and access model, 171 journals of 17 publishers of the shipped survey, 99,999
random vectors of Webb's weights (signs of 17 clusters would be enumerated). The loop makes the resampled outcomes and
fits each by `statsmodels` with its clustered covariance; it is timed on a part of the draws, which the output says, and
scaled. For the draws of the loop both must find the same p, or the benchmark stops. The loop gives the p of one null
value; rdpscore gives p, and both ends of a 95 and a 90 % interval beside it. Aim: at least 100 times faster.

*growth*: with journals, publishers and draws, on drawn data; signs, and p and one interval.

Seconds are processor time on one core, medians of three runs.

    python benchmarks/inference.py            # half a minute
    python benchmarks/inference.py --quick    # some seconds: fewer draws of the loop, smaller data
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt
from _timing import machine, median, show

from rdpscore.inference import LinearFit, WildBootstrap, fit, wild_bootstrap
from rdpscore.inference.wild import drawn

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

AIM = 100
DRAWS = 99_999
RUNS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description="The wild cluster bootstrap against a loop of refits.")
    parser.add_argument("--quick", action="store_true", help="fewer draws of the loop, smaller data")
    arguments = parser.parse_args()
    print(machine())
    against_a_loop(200 if arguments.quick else 2000)
    largest = 10_000 if arguments.quick else 100_000
    growth("journals", [(n, 50, 9_999) for n in (1_000, 10_000, 100_000) if n <= largest])
    growth("publishers", [(10_000, g, 9_999) for g in (20, 100, 500) if not arguments.quick or g < 500])
    growth("draws", [(1_000, 50, b) for b in (9_999, 99_999, 999_999) if not arguments.quick or b < 999_999])


# Against a loop -----------------------------------------------------------------------------------------


def against_a_loop(n_loop: int) -> None:
    y, x, code = shipped()
    fitted = fit(y, x, code)
    ours, loop = same_p(fitted, y, x, code, 199)
    if ours != loop:
        raise SystemExit(f"rdpscore finds p = {ours}, the loop {loop}")

    def work() -> WildBootstrap:
        found = wild_bootstrap(fit(y, x, code), 0, n_draws=DRAWS, weights="webb")
        found.p(), found.interval(0.95), found.interval(0.9)
        return found

    seconds = timed(work)
    alone = timed(lambda: wild_bootstrap(fit(y, x, code), 0, n_draws=DRAWS, weights="webb").p())
    everything = timed(lambda: wild_bootstrap(fit(y, x, code), 0).interval(0.95))
    start = time.process_time()
    by_loop(y, x, code, drawn("webb", 17, n_loop - 1, 0))
    refits = (time.process_time() - start) * (DRAWS + 1) / n_loop
    print(f"\n{DRAWS:,} draws × {len(y)} journals × {code.max() + 1} publishers")
    show(
        [
            ("", "seconds", "the loop to it", "aim"),
            (f"statsmodels refits, p ({n_loop:,} draws, scaled)", f"{refits:.0f}", "", ""),
            ("rdpscore, p", f"{alone:.3f}", f"{refits / alone:.0f}", f"at least {AIM}"),
            ("rdpscore, p and two intervals", f"{seconds:.3f}", f"{refits / seconds:.0f}", f"at least {AIM}"),
            ("rdpscore, all 65,536 pairs of signs, p and one interval", f"{everything:.3f}", "", ""),
        ]
    )


def same_p(fitted: LinearFit, y: Floats, x: Floats, code: Ints, n: int) -> tuple[float | None, float]:
    """p of the same draws by either way."""
    vectors = drawn("webb", code.max() + 1, n, 0)
    t = by_loop(y, x, code, np.asarray(vectors, float))
    # the first vector is all ones: the data
    return wild_bootstrap(fitted, 0, n_draws=n, weights="webb").p(), float(
        np.mean(np.abs(t) >= abs(t[0]) * (1 - 1e-9))
    )


def by_loop(y: Floats, x: Floats, code: Ints, vectors: Floats) -> Floats:
    """t of the first coefficient for every vector of weights, its null imposed, by statsmodels."""
    import statsmodels.api as sm

    under = sm.OLS(y, x[:, 1:]).fit()
    groups = {"groups": code}
    return np.array(
        [
            sm.OLS(under.fittedvalues + under.resid * v[code], x)
            .fit(cov_type="cluster", cov_kwds=groups)
            .tvalues[0]
            for v in vectors
        ]
    )


def shipped() -> tuple[Floats, Floats, Ints]:
    """Scores, impact (log2) with access model and an intercept, and publishers of the shipped survey."""
    import rdpscore
    from rdpscore.inference import clusters
    from rdpscore.scoring.scores import journal_scores

    survey = rdpscore.load()
    impact = survey.journals["impact"].astype(float).fillna(1.0).to_numpy()
    access = (survey.journals["access_model"] == "open_access").to_numpy(float)
    x = np.column_stack([np.log2(np.maximum(impact, 0.1)), access, np.ones(len(impact))])
    return journal_scores(survey), x, clusters(survey).code


# Growth -------------------------------------------------------------------------------------------------


def growth(what: str, sizes: list[tuple[int, int, int]]) -> None:
    rows = [("journals", "publishers", "draws", "seconds", "of which the fit")]
    for n, groups, draws in sizes:
        rng = np.random.default_rng(1)
        code = rng.integers(0, groups, n)
        x = np.column_stack([rng.normal(size=(n, 2)) + rng.normal(size=(groups, 2))[code], np.ones(n)])
        y = rng.normal(size=n) + rng.normal(size=groups)[code]
        whole = timed(lambda y=y, x=x, c=code, d=draws: wild_bootstrap(fit(y, x, c), 0, n_draws=d).interval())
        part = timed(lambda y=y, x=x, c=code: fit(y, x, c))
        rows.append((f"{n:,}", f"{groups:,}", f"{draws:,}", f"{whole:.3f}", f"{part:.3f}"))
    print(f"\ngrowth with {what}")
    show(rows)


def timed(work: Callable[[], object]) -> float:
    """Median seconds of processor time, after a run that does not count."""
    seconds = []
    for turn in range(RUNS + 1):
        start = time.process_time()
        work()
        if turn:
            seconds.append(time.process_time() - start)
    return median(seconds)


if __name__ == "__main__":
    main()
