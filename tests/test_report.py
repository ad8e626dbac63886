"""Blocks of reports, and how they are shown."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from rdpscore.report import Facts, Gap, Heading, Note, Sentence
from rdpscore.report.blocks import Block, table
from rdpscore.report.terminal import show


def shown(*blocks: Block, width: int = 60) -> list[str]:
    out = io.StringIO()
    show(blocks, Console(file=out, width=width, markup=False, highlight=False, color_system=None))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_blocks_stand_below_each_other_and_only_a_gap_makes_air() -> None:
    assert shown(Heading("Title"), Sentence("One."), Gap(), Note("Two.", indent=1)) == [
        "Title",
        "One.",
        "",
        "  Two.",
    ]


def test_what_does_not_fit_goes_on_under_the_text_and_not_under_its_mark() -> None:
    assert shown(
        Sentence("→ one two three four", indent=1), Sentence("five six seven", indent=1), width=14
    ) == [
        "  → one two",
        "    three four",
        "  five six",
        "  seven",
    ]


def test_a_share_is_drawn_as_a_bar() -> None:
    found = table(("Coder", "Done"), [("ana", "0.5"), ("ben", "1.0")], bars=("Done",))
    assert shown(found)[1:] == ["ana    ##########..........", "ben    ####################"]


def test_names_of_facts_align() -> None:
    assert shown(Facts((("Journals", "171"), ("Publishers", "17")))) == ["Journals    171", "Publishers  17"]


def test_numbers_of_a_table_align_at_the_right_and_short_rows_end_blank() -> None:
    found = table(("Publisher", "Mean"), [("ACS", "0.5"), ("Wiley", "10.25"), ("rest",)], ("Mean",))
    assert shown(found) == ["Publisher   Mean", "ACS          0.5", "Wiley      10.25", "rest"]


def test_a_cell_that_does_not_fit_is_broken_and_not_cut() -> None:
    assert "".join(shown(table(("A",), [("x" * 80,)]), width=20)[1:]) == "x" * 80


def test_text_of_a_survey_is_neither_markup_nor_a_command_to_the_terminal() -> None:
    lines = shown(Sentence("[bold]a[/bold] \x1b[31mred\x07"), table(("\x1b]0;h\x07",), [("\x9bcell",)]))
    assert "[bold]a[/bold]" in lines[0]
    assert not set("\x1b\x07\x9b") & set("".join(lines))


def test_a_table_refuses_rows_and_columns_that_it_has_no_head_for() -> None:
    with pytest.raises(ValueError, match="3 cells under 2 heads"):
        table(("A", "B"), [("1", "2", "3")])
    with pytest.raises(ValueError, match="no column is headed C"):
        table(("A", "B"), [], ("C",))
