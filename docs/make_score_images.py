"""Make the pictures of docs/how-sure.md and docs/heterogeneity.md.

They are figures of the shipped survey, photographed by a browser without a window.

Needs Chromium or Chrome (``chromium``, or the command named in ``CHROME``):

    python docs/make_score_images.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import rdpscore
from rdpscore.heterogeneity import measure_heterogeneity
from rdpscore.report.heterogeneity import profiles_picture, variance_picture
from rdpscore.report.pages import page
from rdpscore.report.pictures import Picture
from rdpscore.report.score_pictures import publishers_picture, ranks_picture, schemes_picture
from rdpscore.report.survey_pictures import contributions_picture
from rdpscore.scoring import compare
from rdpscore.uncertainty import measure_uncertainty

IMAGES = Path(__file__).parent / "images"
WIDTH, SCALE = 760, 1.5


def main() -> None:
    survey = rdpscore.load()
    doubt = measure_uncertainty(survey)
    compared = compare(survey, ["equal", "by-dimension"])
    found = measure_heterogeneity(survey, with_profiles=True)
    pictures = (
        publishers_picture(doubt),
        ranks_picture(doubt),
        contributions_picture(survey),
        schemes_picture(compared),
        variance_picture(found),
        profiles_picture(survey, found),
    )
    with tempfile.TemporaryDirectory() as folder:
        for picture in pictures:
            take(picture, Path(folder))


def take(picture: Picture, folder: Path) -> None:
    """One picture, of the page's height."""
    file = folder / f"{picture.name}.html"
    file.write_text(page(picture), encoding="utf-8")
    browser = os.environ.get("CHROME") or shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("there is no chromium here; name a browser in CHROME")
    height = int(picture.figure().layout.height) + 60
    target = IMAGES / f"{picture.name}.png"
    subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--hide-scrollbars", f"--force-device-scale-factor={SCALE}",
            f"--window-size={WIDTH},{height}", f"--screenshot={target}", "--virtual-time-budget=4000", file.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )  # fmt: skip


if __name__ == "__main__":
    main()
