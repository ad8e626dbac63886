"""Ratings of one item: who put which unit into which category, or how many did."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8 | np.int16]

BLOCK = 1 << 14
"""Units are counted in blocks of so many, so that memory does not grow with their number."""
PATTERNS = 1 << 14
"""With no more possible patterns of ratings than this, units are counted by pattern."""


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings of units by coders; make them with `from_labels`, `from_counts` or `from_table`.

    Attributes
    ----------
    categories : tuple
        All categories in their order, whether or not anybody chose them.
    codes : int array, shape (n_units, n_coders), or None
        Position of each rating in `categories`, −1 where there is none; None where it is not known who rated.
    given : float array, shape (n_units, n_categories), or None
        How many coders put each unit into each category, where `codes` is None.
    persons : bool
        A column of `codes` is one person throughout. Without it coders are exchangeable, and coefficients that
        compare persons do not exist.
    """

    categories: tuple[Hashable, ...]
    codes: Codes | None = None
    given: Floats | None = None
    persons: bool = True

    @classmethod
    def from_labels(
        cls, data: npt.ArrayLike | pd.DataFrame, categories: Sequence[Any], *, persons: bool = True
    ) -> Ratings:
        """Ratings from labels.

        Parameters
        ----------
        data : array_like, shape (n_units, n_coders)
            Categories; None and NaN are missing.
        categories : sequence
            All permitted categories in their order: from the codebook, not from what was observed.
        persons : bool
            Whether a column is one person throughout.

        Raises
        ------
        ValueError
            If a rating is none of the categories, a category stands twice, or `data` is not two-dimensional.
        """
        names = _distinct(categories)
        table = data.to_numpy() if isinstance(data, pd.DataFrame) else data
        array = table if isinstance(table, np.ndarray) else np.array(table, dtype=object)
        if array.ndim != 2:
            raise ValueError(f"ratings are units × coders; this has {array.ndim} dimensions")
        codes = np.empty(array.shape, np.int8 if len(names) < 127 else np.int16)
        numbers = _numeric(names) if array.dtype.kind in "iuf" else None
        for start in range(0, len(array), BLOCK):
            rows = slice(start, start + BLOCK)
            if numbers is None:
                codes[rows] = _match_objects(array[rows], names)
            else:
                codes[rows] = _match_numbers(array[rows], numbers)
        return cls(names, codes=codes, persons=persons)

    @classmethod
    def from_counts(cls, counts: npt.ArrayLike, categories: Sequence[Any] | None = None) -> Ratings:
        """Ratings of which only is known how many coders chose each category.

        Parameters
        ----------
        counts : array_like, shape (n_units, n_categories)
        categories : sequence, optional
            1 to n_categories without.

        Raises
        ------
        ValueError
            If counts are negative or no whole numbers, or their shape does not fit.
        """
        given = np.asarray(counts, float)
        if given.ndim != 2 or not np.all((given >= 0) & (given == np.floor(given))):
            raise ValueError("counts are units × categories, whole numbers from 0")
        names = _distinct(range(1, given.shape[1] + 1) if categories is None else categories)
        if len(names) != given.shape[1]:
            raise ValueError(f"{len(names)} categories for {given.shape[1]} columns of counts")
        return cls(names, given=given, persons=False)

    @classmethod
    def from_table(cls, table: npt.ArrayLike, categories: Sequence[Any] | None = None) -> Ratings:
        """Ratings of two coders from their contingency table, the first coder's categories in rows.

        Raises
        ------
        ValueError
            If the table is not square, or holds other than whole numbers from 0.
        """
        cells = np.asarray(table)
        if cells.ndim != 2 or cells.shape[0] != cells.shape[1]:
            raise ValueError(f"a table of two coders is square; this is {' × '.join(map(str, cells.shape))}")
        if not np.all((cells >= 0) & (cells == np.floor(cells))):
            raise ValueError("a table of two coders holds whole numbers from 0")
        names = _distinct(range(1, len(cells) + 1) if categories is None else categories)
        if len(names) != len(cells):
            raise ValueError(f"{len(names)} categories for a table of {len(cells)}")
        pairs = np.indices(cells.shape).reshape(2, -1).astype(np.int16)
        return cls(names, codes=np.repeat(pairs, cells.astype(int).ravel(), axis=1).T)

    @property
    def n_units(self) -> int:
        """Number of units, rated or not."""
        return len(self.codes if self.codes is not None else self._given)

    @property
    def n_categories(self) -> int:
        """Number of categories."""
        return len(self.categories)

    @property
    def _given(self) -> Floats:
        if self.given is None:
            raise ValueError("ratings need codes or counts")
        return self.given

    @cached_property
    def values(self) -> Floats:
        """The categories as numbers: themselves where all are, else 1, 2, …"""
        numbers = _numeric(self.categories)
        return np.arange(1.0, len(self.categories) + 1) if numbers is None else numbers

    @property
    def numeric(self) -> bool:
        """Whether all categories are numbers."""
        return _numeric(self.categories) is not None

    @cached_property
    def counts(self) -> Floats:
        """How many coders put each unit into each category, shape (n_units, n_categories)."""
        blocks = list(self.blocks())
        return np.concatenate(blocks) if blocks else np.zeros((0, self.n_categories))

    def blocks(self) -> Iterator[Floats]:
        """`counts`, some units at a time."""
        if self.codes is None:
            for start in range(0, self.n_units, BLOCK):
                yield self._given[start : start + BLOCK]
            return
        for start in range(0, self.n_units, BLOCK):
            yield _count(self.codes[start : start + BLOCK], self.n_categories)

    def patterns(self) -> Iterator[tuple[Floats, Floats]]:
        """Counts, and how many units have them: each pattern of ratings once, where there are few."""
        codes, base = self.codes, self.n_categories + 1
        if codes is None or base ** codes.shape[1] > min(PATTERNS, self.n_units):
            for counts in self.blocks():
                yield counts, np.ones(len(counts))
            return
        often = np.zeros(base ** codes.shape[1], np.intp)
        for start in range(0, self.n_units, BLOCK):
            pattern = np.zeros(min(BLOCK, self.n_units - start), np.int16)
            for coder in codes[start : start + BLOCK].T:
                pattern *= base
                pattern += coder
                pattern += 1
            often += np.bincount(pattern, minlength=len(often))
        seen = np.flatnonzero(often)
        digits = seen[:, None] // base ** np.arange(codes.shape[1] - 1, -1, -1) % base - 1
        yield _count(digits, self.n_categories), often[seen].astype(float)


