"""Where a journal stands: its answers beside those of its publisher and of comparable journals.

Only the codebook's options and the survey's facts: which stricter practices there are, how common they are, and who has
them. Nothing is ordered by points, for what brings points is not what a journal should do first.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.codebook import Codebook, Item, Scheme
from rdpscore.inference import clusters
from rdpscore.results import Result, records, versions
from rdpscore.scoring.journal import find_journal
from rdpscore.scoring.means import weights
from rdpscore.scoring.scored_rows import resolved_rows, the_scheme
from rdpscore.survey import Survey, applicable
from rdpscore.uncertainty.tally import ranks
from rdpscore.validation import check

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

FEW = 5
"""With fewer comparable journals than this, one condition less is asked of them."""
EXAMPLES = 3
STATES = ("answered", "not_answered", "not_applicable")
NO_PUBLISHER = "no publisher"


@dataclass(frozen=True)
class StandingResult(Result):
    """Where a journal stands; see `standing`.

    Attributes
    ----------
    journal : dict
        journal_id, title, publisher, access_model, impact, score, rank, rank_last, n_scored, score_gated.
    comparable : str
        Which journals are taken as comparable.
    n_publisher, n_comparable, n_all : int
        Other journals of its publisher; comparable ones; all others.
    items : DataFrame
        One row a closed item, the most common stricter practice first: item, title, dimension, answer, label, score;
        state (of `STATES`); ordered (whether it has an order of strictness); applies (whether to the journal);
        strictest (whether the answer is its strictest); n_stricter and n_answered among the publisher's, the comparable
        and all others; share_stricter of the comparable ones, null where the question of a stricter answer does not
        arise.
    practices : DataFrame
        One row a stricter option: item, code, label; n_publisher, n_comparable, n_all who chose it; who (publishers
        with numbers of journals), examples (titles, comparable ones first).
    dimensions : DataFrame
        What the score weighs by design: dimension, title, n_items, weight (share of the score's weight), mean of the
        journal, of the comparable ones, of all.
    warts : DataFrame
        What the score does not tell apart: wart, title, n, score_kept, score_gated.
    """

    journal: dict[str, Any]
    comparable: str
    n_publisher: int
    n_comparable: int
    n_all: int
    scheme: Scheme
    items: pd.DataFrame
    practices: pd.DataFrame
    dimensions: pd.DataFrame
    warts: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        return {
            "items": self.items,
            "practices": self.practices,
            "dimensions": self.dimensions,
            "warts": self.warts,
        }

    def body(self) -> Any:
        return {
            "journal": self.journal,
            "comparable": self.comparable,
            "n_publisher": self.n_publisher,
            "n_comparable": self.n_comparable,
            "n_all": self.n_all,
            "scheme": self.scheme.id,
            **{name: records(table) for name, table in self.tables().items()},
        }


@checked
def standing(survey: Survey, journal: str, scheme: Scheme | str | Path | None = None) -> StandingResult:
    """A journal's answers beside those of its publisher and of comparable journals.

    Parameters
    ----------
    survey : Survey
    journal : str
        Its id, or its title in any case.
    scheme : Scheme, str or Path, optional
        As for `score`.

    Raises
    ------
    InvalidInput
        If the survey has errors, the scheme is unknown, or there is no such journal; then the nearest is named.

    Notes
    -----
    Comparable are journals of other publishers with the same access model, in the same third of the survey's impact;
    where these are fewer than five, or a fact is not known, one condition less is asked, and `comparable` says so.
    Stricter is a later option of an ordinal item that enters scores; options of other items have no order by which one
    would be advised. Of an item that does not apply to the journal no option is stricter; where it has no answer, all
    above the lowest are.

    Examples
    --------
    >>> import rdpscore
    >>> found = standing(rdpscore.load(), "scientific reports")
    >>> found.journal["publisher"]
    'Springer Nature'
    """
    problems = check(survey)
    problems.raise_errors()
    chosen = the_scheme(survey, scheme)
    place = find_journal(survey, journal)
    codebook = survey.codebook
    used = weights(chosen, codebook)
    scores = resolved_rows(survey, chosen).scores(used)
    gated = resolved_rows(survey, chosen.model_copy(update={"not_applicable": "gate"})).scores(used)
    facts = _facts(survey, place, scores, gated)
    groups = clusters(survey)
    others = np.arange(len(scores)) != place
    own = others & (groups.code == groups.code[place])
    comparable, words = _comparable(survey, place, ~(groups.code == groups.code[place]))
    sets = {"publisher": own, "comparable": comparable, "all": others}
    items, practices = [], []
    applies = applicable(codebook, survey.resolved.option)[place]
    for item in codebook.closed_items:
        asked = bool(applies[codebook.item_ids.index(item.id)])
        row, stricter = _item(survey, item, place, sets, groups, asked)
        items.append(row)
        practices += stricter
    table = pd.DataFrame(items).sort_values(
        ["share_stricter", "n_stricter_all"],
        ascending=False,
        kind="stable",
        na_position="last",
        ignore_index=True,
    )
    return StandingResult(
        settings={**survey.settings, "scheme": chosen.model_dump(exclude_none=True), "versions": versions()},
        problems=problems,
        journal=facts,
        comparable=words,
        n_publisher=int(own.sum()),
        n_comparable=int(comparable.sum()),
        n_all=int(others.sum()),
        scheme=chosen,
        items=table,
        practices=pd.DataFrame(practices, columns=list(PRACTICE_COLUMNS)),
        dimensions=_dimensions(survey, chosen, place, comparable),
        warts=_warts(survey, scores, gated),
    )


def _facts(survey: Survey, place: int, scores: Floats, gated: Floats) -> dict[str, Any]:
    row = survey.journals.drop_duplicates("journal_id").dropna(subset="journal_id").iloc[place]
    known = ~np.isnan(scores)
    rank = int(ranks(scores[None, :])[0, place]) if known[place] else None
    tied = int((np.round(scores, 12) == np.round(scores[place], 12)).sum())
    text = {
        c: None if c not in row or pd.isna(row[c]) else str(row[c])
        for c in ("title", "publisher", "access_model")
    }
    impact = survey.attribute("impact").tolist()[place] if "impact" in survey.journals else None
    return {
        "journal_id": str(survey.journal_ids[place]),
        **text,
        "impact": None if pd.isna(impact) else impact,
        "score": None if not known[place] else float(scores[place]),
        "score_gated": None if np.isnan(gated[place]) else float(gated[place]),
        "rank": rank,
        "rank_last": None if rank is None else rank + tied - 1,
        "n_scored": int(known.sum()),
    }


# Comparable journals ------------------------------------------------------------------------------------


def _comparable(survey: Survey, place: int, others: Bools) -> tuple[Bools, str]:
    """Comparable journals, and what they have in common."""
    conditions = []
    if (third := _third(survey, place)) is not None:
        conditions.append(third)
    if (access := _access(survey, place)) is not None:
        conditions.append(access)
    while True:
        chosen = others.copy()
        for has, _ in conditions:
            chosen &= has
        if chosen.sum() >= FEW or not conditions:
            words = ", ".join(text for _, text in reversed(conditions))
            return chosen, f"journals of other publishers{': ' if words else ''}{words}"
        conditions.pop(0)


def _third(survey: Survey, place: int) -> tuple[Bools, str] | None:
    if "impact" not in survey.journals:
        return None
    impact = survey.attribute("impact").to_numpy(float, na_value=np.nan)
    known = impact[~np.isnan(impact)]
    if np.isnan(impact[place]) or len(known) < 3:
        return None
    edges = np.quantile(known, [1 / 3, 2 / 3])
    third = np.searchsorted(edges, impact, side="right")
    number = int(third[place])
    low, high = (f"{e:.3g}" for e in edges)
    words = (f"below {low}", f"{low} to {high}", f"{high} and above")[number]
    return np.asarray((third == number) & ~np.isnan(impact)), f"the same third of impact ({words})"


def _access(survey: Survey, place: int) -> tuple[Bools, str] | None:
    if "access_model" not in survey.journals:
        return None
    access = survey.attribute("access_model").astype(object).to_numpy()
    if pd.isna(access[place]):
        return None
    return np.asarray(
        access == access[place]
    ), f"the same access model ({str(access[place]).replace('_', ' ')})"


# Items --------------------------------------------------------------------------------------------------

PRACTICE_COLUMNS = ("item", "code", "label", "n_publisher", "n_comparable", "n_all", "who", "examples")


def _item(
    survey: Survey, item: Item, place: int, sets: dict[str, Bools], groups: Any, applies: bool
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A journal's answer to an item, who is stricter, and each stricter option."""
    option = survey.resolved.option[:, survey.codebook.item_ids.index(item.id)]
    own = int(option[place])
    above = np.arange(max(own, 0) + 1, len(item.options)) if item.ordered and applies else np.empty(0, int)
    stricter = np.isin(option, above)
    answer = item.codes[own] if own >= 0 else None
    row: dict[str, Any] = {
        "item": item.id,
        "title": item.title,
        "dimension": item.dimension,
        "answer": answer,
        "label": item.says(answer),
        "score": item.scores[own] if own >= 0 and item.scores else None,
        "state": STATES[0 if own >= 0 else 1 if applies else 2],
        "ordered": item.ordered,
        "applies": applies,
        "strictest": item.ordered and applies and not len(above),
    }
    for name, who in sets.items():
        row[f"n_stricter_{name}"] = int((stricter & who).sum())
        row[f"n_answered_{name}"] = int(((option >= 0) & who).sum())
    n = row["n_answered_comparable"]
    row["share_stricter"] = row["n_stricter_comparable"] / n if n and len(above) else None
    titles = (
        survey.journals.drop_duplicates("journal_id")
        .dropna(subset="journal_id")["title"]
        .astype(object)
        .tolist()
    )
    practices = []
    for code in above:
        chose = option == code
        near = np.concatenate(
            [
                np.flatnonzero(chose & sets["comparable"]),
                np.flatnonzero(chose & sets["all"] & ~sets["comparable"]),
            ]
        )
        practices.append(
            {
                "item": item.id,
                "code": item.codes[code],
                "label": item.options[code].label,
                **{f"n_{name}": int((chose & who).sum()) for name, who in sets.items()},
                "who": _publishers(survey, chose & sets["all"]),
                "examples": "; ".join(_spread_out([str(titles[j]) for j in near], groups.code[near])),
            }
        )
    return row, practices


def _publishers(survey: Survey, chose: Bools) -> str:
    """``"RSC 9, Wiley 2"``, most journals first; those without a publisher as such."""
    column = (
        survey.journals.drop_duplicates("journal_id").dropna(subset="journal_id")["publisher"].astype(object)
    )
    named = column[chose].where(column[chose].notna(), NO_PUBLISHER)
    counts = (
        pd.Series(1, named).groupby(level=0, sort=False).sum().sort_values(ascending=False, kind="stable")
    )
    return ", ".join(f"{name} {n}" for name, n in counts.items())


def _spread_out(titles: list[str], group: npt.NDArray[np.intp]) -> list[str]:
    """The first few titles, of different publishers where there are such."""
    first = np.sort(np.unique(group, return_index=True)[1])
    rest = [k for k in range(len(titles)) if k not in set(first)]
    return [titles[k] for k in [*first, *rest][:EXAMPLES]]


# What the score weighs, and what it does not tell apart ---------------------------------------------------


def _dimensions(survey: Survey, scheme: Scheme, place: int, comparable: Bools) -> pd.DataFrame:
    codebook = survey.codebook
    used = weights(scheme, codebook)
    found = resolved_rows(survey, scheme).answers
    rows = []
    for dimension in codebook.dimensions:
        own = np.array([i.dimension == dimension.id for i in codebook.scored_items])
        if not own.any():
            continue
        mean = _mean(found.values[:, own], found.present[:, own])
        rows.append(
            {
                "dimension": dimension.id,
                "title": dimension.title,
                "n_items": int(own.sum()),
                "weight": _weight(used, own),
                "journal": mean[place],
                "comparable": _of(mean[comparable]),
                "all": _of(mean),
            }
        )
    return pd.DataFrame(rows)


def _weight(used: Any, own: Bools) -> float:
    """Share of the score's weight that items have."""
    item = np.asarray(used.item, float)
    share = np.zeros(len(item))
    for group in np.unique(used.group):
        inside = used.group == group
        total = item[inside].sum()
        dimension = used.dimension[group] / used.dimension.sum() if len(used.dimension) > 1 else 1.0
        share[inside] = item[inside] / total * dimension if total > 0 else 0.0
    return float(share[own].sum())


def _mean(values: Floats, present: Bools) -> Floats:
    n = present.sum(axis=1)
    total = np.where(present, values, 0.0).sum(axis=1)
    return np.asarray(np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0))


