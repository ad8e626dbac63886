"""The model frame: an outcome against attributes of the journals, with everything that was left out and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.analysis.formula import SCORE, Formula, ModelError, Part, parse
from rdpscore.analysis.outcomes import Outcome, item_outcome, score_outcome
from rdpscore.analysis.predictors import Bools, Floats, Kind, Objects, Predictor, Term, Zeros
from rdpscore.codebook import Scheme, load_scheme
from rdpscore.inference import By, Clusters, clusters
from rdpscore.problems import Batch, Problems, suggestion
from rdpscore.results import versions
from rdpscore.survey import Survey
from rdpscore.survey.selection import Where, select
from rdpscore.validation import check

Ints = npt.NDArray[np.intp]

HALF_A_STEP = 0.5
"""The bound under which a difference counts as none, in items, where the survey states no other."""

IDENTIFIERS = ("journal_id", "title", "issn_l", "policy_id")
GROUPS = ("publisher",)
MOST_LEVELS = 12
"""A category of more levels than this, and than half of the journals, names journals."""


@dataclass(frozen=True)
class LeftOut:
    """A journal that a model cannot use.

    Attributes
    ----------
    journal, title : str
    attribute : str
        What is lacking: an attribute, or the outcome's name. A journal without an outcome is in no model; one
        without an attribute is in the models that do not have it.
    reason : {"no_outcome", "missing", "not_positive"}
    value : str or None
        What stands there.
    """

    journal: str
    title: str
    attribute: str
    reason: str
    value: str | None = None


@dataclass(frozen=True, eq=False)
class ModelFrame:
    """An outcome and its predictors, one row a journal. Make one with `model_frame`.

    Attributes
    ----------
    outcome : Outcome
    y : float array, shape (n_journals,)
        Never missing.
    predictors : tuple of Predictor
        In the order of the formula; values may be missing, see `complete`.
    journals, titles : tuple of str
    publishers : Clusters
        Within and between which journals are compared; ``code`` 0 to n − 1, each in use.
    clusters : Clusters
        What is independent of each other: the same, unless another choice was made.
    left_out : tuple of LeftOut
    bounds : mapping
        Attribute → how large a difference counts as none, in items.
    settings : mapping
    problems : Problems
    """

    outcome: Outcome
    y: Floats
    predictors: tuple[Predictor, ...]
    journals: tuple[str, ...]
    titles: tuple[str, ...]
    publishers: Clusters
    clusters: Clusters
    left_out: tuple[LeftOut, ...]
    bounds: Mapping[str, float]
    settings: Mapping[str, Any]
    problems: Problems = field(repr=False)

    def __len__(self) -> int:
        return len(self.y)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The columns of all predictors, in order."""
        return tuple(t for p in self.predictors for t in p.terms)

    def predictor(self, name: str) -> Predictor:
        """The predictor of a name, an attribute or a term.

        Raises
        ------
        KeyError
            There is none.
        """
        for p in self.predictors:
            if name in (p.name, p.attribute) or any(name == t.name for t in p.terms):
                return p
        raise KeyError(name)

    def term(self, name: str) -> Term:
        """The term of a name.

        Raises
        ------
        KeyError
            There is none.
        """
        for t in self.terms:
            if t.name == name:
                return t
        raise KeyError(name)

    def bound(self, name: str) -> float:
        """How large a difference of the outcome counts as none for a predictor, an attribute or a term."""
        return self.bounds[self.predictor(name).attribute] * self.outcome.step

    def columns(self, names: Sequence[str] | None = None) -> tuple[Floats, tuple[Term, ...]]:
        """The columns of some predictors, or of all: values (NaN where missing) and terms."""
        used = self._used(names)
        terms = tuple(t for p in used for t in p.terms)
        return np.hstack([np.empty((len(self), 0)), *(p.columns for p in used)]), terms

    def complete(self, names: Sequence[str] | None = None) -> ModelFrame:
        """Only the journals that have all of these predictors, or all of the model's, and only these predictors."""
        used = self._used(names)
        there = np.ones(len(self), bool)
        for p in used:
            there &= ~p.missing
        kept = self if there.all() else self.subset(there)
        return replace(kept, predictors=tuple(kept.predictor(p.name) for p in used))

    def subset(self, mask: Bools) -> ModelFrame:
        """Only some journals; levels of categories and what a step is stay."""
        mask = np.asarray(mask, bool)
        kept = np.flatnonzero(mask)
        return replace(
            self,
            y=self.y[mask],
            predictors=tuple(p.subset(mask) for p in self.predictors),
            journals=tuple(self.journals[i] for i in kept),
            titles=tuple(self.titles[i] for i in kept),
            publishers=_compact(self.publishers, mask),
            clusters=_compact(self.clusters, mask),
        )

    def with_outcome(self, y: Sequence[float] | Floats, outcome: Outcome | None = None) -> ModelFrame:
        """The same journals with another outcome, for example scores of another coder.

        Raises
        ------
        ValueError
            `y` is not one finite number a journal.
        """
        new = np.asarray(y, float)
        if new.shape != self.y.shape or not np.isfinite(new).all():
            raise ValueError(f"an outcome is {len(self)} finite numbers, one a journal")
        return replace(self, y=new, outcome=outcome or self.outcome)

    def with_attribute(self, name: str, values: Sequence[Any] | Objects) -> ModelFrame:
        """The same with other values of an attribute, one a journal, for example with a doubtful label flipped.

        Parameters
        ----------
        name : str
            Predictor, attribute or term.
        values : sequence
            Numbers before any logarithm, true or false, or levels; None for missing.

        Raises
        ------
        ValueError
            Not one value a journal, or a level that the category does not have.
        """
        old = self.predictor(name)
        if len(values) != len(self):
            raise ValueError(f"an attribute is {len(self)} values, one a journal")
        new = old.with_values(values)
        unknown = sorted({str(v) for v in new.values if v is not None} - set(old.levels))
        if old.kind == "category" and unknown:
            raise ValueError(f"'{unknown[0]}' is no level of {old.attribute}")
        return replace(self, predictors=tuple(new if p is old else p for p in self.predictors))

    def to_frame(self) -> pd.DataFrame:
        """One row a journal: journal_id, title, publisher, the outcome, every column of the model."""
        columns, terms = self.columns()
        own: dict[str, Any] = {
            "journal_id": self.journals,
            "title": self.titles,
            "publisher": [self.publishers.labels[c] for c in self.publishers.code],
            self.outcome.name: self.y,
        }
        return pd.DataFrame(own | {t.name: columns[:, k] for k, t in enumerate(terms)})

    def left_out_frame(self) -> pd.DataFrame:
        """`left_out` as a table."""
        return pd.DataFrame([asdict(r) for r in self.left_out], columns=list(LeftOut.__dataclass_fields__))

    def _used(self, names: Sequence[str] | None) -> tuple[Predictor, ...]:
        if names is None:
            return self.predictors
        return tuple(dict.fromkeys(self.predictor(n) for n in names))


