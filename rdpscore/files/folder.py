"""A survey's folder as its readers see it: whole, and left as it is.

A save that was committed and not yet put into place is seen through its stage; one that was not committed is not seen.
Nothing is written, no link is followed out of the folder, and a stage counts only where it holds what a save of
rdpscore writes: a folder may come from a stranger.
"""

from __future__ import annotations

import errno
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeVar

from rdpscore.files.own_names import is_own, may_go
from rdpscore.files.plain import (
    MAX_FILES,
    MAX_MANIFEST,
    MAX_TABLE,
    NotPlain,
    file_problem,
    is_link,
    kind_of,
    read_plain,
)
from rdpscore.problems import InvalidInput, Problems

STAGE = ".rdpscore-pending"
LOCK = ".rdpscore-lock"
MANIFEST, COMMITTED = "manifest.json", "committed.json"
_DEEPEST = 40
_PAUSE = 0.002
_T = TypeVar("_T")


@dataclass(frozen=True)
class Folder:
    """The files of a survey's folder at one moment; make one with `Folder.at`, or have one made by `read_settled`.

    Attributes
    ----------
    path : Path
    staged : mapping of str to str or None
        What a committed save has yet to put into place: name → name in the stage, None for a file that goes.
    """

    path: Path
    staged: Mapping[str, str | None] = field(default_factory=dict)

    @classmethod
    def at(cls, path: Path) -> Folder:
        """The folder as it is now.

        Raises
        ------
        InvalidInput
            The save that waits in it is none of rdpscore's.
        """
        return cls(path, committed(path) or {})

    def names(self) -> set[str]:
        """Names of what lies in the folder itself."""
        there = set(os.listdir(self.path))
        gone = {name for name, staged in self.staged.items() if staged is None}
        return (there - gone) | {name for name in self.staged if "/" not in name and name not in gone}

    def under(self, name: str = "") -> list[str]:
        """Names of all files below a folder in it, hidden ones and those of hidden folders aside, in order.

        Raises
        ------
        InvalidInput
            There are too many, or the way there is a link that leads out.
        """
        found: list[str] = []
        if (top := self.path if not name else self.find(name)) is not None:
            for at, folders, files in os.walk(top, onerror=_raise):
                folders[:] = [f for f in folders if not f.startswith(".")]
                where = (
                    f"{name}/{os.path.relpath(at, top)}".replace(os.sep, "/").removesuffix("/.").strip("/")
                )
                for linked in (f for f in folders if os.path.islink(os.path.join(at, f))):
                    self.find(f"{where}/{linked}".strip("/"))  # one that stays inside is no further folder
                found += [f"{where}/{f}".strip("/") for f in files if not f.startswith(".")]
                if len(found) > MAX_FILES or where.count("/") > _DEEPEST:
                    value = f"the folder holds more than {MAX_FILES:,} files, or folders more than {_DEEPEST} deep"
                    raise InvalidInput(Problems.one("unreadable_file", name or str(self.path), value=value))
        prefix = f"{name}/" if name else ""
        staged = {n for n, kept in self.staged.items() if kept is not None and n.startswith(prefix)}
        return sorted((set(found) | staged) - {n for n, kept in self.staged.items() if kept is None})

    def find(self, name: str) -> Path | None:
        """Where a file, or a folder, of that name is to be read; None where there is none.

        Raises
        ------
        InvalidInput
            It is, or lies behind, a link that leads out of the folder.
        """
        if name in self.staged:
            staged = self.staged[name]
            if staged is None:
                return None
            if os.path.lexists(path := self.path / STAGE / staged):
                return path
        try:
            return _inside(self.path, name)
        except OSError as error:
            raise InvalidInput(file_problem(error, name)) from None

    def has(self, name: str) -> bool:
        """Whether there is a file, or what stands for one, of that name."""
        return self.find(name) is not None

    def read(self, name: str, most: int) -> bytes | None:
        """The content of a file, None where there is none.

        Raises
        ------
        InvalidInput
            It cannot be read, or is none.
        """
        path = self.find(name)
        try:
            return None if path is None else read_plain(path, most)
        except OSError as error:
            raise InvalidInput(file_problem(error, name)) from None


