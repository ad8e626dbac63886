"""Text of a survey as text: nothing of it is markup, code, or turns the text around it."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd_surveys import HOSTILE

from rdpscore.files.texts import JOINER, as_html, as_markdown, plain, safe_address


@given(st.text())
def test_plain_text_is_one_line_without_controls(text: str) -> None:
    found = plain(text)
    assert found.isprintable() or all(c.isprintable() or c.isspace() or ord(c) > 127 for c in found)
    assert "\n" not in found
    assert not set(found) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
    assert plain(found) == found


@given(st.text())
def test_html_reads_back_as_the_plain_text(text: str) -> None:
    made = as_html(text)
    assert not set(made) & set("<>\"'")
    assert html.unescape(made) == plain(text)


@given(st.text())
def test_every_mark_of_markdown_is_escaped(text: str) -> None:
    made = as_markdown(text)
    k = 0
    while k < len(made):
        if made[k] == "\\":
            k += 2
            continue
        assert not (made[k].isascii() and not made[k].isalnum() and not made[k].isspace())
        k += 1
    assert made.replace("\\", "").replace(JOINER, "") == plain(text).replace("\\", "").replace(JOINER, "")


def test_shortened_text_says_so() -> None:
    assert plain(HOSTILE["long"], 20) == "Annals of very long…"
    assert len(plain(HOSTILE["long"], 100)) <= 100
    assert plain(None) == ""


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=c#d", "http://example.org", "HTTPS://EXAMPLE.ORG/"]
)
def test_an_address_of_the_web_is_a_link(address: str) -> None:
    assert safe_address(address) == address


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "ftp://x", "//example.org", "https://a b", 'https://a"onclick="', None,
     "", "file:///etc/passwd", "java\nscript:alert(1)"],
)  # fmt: skip
def test_nothing_else_is(address: str | None) -> None:
    assert safe_address(address) is None
