"""Where text leaves for a terminal, a pipe or a file: the one place that knows which of these it is.

- Text for people is shown in any encoding, never obeyed: control sequences become marks, what the encoding lacks a
  stand-in. Only `styled` streams, on which rich writes, pass styling on.
- Text for programs (`write_json`) is UTF-8.
- A reader that leaves ends the command with 0, a full disk with a message and 1.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from rdpscore.words import visible

STAND_INS = {
    "…": "...", "–": "-", "—": "-", "―": "-", "‐": "-", "−": "-", "→": "->", "↑": "^", "↓": "v", "×": "x",
    "±": "+/-", "²": "^2", "·": ".", "•": "*", "▪": "#", "“": '"', "”": '"', "‘": "'", "’": "'", "Σ": "sum",
    "≥": ">=", "≤": "<=", "─": "-", "━": "-", "│": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "╸": "-", "╺": "-",
}  # fmt: skip
"""The tool's own marks in an encoding that has none of them."""
_NAMES = {"stdout": "standard output", "stderr": "standard error"}


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    """For an encoding without a character: a stand-in of the tool's own marks, a question mark for others."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(STAND_INS.get(c, "?") for c in lost), error.end


codecs.register_error("rdpscore", _stand_in)


class Stream(io.TextIOBase):
    """Standard output or standard error, for text of a survey. It has no ``buffer``: nobody writes past it.

    Parameters
    ----------
    stream : text stream
        Where it goes.
    name : {"stdout", "stderr"}
    """

    def __init__(self, stream: IO[str], name: str) -> None:
        self._stream, self._name = stream, name
        self._lost: OSError | None = None
        self.styled: Any = _Styled(self)
        """The same stream for rich, which has its text made visible before it styles it."""
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="rdpscore")

    def write(self, text: str, /) -> int:
        self.send(visible(text))
        return len(text)

    def send(self, text: str) -> None:
        """Text as it is."""
        if text:
            self._try(lambda: self._stream.write(text))

    def send_utf8(self, text: str) -> None:
        """Text for programs, in UTF-8 whatever the terminal's encoding is."""
        binary = getattr(self._stream, "buffer", None)
        if binary is None:
            self.send(text)
            return
        self.flush()
        self._try(lambda: binary.write(text.encode("utf-8", "surrogatepass")))
        self._try(binary.flush)

    def flush(self) -> None:
        if self._lost is None:  # Python flushes once more when all has been told
            self._try(self._stream.flush)

    def end(self) -> None:
        """All is written, or it is told that not all could be, even if a library kept silent about it."""
        self._try(self._stream.flush)

    def _try(self, act: Callable[[], object]) -> None:
        """A reader that has left ends the command well; what cannot be written is told with the stream's name."""
        try:
            if self._lost is None:
                act()
        except OSError as error:
            self._lost = error
            self._discard()
        if (
            self._lost is None or self._name == "stderr"
        ):  # there is nowhere to tell it, and the work may go on
            return
        if self.left:
            raise SystemExit(0)
        raise OSError(self._lost.errno, self._lost.strerror, _NAMES[self._name])

    @property
    def left(self) -> bool:
        """Whether who was reading has left."""
        gone = (errno.EPIPE, errno.EINVAL) if os.name == "nt" else (errno.EPIPE,)
        return self._lost is not None and self._lost.errno in gone

    def _discard(self) -> None:
        """From now on nothing is written, not even what Python still holds when it ends."""
        with suppress(OSError, ValueError):
            descriptor = os.open(os.devnull, os.O_WRONLY)
            os.dup2(descriptor, self._stream.fileno())
            os.close(descriptor)

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        """Never: who writes here, a library included, gets no styling through."""
        return False

    def writable(self) -> bool:
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self._stream, "encoding", None) or "utf-8"


class _Styled(io.TextIOBase):
    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def write(self, text: str, /) -> int:
        self._stream.send(text)
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        with suppress(ValueError):
            return self._stream._stream.isatty()
        return False

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding


def write_json(text: str) -> None:
    """Print text for programs: UTF-8 in every terminal and pipe."""
    if isinstance(sys.stdout, Stream):
        sys.stdout.send_utf8(text)
    else:
        sys.stdout.write(text)


@contextmanager
def styled() -> Iterator[None]:
    """What is printed inside is the tool's own text, with rich's styling: help."""
    out = sys.stdout
    if not isinstance(out, Stream):
        yield
        return
    sys.stdout = out.styled
    try:
        yield
    finally:
        sys.stdout = out


def own() -> bool:
    """Whether this process is a command of its own, not a program that calls `main` with streams of its own."""
    return sys.stdout is sys.__stdout__ and sys.stderr is sys.__stderr__


@contextmanager
def streams() -> Iterator[tuple[Stream, Stream]]:
    """Standard output and error as `Stream`, for the rest of a process of our own, else inside."""
    before = sys.stdout, sys.stderr
    ours = own()
    if ours:
        _fill_descriptors()
    out, err = (
        Stream(stream if stream is not None else open(os.devnull, "w", encoding="utf-8"), name)  # noqa: SIM115
        for stream, name in zip(before, _NAMES, strict=True)
    )
    sys.stdout, sys.stderr = out, err
    try:
        yield out, err
    finally:
        if not ours:
            sys.stdout, sys.stderr = before


def _fill_descriptors() -> None:
    """Give closed standard descriptors to the null device, lest the next file that is opened becomes one of them."""
    while True:
        descriptor = os.open(os.devnull, os.O_RDWR)
        if descriptor > 2:
            os.close(descriptor)
            return


NARROWEST, WIDEST = 20, 500
"""Columns of a page; a terminal that says it has fewer or more gets as many."""


def bound_width() -> None:
    """Have ``COLUMNS`` be a width that a page can have: typer and rich believe any, and fill it."""
    told = os.environ.get("COLUMNS", "")
    if told.isdigit():
        if int(told):
            os.environ["COLUMNS"] = str(min(max(int(told), NARROWEST), WIDEST))
        else:
            del os.environ["COLUMNS"]


def silence_libraries() -> None:
    """What libraries warn of is looked at where they are called, or is nothing that a user can act on.

    Filters would not do: some libraries set filters of their own. ``PYTHONWARNINGS`` and ``-W`` bring all back.
    """
    if sys.warnoptions:
        return
    import logging

    os.environ["PYTHONWARNINGS"] = "ignore"  # of worker processes
    warnings.showwarning = _say_nothing
    logging.getLogger().addHandler(logging.NullHandler())


def _say_nothing(*_: Any, **__: Any) -> None:
    pass
