"""Rules on what contradicts itself: conditions, disagreements, adjudications, readings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from rdpscore.problems import Batch
from rdpscore.survey import MISSING, Survey, applicable, coding_sets, possibly_one, stale, wording_only
from rdpscore.validation.keys import at, first_positions


def against_conditions(survey: Survey) -> Iterator[Batch]:
    """Records that answer items above the lowest option which, by their other answers, do not apply."""
    records = survey.records
    against = (records.option > _lowest(survey)) & ~applicable(survey.codebook, records.option)
    which = np.flatnonzero(against.any(axis=1) & (records.journal >= 0))
    because, answers = _explain(survey, records.option[which], against[which])
    row = [records.row[r, np.argmax(against[r])] for r in which]
    fields = {
        "journal": list(survey.journal_ids[records.journal[which]]),
        "coder": [records.coders[c] for c in records.coder[which]],
        "round": [records.rounds[r] for r in records.round[which]],
        "because": because,
        "value": answers,
    }
    rows = at(survey.codings, np.array(row, dtype=np.intp))
    yield Batch("against_applies_if", survey.file("codings"), rows, "answer", fields=fields)


def adopted_against_conditions(survey: Survey) -> Iterator[Batch]:
    """The same, for the resolved answers of a journal."""
    option = survey.resolved.option
    against = (option > _lowest(survey)) & ~applicable(survey.codebook, option)
    which = np.flatnonzero(against.any(axis=1))
    because, answers = _explain(survey, option[which], against[which])
    fields = {"journal": list(survey.journal_ids[which]), "because": because, "value": answers}
    yield Batch(
        "adopted_against_applies_if",
        survey.file("journals"),
        _journal_rows(survey)[which],
        "journal_id",
        fields=fields,
    )


def _lowest(survey: Survey) -> npt.NDArray[np.int64]:
    # any answer to an open item is against; the lowest option of a closed one says that there is nothing
    return np.array([0 if i.closed else MISSING for i in survey.codebook.items])


def _journal_rows(survey: Survey) -> npt.NDArray[np.integer]:
    """Row in the file of each journal, in the order of `Survey.journal_ids`."""
    return at(survey.journals, first_positions(survey))


def _explain(
    survey: Survey, option: npt.NDArray[np.int16], against: npt.NDArray[np.bool_]
) -> tuple[list[str], list[str]]:
    """For each row the answers that exclude items, and the answers given all the same."""
    items, ids = survey.codebook.items, survey.codebook.item_ids
    because, answers = [], []
    for row, wrong in zip(option, against, strict=True):
        columns = np.flatnonzero(wrong)
        conditions = dict.fromkeys(c for i in columns for c in items[i].applies_if)
        excluding = [
            c
            for c in conditions
            if (o := row[ids.index(c)]) >= 0
            and any(
                c in items[i].applies_if and items[ids.index(c)].codes[o] not in items[i].applies_if[c]
                for i in columns
            )
        ]
        because.append(
            ", ".join(f"{c} = {_spell(survey, ids.index(c), row)}" for c in excluding or conditions)
        )
        answers.append(", ".join(f"{ids[i]} = {_spell(survey, int(i), row)}" for i in columns))
    return because, answers


def _spell(survey: Survey, item: int, row: npt.NDArray[np.int16]) -> str:
    entry = survey.codebook.items[item]
    if row[item] < 0:
        return "blank"
    return entry.codes[row[item]] if entry.closed else "an answer"


def disagreements(survey: Survey) -> Iterator[Batch]:
    """Items on which coders differ and that nobody adjudicated."""
    resolved = survey.resolved
    journal, item = np.nonzero(resolved.disagreed & (survey.adopted_row < 0))
    fields = {
        "journal": list(survey.journal_ids[journal]),
        "item": [survey.codebook.item_ids[i] for i in item],
        "value": _answers(survey, journal, item),
    }
    yield Batch(
        "unresolved_disagreement",
        survey.file("journals"),
        _journal_rows(survey)[journal],
        "journal_id",
        fields=fields,
    )


def _answers(survey: Survey, journal: npt.NDArray[np.intp], item: npt.NDArray[np.intp]) -> list[str]:
    """``"c1: 0, c2: 3"`` for each pair of a journal and an item."""
    records = survey.records
    sorted_journals = records.journal[records.main]
    start, stop = (np.searchsorted(sorted_journals, journal, side) for side in ("left", "right"))
    out = []
    for i, a, b in zip(item, start, stop, strict=True):
        known = survey.distinct_answers[i]
        given = [(records.coders[records.coder[r]], records.answer[r, i]) for r in records.main[a:b]]
        out.append(", ".join(f"{coder}: {known[k]}" for coder, k in given if k >= 0))
    return out


def adjudications(survey: Survey) -> Iterator[Batch]:
    """Adjudications that decide nothing, or something else than the coders answered."""
    table, file = survey.adjudications, survey.file("adjudications")
    blank = np.flatnonzero(
        (table["answer"].isna() & table["journal_id"].notna() & table["item"].notna()).to_numpy()
    )
    fields = {"journal": list(table["journal_id"].iloc[blank]), "item": list(table["item"].iloc[blank])}
    yield Batch("blank_adjudication", file, at(table, blank), "answer", fields=fields)

    resolved, adopted = survey.resolved, survey.adopted
    closed = (adopted >= 0) & np.array([i.closed for i in survey.codebook.items])
    n = resolved.n_answers
    agreed = closed & (n >= 2) & ~resolved.disagreed
    cases = {
        "adjudication_without_codings": closed & (n == 0) & (n > 0).any(axis=1, keepdims=True),
        "wording_adjudication": wording_only(survey),
        "stale_adjudication": stale(survey),
        "novel_adjudication": closed & (n > 0) & ~agreed & ~resolved.adopted_given,
    }
    for code, where in cases.items():
        journal, item = np.nonzero(where)
        position = survey.adopted_row[journal, item]
        order = np.argsort(position)
        journal, item, position = journal[order], item[order], position[order]
        entries = [survey.codebook.items[i] for i in item]
        fields = {
            "journal": list(survey.journal_ids[journal]),
            "item": [e.id for e in entries],
            "value": [e.codes[o] for e, o in zip(entries, adopted[journal, item], strict=True)],
        }
        if code in ("stale_adjudication", "novel_adjudication"):
            fields["answers"] = _answers(survey, journal, item)
        yield Batch(code, file, at(table, position), "answer", fields=fields)


def possibly_one_reading(survey: Survey) -> Iterator[Batch]:
    """Journals of one publisher with identical sets of codings that no common reading_id explains."""
    sets = coding_sets(survey)
    groups = possibly_one(sets)
    if not groups:
        return
    firsts = [g[0] for g in groups]
    publishers = survey.journals["publisher"].cat.categories
    yield Batch(
        "possibly_one_reading",
        survey.file("journals"),
        _journal_rows(survey)[sets.journal[firsts]],
        "journal_id",
        fields={
            "journal": list(survey.journal_ids[sets.journal[firsts]]),
            "publisher": list(publishers[sets.publisher[firsts]]),
            "n": [len(g) for g in groups],
            "coders": sets.n_coders[firsts].tolist(),
            "value": [", ".join(survey.journal_ids[sets.journal[g]]) for g in groups],
        },
    )
