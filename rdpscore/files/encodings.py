"""Bytes of text files into text: as they were meant, or refused with the lines; nothing is guessed away."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rdpscore.problems import Batch, Problems
from rdpscore.words import listed, plural

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FALLBACK = "cp1252"
"""What spreadsheet programs write that write no UTF-8."""
TWO = "two encodings"
_UTF8 = ("utf-8", "utf-8-sig")
_SAMPLE, _LONGEST = 200_000, 2_000_000
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MOJIBAKE = re.compile(rb"[\xc2\xc3][\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]")
"""The commonest letters and quotation marks in UTF-8: no text of one byte a letter has these side by side."""


@dataclass(frozen=True)
class Decoded:
    """A text, and how it was read.

    Attributes
    ----------
    text : str
        Without byte-order mark.
    encoding : str
        The encoding, or those that were tried line by line, joined by `` and ``.
    foreign : mapping
        Encoding → lines that were read in it because those before it did not fit.
    """

    text: str
    encoding: str
    foreign: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


class Undecodable(ValueError):
    """Bytes that are no text of the encodings named, or of those that can be told; `code`, `fields`: the problem."""

    def __init__(self, code: str, **fields: str) -> None:
        self.code, self.fields = code, fields
        super().__init__(self.problems("the file"))

    def problems(self, file: str) -> Problems:
        return Problems.of([Batch(self.code, file, fields=self.fields)])

    def __str__(self) -> str:
        (problem,) = self.problems("")
        return problem.what


def decode(raw: bytes, encodings: Sequence[str] = ()) -> Decoded:
    """Text of the bytes of a file.

    Parameters
    ----------
    raw : bytes
    encodings : sequence of str
        None for a guess: by the byte-order mark, by the zero bytes of UTF-16, else UTF-8, else cp1252 where no record
        is UTF-8 beyond ASCII. Several are tried for each record, which is a line and all those that its quotation
        marks hold together.

    Raises
    ------
    Undecodable
    """
    for name in encodings:
        try:
            codecs.lookup(name)
        except LookupError as error:
            raise Undecodable("bad_encoding", value=name, what=str(error)) from None
    if len(encodings) > 1:
        return _by_record(raw, encodings)
    encoding = encodings[0] if encodings else guess_encoding(raw)
    if encoding == TWO or encoding is None:
        raise _refusal(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeError as error:
        raise Undecodable("bad_encoding", value=encoding, what=_brief(error, raw)) from None
    except (LookupError, TypeError) as error:  # a codec that is no encoding of text
        raise Undecodable("bad_encoding", value=encoding, what=str(error)) from None
    return Decoded(text.removeprefix("\ufeff"), encoding)


def guess_encoding(raw: bytes) -> str | None:
    """The encoding of a text file among those that spreadsheet programs write, or `TWO`; None if it is none of them."""
    for mark, name in MARKS:
        if raw.startswith(mark):
            if name != "utf-8-sig" or _fits(raw, name):
                return name
            break
    if (found := _unmarked(raw)) is not None:
        return found
    if _fits(raw, "utf-8"):
        return "utf-8"
    wide, foreign, both = _sorted(raw)
    if both or (wide and foreign):
        return TWO
    return FALLBACK if _fits(raw, FALLBACK) else None


def _fits(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _unmarked(raw: bytes) -> str | None:
    """UTF-16 without mark: every second byte of its digits, delimiters and line ends is 0."""
    sample = raw[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) == 0 or min(even, odd) * 20 > max(even, odd):
        return None
    encoding, wide = ("utf-16-le", b"%b\0") if odd > even else ("utf-16-be", b"\0%b")
    end = b"\n" if b"\n" in sample else b"\r"
    ends = sample.count(end)
    # a zero byte in a text of one byte a letter stands beside no line end
    if 2 * sample.count(wide % end) < ends or (not ends and 8 * max(even, odd) < len(sample)):
        return None
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _CONTROLS.search(text) else encoding


# Two encodings in one file -----------------------------------------------------------------------------------


def _records(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Line and bytes of each record; a record goes on where a quotation mark is open."""
    # one character a byte: delimiters, quotation marks and line ends are the same in all encodings in question
    text = raw.decode("latin-1")
    head = text[:_SAMPLE]
    delimiter = max(",;\t|", key=head.count)
    held: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            held.append(line)
            yield line

    number, limit = 1, csv.field_size_limit(_LONGEST)
    try:
        reader = csv.reader(lines(), delimiter=delimiter)
        while True:
            try:
                next(reader)
            except StopIteration:
                break
            except csv.Error:  # a quotation mark that is never closed: told by whoever reads the table
                pass
            yield number, "".join(held).encode("latin-1")
            number += len(held)
            held.clear()
    finally:
        csv.field_size_limit(limit)
    if held:
        yield number, "".join(held).encode("latin-1")


