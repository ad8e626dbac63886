"""How far the coding of a survey is: coders, journals, disagreements, queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.problems import Problems
from rdpscore.results import Result, records, versions
from rdpscore.survey.model import Survey
from rdpscore.survey.records import marked_stale, positions, stale, unanswered
from rdpscore.survey.tables import MAIN, STATES

QUERIES = STATES[1:]
"""States of a coding by which a coder asks the lead: unclear, to_discuss, not_reachable."""


@dataclass(frozen=True)
class Status(Result):
    """How far a survey is; see `status`.

    Attributes
    ----------
    coders : DataFrame
        One row a round and coder: n_assigned, n_done, n_begun (begun and not done), n_not_begun journals;
        share (done of assigned); n_unassigned (begun without being assigned); n_missing items; n_unclear,
        n_to_discuss, n_not_reachable codings.
    journals : DataFrame
        One row a journal, main round: n_assigned, n_begun, n_done coders; coded (``none``, ``single`` or
        ``double``, by coders who are done), complete (all assigned are done); n_missing items,
        n_disagreements, n_adjudicated and n_open of them, n_stale adjudications, n_queries.
    queries : DataFrame
        One row a coding in a state of `QUERIES`, open ones first: journal_id, title, item, coder, round,
        state, answer, note, adopted (the adjudicated answer, missing where the query is open).
    totals : mapping
        Numbers of the whole survey. `n_consensus_only` are the journals among `n_none` of which a consensus is
        known and no coder's answer; they are not coded once.
    """

    coders: pd.DataFrame
    journals: pd.DataFrame
    queries: pd.DataFrame
    totals: Mapping[str, int]

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"coders": self.coders, "journals": self.journals, "queries": self.queries}

    def body(self) -> Any:
        return {"totals": dict(self.totals)} | {name: records(frame) for name, frame in self.tables().items()}


@checked
def status(survey: Survey, problems: Problems | None = None) -> Status:
    """How far the coding of a survey is.

    A record is a coder's answers on one journal in one round. It is begun when it has a row in
    ``codings.csv``, and done when all closed items that apply are answered. In a round without assignments,
    what is there is what was assigned.

    Parameters
    ----------
    survey : Survey
    problems : Problems, optional
        What validation found; its errors are raised.

    Returns
    -------
    Status

    Raises
    ------
    InvalidInput
        `problems` holds errors.

    Examples
    --------
    >>> import rdpscore
    >>> found = status(rdpscore.load())
    >>> found.totals["n_done"], found.totals["n_double"]
    (348, 161)
    """
    found = problems or Problems()
    found.raise_errors()
    work = _work(survey)
    queries = _queries(survey)
    coders = _coders(survey, work)
    journals = _journals(survey, work, queries)
    settings = {**survey.settings, "versions": versions()}
    totals = _totals(coders, journals, queries)
    untouched = np.bincount(survey.records.journal[survey.records.journal >= 0], minlength=len(journals)) == 0
    totals["n_consensus_only"] = int((untouched & (survey.adopted >= 0).any(axis=1)).sum())
    return Status(settings, found, coders, journals, queries, totals)


def _work(survey: Survey) -> pd.DataFrame:
    """One row a record that was assigned or begun: journal, coder, round, assigned, begun, n_missing, states."""
    recs = survey.records
    begun = pd.DataFrame(
        {
            "journal": recs.journal,
            "coder": _named(recs.coder, recs.coders),
            "round": _named(recs.round, recs.rounds),
        }
    )
    begun["n_missing"] = unanswered(survey).sum(axis=1)
    for name, counts in _states(survey).items():
        begun[f"n_{name}"] = counts
    begun["begun"] = True
    table = survey.assignments
    assigned = pd.DataFrame({"journal": [], "coder": [], "round": []})
    if table is not None:
        assigned = pd.DataFrame(
            {
                "journal": positions(table["journal_id"], survey.journal_ids),
                "coder": table["coder"].astype(object).to_numpy(),
                "round": table["round"].astype(object).to_numpy(),
            }
        )
    key = ["journal", "coder", "round"]
    begun, assigned = (
        f[(f["journal"] >= 0) & f["coder"].notna()].astype(
            {"journal": np.int64, "coder": object, "round": object}
        )
        for f in (begun, assigned.drop_duplicates(key))
    )
    rounds = set(assigned["round"])
    work = begun.merge(assigned.assign(assigned=True), on=key, how="outer")
    for flag in ("begun", "assigned"):
        work[flag] = work[flag].notna()
    work["assigned"] |= ~work["round"].isin(rounds)
    numbers = [c for c in work.columns if c.startswith("n_")]
    work[numbers] = work[numbers].fillna(0).astype(np.int64)
    work["done"] = work["begun"] & (work["n_missing"] == 0)
    return work


def _named(code: npt.NDArray[np.int32], names: tuple[str, ...]) -> npt.NDArray[np.object_]:
    """Names of codes; None for −1."""
    return np.asarray(np.array([*names, None], dtype=object)[code])


def _states(survey: Survey) -> dict[str, npt.NDArray[np.int64]]:
    """State → number of codings in it, of each record."""
    recs, state = survey.records, survey.codings["state"]
    out = {}
    for name in QUERIES:
        rows = np.flatnonzero((state == name).to_numpy() & (recs.item_of_row >= 0))
        out[name] = np.bincount(recs.of_row[rows], minlength=len(recs.journal)).astype(np.int64)
    return out


def _coders(survey: Survey, work: pd.DataFrame) -> pd.DataFrame:
    mine = work["assigned"]
    flags = pd.DataFrame(
        {
            "n_assigned": mine,
            "n_done": mine & work["done"],
            "n_begun": mine & work["begun"] & ~work["done"],
            "n_not_begun": mine & ~work["begun"],
            "n_unassigned": ~mine,
        }
    ).astype(np.int64)
    counts = ["n_missing", *(f"n_{s}" for s in QUERIES)]
    columns = pd.concat([work[["round", "coder", *counts]], flags], axis=1)
    out = columns.groupby(["round", "coder"], sort=True).sum().reset_index()
    out["share"] = np.where(out["n_assigned"] > 0, out["n_done"] / out["n_assigned"].clip(lower=1), np.nan)
    out = out.assign(_main=out["round"] != MAIN).sort_values(["_main", "round", "coder"], ignore_index=True)
    return out[["round", "coder", *flags.columns[:4], "share", "n_unassigned", *counts]]


def _journals(survey: Survey, work: pd.DataFrame, queries: pd.DataFrame) -> pd.DataFrame:
    ids = survey.journal_ids
    main = work[work["round"] == MAIN]

    def count(which: pd.Series) -> npt.NDArray[np.int64]:
        return np.bincount(main["journal"][which], minlength=len(ids)).astype(np.int64)

    n_done = count(main["done"])
    missing = np.zeros(len(ids), np.int64)
    np.add.at(missing, main["journal"].to_numpy(), main["n_missing"].to_numpy())
    disagreed = survey.resolved.disagreed
    settled = (survey.adopted_row >= 0) & ~marked_stale(survey)
    table = _listed(survey)
    waiting = main["assigned"] & ~main["done"]
    open_queries = queries.loc[(queries["round"] == MAIN) & queries["adopted"].isna(), "journal_id"]
    return pd.DataFrame(
        {
            "journal_id": ids,
            "title": table["title"].astype(object).to_numpy(),
            "publisher": table["publisher"].astype(object).to_numpy(),
            "n_assigned": count(main["assigned"]),
            "n_begun": count(main["begun"]),
            "n_done": n_done,
            "coded": np.array(["none", "single", "double"], dtype=object)[np.minimum(n_done, 2)],
            "complete": (count(waiting) == 0) & (count(main["assigned"]) > 0),
            "n_missing": missing,
            "n_disagreements": disagreed.sum(axis=1),
            "n_adjudicated": (disagreed & settled).sum(axis=1),
            "n_open": (disagreed & ~settled).sum(axis=1),
            "n_stale": stale(survey).sum(axis=1),
            "n_queries": np.bincount(ids.get_indexer(pd.Index(open_queries)), minlength=len(ids)),
        }
    )


def _listed(survey: Survey) -> pd.DataFrame:
    """The journals in the order of `Survey.journal_ids`."""
    ids = survey.journals["journal_id"]
    return survey.journals[(ids.notna() & ~ids.duplicated()).to_numpy()]


def _queries(survey: Survey) -> pd.DataFrame:
    recs, table = survey.records, survey.codings
    journal = recs.journal[recs.of_row]
    rows = np.flatnonzero(table["state"].isin(QUERIES).to_numpy() & (recs.item_of_row >= 0) & (journal >= 0))
    journal, item = journal[rows], recs.item_of_row[rows]
    titles = _listed(survey)["title"].astype(object).to_numpy()
    adopted = np.array([*survey.adjudications["answer"].astype(object), None], dtype=object)
    settled = np.where(marked_stale(survey), -1, survey.adopted_row)[journal, item]
    out = table.iloc[rows][["journal_id", "item", "coder", "round", "state", "answer", "note"]].astype(object)
    out.insert(1, "title", titles[journal])
    found = adopted[np.where((out["round"] == MAIN).to_numpy(), settled, -1)]
    out["adopted"] = pd.Series(found, out.index, dtype=object)
    out = out.where(out.notna(), None)
    order = np.lexsort((recs.of_row[rows], item, journal, out["adopted"].notna().to_numpy()))
    return out.iloc[order].reset_index(drop=True)


def _totals(coders: pd.DataFrame, journals: pd.DataFrame, queries: pd.DataFrame) -> dict[str, int]:
    sums = {
        name: int(coders[name].sum())
        for name in ("n_assigned", "n_done", "n_begun", "n_not_begun", "n_unassigned", "n_missing")
    }
    kinds = {f"n_{kind}": int((journals["coded"] == kind).sum()) for kind in ("none", "single", "double")}
    settling = {
        name: int(journals[name].sum()) for name in ("n_disagreements", "n_adjudicated", "n_open", "n_stale")
    }
    return {
        "n_journals": len(journals),
        "n_complete": int(journals["complete"].sum()),
        **kinds,
        **sums,
        **settling,
        "n_queries": len(queries),
        "n_queries_open": int(queries["adopted"].isna().sum()),
    }
