"""The dashboard in a real browser on this machine: how long a visitor waits, and twenty visitors at once.

A server is started on loopback for the shipped survey and for 10,000 journals, copies of them; headless Chromium visits
it. *Server answers*: from starting the command, which reads and checks the survey, to its first answer. *First
figure*: from opening the address in a fresh browser to the first figure that is drawn; of the first visitor, for whom
everything is computed, and of the next. *Page ready*: until nothing runs any more. *Page change*: from the click on a
link to the other page being ready, the first time and again. *Filter change*: from choosing an access model to the page
being ready, the first time and, with the result remembered, again. *Weight change*: from pressing a key on a slider of
the scoring lab to the scores under the new weight. All but the first times are medians.

*Visitors at once*: 20 sessions, each in a browser context of its own, all of which open another page at the same
moment, again and again for a minute; any box of an exception, error of a script or answer of 500 and above counts. The
server's memory before, at the end, and at its highest. Twenty browsers share the processor with the server, so their
seconds say little; the errors and the memory are what counts.

Needs the test dependencies and Chromium (RDPSCORE_CHROMIUM, else /usr/bin/chromium). It stops by itself.

    python benchmarks/dashboard.py              # some five minutes, 3 GB
    python benchmarks/dashboard.py --quick      # the shipped survey, 4 sessions for ten seconds; half a minute
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from _timing import machine, median, show

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from dashboard import chromium, go_to, serving, settled
from odd_surveys import large
from playwright.sync_api import Browser, Page

SIZE = {"width": 1440, "height": 1000}
TOUR = ("Publishers", "Agreement", "Journals", "Scoring lab", "Codebook", "Overview")
DRAWN = "() => !!document.querySelector('.js-plotly-plot .main-svg')"
FIRST_AIM, AIMS = 3.0, {"shipped": 0.5, "large": 2.0}


def main() -> int:
    parser = argparse.ArgumentParser(description="The dashboard in a browser: waiting times, many visitors.")
    parser.add_argument("--quick", action="store_true", help="the shipped survey and few visitors")
    parser.add_argument("--runs", type=int, default=5, help="repeated measurements (default: 5)")
    parser.add_argument("--sessions", type=int, default=20, help="visitors at once (default: 20)")
    parser.add_argument("--seconds", type=int, default=60, help="how long they stay (default: 60)")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.runs, arguments.sessions, arguments.seconds = 2, 4, 10
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        columns = {"171": waits(browser, None, arguments.runs, AIMS["shipped"])}
        if not arguments.quick:
            columns["10,000"] = waits(browser, large(Path(folder) / "large"), arguments.runs, AIMS["large"])
        names = next(iter(columns.values()))
        print("\nSeconds that a visitor waits")
        show(
            [["", *(f"{n} journals" for n in columns), *("aim" for _ in columns)]]
            + [[n, *(c[n][0] for c in columns.values()), *(c[n][1] for c in columns.values())] for n in names]
        )
        return crowd(browser, arguments.sessions, arguments.seconds)


# One visitor --------------------------------------------------------------------------------------------


def waits(browser: Browser, survey: Path | None, runs: int, aim: float) -> dict[str, tuple[str, str]]:
    """What is measured → seconds, and what they should be at most."""
    found: dict[str, tuple[str, str]] = {}

    def add(name: str, seconds: float | list[float], most: float | None = None) -> None:
        taken = median(seconds) if isinstance(seconds, list) else seconds
        found[name] = (f"{taken:.2f}", f"{most:g}" if most is not None else "")
        print(f"  {name}: {taken:.2f}", file=sys.stderr, flush=True)

    start = time.perf_counter()
    with serving(survey) as (address, _):
        add("server answers", time.perf_counter() - start)
        firsts = []
        for k in range(runs):
            with visitor(browser) as page:
                figure, ready = opening(page, address)
            if k == 0:
                add("first figure, first visitor", figure, FIRST_AIM)
                add("page ready, first visitor", ready)
            else:
                firsts.append((figure, ready))
        add("first figure, next visitors", [f for f, _ in firsts], FIRST_AIM)
        add("page ready, next visitors", [r for _, r in firsts])
        with visitor(browser) as page:
            opening(page, address)
            turns = [{name: to_page(page, name) for name in TOUR} for _ in range(runs)]
            add("page change, first time", [turns[0][n] for n in TOUR], aim)
            add("slowest of them", max(turns[0].values()))
            add("page change, again", [turn[n] for turn in turns[1:] for n in TOUR], aim)
            first, again = [], []
            for k in range(runs):
                (first if k == 0 else again).append(filtered(page))
                page.keyboard.press("Escape")  # an open list hides the rest from roles
                page.get_by_role("button", name="Clear the filter").click()
                page.get_by_role("button", name="Clear the filter").wait_for(state="detached")
                settled(page)
            add("filter change, first time", first, aim)
            add("filter change, again", again, aim)
            to_page(page, "Scoring lab")
            add("weight change in the lab", [weighed(page) for _ in range(2 * runs)], aim)
    return found


@contextmanager
def visitor(browser: Browser) -> Iterator[Page]:
    """A tab of a browser that has seen nothing yet."""
    context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
    context.set_default_timeout(300_000)
    yield context.new_page()
    context.close()


def opening(page: Page, address: str) -> tuple[float, float]:
    """Seconds to the first figure, and until nothing runs."""
    start = time.perf_counter()
    go_to(page, address, wait_until="commit")
    page.wait_for_function(DRAWN)
    figure = time.perf_counter() - start
    settled(page, 300)
    return figure, time.perf_counter() - start


def timed(page: Page, act: Callable[[], object], done: Callable[[], object]) -> float:
    """Seconds from an act to its result, and until nothing runs any more."""
    start = time.perf_counter()
    act()
    done()
    settled(page, 300)
    return time.perf_counter() - start


def to_page(page: Page, name: str) -> float:
    link = page.get_by_test_id("stSidebarNavLink").filter(has_text=re.compile(f"^{name}$"))
    title = page.get_by_role("heading", name=name, exact=True, level=1)
    return timed(page, link.click, title.wait_for)


def filtered(page: Page) -> float:
    """Choose hybrid journals."""
    box = page.get_by_role("combobox", name="Access model").first
    box.fill("hybrid")
    said = page.get_by_text(re.compile(r"\d of [\d,]+ journals")).first
    return timed(page, lambda: page.keyboard.press("Enter"), said.wait_for)


def weighed(page: Page) -> float:
    """Move a slider of the lab by a step."""
    slider = page.get_by_role("slider", name="Data sharing")
    slider.focus()
    before = page.url
    return timed(
        page,
        lambda: page.keyboard.press("ArrowRight"),
        lambda: page.wait_for_function("before => location.href !== before", arg=before),
    )


# Many visitors ------------------------------------------------------------------------------------------


def crowd(browser: Browser, sessions: int, seconds: int) -> int:
    """All sessions change pages at the same moment until the time is over; how many errors there were."""
    faults: list[str] = []

    def answered(response: Any) -> None:
        if response.status >= 500:
            faults.append(f"{response.status} {response.url}")

    with serving() as (address, pid):
        before = memory(pid)
        pages = []
        for _ in range(sessions):
            page = browser.new_context(viewport=SIZE).new_page()  # type: ignore[arg-type]
            page.set_default_timeout(300_000)
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("response", answered)
            go_to(page, address, wait_until="commit")
            pages.append(page)
        turns, rounds = 0, []
        end = time.monotonic() + seconds
        while time.monotonic() < end or not rounds:
            start = time.perf_counter()
            for k, page in enumerate(pages):
                name = TOUR[(k + turns) % len(TOUR)]
                page.get_by_test_id("stSidebarNavLink").filter(has_text=re.compile(f"^{name}$")).click()
            for k, page in enumerate(pages):
                name = TOUR[(k + turns) % len(TOUR)]
                page.get_by_role("heading", name=name, exact=True, level=1).wait_for()
                try:
                    settled(page, 300)
                except AssertionError:
                    faults.append(f"the box of an exception on {name}")
            rounds.append(time.perf_counter() - start)
            turns += 1
        after, highest = memory(pid), memory(pid, "VmHWM")
        for page in pages:
            page.context.close()
    print(
        f"\n{sessions} sessions at once for {seconds} seconds: {turns * sessions} pages opened, {len(faults)} errors"
    )
    print(f"a round of {sessions} pages takes {median(rounds):.1f} s, browsers included")
    print(
        f"memory of the server: {before:.0f} MB before, {after:.0f} MB at the end, {highest:.0f} MB at its highest"
    )
    for fault in faults[:10]:
        print(f"  {fault}")
    return int(bool(faults))


def memory(pid: int, field: str = "VmRSS") -> float:
    """Megabytes of a process; NaN where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return float("nan")
    return next((int(line.split()[1]) / 1e3 for line in lines if line.startswith(f"{field}:")), float("nan"))


if __name__ == "__main__":
    raise SystemExit(main())
