"""Sentences about results follow the data: what is swapped in the survey is swapped in the sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import openpyxl
import pytest
from running import cli
from tables import rows, write_survey

import rdpscore
from rdpscore.inference import decide
from rdpscore.report.agreement_pictures import confusion, reasons
from rdpscore.report.comparison_pictures import answers_picture
from rdpscore.report.heterogeneity import profiles_picture as policies_picture
from rdpscore.report.score_pictures import (
    journals_picture,
    moves_picture,
    publishers_picture,
    ranks_picture,
    schemes_picture,
    shifts_picture,
    sobol_picture,
    strips_picture,
)
from rdpscore.report.survey_pictures import (
    against_rest_picture,
    demands_picture,
    item_answers_picture,
    place_picture,
    profiles_picture,
    uniformity_picture,
)
from rdpscore.survey import Survey
from rdpscore.uncertainty import Assumptions
from rdpscore.uncertainty.rank_moves import moves

CODEBOOK = """\
format: 1
id: three
version: "1"
title: Three items
dimensions:
  - {id: data, title: Data}
  - {id: code, title: Code}
items:
  - id: sharing
    dimension: data
    title: Sharing
    question: Must data be shared?
    level: ordinal
    evidence: if_found
    options: [{code: "0", label: Not shared, score: 0}, {code: "1", label: Shared, score: 1}]
  - id: citing
    dimension: code
    title: Citing
    question: Must code be cited?
    level: ordinal
    evidence: if_found
    options: [{code: "0", label: Not cited, score: 0}, {code: "1", label: Cited, score: 1}]
  - id: timing
    dimension: data
    title: Timing
    question: When?
    level: ordinal
    evidence: if_found
    options:
      - {code: "0", label: Never, score: 0}
      - {code: "1", label: Late, score: 0.25}
      - {code: "2", label: In time, score: 0.5}
      - {code: "3", label: Early, score: 0.75}
      - {code: "4", label: At once, score: 1}
schemes:
  - {id: equal, title: Mean of the items}
  - {id: sharing-only, title: Sharing alone, weights: {citing: 0, timing: 0}}
  - {id: citing-only, title: Citing alone, weights: {sharing: 0, timing: 0}}
default_scheme: equal
reasons:
  - {id: missed, title: A passage was missed}
  - {id: read, title: Read differently}
"""
ITEMS = ("sharing", "citing", "timing")
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A function that makes a survey of a sheet: a row a journal, the answers of each coder to the three items.

    Where the second coder's are not given, both answer alike; where they differ, the first one's are adopted, for
    the reason in the row.
    """

    def made(sheet: str, name: str = "small") -> Path:
        header, *body = rows(sheet)
        journals = [["journal_id", "title", "publisher", "access_model", "impact"], ["-"] * 5]
        codings = [["journal_id", "coder", "item", "answer"], ["-"] * 4]
        adjudications = [["journal_id", "item", "answer", "reason"], ["-"] * 4]
        for k, cells in enumerate(body):
            row = dict(zip(header, cells, strict=True))
            journal = row.get("title", f"Journal {k:02}")
            journals.append(
                [f"j{k:02}", journal, row["publisher"], row.get("access", ""), row.get("impact", "")]
            )
            given = {c: row[c].split() for c in row if re.fullmatch(r"c\d", c)}
            if set(given) == {"c1"}:
                given["c2"] = given["c1"]
            for i, item in enumerate(ITEMS):
                for coder, answers in given.items():
                    if answers:
                        codings.append([f"j{k:02}", coder, item, answers[i]])
                if len({a[i] for a in given.values() if a}) > 1:
                    adjudications.append([f"j{k:02}", item, given["c1"][i], row.get("reason", "read")])
        text = f"format: 1\nid: {name}\ntitle: A survey\ncodebook: {{id: three, version: '1'}}\n"
        tables = {"journals": journals, "codings": codings, "adjudications": adjudications}
        sheets = {k: _sheet(t) for k, t in tables.items() if len(t) > 2}
        return write_survey(tmp_path / name, CODEBOOK, text, **sheets)

    return made


def _sheet(table: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in table)


