"""Agreement, scoring lab, codebook, data and one's own survey in a real browser, on a real server."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from dashboard import go_to, server, settled
from odd_surveys import hostile
from playwright.sync_api import Browser, BrowserContext, Page, expect
from running import cli
from test_archive import zip_of

import rdpscore
from rdpscore.agreement.case_list import cases
from rdpscore.codebook.reading import matching
from rdpscore.codebook.schemes import edited
from rdpscore.survey import Survey
from rdpscore.uncertainty.rank_moves import moves

pytestmark = pytest.mark.browser

PAGES = ("agreement", "agreement?part=what", "agreement?part=cases", "lab", "codebook", "codebook?part=mapping",
         "data", "upload")  # fmt: skip
SIZES = ((1440, 1000), (390, 844))


def visitor(browser: Browser) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
    context.set_default_timeout(60_000)
    return context


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab of a visitor of its own."""
    context = visitor(browser)
    yield context.new_page()
    context.close()


def visit(page: Page, address: str) -> None:
    go_to(page, address)
    settled(page)


def saved(page: Page, name: str, nth: int = 0) -> Path:
    """What a button downloads."""
    with page.expect_download() as found:
        page.get_by_role("button", name=name, exact=True).nth(nth).click()
    return Path(found.value.path())


@pytest.mark.parametrize("size", SIZES, ids=["wide", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_without_a_fault(page: Page, dashboard: str, path: str, size: tuple[int, int]) -> None:
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    visit(page, f"{dashboard}/{path}")
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    expect(page.get_by_text("It says nothing on practice").first).to_be_visible()


@pytest.mark.parametrize("path", ["agreement?part=cases", "lab", "upload"])
def test_hostile_names_do_nothing(page: Page, tmp_path: Path, path: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with server(hostile(tmp_path / "hostile")) as address:
        visit(page, f"{address}/{path}")
        if "cases" in path:
            grid = page.get_by_test_id("stDataFrame").first
            grid.scroll_into_view_if_needed()
            box = grid.bounding_box()
            assert box is not None
            page.mouse.click(box["x"] + 18, box["y"] + 35 + 17)
            expect(page.get_by_role("columnheader", name="Passage")).to_be_visible()
        assert page.title() == "Research data policies"  # a script would have changed it
        assert page.locator("a[href^='javascript' i]").count() == 0
        assert page.locator("main img[src='x'], h3 strong, h3 a").count() == 0
        assert [u for u in asked if not u.startswith((address, "ws://127.0.0.1", "data:", "blob:"))] == []


# Agreement ----------------------------------------------------------------------------------------------


def test_a_disagreement_is_followed_to_what_was_said(page: Page, dashboard: str, shipped: Survey) -> None:
    first = cases(shipped).query("item == 'data_timing' and publisher == 'ACS'").iloc[0]
    visit(page, f"{dashboard}/agreement?part=cases&item=data_timing&publisher=ACS")
    grid = page.get_by_test_id("stDataFrame").first
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 18, box["y"] + 35 + 17)  # the box at the first row, below the heads
    expect(page.get_by_role("heading", name=f"{first['title']}: ")).to_be_visible()
    expect(page.get_by_role("cell", name="c1", exact=True)).to_be_visible()
    page.get_by_role("link", name=f"All answers of {first['title']}").click()
    page.wait_for_url(re.compile(f"/journal.*journal={first['journal_id']}"))


# The scoring lab ----------------------------------------------------------------------------------------


def slide(page: Page, name: str, value: float) -> None:
    """Move a slider by its keys until it stays: what is drawn anew meanwhile may put it back."""
    slider = page.get_by_role("slider", name=name)
    for _ in range(200):
        now = float(slider.input_value())
        if abs(now - value) < 1e-9:
            settled(page)
            if abs(float(slider.input_value()) - value) < 1e-9:
                return
        else:
            slider.press("ArrowRight" if now < value else "ArrowLeft")
    raise AssertionError(f"the slider {name} does not stay at {value}")


def test_the_lab_answers_a_slider_saves_the_scheme_and_the_address_restores_it(
    page: Page, dashboard: str, shipped: Survey
) -> None:
    visit(page, f"{dashboard}/lab")
    slide(page, "Data sharing", 2.0)
    page.wait_for_url(re.compile("lab=data_sharing%3D2"))
    settled(page)
    base = shipped.codebook.scheme()
    scheme, _ = edited(base, shipped.codebook, weights={"data_sharing": 2.0})
    assert scheme is not None
    found = moves(shipped, base, scheme)
    metric = page.get_by_test_id("stMetric").filter(has_text="Journals that move")
    expect(metric).to_contain_text(str(found.n_moved))
    path = saved(page, "Save the scheme (YAML)")
    file = path.with_suffix(".yaml")
    file.write_bytes(path.read_bytes())
    run = cli("score", "--scheme", file, "--json")
    assert run.status == 0
    assert run.json()["result"]["mean"] == pytest.approx(found.mean_after)
    again = page.context.new_page()
    visit(again, page.url)
    expect(again.get_by_test_id("stMetric").filter(has_text="Journals that move")).to_contain_text(
        str(found.n_moved)
    )


def test_the_lab_loads_a_scheme_and_all_pages_use_it(page: Page, dashboard: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("codebook: materials-science\nid: mine\ntitle: A scheme of mine\nby: dimensions\n")
    visit(page, f"{dashboard}/lab")
    page.get_by_role("button", name="Load a scheme").click()
    page.locator("input[type=file]").set_input_files(file)
    page.wait_for_url(re.compile("by%3Ddimensions"))
    page.keyboard.press("Escape")
    settled(page)
    page.get_by_role("button", name="Score all pages by it").click()
    expect(page.get_by_text("scores by A scheme of mine").first).to_be_visible()
    page.get_by_role("link", name="Publishers").click()
    expect(page.get_by_text("scores by A scheme of mine").first).to_be_visible()


# Codebook and data --------------------------------------------------------------------------------------


def test_the_codebook_is_searched_and_saved_for_printing(page: Page, dashboard: str, shipped: Survey) -> None:
    visit(page, f"{dashboard}/codebook")
    page.get_by_label("Search").fill("linting")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("words=linting"))
    settled(page)
    n = len(matching(shipped.codebook, "linting"))
    expect(page.get_by_text(f"{n} of 19 items")).to_be_visible()
    text = saved(page, "Codebook to print (HTML)").read_text(encoding="utf-8")
    assert "Code linting" in text
    assert "<script" not in text


def test_tables_are_downloaded_and_are_the_results(page: Page, dashboard: str) -> None:
    visit(page, f"{dashboard}/data?publisher=RSC&scheme=published")
    survey = rdpscore.load()
    from rdpscore.survey.filters import Filter

    expected = rdpscore.score(Filter(publisher=("RSC",)).apply(survey), "published").journals
    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV").read_text(encoding="utf-8-sig"))))
    assert [r["journal_id"] for r in rows] == expected["journal_id"].tolist()
    assert [float(r["score"]) for r in rows] == pytest.approx(expected["score"].tolist())
    book = openpyxl.load_workbook(io.BytesIO(saved(page, "XLSX").read_bytes()))
    assert book.sheetnames == ["journals", "publishers"]
    assert book["journals"].max_row == len(expected) + 1
    found = json.loads(saved(page, "JSON", 1).read_text(encoding="utf-8"))
    agreement = rdpscore.measure_agreement(Filter(publisher=("RSC",)).apply(survey))
    assert found["result"]["overall"]["percent"] == pytest.approx(agreement.overall.percent)


# One's own survey ---------------------------------------------------------------------------------------


def upload(page: Page, dashboard: str, file: Path) -> None:
    visit(page, f"{dashboard}/upload")
    page.locator("input[type=file]").set_input_files(file)
    settled(page)


def test_a_good_survey_is_seen_by_its_visitor_only(
    page: Page, browser: Browser, dashboard: str, folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "mine.zip"
    file.write_bytes(zip_of(folder, "mine/"))
    upload(page, dashboard, file)
    page.get_by_role("button", name="Show it on all pages").click()
    expect(page.get_by_text("A small survey: 3 journals").first).to_be_visible()
    other = visitor(browser)
    stranger = other.new_page()
    for name in ("Agreement", "Scoring lab", "Codebook", "Data", "Overview"):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_text("A small survey: 3 journals").first).to_be_visible()
        expect(page.get_by_text("It says nothing on practice").first).to_be_visible()
        settled(page)
        visit(stranger, page.url)
        expect(stranger.get_by_text("171 journals").first).to_be_visible()
        assert "A small survey" not in stranger.content()
    other.close()
    page.get_by_role("button", name="Back to the survey that is served").click()
    expect(page.get_by_text("171 journals").first).to_be_visible()


def test_a_broken_survey_is_told_of_and_not_shown(
    page: Page, dashboard: str, folder: Path, tmp_path: Path
) -> None:
    text = (folder / "codings.csv").read_text(encoding="utf-8").replace("alpha,c1,data,2", "alpha,c1,data,7")
    (folder / "codings.csv").write_text(text, encoding="utf-8")
    problem = next(iter(rdpscore.validate(folder).problems.errors))
    file = tmp_path / "mine.zip"
    file.write_bytes(zip_of(folder))
    upload(page, dashboard, file)
    expect(page.get_by_text("It cannot be shown yet")).to_be_visible()
    expect(page.get_by_text(f"{problem.place}: {problem.what}")).to_be_visible()
    expect(page.get_by_role("button", name="Show it on all pages")).to_have_count(0)


def test_a_file_of_300_megabytes_is_refused(page: Page, dashboard: str, tmp_path: Path) -> None:
    file = tmp_path / "large.zip"
    with file.open("wb") as stream:
        stream.truncate(300_000_000)
    upload(page, dashboard, file)
    expect(page.get_by_text(re.compile("must be 50.*MB or smaller"))).to_be_visible()
    expect(page.get_by_text("171 journals").first).to_be_visible()
