"""The table of computed figures in docs/reproduce.md, from their registry: ``python docs/generate_figures.py``."""

from __future__ import annotations

import re
from pathlib import Path

from rdpscore.computed.registry import markdown

PAGE = Path(__file__).with_name("reproduce.md")
TABLE = re.compile(
    r"(<!-- figures: made by docs/generate_figures.py -->\n).*?(<!-- end of figures -->)", re.DOTALL
)


def render(page: str) -> str:
    """The page with the table as it should be."""
    return TABLE.sub(lambda found: found[1] + markdown() + found[2], page)


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