def said(*arguments: object) -> str:
    """What a command prints, its lines joined."""
    found = cli(*arguments)
    assert found.status == 0, found.err
    return " ".join(found.out.split())


def lines(*arguments: object) -> list[str]:
    found = cli(*arguments)
    assert found.status == 0, found.err
    return found.out.splitlines()


def starting(text: Iterable[str], *names: str) -> list[str]:
    """Which of the names begin a line, in the order of the lines."""
    return [name for line in text for name in names if re.match(rf"\s*{name}\b", line)]


def sheet(head: str, *body: str) -> str:
    """A sheet of a header and rows, ``5 x`` before a row standing for as many rows."""
    out = [f"| {head} |", "|-|"]
    for row in body:
        times, _, rest = row.partition(" x ")
        out += [f"| {rest} |"] * int(times) if rest else [f"| {row} |"]
    return "\n".join(out)


BOTH_WAYS = pytest.mark.parametrize(("one", "other"), [("North", "South"), ("South", "North")])
"""Two publishers, and the same two swapped."""
ITEMS_SWAPPED = pytest.mark.parametrize("swapped", [False, True], ids=["as they are", "items swapped"])


def exchanged(table: str, wanted: bool) -> str:
    """A sheet with the answers to sharing and citing exchanged."""
    return re.sub(r"(\d) (\d) (?=\d)", r"\2 \1 ", table) if wanted else table


def named(swapped: bool) -> tuple[str, str]:
    return ("citing", "sharing") if swapped else ("sharing", "citing")


# score --------------------------------------------------------------------------------------------------


@BOTH_WAYS
def test_the_publisher_with_the_higher_scores_stands_first_with_its_journals(
    make: Make, one: str, other: str
) -> None:
    folder = make(sheet("publisher | c1", f"3 x {one} | 1 1 4", f"2 x {other} | 0 0 1", "East | 0 1 2"))
    shown = lines("score", folder)
    assert starting(shown, "North", "South", "East") == [one, "East", other]
    ranks = [line.split() for line in shown if "journals of" in line]
    assert ranks[0][:2] == ["1–3", "1.00"]
    assert f"3 journals of {one}:" in " ".join(ranks[0])
    assert ranks[-1][:2] == ["5–6", "0.08"]
    assert f"2 journals of {other}:" in " ".join(ranks[-1])


def test_other_schemes_move_other_publishers(make: Make) -> None:
    table = "\n".join([sheet("publisher | c1", "3 x North | 1 0 0", "3 x South | 0 1 0", "3 x East | 1 1 0")])
    by_sharing, by_citing = (
        said("score", make(table, f"with-{n}"), "--scheme", f"{n}-only") for n in ("sharing", "citing")
    )
    assert by_sharing.index("North") < by_sharing.index("South")
    assert by_citing.index("South") < by_citing.index("North")


# heterogeneity ------------------------------------------------------------------------------------------


@BOTH_WAYS
def test_journals_differ_most_inside_the_publisher_whose_scores_vary_most(
    make: Make, one: str, other: str
) -> None:
    table = sheet(
        "publisher | c1", f"{one} | 0 0 0", f"{one} | 1 1 4", f"{one} | 1 0 2",
        f"2 x {other} | 1 0 2", f"{other} | 1 0 1", "3 x East | 1 1 1",
    )  # fmt: skip
    text = said("heterogeneity", make(table))
    assert (
        f"Journals differ most inside {one}: scores from 0.00 to 1.00, 3 sets of answers in 3 journals"
        in text
    )
    assert "1 of 3 publishers with several journals gives all its journals the same answers: East" in text


@BOTH_WAYS
def test_publishers_with_the_same_answers_for_all_are_named(make: Make, one: str, other: str) -> None:
    table = sheet(
        "publisher | c1", f"3 x {one} | 1 0 2", f"{other} | 1 1 4", f"{other} | 0 0 0", "2 x East | 0 0 1"
    )
    folder = make(table)
    text = said("heterogeneity", folder)
    (found,) = re.findall(r"give all their journals the same answers: (\w+) and (\w+)\.", text)
    assert set(found) == {one, "East"}
    assert uniformity_picture(rdpscore.load(folder)).see.startswith("2 of 3 publishers")


