"""The tables of several surveys as one: journals matched, coders told apart, contradictions named."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from rdpscore.problems import Batch, Problems
from rdpscore.survey import SPECS, Survey, SurveyMeta
from rdpscore.validation.issns import issns_in
from rdpscore.validation.matching import Names, match_journals, names, told_of
from rdpscore.validation.titles import normalise

FROM = "merged_from"
"""Column that says of which survey a row is; several, with ``;`` between, where they share it."""

Row = dict[str, str | None]


@dataclass(frozen=True)
class Merged:
    """A merged survey, and where its journals came from.

    Attributes
    ----------
    survey : Survey
        Without a folder.
    journals : DataFrame
        survey, journal_id, merged_id, by.
    n_same_adjudications : int
    """

    survey: Survey = field(repr=False)
    journals: pd.DataFrame = field(repr=False)
    n_same_adjudications: int


def merge_tables(surveys: Sequence[Survey], meta: SurveyMeta) -> tuple[Merged | None, Problems]:
    """Merge the tables of surveys under one coding hash.

    Returns
    -------
    merged : Merged or None
        None where the surveys contradict each other.
    problems : Problems
        Every contradiction, with both surveys and both values.
    """
    batches: list[Batch] = []
    journals, ids, journal_rows = _journals(surveys, batches)
    policies = _keyed("policies", "policy_id", surveys, batches, _same_text)
    batches += _policy_owners(surveys)
    adjudications, n_same = _adjudications(surveys, ids, batches)
    problems = Problems.of(batches)
    if not problems.ok:
        return None, problems
    tables: dict[str, Any] = {
        name: _stacked(name, surveys, ids)
        for name in ("codings", "assignments", "searches", "decisions", "corrections")
    }
    codings = tables.pop("codings")
    survey = Survey.from_frames(
        surveys[0].codebook, journals, codings, adjudications, meta=meta, policies=policies, **tables
    )
    return Merged(survey, journal_rows, n_same), problems


# Journals -----------------------------------------------------------------------------------------------


def _journals(
    surveys: Sequence[Survey], batches: list[Batch]
) -> tuple[pd.DataFrame, list[dict[str, str]], pd.DataFrame]:
    """The journals, each survey's ids → merged ids, and where each came from."""
    known = Names((), (), (), ())
    rows: list[Row] = []
    places: dict[str, int] = {}
    first: list[dict[str, str]] = []  # of each journal: column → the survey that said so
    ids: list[dict[str, str]] = []
    told = []
    for survey in surveys:
        own, table = names(survey), _rows(survey.journals)
        matching = match_journals(known, own)
        batches += told_of(matching, known, own, (surveys[0].meta.id, survey.meta.id))
        found = {m.b: m for m in matching.matches}
        mine: dict[str, str] = {}
        new = []
        for k, (journal, row) in enumerate(zip(own.ids, table, strict=True)):
            match = found.get(k)
            if match is not None:
                merged = known.ids[match.a]
                place = places[merged]
                batches += _fill(rows[place], first[place], row, survey, merged)
                rows[place][FROM] = f"{rows[place][FROM]};{survey.meta.id}"
            elif journal in places:
                merged = journal
                other = rows[places[journal]]
                batches.append(_clash(survey, row, other))
            else:
                merged = journal
                places[journal] = len(rows)
                rows.append(row | {FROM: survey.meta.id})
                first.append(dict.fromkeys(row, survey.meta.id))
                new.append(k)
            mine[journal] = merged
            told.append({"survey": survey.meta.id, "journal_id": journal, "merged_id": merged,
                         "by": match.by if match is not None else "own"})  # fmt: skip
        known = _extended(known, own, {m.a: m.b for m in found.values()}, new)
        ids.append(mine)
    return pd.DataFrame(rows), ids, pd.DataFrame(told)


def _extended(known: Names, own: Names, matched: Mapping[int, int], new: Sequence[int]) -> Names:
    """Journals so far with those of one more survey, and the ISSNs that either has."""
    issns = [i | (own.issns[matched[k]] if k in matched else frozenset()) for k, i in enumerate(known.issns)]
    return Names(
        (*known.ids, *(own.ids[k] for k in new)),
        (*known.titles, *(own.titles[k] for k in new)),
        (*known.keys, *(own.keys[k] for k in new)),
        (*issns, *(own.issns[k] for k in new)),
    )


def _fill(row: Row, first: dict[str, str], other: Row, survey: Survey, journal: str) -> Iterator[Batch]:
    """Put into a journal's row what another survey knows of it; yield what contradicts."""
    for column, value in other.items():
        if column in ("journal_id", FROM) or value is None:
            continue
        held = row.get(column)
        if held is None:
            row[column], first[column] = value, survey.meta.id
        elif not _same_attribute(column, held, value):
            yield _conflict("journals.csv", column, journal, (held, first[column]), (value, survey.meta.id))


def _conflict(file: str, column: str, key: str, ours: tuple[str, str], theirs: tuple[str, str]) -> Batch:
    return Batch(
        "attribute_conflict",
        f"{theirs[1]}/{file}",
        None,
        column,
        fields={
            "key": key,
            "expected": ours[0],
            "survey": ours[1],
            "value": theirs[0],
            "other_survey": theirs[1],
        },
    )


def _clash(survey: Survey, row: Row, other: Row) -> Batch:
    return Batch(
        "journal_clash",
        f"{survey.meta.id}/journals.csv",
        None,
        "journal_id",
        fields={
            "journal": row["journal_id"],
            "value": row.get("title") or "",
            "expected": other.get("title") or "",
            "survey": str(other[FROM]).split(";")[0],
            "other_survey": survey.meta.id,
        },
    )