def _compact(groups: Clusters, mask: Bools) -> Clusters:
    used, code = np.unique(groups.code[mask], return_inverse=True)
    return Clusters(code.reshape(-1), tuple(groups.labels[i] for i in used), groups.by)


def model_frame(
    survey: Survey,
    model: str | Formula | None = None,
    scheme: Scheme | str | None = None,
    where: Where | None = None,
    cluster: By = "publisher",
    *,
    zeros: Zeros = "leave_out",
) -> ModelFrame:
    """Build a model frame.

    Parameters
    ----------
    survey : Survey
    model : str or Formula, optional
        ``"score ~ log2(impact) + access_model"``: ``score`` or an item's id, and columns of ``journals.csv``;
        `default_model` without.
    scheme : Scheme or str, optional
        Of the score; the codebook's default without.
    where : mapping, optional
        Only journals that satisfy this; see `rdpscore.survey.selection.select`.
    cluster : {"publisher", "policy", "reading", "journal"}
        What is independent of each other.
    zeros : {"leave_out", "half"}
        Journals at which a logarithm does not exist are left out and listed; or half of the smallest positive
        value is added to all values first. Values below zero are left out either way.

    Returns
    -------
    ModelFrame

    Raises
    ------
    ModelError
        The model is no formula, names something unknown, or something that cannot be an outcome or a predictor.
    InvalidInput
        The survey has errors, or a column holds numbers and text.
    """
    problems = check(survey)
    problems.raise_errors()
    formula = default_model(survey)[0] if model is None else parse(model) if isinstance(model, str) else model
    chosen = scheme if isinstance(scheme, Scheme) else load_scheme(scheme, survey.codebook)
    if formula.outcome == SCORE:
        outcome, y = score_outcome(survey, chosen)
    else:
        outcome, y = item_outcome(survey, formula.outcome)
    try:
        picked = select(survey, where)
    except ValueError as error:
        raise ModelError(str(error)) from None
    if not picked.any():
        raise ModelError("no journal satisfies the conditions, so there is nothing to compare")
    predictors = tuple(make_predictor(survey, part, picked, zeros) for part in formula.parts)
    ids = tuple(str(i) for i in survey.journal_ids[picked])
    titles = tuple(str(t) for t in survey.journals["title"].to_numpy()[picked])
    publishers, groups = clusters(survey, "publisher"), clusters(survey, cluster)
    there = ~np.isnan(y[picked])
    frame = ModelFrame(
        outcome=outcome,
        y=y[picked],
        predictors=predictors,
        journals=ids,
        titles=titles,
        publishers=_compact(publishers, picked),
        clusters=_compact(groups, picked),
        left_out=tuple(_left_out(survey, outcome, predictors, picked, there)),
        bounds={p.attribute: bound_in_items(survey, p.attribute) for p in predictors},
        settings=survey.settings
        | {
            "model": str(formula),
            "scheme": chosen.model_dump(exclude_none=True),
            "where": dict(where or {}),
            "cluster": cluster,
            "zeros": zeros,
            "versions": versions(),
        },
        problems=problems,
    )
    return frame if there.all() else frame.subset(there)


