"""Blocks of a report on a page: every kind is shown, in order, and its text is text."""

from __future__ import annotations

import re

import pytest
from dashboard import APP, LONG
from streamlit.testing.v1 import AppTest

SCRIPT = f"""
import sys
sys.path.insert(0, {str(APP)!r})
import pandas as pd
import plotly.graph_objects as go
from board.render import render
from rdpscore.figures.look import Chart
from rdpscore.report.blocks import Facts, Gap, Heading, Note, ProblemKind, Sentence, table
from rdpscore.report.pictures import Picture

chart = Chart(name="none", frame=pd.DataFrame({{"x": []}}), draw=go.Figure, n="0 journals", marks="")
render(None, [
    Heading("First <b>part</b>"), Sentence("A sentence with <i>."), Gap(), Note("A note."),
    Facts((("name", "fact <u>"),)), table(["Head"], [["cell <s>"]]), Picture(chart, "A picture", "See nothing."),
    ProblemKind("error", "some_code", 3, (("beta: wrong <u>", "mend it"),)),
])
"""


@pytest.fixture(scope="module")
def page() -> AppTest:
    return AppTest.from_string(SCRIPT, default_timeout=LONG).run()


def test_every_kind_of_block_is_shown_in_order(page: AppTest) -> None:
    assert not page.exception
    bodies = [e.proto.body for e in page.get("html")]
    texts = [re.sub(r"<style>.*?</style>", "", b, flags=re.DOTALL) for b in bodies]
    wanted = ["A sentence with", "A note.", "fact ", "cell ", "There is nothing to show. See nothing.",
              "error some_code: 3", "beta: wrong ", "… and 2 more"]  # fmt: skip
    assert len(texts) == len(wanted)
    assert all(w in t for w, t in zip(wanted, texts, strict=True))
    assert [h.value for h in page.subheader][1] == "A picture"


def test_text_of_blocks_is_text_and_a_note_is_soft(page: AppTest) -> None:
    bodies = [e.proto.body for e in page.get("html")]
    assert not any(tag in b for b in bodies for tag in ("<i>", "<u>", "<s>"))
    assert "soft" in bodies[1]
    assert "soft" not in bodies[0]
    assert '<th scope="row">name</th>' in bodies[2]
    assert '<th scope="col">Head</th>' in bodies[3]
    assert "<b>" not in page.subheader[0].value
