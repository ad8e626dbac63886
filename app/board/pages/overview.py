"""The page of the whole survey."""

from __future__ import annotations

from board.parts import show
from board.view import View
from rdpscore.figures import behind


def page(view: View) -> None:
    """The page."""
    show(view, view.compute(behind.profiles_data, view.scheme), view.compute(behind.profiles, view.scheme))
