"""Scores and ranks under both doubts at once: which coder had coded alone, and which weights are right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from rdpscore.arguments import Count, checked
from rdpscore.codebook import Scheme
from rdpscore.inference import Clusters, clusters
from rdpscore.results import Result, records
from rdpscore.scoring.means import Bools, Floats
from rdpscore.scoring.scored_rows import the_scheme
from rdpscore.survey import Survey
from rdpscore.uncertainty.alternatives import Assumptions
from rdpscore.uncertainty.counting import (
    Pool,
    Units,
    of_journals,
    portions,
)
from rdpscore.uncertainty.doubted import Model, model
from rdpscore.uncertainty.draws import CHUNK
from rdpscore.uncertainty.lone_coder import (
    NOT_AN_INTERVAL,
    SpreadResult,
    group_means,
    spread,
)
from rdpscore.uncertainty.tally import Tally, ranks
from rdpscore.validation import check

Source = Literal["coder", "weights"]
SOURCES: tuple[Source, ...] = get_args(Source)
NO_RULES: dict[str, Any] = {"aggregation": (), "missing": (), "not_applicable": (), "leave_out": False}
"""Of `Assumptions`: the scheme's own rules."""
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
    """

    scheme: Scheme
    sources: tuple[str, ...]
    journals: pd.DataFrame
    publishers: pd.DataFrame
    spread: SpreadResult

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
            **{name: records(table) for name, table in self.tables().items()},
        }


@checked
def measure_uncertainty(
    survey: Survey,
    scheme: Scheme | str | Path | None = None,
    sources: tuple[Source, ...] = SOURCES,
    *,
    n_draws: Count = 10_000,
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
    made = model_of(survey, chosen, seed=seed, cv=cv, possible=possible)
    doubtful = np.zeros(len(survey.journal_ids), bool) if made.readers is None else made.readers.doubtful
    asked = tuple(s for s in SOURCES if s in sources)
    names = (*asked, "both", "expected") if len(asked) == 2 else asked
    tallies = count(made, names, n_draws, groups, processes)
    apart = spread(survey, chosen, n_draws=n_draws, seed=seed, possible=possible, processes=processes)
    shown = tuple(n for n in names if n != "expected")
    settings = dict(apart.settings) | {"sources": list(shown), "cv": cv}
    return UncertaintyResult(
        settings,
        problems,
        chosen,
        shown,
        _journals(made, apart, tallies, doubtful),
        _publishers(apart, groups, tallies),
        apart,
    )


def model_of(
    survey: Survey, scheme: Scheme, *, seed: int = 1, cv: float = CV, possible: bool = False
) -> Model:
    """The model of `sensitivity` without its rules: what is doubted here are weights and coders."""
    return model(survey, scheme, Assumptions(cv=cv, possible=possible, **NO_RULES), seed)


# Counting -----------------------------------------------------------------------------------------------


def count(
    made: Model, names: tuple[str, ...], n_draws: int, groups: Clusters, processes: int = 1
) -> dict[str, tuple[Tally, Tally]]:
    """For each name the counts of the model's units, and of groups of journals.

    Parameters
    ----------
    made : Model
    names : tuple of str
        Of ``coder``, ``weights``, ``both`` and ``expected``, the mean over the coders under the weights of each draw.
    n_draws : int
    groups : Clusters
    processes : int
        Of no influence on the result.
    """
    work = portions(n_draws, processes)
    with Pool(made, processes) as pool:
        parts = list(
            pool.map(_counted, work, *([each] * len(work) for each in (n_draws, tuple(names), groups)))
        )
    first, rest = parts[0], parts[1:]
    return {
        name: (first[name][0].merge(p[name][0] for p in rest), first[name][1].merge(p[name][1] for p in rest))
        for name in names
    }


def restricted(made: Model, name: str) -> Model:
    """The model behind a name of `count`."""
    if name == "weights":
        return made.only("weight")
    return made.only("coder") if name == "coder" else made


def _counted(
    made: Model, chunks: range, n_draws: int, names: tuple[str, ...], groups: Clusters
) -> dict[str, tuple[Tally, Tally]]:
    top = max(1.0, made.used.scale)
    centre = np.nan_to_num(group_means(made.base[:, None], groups)[0, :-1])
    models = {name: restricted(made, name) for name in names}
    units = {name: Units(m) for name, m in models.items()}
    out = {name: (Tally(u.base, top, u.counts), Tally(centre, top)) for name, u in units.items()}
    together = ("both", "expected") if "expected" in names else ()  # the same scores of patterns serve both
    for chunk in chunks:
        n = min(CHUNK, n_draws - chunk * CHUNK)
        found = {
            name: m.unit_scores(m.random(chunk, n)) for name, m in models.items() if name not in together
        }
        if together:
            found |= dict(zip(("both", "expected"), made.coders_and_mean(made.random(chunk, n)), strict=True))
        for name in names:
            scores, (own, grouped) = found[name], out[name]
            own.add(chunk, np.take(scores, units[name].known, axis=1))
            grouped.add(chunk, group_means(scores[:, models[name].units[1]].T, groups)[:, :-1])
    return out


# Tables -------------------------------------------------------------------------------------------------


def _journals(
    made: Model, apart: SpreadResult, tallies: dict[str, tuple[Tally, Tally]], doubtful: Bools
) -> pd.DataFrame:
    known = apart.journals
    out = known[["journal_id", "title", "publisher", "score"]].copy()
    out["rank"], out["tied"] = _ranked(out["score"])
    for column in ("n_coders", "borrowed", "shift", "reason"):
        out[column] = known[column]
    found = {name: of_journals(restricted(made, name), own) for name, (own, _) in tallies.items()}
    _blank(found, doubtful)
    if "coder" in found:  # of one journal they are counted exactly
        found["coder"] |= {c: known[c].to_numpy(float) for c in ("low", "high", "sd")}
    out = out.join(pd.DataFrame(dict(_columns(found)), index=out.index))
    return out.sort_values(["rank", "publisher", "title"], na_position="last", ignore_index=True)


def _blank(found: dict[str, dict[str, Floats]], doubtful: Bools) -> None:
    """What nobody else could have coded has no range over coders: it would look certain."""
    for name in found.keys() - {"weights"}:
        found[name] = {c: np.where(doubtful, v, np.nan) for c, v in found[name].items()}


def _publishers(
    apart: SpreadResult, groups: Clusters, tallies: dict[str, tuple[Tally, Tally]]
) -> pd.DataFrame:
    known = apart.publishers
    place = [groups.labels.index(p) for p in known["publisher"]]
    out = known[["publisher", "n_journals", "n_readings", "n_borrowed", "score"]].copy()
    out["rank"], out["tied"] = _ranked(out["score"])
    out["shift"], out["reason"] = known["shift"], known["reason"]
    found = {name: {c: v[place] for c, v in own.summary().items()} for name, (_, own) in tallies.items()}
    _blank(found, known["reason"].isna().to_numpy())
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
