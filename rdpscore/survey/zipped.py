"""A survey from a zip archive of its folder, as a visitor of the dashboard sends it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from rdpscore.files.archive import Limits, Refused, unpack
from rdpscore.problems import Batch, Problems
from rdpscore.survey.model import Survey
from rdpscore.survey.spellings import FILE as NAMES
from rdpscore.survey.store import read
from rdpscore.survey.tables import SPECS

DESCRIPTION = "survey.yaml"
_PARQUET = tuple(f"{name}.parquet" for name in SPECS)
FILES = (DESCRIPTION, "codebook.yaml", NAMES, *(f"{name}.csv" for name in SPECS))
"""What is read of an archive. All else that a survey's folder may hold (imported files, logs) stays packed."""


def read_zipped(
    content: bytes, name: str = "the archive", limits: Limits | None = None
) -> tuple[Survey | None, Problems]:
    """Read a survey's folder from a zip archive and report every fault of its files' structure.

    The files are laid for a moment into a folder made for them, under the names in `FILES` and no others. Tables are
    read as CSV only: how much a Parquet file becomes in memory cannot be told beforehand.

    Parameters
    ----------
    content : bytes
    name : str
        What the archive is called in problems.
    limits : Limits, optional

    Returns
    -------
    survey : Survey or None
        In memory only (``path`` is None); None where a fault is an error.
    problems : Problems
        ``bad_archive``, or those of `rdpscore.survey.read`.
    """
    try:
        files = unpack(content, (*FILES, *_PARQUET), DESCRIPTION, limits)
        if there := [n for n in _PARQUET if n in files]:
            raise Refused(f"holds {there[0]}, and tables of an archive are read as CSV")
    except Refused as error:
        return None, Problems.one("bad_archive", name, value=str(error))
    with tempfile.TemporaryDirectory(prefix="rdpscore-") as made:
        folder = Path(made) / "survey"
        folder.mkdir()
        for file in FILES:
            if file in files:
                (folder / file).write_bytes(files[file])
        survey, problems = read(folder)
    told = Problems.of(_without_folder(batch, folder) for batch in problems.batches)
    return (None if survey is None else replace(survey, path=None)), told


def _without_folder(batch: Batch, folder: Path) -> Batch:
    """A problem that names files as the archive does, not the place where they lay."""

    def cut(value: Any) -> Any:
        return value.replace(f"{folder}/", "").replace(str(folder), ".") if isinstance(value, str) else value

    return replace(batch, file=cut(batch.file), fields={k: cut(v) for k, v in batch.fields.items()})
