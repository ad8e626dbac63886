"""The scores of a survey as a function of everything that is doubted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rdpscore.codebook import Codebook, Scheme
from rdpscore.codebook.weights import Floats, Weights, weights
from rdpscore.scoring.alternatives import Assumptions, Form, Input, Rules, forms, inputs_of
from rdpscore.scoring.draws import LoneCoders, coder_choices, lone_coders
from rdpscore.survey import Survey
from rdpscore.survey.answers import Answers
from rdpscore.survey.rows import Rows, resolved_rows, rows, the_scheme

Ints = npt.NDArray[np.intp]

POOL = 1024
"""Joint draws of coders among which the one input ``coder`` chooses."""


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
class Draws:
    """Draws of all inputs.

    Attributes
    ----------
    factor : float array, shape (n_draws, n_weights)
        Gamma variables with mean 1.
    level : mapping
        Name of a rule → position of the level that each draw chose, shape (n_draws,).
    coder : int array, shape (n_draws,), or None
        Row of `Model.pool`.
    """

    factor: Floats
    level: Mapping[str, Ints]
    coder: Ints | None

    def __len__(self) -> int:
        return len(self.factor)

    def __getitem__(self, chosen: Ints) -> Draws:
        return Draws(
            self.factor[chosen],
            {name: level[chosen] for name, level in self.level.items()},
            None if self.coder is None else self.coder[chosen],
        )


@dataclass(frozen=True, eq=False)
class Model:
    """Scores of a survey as a function of independent inputs.

    Attributes
    ----------
    codebook : Codebook
    scheme : Scheme
    inputs : tuple of Input
        Weights first, then rules, the coder last.
    forms : tuple of Form
    resolved : mapping
        (missing, not_applicable) → the resolved answers under these rules.
    coded : mapping or None
        The same of the rows that `pool` refers to.
    pool : int32 array, shape (POOL, n_journals), or None
        Rows of joint draws of coders.
    cv : float
    known : bool array, shape (n_journals,)
        Journals that have a score under the scheme itself.
    """

    codebook: Codebook
    scheme: Scheme
    inputs: tuple[Input, ...]
    forms: tuple[Form, ...]
    resolved: dict[Rules, Table]
    coded: dict[Rules, Table] | None
    pool: npt.NDArray[np.int32] | None
    cv: float
    known: npt.NDArray[np.bool_] = field(repr=False)

    @cached_property
    def used(self) -> Weights:
        """The scheme's own weights."""
        return weights(self.scheme, self.codebook)

    @cached_property
    def base(self) -> Floats:
        """Scores of the journals under the scheme itself; NaN where there is none."""
        first = next(iter(self.resolved.values()))
        return np.where(self.known, first.rows.scores(self.used)[first.of], np.nan)

    @cached_property
    def units(self) -> tuple[Ints, Ints]:
        """Journals that have one score in every draw: the first of each unit, and the unit of each journal."""
        keys = [self.known[None, :], np.stack([t.of for t in self.resolved.values()])]
        if self.coded is not None and self.pool is not None:
            rules = np.stack([t.of for t in self.coded.values()], axis=1)
            alike = np.append(np.unique(rules, axis=0, return_inverse=True)[1].reshape(-1), -1)
            keys.append(alike.astype(np.int32)[self.pool])  # a journal that nobody coded finds the last, −1
        key = np.ascontiguousarray(np.vstack([k.astype(np.int32) for k in keys]).T)
        _, first, of = np.unique(key, axis=0, return_index=True, return_inverse=True)
        return first, of.reshape(-1)

    @cached_property
    def resolved_only(self) -> Model:
        """The same without the input ``coder``: on the resolved answers."""
        inputs = tuple(i for i in self.inputs if i.kind != "coder")
        return replace(self, inputs=inputs, coded=None, pool=None)

    # Draws ------------------------------------------------------------------------------------------------

    @cached_property
    def _weight_columns(self) -> list[int]:
        return [k for k, i in enumerate(self.inputs) if i.kind == "weight"]

    def quantiles(self, u: Floats) -> Draws:
        """The draws at given quantiles of the inputs.

        Parameters
        ----------
        u : float array, shape (n_draws, n_inputs)
            0 to 1, in the order of `inputs`.
        """
        from scipy.special import gammaincinv

        shape = 1 / self.cv**2
        factor = gammaincinv(shape, np.clip(u[:, self._weight_columns], 1e-12, 1 - 1e-12)) / shape
        level = {i.name: _part(u[:, k], len(i.levels)) for k, i in enumerate(self.inputs) if i.levels}
        return Draws(factor, level, None if self.pool is None else _part(u[:, -1], len(self.pool)))

    def random(self, generator: np.random.Generator, n: int) -> Draws:
        """Random draws; those of the coder come last, so that the others are the same without him."""
        shape = 1 / self.cv**2
        factor = generator.gamma(shape, 1 / shape, (n, len(self._weight_columns)))
        level = {i.name: generator.integers(len(i.levels), size=n) for i in self.inputs if i.levels}
        return Draws(factor, level, None if self.pool is None else generator.integers(len(self.pool), size=n))

    # Scores -----------------------------------------------------------------------------------------------

    def scores(self, draws: Draws) -> Floats:
        """Scores of the journals in each draw, shape (n_draws, n_journals); see `unit_scores`."""
        return self.unit_scores(draws)[:, self.units[1]]

    def unit_scores(self, draws: Draws) -> Floats:
        """Scores of the units in each draw.

        Returns
        -------
        float array, shape (n_draws, n_units)
            NaN where a unit has no score under the scheme itself, or none in a draw.
        """
        first = self.units[0]
        n = len(draws)
        own = np.zeros(n, np.intp)
        form, rule = draws.level.get("aggregation", own), self._rules(draws, own)
        pairs = sorted({*zip(form.tolist(), rule.tolist(), strict=True)}) if draws.level else [(0, 0)]
        if len(pairs) == 1:
            out = self._scores(draws, self.forms[pairs[0][0]], list(self.resolved)[pairs[0][1]])
        else:
            out = np.empty((n, len(first)))
            for f, r in pairs:
                chosen = np.flatnonzero((form == f) & (rule == r))
                out[chosen] = self._scores(draws[chosen], self.forms[f], list(self.resolved)[r])
        known = self.known[first]
        return out if known.all() else np.where(known, out, np.nan)

    def _rules(self, draws: Draws, own: Ints) -> Ints:
        """Position of each draw's pair of rules in `resolved`."""
        size = max((len(i.levels) for i in self.inputs if i.name == "not_applicable"), default=1)
        return draws.level.get("missing", own) * size + draws.level.get("not_applicable", own)

    def _scores(self, draws: Draws, form: Form, rule: Rules) -> Floats:
        used, first = self.drawn(draws, form), self.units[0]
        if self.pool is None or self.coded is None or draws.coder is None:
            found = self.resolved[rule].rows.scores(used)
            return found[:, self.resolved[rule].of[first]]
        row = self.pool[draws.coder][:, first]
        scores = self.coded[rule].rows.scores(used)
        found = np.take_along_axis(scores, self.coded[rule].of[row], axis=1)
        return found if (row >= 0).all() else np.where(row >= 0, found, np.nan)

    def drawn(self, draws: Draws, form: Form) -> Weights:
        """The weights of each draw, with a leading axis of draws."""
        names = [d.id for d in self.codebook.dimensions]
        ids = [i.id for i in self.codebook.scored_items]
        of_item = np.array([names.index(i.dimension) for i in self.codebook.scored_items], np.intp)
        by = self.scheme.by == "dimensions"
        own = [self.scheme.dimension_weights.get(d, 1.0) if by else 1.0 for d in names]
        item = np.tile(self.used.item, (len(draws), 1))
        dimension = np.tile(np.array(own), (len(draws), 1))
        entries = [self.inputs[k].name.partition(":")[::2] for k in self._weight_columns]
        per_item = any(what == "weight" for what, _ in entries)
        for (what, name), factor in zip(entries, draws.factor.T, strict=True):
            if what == "weight":
                item[:, ids.index(name)] *= factor
            elif form.by_dimension:
                dimension[:, names.index(name)] *= factor
            elif not per_item:  # in a flat form the items of a dimension bear its doubt
                item[:, of_item == names.index(name)] *= factor[:, None]
        out = draws.level.get("left_out")
        if out is not None:  # the first level leaves none out
            less = np.flatnonzero(out)
            item[less, out[less] - 1] = 0.0
        if form.by_dimension:
            return Weights(item, of_item, self.used.scale, dimension, form.inside, form.across)
        flat = np.zeros(len(of_item), np.intp)
        return Weights(item, flat, self.used.scale, np.ones((1, 1)), form.inside, form.across)


def _part(u: Floats, n: int) -> Ints:
    """Which of n equal parts of 0 to 1 each value lies in."""
    return np.minimum((u * n).astype(np.intp), n - 1)


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
    scheme = the_scheme(survey, scheme)
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
        pool = coder_choices(lone, POOL, seed).astype(np.int32)
    inputs = tuple(inputs_of(codebook, assumed, used, missing, gates, lone is not None))
    own = resolved[pairs[0]]
    known = ~np.isnan(own.rows.scores(weights(scheme, codebook)))[own.of]
    return Model(codebook, scheme, inputs, used, resolved, coded, pool, assumed.cv, known)