def _sorted(raw: bytes) -> tuple[list[int], list[int], list[int]]:
    """Lines that are UTF-8 beyond ASCII, that are not UTF-8, and that are partly so."""
    wide: list[int] = []
    foreign: list[int] = []
    both: list[int] = []
    for number, part in _records(raw.removeprefix(codecs.BOM_UTF8)):
        if not part.isascii():
            kind = wide if _fits(part, "utf-8") else both if _MOJIBAKE.search(part) else foreign
            kind.append(number)
    return wide, foreign, both


def _refusal(raw: bytes) -> Undecodable:
    wide, foreign, both = _sorted(raw)
    if both:
        return Undecodable("torn_line", lines=_lines(both))
    if wide:
        return Undecodable("mixed_encodings", lines=_lines(foreign), n=plural(len(wide), "line"))
    bad = [n for n, part in _records(raw) if not part.isascii() and not _fits(part, FALLBACK)]
    what = f"{_lines(bad)} cannot be read as UTF-8 nor as {FALLBACK}"
    return Undecodable("bad_encoding", value="UTF-8", what=what)


def _lines(numbers: Sequence[int]) -> str:
    return f"{'line' if len(numbers) == 1 else 'lines'} {listed([f'{n:,}' for n in numbers], 8)}"


def _brief(error: UnicodeError, raw: bytes) -> str:
    """What is wrong, with the line; and the reason alone where bytes have no lines."""
    if not isinstance(error, UnicodeDecodeError):
        return str(error)
    line = raw.count(b"\n", 0, error.start) + 1
    return f"line {line:,}, byte 0x{raw[error.start]:02X} at position {error.start:,}: {error.reason}"


def _by_record(raw: bytes, encodings: Sequence[str]) -> Decoded:
    """Every record by the first encoding that fits."""
    raw = raw.removeprefix(codecs.BOM_UTF8)
    parts: list[str] = []
    foreign: dict[str, list[int]] = {}
    torn: list[int] = []
    unread: list[int] = []
    for number, part in _records(raw):
        for position, encoding in enumerate(encodings):
            try:
                parts.append(part.decode(encoding))
            except UnicodeError:
                continue
            except (LookupError, TypeError) as error:
                raise Undecodable("bad_encoding", value=encoding, what=str(error)) from None
            if position:
                foreign.setdefault(encoding, []).append(number)
                if encodings[0].casefold() in _UTF8 and _MOJIBAKE.search(part):
                    torn.append(number)
            break
        else:
            unread.append(number)
    if unread:
        what = f"{_lines(unread)} can be read as neither"
        raise Undecodable("bad_encoding", value=" or ".join(encodings), what=what)
    if torn:
        raise Undecodable("torn_line", lines=_lines(torn))
    return Decoded("".join(parts), " and ".join(encodings), {k: tuple(v) for k, v in foreign.items()})


def foreign_lines(decoded: Decoded) -> list[tuple[str, str, str]]:
    """Encoding, how many lines, and which, of those that were not read in the first encoding."""
    return [(k, plural(len(v), "line"), _lines(v)) for k, v in decoded.foreign.items()]
