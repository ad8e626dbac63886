"""The report of an import: what was read, used, left out and why; nothing is dropped in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rdpscore.problems import Batch, Problems
from rdpscore.published.assembly import Assembled
from rdpscore.published.conditions import Columns, RuleUse
from rdpscore.published.journals import Named
from rdpscore.published.mapping import AnswerRules
from rdpscore.published.mapping import Mapping as MappingFile
from rdpscore.published.responses import Pieces
from rdpscore.published.shifts import Repaired
from rdpscore.published.values import Reader
from rdpscore.results import Result, records, versions
from rdpscore.survey import Survey
from rdpscore.validation.completeness import coder_counts

Became = tuple[str, str, int, str]
"""A source, what became of some of its rows, how many, and where the first of them is."""


@dataclass(frozen=True)
class ImportReport(Result):
    """What an import by a mapping file did; see `import_published`.

    Attributes
    ----------
    rows : DataFrame
        One row a source and what became of its rows: source, what, rows, first (where the first of them is).
    values : DataFrame
        item, value, answer, cells: how texts were read; a blank answer is none.
    journals : dict
        Number of journals, and of those with no coder, one, two, more, and with a consensus.
    merges : dict
        Title → a title that looks like it: a proposal for ``same``, to be decided by a person.
    folder : Path or None
        Where the survey was written.
    """

    rows: pd.DataFrame
    values: pd.DataFrame
    journals: dict[str, int]
    merges: dict[str, str]
    folder: Path | None = None

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"rows": self.rows, "values": self.values, "problems": self.problems.to_frame()}

    def body(self) -> Any:
        return {
            "written": self.folder is not None,
            "rows": records(self.rows),
            "journals": self.journals,
            "values": records(self.values),
            "same": self.merges,
        }

    def written_to(self, folder: Path) -> ImportReport:
        """The report of an import that was written."""
        return replace(self, folder=folder)


def make_report(
    mapping: MappingFile,
    survey: Survey,
    read: Mapping[str, int],
    uses: list[RuleUse],
    repaired: Repaired,
    pieces: Pieces,
    assembled: Assembled,
    named: Named,
    columns: Columns,
    rules: Mapping[str, tuple[AnswerRules, Reader]],
    problems: Problems,
) -> ImportReport:
    """The report of a finished conversion."""
    problems = problems + Problems.of(_notes(mapping, assembled, columns, rules))
    names = (b for b in problems.batches if b.code in ("same_name", "similar_name"))
    alike = (b.fields for b in names if b.fields["thing"] == "titles")
    merges = {t: o for fields in alike for t, o in zip(fields["value"], fields["other"], strict=True)}
    values = pd.DataFrame(
        [(item, text, answer, n) for (item, text, answer), n in pieces.counts.items()],
        columns=["item", "value", "answer", "cells"],
    )
    return ImportReport(
        {**survey.settings, "versions": versions()},
        problems,
        _rows(mapping, read, uses, repaired, columns, pieces, named),
        values,
        _journals(survey),
        merges,
    )


def _rows(
    mapping: MappingFile,
    read: Mapping[str, int],
    uses: list[RuleUse],
    repaired: Repaired,
    columns: Columns,
    pieces: Pieces,
    named: Named,
) -> pd.DataFrame:
    """What became of the rows of each source."""
    out: list[Became] = []
    for source, n in read.items():
        out.append((source, "read", n, ""))
        out += [_use(u) for u in uses if u.source == source]
        if source == mapping.answered[-1]:
            if len(mapping.answered) > 1:
                out += [_use(u) for u in uses if u.source == mapping.main]
            out += _answered(mapping.main, repaired, columns, pieces, named)
    return pd.DataFrame(out, columns=["source", "what", "rows", "first"])


def _answered(
    source: str, repaired: Repaired, columns: Columns, pieces: Pieces, named: Named
) -> Iterator[Became]:
    """What became of the rows of the table of answers."""
    if repaired.left_out:
        yield source, "left out: answers stand under the wrong questions", repaired.left_out, ""
    if repaired.coders_left_out:
        what = "left out of one coder: answers stand under the wrong questions"
        yield source, what, repaired.coders_left_out, ""
    if repaired.rejoined:
        yield source, "used after split cells were joined again", repaired.rejoined, ""
    table = columns.table
    answered = np.zeros(len(table), bool)
    answered[pieces.joined()["row"]] = True
    blank = np.flatnonzero(~answered)
    yield source, "used", int(answered.sum()), ""
    if len(blank):
        yield source, "without any answer", len(blank), table.where_is(blank[0])
    if named.shared.any():
        shared = np.flatnonzero(named.shared)
        yield source, "name several journals", len(shared), table.where_is(shared[0])


def _use(use: RuleUse) -> Became:
    return use.source, f"{'left out' if use.left_out else 'corrected'}: {use.name}", use.rows, use.first


def _journals(survey: Survey) -> dict[str, int]:
    coders = coder_counts(survey)
    settled = (survey.adopted >= 0).any(axis=1)
    return {
        "journals": len(coders),
        "no_answers": int(((coders == 0) & ~settled).sum()),
        "consensus_only": int(((coders == 0) & settled).sum()),
        "one_coder": int((coders == 1).sum()),
        "two_coders": int((coders == 2).sum()),
        "more_coders": int((coders > 2).sum()),
        "with_consensus": int(settled.sum()),
    }


def _notes(
    mapping: MappingFile,
    assembled: Assembled,
    columns: Columns,
    rules: Mapping[str, tuple[AnswerRules, Reader]],
) -> list[Batch]:
    """What is worth knowing and no fault."""
    out: list[Batch] = []
    table = columns.table
    spare = [c for c in table.named if c not in columns.used]
    if spare:
        names = ", ".join(spare)
        out.append(
            Batch("columns_not_read", fields={"n": len(spare), "source": mapping.main, "value": names})
        )
    if assembled.confirmed:
        out.append(Batch("consensus_repeats", fields={"n": f"{assembled.confirmed:,}"}))
    if assembled.undecided:
        out.append(Batch("consensus_blank", fields={"n": f"{assembled.undecided:,}"}))
    for item, (_, reader) in rules.items():
        spared = [k for k in reader.own if k not in reader.used] if reader.known else []
        if spared:
            names = ", ".join(spared)
            out.append(Batch("mapping_unused", fields={"n": len(spared), "where": item, "value": names}))
    return out
