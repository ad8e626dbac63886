"""The scores of a survey as a function of everything that is doubted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rdpscore.codebook import Codebook, Scheme
from rdpscore.scoring.answer_values import Answers
from rdpscore.scoring.means import Floats, Weights, weights
from rdpscore.scoring.scored_rows import (
    Rows,
    resolved_rows,
    rows,
    the_scheme,
)
from rdpscore.survey import Survey
from rdpscore.uncertainty.alternatives import RULES as RULE_NAMES
from rdpscore.uncertainty.alternatives import (
    Assumptions,
    Form,
    Input,
    Kind,
    Rules,
    forms,
    inputs_of,
)
from rdpscore.uncertainty.draws import (
    CHUNK,
    IMAGINED,
    RULES,
    WEIGHTS,
    Readers,
    lone_coders,
    stream,
)

Ints = npt.NDArray[np.intp]

POOL = 1024
"""Joint draws of coders among which the one input ``coder`` chooses, for the Sobol indices."""


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
        cut = Answers(
            *(np.asfortranarray(getattr(a, f.name)[first]) for f in fields(Answers))
        )  # sums run down rows
        return cls(Rows(every.scheme, cut, every.empty[first]), of.reshape(-1))

    def seen_from(self, of: Ints) -> Table:
        """The same for what refers to the rows that this was made of."""
        return Table(self.rows, self.of[of])


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of all inputs.

    Attributes
    ----------
    factor : float array, shape (n_draws, n_weights)
        Gamma variables with mean 1; no columns where weights are the scheme's.
    level : mapping
        Name of a rule → position of the level that each draw chose, shape (n_draws,).
    coder : int array, shape (n_draws, n_units), or None
        For each unit of `Model.units` the row of the answers that its one coder gave; −1 where nobody coded.
    """

    factor: Floats
    level: Mapping[str, Ints]
    coder: Ints | None

    def __len__(self) -> int:
        return len(self.factor)

    @classmethod
    def joined(cls, parts: Sequence[Draws]) -> Draws:
        """One after the other."""
        if len(parts) == 1:
            return parts[0]
        coder = [p.coder for p in parts if p.coder is not None]
        return cls(
            np.concatenate([p.factor for p in parts]),
            {name: np.concatenate([p.level[name] for p in parts]) for name in parts[0].level},
            np.concatenate(coder) if coder else None,
        )

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
        The same of the rows that `readers` refers to.
    readers : Readers or None
        Whose rows they are; None where coders are not doubted, or there are none.
    cv : float
    seed : int
    known : bool array, shape (n_journals,)
        Journals that have a score under the scheme itself.
    """

    codebook: Codebook
    scheme: Scheme
    inputs: tuple[Input, ...]
    forms: tuple[Form, ...]
    resolved: dict[Rules, Table]
    coded: dict[Rules, Table] | None
    readers: Readers | None
    cv: float
    seed: int
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
        keys = [self.known[:, None], np.stack([t.of for t in self.resolved.values()], axis=1)]
        if self.coded is not None and self.readers is not None:
            keys.append(_alternatives(self.readers, [t.of for t in self.coded.values()]))
        key = np.hstack([k.astype(np.int32) for k in keys])
        _, first, of = np.unique(key, axis=0, return_index=True, return_inverse=True)
        return first, of.reshape(-1)

    def only(self, *kinds: Kind) -> Model:
        """The same with some kinds of inputs: the others are as in the scheme, answers without coders the resolved."""
        inputs = tuple(i for i in self.inputs if i.kind in kinds)
        if "coder" in kinds:
            return replace(self, inputs=inputs)
        return replace(self, inputs=inputs, coded=None, readers=None)

    @cached_property
    def resolved_only(self) -> Model:
        """The same without the input ``coder``: on the resolved answers."""
        return self.only("weight", "rule")

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
        if self.readers is None:
            return Draws(factor, level, None)
        return Draws(factor, level, self._pool[_part(u[:, -1], POOL)])

    @cached_property
    def _pool(self) -> Ints:
        """The first draws of coders, among which the one input ``coder`` chooses."""
        parts = [self._lone(c, min(CHUNK, POOL - c * CHUNK)) for c in range(-(-POOL // CHUNK))]
        return np.concatenate([part for part in parts if part is not None])

    def _lone(self, chunk: int, n: int) -> Ints | None:
        """For each unit the row of its one coder in each draw."""
        return None if self.readers is None else self.readers.chunk(chunk, n, self.seed, self.units[0])

    def random(self, chunk: int, n: int = CHUNK) -> Draws:
        """One chunk of random draws, or its first n; the same for an input whatever the others are."""
        shape = 1 / self.cv**2
        generator = stream(self.seed, chunk, WEIGHTS)
        kinds = [self.inputs[k].name.partition(":")[0] for k in self._weight_columns]
        factor = np.hstack(
            [generator.gamma(shape, 1 / shape, (CHUNK, kinds.count(k)))[:n] for k in ("weight", "dimension")]
        )
        level = {
            i.name: stream(self.seed, chunk, (*RULES, RULE_NAMES.index(i.name))).integers(
                len(i.levels), size=CHUNK
            )[:n]
            for i in self.inputs
            if i.levels
        }
        return Draws(factor, level, self._lone(chunk, n))

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
        used = self.drawn(draws, form)
        if self.coded is None or draws.coder is None:
            table = self.resolved[rule]
            found = np.take(table.rows.scores(used), table.of[self.units[0]], axis=1)
            return found if len(found) == len(draws) else np.repeat(found, len(draws), axis=0)
        return _picked(self.coded[rule].rows.scores(used), self.coded[rule].of, draws.coder)

    def coders_and_mean(self, draws: Draws) -> tuple[Floats, Floats]:
        """Under the scheme's own rules the scores of the units in each draw, and their means over all coders.

        Returns
        -------
        two float arrays, shape (n_draws, n_units)
            NaN where a unit has no score under the scheme itself, or none in a draw.
        """
        if self.coded is None or self.readers is None or draws.coder is None:
            scores = self.unit_scores(draws)
            return scores, scores
        first = self.units[0]
        table = next(iter(self.coded.values()))
        of_pattern = table.rows.scores(self.drawn(draws, self.forms[0]))
        found = _picked(of_pattern, table.of, draws.coder)
        mean = self.readers.mean_over(of_pattern[:, table.of])[:, first]
        known = self.known[first]
        return np.where(known, found, np.nan), np.where(known, mean, np.nan)

    @cached_property
    def _dimensions(self) -> tuple[Ints, Floats]:
        """Dimension of each scored item, and weight of each dimension where a form goes by dimensions."""
        names = [d.id for d in self.codebook.dimensions]
        of_item = np.array([names.index(i.dimension) for i in self.codebook.scored_items], np.intp)
        by = self.scheme.by == "dimensions"
        return of_item, np.array([self.scheme.dimension_weights.get(d, 1.0) if by else 1.0 for d in names])

    def drawn(self, draws: Draws, form: Form) -> Weights:
        """The weights of each draw, with a leading axis of draws."""
        n_items = sum(self.inputs[k].name.startswith("weight:") for k in self._weight_columns)
        items, dimensions = draws.factor[:, :n_items], draws.factor[:, n_items:]
        of_item, own = self._dimensions
        out = draws.level.get("left_out")
        n = len(draws) if self._weight_columns or out is not None else 1  # nothing drawn, nothing to repeat
        item = self.used.item * items if n_items else np.tile(self.used.item, (n, 1))
        if dimensions.shape[1] and not form.by_dimension and not n_items:
            item = item * dimensions[:, of_item]  # in a flat form the items of a dimension bear its doubt
        if out is not None:  # the first level leaves none out
            less = np.flatnonzero(out)
            item[less, out[less] - 1] = 0.0
        if form.by_dimension:
            dimension = own * dimensions if dimensions.shape[1] else np.tile(own, (n, 1))
            return Weights(item, of_item, self.used.scale, dimension, form.inside, form.across)
        flat = np.zeros(len(of_item), np.intp)
        return Weights(item, flat, self.used.scale, np.ones((1, 1)), form.inside, form.across)


def _alternatives(readers: Readers, of: list[Ints]) -> Ints:
    """What each journal chooses from, equal for journals that have one score in every draw: rows of integers.

    Parameters
    ----------
    readers : Readers
    of : list of int arrays, shape (n_rows,)
        Pattern of each row's answers under each pair of rules.
    """
    alike = np.append(np.unique(np.stack(of, axis=1), axis=0, return_inverse=True)[1].reshape(-1), -1)
    row = readers.rows
    if readers.borrowed.any():
        more = np.where(readers.borrowed[:, None], readers.imagined[:, None] + np.arange(IMAGINED), -1)
        row = np.hstack([row, more])
    pattern = alike[row]  # of no row, −1
    reading = np.where(readers.rows >= 0, readers.reading[np.maximum(readers.rows, 0)], -1)
    one = (row < 0) | (pattern == pattern[:, :1])
    constant = one.all(axis=1)  # whoever codes
    pattern[constant, 1:] = -1
    reading[constant] = -1
    return np.hstack([pattern, reading])


def _picked(of_pattern: Floats, of: Ints, row: Ints) -> Floats:
    """Scores of the rows chosen, shape (n_draws, n_units); `of_pattern` has a row a draw, or one for all."""
    place = of[row]
    if len(of_pattern) > 1:
        place += (np.arange(len(row)) * of_pattern.shape[1])[:, None]
    found = of_pattern.reshape(-1)[place]
    return found if (row >= 0).all() else np.where(row >= 0, found, np.nan)


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
        Of all draws, and of the imagined readings of coders that are borrowed.
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
    coded = readers = None
    if assumed.coder and len(survey.records.main):
        lone = lone_coders(survey, possible=assumed.possible, seed=seed)
        patterns, of = lone.patterns
        coded = {p: Table.distinct(rows(codebook, s, patterns)).seen_from(of) for p, s in under.items()}
        readers = Readers(lone.rows, lone.reading, lone.imagined)
    inputs = tuple(inputs_of(codebook, assumed, used, missing, gates, readers is not None))
    own = resolved[pairs[0]]
    known = ~np.isnan(own.rows.scores(weights(scheme, codebook)))[own.of]
    return Model(codebook, scheme, inputs, used, resolved, coded, readers, assumed.cv, seed, known)
