"""LibreOffice in tests: one headless run in a profile of its own, recalculating on loading."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice")
_ALWAYS = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""
needs_office = pytest.mark.skipif(SOFFICE is None, reason="soffice (LibreOffice Calc) is not installed")


def resaved(files: Sequence[Path], scratch: Path, kind: str = "xlsx") -> list[Path]:
    """Files opened in LibreOffice, computed anew and saved, in a folder of their own."""
    assert SOFFICE is not None
    profile, out = scratch / "profile", scratch / "resaved"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS)
    command = [
        SOFFICE, "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to", kind, "--outdir", str(out), *map(str, files),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    made = [out / f"{f.stem}.{kind}" for f in files]
    assert all(m.exists() for m in made), done.stdout + done.stderr
    return made
