"""Published studies by the route of a user: import by the shipped mapping, then reproduce, validate, score and so on.

What the surveys hold is checked cell by cell against pandas on the same files, which shares nothing with the importer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import scipy.stats
import yaml
from mappings import STUDIES as FILES
from running import cli
from sklearn.metrics import cohen_kappa_score

import rdpscore
from rdpscore.computed import Undefined
from rdpscore.computed.coders import cohen_kappa, light_kappa
from rdpscore.computed.groups import association, group_test
from rdpscore.files import shipped
from rdpscore.reproduction import Comparison, reproduce
from rdpscore.survey import Survey, load

STUDIES = ("resnik-2019", "social-science-2018", "statistical-guidance-2019")


@pytest.fixture(scope="session")
def folders(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Survey folders made on the command line, by the mappings' names."""
    made = {}
    for name in STUDIES:
        made[name] = tmp_path_factory.mktemp("studies") / name
        run = cli("import", made[name], "--mapping", name, *(reference / f for f in FILES[name]))
        assert run.status == 0, run.said
    return made


def figures(folder: Path) -> dict[str, Comparison]:
    return {c.figure: c for c in reproduce(load(folder)).comparisons}


def resolved(survey: Survey, item: str) -> pd.Series:
    """Title → code of the resolved answer, where there is one."""
    place = survey.codebook.item_ids.index(item)
    codes = [*survey.codebook.items[place].codes, None]
    answers = [codes[o] for o in survey.resolved.option[:, place]]
    return pd.Series(answers, survey.journals["title"].astype(object), dtype=object).dropna()


def read_resnik(reference: Path) -> pd.DataFrame:
    (path,) = (reference / "resnik-2019").glob("*.csv")
    return pd.read_csv(path, dtype=str, encoding="utf-8-sig")


def read_guidance(reference: Path) -> pd.DataFrame:
    path = reference / "statistical-guidance-2019" / "data_coding.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.mark.parametrize("name", STUDIES)
def test_each_printed_number_of_the_reference_is_there_once(reference: Path, name: str) -> None:
    table = pd.read_csv(reference / "published_figures.csv", dtype=str)
    printed = table[table["folder"] == name][["printed", "decimals"]]
    path = shipped("codebook") / "mappings" / "published" / f"{name}.yaml"
    ours = yaml.safe_load(path.read_text(encoding="utf-8"))["figures"]
    assert [(f["printed"], str(f["decimals"])) for f in ours] == list(
        printed.itertuples(index=False, name=None)
    )


@pytest.mark.parametrize(("name", "n"), [("resnik-2019", 50), ("social-science-2018", 28)])
def test_all_figures_come_out(folders: Mapping[str, Path], name: str, n: int) -> None:
    found = figures(folders[name])
    assert len(found) == n
    assert [c.figure for c in found.values() if not c.equal] == []
    assert cli("reproduce", folders[name], "--strict").status == 0


def test_every_cell_of_resnik_is_the_published_one(folders: Mapping[str, Path], reference: Path) -> None:
    survey, raw = load(folders["resnik-2019"]), read_resnik(reference)
    titles = survey.journals["title"].astype(object).reset_index(drop=True)
    assert (titles.str.casefold() == raw["Name"].str.split().str.join(" ").str.casefold()).all()
    table = raw.set_index(pd.Index(titles, dtype=object))
    ticks = [c for c in table if c in survey.codebook.item_ids]
    assert len(ticks) == 22
    for item in ticks:
        assert resolved(survey, item).to_dict() == table[item].dropna().to_dict(), item
    order = ["none", "mentioned", "encouraged", "req_noeffct_pub", "req_pub"]  # the strictest tick counts
    grades = pd.concat([(table[f"data_sharing_{g}"] == "1") * (i + 1) for i, g in enumerate(order)], axis=1)
    best = grades.max(axis=1)
    assert resolved(survey, "data_sharing").astype(int).to_dict() == (best[best > 0] - 1).to_dict()
    assert (best == 0).sum() == 1


def test_every_cell_of_the_social_sciences_is_the_published_one(
    folders: Mapping[str, Path], reference: Path
) -> None:
    raw = pd.read_csv(reference / "social-science-2018" / "studycomparison.tsv", sep="\t", dtype=str)
    columns = [c for c in raw if c.endswith(("haspolicy", "strictness"))]
    long = raw.melt("journaltitle", columns, "column", "answer").dropna()
    wanted = {
        (t, re.sub("haspolicy|strictness", "", c), "policy" if c.endswith("policy") else "strictness", a)
        for t, c, a in long.itertuples(index=False)
    }
    survey = load(folders["social-science-2018"])
    titles = dict(zip(survey.journals["journal_id"], survey.journals["title"], strict=True))
    got = survey.codings[["journal_id", "coder", "item", "answer"]].astype(object)
    assert {(titles[j], *rest) for j, *rest in got.itertuples(index=False)} == wanted


