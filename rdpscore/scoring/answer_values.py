"""What enters a score: answers as numbers, under a scheme's rules on missing items and on items that do not apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from rdpscore.codebook import Codebook
from rdpscore.scoring.means import Bools, Floats, Weights
from rdpscore.survey.model import Survey
from rdpscore.survey.records import MISSING, applicable

Options = npt.NDArray[np.int16]
Missing = Literal["exclude", "zero", "bounds"]
NotApplicable = Literal["keep", "gate"]


@dataclass(frozen=True)
class Answers:
    """The scored items of each row, ready for `Weights.combine`; all of shape (n_rows, n_scored).

    Attributes
    ----------
    values : float array
        Score of each answer that counts.
    present : bool array
        Which answers count: those given, and under ``gate`` the lowest option of what does not apply.
    missing : bool array
        Items that apply, and have no answer.
    lapsed : bool array
        Items that do not apply: under ``keep`` those without an answer, under ``gate`` all.
    low, high : float array
        The lowest and the highest score that each item may have once all that is missing is settled.
    """

    values: Floats
    present: Bools
    missing: Bools
    lapsed: Bools
    low: Floats
    high: Floats

    @property
    def given(self) -> Bools:
        """Answers that were given and count."""
        return self.present & ~self.lapsed


def scored_places(codebook: Codebook) -> npt.NDArray[np.intp]:
    """Positions of the scored items among all items."""
    return np.array([codebook.item_ids.index(i.id) for i in codebook.scored_items], np.intp)


def answers(
    codebook: Codebook,
    option: Options,
    not_applicable: NotApplicable = "keep",
    bounds: tuple[Floats, Floats] | None = None,
) -> Answers:
    """Answers as numbers.

    Parameters
    ----------
    codebook : Codebook
    option : int16 array, shape (n_rows, n_items)
        Positions of answers, as in `Resolved.option`.
    not_applicable : {"keep", "gate"}
        Whether an answer counts although ``applies_if`` speaks against it, or whether every item that does not
        apply counts as its lowest option.
    bounds : pair of float arrays, shape (n_rows, n_scored), optional
        Lowest and highest score of each answer, see `coder_bounds`; those of all options without.
    """
    places = scored_places(codebook)
    applies = applicable(codebook, option)
    if not_applicable == "gate":
        option, applies = _gated(codebook, option, applies)
    own, applies = option[:, places], applies[:, places]
    given = own >= 0
    values, least, most = _values(codebook, own)
    low, high = bounds or (np.broadcast_to(least, own.shape), np.broadcast_to(most, own.shape))
    missing = ~given & applies
    low, high = np.where(missing, low, values), np.where(missing, high, values)
    if not_applicable == "keep":
        return Answers(values, given, missing, ~given & ~applies, low, high)
    values, low, high = (np.where(applies, array, least) for array in (values, low, high))
    low = np.where(_may_lapse(codebook, option)[:, places], least, low)
    return Answers(values, given | ~applies, missing, ~applies, low, high)


def _gated(codebook: Codebook, option: Options, applies: Bools) -> tuple[Options, Bools]:
    """Without the answers to items that do not apply, and without those that depended on them."""
    while (against := (option >= 0) & ~applies).any():
        option = np.where(against, np.int16(MISSING), option)
        applies = applicable(codebook, option)
    return option, applies


def _may_lapse(codebook: Codebook, option: Options) -> Bools:
    """Items that would not apply if a condition that is missing were settled against them."""
    out = np.zeros(option.shape, bool)
    place = {item_id: i for i, item_id in enumerate(codebook.item_ids)}
    for i, item in enumerate(codebook.items):
        for other in item.applies_if:
            out[:, i] |= (option[:, place[other]] < 0) | out[:, place[other]]
    return out


def _values(codebook: Codebook, own: Options) -> tuple[Floats, Floats, Floats]:
    """Score of each answer (of no account where there is none), and least and most of each item."""
    scores = [np.asarray(i.scores) for i in codebook.scored_items]
    table = np.zeros((len(scores), max((len(s) for s in scores), default=1)))
    for k, s in enumerate(scores):
        table[k, : len(s)] = s
    values = table[np.arange(len(scores)), np.maximum(own, 0)]
    return values, np.array([s.min() for s in scores]), np.array([s.max() for s in scores])


def coder_bounds(survey: Survey) -> tuple[Floats, Floats]:
    """Lowest and highest score that each resolved answer may have, given what its coders answered.

    Returns
    -------
    low, high : float array, shape (n_journals, n_scored)
        Those of the resolved answer and of the coders' answers; of all options where nobody answered.
    """
    recs = survey.records
    places = scored_places(survey.codebook)
    shape = (len(survey.journal_ids), len(places))
    low, high = np.full(shape, np.inf), np.full(shape, -np.inf)
    journal, coded = recs.journal[recs.main], recs.option[recs.main]
    for column, place in enumerate(places):
        scores = np.asarray(survey.codebook.items[place].scores)
        given = coded[:, place] >= 0
        value = scores[coded[given, place]]
        np.minimum.at(low[:, column], journal[given], value)
        np.maximum.at(high[:, column], journal[given], value)
        nothing = np.isinf(low[:, column])
        low[nothing, column], high[nothing, column] = scores.min(), scores.max()
    return low, high


def resolved_answers(survey: Survey, not_applicable: NotApplicable = "keep") -> Answers:
    """The resolved answers of a survey, in the order of `Survey.journal_ids`."""
    return answers(survey.codebook, survey.resolved.option, not_applicable, coder_bounds(survey))


def point(used: Weights, given: Answers, missing: Missing = "exclude", minimum: int = 1) -> Floats:
    """The score of each row under a rule on what is missing.

    Parameters
    ----------
    used : Weights
        May hold one set of weights a draw.
    given : Answers
    missing : {"exclude", "zero", "bounds"}
        Leave a missing item out, count it 0, or give no score where one is missing.
    minimum : int
        Rows with fewer answers of weight have no score.

    Returns
    -------
    float array, shape (…, n_rows)
        Between the bounds (see `extent`): where the other items' mean lies outside of what an item may be,
        the nearer bound. NaN without a score.
    """
    if missing == "zero":
        out = used.combine(np.where(given.missing, 0.0, given.values), given.present | given.missing)
    else:
        out = used.combine(given.values, given.present)
    heavy = _heavy(used)
    if given.missing.any():
        out = np.clip(out, *extent(used, given))
        if missing == "bounds":
            out = np.where(_any(given.missing, heavy), np.nan, out)
    enough = _count(given.present, heavy) >= minimum
    return out if enough.all() else np.where(enough, out, np.nan)


def extent(used: Weights, given: Answers) -> tuple[Floats, Floats]:
    """Lowest and highest score of each row once all that is missing is settled; shapes as in `point`."""
    known = given.present | given.missing
    return used.combine(given.low, known), used.combine(given.high, known)


def _heavy(used: Weights) -> Bools:
    """Which items weigh anything, shape (…, n_scored)."""
    of_group = used.dimension[..., used.group] if used.dimension.shape[-1] > 1 else np.float64(1.0)
    return np.asarray(used.item * of_group > 0)


def _count(where: Bools, heavy: Bools) -> npt.NDArray[np.int64]:
    """How many items of weight are marked in each row."""
    if where.all():
        return np.broadcast_to(heavy.sum(axis=-1)[..., None], (*heavy.shape[:-1], len(where)))
    return np.asarray(np.einsum("...ji,...i->...j", where.astype(np.int64), heavy.astype(np.int64)))


def _any(where: Bools, heavy: Bools) -> Bools:
    return _count(where, heavy) > 0
