"""The nearest valid name, for messages about an unknown one."""

from __future__ import annotations

from collections.abc import Iterable


class Absent(KeyError, ValueError):
    """Something is asked for by a name that there is not; the sentence names the nearest."""

    def __str__(self) -> str:
        return str(self.args[0])


def nearest(value: str, candidates: Iterable[str], *, cutoff: float = 60.0) -> str | None:
    """The candidate that looks most like `value`, or None where none does.

    Similarity is rapidfuzz's ratio (0–100) on casefolded text.
    """
    from rapidfuzz import process, utils

    found = process.extractOne(value, list(candidates), processor=utils.default_process, score_cutoff=cutoff)
    return None if found is None else str(found[0])


def suggestion(value: str, candidates: Iterable[str]) -> str:
    """``"; nearest: 'x'"``, or nothing: the tail of a sentence."""
    found = nearest(value, candidates)
    return "" if found is None else f"; nearest: '{found}'"
