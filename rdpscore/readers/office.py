"""LibreOffice as a converter: one start for many files, a profile of its own, no macros, no links, a time limit."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rdpscore.files import read_plain
from rdpscore.readers.container import MAX_FILE

_START, _EACH, _LONGEST = 90, 30, 600
"""Seconds for the start of the program, for each file, and at most."""
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
)
_PROFILE = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="FirstRun" oor:op="fuse"><value>false</value>
</prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>1</value></prop>
</item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>1</value></prop>
<prop oor:name="ODFRecalcMode" oor:op="fuse"><value>1</value></prop></item>
</oor:items>
"""
"""No macro runs, no link is followed, nothing is computed anew."""


def program() -> str | None:
    """Path of LibreOffice; None where it is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((p for p in _PLACES if Path(p).is_file()), None)


def as_xlsx(files: Sequence[tuple[str, bytes]]) -> list[bytes | None]:
    """Workbooks of other formats as ``.xlsx``; None for each that could not be converted.

    Parameters
    ----------
    files : sequence of (str, bytes)
        Suffix, by which the format is told, and content.
    """
    office = program()
    if office is None or not files:
        return [None] * len(files)
    with tempfile.TemporaryDirectory(prefix="rdpscore-office-", ignore_cleanup_errors=True) as made:
        scratch = Path(made)
        profile, given, out = scratch / "profile", scratch / "given", scratch / "out"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        given.mkdir()
        paths = [given / f"{number}{suffix}" for number, (suffix, _) in enumerate(files)]
        for path, (_, content) in zip(paths, files, strict=True):
            path.write_bytes(content)
        _run(
            [
                office,
                f"-env:UserInstallation={profile.as_uri()}",
                *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"),
                *("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out)),
                *map(str, paths),
            ],
            min(_START + _EACH * len(files), _LONGEST),
        )
        return [_made(out / f"{path.stem}.xlsx") for path in paths]


def _run(command: list[str], seconds: int) -> None:
    """Run until it ends or the time is over; nothing of it goes on."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        pass
    finally:
        if process.poll() is None:
            with suppress(OSError):
                if hasattr(os, "killpg"):
                    os.killpg(process.pid, signal.SIGKILL)  # soffice is a script that starts another program
            process.kill()
            process.wait()


def _made(path: Path) -> bytes | None:
    try:
        return read_plain(path, MAX_FILE)
    except OSError:
        return None
