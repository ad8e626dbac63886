"""Profiles: Gower's distance as R prints it, known kinds found again, and no trace of the journals' order."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from finding import sheet
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform
from tables import write_survey

from rdpscore.heterogeneity.kinds import Profiles, profiles
from rdpscore.heterogeneity.patterns import (
    answer_patterns,
    average_linkage,
    cut,
    gower,
    pattern_distances,
    silhouette,
)
from rdpscore.report.heterogeneity import mark_sentence, members, profile_sentences
from rdpscore.survey import Survey, load

# Distances ---------------------------------------------------------------------------------------------


def test_gower_is_that_of_daisy_on_the_flower_data() -> None:
    """First four rows of the data of Kaufman and Rousseeuw 1990; R prints these for ``cluster::daisy(flower)``."""
    flower = np.array(
        [[0, 1, 1, 4, 3, 15, 25, 15], [1, 0, 0, 2, 1, 3, 150, 50], [0, 1, 0, 3, 3, 1, 150, 50],
         [0, 0, 1, 4, 2, 16, 125, 50]],
        float,
    )  # fmt: skip
    span = np.array([1, 1, 1, 4, 2, 17, 180, 50], float)
    nominal = np.array([True, True, True, True, False, False, False, False])
    found = gower(flower, span, nominal)
    expected = {
        (1, 0): 0.8875408,
        (2, 0): 0.5272467,
        (3, 0): 0.3517974,
        (2, 1): 0.5147059,
        (3, 1): 0.5504493,
        (3, 2): 0.5651552,
    }
    for (i, j), value in expected.items():
        assert found[i, j] == pytest.approx(value, abs=5e-8)
    assert np.diag(found) == pytest.approx(0)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6))
def test_gower_of_complete_data_is_scipys(seed: int) -> None:
    """Ordinal: city block of values over their spans; nominal: Hamming; over the number of items."""
    rng = np.random.default_rng(seed)
    span = rng.integers(1, 6, 7)
    nominal = rng.random(7) > 0.5
    values = rng.integers(0, span + 1, (9, 7)).astype(float)
    block = pdist((values / span)[:, ~nominal], "cityblock") if (~nominal).any() else 0.0
    kinds = pdist(values[:, nominal], "hamming") * nominal.sum() if nominal.any() else 0.0
    assert gower(values, span.astype(float), nominal) == pytest.approx(squareform((block + kinds) / 7))


def test_missing_answers_leave_their_item_out_pair_by_pair() -> None:
    values = np.array([[0, 2, np.nan], [1, 2, 0], [np.nan, np.nan, 1]])
    found = gower(values, np.array([1.0, 4, 1]), np.zeros(3, bool))
    assert found[0, 1] == pytest.approx((1 + 0) / 2)
    assert found[1, 2] == pytest.approx(1)
    assert np.isnan(found[0, 2])


def test_the_silhouette_is_rousseeuws_formula() -> None:
    rng = np.random.default_rng(3)
    distances = squareform(pdist(rng.normal(size=(8, 2))))
    labels = np.array([0, 0, 0, 1, 1, 1, 1, 2])
    widths = []
    for i in range(8):
        own = (labels == labels[i]) & (np.arange(8) != i)
        if not own.any():
            widths.append(0.0)
            continue
        a = distances[i, own].mean()
        b = min(distances[i, labels == c].mean() for c in set(labels.tolist()) - {labels[i]})
        widths.append((b - a) / max(a, b))
    assert silhouette(distances, labels) == pytest.approx(np.mean(widths))
    assert silhouette(distances, np.zeros(8, np.intp)) is None
    assert silhouette(distances, np.arange(8)) is None


def test_cut_labels_by_first_appearance() -> None:
    distances = squareform(pdist(np.array([[9.0], [0.0], [9.1], [0.2], [5.0]])))
    assert cut(average_linkage(distances), 3).tolist() == [0, 1, 0, 1, 2]


# Known kinds -------------------------------------------------------------------------------------------

BOOK = (
    """\
