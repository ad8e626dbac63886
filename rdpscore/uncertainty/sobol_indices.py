"""Sobol indices: what share of an output's variance each independent input bears, alone and with the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rdpscore.scoring.means import Floats

RESAMPLES = 200


@dataclass(frozen=True)
class Index:
    """First-order and total index of one input for one output.

    Attributes
    ----------
    output, input : str
    first : float or None
        Share of the output's variance that goes if the input is known: Var(E[y | x]) / Var(y).
    total : float or None
        Share that stays if all others are known: its part in interactions counts, too. Totals add up to 1 or more.
    first_error, total_error : float or None
        Half widths of the bootstrapped 95 % intervals.
    reason : str or None
        ``no_variation`` where the output never changes, and nothing is defined.
    """

    output: str
    input: str
    first: float | None
    first_error: float | None
    total: float | None
    total_error: float | None
    reason: str | None = None


@dataclass(frozen=True)
class Indices:
    """Sobol indices of several outputs.

    Attributes
    ----------
    indices : tuple of Index
        Output by output, inputs in their order.
    remainder : dict
        Output → share of the variance that no input bears alone, 1 − Σ first: what they do together. None where the
        output never changes. Estimated, so it may lie a little below 0 where there are no interactions.
    base : int
        Size of the base sample; the model was evaluated ``base × (inputs + 2)`` times.
    """

    indices: tuple[Index, ...]
    remainder: dict[str, float | None]
    base: int

    def of(self, output: str) -> tuple[Index, ...]:
        """The indices of one output."""
        return tuple(i for i in self.indices if i.output == output)


def sobol(
    function: Callable[[Floats], dict[str, Floats]],
    inputs: Sequence[str],
    base: int = 1024,
    seed: int = 1,
) -> Indices:
    """Sobol indices of a function of independent inputs, uniform on 0 to 1.

    Parameters
    ----------
    function : callable
        Takes a float array of shape (n, n_inputs) and returns output → float array of shape (n,). It is called once.
    inputs : sequence of str
    base : int
        A power of 2.
    seed : int
        Of the scrambled Sobol sequence, and of the bootstrap behind the intervals.

    Raises
    ------
    ValueError
        If `base` is not a power of 2, or there is no input.

    Notes
    -----
    Sampling by Saltelli's scheme, estimators of Saltelli et al. 2010 (first order) and Jansen 1999 (total), by SALib.
    Outputs are standardised by SALib before. An input that does nothing has the index 0 exactly.

    References
    ----------
    Saltelli et al. 2010, Computer Physics Communications 181:259, doi 10.1016/j.cpc.2009.09.018.

    Checked against: the closed forms of a linear model and of the Ishigami function.
    """
    if not inputs:
        raise ValueError("there is no input, so there is nothing to attribute")
    if base < 2 or base & (base - 1):
        raise ValueError(f"the size of the base sample is a power of 2, not {base}")
    from SALib.analyze import sobol as analyse
    from SALib.sample import sobol as sample

    problem = {"num_vars": len(inputs), "names": list(inputs), "bounds": [[0.0, 1.0]] * len(inputs)}
    points = sample.sample(problem, base, calc_second_order=False, seed=seed)
    found: list[Index] = []
    remainder: dict[str, float | None] = {}
    for output, y in function(points).items():
        width = len(inputs) + 2
        if np.ptp(np.concatenate([y[::width], y[width - 1 :: width]])) < 1e-12:  # the two base samples
            found += [Index(output, name, None, None, None, None, "no_variation") for name in inputs]
            remainder[output] = None
            continue
        with np.errstate(invalid="ignore", divide="ignore"):  # resamples of a small base may not vary
            s = analyse.analyze(
                problem,
                y,
                calc_second_order=False,
                num_resamples=RESAMPLES,
                conf_level=0.95,
                seed=seed + 1,  # SALib takes a seed of 0 for none
            )
        columns = [s[c] for c in ("S1", "S1_conf", "ST", "ST_conf")]
        for k, name in enumerate(inputs):
            first, first_error, total, total_error = (_plain(c[k]) for c in columns)
            found.append(Index(output, name, first, first_error, total, total_error))
        remainder[output] = float(1 - np.sum(s["S1"]))
    return Indices(tuple(found), remainder, base)


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
