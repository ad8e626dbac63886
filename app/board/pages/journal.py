"""The page of journal."""

from __future__ import annotations

from board.view import View


def page(view: View) -> None:
    """The page."""
