"""Surveys of several teams under one codebook made one survey, with provenance and nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from rdpscore.arguments import checked
from rdpscore.codebook import Source
from rdpscore.codebook.differences import ForCoders, diff
from rdpscore.files import Folder, commit, fitting, is_shipped, read_settled
from rdpscore.files.plain import MAX_SOURCE, MAX_YAML
from rdpscore.moving.merged_tables import Merged, merge_tables
from rdpscore.problems import Batch, InvalidInput, Problems
from rdpscore.results import Result, records, versions
from rdpscore.survey import CodebookRef, Survey, SurveyMeta, load
from rdpscore.survey.creation import refuse_taken, survey_id
from rdpscore.survey.store import file_changes
from rdpscore.validation import check
from rdpscore.words import meant

KEPT = "sources/merged"
"""Where the folders that were merged are kept, each under its survey's id."""
MAX_KEPT = 2_000_000_000
"""Bytes that are kept of one survey."""
_SHOWN = 5


@dataclass(frozen=True)
class MergeResult(Result):
    """What `merge` made.

    Attributes
    ----------
    survey : Survey
        The merged survey.
    journals : DataFrame
        survey, journal_id (there), merged_id, by (``issn``, ``title``, or ``own`` for a journal that came with this
        survey).
    counts : DataFrame
        table, survey, rows: what came in; then one row a table with the survey ``merged``: what is there now.
    n_shared : int
        Journals that came with more than one survey.
    n_same_adjudications : int
        Adjudications that two surveys share, kept as one row.
    n_open : int
        Cells on which coders differ in the merged survey and nobody adjudicated.
    """

    survey: Survey = field(repr=False)
    journals: pd.DataFrame = field(repr=False)
    counts: pd.DataFrame = field(repr=False)
    n_shared: int
    n_same_adjudications: int
    n_open: int

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"journals": self.journals, "counts": self.counts}

    def body(self) -> Any:
        return {
            "survey": self.survey.meta.id,
            "n_journals": len(self.survey.journals),
            "n_shared": self.n_shared,
            "n_same_adjudications": self.n_same_adjudications,
            "n_open": self.n_open,
            "counts": records(self.counts),
            "journals": records(self.journals),
        }


@checked
def merge(out: str | Path, surveys: Sequence[str | Path], *, title: str | None = None) -> MergeResult:
    """Make one survey of several that were coded under the same items, codes, labels and rules.

    Parameters
    ----------
    out : str or Path
        A new folder, or an empty one. Its name becomes the survey's id.
    surveys : sequence of str or Path
        Two folders or more. Where they differ in scores or texts of the codebook, the first one's is taken.
    title : str, optional
        The titles of the surveys without.

    Returns
    -------
    MergeResult

    Raises
    ------
    ValueError
        Fewer than two surveys, or `out` lies among the shipped surveys.
    FileExistsError
        `out` is not empty, or is a file.
    InvalidInput
        A survey has errors; coding hashes differ; two surveys have one id; a journal_id means different journals;
        attributes or adjudications contradict each other. All of it at once; nothing is written.
    """
    target = Path(out)
    if len(surveys) < 2:
        raise ValueError("name two surveys or more")
    if is_shipped(target):
        raise ValueError(f"{target} lies among the shipped surveys, which no command changes")
    refuse_taken(target)
    loaded = [load(s) for s in surveys]
    made, problems = plan_merge(loaded, survey_id(meant(target.resolve().name)), title)
    problems.raise_errors()
    assert made is not None
    result = _result(loaded, made, problems)
    first = loaded[0].path
    assert first is not None
    changes = file_changes(result.survey) | {
        "codebook.yaml": Folder.at(first).read("codebook.yaml", MAX_YAML)
    }
    for survey in loaded:
        changes |= _kept(survey)

    def prepared() -> dict[str, bytes | None]:
        refuse_taken(target)  # by another process, since
        return {name: content for name, content in changes.items() if content is not None}

    commit(target, prepared)
    return MergeResult(
        result.settings,
        result.problems,
        load(target),
        result.journals,
        result.counts,
        result.n_shared,
        result.n_same_adjudications,
        result.n_open,
    )


def plan_merge(
    surveys: Sequence[Survey], name: str, title: str | None = None
) -> tuple[Merged | None, Problems]:
    """The merged survey in memory, and everything that speaks against it.

    Returns
    -------
    merged : Merged or None
        None where a problem is an error.
    problems : Problems
        Files named by the survey that they are of: ``team-a/journals.csv``.
    """
    problems = _one_instrument(surveys)
    for survey in surveys:
        problems += _of(survey, check(survey).errors)
    if not problems.ok:
        return None, problems
    made, found = merge_tables(surveys, _meta(surveys, name, title))
    problems += found
    if made is not None:
        problems += check(made.survey).errors
    return (made if problems.ok else None), problems


