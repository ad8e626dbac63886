"""Who codes what: balanced assignments of policies to coders, drawn once, extended, never shifted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.files import commit, to_csv_bytes, to_parquet_bytes
from rdpscore.problems import Problems
from rdpscore.results import Result, records, versions
from rdpscore.survey.drawing import Desk, order
from rdpscore.survey.model import Survey
from rdpscore.survey.records import positions
from rdpscore.survey.store import PARQUET_ROWS
from rdpscore.survey.tables import MAIN, SPECS, conform

NAME = re.compile(r"\w(?:[\w.-]*\w)?")
"""What names a coder or a round: it becomes part of file names, and of lists with commas."""

_KEY = ["journal_id", "coder", "round"]


@dataclass(frozen=True)
class Assignment(Result):
    """Assignments of a survey after a draw; see `assign`.

    Attributes
    ----------
    table : DataFrame
        The new content of ``assignments.csv``, all rounds: rows that stay in their order, then the new ones.
    balance : DataFrame
        One row a coder of the round: policies, journals, doubly_coded (policies with another coder), and
        new_policies, new_journals (of this draw).
    pairs : DataFrame
        coder, other, policies: how many policies two coders have in common.
    publishers : DataFrame
        publisher, coder, policies: the same balance within each publisher.
    n_added, n_removed : int
        Rows that the draw adds and takes away.
    n_policies, n_double : int
        Policies of the round that have a coder, and those that have two or more.
    """

    table: pd.DataFrame
    balance: pd.DataFrame
    pairs: pd.DataFrame
    publishers: pd.DataFrame
    n_added: int
    n_removed: int
    n_policies: int
    n_double: int

    def tables(self) -> dict[str, pd.DataFrame]:
        return {
            "assignments": self.table,
            "balance": self.balance,
            "pairs": self.pairs,
            "publishers": self.publishers,
        }

    def body(self) -> Any:
        return {
            "n_added": self.n_added,
            "n_removed": self.n_removed,
            "n_policies": self.n_policies,
            "n_double": self.n_double,
            "balance": records(self.balance),
            "pairs": records(self.pairs),
            "publishers": records(self.publishers),
            "assignments": records(self.table),
        }


@checked
def assign(
    survey: Survey,
    coders: Sequence[str],
    *,
    per_journal: int = 2,
    double: float = 1.0,
    round: str = MAIN,
    seed: int = 1,
    redraw: bool = False,
    problems: Problems | None = None,
) -> Assignment:
    """Assign the journals of a survey to coders, evenly and by policy.

    Journals of one policy go to the same coders; a journal without policy_id is a policy of its own. Only
    journals that have nobody in this round are drawn. A journal added to a policy that has coders goes to
    them, and who has begun to code a journal keeps it, whatever the arguments.

    Parameters
    ----------
    survey : Survey
    coders : sequence of str
        Names of the coders among whom to draw.
    per_journal : int
        Coders of a doubly coded policy.
    double : float
        Share of the round's policies that get `per_journal` coders, 0 to 1; the others get one. It is drawn
        within publishers, by largest remainder.
    round : str
    seed : int
        Same seed and survey, same assignments.
    redraw : bool
        Draw anew all that nobody has begun: rows of this round without a coding by that coder.
    problems : Problems, optional
        What validation found; its errors are raised.

    Returns
    -------
    Assignment

    Raises
    ------
    ValueError
        The arguments make no sense; the sentence says why.
    InvalidInput
        `problems` holds errors, or the survey has no journals.

    Notes
    -----
    Each policy takes the coders who have the fewest policies of its publisher, among these the ones with the
    fewest policies over all, among these the combination that has met least often, then the one with the
    fewest journals, then one at random. Where all is fresh, two coders' numbers of policies differ by at most
    one, over all and within each publisher: each publisher hands out full turns and then a part of one, and
    that part goes to those who were behind. Pairs are even where the loads leave a choice.

    Examples
    --------
    >>> import rdpscore
    >>> drawn = assign(rdpscore.load(), ["ann", "ben", "cleo"], round="recode", double=0.3)
    >>> drawn.n_policies, drawn.n_double
    (171, 51)
    """
    _check(survey, coders, per_journal, double, round)
    found = problems or Problems()
    if not len(survey.journal_ids):
        found += Problems.one("no_journals", survey.file("journals"))
    found.raise_errors()
    before = _before(survey)
    desk = Desk(survey, before, coders, known_coders(survey), round, redraw)
    rng = np.random.default_rng(seed)
    for unit, size in order(rng, desk, per_journal, double):
        desk.draw(rng, unit, size)
    table, new, n_removed = _table(survey, before, desk, round)
    settings = {
        **survey.settings,
        "coders": list(coders),
        "per_journal": per_journal,
        "double": double,
        "round": round,
        "seed": seed,
        "redraw": redraw,
        "versions": versions(),
    }
    return _result(survey, desk, table, new, n_removed, settings, found)


def save_assignment(folder: str | Path, draw: Callable[[], Assignment]) -> Assignment:
    """Call `draw` while no other process can write the folder, and save the table that it returns.

    Raises
    ------
    InvalidInput
        Another process is writing the folder, or what `draw` raises.
    OSError
        The folder cannot be written; what was there before stands.
    """
    drawn: list[Assignment] = []

    def changes() -> dict[str, bytes | None]:
        drawn.append(draw())
        table = drawn[0].table
        if not drawn[0].n_added and not drawn[0].n_removed:
            return {}
        large = len(table) > PARQUET_ROWS
        content = to_parquet_bytes(table) if large else to_csv_bytes(table)
        return {
            "assignments.csv": None if large else content,
            "assignments.parquet": content if large else None,
        }

    commit(Path(folder), changes)
    return drawn[0]


# Arguments ----------------------------------------------------------------------------------------------


def _check(survey: Survey, coders: Sequence[str], per_journal: int, double: float, round: str) -> None:
    if not coders:
        raise ValueError("name at least one coder")
    for thing, name in [("coder", c) for c in coders] + [("round", round)]:
        if not name.strip():
            raise ValueError(f"the name of a {thing} is blank")
        if not NAME.fullmatch(name):
            raise ValueError(
                f"'{name}' cannot name a {thing}: use letters, digits, '-', '_' and '.', no blanks or commas"
            )
    first: dict[str, str] = {}
    for name in coders:
        if (before := first.setdefault(name.casefold(), name)) == name and coders.count(name) > 1:
            raise ValueError(f"coder '{name}' is named twice")
        if before != name:
            raise ValueError(f"'{before}' and '{name}' are too much alike for two coders")
    known = {k.casefold(): k for k in known_coders(survey)}
    for name in coders:
        if (spelt := known.get(name.casefold(), name)) != name:
            raise ValueError(f"the survey has a coder '{spelt}'; write '{name}' like that, or differ by more")
    if per_journal < 1:
        raise ValueError("a journal needs at least one coder")
    if per_journal > len(coders):
        raise ValueError(f"{per_journal} coders a journal are more than the {len(coders)} named")
    if not 0 <= double <= 1:
        raise ValueError(f"a share to be doubly coded lies between 0 and 100 %, not at {100 * double:g} %")
    if per_journal == 1 and 0 < double < 1:
        raise ValueError("with one coder a journal nothing is doubly coded; ask for two, or drop the share")


def known_coders(survey: Survey) -> list[str]:
    assigned = () if survey.assignments is None else survey.assignments["coder"].cat.categories
    return list(dict.fromkeys([*map(str, assigned), *survey.records.coders]))


# The table and its balance --------------------------------------------------------------------------------


def _before(survey: Survey) -> pd.DataFrame:
    if survey.assignments is not None:
        return survey.assignments
    return conform(pd.DataFrame(columns=_KEY, dtype=object), SPECS["assignments"])


def _table(
    survey: Survey, before: pd.DataFrame, desk: Desk, round: str
) -> tuple[pd.DataFrame, list[list[int]], int]:
    """The new table, each journal's new coders, and how many rows went."""
    final = [desk.coders_of(j) for j in range(len(desk.unit))]
    journal = positions(before["journal_id"], survey.journal_ids)
    coder = positions(before["coder"], pd.Index(desk.names, dtype=object))
    ours = (before["round"] == round).to_numpy() & (journal >= 0) & (coder >= 0)
    stays, there = np.ones(len(before), bool), set[tuple[int, int]]()
    for r in np.flatnonzero(ours):
        stays[r] = int(coder[r]) in final[journal[r]]
        there.add((int(journal[r]), int(coder[r])))
    new = [[c for c in sorted(team) if (j, c) not in there] for j, team in enumerate(final)]
    rows = pd.DataFrame(
        {
            "journal_id": [survey.journal_ids[j] for j, team in enumerate(new) for _ in team],
            "coder": [desk.names[c] for team in new for c in team],
        },
        dtype=object,
    )
    rows["round"] = round
    kept = before[stays].astype(object)
    table = pd.concat([kept, rows.reindex(columns=kept.columns)], ignore_index=True) if len(kept) else rows
    table = table.set_axis(pd.RangeIndex(2, len(table) + 2), axis=0)
    return conform(table, SPECS["assignments"]), new, int((~stays).sum())