def test_figures_that_count_shared_guidelines_differ_with_a_note(folders: Mapping[str, Path]) -> None:
    found = figures(folders["statistical-guidance-2019"])
    assert len(found) == 24
    different = {c.figure for c in found.values() if c.equal is False}
    assert len(different) == 16
    assert different == {c.figure for c in found.values() if c.note}
    assert found["journals.guidance"].equal


def test_the_difference_is_the_shared_guidelines(folders: Mapping[str, Path], reference: Path) -> None:
    """Laid upon the journals that name them, the shared guidelines give each printed number of a topic."""
    raw = read_guidance(reference)
    coder, title, external = (raw.columns[i] for i in (0, 1, 4))
    consensus = raw[raw[coder].str.contains("/")].set_index(title)
    shared = consensus[consensus.index.str.startswith("SHARED:")]
    own = consensus.drop(shared.index)
    names = own[external].str.casefold()
    special = own.index == "Scientific Data"
    frontiers = names.str.contains("frontiersin.org")
    groups = {
        "SHARED: Nature consolidated": names.str.contains("nature life|nature editorial") & ~special,
        "SHARED: STAR Methods": names.str.contains("star methods"),
        "SHARED: Frontiers": frontiers,
        "SHARED: Scientific Data Consolidated": special,
    }
    assert [int(g.sum()) for g in groups.values()] == [31, 12, 2, 1]
    found = figures(folders["statistical-guidance-2019"])
    topics = list(found)[4:]
    for figure, column in zip(["journals.own", *topics], raw.columns[[5, *range(6, 46, 2)]], strict=True):
        says = own[column].str.lower().str.startswith("yes")
        for name, members in groups.items():
            if shared.loc[name, column].lower().startswith("yes"):
                says = says | members
        assert str(int(says.sum())) == found[figure].printed, figure
    section = own[raw.columns[5]].str.startswith("Yes - there is a")
    for members in groups.values():
        section = section | members
    assert str(int(section.sum())) == found["journals.own_section"].printed
    refers = own[raw.columns[3]] == "Yes"
    assert str(int((refers & ~frontiers).sum())) == found["journals.external"].printed


def test_the_consensus_of_guidance_counts_and_agreement_is_that_of_the_coders(
    folders: Mapping[str, Path], reference: Path
) -> None:
    """Percent agreement of each topic by pandas, of journals that both coders answered with yes or no."""
    survey, raw = load(folders["statistical-guidance-2019"]), read_guidance(reference)
    coder, title = raw.columns[:2]
    raw = raw[~raw[title].str.startswith("SHARED:")]
    agreed = raw[raw[coder].str.contains("/")]
    assert len(agreed) == 330
    assert agreed[title].str.strip().nunique() == 330
    codes = {"no": "0", "yes": "1"}
    topics = survey.codebook.item_ids[4:]
    run = cli("agreement", folders["statistical-guidance-2019"], "--json")
    result = pd.DataFrame(json.loads(run.out)["result"]["items"]).set_index("item")
    for item, column in zip(topics, raw.columns[6:46:2], strict=True):
        ours = resolved(survey, item)
        ours = ours[resolved(survey, "own").reindex(ours.index).isin(["1", "2"])]
        theirs = agreed.set_index(title)[column].str.lower().map(codes).dropna()
        assert (ours == "1").sum() == (theirs == "1").sum(), item
        single = raw[~raw[coder].str.contains("/")]
        answers = single[column].str.lower().map(codes)
        pairs = answers.groupby(single[title]).agg(["count", "nunique"]).query("count == 2")
        assert result.loc[item, "n"] == len(pairs), item
        assert result.loc[item, "percent"] == pytest.approx((pairs["nunique"] == 1).mean()), item


def test_kappas_of_real_coders_are_those_of_scikit_learn(
    folders: Mapping[str, Path], reference: Path
) -> None:
    """Cohen's kappa of each topic and pair of coders, and Light's of all topics, from the file by pandas."""
    survey, raw = load(folders["statistical-guidance-2019"]), read_guidance(reference)
    coder, title = raw.columns[:2]
    raw = raw[~raw[title].str.startswith("SHARED:") & ~raw[coder].str.contains("/")]
    topics, columns = survey.codebook.item_ids[4:], raw.columns[6:46:2]
    pooled: dict[str, list[tuple[str, str]]] = {}
    for item, column in zip(topics, columns, strict=True):
        answers = raw.assign(answer=raw[column].str.lower().map({"no": "0", "yes": "1"}))
        wide = answers.pivot_table(index=title, columns=coder, values="answer", aggfunc="first")
        for other in ("DS", "MM", "MSH"):
            pair = wide[[other, "TH"]].dropna()
            pooled.setdefault(other, []).extend(pair.itertuples(index=False, name=None))
            asked: Any = {"item": item, "coders": [other, "TH"]}
            assert cohen_kappa(survey, **asked, statistic="n") == len(pair)
            if pair.to_numpy().min() < pair.to_numpy().max():
                theirs = cohen_kappa_score(pair[other], pair["TH"])
                assert cohen_kappa(survey, **asked) == pytest.approx(theirs, abs=1e-12), (item, other)
            else:
                with pytest.raises(Undefined):
                    cohen_kappa(survey, **asked)
    each = [cohen_kappa_score(*zip(*pairs, strict=True)) for pairs in pooled.values()]
    assert light_kappa(survey, item=list(topics)) == pytest.approx(sum(each) / 3, abs=1e-12)
    assert light_kappa(survey, item=list(topics), statistic="pairs") == 3


