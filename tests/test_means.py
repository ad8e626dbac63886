"""Means: one place for each, a package that adds one, and names that mean nothing."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from running import cli, process

import rdpscore
from rdpscore.codebook import Scheme, json_schema
from rdpscore.codebook.reading import rules
from rdpscore.codebook.schemes import choices, edited, parse_changes, parse_scheme, scheme_text, spell_changes
from rdpscore.means import SHIPPED, Mean, UnknownMean, find_mean, names
from rdpscore.problems import InvalidInput
from rdpscore.scoring.item_parts import contributions
from rdpscore.scoring.means import mean
from rdpscore.survey import Survey
from rdpscore.uncertainty import Assumptions, sensitivity

ROOT = Path(__file__).parents[1]

MODULE = """
from rdpscore.means import Mean

quadratic = Mean(
    "quadratic",
    lambda values, average: average(values**2) ** 0.5,
    "√(Σ w·s² / Σ w)",
    "strict answers weigh more than lax ones",
)
other = quadratic
nothing = 3
"""
SCHEME = "codebook: materials-science\nid: mine\ntitle: Mine\naggregation: {}\n"


def install(folder: Path, entries: str = "quadratic = extra_means:quadratic") -> None:
    """A package as pip leaves it: a module, and beside it what it is called and adds."""
    (folder / "extra_means.py").write_text(MODULE, encoding="utf-8")
    info = folder / "extra_means-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: extra-means\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[rdpscore.means]\n{entries}\n")


@pytest.fixture
def quadratic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path, with a package that adds the quadratic mean."""
    folder = tmp_path / "site"
    folder.mkdir()
    install(folder)
    monkeypatch.syspath_prepend(folder)
    yield folder
    sys.modules.pop("extra_means", None)


# A mean of another package --------------------------------------------------------------------------------


def test_a_mean_of_a_package_that_is_installed_is_a_mean_as_any_other(quadratic: Path) -> None:
    assert names() == ("arithmetic", "geometric", "harmonic", "quadratic")
    values, weight = np.array([[0.5, 1.0, 0.0]]), np.array([1.0, 2.0, 1.0])
    present = np.array([[True, True, False]])
    assert mean(values, present, weight, "quadratic") == pytest.approx([((0.25 + 2) / 3) ** 0.5])
    assert np.isnan(mean(values, np.zeros((1, 3), bool), weight, "quadratic")).all()


def test_it_scores_a_survey(quadratic: Path, shipped: Survey) -> None:
    book = shipped.codebook
    own, problems = parse_scheme(SCHEME.format("quadratic"), "mine.yaml", book)
    assert own is not None, problems
    found = rdpscore.score(shipped, own).journals.set_index("journal_id")["score"]
    items = [book.item_ids.index(i.id) for i in book.scored_items]
    option = shipped.resolved.option[:, items]
    worth = np.stack([np.asarray(i.scores)[option[:, k]] for k, i in enumerate(book.scored_items)])
    expected = dict(zip(shipped.journal_ids, (worth**2).mean(axis=0) ** 0.5, strict=True))
    assert found.to_dict() == pytest.approx(expected, abs=1e-12)
    assert contributions(shipped, own) is None
    assert rules(own)[0] == "Quadratic mean of the items."


def test_it_is_offered_wherever_a_mean_is_chosen(quadratic: Path, shipped: Survey) -> None:
    """The lab, its line in the address, and what sensitivity sets beside a scheme."""
    book = shipped.codebook
    base = book.scheme("by-dimension")
    assert "quadratic" in choices("aggregation")
    changes, said = parse_changes(".aggregation=quadratic", base, book)
    changed, _ = edited(base, book, **changes)
    assert (changed is not None, said) == (True, [])
    assert changed is not None
    assert spell_changes(changed, base, book) == ".aggregation=quadratic"
    assert "aggregation: quadratic" in scheme_text(changed, book)
    assumed = Assumptions(weights="none", aggregation=("dimensions", "quadratic"), coder=False)
    found = sensitivity(shipped, "equal", assumed, n_draws=20, base=2)
    levels = {i.name: i.levels for i in found.inputs}
    assert levels["aggregation"] == ("items", "dimensions", "quadratic")


