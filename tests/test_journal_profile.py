"""One journal, several side by side, publishers: what their pages show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from odd_surveys import hostile, no_publisher, policies

import rdpscore
from rdpscore.figures import peers, strips
from rdpscore.figures.look import INK, NIGHT, PAPER, themed
from rdpscore.heterogeneity.uniform import against_rest, uniformity
from rdpscore.problems import InvalidInput
from rdpscore.report.survey_pictures import place_picture
from rdpscore.scoring.journal import evidence_of, journal_answers, side_by_side
from rdpscore.survey import Survey
from rdpscore.uncertainty.journal_list import by_policy, listing, matching


def test_the_answers_of_a_journal_by_hand(folder: Path) -> None:
    found = journal_answers(rdpscore.load(folder), "Alpha Letters").set_index("item")
    assert found.loc["data", ["c1", "c2", "label", "resolved_by", "reason"]].tolist() == [
        "Required", "Encouraged", "Required", "adjudicated", "Read differently",
    ]  # fmt: skip
    assert found["differed"].tolist() == [False, True, False]
    assert found.loc["policy", "resolved_by"] == "agreed"


def test_an_unknown_journal_is_named_with_the_nearest(shipped: Survey) -> None:
    with pytest.raises(InvalidInput) as caught:
        journal_answers(shipped, "Nature Comunications")
    assert "Nature Communications" in next(iter(caught.value.problems)).what


def test_passages_are_given_as_they_are(tmp_path: Path) -> None:
    found = evidence_of(rdpscore.load(hostile(tmp_path / "hostile")), "j0")
    assert len(found) == 6
    assert found["evidence"].str.startswith("<script>").all()
    assert (found["source_url"] == "javascript:alert(0)").all()


def test_side_by_side_tells_what_is_alike(shipped: Survey) -> None:
    found = side_by_side(shipped, ["nature", "jacs"])
    option = shipped.resolved.option[[shipped.journal_ids.get_loc(j) for j in ("nature", "jacs")]]
    closed = [i.closed for i in shipped.codebook.items]
    assert found["alike"][::2].sum() == (option[0] == option[1])[closed].sum()
    assert len(found) == 2 * 17


# Publishers ---------------------------------------------------------------------------------------------


def test_distinct_patterns_add_up_to_those_counted_otherwise(shipped: Survey) -> None:
    """The study's 171 journals share 55 patterns of answers: here they are counted within publishers."""
    found = uniformity(shipped)
    closed = [i.closed for i in shipped.codebook.items]
    patterns = {
        (p, tuple(row))
        for p, row in zip(shipped.journals["publisher"], shipped.resolved.option[:, closed], strict=True)
    }
    assert found["n_patterns"].sum() == len(patterns)
    assert found["n_journals"].sum() == 171
    one = found[found["n_patterns"] == 1]
    assert (one["n_items_same"] == one["n_items"]).all()


def test_a_publisher_and_the_rest_make_the_whole(shipped: Survey) -> None:
    found = against_rest(shipped, "ACS")
    total = (found["own"] * found["n_own"] + found["rest"] * found["n_rest"]).sum() / 17 / 171
    assert total == pytest.approx(rdpscore.score(shipped).mean, abs=1e-12)
    assert found["difference"].is_monotonic_decreasing


def test_the_rest_of_one_publisher_is_nobody(tmp_path: Path) -> None:
    survey = rdpscore.load(no_publisher(tmp_path / "none"))
    assert uniformity(survey).empty
    with pytest.raises(ValueError, match="no journal has the publisher"):
        against_rest(survey, "Nobody")


# The table of journals ----------------------------------------------------------------------------------


def test_the_listing_has_the_ranges_of_the_spread(shipped: Survey) -> None:
    doubt = rdpscore.measure_uncertainty(shipped, sources=("coder",), n_draws=400)
    found = listing(rdpscore.score(shipped), doubt).set_index("journal_id")
    expected = doubt.journals.set_index("journal_id")
    assert np.array_equal(found["low"], expected.loc[found.index, "coder_low"], equal_nan=True)
    assert found["rank"].min() == 1
    assert list(listing(rdpscore.score(shipped)).columns)[:5] == [
        "journal_id",
        "title",
        "publisher",
        "score",
        "rank",
    ]


def test_journals_of_a_policy_share_a_row(tmp_path: Path) -> None:
    table = listing(rdpscore.score(rdpscore.load(policies(tmp_path / "p"))))
    found = by_policy(table).set_index("policy_id")
    assert found["n_journals"].sum() == 9
    assert set(found.loc["p1", "journal_ids"].split("; ")) == {"j3", "j4", "j5"}
    assert found.loc["p1", "score_high"] == table[table["policy_id"] == "p1"]["score"].max()


def test_the_search_takes_text_and_no_pattern(shipped: Survey) -> None:
    table = listing(rdpscore.score(shipped))
    assert len(matching(table, "  CHEMISTRY ")) == sum("chemistry" in t.casefold() for t in table["title"])
    assert len(matching(table, ".*")) == 0
    assert len(matching(table, "")) == 171


# Figures ------------------------------------------------------------------------------------------------


def test_strips_count_every_journal_once_and_name_those_of_a_mark(shipped: Survey) -> None:
    data = strips.score_strips(rdpscore.score(shipped), rdpscore.spread(shipped, n_draws=400))
    assert data.frame["n"].sum() == 171
    assert sorted("; ".join(data.frame["journal_ids"]).split("; ")) == sorted(shipped.journal_ids)
    figure = data.draw()
    marks = next(t for t in figure.data if t.name == "journals")
    assert "; ".join(c[0] for c in marks.customdata).count(";") == 170
    order = data.frame.drop_duplicates("publisher")["mean"]
    assert order.is_monotonic_decreasing


def test_without_a_spread_the_strips_say_so(shipped: Survey) -> None:
    data = strips.score_strips(rdpscore.score(shipped))
    assert "not drawn yet" in data.marks
    assert set(data.frame["reason"]) == {"not_drawn"}


def test_the_place_among_peers_is_that_of_the_standing(shipped: Survey) -> None:
    found = rdpscore.standing(shipped, "jacs")
    data = place_picture(found)
    assert f"ranks {found.journal['rank']} to {found.journal['rank_last']} of 171 journals" in data.see
    figure = data.chart.draw()
    own = next(t for t in figure.data if t.name == "this journal")
    assert list(own.x) == pytest.approx(found.dimensions["journal"].tolist())


def test_a_dark_figure_differs_in_colours_alone(shipped: Survey) -> None:
    spec = peers.uniformity_bars(shipped).spec()
    night = themed(spec, True)
    assert themed(spec, False) is spec
    assert night["layout"]["paper_bgcolor"] == NIGHT[PAPER]
    assert night["layout"]["font"]["color"] == NIGHT[INK]
    back = {v: k for k, v in NIGHT.items()}
    text = go.Figure(night).to_json()
    for dark, light in back.items():
        text = text.replace(dark, light)
    assert text == go.Figure(spec).to_json()


def test_names_of_a_figure_are_text(tmp_path: Path) -> None:
    survey = rdpscore.load(hostile(tmp_path / "hostile"))
    for chart in (
        strips.score_strips(rdpscore.score(survey)),
        peers.uniformity_bars(survey),
        peers.side_by_side_answers(survey, ["j0", "j1", "j3", "j5"]),
    ):
        made = chart.draw().to_json()
        assert "<script" not in made.replace("\\u003c", "<")
        assert "<img" not in made.replace("\\u003c", "<")
        assert "\\u202e" not in made
        assert len(made) < 200_000
