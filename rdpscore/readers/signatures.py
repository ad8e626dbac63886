"""What files say of themselves in their first bytes, and archives in the names of their parts."""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
_LONGEST = 200


def is_ole(content: bytes) -> bool:
    """Whether it is a compound file, as Office wrote them until 2007, and still writes what has a password."""
    return content.startswith(OLE)


def ole_holds(content: bytes, stream: str) -> bool:
    """Whether a compound file names such a stream in its directory."""
    return is_ole(content) and stream.encode("utf-16-le") in content


def parts_of(content: bytes) -> frozenset[str]:
    """Names of the parts of a zip archive; none of what is no archive, or a damaged one."""
    return _parts(content) if content.startswith(ZIP) else frozenset()


@lru_cache(maxsize=2)
def _parts(content: bytes) -> frozenset[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return frozenset(archive.namelist())
    except Exception:  # zipfile has many types of error
        return frozenset()


def zip_mimetype(content: bytes) -> str:
    """What a package of OpenDocument or EPUB says that it is, in a part that is not packed."""
    if "mimetype" not in parts_of(content):
        return ""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.getinfo("mimetype")
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > _LONGEST:
            return ""
        try:
            return archive.read(entry).decode("ascii", "replace").strip()
        except Exception:  # zipfile has many types of error
            return ""
