"""One journal: what was adopted, what each coder said, and why they differed; and several side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rdpscore.problems import InvalidInput, Problems, suggestion
from rdpscore.survey import MAIN, RESOLVED_BY, Survey

PROVEN = ("evidence", "source_url", "note")


def journal_answers(survey: Survey, journal: str) -> pd.DataFrame:
    """A journal's answers, one row an item.

    Parameters
    ----------
    survey : Survey
    journal : str
        Its id, or its title in any case.

    Returns
    -------
    DataFrame
        item, title, dimension; answer and label (what counts, None for none), score, resolved_by; one column a coder's
        record with the label of its answer, named by the coder, and the round if it is not the main one; differed;
        reason (its title in the codebook) and note of the adjudication.

    Raises
    ------
    InvalidInput
        If there is no such journal; the nearest is named.
    """
    place = find_journal(survey, journal)
    book, titles = survey.codebook, {r.id: r.title for r in survey.codebook.reasons}
    said = _codings(survey, place)
    adopted, resolved = survey.adopted_row[place], survey.resolved
    rows = []
    for k, item in enumerate(book.items):
        answer, row = survey.resolved_answers[place, k], int(adopted[k])
        given = survey.adjudications.iloc[row] if row >= 0 else None
        reason = None if given is None else _text(given["reason"])
        rows.append(
            {
                "item": item.id,
                "title": item.title,
                "dimension": item.dimension,
                "answer": answer,
                "label": item.says(answer),
                "score": item.scores[item.codes.index(answer)]
                if answer is not None and item.scores
                else None,
                "resolved_by": RESOLVED_BY[int(resolved.by[place, k])],
                "differed": bool(resolved.disagreed[place, k]),
                "reason": titles.get(reason, reason) if reason else None,
                "note": None if given is None else _text(given["note"]),
            }
        )
    out = pd.DataFrame(rows)
    for nth, ((coder, round_), own) in enumerate(said.groupby(["coder", "round"], sort=False, observed=True)):
        name = str(coder) if round_ == MAIN else f"{coder} ({round_})"
        labels = {
            str(i): book.item(str(i)).says(_text(a)) for i, a in zip(own["item"], own["answer"], strict=True)
        }
        out.insert(
            7 + nth, name if name not in out else f"{name} (coder)", [labels.get(i) for i in out["item"]]
        )
    return out


def evidence_of(survey: Survey, journal: str) -> pd.DataFrame:
    """What coders recorded beside their answers: one row a coding with a passage, an address or a note.

    Returns
    -------
    DataFrame
        item, title, coder, round, label, evidence, source_url, coded_on, note.

    Raises
    ------
    InvalidInput
        As for `journal_answers`.
    """
    said = _codings(survey, find_journal(survey, journal))
    columns = [c for c in PROVEN if c in said]
    said = said[said[columns].notna().any(axis=1)]
    book = survey.codebook
    said = said[said["item"].isin(book.item_ids).to_numpy()]
    return pd.DataFrame(
        {
            "item": said["item"].astype(object),
            "title": [book.item(str(i)).title for i in said["item"]],
            "coder": said["coder"].astype(object),
            "round": said["round"].astype(object),
            "label": [
                book.item(str(i)).says(_text(a)) for i, a in zip(said["item"], said["answer"], strict=True)
            ],
            **{
                c: said[c].astype(object) if c in said else None
                for c in ("evidence", "source_url", "coded_on", "note")
            },
        }
    ).reset_index(drop=True)


def side_by_side(survey: Survey, journals: Sequence[str]) -> pd.DataFrame:
    """The resolved answers of some journals.

    Returns
    -------
    DataFrame
        One row an item and journal: item, title, dimension, journal_id, journal (title), answer, label, strictness (0
        for the least strict option to 1, None without an order or an answer), alike (whether all of them have the same
        answer to the item).

    Raises
    ------
    InvalidInput
        As for `journal_answers`.
    """
    places = [find_journal(survey, j) for j in journals]
    names = (
        survey.journals.drop_duplicates("journal_id")
        .dropna(subset="journal_id")["title"]
        .astype(object)
        .tolist()
    )
    rows = []
    for item in survey.codebook.closed_items:
        option = survey.resolved.option[places, survey.codebook.item_ids.index(item.id)]
        for place, o in zip(places, option, strict=True):
            rows.append(
                {
                    "item": item.id,
                    "title": item.title,
                    "dimension": item.dimension,
                    "journal_id": str(survey.journal_ids[place]),
                    "journal": str(names[place]),
                    "answer": item.codes[o] if o >= 0 else None,
                    "label": item.options[o].label if o >= 0 else None,
                    "strictness": item.strictness(int(o)),
                    "alike": len(np.unique(option)) == 1,
                }
            )
    return pd.DataFrame(rows)


def _codings(survey: Survey, place: int) -> pd.DataFrame:
    found: pd.DataFrame = survey.codings[survey.journal_of["codings"] == place]
    return found


def _text(value: object) -> str | None:
    return None if value is None or value != value or value is pd.NA else str(value)


def find_journal(survey: Survey, name: str) -> int:
    """Position of a journal by its id, or by its title in any case.

    Raises
    ------
    InvalidInput
        If there is none; the problem names the nearest.
    """
    ids = [str(i) for i in survey.journal_ids]
    table = survey.journals.drop_duplicates("journal_id").dropna(subset="journal_id")
    titles = [str(t) for t in table["title"]]
    wanted = name.strip().casefold()
    for names in (ids, titles):
        found = [k for k, n in enumerate(names) if n.casefold() == wanted]
        if len(found) == 1:
            return found[0]
    several = [ids[k] for k, title in enumerate(titles) if title.casefold() == wanted]
    if several:
        near = f" alone; with this title there are {', '.join(several)}"
    else:
        near = (suggestion(name, ids) if " " not in name.strip() else "") or suggestion(name, titles)
    raise InvalidInput(Problems.one("unknown_reference", None, thing="journal", value=name, nearest=near))
