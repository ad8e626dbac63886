"""Make the pictures of docs/dashboard.md and the README: pages of the shipped survey in headless Chromium.

Needs the test dependencies and Chromium (RDPSCORE_CHROMIUM, else /usr/bin/chromium):

    python docs/make_dashboard_images.py             # all of them
    python docs/make_dashboard_images.py lab phone   # some
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from dashboard import chromium, go_to, server, settled
from playwright.sync_api import Browser, Page

IMAGES = Path(__file__).parent / "images"
WIDE, PHONE = (1280, 900), (390, 844)


@dataclass(frozen=True)
class Shot:
    """A picture.

    Attributes
    ----------
    path : str
        The page, with what its address says.
    size : (int, int)
        Of the window, in pixels.
    dark : bool
    to : str
        A heading to which the page is scrolled first.
    presses : int
        How many steps a slider of the lab is moved.
    """

    path: str
    size: tuple[int, int] = WIDE
    dark: bool = False
    to: str = ""
    presses: int = 0


SHOTS = {
    "overview": Shot("overview"),
    "journal": Shot("journal?journal=nature&with=jacs"),
    "agreement": Shot("agreement", to="agree"),
    "predictors": Shot("predictors", to="Access model, publisher by publisher"),
    "lab": Shot("lab", presses=20),
    "phone": Shot("overview", PHONE),
    "dark": Shot("publishers?of=Springer+Nature", dark=True),
}
"""Name → picture, ``images/dashboard-NAME.png``."""


def take(browser: Browser, address: str, shot: Shot) -> bytes:
    """The picture as PNG."""
    context = browser.new_context(
        viewport={"width": shot.size[0], "height": shot.size[1]},
        color_scheme="dark" if shot.dark else "light",
    )
    page = context.new_page()
    page.set_default_timeout(120_000)
    go_to(page, f"{address}/{shot.path}")
    settled(page)
    if shot.presses:
        _move(page, shot.presses)
    if shot.to:
        heading = page.get_by_role("heading", level=3).filter(has_text=shot.to).first
        heading.evaluate("found => found.scrollIntoView({block: 'start'})")
    page.mouse.move(0, 0)
    page.wait_for_timeout(1500)  # figures are drawn when they come into view
    content = page.screenshot()
    context.close()
    return content


def _move(page: Page, presses: int) -> None:
    page.get_by_role("slider", name="Data sharing").focus()
    for _ in range(presses):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.search.includes('lab=')")
    settled(page)


def small(content: bytes) -> bytes:
    """The same with 128 colours."""
    from PIL import Image  # Streamlit brings it

    out = io.BytesIO()
    Image.open(io.BytesIO(content)).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


def main(names: list[str]) -> None:
    IMAGES.mkdir(exist_ok=True)
    with server() as address, chromium() as browser:
        for name in names or SHOTS:
            path = IMAGES / f"dashboard-{name}.png"
            path.write_bytes(small(take(browser, address, SHOTS[name])))
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
