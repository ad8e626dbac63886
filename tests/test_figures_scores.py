"""Figures of scores: what they show is what was computed, and a hostile survey does not write markup."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from finding import sheet
from running import cli
from tables import SMALL_CODEBOOK, write_survey

from rdpscore.codebook import Scheme
from rdpscore.figures import behind, choices, scores
from rdpscore.report import survey_pictures
from rdpscore.report.gallery import of_scores
from rdpscore.report.pages import page, write_pictures
from rdpscore.report.pictures import Picture
from rdpscore.scoring import compare, score
from rdpscore.scoring.item_parts import contributions
from rdpscore.scoring.scores import journal_scores
from rdpscore.survey import Survey, load
from rdpscore.uncertainty import UncertaintyResult, measure_uncertainty

NAMES = [
    "scores-of-publishers",
    "scores-of-journals",
    "ranks-of-journals",
    "profiles-of-publishers",
    "contributions-of-items",
    "answers-of-journals",
    "schemes",
    "choices-behind-mean-rank-shift",
    "choices-behind-mean-score",
]


@pytest.fixture(scope="module")
def doubt(shipped: Survey) -> UncertaintyResult:
    return measure_uncertainty(shipped, n_draws=500)


@pytest.fixture(scope="module")
def gallery(shipped: Survey) -> list[Picture]:
    return list(of_scores(shipped, n_draws=300, base=32))


def test_every_figure_says_what_is_shown_what_to_see_and_its_n(gallery: list[Picture]) -> None:
    assert [data.name for data in gallery] == NAMES
    for data in gallery:
        assert data.title
        assert data.see.endswith(".")
        assert any(c.isdigit() for c in data.n)
        assert len(data.frame)
        assert data.figure().layout.meta["n"] == data.n


def test_pages_load_nothing_from_elsewhere(gallery: list[Picture]) -> None:
    for data in gallery[:2]:
        text = page(data)
        assert not re.search(r"""<(?:script|link|img)[^>]+(?:src|href)\s*=\s*["']?(?:https?:)?//""", text)
        assert f'href="{data.name}.csv"' in text


# Journals and publishers ------------------------------------------------------------------------------------


def test_journals_of_one_score_share_a_row(shipped: Survey, doubt: UncertaintyResult) -> None:
    frame = scores.journal_scores(doubt).frame
    own = journal_scores(shipped)
    assert len(frame) == len(np.unique(own.round(12))) == 43
    assert frame["n"].sum() == 171
    assert (np.diff(frame["score"]) < 0).all()
    assert "7 of Frontiers" in set(frame["label"])


def test_a_row_shows_the_widest_range_of_its_journals(doubt: UncertaintyResult) -> None:
    frame = scores.journal_scores(doubt).frame
    for row in frame.itertuples():
        own = doubt.journals[doubt.journals["rank"] == row.rank_first]
        assert row.both_low == own["both_low"].min()
        assert row.both_rank_high == own["both_rank_high"].max()


def test_publishers_with_fewer_than_five_journals_are_open_marks(doubt: UncertaintyResult) -> None:
    chart = scores.publisher_scores(doubt)
    figure = chart.draw()
    marks = dict(zip(chart.frame["publisher"], figure.data[-1].marker.symbol, strict=True))
    assert {p for p, symbol in marks.items() if symbol == "circle-open"} == {"Open Journals", "CODATA"}


def test_both_doubts_and_each_alone_are_in_one_picture(doubt: UncertaintyResult) -> None:
    assert [t.name for t in scores.publisher_scores(doubt).draw().data] == [
        "both",
        "other weights",
        "one coder alone",
        "score",
    ]
    assert "no interval of the adjudicated score" in scores.publisher_scores(doubt).marks


# Behind the score -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["equal", "published", "by-dimension"])
def test_contributions_add_up_to_the_score(shipped: Survey, scheme: str) -> None:
    found = contributions(shipped, shipped.codebook.scheme(scheme))
    assert found is not None
    assert found.sum(axis=1) == pytest.approx(journal_scores(shipped, scheme))


def test_a_geometric_score_has_no_contributions(shipped: Survey) -> None:
    scheme = Scheme.model_validate({"id": "g", "title": "Geometric", "aggregation": "geometric"})
    assert contributions(shipped, scheme) is None
    assert behind.item_contributions(shipped, scheme).frame.empty


def test_the_heat_map_holds_every_journal_once(shipped: Survey) -> None:
    chart = behind.answers_of_journals(shipped)
    frame = chart.frame
    rows = frame.drop_duplicates("row")
    assert rows["n"].sum() == 171
    assert sorted(t for cell in rows["journals"] for t in cell.split("; ")) == sorted(
        shipped.journals["title"].astype(str)
    )
    figure = chart.draw()
    assert np.nanmean(figure.data[0].z, axis=1) == pytest.approx(
        rows["score"].to_numpy()
    )  # the mean is the score


def test_a_missing_answer_is_no_answer_that_scores_0(tmp_path: Path) -> None:
    write_survey(
        tmp_path / "survey",
        SMALL_CODEBOOK,
        journals=sheet("journal_id | title | publisher", "a | A | North", "b | B | South"),
        codings=sheet("journal_id | coder | item | answer", "a | c1 | policy | yes", "b | c1 | policy | no"),
    )
    data = survey_pictures.answers_picture(load(tmp_path / "survey"))
    assert data.see.startswith("50 % of all answers")
    assert data.frame["answer"].isna().sum() == 4


def test_profiles_are_means_of_dimensions(shipped: Survey) -> None:
    frame = behind.publisher_profiles(shipped).frame
    wide = frame.pivot_table(index="publisher", columns="dimension", values="mean")
    by = score(shipped, "by-dimension").publishers.set_index("publisher")["mean"]
    assert wide.mean(axis=1).to_numpy() == pytest.approx(by[wide.index].to_numpy())


# Choices ----------------------------------------------------------------------------------------------------


def test_slopes_rank_publishers_under_each_scheme(shipped: Survey) -> None:
    frame = choices.scheme_slopes(compare(shipped, ["equal", "by-dimension"])).frame
    for scheme, own in frame.groupby("scheme"):
        means = score(shipped, str(scheme)).publishers
        assert own.sort_values("rank")["publisher"].tolist() == means["publisher"].tolist()


# Files ------------------------------------------------------------------------------------------------------


def test_titles_that_are_markup_stay_text(tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)>"
    write_survey(
        tmp_path / "survey",
        SMALL_CODEBOOK,
        journals=sheet("journal_id | title | publisher", f"a | {evil} | {evil}", "b | B | South"),
        codings=sheet(
            "journal_id | coder | item | answer",
            "a | c1 | policy | yes",
            "a | c2 | policy | no",
            "b | c1 | policy | no",
        ),
    )
    found = list(of_scores(load(tmp_path / "survey"), n_draws=200, base=16))
    assert found
    for path in write_pictures(found, tmp_path / "figures"):
        assert evil not in path.read_text(encoding="utf-8")


def test_a_survey_without_answers_has_no_figures(tmp_path: Path) -> None:
    write_survey(
        tmp_path / "survey",
        SMALL_CODEBOOK,
        journals=sheet("journal_id | title | publisher", "a | A | North"),
        codings=sheet("journal_id | coder | item | answer", "a | c1 | policy | "),
    )
    assert list(of_scores(load(tmp_path / "survey"), n_draws=200, base=16)) == []


def test_an_unknown_half_is_wrong_use(tmp_path: Path) -> None:
    run = cli("figures", "--only", "maps", "--output", tmp_path / "x")
    assert run.status == 2
    assert not (tmp_path / "x").exists()
