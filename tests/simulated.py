"""Surveys simulated from known truths, by named coders with errors of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.codebook import Codebook
from rdpscore.scoring import posterior
from rdpscore.survey import Survey

Floats = npt.NDArray[np.float64]


def simulate(
    codebook: Codebook, n: int, readings: int, seed: int, *, n_coders: int = 4, right: float | None = None
) -> tuple[Survey, Floats]:
    """A survey and the true scores (mean of the scored items) of its journals.

    Shares of the answers are uniform Dirichlet; each row of each coder's error matrix is Dirichlet with 4 on the right
    answer and 1 over the wrong ones (mean accuracy 0.8), or right with a given chance.
    """
    generator = np.random.default_rng([seed, n, readings])
    who = np.array([generator.choice(n_coders, readings, replace=False) for _ in range(n)])
    rows, worth = [], []
    for item in codebook.closed_items:
        k = len(item.options)
        truth = generator.choice(k, n, p=generator.dirichlet(np.ones(k)))
        if item.scored:
            worth.append(np.asarray(item.scores)[truth])
        errors = np.zeros((n_coders, k, k))
        for t in range(k):
            prior = np.where(np.arange(k) == t, 4.0, 1 / (k - 1))
            errors[:, t] = generator.dirichlet(prior, n_coders)
            if right is not None:
                errors[:, t] = np.where(np.arange(k) == t, right, (1 - right) / (k - 1))
        for j in range(n):
            for c in who[j]:
                code = item.codes[generator.choice(k, p=errors[c, truth[j]])]
                rows.append((f"j{j:03}", f"person-{c}", item.id, code))
    codings = pd.DataFrame(rows, columns=["journal_id", "coder", "item", "answer"])
    ids = [f"j{j:03}" for j in range(n)]
    journals = pd.DataFrame({"journal_id": ids, "title": [f"Journal {i}" for i in ids], "publisher": "P"})
    return Survey.from_frames(codebook, journals, codings), np.mean(worth, axis=0)


@dataclass(frozen=True)
class Coverage:
    """How the posterior of one simulated survey did."""

    covered: float
    width: float
    error: float
    rhat: float


def coverage(
    codebook: Codebook,
    seed: int,
    *,
    n: int = 150,
    readings: int = 3,
    n_coders: int = 4,
    n_draws: int,
    n_burn: int,
) -> Coverage:
    """Share of true scores inside the 95 % intervals, mean width, mean absolute error, R-hat."""
    survey, truth = simulate(codebook, n, readings, seed, n_coders=n_coders)
    result = posterior(survey, n_draws=n_draws, n_burn=n_burn, seed=seed)
    table = result.journals
    inside = (truth >= table["low"] - 1e-12) & (truth <= table["high"] + 1e-12)
    return Coverage(
        float(inside.mean()),
        float((table["high"] - table["low"]).mean()),
        float((table["mean"] - truth).abs().mean()),
        float(result.rhat or 1),
    )
