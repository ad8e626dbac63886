"""Regular expressions of mappings: they find what `re` finds, and end whatever they say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from mappings import WIDE, answers, made, refused

from rdpscore.files.yamls import YamlDocument
from rdpscore.published.conditions import Faults, regular
from rdpscore.published.expressions import (
    Allowance,
    Expression,
    Refused,
    Unfinished,
    compiled,
)

A = "a" * 999
NOT_FOUND: list[str | None] = [None]

HOSTILE: list[tuple[str, str, list[str | None] | str]] = [
    # expression, text, [what is found] or what is told where it is refused
    (r"((a+))+$", A + "!", NOT_FOUND),
    (r"(a|aa)+$", A + "!", NOT_FOUND),
    (r".*.*.*.*x$", A + "a", NOT_FOUND),
    (r"(a*)*b", A, NOT_FOUND),
    (r"(\w+\s?)*$", "word " * 199 + "word!", [""]),
    (r"^(\w+\s?)*$", "word " * 199 + "word!", NOT_FOUND),
    (r"(.*)*x", A, NOT_FOUND),
    (r"(a+?)+?b", A, NOT_FOUND),
    (r"(a|a|a|a)+$", A + "!", NOT_FOUND),
    (r"([a-z]|[a-y]|\w)+$", A + "!", NOT_FOUND),
    (r"(|a|)*b", A, NOT_FOUND),
    (r"(a||b||)*c", "ab" * 500, NOT_FOUND),
    (r"((((((((((a?)*)*)*)*)*)*)*)*)*)*b", A, NOT_FOUND),
    (r"(\b|\B|a)+b$", A + "!", NOT_FOUND),
    (r"(?i)(ſ|s|S|ß|ẞ)+$", "sſSß" * 249 + "!", NOT_FOUND),
    (r"(?i)(k|\u212a)+$", "kK\u212a" * 330 + "!", NOT_FOUND),
    (r"(?i)(i|İ|ı)+$", "iIİı" * 249 + "!", NOT_FOUND),
    (r"(a?){100}a{100}b", A, NOT_FOUND),
    ("a?" * 60 + "a" * 60, "a" * 60, ["a" * 60]),
    (r"^([a-z0-9])(([\-.]|[_]+)?([a-z0-9]+))*@[a-z]+$", A, NOT_FOUND),
    (r"(\d+|\d+\.|\.\d+)*x", "1" * 1000, NOT_FOUND),
    (r"\s+$|^\s*x", "\u00a0" * 998 + "!", NOT_FOUND),
    (r"(x+x+)+y", "x" * 1000, NOT_FOUND),
    (r"[ab]*a[ab]{900}$", "ab" * 500, NOT_FOUND),
    ("(" * 90 + "a" + ")" * 90, A, ["a"]),
    (r"(?:" + "[ab]?a?" * 20 + "){0,30}x", "ab" * 500, NOT_FOUND),
    (r"(?=(a+))\1*b", A, "holds '(?='"),
    (r"^(?=(a+)+$)\1b", A, "holds '(?='"),
    (r"(?!(a+)+b)c", A, "holds '(?!'"),
    (r"(?<=a)(a+a+)+b", A, "holds '(?<='"),
    (r"(?<!b)(a+)+b", A, "holds '(?<!'"),
    (r"(a*)\1\1\1b", A, r"holds '\1'"),
    (r"(?P<n>a*)(?P=n)b", A, "holds '(?P='"),
    (r"(a)?(?(1)(a+)+|b)c", A, "holds '(?('"),
    (r"a{4294967290}", A, "is too large"),
    (r"(a{0,4294967290}){0,4294967290}b", A, "is too large"),
    (r"(a{1000}){1000}", A, "is too large"),
    (r"((((a{1000}){1000}){1000}){1000})", A, "is too large"),
    (r"(((((a?){50}){50}){50}){50}){50}b", A, "is too large"),
    (r"((\w|\d|[^x]){900}y?)+(\w{0,900}z){1,900}", A, "is too large"),
    ("(" * 10_000 + "a" + ")" * 10_000, A, "is 20,001 characters long"),
    ("|".join("a" * i for i in range(1, 200)), A, "characters long"),
    (r"(a", A, "is none"),
    (r"[z-a]", A, "is none"),
]


def test_hostile_expressions_end_with_the_right_result_or_a_refusal() -> None:
    """In a process that is killed if they do not; it may take 1 GB of memory."""
    program = """
import json, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
except ImportError:
    pass
from rdpscore.published.expressions import Refused, compiled
for pattern, text in json.load(sys.stdin):
    try:
        found = [compiled(pattern).search(text)]
    except Refused as error:
        found = str(error)
    print(json.dumps(found), flush=True)
