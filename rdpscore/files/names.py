"""Names of files that are made of what a survey calls things: they stay in their folder, on every system."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

LONGEST = 180
"""Bytes of a name: systems take 255, of which writers and archives need some."""
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"]
    + [f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"]
)
"""What Windows takes for a device, whatever the suffix."""
_MEANT = re.compile(r'[<>:"/\\|?*]')


def safe_name(text: str, suffix: str = "", otherwise: str = "unnamed") -> str:
    """A file name for something called `text`.

    Parameters
    ----------
    text : str
        A coder, an id, a title: anything.
    suffix : str
        ``.xlsx``
    otherwise : str
        Where nothing of the text can stand in a name.

    Returns
    -------
    str
        The text itself where it can be a name everywhere. Else without what a system would take for a path, a device,
        an option or a control character, at most `LONGEST` bytes long, and with eight digits of the text's hash, so
        that two texts are two files.
    """
    name = unicodedata.normalize("NFC", text)
    name = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in name)
    name = " ".join(_MEANT.sub("-", name).split()).lstrip("-. ~").rstrip("-. ")
    if name.partition(".")[0].strip().casefold() in _RESERVED:
        name = f"{name.partition('.')[0].strip()}-"
    room = LONGEST - len(suffix.encode())
    if name and name == text and len(name.encode()) <= room:
        return name + suffix
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    kept = name.encode()[: room - 9].decode("utf-8", "ignore").rstrip("-. ") or otherwise
    return f"{kept}-{digest}{suffix}"


def safe_file_name(name: str) -> str:
    """The name of a file as it came, made safe; a usual suffix stays."""
    stem, point, suffix = name.rpartition(".")
    usual = bool(stem) and re.fullmatch(r"[A-Za-z0-9]{1,10}", suffix) is not None
    return safe_name(stem, point + suffix) if usual else safe_name(name)


def slug(text: str) -> str:
    """A term as a part of a figure's name: ``log2(impact)`` is ``impact``; letters and digits of any script stay."""
    return safe_name(re.sub(r"[\W_]+", "-", text.removeprefix("log2").lower()).strip("-"), otherwise="term")


def distinct(names: Sequence[str]) -> list[str]:
    """Names of which no two are one file, also where letter case does not count: later ones are numbered."""
    out: list[str] = []
    taken: set[str] = set()
    for name in names:
        new = next(
            n for n in (name, *(f"{name}-{k}" for k in range(2, len(names) + 2))) if _folded(n) not in taken
        )
        taken.add(_folded(new))
        out.append(new)
    return out


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
