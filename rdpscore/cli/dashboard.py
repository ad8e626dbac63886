"""``rdpscore dashboard``."""

from __future__ import annotations

import os
import socket
from importlib import import_module
from typing import Annotated

import typer

from rdpscore.cli.common import SurveyArgument, clean, fail_with

EXAMPLE = "Example: rdpscore dashboard my-survey --port 8600"
HOST = "127.0.0.1"
FIRST_PORT, TRIED = 8501, 50
UPLOAD_MB = 50
SURVEY = "RDPSCORE_DASHBOARD_SURVEY"

SETTINGS = {
    "server.address": HOST,
    "server.fileWatcherType": "none",
    "server.enableCORS": "true",
    "server.enableXsrfProtection": "true",
    "server.enableStaticServing": "false",
    "server.maxUploadSize": str(UPLOAD_MB),
    "server.showEmailPrompt": "false",
    "browser.gatherUsageStats": "false",
    "browser.serverAddress": HOST,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "viewer",
    "client.showSidebarNavigation": "true",
    "global.developmentMode": "false",
    "runner.magicEnabled": "false",
    "logger.level": "warning",
    "logger.hideWelcomeMessage": "true",
    "theme.light.primaryColor": "#2171b5",
    "theme.dark.primaryColor": "#3d86c6",
    "theme.dark.backgroundColor": "#0e1117",
    "theme.dark.secondaryBackgroundColor": "#1a212a",
    "theme.dark.sidebar.backgroundColor": "#151a21",
}
"""Streamlit's settings, all of them as flags: no file of settings is needed."""
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
    theme: Annotated[
        str | None, typer.Option(metavar="light|dark", help="Colours.", show_default="as the browser says")
    ] = None,
) -> None:
    """Look at a survey in the browser, on this computer only.

    Scores, agreement and what is behind them, with filters, and figures and tables to download. The address
    holds the filter, so that a view can be shared and restored. Stop it with Ctrl-C.
    """
    from rdpscore.problems import InvalidInput
    from rdpscore.survey import load
    from rdpscore.validation import check

    if theme not in (None, "light", "dark"):
        raise typer.BadParameter(f"'{theme}' is neither light nor dark", param_hint="--theme")
    try:
        loaded = load(survey)
        check(loaded).raise_errors()
    except InvalidInput as error:
        raise typer.Exit(fail_with(error)) from None
    chosen = free_port(port)
    settings = SETTINGS | {"server.port": str(chosen), "server.headless": str(no_browser).lower()}
    if theme is not None:
        settings["theme.base"] = theme
    os.environ[SURVEY] = str(loaded.path) if survey is not None else ""
    typer.echo(f"{clean(loaded.meta.title)}: http://{HOST}:{chosen} (stop with Ctrl-C)")
    serve(settings)


command.__name__ = "dashboard"


def free_port(wanted: int | None) -> int:
    """The port asked for, or the first free one.

    Raises
    ------
    typer.BadParameter
        It is taken: wrong use, exit status 2.
    """
    for port in [wanted] if wanted is not None else range(FIRST_PORT, FIRST_PORT + TRIED):
        with socket.socket() as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    where = (
        f"port {wanted} is" if wanted is not None else f"ports {FIRST_PORT} to {FIRST_PORT + TRIED - 1} are"
    )
    raise typer.BadParameter(f"{where} taken; name another", param_hint="--port")


def serve(settings: dict[str, str]) -> None:
    """Run Streamlit in this process until it is stopped."""
    import sys

    from streamlit.web.cli import main

    from rdpscore.files import shipped

    for name in FIRST:
        import_module(name)
    flags = [f"--{name}={value}" for name, value in settings.items()]
    sys.stdout.flush()
    main.main(
        args=["run", *flags, str(shipped("app", "main.py"))], prog_name="streamlit", standalone_mode=False
    )
