"""What every computation returns: frozen, with its table, its JSON and the settings that made it."""

from __future__ import annotations

import json
import math
import platform
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from rdpscore.problems import Problems
from rdpscore.words import UNSEEN, meant

if TYPE_CHECKING:
    import pandas as pd

PACKAGES = ("numpy", "pandas", "scipy", "krippendorff", "statsmodels", "scikit-learn")


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that the figures depend on."""
    return dict(_versions())


@cache
def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


class HandsOutCopies:
    """Base of what is frozen and holds tables: every look at a table gives a frame of its own.

    So nobody changes, in place, what others see or what was computed of it. From pandas 3 on such a copy costs some
    30 microseconds whatever its size, since pandas copies what is written to; and it warns of a change to a frame that
    nobody keeps, as in ``survey.codings["answer"] = …``. Before pandas 3 the cells are copied.
    """

    if not TYPE_CHECKING:  # type checkers would take every attribute for granted

        def __getattribute__(self, name):
            value = super().__getattribute__(name)
            return own_copy(value) if type(value).__name__ == "DataFrame" else value


def own_copy(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame that can be changed without changing the given one."""
    import pandas as pd

    return frame.copy(deep=pd.__version__ < "3")


@dataclass(frozen=True)
class Result(HandsOutCopies, ABC):
    """Base of all results; tables are handed out as copies.

    Attributes
    ----------
    settings : mapping
        All that is needed to make the result again: survey, codebook and its hashes, scheme, seed, versions.
    problems : Problems
        Warnings and notes on the input that was used.
    """

    settings: Mapping[str, Any]
    problems: Problems = field(repr=False)

    @abstractmethod
    def tables(self) -> dict[str, pd.DataFrame]:
        """Name → table, the main one first."""

    @abstractmethod
    def body(self) -> Any:
        """The result as plain lists, dicts, numbers and text."""

    def to_frame(self) -> pd.DataFrame:
        """The main table."""
        return next(iter(self.tables().values()))

    def to_dict(self) -> dict[str, Any]:
        """``{"result", "settings", "problems"}``: what ``--json`` prints."""
        return {"result": self.body(), "settings": dict(self.settings), "problems": self.problems.to_dicts()}

    def to_json(self) -> str:
        """`to_dict` as JSON text; undefined numbers are null, never NaN."""
        return dump_json(self.to_dict())


def dump_json(value: Any) -> str:
    """JSON text of plain values; NaN and infinity become null, characters that are not seen are escaped."""
    text = json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False)
    return _UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], meant(text, "replace")) + "\n"


_UNSEEN = re.compile(rf"(?!\n)[{UNSEEN}]")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):  # numpy scalars
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    return str(value)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """One dict a row, with None for missing."""
    columns = {str(c): [_plain(v) for v in frame[c].tolist()] for c in frame.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Small frames one below the other, row by row.

    `pandas.concat` guesses, and warns, where a column of one frame is empty or null throughout.
    """
    import pandas as pd

    columns = dict.fromkeys(column for frame in frames for column in frame.columns)
    return pd.DataFrame([row for frame in frames for row in frame.to_dict("records")], columns=list(columns))
