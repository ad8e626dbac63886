"""The model frame: an outcome against attributes of the journals, with everything that was left out and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from rdpscore.arguments import checked
from rdpscore.codebook import Scheme
from rdpscore.inference import By, Clusters, clusters
from rdpscore.predictors.attributes import default_model, make_predictor
from rdpscore.predictors.formula import (
    SCORE,
    Formula,
    ModelError,
    parse,
)
from rdpscore.predictors.outcomes import Outcome, item_outcome, score_outcome
from rdpscore.predictors.predictor import (
    Bools,
    Floats,
    Objects,
    Predictor,
    Term,
    Zeros,
)
from rdpscore.problems import Absent, Problems, suggestion
from rdpscore.results import versions
from rdpscore.scoring.scored_rows import the_scheme
from rdpscore.survey import Survey
from rdpscore.survey.aligning import aligned, mask_of
from rdpscore.survey.selection import Where, select
from rdpscore.validation import check

HALF_A_STEP = 0.5
"""The bound under which a difference counts as none, in items, where the survey states no other."""


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
        """The predictor of a name or a term, else the first of an attribute.

        Raises
        ------
        KeyError
            There is none.
        """
        for p in self.predictors:
            if name == p.name or any(name == t.name for t in p.terms):
                return p
        for p in self.predictors:
            if name == p.attribute:
                return p
        known = [n for p in self.predictors for n in (p.name, p.attribute)]
        raise Absent(f"the model has no predictor '{name}'{suggestion(str(name), known)}")

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
        raise Absent(f"the model has no term '{name}'{suggestion(str(name), [t.name for t in self.terms])}")

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

    def subset(self, mask: Bools | pd.Series | Sequence[bool]) -> ModelFrame:
        """Only some journals; levels of categories and what a step is stay.

        Parameters
        ----------
        mask : Series or bool array, shape (n_journals,)
            A Series goes by its index, the ids of the journals; an array or a list by position, as `journals`.

        Raises
        ------
        ValueError
            The mask has another shape, holds anything but true and false, or has an index that tells no journals.
        """
        mask = mask_of(mask, self.journals)
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

    def with_outcome(
        self, y: Sequence[float] | Floats | pd.Series, outcome: Outcome | None = None
    ) -> ModelFrame:
        """The same journals with another outcome, for example scores of another coder; a Series goes by its index.

        Raises
        ------
        ValueError
            `y` is not one finite number a journal.
        """
        new = np.asarray(aligned(y, self.journals), float)
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
            Numbers before any logarithm, true or false, or levels; None for missing. A Series goes by its index.

        Raises
        ------
        ValueError
            Not one value a journal, or a level that the category does not have.
        """
        values = aligned(values, self.journals)
        if len(values) != len(self):
            raise ValueError(f"an attribute is {len(self)} values, one a journal")
        attribute = self.predictor(name).attribute
        return replace(
            self,
            predictors=tuple(
                p.with_values(values) if p.attribute == attribute else p for p in self.predictors
            ),
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a journal: journal_id, title, publisher, the outcome, every column of the model."""
        columns, terms = self.columns()
        own: dict[str, Any] = {
            "journal_id": self.journals,
            "title": self.titles,
            "publisher": pd.Series(self.publishers.recorded, dtype=object),
            self.outcome.name: self.y,
        }
        made = pd.DataFrame(own | {t.name: columns[:, k] for k, t in enumerate(terms)})
        return made.astype({p.name: "Int64" for p in self.predictors if p.whole})

    def left_out_frame(self) -> pd.DataFrame:
        """`left_out` as a table."""
        return pd.DataFrame([asdict(r) for r in self.left_out], columns=list(LeftOut.__dataclass_fields__))

    def _used(self, names: Sequence[str] | None) -> tuple[Predictor, ...]:
        if names is None:
            return self.predictors
        return tuple(dict.fromkeys(self.predictor(n) for n in names))


def _compact(groups: Clusters, mask: Bools) -> Clusters:
    used, code = np.unique(groups.code[mask], return_inverse=True)
    n_alone = int((used >= groups.n - groups.n_alone).sum())
    return Clusters(code.reshape(-1), tuple(groups.labels[i] for i in used), groups.by, n_alone)


@checked
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
    chosen = the_scheme(survey, scheme)
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
    return list(dict.fromkeys(out))  # an attribute may stand in the model twice
