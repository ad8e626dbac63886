"""What a coder's workbook holds, before it is laid out: forms, and the coder's own earlier answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from rdpscore.codebook import Item
from rdpscore.survey import MAIN, STATES, Survey

Layout = Literal["long", "wide"]

FIELDS: Mapping[str, str] = {
    "answer": "Answer",
    "state": "State",
    "evidence": "Passage",
    "source_url": "Source URL",
    "coded_on": "Date",
    "confidence": "Confidence",
    "note": "Note",
}
"""Column of codings.csv → heading in the workbook: what a coder fills in."""

STATE_LABELS: Mapping[str, str] = {state: state.replace("_", " ") for state in STATES}
_TITLES = 200
"""Journals that are named in the title of a form."""
CONFIDENCE = ("low", "medium", "high")
SEARCH_FIELDS: Mapping[str, str] = {
    "pages": "Pages opened",
    "searched_on": "Date",
    "language": "Language",
    "not_reachable": "Not reachable",
    "note": "Note",
}
"""Column of searches.csv → heading: the evidence for "not mentioned"."""


@dataclass(frozen=True)
class Form:
    """One policy as one coder reads it: a journal, or several of one policy read once.

    Attributes
    ----------
    id : str
        The journal_id, or ``policy:`` and the policy_id of a form for several journals.
    journals : tuple of str
        Ids of the journals for which the answers are entered.
    title, publisher, policy : str
    filled : mapping
        Item → field → text that the coder gave before.
    """

    id: str
    journals: tuple[str, ...]
    title: str
    publisher: str
    policy: str
    filled: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Again:
    """An answer that a coder must read again, or may review, since the codebook changed.

    Attributes
    ----------
    form, item : str
    why : {"read_again", "review"}
    was : str
        Code of the answer under the codebook before.
    """

    form: str
    item: str
    why: str
    was: str


@dataclass(frozen=True)
class Plan:
    """A workbook's content."""

    survey: Survey
    coder: str
    round: str
    layout: Layout
    forms: tuple[Form, ...]
    again: tuple[Again, ...] = ()

    @property
    def items(self) -> Sequence[Item]:
        return self.survey.codebook.items


def plan(
    survey: Survey,
    coder: str,
    *,
    round: str = MAIN,
    layout: Layout = "long",
    same_policy: bool = False,
    recode: pd.DataFrame | None = None,
) -> Plan:
    """What a coder has to code, publisher by publisher, with what the same coder answered before.

    Parameters
    ----------
    survey : Survey
    coder : str
        Without assignments in this round all journals are the coder's.
    round : str
    layout : {"long", "wide"}
        A row an answer, or a row a journal.
    same_policy : bool
        One form for all journals of a policy.
    recode : DataFrame, optional
        Only the journals of this list; see `rdpscore.moving.recode_list`.

    Raises
    ------
    ValueError
        The coder has no journals in this round, or none to read again.
    """
    journals = survey.journals.astype(object)
    if survey.assignments is not None:
        table = survey.assignments.astype(object)
        mine = table[(table["coder"] == coder) & (table["round"] == round)]["journal_id"]
        if mine.empty:
            known = ", ".join(sorted(set(table.loc[table["round"] == round, "coder"])))
            raise ValueError(
                f"coder '{coder}' has no journals in the {round} round; assigned are {known or 'none'}"
            )
        journals = journals[journals["journal_id"].isin(set(mine))]
    todo = None if recode is None else recode[(recode["coder"] == coder) & (recode["round"] == round)]
    if todo is not None:
        journals = journals[journals["journal_id"].isin(set(todo["journal_id"]))]
        if journals.empty:
            raise ValueError(f"coder '{coder}' has nothing to read again in the {round} round")
    if "policy_id" not in journals:
        journals = journals.assign(policy_id=None)
    journals = journals.sort_values(["publisher", "policy_id", "title"], na_position="last", kind="stable")
    own = _own_answers(survey, coder, round)
    forms = [_form(group, own) for group in _groups(journals, same_policy)]
    again = () if todo is None else _again(todo, forms, survey.codebook.item_ids)
    return Plan(survey, coder, round, layout, tuple(forms), again)


def _again(todo: pd.DataFrame, forms: Sequence[Form], items: Sequence[str]) -> tuple[Again, ...]:
    """The list by forms, in the order of the coding sheet; a form of several journals has each item once."""
    form_of = {journal: n for n, form in enumerate(forms) for journal in form.journals}
    found: dict[tuple[int, int], Again] = {}
    for row in todo.fillna("").to_dict("records"):
        if row["journal_id"] in form_of and row["item"] in items:
            n = form_of[row["journal_id"]]
            entry = Again(forms[n].id, str(row["item"]), str(row["why"]), str(row["was"]))
            found.setdefault((n, items.index(entry.item)), entry)
    return tuple(found[key] for key in sorted(found))


def _groups(journals: pd.DataFrame, same_policy: bool) -> list[list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in journals.where(journals.notna(), "").to_dict("records"):
        shared = same_policy and row["policy_id"]
        key = f"policy:{row['policy_id']}" if shared else str(row["journal_id"])
        groups.setdefault(key, []).append({str(k): v for k, v in row.items()})
    return list(groups.values())


def _form(rows: list[dict[str, Any]], own: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Form:
    ids = tuple(str(r["journal_id"]) for r in rows)
    first = rows[0]
    several = len(rows) > 1
    title = f"{len(rows)} journals of policy {first['policy_id']}: " if several else ""
    more = f"; and {len(rows) - _TITLES} more" if len(rows) > _TITLES else ""
    # journals of one form can have been answered apart before: only what all share is filled in
    earlier = [own.get(i, {}) for i in ids]
    filled = {
        item: fields for item, fields in earlier[0].items() if all(e.get(item) == fields for e in earlier)
    }
    return Form(
        id=f"policy:{first['policy_id']}" if several else ids[0],
        journals=ids,
        title=title + "; ".join(str(r["title"]) for r in rows[:_TITLES]) + more,
        publisher=str(first["publisher"]),
        policy=str(first["policy_id"]),
        filled=filled,
    )


def _own_answers(survey: Survey, coder: str, round: str) -> dict[str, dict[str, dict[str, str]]]:
    """Journal → item → field → text of one coder's codings; nobody else's."""
    table = survey.codings
    mine = table[(table["coder"] == coder) & (table["round"] == round)].astype(object)
    fields = [f for f in FIELDS if f in mine.columns]
    out: dict[str, dict[str, dict[str, str]]] = {}
    for row in mine.where(mine.notna(), "").to_dict("records"):
        given = {f: str(row[f]) for f in fields if row[f] != ""}
        out.setdefault(row["journal_id"], {})[row["item"]] = given
    return out


def answer_text(item: Item, answer: str) -> str:
    """How an answer stands in a workbook: ``"1 – Encouraged"`` for a closed item, else as it is."""
    if item.closed and answer in item.codes:
        return choice(item, answer)
    return answer


def choice(item: Item, code: str) -> str:
    """The entry of the drop-down list for an option."""
    return f"{code} – {item.option(code).label}"
