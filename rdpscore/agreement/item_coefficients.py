"""The coefficients that the report of agreement gives of every item: one entry each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from rdpscore.agreement.coefficients import (
    Coefficient,
    brennan_prediger,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
)
from rdpscore.agreement.ratings import Ratings


@dataclass(frozen=True)
class Reported:
    """A coefficient that the report of agreement gives of every closed item.

    Attributes
    ----------
    of : callable
        Ratings → `Coefficient`.
    heading : str or None
        Its column in the printed table; None: in tables and JSON only.
    ordinal : bool
        Of ordinal items only; None of others.
    reason : bool
        Its reason stands beside it as ``<name>_reason``.
    """

    of: Callable[[Ratings], Coefficient]
    heading: str | None = None
    ordinal: bool = False
    reason: bool = False


REPORTED: dict[str, Reported] = {
    "ac1": Reported(gwet_ac, "AC1"),
    "ac2": Reported(partial(gwet_ac, weights="ordinal"), "AC2", ordinal=True),
    "brennan_prediger": Reported(brennan_prediger),
    "fleiss": Reported(fleiss_kappa),
    "conger": Reported(conger_kappa, reason=True),
}
"""By the name in tables and JSON: beside alpha, which has an interval and a place of its own."""


def names() -> list[str]:
    """Of all that `coefficients_of` gives, in its order."""
    return [
        n for name, kind in REPORTED.items() for n in (name, *([f"{name}_reason"] if kind.reason else ()))
    ]


def coefficients_of(ratings: Ratings, level: str | None) -> dict[str, Any]:
    """Every coefficient of `REPORTED` by its name, of an item of this level of measurement."""
    out: dict[str, Any] = {}
    for name, kind in REPORTED.items():
        found = None if kind.ordinal and level != "ordinal" else kind.of(ratings)
        out[name] = None if found is None else found.value
        if kind.reason:
            out[f"{name}_reason"] = None if found is None else found.reason
    return out
