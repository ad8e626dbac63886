"""Saves of several files that happen wholly or not at all, whatever interrupts them.

A save stages every file, writes a manifest, and commits by renaming the manifest. Whoever comes next, the
same process or any later one, finds either no committed manifest and drops the stage, or a committed one
and moves the staged files into place. Moving is idempotent, so it may itself be interrupted.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from rdpscore.problems import InvalidInput, Problems

STAGE = ".rdpscore-pending"
LOCK = ".rdpscore-lock"
_MANIFEST, _COMMITTED = "manifest.json", "committed.json"
_T = TypeVar("_T")


def commit(folder: Path, changes: Mapping[str, bytes | None], *, timeout: float = 10.0) -> None:
    """Write several files of a folder as one step.

    Parameters
    ----------
    folder : Path
        Created where it is absent.
    changes : mapping of str to bytes or None
        Path relative to the folder → new content; None deletes the file.
    timeout : float
        Seconds to wait for another writer.

    Raises
    ------
    InvalidInput
        Another process is writing the folder.
    OSError
        The folder cannot be written; the old files stand.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder, timeout):
        _settle(folder)
        stage = folder / STAGE
        stage.mkdir()
        moves: list[dict[str, str | None]] = []
        for number, (name, content) in enumerate(changes.items()):
            staged = None if content is None else f"{number:04d}"
            if content is not None:
                _write_synced(stage / f"{number:04d}", content)
            moves.append({"name": name, "staged": staged})
        _write_synced(stage / _MANIFEST, json.dumps(moves).encode())
        _sync_folder(stage)
        _sync_folder(folder)
        os.replace(stage / _MANIFEST, stage / _COMMITTED)  # from here on the save has happened
        _sync_folder(stage)
        _settle(folder)


def read_settled(folder: Path, read: Callable[[], _T], *, timeout: float = 10.0) -> _T:
    """Call `read` on a folder that no save is changing, after completing or dropping an interrupted one.

    Raises
    ------
    InvalidInput
        An interrupted save cannot be completed here, or another process does not stop writing.
    """
    deadline = time.monotonic() + timeout
    while True:
        if (folder / STAGE).is_dir():
            _recover(folder, max(0.0, deadline - time.monotonic()))
        before = _signature(folder)
        result = read()
        pending = (folder / STAGE / _COMMITTED).exists() and os.access(folder, os.W_OK)
        if not pending and _signature(folder) == before:
            return result
        if time.monotonic() > deadline:
            raise InvalidInput(Problems.one("locked", str(folder)))


def _recover(folder: Path, timeout: float) -> None:
    committed = (folder / STAGE / _COMMITTED).exists()
    if not os.access(folder, os.W_OK):
        if committed:
            raise InvalidInput(Problems.one("unfinished_save", str(folder)))
        return
    try:
        with _locked(folder, timeout):
            _settle(folder)
    except InvalidInput:
        if committed:
            raise


def _settle(folder: Path) -> None:
    """Complete a committed save, drop an uncommitted one. The lock is held."""
    stage = folder / STAGE
    committed = stage / _COMMITTED
    if committed.exists():
        for move in json.loads(committed.read_bytes()):
            target = folder / move["name"]
            if move["staged"] is None:
                target.unlink(missing_ok=True)
            elif (stage / move["staged"]).exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(stage / move["staged"], target)
                _sync_folder(target.parent)
        _sync_folder(folder)
        committed.unlink()
    if stage.is_dir():
        shutil.rmtree(stage)


@contextmanager
def _locked(folder: Path, timeout: float) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, timeout=timeout)
    try:
        lock.acquire()
    except Timeout:
        raise InvalidInput(Problems.one("locked", str(folder))) from None
    try:
        yield
    finally:
        lock.release()


def _signature(folder: Path) -> list[tuple[str, int, int, int]]:
    """What changes whenever a save puts a file into place."""
    entries = []
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            stat = path.stat()
            entries.append((path.name, stat.st_ino, stat.st_mtime_ns, stat.st_size))
    return entries


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder; its rename is durable enough
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
