"""The report on problems: each kind with its count, its first cases, and what to do; and on what was checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rdpscore.problems import Problems
from rdpscore.report.blocks import Block, Heading, ProblemKind, Sentence
from rdpscore.words import plural

if TYPE_CHECKING:
    from rdpscore.coding.check import CheckResult
    from rdpscore.validation import ValidationResult

FIRST = 3
"""Cases of a kind that are shown."""
FIRST_OF_FILE = 10
"""Cases of a kind in the one file that is checked."""


def report_problems(problems: Problems, first: int = FIRST) -> Iterator[ProblemKind]:
    """Each kind of problem, the first cases of it with their places.

    Parameters
    ----------
    problems : Problems
    first : int
        So many cases of a kind.
    """
    for code, group in problems.by_kind().items():
        cases = group.head(first)
        yield ProblemKind(
            severity=group.batches[0].kind.severity.value,
            code=code,
            n=len(group),
            cases=tuple((f"{c.place}: {c.what}" if c.place else c.what, c.remedy) for c in cases),
        )


def report_validation(result: ValidationResult, hint: bool = True) -> Iterator[Block]:
    """What a survey holds, its problems, and how many there are.

    Parameters
    ----------
    result : ValidationResult
    hint : bool
        Whether to say how all problems are written to a file.
    """
    if result.survey is not None:
        things = ("journal", "publisher", "coder record", "coding", "adjudication")
        counts = zip(result.counts.values(), things, strict=True)
        yield Heading(f"{result.survey.meta.title}: {', '.join(plural(n, thing) for n, thing in counts)}", 1)
    yield from report_problems(result.problems)
    more = "; all of them with --output problems.csv" if hint and len(result.problems) else ""
    yield Sentence(f"{_severities(result.problems)}{more}", strong=True)


def report_check(result: CheckResult) -> Iterator[Block]:
    """What a coder's or adjudicator's file holds, its problems, and how many there are."""
    if result.filled is not None:
        counts = ", ".join(f"{n:,} {what}" for what, n in result.counts.items())
        yield Heading(f"{result.filled.name}: {counts}", 1)
    yield from report_problems(result.problems, FIRST_OF_FILE)
    yield Sentence(_severities(result.problems), strong=True)


def _severities(problems: Problems) -> str:
    found = {"error": problems.errors, "warning": problems.warnings, "note": problems.notes}
    return ", ".join(plural(len(group), severity) for severity, group in found.items())
