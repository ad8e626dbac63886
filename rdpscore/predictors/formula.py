"""The formula of a model: ``score ~ log2(impact) + access_model``, parsed by hand, never evaluated."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rdpscore.problems import suggestion

SCORE = "score"

TRANSFORMS = ("log2",)

GRAMMAR = (
    "a model reads 'score ~ log2(impact) + access_model': an outcome, ~, and attributes joined by +; log2() takes "
    "a number's logarithm, and a name with blanks stands in `backquotes`"
)


class ModelError(ValueError):
    """A model, or a choice of journals, that cannot be understood: wrong use, not bad data."""


@dataclass(frozen=True)
class Part:
    """One predictor of a formula.

    Attributes
    ----------
    attribute : str
        Column of ``journals.csv``.
    log2 : bool
        Whether its logarithm to base 2 is meant.
    """

    attribute: str
    log2: bool = False

    @property
    def name(self) -> str:
        """As it is written in a formula."""
        quoted = self.attribute if _PLAIN.fullmatch(self.attribute) else f"`{self.attribute}`"
        return f"log2({quoted})" if self.log2 else quoted


@dataclass(frozen=True)
class Formula:
    """A parsed model: the outcome's name and the predictors, in their order."""

    outcome: str
    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return f"{self.outcome} ~ {' + '.join(p.name for p in self.parts)}"


_PLAIN = re.compile(r"[^\s~+()`*:^|,/=<>-][^\s~+()`*:^|,/=<>]*")
_TOKEN = re.compile(rf"\s*(?:(?P<quoted>`[^`]*`)|(?P<sign>[~+()])|(?P<name>{_PLAIN.pattern})|(?P<other>\S))")


def parse(text: str) -> Formula:
    """Parse a formula; names are not looked up.

    Parameters
    ----------
    text : str

    Returns
    -------
    Formula

    Raises
    ------
    ModelError
        The text is no formula: no ``~``, an empty side, an operator other than ``+``, a function other than
        ``log2``, an attribute twice.

    Examples
    --------
    >>> print(parse("score~log2(impact)+access_model"))
    score ~ log2(impact) + access_model
    """
    tokens = [(m.lastgroup or "", m.group(m.lastgroup or 0)) for m in _TOKEN.finditer(text)]
    for kind, value in tokens:
        if kind == "other":
            raise ModelError(f"'{value}' has no meaning in a model; {GRAMMAR}")
    if [v for k, v in tokens if k == "sign"].count("~") != 1:
        raise ModelError(f"'{text.strip()}' has not one ~ between outcome and predictors; {GRAMMAR}")
    middle = tokens.index(("sign", "~"))
    left, right = tokens[:middle], tokens[middle + 1 :]
    if len(left) != 1 or left[0][0] == "sign":
        raise ModelError(f"before ~ stands one name: score, or an item's id; {GRAMMAR}")
    parts = tuple(_part(piece) for piece in _pieces(right))
    names = [p.name for p in parts]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise ModelError(f"'{sorted(twice)[0]}' stands twice in the model")
    return Formula(_bare(left[0]), parts)


def _pieces(tokens: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    pieces: list[list[tuple[str, str]]] = [[]]
    for token in tokens:
        if token == ("sign", "+"):
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces


def _part(piece: list[tuple[str, str]]) -> Part:
    match piece:
        case []:
            raise ModelError(f"beside a + or after ~ stands nothing; {GRAMMAR}")
        case [("name" | "quoted", _) as token]:
            return Part(_bare(token))
        case [("name", function), ("sign", "("), ("name" | "quoted", _) as token, ("sign", ")")]:
            if function not in TRANSFORMS:
                near = suggestion(function, TRANSFORMS)
                raise ModelError(f"there is no function '{function}'{near}; {GRAMMAR}")
            return Part(_bare(token), log2=True)
    said = " ".join(value for _, value in piece)
    raise ModelError(f"'{said}' is no predictor; {GRAMMAR}")


def _bare(token: tuple[str, str]) -> str:
    name = token[1].strip("`") if token[0] == "quoted" else token[1]
    if not name.strip():
        raise ModelError(f"a name is blank; {GRAMMAR}")
    return name
