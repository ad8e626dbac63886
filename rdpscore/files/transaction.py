"""Saves of several files that happen wholly or not at all, whatever interrupts them.

A save stages every file, writes a manifest, and commits by renaming the manifest. The next saver, the same process or
any later one, finds either no committed manifest and drops the stage, or a committed one and moves the staged files
into place. Moving is idempotent, so it may itself be interrupted. Readers see a committed save through its stage; see
`rdpscore.files.folder`.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from rdpscore.files.folder import COMMITTED, MANIFEST, committed, obstacle
from rdpscore.files.folder import LOCK as LOCK
from rdpscore.files.folder import STAGE as STAGE
from rdpscore.files.own_names import is_own, may_go
from rdpscore.files.plain import MAX_FILES, MAX_MANIFEST, is_link, kind_of
from rdpscore.files.writing import named, native, uninterrupted
from rdpscore.problems import InvalidInput, Problems

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
        Another process is writing the folder; the save that waits in it is none of rdpscore's; the lock file, or what
        stands in the way of a file, is a link, a device or a pipe.
    ValueError
        A name that is none of a survey's files.
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
            manifest = _manifest(folder, changes)
            with uninterrupted():
                _put(folder, changes, manifest)
    except BaseException:
        if new:
            _unmake(folder)
        raise


def _put(folder: Path, changes: Changes, manifest: bytes) -> None:
    """Stage, commit and put into place. The lock is held."""
    stage = folder / STAGE
    try:
        _stage(folder, changes, manifest)
        os.replace(stage / MANIFEST, stage / COMMITTED)  # from here on the save has happened
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


def _manifest(folder: Path, changes: Changes) -> bytes:
    """What the save does, after a look whether it can be completed once it has happened."""
    moves: list[dict[str, str | None]] = []
    for number, (name, content) in enumerate(changes.items()):
        if not is_own(name) or (content is None and not may_go(name)):
            raise ValueError(f"no save {'deletes' if content is None else 'writes'} {name!r}")
        if (fault := obstacle(folder, name)) is not None:
            raise _in_the_way(folder, name, *fault)
        moves.append({"name": name, "staged": None if content is None else f"{number:04d}"})
    manifest = json.dumps(moves).encode()
    if len(moves) > MAX_FILES or len(manifest) > MAX_MANIFEST:
        value = f"{len(moves):,} files are more than one save takes"
        raise InvalidInput(Problems.one("unreadable_file", str(folder), value=value))
    return manifest


def _in_the_way(folder: Path, name: str, place: str, kind: str) -> Exception:
    if kind in ("a folder", "a file"):
        number = errno.EISDIR if kind == "a folder" else errno.ENOTDIR
        return OSError(number, os.strerror(number), str(folder / place))
    return InvalidInput(Problems.one("not_a_plain_file", place, value=kind))


def _stage(folder: Path, changes: Changes, manifest: bytes) -> None:
    """Write the new files and the manifest beside the old files, down to the disk."""
    stage = folder / STAGE
    with named(folder):
        stage.mkdir()
    for number, (name, content) in enumerate(changes.items()):
        if content is not None:
            with named(folder / name):
                _write_synced(stage / f"{number:04d}", content)
    with named(folder):
        _write_synced(stage / MANIFEST, manifest)
    _sync_folder(stage)
    _sync_folder(folder)


def _settle(folder: Path) -> None:
    """Complete a committed save, drop an uncommitted one. The lock is held."""
    stage = folder / STAGE
    moves = committed(folder)
    if moves is not None:
        for name, staged in moves.items():
            target = folder / native(name)
            if staged is None:
                target.unlink(missing_ok=True)
            elif (stage / staged).exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(stage / staged, target)
                _sync_folder(target.parent)
        _sync_folder(folder)
        (stage / COMMITTED).unlink()
    if stage.is_dir():
        shutil.rmtree(stage)


@contextmanager
def _locked(folder: Path, timeout: float) -> Iterator[None]:
    from filelock import FileLock, Timeout

    _look_at_lock(folder / LOCK)
    lock = FileLock(folder / LOCK, timeout=timeout, mode=0o666)  # of whoever may write the folder
    try:
        lock.acquire(poll_interval=0.005)  # shorter than a save, or saves without a pause starve who waits
    except Timeout:
        raise InvalidInput(Problems.one("locked", str(folder))) from None
    try:
        yield
    finally:
        lock.release()


def _look_at_lock(path: Path) -> None:
    """Refuse a lock file that is none: to take the lock empties the file."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    kind = "a link" if is_link(found) else kind_of(found.st_mode)
    if kind is None and found.st_nlink > 1:
        kind = "a second name of another file"
    if kind is not None:
        raise InvalidInput(Problems.one("odd_lock", LOCK, value=kind))


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