def bound_in_items(survey: Survey, attribute: str) -> float:
    """How large a difference counts as none, in items, as ``survey.yaml`` states it, or half a step."""
    stated = survey.meta.equivalence_bounds
    return HALF_A_STEP if stated is None else stated.attributes.get(attribute, stated.items)


def _left_out(
    survey: Survey, outcome: Outcome, predictors: tuple[Predictor, ...], picked: Bools, there: Bools
) -> list[LeftOut]:
    rows = survey.journals.loc[picked]
    ids, titles = rows["journal_id"].astype(str).to_numpy(), rows["title"].astype(str).to_numpy()
    out = [LeftOut(ids[i], titles[i], outcome.name, "no_outcome") for i in np.flatnonzero(~there)]
    for p in predictors:
        cells = rows[p.attribute].astype(object).to_numpy()
        for i in np.flatnonzero(p.missing & there):
            blank = pd.isna(cells[i])
            reason, value = ("missing", None) if blank else ("not_positive", str(cells[i]))
            out.append(LeftOut(ids[i], titles[i], p.attribute, reason, value))
    return out


# Predictors of a survey -----------------------------------------------------------------------------------

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_TRUTH = {"true": True, "false": False}


def make_predictor(survey: Survey, part: Part, picked: Bools, zeros: Zeros = "leave_out") -> Predictor:
    """An attribute of some journals as a predictor.

    The reference level of a category is the commonest; of equally common ones the one declared first.

    Raises
    ------
    ModelError
        There is no such column, it names journals or publishers, it is blank everywhere, or a logarithm is
        wanted of something else than numbers.
    InvalidInput
        The column holds numbers and text.
    """
    name = part.attribute
    columns = [str(c) for c in survey.journals.columns]
    if name not in columns:
        if name in survey.codebook.item_ids:
            raise ModelError(f"'{name}' is an item; predictors are columns of journals.csv")
        usable = [c for c in columns if c not in (*IDENTIFIERS, *GROUPS)]
        raise ModelError(
            f"journals.csv has no column '{name}'{suggestion(name, usable)}; it has {', '.join(usable)}"
        )
    if name in GROUPS:
        raise ModelError(
            f"{name} is what journals are compared within and between; how much of the scores lies between "
            "publishers is in every report, and it cannot be a predictor as well"
        )
    spec = survey.attribute_spec(name)
    cells = [None if pd.isna(v) else str(v) for v in survey.journals[name].astype(object)[picked]]
    known = [c for c in cells if c is not None]
    if not known:
        raise ModelError(f"{name} is blank for all of these journals")
    kind = _kind(survey, name, known)
    if part.log2 and kind != "number":
        raise ModelError(f"log2 takes numbers, and {name} holds {_held(kind)}")
    levels = _levels(known, spec.values if spec else None) if kind == "category" else ()
    _refuse_names(name, known, levels)
    spell: dict[Kind, Callable[[str], Any]] = {
        "number": float,
        "boolean": lambda cell: _TRUTH[cell.casefold()],
        "category": str,
    }
    values = np.empty(len(cells), object)
    values[:] = [None if c is None else spell[kind](c) for c in cells]
    positive = [v for v in values if v is not None and v > 0] if part.log2 else []
    shift = min(positive) / 2 if positive and zeros == "half" else 0.0
    if part.log2:
        low = 0 if zeros == "half" else np.nextafter(0, 1)
        values[:] = [None if v is None or v < low else v for v in values]
        if all(v is None for v in values):
            raise ModelError(f"no value of {name} is positive, so it has no logarithm")
    doubt = spec.doubtful if spec else None
    doubtful = np.zeros(len(cells), bool)
    if doubt is not None and doubt in columns:
        doubtful = (
            survey.journals[doubt].astype(object)[picked].astype(str).str.casefold() == "true"
        ).to_numpy()
    return Predictor(
        part,
        kind,
        values,
        levels,
        shift,
        spec.title if spec else None,
        spec.unit if spec else None,
        spec.source if spec else None,
        doubtful,
    )


