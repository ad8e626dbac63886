"""Codebooks and printed figures of the three published studies, on the data that the studies published.

The surveys are made here with pandas and nothing of `rdpscore.importing`, so that a figure that comes out checks
codebook, published.yaml and computables alone. The one consensus coding stands as that of a single coder.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

import rdpscore
from rdpscore.files import shipped
from rdpscore.reproduction import Comparison, reproduce
from rdpscore.survey import Attribute, CodebookRef, Survey, SurveyMeta, load, save

STUDIES = ("resnik-2019", "social-science-2018", "statistical-guidance-2019")


Tables = tuple[pd.DataFrame, pd.DataFrame]


def figures(name: str, journals: pd.DataFrame, answers: pd.DataFrame, folder: Path) -> dict[str, Comparison]:
    """The study's figures on a survey of these journals and answers (journal_id, coder, item, answer)."""
    book = rdpscore.load_codebook(name)
    meta = SurveyMeta(
        format=1,
        id=name,
        title=name,
        codebook=CodebookRef(id=book.id, version=book.version, hashes=book.hashes),
        attributes={"impact": Attribute(kind="number")} if "impact" in journals else {},
    )
    save(Survey.from_frames(book, journals, answers.dropna(), meta=meta), folder)
    shutil.copy(shipped("codebook") / "mappings" / "published" / f"{name}.yaml", folder / "published.yaml")
    return {c.figure: c for c in reproduce(load(folder)).comparisons}


def grade(row: pd.Series) -> str | None:
    """The strictest of the five grades that is ticked."""
    order = ["none", "mentioned", "encouraged", "req_noeffct_pub", "req_pub"]
    ticked = [str(i) for i, g in enumerate(order) if row[f"data_sharing_{g}"] == "1"]
    return ticked[-1] if ticked else None


@pytest.fixture(scope="module")
def resnik(reference: Path) -> Tables:
    raw = pd.read_csv(
        next((reference / "resnik-2019").glob("*.csv")), dtype=str, encoding="utf-8-sig"
    ).rename(columns={"ID": "journal_id", "Name": "title", "TypeofScience": "discipline"})
    raw["impact"] = raw["ImpactFactor"]
    raw["access_model"] = raw["open_access"].map({"1": "open_access", "0": "subscription"})
    raw["data_sharing"] = raw.apply(grade, axis=1)
    items = rdpscore.load_codebook("resnik-2019").item_ids
    answers = raw.melt("journal_id", list(items), "item", "answer").assign(coder="consensus")
    return raw[["journal_id", "title", "publisher", "impact", "discipline", "access_model"]], answers


@pytest.fixture(scope="module")
def social(reference: Path) -> Tables:
    raw = pd.read_csv(reference / "social-science-2018" / "studycomparison.tsv", sep="\t", dtype=str)
    raw["journal_id"] = [f"j{i}" for i in range(len(raw))]
    long = raw.melt(
        "journal_id", [c for c in raw if c.endswith(("haspolicy", "strictness"))], "column", "answer"
    )
    long["item"] = ["policy" if c.endswith("haspolicy") else "strictness" for c in long["column"]]
    long["coder"] = [re.sub("haspolicy|strictness", "", c) for c in long["column"]]
    names = {"journaltitle": "title", "crosaspublisher": "publisher", "crosasimpactfactor": "impact"}
    journals = raw.rename(columns=names)[["journal_id", *names.values()]]
    return journals.fillna({"publisher": "unknown"}), long[["journal_id", "coder", "item", "answer"]]


