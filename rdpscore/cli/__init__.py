"""The command line: parse, call one public function, print or write.

Commands import what they compute with when they run, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys

from rdpscore.cli import interrupt

TYPE_CHECKING = False  # as typing's
if TYPE_CHECKING:
    from typing import Any

    from rdpscore.cli.commands import app as app

__all__ = ["app", "main"]


def main() -> None:
    """Entry point of ``rdpscore``: bad input ends in sentences and an exit status, not in a traceback.

    Its own imports come after the handler of Ctrl-C, so nothing here is imported at the top that takes time.

    Raises
    ------
    SystemExit
        Always, with the exit status.
    """
    if sys.stdout is sys.__stdout__ and sys.stderr is sys.__stderr__:  # a process of our own
        interrupt.listen()
    try:
        status = _run()
    except KeyboardInterrupt:  # of a program that called us
        status = interrupt.STATUS
        print(interrupt.MESSAGE, file=sys.stderr)
    interrupt.deaf()
    sys.exit(status)


def _run() -> int:
    from rdpscore.cli import terminal

    if "_RDPSCORE_COMPLETE" in os.environ:  # a shell asks, and reads tabs
        return _command()
    terminal.bound_width()
    if terminal.own():
        terminal.silence_libraries()
    with terminal.streams() as (out, err):
        try:
            status = _command()
            out.end()
        except SystemExit as leave:  # typer's own, of a terminal that left
            status = leave.code if isinstance(leave.code, int) else 0
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            print(f"rdpscore: {where}{error.strerror or error}", file=sys.stderr)
            status = 1
        err.end()
    return 0 if err.left else status


def _command() -> int:
    """Run the command that the arguments name; the exit status."""
    from rdpscore.cli.commands import app

    try:
        status = app(prog_name="rdpscore", standalone_mode=False) or 0
    except Exception as error:
        if not (
            hasattr(error, "format_message") and hasattr(error, "exit_code")
        ):  # typer's base is not public
            raise
        from rdpscore.cli.common import wrong_use

        return wrong_use(error)
    if status == interrupt.STATUS:
        raise KeyboardInterrupt
    return int(status)


def __getattr__(name: str) -> Any:
    if name == "app":
        from rdpscore.cli.commands import app

        return app
    raise AttributeError(f"module 'rdpscore.cli' has no attribute '{name}'")
