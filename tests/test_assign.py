"""Assignments: even, by policy, within publishers, repeatable, and never moving what was begun."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import SMALL_CODEBOOK, write_survey, write_table
from typer.testing import CliRunner

import rdpscore
from rdpscore.cli import app
from rdpscore.cli.assign import parse_share
from rdpscore.codebook import Codebook
from rdpscore.files import to_csv_bytes
from rdpscore.problems import InvalidInput, Problems
from rdpscore.survey import Survey
from rdpscore.survey.assignment import Assignment, assign, save_assignment
from rdpscore.survey.drawing import quotas, units

RUN = CliRunner()
FOUR = ["ann", "ben", "cleo", "dan"]


@pytest.fixture(scope="module")
def codebook(tmp_path_factory: pytest.TempPathFactory) -> Codebook:
    path = tmp_path_factory.mktemp("codebook") / "small.yaml"
    path.write_text(SMALL_CODEBOOK, encoding="utf-8")
    return rdpscore.load_codebook(path)


def survey_of(
    codebook: Codebook,
    policies: Sequence[Sequence[int]],
    codings: Sequence[tuple[str, ...]] = (),
    assignments: Sequence[tuple[str, ...]] | None = None,
) -> Survey:
    """A survey of publishers, each a list of policies, each a number of journals: ``p0-1-0`` and so on."""
    rows = [
        (f"p{p}-{q}-{j}", f"Journal {p} {q} {j}", f"Publisher {p}", f"p{p}-{q}" if n > 1 else None)
        for p, sizes in enumerate(policies)
        for q, n in enumerate(sizes)
        for j in range(n)
    ]
    journals = pd.DataFrame(rows, columns=["journal_id", "title", "publisher", "policy_id"], dtype=object)
    coded = [(j, c, r, "policy", "yes") for j, c, r in codings]
    table = None
    if assignments is not None:
        table = pd.DataFrame(assignments, columns=["journal_id", "coder", "round"], dtype=object)
    return Survey.from_frames(
        codebook,
        journals,
        pd.DataFrame(coded, columns=["journal_id", "coder", "round", "item", "answer"], dtype=object),
        assignments=table,
    )


def pairs_of(result: Assignment, round: str = "main") -> set[tuple[str, str]]:
    table = result.table[result.table["round"] == round].astype(object)
    return set(zip(table["journal_id"], table["coder"], strict=True))


def teams(result: Assignment) -> dict[str, frozenset[str]]:
    """Policy, by the id of its journals without the last number → its coders; a split policy fails."""
    out: dict[str, frozenset[str]] = {}
    found: dict[str, set[str]] = {}
    for journal, coder in pairs_of(result):
        found.setdefault(journal, set()).add(coder)
    for journal, coders in found.items():
        assert out.setdefault(journal.rsplit("-", 1)[0], frozenset(coders)) == coders
    return out


def spread(values: pd.Series) -> int:
    return int(values.max() - values.min())


# Balance ------------------------------------------------------------------------------------------------

PUBLISHERS = st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=12), min_size=1, max_size=8)


@settings(deadline=None, max_examples=60)
@given(
    policies=PUBLISHERS,
    n_coders=st.integers(1, 8),
    per_journal=st.integers(1, 4),
    double=st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.9, 1.0]),
    seed=st.integers(0, 1000),
)
def test_loads_differ_by_one_policy_over_all_and_in_each_publisher(
    codebook: Codebook,
    policies: list[list[int]],
    n_coders: int,
    per_journal: int,
    double: float,
    seed: int,
) -> None:
    """The bound: one policy, over all and within each publisher, whatever the publishers' sizes."""
    per_journal = min(per_journal, n_coders)
    double = double if per_journal > 1 else 1.0
    survey = survey_of(codebook, policies)
    coders = [f"c{i}" for i in range(n_coders)]
    result = assign(survey, coders, per_journal=per_journal, double=double, seed=seed)
    n = sum(map(len, policies))
    assert spread(result.balance["policies"]) <= 1
    assert (result.publishers.groupby("publisher")["policies"].agg(spread) <= 1).all()
    assert result.n_policies == n
    assert result.n_double == (np.floor(double * n + 0.5 + 1e-9) if per_journal > 1 else 0)
    sizes = {len(t) for t in teams(result).values()}
    assert sizes <= {1, per_journal}
    if per_journal == 2:  # for two coders a policy pairs differ by two at the most
        assert spread(result.pairs["policies"]) <= 2
    elif per_journal > 2:
        assert spread(result.pairs["policies"]) <= 5


