"""Readers of file formats: one place for each, and for those of other packages.

Another package adds a format by an entry point of the group ``rdpscore.readers``, which names a `Reader`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import PurePosixPath
from typing import Literal

from rdpscore.problems import Batch, InvalidInput, Problems, suggestion
from rdpscore.readers.container import damage, silent
from rdpscore.readers.delimited import read_delimited
from rdpscore.readers.foreign import is_text, tell_foreign
from rdpscore.readers.legacy import converted, is_xls, is_xlsb, read_xls, read_xlsb
from rdpscore.readers.model import Book, Options
from rdpscore.readers.opendocument import is_ods, read_ods
from rdpscore.readers.records import read_json_records, read_yaml_records
from rdpscore.readers.signatures import parts_of
from rdpscore.readers.statistical import is_dta, is_sav, read_dta, read_sav
from rdpscore.readers.workbook import MAIN, read_workbook

GROUP = "rdpscore.readers"
"""Entry points of this group are readers of other packages."""
_NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Reader:
    """How files of one format are read.

    Attributes
    ----------
    name : str
        As a mapping names it (``format: csv``): lower-case letters, digits and ``-``.
    suffixes : tuple of str
        Of names of such files, in lower case, with the point.
    read : callable
        Takes the bytes of a file, its name for problems, and `Options`; returns a `Book`. It raises `InvalidInput` with
        all that is wrong; runs nothing that stands in the file; and holds no more than it can bound beforehand.
    recognises : callable, optional
        Tells by the first bytes, or the parts of an archive, that a file is of this format, whatever its name; None
        where text has no signs and the name decides.
    words : str
        What such a file is called, with its article: ``an Excel workbook (.xlsx)``.
    kind : {"text", "workbook", "data"}
        Text has an encoding; workbooks are what coders may send back.
    together : callable, optional
        Takes the contents of several files, and returns what `Options.converted` holds of them: of formats that another
        program converts, which is started once.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[bytes, str, Options], Book]
    recognises: Callable[[bytes], bool] | None = None
    words: str = ""
    kind: Literal["text", "workbook", "data"] = "workbook"
    together: Callable[[Sequence[bytes]], Mapping[str, bytes]] | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"a reader is named by lower-case letters, digits and '-', not '{self.name}'")


SHIPPED = {
    reader.name: reader
    for reader in (
        Reader(
            "csv", (".csv", ".tsv", ".txt"), read_delimited, words="a table as text (.csv, .tsv)", kind="text"
        ),
        Reader(
            "xlsx",
            (".xlsx", ".xlsm"),
            read_workbook,
            lambda content: MAIN in parts_of(content),
            "an Excel workbook (.xlsx)",
        ),
        Reader("ods", (".ods",), read_ods, is_ods, "an OpenDocument spreadsheet (.ods)"),
        Reader("xls", (".xls",), read_xls, is_xls, "an old Excel workbook (.xls)", together=converted),
        Reader("xlsb", (".xlsb",), read_xlsb, is_xlsb, "a binary Excel workbook (.xlsb)", together=converted),
        Reader("sav", (".sav", ".zsav"), read_sav, is_sav, "SPSS data (.sav)", kind="data"),
        Reader("dta", (".dta",), read_dta, is_dta, "Stata data (.dta)", kind="data"),
        Reader("yaml", (".yaml", ".yml"), read_yaml_records, words="YAML", kind="text"),
        Reader("json", (".json",), read_json_records, words="JSON", kind="text"),
    )
}
"""Name → reader, in the order in which they are offered."""


class UnknownReader(ValueError):
    """There is no such reader; the message has the nearest name."""


def names() -> tuple[str, ...]:
    """Names of all readers: those of this package, and then those of others by name."""
    return (*SHIPPED, *sorted(_others(tuple(sys.path))))


def suffixes(*kinds: str) -> tuple[str, ...]:
    """Suffixes of all files that are read, or of those of some kinds."""
    return tuple(
        dict.fromkeys(s for reader in _all() if not kinds or reader.kind in kinds for s in reader.suffixes)
    )