def is_there(path: Path, name: str) -> bool:
    """Whether a folder that may be none of a survey's has such a file, to be read or to be told of."""
    try:
        return path.is_dir() and Folder.at(path).has(name)
    except InvalidInput:
        return True


def _raise(error: OSError) -> None:
    raise error


def _inside(folder: Path, name: str) -> Path | None:
    """A file's path; that behind a link, where the link stays in the folder."""
    path, linked = folder, False
    for part in name.split("/"):
        path = path / part
        try:
            linked |= is_link(path.lstat())
        except (FileNotFoundError, NotADirectoryError):
            return None
    if not linked:
        return path
    real, home = Path(os.path.realpath(path)), Path(os.path.realpath(folder))
    if not real.is_relative_to(home) or any(p.startswith(".") for p in real.relative_to(home).parts):
        raise NotPlain(path, "a link that leads out of the folder")
    return real


# Saves that wait ----------------------------------------------------------------------------------------


def committed(folder: Path) -> dict[str, str | None] | None:
    """What the committed save of a folder has to put into place; None where there is no such save.

    Raises
    ------
    InvalidInput
        It is no save of rdpscore's: another shape, other names, links, or no files.
    """
    try:
        kind = _kind(folder / STAGE)
        if kind is None:
            return None
        if kind != "a folder":
            raise _Foreign(f"{STAGE} is {kind}")
        path = folder / STAGE / COMMITTED
        if (kind := _kind(path)) is None:
            return None
        if kind != "a file":
            raise _Foreign(f"{COMMITTED} is {kind}")
        staged = _moves(read_plain(path, MAX_MANIFEST))
        for name, kept in staged.items():
            _look_at_stage(folder / STAGE, name, kept)
    except FileNotFoundError:  # it was put into place between two looks
        return None
    except NotPlain as error:
        problem = Problems.one("foreign_save", f"{STAGE}/{COMMITTED}", value=f"its manifest is {error.value}")
        raise InvalidInput(problem) from None
    except _Foreign as error:
        raise InvalidInput(Problems.one("foreign_save", f"{STAGE}/{COMMITTED}", value=str(error))) from None
    return staged


class _Foreign(Exception):
    """Why a save is not rdpscore's."""


def _kind(path: Path) -> str | None:
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return "a link" if is_link(found) else kind_of(found.st_mode) or "a file"


def _moves(content: bytes) -> dict[str, str | None]:
    """Name → name in the stage, of a manifest."""
    try:
        listed = json.loads(content)
    except (ValueError, RecursionError):
        raise _Foreign("its manifest is no list of saved files") from None
    if not isinstance(listed, list) or len(listed) > MAX_FILES:
        raise _Foreign("its manifest is no list of saved files")
    staged: dict[str, str | None] = {}
    taken: set[str] = set()
    for move in listed:
        if not isinstance(move, dict) or set(move) != {"name", "staged"}:
            raise _Foreign("its manifest is no list of saved files")
        name, kept = move["name"], move["staged"]
        if not isinstance(name, str) or not is_own(name):
            raise _Foreign(f"it names {_shown(name)}, which no save writes")
        if kept is None and not may_go(name):
            raise _Foreign(f"it deletes {_shown(name)}, which no save deletes")
        if kept is not None and not (isinstance(kept, str) and re.fullmatch(r"[0-9]{4,6}", kept)):
            raise _Foreign(f"it takes {_shown(name)} from {_shown(kept)}, which no save does")
        if name in staged or kept in taken:
            raise _Foreign(f"it names {_shown(name)} or its content twice")
        staged[name] = kept
        taken |= {kept} if kept is not None else set()
    for name in staged:
        if any(str(parent) in staged for parent in PurePosixPath(name).parents):
            raise _Foreign(f"it has {_shown(name)} below a file")
    return staged


