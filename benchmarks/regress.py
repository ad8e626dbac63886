"""The report on predictors: the whole default report of the shipped survey, and where its time goes.

*command*: ``rdpscore regress`` and ``rdpscore regress --full`` as processes, from the shell to the last line. *inside*:
the parts of the report in one process that has loaded all, processor time, medians of three runs.

    python benchmarks/regress.py
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from _timing import byte_compiled, in_turn, machine, median, show

import rdpscore
from rdpscore.predictors import estimate, model_frame
from rdpscore.predictors.rows import QUESTIONS

RUNS = 3


def main() -> None:
    print(machine())
    command = [sys.executable, "-m", "rdpscore", "regress"]
    with byte_compiled() as environment:
        runs = in_turn({"regress": command, "regress --full": [*command, "--full"]}, RUNS, environment)
    print("\nwhole command, seconds")
    show([(name, f"{median(seconds):.1f}") for name, seconds in runs.items()])

    survey = rdpscore.load()
    frame = model_frame(survey)
    coefficients = [(q, t.name, h) for q in QUESTIONS for t in frame.terms for h in ("alone", "together")]

    def by(*methods: str) -> Callable[[], object]:
        return lambda: [estimate(frame, q, t, held=h, methods=methods) for q, t, h in coefficients]  # type: ignore[arg-type]

    parts: dict[str, Callable[[], object]] = {
        "frame": lambda: model_frame(survey),
        f"{len(coefficients)} coefficients by CR2 and CR3": by("CR2", "CR3"),
        "by the wild bootstrap, all signs, two intervals each": by("WCR"),
        "by fractional logit": by("fractional"),
        "by ranks": by("ranks"),
        "everything": lambda: rdpscore.regress(survey),
    }
    print("\ninside, seconds")
    show([(name, f"{timed(work):.2f}") for name, work in parts.items()])


def timed(work: Callable[[], object]) -> float:
    """Processor seconds, the median of some runs."""
    seconds = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return median(seconds)


if __name__ == "__main__":
    main()
