"""One registry of computed figures: arguments, schema, `--list` and the page on reproduce derive from it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import jsonschema
import pytest
import yaml
from running import cli
from tables import write_survey

from rdpscore.computed import computed_figures, table_of_figures
from rdpscore.computed.registry import _FIGURES, REASONS, computed_figure
from rdpscore.reproduction import published_schema, reproduce
from rdpscore.survey import Survey, load

ROOT = Path(__file__).parents[1]


@pytest.fixture
def added() -> Iterator[None]:
    """A figure of one's own: nothing but the function is written."""

    @computed_figure
    def n_titles(survey: Survey, *, letter: str, case: Literal["any", "upper"] = "any") -> int:
        """Number of titles with a letter.

        A second paragraph is not for the list.
        """
        titles = [str(t) if case == "upper" else str(t).upper() for t in survey.journals["title"]]
        return sum(letter in t for t in titles)

    yield
    del _FIGURES["n_titles"]


def figures_of(folder: Path, compute: dict[str, Any]) -> dict[str, Any]:
    content = {
        "format": 1,
        "source": {"citation": "Doe 2026"},
        "figures": [{"figure": "f", "printed": "2", "compute": compute}],
    }
    (folder / "published.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return content


JOURNALS = """
    | journal_id | title | publisher |
    |------------|-------|-----------|
    | a          | Zeta  | North     |
    | b          | Beta  | North     |
    | c          | zulu  | South     |
"""
CODINGS = """
    | journal_id | coder | item   | answer |
    |------------|-------|--------|--------|
    | a          | c1    | policy | yes    |
"""


@pytest.mark.usefixtures("added")
def test_a_figure_is_added_in_one_place(tmp_path: Path) -> None:
    folder = write_survey(tmp_path / "s", journals=JOURNALS, codings=CODINGS)
    content = figures_of(folder, {"name": "n_titles", "letter": "Z"})
    assert reproduce(load(folder)).comparisons[0].ours == 2
    assert (
        "n_titles",
        ["letter!", "case (any, upper)"],
        "Number of titles with a letter",
    ) in table_of_figures()
    jsonschema.validate(content, published_schema())
    for wrong in ({"name": "n_titles"}, {"name": "n_titles", "letter": "Z", "case": "low"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(figures_of(folder, wrong), published_schema())
    assert "n_titles" in cli("reproduce", "--list").out


@pytest.mark.parametrize("name", list(computed_figures()))
def test_a_figure_has_a_sentence_and_checked_arguments(name: str) -> None:
    figure = computed_figures()[name]
    assert figure.name == figure.function.__name__ == name
    assert len(figure.value.split()) > 2
    assert figure.arguments.model_config["extra"] == "forbid"
    for argument, field in figure.arguments.model_fields.items():
        choices = figure.choices(argument)
        assert not choices or field.is_required() or field.default in (choices[0], None)


@pytest.mark.parametrize(
    "path",
    [
        ROOT / "data" / "materials-science" / "published.yaml",
        *sorted((ROOT / "codebook" / "mappings" / "published").glob("*.yaml")),
    ],
    ids=lambda p: p.stem,
)
def test_shipped_files_of_figures_are_valid_under_the_schema(path: Path) -> None:
    schema = json.loads(cli("reproduce", "--list", "--json").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), schema)


def test_the_page_on_reproduce_lists_what_is_registered() -> None:
    spec = importlib.util.spec_from_file_location("generate_figures", ROOT / "docs" / "generate_figures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (ROOT / "docs" / "reproduce.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in page for name in computed_figures())
    assert module.render(page) == page, "run docs/generate_figures.py"


def test_the_list_names_every_figure_with_its_arguments() -> None:
    found = cli("reproduce", "--list")
    assert found.status == 0
    assert all(name in found.out for name in computed_figures())
    assert "monte_carlo" in found.out


def test_every_reason_is_words() -> None:
    assert all(" " in words and not words.endswith(".") for words in REASONS.values())