@ITEMS_SWAPPED
def test_publishers_settle_most_on_the_item_with_most_between_them(make: Make, swapped: bool) -> None:
    table = sheet(
        "publisher | c1", "3 x North | 1 1 2", "North | 1 0 2", "2 x South | 0 1 2", "2 x South | 0 0 1",
        "3 x East | 1 1 2", "East | 0 0 1", "4 x West | 0 0 3", "West | 0 1 3",
    )  # fmt: skip
    most, least = named(swapped)
    folder = make(exchanged(table, swapped))
    found = rdpscore.measure_heterogeneity(rdpscore.load(folder), seed=1).shares.set_index("id")[
        "share_between"
    ]
    assert found[most] > found["timing"] > found[least]
    text = said("heterogeneity", folder)
    assert f"Publishers settle most on {most} ({100 * found[most]:.0f} % between)" in text
    assert f"least on {least} ({100 * found[least]:.0f} %" in text


@ITEMS_SWAPPED
def test_items_on_which_publishers_are_of_one_mind_are_named(make: Make, swapped: bool) -> None:
    table = sheet(
        "publisher | c1", "2 x North | 1 1 2", "North | 1 1 1", "2 x South | 0 1 2", "South | 0 1 0"
    )
    settled, flat = named(swapped)
    text = said("heterogeneity", make(exchanged(table, swapped)))
    assert f"On {settled} no journals of one publisher differ." in text
    assert f"All journals have one answer on {flat}." in text


@pytest.mark.parametrize("apart", [True, False])
def test_where_the_variance_lies_decides_what_is_said_of_publishers(make: Make, apart: bool) -> None:
    between = ("3 x North | 1 1 4", "North | 1 1 3", "3 x South | 0 0 0", "South | 0 0 1", "4 x East | 1 0 2")
    inside = (
        "2 x North | 1 1 4",
        "2 x North | 0 0 0",
        "2 x South | 1 1 4",
        "2 x South | 0 0 1",
        "East | 1 0 2",
    )
    text = said("heterogeneity", make(sheet("publisher | c1", *(between if apart else inside))))
    assert ("which publisher a journal belongs to says most about its score" in text) is apart
    assert ("journals of one publisher differ more than publishers do" in text) is not apart


@BOTH_WAYS
def test_the_publisher_without_which_less_would_lie_between_is_named(
    make: Make, one: str, other: str
) -> None:
    mixed = {other: "0 0 1", "East": "0 0 2", "West": "1 0 0", "Mid": "0 1 1", "Far": "1 0 2"}
    body = [f"{p} | {a}" for p, own in mixed.items() for a in (own, own, "0 0 2", "1 0 1")]
    text = said("heterogeneity", make(sheet("publisher | c1", f"4 x {one} | 1 1 4", *body)))
    assert re.search(rf"; without {one} it would be 0\.\d\d", text)
    assert f"without {other}" not in text


# agreement ----------------------------------------------------------------------------------------------


@BOTH_WAYS
def test_the_publisher_whose_coders_agree_most_stands_first(make: Make, one: str, other: str) -> None:
    table = sheet(
        "publisher | c1 | c2", f"5 x {one} | 1 0 2 | 1 0 2", f"{one} | 0 1 3 | 0 1 3", f"4 x {other} | 1 1 2 | 0 0 3",
        f"2 x {other} | 0 1 4 | 0 1 4", "3 x East | 1 0 1 | 1 0 2", "2 x East | 0 1 1 | 0 1 1",
    )  # fmt: skip
    shown = lines("agreement", make(table))
    (start,) = [k for k, line in enumerate(shown) if line.startswith("Publisher ")]
    assert starting(shown[start + 1 :], "North", "South", "East")[:3] == [one, "East", other]