def _result(
    survey: Survey,
    desk: Desk,
    table: pd.DataFrame,
    new: list[list[int]],
    n_removed: int,
    settings: dict[str, Any],
    problems: Problems,
) -> Assignment:
    final = [desk.coders_of(j) for j in range(len(desk.unit))]
    unit = desk.unit.tolist()
    has = {(unit[j], c) for j, team in enumerate(final) for c in team}
    met = {(unit[j], *sorted(p)) for j, team in enumerate(final) for p in combinations(team, 2)}
    shared = {(u, c) for u, *pair in met for c in pair}
    counts = {
        "policies": Counter(c for _, c in has),
        "journals": Counter(c for team in final for c in team),
        "doubly_coded": Counter(c for _, c in shared),
        "new_policies": Counter(c for _, c in {(unit[j], c) for j, team in enumerate(new) for c in team}),
        "new_journals": Counter(c for team in new for c in team),
    }
    active = [c for c in range(len(desk.names)) if c < desk.n_coders or counts["journals"][c]]
    names = [desk.names[c] for c in active]
    balance = pd.DataFrame({"coder": names} | {k: [n[c] for c in active] for k, n in counts.items()})
    together = Counter((a, b) for _, a, b in met)
    pairs = pd.DataFrame(
        [(desk.names[a], desk.names[b], together[a, b]) for a, b in combinations(active, 2)],
        columns=["coder", "other", "policies"],
    )
    within = Counter((int(desk.stratum[u]), c) for u, c in has)
    publishers = pd.DataFrame(
        [
            (publisher, desk.names[c], within[p, c])
            for p, publisher in enumerate(desk.publishers)
            for c in active
        ],
        columns=["publisher", "coder", "policies"],
    )
    return Assignment(
        settings,
        problems,
        table=table,
        balance=balance,
        pairs=pairs,
        publishers=publishers,
        n_added=sum(map(len, new)),
        n_removed=n_removed,
        n_policies=len({u for u, _ in has}),
        n_double=len({u for u, *_ in met}),
    )
