"""Where the shipped codebooks, surveys and the dashboard's pages lie: in the wheel, or in the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from rdpscore.problems import InvalidInput, Problems, suggestion

Kind = Literal["codebook", "data", "app"]


def shipped(kind: Kind, name: str | None = None) -> Path:
    """Path of a shipped folder, or of one entry in it.

    Parameters
    ----------
    kind : {"codebook", "data", "app"}
        Instruments, surveys, or the pages of the dashboard.
    name : str, optional
        An entry, for example ``"materials-science"`` under ``data``.

    Raises
    ------
    FileNotFoundError
        If the installation is incomplete.
    """
    package = Path(__file__).resolve().parents[1]
    for base in (package / "_shipped", package.parent):
        folder = base / kind
        if folder.is_dir():
            return folder if name is None else folder / name
    raise FileNotFoundError(f"this installation of rdpscore lacks its '{kind}' folder; install it again")


def named_file(name: str | Path, thing: str, folder: Path) -> Path:
    """Path of a YAML file that is named by its path, or by the id of one in a shipped folder.

    Parameters
    ----------
    name : str or Path
    thing : str
        What it is, in problems: ``"codebook"``, ``"mapping"``.
    folder : Path

    Raises
    ------
    InvalidInput
        If there is none; the problem names the nearest.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.exists():
        return path
    there = shipped_ids(folder)
    if str(name) not in there:
        tail = suggestion(str(name), there) or f"; shipped are {', '.join(there)}"
        raise InvalidInput(Problems.one("unknown_reference", None, thing=thing, value=name, nearest=tail))
    return there[str(name)]


def shipped_ids(folder: Path) -> dict[str, Path]:
    """Id → path of each YAML file of a shipped folder, in the order of ids."""
    return {p.stem: p for p in sorted(folder.glob("*.yaml"))}


def is_shipped(path: Path) -> bool:
    """Whether a path lies among the shipped codebooks and surveys, which no command changes."""
    place = path.resolve()
    kinds: tuple[Kind, ...] = ("codebook", "data", "app")
    return any(place.is_relative_to(shipped(kind).resolve()) for kind in kinds)
