"""Pages compute nothing, and each of them is in the navigation and in the docs; the command starts what it says."""

from __future__ import annotations

import ast
import errno
import os
import re
import socket
import sys
import threading
import tomllib
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from dashboard import APP
from running import cli, squeeze

from rdpscore.cli import dashboard as command

sys.path.insert(0, str(APP))
from board.pages import PAGES
from board.view import SURVEY

DOCS = Path(__file__).parents[1] / "docs" / "dashboard.md"
NUMERIC = {"numpy", "scipy", "sklearn", "statsmodels", "krippendorff", "SALib"}
AGGREGATION = {
    "agg", "aggregate", "corr", "cov", "cumsum", "groupby", "mean", "median", "merge", "nunique", "pivot",
    "pivot_table", "quantile", "rank", "std", "sum", "transform", "value_counts", "var",
}  # fmt: skip


SOURCES = [
    (str(path.relative_to(APP)), ast.parse(path.read_text(encoding="utf-8")))
    for path in sorted(APP.rglob("*.py"))
]


@pytest.mark.parametrize(("name", "tree"), SOURCES, ids=[n for n, _ in SOURCES])
def test_a_page_imports_nothing_to_compute_with(name: str, tree: ast.Module) -> None:
    typing = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    roots = set()
    for node in ast.walk(tree):
        if id(node) in typing:
            continue
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            roots.add((node.module or "").split(".")[0])
    assert roots & (NUMERIC | {"pandas"}) == set()


@pytest.mark.parametrize(("name", "tree"), SOURCES, ids=[n for n, _ in SOURCES])
def test_a_page_aggregates_nothing(name: str, tree: ast.Module) -> None:
    called = [
        f"line {node.lineno}: {node.func.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in AGGREGATION
    ]
    assert called == []


@pytest.mark.parametrize(("name", "tree"), SOURCES, ids=[n for n, _ in SOURCES])
def test_no_page_lets_html_or_links_of_a_survey_through(name: str, tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            assert "unsafe_allow_html" not in {k.arg for k in node.keywords}
            assert "unsafe_allow_javascript" not in {k.arg for k in node.keywords}
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("LinkColumn", "ImageColumn")


def test_every_page_has_a_module_and_a_place_in_the_docs() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for entry in PAGES:
        assert (APP / "board" / "pages" / f"{entry.name}.py").is_file()
        assert f"`/{entry.name}" in text
    modules = {p.stem for p in (APP / "board" / "pages").glob("*.py")} - {"__init__"}
    assert modules == {e.name for e in PAGES}


# The command --------------------------------------------------------------------------------------------


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The settings of every server that would have been started."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(command, "serve", lambda settings, *_: found.append(settings))
    monkeypatch.setenv(SURVEY, "")
    return found


def test_it_listens_on_this_computer_only_and_tells_nobody(started: list[dict[str, Any]]) -> None:
    found = cli("dashboard", "--no-browser")
    assert found.status == 0
    (settings,) = started
    assert settings["server.address"] == "127.0.0.1"
    assert settings["browser.gatherUsageStats"] is False
    assert settings["server.enableXsrfProtection"] is settings["server.enableCORS"] is True
    assert settings["client.showErrorDetails"] == "none"
    assert settings["server.maxUploadSize"] <= 50
    assert f"http://127.0.0.1:{settings['server.port']}" in found.out


def test_an_error_in_the_survey_is_told_before_a_server_starts(
    folder: Path, started: list[dict[str, Any]]
) -> None:
    with (folder / "codings.csv").open("a", encoding="utf-8") as stream:
        stream.write("alpha,c3,policy,maybe\n")
    found = cli("dashboard", folder)
    assert (found.status, started) == (1, [])
    assert "maybe" in found.err


def test_a_port_that_is_taken_is_wrong_use_and_another_one_is_found(started: list[dict[str, Any]]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = cli("dashboard", "--port", port)
    assert (found.status, started) == (2, [])
    assert squeeze(f"port {port} is taken") in found.said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "you may not listen on port 80; name one from 1024 on",
        ),
        (OSError(errno.EADDRINUSE, "Address already in use"), "port 80 is taken; name another"),
        (
            OSError(errno.EADDRNOTAVAIL, "Cannot assign"),
            "port 80 cannot be used (Cannot assign); name another",
        ),
    ],
)
def test_a_port_that_cannot_be_had_is_told_in_one_line(
    started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    class Refused(socket.socket):
        def bind(self, address: Any) -> None:
            raise error

    monkeypatch.setattr(command.socket, "socket", Refused)
    found = cli("dashboard", "--port", 80)
    assert (found.status, started) == (2, [])
    assert found.err == f"rdpscore: {said} with --port\n"
    assert found.out == ""


def test_the_address_holds_a_token_of_its_own_each_time_and_names_are_names(
    started: list[dict[str, Any]],
) -> None:
    first, second = cli("dashboard", "--no-browser").out, cli("dashboard", "--host", "A.example.org").out
    tokens = [re.search(r"/\?token=([\w-]{40,}) ", out) for out in (first, second)]
    assert len({found[1] for found in tokens if found is not None}) == 2
    assert started[1]["server.allowedHosts"] == ["localhost", "127.0.0.1", "::1", "a.example.org"]
    assert "token" not in cli("dashboard", "--no-token").out
    for name in ("*", "*.example.org", "a b", "http://a.example.org", "a.example.org:80", "", "a/b"):
        assert cli("dashboard", "--host", name).status == 2


def test_a_page_that_nothing_guards_says_so() -> None:
    from streamlit.testing.v1 import AppTest

    with patch.dict(os.environ):
        os.environ.pop(SURVEY, None)
        at = AppTest.from_file(str(APP / "main.py"), default_timeout=120).run()
        assert any("asks for no token" in w.value for w in at.warning)
    with patch.dict(os.environ, {SURVEY: ""}):
        at = AppTest.from_file(str(APP / "main.py"), default_timeout=120).run()
        assert not at.warning
    settings = tomllib.loads((APP / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["address"] == "127.0.0.1"


def test_the_browser_is_opened_by_a_file_that_others_cannot_read(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    done = threading.Event()
    monkeypatch.setattr("webbrowser.open", lambda url: (opened.append(url), done.set()))
    monkeypatch.setenv("DISPLAY", ":0")
    with command.in_browser("http://127.0.0.1:8501/?token=abc&x"):
        assert done.wait(30)
        (address,) = opened
        assert "token" not in address
        file = Path(address.removeprefix("file://"))
        assert 'url=http://127.0.0.1:8501/?token=abc&amp;x"' in file.read_text(encoding="utf-8")
        if os.name == "posix":
            assert file.stat().st_mode & 0o077 == file.parent.stat().st_mode & 0o077 == 0
    assert not file.parent.exists()
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    if sys.platform == "linux":
        with command.in_browser("http://127.0.0.1:8501/"):
            assert len(opened) == 1


def test_colours_are_light_or_dark(started: list[dict[str, Any]]) -> None:
    assert cli("dashboard", "--theme", "green").status == 2
    assert cli("dashboard", "--theme", "dark").status == 0
    assert started[0]["theme.base"] == "dark"


def test_every_setting_is_one_of_streamlits() -> None:
    from streamlit import config

    assert [name for name in command.SETTINGS if name not in config.get_config_options()] == []
