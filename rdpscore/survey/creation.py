"""New surveys: a folder with a codebook, a commented description and empty tables."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template
from typing import Literal

import yaml

from rdpscore.arguments import checked
from rdpscore.codebook import Codebook, find_codebook, read_codebook
from rdpscore.files import commit, is_shipped, read_plain
from rdpscore.files.plain import MAX_YAML
from rdpscore.files.transaction import LOCK, STAGE
from rdpscore.problems import InvalidInput
from rdpscore.survey.model import Survey
from rdpscore.survey.store import load
from rdpscore.survey.tables import SPECS
from rdpscore.words import meant

JOURNAL_COLUMNS = ("journal_id", "title", "publisher", "policy_id", "issn_l", "access_model", "impact")

SURVEY_YAML = Template("""\
# Description of this survey. Lines that begin with # are comments; take the # away to use an entry.
format: 1
id: $id
title: $title
# description: What is surveyed, and why.

# The codebook lies beside this file, in codebook.yaml. The hashes tell whether it was changed since.
codebook:
  id: $codebook
  version: $version
  hashes: {coding: "$coding", scoring: "$scoring", text: "$text"}

# persons: a coder's name is one person throughout. slots: c1 of one journal need not be c1 of another.
coders: $coders

# Whom coders ask; it is printed on the first sheet of their workbooks.
# contact: Name, address

# What nobody is going to record, so that it is told once instead of row by row: columns of codings.csv
# (evidence, source_url, coded_on, ...) or items of the codebook.
# not_recorded: [source_url]

# frame: How the journals were chosen.
# read_on: When the policies were read, for example 2026-03-02 to 2026-04-17.
# licence: CC-BY-4.0
# source: {citation: "Authors Year, Title", url: "https://example.org"}

# Columns of journals.csv beyond those that every survey knows.
# attributes:
#   country: {kind: text, title: Country of the publisher}
""")


@checked
def create(
    folder: str | Path,
    codebook: str | Path,
    *,
    coders: Literal["persons", "slots"] = "persons",
    title: str | None = None,
) -> Survey:
    """Make a new survey: ``survey.yaml``, ``codebook.yaml`` as it is, and tables with headers and no rows.

    Parameters
    ----------
    folder : str or Path
        A new folder, or an empty one. Its name becomes the survey's id.
    codebook : str or Path
        The id of a shipped codebook, a YAML file, or a survey folder.
    coders : {"persons", "slots"}
        Whether a coder's name is one person throughout.
    title : str, optional
        The folder's name without.

    Returns
    -------
    Survey

    Raises
    ------
    FileExistsError
        The folder is not empty, or is a file.
    ValueError
        The folder lies among the shipped surveys, or the title is blank.
    InvalidInput
        The codebook is unknown or faulty.
    """
    target = Path(folder)
    if is_shipped(target):
        raise ValueError(f"{target} lies among the shipped surveys, which no command changes")
    if title is not None and not title.strip():
        raise ValueError("the title is blank")
    refuse_taken(target)
    source = find_codebook(codebook)
    book, problems = read_codebook(source)
    if book is None:
        raise InvalidInput(problems)
    files: dict[str, bytes | None] = {
        "survey.yaml": survey_yaml(meant(target.resolve().name), book, coders, title).encode("utf-8"),
        "codebook.yaml": read_plain(source, MAX_YAML),
        "journals.csv": _header(JOURNAL_COLUMNS),
        "codings.csv": _header(SPECS["codings"].key + _rest("codings")),
        "adjudications.csv": _header(SPECS["adjudications"].key + _rest("adjudications")),
    }

    def changes() -> dict[str, bytes | None]:
        refuse_taken(target)  # by another process, since
        return files

    commit(target, changes)
    return load(target)


def survey_yaml(name: str, codebook: Codebook, coders: str, title: str | None) -> str:
    """The commented ``survey.yaml`` of a survey in a folder of that name."""
    return SURVEY_YAML.substitute(
        codebook.hashes.model_dump(),
        id=_quoted(survey_id(name)),
        title=_quoted(title or name),
        codebook=_quoted(codebook.id),
        version=_quoted(codebook.version),
        coders=coders,
    )


def survey_id(name: str) -> str:
    """The id of a survey in a folder of that name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "survey"


def refuse_taken(folder: Path) -> None:
    """Raise `FileExistsError` where a new survey cannot be made: at a file, or in a folder that is not empty."""
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"{folder} is a file; name a new folder")
    if folder.is_dir() and any(p.name not in (LOCK, STAGE) for p in folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; name a new folder")


def _quoted(text: str) -> str:
    return str(yaml.safe_dump(text, default_style='"', allow_unicode=True, width=10**6)).strip()


def _rest(table: str) -> tuple[str, ...]:
    """Columns for people that are not part of the key, in their order."""
    spec = SPECS[table]
    return tuple(c for c in spec.columns if c not in (*spec.key, "stale"))


def _header(columns: tuple[str, ...]) -> bytes:
    return (",".join(columns) + "\n").encode("utf-8")
