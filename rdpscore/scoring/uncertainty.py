"""Scores and ranks under both doubts at once: which coder had coded alone, and which weights are right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.codebook import Scheme
from rdpscore.codebook.weights import Weights, weights
from rdpscore.inference import Clusters, clusters
from rdpscore.results import Result, records
from rdpscore.scoring.dawid_skene import PosteriorResult, posterior
from rdpscore.scoring.draws import CHUNK, IMAGINED, LoneCoders, lone_coders
from rdpscore.scoring.processes import pool
from rdpscore.scoring.spread import NOT_AN_INTERVAL, SpreadResult, group_means, spread
from rdpscore.scoring.tally import Tally, ranks
from rdpscore.survey import Survey
from rdpscore.survey.rows import Rows, resolved_rows, rows, the_scheme
from rdpscore.validation import check

Floats = npt.NDArray[np.float64]

Source = Literal["coder", "weights"]
SOURCES: tuple[Source, ...] = get_args(Source)
CV = 0.5
"""Coefficient of variation of a weight, where none is named: of weights around 1 seven in ten are 0.5 to 1.5."""


@dataclass(frozen=True)
class UncertaintyResult(Result):
    """Scores and ranks under the doubts named; see `uncertainty`.

    Attributes
    ----------
    scheme : Scheme
    sources : tuple of str
        ``coder``, ``weights``, and ``both`` where both are asked for.
    journals : DataFrame
        One row a journal, by rank: journal_id, title, publisher, score, rank, tied, n_coders, borrowed, shift; for each
        source its ``_low``, ``_high``, ``_sd``, ``_rank_median``, ``_rank_low``, ``_rank_high``; and, with both,
        ``coder_share``, ``weights_share`` and ``interaction_share`` of the variance under both.
    publishers : DataFrame
        The same of publishers' means.
    spread : SpreadResult
        What lies behind ``coder``.
    posterior : PosteriorResult
        Of the true scores, where it is identified; else its reason.
    """

    scheme: Scheme
    sources: tuple[str, ...]
    journals: pd.DataFrame
    publishers: pd.DataFrame
    spread: SpreadResult
    posterior: PosteriorResult

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"journals": self.journals, "publishers": self.publishers, "items": self.spread.items}

    def body(self) -> Any:
        return {
            "scheme": self.scheme.id,
            "sources": list(self.sources),
            "meaning": NOT_AN_INTERVAL,
            "mean": self.spread.mean,
            "coder_share": self.spread.coder_share,
            "joint_share": self.spread.joint_share,
            "posterior": self.posterior.body() if self.posterior.reason is None else None,
            "posterior_reason": self.posterior.reason,
            **{name: records(table) for name, table in self.tables().items()},
        }


@dataclass(frozen=True, eq=False)
class _Model:
    """All that a draw needs; the same in every process."""

    lone: LoneCoders
    coded: Rows  # of the different patterns of answers
    resolved: Rows
    used: Weights
    groups: Clusters
    centre: Floats
    cv: float
    seed: int

    def chunk(self, index: int, n: int, names: tuple[str, ...]) -> dict[str, Floats]:
        """Scores of the journals in the draws of a chunk, each of shape (n, n_journals), for each of the names.

        ``expected`` is the mean over the coders under the weights of each draw.
        """
        out: dict[str, Floats] = {}
        drawn = (
            drawn_weights(self.used, self.cv, self.seed, index, n) if set(names) - {"coder"} else self.used
        )
        choice = self.lone.chunk(index, n, self.seed) if set(names) - {"weights"} else None
        if "weights" in names:
            out["weights"] = self.resolved.scores(drawn)
        if choice is None:
            return out
        if "coder" in names:
            out["coder"] = self._picked(self.coded.scores(self.used)[None], choice)
        if "both" in names:
            of_pattern = self.coded.scores(drawn)
            out["both"] = self._picked(of_pattern, choice)
            if "expected" in names:
                out["expected"] = expected(self.lone, of_pattern[:, self.lone.patterns[1]])
        return out

    def _picked(self, of_pattern: Floats, choice: npt.NDArray[np.intp]) -> Floats:
        """Scores of the rows chosen; `of_pattern` has a row a draw, or one for all."""
        if not of_pattern.shape[1]:
            return np.full(choice.shape, np.nan)
        place = self.lone.patterns[1][np.maximum(choice, 0)]
        if len(of_pattern) > 1:
            place += (np.arange(len(choice)) * of_pattern.shape[1])[:, None]
        out = of_pattern.reshape(-1)[place]
        known = (self.lone.n_coders > 1) | self.lone.borrowed
        return out if known.all() else np.where(known, out, np.nan)


def expected(lone: LoneCoders, of_row: Floats) -> Floats:
    """Mean over what one coder or another gives, shape (…, n_journals); NaN where there is nothing.

    Parameters
    ----------
    lone : LoneCoders
    of_row : float array, shape (n_draws, n_rows)
        Scores of the rows of `lone`.
    """
    from scipy.sparse import csr_array

    journal, nth = np.nonzero(lone.rows >= 0)
    single = np.flatnonzero(lone.borrowed)
    row = np.concatenate(
        [lone.rows[journal, nth], (lone.imagined[single, None] + np.arange(IMAGINED)).ravel()]
    )
    weight = np.concatenate([np.ones(len(journal)), np.full(len(single) * IMAGINED, 1 / IMAGINED)])
    to = np.concatenate([journal, np.repeat(single, IMAGINED)])
    matrix = csr_array((weight, (to, row)), shape=(len(lone.rows), len(lone.option)))
    there = ~np.isnan(of_row)
    total, n = (np.asarray(matrix @ a.T).T for a in (np.where(there, of_row, 0.0), there.astype(float)))
    return np.asarray(np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0))


def uncertainty(
    survey: Survey,
    scheme: Scheme | str | Path | None = None,
    sources: tuple[Source, ...] = SOURCES,
    *,
    n_draws: int = 10_000,
    seed: int = 1,
    cv: float = CV,
    possible: bool = False,
    processes: int = 1,
) -> UncertaintyResult:
    """Scores and ranks of journals and publishers under the coders' doubt, the weights', and both.

    Parameters
    ----------
    survey : Survey
    scheme : Scheme, str or Path, optional
        As for `score`.
    sources : tuple of {"coder", "weights"}
    n_draws, seed : int
    cv : float
        Coefficient of variation of each weight, greater than 0.
    possible : bool
        Take journals of one publisher with identical codings as read once.
    processes : int
        Of no influence on the result.

    Raises
    ------
    InvalidInput
        If the survey has errors, or the scheme is unknown or does not fit the codebook.
    ValueError
        If a source is none of the two, or `cv` is not positive.

    Notes
    -----
    *coder*: one coder alone had coded each reading; weights are the scheme's. *weights*: resolved answers, and each
    weight drawn from a gamma distribution with the scheme's weight as its mean, normalised in the score's own formula.
    *both*: both at once, independently. ``weights_share`` is the variance over the weights of the mean over the coders,
    ``coder_share`` that over the coders at the scheme's weights, both as parts of the variance under both; what is left
    is their interaction (and the chance of the draws).

    Scores are counted in steps of 1/2000, so that memory does not grow with the draws.

    Checked against: closed forms of the variance of a gamma-weighted mean, and enumeration on small surveys.
    """
    if not sources or set(sources) - set(SOURCES):
        raise ValueError(f"sources are {' and '.join(SOURCES)}; not {', '.join(sources) or 'none'}")
    if not cv > 0:
        raise ValueError(f"a coefficient of variation is greater than 0, not {cv}")
    problems = check(survey)
    problems.raise_errors()
    chosen = the_scheme(survey, scheme)
    groups = clusters(survey)
    model = model_of(survey, chosen, seed=seed, cv=cv, possible=possible)
    asked = tuple(s for s in SOURCES if s in sources)
    names = (*asked, "both", "expected") if len(asked) == 2 else asked
    tallies = count(model, names, n_draws, processes)
    apart = spread(survey, chosen, n_draws=n_draws, seed=seed, possible=possible, processes=processes)
    shown = tuple(n for n in names if n != "expected")
    settings = dict(apart.settings) | {"sources": list(shown), "cv": cv}
    return UncertaintyResult(
        settings,
        problems,
        chosen,
        shown,
        _journals(apart, tallies),
        _publishers(apart, groups, tallies),
        apart,
        posterior(survey, chosen, seed=seed),
    )


def drawn_weights(used: Weights, cv: float, seed: int, index: int, n: int) -> Weights:
    """A chunk of weights: gamma variables with the scheme's weights as means, independent of each other.

    Parameters
    ----------
    used : Weights
    cv : float
        Coefficient of variation.
    seed, index, n : int
        Seed, number of the chunk, and number of draws in it.

    Returns
    -------
    Weights
        With a leading axis of n draws. A weight of 0 stays 0.
    """
    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(index, 2)))
    shape = 1 / cv**2
    item = generator.gamma(shape, 1 / shape, (CHUNK, used.item.shape[-1]))[:n] * used.item
    dimension = np.broadcast_to(used.dimension, (n, used.dimension.shape[-1]))
    if used.dimension.shape[-1] > 1:
        dimension = dimension * generator.gamma(shape, 1 / shape, (CHUNK, used.dimension.shape[-1]))[:n]
    return replace(used, item=item, dimension=dimension)


def model_of(
    survey: Survey, scheme: Scheme, *, seed: int = 1, cv: float = CV, possible: bool = False
) -> _Model:
    """All that draws need; see `uncertainty`."""
    used = weights(scheme, survey.codebook)
    lone = lone_coders(survey, possible=possible, seed=seed)
    resolved = resolved_rows(survey, scheme)
    coded = rows(survey.codebook, scheme, lone.patterns[0])
    return _Model(lone, coded, resolved, used, clusters(survey), resolved.scores(used), cv, seed)


# Counting -----------------------------------------------------------------------------------------------


def count(
    model: _Model, names: tuple[str, ...], n_draws: int, processes: int
) -> dict[str, tuple[Tally, Tally]]:
    """For each source the counts of journals and of publishers, the mean of all journals last among these."""
    indices = range(-(-n_draws // CHUNK))
    shares = [list(indices[k::processes]) for k in range(max(processes, 1)) if indices[k::processes]]
    if len(shares) < 2:
        parts = [_counted(model, names, n_draws, share) for share in shares or [[]]]
    else:
        with pool(len(shares)) as workers:
            work = [workers.submit(_counted, model, names, n_draws, share) for share in shares]
            parts = [w.result() for w in work]
    first, rest = parts[0], parts[1:]
    return {
        name: (first[name][0].merge(p[name][0] for p in rest), first[name][1].merge(p[name][1] for p in rest))
        for name in names
    }


def _counted(
    model: _Model, names: tuple[str, ...], n_draws: int, indices: list[int]
) -> dict[str, tuple[Tally, Tally]]:
    top = max(1.0, model.used.scale)
    of_groups = np.nan_to_num(group_means(model.centre[:, None], model.groups)[0, :-1])
    journals = np.nan_to_num(model.centre)
    out = {name: (Tally(journals, top), Tally(of_groups, top)) for name in names}
    for index in indices:
        n = min(CHUNK, n_draws - index * CHUNK)
        for name, scores in model.chunk(index, n, names).items():
            own, grouped = out[name]
            own.add(index, scores)
            grouped.add(index, group_means(scores.T, model.groups)[:, :-1])
    return out


# Tables -------------------------------------------------------------------------------------------------


def _journals(apart: SpreadResult, tallies: dict[str, tuple[Tally, Tally]]) -> pd.DataFrame:
    known = apart.journals
    out = known[["journal_id", "title", "publisher", "score"]].copy()
    out["rank"], out["tied"] = _ranked(out["score"])
    for column in ("n_coders", "borrowed", "shift", "reason"):
        out[column] = known[column]
    found = {name: own.summary() for name, (own, _) in tallies.items()}
    if "coder" in found:  # of one journal they are counted exactly
        found["coder"] |= {c: known[c].to_numpy(float) for c in ("low", "high", "sd")}
    out = out.join(pd.DataFrame(dict(_columns(found)), index=out.index))
    return out.sort_values(["rank", "publisher", "title"], na_position="last", ignore_index=True)


def _publishers(
    apart: SpreadResult, groups: Clusters, tallies: dict[str, tuple[Tally, Tally]]
) -> pd.DataFrame:
    known = apart.publishers
    place = [groups.labels.index(p) for p in known["publisher"]]
    out = known[["publisher", "n_journals", "n_readings", "n_borrowed", "score"]].copy()
    out["rank"], out["tied"] = _ranked(out["score"])
    out["shift"], out["reason"] = known["shift"], known["reason"]
    found = {name: {c: v[place] for c, v in own.summary().items()} for name, (_, own) in tallies.items()}
    if "coder" in found:
        found["coder"] |= {c: known[c].to_numpy(float) for c in ("low", "high", "sd")}
    return out.join(pd.DataFrame(dict(_columns(found)), index=out.index))


def _columns(found: dict[str, dict[str, Floats]]) -> Iterator[tuple[str, Floats]]:
    for name in [n for n in found if n != "expected"]:
        values = found[name]
        for column in ("low", "high", "sd", "rank_median", "rank_low", "rank_high"):
            yield f"{name}_{column}", values[column]
    if "both" in found:
        whole, *parts = (found[name]["sd"] ** 2 for name in ("both", "coder", "expected"))
        shares = [np.divide(p, whole, out=np.full(len(whole), np.nan), where=whole > 0) for p in parts]
        yield "coder_share", shares[0]
        yield "weights_share", shares[1]
        yield "interaction_share", 1 - shares[0] - shares[1]


def _ranked(scores: pd.Series) -> tuple[Any, Any]:
    """Rank of each score and with how many it is shared; missing without a score."""
    values = scores.to_numpy(float)
    rank = pd.Series(ranks(values[None, :])[0], scores.index, dtype="Int64").where(~np.isnan(values))
    return rank, (rank.map(rank.value_counts()) - 1).astype("Int64")
