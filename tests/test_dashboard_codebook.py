"""The page of the codebook: found by words, mapped, printable."""

from __future__ import annotations

from pathlib import Path

import pytest
from dashboard import faults, opened, words
from odd_surveys import ODD
from tables import SMALL_CODEBOOK, write_survey

import rdpscore
from rdpscore.codebook.reading import (
    applies,
    mapping_frame,
    matching,
    options_frame,
    pieces,
    printable,
    rules,
)
from rdpscore.files.texts import as_html
from rdpscore.survey import Survey

PARTS = ("items", "mapping", "schemes", "reasons")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_opens(part: str) -> None:
    with opened("codebook", None, {"part": part}) as at:
        assert faults(at) == []
        assert "It says nothing on practice" in words(at)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", ODD)
def test_no_part_shows_an_exception_for_an_odd_survey(part: str, name: str, tmp_path: Path) -> None:
    with opened("codebook", ODD[name](tmp_path / name), {"part": part}) as at:
        assert faults(at) == []


def test_all_questions_options_and_guidance_are_there(shipped: Survey) -> None:
    with opened("codebook") as at:
        said = words(at)
    for item in shipped.codebook.items:
        assert as_html(item.question) in said, item.id
        for option in item.options:
            assert as_html(option.label) in said
            assert as_html(option.guidance) in said


def test_items_are_found_by_words(shipped: Survey) -> None:
    book = shipped.codebook
    by_hand = {i.id for i in book.items if "embargo" in i.model_dump_json().casefold()}
    assert by_hand
    assert {i.id for i in matching(book, "EMBARGO")} == by_hand
    assert matching(book, "") == tuple(book.items)
    assert matching(book, "embargo nosuchword") == ()
    assert {i.id for i in matching(book, "linting")} == {
        i.id for i in book.items if "linting" in f"{i.model_dump_json()}".casefold()
    }
    with opened("codebook", None, {"words": "embargo"}) as at:
        assert f"{len(by_hand)} of {len(book.items)} items" in words(at)
        at.text_input(key="choice_words").set_value("nosuchword").run()
        assert "No item has all of these words" in words(at)


def test_a_dimension_can_be_chosen(shipped: Survey) -> None:
    n = sum(i.dimension == "code" for i in shipped.codebook.items)
    with opened("codebook", None, {"dimension": "code"}) as at:
        assert f"{n} of 19 items" in words(at)


def test_tables_hold_each_option_and_each_term_once(shipped: Survey) -> None:
    book = shipped.codebook
    options = options_frame(book).dropna(subset=["code"])
    assert len(options) == sum(len(i.options) for i in book.items)
    assert set(options_frame(book)["item"]) == set(book.item_ids)
    mapping = mapping_frame(book)
    assert len(mapping) == sum(len(t) for i in book.items for t in i.maps_to.values())
    assert mapping["meaning"].notna().all()


HOSTILE = SMALL_CODEBOOK.replace("title: Policy\n", "title: <script>alert(1)</script>\n").replace(
    "Is there a policy?", "<img src=x onerror=alert(1)> **bold** [x](javascript:alert(1))"
)


def test_the_page_to_print_holds_everything_and_no_markup_of_a_codebook(
    tmp_path: Path, shipped: Survey
) -> None:
    import html

    page = printable(shipped.codebook)
    for item in shipped.codebook.items:
        assert html.escape(item.question) in page
        assert all(html.escape(o.label) in page for o in item.options)
    assert "src=" not in page
    assert "href=" not in page
    journals = "| journal_id | title | publisher |\n|-|-|-|\n| a | A | N |"
    codings = "| journal_id | coder | item | answer |\n|-|-|-|-|"
    folder = write_survey(tmp_path / "s", HOSTILE, journals=journals, codings=codings)
    hostile = printable(rdpscore.load(folder).codebook)
    assert "<script" not in hostile
    assert "<img" not in hostile
    with opened("codebook", folder) as at:
        assert faults(at) == []
        assert "<script" not in words(at)
        assert "<img" not in words(at)


def test_rules_of_schemes_and_conditions_are_said(shipped: Survey, folder: Path) -> None:
    book = shipped.codebook
    assert rules(book.scheme("by-dimension"))[0] == "Arithmetic mean of the dimension means."
    assert "divided by 19" in " ".join(rules(book.scheme("published")))
    small = rdpscore.load(folder).codebook
    assert applies(small, small.item("data")) == "Applies if “Policy” is yes (There is one)."
    assert applies(small, small.item("policy")) is None


def test_a_text_keeps_its_paragraphs_and_points() -> None:
    text = "First line\n  goes on.\n\nSecond.\n- one\n  more\n- two\n\nThird"
    assert pieces(text) == [
        (False, "First line goes on."),
        (False, "Second."),
        (True, "one more"),
        (True, "two"),
        (False, "Third"),
    ]
    assert pieces("") == []