@ITEMS_SWAPPED
def test_the_item_on_which_coders_agree_best_stands_first(make: Make, swapped: bool) -> None:
    table = sheet(
        "publisher | c1 | c2", "3 x North | 1 1 2 | 1 0 2", "3 x South | 0 1 3 | 0 1 2", "2 x East | 1 0 1 | 1 0 1",
        "2 x West | 0 0 4 | 0 1 4", "West | 0 0 4 | 0 0 4",
    )  # fmt: skip
    table = re.sub(r"(\d) (\d) (?=\d)", r"\2 \1 ", table) if swapped else table
    best, worst = (n.capitalize() for n in named(swapped))
    folder = make(table)
    shown = lines("agreement", folder)
    (start,) = [k for k, line in enumerate(shown) if line.startswith("Item ")]
    found = starting(shown[start + 1 :], "Sharing", "Citing", "Timing")[:3]
    assert (found[0], found[-1]) == (best, worst)
    assert f"of '{worst}', in 5 journals" in confusion(rdpscore.measure_agreement(rdpscore.load(folder))).see


def _with_alike(make: Make, alike: int, of: int = 100, *, adjacent: bool) -> str:
    """The report of a survey of ten publishers whose coders agree on timing for `alike` journals."""
    body = []
    for k in range(of):
        answer = k % 5 if adjacent else (4 if k % 20 == 0 else 0)
        second = answer
        if k >= alike:
            second = (answer + (1 if answer < 4 else -1)) if adjacent else 4 - answer
        body.append(f"P{k % 10} | {k % 2} 1 {answer} | {k % 2} 1 {second}")
    return said("agreement", make(sheet("publisher | c1 | c2", *body), f"alike-{alike}"))


@pytest.mark.parametrize(
    ("alike", "of", "told"),
    [(60, 100, True), (69, 100, True), (28, 40, False), (70, 100, False), (71, 100, False), (75, 100, False)],
)
def test_a_low_percentage_is_one_below_70_beside_a_good_alpha(
    make: Make, alike: int, of: int, told: bool
) -> None:
    text = _with_alike(make, alike, of, adjacent=True)  # 28 of 40 is 0.7 to the last digit
    assert f"Timing {100 * alike // of} %" in text
    assert ("% says too little" in text) is told


@pytest.mark.parametrize(("alike", "told"), [(75, False), (79, False), (80, True), (81, True), (90, True)])
def test_a_high_percentage_is_one_from_80_on_beside_a_poor_alpha(make: Make, alike: int, told: bool) -> None:
    text = _with_alike(make, alike, adjacent=False)
    assert (f"Timing: {alike} % says little" in text) is told


@pytest.mark.parametrize(
    ("reason", "words"), [("missed", "a passage was missed"), ("read", "read differently")]
)
def test_the_commonest_reason_of_disagreements_is_told_first(make: Make, reason: str, words: str) -> None:
    rare = "read" if reason == "missed" else "missed"
    table = sheet(
        "publisher | reason | c1 | c2", f"3 x North | {reason} | 1 0 2 | 0 0 2", f"South | {rare} | 1 1 2 | 1 0 2",
        "3 x South | | 0 1 1 | 0 1 1",
    )  # fmt: skip
    folder = make(table)
    text = said("agreement", folder)
    assert text.lower().index(f"1 {words} 3 75 %") < text.lower().index(" 1 25 %")
    see = reasons(rdpscore.measure_agreement(rdpscore.load(folder))).see
    assert see.startswith(f"Most often: {words} (75 %).")


@pytest.mark.parametrize("good", [True, False])
def test_the_verdict_on_alpha_follows_the_interval(make: Make, good: bool) -> None:
    body = []
    for k in range(120):
        one = f"{k % 2} {k // 2 % 2} {k % 5}"
        two = f"{k // 3 % 2} {k // 5 % 2} {k * 7 // 3 % 5}"
        body.append(f"P{k % 12} | {one} | {two if not good or k % 13 == 0 else one}")
    text = said("agreement", make(sheet("publisher | c1 | c2", *body)))
    assert ("reaches 0.80 with its whole interval" in text) is good
    assert ("even the upper bounds lie below it" in text) is not good


# regress ------------------------------------------------------------------------------------------------


