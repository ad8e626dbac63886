"""Ctrl-C: one line and status 130, from the first import on, whatever is running.

A `KeyboardInterrupt` may be swallowed, turned into an ImportError by a compiled module or reported as ignored, so
the process ends in the handler itself. What has to be whole is asked first: a write that has begun is finished
(`rdpscore.files.writing`), temporary files go, worker processes end, and the terminal gets its cursor back.

Nothing is imported here but what Python has loaded when it starts.
"""

import os
import signal
import sys

STATUS = 130
MESSAGE = "rdpscore: stopped"


def listen() -> None:
    """Take over from Python's own handler; one that somebody else has set, and being ignored, are left alone."""
    try:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _stop)
    except ValueError:  # not in the main thread, which nobody interrupts
        pass


def deaf() -> None:
    """All is done and said: nothing is left to stop while Python takes itself down."""
    try:
        if signal.getsignal(signal.SIGINT) is _stop:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:
        pass


def _stop(*_: object) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # one is enough
    try:  # noqa: SIM105 (contextlib takes time to import)
        _clean_up()
    except Exception:  # the command ends here in any case
        pass
    try:  # noqa: SIM105
        os.write(2, f"{MESSAGE}{os.linesep}".encode("ascii"))
    except OSError:  # nobody reads it
        pass
    os._exit(STATUS)


def _clean_up() -> None:
    """What the modules that are loaded have to put right; those that are not have nothing."""
    common = sys.modules.get("rdpscore.cli.common")
    for bar in list(getattr(common, "BARS", ())):
        bar.stop()
    writing = sys.modules.get("rdpscore.files.writing")
    if writing is not None:
        writing.drop_unfinished()
    processes = sys.modules.get("multiprocessing.process")
    if processes is not None:
        for child in processes.active_children():
            child.kill()
