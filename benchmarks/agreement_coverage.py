"""How often 95 % intervals of alpha hold the true value, when journals come in publishers as in the shipped survey.

Each replication draws a survey: 17 publishers with the shipped survey's numbers of journals, two coders a journal. An
answer is cut from a normal latent strictness, the sum of what the publisher, the policy and the coder's reading add;
the cuts give the options their shares. A publisher's strictness is in half common to all items. Where policies are
shared, the journals of a publisher have one to three policies between them and half of the policies were read once for
all their journals; else every journal has its own policy and its own two readings. The true alpha is that of a
population of 50,000 such publishers.

Compared, over clusters unless said: the default (delete-one-cluster jackknife, Student's t on −ln(1 − α)), the
percentile and the BCa bootstrap, and the percentile bootstrap that draws journals. An interval counts only where the
rule of few clusters gives one; "none" is how often it does not. The table in docs/agreement.md is this script's.

    python benchmarks/agreement_coverage.py                       # some minutes on one core
    python benchmarks/agreement_coverage.py --replications 200    # under a minute
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from _timing import machine, show

from rdpscore.agreement.interval import MOST_DEGENERATE, intervals
from rdpscore.agreement.panels import Entry, Measure, Panel
from rdpscore.agreement.statistics import Layout, unit_statistics
from rdpscore.inference import bootstrap

Floats = npt.NDArray[np.float64]

SIZES = (15, 14, 11, 6, 1, 9, 7, 15, 9, 15, 1, 9, 9, 9, 11, 15, 15)
"""Journals of each publisher of the shipped survey."""
POPULATION = 3000
"""The true alpha is that of so many surveys taken together."""

BALANCED, SKEWED, RARE = (0.5, 0.3, 0.2), (0.8, 0.15, 0.05), (0.93, 0.05, 0.02)
SHIPPED = (
    (0.05, 0.95), (0.25, 0.44, 0.31), (0.57, 0.34, 0.09), (0.39, 0.61), (0.26, 0.56, 0.18),
    (0.57, 0.09, 0.34), (0.21, 0.42, 0.37), (0.77, 0.18, 0.05), (0.81, 0.13, 0.06), (0.38, 0.4, 0.22),
    (0.83, 0.12, 0.05), (0.83, 0.12, 0.05), (0.92, 0.06, 0.02), (0.99, 0.006, 0.004), (0.92, 0.06, 0.02),
    (0.99, 0.006, 0.004), (0.97, 0.02, 0.01),
)  # fmt: skip
"""Shares of options of 17 items, about as skewed as in the shipped survey."""

METHODS = ("jackknife", "percentile", "bca", "journals")


@dataclass(frozen=True)
class Design:
    """A survey to draw.

    Attributes
    ----------
    name : str
    items : tuple of tuple of float
        Shares of the options of each item.
    shared : bool
        Whether journals share policies, and half of the policies one reading.
    publisher, policy : float
        Share of the latent variance between publishers, and between a publisher's policies; the rest is the coder's.
    """

    name: str
    items: tuple[tuple[float, ...], ...]
    shared: bool
    publisher: float = 0.45
    policy: float = 0.25


DESIGNS = tuple(
    Design(f"{name}, {'shared' if shared else 'own'} policies", items, shared)
    for name, items in (
        ("one item 50/30/20", (BALANCED,)),
        ("one item 80/15/5", (SKEWED,)),
        ("one item 93/5/2", (RARE,)),
        ("17 items", SHIPPED),
    )
    for shared in (False, True)
)


def main() -> None:
    parser = argparse.ArgumentParser(description="Coverage of intervals of alpha under clustering.")
    parser.add_argument(
        "--replications", type=int, default=2000, help="surveys of each design (default: 2,000)"
    )
    parser.add_argument(
        "--resamples", type=int, default=1000, help="resamples of each survey (default: 1,000)"
    )
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(machine())
    print(f"{arguments.replications:,} surveys a design, {arguments.resamples:,} resamples each\n")
    rows = [("design", "true alpha", *METHODS, "none")]
    for design in DESIGNS:
        found = coverage(design, arguments.replications, arguments.resamples, arguments.seed)
        shares = [f"{100 * found.covered[m]:.1f}" for m in METHODS]
        rows.append((design.name, f"{found.truth:.3f}", *shares, f"{100 * found.none:.1f}"))
    show(rows)


@dataclass(frozen=True)
class Coverage:
    """What a simulation found: the true alpha, how often each method held it, how often there was no interval."""

    truth: float
    covered: dict[str, float]
    none: float


def coverage(design: Design, replications: int, resamples: int, seed: int, chunk: int = 100) -> Coverage:
    """Draw surveys and count how often intervals hold the true alpha."""
    generator = np.random.default_rng(seed)
    truth = true_alpha(design, generator)
    held: dict[str, list[bool]] = {m: [] for m in METHODS}
    for start in range(0, replications, chunk):
        for journals in surveys(design, min(chunk, replications - start), generator):
            for name, covers in bounds(design, journals, truth, resamples, start).items():
                held[name].append(covers)
    covered = {m: float(np.mean(held[m])) if held[m] else float("nan") for m in METHODS}
    return Coverage(truth, covered, 1 - len(held["jackknife"]) / replications)


def bounds(design: Design, journals: Floats, truth: float, resamples: int, seed: int) -> dict[str, bool]:
    """Whether each method's interval holds the truth; nothing where there is none."""
    publishers = np.add.reduceat(journals, np.cumsum([0, *SIZES[:-1]]), axis=0)
    measure = measured(design, publishers)
    interval = intervals(measure, n_resamples=0)[0]
    drawn = bootstrap(publishers, measure.function, resamples, seed, measure.present)
    if interval.low is None or interval.high is None or drawn.degenerate[0] > MOST_DEGENERATE * resamples:
        return {}
    each = {"jackknife": (interval.low, interval.high)}
    for method in ("percentile", "bca"):
        low, high = drawn.bounds(method=method)
        each[method] = (low[0], high[0])
    by_journal = measured(design, journals)
    low, high = bootstrap(journals, by_journal.function, resamples, seed, by_journal.present).bounds()
    each["journals"] = (low[0], high[0])
    return {name: bool(low <= truth <= high) for name, (low, high) in each.items()}


