"""Crosswalks from files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rdpscore.codebook.crosswalk import Crosswalk
from rdpscore.codebook.crosswalk_checks import check_crosswalk
from rdpscore.codebook.models import Codebook
from rdpscore.codebook.parsing import parse_model
from rdpscore.codebook.store import load_codebook
from rdpscore.files import read_yaml, shipped
from rdpscore.problems import InvalidInput, Problems, suggestion


def find_crosswalk(name: str | Path) -> Path:
    """Path of a crosswalk named by path or by the id of a shipped one.

    Raises
    ------
    InvalidInput
        If there is none; the problem names the nearest.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.exists():
        return path
    there = shipped_crosswalks()
    if str(name) not in there:
        tail = suggestion(str(name), there) or f"; shipped are {', '.join(sorted(there))}"
        raise InvalidInput(
            Problems.one("unknown_reference", None, thing="crosswalk", value=name, nearest=tail)
        )
    return there[str(name)]


def shipped_crosswalks() -> dict[str, Path]:
    """Id → path of each shipped crosswalk."""
    return {p.stem: p for p in sorted(shipped("codebook", "crosswalks").glob("*.yaml"))}


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
    document, problems = read_yaml(path)
    if document is None:
        return None, problems
    crosswalk, found = parse_model(Crosswalk, document)
    problems += found
    if crosswalk is not None:
        try:
            given = books or {}
            source = source or given.get(crosswalk.source.id) or load_codebook(crosswalk.source.id)
            target = target or given.get(crosswalk.target.id) or load_codebook(crosswalk.target.id)
        except InvalidInput as error:
            return None, problems + error.problems
        problems += check_crosswalk(crosswalk, source, target, document)
    return (crosswalk if problems.ok else None), problems


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
