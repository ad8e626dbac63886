"""Near-duplicate journal titles, found by hashing: the cost is linear in the number of titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain, combinations

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from rdpscore.problems import Batch
from rdpscore.survey import Survey
from rdpscore.validation.keys import at, cells, repeated

LONG_WORD = 6
"""Only in words of this length a slip of one letter is told from a meant difference (Part A, Part B)."""

_BASE = np.uint64(1_099_511_628_211)


def similar_titles(survey: Survey) -> Iterator[Batch]:
    """Titles equal but for case, accents, punctuation and blanks, or one slip apart in a long word."""
    frame = survey.journals
    titles = ["" if v is None or v != v else str(v) for v in frame["title"].astype(object)]
    pairs = similar_pairs(titles)
    if not pairs:
        return
    first = np.array([a for a, _ in pairs])
    second = np.array([b for _, b in pairs])
    fields = {
        "value": [titles[b] for b in second],
        "other": [titles[a] for a in first],
        "other_journal": cells(frame["journal_id"], first),
        "first": at(frame, first),
        "journal": cells(frame["journal_id"], second),
    }
    yield Batch("similar_titles", survey.file("journals"), at(frame, second), "title", fields=fields)


def similar_pairs(titles: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of positions whose titles look like one.

    Titles that one deletion on either side makes equal share the hash of a shortened form, so pairs are found
    by sorting hashes: the deletion neighbourhood of SymSpell (Garbe 2012), in arrays.
    """
    words = [normalise(t) for t in titles]
    first: dict[str, int] = {}
    pairs: list[tuple[int, int]] = []
    for i, title_words in enumerate(words):
        key = "".join(title_words)
        if key and first.setdefault(key, i) != i:
            pairs.append((first[key], i))
    distinct = list(first.values())
    for a, b in _one_letter_apart([words[i] for i in distinct], list(first)):
        pairs.append((distinct[a], distinct[b]))
    return sorted(pairs, key=lambda pair: (pair[1], pair[0]))


_WORD = re.compile(r"[^\W_]+")
_ASCII_WORDS = "".join(chr(c) if chr(c).isalnum() else " " for c in range(128))


def normalise(title: str) -> list[str]:
    """Words of a title in a form that spelling conventions do not change."""
    text = title.replace("&", " and ")
    if text.isascii():  # the same words, sooner
        words = text.casefold().translate(_ASCII_WORDS).split()
    else:
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        words = _WORD.findall(text.casefold())
    return words[1:] if len(words) > 1 and words[0] == "the" else words


def _one_letter_apart(words: Sequence[list[str]], keys: Sequence[str]) -> set[tuple[int, int]]:
    """Pairs of distinct keys one slip in a long word apart: a letter more, less, other, or swapped."""
    owner, hashes, where = _deletion_hashes(words, keys)
    alike = repeated(hashes)
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
    words: Sequence[list[str]], keys: Sequence[str]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """For every letter of a long word: its title, the hash of the title without it, its position.

    Each title also stands there whole, with a position behind its end, to meet those that have a letter more.
    The hash is polynomial modulo 2^64, so that of a title without letter i is made of prefix sums in one pass
    over all letters of all titles.
    """
    lengths = np.fromiter(map(len, keys), np.int64, len(keys))
    total = int(lengths.sum())
    owner = np.repeat(np.arange(len(keys)), lengths)
    start = np.cumsum(lengths) - lengths
    position = np.arange(total) - np.repeat(start, lengths)
    letters = np.frombuffer("".join(keys).encode("utf-32-le"), np.uint32).astype(np.uint64)
    word_lengths = np.fromiter(map(len, chain.from_iterable(words)), np.int64)
    long = np.repeat(word_lengths >= LONG_WORD, word_lengths)
    with np.errstate(over="ignore"):
        powers = np.cumprod(
            np.concatenate([[np.uint64(1)], np.full(max(lengths, default=0), _BASE)]), dtype=np.uint64
        )
        # a letter weighs BASE**position, and those behind the deleted one a power less
        whole = np.concatenate([[np.uint64(0)], np.cumsum(letters * powers[position], dtype=np.uint64)])
        lower = np.concatenate([[np.uint64(0)], powers])
        shifted = np.concatenate([[np.uint64(0)], np.cumsum(letters * lower[position], dtype=np.uint64)])
        before = whole[:-1] - np.repeat(whole[start], lengths)
        after = np.repeat(shifted[start + lengths], lengths) - shifted[1:]
        hashes = before + after
        complete = whole[start + lengths] - whole[start]
    digit = (letters >= np.uint64(ord("0"))) & (letters <= np.uint64(ord("9")))  # other number, other journal
    kept = long & ~digit
    # of two letters that are the same either may go: one is enough
    kept[1:] &= ~((letters[1:] == letters[:-1]) & (position[1:] > 0) & kept[:-1])
    return (
        np.concatenate([owner[kept], np.arange(len(keys))]),
        np.concatenate([hashes[kept], complete]),
        np.concatenate([position[kept], lengths]),
    )
