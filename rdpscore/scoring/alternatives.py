"""Every choice behind a score as one independent input: draws of them all, and the scores they lead to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from rdpscore.codebook import Codebook, Mean, Scheme
from rdpscore.codebook.weights import Floats, Weights, weights
from rdpscore.scoring.answers import Answers, Missing, NotApplicable
from rdpscore.scoring.draws import LoneCoders, coder_choices, lone_coders
from rdpscore.scoring.rows import Rows, resolved_rows, rows
from rdpscore.survey import Survey

Ints = npt.NDArray[np.intp]
Rules = tuple[Missing, NotApplicable]

Aggregation = Literal["items", "dimensions", "geometric", "harmonic"]
AGGREGATIONS: tuple[Aggregation, ...] = get_args(Aggregation)
"""Mean of the items; mean of the dimensions' means; geometric and harmonic mean of the dimensions' means."""
Varied = Literal["item", "dimension", "none"]
POOL = 1024
"""Joint draws of coders among which the one input ``coder`` chooses."""


@dataclass(frozen=True)
class Assumptions:
    """What is doubted, and how far.

    Attributes
    ----------
    weights : {"item", "dimension", "none"}
        One gamma variable an item, and one a dimension where the scheme weights dimensions, too; one a dimension only
        (in a flat scheme all of its items move together); or the scheme's weights.
    cv : float
        Coefficient of variation of each gamma variable, whose mean is the scheme's weight; its shape is 1/cv².
        0.5, the default, leaves two thirds of the weights between half and one and a half times the scheme's.
    aggregation, missing, not_applicable : tuple of str
        Alternatives beside the scheme's own, equally likely.
    leave_out : bool
        Leave one item out, or none: all equally likely.
    coder : bool
        One coder alone, in place of the resolved answers; drawn jointly, and one single input.
    possible : bool
        Take journals of one publisher with identical codings as read once.
    """

    weights: Varied = "item"
    cv: float = 0.5
    aggregation: tuple[Aggregation, ...] = ("items", "dimensions")
    missing: tuple[Missing, ...] = ("exclude", "zero")
    not_applicable: tuple[NotApplicable, ...] = ("keep", "gate")
    leave_out: bool = True
    coder: bool = True
    possible: bool = False

    def __post_init__(self) -> None:
        if not (np.isfinite(self.cv) and self.cv > 0):
            raise ValueError(f"a coefficient of variation is greater than 0, not {self.cv}")
        for name, known in (
            ("weights", get_args(Varied)),
            ("aggregation", AGGREGATIONS),
            ("missing", get_args(Missing)),
            ("not_applicable", get_args(NotApplicable)),
        ):
            given = getattr(self, name)
            for value in (given,) if isinstance(given, str) else given:
                if value not in known:
                    raise ValueError(f"{name} is one of {', '.join(known)}; not '{value}'")


@dataclass(frozen=True)
class Input:
    """One independent input.

    Attributes
    ----------
    name : str
        ``weight:<item>``, ``dimension:<dimension>``, ``aggregation``, ``missing``, ``not_applicable``,
        ``left_out`` or ``coder``.
    kind : {"weight", "rule", "coder"}
    levels : tuple of str
        What it chooses from, equally likely; empty for a weight and for the coder.
    """

    name: str
    kind: Literal["weight", "rule", "coder"]
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """How items are put together."""

    name: str
    by_dimension: bool
    inside: Mean
    across: Mean


def forms(scheme: Scheme, others: tuple[Aggregation, ...]) -> tuple[Form, ...]:
    """The scheme's own way of putting items together, and the others that differ from it."""
    known = {
        "items": Form("items", False, "arithmetic", "arithmetic"),
        "dimensions": Form("dimensions", True, "arithmetic", "arithmetic"),
        "geometric": Form("geometric", True, "arithmetic", "geometric"),
        "harmonic": Form("harmonic", True, "arithmetic", "harmonic"),
    }
    by = scheme.by == "dimensions"
    across: Mean = (scheme.across or scheme.aggregation) if by else scheme.aggregation
    own = Form("scheme", by, scheme.aggregation, across)
    own = next((f for f in known.values() if replace(f, name="scheme") == own), own)
    return (own, *(known[o] for o in others if known[o] != own))


