"""Numbers, counts, lists and text as people read them: in the terminal, on pages, in reports; every formatter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

IRREGULAR = {
    "policy": "policies",
    "analysis": "analyses",
    "study": "studies",
    "category": "categories",
    "entry": "entries",
    "has": "have",
}

UNSEEN = (
    "\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that are obeyed or that have no width instead of being seen, as a class of a pattern: controls,
formats (bidi overrides, zero-width joiners, tags), line separators, surrogates, fillers."""
_UNSEEN = re.compile(f"[{UNSEEN}]")
_BLANKS = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_ESCAPED_BYTES = re.compile("[\udc80-\udcff]+")


def percent(share: float | None) -> str:
    """``"77 %"``."""
    return "–" if share is None else f"{100 * share:.0f} %"


def number(value: float | None, decimals: int = 2) -> str:
    """A number or a dash; a true minus sign, and none before zero."""
    if value is None or value != value:
        return "–"
    return f"{value:z.{decimals}f}".replace("-", "−")


def signed(value: float | None, decimals: int = 3) -> str:
    """A difference: ``"+0.070"``, ``"−0.031"``, ``"0.000"``."""
    text = number(value, decimals)
    return text if value is None or value != value or text[0] == "−" or not text.strip("0.") else f"+{text}"


def between(low: float | None, high: float | None, decimals: int = 2, to: str = " to ") -> str:
    """``"0.21 to 0.33"``, or a dash where either end is missing."""
    if low is None or high is None or low != low or high != high:
        return "–"
    return f"{number(low, decimals)}{to}{number(high, decimals)}"


def span(first: object, last: object) -> str:
    """``"3–7"``, or ``"3"`` where both ends read the same."""
    return f"{first}" if f"{first}" == f"{last}" else f"{first}–{last}"


def p_value(p: float | None) -> str:
    """Three decimals, ``"<0.001"`` below them."""
    if p is None or p != p:
        return "–"
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def plural(n: int, thing: str) -> str:
    """``"1 journal"``, ``"171 journals"``, ``"2 policies"``."""
    return f"{n:,} {things(n, thing)}"


def things(n: int, thing: str) -> str:
    """The noun of a count, without the count: ``"journal"``, ``"journals"``."""
    return thing if n == 1 else IRREGULAR.get(thing, f"{thing}s")


def listed(names: Sequence[object], most: int | None = 3, last: str = "and") -> str:
    """``"A, B and C"``; of more than `most` and one: ``"A, B, C and 4 others"``.

    A list that is one too long is told whole: "and 1 others" would not be shorter.
    """
    told = [str(n) for n in names]
    if most is not None and len(told) > most + 1:
        return f"{', '.join(told[:most])} {last} {len(told) - most} others"
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} {last} {told[-1]}" if told else ""


def publishers_of(n: int, n_alone: int) -> str:
    """``"17 publishers"``; ``"17 publishers and 3 journals without one"``."""
    return plural(n, "publisher") + (f" and {plural(n_alone, 'journal')} without one" if n_alone else "")


def journals_of(n: int, publisher: str | None) -> str:
    """``"7 journals of Frontiers"``; ``"7 journals without a publisher"``."""
    return f"{plural(n, 'journal')} {f'of {publisher}' if publisher else 'without a publisher'}"


def with_publisher(title: str, publisher: str | None) -> str:
    """``"Soft Matter (RSC)"``; ``"Soft Matter (no publisher)"``."""
    return f"{title} ({publisher or 'no publisher'})"


ALONE = "each journal without a publisher counts as a cluster of its own, and its siblings are not seen"
"""What is to be said wherever clusters are counted and some journals have no publisher."""


def cut(text: str, longest: int) -> str:
    """The text, or its beginning with an ellipsis, in at most so many characters."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def lower_first(text: str) -> str:
    """Without the capital of a sentence; abbreviations keep theirs."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """With the capital of a sentence."""
    return text[:1].upper() + text[1:]


def groups_word(by: str, n: int = 2) -> str:
    """What the groups of a column of journals are called: ``"publishers"``, ``"groups (discipline)"``."""
    if by == "publisher":
        return things(n, by)
    return f"{things(n, 'group')} ({by})"


def visible(text: str) -> str:
    r"""Text for a terminal: what the terminal would obey, or not show, becomes a mark such as ``\x1b``.

    Line feeds stay; every other blank is a space. Doing it twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _BLANKS.sub(" ", meant(text).replace("\r\n", "\n"))
    return _UNSEEN.sub(_mark, text)


_NEVER_SEEN = re.compile(
    r"[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
"""Characters that have no width and no ink: what browsers, editors and web forms leave between letters."""
_SPACES = re.compile(r"\s+")
_ALIKE = str.maketrans({
    **dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-"),
    **dict.fromkeys((0x60, 0xB4, 0x2018, 0x2019, 0x201B, 0x2BC, 0x2032), "'"),
    **dict.fromkeys((0x201C, 0x201D, 0x201F, 0x2033), '"'),
    **{0xFEE0 + code: chr(code) for code in range(0x21, 0x7F)},  # as wide as a letter of Chinese
})  # fmt: skip
"""Dashes, apostrophes, quotation marks and wide letters as the plain ones."""


def folded(text: str) -> str:
    """A text for comparison: letter case, blanks and what is invisible aside; dashes are one, and apostrophes."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _NEVER_SEEN.sub("", text)).translate(_ALIKE)
    return _SPACES.sub(" ", text.replace("`", "'")).strip().casefold()


def is_blank(text: str) -> bool:
    """Whether there is nothing to be seen in a text."""
    return not text or text.isspace() or (not text.isascii() and not _NEVER_SEEN.sub("", text).strip())


def unseen_named(text: str) -> str:
    """A text in which characters that nobody would see are named: ``U+200B``."""
    return text if text.isascii() else _NEVER_SEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def _mark(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code == 0x0A:
        return "\n"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def meant(text: str, errors: str = "backslashreplace") -> str:
    """Text from the system (arguments, names of files) in which bytes that a locale could not read are UTF-8."""
    return _ESCAPED_BYTES.sub(
        lambda found: found[0].encode("ascii", "surrogateescape").decode("utf-8", errors), text
    )
