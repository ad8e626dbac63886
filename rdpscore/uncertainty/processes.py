"""Worker processes that do not hear Ctrl-C: the first process ends them."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

from rdpscore.files.writing import uninterrupted


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
        processes, _Context(), initializer=_begin, initargs=(initializer, arguments)
    ) as made:
        yield made


class _Process(SpawnProcess):
    """Started with Ctrl-C held off, which it inherits, until `_begin` has it ignored for good.

    The first process hears Ctrl-C when the new one has all that it reads, and can be ended.
    """

    def start(self) -> None:
        with uninterrupted():
            if not hasattr(signal, "pthread_sigmask"):  # Windows
                super().start()
                return
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                super().start()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Context(SpawnContext):
    Process = _Process


def _begin(initializer: Callable[..., None] | None, arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if initializer is not None:
        initializer(*arguments)
