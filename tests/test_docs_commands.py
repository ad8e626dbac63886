"""Every command and every option stands on the page of all commands, and on a page that a person wrote."""

from __future__ import annotations

import re
import runpy
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from running import commands

ROOT = Path(__file__).parents[1]
GENERATED = {"commands.md": "generate_commands.py", "problems.md": "generate_problems.py"}
PAGES = {
    path.name: path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
WRITTEN = {name: text for name, text in PAGES.items() if name not in GENERATED}


def names(text: str, path: tuple[str, ...]) -> bool:
    """Whether a page names a command: ``rdpscore score``, or `score` as code."""
    words = re.escape(" ".join(path))
    return re.search(rf"(rdpscore |`){words}(?![\w-])", text) is not None


def names_option(text: str, option: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text) is not None


def families() -> dict[tuple[str, str], list[tuple[str, ...]]]:
    """Option and its help → the commands that have it: one option of several commands is explained once."""
    found = defaultdict(list)
    for path, command in commands():
        for parameter in command.params:
            if parameter.param_type_name == "option" and parameter.name != "help":
                found[_long(parameter), parameter.help].append(path)
    return found


def _long(option: Any) -> str:
    return next(str(name) for name in option.opts if name.startswith("--"))


@pytest.mark.parametrize("page", GENERATED)
def test_a_generated_page_is_up_to_date(page: str) -> None:
    made = runpy.run_path(str(ROOT / "docs" / GENERATED[page]))["render"]()
    assert PAGES[page].rstrip("\n") == made.rstrip("\n"), f"run python docs/{GENERATED[page]} > docs/{page}"


@pytest.mark.parametrize("path", [path for path, _ in commands()], ids=" ".join)
def test_a_command_stands_on_a_page_that_somebody_wrote(path: tuple[str, ...]) -> None:
    assert [page for page, text in WRITTEN.items() if names(text, path)]


@pytest.mark.parametrize(
    ("option", "paths"),
    [pytest.param(o, paths, id=f"{' '.join(paths[0])} {o}") for (o, _), paths in families().items()],
)
def test_an_option_stands_on_a_page_about_its_command(option: str, paths: list[tuple[str, ...]]) -> None:
    about = {page: t for page, t in WRITTEN.items() if any(names(t, path) for path in paths)}
    assert [page for page, text in about.items() if names_option(text, option)], f"not on {', '.join(about)}"


def test_the_page_of_commands_has_every_argument_and_option_with_its_help() -> None:
    text = PAGES["commands.md"]
    sections = dict(part.split("\n", 1) for part in text.split("\n## rdpscore ")[1:])
    assert list(sections) == [" ".join(path) for path, _ in commands()]
    for path, command in commands():
        rows = [line for line in sections[" ".join(path)].splitlines() if line.startswith("| `")]
        shown = [p for p in command.params if p.name != "help"]
        assert len(rows) == len(shown)
        for parameter in shown:
            name = _long(parameter) if parameter.param_type_name == "option" else ""
            told = parameter.help.replace("|", r"\|")
            assert [row for row in rows if row.startswith(f"| `{name}") and told in row], (
                path,
                parameter.name,
            )


def test_an_option_that_no_page_names_is_seen() -> None:
    assert not names_option("with --draws-of 5 and x--draws", "--draws")
    assert names_option("with `--draws 5`", "--draws")
    assert not names("rdpscore scores, `score-card`", ("score",))
