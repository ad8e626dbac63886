"""Regular expressions of a stranger's file: what `re` finds, in time that grows with the text and no faster.

`re` backtracks: ``(a|aa)+$`` takes longer than anyone waits on forty letters, and no look at an expression tells
whether it will. `regex` takes a limit of time, but what is imported would then depend on the machine, and it unfolds
``(a{1000}){1000}`` in memory before any limit applies. RE2 builds an automaton: its time is bounded by the length of
the text times the size of the expression, both of which are limited here; it has no look-arounds and no
back-references, since nothing that has them can promise that. Its classes and ``\\b`` are those of ASCII.

So the work is divided. `re` reads the expression, and says of every single character which of the expression's atoms
(a letter, ``\\w``, ``[^a-z]``, ``.``) it fits, letter case and all. Characters that fit the same atoms become one
byte, and RE2 sees only those: it decides what `re` would take for ever to decide, and knows nothing of Unicode.
"""

from __future__ import annotations

import re
import time
import warnings
from dataclasses import dataclass, field

import re2

from rdpscore.files.yamls import KeyPath

LONGEST = 1_000
"""So many characters of a cell are compared with a regular expression."""
LONGEST_EXPRESSION = 200
MOST = 1_000
"""So often may a counted repetition repeat, also one in another: RE2's own limit."""
SECONDS = 60.0
"""For all expressions of an import on all cells; a thousand times what those of real mappings take."""