def _of(values: Floats) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None


def _warts(survey: Survey, scores: Floats, gated: Floats) -> pd.DataFrame:
    """What the score does not tell apart, and journals whose score changes when what does not apply is left at 0."""
    rows: list[dict[str, Any]] = []
    codebook = survey.codebook
    gate = _gate(codebook)
    if gate is not None:
        item, condition = gate
        place = codebook.item_ids.index(item.id)
        lowest = survey.resolved.option[:, place] == 0
        applies = applicable(codebook, survey.resolved.option)[:, place]
        for applies_here, kind in ((True, "lowest_answer"), (False, "does_not_apply")):
            n = int((applies == applies_here)[lowest].sum())
            label = item.options[0].label if applies_here else f"does not apply: {condition}"
            rows.append({"wart": kind, "item": item.id, "title": item.title, "label": label, "n": n,
                         "score_kept": item.scores[0], "score_gated": item.scores[0]})  # fmt: skip
    titles = (
        survey.journals.drop_duplicates("journal_id")
        .dropna(subset="journal_id")["title"]
        .astype(object)
        .tolist()
    )
    known = ~np.isnan(scores)
    changed = np.flatnonzero(known & (np.abs(np.nan_to_num(gated) - np.nan_to_num(scores)) > 1e-12))
    for j in changed[np.argsort(-scores[changed], kind="stable")]:
        rows.append({"wart": "scores_against_applies_if", "item": None, "title": str(titles[j]), "label": None, "n": 1,
                     "score_kept": scores[j], "score_gated": gated[j]})  # fmt: skip
    return pd.DataFrame(rows, columns=["wart", "item", "title", "label", "n", "score_kept", "score_gated"])


def _gate(codebook: Codebook) -> tuple[Item, str] | None:
    """The first scored item that need not apply and whose lowest option scores 0, and what it depends on."""
    for item in codebook.scored_items:
        if item.applies_if and item.scores and item.scores[0] == 0:
            other = codebook.item(next(iter(item.applies_if)))
            barred = [o.label for o in other.options if o.code not in item.applies_if[other.id]]
            return item, " or ".join(barred)
    return None