@pytest.mark.parametrize("n_coders", [3, 4, 5, 6, 7, 8])
def test_pairs_of_one_publisher_are_even(codebook: Codebook, n_coders: int) -> None:
    n_pairs = n_coders * (n_coders - 1) // 2
    survey = survey_of(codebook, [[1] * (4 * n_pairs)])
    result = assign(survey, [f"c{i}" for i in range(n_coders)])
    assert len(result.pairs) == n_pairs
    assert result.pairs["policies"].sum() == 4 * n_pairs
    assert spread(result.pairs["policies"]) <= 1
    assert spread(result.balance["policies"]) == 0


def test_many_coders_are_drawn_without_listing_all_combinations(codebook: Codebook) -> None:
    survey = survey_of(codebook, [[1] * 120])
    result = assign(survey, [f"c{i}" for i in range(60)], per_journal=5)
    assert set(result.balance["policies"]) == {10}
    assert result.pairs["policies"].max() <= 3


def test_the_shipped_publishers_are_shared_evenly(shipped: Survey) -> None:
    result = assign(shipped, FOUR, round="recode", double=0.3, seed=5)
    assert result.n_double == 51
    assert spread(result.balance["policies"]) <= 1
    assert spread(result.pairs["policies"]) <= 2
    table = result.table[result.table["round"] == "recode"]
    publisher = shipped.journals.set_index("journal_id")["publisher"].astype(object)
    coders = table["journal_id"].astype(object).value_counts()
    double = publisher[coders.index[coders == 2]].value_counts()
    sizes = publisher.value_counts()
    assert ((double.reindex(sizes.index, fill_value=0) - 0.3 * sizes).abs() < 1).all()


@given(sizes=st.lists(st.integers(0, 30), min_size=1, max_size=12), share=st.floats(0, 1))
def test_quotas_add_up_and_stay_within_one_of_the_share(sizes: list[int], share: float) -> None:
    share = round(share, 3)
    found = quotas(np.random.default_rng(0), sizes, share)
    assert sum(found) == np.floor(share * sum(sizes) + 0.5 + 1e-9)
    assert all(abs(q - share * n) < 1 and 0 <= q <= n for q, n in zip(found, sizes, strict=True))


def test_policies_are_units_and_blank_publishers_one_stratum(codebook: Codebook) -> None:
    survey = survey_of(codebook, [[2, 1], [1, 3]])
    unit, stratum, publishers = units(survey)
    assert unit.tolist() == [0, 0, 1, 2, 3, 3, 3]
    assert stratum.tolist() == [0, 0, 1, 1]
    assert publishers == ["Publisher 0", "Publisher 1"]
    journals = survey.journals.astype(object)
    journals["publisher"] = [None, None, None, "B", None, None, None]
    blank = Survey.from_frames(codebook, journals, survey.codings)
    assert units(blank)[2] == [None, "B"]
    assert assign(blank, FOUR).n_policies == 4


# The same and only once ---------------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(policies=PUBLISHERS, seed=st.integers(0, 50))
def test_same_seed_same_bytes(codebook: Codebook, policies: list[list[int]], seed: int) -> None:
    one, other = (
        to_csv_bytes(assign(survey_of(codebook, policies), FOUR, double=0.5, seed=seed).table) for _ in "ab"
    )
    assert one == other


def test_another_seed_is_another_draw(codebook: Codebook) -> None:
    survey = survey_of(codebook, [[1] * 20])
    assert pairs_of(assign(survey, FOUR, seed=1)) != pairs_of(assign(survey, FOUR, seed=2))