def _predicted(one: str = "North", other: str = "South", flipped: bool = False) -> str:
    """Twelve publishers with six journals each, whose scores rise with impact, at `one` most, at `other` least."""
    body = []
    for p, name in enumerate((one, other, *(f"P{k:02}" for k in range(10)))):
        slope = {one: 1.5, other: 0.2}.get(name, 1.0)
        for k in range(6):
            level = round(slope * (5 - k if flipped else k) + (p + k) % 2)
            answer = f"{int(level > 2)} {int(level > 4)} {min(4, level)}"
            body.append(f"{name} | hybrid | {2**k} | {answer}")
    return sheet("publisher | access | impact | c1", *body)


@pytest.mark.parametrize(("flipped", "word", "sign"), [(False, "more", "+"), (True, "less", "−")])
def test_the_direction_of_an_effect_turns_with_the_data(
    make: Make, flipped: bool, word: str, sign: str
) -> None:
    text = said(
        "regress", make(_predicted(flipped=flipped)), "--model", "score ~ log2(impact)", "--draws", "999"
    )
    assert re.search(rf"Impact \(quartiles [^)]*\): {word} among journals of one publisher", text)
    assert f"Among journals of one publisher {sign}0.19" in text


@BOTH_WAYS
def test_the_publishers_whose_leaving_out_moves_most_are_named(make: Make, one: str, other: str) -> None:
    text = said(
        "regress",
        make(_predicted(one, other)),
        "--model",
        "score ~ log2(impact)",
        "--draws",
        "999",
        "--robust",
    )
    found = re.search(
        r"Among journals of one publisher, whichever publisher is left out: "
        r"([\d.−]+) \(without (\w+)\) to ([\d.−]+) \(without (\w+)\)",
        text,
    )
    assert found is not None, text
    assert (found[2], found[4]) == (one, other)
    assert float(found[1]) < float(found[3])


@pytest.mark.parametrize("which", [0, 3])
def test_the_journal_that_a_model_leaves_out_is_named(make: Make, which: int) -> None:
    table = _predicted().splitlines()
    table[2 + which] = re.sub(r"\| \d+ \|(?= \d \d \d)", "| |", table[2 + which])
    text = said("regress", make("\n".join(table)), "--model", "score ~ log2(impact)", "--draws", "999")
    assert f"1 journal without impact (Journal {which:02})" in text


@pytest.mark.parametrize(("df", "word"), [(3.999, "inconclusive"), (4.0, "effect"), (4.001, "effect")])
def test_four_degrees_of_freedom_are_enough_for_a_verdict(df: float, word: str) -> None:
    found = decide(p=(0.01, 0.01), narrow=((0.1, 0.2), (0.1, 0.2)), df=df, bound=0.05)
    assert found.word == word


@pytest.mark.parametrize(
    ("end", "word"), [(0.0499, "equivalent"), (0.05, "inconclusive"), (0.06, "inconclusive")]
)
@pytest.mark.parametrize("sign", [1, -1])
def test_an_interval_that_touches_the_bound_is_not_within_it(end: float, word: str, sign: int) -> None:
    inside = (-0.01, end) if sign > 0 else (-end, 0.01)
    assert decide(p=(0.5, 0.5), narrow=(inside, inside), df=9, bound=0.05).word == word


# compare ------------------------------------------------------------------------------------------------


@ITEMS_SWAPPED
def test_what_moved_between_surveys_turns_with_them(make: Make, swapped: bool) -> None:
    before = sheet("publisher | c1", "5 x North | 0 0 2", "4 x South | 1 0 2", "2 x East | 0 1 1")
    after = sheet("publisher | c1", "5 x North | 1 0 2", "4 x South | 1 1 2", "2 x East | 0 0 1")
    a, b = (make(exchanged(t, swapped), n) for t, n in ((before, "before"), (after, "after")))
    more, less = (n.capitalize() for n in named(swapped))
    there, back = said("compare", a, b), said("compare", b, a)
    assert "of after, seen from before: 9 stricter, 2 looser" in there
    assert "of before, seen from after: 2 stricter, 9 looser" in back
    assert re.search(rf"North 5 33 % 5 0 {more} \(5\)", there)
    assert re.search(rf"South 4 33 % 4 0 {less} \(4\)", there)
    assert re.search(rf"East 2 33 % 0 2 {less} \(2\)", there)
    assert re.search(rf"East 2 33 % 2 0 {less} \(2\)", back)
    see = answers_picture(rdpscore.compare_surveys(rdpscore.load(a), rdpscore.load(b)).pairs[0]).see
    assert see.startswith(f"They part most on {less.lower()}: 55 %")


