"""The command line: parse, call one public function, print or write.

Commands import what they compute with when they run, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys

from rdpscore.cli.app import app

__all__ = ["app", "main"]


def main() -> None:
    """Entry point of ``rdpscore``: bad input ends in sentences and an exit status, not in a traceback."""
    try:
        app()
    except ValueError as error:
        from rdpscore.cli.common import fail_with
        from rdpscore.problems import InvalidInput  # brings numpy, which --help has no use for

        if not isinstance(error, InvalidInput):
            raise
        sys.exit(fail_with(error))
    except BrokenPipeError:  # the reader of a pipe left, as head does
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        from rdpscore.files.plain import NotPlain, file_problem

        if isinstance(error, NotPlain):
            from rdpscore.cli.common import fail_with
            from rdpscore.problems import InvalidInput

            sys.exit(fail_with(InvalidInput(file_problem(error, str(error.filename)))))
        where = f"{error.filename}: " if error.filename else ""
        print(f"rdpscore: {where}{error.strerror or error}", file=sys.stderr)
        sys.exit(1)