@pytest.fixture(scope="module")
def guidance(reference: Path) -> Tables:
    raw = pd.read_csv(
        reference / "statistical-guidance-2019" / "data_coding.csv", dtype=str, keep_default_na=False
    )
    coder, title = raw.columns[:2]
    raw = raw[raw[coder].str.contains("/") & ~raw[title].str.startswith("SHARED:")].reset_index(drop=True)
    raw["journal_id"] = [f"j{i}" for i in range(len(raw))]
    closed = [i.id for i in rdpscore.load_codebook("statistical-guidance-2019").items if i.closed]
    columns = [raw.columns[i] for i in (2, 3, 5, *range(6, 46, 2))]
    codes = {"no": "0", "yes": "1", "na": None}
    frames = []
    for item, column in zip(closed, columns, strict=True):
        cells = raw[column].str.lower()
        if item == "own":
            # "Yes - but there is no dedicated section ...", "Yes - there is a dedicated section ..."
            cells = cells.mask(cells.str.startswith("yes - but"), "yes")
            answer = cells.map(codes).mask(cells.str.startswith("yes - there is a"), "2")
        else:
            answer = cells.map(codes)
        frames.append(pd.DataFrame({"journal_id": raw["journal_id"], "item": item, "answer": answer}))
    journals = raw.rename(columns={title: "title"})[["journal_id", "title"]].assign(publisher="unknown")
    return journals, pd.concat(frames).assign(coder="consensus")


@pytest.mark.parametrize("name", STUDIES)
def test_each_printed_number_of_the_reference_is_there_once(reference: Path, name: str) -> None:
    table = pd.read_csv(reference / "published_figures.csv", dtype=str)
    printed = table[table["folder"] == name][["printed", "decimals"]]
    path = shipped("codebook") / "mappings" / "published" / f"{name}.yaml"
    ours = yaml.safe_load(path.read_text(encoding="utf-8"))["figures"]
    assert [(f["printed"], str(f["decimals"])) for f in ours] == list(
        printed.itertuples(index=False, name=None)
    )


def test_all_figures_of_resnik_come_out(resnik: Tables, tmp_path: Path) -> None:
    found = figures("resnik-2019", *resnik, tmp_path / "survey")
    assert len(found) == 50
    assert [c.figure for c in found.values() if not c.equal] == []


def test_the_grade_of_resnik_is_the_strictest_tick(resnik: Tables) -> None:
    """The five grades exclude each other but in one journal, and one journal has none."""
    answers = resnik[1].set_index(["journal_id", "item"])["answer"].unstack()  # noqa: PD010
    ticks = answers.filter(regex="^data_sharing_").astype(int)
    assert ((ticks.sum(axis=1) > 1).sum(), (ticks.sum(axis=1) == 0).sum()) == (44, 1)
    qualifiers = ["data_sharing_review", "data_sharing_protein", "data_sharing_codes"]
    assert ticks.drop(columns=qualifiers).sum(axis=1).value_counts().to_dict() == {1: 445, 2: 1, 0: 1}
    counts = answers["data_sharing"].value_counts(dropna=False).sort_index()
    assert counts.tolist() == [194, 24, 181, 35, 12, 1]


def test_all_figures_of_the_social_sciences_come_out(social: Tables, tmp_path: Path) -> None:
    found = figures("social-science-2018", *social, tmp_path / "survey")
    assert len(found) == 28
    assert [c.figure for c in found.values() if not c.equal] == []


def test_figures_that_count_shared_guidelines_differ_with_a_note(guidance: Tables, tmp_path: Path) -> None:
    found = figures("statistical-guidance-2019", *guidance, tmp_path / "survey")
    assert len(guidance[0]) == 330
    assert len(found) == 24
    different = {c.figure for c in found.values() if c.equal is False}
    assert len(different) == 16
    assert different == {c.figure for c in found.values() if c.note}
    assert found["journals.guidance"].equal


def test_the_difference_is_the_shared_guidelines(reference: Path, guidance: Tables, tmp_path: Path) -> None:
    """Laid upon the journals that name them, the shared guidelines give each printed number of a topic."""
    raw = pd.read_csv(
        reference / "statistical-guidance-2019" / "data_coding.csv", dtype=str, keep_default_na=False
    )
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
    found = figures("statistical-guidance-2019", *guidance, tmp_path / "survey")
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


def test_a_journal_without_guidance_scores_0_and_is_not_left_out(guidance: Tables) -> None:
    survey = Survey.from_frames(
        rdpscore.load_codebook("statistical-guidance-2019"), guidance[0], guidance[1].dropna()
    )
    silent = guidance[1].query("item == 'guidance' and answer == '0'")["journal_id"]
    assert len(silent) == 170
    for scheme in ("topics", "equal"):
        scores = rdpscore.score(survey, scheme).journals.set_index("journal_id")["score"]
        assert scores.notna().all()
        assert (scores[silent] == 0).all()
