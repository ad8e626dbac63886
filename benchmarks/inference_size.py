"""How often tests find an effect where there is none, at the publishers of the shipped survey.

Each run draws scores for the shipped survey's journals: what their publisher adds, what the journal adds, and in some
designs a slope of each publisher's own whose mean is 0. Predictors are the survey's: impact (log2) and access model of
journals, society publisher or not. Three quarters of the variance lie between publishers, as in the survey (η² 0.75).
A test at 5 % should find an effect in 5 % of the runs.

*within*: an intercept a publisher. *pooled*: all journals. *between*: one row a publisher, with the means of its
journals. A publisher's own slope has the standard deviation of half the journals' own scatter, per standard deviation
of the predictor within publishers.

Compared: least squares that takes rows as independent; a random intercept (`statsmodels`, fewer runs); CR1 with
t(G − 1); CR3 with the same; CR2 with Satterthwaite's degrees of freedom; the wild cluster bootstrap (999 draws); the
verdict, which needs the last two; fractional logit; permuted ranks. The table in docs/inference.md is this script's.

    python benchmarks/inference_size.py               # some ten minutes on one core
    python benchmarks/inference_size.py --runs 200    # a minute and a half
"""

from __future__ import annotations

import argparse
import os
import warnings
from dataclasses import dataclass
from functools import cache

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt
from _timing import machine, show

from rdpscore.inference import (
    coefficient_test,
    decide,
    fit,
    fractional_logit,
    permutation_test,
    wild_bootstrap,
)

Floats = npt.NDArray[np.float64]

BETWEEN = 0.75
"""Share of the variance that lies between publishers."""
MEAN, SPREAD = 0.5, 0.1
"""Of the scores; wide of 0 and 1, so that none is cut off."""
SLOPES = 0.5
DRAWS = 999

METHODS = ("naive", "intercept", "CR1", "CR3", "CR2", "WCR", "verdict", "fractional", "ranks")
SET_VERDICTS = ("CR2", "WCR", "verdict")


@dataclass(frozen=True)
class Design:
    """What is asked.

    Attributes
    ----------
    question : {"within", "pooled", "between"}
    predictor : {"impact", "access", "society"}
    slopes : bool
        Whether publishers have slopes of their own.
    """

    question: str
    predictor: str
    slopes: bool = False

    @property
    def name(self) -> str:
        """``"within, impact, slopes vary"``."""
        return f"{self.question}, {self.predictor}" + (", slopes vary" if self.slopes else "")


DESIGNS = (
    *(Design(q, p, s) for q in ("within", "pooled") for p in ("impact", "access") for s in (False, True)),
    Design("pooled", "society"),
    *(Design("between", p) for p in ("impact", "access", "society")),
)


