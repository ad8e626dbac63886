"""The disagreements themselves: who answered what, what was adopted, and the passages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rdpscore.agreement.reason_counts import UNRECORDED, disagreements
from rdpscore.survey import Survey

DETECTION, GRADING, OTHER = "detection", "grading", "other"
"""One coder found nothing, the other something; both found it and graded it differently; options have no order."""
COLUMNS = (
    "journal_id", "title", "publisher", "item", "item_title", "dimension", "kind", "answers", "coders", "adopted",
    "reason", "reason_title", "steps",
)  # fmt: skip


def cases(survey: Survey) -> pd.DataFrame:
    """One row a disagreement of the main round on a closed item, the widest apart first.

    Returns
    -------
    DataFrame
        journal_id, title, publisher; item, item_title, dimension; ``kind`` (`DETECTION`, `GRADING` or `OTHER`, of the
        lowest and the highest answer); ``answers`` (codes, in the order of the codebook, each once); ``coders`` (who
        answered); ``adopted`` (code, None where nobody settled it); ``reason``, ``reason_title`` (as in
        `reason_counts.disagreements`); ``steps`` (options between the lowest and the highest answer, as a number of
        steps; None where options have no order).
    """
    found = disagreements(survey)
    book, resolved = survey.codebook, survey.resolved
    if not len(found):
        return pd.DataFrame(columns=list(COLUMNS))
    journal = survey.journal_ids.get_indexer(pd.Index(found["journal_id"]))
    item = pd.Index(book.item_ids).get_indexer(pd.Index(found["item"]))
    low, high = resolved.lowest[journal, item], resolved.highest[journal, item]
    ordinal = np.array([i.level == "ordinal" for i in book.items])[item]
    answers, coders = _who(survey, journal, item)
    adopted = survey.adopted[journal, item]
    reasons = {r.id: r.title for r in book.reasons} | {UNRECORDED: "Not recorded"}
    first = survey.journals.drop_duplicates("journal_id").set_index("journal_id")["title"].astype(object)
    out = pd.DataFrame(
        {
            "journal_id": found["journal_id"],
            "title": first.reindex(found["journal_id"]).to_numpy(),
            "publisher": found["publisher"],
            "item": found["item"],
            "item_title": [book.items[i].title for i in item],
            "dimension": found["dimension"],
            "kind": np.where(~ordinal, OTHER, np.where(low == 0, DETECTION, GRADING)).astype(object),
            "answers": answers,
            "coders": coders,
            "adopted": [
                book.items[i].codes[a] if a >= 0 else None for i, a in zip(item, adopted, strict=True)
            ],
            "reason": found["reason"],
            "reason_title": [reasons.get(r, r) for r in found["reason"]],
            "steps": pd.array(np.where(ordinal, high - low, 0), "Int64"),
        }
    )
    out.loc[~ordinal, "steps"] = pd.NA
    return out.sort_values(
        ["steps", "title", "item"], ascending=[False, True, True], kind="stable", ignore_index=True
    )


def _who(survey: Survey, journal: np.ndarray, item: np.ndarray) -> tuple[list[str], list[str]]:
    """The answers of the main round to each journal and item, and the coders who gave them, as texts."""
    records = survey.records
    start = np.searchsorted(records.journal[records.main], np.arange(len(survey.journal_ids) + 1))
    answers, coders = [], []
    for j, i in zip(journal.tolist(), item.tolist(), strict=True):
        own = records.main[start[j] : start[j + 1]]
        own = own[records.option[own, i] >= 0]
        codes = survey.codebook.items[i].codes
        answers.append(" / ".join(codes[o] for o in np.unique(records.option[own, i])))
        coders.append(", ".join(sorted(records.coders[c] for c in records.coder[own])))
    return answers, coders


CODING_COLUMNS = ("coder", "round", "answer", "label", "state", "evidence", "source_url", "coded_on", "note")


def codings_of(survey: Survey, journal_id: str, item: str) -> pd.DataFrame:
    """What every coder said of one journal on one item, in all rounds.

    Returns
    -------
    DataFrame
        `CODING_COLUMNS`, those that the survey has; ``label`` is the option's.
    """
    entry = survey.codebook.item(item)
    table = survey.codings
    own = table[(table["journal_id"] == journal_id).to_numpy() & (table["item"] == item).to_numpy()]
    found = own.astype(object).where(own.notna(), None)
    found["label"] = pd.Series([entry.says(a) for a in found["answer"]], found.index, dtype=object)
    return found[[c for c in CODING_COLUMNS if c in found]].reset_index(drop=True)


def adopted_of(survey: Survey, journal_id: str, item: str) -> dict[str, str] | None:
    """The adjudication of one journal and item: its fields that are filled in, and the ``label`` of its answer."""
    table = survey.adjudications
    own = table[(table["journal_id"] == journal_id).to_numpy() & (table["item"] == item).to_numpy()]
    if not len(own):
        return None
    row = {str(k): str(v) for k, v in own.iloc[-1].items() if not pd.isna(v)}
    return row | {"label": survey.codebook.item(item).says(row.get("answer")) or ""}