def test_impact_by_discipline_and_by_answer_is_tested_as_scipy_does(
    folders: Mapping[str, Path], reference: Path
) -> None:
    survey, raw = load(folders["resnik-2019"]), read_resnik(reference)
    impact = pd.to_numeric(raw["ImpactFactor"], errors="coerce")
    for ours, theirs in (
        ("discipline", "TypeofScience"),
        ("data_sharing_encouraged", "data_sharing_encouraged"),
    ):
        groups = [g.dropna() for _, g in impact.groupby(raw[theirs])]
        for test, function in (("kruskal_wallis", scipy.stats.kruskal), ("anova", scipy.stats.f_oneway)):
            found = group_test(survey, attribute=ours, outcome="impact", test=test)  # type: ignore[arg-type]
            assert found == pytest.approx(function(*groups).statistic), (ours, test)
    table = pd.crosstab(raw["TypeofScience"], raw["data_sharing_encouraged"])
    by: Any = {"attribute": "discipline", "by": "data_sharing_encouraged"}
    expected = scipy.stats.chi2_contingency(table, correction=False)
    assert association(survey, **by, statistic="p") == pytest.approx(expected.pvalue)
    exact = association(survey, **by, test="fisher", statistic="p") or 0
    drawn: Any = {**by, "test": "fisher", "method": "monte_carlo"}
    p, error = (association(survey, **drawn, statistic=s) or 0 for s in ("p", "p_error"))
    assert abs(exact - p) < 4 * max(error, 1e-5)
    with pytest.raises(Undefined, match="no journal was coded twice"):  # consensus only
        light_kappa(survey)


def test_a_journal_without_guidance_scores_0_and_is_not_left_out(folders: Mapping[str, Path]) -> None:
    survey = load(folders["statistical-guidance-2019"])
    silent = resolved(survey, "guidance")
    silent = silent[silent == "0"].index
    assert len(silent) == 170
    for scheme in ("topics", "equal"):
        scores = rdpscore.score(survey, scheme).journals.set_index("title")["score"]
        assert scores.notna().all()
        assert (scores[silent] == 0).all()


def test_a_consensus_without_codings_never_counts_as_coded_once(folders: Mapping[str, Path]) -> None:
    """447 journals of which nobody's own answers are known, and 168 beside 162 double-coded ones."""
    for name, n, double in (("resnik-2019", 447, 0), ("statistical-guidance-2019", 168, 162)):
        folder = folders[name]
        found = json.loads(cli("validate", folder, "--json").out)
        assert not [p for p in found["problems"] if p["code"] == "single_coded"]
        ledger = json.loads(cli("agreement", folder, "--json").out)["result"]["ledger"]
        assert (ledger["n_single"], ledger["n_double"], ledger["n_consensus_only"]) == (0, double, n)
        totals = json.loads(cli("status", folder, "--json").out)["result"]["totals"]
        assert totals["n_consensus_only"] == n
        assert f"{n}ofthesewithaconsensusonly" in cli("status", folder).said


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("verb", ["validate", "score", "agreement", "heterogeneity", "status"])
def test_every_command_works_on_an_imported_study(folders: Mapping[str, Path], name: str, verb: str) -> None:
    run = cli(verb, folders[name])
    assert run.status == 0, run.said
    assert "Traceback" not in run.said


@pytest.mark.slow
def test_predictors_of_resnik(folders: Mapping[str, Path]) -> None:
    run = cli(
        "regress", folders["resnik-2019"], "--model", "score ~ log2(impact) + access_model + discipline",
        "--json",
    )  # fmt: skip
    assert run.status == 0, run.said
    result = json.loads(run.out)["result"]
    of_impact = {
        r["n"] for r in result["estimates"] if r["term"] == "log2(impact)" and r["question"] == "pooled"
    }
    assert (result["n_journals"], of_impact) == (447, {445})  # two have no impact
