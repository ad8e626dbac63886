"""Looking for problems in a small survey."""

from __future__ import annotations

from pathlib import Path

from tables import write_survey

from rdpscore.problems import Problem, Problems
from rdpscore.validation import validate

JOURNALS = """
    | journal_id | title           | publisher |
    |------------|-----------------|-----------|
    | alpha      | Alpha Letters   | North     |
    | beta       | Beta Reviews    | North     |
    | gamma      | Gamma Materials | South     |
"""
"""Three good journals of two publishers."""

CODINGS = """
    | journal_id | coder | item   | answer |
    |------------|-------|--------|--------|
    | alpha      | c1    | policy | yes    |
    | alpha      | c1    | data   | 2      |
    | alpha      | c1    | code   | 1      |
"""
"""One good record."""


def find(
    tmp_path: Path, codebook: str | None = None, survey_yaml: str | None = None, **tables: str
) -> Problems:
    """All problems of a survey of which a test writes down only the sheets it is about."""
    given = {"journals": JOURNALS, "codings": CODINGS} | tables
    yamls = {"codebook": codebook, "survey_yaml": survey_yaml}
    folder = write_survey(tmp_path / "survey", **{k: v for k, v in yamls.items() if v is not None}, **given)
    return validate(folder).problems


def sheet(header: str, *rows: str) -> str:
    """A Markdown table of its lines, for sheets of a few rows: ``sheet("item | answer", "policy | no")``."""
    return "\n".join(f"| {line} |" for line in (header, "-", *rows))


def the(problems: Problems, code: str) -> Problem:
    """The one problem of its kind."""
    (found,) = of(problems, code)
    return found


def of(problems: Problems, code: str) -> list[Problem]:
    """All problems of a kind."""
    return [p for p in problems if p.code == code]


def place(problem: Problem) -> tuple[str, str | None, int | None, str | None, str]:
    """Severity, file, row, column and value of a problem."""
    return problem.severity.value, problem.file, problem.row, problem.column, problem.value