_MEMORY = 2 << 20
"""Bytes for an expression's automaton: some thousand states, each looked at once a character."""
_TOKEN = re.compile(
    r"""
    (?P<aside>  \(\?\#[^)]*\) | \(\?[a-zA-Z]+\) )
  | (?P<open>   \((?!\?) | \(\?P<\w+> | \(\?(?P<on>[is]*)(?:-(?P<off>[is]+))?: )
  | (?P<beyond> \(\?(?:P.|<.|.)? | \\[1-9](?!(?<=[1-3])[0-7]{2}) | [*+?][+] | \{(?:[0-9]+|[0-9]*,[0-9]*)\}[+] )
  | (?P<close>  \) )
  | (?P<bar>    \| )
  | (?P<repeat> [*+?][?]? | \{(?P<low>[0-9]*)(?P<comma>,?)(?P<high>[0-9]*)(?<!\{)\}(?P<lazy>[?]?) )
  | (?P<edge>   \^ | \$ | \\[AZzbB] )
  | (?P<atom>   \\(?:N\{[^}]*\} | x.. | u.... | U.{8} | 0[0-7]{0,2} | [1-3][0-7]{2} | .)
              | \[\^?\]?(?:\\.|[^\]\\])*\] | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_VERBOSE = re.compile(r"[ \t\n\r\v\f]+|#[^\n]*")
_WORD = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_NEWLINE = 0x0A
_NOTHING = r"[^\x00-\xff]"


class Refused(ValueError):
    """An expression that is none, or that this engine does not take."""


class Unfinished(Exception):
    """An expression that could not be compared with a text."""

    def __init__(self, path: KeyPath, expression: str, text: str, why: str) -> None:
        super().__init__(why)
        self.path, self.expression, self.text, self.why = path, expression, text, why


@dataclass
class Allowance:
    """Time that all expressions of an import share."""

    seconds: float = SECONDS
    spent: float = 0.0


@dataclass
class Expression:
    """A compiled regular expression; `compiled` makes one.

    Attributes
    ----------
    text : str
        As it was written.
    path : tuple
        Its place in the mapping.
    allowance : Allowance
    parts : list
        What RE2 is given, with the positions of atoms where their bytes will stand.
    atoms : list of re.Pattern
        Each is compared with one character.
    edged : bool
        Whether it asks for ends of words.
    lines : bool
        Whether ``^`` and ``$`` are those of lines.
    word : re.Pattern
        What a letter of a word is.
    grouped : bool
        Whether it has a group.
    """

    text: str
    path: KeyPath
    allowance: Allowance
    parts: list[str | int]
    atoms: list[re.Pattern[str]]
    edged: bool
    lines: bool
    word: re.Pattern[str]
    grouped: bool
    _bytes: _Alphabet = field(init=False, repr=False)
    _engine: re2._Regexp = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._bytes = _Alphabet(self)
        "".join(map(chr, range(256))).translate(self._bytes)  # most texts bring no character of another kind
        self._build()

    def search(self, text: str) -> str | None:
        """What the first group found, or the whole where there is none; None where nothing is found.

        A group that took no part is blank. Only the first `LONGEST` characters are looked at.

        Raises
        ------
        Unfinished
            The time is spent, or there are too many kinds of characters.
        """
        begin = time.perf_counter()
        if self.allowance.spent > self.allowance.seconds:
            why = f"the expressions of this import have taken {self.allowance.seconds:g} seconds"
            raise Unfinished(self.path, self.text, text, why)
        text = text[:LONGEST]
        known = len(self._bytes.fits)
        try:
            letters = text.translate(self._bytes)
        except OverflowError:
            why = "it tells more kinds of characters apart than fit into a byte"
            raise Unfinished(self.path, self.text, text, why) from None
        if text.endswith("\n"):
            letters = letters[:-1] + "\n"
        if len(self._bytes.fits) > known:
            self._build()
        found = self._engine.search(letters.encode("latin-1"))
        self.allowance.spent += time.perf_counter() - begin
        if found is None:
            return None
        start, end = found.span(1 if self.grouped else 0)
        return text[start:end] if start >= 0 else ""

    def _build(self) -> None:
        """Compile for the kinds of characters seen so far.

        Raises
        ------
        Refused
            RE2 finds the expression too large.
        """
        sets = [
            "".join(f"\\x{byte:02x}" for byte, fits in self._bytes.fits.items() if fits[i])
            for i in range(len(self.atoms))
        ]
        made = "".join(
            p if isinstance(p, str) else f"[{sets[p]}]" if sets[p] else _NOTHING for p in self.parts
        )
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.max_mem = _MEMORY
        options.log_errors = False  # what is wrong is told as a problem, not on the terminal
        try:
            self._engine = re2.compile(made.encode("ascii"), options)
        except re2.error as error:
            raise Refused(f"is too large: {_said(error)}") from None


class _Alphabet(dict[int, int]):
    """Character → byte; characters that fit the same atoms share one.

    `fits` holds, for each byte, which atoms its characters fit. The byte of a line end is one where ``$`` may stand
    before it: any where ``$`` is that of a line, else only the last (`Expression.search` sees to that).
    """

    def __init__(self, of: Expression) -> None:
        super().__init__()
        self.of = of
        self.fits: dict[int, tuple[bool, ...]] = {_NEWLINE: self._fits("\n")}
        self.known: dict[tuple[bool, ...], int] = {}
        inner = [b for b in range(256) if b != _NEWLINE]  # of ASCII first, which is translated faster
        self.free = {True: inner, False: inner}
        if of.edged:
            self.free = {word: [b for b in inner if (b in _WORD) == word] for word in (True, False)}
        if of.lines:
            self[_NEWLINE] = _NEWLINE

    def _fits(self, character: str) -> tuple[bool, ...]:
        return tuple(atom.fullmatch(character) is not None for atom in self.of.atoms)

    def __missing__(self, code: int) -> int:
        character = chr(code)
        fits = self._fits(character)
        word = self.of.edged and self.of.word.fullmatch(character) is not None
        byte = self.known.get((word, *fits))
        if byte is None:
            if not self.free[word]:
                raise OverflowError
            byte = self.known[(word, *fits)] = self.free[word].pop(0)
            self.fits[byte] = fits
        self[code] = byte
        return byte


def compiled(text: str, path: KeyPath = (), allowance: Allowance | None = None) -> Expression:
    """An expression that ends.

    Parameters
    ----------
    text : str
            In the syntax of `re`, without look-arounds, back-references, atomic groups and possessive repetition.
    path : tuple
        Its place in the mapping, for problems.
    allowance : Allowance, optional

    Raises
    ------
    Refused
        It is none, or holds what this engine does not take; the message goes on from "the regular expression".
    """
    given = allowance or Allowance()
    begin = time.perf_counter()
    if given.spent > given.seconds:
        raise Refused(f"was not read: those before it have taken {given.seconds:g} seconds")
    if len(text) > LONGEST_EXPRESSION:
        raise Refused(f"is {len(text):,} characters long; it may have {LONGEST_EXPRESSION}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sets that may mean another thing one day
            flags = re.RegexFlag(re.compile(text).flags)
            parts, atoms, edged, grouped = _taken_apart(text, flags)
            patterns = [re.compile(atom, own) for atom, own in atoms]
    except (re.error, RecursionError, OverflowError) as error:
        raise Refused(f"is none: {error}") from None
    word = re.compile(r"\w", flags & re.ASCII)
    lines = bool(flags & re.MULTILINE)
    made = Expression(text, path, given, parts, patterns, edged, lines, word, grouped)
    given.spent += time.perf_counter() - begin
    return made


def _taken_apart(
    text: str, flags: re.RegexFlag
) -> tuple[list[str | int], list[tuple[str, re.RegexFlag]], bool, bool]:
    """A valid expression as what RE2 is given, its atoms with their flags, whether it has edges and groups."""
    parts: list[str | int] = []
    atoms: dict[tuple[str, re.RegexFlag], int] = {}
    edged = grouped = False
    inside = [flags & (re.IGNORECASE | re.DOTALL | re.ASCII)]
    at = 0
    while at < len(text):
        if flags & re.VERBOSE and (blank := _VERBOSE.match(text, at)):
            at = blank.end()
            continue
        token = _TOKEN.match(text, at)
        assert token is not None  # any one character is an atom
        at = token.end()
        match _kind(token):
            case "open":
                on, off = (_flags(token[name] or "") for name in ("on", "off"))
                inside.append((inside[-1] | on) & ~off)
                captures = token[0] == "(" or token[0].startswith("(?P<")
                parts.append("(" if captures and not grouped else "(?:")
                grouped |= captures
            case "close":
                inside.pop()
                parts.append(")")
            case "bar":
                parts.append("|")
            case "repeat":
                parts.append(_repeat(token))
            case "edge":
                edged |= token[0] in (r"\b", r"\B")
                parts.append(_edge(token[0], bool(flags & re.MULTILINE)))
            case "atom":
                parts.append(atoms.setdefault((token[0], inside[-1]), len(atoms)))
            case "beyond":
                raise Refused(f"holds '{token[0]}', with which no search can promise to end")
    return parts, list(atoms), edged, grouped


def _kind(token: re.Match[str]) -> str:
    kinds = ("aside", "open", "beyond", "close", "bar", "repeat", "edge", "atom")
    return next(k for k in kinds if token[k] is not None)


def _flags(letters: str) -> re.RegexFlag:
    return re.RegexFlag(sum({"i": re.IGNORECASE, "s": re.DOTALL}[x] for x in set(letters)))


def _repeat(token: re.Match[str]) -> str:
    if token["low"] is None:
        return token[0]
    low, high = token["low"] or "0", token["high"]
    if int(low) > MOST or int(high or 0) > MOST:  # RE2 would take a number that is far too large for letters
        raise Refused(f"is too large: '{token[0]}' repeats more than {MOST:,} times")
    return f"{{{low}{token['comma']}{high}}}{token['lazy']}"


def _edge(text: str, lines: bool) -> str:
    """What stands for ``^`` and the like; ``$`` also holds before a line end that is the last character."""
    return {
        "^": "(?m:^)" if lines else r"\A",
        "$": "(?m:$)",
        r"\Z": r"\z",
    }.get(text, text)


def _said(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
