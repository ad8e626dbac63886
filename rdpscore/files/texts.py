"""Text of a survey on a page: shown as it is, never as markup."""

from __future__ import annotations

import re
import unicodedata

_BIDI = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_ACTIVE = re.compile(r"(\\:|\\@|www)", re.IGNORECASE)
JOINER = "\u2060"


def plain(text: object, longest: int | None = None) -> str:
    """Text on one line, without control characters and without marks that turn the direction of what follows.

    Parameters
    ----------
    text : object
        None is no text.
    longest : int, optional
        Characters that are kept; an ellipsis stands for the rest.
    """
    if text is None:
        return ""
    found = str(text).translate(_BIDI)
    found = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in found)
    found = " ".join(found.split())
    return found if longest is None or len(found) <= longest else f"{found[: longest - 1]}…"


def as_markdown(text: object, longest: int | None = None) -> str:
    """`plain` text for a place that reads Markdown, which shows it as it is.

    Every ASCII punctuation mark is escaped, as CommonMark (section 2.4) permits. What renderers turn into links or
    pictures only after that (addresses, ``:names:``) is broken by a word joiner, which has no width.
    """
    escaped = _PUNCTUATION.sub(r"\\\1", plain(text, longest))
    return _ACTIVE.sub(rf"\1{JOINER}", escaped)


def as_html(text: object, longest: int | None = None) -> str:
    """`plain` text for a place that reads HTML, quotes included."""
    import html

    return html.escape(plain(text, longest))


def safe_address(text: object) -> str | None:
    """A web address that may become a link: http or https, and nothing else."""
    found = plain(text)
    return found if re.fullmatch(r"https?://[^\s<>\"'`\\]+", found, re.IGNORECASE) else None