def _one_instrument(surveys: Sequence[Survey]) -> Problems:
    """Same coding hash throughout, and an id of its own for each survey."""
    first = surveys[0].codebook
    problems = Problems()
    for survey in surveys[1:]:
        book = survey.codebook
        if book.hashes.coding != first.hashes.coding:
            told = [
                f"{c.item or 'the codebook'}: {c.what} {c.change}"
                for c in diff(first, book).changes
                if c.coders not in (ForCoders.NONE,)
            ]
            more = f", and {len(told) - _SHOWN:,} more" if len(told) > _SHOWN else ""
            problems += Problems.one(
                "other_instrument",
                f"{survey.meta.id}/codebook.yaml",
                value=f"{book.id} {book.version}",
                expected=f"{first.id} {first.version}",
                survey=surveys[0].meta.id,
                changes="; ".join(told[:_SHOWN]) + more,
            )
        elif book.hashes != first.hashes:
            what = "scores" if book.hashes.scoring != first.hashes.scoring else "texts"
            problems += Problems.one(
                "first_codebook", f"{survey.meta.id}/codebook.yaml", value=what, survey=surveys[0].meta.id
            )
    ids = [s.meta.id for s in surveys]
    for id_ in dict.fromkeys(i for i in ids if ids.count(i) > 1):
        problems += Problems.one("same_survey_id", "survey.yaml", column="id", value=id_, n=ids.count(id_))
    if len({s.meta.coders for s in surveys}) > 1:
        persons = ", ".join(s.meta.id for s in surveys if s.meta.coders == "persons")
        problems += Problems.one("mixed_coders", "survey.yaml", column="coders", value=persons)
    return problems


def _of(survey: Survey, problems: Problems) -> Problems:
    """The problems of one survey, its id before the name of the file."""
    return Problems(
        tuple(
            Batch(b.code, f"{survey.meta.id}/{b.file}", b.rows, b.column, b.line, b.fields, b.cells)
            for b in problems.batches
        )
    )


def _meta(surveys: Sequence[Survey], name: str, title: str | None) -> SurveyMeta:
    metas, book = [s.meta for s in surveys], surveys[0].codebook
    attributes = {k: v for m in reversed(metas) for k, v in m.attributes.items()}

    def joined(field_: str) -> str | None:
        said = {m.id: getattr(m, field_) for m in metas if getattr(m, field_)}
        if len(set(said.values())) == 1 and len(said) == len(metas):
            return str(next(iter(said.values())))
        return "; ".join(f"{k}: {v}" for k, v in said.items()) or None

    cited = [m.source.citation for m in metas if m.source is not None]
    return SurveyMeta(
        format=1,
        id=name,
        title=title or " and ".join(dict.fromkeys(m.title for m in metas)),
        description=f"Merged of the surveys {', '.join(m.id for m in metas)}; their folders as they were lie "
        f"under {KEPT}.",
        codebook=CodebookRef(id=book.id, version=book.version, hashes=book.hashes),
        coders="persons" if all(m.coders == "persons" for m in metas) else "slots",
        not_recorded=list(dict.fromkeys(c for m in metas for c in m.not_recorded)),
        frame=joined("frame"),
        read_on=joined("read_on"),
        licence=joined("licence"),
        contact=joined("contact"),
        source=Source(citation="; ".join(dict.fromkeys(cited))) if cited else None,
        attributes=attributes,
    )


def _result(surveys: Sequence[Survey], made: Merged, problems: Problems) -> MergeResult:
    resolved = made.survey.resolved
    rows = [
        {"table": name, "survey": s.meta.id, "rows": len(frame)}
        for s in surveys
        for name, frame in s.tables.items()
    ]
    rows += [{"table": n, "survey": "merged", "rows": len(f)} for n, f in made.survey.tables.items()]
    counts = pd.DataFrame(rows).sort_values("table", kind="stable", ignore_index=True)
    of = made.journals["merged_id"].value_counts()
    settings = {
        **made.survey.settings,
        "surveys": [s.settings for s in surveys],
        "versions": versions(),
    }
    return MergeResult(
        settings,
        problems,
        made.survey,
        made.journals,
        counts,
        int((of > 1).sum()),
        made.n_same_adjudications,
        int((resolved.disagreed & (resolved.option < 0)).sum()),
    )


def _kept(survey: Survey) -> dict[str, bytes | None]:
    """Every file of a survey's folder but hidden ones, for the folder in which it is kept.

    Raises
    ------
    InvalidInput
        With all files that are none: links that lead out of the folder, devices, pipes, what is too long.
    """
    assert survey.path is not None
    return read_settled(survey.path, lambda folder: _contents(folder, f"{KEPT}/{survey.meta.id}"))


def _contents(folder: Folder, place: str) -> dict[str, bytes | None]:
    out: dict[str, bytes | None] = {}
    problems = Problems()
    room = MAX_KEPT
    for name in folder.under():
        try:
            content = folder.read(name, min(room, MAX_SOURCE))
        except InvalidInput as error:
            problems += error.problems
            continue
        kept = "/".join([place, *map(fitting, name.split("/"))])
        while kept in out:
            kept += "_"
        out[kept] = content
        room -= len(content or b"")
    problems.raise_errors()
    return out