"""
    asked = json.dumps([(pattern, text) for pattern, text, _ in HOSTILE])
    done = subprocess.run(
        [sys.executable, "-c", program], input=asked, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stderr == ""  # RE2 keeps a log of what it refuses
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(HOSTILE)
    for (pattern, _, expected), got in zip(HOSTILE, found, strict=True):
        if isinstance(expected, str):
            assert isinstance(got, str), pattern
            assert expected in got, pattern
        else:
            assert got == expected, pattern


UNICODE = [
    (r"^\s+$", "\u00a0\u2003\x1c\u3000"),
    (r"^\S+$", "\u200b\u2060"),
    (r"^\w+$", "журнал_é²½Ⅷ"),
    (r"^\w+$", "e\u0301"),
    (r"^\d+$", "٣۴９"),
    (r"^\d+$", "²"),
    (r"\bждать\b", "не ждать."),
    (r"\bdat", "édata"),
    (r"\Bdat", "édata"),
    (r"\bÜber", "«Über»"),
    ("(?i)straße", "STRASSE"),
    ("(?i)ß", "ẞ"),
    ("(?i)i", "İ"),
    ("(?i)İ", "i"),
    ("(?i)ı", "I"),
    ("(?i)ſ", "S"),
    ("(?i)[k]", "\u212a"),
    ("(?i)[^k]", "\u212a"),
    ("(?i)σ", "ς"),
    ("(?i:k)K", "\u212aK"),
    (r"(?a)\w", "é"),
    (r"(?a)\bé", "aé"),
    (r"a$", "a\n"),
    (r"a\Z", "a\n"),
    (r"a$", "a\nb"),
    (r"(?m)a$", "a\nb"),
    (r"(?m)^b", "a\nb"),
    (r"^b", "a\nb"),
    (r"a.b", "a\nb"),
    (r"(?s)a.b", "a\nb"),
    (r"a(?s:.)b", "a\nb"),
    ("(?x) a  b [ ] c # d", "ab c"),
    (r"(?P<year>\d{4})-(\d\d)", "on 2018-05"),
    (r"(a)|b", "b"),
    (r"x{,2}y{1,}z{}", "xxyz{}"),
    (r"[]a]+[^]b]", "]ac"),
    (r"\x41\u0042\U00000043\103\0", "ABCC\0"),
    ("\N{GREEK SMALL LETTER ALPHA}", "α"),
    (r"[[a-]+", "x[-a"),
    (r"\.\*\\", r".*\ "),
    ("😀+", "😀😀"),
    ("^[\\sÂ?]*(.*?)[\\sÂ]*$", "Â\u00a0?Policy text\u00a0Â"),
]


@pytest.mark.parametrize(("pattern", "text"), UNICODE)
def test_characters_are_those_of_re(pattern: str, text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = re.search(pattern, text)
    expected = None if found is None else (found[found.re.groups and 1] or "")
    assert compiled(pattern).search(text) == expected


LETTERS = [*"abéßİiIſkK1٣² _-ж", "\u00a0", "\n", "\u0301", "\x1c", "\u212a"]
_ATOMS = [
    *map(re.escape, LETTERS),
    r"\w",
    r"\W",
    r"\d",
    r"\D",
    r"\s",
    r"\S",
    ".",
    "[ab]",
    r"[^a\s]",
    r"[\w-]",
]
_REPEATS = ["*", "+", "?", "*?", "+?", "??", "{2}", "{,2}", "{1,}", "{1,2}?", "{0}"]
_EDGES = ["^", "$", r"\b", r"\B", r"\A", r"\Z", "(?:)", ""]
_REPEATED = [atom + repeat for atom in _ATOMS for repeat in _REPEATS]
_FLAGS = ["", "(?i)", "(?s)", "(?m)", "(?a)", "(?im)"]


def _grown(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(_REPEATS)).map(lambda two: f"(?:{two[0]}){two[1]}"),
        *(inner.map(wrap.format) for wrap in ("({})", "(?P<n>{})", "(?i:{})", "(?s-i:{})")),
    )


@settings(max_examples=1_000, deadline=None)
@given(
    st.sampled_from(_FLAGS),
    st.recursive(st.sampled_from([*_ATOMS, *_REPEATED, *_EDGES]), _grown, max_leaves=6),
    st.text(st.sampled_from(LETTERS), min_size=1, max_size=8),
)
def test_any_expression_finds_what_re_finds(flags: str, inner: str, text: str) -> None:
    """What a group holds is compared where none is repeated: a repeated part that may be empty differs there."""
    try:
        expected = re.search(flags + inner, text)
    except re.error:
        return
    try:
        found = compiled(flags + inner).search(text)
    except Refused:  # too long: nothing else that is generated is refused
        assert len(flags + inner) > 200
        return
    assert (found is None) == (expected is None)
    if expected is not None and not re.search(r"\)[*+?{]", inner):
        assert found == (expected[expected.re.groups and 1] or "")


def test_only_the_first_thousand_characters_are_compared() -> None:
    assert compiled("b").search("a" * 999 + "b") == "b"
    assert compiled("b").search("a" * 1000 + "b") is None


def test_expressions_that_hold_every_letter() -> None:
    """With ends of words there are 63 bytes for kinds of letters; what needs more is told, not guessed."""
    latin, cyrillic = (r"\b|".join(map(chr, range(*ends))) for ends in ((97, 123), (0x430, 0x44A)))
    assert compiled(rf"{latin}\b").search("Z z") == "z"
    many = compiled("|".join(map(chr, range(0x430, 0x490))) + r"|\b")
    with pytest.raises(Unfinished, match="more kinds of characters"):
        many.search("".join(map(chr, range(0x430, 0x490))))
    assert compiled(rf"{cyrillic}\b").search("xщ") == "щ"


@pytest.mark.parametrize("pattern", ["(", "[z-a]", r"(a)\1", "(?=a)", "a++", "(?>a)", "(?m:^)a", "a" * 201])
def test_what_is_refused_is_told_with_place_and_expression(pattern: str) -> None:
    faults = Faults(YamlDocument("mapping.yaml", {}))
    assert regular(pattern, ("items", "data", "patterns", 0, "matches"), faults) is None
    (found,) = faults.problems
    assert (found.code, found.column) == ("bad_mapping", "items.data.patterns.0.matches")
    assert pattern[:50] in found.what


STUDY = """
    | Journal       | Policy   | Data       | Code |
    |---------------|----------|------------|------|
    | Alpha Letters | yes      | must share | 0    |
    | Beta Reviews  | yes      | may share  | 0    |