def _held(kind: Kind) -> str:
    return "true and false" if kind == "boolean" else "categories"


def _kind(survey: Survey, name: str, known: list[str]) -> Kind:
    """As declared; else numbers where all are, true and false where all are, else categories."""
    spec = survey.attribute_spec(name)
    if spec is not None and spec.kind != "text":
        declared: dict[str, Kind] = {"number": "number", "integer": "number", "boolean": "boolean"}
        return declared.get(spec.kind, "category")
    if all(c.casefold() in _TRUTH for c in known):
        return "boolean"
    numeric = [is_number(c) for c in known]
    if spec is None and all(numeric):
        return "number"
    if spec is None and sum(numeric) > len(known) / 2:
        column = survey.journals[name].astype(object)
        bad = np.array([not pd.isna(v) and not is_number(str(v)) for v in column])
        fields = {
            "value": column[bad].astype(str).tolist(),
            "expected": "a number, as most of the column is",
            "journal": survey.journals["journal_id"][bad].astype(str).tolist(),
        }
        rows = survey.journals.index[bad]
        Problems.of(
            [Batch("impossible_attribute", survey.file("journals"), rows, name, fields=fields)]
        ).raise_errors()
    return "category"


def is_number(text: str) -> bool:
    """Whether a cell is a finite number in plain digits."""
    return bool(_NUMBER.fullmatch(text)) and bool(np.isfinite(float(text)))


def _levels(known: list[str], declared: Sequence[str] | None) -> tuple[str, ...]:
    """The levels that occur, the reference first, then in the declared order, or by name."""
    order = [v for v in declared or sorted(set(known)) if v in set(known)]
    counts = [known.count(v) for v in order]
    first = order[int(np.argmax(counts))]
    return (first, *(v for v in order if v != first))


def _refuse_names(name: str, known: list[str], levels: tuple[str, ...]) -> None:
    n = len(levels)
    if name in IDENTIFIERS or (n > MOST_LEVELS and n > len(known) / 2):
        raise ModelError(
            f"{name} has {len(set(known))} different values for {len(known)} journals: it names journals, and "
            "cannot predict"
        )


DEFAULT = "score ~ log2(impact) + access_model"


def default_model(survey: Survey) -> tuple[Formula, str | None]:
    """The model where none is named, and why it is not the usual one, if so.

    It is ``score ~ log2(impact) + access_model``; where the survey lacks one of these, all attributes that can be
    predictors.

    Raises
    ------
    ModelError
        No attribute can be a predictor.
    """
    columns = [str(c) for c in survey.journals.columns]
    usual = parse(DEFAULT)
    everyone = np.ones(len(survey.journals), bool)
    if all(p.attribute in columns and survey.journals[p.attribute].notna().any() for p in usual.parts):
        return usual, None
    doubts = {a.doubtful for a in survey.meta.attributes.values()}
    parts = []
    for name in columns:
        if name in (*IDENTIFIERS, *GROUPS) or name in doubts:
            continue
        try:
            found = make_predictor(survey, Part(name), everyone)
        except ModelError:
            continue
        if len({v for v in found.values if v is not None}) > 1:
            parts.append(Part(name, log2=name == "impact" and found.kind == "number"))
    if not parts:
        raise ModelError(
            "journals.csv has no attribute that differs between journals, such as impact or access_model, so there "
            "is nothing to compare scores with"
        )
    formula = Formula(SCORE, tuple(parts))
    return formula, f"The survey has not both impact and access_model; the model is {formula}, of all it has."
