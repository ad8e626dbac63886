"""Draws of scores and ranks: rdpscore against a plain loop over pandas, and memory for many journals.

*weights*: 10,000 draws of the weights of 17 items for the 171 journals of the shipped survey; the score and the rank of
each journal in each draw; of both the 5 and 95 % quantiles, and the median rank. The loop draws the weights, multiplies
a frame, sums, and ranks; it is timed on a part of the draws, which the output says, and scaled. Its first draws must
have the ranks that rdpscore finds with the same weights, or the benchmark stops. Aim: at least 100 times faster.

*choices*: the same with rules, items left out and coders drawn, too; there is no loop to compare with.

*coders and weights*: each draw picks one coder of every reading and the weights, independently; scores and ranks as
above. The loop picks a record of each journal by a random number of its reading, multiplies, sums, and ranks; over many
draws its mean scores must be those of rdpscore. Aim: at least 100 times faster.

*memory*: the same draws on a generated survey of 10,000 journals (`_survey.py`), in a process of its own; the peak over
what the loaded survey takes. The draws are made in chunks, so that twice as many take no more; both are printed.

Seconds are processor time on one core; the two ways take turns, the median counts.

    python benchmarks/scores.py              # some three minutes
    python benchmarks/scores.py --quick      # half a minute: fewer draws, 1,000 journals
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from _timing import child, machine, median, peak_memory, resident, show

SEED, CV = 1, 0.5
AIM = 100


def main() -> None:
    parser = argparse.ArgumentParser(description="Draws of scores and ranks against a plain pandas loop.")
    parser.add_argument("--quick", action="store_true", help="fewer draws and journals")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, the median counts (default: 3)")
    parser.add_argument("--task", nargs=3, help=argparse.SUPPRESS)  # folder, draws, what is doubted
    arguments = parser.parse_args()
    if arguments.task:
        folder, draws, doubt = arguments.task
        print(json.dumps(many(Path(folder), int(draws), doubt)))
        return
    print(machine())
    weights(arguments.runs, *((2_000, 200) if arguments.quick else (10_000, 2_000)))
    coders(arguments.runs, *((2_000, 200) if arguments.quick else (10_000, 1_000)))
    memory(*((1_000, 500) if arguments.quick else (10_000, 10_000)))


# Against a loop -----------------------------------------------------------------------------------------


def weights(runs: int, n_draws: int, n_loop: int) -> None:
    """Ours and the loop in turn, and what they find."""
    import rdpscore

    survey = rdpscore.load()
    ours, loop = by_rdpscore(survey, "weights"), by_pandas(survey)
    agree(survey, 50)
    ours(500), loop(5)  # warm
    seconds: dict[str, list[float]] = {"ours": [], "loop": [], "all": []}
    for _ in range(runs):
        seconds["ours"].append(timed(ours, n_draws))
        seconds["loop"].append(timed(loop, n_loop) * n_draws / n_loop)
    everything = by_rdpscore(survey, "everything")
    everything(500)
    seconds["all"] = [timed(everything, n_draws) for _ in range(runs)]
    took = {name: median(found) for name, found in seconds.items()}
    n, k = len(survey.journal_ids), len(survey.codebook.scored_items)
    print(f"\n{n_draws:,} draws × {n} journals × {k} items, scores and ranks with their quantiles")
    show(
        [
            ("", "seconds", "times rdpscore", "aim"),
            ("rdpscore, weights", f"{took['ours']:.3f}", "1", ""),
            (
                f"pandas loop, weights ({n_loop:,} draws × {n_draws // n_loop})",
                f"{took['loop']:.2f}",
                f"{took['loop'] / took['ours']:.0f}",
                f"at least {AIM}",
            ),
            ("rdpscore, weights, rules, items left out, coders", f"{took['all']:.3f}", "", ""),
        ]
    )


def timed(work: Callable[[int], Any], n: int) -> float:
    start = time.process_time()
    work(n)
    return time.process_time() - start


def by_rdpscore(survey: Any, doubt: str) -> Callable[[int], Any]:
    from rdpscore.uncertainty.counting import count_draws
    from rdpscore.uncertainty.doubted import model
    from rdpscore.uncertainty.draws import CHUNK

    made = model(survey, survey.codebook.scheme(), assumptions(doubt), SEED)

    def work(n: int) -> Any:
        tally, shift = count_draws(made, range(-(-n // CHUNK)), n)
        return tally.summary(), np.quantile(shift, (0.05, 0.5, 0.95))

    return work


def assumptions(doubt: str) -> Any:
    from rdpscore.uncertainty import Assumptions

    if doubt == "everything":
        return Assumptions(cv=CV)
    return Assumptions(cv=CV, aggregation=(), missing=(), not_applicable=(), leave_out=False, coder=False)


def by_pandas(survey: Any) -> Callable[[int], Any]:
    """What one would write without the package."""
    values = points(survey)
    generator = np.random.default_rng(SEED)
    shape = 1 / CV**2

    def work(n: int) -> Any:
        scores, ranks = [], []
        for _ in range(n):
            weight = pd.Series(generator.gamma(shape, 1 / shape, values.shape[1]), values.columns)
            score = values.mul(weight, axis=1).sum(axis=1) / weight.sum()
            scores.append(score)
            ranks.append(score.round(12).rank(method="min", ascending=False))
        found = pd.concat(scores, axis=1), pd.concat(ranks, axis=1)
        return [table.quantile([0.05, 0.5, 0.95], axis=1) for table in found]

    return work


def points(survey: Any) -> pd.DataFrame:
    option = pd.DataFrame(survey.resolved.option, survey.journal_ids, list(survey.codebook.item_ids))
    return pd.DataFrame({i.id: np.take(i.scores, option[i.id]) for i in survey.codebook.scored_items})


def agree(survey: Any, n: int) -> None:
    """Stop where the loop finds other ranks than rdpscore with the same weights."""
    from rdpscore.uncertainty.doubted import model
    from rdpscore.uncertainty.tally import ranks

    made = model(survey, survey.codebook.scheme(), assumptions("weights"), SEED)
    draws = made.random(0, n)
    ours = ranks(made.scores(draws))
    values = points(survey)
    for weight, rank in zip(made.drawn(draws, made.forms[0]).item, ours, strict=True):
        score = values.mul(pd.Series(weight, values.columns), axis=1).sum(axis=1) / weight.sum()
        if (score.round(12).rank(method="min", ascending=False) != rank).any():
            raise SystemExit("the loop finds other ranks than rdpscore")


# Coders and weights -------------------------------------------------------------------------------------


def coders(runs: int, n_draws: int, n_loop: int) -> None:
    """Coders and weights drawn at once: ours and the loop in turn."""
    import rdpscore
    from rdpscore.inference import clusters
    from rdpscore.uncertainty.counting import of_journals
    from rdpscore.uncertainty.draws import lone_coders
    from rdpscore.uncertainty.ranges import count, model_of

    survey = rdpscore.load()
    made, groups = model_of(survey, survey.codebook.scheme(), seed=SEED, cv=CV), clusters(survey)
    lone = lone_coders(survey, seed=SEED)

    def ours(n: int) -> Any:
        return of_journals(made, count(made, ("both",), n, groups)["both"][0])

    loop = coders_by_pandas(survey, lone)
    several = ~lone.borrowed  # the loop knows nothing of borrowed coders
    apart = np.abs(loop(400)[several] - ours(4_000)["mean"][several])
    if apart.mean() > 0.005:
        raise SystemExit("the loop finds other scores than rdpscore")
    seconds: dict[str, list[float]] = {"ours": [], "loop": []}
    for _ in range(runs):
        seconds["ours"].append(timed(ours, n_draws))
        seconds["loop"].append(timed(loop, n_loop) * n_draws / n_loop)
    took = {name: median(found) for name, found in seconds.items()}
    print("\ncoders and weights, the same")
    show(
        [
            ("", "seconds", "times rdpscore", "aim"),
            ("rdpscore, coders and weights", f"{took['ours']:.3f}", "1", ""),
            (
                f"pandas loop, coders and weights ({n_loop:,} draws × {n_draws // n_loop})",
                f"{took['loop']:.2f}",
                f"{took['loop'] / took['ours']:.0f}",
                f"at least {AIM}",
            ),
        ]
    )


def coders_by_pandas(survey: Any, lone: Any) -> Callable[[int], Any]:
    """What one would write without the package; journals with a single coder keep it."""
    n = len(survey.records.main)
    values = pd.DataFrame(lone.values[:n], columns=[i.id for i in survey.codebook.scored_items])
    values["journal"] = survey.records.journal[survey.records.main]
    reading = lone.reading[:n]
    items = values.columns[:-1]
    generator = np.random.default_rng(SEED)
    shape = 1 / CV**2

    def work(n: int) -> Any:
        scores, ranks = [], []
        for _ in range(n):
            wait = generator.random(reading.max() + 1)
            first = values.assign(wait=wait[reading]).sort_values("wait").groupby("journal").first()
            weight = pd.Series(generator.gamma(shape, 1 / shape, len(items)), items)
            score = first[items].mul(weight, axis=1).sum(axis=1) / weight.sum()
            scores.append(score)
            ranks.append(score.round(12).rank(method="min", ascending=False))
        found = pd.concat(scores, axis=1), pd.concat(ranks, axis=1)
        for table in found:
            table.quantile([0.05, 0.5, 0.95], axis=1)
        return found[0].mean(axis=1).to_numpy()

    return work


# Many journals ------------------------------------------------------------------------------------------


def memory(n_journals: int, n_draws: int) -> None:
    from _survey import write_survey

    rows = [("journals", "draws", "doubted", "distinct", "seconds", "MB over the loaded survey")]
    with tempfile.TemporaryDirectory(prefix="rdpscore-benchmark-") as folder:
        path = Path(folder) / "survey"
        write_survey(path, n_journals, SEED)
        for doubt, n in (
            ("weights", n_draws // 2),
            ("weights", n_draws),
            ("coders, weights", n_draws // 10),
            ("coders, weights", n_draws // 5),
            ("everything", n_draws // 10),
        ):
            found = child(__file__, "--task", path, n, doubt)
            over = found["peak"] - found["loaded"]
            units, seconds = f"{found['units']:,}", f"{found['seconds']:.1f}"
            rows.append((f"{n_journals:,}", f"{n:,}", doubt, units, seconds, f"{over:,.0f}"))
    print()
    show(rows)


def many(folder: Path, n_draws: int, doubt: str) -> dict[str, Any]:
    """Draws on a generated survey, in a process of its own."""
    import rdpscore
    from rdpscore.inference import clusters
    from rdpscore.uncertainty.counting import count_draws
    from rdpscore.uncertainty.doubted import model
    from rdpscore.uncertainty.draws import CHUNK

    survey = rdpscore.load(folder)
    loaded = (survey.records, survey.resolved) and resident()
    peak_memory(reset=True)
    start = time.process_time()
    if doubt == "coders, weights":
        from rdpscore.uncertainty.ranges import count, model_of

        both = model_of(survey, survey.codebook.scheme(), seed=SEED, cv=CV)
        count(both, ("both",), n_draws, clusters(survey))["both"][0].summary()
        spent = time.process_time() - start
        return {"seconds": spent, "loaded": loaded, "peak": peak_memory(), "units": len(both.units[0])}
    made = model(survey, survey.codebook.scheme(), assumptions(doubt), SEED)
    tally, _ = count_draws(made, range(-(-n_draws // CHUNK)), n_draws)
    tally.summary()
    return {
        "seconds": time.process_time() - start,
        "loaded": loaded,
        "peak": peak_memory(),
        "units": len(made.units[0]),
    }


if __name__ == "__main__":
    main()
