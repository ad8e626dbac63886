"""Files that appear wholly or not at all: written beside under another name, then renamed."""

from __future__ import annotations

import errno
import os
import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_unfinished: set[str] = set()


def write_bytes_new(path: Path, content: bytes, *, force: bool = False) -> None:
    """Write a file in one step, in place of an existing one only with `force`.

    Raises
    ------
    FileExistsError
        The file is there and `force` is false.
    OSError
        It cannot be written; its name stands in the error, nothing new on the disk.
    """
    write_all_new([(path, content)], force=force)


def write_all_new(files: Iterable[tuple[Path, bytes]], *, force: bool = False) -> list[Path]:
    """Write files that belong together: all of them or none, in place of existing ones only with `force`.

    Parameters
    ----------
    files : iterable of (Path, bytes)
        Made one after the other, and kept on the disk, not in memory.
    force : bool

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    FileExistsError, OSError
        As for `write_bytes_new`.
    """
    staged: list[tuple[str, Path]] = []
    try:
        for path, content in files:
            if path.exists() and not force:
                raise FileExistsError(f"{path} exists; name another file, or add --force to overwrite it")
            if path.exists() and not path.is_file():  # a device, a pipe: no file may take its place
                raise OSError(errno.EINVAL, "is no regular file, so it is not replaced", str(path))
            with named(path):
                staged.append((_stage(path, content), path))
        with uninterrupted():
            for temporary, path in staged:
                with named(path):
                    os.replace(temporary, path)
                _unfinished.discard(temporary)
    finally:
        for temporary, _ in staged:
            _drop(temporary)
    return [path for _, path in staged]


def _stage(path: Path, content: bytes) -> str:
    """A new file beside `path` with its content and the rights of a new file."""
    with uninterrupted():
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        _unfinished.add(temporary)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
    except BaseException:
        _drop(temporary)
        raise
    return temporary


def _drop(temporary: str) -> None:
    if temporary in _unfinished:
        with suppress(OSError):
            os.unlink(temporary)
        _unfinished.discard(temporary)


def drop_unfinished() -> None:
    """Take away the temporary files of writes that are under way: the process ends now."""
    for temporary in list(_unfinished):
        _drop(temporary)


def native(name: str) -> str:
    """The name of a file as the system's locale spells it, so that it is UTF-8 on the disk in all of them."""
    return os.fsdecode(name.encode("utf-8", "surrogateescape")) if os.name != "nt" else name


@contextmanager
def named(path: Path) -> Iterator[None]:
    """An OSError that names `path` as it is meant, instead of nothing or a temporary file."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise type(error)(error.errno, error.strerror or os.strerror(error.errno), str(path)) from None


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C waits until what has begun is done.

    Signals reach the main thread only; others have nothing to hold off.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before, came = signal.getsignal(signal.SIGINT), list[Any]()
    if not callable(before):  # ignored, or not set from Python
        yield
        return
    signal.signal(signal.SIGINT, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            before(*came[0])
