"""Which journals of two surveys are the same: by ISSN, then by title, with near matches for people to confirm."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rdpscore.files import read_table
from rdpscore.problems import Batch, Problems, suggestion
from rdpscore.survey import Survey
from rdpscore.validation.issns import issn_columns, issns_in
from rdpscore.validation.titles import normalise, similar_pairs

By = Literal["issn", "title", "confirmed"]
COLUMNS = ("survey_a", "journal_a", "title_a", "survey_b", "journal_b", "title_b", "why", "same")
"""Of a file of near matches."""
SAME, NOT_SAME = ("yes", "true", "1", "x", "same"), ("no", "false", "0", "different")
_SUBTITLE = re.compile(r"\s*(?::|\(|\s[-–—]\s).*$", re.DOTALL)


@dataclass(frozen=True)
class Match:
    """Two journals taken for one; positions in `Survey.journal_ids` of each survey."""

    a: int
    b: int
    by: By


@dataclass(frozen=True)
class Near:
    """Two journals that may be one, and why that was not decided."""

    a: int
    b: int
    why: str


@dataclass(frozen=True)
class Matching:
    """Journals in both surveys, and near matches.

    Attributes
    ----------
    matches : tuple of Match
        In the order of the first survey; each journal at most once.
    near : tuple of Near
        Of journals that are in no match.
    """

    matches: tuple[Match, ...]
    near: tuple[Near, ...]


@dataclass(frozen=True)
class Names:
    """What a survey's journals are told apart by, in the order of `Survey.journal_ids`."""

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    keys: tuple[str, ...]
    issns: tuple[frozenset[str], ...]


def names(survey: Survey) -> Names:
    """Ids, titles, normalised titles and ISSNs of a survey's journals."""
    frame = survey.journals[
        ~survey.journals["journal_id"].duplicated() & survey.journals["journal_id"].notna()
    ]
    titles = [str(t) if isinstance(t, str) else "" for t in frame["title"].astype(object)]
    columns = issn_columns(survey)
    cells = [frame[c].astype(object).tolist() for c in columns]
    issns = [frozenset(i for column in cells for i in issns_in(column[k])) for k in range(len(frame))]
    keys = [words.replace(" ", "") for words in normalise(titles)] if titles else []
    return Names(tuple(frame["journal_id"].astype(str)), tuple(titles), tuple(keys), tuple(issns))


def match_journals(a: Names, b: Names, said: Iterable[tuple[str, str, bool]] = ()) -> Matching:
    """Journals of two surveys that are the same.

    What people said goes first. Then journals that share an ISSN, then journals whose titles are equal but for
    case, accents, punctuation, "&" and a leading "The", unless both have ISSNs and these differ. What several
    journals of a survey share decides nothing.

    Parameters
    ----------
    a, b : Names
    said : iterable of (journal_id of a, journal_id of b, whether they are the same)

    Returns
    -------
    Matching
        Near matches are journals without a match whose titles are one slip apart (see
        `rdpscore.validation.titles.similar_pairs`), are equal up to a subtitle or an addition in brackets, are equal
        while the ISSNs differ, or which share a journal_id.
    """
    place_a, place_b = ({j: k for k, j in enumerate(n.ids)} for n in (a, b))
    told = {(place_a[x], place_b[y]): same for x, y, same in said if x in place_a and y in place_b}
    taken: dict[int, Match] = {}
    gone: set[int] = set()

    def take(pairs: Iterable[tuple[int, int]], by: By) -> None:
        for x, y in pairs:
            if x not in taken and y not in gone and told.get((x, y), True):
                taken[x] = Match(x, y, by)
                gone.add(y)

    take((pair for pair, same in told.items() if same), "confirmed")
    take(_sharing(a.issns, b.issns), "issn")
    by_title = list(_sharing([{k} - {""} for k in a.keys], [{k} - {""} for k in b.keys]))
    take((p for p in by_title if not _apart(a, b, *p)), "title")
    near: dict[tuple[int, int], str] = {p: "titles equal, ISSNs differ" for p in by_title if _apart(a, b, *p)}
    for x, y in _slips(a, b):
        near.setdefault((x, y), "titles alike")
    main = [[{m} - {""} for m in _main_titles(n.titles)] for n in (a, b)]
    for pair in _sharing(main[0], main[1], several=True):
        near.setdefault(pair, "titles equal but for an addition")
    for journal, x in place_a.items():
        if journal in place_b:
            near.setdefault((x, place_b[journal]), "the same journal_id")
    open_ = [
        Near(x, y, why)
        for (x, y), why in sorted(near.items())
        if x not in taken and y not in gone and (x, y) not in told
    ]
    return Matching(tuple(taken[x] for x in sorted(taken)), tuple(open_))


UNLIKE = 45.0
"""Titles less alike than this (rapidfuzz's token_sort_ratio, 0 to 100) have nothing in common."""


