"""The table from which the figures of agreement are computed: every cell, used or not, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rdpscore.agreement.pairs import cells
from rdpscore.inference import Clusters
from rdpscore.survey import Survey

USED = "two or more answers"
ONE_ANSWER = "one answer"
NO_ANSWER = "no answer"
NOT_CLOSED = "not a closed item"
UNCODED = "no coder in the main round"


def diagnosis(survey: Survey, by: Clusters, readings: np.ndarray) -> pd.DataFrame:
    """One row a journal and item.

    Parameters
    ----------
    survey : Survey
    by : Clusters
        Those of the intervals.
    readings : int array, shape (n_journals,)
        One integer a distinct reading.

    Returns
    -------
    DataFrame
        journal_id, publisher, cluster, reading (the first journal of the same distinct reading), item, dimension,
        answers (``c1: 0; c2: 1``), n_answers, agree (all answers are one option; missing where fewer than two),
        used, why.
    """
    ids, entries, records = survey.journal_ids, survey.codebook.items, survey.records
    n_journals, n_items = len(ids), len(entries)
    answers = np.full((n_journals, n_items), "", object)
    main = records.main
    for row in main:
        journal, coder = records.journal[row], records.coders[records.coder[row]]
        for item in np.flatnonzero(records.answer[row] >= 0):
            said = f"{coder}: {survey.distinct_answers[item][records.answer[row, item]]}"
            answers[journal, item] = f"{answers[journal, item]}; {said}" if answers[journal, item] else said
    n_answers = survey.resolved.n_answers
    closed = np.array([e.closed for e in entries])
    coded = np.zeros(n_journals, bool)
    coded[records.journal[main]] = True
    data = cells(survey)
    pairable = np.zeros((n_journals, n_items), bool)
    for i, place in enumerate(data.items):
        pairable[:, place] = data.pairable(i)
    why = np.select(
        [
            ~np.broadcast_to(coded[:, None], pairable.shape),
            ~np.broadcast_to(closed, pairable.shape),
            pairable,
        ],
        [UNCODED, NOT_CLOSED, USED],
        default=ONE_ANSWER,
    )
    why = np.where((n_answers == 0) & closed & coded[:, None], NO_ANSWER, why)
    known = survey.journals["journal_id"]
    first = (known.notna() & ~known.duplicated()).to_numpy()
    publisher = survey.journals["publisher"].astype(object)[first].to_numpy()

    def across(values: object) -> np.ndarray:
        return np.repeat(np.asarray(values, object), n_items)

    agree = np.where(pairable, ~survey.resolved.disagreed, np.array(None, object))
    return pd.DataFrame(
        {
            "journal_id": across(ids),
            "publisher": across(publisher),
            "cluster": across(np.array(by.labels, object)[by.code]),
            "reading": across(ids[readings]),
            "item": np.tile(np.array([e.id for e in entries], object), n_journals),
            "dimension": np.tile(np.array([e.dimension for e in entries], object), n_journals),
            "answers": answers.ravel(),
            "n_answers": n_answers.ravel(),
            "agree": pd.array(agree.ravel(), dtype="boolean"),
            "used": pairable.ravel(),
            "why": why.ravel(),
        }
    )