def measured(design: Design, statistics: Floats) -> Measure:
    """The nominal alpha of a survey, stratified over the items where there are several."""
    entries, start, none = [], 0, np.zeros(0, np.intp)
    for k, shares in enumerate(design.items):
        layout = Layout(len(shares))
        at = slice(start, start + layout.size)
        values = np.arange(1.0, len(shares) + 1)
        entries.append(Entry(f"item{k}", "nominal", values, None, layout, at, none, none))
        start = at.stop
    panel = Panel(tuple(entries), statistics, tuple(map(str, range(len(statistics)))), "publisher", ())
    return panel.stratified("exact")


def true_alpha(design: Design, generator: np.random.Generator) -> float:
    """Alpha of the population that surveys are drawn from."""
    chunk = 50
    total = sum(
        np.asarray(list(surveys(design, chunk, generator))).sum(axis=(0, 1))
        for _ in range(POPULATION // chunk)
    )
    return float(measured(design, np.asarray(total)[None]).function(np.asarray(total))[0])


def surveys(design: Design, n: int, generator: np.random.Generator) -> Iterator[Floats]:
    """Statistics of each journal of each of n surveys, shape (n_journals, n_statistics)."""
    answers = draw(design, n, generator)
    columns = []
    for k, shares in enumerate(design.items):
        counts = (answers[..., k, None] == np.arange(len(shares))).sum(axis=2).astype(float)
        columns.append(unit_statistics(counts.reshape(-1, len(shares))).reshape(*counts.shape[:2], -1))
    yield from np.concatenate(columns, axis=2)


def draw(design: Design, n: int, generator: np.random.Generator) -> npt.NDArray[np.intp]:
    """Answers, shape (n, n_journals, 2 coders, n_items)."""
    k, publisher = len(design.items), np.repeat(np.arange(len(SIZES)), SIZES)
    n_journals = len(publisher)
    normal = generator.standard_normal
    strict = np.sqrt(0.5) * (normal((n, len(SIZES), 1)) + normal((n, len(SIZES), k)))
    policy, reading = normal((n, n_journals, k)), normal((n, n_journals, 2, k))
    if design.shared:
        # each journal takes the policy of one of the first one to three journals of its publisher
        first = np.repeat(np.cumsum([0, *SIZES[:-1]]), SIZES)
        n_policies = np.minimum(generator.integers(1, 4, (n, len(SIZES))), SIZES)[:, publisher]
        of = first + np.floor(generator.random((n, n_journals)) * n_policies).astype(int)
        survey = np.arange(n)[:, None]
        policy = policy[survey, of]
        once = generator.random((n, n_journals))[survey, of] < 0.5
        reading = np.where(once[..., None, None], reading[survey, of], reading)
    latent = (
        np.sqrt(design.publisher) * strict[:, publisher, None, :]
        + np.sqrt(design.policy) * policy[:, :, None, :]
        + np.sqrt(1 - design.publisher - design.policy) * reading
    )
    out = np.zeros(latent.shape, np.intp)
    for i, shares in enumerate(design.items):
        out[..., i] = np.searchsorted(cuts(shares), latent[..., i])
    return out


def cuts(shares: Sequence[float]) -> Floats:
    """Where to cut a standard normal variable so that the pieces have these shares."""
    below = np.cumsum(shares)[:-1]
    return np.array([NormalDist().inv_cdf(float(b)) for b in below])


__all__ = ["DESIGNS", "Coverage", "Design", "coverage", "replace"]

if __name__ == "__main__":
    main()
