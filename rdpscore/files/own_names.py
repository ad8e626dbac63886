"""The names of the files that rdpscore itself writes into a survey's folder: no other takes part in a save."""

from __future__ import annotations

import re
import unicodedata

from rdpscore.files.names import safe_file_name

TABLES = (
    "journals",
    "codings",
    "adjudications",
    "policies",
    "assignments",
    "searches",
    "decisions",
    "corrections",
)
"""Those of `rdpscore.survey.SPECS`, which is built on this room and may not be asked."""

_TABLE_FILES = frozenset(f"{name}.{suffix}" for name in TABLES for suffix in ("csv", "parquet"))
_DESCRIPTIONS = frozenset({"survey.yaml", "codebook.yaml", "published.yaml", "names.yaml", "mapping.yaml"})

_TABLE = "|".join(TABLES)
_SOURCES = re.compile(
    rf"""sources/(
        log\.csv | import-report\.json | replaced-(?:{_TABLE})\.csv
        | (?P<file>[0-9a-f]{{16}}-[^/]+)
        | migrations/[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}-[0-9a-f]{{12}}/
          (?: (?:survey|codebook|recode)\.yaml | (?:recode|{_TABLE})\.csv )
        | merged/(?P<kept>[A-Za-z0-9_-]+/.+)
    )""",
    re.VERBOSE,
)
_LONGEST = 240
"""Bytes of a part of a path; most file systems take 255."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def is_own(name: str) -> bool:
    """Whether a save may write a file of that name, a path with ``/`` relative to the folder."""
    if name in _TABLE_FILES or name in _DESCRIPTIONS:
        return True
    found = _SOURCES.fullmatch(name)
    if found is None:
        return False
    parts = (found["file"] or found["kept"] or "x").split("/")
    return all(map(fits, parts))


def may_go(name: str) -> bool:
    """Whether a save may delete a file of that name: a table, which is there as CSV or as Parquet."""
    return name in _TABLE_FILES


def fits(part: str) -> bool:
    """Whether a part of a path means the same file on every system, and none that a system or a program hides."""
    return (
        part[:1] not in ("", ".")
        and part[-1] not in ". "
        and not any(c in '\\/:*?"<>|' or _invisible(c) for c in part)
        and len(part.encode("utf-8")) <= _LONGEST
        and _RESERVED.fullmatch(part) is None
    )


def fitting(part: str) -> str:
    """A part of a path as it may be kept: itself where it fits, else as `safe_file_name` makes it."""
    return part if fits(part) else safe_file_name(part)


def _invisible(character: str) -> bool:
    """Control and format characters, lone surrogates, line ends: some file systems leave them out of a name."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
