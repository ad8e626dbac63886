"""``rdpscore dashboard``."""

from __future__ import annotations

import errno
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rdpscore.cli.common import SurveyArgument, clean, one_of

if TYPE_CHECKING:
    from rdpscore.cli.guard import Secret

EXAMPLE = "Example: rdpscore dashboard my-survey --port 8600"
HOST = "127.0.0.1"
FIRST_PORT, TRIED = 8501, 50
UPLOAD_MB = 50
SURVEY = "RDPSCORE_DASHBOARD_SURVEY"

SETTINGS: dict[str, Any] = {
    "server.address": HOST,
    "server.baseUrlPath": "",
    "server.fileWatcherType": "none",
    "server.enableCORS": True,
    "server.corsAllowedOrigins": [],
    "server.enableXsrfProtection": True,
    "server.enableStaticServing": False,
    "server.maxUploadSize": UPLOAD_MB,
    "server.showEmailPrompt": False,
    "server.headless": True,
    "browser.gatherUsageStats": False,
    "browser.serverAddress": HOST,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "viewer",
    "client.showSidebarNavigation": True,
    "global.developmentMode": False,
    "runner.magicEnabled": False,
    "logger.level": "warning",
    "logger.hideWelcomeMessage": True,
    "theme.light.primaryColor": "#2171b5",
    "theme.dark.primaryColor": "#3d86c6",
    "theme.dark.backgroundColor": "#0e1117",
    "theme.dark.secondaryBackgroundColor": "#1a212a",
    "theme.dark.sidebar.backgroundColor": "#151a21",
}
"""Streamlit's settings: no file of settings is needed."""
FIRST = ("plotly.graph_objects", "plotly.subplots", "rdpscore.figures.demanded", "rdpscore.figures.strips",
         "rdpscore.figures.behind", "rdpscore.figures.peers")  # fmt: skip
"""Loaded before the server answers, so that the first visitor does not wait for them."""


def command(
    survey: SurveyArgument = None,
    port: Annotated[
        int | None,
        typer.Option(
            metavar="PORT",
            min=1,
            max=65535,
            help="Where it listens.",
            show_default="the first free one from 8501",
        ),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Open no browser; print the address.")
    ] = False,
    host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A name under which a proxy serves it, besides those of this computer; may be repeated.",
        ),
    ] = None,
    no_token: Annotated[
        bool, typer.Option("--no-token", help="Ask for no token: whoever reaches the port may look.")
    ] = False,
    theme: Annotated[
        str | None, typer.Option(metavar="light|dark", help="Colours.", show_default="as the browser says")
    ] = None,
) -> None:
    """Look at a survey in the browser, on this computer only.

    Scores, agreement and what is behind them, with filters, and figures and tables to download. The address
    holds the filter, so that a view can be shared and restored. Only who opens the printed address may look:
    it holds a token, which each browser needs once. Stop it with Ctrl-C.
    """
    from rdpscore.cli.guard import LOCAL, Secret
    from rdpscore.survey import load
    from rdpscore.validation import check

    if theme is not None:
        one_of(theme, ("light", "dark"), "--theme")
    names = [named(name) for name in host or []]
    loaded = load(survey)
    check(loaded).raise_errors()
    chosen = free_port(port)
    settings = SETTINGS | {"server.port": chosen, "server.allowedHosts": [*LOCAL, *names]}
    if theme is not None:
        settings["theme.base"] = theme
    secret = None if no_token else Secret()
    address = f"http://{HOST}:{chosen}/" + (f"?token={secret.token}" if secret else "")
    os.environ[SURVEY] = str(loaded.path.absolute()) if survey is not None and loaded.path else ""
    typer.echo(f"{clean(loaded.meta.title)}: {address} (stop with Ctrl-C)")
    serve(settings, secret, names, None if no_browser else address)


def named(host: str) -> str:
    """A name for the list of those it answers to.

    Raises
    ------
    typer.BadParameter
        It is not the name of a computer.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", host) or len(host) > 253:
        raise typer.BadParameter(
            f"'{host}' is not the name of a computer, such as survey.example.org", param_hint="--host"
        )
    return host.lower()


def free_port(wanted: int | None) -> int:
    """The port asked for, or the first free one.

    Raises
    ------
    typer.Exit
        It cannot be had, which was told in one line: wrong use, exit status 2.
    """
    for port in [wanted] if wanted is not None else range(FIRST_PORT, FIRST_PORT + TRIED):
        with socket.socket() as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                why = error
                continue
            return port
    if wanted is None:
        said = f"ports {FIRST_PORT} to {FIRST_PORT + TRIED - 1} are taken; name another with --port"
    elif why.errno in (errno.EACCES, errno.EPERM):
        said = f"you may not listen on port {wanted}; name one from 1024 on with --port"
    elif why.errno == errno.EADDRINUSE:
        said = f"port {wanted} is taken; name another with --port"
    else:
        said = f"port {wanted} cannot be used ({why.strerror}); name another with --port"
    typer.echo(f"rdpscore: {said}", err=True)
    raise typer.Exit(2)


def serve(settings: dict[str, Any], secret: Secret | None, hosts: list[str], browse: str | None) -> None:
    """Run Streamlit in this process until it is stopped, behind a guard; open `browse` in a browser."""
    import streamlit
    from starlette.middleware import Middleware

    from rdpscore.cli.guard import Guard
    from rdpscore.files import shipped

    for name in FIRST:
        import_module(name)

    @asynccontextmanager
    async def running(_: object) -> AsyncIterator[None]:
        with in_browser(browse):
            yield

    script = shipped("app", "main.py").absolute()
    os.chdir(script.parent)  # Streamlit reads settings where it runs: not those of a stranger's survey
    sys.argv = [str(script)]  # and takes them and modules from beside the program
    sys.stdout.flush()
    guard = Middleware(Guard, secret=secret, hosts=hosts)
    with suppress(KeyboardInterrupt):  # stopped as the first line says
        streamlit.App(script, middleware=[guard], lifespan=running).run(config=settings)


@contextmanager
def in_browser(address: str | None) -> Iterator[None]:
    """Open an address in a browser, by way of a file that only this user can read.

    The arguments of a program are for all users of a computer to see; with the address in them, its token would be.
    """
    import html
    import tempfile
    import threading
    import webbrowser
    from pathlib import Path

    screen = sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if address is None or not screen:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="rdpscore-") as folder:
        page = Path(folder, "dashboard.html")
        page.touch(mode=0o600)
        page.write_text(PAGE.format(address=html.escape(address)), encoding="utf-8")
        threading.Thread(target=webbrowser.open, args=[page.as_uri()], daemon=True).start()
        yield


PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={address}">
<title>Research data policies</title>
</head>
<body><p><a href="{address}">To the dashboard</a></p></body>
</html>
"""
