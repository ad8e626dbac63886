"""Surveys laid side by side: journals in both, agreement as between two coders, and what moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from rdpscore.agreement.counted import Options as AgreementOptions
from rdpscore.agreement.report import AgreementResult
from rdpscore.arguments import checked
from rdpscore.codebook.crosswalk import Crosswalk
from rdpscore.comparing import moved
from rdpscore.comparing.dates import Reading, later, reading
from rdpscore.comparing.terms import Terms, common_terms
from rdpscore.comparing.two import (
    agreement_of_two,
    beside,
    changes,
    journals_of,
)
from rdpscore.inference import By
from rdpscore.problems import Problems
from rdpscore.results import Result, records, versions
from rdpscore.survey import Survey
from rdpscore.validation import check
from rdpscore.validation.matching import COLUMNS, Matching, Names, match_journals, names, told_of

Said = Sequence[tuple[str, str, str, str, bool]]
"""survey_a, journal_a, survey_b, journal_b, whether they are one journal."""


@dataclass(frozen=True)
class Pair:
    """Two surveys compared; see `compare_surveys`. Tables name the first survey a and the second b.

    Attributes
    ----------
    a, b : Reading
    terms : Terms
        The shared items and the answers of both surveys.
    matching : Matching
        Journals in both, and near matches.
    matches, near : DataFrame
        journal_a, title_a, publisher_a, journal_b, title_b, publisher_b, by (or why).
    only_a, only_b : DataFrame
        journal_id, title, publisher of journals in one survey only.
    items, publishers, where, distributions : DataFrame
        See `rdpscore.comparing.moved`.
    changes : DataFrame
        One row a differing answer: journal_a, journal_b, title, publisher, item, a, b, direction, shift.
    agreement : AgreementResult
        On the shared items, each survey one coder.
    later : {"a", "b"} or None
        Which survey read its policies after the other had ended.
    undated : str or None
        Why neither did: ``dates_not_recorded``, ``read_at_the_same_time``.
    """

    a: Reading
    b: Reading
    terms: Terms = field(repr=False)
    matching: Matching = field(repr=False)
    matches: pd.DataFrame = field(repr=False)
    near: pd.DataFrame = field(repr=False)
    only_a: pd.DataFrame = field(repr=False)
    only_b: pd.DataFrame = field(repr=False)
    items: pd.DataFrame = field(repr=False)
    publishers: pd.DataFrame = field(repr=False)
    where: pd.DataFrame = field(repr=False)
    distributions: pd.DataFrame = field(repr=False)
    changes: pd.DataFrame = field(repr=False)
    agreement: AgreementResult = field(repr=False)
    later: str | None
    undated: str | None

    @cached_property
    def counts(self) -> dict[str, int]:
        """Answers that both surveys give, by how the second stands to the first."""
        return {k: int(self.items[k].sum()) for k in ("n", *moved.DIRECTIONS)}

    def tables(self) -> dict[str, pd.DataFrame]:
        """Name → table, the items first."""
        own = ["item", "alpha", "alpha_low", "alpha_high", "percent", "ac1", "reason", "interval_reason"]
        agreed = pd.DataFrame([[getattr(i, n) for n in own] for i in self.agreement.items], columns=own)
        return {
            "items": self.items.merge(agreed, on="item", how="left"),
            "publishers": self.publishers,
            "where": self.where,
            "changes": self.changes,
            "distributions": self.distributions,
            "matches": self.matches,
            "near_matches": self.near,
            "only_a": self.only_a,
            "only_b": self.only_b,
            "left_out": self.terms.left_out,
        }

    def body(self) -> dict[str, Any]:
        """The pair as plain values."""
        made = self.terms.translation
        return {
            "a": self.a.label,
            "b": self.b.label,
            "crosswalk": None if made is None else {"survey": self.terms.translated, **made.body()},
            "later": self.later,
            "undated": self.undated,
            "n_matched": len(self.matches),
            "moved": self.counts,
            "overall": asdict(self.agreement.overall),
            "headlines": [asdict(h) for h in self.agreement.headlines if h.unit == "journal"],
        } | {name: records(frame) for name, frame in self.tables().items()}


@dataclass(frozen=True)
class SurveyComparison(Result):
    """Surveys compared in pairs; see `compare_surveys`.

    Attributes
    ----------
    surveys : tuple of Reading
    pairs : tuple of Pair
        Each survey with each later one, in the order in which they were named.
    n_in_all : int
        Journals of the first survey that are in all others.
    """

    surveys: tuple[Reading, ...]
    pairs: tuple[Pair, ...]
    n_in_all: int

    def tables(self) -> dict[str, pd.DataFrame]:
        each = [
            {
                n: f.assign(survey_a=p.a.label, survey_b=p.b.label)[["survey_a", "survey_b", *f.columns]]
                for n, f in p.tables().items()
            }
            for p in self.pairs
        ]
        out = {}
        for name in each[0]:
            frames = [t[name] for t in each]
            filled = [f for f in frames if len(f)]
            out[name] = pd.concat(filled, ignore_index=True) if filled else frames[0]
        return out | {"surveys": pd.DataFrame([asdict(r) for r in self.surveys])}

    def near_matches(self) -> pd.DataFrame:
        """The near matches of all pairs, with a column ``same`` to be filled in with yes or no."""
        table = self.tables()["near_matches"].assign(same="")
        return table[list(COLUMNS)]

    def body(self) -> Any:
        return {
            "surveys": [asdict(r) for r in self.surveys],
            "n_in_all": self.n_in_all,
            "pairs": [p.body() for p in self.pairs],
        }


@checked
def compare_surveys(
    *surveys: Survey,
    crosswalks: Sequence[Crosswalk] = (),
    said: Said = (),
    cluster: By = "publisher",
    resamples: int = 2000,
    seed: int = 0,
) -> SurveyComparison:
    """Lay surveys side by side, in pairs.

    Resolved answers are compared. A difference is a change of the policy only where both surveys say when they read
    it, and the one began after the other had ended; otherwise it may be a change, or a matter of coding.

    Parameters
    ----------
    *surveys : Survey
        Two or more. Under different codebooks they need a crosswalk; shipped ones are found by the codebooks' ids.
    crosswalks : sequence of Crosswalk
        Others than the shipped ones.
    said : sequence of (survey_a, journal_a, survey_b, journal_b, bool)
        Which journals people confirmed to be one, or not; surveys by label, see `labels`.
    cluster : {"publisher", "policy", "journal"}
        What is independent of each other, for the intervals of the agreement.
    resamples, seed : int
        Of the cluster bootstrap.

    Returns
    -------
    SurveyComparison

    Raises
    ------
    ValueError
        Fewer than two surveys.
    InvalidInput
        A survey has errors; there is no crosswalk, or it does not fit.

    Examples
    --------
    >>> import rdpscore
    >>> survey = rdpscore.load()
    >>> pair = compare_surveys(survey, survey).pairs[0]
    >>> len(pair.matches), pair.counts["stricter"], pair.agreement.overall.alpha_exact
    (171, 0, 1.0)
    """
    if len(surveys) < 2:
        raise ValueError("a comparison takes two surveys or more")
    problems = Problems()
    for survey in {id(s): s for s in surveys}.values():
        problems += check(survey).errors
    problems.raise_errors()
    options = AgreementOptions(cluster=cluster, resamples=resamples, seed=seed)
    named = labels(surveys)
    known = [names(s) for s in surveys]
    readings = tuple(reading(s, label) for s, label in zip(surveys, named, strict=True))
    pairs = tuple(
        _pair((surveys[i], surveys[j]), (readings[i], readings[j]), (known[i], known[j]), crosswalks, said, options)
        for i, j in combinations(range(len(surveys)), 2)
    )  # fmt: skip
    found = Problems(tuple(b for p in pairs for b in p.terms.problems.batches))
    for p, (i, j) in zip(pairs, combinations(range(len(surveys)), 2), strict=True):
        found += Problems.of(told_of(p.matching, known[i], known[j], (named[i], named[j])))
    with_first = [{m.a for m in p.matching.matches} for p in pairs[: len(surveys) - 1]]
    settings = {
        "surveys": [{"label": n, **s.settings} for n, s in zip(named, surveys, strict=True)],
        "crosswalks": [p.terms.translation and p.terms.translation.crosswalk.id for p in pairs],
        "cluster": cluster,
        "method": options.method,
        "resamples": resamples,
        "seed": seed,
        "versions": versions(),
    }
    return SurveyComparison(settings, found, readings, pairs, len(set.intersection(*with_first)))


def labels(surveys: Sequence[Survey]) -> tuple[str, ...]:
    """What each survey is called: its id, from the second of an id on with a number."""
    out: list[str] = []
    for survey in surveys:
        ids = [s.meta.id for s in surveys[: len(out)]]
        n = ids.count(survey.meta.id) + 1
        out.append(survey.meta.id if n == 1 else f"{survey.meta.id}-{n}")
    return tuple(out)


def _pair(
    surveys: tuple[Survey, Survey],
    readings: tuple[Reading, Reading],
    known: tuple[Names, Names],
    crosswalks: Sequence[Crosswalk],
    said: Said,
    options: AgreementOptions,
) -> Pair:
    a, b = surveys
    label_a, label_b = (r.label for r in readings)
    terms = common_terms(a, b, crosswalks)
    mine = [(x, y, same) for s, x, t, y, same in said if (s, t) == (label_a, label_b)]
    mine += [(y, x, same) for s, x, t, y, same in said if (s, t) == (label_b, label_a)]
    matching = match_journals(*known, mine)
    frames = (journals_of(a), journals_of(b))
    where_a = np.array([m.a for m in matching.matches], np.intp)
    where_b = np.array([m.b for m in matching.matches], np.intp)
    answers_a, answers_b = terms.a[where_a], terms.b[where_b]
    book = terms.codebook
    publisher = frames[0]["publisher"].to_numpy(object)[where_a]
    other = frames[1]["publisher"].to_numpy(object)[where_b]
    publisher = np.array(
        [p if isinstance(p, str) else q for p, q in zip(publisher, other, strict=True)], object
    )
    found = moved.cells(book, answers_a, answers_b)
    matches = beside(frames, where_a, where_b).assign(by=[m.by for m in matching.matches])
    near = beside(frames, *(np.array([getattr(n, e) for n in matching.near], np.intp) for e in "ab"))
    after, undated = later(*readings)
    return Pair(
        *readings,
        terms=terms,
        matching=matching,
        matches=matches,
        near=near.assign(why=[n.why for n in matching.near]),
        only_a=frames[0][~frames[0].index.isin(where_a)].reset_index(drop=True),
        only_b=frames[1][~frames[1].index.isin(where_b)].reset_index(drop=True),
        items=moved.by_item(book, found, answers_a, answers_b),
        publishers=moved.by_publisher(found, publisher),
        where=moved.by_publisher_and_item(book, found, publisher),
        distributions=moved.distributions(book, (terms.a, terms.b), (answers_a, answers_b)),
        changes=changes(terms, found, matches, publisher),
        agreement=agreement_of_two(
            terms, (answers_a, answers_b), matches, publisher, a, where_a, (label_a, label_b), options
        ),
        later=after,
        undated=undated,
    )  # fmt: skip
