"""Means by which items, and dimensions, become one score: one place for each kind, and for those of other packages.

Another package adds a mean by an entry point of the group ``rdpscore.means``, which names a `Mean`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

GROUP = "rdpscore.means"
"""Entry points of this group are means of other packages."""
TAKEN = ("items", "dimensions", "scheme")
"""What no mean is called: the other ways of putting items together, see `rdpscore sensitivity`."""
_NAME = re.compile(r"[a-z][a-z0-9-]*")


class Average(Protocol):
    """Weighted arithmetic average of what is present, of which other means are made.

    Attributes
    ----------
    present : bool array, shape (…, n_rows, n)
    weight : float array, shape (…, n)
    """

    @property
    def present(self) -> Bools: ...

    @property
    def weight(self) -> Floats: ...

    def __call__(self, values: Floats, /) -> Floats:
        """Averages of values of shape (…, n_rows, n), shape (…, n_rows); NaN where nothing of weight is present."""
        ...


@dataclass(frozen=True)
class Mean:
    """One kind of mean.

    Attributes
    ----------
    name : str
        As a scheme names it: lower-case letters, digits and ``-``.
    function : callable
        Takes values, a float array of shape (…, n_rows, n), 0 to 1 and 1 where there is none, and an `Average`; returns
        the means, shape (…, n_rows). A mean lies between the lowest and the highest of its values, and none of them
        lowers it by growing; the bounds of a score rest on this.
    formula : str
        In *s*, the scores of answers, and *w*, their weights.
    words : str
        What follows from it, shown beside its name where it can be chosen; may be blank.
    zero : bool
        A single value of 0 makes it 0. The function is then not asked about rows with a 0 of weight: it sees 1 for 0.
    additive : bool
        It is a weighted sum, so that a score has shares of items, and a divisor a meaning.
    """

    name: str
    function: Callable[[Floats, Average], Floats]
    formula: str
    words: str = ""
    zero: bool = False
    additive: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name in TAKEN:
            raise ValueError(
                f"a mean is named by lower-case letters, digits and '-', and not {', '.join(TAKEN)}; not '{self.name}'"
            )

    @property
    def label(self) -> str:
        """Its name, and what follows from it."""
        return f"{self.name}: {self.words}" if self.words else self.name


def _arithmetic(values: Floats, average: Average) -> Floats:
    return average(values)


def _geometric(values: Floats, average: Average) -> Floats:
    import numpy as np

    return np.asarray(np.exp(average(np.log(values))), float)


def _harmonic(values: Floats, average: Average) -> Floats:
    return 1 / average(1 / values)


ARITHMETIC = "arithmetic"
"""The mean of a scheme that names none."""
SHIPPED = {
    mean.name: mean
    for mean in (
        Mean(ARITHMETIC, _arithmetic, "Σ w·s / Σ w", additive=True),
        Mean("geometric", _geometric, "exp(Σ w·ln s / Σ w)", "a single 0 makes it 0", zero=True),
        Mean("harmonic", _harmonic, "Σ w / Σ (w/s)", "a single 0 makes it 0", zero=True),
    )
}
"""Name → mean, in the order in which they are offered."""


class UnknownMean(ValueError):
    """There is no such mean; the message has the nearest name."""


def names() -> tuple[str, ...]:
    """Names of all means: those of this package, and then those of others by name."""
    return (*SHIPPED, *sorted(_others(tuple(sys.path))))


def find_mean(name: str) -> Mean:
    """The mean of a name.

    Raises
    ------
    UnknownMean
        If there is none.
    ValueError
        If an entry point of this name gives no mean, or one that is called otherwise.

    Examples
    --------
    >>> find_mean("geometric").formula
    'exp(Σ w·ln s / Σ w)'
    >>> find_mean("geometirc")
    Traceback (most recent call last):
    rdpscore.means.UnknownMean: means are arithmetic, geometric, harmonic; not 'geometirc'; nearest: 'geometric'
    """
    if name in SHIPPED:
        return SHIPPED[name]
    others = _others(tuple(sys.path))
    if name not in others:
        from rdpscore.problems import suggestion

        known = names()
        raise UnknownMean(f"means are {', '.join(known)}; not '{name}'{suggestion(name, known)}")
    return _loaded(others[name])


@cache
def _others(path: tuple[str, ...]) -> dict[str, EntryPoint]:
    """Entry points of other packages on the path; ours are not replaced."""
    from importlib.metadata import entry_points

    return {e.name: e for e in entry_points(group=GROUP) if e.name not in SHIPPED}


@cache
def _loaded(entry: EntryPoint) -> Mean:
    found = entry.load()
    if not isinstance(found, Mean) or found.name != entry.name:
        owner = entry.dist.name if entry.dist else entry.value
        raise ValueError(f"the entry point '{entry.name}' of {owner} gives no mean of this name")
    return found
