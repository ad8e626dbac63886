"""Every page against the rules of axe-core, light and dark: nothing serious that is ours to mend."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from dashboard import go_to, settled
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PAGES = (
    "overview", "journals", "journal?journal=jacs&with=nature", "publishers", "agreement", "agreement?part=what",
    "agreement?part=cases", "predictors", "predictors?part=rests", "predictors?part=choices", "predictors?part=naive",
    "predictors?part=where", "lab", "codebook", "codebook?part=mapping", "codebook?part=schemes", "data", "compare",
    "upload",
)  # fmt: skip
GRAVE = ("serious", "critical")
STREAMLITS: tuple[tuple[str, str, str], ...] = ()
"""Rule, what its selector holds, and why it is Streamlit's own; the list is in docs/dashboard.md, too."""
DOCS = Path(__file__).parents[1] / "docs" / "dashboard.md"


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A tab of a browser that asks for these colours."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, color_scheme=request.param)
    context.set_default_timeout(120_000)
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[dict[str, Any]]:
    """Serious and critical ones, one a place."""
    return [
        {"rule": v["id"], "target": " ".join(map(str, node["target"])), "html": node["html"],
         "said": node.get("failureSummary", "")}
        for v in Axe().run(page).response["violations"]
        if v["impact"] in GRAVE
        for node in v["nodes"]
    ]  # fmt: skip


def is_streamlits(found: dict[str, Any]) -> bool:
    return any(
        found["rule"] == rule and re.search(place, f"{found['target']} {found['html']}")
        for rule, place, _ in STREAMLITS
    )


@pytest.mark.parametrize("path", PAGES)
def test_nothing_serious_that_is_ours_to_mend(page: Page, dashboard: str, path: str) -> None:
    go_to(page, f"{dashboard}/{path}")
    settled(page)
    page.wait_for_timeout(300)  # a colour that fades in is measured as it ends
    assert [v for v in violations(page) if not is_streamlits(v)] == []


def test_a_fault_would_be_found(page: Page) -> None:
    other = page.context.new_page()
    other.set_content(
        "<html lang='en'><title>t</title><main><h1>t</h1><img src='data:,'><button></button></main>"
    )
    assert {"image-alt", "button-name"} <= {v["rule"] for v in violations(other)}
    other.close()


def test_what_is_streamlits_is_listed_in_the_docs() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for rule, _, _ in STREAMLITS:
        assert f"`{rule}`" in text
