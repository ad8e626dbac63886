"""Near-equal titles and names, found by hashing: the cost is linear in the number of titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from rdpscore.validation.keys import repeated

LONG_WORD = 6
"""Only in words of this length a slip of one letter is told from a meant difference (Part A, Part B)."""

BLOCK = 2048
"""So many titles are hashed at a time: their arrays fit a processor's cache."""

_BASE = np.uint64(1_099_511_628_211)
_INVERSE = np.uint64(pow(int(_BASE), -1, 2**64))


def similar_pairs(titles: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of positions whose titles look like one.

    Titles that one deletion on either side makes equal share the hash of a shortened form, so pairs are found
    by sorting hashes: the deletion neighbourhood of SymSpell (Garbe 2012), in arrays.
    """
    spelled = normalise(titles)
    first: dict[str, int] = {}
    pairs: list[tuple[int, int]] = []
    for i, words in enumerate(spelled):
        key = words.replace(" ", "")
        if key and first.setdefault(key, i) != i:
            pairs.append((first[key], i))
    distinct = list(first.values())
    for a, b in one_slip_apart([spelled[i] for i in distinct], list(first)):
        pairs.append((distinct[a], distinct[b]))
    return sorted(pairs, key=lambda pair: (pair[1], pair[0]))


_WORD = re.compile(r"[^\W_]")
_LEADING_THE = re.compile(r"^ *the(?= +[^ \n])", re.MULTILINE)


def normalise(titles: Sequence[str], *, the: bool = True) -> list[str]:
    """The words of each title, with blanks between, in a form that spelling conventions do not change.

    With `the` a leading "The" is such a convention.
    """
    text = "\n".join([t.replace("\n", " ") for t in titles]).replace("&", " and ")
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        gone = [c for c in set(text) if unicodedata.combining(c) or unicodedata.category(c) == "Cf"]
        text = text.translate({ord(c): None for c in gone})
    text = text.casefold()
    text = text.translate({ord(c): " " for c in set(text) if c != "\n" and not _WORD.match(c)})
    return (_LEADING_THE.sub("", text) if the else text).split("\n")


def one_slip_apart(spelled: Sequence[str], keys: Sequence[str]) -> set[tuple[int, int]]:
    """Pairs of distinct keys one slip in a long word apart: a letter more, less, other, or swapped."""
    blocks = [_deletion_hashes(spelled[k : k + BLOCK], k) for k in range(0, len(spelled), BLOCK)]
    if not blocks:
        return set()
    owner, where, hashes = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    alike = repeated(hashes)
    if not len(alike):
        return set()
    from rapidfuzz.distance import OSA

    alike = alike[np.argsort(hashes[alike])]
    pairs: set[tuple[int, int]] = set()
    for members in np.split(alike, 1 + np.flatnonzero(np.diff(hashes[alike]))):
        shortened: dict[str, set[int]] = {}
        for member in members:
            title = int(owner[member])
            shortened.setdefault(_without(keys[title], int(where[member])), set()).add(title)
        for group in shortened.values():
            for a, b in combinations(sorted(group), 2):
                if OSA.distance(keys[a], keys[b]) == 1:  # Geology and Ecology share eology: two slips
                    pairs.add((a, b))
    return pairs


def _without(key: str, position: int) -> str:
    return key[:position] + key[position + 1 :]


def _deletion_hashes(
    spelled: Sequence[str], offset: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    """For every letter of a long word: its title, its position, and the hash of the title without it.

    Each title also stands there whole, with a position behind its end, to meet those that have a letter more.
    The hash is polynomial modulo 2^64: a letter weighs _BASE**position, and without an earlier letter a power
    less, so that all hashes are made of prefix sums in one pass over all letters of all titles.
    """
    text = "\n".join(spelled)
    keys = text.replace(" ", "").split("\n")
    lengths = np.fromiter(map(len, keys), np.int64, len(keys))
    title = np.repeat(np.arange(len(keys)), lengths)
    end = np.cumsum(lengths)
    position = np.arange(end[-1]) - (end - lengths)[title]
    letters = np.frombuffer("".join(keys).encode("utf-32-le"), np.uint32).astype(np.uint64)
    word_lengths = np.fromiter(map(len, text.split()), np.int64)
    long = np.repeat(word_lengths >= LONG_WORD, word_lengths)
    with np.errstate(over="ignore"):
        terms = letters * np.append(np.uint64(1), np.full(lengths.max(), _BASE)).cumprod()[position]
        sums = np.append(np.uint64(0), np.cumsum(terms))
        complete = sums[end] - sums[end - lengths]
        upto = sums[1:] - sums[end - lengths][title]
        hashes = upto - terms + (complete[title] - upto) * _INVERSE
    digit = (letters >= ord("0")) & (letters <= ord("9"))  # another number, another journal
    kept = long & ~digit
    # of two letters that are the same either may go: one is enough
    kept[1:] &= ~((letters[1:] == letters[:-1]) & (position[1:] > 0) & kept[:-1])
    return (
        np.append(title[kept], np.arange(len(keys))) + offset,
        np.append(position[kept], lengths),
        np.append(hashes[kept], complete),
    )
