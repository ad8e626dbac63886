"""The figures of the pages hold what the command line writes for the same filter and scheme, byte for byte."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from dashboard import APP, faults, opened
from running import cli

import rdpscore
from rdpscore.files.output import csv_bytes
from rdpscore.report.pictures import Picture
from rdpscore.survey.filters import Filter

sys.path.insert(0, str(APP))

QUERY = {
    "publisher": ["ACS", "RSC", "Wiley", "MDPI", "Springer Nature"],
    "impact": ["2.."],
    "scheme": ["published"],
}


def options(query: dict[str, list[str]] = QUERY, *, scheme: bool = True) -> list[str]:
    """The filter as the options of a command."""
    asked = query if scheme else {k: v for k, v in query.items() if k != "scheme"}
    found, said = Filter.of_query(asked, rdpscore.load())
    assert said == []
    assert found.conditions()
    return found.options()


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Picture]]:
    """A function that opens a page and gives the data of each figure on it."""

    def of(page: str, **query: Any) -> dict[str, Picture]:
        found: dict[str, Picture] = {}

        def record(view: object, data: Picture, *, select: bool = False) -> list[Any]:
            found[data.name] = data
            return []

        for module in (f"board.pages.{page}", "board.render"):
            monkeypatch.setattr(import_module(module), "show", record)
        with opened(page, None, QUERY | query) as at:
            assert faults(at) == []
        return found

    return of


def written(folder: Path, part: str) -> dict[str, bytes]:
    """Name → data, as ``rdpscore figures`` writes them."""
    scheme = part != "agreement"
    run = cli("figures", "--only", part, "--output", folder, *options(scheme=scheme))
    assert run.status == 0, run.err
    return {path.stem: path.read_bytes() for path in folder.glob("*.csv")}


def same(on_page: dict[str, Picture], on_disk: dict[str, bytes], *names: str) -> None:
    assert set(names) <= set(on_page)
    for name in names:
        assert csv_bytes(on_page[name].frame) == on_disk[name], name


def result(*words: str, scheme: bool = True) -> Any:
    run = cli(*words, "--json", *options(scheme=scheme))
    assert run.status == 0, run.err
    return run.json()["result"]


Shown = Callable[..., dict[str, Picture]]


def test_agreement(shown: Shown, tmp_path: Path) -> None:
    on_disk = written(tmp_path, "agreement")
    assert len(on_disk) == 6
    found = shown("agreement", part="how") | shown("agreement", part="what")
    same(found, on_disk, *on_disk)


def test_the_overview(shown: Shown) -> None:
    found = shown("overview")
    scored = result("score")
    strips = found["scores-by-publisher"].frame
    means = {p["publisher"]: p["mean"] for p in scored["publishers"]}
    assert strips.groupby("publisher")["mean"].first().to_dict() == pytest.approx(means)
    marks = {
        journal: score
        for ids, score in zip(strips["journal_ids"], strips["score"], strict=True)
        for journal in ids.split("; ")
    }
    assert marks == pytest.approx({j["journal_id"]: j["score"] for j in scored["journals"]})
    totals = found["answers-by-item"].frame.groupby("item")[["n", "share"]].sum()
    assert (totals["n"] <= scored["n_journals"]).all()
    assert totals["share"].tolist() == pytest.approx([1] * len(totals))


@pytest.mark.slow
def test_the_profiles_of_publishers(shown: Shown, tmp_path: Path) -> None:
    on_disk = written(tmp_path, "scores")
    same(shown("publishers"), on_disk, "profiles-of-publishers")
    same(shown("overview"), on_disk, "profiles-of-publishers")


def test_how_uniform_publishers_are(shown: Shown) -> None:
    groups = {g["group"]: g for g in result("heterogeneity")["groups"]}
    frame = shown("publishers")["uniformity-of-publishers"].frame
    assert set(frame["publisher"]) == set(groups)
    for row in frame.to_dict("records"):
        group = groups[row["publisher"]]
        assert (row["n_journals"], row["n_patterns"], row["n_largest"], row["n_items_same"]) == (
            group["n_journals"], group["n_patterns"], group["n_commonest"], group["items_alike"])  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("part", ["what", "rests", "choices"])
def test_predictors(part: str, shown: Shown, predictors: dict[str, bytes]) -> None:
    found = shown("predictors", part=part)
    assert found
    same(found, predictors, *found)


@pytest.fixture(scope="module")
def predictors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return written(tmp_path_factory.mktemp("predictors"), "predictors")


def test_where_differences_lie(shown: Shown, tmp_path: Path) -> None:
    on_disk = written(tmp_path, "heterogeneity")
    assert set(on_disk) == {"variance-between-publishers", "profiles-of-policies"}
    same(shown("predictors", part="where"), on_disk, *on_disk)


def test_a_journal_and_its_peers(shown: Shown) -> None:
    run = cli("advise", "jacs", "--scheme", "published", "--json")
    assert run.status == 0
    with opened("journal", None, {"journal": "jacs", "scheme": "published"}) as at:
        assert faults(at) == []
        metrics = {m.label: m.value for m in at.metric}
    journal = run.json()["result"]["journal"]
    assert metrics["Score"] == f"{journal['score']:.2f}"
    assert metrics[f"Rank of {journal['n_scored']:,}"].split("–")[0] == str(journal["rank"])


def test_the_lab_scores_as_the_command_does(shown: Shown) -> None:
    compared = result("score")
    with opened("lab", None, QUERY) as at:
        assert faults(at) == []
        assert {m.label: m.value for m in at.metric}["Mean score"] == f"{compared['mean']:.2f}"