def unlike_titles(matching: Matching, a: Names, b: Names) -> list[Match]:
    """Journals that were taken for one by their ISSN though their titles have nothing in common."""
    from rapidfuzz.fuzz import token_sort_ratio

    by_issn = [m for m in matching.matches if m.by == "issn" and a.keys[m.a] and b.keys[m.b]]
    ones, others = (
        normalise([n.titles[k] for k in places]) if by_issn else []
        for n, places in ((a, [m.a for m in by_issn]), (b, [m.b for m in by_issn]))
    )
    return [
        m
        for m, one, other in zip(by_issn, ones, others, strict=True)
        if one != other and token_sort_ratio(one, other) < UNLIKE
    ]


def told_of(matching: Matching, a: Names, b: Names, surveys: tuple[str, str]) -> Iterator[Batch]:
    """A warning for each of `unlike_titles`."""
    for m in unlike_titles(matching, a, b):
        yield Batch(
            "issn_of_another",
            None,
            fields={
                "value": a.titles[m.a],
                "other": b.titles[m.b],
                "survey": surveys[0],
                "other_survey": surveys[1],
                "journal": a.ids[m.a],
            },
        )


def _sharing(
    a: Sequence[Iterable[str]], b: Sequence[Iterable[str]], *, several: bool = False
) -> list[tuple[int, int]]:
    """Pairs of positions that share a key; of keys that occur once on each side, unless `several`."""
    count = [Counter(k for keys in side for k in keys) for side in (a, b)]
    where: dict[str, list[int]] = {}
    for y, keys in enumerate(b):
        for key in keys:
            where.setdefault(key, []).append(y)
    pairs = {
        (x, y): None
        for x, keys in enumerate(a)
        for key in sorted(keys)
        for y in where.get(key, ())
        if several or (count[0][key] == 1 and count[1][key] == 1)
    }
    return list(pairs)


def _apart(a: Names, b: Names, x: int, y: int) -> bool:
    return bool(a.issns[x] and b.issns[y] and not a.issns[x] & b.issns[y])


def _slips(a: Names, b: Names) -> list[tuple[int, int]]:
    """Pairs across the surveys whose titles look like one."""
    n = len(a.titles)
    found = similar_pairs([*a.titles, *b.titles])
    return [(x, y - n) for x, y in found if x < n <= y]


def _main_titles(titles: Sequence[str]) -> list[str]:
    """Normalised titles without a subtitle and without what stands in brackets."""
    return (
        [w.replace(" ", "") for w in normalise([_SUBTITLE.sub("", t) or t for t in titles])] if titles else []
    )


# The file of near matches -------------------------------------------------------------------------------


def read_near_matches(
    path: Path, surveys: dict[str, Names]
) -> tuple[list[tuple[str, str, str, str, bool]], Problems]:
    """What people said of near matches.

    Parameters
    ----------
    path : Path
        CSV with the columns survey_a, journal_a, survey_b, journal_b, same; others are not read.
    surveys : dict
        Label → journals of each survey.

    Returns
    -------
    said : list of (survey_a, journal_a, survey_b, journal_b, same)
        Rows with a blank `same` are left out: nobody has decided them.
    problems : Problems
        Unknown surveys, journals and words.
    """
    needed = ("survey_a", "journal_a", "survey_b", "journal_b", "same")
    frame, problems = read_table(path, required=needed, label=path.name)
    if frame is None:
        return [], problems
    said: list[tuple[str, str, str, str, bool]] = []
    batches = []
    for row, values in zip(frame.index, frame[list(needed)].astype(object).to_numpy().tolist(), strict=True):
        cell = dict(zip(needed, (v if isinstance(v, str) else "" for v in values), strict=True))
        fine = True
        for end in ("a", "b"):
            label, journal = cell[f"survey_{end}"], cell[f"journal_{end}"]
            if label not in surveys:
                fine = False
                fields = {"thing": "survey", "value": label, "nearest": suggestion(label, surveys)}
                batches.append(Batch("unknown_reference", path.name, [row], f"survey_{end}", fields=fields))
            elif journal not in surveys[label].ids:
                fine = False
                near = suggestion(journal, surveys[label].ids)
                fields = {"thing": f"journal of {label},", "value": journal, "nearest": near}
                batches.append(Batch("unknown_reference", path.name, [row], f"journal_{end}", fields=fields))
        word = cell["same"].strip().casefold()
        if word not in ("", *SAME, *NOT_SAME):
            batches.append(Batch("bad_match", path.name, [row], "same", fields={"value": cell["same"]}))
        elif word and fine:
            said.append(
                (cell["survey_a"], cell["journal_a"], cell["survey_b"], cell["journal_b"], word in SAME)
            )
    return said, problems + Problems.of(batches)
