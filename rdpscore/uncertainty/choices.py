"""What a score and a rank would be with other weights, other rules, one item less, or one coder alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rdpscore.arguments import Count, checked
from rdpscore.codebook import Scheme
from rdpscore.problems import suggestion
from rdpscore.results import Result, records, versions
from rdpscore.scoring.comparison import concordance
from rdpscore.scoring.means import Floats
from rdpscore.scoring.scored_rows import the_scheme
from rdpscore.survey import Survey
from rdpscore.uncertainty.alternatives import Assumptions, Input
from rdpscore.uncertainty.counting import (
    Pool,
    count_all,
    of_journals,
    outputs,
)
from rdpscore.uncertainty.doubted import Model, model
from rdpscore.uncertainty.effective_weights import Structure, structure
from rdpscore.uncertainty.sobol_indices import Indices, sobol
from rdpscore.uncertainty.tally import Tally, ranks
from rdpscore.validation import check


@dataclass(frozen=True)
class SensitivityResult(Result):
    """How far scores and ranks depend on choices; see `sensitivity`.

    Attributes
    ----------
    scheme : Scheme
    assumed : Assumptions
    inputs : tuple of Input
    journals : DataFrame
        One row a journal, by rank: journal_id, title, publisher, score, rank, tied; ``rank_median``, ``rank_low``,
        ``rank_high`` and ``score_low``, ``score_high`` of the draws of weights and rules (5 and 95 %);
        ``all_rank_low``, ``all_rank_high``: the same if, besides, one coder alone had coded, missing for a journal that
        nobody else could have coded; ``rank_out_low``, ``rank_out_high``: lowest and highest rank with one item left
        out and all else as in the scheme.
    items : DataFrame
        `Structure.items`, and with the item left out: ``out_spearman``, ``out_kendall``, ``out_mean_shift``,
        ``out_largest_shift``, ``out_moved``; ``moves_nothing``: why it does not matter (``constant``, ``weight_0``,
        ``no_rank_changes``), else None.
    indices : Indices
        Sobol indices of ``mean_rank_shift`` and ``mean_score``, and of ``score:<journal>`` and ``rank:<journal>``
        where asked for.
    structure : Structure
    shift : tuple of float or None
        5 %, median and 95 % over the draws of weights and rules of the mean rank shift.
    """

    scheme: Scheme
    assumed: Assumptions
    inputs: tuple[Input, ...]
    journals: pd.DataFrame
    items: pd.DataFrame
    indices: Indices
    structure: Structure
    shift: tuple[float, float, float] | None

    def tables(self) -> dict[str, pd.DataFrame]:
        return {
            "journals": self.journals,
            "items": self.items,
            "indices": pd.DataFrame([asdict(i) for i in self.indices.indices]),
            "dimensions": self.structure.dimensions.rename_axis("dimension").reset_index(),
            "components": self.structure.components,
        }

    def body(self) -> Any:
        return {
            "scheme": self.scheme.id,
            "inputs": [asdict(i) for i in self.inputs],
            "mean_rank_shift": None
            if self.shift is None
            else dict(zip(("low", "median", "high"), self.shift, strict=True)),
            "indices": [asdict(i) for i in self.indices.indices],
            "remainder": self.indices.remainder,
            "items": records(self.items),
            "structure": {k: v for k, v in self.structure.body().items() if k != "items"},
            "journals": records(self.journals),
        }


@checked
def sensitivity(
    survey: Survey,
    scheme: Scheme | str | Path | None = None,
    assumed: Assumptions | None = None,
    *,
    n_draws: Count = 10_000,
    base: int = 1024,
    seed: int = 1,
    journals: Sequence[str] = (),
    processes: int = 1,
) -> SensitivityResult:
    """How far scores and ranks depend on weights, rules, single items and single coders.

    Parameters
    ----------
    survey : Survey
    scheme : Scheme, str or Path, optional
        As for `score`.
    assumed : Assumptions, optional
        What is doubted; without it every weight, flat or by dimension, missing as 0 or left out, gated or not, one
        item left out or none, and the coder.
    n_draws : int
        Draws behind the ranges of ranks and scores, at least 1.
    base : int
        Size of the base sample of the Sobol indices, a power of 2.
    seed : int
    journals : sequence of str
        Ids of journals whose own score and rank get Sobol indices.
    processes : int
        On how many processes; of no influence on the result.

    Raises
    ------
    InvalidInput
        If the survey has errors, or the scheme is unknown or does not fit the codebook.
    ValueError
        If a journal is unknown, or a number is out of range.

    Notes
    -----
    All inputs are independent and drawn at once (Saisana, Saltelli and Tarantola 2005, doi
    10.1111/j.1467-985X.2005.00350.x). Ranges of ranks rest on the resolved answers, so that journals with the same
    answers share a rank in every draw; with coders drawn, too, those of one reading do. The ranges are what the stated
    alternatives lead to; they are no confidence intervals.

    Checked against: exact enumeration of the alternatives, and a loop over `score`.

    Examples
    --------
    >>> import rdpscore
    >>> found = sensitivity(rdpscore.load(), n_draws=100, base=2)
    >>> found.journals.loc[0, "journal_id"]
    'journal-of-open-source-software'
    """
    places = [_place(survey, j) for j in journals]
    problems = check(survey)
    problems.raise_errors()
    assumed = assumed or Assumptions()
    chosen = the_scheme(survey, scheme)
    made = model(survey, chosen, assumed, seed)
    with Pool(made, processes) as pool:
        tally, shift = count_all(pool, n_draws, coder=False)
        every = count_all(pool, n_draws, coder=True)[0] if made.readers is not None else tally
        indices = (
            sobol(partial(outputs, pool, places, tuple(journals)), [i.name for i in made.inputs], base, seed)
            if made.inputs and made.known.any()
            else Indices((), {}, base)
        )
    built = structure(survey, chosen)
    out = left_out(made)
    settings = {
        **survey.settings,
        "scheme": chosen.model_dump(exclude_none=True),
        "assumptions": asdict(assumed),
        "draws": n_draws,
        "base": base,
        "seed": seed,
        "versions": versions() | {"SALib": version("SALib")},
    }
    return SensitivityResult(
        settings,
        problems,
        chosen,
        assumed,
        made.inputs,
        _journals(survey, made, tally, every, out),
        _items(made, built, out),
        indices,
        built,
        shift,
    )


def _place(survey: Survey, journal: str) -> int:
    ids = [str(i) for i in survey.journal_ids]
    if journal not in ids:
        raise ValueError(f"there is no journal '{journal}'{suggestion(journal, ids)}")
    return ids.index(journal)


# One item less ------------------------------------------------------------------------------------------


def left_out(made: Model) -> Floats:
    """Scores with each scored item left out in turn and all else as in the scheme.

    Returns
    -------
    float array, shape (n_scored, n_journals)
        NaN where a journal has no score.
    """
    own = next(iter(made.resolved.values()))
    n = len(made.used.item)
    item = np.where(np.eye(n, dtype=bool), 0.0, made.used.item)
    dimension = np.broadcast_to(made.used.dimension, (n, made.used.dimension.shape[-1]))
    scores: Floats = own.rows.scores(replace(made.used, item=item, dimension=dimension))
    return scores[:, own.of]


# Tables -------------------------------------------------------------------------------------------------


def _journals(survey: Survey, made: Model, tally: Tally, every: Tally, out: Floats) -> pd.DataFrame:
    table = survey.journals.reset_index(drop=True)
    known = made.known
    rank = pd.Series(ranks(made.base[None, :])[0], dtype="Int64").where(known)
    own = pd.DataFrame(
        {
            "journal_id": survey.journal_ids,
            "title": table["title"].astype(object),
            "publisher": table["publisher"].astype(object),
            "score": made.base,
            "rank": rank,
            "tied": (rank.map(rank.value_counts()) - 1).astype("Int64"),
        }
    )
    found, more = of_journals(made.resolved_only, tally), of_journals(made, every)
    own["rank_median"], own["rank_low"], own["rank_high"] = (
        found[name] for name in ("rank_median", "rank_low", "rank_high")
    )
    own["score_low"], own["score_high"] = found["low"], found["high"]
    doubtful = True if made.readers is None else made.readers.doubtful
    for name in ("rank_low", "rank_high"):
        own[f"all_{name}"] = np.where(doubtful, more[name], np.nan)
    without = np.where(np.isnan(out) | ~known, np.nan, ranks(np.where(known, out, np.nan)))
    there = ~np.isnan(without)
    own["rank_out_low"] = np.where(there.any(axis=0), np.where(there, without, np.inf).min(axis=0), np.nan)
    own["rank_out_high"] = np.where(there.any(axis=0), np.where(there, without, -np.inf).max(axis=0), np.nan)
    for column in [c for c in own.columns if "rank_" in c]:
        own[column] = own[column].round().astype("Int64")
    return own.sort_values(["rank", "publisher", "title"], na_position="last", ignore_index=True)


def _items(made: Model, built: Structure, out: Floats) -> pd.DataFrame:
    table = built.items.copy()
    found = [
        concordance("scheme", item, made.base, np.where(made.known, scores, np.nan))
        for item, scores in zip(table["item"], out, strict=True)
    ]
    table["out_spearman"] = [np.nan if f.spearman is None else f.spearman for f in found]
    table["out_kendall"] = [np.nan if f.kendall is None else f.kendall for f in found]
    table["out_mean_shift"] = [np.nan if f.mean_shift is None else f.mean_shift for f in found]
    table["out_largest_shift"] = pd.array([f.largest_shift for f in found], dtype="Int64")
    table["out_moved"] = pd.array([f.n_moved if f.n else None for f in found], dtype="Int64")
    why = np.select(
        [
            (table["weight_share"] == 0).to_numpy(bool),
            table["constant"].to_numpy(bool),
            (table["out_moved"] == 0).fillna(False).to_numpy(bool),
        ],
        ["weight_0", "constant", "no_rank_changes"],
        "",
    )
    table["moves_nothing"] = pd.Series([w or None for w in why], dtype=object)
    return table
