"""``rdpscore heterogeneity``: groups and shares by pandas alone, nominal items, and every edge in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from finding import sheet
from running import Run, cli
from tables import SMALL_CODEBOOK, write_survey

import rdpscore
from rdpscore.heterogeneity.measured import HeterogeneityResult, measure_heterogeneity
from rdpscore.report.heterogeneity import sentences
from rdpscore.scoring.scores import journal_scores
from rdpscore.survey import Survey, load
from rdpscore.words import listed


@pytest.fixture(scope="module")
def found(shipped: Survey) -> HeterogeneityResult:
    return measure_heterogeneity(shipped)


@pytest.fixture(scope="module")
def answers(shipped: Survey) -> pd.DataFrame:
    """Resolved answers from the files, by pandas alone: journals by items."""
    assert shipped.path is not None
    codings = pd.read_csv(shipped.path / "codings.csv", dtype=str)
    adopted = pd.read_csv(shipped.path / "adjudications.csv", dtype=str)
    answer = codings.groupby(["journal_id", "item"])["answer"].first()
    answer.update(adopted.set_index(["journal_id", "item"])["answer"])
    wide = answer.reset_index().pivot_table(
        index="journal_id", columns="item", values="answer", aggfunc="first"
    )
    closed = [i.id for i in shipped.codebook.items if i.closed]
    publisher = pd.read_csv(shipped.path / "journals.csv").set_index("journal_id")["publisher"]
    return wide[closed].assign(publisher=publisher)


# The shipped survey ------------------------------------------------------------------------------------


def test_the_counts_that_design_and_issue_name(found: HeterogeneityResult) -> None:
    assert (found.n_journals, found.n_groups, found.n_patterns) == (171, 17, 55)
    row = found.score
    assert row["share_between"] == pytest.approx(0.75, abs=0.005)
    assert (row["icc"], row["icc_low"], row["icc_high"]) == pytest.approx((0.88, 0.77, 0.94), abs=0.005)
    assert (row["without_low"], row["without_low_group"]) == (pytest.approx(0.69, abs=0.005), "Open Journals")
    assert round(row["effective_n"]) == 23


def test_patterns_and_items_alike_are_counted_from_the_files(
    found: HeterogeneityResult, answers: pd.DataFrame
) -> None:
    items = answers.columns.drop("publisher")
    groups = found.groups.set_index("group")
    assert found.n_patterns == len(answers[items].drop_duplicates())
    shared = answers.drop_duplicates().groupby(list(items))["publisher"].nunique()
    assert found.n_shared == (shared > 1).sum() == 2
    for publisher, own in answers.groupby("publisher"):
        row = groups.loc[publisher]
        assert row["n_journals"] == len(own)
        assert row["n_patterns"] == len(own[items].drop_duplicates())
        assert row["n_commonest"] == own.groupby(list(items)).size().max()
        assert row["items_alike"] == (own[items].nunique() == 1).sum()


def test_means_of_groups_are_those_of_score(shipped: Survey, found: HeterogeneityResult) -> None:
    expected = rdpscore.score(shipped).publishers.set_index("publisher")
    ours = found.groups.set_index("group").loc[expected.index]
    for column in ("mean", "min", "max"):
        assert ours[column].astype(float).to_numpy() == pytest.approx(expected[column].to_numpy())
    several = expected["n_journals"] > 1
    assert ours.loc[several, "sd"].astype(float).to_numpy() == pytest.approx(
        expected.loc[several, "sd"].to_numpy(), abs=1e-12
    )


def test_the_share_of_an_item_is_eta_squared_of_its_scores(
    shipped: Survey, found: HeterogeneityResult, answers: pd.DataFrame
) -> None:
    shares = found.shares.set_index("id")
    for item in shipped.codebook.scored_items:
        value = answers[item.id].map(dict(zip(item.codes, item.scores, strict=True)))
        means = value.groupby(answers["publisher"]).transform("mean")
        expected = ((means - value.mean()) ** 2).sum() / ((value - value.mean()) ** 2).sum()
        assert shares.loc[item.id, "share_between"] == pytest.approx(expected)
        mixed = value.groupby(answers["publisher"]).nunique() > 1
        assert shares.loc[item.id, "n_mixed"] == mixed.sum()


def test_a_dimension_is_the_mean_of_its_items_under_the_scheme(shipped: Survey) -> None:
    """By dimensions, weights equal: the mean of the dimensions' rows is the row of the score."""
    shares = measure_heterogeneity(shipped, "by-dimension").shares
    means = shares.loc[shares["level"] == "dimension", "mean"].astype(float)
    assert means.mean() == pytest.approx(np.mean(journal_scores(shipped, "by-dimension")))


