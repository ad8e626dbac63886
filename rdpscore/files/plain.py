"""Files are opened only if they are files: no devices, pipes or sockets, nothing endless, nothing without a bound.

Whatever reads a file that a person names, or that lies in a survey's folder, opens it here.
"""

from __future__ import annotations

import errno
import io
import os
import re
import stat
from pathlib import Path
from typing import BinaryIO

from rdpscore.problems import Problems

MAX_TABLE = 8_000_000_000
"""Bytes of a table, which is read line by line; 3.8 million codings with their passages have about two billion."""
MAX_SOURCE = 1_000_000_000
"""Bytes of a file that is read whole: published data, and what a merged survey keeps."""
MAX_YAML = 20_000_000
MAX_MANIFEST = 8_000_000
MAX_FILES = 20_000
"""Files of one folder, or of one save."""

_FLAGS = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC"))
_OWN = re.compile(r"/dev/stdin|/dev/fd/\d+|/proc/self/fd/\d+")
"""What this process was handed open: pipes and terminals are meant, and waited for."""
_LARGE = 50_000_000
"""Below that a hole in a file is no harm."""
_BLOCK, _BUFFER = 1 << 20, 1 << 17


class NotPlain(OSError):
    """What stands there is no file, and is not read."""

    def __init__(self, path: Path, value: str) -> None:
        super().__init__(errno.EINVAL, value, str(path))
        self.value = value


class TooLarge(NotPlain):
    """A file that is refused unread for its size, or that turned out to be longer than it was said to be."""


def file_problem(error: OSError, name: str) -> Problems:
    """What is told of a file that cannot be read."""
    if isinstance(error, TooLarge):
        return Problems.one("file_too_large", name, value=error.value)
    if isinstance(error, NotPlain):
        return Problems.one("not_a_plain_file", name, value=error.value)
    return Problems.one("unreadable_file", name, value=error.strerror or str(error))


def open_plain(path: Path, most: int) -> BinaryIO:
    """Open a file for reading, if it is one.

    Links are followed: which of them may be, the caller knows. Pipes and terminals are read only where they were
    handed to this process (``/dev/stdin``, ``/dev/fd/3``).

    Parameters
    ----------
    path : Path
    most : int
        Bytes that are read at most; a longer file is refused, and one that turns out to be longer, too.

    Raises
    ------
    NotPlain, TooLarge
        It is no file, or too long.
    OSError
    """
    if "\0" in str(path):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    own = _OWN.fullmatch(str(path)) is not None
    _refuse(os.stat(path), path, most, own)  # first: to open a device may already do something
    raw = _Bounded(path, most, 0 if own else _FLAGS)
    try:
        found = os.fstat(raw.fileno())
        _refuse(found, path, most, own)
        if found.st_size > _LARGE and not own and _has_hole(raw.fileno(), found.st_size):
            raise TooLarge(path, f"{_long(found.st_size)} long and has holes")
    except BaseException:
        raw.close()
        raise
    return io.BufferedReader(raw, _BUFFER)


def read_plain(path: Path, most: int) -> bytes:
    """The content of a file, if it is one; see `open_plain`."""
    with open_plain(path, most) as stream:
        size = os.fstat(stream.fileno()).st_size
        first = stream.read(size + 1)
        if 0 < len(first) <= size:
            return first
        return b"".join(
            [first, *iter(lambda: stream.read(_BLOCK), b"")]
        )  # a pipe, or what the kernel makes up


def kind_of(mode: int) -> str | None:
    """What stands where a file should be; None where it is a file."""
    kinds = {
        stat.S_IFREG: None,
        stat.S_IFLNK: "a link",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
        stat.S_IFDIR: "a folder",
    }
    return kinds.get(stat.S_IFMT(mode), "no file")


def is_link(found: os.stat_result) -> bool:
    """Whether it is a link, or what Windows has instead."""
    return stat.S_ISLNK(found.st_mode) or bool(getattr(found, "st_reparse_tag", 0))


def _refuse(found: os.stat_result, path: Path, most: int, own: bool) -> None:
    kind = kind_of(found.st_mode)
    if kind == "a folder":
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    waited_for = own and (kind in ("a pipe", "a socket") or (kind == "a device" and os.isatty(_number(path))))
    if kind is not None and not waited_for:
        raise NotPlain(path, kind)
    if found.st_size > most:
        raise TooLarge(path, _more(found.st_size, most))


def _number(path: Path) -> int:
    """The descriptor that such a path stands for."""
    return 0 if path.name == "stdin" else int(path.name)


def _more(size: int, most: int) -> str:
    return f"{_long(size)} long, and at most {_long(most)} are read"


def _long(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def _has_hole(descriptor: int, size: int) -> bool:
    """Whether a part of a file was never written: no table, text or archive has that, and a giant may weigh nothing."""
    try:
        return os.lseek(descriptor, 0, os.SEEK_HOLE) < size
    except (OSError, AttributeError):  # a file system, or a system, that cannot tell
        return False
    finally:
        os.lseek(descriptor, 0, os.SEEK_SET)


class _Bounded(io.FileIO):
    """A file that gives at most so many bytes, whatever its size was said to be."""

    def __init__(self, path: Path, most: int, flags: int) -> None:
        super().__init__(path, "rb", opener=lambda name, wanted: os.open(name, wanted | flags))
        self._path, self._most, self._given = path, most, 0

    def readinto(self, buffer: object, /) -> int:
        given = super().readinto(buffer)  # type: ignore[arg-type]
        if given is None:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), str(self._path))
        self._given += given
        if self._given > self._most:
            raise TooLarge(self._path, f"longer than the {_long(self._most)} that are read")
        return given

    def seek(self, position: int, whence: int = os.SEEK_SET, /) -> int:
        self._given = place = super().seek(position, whence)
        return place
