"""What takes long, made at once for small surveys and on a button for large ones."""

from __future__ import annotations

import streamlit as st

import rdpscore
from board.view import View
from rdpscore.uncertainty import SpreadResult, UncertaintyResult

WAIT = "With {n:,} journals this takes a minute or so, once for each filter."


def spread_of(view: View) -> SpreadResult | None:
    """The spread of the scores; None where the visitor has not asked for it yet."""
    return view.compute(rdpscore.spread, view.scheme) if wanted(view, "spread") else None


def doubt_of(view: View) -> UncertaintyResult | None:
    """Scores and ranks under the coders' doubt; None where the visitor has not asked for it yet."""
    if not wanted(view, "ranks"):
        return None
    return view.compute(rdpscore.measure_uncertainty, view.scheme, ("coder",), seed=view.seed)


def wanted(view: View, name: str, label: str = "Draw the ranges") -> bool:
    """Whether to compute what takes long: at once, or for a large survey when its button was pressed."""
    if not view.large:
        return True
    asked = st.session_state.setdefault(f"asked_{name}", set())
    which = repr(view.filter)
    if which not in asked:
        left, right = st.columns([1, 3], vertical_alignment="center")
        right.caption(WAIT.format(n=len(view.survey.journals)))
        if left.button(label, key=f"ask_{name}"):
            asked.add(which)
    return which in asked