def test_another_column_makes_other_groups(shipped: Survey) -> None:
    found = measure_heterogeneity(shipped, by="access_model")
    assert (found.n_groups, found.score["n"]) == (2, 171)
    assert found.score["share_between"] < 0.2
    said = " ".join(sentences(found))
    assert "groups (access_model)" in said
    assert "With 2 groups (access_model) nothing can be said of others like them." in said
    assert round(found.effective_n or 0) == 23  # publishers are what is independent, whatever the groups


def test_many_small_groups_hold_much_by_chance(shipped: Survey) -> None:
    """The mean of eta squared over shuffles of the groups is (G − 1)/(n − 1)."""
    found = measure_heterogeneity(shipped, by="impact")
    rng = np.random.default_rng(0)
    y = pd.Series(journal_scores(shipped, "equal"))
    group = shipped.journals["impact"].astype(object).fillna("none").to_numpy()
    shares = []
    for _ in range(200):
        means = y.groupby(rng.permutation(group)).transform("mean")
        shares.append(((means - y.mean()) ** 2).sum() / ((y - y.mean()) ** 2).sum())
    assert found.score["by_chance"] == pytest.approx(np.mean(shares), abs=0.01)
    assert "95 % would lie between them by chance" in " ".join(sentences(found))


def test_the_sentences_say_what_there_is_to_see(found: HeterogeneityResult) -> None:
    said = sentences(found)
    assert said[0] == (
        "171 journals of 17 publishers have 55 different sets of answers. On their mean score they say as much as "
        "about 23 independent journals would."
    )
    assert any(
        s.startswith("75 % of the variance of scores lies between publishers, 25 % inside") for s in said
    )
    assert any("0.88 (95 % interval 0.77 to 0.94); without Open Journals it would be 0.69" in s for s in said)
    assert any(s.startswith("3 of 15 publishers") and "Frontiers" in s for s in said)
    assert said[-1].startswith("Policy is not practice")
    assert all(s.endswith(".") and "nan" not in s.lower() for s in said)


@pytest.mark.parametrize(
    ("names", "text"),
    [("a", "a"), ("ab", "a and b"), ("abcd", "a, b, c and d"), ("abcde", "a, b, c and 2 others")],
)
def test_long_lists_are_cut(names: str, text: str) -> None:
    assert listed(list(names)) == text


def test_the_same_seed_gives_the_same_bytes(shipped: Survey) -> None:
    one, other = (
        measure_heterogeneity(shipped, with_profiles=True, n_resamples=60, seed=5).to_json() for _ in range(2)
    )
    assert one == other


# Nominal items -----------------------------------------------------------------------------------------

KINDS = SMALL_CODEBOOK.replace(
    """    title: Code
    question: Must code be shared?
    level: ordinal
    evidence: optional
    applies_if: {policy: ["yes"]}
    options:
      - {code: "0", label: Silent, score: 0}
      - {code: "1", label: Asked for, score: 1}
""",
    """    title: Code
    question: Where is code shared?
    level: nominal
    scored: false
    evidence: optional
    options:
      - {code: "0", label: Nowhere}
      - {code: "1", label: Archive}
      - {code: "2", label: Forge}
""",
).replace("  - {id: by-dimension, title: Mean of the dimension means, by: dimensions}\n", "")