def _count(codes: npt.NDArray[np.integer], n_categories: int) -> Floats:
    """How many coders put each unit into each category."""
    counts = np.zeros((n_categories, len(codes)))
    for coder in codes.T:
        counts += coder == np.arange(n_categories)[:, None]
    return counts.T


def _distinct(categories: Sequence[Any]) -> tuple[Hashable, ...]:
    if isinstance(categories, str):
        raise ValueError(f"categories are a list, such as {list(categories)!r}, not the text {categories!r}")
    names = tuple(c.item() if isinstance(c, np.generic) else c for c in categories)
    if len(set(names)) != len(names):
        raise ValueError("a category stands twice")
    if not names:
        raise ValueError("there are no categories")
    return names


def _numeric(categories: Sequence[Any]) -> Floats | None:
    if all(isinstance(c, (int, float)) and not isinstance(c, bool) for c in categories):
        return np.array(categories, float)
    return None


def _match_numbers(block: npt.NDArray[Any], values: Floats) -> npt.NDArray[np.integer]:
    """Places of numbers in `values`, −1 for NaN."""
    n = len(values)
    if values[0] in (0, 1) and n < 127 and np.array_equal(values, np.arange(values[0], values[0] + n)):
        found = _match_consecutive(block, int(values[0]), n)
        if found is not None:
            return found
    order = np.argsort(values)
    code = order[np.minimum(np.searchsorted(values, block, sorter=order), n - 1)]
    missing = np.isnan(block)
    _all_known(block, (values[code] != block) & ~missing)
    code[missing] = -1
    return code


def _match_consecutive(block: npt.NDArray[Any], first: int, n: int) -> npt.NDArray[np.int8] | None:
    """Places of numbers among 0, 1, …, or among 1, 2, …, without a search; None where one is not among them."""
    with np.errstate(invalid="ignore"):
        whole = block.astype(np.int8)  # of NaN and of large numbers it is something that does not equal them
    code = (whole + np.int8(1 - first)) * (whole == block) - np.int8(1)
    n_missing = np.count_nonzero(block != block)  # NaN alone
    known = code.max(initial=-1) < n and np.count_nonzero(code >= 0) == block.size - n_missing
    return code if known else None


def _match_objects(block: npt.NDArray[Any], categories: tuple[Hashable, ...]) -> npt.NDArray[np.integer]:
    flat = block.ravel().astype(object)
    missing = np.asarray(pd.isna(flat))
    code = pd.Index(list(categories), dtype=object).get_indexer(pd.Index(flat, dtype=object))
    _all_known(flat, (code < 0) & ~missing)
    code[missing] = -1
    return code.reshape(block.shape)


def _all_known(block: npt.NDArray[Any], unknown: npt.NDArray[np.bool_]) -> None:
    if unknown.any():
        value = block[unknown][0]
        raise ValueError(f"the rating {value!r} is none of the categories")