def find_reader(name: str) -> Reader:
    """The reader of a name.

    Raises
    ------
    UnknownReader
        If there is none.
    ValueError
        If an entry point of this name gives no reader, or one that is called otherwise.
    """
    if name in SHIPPED:
        return SHIPPED[name]
    others = _others(tuple(sys.path))
    if name not in others:
        known = names()
        raise UnknownReader(f"formats are {', '.join(known)}; not '{name}'{suggestion(name, known)}")
    return _loaded(others[name])


def reader_of(content: bytes, name: str) -> Reader:
    """The reader of a file: by what stands in it, else by its name.

    Raises
    ------
    InvalidInput
        It is of a format that is not read; the problem says what it is, and the way out.
    """
    suffix = PurePosixPath(name.casefold()).suffix
    readers = list(_all())
    signed = next((r for r in readers if r.recognises is not None and r.recognises(content)), None)
    if signed is not None:
        return signed
    by_name = next((r for r in readers if suffix in r.suffixes), None)
    if (told := tell_foreign(content, suffix)) is not None and (
        by_name is None or by_name.kind != "text" or told.sure
    ):
        raise InvalidInput(Problems.of([Batch("foreign_format", name, fields=told.fields)]))
    if by_name is not None and (by_name.recognises is None or not is_text(content)):
        return by_name
    if by_name is not None and not content:
        raise InvalidInput(Problems.of([Batch("bad_workbook", name, fields={"value": "is empty"})]))
    if by_name is not None:  # named like a workbook, and text
        fields = {"value": f"text, not {by_name.words}", "what": "rename it to .csv, or save it as .xlsx"}
        raise InvalidInput(Problems.of([Batch("foreign_format", name, fields=fields)]))
    return SHIPPED["csv"]


def read_book(
    content: bytes, name: str, options: Options | None = None, format: str | None = None
) -> tuple[Book | None, Problems]:
    """Read a file of any format.

    Parameters
    ----------
    content : bytes
    name : str
        What it is called in problems; its suffix says what a text is.
    options : Options, optional
    format : str, optional
        Name of a reader; by the content, and then by the name of the file, without.

    Returns
    -------
    book : Book or None
    problems : Problems
        Why it was not read; lines that were read in a second encoding, and what the format does not show.
    """
    try:
        reader = find_reader(format) if format else reader_of(content, name)
        with silent():
            book = reader.read(content, name, options or Options())
    except InvalidInput as error:
        return None, error.problems
    except Exception as error:  # a reader of another package
        return None, Problems.of([Batch("bad_workbook", name, fields={"value": damage(error)})])
    return book, told_of(book)


def told_of(book: Book) -> Problems:
    """What is to be told of a file that was read."""
    from rdpscore.files.encodings import Decoded, foreign_lines

    found = foreign_lines(Decoded("", book.encoding, book.foreign))
    return Problems.of(
        [
            Batch("second_encoding", book.file, fields={"n": n, "value": name, "lines": lines})
            for name, n, lines in found
        ]
        + [Batch("values_only", book.file, fields={"what": note}) for note in book.notes]
    )


def convert_together(contents: Iterable[bytes]) -> dict[str, bytes]:
    """Of several files those that another program has to convert, in one start of it; for `Options.converted`."""
    waiting: dict[str, list[bytes]] = {}
    for content in contents:
        reader = next((r for r in _all() if r.recognises is not None and r.recognises(content)), None)
        if reader is not None and reader.together is not None:
            waiting.setdefault(reader.name, []).append(content)
    by_task: dict[Callable[[Sequence[bytes]], Mapping[str, bytes]], list[bytes]] = {}
    for name, found in waiting.items():
        together = find_reader(name).together
        assert together is not None
        by_task.setdefault(together, []).extend(found)
    return {key: made for task, found in by_task.items() for key, made in task(found).items()}


def _all() -> Sequence[Reader]:
    return [find_reader(name) for name in names()]


@cache
def _others(path: tuple[str, ...]) -> dict[str, EntryPoint]:
    """Entry points of other packages on the path; ours are not replaced."""
    return {e.name: e for e in entry_points(group=GROUP) if e.name not in SHIPPED}


@cache
def _loaded(entry: EntryPoint) -> Reader:
    found = entry.load()
    if not isinstance(found, Reader) or found.name != entry.name:
        owner = entry.dist.name if entry.dist else entry.value
        raise ValueError(f"the entry point '{entry.name}' of {owner} gives no reader of this name")
    return found