format: 1
id: kinds
version: "1"
title: Ten items
dimensions: [{id: data, title: Data}]
items:
"""
    + "".join(
        f"""  - id: i{k}
    dimension: data
    title: Item {k}
    question: What?
    level: ordinal
    evidence: optional
    options:
      - {{code: "0", label: Silent on {k}, score: 0}}
      - {{code: "1", label: Encouraged {k}, score: 0.5}}
      - {{code: "2", label: Required {k}, score: 1}}
"""
        for k in range(10)
    )
    + """\
schemes: [{id: equal, title: Mean of the items}]
default_scheme: equal
"""
)
YAML = 'format: 1\nid: kinds\ntitle: Kinds\ncodebook: {id: kinds, version: "1"}\n'


def kinds_survey(folder: Path, seed: int = 1, *, structure: bool = True, n_publishers: int = 12) -> Survey:
    """Publishers of three kinds (strict on data, on code, silent), each of five journals with a slip to the middle."""
    rng = np.random.default_rng(seed)
    centres = np.array([[2] * 5 + [0] * 5, [0] * 5 + [2] * 5, [0] * 10])
    journals, codings = [], []
    for p in range(n_publishers):
        for _ in range(5):
            row = centres[p % 3].copy() if structure else rng.integers(0, 3, 10)
            if structure:
                slip = rng.integers(0, 10)
                row[slip] = 1
            j = f"j{len(journals)}"
            journals.append(f"{j} | Journal {j} | P{p:02d}")
            codings += [f"{j} | c1 | i{k} | {v}" for k, v in enumerate(row)]
    write_survey(
        folder, BOOK, YAML,
        journals=sheet("journal_id | title | publisher", *journals),
        codings=sheet("journal_id | coder | item | answer", *codings),
    )  # fmt: skip
    return load(folder)


def memberships(found: Profiles, survey: Survey) -> dict[str, str]:
    """Journal → profile."""
    name = {p: profile.name for profile in found.profiles for p in profile.patterns}
    return {str(j): name[k] for j, k in zip(survey.journal_ids, found.patterns.of, strict=True)}


def test_kinds_that_are_there_are_found_again(tmp_path: Path) -> None:
    survey = kinds_survey(tmp_path / "s")
    found = profiles(survey, n_resamples=100)
    assert found.n_clusters == 3
    of = memberships(found, survey)
    for j, publisher in zip(survey.journal_ids, survey.journals["publisher"], strict=True):
        assert of[str(j)] == of[f"j{int(publisher[1:]) % 3 * 5}"]
    assert len(set(of.values())) == 3
    assert all(p.shared and p.n_journals == 20 and (p.jaccard or 0) > 0.95 for p in found.profiles)
    assert found.profiles[-1].strictness < 0.1  # the silent ones come last


def test_what_marks_a_profile_are_the_items_it_was_made_of(tmp_path: Path) -> None:
    survey = kinds_survey(tmp_path / "s")
    found = profiles(survey, n_resamples=60)
    by_publisher = {p.publishers[0][0]: p for p in found.profiles}
    data = next(p for name, p in by_publisher.items() if int(name[1:]) % 3 == 0)
    assert {m.item for m in data.marks} <= {f"i{k}" for k in range(5)}
    assert all(m.difference > 0.5 for m in data.marks)
    mark = data.marks[0]
    assert mark.answer.startswith("Required")
    assert (mark.n_known, mark.n_other_known) == (20, 40)
    assert mark_sentence(mark).startswith(f"{mark.title}: required")
    assert members(data) == "P00 (all 5), P03 (all 5), P06 (all 5) and P09 (all 5)"


def test_the_order_of_journals_changes_nothing(tmp_path: Path, shipped: Survey) -> None:
    rng = np.random.default_rng(4)
    order = rng.permutation(len(shipped.journals))
    mixed = replace(shipped, journals=shipped.journals.iloc[order])
    one, other = profiles(shipped, n_resamples=60), profiles(mixed, n_resamples=60)
    assert np.array_equal(one.patterns.option, other.patterns.option)
    assert [p.patterns for p in one.profiles] == [p.patterns for p in other.profiles]
    assert memberships(one, shipped) == memberships(other, mixed)


def test_copies_of_journals_change_no_cluster(tmp_path: Path) -> None:
    """Patterns are clustered, not journals: a publisher with ten times as many journals makes no other kinds."""
    survey = kinds_survey(tmp_path / "s")
    patterns = answer_patterns(survey)
    tree = average_linkage(pattern_distances(patterns))
    assert patterns.n < len(survey.journal_ids)
    assert len(cut(tree, 3)) == patterns.n


def test_answers_without_kinds_have_no_profiles(tmp_path: Path) -> None:
    survey = kinds_survey(tmp_path / "s", structure=False)
    found = profiles(survey, n_resamples=100)
    assert (found.n_clusters, found.reason, found.profiles) == (None, "none_stable", ())
    (said,) = profile_sentences(found)
    assert said.startswith("No profiles: no number of profiles is stable from 2 to 10")
    assert "closest: " in said
    assert said.endswith(").")


def few(folder: Path) -> Survey:
    """Five publishers, three patterns."""
    journals = [f"j{k} | Journal {k} | P{k}" for k in range(5)]
    codings = [f"j{k} | c1 | i{i} | {k % 3}" for k in range(5) for i in range(10)]
    write_survey(
        folder, BOOK, YAML,
        journals=sheet("journal_id | title | publisher", *journals),
        codings=sheet("journal_id | coder | item | answer", *codings),
    )  # fmt: skip
    return load(folder)


@pytest.mark.parametrize(
    ("survey", "reason"),
    [
        (lambda folder: kinds_survey(folder, n_publishers=2), "few_publishers"),
        (few, "few_patterns"),
    ],
    ids=["two publishers", "three patterns"],
)
def test_too_little_to_group_is_null_with_a_reason(tmp_path: Path, survey: object, reason: str) -> None:
    found = profiles(survey(tmp_path / "s"), n_resamples=50)  # type: ignore[operator]
    assert (found.reason, found.profiles, found.numbers) == (reason, (), ())
    assert len(profile_sentences(found)) == 1


def test_very_many_patterns_are_not_grouped(shipped: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["rdpscore.heterogeneity.kinds"], "MOST_PATTERNS", 54)
    assert profiles(shipped).reason == "many_patterns"


def test_patterns_without_a_common_item_are_as_far_apart_as_patterns_are_on_average(tmp_path: Path) -> None:
    write_survey(
        tmp_path / "s", BOOK, YAML,
        journals=sheet("journal_id | title | publisher", "a | A | P", "b | B | P", "c | C | P"),
        codings=sheet(
            "journal_id | coder | item | answer",
            "a | c1 | i0 | 0", "b | c1 | i1 | 2", "c | c1 | i0 | 2", "c | c1 | i1 | 1",
        ),
    )  # fmt: skip
    patterns = answer_patterns(load(tmp_path / "s"))
    found = pattern_distances(patterns)
    a, b, c = patterns.of
    assert (found[a, c], found[b, c]) == (1.0, 0.5)
    assert found[a, b] == pytest.approx(0.75)


# The shipped survey ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found(shipped: Survey) -> Profiles:
    return profiles(shipped)


def test_the_profiles_of_the_shipped_survey_hold_every_journal_once(found: Profiles) -> None:
    assert found.patterns.n == 55
    assert sorted(p for profile in found.profiles for p in profile.patterns) == list(range(55))
    assert sum(p.n_journals for p in found.profiles) == 171
    assert [p.strictness for p in found.profiles] == sorted(
        (p.strictness for p in found.profiles), reverse=True
    )
    chosen = found.chosen
    assert chosen is not None
    assert chosen.n_clusters == len(found.profiles)
    assert chosen.stable
    assert chosen.n_shared >= 2
    better = [n for n in found.numbers if (n.silhouette or 0) > (chosen.silhouette or 0)]
    assert all(not n.stable or n.n_shared < 2 for n in better)
    frame = found.to_frame()
    assert frame["n_journals"].sum() == 171
    assert (frame.groupby("publisher")["n_journals"].sum() == frame.groupby("publisher")["of"].first()).all()


def test_the_sentences_warn_of_weak_profiles(found: Profiles) -> None:
    said = " ".join(profile_sentences(found))
    assert "weak (silhouette" in said
    assert "2 would be clearer (0.64), but only set odd policies apart." in said
