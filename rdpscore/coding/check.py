"""``check``: a filled file against all rules, its problems placed in the cells that the coder sees."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rdpscore.coding.read import Filled, read_filled, read_workbook
from rdpscore.problems import Batch, Problems
from rdpscore.results import Result, versions
from rdpscore.survey import Survey
from rdpscore.validation import check as check_survey

_OF_A_SURVEY = frozenset({
    "single_coded", "missing_journal", "missing_publisher", "same_name", "similar_name", "names_joined",
    "placeholder_issn", "repeated_issn", "possibly_one_reading", "not_recorded",
    "adopted_against_applies_if", "impossible_attribute", "unresolved_disagreement",
    "codebook_changed", "codebook_edited", "unknown_policy",
})  # fmt: skip
"""Problems of a survey as a whole: not this coder's."""
_MISSING = frozenset({"missing_answer", "missing_evidence"})


@dataclass(frozen=True)
class CheckResult(Result):
    """What `check_file` found.

    Attributes
    ----------
    filled : Filled or None
        None where nothing could be read.
    """

    filled: Filled | None

    @property
    def ok(self) -> bool:
        """True where no problem is an error."""
        return self.problems.ok

    @property
    def counts(self) -> dict[str, int]:
        """How much was filled in."""
        if self.filled is None:
            return {}
        if self.filled.kind == "adjudication":
            return {"adjudications": len(self.filled.adjudications), "rulings": len(self.filled.decisions)}
        answers = self.filled.codings[self.filled.codings["answer"] != ""]
        return {
            "journals": len(self.filled.journals),
            "begun": int(answers["journal_id"].nunique()),
            "answers": len(answers),
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"problems": self.problems.to_frame()}

    def body(self) -> Any:
        kinds = self.problems.counts()
        return {"valid": self.ok, "kinds": kinds, "filled": self.counts}


def check_file(path: str | Path, survey: Survey | None = None) -> CheckResult:
    """Check a coder's or adjudicator's file.

    Parameters
    ----------
    path : str or Path
    survey : Survey, optional
        Needed for a CSV; a workbook carries its codebook.

    Returns
    -------
    CheckResult
        Nothing is raised for bad input.
    """
    return _checked(*read_filled(Path(path), survey))


def check_workbook(content: bytes, name: str, converted: Mapping[str, bytes] | None = None) -> CheckResult:
    """Check the bytes of a workbook, which carries its codebook.

    Parameters
    ----------
    content : bytes
    name : str
        What the file is called in problems.
    converted : mapping, optional
        Of `rdpscore.readers.convert_together`.
    """
    return _checked(*read_workbook(content, name, converted))


def _checked(filled: Filled | None, problems: Problems) -> CheckResult:
    if filled is None:
        return CheckResult({"versions": versions()}, problems, None)
    problems = problems + content_problems(filled, problems)
    settings = {
        "file": filled.name,
        "survey": filled.survey,
        "codebook": {"id": filled.codebook.id, "version": filled.codebook.version},
        "versions": versions(),
    }
    return CheckResult(settings, problems, filled)


def content_problems(filled: Filled, told: Problems) -> Problems:
    """What the rules of `rdpscore.validation` find in a coder's answers, placed in the file's cells.

    Parameters
    ----------
    filled : Filled
    told : Problems
        Of reading the file: a cell that could not be read is not missing.
    """
    if not len(filled.codings):
        return Problems()
    survey = Survey.from_frames(filled.codebook, filled.journals, _blank(filled.codings))
    survey = replace(survey, meta=survey.meta.model_copy(update={"not_recorded": list(filled.not_recorded)}))
    found = [
        b for b in check_survey(survey).batches if b.code not in _OF_A_SURVEY and b.file == "codings.csv"
    ]
    unread = {(p.row, p.cell) for p in told.errors}
    return Problems.of(_relocated(batch, filled, unread) for batch in found)


def _blank(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.where(frame != "", None)


def _relocated(batch: Batch, filled: Filled, unread: Collection[tuple[int | None, str | None]]) -> Batch:
    """A batch of the codings table, at its cells in the file; once a cell, however many journals share a form."""
    field = batch.column or "answer"
    kept: dict[tuple[int, str, str], int] = {}
    for k, problem in enumerate(batch):
        place = filled.places[(problem.row or 2) - 2]
        row, cell = int(place["row"]), place.get(field) or place.get("answer") or ""
        if batch.code == "missing_answer":  # told of at the record's first row, as blank ones are not read
            key = (problem.journal or "", problem.coder or "", problem.round or "", problem.item or "")
            row, cell = filled.answer_cells.get(key, (row, cell))
        if batch.code not in _MISSING or (row, cell or None) not in unread:
            kept.setdefault((row, cell, problem.item or ""), k)
    all_fields = {n: v if np.ndim(v) == 0 else list(v) for n, v in batch.fields.items()}
    fields = {n: [v[k] for k in kept.values()] if isinstance(v, list) else v for n, v in all_fields.items()}
    rows, cells = [r for r, _, _ in kept], [c for _, c, _ in kept]
    in_workbook = all(cells)
    return Batch(
        batch.code,
        filled.name,
        rows,
        None if in_workbook else batch.column,
        None,
        fields,
        cells if in_workbook else None,
    )