def _same_attribute(column: str, one: str, other: str) -> bool:
    if column == "title":
        a, b = normalise([one, other])
        return a.replace(" ", "") == b.replace(" ", "")
    if "issn" in column.casefold() and issns_in(one):
        return issns_in(one) == issns_in(other)
    return _same_text(one, other)


def _same_text(one: str, other: str) -> bool:
    """Equal but for white space and case, or equal as numbers."""
    if " ".join(one.split()).casefold() == " ".join(other.split()).casefold():
        return True
    try:
        return math.isclose(float(one), float(other), rel_tol=1e-12)
    except ValueError:
        return False


def _policy_owners(surveys: Sequence[Survey]) -> Iterator[Batch]:
    """Policies of one id that govern journals of different publishers in different surveys."""
    owners: dict[str, tuple[str, set[str]]] = {}
    for survey in surveys:
        if "policy_id" not in survey.journals:
            continue
        table = survey.journals[["policy_id", "publisher"]].astype(object).dropna()
        for name, own in table.groupby("policy_id")["publisher"]:
            policy, mine = str(name), set(map(str, own))
            if policy in owners and not mine & owners[policy][1]:
                where, theirs = owners[policy]
                yield Batch(
                    "policy_clash",
                    f"{survey.meta.id}/journals.csv",
                    None,
                    "policy_id",
                    fields={
                        "value": policy,
                        "publisher": ", ".join(sorted(mine)),
                        "other": ", ".join(sorted(theirs)),
                        "survey": where,
                        "other_survey": survey.meta.id,
                    },
                )
            owners.setdefault(policy, (survey.meta.id, mine))


# Other tables -------------------------------------------------------------------------------------------


def _rows(frame: pd.DataFrame) -> list[Row]:
    """One dict a row, with None for missing."""
    table = frame.astype(object).where(frame.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _keyed(
    name: str, key: str, surveys: Sequence[Survey], batches: list[Batch], same: Callable[[str, str], bool]
) -> pd.DataFrame | None:
    """A table with one row a key, filled up from all surveys."""
    rows: dict[str, Row] = {}
    first: dict[str, str] = {}
    there = False
    for survey in surveys:
        frame = getattr(survey, name)
        if frame is None:
            continue
        there = True
        for row in _rows(frame):
            held = rows.get(str(row[key]))
            if held is None:
                rows[str(row[key])] = row | {FROM: survey.meta.id}
                first[str(row[key])] = survey.meta.id
                continue
            held[FROM] = f"{held[FROM]};{survey.meta.id}"
            for column, value in row.items():
                if value is None or column in (key, FROM):
                    continue
                if held.get(column) is None:
                    held[column] = value
                elif not same(str(held[column]), value):
                    ours = (str(held[column]), first[str(row[key])])
                    batches.append(
                        _conflict(f"{name}.csv", column, str(row[key]), ours, (value, survey.meta.id))
                    )
    return pd.DataFrame(list(rows.values())) if there else None


def _adjudications(
    surveys: Sequence[Survey], ids: Sequence[Mapping[str, str]], batches: list[Batch]
) -> tuple[pd.DataFrame, int]:
    """The adjudications; one that two surveys share stands once, one that contradicts is told."""
    rows: dict[tuple[str, str], Row] = {}
    n_same = 0
    for survey, mine in zip(surveys, ids, strict=True):
        for row in _rows(survey.adjudications):
            row["journal_id"] = mine[str(row["journal_id"])]
            key = (str(row["journal_id"]), str(row["item"]))
            held = rows.get(key)
            if held is None:
                rows[key] = row | {FROM: survey.meta.id}
            elif held["answer"] == row["answer"]:
                n_same += 1
                held[FROM] = f"{held[FROM]};{survey.meta.id}"
            else:
                batches.append(
                    Batch(
                        "adjudication_conflict",
                        f"{survey.meta.id}/adjudications.csv",
                        None,
                        "answer",
                        fields={
                            "journal": key[0],
                            "item": key[1],
                            "expected": held["answer"],
                            "survey": str(held[FROM]).split(";")[0],
                            "value": row["answer"],
                            "other_survey": survey.meta.id,
                        },
                    )
                )
    columns = [*SPECS["adjudications"].columns, FROM]
    extra = [c for row in rows.values() for c in row if c not in columns]
    return pd.DataFrame(list(rows.values()), columns=[*columns, *dict.fromkeys(extra)], dtype=object), n_same


def _stacked(name: str, surveys: Sequence[Survey], ids: Sequence[Mapping[str, str]]) -> pd.DataFrame | None:
    """The rows of all surveys below each other: journals by their merged ids, coders and readings told apart."""
    parts = []
    for survey, mine in zip(surveys, ids, strict=True):
        frame = getattr(survey, name)
        if frame is None:
            continue
        part = frame.astype(object).where(frame.notna(), None)
        if "journal_id" in part:
            part["journal_id"] = [mine.get(str(j), j) for j in part["journal_id"]]
        for column in ("coder", "reading_id"):
            if column in part:
                part[column] = [None if v is None else f"{survey.meta.id}.{v}" for v in part[column]]
        before = part[FROM] if FROM in part else [None] * len(part)
        part[FROM] = [f"{survey.meta.id}/{b}" if isinstance(b, str) else survey.meta.id for b in before]
        parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else None