"""
PLACES = {
    "rows": WIDE + "    rows: [{name: r, where: {Data: {matches: 'PATTERN'}}, set: {Code: '1'}}]\n",
    "where": WIDE.replace("data: Data", "data: {column: Data, where: {Data: {matches: 'PATTERN'}}, otherwise: '1'}"),
    "patterns": WIDE.replace("data: Data", "data: {column: Data, patterns: [{matches: 'PATTERN', to: '2'}], "
                             "otherwise: '1'}"),
    "for all": WIDE.replace("data: Data", "data: {column: Data, otherwise: '1'}")
    + "    answers: {patterns: [{matches: 'PATTERN', to: '2'}]}\n",
    "title": WIDE.replace("title: Journal", "title: {column: Journal, pattern: 'PATTERN'}"),
    "attribute": WIDE.replace("title: Journal", "title: Journal, attributes: {x: {column: Data, pattern: 'PATTERN'}}"),
    "consensus": WIDE.replace("{value: ann}", "{value: ann, consensus: {matches: 'PATTERN'}}"),
}  # fmt: skip
"""Wherever a mapping may hold a regular expression."""


@pytest.mark.parametrize("place", PLACES)
def test_every_place_refuses_what_may_not_end(tmp_path: Path, place: str) -> None:
    found = refused(tmp_path, PLACES[place].replace("PATTERN", r"(?=(a+))\1*b"), study=STUDY)
    told = [p for p in found if p.code == "bad_mapping"]
    assert told
    assert all(r"(?=(a+))\1*b" in p.what and p.line for p in told)


@pytest.mark.parametrize("place", [p for p in PLACES if p != "consensus"])
def test_what_is_not_done_in_time_is_told_at_its_cell(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Expression.search

    def late(self: Expression, text: str) -> str | None:
        self.allowance.spent = 61.0
        return search(self, text)

    monkeypatch.setattr(Expression, "search", late)
    found = refused(tmp_path, PLACES[place].replace("PATTERN", "share|Letters"), study=STUDY)
    (told,) = [p for p in found if p.code == "pattern_unfinished"]
    assert (told.file, told.row) == ("study.csv", 2)
    assert told.column in {"A (Journal)", "C (Data)"}
    assert "'share|Letters' (" in told.what
    assert "mapping.yaml, " in told.what
    assert "have taken 60 seconds" in told.what


def test_expressions_without_end_are_not_read_without_end() -> None:
    with pytest.raises(Refused, match="was not read: those before it have taken 60 seconds"):
        compiled("a", (), Allowance(spent=61.0))


def test_a_mapping_reads_unicode_as_it_always_did(tmp_path: Path) -> None:
    mapping = PLACES["patterns"].replace("PATTERN", r"^\s*\bmust\b")
    study = STUDY.replace("must share", "\u00a0must\u00a0share")
    found = answers(made(tmp_path, mapping, study=study))
    assert ("alpha-letters", "ann", "data", "2") in found
    assert ("beta-reviews", "ann", "data", "1") in found


def test_a_heading_is_found_by_a_pattern_of_many_stars(tmp_path: Path) -> None:
    """Stars once became ``.*`` each, which is as hostile as any regular expression."""
    heading = "a" * 3_000
    study = STUDY.replace("| Code |", f"| {heading}b |").replace("must share", "1").replace("may share", "1")
    mapping = WIDE.replace("code: Code", f'code: "{"a*" * 30}b"')
    assert ("alpha-letters", "ann", "code", "0") in answers(made(tmp_path / "found", mapping, study=study))
    found = refused(tmp_path / "not", mapping.replace('b"', 'c"'), study=study)
    assert "mapping_column" in {p.code for p in found}
