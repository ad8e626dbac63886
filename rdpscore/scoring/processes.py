"""Worker processes that are silent: Ctrl-C and warnings are the first process's to tell."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any


@contextmanager
def pool(
    processes: int, initializer: Callable[..., None] | None = None, arguments: tuple[Any, ...] = ()
) -> Iterator[ProcessPoolExecutor]:
    """A pool of spawned processes, the same on every system.

    Parameters
    ----------
    processes : int
    initializer : callable, optional
        Called in each of them with `arguments`; importable.
    """
    with ProcessPoolExecutor(
        processes, get_context("spawn"), initializer=_begin, initargs=(initializer, arguments)
    ) as made:
        with _deaf():
            made.submit(os.getpid)  # the first piece of work starts all of them
        yield made


def _begin(initializer: Callable[..., None] | None, arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.showwarning = _say_nothing
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if initializer is not None:
        initializer(*arguments)


def _say_nothing(*_: Any, **__: Any) -> None:
    pass


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes that are started inside do not hear Ctrl-C until `_begin` has them ignore it: a mask is inherited."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
