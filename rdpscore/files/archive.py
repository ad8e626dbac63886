"""Zip archives from strangers: looked at as a whole before a byte is unpacked, and unpacked in bounded steps.

Nothing is written anywhere, and no name in an archive becomes a path: what is wanted is asked for by names that the
caller knows, and comes back as bytes.
"""

from __future__ import annotations

import copy
import io
import re
import stat
import struct
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

BLOCK = 1 << 20
SMALL = 10_000_000
"""Below so many bytes unpacked, no ratio is too much."""
_NAMED = 60
_END, _END64 = b"PK\x05\x06", b"PK\x06\x07"
_END_SIZE = 22
_ENTRY = 2_000
"""Bytes of an entry of the directory, on average, that are read: its name, mostly."""


class Refused(ValueError):
    """Why an archive is not read; its text follows the archive's name: ``is encrypted; …``."""


@dataclass(frozen=True)
class Limits:
    """How much of an archive is read.

    Attributes
    ----------
    packed, unpacked : int
        Bytes of the archive, and of all its parts.
    ratio : int
        Bytes unpacked for one packed, over all parts, from `SMALL` on.
    entries : int
        Parts.
    """

    packed: int = 50_000_000
    unpacked: int = 150_000_000
    ratio: int = 200
    entries: int = 2_000


def refuse_excess(entries: Sequence[zipfile.ZipInfo], limits: Limits, what: str = "archive") -> None:
    """Refuse an archive that would be too much to unpack, by what its directory says.

    Parts that are packed by other methods than deflate are refused, too: zipfile unpacks those without a bound.

    Raises
    ------
    Refused
    """
    unpacked = sum(e.file_size for e in entries)
    packed = max(1, sum(e.compress_size for e in entries))
    if unpacked > limits.unpacked or (unpacked > SMALL and unpacked / packed > limits.ratio):
        raise Refused(
            f"would unpack to {unpacked / 1e6:,.0f} MB from {packed / 1e6:,.1f} MB, which no {what} does"
        )
    if any(e.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for e in entries):
        raise Refused("is packed by another method than the usual one (deflate); pack it again")


def too_long(size: int, limits: Limits) -> str:
    """What is said of a file that is not read for its size."""
    return f"is {size / 1e6:,.0f} MB long; at most {limits.packed / 1e6:,.0f} MB are read"


def encrypted(entries: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether any part is encrypted."""
    return any(e.flag_bits & 1 for e in entries)


def name_of(entry: zipfile.ZipInfo) -> str:
    """The path of a part with slashes, which some programs of Windows write as backslashes, and no idle steps."""
    return "/".join(p for p in re.split(r"[/\\]", entry.filename) if p not in ("", "."))


def name_there_twice(entries: Sequence[zipfile.ZipInfo]) -> str | None:
    """The first name that two parts share, however it is written: programs differ in which of them they read."""
    counts = Counter(unicodedata.normalize("NFC", name_of(e).casefold()) for e in entries)
    return next((n for n, count in counts.items() if count > 1), None)


def blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    """The content of a part in blocks; it must be as long as the directory says.

    Parameters
    ----------
    archive : ZipFile
    entry : ZipInfo
    most : int
        Bytes that any part may have.

    Raises
    ------
    ValueError
        It is longer, so that whoever reads it whole would unpack more than was allowed.
    """
    unbounded = copy.copy(entry)
    unbounded.file_size = most + 1  # zipfile stops at the size that is declared
    read = 0
    with archive.open(unbounded) as stream:
        while block := stream.read(BLOCK):
            read += len(block)
            if read > entry.file_size:
                raise ValueError("unpacks to more than it declares")
            yield block


def unpack(
    content: bytes, wanted: Collection[str], beside: str, limits: Limits | None = None
) -> dict[str, bytes]:
    """The wanted files of an archive; all others are left packed, archives in the archive among them.

    Parameters
    ----------
    content : bytes
        The archive.
    wanted : collection of str
        Names of files, without folders.
    beside : str
        One of them: the folder in which it lies is the one that is read, of several the one that holds the others.
    limits : Limits, optional

    Returns
    -------
    dict
        Name → content, of those that are there.

    Raises
    ------
    Refused
        It is no archive, damaged, encrypted or too much; a part lies outside of it by its name (``..``, an absolute
        path), is a link, or is there twice; or there is no file `beside`, or several side by side.

    Notes
    -----
    The size of the directory is bounded before zipfile reads it. Sizes are those that the directory says, and are held
    while unpacking, so that an archive that lies about them is refused, too. Archives of the form for more than 4 GB
    (ZIP64) are refused.
    """
    limits = limits or Limits()
    if len(content) > limits.packed:
        raise Refused(too_long(len(content), limits))
    _look_at_end(content, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _look_at_names(entries, limits)
            refuse_excess(entries, limits, "survey")
            found = _beside(entries, wanted, beside)
            return {name: b"".join(blocks(archive, e, limits.unpacked)) for name, e in found.items()}
    except Refused:
        raise
    except Exception as error:  # zipfile and zlib have many types of their own
        raise Refused(f"is damaged or cut off ({type(error).__name__})") from None


def _look_at_end(content: bytes, limits: Limits) -> None:
    """Refuse what is no archive, or has a directory that is longer than so many parts need."""
    at = content.rfind(_END, max(0, len(content) - _END_SIZE - 0xFFFF))
    if content[:2] != b"PK" or at < 0 or len(content) < at + _END_SIZE:
        raise Refused("is no zip archive")
    number, size = struct.unpack_from("<HI", content, at + 10)
    if number > limits.entries:
        raise Refused(_too_many(number, limits))
    if content[max(0, at - 20) : at][:4] == _END64 or size > limits.entries * _ENTRY:
        raise Refused("has a directory that is too long; pack the files of the survey only")


def _too_many(number: int, limits: Limits) -> str:
    return f"holds {number:,} files; at most {limits.entries:,} are read"


def _look_at_names(entries: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise Refused(_too_many(len(entries), limits))
    if encrypted(entries):
        raise Refused("is encrypted; pack it without a password")
    for entry in entries:
        name = entry.orig_filename
        if re.match(r"[/\\]|[A-Za-z]:", name) or ".." in re.split(r"[/\\]", name) or "\0" in name:
            raise Refused(
                f"holds a file that would lie outside of it: '{name[:_NAMED]}'; pack the folder itself"
            )
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise Refused(f"holds a link or a device, '{name[:_NAMED]}'; pack the files themselves")
    if twice := name_there_twice(entries):
        raise Refused(f"holds two files called '{twice[:_NAMED]}'")


def _beside(
    entries: Sequence[zipfile.ZipInfo], wanted: Collection[str], beside: str
) -> dict[str, zipfile.ZipInfo]:
    """The wanted files in the folder of the one named, clutter of systems aside.

    Of several folders that is the outermost, where all others lie inside it: a merged survey keeps the surveys that it
    was made of.
    """
    own = {name_of(e): e for e in entries if "__macosx" not in name_of(e).casefold().split("/")}
    folders = sorted((n[: -len(beside)] for n in own if f"/{n}".endswith(f"/{beside}")), key=len)
    if not folders:
        raise Refused(f"holds no {beside}")
    if not all(f.startswith(folders[0]) for f in folders):
        raise Refused(
            f"holds {beside} {len(folders)} times, in folders side by side; pack one of the folders"
        )
    return {name: own[path] for name in wanted if (path := f"{folders[0]}{name}") in own}
