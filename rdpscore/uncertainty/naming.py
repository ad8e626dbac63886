"""What joining spellings does to clusters and intervals: names proposed, decided, and kept in ``names.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rdpscore.files import commit
from rdpscore.results import Result, versions
from rdpscore.survey import Survey, load
from rdpscore.survey.spellings import FILE, Spelling, Spellings, apply, dump_spellings
from rdpscore.uncertainty.overall import mean_score
from rdpscore.validation import check
from rdpscore.validation.names import propose

NAMES = ("as written", "as decided", "if all were one")


@dataclass(frozen=True)
class NamesResult(Result):
    """Proposals and decisions on names, and what they change.

    Attributes
    ----------
    spellings : Spellings
        What ``names.yaml`` says now.
    n_new : int
        Proposals that were not there before.
    effect : DataFrame
        One row for the names as they are written, as decided, and if every proposal held: names; n_coders,
        n_publishers; mean_score with low and high (95 %, over publishers; blank where a survey has errors).
    """

    spellings: Spellings
    n_new: int
    effect: pd.DataFrame = field(repr=False)

    def tables(self) -> dict[str, pd.DataFrame]:
        rows = [
            {
                "thing": e.thing,
                "name": e.name,
                "also": other,
                "why": e.why,
                "same": e.same,
                "decided": e.decided,
            }
            for e in self.spellings.names
            for other in e.also
        ]
        columns = ["thing", "name", "also", "why", "same", "decided"]
        return {"names": pd.DataFrame(rows, columns=columns), "effect": self.effect}

    def body(self) -> Any:
        return {
            "names": [e.model_dump(mode="json") for e in self.spellings.names],
            "n_new": self.n_new,
            "n_undecided": sum(not e.decided for e in self.spellings.names),
            "effect": self.effect.astype(object).where(self.effect.notna(), None).to_dict("records"),
        }


def name_spellings(folder: str | Path, *, dry_run: bool = False) -> NamesResult:
    """Propose names that may be one, keep what was decided, and tell what decisions change.

    Parameters
    ----------
    folder : str or Path
        A survey's folder. Its ``names.yaml`` is written where there is something new to decide; comments in it are
        kept where there is nothing new.
    dry_run : bool
        Write nothing.

    Raises
    ------
    InvalidInput
        The survey, or its ``names.yaml``, cannot be read.
    """
    path = Path(folder)
    outcome: list[NamesResult] = []

    def changes() -> dict[str, bytes | None]:
        survey = load(path, as_filed=True)
        before = survey.spellings or Spellings(format=1)
        after = propose(survey, before)
        n_new = len(after.names) - len(before.names)
        settings = {**survey.settings, "dry_run": dry_run, "versions": versions()}
        outcome.append(NamesResult(settings, check(survey).only_codes("same_name", "similar_name"), after, n_new,
                                   effect(survey, after)))  # fmt: skip
        return {FILE: dump_spellings(after)} if n_new else {}

    load(path)  # a folder that is no survey gets no lock file
    changes() if dry_run else commit(path, changes)
    return outcome[-1]


def effect(survey: Survey, spellings: Spellings) -> pd.DataFrame:
    """Coders, publishers and the mean score's interval with names as written, as decided, and all joined."""
    every = Spellings(format=1, names=_chained(spellings))
    rows = []
    for name, applied in zip(NAMES, (None, spellings, every), strict=True):
        seen = survey if applied is None else replace(survey, **apply(applied, survey.tables))  # type: ignore[arg-type]
        mean = mean_score(seen) if check(seen).ok else None
        rows.append({
            "names": name,
            "n_coders": int(seen.codings["coder"].nunique()),
            "n_publishers": int(seen.journals["publisher"].nunique()),
            "mean_score": mean and mean.value,
            "low": mean and mean.low,
            "high": mean and mean.high,
        })  # fmt: skip
    return pd.DataFrame(rows).astype(dict.fromkeys(("mean_score", "low", "high"), np.float64))


def _chained(spellings: Spellings) -> list[Spelling]:
    """Every entry that is not said to be two names, as if decided; a name that is itself read as another follows."""
    to: dict[tuple[str, str], str] = {}
    for entry in spellings.names:
        if entry.same:
            target = _end(to, entry.thing, entry.name)
            for other in entry.also:
                if (end := _end(to, entry.thing, other)) != target:
                    to[entry.thing, end] = target
    return [
        Spelling(thing=thing, name=_end(to, thing, other), also=[other], decided=True)  # type: ignore[arg-type]
        for thing, other in to
    ]


def _end(to: dict[tuple[str, str], str], thing: str, name: str) -> str:
    while (thing, name) in to:
        name = to[thing, name]
    return name