def _shown(value: object) -> str:
    return repr(value)[:80]


def _look_at_stage(stage: Path, name: str, kept: str | None) -> None:
    """Refuse a staged file that is none, and a place to which no file can go."""
    if kept is not None:
        try:
            found = (stage / kept).lstat()
        except FileNotFoundError:  # it is in its place already
            pass
        else:
            if is_link(found) or kind_of(found.st_mode) is not None:
                kind = "a link" if is_link(found) else kind_of(found.st_mode)
                raise _Foreign(f"the new {name} is {kind}")
            if found.st_size > MAX_TABLE:
                raise _Foreign(f"the new {name} is {found.st_size / 1e6:,.0f} MB long")
    if (fault := obstacle(stage.parent, name)) is not None:
        raise _Foreign(f"{fault[0]} is {fault[1]}")


def obstacle(folder: Path, name: str) -> tuple[str, str] | None:
    """What stands in a folder where a save would put a file, or a folder for it: its name, and what it is."""
    path, parts = folder, name.split("/")
    for depth, part in enumerate(parts, 1):
        path = path / part
        try:
            kind = _kind(path)
        except OSError as error:
            kind = f"out of reach ({error.strerror})"
        if kind is None:
            return None
        if kind != ("a file" if depth == len(parts) else "a folder"):
            return "/".join(parts[:depth]), kind
    return None


# Reading ------------------------------------------------------------------------------------------------


def read_settled(folder: Path, read: Callable[[Folder], _T], *, timeout: float = 10.0) -> _T:
    """Call `read` on a folder that no save is changing meanwhile; nothing is written into it.

    It is called again where a save came between, the second time, where the system permits it, while savers wait.

    Parameters
    ----------
    folder : Path
    read : function
        Takes a `Folder`, through which it reads.
    timeout : float
        Seconds to wait for a moment in which nobody saves.

    Raises
    ------
    InvalidInput
        The save that waits in the folder is none of rdpscore's, another process does not stop writing, or what
        `read` raises.
    """
    deadline = time.monotonic() + timeout
    while True:
        before = _signature(folder)
        try:
            result = read(Folder.at(folder))
        except (InvalidInput, OSError):
            if _signature(folder) == before:
                raise
        else:
            if _signature(folder) == before:
                return result
        if time.monotonic() > deadline:
            raise InvalidInput(Problems.one("locked", str(folder)))
        with _savers_waiting(folder, min(1.0, max(0.0, deadline - time.monotonic()))) as waiting:
            if waiting:
                return read(Folder.at(folder))


@contextmanager
def _savers_waiting(folder: Path, patience: float) -> Iterator[bool]:
    """Hold the lock that savers take, if there is one and this system can share it; nothing is written for it."""
    try:
        import fcntl

        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(folder / LOCK, flags)
    except (ImportError, OSError):
        yield False
        return
    deadline, held = time.monotonic() + patience, False
    try:
        while not held and kind_of(os.fstat(descriptor).st_mode) is None:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
                held = True
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES) or time.monotonic() > deadline:
                    break
                time.sleep(_PAUSE)
        yield held
    finally:
        os.close(descriptor)


def _signature(folder: Path) -> list[tuple[str, int, int, int, int]]:
    """What changes whenever a save begins to count, puts a file into place, or ends."""
    entries = []
    with os.scandir(folder) as found:
        for entry in found:
            try:
                if not entry.name.startswith(".") and not entry.is_dir(follow_symlinks=False):
                    entries.append(_marks(entry.name, entry.stat(follow_symlinks=False)))
            except FileNotFoundError:  # a save has just deleted it
                continue
    entries.append(_marks(".", folder.stat()))
    with suppress(FileNotFoundError, NotADirectoryError):
        entries.append(_marks(COMMITTED, (folder / STAGE / COMMITTED).lstat()))
    return sorted(entries)


def _marks(name: str, found: os.stat_result) -> tuple[str, int, int, int, int]:
    return name, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size
