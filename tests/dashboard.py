"""Pages of the dashboard in this process, and a real server of it, for tests."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import urlsplit

from rdpscore.cli.dashboard import SURVEY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[1] / "app"
LONG = 120
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
             "--disable-component-update", "--disable-sync")  # fmt: skip


@contextmanager
def opened(
    page: str, survey: Path | None = None, query: Mapping[str, str | list[str]] | None = None
) -> Iterator[AppTest]:
    """A page of a survey, run once; further runs belong inside the context, which names the survey.

    Use ``at.session_state`` before ``at.run()`` for what another page left there.
    """
    from streamlit.testing.v1 import AppTest

    scan_once()
    script = f"import sys\nsys.path.insert(0, {str(APP)!r})\nfrom board.shell import main\nmain({page!r})\n"
    at = AppTest.from_string(script, default_timeout=LONG)
    for name, value in (query or {}).items():
        at.query_params[name] = value
    with patch.dict(os.environ, {SURVEY: str(survey or "")}):
        yield at.run()


@cache
def scan_once() -> None:
    """Streamlit looks for components of other packages once a process, as a server does, and not at every page.

    It reads the metadata of all that is installed, which takes longer than most pages.
    """
    from streamlit.components.v2 import manifest_scanner

    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def words(at: AppTest) -> str:
    """All text of a page, widgets' labels aside."""
    return " ".join(str(getattr(e, "value", "")) for kind in TEXTS for e in at.get(kind)) + " ".join(
        e.proto.body for e in at.get("html")
    )


TEXTS = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "metric", "text")


def asked(at: AppTest, name: str) -> list[str]:
    """The values of a parameter of the address."""
    found = at.query_params.get(name, [])
    return [found] if isinstance(found, str) else list(found)


def faults(at: AppTest) -> list[str]:
    """What the page would show in a box of an exception."""
    return [e.value for e in at.exception]


@contextmanager
def server(
    survey: Path | str | None = None,
    *flags: str,
    program: Sequence[str] = (sys.executable, "-m", "rdpscore"),
    cwd: Path | None = None,
    **environment: str,
) -> Iterator[str]:
    """The address of a dashboard in a process of its own, stopped at the end."""
    with serving(survey, *flags, program=program, cwd=cwd, **environment) as (address, _):
        yield address


@contextmanager
def serving(
    survey: Path | str | None = None,
    *flags: str,
    program: Sequence[str] = (sys.executable, "-m", "rdpscore"),
    cwd: Path | None = None,
    **environment: str,
) -> Iterator[tuple[str, int]]:
    """The same with the id of its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [*program, "dashboard", *([str(survey)] if survey else [])]
    process = subprocess.Popen(
        [*words, "--no-browser", "--port", str(port), *flags],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=cwd, env=os.environ | environment,
    )  # fmt: skip
    try:
        printed = told(process)
        address, _, token = printed.partition("/?token=")
        TOKENS[urlsplit(address).netloc] = token
        wait_for(address, process)
        yield address, process.pid
    finally:
        process.terminate()
        process.communicate(timeout=60)


TOKENS: dict[str, str] = {}
"""Host and port of each server that was started here → its token, or nothing."""


def told(process: subprocess.Popen[str]) -> str:
    """The address that the command prints.

    Raises
    ------
    AssertionError
        It ended without one.
    """
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://\S+", line)
        if found is not None:
            return found[0].rstrip("/")
    raise AssertionError(process.communicate()[0])


def with_token(address: str) -> str:
    """An address of a page, with the token of its server."""
    token = TOKENS.get(urlsplit(address).netloc)
    return f"{address}{'&' if '?' in address else '?'}token={token}" if token else address


def go_to(page: Page, address: str, **options: Any) -> None:
    """Open a page as a person does: with the token where the browser does not know the server yet."""
    port = urlsplit(address).port
    known = any(c["name"] == f"rdpscore-{port}" for c in page.context.cookies(address))
    page.goto(address if known else with_token(address), **options)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser: the system's Chromium (RDPSCORE_CHROMIUM names another)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=os.environ.get("RDPSCORE_CHROMIUM", "/usr/bin/chromium"), args=list(ARGUMENTS)
        )
        yield browser
        browser.close()


def settled(page: Page, seconds: float = LONG) -> None:
    """Wait until the page's last line stands and nothing runs any more.

    Raises
    ------
    AssertionError
        The page shows the box of an exception.
    """
    page.get_by_text("It says nothing on practice").first.wait_for(timeout=1000 * seconds)
    page.wait_for_function(
        "() => { const app = document.querySelector('[data-testid=\"stApp\"]');"
        " return app && app.getAttribute('data-test-script-state') === 'notRunning'; }",
        timeout=1000 * seconds,
    )
    assert page.get_by_test_id("stException").count() == 0


def wait_for(address: str, process: subprocess.Popen[Any]) -> None:
    """Until the server answers.

    Raises
    ------
    AssertionError
        It ended, or did not answer within a minute.
    """
    for _ in range(300):
        assert process.poll() is None, process.communicate()[0]
        try:
            assert fetched(f"{address}/_stcore/health") == b"ok"
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer from {address}")


def fetched(address: str) -> bytes:
    """What a browser that is let in gets of an address."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(with_token(address), timeout=10) as answer:
        return bytes(answer.read())
