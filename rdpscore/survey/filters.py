"""A filter of a survey's journals that can be written into an address and read from one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rdpscore.survey.model import Survey
from rdpscore.survey.subsets import (
    Conditions,
    Range,
    is_number,
    parse_range,
    restricted,
    spell_range,
)

COLUMNS: Mapping[str, str] = MappingProxyType(
    {"publisher": "publisher", "access": "access_model", "kind": "kind"}
)
"""Name in the address → column of ``journals.csv``, of those whose values are picked from a list."""
NAMES = (*COLUMNS, "impact", "scheme")
MOST_SHOWN = 60


@dataclass(frozen=True)
class Filter:
    """Which journals are looked at, and under which scheme.

    Attributes
    ----------
    publisher, access, kind : tuple of str
        Any of these values; all journals where empty.
    impact : (float or None, float or None) or None
        Range of the impact, ends included. Journals without a recorded impact lie in none.
    scheme : str or None
        Id of one of the codebook's schemes; its default without.
    """

    publisher: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    impact: Range | None = None
    scheme: str | None = None

    @classmethod
    def of_query(cls, query: Mapping[str, Sequence[str]], survey: Survey) -> tuple[Filter, list[str]]:
        """The filter of an address, and a sentence on everything in it that means nothing here.

        Parameters
        ----------
        query : mapping
            Name → its values; names that are no filter's are left alone.
        survey : Survey
            The whole one.
        """
        found: dict[str, object] = {}
        said: list[str] = []
        for name, column in COLUMNS.items():
            asked = list(dict.fromkeys(query.get(name, ())))
            there = set(values_of(survey, column))
            found[name] = tuple(v for v in asked if v in there)
            said += [
                f"No journal has the {name} “{_short(v)}”; it was ignored." for v in asked if v not in there
            ]
        for value in list(query.get("impact", ()))[-1:]:
            if not is_number(survey, "impact"):
                said.append("This survey records no impact; its range was ignored.")
                continue
            try:
                found["impact"] = parse_range(value)
            except ValueError:
                said.append(f"“{_short(value)}” is no range of impact, such as 2..10; it was ignored.")
        for value in list(query.get("scheme", ()))[-1:]:
            if value in {s.id for s in survey.codebook.schemes}:
                found["scheme"] = None if value == survey.codebook.default_scheme else value
            else:
                said.append(f"The codebook has no scheme “{_short(value)}”; its default is used.")
        return cls(**found), said  # type: ignore[arg-type]

    def to_query(self) -> dict[str, list[str]]:
        """What `of_query` reads; nothing for what is not filtered by."""
        out = {name: list(getattr(self, name)) for name in COLUMNS if getattr(self, name)}
        if self.impact is not None:
            out["impact"] = [spell_range(self.impact)]
        if self.scheme is not None:
            out["scheme"] = [self.scheme]
        return out

    def conditions(self) -> Conditions:
        """Column → what is asked of it."""
        out: dict[str, list[str] | Range] = {
            column: list(getattr(self, name)) for name, column in COLUMNS.items() if getattr(self, name)
        }
        if self.impact is not None:
            out["impact"] = self.impact
        return out

    def apply(self, survey: Survey) -> Survey:
        """The journals that pass; the survey itself where nothing is filtered by.

        Raises
        ------
        ValueError
            A value occurs nowhere in the survey; one from `of_query` does.
        """
        return restricted(survey, self.conditions())

    def options(self) -> list[str]:
        """The same as options of a command: ``["--journals-only", "publisher=ACS", …]``."""
        out: list[str] = []
        for name, wanted in self.conditions().items():
            if isinstance(wanted, list):
                texts = [[v] for v in wanted] if any("," in v for v in wanted) else [wanted]
            else:
                texts = [[spell_range(wanted)]]
            for values in texts:
                out += ["--journals-only", f"{name}={','.join(values)}"]
        return [*out, "--scheme", self.scheme] if self.scheme is not None else out


def values_of(survey: Survey, column: str) -> list[str]:
    """The values of a column of the journals, in the order of the alphabet."""
    if column not in survey.journals.columns:
        return []
    return sorted({str(v) for v in survey.journals[column].dropna()}, key=str.casefold)


def _short(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
