"""Crosswalks from files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rdpscore.codebook.crosswalk import Crosswalk
from rdpscore.codebook.crosswalk_checks import check_crosswalk
from rdpscore.codebook.models import Codebook
from rdpscore.codebook.parsing import read_model
from rdpscore.codebook.store import load_codebook
from rdpscore.files import shipped
from rdpscore.files.shipped_files import named_file, shipped_ids
from rdpscore.files.yamls import YamlDocument
from rdpscore.problems import InvalidInput, Problems


def find_crosswalk(name: str | Path) -> Path:
    """Path of a crosswalk named by path or by the id of a shipped one.

    Raises
    ------
    InvalidInput
        If there is none; the problem names the nearest.
    """
    return named_file(name, "crosswalk", shipped("codebook", "crosswalks"))


def shipped_crosswalks() -> dict[str, Path]:
    """Id → path of each shipped crosswalk."""
    return shipped_ids(shipped("codebook", "crosswalks"))


def read_crosswalk(
    path: Path,
    source: Codebook | None = None,
    target: Codebook | None = None,
    *,
    books: Mapping[str, Codebook] | None = None,
) -> tuple[Crosswalk | None, Problems]:
    """Read a crosswalk file and check it against both codebooks.

    Parameters
    ----------
    path : Path
    source, target : Codebook, optional
        Those of `books` with the ids that the file names, without; else the shipped ones.
    books : mapping of str to Codebook, optional
        Id → codebook.

    Returns
    -------
    crosswalk : Crosswalk or None
        None where a problem is an error.
    problems : Problems
        Each with file and line; all at once.
    """

    def check(crosswalk: Crosswalk, document: YamlDocument) -> Problems:
        between = []
        try:
            for book, meant in ((source, crosswalk.source), (target, crosswalk.target)):
                between.append(book or (books or {}).get(meant.id) or load_codebook(meant.id))
        except InvalidInput as error:
            return error.problems
        return check_crosswalk(crosswalk, between[0], between[1], document)

    return read_model(path, Crosswalk, check)


def load_crosswalk(
    name: str | Path, source: Codebook | None = None, target: Codebook | None = None
) -> Crosswalk:
    """A crosswalk by the id of a shipped one, or by path; see `read_crosswalk`.

    Raises
    ------
    InvalidInput
        With all problems.

    Examples
    --------
    >>> len(load_crosswalk("materials-science-to-top-2015").items)
    3
    """
    crosswalk, problems = read_crosswalk(find_crosswalk(name), source, target)
    problems.raise_errors()
    assert crosswalk is not None
    return crosswalk