@BOTH_WAYS
def test_the_publisher_whose_answers_differ_most_stands_first(make: Make, one: str, other: str) -> None:
    before = sheet("publisher | c1", f"3 x {one} | 0 0 2", f"3 x {other} | 1 0 2", "3 x East | 0 1 1")
    after = sheet(
        "publisher | c1", f"3 x {one} | 1 1 4", f"2 x {other} | 1 0 2", f"{other} | 1 0 4", "3 x East | 0 1 1"
    )
    shown = lines("compare", make(before, "before"), make(after, "after"))
    (start,) = [k for k, line in enumerate(shown) if line.startswith("Publisher ")]
    assert starting(shown[start + 1 :], "North", "South", "East") == [one, other]


# advise -------------------------------------------------------------------------------------------------


def _peers(both: int, access: int, third: int) -> str:
    """A journal of North, and journals of others: as many like it in both facts, in access only, in impact only."""
    return sheet(
        "publisher | access | impact | c1", "North | hybrid | 9 | 0 0 0", f"{both} x South | hybrid | 9 | 1 0 0",
        f"{access} x East | hybrid | 1 | 0 1 0", f"{third} x West | open_access | 9 | 0 0 4",
        "12 x Mid | open_access | 1 | 1 1 1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("both", "n", "common"),
    [
        (5, 5, "the same access model (hybrid), the same third of impact (9 and above)"),
        (6, 6, "the same access model (hybrid), the same third of impact (9 and above)"),
        (4, 11, "the same access model (hybrid)"),
    ],
)
def test_impact_is_what_comparable_journals_need_not_share_where_fewer_than_five_do(
    make: Make, both: int, n: int, common: str
) -> None:
    folder = make(_peers(both, 7, 6))
    text = said("advise", "j00", folder)
    assert f"Comparable: {n} journals, journals of other publishers: {common} Policies" in text
    assert (
        f"{n:,} comparable: journals of other publishers: {common};"
        in place_picture(rdpscore.standing(rdpscore.load(folder), "j00")).n
    )


@ITEMS_SWAPPED
def test_the_commonest_stricter_practice_stands_first_with_who_has_it(make: Make, swapped: bool) -> None:
    table = sheet("publisher | c1", "North | 0 0 4", "5 x South | 1 0 4", "East | 1 1 4", "3 x West | 0 1 4")
    first, second = (n.capitalize() for n in named(swapped))
    shown = lines("advise", "j00", make(exchanged(table, swapped)))
    assert starting(shown, "Sharing", "Citing")[:2] == [first, second]
    text = " ".join(" ".join(shown).split())
    assert re.search(rf"{first} 6 of 9 / 0 of 0 / 6 of 9 .*?\(South 5, East 1\)", text)
    assert re.search(rf"{second} 4 of 9 / 0 of 0 / 4 of 9 .*?\(West 3, East 1\)", text)
    assert "Strictest option already: Timing" in text


# status -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("busy", "idle"), [("c1", "c2"), ("c2", "c1")])
def test_the_coder_who_has_done_more_is_the_one_said_to(make: Make, busy: str, idle: str) -> None:
    table = sheet(f"publisher | {busy} | {idle}", "2 x North | 1 0 2 | 1 0 2", "3 x South | 0 1 1 | ")
    shown = {line.split()[0]: line.split() for line in lines("status", make(table)) if line.startswith("c")}
    assert shown[busy][1:3] == ["5", "5"]
    assert shown[idle][1:3] == ["2", "2"]


# the sentences under figures ----------------------------------------------------------------------------


def loaded(make: Make, *body: str, name: str = "small") -> Survey:
    return rdpscore.load(make(sheet("publisher | c1", *body), name))


@BOTH_WAYS
def test_strips_name_the_largest_tie_and_the_ends_of_the_means(make: Make, one: str, other: str) -> None:
    survey = loaded(
        make, f"4 x {one} | 1 1 0", f"2 x {other} | 1 1 4", f"{other} | 1 0 0", "3 x East | 0 0 0"
    )
    see = strips_picture(rdpscore.score(survey)).see
    assert see == f"Publishers' means reach from 0.00 to 0.78; 4 journals of {one} share one score."