def survey_of(folder: Path, *rows: str, codebook: str = SMALL_CODEBOOK) -> Survey:
    """A survey from lines ``publisher | policy | data | code``, one coder."""
    cells = [[c.strip() for c in row.split("|")] for row in rows]
    journals = [f"j{k} | Journal {k} | {cell[0]}" for k, cell in enumerate(cells)]
    codings = [
        f"j{k} | c1 | {item} | {answer}"
        for k, cell in enumerate(cells)
        for item, answer in zip(("policy", "data", "code"), cell[1:], strict=True)
        if answer
    ]
    write_survey(
        folder,
        codebook,
        journals=sheet("journal_id | title | publisher", *journals),
        codings=sheet("journal_id | coder | item | answer", *codings),
    )
    return load(folder)


def test_a_nominal_item_has_goodman_and_kruskals_tau(tmp_path: Path) -> None:
    """By hand: counts North 3, 1, 0, South 0, 2, 2; Gini 1 − (9 + 9 + 4)/64 = 42/64, inside (6/16 + 8/16)/2 = 7/16."""
    kinds = ["0", "0", "0", "1", "1", "1", "2", "2"]
    rows = [f"{'North' if k < 4 else 'South'} | yes | 1 | {kind}" for k, kind in enumerate(kinds)]
    found = measure_heterogeneity(survey_of(tmp_path / "s", *rows, codebook=KINDS))
    row = found.shares.set_index("id").loc["code"]
    assert row["share_between"] == pytest.approx(1 - (7 / 16) / (42 / 64))
    assert (row["measure"], row["reason"]) == ("answer", "nominal")
    assert row["n_mixed"] == 2
    assert pd.isna(row["icc"])


def test_tau_of_two_answers_is_eta_squared_of_the_indicator(tmp_path: Path) -> None:
    """A known identity (Light and Margolin 1971)."""
    rng = np.random.default_rng(2)
    code = rng.integers(0, 2, 30)
    owner = rng.integers(0, 4, 30)
    rows = [f"P{p} | yes | 1 | {c}" for p, c in zip(owner, code, strict=True)]
    found = measure_heterogeneity(survey_of(tmp_path / "s", *rows, codebook=KINDS)).shares.set_index("id")
    y = pd.Series(code.astype(float))
    means = y.groupby(owner).transform("mean")
    eta2 = ((means - y.mean()) ** 2).sum() / ((y - y.mean()) ** 2).sum()
    assert found.loc["code", "share_between"] == pytest.approx(eta2)


# Edges -------------------------------------------------------------------------------------------------

EDGES = {
    "one publisher": (
        ["North | yes | 1 | 0", "North | yes | 2 | 1", "North | no | | "],
        "cannot be told: there is one group only",
    ),
    "publishers of one journal": (
        ["A | yes | 1 | 0", "B | yes | 2 | 1", "C | no | | "],
        "cannot be told: every group has one journal only",
    ),
    "no publisher": (
        [" | yes | 1 | 0", " | yes | 2 | 1", " | no | | "],
        "cannot be told: every group has one journal only",
    ),
    "all scores equal": (
        ["A | yes | 1 | 0", "A | yes | 1 | 0", "B | yes | 1 | 0"],
        "cannot be told: nothing differs between journals",
    ),
    "one journal": (["A | yes | 1 | 0"], "cannot be told: nothing differs between journals"),
    "no answers": (["A | | | ", "B | | | "], "No journal has an answer yet"),
    "alike inside": (
        ["A | yes | 1 | 0", "A | yes | 1 | 0", "B | yes | 2 | 1", "B | yes | 2 | 1"],
        "has no estimate: nothing differs inside groups",
    ),
    "no more alike inside": (
        ["A | yes | 1 | 0", "A | yes | 2 | 1", "B | yes | 1 | 0", "B | yes | 2 | 1"],
        "so the fit lies at its boundary",
    ),
}


