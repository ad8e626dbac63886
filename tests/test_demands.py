"""What is demanded, what is in between, what is absent."""

from __future__ import annotations

from pathlib import Path

import pytest
from odd_surveys import ODD

import rdpscore
from rdpscore.computed.counts import share as share_of
from rdpscore.report.survey_pictures import demands_picture, item_answers_picture
from rdpscore.scoring.demanded import demands, option_counts
from rdpscore.survey import Survey


def test_of_a_small_survey_by_hand(folder: Path) -> None:
    """alpha: yes, 2 (adjudicated), 1; beta: yes, 1, 0; gamma: no, and nothing on the others."""
    found = demands(rdpscore.load(folder))
    counts = found.items.set_index("item")[["n_strictest", "n_between", "n_lowest", "n_missing"]]
    assert counts.loc["policy"].tolist() == [2, 0, 1, 0]
    assert counts.loc["data"].tolist() == [1, 1, 0, 1]
    assert counts.loc["code"].tolist() == [1, 0, 1, 1]
    # of the graded item (three options) alpha alone has the strictest; gamma has no answer to it
    assert (found.n_demanding, found.n_answered, found.share_demanding) == (1, 2, 0.5)


def test_the_counts_of_the_shipped_survey_add_up(shipped: Survey) -> None:
    found = option_counts(shipped)
    assert (found.groupby("item")["n"].sum() == 171).all()
    levels = demands(shipped).items
    assert (levels[["n_strictest", "n_between", "n_lowest", "n_missing"]].sum(axis=1) == 171).all()
    share = share_of(shipped, where={"data_sharing": "4"})  # another way to count
    assert found.set_index(["item", "answer"]).loc[("data_sharing", "4"), "share"] == share


@pytest.mark.parametrize("name", ODD)
def test_the_figures_are_made_for_any_survey(name: str, tmp_path: Path) -> None:
    survey = rdpscore.load(ODD[name](tmp_path / name))
    for data in (demands_picture(survey), item_answers_picture(survey)):
        figure = data.figure()
        assert data.see.endswith(".")
        drawn = sum(sum(v or 0 for v in bar.x) for bar in figure.data)
        assert drawn == pytest.approx(len(set(data.frame["item"])))  # each bar adds up to all journals


def test_the_strictest_option_is_drawn_first_and_darkest(shipped: Survey) -> None:
    figure = item_answers_picture(shipped).chart.draw()
    assert set(figure.data[0].marker.color) == {"#084594"}
    assert next(iter(figure.layout.yaxis.categoryarray)).startswith("Policy exists")
