"""A survey out of coders' workbooks alone, for one who has only these: in memory, written nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from rdpscore.coding.check import CheckResult, check_workbook
from rdpscore.coding.filled import merge_files
from rdpscore.coding.read import Filled
from rdpscore.problems import Batch, Problems
from rdpscore.readers import convert_together
from rdpscore.survey import Survey, SurveyMeta
from rdpscore.survey.meta import CodebookRef
from rdpscore.survey.tables import SPECS


@dataclass(frozen=True)
class Gathered:
    """What workbooks say together.

    Attributes
    ----------
    checked : tuple of CheckResult
        One a file, as of `rdpscore.coding.check`.
    survey : Survey or None
        Of all files; None where a problem is an error.
    problems : Problems
        Of all files, and of their being put together.
    """

    checked: tuple[CheckResult, ...]
    survey: Survey | None
    problems: Problems


def gather(files: Mapping[str, bytes]) -> Gathered:
    """Check workbooks and put them together as one survey.

    The first workbook's codebook is that of the survey: it carries what coders decide by, and the scores and schemes as
    they were when it was made. Impact, access and other attributes stand in no workbook, so the survey has none.

    Parameters
    ----------
    files : mapping
        Name → bytes of a workbook from `rdpscore template` or `rdpscore adjudicate`.
    """
    made = convert_together(files.values()) if len(files) > 1 else {}
    checked = tuple(check_workbook(content, name, made) for name, content in files.items())
    problems = Problems(tuple(b for c in checked for b in c.problems.batches))
    filled = [c.filled for c in checked if c.filled is not None]
    problems = problems + Problems.of(b for f in filled[1:] for b in _belongs(f, filled[0]))
    if not problems.ok or not filled:
        return Gathered(checked, None, problems)
    merge, found = merge_files(_empty(filled), filled)
    problems = problems + found
    return Gathered(checked, merge.survey if problems.ok else None, problems)


def _belongs(filled: Filled, first: Filled) -> list[Batch]:
    """A file must be of the survey and the codebook of the first one."""
    out = []
    for code, own, other in (
        ("other_survey", filled.survey, first.survey),
        ("other_codebook", filled.codebook.hashes.coding, first.codebook.hashes.coding),
    ):
        if own != other:
            out.append(Batch(code, filled.name, fields={"value": own, "expected": other}))
    return out


def _empty(filled: list[Filled]) -> Survey:
    """A survey of the files' journals that nobody has coded."""
    book, name = filled[0].codebook, filled[0].survey or filled[0].codebook.id
    journals = pd.concat([f.journals for f in filled], ignore_index=True).drop_duplicates("journal_id")
    meta = SurveyMeta(
        format=1,
        id=name,
        title=f"Workbooks of the survey {name}",
        codebook=CodebookRef(id=book.id, version=book.version),
        not_recorded=list(dict.fromkeys(n for f in filled for n in f.not_recorded)),
    )
    blank = pd.DataFrame(columns=list(SPECS["codings"].required), dtype=object)
    return Survey.from_frames(book, journals.where(journals != "", None), blank, meta=meta)
