"""Run all rules."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rdpscore.arguments import checked
from rdpscore.problems import Batch, Problems
from rdpscore.results import Result, versions
from rdpscore.survey import Survey, read
from rdpscore.validation import attributes, completeness, consistency, issns, keys, names

if TYPE_CHECKING:
    import pandas as pd

Rule = Callable[[Survey], Iterator[Batch]]

RULES: tuple[Rule, ...] = (
    keys.codebook_hashes,
    keys.blank_keys,
    keys.unknown_journals,
    keys.unknown_items,
    keys.answers,
    keys.vocabularies,
    keys.duplicate_keys,
    attributes.undeclared_columns,
    attributes.impossible_attributes,
    attributes.missing_publishers,
    attributes.unknown_policies,
    attributes.addresses,
    attributes.dates,
    issns.placeholders,
    issns.repeated_issns,
    names.similar,
    names.joined,
    completeness.not_recorded,
    completeness.missing_answers,
    completeness.missing_records,
    completeness.missing_evidence,
    completeness.uncoded_journals,
    completeness.single_coded,
    consistency.against_conditions,
    consistency.adopted_against_conditions,
    consistency.disagreements,
    consistency.adjudications,
    consistency.possibly_one_reading,
)

_checked: weakref.WeakKeyDictionary[Survey, Problems] = weakref.WeakKeyDictionary()


@checked
def check(survey: Survey) -> Problems:
    """All problems in the content of a survey; computed once a survey."""
    if survey not in _checked:
        _checked[survey] = Problems.of(batch for rule in RULES for batch in rule(survey))
    return _checked[survey]


@dataclass(frozen=True)
class ValidationResult(Result):
    """What `validate` found.

    Attributes
    ----------
    survey : Survey or None
        None where the files could not be read.
    counts : mapping
        Numbers of journals, publishers, records, codings, adjudications.
    """

    survey: Survey | None
    counts: Mapping[str, int]

    @property
    def ok(self) -> bool:
        """True where no problem is an error."""
        return self.problems.ok

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"problems": self.problems.to_frame()}

    def body(self) -> Any:
        severities = {
            "errors": len(self.problems.errors),
            "warnings": len(self.problems.warnings),
            "notes": len(self.problems.notes),
        }
        return {"valid": self.ok, **severities, "kinds": self.problems.counts(), "survey": dict(self.counts)}


@checked
def validate(survey: Survey | str | Path | None = None) -> ValidationResult:
    """Check a survey against all rules.

    Parameters
    ----------
    survey : Survey, str or Path, optional
        A loaded survey, a folder, or the id of a shipped survey; the default survey without.

    Returns
    -------
    ValidationResult
        ``problems`` holds everything found, ``ok`` whether the survey can be used. Nothing is raised for bad
        input.

    Examples
    --------
    >>> validate("materials-science").ok
    True
    """
    found: Survey | None
    if isinstance(survey, Survey):
        found, problems = survey, Problems()
    else:
        found, problems = read(survey)
    if found is None:
        return ValidationResult({"versions": versions()}, problems, None, {})
    problems = problems + check(found)
    counts = {
        "journals": len(found.journals),
        "publishers": int(found.journals["publisher"].nunique()),
        "records": len(found.records.journal),
        "codings": len(found.codings),
        "adjudications": len(found.adjudications),
    }
    return ValidationResult({**found.settings, "versions": versions()}, problems, found, counts)
