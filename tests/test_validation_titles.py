"""Titles that look like one: found as an all-pairs comparison would find them, in near-linear work."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from finding import find, of, place, sheet, the
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from rdpscore.validation import titles
from rdpscore.validation.titles import similar_pairs


def alike(one: str, other: str) -> bool:
    return similar_pairs([one, other]) == [(0, 1)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acta Materialia", "ACTA MATERIALIA"),
        ("Zeitschrift für Physik", "Zeitschrift fur Physik"),
        ("Zeitschrift für Physik", "Zeitschrift fu\u0308r Physik"),
        ("Chemistry & Materials", "Chemistry and Materials"),
        ("npj 2D Materials", "npj 2D-Materials"),
        ("J. Phys.: Condens. Matter", "J Phys Condens Matter"),
        ("The Journal of Chemical Physics", "Journal of Chemical Physics"),
        ("Straße und Brücke", "STRASSE UND BRÜCKE"),
        ("Nano  Letters", " Nano Letters "),
    ],
    ids=[
        "case",
        "accent",
        "combining accent",
        "ampersand",
        "hyphen",
        "points",
        "article",
        "sharp s",
        "blanks",
    ],
)
def test_spelling_conventions_do_not_tell_titles_apart(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Advanced Functional Materials", "Advanced Functional Materialss"),
        ("Advanced Functional Materials", "Advanced Functional Material"),
        ("Advanced Functional Materials", "Advanced Functionel Materials"),
        ("Advanced Functional Materials", "Advanced Functional Materails"),
        ("Advanced Functional Materials", "Advanced Funct ional Materials"),
        ("Crystallography", "Crystalography"),
    ],
    ids=["more", "less", "other", "transposed", "blank", "double letter"],
)
def test_a_slip_in_a_long_word_does_not_tell_titles_apart(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Physical Review A", "Physical Review B"),
        ("Physical Review", "Physical Review X"),
        ("Proceedings Part 1", "Proceedings Part 2"),
        ("Proceedings Part 1", "Proceedings Part 11"),
        ("Optics Letters", "Optics Express"),
        ("Acta Physica", "Acta Physica B"),
        ("Applied Physics I", "Applied Physics II"),
        ("Nano Letters", "Neno Letters"),
        ("Small", "Smalt"),
        ("Materials 2020", "Materials 2021"),
        ("Materials2020", "Materials2021"),
        ("Journal of Physics", "Journal of Chemistry"),
        ("Advanced Materials", "Adwanced Meterials"),
        ("Journal of Geology", "Journal of Ecology"),
        ("Surface Reviews", "Review Surfaces"),
    ],
)
def test_titles_that_are_meant_to_differ_are_told_apart(one: str, other: str) -> None:
    assert not alike(one, other)
    assert not alike(other, one)


def test_titles_that_look_alike_are_a_warning_at_the_later_one(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        journals="""
            | journal_id | title              | publisher |
            |------------|--------------------|-----------|
            | am         | Advanced Materials | North     |
            | nl         | Nano Letters       | North     |
            | am-2       | Advanced Materails | South     |
        """,
        codings=sheet("journal_id | coder | item | answer", "am | c1 | policy | no"),
    )
    problem = the(found, "similar_name")
    assert place(problem) == ("warning", "journals.csv", 4, "title", "Advanced Materails")
    assert problem.journal == "am-2"
    assert problem.what == (
        "titles 'Advanced Materails' and 'Advanced Materials' (row 2) are told apart by one letter"
    )
    assert "if they are one, spell them alike" in problem.remedy


def test_distinct_and_blank_titles_are_no_problem(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        journals="""
            | journal_id | title        | publisher |
            |------------|--------------|-----------|
            | alpha      | Nano Letters | North     |
            | beta       |              | North     |
            | gamma      |              | South     |
            | delta      | …            | South     |
            | epsilon    | ?            | South     |
        """,
    )
    assert not of(found, "similar_name")
    assert not of(found, "same_name")


@pytest.mark.parametrize("given_titles", [[], [""], ["", ""], ["?"]])
def test_nothing_looks_like_nothing(given_titles: list[str]) -> None:
    assert similar_pairs(given_titles) == []


def test_three_equal_titles_are_two_pairs_with_the_first() -> None:
    assert similar_pairs(["Nano Letters", "NANO LETTERS", "nano letters"]) == [(0, 1), (0, 2)]


# Against other implementations -------------------------------------------------------------------------

long_words = st.text("abc", min_size=7, max_size=9)


@settings(max_examples=300, deadline=None)
@given(st.lists(long_words, max_size=12, unique=True))
def test_pairs_of_long_words_are_those_of_rapidfuzz(words: list[str]) -> None:
    """Optimal string alignment counts a letter more, less, other, and two neighbours swapped, as one slip."""
    expected = {(i, j) for (i, a), (j, b) in combinations(enumerate(words), 2) if OSA.distance(a, b) == 1}
    assert set(similar_pairs(words)) == expected


def shortened(title: str) -> set[str]:
    """The title without blanks, and all that is left of it without one letter of a word of six or more."""
    words = title.split()
    whole = "".join(words)
    starts = [sum(map(len, words[:k])) for k in range(len(words))]
    places = [s + i for s, w in zip(starts, words, strict=True) if len(w) >= 6 for i in range(len(w))]
    return {whole} | {whole[:i] + whole[i + 1 :] for i in places if not whole[i].isdigit()}


mixed_titles = st.lists(st.text("ab1", min_size=1, max_size=7), min_size=1, max_size=3).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(st.lists(mixed_titles, max_size=10))
def test_pairs_of_titles_are_those_of_an_all_pairs_comparison(given_titles: list[str]) -> None:
    forms = [shortened(t) for t in given_titles]
    wholes = [t.replace(" ", "") for t in given_titles]
    first = [wholes.index(w) for w in wholes]
    expected = {(first[j], j) for j in range(len(wholes)) if first[j] != j}
    distinct = sorted(set(first))
    expected |= {
        (i, j)
        for i, j in combinations(distinct, 2)
        if forms[i] & forms[j] and OSA.distance(wholes[i], wholes[j]) == 1
    }
    assert set(similar_pairs(given_titles)) == expected


# Work --------------------------------------------------------------------------------------------------

BEGINNINGS = ("Journal of", "Advances in", "Annals of", "Reviews in", "Frontiers in", "Letters on")
FIELDS = (
    "Applied", "Theoretical", "Computational", "Experimental", "Molecular", "Clinical", "Organic",
    "Surface", "Solid State", "Quantum", "Nuclear", "Environmental", "Industrial", "Biomedical", "Inorganic",
)  # fmt: skip
SUBJECTS = (
    "Physics", "Chemistry", "Materials", "Biology", "Geology", "Ecology", "Medicine", "Optics", "Statistics",
    "Mechanics", "Metallurgy", "Crystallography", "Catalysis", "Photonics", "Engineering", "Spectroscopy",
)  # fmt: skip
ENDS = ("", "A", "B", "C", "Part 1", "Part 2", "and Technology", "Research", "Communications", "Today", "X")


def realistic(n: int) -> list[str]:
    """Distinct titles as journals have them: few words, many times the same ones."""
    every = [
        f"{b} {f} {s} {e}".strip() if s == t else f"{b} {f} {s} and {t} {e}".strip()
        for b in BEGINNINGS
        for f in FIELDS
        for s in SUBJECTS
        for t in SUBJECTS
        for e in ENDS
    ]
    return every[:: len(every) // n][:n]


def compared(monkeypatch: pytest.MonkeyPatch, given_titles: list[str]) -> int:
    """How many shortened titles are looked at one by one."""
    calls: list[int] = []
    original = titles._without

    def counting(key: str, position: int) -> str:
        calls.append(position)
        return original(key, position)

    with monkeypatch.context() as patch:
        patch.setattr(titles, "_without", counting)
        similar_pairs(given_titles)
    return len(calls)


def test_twenty_thousand_titles_take_near_linear_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """All pairs would be 200 million comparisons; every twentieth title stands there again with a slip."""
    sample = realistic(20_000)
    assert len(set(sample)) == 20_000
    slips = [t[:-4] + t[-3:] for t in sample[::20]]
    assert 1_000 <= compared(monkeypatch, sample + slips) < 5 * len(sample)


def test_a_slip_among_twenty_thousand_titles_is_found() -> None:
    sample = realistic(20_000)
    where = next(i for i, t in enumerate(sample) if "Crystallography" in t)
    slip = sample[where].replace("Crystallography", "Crystalography")
    assert similar_pairs([*sample, slip])[-1] == (where, 20_000)
