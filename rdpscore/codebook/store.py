"""Codebooks and schemes from files."""

from __future__ import annotations

import os
from pathlib import Path

from rdpscore.arguments import checked, of_kind
from rdpscore.codebook.checks import cross_check
from rdpscore.codebook.models import Codebook, Scheme
from rdpscore.codebook.parsing import parse_model
from rdpscore.codebook.schemes import fitting, scheme_of
from rdpscore.files import Folder, read_settled, read_yaml, shipped
from rdpscore.files.plain import MAX_YAML
from rdpscore.files.shipped_files import named_file
from rdpscore.files.yamls import parse_yaml
from rdpscore.problems import Problems


def read_codebook(path: Path, label: str | None = None) -> tuple[Codebook | None, Problems]:
    """Read and check a codebook file.

    Returns
    -------
    codebook : Codebook or None
        None where a problem is an error.
    problems : Problems
        Each with file, line, item and field; all at once.
    """
    document, problems = read_yaml(path, label)
    if document is None:
        return None, problems
    faults = [f.batch(document.file, document.line(f.path)) for f in cross_check(document.data)]
    codebook, found = parse_model(Codebook, document)
    problems = problems + found + Problems.of(faults)
    if codebook is None and problems.ok:  # the model refuses what the checks on raw data let pass
        raise AssertionError(f"{document.file}: refused without a reason")
    return (codebook if problems.ok else None), problems


@checked
def load_codebook(name: str | Path) -> Codebook:
    """A codebook by the id of a shipped one, or by path.

    Raises
    ------
    InvalidInput
        With all problems.

    Examples
    --------
    >>> len(load_codebook("materials-science").closed_items)
    17
    """
    codebook, problems = read_codebook(find_codebook(name))
    problems.raise_errors()
    assert codebook is not None
    return codebook


def find_codebook(name: str | Path) -> Path:
    """Path of a codebook named by path, by a survey's folder, or by the id of a shipped one.

    Raises
    ------
    InvalidInput
        There is none, or the folder's is a link that leads out of it.
    """
    path = named_file(name, "codebook", shipped("codebook"))
    return codebook_of(path) if path.is_dir() else path


def codebook_of(folder: Path) -> Path:
    """Where a survey's folder has its codebook: in itself, or in a save that waits to be put into place."""
    return Folder.at(folder).find("codebook.yaml") or folder / "codebook.yaml"


def load_scheme(name: Scheme | str | Path | None, codebook: Codebook) -> Scheme:
    """A scheme by name, from a YAML file, or made in Python; each is checked against the codebook.

    Parameters
    ----------
    name : Scheme, str, Path or None
        A scheme; the id of one of the codebook's; a path that ends in ``.yaml``; None for the default scheme.
    codebook : Codebook
        The codebook that the scheme must fit.

    Raises
    ------
    InvalidInput
        Unknown name, or no scheme for this codebook.
    """
    of_kind(codebook, Codebook, "codebook")
    of_kind(name, Scheme | str | os.PathLike | None, "scheme")
    if isinstance(name, Scheme):
        return fitting(name, codebook)
    if name is None or not str(name).endswith((".yaml", ".yml")):
        return fitting(codebook.scheme(None if name is None else str(name)), codebook)
    document, problems = read_yaml(Path(name))
    scheme, found = (None, Problems()) if document is None else scheme_of(document, codebook)
    (problems + found).raise_errors()
    assert scheme is not None
    return scheme


def codebook_text(codebook: Codebook, folder: Path | None) -> str:
    """The codebook as YAML: the folder's file, comments and all, as long as it says the same."""
    if folder is not None and folder.is_dir():
        raw = read_settled(folder, lambda f: f.read("codebook.yaml", MAX_YAML))
        text = "" if raw is None else raw.decode("utf-8-sig", "replace")
        document, _ = parse_yaml(text, "codebook.yaml")
        if document is not None and parse_model(Codebook, document)[0] == codebook:
            return text
    import yaml

    content = codebook.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100))