def test_strips_of_one_publisher_reach_from_the_lowest_to_the_highest_score(make: Make) -> None:
    survey = loaded(make, "3 x North | 1 0 0", "North | 0 0 1", "North | 1 1 4")
    assert strips_picture(rdpscore.score(survey)).see == "The journals score from 0.08 to 1.00."


@pytest.mark.parametrize("turned", [False, True])
def test_profiles_name_the_dimension_on_which_publishers_ask_most(make: Make, turned: bool) -> None:
    answer = "0 1 0" if turned else "1 0 4"
    most, least = ("code", "data") if turned else ("data", "code")
    see = profiles_picture(loaded(make, f"3 x North | {answer}", f"South | {answer}", "2 x East | 0 0 0")).see
    assert see == f"Publishers ask most on {most} (mean 0.67) and least on {least} (0.00)."


@ITEMS_SWAPPED
def test_a_publisher_against_the_rest_names_the_items_of_the_largest_gaps(make: Make, swapped: bool) -> None:
    above, below = named(swapped)
    table = sheet("publisher | c1", "3 x North | 1 0 2", "3 x South | 0 1 2", "South | 0 1 1")
    survey = rdpscore.load(make(exchanged(table, swapped)))
    see = against_rest_picture(survey, "North").see
    assert see == f"It lies above the rest on 2 items (most on {above}) and below on 1 (most on {below})."
    assert f"(most on {below}) and below on 2 (most on {above})" in against_rest_picture(survey, "South").see


@ITEMS_SWAPPED
def test_the_commonest_answer_of_all_is_that_of_most_journals(make: Make, swapped: bool) -> None:
    table = sheet(
        "publisher | c1", "9 x North | 1 0 2", "1 x South | 1 1 3", "2 x South | 1 1 1", "2 x East | 1 0 0"
    )
    survey = rdpscore.load(make(exchanged(table, swapped)))
    label = "Cited” on citing" if swapped else "Shared” on sharing"
    assert item_answers_picture(survey).see == (
        f"On 1 of 3 items nine in ten journals have the same answer; the commonest of all is “{label} (14 journals)."
    )
    assert demands_picture(survey).see == (
        "Of 3 items, more than half of the journals give the strictest option on 1, and the lowest on 1."
    )


@pytest.mark.parametrize("turned", [False, True])
def test_moves_name_who_gains_and_who_loses_most(make: Make, turned: bool) -> None:
    survey = loaded(make, "2 x North | 1 0 0", "2 x South | 0 1 0", "2 x East | 1 1 0", "West | 0 0 1")
    first, second = (survey.codebook.scheme(s) for s in ("sharing-only", "citing-only"))
    found = moves(survey, second, first) if turned else moves(survey, first, second)
    up, down = ("North", "South") if turned else ("South", "North")
    see = moves_picture(found).see
    assert re.search(rf"{up}[^;]* gains? most: \d places?; .*{down}[^;]* loses? most: \d places?\.", see)


@BOTH_WAYS
def test_the_publisher_whose_mean_changes_most_is_named_with_its_sign(
    make: Make, one: str, other: str
) -> None:
    survey = loaded(make, f"2 x {one} | 0 1 0", f"{other} | 1 1 0", f"{other} | 0 1 0", "2 x East | 1 1 1")
    before, after = (survey.codebook.scheme(s) for s in ("sharing-only", "citing-only"))
    assert f"The mean of {one} changes most (+1.000)" in shifts_picture(moves(survey, before, after)).see
    assert f"The mean of {one} changes most (−1.000)" in shifts_picture(moves(survey, after, before)).see


def test_the_schemes_furthest_apart_are_the_pair_that_is_named(make: Make) -> None:
    survey = loaded(make, "2 x North | 1 0 4", "2 x South | 0 1 0", "2 x East | 1 1 2", "1 x West | 0 0 1")
    found = rdpscore.compare(survey, ["equal", "sharing-only", "citing-only"])
    tau = {(p.first, p.second): p.kendall for p in found.pairs}
    least = min(tau, key=lambda pair: tau[pair] or 0.0)
    assert len({round(t or 0.0, 2) for t in tau.values()}) == 3
    assert f"tau of {least[0]} and {least[1]} is {tau[least]:.2f}" in schemes_picture(found).see


