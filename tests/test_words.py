"""Numbers, counts and lists in words."""

from __future__ import annotations

import pytest

from rdpscore.words import (
    between,
    cut,
    groups_word,
    journals_of,
    listed,
    lower_first,
    number,
    p_value,
    percent,
    plural,
    signed,
    span,
    with_publisher,
)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (percent(0.774), "77 %"),
        (percent(None), "–"),
        (number(-0.004), "0.00"),
        (number(-0.006), "−0.01"),
        (number(float("nan")), "–"),
        (signed(0.07), "+0.070"),
        (signed(-0.031), "−0.031"),
        (signed(0.0001), "0.000"),
        (signed(None), "–"),
        (between(0.211, 0.334), "0.21 to 0.33"),
        (between(-0.5, 0.5, 1, to="–"), "−0.5–0.5"),
        (between(None, 1.0), "–"),
        (span(3, 7), "3–7"),
        (span("0.50", "0.50"), "0.50"),
        (p_value(0.0009), "<0.001"),
        (p_value(0.001), "0.001"),
        (p_value(0.05349), "0.053"),
        (plural(1, "policy"), "1 policy"),
        (plural(1200, "policy"), "1,200 policies"),
        (plural(0, "journal"), "0 journals"),
        (listed([]), ""),
        (listed(["A"]), "A"),
        (listed("ABCD"), "A, B, C and D"),
        (listed("ABCDE"), "A, B, C and 2 others"),
        (listed("ABCDE", 5, "or"), "A, B, C, D or E"),
        (journals_of(7, "RSC"), "7 journals of RSC"),
        (journals_of(1, None), "1 journal without a publisher"),
        (with_publisher("Soft Matter", "RSC"), "Soft Matter (RSC)"),
        (with_publisher("Soft Matter", None), "Soft Matter (no publisher)"),
        (cut("abcdef", 6), "abcdef"),
        (cut("abcdefg", 6), "abcde…"),
        (lower_first("Open data"), "open data"),
        (lower_first("FAIR data"), "FAIR data"),
        (groups_word("publisher", 1), "publisher"),
        (groups_word("discipline"), "groups (discipline)"),
    ],
)
def test_as_people_read_it(said: str, text: str) -> None:
    assert said == text
