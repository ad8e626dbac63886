"""Columns that say which answer was agreed on, and coders that are a consensus."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rdpscore.files.yamls import KeyPath
from rdpscore.problems import suggestion
from rdpscore.published.conditions import Columns, Faults, holds
from rdpscore.published.mapping import AnswerRules, Coders
from rdpscore.published.responses import (
    Pieces,
    Voice,
    named,
    said_at,
    tell,
)
from rdpscore.published.table import BLANK, Cells, fold
from rdpscore.published.values import Reader


def add_adopted(
    pieces: Pieces,
    number: int,
    reader: Reader,
    own: AnswerRules,
    coders: Coders,
    columns: Columns,
    faults: Faults,
    path: KeyPath,
) -> None:
    """The column with the answer that was agreed on: as an answer, or as the coder who was right."""
    assert own.adopted is not None
    assert own.column is not None
    key = columns.key(own.adopted, said_at(faults, path, "adopted"))
    if key is None:
        return
    table, cells = columns.table, columns.table.cells(key)
    reasons = None
    if own.reason is not None:
        reasons = columns.cells(own.reason, said_at(faults, path, "reason"))
    if own.adopted_is == "coder":
        picked: list[str | None] = [None] * len(table)
        tokens = set(coders.columns.values())
        for code, token in enumerate(cells.values):
            rows = np.flatnonzero(cells.codes == code)
            if fold(token) in reader.missing or not len(rows):
                continue
            if token not in tokens:
                near = suggestion(token, tokens)
                faults.add(
                    table.batches(
                        "value_not_covered",
                        rows[:1],
                        key,
                        value=token,
                        item=reader.item.id,
                        nearest=near,
                        count=f"{len(rows)} cells",
                    )
                )
                continue
            theirs = columns.cells(named(own.column, Voice(token)), path)
            if theirs is not None:
                for r in rows.tolist():
                    picked[r] = theirs.text(r) or None
                    pieces.undecided += picked[r] is None
        cells = Cells.of(picked)
    rows = np.flatnonzero(cells.codes >= 0)
    codes = cells.codes[rows]
    outcomes = [reader.read(v) for v in cells.values]
    used = cells.used
    tell(reader, outcomes, used, cells, rows, key, table, faults)
    answer = np.array([*(pieces.answer.put(o.answer) for o in outcomes), BLANK], np.int32)[codes]
    reason = np.full(len(rows), BLANK, np.int32)
    if reasons is not None:
        spelled = {fold(k): v for k, v in own.reasons.items()}
        for code, text in enumerate(reasons.values):
            at = rows[reasons.codes[rows] == code]
            if len(at) and fold(text) not in spelled and fold(text) not in reader.missing:
                near = suggestion(text, own.reasons)
                faults.add(
                    table.batches(
                        "value_not_covered",
                        at[:1],
                        own.reason,
                        value=text,
                        item="reasons",
                        nearest=near,
                        count=f"{len(at)} cells",
                    )
                )
        reason = pieces.text.all(reasons.mapped(lambda v: spelled.get(fold(v))))[rows]
    kept = answer >= 0
    n = int(kept.sum())
    blank = np.full(n, BLANK, np.int32)
    pieces.add(
        row=rows[kept].astype(np.int32),
        coder=blank,
        item=np.full(n, number, np.int32),
        answer=answer[kept],
        note=blank,
        passage=blank,
        url=blank,
        unclear=np.zeros(n, np.int32),
        adopted=np.ones(n, np.int32),
        reason=reason[kept],
    )


def consensus_rows(coders: Coders, texts: list[str], faults: Faults) -> npt.NDArray[np.bool_]:
    """Which coders are no coder but a consensus, one entry a coder and one for none."""
    if coders.consensus is None:
        return np.zeros(len(texts) + 1, bool)
    test = holds(coders.consensus, ("coders", "consensus"), faults)
    found = [test is not None and test(t) for t in texts]
    if test is not None and texts and not any(found):
        wanted = [*(coders.consensus.among or ()), *(coders.consensus.begins or ())]
        near = suggestion(wanted[0], texts) if wanted else f"; coders are {', '.join(texts[:8])}"
        faults.at(
            "mapping_nothing",
            ("coders", "consensus"),
            thing="consensus",
            value=", ".join(wanted) or coders.consensus.matches or "",
            where="the coders",
            nearest=near,
        )
    return np.array([*found, False])