@ITEMS_SWAPPED
def test_the_choice_that_matters_most_is_named(make: Make, swapped: bool) -> None:
    table = sheet(
        "publisher | c1", "2 x North | 1 0 2", "2 x South | 0 0 2", "3 x East | 1 0 2", "West | 0 0 2"
    )
    survey = rdpscore.load(make(exchanged(table, swapped)))
    assumed = Assumptions(aggregation=("items",), leave_out=False, coder=False)
    found = rdpscore.sensitivity(survey, assumed=assumed, n_draws=100, base=64)
    _, furthest = named(swapped)  # its mean is 0, those of the others 0.5 and above
    assert sobol_picture(found, "mean_score").see.startswith(
        f"'Weight: {furthest.capitalize()}' matters most"
    )


def test_ranges_of_scores_and_ranks_tell_their_medians_not_their_ends(shipped: Survey) -> None:
    doubt = rdpscore.measure_uncertainty(shipped, n_draws=200, seed=1)
    last = doubt.sources[-1]
    data, places = journals_picture(doubt), ranks_picture(doubt)
    widths = sorted(data.frame[f"{last}_high"] - data.frame[f"{last}_low"])
    steps = sorted(-data.frame["score"].diff().dropna())
    spans = sorted(places.frame[f"{last}_rank_high"] - places.frame[f"{last}_rank_low"])
    wide, step, span = (middle(v) for v in (widths, steps, spans))
    assert len({round(widths[0], 2), round(wide, 2), round(widths[-1], 2)}) == 3
    assert data.see == (
        f"The middle one of the ranges is {wide:.2f} wide; from a row to the next it is {step:.2f} (median)."
    )
    assert len({round(spans[0]), round(span), round(spans[-1])}) == 3
    assert f"wider than {span:.0f} of 171 places" in places.see
    means = publishers_picture(doubt)
    ends = means.frame[[f"{last}_low", f"{last}_high"]].to_numpy()
    meet = sum(ends[k][0] <= ends[k + 1][1] for k in range(len(ends) - 1))
    assert f"The ranges of {meet} of {len(ends) - 1} neighbours in the order overlap." in means.see


def middle(values: list[float]) -> float:
    """The median, by hand."""
    n = len(values)
    return values[n // 2] if n % 2 else (values[n // 2 - 1] + values[n // 2]) / 2


def test_the_commonest_kind_of_policies_is_the_one_with_most_journals(shipped: Survey) -> None:
    found = rdpscore.measure_heterogeneity(shipped, with_profiles=True, seed=1)
    assert found.profiles is not None
    sizes = [p.n_journals for p in found.profiles.profiles]
    assert len(set(sizes)) > 1
    assert f"the commonest has {max(sizes)} of 171" in policies_picture(shipped, found).see


# what a workbook lacks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "lacks"), [("0", None), ("1", "passage missing"), ("4", "passage missing")]
)
def test_a_passage_is_asked_for_whatever_was_found_and_not_for_the_lowest_answer(
    make: Make, tmp_path: Path, answer: str, lacks: str | None
) -> None:
    folder = make(sheet("publisher | c1", f"North | 0 0 {answer}"))
    assert cli("template", folder, "--coder", "c1", "--output", tmp_path / "c1.xlsx").status == 0
    shown = {}
    for values in (True, False):
        page = openpyxl.load_workbook(tmp_path / "c1.xlsx", data_only=values)["Coding"]
        heads = [cell.value for cell in page[1]]
        row = next(r for r in page.iter_rows(min_row=2, values_only=True) if "timing" in r)
        shown[values] = row[heads.index("Check")]
    assert (shown[True] or None) == lacks
    lowest = r'NOT\(SUMPRODUCT\(--\(INDEX\(known_timing_,1,0\)=\$?\w+&""\)\)>0\)'
    assert re.search(lowest, str(shown[False])), shown[False]
