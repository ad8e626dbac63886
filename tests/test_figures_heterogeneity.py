"""Figures of heterogeneity: what they show is what was computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from finding import sheet
from running import cli
from tables import SMALL_CODEBOOK, write_survey

from rdpscore.figures import heterogeneity as made
from rdpscore.heterogeneity.measured import HeterogeneityResult, measure_heterogeneity
from rdpscore.report.heterogeneity import heterogeneity_pictures
from rdpscore.report.pages import write_pictures
from rdpscore.survey import Survey, load


@pytest.fixture(scope="module")
def found(shipped: Survey) -> HeterogeneityResult:
    return measure_heterogeneity(shipped, with_profiles=True, n_resamples=200)


def test_every_figure_says_what_is_shown_what_to_see_and_its_n(shipped: Survey) -> None:
    result = measure_heterogeneity(shipped, with_profiles=True)
    gallery = [(p, p.figure()) for p in heterogeneity_pictures(shipped, result)]
    assert [data.name for data, _ in gallery] == ["variance-between-publishers", "profiles-of-policies"]
    for data, figure in gallery:
        assert data.title.endswith("?")
        assert data.see.endswith(".")
        assert "171 journals" in data.n
        assert figure.layout.meta["see"] == data.see


def test_the_points_and_their_intervals_are_the_shares(found: HeterogeneityResult) -> None:
    data = made.variance_shares(found)
    figure = made.variance_shares(found).draw()
    by_name = {t.name: t for t in figure.data}
    frame = data.frame
    assert list(by_name["share of these journals' variance"].x) == pytest.approx(
        frame["share_between"].astype(float)
    )
    known = frame.dropna(subset="icc")
    assert list(by_name["ICC"].x) == pytest.approx(known["icc"].astype(float))
    ends = [v for v in by_name["95 % interval"].x if v is not None]
    assert ends[0::2] == pytest.approx(known["icc_low"].astype(float).tolist())
    assert ends[1::2] == pytest.approx(known["icc_high"].astype(float).tolist())


def test_a_point_without_an_interval_says_why(found: HeterogeneityResult) -> None:
    frame = made.variance_shares(found).frame
    texts = [a.text for a in made.variance_shares(found).draw().layout.annotations]
    assert texts == ["alike inside all: no interval"] * int(frame["icc"].isna().sum())
    assert len(texts) == 2


def test_rows_stand_by_value_in_their_level(found: HeterogeneityResult) -> None:
    frame = made.variance_shares(found).frame
    assert list(dict.fromkeys(frame["level"])) == ["score", "dimension", "item"]
    for _, own in frame.groupby("level"):
        assert (np.diff(own["share_between"].astype(float)) <= 0).all()


def test_the_heat_map_holds_every_pattern_once_in_its_profile(
    shipped: Survey, found: HeterogeneityResult
) -> None:
    data = made.policy_profiles(shipped, found)
    rows = data.frame.drop_duplicates("pattern")
    assert len(rows) == 55
    assert rows["n_journals"].sum() == 171
    assert found.profiles is not None
    for profile in found.profiles.profiles:
        own = rows[rows["profile"] == profile.name]
        assert set(own["pattern"]) == set(profile.patterns)
        assert own["n_journals"].sum() == profile.n_journals
    z = np.array(made.policy_profiles(shipped, found).draw().data[0].z, float)
    assert z.shape == (55 + len(found.profiles.profiles), 17)
    levels = data.frame["level"].astype(float).to_numpy().reshape(55, 17)
    assert z[~np.isnan(z).all(axis=1)] == pytest.approx(levels)
    assert "15 IEEE" not in set(rows["label"])  # it has two patterns
    assert {"10 IEEE", "5 IEEE", "9 Wiley and 1 Elsevier"} <= set(rows["label"])


def test_titles_that_are_markup_stay_text(tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)>"
    answers = [("no", "", ""), ("yes", "1", "0"), ("yes", "2", "1"), ("yes", "0", "0"), ("yes", "2", "0")]
    owners = [evil, evil, "B", "B", "C"]
    write_survey(
        tmp_path / "s",
        SMALL_CODEBOOK,
        journals=sheet(
            "journal_id | title | publisher", *(f"j{k} | T{k} | {o}" for k, o in enumerate(owners))
        ),
        codings=sheet(
            "journal_id | coder | item | answer",
            *(
                f"j{k} | c1 | {i} | {v}"
                for k, row in enumerate(answers)
                for i, v in zip(("policy", "data", "code"), row, strict=True)
                if v
            ),
        ),
    )
    survey = load(tmp_path / "s")
    pictures = list(heterogeneity_pictures(survey, measure_heterogeneity(survey, with_profiles=True)))
    assert len(pictures) == 2
    for path in write_pictures(pictures, tmp_path / "figures"):
        assert evil not in path.read_text(encoding="utf-8")


def test_a_survey_in_which_nothing_differs_has_no_shares_to_draw(tmp_path: Path) -> None:
    write_survey(
        tmp_path / "s",
        SMALL_CODEBOOK,
        journals=sheet("journal_id | title | publisher", "a | A | North", "b | B | North"),
        codings=sheet("journal_id | coder | item | answer", "a | c1 | policy | no", "b | c1 | policy | no"),
    )
    found = measure_heterogeneity(load(tmp_path / "s"))
    assert made.variance_shares(found).frame.empty


def test_the_part_can_be_asked_for_alone(tmp_path: Path) -> None:
    run = cli("figures", "--only", "heterogeneity", "--output", tmp_path / "f")
    assert run.status == 0
    assert sorted(p.name for p in (tmp_path / "f").iterdir()) == [
        "profiles-of-policies.csv",
        "profiles-of-policies.html",
        "variance-between-publishers.csv",
        "variance-between-publishers.html",
    ]