@dataclass(frozen=True, eq=False)
class Table:
    """Answers, each pattern of answers once.

    Attributes
    ----------
    rows : Rows
        One a distinct pattern.
    of : int array
        The pattern of each journal, or of each row that a draw of coders refers to.
    """

    rows: Rows
    of: Ints

    @classmethod
    def distinct(cls, every: Rows) -> Table:
        """What is identical is scored once, and so is tied in every draw."""
        a = every.answers
        key = np.hstack([a.values, a.present, a.missing, a.lapsed, a.low, a.high, every.empty[:, None]])
        _, first, of = np.unique(key, axis=0, return_index=True, return_inverse=True)
        cut = Answers(*(getattr(a, f.name)[first] for f in fields(Answers)))
        return cls(Rows(every.scheme, cut, every.empty[first]), of.reshape(-1))


@dataclass(frozen=True, eq=False)
class Model:
    """Scores of a survey as a function of independent uniform inputs.

    Attributes
    ----------
    codebook : Codebook
    scheme : Scheme
    inputs : tuple of Input
        Columns of what `scores` takes.
    forms : tuple of Form
    resolved : mapping
        (missing, not_applicable) → the resolved answers under these rules.
    coded : mapping or None
        The same of the rows that `pool` refers to.
    pool : int array, shape (POOL, n_journals), or None
        Rows of joint draws of coders.
    cv : float
    """

    codebook: Codebook
    scheme: Scheme
    inputs: tuple[Input, ...]
    forms: tuple[Form, ...]
    resolved: dict[Rules, Table]
    coded: dict[Rules, Table] | None
    pool: Ints | None
    cv: float
    known: npt.NDArray[np.bool_] = field(repr=False)

    @cached_property
    def used(self) -> Weights:
        """The scheme's own weights."""
        return weights(self.scheme, self.codebook)

    @cached_property
    def base(self) -> Floats:
        """Scores under the scheme itself; NaN where there is none."""
        first = next(iter(self.resolved.values()))
        return np.where(self.known, first.rows.scores(self.used)[first.of], np.nan)

    @cached_property
    def resolved_only(self) -> Model:
        """The same without the input ``coder``, which stands last: on the resolved answers."""
        inputs = tuple(i for i in self.inputs if i.kind != "coder")
        return replace(self, inputs=inputs, coded=None, pool=None)

    def scores(self, u: Floats) -> Floats:
        """Scores of the journals in each draw.

        Parameters
        ----------
        u : float array, shape (n_draws, n_inputs)
            Uniform on 0 to 1, in the order of `inputs`.

        Returns
        -------
        float array, shape (n_draws, n_journals)
            NaN where a journal has no score under the scheme itself, or none in a draw.
        """
        out = np.full((len(u), len(self.known)), np.nan)
        levels = {i.name: self._level(u, i.name, len(i.levels)) for i in self.inputs if i.levels}
        own = np.zeros(len(u), np.intp)
        form, rule = levels.get("aggregation", own), self._rules(levels, own)
        for f, r in sorted(set(zip(form.tolist(), rule.tolist(), strict=True))):
            chosen = np.flatnonzero((form == f) & (rule == r))
            out[chosen] = self._scores(u[chosen], self.forms[f], list(self.resolved)[r], levels, chosen)
        return np.where(self.known, out, np.nan)

    def _level(self, u: Floats, name: str, n: int) -> Ints:
        column = u[:, [i.name for i in self.inputs].index(name)]
        return np.minimum((column * n).astype(np.intp), n - 1)

    def _rules(self, levels: dict[str, Ints], own: Ints) -> Ints:
        """Position of each draw's pair of rules in `resolved`."""
        size = max((len(i.levels) for i in self.inputs if i.name == "not_applicable"), default=1)
        return levels.get("missing", own) * size + levels.get("not_applicable", own)

    def _scores(self, u: Floats, form: Form, rule: Rules, levels: dict[str, Ints], chosen: Ints) -> Floats:
        used = self._weights(u, form, levels["left_out"][chosen] if "left_out" in levels else None)
        if self.pool is None or self.coded is None:
            return self.resolved[rule].rows.scores(used)[:, self.resolved[rule].of]
        draw = self.pool[self._level(u, "coder", len(self.pool))]
        scores = self.coded[rule].rows.scores(used)
        found = np.take_along_axis(scores, self.coded[rule].of[draw], axis=1)
        return found if (draw >= 0).all() else np.where(draw >= 0, found, np.nan)

    def _weights(self, u: Floats, form: Form, left_out: Ints | None) -> Weights:
        """The weights of each draw, with a leading axis of draws."""
        from scipy.special import gammaincinv

        names = [d.id for d in self.codebook.dimensions]
        of_item = np.array([names.index(i.dimension) for i in self.codebook.scored_items], np.intp)
        own = (
            [self.scheme.dimension_weights.get(d, 1.0) for d in names] if self.scheme.by != "items" else None
        )
        item = np.broadcast_to(self.used.item, (len(u), len(of_item))).copy()
        dimension = np.broadcast_to(np.array(own or [1.0] * len(names)), (len(u), len(names))).copy()
        weight = [k for k, i in enumerate(self.inputs) if i.kind == "weight"]
        shape = 1 / self.cv**2  # quantiles of the gamma distribution with mean 1
        factors = gammaincinv(shape, np.clip(u[:, weight], 1e-12, 1 - 1e-12)) / shape
        per_item = any(i.name.startswith("weight:") for i in self.inputs)
        for column, factor in zip(weight, factors.T, strict=True):
            entry = self.inputs[column]
            what, _, name = entry.name.partition(":")
            if what == "dimension":
                if form.by_dimension:
                    dimension[:, names.index(name)] *= factor
                elif not per_item:  # in a flat form the items of a dimension bear its doubt
                    item[:, of_item == names.index(name)] *= factor[:, None]
            else:
                item[:, [i.id for i in self.codebook.scored_items].index(name)] *= factor
        if left_out is not None:  # the first level leaves none out
            item[np.arange(len(u))[left_out > 0], left_out[left_out > 0] - 1] = 0.0
        group = of_item if form.by_dimension else np.zeros(len(of_item), np.intp)
        return Weights(
            item,
            group,
            self.used.scale,
            dimension if form.by_dimension else np.ones((1, 1)),
            form.inside,
            form.across,
        )


