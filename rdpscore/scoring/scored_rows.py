"""Scores of rows of answers under a scheme, be they resolved, a coder's own, or imagined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rdpscore.arguments import of_kind
from rdpscore.codebook import Codebook, Scheme, load_scheme
from rdpscore.scoring.answer_values import (
    Answers,
    Options,
    answers,
    point,
    resolved_answers,
    scored_places,
)
from rdpscore.scoring.means import (
    Bools,
    Floats,
    Weights,
    weights,
)
from rdpscore.survey.model import Survey


@dataclass(frozen=True)
class Rows:
    """Answers of rows under a scheme, ready for any weights.

    Attributes
    ----------
    scheme : Scheme
    answers : Answers
    empty : bool array, shape (n_rows,)
        Rows without any answer to a scored item, which have no score.
    """

    scheme: Scheme
    answers: Answers
    empty: Bools

    def scores(self, used: Weights) -> Floats:
        """The score of each row, shape (…, n_rows) with the leading axes of the weights; NaN where there is none."""
        found = point(used, self.answers, self.scheme.missing, self.scheme.minimum_items)
        return np.where(self.empty, np.nan, found) if self.empty.any() else found


def rows(codebook: Codebook, scheme: Scheme, option: Options, values: Floats | None = None) -> Rows:
    """Rows of answers.

    Parameters
    ----------
    codebook : Codebook
    scheme : Scheme
    option : int16 array, shape (n_rows, n_items)
        Positions of answers among the options of all items.
    values : float array, shape (n_rows, n_scored), optional
        Scores that the given answers take instead of those of their options.
    """
    found = answers(codebook, option, scheme.not_applicable)
    if values is not None:
        taken = [np.where(found.given, values, a) for a in (found.values, found.low, found.high)]
        found = replace(found, values=taken[0], low=taken[1], high=taken[2])
    return Rows(scheme, found, _empty(codebook, option))


def resolved_rows(survey: Survey, scheme: Scheme) -> Rows:
    """The resolved answers of each journal, in the order of `Survey.journal_ids`.

    Raises
    ------
    InvalidInput
        The scheme does not fit the codebook.
    """
    scheme = the_scheme(survey, scheme)
    empty = _empty(survey.codebook, survey.resolved.option)
    return Rows(scheme, resolved_answers(survey, scheme.not_applicable), empty)


def _empty(codebook: Codebook, option: Options) -> Bools:
    return np.asarray((option[:, scored_places(codebook)] < 0).all(axis=1))


def row_scores(codebook: Codebook, scheme: Scheme, option: Options, values: Floats | None = None) -> Floats:
    """The score of each row under the scheme's own weights; see `rows`."""
    return rows(codebook, scheme, option, values).scores(weights(scheme, codebook))


def the_scheme(survey: Survey, scheme: Scheme | str | Path | None) -> Scheme:
    """A scheme, the id of one of the codebook's, a YAML file, or the codebook's default; checked, whoever made it.

    Raises
    ------
    InvalidInput
        If it is unknown or does not fit the codebook.
    """
    of_kind(survey, Survey, "survey")
    return load_scheme(scheme, survey.codebook)
