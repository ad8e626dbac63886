"""Reports on scores, on how sure they are, on schemes side by side and on sensitivity: the same blocks everywhere."""

from __future__ import annotations

from pathlib import Path

import odd_surveys
import pytest

import rdpscore
from rdpscore.agreement.report import measure
from rdpscore.report.blocks import Block, Note, Sentence, Table
from rdpscore.report.schemes import report_schemes
from rdpscore.report.scores import report_scores, strip
from rdpscore.report.sensitivity import report_sensitivity
from rdpscore.report.uncertainty import report_uncertainty
from rdpscore.results import records
from rdpscore.scoring import compare, score
from rdpscore.scoring.comparison import most_moved, n_moved
from rdpscore.scoring.scores import tied_groups
from rdpscore.survey import Survey
from rdpscore.uncertainty import measure_uncertainty, sensitivity
from rdpscore.uncertainty.journal_list import always_tied, by_rank


@pytest.fixture(scope="module")
def shipped() -> Survey:
    return rdpscore.load()


def tables(blocks: list[Block]) -> list[Table]:
    return [b for b in blocks if isinstance(b, Table)]


def said(blocks: list[Block]) -> str:
    return "\n".join(b.text for b in blocks if isinstance(b, Sentence | Note))


def scores(survey: Survey, width: int = 100, lines: int = 40) -> list[Block]:
    result = score(survey)
    agreement = measure(survey, result.problems)
    return list(report_scores(survey, result, agreement, width=width, lines=lines))


# Scores -------------------------------------------------------------------------------------------------


def test_strips_give_way_to_names_and_numbers(shipped: Survey) -> None:
    wide, narrow = tables(scores(shipped, 100))[0], tables(scores(shipped, 50))[0]
    assert len(wide.heads) == len(narrow.heads) + 1
    assert "Each mark" in said(scores(shipped, 100))
    assert "Each mark" not in said(scores(shipped, 50))


def test_journals_fill_the_lines_and_the_last_two_rows_are_shown(shipped: Survey) -> None:
    few, many = (tables(scores(shipped, lines=n))[1] for n in (40, 400))
    groups = tied_groups(score(shipped).journals)
    assert len(many.rows) == len(groups)
    assert few.rows[-2:] == many.rows[-2:]
    assert few.rows[-3][0] == "…"
    hidden = len(groups) - (len(few.rows) - 1)
    assert f"in {hidden} rows" in few.rows[-3][-1]


def test_names_are_cut_to_the_width(shipped: Survey) -> None:
    for width in (80, 100, 160):
        assert all(
            len(row[-1]) <= width - 18 for row in tables(scores(shipped, width))[1].rows if row[0] != "…"
        )


@pytest.mark.parametrize(
    ("values", "marks"), [([0.0, 1.0], "·    ·"), ([0.5] * 2, "  o"), ([0.2] * 5, " O"), ([float("nan")], "")]
)
def test_marks_of_a_strip(values: list[float], marks: str) -> None:
    assert strip(values, 6) == marks


def test_journals_without_a_score_come_last_together(tmp_path: Path) -> None:
    groups = tied_groups(score(rdpscore.load(odd_surveys.no_answers(tmp_path / "survey"))).journals)
    assert [len(g) for g in groups] == [2]


# How sure they are --------------------------------------------------------------------------------------


def test_a_row_has_the_widest_range_of_the_journals_in_it(shipped: Survey) -> None:
    result = measure_uncertainty(shipped, None, ("coder",), n_draws=200)
    rows, journals = by_rank(result), result.journals
    assert rows["n"].sum() == journals["score"].notna().sum()
    for row in records(rows):
        own = journals[journals["rank"] == row["rank_first"]]
        assert (row["coder_low"], row["coder_high"]) == (own["coder_low"].min(), own["coder_high"].max())
        assert row["rank_last"] == row["rank_first"] + len(own) - 1


def test_what_is_not_drawn_is_not_explained(tmp_path: Path) -> None:
    survey = rdpscore.load(odd_surveys.no_adjudications(tmp_path / "survey"))
    told = {
        source: said(
            list(report_uncertainty(survey, measure_uncertainty(survey, None, (source,), n_draws=100)))
        )
        for source in ("coder", "weights")
    }
    assert "One coder:" in told["coder"]
    assert "gamma" not in told["coder"]
    assert "One coder:" not in told["weights"]
    assert "gamma" in told["weights"]


# Schemes and sensitivity --------------------------------------------------------------------------------


def test_who_moves_most_is_listed_once_with_those_alike(shipped: Survey) -> None:
    result = compare(shipped, ["equal", "by-dimension"])
    rows = most_moved(result, 10_000)
    changes = result.journals["change_by-dimension"].fillna(0)
    assert n_moved(result) == int((changes != 0).sum()) == rows["alike"].sum()
    few = most_moved(result, 5)
    assert few["change_by-dimension"].abs().min() >= rows["change_by-dimension"].abs().nlargest(5).min()
    left = n_moved(result) - int(most_moved(result, 20)["alike"].sum())
    assert f"; {left} more move;" in said(list(report_schemes(shipped, result)))


def test_a_scheme_beside_itself_moves_nobody(shipped: Survey) -> None:
    result = compare(shipped, ["equal", "equal"])
    assert n_moved(result) == 0
    assert "No journal has another rank than under equal" in said(list(report_schemes(shipped, result)))


def test_journals_without_a_publisher_are_said_to_have_none(tmp_path: Path) -> None:
    survey = rdpscore.load(odd_surveys.no_publisher(tmp_path / "survey"))
    result = sensitivity(survey, n_draws=50, base=16)
    assert len(always_tied(result).explode("titles")) == len(result.journals)
    text = repr(tables(list(report_sensitivity(survey, result))))
    assert "of (no publisher)" in text
    assert "nan" not in text