@settings(deadline=None, max_examples=25)
@given(
    policies=PUBLISHERS,
    more=PUBLISHERS,
    seed=st.integers(0, 50),
    redraw=st.booleans(),
    data=st.data(),
)
def test_rows_stay_and_what_is_begun_never_moves(
    codebook: Codebook,
    policies: list[list[int]],
    more: list[list[int]],
    seed: int,
    redraw: bool,
    data: st.DataObject,
) -> None:
    first = assign(survey_of(codebook, policies), FOUR, seed=seed, double=0.5)
    rows = sorted(pairs_of(first))
    begun = data.draw(st.lists(st.sampled_from(rows), unique=True, max_size=6))
    grown = (
        [[*a, *b] for a, b in zip(policies, more, strict=False)]
        + policies[len(more) :]
        + more[len(policies) :]
    )
    survey = survey_of(
        codebook,
        grown,
        codings=[(j, c, "main") for j, c in begun],
        assignments=[*((j, c, "main") for j, c in rows), ("p0-0-0", "eve", "pilot")],
    )
    second = assign(survey, ["ben", "cleo", "dan", "fay"], seed=seed + 1, redraw=redraw)
    found = pairs_of(second)
    assert set(begun) <= found
    assert pairs_of(second, "pilot") == {("p0-0-0", "eve")}
    assert {j for j, _ in found} == set(survey.journal_ids)
    if redraw:  # ann codes only what she began, and the other journals of these policies
        hers = {j.rsplit("-", 1)[0] for j, c in begun if c == "ann"}
        assert {j.rsplit("-", 1)[0] for j, c in found if c == "ann"} == hers
        again = assign(survey_with(survey, second), ["ben", "cleo", "dan", "fay"], seed=seed + 1, redraw=True)
        assert set(begun) <= pairs_of(again)
    else:
        assert set(rows) <= found
        assert second.n_removed == 0
        new = {j for j, _ in found - set(rows)}
        assert not new & {j for j, _ in rows}
    teams(second)  # never split


def survey_with(survey: Survey, result: Assignment) -> Survey:
    return Survey.from_frames(
        survey.codebook, survey.journals, survey.codings, survey.adjudications, assignments=result.table
    )


def test_a_journal_added_to_a_policy_goes_to_its_coders(codebook: Codebook) -> None:
    first = assign(survey_of(codebook, [[3, 2], [2, 1, 1]]), FOUR)
    rows = [(j, c, "main") for j, c in sorted(pairs_of(first))]
    second = assign(survey_of(codebook, [[5, 2], [2, 1, 1]], assignments=rows), ["eve", "fay"])
    assert teams(second) == teams(first)
    assert second.n_added == 4
    assert second.balance.set_index("coder")["new_policies"].sum() == 2


def test_a_second_run_changes_nothing(codebook: Codebook) -> None:
    survey = survey_of(codebook, [[3, 2], [2, 1, 1]])
    first = assign(survey, FOUR, double=0.5)
    second = assign(survey_with(survey, first), FOUR, double=0.5, seed=9)
    assert (second.n_added, second.n_removed) == (0, 0)
    assert to_csv_bytes(second.table) == to_csv_bytes(first.table)


def test_codings_without_assignment_count_as_begun(codebook: Codebook) -> None:
    survey = survey_of(
        codebook, [[2, 1, 1, 1]], codings=[("p0-0-0", "zoe", "main"), ("p0-1-0", "ann", "pilot")]
    )
    found = teams(assign(survey, ["ann", "ben"]))
    assert "zoe" in found["p0-0"]
    assert all(len(t) == 2 for t in found.values())
    assert sum("zoe" in t for t in found.values()) == 1


def test_new_policies_go_to_who_has_fewest(codebook: Codebook) -> None:
    rows = [(f"p0-{q}-0", c, "main") for q in range(4) for c in ("ann", "ben")]
    result = assign(survey_of(codebook, [[1] * 6], assignments=rows), ["ann", "ben", "cleo"])
    assert result.balance.set_index("coder")["new_policies"].to_dict() == {"ann": 1, "ben": 1, "cleo": 2}


def test_the_share_is_of_the_whole_round(codebook: Codebook) -> None:
    survey = survey_of(codebook, [[1] * 10])
    first = assign(survey, FOUR, double=0.3)
    rows = [(j, c, "main") for j, c in sorted(pairs_of(first))]
    second = assign(survey_of(codebook, [[1] * 20], assignments=rows), FOUR, double=0.3)
    assert (first.n_double, second.n_double) == (3, 6)


