"""Rules on what is known of journals and on addresses and dates."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from rdpscore.problems import Batch, suggestion
from rdpscore.survey import Attribute, Survey
from rdpscore.validation.issns import is_issn, is_placeholder
from rdpscore.validation.keys import Nearest, at, cells


def impossible_attributes(survey: Survey) -> Iterator[Batch]:
    """Values outside what an attribute can be: kind, range, permitted values, ISSN check digit."""
    frame = survey.journals
    for column in frame.columns:
        spec = survey.attribute_spec(str(column))
        if spec is None:
            continue
        where = _failing(frame[column], partial(_possible, spec=spec))
        fields = {
            "value": cells(frame[column], where),
            "expected": _expected(spec),
            "hint": _HINTS.get(spec.kind, ""),
            "journal": cells(frame["journal_id"], where),
        }
        yield Batch(
            "impossible_attribute", survey.file("journals"), at(frame, where), str(column), fields=fields
        )


def missing_publishers(survey: Survey) -> Iterator[Batch]:
    if "publisher" in survey.meta.not_recorded:
        return
    frame = survey.journals
    where = np.flatnonzero(frame["publisher"].isna().to_numpy())
    fields = {"journal": cells(frame["journal_id"], where)}
    yield Batch("missing_publisher", survey.file("journals"), at(frame, where), "publisher", fields=fields)


def unknown_policies(survey: Survey) -> Iterator[Batch]:
    """A policy that a journal names must be in policies.csv, where there is one."""
    frame = survey.journals
    if survey.policies is None or "policy_id" not in frame:
        return
    known = survey.policies["policy_id"].dropna().unique().tolist()
    where = _failing(frame["policy_id"], set(known).__contains__)
    values = cells(frame["policy_id"], where)
    fields = {
        "value": values,
        "nearest": Nearest(values, known),
        "journal": cells(frame["journal_id"], where),
    }
    yield Batch("unknown_policy", survey.file("journals"), at(frame, where), "policy_id", fields=fields)


def addresses(survey: Survey) -> Iterator[Batch]:
    """Web addresses must be such."""
    yield from _cells_of(
        survey, "bad_url", is_url, {"codings": ["source_url"], "policies": ["url", "archive_url"]}
    )


def dates(survey: Survey) -> Iterator[Batch]:
    """Dates must be ISO dates of days that have been."""
    columns = {"codings": ["coded_on"], "adjudications": ["adjudicated_on"], "policies": ["retrieved_on"]}
    yield from _cells_of(survey, "bad_date", is_past_day, columns)


def _cells_of(
    survey: Survey, code: str, valid: Callable[[str], bool], columns: dict[str, list[str]]
) -> Iterator[Batch]:
    for name, checked in columns.items():
        frame = survey.tables.get(name)
        if frame is None:
            continue
        for column in checked:
            where = _failing(frame[column], valid)
            fields = {"value": cells(frame[column], where)}
            for field, source in (("journal", "journal_id"), ("coder", "coder"), ("item", "item")):
                if source in frame:
                    fields[field] = cells(frame[source], where)
            yield Batch(code, survey.file(name), at(frame, where), column, fields=fields)


def _failing(column: pd.Series, valid: Callable[[str], bool]) -> np.ndarray:
    """Positions of non-blank cells that fail; the test runs once a distinct value."""
    coded = column if isinstance(column.dtype, pd.CategoricalDtype) else column.astype("category")
    bad = np.array([not valid(str(c)) for c in coded.cat.categories.tolist()] + [False])
    return np.flatnonzero(bad[coded.cat.codes.to_numpy()])


_BLANK = re.compile(r"\s")


def is_url(text: str) -> bool:
    """True for an http(s) address with a host and no blanks."""
    if _BLANK.search(text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and "." in (parts.hostname or "").strip(".")
    except ValueError:
        return False


_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def is_date(text: str, latest: datetime.date) -> bool:
    """True for YYYY-MM-DD, from 1990 on and not after `latest`."""
    if not _ISO_DATE.fullmatch(text):
        return False
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return datetime.date(1990, 1, 1) <= day <= latest


def is_past_day(text: str) -> bool:
    """True for an ISO date that has been."""
    # some coder's today is our tomorrow
    return is_date(text, datetime.date.today() + datetime.timedelta(days=1))


_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)


def _possible(text: str, spec: Attribute) -> bool:
    match spec.kind:
        case "number" | "integer":
            if not _NUMBER.fullmatch(text):  # float() also takes 1_000 and other scripts' digits
                return False
            number = float(text)
            if not math.isfinite(number) or (spec.kind == "integer" and not number.is_integer()):
                return False
            return (spec.minimum is None or number >= spec.minimum) and (
                spec.maximum is None or number <= spec.maximum
            )
        case "boolean":
            return text.casefold() in ("true", "false")
        case "category":
            return spec.values is None or text in spec.values
        case "issn":
            return is_issn(text) or is_placeholder(text)
        case _:
            return True


_HINTS = {
    "number": "; a mapping reads 2,5 as a number with decimal: ','",
    "integer": "; a mapping reads 2,5 as a number with decimal: ','",
    "issn": "; spaces, any dash or none and a small x are fine, a digit that is missing or wrong is not",
}


def _expected(spec: Attribute) -> str:
    match spec.kind:
        case "number" | "integer":
            word = "a whole number" if spec.kind == "integer" else "a number"
            low, high = spec.minimum, spec.maximum
            if low is not None and high is not None:
                return f"{word} from {low:g} to {high:g}"
            return word + (
                f" of at least {low:g}"
                if low is not None
                else f" of at most {high:g}"
                if high is not None
                else ""
            )
        case "boolean":
            return "true or false"
        case "category":
            return f"one of {', '.join(spec.values or [])}"
        case "issn":
            return "one ISSN (1234-567X) with a correct check digit"
        case _:
            return "text"


def undeclared_columns(survey: Survey) -> Iterator[Batch]:
    """Attributes that survey.yaml describes, or sets bounds for, must be columns of journals.csv."""
    columns = [str(c) for c in survey.journals.columns]
    for name, spec in survey.meta.attributes.items():
        for column in [c for c in (name, spec.doubtful) if c is not None and c not in columns]:
            fields = {"thing": "column", "value": column, "nearest": suggestion(column, columns)}
            yield Batch("unknown_reference", "survey.yaml", column=f"attributes.{name}", fields=fields)
    bounds = survey.meta.equivalence_bounds
    for name in bounds.attributes if bounds else ():
        if name not in columns:
            fields = {"thing": "column", "value": name, "nearest": suggestion(name, columns)}
            yield Batch(
                "unknown_reference", "survey.yaml", column="equivalence_bounds.attributes", fields=fields
            )