@pytest.mark.parametrize("edge", EDGES)
def test_an_edge_ends_in_a_sentence(tmp_path: Path, edge: str) -> None:
    rows, text = EDGES[edge]
    survey = survey_of(tmp_path / "s", *rows)
    assert survey.path is not None
    run = cli("heterogeneity", survey.path, "--profiles")
    assert run.status == 0, run.err
    assert text.replace(" ", "") in run.said
    assert "nan" not in run.out.lower()
    assert "No profiles:" in run.out
    body = cli("heterogeneity", survey.path, "--json", "--profiles").json()["result"]
    assert body["profiles"]["reason"] in ("few_patterns", "few_publishers")


def test_an_item_with_one_option_used_says_so(tmp_path: Path) -> None:
    rows = ["A | yes | 1 | 0", "A | yes | 2 | 0", "B | yes | 0 | 0", "B | yes | 0 | 0"]
    survey = survey_of(tmp_path / "s", *rows)
    assert "All journals have one answer on policy and code." in sentences(measure_heterogeneity(survey))
    assert "one answer only" in cli("heterogeneity", survey.path).out


def test_a_journal_without_answers_takes_no_part(tmp_path: Path) -> None:
    found = measure_heterogeneity(
        survey_of(tmp_path / "s", "A | yes | 1 | 0", "A | | | ", "B | yes | 2 | 1", "B | no | 0 | 0")
    )
    assert (found.n_journals, found.n_patterns) == (3, 3)
    assert found.score["n"] == 3


def test_policies_are_counted_where_they_are_named(tmp_path: Path) -> None:
    """Alpha and beta share one, gamma has another, delta names none and has its own."""
    write_survey(
        tmp_path / "s",
        SMALL_CODEBOOK,
        journals=sheet(
            "journal_id | title | publisher | policy_id",
            "alpha | A | North | p1", "beta | B | North | p1", "gamma | C | South | p2", "delta | D | South | ",
        ),
        codings=sheet(
            "journal_id | coder | item | answer",
            "alpha | c1 | policy | yes", "beta | c1 | policy | yes", "gamma | c1 | policy | no",
            "delta | c1 | policy | yes",
        ),
    )  # fmt: skip
    found = measure_heterogeneity(load(tmp_path / "s"))
    assert found.n_policies == 3
    assert found.groups.set_index("group")["n_policies"].to_dict() == {"North": 1, "South": 2}
    assert sentences(found)[0].startswith(
        "4 journals of 2 publishers, 3 policies, have 2 different sets of answers"
    )
    assert "Policies" in cli("heterogeneity", tmp_path / "s").out


# The command -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed() -> Run:
    return cli("heterogeneity", "--profiles")


def test_the_command_prints_tables_profiles_and_sentences(printed: Run) -> None:
    assert printed.status == 0
    for text in ("Answer sets", "Between", "Without one", "Profiles", "about 23 independent journals"):
        assert text.replace(" ", "") in printed.said
    assert max(map(len, printed.out.splitlines())) <= 100
    assert "…" not in printed.out


def test_the_commands_json_and_output_are_the_result(tmp_path: Path) -> None:
    path = tmp_path / "shares.csv"
    run = cli("heterogeneity", "--json", "--output", path, "--scheme", "published", "--by", "access_model")
    body = json.loads(run.out)
    assert body["settings"]["by"] == "access_model"
    assert body["result"]["scheme"] == "published"
    assert len(pd.read_csv(path)) == len(body["result"]["shares"]) == 1 + 3 + 17


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--by", "colour"], "journals.csv has no column 'colour'"),
        (["--scheme", "none"], "there is no scheme 'none'"),
        (["--resamples", "3"], "50"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], said: str) -> None:
    run = cli("heterogeneity", *arguments)
    assert run.status == 2
    assert said.replace(" ", "") in run.said