def model(survey: Survey, scheme: Scheme, assumed: Assumptions | None = None, seed: int = 1) -> Model:
    """The scores of a survey as a function of everything that is doubted.

    Parameters
    ----------
    survey : Survey
    scheme : Scheme
    assumed : Assumptions, optional
    seed : int
        Of the joint draws of coders.
    """
    assumed = assumed or Assumptions()
    codebook = survey.codebook
    used = forms(scheme, assumed.aggregation)
    missing = tuple(dict.fromkeys((scheme.missing, *assumed.missing)))
    gates = tuple(dict.fromkeys((scheme.not_applicable, *assumed.not_applicable)))
    pairs = [(m, a) for m in missing for a in gates]
    under = {p: scheme.model_copy(update={"missing": p[0], "not_applicable": p[1]}) for p in pairs}
    resolved = {p: Table.distinct(resolved_rows(survey, s)) for p, s in under.items()}
    lone: LoneCoders | None = None
    if assumed.coder and len(survey.records.main):
        lone = lone_coders(survey, possible=assumed.possible, seed=seed)
    coded = pool = None
    if lone is not None:
        coded = {p: Table.distinct(rows(codebook, s, lone.option)) for p, s in under.items()}
        pool = coder_choices(lone, POOL, seed)
    inputs = tuple(_inputs(codebook, assumed, used, missing, gates, lone is not None))
    own = resolved[pairs[0]]
    known = ~np.isnan(own.rows.scores(weights(scheme, codebook)))[own.of]
    return Model(codebook, scheme, inputs, used, resolved, coded, pool, assumed.cv, known)


def _inputs(
    codebook: Codebook,
    assumed: Assumptions,
    used: tuple[Form, ...],
    missing: tuple[str, ...],
    gates: tuple[str, ...],
    coder: bool,
) -> Iterator[Input]:
    if assumed.weights == "item":
        yield from (Input(f"weight:{i.id}", "weight") for i in codebook.scored_items)
    if assumed.weights == "dimension" or (assumed.weights == "item" and used[0].by_dimension):
        yield from (Input(f"dimension:{d.id}", "weight") for d in codebook.dimensions)
    levels = {"aggregation": tuple(f.name for f in used), "missing": missing, "not_applicable": gates}
    if assumed.leave_out:
        levels["left_out"] = ("none", *(i.id for i in codebook.scored_items))
    yield from (Input(name, "rule", given) for name, given in levels.items() if len(given) > 1)
    if coder:
        yield Input("coder", "coder")
