"""Rules on what is not there: answers, records, passages, coders."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.problems import Batch, suggestion
from rdpscore.survey import MISSING, SPECS, Survey, positions, unanswered
from rdpscore.validation.keys import at, cells, first_positions

Ints = npt.NDArray[np.int32]


def not_recorded(survey: Survey) -> Iterator[Batch]:
    """One note for each thing that the survey says it did not record, if that is true."""
    known = [*SPECS["codings"].optional, *survey.codebook.item_ids, "publisher"]
    for name in survey.meta.not_recorded:
        if name not in known:
            fields = {"thing": "column or item", "value": name, "nearest": suggestion(name, known)}
            yield Batch("unknown_reference", "survey.yaml", column="not_recorded", fields=fields)
        else:
            item = name if name in survey.codebook.item_ids else None
            yield Batch(
                "not_recorded", "survey.yaml", column="not_recorded", fields={"value": name, "item": item}
            )


def missing_answers(survey: Survey) -> Iterator[Batch]:
    """Closed items left blank in a record that was begun, where they apply."""
    records, items = survey.records, survey.codebook.items
    record, item = np.nonzero(unanswered(survey) & (records.journal >= 0)[:, None])
    # the row of the blank cell where there is one, else the row in which the record begins
    blank_cell = records.row[record, item]
    row = np.where(blank_cell >= 0, blank_cell, records.begin[record])
    fields = _record_fields(survey, record) | {"item": [items[i].id for i in item]}
    yield Batch("missing_answer", survey.file("codings"), at(survey.codings, row), "answer", fields=fields)


def _record_fields(survey: Survey, record: npt.NDArray[np.intp]) -> dict[str, list[str]]:
    records = survey.records
    return {
        "journal": list(survey.journal_ids[records.journal[record]]),
        "coder": [records.coders[c] for c in records.coder[record]],
        "round": [records.rounds[r] for r in records.round[record]],
    }


def missing_records(survey: Survey) -> Iterator[Batch]:
    """Assigned records that nobody began."""
    table = survey.assignments
    if table is None:
        return
    records, journal = survey.records, survey.journal_of["assignments"]
    coder = positions(table["coder"], pd.Index(records.coders))
    round_ = positions(table["round"], pd.Index(records.rounds))

    def key(journal: Ints, coder: Ints, round_: Ints) -> npt.NDArray[np.int64]:
        return (journal.astype(np.int64) * len(records.coders) + coder) * len(records.rounds) + round_

    there = key(records.journal, records.coder, records.round)
    begun = pd.Index(key(journal, coder, round_)).isin(there) & (coder >= 0) & (round_ >= 0)
    where = np.flatnonzero(~begun & (journal >= 0))
    fields = {
        "journal": cells(table["journal_id"], where),
        "coder": cells(table["coder"], where),
        "round": cells(table["round"], where),
    }
    yield Batch("missing_record", survey.file("assignments"), at(table, where), fields=fields)


def missing_evidence(survey: Survey) -> Iterator[Batch]:
    """Answers without the passage that their item asks for."""
    if "evidence" in survey.meta.not_recorded:
        return
    records, items, table = survey.records, survey.codebook.items, survey.codings
    least = {"required": 0, "if_found": 1, "optional": 10_000}
    # an answer to an open or multiple item says that something was found
    lowest = np.array(
        [
            least[i.evidence] if i.closed else min(least[i.evidence], 10_000 * (i.evidence == "optional"))
            for i in items
        ]
    )
    option = records.option[records.of_row, records.item_of_row]
    asked = (option >= lowest[records.item_of_row]) & (option >= 0) & (records.item_of_row >= 0)
    where = np.flatnonzero(asked & table["evidence"].isna().to_numpy())
    fields = {
        n: cells(table[c], where)
        for n, c in (("item", "item"), ("journal", "journal_id"), ("coder", "coder"), ("round", "round"))
    }
    yield Batch("missing_evidence", survey.file("codings"), at(table, where), "evidence", fields=fields)


def coder_counts(survey: Survey) -> npt.NDArray[np.int64]:
    """Number of coders of each journal in the main round."""
    records = survey.records
    return np.bincount(records.journal[records.main], minlength=len(survey.journal_ids))


def uncoded_journals(survey: Survey) -> Iterator[Batch]:
    """Journals of the list without codings and adjudications."""
    nothing = (coder_counts(survey) == 0) & (survey.adopted == MISSING).all(axis=1)
    yield _journals(survey, "missing_journal", nothing)


def single_coded(survey: Survey) -> Iterator[Batch]:
    """Journals that one coder alone coded."""
    yield _journals(survey, "single_coded", coder_counts(survey) == 1)


def _journals(survey: Survey, code: str, which: npt.NDArray[np.bool_]) -> Batch:
    frame = survey.journals
    where = np.flatnonzero(which)
    fields = {"journal": list(survey.journal_ids[where])}
    return Batch(
        code, survey.file("journals"), at(frame, first_positions(survey)[where]), "journal_id", fields=fields
    )
