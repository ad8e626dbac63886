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
from rdpscore.analysis import heterogeneity
from rdpscore.figures import behind, choices, scores
from rdpscore.figures import heterogeneity as apart
from rdpscore.figures.look import FigureData, page
from rdpscore.scoring import compare, uncertainty

IMAGES = Path(__file__).parent / "images"
WIDTH, SCALE = 760, 1.5


def main() -> None:
    survey = rdpscore.load()
    doubt = uncertainty(survey)
    compared = compare(survey, ["equal", "by-dimension"])
    found = heterogeneity(survey, with_profiles=True)
    pictures = (
        (scores.publisher_scores_data(doubt), scores.publisher_scores(doubt)),
        (scores.rank_ranges_data(doubt), scores.rank_ranges(doubt)),
        (behind.contributions_data(survey), behind.contributions(survey)),
        (choices.schemes_data(compared), choices.schemes(compared)),
        (apart.variance_shares_data(found), apart.variance_shares(found)),
        (apart.policy_profiles_data(survey, found), apart.policy_profiles(survey, found)),
    )
    with tempfile.TemporaryDirectory() as folder:
        for data, figure in pictures:
            take(data, figure, Path(folder))


def take(data: FigureData, figure: object, folder: Path) -> None:
    """One picture, of the page's height."""
    file = folder / f"{data.name}.html"
    file.write_text(page(figure, data), encoding="utf-8")  # type: ignore[arg-type]
    browser = os.environ.get("CHROME") or shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("there is no chromium here; name a browser in CHROME")
    height = int(figure.layout.height) + 60  # type: ignore[attr-defined]
    target = IMAGES / f"{data.name}.png"
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
