"""Surveys from and to folders."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from rdpscore.arguments import of_kind
from rdpscore.codebook import Model, parse_model, read_codebook
from rdpscore.files import (
    Folder,
    commit,
    read_settled,
    read_table,
    read_yaml,
    shipped,
    to_csv_bytes,
    to_parquet_bytes,
)
from rdpscore.files.plain import MAX_YAML, file_problem
from rdpscore.files.yamls import parse_yaml, replace_texts
from rdpscore.problems import InvalidInput, Problems, suggestion
from rdpscore.survey.meta import SurveyMeta
from rdpscore.survey.model import Survey
from rdpscore.survey.spellings import apply, read_spellings
from rdpscore.survey.tables import SPECS, TableSpec, conform

DEFAULT_SURVEY = "materials-science"
PARQUET_ROWS = 1_000_000
"""A table of more rows is saved as Parquet."""


def find_survey(name: str | Path | None = None) -> Path:
    """Folder of a survey: a path, the id of a shipped one, or the default survey.

    A path wins over a shipped survey of the same name.
    """
    if name is None:
        return shipped("data", DEFAULT_SURVEY)
    path = Path(name)
    if not path.exists() and path.name == str(name) and shipped("data", str(name)).is_dir():
        return shipped("data", str(name))
    return path


def read(name: str | Path | None = None, *, as_filed: bool = False) -> tuple[Survey | None, Problems]:
    """Read a survey's folder and report every fault of its files' structure.

    Parameters
    ----------
    name : str or Path, optional
        Folder, or id of a shipped survey; the default survey without.
    as_filed : bool
        Names as they stand in the tables, whatever ``names.yaml`` decides: for what writes the tables again.

    Returns
    -------
    survey : Survey or None
        None where a fault is an error.
    problems : Problems
    """
    folder = find_survey(name)
    if not folder.is_dir():
        near = suggestion(str(name), [p.name for p in shipped("data").iterdir()])
        return None, Problems.one("not_a_survey", value=folder, nearest=near)
    try:
        return read_settled(folder, lambda f: _read(f, as_filed))
    except InvalidInput as error:
        return None, error.problems
    except OSError as error:
        return None, file_problem(error, str(folder))


def load(name: str | Path | None = None, *, as_filed: bool = False) -> Survey:
    """Load a survey.

    Parameters
    ----------
    name : str or Path, optional
        Folder, or id of a shipped survey; the default survey without.
    as_filed : bool
        Names as they stand in the tables, whatever ``names.yaml`` decides: for what writes the tables again.

    Raises
    ------
    InvalidInput
        If a file cannot be used; ``problems`` holds all that is wrong with the files' structure. What is
        wrong with their content is the business of `rdpscore.validate`.

    Examples
    --------
    >>> survey = load("materials-science")
    >>> len(survey.journals)
    171
    """
    survey, problems = read(name, as_filed=as_filed)
    problems.raise_errors()
    assert survey is not None
    return survey


def _read(folder: Folder, as_filed: bool) -> tuple[Survey | None, Problems]:
    names = folder.names()
    if "survey.yaml" not in names:
        return None, Problems.one("not_a_survey", value=folder.path, nearest="")
    meta = codebook = document = None
    path, problems = _find(folder, "survey.yaml")
    if path is not None:
        document, found = read_yaml(path, "survey.yaml")
        problems += found
    if document is not None:
        meta, found = parse_model(SurveyMeta, document)
        problems += found
    path, found = _find(folder, "codebook.yaml")
    problems += found
    if path is not None:
        codebook, found = read_codebook(path, "codebook.yaml")
        problems += found
    tables: dict[str, Any] = {}
    for spec in SPECS.values():
        frame, found = _read_spec(folder, names, spec)
        problems += found
        if frame is not None:
            tables[spec.name] = frame
    spellings, found = read_spellings(folder)
    problems += found
    if not problems.ok or meta is None or codebook is None:
        return None, problems
    if "adjudications" not in tables:
        empty = pd.DataFrame(columns=list(SPECS["adjudications"].required), dtype=object)
        tables["adjudications"] = conform(empty, SPECS["adjudications"])
    if spellings is not None and not as_filed:
        tables = apply(spellings, tables)
    return Survey(meta=meta, codebook=codebook, path=folder.path, spellings=spellings, **tables), problems


def _find(folder: Folder, name: str) -> tuple[Path | None, Problems]:
    """Where a file that every survey has is read."""
    try:
        path = folder.find(name)
    except InvalidInput as error:
        return None, error.problems
    return path, Problems() if path is not None else Problems.one("missing_file", name, value=name)


def _read_spec(folder: Folder, names: set[str], spec: TableSpec) -> tuple[pd.DataFrame | None, Problems]:
    there = [name for suffix in (".csv", ".parquet") if (name := f"{spec.name}{suffix}") in names]
    if len(there) == 2:
        return None, Problems.one("two_files", there[0], value=f"{there[0]} and {there[1]}")
    if not there and not spec.needed:
        return None, Problems()
    name = there[0] if there else f"{spec.name}.csv"
    path, problems = _find(folder, name)
    if path is None:
        return None, problems
    frame, problems = read_table(path, required=spec.required, categorical=spec.categorical, label=name)
    return (None if frame is None else conform(frame, spec)), problems


def save(survey: Survey, folder: str | Path) -> Survey:
    """Write a survey's description, codebook and tables in one atomic step.

    Other files of the folder stay. A table of more than a million rows is written as Parquet. The YAML files
    are copied verbatim, comments and all, where the survey still says what they say.

    Returns
    -------
    Survey
        The same survey, at its new place.

    Raises
    ------
    InvalidInput
        Another process is writing the folder.
    OSError
        The folder cannot be written; what was there before stands.
    """
    of_kind(survey, Survey, "survey")
    of_kind(folder, str | Path, "folder")
    target = Path(folder)
    commit(target, lambda: file_changes(survey))
    return replace(survey, path=target)


def file_changes(survey: Survey, tables: Collection[str] = tuple(SPECS)) -> dict[str, bytes | None]:
    """What `save` writes, for `rdpscore.files.commit`: file → its content, None for a file that must go.

    Parameters
    ----------
    survey : Survey
    tables : collection of str
        The tables to write; all of them without.
    """
    changes: dict[str, bytes | None] = {
        name: _yaml_bytes(model, survey.path, name)
        for name, model in (("survey.yaml", survey.meta), ("codebook.yaml", survey.codebook))
    }
    for name in tables:
        spec, frame = SPECS[name], getattr(survey, name)
        large = frame is not None and len(frame) > PARQUET_ROWS
        content = (
            None if frame is None else to_parquet_bytes(frame) if large else to_csv_bytes(_lean(frame, spec))
        )
        changes[f"{name}.csv"] = None if large else content
        changes[f"{name}.parquet"] = content if large else None
    return changes


def _lean(frame: pd.DataFrame, spec: TableSpec) -> pd.DataFrame:
    """Without optional columns that hold nothing."""
    return frame.drop(columns=[c for c in spec.optional if frame[c].isna().all()])


def _yaml_bytes(model: Model, folder: Path | None, name: str) -> bytes:
    """The file of the folder that the model came from, comments and all, with texts replaced where the model differs.

    A difference that is no replaced text (an entry more or less) is written without the comments.
    """
    raw = None if folder is None or not folder.is_dir() else Folder.at(folder).read(name, MAX_YAML)
    if raw is not None:
        text = raw.decode("utf-8-sig", "replace")
        there = _parsed(text, name, type(model))
        if there == model:
            return raw
        if there is not None:
            edited = replace_texts(text, there.model_dump(mode="json"), model.model_dump(mode="json"))
            if edited is not None and _parsed(edited, name, type(model)) == model:
                return edited.encode("utf-8")
    return _dump_yaml(model)


def _parsed(text: str, name: str, kind: type[Model]) -> Model | None:
    document, _ = parse_yaml(text, name)
    return None if document is None else parse_model(kind, document)[0]


def _dump_yaml(model: Model) -> bytes:
    import yaml

    content = model.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100).encode("utf-8")