def test_it_is_taken_by_the_commands(tmp_path: Path, quadratic: Path) -> None:
    (tmp_path / "mine.yaml").write_text(SCHEME.format("quadratic"))
    run = cli("score", "--scheme", tmp_path / "mine.yaml", "--json")
    assert (run.status, run.json()["result"]["scheme"]) == (0, "mine")
    run = cli("sensitivity", "--aggregation", "quadratic", "--draws", 20, "--base", 2, "--json")
    assert run.status == 0
    assert "quadratic" in run.json()["settings"]["assumptions"]["aggregation"]


def test_the_schema_and_the_hashes_know_nothing_of_it(quadratic: Path, shipped: Survey) -> None:
    assert json.loads((ROOT / "codebook" / "codebook.schema.json").read_text()) == json_schema()
    program = "import rdpscore; print(rdpscore.load().codebook.hashes.scoring)"
    run = process(sys.executable, "-c", program, PYTHONPATH=f"{quadratic}:{ROOT}")
    assert run.out.strip() == shipped.codebook.hashes.scoring
    own = Scheme.model_validate({"id": "mine", "title": "Mine", "aggregation": "quadratic"})
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(own.aggregation, json_schema()["$defs"]["Scheme"]["properties"]["aggregation"])


def test_a_mean_of_this_package_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "arithmetic = extra_means:quadratic")
    monkeypatch.syspath_prepend(tmp_path)
    assert names() == tuple(SHIPPED)
    assert mean(np.array([[0.0, 1.0]]), np.ones((1, 2), bool), np.ones(2)) == pytest.approx([0.5])


@pytest.mark.parametrize("entry", ["cubic = extra_means:other", "cubic = extra_means:nothing"])
def test_an_entry_point_that_gives_another_mean_or_none_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped: Survey, entry: str
) -> None:
    install(tmp_path, entry)
    monkeypatch.syspath_prepend(tmp_path)
    own, problems = parse_scheme(SCHEME.format("cubic"), "mine.yaml", shipped.codebook)
    sys.modules.pop("extra_means", None)
    assert own is None
    assert "the entry point 'cubic' of extra-means gives no mean of this name" in str(problems)


# Names that mean nothing ----------------------------------------------------------------------------------


def test_an_unknown_mean_is_refused_with_the_nearest_name(shipped: Survey) -> None:
    values, present = np.ones((1, 2)), np.ones((1, 2), bool)
    with pytest.raises(UnknownMean, match="not 'harmonc'; nearest: 'harmonic'"):
        mean(values, present, np.ones(2), "harmonc")
    with pytest.raises(ValueError, match="not 'geometirc'; nearest: 'geometric'"):
        Assumptions(aggregation=("geometirc",))
    own, problems = parse_scheme(SCHEME.format("harmonc"), "mine.yaml", shipped.codebook)
    assert own is None
    (problem,) = problems
    assert problem.line == 4
    assert "'arithmetic', 'geometric' or 'harmonic'; nearest: 'harmonic'" in problem.what


def test_a_codebook_of_which_a_mean_is_not_installed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    text = (ROOT / "codebook" / "materials-science.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("by: dimensions", "by: dimensions\n    across: quadratic", 1), "utf-8")
    with pytest.raises(InvalidInput, match=r"across.*'arithmetic', 'geometric' or 'harmonic'"):
        rdpscore.load_codebook(path)


@pytest.mark.parametrize("name", ["items", "dimensions", "Cubic", "a b", ""])
def test_a_mean_has_a_name_that_stands_in_lists(name: str) -> None:
    with pytest.raises(ValueError, match="a mean is named by"):
        Mean(name, lambda values, average: average(values), "")


# One place ------------------------------------------------------------------------------------------------


def test_a_mean_stands_in_one_place_of_the_code() -> None:
    """So that adding one touches no other: neither its name nor its formula is written anywhere else."""
    places = {
        path.relative_to(ROOT).as_posix()
        for folder in ("rdpscore", "app")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in ("arithmetic", "geometric", "harmonic")
    }
    assert places == {"rdpscore/means.py"}


def test_the_docs_have_the_formula_of_each_mean() -> None:
    text = (ROOT / "docs" / "scoring.md").read_text(encoding="utf-8")
    assert [name for name in SHIPPED if f"{name}  {find_mean(name).formula}" not in text] == []
