"""Saves of several files that happen wholly or not at all, whatever interrupts them.

A save stages every file, writes a manifest, and commits by renaming the manifest. Whoever comes next, the
same process or any later one, finds either no committed manifest and drops the stage, or a committed one
and moves the staged files into place. Moving is idempotent, so it may itself be interrupted.

Readers take no lock: they read, and read again where a save came between; the second time under the lock.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from rdpscore.files.writing import named, native, uninterrupted
from rdpscore.problems import InvalidInput, Problems

STAGE = ".rdpscore-pending"
LOCK = ".rdpscore-lock"
_MANIFEST, _COMMITTED = "manifest.json", "committed.json"
_PATIENCE = 1.0
"""Seconds that a reader without write permission gives another user's save to put its files into place."""
_T = TypeVar("_T")

Changes = Mapping[str, bytes | None]
"""Path relative to the folder → new content; None deletes the file."""


def commit(folder: Path, changes: Changes | Callable[[], Changes], *, timeout: float = 10.0) -> None:
    """Write several files of a folder as one step.

    Parameters
    ----------
    folder : Path
        Created where it is absent.
    changes : mapping of str to bytes or None, or function
        Path relative to the folder → new content; None deletes the file. A function is called when no other
        writer can come between: what it reads of the folder is what its changes replace. If it raises,
        nothing is written.
    timeout : float
        Seconds to wait for another writer.

    Raises
    ------
    InvalidInput
        Another process is writing the folder.
    OSError
        The folder cannot be written; the old files stand.
    """
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with _locked(folder, timeout):
            _settle(folder)
            if callable(changes):
                changes = changes()
            if not changes:
                return
            with uninterrupted():
                _put(folder, changes)
    except BaseException:
        if new:
            _unmake(folder)
        raise


def _put(folder: Path, changes: Changes) -> None:
    """Stage, commit and put into place. The lock is held."""
    stage = folder / STAGE
    try:
        _stage(folder, changes)
        os.replace(stage / _MANIFEST, stage / _COMMITTED)  # from here on the save has happened
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    _sync_folder(stage)
    _settle(folder)


def _unmake(folder: Path) -> None:
    """Take away a folder that was made for a save that failed."""
    with suppress(OSError):
        if os.listdir(folder) == [LOCK]:
            (folder / LOCK).unlink()
        folder.rmdir()


def _stage(folder: Path, changes: Mapping[str, bytes | None]) -> None:
    """Write the new files and the manifest beside the old files, down to the disk."""
    stage = folder / STAGE
    with named(folder):
        stage.mkdir()
    moves: list[dict[str, str | None]] = []
    for number, (name, content) in enumerate(changes.items()):
        if (
            folder / native(name)
        ).is_dir():  # no file can take its place, so the save could never be completed
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(folder / name))
        if content is not None:
            with named(folder / name):
                _write_synced(stage / f"{number:04d}", content)
        moves.append({"name": name, "staged": None if content is None else f"{number:04d}"})
    with named(folder):
        _write_synced(stage / _MANIFEST, json.dumps(moves).encode())
    _sync_folder(stage)
    _sync_folder(folder)


def read_settled(folder: Path, read: Callable[[], _T], *, timeout: float = 10.0) -> _T:
    """Call `read` on a folder that no save is changing, after completing or dropping an interrupted one.

    Nothing is written into a folder that no save is or was changing.

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
        if not (folder / STAGE / _COMMITTED).exists() and _signature(folder) == before:
            return result
        if time.monotonic() > deadline:
            raise InvalidInput(Problems.one("locked", str(folder)))
        if os.access(folder, os.W_OK):  # saves may follow each other without a pause: make them wait
            with _locked(folder, max(0.0, deadline - time.monotonic())):
                _settle(folder)
                return read()


def _recover(folder: Path, timeout: float) -> None:
    """Complete or drop an interrupted save as far as this user may; wait for one that is under way."""
    committed = folder / STAGE / _COMMITTED
    unfinished = InvalidInput(Problems.one("unfinished_save", str(folder)))
    if not os.access(folder, os.W_OK):
        patience = time.monotonic() + min(timeout, _PATIENCE)
        while committed.exists():
            if time.monotonic() > patience:
                raise unfinished
            time.sleep(0.01)
        return
    try:
        with _locked(folder, timeout):
            _settle(folder)
    except OSError:
        if committed.exists():
            raise unfinished from None
    except InvalidInput:
        if committed.exists():
            raise


def _settle(folder: Path) -> None:
    """Complete a committed save, drop an uncommitted one. The lock is held."""
    stage = folder / STAGE
    committed = stage / _COMMITTED
    if committed.exists():
        for target, staged in _moves(folder):
            if staged is None:
                target.unlink(missing_ok=True)
            elif staged.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(staged, target)
                _sync_folder(target.parent)
        _sync_folder(folder)
        committed.unlink()
    if stage.is_dir():
        shutil.rmtree(stage)


def _moves(folder: Path) -> list[tuple[Path, Path | None]]:
    """Target and staged file of each move of the committed manifest.

    A survey may come from anywhere, and so may its manifest: one that reaches out of the folder is refused.
    """
    stage, home = folder / STAGE, folder.resolve()
    moves: list[tuple[Path, Path | None]] = []
    try:
        for move in json.loads((stage / _COMMITTED).read_bytes()):
            name, staged = move["name"], move["staged"]
            target = folder / native(name)
            if ".." in target.relative_to(folder).parts or not target.parent.resolve().is_relative_to(home):
                raise ValueError
            if staged is not None and not re.fullmatch(r"\d{4,}", staged):
                raise ValueError
            moves.append((target, None if staged is None else stage / staged))
    except (ValueError, TypeError, KeyError, RecursionError):
        what = f"it is no list of saved files; delete {STAGE} to give up that save"
        raise InvalidInput(Problems.one("unreadable_file", f"{STAGE}/{_COMMITTED}", value=what)) from None
    return moves


@contextmanager
def _locked(folder: Path, timeout: float) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, timeout=timeout, mode=0o666)  # of whoever may write the folder
    try:
        lock.acquire(poll_interval=0.005)  # shorter than a save, or saves without a pause starve who waits
    except Timeout:
        raise InvalidInput(Problems.one("locked", str(folder))) from None
    try:
        yield
    finally:
        lock.release()


def _signature(folder: Path) -> list[tuple[str, int, int, int, int]]:
    """What changes whenever a save puts a file into place."""
    entries = []
    with os.scandir(folder) as found:
        for entry in found:
            try:
                if entry.is_file() and not entry.name.startswith("."):
                    s = entry.stat()
                    entries.append((entry.name, s.st_ino, s.st_mtime_ns, s.st_ctime_ns, s.st_size))
            except FileNotFoundError:  # a save has just deleted it
                continue
    return sorted(entries)


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