def test_redraw_of_a_policy_that_more_have_begun_than_asked_for(codebook: Codebook) -> None:
    begun = [("p0-0-0", c, "main") for c in ("ann", "ben")] + [("p0-0-1", c, "main") for c in ("cleo", "dan")]
    survey = survey_of(codebook, [[3, 1, 1]], codings=begun, assignments=begun)
    result = assign(survey, FOUR, redraw=True)
    found: dict[str, set[str]] = {}
    for journal, coder in pairs_of(result):
        found.setdefault(journal, set()).add(coder)
    assert found["p0-0-0"] == {"ann", "ben"}
    assert found["p0-0-1"] == {"cleo", "dan"}
    assert all(len(t) == 2 for t in found.values())


def test_extra_columns_and_other_rounds_stay(codebook: Codebook) -> None:
    survey = survey_of(
        codebook, [[1, 1]], assignments=[("p0-0-0", "ann", "main"), ("p0-1-0", "ben", "pilot")]
    )
    assert survey.assignments is not None
    frame = survey.assignments.astype(object).assign(
        due=pd.Series(["2026-05-01", None], [2, 3], dtype=object)
    )
    kept = Survey.from_frames(codebook, survey.journals, survey.codings, assignments=frame)
    table = assign(kept, ["ann", "ben"], per_journal=1).table.astype(object)
    assert table.where(table.notna(), "").to_numpy().tolist() == [
        ["p0-0-0", "ann", "main", "2026-05-01"],
        ["p0-1-0", "ben", "pilot", ""],
        ["p0-1-0", "ben", "main", ""],
    ]


# Wrong use and bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coders", "options", "says"),
    [
        ([], {}, "at least one coder"),
        (["ann", "ann"], {}, "'ann' is named twice"),
        (["ann", "Ann"], {}, "'ann' and 'Ann' are too much alike"),
        (["ann", "ben c"], {}, "'ben c' cannot name a coder"),
        (["ann", "ben,c"], {}, "'ben,c' cannot name a coder"),
        (["ann", "../x"], {}, "cannot name a coder"),
        (["ann", " "], {}, "name of a coder is blank"),
        (["ann", "ben"], {"round": "a b"}, "'a b' cannot name a round"),
        (["ann", "ben"], {"per_journal": 3}, "3 coders a journal are more than the 2 named"),
        (["ann", "ben"], {"per_journal": 0}, "at least one coder"),
        (["ann", "ben"], {"double": 1.2}, "not at 120 %"),
        (["ann", "ben"], {"double": -0.1}, "between 0 and 100 %"),
        (["ann", "ben"], {"per_journal": 1, "double": 0.3}, "nothing is doubly coded"),
        (["ann", "Zoe"], {}, "the survey has a coder 'zoe'"),
    ],
)
def test_bad_arguments_end_in_a_sentence(
    codebook: Codebook, coders: list[str], options: dict[str, object], says: str
) -> None:
    survey = survey_of(codebook, [[1, 1]], codings=[("p0-0-0", "zoe", "pilot")])
    with pytest.raises(ValueError, match=says):
        assign(survey, coders, **options)  # type: ignore[arg-type]


def test_errors_of_validation_are_raised(codebook: Codebook) -> None:
    survey = survey_of(codebook, [[1, 1]])
    with pytest.raises(InvalidInput):
        assign(survey, FOUR, problems=Problems.one("missing_file", "journals.csv", value="journals.csv"))
    with pytest.raises(InvalidInput, match="no journals"):
        assign(survey_of(codebook, [[]]), FOUR)


@pytest.mark.parametrize(
    ("text", "share"), [("30%", 0.3), ("30 %", 0.3), ("0.3", 0.3), ("12,5%", 0.125), ("0", 0), ("100%", 1)]
)
def test_shares(text: str, share: float) -> None:
    assert parse_share(text) == share


# The command --------------------------------------------------------------------------------------------