def main() -> None:
    parser = argparse.ArgumentParser(description="Size of tests with few publishers.")
    parser.add_argument("--runs", type=int, default=2000, help="runs of each design (default: 2,000)")
    parser.add_argument("--mixed", type=int, default=200, help="of the random intercept (default: 200)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(machine())
    print(f"{arguments.runs:,} runs a design, {arguments.mixed:,} of the random intercept; % found at 5 %\n")
    rows = [("design", "df", *METHODS)]
    for design in DESIGNS:
        found = size(design, arguments.runs, arguments.seed, arguments.mixed)
        shares = ["–" if np.isnan(found[m]) else f"{100 * found[m]:.1f}" for m in METHODS]
        rows.append((design.name, f"{found['df']:.1f}", *shares))
    show(rows)


def size(design: Design, runs: int, seed: int, mixed: int = 0) -> dict[str, float]:
    """Share of runs in which each method finds an effect (NaN without runs), and CR2's degrees of freedom."""
    generator = np.random.default_rng(seed)
    x, code = predictor(design.predictor)
    hits: dict[str, list[bool]] = {m: [] for m in METHODS}
    df = np.nan
    for run in range(runs):
        y = scores(design, x, code, generator)
        df, p = tests(design, y, x, code, run)
        if run < mixed and design.question != "between":
            p["intercept"] = random_intercept(y, x, code)
        for method, value in p.items():
            hits[method].append(value is not None and value <= 0.05)
    return {"df": df} | {m: float(np.mean(h)) if h else float("nan") for m, h in hits.items()}


def scores(design: Design, x: Floats, code: npt.NDArray[np.intp], generator: np.random.Generator) -> Floats:
    """Scores that do not depend on the predictor, but for slopes whose mean is 0."""
    n = code.max() + 1
    own = np.sqrt(1 - BETWEEN)
    z = np.sqrt(BETWEEN) * generator.standard_normal(n)[code] + own * generator.standard_normal(len(x))
    if design.slopes:
        inside = x - (np.bincount(code, x) / np.bincount(code))[code]
        z += SLOPES * own * generator.standard_normal(n)[code] * inside / inside.std()
    return np.clip(MEAN + SPREAD * z, 0, 1)


def tests(
    design: Design, y: Floats, x: Floats, code: npt.NDArray[np.intp], seed: int
) -> tuple[float, dict[str, float | None]]:
    """CR2's degrees of freedom, and p by each method but the random intercept."""
    groups = code if design.question == "within" else None
    ranks = permutation_test(
        y,
        x,
        code,
        between=design.question == "between" or design.predictor == "society",
        n_draws=DRAWS,
        seed=seed,
    )
    if design.question == "between":
        count = np.bincount(code)
        y, x, code = np.bincount(code, y) / count, np.bincount(code, x) / count, np.arange(len(count))
    columns = x[:, None] if groups is not None else np.column_stack([x, np.ones(len(x))])
    fitted = fit(y, columns, code, absorb=groups)
    cr2 = coefficient_test(fitted, 0, "CR2")
    wild = wild_bootstrap(fitted, 0, n_draws=DRAWS, seed=seed, weights="rademacher")
    p = {
        "naive": coefficient_test(fitted, 0, "classical").p(),
        "CR1": coefficient_test(fitted, 0, "CR1").p(),
        "CR3": coefficient_test(fitted, 0, "CR3").p(),
        "CR2": cr2.p(),
        "WCR": wild.p(),
        "fractional": fractional_logit(y, columns, code, 0, absorb=groups).p(),
    }
    if design.question != "pooled" or design.predictor == "society":
        p["ranks"] = ranks.p
    said = "inconclusive"
    if p["CR2"] is not None and p["WCR"] is not None and cr2.df is not None:
        said = decide(p=(p["CR2"], p["WCR"]), narrow=(None, None), df=cr2.df, bound=None).word
    p["verdict"] = 0.0 if said == "effect" else 1.0
    return float(cr2.df or np.nan), p


def random_intercept(y: Floats, x: Floats, code: npt.NDArray[np.intp]) -> float | None:
    """p of a slope beside a random intercept, by REML and z, as `statsmodels` prints it."""
    import statsmodels.api as sm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            # outcomes and predictor of standard size: the optimiser is not at fault
            done = sm.MixedLM(y / SPREAD, np.column_stack([x / x.std(), np.ones(len(x))]), code).fit()
        except np.linalg.LinAlgError:
            return None
    return float(done.pvalues[0])


@cache
def predictor(name: str) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Values of the shipped survey's journals, and their publishers; without journals of no known impact."""
    import rdpscore
    from rdpscore.inference import clusters

    survey = rdpscore.load()
    table = survey.journals
    impact = table["impact"].astype(float).to_numpy()
    keep = np.isfinite(impact) & (impact > 0)
    values = {
        "impact": np.log2(np.where(keep, impact, 1.0)),
        "access": (table["access_model"] == "open_access").to_numpy(float),
        "society": table["society_publisher"].astype(str).str.lower().eq("true").to_numpy(float),
    }[name]
    code = np.unique(clusters(survey).code[keep], return_inverse=True)[1]
    return values[keep], code.reshape(-1)


__all__ = ["DESIGNS", "METHODS", "SET_VERDICTS", "Design", "size"]

if __name__ == "__main__":
    main()
