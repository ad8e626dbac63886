"""Every page with every odd survey, and with ten thousand journals: no exception, nothing long without a button."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from dashboard import faults, opened, words
from odd_surveys import HOSTILE, ODD, hostile, large

PAGES: dict[str, tuple[str, ...]] = {
    "overview": ("",),
    "journals": ("",),
    "journal": ("",),
    "publishers": ("",),
    "agreement": ("how", "what", "cases"),
    "predictors": ("what", "rests", "choices", "naive", "where"),
    "lab": ("",),
    "codebook": ("items", "mapping", "schemes", "reasons"),
    "data": ("",),
    "compare": ("",),
    "upload": ("",),
}
"""Page → its parts."""
PARTS = [(page, part) for page, parts in PAGES.items() for part in parts]
TESTED = ("overview", "journals", "journal", "publishers", "predictors")
"""Pages whose own tests open every odd survey."""
AT_MOST = 60.0


def query_of(page: str, part: str, journals: tuple[str, ...] = ("j0", "j1")) -> dict[str, str | list[str]]:
    asked: dict[str, str | list[str]] = {"part": part} if part else {}
    return asked | {"journal": journals[0], "with": list(journals[1:])} if page == "journal" else asked


def test_every_page_is_here() -> None:
    import sys

    from dashboard import APP

    sys.path.insert(0, str(APP))
    from board.pages import PAGES as REGISTERED

    assert set(PAGES) == {e.name for e in REGISTERED}


@pytest.mark.parametrize(("page", "part"), [p for p in PARTS if p[0] not in TESTED])
@pytest.mark.parametrize("name", ODD)
def test_no_page_shows_an_exception_for_an_odd_survey(
    page: str, part: str, name: str, odd: Callable[[str], Path]
) -> None:
    with opened(page, odd(name), query_of(page, part)) as at:
        assert faults(at) == []
        assert "It says nothing on practice" in words(at)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.getbasetemp() / "large"
    return base if base.exists() else large(base)


@pytest.mark.slow
@pytest.mark.parametrize(("page", "part"), PARTS)
def test_ten_thousand_journals_bring_no_exception_and_nothing_long_without_a_button(
    page: str, part: str, many: Path
) -> None:
    with opened("data", many):  # reads the survey, which the server does before it answers
        pass
    start = time.process_time()
    with opened(page, many, query_of(page, part, ("jacs-3", "nature-1"))) as at:
        assert faults(at) == []
        assert "10,000 journals" in words(at)
        assert time.process_time() - start < AT_MOST
        asked = [b for b in at.button if str(b.key).startswith("ask_")]
    assert bool(asked) == (page in ("predictors", "overview", "journals"))


# Hostile text -------------------------------------------------------------------------------------------

ESCAPED = re.compile(r"(?<!\\)(<script|<img|\]\(java|\*\*bold)|\u202e")


@pytest.mark.parametrize(("page", "part"), PARTS)
def test_hostile_names_reach_no_place_that_would_run_them(page: str, part: str, tmp_path: Path) -> None:
    with opened(page, hostile(tmp_path / "hostile"), query_of(page, part, ("j0", "j1", "j5"))) as at:
        assert faults(at) == []
        html = [e.proto.body for e in at.get("html")]
        kinds = ("markdown", "subheader", "title", "caption", "info", "warning", "error")
        read = [e.value for kind in kinds for e in at.get(kind)]
    assert not [h for h in html if "<script" in h or "<img" in h or "<b>" in h or 'href="javascript' in h]
    assert not [m for m in read if ESCAPED.search(m)]
    assert HOSTILE["long"] not in " ".join([*html, *read])