def test_the_command_writes_once_and_prints_the_balance(folder: Path) -> None:
    result = RUN.invoke(app, ["assign", str(folder), "--coders", "c1,c2,c3", "--seed", "4"])
    assert result.exit_code == 0, result.output
    assert "3 policies, 3 doubly coded" in result.output
    written = (folder / "assignments.csv").read_bytes()
    assert written.startswith(b"journal_id,coder,round\n")
    rows = {tuple(line.split(",")) for line in written.decode().splitlines()[1:]}
    coded = {("alpha", "c1"), ("alpha", "c2"), ("beta", "c1"), ("beta", "c2"), ("gamma", "c1")}
    assert {(j, c, "main") for j, c in coded} <= rows
    assert rdpscore.validate(folder).ok
    again = RUN.invoke(app, ["assign", str(folder), "--coders", "c1,c2,c3"])
    assert again.exit_code == 0
    assert "Nothing was drawn" in again.output
    assert (folder / "assignments.csv").read_bytes() == written


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    before = sorted(p.name for p in folder.iterdir())
    result = RUN.invoke(app, ["assign", str(folder), "--coders", "c1,c2", "--dry-run", "--json"])
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["result"]["n_added"] == 6
    assert document["settings"]["seed"] == 1
    assert sorted(p.name for p in folder.iterdir()) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["--coders", "a,b", "--double", "101%"],
        ["--coders", "a,b", "--double", "30"],
        ["--coders", "a,b", "--double", "1"],
        ["--coders", "a,b", "--double", "some"],
        ["--coders", "a,b", "--per-journal", "3"],
        ["--coders", "a,a"],
        ["--coders", "a b,c"],
        ["--coders", "a,,b"],
        ["--coders", "a,b", "--seed", "-1"],
        [],
    ],
)
def test_wrong_use_exits_with_2(folder: Path, arguments: list[str]) -> None:
    result = RUN.invoke(app, ["assign", str(folder), *arguments])
    assert result.exit_code == 2
    assert not (folder / "assignments.csv").exists()


def test_unknown_and_shipped_surveys_are_refused(tmp_path: Path) -> None:
    assert RUN.invoke(app, ["assign", str(tmp_path / "none"), "--coders", "a,b"]).exit_code == 2
    assert RUN.invoke(app, ["assign", "materials-science", "--coders", "a,b"]).exit_code == 2
    shipped_folder = rdpscore.load().path
    assert shipped_folder is not None
    assert RUN.invoke(app, ["assign", str(shipped_folder), "--coders", "a,b"]).exit_code == 2
    assert not (shipped_folder / "assignments.csv").exists()


def test_a_folder_that_is_no_survey_is_left_alone(tmp_path: Path) -> None:
    assert RUN.invoke(app, ["assign", str(tmp_path), "--coders", "a,b"]).exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_a_survey_with_errors_is_not_assigned(tmp_path: Path) -> None:
    folder = write_survey(
        tmp_path / "broken",
        journals="""
            | journal_id | title | publisher |
            |------------|-------|-----------|
            | alpha      | Alpha | North     |
            | alpha      | Alpha | North     |
        """,
        codings="""
            | journal_id | coder | item | answer |
            |------------|-------|------|--------|
        """,
    )
    result = RUN.invoke(app, ["assign", str(folder), "--coders", "a,b"])
    assert result.exit_code == 1
    assert "duplicate_key" in result.output
    assert not (folder / "assignments.csv").exists()


def test_a_draw_reads_what_no_other_process_can_change(folder: Path) -> None:
    """The survey is read while the folder is locked, so that two draws at once cannot both be first."""
    seen: list[bool] = []

    def draw() -> Assignment:
        from filelock import FileLock, Timeout

        try:
            with FileLock(folder / ".rdpscore-lock", timeout=0):
                seen.append(False)
        except Timeout:
            seen.append(True)
        return assign(rdpscore.load(folder), ["c1", "c2"])

    save_assignment(folder, draw)
    assert seen == [True]
    assert len(rdpscore.load(folder).assignments) == 6  # type: ignore[arg-type]


def test_a_failing_draw_leaves_the_old_file(folder: Path) -> None:
    write_table(
        folder / "assignments.csv",
        """
        | journal_id | coder | round |
        |------------|-------|-------|
        | alpha      | c1    | main  |
        """,
    )
    before = (folder / "assignments.csv").read_bytes()

    def draw() -> Assignment:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        save_assignment(folder, draw)
    assert (folder / "assignments.csv").read_bytes() == before
    assert rdpscore.validate(folder).ok


def test_pairs_and_publishers_are_counted(codebook: Codebook) -> None:
    result = assign(survey_of(codebook, [[2, 1], [1]]), ["ann", "ben"])
    assert [tuple(r) for r in result.pairs.to_numpy().tolist()] == [("ann", "ben", 3)]
    assert result.publishers["policies"].tolist() == [2, 2, 1, 1]
    assert result.balance["journals"].tolist() == [4, 4]
    assert list(result.tables()) == ["assignments", "balance", "pairs", "publishers"]
