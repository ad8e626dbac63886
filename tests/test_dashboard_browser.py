"""The dashboard in a real browser, on a real server."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from dashboard import go_to, server, settled
from odd_surveys import hostile
from playwright.sync_api import Browser, Page, expect

import rdpscore
from rdpscore.uncertainty.journal_list import listing

pytestmark = pytest.mark.browser

PAGES = ("overview", "journals", "journal?journal=jacs", "publishers", "predictors", "predictors?part=rests",
         "predictors?part=choices", "predictors?part=naive", "predictors?part=where", "compare")  # fmt: skip
SIZES = ((1440, 1000), (390, 844))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab of a visitor of its own, wide."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def visit(page: Page, address: str) -> None:
    go_to(page, address)
    settled(page)


@pytest.mark.parametrize("size", SIZES, ids=["wide", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_without_a_fault(page: Page, dashboard: str, path: str, size: tuple[int, int]) -> None:
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    visit(page, f"{dashboard}/{path}")
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]  # nothing is cut off at the right
    expect(page.get_by_text("It says nothing on practice").first).to_be_visible()


def test_a_filter_goes_into_the_address_and_comes_back_from_it(page: Page, dashboard: str) -> None:
    visit(page, dashboard)
    page.get_by_role("combobox", name="Publisher").first.fill("RSC")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")  # the open list hides the rest of the page from assistive technology
    expect(page.get_by_text("9 of 171 journals").first).to_be_visible()
    settled(page)
    assert "publisher=RSC" in page.url
    page.get_by_role("link", name="Publishers").click()  # the filter goes with the visitor
    page.wait_for_url(re.compile(r"/publishers.*publisher=RSC"))
    settled(page)
    shared = page.url
    again = page.context.new_page()
    visit(again, shared)
    expect(again.get_by_text("9 of 171 journals").first).to_be_visible()


def test_a_filter_that_means_nothing_is_told(page: Page, dashboard: str) -> None:
    visit(page, f"{dashboard}/journals?publisher=Nobody")
    expect(page.get_by_text("No journal has the publisher “Nobody”; it was ignored.")).to_be_visible()


def test_a_deep_link_leads_to_a_journal_and_is_restored(page: Page, dashboard: str) -> None:
    visit(page, f"{dashboard}/journal?journal=polymers&with=nature")
    expect(page.get_by_role("heading", name="Polymers", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("the same answer on \\d+ of 17 items"))).to_be_visible()
    assert "journal=polymers" in page.url
    assert "with=nature" in page.url


def test_a_point_leads_to_its_journal(page: Page, dashboard: str) -> None:
    visit(page, f"{dashboard}/?publisher=Springer+Nature")
    plot = page.locator(".js-plotly-plot").first
    plot.scroll_into_view_if_needed()
    marks = plot.locator(".scatterlayer .trace").nth(1).locator(".point")
    expect(marks.first).to_be_visible()
    box = marks.last.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("heading", name="The journal of this mark")).to_be_visible()
    page.get_by_role("link", name="Scientific Data").click()
    page.wait_for_url(re.compile("/journal\\?.*journal=scientific-data"))
    settled(page)
    expect(page.get_by_role("heading", name="Scientific Data", exact=True)).to_be_visible()


def test_the_table_of_journals_is_downloaded_and_is_the_table(page: Page, dashboard: str) -> None:
    visit(page, f"{dashboard}/journals")
    with page.expect_download() as found:
        page.get_by_role("button", name="Table (CSV)").click()
    assert found.value.suggested_filename == "journals.csv"
    rows = list(csv.DictReader(io.StringIO(Path(found.value.path()).read_text(encoding="utf-8-sig"))))
    expected = listing(rdpscore.score(rdpscore.load()))
    assert [r["journal_id"] for r in rows] == expected["journal_id"].tolist()
    assert [float(r["score"]) for r in rows] == pytest.approx(expected["score"].tolist())


def test_a_figure_and_its_data_are_downloaded_and_hold_the_same(page: Page, dashboard: str) -> None:
    visit(page, f"{dashboard}/publishers")
    page.get_by_text("Table and downloads").nth(1).click()
    settled(page)
    with page.expect_download() as found:
        page.get_by_role("button", name="Data (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(Path(found.value.path()).read_text(encoding="utf-8-sig"))))
    assert found.value.suggested_filename == "uniformity-of-publishers.csv"
    assert sum(int(r["n_journals"]) for r in rows) == 171
    with page.expect_download() as found:
        page.get_by_role("button", name="Figure (HTML)").click()
    text = Path(found.value.path()).read_text(encoding="utf-8")
    assert "<h1>How uniform are the journals of a publisher?</h1>" in text
    inside = page.context.new_page()
    inside.set_content(text)
    bars = inside.evaluate("document.querySelector('.js-plotly-plot').data.map(t => Array.from(t.x ?? []))")
    assert json.dumps(bars) != "[]"
    inside.close()


def test_the_camera_saves_a_picture(page: Page, dashboard: str) -> None:
    visit(page, f"{dashboard}/publishers")
    page.locator(".js-plotly-plot").first.hover()
    with page.expect_download() as found:
        page.locator(".js-plotly-plot").first.locator("[data-title*='Download plot']").click()
    assert found.value.suggested_filename == "profiles-of-publishers.svg"
    assert Path(found.value.path()).read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("path", ["", "journals", "journal?journal=j0&with=j1&with=j2&with=j5", "publishers"])
def test_hostile_names_do_nothing_in_a_browser(page: Page, tmp_path: Path, path: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with server(hostile(tmp_path / "hostile")) as address:
        visit(page, f"{address}/{path}")
        assert page.title() == "Research data policies"  # a script would have changed it
        assert page.locator("a[href^='javascript' i]").count() == 0
        assert page.locator("main img[src='x'], h3 strong, h3 a").count() == 0
        assert [
            u for u in asked if not u.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:"))
        ] == []
        assert [u for u in asked if "x.png" in u] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 1440


def test_nothing_is_loaded_from_elsewhere(page: Page, dashboard: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visit(page, dashboard)
    assert [u for u in asked if not u.startswith((dashboard, "ws://127.0.0.1", "data:", "blob:"))] == []


HOSTILE_PAGES = (
    "agreement?part=what", "agreement?part=cases", "predictors", "predictors?part=rests", "predictors?part=naive",
    "predictors?part=where", "lab", "codebook?part=items", "codebook?part=schemes", "data", "compare", "upload",
)  # fmt: skip


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard of a survey whose every text is an attack."""
    with server(hostile(tmp_path_factory.mktemp("attack") / "hostile")) as address:
        yield address


@pytest.mark.parametrize("path", HOSTILE_PAGES)
def test_hostile_texts_do_nothing_on_the_other_pages(page: Page, attacked: str, path: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
    visit(page, f"{attacked}/{path}")
    assert page.title() == "Research data policies"
    assert page.locator("a[href^='javascript' i]").count() == 0
    assert page.locator("main img[src='x'], main h3 strong, main .said a, main .sheet b").count() == 0
    assert [u for u in asked if not u.startswith((attacked, "ws://127.0.0.1", "data:", "blob:"))] == []
    assert [u for u in asked if "x.png" in u] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
